#include "exchange/odm_draft.h"

#include <math.h>
#include <string.h>

typedef struct {
    Arena *arena;
    const OdmStudy *study;
    Str language;
    Draft *draft;
    Map form_ids;                     /* ids given to forms */
} Drafting;

/* --- ids --- */

static Str own_form_id(Drafting *d, Str name)
{
    static const char *const TAKEN[] = {"screening", "consent", "enrolment", "deviations", "withdrawals", "audit", "doses", "adverse_events"};
    Str stem = draft_id(d->arena, name), id;
    bool is_new;
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
        if (str_equal_fold(stem, str_from(TAKEN[i]))) stem = str_format(d->arena, STR_FMT "_form", STR_ARG(stem));
    id = stem;
    for (int i = 2; map_put(&d->form_ids, str_lower(d->arena, id), &is_new), !is_new; i++) id = str_format(d->arena, STR_FMT "_%d", STR_ARG(stem), i);
    return id;
}

static Str visit_id(const Drafting *d, const OdmStudyEvent *event) { return draft_id(d->arena, event->oid); }

static Str on_one_line(Arena *arena, Str text)
{
    char *line = arena_copy(arena, text.data ? text.data : "", text.len);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)line[i] < ' ') line[i] = ' ';
    return str_trim((Str){line, text.len});
}

/* --- items --- */

static const struct {
    const char *word;
    ColumnType type;
} TYPES[] = {{"integer", COLUMN_INTEGER}, {"float", COLUMN_NUMBER}, {"double", COLUMN_NUMBER}, {"date", COLUMN_DATE}, {"partialDate", COLUMN_DATE}, {"incompleteDate", COLUMN_DATE},
             {"boolean", COLUMN_CODED}};

static ColumnType type_of(const OdmItem *item)
{
    if (item->codelist && item->codelist->many) return COLUMN_TEXT;
    if (item->codelist && item->codelist->codes.n) return COLUMN_CODED;
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (str_equal_fold(item->data_type, str_from(TYPES[i].word))) return TYPES[i].type;
    return COLUMN_TEXT;
}

/* The name, unless another list has it: then the OID, then with a number. */
static Str own_codelist_name(Drafting *d, const OdmCodelist *list)
{
    Str stem = draft_id(d->arena, list->name.len ? list->name : list->oid), name = stem;
    for (int n = 1;; n++) {
        size_t i = 0;
        while (i < d->draft->codelists.n && !str_equal(d->draft->codelists.items[i].name, name)) i++;
        if (i == d->draft->codelists.n) return name;
        name = n == 1 ? draft_id(d->arena, list->oid) : str_format(d->arena, STR_FMT "_%d", STR_ARG(stem), n);
    }
}

static Str codelist_name(Drafting *d, const OdmItem *item)
{
    Str codes[] = {STR("1"), STR("0")}, labels[] = {STR("Yes"), STR("No")};
    Codelist list = {.n = 2, .codes = codes, .labels = labels};
    Map seen = map_new(d->arena);
    bool is_new;
    if (!item->codelist || !item->codelist->codes.n) return draft_codelist(d->draft, STR("yes_no"), &list);
    const OdmCodes *from = &item->codelist->codes;
    list = (Codelist){.codes = ARENA_ARRAY(d->arena, Str, from->n), .labels = ARENA_ARRAY(d->arena, Str, from->n)};
    for (size_t i = 0; i < from->n; i++) {
        map_put(&seen, from->items[i].code, &is_new);
        if (!is_new || !from->items[i].code.len) continue;
        list.codes[list.n] = from->items[i].code;
        list.labels[list.n++] = on_one_line(d->arena, odm_text(&from->items[i].decode, d->language));
    }
    return draft_codelist(d->draft, own_codelist_name(d, item->codelist), &list);
}

/* Units as people write them, and as the protocol does; others are left for `check` to ask about. */
static const struct {
    const char *written, *unit;
} UNITS[] = {{"years", "a"}, {"year", "a"}, {"months", "mo"}, {"weeks", "wk"}, {"days", "d"}, {"hours", "h"}, {"minutes", "min"}, {"mm Hg", "mm[Hg]"}, {"\xc2\xb0""C", "Cel"},
             {"beats/min", "bpm"}};

static Str unit_of(Str written)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (str_equal_fold(written, str_from(UNITS[i].written))) return str_from(UNITS[i].unit);
    return written;
}

