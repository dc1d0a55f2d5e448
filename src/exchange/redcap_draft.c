#include "exchange/redcap_draft.h"

#include <math.h>
#include <string.h>

#include "data/condition.h"
#include "exchange/redcap_logic.h"

typedef struct {
    Arena *arena;
    const RedcapProject *project;
    const RedcapChoices *choices;
    Draft *draft;
    Str form;                         /* being drafted, as REDCap calls it */
    DraftForm *to;
    Str screening;                    /* REDCap's name of the screening form; empty for none */
    Map items;                        /* "field" or "field(code)" -> Known */
} Drafting;

typedef struct {
    Str item, form;
    bool is_number;
} Known;

/* --- which form is filled how often --- */

static bool is_repeating(const Drafting *d, Str form) { return texts_hold(&d->choices->repeating, form); }

static size_t events_of(const Drafting *d, Str form)
{
    size_t n = 0;
    for (size_t i = 0; i < d->project->n_mapping; i++) n += str_equal(d->project->mapping[i].form, form);
    return n;
}

/* Filled once: no events at all, or one for each arm. */
static bool is_once(const Drafting *d, Str form)
{
    const RedcapProject *project = d->project;
    size_t n_arms = project->n_arms ? project->n_arms : 1;
    if (!project->n_events) return true;
    if (!project->n_mapping || events_of(d, form) > n_arms) return false;
    for (size_t i = 0; i < project->n_mapping; i++)
        for (size_t k = 0; k < i; k++) {
            Str arms[2] = {STR(""), STR("")};
            if (!str_equal(project->mapping[i].form, form) || !str_equal(project->mapping[k].form, form)) continue;
            for (size_t e = 0; e < project->n_events; e++) {
                if (str_equal(project->events[e].unique, project->mapping[i].event)) arms[0] = project->events[e].arm;
                if (str_equal(project->events[e].unique, project->mapping[k].event)) arms[1] = project->events[e].arm;
            }
            if (str_equal(arms[0], arms[1])) return false;
        }
    return true;
}

static bool has_fields(const Drafting *d, Str form)
{
    if (d->choices->keep_status) return true;
    for (size_t i = 1; i < d->project->dictionary.n_fields; i++) {
        const RedcapField *field = &d->project->dictionary.fields[i];
        if (str_equal(field->form, form) && field->type != REDCAP_DESCRIPTIVE) return true;
    }
    return false;
}

/* --- visits and arms --- */

static Str visit_id(const Drafting *d, const RedcapEvent *event)
{
    Str name = event->unique;
    if (d->project->n_arms <= 1 && str_ends(name, STR("_arm_1"))) name = str_slice(name, 0, name.len - 6);
    return draft_id(d->arena, str_upper(d->arena, name));
}

static void draft_arms(Drafting *d)
{
    if (d->project->n_arms < 2) return;
    for (size_t i = 0; i < d->project->n_arms; i++) {
        DraftArm *arm = draft_add_arm(d->draft);
        arm->id = draft_id(d->arena, str_format(d->arena, "ARM_" STR_FMT, STR_ARG(d->project->arms[i].number)));
        arm->title = d->project->arms[i].name;
    }
}

static Str arm_title(const Drafting *d, Str number)
{
    for (size_t i = 0; i < d->project->n_arms; i++)
        if (str_equal(d->project->arms[i].number, number)) return d->project->arms[i].name;
    return number;
}

static void draft_visits(Drafting *d)
{
    for (size_t i = 0; i < d->project->n_events; i++) {
        const RedcapEvent *event = &d->project->events[i];
        DraftVisit *visit = draft_add_visit(d->draft);
        visit->id = visit_id(d, event);
        visit->title = event->name;
        if (d->project->n_arms > 1) visit->title = str_format(d->arena, STR_FMT ", " STR_FMT, STR_ARG(event->name), STR_ARG(arm_title(d, event->arm)));
        visit->kind = VISIT_ASSESSMENT;
        if (event->has_day) visit->day = event->day, visit->before = event->before, visit->after = event->after;
    }
}

