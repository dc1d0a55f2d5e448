#include "stat/count_model.h"

#include <math.h>

#include "stat/lsmeans.h"
#include "stat/model_data.h"

#define N 36
#define P 4

/* Counts drawn from a negative binomial; arms A, B, C in turn, a baseline rate, and years under observation. */
static const double Y[N] = {2, 21, 2, 12, 2, 1, 0, 5, 2,  2, 2, 1, 3, 4, 12, 2,  2, 1,
                            0, 0,  0, 0,  0, 0, 11, 1, 1, 3, 2, 2, 13, 2, 0, 8, 3, 2};
static const double BASE[N] = {2.7, 23.3, .1,  14,  8.2, 2.8, .3,  4.3, 1.6, .5,   2.7, 2.8, 3.8, 3.6, 9.3, 4.6, 4.3, 0,
                               3.3, 4.5,  6.7, 2.1, .9,  2.7, 9.1, 2.4, 9.7, 3.1, .9,  15.1, 0,  .7,  2.8, 3.3, 5.6, .6};
static const double YEARS[N] = {.63,  1.68, .7,  1.39, 1.68, .71, .5,   1.25, .73, 1.45, 1.57, 1.12,
                                1.12, .75,  2,   1.31, .86,  .96, 1.02, .77,  .49, 1.24, 1.26, .8,
                                1.78, 1.11, .73, 1.5,  1.78, .78, 1.02, 1.7,  .42, 1.21, 1.78, .81};
static const Str NAMES[P] = {{"(Intercept)", 11}, {"armB", 4}, {"armC", 4}, {"base", 4}};

static CountData events(Test *t)
{
    double *x = ARENA_ARRAY(t->arena, double, N *P);
    for (size_t i = 0; i < N; i++)
        x[i * P] = 1, x[i * P + 1] = i % 3 == 1, x[i * P + 2] = i % 3 == 2, x[i * P + 3] = BASE[i];
    return (CountData){.n = N, .p = P, .x = x, .y = Y, .exposure = YEARS, .names = NAMES};
}

static void check_all(Test *t, const double *got, const double *want, double relative)
{
    for (size_t j = 0; j < P; j++) CHECK_NEAR(t, got[j], want[j], relative);
}

/* R 4.2.2: glm(y ~ arm + base + offset(log(t)), poisson, epsilon = 1e-15), sandwich 3.0-2 */
static void poisson_agrees_with_r(Test *t)
{
    static const double B[P] = {.86335176453696982, -.6677067030975683, -.59024684204169398, .095359716410266124},
                        SE[P] = {.15659058538869836, .21513278730224011, .24421456538174255, .012800489429978881},
                        ROBUST[P] = {.31081672107149272, .23241978963060375, .35998050417492489, .014878291568611101};
    Error err = {0};
    CountFit fit;
    CountProfile profile;
    CountData data = events(t);
    if (!CHECK_OK(t, count_fit(t->arena, &data, COUNT_POISSON, &fit, &err), err)) return;
    check_all(t, fit.b, B, 1e-9);
    check_all(t, fit.se, SE, 1e-9);
    CHECK_NEAR(t, fit.log_likelihood, -80.068404553011149, 1e-12);
    CHECK_NEAR(t, fit.deviance, 76.882069240721563, 1e-11);
    CHECK_NEAR(t, fit.pearson, 89.773696646856607, 1e-9);
    CHECK(t, fit.dispersion == 0 && fit.df == 32);
    double vcov[P * P], robust[P];
    count_robust(t->arena, &fit, vcov);
    for (size_t j = 0; j < P; j++) robust[j] = sqrt(vcov[j * P + j]);
    check_all(t, robust, ROBUST, 1e-8);
    CHECK_OK(t, count_profile(t->arena, &fit, 1, .95, &profile, &err), err);
    CHECK_NEAR(t, profile.chisq, 9.881593915076067, 1e-9);
    CHECK_NEAR(t, profile.ci.lower, -1.0959482332599815, 1e-8);
    CHECK_NEAR(t, profile.ci.upper, -.25015076255280266, 1e-8);
}

/* R 4.2.2: MASS 7.3-58 glm.nb, its likelihood polished by Newton steps on numDeriv's derivatives; the profile re-estimates
 * the dispersion, which MASS's own holds */
