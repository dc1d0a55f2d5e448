#include "trial/datasets.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "trial/eligibility.h"
#include "trial/form_frame.h"
#include "trial/inside.h"
#include "trial/listing.h"
#include "trial/visit_window.h"
#include "trial/measures.h"

typedef struct {
    Trial *trial;
    Arena *arena;
    const Protocol *protocol;
    Frame **forms; /* of each form of the protocol */
    Frame *events, *product;
    Str *first_dose; /* of each row of subjects; empty for none */
    Map subject_rows;
    Datasets *to;
} Building;

static size_t column_of(const Frame *frame, const char *name)
{
    return (size_t)(frame_column(frame, str_from(name)) - frame->columns);
}

static void set_flag(Frame *frame, const char *name, size_t row, bool is_set)
{
    if (is_set) frame_set_text(frame, row, column_of(frame, name), STR("Y"));
}

static Str text_at(const Frame *frame, const char *name, size_t row)
{
    const Column *column = frame_column(frame, str_from(name));
    return column && !column_is_number(column) && !column->missing[row] ? column->texts[row] : STR("");
}

static void add_columns(Frame *frame, const ListingColumn *columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!frame_column(frame, str_from(columns[i].name)))
            frame_add_column(frame, str_from(columns[i].name), columns[i].type)->label =
                str_from(columns[i].label);
}

static Frame *form_of(const Building *b, Str id)
{
    for (size_t i = 0; i < b->protocol->forms.n; i++)
        if (str_equal(b->protocol->forms.items[i].id, id)) return b->forms[i];
    return NULL;
}

/* Copies a cell. Versions of the protocol may give an item two types; a text that is no number is then missing. */
static void copy_cell(Frame *to, size_t row, size_t column, const Column *from, size_t from_row)
{
    double number;
    if (from->missing[from_row])
        frame_set_missing(to, row, column, (MissingReason)from->missing[from_row]);
    else if (!column_is_number(&to->columns[column]))
        frame_set_text(to, row, column, frame_cell_text(to->arena, from, from_row));
    else if (column_is_number(from))
        frame_set_number(to, row, column, from->numbers[from_row]);
    else if (number_parse(from->texts[from_row], &number))
        frame_set_number(to, row, column, number);
    else
        frame_set_missing(to, row, column, MISSING_NOT_APPLICABLE);
}

/* Adds the items of `form` as columns; *first is the first of them (items keep their order). */
static void adopt_columns(Frame *frame, const Frame *form, size_t *map)
{
    for (size_t i = FORM_FRAME_ITEMS; i < form->n_columns; i++) {
        const Column *from = &form->columns[i];
        if (!frame_column(frame, from->name)) {
            Column *added = frame_add_column(frame, from->name, from->type);
            added->label = from->label;
            added->unit = from->unit;
            added->codelist = from->codelist;
        }
        map[i] = (size_t)(frame_column(frame, from->name) - frame->columns);
    }
}

static void adopt_row(Frame *frame, size_t row, const Frame *form, size_t from_row, const size_t *map)
{
    for (size_t i = FORM_FRAME_ITEMS; i < form->n_columns; i++)
        copy_cell(frame, row, map[i], &form->columns[i], from_row);
}

static size_t *column_map(Arena *arena, const Frame *form)
{
    return ARENA_ARRAY(arena, size_t, form->n_columns + 1);
}

static bool days_between(Str from, Str to, double *days)
{
    Date first, last;
    Error ignored = {0};
    if (!date_parse(from, &first, &ignored) || !date_parse(to, &last, &ignored) || !date_is_full(first) ||
        !date_is_full(last))
        return false;
    *days = (double)(date_days(last) - date_days(first));
    return true;
}

/* --- subjects --- */

static const ListingColumn SUBJECT_KEYS[] = {
    {"SUBJID", "Subject", COLUMN_TEXT},  {"SITE", "Site", COLUMN_TEXT},
    {"STATUS", "Status", COLUMN_TEXT},   {"SCREENED", "Screened", COLUMN_DATE},
    {"CONSENT", "Consent", COLUMN_DATE}, {"ENROLLED", "Enrolled", COLUMN_DATE},
    {"ARM", "Arm", COLUMN_TEXT},         {"WITHDRAWN", "Withdrawn", COLUMN_DATE},
};
static const ListingColumn SUBJECT_FLAGS[] = {
    {"AGE", "Age (years)", COLUMN_NUMBER},       {"ENRLFL", "Enrolled", COLUMN_TEXT},
    {"SAFFL", "Received a dose", COLUMN_TEXT},   {"COMPLFL", "Completed", COLUMN_TEXT},
    {"FAILID", "Criterion failed", COLUMN_TEXT}, {"FAILTEXT", "Why not enrolled", COLUMN_TEXT},
    {"N_DOSES", "Doses", COLUMN_INTEGER},
};