static void schedule_form(Drafting *d)
{
    const RedcapProject *project = d->project;
    if (!project->n_mapping) draft_note(d->draft, &d->to->notes, "decide at which visits: REDCap's mapping of forms to events was not given");
    for (size_t i = 0; i < project->n_events; i++)
        for (size_t k = 0; k < (project->n_mapping ? project->n_mapping : 1); k++)
            if (!project->n_mapping || (str_equal(project->mapping[k].event, project->events[i].unique) && str_equal(project->mapping[k].form, d->form)))
                draft_add_text(d->draft, &d->to->visits, visit_id(d, &project->events[i]));
}

/* --- items --- */

static const struct {
    const char *validation;           /* how it begins */
    ColumnType type;
    int decimals;
} VALIDATIONS[] = {
    {"date_", COLUMN_DATE, INTEGER_ABSENT}, {"integer", COLUMN_INTEGER, INTEGER_ABSENT}, {"number_1dp", COLUMN_NUMBER, 1},
    {"number_2dp", COLUMN_NUMBER, 2},       {"number_3dp", COLUMN_NUMBER, 3},            {"number_4dp", COLUMN_NUMBER, 4},
    {"number", COLUMN_NUMBER, INTEGER_ABSENT},
};

static void type_text(const RedcapField *field, DraftItem *item)
{
    item->type = COLUMN_TEXT;
    for (size_t i = 0; i < sizeof VALIDATIONS / sizeof VALIDATIONS[0]; i++) {
        if (!str_starts(field->validation, str_from(VALIDATIONS[i].validation))) continue;
        item->type = VALIDATIONS[i].type;
        item->decimals = VALIDATIONS[i].decimals;
        return;
    }
}

static void know(Drafting *d, Str name, const DraftItem *item)
{
    Known *known = ARENA_NEW(d->arena, Known);
    *known = (Known){item->id, d->form, item->type == COLUMN_NUMBER || item->type == COLUMN_INTEGER};
    map_put(&d->items, name, NULL)->pointer = known;
}

static DraftItem *begin_item(Drafting *d, const RedcapField *field, Str name, Str label)
{
    DraftItem *item = draft_add_item(d->draft, d->to);
    item->id = draft_item_id(d->draft, name);
    item->label = label;
    item->required = field->required;
    if (field->section.len) draft_note(d->draft, &item->notes, "--- " STR_FMT " ---", STR_ARG(field->section));
    if (field->identifier) draft_note(d->draft, &item->notes, "identifies a person: leave it out unless the trial needs it");
    if (field->note.len) draft_note(d->draft, &item->notes, "note: " STR_FMT, STR_ARG(field->note));
    return item;
}

/* {"1": yes, "0": no} under a name of its own, once. */
static Str two_codes(Drafting *d, const char *name, const char *yes, const char *no)
{
    Str codes[] = {STR("1"), STR("0")}, labels[] = {str_from(yes), str_from(no)};
    Codelist list = {.n = 2, .codes = codes, .labels = labels};
    return draft_codelist(d->draft, str_from(name), &list);
}

static void draft_checkbox(Drafting *d, const RedcapField *field)
{
    for (size_t i = 0; i < field->codes.n; i++) {
        Str code = field->codes.codes[i];
        Str name = str_format(d->arena, STR_FMT "___" STR_FMT, STR_ARG(field->name), STR_ARG(code));
        Str label = str_format(d->arena, STR_FMT ": " STR_FMT, STR_ARG(field->label), STR_ARG(field->codes.labels[i]));
        DraftItem *item = begin_item(d, field, name, label);
        if (i) item->notes.n = 0;
        item->type = COLUMN_CODED;
        item->codelist = two_codes(d, "checkbox", "Checked", "Unchecked");
        item->required = false;
        know(d, str_format(d->arena, STR_FMT "(" STR_FMT ")", STR_ARG(field->name), STR_ARG(code)), item);
    }
}

