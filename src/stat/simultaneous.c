#include "stat/simultaneous.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/matrix.h"
#include "math/root.h"
#include "stat/multiplicity.h"
#include "stat/sample.h"

#define N_NODES 16           /* of Gauss and Legendre in each panel */
#define N_PANELS 12
#define FARTHEST_NORMAL 8.5  /* beyond it 2e-17 is left */
#define TAIL 1e-16           /* of the chi distribution, left out on either side */
#define N_LATTICE 40009      /* points */
#define PRODUCT_TOLERANCE 1e-10
#define NEARLY_ONE (1 - 1e-9)
#define ROOT_TOLERANCE 1e-9  /* of a critical value; with a lattice 1e-6 */
#define FARTHEST_T 1e4

static const struct {
    const char *word, *meaning;
} ADJUSTMENTS_OF[] = {
#define X(name, word, meaning) {word, meaning},
    DIFFERENCE_ADJUSTMENTS(X)
#undef X
};

const char *difference_adjustment_word(DifferenceAdjustment adjustment) { return ADJUSTMENTS_OF[adjustment].word; }
const char *difference_adjustment_meaning(DifferenceAdjustment adjustment) { return ADJUSTMENTS_OF[adjustment].meaning; }

bool difference_adjustment_parse(Str word, DifferenceAdjustment *adjustment)
{
    for (size_t a = 0; a < sizeof ADJUSTMENTS_OF / sizeof *ADJUSTMENTS_OF; a++)
        if (str_equal(word, str_from(ADJUSTMENTS_OF[a].word))) return *adjustment = (DifferenceAdjustment)a, true;
    return false;
}

/* Nodes and weights on (-1, 1): zeros of the Legendre polynomial by Newton's steps. */
typedef struct {
    double node[N_NODES], weight[N_NODES];
} Rule;

static Rule legendre_rule(void)
{
    Rule rule;
    for (int i = 0; i < N_NODES; i++) {
        double x = cos(3.14159265358979323846 * (i + .75) / (N_NODES + .5)), slope = 1;
        for (int step = 0; step < 20; step++) {
            double p = 1, before = 0;
            for (int k = 1; k <= N_NODES; k++) {
                double next = ((2 * k - 1) * x * p - (k - 1) * before) / k;
                before = p, p = next;
            }
            slope = N_NODES * (x * p - before) / (x * x - 1);
            x -= p / slope;
        }
        rule.node[i] = x, rule.weight[i] = 2 / ((1 - x * x) * slope * slope);
    }
    return rule;
}

/* A rectangle (-q, q)^m under the m statistics; `loading` where the correlation is l_i l_j, else the Cholesky factor. */
typedef struct {
    const double *correlation;
    size_t m;
    double df;
    Rule rule;
    bool is_product;
    double *loading, *factor;
    double *scale, *u, *z; /* of the lattice: N_LATTICE; its points, N_LATTICE x m; m */
} Joint;

/* P(a < Z < b) without cancelling in the tails. */
static double normal_between(double a, double b) { return a > 0 ? normal_sf(a) - normal_sf(b) : normal_cdf(b) - normal_cdf(a); }

static double product_at(const Joint *joint, double q, double z)
{
    double product = 1;
    for (size_t i = 0; i < joint->m; i++) {
        double l = joint->loading[i], rest = sqrt(1 - l * l);
        product *= normal_between((-q - l * z) / rest, (q - l * z) / rest);
    }
    return product;
}

/* Given the scale, the statistics are independent given one normal z. */
static double product_within(const Joint *joint, double q)
{
    double sum = 0, half = FARTHEST_NORMAL / N_PANELS;
    for (int panel = 0; panel < N_PANELS; panel++)
        for (int k = 0; k < N_NODES; k++) {
            double z = -FARTHEST_NORMAL + half * (2 * panel + 1 + joint->rule.node[k]);
            sum += half * joint->rule.weight[k] * normal_pdf(z) * product_at(joint, q, z);
        }
    return sum;
}

