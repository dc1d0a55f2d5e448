#include "stat/impute_inside.h"

#include <math.h>
#include <string.h>

#include "math/distribution.h"
#include "math/root.h"
#include "stat/rubin.h"

#define DEFAULT_BOOTSTRAP  1000
#define DEFAULT_MULTIPLE   100
#define MOST_DRAWS         100000
#define REACH              10.0       /* of the search for a tipping point, in standard deviations of the outcome */
#define REACH_STEPS        200

static const struct {
    const char *word, *meaning, *assumption;
} STRATEGIES[] = {
#define X(name, word, meaning, assumption) {word, meaning, assumption},
    IMPUTE_STRATEGIES(X)
#undef X
};

static const struct {
    const char *word, *meaning;
} METHODS[] = {
#define X(name, word, meaning) {word, meaning},
    IMPUTE_METHODS(X)
#undef X
};

const char *impute_strategy_word(ImputeStrategy strategy) { return STRATEGIES[strategy].word; }
const char *impute_strategy_meaning(ImputeStrategy strategy) { return STRATEGIES[strategy].meaning; }
const char *impute_strategy_assumption(ImputeStrategy strategy) { return STRATEGIES[strategy].assumption; }
const char *impute_method_meaning(ImputeMethod method) { return METHODS[method].meaning; }

bool impute_method_pools(ImputeMethod method) { return method == IMPUTE_MULTIPLE || method == IMPUTE_SEQUENTIAL; }

bool impute_strategy_parse(Str word, ImputeStrategy *strategy)
{
    for (size_t i = 0; i < sizeof STRATEGIES / sizeof STRATEGIES[0]; i++)
        if (str_equal_fold(word, str_from(STRATEGIES[i].word))) {
            *strategy = (ImputeStrategy)i;
            return true;
        }
    return false;
}

bool impute_method_parse(Str word, ImputeMethod *method)
{
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
        if (str_equal_fold(word, str_from(METHODS[i].word))) {
            *method = (ImputeMethod)i;
            return true;
        }
    return false;
}

static size_t everybody(const ImputeData *d, size_t without, size_t *who)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        if (i != without) who[n++] = i;
    return n;
}

/* As many subjects of each arm as there are, drawn with replacement; they stand in the order of arms. */
static size_t draw_subjects(Arena *scratch, const ImputeData *d, Rng *rng, size_t *who)
{
    size_t *members = ARENA_ARRAY(scratch, size_t, d->n), n = 0;
    for (size_t a = 0; a < d->n_arms; a++) {
        size_t n_members = 0;
        for (size_t i = 0; i < d->n; i++)
            if (d->arm_of[i] == a) members[n_members++] = i;
        for (size_t k = 0; k < n_members; k++) who[n++] = members[rng_below(rng, n_members)];
    }
    return n;
}

typedef struct {
    Arena *arena;
    Imputation *result;
    const ImputeData *d;
    const double *start;              /* Sigma of the fit to everybody */
    const ImputeSequence *sequence;   /* of sequential regressions */
    size_t *who;
    size_t capacity;
} Run;

/* The model fitted to the n subjects of `who`; values and analysis of those `analysed`. */
static bool analyse_refit(Run *run, size_t n, const size_t *analysed, size_t n_analysed, Rng *rng, ImputeAnalysis *analysis, Error *err)
{
    const ImputeOptions *o = &run->result->options;
    MmrmFit fit;
    double *values = ARENA_ARRAY(run->arena, double, n_analysed * run->d->m);
    return impute_fit(run->arena, run->d, run->who, n, run->start, &fit, err)
        && impute_values(run->arena, run->d, &fit, o->strategy, analysed, n_analysed, rng, values, err)
        && impute_analyse(run->arena, run->d, o, analysed, n_analysed, values, analysis, err);
}

/* Without subject i; who has no outcome in the model leaves the fit as it is. */
static bool leave_out(Run *run, size_t i, ImputeAnalysis *analysis, Error *err)
{
    const ImputeData *d = run->d;
    Imputation *result = run->result;
    size_t n = everybody(d, i, run->who);
    for (size_t v = 0; v < d->m; v++)
        if (d->used[i*d->m + v]) return analyse_refit(run, n, run->who, n, NULL, analysis, err);
    double *values = ARENA_ARRAY(run->arena, double, n * d->m);
    return impute_values(run->arena, d, &result->fit, result->options.strategy, run->who, n, NULL, values, err)
        && impute_analyse(run->arena, d, &result->options, run->who, n, values, analysis, err);
}

