#include "trial/import.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "exchange/csv.h"
#include "trial/inside.h"

#define MAX_FIXED 6
#define ABSENT SIZE_MAX

typedef enum { ROW_NEW, ROW_CHANGED, ROW_SAME } RowFate;

typedef struct ImportKind ImportKind;

typedef struct {
    Trial *trial;
    Arena *arena; /* of the file */
    const Actor *actor;
    const ImportKind *kind;
    Str form;
    const ImportFile *file;
    CsvReader *csv;      /* NULL: the file has rows of its own */
    size_t next_row;
    const CsvRow *row;
    size_t fixed[MAX_FIXED]; /* field of each fixed column, or ABSENT */
    size_t n_items;
    size_t *fields; /* field of each item, items sorted by id */
    ItemCell *cells;
    Map seen; /* rows without a number of their own: how often */
    ImportedFile done;
} Import;

struct ImportKind {
    const char *name; /* NULL: any form of the protocol */
    int order;
    const char *fixed[MAX_FIXED]; /* a '?' before an optional one */
    bool has_items;
    bool (*take)(Import *import, RowFate *fate, Error *err);
};

/* The text of a fixed column; empty when blank or absent. */
static Str fixed(const Import *import, size_t i)
{
    Str text = import->fixed[i] == ABSENT ? STR("") : str_trim(import->row->fields[import->fixed[i]]);
    return str_equal(text, STR(".")) ? STR("") : text;
}

static bool need(const Import *import, size_t i, Str *text, Error *err)
{
    *text = fixed(import, i);
    if (text->len) return true;
    error_set(err, ERROR_MALFORMED, "column \"%s\" is blank", import->kind->fixed[i]);
    return error_hint(err, "Fill it in: without it the row belongs to nobody.");
}

static void fill_cells(Import *import)
{
    for (size_t i = 0; i < import->n_items; i++)
        import->cells[i].text = import->row->fields[import->fields[i]];
}

static bool save(Import *import, Str subject, Str visit, Str date, RowFate *fate, Error *err)
{
    FormSave save = {.subject = subject,
                     .form = import->form,
                     .visit = visit,
                     .date = date,
                     .n_cells = import->n_items,
                     .cells = import->cells};
    FormSaved saved;
    fill_cells(import);
    if (!trial_save_form(import->trial, import->actor, &save, &saved, err)) return false;
    import->done.n_values += saved.n_new;
    import->done.n_corrections += saved.n_changed;
    import->done.n_queries += saved.n_queries;
    *fate = saved.n_changed ? ROW_CHANGED : saved.n_new || !saved.n_same ? ROW_NEW : ROW_SAME;
    return true;
}

static bool take_screening(Import *import, RowFate *fate, Error *err)
{
    Str subject, site, date;
    bool exists;
    SubjectRow row;
    if (!need(import, 0, &subject, err) || !need(import, 1, &site, err) || !need(import, 2, &date, err) ||
        !subject_exists(import->trial, subject, &exists, err))
        return false;
    if (!exists) {
        Screening screening = {.subject = subject,
                               .site = site,
                               .date = date,
                               .n_cells = import->n_items,
                               .cells = import->cells};
        fill_cells(import);
        import->done.n_values += import->n_items;
        *fate = ROW_NEW;
        return trial_screen(import->trial, import->actor, &screening, err);
    }
    if (!find_subject(import->trial, subject, &row, err)) return false;
    if (str_equal(site, row.site)) {
        if (!save(import, subject, STR(""), date, fate, err)) return false;
        if (*fate == ROW_NEW && !import->n_items) *fate = ROW_SAME;
        return true;
    }
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" was screened at site \"" STR_FMT "\"",
              STR_ARG(subject), STR_ARG(row.site));
    return error_hint(err, "A subject stays at its site; correct the file.");
}

static bool take_form(Import *import, RowFate *fate, Error *err)
{
    Str subject, date = fixed(import, 2);
    return need(import, 0, &subject, err) && save(import, subject, fixed(import, 1), date, fate, err);
}

