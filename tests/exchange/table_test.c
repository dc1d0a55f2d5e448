/* Tables that stream: what is written is read again, and nothing is changed in silence. */
#include "exchange/table.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "exchange/ibm_float.h"
#include "exchange/xpt.h"
#include "exchange/xpt_make.h"
#include "math/rng.h"

static void numbers_are_written_as_ibm_has_them(Test *t)
{
    static const struct {
        double value;
        unsigned char bytes[8];
    } KNOWN[] = {{1, {0x41, 0x10}}, {-1, {0xC1, 0x10}}, {0.5, {0x40, 0x80}}, {100, {0x42, 0x64}}, {-118.625, {0xC2, 0x76, 0xA0}},
                 {1.0 / 16, {0x40, 0x10}}, {16, {0x42, 0x10}}, {0, {0}}};
    unsigned char bytes[8];
    MissingReason reason;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        CHECK(t, ibm_float_write(KNOWN[i].value, MISSING_NOT, 8, bytes) && memcmp(bytes, KNOWN[i].bytes, 8) == 0);
    for (uint64_t i = 0; i < 20000; i++) {
        Rng rng = rng_stream(11, i);
        double value = ldexp(rng_uniform(&rng) - 0.5, (int)(rng_uniform(&rng) * 400) - 200);
        CHECK(t, ibm_float_write(value, MISSING_NOT, 8, bytes));
        CHECK(t, ibm_float_read(bytes, 8, &reason) == value && reason == MISSING_NOT);
    }
    CHECK(t, !ibm_float_write(7.3e75, MISSING_NOT, 8, bytes) && !ibm_float_write(1e-80, MISSING_NOT, 8, bytes));
    CHECK(t, !ibm_float_write(INFINITY, MISSING_NOT, 8, bytes) && !ibm_float_write(NAN, MISSING_NOT, 8, bytes));
    CHECK(t, ibm_float_write(7, MISSING_NOT, 3, bytes) && !ibm_float_write(0.1, MISSING_NOT, 3, bytes));
    CHECK(t, ibm_float_write(0, MISSING_SAS_UNDERSCORE, 8, bytes) && bytes[0] == '_' && bytes[1] == 0);
}

/* --- files of the reference --- */

static bool copy(Test *t, Str from, Str to, const char *word, TableChoices choices, Error *err)
{
    Arena *arena = arena_new();
    TableReader *reader;
    TableWriter *writer;
    TableSurvey *surveys;
    const TableMember *member;
    const TableCell *cells;
    size_t n;
    bool ok = table_survey(arena, from, &surveys, &n, err) && table_open(arena, from, &reader, err)
              && table_create(arena, to, table_format_named(str_from(word)), &choices, &writer, err);
    for (size_t i = 0; ok && (ok = table_next_member(reader, &member, err)) && member; i++) {
        TableMember known = *member;
        known.n_rows = surveys[i].n_rows;
        ok = table_begin(writer, &known, err);
        while (ok && (ok = table_next_row(reader, &cells, err)) && cells) ok = table_write(writer, cells, err);
    }
    ok = ok && table_finish(writer, err);
    arena_free(arena);
    (void)t;
    return ok;
}

static bool same_cell(const TableCell *a, const TableCell *b)
{
    return a->missing == b->missing && str_equal(a->text, b->text) && memcmp(&a->number, &b->number, sizeof a->number) == 0;
}

static bool same_variable(const TableVariable *a, const TableVariable *b)
{
    return str_equal(a->name, b->name) && str_equal(a->label, b->label) && str_equal(a->format, b->format) && a->type == b->type && a->length == b->length;
}

