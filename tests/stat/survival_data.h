/* What the reference cases of survival hold, for the tests of Kaplan-Meier, log-rank and Cox. */
#ifndef STAT_SURVIVAL_DATA_H
#define STAT_SURVIVAL_DATA_H

#include "stat/survival.h"
#include "stat/reference.h"

/* Codes 0, 1, .. of the texts of an array, in the order of the texts (which must be few). */
static inline size_t *codes_of_texts(Test *t, const Json *texts, size_t *n_codes)
{
    size_t *code = ARENA_ARRAY(t->arena, size_t, texts->n);
    Str *seen = ARENA_ARRAY(t->arena, Str, texts->n + 1);
    *n_codes = 0;
    for (size_t i = 0; i < texts->n; i++) {
        size_t k = 0;
        while (k < *n_codes && str_compare(seen[k], texts->items[i].text) < 0) k++;
        if (k < *n_codes && str_equal(seen[k], texts->items[i].text)) continue;
        for (size_t j = (*n_codes)++; j > k; j--) seen[j] = seen[j - 1];
        seen[k] = texts->items[i].text;
    }
    for (size_t i = 0; i < texts->n; i++)
        while (!str_equal(seen[code[i]], texts->items[i].text)) code[i]++;
    return code;
}

static inline SurvivalData reference_survival(Test *t, const Json *input)
{
    SurvivalData data;
    size_t n;
    data.time = reference_numbers(t, input, "time", &data.n);
    const double *event = reference_numbers(t, input, "event", &n);
    bool *happened = ARENA_ARRAY(t->arena, bool, n);
    for (size_t i = 0; i < n; i++) happened[i] = event[i] > 0;
    data.event = happened;
    return data;
}

/* Those whose code is `wanted`. */
static inline SurvivalData survival_of_code(Test *t, const SurvivalData *all, const size_t *code, size_t wanted)
{
    double *time = ARENA_ARRAY(t->arena, double, all->n);
    bool *event = ARENA_ARRAY(t->arena, bool, all->n);
    SurvivalData some = {0, time, event};
    for (size_t i = 0; i < all->n; i++)
        if (code[i] == wanted) time[some.n] = all->time[i], event[some.n++] = all->event[i];
    return some;
}

#endif
