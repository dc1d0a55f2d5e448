#include "data/condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data/condition_functions.h"
#include "data/condition_inside.h"
#include "test.h"

/* Five children; the last has nothing but an identifier. */
static Frame *children(Test *t)
{
    static const struct {
        const char *id, *sex, *gmfcs, *birth, *screened;
        double age, score;
    } ROWS[] = {{"01-001", "F", "II", "2012-03-05", "2016-04-11", 4.1, 61.25},
                {"01-002", "M", "V", "2014-11-30", "2016-05-02", 1.42, 12.5},
                {"02-001", "M", "III", "2003-02-28", "2016-05-02", 13.17, 40},
                {"02-002", "F", "", "2010-06", "2016-06-20", 6, 0}};
    Frame *frame = frame_new(t->arena, STR("subjects"));
    const char *const TEXTS[] = {"SUBJID", "SEX", "GMFCS", "BIRTH", "SCREENED", "END", "Body Weight"};
    for (size_t i = 0; i < 7; i++) frame_add_column(frame, str_from(TEXTS[i]), COLUMN_TEXT);
    frame_add_column(frame, STR("AGE"), COLUMN_NUMBER);
    frame_add_column(frame, STR("SCORE"), COLUMN_NUMBER);
    for (size_t i = 0; i < 4; i++) {
        const char *const CELLS[] = {ROWS[i].id, ROWS[i].sex, ROWS[i].gmfcs, ROWS[i].birth, ROWS[i].screened};
        frame_add_row(frame);
        for (size_t k = 0; k < 5; k++)
            if (CELLS[k][0]) frame_set_text(frame, i, k, str_from(CELLS[k]));
        frame_set_number(frame, i, 7, ROWS[i].age);
        frame_set_number(frame, i, 8, ROWS[i].score);
    }
    frame_set_missing(frame, frame_add_row(frame), 7, MISSING_REFUSED);
    frame_set_text(frame, 4, 0, STR("03-001"));
    return frame;
}

/* The verdicts of five rows as five marks: T, F, ?. */
static Str verdicts_of(Test *t, const Frame *frame, const char *condition)
{
    Error err = {0};
    signed char *verdicts;
    Buf marks = buf_new(t->arena);
    if (!CHECK_OK(t, frame_evaluate(t->arena, frame, str_from(condition), &verdicts, &err), err))
        return STR("");
    for (size_t i = 0; i < frame->n_rows; i++) buf_char(&marks, "?FT"[verdicts[i] + 1]);
    return buf_str(&marks);
}

static void a_missing_cell_makes_the_answer_unknown(Test *t)
{
    Frame *frame = children(t);
    CHECK_TEXT(t, verdicts_of(t, frame, "AGE BETWEEN 2 AND 15"), "TFTT?");
    CHECK_TEXT(t, verdicts_of(t, frame, "NOT AGE BETWEEN 2 AND 15"), "FTFF?");
    CHECK_TEXT(t, verdicts_of(t, frame, "GMFCS = 'V' OR AGE > 5"), "FTTT?");
    CHECK_TEXT(t, verdicts_of(t, frame, "GMFCS = 'V' AND AGE > 5"), "FFF??");
    CHECK_TEXT(t, verdicts_of(t, frame, "GMFCS IS NOT 'V'"), "TFTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "GMFCS IS NULL"), "FFFTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "GMFCS IN ('II','III')"), "TFT??");
    CHECK_TEXT(t, verdicts_of(t, frame, "  "), "TTTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "NULL"), "?????");
    CHECK_TEXT(t, verdicts_of(t, frame, "1 = 1"), "TTTTT");
}

static void texts_compare_by_bytes_and_names_without_case(Test *t)
{
    Frame *frame = children(t);
    CHECK_TEXT(t, verdicts_of(t, frame, "sex = 'F'"), "TFFT?");
    CHECK_TEXT(t, verdicts_of(t, frame, "Sex = 'f'"), "FFFF?");
    CHECK_TEXT(t, verdicts_of(t, frame, "sex LIKE 'f'"), "TFFT?");
    CHECK_TEXT(t, verdicts_of(t, frame, "\"sex\" = 'F' AND \"Body Weight\" IS NULL"), "TFFT?");
    CHECK_TEXT(t, verdicts_of(t, frame, "SUBJID = '01-001' OR SUBJID = 'it''s; -- not /* a comment'"),
               "TFFFF");
}