static void set_age(Frame *subjects, size_t row)
{
    Str birth = text_at(subjects, "BIRTH", row), on = text_at(subjects, "ENROLLED", row);
    Date born, then;
    Error ignored = {0};
    if (!on.len) on = text_at(subjects, "SCREENED", row);
    if (!birth.len || !date_parse(birth, &born, &ignored) || !date_parse(on, &then, &ignored) ||
        !date_is_full(born))
        return;
    frame_set_number(subjects, row, column_of(subjects, "AGE"), date_age_exact(born, then));
}

static void count_doses(Building *b)
{
    Frame *subjects = b->to->subjects;
    size_t n_doses = column_of(subjects, "N_DOSES");
    for (size_t i = 0; i < subjects->n_rows; i++) frame_set_number(subjects, i, n_doses, 0);
    for (size_t i = 0; b->product && i < b->product->n_rows; i++) {
        MapEntry *entry = map_get(&b->subject_rows, b->product->columns[FORM_FRAME_SUBJID].texts[i]);
        Str date = b->product->columns[FORM_FRAME_DATE].texts[i];
        if (!entry) continue;
        Str *first = &b->first_dose[entry->index];
        if (!first->len || str_compare(date, *first) < 0) *first = date;
        subjects->columns[n_doses].numbers[entry->index]++;
        set_flag(subjects, "SAFFL", entry->index, true);
    }
}

/* Seen at the last assessment: any form of the last visit that is no follow-up. */
static void set_completers(Building *b)
{
    const Visit *last = NULL;
    for (size_t i = 0; i < b->protocol->visits.n; i++) {
        const Visit *visit = &b->protocol->visits.items[i];
        bool counts = visit->kind == VISIT_ASSESSMENT || visit->kind == VISIT_DOSE;
        if (counts && (!last || visit->order > last->order)) last = visit;
    }
    for (size_t f = 0; last && f < b->protocol->forms.n; f++) {
        const Frame *form = b->forms[f];
        for (size_t i = 0; form && i < form->n_rows; i++) {
            if (!str_equal(form->columns[FORM_FRAME_VISIT].texts[i], last->id)) continue;
            MapEntry *entry = map_get(&b->subject_rows, form->columns[FORM_FRAME_SUBJID].texts[i]);
            if (entry) set_flag(b->to->subjects, "COMPLFL", entry->index, true);
        }
    }
}

static bool has_refused(const Frame *subjects, size_t row)
{
    for (size_t i = 0; i < subjects->n_columns; i++)
        if (subjects->columns[i].missing[row] == MISSING_REFUSED) return true;
    return false;
}

/* What keeps a subject that is not enrolled out, if it is known. */
static void set_failure(Frame *subjects, size_t row, const Eligibilities *judged)
{
    Str id = STR(""), text = STR("");
    for (size_t i = 0; !id.len && i < judged->n; i++) {
        const JudgedCriterion *criterion = &judged->criteria[i];
        if (criterion->holds[row] < 0 || criterion_admits(criterion, row)) continue;
        id = criterion->id;
        text = criterion->text;
        if (criterion->kind != CRITERION_EXCLUSION) text = str_format(subjects->arena, "not met: " STR_FMT, STR_ARG(text));
    }
    if (!id.len && !text_at(subjects, "CONSENT", row).len && has_refused(subjects, row)) {
        id = STR("CONSENT");
        text = STR("Consent was not given");
    }
    if (!id.len) return;
    frame_set_text(subjects, row, column_of(subjects, "FAILID"), id);
    frame_set_text(subjects, row, column_of(subjects, "FAILTEXT"), text);
}

static void set_status(Frame *subjects, size_t row, const Eligibilities *judged)
{
    bool is_enrolled = text_at(subjects, "ENROLLED", row).len > 0;
    set_flag(subjects, "ENRLFL", row, is_enrolled);
    if (!is_enrolled) set_failure(subjects, row, judged);
    Str failure = text_at(subjects, "FAILID", row);
    Str status = text_at(subjects, "WITHDRAWN", row).len ? STR("withdrawn")
                 : text_at(subjects, "COMPLFL", row).len ? STR("completed")
                 : is_enrolled                           ? STR("enrolled")
                 : str_equal(failure, STR("CONSENT"))    ? STR("declined")
                 : failure.len                           ? STR("screen-failed")
                 : text_at(subjects, "CONSENT", row).len ? STR("consented")
                                                         : STR("screened");
    frame_set_text(subjects, row, column_of(subjects, "STATUS"), status);
}

