/* Times to an event: Kaplan-Meier curves, the log-rank test and Cox's regression, from one formula. */
#include <math.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/figure_file.h"
#include "cli/grid.h"
#include "data/condition.h"
#include "report/survival_figure.h"
#include "stat/kaplan_meier.h"
#include "stat/logrank.h"
#include "stat/survival_model.h"

typedef struct {
    Str label;
    Estimate log_ratio;
} HazardRatio;

typedef struct {
    KaplanMeier curve;
    size_t n, n_events;
    KmQuantile quartile[3];
    KmPoint *points;                  /* n_times */
    KmMean mean;                      /* when tau was asked for */
} Curve;

typedef struct {
    Invocation *call;
    SurvivalFormula formula;
    SurvivalModel model;
    double level, tau, rho;
    KmInterval interval;
    CoxClock clock;
    CoxOptions cox_options;
    size_t n_times;
    double *times;
    size_t reference;                 /* group that the others are compared with */
    Curve *curves;                    /* model.n_groups */
    bool has_test, has_cox, has_check;
    LogRankTest test;
    CoxFit cox;
    CoxProportionality check;
    Str no_check;                     /* why there is none */
    size_t n_ratios;
    HazardRatio *ratios;
    Str note;                         /* on subjects that have several rows */
} Survival;

/* The place of a word in a list of n, with an error that names them all. */
static bool find_word(Invocation *call, const char *option, const char *const *words, size_t n, size_t *found, Error *err)
{
    Str asked = option_text(call, option);
    Buf list = buf_new(call->arena);
    if (!asked.len) return true;
    for (*found = 0; *found < n; ++*found) {
        if (str_equal(asked, str_from(words[*found]))) return true;
        buf_format(&list, "%s%s", *found ? *found + 1 == n ? " or " : ", " : "", words[*found]);
    }
    error_set(err, ERROR_USAGE, "--%s cannot be \"" STR_FMT "\"", option, STR_ARG(asked));
    return error_hint(err, "Use %s.", buf_c(&list));
}

static bool read_words(Survival *s, Error *err)
{
#define X(name, text, meaning) text,
    static const char *const intervals[] = {KM_INTERVALS(X)}, *const ties[] = {COX_TIES(X)}, *const clocks[] = {COX_CLOCKS(X)};
#undef X
    size_t interval = KM_INTERVAL_LOG, tie = COX_TIES_EFRON, clock = COX_CLOCK_KM;
    if (!find_word(s->call, "interval", intervals, sizeof intervals / sizeof *intervals, &interval, err) ||
        !find_word(s->call, "ties", ties, sizeof ties / sizeof *ties, &tie, err) ||
        !find_word(s->call, "clock", clocks, sizeof clocks / sizeof *clocks, &clock, err))
        return false;
    s->interval = (KmInterval)interval;
    s->clock = (CoxClock)clock;
    s->cox_options.ties = (CoxTies)tie;
    return true;
}

/* --at 30,60 */
static bool read_times(Survival *s, Error *err)
{
    Str rest = option_text(s->call, "at"), part;
    s->times = ARENA_ARRAY(s->call->arena, double, rest.len + 1);
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, STR(","), &part, &rest);
        if (!more) part = rest;
        double *time = &s->times[s->n_times++];
        if (number_parse(str_trim(part), time) && *time >= 0) continue;
        error_set(err, ERROR_USAGE, "--at has no time \"" STR_FMT "\"", STR_ARG(str_trim(part)));
        return error_hint(err, "Give times from 0, separated by commas: --at 30,60.");
    }
    return true;
}

static bool read_options(Survival *s, Error *err)
{
    s->level = s->cox_options.level = option_number(s->call, "confidence", 0.95);
    s->tau = option_number(s->call, "tau", NAN);
    s->rho = option_number(s->call, "rho", 0);
    s->cox_options.robust = option_given(s->call, "robust");
    if (!(s->level > 0 && s->level < 1)) return error_set(err, ERROR_USAGE, "--confidence must lie between 0 and 1");
    return read_words(s, err) && read_times(s, err);
}

static bool find_reference(Survival *s, Error *err)
{
    Str asked = option_text(s->call, "reference");
    if (!asked.len) return true;
    if (s->model.group == SIZE_MAX) {
        error_set(err, ERROR_USAGE, "--reference needs groups");
        return error_hint(err, "Name the factor first: Surv(AVAL, 1 - CNSR) ~ ARM.");
    }
    return model_need_level(&s->model.model.variables[s->model.group], asked, &s->reference, err);
}

