#include "stat/partial_credit.h"

#include <math.h>

#include "stat/reference.h"

#define N 40
#define K 4

/* Forty persons on four items scored 0, 1, 2, some missing; drawn from the model. */
static const int SCORES[N * K] = {
    2, 2, 2, 2, -1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, -1, 0, 1, 0, 0, 0, 2, 2, 0, 1, 2, 1, 1, 1,
    2, 2, 0, 0, 2, 2, 2, 2, 2, 1, -1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 2, 0, 2, 2, 2, 2, 1, 1, 2, 2, 2,
    1, 1, 0, -1, 1, 2, 0, 1, 1, 1, 1, 0, 2, 1, 0, 1, 2, 1, 2, 2, 2, 1, 2, 2, -1, 2, 2, 1, 0, 0, 0, 0,
    2, 2, 2, 0, 0, 1, 1, 2, 1, 1, 1, 1, 1, 2, 2, 2, 0, 1, 0, 0, 1, 2, 0, 1, 0, -1, 0, 0, 2, 1, 2, 1,
    1, 1, 1, 1, 2, 0, 2, 1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 1, 2, 0, 1, 1, 1, 1, 1, 2, 1, 1, 1, 2, 1};
static const Str NAMES[K] = {{"sit", 3}, {"crawl", 5}, {"stand", 5}, {"walk", 4}};

static ItemResponses forty(void) { return (ItemResponses){N, K, SCORES, NAMES}; }

static bool fit_forty(Test *t, CalibrationModel model, PartialCreditFit *fit)
{
    Error err = {0};
    ItemResponses *data = ARENA_NEW(t->arena, ItemResponses);
    *data = forty();
    return CHECK_OK(t, partial_credit_fit(t->arena, data, model, fit, &err), err);
}

/* R 4.2.2: gamma written out by convolution, the likelihood maximised by optim and polished by Newton steps on numDeriv's
 * derivatives, whose curvature gives the errors */
static void partial_credit_agrees_with_r(Test *t)
{
    static const double THRESHOLD[] = {-1.3261347041951279, 0.68439320964003802, -1.7851676516200989, 1.0093052772446502,
                                       0.26717270556045247, 0.44727037130048508, -0.84822459093009495,
                                       1.5513853829996964},
                        SE[] = {0.60290518243355073, 0.42218014127347409, 0.63472646000641375, 0.41484857030826217,
                                0.48485871703027644, 0.49205229672238915, 0.50437561825098343, 0.46625422066183703};
    PartialCreditFit fit;
    if (!fit_forty(t, CALIBRATION_PARTIAL_CREDIT, &fit)) return;
    for (size_t a = 0; a < 8; a++) CHECK_NEAR(t, fit.threshold[a], THRESHOLD[a], 1e-8);
    for (size_t a = 0; a < 8; a++) CHECK_NEAR(t, fit.threshold_se[a], SE[a], 1e-7);
    CHECK_NEAR(t, fit.log_likelihood, -57.668856095390481, 1e-12);
    CHECK_NEAR(t, fit.location[0], -0.32087074727754494, 1e-8);
    CHECK_INT(t, fit.n_free, 7);
    CHECK_INT(t, fit.n_informative + fit.n_zero + fit.n_full, N);
    CHECK(t, fit.n_steps == 0 && fit.step == NULL);
}

static void shared_steps_agree_with_r(Test *t)
{
    static const double LOCATION_SE[] = {0.25883275987236287, 0.25388643542312611, 0.25246629643247387,
                                         0.25295095549512042};
    PartialCreditFit fit;
    if (!fit_forty(t, CALIBRATION_RATING_SCALE, &fit)) return;
    CHECK_NEAR(t, fit.threshold[0], -1.2351221306099305, 1e-8);
    CHECK_NEAR(t, fit.threshold[7], 1.2283649318228336, 1e-8);
    CHECK_NEAR(t, fit.log_likelihood, -60.87819965828281, 1e-12);
    for (size_t i = 0; i < K; i++) CHECK_NEAR(t, fit.location_se[i], LOCATION_SE[i], 1e-7);
    CHECK_INT(t, fit.n_steps, 2);
    CHECK_NEAR(t, fit.step[0], -0.894194382078355, 1e-8);
    CHECK_NEAR(t, fit.threshold[3] - fit.location[1], fit.step[1], 1e-9);
}

