/* The grammar of maps, and what is true of all of them. */
#include "trial/mapping.h"

static const GrammarWord MAP_DATE_LIST[] = {
#define X(name, word, doc) {word, name, doc},
    MAP_DATES(X)
#undef X
};
static const GrammarWords MAP_DATE_WORDS = {sizeof MAP_DATE_LIST / sizeof MAP_DATE_LIST[0], MAP_DATE_LIST};

static const GrammarKey COLUMN_KEYS[] = {
    GRAMMAR_ROW(MapColumn, to, Str, COLUMN, "the column that import reads: SUBJID, VISIT, DATE, an item", REQUIRED, EXAMPLE("WEIGHT_KG")),
    GRAMMAR_ROW(MapColumn, from, Str, TEXT, "the column of the file", EXAMPLE("weight")),
    GRAMMAR_ROW(MapColumn, text, Str, TEXT, "the same text in every row, instead of a column", EXAMPLE("HAN")),
    GRAMMAR_ROW(MapColumn, otherwise, Str, TEXT, "where the cell is blank", EXAMPLE("2015-04-02")),
    GRAMMAR_ROW(MapColumn, values, CodelistUse, CODELIST, "what its values become: {theirs: ours}, or the name of a list; no other may come",
                EXAMPLE("{1: F, 2: M}")),
    GRAMMAR_ROW(MapColumn, missing, CodelistUse, CODELIST, "texts that mean missing, and why", EXAMPLE("{\"-9\": not-done}")),
    GRAMMAR_ROW(MapColumn, factor, double, NUMBER, "a number is multiplied by it", EXAMPLE("0.4536")),
    GRAMMAR_ROW(MapColumn, plus, double, NUMBER, "then this is added", EXAMPLE("-273.15")),
    GRAMMAR_ROW(MapColumn, decimals, int, INTEGER, "then it is rounded to so many places", EXAMPLE("1")),
    GRAMMAR_ROW(MapColumn, decimal_comma, bool, BOOLEAN, "numbers are written 1,5", EXAMPLE("true")),
    GRAMMAR_ROW(MapColumn, date, MapDate, WORD, "how its dates are written, where not as ISO 8601", .words = &MAP_DATE_WORDS, EXAMPLE("dmy")),
};
static const Grammar COLUMN = GRAMMAR_TABLE(MapColumn, "a column of a map", "How one column is made.", COLUMN_KEYS);

static const GrammarKey BLOCK_KEYS[] = {
    GRAMMAR_ROW(MapBlock, into, Str, TEXT, "a form, or screening, consent, enrolment, adverse_events, deviations, withdrawals", REQUIRED,
                EXAMPLE("demographics")),
    GRAMMAR_ROW(MapBlock, member, Str, TEXT, "of a file with several tables, this one", EXAMPLE("VS")),
    GRAMMAR_ROW(MapBlock, match, KeyedTexts, KEYED_TEXTS, "rows whose column holds one of these texts; \"\" is blank",
                EXAMPLE("{redcap_repeat_instrument: bp}")),
    GRAMMAR_ROW(MapBlock, where, Str, CONDITION, "rows for which this holds, over the columns of the file", EXAMPLE("VSTESTCD = 'WEIGHT'")),
    GRAMMAR_ROW(MapBlock, columns, MapColumns, LIST, "what each column is made from", .child = &COLUMN),
    GRAMMAR_ROW(MapBlock, keep_blank, bool, BOOLEAN, "also rows in which every item is blank", EXAMPLE("true")),
};
static const Grammar BLOCK = GRAMMAR_TABLE(MapBlock, "a block of a map", "Rows of one kind.", BLOCK_KEYS);

static const GrammarKey MAPPING_KEYS[] = {
    GRAMMAR_ROW(Mapping, map, int, INTEGER, "version of this grammar", REQUIRED, EXAMPLE("1")),
    GRAMMAR_ROW(Mapping, title, Str, TEXT, "what it maps", EXAMPLE("REDCap project 1234")),
    GRAMMAR_ROW(Mapping, order, Texts, TEXTS, "columns of the file in their order; export writes them so", EXAMPLE("[record_id, sex]")),
    GRAMMAR_ROW(Mapping, skip, Texts, TEXTS, "columns that are left out on purpose", EXAMPLE("[form_1_complete]")),
    GRAMMAR_ROW(Mapping, values, Codelists, CODELISTS, "lists of values by name", EXAMPLE("{events: {visit_1_arm_1: V1}}")),
    GRAMMAR_ROW(Mapping, missing, CodelistUse, CODELIST, "texts that mean missing in every column, and why", EXAMPLE("{NA: unstated, \"-9\": not-done}")),
    GRAMMAR_ROW(Mapping, columns, MapColumns, LIST, "columns of every block that knows them", .child = &COLUMN),
    GRAMMAR_ROW(Mapping, blocks, MapBlocks, LIST, "what the rows become", REQUIRED, .child = &BLOCK),
};
const Grammar MAPPING_GRAMMAR = GRAMMAR_TABLE(Mapping, "the map", "How a file of another system becomes records of the trial.", MAPPING_KEYS);

