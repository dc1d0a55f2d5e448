#include <math.h>

#include "equipoise.h"
#include "trial/scoring_sheet.h"

static const Scorer *scorer_of(const char *id)
{
    size_t n;
    const Scorer *const *all = scorer_list(&n);
    for (size_t i = 0; i < n; i++)
        if (str_equal(str_from(all[i]->id), str_from(id))) return all[i];
    return NULL;
}

/* A score column in which no row has a value is not shown. */
static bool is_shown(const Scoring *scoring, size_t column)
{
    const Column *of = &scoring->frame->columns[column];
    if (column < scoring->n_copied) return true;
    for (size_t row = 0; row < scoring->frame->n_rows; row++)
        if (!of->missing[row]) return true;
    return false;
}

static Str header_of(Arena *arena, const Column *column)
{
    Str name = column->label.len ? column->label : column->name;
    return column->unit.len ? str_format(arena, STR_FMT "\n(" STR_FMT ")", STR_ARG(name), STR_ARG(column->unit)) : name;
}

static void fill_row(Document *document, Table *table, const Scoring *scoring, size_t row, const size_t *shown, const Provenance *from)
{
    size_t skipped = scoring->n_copied ? 0 : 1;   /* the label stands in a column of its own */
    for (size_t k = scoring->n_copied ? 1 : 0; k + skipped < table->n_columns; k++) {
        const Column *column = &scoring->frame->columns[shown[k]];
        if (column->missing[row]) {
            table_cell_text(table, k + skipped, shown[k] + 1 == scoring->frame->n_columns ? STR("") : STR("-"));
        } else if (column_is_number(column)) {
            table_cell_number(document, table, k + skipped, STR(""), STR("score"), column->numbers[row],
                              scoring->decimals[shown[k]], STR(""), STR(""), from);
        } else {
            table_cell_text(table, k + skipped, column->texts[row]);
        }
    }
}

Document *scoring_document(Arena *arena, const Scoring *scoring)
{
    const Scorer *scorer = scorer_of(scoring->id);
    const Frame *frame = scoring->frame;
    Document *document = document_new(arena, str_from(scorer->title));
    TableColumn *columns = ARENA_ARRAY(arena, TableColumn, frame->n_columns + 1);
    size_t *shown = ARENA_ARRAY(arena, size_t, frame->n_columns), n = 0, n_columns = 0;
    if (!scoring->n_copied) columns[n_columns++] = (TableColumn){.key = STR("line"), .header = STR("Line")};
    for (size_t i = 0; i < frame->n_columns; i++) {
        if (!is_shown(scoring, i)) continue;
        const Column *column = &frame->columns[i];
        shown[n++] = i;
        columns[n_columns++] = (TableColumn){.key = column->name, .header = header_of(arena, column),
                                             .align = column_is_number(column) ? ALIGN_DECIMAL : ALIGN_LEFT};
    }
    document->source_line = str_format(arena, STR_FMT ", %zu row%s; equipoise %s", STR_ARG(scoring->file), frame->n_rows,
                                       frame->n_rows == 1 ? "" : "s", eq_version());
    Table *table = document_table(document, STR(""), str_format(arena, "%s", scorer->title), columns, n_columns);
    Provenance *from = ARENA_NEW(arena, Provenance);
    *from = (Provenance){.source = scoring->file, .method = str_from(scorer->id), .n_records = 1};
    for (size_t row = 0; row < frame->n_rows; row++) {
        Str label = scoring->n_copied ? frame_cell_text(arena, &frame->columns[0], row) : str_format(arena, "%zu", scoring->lines[row]);
        table_row(document, table, ROW_PLAIN, STR(""), label, 0);
        fill_row(document, table, scoring, row, shown, from);
    }
    for (size_t i = 0; i < scoring->n_notes; i++) table_footnote(document, table, scoring->notes[i]);
    return document;
}

