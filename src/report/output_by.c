/* Blocks that hold blocks: a named group, and one round for each level of a variable. */
#include "report/output_kind.h"

#include <math.h>
#include <stdlib.h>

static bool group_write(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err)
{
    Scope narrow;
    if (!eval_narrow(eval, scope, block->where, block->at, &narrow, err)) return false;
    OutputBlock named = *block;
    named.group = block->subject;
    Scope inner = eval_group(eval, &narrow, &named);
    return eval_blocks(eval, &block->rows, &inner, err);
}

const OutputBlockKind block_kind_group = {
    .name = "group",
    .subject = "label",
    .summary = "a heading over other blocks, which it may narrow by a condition",
    .keys = "analysis where rows tests header",
    .down = true,
    .across = true,
    .write = group_write,
};

typedef struct {
    Str label;
    const OutputLevel *level; /* of the spec, or NULL when found in the data */
    size_t code;
    double rank; /* smaller comes first; ties by label, or as they came */
    bool by_label;
    size_t place;
    Scope scope;
} Round;

static int compare_rounds(const void *left, const void *right)
{
    const Round *a = left, *b = right;
    if (a->rank < b->rank || a->rank > b->rank) return a->rank < b->rank ? -1 : 1;
    int order = a->by_label ? str_compare(a->label, b->label) : 0;
    return order ? order : a->place < b->place ? -1 : 1;
}

/* Rounds of the levels that occur in the scope, each with its rows. */
static bool rounds_of_data(Eval *eval, const OutputBlock *block, const Scope *scope, Round **rounds,
                           size_t *n, Error *err)
{
    Codes *codes;
    if (!data_codes(eval->frames, eval->data, block->subject, block->at, &codes, err)) return false;
    size_t *count = ARENA_ARRAY(eval->arena, size_t, codes->n),
           *round_of = ARENA_ARRAY(eval->arena, size_t, codes->n);
    for (size_t i = 0; i < scope->n_rows; i++)
        if (codes->of_row[scope->rows[i]] != SIZE_MAX) count[codes->of_row[scope->rows[i]]]++;
    *n = 0;
    for (size_t code = 0; code < codes->n; code++) *n += count[code] > 0;
    *rounds = ARENA_ARRAY(eval->arena, Round, *n);
    size_t **rows = ARENA_ARRAY(eval->arena, size_t *, *n), next = 0;
    for (size_t code = 0; code < codes->n; code++) {
        if (!count[code]) continue;
        rows[next] = ARENA_ARRAY(eval->arena, size_t, count[code]);
        (*rounds)[next] = (Round){.label = codes->texts[code], .code = code, .scope = *scope, .place = next};
        (*rounds)[next].scope.rows = rows[next];
        (*rounds)[next].scope.n_rows = 0;
        round_of[code] = next++;
    }
    for (size_t i = 0; i < scope->n_rows; i++) {
        size_t row = scope->rows[i], code = codes->of_row[row];
        if (code != SIZE_MAX) rows[round_of[code]][(*rounds)[round_of[code]].scope.n_rows++] = row;
    }
    return true;
}

/* Rounds of the levels that the spec lists, also those that do not occur. */
static bool rounds_of_spec(Eval *eval, const OutputBlock *block, const Scope *scope, Round **rounds,
                           size_t *n, Error *err)
{
    Codes *codes;
    if (!data_codes(eval->frames, eval->data, block->subject, block->at, &codes, err)) return false;
    *n = block->levels.n;
    *rounds = ARENA_ARRAY(eval->arena, Round, *n);
    for (size_t i = 0; i < *n; i++) {
        const OutputLevel *level = &block->levels.items[i];
        Round *round = &(*rounds)[i];
        *round = (Round){.label = level->label, .level = level, .place = i};
        if (!eval_narrow(eval, scope, level->where, level->at, &round->scope, err)) return false;
        if (!level->value.len) continue;
        size_t code = codes_find(codes, level->value), kept = 0;
        size_t *rows = ARENA_ARRAY(eval->arena, size_t, round->scope.n_rows);
        for (size_t k = 0; k < round->scope.n_rows; k++)
            if (code != SIZE_MAX && codes->of_row[round->scope.rows[k]] == code)
                rows[kept++] = round->scope.rows[k];
        round->scope.rows = rows;
        round->scope.n_rows = kept;
    }
    return true;
}

static bool rank_by_variable(Eval *eval, const OutputBlock *block, Round *round, Error *err)
{
    const Column *column;
    if (!data_column(eval->data, block->order.by, block->order.at, &column, err)) return false;
    if (!column_is_number(column))
        return yaml_error(block->order.at, err, ERROR_INCONSISTENT,
                          "column \"" STR_FMT "\" is text, levels are ordered by a number",
                          STR_ARG(column->name));
    double sum = 0, n = 0;
    for (size_t i = 0; i < round->scope.n_rows; i++)
        if (!column->missing[round->scope.rows[i]]) {
            sum += column->numbers[round->scope.rows[i]];
            n++;
        }
    round->rank = n > 0 ? sum / n : INFINITY;
    return true;
}

static bool rank_rounds(Eval *eval, const OutputBlock *block, Round *rounds, size_t n, Error *err)
{
    size_t column = 0;
    OutputOrderKind kind = block->order.kind;
    if (block->levels.n && !block->order.at) kind = ORDER_DATA;
    if (kind == ORDER_MOST && !eval_find_column(eval, block->order.by, block->order.at, &column, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        rounds[i].by_label = kind != ORDER_DATA;
        if (kind == ORDER_BY_VARIABLE && !rank_by_variable(eval, block, &rounds[i], err)) return false;
        if (kind != ORDER_MOST) continue;
        Count count;
        Str distinct = block->distinct.len ? block->distinct : eval->spec->distinct;
        if (!eval_count(eval, &rounds[i].scope, column, distinct, block->at, &count, err)) return false;
        rounds[i].rank = -count.n;
    }
    if (n) qsort(rounds, n, sizeof *rounds, compare_rounds);
    return true;
}

/* Adds the level to the words of the round's scope. A level without a value is a condition, which
 * eval_narrow has said. */
static void say_level(Eval *eval, Str variable, Round *round)
{
    Str value = round->level ? round->level->value : round->label, *words = &round->scope.words;
    if (value.len == 0) return;
    *words = str_format(eval->arena, STR_FMT "%s" STR_FMT " = '" STR_FMT "'", STR_ARG(*words),
                        words->len ? " AND " : "", STR_ARG(variable), STR_ARG(value));
}

static bool by_write(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err)
{
    Round *rounds;
    size_t n;
    Scope narrow;
    if (!eval_narrow(eval, scope, block->where, block->at, &narrow, err)) return false;
    if (!(block->levels.n ? rounds_of_spec : rounds_of_data)(eval, block, &narrow, &rounds, &n, err) ||
        !rank_rounds(eval, block, rounds, n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        Scope *inner = &rounds[i].scope;
        Binding binding = {block->subject, eval_cut(eval->spec, block, rounds[i].label), scope->bindings};
        inner->bindings = &binding;
        say_level(eval, block->subject, &rounds[i]);
        Scope grouped = eval_group(eval, inner, block);
        grouped.indent += block->indent;
        if (!eval_blocks(eval, &block->rows, &grouped, err)) return false;
    }
    return true;
}

const OutputBlockKind block_kind_by = {
    .name = "by",
    .subject = "variable",
    .summary = "its rows once for each level of a variable, which labels call {VARIABLE}",
    .keys = "analysis where levels order distinct label_width group header indent rows tests",
    .down = true,
    .across = true,
    .write = by_write,
};