static void negative_binomial_agrees_with_r(Test *t)
{
    static const double B[P] = {.95542274993641374, -.70319749100012974, -.71472922901211844, .084461597804041305},
                        SE[P] = {.26289636149073969, .35139682228423902, .37867076499033336, .026851041374606779},
                        ROBUST[P] = {.40145544688044771, .35563688266744381, .39164536529685073, .022454687209869165};
    Error err = {0};
    CountFit fit;
    CountProfile profile;
    CountData data = events(t);
    if (!CHECK_OK(t, count_fit(t->arena, &data, COUNT_NEGATIVE_BINOMIAL, &fit, &err), err)) return;
    check_all(t, fit.b, B, 1e-8);
    check_all(t, fit.se, SE, 1e-8);
    CHECK_NEAR(t, fit.dispersion, .39511825801726075, 1e-8);
    CHECK_NEAR(t, fit.dispersion_se, .19498501092262424, 1e-6);
    CHECK_NEAR(t, fit.log_likelihood, -73.891890947743903, 1e-12);
    CHECK_NEAR(t, fit.deviance, 39.898892263707005, 1e-6);
    CHECK_NEAR(t, fit.pearson, 42.149094219100938, 1e-8);
    double vcov[P * P], robust[P];
    count_robust(t->arena, &fit, vcov);
    for (size_t j = 0; j < P; j++) robust[j] = sqrt(vcov[j * P + j]);
    check_all(t, robust, ROBUST, 1e-7);
    CHECK_OK(t, count_profile(t->arena, &fit, 1, .95, &profile, &err), err);
    CHECK_NEAR(t, profile.chisq, 3.6708579246831903, 1e-7);
    CHECK_NEAR(t, profile.ci.lower, -1.4378601381450813, 1e-7);
    CHECK_NEAR(t, profile.ci.upper, .017370585152307778, 1e-5);
}

/* With one column per arm the rates are events over exposure, and the SE of a log rate is 1 / sqrt(events). */
static void arms_alone_are_events_over_exposure(Test *t)
{
    Error err = {0};
    CountFit fit;
    double x[2 * N], events_b = 0, years_b = 0;
    for (size_t i = 0; i < N; i++) {
        x[2 * i] = i < 20, x[2 * i + 1] = i >= 20;
        if (i >= 20) events_b += Y[i], years_b += YEARS[i];
    }
    CountData data = {.n = N, .p = 2, .x = x, .y = Y, .exposure = YEARS};
    CHECK_OK(t, count_fit(t->arena, &data, COUNT_POISSON, &fit, &err), err);
    CHECK_NEAR(t, fit.b[1], log(events_b / years_b), 1e-11);
    CHECK_NEAR(t, fit.se[1], 1 / sqrt(events_b), 1e-11);
    double l[2] = {-1, 1};
    Estimate ratio = count_contrast(&fit, fit.vcov, l, .95);
    CHECK_NEAR(t, ratio.estimate, fit.b[1] - fit.b[0], 1e-14);
    CHECK(t, isinf(ratio.df) && ratio.lower < ratio.estimate);
}

/* Counts that vary less than Poisson's have no dispersion; near none the likelihood joins Poisson's. */
static void even_counts_are_poisson(Test *t)
{
    Error err = {0};
    CountFit fit, poisson;
    double x[12], y[12];
    for (size_t i = 0; i < 12; i++) x[i] = 1, y[i] = 3 + (double)(i % 2);
    CountData data = {.n = 12, .p = 1, .x = x, .y = y};
    CHECK_OK(t, count_fit(t->arena, &data, COUNT_NEGATIVE_BINOMIAL, &fit, &err), err);
    CHECK_OK(t, count_fit(t->arena, &data, COUNT_POISSON, &poisson, &err), err);
    CHECK(t, fit.dispersion == 0 && isnan(fit.dispersion_se) && fit.log_likelihood == poisson.log_likelihood);
    CHECK_NEAR(t, fit.b[0], log(3.5), 1e-12);
}

static void units_of_time_shift_the_intercept(Test *t)
{
    Error err = {0};
    CountFit years, days;
    double in_days[N];
    for (size_t i = 0; i < N; i++) in_days[i] = YEARS[i] * 365.25;
    CountData data = events(t), scaled = data;
    scaled.exposure = in_days;
    CHECK_OK(t, count_fit(t->arena, &data, COUNT_NEGATIVE_BINOMIAL, &years, &err), err);
    CHECK_OK(t, count_fit(t->arena, &scaled, COUNT_NEGATIVE_BINOMIAL, &days, &err), err);
    CHECK_NEAR(t, days.b[0], years.b[0] - log(365.25), 1e-9);
    CHECK_NEAR(t, days.b[1], years.b[1], 1e-9);
    CHECK_NEAR(t, days.dispersion, years.dispersion, 1e-9);
}