static bool make_curve(Survival *s, size_t g, Error *err)
{
    Arena *arena = s->call->arena;
    Curve *c = &s->curves[g];
    SurvivalData data = survival_model_group(arena, &s->model, g);
    if (!kaplan_meier(arena, &data, s->interval, s->level, &c->curve, err)) return false;
    c->points = ARENA_ARRAY(arena, KmPoint, s->n_times + 1);
    for (size_t q = 0; q < 3; q++)
        if (!kaplan_meier_quantile(&c->curve, 0.25 * (double)(q + 1), &c->quartile[q], err)) return false;
    for (size_t t = 0; t < s->n_times; t++) c->points[t] = kaplan_meier_at(&c->curve, s->times[t]);
    if (isnan(s->tau) || kaplan_meier_mean(&c->curve, s->tau, &c->mean, err)) return true;
    Str label = survival_model_label(&s->model, g);
    return label.len ? error_in(err, STR_FMT, STR_ARG(label)) : false;
}

static bool compare_groups(Survival *s, Error *err)
{
    if (s->model.n_groups < 2) return true;
    LogRankInput input = {.data = s->model.data, .group = s->model.model.variables[s->model.group].level, .n_groups = s->model.n_groups,
                          .stratum = s->model.stratum, .n_strata = s->model.n_strata, .rho = s->rho};
    s->has_test = true;
    return logrank_test(s->call->arena, &input, &s->test, err);
}

/* The groups against the reference, and each other column of the design by itself. */
static void list_ratios(Survival *s)
{
    Arena *arena = s->call->arena;
    const Model *m = &s->model.model;
    size_t p = s->cox.p;
    double *l = ARENA_ARRAY(arena, double, p);
    s->ratios = ARENA_ARRAY(arena, HazardRatio, p + s->model.n_groups);
    bool compared = s->model.group != SIZE_MAX && survival_model_compare(&s->model, 0, 0, l);
    for (size_t g = 0; compared && g < s->model.n_groups; g++) {
        if (g == s->reference) continue;
        (void)survival_model_compare(&s->model, g, s->reference, l);
        s->ratios[s->n_ratios++] = (HazardRatio){str_format(arena, STR_FMT " / " STR_FMT, STR_ARG(survival_model_label(&s->model, g)),
                                                            STR_ARG(survival_model_label(&s->model, s->reference))),
                                                 cox_contrast(&s->cox, l, s->level)};
    }
    for (size_t j = 0; j < p; j++) {
        const ModelTerm *term = &m->terms[m->term_of[j + 1]];
        if (compared && term->n_variables == 1 && term->variables[0] == s->model.group) continue;
        for (size_t k = 0; k < p; k++) l[k] = k == j;
        s->ratios[s->n_ratios++] = (HazardRatio){m->names[j + 1], cox_contrast(&s->cox, l, s->level)};
    }
}

static bool regress(Survival *s, Error *err)
{
    CoxInput input = survival_model_cox(s->call->arena, &s->model);
    Error why = {0};
    if (!input.p) return true;
    s->cox_options.robust = s->cox_options.robust || s->model.cluster;
    if (!cox_fit(s->call->arena, &input, &s->cox_options, &s->cox, err)) return false;
    s->has_cox = true;
    list_ratios(s);
    s->has_check = cox_proportionality(s->call->arena, &input, &s->cox, s->clock, &s->check, &why);
    s->no_check = str_format(s->call->arena, "%s", why.message);
    return true;
}

static bool analyse(Survival *s, Error *err)
{
    Frame *frame;
    Arena *arena = s->call->arena;
    size_t *rows, n_rows;
    if (!read_options(s, err) || !survival_formula_parse(arena, s->call->args[0], &s->formula, err) ||
        !data_file_read(arena, s->call->args[1], &frame, err) ||
        !data_file_rows(arena, frame, option_text(s->call, "where"), &rows, &n_rows, err) ||
        !survival_model_build(arena, &s->formula, option_text(s->call, "event"), frame, rows, n_rows, &s->model, err) ||
        !find_reference(s, err))
        return false;
    if (!s->model.cluster) s->note = data_file_repeats(arena, frame, s->model.model.rows, s->model.model.n);
    s->curves = ARENA_ARRAY(arena, Curve, s->model.n_groups);
    for (size_t g = 0; g < s->model.n_groups; g++)
        if (!make_curve(s, g, err)) return false;
    return compare_groups(s, err) && regress(s, err);
}

