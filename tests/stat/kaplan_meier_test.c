#include "stat/kaplan_meier.h"

#include <math.h>

#include "stat/survival_data.h"

/* Twelve subjects with ties, of events with one another and with censored times. */
static const double TIME[] = {2.5, 3.1, 3.1, 4.75, 5, 5, 5, 6.2, 7.9, 8.4, 8.4, 10};
static const bool EVENT[] = {true, true, false, true, true, true, false, false, true, false, true, false};
static const SurvivalData TWELVE = {12, TIME, EVENT};

/* R 4.2.2, survival 3.5-3: survfit(Surv(t, e) ~ 1, conf.int = .9, conf.type = ...), quantile(fit, ...). Infinite
 * stands for R's NA. */
typedef struct {
    KmInterval interval;
    double lower[8], upper[8];
    double q_lower[4], q_upper[4];
} IntervalFromR;

static const IntervalFromR FROM_R[] = {
    {KM_INTERVAL_LOG,
     {.79439257825462, .673901550038014, .555644025267455, .357068444296885, .357068444296885,
      .217793534025986, .109194042128729, .109194042128729},
     {1, 1, .987497066541893, .864377629102451, .864377629102451, .797136204651495, .706636482384228,
      .706636482384228},
     {2.5, 3.1, 5, 7.9},
     {5, 8.4, INFINITY, INFINITY}},
    {KM_INTERVAL_LOG_LOG,
     {.637006901603764, .557477688568739, .45736426757811, .287397278675837, .287397278675837,
      .159326954903609, .0702872496523885, .0702872496523885},
     {.983352100550547, .944700474610229, .891250921297193, .757990849191434, .757990849191434,
      .658841114070326, .539041779730769, .539041779730769},
     {2.5, 2.5, 4.75, 7.9},
     {4.75, 7.9, INFINITY, INFINITY}},
    {KM_INTERVAL_PLAIN,
     {.785431045772111, .656375258218558, .527760859519572, .309977150023954, .309977150023954,
      .146358741984287, .018418074733778, .018418074733778},
     {1, 1, .95372062196191, .801133961087157, .801133961087157, .686974591349047, .537137480821777,
      .537137480821777},
     {2.5, 3.1, 5, 7.9},
     {5, 7.9, INFINITY, INFINITY}},
};

static void check_bound(Test *t, double got, double want)
{
    if (isinf(want)) CHECK(t, got == want);
    else CHECK_NEAR(t, got, want, 1e-12);
}

static void a_curve_agrees_with_r(Test *t)
{
    static const double SURVIVAL[] = {11/12., 10/12., 20/27., 5/9., 5/9., 5/12., 5/18., 5/18.};
    static const double SE[] = {.0797855923130282, .107582870727984, .129482573848167, .149301069412936,
                                .149301069412936, .164335549530545, .157679503388207, .157679503388207};
    static const size_t AT_RISK[] = {12, 11, 9, 8, 5, 4, 3, 1}, EVENTS[] = {1, 1, 1, 2, 0, 1, 1, 0},
                        CENSORED[] = {0, 1, 0, 1, 1, 0, 1, 1};
    static const double SHARE[] = {.1, .25, .5, .75}, QUANTILE[] = {3.1, 4.75, 7.9, INFINITY};
    Error err = {0};
    KaplanMeier curve;
    KmQuantile q;
    for (size_t c = 0; c < sizeof FROM_R / sizeof *FROM_R; c++) {
        const IntervalFromR *r = &FROM_R[c];
        if (!CHECK_OK(t, kaplan_meier(t->arena, &TWELVE, r->interval, .9, &curve, &err), err)) return;
        CHECK(t, curve.n == 12 && curve.n_events == 7 && curve.n_times == 8);
        for (size_t k = 0; k < 8; k++) {
            CHECK(t, curve.at_risk[k] == AT_RISK[k] && curve.events[k] == EVENTS[k] &&
                         curve.censored[k] == CENSORED[k]);
            CHECK_NEAR(t, curve.survival[k], SURVIVAL[k], 1e-14);
            CHECK_NEAR(t, curve.se[k], SE[k], 1e-13);
            CHECK_NEAR(t, curve.ci[k].lower, r->lower[k], 1e-12);
            CHECK_NEAR(t, curve.ci[k].upper, r->upper[k], 1e-12);
        }
        for (size_t k = 0; k < 4; k++) {
            CHECK_OK(t, kaplan_meier_quantile(&curve, SHARE[k], &q, &err), err);
            check_bound(t, q.estimate, QUANTILE[k]);
            check_bound(t, q.ci.lower, r->q_lower[k]);
            check_bound(t, q.ci.upper, r->q_upper[k]);
        }
    }
}

