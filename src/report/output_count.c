/* Blocks that count: one row of a condition, and one row for each level of a category. */
#include "report/output_kind.h"

#include <math.h>

#define COUNT_STATISTICS                                                                                     \
    (STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_TOTAL) | STATISTIC_BIT(STATISTIC_PCT) |            \
     STATISTIC_BIT(STATISTIC_EVENTS) | STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH))
#define NEEDS_TOTAL (COUNT_STATISTICS & ~(STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_EVENTS)))

static bool default_format(Eval *eval, const OutputBlock *block, Template *format, Error *err)
{
    *format = block->format;
    return format->n || template_parse(eval->arena, STR("{n} ({pct}%)"), COUNT_STATISTICS, format, err);
}

static Str distinct_of(const Eval *eval, const OutputBlock *block)
{
    return block->distinct.len ? block->distinct : eval->spec->distinct;
}

/* One cell: the count of the scope in a column, its share of `total` (NaN: the column's N). */
static bool count_cell(Eval *eval, const OutputBlock *block, const Scope *scope, size_t column,
                       const Template *format, double total, Error *err)
{
    Count count;
    const Template *chosen = format;
    Inference how = {.interval = block->interval, .confidence = block->confidence, .at = block->at};
    if (!eval_count(eval, scope, column, distinct_of(eval, block), block->at, &count, err)) return false;
    if (block->zero.n && count.n <= 0) chosen = &block->zero;
    if ((chosen->uses & NEEDS_TOTAL) && isnan(total) && !eval_total(eval, column, &total, err)) return false;
    CellValues cell;
    Str method;
    if (!eval_share(count, total, chosen->uses, &how, &cell, &method, err)) return false;
    Provenance *from = eval_provenance(eval, scope, column, distinct_of(eval, block), method, (Str){0});
    double printed;
    if (chosen->n == 1 && !chosen->uses && number_parse(chosen->pieces[0].literal, &printed)) /* zero: "0" */
        table_cell_number(eval->document, eval->table, column + 1, (Str){0}, STR("n"), count.n, 0,
                          chosen->pieces[0].literal, (Str){0}, from);
    else
        eval_cell(eval, column, chosen, &cell, 0, from);
    return true;
}

typedef struct {
    const OutputBlock *block;
    const Scope *scope;
} CountOf;

static bool count_fill(Eval *eval, const void *what, const size_t *columns, size_t n, bool needs_values,
                       TestInput *input, bool *is_empty, Error *err)
{
    const CountOf *of = what;
    (void)needs_values;
    input->n_rows = 2;
    size_t *counts = ARENA_ARRAY(eval->arena, size_t, 2 * n), sum = 0;
    for (size_t i = 0; i < n; i++) {
        Count count;
        double total;
        if (!eval_count(eval, of->scope, columns[i], distinct_of(eval, of->block), of->block->at, &count,
                        err) ||
            !eval_total(eval, columns[i], &total, err))
            return false;
        if (count.n > total) return eval_too_many(of->block->at, count, total, err);
        counts[i] = (size_t)count.n;
        counts[n + i] = (size_t)(total - count.n);
        sum += counts[i];
    }
    input->counts = counts;
    *is_empty = sum == 0;
    return true;
}

static bool count_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow;
    Template format;
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err) ||
        !default_format(eval, block, &format, err))
        return false;
    Scope scope = eval_group(eval, &narrow, block);
    Str label = eval_label(eval, &scope, block->subject);
    eval_row(eval, &scope, block, label);
    for (size_t c = 0; c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests && !count_cell(eval, block, &scope, c, &format, NAN, err))
            return false;
    CountOf what = {block, &scope};
    return eval_tests(eval, &scope, block, label, true, count_fill, &what, err);
}

const OutputBlockKind block_kind_count = {
    .name = "count",
    .subject = "label",
    .summary = "one row: how many subjects or records, and their share of N",
    .keys = "analysis where group header distinct format zero interval confidence indent tests",
    .statistics = COUNT_STATISTICS,
    .down = true,
    .write = count_write,
};

/* The rows of each level, in the spec's order or that of the data; a row belongs to the first level that
 * claims it. */
