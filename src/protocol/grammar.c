#include "protocol/grammar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

typedef struct GrammarReference {
    const char *kind;
    Str name;
    const Yaml *at;
} GrammarReference;

typedef struct {
    size_t n;
    void *items;
} AnyList; /* the layout of every list of structs */

static const char *const TYPE_TITLES[] = {
#define X(name, title, member) [GRAMMAR_##name] = title,
    GRAMMAR_TYPES(X)
#undef X
};

const char *grammar_type_title(GrammarType type) { return TYPE_TITLES[type]; }

const char *grammar_word(const GrammarWords *words, int value)
{
    for (size_t i = 0; i < words->n; i++)
        if (words->words[i].value == value) return words->words[i].word;
    return "";
}

typedef struct {
    Arena *arena;
    Map seen;                         /* by name: two tables of one name are a broken promise */
    GrammarList list;
    size_t capacity;
} GrammarWalk;

static void walk(GrammarWalk *progress, const Grammar *grammar)
{
    bool is_new;
    MapEntry *entry = map_put(&progress->seen, str_from(grammar->name), &is_new);
    assert(is_new || entry->pointer == (void *)(uintptr_t)grammar);
    if (!is_new) return;
    entry->pointer = (void *)(uintptr_t)grammar;
    ARENA_PUSH_ROOM(progress->arena, progress->list.items, progress->list.n, progress->capacity);
    progress->list.items[progress->list.n++] = grammar;
    for (size_t i = 0; i < grammar->n; i++)
        if (grammar->keys[i].child) walk(progress, grammar->keys[i].child);
}

GrammarList grammar_list(Arena *arena, const Grammar *root)
{
    GrammarWalk progress = {.arena = arena, .seen = map_new(arena)};
    walk(&progress, root);
    return progress.list;
}

Str grammar_short_name(Arena *arena, const Grammar *grammar)
{
    static const char *const ARTICLES[] = {"a ", "an ", "the "};
    Str name = str_from(grammar->name);
    for (size_t i = 0; i < 3; i++)
        if (str_starts(name, str_from(ARTICLES[i]))) name = str_slice(name, strlen(ARTICLES[i]), name.len);
    char *text = arena_copy(arena, name.data, name.len);
    for (size_t i = 0; i < name.len; i++)
        if (text[i] == ' ') text[i] = '-';
    return (Str){text, name.len};
}

bool texts_hold(const Texts *texts, Str text)
{
    for (size_t i = 0; i < texts->n; i++)
        if (str_equal(texts->items[i], text)) return true;
    return false;
}

GrammarReader grammar_reader(Arena *arena, ProblemList *problems)
{
    return (GrammarReader){
        .arena = arena, .problems = problems, .definitions = map_new(arena), .kinds = map_new(arena)};
}

static Str definition_key(GrammarReader *reader, const char *kind, Str name)
{
    return str_format(reader->arena, "%s " STR_FMT, kind, STR_ARG(name));
}

static Texts *names_of(GrammarReader *reader, const char *kind)
{
    bool is_new;
    MapEntry *entry = map_put(&reader->kinds, str_from(kind), &is_new);
    if (is_new) entry->pointer = ARENA_NEW(reader->arena, Texts);
    return entry->pointer;
}

/* Rounds up to the power of two that ARENA_PUSH_ROOM would have made. */
static void push_text(Arena *arena, Texts *texts, Str text)
{
    size_t n = texts->n;
    if (n == 0 || (n >= 8 && (n & (n - 1)) == 0))
        texts->items =
            arena_grow(arena, texts->items, n * sizeof *texts->items, (n ? 2 * n : 8) * sizeof *texts->items);
    texts->items[texts->n++] = text;
}

