#include "stat/cmh.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"

/* An eigenvalue below this share of the largest is what rounding leaves of zero. */
#define RANK_SHARE 1e-10

static bool refuse_uninformative(Error *err)
{
    error_set(err, ERROR_DEGENERATE, "no stratum has counts in two rows and two columns");
    return error_hint(err, "Join strata, or describe the counts without a test.");
}

/* One stratum of 2 x 2: the count of the first cell, its margins, and their total. */
typedef struct {
    double a, b, c, d;
    double row, other_row, column, other_column, n;
} Stratum;

static Stratum stratum_of(const size_t *counts)
{
    Stratum s = {
        .a = (double)counts[0], .b = (double)counts[1], .c = (double)counts[2], .d = (double)counts[3]};
    s.row = s.a + s.b, s.other_row = s.c + s.d;
    s.column = s.a + s.c, s.other_column = s.b + s.d;
    s.n = s.row + s.other_row;
    return s;
}

static bool stratum_informs(const Stratum *s)
{
    return s->row > 0 && s->other_row > 0 && s->column > 0 && s->other_column > 0;
}

/* Sums over the strata: of a less its mean, its variance, and the terms R, S, P R, P S + Q R, Q S of Robins,
 * Breslow & Greenland. */
typedef struct {
    double deviation, variance, r, s, pr, ps_qr, qs;
} MantelHaenszel;

static void add_stratum(MantelHaenszel *sum, const Stratum *s)
{
    double R = s->a * s->d / s->n, S = s->b * s->c / s->n, P = (s->a + s->d) / s->n, Q = (s->b + s->c) / s->n;
    sum->deviation += s->a - s->row * s->column / s->n;
    sum->variance += s->row * s->other_row * s->column * s->other_column / (s->n * s->n * (s->n - 1));
    sum->r += R, sum->s += S;
    sum->pr += P * R, sum->ps_qr += P * S + Q * R, sum->qs += Q * S;
}

/* The first cell that has odds ratio psi and the margins of s: the root of a quadratic, written so that nothing
 * cancels. */
static double first_cell_at(const Stratum *s, double psi)
{
    double a = 1 - psi, b = s->other_row - s->column + psi * (s->row + s->column),
           c = psi * s->row * s->column;
    double root = sqrt(b * b + 4 * a * c);
    return b > 0 ? 2 * c / (b + root) : (root - b) / (2 * a);
}

static void test_homogeneity(const StratifiedTable *table, CommonOddsRatio *result)
{
    result->homogeneity = NAN, result->df = 0, result->p_homogeneity = 1;
    if (result->n_informative < 2 || !(result->odds_ratio > 0) || isinf(result->odds_ratio)) return;
    double chisq = 0, deviation = 0, variance = 0;
    for (size_t h = 0; h < table->n_strata; h++) {
        Stratum s = stratum_of(&table->counts[4 * h]);
        if (!stratum_informs(&s)) continue;
        double A = first_cell_at(&s, result->odds_ratio);
        double v = 1 / (1 / A + 1 / (s.row - A) + 1 / (s.column - A) + 1 / (s.other_row - s.column + A));
        chisq += (s.a - A) * (s.a - A) / v;
        deviation += s.a - A, variance += v;
    }
    result->homogeneity = chisq - deviation * deviation / variance;
    result->df = (double)result->n_informative - 1;
    result->p_homogeneity = chisq_sf(result->homogeneity, result->df);
}

static void estimate_odds_ratio(const MantelHaenszel *sum, double level, CommonOddsRatio *result)
{
    result->odds_ratio = sum->r / sum->s;
    result->log_se = INFINITY, result->ci = (Interval){0, INFINITY};
    if (sum->r == 0 || sum->s == 0) return;
    result->log_se = sqrt(sum->pr / (2 * sum->r * sum->r) + sum->ps_qr / (2 * sum->r * sum->s) +
                          sum->qs / (2 * sum->s * sum->s));
    double times = exp(normal_quantile_upper((1 - level) / 2) * result->log_se);
    result->ci = (Interval){result->odds_ratio / times, result->odds_ratio * times};
}

