#include "instrument/gmfm88.h"

#include "test.h"

static Gmfm88Record all_scored(int response)
{
    Gmfm88Record record = {0};
    for (int i = 0; i < GMFM_N_ITEMS; i++) record.responses[i] = response;
    return record;
}

static void the_items_fall_into_dimensions_and_the_66(Test *t)
{
    const int SIZES[] = {17, 20, 14, 13, 24}, SIZES_66[] = {4, 15, 10, 13, 24};
    int n[GMFM_N_DIMENSIONS] = {0}, n66[GMFM_N_DIMENSIONS] = {0}, total66 = 0;
    for (int i = 1; i <= GMFM_N_ITEMS; i++) {
        GmfmItem item = gmfm_item(i);
        CHECK_INT(t, item.number, i);
        n[item.dimension]++;
        n66[item.dimension] += item.in_66;
        total66 += item.in_66;
    }
    for (int d = 0; d < GMFM_N_DIMENSIONS; d++) {
        CHECK_INT(t, n[d], SIZES[d]);
        CHECK_INT(t, n66[d], SIZES_66[d]);
    }
    CHECK_INT(t, total66, 66);
    CHECK(t, gmfm_item(2).in_66 && !gmfm_item(1).in_66 && !gmfm_item(33).in_66 && gmfm_item(51).in_66 &&
                 !gmfm_item(50).in_66);
}

static void mirror_items_point_at_each_other(Test *t)
{
    int n = 0;
    for (int i = 1; i <= GMFM_N_ITEMS; i++) {
        int mirror = gmfm_item(i).mirror;
        if (!mirror) continue;
        CHECK_INT(t, gmfm_item(mirror).mirror, i);
        n++;
    }
    CHECK_INT(t, n, 38);
    CHECK_INT(t, gmfm_item(57).mirror, 58);
}

static void the_total_is_the_mean_of_the_dimensions_not_the_sum_over_264(Test *t)
{
    Error err = {0};
    Gmfm88Record record = {0};
    Gmfm88Score score;
    for (int i = 0; i < 17; i++) record.responses[i] = 3;
    if (!CHECK_OK(t, gmfm88_score(&record, &score, &err), err)) return;
    CHECK_NEAR(t, score.percent[0], 100, 1e-14);
    CHECK_NEAR(t, score.total, 20, 1e-14);
    CHECK_INT(t, score.sum[0], 51);
    CHECK(t, !score.is_lower_bound && !score.has_goal_total);
}

static void recorded_dimensions_average_to_the_total(Test *t)
{
    CHECK_NEAR(t, gmfm88_total((const double[]){60, 30, 2, 0, 0}), 18.4, 1e-14);
    CHECK_NEAR(t, gmfm88_total((const double[]){92, 58, 78, 12, 16}), 51.2, 1e-14);
}

/* Fills items first..last with threes until `sum` is spent. */
static void spread(Gmfm88Record *record, int first, int last, int sum)
{
    for (int i = first; i <= last; i++) {
        int response = sum > 3 ? 3 : sum;
        record->responses[i - 1] = response;
        sum -= response;
    }
}

static void a_mixed_record_scores_as_by_hand(Test *t)
{
    Error err = {0};
    Gmfm88Record record = {.goals = {false, true, false, true, false}};
    Gmfm88Score score;
    spread(&record, 1, 17, 47);
    spread(&record, 18, 37, 35);
    spread(&record, 38, 51, 33);
    spread(&record, 52, 64, 5);
    spread(&record, 65, 88, 11);
    if (!CHECK_OK(t, gmfm88_score(&record, &score, &err), err)) return;
    CHECK_NEAR(t, score.percent[0], 4700.0 / 51, 1e-14);
    CHECK_NEAR(t, score.percent[4], 1100.0 / 72, 1e-14);
    CHECK_NEAR(t, score.total, (4700.0 / 51 + 3500.0 / 60 + 3300.0 / 42 + 500.0 / 39 + 1100.0 / 72) / 5,
               1e-14);
    CHECK(t, score.has_goal_total);
    CHECK_NEAR(t, score.goal_total, (3500.0 / 60 + 500.0 / 39) / 2, 1e-14);
}

static void an_item_not_tested_counts_zero_and_flags_a_lower_bound(Test *t)
{
    Error err = {0};
    Gmfm88Record record = all_scored(3);
    Gmfm88Score score;
    record.responses[87] = GMFM_NOT_TESTED;
    if (!CHECK_OK(t, gmfm88_score(&record, &score, &err), err)) return;
    CHECK_NEAR(t, score.percent[4], 95.8333333333, 1e-11);
    CHECK_NEAR(t, score.total, 99.1666666667, 1e-11);
    CHECK_INT(t, score.n_not_tested[4], 1);
    CHECK_INT(t, score.n_not_tested_total, 1);
    CHECK(t, score.is_lower_bound);
    CHECK_NEAR(t, score.upper_bound, 100, 1e-14);
}

