/* What REDCap's export of a project says, as its data dictionary would say it. */
#include <string.h>

#include "exchange/odm_draft.h"

/* REDCap's own words for the types of fields, and what the dictionary calls them. */
static const struct {
    const char *word;
    RedcapType type;
} TYPES[] = {{"text", REDCAP_TEXT}, {"textarea", REDCAP_NOTES}, {"radio", REDCAP_RADIO}, {"select", REDCAP_DROPDOWN}, {"checkbox", REDCAP_CHECKBOX},
             {"yesno", REDCAP_YESNO}, {"truefalse", REDCAP_TRUEFALSE}, {"calc", REDCAP_CALC}, {"slider", REDCAP_SLIDER}, {"file", REDCAP_FILE},
             {"descriptive", REDCAP_DESCRIPTIVE}, {"sql", REDCAP_SQL}};

static RedcapType type_of(Str word)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (str_equal(word, str_from(TYPES[i].word))) return TYPES[i].type;
    return REDCAP_TEXT;
}

static Str validation_of(Str word)
{
    if (str_equal(word, STR("int"))) return STR("integer");
    return str_equal(word, STR("float")) ? STR("number") : word;
}

bool odm_is_redcap(const OdmStudy *study)
{
    if (str_equal(study->system, STR("REDCap"))) return true;
    for (size_t i = 0; i < study->items.n; i++)
        if (study->items.items[i].redcap.field_type.len) return true;
    return false;
}

static Str form_name(const OdmForm *form) { return form->redcap_name.len ? form->redcap_name : form->oid; }

/* Fields that REDCap adds to every form or project: the dictionary does not have them. */
static bool is_added(const OdmForm *form, const OdmItem *item)
{
    Str name = item->redcap.variable.len ? item->redcap.variable : item->name, form_word = form_name(form);
    return str_equal(name, STR("redcap_data_access_group"))
           || (name.len == form_word.len + 9 && str_starts(name, form_word) && str_ends(name, STR("_complete")));
}

static void take_limits(const OdmItem *item, RedcapField *field)
{
    for (size_t i = 0; i < item->checks.n; i++) {
        const OdmRangeCheck *check = &item->checks.items[i];
        if (check->values.n != 1) continue;
        if (str_equal(check->comparator, STR("GE"))) field->min = check->values.items[0];
        if (str_equal(check->comparator, STR("LE"))) field->max = check->values.items[0];
    }
}

/* "1, one|2, two" for boxes; the codes of the list for others. */
static void take_codes(Arena *arena, const OdmItem *item, RedcapField *field)
{
    const OdmCodelist *list = item->codelist;
    if (!list) return;
    Str rest = list->checkbox_choices, choice;
    size_t most = field->type == REDCAP_CHECKBOX ? rest.len + 1 : list->codes.n;
    field->codes = (Codelist){.codes = ARENA_ARRAY(arena, Str, most + 1), .labels = ARENA_ARRAY(arena, Str, most + 1)};
    Codelist *codes = &field->codes;
    for (; field->type == REDCAP_CHECKBOX && rest.len; codes->n++) {
        if (!str_cut(rest, STR("|"), &choice, &rest)) choice = rest, rest = STR("");
        Str *code = &codes->codes[codes->n], *label = &codes->labels[codes->n];
        if (!str_cut(choice, STR(","), code, label)) *code = *label = choice;
        *code = str_trim(*code), *label = str_trim(*label);
    }
    for (size_t i = 0; field->type != REDCAP_CHECKBOX && i < list->codes.n; i++, codes->n++) {
        codes->codes[i] = list->codes.items[i].code;
        codes->labels[i] = odm_text(&list->codes.items[i].decode, STR(""));
    }
}