bool cmh_common_odds_ratio(const StratifiedTable *table, double level, CommonOddsRatio *result, Error *err)
{
    if (!level_check(level, err)) return false;
    if (table->n_rows != 2 || table->n_columns != 2) {
        error_set(err, ERROR_USAGE, "a common odds ratio needs 2 x 2 tables, and these are %zu x %zu",
                  table->n_rows, table->n_columns);
        return error_hint(err, "Test the association instead, or compare two arms and two outcomes.");
    }
    *result = (CommonOddsRatio){0};
    MantelHaenszel sum = {0};
    for (size_t h = 0; h < table->n_strata; h++) {
        Stratum s = stratum_of(&table->counts[4 * h]);
        if (!stratum_informs(&s)) continue;
        add_stratum(&sum, &s);
        result->n_informative++;
    }
    if (result->n_informative == 0) return refuse_uninformative(err);
    double deviation = fabs(sum.deviation), corrected = deviation < .5 ? deviation : deviation - .5;
    result->chisq = deviation * deviation / sum.variance;
    result->chisq_corrected = corrected * corrected / sum.variance;
    result->p = chisq_sf(result->chisq, 1);
    result->p_corrected = chisq_sf(result->chisq_corrected, 1);
    estimate_odds_ratio(&sum, level, result);
    test_homogeneity(table, result);
    return true;
}

/* One stratum of r x c with its margins, and room for the scores of its rows and columns. */
typedef struct {
    size_t n_rows, n_columns;
    const size_t *counts;
    double *rows, *columns, n; /* margins */
    double *row_scores, *column_scores;
} Margins;

static bool take_margins(Margins *m, const StratifiedTable *table, size_t h)
{
    m->counts = &table->counts[h * m->n_rows * m->n_columns];
    memset(m->rows, 0, m->n_rows * sizeof *m->rows);
    memset(m->columns, 0, m->n_columns * sizeof *m->columns);
    m->n = 0;
    for (size_t i = 0; i < m->n_rows; i++)
        for (size_t j = 0; j < m->n_columns; j++) {
            double count = (double)m->counts[i * m->n_columns + j];
            m->rows[i] += count, m->columns[j] += count, m->n += count;
        }
    size_t rows_used = 0, columns_used = 0;
    for (size_t i = 0; i < m->n_rows; i++) rows_used += m->rows[i] > 0;
    for (size_t j = 0; j < m->n_columns; j++) columns_used += m->columns[j] > 0;
    return rows_used >= 2 && columns_used >= 2;
}

static void score(CmhScores scores, const double *given, const double *margin, size_t k, double n,
                  double *score)
{
    double before = 0, divisor = scores == CMH_RIDITS ? n : scores == CMH_MODIFIED_RIDITS ? n + 1 : 1;
    for (size_t i = 0; i < k; i++) {
        if (scores == CMH_TABLE_SCORES)
            score[i] = given ? given[i] : (double)(i + 1);
        else
            score[i] = (before + (margin[i] + 1) / 2) / divisor;
        before += margin[i];
    }
}

/* The statistics are linear in the counts: u = sum over strata of (A kron B) (counts - means), where the rows of
 * A (n_a x n_rows) and B (n_b x n_columns) are scores, or the identity when NULL. */
typedef struct {
    size_t n_a, n_b;
    double *u, *v; /* n_a n_b, and its square: sum and covariance */
} Linear;

static double a_of(const double *scores, size_t k, size_t i) { return scores ? scores[i] : k == i; }

/* w (k x k) = A (n diag(margin) - margin margin') A', the covariance of one side. */
static void side_covariance(const double *scores, size_t k, const double *margin, size_t size, double n,
                            double *w)
{
    for (size_t s = 0; s < k; s++)
        for (size_t t = 0; t < k; t++) {
            double both = 0, mean_s = 0, mean_t = 0;
            for (size_t i = 0; i < size; i++) mean_s += margin[i] * a_of(scores, s, i) / n;
            for (size_t i = 0; i < size; i++) mean_t += margin[i] * a_of(scores, t, i) / n;
            for (size_t i = 0; i < size; i++)
                both += margin[i] * (a_of(scores, s, i) - mean_s) * (a_of(scores, t, i) - mean_t);
            w[s * k + t] = n * both;
        }
}

static void add_deviations(Linear *linear, const Margins *m, const double *a, const double *b)
{
    for (size_t s = 0; s < linear->n_a; s++)
        for (size_t t = 0; t < linear->n_b; t++)
            for (size_t i = 0; i < m->n_rows; i++)
                for (size_t j = 0; j < m->n_columns; j++) {
                    double deviation =
                        (double)m->counts[i * m->n_columns + j] - m->rows[i] * m->columns[j] / m->n;
                    linear->u[s * linear->n_b + t] += a_of(a, s, i) * a_of(b, t, j) * deviation;
                }
}

