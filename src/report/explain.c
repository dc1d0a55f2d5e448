#include "report/explain.h"

#include <math.h>

#include "report/provenance.h"
#include "report/typeset.h"

#define EXPLAIN_WIDTH 96
#define NAME_WIDTH 14

static const struct {
    const char *stat, *words;
} STATS[] = {
    {"n", "number of subjects"},
    {"N", "number of subjects in the column"},
    {"events", "number of events"},
    {"pct", "percentage"},
    {"share", "share"},
    {"mean", "arithmetic mean"},
    {"sd", "standard deviation"},
    {"se", "standard error"},
    {"median", "median"},
    {"q1", "first quartile"},
    {"q3", "third quartile"},
    {"min", "smallest value"},
    {"max", "largest value"},
    {"p", "p-value"},
    {"ci_low", "lower limit of the confidence interval"},
    {"ci_high", "upper limit of the confidence interval"},
    {"estimate", "estimate"},
    {"p_adjusted", "p-value, adjusted within its family"},
    {"difference", "difference"},
    {"diff", "difference of least squares means"},
    {"lsmean", "least squares mean"},
    {"statistic", "test statistic"},
    {"df", "degrees of freedom"},
    {"expected", "mean expected"},
    {"excess", "mean of observed minus expected"},
    {"offset", "external-control offset"},
    {"left", "rest beyond growth and offset"},
    {"tipping", "tipping point"},
    {"multiple", "tipping point in multiples of the expected growth"},
    {"growth_and_offset", "expected growth plus external-control offset"},
    {"gain", "mean gain"},
    {"months", "number of months"},
};

/* A name may begin with the prefix by which an output tells apart numbers of one name: "change_ci_low". The whole name
 * comes first, then what stands behind each underscore. */
Str explain_stat(Str stat)
{
    for (Str name = stat, before; name.len;) {
        for (size_t i = 0; i < sizeof STATS / sizeof STATS[0]; i++)
            if (str_equal(name, str_from(STATS[i].stat))) return str_from(STATS[i].words);
        if (!str_cut(name, STR("_"), &before, &name)) break;
    }
    return stat;
}

/* Where a result stands: its table (maybe the data of a figure), row and column. */
typedef struct {
    const Result *result;
    const Table *table;
    const Figure *figure;                                 /* whose data the table is, or NULL */
    size_t row, column;
} Place;

static bool place_in_table(const Document *document, const Table *table, Place *place)
{
    size_t index = (size_t)(place->result - document->results);
    for (size_t r = 0; r < table->n_rows; r++)
        for (size_t c = 0; c < table->n_columns; c++) {
            const Cell *cell = &table->rows[r].cells[c];
            if (cell->n_results == 0 || index < cell->first_result || index >= cell->first_result + cell->n_results) continue;
            place->table = table;
            place->row = r;
            place->column = c;
            return true;
        }
    return false;
}

static void find_place(const Document *document, Place *place)
{
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Block *block = &document->blocks[i];
        if (block->table && place_in_table(document, block->table, place)) return;
        if (block->figure && block->figure->data && place_in_table(document, block->figure->data, place)) {
            place->figure = block->figure;
            return;
        }
    }
}

/* Ids of the same table and row, then of the same table; else the first there are. */
static Str nearest_ids(Arena *arena, const Document *document, Str id)
{
    Str *ids = ARENA_ARRAY(arena, Str, document->n_results + 1);
    for (size_t i = 0; i < document->n_results; i++) ids[i] = document->results[i].id;
    Buf list = buf_new(arena);
    Str nearest = str_nearest(id, ids, document->n_results);
    if (nearest.len) buf_add(&list, nearest);
    Str start = id;
    size_t shown = nearest.len ? 1 : 0;
    while (start.len && shown < 4) {
        for (size_t i = 0; i < document->n_results && shown < 4; i++) {
            if (!str_starts(ids[i], start) || str_equal(ids[i], nearest)) continue;
            if (list.len) buf_add_c(&list, ", ");
            buf_add(&list, ids[i]);
            shown++;
        }
        if (shown) break;
        while (start.len && start.data[start.len - 1] != '.') start.len--;
        if (start.len) start.len--;
    }
    if (list.len == 0 && document->n_results) buf_add(&list, ids[0]);
    return buf_str(&list);
}

