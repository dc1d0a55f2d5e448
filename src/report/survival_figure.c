#include "report/survival_figure.h"

#include <math.h>

#include "report/axis.h"

#define SHARE_DECIMALS 2

typedef struct {
    Document *document;
    Arena *arena;
    Figure *figure;
    const SurvivalCurves *of;
    size_t series_capacity;
} Maker;

static void open_table(Maker *m)
{
    const TableColumn columns[] = {
        {.key = STR("label"), .align = ALIGN_LEFT},
        {.key = STR("n"), .header = STR("At risk"), .align = ALIGN_RIGHT},
        {.key = STR("events"), .header = STR("Events"), .align = ALIGN_RIGHT},
        {.key = STR("estimate"), .header = STR("Estimate"), .align = ALIGN_RIGHT},
        {.key = STR("ci"),
         .header = str_format(m->arena, "%g %% CI", 100 * m->of->curves[0].curve.level),
         .align = ALIGN_RIGHT}};
    document_figure_table(m->document, m->figure, columns, 5);
}

static Series *new_series(Maker *m, const SurvivalCurve *arm, SeriesRole role, size_t n)
{
    Arena *arena = m->arena;
    ARENA_PUSH_ROOM(arena, m->figure->series, m->figure->n_series, m->series_capacity);
    Series *series = &m->figure->series[m->figure->n_series++];
    *series = (Series){.label = arm->name,
                       .group = arm->name,
                       .role = role,
                       .n = n,
                       .x = ARENA_ARRAY(arena, double, n + 1),
                       .y = ARENA_ARRAY(arena, double, n + 1)};
    return series;
}

/* The curve from time 0; its last height is drawn to the last time watched. */
static void curve_series(Maker *m, const SurvivalCurve *arm)
{
    const KaplanMeier *curve = &arm->curve;
    Series *series = new_series(m, arm, SERIES_MEAN, curve->n_times + 1);
    bool bands = m->of->bands;
    if (bands)
        series->low = ARENA_ARRAY(m->arena, double, series->n),
        series->high = ARENA_ARRAY(m->arena, double, series->n);
    series->y[0] = 1;
    if (bands) series->low[0] = series->high[0] = 1;
    for (size_t i = 0; i < curve->n_times; i++) {
        series->x[i + 1] = curve->time[i];
        series->y[i + 1] = curve->survival[i];
        if (bands) series->low[i + 1] = curve->ci[i].lower, series->high[i + 1] = curve->ci[i].upper;
    }
}

static void censored_series(Maker *m, const SurvivalCurve *arm)
{
    const KaplanMeier *curve = &arm->curve;
    Series *series = new_series(m, arm, SERIES_CENSORED, curve->n_times);
    size_t n = 0;
    for (size_t i = 0; i < curve->n_times; i++)
        if (curve->censored[i]) series->x[n] = curve->time[i], series->y[n++] = curve->survival[i];
    series->n = n;
}

static void put(Maker *m, const SurvivalCurve *arm, size_t column, const char *before, const char *stat,
                double value, int decimals)
{
    table_cell_number(m->document, m->figure->data, column, str_from(before), str_from(stat),
                      isfinite(value) ? value : NAN, decimals, (Str){0}, (Str){0}, arm->from);
}

/* Number at risk and curve at a tick: in the series below the axis and in a row of the table. */
static void add_time(Maker *m, const SurvivalCurve *arm, Series *risk, size_t tick)
{
    double time = m->figure->tick_at[tick];
    KmPoint point = kaplan_meier_at(&arm->curve, time);
    size_t n_events = 0;
    for (size_t i = 0; i < arm->curve.n_times && arm->curve.time[i] <= time; i++)
        n_events += arm->curve.events[i];
    risk->x[tick] = time;
    risk->n_at[tick] = point.at_risk;
    Buf at = buf_new(m->arena);
    buf_add_c(&at, "Without the event after ");
    buf_number(&at, time);
    table_row(m->document, m->figure->data, ROW_PLAIN, arm->name, buf_str(&at), 1);
    put(m, arm, 1, "", "n", (double)point.at_risk, 0);
    put(m, arm, 2, "", "events", (double)n_events, 0);
    put(m, arm, 3, "", "survival", point.known ? point.survival : NAN, SHARE_DECIMALS);
    put(m, arm, 4, "", "ci_low", point.known ? point.ci.lower : NAN, SHARE_DECIMALS);
    put(m, arm, 4, " to ", "ci_high", point.known ? point.ci.upper : NAN, SHARE_DECIMALS);
}

