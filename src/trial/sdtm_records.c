/* What forms hold, row by row: findings, answers about named events and treatments, doses, adverse events, logs. */
#include "trial/form_frame.h"
#include "trial/sdtm_inside.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    const Form *form;
    const Frame *frame;
    size_t row;
    const SdtmSubject *subject;
    Str visit;                        /* id of a visit; empty for forms that belong to none */
    Str number;                       /* of a dose or event */
    Str date;
} Record;

typedef struct {
    Sdtm *sdtm;
    StandardSet *sets[SDTM_SC + 1];   /* by domain; NULL until there is a row */
    size_t n_unplaced;
    Buf unplaced;
} Records;

static StandardSet *set_of(Records *r, SdtmDomain domain)
{
    if (!r->sets[domain]) {
        const char *name = grammar_word(&SDTM_DOMAIN_WORDS, (int)domain);
        r->sets[domain] = standard_set_new(r->sdtm->arena, sdtm_spec(str_from(name)));
    }
    return r->sets[domain];
}

static void begin(Records *r, StandardSet *set, const Record *record)
{
    sdtm_row(r->sdtm, set, record->subject);
    if (record->visit.len) sdtm_visit(r->sdtm, set, record->visit);
    sdtm_epoch(r->sdtm, set, record->subject, record->date);
}

static bool is_yes(Str code)
{
    return str_equal_fold(code, STR("yes")) || str_equal_fold(code, STR("y")) || str_equal(code, STR("1")) || str_equal_fold(code, STR("true"));
}

static bool is_no(Str code)
{
    return str_equal_fold(code, STR("no")) || str_equal_fold(code, STR("n")) || str_equal(code, STR("0")) || str_equal_fold(code, STR("false"));
}

/* Y or N where the text says so, else the text. */
static Str yes_or_no(Str code) { return is_yes(code) ? STR("Y") : is_no(code) ? STR("N") : code; }

static const char *reason_text(MissingReason reason)
{
    static const struct {
        MissingReason reason;
        const char *text;
    } REASONS[] = {
#define X(name, word, meaning) {MISSING_##name, meaning},
        MISSING_REASONS(X)
#undef X
    };
    for (size_t i = 0; i < N_OF(REASONS); i++)
        if (REASONS[i].reason == reason) return REASONS[i].text;
    return missing_word(reason);
}

static void put_not_done(StandardSet *set, MissingReason reason)
{
    standard_text(set, "--STAT", STR("NOT DONE"));
    standard_text(set, "--REASND", str_from(reason_text(reason)));
}

/* --- findings --- */

static void put_result(Records *r, StandardSet *set, const SdtmUse *use, const Column *column, size_t row)
{
    Str text = frame_cell_text(r->sdtm->arena, column, row);
    double number = 0;
    standard_text(set, "--ORRES", text);
    standard_text(set, "--STRESC", text);
    standard_text(set, "--ORRESU", use->unit);
    standard_text(set, "--STRESU", use->unit);
    if (number_parse(text, &number)) standard_number(set, "--STRESN", number);
}

static void add_finding(Records *r, const Record *record, const SdtmUse *use, const Column *column)
{
    MissingReason missing = (MissingReason)column->missing[record->row];
    if (missing == MISSING_UNSTATED) return;
    StandardSet *set = set_of(r, use->domain);
    begin(r, set, record);
    standard_text(set, "--TESTCD", use->test);
    standard_text(set, "--TEST", use->name);
    standard_text(set, "--CAT", use->category);
    sdtm_date(r->sdtm, set, record->subject, "--DTC", "--DY", record->date);
    if (missing) put_not_done(set, missing);
    else put_result(r, set, use, column, record->row);
}

/* The last result of each test on or before the first dose. */
static void flag_last_before(const Sdtm *sdtm, StandardSet *set)
{
    Map last = map_new(sdtm->arena);
    Str flag = str_format(sdtm->arena, STR_FMT "LOBXFL", STR_ARG(set->name));
    const Column *column = frame_column(set->frame, flag), *visits = frame_column(set->frame, STR("VISITNUM"));
    if (!column) return;
    for (size_t row = 0; row < set->frame->n_rows; row++) {
        Str who = standard_get(set, row, "USUBJID"), date = standard_get(set, row, "--DTC");
        const SdtmSubject *subject = sdtm_subject(sdtm, str_slice(who, sdtm->protocol->trial.id.len + 1, who.len));
        if (!subject || !subject->reference.len || date.len < 10 || str_compare(date, subject->reference) > 0 ||
            !standard_get(set, row, "--STRESC").len)
            continue;
        Str key = str_format(sdtm->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(who), STR_ARG(standard_get(set, row, "--CAT")),
                             STR_ARG(standard_get(set, row, "--TESTCD")));
        bool is_new;
        MapEntry *entry = map_put(&last, key, &is_new);
        int later = is_new ? 1 : str_compare(date, standard_get(set, entry->index, "--DTC"));
        if (later > 0 || (later == 0 && !visits->missing[row])) entry->index = row;
    }
    size_t at = (size_t)(column - set->frame->columns);
    for (size_t i = 0; i < last.n; i++) frame_set_text(set->frame, last.entries[i].index, at, STR("Y"));
}

