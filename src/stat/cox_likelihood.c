#include "stat/cox_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/matrix.h"

typedef struct {
    size_t stratum, time, subject;
    bool event;
} Place;

static int compare_places(const void *a, const void *b)
{
    const Place *x = a, *y = b;
    if (x->stratum != y->stratum) return x->stratum > y->stratum ? 1 : -1;
    if (x->time != y->time) return x->time < y->time ? 1 : -1;
    if (x->event != y->event) return x->event ? 1 : -1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

static void order_subjects(Arena *scratch, const CoxInput *in, CoxProblem *c)
{
    ArenaMark mark = arena_mark(scratch);
    Place *place = ARENA_ARRAY(scratch, Place, c->n);
    for (size_t i = 0; i < c->n; i++)
        place[i] = (Place){in->stratum ? in->stratum[i] : 0, c->times.of_subject[i], i, in->data.event[i]};
    qsort(place, c->n, sizeof *place, compare_places);
    for (size_t i = 0; i < c->n; i++) {
        bool begins = i == 0 || place[i].stratum != place[i - 1].stratum;
        if (begins || place[i].time != place[i - 1].time)
            c->blocks[c->n_blocks++] =
                (CoxBlock){.first = i, .time = place[i].time, .begins_stratum = begins};
        CoxBlock *block = &c->blocks[c->n_blocks - 1];
        if (place[i].event) block->n_events++, c->n_events++;
        else block->n_censored++;
        if (block->n_events > c->most_tied) c->most_tied = block->n_events;
        c->subject[i] = place[i].subject;
    }
    arena_rewind(scratch, mark);
}

static void standardise(Arena *scratch, const CoxInput *in, CoxProblem *c)
{
    ArenaMark mark = arena_mark(scratch);
    double *column = ARENA_ARRAY(scratch, double, c->n);
    for (size_t j = 0; j < c->p; j++) {
        for (size_t i = 0; i < c->n; i++) column[i] = in->x[c->subject[i] * c->p + j];
        double mean = sample_mean(column, c->n);
        double sd = sqrt(sample_sum_of_squares(column, c->n, mean) / (double)c->n);
        bool varies = sd > sample_tie_tolerance(column, c->n);
        c->scale[j] = varies ? sd : 1;
        for (size_t i = 0; i < c->n; i++) c->x[i * c->p + j] = varies ? (column[i] - mean) / sd : 0;
    }
    arena_rewind(scratch, mark);
}

CoxProblem cox_problem(Arena *arena, const CoxInput *input, CoxTies ties)
{
    size_t n = input->data.n, p = input->p;
    CoxProblem c = {.n = n, .p = p, .ties = ties, .times = survival_times(arena, &input->data)};
    c.subject = ARENA_ARRAY(arena, size_t, n);
    c.blocks = ARENA_ARRAY(arena, CoxBlock, n);
    c.x = ARENA_ARRAY(arena, double, n * p);
    c.scale = ARENA_ARRAY(arena, double, p);
    order_subjects(arena, input, &c);
    standardise(arena, input, &c);
    return c;
}

void cox_predictor(const CoxProblem *problem, const double *b, double *eta)
{
    matrix_apply(problem->x, b, problem->n, problem->p, eta);
}

static CoxMoments moments_new(Arena *arena, size_t p)
{
    return (CoxMoments){-INFINITY, ARENA_ARRAY(arena, double, p), ARENA_ARRAY(arena, double, p * p)};
}

static void moments_empty(CoxMoments *m, size_t p)
{
    m->log_weight = -INFINITY;
    memset(m->mean, 0, p * sizeof *m->mean);
    memset(m->covariance, 0, p * p * sizeof *m->covariance);
}

static void moments_copy(CoxMoments *to, const CoxMoments *from, size_t p)
{
    to->log_weight = from->log_weight;
    memcpy(to->mean, from->mean, p * sizeof *to->mean);
    memcpy(to->covariance, from->covariance, p * p * sizeof *to->covariance);
}

/* a becomes the mixture of a and of b, the weights of b times exp(log_factor) and its values moved by `shift`. Sums of
 * squares are never subtracted, so that a covariance stays one however small it gets. delta holds p. */
static void mix_in(CoxMoments *a, const CoxMoments *b, double log_factor, const double *shift, double *delta,
                   size_t p)
{
    double log_b = b->log_weight + log_factor;
    if (!(log_b > -INFINITY)) return;
    double share = 1 / (1 + exp(a->log_weight - log_b)), rest = 1 / (1 + exp(log_b - a->log_weight));
    for (size_t j = 0; j < p; j++) delta[j] = b->mean[j] + shift[j] - a->mean[j];
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k <= j; k++)
            a->covariance[j*p + k] = rest * a->covariance[j*p + k] + share * b->covariance[j*p + k] +
                                     share * rest * delta[j] * delta[k];
    for (size_t j = 0; j < p; j++) a->mean[j] += share * delta[j];
    a->log_weight = fmax(a->log_weight, log_b) + log1p(exp(-fabs(a->log_weight - log_b)));
}

typedef struct {
    const CoxProblem *c;
    const double *eta;
    CoxMoments one;                   /* weight 1 at 0: moved by x and weighted by exp(eta), a subject */
    CoxMoments at_risk, tied, at;
    CoxMoments *sets;                 /* of 0 .. most_tied subjects; only for exact ties */
    double *delta, *zero;
} Sweep;

static void add_subjects(Sweep *s, CoxMoments *to, size_t first, size_t n)
{
    for (size_t i = first; i < first + n; i++)
        mix_in(to, &s->one, s->eta[i], &s->c->x[i * s->c->p], s->delta, s->c->p);
}