/* "kg", or a comment where there are several. */
static void take_units(Drafting *d, const OdmItem *item, DraftItem *to)
{
    Buf several = buf_new(d->arena);
    for (size_t i = 0; i < item->unit_oids.n; i++) {
        const OdmUnit *unit = odm_unit(d->study, item->unit_oids.items[i]);
        Str symbol = unit ? odm_text(&unit->symbol, STR("en")) : item->unit_oids.items[i];           /* units are not translated */
        if (unit && !symbol.len) symbol = unit->name;
        if (item->unit_oids.n == 1) to->unit = unit_of(on_one_line(d->arena, symbol));
        buf_format(&several, "%s" STR_FMT, i ? ", " : "", STR_ARG(symbol));
    }
    if (item->unit_oids.n > 1) draft_note(d->draft, &to->notes, "decide the unit: " STR_FMT, STR_ARG(buf_str(&several)));
}

/* Comparators of one value, as conditions write them. */
static const struct {
    const char *word, *sign;
} COMPARATORS[] = {{"LT", "<"}, {"LE", "<="}, {"GT", ">"}, {"GE", ">="}, {"EQ", "="}, {"NE", "<>"}, {"IN", "IN"}, {"NOTIN", "NOT IN"}};

static bool put_literal(Buf *buf, const DraftItem *item, Str value)
{
    double number;
    bool is_number = item->type == COLUMN_NUMBER || item->type == COLUMN_INTEGER;
    if (is_number && !number_parse(value, &number)) return false;
    if (is_number) {
        buf_number(buf, number);
        return true;
    }
    buf_char(buf, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] == '\'') buf_char(buf, '\'');
        buf_char(buf, value.data[i]);
    }
    buf_char(buf, '\'');
    return true;
}

static bool condition_of(Drafting *d, const OdmRangeCheck *check, const DraftItem *item, Str *condition)
{
    Buf buf = buf_new(d->arena);
    size_t k = 0;
    while (k < 8 && !str_equal(check->comparator, str_from(COMPARATORS[k].word))) k++;
    if (k == 8 || check->values.n == 0 || (k < 6 && check->values.n > 1)) return false;
    buf_format(&buf, STR_FMT " %s %s", STR_ARG(item->id), COMPARATORS[k].sign, k < 6 ? "" : "(");
    for (size_t i = 0; i < check->values.n; i++) {
        if (i) buf_add_c(&buf, ", ");
        if (!put_literal(&buf, item, check->values.items[i])) return false;
    }
    if (k >= 6) buf_char(&buf, ')');
    *condition = buf_str(&buf);
    return true;
}

static bool is_limit(const OdmRangeCheck *check, const DraftItem *item, DraftItem *to)
{
    double number;
    bool is_low = str_equal(check->comparator, STR("GE"));
    if (check->is_soft || (item->type != COLUMN_NUMBER && item->type != COLUMN_INTEGER) || check->values.n != 1 || !number_parse(check->values.items[0], &number)) return false;
    if (!is_low && !str_equal(check->comparator, STR("LE"))) return false;
    if (is_low ? isfinite(to->range.low) || number > to->range.high : isfinite(to->range.high) || number < to->range.low) return false;
    if (is_low) to->range.low = number;
    else to->range.high = number;
    return true;
}

static void take_checks(Drafting *d, const OdmItem *item, DraftItem *to)
{
    for (size_t i = 0; i < item->checks.n; i++) {
        const OdmRangeCheck *check = &item->checks.items[i];
        Str condition, message = on_one_line(d->arena, odm_text(&check->message, d->language));
        bool is_own_unit = !check->unit_oid.len || (item->unit_oids.n == 1 && str_equal(check->unit_oid, item->unit_oids.items[0]));
        bool is_clear = !check->expressions.n && is_own_unit;
        if (is_clear && is_limit(check, to, to)) continue;
        if (is_clear && condition_of(d, check, to, &condition)) {
            if (!message.len) message = str_format(d->arena, STR_FMT " must hold.", STR_ARG(condition));
            *draft_add_check(d->draft, to) = (DraftCheck){.condition = condition, .message = message, .severity = check->is_soft ? CHECK_SOFT : CHECK_HARD};
            continue;
        }
        const OdmUnit *unit = odm_unit(d->study, check->unit_oid);
        Buf values = buf_new(d->arena);
        for (size_t k = 0; k < check->values.n; k++) buf_format(&values, " " STR_FMT, STR_ARG(check->values.items[k]));
        for (size_t k = 0; k < check->expressions.n; k++) buf_format(&values, " " STR_FMT, STR_ARG(on_one_line(d->arena, check->expressions.items[k].text)));
        draft_note(d->draft, &to->notes, "decide: checked there %s: " STR_FMT STR_FMT "%s" STR_FMT, check->is_soft ? "softly" : "hard", STR_ARG(check->comparator),
                   STR_ARG(values.len ? buf_str(&values) : STR("")), unit ? " in " : "", STR_ARG(unit ? unit->name : STR("")));
    }
}