static void add_covariance(Arena *scratch, Linear *linear, const Margins *m, const double *a, const double *b)
{
    size_t n_a = linear->n_a, n_b = linear->n_b, k = n_a * n_b;
    double *w_a = ARENA_ARRAY(scratch, double, n_a *n_a), *w_b = ARENA_ARRAY(scratch, double, n_b *n_b);
    side_covariance(a, n_a, m->rows, m->n_rows, m->n, w_a);
    side_covariance(b, n_b, m->columns, m->n_columns, m->n, w_b);
    double scale = 1 / (m->n * m->n * (m->n - 1));
    for (size_t x = 0; x < k; x++)
        for (size_t y = 0; y < k; y++)
            linear->v[x * k + y] += scale * w_a[x / n_b * n_a + y / n_b] * w_b[x % n_b * n_b + y % n_b];
}

/* u' v^- u over the eigenvectors of v that are not null. */
static CmhStatistic conclude(Arena *scratch, const Linear *linear)
{
    size_t k = linear->n_a * linear->n_b;
    double *values = ARENA_ARRAY(scratch, double, k), *vectors = ARENA_ARRAY(scratch, double, k *k);
    CmhStatistic statistic = {.p = 1};
    bool is_finite = symmetric_eigen(linear->v, k, values, vectors);
    if (!is_finite || !(values[k - 1] > 0)) return statistic;
    for (size_t e = 0; e < k; e++) {
        if (values[e] <= RANK_SHARE * values[k - 1]) continue;
        double along = 0;
        for (size_t i = 0; i < k; i++) along += vectors[i * k + e] * linear->u[i];
        statistic.chisq += along * along / values[e];
        statistic.df++;
    }
    statistic.p = chisq_sf(statistic.chisq, statistic.df);
    return statistic;
}

/* One of the three statistics: which sides are scored, the others being taken level by level. */
static CmhStatistic statistic_of(Arena *scratch, const StratifiedTable *table, CmhOptions options, Margins *m,
                                 bool rows_scored, bool columns_scored)
{
    ArenaMark mark = arena_mark(scratch);
    Linear linear = {.n_a = rows_scored ? 1 : m->n_rows, .n_b = columns_scored ? 1 : m->n_columns};
    size_t k = linear.n_a * linear.n_b;
    linear.u = ARENA_ARRAY(scratch, double, k), linear.v = ARENA_ARRAY(scratch, double, k *k);
    for (size_t h = 0; h < table->n_strata; h++) {
        if (!take_margins(m, table, h)) continue;
        score(options.scores, options.row_scores, m->rows, m->n_rows, m->n, m->row_scores);
        score(options.scores, options.column_scores, m->columns, m->n_columns, m->n, m->column_scores);
        const double *a = rows_scored ? m->row_scores : NULL, *b = columns_scored ? m->column_scores : NULL;
        add_deviations(&linear, m, a, b);
        add_covariance(scratch, &linear, m, a, b);
    }
    CmhStatistic statistic = conclude(scratch, &linear);
    arena_rewind(scratch, mark);
    return statistic;
}

bool cmh_test(Arena *scratch, const StratifiedTable *table, CmhOptions options, Cmh *result, Error *err)
{
    size_t r = table->n_rows, c = table->n_columns;
    if (options.row_scores && !sample_check(options.row_scores, r, "row scores", err)) return false;
    if (options.column_scores && !sample_check(options.column_scores, c, "column scores", err)) return false;
    ArenaMark mark = arena_mark(scratch);
    Margins m = {.n_rows = r, .n_columns = c};
    m.rows = ARENA_ARRAY(scratch, double, r), m.row_scores = ARENA_ARRAY(scratch, double, r);
    m.columns = ARENA_ARRAY(scratch, double, c), m.column_scores = ARENA_ARRAY(scratch, double, c);
    *result = (Cmh){0};
    for (size_t h = 0; h < table->n_strata; h++) result->n_informative += take_margins(&m, table, h);
    if (result->n_informative > 0) {
        result->general = statistic_of(scratch, table, options, &m, false, false);
        result->row_means = statistic_of(scratch, table, options, &m, false, true);
        result->correlation = statistic_of(scratch, table, options, &m, true, true);
    }
    arena_rewind(scratch, mark);
    return result->n_informative > 0 || refuse_uninformative(err);
}