/* Over the scale s = sqrt(chi-square / df), whose density is 2 s df times that of chi-square at s^2 df. */
static double product_t_within(const Joint *joint, double q)
{
    if (isinf(joint->df)) return product_within(joint, q);
    double low = sqrt(chisq_quantile(TAIL, joint->df) / joint->df), high = sqrt(chisq_quantile_upper(TAIL, joint->df) / joint->df);
    double sum = 0, half = (high - low) / (2 * N_PANELS);
    for (int panel = 0; panel < N_PANELS; panel++)
        for (int k = 0; k < N_NODES; k++) {
            double s = low + half * (2 * panel + 1 + joint->rule.node[k]);
            double density = 2 * s * joint->df * exp(log_gamma(joint->df / 2) * -1 - joint->df / 2 * log(2)
                                                     + (joint->df / 2 - 1) * log(s * s * joint->df) - s * s * joint->df / 2);
            sum += half * joint->rule.weight[k] * density * product_within(joint, q * s);
        }
    return sum;
}

/* Fractional part of i times the root of the next prime, folded so that the integrand becomes periodic. */
static double lattice_point(size_t i, double root)
{
    double x = (double)i * root;
    return fabs(2 * (x - floor(x)) - 1);
}

static double next_prime_root(size_t *prime)
{
    for (++*prime;; ++*prime) {
        bool is_prime = true;
        for (size_t d = 2; d * d <= *prime; d++) is_prime = is_prime && *prime % d != 0;
        if (is_prime) return sqrt((double)*prime);
    }
}

/* Genz's product at one point of the unit cube: each statistic's range given those before it. */
static double conditional_product(const Joint *joint, double q, const double *u, double *z)
{
    double product = 1;
    for (size_t i = 0; i < joint->m; i++) {
        const double *row = &joint->factor[i * joint->m];
        double mean = dot(row, z, i), low = normal_cdf((-q - mean) / row[i]), width = normal_between((-q - mean) / row[i], (q - mean) / row[i]);
        product *= width;
        if (product == 0) return 0;
        z[i] = normal_quantile(fmin(fmax(low + u[i] * width, 1e-300), 1 - 1e-16));
    }
    return product;
}

static void lattice_fill(Arena *arena, Joint *joint)
{
    size_t m = joint->m, prime = 1;
    double *root = ARENA_ARRAY(arena, double, m + 1);
    joint->u = ARENA_ARRAY(arena, double, N_LATTICE * m), joint->z = ARENA_ARRAY(arena, double, m);
    joint->scale = ARENA_ARRAY(arena, double, N_LATTICE);
    for (size_t j = 0; j <= m; j++) root[j] = next_prime_root(&prime);
    for (size_t i = 0; i < N_LATTICE; i++) {
        for (size_t j = 0; j < m; j++) joint->u[i * m + j] = lattice_point(i + 1, root[j + 1]);
        double u = lattice_point(i + 1, root[0]);
        joint->scale[i] = isinf(joint->df) ? 1 : sqrt(chisq_quantile(u, joint->df) / joint->df);
    }
}

static double lattice_t_within(const Joint *joint, double q)
{
    double sum = 0;
    for (size_t i = 0; i < N_LATTICE; i++)
        sum += conditional_product(joint, q * joint->scale[i], &joint->u[i * joint->m], joint->z);
    return sum / N_LATTICE;
}

/* Loadings l with l_i l_j the correlation: l_0^2 from the first triple, the others over l_0. */
static bool find_loadings(Joint *joint)
{
    size_t m = joint->m;
    const double *r = joint->correlation;
    double *l = joint->loading;
    if (m == 1) return l[0] = 0, true;
    double square = m == 2 ? fabs(r[1]) : r[m + 2] != 0 ? r[1] * r[2] / r[m + 2] : r[1] == 0 || r[2] == 0 ? 0 : INFINITY;
    if (!(square >= 0 && square < NEARLY_ONE)) return false;
    l[0] = sqrt(square);
    for (size_t j = 1; j < m; j++) l[j] = l[0] > 0 ? r[j] / l[0] : 0;
    for (size_t i = 0; i < m; i++) {
        if (!(fabs(l[i]) < NEARLY_ONE)) return false;
        for (size_t j = 0; j < i; j++)
            if (fabs(l[i] * l[j] - r[i * m + j]) > PRODUCT_TOLERANCE) return false;
    }
    return true;
}