static void restricted_means_agree_with_r(Test *t)
{
    Error err = {0};
    KaplanMeier curve;
    KmMean mean;
    CHECK_OK(t, kaplan_meier(t->arena, &TWELVE, KM_INTERVAL_LOG, .9, &curve, &err) &&
             kaplan_meier_mean(&curve, 9, &mean, &err), err);
    CHECK_NEAR(t, mean.estimate, 6.596296296296296, 1e-14);
    CHECK_NEAR(t, mean.se, 0.698309085297079, 1e-13);
    CHECK_NEAR(t, mean.ci.upper - mean.ci.lower, 2 * 1.6448536269514722 * mean.se, 1e-13);
    CHECK_OK(t, kaplan_meier_mean(&curve, 2, &mean, &err), err);
    CHECK(t, mean.estimate == 2 && mean.se == 0);
}

static void check_curve(Test *t, const KaplanMeier *curve, const Json *want)
{
    size_t n, m;
    const double *time = reference_numbers(t, want, "time", &n),
                 *at_risk = reference_numbers(t, want, "n_risk", &m);
    const double *events = reference_numbers(t, want, "n_event", &m),
                 *survival = reference_numbers(t, want, "surv", &m);
    if (!CHECK_INT(t, curve->n_times, n)) return;
    for (size_t k = 0; k < n; k++) {
        const Json *lower = &json_get(want, "lower_log")->items[k],
                   *upper = &json_get(want, "upper_log")->items[k];
        CHECK_NEAR(t, curve->time[k], time[k], 0);
        CHECK_NEAR(t, (double)curve->at_risk[k], at_risk[k], 0);
        CHECK_NEAR(t, (double)curve->events[k], events[k], 0);
        if (survival[k] > 1e-12) CHECK_NEAR(t, curve->survival[k], survival[k], 1e-11);
        else CHECK(t, curve->survival[k] <= 1e-12);
        if (lower->kind != JSON_IS_NUMBER) {
            CHECK(t, curve->survival[k] == 0 && isinf(curve->ci[k].lower) && isinf(curve->ci[k].upper));
            continue;
        }
        CHECK_NEAR(t, curve->se[k], json_get(want, "se_surv")->items[k].number, 1e-8);
        CHECK_NEAR(t, curve->ci[k].lower, lower->number, 1e-8);
        CHECK_NEAR(t, curve->ci[k].upper, upper->number, 1e-8);
    }
}

/* R's null is our infinity: not reached. */
static void check_reached(Test *t, double got, const Json *want)
{
    if (want->kind == JSON_IS_NUMBER) CHECK_NEAR(t, got, want->number, 1e-12);
    else CHECK(t, got == INFINITY);
}

static void check_median(Test *t, const SurvivalData *arm, size_t a, KmInterval interval, const Json *want)
{
    Error err = {0};
    KaplanMeier curve;
    KmQuantile q;
    CHECK_OK(t,
             kaplan_meier(t->arena, arm, interval, .95, &curve, &err) &&
                 kaplan_meier_quantile(&curve, .5, &q, &err),
             err);
    check_reached(t, q.estimate, &json_get(want, "median")->items[a]);
    check_reached(t, q.ci.lower, &json_get(want, "lower")->items[a]);
    check_reached(t, q.ci.upper, &json_get(want, "upper")->items[a]);
}

static void check_arms(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    KaplanMeier curve;
    KmMean mean;
    size_t n_arms, n;
    SurvivalData all = reference_survival(t, input);
    const size_t *arm = codes_of_texts(t, json_get(input, "arm"), &n_arms);
    const Json *km = json_get(expected, "km"), *rmst = json_get(expected, "rmst"),
               *median = json_get(expected, "median");
    for (size_t a = 0; a < n_arms; a++) {
        SurvivalData data = survival_of_code(t, &all, arm, a);
        if (!CHECK_OK(t, kaplan_meier(t->arena, &data, KM_INTERVAL_LOG, .95, &curve, &err), err)) return;
        check_curve(t, &curve, &km->items[a]);
        check_median(t, &data, a, KM_INTERVAL_LOG, json_get(median, "log"));
        check_median(t, &data, a, KM_INTERVAL_LOG_LOG, json_get(median, "loglog"));
        check_median(t, &data, a, KM_INTERVAL_PLAIN, json_get(median, "plain"));
        CHECK_OK(t, kaplan_meier_mean(&curve, reference_number(t, rmst, "tau"), &mean, &err), err);
        CHECK_NEAR(t, mean.estimate, reference_numbers(t, rmst, "mean", &n)[a], 1e-12);
        CHECK_NEAR(t, mean.se, reference_numbers(t, rmst, "se", &n)[a], 1e-10);
    }
}

