/* Rows of statistics of a numeric variable: arms across (statistics), or statistics across (row). */
#include "report/output_kind.h"

#include <math.h>

#define STATISTICS_OF_VALUES                                                                                 \
    (STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_MISSING) | STATISTIC_BIT(STATISTIC_SUM) |          \
     STATISTIC_BIT(STATISTIC_MEAN) | STATISTIC_BIT(STATISTIC_SD) | STATISTIC_BIT(STATISTIC_SE) |             \
     STATISTIC_BIT(STATISTIC_MEDIAN) | STATISTIC_BIT(STATISTIC_Q1) | STATISTIC_BIT(STATISTIC_Q3) |           \
     STATISTIC_BIT(STATISTIC_MIN) | STATISTIC_BIT(STATISTIC_MAX) | STATISTIC_BIT(STATISTIC_GEOMEAN) |        \
     STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH) | STATISTIC_BIT(STATISTIC_P) |       \
     STATISTIC_BIT(STATISTIC_P_ADJUSTED) | STATISTIC_BIT(STATISTIC_TEST) |                                   \
     STATISTIC_BIT(STATISTIC_ESTIMATE))

static int decimals_of(const Eval *eval, int own)
{
    if (own != DECIMALS_UNSAID) return own;
    return eval->spec->decimals != DECIMALS_UNSAID ? eval->spec->decimals : 0;
}

typedef struct {
    const OutputBlock *block;
    const Scope *scope;
} BlockScope;

/* Groups of values, or per column the numbers with and without a value. */
static bool values_fill(Eval *eval, const void *what, const size_t *columns, size_t n, bool needs_values,
                        TestInput *input, bool *is_empty, Error *err)
{
    const BlockScope *of = what;
    (void)needs_values;
    input->values = ARENA_ARRAY(eval->arena, const double *, n);
    input->n_values = ARENA_ARRAY(eval->arena, size_t, n);
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        Values values;
        if (!eval_values(eval, of->scope, columns[i], of->block->subject, of->block->at, &values, err))
            return false;
        input->values[i] = values.items;
        input->n_values[i] = values.n;
        total += values.n;
    }
    *is_empty = total == 0;
    return true;
}

static bool statistics_line(Eval *eval, const OutputBlock *block, const Scope *scope, const CellValues *cells,
                            const OutputLine *line, const Provenance *const *from)
{
    eval_row(eval, scope, block, eval_label(eval, scope, line->label));
    for (size_t c = 0; c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests)
            eval_cell(eval, c, &line->format, &cells[c], decimals_of(eval, block->decimals), from[c]);
    return true;
}

static bool statistics_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow;
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err)) return false;
    Scope scope = eval_group(eval, &narrow, block);
    uint64_t uses = 0;
    for (size_t i = 0; i < block->lines.n; i++) uses |= block->lines.items[i].format.uses;
    CellValues *cells = ARENA_ARRAY(eval->arena, CellValues, eval->n_columns);
    const Provenance **from = ARENA_ARRAY(eval->arena, const Provenance *, eval->n_columns);
    Inference how = {block->method, block->interval, block->against, block->confidence, block->at};
    for (size_t c = 0; c < eval->n_columns; c++) {
        Values values;
        if (eval->columns[c].holds_tests) continue;
        if (!eval_values(eval, &scope, c, block->subject, block->at, &values, err) ||
            !eval_describe(eval, &values, uses, &how, &cells[c], err) ||
            !eval_family(eval, block->family, block->at, &cells[c], err))
            return false;
        from[c] = eval_describe_provenance(eval, &scope, c, block->subject, uses, &how);
    }
    BlockScope what = {block, &scope};
    for (size_t i = 0; i < block->lines.n; i++) {
        const OutputLine *line = &block->lines.items[i];
        if (!statistics_line(eval, block, &scope, cells, line, from) ||
            !eval_tests(eval, &scope, block, line->label, i == 0, values_fill, &what, err))
            return false;
    }
    return true;
}