static void draft_one(Drafting *d, const RedcapField *field)
{
    DraftItem *item = begin_item(d, field, field->name, field->label);
    double low, high;
    item->type = COLUMN_TEXT;
    switch (field->type) {
    case REDCAP_TEXT: type_text(field, item); break;
    case REDCAP_RADIO:
    case REDCAP_DROPDOWN:
        item->type = COLUMN_CODED;
        item->codelist = draft_codelist(d->draft, field->name, &field->codes);
        break;
    case REDCAP_YESNO:
        item->type = COLUMN_CODED;
        item->codelist = two_codes(d, "yes_no", "Yes", "No");
        break;
    case REDCAP_TRUEFALSE:
        item->type = COLUMN_CODED;
        item->codelist = two_codes(d, "true_false", "True", "False");
        break;
    case REDCAP_CALC:
        item->type = COLUMN_NUMBER;
        item->required = false;
        draft_note(d->draft, &item->notes, "computed by REDCap: " STR_FMT, STR_ARG(field->choices));
        break;
    case REDCAP_SLIDER:
        item->type = COLUMN_INTEGER;
        item->range.low = number_parse(field->min, &low) ? low : 0;
        item->range.high = number_parse(field->max, &high) ? high : 100;
        if (field->choices.len) draft_note(d->draft, &item->notes, "from left to right: " STR_FMT, STR_ARG(field->choices));
        break;
    case REDCAP_FILE: draft_note(d->draft, &item->notes, "the name of the file; the file itself is not kept"); break;
    case REDCAP_SQL: draft_note(d->draft, &item->notes, "chosen from a query: " STR_FMT, STR_ARG(field->choices)); break;
    case REDCAP_NOTES:
    case REDCAP_CHECKBOX:
    case REDCAP_DESCRIPTIVE: break;
    }
    know(d, field->name, item);
}

static void draft_status(Drafting *d)
{
    Str codes[] = {STR("0"), STR("1"), STR("2")}, labels[] = {STR("Incomplete"), STR("Unverified"), STR("Complete")};
    Codelist list = {.n = 3, .codes = codes, .labels = labels};
    DraftItem *item = draft_add_item(d->draft, d->to);
    item->id = draft_item_id(d->draft, str_format(d->arena, STR_FMT "_complete", STR_ARG(d->form)));
    item->label = STR("Status of the form in REDCap");
    item->type = COLUMN_CODED;
    item->codelist = draft_codelist(d->draft, STR("form_status"), &list);
}

static void draft_fields(Drafting *d)
{
    const RedcapDictionary *dictionary = &d->project->dictionary;
    for (size_t i = 1; i < dictionary->n_fields; i++) {
        const RedcapField *field = &dictionary->fields[i];
        if (!str_equal(field->form, d->form)) continue;
        if (field->type == REDCAP_CHECKBOX) draft_checkbox(d, field);
        else if (field->type == REDCAP_DESCRIPTIVE) draft_note(d->draft, &d->to->notes, "shown: " STR_FMT, STR_ARG(field->label));
        else draft_one(d, field);
    }
    if (d->choices->keep_status) draft_status(d);
}

/* --- checks --- */

static bool find_item(void *from, Str field, Str choice, Str *item, bool *is_number)
{
    const Drafting *d = from;
    Str name = choice.len ? str_format(d->arena, STR_FMT "(" STR_FMT ")", STR_ARG(field), STR_ARG(choice)) : field;
    const MapEntry *entry = map_get(&d->items, name);
    const Known *known = entry ? entry->pointer : NULL;
    if (!known || (!str_equal(known->form, d->form) && !str_equal(known->form, d->screening))) return false;
    *item = known->item;
    *is_number = known->is_number;
    return true;
}

/* A sound condition over names that are there, as `check` will judge it. */
static bool is_condition(const Drafting *d, Str condition)
{
    Str *names = ARENA_ARRAY(d->arena, Str, d->items.n + 1), *used;
    size_t n_used;
    Error ignored = {0};
    for (size_t i = 0; i < d->items.n; i++) names[i] = ((const Known *)d->items.entries[i].pointer)->item;
    return condition_check(d->arena, condition, names, d->items.n, &used, &n_used, &ignored);
}

static Str one_line(Arena *arena, Str text)
{
    char *line = arena_copy(arena, text.data ? text.data : "", text.len);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)line[i] < ' ') line[i] = ' ';
    return (Str){line, text.len};
}