static void numbers_are_real_and_texts_convert_like_columns(Test *t)
{
    Frame *frame = children(t);
    CHECK_TEXT(t, verdicts_of(t, frame, "SCORE / 100 > 0.6 OR SCORE = '40'"), "TFTF?");
    CHECK_TEXT(t, verdicts_of(t, frame, "CASE WHEN AGE < 2 THEN 0 ELSE AGE <> 6.0 END"), "TFTF?");
    CHECK_TEXT(t, verdicts_of(t, frame, "AGE"), "TTTT?");
}

static void a_column_called_end_is_told_from_the_word(Test *t)
{
    Str *used;
    size_t n_used;
    Error err = {0};
    const Str NAMES[] = {STR("END"), STR("AGE")};
    CHECK_TEXT(t, verdicts_of(t, children(t), "END IS NULL AND CASE AGE WHEN 6 THEN END IS NULL END"),
               "???T?");
    CHECK_OK(t,
             condition_check(t->arena, STR("CASE WHEN AGE > 2 THEN 1 END"), NAMES, 2, &used, &n_used, &err),
             err);
    CHECK_INT(t, n_used, 1);
}

static void dates_count_in_days_months_and_years(Test *t)
{
    Frame *frame = children(t);
    CHECK_TEXT(t, verdicts_of(t, frame, "years_between(BIRTH, SCREENED) >= 4"), "TFT??");
    CHECK_TEXT(t, verdicts_of(t, frame, "days_between(SCREENED, '2016-05-02') = 21"), "TFFF?");
    CHECK_TEXT(t, verdicts_of(t, frame, "date_plus(BIRTH, 13, 'years') = '2016-02-28'"), "FFT??");
    CHECK_TEXT(t, verdicts_of(t, frame, "date_plus('2016-01-31', 1, 'month') = '2016-02-29'"), "TTTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "date_plus('2016-03-01', -1, 'weeks') = '2016-02-23'"), "TTTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "date_plus('9999-12-31', 1, 'days') IS NULL"), "TTTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "hours_between('2016-03-01T22:30', '2016-03-02T01:00:00') = 2.5"),
               "TTTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "julianday('2000-01-01T12:00') = 2451545"), "TTTTT");
    CHECK_TEXT(t, verdicts_of(t, frame, "date('now') IS NULL AND julianday('now') IS NULL"), "TTTTT");
}

static void every_function_of_the_table_can_be_called(Test *t)
{
    static const char *const CALLS[][2] = {
        {"abs", "abs(-2.5) = 2.5"},
        {"round", "round(2.675, 2) = 2.68 AND round(2.5) = 3 AND round(NULL) IS NULL"},
        {"floor", "floor(-1.5) = -2"},
        {"ceil", "ceil(1.25) = 2"},
        {"sqrt", "sqrt(6.25) = 2.5 AND sqrt(-1) IS NULL"},
        {"exp", "exp(0) = 1"},
        {"ln", "ln(exp(2)) = 2 AND ln(0) IS NULL AND ln('a') IS NULL"},
        {"log10", "log10(1000) = 3"},
        {"power", "power(2, 10) = 1024 AND power(NULL, 2) IS NULL"},
        {"min", "min(3, 2, 4) = 2"},
        {"max", "max(3, 2, 4) = 4 AND max(1, NULL) IS NULL"},
        {"coalesce", "coalesce(NULL, NULL, 3) = 3"},
        {"ifnull", "ifnull(NULL, 2) = 2"},
        {"nullif", "nullif(2, 2) IS NULL"},
        {"iif", "iif(1 > 2, 'a', 'b') = 'b'"},
        {"length", "length('d\xc3\xa9j\xc3\xa0') = 4"},
        {"lower", "lower('AbC') = 'abc'"},
        {"upper", "upper('AbC') = 'ABC'"},
        {"substr", "substr('abcdef', 2, 3) = 'bcd'"},
        {"trim", "trim('  a ') = 'a'"},
        {"ltrim", "ltrim('  a ') = 'a '"},
        {"rtrim", "rtrim('  a ') = '  a'"},
        {"instr", "instr('abcdef', 'cd') = 3"},
        {"replace", "replace('a-b-c', '-', '') = 'abc'"},
        {"like", "like('a%', 'Abc')"},
        {"text", "text(AGE) || ' y' = '6 y' AND text(2.5) = '2.5' AND text('x') = 'x'"},
        {"date", "date('2016-03-01T08:15') = '2016-03-01' AND date('2016-03') IS NULL"},
        {"date_plus", "date_plus('2016-02-29', 1, 'year') = '2017-02-28'"},
        {"days_between", "days_between('2016-02-28', '2016-03-01') = 2"},
        {"years_between", "years_between('2004-02-29', '2016-02-28') = 11"},
        {"hours_between", "hours_between('2016-03-01', '2016-03-02') IS NULL"},
        {"julianday", "julianday('1970-01-01') = 2440587.5"},
    };
    size_t n;
    const ConditionFunction *functions = condition_functions(&n);
    Frame *frame = children(t);
    CHECK_INT(t, sizeof CALLS / sizeof CALLS[0], n);
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        CHECK(t, condition_function(str_from(CALLS[i][0])) == &functions[i]);
        Str verdicts = verdicts_of(t, frame, CALLS[i][1]);
        if (!CHECK(t, verdicts.len == 5 && verdicts.data[3] == 'T'))
            CHECK_TEXT(t, str_from(CALLS[i][1]), "true of the fourth row");
    }
}

