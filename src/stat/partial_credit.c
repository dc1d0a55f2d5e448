#include "stat/partial_credit.h"

#include <math.h>
#include <string.h>

#include "base/map.h"
#include "math/matrix.h"
#include "stat/partial_credit_inside.h"

#define MAX_STEPS 100
#define MAX_HALVINGS 40
#define STEP_TOLERANCE 1e-10 /* of a step, in standard errors */
#define ROUNDING_STEP 1e-6   /* a step this short that does not rise is stopped by rounding */
#define LONGEST_STEP 3.0     /* of a threshold, in logits */
#define FINITE_LOGITS 30.0   /* a threshold this far from zero is on its way to infinity */

static const char *const WORDS[] = {
#define X(name, word, free) word,
    CALIBRATION_MODELS(X)
#undef X
};

const char *calibration_word(CalibrationModel model) { return WORDS[model]; }

bool calibration_parse(Str word, CalibrationModel *model)
{
    for (size_t m = 0; m < sizeof WORDS / sizeof *WORDS; m++)
        if (str_equal(word, str_from(WORDS[m]))) return *model = (CalibrationModel)m, true;
    return false;
}

static const char *item_name(Arena *arena, const ItemResponses *data, size_t i)
{
    return data->names ? str_format(arena, "\"" STR_FMT "\"", STR_ARG(data->names[i])).data
                       : str_format(arena, "item %zu", i + 1).data;
}

/* What a fit is made of, while it is made. */
typedef struct {
    Arena *arena;
    PartialCreditFit *fit;
    const size_t *m;           /* n_items; the highest score of each */
    unsigned char *is_used;    /* n_persons; those who inform */
    ScoreCounts counts;
    size_t p;                  /* free parameters and as many more as there are constraints */
    double *design;            /* q x p: thresholds from parameters */
    size_t n_constraints;
    double *constraint;        /* n_constraints x p, each product with the parameters 0 */
    double *b, *before, *step; /* p */
    double *threshold;         /* q */
    double *score, *information, *work; /* by parameter: p, p x p, p x p */
    double *score_q, *information_q;    /* by threshold: q, q x q */
} Calibration;

static bool scores_check(Arena *arena, const ItemResponses *data, CalibrationModel model, size_t *m, Error *err)
{
    int most = model == CALIBRATION_RASCH ? 1 : PARTIAL_CREDIT_MAX_SCORE;
    for (size_t v = 0; v < data->n_persons; v++)
        for (size_t i = 0; i < data->n_items; i++) {
            int x = data->responses[v * data->n_items + i];
            if (x > most) {
                error_set(err, ERROR_MALFORMED, "row %zu scores %d on %s, and %d is the highest", v + 1, x,
                          item_name(arena, data, i), most);
                return error_hint(err, model == CALIBRATION_RASCH ? "Items with more scores than 0 and 1 need partial-credit."
                                                                  : "Number the categories 0, 1, 2, ...");
            }
            if (x > 0 && (size_t)x > m[i]) m[i] = (size_t)x;
        }
    for (size_t i = 1; model == CALIBRATION_RATING_SCALE && i < data->n_items; i++)
        m[0] = m[i] > m[0] ? m[i] : m[0];
    for (size_t i = 1; model == CALIBRATION_RATING_SCALE && i < data->n_items; i++) m[i] = m[0];
    return true;
}

static bool size_check(const ItemResponses *data, Error *err)
{
    if (data->n_items > PARTIAL_CREDIT_MAX_ITEMS) {
        error_set(err, ERROR_USAGE, "%zu items are more than %d", data->n_items, PARTIAL_CREDIT_MAX_ITEMS);
        return error_hint(err, "Calibrate parts that share items, and link them.");
    }
    if (data->n_items >= 2 && data->n_persons > 0) return true;
    error_set(err, ERROR_DEGENERATE, "there is nothing to calibrate: %zu persons and %zu items", data->n_persons,
              data->n_items);
    return error_hint(err, "A scale needs at least two items.");
}

/* One row's total, what could have been reached, and which items it answered as text for the map of patterns. */
static void read_row(const Calibration *c, size_t v, size_t *total, size_t *most, char *answered)
{
    size_t k = c->fit->data.n_items;
    *total = *most = 0;
    for (size_t i = 0; i < k; i++) {
        int x = c->fit->data.responses[v * k + i];
        answered[i] = x >= 0 ? '1' : '0';
        if (x >= 0) *total += (size_t)x, *most += c->m[i];
    }
}

