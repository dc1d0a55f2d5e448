/* Blocks of rows: which keys each kind reads, and the small languages inside them. */
#include "report/output_read.h"

#include <math.h>
#include <string.h>

#include "stat/mmrm_fallback.h"

const OutputBlockKind *const *block_kinds(size_t *n)
{
    static const OutputBlockKind *const kinds[] = {
#define X(kind) &block_kind_##kind,
        BLOCK_KINDS(X)
#undef X
    };
    *n = sizeof kinds / sizeof kinds[0];
    return kinds;
}

/* A word for the degrees of freedom of repeated measures. */
static bool read_df(Reader *reader, const Yaml *value, void *member, Error *err)
{
    static const char *const words[] = {
#define X(name, word, meaning) word,
        MMRM_DF_METHODS(X)
#undef X
    };
    enum { N_WORDS = sizeof words / sizeof words[0] };
    Str known[N_WORDS];
    MmrmDf df;
    if (!read_text(reader, value, member, err)) return false;
    if (mmrm_df_parse(value->text, &df)) return true;
    for (size_t i = 0; i < N_WORDS; i++) known[i] = str_from(words[i]);
    return unknown_word(reader, value, "method for degrees of freedom", value->text, known, N_WORDS, err);
}

/* A word for the covariance of the coefficients. */
static bool read_vcov(Reader *reader, const Yaml *value, void *member, Error *err)
{
    static const char *const words[] = {
#define X(name, word, other, meaning) word,
        MMRM_VCOVS(X)
#undef X
    };
    enum { N_WORDS = sizeof words / sizeof words[0] };
    Str known[N_WORDS];
    MmrmVcov vcov;
    if (!read_text(reader, value, member, err)) return false;
    if (mmrm_vcov_parse(value->text, &vcov)) return true;
    for (size_t i = 0; i < N_WORDS; i++) known[i] = str_from(words[i]);
    return unknown_word(reader, value, "covariance of the coefficients", value->text, known, N_WORDS, err);
}

/* Covariance structures by their words in a formula, in a list or in one text ("toeph, cs"). */
static bool read_fallback(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputTexts *words = member, said;
    size_t capacity = 0, n;
    if (!read_texts(reader, value, &said, err)) return false;
    for (size_t i = 0; i < said.n; i++) {
        CovarianceKind *kinds;
        const Yaml *at = value->kind == YAML_IS_SCALAR ? value : &value->items[i];
        if (!covariance_list_parse(reader->arena, said.items[i], &kinds, &n, err)) {
            if (err) err->code = ERROR_INCONSISTENT;
            return error_in(err, "line %zu, column %zu", at->line, at->column);
        }
        for (size_t k = 0; k < n; k++) {
            ARENA_PUSH_ROOM(reader->arena, words->items, words->n, capacity);
            words->items[words->n++] = str_from(covariance_word(kinds[k]));
        }
    }
    return true;
}

/* The type of a term's test: 1, 2 or 3. */
static bool read_type(Reader *reader, const Yaml *value, void *member, Error *err)
{
    if (!read_integer(reader, value, member, err)) return false;
    if (*(int *)member >= 1 && *(int *)member <= 3) return true;
    return yaml_error(value, err, ERROR_INCONSISTENT, "a test of a term is of type 1, 2 or 3");
}