static void a_name_that_is_not_there_is_answered_with_the_nearest(Test *t)
{
    static const struct {
        const char *condition, *message, *place, *hint;
    } CASES_[] = {
        {"SEX = 'M' AND AEGE > 2", "there is no column \"AEGE\"", "character 15", "Did you mean \"AGE\"?"},
        {"'d\xc3\xa9' = SEX AND AEGE > 2", "there is no column \"AEGE\"", "character 16", ""},
        {"SEX = \"Mal\"", "there is no column \"Mal\"", "character 7", "texts in single quotes: 'Mal'"},
        {"SEX = Mal", "there is no column \"Mal\"", "character 7", "The columns are: SUBJID, SEX"},
        {"SEX = \xe2\x80\x98M\xe2\x80\x99", "there is no column", "character 7", "straight quotes"},
        {"rowid = 1", "there is no column \"rowid\"", "character 1", ""},
    };
    Frame *frame = children(t);
    for (size_t i = 0; i < sizeof CASES_ / sizeof CASES_[0]; i++) {
        Error err = {0};
        signed char *verdicts;
        CHECK(t, !frame_evaluate(t->arena, frame, str_from(CASES_[i].condition), &verdicts, &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, CASES_[i].message);
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, CASES_[i].place);
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, CASES_[i].hint);
    }
}

