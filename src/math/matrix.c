#include "math/matrix.h"

#include <float.h>
#include <math.h>
#include <string.h>

double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

double largest_magnitude(const double *a, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(a[i]));
    return largest;
}

double euclidean_norm(const double *a, size_t n) { return sqrt(dot(a, a, n)); }

void matrix_multiply(const double *a, const double *b, size_t n, size_t k, size_t m, double *c)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) c[i*m + j] = 0;
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < m; j++) c[i*m + j] += a[i*k + l] * b[l*m + j];
    }
}

void matrix_multiply_transposed(const double *a, const double *b, size_t n, size_t k, size_t m, double *c)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) c[i*m + j] = dot(&a[i*k], &b[j*k], k);
}

void matrix_apply(const double *a, const double *v, size_t n, size_t m, double *w)
{
    for (size_t i = 0; i < n; i++) w[i] = dot(&a[i*m], v, m);
}

double quadratic_form(const double *u, const double *a, const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (u[i] != 0) sum += u[i] * dot(&a[i*n], v, n);
    return sum;
}

size_t cholesky(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double d = a[j*n + j] - dot(&a[j*n], &a[j*n], j);
        if (!(d > 0)) return j;                      /* NaN stops here too */
        a[j*n + j] = sqrt(d);
        for (size_t i = j + 1; i < n; i++)
            a[i*n + j] = (a[i*n + j] - dot(&a[i*n], &a[j*n], j)) / a[j*n + j];
    }
    return n;
}

void solve_lower(const double *l, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) b[i] = (b[i] - dot(&l[i*n], b, i)) / l[i*n + i];
}

void solve_lower_transposed(const double *l, size_t n, double *b)
{
    for (size_t i = n; i-- > 0;) {
        b[i] /= l[i*n + i];
        for (size_t j = 0; j < i; j++) b[j] -= l[i*n + j] * b[i];
    }
}

void solve_upper(const double *r, size_t n, double *b)
{
    for (size_t i = n; i-- > 0;) b[i] = (b[i] - dot(&r[i*n + i + 1], &b[i + 1], n - i - 1)) / r[i*n + i];
}

void solve_upper_transposed(const double *r, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        b[i] /= r[i*n + i];
        for (size_t j = i + 1; j < n; j++) b[j] -= r[i*n + j] * b[i];
    }
}

void invert_upper(const double *r, size_t n, double *inverse)
{
    memset(inverse, 0, n * n * sizeof *inverse);
    for (size_t i = n; i-- > 0;) {
        double *row = &inverse[i*n];
        for (size_t k = i + 1; k < n; k++)
            for (size_t j = k; j < n; j++) row[j] -= r[i*n + k] * inverse[k*n + j];
        row[i] = 1;
        for (size_t j = i; j < n; j++) row[j] /= r[i*n + i];
    }
}

bool invert_positive(double *a, size_t n, double *work)
{
    if (cholesky(a, n) != n) return false;
    for (size_t j = 0; j < n; j++) {                 /* row j of work is column j of the inverse */
        double *column = &work[j*n];
        memset(column, 0, n * sizeof *column);
        column[j] = 1;
        solve_lower(a, n, column);
        solve_lower_transposed(a, n, column);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) a[i*n + j] = a[j*n + i] = (work[i*n + j] + work[j*n + i]) / 2;
    return true;
}

/* Reflects rows k.. of column j onto row k, and the columns after j with it. */
static void reflect(double *a, size_t n, size_t p, size_t k, size_t j, double norm, double *beta, double *w)
{
    double alpha = a[k*p + j], s = alpha > 0 ? -norm : norm;
    *beta = (s - alpha) / s;
    a[k*p + j] = s;
    for (size_t c = j + 1; c < p; c++) w[c] = a[k*p + c];
    for (size_t i = k + 1; i < n; i++) {
        double v = a[i*p + j] /= alpha - s;
        for (size_t c = j + 1; c < p; c++) w[c] += v * a[i*p + c];
    }
    for (size_t c = j + 1; c < p; c++) a[k*p + c] -= *beta * w[c];
    for (size_t i = k + 1; i < n; i++) {
        double v = *beta * a[i*p + j];
        for (size_t c = j + 1; c < p; c++) a[i*p + c] -= v * w[c];
    }
}

static double column_norm(const double *a, size_t n, size_t p, size_t from, size_t j)
{
    double sum = 0;
    for (size_t i = from; i < n; i++) sum += a[i*p + j] * a[i*p + j];
    return sqrt(sum);
}

size_t qr_echelon(double *a, size_t n, size_t p, double tolerance, double *beta, size_t *pivot, double *left,
                  double *work)
{
    double *length = &work[p];
    size_t k = 0;
    for (size_t j = 0; j < p; j++) length[j] = column_norm(a, n, p, 0, j);
    for (size_t j = 0; j < p; j++) {
        double norm = column_norm(a, n, p, k, j);
        left[j] = length[j] > 0 ? norm / length[j] : 0;
        if (k == n || !(left[j] > tolerance)) continue;
        reflect(a, n, p, k, j, norm, &beta[k], work);
        pivot[k++] = j;
    }
    return k;
}

void qr_rotate(const double *a, size_t n, size_t p, const double *beta, const size_t *pivot, size_t rank, double *y)
{
    for (size_t k = 0; k < rank; k++) {
        double w = y[k];
        for (size_t i = k + 1; i < n; i++) w += a[i*p + pivot[k]] * y[i];
        y[k] -= beta[k] * w;
        for (size_t i = k + 1; i < n; i++) y[i] -= beta[k] * a[i*p + pivot[k]] * w;
    }
}

