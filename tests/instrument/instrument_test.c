#include "instrument/instrument.h"

#include <string.h>

#include "instrument/gmfcs.h"
#include "test.h"

static void every_row_of_the_table_is_finished(Test *t)
{
    size_t n;
    const Instrument *const *all = instrument_list(&n);
    for (size_t i = 0; i < n; i++) {
        const Instrument *a = all[i];
        CHECK(t, a->id && a->name && a->version && a->unit && a->missing_rule && a->licence);
        CHECK(t, a->citation && strlen(a->citation) > 20);
        CHECK(t, a->score_min < a->score_max && a->age_min_years < a->age_max_years);
        CHECK(t, !a->n_levels || a->score_max - a->score_min == (double)(a->n_levels - 1));
        for (size_t s = 1; s < a->n_sections; s++)
            CHECK_INT(t, a->sections[s].first_item, a->sections[s - 1].last_item + 1);
    }
    CHECK_INT(t, n, 6);
}

static void an_instrument_is_found_or_the_nearest_named(Test *t)
{
    Error err = {0};
    const Instrument *found;
    if (CHECK_OK(t, instrument_find(STR("GMFM-88"), &found, &err), err))
        CHECK_TEXT(t, str_from(found->id), "gmfm-88");
    CHECK(t, !instrument_find(STR("gmfm88"), &found, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "Did you mean \"gmfm-88\"?");
    CHECK(t, !instrument_find(STR("x"), &found, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "original-ashworth");
}

static void ages_outside_an_instrument_are_refused(Test *t)
{
    Error err = {0};
    CHECK_OK(t, instrument_check_age(&instrument_gmfm66_percentile, 2, &err), err);
    CHECK_OK(t, instrument_check_age(&instrument_gmfm66_percentile, 12.05, &err), err);
    CHECK(t, !instrument_check_age(&instrument_gmfm66_percentile, 12.25, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "age 12.25 years is outside");
    CHECK(t, !instrument_check_age(&instrument_gmfm66_percentile, 1.99, &err));
    CHECK_OK(t, instrument_check_age(&instrument_gmfm88, 15.7, &err), err);
    CHECK(t, !instrument_check_age(&instrument_gmfm88, 0.4, &err));
}

static void a_score_outside_its_range_is_refused(Test *t)
{
    Error err = {0};
    CHECK_OK(t, instrument_check_score(&instrument_gmfm88, 100, &err), err);
    CHECK(t, !instrument_check_score(&instrument_gmfm88, 182, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "raw sums");
}

static void a_numeric_scale_has_no_levels(Test *t)
{
    Error err = {0};
    int rank;
    CHECK(t, !instrument_parse_level(&instrument_gmfm88, STR("II"), &rank, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "it is a number");
}

static void gmfcs_levels_are_roman_or_a_digit(Test *t)
{
    Error err = {0};
    int level = 0;
    CHECK_OK(t, gmfcs_parse(STR("iv"), &level, &err), err);
    CHECK_INT(t, level, 4);
    CHECK_OK(t, gmfcs_parse(STR(" 2 "), &level, &err), err);
    CHECK_INT(t, level, 2);
    CHECK_TEXT(t, str_from(gmfcs_text(5)), "V");
    CHECK(t, !gmfcs_parse(STR("VI"), &level, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "I, II, III, IV, V");
    CHECK(t, !gmfcs_parse(STR("6"), &level, &err));
}

static void gmfcs_bands_warn_where_levels_drift(Test *t)
{
    Error err = {0};
    const GmfcsBand *band;
    if (CHECK_OK(t, gmfcs_band(2.5, &band, &err), err)) CHECK(t, band->level_may_drift && band->caution[0]);
    if (CHECK_OK(t, gmfcs_band(6, &band, &err), err)) {
        CHECK_TEXT(t, str_from(band->name), "6 to 12 years");
        CHECK(t, !band->level_may_drift);
    }
    CHECK(t, !gmfcs_band(18, &band, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "outside the ages of GMFCS");
    CHECK(t, !gmfcs_band(-0.1, &band, &err));
}

static const TestCase CASES[] = {
    {"every row of the table is finished", every_row_of_the_table_is_finished},
    {"an instrument is found or the nearest named", an_instrument_is_found_or_the_nearest_named},
    {"ages outside an instrument are refused", ages_outside_an_instrument_are_refused},
    {"a score outside its range is refused", a_score_outside_its_range_is_refused},
    {"a numeric scale has no levels", a_numeric_scale_has_no_levels},
    {"GMFCS levels are roman or a digit", gmfcs_levels_are_roman_or_a_digit},
    {"GMFCS bands warn where levels drift", gmfcs_bands_warn_where_levels_drift},
};
TEST_SUITE(instrument, CASES);