/* How many rows of this file were like this one before. */
static size_t count_alike(Import *import, const Str *parts, size_t n)
{
    Buf key = buf_new(import->arena);
    for (size_t i = 0; i < n; i++) {
        buf_add(&key, parts[i]);
        buf_char(&key, '\n');
    }
    return map_put(&import->seen, buf_str(&key), NULL)->index++;
}

/* The n-th event already stored with this term and start, or an empty text for a new one. */
static bool find_event(Import *import, Str subject, Str start, Str term, Str *visit, Error *err)
{
    size_t n = count_alike(import, (const Str[]){subject, start, term}, 3);
    return db_find_text(
        import->arena, import->trial->db,
        "SELECT f.visit FROM forms AS f LEFT JOIN item_values AS v ON v.form_id = f.id AND v.item = 'TERM'"
        " WHERE f.subject = ?1 AND f.form = ?2 AND f.date = ?3 AND coalesce(v.value, '') = ?4 AND "
        "f.struck_out IS NULL"
        " ORDER BY CAST(f.visit AS INTEGER) LIMIT 1 OFFSET ?5",
        DB_ARGS(db_text(subject), db_text(import->form), db_text(start), db_text(term),
                db_integer((int64_t)n)),
        visit, NULL, err);
}

static bool take_event(Import *import, RowFate *fate, Error *err)
{
    Str subject, start, visit, term = STR(""), entry = fixed(import, 2);
    if (!need(import, 0, &subject, err) || !need(import, 1, &start, err)) return false;
    if (entry.len) return save(import, subject, entry, start, fate, err);
    for (size_t i = 0; i < import->n_items; i++)
        if (str_equal(import->cells[i].item, STR("TERM"))) term = import->row->fields[import->fields[i]];
    return find_event(import, subject, start, term, &visit, err) &&
           save(import, subject, visit, start, fate, err);
}

static bool differs(Error *err, const char *what, Str subject)
{
    error_set(err, ERROR_INCONSISTENT, "%s of \"" STR_FMT "\" is recorded already and differs", what,
              STR_ARG(subject));
    return error_hint(
        err,
        "What was signed is not corrected from a file: record what is right as a new act, or a deviation.");
}

static bool take_consent(Import *import, RowFate *fate, Error *err)
{
    ConsentRecord consent = {
        .language = fixed(import, 3), .signed_by = fixed(import, 4), .assent = fixed(import, 5)};
    int64_t is_same;
    bool exists;
    if (!need(import, 0, &consent.subject, err) || !need(import, 1, &consent.date, err) ||
        !need(import, 2, &consent.version, err))
        return false;
    if (str_starts(consent.assent, STR(".")))
        consent.assent = str_slice(consent.assent, 1, consent.assent.len);
    if (!db_find_integer(import->trial->db,
                         "SELECT language = ?4 AND signed_by = ?5 AND assent = ?6 FROM consents"
                         " WHERE subject = ?1 AND date = ?2 AND version = ?3",
                         DB_ARGS(db_text(consent.subject), db_text(consent.date), db_text(consent.version),
                                 db_text(consent.language), db_text(consent.signed_by),
                                 db_text(consent.assent)),
                         &is_same, &exists, err))
        return false;
    *fate = exists ? ROW_SAME : ROW_NEW;
    if (exists) return is_same || differs(err, "the consent", consent.subject);
    return trial_consent(import->trial, import->actor, &consent, err);
}

static bool take_enrolment(Import *import, RowFate *fate, Error *err)
{
    Str subject, date, arm = fixed(import, 2);
    SubjectRow row;
    if (!need(import, 0, &subject, err) || !need(import, 1, &date, err) ||
        !find_subject(import->trial, subject, &row, err))
        return false;
    *fate = row.enrolled.len ? ROW_SAME : ROW_NEW;
    if (!row.enrolled.len) return trial_enrol(import->trial, import->actor, subject, date, arm, err);
    bool is_same = str_equal(date, row.enrolled) && (!arm.len || str_equal(arm, row.arm));
    return is_same || differs(err, "the enrolment", subject);
}

