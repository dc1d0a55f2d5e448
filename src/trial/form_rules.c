#include "trial/form_rules.h"

#include <math.h>

#include "exchange/csv.h"
#include "trial/trial.h"

#define MAX_TEXT_BYTES 10000

/* --- the built-in form of adverse events --- */

typedef struct {
    const char *id, *label;
    ColumnType type;
    double low, high;
    const char *codes; /* separated by blanks */
} EventItem;

#define RELATION "none unlikely possible probable definite"

static const EventItem EVENT_ITEMS[] = {
    {"TERM", "Term (CTCAE)", COLUMN_TEXT, -INFINITY, INFINITY, NULL},
    {"BODSYS", "Body system", COLUMN_TEXT, -INFINITY, INFINITY, NULL},
    {"VERBATIM", "As reported", COLUMN_TEXT, -INFINITY, INFINITY, NULL},
    {"END", "End", COLUMN_DATE, -INFINITY, INFINITY, NULL},
    {"GRADE", "Grade (CTCAE)", COLUMN_INTEGER, 1, 5, NULL},
    {"SERIOUS", "Serious", COLUMN_CODED, -INFINITY, INFINITY, "yes no"},
    {"AFTER_DOSE", "Latest dose before it", COLUMN_INTEGER, 0, 1000, NULL},
    {"ONSET_H", "Hours from that dose", COLUMN_NUMBER, 0, INFINITY, NULL},
    {"REL_HARVEST", "Related to taking marrow", COLUMN_CODED, -INFINITY, INFINITY, RELATION},
    {"REL_ANAESTHESIA", "Related to anaesthesia", COLUMN_CODED, -INFINITY, INFINITY, RELATION},
    {"REL_PUNCTURE", "Related to the puncture", COLUMN_CODED, -INFINITY, INFINITY, RELATION},
    {"REL_PRODUCT", "Related to the product", COLUMN_CODED, -INFINITY, INFINITY, RELATION},
    {"REL_BACKGROUND", "Related to the disease", COLUMN_CODED, -INFINITY, INFINITY, RELATION},
    {"OUTCOME", "Outcome", COLUMN_CODED, -INFINITY, INFINITY,
     "recovered recovering not-recovered fatal unknown"},
};

static const Codelist *codelist_of(Arena *arena, const char *codes)
{
    Codelist *list = ARENA_NEW(arena, Codelist);
    Str word, rest = str_from(codes);
    list->codes = ARENA_ARRAY(arena, Str, rest.len);
    while (str_cut(rest, STR(" "), &word, &rest)) list->codes[list->n++] = word;
    list->codes[list->n++] = rest;
    list->labels = list->codes;
    return list;
}

static const Form *event_form(Arena *arena)
{
    Form *form = ARENA_NEW(arena, Form);
    size_t n = sizeof EVENT_ITEMS / sizeof EVENT_ITEMS[0];
    *form = (Form){.id = STR(FORM_ADVERSE_EVENTS), .title = STR("Adverse events"), .repeats = FORM_PER_LOG};
    form->items = (Items){.n = n, .items = ARENA_ARRAY(arena, Item, n)};
    for (size_t i = 0; i < n; i++) {
        const EventItem *from = &EVENT_ITEMS[i];
        Item *item = &form->items.items[i];
        *item = (Item){.id = str_from(from->id),
                       .label = str_from(from->label),
                       .type = from->type,
                       .decimals = INTEGER_ABSENT};
        item->range = (Range){from->low, from->high};
        if (from->codes) item->codelist.list = codelist_of(arena, from->codes);
    }
    return form;
}

const Form *trial_form(Arena *arena, const Protocol *protocol, Str id)
{
    const Form *form = protocol_form(protocol, id);
    return !form && str_equal(id, STR(FORM_ADVERSE_EVENTS)) ? event_form(arena) : form;
}

/* --- compiling --- */

