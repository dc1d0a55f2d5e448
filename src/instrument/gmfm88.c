#include "instrument/gmfm88.h"

#include <assert.h>
#include <math.h>

static const InstrumentSection DIMENSIONS[GMFM_N_DIMENSIONS] = {
    {"A", "Lying and rolling", 1, 17},
    {"B", "Sitting", 18, 37},
    {"C", "Crawling and kneeling", 38, 51},
    {"D", "Standing", 52, 64},
    {"E", "Walking, running and jumping", 65, 88},
};

#define GMFM_CITATION                                                                                        \
    "Russell DJ, Rosenbaum PL, Wright M, Avery LM. Gross Motor Function Measure (GMFM-66 and GMFM-88) "      \
    "user's manual. Score sheet 2013"
#define GMFM_LICENCE                                                                                         \
    "Score sheet (c) Russell and Rosenbaum, McMaster University, free for personal non-commercial use; "     \
    "wording not shipped"

const Instrument instrument_gmfm88 = {
    .id = "gmfm-88",
    .name = "GMFM-88",
    .version = "score sheet 2013",
    .direction = INSTRUMENT_HIGHER_IS_BETTER,
    .unit = "% of the greatest sum, mean of five dimensions",
    .score_min = 0,
    .score_max = 100,
    .age_min_years = 5.0 / 12,
    .age_max_years = 17, /* 5 months to 16 completed years */
    .item_format = "G%02d",
    .item_min = 0,
    .item_max = GMFM_ITEM_MAX,
    .n_sections = GMFM_N_DIMENSIONS,
    .sections = DIMENSIONS,
    .missing_rule =
        "An item not tested counts 0; the score is then a lower bound, reported with the number not tested.",
    .citation = GMFM_CITATION,
    .licence = GMFM_LICENCE,
};

/* Items of dimensions A to C that the GMFM-66 keeps; it keeps all of D and E. */
static const bool KEPT_IN_66[52] = {
    [2] = true,  [6] = true,  [7] = true,  [10] = true, [18] = true, [21] = true, [22] = true, [23] = true,
    [24] = true, [25] = true, [26] = true, [27] = true, [30] = true, [31] = true, [32] = true, [34] = true,
    [35] = true, [36] = true, [37] = true, [39] = true, [40] = true, [41] = true, [42] = true, [43] = true,
    [44] = true, [45] = true, [46] = true, [48] = true, [51] = true,
};

static const int MIRRORS[][2] = {{4, 5},   {6, 7},   {8, 9},   {12, 13}, {14, 15}, {16, 17}, {19, 20},
                                 {26, 27}, {28, 29}, {31, 32}, {42, 43}, {49, 50}, {54, 55}, {57, 58},
                                 {60, 61}, {65, 66}, {75, 76}, {78, 79}, {82, 83}};
#define N_MIRRORS (sizeof MIRRORS / sizeof MIRRORS[0])

static int mirror_of(int number)
{
    for (size_t i = 0; i < N_MIRRORS; i++) {
        if (MIRRORS[i][0] == number) return MIRRORS[i][1];
        if (MIRRORS[i][1] == number) return MIRRORS[i][0];
    }
    return 0;
}

static int greatest_sum(int dimension)
{
    return GMFM_ITEM_MAX * (DIMENSIONS[dimension].last_item - DIMENSIONS[dimension].first_item + 1);
}

GmfmItem gmfm_item(int number)
{
    assert(number >= 1 && number <= GMFM_N_ITEMS);
    int dimension = 0;
    while (number > DIMENSIONS[dimension].last_item) dimension++;
    return (GmfmItem){
        .number = number,
        .dimension = dimension,
        .in_66 = dimension >= 3 || KEPT_IN_66[number],
        .mirror = mirror_of(number),
    };
}

static bool refuse_response(Error *err)
{
    return error_hint(err, "An item is 0, 1, 2 or 3; leave it blank (or write NT) when it was not tested.");
}

