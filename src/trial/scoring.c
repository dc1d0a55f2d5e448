#include "trial/scoring.h"

#include "base/file.h"
#include "trial/scoring_sheet.h"

#define MAX_CSV_BYTES ((size_t)64 << 20)

static const char *const OPTION_WORDS[N_SCORING_OPTIONS] = {
#define X(name, kind, word, value, help) [SCORING_##name] = word,
    SCORING_OPTIONS(X)
#undef X
};

static const Scorer *const ALL[] = {
#define X(name) &scorer_##name,
    SCORERS(X)
#undef X
};
#define N_SCORERS (sizeof ALL / sizeof ALL[0])

const Scorer *const *scorer_list(size_t *n)
{
    *n = N_SCORERS;
    return ALL;
}

static bool find_scorer(Str id, const Scorer **scorer, Error *err)
{
    Str ids[N_SCORERS];
    const Instrument *recorded;
    for (size_t i = 0; i < N_SCORERS; i++) {
        ids[i] = str_from(ALL[i]->id);
        if (!str_equal_fold(id, ids[i])) continue;
        *scorer = ALL[i];
        return true;
    }
    if (instrument_find(id, &recorded, NULL))
        error_set(err, ERROR_USAGE, "%s is recorded, not computed from items", recorded->name);
    else error_set(err, ERROR_USAGE, "there is no instrument \"" STR_FMT "\" to score", STR_ARG(id));
    Str nearest = str_nearest(id, ids, N_SCORERS);
    if (nearest.len) return error_hint(err, "Did you mean \"" STR_FMT "\"? `equipoise score --list` names them.", STR_ARG(nearest));
    return error_hint(err, "`equipoise score --list` says which can be scored.");
}

/* An option that would do nothing is a mistake of whoever gave it. */
static bool check_options(const ScoringRequest *request, const Scorer *scorer, Error *err)
{
    for (unsigned i = 0; i < N_SCORING_OPTIONS; i++) {
        if (!request->given[i] || scorer->options & 1u << i) continue;
        error_set(err, ERROR_USAGE, "--%s means nothing for %s", OPTION_WORDS[i], scorer->id);
        return error_hint(err, "Leave it out, or name another instrument; `equipoise help score` lists the options.");
    }
    return true;
}

static bool name_is_taken(const Sheet *sheet, const Frame *frame, Str name, Error *err)
{
    if (!frame_column(frame, name)) return false;
    error_set(err, ERROR_INCONSISTENT, "a score is to be written as \"" STR_FMT "\", and the file has such a column", STR_ARG(name));
    error_hint(err, "Rename the column or leave it out; was this file scored already?");
    error_in(err, "line 1, column \"" STR_FMT "\"", STR_ARG(sheet->names[sheet_find(sheet, name)]));
    return true;
}

/* The columns of the result: those copied, those scored, and REMARK. */
static bool add_columns(Sheet *sheet, Error *err)
{
    static const ScoreColumn REMARK = {"REMARK", "Remark", "", COLUMN_TEXT, 0};
    Frame *frame = frame_new(sheet->arena, str_from(sheet->scorer->id));
    for (size_t i = 0; i < sheet->n_names; i++)
        if (!sheet->is_item[i]) frame_add_column(frame, sheet->names[i], COLUMN_TEXT);
    size_t n_copied = frame->n_columns, n = sheet->scorer->n_columns;
    int *decimals = ARENA_ARRAY(sheet->arena, int, n_copied + n + 1);
    for (size_t k = 0; k <= n; k++) {
        const ScoreColumn *from = k < n ? &sheet->scorer->columns[k] : &REMARK;
        if (name_is_taken(sheet, frame, str_from(from->name), err)) return false;
        Column *column = frame_add_column(frame, str_from(from->name), from->type);
        column->label = str_from(from->label);
        column->unit = str_from(from->unit);
        decimals[n_copied + k] = from->decimals;
    }
    sheet->scoring->frame = frame;
    sheet->scoring->n_copied = n_copied;
    sheet->scoring->decimals = decimals;
    return true;
}

static bool copy_cells(Sheet *sheet, Error *err)
{
    Frame *frame = sheet->scoring->frame;
    for (size_t i = 0, column = 0; i < sheet->n_names; i++) {
        MissingReason reason;
        if (sheet->is_item[i]) continue;
        if (!csv_missing(sheet->row.fields[i], &reason, err)) return sheet_blame(sheet, i, err);
        if (reason) frame_set_missing(frame, sheet->at, column, reason);
        else frame_set_text(frame, sheet->at, column, sheet->row.fields[i]);
        column++;
    }
    return true;
}

