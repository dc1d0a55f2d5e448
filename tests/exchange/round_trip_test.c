/* Real files through every pair of formats: what comes out is what went in, but for what docs/formats.md says is lost. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "exchange/table.h"
#include "test.h"

/* What a format keeps, beside names and values: the table of docs/formats.md. */
typedef struct {
    const char *word;
    bool labels, types, lengths, oids, informats, special_missing, beyond_ascii, long_names;
} Keeps;

static const Keeps KEEPS[] = {
    {"xpt",          true,  true,  true,  false, true,  true,  false, false},
    {"xpt8",         true,  true,  true,  false, true,  true,  true,  true},
    {"dataset-json", true,  true,  true,  true,  false, false, true,  true},
    {"ndjson",       true,  true,  true,  true,  false, false, true,  true},
    {"dsjc",         true,  true,  true,  true,  false, false, true,  true},
    {"csv",          false, false, false, false, false, true,  true,  true},
    {"xlsx",         true,  true,  true,  true,  true,  true,  true,  true},
};
enum { N = sizeof KEEPS / sizeof KEEPS[0] };

static Keeps both(const Keeps *a, const Keeps *b)
{
    return (Keeps){NULL, a->labels && b->labels, a->types && b->types, a->lengths && b->lengths, a->oids && b->oids, a->informats && b->informats,
                   a->special_missing && b->special_missing, a->beyond_ascii && b->beyond_ascii, a->long_names && b->long_names};
}

static bool convert(Str from, Str to, const char *word, Error *err)
{
    Arena *arena = arena_new();
    TableReader *reader;
    TableWriter *writer;
    TableSurvey *surveys;
    const TableMember *member;
    const TableCell *cells;
    size_t n;
    TableChoices choices = {.created = STR("2026-01-01T12:00:00")};
    bool ok = table_survey(arena, from, &surveys, &n, err) && table_open(arena, from, &reader, err)
              && table_create(arena, to, table_format_named(str_from(word)), &choices, &writer, err) && table_next_member(reader, &member, err);
    if (ok) {
        TableMember known = *member;
        known.n_rows = surveys[0].n_rows;
        known.variables = arena_copy(arena, member->variables, member->n_variables * sizeof(TableVariable));
        for (size_t i = 0; i < known.n_variables; i++)
            if (known.variables[i].length < surveys[0].longest[i]) known.variables[i].length = surveys[0].longest[i];
        ok = table_begin(writer, &known, err);
    }
    while (ok && (ok = table_next_row(reader, &cells, err)) && cells) ok = table_write(writer, cells, err);
    ok = ok && table_finish(writer, err);
    arena_free(arena);
    return ok;
}

static bool same_value(const TableVariable *a, const TableCell *x, const TableVariable *b, const TableCell *y, const Keeps *keeps)
{
    double number;
    if (x->missing || y->missing) return keeps->special_missing ? x->missing == y->missing : (x->missing != 0) == (y->missing != 0);
    if (table_is_number(a) == table_is_number(b)) return table_is_number(a) ? x->number == y->number : str_equal(x->text, y->text);
    const TableCell *text = table_is_number(a) ? y : x, *value = table_is_number(a) ? x : y;
    return !keeps->types && number_parse(str_trim(text->text), &number) && number == value->number;
}

static bool same_variable(const TableVariable *a, const TableVariable *b, const Keeps *keeps)
{
    return str_equal(a->name, b->name) && (!keeps->labels || (str_equal(a->label, b->label) && str_equal(a->format, b->format)))
           && (!keeps->oids || ((a->oid.len == 0 || str_equal(a->oid, b->oid)) && a->key == b->key)) && (!keeps->informats || str_equal(a->informat, b->informat));
}

/* How many cells, and how much of the description, differ. */
static size_t n_differences(Test *t, Str one, Str other, const Keeps *keeps)
{
    Arena *arena = arena_new();
    TableReader *readers[2];
    const TableMember *members[2];
    const TableCell *cells[2] = {NULL, NULL};
    size_t n = 0;
    Error err = {0};
    bool ok = table_open(arena, one, &readers[0], &err) && table_open(arena, other, &readers[1], &err)
              && table_next_member(readers[0], &members[0], &err) && table_next_member(readers[1], &members[1], &err);
    if (!CHECK_OK(t, ok, err) || !CHECK_INT(t, members[1]->n_variables, members[0]->n_variables)) return SIZE_MAX;
    for (size_t v = 0; v < members[0]->n_variables; v++) n += !same_variable(&members[0]->variables[v], &members[1]->variables[v], keeps);
    n += keeps->labels && !str_equal(members[0]->label, members[1]->label);
    do {
        ok = table_next_row(readers[0], &cells[0], &err) && table_next_row(readers[1], &cells[1], &err);
        if (!CHECK_OK(t, ok, err)) return SIZE_MAX;
        for (size_t v = 0; cells[0] && cells[1] && v < members[0]->n_variables; v++)
            n += !same_value(&members[0]->variables[v], &cells[0][v], &members[1]->variables[v], &cells[1][v], keeps);
    } while (cells[0] && cells[1]);
    n += cells[0] || cells[1];
    arena_free(arena);
    return n;
}

