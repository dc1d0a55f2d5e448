/* Times repeated-measures fits (statistics, REML fit, Kenward-Roger, least-squares means and differences) from a model that
 * is built, beside the aim, the machine's arithmetic and R's nlme::gls, lme4::lmer and glmmTMB where they are installed (their
 * fit alone, without degrees of freedom). Data are made up like fev_data: two arms, a covariate of three levels and one of
 * two, about a third of the responses missing at random; ten and more visits: dropout and a few gaps.
 * Usage: bench-mmrm [--quick] [FEV.csv]. Not a test: it prints tables. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exchange/csv.h"
#include "math/rng.h"
#include "stat/mmrm_inside.h"

#ifndef PEERS
#define PEERS "bench/mmrm_peers.R"
#endif

#define MAX_RUNS    101
#define PEER_LIMIT  60            /* seconds for one peer's fit */
#define TOTAL       150           /* seconds after which no peer is begun */
#define QUICK       8             /* the same of --quick */

enum { GLS = 1, LMER = 2, GLMMTMB = 4, ALL = 7 };
static const struct {
    const char *name;
    int bit;
} PEER_NAMES[] = {{"gls", GLS}, {"lmer", LMER}, {"glmmTMB", GLMMTMB}};
enum { N_PEERS = 3 };

static const struct {
    const char *name;
    size_t n, m;
    double missing;
    bool has_covariates;
    double aim_ms;
    int too_slow;                 /* peers known to need more than the limit */
} ROWS[] = {
    {"40 x 2", 40, 2, 0, false, 0.01, 0},
    {"fev_data, or 197 x 4", 197, 4, 0.33, true, 0.05, 0},
    {"200 x 4", 200, 4, 0.33, true, 0, 0},
    {"2,000 x 4", 2000, 4, 0.33, true, 0, 0},
    {"20,000 x 4", 20000, 4, 0.33, true, 0, GLS},
    {"200,000 x 4", 200000, 4, 0.33, true, 20, ALL},
    {"200 x 8", 200, 8, 0.33, true, 0, 0},
    {"200 x 16", 200, 16, 0.33, true, 100, GLS | LMER},
    {"1,000 x 10", 1000, 10, 0.14, true, 20, GLS | LMER},
};
enum { N_ROWS = sizeof ROWS / sizeof ROWS[0], FEV = 1 };

typedef struct {
    bool ok;
    double ms, mb;
} Result;

static double now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static double cpu_ms(void) { return now_ms(CLOCK_PROCESS_CPUTIME_ID); }

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Multiplications followed by additions, two lanes at a time, in a second; twice that is the peak without fused ones. */
static double peak_gflops(void)
{
    enum { CHAINS = 8 };
    volatile size_t rounds = 20000000;              /* read after the clock, as the sum is written before that is read again */
    Lanes x = lanes_of(0.999), y = lanes_of(0.3), a = x, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y;
    double start = cpu_ms();
    size_t n = rounds;
    for (size_t round = 0; round < n; round++) {
        a = a * x + y, b = b * x + y, c = c * x + y, d = d * x + y;
        e = e * x + y, f = f * x + y, g = g * x + y, h = h * x + y;
    }
    volatile Lanes sum = a + b + c + d + e + f + g + h;
    (void)sum;
    return 4.0 * CHAINS * (double)n / (cpu_ms() - start) / 1e6;
}

/* Multiply-adds of the fit as it is computed, from the shapes of patterns (v visits, t whitened coordinates, s places, n atoms,
 * f profiles); rows are read twice, each evaluation visits each pattern, each iteration has the derivatives. */
