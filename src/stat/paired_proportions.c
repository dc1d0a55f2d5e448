#include "stat/paired_proportions.h"

#include <math.h>

#include "math/distribution.h"
#include "stat/proportion.h"

static double n_subjects(PairedCounts c) { return (double)(c.both + c.gained + c.lost + c.neither); }

static bool counts_check(PairedCounts c, Error *err)
{
    if (n_subjects(c) > 0) return true;
    error_set(err, ERROR_DEGENERATE, "there are no pairs");
    return error_hint(err, "Look at the population: nobody of it was seen twice.");
}

/* Correlation of the two answers, 0 where one of them never varies. */
static double phi_of(PairedCounts c)
{
    double a = (double)c.both, b = (double)c.gained, l = (double)c.lost, d = (double)c.neither;
    double margins = (a + b) * (l + d) * (a + l) * (b + d), cross = a * d - b * l;
    if (margins == 0) return 0;
    if (cross > 0) cross = fmax(cross - n_subjects(c) / 2, 0);
    return cross / sqrt(margins);
}

static double joined(double one, double other, double phi)
{
    return sqrt(fmax(one * one - 2 * phi * one * other + other * other, 0));
}

bool paired_difference_ci(PairedCounts counts, double level, Interval *ci, Error *err)
{
    Interval first, second;
    if (!counts_check(counts, err)) return false;
    size_t n = counts.both + counts.gained + counts.lost + counts.neither;
    size_t before = counts.both + counts.lost, after = counts.both + counts.gained;
    if (!proportion_wilson_ci(before, n, level, &first, err) || !proportion_wilson_ci(after, n, level, &second, err))
        return false;
    double p = (double)after / (double)n, q = (double)before / (double)n, phi = phi_of(counts);
    double difference = ((double)counts.gained - (double)counts.lost) / (double)n;
    ci->lower = difference - joined(p - second.lower, first.upper - q, phi);
    ci->upper = difference + joined(second.upper - p, q - first.lower, phi);
    return true;
}

/* Tango's letters: b gained, c lost, Delta the difference supposed, q the chance of a loss, root of A q^2 + B q + C. */
static double score_z(PairedCounts counts, double Delta)
{
    double n = n_subjects(counts), b = (double)counts.gained, c = (double)counts.lost;
    double A = 2 * n, B = -b - c + (2 * n - b + c) * Delta, C = -c * Delta * (1 - Delta);
    double root = sqrt(fmax(B * B - 4 * A * C, 0));
    double q = B > 0 ? -2 * C / (B + root) : (root - B) / (2 * A);
    double excess = b - c - n * Delta;
    return excess == 0 ? 0 : excess / sqrt(fmax(n * (2 * q + Delta * (1 - Delta)), 0));
}

/* z falls as the difference supposed rises: where it passes `limit` between low and high, to the last bit. */
static double difference_at(PairedCounts counts, double low, double high, double limit)
{
    for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        if (score_z(counts, middle) > limit)
            low = middle;
        else
            high = middle;
    return (low + high) / 2;
}

bool paired_difference_score(PairedCounts counts, double null, double level, PairedDifference *result, Error *err)
{
    if (!level_check(level, err) || !counts_check(counts, err)) return false;
    if (!(null > -1 && null < 1)) {
        error_set(err, ERROR_USAGE, "the hypothesised difference %g is not between -1 and 1", null);
        return error_hint(err, "Write a margin of 10 percentage points as 0.1.");
    }
    double limit = normal_quantile_upper((1 - level) / 2);
    double estimate = ((double)counts.gained - (double)counts.lost) / n_subjects(counts);
    *result = (PairedDifference){.estimate = estimate, .z = score_z(counts, null)};
    result->p_two_sided = 2 * normal_sf(fabs(result->z));
    result->p_greater = normal_sf(result->z), result->p_less = normal_cdf(result->z);
    result->ci.lower = difference_at(counts, -1, estimate, limit);
    result->ci.upper = difference_at(counts, estimate, 1, -limit);
    return true;
}
