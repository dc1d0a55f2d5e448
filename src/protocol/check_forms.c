/* Rules about what is recorded: items, units, codelists, conditions, instruments. */
#include "data/condition.h"
#include "protocol/check_rules.h"
#include "protocol/frames.h"

#include <math.h>

static bool is_one_of(Str name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal_fold(name, str_from(words[i]))) return true;
    return false;
}

#define IS_ONE_OF(name, words) is_one_of((name), (words), sizeof(words) / sizeof((words)[0]))

/* Columns that the program fills itself: of every form, and of adverse events. */
static bool is_reserved(const Form *form, Str name)
{
    static const char *const OF_EVENTS[] = {"AESEQ", "START", "AEDECOD", "AEBODSYS", "TRTEMFL"};
    return protocol_is_own_column(name) ||
           (str_equal(form->id, STR("adverse_events")) && IS_ONE_OF(name, OF_EVENTS));
}

/* Import and export name each form's file after its id. */
void rule_form_names(Checker *checker)
{
    static const char *const FILES[] = {"consent",     "enrolment", "deviations",
                                        "withdrawals", "audit",     "audit-dictionary"};
    for (size_t i = 0; i < checker->protocol->forms.n; i++) {
        const Form *form = &checker->protocol->forms.items[i];
        const Form *screening = protocol_form(checker->protocol, checker->protocol->eligibility.form);
        bool is_other = screening && screening != form && str_equal_fold(form->id, STR("screening"));
        if (IS_ONE_OF(form->id, FILES) || is_other)
            flag(checker, place_of(form->at, "id"), "a trial has a file \"" STR_FMT ".csv\" of its own",
                 STR_ARG(form->id));
    }
}

/* Items seen so far, by upper-case name: of one form, or of all forms that are filled by visit. */
static void claim_name(Checker *checker, Map *seen, const Form *form, const Item *item, const char *where)
{
    bool is_new;
    MapEntry *entry = map_put(seen, str_upper(checker->arena, item->id), &is_new);
    if (is_new) {
        entry->pointer = (void *)(uintptr_t)item->at;
        return;
    }
    const Yaml *first = entry->pointer;
    flag(checker, place_of(item->at, "id"),
         "the item \"" STR_FMT "\" of \"" STR_FMT "\" stands already in line %zu, %s", STR_ARG(item->id),
         STR_ARG(form->id), first->line, where);
}

void rule_item_names(Checker *checker)
{
    Map by_visit = map_new(checker->arena);
    for (size_t i = 0; i < checker->protocol->forms.n; i++) {
        const Form *form = &checker->protocol->forms.items[i];
        bool visits = form->repeats == FORM_PER_VISIT;
        Map own = map_new(checker->arena);
        for (size_t k = 0; k < form->items.n; k++) {
            const Item *item = &form->items.items[k];
            if (is_reserved(form, item->id))
                flag(checker, place_of(item->at, "id"), "the program fills the column \"" STR_FMT "\" itself",
                     STR_ARG(item->id));
            claim_name(checker, visits ? &by_visit : &own, form, item,
                       visits ? "in this or another visit form" : "in this form");
        }
    }
}

static bool same_as_before(const Form *form, size_t i)
{
    return i && form->items.items[i - 1].at == form->items.items[i].at;
}

static void check_item_type(Checker *checker, const Item *item)
{
    bool coded = item->type == COLUMN_CODED,
         number = item->type == COLUMN_NUMBER || item->type == COLUMN_INTEGER;
    const char *type = grammar_word(&COLUMN_TYPE_WORDS, (int)item->type);
    if (coded && !item->codelist.list && !item->codelist.name.len)
        flag(checker, item->at, "the coded item \"" STR_FMT "\" has no codelist", STR_ARG(item->id));
    if (!coded && yaml_get(item->at, "codelist"))
        flag(checker, place_of(item->at, "codelist"), "\"" STR_FMT "\" is %s and has a codelist",
             STR_ARG(item->id), type);
    static const char *const OF_NUMBERS[] = {"range", "unit", "decimals"};
    for (size_t i = 0; !number && i < 3; i++)
        if (yaml_get(item->at, OF_NUMBERS[i]))
            flag(checker, place_of(item->at, OF_NUMBERS[i]), "\"" STR_FMT "\" is %s and has \"%s\"",
                 STR_ARG(item->id), type, OF_NUMBERS[i]);
}