static void add_column(Frame *row, Str name, ColumnType type)
{
    if (!frame_column(row, name)) frame_add_column(row, name, type);
}

static void add_items(Frame *row, const Form *form)
{
    for (size_t i = 0; form && i < form->items.n; i++) {
        const Item *item = &form->items.items[i];
        add_column(row, item->id, item->type);
        frame_column(row, item->id)->codelist = item->codelist.list;
    }
}

static void add_columns(FormRules *rules, const Protocol *protocol)
{
    static const char *const KEYS[] = {"SUBJID", "SITE", "VISIT", "DATE", "ARM", "SEX", "SCREENED"};
    static const char *const RATIOS[] = {"DOSE_PER_KG", "CD34_PER_KG", "ENDOTOXIN_EU_KG"};
    add_items(rules->row, rules->form);
    add_items(rules->row, protocol_form(protocol, protocol->eligibility.form));
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        add_column(rules->row, str_from(KEYS[i]), COLUMN_TEXT);
    add_column(rules->row, STR("DOSE"), COLUMN_NUMBER);
    add_column(rules->row, STR("AGE"), COLUMN_NUMBER);
    for (size_t i = 0; rules->has_product && i < sizeof RATIOS / sizeof RATIOS[0]; i++)
        add_column(rules->row, str_from(RATIOS[i]), COLUMN_NUMBER);
    frame_add_row(rules->row);
}

static bool is_own(const FormRules *rules, Str name)
{
    static const char *const OWN[] = {"SUBJID", "SITE",        "VISIT",       "DATE",           "ARM",
                                      "DOSE",   "DOSE_PER_KG", "CD34_PER_KG", "ENDOTOXIN_EU_KG"};
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
        if (str_equal_fold(name, str_from(OWN[i]))) return true;
    for (size_t i = 0; i < rules->form->items.n; i++)
        if (str_equal_fold(name, rules->form->items.items[i].id)) return true;
    return false;
}

static void note_names(FormRules *rules, const Condition *condition)
{
    size_t n;
    const Str *used = condition_columns(condition, &n);
    for (size_t i = 0; i < n; i++) rules->needs_screening |= !is_own(rules, used[i]);
}

static bool compile_checks(ConditionEngine *engine, FormRules *rules, const EditChecks *checks, Error *err)
{
    for (size_t i = 0; i < checks->n; i++) {
        const EditCheck *check = &checks->items[i];
        CompiledCheck *compiled = &rules->checks[rules->n_checks];
        if (!condition_compile(engine, check->condition, rules->row, &compiled->condition, err))
            return error_in(err, "form \"" STR_FMT "\", check \"" STR_FMT "\"", STR_ARG(rules->form->id),
                            STR_ARG(check->id));
        note_names(rules, compiled->condition);
        compiled->check = check;
        rules->n_checks++;
    }
    return true;
}

/* An item of a run (G01..G88) carries the checks of the run, which are asked once. */
static const EditChecks *own_checks(const Form *form, size_t i)
{
    static const EditChecks NONE = {0};
    const Item *item = &form->items.items[i];
    return i && item[-1].checks.items == item->checks.items ? &NONE : &item->checks;
}

static bool no_such_form(Arena *arena, const Protocol *protocol, Str form, Error *err)
{
    Str *names = ARENA_ARRAY(arena, Str, protocol->forms.n + 1);
    for (size_t i = 0; i < protocol->forms.n; i++) names[i] = protocol->forms.items[i].id;
    Str near = str_nearest(form, names, protocol->forms.n);
    error_set(err, ERROR_INCONSISTENT, "the protocol has no form \"" STR_FMT "\"", STR_ARG(form));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Name one of the protocol's forms.");
}

