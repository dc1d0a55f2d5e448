/* The conditional likelihood. With eps_ih = exp(h theta - sum of the first h thresholds of item i), the chance of a
 * score r on a pattern of items is gamma_r, the coefficient of x^r in the product of sum_h eps_ih x^h, once every item's
 * eps are scaled to sum to 1. Conditional chances do not depend on theta, which is chosen so that gamma_r is far from
 * underflow for the scores at hand. All sums are of positive terms; the second derivatives take, for each item, one sweep
 * up through the products and one sweep down through the weights. */
#include <math.h>
#include <string.h>

#include "math/matrix.h"
#include "stat/partial_credit_inside.h"

#define FARTHEST 400.0      /* in logits: abilities are looked for up to here */
#define LEAST_GAMMA 1e-200  /* a score less likely than this waits for another theta */

ScoreMoments score_moments(const double *t, size_t m, double theta)
{
    double weight[PARTIAL_CREDIT_MAX_SCORE + 1], exponent = 0, largest = 0, sum = 0;
    weight[0] = 0;
    for (size_t h = 1; h <= m; h++) {
        exponent += theta - t[h - 1];
        weight[h] = exponent;
        largest = fmax(largest, exponent);
    }
    for (size_t h = 0; h <= m; h++) sum += weight[h] = exp(weight[h] - largest);
    ScoreMoments moments = {0};
    for (size_t h = 0; h <= m; h++) moments.mean += (double)h * weight[h] / sum;
    for (size_t h = 0; h <= m; h++) {
        double d = (double)h - moments.mean, w = weight[h] / sum;
        moments.variance += d * d * w, moments.third += d * d * d * w, moments.fourth += d * d * d * d * w;
    }
    return moments;
}