static void swap_rows(double *a, size_t p, size_t i, size_t k)
{
    for (size_t c = 0; i != k && c < p; c++) {
        double kept = a[i*p + c];
        a[i*p + c] = a[k*p + c];
        a[k*p + c] = kept;
    }
}

size_t echelon(double *a, size_t n, size_t p, double tolerance, size_t *pivot, double *work)
{
    size_t k = 0;
    for (size_t j = 0; j < p; j++) {
        work[j] = 0;
        for (size_t i = 0; i < n; i++) work[j] = fmax(work[j], fabs(a[i*p + j]));
    }
    for (size_t j = 0; j < p && k < n; j++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i*p + j]) > fabs(a[best*p + j])) best = i;
        bool dependent = !(fabs(a[best*p + j]) > tolerance * work[j]);
        if (!dependent) swap_rows(a, p, best, k);
        for (size_t i = dependent ? k : k + 1; i < n; i++) {
            double f = dependent ? 0 : a[i*p + j] / a[k*p + j];
            for (size_t c = j + 1; f != 0 && c < p; c++) a[i*p + c] -= f * a[k*p + c];
            a[i*p + j] = 0;
        }
        if (!dependent) pivot[k++] = j;
    }
    return k;
}

/* One Jacobi rotation that makes a[p][q] zero. */
static void rotate(double *a, size_t n, size_t p, size_t q, double *vectors)
{
    double theta = (a[q*n + q] - a[p*n + p]) / (2 * a[p*n + q]);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t i = 0; i < n; i++) {
        double ip = a[i*n + p], iq = a[i*n + q];
        a[i*n + p] = c * ip - s * iq;
        a[i*n + q] = s * ip + c * iq;
    }
    for (size_t i = 0; i < n; i++) {
        double pi = a[p*n + i], qi = a[q*n + i];
        a[p*n + i] = c * pi - s * qi;
        a[q*n + i] = s * pi + c * qi;
    }
    for (size_t i = 0; vectors && i < n; i++) {
        double ip = vectors[i*n + p], iq = vectors[i*n + q];
        vectors[i*n + p] = c * ip - s * iq;
        vectors[i*n + q] = s * ip + c * iq;
    }
    a[p*n + q] = a[q*n + p] = 0;                     /* as the rotation was chosen to make it */
}

static void sort_ascending(size_t n, double *values, double *vectors)
{
    for (size_t i = 0; i < n; i++) {
        size_t least = i;
        for (size_t j = i + 1; j < n; j++)
            if (values[j] < values[least]) least = j;
        double kept = values[i];
        values[i] = values[least], values[least] = kept;
        for (size_t row = 0; vectors && row < n; row++) {
            kept = vectors[row*n + i];
            vectors[row*n + i] = vectors[row*n + least], vectors[row*n + least] = kept;
        }
    }
}

bool symmetric_eigen(double *a, size_t n, double *values, double *vectors)
{
    if (vectors) memset(vectors, 0, n * n * sizeof *vectors);
    for (size_t i = 0; vectors && i < n; i++) vectors[i*n + i] = 1;
    double negligible = largest_magnitude(a, n * n) * (DBL_EPSILON / 4);
    bool done = false;
    for (int sweep = 0; sweep < 60 && !done; sweep++) {
        done = true;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                if (fabs(a[p*n + q]) <= negligible) continue;
                rotate(a, n, p, q, vectors);
                done = false;
            }
    }
    for (size_t i = 0; i < n; i++) values[i] = a[i*n + i];
    sort_ascending(n, values, vectors);
    return done;
}

/* high + low = a + b exactly */
static Twofold two_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (Twofold){sum, (a - (sum - part)) + (b - part)};
}

/* high + low = a b exactly; fma is a correctly rounded function of C, not a licence to contract */
static Twofold two_product(double a, double b)
{
    double product = a * b;
    return (Twofold){product, fma(a, b, -product)};
}

/* |high| >= |low| on entry */
static Twofold renormalised(double high, double low)
{
    double sum = high + low;
    return (Twofold){sum, low - (sum - high)};
}

Twofold twofold_sum(Twofold a, Twofold b)
{
    Twofold high = two_sum(a.high, b.high), low = two_sum(a.low, b.low);
    Twofold sum = renormalised(high.high, high.low + low.high);
    return renormalised(sum.high, sum.low + low.low);
}

Twofold twofold_product(Twofold a, Twofold b)
{
    Twofold product = two_product(a.high, b.high);
    return renormalised(product.high, product.low + (a.high * b.low + a.low * b.high));
}

Twofold twofold_add_product(Twofold sum, double a, double b) { return twofold_sum(sum, two_product(a, b)); }

/* The low parts only gather rounding errors, so they need not be kept below the high ones until the end. */
Twofold twofold_dot(const double *a, const double *a_low, const double *b, const double *b_low, size_t n)
{
    Twofold sum = {0};
    for (size_t i = 0; i < n; i++) {
        if (a[i] == 0) continue;                     /* most of a design */
        Twofold product = two_product(a[i], b[i]), next = two_sum(sum.high, product.high);
        if (a_low) product.low += a_low[i] * b[i];
        if (b_low) product.low += a[i] * b_low[i];
        sum.high = next.high;
        sum.low += next.low + product.low;
    }
    return renormalised(sum.high, sum.low);
}

void twofold_add_scaled(Twofold *sums, const double *a, const double *a_low, Twofold f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i] == 0) continue;
        Twofold product = two_product(a[i], f.high), next = two_sum(sums[i].high, product.high);
        sums[i].high = next.high;
        sums[i].low += next.low + product.low + a[i] * f.low + (a_low ? a_low[i] * f.high : 0);
    }
}
