#include "trial/export_inside.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/file.h"
#include "exchange/csv.h"
#include "trial/form_frame.h"
#include "trial/listing.h"

#define MAX_EXPORTED ((size_t)1 << 32)

static ExportedFile *note_file(Export *x, Str name, Str content)
{
    ARENA_PUSH_ROOM(x->arena, x->report->files, x->report->n, x->capacity);
    ExportedFile *file = &x->report->files[x->report->n++];
    *file = (ExportedFile){.name = name, .digest = digest_hex(x->arena, digest_of(content))};
    return file;
}

bool export_file(Export *x, Str name, Str content, Error *err)
{
    if (!file_write(x->arena, file_join(x->arena, x->folder, name), content, err)) return false;
    note_file(x, name, content);
    return true;
}

bool export_written(Export *x, Str name, size_t n_rows, Error *err)
{
    Arena *scratch = arena_new();
    Str content;
    bool read = file_read(scratch, file_join(x->arena, x->folder, name), MAX_EXPORTED, &content, err);
    if (read) {
        ExportedFile *file = note_file(x, name, content);
        file->has_rows = true;
        file->n_rows = n_rows;
    }
    arena_free(scratch);
    return read;
}

static bool write_frame(Export *x, const char *stem, const Frame *frame, Error *err)
{
    Buf buf = buf_new(x->arena);
    Str name = str_format(x->arena, "%s.csv", stem);
    if (!csv_write_frame(&buf, frame, err)) return error_in(err, STR_FMT, STR_ARG(name));
    if (!export_file(x, name, buf_str(&buf), err)) return false;
    ExportedFile *file = &x->report->files[x->report->n - 1];
    file->has_rows = true;
    file->n_rows = frame->n_rows;
    return true;
}

static bool write_listing(Export *x, const char *stem, const char *sql, const ListingColumn *columns,
                          size_t n_columns, Error *err)
{
    Frame *frame;
    return trial_listing(x->trial, x->arena, str_from(stem), sql, NULL, 0, columns, n_columns, &frame, err) &&
           write_frame(x, stem, frame, err);
}

/* --- forms --- */

/* The frame without column `at`. */
static void drop_column(Frame *frame, size_t at)
{
    for (size_t i = at + 1; i < frame->n_columns; i++) frame->columns[i - 1] = frame->columns[i];
    frame->n_columns--;
}

static bool write_form(Export *x, const Form *form, Error *err)
{
    Frame *frame;
    if (!form_frame(x->trial, x->arena, form->id, &frame, err)) return false;
    switch (form->repeats) {
    case FORM_PER_DOSE:
        frame->columns[FORM_FRAME_VISIT].name = STR("DOSE");
        break;
    case FORM_PER_LOG:
        frame->columns[FORM_FRAME_DATE].name = STR("START");
        drop_column(frame, FORM_FRAME_VISIT);
        break;
    case FORM_PER_SUBJECT:
        drop_column(frame, FORM_FRAME_VISIT);
        break;
    case FORM_PER_VISIT:
    case FORM_PER_UNSTATED:
        break;
    }
    return write_frame(x, str_c(x->arena, form->id), frame, err);
}

/* SUBJID SITE SCREENED instead of SUBJID VISIT DATE. */
static bool write_screening(Export *x, const Form *form, Error *err)
{
    Frame *frame;
    if (!form_frame(x->trial, x->arena, form->id, &frame, err)) return false;
    frame->columns[FORM_FRAME_VISIT].name = STR("SITE");
    frame->columns[FORM_FRAME_DATE].name = STR("SCREENED");
    for (size_t i = 0; i < frame->n_rows; i++) {
        Str site;
        if (!db_find_text(x->arena, x->trial->db, "SELECT site FROM subjects WHERE subject = ?1",
                          DB_ARGS(db_text(frame->columns[FORM_FRAME_SUBJID].texts[i])), &site, NULL, err))
            return false;
        frame_set_text(frame, i, FORM_FRAME_VISIT, site);
    }
    return write_frame(x, "screening", frame, err);
}

static bool write_forms(Export *x, Error *err)
{
    const Protocol *protocol = trial_protocol(x->trial);
    const Form *screening = protocol_form(protocol, protocol->eligibility.form);
    if (screening && !write_screening(x, screening, err)) return false;
    for (size_t i = 0; i < protocol->forms.n; i++)
        if (&protocol->forms.items[i] != screening && !write_form(x, &protocol->forms.items[i], err))
            return false;
    return protocol_form(protocol, STR(FORM_ADVERSE_EVENTS)) ||
           write_form(x, trial_form(x->arena, protocol, STR(FORM_ADVERSE_EVENTS)), err);
}

