/* The long proofs: random edits, flipped bits, backups under load, processes killed while they write. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/tamper.h"
#include "trial/datasets.h"
#include "trial/fixture.h"

#define MAX_FILE ((size_t)64 << 20)

/* A small linear congruential generator (Knuth, MMIX): the same edits in every run. */
static uint64_t draw(uint64_t *state, uint64_t n)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % n;
}

/* --- CR-01 --- */

enum { N_SUBJECTS = 20, N_VISITS = 3, N_EDITS = 10000 };
static const char *const VISITS[N_VISITS] = {"SCR", "V0", "V3"};
static const char *const DATES[N_VISITS] = {"2016-01-11", "2016-01-20", "2016-02-20"};
static const char *const ITEMS[] = {"WEIGHT_KG", "STEPS", "NOTE"};

static Str random_value(Test *t, uint64_t *state, uint64_t item)
{
    static const char *const REASONS[] = {".not-done", ".unknown", ".refused", ""};
    if (draw(state, 8) == 0) return str_from(REASONS[draw(state, 4)]);
    switch (item) {
    case 0:
        return str_format(t->arena, "%" PRIu64 ".%" PRIu64, 3 + draw(state, 100), 1 + draw(state, 9));
    case 1:
        return str_format(t->arena, "%" PRIu64, draw(state, 50000));
    default:
        return str_format(t->arena, "caf\303\251 %" PRIu64, draw(state, 100000));
    }
}

/* The visits of the file against what was typed last. */
static bool equals_model(Test *t, Trial *trial, Str model[N_SUBJECTS][N_VISITS][3])
{
    Error err = {0};
    Datasets d;
    if (!CHECK_OK(t, datasets_build(trial, t->arena, &d, &err), err)) return false;
    size_t n_rows = 0;
    for (size_t row = 0; row < d.visits->n_rows; row++) {
        Str subject = frame_column(d.visits, STR("SUBJID"))->texts[row],
            visit = frame_column(d.visits, STR("VISIT"))->texts[row];
        int s = atoi(str_c(t->arena, str_slice(subject, 2, 5))) - 1, v = 0;
        while (v < N_VISITS - 1 && !str_equal(visit, str_from(VISITS[v]))) v++;
        n_rows++;
        for (int i = 0; i < 3; i++) {
            const Column *column = frame_column(d.visits, str_from(ITEMS[i]));
            Str got = column->missing[row]
                          ? str_format(t->arena, ".%s", missing_word((MissingReason)column->missing[row]))
                          : frame_cell_text(t->arena, column, row);
            Str want = model[s][v][i].len ? model[s][v][i] : STR(".unstated");
            if (!CHECK_TEXT(t, got, str_c(t->arena, want))) return false;
        }
    }
    return CHECK_INT(t, n_rows, N_SUBJECTS * N_VISITS);
}

static void cr_01_ten_thousand_edits_replay_to_the_data(Test *t)
{
    static Str model[N_SUBJECTS][N_VISITS][3];
    Error err = {0};
    uint64_t state = 20171015;
    int64_t n_entries;
    Trial *trial = fixture_enrolled(t, "cr01.trial", N_SUBJECTS);
    Actor ana = fixture_actor("ana", "random edit");
    memset(model, 0, sizeof model);
    for (int i = 0; trial && i < N_EDITS; i++) {
        uint64_t s = draw(&state, N_SUBJECTS), v = draw(&state, N_VISITS), item = draw(&state, 3);
        if (i < N_SUBJECTS * N_VISITS) s = (uint64_t)i / N_VISITS, v = (uint64_t)i % N_VISITS;
        ItemCell cell = {str_from(ITEMS[item]), random_value(t, &state, item)};
        FormSave save = {.subject = str_format(t->arena, "S-%03" PRIu64, s + 1),
                         .form = STR("visit"),
                         .visit = str_from(VISITS[v]),
                         .date = str_from(DATES[v]),
                         .n_cells = 1,
                         .cells = &cell};
        FormSaved saved;
        if (i % 100 == 0 && !CHECK_OK(t, trial_begin(trial, &err), err)) return;
        ana.at = FIXTURE_NOW + i;
        if (!CHECK_OK(t, trial_save_form(trial, &ana, &save, &saved, &err), err)) return;
        model[s][v][item] = cell.text;
        if (i % 100 == 99 && !CHECK_OK(t, trial_commit(trial, &err), err)) return;
    }
    if (!trial || !equals_model(t, trial, model)) return;
    CHECK(t, fixture_verifies(t, trial));
    CHECK_OK(t, trial_rebuild(trial, &n_entries, &err), err);
    CHECK(t, n_entries > N_EDITS / 2);
    equals_model(t, trial, model);
}

