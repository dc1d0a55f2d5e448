#include "cli/impute_words.h"

#include <math.h>

#include "base/json.h"
#include "cli/grid.h"

typedef struct {
    Invocation *call;
    Buf *out;
    const ImputePrint *p;
    const Imputation *r;
    int decimals;                     /* alike for all strategies */
    bool has_df;                      /* limits are those of t */
} Words;

static void write_visits(const Words *w)
{
    const Imputation *r = w->r;
    buf_add_c(w->out, "  visits            ");
    for (size_t v = 0; v < r->n_visits; v++) buf_format(w->out, "%s" STR_FMT, v ? ", " : "", STR_ARG(r->visits[v]));
    buf_add_c(w->out, ", in this order\n");
}

static void write_model(const Words *w)
{
    const Imputation *r = w->r;
    const MmrmFit *fit = &r->fit;
    if (r->options.method == IMPUTE_SEQUENTIAL)
        buf_add_c(w->out, "  imputation model  each visit regressed on the terms of the analysis and the visits before");
    else buf_format(w->out, "  imputation model  %s covariance", covariance_meaning(fit->kind));
    if (fit->n_groups > 1 && r->options.method != IMPUTE_SEQUENTIAL) buf_format(w->out, ", one for each of %zu groups", fit->n_groups);
    buf_format(w->out, "%s; %zu outcomes of %zu subjects", r->options.method == IMPUTE_SEQUENTIAL ? "" : ", REML", fit->n, fit->n_subjects);
    if (r->n_excluded) buf_format(w->out, "; %zu seen after the event are no part of it", r->n_excluded);
    buf_format(w->out, "\n  analysis          " STR_FMT " at each visit, %zu subjects\n", STR_ARG(r->ancova), r->n_subjects);
}

static void write_method(const Words *w)
{
    const Imputation *r = w->r;
    buf_format(w->out, "  method            %s; %zu %s", impute_method_meaning(r->options.method), r->n_replicates + r->n_failures,
               impute_method_pools(r->options.method) ? "imputations" : "refits");
    if (r->options.method != IMPUTE_JACKKNIFE) buf_format(w->out, ", seed %llu", (unsigned long long)r->options.seed);
    buf_char(w->out, '\n');
    for (size_t i = 0; i < r->n_failures; i++)
        buf_format(w->out, "  left out          the refit " STR_FMT " failed: " STR_FMT "\n", STR_ARG(r->failures[i].which), STR_ARG(r->failures[i].why));
}

static void write_head(const Words *w)
{
    const Imputation *r = w->r;
    const ImputeOptions *o = &r->options;
    buf_format(w->out, STR_FMT "\n", STR_ARG(w->p->formula->text));
    write_visits(w);
    if (o->event.len) buf_format(w->out, "  event             first visit affected: " STR_FMT "\n", STR_ARG(o->event));
    else buf_add_c(w->out, "  event             taken to be the first visit after the last outcome\n");
    write_model(w);
    if (r->n_unseen) buf_format(w->out, "  without outcome   %zu subjects; all their visits are imputed\n", r->n_unseen);
    if (r->n_left_out) buf_format(w->out, "  left out          %zu subjects for a missing covariate, first " STR_FMT "\n", r->n_left_out, STR_ARG(r->left_out_for));
    write_method(w);
}

static void write_counts(const Words *w)
{
    const Imputation *r = w->r;
    Arena *arena = w->call->arena;
    const char **heads = ARENA_ARRAY(arena, const char *, r->n_visits + 2);
    heads[0] = "", heads[1] = "subjects";
    for (size_t v = 0; v < r->n_visits; v++) heads[v + 2] = str_c(arena, r->visits[v]);
    Grid grid = grid_new(arena, heads, r->n_visits + 2);
    for (size_t a = 0; a < r->n_arms; a++) {
        grid_add(&grid, r->arms[a]);
        grid_add(&grid, str_format(arena, "%zu", r->subjects_in[a]));
        for (size_t v = 0; v < r->n_visits; v++)
            grid_add(&grid, str_format(arena, "%zu (%zu)", r->n_imputed[a*r->n_visits + v], r->n_after[a*r->n_visits + v]));
    }
    buf_add_c(w->out, "\nOutcomes imputed (of these from the event on)\n");
    grid_write(&grid, w->out);
}

static void write_deltas(const Words *w)
{
    const ImputeOptions *o = &w->r->options;
    for (size_t i = 0; i < o->n_deltas; i++) {
        const ImputeDelta *d = &o->deltas[i];
        bool grows = d->per_visit != 0;
        buf_format(w->out, "  delta: %+g%s to imputed outcomes", grows ? d->per_visit : d->value, grows ? " more at each visit from the event on" : "");
        if (!grows && o->delta_after_event) buf_add_c(w->out, " from the event on");
        if (d->arm.len) buf_format(w->out, " of " STR_FMT, STR_ARG(d->arm));
        if (d->visit.len) buf_format(w->out, " at " STR_FMT, STR_ARG(d->visit));
        buf_char(w->out, '\n');
    }
}