static bool take_deviation(Import *import, RowFate *fate, Error *err)
{
    Str subject, date, kind, detail = fixed(import, 3);
    int64_t n_stored;
    if (!need(import, 0, &subject, err) || !need(import, 1, &date, err) || !need(import, 2, &kind, err))
        return false;
    size_t n_before = count_alike(import, (const Str[]){subject, date, kind, detail}, 4);
    if (!db_find_integer(
            import->trial->db,
            "SELECT count(*) FROM deviations WHERE subject = ?1 AND date = ?2 AND kind = ?3 AND detail = ?4",
            DB_ARGS(db_text(subject), db_text(date), db_text(kind), db_text(detail)), &n_stored, NULL, err))
        return false;
    *fate = n_stored > (int64_t)n_before ? ROW_SAME : ROW_NEW;
    return *fate == ROW_SAME ||
           trial_deviation(import->trial, import->actor, subject, date, kind, detail, err);
}

static bool take_withdrawal(Import *import, RowFate *fate, Error *err)
{
    Str subject, date, stored, why = fixed(import, 2);
    SubjectRow row;
    if (!need(import, 0, &subject, err) || !need(import, 1, &date, err) ||
        !find_subject(import->trial, subject, &row, err))
        return false;
    *fate = row.withdrawn.len ? ROW_SAME : ROW_NEW;
    if (!row.withdrawn.len) return trial_withdraw(import->trial, import->actor, subject, date, why, err);
    if (!db_find_text(import->arena, import->trial->db,
                      "SELECT withdrawal_reason FROM subjects WHERE subject = ?1", DB_ARGS(db_text(subject)),
                      &stored, NULL, err))
        return false;
    return (str_equal(date, row.withdrawn) && str_equal(why, stored)) ||
           differs(err, "the withdrawal", subject);
}

/* Deviations come before the forms, so that what they explain is not asked. */
static const ImportKind KINDS[] = {
    {"screening", 0, {"SUBJID", "SITE", "SCREENED"}, true, take_screening},
    {"consent", 1, {"SUBJID", "DATE", "VERSION", "?LANGUAGE", "?SIGNED_BY", "?ASSENT"}, false, take_consent},
    {"enrolment", 2, {"SUBJID", "DATE", "?ARM"}, false, take_enrolment},
    {NULL, 5, {"SUBJID", "VISIT", "DATE"}, true, take_form},
    {NULL, 5, {"SUBJID", "?VISIT", "DATE"}, true, take_form},
    {NULL, 4, {"SUBJID", "DOSE", "DATE"}, true, take_form},
    {NULL, 6, {"SUBJID", "START", "?ENTRY"}, true, take_event},
    {"deviations", 3, {"SUBJID", "DATE", "KIND", "?DETAIL"}, false, take_deviation},
    {"withdrawals", 7, {"SUBJID", "DATE", "?REASON"}, false, take_withdrawal},
};

enum { KIND_SCREENING, KIND_VISIT_FORM = 3, KIND_SUBJECT_FORM, KIND_DOSE_FORM, KIND_LOG_FORM };

/* A fixed kind by its name, or the kind that a form of the protocol needs. */
static bool find_kind(Trial *trial, Str name, const ImportKind **kind, Str *form, Error *err)
{
    static const size_t BY_REPEAT[] = {[FORM_PER_UNSTATED] = KIND_VISIT_FORM,
                                       [FORM_PER_VISIT] = KIND_VISIT_FORM,
                                       [FORM_PER_SUBJECT] = KIND_SUBJECT_FORM,
                                       [FORM_PER_DOSE] = KIND_DOSE_FORM,
                                       [FORM_PER_LOG] = KIND_LOG_FORM};
    const Protocol *protocol = trial_protocol(trial);
    *form = name;
    if (str_equal(name, STR("screening")) || str_equal(name, protocol->eligibility.form)) {
        *form = protocol->eligibility.form;
        *kind = &KINDS[KIND_SCREENING];
        return true;
    }
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        *kind = &KINDS[i];
        if (KINDS[i].name && str_equal(name, str_from(KINDS[i].name))) return true;
    }
    if (str_equal(name, STR("doses")) && protocol->product.form.len) *form = protocol->product.form;
    const Form *found = trial_form(trial->scratch, protocol, *form);
    if (found) {
        *kind = &KINDS[BY_REPEAT[found->repeats]];
        return true;
    }
    error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is no form of the protocol and no other kind of file",
              STR_ARG(name));
    return error_hint(err, "Name the file after its form, or say what it holds: --as screening, consent, "
                           "enrolment, doses, adverse_events, "
                           "deviations, withdrawals or a form.");
}