void grammar_define(GrammarReader *reader, const char *kind, Str name, const Yaml *at)
{
    bool is_new;
    MapEntry *entry = map_put(&reader->definitions, definition_key(reader, kind, name), &is_new);
    const Yaml *first = entry->pointer;
    if (is_new) {
        entry->pointer = (void *)(uintptr_t)at;
        push_text(reader->arena, names_of(reader, kind), name);
        return;
    }
    Problem *problem = problem_add(reader->problems, PROBLEM_ERROR, "duplicate-id", at,
                                   "the %s \"" STR_FMT "\" is defined twice", kind, STR_ARG(name));
    problem->fix =
        first ? str_format(reader->arena, "It is first defined in line %zu; rename one of the two.",
                           first->line)
              : str_format(reader->arena, "Every trial has a %s of that name; choose another.", kind);
}

static void refer(GrammarReader *reader, const char *kind, Str name, const Yaml *at)
{
    if (!kind || !name.len) return;
    ARENA_PUSH_ROOM(reader->arena, reader->references, reader->n_references, reader->reference_capacity);
    reader->references[reader->n_references++] = (GrammarReference){kind, name, at};
}

static Str list_names(Arena *arena, const Texts *names)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < names->n && i < 12; i++)
        buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(names->items[i]));
    if (names->n > 12) buf_add_c(&buf, ", ...");
    return buf_str(&buf);
}

static void report_unknown(GrammarReader *reader, const GrammarReference *reference)
{
    const Texts *names = names_of(reader, reference->kind);
    Str nearest = str_nearest(reference->name, names->items, names->n);
    Problem *problem =
        problem_add(reader->problems, PROBLEM_ERROR, "unknown-reference", reference->at,
                    "there is no %s \"" STR_FMT "\"", reference->kind, STR_ARG(reference->name));
    if (nearest.len)
        problem->fix = str_format(reader->arena, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
    else if (names->n)
        problem->fix =
            str_format(reader->arena, "There is: " STR_FMT ".", STR_ARG(list_names(reader->arena, names)));
    else
        problem->fix =
            str_format(reader->arena, "Define the %s first; the protocol has none.", reference->kind);
}

void grammar_check_references(GrammarReader *reader)
{
    for (size_t i = 0; i < reader->n_references; i++) {
        const GrammarReference *reference = &reader->references[i];
        if (!map_get(&reader->definitions, definition_key(reader, reference->kind, reference->name)))
            report_unknown(reader, reference);
    }
}

static void wrong_type(GrammarReader *reader, const GrammarKey *key, const Yaml *node, const char *wanted)
{
    Problem *problem = problem_add(reader->problems, PROBLEM_ERROR, "wrong-type", node,
                                   "\"%s\" must be %s, not %s", key->key, wanted, yaml_kind_name(node));
    if (node->kind == YAML_IS_SCALAR && !yaml_is_null(node))
        problem->message = str_format(reader->arena, "\"%s\" must be %s, not \"" STR_FMT "\"", key->key,
                                      wanted, STR_ARG(str_slice(node->text, 0, 60)));
    if (key->example) problem->fix = str_format(reader->arena, "For example: %s: %s", key->key, key->example);
}

static bool need_scalar(GrammarReader *reader, const GrammarKey *key, const Yaml *node, const char *wanted)
{
    if (node->kind == YAML_IS_SCALAR && !yaml_is_null(node)) return true;
    wrong_type(reader, key, node, wanted);
    return false;
}

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_id(Str text)
{
    if (!text.len || text.len > 64 || !(is_letter(text.data[0]) || is_digit(text.data[0]))) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && !strchr("._-", text.data[i])) return false;
    return true;
}

static bool is_column_name(Str text)
{
    if (!text.len || text.len > 64 || !is_letter(text.data[0])) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && text.data[i] != '_') return false;
    return true;
}

static void put(void *member, const void *value, size_t size)
{
    if (member) memcpy(member, value, size);
}

static void read_text(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_scalar(reader, key, node, "text")) return;
    put(member, &node->text, sizeof node->text);
    refer(reader, key->refers, node->text, node);
    if (key->defines) grammar_define(reader, key->defines, node->text, node);
}