static void use_list(const Mapping *mapping, CodelistUse *use)
{
    for (size_t i = 0; use->name.len && i < mapping->values.n; i++)
        if (str_equal(mapping->values.items[i].name, use->name)) use->list = &mapping->values.items[i];
}

static void check_missing(ProblemList *problems, const Yaml *at, const CodelistUse *missing)
{
    for (size_t i = 0; missing->list && i < missing->list->n; i++) {
        MissingReason reason;
        if (missing_parse(missing->list->labels[i], &reason)) continue;
        problem_add(problems, PROBLEM_ERROR, "unknown-word", at, "\"" STR_FMT "\" is no reason why a value is missing", STR_ARG(missing->list->labels[i]))->fix =
            STR("It is one of: unstated, not-done, not-applicable, unknown, refused, illegible, technical, withdrawn.");
    }
}

static void check_column(const Mapping *mapping, ProblemList *problems, MapColumn *column)
{
    use_list(mapping, &column->values);
    use_list(mapping, &column->missing);
    check_missing(problems, column->at, &column->missing);
    bool has_text = yaml_get(column->at, "text") != NULL;
    if (column->to.len && column->from.len == 0 && !has_text)
        problem_add(problems, PROBLEM_ERROR, "no-source", column->at, "nothing says where \"" STR_FMT "\" comes from", STR_ARG(column->to))->fix =
            STR("Name a column of the file (from: weight), or a text (text: HAN).");
    if (column->from.len && has_text)
        problem_add(problems, PROBLEM_ERROR, "two-sources", column->at, "\"" STR_FMT "\" comes from a column and from a text", STR_ARG(column->to))->fix =
            STR("Keep one; a text for blank cells is written `otherwise`.");
}

/* A column of the block takes the place of the map's. */
static void add_common(Arena *arena, const Mapping *mapping, MapBlock *block)
{
    MapColumns all = {.items = ARENA_ARRAY(arena, MapColumn, mapping->columns.n + block->columns.n + 1)};
    for (size_t i = 0; i < mapping->columns.n; i++) {
        bool is_own = false;
        for (size_t k = 0; k < block->columns.n; k++) is_own |= str_equal_fold(block->columns.items[k].to, mapping->columns.items[i].to);
        if (!is_own) all.items[all.n++] = mapping->columns.items[i];
    }
    for (size_t i = 0; i < block->columns.n; i++) all.items[all.n++] = block->columns.items[i];
    block->columns = all;
}

static void check_twice(ProblemList *problems, const MapBlock *block)
{
    for (size_t i = 0; i < block->columns.n; i++)
        for (size_t k = 0; k < i; k++)
            if (str_equal_fold(block->columns.items[i].to, block->columns.items[k].to))
                problem_add(problems, PROBLEM_ERROR, "duplicate-id", block->columns.items[i].at, "\"" STR_FMT "\" is made twice in one block",
                            STR_ARG(block->columns.items[i].to))->fix = STR("Keep one of the two, or put the other into a block of its own.");
}

bool mapping_read(Arena *arena, Str text, Mapping *mapping, ProblemList *problems)
{
    Error err = {0};
    Yaml *root = ARENA_NEW(arena, Yaml);
    *mapping = (Mapping){0};
    if (!yaml_parse(arena, text, root, &err)) {
        problem_add_error(problems, "bad-yaml", NULL, &err);
        return false;
    }
    int64_t version;
    const Yaml *node = yaml_get(root, "map");
    if (!yaml_integer(node, &version) || version != MAPPING_GRAMMAR_VERSION) {
        problem_add(problems, PROBLEM_ERROR, "no-map", node ? node : root, "this is no map: it does not begin with \"map: 1\"")->fix =
            STR("Write \"map: 1\" (the version of the grammar) in the first line; `import TRIAL FILE --draft-map` writes a first map.");
        return false;
    }
    GrammarReader reader = grammar_reader(arena, problems);
    grammar_read(&reader, &MAPPING_GRAMMAR, root, mapping);
    grammar_check_references(&reader);
    check_missing(problems, mapping->at, &mapping->missing);
    for (size_t i = 0; i < mapping->columns.n; i++) check_column(mapping, problems, &mapping->columns.items[i]);
    for (size_t i = 0; i < mapping->blocks.n; i++) {
        MapBlock *block = &mapping->blocks.items[i];
        for (size_t k = 0; k < block->columns.n; k++) check_column(mapping, problems, &block->columns.items[k]);
        check_twice(problems, block);
        add_common(arena, mapping, block);
    }
    return true;
}

bool mapping_parse(Arena *arena, Str text, Mapping *mapping, Error *err)
{
    ProblemList problems = problems_new(arena);
    bool is_read = mapping_read(arena, text, mapping, &problems);
    if (is_read && problems.n == 0) return true;
    problems_sort(&problems);
    const Problem *first = &problems.items[0];
    error_set(err, ERROR_MALFORMED, STR_FMT, STR_ARG(first->message));
    if (first->line) error_in(err, "line %zu, column %zu", first->line, first->column);
    if (problems.n == 1) return error_hint(err, STR_FMT, STR_ARG(first->fix));
    return error_hint(err, STR_FMT " There are %zu problems.", STR_ARG(first->fix), problems.n);
}
