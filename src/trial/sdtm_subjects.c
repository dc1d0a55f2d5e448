/* What is known of each subject: demographics, elements, visits, disposition, criteria not met, deviations. */
#include "trial/country.h"
#include "trial/form_frame.h"
#include "trial/sdtm_inside.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- DM --- */

static Str cell_of(const Frame *frame, Str name, size_t row)
{
    const Column *column = frame_column(frame, name);
    return column && !column_is_number(column) && !column->missing[row] ? column->texts[row] : STR("");
}

static void put_age(const Sdtm *sdtm, StandardSet *dm, const SdtmSubject *subject, size_t row)
{
    Date born, on;
    Error ignored = {0};
    Str birth = cell_of(sdtm->datasets->subjects, STR("BIRTH"), row), when = subject->enrolled.len ? subject->enrolled : subject->screened;
    if (!date_parse(birth, &born, &ignored) || !date_parse(when, &on, &ignored) || !date_is_full(born) || !date_is_full(on)) return;
    standard_number(dm, "AGE", date_age_years(born, on));
    standard_text(dm, "AGEU", STR("YEARS"));
}

static void put_arms(const Sdtm *sdtm, StandardSet *dm, const SdtmSubject *subject)
{
    const Arm *arm = protocol_arm(sdtm->protocol, subject->arm);
    if (!sdtm->sees_arms) return;
    if (subject->failed && !arm) standard_text(dm, "ARMNRS", STR("SCREEN FAILURE"));
    else if (!arm) standard_text(dm, "ARMNRS", STR("NOT ASSIGNED"));
    if (!arm) return;
    standard_text(dm, "ARMCD", sdtm_arm_code(sdtm, arm));
    standard_text(dm, "ARM", arm->title);
    if (!subject->first_dose.len && sdtm->protocol->product.doses.n) {
        standard_text(dm, "ARMNRS", STR("ASSIGNED, NOT TREATED"));
        return;
    }
    standard_text(dm, "ACTARMCD", sdtm_arm_code(sdtm, arm));
    standard_text(dm, "ACTARM", arm->title);
}

static void put_country(const Sdtm *sdtm, StandardSet *dm, Str site)
{
    for (size_t i = 0; i < sdtm->protocol->sites.n; i++)
        if (str_equal(sdtm->protocol->sites.items[i].id, site))
            standard_text(dm, "COUNTRY", country_alpha3(sdtm->protocol->sites.items[i].country));
}

/* M and F in whatever letters or words the form has them. */
static Str sex_of(Str code)
{
    if (!code.len) return STR("U");
    if (code.data[0] == 'M' || code.data[0] == 'm') return STR("M");
    if (code.data[0] == 'F' || code.data[0] == 'f') return STR("F");
    return STR("U");
}

static void put_items(const Sdtm *sdtm, StandardSet *dm, size_t row)
{
    const Form *form = protocol_form(sdtm->protocol, sdtm->protocol->eligibility.form);
    for (size_t i = 0; form && i < form->items.n; i++) {
        const Item *item = &form->items.items[i];
        SdtmUse use = sdtm_use_of(sdtm->arena, sdtm->protocol, form, item);
        Str value = cell_of(sdtm->datasets->subjects, item->id, row);
        if (use.domain != SDTM_DM) continue;
        if (sdtm_place(&use) == SDTM_AS_QUALIFIER) standard_qualify(dm, use.qualifier, item->label, value, "CRF");
        else standard_text(dm, str_c(sdtm->arena, use.variable), str_equal(use.variable, STR("SEX")) ? sex_of(value) : value);
    }
}

