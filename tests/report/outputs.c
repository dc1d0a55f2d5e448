#include "outputs.h"

#include "exchange/csv.h"

static bool sheet_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    const Sheets *sheets = context;
    for (size_t i = 0; i < sheets->n; i++) {
        if (!str_equal(str_from(sheets->sheets[i].name), name)) continue;
        Frame *made;
        if (!csv_parse_frame(arena, name, str_from(sheets->sheets[i].csv), NULL, &made, NULL, err))
            return false;
        *frame = (ReportFrame){made, str_format(arena, STR_FMT ".csv", STR_ARG(name)), STR("f00d")};
        return true;
    }
    error_set(err, ERROR_INCONSISTENT, "there is no data set \"" STR_FMT "\"", STR_ARG(name));
    return error_hint(err, "Name one of the data sets there are.");
}

bool outputs_of_protocol(Test *t, Str text, Sheets sheets, const ReportSelection *selection, Document **document, Error *err)
{
    Protocol *protocol = ARENA_NEW(t->arena, Protocol);
    ProblemList problems = problems_new(t->arena);
    OutputPlan *plan = ARENA_NEW(t->arena, OutputPlan);
    Sheets *kept = arena_copy(t->arena, &sheets, sizeof sheets);
    if (!protocol_read(t->arena, text, protocol, &problems))
        return error_set(err, ERROR_MALFORMED, "the test's protocol cannot be read");
    *document = document_new(t->arena, STR("Test"));
    if (!output_plan_read(t->arena, protocol, plan, err)) return false;
    return report_outputs(*document, plan, (FrameSource){kept, sheet_frame}, selection, err);
}

bool outputs_make_some(Test *t, const char *outputs, Sheets sheets, const ReportSelection *selection,
                       Document **document, Error *err)
{
    Str text = str_format(
        t->arena,
        "equipoise: 1\ntrial: {id: T, title: T}\ndata: {subject: SUBJID, subjects: %s, sets: [{id: %s}]}\n"
        "populations: [{id: safety, title: Safety, condition: \"SAFFL = 'Y'\"}]\n"
        "families: [{id: both, title: Both outcomes, method: holm}]\n"
        "analyses: [{id: main, role: primary, method: paired-t}]\noutputs:\n%s",
        sheets.sheets[0].name, sheets.sheets[0].name, outputs);
    return outputs_of_protocol(t, text, sheets, selection, document, err);
}

bool outputs_make(Test *t, const char *outputs, Sheets sheets, Document **document, Error *err)
{
    return outputs_make_some(t, outputs, sheets, &(ReportSelection){0}, document, err);
}

static const Table *table_of(const Block *block)
{
    return block->kind == BLOCK_TABLE    ? block->table
           : block->kind == BLOCK_FIGURE ? block->figure->data
                                         : NULL;
}

Str outputs_cell(const Document *document, const char *label, const char *column)
{
    for (size_t b = 0; b < document->n_blocks; b++) {
        const Table *table = table_of(&document->blocks[b]);
        for (size_t r = 0; table && r < table->n_rows; r++)
            for (size_t c = 0; c < table->n_columns; c++)
                if (table->rows[r].kind == ROW_PLAIN && str_equal(table->rows[r].label, str_from(label)) &&
                    str_equal(table->columns[c].key, str_from(column)))
                    return table->rows[r].cells[c].text;
    }
    return STR("?");
}

const Result *outputs_result(const Document *document, const char *label, const char *column,
                             const char *stat)
{
    for (size_t i = 0; i < document->n_results; i++) {
        const Result *result = &document->results[i];
        if (str_equal(result->label, str_from(label)) && str_equal(result->column, str_from(column)) &&
            str_equal(result->stat, str_from(stat)))
            return result;
    }
    return NULL;
}