static void read_id(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_scalar(reader, key, node, "an id")) return;
    if (is_id(node->text)) {
        read_text(reader, key, node, member);
        return;
    }
    Problem *problem = problem_add(reader->problems, PROBLEM_ERROR, "bad-id", node,
                                   "\"" STR_FMT "\" cannot be an id", STR_ARG(str_slice(node->text, 0, 60)));
    problem->fix = STR("An id has up to 64 letters, digits, dots, hyphens and underscores, and begins with a "
                       "letter or digit.");
}

/* A column, or a run of them: G01..G88. */
static void read_column(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_scalar(reader, key, node, "a column name")) return;
    Str first, last;
    bool is_run = str_cut(node->text, STR(".."), &first, &last);
    if (is_run ? is_column_name(first) && is_column_name(last) : is_column_name(node->text)) {
        put(member, &node->text, sizeof node->text);
        return;
    }
    Problem *problem =
        problem_add(reader->problems, PROBLEM_ERROR, "bad-id", node,
                    "\"" STR_FMT "\" cannot be the name of a column", STR_ARG(str_slice(node->text, 0, 60)));
    problem->fix =
        STR("It begins with a letter and holds letters, digits and underscores; a run is written G01..G88.");
}

static void read_number(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    double value;
    if (yaml_number(node, &value))
        put(member, &value, sizeof value);
    else
        wrong_type(reader, key, node, "a number");
}

static void read_integer(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    int64_t value;
    if (!yaml_integer(node, &value) || value <= INT_MIN || value > INT_MAX) {
        wrong_type(reader, key, node, "a whole number");
        return;
    }
    int small = (int)value;
    put(member, &small, sizeof small);
}

static void read_day(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    int64_t value;
    if (yaml_integer(node, &value) && (value < -GRAMMAR_MOST_DAYS || value > GRAMMAR_MOST_DAYS))
        wrong_type(reader, key, node, "within 36525 days (a hundred years)");
    else
        read_integer(reader, key, node, member);
}

static void read_boolean(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    bool value;
    if (yaml_boolean(node, &value))
        put(member, &value, sizeof value);
    else
        wrong_type(reader, key, node, "true or false");
}

static void read_date(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    Date date;
    Error err = {0};
    if (!need_scalar(reader, key, node, "a date")) return;
    if (date_parse(node->text, &date, &err)) {
        put(member, &date, sizeof date);
        return;
    }
    problem_add_error(reader->problems, "wrong-type", node, &err);
}

static void report_unknown_word(GrammarReader *reader, const GrammarKey *key, const Yaml *node)
{
    Texts words = {0};
    for (size_t i = 0; i < key->words->n; i++)
        push_text(reader->arena, &words, str_from(key->words->words[i].word));
    Str nearest = str_nearest(node->text, words.items, words.n);
    Problem *problem =
        problem_add(reader->problems, PROBLEM_ERROR, "unknown-word", node, "\"%s\" cannot be \"" STR_FMT "\"",
                    key->key, STR_ARG(str_slice(node->text, 0, 60)));
    Buf fix = buf_new(reader->arena);
    if (nearest.len) buf_format(&fix, "Did you mean \"" STR_FMT "\"? ", STR_ARG(nearest));
    buf_add_c(&fix, "It is one of: ");
    for (size_t i = 0; i < words.n; i++)
        buf_format(&fix, "%s" STR_FMT, i ? ", " : "", STR_ARG(words.items[i]));
    buf_char(&fix, '.');
    problem->fix = buf_str(&fix);
}

static void read_word(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_scalar(reader, key, node, "a word")) return;
    for (size_t i = 0; i < key->words->n; i++)
        if (str_equal(node->text, str_from(key->words->words[i].word))) {
            put(member, &key->words->words[i].value, sizeof key->words->words[i].value);
            return;
        }
    report_unknown_word(reader, key, node);
}

static bool read_limit(const Yaml *node, double absent, double *limit)
{
    *limit = absent;
    return yaml_is_null(node) || yaml_number(node, limit);
}