/* --- answers about a named event or treatment --- */

static void put_term(StandardSet *set, Str term)
{
    standard_text(set, "--TRT", term);
    standard_text(set, "--TERM", term);
}

static void add_answer(Records *r, const Record *record, const Item *item, const SdtmUse *use, const Column *column)
{
    MissingReason missing = (MissingReason)column->missing[record->row];
    if (missing == MISSING_UNSTATED) return;
    StandardSet *set = set_of(r, use->domain);
    begin(r, set, record);
    put_term(set, use->term);
    standard_text(set, "--CAT", use->category);
    standard_text(set, "--PRESP", STR("Y"));
    standard_text(set, "--EVINTX", str_upper(r->sdtm->arena, use->interval));
    sdtm_date(r->sdtm, set, record->subject, "--DTC", "--DY", record->date);
    if (missing) {
        put_not_done(set, missing);
    } else if (column_is_number(column)) {
        double dose = column->numbers[record->row];
        standard_text(set, "--OCCUR", dose > 0 ? STR("Y") : STR("N"));
        if (dose > 0) standard_number(set, "--DOSE", dose);
        if (dose > 0) standard_text(set, "--DOSU", use->unit);
    } else {
        Str answer = column->texts[record->row];
        standard_text(set, "--OCCUR", is_yes(answer) || is_no(answer) ? yes_or_no(answer) : STR("Y"));
        if (!is_yes(answer) && !is_no(answer)) standard_qualify(set, sdtm_name_of(r->sdtm->arena, item->id, 8), item->label, answer, "CRF");
    }
}

/* --- a row per form: doses, events, logs --- */

/* A code as SDTM's terminology has it; NULL when it stays. */
static Str standard_code(Arena *arena, Str variable, Str code)
{
    static const struct {
        const char *variable, *code, *term;
    } CODES[] = {
        {"AEOUT", "recovered", "RECOVERED/RESOLVED"},      {"AEOUT", "recovering", "RECOVERING/RESOLVING"},
        {"AEOUT", "not-recovered", "NOT RECOVERED/NOT RESOLVED"}, {"AEOUT", "fatal", "FATAL"}, {"AEOUT", "unknown", "UNKNOWN"},
        {"AEREL", "none", "NOT RELATED"},
    };
    for (size_t i = 0; i < N_OF(CODES); i++)
        if (str_equal(variable, str_from(CODES[i].variable)) && str_equal(code, str_from(CODES[i].code))) return str_from(CODES[i].term);
    if (str_equal(variable, STR("AESER")) || str_starts(variable, STR("AES")) || str_equal(variable, STR("AECONTRT"))) return yes_or_no(code);
    return str_upper(arena, code);
}

static void put_variable(Records *r, StandardSet *set, const Record *record, const Item *item, const SdtmUse *use, const Column *column)
{
    const char *name = str_c(r->sdtm->arena, use->variable);
    Str text = frame_cell_text(r->sdtm->arena, column, record->row);
    if (column->missing[record->row]) return;
    const Column *target = frame_column(set->frame, use->variable);
    double number;
    if (target && column_is_number(target)) {
        if (number_parse(text, &number)) standard_number(set, name, number);
        if (str_ends(use->variable, STR("DOSE"))) standard_text(set, "--DOSU", use->unit);
    } else if (str_ends(use->variable, STR("ENDTC"))) {
        sdtm_date(r->sdtm, set, record->subject, name, "--ENDY", text);
    } else {
        standard_text(set, name, item->type == COLUMN_CODED ? standard_code(r->sdtm->arena, use->variable, text) : text);
    }
}

/* Label of at most 40 characters, with the unit, which a qualifier has no other place for. */
static Str qualifier_label(Arena *arena, const Item *item, const SdtmUse *use)
{
    Str label = item->label.len ? item->label : item->id;
    Str with = use->unit.len ? str_format(arena, STR_FMT " (" STR_FMT ")", STR_ARG(label), STR_ARG(use->unit)) : label;
    return with.len <= 40 ? with : sdtm_label(label, 40);
}

/* What the form of adverse events says of doses. */
static bool speaks_of_doses(Str id)
{
    return str_equal(id, STR("AFTER_DOSE")) || str_equal(id, STR("ONSET_H")) || str_starts(id, STR("REL_"));
}