static Str rule_words(Drafting *d, const OdmRule *rule)
{
    Str words = odm_text(&rule->description, d->language);
    if (rule->expressions.n) words = str_format(d->arena, STR_FMT "%s" STR_FMT, STR_ARG(words), words.len ? ": " : "", STR_ARG(rule->expressions.items[0].text));
    return on_one_line(d->arena, words.len ? words : rule->name);
}

static void draft_item(Drafting *d, DraftForm *form, const OdmField *field, bool *is_conditional)
{
    const OdmItem *item = field->item;
    DraftItem *to = draft_add_item(d->draft, form);
    Str name = odm_item_name(d->arena, item, field->oid);
    to->id = draft_item_id(d->draft, name);
    to->label = on_one_line(d->arena, odm_label(d->arena, item, d->language));
    to->type = type_of(item);
    if (!str_equal_fold(to->id, name)) draft_note(d->draft, &to->notes, "in the file: " STR_FMT, STR_ARG(name));
    if (to->type == COLUMN_CODED) to->codelist = codelist_name(d, item);
    if (to->type == COLUMN_NUMBER && item->digits >= 0 && item->digits <= 15) to->decimals = item->digits;
    if (item->codelist && item->codelist->many)
        for (size_t i = 0; i < item->codelist->codes.n; i++)
            draft_note(d->draft, &to->notes, "several of: " STR_FMT " " STR_FMT, STR_ARG(item->codelist->codes.items[i].code), STR_ARG(odm_text(&item->codelist->codes.items[i].decode, d->language)));
    take_units(d, item, to);
    take_checks(d, item, to);
    for (int i = 0; i < 3; i++)
        if (field->not_when[i]) {
            draft_note(d->draft, &to->notes, "decide: not asked there if " STR_FMT, STR_ARG(rule_words(d, field->not_when[i])));
            *is_conditional = true;
        }
    to->required = field->mandatory && !*is_conditional;
    if (field->method) draft_note(d->draft, &to->notes, "derived there: " STR_FMT, STR_ARG(rule_words(d, field->method)));
}

/* --- forms --- */

static bool is_in(const OdmField *field, const OdmGroup *group)
{
    bool repeats = field->group && field->group->repeats && !field->group->is_form;
    return group ? field->group == group : !repeats;
}

/* The items of one group that repeats, or of all that do not; no form where there are none. */
static DraftForm *draft_part(Drafting *d, const OdmForm *form, const OdmGroup *group)
{
    DraftForm *to = NULL;
    for (size_t i = 0; i < form->fields.n; i++) {
        const OdmField *field = &form->fields.items[i];
        bool is_conditional = false;
        if (!field->item || !is_in(field, group)) continue;
        if (!to) {
            to = draft_add_form(d->draft);
            Str name = odm_is_name(form->name) ? form->name : form->oid, of_group = group && odm_is_name(group->name) ? group->name : group ? group->oid : STR("");
            to->id = own_form_id(d, group ? str_format(d->arena, STR_FMT "_" STR_FMT, STR_ARG(name), STR_ARG(of_group)) : name);
            const OdmTexts *words = group ? &group->description : &form->description;
            Str title = odm_text(words, d->language);
            to->title = on_one_line(d->arena, title.len ? title : group ? group->name : form->name);
            to->repeats = group || form->repeats ? FORM_PER_LOG : d->study->events.n ? FORM_PER_VISIT : FORM_PER_SUBJECT;
        }
        draft_item(d, to, field, &is_conditional);
    }
    return to;
}

static void schedule(Drafting *d, const OdmForm *form, DraftForm *to)
{
    if (to->repeats != FORM_PER_VISIT) return;
    for (size_t i = 0; i < d->study->events.n; i++) {
        const OdmStudyEvent *event = &d->study->events.items[i];
        for (size_t k = 0; k < event->refs.n; k++)
            if (str_equal(event->refs.items[k].oid, form->oid)) {
                draft_add_text(d->draft, &to->visits, visit_id(d, event));
                break;
            }
    }
    if (!to->visits.n) draft_note(d->draft, &to->notes, "decide at which visits: no event of the file has this form");
}