static void read_range(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    Range range;
    if (node->kind != YAML_IS_SEQUENCE || node->n != 2 ||
        !read_limit(&node->items[0], -INFINITY, &range.low) ||
        !read_limit(&node->items[1], INFINITY, &range.high)) {
        wrong_type(reader, key, node, "[low, high]");
        return;
    }
    put(member, &range, sizeof range);
    if (!(range.low > range.high)) return;
    Problem *problem = problem_add(reader->problems, PROBLEM_ERROR, "inverted-range", node,
                                   "\"%s\" begins above its end", key->key);
    problem->fix = STR("Write [low, high]; ~ leaves one end open.");
}

static void read_texts(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    bool single = node->kind == YAML_IS_SCALAR;
    if (yaml_is_null(node) || node->kind == YAML_IS_MAPPING) {
        wrong_type(reader, key, node, "a list of texts");
        return;
    }
    const Yaml *items = single ? node : node->items;
    size_t n = single ? 1 : node->n;
    Texts texts = {.items = ARENA_ARRAY(reader->arena, Str, n)};
    for (size_t i = 0; i < n; i++) {
        if (!need_scalar(reader, key, &items[i], "a list of texts")) continue;
        texts.items[texts.n++] = items[i].text;
        refer(reader, key->refers, items[i].text, &items[i]);
    }
    put(member, &texts, sizeof texts);
}

static void read_numbers(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    bool single = node->kind == YAML_IS_SCALAR;
    const Yaml *items = single ? node : node->items;
    size_t n = single ? 1 : node->n;
    Numbers numbers = {.items = ARENA_ARRAY(reader->arena, double, n)};
    bool ok = node->kind != YAML_IS_MAPPING;
    for (size_t i = 0; ok && i < n; i++) ok = yaml_number(&items[i], &numbers.items[numbers.n++]);
    if (ok)
        put(member, &numbers, sizeof numbers);
    else
        wrong_type(reader, key, node, "a list of numbers");
}

/* {code: label} or [code, code]. */
static bool read_codes(GrammarReader *reader, const GrammarKey *key, const Yaml *node, Codelist *list)
{
    if (node->kind == YAML_IS_SCALAR || !node->n) {
        wrong_type(reader, key, node, "codes with their labels");
        return false;
    }
    const Yaml *codes = node->kind == YAML_IS_MAPPING ? node->keys : node->items;
    list->codes = ARENA_ARRAY(reader->arena, Str, node->n);
    list->labels = ARENA_ARRAY(reader->arena, Str, node->n);
    for (size_t i = 0; i < node->n; i++) {
        if (!need_scalar(reader, key, &codes[i], "codes with their labels")) return false;
        if (!need_scalar(reader, key, &node->items[i], "codes with their labels")) return false;
        list->codes[list->n] = codes[i].text;
        list->labels[list->n++] = node->items[i].text;
    }
    return true;
}

static void read_codelist(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    CodelistUse use = {0};
    if (node->kind == YAML_IS_SCALAR) {
        if (!need_scalar(reader, key, node, "a codelist")) return;
        use.name = node->text;
        refer(reader, "codelist", node->text, node);
    } else {
        Codelist *list = ARENA_NEW(reader->arena, Codelist);
        if (read_codes(reader, key, node, list)) use.list = list;
    }
    put(member, &use, sizeof use);
}

static bool need_mapping(GrammarReader *reader, const GrammarKey *key, const Yaml *node)
{
    if (node->kind == YAML_IS_MAPPING) return true;
    wrong_type(reader, key, node, "a mapping");
    return false;
}

static void read_codelists(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_mapping(reader, key, node)) return;
    Codelists lists = {.items = ARENA_ARRAY(reader->arena, Codelist, node->n)};
    for (size_t i = 0; i < node->n; i++) {
        Codelist *list = &lists.items[lists.n];
        list->name = node->keys[i].text;
        grammar_define(reader, "codelist", list->name, &node->keys[i]);
        if (read_codes(reader, key, &node->items[i], list)) lists.n++;
    }
    put(member, &lists, sizeof lists);
}

