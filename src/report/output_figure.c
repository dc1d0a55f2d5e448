/* Figures that draw a table: forest, dots and bars; and the way to the others. */
#include "report/output_kind.h"

#include <math.h>

#include "report/output_figure.h"

/* Bars: a series per row, a bar per arm. */
static void bars_of_table(const OutputSpec *spec, Document *document, Figure *figure)
{
    const Table *table = figure->data;
    size_t n = table->n_columns - 1, capacity = 0;
    Str estimate = spec->estimate.len ? spec->estimate : STR("pct");
    figure->n_ticks = n;
    figure->tick_at = ARENA_ARRAY(document->arena, double, n);
    figure->tick_text = ARENA_ARRAY(document->arena, Str, n);
    for (size_t c = 0; c < n; c++) {
        figure->tick_at[c] = (double)c;
        figure->tick_text[c] = table->columns[c + 1].header;
    }
    for (size_t r = 0; r < table->n_rows; r++) {
        const Row *row = &table->rows[r];
        if (row->kind != ROW_PLAIN) continue;
        ARENA_PUSH_ROOM(document->arena, figure->series, figure->n_series, capacity);
        Series *series = &figure->series[figure->n_series++];
        *series = (Series){.label = row->label,
                           .group = row->group,
                           .role = SERIES_POINTS,
                           .n = n,
                           .x = ARENA_ARRAY(document->arena, double, n),
                           .y = ARENA_ARRAY(document->arena, double, n),
                           .n_at = ARENA_ARRAY(document->arena, size_t, n)};
        for (size_t c = 0; c < n; c++) {
            double low, high;
            Series one = {
                .x = &series->x[c], .y = &series->y[c], .low = &low, .high = &high, .n_at = &series->n_at[c]};
            series_take_results(document, &row->cells[c + 1], estimate, &one);
            series->x[c] = (double)c;
        }
    }
}

static bool table_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                         Error *err)
{
    Table *table;
    if (!output_table_make(context, spec, document, figure, &table, err)) return false;
    if (spec->draw != FIGURE_BARS) return rows_of_table(spec, document, figure, err);
    bars_of_table(spec, document, figure);
    return true;
}

static const struct {
    const char *name;                                     /* what a reader who cannot see the figure hears first */
    bool (*make)(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure, Error *err);
    bool (*of_rows)(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure, Error *err);
    bool (*check)(Arena *arena, const OutputSpec *spec, Error *err);
} MAKERS[] = {
    [FIGURE_FLOW] = {"Flow diagram", flow_figure, NULL, NULL},
    [FIGURE_LINES] = {"Line chart", lines_figure, model_lines_figure, NULL},
    [FIGURE_FOREST] = {"Forest plot", table_figure, NULL, forest_figure_check},
    [FIGURE_DOTS] = {"Dot plot", table_figure, NULL, NULL},
    [FIGURE_STEPS] = {"Survival curves", survival_figure, NULL, survival_figure_check},
    [FIGURE_BARS] = {"Bar chart", table_figure, NULL, NULL},
    [FIGURE_PANELS] = {"Plots of residuals", residuals_figure, NULL, residuals_figure_check},
};

bool output_figure_check(Arena *arena, const OutputSpec *spec, Error *err)
{
    return spec->kind != OUTPUT_FIGURE || !MAKERS[spec->draw].check || MAKERS[spec->draw].check(arena, spec, err);
}

/* What a reader who cannot see the figure hears first. */
static Str describe_figure(Arena *arena, const OutputSpec *spec, const Figure *figure)
{
    size_t n = figure->kind == FIGURE_FLOW ? figure->n_boxes : figure->data->n_rows;
    return str_format(arena, "%s: " STR_FMT ". %zu %s; all numbers are in the table beside it.",
                      MAKERS[figure->kind].name, STR_ARG(spec->title), n,
                      figure->kind == FIGURE_FLOW ? "boxes" : "rows");
}

/* Numbers of a figure are not those of the table with the same number. */
static void name_results(Document *document, const Figure *figure, size_t first)
{
    Str name = str_format(document->arena, "Figure " STR_FMT,
                          STR_ARG(figure->number.len ? figure->number : figure->id));
    for (size_t i = first; i < document->n_results; i++) document->results[i].table = name;
}

bool output_figure_make(OutputContext *context, const OutputSpec *spec, Document *document, Error *err)
{
    Figure *figure = document_figure(document, spec->draw, spec->number, spec->title);
    figure->x_label = spec->x_label;
    figure->y_label = spec->y_label;
    figure->low_words = spec->low_words;
    figure->high_words = spec->high_words;
    figure->reference = spec->reference;
    figure->exploratory = spec->exploratory;
    figure->decimals = spec->decimals == DECIMALS_UNSAID ? 1 : spec->decimals;
    figure->facets = spec->facets;
    size_t first = document->n_results;
    bool has_rows = spec->rows.n > 0;
    if (!(has_rows && MAKERS[spec->draw].of_rows ? MAKERS[spec->draw].of_rows : MAKERS[spec->draw].make)(context, spec, document, figure, err))
        return false;
    name_results(document, figure, first);
    bool has_notes = figure->data->n_footnotes > 0; /* of the table, which begin with those of the spec */
    figure->n_footnotes = has_notes ? figure->data->n_footnotes : spec->footnotes.n;
    figure->footnotes = has_notes ? figure->data->footnotes : spec->footnotes.items;
    figure->data->n_footnotes = 0;
    figure->alt = describe_figure(document->arena, spec, figure);
    return true;
}
