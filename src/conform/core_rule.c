#include "conform/core_rule.h"

bool str_list_has(const StrList *list, Str text)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_equal(list->items[i], text)) return true;
    return false;
}

static void unsupported(Arena *arena, CoreRule *rule, const char *what, Str name)
{
    if (rule->unsupported.len == 0) rule->unsupported = str_format(arena, "%s " STR_FMT, what, STR_ARG(name));
}

/* A scalar is a list of one; nothing is an empty list. */
static StrList list_of(Arena *arena, const Yaml *yaml)
{
    StrList list = {0};
    if (!yaml || (yaml->kind == YAML_IS_SCALAR && !yaml->quoted && yaml_is_null(yaml))) return list;
    if (yaml->kind == YAML_IS_SCALAR) {
        list = (StrList){1, ARENA_ARRAY(arena, Str, 1)};
        list.items[0] = yaml->text;
        return list;
    }
    if (yaml->kind != YAML_IS_SEQUENCE) return list;
    list.items = ARENA_ARRAY(arena, Str, yaml->n + 1);
    for (size_t i = 0; i < yaml->n; i++)
        if (yaml->items[i].kind == YAML_IS_SCALAR) list.items[list.n++] = yaml->items[i].text;
    return list;
}

/* Both spellings: "Rule Type" and "Rule_Type". */
static const Yaml *get(const Yaml *yaml, const char *key, const char *other)
{
    const Yaml *found = yaml_get(yaml, key);
    return found ? found : yaml_get(yaml, other);
}

static bool is_true(const Yaml *yaml)
{
    bool value;
    return yaml && yaml_boolean(yaml, &value) && value;
}

static void read_sort_keys(Arena *arena, const Yaml *value, CoreLeaf *leaf)
{
    leaf->sort_keys = ARENA_ARRAY(arena, CoreSortKey, value->n + 1);
    for (size_t i = 0; i < value->n; i++)
        if (value->items[i].kind == YAML_IS_MAPPING)
            leaf->sort_keys[leaf->n_sort_keys++] =
                (CoreSortKey){.name = yaml_text(&value->items[i], "name"), .is_descending = str_equal(yaml_text(&value->items[i], "sort_order"), STR("desc")),
                              .nulls_first = str_equal(yaml_text(&value->items[i], "null_position"), STR("first"))};
}

static void read_value(Arena *arena, const Yaml *value, CoreLeaf *leaf)
{
    leaf->has_value = value != NULL;
    leaf->values = list_of(arena, value);
    if (!value) return;
    leaf->value_is_list = value->kind == YAML_IS_SEQUENCE;
    leaf->value_is_number = value->kind == YAML_IS_SCALAR && yaml_number(value, &leaf->number);
    bool flag;
    leaf->value_is_bool = value->kind == YAML_IS_SCALAR && !value->quoted && yaml_boolean(value, &flag);
    if (value->kind == YAML_IS_SEQUENCE) read_sort_keys(arena, value, leaf);
}

static const char *const LEAF_KEYS[] = {"name", "operator", "value", "value_is_literal", "value_is_reference", "type_insensitive", "round_values", "negative",
                                        "prefix", "suffix", "within", "ordering", "order", "regex", "separator", "date_component"};
static const char *const OPERATION_KEYS[] = {"id", "operator", "name", "domain", "group", "codelists", "filter", "key_name", "key_value", "regex",
                                             "value_is_reference", "level", "returntype"};
static const char *const MATCH_KEYS[] = {"Name", "Keys", "Child", "Wildcard", "Join Type", "Join_Type"};

#define N_OF(list) (sizeof(list) / sizeof(list)[0])

/* The first key of a mapping that is not among those known, or NULL. */
static const Yaml *strange_key(const Yaml *yaml, const char *const *known, size_t n_known)
{
    for (size_t i = 0; i < yaml->n; i++) {
        size_t at = 0;
        while (at < n_known && !str_equal(yaml->keys[i].text, str_from(known[at]))) at++;
        if (at == n_known) return &yaml->keys[i];
    }
    return NULL;
}