/* R 4.2.2: uniroot of the score functions */
static void persons_and_item_fit_agree_with_r(Test *t)
{
    static const double INFIT[] = {0.94016553283658466, 0.90371161918218956, 0.76067321824471745, 0.72356385519140731},
                        OUTFIT[] = {1.009617013448493, 0.92243457515621541, 0.66942880378606051, 0.70410485037380932},
                        INFIT_T[] = {-0.18042441523883573, -0.34798325437880817, -1.112596552887501,
                                     -1.229724467989346},
                        OUTFIT_T[] = {0.12295940121273982, -0.2635270117673077, -0.94982817825787313,
                                      -1.3094386646360061};
    PartialCreditFit fit;
    if (!fit_forty(t, CALIBRATION_PARTIAL_CREDIT, &fit)) return;
    PersonEstimate ml = partial_credit_person(&fit, &SCORES[2 * K], PERSON_ML);
    PersonEstimate gap = partial_credit_person(&fit, &SCORES[10 * K], PERSON_WLE);
    PersonEstimate none = partial_credit_person(&fit, &SCORES[23 * K], PERSON_WLE);
    CHECK_NEAR(t, ml.theta, -2.2615118441893323, 1e-8);
    CHECK_NEAR(t, ml.se, 1.1406046139005088, 1e-8);
    CHECK_NEAR(t, gap.theta, 0.72074935131325946, 1e-8);
    CHECK_NEAR(t, gap.se, 0.97307470295847354, 1e-8);
    CHECK(t, gap.n_items == 3 && gap.score == 4 && gap.most == 6);
    CHECK_NEAR(t, none.theta, -3.3539203763042242, 1e-8);
    const ItemFit *items = partial_credit_item_fit(t->arena, &fit);
    for (size_t i = 0; i < K; i++) {
        CHECK_NEAR(t, items[i].infit, INFIT[i], 1e-7);
        CHECK_NEAR(t, items[i].outfit, OUTFIT[i], 1e-7);
        CHECK_NEAR(t, items[i].infit_t, INFIT_T[i], 1e-6);
        CHECK_NEAR(t, items[i].outfit_t, OUTFIT_T[i], 1e-6);
    }
    CHECK_INT(t, items[1].n, 31);
}

/* The first reference again, R 4.2.2: Newton steps on the likelihood written out, until its gradient was 1e-14. eRm's
 * own numbers, found by nlm, are up to 2e-5 away. */
static const double RASCHDAT_LOCATION[] = {-1.49481279101141,   0.047506835197203,  -0.69489083022749, 0.754102875847279,
                                           1.39824398569238,    -0.00121711990513651, -0.592479590750493,
                                           -0.643454749865794,  -0.441860538906451, 1.20856396819653, 0.754102875847279,
                                           -0.29380492011388},
                    RASCHDAT_SE[] = {0.246421338105681, 0.212549103117504, 0.218966293581643, 0.222573233179049,
                                     0.246524855646122, 0.212429050292302, 0.217007142862828, 0.217938389663089,
                                     0.214761024310667, 0.237797317389963, 0.222573233179049, 0.213281071224326};

static void check_logits(Test *t, double got, double want) { CHECK_NEAR(t, got, want, 2e-5 / fabs(want)); }

static ItemResponses reference_responses(Test *t, const Json *input)
{
    const Json *rows = json_get(input, "responses");
    ItemResponses data = {.n_persons = rows->n, .n_items = rows->items[0].n};
    int *responses = ARENA_ARRAY(t->arena, int, data.n_persons *data.n_items);
    for (size_t v = 0; v < data.n_persons; v++)
        for (size_t i = 0; i < data.n_items; i++)
            responses[v * data.n_items + i] = (int)rows->items[v].items[i].number;
    data.responses = responses;
    return data;
}