bool gmfm_parse_response(Str text, int *response, Error *err)
{
    text = str_trim(text);
    bool not_tested = !text.len || str_equal_fold(text, STR("NT")) || str_equal(text, STR("9"));
    if (not_tested || (text.len == 1 && text.data[0] >= '0' && text.data[0] <= '3')) {
        *response = not_tested ? GMFM_NOT_TESTED : text.data[0] - '0';
        return true;
    }
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no GMFM response", STR_ARG(text));
    return refuse_response(err);
}

bool gmfm_response(double value, bool is_missing, int *response, Error *err)
{
    bool not_tested = is_missing || value == 9;
    if (not_tested || value == 0 || value == 1 || value == 2 || value == 3) {
        *response = not_tested ? GMFM_NOT_TESTED : (int)value;
        return true;
    }
    error_set(err, ERROR_MALFORMED, "%g is no GMFM response", value);
    return refuse_response(err);
}

static bool check_responses(const int *responses, Error *err)
{
    int n_tested = 0;
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        if (responses[i] < GMFM_NOT_TESTED || responses[i] > GMFM_ITEM_MAX) {
            error_set(err, ERROR_MALFORMED, "item %d has the response %d", i + 1, responses[i]);
            return refuse_response(err);
        }
        n_tested += responses[i] != GMFM_NOT_TESTED;
    }
    if (n_tested) return true;
    error_set(err, ERROR_DEGENERATE, "no item of the GMFM-88 was tested");
    return error_hint(err, "Record the assessment as not done instead of 88 items not tested.");
}

static void score_dimension(const Gmfm88Record *record, int d, Gmfm88Score *score)
{
    for (int number = DIMENSIONS[d].first_item; number <= DIMENSIONS[d].last_item; number++) {
        int response = record->responses[number - 1];
        if (response == GMFM_NOT_TESTED)
            score->n_not_tested[d]++;
        else
            score->sum[d] += response;
    }
    score->percent[d] = 100.0 * score->sum[d] / greatest_sum(d);
    score->n_not_tested_total += score->n_not_tested[d];
    score->upper_bound += 100.0 * (score->sum[d] + GMFM_ITEM_MAX * score->n_not_tested[d]) / greatest_sum(d) /
                          GMFM_N_DIMENSIONS;
}

double gmfm88_total(const double percent[GMFM_N_DIMENSIONS])
{
    double sum = 0;
    for (int d = 0; d < GMFM_N_DIMENSIONS; d++) sum += percent[d];
    return sum / GMFM_N_DIMENSIONS;
}

bool gmfm88_score(const Gmfm88Record *record, Gmfm88Score *score, Error *err)
{
    if (!check_responses(record->responses, err)) return false;
    *score = (Gmfm88Score){.aided = record->aided};
    double goals = 0;
    int n_goals = 0;
    for (int d = 0; d < GMFM_N_DIMENSIONS; d++) {
        score_dimension(record, d, score);
        if (!record->goals[d]) continue;
        goals += score->percent[d];
        n_goals++;
    }
    score->total = gmfm88_total(score->percent);
    score->has_goal_total = n_goals > 0;
    score->goal_total = n_goals ? goals / n_goals : 0;
    score->is_lower_bound = score->n_not_tested_total > 0;
    return true;
}

bool gmfm88_change(const Gmfm88Score *before, const Gmfm88Score *after, double *change, Error *err)
{
    if (before->aided != after->aided) {
        error_set(err, ERROR_INCONSISTENT, "one assessment used aids or orthoses and the other did not");
        return error_hint(err, "Compare unaided with unaided; aided items are a second, separate summary.");
    }
    *change = after->total - before->total;
    return true;
}

double gmfm88_smallest_real_difference(double sem) { return 1.96 * sem; }

double gmfm88_minimal_detectable_change(double sem) { return 1.96 * sqrt(2.0) * sem; }

size_t gmfm_asymmetries(const int *responses, int points, int pairs[][2])
{
    size_t n = 0;
    for (size_t i = 0; i < N_MIRRORS; i++) {
        int left = responses[MIRRORS[i][0] - 1], right = responses[MIRRORS[i][1] - 1];
        if (left == GMFM_NOT_TESTED || right == GMFM_NOT_TESTED) continue;
        if (left - right < points && right - left < points) continue;
        pairs[n][0] = MIRRORS[i][0];
        pairs[n++][1] = MIRRORS[i][1];
    }
    return n;
}