static size_t whole(const Yaml *yaml)
{
    int64_t value = 0;
    return yaml && yaml_integer(yaml, &value) && value > 0 ? (size_t)value : 0;
}

static bool read_leaf(Arena *arena, CoreRule *rule, const Yaml *yaml, CoreLeaf *leaf, Error *err)
{
    if (!yaml_get(yaml, "operator") || !yaml_get(yaml, "name")) {
        yaml_error(yaml, err, ERROR_MALFORMED, "a line of a check has no \"name\" or no \"operator\"");
        return error_hint(err, "Give both, or use all, any or not.");
    }
    const Yaml *strange = strange_key(yaml, LEAF_KEYS, N_OF(LEAF_KEYS));
    if (strange) unsupported(arena, rule, "check parameter", strange->text);
    *leaf = (CoreLeaf){.name = yaml_text(yaml, "name"), .operator = yaml_text(yaml, "operator"),
                       .value_is_literal = is_true(yaml_get(yaml, "value_is_literal")), .value_is_reference = is_true(yaml_get(yaml, "value_is_reference")),
                       .type_insensitive = is_true(yaml_get(yaml, "type_insensitive")), .round_values = is_true(yaml_get(yaml, "round_values")),
                       .negative = is_true(yaml_get(yaml, "negative")), .is_descending = str_equal(yaml_text(yaml, "order"), STR("dsc")),
                       .n_characters = whole(yaml_get(yaml, "prefix")) + whole(yaml_get(yaml, "suffix")), .within = list_of(arena, yaml_get(yaml, "within")),
                       .ordering = yaml_text(yaml, "ordering"), .regex = yaml_text(yaml, "regex"), .separator = yaml_text(yaml, "separator"),
                       .date_component = yaml_text(yaml, "date_component")};
    read_value(arena, yaml_get(yaml, "value"), leaf);
    return true;
}

static bool read_check(Arena *arena, CoreRule *rule, const Yaml *yaml, CoreCheck *check, Error *err);

static bool read_items(Arena *arena, CoreRule *rule, const Yaml *list, CoreCheck *check, Error *err)
{
    if (list->kind != YAML_IS_SEQUENCE || list->n == 0) return yaml_error(list, err, ERROR_MALFORMED, "all and any want a list of checks, this is %s", yaml_kind_name(list));
    check->n = list->n;
    check->items = ARENA_ARRAY(arena, CoreCheck, list->n);
    for (size_t i = 0; i < list->n; i++)
        if (!read_check(arena, rule, &list->items[i], &check->items[i], err)) return false;
    return true;
}

/* Recursion is as deep as the YAML, which has a limit. */
static bool read_check(Arena *arena, CoreRule *rule, const Yaml *yaml, CoreCheck *check, Error *err)
{
    const Yaml *all = yaml_get(yaml, "all"), *any = yaml_get(yaml, "any"), *not = yaml_get(yaml, "not");
    if (yaml->kind != YAML_IS_MAPPING) return yaml_error(yaml, err, ERROR_MALFORMED, "a check is a mapping, this is %s", yaml_kind_name(yaml));
    if (!all && !any && !not) return read_leaf(arena, rule, yaml, &check->leaf, err) && (check->kind = CORE_LEAF, true);
    if (yaml->n != 1) return yaml_error(yaml, err, ERROR_MALFORMED, "all, any and not stand alone");
    check->kind = all ? CORE_ALL : any ? CORE_ANY : CORE_NOT;
    if (!not) return read_items(arena, rule, all ? all : any, check, err);
    check->n = 1;
    check->items = ARENA_ARRAY(arena, CoreCheck, 1);
    return read_check(arena, rule, not, check->items, err);
}