static bool add_dm(Sdtm *sdtm, Error *err)
{
    StandardSet *dm = standard_set_new(sdtm->arena, &sdtm_spec_DM);
    bool hidden = sdtm->doses_tell && !sdtm->sees_arms;
    for (size_t i = 0; i < sdtm->n_subjects; i++) {
        const SdtmSubject *subject = &sdtm->subjects[i];
        Str end = str_compare(subject->withdrawn, subject->last_visit) > 0 ? subject->withdrawn : subject->last_visit;
        sdtm_row(sdtm, dm, subject);
        standard_text(dm, "SUBJID", subject->id);
        standard_text(dm, "RFSTDTC", subject->reference);
        if (subject->reference.len) standard_text(dm, "RFENDTC", hidden || str_compare(end, subject->last_dose) > 0 ? end : subject->last_dose);
        if (!hidden) standard_text(dm, "RFXSTDTC", subject->first_dose);
        if (!hidden) standard_text(dm, "RFXENDTC", subject->last_dose);
        standard_text(dm, "RFICDTC", subject->consent);
        standard_text(dm, "RFPENDTC", subject->latest);
        standard_text(dm, "DTHDTC", subject->death);
        if (subject->death.len) standard_text(dm, "DTHFL", STR("Y"));
        standard_text(dm, "SITEID", subject->site);
        put_age(sdtm, dm, subject, i);
        put_items(sdtm, dm, i);
        put_arms(sdtm, dm, subject);
        put_country(sdtm, dm, subject->site);
        sdtm_date(sdtm, dm, subject, "DMDTC", "DMDY", subject->screened);
    }
    return sdtm_keep(sdtm, dm, err);
}

/* --- SE --- */

typedef struct {
    Str code, name, epoch, start, end;
    double order;
} Element;

static void add_element(const Sdtm *sdtm, StandardSet *se, const SdtmSubject *subject, Element element)
{
    sdtm_row(sdtm, se, subject);
    standard_text(se, "ETCD", element.code);
    standard_text(se, "ELEMENT", element.name);
    standard_number(se, "TAETORD", element.order);
    standard_text(se, "EPOCH", element.epoch);
    sdtm_date(sdtm, se, subject, "SESTDTC", "SESTDY", element.start);
    sdtm_date(sdtm, se, subject, "SEENDTC", "SEENDY", element.end);
}

static bool add_se(Sdtm *sdtm, Error *err)
{
    StandardSet *se = standard_set_new(sdtm->arena, &sdtm_spec_SE);
    for (size_t i = 0; i < sdtm->n_subjects; i++) {
        const SdtmSubject *subject = &sdtm->subjects[i];
        const Arm *arm = protocol_arm(sdtm->protocol, subject->arm);
        Str start = subject->consent.len && str_compare(subject->consent, subject->screened) < 0 ? subject->consent : subject->screened;
        Str treated = subject->reference, end = subject->latest;
        if (!start.len) continue;
        add_element(sdtm, se, subject, (Element){STR(SDTM_SCREENING), STR("Screening"), STR("SCREENING"), start, treated.len ? treated : end, 1});
        if (!treated.len || !arm || !sdtm->sees_arms) continue;
        add_element(sdtm, se, subject, (Element){sdtm_element_code(sdtm, arm), arm->title, STR("TREATMENT"), treated,
                                                 subject->follow_up.len ? subject->follow_up : end, 2});
        if (subject->follow_up.len)
            add_element(sdtm, se, subject, (Element){STR(SDTM_FOLLOW_UP), STR("Follow-up"), STR("FOLLOW-UP"), subject->follow_up, end, 3});
    }
    return sdtm_keep(sdtm, se, err);
}

/* --- SV --- */

typedef struct {
    Str first, last;
} VisitDates;

static void widen(VisitDates *dates, Str date)
{
    if (!date.len) return;
    if (!dates->first.len || str_compare(date, dates->first) < 0) dates->first = date;
    if (str_compare(date, dates->last) > 0) dates->last = date;
}

static size_t visit_index(const Protocol *protocol, Str id)
{
    const Visit *visit = protocol_visit(protocol, id);
    return visit ? (size_t)(visit - protocol->visits.items) : SIZE_MAX;
}

static void gather_visits(const Sdtm *sdtm, VisitDates *dates)
{
    size_t n = sdtm->protocol->visits.n;
    for (size_t f = 0; f < sdtm->n_forms; f++) {
        const Frame *form = sdtm->forms[f];
        for (size_t i = 0; sdtm->form_rules[f]->repeats == FORM_PER_VISIT && i < form->n_rows; i++) {
            const SdtmSubject *subject = sdtm_subject(sdtm, form->columns[FORM_FRAME_SUBJID].texts[i]);
            size_t visit = visit_index(sdtm->protocol, form->columns[FORM_FRAME_VISIT].texts[i]);
            if (subject && visit != SIZE_MAX)
                widen(&dates[(size_t)(subject - sdtm->subjects) * n + visit], form->columns[FORM_FRAME_DATE].texts[i]);
        }
    }
    for (size_t v = 0; v < n; v++) {
        if (sdtm->protocol->visits.items[v].kind != VISIT_SCREENING) continue;
        for (size_t i = 0; i < sdtm->n_subjects; i++) widen(&dates[i * n + v], sdtm->subjects[i].screened);
        return;
    }
}