typedef struct {
    const char *path, *refusal;       /* refusal: what version 5 says of it; NULL when it takes it */
} Original;

static void through_every_pair(Test *t, const Original *original)
{
    Str path = test_data(t, original->path);
    if (path.len == 0) return;
    for (size_t a = 0; a < N; a++) {
        Str first = test_scratch(t, strcmp(KEEPS[a].word, "csv") == 0 ? "FIRST.csv" : "FIRST");      /* CSV is known by its name */
        for (size_t b = 0; b < N; b++) {
            Error err = {0};
            Str second = test_scratch(t, strcmp(KEEPS[b].word, "csv") == 0 ? "SECOND.csv" : "SECOND");
            Keeps keeps = both(&KEEPS[a], &KEEPS[b]);
            bool ok = (b || convert(path, first, KEEPS[a].word, &err)) && (a == 0 && original->refusal ? false : convert(first, second, KEEPS[b].word, &err));
            if (original->refusal && !keeps.beyond_ascii) {
                if (CHECK(t, !ok) && err.code) CHECK_ERROR(t, err, ERROR_INCONSISTENT, original->refusal);
                continue;
            }
            if (!ok && strcmp(KEEPS[a].word, "csv") == 0 && strstr(err.message, "a missing text (._) has no place")) continue;      /* numbers of 17 digits are texts in CSV */
            if (!CHECK_OK(t, ok, err)) continue;
            size_t n = n_differences(t, path, second, &keeps);
            if (n) CHECK_TEXT(t, str_format(t->arena, "%s -> %s -> %s: %zu differ", original->path, KEEPS[a].word, KEEPS[b].word, n), "the same again");
        }
    }
}

static void a_data_set_of_sas_with_dates(Test *t) { through_every_pair(t, &(Original){"cdiscpilot01/adam/adsl.xpt", NULL}); }

static void a_dataset_json_with_other_letters(Test *t)
{
    through_every_pair(t, &(Original){"standards/dataset-json-1.1/examples/i18n/ae.json", "is not ASCII"});
}

static void a_csv_of_redcap_with_long_names(Test *t) { through_every_pair(t, &(Original){"standards/redcap/clinical-trial-1/data.csv", "bytes"}); }

static void special_missing_values_and_numbers_at_the_edge(Test *t) { through_every_pair(t, &(Original){"standards/xpt/edge_v5.xpt", "is not ASCII"}); }

/* haven (ReadStat) reads what we write, in both versions, as it reads the original. */
static void r_reads_what_we_write(Test *t)
{
    static const char SCRIPT[] = "if (!requireNamespace('haven', quietly = TRUE)) quit(status = 77); a <- commandArgs(TRUE); one <- haven::read_xpt(a[1]); "
                                 "quit(status = if (isTRUE(all.equal(one, haven::read_xpt(a[2]), tolerance = 0)) && isTRUE(all.equal(one, haven::read_xpt(a[3]), tolerance = 0))) 0 else 1)";
    static const char *const FILES[] = {"cdiscpilot01/adam/adsl.xpt", "cdiscpilot01/sdtm/ae.xpt", "cdiscpilot01/adam/adtte.xpt"};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        Str path = test_data(t, FILES[i]), script = test_scratch(t, "haven.R"), five = test_scratch(t, "five.xpt"), eight = test_scratch(t, "eight.xpt");
        Error err = {0};
        if (path.len == 0) return;
        bool ok = file_write(t->arena, script, str_from(SCRIPT), &err) && convert(path, five, "xpt", &err) && convert(path, eight, "xpt8", &err);
        if (!CHECK_OK(t, ok, err)) return;
        int status = system(str_format(t->arena, "Rscript --vanilla '" STR_FMT "' '" STR_FMT "' '" STR_FMT "' '" STR_FMT "' >/dev/null 2>&1", STR_ARG(script), STR_ARG(path), STR_ARG(five), STR_ARG(eight)).data);
        if (status != 0 && status != 256) {      /* no R, or no haven */
            test_skip(t, "R with the package haven is not installed");
            return;
        }
        CHECK_INT(t, status, 0);
    }
}

static const TestCase CASES[] = {
    {"a data set of SAS with dates goes through every pair of formats", a_data_set_of_sas_with_dates},
    {"a Dataset-JSON with other letters does", a_dataset_json_with_other_letters},
    {"a CSV of REDCap with long names does", a_csv_of_redcap_with_long_names},
    {"special missing values and numbers at the edge do", special_missing_values_and_numbers_at_the_edge},
    {"R reads what we write", r_reads_what_we_write},
};
TEST_SUITE_SLOW(round_trip, CASES);
