/* Nothing of any drawing leaves it, and no text stands over another: on the sample, on the pilot study, on awkward figures. */
#include <math.h>

#include "report/sample.h"

#include "drawing.h"
#include "pilot.h"

static void the_samples_figures_are_laid_out_well(Test *t)
{
    CHECK_INT(t, drawing_check_all(t, sample_document(t->arena)), 10);
}

static void the_pilot_studys_figures_are_laid_out_well(Test *t)
{
    const Document *document = pilot_document(t);
    if (document) CHECK_INT(t, drawing_check_all(t, document), 5);
}

static Series row_of(Test *t, const char *label, double x, double low, double high, size_t n)
{
    Series series = {.label = str_from(label), .group = STR("A group whose name is so long that it cannot stand on a single line of a telephone"),
                     .role = SERIES_POINTS, .n = 1};
    const double values[] = {x, low, high};
    double *copy = arena_copy(t->arena, values, sizeof values);
    series.x = series.y = copy, series.low = copy + 1, series.high = copy + 2;
    series.n_at = arena_copy(t->arena, &n, sizeof n);
    return series;
}

static void long_names_and_cut_intervals_stay_inside(Test *t)
{
    Document *document = document_new(t->arena, STR("Awkward"));
    Figure *figure = document_figure(document, FIGURE_FOREST, STR("1"), STR("Forest"));
    Series rows[] = {row_of(t, "Everybody who was randomised and treated at least once", 1.2, 0.9, 1.6, 4000),
                     row_of(t, "Children below the age of two years whose parents speak another language", 0.02, 0.001, 40, 12),
                     row_of(t, "Beyond", 0.1, 0.05, 0.2, 3), row_of(t, "Unknown", NAN, NAN, NAN, 0)};
    rows[0].role = SERIES_MEAN;
    figure->series = rows;
    figure->n_series = 4;
    figure->log_x = true;
    figure->reference = 1;
    figure->limit_low = 0.25;
    figure->limit_high = 4;
    figure->decimals = 2;
    figure->exploratory = true;
    figure->x_label = STR("Hazard ratio of the first event of any kind, adjusted for age, sex, centre and the value before");
    figure->y_label = STR("Hazard ratio (95 % CI)");
    figure->low_words = STR("favours the new treatment given every day");
    figure->high_words = STR("favours placebo");
    drawing_check(t, document, figure);
}

static void many_named_visits_stay_apart(Test *t)
{
    Document *document = document_new(t->arena, STR("Awkward"));
    Figure *figure = document_figure(document, FIGURE_LINES, STR("1"), STR("Lines"));
    enum { N = 12, ARMS = 3 };
    static const char *const NAMES[ARMS] = {"Placebo", "A treatment whose name needs more than one line", "High"};
    Series series[ARMS] = {0};
    double x[N], low[N], high[N];
    size_t n_at[N];
    Str text[N];
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)i * 2 + (i > 6 ? 20 : 0), low[i] = -1.25, high[i] = 12345, n_at[i] = 1000 + i;
        text[i] = str_format(t->arena, "Visit %zu", i);
    }
    for (size_t a = 0; a < ARMS; a++)
        series[a] = (Series){.label = str_from(NAMES[a]), .group = str_from(NAMES[a]), .role = SERIES_MEAN, .n = N, .x = x, .y = low, .low = low, .high = high, .n_at = n_at};
    figure->series = series;
    figure->n_series = ARMS;
    figure->tick_at = x;
    figure->tick_text = text;
    figure->n_ticks = N;
    figure->y_label = STR("Change of a score whose full name fills more than the height of the plot it stands beside");
    drawing_check(t, document, figure);
}

static const TestCase CASES[] = {
    {"the sample's figures are laid out well", the_samples_figures_are_laid_out_well},
    {"the pilot study's figures are laid out well", the_pilot_studys_figures_are_laid_out_well},
    {"long names and cut intervals stay inside", long_names_and_cut_intervals_stay_inside},
    {"many named visits stay apart", many_named_visits_stay_apart},
};
TEST_SUITE(figure_layout, CASES);