static double count_multiply_adds(const MmrmFit *fit, size_t n_contrasts)
{
    const MmrmInside *in = fit->inside;
    const MmrmData *d = &in->data;
    double r = (double)d->r, k = (double)in->likelihood.n_directions, f = (double)d->n_profiles;
    double evaluations = (double)fit->certificate.n_evaluations, derivatives = (double)fit->certificate.n_iterations + 1;
    double sum = evaluations * r * r * r / 6 + derivatives * (r * r * r / 2 * k + k * k / 2 * (r * r / 2 + r) + r * r * r / 3 + k * k * k / 6);
    for (size_t i = 0; i < d->n_patterns; i++) {
        const MmrmPattern *p = &d->patterns[i];
        double v = (double)p->n_visits, t = (double)in->likelihood.white[i].reach, s = (double)p->n_places, n = (double)p->n_atoms;
        double directions = t * (t + 1) / 2, whitened = in->likelihood.white[i].is_first ? 0 : 2.5 * v * v * t;
        sum += (double)p->n_subjects * (s * s / 2 + 3 * s * v + v * v / 2);
        sum += evaluations * (whitened + f * v * t + (f + v) * (f + v) / 2 * t + n * n / 2 + n * v + v * v * v / 2);
        sum += derivatives * (n * n + f * f * t + f * t * t + v * s * s + v * v * t + v * t * t + directions * t);
        sum += derivatives * (f * f * directions + n * n / 2 * directions + s * v * t + 3 * n * directions);
        sum += t * t * t * t + f * t * t + f * f * t + n * n;      /* Kenward and Roger */
    }
    return sum + k * k * r * r + k * r * r * r + (double)n_contrasts * (k * r * r / 2 + k * k / 2 + r * r);
}

static Frame *make_frame(Arena *arena, size_t n, size_t m, double missing)
{
    static const char *const COLUMNS[] = {"USUBJID", "ARMCD", "AVISIT", "RACE", "SEX", "FEV1"}, *const RACES[] = {"Asian", "Black", "White"};
    Frame *frame = frame_new(arena, STR("made-up"));
    Str visits[MMRM_MAX_VISITS];
    for (size_t v = 0; v < m; v++) visits[v] = str_format(arena, "VIS%02zu", v + 1);
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
            frame_set_text(frame, row, 2, visits[v]);
            frame_set_text(frame, row, 3, str_from(RACES[race]));
            frame_set_text(frame, row, 4, sex ? STR("Male") : STR("Female"));
            if (m <= 4 ? u >= missing : u > missing / 8 && (!leaves || (double)v < last)) frame_set_number(frame, row, 5, y);
        }
    }
    return frame;
}

static bool analyse(Arena *arena, const Model *model, MmrmFit *fit, size_t *n_contrasts, Error *err)
{
    MmrmOptions options = {.df = MMRM_KENWARD_ROGER};
    LsMeans means;
    LsDifference *differences;
    size_t n;
    if (!mmrm_fit(arena, model, &options, fit, err)) return false;
    if (!lsmeans_rows(arena, model, STR("ARMCD | AVISIT"), MARGINS_EQUAL, &means, err)
        || !lsmeans_differences(arena, &means, STR("PBO"), &differences, &n, err)) return false;
    *n_contrasts = means.n + n;
    return mmrm_lsmeans(arena, fit, &means, 0.95) && mmrm_lsmeans_differences(arena, fit, differences, n, 0.95);
}

static bool get_frame(Arena *arena, size_t k, const char *fev, Frame **frame, Error *err)
{
    if (k == FEV && fev) return csv_read_frame(arena, str_from(fev), &(CsvOptions){0}, frame, err);
    *frame = make_frame(arena, ROWS[k].n, ROWS[k].m, ROWS[k].missing);
    return true;
}

