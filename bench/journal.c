/* How fast a trial file takes values in and gives them back: 1,000,000 values of an 88-item form (or as many as the
 * first argument says), imported in one transaction, replayed, verified. Prints a table. */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "trial/datasets.h"
#include "trial/import.h"

#define N_ITEMS 88
#define N_VISITS 10

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static Str protocol_text(Arena *arena)
{
    Buf buf = buf_new(arena);
    buf_add_c(
        &buf,
        "equipoise: 1\n"
        "trial: {id: BENCH, title: Bench, short_title: Bench, phase: 2, design: single-arm, blinding: "
        "open-label,\n"
        "  sponsor: Nobody, planned_subjects: 10, sample_size_reason: a bench, language: en}\n"
        "arms: [{id: A, title: A, kind: experimental}]\n"
        "sites: [{id: ONE, title: One, country: VN, language: vi}]\n"
        "forms:\n"
        "  - {id: screening, title: S, repeats: subject, items: [{id: BIRTH, label: Birth, type: date}]}\n"
        "  - {id: gmfm, title: G, items: [{id: G01..G88, label: \"Item {n}\", type: integer, range: [0, "
        "3]}]}\n"
        "eligibility: {form: screening, inclusion: [{id: I1, text: Any age, condition: AGE >= 0}]}\n"
        "consent: {versions: [{id: \"1\", title: one, date: 2015-01-01, languages: [vi]}]}\nvisits:\n");
    for (int v = 0; v < N_VISITS; v++)
        buf_format(
            &buf,
            "  - {id: V%d, title: Visit %d, kind: assessment, day: %d, window: {before: 9, after: 9}}\n", v,
            v, 30 * v);
    buf_add_c(&buf, "schedule: {gmfm: [");
    for (int v = 0; v < N_VISITS; v++) buf_format(&buf, "%sV%d", v ? ", " : "", v);
    buf_add_c(&buf, "]}\n");
    return buf_str(&buf);
}

static Str gmfm_file(Arena *arena, long n_subjects)
{
    Buf buf = buf_new(arena);
    uint32_t state = 1;
    buf_add_c(&buf, "SUBJID,VISIT,DATE");
    for (int i = 1; i <= N_ITEMS; i++) buf_format(&buf, ",G%02d", i);
    buf_char(&buf, '\n');
    for (long s = 0; s < n_subjects; s++)
        for (int v = 0; v < N_VISITS; v++) {
            buf_format(&buf, "S-%05ld,V%d,2016-02-%02d", s, v, v + 1);
            for (int i = 0; i < N_ITEMS; i++) {
                state = state * 1664525u + 1013904223u;
                buf_char(&buf, ',');
                buf_char(&buf, (char)('0' + (state >> 30)));
            }
            buf_char(&buf, '\n');
        }
    return buf_str(&buf);
}

/* screening.csv, consent.csv, enrolment.csv of the same subjects. */
static Str subject_file(Arena *arena, long n_subjects, const char *header, const char *rest)
{
    Buf buf = buf_new(arena);
    buf_format(&buf, "%s\n", header);
    for (long s = 0; s < n_subjects; s++) buf_format(&buf, "S-%05ld,%s\n", s, rest);
    return buf_str(&buf);
}

static int fail(const Error *err)
{
    fprintf(stderr, "%s: %s\n", err->place, err->message);
    return 1;
}

static void say(const char *what, double seconds, double n, const char *of)
{
    printf("%-34s %8.2f s  %12.0f %s/s\n", what, seconds, n / seconds, of);
}

int main(int argc, char **argv)
{
    long n_values = argc > 1 ? atol(argv[1]) : 1000000, n_subjects = n_values / (N_ITEMS * N_VISITS);
    Arena *arena = arena_new();
    Error err = {0};
    Trial *trial;
    ImportReport report;
    TrialVerdict verdict;
    Datasets datasets;
    int64_t n_entries;
    char folder[] = "/tmp/equipoise-bench-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    Str path = str_format(arena, "%s/bench.trial", folder);
    Actor actor = {.user = STR("admin"), .at = INT64_C(1456820130250)};
    NewTrial request = {.path = path, .protocol = protocol_text(arena), .user = STR("admin")};
    ImportFile subjects[] = {
        {.name = STR("screening.csv"),
         .content =
             subject_file(arena, n_subjects, "SUBJID,SITE,SCREENED,BIRTH", "ONE,2016-01-10,2010-05-04")},
        {.name = STR("consent.csv"),
         .content = subject_file(arena, n_subjects, "SUBJID,DATE,VERSION,LANGUAGE", "2016-01-10,1,vi")},
        {.name = STR("enrolment.csv"),
         .content = subject_file(arena, n_subjects, "SUBJID,DATE", "2016-01-11")},
    };
    ImportFile gmfm = {.name = STR("gmfm.csv"), .content = gmfm_file(arena, n_subjects)};
    double n = (double)(n_subjects * N_VISITS * N_ITEMS), start = now();
    if (!trial_create(arena, &request, &actor, &trial, &err) ||
        !trial_import(trial, arena, &actor, subjects, 3, false, &report, &err))
        return fail(&err);
    say("screen, consent, enrol", now() - start, 3 * (double)n_subjects, "acts");
    start = now();
    if (!trial_import(trial, arena, &actor, &gmfm, 1, false, &report, &err)) return fail(&err);
    say("import (parse, check, hash, store)", now() - start, n, "values");
    start = now();
    if (!trial_import(trial, arena, &actor, &gmfm, 1, false, &report, &err)) return fail(&err);
    say("import again (nothing new)", now() - start, n, "values");
    start = now();
    if (!trial_rebuild(trial, &n_entries, &err)) return fail(&err);
    say("rebuild (replay)", now() - start, n, "values");
    start = now();
    if (!trial_verify(trial, arena, STR(""), &verdict, &err)) return fail(&err);
    say(verdict.sound ? "verify (sound)" : "verify (NOT SOUND)", now() - start, n, "values");
    start = now();
    if (!datasets_build(trial, arena, &datasets, &err)) return fail(&err);
    say("frames for a report", now() - start, n, "values");
    trial_close(trial);
    struct stat status;
    if (stat(path.data, &status) == 0)
        printf("%-34s %8.1f MB %11.1f bytes/value, %" PRId64 " journal entries\n", "file",
               (double)status.st_size / 1e6, (double)status.st_size / n, n_entries);
    unlink(path.data);
    rmdir(folder);
    arena_free(arena);
    return 0;
}