static void check_branching(Drafting *d, const RedcapField *field, DraftItem *item)
{
    Str condition;
    RedcapNames names = {find_item, d};
    if (!field->branching.len) return;
    if (redcap_logic_translate(d->arena, field->branching, &names, &condition)) {
        Str whole = str_format(d->arena, STR_FMT " IS NULL OR (" STR_FMT ")", STR_ARG(item->id), STR_ARG(condition));
        if (field->type == REDCAP_CHECKBOX) whole = str_format(d->arena, STR_FMT " IS NOT '1' OR (" STR_FMT ")", STR_ARG(item->id), STR_ARG(condition));
        if (is_condition(d, whole)) {
            *draft_add_check(d->draft, item) = (DraftCheck){.condition = whole, .message = STR("It is filled, though REDCap would not have asked for it."), .severity = CHECK_SOFT};
            return;
        }
    }
    draft_note(d->draft, &item->notes, "decide: asked in REDCap only if " STR_FMT, STR_ARG(one_line(d->arena, field->branching)));
}

static Str limit_of(Arena *arena, Str text, bool is_number)
{
    double number;
    Date date;
    Error ignored = {0};
    if (is_number && number_parse(text, &number)) {
        Buf buf = buf_new(arena);
        buf_number(&buf, number);
        return buf_str(&buf);
    }
    return !is_number && date_parse(text, &date, &ignored) ? str_format(arena, "'" STR_FMT "'", STR_ARG(text)) : STR("");
}

/* REDCap warns of values beyond its limits and keeps them: a soft check does the same. */
static void check_limits(Drafting *d, const RedcapField *field, DraftItem *item)
{
    bool is_number = item->type == COLUMN_NUMBER || item->type == COLUMN_INTEGER;
    if (field->type != REDCAP_TEXT || (!field->min.len && !field->max.len)) return;
    Str low = limit_of(d->arena, field->min, is_number), high = limit_of(d->arena, field->max, is_number), condition, id = item->id;
    if ((!is_number && item->type != COLUMN_DATE) || (field->min.len && !low.len) || (field->max.len && !high.len)) {
        draft_note(d->draft, &item->notes, "decide: REDCap's limits are \"" STR_FMT "\" and \"" STR_FMT "\"", STR_ARG(field->min), STR_ARG(field->max));
        return;
    }
    if (low.len && high.len) condition = str_format(d->arena, STR_FMT " BETWEEN " STR_FMT " AND " STR_FMT, STR_ARG(id), STR_ARG(low), STR_ARG(high));
    else condition = str_format(d->arena, STR_FMT " %s " STR_FMT, STR_ARG(id), low.len ? ">=" : "<=", STR_ARG(low.len ? low : high));
    Str message = str_format(d->arena, "Beyond the limits of REDCap: " STR_FMT " to " STR_FMT ".", STR_ARG(low.len ? low : STR("any")), STR_ARG(high.len ? high : STR("any")));
    *draft_add_check(d->draft, item) = (DraftCheck){.condition = condition, .message = message, .severity = CHECK_SOFT};
}

static void draft_checks(Drafting *d)
{
    const RedcapDictionary *dictionary = &d->project->dictionary;
    for (size_t i = 1; i < dictionary->n_fields; i++) {
        const RedcapField *field = &dictionary->fields[i];
        if (!str_equal(field->form, d->form) || field->type == REDCAP_DESCRIPTIVE) continue;
        for (size_t c = 0; c < (field->type == REDCAP_CHECKBOX ? field->codes.n : 1); c++) {
            Str name = field->name;
            if (field->type == REDCAP_CHECKBOX) name = str_format(d->arena, STR_FMT "(" STR_FMT ")", STR_ARG(name), STR_ARG(field->codes.codes[c]));
            const Known *known = map_get(&d->items, name)->pointer;
            for (size_t k = 0; k < d->to->items.n; k++) {
                if (!str_equal(d->to->items.items[k].id, known->item)) continue;
                check_limits(d, field, &d->to->items.items[k]);
                check_branching(d, field, &d->to->items.items[k]);
            }
        }
    }
}