static bool joint_new(Arena *scratch, const double *correlation, size_t m, double df, Joint *joint, Error *err)
{
    if (m == 0 || m > SIMULTANEOUS_MAX) {
        error_set(err, ERROR_USAGE, "%zu differences in one family are %s", m, m ? "too many for their joint distribution" : "none");
        return error_hint(err, "Adjust by holm, or compare with one reference only.");
    }
    *joint = (Joint){.correlation = correlation, .m = m, .df = df, .rule = legendre_rule()};
    joint->loading = ARENA_ARRAY(scratch, double, m);
    joint->is_product = find_loadings(joint);
    if (joint->is_product) return true;
    joint->factor = arena_copy(scratch, correlation, m * m * sizeof *correlation);
    if (cholesky(joint->factor, m) == m) return lattice_fill(scratch, joint), true;
    error_set(err, ERROR_DEGENERATE, "some of the %zu differences are combinations of the others", m);
    return error_hint(err, "For all pairs use tukey; otherwise holm.");
}

static double joint_within(const Joint *joint, double q)
{
    return joint->is_product ? product_t_within(joint, q) : lattice_t_within(joint, q);
}

bool multivariate_t_within(Arena *scratch, const double *correlation, size_t m, double df, double q, double *chance, Error *err)
{
    Joint joint;
    ArenaMark mark = arena_mark(scratch);
    bool is_sound = joint_new(scratch, correlation, m, df, &joint, err);
    if (is_sound) *chance = fmin(joint_within(&joint, fabs(q)), 1);
    arena_rewind(scratch, mark);
    return is_sound;
}

typedef struct {
    const Joint *joint;
    double level;
} Sought;

static double shortfall(double q, void *context)
{
    Sought *sought = context;
    return joint_within(sought->joint, q) - sought->level;
}

/* Between the quantile of one statistic and Bonferroni's. */
bool multivariate_t_critical(Arena *scratch, const double *correlation, size_t m, double df, double level, double *q, Error *err)
{
    Joint joint;
    if (!level_check(level, err)) return false;
    ArenaMark mark = arena_mark(scratch);
    bool is_sound = joint_new(scratch, correlation, m, df, &joint, err);
    Sought sought = {&joint, level};
    double alpha = (1 - level) / 2, low = t_quantile_upper(alpha, df) * .999, high = t_quantile_upper(alpha / (double)(m ? m : 1), df) * 1.01;
    if (is_sound && !root_between(shortfall, &sought, low, high, joint.is_product ? ROOT_TOLERANCE : 1e3 * ROOT_TOLERANCE, q)) {
        error_set(err, ERROR_NO_CONVERGENCE, "no critical value of the joint distribution was found");
        is_sound = error_hint(err, "Adjust by holm.");
    }
    arena_rewind(scratch, mark);
    return is_sound;
}

/* One family: the members' places among all differences. */
typedef struct {
    size_t m, *member;
    double n_levels; /* compared in it */
} Family;

static void set_interval(Estimate *e, double critical)
{
    e->lower = e->estimate - critical * e->se, e->upper = e->estimate + critical * e->se;
}

static bool adjust_dunnett(Arena *scratch, const Family *f, const LsDifference *differences, size_t p, const double *vcov,
                           double confidence, Estimate *estimates, Error *err)
{
    double *correlation = ARENA_ARRAY(scratch, double, f->m *f->m), within, critical;
    for (size_t i = 0; i < f->m; i++)
        for (size_t j = 0; j < f->m; j++) {
            const double *a = differences[f->member[i]].l, *b = differences[f->member[j]].l;
            double scale = sqrt(quadratic_form(a, vcov, a, p) * quadratic_form(b, vcov, b, p));
            correlation[i * f->m + j] = i == j ? 1 : quadratic_form(a, vcov, b, p) / scale;
        }
    for (size_t i = 0; i < f->m; i++) {
        Estimate *e = &estimates[f->member[i]];
        double t = fmin(fabs(e->t), FARTHEST_T);
        if (!multivariate_t_within(scratch, correlation, f->m, e->df, t, &within, err)) return false;
        bool is_same = i > 0 && e->df == estimates[f->member[i - 1]].df;
        if (!is_same && !multivariate_t_critical(scratch, correlation, f->m, e->df, confidence, &critical, err)) return false;
        e->p = fmin(fmax(1 - within, e->p), 1);
        set_interval(e, critical);
    }
    return true;
}