static void an_untested_record_and_a_wrong_response_are_refused(Test *t)
{
    Error err = {0};
    Gmfm88Record record = all_scored(GMFM_NOT_TESTED);
    Gmfm88Score score;
    CHECK(t, !gmfm88_score(&record, &score, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "no item");
    record.responses[40] = 4;
    CHECK(t, !gmfm88_score(&record, &score, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "item 41 has the response 4");
}

static void aided_and_unaided_are_never_compared(Test *t)
{
    Error err = {0};
    Gmfm88Record before = all_scored(1), after = all_scored(2);
    Gmfm88Score a, b;
    double change;
    after.aided = true;
    CHECK_OK(t, gmfm88_score(&before, &a, &err), err);
    CHECK_OK(t, gmfm88_score(&after, &b, &err), err);
    CHECK(t, !gmfm88_change(&a, &b, &change, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "aids or orthoses");
    b.aided = false;
    CHECK_OK(t, gmfm88_change(&a, &b, &change, &err), err);
    CHECK_NEAR(t, change, 100.0 / 3, 1e-13);
}

static void responses_are_read_as_the_score_sheet_writes_them(Test *t)
{
    static const struct {
        const char *text;
        int response;
    } GOOD[] = {{"0", 0},
                {" 3 ", 3},
                {"", GMFM_NOT_TESTED},
                {"NT", GMFM_NOT_TESTED},
                {"nt", GMFM_NOT_TESTED},
                {"9", GMFM_NOT_TESTED}};
    static const char *const BAD[] = {"4", "1.5", "-1", "three", "33"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        Error err = {0};
        int response;
        if (CHECK_OK(t, gmfm_parse_response(str_from(GOOD[i].text), &response, &err), err))
            CHECK_INT(t, response, GOOD[i].response);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        int response;
        CHECK(t, !gmfm_parse_response(str_from(BAD[i]), &response, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, BAD[i]);
    }
}

static void a_number_between_two_categories_is_refused(Test *t)
{
    Error err = {0};
    int response;
    CHECK_OK(t, gmfm_response(2, false, &response, &err), err);
    CHECK_INT(t, response, 2);
    CHECK_OK(t, gmfm_response(0, true, &response, &err), err);
    CHECK_INT(t, response, GMFM_NOT_TESTED);
    CHECK(t, !gmfm_response(1.5, false, &response, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "1.5 is no GMFM response");
}

static void precision_says_which_formula(Test *t)
{
    CHECK_NEAR(t, gmfm88_smallest_real_difference(GMFM88_SEM), 3.136, 1e-12);
    CHECK_NEAR(t, number_round(gmfm88_minimal_detectable_change(GMFM88_SEM), 2), 4.43, 1e-12);
}

static void sides_far_apart_are_reported(Test *t)
{
    Gmfm88Record record = all_scored(2);
    int pairs[19][2];
    CHECK_INT(t, gmfm_asymmetries(record.responses, 2, pairs), 0);
    record.responses[81] = 0;
    record.responses[4] = GMFM_NOT_TESTED;
    CHECK_INT(t, gmfm_asymmetries(record.responses, 2, pairs), 1);
    CHECK(t, pairs[0][0] == 82 && pairs[0][1] == 83);
    CHECK_INT(t, gmfm_asymmetries(record.responses, 3, pairs), 0);
}

static const TestCase CASES[] = {
    {"the items fall into dimensions and the 66", the_items_fall_into_dimensions_and_the_66},
    {"mirror items point at each other", mirror_items_point_at_each_other},
    {"the total is the mean of the dimensions, not the sum over 264",
     the_total_is_the_mean_of_the_dimensions_not_the_sum_over_264},
    {"recorded dimensions average to the total", recorded_dimensions_average_to_the_total},
    {"a mixed record scores as by hand", a_mixed_record_scores_as_by_hand},
    {"an item not tested counts zero and flags a lower bound",
     an_item_not_tested_counts_zero_and_flags_a_lower_bound},
    {"an untested record and a wrong response are refused",
     an_untested_record_and_a_wrong_response_are_refused},
    {"aided and unaided are never compared", aided_and_unaided_are_never_compared},
    {"responses are read as the score sheet writes them", responses_are_read_as_the_score_sheet_writes_them},
    {"a number between two categories is refused", a_number_between_two_categories_is_refused},
    {"precision says which formula", precision_says_which_formula},
    {"sides far apart are reported", sides_far_apart_are_reported},
};
TEST_SUITE(gmfm88, CASES);