static bool draw_bootstrap(Run *run, size_t i, ImputeAnalysis *analysis, Error *err)
{
    Rng rng = rng_stream(run->result->options.seed, i);
    size_t n = draw_subjects(run->arena, run->d, &rng, run->who);
    return analyse_refit(run, n, run->who, n, NULL, analysis, err);
}

/* Parameters from subjects drawn again, an approximate draw from their posterior; values of all subjects by them. */
static bool draw_imputation(Run *run, size_t i, ImputeAnalysis *analysis, Error *err)
{
    Rng rng = rng_stream(run->result->options.seed, i);
    size_t n = draw_subjects(run->arena, run->d, &rng, run->who);
    size_t *all = ARENA_ARRAY(run->arena, size_t, run->d->n);
    return analyse_refit(run, n, all, everybody(run->d, SIZE_MAX, all), &rng, analysis, err);
}

static bool draw_sequence(Run *run, size_t i, ImputeAnalysis *analysis, Error *err)
{
    const ImputeData *d = run->d;
    Rng rng = rng_stream(run->result->options.seed, i);
    double *values = ARENA_ARRAY(run->arena, double, d->n * d->m);
    impute_sequence_draw(run->arena, d, run->sequence, &rng, values);
    return impute_analyse(run->arena, d, &run->result->options, run->who, everybody(d, SIZE_MAX, run->who), values, analysis, err);
}

static void note_failure(Run *run, size_t i, const Error *why)
{
    Imputation *r = run->result;
    bool leaves = r->options.method == IMPUTE_JACKKNIFE;
    ARENA_PUSH_ROOM(run->arena, r->failures, r->n_failures, run->capacity);
    r->failures[r->n_failures++] = (ImputeFailure){
        .which = leaves ? str_format(run->arena, "without subject \"" STR_FMT "\"", STR_ARG(run->d->subjects[i])) : str_format(run->arena, "draw %zu", i + 1),
        .why = str_copy(run->arena, str_from(why->message))};
}

static bool replicate(Run *run, Error *err)
{
    typedef bool Refit(Run *run, size_t i, ImputeAnalysis *analysis, Error *err);
    static Refit *const REFITS[] = {[IMPUTE_JACKKNIFE] = leave_out, [IMPUTE_BOOTSTRAP] = draw_bootstrap, [IMPUTE_MULTIPLE] = draw_imputation,
                                     [IMPUTE_SEQUENTIAL] = draw_sequence};
    Imputation *r = run->result;
    size_t n = r->options.method == IMPUTE_JACKKNIFE ? run->d->n : r->options.n_draws;
    r->replicates = ARENA_ARRAY(run->arena, ImputeAnalysis, n);
    for (size_t i = 0; i < n; i++) r->replicates[i] = impute_analysis_new(run->arena, run->d);
    for (size_t i = 0; i < n; i++) {
        Error why = {0};
        ArenaMark mark = arena_mark(run->arena);
        bool done = REFITS[r->options.method](run, i, &r->replicates[r->n_replicates], &why);
        arena_rewind(run->arena, mark);
        if (done) r->n_replicates++;
        else note_failure(run, i, &why);
    }
    if (r->n_failures * 10 <= n) return true;
    error_set(err, ERROR_DEGENERATE, "%zu of %zu refits failed, the first %s: %s", r->n_failures, n, r->failures[0].which.data, r->failures[0].why.data);
    return error_hint(err, "Use a covariance with fewer parameters, or fewer terms.");
}

static bool check_options(const ImputeOptions *o, Error *err)
{
    if (o->n_draws == 1 || o->n_draws > MOST_DRAWS) {
        error_set(err, ERROR_USAGE, "%zu draws", o->n_draws);
        return error_hint(err, "Ask for 2 to %d.", MOST_DRAWS);
    }
    if (o->method == IMPUTE_SEQUENTIAL && o->strategy != IMPUTE_MAR) {
        error_set(err, ERROR_USAGE, "sequential regressions impute outcomes missing at random, not by %s", impute_strategy_meaning(o->strategy));
        return error_hint(err, "Use the method multiple.");
    }
    return true;
}

static bool check_name(Arena *arena, Str name, const Str *names, size_t n, const char *what, size_t *index, Error *err)
{
    for (*index = 0; *index < n; ++*index)
        if (str_equal(names[*index], name)) return true;
    Str near = str_nearest(name, names, n);
    error_set(err, ERROR_INCONSISTENT, "there is no %s \"" STR_FMT "\"", what, STR_ARG(name));
    return error_hint(err, near.len ? "Did you mean \"%s\"?" : "The first is \"%s\".", str_c(arena, near.len ? near : names[0]));
}

