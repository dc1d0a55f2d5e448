#include "cli/fit_family.h"

#include <math.h>

#include "base/json.h"
#include "cli/data_file.h"
#include "cli/grid.h"
#include "stat/family_model.h"
#include "stat/lsmeans.h"

typedef struct {
    Invocation *call;
    FamilyOptions options;
    FamilyFit fit;
    double confidence;
    size_t n_means, n_differences;
    LsMeans means;
    LsDifference *differences;
    Str note;                         /* on subjects that have several rows */
} FamilyCall;

static const char *const OWN[] = {"exposure", "levels", "robust"};
static const char *const OTHERS[] = {"df", "vcov", "ml", "fallback", "weights", "random", "type", "figure", "residuals", "predict"};

static bool has_option(const Invocation *call, const char *name)
{
    for (const Option *o = call->command->options; o->kind != OPTION_END; o++)
        if (str_equal(str_from(o->name), str_from(name))) return option_given(call, name);
    return false;
}

bool fit_family_unasked(const Invocation *call, Error *err)
{
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++) {
        if (!has_option(call, OWN[i])) continue;
        error_set(err, ERROR_USAGE, "--%s goes with --family", OWN[i]);
        return error_hint(err, "Say which: logistic, firth, proportional-odds, poisson or negative-binomial.");
    }
    return true;
}

/* --levels none,mild,severe */
static void read_levels(FamilyCall *f)
{
    Str rest = option_text(f->call, "levels"), part, *levels = ARENA_ARRAY(f->call->arena, Str, rest.len + 1);
    for (bool more = rest.len > 0; more;) {
        more = str_cut(rest, STR(","), &part, &rest);
        levels[f->options.n_categories++] = str_trim(more ? part : rest);
    }
    f->options.categories = levels;
}

static bool read_options(FamilyCall *f, FamilyKind *kind, Error *err)
{
    Invocation *call = f->call;
    f->confidence = option_number(call, "confidence", 0.95);
    f->options.exposure = option_text(call, "exposure");
    f->options.robust = option_given(call, "robust");
    read_levels(f);
    if (!(f->confidence > 0 && f->confidence < 1)) return error_set(err, ERROR_USAGE, "--confidence must lie between 0 and 1");
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        if (has_option(call, OTHERS[i])) return error_set(err, ERROR_USAGE, "--%s does not go with --family", OTHERS[i]);
    if ((option_given(call, "diff") || option_given(call, "reference")) && !option_given(call, "lsmeans")) {
        error_set(err, ERROR_USAGE, "differences need means");
        return error_hint(err, "Say of what: --lsmeans ARM --diff.");
    }
    return family_parse(option_text(call, "family"), kind, err);
}

static bool find_means(FamilyCall *f, Error *err)
{
    Invocation *call = f->call;
    Margins margins = option_given(call, "observed-margins") ? MARGINS_OBSERVED : MARGINS_EQUAL;
    if (!option_given(call, "lsmeans")) return true;
    if (!lsmeans_rows(call->arena, &f->fit.model, option_text(call, "lsmeans"), margins, &f->means, err)) return false;
    f->n_means = f->means.n;
    if (!option_given(call, "diff") && !option_given(call, "reference")) return true;
    return lsmeans_differences(call->arena, &f->means, option_text(call, "reference"), &f->differences, &f->n_differences, err);
}

/* --- text --- */

static Grid heads(const FamilyCall *f, const char *first, const char *link)
{
    Arena *arena = f->call->arena;
    const char *lower = str_c(arena, str_format(arena, "%g %% lower", 100 * f->confidence));
    const char *const all[] = {"", first, lower, "upper", link, f->options.robust ? "robust se" : "std error", "z", "p"};
    return grid_new(arena, all, 8);
}