static Frame *event_frame(Test *t)
{
    static const char *const ARMS[] = {"A", "B", "C"};
    const char *arm[N];
    for (size_t i = 0; i < N; i++) arm[i] = ARMS[i % 3];
    Frame *frame = frame_new(t->arena, STR("events"));
    add_numbers(frame, "events", Y, N);
    add_texts(frame, "arm", arm, N);
    add_numbers(frame, "base", BASE, N);
    add_numbers(frame, "years", YEARS, N);
    return frame;
}

/* The rate of an arm stands at the mean of the covariate; a difference of log rates is a coefficient. */
static void least_squares_rates_are_at_the_mean_baseline(Test *t)
{
    Error err = {0};
    Model model;
    CountData data;
    CountFit fit;
    LsMeans means;
    LsDifference *differences;
    size_t n;
    if (!build(t, event_frame(t), "events ~ arm + base", &model)) return;
    CHECK_OK(t, count_data(t->arena, &model, STR("years"), &data, &err), err);
    CHECK_OK(t, count_fit(t->arena, &data, COUNT_POISSON, &fit, &err), err);
    CHECK_OK(t, lsmeans_rows(t->arena, &model, STR("arm"), MARGINS_EQUAL, &means, &err), err);
    CHECK_OK(t, lsmeans_differences(t->arena, &means, STR("A"), &differences, &n, &err), err);
    double mean = 0;
    for (size_t i = 0; i < N; i++) mean += BASE[i] / N;
    CHECK_NEAR(t, count_contrast(&fit, fit.vcov, means.l, .95).estimate, fit.b[0] + mean * fit.b[3], 1e-12);
    CHECK_NEAR(t, count_contrast(&fit, fit.vcov, differences[0].l, .95).se, fit.se[1], 1e-12);
}

static void refuse(Test *t, const CountData *data, ErrorCode code, const char *part)
{
    Error err = {0};
    CountFit fit;
    CHECK(t, !count_fit(t->arena, data, COUNT_NEGATIVE_BINOMIAL, &fit, &err));
    CHECK_ERROR(t, err, code, part);
}

static void impossible_counts_are_named(Test *t)
{
    double y[N], years[N];
    CountData data = events(t);
    double *x = arena_copy(t->arena, data.x, N * P * sizeof *x);
    for (size_t i = 0; i < N; i++) y[i] = i % 3 == 1 ? 0 : Y[i], years[i] = YEARS[i];
    data.y = y, data.exposure = years, data.x = x;
    refuse(t, &data, ERROR_DEGENERATE, "every count is 0 in a group told apart by \"armB\"");
    y[4] = 1.5;
    refuse(t, &data, ERROR_MALFORMED, "the count of row 5 is 1.5");
    y[4] = 1, years[8] = 0;
    refuse(t, &data, ERROR_MALFORMED, "the exposure of row 9 is 0");
    years[8] = 1, x[2 * P + 3] = NAN;
    refuse(t, &data, ERROR_MALFORMED, "row 3 of the design");
    y[4] = 3;
    for (size_t i = 0; i < N; i++) x[i * P + 3] = 1 - x[i * P + 1];
    refuse(t, &data, ERROR_DEGENERATE, "\"base\" repeats what the columns before it say");
    data = events(t), data.y = y;
    for (size_t i = 0; i < N; i++) y[i] = 0;
    refuse(t, &data, ERROR_DEGENERATE, "there are no events");
    data.n = 4;
    refuse(t, &data, ERROR_DEGENERATE, "4 rows are too few for 4 columns");
    Error err = {0};
    Model model;
    Frame *frame = event_frame(t);
    CountFamily family;
    if (!build(t, frame, "events ~ arm", &model)) return;
    CHECK(t, !count_data(t->arena, &model, STR("arm"), &data, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "the exposure \"arm\" holds no numbers");
    CHECK(t, !count_data(t->arena, &model, STR("base"), &data, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "row 18 has no positive \"base\"");
    CHECK(t, !count_family_parse(STR("binomial"), &family) && count_family_parse(STR("poisson"), &family));
    CHECK_TEXT(t, str_from(count_family_word(COUNT_NEGATIVE_BINOMIAL)), "negative-binomial");
}

static const TestCase CASES[] = {
    {"Poisson regression agrees with R", poisson_agrees_with_r},
    {"negative binomial regression agrees with R", negative_binomial_agrees_with_r},
    {"arms alone are events over exposure", arms_alone_are_events_over_exposure},
    {"even counts are Poisson", even_counts_are_poisson},
    {"units of time shift the intercept", units_of_time_shift_the_intercept},
    {"least-squares rates are at the mean baseline", least_squares_rates_are_at_the_mean_baseline},
    {"impossible counts are named", impossible_counts_are_named},
};
TEST_SUITE(count_model, CASES);