static void arms_agree_with_the_reference(Test *t)
{
    reference_each(t, "survival", "Kaplan-Meier", check_arms);
}

/* Without censoring the curve is the share still free of the event, and Greenwood's variance is binomial. */
static void without_censoring_it_is_the_binomial_share(Test *t)
{
    static const double time[] = {3.2, 1.1, 4.8, 2.6, 9.3, 7.7, 5.5, 6.1, 8.9, 10.4};
    static const bool event[] = {true, true, true, true, true, true, true, true, true, true};
    SurvivalData data = {10, time, event};
    Error err = {0};
    KaplanMeier curve;
    KmMean mean;
    CHECK_OK(t, kaplan_meier(t->arena, &data, KM_INTERVAL_PLAIN, .95, &curve, &err) &&
             kaplan_meier_mean(&curve, 50, &mean, &err), err);
    for (size_t k = 0; k < 9; k++) {
        double s = (double)(9 - k) / 10;
        CHECK_NEAR(t, curve.survival[k], s, 1e-14);
        CHECK_NEAR(t, curve.se[k], sqrt(s * (1 - s) / 10), 1e-13);
    }
    CHECK(t, curve.survival[9] == 0 && curve.se[9] == INFINITY && curve.ci[9].lower == -INFINITY);
    CHECK_NEAR(t, mean.estimate, sample_mean(time, 10), 1e-14);
    CHECK_NEAR(t, mean.se, sqrt(sample_sum_of_squares(time, 10, mean.estimate)) / 10, 1e-13);
}

static void the_curve_is_read_at_any_time(Test *t)
{
    Error err = {0};
    KaplanMeier curve;
    CHECK_OK(t, kaplan_meier(t->arena, &TWELVE, KM_INTERVAL_LOG, .9, &curve, &err), err);
    KmPoint start = kaplan_meier_at(&curve, 0), at = kaplan_meier_at(&curve, 5),
            later = kaplan_meier_at(&curve, 5.01), end = kaplan_meier_at(&curve, 10),
            after = kaplan_meier_at(&curve, 10.5);
    CHECK(t, start.known && start.at_risk == 12 && start.survival == 1 && start.ci.lower == 1);
    CHECK(t, at.known && at.at_risk == 8 && later.at_risk == 5 && end.known && end.at_risk == 1);
    CHECK_NEAR(t, at.survival, 5/9., 1e-14);
    CHECK(t, at.survival == later.survival && at.ci.lower == curve.ci[3].lower && at.se == curve.se[3]);
    CHECK(t, !after.known && after.at_risk == 0);
}

/* 0.1 + 0.2 and 0.3 are one time. */
static void rounded_times_are_tied(Test *t)
{
    static const double time[] = {.1 + .2, .3, .7};
    static const bool event[] = {true, false, true};
    SurvivalData data = {3, time, event};
    Error err = {0};
    KaplanMeier curve;
    CHECK_OK(t, kaplan_meier(t->arena, &data, KM_INTERVAL_LOG, .95, &curve, &err), err);
    CHECK(t, time[0] != time[1] && curve.n_times == 2 && curve.at_risk[0] == 3 && curve.censored[0] == 1);
    CHECK(t, kaplan_meier_at(&curve, .3).at_risk == 3 && kaplan_meier_at(&curve, .1 + .2).survival < 1);
}

