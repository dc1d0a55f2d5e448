#include "exchange/source.h"

#include <string.h>

#include "base/file.h"
#include "data/condition.h"
#include "test.h"

/* Two folders: adam with ADSL.CSV and notes, sdtm with dm.csv, and twice.csv in both. */
static Str folders(Test *t)
{
    static const char *const FILES[][2] = {
        {"data/adam/ADSL.CSV", "USUBJID,AGE\n01,4.5\n02,7\n"},
        {"data/adam/readme.txt", "no data"},
        {"data/adam/twice.csv", "A\n1\n"},
        {"data/adam/bad.csv", "A,B\n1\n"},
        {"data/sdtm/dm.csv", "USUBJID\n01\n"},
        {"data/sdtm/twice.csv", "A\n1\n"},
        {"data/sdtm/.csv", "A\n1\n"},
    };
    Error err = {0};
    CHECK_OK(t,
             file_make_folder(t->arena, test_scratch(t, "data/adam"), &err) &&
                 file_make_folder(t->arena, test_scratch(t, "data/sdtm"), &err),
             err);
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        CHECK_OK(t, file_write(t->arena, test_scratch(t, FILES[i][0]), str_from(FILES[i][1]), &err), err);
    return test_scratch(t, "data/adam");
}

static void a_data_set_is_read_once_and_recorded(Test *t)
{
    Error err = {0};
    Source *source;
    Frame *frame = NULL, *again = NULL;
    size_t n;
    Str list = str_format(t->arena, STR_FMT "/:sdtm", STR_ARG(folders(t)));
    if (!CHECK_OK(t, source_open(t->arena, list, &source, &err), err)) return;
    const SourceFile *files = source_files(source, &n);
    CHECK_INT(t, n, 5);
    CHECK_TEXT(t, files[0].name, "adsl");
    CHECK(t, files[0].digest.len == 0 && files[0].frame == NULL);
    CHECK_OK(
        t, source_frame(source, STR("AdSl"), &frame, &err) && source_frame(source, STR("adsl"), &again, &err),
        err);
    CHECK(t, frame == again && files[0].frame == frame && frame->n_rows == 2);
    CHECK_TEXT(t, frame->name, "adsl");
    /* printf 'USUBJID,AGE\n01,4.5\n02,7\n' | sha256sum */
    CHECK_TEXT(t, files[0].digest, "0067df40672d95c5d5a6ca871a961f6e182d1e1347861b97cdbc84fa5bf4298e");
    CHECK_INT(t, files[0].n_bytes, 24);
    CHECK_OK(t, source_frame(source, STR("dm"), &frame, &err), err);
    CHECK(t, source_has(source, STR("DM")) && !source_has(source, STR("readme")));
}

static void what_cannot_be_had_is_said(Test *t)
{
    Error err = {0};
    Source *source;
    Frame *frame;
    Str list = str_format(t->arena, STR_FMT ":sdtm", STR_ARG(folders(t)));
    if (!CHECK_OK(t, source_open(t->arena, list, &source, &err), err)) return;
    CHECK(t, !source_frame(source, STR("adls"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there is no data set \"adls\"");
    CHECK(t, !source_frame(source, STR("adsll"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"adsl\"?");
    CHECK(t, !source_frame(source, STR("laboratory"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "NAME.xpt or NAME.csv");
    CHECK(t, !source_frame(source, STR("twice"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "there are two files of the data set \"twice\"");
    CHECK(t, !source_frame(source, STR("bad"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "bad.csv: line 2");
    CHECK(t, !source_open(t->arena, test_scratch(t, "data/none"), &source, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not read the folder");
}

static void the_pilot_study_is_one_source(Test *t)
{
    Error err = {0};
    Source *source;
    Frame *frame;
    size_t n;
    Str folder = test_data(t, "cdiscpilot01/adam");
    if (folder.len == 0) return;
    Str list = str_format(t->arena, STR_FMT ":sdtm", STR_ARG(folder));
    if (!CHECK_OK(t, source_open(t->arena, list, &source, &err), err)) return;
    CHECK_OK(t, source_frame(source, STR("ADLBHY"), &frame, &err), err);
    CHECK_INT(t, frame->n_rows, 9954);
    CHECK_OK(t, source_frame(source, STR("dm"), &frame, &err), err);
    CHECK_INT(t, frame->n_rows, 306);
    const SourceFile *files = source_files(source, &n);
    CHECK_INT(t, n, 32);
    for (size_t i = 0; i < n; i++) /* as in SHA256SUMS of the package */
        if (str_equal(files[i].name, STR("dm")))
            CHECK_TEXT(t, files[i].digest,
                       "7327baea97fd532d02385248da0c7240402e770099507e2c3a88e2ac706c02a6");
}

static void conditions_give_the_populations_of_the_pilot_study(Test *t)
{
    static const struct {
        const char *data_set, *condition;
        size_t n;
    } COUNTS[] = {
        /* table 14-1.01 of the study report; the others by R 4.2.2 */
        {"adsl", "ITTFL = 'Y'", 254},
        {"adsl", "ITTFL = 'Y' AND TRT01P = 'Placebo'", 86},
        {"adsl", "EFFFL = 'Y' AND TRT01PN = 81", 74},
        {"adsl", "COMP24FL = 'Y' AND TRT01PN = 0", 60},
        {"adsl", "COMP24FL IS NOT 'Y'", 136},
        {"adsl", "AGE BETWEEN 65 AND 80 AND SEX = 'F' OR RACE IS NULL", 78},
        {"dm", "ARMCD = 'Scrnfail'", 52},
    };
    Error err = {0};
    Source *source;
    Str folder = test_data(t, "cdiscpilot01/adam");
    if (folder.len == 0) return;
    if (!CHECK_OK(
            t, source_open(t->arena, str_format(t->arena, STR_FMT ":sdtm", STR_ARG(folder)), &source, &err),
            err))
        return;
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++) {
        Frame *frame;
        size_t *rows, n_rows;
        if (CHECK_OK(t,
                     source_frame(source, str_from(COUNTS[i].data_set), &frame, &err) &&
                         frame_where(t->arena, frame, str_from(COUNTS[i].condition), &rows, &n_rows, &err),
                     err))
            CHECK_INT(t, n_rows, COUNTS[i].n);
    }
}

static const TestCase CASES[] = {
    {"a data set is read once and recorded", a_data_set_is_read_once_and_recorded},
    {"what cannot be had is said", what_cannot_be_had_is_said},
    {"the pilot study is one source", the_pilot_study_is_one_source},
    {"conditions give the populations of the pilot study",
     conditions_give_the_populations_of_the_pilot_study},
};
TEST_SUITE(source, CASES);
