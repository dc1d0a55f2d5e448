#include "instrument/gmfm66.h"

#include <math.h>

#include "test.h"

/* n items of the GMFM-66 with all three steps at `delta`: an item then takes x with probability
 * proportional to exp(x (theta - delta)), which a hand can solve. */
static Gmfm66Parameters equal_steps(int n, double delta)
{
    Gmfm66Parameters parameters = {.intercept = 50, .slope = 6, .source = STR("made up for the test")};
    for (int i = 0; i < GMFM_N_ITEMS && parameters.n_items < n; i++) {
        if (!gmfm_item(i + 1).in_66) continue;
        parameters.has[i] = true;
        parameters.n_items++;
        for (int k = 0; k < GMFM66_N_STEPS; k++) parameters.steps[i][k] = delta;
    }
    return parameters;
}

/* The record that spends `sum` on the items with parameters, three at a time, and leaves the rest
 * untested. */
static Gmfm88Record record_with_sum(const Gmfm66Parameters *parameters, int sum)
{
    Gmfm88Record record = {0};
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        int response = sum > 3 ? 3 : sum;
        record.responses[i] = parameters->has[i] ? response : GMFM_NOT_TESTED;
        if (parameters->has[i]) sum -= response;
    }
    return record;
}

static void half_of_the_points_on_equal_items_sits_on_their_difficulty(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(14, 1.25);
    Gmfm88Record record = record_with_sum(&parameters, 21);
    Gmfm66Score score;
    if (!CHECK_OK(t, gmfm66_score(&record, &parameters, GMFM66_ML, &score, &err), err)) return;
    CHECK_NEAR(t, score.theta, 1.25, 1e-9);
    CHECK_NEAR(t, score.score, 57.5, 1e-9);
    CHECK_NEAR(t, score.se, 6 / sqrt(14 * 1.25), 1e-9); /* four equal categories: variance 5/4 */
    CHECK_NEAR(t, score.ci_low, 57.5 - 1.959963984540054 * score.se, 1e-9);
    CHECK_INT(t, score.n_items, 14);
    CHECK(t, !score.is_extreme && !score.is_recorded);
}

static void a_mean_of_34_fifteenths_sits_ln_2_above_the_difficulty(Test *t)
{
    /* with exp(theta - delta) = 2 the categories are 1, 2, 4, 8 of 15, mean 34/15, mean square 90/15 */
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(15, -0.6);
    Gmfm88Record record = record_with_sum(&parameters, 34);
    Gmfm66Score score;
    if (!CHECK_OK(t, gmfm66_score(&record, &parameters, GMFM66_ML, &score, &err), err)) return;
    CHECK_NEAR(t, score.theta, -0.6 + log(2.0), 1e-9);
    CHECK_NEAR(t, score.se, 6 / sqrt(15 * (6 - 34.0 * 34 / 225)), 1e-9);
}

static void the_weighted_estimate_solves_its_own_equation(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(15, -0.6);
    Gmfm88Record record = record_with_sum(&parameters, 40);
    Gmfm66Score ml, wle;
    if (!CHECK_OK(t, gmfm66_score(&record, &parameters, GMFM66_ML, &ml, &err), err)) return;
    if (!CHECK_OK(t, gmfm66_score(&record, &parameters, GMFM66_WLE, &wle, &err), err)) return;
    CHECK(t, wle.theta < ml.theta); /* pulled in from the end of the scale */
    Gmfm66Category c = gmfm66_categories(parameters.steps[1], wle.theta);
    CHECK_NEAR(t, 40 - 15 * c.mean + c.third / (2 * c.variance) + 1, 1, 1e-8);
}

