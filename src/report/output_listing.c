/* Listings: records as they are, sorted. */
#include "report/output_kind.h"

typedef struct {
    const Column **columns;
    size_t *rows, n_rows;
} Listed;

static bool sort_rows(ReportData *data, const OutputSpec *spec, Listed *listed, Error *err)
{
    for (size_t i = spec->sort.n; i > 0; i--) {
        const Column *by;
        if (!data_column(data, spec->sort.items[i - 1], spec->at, &by, err)) return false;
        frame_sort_rows(by, false, listed->rows, listed->n_rows);
    }
    return true;
}

static bool pick(OutputContext *context, const OutputSpec *spec, ReportData *data, Listed *listed, Str *words,
                 Error *err)
{
    const unsigned char *mask;
    const signed char *verdicts;
    Arena *arena = context->arena;
    if (!data_population(context->frames, data, spec->population, spec->at, &mask, words, err) ||
        !data_where(context->frames, data, spec->where, spec->at, &verdicts, err))
        return false;
    listed->columns = ARENA_ARRAY(arena, const Column *, spec->listed.n);
    for (size_t c = 0; c < spec->listed.n; c++)
        if (!data_column(data, spec->listed.items[c].key, spec->listed.items[c].at, &listed->columns[c], err))
            return false;
    listed->rows = ARENA_ARRAY(arena, size_t, data->frame->n_rows);
    listed->n_rows = 0;
    for (size_t row = 0; row < data->frame->n_rows; row++)
        if ((!mask || mask[row]) && (!verdicts || verdicts[row])) listed->rows[listed->n_rows++] = row;
    return sort_rows(data, spec, listed, err);
}

/* A cell as a person reads it; a missing one says its reason when there is one. */
static Str cell_text(Arena *arena, const Column *column, size_t row, int decimals)
{
    if (column->missing[row])
        return column->missing[row] == MISSING_UNSTATED
                   ? (Str){0}
                   : str_format(arena, "(%s)", missing_word((MissingReason)column->missing[row]));
    if (decimals == DECIMALS_UNSAID || column->type != COLUMN_NUMBER)
        return frame_cell_text(arena, column, row);
    Buf buf = buf_new(arena);
    buf_fixed(&buf, column->numbers[row], decimals);
    return buf_str(&buf);
}

bool output_listing_make(OutputContext *context, const OutputSpec *spec, Document *document, Error *err)
{
    ReportData *data;
    Listed listed;
    Str words;
    Arena *arena = document->arena;
    if (!spec->listed.n)
        return yaml_error(spec->at, err, ERROR_MALFORMED, "a listing needs columns, a list of variables");
    if (!frames_get(context->frames, spec->data.len ? spec->data : context->frames->plan->subjects,
                    &spec->join, spec->at, &data, err) ||
        !pick(context, spec, data, &listed, &words, err))
        return false;
    TableColumn *headers = ARENA_ARRAY(arena, TableColumn, spec->listed.n);
    for (size_t c = 0; c < spec->listed.n; c++) {
        const Column *column = listed.columns[c];
        Str header = spec->listed.items[c].label.len ? spec->listed.items[c].label
                     : column->label.len             ? column->label
                                                     : column->name;
        headers[c] = (TableColumn){.key = column->name,
                                   .header = header,
                                   .align = column_is_number(column) && c ? ALIGN_RIGHT : ALIGN_LEFT};
    }
    Table *table = document_table(document, spec->number, spec->title, headers, spec->listed.n);
    const Population *population = protocol_population(context->frames->plan->protocol, spec->population);
    table->population = population ? population->title : spec->population;
    for (size_t i = 0; i < listed.n_rows; i++) {
        table_row(document, table, ROW_PLAIN, (Str){0},
                  cell_text(arena, listed.columns[0], listed.rows[i], spec->decimals), 0);
        for (size_t c = 1; c < spec->listed.n; c++)
            table_cell_text(table, c, cell_text(arena, listed.columns[c], listed.rows[i], spec->decimals));
    }
    if (!listed.n_rows) table_row(document, table, ROW_PLAIN, (Str){0}, STR("None."), 0);
    for (size_t i = 0; i < spec->footnotes.n; i++) table_footnote(document, table, spec->footnotes.items[i]);
    return true;
}