static void read_keyed_texts(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_mapping(reader, key, node)) return;
    KeyedTexts rows = {.n = node->n, .items = ARENA_ARRAY(reader->arena, KeyedText, node->n)};
    for (size_t i = 0; i < node->n; i++) {
        rows.items[i] = (KeyedText){.at = &node->keys[i], .key = node->keys[i].text};
        refer(reader, key->key_refers, node->keys[i].text, &node->keys[i]);
        read_texts(reader, key, &node->items[i], &rows.items[i].values);
    }
    put(member, &rows, sizeof rows);
}

static void read_mapping(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_mapping(reader, key, node)) return;
    grammar_read(reader, key->child, node, key->raw ? NULL : member);
    if (key->raw) put(member, &node, sizeof node);
}

static void read_list(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (node->kind != YAML_IS_SEQUENCE) {
        wrong_type(reader, key, node, "a list; each item begins with \"- \"");
        return;
    }
    bool store = member && !key->raw;
    AnyList list = {.items = store ? arena_alloc_array(reader->arena, node->n, key->child->size) : NULL};
    for (size_t i = 0; i < node->n; i++) {
        const Yaml *item = &node->items[i];
        if (!need_mapping(reader, key, item)) continue;
        grammar_read(reader, key->child, item,
                     store ? (char *)list.items + list.n++ * key->child->size : NULL);
    }
    if (store)
        memcpy(member, &list, sizeof list);
    else
        put(member, &node, sizeof node);
}

static void read_keyed(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    if (!need_mapping(reader, key, node)) return;
    for (size_t i = 0; i < node->n; i++) {
        refer(reader, key->key_refers, node->keys[i].text, &node->keys[i]);
        if (need_mapping(reader, key, &node->items[i]))
            grammar_read(reader, key->child, &node->items[i], NULL);
    }
    put(member, &node, sizeof node);
}

static void read_any(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member)
{
    (void)reader, (void)key;
    put(member, &node, sizeof node);
}

typedef void (*ReadValue)(GrammarReader *reader, const GrammarKey *key, const Yaml *node, void *member);

static const ReadValue READ[N_GRAMMAR_TYPES] = {
    [GRAMMAR_ID] = read_id,           [GRAMMAR_COLUMN] = read_column,       [GRAMMAR_TEXT] = read_text,
    [GRAMMAR_CONDITION] = read_text,  [GRAMMAR_NUMBER] = read_number,       [GRAMMAR_INTEGER] = read_integer,
    [GRAMMAR_DAY] = read_day,
    [GRAMMAR_BOOLEAN] = read_boolean, [GRAMMAR_DATE] = read_date,           [GRAMMAR_WORD] = read_word,
    [GRAMMAR_RANGE] = read_range,     [GRAMMAR_TEXTS] = read_texts,         [GRAMMAR_NUMBERS] = read_numbers,
    [GRAMMAR_CODELIST] = read_codelist, [GRAMMAR_CODELISTS] = read_codelists, [GRAMMAR_KEYED_TEXTS] = read_keyed_texts,
    [GRAMMAR_MAPPING] = read_mapping, [GRAMMAR_LIST] = read_list,           [GRAMMAR_KEYED] = read_keyed,
    [GRAMMAR_ANY] = read_any,
};

static bool is_whole(const GrammarKey *key) { return key->type == GRAMMAR_INTEGER || key->type == GRAMMAR_DAY; }

static void put_default(const GrammarKey *key, void *member)
{
    static const Range OPEN = {-INFINITY, INFINITY};
    double number = key->has_default ? key->otherwise : NAN;
    int integer = key->has_default ? (int)key->otherwise : is_whole(key) ? INTEGER_ABSENT : 0;
    bool boolean = key->has_default && key->otherwise != 0;
    if (key->type == GRAMMAR_NUMBER) put(member, &number, sizeof number);
    if (is_whole(key) || key->type == GRAMMAR_WORD) put(member, &integer, sizeof integer);
    if (key->type == GRAMMAR_BOOLEAN) put(member, &boolean, sizeof boolean);
    if (key->type == GRAMMAR_RANGE) put(member, &OPEN, sizeof OPEN);
}