/* Names, labels, formats and every value. */
static void check_same(Test *t, Str one, Str other)
{
    Arena *arena = arena_new();
    TableReader *readers[2];
    const TableMember *members[2];
    const TableCell *cells[2];
    size_t n_different = 0;
    Error err = {0};
    CHECK_OK(t, table_open(arena, one, &readers[0], &err) && table_open(arena, other, &readers[1], &err), err);
    while (!err.code) {
        for (int k = 0; k < 2; k++) CHECK_OK(t, table_next_member(readers[k], &members[k], &err), err);
        if (err.code || !members[0] || !members[1]) break;
        n_different += !str_equal(members[0]->name, members[1]->name) || !str_equal(members[0]->label, members[1]->label);
        if (!CHECK_INT(t, members[0]->n_variables, members[1]->n_variables)) break;
        for (size_t v = 0; v < members[0]->n_variables; v++) n_different += !same_variable(&members[0]->variables[v], &members[1]->variables[v]);
        while (true) {
            for (int k = 0; k < 2; k++) CHECK_OK(t, table_next_row(readers[k], &cells[k], &err), err);
            if (err.code || !cells[0] || !cells[1]) break;
            for (size_t v = 0; v < members[0]->n_variables; v++) n_different += !same_cell(&cells[0][v], &cells[1][v]);
        }
        CHECK(t, !cells[0] && !cells[1]);
    }
    if (n_different) CHECK_TEXT(t, one, "a file that reads back the same");
    arena_free(arena);
}

/* Dates and host of the library and of each data set are made equal. */
static void mask(char *bytes, size_t n)
{
    static const char HEADER[] = "HEADER RECORD*******DSCRPTR ";
    memset(bytes + 104, '#', 136);
    for (size_t i = 0; i + 256 <= n; i += 80)
        if (memcmp(bytes + i, HEADER, sizeof HEADER - 1) == 0) {
            memset(bytes + i + 104, '#', 56);
            memset(bytes + i + 160, '#', 16);
        }
}

static void check_bytes(Test *t, Str original, Str written)
{
    Str a, b;
    Error err = {0};
    if (!CHECK_OK(t, file_read(t->arena, original, (size_t)1 << 28, &a, &err) && file_read(t->arena, written, (size_t)1 << 28, &b, &err), err)) return;
    if (!CHECK_INT(t, a.len, b.len)) return;
    char *left = arena_copy(t->arena, a.data, a.len), *right = arena_copy(t->arena, b.data, b.len);
    mask(left, a.len), mask(right, b.len);
    if (memcmp(left, right, a.len) != 0) CHECK_TEXT(t, original, "a file that is written again byte for byte");
}

static bool is_of_sas(Str path, Arena *arena)
{
    Str content;
    return file_read(arena, path, (size_t)1 << 28, &content, NULL) && content.len > 240 && memcmp(content.data + 104, "9.", 2) == 0;
}

static void what_sas_wrote_is_written_again_byte_for_byte(Test *t)
{
    static const char *const FILES[] = {
        "cdiscpilot01/adam/adae.xpt", "cdiscpilot01/adam/adqscibc.xpt", "cdiscpilot01/adam/adsl.xpt", "cdiscpilot01/adam/adtte.xpt", "cdiscpilot01/adam/adqsadas.xpt",
        "cdiscpilot01/adam/adlbc.xpt.gz", "cdiscpilot01/adam/advs.xpt.gz", "cdiscpilot01/sdtm/vs.xpt.gz",
        "cdiscpilot01/sdtm/ae.xpt", "cdiscpilot01/sdtm/cm.xpt", "cdiscpilot01/sdtm/dm.xpt", "cdiscpilot01/sdtm/ds.xpt", "cdiscpilot01/sdtm/ex.xpt",
        "cdiscpilot01/sdtm/mh.xpt", "cdiscpilot01/sdtm/relrec.xpt", "cdiscpilot01/sdtm/sc.xpt", "cdiscpilot01/sdtm/se.xpt", "cdiscpilot01/sdtm/suppae.xpt",
        "cdiscpilot01/sdtm/suppdm.xpt", "cdiscpilot01/sdtm/suppds.xpt", "cdiscpilot01/sdtm/sv.xpt", "cdiscpilot01/sdtm/ta.xpt", "cdiscpilot01/sdtm/te.xpt",
        "cdiscpilot01/sdtm/ti.xpt", "cdiscpilot01/sdtm/ts.xpt", "cdiscpilot01/sdtm/tv.xpt",
        "standards/xpt/edge_v5.xpt", "standards/xpt/multi_member_v5.xpt", "standards/xpt/trailing_blank_v5.xpt",
        "standards/dataset-json-1.1/examples/adam/adcibc.xpt", "standards/dataset-json-1.1/examples/adam/adsl.xpt", "standards/dataset-json-1.1/examples/adam/adtte.xpt",
        "standards/dataset-json-1.1/examples/sdtm/ae.xpt", "standards/dataset-json-1.1/examples/sdtm/dm.xpt", "standards/dataset-json-1.1/examples/sdtm/ts.xpt",
        "standards/dataset-json-1.1/examples/sdtm/vs.xpt", "standards/dataset-json-1.1/examples/send/dm.xpt", "standards/dataset-json-1.1/examples/send/lb.xpt",
    };
    Str written = test_scratch(t, "again.xpt");
    size_t n_of_sas = 0;
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        Error err = {0};
        Str original = test_data(t, FILES[i]);
        if (original.len == 0) return;
        if (!CHECK_OK(t, copy(t, original, written, "xpt", (TableChoices){.to_windows = true}, &err), err)) continue;
        check_same(t, original, written);
        if (!is_of_sas(original, t->arena)) continue;
        n_of_sas++;
        check_bytes(t, original, written);
    }
    CHECK_INT(t, n_of_sas, 32);
}