static bool bind_fixed(Import *import, const Str *names, size_t n_names, bool *is_taken, Error *err)
{
    for (size_t i = 0; i < MAX_FIXED; i++) {
        const char *wanted = import->kind->fixed[i];
        bool is_optional = wanted && wanted[0] == '?';
        import->fixed[i] = ABSENT;
        for (size_t k = 0; wanted && k < n_names; k++) {
            if (!str_equal_fold(names[k], str_from(wanted + is_optional))) continue;
            import->fixed[i] = k;
            is_taken[k] = true;
        }
        if (!wanted || is_optional || import->fixed[i] != ABSENT) continue;
        error_set(err, ERROR_MALFORMED, "there is no column \"%s\"", wanted);
        return error_hint(
            err,
            "A file of this kind begins with that column; check the header, or say what it holds with --as.");
    }
    return true;
}

typedef struct {
    Str item;
    size_t field;
} ItemField;

static int by_item(const void *a, const void *b)
{
    return str_compare(((const ItemField *)a)->item, ((const ItemField *)b)->item);
}

/* The other columns are items. Sorted once here, they stand in the order of the journal's canonical form. */
static bool bind_items(Import *import, const Str *names, size_t n_names, const bool *is_taken, Error *err)
{
    FormRules *rules;
    ItemField *found = ARENA_ARRAY(import->arena, ItemField, n_names + 1);
    ProtocolVersion *latest = import->trial->versions[import->trial->n_versions - 1];
    if (import->kind->has_items && !rules_of(import->trial, latest, import->form, &rules, err)) return false;
    for (size_t k = 0; k < n_names; k++) {
        size_t ignored;
        if (is_taken[k]) continue;
        if (!import->kind->has_items)
            return error_set(err, ERROR_MALFORMED, "the column \"" STR_FMT "\" does not belong here",
                             STR_ARG(names[k]));
        if (import->trial->n_versions == 1 && !form_rules_item(rules, names[k], &ignored, err)) return false;
        found[import->n_items++] = (ItemField){names[k], k};
    }
    qsort(found, import->n_items, sizeof *found, by_item);
    import->fields = ARENA_ARRAY(import->arena, size_t, import->n_items + 1);
    import->cells = ARENA_ARRAY(import->arena, ItemCell, import->n_items + 1);
    for (size_t i = 0; i < import->n_items; i++) {
        import->fields[i] = found[i].field;
        import->cells[i].item = found[i].item;
    }
    return true;
}

static bool begin_file(Import *import, const ImportFile *file, Error *err)
{
    size_t n_names;
    import->done =
        (ImportedFile){.name = file->name, .kind = file->kind.len ? file->kind : file_stem(file->name)};
    import->file = file;
    if (!find_kind(import->trial, import->done.kind, &import->kind, &import->form, err) ||
        (!file->rows && !csv_open(import->arena, file->content, NULL, &import->csv, err)))
        return false;
    if (file->rows) n_names = file->rows->n_columns;
    const Str *names = file->rows ? file->rows->columns : csv_names(import->csv, &n_names);
    bool *is_taken = ARENA_ARRAY(import->arena, bool, n_names);
    return (bind_fixed(import, names, n_names, is_taken, err) &&
            bind_items(import, names, n_names, is_taken, err)) ||
           (!file->rows && error_in(err, "line 1"));
}