/* What is no condition, or tries to be more than one: refused, with these words. */
static const struct {
    const char *condition, *message;
} MALFORMED[] = {
    {"AGE >", "the condition ends too early"},
    {"AGE > 2 AND", "the condition ends too early"},
    {"AGE 2", "\"2\" is not expected here"},
    {"= 2", "\"=\" is not expected here"},
    {"(AGE > 2", "a bracket is not closed"},
    {"AGE > 2)", "this bracket closes nothing"},
    {"AGE > 2) OR (1 = 1", "this bracket closes nothing"},
    {"1), emit(2", "this bracket closes nothing"},
    {"SEX = 'M", "a text is not closed"},
    {"\"SEX = 'M'", "a quoted name is not closed"},
    {"AGE, SEX", "one expression, not a list"},
    {"(AGE, SEX)", "row value misused"},
    {"AGE > 2; DROP TABLE x", "one expression, without \";\""},
    {"AGE > 2 -- rest", "a condition cannot hold a comment"},
    {"AGE > 2 /* rest", "a condition cannot hold a comment"},
    {"AGE > 2 /**/", "a condition cannot hold a comment"},
    {"AGE--1 > 2", "a condition cannot hold a comment"},
    {"(SELECT 1)", "a condition cannot hold a query"},
    {"AGE IN (SELECT 1)", "a condition cannot hold a query"},
    {"EXISTS (SELECT 1)", "a condition cannot hold a query"},
    {"AGE IN (WITH x AS (VALUES (1)) TABLE x)", "a condition cannot hold a query"},
    {"AGE IN (VALUES (1))", "a condition cannot hold a query"},
    {"1 IN (PRAGMA database_list)", "a condition cannot hold a query"},
    {"ATTACH 'x.db' AS x", "a condition cannot hold a query"},
    {"load_extension('x')", "no function \"load_extension\""},
    {"randomblob(1000000000)", "no function \"randomblob\""},
    {"zeroblob(1000000000)", "no function \"zeroblob\""},
    {"random() > 0", "no function \"random\""},
    {"readfile('/etc/passwd')", "no function \"readfile\""},
    {"writefile('x', 'y')", "no function \"writefile\""},
    {"emit(1)", "no function \"emit\""},
    {"\"emit\"(1)", "a quoted name is a column, not a function"},
    {"\"AGE\"(1)", "a quoted name is a column, not a function"},
    {"sqlite_version() = '3'", "no function \"sqlite_version\""},
    {"printf('%d', 1)", "no function \"printf\""},
    {"changes()", "no function \"changes\""},
    {"log(2)", "no function \"log\""},
    {"pragma_table_info('x')", "no function"},
    {"json_each('[1]')", "no function \"json_each\""},
    {"1 IN json_each('[1]')", "IN wants a list in brackets"},
    {"strftime('%s', 'now')", "no function \"strftime\""},
    {"CURRENT_DATE > SCREENED", "cannot read the clock"},
    {"SEX = 'm' COLLATE NOCASE", "without COLLATE"},
    {"SEX REGEXP 'm'", "no REGEXP"},
    {"SEX MATCH 'm'", "no MATCH"},
    {"AGE IS NOT DISTINCT FROM 2", "no DISTINCT"},
    {"max(AGE) > 2", "wrong number of arguments to \"max\""},
    {"date() > SCREENED", "wrong number of arguments to \"date\""},
    {"date ( ) > SCREENED", "wrong number of arguments to \"date\""},
    {"date('now', 'localtime') > SCREENED", "wrong number of arguments to \"date\""},
    {"julianday() > 1", "wrong number of arguments to \"julianday\""},
    {"round(AGE, 1, 2)", "wrong number of arguments to \"round\""},
    {"iif(AGE > (1), (2))", "wrong number of arguments to \"iif\""},
    {"abs((AGE), max(1, 2))", "wrong number of arguments to \"abs\""},
    {"abs(AGE) OVER () > 2", "no function \"OVER\""},
    {"abs(AGE, 2)", "wrong number of arguments"},
    {"AGE = ?", "\"?\" is not a mark"},
    {"AGE = :x", "\":\" is not a mark"},
    {"AGE = @x", "\"@\" is not a mark"},
    {"AGE = $x", "\"$\" is not a mark"},
    {"AGE -> 2", "\"->\" is not a mark"},
    {"frame.AGE = 2", "no column \"frame\""},
    {"SEX.AGE = 2", "\".\" is not a mark"},
    {"[AGE] = 2", "a name cannot be quoted like this"},
    {"`AGE` = 2", "a name cannot be quoted like this"},
    {"x'00' = AGE", "no column \"x\""},
    {"CAST(AGE AS BLOB) = 1", "\"BLOB\" is not a type"},
    {"AGE IN SEX", "IN wants a list in brackets"},
    {"1 IN sqlite_master", "IN wants a list in brackets"},
    {"1 \\ 2", "is not a mark"},
    {"12abc = AGE", "no column \"abc\""},
    {"RAISE(IGNORE)", "no function \"RAISE\""},
    {"SEX = '\xff'", "not UTF-8"},
    {"((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))",
     "nested too deeply"},
};

static void whatever_is_not_one_expression_is_refused(Test *t)
{
    Frame *frame = children(t);
    for (size_t i = 0; i < sizeof MALFORMED / sizeof MALFORMED[0]; i++) {
        Error err = {0};
        signed char *verdicts;
        if (!CHECK(t, !frame_evaluate(t->arena, frame, str_from(MALFORMED[i].condition), &verdicts, &err)) ||
            !CHECK(t, strstr(err.message, MALFORMED[i].message)) ||
            !CHECK(t, strstr(err.place, "character ")))
            fprintf(stderr, "    condition: %s\n    error: %s; %s; %s\n", MALFORMED[i].condition, err.message,
                    err.place, err.hint);
        CHECK(t, err.code == ERROR_MALFORMED || err.code == ERROR_INCONSISTENT);
    }
}