/* The sum of x over sets of d among subjects first .. end-1: each in turn is left out of a set or joins one of d - 1. */
static const CoxMoments *sums_over_sets(Sweep *s, size_t first, size_t end, size_t d)
{
    size_t p = s->c->p;
    for (size_t k = 1; k <= d; k++) moments_empty(&s->sets[k], p);
    for (size_t i = first; i < end; i++)
        for (size_t k = i - first + 1 < d ? i - first + 1 : d; k > 0; k--)
            mix_in(&s->sets[k], &s->sets[k - 1], s->eta[i], &s->c->x[i*p], s->delta, p);
    return &s->sets[d];
}

/* Efron: the l-th of d tied events (l from 0) is compared with all others at risk and (d - l) / d of the tied ones. */
static void visit_block(Sweep *s, const CoxBlock *block, CoxVisit *visit, void *context)
{
    size_t p = s->c->p, d = block->n_events;
    moments_empty(&s->tied, p);
    add_subjects(s, &s->tied, block->first + block->n_censored, d);
    for (size_t l = 0; l < d; l++) {
        double share = s->c->ties == COX_TIES_EFRON ? (double)(d - l) / (double)d : 1;
        moments_copy(&s->at, &s->at_risk, p);
        mix_in(&s->at, &s->tied, log(share), s->zero, s->delta, p);
        visit(context, block, &s->at);
    }
    mix_in(&s->at_risk, &s->tied, 0, s->zero, s->delta, p);
}

void cox_sweep(Arena *scratch, const CoxProblem *problem, const double *eta, CoxVisit *visit, void *context)
{
    ArenaMark mark = arena_mark(scratch);
    size_t p = problem->p, stratum = 0;
    Sweep s = {.c = problem, .eta = eta};
    s.one = moments_new(scratch, p);
    s.at_risk = moments_new(scratch, p);
    s.tied = moments_new(scratch, p);
    s.at = moments_new(scratch, p);
    s.delta = ARENA_ARRAY(scratch, double, p);
    s.zero = ARENA_ARRAY(scratch, double, p);
    s.one.log_weight = 0;
    if (problem->ties == COX_TIES_EXACT) {
        s.sets = ARENA_ARRAY(scratch, CoxMoments, problem->most_tied + 1);
        for (size_t k = 0; k <= problem->most_tied; k++) s.sets[k] = moments_new(scratch, p);
        s.sets[0].log_weight = 0;
    }
    for (size_t b = 0; b < problem->n_blocks; b++) {
        const CoxBlock *block = &problem->blocks[b];
        size_t end = block->first + block->n_censored + block->n_events;
        if (block->begins_stratum) moments_empty(&s.at_risk, p), stratum = block->first;
        add_subjects(&s, &s.at_risk, block->first, block->n_censored);
        if (problem->ties == COX_TIES_EXACT && block->n_events > 1) {
            visit(context, block, sums_over_sets(&s, stratum, end, block->n_events));
            add_subjects(&s, &s.at_risk, block->first + block->n_censored, block->n_events);
        } else {
            visit_block(&s, block, visit, context);
        }
    }
    arena_rewind(scratch, mark);
}

/* What each event was compared with, in the order of the sweep. */
typedef struct {
    size_t p, n;
    double *hazard, *mean;            /* n, n x p */
} Record;

static void record(void *context, const CoxBlock *block, const CoxMoments *at_risk)
{
    Record *r = context;
    (void)block;
    r->hazard[r->n] = exp(-at_risk->log_weight);
    memcpy(&r->mean[r->n++ * r->p], at_risk->mean, r->p * sizeof *r->mean);
}

/* sums (p + 1) += the hazards and hazards times means of d events, the tied ones' as far as they are compared with. */
static void add_hazards(const Record *r, size_t first, size_t d, bool partly, double *sums)
{
    for (size_t l = 0; l < d; l++) {
        double h = r->hazard[first + l] * (partly ? (double)(d - l) / (double)d : 1);
        for (size_t j = 0; j < r->p; j++) sums[j] += h * r->mean[(first + l) * r->p + j];
        sums[r->p] += h;
    }
}

void cox_score_residuals(Arena *scratch, const CoxProblem *problem, const double *eta, double *score)
{
    ArenaMark mark = arena_mark(scratch);
    size_t p = problem->p, turn = problem->n_events;
    Record r = {p, 0, ARENA_ARRAY(scratch, double, turn), ARENA_ARRAY(scratch, double, turn * p)};
    double *sums = ARENA_ARRAY(scratch, double, p + 1), *tied = ARENA_ARRAY(scratch, double, p + 1);
    cox_sweep(scratch, problem, eta, record, &r);
    for (size_t b = problem->n_blocks; b-- > 0;) {
        const CoxBlock *block = &problem->blocks[b];
        size_t d = block->n_events, event = block->first + block->n_censored;
        turn -= d;
        memcpy(tied, sums, (p + 1) * sizeof *tied);
        add_hazards(&r, turn, d, problem->ties == COX_TIES_EFRON, tied);
        add_hazards(&r, turn, d, false, sums);
        for (size_t i = block->first; i < event + d; i++) {
            const double *sum = i < event ? sums : tied, weight = exp(eta[i]);
            for (size_t j = 0; j < p; j++) {
                double seen = 0, x = problem->x[i*p + j];
                for (size_t l = 0; i >= event && l < d; l++)
                    seen += (x - r.mean[(turn + l) * p + j]) / (double)d;
                score[i*p + j] = seen - weight * (x * sum[p] - sum[j]);
            }
        }
        if (block->begins_stratum) memset(sums, 0, (p + 1) * sizeof *sums);
    }
    arena_rewind(scratch, mark);
}