double ability_for(const ScoreCounts *counts, const double *threshold, const size_t *items, size_t n, double score)
{
    double low = -FARTHEST, high = FARTHEST;
    for (double middle = 0; middle > low && middle < high; middle = (low + high) / 2) {
        double expected = 0;
        for (size_t k = 0; k < n; k++) {
            size_t i = items[k], m = counts->first[i + 1] - counts->first[i];
            expected += score_moments(&threshold[counts->first[i]], m, middle).mean;
        }
        if (expected < score)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* One pattern at one theta. Item k of the pattern has categories 0 .. m[k]; eps of category h at at[k] + h. */
typedef struct {
    const ScoreCounts *counts;
    const ScorePattern *pattern;
    size_t width;             /* pattern->most + 1 */
    size_t *m, *at;
    double *eps, *log_scale;  /* what each item's eps were divided by */
    double *gamma;            /* width */
    double *up, *down;        /* (n_items + 1) x width: products of the items so far; weights through the others */
    double *weight;           /* width; persons over gamma, of the scores this theta serves */
    double *given;            /* q x width: the chance of category h (from 1) of an item, given the score */
} Sweep;

static Sweep sweep_new(Arena *arena, const ScoreCounts *counts, const ScorePattern *pattern)
{
    size_t n = pattern->n_items, width = pattern->most + 1;
    Sweep s = {.counts = counts, .pattern = pattern, .width = width};
    s.m = ARENA_ARRAY(arena, size_t, n), s.at = ARENA_ARRAY(arena, size_t, n);
    for (size_t k = 0, at = 0; k < n; at += s.m[k++] + 1) {
        s.m[k] = counts->first[pattern->items[k] + 1] - counts->first[pattern->items[k]];
        s.at[k] = at;
    }
    s.eps = ARENA_ARRAY(arena, double, counts->q + counts->n_items), s.log_scale = ARENA_ARRAY(arena, double, n);
    s.gamma = ARENA_ARRAY(arena, double, width), s.weight = ARENA_ARRAY(arena, double, width);
    s.up = ARENA_ARRAY(arena, double, (n + 1) * width), s.down = ARENA_ARRAY(arena, double, (n + 1) * width);
    s.given = ARENA_ARRAY(arena, double, counts->q *width);
    return s;
}

static void set_theta(Sweep *s, const double *threshold, double theta)
{
    for (size_t k = 0; k < s->pattern->n_items; k++) {
        const double *t = &threshold[s->counts->first[s->pattern->items[k]]];
        double *eps = &s->eps[s->at[k]], exponent = 0, largest = 0, sum = 0;
        eps[0] = 0;
        for (size_t h = 1; h <= s->m[k]; h++) eps[h] = exponent += theta - t[h - 1], largest = fmax(largest, exponent);
        for (size_t h = 0; h <= s->m[k]; h++) sum += exp(eps[h] - largest);
        s->log_scale[k] = largest + log(sum);
        for (size_t h = 0; h <= s->m[k]; h++) eps[h] = exp(eps[h] - s->log_scale[k]);
    }
}

/* to = from times the polynomial of item k, degrees below width. */
static void multiply(const Sweep *s, size_t k, const double *from, double *to)
{
    memset(to, 0, s->width * sizeof *to);
    for (size_t h = 0; h <= s->m[k]; h++)
        for (size_t r = h; r < s->width; r++) to[r] += s->eps[s->at[k] + h] * from[r - h];
}

/* The transpose of that: what each degree is worth before item k is multiplied in. */
static void pull_back(const Sweep *s, size_t k, const double *from, double *to)
{
    memset(to, 0, s->width * sizeof *to);
    for (size_t h = 0; h <= s->m[k]; h++)
        for (size_t r = h; r < s->width; r++) to[r - h] += s->eps[s->at[k] + h] * from[r];
}

/* Products of the items before each one, `skipped` (n_items for none) left out; the last row is of all of them. */
static void sweep_up(Sweep *s, size_t skipped)
{
    memset(s->up, 0, s->width * sizeof *s->up);
    s->up[0] = 1;
    for (size_t k = 0; k < s->pattern->n_items; k++) {
        double *from = &s->up[k * s->width], *to = from + s->width;
        if (k == skipped)
            memcpy(to, from, s->width * sizeof *to);
        else
            multiply(s, k, from, to);
    }
}

/* Row k: the weights pulled back through items k and after it; those up to `last` are not needed. */
static void sweep_down(Sweep *s, size_t last)
{
    size_t n = s->pattern->n_items;
    memcpy(&s->down[n * s->width], s->weight, s->width * sizeof *s->weight);
    for (size_t k = n; k-- > last + 1;) pull_back(s, k, &s->down[(k + 1) * s->width], &s->down[k * s->width]);
}

/* Chances of item k's categories given each score, and its own second moments. */
static void add_item(Sweep *s, size_t k, double *expected, double *second)
{
    size_t q = s->counts->q, first = s->counts->first[s->pattern->items[k]];
    const double *others = &s->up[s->pattern->n_items * s->width];
    for (size_t h = 1; h <= s->m[k]; h++) {
        double *given = &s->given[(first + h - 1) * s->width], sum = 0;
        for (size_t r = 0; r < s->width; r++) {
            bool is_met = r >= h && s->weight[r] > 0;
            given[r] = is_met ? s->eps[s->at[k] + h] * others[r - h] / s->gamma[r] : 0;
            sum += given[r] * s->weight[r] * s->gamma[r];
        }
        expected[first + h - 1] += sum;
        second[(first + h - 1) * q + first + h - 1] += sum;
    }
}

/* Second moments of item k with the items after it. */
static void add_pairs(Sweep *s, size_t k, double *second)
{
    size_t q = s->counts->q, a = s->counts->first[s->pattern->items[k]];
    for (size_t l = k + 1; l < s->pattern->n_items; l++) {
        size_t b = s->counts->first[s->pattern->items[l]];
        const double *up = &s->up[l * s->width], *down = &s->down[(l + 1) * s->width];
        for (size_t h = 1; h <= s->m[k]; h++)
            for (size_t j = 1; j <= s->m[l]; j++) {
                double both = h + j < s->width ? dot(up, down + h + j, s->width - h - j) : 0;
                second[(a + h - 1) * q + b + j - 1] += s->eps[s->at[k] + h] * s->eps[s->at[l] + j] * both;
            }
    }
}

/* Less the products of the means, score by score. */
static void subtract_means(Sweep *s, double *second)
{
    size_t q = s->counts->q;
    double *weighted = s->up;
    for (size_t k = 0; k < s->pattern->n_items; k++)
        for (size_t h = 0; h < s->m[k]; h++) {
            size_t a = s->counts->first[s->pattern->items[k]] + h;
            for (size_t r = 0; r < s->width; r++) weighted[r] = s->given[a * s->width + r] * s->weight[r] * s->gamma[r];
            for (size_t l = k; l < s->pattern->n_items; l++)
                for (size_t j = 0; j < s->m[l]; j++) {
                    size_t b = s->counts->first[s->pattern->items[l]] + j;
                    if (b >= a) second[a * q + b] -= dot(weighted, &s->given[b * s->width], s->width);
                }
        }
}

/* The least-served score's ability, then all scores it serves too; returns their part of the log likelihood. */
static double add_served(Sweep *s, const double *threshold, unsigned char *served, double *expected, double *second)
{
    size_t n = s->pattern->n_items, low = 1, high = s->width - 1;
    while (served[low]) low++;
    while (served[high]) high--;
    size_t target = (low + high) / 2;
    while (served[target]) target++;
    double theta = ability_for(s->counts, threshold, s->pattern->items, n, (double)target), sum = 0, scale = 0;
    set_theta(s, threshold, theta);
    sweep_up(s, n);
    memcpy(s->gamma, &s->up[n * s->width], s->width * sizeof *s->gamma);
    for (size_t k = 0; k < n; k++) scale += s->log_scale[k];
    for (size_t r = 0; r < s->width; r++) {
        bool is_served = !served[r] && (s->gamma[r] > LEAST_GAMMA || r == target);
        s->weight[r] = is_served ? s->pattern->count[r] / s->gamma[r] : 0;
        if (!is_served) continue;
        served[r] = 1;
        sum -= s->pattern->count[r] * (log(s->gamma[r]) + scale - (double)r * theta);
    }
    for (size_t k = 0; second && k < n; k++) {
        sweep_up(s, k);
        sweep_down(s, k);
        add_item(s, k, expected, second);
        add_pairs(s, k, second);
    }
    if (second) subtract_means(s, second);
    return sum;
}

static double add_pattern(Arena *scratch, const ScoreCounts *counts, const ScorePattern *pattern,
                          const double *threshold, double *expected, double *second)
{
    ArenaMark mark = arena_mark(scratch);
    Sweep s = sweep_new(scratch, counts, pattern);
    unsigned char *served = ARENA_ARRAY(scratch, unsigned char, s.width);
    double sum = 0;
    for (size_t r = 0; r < s.width; r++) served[r] = !(pattern->count[r] > 0);
    while (memchr(served, 0, s.width)) sum += add_served(&s, threshold, served, expected, second);
    arena_rewind(scratch, mark);
    return sum;
}

/* From categories to steps: "reached step k" is the sum of the categories from k on. */
static void to_steps(const ScoreCounts *counts, double *a, size_t stride)
{
    for (size_t i = 0; i < counts->n_items; i++)
        for (size_t k = counts->first[i + 1] - 1; k-- > counts->first[i];) a[k * stride] += a[(k + 1) * stride];
}

double conditional_likelihood(Arena *scratch, const ScoreCounts *counts, const double *threshold, double *score,
                              double *information)
{
    size_t q = counts->q;
    double sum = 0;
    if (information) memset(information, 0, q * q * sizeof *information), memset(score, 0, q * sizeof *score);
    for (size_t p = 0; p < counts->n_patterns; p++)
        sum += add_pattern(scratch, counts, &counts->patterns[p], threshold, score, information);
    for (size_t k = 0; k < q; k++) sum -= threshold[k] * counts->observed[k];
    if (!information) return sum;
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < a; b++) information[a * q + b] = information[b * q + a];
    to_steps(counts, score, 1);
    for (size_t a = 0; a < q; a++) to_steps(counts, &information[a * q], 1);
    for (size_t a = 0; a < q; a++) to_steps(counts, &information[a], q);
    for (size_t k = 0; k < q; k++) score[k] -= counts->observed[k];
    return sum;
}
