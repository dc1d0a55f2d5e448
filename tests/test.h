/* The test harness. A suite is one file: a list of named cases whose names are sentences. One runner lists all
 * suites, runs any by name and ends with "N passed, N failed". */
#ifndef TEST_H
#define TEST_H

#include "base/json.h"
#include "base/text.h"

typedef struct Test {
    Arena *arena;                     /* freed after the case */
    const char *suite, *name;
    int failures;
    const char *skipped;              /* why, when test_skip was called */
} Test;

typedef struct {
    const char *name;                 /* a sentence: "a quantile inverts its distribution" */
    void (*run)(Test *t);
} TestCase;

typedef struct {
    const char *name;                 /* the module under test */
    bool slow;                        /* run by `make test` and by --slow, not by a plain run */
    size_t n;
    const TestCase *cases;
} TestSuite;

/* At the end of a test file: TEST_SUITE(text, CASES) defines the suite that suites.h names. */
#define TEST_SUITE(module, case_array)                                                                        \
    const TestSuite suite_##module;                                                                           \
    const TestSuite suite_##module = {#module, false, sizeof(case_array) / sizeof((case_array)[0]), (case_array)}
#define TEST_SUITE_SLOW(module, case_array)                                                                   \
    const TestSuite suite_##module;                                                                           \
    const TestSuite suite_##module = {#module, true, sizeof(case_array) / sizeof((case_array)[0]), (case_array)}

/* A check that fails is reported with its place and counted; the case goes on. Each returns whether it held. */
#define CHECK(t, condition)                  test_check((t), (condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(t, got, want)             test_check_text((t), (got), str_from(want), #got, __FILE__, __LINE__)
#define CHECK_NEAR(t, got, want, relative)   test_check_near((t), (got), (want), (relative), #got, __FILE__, __LINE__)
#define CHECK_INT(t, got, want)              test_check_int((t), (long long)(got), (long long)(want), #got, __FILE__, __LINE__)
/* The error has this code and its message, place or hint holds `part`. */
#define CHECK_ERROR(t, err, error_code, part) test_check_error((t), &(err), (error_code), (part), __FILE__, __LINE__)
/* The call succeeded; prints the error when not. */
#define CHECK_OK(t, call, err)               test_check_ok((t), (call), &(err), #call, __FILE__, __LINE__)

bool test_check(Test *t, bool held, const char *what, const char *file, int line);
bool test_check_text(Test *t, Str got, Str want, const char *what, const char *file, int line);
/* |got - want| <= relative * max(|want|, 1e-300), or both NaN */
bool test_check_near(Test *t, double got, double want, double relative, const char *what, const char *file, int line);
bool test_check_int(Test *t, long long got, long long want, const char *what, const char *file, int line);
bool test_check_error(Test *t, const Error *err, ErrorCode code, const char *part, const char *file, int line);
bool test_check_ok(Test *t, bool held, const Error *err, const char *what, const char *file, int line);

/* Ends up counted as skipped, with the reason printed. Return from the case afterwards. */
void test_skip(Test *t, const char *why);

/* The path of a file of the reference data (folder in EQUIPOISE_DATA, default ../shared/data beside the source
 * tree), or an empty text after skipping the case because it is absent. */
Str test_data(Test *t, const char *path);

/* The same, read and parsed. False after a skip or a failed check. */
bool test_data_json(Test *t, const char *path, Json *json);

/* A path inside the source tree, and inside a scratch folder that is emptied before each run. */
Str test_source(Test *t, const char *path);
Str test_scratch(Test *t, const char *name);

/* Path of the built program. */
Str test_program(Test *t);

#endif