/* Members that are mappings and stand nowhere still need the defaults of theirs. */
static void put_defaults(const Grammar *grammar, void *object)
{
    for (size_t i = 0; i < grammar->n; i++) {
        const GrammarKey *key = &grammar->keys[i];
        void *member = (char *)object + key->offset;
        if (key->type == GRAMMAR_MAPPING && !key->raw)
            put_defaults(key->child, member);
        else
            put_default(key, member);
    }
}

static const GrammarKey *find_key(const Grammar *grammar, Str name)
{
    for (size_t i = 0; i < grammar->n; i++)
        if (str_equal(name, str_from(grammar->keys[i].key))) return &grammar->keys[i];
    return NULL;
}

/* The keys of a table, for "did you mean". */
static Texts keys_of(GrammarReader *reader, const Grammar *grammar)
{
    Texts keys = {0};
    for (size_t i = 0; i < grammar->n; i++) push_text(reader->arena, &keys, str_from(grammar->keys[i].key));
    return keys;
}

static void report_unknown_key(GrammarReader *reader, const Grammar *grammar, const Yaml *name)
{
    Texts keys = keys_of(reader, grammar);
    Str nearest = str_nearest(name->text, keys.items, keys.n);
    Problem *problem =
        problem_add(reader->problems, PROBLEM_ERROR, "unknown-key", name, "unknown key \"" STR_FMT "\" in %s",
                    STR_ARG(str_slice(name->text, 0, 60)), grammar->name);
    Buf fix = buf_new(reader->arena);
    if (nearest.len) buf_format(&fix, "Did you mean \"" STR_FMT "\"? ", STR_ARG(nearest));
    buf_add_c(&fix, "Known keys: ");
    for (size_t i = 0; i < keys.n; i++) buf_format(&fix, "%s" STR_FMT, i ? ", " : "", STR_ARG(keys.items[i]));
    buf_char(&fix, '.');
    problem->fix = buf_str(&fix);
}

/* A key that stands there misspelt is reported once, as unknown. */
static bool is_misspelt(GrammarReader *reader, const Grammar *grammar, const GrammarKey *key,
                        const Yaml *node)
{
    Texts keys = keys_of(reader, grammar);
    for (size_t i = 0; i < node->n; i++)
        if (!grammar->open &&
            str_equal(str_nearest(node->keys[i].text, keys.items, keys.n), str_from(key->key)))
            return true;
    return false;
}

static void report_missing(GrammarReader *reader, const Grammar *grammar, const GrammarKey *key,
                           const Yaml *node)
{
    Problem *problem = problem_add(reader->problems, PROBLEM_ERROR, "missing-key", node,
                                   "the key \"%s\" is missing in %s", key->key, grammar->name);
    problem->fix = key->example
                       ? str_format(reader->arena, "Add it: %s: %s (%s)", key->key, key->example, key->doc)
                       : str_format(reader->arena, "Add \"%s\": %s.", key->key, key->doc);
}

void grammar_read(GrammarReader *reader, const Grammar *grammar, const Yaml *node, void *object)
{
    assert(node->kind == YAML_IS_MAPPING);
    if (object) {
        put_defaults(grammar, object);
        memcpy(object, &node, sizeof node);           /* `at` */
    }
    for (size_t i = 0; i < node->n; i++) {
        const GrammarKey *key = find_key(grammar, node->keys[i].text);
        if (key && (!yaml_is_null(&node->items[i]) || key->required))
            READ[key->type](reader, key, &node->items[i], object ? (char *)object + key->offset : NULL);
        else if (!key && !grammar->open)
            report_unknown_key(reader, grammar, &node->keys[i]);
    }
    for (size_t i = 0; i < grammar->n; i++)
        if (grammar->keys[i].required && !yaml_get(node, grammar->keys[i].key) &&
            !is_misspelt(reader, grammar, &grammar->keys[i], node))
            report_missing(reader, grammar, &grammar->keys[i], node);
}