static void extreme_records_have_a_weighted_estimate_only(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(20, 0.4);
    Gmfm66Score low, high, score;
    Gmfm88Record none = record_with_sum(&parameters, 0), all = record_with_sum(&parameters, 60);
    CHECK(t, !gmfm66_score(&all, &parameters, GMFM66_ML, &score, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "every one of 20 items was scored 3");
    CHECK(t, !gmfm66_score(&none, &parameters, GMFM66_ML, &score, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "scored 0");
    if (!CHECK_OK(t, gmfm66_score(&none, &parameters, GMFM66_WLE, &low, &err), err)) return;
    if (!CHECK_OK(t, gmfm66_score(&all, &parameters, GMFM66_WLE, &high, &err), err)) return;
    CHECK(t, low.is_extreme && high.is_extreme);
    CHECK_NEAR(t, low.theta + high.theta, 0.8, 1e-8); /* mirror images around the difficulty */
    CHECK(t, high.theta > 2 && high.theta < 8);
}

static void scores_stay_between_0_and_100(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(20, 12);
    Gmfm88Record record = record_with_sum(&parameters, 57);
    Gmfm66Score score;
    if (!CHECK_OK(t, gmfm66_score(&record, &parameters, GMFM66_ML, &score, &err), err)) return;
    CHECK(t, score.score == 100 && score.ci_high == 100 && score.ci_low < 100);
}

static void too_few_items_and_aids_are_refused(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(12, 0);
    Gmfm88Record record = record_with_sum(&parameters, 20);
    Gmfm66Score score;
    CHECK(t, !gmfm66_score(&record, &parameters, GMFM66_ML, &score, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "12 items of the GMFM-66 were scored, at least 13");
    record.aided = true;
    CHECK(t, !gmfm66_score(&record, &parameters, GMFM66_ML, &score, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "aids or orthoses");
    record = (Gmfm88Record){.responses = {7}};
    CHECK(t, !gmfm66_score(&record, &parameters, GMFM66_ML, &score, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "item 1 has the response 7");
}

static void an_untested_item_is_missing_and_not_zero(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters = equal_steps(14, 1.25), more = equal_steps(40, 1.25);
    Gmfm88Record record = record_with_sum(&parameters, 21); /* items beyond the 14 are not tested */
    Gmfm66Score score;
    if (!CHECK_OK(t, gmfm66_score(&record, &more, GMFM66_ML, &score, &err), err)) return;
    CHECK_NEAR(t, score.theta, 1.25, 1e-9);
    CHECK_INT(t, score.n_items, 14);
}

static void disordered_steps_still_give_probabilities(Test *t)
{
    const double STEPS[GMFM66_N_STEPS] = {2.1, -1.3, 0.4};
    Gmfm66Category c = gmfm66_categories(STEPS, 0.35);
    double raw[] = {1, exp(0.35 - 2.1), exp(0.7 - 0.8), exp(1.05 - 1.2)},
           total = raw[0] + raw[1] + raw[2] + raw[3];
    for (int x = 0; x < 4; x++) CHECK_NEAR(t, c.probability[x], raw[x] / total, 1e-13);
    CHECK_NEAR(t, c.mean, (raw[1] + 2 * raw[2] + 3 * raw[3]) / total, 1e-13);
}

/* Published difficulties and abilities of a 12-item Rasch scale: an item with two steps out of reach is
 * one of two categories, and the ability of a raw score is where the expected score equals it. */
static void abilities_agree_with_a_rasch_program(Test *t)
{
    Json file;
    if (!test_data_json(t, "stats-reference/rasch.json", &file)) return;
    const Json *want = json_get(&json_get(&file, "cases")->items[0], "expected");
    const Json *difficulty = json_get(want, "item_difficulty"), *theta = json_get(want, "person_theta");
    if (!CHECK(t, difficulty && theta && difficulty->n == 12 && theta->n == 12)) return;
    for (size_t r = 1; r < 12; r++) {
        double expected = 0;
        for (size_t i = 0; i < 12; i++) {
            const double STEPS[GMFM66_N_STEPS] = {difficulty->items[i].number, 100, 100};
            expected += gmfm66_categories(STEPS, theta->items[r].number).mean;
        }
        CHECK_NEAR(t, expected, (double)r, 2e-5); /* its abilities are good to about 1e-5 */
    }
}

/* A small generator, enough for a test. */
static double uniform(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static Gmfm66Parameters staircase(void)
{
    Gmfm66Parameters parameters = {.intercept = 50, .slope = 6, .source = STR("made up for the test")};
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        if (!gmfm_item(i + 1).in_66) continue;
        parameters.has[i] = true;
        for (int k = 0; k < GMFM66_N_STEPS; k++)
            parameters.steps[i][k] = -5 + 10.0 * parameters.n_items / 65 + 0.8 * (k - 1);
        parameters.n_items++;
    }
    return parameters;
}

static Gmfm88Record simulate(const Gmfm66Parameters *parameters, double theta, uint64_t *state)
{
    Gmfm88Record record = {0};
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        if (!parameters->has[i]) continue;
        Gmfm66Category c = gmfm66_categories(parameters->steps[i], theta);
        double u = uniform(state);
        int x = 0;
        while (x < 3 && u >= c.probability[x]) u -= c.probability[x++];
        record.responses[i] = x;
    }
    return record;
}

static void simulated_children_are_recovered_with_honest_intervals(Test *t)
{
    enum { N = 2000 };
    Gmfm66Parameters parameters = staircase();
    uint64_t state = 20140407;
    double bias = 0;
    int covered = 0;
    for (int i = 0; i < N; i++) {
        Error err = {0};
        double theta = -4 + 8 * uniform(&state);
        Gmfm88Record record = simulate(&parameters, theta, &state);
        Gmfm66Score score;
        if (!CHECK_OK(t, gmfm66_score(&record, &parameters, GMFM66_WLE, &score, &err), err)) return;
        bias += (score.theta - theta) / N;
        covered += fabs(50 + 6 * theta - score.score) <= 1.959963984540054 * score.se;
    }
    CHECK(t, fabs(bias) < 0.03);                /* standard error of the mean about 0.005 */
    CHECK(t, covered > 1861 && covered < 1939); /* 0.95 +- 4 Monte Carlo errors */
}

#define ITEMS_13                                                                                             \
    "G02,-4,-3,-2\nG06,-4,-3,-2\nG07,-4,-3,-2\nG10,-4,-3,-2\nG18,-3,-2,-1\nG21,-3,-2,-1\nG22,-3,-2,-1\n"     \
    "G23,-2,-1,0\nG24,-2,-1,0\nG25,-2,-1,0\nG26,-1,0,1\nG27,-1,0,1\nG30,-1,0.5,1.25\n"

static void a_parameter_file_is_read(Test *t)
{
    Error err = {0};
    Gmfm66Parameters parameters;
    Str text = STR("# steps in logits\r\nsource, manual, third edition\r\nSCALE,48.5,5.75\r\n\r\n" ITEMS_13);
    if (!CHECK_OK(t, gmfm66_parse_parameters(text, &parameters, &err), err)) return;
    CHECK_TEXT(t, parameters.source, "manual, third edition");
    CHECK_NEAR(t, parameters.intercept, 48.5, 1e-15);
    CHECK_NEAR(t, parameters.slope, 5.75, 1e-15);
    CHECK_INT(t, parameters.n_items, 13);
    CHECK(t, parameters.has[29] && !parameters.has[30]);
    CHECK_NEAR(t, parameters.steps[29][2], 1.25, 1e-15);
}

static void a_wrong_parameter_file_is_refused_with_its_line(Test *t)
{
    static const struct {
        const char *text;
        ErrorCode code;
        const char *part;
    } BAD[] = {
        {"SOURCE,x\nSCALE,50,6\nG01,1,2,3\n", ERROR_MALFORMED, "\"G01\" is no item of the GMFM-66"},
        {"SOURCE,x\nSCALE,50,6\nG99,1,2,3\n", ERROR_MALFORMED, "line 3"},
        {"G02,1,2,3\nG02,1,2,3\n", ERROR_MALFORMED, "item G02 stands twice"},
        {"G02,1,2\n", ERROR_MALFORMED, "three steps"},
        {"G02,1,2,3,4\n", ERROR_MALFORMED, "three steps"},
        {"G02,1,two,3\n", ERROR_MALFORMED, "\"two\" is no number"},
        {"G02,1,2,300\n", ERROR_MALFORMED, "\"300\" is no number"},
        {"SCALE,50,-6\n", ERROR_MALFORMED, "slope must be above 0"},
        {"SCALE,50\n", ERROR_MALFORMED, "two numbers"},
        {"SCALE,50,6\n" ITEMS_13, ERROR_INCONSISTENT, "do not say where they come from"},
        {"SOURCE,x\n" ITEMS_13, ERROR_INCONSISTENT, "have no scale"},
        {"SOURCE,x\nSCALE,50,6\nG02,1,2,3\n", ERROR_INCONSISTENT, "parameters for 1 items"},
        {"", ERROR_INCONSISTENT, "do not say"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        Gmfm66Parameters parameters;
        CHECK(t, !gmfm66_parse_parameters(str_from(BAD[i].text), &parameters, &err));
        CHECK_ERROR(t, err, BAD[i].code, BAD[i].part);
    }
    Buf buf = buf_new(t->arena);
    buf_pad(&buf, '\n', 1001);
    Error err = {0};
    Gmfm66Parameters parameters;
    CHECK(t, !gmfm66_parse_parameters(buf_str(&buf), &parameters, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "more than 1000 lines");
}

static void a_recorded_score_keeps_its_standard_error(Test *t)
{
    Error err = {0};
    Gmfm66Score score;
    if (!CHECK_OK(t, gmfm66_recorded(42, 1.3, &score, &err), err)) return;
    CHECK_NEAR(t, number_round(score.ci_low, 0), 39, 1e-15); /* the publisher's example starts at 39 */
    CHECK_NEAR(t, score.ci_high, 42 + 1.959963984540054 * 1.3, 1e-15);
    CHECK(t, score.is_recorded);
    CHECK(t, !gmfm66_recorded(101, 1.3, &score, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "runs from 0 to 100");
    CHECK(t, !gmfm66_recorded(42, 0, &score, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no standard error");
}

static const TestCase CASES[] = {
    {"half of the points on equal items sits on their difficulty",
     half_of_the_points_on_equal_items_sits_on_their_difficulty},
    {"a mean of 34 fifteenths sits ln 2 above the difficulty",
     a_mean_of_34_fifteenths_sits_ln_2_above_the_difficulty},
    {"the weighted estimate solves its own equation", the_weighted_estimate_solves_its_own_equation},
    {"extreme records have a weighted estimate only", extreme_records_have_a_weighted_estimate_only},
    {"scores stay between 0 and 100", scores_stay_between_0_and_100},
    {"too few items and aids are refused", too_few_items_and_aids_are_refused},
    {"an untested item is missing and not zero", an_untested_item_is_missing_and_not_zero},
    {"disordered steps still give probabilities", disordered_steps_still_give_probabilities},
    {"abilities agree with a Rasch program", abilities_agree_with_a_rasch_program},
    {"simulated children are recovered with honest intervals",
     simulated_children_are_recovered_with_honest_intervals},
    {"a parameter file is read", a_parameter_file_is_read},
    {"a wrong parameter file is refused with its line", a_wrong_parameter_file_is_refused_with_its_line},
    {"a recorded score keeps its standard error", a_recorded_score_keeps_its_standard_error},
};
TEST_SUITE(gmfm66, CASES);