static Str difference_label(const Words *w, size_t arm)
{
    return str_format(w->call->arena, STR_FMT " - " STR_FMT, STR_ARG(w->r->arms[arm]), STR_ARG(w->r->arms[w->r->reference]));
}

static Grid estimate_grid(const Words *w, const char *first)
{
    Str lower = str_format(w->call->arena, "%g %% lower", 100 * w->p->confidence);
    const char *const heads[] = {first, "estimate", "std error", "p", lower.data, "upper", "df"};
    return grid_new(w->call->arena, heads, 6 + w->has_df);
}

/* has_p: that a mean differs from 0 is nobody's question. */
static void add_estimate(const Words *w, Grid *grid, Estimate e, bool has_p)
{
    grid_number(grid, e.estimate, w->decimals);
    grid_number(grid, e.se, w->decimals);
    if (has_p) grid_p(grid, e.p);
    else grid_add(grid, (Str){0});
    grid_number(grid, e.lower, w->decimals);
    grid_number(grid, e.upper, w->decimals);
    if (w->has_df) grid_number(grid, e.df, 1);
}

static void write_estimates(const Words *w)
{
    const Imputation *r = w->r;
    Arena *arena = w->call->arena;
    Grid grid = estimate_grid(w, "");
    for (size_t v = w->p->from; v < w->p->to; v++)
        for (size_t i = 0; i < 2 * r->n_arms; i++) {
            size_t arm = i % r->n_arms;
            bool differs = i >= r->n_arms;
            if (differs && arm == r->reference) continue;
            grid_add(&grid, str_format(arena, STR_FMT ": " STR_FMT, STR_ARG(r->visits[v]), STR_ARG(differs ? difference_label(w, arm) : r->arms[arm])));
            add_estimate(w, &grid, (differs ? impute_difference : impute_mean)(r, arm, v, NULL, w->p->confidence), differs);
        }
    grid_write(&grid, w->out);
}

static void write_crossing(const Words *w, const TippingPoint *t, Str shifted, bool *any)
{
    const double deltas[] = {t->upper, t->lower};
    for (size_t i = 0; i < 2; i++) {
        if (isnan(deltas[i])) continue;
        buf_add_c(w->out, *any ? " or " : "  it turns when ");
        buf_number(w->out, number_round(deltas[i], decimals_for(fabs(deltas[i]))));
        *any = true;
    }
    if (*any) buf_format(w->out, " is added to the imputed outcomes of " STR_FMT "\n", STR_ARG(shifted));
}

static void write_tipping(const Words *w, size_t arm)
{
    const Imputation *r = w->r;
    size_t v = w->p->to - 1;
    const size_t shifted[] = {arm, r->reference};
    Str label = difference_label(w, arm);
    double p = impute_difference(r, arm, v, NULL, w->p->confidence).p;
    buf_format(w->out, "\nTipping point of " STR_FMT " at " STR_FMT ", two-sided alpha %g\n", STR_ARG(label), STR_ARG(r->visits[v]), w->p->alpha);
    buf_format(w->out, "  as imputed the difference is %ssignificant (p " STR_FMT ")\n", p <= w->p->alpha ? "" : "not ", STR_ARG(p_words(w->call->arena, p)));
    for (size_t i = 0; i < 2; i++) {
        bool any = false;
        TippingPoint t = impute_tipping(r, arm, v, shifted[i], w->p->alpha);
        write_crossing(w, &t, r->arms[shifted[i]], &any);
        if (any) continue;
        if (r->n_imputed[shifted[i]*r->n_visits + v] == 0) buf_format(w->out, "  no outcome of " STR_FMT " is imputed there\n", STR_ARG(r->arms[shifted[i]]));
        else buf_format(w->out, "  no change of the imputed outcomes of " STR_FMT " up to %.3g turns it\n", STR_ARG(r->arms[shifted[i]]), t.reach);
    }
}

static double step_at(const ImputeSteps *steps, size_t i) { return steps->low + steps->step * (double)i; }

static Str signed_text(Arena *arena, double value)
{
    Buf buf = buf_new(arena);
    if (value > 0) buf_char(&buf, '+');
    buf_number(&buf, number_round(value, 10));
    return buf_str(&buf);
}