static bool add_sv(Sdtm *sdtm, Error *err)
{
    StandardSet *sv = standard_set_new(sdtm->arena, &sdtm_spec_SV);
    size_t n = sdtm->protocol->visits.n;
    VisitDates *dates = ARENA_ARRAY(sdtm->arena, VisitDates, sdtm->n_subjects * n + 1);
    gather_visits(sdtm, dates);
    for (size_t i = 0; i < sdtm->n_subjects; i++) {
        for (size_t v = 0; v < n; v++) {
            const Visit *visit = &sdtm->protocol->visits.items[v];
            bool is_planned = visit->kind != VISIT_UNSCHEDULED;
            if (!dates[i * n + v].first.len) continue;
            sdtm_row(sdtm, sv, &sdtm->subjects[i]);
            sdtm_visit(sdtm, sv, visit->id);
            if (is_planned) standard_text(sv, "SVPRESP", STR("Y"));
            if (is_planned) standard_text(sv, "SVOCCUR", STR("Y"));
            else standard_text(sv, "SVUPDES", visit->title);
            sdtm_date(sdtm, sv, &sdtm->subjects[i], "SVSTDTC", "SVSTDY", dates[i * n + v].first);
            sdtm_date(sdtm, sv, &sdtm->subjects[i], "SVENDTC", "SVENDY", dates[i * n + v].last);
        }
    }
    return sdtm_keep(sdtm, sv, err);
}

/* --- DS --- */

/* Words of a reason, and the term of the published list. */
static Str standard_reason(Arena *arena, Str reason)
{
    static const struct {
        const char *word, *term;
    } REASONS[] = {{"lost", "LOST TO FOLLOW-UP"},       {"family", "WITHDRAWAL BY PARENT/GUARDIAN"}, {"parent", "WITHDRAWAL BY PARENT/GUARDIAN"},
                   {"guardian", "WITHDRAWAL BY PARENT/GUARDIAN"}, {"adverse", "ADVERSE EVENT"},      {"death", "DEATH"},
                   {"died", "DEATH"},                   {"deviation", "PROTOCOL DEVIATION"},         {"violation", "PROTOCOL VIOLATION"},
                   {"efficacy", "LACK OF EFFICACY"},    {"physician", "PHYSICIAN DECISION"},         {"investigator", "PHYSICIAN DECISION"},
                   {"pregnan", "PREGNANCY"},            {"sponsor", "STUDY TERMINATED BY SPONSOR"},  {"consent", "WITHDRAWAL BY SUBJECT"},
                   {"subject", "WITHDRAWAL BY SUBJECT"}, {"patient", "WITHDRAWAL BY SUBJECT"}};
    Str lower = str_lower(arena, reason);
    for (size_t i = 0; i < N_OF(REASONS); i++)
        if (str_find(lower, str_from(REASONS[i].word)) != SIZE_MAX) return str_from(REASONS[i].term);
    return STR("OTHER");
}

static void add_milestone(const Sdtm *sdtm, StandardSet *ds, const SdtmSubject *subject, Str term, Str date)
{
    if (!date.len) return;
    sdtm_row(sdtm, ds, subject);
    standard_text(ds, "DSTERM", term);
    standard_text(ds, "DSDECOD", term);
    standard_text(ds, "DSCAT", STR("PROTOCOL MILESTONE"));
    sdtm_date(sdtm, ds, subject, "DSSTDTC", "DSSTDY", date);
}

static void add_disposition(const Sdtm *sdtm, StandardSet *ds, const SdtmSubject *subject, Str term, Str decoded, Str date)
{
    sdtm_row(sdtm, ds, subject);
    standard_text(ds, "DSTERM", term.len ? term : decoded);
    standard_text(ds, "DSDECOD", decoded);
    standard_text(ds, "DSCAT", STR("DISPOSITION EVENT"));
    standard_text(ds, "DSSCAT", STR("STUDY PARTICIPATION"));
    sdtm_epoch(sdtm, ds, subject, date);
    sdtm_date(sdtm, ds, subject, "DSSTDTC", "DSSTDY", date);
}