/* --- text --- */

static Grid heads_with_limits(const Survival *s, const char *const *heads, size_t n)
{
    const char **all = ARENA_ARRAY(s->call->arena, const char *, n + 2);
    for (size_t i = 0; i < n; i++) all[i] = heads[i];
    all[n] = str_c(s->call->arena, str_format(s->call->arena, "%g %% lower", 100 * s->level));
    all[n + 1] = "upper";
    return grid_new(s->call->arena, all, n + 2);
}

static Str group_label(const Survival *s, size_t g)
{
    Str label = survival_model_label(&s->model, g);
    return label.len ? label : STR("All");
}

/* A time; NR where the curve does not come down so far. */
static void grid_time(Grid *grid, double time)
{
    if (!isfinite(time)) grid_add(grid, STR("NR"));
    else grid_add(grid, str_format(grid->arena, "%.6g", time));
}

static void write_summary(const Survival *s)
{
    Buf *out = s->call->out;
    const SurvivalModel *m = &s->model;
    buf_format(out, STR_FMT "\n", STR_ARG(s->formula.text));
    buf_format(out, "  subjects        %zu: %zu with the event, %zu censored", m->data.n, m->n_events, m->data.n - m->n_events);
    if (m->n_left_out) buf_format(out, "; %zu left out for a missing value", m->n_left_out);
    buf_char(out, '\n');
    if (m->n_strata) buf_format(out, "  strata          %zu of " STR_FMT "\n", m->n_strata, STR_ARG(m->strata_words));
    if (m->n_clusters) buf_format(out, "  clusters        %zu of " STR_FMT "\n", m->n_clusters, STR_ARG(m->cluster_words));
}

static void write_curves(const Survival *s)
{
    static const char *const heads[] = {"", "n", "events", "censored", "lower quartile", "median"};
    static const char *const names[] = {"log", "log-log", "plain"};
    Grid grid = heads_with_limits(s, heads, 6);
    bool beyond = false;
    for (size_t g = 0; g < s->model.n_groups; g++) {
        const Curve *c = &s->curves[g];
        const double times[] = {c->quartile[0].estimate, c->quartile[1].estimate, c->quartile[1].ci.lower, c->quartile[1].ci.upper};
        grid_add(&grid, group_label(s, g));
        grid_number(&grid, (double)c->curve.n, 0);
        grid_number(&grid, (double)c->curve.n_events, 0);
        grid_number(&grid, (double)(c->curve.n - c->curve.n_events), 0);
        for (size_t i = 0; i < 4; i++) grid_time(&grid, times[i]), beyond = beyond || !isfinite(times[i]);
    }
    buf_format(s->call->out, "\nKaplan-Meier: time to the event (limits of the median from %s intervals of the curve)\n", names[s->interval]);
    grid_write(&grid, s->call->out);
    if (beyond) buf_add_c(s->call->out, "  NR: not reached, too few events\n");
}

static void write_points(const Survival *s)
{
    static const char *const heads[] = {"", "time", "at risk", "survival", "std error"};
    Grid grid = heads_with_limits(s, heads, 5);
    for (size_t g = 0; g < s->model.n_groups; g++)
        for (size_t t = 0; t < s->n_times; t++) {
            const KmPoint *p = &s->curves[g].points[t];
            const double values[] = {p->survival, p->se, p->ci.lower, p->ci.upper};
            grid_add(&grid, t ? STR("") : group_label(s, g));
            grid_time(&grid, p->time);
            grid_number(&grid, (double)p->at_risk, 0);
            for (size_t i = 0; i < 4; i++) grid_number(&grid, p->known ? values[i] : NAN, 4);
        }
    if (!s->n_times) return;
    buf_add_c(s->call->out, "\nShare without the event\n");
    grid_write(&grid, s->call->out);
}

static void write_means(const Survival *s)
{
    static const char *const heads[] = {"", "mean", "std error"};
    Grid grid = heads_with_limits(s, heads, 3);
    if (isnan(s->tau)) return;
    for (size_t g = 0; g < s->model.n_groups; g++) {
        const KmMean *m = &s->curves[g].mean;
        const double values[] = {m->estimate, m->se, m->ci.lower, m->ci.upper};
        grid_add(&grid, group_label(s, g));
        for (size_t i = 0; i < 4; i++) grid_number(&grid, values[i], decimals_for(m->se));
    }
    buf_format(s->call->out, "\nRestricted mean time without the event, to %g\n", s->tau);
    grid_write(&grid, s->call->out);
}

