#include "base/time.h"

#include "test.h"

static void days_and_dates_are_inverse_over_four_centuries(Test *t)
{
    CHECK_INT(t, date_days((Date){1970, 1, 1}), 0);
    CHECK_INT(t, date_days((Date){1960, 1, 1}), -3653);
    for (int64_t days = date_days((Date){1799, 12, 31}); days < date_days((Date){2200, 1, 2}); days++)
        if (!CHECK_INT(t, date_days(date_from_days(days)), days)) return;
}

static void partial_dates_are_kept_partial(Test *t)
{
    Error err = {0};
    Date date;
    CHECK_OK(t, date_parse(STR("2016-02"), &date, &err), err);
    CHECK_TEXT(t, date_text(t->arena, date), "2016-02");
    CHECK_TEXT(t, date_text(t->arena, date_latest(date)), "2016-02-29");
    CHECK_TEXT(t, date_text(t->arena, date_earliest((Date){.year = 2016})), "2016-01-01");
    const char *const BAD[] = {"", "16", "2016-13", "2015-02-29", "2016-2-3", "2016/02/03", "03.02.2016", "0000", "2016-02-030"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) CHECK(t, !date_parse(str_from(BAD[i]), &date, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "YYYY-MM-DD");
}

static void age_changes_on_the_birthday(Test *t)
{
    Date birth = {2012, 2, 29};
    CHECK_INT(t, date_age_years(birth, (Date){2016, 2, 28}), 3);
    CHECK_INT(t, date_age_years(birth, (Date){2016, 2, 29}), 4);
    CHECK_INT(t, date_age_years(birth, (Date){2017, 2, 28}), 4);
    CHECK_INT(t, date_age_years(birth, (Date){2017, 3, 1}), 5);
}

static void instants_are_utc_with_milliseconds(Test *t)
{
    Error err = {0};
    Instant instant;
    CHECK_OK(t, instant_parse(STR("2016-03-01T08:15:30.250Z"), &instant, &err), err);
    CHECK_TEXT(t, instant_text(t->arena, instant), "2016-03-01T08:15:30.250Z");
    CHECK_OK(t, instant_parse(STR("1969-12-31T23:59:59Z"), &instant, &err), err);
    CHECK_INT(t, instant, -1000);
    CHECK_TEXT(t, instant_text(t->arena, -1), "1969-12-31T23:59:59.999Z");
    CHECK(t, !instant_parse(STR("2016-03-01T08:15:30+07:00"), &instant, &err));
    CHECK(t, !instant_parse(STR("2016-03-01 08:15"), &instant, &err));
}

static const TestCase CASES[] = {
    {"days and dates are inverse over four centuries", days_and_dates_are_inverse_over_four_centuries},
    {"partial dates are kept partial", partial_dates_are_kept_partial},
    {"age changes on the birthday", age_changes_on_the_birthday},
    {"instants are UTC with milliseconds", instants_are_utc_with_milliseconds},
};
TEST_SUITE(time, CASES);
