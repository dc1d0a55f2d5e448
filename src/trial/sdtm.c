#include "trial/sdtm.h"

#include "trial/form_frame.h"
#include "trial/form_rules.h"
#include "trial/listing.h"
#include "trial/sdtm_inside.h"

Str sdtm_subject_id(Arena *arena, const Protocol *protocol, Str subject)
{
    return str_format(arena, STR_FMT "-" STR_FMT, STR_ARG(protocol->trial.id), STR_ARG(subject));
}

/* --- subjects --- */

static Str text_of(const Frame *frame, const char *name, size_t row)
{
    const Column *column = frame_column(frame, str_from(name));
    return column && !column_is_number(column) && !column->missing[row] ? column->texts[row] : STR("");
}

static void note_latest(SdtmSubject *subject, Str date)
{
    if (date.len && (!subject->latest.len || str_compare(date, subject->latest) > 0)) subject->latest = date;
}

static SdtmSubject *subject_of(Sdtm *sdtm, Str id)
{
    const MapEntry *entry = map_get(&sdtm->rows, id);
    return entry ? &sdtm->subjects[entry->index] : NULL;
}

const SdtmSubject *sdtm_subject(const Sdtm *sdtm, Str id)
{
    const MapEntry *entry = map_get(&sdtm->rows, id);
    return entry ? &sdtm->subjects[entry->index] : NULL;
}

static void read_subjects(Sdtm *sdtm)
{
    const Frame *frame = sdtm->datasets->subjects;
    sdtm->n_subjects = frame->n_rows;
    sdtm->subjects = ARENA_ARRAY(sdtm->arena, SdtmSubject, frame->n_rows + 1);
    sdtm->rows = map_new(sdtm->arena);
    for (size_t i = 0; i < frame->n_rows; i++) {
        SdtmSubject *to = &sdtm->subjects[i];
        Str status = text_of(frame, "STATUS", i);
        *to = (SdtmSubject){.id = text_of(frame, "SUBJID", i),
                            .site = text_of(frame, "SITE", i),
                            .arm = text_of(frame, "ARM", i),
                            .consent = text_of(frame, "CONSENT", i),
                            .screened = text_of(frame, "SCREENED", i),
                            .enrolled = text_of(frame, "ENROLLED", i),
                            .withdrawn = text_of(frame, "WITHDRAWN", i)};
        to->failed = str_equal(status, STR("screen-failed")) || str_equal(status, STR("declined"));
        to->unique_id = sdtm_subject_id(sdtm->arena, sdtm->protocol, to->id);
        if (!to->arm.len && to->enrolled.len && sdtm->protocol->arms.n == 1) to->arm = sdtm->protocol->arms.items[0].id;
        map_put(&sdtm->rows, to->id, NULL)->index = i;
        note_latest(to, to->screened);
        note_latest(to, to->consent);
        note_latest(to, to->enrolled);
        note_latest(to, to->withdrawn);
    }
}

static bool read_reasons(Sdtm *sdtm, Error *err)
{
    static const ListingColumn COLUMNS[] = {{"SUBJID", "Subject", COLUMN_TEXT}, {"REASON", "Reason", COLUMN_TEXT}};
    Frame *frame;
    if (!trial_listing(sdtm->trial, sdtm->arena, STR("withdrawals"),
                       "SELECT subject, withdrawal_reason FROM subjects WHERE withdrawn IS NOT NULL ORDER BY subject", NULL, 0,
                       COLUMNS, 2, &frame, err))
        return false;
    for (size_t i = 0; i < frame->n_rows; i++) {
        SdtmSubject *subject = subject_of(sdtm, frame->columns[0].texts[i]);
        if (subject && !frame->columns[1].missing[i]) subject->withdrawal_reason = frame->columns[1].texts[i];
    }
    return true;
}

static void read_doses(Sdtm *sdtm)
{
    const Frame *doses = sdtm->datasets->doses;
    for (size_t i = 0; i < doses->n_rows; i++) {
        SdtmSubject *subject = subject_of(sdtm, text_of(doses, "SUBJID", i));
        Str date = text_of(doses, "DATE", i);
        if (!subject || !date.len) continue;
        if (!subject->first_dose.len || str_compare(date, subject->first_dose) < 0) subject->first_dose = date;
        if (str_compare(date, subject->last_dose) > 0) subject->last_dose = date;
        note_latest(subject, date);
    }
    for (size_t i = 0; i < sdtm->n_subjects; i++) {
        SdtmSubject *subject = &sdtm->subjects[i];
        bool by_dose = sdtm->protocol->product.doses.n && !(sdtm->doses_tell && !sdtm->sees_arms);
        subject->reference = by_dose ? subject->first_dose : subject->enrolled;
    }
}

