#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/explain.h"
#include "report/html_writer.h"
#include "report/json_writer.h"
#include "report/markup.h"
#include "report/sample.h"
#include "report/text_writer.h"
#include "report/typeset.h"
#include "test.h"

#define GOLDEN_MAX ((size_t)8 << 20)

/* Compares with tests/golden/NAME; EQUIPOISE_GOLDEN=write writes it instead, to be reviewed as a diff. */
static void check_golden(Test *t, const char *name, Str got)
{
    Error err = {0};
    Str wanted;
    Str path = file_join(t->arena, test_source(t, "tests/golden"), str_from(name));
    const char *mode = getenv("EQUIPOISE_GOLDEN");
    if (mode && strcmp(mode, "write") == 0 && !CHECK_OK(t, file_write(t->arena, path, got, &err), err)) return;
    if (!CHECK_OK(t, file_read(t->arena, path, GOLDEN_MAX, &wanted, &err), err)) return;
    size_t at = 0;
    while (at < got.len && at < wanted.len && got.data[at] == wanted.data[at]) at++;
    if (str_equal(got, wanted)) return;
    size_t from = at < 60 ? 0 : at - 60;
    CHECK_TEXT(t, str_slice(got, from, at + 120), str_c(t->arena, str_slice(wanted, from, at + 120)));
}

static void text_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    text_writer_write(sample_document(t->arena), TEXT_WRITER_WIDTH, &out);
    check_golden(t, "report.txt", buf_str(&out));
}

static void narrow_text_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    text_writer_write(sample_document(t->arena), 60, &out);
    check_golden(t, "report-60.txt", buf_str(&out));
}

static void html_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    html_writer_write(sample_document(t->arena), &out);
    check_golden(t, "report.html", buf_str(&out));
}

static void json_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    json_writer_write(sample_document(t->arena), &out);
    check_golden(t, "report.json", buf_str(&out));
}

static const TestCase CASES[] = {
    {"the sample report as text is as reviewed", text_is_golden},
    {"the sample report on a narrow terminal is as reviewed", narrow_text_is_golden},
    {"the sample report as HTML is as reviewed", html_is_golden},
    {"the sample report as JSON is as reviewed", json_is_golden},
};
TEST_SUITE(writers, CASES);