bool form_rules_compile(Arena *arena, ConditionEngine *engine, const Protocol *protocol, Str form,
                        FormRules *rules, Error *err)
{
    *rules = (FormRules){.form = trial_form(arena, protocol, form), .items = map_new(arena)};
    if (!rules->form) return no_such_form(arena, protocol, form, err);
    rules->row = frame_new(arena, rules->form->id); /* `form` may not live as long */
    rules->has_product = str_equal(form, protocol->product.form);
    add_columns(rules, protocol);
    size_t n = rules->form->checks.n + (rules->has_product ? protocol->product.limits.n : 0);
    for (size_t i = 0; i < rules->form->items.n; i++) {
        map_put(&rules->items, rules->form->items.items[i].id, NULL)->index = i;
        n += own_checks(rules->form, i)->n;
    }
    rules->checks = ARENA_ARRAY(arena, CompiledCheck, n + 1);
    for (size_t i = 0; i < rules->form->items.n; i++)
        if (!compile_checks(engine, rules, own_checks(rules->form, i), err)) return false;
    return compile_checks(engine, rules, &rules->form->checks, err) &&
           (!rules->has_product || compile_checks(engine, rules, &protocol->product.limits, err));
}

bool form_rules_item(const FormRules *rules, Str id, size_t *item, Error *err)
{
    MapEntry *entry = map_get(&rules->items, id);
    if (!entry) {
        Str near = {0};
        error_set(err, ERROR_INCONSISTENT, "the form \"" STR_FMT "\" has no item \"" STR_FMT "\"",
                  STR_ARG(rules->form->id), STR_ARG(id));
        for (size_t i = 0; !near.len && i < rules->form->items.n; i++)
            near = str_nearest(id, &rules->form->items.items[i].id, 1);
        if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
        return error_hint(err, "What is not in the protocol is not recorded.");
    }
    *item = entry->index;
    if (!rules->form->items.items[*item].derived.len) return true;
    error_set(err, ERROR_INCONSISTENT, "the item \"" STR_FMT "\" is derived from others", STR_ARG(id));
    return error_hint(err, "Leave it out: the program computes it.");
}

/* --- reading a cell --- */

static Json missing_value(Arena *arena, MissingReason reason)
{
    Json value = {
        .kind = JSON_IS_OBJECT, .n = 1, .keys = ARENA_NEW(arena, Str), .items = ARENA_NEW(arena, Json)};
    value.keys[0] = STR("missing");
    value.items[0] = (Json){.kind = JSON_IS_TEXT, .text = str_from(missing_word(reason))};
    return value;
}

#define MOST_DIGITS 15 /* a double keeps every decimal of so many */

/* Without zeros before the first and after the last digit that is none, as far as they follow a point. */
static size_t significant_digits(Str text)
{
    size_t n = 0, zeros = 0;
    bool after_point = false;
    for (size_t i = 0; i < text.len && text.data[i] != 'e' && text.data[i] != 'E'; i++) {
        char c = text.data[i];
        after_point = after_point || c == '.';
        if (c < '0' || c > '9' || (c == '0' && n == 0)) continue;
        n++;
        zeros = c == '0' && after_point ? zeros + 1 : 0;
    }
    return n - zeros;
}

static bool has_exponent(Str text)
{
    return str_find(text, STR("e")) != SIZE_MAX || str_find(text, STR("E")) != SIZE_MAX;
}

static bool has_too_many_decimals(Str text, int decimals)
{
    Str whole, fraction;
    if (decimals == INTEGER_ABSENT || !str_cut(text, STR("."), &whole, &fraction)) return false;
    while (fraction.len && fraction.data[fraction.len - 1] == '0') fraction.len--;
    return fraction.len > (size_t)decimals;
}

/* What is stored must be what was typed: nothing is rounded on the way. */
static bool check_digits(const Item *item, Str text, Error *err)
{
    if (significant_digits(text) > MOST_DIGITS) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" has more than %d significant digits", STR_ARG(text),
                  MOST_DIGITS);
        return error_hint(err, "A number of so many digits would be rounded; a long identifier is a text.");
    }
    if (item->decimals != INTEGER_ABSENT && has_exponent(text)) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" has an exponent, the item a number of decimals",
                  STR_ARG(text));
        return error_hint(err, "Write the number out, with a decimal point.");
    }
    if (!has_too_many_decimals(text, item->decimals)) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" has more than %d decimals", STR_ARG(text), item->decimals);
    return error_hint(err, "Round as the protocol says, or check the unit" STR_FMT STR_FMT ".",
                      STR_ARG(item->unit.len ? STR(": ") : STR("")), STR_ARG(item->unit));
}