/* The item that the place names: item "WEIGHT_KG". */
static Str item_of(Arena *arena, const Error *problem)
{
    Str before, from, item, after;
    bool is_named = str_cut(str_from(problem->place), STR("item \""), &before, &from) &&
                    str_cut(from, STR("\""), &item, &after);
    return is_named ? str_copy(arena, item) : STR("");
}

void import_note_problem(ImportReport *report, Arena *arena, const ImportFile *file, size_t line, Error *problem)
{
    report->n_rows_refused++;
    if (report->n_problems >= IMPORT_MAX_PROBLEMS) return;
    Str item = item_of(arena, problem);
    if (file->rows) error_in(problem, STR_FMT ": row %zu, into " STR_FMT, STR_ARG(file->name), line, STR_ARG(file->kind));
    else error_in(problem, STR_FMT ": line %zu", STR_ARG(file->name), line);
    ARENA_PUSH_ROOM(arena, report->problems, report->n_problems, report->problem_capacity);
    report->problems[report->n_problems++] = (ImportProblem){file->name, line, item, *problem};
}

static bool next_row(Import *import, CsvRow *row, bool *found, Error *err)
{
    const ImportRows *rows = import->file->rows;
    if (!rows) return csv_next(import->csv, row, found, err);
    *found = import->next_row < rows->n_rows;
    if (!*found) return true;
    *row = (CsvRow){.line = rows->lines[import->next_row], .n = rows->n_columns,
                    .fields = &rows->cells[import->next_row * rows->n_columns]};
    import->next_row++;
    return true;
}

static void count_row(ImportedFile *done, RowFate fate, size_t line)
{
    size_t *firsts[] = {[ROW_NEW] = &done->first_new, [ROW_CHANGED] = &done->first_changed, [ROW_SAME] = &done->first_same};
    done->n_rows_new += fate == ROW_NEW;
    done->n_rows_changed += fate == ROW_CHANGED;
    done->n_rows_same += fate == ROW_SAME;
    if (!*firsts[fate]) *firsts[fate] = line;
}

/* Every row is judged, also after a bad one, so that all that is wrong shows at once. False when the reading itself
 * ends, which is no problem of a row. */
static bool read_rows(Import *import, Arena *arena, ImportReport *report, Error *err)
{
    CsvRow row;
    bool found = true;
    while (found) {
        Error problem = {0};
        RowFate fate = ROW_NEW;
        if (!next_row(import, &row, &found, err))
            return error_in(err, STR_FMT, STR_ARG(import->done.name));
        if (!found) break;
        ArenaMark mark = arena_mark(import->trial->scratch);
        import->row = &row;
        import->done.n_rows++;
        bool taken = import->kind->take(import, &fate, &problem);
        arena_rewind(import->trial->scratch, mark);
        if (taken) {
            count_row(&import->done, fate, row.line);
            continue;
        }
        import->done.n_rows_refused++;
        import_note_problem(report, arena, import->file, row.line, &problem);
        if (problem.code == ERROR_IO) break;
    }
    return true;
}

static bool refuse_rows(const ImportReport *report, size_t n_bad, size_t n_rows, Str name, Error *err)
{
    *err = report->problems[0].error;
    if (n_bad == 1) return false;
    error_set(err, report->problems[0].error.code, "%zu of %zu rows cannot be taken; nothing was", n_bad, n_rows);
    error_in(err, STR_FMT, STR_ARG(name));
    return error_hint(err, "Mend the rows listed, then import the file again.");
}

