/* An effect within each level of a subgroup, from one model, with the test of whether the levels differ. */
#include "report/output_kind.h"

#include <math.h>

#include "stat/subgroup.h"

#define SUBGROUP_STATISTICS                                                                                  \
    (STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_ESTIMATE) | STATISTIC_BIT(STATISTIC_SE) |          \
     STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH) | STATISTIC_BIT(STATISTIC_P))

static CellValues effect_cell(const SubgroupEffect *effect)
{
    CellValues cell = cell_values_none();
    cell.of[STATISTIC_N] = (double)effect->n;
    if (!effect->effect.is_estimable) return cell;
    cell.of[STATISTIC_ESTIMATE] = effect->effect.estimate;
    cell.of[STATISTIC_SE] = effect->effect.se;
    cell.of[STATISTIC_CI_LOW] = effect->effect.lower;
    cell.of[STATISTIC_CI_HIGH] = effect->effect.upper;
    return cell;
}

static Str level_label(Arena *arena, const OutputBlock *block, const SubgroupEffect *effect)
{
    Str label = effect->level.len ? effect->level : block->overall;
    for (size_t i = 0; effect->level.len && i < block->levels.n; i++)
        if (str_equal(block->levels.items[i].value, effect->level)) label = block->levels.items[i].label;
    return effect->contrast.len
               ? str_format(arena, STR_FMT ": " STR_FMT, STR_ARG(label), STR_ARG(effect->contrast))
               : label;
}

/* One row; the p-value of the interaction stands in the first row of the levels alone. */
static void write_effect(Eval *eval, const OutputBlock *block, const Scope *scope,
                         const SubgroupEffect *effect, double p, const Provenance *from)
{
    const uint64_t is_p = STATISTIC_BIT(STATISTIC_P);
    CellValues cell = effect_cell(effect);
    cell.of[STATISTIC_P] = p;
    Scope named = *scope;
    if (!effect->level.len) named.group = (Str){0};
    eval_row(eval, &named, block, level_label(eval->arena, block, effect));
    for (size_t i = 0; i < eval->spec->across.n; i++) {
        const OutputItem *item = &eval->spec->across.items[i];
        if ((item->format.uses & is_p) && isnan(p)) continue;
        int decimals = item->decimals != DECIMALS_UNSAID         ? item->decimals
                       : eval->spec->decimals != DECIMALS_UNSAID ? eval->spec->decimals
                                                                 : 0;
        template_write(eval->document, eval->table, i + 1, &item->format, &cell, &eval->formats, decimals,
                       item->prefix, from);
    }
}

static bool subgroup_check(Arena *arena, const OutputSpec *spec, const OutputBlock *block, Error *err)
{
    (void)arena, (void)spec;
    if (!block->variance.len || str_equal(block->variance, STR("own")) || str_equal(block->variance, STR("pooled"))) return true;
    yaml_error(block->at, err, ERROR_INCONSISTENT, "there is no variance \"" STR_FMT "\" of subgroups", STR_ARG(block->variance));
    return error_hint(err, "Say own (each level has its own) or pooled (one for all, the default).");
}

static bool subgroup_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow;
    SubgroupResult result;
    if (!block->outcome.len) {
        yaml_error(block->at, err, ERROR_MALFORMED, "a subgroup lacks the key \"outcome\"");
        return error_hint(err, "Name the column whose effect it shows, such as CHG.");
    }
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err)) return false;
    SubgroupOptions options = {.outcome = block->outcome,
                               .factor = block->factor,
                               .reference = block->reference,
                               .subgroup = block->subject,
                               .covariates = block->covariates,
                               .confidence = isnan(block->confidence) ? 0.95 : block->confidence,
                               .own_variance = str_equal(block->variance, STR("own"))};
    if (!subgroup_effects(eval->arena, eval->data->frame, narrow.rows, narrow.n_rows, &options, &result, err))
        return error_at(err, block->at);
    Provenance *from = eval_provenance(eval, &narrow, SIZE_MAX, block->outcome,
                                       STR("linear model with interaction"), STR("ls-means"));
    from->n_records = result.n;
    from->options = str_format(eval->arena, "subgroup " STR_FMT "; %g %% confidence; %s; exploratory",
                               STR_ARG(block->subject), 100 * options.confidence,
                               options.own_variance ? "each level with its own variance" : "one variance");
    if (block->overall.len && result.n_effects)
        write_effect(eval, block, &narrow, &result.effects[0], NAN, from);
    Scope scope = eval_group(eval, &narrow, block);
    for (size_t i = 1; i < result.n_effects; i++)
        write_effect(eval, block, &scope, &result.effects[i],
                     i == 1 && result.interaction.df > 0 ? result.interaction.p : NAN, from);
    return true;
}

const OutputBlockKind block_kind_subgroup = {
    .name = "subgroup",
    .subject = "variable",
    .summary = "the effect in each level of a subgroup, and the test that they are the same; exploratory",
    .keys = "analysis where group header outcome factor reference covariates levels overall variance confidence indent",
    .statistics = SUBGROUP_STATISTICS,
    .across = true,
    .check = subgroup_check,
    .write = subgroup_write,
};