static bool add_ds(Sdtm *sdtm, Error *err)
{
    StandardSet *ds = standard_set_new(sdtm->arena, &sdtm_spec_DS);
    for (size_t i = 0; i < sdtm->n_subjects; i++) {
        const SdtmSubject *subject = &sdtm->subjects[i];
        Str why = cell_of(sdtm->datasets->subjects, STR("FAILTEXT"), i);
        add_milestone(sdtm, ds, subject, STR("INFORMED CONSENT OBTAINED"), subject->consent);
        add_milestone(sdtm, ds, subject, sdtm->protocol->randomisation.at ? STR("RANDOMIZED") : STR("ENTERED INTO TRIAL"), subject->enrolled);
        if (subject->withdrawn.len)
            add_disposition(sdtm, ds, subject, subject->withdrawal_reason, standard_reason(sdtm->arena, subject->withdrawal_reason),
                            subject->withdrawn);
        else if (subject->completed.len) add_disposition(sdtm, ds, subject, STR("COMPLETED"), STR("COMPLETED"), subject->completed);
        else if (subject->failed) add_disposition(sdtm, ds, subject, why, STR("SCREEN FAILURE"), subject->screened);
    }
    return sdtm_keep(sdtm, ds, err);
}

/* --- IE and DV --- */

static bool add_ie(Sdtm *sdtm, Error *err)
{
    StandardSet *ie = standard_set_new(sdtm->arena, &sdtm_spec_IE);
    const Frame *frame = sdtm->datasets->eligibility;
    for (size_t i = 0; i < frame->n_rows; i++) {
        const SdtmSubject *subject = sdtm_subject(sdtm, cell_of(frame, STR("SUBJID"), i));
        bool excludes = str_equal(cell_of(frame, STR("KIND"), i), STR("exclusion"));
        Str answer = cell_of(frame, STR("ANSWER"), i), result = excludes ? STR("Y") : STR("N");
        if (!subject || !str_equal(answer, excludes ? STR("met") : STR("not-met"))) continue;
        sdtm_row(sdtm, ie, subject);
        standard_text(ie, "IETESTCD", sdtm_name_of(sdtm->arena, cell_of(frame, STR("CRITERION"), i), 8));
        standard_text(ie, "IETEST", cell_of(frame, STR("TEXT"), i));
        standard_text(ie, "IECAT", excludes ? STR("EXCLUSION") : STR("INCLUSION"));
        standard_text(ie, "IEORRES", result);
        standard_text(ie, "IESTRESC", result);
        sdtm_epoch(sdtm, ie, subject, subject->screened);
        sdtm_date(sdtm, ie, subject, "IEDTC", "IEDY", subject->screened);
    }
    return sdtm_keep(sdtm, ie, err);
}

static bool add_dv(Sdtm *sdtm, Error *err)
{
    StandardSet *dv = standard_set_new(sdtm->arena, &sdtm_spec_DV);
    const Frame *frame = sdtm->datasets->deviations;
    for (size_t i = 0; i < frame->n_rows; i++) {
        const SdtmSubject *subject = sdtm_subject(sdtm, cell_of(frame, STR("SUBJID"), i));
        Str kind = cell_of(frame, STR("KIND"), i), detail = cell_of(frame, STR("DETAIL"), i), date = cell_of(frame, STR("DATE"), i);
        if (!subject) continue;
        sdtm_row(sdtm, dv, subject);
        standard_text(dv, "DVTERM", detail.len ? detail : kind);
        standard_text(dv, "DVDECOD", str_upper(sdtm->arena, kind));
        sdtm_epoch(sdtm, dv, subject, date);
        sdtm_date(sdtm, dv, subject, "DVSTDTC", "DVSTDY", date);
    }
    return sdtm_keep(sdtm, dv, err);
}

bool sdtm_add_subjects(Sdtm *sdtm, Error *err)
{
    return add_dm(sdtm, err) && add_se(sdtm, err) && add_sv(sdtm, err) && add_ds(sdtm, err) && add_ie(sdtm, err) && add_dv(sdtm, err);
}