static Str stratified_by(const Survival *s)
{
    if (!s->model.n_strata) return STR("");
    return str_format(s->call->arena, ", stratified by " STR_FMT, STR_ARG(s->model.strata_words));
}

static void write_test(const Survival *s)
{
    Buf *out = s->call->out;
    const char *const heads[] = {"", "n", "observed", "expected"};
    Grid grid = grid_new(s->call->arena, heads, 4);
    if (!s->has_test) return;
    for (size_t g = 0; g < s->test.n_groups; g++) {
        grid_add(&grid, group_label(s, g));
        grid_number(&grid, (double)s->test.n[g], 0);
        grid_number(&grid, s->test.observed[g], s->rho > 0 ? 2 : 0);
        grid_number(&grid, s->test.expected[g], 2);
    }
    buf_format(out, "\n%s" STR_FMT "\n", s->rho > 0 ? "Weighted log-rank test" : "Log-rank test", STR_ARG(stratified_by(s)));
    if (s->rho > 0) buf_format(out, "  weight          survival to the power %g\n", s->rho);
    grid_write(&grid, out);
    buf_format(out, "  chi-square %.4f on %g df, p ", s->test.chisq, s->test.df);
    buf_add(out, p_words(s->call->arena, s->test.p));
    buf_char(out, '\n');
}

static void write_ratios(const Survival *s)
{
    Buf *out = s->call->out;
    const char *const heads[] = {"", "hazard ratio"};
    const char *const more[] = {"log ratio", s->cox.robust ? "robust se" : "std error", "z", "p"};
    const char *all[8];
    Grid limits = heads_with_limits(s, heads, 2);
    for (size_t i = 0; i < 8; i++) all[i] = i < 4 ? str_c(s->call->arena, limits.cells[i]) : more[i - 4];
    Grid grid = grid_new(s->call->arena, all, 8);
    for (size_t i = 0; i < s->n_ratios; i++) {
        const Estimate *e = &s->ratios[i].log_ratio;
        grid_add(&grid, s->ratios[i].label);
        grid_number(&grid, exp(e->estimate), 4);
        grid_number(&grid, exp(e->lower), 4);
        grid_number(&grid, exp(e->upper), 4);
        grid_number(&grid, e->estimate, 4);
        grid_number(&grid, e->se, 4);
        grid_number(&grid, e->t, 2);
        grid_p(&grid, e->p);
    }
    grid_write(&grid, out);
}

static void write_cox(const Survival *s)
{
    static const char *const ties[] = {"Efron", "Breslow", "exact (discrete time)"};
    const struct {
        const char *name;
        CoxTest test;
    } tests[] = {{"Likelihood ratio", s->cox.likelihood_ratio}, {"Wald", s->cox.wald}, {"Score (log-rank)", s->cox.score}};
    const char *const heads[] = {"All terms", "chi-square", "df", "p"};
    Buf *out = s->call->out;
    if (!s->has_cox) return;
    buf_format(out, "\nCox's proportional hazards" STR_FMT "; ties: %s%s\n", STR_ARG(stratified_by(s)), ties[s->cox.ties],
               s->model.n_clusters ? "; robust by cluster" : s->cox.robust ? "; robust" : "");
    write_ratios(s);
    Grid grid = grid_new(s->call->arena, heads, 4);
    for (size_t i = 0; i < 3; i++) {
        grid_add(&grid, str_from(tests[i].name));
        grid_number(&grid, tests[i].test.statistic, 4);
        grid_number(&grid, tests[i].test.df, 0);
        grid_p(&grid, tests[i].test.p);
    }
    grid_write(&grid, out);
}

static void write_check(const Survival *s)
{
    static const char *const clocks[] = {"Kaplan-Meier scale", "time", "log time", "ranks of time"};
    const char *const heads[] = {"", "chi-square", "df", "p"};
    Buf *out = s->call->out;
    if (!s->has_cox) return;
    buf_format(out, "\nDo hazards stay proportional? (Grambsch and Therneau, %s; a small p says they do not)\n", clocks[s->clock]);
    if (!s->has_check) {
        buf_format(out, "  not known: " STR_FMT "\n", STR_ARG(s->no_check));
        return;
    }
    Grid grid = grid_new(s->call->arena, heads, 4);
    for (size_t j = 0; j < s->cox.p + (s->cox.p > 1); j++) {
        const CoxTest *test = j < s->cox.p ? &s->check.column[j] : &s->check.global;
        grid_add(&grid, j < s->cox.p ? s->cox.coef[j].name : STR("All together"));
        grid_number(&grid, test->statistic, 4);
        grid_number(&grid, test->df, 0);
        grid_p(&grid, test->p);
    }
    grid_write(&grid, out);
}