static bool parse_number(const Item *item, Str text, Json *value, Error *err)
{
    double number;
    int64_t whole;
    bool ok = item->type == COLUMN_INTEGER ? integer_parse(text, &whole) : number_parse(text, &number);
    if (!ok) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no %s", STR_ARG(text),
                  item->type == COLUMN_INTEGER ? "whole number" : "number");
        return error_hint(
            err,
            "Write digits and a decimal point; say why a value is missing with .not-done or another reason.");
    }
    if (!check_digits(item, text, err)) return false;
    if (item->type == COLUMN_INTEGER) number = (double)whole;
    if (number < item->range.low || number > item->range.high) {
        error_set(err, ERROR_INCONSISTENT, "%g is outside %g to %g", number, item->range.low,
                  item->range.high);
        return error_hint(err, "Check the value and its unit; a true value outside the range needs an "
                               "amendment of the protocol.");
    }
    *value = (Json){.kind = JSON_IS_NUMBER, .number = number};
    return true;
}

static bool parse_code(Arena *arena, const Item *item, Str text, Json *value, Error *err)
{
    const Codelist *list = item->codelist.list;
    *value = (Json){.kind = JSON_IS_TEXT, .text = text};
    Buf codes = buf_new(arena);
    for (size_t i = 0; list && i < list->n; i++) {
        if (str_equal(list->codes[i], text)) {
            value->text = list->codes[i];
            return true;
        }
    }
    for (size_t i = 0; list && i < list->n && i < 12; i++) {
        if (i) buf_add(&codes, STR(", "));
        buf_add(&codes, list->codes[i]);
    }
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is not in the codelist", STR_ARG(text));
    return error_hint(err, "Write one of " STR_FMT ".", STR_ARG(buf_str(&codes)));
}

static bool parse_text(Arena *arena, const Item *item, Str text, Json *value, Error *err)
{
    Date date;
    Instant instant;
    if (item->type == COLUMN_DATE && !date_parse(text, &date, err)) return false;
    if (item->type == COLUMN_DATETIME && !instant_parse(text, &instant, err)) return false;
    if (text.len > MAX_TEXT_BYTES)
        return error_set(err, ERROR_MALFORMED, "the text is longer than %d bytes", MAX_TEXT_BYTES);
    *value = (Json){.kind = JSON_IS_TEXT};
    return str_nfc(arena, text, &value->text, err);
}

bool form_rules_parse(Arena *arena, const Item *item, Str text, Json *value, Error *err)
{
    MissingReason reason = MISSING_NOT;
    if (item->type != COLUMN_TEXT) text = str_trim(text);
    bool ok = csv_missing(text, &reason, err);
    if (ok && reason == MISSING_UNSTATED && item->required) {
        ok = error_set(err, ERROR_MALFORMED, "a value is required");
        error_hint(err, "Fill it in, or say why it is missing: .unknown, .refused, .not-done ..");
    } else if (ok && reason != MISSING_NOT) {
        *value = missing_value(arena, reason);
    } else if (ok) {
        ok = item->type == COLUMN_NUMBER || item->type == COLUMN_INTEGER
                 ? parse_number(item, text, value, err)
             : item->type == COLUMN_CODED ? parse_code(arena, item, text, value, err)
                                          : parse_text(arena, item, text, value, err);
    }
    return ok || error_in(err, "item \"" STR_FMT "\"", STR_ARG(item->id));
}

/* --- judging a row --- */