static Result run_ours(Arena *arena, size_t k, const Frame *frame, double peak, Error *err)
{
    Formula formula;
    Model model;
    MmrmFit fit = {0};
    double ms[MAX_RUNS], build = cpu_ms(), flops = 0;
    size_t runs = 0, used = 0, n_contrasts = 0;
    Str text = ROWS[k].has_covariates ? STR("FEV1 ~ RACE + SEX + ARMCD * AVISIT + us(AVISIT | USUBJID)") : STR("FEV1 ~ ARMCD * AVISIT + us(AVISIT | USUBJID)");
    bool ok = formula_parse(arena, text, &formula, err) && model_build(arena, &formula, frame, NULL, 0, &model, err);
    build = cpu_ms() - build;
    size_t before = arena_used(arena);
    for (double start = cpu_ms(); ok && runs < MAX_RUNS && (runs < 5 || cpu_ms() - start < 500); runs++) {
        ArenaMark mark = arena_mark(arena);
        double begin = cpu_ms();
        ok = analyse(arena, &model, &fit, &n_contrasts, err);
        ms[runs] = cpu_ms() - begin;
        used = arena_used(arena) - before;
        if (ok && runs == 0) flops = 2 * count_multiply_adds(&fit, n_contrasts);
        arena_rewind(arena, mark);
    }
    if (!ok) return (Result){0};
    qsort(ms, runs, sizeof ms[0], by_value);
    double design = (double)(model.n * (model.p + 1) * sizeof(double)) / 1e6;
    printf("%-21s %7zu %8zu %3zu %5zu %8.3f %9.4f %9.4f %6.3g %8.2f %8.2f %9.2f %6.1f\n", ROWS[k].name, model.n, fit.n_patterns, model.p,
           fit.certificate.n_iterations, build, ms[runs / 2], ms[0], ROWS[k].aim_ms, (double)used / 1e6, design, flops / 1e6,
           100 * flops / 1e6 / (peak * ms[runs / 2]));
    return (Result){true, ms[runs / 2], (double)used / 1e6};
}

static bool write_csv(const Frame *frame, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out) return false;
    static const char *const COLUMNS[] = {"USUBJID", "ARMCD", "AVISIT", "RACE", "SEX", "FEV1"};
    const Column *columns[6];
    fprintf(out, "USUBJID,ARMCD,AVISIT,RACE,SEX,FEV1\n");
    for (size_t c = 0; c < 6; c++) columns[c] = frame_column(frame, str_from(COLUMNS[c]));
    for (size_t i = 0; i < frame->n_rows; i++) {
        for (size_t c = 0; c < 5; c++) fprintf(out, "\"" STR_FMT "\",", STR_ARG(columns[c]->texts[i]));
        if (columns[5]->missing[i]) fprintf(out, "NA\n");
        else fprintf(out, "%.17g\n", columns[5]->numbers[i]);
    }
    return fclose(out) == 0;
}

/* Runs one peer and prints its cell. */
static void run_peer(size_t k, size_t peer, const char *csv, Result ours, bool has_time)
{
    char command[512], line[128] = "";
    double seconds, mb;
    if (ROWS[k].too_slow & PEER_NAMES[peer].bit) {
        printf("  %22s", "over 60 s");
        return;
    }
    if (!has_time) {
        printf("  %22s", "no time left");
        return;
    }
    snprintf(command, sizeof command, "timeout %d Rscript --vanilla '%s' '%s' %s %d 2>/dev/null", PEER_LIMIT, PEERS, csv, PEER_NAMES[peer].name,
             ROWS[k].has_covariates);
    FILE *pipe = popen(command, "r");
    bool read = pipe && fgets(line, sizeof line, pipe);
    if (pipe) pclose(pipe);
    if (read && sscanf(line, "%lf %lf", &seconds, &mb) == 2) {
        char cell[64];
        snprintf(cell, sizeof cell, "%.3f s %.0f MB %.0f x", seconds, mb, 1e3 * seconds / ours.ms);
        printf("  %22s", cell);
    } else printf("  %22s", read && strncmp(line, "absent", 6) == 0 ? "absent" : "no result in 60 s");
    fflush(stdout);
}

static void compare(size_t k, const Frame *frame, Result ours, double start, double total)
{
    char csv[] = "/tmp/bench-mmrm-XXXXXX";
    int file = mkstemp(csv);
    if (file < 0) return;
    close(file);
    bool needed = ROWS[k].too_slow != ALL, ok = !needed || write_csv(frame, csv);
    printf("%-21s %10.4f ms %7.2f MB", ROWS[k].name, ours.ms, ours.mb);
    for (size_t peer = 0; ok && peer < N_PEERS; peer++)
        run_peer(k, peer, csv, ours, now_ms(CLOCK_MONOTONIC) - start < 1e3 * total);
    printf("\n");
    remove(csv);
}

