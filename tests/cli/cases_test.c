/* Command-line cases: each file of tests/cli/cases is one. Its first line is its name; then come sections that begin
 * with "--- ":
 *   --- file NAME       content of a file in the working folder
 *   --- run             shell lines; $EQUIPOISE is the program, $SOURCE the source tree
 *   --- status          the exit status wanted (0 when the section is absent)
 *   --- stdout          the whole output wanted
 *   --- stdout has      lines that must each stand somewhere in it (also: stdout lacks, stderr has) */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "test.h"

#define MAX_CASE ((size_t)1 << 20)
#define MAX_OUTPUT ((size_t)64 << 20)

typedef struct {
    Str name, script, out, err;
    Str folder;
    int status;
} Case;

static void fail_case(Test *t, const Case *this, const char *what, Str wanted, Str got)
{
    test_check(t, false, str_format(t->arena, STR_FMT ": %s", STR_ARG(this->name), what).data, __FILE__, __LINE__);
    fprintf(stderr, "    wanted: " STR_FMT "\n    got:    %.*s\n", STR_ARG(wanted), (int)(got.len > 1500 ? 1500 : got.len), got.data);
}

/* The next section's head and content; false at the end. */
static bool next_section(Str *rest, Str *head, Str *content)
{
    Str line;
    if (!str_starts(*rest, STR("--- ")) || !str_cut(*rest, STR("\n"), &line, rest)) return false;
    *head = str_slice(line, 4, line.len);
    Str before, after;
    if (str_starts(*rest, STR("--- "))) {
        *content = STR("");
    } else if (str_cut(*rest, STR("\n--- "), &before, &after)) {
        *content = str_slice(*rest, 0, before.len + 1);
        *rest = str_slice(*rest, before.len + 1, rest->len);
    } else {
        *content = *rest;
        *rest = STR("");
    }
    return true;
}

static void each_line(Test *t, const Case *this, Str lines, Str text, bool wanted, const char *what)
{
    while (lines.len) {
        Str line, rest = STR("");
        if (!str_cut(lines, STR("\n"), &line, &rest)) line = lines;
        lines = rest;
        if (line.len && (str_find(text, line) != SIZE_MAX) != wanted) fail_case(t, this, what, line, text);
    }
}

static void run_script(Test *t, Case *this)
{
    Error err = {0};
    Str script = file_join(t->arena, this->folder, STR("run.sh"));
    if (!CHECK_OK(t, file_write(t->arena, script, this->script, &err), err)) return;
    Str command = str_format(t->arena,
                             "cd '" STR_FMT "' && EQUIPOISE='" STR_FMT "' SOURCE='" STR_FMT "' sh -e run.sh >stdout.txt 2>stderr.txt </dev/null",
                             STR_ARG(this->folder), STR_ARG(test_program(t)), STR_ARG(test_source(t, ".")));
    int status = system(command.data);
    this->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    CHECK_OK(t, file_read(t->arena, file_join(t->arena, this->folder, STR("stdout.txt")), MAX_OUTPUT, &this->out, &err), err);
    CHECK_OK(t, file_read(t->arena, file_join(t->arena, this->folder, STR("stderr.txt")), MAX_OUTPUT, &this->err, &err), err);
}

static void run_case(Test *t, Str path)
{
    Error err = {0};
    Case this = {0};
    Str text, rest, head, content;
    int64_t status = 0;
    if (!CHECK_OK(t, file_read(t->arena, path, MAX_CASE, &text, &err), err)) return;
    if (!CHECK(t, str_cut(text, STR("\n"), &this.name, &rest))) return;
    this.folder = test_scratch(t, str_c(t->arena, file_name(path)));
    if (!CHECK_OK(t, file_make_folder(t->arena, this.folder, &err), err)) return;
    for (Str sections = rest; next_section(&sections, &head, &content);) {
        if (str_starts(head, STR("file ")))
            CHECK_OK(t, file_write(t->arena, file_join(t->arena, this.folder, str_slice(head, 5, head.len)), content, &err), err);
        if (str_equal(head, STR("run"))) this.script = content;
        if (str_equal(head, STR("status"))) CHECK(t, integer_parse(str_trim(content), &status));
    }
    run_script(t, &this);
    if (this.status != status) {
        fail_case(t, &this, "exit status", str_format(t->arena, "%d", (int)status), str_format(t->arena, "%d", this.status));
        fprintf(stderr, "    stderr: " STR_FMT "\n", STR_ARG(this.err));
    }
    while (next_section(&rest, &head, &content)) {
        if (str_equal(head, STR("stdout")) && !str_equal(content, this.out)) fail_case(t, &this, "stdout", content, this.out);
        if (str_equal(head, STR("stdout has"))) each_line(t, &this, content, this.out, true, "stdout has");
        if (str_equal(head, STR("stdout lacks"))) each_line(t, &this, content, this.out, false, "stdout lacks");
        if (str_equal(head, STR("stderr has"))) each_line(t, &this, content, this.err, true, "stderr has");
    }
}

static void the_program_answers_every_case_as_written(Test *t)
{
    const char *folder = str_c(t->arena, test_source(t, "tests/cli/cases"));
    DIR *open_folder = opendir(folder);
    int n = 0;
    if (!CHECK(t, open_folder)) return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Str name = str_copy(t->arena, str_from(entry->d_name));
        if (!str_ends(name, STR(".case"))) continue;
        run_case(t, file_join(t->arena, str_from(folder), name));
        n++;
    }
    closedir(open_folder);
    CHECK(t, n > 3);
}

static const TestCase CASES[] = {
    {"the program answers every case as written", the_program_answers_every_case_as_written},
};
TEST_SUITE(cases, CASES);