static Str id_in(Arena *arena, Str id, Str number, Str place)
{
    return id.len && number.len ? str_format(arena, STR_FMT STR_FMT, STR_ARG(id), STR_ARG(place)) : (Str){0};
}

/* The result by the number that is printed: "8.r2.c3", "Table 8.r2.c3", "Figure 2.r1.c2"; a bare number is a table's
 * before it is a figure's. */
static const Result *by_number(Arena *arena, const Document *document, Str asked)
{
    const Str WORDS[] = {STR("table "), STR("listing "), STR("figure ")};
    bool is_figure = false, is_table = false;
    for (size_t i = 0; i < 3; i++)
        if (str_starts(str_lower(arena, asked), WORDS[i])) {
            is_figure = i == 2;
            is_table = i < 2;
            asked = str_slice(asked, WORDS[i].len, asked.len);
        }
    size_t at = str_find(str_lower(arena, asked), STR(".r"));
    if (at == SIZE_MAX) return NULL;
    Str number = str_slice(asked, 0, at), place = str_slice(asked, at, asked.len);
    const Result *of_table = NULL, *of_figure = NULL;
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Table *table = document->blocks[i].table;
        const Figure *figure = document->blocks[i].figure;
        if (table && !of_table && str_equal_fold(table->number, number))
            of_table = document_result(document, id_in(arena, table->id, number, place));
        if (figure && !of_figure && str_equal_fold(figure->number, number))
            of_figure = document_result(document, id_in(arena, figure->id, number, place));
    }
    return is_figure ? of_figure : of_table || is_table ? of_table : of_figure;
}

static bool find(Arena *arena, const Document *document, Str id, Place *place, Error *err)
{
    *place = (Place){.result = document_result(document, id)};
    if (!place->result) place->result = by_number(arena, document, id);
    if (place->result) {
        find_place(document, place);
        return true;
    }
    error_set(err, ERROR_USAGE, "no result \"" STR_FMT "\" in this report", STR_ARG(id));
    Str near = nearest_ids(arena, document, id);
    if (near.len == 0) return error_hint(err, "The report holds no numbers.");
    return error_hint(err, "Ids are table, row and column as in T2.r3.c4, or with the number that is printed, as in 8.r2.c3; column 1 is the "
                           "row's label. Near it: " STR_FMT ".", STR_ARG(near));
}

static Str flat(Arena *arena, Str text)
{
    Buf line = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) buf_char(&line, text.data[i] == '\n' ? ' ' : text.data[i]);
    return buf_str(&line);
}

static void add_part(Buf *out, const char *name, Str text)
{
    if (text.len == 0) return;
    Lines lines = typeset_lines(out->arena, text, EXPLAIN_WIDTH - NAME_WIDTH);
    for (size_t i = 0; i < lines.n; i++) {
        size_t start = out->len;
        if (i == 0) buf_add_c(out, name);
        buf_pad(out, ' ', NAME_WIDTH - (out->len - start));
        buf_add(out, lines.lines[i]);
        buf_char(out, '\n');
    }
}

static Str exact(Arena *arena, double value)
{
    Buf text = buf_new(arena);
    if (isfinite(value)) buf_number(&text, value);
    else buf_add_c(&text, "not estimable");
    return buf_str(&text);
}

static Str row_name(Arena *arena, const Result *result)
{
    Buf name = buf_new(arena);
    if (result->group.len && !str_equal(result->group, result->label)) {
        buf_add(&name, result->group);
        if (result->label.len) buf_add_c(&name, " / ");
    }
    buf_add(&name, result->label.len ? result->label : result->group);
    return flat(arena, buf_str(&name));
}

static Str table_name(Arena *arena, const Place *place)
{
    Buf name = buf_new(arena);
    if (!place->table) return place->result->table;
    if (place->figure) buf_add_c(&name, "data of ");
    buf_add(&name, place->figure ? typeset_figure_name(arena, place->figure) : typeset_table_name(arena, place->table));
    buf_add_c(&name, ", ");
    buf_add(&name, place->table->title);
    return buf_str(&name);
}