/* Every visit form's date; completion is the day of the last visit that counts. */
static void read_dates(Sdtm *sdtm)
{
    for (size_t f = 0; f < sdtm->n_forms; f++) {
        const Frame *form = sdtm->forms[f];
        for (size_t i = 0; i < form->n_rows; i++) {
            SdtmSubject *subject = subject_of(sdtm, form->columns[FORM_FRAME_SUBJID].texts[i]);
            Str date = form->columns[FORM_FRAME_DATE].texts[i];
            if (!subject || !date.len) continue;
            note_latest(subject, date);
            if (sdtm->form_rules[f]->repeats != FORM_PER_VISIT) continue;
            const Visit *visit = protocol_visit(sdtm->protocol, form->columns[FORM_FRAME_VISIT].texts[i]);
            if (!visit) continue;
            if (visit->kind != VISIT_SCREENING && str_compare(date, subject->last_visit) > 0) subject->last_visit = date;
            if (visit == sdtm->last_visit && str_compare(date, subject->completed) > 0) subject->completed = date;
            if (visit->kind == VISIT_FOLLOW_UP && (!subject->follow_up.len || str_compare(date, subject->follow_up) < 0))
                subject->follow_up = date;
        }
    }
}

static void read_events(Sdtm *sdtm)
{
    const Frame *events = sdtm->datasets->adverse_events;
    for (size_t i = 0; i < events->n_rows; i++) {
        SdtmSubject *subject = subject_of(sdtm, text_of(events, "SUBJID", i));
        Str end = text_of(events, "END", i);
        if (!subject) continue;
        note_latest(subject, end);
        if (str_equal(text_of(events, "OUTCOME", i), STR("fatal"))) subject->death = end;
    }
}

static bool read_forms(Sdtm *sdtm, Error *err)
{
    const Protocol *protocol = sdtm->protocol;
    bool own_events = protocol_form(protocol, STR(FORM_ADVERSE_EVENTS)) != NULL;
    sdtm->n_forms = protocol->forms.n + !own_events;
    sdtm->forms = ARENA_ARRAY(sdtm->arena, Frame *, sdtm->n_forms);
    sdtm->form_rules = ARENA_ARRAY(sdtm->arena, const Form *, sdtm->n_forms);
    for (size_t i = 0; i < sdtm->n_forms; i++) {
        sdtm->form_rules[i] =
            i < protocol->forms.n ? &protocol->forms.items[i] : trial_form(sdtm->arena, protocol, STR(FORM_ADVERSE_EVENTS));
        if (!form_frame(sdtm->trial, sdtm->arena, sdtm->form_rules[i]->id, &sdtm->forms[i], err)) return false;
    }
    return true;
}

static const Visit *last_visit(const Protocol *protocol)
{
    const Visit *last = NULL;
    for (size_t i = 0; i < protocol->visits.n; i++) {
        const Visit *visit = &protocol->visits.items[i];
        if ((visit->kind == VISIT_ASSESSMENT || visit->kind == VISIT_DOSE) && (!last || visit->order > last->order)) last = visit;
    }
    return last;
}

bool sdtm_doses_tell(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->arms.n; i++) {
        ArmKind kind = protocol->arms.items[i].kind;
        if (kind == ARM_USUAL_CARE || kind == ARM_UNTREATED || kind == ARM_WAITING) return true;
    }
    for (size_t i = 0; i < protocol->product.doses.n; i++)
        if (protocol->product.doses.items[i].arms.n) return true;
    return false;
}

/* --- rows --- */

void sdtm_row(const Sdtm *sdtm, StandardSet *set, const SdtmSubject *subject)
{
    standard_row(set);
    standard_text(set, "STUDYID", sdtm->protocol->trial.id);
    standard_text(set, "DOMAIN", set->name);
    if (subject) standard_text(set, "USUBJID", subject->unique_id);
}

bool sdtm_visit_has_day(const Visit *visit) { return visit->day != INTEGER_ABSENT; }