/* --- JSON --- */

static void put_interval(JsonWriter *json, double lower, double upper)
{
    json_member_number(json, "lower", lower);
    json_member_number(json, "upper", upper);
}

static void put_curve(JsonWriter *json, const Survival *s, size_t g)
{
    const Curve *c = &s->curves[g];
    json_begin_object(json);
    json_member_text(json, "group", survival_model_label(&s->model, g));
    json_member_integer(json, "n", (int64_t)c->curve.n);
    json_member_integer(json, "events", (int64_t)c->curve.n_events);
    json_key(json, STR("quantiles"));
    json_begin_array(json);
    for (size_t q = 0; q < 3; q++) {
        json_begin_object(json);
        json_member_number(json, "share", c->quartile[q].share);
        json_member_number(json, "time", c->quartile[q].estimate);
        put_interval(json, c->quartile[q].ci.lower, c->quartile[q].ci.upper);
        json_end_object(json);
    }
    json_end_array(json);
    json_key(json, STR("at"));
    json_begin_array(json);
    for (size_t t = 0; t < s->n_times; t++) {
        const KmPoint *p = &c->points[t];
        json_begin_object(json);
        json_member_number(json, "time", p->time);
        json_member_integer(json, "at risk", (int64_t)p->at_risk);
        json_member_number(json, "survival", p->known ? p->survival : NAN);
        json_member_number(json, "se", p->known ? p->se : NAN);
        put_interval(json, p->known ? p->ci.lower : NAN, p->known ? p->ci.upper : NAN);
        json_end_object(json);
    }
    json_end_array(json);
    if (!isnan(s->tau)) {
        json_key(json, STR("restricted mean"));
        json_begin_object(json);
        json_member_number(json, "tau", c->mean.tau);
        json_member_number(json, "estimate", c->mean.estimate);
        json_member_number(json, "se", c->mean.se);
        put_interval(json, c->mean.ci.lower, c->mean.ci.upper);
        json_end_object(json);
    }
    json_end_object(json);
}

static void put_chisq(JsonWriter *json, const char *key, double statistic, double df, double p)
{
    json_key(json, str_from(key));
    json_begin_object(json);
    json_member_number(json, "chi-square", statistic);
    json_member_number(json, "df", df);
    json_member_number(json, "p", p);
    json_end_object(json);
}

static void put_cox(JsonWriter *json, const Survival *s)
{
    static const char *const ties[] = {"efron", "breslow", "exact"};
    json_key(json, STR("cox"));
    json_begin_object(json);
    json_member_text(json, "ties", str_from(ties[s->cox.ties]));
    json_member_bool(json, "robust", s->cox.robust);
    json_member_number(json, "log likelihood", s->cox.loglik);
    json_key(json, STR("hazard ratios"));
    json_begin_array(json);
    for (size_t i = 0; i < s->n_ratios; i++) {
        const Estimate *e = &s->ratios[i].log_ratio;
        json_begin_object(json);
        json_member_text(json, "label", s->ratios[i].label);
        json_member_number(json, "hazard ratio", exp(e->estimate));
        put_interval(json, exp(e->lower), exp(e->upper));
        json_member_number(json, "log ratio", e->estimate);
        json_member_number(json, "se", e->se);
        json_member_number(json, "z", e->t);
        json_member_number(json, "p", e->p);
        json_end_object(json);
    }
    json_end_array(json);
    put_chisq(json, "likelihood ratio", s->cox.likelihood_ratio.statistic, s->cox.likelihood_ratio.df, s->cox.likelihood_ratio.p);
    put_chisq(json, "wald", s->cox.wald.statistic, s->cox.wald.df, s->cox.wald.p);
    put_chisq(json, "score", s->cox.score.statistic, s->cox.score.df, s->cox.score.p);
    if (s->has_check) put_chisq(json, "proportional hazards", s->check.global.statistic, s->check.global.df, s->check.global.p);
    json_end_object(json);
}

