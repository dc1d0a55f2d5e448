/* What follows once the items are calibrated: abilities, fit of the items, and whether groups agree on them. */
#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "stat/partial_credit_inside.h"

#define FARTHEST 400.0 /* in logits */

static size_t n_categories(const PartialCreditFit *fit, size_t i) { return fit->first[i + 1] - fit->first[i]; }

/* What the items of a row expect at theta. */
static ScoreMoments row_moments(const PartialCreditFit *fit, const int *responses, double theta)
{
    ScoreMoments sum = {0};
    for (size_t i = 0; i < fit->data.n_items; i++) {
        if (responses[i] < 0) continue;
        ScoreMoments one = score_moments(&fit->threshold[fit->first[i]], n_categories(fit, i), theta);
        sum.mean += one.mean, sum.variance += one.variance, sum.third += one.third;
    }
    return sum;
}

/* Where the (weighted) score function crosses zero, to the last bit. Far from the items the weight's term tends to
 * +-1/2 score point, so Warm's function has the signs it should at both ends. */
static double solve_theta(const PartialCreditFit *fit, const int *responses, double score, bool is_weighted)
{
    double low = -FARTHEST, high = FARTHEST;
    for (double middle = 0; middle > low && middle < high; middle = (low + high) / 2) {
        ScoreMoments sum = row_moments(fit, responses, middle);
        double pull = is_weighted && sum.variance > 0 ? sum.third / (2 * sum.variance) : 0;
        if (is_weighted && !(sum.variance > 0)) pull = middle < 0 ? .5 : -.5;
        if (score - sum.mean + pull > 0)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

PersonEstimate partial_credit_person(const PartialCreditFit *fit, const int *responses, PersonMethod method)
{
    PersonEstimate person = {.theta = NAN, .se = NAN};
    for (size_t i = 0; i < fit->data.n_items; i++) {
        if (responses[i] < 0) continue;
        person.n_items++;
        person.score += responses[i], person.most += (int)n_categories(fit, i);
    }
    if (person.n_items == 0) return person;
    person.se = INFINITY;
    if (method == PERSON_ML && (person.score <= 0 || person.score >= person.most)) {
        person.theta = person.score <= 0 ? -INFINITY : INFINITY;
        return person;
    }
    person.theta = solve_theta(fit, responses, person.score, method == PERSON_WLE);
    person.se = 1 / sqrt(row_moments(fit, responses, person.theta).variance);
    return person;
}

/* Wright & Masters (1982), page 101: the cube root of a mean square is nearly normal. */
static double wilson_hilferty(double mean_square, double variance)
{
    double q = sqrt(variance);
    return (cbrt(mean_square) - 1) * 3 / q + q / 3;
}

/* Sums over persons of one item, in the book's letters: W variance, C fourth moment, z^2, (x - E)^2. */
typedef struct {
    double n, W, z2, squares, outfit_variance, infit_variance;
} FitSums;

ItemFit *partial_credit_item_fit(Arena *arena, const PartialCreditFit *fit)
{
    size_t k = fit->data.n_items;
    ItemFit *result = ARENA_ARRAY(arena, ItemFit, k);
    FitSums *sums = ARENA_ARRAY(arena, FitSums, k);
    for (size_t v = 0; v < fit->data.n_persons; v++) {
        const int *x = &fit->data.responses[v * k];
        PersonEstimate person = partial_credit_person(fit, x, PERSON_ML);
        if (!isfinite(person.theta)) continue;
        for (size_t i = 0; i < k; i++) {
            if (x[i] < 0) continue;
            ScoreMoments m = score_moments(&fit->threshold[fit->first[i]], n_categories(fit, i), person.theta);
            double d = x[i] - m.mean, W = m.variance, C = m.fourth;
            FitSums *s = &sums[i];
            s->n++, s->W += W, s->z2 += d * d / W, s->squares += d * d;
            s->outfit_variance += C / (W * W) - 1, s->infit_variance += C - W * W;
        }
    }
    for (size_t i = 0; i < k; i++) {
        const FitSums *s = &sums[i];
        result[i] = (ItemFit){.n = (size_t)s->n, .infit = s->squares / s->W, .outfit = s->z2 / s->n};
        result[i].infit_t = wilson_hilferty(result[i].infit, s->infit_variance / (s->W * s->W));
        result[i].outfit_t = wilson_hilferty(result[i].outfit, s->outfit_variance / (s->n * s->n));
    }
    return result;
}

bool partial_credit_andersen(Arena *arena, const PartialCreditFit *fit, const size_t *group, size_t n_groups,
                             AndersenTest *test, Error *err)
{
    size_t k = fit->data.n_items;
    *test = (AndersenTest){.groups = ARENA_ARRAY(arena, PartialCreditFit, n_groups)};
    double log_likelihood = 0;
    for (size_t g = 0; g < n_groups; g++) {
        ItemResponses part = {.n_items = k, .names = fit->data.names};
        int *responses = ARENA_ARRAY(arena, int, fit->data.n_persons *k);
        for (size_t v = 0; v < fit->data.n_persons; v++)
            if (group[v] == g)
                memcpy(&responses[part.n_persons++ * k], &fit->data.responses[v * k], k * sizeof *responses);
        part.responses = responses;
        if (!partial_credit_fit(arena, &part, fit->model, &test->groups[g], err))
            return error_in(err, "group %zu of the persons", g + 1);
        if (test->groups[g].first[k] != fit->first[k] || test->groups[g].n_steps != fit->n_steps) {
            error_set(err, ERROR_DEGENERATE, "some category is never reached in group %zu of the persons", g + 1);
            return error_hint(err, "Join the category with its neighbour, or leave the item out.");
        }
        log_likelihood += test->groups[g].log_likelihood;
    }
    test->chisq = fmax(0, 2 * (log_likelihood - fit->log_likelihood));
    test->df = (double)((n_groups - 1) * fit->n_free);
    test->p = chisq_sf(test->chisq, test->df);
    return true;
}

size_t *partial_credit_split(Arena *arena, const PartialCreditFit *fit)
{
    size_t n = fit->data.n_persons, n_answered = 0, *group = ARENA_ARRAY(arena, size_t, n);
    double *theta = ARENA_ARRAY(arena, double, n), *answered = ARENA_ARRAY(arena, double, n);
    for (size_t v = 0; v < n; v++) {
        theta[v] = partial_credit_person(fit, &fit->data.responses[v * fit->data.n_items], PERSON_WLE).theta;
        if (!isnan(theta[v])) answered[n_answered++] = theta[v];
    }
    const double *sorted = sample_sorted(arena, answered, n_answered);
    double median = n_answered ? (sorted[(n_answered - 1) / 2] + sorted[n_answered / 2]) / 2 : 0;
    for (size_t v = 0; v < n; v++) group[v] = theta[v] > median;
    return group;
}