void form_rules_clear(FormRules *rules)
{
    for (size_t i = 0; i < rules->row->n_columns; i++) frame_set_missing(rules->row, 0, i, MISSING_UNSTATED);
}

void form_rules_set(FormRules *rules, size_t item, const Json *value)
{
    MissingReason reason = MISSING_UNSTATED;
    if (value->kind == JSON_IS_NUMBER && column_is_number(&rules->row->columns[item])) {
        frame_set_number(rules->row, 0, item, value->number);
    } else if (value->kind == JSON_IS_TEXT && !column_is_number(&rules->row->columns[item])) {
        frame_set_text(rules->row, 0, item, value->text);
    } else {
        missing_parse(json_text(value, "missing"), &reason);
        frame_set_missing(rules->row, 0, item, reason);
    }
}

bool form_rules_set_named(FormRules *rules, Str name, const Json *value)
{
    const Column *column = frame_column(rules->row, name);
    if (column) form_rules_set(rules, (size_t)(column - rules->row->columns), value);
    return column != NULL;
}

void form_rules_set_key(FormRules *rules, const char *name, Str text)
{
    const Column *column = frame_column(rules->row, str_from(name));
    if (column && text.len && !column_is_number(column))
        frame_set_text(rules->row, 0, (size_t)(column - rules->row->columns), text);
}

void form_rules_set_number(FormRules *rules, const char *name, double number)
{
    const Column *column = frame_column(rules->row, str_from(name));
    if (column && column_is_number(column))
        frame_set_number(rules->row, 0, (size_t)(column - rules->row->columns), number);
}

bool form_rules_judge(FormRules *rules, const EditCheck **unheld, size_t *n_unheld, Error *err)
{
    *n_unheld = 0;
    if (rules->has_product) fill_product_ratios(rules->row, 0);
    for (size_t i = 0; i < rules->n_checks; i++) {
        const EditCheck *check = rules->checks[i].check;
        signed char verdict;
        if (!condition_verdict(rules->checks[i].condition, rules->row, 0, &verdict, err)) return false;
        if (verdict != 0) continue;
        if (check->severity == CHECK_SOFT) {
            unheld[(*n_unheld)++] = check;
            continue;
        }
        error_set(err, ERROR_INCONSISTENT, "the check \"" STR_FMT "\" does not hold: " STR_FMT,
                  STR_ARG(check->id), STR_ARG(check->message));
        return error_hint(err, "Check the values against the source: " STR_FMT ".",
                          STR_ARG(check->condition));
    }
    return true;
}

static bool number_at(const Frame *frame, size_t row, const char *name, double *number)
{
    const Column *column = frame_column(frame, str_from(name));
    if (!column || !column_is_number(column) || column->missing[row]) return false;
    *number = column->numbers[row];
    return true;
}

static void set_ratio(Frame *frame, size_t row, const char *name, double ratio)
{
    const Column *column = frame_column(frame, str_from(name));
    if (column && isfinite(ratio)) frame_set_number(frame, row, (size_t)(column - frame->columns), ratio);
}

void fill_product_ratios(Frame *frame, size_t row)
{
    double weight_kg, cells, share, endotoxin, volume_ml;
    if (!number_at(frame, row, "WEIGHT_KG", &weight_kg)) return;
    bool has_cells = number_at(frame, row, "MNC_E6", &cells),
         has_share = number_at(frame, row, "CD34_PCT", &share);
    bool has_endotoxin = number_at(frame, row, "ENDOTOXIN_EU_ML", &endotoxin) &&
                         number_at(frame, row, "VOLUME_ML", &volume_ml);
    if (has_cells) set_ratio(frame, row, "DOSE_PER_KG", cells / weight_kg);
    if (has_cells && has_share) set_ratio(frame, row, "CD34_PER_KG", cells * share / 100 / weight_kg);
    if (has_endotoxin) set_ratio(frame, row, "ENDOTOXIN_EU_KG", endotoxin * volume_ml / weight_kg);
}