static CoreSelection read_selection(Arena *arena, const Yaml *scope, const char *key, const char *other)
{
    const Yaml *part = get(scope, key, other);
    return (CoreSelection){list_of(arena, yaml_get(part, "Include")), list_of(arena, yaml_get(part, "Exclude"))};
}

static void read_filters(Arena *arena, const Yaml *filter, CoreOperation *operation)
{
    if (!filter || filter->kind != YAML_IS_MAPPING) return;
    operation->filter_names = ARENA_ARRAY(arena, Str, filter->n + 1);
    operation->filter_values = ARENA_ARRAY(arena, Str, filter->n + 1);
    for (size_t i = 0; i < filter->n; i++) {
        operation->filter_names[operation->n_filters] = filter->keys[i].text;
        operation->filter_values[operation->n_filters++] = filter->items[i].text;
    }
}

static void read_operations(Arena *arena, CoreRule *rule, const Yaml *list)
{
    if (!list || list->kind != YAML_IS_SEQUENCE) return;
    rule->operations = ARENA_ARRAY(arena, CoreOperation, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const Yaml *yaml = &list->items[i];
        CoreOperation *operation = &rule->operations[rule->n_operations++];
        const Yaml *strange = strange_key(yaml, OPERATION_KEYS, N_OF(OPERATION_KEYS));
        *operation = (CoreOperation){.id = yaml_text(yaml, "id"), .operator = yaml_text(yaml, "operator"), .name = yaml_text(yaml, "name"),
                                     .domain = yaml_text(yaml, "domain"), .group = list_of(arena, yaml_get(yaml, "group")),
                                     .codelists = list_of(arena, yaml_get(yaml, "codelists")), .key_name = yaml_text(yaml, "key_name"),
                                     .key_value = yaml_text(yaml, "key_value"), .regex = yaml_text(yaml, "regex"),
                                     .value_is_reference = is_true(yaml_get(yaml, "value_is_reference"))};
        read_filters(arena, yaml_get(yaml, "filter"), operation);
        if (strange) unsupported(arena, rule, "operation parameter", strange->text);
    }
}

static void read_keys(Arena *arena, const Yaml *keys, CoreMatch *match)
{
    if (!keys || keys->kind != YAML_IS_SEQUENCE) return;
    match->left = ARENA_ARRAY(arena, Str, keys->n + 1);
    match->right = ARENA_ARRAY(arena, Str, keys->n + 1);
    for (size_t i = 0; i < keys->n; i++) {
        const Yaml *key = &keys->items[i];
        bool is_pair = key->kind == YAML_IS_MAPPING;
        match->left[match->n_keys] = is_pair ? yaml_text(key, "Left") : key->text;
        match->right[match->n_keys++] = is_pair ? yaml_text(key, "Right") : key->text;
    }
}

static void read_matches(Arena *arena, CoreRule *rule, const Yaml *list)
{
    if (!list || list->kind != YAML_IS_SEQUENCE) return;
    rule->matches = ARENA_ARRAY(arena, CoreMatch, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const Yaml *yaml = &list->items[i], *join = get(yaml, "Join Type", "Join_Type"), *wildcard = yaml_get(yaml, "Wildcard");
        CoreMatch *match = &rule->matches[rule->n_matches++];
        const Yaml *strange = strange_key(yaml, MATCH_KEYS, N_OF(MATCH_KEYS));
        *match = (CoreMatch){.name = yaml_text(yaml, "Name"), .wildcard = wildcard ? wildcard->text : STR("**"), .is_child = is_true(yaml_get(yaml, "Child")),
                             .is_left_join = join && str_equal(join->text, STR("left"))};
        read_keys(arena, yaml_get(yaml, "Keys"), match);
        if (strange) unsupported(arena, rule, "match parameter", strange->text);
    }
}

