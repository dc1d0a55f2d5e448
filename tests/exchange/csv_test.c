#include "exchange/csv.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "test.h"

static Frame *read_text(Test *t, const char *text)
{
    Error err = {0};
    Frame *frame = NULL;
    CHECK_OK(t, csv_parse_frame(t->arena, STR("visits"), str_from(text), NULL, &frame, NULL, &err), err);
    return frame;
}

static Str cell(Test *t, const Frame *frame, const char *column, size_t row)
{
    return frame_cell_text(t->arena, frame_column(frame, str_from(column)), row);
}

static void quotes_hold_separators_quotes_and_line_ends(Test *t)
{
    Error err = {0};
    CsvReader *csv;
    CsvRow row;
    bool found;
    Str text = STR("ID,NOTE\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2,plain\r3,\"\"\n4,last");
    if (!CHECK_OK(t, csv_open(t->arena, text, NULL, &csv, &err), err)) return;
    CHECK_OK(t, csv_next(csv, &row, &found, &err), err);
    CHECK_TEXT(t, row.fields[1], "a, \"b\"\r\nc");
    CHECK(t, found && row.line == 2 && row.n == 2 && row.quoted[1] && !row.quoted[0]);
    CHECK_OK(t, csv_next(csv, &row, &found, &err), err);
    CHECK_TEXT(t, row.fields[1], "plain");
    CHECK_INT(t, row.line, 5);
    CHECK_OK(t, csv_next(csv, &row, &found, &err), err);
    CHECK(t, row.line == 6 && row.fields[1].len == 0 && row.quoted[1]);
    CHECK_OK(t, csv_next(csv, &row, &found, &err), err);
    CHECK_TEXT(t, row.fields[1], "last");
    CHECK_INT(t, row.line, 7);
    CHECK_OK(t, csv_next(csv, &row, &found, &err), err);
    CHECK(t, !found);
    CHECK_OK(t, csv_next(csv, &row, &found, &err), err);
    CHECK(t, !found);
}

static void columns_are_numbers_dates_or_texts(Test *t)
{
    static const struct {
        const char *cells[3];
        ColumnType type;
    } COLUMNS[] = {
        {{"1", "-2.5", "3e2"}, COLUMN_NUMBER},
        {{"1", "", ".not-done"}, COLUMN_NUMBER},
        {{" 1 ", "2", "."}, COLUMN_NUMBER},
        {{"001", "002", "003"}, COLUMN_TEXT},
        {{"1234567890123456", "2", "3"}, COLUMN_TEXT},
        {{"0.6767231170088053", "0", "-0.5"}, COLUMN_NUMBER},
        {{"+1", "2", "3"}, COLUMN_TEXT},
        {{"1", "2", "x"}, COLUMN_TEXT},
        {{"2016", "2017", "2018"}, COLUMN_NUMBER},
        {{"2016", "2017-03", "2018-01-31"}, COLUMN_DATE},
        {{"2016-01-32", "2017-03", "2018"}, COLUMN_TEXT},
        {{"", "", ".refused"}, COLUMN_TEXT},
        {{"1+", "1", "0"}, COLUMN_TEXT},
        {{"1e400", "1", "0"}, COLUMN_TEXT},
    };
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        const char *const *c = COLUMNS[i].cells;
        Frame *frame = read_text(t, str_format(t->arena, "K,X\nk,%s\nk,%s\nk,%s\n", c[0], c[1], c[2]).data);
        CHECK_INT(t, frame->n_rows, 3);
        CHECK_INT(t, frame->columns[1].type, COLUMNS[i].type);
    }
}

static void missing_cells_carry_their_reason(Test *t)
{
    Frame *frame = read_text(t, "SUBJID,G01,NOTE\n1,3,\n2,.not-done,\".refused\"\n3,.A,  \n4, ,...\n");
    const Column *g01 = frame_column(frame, STR("G01")), *note = frame_column(frame, STR("NOTE"));
    CHECK(t, g01->type == COLUMN_NUMBER && g01->numbers[0] == 3 && !g01->missing[0]);
    CHECK_INT(t, g01->missing[1], MISSING_NOT_DONE);
    CHECK_INT(t, g01->missing[2], MISSING_SAS_A);
    CHECK_INT(t, g01->missing[3], MISSING_UNSTATED);
    CHECK(t, note->missing[0] == MISSING_UNSTATED && note->missing[1] == MISSING_REFUSED &&
                 note->missing[2] == MISSING_UNSTATED);
    CHECK_TEXT(t, note->texts[3], "...");
}

