#include "stat/multiplicity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *adjustment_word(Adjustment adjustment)
{
    static const char *const WORDS[] = {
#define X(name, word, keeps) word,
        ADJUSTMENTS(X)
#undef X
    };
    return WORDS[adjustment];
}

const char *adjustment_keeps(Adjustment adjustment)
{
    static const char *const KEEPS[] = {
#define X(name, word, keeps) keeps,
        ADJUSTMENTS(X)
#undef X
    };
    return KEEPS[adjustment];
}

bool adjustment_parse(Str word, Adjustment *adjustment)
{
    for (int i = ADJUSTMENT_NONE; i <= ADJUSTMENT_BY; i++)
        if (str_equal_fold(word, str_from(adjustment_word((Adjustment)i)))) {
            *adjustment = (Adjustment)i;
            return true;
        }
    return false;
}

/* The rules see p ascending, p[i] with i from 0, and adjust in place. */
typedef void AdjustSorted(Arena *scratch, double *p, size_t n);

static void adjust_none(Arena *scratch, double *p, size_t n) { (void)scratch, (void)p, (void)n; }

static void adjust_bonferroni(Arena *scratch, double *p, size_t n)
{
    (void)scratch;
    for (size_t i = 0; i < n; i++) p[i] *= (double)n;
}

static void adjust_holm(Arena *scratch, double *p, size_t n)
{
    (void)scratch;
    for (size_t i = 0; i < n; i++) p[i] = fmax((double)(n - i) * p[i], i > 0 ? p[i - 1] : 0);
}

/* From the largest down, each at most its successor: p times multiplier(i). */
static void step_up(double *p, size_t n, double factor, bool by_rank)
{
    for (size_t i = n; i-- > 0;) {
        double multiple = by_rank ? (double)n / (double)(i + 1) : (double)(n - i);
        p[i] = fmin(factor * multiple * p[i], i + 1 < n ? p[i + 1] : 1);
    }
}

static void adjust_hochberg(Arena *scratch, double *p, size_t n)
{
    (void)scratch;
    step_up(p, n, 1, false);
}

static void adjust_bh(Arena *scratch, double *p, size_t n)
{
    (void)scratch;
    step_up(p, n, 1, true);
}

static void adjust_by(Arena *scratch, double *p, size_t n)
{
    (void)scratch;
    double harmonic = 0;
    for (size_t i = 1; i <= n; i++) harmonic += 1 / (double)i;
    step_up(p, n, harmonic, true);
}

static void adjust_hommel(Arena *scratch, double *p, size_t n)
{
    double *a = arena_copy(scratch, p, n * sizeof *p);
    for (size_t m = n; m >= 2; m--) {
        double least = INFINITY;
        for (size_t i = n - m; i < n; i++) least = fmin(least, (double)m * p[i] / (double)(m + i + 1 - n));
        for (size_t i = 0; i < n; i++) a[i] = fmax(a[i], i < n - m ? fmin(least, (double)m * p[i]) : least);
    }
    memcpy(p, a, n * sizeof *p);
}

static AdjustSorted *const RULES[] = {
    [ADJUSTMENT_NONE] = adjust_none,         [ADJUSTMENT_BONFERRONI] = adjust_bonferroni,
    [ADJUSTMENT_HOLM] = adjust_holm,         [ADJUSTMENT_HOCHBERG] = adjust_hochberg,
    [ADJUSTMENT_HOMMEL] = adjust_hommel,     [ADJUSTMENT_BH] = adjust_bh,
    [ADJUSTMENT_BY] = adjust_by,
};

typedef struct {
    double p;
    size_t place;
} Placed;

static int compare_placed(const void *a, const void *b)
{
    double x = ((const Placed *)a)->p, y = ((const Placed *)b)->p;
    return (x > y) - (x < y);
}

bool adjust_p(Arena *scratch, Adjustment adjustment, const double *p, size_t n, double *adjusted, Error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!(p[i] >= 0 && p[i] <= 1)) {
            error_set(err, ERROR_MALFORMED, "number %zu of the %zu p values is %g, not between 0 and 1",
                      i + 1, n, p[i]);
            return error_hint(err,
                              "Leave out tests that could not be made; they take no share of the level.");
        }
    ArenaMark mark = arena_mark(scratch);
    Placed *placed = ARENA_ARRAY(scratch, Placed, n);
    double *sorted = ARENA_ARRAY(scratch, double, n);
    for (size_t i = 0; i < n; i++) placed[i] = (Placed){p[i], i};
    qsort(placed, n, sizeof *placed, compare_placed);
    for (size_t i = 0; i < n; i++) sorted[i] = placed[i].p;
    if (n > 0) RULES[adjustment](scratch, sorted, n);
    for (size_t i = 0; i < n; i++) adjusted[placed[i].place] = fmin(sorted[i], 1);
    arena_rewind(scratch, mark);
    return true;
}