void rule_item_types(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->forms.n; i++) {
        const Form *form = &checker->protocol->forms.items[i];
        for (size_t k = 0; k < form->items.n; k++)
            if (!same_as_before(form, k)) check_item_type(checker, &form->items.items[k]);
    }
}

/* Written as UCUM does, and a few that people write. */
static const char UNITS[] =
    "kg g mg ug ng L dL mL uL m cm mm um h min s d wk mo a % Cel degF mm[Hg] mmHg /min /d bpm "
    "10*3 10*6 10*9 10*6/kg 10*6/mL 10*9/L 10*12/L /uL EU EU/mL EU/kg IU IU/mL IU/L U/L mol/L mmol/L umol/L "
    "nmol/L g/dL g/L mg/dL mg/L ug/L ng/mL mg/kg ug/kg mL/kg mg/d mL/h h/d h/wk h/mo kg/m2 deg N W J kcal "
    "points";

static Texts known_units(Arena *arena)
{
    Texts units = {.items = ARENA_ARRAY(arena, Str, sizeof UNITS)};
    Str rest = str_from(UNITS);
    while (str_cut(rest, STR(" "), &units.items[units.n], &rest)) units.n++;
    units.items[units.n++] = rest;
    return units;
}

void rule_units(Checker *checker)
{
    Texts units = known_units(checker->arena);
    for (size_t i = 0; i < checker->protocol->forms.n; i++) {
        const Form *form = &checker->protocol->forms.items[i];
        for (size_t k = 0; k < form->items.n; k++) {
            const Item *item = &form->items.items[k];
            if (!item->unit.len || same_as_before(form, k) || texts_hold(&units, item->unit)) continue;
            Problem *problem = flag(checker, place_of(item->at, "unit"),
                                    "the unit \"" STR_FMT "\" is not known", STR_ARG(item->unit));
            Str nearest = str_nearest(item->unit, units.items, units.n);
            if (nearest.len)
                problem->fix = str_format(checker->arena, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
        }
    }
}

static void check_codes(Checker *checker, const Codelist *list, const Yaml *at, const char *name)
{
    Map seen = map_new(checker->arena);
    for (size_t i = 0; i < list->n; i++) {
        bool is_new;
        map_put(&seen, list->codes[i], &is_new);
        if (!is_new)
            flag(checker, at, "the code \"" STR_FMT "\" stands twice in %s", STR_ARG(list->codes[i]), name);
    }
}

void rule_codelists(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    const Yaml *section = yaml_get(protocol->at, "codelists");
    for (size_t i = 0; i < protocol->codelists.n; i++)
        check_codes(checker, &protocol->codelists.items[i], section, "one codelist");
    for (size_t i = 0; i < protocol->forms.n; i++) {
        const Form *form = &protocol->forms.items[i];
        for (size_t k = 0; k < form->items.n; k++) {
            const Item *item = &form->items.items[k];
            if (item->codelist.list && !item->codelist.name.len && !same_as_before(form, k))
                check_codes(checker, item->codelist.list, place_of(item->at, "codelist"),
                            "the item's codelist");
        }
    }
}

static const ConditionNames *names_of(Checker *checker, Texts names)
{
    return condition_names(checker->arena, names.items, names.n);
}

static const ConditionNames *names_of_form(Checker *checker, const Form *form)
{
    return names_of(checker, protocol_form_columns(checker->arena, checker->protocol, form));
}

static void check_condition(Checker *checker, const Yaml *mapping, const char *key, Str text,
                            const ConditionNames *names)
{
    Str *used;
    size_t n_used;
    Error err = {0};
    ArenaMark mark = arena_mark(checker->arena);
    bool ok =
        !text.len || condition_judge(checker->conditions, checker->arena, text, names, &used, &n_used, &err);
    arena_rewind(checker->arena, mark);
    if (ok) return;
    Problem *problem =
        flag(checker, place_of(mapping, key), "%s%s%s", err.message, err.place[0] ? ": " : "", err.place);
    if (err.hint[0]) problem->fix = str_copy(checker->arena, str_from(err.hint));
}

static void check_edit_checks(Checker *checker, const EditChecks *checks, const ConditionNames *names)
{
    for (size_t i = 0; i < checks->n; i++)
        check_condition(checker, checks->items[i].at, "condition", checks->items[i].condition, names);
}

static void check_form_conditions(Checker *checker, const Form *form)
{
    const ConditionNames *names = names_of_form(checker, form);
    for (size_t i = 0; i < form->items.n; i++) {
        const Item *item = &form->items.items[i];
        if (same_as_before(form, i)) continue;
        check_condition(checker, item->at, "derived", item->derived, names);
        check_edit_checks(checker, &item->checks, names);
    }
    check_edit_checks(checker, &form->checks, names);
}

static void check_criteria(Checker *checker, const Criteria *criteria, const ConditionNames *names)
{
    for (size_t i = 0; i < criteria->n; i++)
        check_condition(checker, criteria->items[i].at, "condition", criteria->items[i].condition, names);
}

static bool is_word(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* Every word outside quotes: the names of data that the protocol does not describe, so that the rest can be judged. */
static Texts words_of(Arena *arena, Str text)
{
    Texts words = {.items = ARENA_ARRAY(arena, Str, text.len / 2 + 1)};
    Map seen = map_new(arena);
    for (size_t i = 0, start; i < text.len; i++) {
        char quote = text.data[i];
        start = quote == '"' ? i + 1 : i;
        if (quote == '\'' || quote == '"') {
            for (i++; i < text.len && text.data[i] != quote; i++) continue;
            if (quote == '\'') continue;
        } else if (is_word(quote)) {
            while (i < text.len && is_word(text.data[i])) i++;
        }
        Str word = str_slice(text, start, i);
        bool is_new;
        if (!word.len || (word.data[0] >= '0' && word.data[0] <= '9')) continue;
        map_put(&seen, str_upper(arena, word), &is_new);
        if (is_new) words.items[words.n++] = word;
        if (quote != '"') i--;
    }
    return words;
}

static void check_frame_condition(Checker *checker, const Yaml *mapping, const char *key, Str text, Str frame)
{
    Texts names;
    if (!text.len) return;
    if (!protocol_frame_columns(checker->arena, checker->protocol, frame, &names))
        names = words_of(checker->arena, text);
    check_condition(checker, mapping, key, text, names_of(checker, names));
}

/* Does a sound text read the column? */
static bool reads(Checker *checker, Str text, const ConditionNames *names, const char *column)
{
    Str *used = NULL;
    size_t n_used = 0;
    Error ignored = {0};
    bool found = false;
    if (!text.len || !condition_judge(checker->conditions, checker->arena, text, names, &used, &n_used, &ignored))
        return false;
    for (size_t i = 0; i < n_used && !found; i++) found = str_equal_fold(used[i], str_from(column));
    return found;
}

static void check_leak(Checker *checker, const Yaml *mapping, const char *key, Str text, const ConditionNames *names)
{
    if (reads(checker, text, names, "ARM"))
        flag(checker, place_of(mapping, key),
             "in a blinded trial \"%s\" shows the arm to whoever fills the form", key);
}

void rule_blinding_leak(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (protocol->trial.blinding <= BLINDING_OPEN) return;
    for (size_t i = 0; i < protocol->forms.n; i++) {
        const Form *form = &protocol->forms.items[i];
        const ConditionNames *names = names_of_form(checker, form);
        for (size_t k = 0; k < form->items.n; k++) {
            const Item *item = &form->items.items[k];
            if (same_as_before(form, k)) continue;
            check_leak(checker, item->at, "derived", item->derived, names);
            for (size_t c = 0; c < item->checks.n; c++)
                check_leak(checker, item->checks.items[c].at, "condition", item->checks.items[c].condition,
                           names);
        }
        for (size_t c = 0; c < form->checks.n; c++)
            check_leak(checker, form->checks.items[c].at, "condition", form->checks.items[c].condition,
                       names);
    }
}

static bool criteria_read_age(Checker *checker, const Criteria *criteria, const ConditionNames *names)
{
    for (size_t i = 0; i < criteria->n; i++)
        if (reads(checker, criteria->items[i].condition, names, "AGE")) return true;
    return false;
}

void rule_birth(Checker *checker)
{
    const Eligibility *eligibility = &checker->protocol->eligibility;
    const Form *form = protocol_form(checker->protocol, eligibility->form);
    const Item *birth = form ? form_item(form, STR("BIRTH")) : NULL;
    if (!form || (birth && birth->type == COLUMN_DATE)) return;
    const ConditionNames *names =
        names_of(checker, protocol_screening_columns(checker->arena, checker->protocol));
    if (isfinite(eligibility->ages.low) || isfinite(eligibility->ages.high) ||
        criteria_read_age(checker, &eligibility->inclusion, names) ||
        criteria_read_age(checker, &eligibility->exclusion, names))
        flag(checker, place_of(form->at, "items"),
             "the form \"" STR_FMT "\" has no date \"BIRTH\", so nobody's AGE can be known", STR_ARG(form->id));
}

void rule_conditions(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    for (size_t i = 0; i < protocol->forms.n; i++) check_form_conditions(checker, &protocol->forms.items[i]);
    const ConditionNames *screening = names_of(checker, protocol_screening_columns(checker->arena, protocol)),
                         *doses = names_of(checker, protocol_dose_columns(checker->arena, protocol));
    check_criteria(checker, &protocol->eligibility.inclusion, screening);
    check_criteria(checker, &protocol->eligibility.exclusion, screening);
    check_edit_checks(checker, &protocol->product.limits, doses);
    for (size_t i = 0; i < protocol->populations.n; i++) {
        const Population *population = &protocol->populations.items[i];
        check_frame_condition(checker, population->at, "condition", population->condition,
                              population->data.len ? population->data : STR("subjects"));
    }
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        check_frame_condition(checker, analysis->at, "where", analysis->where,
                              analysis->data.len ? analysis->data : STR("measures"));
        check_frame_condition(checker, analysis->at, "subgroup", analysis->subgroup,
                              analysis->data.len ? analysis->data : STR("measures"));
    }
    for (size_t i = 0; i < protocol->safety.stopping.n; i++)
        check_frame_condition(checker, protocol->safety.stopping.items[i].at, "event",
                              protocol->safety.stopping.items[i].event, STR("adverse_events"));
}

/* An item whose expression is being followed, and how far. */
typedef struct {
    size_t item, n_used, next;
    Str *used;
} Follow;

/* Derived items of one form: who reads whom. The items from the first asked about to the latest are open. */
typedef struct {
    Checker *checker;
    const Form *form;
    const ConditionNames *names;
    Map items; /* upper-case id to position */
    enum { ITEM_NEW, ITEM_OPEN, ITEM_DONE } *state;
    Follow *open; /* room for every item: none is open twice */
    size_t n_open;
} Derivation;

static Map items_by_name(Arena *arena, const Form *form)
{
    Map items = map_new(arena);
    for (size_t i = 0; i < form->items.n; i++) {
        bool is_new;
        MapEntry *entry = map_put(&items, str_upper(arena, form->items.items[i].id), &is_new);
        if (is_new) entry->index = i;
    }
    return items;
}

static void open_item(Derivation *derivation, size_t i)
{
    const Item *item = &derivation->form->items.items[i];
    if (derivation->state[i] != ITEM_NEW || !item->derived.len) return;
    derivation->state[i] = ITEM_OPEN;
    Follow *follow = &derivation->open[derivation->n_open++];
    Error ignored = {0}; /* rule_conditions says what is wrong with it */
    *follow = (Follow){.item = i};
    if (!condition_judge(derivation->checker->conditions, derivation->checker->arena, item->derived,
                         derivation->names, &follow->used, &follow->n_used, &ignored))
        follow->n_used = 0;
}

static void follow_used(Derivation *derivation, size_t from, Str used)
{
    const Item *item = &derivation->form->items.items[from];
    const MapEntry *entry = map_get(&derivation->items, str_upper(derivation->checker->arena, used));
    if (!entry) return;
    if (derivation->state[entry->index] != ITEM_OPEN) {
        open_item(derivation, entry->index);
        return;
    }
    flag(derivation->checker, place_of(item->at, "derived"),
         "the derived item \"" STR_FMT "\" is computed from \"" STR_FMT "\", which is computed from it",
         STR_ARG(item->id), STR_ARG(used));
}

static void follow_item(Derivation *derivation, size_t i)
{
    open_item(derivation, i);
    while (derivation->n_open) {
        Follow *latest = &derivation->open[derivation->n_open - 1];
        if (latest->next < latest->n_used) {
            follow_used(derivation, latest->item, latest->used[latest->next++]);
        } else {
            derivation->state[latest->item] = ITEM_DONE;
            derivation->n_open--;
        }
    }
}

void rule_derived_cycle(Checker *checker)
{
    Arena *arena = checker->arena;
    for (size_t i = 0; i < checker->protocol->forms.n; i++) {
        const Form *form = &checker->protocol->forms.items[i];
        Derivation derivation = {.checker = checker,
                                 .form = form,
                                 .names = names_of_form(checker, form),
                                 .items = items_by_name(arena, form),
                                 .open = ARENA_ARRAY(arena, Follow, form->items.n)};
        derivation.state = arena_alloc_array(arena, form->items.n, sizeof *derivation.state);
        for (size_t k = 0; k < form->items.n; k++)
            if (!same_as_before(form, k)) follow_item(&derivation, k);
    }
}

static void need_gmfm_item(Checker *checker, const InstrumentUse *use, const Form *form, int number)
{
    Str id = str_format(checker->arena, STR_FMT "%02d", STR_ARG(use->prefix), number);
    const Item *item = form_item(form, id);
    if (!item)
        flag(checker, place_of(use->at, "prefix"),
             "the form \"" STR_FMT "\" has no item \"" STR_FMT "\" for GMFM-88", STR_ARG(form->id),
             STR_ARG(id));
    else if (item->type != COLUMN_INTEGER || item->range.low != 0 || item->range.high != 3)
        flag(checker, item->at, "the GMFM item \"" STR_FMT "\" must be an integer from 0 to 3", STR_ARG(id));
}

void rule_instrument_items(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->instruments.n; i++) {
        const InstrumentUse *use = &checker->protocol->instruments.items[i];
        const Form *form = protocol_form(checker->protocol, use->form);
        if (!form) continue;
        for (size_t k = 0; k < use->items.n; k++)
            if (!form_item(form, use->items.items[k]))
                flag(checker, place_of(use->at, "items"),
                     "the form \"" STR_FMT "\" has no item \"" STR_FMT "\"", STR_ARG(form->id),
                     STR_ARG(use->items.items[k]));
        if (!use->items.n && !use->prefix.len)
            flag(checker, use->at, "the instrument \"" STR_FMT "\" names no columns", STR_ARG(use->id));
        size_t before = checker->problems->n;
        for (int number = 1; use->instrument == INSTRUMENT_GMFM_88 && use->prefix.len && number <= 88 &&
                             checker->problems->n == before;
             number++)
            need_gmfm_item(checker, use, form, number);
    }
}

