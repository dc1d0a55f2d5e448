#include "exchange/xpt.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "exchange/gunzip.h"
#include "exchange/ibm_float.h"
#include "exchange/xpt_make.h"
#include "test.h"

#define DATA_MAX ((size_t)256 << 20)

static void a_file_made_here_reads_back(Test *t)
{
    Error err = {0};
    Frame *frame;
    if (!CHECK_OK(t, xpt_parse_frame(t->arena, xpt_make_small(t), STR(""), &frame, &err), err)) return;
    CHECK_TEXT(t, frame->name, "SMALL");
    CHECK_TEXT(t, frame->label, "A label");
    CHECK(t, frame->n_rows == 3 && frame->n_columns == 2);
    const Column *id = &frame->columns[0], *x = &frame->columns[1];
    CHECK(t, id->type == COLUMN_TEXT && id->length == 6 && x->type == COLUMN_NUMBER && x->length == 8);
    CHECK_TEXT(t, id->label, "Of a variable");
    CHECK_TEXT(t, x->format, "DATE9.");
    CHECK_TEXT(t, id->texts[0], "ab");
    CHECK_TEXT(t, id->texts[2], "caf\xc3\xa9");
    CHECK(t, id->missing[1] == MISSING_UNSTATED && x->missing[1] == MISSING_SAS_A && !x->missing[2]);
    CHECK(t, x->numbers[0] == 1.5 && x->numbers[2] == 0);
}