/* Sandwich covariances: the fit with one, and the degrees of freedom of one contrast, which take a pass over the data. */
static bool run_robust(size_t k, Error *err)
{
    static const char *const WORDS[] = {"model", "hc0", "cr2", "cr3"};
    Arena *arena = arena_new();
    Formula formula;
    Model model;
    MmrmFit fit = {0};
    bool ok = formula_parse(arena, STR("FEV1 ~ RACE + SEX + ARMCD * AVISIT + us(AVISIT | USUBJID)"), &formula, err)
        && model_build(arena, &formula, make_frame(arena, ROWS[k].n, ROWS[k].m, ROWS[k].missing), NULL, 0, &model, err);
    for (size_t v = 0; ok && v < 4; v++) {
        MmrmOptions options = {0};
        ArenaMark mark = arena_mark(arena);
        size_t before = arena_used(arena);
        ok = mmrm_vcov_parse(str_from(WORDS[v]), &options.vcov);
        double begin = cpu_ms();
        ok = ok && mmrm_fit(arena, &model, &options, &fit, err);
        double fitted = cpu_ms();
        Estimate e = ok ? mmrm_coefficient(&fit, 1, 0.95) : (Estimate){0};
        if (ok) printf("%-24s %-6s %10.3f %16.3f %10.1f   df %.1f\n", ROWS[k].name, WORDS[v], fitted - begin, cpu_ms() - fitted, (double)(arena_used(arena) - before) / 1e6, e.df);
        arena_rewind(arena, mark);
    }
    arena_free(arena);
    return ok;
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const char *fev = argc > 1 + quick ? argv[1 + quick] : NULL;
    double start = now_ms(CLOCK_MONOTONIC), peak = peak_gflops();
    Result results[N_ROWS] = {{0}};
    printf("peak of this machine, two lanes, no fused multiply-add: %.1f GFLOP/s\n\n", peak);
    printf("%-21s %7s %8s %3s %5s %8s %9s %9s %6s %8s %8s %9s %6s\n", "data", "rows", "patterns", "p", "steps", "model ms", "median ms", "least ms",
           "aim ms", "arena MB", "data MB", "MFLOP", "% peak");
    for (size_t k = 0; k < N_ROWS; k++) {
        Arena *arena = arena_new();
        Frame *frame = NULL;
        Error err = {0};
        if (get_frame(arena, k, fev, &frame, &err)) results[k] = run_ours(arena, k, frame, peak, &err);
        if (!results[k].ok) printf("%-21s %s\n", ROWS[k].name, err.message);
        arena_free(arena);
    }
    bool has_r = system("Rscript --version >/dev/null 2>&1") == 0;
    if (!has_r) printf("\nRscript is absent: no peers.\n");
    if (has_r) printf("\n%-21s %13s %10s  %22s  %22s  %22s\n", "data", "ours, all", "memory", "nlme::gls", "lme4::lmer", "glmmTMB");
    for (size_t k = 0; has_r && k < N_ROWS; k++) {
        Arena *arena = arena_new();
        Frame *frame = NULL;
        Error err = {0};
        if (results[k].ok && get_frame(arena, k, fev, &frame, &err)) compare(k, frame, results[k], start, quick ? QUICK : TOTAL);
        arena_free(arena);
    }
    printf("\n%-24s %-6s %10s %16s %10s\n", "sandwich", "vcov", "fit ms", "a contrast ms", "memory MB");
    for (size_t k = 5; k < N_ROWS; k += 3) {          /* 200,000 x 4 and 1,000 x 10 */
        Error err = {0};
        if (!run_robust(k, &err)) printf("%-24s %s\n", ROWS[k].name, err.message);
    }
    return 0;
}