/* A row whose first three numbers are on the outcome's scale. */
static void add_row(Grid *grid, Str label, const Estimate *e, double (*from_link)(FamilyKind kind, double link), FamilyKind kind)
{
    const double shown[] = {e->estimate, e->lower, e->upper};
    grid_add(grid, label);
    for (size_t i = 0; i < 3; i++) {
        if (e->is_estimable) grid_number(grid, from_link(kind, shown[i]), 4);
        else grid_add(grid, i ? STR("") : STR("not estimable"));
    }
    if (!e->is_estimable) {
        for (size_t i = 0; i < 4; i++) grid_add(grid, STR(""));
        return;
    }
    grid_number(grid, e->estimate, 4);
    grid_number(grid, e->se, 4);
    grid_number(grid, e->t, 2);
    grid_p(grid, e->p);
}

static double ratio_of(FamilyKind kind, double link)
{
    (void)kind;
    return exp(link);
}

static void write_summary(const FamilyCall *f)
{
    Buf *out = f->call->out;
    const FamilyFit *fit = &f->fit;
    buf_format(out, STR_FMT "\n  family          %s\n  rows            %zu", STR_ARG(f->call->args[0]), family_meaning(fit->kind), fit->model.n);
    if (fit->model.n_dropped) buf_format(out, "; %zu left out for a missing value", fit->model.n_dropped);
    if (fit->kind == FAMILY_PROPORTIONAL_ODDS) {
        buf_add_c(out, "\n  categories      ");
        for (size_t k = 0; k < fit->n_categories; k++) buf_format(out, "%s" STR_FMT, k ? " < " : "", STR_ARG(fit->categories[k]));
    } else
        buf_format(out, "\n  events          %zu", fit->n_events);
    if (f->options.exposure.len) buf_format(out, "; exposure " STR_FMT, STR_ARG(f->options.exposure));
    if (fit->kind == FAMILY_NEGATIVE_BINOMIAL) {
        buf_add_c(out, "\n  dispersion      ");
        buf_fixed(out, fit->count.dispersion, 4);
        if (fit->count.dispersion <= 0) buf_add_c(out, ": no more than Poisson's");
    }
    if (fit->kind == FAMILY_POISSON) {
        buf_add_c(out, "\n  Pearson / df    ");
        buf_fixed(out, fit->count.pearson / fit->count.df, 4);
        if (fit->count.pearson > 1.5 * fit->count.df && !f->options.robust) buf_add_c(out, ": counts vary more than Poisson's; use --robust or negative-binomial");
    }
    buf_add_c(out, "\n  -2 log lik      ");
    buf_fixed(out, -2 * fit->log_likelihood, 4);
    buf_char(out, '\n');
}

static void write_thresholds(const FamilyCall *f)
{
    const ProportionalOddsFit *odds = &f->fit.odds;
    const char *const names[] = {"", "log odds", "std error"};
    Grid grid = grid_new(f->call->arena, names, 3);
    for (size_t k = 0; k < odds->n_thresholds; k++) {
        grid_add(&grid, str_format(f->call->arena, STR_FMT " or lower", STR_ARG(f->fit.categories[k])));
        grid_number(&grid, odds->theta[k], 4);
        grid_number(&grid, odds->se[k], 4);
    }
    buf_add_c(f->call->out, "\nThresholds\n");
    grid_write(&grid, f->call->out);
}

static void write_coefficients(const FamilyCall *f)
{
    const FamilyFit *fit = &f->fit;
    Buf *out = f->call->out;
    Grid grid = heads(f, family_ratio(fit->kind), "log ratio");
    for (size_t j = 1; j < fit->model.p; j++) {
        Estimate e = family_coefficient(f->call->arena, fit, j, f->confidence);
        add_row(&grid, fit->model.names[j], &e, ratio_of, fit->kind);
    }
    if (fit->model.p > 1) {
        buf_format(out, "\nCoefficients%s\n", fit->kind == FAMILY_PROPORTIONAL_ODDS ? " (above 1: higher categories)" : "");
        grid_write(&grid, out);
    }
    if (fit->kind == FAMILY_FIRTH) buf_add_c(out, "  limits, z and p by the profile of the penalised likelihood\n");
    if (fit->kind == FAMILY_PROPORTIONAL_ODDS) {
        write_thresholds(f);
        return;
    }
    Estimate e = family_coefficient(f->call->arena, fit, 0, f->confidence);
    buf_format(out, "  intercept: %s ", family_mean(fit->kind));
    buf_fixed(out, family_inverse(fit->kind, e.estimate), 4);
    buf_add_c(out, ", link ");
    buf_fixed(out, e.estimate, 4);
    buf_add_c(out, " (");
    buf_fixed(out, e.se, 4);
    buf_add_c(out, ")\n");
}