static void a_compressed_file_reads_the_same(Test *t)
{
    Error err = {0};
    Frame *frame;
    Str path = test_scratch(t, "small.xpt.gz"), plain = xpt_make_small(t), compressed, content;
    gzFile file = gzopen(str_c(t->arena, path), "wb");
    if (!CHECK(t, file && gzwrite(file, plain.data, (unsigned)plain.len) == (int)plain.len &&
                      gzclose(file) == Z_OK))
        return;
    CHECK_OK(t, xpt_read_frame(t->arena, path, STR("small"), &frame, &err), err);
    CHECK_INT(t, frame->n_rows, 3);
    CHECK_OK(t, file_read(t->arena, path, DATA_MAX, &compressed, &err), err);
    CHECK_OK(t, gunzip(t->arena, compressed, plain.len, &content, &err), err);
    CHECK(t, str_equal(content, plain));
    CHECK(t, !gunzip(t->arena, compressed, plain.len - 1, &content, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "holds more than");
    CHECK(t, !gunzip(t->arena, str_slice(compressed, 0, compressed.len - 9), DATA_MAX, &content, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the compressed file ends too early");
    char *damaged = arena_copy(t->arena, compressed.data, compressed.len);
    damaged[compressed.len / 2] ^= 0x55;
    CHECK(t, !gunzip(t->arena, (Str){damaged, compressed.len}, DATA_MAX, &content, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the compressed file is damaged");
    Buf two = buf_new(t->arena);
    buf_add(&two, compressed);
    buf_add(&two, compressed);
    CHECK_OK(t, gunzip(t->arena, buf_str(&two), DATA_MAX, &content, &err), err);
    CHECK_INT(t, content.len, 2 * plain.len);
    CHECK_OK(t, gunzip(t->arena, plain, 1, &content, &err), err);
    CHECK_INT(t, content.len, plain.len);
}

static void a_length_that_a_gzip_claims_is_not_believed(Test *t)
{
    Error err = {0};
    Str content;
    size_t len = (size_t)256 * 1024;
    char *bytes = arena_alloc(t->arena, len);
    memcpy(bytes, "\x1f\x8b\x08", 3);
    memset(bytes + len - 4, 0x7f, 4); /* two thousand million bytes, says the trailer */
    Arena *arena = arena_new();
    CHECK(t, !gunzip(arena, (Str){bytes, len}, (size_t)1 << 31, &content, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "damaged");
    CHECK(t, arena_used(arena) <= 17 * len);
    arena_free(arena);
}

static void a_file_cut_anywhere_is_refused_or_shorter(Test *t)
{
    Str whole = xpt_make_small(t);
    size_t n_refused = 0;
    for (size_t n = 0; n < whole.len; n++) {
        Error err = {0};
        Frame *frame;
        Str cut = {arena_copy(t->arena, whole.data, n), n};
        if (xpt_parse_frame(t->arena, cut, STR(""), &frame, &err)) {
            CHECK_INT(t, n, whole.len - 80); /* between records, before the rows */
            CHECK_INT(t, frame->n_rows, 0);
            continue;
        }
        n_refused++;
        bool no_file = n < 80, no_member = n == 240;
        CHECK_ERROR(t, err, no_member ? ERROR_INCONSISTENT : ERROR_MALFORMED,
                    no_file     ? "no SAS transport file"
                    : no_member ? "0 data sets"
                                : str_format(t->arena, "the file ends at byte %zu", n).data);
    }
    CHECK_INT(t, n_refused, whole.len - 1);
}

static void rows_that_are_blank_at_the_end_count_when_they_must(Test *t)
{
    static const struct {
        unsigned length;
        size_t n_bytes, n_rows, most;
        size_t filled; /* rows that hold an x */
    } CASES_[] = {
        {5, 10, 2, 16, 2},                      /* what follows may be padding */
        {5, 0, 0, 0, 0},      {5, 5, 1, 16, 0}, /* a record of blanks: at least one row */
        {5, 85, 17, 32, 0},                     /* a second record: more than 16 rows */
        {100, 400, 4, 4, 1},                    /* longer than a record: no doubt */
        {7, 161, 23, 34, 23},
    };
    for (size_t i = 0; i < sizeof CASES_ / sizeof CASES_[0]; i++) {
        Error err = {0};
        XptMember *members;
        size_t n;
        Buf buf = xpt_make_library(t);
        char rows[400];
        memset(rows, ' ', sizeof rows);
        for (size_t k = 0; k < CASES_[i].filled; k++) rows[k * CASES_[i].length] = 'x';
        xpt_make_member(&buf, "BLANKS", &(XptMakeVariable){"T", 2, CASES_[i].length, 0}, 1,
                   (Str){rows, CASES_[i].n_bytes});
        CHECK_OK(t, xpt_members(t->arena, buf_str(&buf), &members, &n, &err), err);
        CHECK_INT(t, members[0].n_rows, CASES_[i].n_rows);
        CHECK_INT(t, members[0].n_rows_most, CASES_[i].most);
    }
}

static void a_damaged_description_is_refused(Test *t)
{
    static const struct {
        XptMakeVariable variables[2];
        const char *message;
    } BAD[] = {
        {{{"A", 2, 8, 0}, {"a", 1, 8, 8}}, "variable \"a\" comes twice"},
        {{{"A", 2, 8, 0}, {"B", 1, 8, 9}}, "variable \"B\" lies outside the row"},
        {{{"A", 2, 8, 0}, {"B", 1, 9, 8}}, "variable \"B\" has type 1 and length 9"},
        {{{"A", 3, 8, 0}, {"B", 1, 8, 8}}, "variable \"A\" has type 3 and length 8"},
        {{{"A", 2, 0, 0}, {"B", 1, 8, 0}}, "variable \"A\" has type 2 and length 0"},
        {{{"", 2, 8, 0}, {"B", 1, 8, 8}}, "no name that can be read"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        Frame *frame;
        Buf buf = xpt_make_library(t);
        xpt_make_member(&buf, "BAD", BAD[i].variables, 2, STR(""));
        CHECK(t, !xpt_parse_frame(t->arena, buf_str(&buf), STR(""), &frame, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, BAD[i].message);
        CHECK_ERROR(t, err, ERROR_MALFORMED, "data set \"BAD\": byte ");
    }
}

static void other_files_and_members_are_refused(Test *t)
{
    Error err = {0};
    Frame *frame;
    Buf buf = xpt_make_library(t);
    xpt_make_member(&buf, "ONE", XPT_MAKE_TWO, 2, STR("a\0b   \x41\x18\0\0\0\0\0\0"));
    CHECK(t, !xpt_parse_frame(t->arena, buf_str(&buf), STR(""), &frame, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "a text holds a NUL byte");
    CHECK_ERROR(t, err, ERROR_MALFORMED, "data set \"ONE\": row 1, variable \"ID\"");
    xpt_make_member(&buf, "TWO", XPT_MAKE_TWO, 2, STR(""));
    CHECK(t, !xpt_parse_frame(t->arena, buf_str(&buf), STR(""), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "2 data sets and none was named");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "It has: ONE, TWO.");
    CHECK(t, !xpt_parse_frame(t->arena, buf_str(&buf), STR("three"), &frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no data set \"three\"");
    CHECK_OK(t, xpt_parse_frame(t->arena, buf_str(&buf), STR("two"), &frame, &err), err);
    CHECK(t, !xpt_parse_frame(t->arena, STR("**COMPRESSED** **COMPRESSED**"), STR(""), &frame, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "PROC CPORT");
    CHECK(t, !xpt_parse_frame(t->arena, STR("SUBJID,AGE\n"), STR(""), &frame, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "no SAS transport file");
    buf_add_c(&buf, "HEADER RECORD*******WHATEVERHEADER RECORD!!!!!!!");
    xpt_make_padding(&buf);
    CHECK(t, !xpt_parse_frame(t->arena, buf_str(&buf), STR("ONE"), &frame, &err));
    Str path = test_scratch(t, "bad.xpt");
    CHECK_OK(t, file_write(t->arena, path, STR("no"), &err), err);
    CHECK(t, !xpt_read_frame(t->arena, path, STR(""), &frame, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "bad.xpt");
    CHECK(t, !xpt_read_frame(t->arena, test_scratch(t, "none.xpt"), STR(""), &frame, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not open");
}

static void ibm_numbers_are_exact(Test *t)
{
    static const struct {
        const char *bytes;
        size_t n;
        double value;
    } NUMBERS[] = {
        {"\x41\x10\0\0\0\0\0\0", 8, 1},
        {"\xc2\x76\xa0\0\0\0\0\0", 8, -118.625},
        {"\x40\x19\x99\x99\x99\x99\x99\x9a", 8, 0.1},
        {"\x40\x19\x99", 3, 0x0.1999p0},
        {"\x00\x10\0\0\0\0\0\0", 8, 0x1p-260}, /* the least that is normalised */
        {"\x00\0\0\0\0\0\0\x01", 8, 0x1p-312},
        {"\x7f\xff\xff\xff\xff\xff\xff\xff", 8, 0x1p252}, /* 56 bits round up */
        {"\x4e\x80\0\0\0\0\0\x03", 8, 0x1p55},            /* 2^55 + 3 rounds down */
        {"\x4e\x80\0\0\0\0\0\x04", 8, 0x1p55},            /* a tie, to even */
        {"\x4e\x80\0\0\0\0\0\x05", 8, 0x1.0000000000001p55},
        {"\x80\0\0\0\0\0\0\0", 8, 0},
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        MissingReason reason;
        double value = ibm_float_read((const unsigned char *)NUMBERS[i].bytes, NUMBERS[i].n, &reason);
        CHECK_INT(t, reason, MISSING_NOT);
        CHECK_NEAR(t, value, NUMBERS[i].value, 0);
    }
}

/* ---- the reference files ---- */

static void check_number(Test *t, const Json *want, const Column *column, size_t row)
{
    Str missing = json_text(want, "missing");
    if (missing.len) {
        MissingReason reason = MISSING_UNSTATED;
        CHECK(t, str_equal(missing, STR(".")) || missing_parse(missing, &reason));
        CHECK_INT(t, column->missing[row], reason);
        return;
    }
    union {
        double value;
        uint64_t bits;
    } got = {.value = column->numbers[row]};
    CHECK_INT(t, column->missing[row], MISSING_NOT);
    CHECK_TEXT(t, json_text(want, "ieee_hex"),
               str_format(t->arena, "%016llx", (unsigned long long)got.bits).data);
}

static void check_cells(Test *t, const Json *rows, const Frame *frame)
{
    for (size_t i = 0; i < frame->n_rows && i < rows->n; i++)
        for (size_t k = 0; k < frame->n_columns; k++) {
            const Json *want = &rows->items[i].items[k];
            const Column *column = &frame->columns[k];
            if (want->kind != JSON_IS_TEXT)
                check_number(t, want, column, i);
            else
                CHECK(t, str_equal(want->text, column->texts[i]) &&
                             (column->missing[i] != 0) == (want->text.len == 0));
        }
}

static void check_member(Test *t, Str content, const Json *want, const XptMember *member)
{
    Error err = {0};
    Frame *frame;
    const Json *variables = json_get(want, "variables"), *rows = json_get(want, "rows");
    size_t n_rows = (size_t)json_number(want, "n_rows", -1);
    CHECK(t, str_equal(member->name, json_text(want, "name")) &&
                 str_equal(member->label, json_text(want, "label")));
    CHECK_INT(t, member->version, json_number(want, "version", 0));
    CHECK(t, member->n_rows <= n_rows && n_rows <= member->n_rows_most);
    if (member->n_rows == member->n_rows_most) CHECK_INT(t, member->n_rows, n_rows);
    if (!CHECK_OK(t, xpt_parse_frame(t->arena, content, member->name, &frame, &err), err)) return;
    if (!CHECK_INT(t, frame->n_columns, variables->n)) return;
    for (size_t k = 0; k < variables->n; k++) {
        const Json *variable = &variables->items[k];
        CHECK(t, str_equal(frame->columns[k].name, json_text(variable, "name")));
        CHECK(t, str_equal(frame->columns[k].label, json_text(variable, "label")));
        CHECK_INT(t, frame->columns[k].length, json_number(variable, "len", 0));
        CHECK_INT(t, column_is_number(&frame->columns[k]),
                  str_equal(json_text(variable, "type"), STR("num")));
        CHECK_TEXT(t, frame->columns[k].format, json_text(variable, "fmt").len ? "DATE9." : "");
    }
    check_cells(t, rows, frame);
}

static void the_four_edge_files_read_bit_for_bit(Test *t)
{
    static const char *const NAMES[] = {"edge_v5", "multi_member_v5", "trailing_blank_v5",
                                        "long_names_labels_v8"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        Json want;
        Error err = {0};
        Str content;
        XptMember *members;
        size_t n;
        if (!test_data_json(t, str_format(t->arena, "standards/xpt/%s.expected.json", NAMES[i]).data, &want))
            return;
        Str path = test_data(t, str_format(t->arena, "standards/xpt/%s.xpt", NAMES[i]).data);
        if (!CHECK_OK(t,
                      file_read(t->arena, path, DATA_MAX, &content, &err) &&
                          xpt_members(t->arena, content, &members, &n, &err),
                      err))
            continue;
        const Json *sets = json_get(&want, "datasets");
        if (!CHECK_INT(t, n, sets->n)) continue;
        for (size_t k = 0; k < n; k++) check_member(t, content, &sets->items[k], &members[k]);
    }
}

static void the_pilot_study_reads_with_its_counts(Test *t)
{
    static const struct {
        const char *path;
        size_t n_rows, n_columns;
    } FILES[] = {
        /* dim(foreign::read.xport(file)), R 4.2.2 */
        {"adam/adae.xpt", 1191, 55},
        {"adam/adlbc.xpt.gz", 74264, 46},
        {"adam/adlbh.xpt.gz", 49932, 46},
        {"adam/adlbhy.xpt.gz", 9954, 43},
        {"adam/adqsadas.xpt", 12463, 40},
        {"adam/adqscibc.xpt", 730, 36},
        {"adam/adqsnpix.xpt.gz", 31140, 41},
        {"adam/adsl.xpt", 254, 48},
        {"adam/adtte.xpt", 254, 26},
        {"adam/advs.xpt.gz", 32139, 34},
        {"sdtm/ae.xpt", 1191, 35},
        {"sdtm/cm.xpt", 7510, 21},
        {"sdtm/dm.xpt", 306, 25},
        {"sdtm/ds.xpt", 596, 13},
        {"sdtm/ex.xpt", 591, 17},
        {"sdtm/lb.xpt.gz", 59580, 23},
        {"sdtm/mh.xpt", 1818, 19},
        {"sdtm/qs.xpt.gz", 121749, 20},
        {"sdtm/relrec.xpt", 234, 7},
        {"sdtm/sc.xpt", 254, 14},
        {"sdtm/se.xpt", 752, 9},
        {"sdtm/suppae.xpt", 1191, 10},
        {"sdtm/suppdm.xpt", 1197, 10},
        {"sdtm/suppds.xpt", 3, 10},
        {"sdtm/supplb.xpt.gz", 64403, 10},
        {"sdtm/sv.xpt", 3559, 8},
        {"sdtm/ta.xpt", 8, 10},
        {"sdtm/te.xpt", 7, 7},
        {"sdtm/ti.xpt", 31, 6},
        {"sdtm/ts.xpt", 33, 6},
        {"sdtm/tv.xpt", 21, 9},
        {"sdtm/vs.xpt.gz", 29643, 25},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        Error err = {0};
        Frame *frame;
        Arena *arena = arena_new();
        Str path = test_data(t, str_format(t->arena, "cdiscpilot01/%s", FILES[i].path).data);
        if (path.len && CHECK_OK(t, xpt_read_frame(arena, path, STR(""), &frame, &err), err)) {
            CHECK_INT(t, frame->n_rows, FILES[i].n_rows);
            if (!CHECK_INT(t, frame->n_columns, FILES[i].n_columns))
                fprintf(stderr, "    %s\n", FILES[i].path);
        }
        arena_free(arena);
        if (path.len == 0) return;
    }
}

static const TestCase CASES[] = {
    {"a file made here reads back", a_file_made_here_reads_back},
    {"a compressed file reads the same", a_compressed_file_reads_the_same},
    {"a length that a gzip claims is not believed", a_length_that_a_gzip_claims_is_not_believed},
    {"a file cut anywhere is refused, or shorter", a_file_cut_anywhere_is_refused_or_shorter},
    {"rows that are blank at the end count when they must",
     rows_that_are_blank_at_the_end_count_when_they_must},
    {"a damaged description is refused", a_damaged_description_is_refused},
    {"other files and members are refused", other_files_and_members_are_refused},
    {"IBM numbers are exact", ibm_numbers_are_exact},
    {"the four edge files read bit for bit", the_four_edge_files_read_bit_for_bit},
    {"the pilot study reads with its counts", the_pilot_study_reads_with_its_counts},
};
TEST_SUITE(xpt, CASES);
