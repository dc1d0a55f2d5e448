#include "report/report_families.h"

#include <math.h>
#include <string.h>

static bool names_family(const OutputBlocks *blocks)
{
    for (size_t i = 0; i < blocks->n; i++)
        if (blocks->items[i].family.len || names_family(&blocks->items[i].rows)) return true;
    return false;
}

static bool adjust(Arena *arena, FamilyState *family, Error *err)
{
    (void)err;
    family->adjusted = arena_copy(arena, family->p, family->n * sizeof(double));
    return true;
}

bool families_gather(OutputContext *context, Error *err)
{
    const OutputPlan *plan = context->frames->plan;
    const Families *families = &plan->protocol->families;
    context->families = ARENA_ARRAY(context->arena, FamilyState, families->n);
    for (size_t f = 0; f < families->n; f++)
        context->families[f] = (FamilyState){.family = &families->items[f], .first = ARENA_ARRAY(context->arena, size_t, plan->n_specs)};
    context->is_gathering = true;
    for (size_t i = 0; i < plan->n_specs; i++) {
        Table *table;
        for (size_t f = 0; f < families->n; f++) context->families[f].first[i] = context->families[f].n;
        if (!names_family(&plan->specs[i].rows)) continue;
        if (!output_table_make(context, &plan->specs[i], document_new(context->arena, (Str){0}), NULL, &table, err)) return false;
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