/* Persons with nothing or everything have no maximum likelihood; the reference holds extrapolations there. */
static void check_persons(Test *t, const PartialCreditFit *fit, const Json *expected)
{
    size_t n, k = fit->data.n_items;
    const double *scores = reference_numbers(t, expected, "person_raw_score", &n);
    const double *theta = reference_numbers(t, expected, "person_theta", &n);
    int *row = ARENA_ARRAY(t->arena, int, k);
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < k; i++) row[i] = (double)i < scores[s];
        PersonEstimate person = partial_credit_person(fit, row, PERSON_ML);
        if (person.score > 0 && person.score < person.most) check_logits(t, person.theta, theta[s]);
    }
}

static void check_rasch(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    size_t n;
    PartialCreditFit fit, same;
    AndersenTest andersen;
    ItemResponses data = reference_responses(t, input);
    if (!CHECK_OK(t, partial_credit_fit(t->arena, &data, CALIBRATION_RASCH, &fit, &err), err)) return;
    const double *b = reference_numbers(t, expected, "item_difficulty", &n);
    const double *se = reference_numbers(t, expected, "item_se", &n);
    for (size_t i = 0; i < n; i++) check_logits(t, fit.location[i], b[i]);
    for (size_t i = 0; i < n; i++) check_logits(t, fit.location_se[i], se[i]);
    for (size_t i = 0; i < n; i++) CHECK_NEAR(t, fit.location[i], RASCHDAT_LOCATION[i], 1e-11);
    for (size_t i = 0; i < n; i++) CHECK_NEAR(t, fit.location_se[i], RASCHDAT_SE[i], 1e-11);
    CHECK_NEAR(t, fit.log_likelihood, reference_number(t, expected, "conditional_loglik"), 1e-10);
    check_persons(t, &fit, expected);
    const Json *lr = json_get(expected, "andersen_lr");
    CHECK_OK(t, partial_credit_fit(t->arena, &data, CALIBRATION_PARTIAL_CREDIT, &same, &err), err);
    CHECK_NEAR(t, same.log_likelihood, fit.log_likelihood, 1e-14); /* of items scored 0 and 1 they are one model */
    if (!CHECK_OK(t, partial_credit_andersen(t->arena, &fit, partial_credit_split(t->arena, &fit), 2, &andersen, &err),
                  err))
        return;
    CHECK_NEAR(t, andersen.chisq, reference_number(t, lr, "chisq"), 1e-8);
    CHECK_NEAR(t, andersen.df, reference_number(t, lr, "df"), 0);
    CHECK_NEAR(t, andersen.p, reference_number(t, lr, "p"), 1e-7);
}

/* There the easinesses -(t_1 + .. + t_h) of all categories have sum 0, which is another zero of the scale. */
static void check_partial_credit(Test *t, const Json *input, const Json *expected)
{
    Error err = {0};
    size_t n, at = 0;
    PartialCreditFit fit;
    ItemResponses data = reference_responses(t, input);
    if (!CHECK_OK(t, partial_credit_fit(t->arena, &data, CALIBRATION_PARTIAL_CREDIT, &fit, &err), err)) return;
    const double *beta = reference_numbers(t, expected, "beta_cumulative_easiness", &n);
    double sum = 0, weights = 0;
    for (size_t i = 0; i < data.n_items; i++)
        for (size_t a = fit.first[i]; a < fit.first[i + 1]; a++) {
            double after = (double)(fit.first[i + 1] - a);
            sum += fit.threshold[a] * after, weights += after;
        }
    double zero = sum / weights;
    for (size_t i = 0; i < data.n_items; i++) {
        double easiness = 0;
        const Json *row = &json_get(expected, "thresholds")->items[i];
        check_logits(t, fit.location[i] - zero, row->items[0].number);
        for (size_t a = fit.first[i]; a < fit.first[i + 1]; a++) {
            easiness -= fit.threshold[a] - zero;
            check_logits(t, easiness, beta[at++]);
            check_logits(t, fit.threshold[a] - zero, row->items[1 + a - fit.first[i]].number);
        }
    }
    CHECK_NEAR(t, fit.log_likelihood, reference_number(t, expected, "conditional_loglik"), 1e-10);
}

static void calibrations_agree_with_the_reference(Test *t)
{
    reference_each(t, "rasch", "Rasch model", check_rasch);
    reference_each(t, "rasch", "partial credit model", check_partial_credit);
}