static void put_item(Records *r, StandardSet *set, const Record *record, const Item *item, const SdtmUse *use)
{
    const Column *column = frame_column(record->frame, item->id);
    bool hidden = r->sdtm->doses_tell && !r->sdtm->sees_arms && speaks_of_doses(item->id);
    if (!column || column->missing[record->row] || hidden) return;
    if (sdtm_place(use) == SDTM_AS_VARIABLE) put_variable(r, set, record, item, use, column);
    if (sdtm_place(use) == SDTM_AS_QUALIFIER)
        standard_qualify(set, use->qualifier, qualifier_label(r->sdtm->arena, item, use), frame_cell_text(r->sdtm->arena, column, record->row), "CRF");
}

/* "intrathecal, between L4 and L5" is the route INTRATHECAL. */
static void put_product(Records *r, StandardSet *set)
{
    const Product *product = &r->sdtm->protocol->product;
    Str route, where;
    if (!str_cut(product->route, STR(","), &route, &where)) route = product->route;
    standard_text(set, "EXTRT", str_upper(r->sdtm->arena, product->title.len ? product->title : r->sdtm->protocol->trial.title));
    standard_text(set, "EXROUTE", str_upper(r->sdtm->arena, str_trim(route)));
}

static void finish_event(Records *r, StandardSet *set, const Record *record)
{
    size_t row = set->frame->n_rows - 1;
    Str term = standard_get(set, row, "AETERM"), decoded = standard_get(set, row, "AEDECOD");
    if (!term.len) standard_text(set, "AETERM", decoded);
    standard_text(set, "AESOC", standard_get(set, row, "AEBODSYS"));
    if (str_equal(standard_get(set, row, "AEOUT"), STR("FATAL"))) standard_text(set, "AESDTH", STR("Y"));
    double day;
    if (r->sdtm->doses_tell && !r->sdtm->sees_arms) return;
    if (record->subject->first_dose.len && record->date.len >= 10 && standard_study_day(record->subject->first_dose, record->date, &day) && day > 0)
        standard_qualify(set, STR("AETRTEM"), STR("Treatment Emergent Flag"), STR("Y"), "DERIVED");
}

/* An event and the dose that it followed, where the form of events says which. */
static bool relate_doses(Records *r, Error *err)
{
    Arena *arena = r->sdtm->arena;
    const StandardSet *ae = standard_find(r->sdtm->sets, STR("AE")), *ex = standard_find(r->sdtm->sets, STR("EX"));
    StandardSet *related = standard_set_new(arena, &sdtm_spec_RELREC);
    Map doses = map_new(arena);
    for (size_t row = 0; ex && row < ex->frame->n_rows; row++)
        map_put(&doses, str_format(arena, STR_FMT "\n" STR_FMT, STR_ARG(standard_get(ex, row, "USUBJID")), STR_ARG(standard_get(ex, row, "EXSPID"))), NULL)
            ->index = row;
    for (size_t i = 0; ae && i < ae->n_qualifiers; i++) {
        const StandardQualifier *q = &ae->qualifiers[i];
        Str who = standard_get(ae, q->row, "USUBJID");
        const MapEntry *dose = map_get(&doses, str_format(arena, STR_FMT "\n" STR_FMT, STR_ARG(who), STR_ARG(q->value)));
        if (!str_equal(q->name, STR("AEDOSE")) || !dose) continue;
        Str id = str_format(arena, "AE" STR_FMT, STR_ARG(standard_sequence(ae, q->row)));
        standard_relate(related, ae, q->row, id);
        standard_relate(related, ex, dose->index, id);
    }
    return sdtm_keep(r->sdtm, related, err);
}

/* The domain whose rows the form makes, one per form; SDTM_NONE when items make rows of their own. */
static SdtmDomain row_domain(const Sdtm *sdtm, const Form *form)
{
    if (str_equal(form->id, STR(FORM_ADVERSE_EVENTS))) return SDTM_AE;
    if (form->repeats == FORM_PER_DOSE) return SDTM_EX;
    for (size_t i = 0; i < form->items.n; i++) {
        SdtmUse use = sdtm_use_of(sdtm->arena, sdtm->protocol, form, &form->items.items[i]);
        if (use.domain != SDTM_DM && sdtm_place(&use) == SDTM_AS_VARIABLE) return use.domain;
    }
    return SDTM_NONE;
}

static bool is_hidden(const Sdtm *sdtm, const Form *form) { return !sdtm->sees_arms && form->repeats == FORM_PER_DOSE; }

static void add_form_row(Records *r, const Record *record, SdtmDomain domain, const SdtmUse *uses)
{
    StandardSet *set = set_of(r, domain);
    begin(r, set, record);
    if (domain == SDTM_EX) put_product(r, set);
    standard_text(set, "--SPID", record->number);
    sdtm_date(r->sdtm, set, record->subject, "--STDTC", "--STDY", record->date);
    if (domain == SDTM_EX) sdtm_date(r->sdtm, set, record->subject, "--ENDTC", "--ENDY", record->date);
    for (size_t i = 0; i < record->form->items.n; i++)
        if (uses[i].domain == domain) put_item(r, set, record, &record->form->items.items[i], &uses[i]);
    if (domain == SDTM_AE) finish_event(r, set, record);
}