static bool import_file(Trial *trial, Arena *arena, const Actor *actor, const ImportFile *file, bool keep_good_rows,
                        ImportReport *report, Error *err)
{
    Step step;
    Import import = {.trial = trial, .arena = arena_new(), .actor = actor};
    import.seen = map_new(import.arena);
    bool ok = step_begin(trial, &step, err);
    if (ok) {
        ok = begin_file(&import, file, err) || error_in(err, STR_FMT, STR_ARG(file->name));
        ok = ok && read_rows(&import, arena, report, err);
        if (ok && import.done.n_rows_refused && !keep_good_rows)
            ok = refuse_rows(report, import.done.n_rows_refused, import.done.n_rows, import.done.name, err);
        ok = step_end(trial, &step, ok, err);
    }
    import.done.kind = str_copy(arena, import.done.kind);
    if (ok) report->files[report->n_files++] = import.done;
    arena_free(import.arena);
    return ok;
}

/* An export's copy of the journal, which belongs to the trial it came from. */
static bool is_audit(const Trial *trial, const ImportFile *file)
{
    Str stem = file_stem(file->name);
    bool is_named_so = str_equal(stem, STR("audit")) || str_equal(stem, STR("audit-dictionary"));
    return is_named_so && !file->kind.len && !protocol_form(trial_protocol(trial), stem);
}

typedef struct {
    const ImportFile *file;
    int order;
    size_t place;
} OrderedFile;

static int by_order(const void *a, const void *b)
{
    const OrderedFile *left = a, *right = b;
    if (left->order != right->order) return left->order - right->order;
    return (left->place > right->place) - (left->place < right->place);
}

/* The files that are data, in the order in which they depend on each other. */
static bool order_files(Trial *trial, const ImportFile *files, size_t n_files, OrderedFile *ordered, size_t *n, ImportReport *report, Error *err)
{
    *n = 0;
    for (size_t i = 0; i < n_files; i++) {
        const ImportKind *kind;
        Str form;
        if (is_audit(trial, &files[i])) {
            report->skipped[report->n_skipped++] = files[i].name;
            continue;
        }
        if (!find_kind(trial, files[i].kind.len ? files[i].kind : file_stem(files[i].name), &kind, &form, err))
            return error_in(err, STR_FMT, STR_ARG(files[i].name));
        ordered[(*n)++] = (OrderedFile){&files[i], kind->order, i};
    }
    qsort(ordered, *n, sizeof *ordered, by_order);
    return true;
}

bool trial_import(Trial *trial, Arena *arena, const Actor *given, const ImportFile *files, size_t n_files,
                  bool dry_run, ImportReport *report, Error *err)
{
    Actor actor = *given;
    OrderedFile *ordered = ARENA_ARRAY(arena, OrderedFile, n_files + 1);
    actor.from_file = true;
    *report = (ImportReport){.files = ARENA_ARRAY(arena, ImportedFile, n_files + 1),
                             .skipped = ARENA_ARRAY(arena, Str, n_files + 1)};
    size_t n;
    if (!order_files(trial, files, n_files, ordered, &n, report, err)) return false;
    if (dry_run && !trial_begin(trial, err)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = import_file(trial, arena, &actor, ordered[i].file, false, report, err);
    if (dry_run) trial_rollback(trial);
    return ok;
}

bool trial_import_together(Trial *trial, Arena *arena, const Actor *given, const ImportFile *files, size_t n_files,
                           bool dry_run, ImportReport *report, Error *err)
{
    Actor actor = *given;
    OrderedFile *ordered = ARENA_ARRAY(arena, OrderedFile, n_files + 1);
    size_t n, n_rows = 0;
    actor.from_file = true;
    report->files = ARENA_ARRAY(arena, ImportedFile, n_files + 1);
    report->skipped = ARENA_ARRAY(arena, Str, n_files + 1);
    if (!order_files(trial, files, n_files, ordered, &n, report, err) || !trial_begin(trial, err)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = import_file(trial, arena, &actor, ordered[i].file, true, report, err);
    for (size_t i = 0; i < report->n_files; i++) n_rows += report->files[i].n_rows;
    if (ok && report->n_problems) {
        trial_rollback(trial);
        return refuse_rows(report, report->n_rows_refused, n_rows, files[0].name, err);
    }
    if (ok && !dry_run) return trial_commit(trial, err);
    trial_rollback(trial);
    return ok;
}