static void a_flat_stretch_counts_with_its_middle(Test *t)
{
    static const double time[] = {3, 4, 5, 6};
    static const bool first[] = {false, true, true, true}, last[] = {true, true, false, false};
    SurvivalData data = {4, time, first}, ends_flat = {4, time, last};
    Error err = {0};
    KaplanMeier curve;
    KmQuantile q;
    CHECK_OK(t, kaplan_meier(t->arena, &data, KM_INTERVAL_LOG, .95, &curve, &err) &&
             kaplan_meier_quantile(&curve, 1/3., &q, &err), err);
    CHECK_NEAR(t, q.estimate, 4.5, 1e-14);
    CHECK_OK(t, kaplan_meier(t->arena, &ends_flat, KM_INTERVAL_LOG, .95, &curve, &err) &&
             kaplan_meier_quantile(&curve, .5, &q, &err), err);
    CHECK_NEAR(t, q.estimate, 5, 1e-14);             /* R: the end of the watch closes the stretch */
}

static void means_of_two_arms_are_compared(Test *t)
{
    static const double time[] = {1.5, 2.25, 4.5, 6, 8, 9.5};
    static const bool event[] = {true, true, true, false, true, false};
    SurvivalData data = {6, time, event};
    Error err = {0};
    KaplanMeier a, b;
    KmMeanDifference d, back;
    CHECK_OK(t, kaplan_meier(t->arena, &TWELVE, KM_INTERVAL_LOG, .95, &a, &err) &&
             kaplan_meier(t->arena, &data, KM_INTERVAL_LOG, .95, &b, &err), err);
    CHECK_OK(t,
             kaplan_meier_mean_difference(&a, &b, 9, &d, &err) &&
                 kaplan_meier_mean_difference(&b, &a, 9, &back, &err),
             err);
    CHECK_NEAR(t, d.difference, d.second.estimate - d.first.estimate, 0);
    CHECK_NEAR(t, d.se * d.se, d.first.se * d.first.se + d.second.se * d.second.se, 1e-14);
    CHECK(t, d.difference == -back.difference && d.p_two_sided == back.p_two_sided &&
                 d.ci.lower == -back.ci.upper);
    CHECK(t, !kaplan_meier_mean_difference(&a, &b, 9.75, &d, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "unknown: the watch ended at 9.5");
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "second arm");
    CHECK(t, !kaplan_meier_mean_difference(&a, &b, 1.25, &d, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "neither arm has a restricted mean that varies");
}

static void what_has_no_curve_is_refused(Test *t)
{
    static const double negative[] = {1, -2}, missing[] = {1, 2, NAN};
    static const bool event[] = {true, true, false};
    SurvivalData nobody = {0, negative, event}, early = {2, negative, event}, unknown = {3, missing, event};
    Error err = {0};
    KaplanMeier curve;
    KmQuantile q;
    KmMean mean;
    CHECK(t, !kaplan_meier(t->arena, &nobody, KM_INTERVAL_LOG, .95, &curve, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "nobody to follow up");
    CHECK(t, !kaplan_meier(t->arena, &early, KM_INTERVAL_LOG, .95, &curve, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 2 of the 2 times is negative: -2");
    CHECK(t, !kaplan_meier(t->arena, &unknown, KM_INTERVAL_LOG, .95, &curve, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "number 3 of the 3 times is not finite");
    CHECK(t, !kaplan_meier(t->arena, &TWELVE, KM_INTERVAL_LOG, 95, &curve, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "confidence level");
    CHECK_OK(t, kaplan_meier(t->arena, &TWELVE, KM_INTERVAL_LOG, .95, &curve, &err), err);
    CHECK(t, !kaplan_meier_quantile(&curve, 50, &q, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "the share 50 is not between 0 and 1");
    CHECK(t, !kaplan_meier_mean(&curve, 0, &mean, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "cannot end at time 0");
    CHECK(t, !kaplan_meier_mean(&curve, 12, &mean, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "the restricted mean to time 12 is unknown: the watch ended at 10");
}

static const TestCase CASES[] = {
    {"a curve agrees with R", a_curve_agrees_with_r},
    {"restricted means agree with R", restricted_means_agree_with_r},
    {"arms agree with the reference", arms_agree_with_the_reference},
    {"without censoring it is the binomial share", without_censoring_it_is_the_binomial_share},
    {"the curve is read at any time", the_curve_is_read_at_any_time},
    {"rounded times are tied", rounded_times_are_tied},
    {"a flat stretch counts with its middle", a_flat_stretch_counts_with_its_middle},
    {"means of two arms are compared", means_of_two_arms_are_compared},
    {"what has no curve is refused", what_has_no_curve_is_refused},
};
TEST_SUITE(kaplan_meier, CASES);
