#include "protocol/problem.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/map.h"

ProblemList problems_new(Arena *arena) { return (ProblemList){.arena = arena}; }

static Problem *push(ProblemList *problems, Problem problem)
{
    ARENA_PUSH_ROOM(problems->arena, problems->items, problems->n, problems->capacity);
    problems->count[problem.severity]++;
    problems->items[problems->n] = problem;
    return &problems->items[problems->n++];
}

Problem *problem_add(ProblemList *problems, ProblemSeverity severity, const char *code, const Yaml *at,
                     const char *format, ...)
{
    Buf message = buf_new(problems->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&message, format, args);
    va_end(args);
    return push(problems, (Problem){.severity = severity,
                                    .code = code,
                                    .line = at ? at->line : 0,
                                    .column = at ? at->column : 0,
                                    .message = buf_str(&message)});
}

/* The line and column of a place that yaml.h wrote, "line 3, column 7", whatever was put before it. */
static void read_place(const char *place, size_t *line, size_t *column)
{
    Str before, after;
    if (!str_cut(str_from(place), STR("line "), &before, &after)) return;
    *line = strtoul(after.data, NULL, 10);
    if (str_cut(after, STR("column "), &before, &after)) *column = strtoul(after.data, NULL, 10);
}

void problem_add_error(ProblemList *problems, const char *code, const Yaml *at, const Error *err)
{
    Problem *problem = problem_add(problems, PROBLEM_ERROR, code, at, "%s", err->message);
    if (!at) read_place(err->place, &problem->line, &problem->column);
    problem->fix = str_copy(problems->arena, str_from(err->hint));
}

static int compare(const void *left, const void *right)
{
    const Problem *a = left, *b = right;
    if (a->severity != b->severity) return a->severity < b->severity ? -1 : 1;
    if (a->line != b->line) return a->line - 1 < b->line - 1 ? -1 : 1;    /* line 0, no place, comes last */
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    int by_code = str_compare(str_from(a->code), str_from(b->code));
    return by_code ? by_code : str_compare(a->message, b->message);
}

void problems_sort(ProblemList *problems)
{
    if (problems->n) qsort(problems->items, problems->n, sizeof *problems->items, compare);
}

static const char *const WORDS[] = {
#define X(name, word, meaning) [PROBLEM_##name] = word,
    PROBLEM_SEVERITIES(X)
#undef X
};

const char *problem_severity_word(ProblemSeverity severity) { return WORDS[severity]; }

static Str line_of(Str source, size_t line)
{
    Str found = {"", 0};
    for (size_t i = 0; i < line; i++)
        if (!str_cut(source, STR("\n"), &found, &source)) {
            found = source;
            source = STR("");
        }
    return found;
}

static void write_excerpt(const Problem *problem, Str source, Buf *buf)
{
    if (!source.len || !problem->line) return;
    Str line = line_of(source, problem->line);
    if (line.len > 160 || !str_is_utf8(line, NULL))
        line.len = 0; /* a caret under a wrapped line helps nobody */
    if (!line.len) return;
    buf_format(buf, "  %5zu | " STR_FMT "\n", problem->line, STR_ARG(line));
    if (!problem->column) return;
    buf_add_c(buf, "        | ");
    buf_pad(buf, ' ', problem->column - 1);
    buf_add_c(buf, "^\n");
}

/* Paragraph of words, wrapped, under a label. */
static void write_paragraph(const char *label, Str text, Buf *buf)
{
    enum { WIDTH = 100, INDENT = 10 };
    if (!text.len) return;
    buf_format(buf, "  %-8s", label);
    size_t column = INDENT;
    for (Str word, rest = text; rest.len; column += str_width(word) + 1) {
        if (!str_cut(rest, STR(" "), &word, &rest)) {
            word = rest;
            rest = STR("");
        }
        if (column > INDENT && column + str_width(word) > WIDTH) {
            buf_char(buf, '\n');
            buf_pad(buf, ' ', INDENT);
            column = INDENT;
        } else if (column > INDENT) {
            buf_char(buf, ' ');
        }
        buf_add(buf, word);
    }
    buf_char(buf, '\n');
}

/* `first` is the first problem of the code: what it says is not said again. */
static void write_problem(const Problem *problem, const Problem *first, Str name, Str source, Buf *buf)
{
    buf_add(buf, name);
    if (problem->line) buf_format(buf, ":%zu", problem->line);
    if (problem->column) buf_format(buf, ":%zu", problem->column);
    buf_format(buf, ": %s: " STR_FMT " [%s]\n", WORDS[problem->severity], STR_ARG(problem->message),
               problem->code);
    write_excerpt(problem, source, buf);
    if (problem == first || !str_equal(problem->reason, first->reason))
        write_paragraph("why", problem->reason, buf);
    if (problem == first || !str_equal(problem->fix, first->fix)) write_paragraph("mend", problem->fix, buf);
    buf_char(buf, '\n');
}

static void write_count(size_t n, const char *one, const char *many, const char *end, Buf *buf)
{
    buf_format(buf, "%zu %s%s", n, n == 1 ? one : many, end);
}

void problems_write_text(const ProblemList *problems, Str name, Str source, Buf *buf)
{
    Map codes = map_new(problems->arena);
    for (size_t i = 0; i < problems->n; i++) {
        bool is_new;
        MapEntry *first = map_put(&codes, str_from(problems->items[i].code), &is_new);
        if (is_new) first->index = i;
        write_problem(&problems->items[i], &problems->items[first->index], name, source, buf);
    }
    buf_format(buf, STR_FMT ": ", STR_ARG(name));
    write_count(problems->count[PROBLEM_ERROR], "error", "errors", ", ", buf);
    write_count(problems->count[PROBLEM_HONESTY], "honesty warning", "honesty warnings", ", ", buf);
    write_count(problems->count[PROBLEM_NOTE], "note", "notes", "\n", buf);
}

void problems_write_json(const ProblemList *problems, Str name, Buf *buf)
{
    JsonWriter json = json_writer(buf, 2);
    json_begin_object(&json);
    json_member_text(&json, "file", name);
    json_member_integer(&json, "errors", (int64_t)problems->count[PROBLEM_ERROR]);
    json_member_integer(&json, "honesty", (int64_t)problems->count[PROBLEM_HONESTY]);
    json_member_integer(&json, "notes", (int64_t)problems->count[PROBLEM_NOTE]);
    json_key(&json, STR("problems"));
    json_begin_array(&json);
    for (size_t i = 0; i < problems->n; i++) {
        const Problem *problem = &problems->items[i];
        json_begin_object(&json);
        json_member_text(&json, "severity", str_from(WORDS[problem->severity]));
        json_member_text(&json, "code", str_from(problem->code));
        json_member_integer(&json, "line", (int64_t)problem->line);
        json_member_integer(&json, "column", (int64_t)problem->column);
        json_member_text(&json, "message", problem->message);
        json_member_text(&json, "reason", problem->reason);
        json_member_text(&json, "fix", problem->fix);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    buf_char(buf, '\n');
}