static bool add_median(Maker *m, const SurvivalCurve *arm, Error *err)
{
    KmQuantile median;
    if (!kaplan_meier_quantile(&arm->curve, 0.5, &median, err)) return false;
    int decimals = m->of->time_decimals;
    table_row(m->document, m->figure->data, ROW_PLAIN, arm->name, STR("Median time to the event"), 1);
    put(m, arm, 1, "", "n", (double)arm->curve.n, 0);
    put(m, arm, 2, "", "events", (double)arm->curve.n_events, 0);
    put(m, arm, 3, "", "median", median.estimate, decimals);
    put(m, arm, 4, "", "ci_low", median.ci.lower, decimals);
    put(m, arm, 4, " to ", "ci_high", median.ci.upper, decimals);
    if (!m->of->medians) return true;
    Series *series = new_series(m, arm, SERIES_MEDIAN, 1);
    series->x[0] = isfinite(median.estimate) ? median.estimate : NAN;
    series->y[0] = 0.5;
    return true;
}

static bool add_arm(Maker *m, const SurvivalCurve *arm, Error *err)
{
    curve_series(m, arm);
    censored_series(m, arm);
    if (arm->name.len) table_row(m->document, m->figure->data, ROW_GROUP, arm->name, arm->name, 0);
    Series *risk = new_series(m, arm, SERIES_AT_RISK, m->figure->n_ticks);
    risk->n_at = ARENA_ARRAY(m->arena, size_t, m->figure->n_ticks + 1);
    for (size_t k = 0; k < m->figure->n_ticks; k++) add_time(m, arm, risk, k);
    return add_median(m, arm, err);
}

/* Times below the axis: each multiple of `every`, or where the axis has its ticks. */
static bool find_ticks(Maker *m, Error *err)
{
    double last = 0, every = m->of->every;
    for (size_t a = 0; a < m->of->n; a++)
        last = fmax(last, m->of->curves[a].curve.time[m->of->curves[a].curve.n_times - 1]);
    m->figure->tick_at = ARENA_ARRAY(m->arena, double, AXIS_TICKS_MAX);
    m->figure->tick_text = ARENA_ARRAY(m->arena, Str, AXIS_TICKS_MAX);
    if (every > 0 && last / every >= AXIS_TICKS_MAX) {
        error_set(err, ERROR_INCONSISTENT, "\"every\" gives more than %d times, the last is %g",
                  AXIS_TICKS_MAX, last);
        return error_hint(err, "Give a longer step.");
    }
    Axis axis = axis_linear(0, last, 9);
    for (size_t i = 0; every > 0 ? (double)i * every <= last : i < axis.n && axis.ticks[i] <= last; i++)
        m->figure->tick_at[m->figure->n_ticks++] = every > 0 ? (double)i * every : axis.ticks[i];
    for (size_t i = 0; i < m->figure->n_ticks; i++) {
        Buf text = buf_new(m->arena);
        buf_number(&text, m->figure->tick_at[i]);
        m->figure->tick_text[i] = buf_str(&text);
    }
    return true;
}

bool survival_figure_fill(Document *document, Figure *figure, const SurvivalCurves *curves, Error *err)
{
    Maker m = {.document = document, .arena = document->arena, .figure = figure, .of = curves};
    figure->decimals = SHARE_DECIMALS;
    open_table(&m);
    if (!find_ticks(&m, err)) return false;
    for (size_t a = 0; a < curves->n; a++)
        if (!add_arm(&m, &curves->curves[a], err)) return false;
    return true;
}
