/* Times repeated-measures fits (statistics, REML fit, Kenward-Roger, least-squares means and differences) from a model that
 * is built: median of several runs, the arena's memory, beside the aim. Data are made up like fev_data: two arms, a
 * covariate of three levels and one of two, about a third of the responses missing at random. Usage: bench-mmrm [FEV.csv].
 * Not a test: it prints a table. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "exchange/csv.h"
#include "math/rng.h"
#include "stat/mmrm.h"

#define MAX_RUNS 101

static const struct {
    const char *name;
    size_t n, m;
    double missing;
    bool has_covariates;
    double aim_ms;
} ROWS[] = {
    {"40 subjects x 2 visits", 40, 2, 0, false, 0.01},      {"fev_data or 197 x 4", 197, 4, 0.33, true, 0.05},
    {"1,000 x 10", 1000, 10, 0.14, true, 20},               {"200 x 4", 200, 4, 0.33, true, 0},
    {"2,000 x 4", 2000, 4, 0.33, true, 0},                  {"20,000 x 4", 20000, 4, 0.33, true, 0},
    {"200,000 x 4", 200000, 4, 0.33, true, 20},             {"200 x 8", 200, 8, 0.33, true, 0},
    {"200 x 16", 200, 16, 0.33, true, 100},
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static Frame *make_frame(Arena *arena, size_t n, size_t m, double missing)
{
    static const char *const COLUMNS[] = {"USUBJID", "ARMCD", "AVISIT", "RACE", "SEX", "FEV1"}, *const RACES[] = {"Asian", "Black", "White"};
    Frame *frame = frame_new(arena, STR("made-up"));
    for (size_t c = 0; c < 6; c++) frame_add_column(frame, str_from(COLUMNS[c]), c == 5 ? COLUMN_NUMBER : COLUMN_TEXT);
    for (size_t i = 0; i < n; i++) {
        Rng rng = rng_stream(1, i);
        Str id = str_format(arena, "PT%06zu", i);
        size_t arm = rng_bernoulli(&rng, 0.5), race = rng_below(&rng, 3), sex = rng_bernoulli(&rng, 0.5);
        double level = 4 * rng_normal(&rng), slope = rng_normal(&rng);
        bool leaves = rng_uniform(&rng) < 2 * missing;
        double last = 1 + (double)m * rng_uniform(&rng);
        for (size_t v = 0; v < m; v++) {
            double y = 35 + 2.5 * (double)race + 3.5 * (double)arm + 3 * (double)v + level + slope * (double)v + 4 * rng_normal(&rng);
            double u = rng_uniform(&rng);
            size_t row = frame_add_row(frame);
            frame_set_text(frame, row, 0, id);
            frame_set_text(frame, row, 1, arm ? STR("TRT") : STR("PBO"));
            frame_set_text(frame, row, 2, str_format(arena, "VIS%02zu", v + 1));
            frame_set_text(frame, row, 3, str_from(RACES[race]));
            frame_set_text(frame, row, 4, sex ? STR("Male") : STR("Female"));
            if (m <= 4 ? u >= missing : u > missing / 8 && (!leaves || (double)v < last)) frame_set_number(frame, row, 5, y);
        }
    }
    return frame;
}

static bool analyse(Arena *arena, const Model *model, MmrmFit *fit, Error *err)
{
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    LsMeans means;
    LsDifference *differences;
    size_t n;
    if (!mmrm_fit(arena, model, &options, fit, err)) return false;
    if (!lsmeans_rows(arena, model, STR("ARMCD | AVISIT"), MARGINS_EQUAL, &means, err)
        || !lsmeans_differences(arena, &means, STR("PBO"), &differences, &n, err)) return false;
    return mmrm_lsmeans(arena, fit, &means, 0.95) && mmrm_lsmeans_differences(arena, fit, differences, n, 0.95);
}

static bool run_row(size_t k, const char *fev, Error *err)
{
    Arena *arena = arena_new();
    Frame *frame = NULL;
    Formula formula;
    Model model;
    MmrmFit fit = {0};
    double ms[MAX_RUNS], build = 0;
    size_t runs = 0, before, used = 0;
    bool ok = k == 1 && fev ? csv_read_frame(arena, str_from(fev), &(CsvOptions){0}, &frame, err) : true;
    if (ok && !frame) frame = make_frame(arena, ROWS[k].n, ROWS[k].m, ROWS[k].missing);
    Str text = ROWS[k].has_covariates ? STR("FEV1 ~ RACE + SEX + ARMCD * AVISIT + us(AVISIT | USUBJID)") : STR("FEV1 ~ ARMCD * AVISIT + us(AVISIT | USUBJID)");
    build = now_ms();
    ok = ok && formula_parse(arena, text, &formula, err) && model_build(arena, &formula, frame, NULL, 0, &model, err);
    build = now_ms() - build;
    before = arena_used(arena);
    for (double start = now_ms(); ok && runs < MAX_RUNS && (runs < 3 || now_ms() - start < 500); runs++) {
        ArenaMark mark = arena_mark(arena);
        double begin = now_ms();
        ok = analyse(arena, &model, &fit, err);
        ms[runs] = now_ms() - begin;
        used = arena_used(arena) - before;
        if (runs + 1 < MAX_RUNS) arena_rewind(arena, mark);
    }
    if (ok) {
        qsort(ms, runs, sizeof ms[0], by_value);
        printf("%-24s %9zu %9zu %6zu %6zu %10.3f %10.3f %8.3g %10.1f %10.1f\n", ROWS[k].name, model.n, fit.n_patterns, model.p,
               fit.certificate.n_iterations, build, ms[runs / 2], ROWS[k].aim_ms, (double)used / 1e6, (double)(model.n * (model.p + 1) * sizeof(double)) / 1e6);
    }
    arena_free(arena);
    return ok;
}

int main(int argc, char **argv)
{
    printf("%-24s %9s %9s %6s %6s %10s %10s %8s %10s %10s\n", "data", "rows", "patterns", "p", "steps", "model ms", "fit ms", "aim ms", "memory MB", "design MB");
    for (size_t k = 0; k < sizeof ROWS / sizeof ROWS[0]; k++) {
        Error err = {0};
        if (!run_row(k, argc > 1 ? argv[1] : NULL, &err)) printf("%-24s %s\n", ROWS[k].name, err.message);
    }
    return 0;
}