static void start_pattern(const Calibration *c, const char *answered, size_t most, ScorePattern *pattern)
{
    *pattern = (ScorePattern){.most = most, .count = ARENA_ARRAY(c->arena, double, most + 1)};
    pattern->items = ARENA_ARRAY(c->arena, size_t, c->fit->data.n_items);
    for (size_t i = 0; i < c->fit->data.n_items; i++)
        if (answered[i] == '1') pattern->items[pattern->n_items++] = i;
}

/* Sorts the rows into patterns and scores. */
static void count_scores(Calibration *c)
{
    const ItemResponses *data = &c->fit->data;
    Map patterns = map_new(c->arena);
    size_t capacity = 0, total, most;
    for (size_t v = 0; v < data->n_persons; v++) {
        char *answered = ARENA_ARRAY(c->arena, char, data->n_items + 1);
        bool is_new;
        read_row(c, v, &total, &most, answered);
        c->fit->n_unanswered += most == 0;
        c->fit->n_zero += most > 0 && total == 0, c->fit->n_full += most > 0 && total == most;
        c->is_used[v] = total > 0 && total < most;
        if (!c->is_used[v]) continue;
        c->fit->n_informative++;
        MapEntry *entry = map_put(&patterns, (Str){answered, data->n_items}, &is_new);
        if (is_new) {
            entry->index = c->counts.n_patterns;
            ARENA_PUSH_ROOM(c->arena, c->counts.patterns, c->counts.n_patterns, capacity);
            start_pattern(c, answered, most, &c->counts.patterns[c->counts.n_patterns++]);
        }
        c->counts.patterns[entry->index].count[total]++;
        for (size_t i = 0; i < data->n_items; i++)
            for (int h = 0; h < data->responses[v * data->n_items + i]; h++)
                c->counts.observed[c->counts.first[i] + (size_t)h]++;
    }
    c->fit->n_patterns = c->counts.n_patterns;
}

static bool refuse_category(const Calibration *c, size_t i, size_t h, Error *err)
{
    error_set(err, ERROR_DEGENERATE, "of those who inform nobody scores %zu on %s", h,
              item_name(c->arena, &c->fit->data, i));
    return error_hint(err, "Join the category with its neighbour, or give the items shared steps (rating-scale).");
}

/* Every item varies among those who inform, and every category that has a threshold of its own occurs. */
static bool categories_check(const Calibration *c, Error *err)
{
    const ItemResponses *data = &c->fit->data;
    if (c->fit->n_informative == 0) {
        error_set(err, ERROR_DEGENERATE, "of %zu persons nobody scores between nothing and everything", data->n_persons);
        return error_hint(err, "Such persons say nothing about which items are harder.");
    }
    size_t *seen = ARENA_ARRAY(c->arena, size_t, PARTIAL_CREDIT_MAX_SCORE + 1);
    for (size_t i = 0; i < data->n_items; i++) {
        size_t n_seen = 0, top = c->counts.first[i + 1] - c->counts.first[i];
        memset(seen, 0, (PARTIAL_CREDIT_MAX_SCORE + 1) * sizeof *seen);
        for (size_t v = 0; v < data->n_persons; v++) {
            int x = data->responses[v * data->n_items + i];
            if (c->is_used[v] && x >= 0) seen[x]++;
        }
        for (size_t h = 0; h <= top; h++) n_seen += seen[h] > 0;
        if (n_seen < 2) {
            error_set(err, ERROR_DEGENERATE, "all who inform score alike on %s, or nobody answers it",
                      item_name(c->arena, data, i));
            return error_hint(err, "Leave the item out: how hard it is cannot be told from these persons.");
        }
        for (size_t h = 0; c->fit->model == CALIBRATION_PARTIAL_CREDIT && h <= top; h++)
            if (seen[h] == 0) return refuse_category(c, i, h, err);
    }
    return true;
}