const OutputBlockKind block_kind_statistics = {
    .name = "statistics",
    .subject = "variable",
    .summary = "rows of statistics of a numeric variable, with its change tested against a value",
    .keys = "analysis where group header lines decimals method against confidence family indent tests",
    .statistics = STATISTICS_OF_VALUES,
    .down = true,
    .write = statistics_write,
};

#define STATISTICS_ACROSS                                                                                    \
    (STATISTICS_OF_VALUES | STATISTIC_BIT(STATISTIC_TOTAL) | STATISTIC_BIT(STATISTIC_PCT) |                  \
     STATISTIC_BIT(STATISTIC_EVENTS))

/* Counts the scope where an item has no variable. */
static bool item_counts(Eval *eval, const OutputItem *item, const OutputBlock *block, const Scope *scope,
                        const Inference *how, CellValues *cell, const Provenance **from, Error *err)
{
    Count count;
    double total = NAN;
    Str distinct = block->distinct.len ? block->distinct : eval->spec->distinct;
    uint64_t bare = STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_EVENTS);
    if (!eval_count(eval, scope, scope->column, distinct, item->at, &count, err)) return false;
    if ((item->format.uses & ~bare) && !eval_total(eval, scope->column, &total, err)) return false;
    Str method;
    if (!eval_share(count, total, item->format.uses, how, cell, &method, err)) return false;
    Provenance *made = eval_provenance(eval, scope, scope->column, distinct, method, (Str){0});
    *from = made;
    return true;
}

static bool item_describes(Eval *eval, const OutputItem *item, const OutputBlock *block, const Scope *scope,
                           const Inference *how, CellValues *cell, const Provenance **from, Error *err)
{
    Values values;
    if (!eval_values(eval, scope, scope->column, item->variable, item->at, &values, err) ||
        !eval_describe(eval, &values, item->format.uses, how, cell, err))
        return false;
    *from = eval_describe_provenance(eval, scope, scope->column, item->variable, item->format.uses, how);
    return !(item->format.uses & STATISTIC_BIT(STATISTIC_P_ADJUSTED)) ||
           eval_family(eval, block->family, item->at, cell, err);
}

static bool is_wanted(const OutputBlock *block, Str key)
{
    for (size_t i = 0; i < block->only.n; i++)
        if (str_equal(block->only.items[i], key)) return true;
    return block->only.n == 0;
}

static bool row_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow, there;
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err)) return false;
    Scope scope = eval_group(eval, &narrow, block);
    eval_row(eval, &scope, block, eval_label(eval, &scope, block->subject));
    for (size_t i = 0; i < eval->spec->across.n; i++) {
        const OutputItem *item = &eval->spec->across.items[i];
        if (!is_wanted(block, item->key)) continue;
        Inference how = {item->method.len ? item->method : block->method, item->interval, item->against,
                         item->confidence, item->at};
        CellValues cell;
        const Provenance *from;
        if (!eval_narrow(eval, &scope, item->where, item->at, &there, err) ||
            !(item->variable.len ? item_describes : item_counts)(eval, item, block, &there, &how, &cell,
                                                                 &from, err))
            return false;
        size_t first = eval->document->n_results;
        template_write(eval->document, eval->table, i + 1, &item->format, &cell, &eval->formats,
                       block->decimals != DECIMALS_UNSAID ? block->decimals : decimals_of(eval, item->decimals),
                       item->prefix, from);
        for (size_t r = first; eval->spec->columns.n_sets && r < eval->document->n_results; r++)
            eval->document->results[r].column = eval->columns[scope.column].key;
    }
    return true;
}

const OutputBlockKind block_kind_row = {
    .name = "row",
    .subject = "label",
    .summary = "one row where statistics go across",
    .keys = "analysis where group header only distinct method family decimals indent",
    .statistics = STATISTICS_ACROSS,
    .across = true,
    .write = row_write,
};
