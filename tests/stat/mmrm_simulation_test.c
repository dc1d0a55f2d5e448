/* Operating characteristics of repeated-measures fits in small trials. */
#include <math.h>

#include "math/rng.h"
#include "stat/mmrm.h"
#include "stat/model_data.h"

#define TRIALS    4000
#define SUBJECTS  20
#define VISITS    3
#define EFFECT    1.7

/* Two arms of ten; correlations 0.75, 0.6 and 0.75, spread growing; an eighth of the responses missing. */
static Frame *simulate(Test *t, Rng *rng)
{
    static const char *const IDS[SUBJECTS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t"};
    static const char *const NAMES[VISITS] = {"v1", "v2", "v3"}, *const COLUMNS[] = {"id", "arm", "visit", "y"};
    Frame *frame = frame_new(t->arena, STR("simulated"));
    for (size_t c = 0; c < 4; c++) frame_add_column(frame, str_from(COLUMNS[c]), c < 3 ? COLUMN_TEXT : COLUMN_NUMBER);
    for (size_t i = 0; i < SUBJECTS; i++) {
        double state = rng_normal(rng), level = rng_normal(rng);
        for (size_t v = 0; v < VISITS; v++) {
            size_t row = frame_add_row(frame);
            if (v) state = 0.4 * state + sqrt(1 - 0.16) * rng_normal(rng);
            frame_set_text(frame, row, 0, str_from(IDS[i]));
            frame_set_text(frame, row, 1, i % 2 ? STR("new") : STR("old"));
            frame_set_text(frame, row, 2, str_from(NAMES[v]));
            if (rng_uniform(rng) > 0.125) frame_set_number(frame, row, 3, (1 + 0.3 * (double)v) * (state + level) + EFFECT * (double)(i % 2));
        }
    }
    return frame;
}

/* Shares of trials in which the interval misses the true effect at the last visit, and in which the interaction, which
 * is not there, is found. */
static bool error_rates(Test *t, MmrmDf df, double *missed, double *found)
{
    size_t n = 0, n_missed = 0, n_found = 0;
    for (size_t k = 0; k < TRIALS; k++) {
        ArenaMark mark = arena_mark(t->arena);
        Rng rng = rng_stream(2025, k);
        Model model;
        MmrmFit fit;
        Error err = {0};
        double l[6] = {0, -1, 0, 0, 0, -1};           /* new less old at v3; new is the reference */
        if (!build(t, simulate(t, &rng), "y ~ arm * visit + us(visit | id)", &model)) return false;
        if (mmrm_fit(t->arena, &model, &(MmrmOptions){.df = df}, &fit, &err)) {
            Estimate e = mmrm_contrast(&fit, l, 0.95);
            n++;
            n_missed += e.lower > EFFECT || e.upper < EFFECT;
            n_found += mmrm_anova(t->arena, &fit, TEST_TYPE_III)[2].p < 0.05;
        }
        arena_rewind(t->arena, mark);
    }
    *missed = (double)n_missed / (double)n, *found = (double)n_found / (double)n;
    return CHECK(t, n > TRIALS - TRIALS / 100);
}

/* Three Monte Carlo standard errors of a share of 0.05. */
static double margin(void) { return 3 * sqrt(0.05 * 0.95 / TRIALS); }

static void twenty_subjects_keep_their_error_rate_under_kenward_roger(Test *t)
{
    double missed, found;
    if (!error_rates(t, MMRM_KENWARD_ROGER, &missed, &found)) return;
    CHECK(t, fabs(missed - 0.05) < margin());
    CHECK(t, fabs(found - 0.05) < margin());
}

static void twenty_subjects_find_too_much_under_satterthwaite(Test *t)
{
    double missed, found;
    if (!error_rates(t, MMRM_SATTERTHWAITE, &missed, &found)) return;
    CHECK(t, missed < 0.05 + 2 * margin());
    CHECK(t, found > 0.05 && found < 0.12);
}

static const TestCase CASES[] = {
    {"twenty subjects keep their error rate under Kenward-Roger", twenty_subjects_keep_their_error_rate_under_kenward_roger},
    {"twenty subjects find too much under Satterthwaite", twenty_subjects_find_too_much_under_satterthwaite},
};
TEST_SUITE_SLOW(mmrm_simulation, CASES);
