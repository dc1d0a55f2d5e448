#include <math.h>

#include "math/distribution.h"
#include "math/root.h"
#include "stat/cmh.h"

#define AS_LIKELY (1 + 1e-7) /* the rule of R's exact tests */
#define ROOT_TOLERANCE 1e-12 /* of a log odds ratio */

/* The sum of the first cells given all margins: chance[s] of lowest + s, s = 0 .. n - 1, at an odds ratio of 1. */
typedef struct {
    size_t lowest, n, seen; /* seen: the place of the sum seen */
    double *chance;
} SumOfCells;

typedef struct {
    size_t low, high, a;
    double row, other_row, column;
} Support;

static bool support_of(const size_t *x, Support *s)
{
    size_t row = x[0] + x[1], other = x[2] + x[3], column = x[0] + x[2], rest = x[1] + x[3];
    *s = (Support){column > other ? column - other : 0, column < row ? column : row, x[0], (double)row, (double)other,
                   (double)column};
    return row > 0 && other > 0 && column > 0 && rest > 0;
}

static void convolve(Arena *scratch, SumOfCells *sum, const Support *s)
{
    size_t width = s->high - s->low + 1, n = sum->n + width - 1;
    double *chance = ARENA_ARRAY(scratch, double, n);
    for (size_t k = 0; k < width; k++) {
        double p = hypergeometric_pmf((double)(s->low + k), s->row, s->other_row, s->column);
        for (size_t j = 0; j < sum->n; j++) chance[j + k] += p * sum->chance[j];
    }
    sum->chance = chance, sum->n = n;
    sum->lowest += s->low, sum->seen += s->a - s->low;
}

/* What is asked of the distribution at an odds ratio, less what it should be. */
typedef enum { MEAN, UPPER_TAIL, LOWER_TAIL } Asked;
typedef struct {
    const SumOfCells *sum;
    Asked asked;
    double should;
} Equation;

static double excess(double log_odds, void *context)
{
    const Equation *e = context;
    double largest = -INFINITY, total = 0, wanted = 0;
    for (size_t s = 0; s < e->sum->n; s++) largest = fmax(largest, log(e->sum->chance[s]) + (double)s * log_odds);
    for (size_t s = 0; s < e->sum->n; s++) {
        double p = exp(log(e->sum->chance[s]) + (double)s * log_odds - largest);
        bool is_in = e->asked == UPPER_TAIL ? s >= e->sum->seen : s <= e->sum->seen;
        total += p;
        wanted += e->asked == MEAN ? p * (double)s : is_in ? p : 0;
    }
    return wanted / total - e->should;
}

static double odds_where(const SumOfCells *sum, Asked asked, double should)
{
    Equation equation = {sum, asked, should};
    double log_odds;
    return root_around(excess, &equation, 0, 1, ROOT_TOLERANCE, &log_odds) ? exp(log_odds) : NAN;
}

static void conclude(const SumOfCells *sum, double level, ExactOddsRatio *result)
{
    double limit = sum->chance[sum->seen] * AS_LIKELY, alpha = (1 - level) / 2;
    for (size_t s = 0; s < sum->n; s++) {
        if (sum->chance[s] <= limit) result->p += sum->chance[s];
        if (s >= sum->seen) result->p_greater += sum->chance[s];
        if (s <= sum->seen) result->p_less += sum->chance[s];
    }
    result->p = fmin(result->p, 1);
    result->sum = (double)(sum->lowest + sum->seen);
    bool is_low = sum->seen == 0, is_high = sum->seen + 1 == sum->n;
    result->odds_ratio = is_low ? 0 : is_high ? INFINITY : odds_where(sum, MEAN, (double)sum->seen);
    result->ci.lower = is_low ? 0 : odds_where(sum, UPPER_TAIL, alpha);
    result->ci.upper = is_high ? INFINITY : odds_where(sum, LOWER_TAIL, alpha);
}

bool cmh_exact(Arena *scratch, const StratifiedTable *table, double level, ExactOddsRatio *result, Error *err)
{
    CommonOddsRatio checked;
    if (!cmh_common_odds_ratio(table, level, &checked, err)) return false;
    size_t n = 1;
    Support s;
    for (size_t h = 0; h < table->n_strata; h++)
        if (support_of(&table->counts[4 * h], &s)) n += s.high - s.low;
    if (n > CMH_EXACT_MAX) {
        error_set(err, ERROR_USAGE, "%zu possible sums are too many for an exact test", n);
        return error_hint(err, "With so many subjects the Mantel-Haenszel test says the same.");
    }
    ArenaMark mark = arena_mark(scratch);
    SumOfCells sum = {.n = 1, .chance = (double[]){1}};
    for (size_t h = 0; h < table->n_strata; h++)
        if (support_of(&table->counts[4 * h], &s)) convolve(scratch, &sum, &s);
    *result = (ExactOddsRatio){0};
    conclude(&sum, level, result);
    arena_rewind(scratch, mark);
    return true;
}
