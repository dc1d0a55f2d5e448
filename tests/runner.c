/* Lists the suites, runs all or those named, and ends "N passed, N failed"; with --agreement the table of agreement with
 * reference numbers comes before. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agreement.h"
#include "base/file.h"

#define SUITE(module) extern const TestSuite suite_##module;
#include "suites.h"
#undef SUITE

static const TestSuite *const SUITES[] = {
#define SUITE(module) &suite_##module,
#include "suites.h"
#undef SUITE
};

#define DATA_MAX ((size_t)256 << 20)

static char scratch_folder[64];

bool test_check(Test *t, bool held, const char *what, const char *file, int line)
{
    if (held) return true;
    t->failures++;
    fprintf(stderr, "%s:%d: %s: %s\n    failed: %s\n", file, line, t->suite, t->name, what);
    return false;
}

bool test_check_text(Test *t, Str got, Str want, const char *what, const char *file, int line)
{
    if (test_check(t, str_equal(got, want), what, file, line)) return true;
    fprintf(stderr, "    got:    " STR_FMT "\n    wanted: " STR_FMT "\n", STR_ARG(got), STR_ARG(want));
    return false;
}

bool test_check_near(Test *t, double got, double want, double relative, const char *what, const char *file, int line)
{
    bool near = (isnan(got) && isnan(want)) || got == want || fabs(got - want) <= relative * fmax(fabs(want), 1e-300);
    agreement_compared(got, want, relative, near);
    if (test_check(t, near, what, file, line)) return true;
    fprintf(stderr, "    got:    %.17g\n    wanted: %.17g (relative %.1e)\n", got, want, fabs(got - want) / fabs(want));
    return false;
}

bool test_check_int(Test *t, long long got, long long want, const char *what, const char *file, int line)
{
    agreement_compared((double)got, (double)want, 0, got == want);
    if (test_check(t, got == want, what, file, line)) return true;
    fprintf(stderr, "    got:    %lld\n    wanted: %lld\n", got, want);
    return false;
}

static void print_error(const Error *err)
{
    fprintf(stderr, "    error:  %s: %s\n    place:  %s\n    hint:   %s\n", error_name(err->code), err->message, err->place, err->hint);
}

bool test_check_error(Test *t, const Error *err, ErrorCode code, const char *part, const char *file, int line)
{
    bool held = err->code == code && (strstr(err->message, part) || strstr(err->place, part) || strstr(err->hint, part));
    if (test_check(t, held, part, file, line)) return true;
    fprintf(stderr, "    wanted: %s\n", error_name(code));
    print_error(err);
    return false;
}

bool test_check_ok(Test *t, bool held, const Error *err, const char *what, const char *file, int line)
{
    if (test_check(t, held, what, file, line)) return true;
    print_error(err);
    return false;
}

void test_skip(Test *t, const char *why) { t->skipped = str_c(t->arena, str_from(why)); }

Str test_source(Test *t, const char *path)
{
    const char *root = getenv("EQUIPOISE_SOURCE");
    return file_join(t->arena, str_from(root ? root : SOURCE_ROOT), str_from(path));
}

Str test_data(Test *t, const char *path)
{
    const char *folder = getenv("EQUIPOISE_DATA");
    Str root = folder ? str_from(folder) : test_source(t, "../shared/data");
    Str full = file_join(t->arena, root, str_from(path));
    if (file_exists(t->arena, full)) return full;
    test_skip(t, str_format(t->arena, "no reference data \"%s\"", path).data);
    return STR("");
}

bool test_data_json(Test *t, const char *path, Json *json)
{
    Str full = test_data(t, path), content;
    Error err = {0};
    if (full.len == 0) return false;
    return CHECK_OK(t, file_read(t->arena, full, DATA_MAX, &content, &err) && json_parse(t->arena, content, json, &err), err);
}

Str test_scratch(Test *t, const char *name)
{
    if (!scratch_folder[0]) {
        snprintf(scratch_folder, sizeof scratch_folder, "/tmp/equipoise-tests-XXXXXX");
        if (!mkdtemp(scratch_folder)) abort();
    }
    return file_join(t->arena, str_from(scratch_folder), str_from(name));
}

Str test_program(Test *t)
{
    const char *program = getenv("EQUIPOISE_PROGRAM");
    return str_copy(t->arena, str_from(program ? program : PROGRAM_PATH));
}

static void remove_scratch(void)
{
    char command[128];
    if (!scratch_folder[0]) return;
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_folder);
    if (system(command) != 0) fprintf(stderr, "could not empty %s\n", scratch_folder);
}

static bool is_wanted(const TestSuite *suite, int argc, char **argv)
{
    bool named = false, slow = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--slow") == 0) slow = true;
        else if (strcmp(argv[i], "--agreement") == 0) continue;
        else if (named = true, strcmp(argv[i], suite->name) == 0) return true;
    }
    return !named && (slow || !suite->slow);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    size_t n_suites = sizeof SUITES / sizeof SUITES[0];
    int passed = 0, failed = 0, skipped = 0;
    bool agreement = false;
    for (int i = 1; i < argc; i++) agreement |= strcmp(argv[i], "--agreement") == 0;
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t s = 0; s < n_suites; s++) printf("%s%s\n", SUITES[s]->name, SUITES[s]->slow ? " (slow)" : "");
        return 0;
    }
    for (size_t s = 0; s < n_suites; s++) {
        if (!is_wanted(SUITES[s], argc, argv)) continue;
        double start = seconds_now();
        for (size_t c = 0; c < SUITES[s]->n; c++) {
            Test t = {.arena = arena_new(), .suite = SUITES[s]->name, .name = SUITES[s]->cases[c].name};
            SUITES[s]->cases[c].run(&t);
            agreement_case_end(&t);
            if (t.failures) failed++;
            else if (t.skipped) skipped++, printf("skipped: %s: %s (%s)\n", t.suite, t.name, t.skipped);
            else passed++;
            arena_free(t.arena);
        }
        if (isatty(1)) printf("%-28s %6.2f s\n", SUITES[s]->name, seconds_now() - start);
    }
    remove_scratch();
    if (agreement) agreement_print();
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed != 0;
}