typedef struct {
    double k, df, level;
} Range;

static double range_shortfall(double q, void *context)
{
    const Range *range = context;
    return studentized_range_cdf(q, range->k, range->df) - range->level;
}

static bool adjust_tukey(const Family *f, double confidence, Estimate *estimates, Error *err)
{
    if (f->n_levels * (f->n_levels - 1) / 2 < (double)f->m || f->n_levels < 2) {
        error_set(err, ERROR_USAGE, "Tukey's adjustment is for differences of all pairs");
        return error_hint(err, "Leave the reference out, or adjust by dunnett.");
    }
    for (size_t i = 0; i < f->m; i++) {
        Estimate *e = &estimates[f->member[i]];
        Range range = {f->n_levels, e->df, confidence};
        double start = studentized_range_quantile(confidence, f->n_levels, e->df), critical;
        if (!root_around(range_shortfall, &range, start, 1e-3, ROOT_TOLERANCE, &critical)) critical = start;
        e->p = fmax(studentized_range_sf(sqrt(2) * fabs(e->t), f->n_levels, e->df), e->p);
        set_interval(e, critical / sqrt(2));
    }
    return true;
}

static bool adjust_by_p(Arena *scratch, DifferenceAdjustment adjustment, const Family *f, double confidence, Estimate *estimates,
                        Error *err)
{
    static const Adjustment OF[] = {[DIFFERENCE_BONFERRONI] = ADJUSTMENT_BONFERRONI,
                                    [DIFFERENCE_HOLM] = ADJUSTMENT_HOLM,
                                    [DIFFERENCE_HOCHBERG] = ADJUSTMENT_HOCHBERG,
                                    [DIFFERENCE_HOMMEL] = ADJUSTMENT_HOMMEL};
    double *p = ARENA_ARRAY(scratch, double, f->m), *adjusted = ARENA_ARRAY(scratch, double, f->m);
    for (size_t i = 0; i < f->m; i++) p[i] = estimates[f->member[i]].p;
    if (!adjust_p(scratch, OF[adjustment], p, f->m, adjusted, err)) return false;
    for (size_t i = 0; i < f->m; i++) {
        Estimate *e = &estimates[f->member[i]];
        e->p = adjusted[i];
        if (adjustment == DIFFERENCE_BONFERRONI) set_interval(e, t_quantile_upper((1 - confidence) / 2 / (double)f->m, e->df));
    }
    return true;
}

/* Differences lie block by block: a block is the means that share the levels of the splitting factors. */
bool differences_adjust(Arena *scratch, DifferenceAdjustment adjustment, const LsMeans *means, const LsDifference *differences,
                        size_t n, const double *vcov, double confidence, Estimate *estimates, Error *err)
{
    size_t block = 1;
    if (adjustment == DIFFERENCE_NONE) return true;
    for (size_t k = 0; k < means->n_compared; k++) block *= means->model->variables[means->factors[k]].n_levels;
    ArenaMark mark = arena_mark(scratch);
    bool is_sound = true;
    for (size_t from = 0, to; is_sound && from < n; from = to) {
        Family family = {.member = ARENA_ARRAY(scratch, size_t, n), .n_levels = (double)block};
        for (to = from; to < n && differences[to].first / block == differences[from].first / block; to++)
            if (estimates[to].is_estimable) family.member[family.m++] = to;
        if (family.m == 0) continue;
        is_sound = adjustment == DIFFERENCE_DUNNETT ? adjust_dunnett(scratch, &family, differences, means->model->p, vcov, confidence, estimates, err)
                   : adjustment == DIFFERENCE_TUKEY ? adjust_tukey(&family, confidence, estimates, err)
                                                    : adjust_by_p(scratch, adjustment, &family, confidence, estimates, err);
    }
    arena_rewind(scratch, mark);
    return is_sound;
}