static void draft_form(Drafting *d, const OdmForm *form)
{
    DraftForm *to = draft_part(d, form, NULL);
    if (to) {
        schedule(d, form, to);
        if (to->repeats == FORM_PER_SUBJECT && !d->draft->screening.len) d->draft->screening = to->id;
    }
    Map seen = map_new(d->arena);
    for (size_t i = 0; i < form->fields.n; i++) {
        const OdmGroup *group = form->fields.items[i].group;
        bool is_new;
        if (!group || !group->repeats || group->is_form) continue;
        map_put(&seen, group->oid, &is_new);
        if (is_new) draft_part(d, form, group);
    }
}

static void draft_screening(Drafting *d)
{
    DraftForm *form = draft_add_form(d->draft);
    bool is_new;
    map_put(&d->form_ids, STR("screening"), &is_new);
    form->id = d->draft->screening = STR("screening");
    form->title = STR("Screening");
    form->repeats = FORM_PER_SUBJECT;
    draft_note(d->draft, &form->notes, "no form of the file is filled once when a subject is screened; decide what is asked then");
    DraftItem *item = draft_add_item(d->draft, form);
    item->id = draft_item_id(d->draft, STR("screening_note"));
    item->label = STR("Note at screening");
    item->type = COLUMN_TEXT;
}

static void draft_visits(Drafting *d)
{
    for (size_t i = 0; i < d->study->events.n; i++) {
        const OdmStudyEvent *event = &d->study->events.items[i];
        DraftVisit *visit = draft_add_visit(d->draft);
        visit->id = visit_id(d, event);
        Str title = odm_text(&event->description, d->language);
        visit->title = on_one_line(d->arena, title.len ? title : event->name);
        visit->kind = str_equal_fold(event->type, STR("Unscheduled")) ? VISIT_UNSCHEDULED : VISIT_ASSESSMENT;
    }
}

static void note_source(Drafting *d, Draft *draft)
{
    const OdmStudy *study = d->study;
    draft_note(draft, &draft->notes, "Drafted from an ODM file%s" STR_FMT ": %zu events, %zu forms, %zu items.", study->system.len ? " of " : "", STR_ARG(study->system), study->events.n,
               study->forms.n, study->items.n);
    for (size_t i = 0; i < study->missing.n; i++) draft_note(draft, &draft->notes, "Referred to there, not defined: " STR_FMT ".", STR_ARG(study->missing.items[i]));
    for (size_t i = 0; i < study->skipped.n; i++) {
        const OdmSkipped *row = &study->skipped.items[i];
        draft_note(draft, &draft->notes, "Not read: " STR_FMT " in " STR_FMT " (%zu, from line %zu).", STR_ARG(row->element), STR_ARG(row->parent), row->n, row->first_line);
    }
}

static bool has_items(const OdmStudy *study)
{
    for (size_t i = 0; i < study->forms.n; i++)
        for (size_t k = 0; k < study->forms.items[i].fields.n; k++)
            if (study->forms.items[i].fields.items[k].item) return true;
    return false;
}

bool odm_draft(Arena *arena, const OdmStudy *study, Str language, Draft *draft, Error *err)
{
    Drafting d = {.arena = arena, .study = study, .language = language, .draft = draft, .form_ids = map_new(arena)};
    if (!has_items(study)) {
        error_set(err, ERROR_INCONSISTENT, "the file defines no form with items");
        return error_hint(err, "A file of clinical data alone says nothing of its forms: export the metadata.");
    }
    if (odm_is_redcap(study)) {
        RedcapProject project;
        RedcapChoices choices = {0};
        odm_redcap_project(arena, study, &project, &choices.repeating);
        if (!project.dictionary.n_fields) return error_set(err, ERROR_INCONSISTENT, "the file defines no field of REDCap");
        if (!redcap_draft(arena, &project, &choices, draft, err)) return false;
    } else {
        *draft = draft_new(arena);
        draft_visits(&d);
        if (study->events.n) draft_screening(&d);
        for (size_t i = 0; i < study->forms.n; i++) draft_form(&d, &study->forms.items[i]);
        if (!draft->screening.len) draft_screening(&d);
    }
    draft->id = study->protocol_name.len ? study->protocol_name : study->name;
    draft->title = study->name;
    note_source(&d, draft);
    return true;
}