static void add_eligibility(Building *b, const Eligibilities *judged)
{
    static const ListingColumn COLUMNS[] = {
        {"SUBJID", "Subject", COLUMN_TEXT},          {"CRITERION", "Criterion", COLUMN_TEXT},
        {"TEXT", "Criterion in words", COLUMN_TEXT}, {"KIND", "Kind", COLUMN_TEXT},
        {"ANSWER", "Answer", COLUMN_TEXT},
    };
    Frame *frame = b->to->eligibility = frame_new(b->arena, STR("eligibility"));
    add_columns(frame, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
    for (size_t s = 0; s < b->to->subjects->n_rows; s++) {
        for (size_t i = 0; i < judged->n; i++) {
            const JudgedCriterion *criterion = &judged->criteria[i];
            size_t row = frame_add_row(frame);
            frame_set_text(frame, row, 0, text_at(b->to->subjects, "SUBJID", s));
            frame_set_text(frame, row, 1, criterion->id);
            frame_set_text(frame, row, 2, criterion->text);
            frame_set_text(frame, row, 3, str_from(criterion_kind_word(criterion->kind)));
            frame_set_text(frame, row, 4, str_from(criterion_answer(criterion->holds[s])));
        }
    }
}

static void adopt_screening(Building *b)
{
    Frame *subjects = b->to->subjects;
    const Frame *screening = form_of(b, b->protocol->eligibility.form);
    size_t *map = screening ? column_map(b->arena, screening) : NULL;
    if (screening) adopt_columns(subjects, screening, map);
    add_columns(subjects, SUBJECT_FLAGS, sizeof SUBJECT_FLAGS / sizeof SUBJECT_FLAGS[0]);
    for (size_t i = 0; screening && i < screening->n_rows; i++) {
        MapEntry *entry = map_get(&b->subject_rows, screening->columns[FORM_FRAME_SUBJID].texts[i]);
        if (entry) adopt_row(subjects, entry->index, screening, i, map);
    }
}

static bool build_subjects(Building *b, Error *err)
{
    Eligibilities judged = {0};
    if (!trial_listing(b->trial, b->arena, STR("subjects"),
                       "SELECT subject, site, NULL, screened, consented, enrolled, arm, withdrawn FROM "
                       "subjects ORDER BY subject",
                       NULL, 0, SUBJECT_KEYS, sizeof SUBJECT_KEYS / sizeof SUBJECT_KEYS[0], &b->to->subjects,
                       err))
        return false;
    Frame *subjects = b->to->subjects;
    b->first_dose = ARENA_ARRAY(b->arena, Str, subjects->n_rows + 1);
    for (size_t i = 0; i < subjects->n_rows; i++)
        map_put(&b->subject_rows, subjects->columns[0].texts[i], NULL)->index = i;
    adopt_screening(b);
    for (size_t i = 0; i < subjects->n_rows; i++) set_age(subjects, i);
    count_doses(b);
    set_completers(b);
    if (b->protocol->eligibility.at && !eligibility_judge(b->arena, b->protocol, subjects, &judged, err))
        return false;
    for (size_t i = 0; i < subjects->n_rows; i++) set_status(subjects, i, &judged);
    add_eligibility(b, &judged);
    return true;
}

/* --- visits --- */

static const ListingColumn VISIT_KEYS[] = {
    {"SUBJID", "Subject", COLUMN_TEXT},
    {"VISIT", "Visit", COLUMN_TEXT},
    {"VISITN", "Visit number", COLUMN_INTEGER},
    {"DATE", "Date", COLUMN_DATE},
    {"DAY", "Days since the first dose", COLUMN_INTEGER},
    {"IN_WINDOW", "Within the window", COLUMN_TEXT},
};
enum { VISIT_SUBJID, VISIT_VISIT, VISIT_VISITN, VISIT_DATE, VISIT_DAY, VISIT_IN_WINDOW };

static void set_day(Building *b, size_t row)
{
    Frame *visits = b->to->visits;
    MapEntry *entry = map_get(&b->subject_rows, visits->columns[VISIT_SUBJID].texts[row]);
    const Visit *visit = protocol_visit(b->protocol, visits->columns[VISIT_VISIT].texts[row]);
    double day;
    if (!entry || !days_between(b->first_dose[entry->index], visits->columns[VISIT_DATE].texts[row], &day))
        return;
    frame_set_number(visits, row, VISIT_DAY, day);
    if (!visit || visit->day == INTEGER_ABSENT) return;
    bool is_in = visit_days_outside(visit, (int)day) == 0;
    frame_set_text(visits, row, VISIT_IN_WINDOW, is_in ? STR("Y") : STR("N"));
}

static size_t visit_row(Building *b, Map *rows, Str subject, Str id, Str date)
{
    Frame *visits = b->to->visits;
    bool is_new;
    MapEntry *entry =
        map_put(rows, str_format(b->arena, STR_FMT "\n" STR_FMT, STR_ARG(subject), STR_ARG(id)), &is_new);
    if (is_new) {
        entry->index = frame_add_row(visits);
        frame_set_text(visits, entry->index, VISIT_SUBJID, subject);
        frame_set_text(visits, entry->index, VISIT_VISIT, id);
        const Visit *visit = protocol_visit(b->protocol, id);
        if (visit) frame_set_number(visits, entry->index, VISIT_VISITN, visit->order);
    }
    Str *known = &visits->columns[VISIT_DATE].texts[entry->index];
    if (is_new || str_compare(date, *known) < 0) frame_set_text(visits, entry->index, VISIT_DATE, date);
    return entry->index;
}

/* Items that the protocol computes from others of the row. */
static bool compute_items(Building *b, Error *err)
{
    for (size_t f = 0; f < b->protocol->forms.n; f++) {
        const Form *form = &b->protocol->forms.items[f];
        for (size_t i = 0; form->repeats == FORM_PER_VISIT && i < form->items.n; i++) {
            const Item *item = &form->items.items[i];
            Column values;
            if (!item->derived.len) continue;
            if (!frame_compute(b->arena, b->to->visits, item->derived, &values, err))
                return error_in(err, "item \"" STR_FMT "\"", STR_ARG(item->id));
            Column *column = frame_add_column(b->to->visits, item->id, values.type);
            column->label = item->label;
            column->unit = item->unit;
            for (size_t row = 0; row < b->to->visits->n_rows; row++)
                copy_cell(b->to->visits, row, b->to->visits->n_columns - 1, &values, row);
        }
    }
    return true;
}

static bool build_visits(Building *b, Error *err)
{
    Frame *visits = b->to->visits = frame_new(b->arena, STR("visits"));
    Map rows = map_new(b->arena);
    add_columns(visits, VISIT_KEYS, sizeof VISIT_KEYS / sizeof VISIT_KEYS[0]);
    for (size_t f = 0; f < b->protocol->forms.n; f++) {
        const Frame *form = b->forms[f];
        if (b->protocol->forms.items[f].repeats != FORM_PER_VISIT) continue;
        size_t *map = column_map(b->arena, form);
        adopt_columns(visits, form, map);
        for (size_t i = 0; i < form->n_rows; i++)
            adopt_row(visits,
                      visit_row(b, &rows, form->columns[0].texts[i], form->columns[1].texts[i],
                                form->columns[2].texts[i]),
                      form, i, map);
    }
    for (size_t i = 0; i < visits->n_rows; i++) set_day(b, i);
    size_t *order = ARENA_ARRAY(b->arena, size_t, visits->n_rows + 1);
    for (size_t i = 0; i < visits->n_rows; i++) order[i] = i;
    frame_sort_rows(&visits->columns[VISIT_DATE], false, order, visits->n_rows);
    frame_sort_rows(&visits->columns[VISIT_VISITN], false, order, visits->n_rows);
    frame_sort_rows(&visits->columns[VISIT_SUBJID], false, order, visits->n_rows);
    b->to->visits = frame_take_rows(b->arena, visits, order, visits->n_rows);
    b->to->visits->name = STR("visits");
    return compute_items(b, err);
}

/* --- doses, events, deviations --- */

static void build_doses(Building *b)
{
    static const ListingColumn KEYS[] = {
        {"SUBJID", "Subject", COLUMN_TEXT}, {"DOSE", "Dose", COLUMN_INTEGER}, {"DATE", "Date", COLUMN_DATE}};
    static const ListingColumn RATIOS[] = {
        {"DOSE_PER_KG", "Mononuclear cells (10*6/kg)", COLUMN_NUMBER},
        {"CD34_PER_KG", "CD34+ cells (10*6/kg)", COLUMN_NUMBER},
        {"ENDOTOXIN_EU_KG", "Endotoxin (EU/kg)", COLUMN_NUMBER},
    };
    Frame *doses = b->to->doses = frame_new(b->arena, STR("doses"));
    const Frame *form = b->product;
    size_t *map = form ? column_map(b->arena, form) : NULL;
    add_columns(doses, KEYS, 3);
    if (form) adopt_columns(doses, form, map);
    add_columns(doses, RATIOS, 3);
    for (size_t i = 0; form && i < form->n_rows; i++) {
        double number = 0;
        size_t row = frame_add_row(doses);
        frame_set_text(doses, row, 0, form->columns[FORM_FRAME_SUBJID].texts[i]);
        if (number_parse(form->columns[FORM_FRAME_VISIT].texts[i], &number))
            frame_set_number(doses, row, 1, number);
        frame_set_text(doses, row, 2, form->columns[FORM_FRAME_DATE].texts[i]);
        adopt_row(doses, row, form, i, map);
        fill_product_ratios(doses, row);
    }
}

static bool begins_on_treatment(Str start, Str first_dose)
{
    Date began, dosed;
    Error ignored = {0};
    if (!first_dose.len || !date_parse(start, &began, &ignored) || !date_parse(first_dose, &dosed, &ignored))
        return false;
    return date_days(date_latest(began)) >= date_days(dosed);
}

static bool build_events(Building *b, Error *err)
{
    static const ListingColumn KEYS[] = {{"SUBJID", "Subject", COLUMN_TEXT},
                                         {"AESEQ", "Event", COLUMN_INTEGER},
                                         {"START", "Start", COLUMN_DATE}};
    static const ListingColumn MORE[] = {{"AEDECOD", "Term", COLUMN_TEXT},
                                         {"AEBODSYS", "Body system", COLUMN_TEXT},
                                         {"TRTEMFL", "Began on treatment", COLUMN_TEXT}};
    const Frame *form = b->events;
    Frame *events = frame_new(b->arena, STR("adverse_events"));
    size_t *map = column_map(b->arena, form);
    add_columns(events, KEYS, 3);
    adopt_columns(events, form, map);
    add_columns(events, MORE, 3);
    for (size_t i = 0; i < form->n_rows; i++) {
        Str subject = form->columns[FORM_FRAME_SUBJID].texts[i],
            start = form->columns[FORM_FRAME_DATE].texts[i];
        double number = 0;
        size_t row = frame_add_row(events);
        frame_set_text(events, row, 0, subject);
        if (number_parse(form->columns[FORM_FRAME_VISIT].texts[i], &number))
            frame_set_number(events, row, 1, number);
        frame_set_text(events, row, 2, start);
        adopt_row(events, row, form, i, map);
        Str term = text_at(events, "TERM", row), system = text_at(events, "BODSYS", row);
        if (term.len) frame_set_text(events, row, column_of(events, "AEDECOD"), term);
        if (system.len) frame_set_text(events, row, column_of(events, "AEBODSYS"), system);
        MapEntry *entry = map_get(&b->subject_rows, subject);
        set_flag(events, "TRTEMFL", row, entry && begins_on_treatment(start, b->first_dose[entry->index]));
    }
    return frame_join(b->arena, events, b->to->subjects, STR("SUBJID"), &b->to->adverse_events, err);
}

enum { DEVIATION_SUBJID, DEVIATION_DATE, DEVIATION_KIND, DEVIATION_DETAIL, DEVIATION_SOURCE };

/* Somebody wrote down a deviation of that subject on that day. */
static bool is_recorded(const Frame *deviations, size_t n_recorded, Str subject, Str date)
{
    for (size_t i = 0; i < n_recorded; i++)
        if (str_equal(deviations->columns[DEVIATION_SUBJID].texts[i], subject) &&
            str_equal(deviations->columns[DEVIATION_DATE].texts[i], date))
            return true;
    return false;
}

/* Visits outside their window that nobody wrote down. */
static void add_late_visits(Building *b)
{
    Frame *visits = b->to->visits, *deviations = b->to->deviations;
    size_t n_recorded = deviations->n_rows;
    for (size_t i = 0; i < visits->n_rows; i++) {
        Str subject = visits->columns[VISIT_SUBJID].texts[i], date = visits->columns[VISIT_DATE].texts[i];
        const Visit *visit = protocol_visit(b->protocol, visits->columns[VISIT_VISIT].texts[i]);
        if (!visit || visits->columns[VISIT_DAY].missing[i] || is_recorded(deviations, n_recorded, subject, date)) continue;
        int outside = visit_days_outside(visit, (int)visits->columns[VISIT_DAY].numbers[i]);
        if (outside == 0) continue;
        size_t row = frame_add_row(deviations);
        frame_set_text(deviations, row, DEVIATION_SUBJID, subject);
        frame_set_text(deviations, row, DEVIATION_DATE, date);
        frame_set_text(deviations, row, DEVIATION_KIND, STR("visit-window"));
        frame_set_text(deviations, row, DEVIATION_DETAIL, visit_outside_text(b->arena, visit, outside));
        frame_set_text(deviations, row, DEVIATION_SOURCE, STR("program"));
    }
}

static bool build_deviations(Building *b, Error *err)
{
    static const ListingColumn COLUMNS[] = {{"SUBJID", "Subject", COLUMN_TEXT},
                                            {"DATE", "Date", COLUMN_DATE},
                                            {"KIND", "Kind", COLUMN_TEXT},
                                            {"DETAIL", "Detail", COLUMN_TEXT},
                                            {"SOURCE", "Found by", COLUMN_TEXT}};
    if (!trial_listing(b->trial, b->arena, STR("deviations"),
                       "SELECT subject, date, kind, detail, 'person' FROM deviations ORDER BY subject, date, seq",
                       NULL, 0, COLUMNS, 5, &b->to->deviations, err))
        return false;
    add_late_visits(b);
    return true;
}

static bool read_forms(Building *b, Error *err)
{
    b->forms = ARENA_ARRAY(b->arena, Frame *, b->protocol->forms.n + 1);
    for (size_t i = 0; i < b->protocol->forms.n; i++)
        if (!form_frame(b->trial, b->arena, b->protocol->forms.items[i].id, &b->forms[i], err)) return false;
    b->product = form_of(b, b->protocol->product.form);
    return form_frame(b->trial, b->arena, STR(FORM_ADVERSE_EVENTS), &b->events, err);
}

static bool build_all(Building *b, Error *err)
{
    Datasets *to = b->to;
    if (!trial_head(b->trial, b->arena, &to->n_entries, &to->head, err) || !read_forms(b, err) ||
        !build_subjects(b, err) || !build_visits(b, err) || !build_events(b, err) ||
        !build_deviations(b, err))
        return false;
    build_doses(b);
    if (!measures_build(b->arena, b->protocol, to->subjects, b->first_dose, b->forms, &to->measures, err))
        return false;
    to->measures->name = STR("measures");
    to->adverse_events->name = STR("adverse_events");
    return true;
}

bool datasets_build(Trial *trial, Arena *arena, Datasets *datasets, Error *err)
{
    Building b = {.trial = trial,
                  .arena = arena,
                  .protocol = trial_protocol(trial),
                  .subject_rows = map_new(arena),
                  .to = datasets};
    bool is_outermost = !db_in_transaction(trial->db);
    *datasets = (Datasets){.file = str_copy(arena, file_name(trial_path(trial)))};
    if (is_outermost && !db_begin_reading(trial->db, err)) return false;
    bool built = build_all(&b, err);
    if (is_outermost) db_rollback(trial->db);
    return built;
}

bool datasets_frame(const Datasets *datasets, Str name, Frame **frame, Error *err)
{
    static const Str NAMES[] = {
#define X(name) {#name, sizeof(#name) - 1},
        TRIAL_DATASETS(X)
#undef X
    };
    Frame *const frames[] = {
#define X(name) datasets->name,
        TRIAL_DATASETS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        *frame = frames[i];
        if (str_equal_fold(name, NAMES[i])) return true;
    }
    Str near = str_nearest(name, NAMES, sizeof NAMES / sizeof NAMES[0]);
    error_set(err, ERROR_INCONSISTENT, "a trial file has no data set \"" STR_FMT "\"", STR_ARG(name));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(
        err, "It has subjects, visits, measures, adverse_events, doses, eligibility and deviations.");
}

Str datasets_provenance(Arena *arena, const Datasets *datasets, const Frame *frame)
{
    return str_format(
        arena, STR_FMT ": %zu records, from " STR_FMT " at journal entry %" PRId64 " (SHA-256 " STR_FMT ")",
        STR_ARG(frame->name), frame->n_rows, STR_ARG(datasets->file), datasets->n_entries,
        STR_ARG(datasets->head));
}