/* --- CR-03 --- */

/* Where a journal row lies in the file, from its time stamp to its hash. */
typedef struct {
    size_t from, to;
} Region;

static size_t find_bytes(Str in, Str what)
{
    for (size_t i = 0; what.len && i + what.len <= in.len; i++)
        if (in.data[i] == what.data[0] && memcmp(in.data + i, what.data, what.len) == 0) return i;
    return SIZE_MAX;
}

static size_t journal_regions(Test *t, Str path, Str file, Region *regions, size_t most)
{
    Error err = {0};
    Db *db;
    JournalReader reader;
    Entry entry;
    bool more = true;
    size_t n = 0;
    if (!CHECK_OK(
            t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err) && journal_read(db, 1, false, &reader, &err),
            err))
        return 0;
    while (n < most && CHECK_OK(t, journal_next(t->arena, &reader, &entry, &more, &err), err) && more) {
        Str tail = str_format(t->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(entry.body_text),
                              STR_ARG(entry.prev), STR_ARG(entry.hash));
        size_t body = find_bytes(file, tail);
        if (body == SIZE_MAX) continue; /* long bodies continue on other pages */
        size_t texts = entry.actor.len + entry.role.len + entry.site.len + entry.act.len + entry.subject.len +
                       entry.reason.len;
        regions[n++] = (Region){body - texts - 6, body + tail.len};
    }
    journal_end(&reader);
    db_close(db);
    return n;
}

/* Everything the file says, as one digest. False when it cannot be read. */
static bool digest_everything(Db *db, Digest *digest)
{
    DigestState state;
    size_t n;
    const DerivedTable *tables = derived_tables(&n);
    Error err = {0};
    digest_init(&state);
    for (size_t i = 0; i <= n; i++) {
        char sql[80];
        Rows rows;
        bool more = true;
        snprintf(sql, sizeof sql, "SELECT * FROM %s NOT INDEXED", i < n ? tables[i].name : "journal");
        if (!db_query(db, sql, DB_NO_ARGS, &rows, &err)) return false;
        while (more) {
            if (!db_next(&rows, &more, &err)) return false;
            for (int c = 0; more && c < rows_n_columns(&rows); c++)
                digest_add_field(&state, rows_text(&rows, c));
        }
    }
    *digest = digest_end(&state);
    return true;
}

typedef enum { REPORTED, UNNOTICED, HARMLESS } Fate;

/* Opens the file as it is now and asks verify. */
static Fate ask(Test *t, Str path, Digest before)
{
    Arena *arena = arena_new();
    Error err = {0};
    Trial *trial;
    Db *db;
    TrialVerdict verdict;
    Digest now;
    Fate fate = REPORTED;
    if (trial_open(arena, path, &trial, &err) && trial_verify(trial, arena, STR(""), &verdict, &err) &&
        verdict.sound) {
        trial_close(trial);
        bool same = db_open(arena, path, &TRIAL_FORMAT, &db, &err) && digest_everything(db, &now) &&
                    digest_equal(now, before);
        fate = same ? HARMLESS : UNNOTICED;
    } else if (err.code == ERROR_NONE) {
        CHECK(t, verdict.table.len > 0);
    }
    arena_free(arena);
    return fate;
}