static void write_columns(const Scoring *scoring, JsonWriter *json)
{
    json_key(json, STR("columns"));
    json_begin_array(json);
    for (size_t i = 0; i < scoring->frame->n_columns; i++) {
        const Column *column = &scoring->frame->columns[i];
        json_begin_object(json);
        json_member_text(json, "name", column->name);
        json_member_text(json, "label", column->label);
        json_member_text(json, "unit", column->unit);
        json_member_bool(json, "copied", i < scoring->n_copied);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_row(const Scoring *scoring, size_t row, JsonWriter *json)
{
    json_begin_object(json);
    json_member_integer(json, "line", (int64_t)scoring->lines[row]);
    json_key(json, STR("values"));
    json_begin_object(json);
    for (size_t i = 0; i < scoring->frame->n_columns; i++) {
        const Column *column = &scoring->frame->columns[i];
        json_key(json, column->name);
        if (column->missing[row]) json_put_null(json);
        else if (column_is_number(column)) json_put_number(json, column->numbers[row]);
        else json_put_text(json, column->texts[row]);
    }
    json_end_object(json);
    json_end_object(json);
}

void scoring_write_json(const Scoring *scoring, Buf *out)
{
    const Scorer *scorer = scorer_of(scoring->id);
    JsonWriter json = json_writer(out, 2);
    json_begin_object(&json);
    json_member_text(&json, "schema", STR("equipoise-scores/1"));
    json_member_text(&json, "program", str_from(eq_version()));
    json_member_text(&json, "instrument", str_from(scorer->id));
    json_member_text(&json, "version", str_from(scorer->instrument->version));
    json_member_text(&json, "file", scoring->file);
    json_member_integer(&json, "n_rows", (int64_t)scoring->frame->n_rows);
    json_member_integer(&json, "n_scored", (int64_t)scoring->n_scored);
    write_columns(scoring, &json);
    json_key(&json, STR("rows"));
    json_begin_array(&json);
    for (size_t row = 0; row < scoring->frame->n_rows; row++) write_row(scoring, row, &json);
    json_end_array(&json);
    json_key(&json, STR("notes"));
    json_begin_array(&json);
    for (size_t i = 0; i < scoring->n_notes; i++) json_put_text(&json, scoring->notes[i]);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(out, '\n');
}

static const char *direction_text(const Instrument *instrument)
{
    static const char *const TEXTS[] = {
        [INSTRUMENT_HIGHER_IS_BETTER] = "higher is better",
        [INSTRUMENT_LOWER_IS_BETTER] = "lower is better",
        [INSTRUMENT_CLASSIFIES] = "classifies, is no outcome",
    };
    return TEXTS[instrument->direction];
}

/* Whole months below two years, else years. */
static void add_age(Buf *buf, double years)
{
    double months = years * 12;
    if (years > 0 && years < 2) {
        buf_fixed(buf, months, 0);
        buf_add_c(buf, " months");
        return;
    }
    int whole = (int)(months / 12 + 1e-9), rest = (int)lround(months) - 12 * whole;
    buf_format(buf, "%d years", whole);
    if (rest) buf_format(buf, " %d month%s", rest, rest == 1 ? "" : "s");
}

static void write_line(Buf *out, const char *label, const char *text)
{
    if (text && text[0]) buf_format(out, "  %-10s %s\n", label, text);
}

static void write_instrument(const Instrument *instrument, Buf *out)
{
    buf_format(out, "%s: %s (%s)\n", instrument->id, instrument->name, instrument->version);
    buf_format(out, "  %-10s %g to %g %s; %s\n", "score", instrument->score_min, instrument->score_max, instrument->unit,
               direction_text(instrument));
    buf_format(out, "  %-10s ", "ages");
    add_age(out, instrument->age_min_years);
    buf_add_c(out, " to under ");
    add_age(out, instrument->age_max_years);
    buf_char(out, '\n');
    write_line(out, "missing", instrument->missing_rule);
    write_line(out, "source", instrument->citation);
    write_line(out, "licence", instrument->licence);
    write_line(out, "here", scorer_of(instrument->id) ? "scored from items" : "recorded, not computed");
    buf_char(out, '\n');
}

void scoring_write_list(Buf *out)
{
    size_t n;
    const Instrument *const *all = instrument_list(&n);
    for (size_t i = 0; i < n; i++) write_instrument(all[i], out);
    buf_format(out, "%s: %s\n", scorer_gmfm66_expected.id, scorer_gmfm66_expected.title);
    write_line(out, "here", "computed from age and GMFCS level by two published sets of curves, side by side");
}

static void write_instrument_json(const Instrument *instrument, JsonWriter *json)
{
    json_begin_object(json);
    json_member_text(json, "id", str_from(instrument->id));
    json_member_text(json, "name", str_from(instrument->name));
    json_member_text(json, "version", str_from(instrument->version));
    json_member_text(json, "direction", str_from(direction_text(instrument)));
    json_member_text(json, "unit", str_from(instrument->unit));
    json_member_number(json, "score_min", instrument->score_min);
    json_member_number(json, "score_max", instrument->score_max);
    json_member_number(json, "age_min_years", instrument->age_min_years);
    json_member_number(json, "age_max_years", instrument->age_max_years);
    json_member_text(json, "missing_rule", str_from(instrument->missing_rule));
    json_member_text(json, "citation", str_from(instrument->citation));
    json_member_text(json, "licence", str_from(instrument->licence));
    json_member_bool(json, "scored_here", scorer_of(instrument->id) != NULL);
    json_end_object(json);
}

void scoring_write_list_json(Buf *out)
{
    size_t n;
    const Instrument *const *all = instrument_list(&n);
    JsonWriter json = json_writer(out, 2);
    json_begin_array(&json);
    for (size_t i = 0; i < n; i++) write_instrument_json(all[i], &json);
    json_end_array(&json);
    buf_char(out, '\n');
}