/* With two items of 0 and 1 the conditional estimate is the log of who solved only the one over who only the other. */
static void two_items_have_a_closed_form(Test *t)
{
    Error err = {0};
    PartialCreditFit fit;
    int scores[2 * 19];
    for (size_t v = 0; v < 19; v++) scores[2 * v] = v < 11 || v > 16, scores[2 * v + 1] = v >= 11;
    ItemResponses data = {19, 2, scores, NULL}; /* 11 solved the first only, 6 the second only */
    CHECK_OK(t, partial_credit_fit(t->arena, &data, CALIBRATION_RASCH, &fit, &err), err);
    CHECK_NEAR(t, fit.location[1] - fit.location[0], log(11. / 6), 1e-12);
    CHECK_NEAR(t, fit.location_se[0], sqrt(1. / 11 + 1. / 6) / 2, 1e-12);
    CHECK_INT(t, fit.n_full, 2);
}

/* Rows that miss an item count in a pattern of their own; items in another order give the same numbers. */
static void the_order_of_items_does_not_matter(Test *t)
{
    Error err = {0};
    PartialCreditFit fit, turned;
    int scores[N * K];
    if (!fit_forty(t, CALIBRATION_PARTIAL_CREDIT, &fit)) return;
    for (size_t v = 0; v < N; v++)
        for (size_t i = 0; i < K; i++) scores[v * K + i] = SCORES[v * K + (K - 1 - i)];
    ItemResponses data = {N, K, scores, NULL};
    CHECK_OK(t, partial_credit_fit(t->arena, &data, CALIBRATION_PARTIAL_CREDIT, &turned, &err), err);
    for (size_t a = 0; a < 8; a++)
        CHECK_NEAR(t, turned.threshold[a], fit.threshold[(K - 1 - a / 2) * 2 + a % 2], 1e-9);
    CHECK_NEAR(t, turned.log_likelihood, fit.log_likelihood, 1e-12);
    CHECK(t, fit.n_patterns >= 3);
}

/* Sixty-six items of 0..3 spread over 30 logits: no product of theirs fits a double, and the sums must not care. */
static void long_and_wide_scales_do_not_underflow(Test *t)
{
    enum { PERSONS = 300, ITEMS = 66 };
    Error err = {0};
    PartialCreditFit fit;
    uint64_t state = 99;
    int *scores = ARENA_ARRAY(t->arena, int, PERSONS *ITEMS);
    for (size_t v = 0; v < PERSONS; v++) {
        double theta = -14 + 28. * (double)v / PERSONS;
        for (size_t i = 0; i < ITEMS; i++)
            for (int h = 0; h < 3; h++) {
                double threshold = -15 + 30. * (double)i / ITEMS + h - 1;
                state = state * 6364136223846793005u + 1442695040888963407u;
                bool is_up = (double)(state >> 11) * 0x1p-53 < 1 / (1 + exp(threshold - theta));
                if (scores[v * ITEMS + i] == h && is_up) scores[v * ITEMS + i]++;
            }
    }
    ItemResponses data = {PERSONS, ITEMS, scores, NULL};
    CHECK_OK(t, partial_credit_fit(t->arena, &data, CALIBRATION_RATING_SCALE, &fit, &err), err);
    CHECK(t, isfinite(fit.log_likelihood) && fit.location[65] - fit.location[0] > 20);
    CHECK(t, fit.location_se[0] > 0 && fit.location_se[0] < 1);
}

static void refuse(Test *t, const int *scores, size_t n, CalibrationModel model, ErrorCode code, const char *part)
{
    Error err = {0};
    PartialCreditFit fit;
    ItemResponses data = {n, K, scores, NAMES};
    CHECK(t, !partial_credit_fit(t->arena, &data, model, &fit, &err));
    CHECK_ERROR(t, err, code, part);
}