static void lay_out(Calibration *c)
{
    Arena *arena = c->arena;
    size_t k = c->fit->data.n_items;
    c->counts.n_items = k, c->counts.first = ARENA_ARRAY(arena, size_t, k + 1);
    for (size_t i = 0; i < k; i++) c->counts.first[i + 1] = c->counts.first[i] + c->m[i];
    size_t q = c->counts.q = c->counts.first[k];
    bool shared = c->fit->model == CALIBRATION_RATING_SCALE;
    c->counts.observed = ARENA_ARRAY(arena, double, q);
    c->fit->n_steps = shared ? c->m[0] : 0;
    size_t p = c->p = shared ? k + c->m[0] : q;
    c->n_constraints = shared ? 2 : 1;
    c->fit->n_free = p - c->n_constraints;
    c->design = ARENA_ARRAY(arena, double, q *p), c->constraint = ARENA_ARRAY(arena, double, c->n_constraints * p);
    c->b = ARENA_ARRAY(arena, double, p), c->before = ARENA_ARRAY(arena, double, p);
    c->step = ARENA_ARRAY(arena, double, p), c->threshold = ARENA_ARRAY(arena, double, q);
    c->score = ARENA_ARRAY(arena, double, p), c->information = ARENA_ARRAY(arena, double, p *p);
    c->work = ARENA_ARRAY(arena, double, p *p), c->score_q = ARENA_ARRAY(arena, double, q);
    c->information_q = ARENA_ARRAY(arena, double, q *q);
}

/* Locations have mean 0; shared steps have mean 0. */
static void design_fill(Calibration *c)
{
    size_t k = c->fit->data.n_items;
    for (size_t i = 0; i < k; i++)
        for (size_t h = 0; h < c->m[i]; h++) {
            size_t a = c->counts.first[i] + h;
            if (c->fit->n_steps) {
                c->design[a * c->p + i] = c->design[a * c->p + k + h] = 1;
                c->constraint[i] = 1 / (double)k, c->constraint[c->p + k + h] = 1 / (double)c->m[0];
            } else {
                c->design[a * c->p + a] = 1, c->constraint[a] = 1 / (double)(k * c->m[i]);
            }
        }
}

static void thresholds_from(Calibration *c)
{
    matrix_apply(c->design, c->b, c->counts.q, c->p, c->threshold);
}

static double evaluate(Calibration *c, bool derive)
{
    size_t q = c->counts.q, p = c->p;
    thresholds_from(c);
    if (!derive) return conditional_likelihood(c->arena, &c->counts, c->threshold, NULL, NULL);
    double value = conditional_likelihood(c->arena, &c->counts, c->threshold, c->score_q, c->information_q);
    ArenaMark mark = arena_mark(c->arena);
    double *half = ARENA_ARRAY(c->arena, double, q *p);
    matrix_multiply(c->information_q, c->design, q, q, p, half);
    for (size_t j = 0; j < p; j++) {
        c->score[j] = 0;
        for (size_t a = 0; a < q; a++) c->score[j] += c->design[a * p + j] * c->score_q[a];
        for (size_t l = 0; l < p; l++) {
            double sum = 0;
            for (size_t a = 0; a < q; a++) sum += c->design[a * p + j] * half[a * p + l];
            c->information[j * p + l] = sum;
        }
    }
    arena_rewind(c->arena, mark);
    return value;
}

/* information + n A' A, which can be inverted and whose steps keep A b = 0, since the likelihood is flat only along
 * directions that A sees. Returns false for items that nobody links. */
static bool factor(Calibration *c)
{
    size_t p = c->p;
    double scale = (double)c->fit->n_informative;
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l < p; l++) {
            double sum = c->information[j * p + l];
            for (size_t a = 0; a < c->n_constraints; a++)
                sum += scale * c->constraint[a * p + j] * c->constraint[a * p + l];
            c->work[j * p + l] = sum;
        }
    return cholesky(c->work, p) == p;
}

static bool advance(Calibration *c, double *value)
{
    double share = fmin(1, LONGEST_STEP / largest_magnitude(c->step, c->p)), slack = 1e-12 * (1 + fabs(*value));
    memcpy(c->before, c->b, c->p * sizeof *c->b);
    for (int halving = 0; halving < MAX_HALVINGS; halving++, share /= 2) {
        for (size_t j = 0; j < c->p; j++) c->b[j] = c->before[j] + share * c->step[j];
        double now = evaluate(c, false);
        if (now < *value - slack) continue;
        *value = now;
        return true;
    }
    return false;
}