/* --- forms --- */

/* "visit_lab_data" -> "Visit lab data" */
static Str form_title(Arena *arena, Str form)
{
    char *title = arena_copy(arena, form.data, form.len);
    for (size_t i = 0; i < form.len; i++)
        if (title[i] == '_') title[i] = ' ';
    if (form.len && title[0] >= 'a' && title[0] <= 'z') title[0] = (char)(title[0] - 'a' + 'A');
    return (Str){title, form.len};
}

static Str form_id(const Drafting *d, Str form)
{
    static const char *const TAKEN[] = {"screening", "consent", "enrolment", "deviations", "withdrawals", "audit", "doses", "adverse_events"};
    Str id = draft_id(d->arena, form);
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
        if (str_equal_fold(id, str_from(TAKEN[i])) && !str_equal(form, d->screening)) return str_format(d->arena, STR_FMT "_form", STR_ARG(id));
    return id;
}

static void draft_screening(Drafting *d)
{
    DraftForm *form = draft_add_form(d->draft);
    form->id = d->draft->screening = STR("screening");
    form->title = STR("Screening");
    form->repeats = FORM_PER_SUBJECT;
    draft_note(d->draft, &form->notes, "no form of REDCap is filled once when a subject is screened; decide what is asked then");
    DraftItem *item = draft_add_item(d->draft, form);
    item->id = draft_item_id(d->draft, STR("screening_note"));
    item->label = STR("Note at screening");
    item->type = COLUMN_TEXT;
}

static void draft_form(Drafting *d, Str form)
{
    d->form = form;
    d->to = draft_add_form(d->draft);
    d->to->id = form_id(d, form);
    d->to->title = form_title(d->arena, form);
    d->to->repeats = is_repeating(d, form) ? FORM_PER_LOG : is_once(d, form) && !d->project->n_events ? FORM_PER_SUBJECT : FORM_PER_VISIT;
    if (str_equal(form, d->screening)) {
        d->to->repeats = FORM_PER_SUBJECT;
        d->draft->screening = d->to->id;
    }
    if (d->to->repeats == FORM_PER_VISIT) schedule_form(d);
    draft_fields(d);
    draft_checks(d);
}

static bool check_repeating(const Drafting *d, Error *err)
{
    const RedcapDictionary *dictionary = &d->project->dictionary;
    Texts forms = {dictionary->n_forms, dictionary->forms};
    for (size_t i = 0; i < d->choices->repeating.n; i++) {
        Str form = d->choices->repeating.items[i];
        if (texts_hold(&forms, form)) continue;
        Str near = str_nearest(form, forms.items, forms.n);
        error_set(err, ERROR_INCONSISTENT, "the dictionary has no form \"" STR_FMT "\" that could repeat", STR_ARG(form));
        if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
        return error_hint(err, "Name forms as the dictionary does, separated by commas.");
    }
    return true;
}

bool redcap_draft(Arena *arena, const RedcapProject *project, const RedcapChoices *choices, Draft *draft, Error *err)
{
    Drafting d = {.arena = arena, .project = project, .choices = choices, .draft = draft, .items = map_new(arena)};
    const RedcapDictionary *dictionary = &project->dictionary;
    *draft = draft_new(arena);
    if (!check_repeating(&d, err)) return false;
    Str first = dictionary->forms[0];
    if (is_once(&d, first) && !is_repeating(&d, first) && has_fields(&d, first)) d.screening = first;
    draft_arms(&d);
    draft_visits(&d);
    if (!d.screening.len) draft_screening(&d);
    for (size_t i = 0; i < dictionary->n_forms; i++)
        if (has_fields(&d, dictionary->forms[i])) draft_form(&d, dictionary->forms[i]);
    draft_note(draft, &draft->notes, "Drafted from a REDCap data dictionary of %zu fields in %zu forms; \"" STR_FMT "\" is the subject's id.",
               dictionary->n_fields, dictionary->n_forms, STR_ARG(dictionary->fields[0].name));
    return true;
}