/* Nominal days count from 0, study days from 1. */
double sdtm_visit_day(const Visit *visit) { return visit->day + (visit->day >= 0 ? 1 : 0); }

void sdtm_visit(const Sdtm *sdtm, StandardSet *set, Str id)
{
    const Visit *visit = protocol_visit(sdtm->protocol, id);
    if (!visit) return;
    standard_number(set, "VISITNUM", visit->order);
    standard_text(set, "VISIT", visit->title);
    if (sdtm_visit_has_day(visit)) standard_number(set, "VISITDY", sdtm_visit_day(visit));
}

Str sdtm_epoch_of(const Sdtm *sdtm, const SdtmSubject *subject, Str date)
{
    Str start = subject->consent.len && str_compare(subject->consent, subject->screened) < 0 ? subject->consent : subject->screened;
    (void)sdtm;
    if (date.len < 10 || (start.len && str_compare(date, start) < 0)) return STR("");
    if (!subject->reference.len || str_compare(date, subject->reference) < 0) return STR("SCREENING");
    if (subject->follow_up.len && str_compare(date, subject->follow_up) >= 0) return STR("FOLLOW-UP");
    return STR("TREATMENT");
}

void sdtm_epoch(const Sdtm *sdtm, StandardSet *set, const SdtmSubject *subject, Str date)
{
    standard_text(set, "EPOCH", sdtm_epoch_of(sdtm, subject, date));
}

void sdtm_date(const Sdtm *sdtm, StandardSet *set, const SdtmSubject *subject, const char *dtc, const char *dy, Str date)
{
    double day;
    (void)sdtm;
    standard_text(set, dtc, date);
    if (dy && standard_study_day(subject->reference, date, &day)) standard_number(set, dy, day);
}

Str sdtm_arm_code(const Sdtm *sdtm, const Arm *arm) { return sdtm_name_of(sdtm->arena, arm->id, 20); }

Str sdtm_element_code(const Sdtm *sdtm, const Arm *arm) { return sdtm_name_of(sdtm->arena, arm->id, 8); }

bool sdtm_has_follow_up(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->visits.n; i++)
        if (protocol->visits.items[i].kind == VISIT_FOLLOW_UP) return true;
    return false;
}

bool sdtm_keep(const Sdtm *sdtm, StandardSet *set, Error *err)
{
    if (!set->frame->n_rows) return true;
    if (!standard_finish(set, err)) return false;
    standard_add(sdtm->sets, set);
    StandardSet *supplement = standard_supplement(set);
    if (!supplement) return true;
    if (!standard_finish(supplement, err)) return false;
    standard_add(sdtm->sets, supplement);
    return true;
}

/* --- all --- */

static void note_absent(Sdtm *sdtm)
{
    static const char *const NAMES[] = {
#define X(name) #name,
        SDTM_SETS(X)
#undef X
    };
    Buf absent = buf_new(sdtm->arena);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (!standard_find(sdtm->sets, str_from(NAMES[i]))) buf_format(&absent, "%s%s", absent.len ? ", " : "", NAMES[i]);
    if (absent.len)
        standard_note(sdtm->sets, str_format(sdtm->arena, "Not made, because this trial records nothing for them: " STR_FMT ".",
                                             STR_ARG(buf_str(&absent))));
    if (!sdtm->sees_arms)
        standard_note(sdtm->sets, STR("The trial is blinded: planned and actual arms, elements of treatment, exposure and what is "
                                      "recorded of the product are left out."));
}

bool sdtm_build(Trial *trial, Arena *arena, const SdtmRequest *request, StandardSets *sets, Error *err)
{
    Sdtm sdtm = {.trial = trial,
                 .arena = arena,
                 .protocol = trial_protocol(trial),
                 .datasets = request->datasets,
                 .sees_arms = request->sees_arms,
                 .sets = sets};
    *sets = (StandardSets){.arena = arena};
    sdtm.last_visit = last_visit(sdtm.protocol);
    sdtm.doses_tell = sdtm_doses_tell(sdtm.protocol);
    read_subjects(&sdtm);
    if (!read_forms(&sdtm, err) || !read_reasons(&sdtm, err)) return false;
    read_doses(&sdtm);
    read_dates(&sdtm);
    read_events(&sdtm);
    if (!sdtm_add_design(&sdtm, err) || !sdtm_add_subjects(&sdtm, err) || !sdtm_add_records(&sdtm, err)) return false;
    note_absent(&sdtm);
    return true;
}