static bool refuse_infinite(const Calibration *c, Error *err)
{
    for (size_t i = 0; i < c->counts.n_items; i++)
        for (size_t a = c->counts.first[i]; a < c->counts.first[i + 1]; a++) {
            if (fabs(c->threshold[a]) < FINITE_LOGITS) continue;
            error_set(err, ERROR_DEGENERATE, "threshold %zu of %s has no finite estimate", a - c->counts.first[i] + 1,
                      item_name(c->arena, &c->fit->data, i));
            return error_hint(err, "Nobody scored high on it who scored low on the others, or the reverse: leave it out.");
        }
    return true;
}

static bool maximise(Calibration *c, Error *err)
{
    double length = INFINITY, value = evaluate(c, false);
    for (c->fit->n_iterations = 0; c->fit->n_iterations < MAX_STEPS; c->fit->n_iterations++) {
        evaluate(c, true);
        if (!factor(c)) {
            error_set(err, ERROR_DEGENERATE, "the items fall into groups that no person links");
            return error_hint(err, "Calibrate each group by itself, or add persons who answered items of both.");
        }
        memcpy(c->step, c->score, c->p * sizeof *c->step);
        solve_lower(c->work, c->p, c->step);
        length = euclidean_norm(c->step, c->p);
        solve_lower_transposed(c->work, c->p, c->step);
        if (length <= STEP_TOLERANCE || !advance(c, &value)) break;
        if (!refuse_infinite(c, err)) return false;
    }
    c->fit->log_likelihood = value;
    if (length <= ROUNDING_STEP) return true;
    error_set(err, ERROR_NO_CONVERGENCE, "the calibration did not settle in %zu steps", c->fit->n_iterations);
    return error_hint(err, "Look for categories that few persons reach, and join them.");
}

/* The covariance of the parameters is M I M with M the inverse of what factor made; of the thresholds, by the design. */
static void conclude(Calibration *c)
{
    PartialCreditFit *fit = c->fit;
    size_t p = c->p, q = c->counts.q;
    double *m = ARENA_ARRAY(c->arena, double, p *p), *half = ARENA_ARRAY(c->arena, double, p *q);
    double *design_m = ARENA_ARRAY(c->arena, double, q *p);
    for (size_t j = 0; j < p; j++) {
        memset(c->step, 0, p * sizeof *c->step);
        c->step[j] = 1;
        solve_lower(c->work, p, c->step);
        solve_lower_transposed(c->work, p, c->step);
        memcpy(&m[j * p], c->step, p * sizeof *c->step);
    }
    fit->vcov = ARENA_ARRAY(c->arena, double, q *q);
    matrix_multiply(c->design, m, q, p, p, design_m);
    matrix_multiply_transposed(c->information, design_m, p, p, q, half);
    matrix_multiply(design_m, half, q, p, q, fit->vcov);
    fit->first = c->counts.first, fit->threshold = c->threshold;
    fit->threshold_se = ARENA_ARRAY(c->arena, double, q);
    for (size_t a = 0; a < q; a++) fit->threshold_se[a] = sqrt(fit->vcov[a * q + a]);
    fit->location = ARENA_ARRAY(c->arena, double, fit->data.n_items);
    fit->location_se = ARENA_ARRAY(c->arena, double, fit->data.n_items);
    for (size_t i = 0; i < fit->data.n_items; i++) {
        double variance = 0, share = 1 / (double)c->m[i];
        for (size_t a = fit->first[i]; a < fit->first[i + 1]; a++) {
            fit->location[i] += share * fit->threshold[a];
            for (size_t b = fit->first[i]; b < fit->first[i + 1]; b++) variance += share * share * fit->vcov[a * q + b];
        }
        fit->location_se[i] = sqrt(variance);
    }
    fit->step = fit->n_steps ? c->b + fit->data.n_items : NULL;
}

bool partial_credit_fit(Arena *arena, const ItemResponses *data, CalibrationModel model, PartialCreditFit *fit,
                        Error *err)
{
    *fit = (PartialCreditFit){.data = *data, .model = model};
    if (!size_check(data, err)) return false;
    size_t *m = ARENA_ARRAY(arena, size_t, data->n_items);
    for (size_t i = 0; i < data->n_items; i++) m[i] = 1;
    if (!scores_check(arena, data, model, m, err)) return false;
    Calibration c = {.arena = arena, .fit = fit, .m = m};
    c.is_used = ARENA_ARRAY(arena, unsigned char, data->n_persons);
    lay_out(&c);
    design_fill(&c);
    count_scores(&c);
    if (!categories_check(&c, err) || !maximise(&c, err)) return false;
    conclude(&c);
    return true;
}