static void write_tests(const FamilyCall *f)
{
    const Model *m = &f->fit.model;
    const char *const names[] = {"", "chi-square", "df", "p"};
    Grid grid = grid_new(f->call->arena, names, 4);
    if (!m->n_terms) return;
    for (size_t t = 0; t < m->n_terms; t++) {
        FamilyTest test = family_test(f->call->arena, &f->fit, t);
        grid_add(&grid, m->terms[t].name);
        grid_number(&grid, test.chisq, 4);
        grid_number(&grid, test.df, 0);
        grid_p(&grid, test.p);
    }
    buf_add_c(f->call->out, "\nWald tests of type III\n");
    grid_write(&grid, f->call->out);
}

static void write_means(const FamilyCall *f)
{
    const FamilyFit *fit = &f->fit;
    const char *mean = family_mean(fit->kind);
    Buf *out = f->call->out;
    Grid grid = heads(f, mean, "link");
    for (size_t i = 0; i < f->n_means && mean[0]; i++) {
        Estimate e = family_contrast(f->call->arena, fit, &f->means.l[i * fit->model.p], f->confidence);
        add_row(&grid, f->means.labels[i], &e, family_inverse, fit->kind);
    }
    if (f->n_means && mean[0]) {
        buf_format(out, "\nLeast-squares means on the link, as a %s\n", mean);
        grid_write(&grid, out);
    }
    Grid ratios = heads(f, family_ratio(fit->kind), "log ratio");
    for (size_t i = 0; i < f->n_differences; i++) {
        Estimate e = family_contrast(f->call->arena, fit, f->differences[i].l, f->confidence);
        add_row(&ratios, f->differences[i].ratio_label, &e, ratio_of, fit->kind);
    }
    if (!f->n_differences) return;
    buf_add_c(out, "\nRatios between levels\n");
    grid_write(&ratios, out);
}

/* --- JSON --- */

static void put_estimate(JsonWriter *json, const FamilyCall *f, Str label, const Estimate *e)
{
    json_begin_object(json);
    json_member_text(json, "label", label);
    json_member_bool(json, "estimable", e->is_estimable);
    if (e->is_estimable) {
        json_member_number(json, "estimate", e->estimate);
        json_member_number(json, "se", e->se);
        json_member_number(json, "z", e->t);
        json_member_number(json, "p", e->p);
        json_member_number(json, "lower", e->lower);
        json_member_number(json, "upper", e->upper);
        json_member_number(json, family_ratio(f->fit.kind), exp(e->estimate));
    }
    json_end_object(json);
}

static void put_list(JsonWriter *json, const char *key, const FamilyCall *f, const Str *labels, const Estimate *estimates, size_t n)
{
    json_key(json, str_from(key));
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) put_estimate(json, f, labels[i], &estimates[i]);
    json_end_array(json);
}