static void write_column(const Words *w, size_t arm, double *deltas)
{
    const ImputeSteps *rows = &w->p->arm;
    Grid grid = estimate_grid(w, str_c(w->call->arena, w->r->arms[arm]));
    for (size_t i = 0; i < rows->n; i++) {
        deltas[arm] = step_at(rows, i);
        grid_add(&grid, signed_text(w->call->arena, deltas[arm]));
        add_estimate(w, &grid, impute_difference(w->r, arm, w->p->to - 1, deltas, w->p->confidence), true);
    }
    grid_write(&grid, w->out);
}

static void write_square(const Words *w, size_t arm, double *deltas)
{
    const ImputeSteps *rows = &w->p->arm, *columns = &w->p->reference;
    Arena *arena = w->call->arena;
    const char **heads = ARENA_ARRAY(arena, const char *, columns->n + 1);
    heads[0] = str_c(arena, w->r->arms[arm]);
    for (size_t c = 0; c < columns->n; c++) heads[c + 1] = str_c(arena, signed_text(arena, step_at(columns, c)));
    Grid grid = grid_new(arena, heads, columns->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        deltas[arm] = step_at(rows, i);
        grid_add(&grid, signed_text(arena, deltas[arm]));
        for (size_t c = 0; c < columns->n; c++) {
            deltas[w->r->reference] = step_at(columns, c);
            double p = impute_difference(w->r, arm, w->p->to - 1, deltas, w->p->confidence).p;
            grid_add(&grid, str_format(arena, STR_FMT "%s", STR_ARG(p_words(arena, p)), p <= w->p->alpha ? "*" : " "));
        }
    }
    grid_write(&grid, w->out);
}

/* One column of deltas, or with a grid of the reference arm, p by both. */
static void write_grid(const Words *w, size_t arm)
{
    const Imputation *r = w->r;
    bool is_square = w->p->reference.n > 0;
    double deltas[IMPUTE_MAX_ARMS] = {0};
    Str label = difference_label(w, arm);
    buf_format(w->out, "\n" STR_FMT " at " STR_FMT " by what is added to imputed outcomes of " STR_FMT, STR_ARG(label),
               STR_ARG(r->visits[w->p->to - 1]), STR_ARG(r->arms[arm]));
    if (is_square) buf_format(w->out, " (rows) and " STR_FMT " (columns): p, * up to %g", STR_ARG(r->arms[r->reference]), w->p->alpha);
    buf_char(w->out, '\n');
    (is_square ? write_square : write_column)(w, arm, deltas);
}

static void write_result(const Words *w)
{
    const ImputeStrategy s = w->r->options.strategy;
    Str meaning = str_from(impute_strategy_meaning(s));
    buf_char(w->out, '\n');
    buf_char(w->out, (char)(meaning.data[0] - 'a' + 'A'));
    buf_format(w->out, "%s: %s\n", meaning.data + 1, impute_strategy_assumption(s));
    if (w->r != w->p->results && w->r->n_excluded)
        buf_format(w->out, "  %zu outcomes seen after the event are no part of the imputation model\n", w->r->n_excluded);
    write_deltas(w);
    write_estimates(w);
    for (size_t a = 0; a < w->r->n_arms; a++) {
        if (a == w->r->reference) continue;
        if (w->p->tipping) write_tipping(w, a);
        if (w->p->arm.n) write_grid(w, a);
    }
}

void impute_write_text(Invocation *call, const ImputePrint *print)
{
    Words w = {.call = call, .out = call->out, .p = print, .r = print->results,
               .has_df = impute_method_pools(print->results[0].options.method)};
    double least = INFINITY;
    for (size_t i = 0; i < print->n; i++)
        least = fmin(least, impute_difference(&print->results[i], print->results[i].reference == 0, print->to - 1, NULL, print->confidence).se);
    w.decimals = decimals_for(least);
    write_head(&w);
    write_counts(&w);
    for (size_t i = 0; i < print->n; i++) {
        w.r = &print->results[i];
        if (i && w.r->n_failures) write_method(&w);
        write_result(&w);
    }
}

static void put_estimate(JsonWriter *json, const Estimate *e)
{
    json_member_number(json, "estimate", e->estimate);
    json_member_number(json, "se", e->se);
    json_member_number(json, "df", e->df);
    json_member_number(json, "p", e->p);
    json_member_number(json, "lower", e->lower);
    json_member_number(json, "upper", e->upper);
}

static void put_visit(JsonWriter *json, const ImputePrint *p, const Imputation *r, size_t v)
{
    for (size_t e = 0; e < 2 * r->n_arms; e++) {
        size_t arm = e % r->n_arms;
        if (e == r->n_arms + r->reference) continue;
        Estimate estimate = (e < r->n_arms ? impute_mean : impute_difference)(r, arm, v, NULL, p->confidence);
        json_begin_object(json);
        json_member_text(json, "visit", r->visits[v]);
        json_member_text(json, "arm", r->arms[arm]);
        if (e >= r->n_arms) json_member_text(json, "less", r->arms[r->reference]);
        put_estimate(json, &estimate);
        json_end_object(json);
    }
}