/* --- acts that are no forms --- */

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static const ListingColumn CONSENT[] = {
    {"SUBJID", "Subject", COLUMN_TEXT},      {"DATE", "Date", COLUMN_DATE},
    {"VERSION", "Version", COLUMN_TEXT},     {"LANGUAGE", "Language", COLUMN_TEXT},
    {"SIGNED_BY", "Signed by", COLUMN_TEXT}, {"ASSENT", "Assent of the child", COLUMN_TEXT}};
static const ListingColumn ENROLMENT[] = {
    {"SUBJID", "Subject", COLUMN_TEXT}, {"DATE", "Date", COLUMN_DATE}, {"ARM", "Arm", COLUMN_TEXT}};
static const ListingColumn DEVIATIONS[] = {{"SUBJID", "Subject", COLUMN_TEXT},
                                           {"DATE", "Date", COLUMN_DATE},
                                           {"KIND", "Kind", COLUMN_TEXT},
                                           {"DETAIL", "Detail", COLUMN_TEXT}};
static const ListingColumn WITHDRAWALS[] = {
    {"SUBJID", "Subject", COLUMN_TEXT}, {"DATE", "Date", COLUMN_DATE}, {"REASON", "Reason", COLUMN_TEXT}};

/* The word of a missing assent gets its dot back: ".not-applicable". */
static bool write_consent(Export *x, Error *err)
{
    Frame *frame;
    if (!trial_listing(x->trial, x->arena, STR("consent"),
                       "SELECT subject, date, version, nullif(language, ''), nullif(signed_by, ''), "
                       "nullif(assent, '') FROM consents ORDER BY seq",
                       NULL, 0, CONSENT, N_OF(CONSENT), &frame, err))
        return false;
    size_t assent = N_OF(CONSENT) - 1;
    for (size_t i = 0; i < frame->n_rows; i++) {
        MissingReason reason;
        if (missing_parse(frame->columns[assent].texts[i], &reason))
            frame_set_missing(frame, i, assent, reason);
    }
    return write_frame(x, "consent", frame, err);
}

static bool write_acts(Export *x, Error *err)
{
    return write_consent(x, err) &&
           write_listing(
               x, "enrolment",
               "SELECT subject, enrolled, arm FROM subjects WHERE enrolled IS NOT NULL ORDER BY subject",
               ENROLMENT, N_OF(ENROLMENT), err) &&
           write_listing(x, "deviations",
                         "SELECT subject, date, kind, nullif(detail, '') FROM deviations ORDER BY seq",
                         DEVIATIONS, N_OF(DEVIATIONS), err) &&
           write_listing(x, "withdrawals",
                         "SELECT subject, withdrawn, nullif(withdrawal_reason, '') FROM subjects WHERE "
                         "withdrawn IS NOT NULL ORDER BY subject",
                         WITHDRAWALS, N_OF(WITHDRAWALS), err);
}

/* --- the journal --- */

static const ListingColumn AUDIT[] = {
    {"SEQ", "number of the entry: 1, 2, 3 without a gap", COLUMN_INTEGER},
    {"AT", "when, by the server's clock: milliseconds since 1970-01-01, UTC", COLUMN_INTEGER},
    {"AT_UTC", "the same as text", COLUMN_DATETIME},
    {"CLIENT_AT", "when, by the clock of whoever asked, in the same unit; not relied on", COLUMN_INTEGER},
    {"ACTOR", "user id of who did it", COLUMN_TEXT},
    {"ROLE", "the role in which", COLUMN_TEXT},
    {"SITE", "the site concerned; blank for the whole trial", COLUMN_TEXT},
    {"ACT", "what was done; its meaning stands below", COLUMN_TEXT},
    {"SUBJECT", "the subject concerned; blank for none", COLUMN_TEXT},
    {"REASON", "why, in the words of the actor", COLUMN_TEXT},
    {"BODY", "what was said, as canonical JSON: `items` new values, `was` those before", COLUMN_TEXT},
    {"PREV", "hash of the entry before; 64 zeros for the first", COLUMN_TEXT},
    {"HASH", "SHA-256 of this entry, as docs/trial-file.md says", COLUMN_TEXT},
};

/* Data files keep their columns, so that they are imported again; what is about the trial as a whole can bear one more. */
static void mark_simulated(const Export *x, Frame *frame)
{
    if (!trial_protocol(x->trial)->trial.simulated) return;
    frame_add_column(frame, STR("SIMULATED"), COLUMN_TEXT);
    for (size_t row = 0; row < frame->n_rows; row++) frame_set_text(frame, row, frame->n_columns - 1, STR("yes"));
}