static const Field block_fields[] = {
    FIELD(OutputBlock, label, read_text),
    FIELD(OutputBlock, group, read_text),
    FIELD_AS(OutputBlock, plain, "header", read_no_flag),
    FIELD(OutputBlock, where, read_text),
    FIELD(OutputBlock, distinct, read_text),
    FIELD(OutputBlock, decimals, read_integer),
    FIELD(OutputBlock, label_width, read_integer),
    FIELD(OutputBlock, indent, read_integer),
    FIELD(OutputBlock, levels, read_levels),
    FIELD(OutputBlock, order, read_order),
    FIELD(OutputBlock, missing, read_text),
    FIELD(OutputBlock, count, read_text),
    FIELD(OutputBlock, of_known, read_flag),
    FIELD(OutputBlock, format, read_template),
    FIELD(OutputBlock, zero, read_template),
    FIELD(OutputBlock, tests, read_tests),
    FIELD(OutputBlock, lines, read_lines),
    FIELD(OutputBlock, rows, read_blocks),
    FIELD(OutputBlock, only, read_texts),
    FIELD(OutputBlock, in, read_texts),
    FIELD(OutputBlock, factors, read_texts),
    FIELD(OutputBlock, factor, read_text),
    FIELD(OutputBlock, term, read_text),
    FIELD(OutputBlock, margins, read_text),
    FIELD(OutputBlock, df, read_df),
    FIELD(OutputBlock, weights, read_text),
    FIELD(OutputBlock, vcov, read_vcov),
    FIELD(OutputBlock, fallback, read_fallback),
    FIELD(OutputBlock, type, read_type),
    FIELD(OutputBlock, impute, read_impute),
    FIELD(OutputBlock, regression, read_text),
    FIELD(OutputBlock, exposure, read_text),
    FIELD(OutputBlock, robust, read_flag),
    FIELD_AS(OutputBlock, visits, "at", read_texts),
    FIELD_OF_WHOLE("compare", read_compare),
    FIELD(OutputBlock, outcome, read_text),
    FIELD(OutputBlock, reference, read_text),
    FIELD(OutputBlock, covariates, read_text),
    FIELD(OutputBlock, variance, read_text),
    FIELD(OutputBlock, overall, read_text),
    FIELD(OutputBlock, confidence, read_number),
    FIELD(OutputBlock, against, read_number),
    FIELD(OutputBlock, tau, read_number),
    FIELD(OutputBlock, ties, read_text),
    FIELD(OutputBlock, method, read_text),
    FIELD(OutputBlock, interval, read_text),
    FIELD(OutputBlock, family, read_text),
    FIELD(OutputBlock, analysis, read_analysis),
    FIELD(OutputBlock, exploratory, read_flag),
};
const FieldTable output_block_table = {sizeof block_fields / sizeof block_fields[0], block_fields};

static bool read_block(Reader *reader, const Yaml *yaml, OutputBlock *block, Error *err)
{
    if (!need_kind(yaml, YAML_IS_MAPPING, "a block of rows", err)) return false;
    *block = (OutputBlock){.at = yaml, .against = NAN, .tau = NAN, .confidence = NAN, .decimals = DECIMALS_UNSAID};
    size_t n_kinds;
    const OutputBlockKind *const *kinds = block_kinds(&n_kinds);
    Str names[16];
    for (size_t k = 0; k < n_kinds; k++) {
        names[k] = str_from(kinds[k]->name);
        if (yaml->n && str_equal(yaml->keys[0].text, names[k])) block->kind = kinds[k];
    }
    if (!yaml->n) return yaml_error(yaml, err, ERROR_MALFORMED, "a block of rows is empty");
    if (!block->kind)
        return unknown_word(reader, &yaml->keys[0], "kind of block", yaml->keys[0].text, names, n_kinds, err);
    uint64_t around = reader->statistics;
    reader->statistics = block->kind->statistics;
    bool good = read_text(reader, &yaml->items[0], &block->subject, err) &&
                read_fields(reader, yaml, block->kind->name, FIELDS(block_fields), block->kind->name,
                            block->kind->keys, block, err);
    reader->statistics = around;
    return good;
}

bool read_blocks(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputBlocks *blocks = member;
    if (!need_kind(value, YAML_IS_SEQUENCE, "rows", err)) return false;
    *blocks = (OutputBlocks){value->n, ARENA_ARRAY(reader->arena, OutputBlock, value->n)};
    for (size_t i = 0; i < value->n; i++)
        if (!read_block(reader, &value->items[i], &blocks->items[i], err)) return false;
    return true;
}

/* Rows by one word: a label that people know, and how its cell looks. */
static const struct {
    const char *word, *label, *format;
} known_lines[] = {
    {"n", "n", "{n}"},
    {"mean", "Mean", "{mean}"},
    {"sd", "SD", "{sd}"},
    {"se", "SE", "{se}"},
    {"median", "Median", "{median}"},
    {"min", "Min", "{min}"},
    {"max", "Max", "{max}"},
    {"q1", "Q1", "{q1}"},
    {"q3", "Q3", "{q3}"},
    {"missing", "Missing", "{missing}"},
    {"geomean", "Geometric mean", "{geomean}"},
    {"mean-sd", "Mean (SD)", "{mean} ({sd})"},
    {"median-range", "Median (min, max)", "{median} ({min}, {max})"},
    {"median-iqr", "Median (Q1, Q3)", "{median} ({q1}, {q3})"},
    {"mean-ci", "Mean (95 % CI)", "{mean} ({ci_low} to {ci_high})"},
    {"p", "p-value", "{p}"},
};

static bool read_known_line(Reader *reader, const Yaml *yaml, OutputLine *line, Error *err)
{
    enum { N_KNOWN = sizeof known_lines / sizeof known_lines[0] };
    Str words[N_KNOWN];
    for (size_t i = 0; i < N_KNOWN; i++) {
        words[i] = str_from(known_lines[i].word);
        if (!str_equal(words[i], yaml->text)) continue;
        line->label = str_from(known_lines[i].label);
        if (template_parse(reader->arena, str_from(known_lines[i].format), reader->statistics, &line->format,
                           err))
            return true;
        return error_in(err, "line %zu, column %zu", yaml->line, yaml->column);
    }
    return unknown_word(reader, yaml, "ready-made row", yaml->text, words, N_KNOWN, err);
}

