/* Dense kernels on double: products, Cholesky, triangular solves, an echelon QR, a symmetric eigen-solver, and sums in
 * twice the working precision. Matrices are row-major without padding; nothing here allocates or fails by message.
 * Method and rounding: docs/methods/linear-model.md. */
#ifndef MATH_MATRIX_H
#define MATH_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/* Sum of a[i] b[i], left to right, in working precision. */
double dot(const double *a, const double *b, size_t n);

/* Largest |a[i]|, and the Euclidean length; 0 for n = 0. The length does not guard against overflow. */
double largest_magnitude(const double *a, size_t n);
double euclidean_norm(const double *a, size_t n);

/* c (n x m) = a (n x k) b (k x m); and c (n x m) = a (n x k) b' with b (m x k). c overlaps neither. */
void matrix_multiply(const double *a, const double *b, size_t n, size_t k, size_t m, double *c);
void matrix_multiply_transposed(const double *a, const double *b, size_t n, size_t k, size_t m, double *c);

/* w = a (n x m) v; and the form u' a v with a n x n. */
void matrix_apply(const double *a, const double *v, size_t n, size_t m, double *w);
double quadratic_form(const double *u, const double *a, const double *v, size_t n);

/* A = L L' in place (n x n; the lower triangle is read and overwritten, the upper one is left alone). Returns the
 * first pivot that is not positive (NaN included), or n. */
size_t cholesky(double *a, size_t n);

/* Solve L x = b, L' x = b, R x = b, R' x = b in place; L lower, R upper triangular, n x n, the other triangle unread. */
void solve_lower(const double *l, size_t n, double *b);
void solve_lower_transposed(const double *l, size_t n, double *b);
void solve_upper(const double *r, size_t n, double *b);
void solve_upper_transposed(const double *r, size_t n, double *b);

/* inverse (n x n) = r^-1 for upper triangular r; the lower triangle of the inverse is set to zero. */
void invert_upper(const double *r, size_t n, double *inverse);

/* Inverse of a symmetric positive definite matrix in place, both triangles; work holds n * n. False when a pivot is
 * not positive; a is then spoiled. */
bool invert_positive(double *a, size_t n, double *work);

/* Householder QR that keeps the order of the columns: a (n x p) = Q R. A column of which less than `tolerance` of its
 * length is left once the earlier ones are taken out is dependent: it gets no row of R and the sweep goes on.
 *   a      on return, rows 0..rank-1 hold R in row echelon form: row k is zero before column pivot[k]; below the
 *          pivots stand the reflections that make up Q. Other places hold rubbish.
 *   beta   min(n, p); the scale of reflection k
 *   pivot  min(n, p); the column in which row k of R begins, increasing
 *   left   p; the share of each column's length that the earlier columns leave (0 for a column of zeros)
 *   work   2 p
 * Returns the rank. Golub & Van Loan (2013), sections 5.2 and 5.4; the order is kept as by Chambers (1992). */
size_t qr_echelon(double *a, size_t n, size_t p, double tolerance, double *beta, size_t *pivot, double *left,
                  double *work);

/* y (n) becomes Q' y: its first `rank` places are the coordinates in the column space, the others in the residual one. */
void qr_rotate(const double *a, size_t n, size_t p, const double *beta, const size_t *pivot, size_t rank, double *y);

/* Row echelon form of a (n x p) in place by elimination with the largest pivot of each column; columns are judged
 * against `tolerance` times their own largest entry at the start. pivot (min(n, p)) as in qr_echelon; work holds p.
 * Returns the rank; the rows after it are zero. For small matrices of contrasts. */
size_t echelon(double *a, size_t n, size_t p, double tolerance, size_t *pivot, double *work);

/* Eigenvalues (ascending) and, where vectors is not NULL, eigenvectors (columns of vectors, n x n, orthonormal) of the
 * symmetric a (n x n, destroyed), by cyclic Jacobi rotations; Golub & Van Loan (2013), section 8.5. Meant for n up to
 * a few hundred. Errors are of the order of the rounding of the largest entry. Returns false if 60 sweeps did not get
 * there (only for entries that are not finite). */
bool symmetric_eigen(double *a, size_t n, double *values, double *vectors);

/* A number carried as the unevaluated sum of two doubles, about 32 digits: Dekker (1971), Ogita, Rump & Oishi (2005). */
typedef struct {
    double high, low;
} Twofold;

Twofold twofold_sum(Twofold a, Twofold b);
Twofold twofold_product(Twofold a, Twofold b);

/* sum + a b, the product exact */
Twofold twofold_add_product(Twofold sum, double a, double b);

/* Sum of a[i] b[i], where a_low and b_low (either may be NULL) hold what the doubles of a and b lack; an a[i] of 0 lacks
 * nothing. */
Twofold twofold_dot(const double *a, const double *a_low, const double *b, const double *b_low, size_t n);

/* sums[i] += a[i] f for n sums */
void twofold_add_scaled(Twofold *sums, const double *a, const double *a_low, Twofold f, size_t n);

#endif