static void cr_03_every_flipped_bit_is_reported(Test *t)
{
    static Region regions[200];
    static char side[2][512];
    uint64_t state = 3;
    Error err = {0};
    Str path = test_scratch(t, "cr03.trial"), file;
    Trial *trial = fixture_enrolled(t, "cr03.trial", 8);
    Actor ana = fixture_actor("ana", "");
    Digest before;
    Db *db;
    for (int i = 1; trial && i <= 8; i++)
        CHECK_OK(t, fixture_record(trial, &ana, str_format(t->arena, "S-%03d", i).data, "STEPS", "385", &err),
                 err);
    if (!trial) return;
    trial_close(trial);
    for (int i = 0; i < 2; i++)
        snprintf(side[i], sizeof side[i], STR_FMT "%s", STR_ARG(path), i ? "-shm" : "-wal");
    if (!CHECK_OK(t, file_read(t->arena, path, MAX_FILE, &file, &err), err)) return;
    size_t n = journal_regions(t, path, file, regions, 200);
    CHECK(t, n > 30);
    CHECK_OK(t, db_open(t->arena, path, &TRIAL_FORMAT, &db, &err), err);
    CHECK(t, digest_everything(db, &before));
    db_close(db);
    int n_reported = 0, n_unnoticed = 0, n_harmless = 0;
    for (int i = 0; i < 2000 && n; i++) {
        Region all = {0, file.len}, region = i < 1000 ? regions[draw(&state, n)] : all;
        size_t offset = region.from + draw(&state, region.to - region.from);
        int bit = (int)draw(&state, 8);
        flip_bit(t, path, offset, bit);
        Fate fate = ask(t, path, before);
        if (i < 1000) n_reported += fate == REPORTED;
        n_unnoticed += fate == UNNOTICED;
        n_harmless += i >= 1000 && fate == HARMLESS;
        unlink(side[0]);
        unlink(side[1]);
        if (!CHECK_OK(t, file_write(t->arena, path, file, &err), err)) return;
    }
    CHECK_INT(t, n_reported, 1000); /* in the journal's rows: every one */
    CHECK_INT(t, n_unnoticed, 0);   /* anywhere: reported, or in bytes that say nothing */
    CHECK(t, n_harmless < 900);
    CHECK_INT(t, ask(t, path, before), HARMLESS);
}

/* --- CR-64, CR-68: other processes --- */

/* Saves 1, 2, 3 .. after the number there is, each in its own transaction, and says each on the pipe when it is kept. */
static void write_for_ever(Str path, int pipe_end)
{
    Arena *arena = arena_new();
    Error err = {0};
    Trial *trial;
    Frame *history;
    double latest = 0;
    Actor ana = fixture_actor("ana", "next");
    if (!trial_open(arena, path, &trial, &err)) _exit(3);
    if (!trial_history(trial, arena, STR("S-001"), STR("visit"), STR("V0"), STR("STEPS"), &history, &err))
        _exit(3);
    if (history->n_rows &&
        !number_parse(frame_column(history, STR("NEW"))->texts[history->n_rows - 1], &latest))
        _exit(3);
    for (int32_t i = (int32_t)latest + 1; i < 50000; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", (int)i);
        if (!fixture_record(trial, &ana, "S-001", "STEPS", text, &err)) _exit(4);
        if (write(pipe_end, &i, sizeof i) != (ssize_t)sizeof i) _exit(5);
    }
    _exit(0);
}

static pid_t start_writer(Test *t, Str path, int *pipe_end)
{
    int ends[2];
    if (!CHECK(t, pipe(ends) == 0)) return -1;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        write_for_ever(path, ends[1]);
    }
    close(ends[1]);
    *pipe_end = ends[0];
    return child;
}

static void sleep_ms(long ms)
{
    struct timespec rest = {ms / 1000, (ms % 1000) * 1000000};
    nanosleep(&rest, NULL);
}

/* What the killed process had acknowledged last; 0 for nothing. */
static int32_t last_acknowledged(int pipe_end)
{
    int32_t number, last = 0;
    while (read(pipe_end, &number, sizeof number) == (ssize_t)sizeof number) last = number;
    close(pipe_end);
    return last;
}

