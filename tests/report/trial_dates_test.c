#include "report/trial_dates.h"

#include "exchange/csv.h"
#include "test.h"

typedef struct {
    const char *name, *csv;
} Sheet;

static bool sheet_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    for (const Sheet *sheet = context; sheet->name; sheet++) {
        Frame *made;
        if (!str_equal(str_from(sheet->name), name)) continue;
        if (!csv_parse_frame(arena, name, str_from(sheet->csv), NULL, &made, NULL, err)) return false;
        *frame = (ReportFrame){.frame = made};
        return true;
    }
    return error_set(err, ERROR_INCONSISTENT, "there is no data set \"" STR_FMT "\"", STR_ARG(name));
}

static Str dates_of(Test *t, const char *text, Sheet *sheets)
{
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    if (!CHECK(t, protocol_read(t->arena, str_from(text), &protocol, &problems))) return STR("?");
    return trial_dates(t->arena, &protocol, (FrameSource){sheets, sheet_frame});
}

static const char OWN[] = "equipoise: 1\ntrial: {id: T, title: T}\n";
static const char ELSEWHERE[] = "equipoise: 1\ntrial: {id: T, title: T}\ndata: {subject: USUBJID, subjects: adsl, sets: [{id: adsl}]}\n";

static void enrolment_and_the_last_visit_are_read_from_the_records(Test *t)
{
    Sheet sheets[] = {{"subjects", "SUBJID,SCREENED,ENROLLED\n1,2014-01-09,2014-02-03\n2,2013-12-01,\n3,2014-12-20,2015-01-12\n"},
                      {"visits", "SUBJID,DATE\n1,2014-08-02\n3,2015-07-20\n3,2015-01-12\n"},
                      {NULL, NULL}};
    CHECK_TEXT(t, dates_of(t, OWN, sheets),
               "enrolled 2014-02-03 to 2015-01-12 (subjects, ENROLLED); seen until 2015-07-20 (visits, DATE)");
    sheets[1] = (Sheet){NULL, NULL};
    CHECK_TEXT(t, dates_of(t, OWN, sheets), "enrolled 2014-02-03 to 2015-01-12 (subjects, ENROLLED)");
    sheets[0].csv = "SUBJID,ENROLLED\n1,\n";
    CHECK_TEXT(t, dates_of(t, OWN, sheets), "");
}

static void data_from_elsewhere_say_it_in_columns_of_cdisc(Test *t)
{
    Sheet sheets[] = {{"adsl", "USUBJID,TRTSDT,RFENDTC\n1,2013-07-19,2014-01-14\n2,2012-08-05,2012-09-01\n"}, {NULL, NULL}};
    CHECK_TEXT(t, dates_of(t, ELSEWHERE, sheets), "entered 2012-08-05 to 2013-07-19 (adsl, TRTSDT); followed until 2014-01-14 (adsl, RFENDTC)");
}

static const TestCase CASES[] = {
    {"enrolment and the last visit are read from the records", enrolment_and_the_last_visit_are_read_from_the_records},
    {"data from elsewhere say it in columns of CDISC", data_from_elsewhere_say_it_in_columns_of_cdisc},
};
TEST_SUITE(trial_dates, CASES);