static void version_eight_keeps_long_names_labels_and_texts(Test *t)
{
    Error err = {0};
    Str original = test_data(t, "standards/xpt/long_names_labels_v8.xpt"), written = test_scratch(t, "long.xpt"), a, b;
    if (original.len == 0 || !CHECK_OK(t, copy(t, original, written, "xpt8", (TableChoices){.created = STR("2026-01-01T12:00:00Z")}, &err), err)) return;
    check_same(t, original, written);
    if (CHECK_OK(t, file_read(t->arena, original, 1 << 20, &a, &err) && file_read(t->arena, written, 1 << 20, &b, &err), err)) CHECK(t, str_equal(a, b));
}

/* --- what cannot be written --- */

static void check_refusal(Test *t, TableVariable variable, TableCell cell, const char *word, const char *message, const char *place)
{
    Error err = {0};
    TableWriter *writer;
    TableMember member = {.name = STR("DM"), .n_variables = 1, .variables = &variable, .n_rows_known = true, .n_rows = 1};
    Str path = test_scratch(t, "refused.xpt");
    CHECK_OK(t, table_create(t->arena, path, table_format_named(str_from(word)), &(TableChoices){0}, &writer, &err), err);
    CHECK(t, !(table_begin(writer, &member, &err) && table_write(writer, &cell, &err)));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, message);
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, place);
}

static void nothing_is_cut_in_silence(Test *t)
{
    char long_text[201];
    memset(long_text, 'x', 201);
    TableVariable text = {.name = STR("TEXT"), .length = 201}, number = {.name = STR("N"), .type = TABLE_DOUBLE, .length = 8};
    check_refusal(t, text, (TableCell){.text = {long_text, 201}}, "xpt", "201 bytes", "TEXT");
    text.length = 20;
    check_refusal(t, text, (TableCell){.text = STR("été")}, "xpt", "is not ASCII", "TEXT");
    text.name = STR("SUBJECT_NUMBER");
    check_refusal(t, text, (TableCell){.text = STR("1")}, "xpt", "14 bytes", "SUBJECT_NUMBER");
    text.name = STR("2ND");
    check_refusal(t, text, (TableCell){.text = STR("1")}, "xpt", "no name to SAS", "2ND");
    check_refusal(t, number, (TableCell){.text = STR(""), .number = 1e76}, "xpt", "cannot be written", "N");
    check_refusal(t, number, (TableCell){.text = STR(""), .missing = MISSING_REFUSED}, "xpt", "no place", "N");
    text.name = STR("TEXT");
    check_refusal(t, text, (TableCell){.text = STR(""), .missing = MISSING_SAS_A}, "xpt8", "no place", "TEXT");
    CHECK(t, !file_exists(t->arena, test_scratch(t, "refused.xpt")));
}