/* --- forms --- */

static Str screening_visit(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->visits.n; i++)
        if (protocol->visits.items[i].kind == VISIT_SCREENING) return protocol->visits.items[i].id;
    return STR("");
}

static Record record_of(const Sdtm *sdtm, const Form *form, const Frame *frame, size_t row)
{
    Record record = {.form = form, .frame = frame, .row = row};
    Str key = frame->columns[FORM_FRAME_VISIT].texts[row];
    record.subject = sdtm_subject(sdtm, frame->columns[FORM_FRAME_SUBJID].texts[row]);
    record.date = frame->columns[FORM_FRAME_DATE].texts[row];
    bool is_screening = str_equal(form->id, sdtm->protocol->eligibility.form);
    if (form->repeats == FORM_PER_VISIT) record.visit = key;
    else if (is_screening) record.visit = screening_visit(sdtm->protocol);
    else record.number = key;
    if (is_screening && !record.date.len && record.subject) record.date = record.subject->screened;
    return record;
}

static void add_items(Records *r, const Record *record, SdtmDomain domain, const SdtmUse *uses)
{
    for (size_t i = 0; i < record->form->items.n; i++) {
        const Item *item = &record->form->items.items[i];
        const Column *column = frame_column(record->frame, item->id);
        SdtmPlace place = sdtm_place(&uses[i]);
        if (!column) continue;
        if (place == SDTM_AS_FINDING) add_finding(r, record, &uses[i], column);
        if (place == SDTM_AS_TERM && uses[i].domain != domain) add_answer(r, record, item, &uses[i], column);
    }
}

static void note_unplaced(Records *r, const Form *form, const SdtmUse *uses)
{
    for (size_t i = 0; i < form->items.n; i++) {
        const Item *item = &form->items.items[i];
        bool by_itself = item->derived.len || (sdtm_place(&uses[i]) == SDTM_AS_QUALIFIER && uses[i].domain != SDTM_DM &&
                                               uses[i].domain != row_domain(r->sdtm, form));
        if (uses[i].domain == SDTM_NONE || (!by_itself && uses[i].domain != SDTM_UNSTATED)) continue;
        buf_format(&r->unplaced, "%s" STR_FMT "." STR_FMT, r->n_unplaced++ ? ", " : "", STR_ARG(form->id), STR_ARG(item->id));
    }
}

static void add_form(Records *r, const Form *form, const Frame *frame)
{
    SdtmUse *uses = ARENA_ARRAY(r->sdtm->arena, SdtmUse, form->items.n + 1);
    SdtmDomain domain = row_domain(r->sdtm, form);
    for (size_t i = 0; i < form->items.n; i++) uses[i] = sdtm_use_of(r->sdtm->arena, r->sdtm->protocol, form, &form->items.items[i]);
    note_unplaced(r, form, uses);
    for (size_t row = 0; row < frame->n_rows && !is_hidden(r->sdtm, form); row++) {
        Record record = record_of(r->sdtm, form, frame, row);
        if (!record.subject) continue;
        if (domain != SDTM_NONE) add_form_row(r, &record, domain, uses);
        add_items(r, &record, domain, uses);
    }
}

bool sdtm_add_records(Sdtm *sdtm, Error *err)
{
    static const SdtmDomain ORDER[] = {SDTM_CM, SDTM_EX, SDTM_PR, SDTM_AE, SDTM_CE, SDTM_MH, SDTM_FT,
                                       SDTM_LB, SDTM_QS, SDTM_RS, SDTM_SC, SDTM_VS};
    Records r = {.sdtm = sdtm, .unplaced = buf_new(sdtm->arena)};
    for (size_t f = 0; f < sdtm->n_forms; f++) add_form(&r, sdtm->form_rules[f], sdtm->forms[f]);
    for (size_t i = 0; i < N_OF(ORDER); i++) {
        StandardSet *set = r.sets[ORDER[i]];
        if (!set) continue;
        if (sdtm_class(ORDER[i]) == SDTM_CLASS_FINDING) flag_last_before(sdtm, set);
        if (!sdtm_keep(sdtm, set, err)) return false;
    }
    if (!relate_doses(&r, err)) return false;
    if (r.n_unplaced)
        standard_note(sdtm->sets, str_format(sdtm->arena, "Items without a place in SDTM (say it under `sdtm` in the protocol): " STR_FMT ".",
                                             STR_ARG(buf_str(&r.unplaced))));
    return true;
}