static void read_standards(Arena *arena, CoreRule *rule, const Yaml *authorities)
{
    size_t capacity = 0;
    for (size_t a = 0; authorities && authorities->kind == YAML_IS_SEQUENCE && a < authorities->n; a++) {
        const Yaml *list = yaml_get(&authorities->items[a], "Standards");
        for (size_t i = 0; list && list->kind == YAML_IS_SEQUENCE && i < list->n; i++) {
            const Yaml *standard = &list->items[i], *references = yaml_get(standard, "References");
            const Yaml *first = references && references->kind == YAML_IS_SEQUENCE && references->n ? &references->items[0] : NULL;
            const Yaml *identifier = first ? get(first, "Rule Identifier", "Rule_Identifier") : NULL;
            ARENA_PUSH_ROOM(arena, rule->standards, rule->n_standards, capacity);
            rule->standards[rule->n_standards++] = (CoreStandard){.name = yaml_text(standard, "Name"), .version = yaml_text(standard, "Version"),
                                                                  .substandard = yaml_text(standard, "Substandard"), .rule_id = yaml_text(identifier, "Id")};
        }
    }
}

void core_check_visit(const CoreCheck *check, void (*visit)(void *to, const CoreLeaf *leaf), void *to)
{
    if (check->kind == CORE_LEAF) visit(to, &check->leaf);
    for (size_t i = 0; i < check->n; i++) core_check_visit(&check->items[i], visit, to);
}

typedef struct {
    Arena *arena;
    StrList *names;
    size_t capacity;
} Names;

static void add_name(void *to, const CoreLeaf *leaf)
{
    Names *names = to;
    if (str_list_has(names->names, leaf->name)) return;
    ARENA_PUSH_ROOM(names->arena, names->names->items, names->names->n, names->capacity);
    names->names->items[names->names->n++] = leaf->name;
}

bool core_rule_read(Arena *arena, Str text, CoreRule *rule, Error *err)
{
    Yaml yaml;
    *rule = (CoreRule){0};
    if (!yaml_parse(arena, text, &yaml, err)) return false;
    const Yaml *core = yaml_get(&yaml, "Core"), *outcome = yaml_get(&yaml, "Outcome"), *scope = yaml_get(&yaml, "Scope"), *check = yaml_get(&yaml, "Check");
    rule->id = yaml_text(core, "Id");
    if (rule->id.len == 0) return yaml_error(&yaml, err, ERROR_MALFORMED, "the rule has no id: Core, Id");
    if (!check) return yaml_error(&yaml, err, ERROR_MALFORMED, "the rule \"" STR_FMT "\" has no Check", STR_ARG(rule->id));
    const Yaml *type = get(&yaml, "Rule Type", "Rule_Type"), *domains = yaml_get(scope, "Domains");
    rule->type = type ? type->text : STR("");
    rule->description = yaml_text(&yaml, "Description");
    rule->executability = yaml_text(&yaml, "Executability");
    rule->sensitivity = yaml_text(&yaml, "Sensitivity");
    rule->message = yaml_text(outcome, "Message");
    rule->classes = read_selection(arena, scope, "Classes", "Classes");
    rule->domains = read_selection(arena, scope, "Domains", "Domains");
    rule->structures = read_selection(arena, scope, "Data Structures", "Data_Structures");
    rule->takes_split_sets = is_true(yaml_get(domains, "include_split_datasets"));
    read_standards(arena, rule, yaml_get(&yaml, "Authorities"));
    read_operations(arena, rule, yaml_get(&yaml, "Operations"));
    read_matches(arena, rule, get(&yaml, "Match Datasets", "Match_Datasets"));
    if (check->kind == YAML_IS_SCALAR) unsupported(arena, rule, "rule type", rule->type);
    else if (!read_check(arena, rule, check, &rule->check, err)) return false;
    rule->outputs = list_of(arena, get(outcome, "Output Variables", "Output_Variables"));
    if (rule->outputs.n == 0 && check->kind != YAML_IS_SCALAR) core_check_visit(&rule->check, add_name, &(Names){.arena = arena, .names = &rule->outputs});
    return true;
}
