#include "conform/value_check.h"

#include <string.h>

/* The terms of a codelist, by value and by value in small letters. */
typedef struct {
    PublishedCodelist codelist;
    Map values, folded, synonyms;     /* to the submission value */
} Values;

/* A variable and its codelists; none when it has no terminology. */
typedef struct {
    Str name;
    Values **lists;
    size_t n;
    bool is_extensible;
    Str message;
} Watched;

struct ValueCheck {
    Arena *arena, *scratch;           /* scratch: rewound after each cell */
    Terminology *terminology;
    Str standard, sdtm, adam;
    Map lists;                        /* Values by code; NULL where not loaded */
    Str data_set;
    Watched *variables;
};

static void release_scratch(void *object) { arena_free(object); }

bool value_check_new(Arena *arena, Terminology *terminology, Str standard, ValueCheck **check, Error *err)
{
    Str *names;
    size_t n;
    bool is_there = !standard.len;
    ValueCheck *made = ARENA_NEW(arena, ValueCheck);
    *made = (ValueCheck){.arena = arena, .scratch = arena_new(), .terminology = terminology, .standard = standard, .lists = map_new(arena)};
    arena_defer(arena, release_scratch, made->scratch);
    if (!terminology_standards(arena, terminology, &names, &n, err)) return false;
    Buf all = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        buf_format(&all, "%s" STR_FMT, i ? ", " : "", STR_ARG(names[i]));
        is_there = is_there || str_equal(names[i], standard);
        if (str_starts(names[i], STR("sdtmig")) && str_compare_natural(names[i], made->sdtm) > 0) made->sdtm = names[i];
        if (str_starts(names[i], STR("adam-adamig")) && str_compare_natural(names[i], made->adam) > 0) made->adam = names[i];
    }
    *check = made;
    if (is_there) return true;
    error_set(err, ERROR_INCONSISTENT, "no variables of the standard \"" STR_FMT "\" were loaded", STR_ARG(standard));
    return n ? error_hint(err, "Loaded are " STR_FMT ".", STR_ARG(buf_str(&all))) : error_hint(err, "Load the map of variables to codelists: equipoise terminology add FILE.json");
}

static bool read_values(ValueCheck *check, Str code, Values **values, Error *err)
{
    bool is_new, found;
    MapEntry *entry = map_put(&check->lists, code, &is_new);
    Values *made = ARENA_NEW(check->arena, Values);
    CodelistTerm *terms;
    size_t n;
    *values = entry->pointer;
    if (!is_new) return true;
    entry->pointer = NULL;
    if (!terminology_codelist(check->arena, check->terminology, code, &made->codelist, &found, err)) return false;
    if (!found) return true;
    if (!terminology_terms(check->arena, check->terminology, &made->codelist, &terms, &n, err)) return false;
    made->values = map_new(check->arena);
    made->folded = map_new(check->arena);
    made->synonyms = map_new(check->arena);
    for (size_t i = 0; i < n; i++) {
        Str synonym, rest = terms[i].synonyms;
        map_put(&made->values, terms[i].value, &is_new)->pointer = &terms[i];
        map_put(&made->folded, str_lower(check->arena, terms[i].value), &is_new)->pointer = &terms[i];
        while (rest.len) {
            if (!str_cut(rest, STR(";"), &synonym, &rest)) {
                synonym = rest;
                rest = STR("");
            }
            map_put(&made->synonyms, str_lower(check->arena, str_trim(synonym)), &is_new)->pointer = &terms[i];
        }
    }
    *values = map_put(&check->lists, code, &is_new)->pointer = made;
    return true;
}

static Str standard_of(const ValueCheck *check, const TableMember *member)
{
    if (check->standard.len) return check->standard;
    bool is_adam = member->name.len > 2 && str_equal_fold(str_slice(member->name, 0, 2), STR("AD"));
    return is_adam ? check->adam : check->sdtm;
}

static bool watch(ValueCheck *check, Str standard, const TableVariable *variable, Watched *watched, FindingList *findings, Error *err)
{
    Str *codes;
    size_t n;
    *watched = (Watched){.name = str_copy(check->arena, variable->name)};
    if (!terminology_of_variable(check->arena, check->terminology, standard, variable->name, &codes, &n, err)) return false;
    watched->lists = ARENA_ARRAY(check->arena, Values *, n + 1);
    bool all_loaded = true;
    Buf names = buf_new(check->arena);
    for (size_t i = 0; i < n; i++) {
        Values *values;
        if (!read_values(check, codes[i], &values, err)) return false;
        if (!values) {
            all_loaded = false;
            finding_add(findings, &(Finding){.rule = STR("CT"), .severity = FINDING_NOT_DONE, .message = STR("a codelist that variables need is not loaded"), .value = codes[i],
                                             .place = str_format(check->arena, STR_FMT "." STR_FMT, STR_ARG(check->data_set), STR_ARG(variable->name)),
                                             .fix = STR("Load its terminology: equipoise terminology add FILE.")});
            continue;
        }
        watched->lists[watched->n++] = values;
        watched->is_extensible = watched->is_extensible || values->codelist.is_extensible;
        buf_format(&names, "%s" STR_FMT " (" STR_FMT ")", names.len ? " or " : "", STR_ARG(values->codelist.submission), STR_ARG(values->codelist.code));
    }
    if (!all_loaded) watched->n = 0;                      /* a value could be in the one that is absent */
    const char *format = watched->is_extensible ? "extends the codelist " STR_FMT : "not in the codelist " STR_FMT ", which may not be extended";
    watched->message = str_format(check->arena, format, STR_ARG(buf_str(&names)));
    return true;
}

bool value_check_begin(ValueCheck *check, const TableMember *member, FindingList *findings, Error *err)
{
    Str standard = standard_of(check, member);
    check->data_set = str_copy(check->arena, member->name);
    check->variables = ARENA_ARRAY(check->arena, Watched, member->n_variables + 1);
    for (size_t i = 0; i < member->n_variables; i++)
        if (!watch(check, standard, &member->variables[i], &check->variables[i], findings, err)) return false;
    return true;
}

/* The value that was meant: the same in other letters, or one that has it as a synonym. */
static Str meant(ValueCheck *check, const Watched *watched, Str value)
{
    Str folded = str_lower(check->scratch, value);
    for (size_t i = 0; i < watched->n; i++) {
        const MapEntry *entry = map_get(&watched->lists[i]->folded, folded);
        if (!entry) entry = map_get(&watched->lists[i]->synonyms, folded);
        if (entry) return str_format(check->scratch, "Write \"" STR_FMT "\" for \"" STR_FMT "\".", STR_ARG(((CodelistTerm *)entry->pointer)->value), STR_ARG(value));
    }
    return STR("");
}

void value_check_cell(ValueCheck *check, size_t variable, Str value, size_t row, FindingList *findings)
{
    const Watched *watched = &check->variables[variable];
    if (!watched->n || !value.len) return;
    for (size_t i = 0; i < watched->n; i++)
        if (map_get(&watched->lists[i]->values, value)) return;
    ArenaMark mark = arena_mark(check->scratch);
    Str fix = meant(check, watched, value);
    finding_add(findings, &(Finding){.rule = STR("CT"),
                                     .severity = watched->is_extensible && !fix.len ? FINDING_NOTE : watched->is_extensible ? FINDING_WARNING : FINDING_ERROR,
                                     .data_set = check->data_set,
                                     .variable = watched->name,
                                     .row = row,
                                     .message = watched->message,
                                     .value = value,
                                     .fix = fix});
    arena_rewind(check->scratch, mark);
}