static void what_is_mapped_as_asked_is_counted(Test *t)
{
    Error err = {0};
    TableWriter *writer;
    TableVariable variables[] = {{.name = STR("SUBJECT_A"), .length = 5}, {.name = STR("SUBJECT_B"), .length = 300}, {.name = STR("N"), .type = TABLE_DOUBLE, .length = 8}};
    TableMember member = {.name = STR("DM"), .n_variables = 3, .variables = variables};
    Str path = test_scratch(t, "mapped.xpt");
    TableChoices choices = {.shorten_names = true, .cut_texts = true, .to_ascii = true, .special_as_null = true};
    TableCell cells[] = {{.text = STR("é")}, {.text = STR("b")}, {.text = STR(""), .missing = MISSING_REFUSED}};
    Frame *frame;
    Arena *arena = arena_new();
    bool ok = table_create(arena, path, table_format_named(STR("xpt")), &choices, &writer, &err) && table_begin(writer, &member, &err)
              && table_write(writer, cells, &err) && table_finish(writer, &err);
    if (CHECK_OK(t, ok, err)) {
        const TableChanges *changes = table_changes(writer);
        CHECK(t, changes->n_names_shortened == 2 && changes->n_texts_mapped == 1 && changes->n_texts_cut == 1 && changes->n_special_missing == 1);
    }
    arena_free(arena);
    if (!CHECK_OK(t, xpt_read_frame(t->arena, path, STR(""), &frame, &err), err)) return;
    CHECK_TEXT(t, frame->columns[0].name, "SUBJECT_");
    CHECK_TEXT(t, frame->columns[1].name, "SUBJECT1");
    CHECK_TEXT(t, frame->columns[0].texts[0], "\\u00E");      /* the text had room for five bytes: one was cut */
    CHECK(t, frame->columns[2].missing[0] == MISSING_UNSTATED);
}

static void a_file_that_is_not_finished_is_not_there(Test *t)
{
    Error err = {0};
    Arena *arena = arena_new();
    Sink *sink;
    Str path = test_scratch(t, "half.csv");
    CHECK_OK(t, sink_open(arena, path, SINK_PLAIN, &sink, &err) && sink_put(sink, STR("half"), &err), err);
    arena_free(arena);
    CHECK(t, !file_exists(t->arena, path) && !file_exists(t->arena, str_format(t->arena, STR_FMT ".tmp", STR_ARG(path))));
    CHECK(t, !sink_open(t->arena, STR("no/such/folder/x.csv"), SINK_PLAIN, &sink, &err));
    CHECK_ERROR(t, err, ERROR_IO, "no/such/folder/x.csv");
}

static void compressed_files_are_read_again(Test *t)
{
    Error err = {0};
    Str csv = test_scratch(t, "kids.csv"), packed = test_scratch(t, "kids2.csv.gz");
    CHECK_OK(t, file_write(t->arena, csv, STR("ID,AGE\n01,4.5\n02,\n03,.refused\n"), &err), err);
    if (!CHECK_OK(t, copy(t, csv, packed, "csv", (TableChoices){0}, &err), err)) return;
    TableReader *reader;
    const TableMember *member = NULL;
    const TableCell *cells;
    CHECK_OK(t, table_open(t->arena, packed, &reader, &err) && table_next_member(reader, &member, &err), err);
    if (!CHECK(t, member != NULL)) return;
    CHECK(t, member->n_variables == 2 && member->variables[0].type == TABLE_TEXT && member->variables[1].type == TABLE_DOUBLE && member->n_rows == 3);
    CHECK(t, table_next_row(reader, &cells, &err) && cells[1].number == 4.5 && str_equal(cells[0].text, STR("01")));
    CHECK(t, table_next_row(reader, &cells, &err) && cells[1].missing == MISSING_UNSTATED);
    CHECK(t, table_next_row(reader, &cells, &err) && cells[1].missing == MISSING_REFUSED);
    CHECK(t, table_next_row(reader, &cells, &err) && !cells);
}

static const TestCase CASES[] = {
    {"numbers are written as IBM has them", numbers_are_written_as_ibm_has_them},
    {"what SAS wrote is written again byte for byte", what_sas_wrote_is_written_again_byte_for_byte},
    {"version 8 keeps long names, labels and texts", version_eight_keeps_long_names_labels_and_texts},
    {"nothing is cut in silence", nothing_is_cut_in_silence},
    {"what is mapped as asked is counted", what_is_mapped_as_asked_is_counted},
    {"a file that is not finished is not there", a_file_that_is_not_finished_is_not_there},
    {"compressed files are read again", compressed_files_are_read_again},
};
TEST_SUITE(table, CASES);