static RedcapField field_of(Arena *arena, const OdmForm *form, const OdmField *from)
{
    const OdmItem *item = from->item;
    const OdmRedcap *r = &item->redcap;
    RedcapField field = {.name = r->variable.len ? r->variable : item->name, .form = form_name(form), .section = r->section, .label = odm_text(&item->question, STR("")),
                         .note = r->note, .validation = validation_of(r->validation), .branching = r->branching, .matrix = r->matrix, .annotation = r->annotation,
                         .min = STR(""), .max = STR(""), .choices = STR(""), .type = type_of(r->field_type), .identifier = r->identifier.len > 0,
                         .required = from->mandatory || r->required, .line = item->line};
    if (field.type == REDCAP_CALC) field.choices = r->calculation;
    if (field.type == REDCAP_SLIDER) field.choices = r->slider_labels;
    take_limits(item, &field);
    if (field.type == REDCAP_CHECKBOX || field.type == REDCAP_RADIO || field.type == REDCAP_DROPDOWN) take_codes(arena, item, &field);
    return field;
}

static void take_fields(Arena *arena, const OdmStudy *study, RedcapDictionary *dictionary)
{
    Map seen = map_new(arena);
    bool is_new;
    size_t most = 0;
    for (size_t i = 0; i < study->forms.n; i++) most += study->forms.items[i].fields.n;
    dictionary->fields = ARENA_ARRAY(arena, RedcapField, most + 1);
    dictionary->forms = ARENA_ARRAY(arena, Str, study->forms.n + 1);
    for (size_t i = 0; i < study->forms.n; i++) {
        const OdmForm *form = &study->forms.items[i];
        size_t before = dictionary->n_fields;
        for (size_t k = 0; k < form->fields.n; k++) {
            const OdmField *from = &form->fields.items[k];
            if (!from->item || is_added(form, from->item)) continue;
            RedcapField field = field_of(arena, form, from);
            map_put(&seen, field.name, &is_new);
            if (is_new) dictionary->fields[dictionary->n_fields++] = field;           /* of checkboxes the first box */
        }
        if (dictionary->n_fields > before) dictionary->forms[dictionary->n_forms++] = form_name(form);
    }
}

static void take_events(Arena *arena, const OdmStudy *study, RedcapProject *project)
{
    Map arms = map_new(arena);
    bool is_new;
    size_t n_refs = 0;
    for (size_t i = 0; i < study->events.n; i++) n_refs += study->events.items[i].refs.n;
    project->events = ARENA_ARRAY(arena, RedcapEvent, study->events.n + 1);
    project->arms = ARENA_ARRAY(arena, RedcapArm, study->events.n + 1);
    project->mapping = ARENA_ARRAY(arena, RedcapFormAt, n_refs + 1);
    for (size_t i = 0; i < study->events.n; i++) {
        const OdmStudyEvent *from = &study->events.items[i];
        int64_t day, before, after;
        RedcapEvent *event = &project->events[project->n_events++];
        *event = (RedcapEvent){.name = from->redcap_title.len ? from->redcap_title : from->name, .unique = from->redcap_name.len ? from->redcap_name : from->oid, .arm = from->arm_number};
        event->has_day = integer_parse(from->day, &day) && integer_parse(from->before, &before) && integer_parse(from->after, &after) && day > -36525 && day < 36525
                         && before >= 0 && before < 36525 && after >= 0 && after < 36525;
        if (event->has_day) event->day = (int)day, event->before = (int)before, event->after = (int)after;
        map_put(&arms, from->arm_number, &is_new);
        if (is_new) project->arms[project->n_arms++] = (RedcapArm){from->arm_number, from->arm_name};
        for (size_t k = 0; k < from->refs.n; k++) {
            const OdmForm *form = odm_form(study, from->refs.items[k].oid);
            if (form) project->mapping[project->n_mapping++] = (RedcapFormAt){event->unique, form_name(form)};
        }
    }
}

void odm_redcap_project(Arena *arena, const OdmStudy *study, RedcapProject *project, Texts *repeating)
{
    *project = (RedcapProject){0};
    take_fields(arena, study, &project->dictionary);
    take_events(arena, study, project);
    if (!repeating) return;
    *repeating = (Texts){.items = ARENA_ARRAY(arena, Str, study->redcap_repeating.n + 1)};
    for (size_t i = 0; i < project->dictionary.n_forms; i++)
        for (size_t k = 0; k < study->redcap_repeating.n; k++)
            if (str_equal(project->dictionary.forms[i], study->redcap_repeating.items[k])) {
                repeating->items[repeating->n++] = project->dictionary.forms[i];
                break;
            }
}