static double stored_number(Test *t, Trial *trial)
{
    Error err = {0};
    Datasets d;
    if (!CHECK_OK(t, datasets_build(trial, t->arena, &d, &err), err)) return -1;
    return d.visits->n_rows ? frame_column(d.visits, STR("STEPS"))->numbers[0] : 0;
}

static void cr_68_no_acknowledged_write_is_lost(Test *t)
{
    uint64_t state = 68;
    Str path = test_scratch(t, "cr68.trial");
    Trial *trial = fixture_enrolled(t, "cr68.trial", 1);
    int32_t furthest = 0;
    if (!trial) return;
    trial_close(trial);
    for (int round = 0; round < 200; round++) {
        int pipe_end = -1, status = 0;
        ArenaMark mark = arena_mark(t->arena);
        Error err = {0};
        pid_t child = start_writer(t, path, &pipe_end);
        if (child <= 0) return;
        int32_t acknowledged = 0;
        if (round % 2)
            CHECK(t, read(pipe_end, &acknowledged, sizeof acknowledged) == (ssize_t)sizeof acknowledged);
        sleep_ms(4 + (long)draw(&state, 30));
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        CHECK(t, WIFSIGNALED(status));
        int32_t later = last_acknowledged(pipe_end);
        if (later > acknowledged) acknowledged = later;
        if (acknowledged > furthest) furthest = acknowledged;
        if (!CHECK_OK(t, trial_open(t->arena, path, &trial, &err), err)) return;
        double stored = stored_number(t, trial);
        /* at most the one write whose acknowledgement the signal cut off is there beyond what was said */
        if (!CHECK(t, stored >= furthest && stored <= furthest + 1))
            fprintf(stderr, "    acknowledged %d, stored %g\n", (int)furthest, stored);
        furthest = (int32_t)stored;
        if (round % 10 == 9) CHECK(t, fixture_verifies(t, trial));
        trial_close(trial);
        arena_rewind(t->arena, mark);
    }
    CHECK(t, furthest >= 100); /* every second round was killed while it wrote, not before */
}

static void cr_64_backups_under_load_restore(Test *t)
{
    Error err = {0};
    int pipe_end = -1, status;
    Str path = test_scratch(t, "cr64.trial");
    Trial *trial = fixture_enrolled(t, "cr64.trial", 1), *copy;
    Actor ana = fixture_actor("ana", "nightly");
    if (!trial) return;
    trial_close(trial);
    pid_t child = start_writer(t, path, &pipe_end);
    if (child <= 0) return;
    long long latest = 0;
    for (int i = 0; i < 10; i++) {
        sleep_ms(60);
        Str to = test_scratch(t, str_format(t->arena, "cr64-%d.trial", i).data);
        CHECK_OK(t, trial_open(t->arena, path, &trial, &err) && trial_backup(trial, &ana, to, &err), err);
        trial_close(trial);
        if (!CHECK_OK(t, trial_open(t->arena, to, &copy, &err), err)) break;
        CHECK(t, fixture_verifies(t, copy)); /* chain, derived rows, integrity_check */
        long long entries = fixture_count(t, copy, "journal entries");
        CHECK(t, entries > latest);
        CHECK(t, stored_number(t, copy) <= (double)entries);
        latest = entries;
        CHECK_OK(t, fixture_record(copy, &ana, "S-001", "NOTE", "the copy can be worked on", &err), err);
        trial_close(copy);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(pipe_end);
}

static const TestCase CASES[] = {
    {"CR-01: ten thousand random edits replay to the data", cr_01_ten_thousand_edits_replay_to_the_data},
    {"CR-03: every flipped bit is reported", cr_03_every_flipped_bit_is_reported},
    {"CR-64: backups under load restore", cr_64_backups_under_load_restore},
    {"CR-68: no acknowledged write is lost to kill -9", cr_68_no_acknowledged_write_is_lost},
};
TEST_SUITE_SLOW(endurance, CASES);