static void write_json(const Survival *s)
{
    JsonWriter json = json_writer(s->call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "formula", s->formula.text);
    json_member_integer(&json, "subjects", (int64_t)s->model.data.n);
    json_member_integer(&json, "events", (int64_t)s->model.n_events);
    json_member_integer(&json, "left out", (int64_t)s->model.n_left_out);
    json_member_number(&json, "confidence", s->level);
    json_key(&json, STR("curves"));
    json_begin_array(&json);
    for (size_t g = 0; g < s->model.n_groups; g++) put_curve(&json, s, g);
    json_end_array(&json);
    if (s->has_test) put_chisq(&json, "log-rank", s->test.chisq, s->test.df, s->test.p);
    if (s->has_cox) put_cox(&json, s);
    if (s->note.len) json_member_text(&json, "note", s->note);
    json_end_object(&json);
    buf_char(s->call->out, '\n');
}

/* --figure FILE: the curves with bands, medians and the numbers at risk. */
static bool write_figure(const Survival *s, Error *err)
{
    Arena *arena = s->call->arena;
    Str path = option_text(s->call, "figure");
    SurvivalCurves curves = {.n = s->model.n_groups, .curves = ARENA_ARRAY(arena, SurvivalCurve, s->model.n_groups), .bands = true, .medians = true, .time_decimals = 1};
    FigureFile file;
    if (!path.len) return true;
    if (!figure_file_open(arena, path, FIGURE_STEPS, str_format(arena, "Curves of " STR_FMT, STR_ARG(s->formula.text)), s->call->args[1], &file, err)) return false;
    *file.from = (Provenance){.source = s->call->args[1], .frame = s->call->args[1], .n_records = s->model.data.n, .variable = s->formula.text,
                              .method = STR("Kaplan-Meier estimate"), .method_page = STR("kaplan-meier")};
    for (size_t g = 0; g < s->model.n_groups; g++)
        curves.curves[g] = (SurvivalCurve){.name = survival_model_label(&s->model, g), .curve = s->curves[g].curve, .from = file.from};
    file.figure->x_label = STR("Time");
    file.figure->y_label = STR("Probability of no event");
    return survival_figure_fill(file.document, file.figure, &curves, err) && figure_file_write(arena, path, &file, err);
}

static bool survival_run(Invocation *call, Error *err)
{
    Survival s = {.call = call};
    if (!analyse(&s, err) || !write_figure(&s, err)) return false;
    if (call->json) {
        write_json(&s);
        return true;
    }
    write_summary(&s);
    write_curves(&s);
    write_points(&s);
    write_means(&s);
    write_test(&s);
    write_cox(&s);
    write_check(&s);
    write_note(call->out, s.note);
    return true;
}

const Command cmd_survival = {
    .name = "survival",
    .summary = "describe and compare times to an event",
    .usage = "FORMULA DATA",
    .description = "FORMULA is Surv(TIME, EVENT) ~ TERMS. EVENT is 1 or 0, or a condition: Surv(AVAL, CNSR = 0). The first factor of the terms\n"
                   "makes the groups whose curves are drawn up and compared by the log-rank test; Cox's regression takes all terms.\n"
                   "strata(SITE) compares within sites only; cluster(SUBJECT) gives robust standard errors for events of one subject.\n"
                   "DATA is CSV (NA is missing) or a SAS transport file.",
    .example = "  equipoise survival 'Surv(AVAL, 1 - CNSR) ~ TRTP + strata(SITEGR1)' adtte.xpt --at 30,60,90 --tau 180",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("event", "CONDITION", "who had the event, in place of what Surv says: 'CNSR = 0'"),
                                OPT_TEXT("where", "CONDITION", "only these rows: \"PARAMCD = 'TTDE'\""),
                                OPT_TEXT("at", "TIMES", "the share without the event at these times: 30,60"),
                                OPT_NUMBER("tau", "TIME", "the mean time without the event, restricted to this time"),
                                OPT_TEXT("interval", "SCALE", "of the curves: log (when not given), log-log, plain"),
                                OPT_NUMBER("rho", "POWER", "weight of the log-rank test, survival to this power: 1 is Peto and Peto's"),
                                OPT_TEXT("ties", "METHOD", "of Cox's regression: efron (when not given), breslow, exact"),
                                OPT_TEXT("reference", "LEVEL", "the group that others are compared with; the first when not given"),
                                OPT_FLAG("robust", "robust standard errors, each subject for itself"),
                                OPT_TEXT("clock", "SCALE", "of the check of proportional hazards: km (when not given), identity, log, rank"),
                                OPT_NUMBER("confidence", "SHARE", "of intervals; 0.95 when not given"),
                                OPT_TEXT("figure", "FILE", "the curves with bands and numbers at risk, as .svg or .html"), OPT_END},
    .run = survival_run,
};
