#include <stdlib.h>

#include "report/output_figure.h"

typedef struct {
    Str text;
    size_t n;
} Reason;

static int compare_reasons(const void *left, const void *right)
{
    const Reason *a = left, *b = right;
    return a->n != b->n ? (a->n > b->n ? -1 : 1) : str_compare(a->text, b->text);
}

typedef struct {
    ReportData *data;
    unsigned char *mask; /* rows the box counts */
    Str words;
    size_t n, n_rows;
} BoxCount;

static bool select_rows(OutputContext *context, const OutputSpec *spec, const OutputBox *box, BoxCount *count,
                        Error *err)
{
    Frames *frames = context->frames;
    const unsigned char *in_population;
    const signed char *verdicts;
    Str home = box->data;
    if (!home.len && box->population.len) {
        const Population *population = protocol_population(frames->plan->protocol, box->population);
        if (population) home = population->data;
    }
    if (!home.len) home = spec->data.len ? spec->data : frames->plan->subjects;
    if (!frames_get(frames, home, NULL, box->at, &count->data, err) ||
        !data_population(frames, count->data, box->population, box->at, &in_population, &count->words, err) ||
        !data_where(frames, count->data, box->where, box->at, &verdicts, err))
        return false;
    count->mask = ARENA_ARRAY(context->arena, unsigned char, count->data->frame->n_rows);
    for (size_t row = 0; row < count->data->frame->n_rows; row++) {
        count->mask[row] = (!in_population || in_population[row]) && (!verdicts || verdicts[row]);
        count->n_rows += count->mask[row];
    }
    return true;
}

/* Distinct values of the box's variable: the subjects' key unless it says another. */
static bool count_box(OutputContext *context, const OutputSpec *spec, const OutputBox *box, BoxCount *count,
                      Error *err)
{
    Codes *codes;
    *count = (BoxCount){0};
    Str distinct = box->distinct.len ? box->distinct : context->frames->plan->subject_key;
    if (!select_rows(context, spec, box, count, err)) return false;
    if (!data_codes(context->frames, count->data, distinct, box->at, &codes, err)) return false;
    codes->round++;
    for (size_t row = 0; row < count->data->frame->n_rows; row++) {
        size_t code = codes->of_row[row];
        if (!count->mask[row] || code == SIZE_MAX || codes->stamp[code] == codes->round) continue;
        codes->stamp[code] = codes->round;
        count->n++;
    }
    return true;
}

static Provenance *box_provenance(OutputContext *context, const OutputBox *box, const BoxCount *count)
{
    Provenance *from = ARENA_NEW(context->arena, Provenance);
    *from = (Provenance){.source = count->data->from.source,
                         .source_hash = count->data->from.source_hash,
                         .frame = count->data->name,
                         .population = count->words,
                         .filter = box->where,
                         .n_records = count->n_rows,
                         .variable = box->distinct.len ? box->distinct : context->frames->plan->subject_key,
                         .method = STR("count")};
    return from;
}

static void data_row(Document *document, Table *table, Str group, Str label, size_t n, const Provenance *from,
                     int indent)
{
    table_row(document, table, ROW_PLAIN, group, label, indent);
    table_cell_number(document, table, 1, (Str){0}, STR("n"), (double)n, 0, (Str){0}, (Str){0}, from);
}

/* Lines under a box: its rows by reason, most frequent first. */
static bool write_reasons(OutputContext *context, const OutputBox *box, const BoxCount *count,
                          Document *document, Table *table, const Provenance *from, Buf *text, Error *err)
{
    Codes *codes;
    if (!box->reasons.len) return true;
    if (!data_codes(context->frames, count->data, box->reasons, box->at, &codes, err)) return false;
    Reason *reasons = ARENA_ARRAY(context->arena, Reason, codes->n + 1);
    for (size_t i = 0; i < codes->n; i++) reasons[i].text = codes->texts[i];
    reasons[codes->n].text = STR("Not stated");
    for (size_t row = 0; row < count->data->frame->n_rows; row++)
        if (count->mask[row]) reasons[codes->of_row[row] == SIZE_MAX ? codes->n : codes->of_row[row]].n++;
    qsort(reasons, codes->n, sizeof *reasons, compare_reasons);
    for (size_t i = 0; i <= codes->n; i++) {
        if (!reasons[i].n) continue;
        buf_format(text, "\n" STR_FMT " (n = %zu)", STR_ARG(reasons[i].text), reasons[i].n);
        data_row(document, table, box->label, reasons[i].text, reasons[i].n, from, 1);
    }
    return true;
}

static bool find_from(const OutputSpec *spec, size_t index, const int *place, int *from, Error *err)
{
    const OutputBox *box = &spec->boxes.items[index];
    *from = -1;
    if (!box->from.len) return true;
    for (size_t i = 0; i < index; i++)
        if (str_equal(spec->boxes.items[i].key, box->from) && place[i] >= 0) {
            *from = place[i];
            return true;
        }
    yaml_error(box->at, err, ERROR_INCONSISTENT, "no box above has the key \"" STR_FMT "\"",
               STR_ARG(box->from));
    return error_hint(err, "Boxes stand in the order of the arrows: first the one an arrow comes from.");
}

/* The first row below `from` where the box finds room: an aside needs a row of its own. */
static int free_row(const Figure *figure, const OutputBox *box, int from)
{
    int row = from < 0 ? 0 : figure->boxes[from].row + 1;
    for (size_t i = 0; i < figure->n_boxes; i++) {
        const FlowBox *other = &figure->boxes[i];
        if (other->row < row || (other->column != box->column && !other->aside && !box->aside)) continue;
        row = other->row + 1;
    }
    return row;
}

bool flow_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                 Error *err)
{
    const TableColumn columns[] = {{.key = STR("label"), .align = ALIGN_LEFT},
                                   {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT}};
    Table *table = document_figure_table(document, figure, columns, 2);
    int *place = ARENA_ARRAY(context->arena, int, spec->boxes.n);
    figure->boxes = ARENA_ARRAY(document->arena, FlowBox, spec->boxes.n);
    for (size_t i = 0; i < spec->boxes.n; i++) {
        const OutputBox *box = &spec->boxes.items[i];
        BoxCount count;
        int from;
        place[i] = -1;
        if (!find_from(spec, i, place, &from, err) || !count_box(context, spec, box, &count, err))
            return false;
        Provenance *provenance = box_provenance(context, box, &count);
        data_row(document, table, (Str){0}, box->label, count.n, provenance, 0);
        Buf text = buf_new(document->arena);
        buf_format(&text, STR_FMT " (n = %zu)", STR_ARG(box->label), count.n);
        if (!write_reasons(context, box, &count, document, table, provenance, &text, err)) return false;
        buf_c(&text);
        if (box->hidden) continue;
        FlowBox made = {
            .text = buf_str(&text), .n = count.n, .column = box->column, .from = from, .aside = box->aside};
        made.row = box->row >= 0 ? box->row : free_row(figure, box, from);
        place[i] = (int)figure->n_boxes;
        figure->boxes[figure->n_boxes++] = made;
    }
    return true;
}