static Str column_name(Arena *arena, const Place *place)
{
    Buf name = buf_new(arena);
    if (!place->table) return place->result->column;
    const TableColumn *column = &place->table->columns[place->column];
    if (column->spanner.len) {
        buf_add(&name, column->spanner);
        buf_add_c(&name, ", ");
    }
    buf_add(&name, column->header);
    return flat(arena, buf_str(&name));
}

static Str sentence(Arena *arena, const Place *place)
{
    Buf text = buf_new(arena);
    buf_add(&text, place->result->id);
    buf_add_c(&text, " is the ");
    buf_add(&text, explain_stat(place->result->stat));
    if (place->result->from && place->result->from->variable.len) {
        buf_add_c(&text, " of ");
        buf_add(&text, place->result->from->variable);
    }
    buf_add_c(&text, isfinite(place->result->value) ? ": " : ", which cannot be estimated: ");
    buf_add(&text, place->result->printed);
    buf_char(&text, '.');
    return buf_str(&text);
}

static Str page_of(Arena *arena, Str page)
{
    Buf path = buf_new(arena);
    if (page.len == 0) return page;
    buf_add_c(&path, "docs/methods/");
    buf_add(&path, page);
    buf_add_c(&path, ".md");
    return buf_str(&path);
}

bool explain_write(const Document *document, Str id, Buf *out, Error *err)
{
    Arena *arena = out->arena;
    Place place;
    if (!find(arena, document, id, &place, err)) return false;
    const Result *result = place.result;
    Lines lines = typeset_lines(arena, sentence(arena, &place), EXPLAIN_WIDTH);
    for (size_t i = 0; i < lines.n; i++) {
        buf_add(out, lines.lines[i]);
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    add_part(out, "Exact value", exact(arena, result->value));
    add_part(out, "Printed as", result->printed);
    add_part(out, "Statistic", explain_stat(result->stat));
    add_part(out, "Table", table_name(arena, &place));
    add_part(out, "Row", row_name(arena, result));
    add_part(out, "Column", column_name(arena, &place));
    ProvenancePart parts[PROVENANCE_PARTS];
    size_t n = result->from ? provenance_parts(arena, result->from, parts) : 0;
    for (size_t i = 0; i < n; i++) {
        bool is_page = str_equal(str_from(parts[i].key), STR("method_page"));
        add_part(out, parts[i].name, is_page ? page_of(arena, parts[i].text) : parts[i].text);
    }
    if (n == 0) add_part(out, "Source", STR("not recorded for this number"));
    add_part(out, "Program", STR("equipoise " EQUIPOISE_VERSION));
    add_part(out, "Report", document->source_line);
    if (document->watermark.len) add_part(out, "Mark", document->watermark);
    return true;
}

bool explain_write_json(const Document *document, Str id, Buf *out, Error *err)
{
    Arena *arena = out->arena;
    Place place;
    if (!find(arena, document, id, &place, err)) return false;
    const Result *result = place.result;
    JsonWriter json = json_writer(out, 1);
    json_begin_object(&json);
    json_member_text(&json, "schema", STR("equipoise-explain/1"));
    json_member_text(&json, "id", result->id);
    json_member_text(&json, "explanation", sentence(arena, &place));
    json_member_number(&json, "value", result->value);
    json_member_integer(&json, "decimals", result->decimals);
    json_member_text(&json, "printed", result->printed);
    json_member_text(&json, "stat", result->stat);
    json_member_text(&json, "table", result->table);
    json_member_text(&json, "table_title", place.table ? place.table->title : STR(""));
    json_member_text(&json, "group", result->group);
    json_member_text(&json, "label", result->label);
    json_member_text(&json, "column", result->column);
    json_member_text(&json, "column_header", column_name(arena, &place));
    ProvenancePart parts[PROVENANCE_PARTS];
    size_t n = result->from ? provenance_parts(arena, result->from, parts) : 0;
    for (size_t i = 0; i < n; i++) {
        if (str_equal(str_from(parts[i].key), STR("n_records"))) json_member_integer(&json, "n_records", (int64_t)result->from->n_records);
        else json_member_text(&json, parts[i].key, parts[i].text);
    }
    json_member_text(&json, "program", STR("equipoise " EQUIPOISE_VERSION));
    json_member_text(&json, "source_line", document->source_line);
    json_member_text(&json, "watermark", document->watermark);
    json_end_object(&json);
    buf_char(out, '\n');
    return true;
}