static bool write_dictionary(Export *x, Error *err)
{
    Frame *frame = frame_new(x->arena, STR("audit-dictionary"));
    size_t n;
    const Act *const *acts = act_list(&n);
    frame_add_column(frame, STR("KIND"), COLUMN_TEXT);
    frame_add_column(frame, STR("NAME"), COLUMN_TEXT);
    frame_add_column(frame, STR("MEANING"), COLUMN_TEXT);
    for (size_t i = 0; i < N_OF(AUDIT) + n; i++) {
        bool is_column = i < N_OF(AUDIT);
        size_t row = frame_add_row(frame);
        frame_set_text(frame, row, 0, is_column ? STR("column") : STR("act"));
        frame_set_text(frame, row, 1, str_from(is_column ? AUDIT[i].name : acts[i - N_OF(AUDIT)]->name));
        frame_set_text(frame, row, 2, str_from(is_column ? AUDIT[i].label : acts[i - N_OF(AUDIT)]->summary));
    }
    mark_simulated(x, frame);
    return write_frame(x, "audit-dictionary", frame, err);
}

static bool write_audit(Export *x, Error *err)
{
    Frame *frame;
    if (!trial_listing(x->trial, x->arena, STR("audit"),
                       "SELECT seq, at, at, client_at, actor, role, nullif(site, ''), act, nullif(subject, ''), "
                       "nullif(reason, ''), body, prev, hash FROM journal ORDER BY seq",
                       NULL, 0, AUDIT, N_OF(AUDIT), &frame, err))
        return false;
    mark_simulated(x, frame);
    return write_frame(x, "audit", frame, err) && write_dictionary(x, err);
}

static bool write_protocol(Export *x, Error *err)
{
    Str text;
    return db_find_text(x->arena, x->trial->db, "SELECT text FROM protocols ORDER BY ordinal DESC LIMIT 1",
                        DB_NO_ARGS, &text, NULL, err) &&
           export_file(x, STR("protocol.yaml"), text, err);
}

static bool write_sums(Export *x, Error *err)
{
    Buf sums = buf_new(x->arena);
    for (size_t i = 0; i < x->report->n; i++)
        buf_format(&sums, STR_FMT "  " STR_FMT "\n", STR_ARG(x->report->files[i].digest),
                   STR_ARG(x->report->files[i].name));
    return file_write(x->arena, file_join(x->arena, x->folder, STR("SHA256SUMS")), buf_str(&sums), err);
}

static bool note_export(Export *x, const Actor *actor, Error *err)
{
    Body body = body_new(x->trial->scratch);
    body_put_text(&body, "as", x->as);
    return perform(x->trial, actor, &act_export, STR(""), STR(""), &body, NULL, err);
}

static bool write_simulated(Export *x, Error *err)
{
    return !trial_protocol(x->trial)->trial.simulated ||
           export_file(x, STR("SIMULATED.txt"),
                      STR("SIMULATED: the records in this folder are made up. No person, date or number is real.\n"), err);
}

static bool write_all(Export *x, Error *err)
{
    return write_sums(x, err) && write_simulated(x, err) && x->write(x, err) && write_sums(x, err);
}

static bool export_noted(Export *x, const Actor *actor, Error *err)
{
    Step step;
    if (!step_begin(x->trial, &step, err)) return false;
    bool written = note_export(x, actor, err) && file_make_folder(x->arena, x->folder, err) && write_all(x, err);
    return step_end(x->trial, &step, written, err);
}

static bool export_unnoted(Export *x, Error *err)
{
    if (!file_make_folder(x->arena, x->folder, err) || !db_begin_reading(x->trial->db, err)) return false;
    bool written = write_all(x, err);
    db_rollback(x->trial->db);
    return written;
}

static bool check_folder(const Export *x, Error *err)
{
    if (file_folder_is_empty(x->arena, x->folder) ||
        file_exists(x->arena, file_join(x->arena, x->folder, STR("SHA256SUMS"))))
        return true;
    error_set(err, ERROR_INCONSISTENT, "the folder \"" STR_FMT "\" holds other files", STR_ARG(x->folder));
    return error_hint(err, "Name a new folder, an empty one or that of an earlier export, or insist (--force).");
}

bool export_run(Export *x, const Actor *actor, ExportTo to, Error *err)
{
    x->folder = to.folder;
    *x->report = (ExportReport){.is_noted = !trial_is_read_only(x->trial)};
    if (!to.force && !check_folder(x, err)) return false;
    return x->report->is_noted ? export_noted(x, actor, err) : export_unnoted(x, err);
}

static bool write_own(Export *x, Error *err)
{
    return write_protocol(x, err) && write_forms(x, err) && write_acts(x, err) && write_audit(x, err);
}

bool trial_export_csv(Trial *trial, Arena *arena, const Actor *actor, ExportTo to, ExportReport *report, Error *err)
{
    Export x = {.trial = trial, .arena = arena, .report = report, .as = STR("csv"), .write = write_own};
    bool sees_arms;
    if (!sees_allocation(trial, actor, &sees_arms, err)) return false;
    if (!sees_arms) {
        error_set(err, ERROR_DENIED, "the trial is blinded, and its own files say who is in which arm");
        return error_hint(err, "Export SDTM or ADaM (--standard both), which leave that out, or let an inspector export.");
    }
    return export_run(&x, actor, to, err);
}