/* The second wall alone: what the scan refuses is compiled by SQLite, and must fail or do no more than ask. */
static void sqlite_refuses_what_the_scan_would(Test *t)
{
    static const char *const ATTACKS[] = {
        "(SELECT 1)",
        "AGE IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "1)) UNION SELECT ((1",
        "1)) OR emit((1",
        "1)); SELECT ((1",
        "1 IN sqlite_master",
        "1 IN sqlite_schema",
        "1 IN pragma_database_list",
        "1 IN json_each('[1]')",
        "load_extension('x')",
        "randomblob(9)",
        "zeroblob(9)",
        "random()",
        "sqlite_version()",
        "changes()",
        "strftime('%s', 'now')",
        "datetime('now')",
        "time('now')",
        "unixepoch()",
        "current_date",
        "current_timestamp",
        "printf('%d', 1)",
        "emit(1)",
        "\"SEX\" = \"M\"",
        "AGE = ?",
        "AGE = :x",
        "max(AGE)",
        "count(*)",
        "group_concat(SEX)",
        "abs(AGE) OVER ()",
        "1) --",
        "1)) --",
        "1 /*",
        "RAISE(IGNORE)",
        "(VALUES (1))",
        "(WITH x AS (SELECT 1) SELECT 1)",
        "ATTACH 'x' AS y",
    };
    static const char *const HARMLESS[] = {"date()", "date('now')", "date('now', 'localtime')", "julianday()",
                                           "julianday('now', 'utc')"};
    Error err = {0};
    ConditionEngine *engine;
    Condition *condition;
    Frame *frame = children(t);
    size_t used[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    if (!CHECK_OK(t, condition_engine_open(t->arena, &engine, &err), err)) return;
    for (size_t i = 0; i < sizeof ATTACKS / sizeof ATTACKS[0]; i++)
        if (!CHECK(t, !condition_compile_scanned(engine, str_from(ATTACKS[i]), frame, used, 9, &condition,
                                                 &err)))
            fprintf(stderr, "    %s\n", ATTACKS[i]);
    for (size_t i = 0; i < sizeof HARMLESS / sizeof HARMLESS[0]; i++) {
        signed char verdict = -1;
        bool compiled =
            condition_compile_scanned(engine, str_from(HARMLESS[i]), frame, used, 9, &condition, &err);
        CHECK(t, !compiled || !condition_verdict(condition, frame, 0, &verdict, &err) || verdict == -1);
    }
}

static void a_condition_has_bounds(Test *t)
{
    Frame *frame = children(t);
    Error err = {0};
    signed char *verdicts;
    Buf text = buf_new(t->arena);
    while (text.len < 5000) buf_add_c(&text, "AGE = 1 OR ");
    CHECK(t, !frame_evaluate(t->arena, frame, buf_str(&text), &verdicts, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "at most 4096 bytes");
    CHECK(t, !frame_evaluate(t->arena, frame, (Str){"AGE\0= 1", 7}, &verdicts, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "NUL byte");
    text = buf_new(t->arena);
    while (text.len < 3000) buf_add_c(&text, "NOT ");
    buf_add_c(&text, "AGE");
    CHECK(t, !frame_evaluate(t->arena, frame, buf_str(&text), &verdicts, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "nested too deeply");
    text = buf_new(t->arena);
    while (text.len < 4000) buf_add_c(&text, "AGE = 1 OR ");
    buf_add_c(&text, "AGE = 6");
    CHECK_TEXT(t, verdicts_of(t, frame, buf_c(&text)), "FFFT?");
    text = buf_new(t->arena);
    for (int i = 0; i < 15; i++) buf_add_c(&text, "replace(");
    buf_add_c(&text, "'aaaaaaaaaa'");
    for (int i = 0; i < 15; i++) buf_add_c(&text, ",'a','aaaaaaaaaa')");
    CHECK(t, !frame_evaluate(t->arena, frame, buf_str(&text), &verdicts, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "string or blob too big");
}

static void a_text_is_no_verdict(Test *t)
{
    Error err = {0};
    size_t *rows, n_rows;
    CHECK(t, !frame_where(t->arena, children(t), STR("coalesce(GMFCS, 'none')"), &rows, &n_rows, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "gives the text \"II\", not true or false, in row 1");
    CHECK(t, !frame_where(t->arena, children(t), STR("date_plus(BIRTH, 1, 'moons') > SCREENED"), &rows,
                          &n_rows, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "'days', 'weeks', 'months' or 'years'");
}

static void a_word_of_sql_as_a_column_wants_quotes(Test *t)
{
    Error err = {0};
    signed char *verdicts;
    Frame *frame = frame_new(t->arena, STR("f"));
    frame_add_column(frame, STR("ORDER"), COLUMN_NUMBER);
    frame_set_number(frame, frame_add_row(frame), 0, 3.5);
    CHECK(t, !frame_evaluate(t->arena, frame, STR("ORDER > 2"), &verdicts, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "put it in double quotes: \"ORDER\"");
    CHECK_OK(t, frame_evaluate(t->arena, frame, STR("\"ORDER\" > 2"), &verdicts, &err), err);
    CHECK_INT(t, verdicts[0], 1);
}

static void where_gives_the_rows_in_order(Test *t)
{
    Error err = {0};
    size_t *rows, n_rows;
    Frame *frame = children(t);
    CHECK_OK(t, frame_where(t->arena, frame, STR("SEX = 'M' OR AGE IS NULL"), &rows, &n_rows, &err), err);
    CHECK(t, n_rows == 3 && rows[0] == 1 && rows[1] == 2 && rows[2] == 4);
    CHECK_OK(t, frame_where(t->arena, frame, STR(""), &rows, &n_rows, &err), err);
    CHECK_INT(t, n_rows, 5);
    CHECK_OK(t, frame_where(t->arena, frame_new(t->arena, STR("none")), STR("1 = 1"), &rows, &n_rows, &err),
             err);
    CHECK_INT(t, n_rows, 0);
}

static void a_computed_column_is_numbers_or_texts(Test *t)
{
    Error err = {0};
    Column column;
    Frame *frame = children(t);
    CHECK_OK(t, frame_compute(t->arena, frame, STR("SCORE * 2 + AGE"), &column, &err), err);
    CHECK_INT(t, column.type, COLUMN_NUMBER);
    CHECK_NEAR(t, column.numbers[0], 126.6, 1e-15);
    CHECK(t, column.missing[0] == MISSING_NOT && column.missing[4] == MISSING_UNSTATED);
    CHECK_OK(t, frame_compute(t->arena, frame, STR("SEX || '/' || GMFCS"), &column, &err), err);
    CHECK_INT(t, column.type, COLUMN_TEXT);
    CHECK_TEXT(t, column.texts[2], "M/III");
    CHECK(t, column.missing[3] == MISSING_UNSTATED);
    CHECK_OK(t, frame_compute(t->arena, frame, STR("NULL"), &column, &err), err);
    CHECK_INT(t, column.type, COLUMN_NUMBER);
    CHECK(t, !frame_compute(t->arena, frame, STR("iif(AGE > 5, AGE, SEX)"), &column, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "a number in row 3 and a text in row 1");
    CHECK(t, !frame_compute(t->arena, frame, STR("exp(AGE * 100)"), &column, &err));
    CHECK_ERROR(t, err, ERROR_DEGENERATE, "beyond the largest number in row 3");
    CHECK(t, !frame_compute(t->arena, frame, STR(""), &column, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "an empty expression has no value");
    CHECK(t, !frame_compute(t->arena, frame, STR("max(SCORE)"), &column, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "wrong number of arguments to \"max\"");
    CHECK_ERROR(t, err, ERROR_MALFORMED, "Write max(x, y, ...).");
}

static void a_check_lists_the_names_that_are_used(Test *t)
{
    Error err = {0};
    Str *used;
    size_t n_used;
    const Str NAMES[] = {STR("AGE"), STR("SEX"), STR("age"), STR("ODD \"NAME\"")};
    CHECK_OK(t,
             condition_check(t->arena, STR("\"odd \"\"name\"\"\" > 1 AND Age > 2 OR AGE < 1"), NAMES, 4,
                             &used, &n_used, &err),
             err);
    CHECK_INT(t, n_used, 2);
    CHECK_TEXT(t, used[0], "ODD \"NAME\"");
    CHECK_TEXT(t, used[1], "AGE");
    CHECK_OK(t, condition_check(t->arena, STR(" "), NAMES, 4, &used, &n_used, &err), err);
    CHECK_INT(t, n_used, 0);
}

static void one_compilation_serves_many_frames(Test *t)
{
    Error err = {0};
    ConditionEngine *engine;
    Condition *adult, *boy, *all;
    signed char verdict;
    Frame *frame = children(t), *other = frame_new(t->arena, STR("other"));
    if (!CHECK_OK(t, condition_engine_open(t->arena, &engine, &err), err)) return;
    CHECK_OK(t, condition_compile(engine, STR("AGE >= 6"), frame, &adult, &err), err);
    CHECK(t, !condition_compile(engine, STR("AGE >= >"), frame, &boy, &err));
    CHECK_OK(t, condition_compile(engine, STR("SEX = 'M'"), frame, &boy, &err), err);
    CHECK_OK(t, condition_compile(engine, STR(""), frame, &all, &err), err);
    CHECK_OK(t, condition_verdict(adult, frame, 3, &verdict, &err), err);
    CHECK_INT(t, verdict, 1);
    CHECK_OK(t, condition_verdict(boy, frame, 3, &verdict, &err), err);
    CHECK_INT(t, verdict, 0);
    CHECK_OK(t, condition_verdict(boy, frame, 4, &verdict, &err), err);
    CHECK_INT(t, verdict, -1);
    CHECK_OK(t, condition_verdict(all, frame, 4, &verdict, &err), err);
    CHECK_INT(t, verdict, 1);
    CHECK_TEXT(t, condition_text(boy), "SEX = 'M'");
    CHECK(t, !condition_verdict(adult, other, 0, &verdict, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "\"other\" has no column \"AGE\"");
    frame_add_column(other, STR("AGE"), COLUMN_TEXT);
    CHECK(t, !condition_verdict(adult, other, 0, &verdict, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "holds texts, the condition was made for numbers");
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void a_long_frame_agrees_with_plain_c(Test *t)
{
    Error err = {0};
    size_t *rows, n_rows, n_wanted = 0;
    Frame *frame = frame_new(t->arena, STR("long"));
    frame_add_column(frame, STR("PARAMCD"), COLUMN_TEXT);
    frame_add_column(frame, STR("AVAL"), COLUMN_NUMBER);
    for (size_t i = 0; i < 100000; i++) {
        frame_add_row(frame);
        frame_set_text(frame, i, 0, i % 3 ? STR("GMFM66") : STR("GMFM88"));
        if (i % 7) frame_set_number(frame, i, 1, (double)(i % 101));
        n_wanted += i % 3 != 0 && i % 7 && i % 101 >= 50;
    }
    double start = seconds_now();
    CHECK_OK(t, frame_where(t->arena, frame, STR("PARAMCD = 'GMFM66' AND AVAL >= 50"), &rows, &n_rows, &err),
             err);
    double spent = seconds_now() - start;
    CHECK_INT(t, n_rows, n_wanted);
    CHECK(t, spent < 2.0); /* 0.02 s; the bound forgives sanitizers */
    if (getenv("EQUIPOISE_TIMING")) fprintf(stderr, "    100,000 rows: %.1f ms\n", 1e3 * spent);
}

static void a_name_without_text_is_listed_as_nothing(Test *t)
{
    const Str names[] = {STR("AGE"), {NULL, 0}};             /* an item that the protocol left nameless */
    Error err = {0};
    Str *used;
    size_t n_used;
    CHECK(t, !condition_check(t->arena, STR("WEIGHT > 3"), names, 2, &used, &n_used, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "The columns are: AGE, .");
}

static const TestCase CASES[] = {
    {"a name without text is listed as nothing", a_name_without_text_is_listed_as_nothing},
    {"a missing cell makes the answer unknown", a_missing_cell_makes_the_answer_unknown},
    {"texts compare by bytes and names without case", texts_compare_by_bytes_and_names_without_case},
    {"numbers are real and texts convert like columns", numbers_are_real_and_texts_convert_like_columns},
    {"a column called END is told from the word", a_column_called_end_is_told_from_the_word},
    {"dates count in days, months and years", dates_count_in_days_months_and_years},
    {"every function of the table can be called", every_function_of_the_table_can_be_called},
    {"a name that is not there is answered with the nearest",
     a_name_that_is_not_there_is_answered_with_the_nearest},
    {"whatever is not one expression is refused", whatever_is_not_one_expression_is_refused},
    {"SQLite refuses what the scan would", sqlite_refuses_what_the_scan_would},
    {"a condition has bounds", a_condition_has_bounds},
    {"a text is no verdict", a_text_is_no_verdict},
    {"a word of SQL as a column wants quotes", a_word_of_sql_as_a_column_wants_quotes},
    {"where gives the rows in order", where_gives_the_rows_in_order},
    {"a computed column is numbers or texts", a_computed_column_is_numbers_or_texts},
    {"a check lists the names that are used", a_check_lists_the_names_that_are_used},
    {"one compilation serves many frames", one_compilation_serves_many_frames},
    {"a long frame agrees with plain C", a_long_frame_agrees_with_plain_c},
};
TEST_SUITE(condition, CASES);