typedef struct {
    const OutputBlock *block;
    size_t n;
    Str *labels;
    Scope *scopes;
    Scope known, missing;
} Categories;

static size_t find_level(const OutputBlock *block, const Codes *codes, const size_t *level_codes,
                         const signed char *const *verdicts, size_t row)
{
    for (size_t i = 0; i < block->levels.n; i++) {
        const OutputLevel *level = &block->levels.items[i];
        if (verdicts[i] && !verdicts[i][row]) continue;
        if (level->value.len && (codes->of_row[row] == SIZE_MAX || codes->of_row[row] != level_codes[i]))
            continue;
        return i;
    }
    return SIZE_MAX;
}

/* Without levels in the spec, those of the data, alphabetically. */
static OutputLevels levels_of_data(Eval *eval, const OutputBlock *block, const Codes *codes,
                                   const Scope *scope)
{
    unsigned char *seen = ARENA_ARRAY(eval->arena, unsigned char, codes->n);
    for (size_t i = 0; i < scope->n_rows; i++)
        if (codes->of_row[scope->rows[i]] != SIZE_MAX) seen[codes->of_row[scope->rows[i]]] = 1;
    OutputLevels levels = {0, ARENA_ARRAY(eval->arena, OutputLevel, codes->n)};
    for (size_t c = 0; c < codes->n; c++) {
        if (!seen[c]) continue;
        size_t at = levels.n++;
        for (; at > 0 && block->order.kind != ORDER_DATA &&
               str_compare(levels.items[at - 1].label, codes->texts[c]) > 0;
             at--)
            levels.items[at] = levels.items[at - 1];
        levels.items[at] = (OutputLevel){.at = block->at, .label = codes->texts[c], .value = codes->texts[c]};
    }
    return levels;
}

/* The part of the data a row belongs to: a level, n + 1 missing, or n: known, but of no level. */
static size_t part_of(const Codes *codes, size_t level, size_t n, size_t row)
{
    return level != SIZE_MAX ? level : codes->of_row[row] == SIZE_MAX ? n + 1 : n;
}

/* Cuts the scope into the rows of each level, the missing ones, and all that are known. */
static void cut_rows(Arena *arena, const Scope *scope, const size_t *parts, size_t n, Categories *made)
{
    size_t *count = ARENA_ARRAY(arena, size_t, n + 2), *known = ARENA_ARRAY(arena, size_t, scope->n_rows);
    size_t **rows = ARENA_ARRAY(arena, size_t *, n + 2), n_known = 0;
    for (size_t k = 0; k < scope->n_rows; k++) count[parts[k]]++;
    for (size_t i = 0; i < n + 2; i++) {
        rows[i] = ARENA_ARRAY(arena, size_t, count[i]);
        count[i] = 0;
    }
    for (size_t k = 0; k < scope->n_rows; k++) {
        rows[parts[k]][count[parts[k]]++] = scope->rows[k];
        if (parts[k] <= n) known[n_known++] = scope->rows[k];
    }
    for (size_t i = 0; i < n; i++) {
        made->scopes[i].rows = rows[i];
        made->scopes[i].n_rows = count[i];
    }
    made->missing.rows = rows[n + 1];
    made->missing.n_rows = count[n + 1];
    made->known.rows = known;
    made->known.n_rows = n_known;
}

static Str part_words(Eval *eval, const OutputBlock *block, const Scope *scope, Str part)
{
    return str_format(eval->arena, STR_FMT "%s" STR_FMT ": " STR_FMT, STR_ARG(scope->words),
                      scope->words.len ? " AND " : "", STR_ARG(block->subject), STR_ARG(part));
}