/* An age that is known must be one of the instrument. */
static bool check_age(const Sheet *sheet, Error *err)
{
    double years;
    bool found;
    size_t from;
    if (!sheet_age(sheet, &years, &found, &from, err)) return false;
    return !found || instrument_check_age(sheet->scorer->instrument, years, err) || sheet_blame(sheet, from, err);
}

/* *first keeps the first reason why a row has no score. */
static bool score_row(Sheet *sheet, Error *first, Error *err)
{
    Error why = {0};
    sheet->at = frame_add_row(sheet->scoring->frame);
    if (!copy_cells(sheet, err) || !check_age(sheet, err)) return false;
    if (sheet->scorer->score(sheet, &why)) {
        sheet->scoring->n_scored++;
        return true;
    }
    if (why.code != ERROR_DEGENERATE && why.code != ERROR_NO_CONVERGENCE) {
        *err = why;
        return false;
    }
    sheet_remark(sheet, str_format(sheet->arena, "not scored: %s", why.message));
    if (!why.place[0]) sheet_blame(sheet, NO_COLUMN, &why);
    if (!first->code) *first = why;
    return true;
}

static bool score_rows(Sheet *sheet, CsvReader *csv, Error *err)
{
    Scoring *scoring = sheet->scoring;
    Error first = {0};
    size_t *lines = NULL, capacity = 0;
    for (bool found;;) {
        if (!csv_next(csv, &sheet->row, &found, err)) return false;
        if (!found) break;
        ARENA_PUSH_ROOM(sheet->arena, lines, scoring->frame->n_rows, capacity);
        lines[scoring->frame->n_rows] = sheet->row.line;
        if (!score_row(sheet, &first, err)) return false;
    }
    scoring->lines = lines;
    if (!scoring->frame->n_rows) {
        error_set(err, ERROR_MALFORMED, "there is a header and no row below it");
        return error_hint(err, "Write one row per assessment.");
    }
    if (scoring->n_scored) return true;
    *err = first;
    return false;
}

static bool score_text(Sheet *sheet, Str text, Error *err)
{
    CsvReader *csv;
    if (!csv_open(sheet->arena, text, NULL, &csv, err)) return false;
    sheet->names = csv_names(csv, &sheet->n_names);
    sheet->is_item = ARENA_ARRAY(sheet->arena, bool, sheet->n_names);
    sheet->age = sheet_find(sheet, STR("AGE"));
    sheet->birth = sheet_find(sheet, STR("BIRTH"));
    sheet->date = sheet_find(sheet, STR("DATE"));
    sheet->row.line = 1;
    return sheet->scorer->prepare(sheet, err) && add_columns(sheet, err) && score_rows(sheet, csv, err);
}

static void note_unscored(Sheet *sheet)
{
    size_t n_rows = sheet->scoring->frame->n_rows, n = n_rows - sheet->scoring->n_scored;
    if (n) sheet_note(sheet, str_format(sheet->arena, "%zu of %zu rows could not be scored; REMARK says why.", n, n_rows));
}

bool scoring_run(Arena *arena, const ScoringRequest *request, Scoring *scoring, Error *err)
{
    Str text;
    Sheet sheet = {.arena = arena, .request = request, .scoring = scoring};
    if (!find_scorer(request->instrument, &sheet.scorer, err) || !check_options(request, sheet.scorer, err)) return false;
    *scoring = (Scoring){.id = sheet.scorer->id,
                         .file = str_equal(request->path, STR("-")) ? STR("standard input") : file_name(request->path)};
    if (!sheet.scorer->load(&sheet, err) || !file_read(arena, request->path, MAX_CSV_BYTES, &text, err)) return false;
    if (!score_text(&sheet, text, err)) return error_in(err, STR_FMT, STR_ARG(scoring->file));
    note_unscored(&sheet);
    if (sheet.scorer->conclude) sheet.scorer->conclude(&sheet);
    const Instrument *instrument = sheet.scorer->instrument;
    sheet_note(&sheet, str_format(arena, "Source: %s.", instrument->citation));
    return true;
}