static bool check_deltas(Arena *arena, const Imputation *r, Error *err)
{
    size_t index;
    for (size_t i = 0; i < r->options.n_deltas; i++) {
        const ImputeDelta *delta = &r->options.deltas[i];
        if (delta->arm.len && !check_name(arena, delta->arm, r->arms, r->n_arms, "arm", &index, err)) return error_in(err, "delta");
        if (delta->visit.len && !check_name(arena, delta->visit, r->visits, r->n_visits, "visit", &index, err)) return error_in(err, "delta");
    }
    return true;
}

static void describe(Arena *arena, Imputation *r, const ImputeData *d)
{
    size_t cells = d->n_arms * d->m;
    r->data = d, r->ancova = d->ancova, r->arm_name = r->options.arm;
    r->n_subjects = d->n, r->n_visits = d->m, r->n_arms = d->n_arms, r->reference = d->reference;
    r->visits = d->visits, r->arms = d->arms, r->subjects = d->subjects, r->observed = d->observed;
    r->n_left_out = d->n_left_out, r->left_out_for = d->left_out_for;
    r->subjects_in = ARENA_ARRAY(arena, size_t, d->n_arms);
    r->n_imputed = ARENA_ARRAY(arena, size_t, cells), r->n_after = ARENA_ARRAY(arena, size_t, cells);
    for (size_t i = 0; i < d->n; i++) {
        size_t n_seen = 0, arm = d->arm_of[i];
        r->subjects_in[arm]++;
        for (size_t v = 0; v < d->m; v++) {
            bool seen = d->observed[i*d->m + v];
            n_seen += seen;
            r->n_excluded += seen && !d->used[i*d->m + v];
            r->n_imputed[arm*d->m + v] += !seen;
            r->n_after[arm*d->m + v] += !seen && v >= d->event_of[i];
        }
        r->n_unseen += n_seen == 0;
    }
    r->n_effects = 2 * d->n_arms, r->n_parts = d->n_arms + 1;
}

/* The fit to everybody, its conditional means, and their analysis. */
static bool impute_once(Arena *arena, Imputation *r, const ImputeData *d, size_t *who, Error *err)
{
    size_t n = everybody(d, SIZE_MAX, who);
    r->completed = ARENA_ARRAY(arena, double, d->n * d->m);
    r->whole = impute_analysis_new(arena, d);
    if (!impute_fit(arena, d, who, n, NULL, &r->fit, err)
        || !impute_values(arena, d, &r->fit, r->options.strategy, who, n, NULL, r->completed, err)
        || !impute_analyse(arena, d, &r->options, who, n, r->completed, &r->whole, err)) return false;
    for (size_t i = 0; i < d->n * d->m; i++)
        if (!d->observed[i]) r->completed[i] += impute_delta(d, &r->options, i / d->m, i % d->m);
    return true;
}

bool impute(Arena *arena, const Formula *formula, const Frame *frame, const size_t *rows, size_t n_rows, const ImputeOptions *options,
            Imputation *result, Error *err)
{
    ImputeData *d = ARENA_NEW(arena, ImputeData);
    *result = (Imputation){.options = *options};
    if (!check_options(options, err) || !impute_prepare(arena, formula, frame, rows, n_rows, options, d, err)) return false;
    if (options->n_draws == 0) result->options.n_draws = options->method == IMPUTE_BOOTSTRAP ? DEFAULT_BOOTSTRAP : DEFAULT_MULTIPLE;
    describe(arena, result, d);
    Run run = {.arena = arena, .result = result, .d = d, .who = ARENA_ARRAY(arena, size_t, d->n + 1)};
    if (!check_deltas(arena, result, err) || !impute_once(arena, result, d, run.who, err)) return false;
    run.start = result->fit.sigma;
    if (options->method == IMPUTE_SEQUENTIAL && !(run.sequence = impute_sequence_fit(arena, d, err))) return false;
    return replicate(&run, err);
}

bool impute_find_visit(const Imputation *r, Str name, size_t *visit, Error *err)
{
    return check_name(r->data->grid.frame->arena, name, r->visits, r->n_visits, "visit", visit, err);
}

bool impute_find_arm(const Imputation *r, Str name, size_t *arm, Error *err)
{
    return check_name(r->data->grid.frame->arena, name, r->arms, r->n_arms, "arm", arm, err);
}

