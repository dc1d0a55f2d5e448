#include "report/report_families.h"

#include <math.h>

#include "stat/multiplicity.h"

static bool names_family(const OutputBlocks *blocks)
{
    for (size_t i = 0; i < blocks->n; i++)
        if (blocks->items[i].family.len || names_family(&blocks->items[i].rows)) return true;
    return false;
}

static Adjustment adjustment_of(FamilyMethod method)
{
    static const Adjustment adjustments[] = {[FAMILY_HOLM] = ADJUSTMENT_HOLM,
                                             [FAMILY_BONFERRONI] = ADJUSTMENT_BONFERRONI,
                                             [FAMILY_HOCHBERG] = ADJUSTMENT_HOCHBERG,
                                             [FAMILY_NONE] = ADJUSTMENT_NONE};
    return method < sizeof adjustments / sizeof adjustments[0] ? adjustments[method] : ADJUSTMENT_NONE;
}

/* Tested in the order of the file, each only if all before it succeeded: the largest p so far. */
static void adjust_in_sequence(const double *p, size_t n, double *adjusted)
{
    for (size_t i = 0; i < n; i++) adjusted[i] = i && adjusted[i - 1] > p[i] ? adjusted[i - 1] : p[i];
}

/* p-values that could not be computed stay so and do not count. */
static bool adjust(Arena *arena, FamilyState *family, Error *err)
{
    double *known = ARENA_ARRAY(arena, double, family->n), *adjusted = ARENA_ARRAY(arena, double, family->n);
    size_t n = 0;
    for (size_t i = 0; i < family->n; i++)
        if (!isnan(family->p[i])) known[n++] = family->p[i];
    if (family->family->method == FAMILY_FIXED_SEQUENCE)
        adjust_in_sequence(known, n, adjusted);
    else if (!adjust_p(arena, adjustment_of(family->family->method), known, n, adjusted, err))
        return false;
    family->adjusted = ARENA_ARRAY(arena, double, family->n);
    n = 0;
    for (size_t i = 0; i < family->n; i++) family->adjusted[i] = isnan(family->p[i]) ? NAN : adjusted[n++];
    return true;
}

bool families_gather(OutputContext *context, Error *err)
{
    const OutputPlan *plan = context->frames->plan;
    const Families *families = &plan->protocol->families;
    context->families = ARENA_ARRAY(context->arena, FamilyState, families->n);
    for (size_t f = 0; f < families->n; f++)
        context->families[f] = (FamilyState){.family = &families->items[f],
                                             .first = ARENA_ARRAY(context->arena, size_t, plan->n_specs)};
    context->is_gathering = true;
    for (size_t i = 0; i < plan->n_specs; i++) {
        Table *table;
        for (size_t f = 0; f < families->n; f++) context->families[f].first[i] = context->families[f].n;
        if (!names_family(&plan->specs[i].rows)) continue;
        if (!output_table_make(context, &plan->specs[i], document_new(context->arena, (Str){0}), NULL, &table,
                               err))
            return false;
    }
    context->is_gathering = false;
    for (size_t f = 0; f < families->n; f++)
        if (!adjust(context->arena, &context->families[f], err)) return false;
    return true;
}

void families_begin(OutputContext *context, size_t spec)
{
    for (size_t f = 0; f < context->frames->plan->protocol->families.n; f++)
        context->families[f].next = context->families[f].first[spec];
}