/* lines: [n, mean-sd, {"Median (Range)": "{median:1} ({min}; {max})"}], or a mapping of labels to formats. */
bool read_lines(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputLines *lines = member;
    if (value->kind == YAML_IS_SCALAR) return need_kind(value, YAML_IS_SEQUENCE, "lines", err);
    *lines =
        (OutputLines){.at = value, .n = value->n, .items = ARENA_ARRAY(reader->arena, OutputLine, value->n)};
    for (size_t i = 0; i < value->n; i++) {
        OutputLine *line = &lines->items[i];
        const Yaml *item = &value->items[i], *label = NULL, *format = NULL;
        if (value->kind == YAML_IS_MAPPING) {
            label = &value->keys[i];
            format = item;
        } else if (item->kind == YAML_IS_MAPPING && item->n == 1) {
            label = &item->keys[0];
            format = &item->items[0];
        } else if (!need_kind(item, YAML_IS_SCALAR, "a line that is not {label: format}", err) ||
                   !read_known_line(reader, item, line, err))
            return false;
        line->at = item;
        if (!label) continue;
        line->label = label->text;
        if (!read_template(reader, format, &line->format, err)) return false;
    }
    return true;
}

/* compare: {low: [low, placebo]}: in column low, the level of column low minus that of column placebo.
 * `member` is the whole block. */
bool read_compare(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputBlock *block = member;
    if (!need_kind(value, YAML_IS_MAPPING, "compare", err)) return false;
    block->compare.n = value->n;
    block->compare.items = arena_alloc_array(reader->arena, value->n, sizeof *block->compare.items);
    for (size_t i = 0; i < value->n; i++) {
        OutputTexts pair;
        if (!read_texts(reader, &value->items[i], &pair, err)) return false;
        if (pair.n != 2)
            return yaml_error(&value->items[i], err, ERROR_MALFORMED,
                              "a comparison must be two columns, [left, right]");
        block->compare.items[i].column = value->keys[i].text;
        block->compare.items[i].left = pair.items[0];
        block->compare.items[i].right = pair.items[1];
    }
    return true;
}

static bool read_method(Reader *reader, const Yaml *value, void *member, Error *err)
{
    size_t n;
    const TestMethod *methods = test_methods(&n);
    Str names[16], word;
    if (!read_text(reader, value, &word, err)) return false;
    for (size_t i = 0; i < n; i++) {
        names[i] = str_from(methods[i].name);
        if (!str_equal(names[i], word)) continue;
        *(const TestMethod **)member = &methods[i];
        return true;
    }
    return unknown_word(reader, value, "test", word, names, n, err);
}

static const Field test_fields[] = {
    FIELD_AS(OutputTest, method, "test", read_method),
    FIELD(OutputTest, in, read_text),
    FIELD(OutputTest, row, read_text),
    FIELD(OutputTest, of, read_texts),
    FIELD(OutputTest, format, read_template),
};

static bool read_test(Reader *reader, const Yaml *value, OutputTest *test, Error *err)
{
    uint64_t around = reader->statistics;
    reader->statistics =
        STATISTIC_BIT(STATISTIC_P) | STATISTIC_BIT(STATISTIC_TEST) | STATISTIC_BIT(STATISTIC_DF);
    *test = (OutputTest){.at = value};
    bool good = read_fields(reader, value, "a test", FIELDS(test_fields), NULL, NULL, test, err);
    if (good && !test->format.n)
        good = template_parse(reader->arena, STR("{p}"), reader->statistics, &test->format, err);
    reader->statistics = around;
    if (!good) return false;
    if (!test->method)
        return yaml_error(value, err, ERROR_MALFORMED, "this lacks the key \"test\", which names the test");
    if (!test->in.len)
        return yaml_error(value, err, ERROR_MALFORMED,
                          "this lacks the key \"in\", the column the p-value stands in");
    return true;
}

/* One test, or a list of them; an empty list: none. */
bool read_tests(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputTests *tests = member;
    bool is_list = value->kind == YAML_IS_SEQUENCE;
    size_t n = is_list ? value->n : 1;
    *tests = (OutputTests){.at = value, .n = n, .items = ARENA_ARRAY(reader->arena, OutputTest, n)};
    for (size_t i = 0; i < n; i++)
        if (!read_test(reader, is_list ? &value->items[i] : value, &tests->items[i], err)) return false;
    return true;
}
