/* Logistic regression of a yes or no on a design: log odds of yes = x b. By maximum likelihood, or by Firth's
 * penalised likelihood, which takes the first-order bias out and has a finite answer where data are separated. */
#ifndef STAT_LOGISTIC_H
#define STAT_LOGISTIC_H

#include "base/text.h"
#include "stat/sample.h"

/* name, the word in files, what is maximised */
#define LOGISTIC_METHODS(X)                                                                                  \
    X(ML, "ml", "likelihood")                                                                                \
    X(FIRTH, "firth", "likelihood times the root of the information's determinant (Jeffreys' prior)")

typedef enum {
#define X(name, word, maximised) LOGISTIC_##name,
    LOGISTIC_METHODS(X)
#undef X
} LogisticMethod;

const char *logistic_method_word(LogisticMethod method);

/* x       n x p, row-major, full column rank; kept by reference, as y and names are
 * y       n; 1 is yes, 0 no
 * names   p, of the columns, for messages; NULL calls them column 1, 2, ... */
typedef struct {
    size_t n, p;
    const double *x, *y;
    const Str *names;
} LogisticData;

typedef struct {
    LogisticData data;
    LogisticMethod method;
    double *b, *se, *vcov; /* p, p, p x p: log odds per unit of the column; vcov = (x' W x)^-1 at b */
    double log_likelihood; /* without the penalty */
    double penalised;      /* what was maximised; under ML the same */
    size_t n_steps;
} LogisticFit;

/* Fails: MALFORMED (names the first row that is not finite, or an outcome neither 0 nor 1), DEGENERATE (no rows or
 *        columns; names the column that repeats others; under ML: the outcome is separated, completely or partly,
 *        and the columns that do it; every outcome is the same), NO_CONVERGENCE.
 * Method: Newton steps on the score, halved where the objective does not rise; Firth (1993), Heinze & Schemper
 * (2002). That data are separated is proven by a direction along which no row becomes less likely (Albert &
 * Anderson 1984), not guessed from large numbers.
 * Memory: results in `arena`. Checked against: R 4.2.2 glm and brglm2 0.9, 1e-8. */
MUST_USE bool logistic_fit(Arena *arena, const LogisticData *data, LogisticMethod method, LogisticFit *fit,
                           Error *err);

/* Wald's normal test and interval of coefficient j (from 0). Poor where data are nearly separated. */
typedef struct {
    double chisq, p; /* of b[j] = 0; 1 df */
    Interval ci;     /* of b[j]; its exponential is of the odds ratio */
} LogisticInference;
MUST_USE bool logistic_wald(const LogisticFit *fit, size_t j, double level, LogisticInference *result,
                            Error *err);

/* The same by the profile of what was maximised: twice its fall from the fit, against chi-square with 1 df.
 * Fails: USAGE (level), NO_CONVERGENCE. Method: Heinze & Schemper (2002); the penalty keeps all columns.
 * Checked against: logistf's definition solved to 1e-13 in R, 1e-8. */
MUST_USE bool logistic_profile(Arena *scratch, const LogisticFit *fit, size_t j, double level,
                               LogisticInference *result, Error *err);

#endif