static double shifted_effect(const Imputation *r, const ImputeAnalysis *a, size_t visit, size_t effect, const double *deltas)
{
    const double *parts = &a->effect[(visit*r->n_effects + effect)*r->n_parts];
    return parts[0] + (deltas ? dot(&parts[1], deltas, r->n_arms) : 0);
}

static double shifted_variance(const Imputation *r, const ImputeAnalysis *a, size_t visit, size_t effect, const double *deltas)
{
    const double *residual = &a->residual[visit*r->n_parts*r->n_parts];
    double sum = 0;
    for (size_t i = 0; i < r->n_parts; i++)
        for (size_t j = 0; j < r->n_parts; j++)
            sum += (i ? deltas ? deltas[i - 1] : 0 : 1) * (j ? deltas ? deltas[j - 1] : 0 : 1) * residual[i*r->n_parts + j];
    return a->scale[effect] * sum / a->df;
}

/* Sums over the replicates of effects, their squares about the mean, and their variances. */
typedef struct {
    double mean, squares, within;
} Spread;

static Spread spread_of(const Imputation *r, size_t visit, size_t effect, const double *deltas)
{
    Spread s = {0};
    double n = (double)r->n_replicates;
    for (size_t i = 0; i < r->n_replicates; i++) s.mean += shifted_effect(r, &r->replicates[i], visit, effect, deltas) / n;
    for (size_t i = 0; i < r->n_replicates; i++) {
        double gap = shifted_effect(r, &r->replicates[i], visit, effect, deltas) - s.mean;
        s.squares += gap * gap;
        if (impute_method_pools(r->options.method)) s.within += shifted_variance(r, &r->replicates[i], visit, effect, deltas) / n;
    }
    return s;
}

static Estimate pooled(const Imputation *r, size_t visit, size_t effect, const double *deltas, double confidence)
{
    Spread s = spread_of(r, visit, effect, deltas);
    double n = (double)r->n_replicates, whole = shifted_effect(r, &r->whole, visit, effect, deltas);
    if (r->options.method == IMPUTE_JACKKNIFE)
        return estimate_of(whole, sqrt(((double)r->n_subjects - 1) / n * s.squares), INFINITY, confidence);
    if (r->options.method == IMPUTE_BOOTSTRAP) return estimate_of(whole, sqrt(s.squares / (n - 1)), INFINITY, confidence);
    RubinPool pool = rubin_combine(s.mean, s.within, s.squares / (n - 1), r->n_replicates, r->whole.df, 0, confidence);
    return estimate_of(pool.estimate, pool.se, pool.df, confidence);
}

Estimate impute_mean(const Imputation *r, size_t arm, size_t visit, const double *deltas, double confidence)
{
    return pooled(r, visit, arm, deltas, confidence);
}

Estimate impute_difference(const Imputation *r, size_t arm, size_t visit, const double *deltas, double confidence)
{
    return pooled(r, visit, r->n_arms + arm, deltas, confidence);
}

typedef struct {
    const Imputation *result;
    size_t arm, visit, shifted;
    double alpha;
    double *deltas;
} Search;

/* p - alpha of the difference once `delta` is added to the shifted arm */
static double excess(double delta, void *context)
{
    const Search *s = context;
    s->deltas[s->shifted] = delta;
    return impute_difference(s->result, s->arm, s->visit, s->deltas, 0.95).p - s->alpha;
}

/* The nearest crossing on one side, sought in steps. */
static double nearest(Search *s, double step)
{
    bool significant = excess(0, s) <= 0;
    for (int i = 1; i <= REACH_STEPS; i++) {
        double root, low = (i - 1) * step, high = i * step;
        if ((excess(high, s) <= 0) == significant) continue;
        bool found = low < high ? root_between(excess, s, low, high, fabs(step) * 1e-9, &root)
                                : root_between(excess, s, high, low, fabs(step) * 1e-9, &root);
        return found ? root : NAN;
    }
    return NAN;
}

TippingPoint impute_tipping(const Imputation *r, size_t arm, size_t visit, size_t shifted, double alpha)
{
    double deltas[IMPUTE_MAX_ARMS] = {0};
    size_t place = r->data->place[visit], m = r->n_visits;
    Search s = {r, arm, visit, shifted, alpha, deltas};
    TippingPoint t = {.lower = NAN, .upper = NAN, .reach = REACH * sqrt(r->fit.sigma[place*m + place])};
    t.is_significant = excess(0, &s) <= 0;
    if (r->n_imputed[shifted*m + visit] == 0) return t;
    t.lower = nearest(&s, -t.reach / REACH_STEPS);
    t.upper = nearest(&s, t.reach / REACH_STEPS);
    return t;
}