static bool categories_make(Eval *eval, OutputBlock *block, const Scope *scope, Categories *made, Error *err)
{
    Codes *codes;
    if (!data_codes(eval->frames, eval->data, block->subject, block->at, &codes, err)) return false;
    if (!block->levels.n) block->levels = levels_of_data(eval, block, codes, scope);
    size_t n = block->levels.n, *level_codes = ARENA_ARRAY(eval->arena, size_t, n),
           *parts = ARENA_ARRAY(eval->arena, size_t, scope->n_rows);
    const signed char **verdicts = ARENA_ARRAY(eval->arena, const signed char *, n);
    *made = (Categories){.block = block,
                         .n = n,
                         .known = *scope,
                         .missing = *scope,
                         .labels = ARENA_ARRAY(eval->arena, Str, n),
                         .scopes = ARENA_ARRAY(eval->arena, Scope, n)};
    for (size_t i = 0; i < n; i++) {
        const OutputLevel *level = &block->levels.items[i];
        level_codes[i] = codes_find(codes, level->value);
        if (!data_where(eval->frames, eval->data, level->where, level->at, &verdicts[i], err)) return false;
        made->labels[i] = eval_cut(eval->spec, block, level->label);
        made->scopes[i] = *scope;
        made->scopes[i].words = part_words(eval, block, scope, level->label);
    }
    made->known.words = part_words(eval, block, scope, STR("known"));
    made->missing.words = part_words(eval, block, scope, STR("missing"));
    for (size_t k = 0; k < scope->n_rows; k++) {
        size_t row = scope->rows[k];
        parts[k] = part_of(codes, find_level(block, codes, level_codes, verdicts, row), n, row);
    }
    cut_rows(eval->arena, scope, parts, n, made);
    return true;
}

static bool categories_fill(Eval *eval, const void *what, const size_t *columns, size_t n, bool needs_values,
                            TestInput *input, bool *is_empty, Error *err)
{
    const Categories *made = what;
    (void)needs_values;
    size_t *counts = ARENA_ARRAY(eval->arena, size_t, made->n * n), sum = 0;
    input->n_rows = 0;
    for (size_t i = 0; i < made->n; i++) {
        size_t in_row = 0;
        for (size_t c = 0; c < n; c++) {
            Count count;
            if (!eval_count(eval, &made->scopes[i], columns[c], distinct_of(eval, made->block),
                            made->block->at, &count, err))
                return false;
            counts[input->n_rows * n + c] = (size_t)count.n;
            in_row += (size_t)count.n;
        }
        input->n_rows += in_row > 0; /* a level that nobody has does not enter the test */
        sum += in_row;
    }
    input->counts = counts;
    *is_empty = sum == 0;
    return true;
}

/* A row of one part of the data: a level, all known, or the missing ones. */
static bool category_row(Eval *eval, const Categories *made, const Scope *scope, const Scope *outer,
                         Str label, const Template *format, bool is_first, Error *err)
{
    eval_row(eval, outer, made->block, label);
    for (size_t c = 0; c < eval->n_columns; c++) {
        Count known = {NAN, 0};
        if (eval->columns[c].holds_tests) continue;
        if (made->block->of_known &&
            !eval_count(eval, &made->known, c, distinct_of(eval, made->block), made->block->at, &known, err))
            return false;
        if (!count_cell(eval, made->block, scope, c, format, known.n, err)) return false;
    }
    return eval_tests(eval, outer, made->block, label, is_first, categories_fill, made, err);
}

static bool categories_write(Eval *eval, const OutputBlock *spec, const Scope *outer, Error *err)
{
    OutputBlock block = *spec;
    Template format, bare;
    Scope narrow;
    Categories made;
    if (!eval_narrow(eval, outer, block.where, block.at, &narrow, err) ||
        !default_format(eval, &block, &format, err) ||
        !template_parse(eval->arena, STR("{n}"), COUNT_STATISTICS, &bare, err) ||
        !categories_make(eval, &block, &narrow, &made, err))
        return false;
    Scope scope = eval_group(eval, &narrow, &block);
    if (block.count.len && !category_row(eval, &made, &made.known, &scope, block.count, &bare, true, err))
        return false;
    for (size_t i = 0; i < made.n; i++)
        if (!category_row(eval, &made, &made.scopes[i], &scope, made.labels[i], &format,
                          i == 0 && !block.count.len, err))
            return false;
    return !block.missing.len ||
           category_row(eval, &made, &made.missing, &scope, block.missing, &format, false, err);
}

const OutputBlockKind block_kind_categories = {
    .name = "categories",
    .subject = "variable",
    .summary = "a row for each level of a category, all levels together for the test",
    .keys = "analysis where group header levels order count missing of_known distinct format zero interval confidence "
            "label_width indent tests",
    .statistics = COUNT_STATISTICS,
    .down = true,
    .write = categories_write,
};