static void the_separator_is_found_by_rule(Test *t)
{
    CHECK_INT(t, read_text(t, "A;B;C\n1;2,5;3\n")->n_columns, 3);
    CHECK_TEXT(t, cell(t, read_text(t, "A;B;C\n1;2,5;3\n"), "B", 0), "2,5");
    CHECK_INT(t, read_text(t, "A\tB;x\n1\t2\n")->n_columns, 2);
    CHECK_INT(t, read_text(t, "A,B;x\n1,2\n")->n_columns, 2);
    CHECK_INT(t, read_text(t, "\"A,x\";B\n1;2\n")->n_columns, 2);
    CHECK_INT(t, read_text(t, "A\n1\n")->n_columns, 1);
    CHECK_INT(t, read_text(t, "\n\r\n\nA;B\n1;2\n")->n_columns, 2);
    CHECK_INT(t, read_text(t, "\xef\xbb\xbf\nA\tB\n1\t2\n")->n_columns, 2);
    Error err = {0};
    Frame *frame;
    CsvOptions options = {.separator = '|', .missing_text = STR("NA")};
    CHECK_OK(t,
             csv_parse_frame(t->arena, STR("x"), STR("A|B\n1|NA\n2|\"NA\"\n"), &options, &frame, NULL, &err),
             err);
    CHECK(t, frame->columns[1].missing[0] == MISSING_UNSTATED && !frame->columns[1].missing[1]);
    options.separator = '"';
    CHECK(t, !csv_parse_frame(t->arena, STR("x"), STR("A|B\n"), &options, &frame, NULL, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "cannot be separated");
}

static void a_byte_order_mark_goes_and_text_is_composed(Test *t)
{
    Frame *frame = read_text(t, "\xef\xbb\xbf ID ,NAME\n1,Jose\xcc\x81\n");
    CHECK_TEXT(t, frame->columns[0].name, "ID");
    CHECK_TEXT(t, cell(t, frame, "NAME", 0), "Jos\xc3\xa9");
}

static void each_row_knows_its_line(Test *t)
{
    Error err = {0};
    Frame *frame;
    size_t *lines;
    CHECK_OK(t,
             csv_parse_frame(t->arena, STR("x"), STR("A,B\n1,\"x\ny\"\n\n2,z\n"), NULL, &frame, &lines, &err),
             err);
    CHECK(t, frame->n_rows == 2 && lines[0] == 2 && lines[1] == 5);
}

static void bad_input_is_answered_with_line_and_column(Test *t)
{
    static const struct {
        const char *text, *message, *place;
    } BAD[] = {
        {"", "there is no header", ""},
        {"\n\n", "there is no header", ""},
        {"A,B\n1,\"x\n2,y\n", "a quote is not closed", "line 2, column \"B\""},
        {"A,\"B\n1,x\n", "a quote is not closed", "line 1, column 2"},
        {"A,B\n1,2\n1,x\"y\n", "a quote stands inside a field", "line 3, column \"B\""},
        {"A,B\n\"1\"2,x\n", "text follows the closing quote", "line 2, column \"A\""},
        {"A,B\n1,2\n\n1,2,3\n", "the row has 3 fields, the header 2", "line 4"},
        {"A,B\n1\n", "the row has 1 field, the header 2", "line 2"},
        {"A,B\n\"x\ny\"\n", "the row has 1 field, the header 2", "line 2"},
        {"A,B,a\n1,2,3\n", "columns 1 and 3 are both named \"a\"", "line 1"},
        {"A,,C\n1,2,3\n", "column 2 has no name", "line 1"},
        {"\nA,B,\n1,2,\n", "column 3 has no name", "line 2"},
        {"A,B\n1,caf\xe9\n", "the text is not UTF-8", "line 2"},
        {"A,B\r\n1,2\r\n3,\xff\r\n", "the text is not UTF-8", "line 3"},
        {"A,B\n1,.not-doen\n", "\".not-doen\" is not a reason for a missing value", "line 2, column \"B\""},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Error err = {0};
        Frame *frame;
        CHECK(t, !csv_parse_frame(t->arena, STR("bad"), str_from(BAD[i].text), NULL, &frame, NULL, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, BAD[i].message);
        CHECK_TEXT(t, str_from(err.place), BAD[i].place);
    }
    Error err = {0};
    Frame *frame;
    CHECK(t, !csv_parse_frame(t->arena, STR("bad"), (Str){"A,B\n1,\0\n", 8}, NULL, &frame, NULL, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the text holds a NUL byte");
    CHECK_ERROR(t, err, ERROR_MALFORMED, "line 2");
}

static void limits_are_kept(Test *t)
{
    static const struct {
        CsvOptions options;
        const char *message, *place;
    } LIMITS[] = {
        {{.max_bytes = 10}, "the text has more than 10 bytes", ""},
        {{.max_field_bytes = 3}, "the field has more than 3 bytes", "line 2, column \"BB\""},
        {{.max_columns = 1}, "there are more than 1 columns", "line 1"},
        {{.max_rows = 1}, "there are more than 1 rows", "line 3"},
    };
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
        Error err = {0};
        Frame *frame;
        CHECK(t, !csv_parse_frame(t->arena, STR("x"), STR("A,BB\n1,long\n2,x\n"), &LIMITS[i].options, &frame,
                                  NULL, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, LIMITS[i].message);
        CHECK_TEXT(t, str_from(err.place), LIMITS[i].place);
    }
}

static void what_is_written_reads_back_the_same(Test *t)
{
    const char *text = "SUBJID,SCORE,NOTE,SEEN\n"
                       "01-001,0.1,\"a, \"\"b\"\"\nc\",2016-03-01\n"
                       "01-002,-1e-09,\" blank \",2016-03\n"
                       "01-003,.not-done,=SUM(A1),\n"
                       "01-004,.B,,.unknown\n"
                       "01-005,100000000000000000000,Jos\xc3\xa9,.\n";
    const char *canonical = "SUBJID,SCORE,NOTE,SEEN\n"
                            "01-001,0.1,\"a, \"\"b\"\"\nc\",2016-03-01\n"
                            "01-002,-1e-09,\" blank \",2016-03\n"
                            "01-003,.not-done,=SUM(A1),\n"
                            "01-004,.B,,.unknown\n"
                            "01-005,1e+20,Jos\xc3\xa9,\n";
    Error err = {0};
    Buf once = buf_new(t->arena), twice = buf_new(t->arena);
    Frame *frame = read_text(t, text);
    CHECK_INT(t, frame->columns[3].type, COLUMN_DATE);
    CHECK_INT(t, frame->columns[1].type, COLUMN_TEXT); /* 21 whole digits: an identifier */
    frame = read_text(t, canonical);
    CHECK_INT(t, frame->columns[1].type, COLUMN_NUMBER);
    CHECK_OK(t, csv_write_frame(&once, frame, &err), err);
    CHECK_TEXT(t, buf_str(&once), canonical);
    CHECK_OK(t, csv_write_frame(&twice, read_text(t, buf_c(&once)), &err), err);
    CHECK_TEXT(t, buf_str(&twice), canonical);
    CHECK_OK(t, csv_write_frame(&twice, read_text(t, "A\n\"\"\n\n1\n"), &err), err);
    CHECK(t, str_ends(buf_str(&twice), STR("A\n\"\"\n1\n")));
}

static void a_text_that_reads_as_missing_is_not_written(Test *t)
{
    Error err = {0};
    Buf buf = buf_new(t->arena);
    Frame *frame = frame_new(t->arena, STR("visits"));
    frame_add_column(frame, STR("NOTE"), COLUMN_TEXT);
    frame_set_text(frame, frame_add_row(frame), 0, STR(".refused"));
    CHECK(t, !csv_write_frame(&buf, frame, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\".refused\" would be read back as a missing value");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"visits\", row 1, column \"NOTE\"");
}

static void a_file_is_named_in_its_errors(Test *t)
{
    Error err = {0};
    Frame *frame;
    Str path = test_scratch(t, "gmfm.csv");
    CHECK_OK(t, file_write(t->arena, path, STR("SUBJID,G01\n1,2\n2\n"), &err), err);
    CHECK(t, !csv_read_frame(t->arena, path, NULL, &frame, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "gmfm.csv: line 3");
    CHECK_OK(t, file_write(t->arena, path, STR("SUBJID,G01\n1,2\n2,3\n"), &err), err);
    CHECK_OK(t, csv_read_frame(t->arena, path, NULL, &frame, &err), err);
    CHECK_TEXT(t, frame->name, "gmfm");
    CHECK(t, !csv_read_frame(t->arena, test_scratch(t, "none.csv"), NULL, &frame, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not open");
}

static void a_published_file_reads_with_its_counts(Test *t)
{
    Error err = {0};
    Frame *frame;
    Str path = test_data(t, "mmrm/fev_data.csv");
    if (path.len == 0 || !CHECK_OK(t, csv_read_frame(t->arena, path, NULL, &frame, &err), err)) return;
    CHECK(t, frame->n_rows == 800 && frame->n_columns == 10);
    CHECK_INT(t, frame_column(frame, STR("FEV1"))->type, COLUMN_NUMBER);
    CHECK_NEAR(t, frame_column(frame, STR("FEV1"))->numbers[1], 39.97104977203016, 1e-16);
}

static const TestCase CASES[] = {
    {"quotes hold separators, quotes and line ends", quotes_hold_separators_quotes_and_line_ends},
    {"columns are numbers, dates or texts", columns_are_numbers_dates_or_texts},
    {"missing cells carry their reason", missing_cells_carry_their_reason},
    {"the separator is found by rule", the_separator_is_found_by_rule},
    {"a byte order mark goes and text is composed", a_byte_order_mark_goes_and_text_is_composed},
    {"each row knows its line", each_row_knows_its_line},
    {"bad input is answered with line and column", bad_input_is_answered_with_line_and_column},
    {"limits are kept", limits_are_kept},
    {"what is written reads back the same", what_is_written_reads_back_the_same},
    {"a text that reads as missing is not written", a_text_that_reads_as_missing_is_not_written},
    {"a file is named in its errors", a_file_is_named_in_its_errors},
    {"a published file reads with its counts", a_published_file_reads_with_its_counts},
};
TEST_SUITE(csv, CASES);