static void put_tests(JsonWriter *json, const FamilyCall *f)
{
    json_key(json, STR("tests"));
    json_begin_array(json);
    for (size_t t = 0; t < f->fit.model.n_terms; t++) {
        FamilyTest test = family_test(f->call->arena, &f->fit, t);
        json_begin_object(json);
        json_member_text(json, "term", f->fit.model.terms[t].name);
        json_member_number(json, "chi-square", test.chisq);
        json_member_number(json, "df", test.df);
        json_member_number(json, "p", test.p);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_thresholds(JsonWriter *json, const FamilyCall *f)
{
    const ProportionalOddsFit *odds = &f->fit.odds;
    json_key(json, STR("categories"));
    json_begin_array(json);
    for (size_t k = 0; k < f->fit.n_categories; k++) json_put_text(json, f->fit.categories[k]);
    json_end_array(json);
    json_key(json, STR("thresholds"));
    json_begin_array(json);
    for (size_t k = 0; k < odds->n_thresholds; k++) {
        json_begin_object(json);
        json_member_text(json, "up to", f->fit.categories[k]);
        json_member_number(json, "estimate", odds->theta[k]);
        json_member_number(json, "se", odds->se[k]);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_json(const FamilyCall *f)
{
    Arena *arena = f->call->arena;
    const FamilyFit *fit = &f->fit;
    size_t p = fit->model.p, most = p + f->n_means + f->n_differences;
    Estimate *e = ARENA_ARRAY(arena, Estimate, most);
    Str *labels = ARENA_ARRAY(arena, Str, most);
    JsonWriter json = json_writer(f->call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "formula", f->call->args[0]);
    json_member_text(&json, "family", str_from(family_word(fit->kind)));
    json_member_integer(&json, "rows", (int64_t)fit->model.n);
    json_member_integer(&json, "rows left out", (int64_t)fit->model.n_dropped);
    json_member_number(&json, "confidence", f->confidence);
    json_member_number(&json, "log likelihood", fit->log_likelihood);
    if (fit->kind == FAMILY_PROPORTIONAL_ODDS) put_thresholds(&json, f);
    else json_member_integer(&json, "events", (int64_t)fit->n_events);
    if (fit->kind == FAMILY_POISSON) json_member_number(&json, "pearson over df", fit->count.pearson / fit->count.df);
    if (fit->kind == FAMILY_NEGATIVE_BINOMIAL) json_member_number(&json, "dispersion", fit->count.dispersion);
    size_t first = fit->kind == FAMILY_PROPORTIONAL_ODDS;
    for (size_t j = first; j < p; j++) e[j] = family_coefficient(arena, fit, j, f->confidence);
    put_list(&json, "coefficients", f, fit->model.names + first, e + first, p - first);
    put_tests(&json, f);
    for (size_t i = 0; i < f->n_means; i++) e[i] = family_contrast(f->call->arena, fit, &f->means.l[i*p], f->confidence);
    if (f->n_means && family_mean(fit->kind)[0]) put_list(&json, "means", f, f->means.labels, e, f->n_means);
    for (size_t i = 0; i < f->n_differences; i++) {
        e[i] = family_contrast(f->call->arena, fit, f->differences[i].l, f->confidence);
        labels[i] = f->differences[i].ratio_label;
    }
    if (f->n_differences) put_list(&json, "differences", f, labels, e, f->n_differences);
    if (f->note.len) json_member_text(&json, "note", f->note);
    json_end_object(&json);
    buf_char(f->call->out, '\n');
}

bool fit_family_run(Invocation *call, Error *err)
{
    FamilyCall f = {.call = call};
    FamilyKind kind;
    Frame *frame;
    size_t *rows, n_rows;
    if (!read_options(&f, &kind, err) || !data_file_read(call->arena, call->args[1], &frame, err) ||
        !data_file_rows(call->arena, frame, option_text(call, "where"), &rows, &n_rows, err) ||
        !family_fit(call->arena, call->args[0], kind, &f.options, frame, rows, n_rows, &f.fit, err) || !find_means(&f, err))
        return false;
    f.note = data_file_repeats(call->arena, frame, f.fit.model.rows, f.fit.model.n);
    if (call->json) {
        write_json(&f);
        return true;
    }
    write_summary(&f);
    write_coefficients(&f);
    write_tests(&f);
    write_means(&f);
    write_note(call->out, f.note);
    return true;
}