static const InstrumentUse *find_instrument(const Protocol *protocol, Str id)
{
    for (size_t i = 0; i < protocol->instruments.n; i++)
        if (str_equal(protocol->instruments.items[i].id, id)) return &protocol->instruments.items[i];
    return NULL;
}

void rule_instrument_visits(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    for (size_t i = 0; i < protocol->instruments.n; i++) {
        const InstrumentUse *use = &protocol->instruments.items[i];
        const Form *form = protocol_form(protocol, use->form);
        for (size_t k = 0; form && form->repeats == FORM_PER_VISIT && k < use->visits.n; k++)
            if (protocol_visit(protocol, use->visits.items[k]) &&
                !protocol_is_scheduled(protocol, use->form, use->visits.items[k]))
                flag(checker, place_of(use->at, "visits"),
                     "the form \"" STR_FMT "\" of the instrument \"" STR_FMT "\" is not filled at \"" STR_FMT
                     "\"",
                     STR_ARG(use->form), STR_ARG(use->id), STR_ARG(use->visits.items[k]));
    }
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        const InstrumentUse *use = find_instrument(protocol, analysis->instrument);
        for (size_t k = 0; use && k < analysis->visits.n; k++)
            if (!texts_hold(&use->visits, analysis->visits.items[k]))
                flag(checker, place_of(analysis->at, "visits"),
                     "the instrument \"" STR_FMT "\" is not used at \"" STR_FMT "\"", STR_ARG(use->id),
                     STR_ARG(analysis->visits.items[k]));
    }
}