static void put_tipping(JsonWriter *json, const ImputePrint *p, const Imputation *r)
{
    size_t v = p->to - 1;
    json_key(json, STR("tipping"));
    json_begin_array(json);
    for (size_t i = 0; i < 2 * r->n_arms; i++) {
        size_t arm = i / 2, shifted = i % 2 ? r->reference : arm;
        if (arm == r->reference) continue;
        TippingPoint t = impute_tipping(r, arm, v, shifted, p->alpha);
        json_begin_object(json);
        json_member_text(json, "visit", r->visits[v]);
        json_member_text(json, "arm", r->arms[arm]);
        json_member_text(json, "shifted", r->arms[shifted]);
        json_member_bool(json, "significant", t.is_significant);
        json_member_number(json, "lower", t.lower);
        json_member_number(json, "upper", t.upper);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_grid(JsonWriter *json, const ImputePrint *p, const Imputation *r)
{
    double deltas[IMPUTE_MAX_ARMS] = {0};
    size_t columns = p->reference.n ? p->reference.n : 1;
    json_key(json, STR("grid"));
    json_begin_array(json);
    for (size_t i = 0; i < r->n_arms * p->arm.n * columns; i++) {
        size_t arm = i / (p->arm.n * columns);
        if (arm == r->reference) continue;
        for (size_t a = 0; a < r->n_arms; a++) deltas[a] = 0;
        deltas[arm] = step_at(&p->arm, i / columns % p->arm.n);
        if (p->reference.n) deltas[r->reference] = step_at(&p->reference, i % columns);
        Estimate e = impute_difference(r, arm, p->to - 1, deltas, p->confidence);
        json_begin_object(json);
        json_member_text(json, "arm", r->arms[arm]);
        json_member_number(json, "delta", deltas[arm]);
        json_member_number(json, "delta of reference", deltas[r->reference]);
        put_estimate(json, &e);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_counts(JsonWriter *json, const Imputation *r)
{
    json_key(json, STR("imputed"));
    json_begin_array(json);
    for (size_t i = 0; i < r->n_arms * r->n_visits; i++) {
        json_begin_object(json);
        json_member_text(json, "arm", r->arms[i / r->n_visits]);
        json_member_text(json, "visit", r->visits[i % r->n_visits]);
        json_member_integer(json, "subjects", (int64_t)r->subjects_in[i / r->n_visits]);
        json_member_integer(json, "imputed", (int64_t)r->n_imputed[i]);
        json_member_integer(json, "after event", (int64_t)r->n_after[i]);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_result(JsonWriter *json, const ImputePrint *p, const Imputation *r)
{
    json_begin_object(json);
    json_member_text(json, "strategy", str_from(impute_strategy_word(r->options.strategy)));
    json_member_text(json, "assumption", str_from(impute_strategy_assumption(r->options.strategy)));
    json_member_integer(json, "refits", (int64_t)r->n_replicates);
    json_key(json, STR("failed"));
    json_begin_array(json);
    for (size_t i = 0; i < r->n_failures; i++) json_put_text(json, r->failures[i].which);
    json_end_array(json);
    json_key(json, STR("estimates"));
    json_begin_array(json);
    for (size_t v = p->from; v < p->to; v++) put_visit(json, p, r, v);
    json_end_array(json);
    if (p->tipping) put_tipping(json, p, r);
    if (p->arm.n) put_grid(json, p, r);
    json_end_object(json);
}

void impute_write_json(Invocation *call, const ImputePrint *p)
{
    JsonWriter json = json_writer(call->out, 2);
    const Imputation *r = p->results;
    json_begin_object(&json);
    json_member_text(&json, "formula", p->formula->text);
    json_member_text(&json, "analysis", r->ancova);
    json_member_text(&json, "method", str_from(impute_method_meaning(r->options.method)));
    json_member_integer(&json, "subjects", (int64_t)r->n_subjects);
    json_member_integer(&json, "outcomes in the imputation model", (int64_t)r->fit.n);
    json_member_integer(&json, "outcomes after the event", (int64_t)r->n_excluded);
    json_member_integer(&json, "left out", (int64_t)r->n_left_out);
    put_counts(&json, r);
    json_key(&json, STR("results"));
    json_begin_array(&json);
    for (size_t i = 0; i < p->n; i++) put_result(&json, p, &p->results[i]);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(call->out, '\n');
}