static void impossible_calibrations_are_named(Test *t)
{
    Error err = {0};
    PartialCreditFit fit;
    AndersenTest test;
    static const int ALL_OR_NOTHING[] = {0, 0, 0, 0, 1, 1, 1, 1}, CONSTANT[] = {1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0};
    static const int GAP[] = {0, 1, 1, 2, 2, 0, 1, 1, 0, 2, 1, 1, 2, 1, 2, 0};
    static const int APART[] = {0, 1, -1, -1, 1, 0, -1, -1, -1, -1, 0, 1, -1, -1, 1, 0};
    refuse(t, SCORES, N, CALIBRATION_RASCH, ERROR_MALFORMED, "row 1 scores 2 on \"sit\", and 1 is the highest");
    refuse(t, SCORES, 0, CALIBRATION_RASCH, ERROR_DEGENERATE, "0 persons and 4 items");
    refuse(t, ALL_OR_NOTHING, 2, CALIBRATION_RASCH, ERROR_DEGENERATE, "of 2 persons nobody scores between");
    refuse(t, CONSTANT, 3, CALIBRATION_RASCH, ERROR_DEGENERATE, "all who inform score alike on \"sit\"");
    refuse(t, GAP, 4, CALIBRATION_PARTIAL_CREDIT, ERROR_DEGENERATE, "nobody scores 1 on \"sit\"");
    refuse(t, APART, 4, CALIBRATION_RASCH, ERROR_DEGENERATE, "fall into groups that no person links");
    ItemResponses none = {3, 0, SCORES, NULL}, wide = {3, PARTIAL_CREDIT_MAX_ITEMS + 1, SCORES, NULL};
    CHECK(t, !partial_credit_fit(t->arena, &none, CALIBRATION_RASCH, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "nothing to calibrate");
    CHECK(t, !partial_credit_fit(t->arena, &wide, CALIBRATION_RASCH, &fit, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "401 items are more than 400");
    size_t group[N];
    for (size_t v = 0; v < N; v++) group[v] = v < 3;
    if (!fit_forty(t, CALIBRATION_PARTIAL_CREDIT, &fit)) return;
    CHECK(t, !partial_credit_andersen(t->arena, &fit, group, 2, &test, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "group 2 of the persons");
    static const int UNANSWERED[K] = {-1, -1, -1, -1};
    PersonEstimate person = partial_credit_person(&fit, UNANSWERED, PERSON_WLE);
    CHECK(t, isnan(person.theta) && person.n_items == 0);
    person = partial_credit_person(&fit, SCORES, PERSON_ML);
    CHECK(t, person.theta == INFINITY && isinf(person.se));
}

/* Two items scored 0 and 1 are solved by whoever fails nothing else, and fail no one who solves them: "walk" is
 * infinitely harder than the rest. */
static void an_item_without_a_finite_estimate_is_named(Test *t)
{
    static const int SCORED[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1, -1,
                                 1, 1, 1, 0, -1, 1, 1, 1, 1, -1, 1, 1};
    static const int HARD[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0};
    Error err = {0};
    PartialCreditFit fit;
    ItemResponses data = {6, K, HARD, NAMES};
    CHECK(t, !partial_credit_fit(t->arena, &data, CALIBRATION_RASCH, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "score alike on \"walk\"");
    data = (ItemResponses){10, K, SCORED, NAMES};
    CHECK(t, !partial_credit_fit(t->arena, &data, CALIBRATION_RASCH, &fit, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "\"walk\"");
}

static void words_are_read_back(Test *t)
{
    CalibrationModel model;
    CHECK(t, calibration_parse(STR("rating-scale"), &model) && model == CALIBRATION_RATING_SCALE);
    CHECK(t, !calibration_parse(STR("2pl"), &model));
    CHECK_TEXT(t, str_from(calibration_word(CALIBRATION_RASCH)), "rasch");
}

static const TestCase CASES[] = {
    {"partial credit agrees with R", partial_credit_agrees_with_r},
    {"shared steps agree with R", shared_steps_agree_with_r},
    {"persons and item fit agree with R", persons_and_item_fit_agree_with_r},
    {"calibrations agree with the reference", calibrations_agree_with_the_reference},
    {"two items have a closed form", two_items_have_a_closed_form},
    {"the order of items does not matter", the_order_of_items_does_not_matter},
    {"long and wide scales do not underflow", long_and_wide_scales_do_not_underflow},
    {"impossible calibrations are named", impossible_calibrations_are_named},
    {"an item without a finite estimate is named", an_item_without_a_finite_estimate_is_named},
    {"words are read back", words_are_read_back},
};
TEST_SUITE(partial_credit, CASES);
