#include "cli/fit_mixed.h"

#include <math.h>

#include "cli/grid.h"

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

static void write_random(Buf *out, const MixedRandom *random)
{
    buf_format(out, "  random          ");
    for (size_t i = 0; i < random->n_effects; i++) buf_format(out, "%s" STR_FMT, i ? ", " : "", STR_ARG(random->effects[i]));
    buf_format(out, " of %zu levels of " STR_FMT, random->n_levels, STR_ARG(random->group));
    if (random->rank < random->n_effects) buf_add_c(out, random->n_effects == 1 ? "; estimated as zero" : "; on the boundary: not all of them vary by themselves");
    buf_char(out, '\n');
}

void fit_mixed_write_summary(Buf *out, const MixedFit *fit, bool expected_information)
{
    const MmrmFit *f = &fit->fixed;
    const MmrmCertificate *c = &f->certificate;
    for (size_t t = 0; t < fit->n_randoms; t++) write_random(out, &fit->randoms[t]);
    buf_format(out, "  errors          %s", fit->has_repeated ? covariance_meaning(f->kind) : "independent");
    if (fit->has_repeated) buf_format(out, " within %zu levels of " STR_FMT, f->n_subjects, STR_ARG(f->subjects.name));
    if (f->n_groups > 1) buf_format(out, ", one for each of %zu groups", f->n_groups);
    buf_format(out, "\n  method          %s; degrees of freedom %s%s\n", f->options.method == MMRM_REML ? "REML" : "maximum likelihood",
               mmrm_df_meaning(f->options.df), expected_information ? ", expected information" : "");
    buf_add_c(out, "  -2 log lik      ");
    buf_fixed(out, f->minus_two_log_lik, 4);
    buf_add_c(out, "; AIC "), buf_fixed(out, f->aic, 2);
    buf_add_c(out, ", AICC "), buf_fixed(out, f->aicc, 2);
    buf_add_c(out, ", BIC "), buf_fixed(out, f->bic, 2);
    buf_format(out, "\n  optimum         %zu iteration%s; gradient %.1e, Newton decrement %.1e, least curvature %.2g against\n"
                    "                  the expected information, smallest eigenvalue of the correlations %.2g%s\n",
               c->n_iterations, plural(c->n_iterations), c->gradient, c->decrement, c->least_curvature, c->boundary,
               c->boundary == 0 ? " (the boundary)" : "");
}

/* Each row in digits of its own: slopes may be far smaller than intercepts. */
static void add_component(Grid *grid, Str name, double variance, double se)
{
    int decimals = decimals_for(variance);
    grid_add(grid, name);
    grid_number(grid, variance, decimals);
    grid_number(grid, se, decimals);
    grid_number(grid, sqrt(variance), decimals_for(sqrt(variance)));
}

void fit_mixed_write_components(Buf *out, const MixedFit *fit)
{
    const MmrmFit *f = &fit->fixed;
    size_t most = 1, n_errors = f->n_parameters;          /* those of errors come first */
    Arena *arena = out->arena;
    for (size_t t = 0; t < fit->n_randoms; t++) {
        size_t c = fit->randoms[t].n_effects;
        most = c > most ? c : most;
        n_errors -= c * (c + 1) / 2;
    }
    size_t n_columns = 4 + most - 1;
    const char **heads = ARENA_ARRAY(arena, const char *, n_columns);
    heads[0] = "", heads[1] = "variance", heads[2] = "std error", heads[3] = "sd";
    for (size_t k = 4; k < n_columns; k++) heads[k] = k == 4 ? "correlation" : "";
    Grid grid = grid_new(arena, heads, n_columns);
    for (size_t t = 0; t < fit->n_randoms; t++) {
        const MixedRandom *random = &fit->randoms[t];
        size_t c = random->n_effects;
        for (size_t i = 0; i < c; i++) {
            double variance = random->g[i*c + i];
            add_component(&grid, str_format(arena, STR_FMT " " STR_FMT, STR_ARG(random->group), STR_ARG(random->effects[i])), variance,
                          fit->parameters_se[random->first + i * (i + 3) / 2]);
            for (size_t j = 0; j + 1 < most; j++)
                if (j < i) grid_number(&grid, random->g[j*c + i] / sqrt(variance * random->g[j*c + j]), 3);
                else grid_add(&grid, STR(""));
        }
    }
    for (size_t a = 0; (!fit->has_repeated || fit->has_points) && a < n_errors; a++) {
        if (fit->has_points && a % 2) grid_add(&grid, f->parameter_names[a]), grid_number(&grid, f->parameters[a], decimals_for(f->parameters[a])),
                                      grid_number(&grid, fit->parameters_se[a], decimals_for(f->parameters[a])), grid_add(&grid, STR(""));
        else add_component(&grid, fit->has_points ? f->parameter_names[a] : STR("residual"), f->parameters[a], fit->parameters_se[a]);
        for (size_t k = 4; k < n_columns; k++) grid_add(&grid, STR(""));
    }
    if (grid.n == n_columns) return;
    buf_add_c(out, "\nVariance components\n");
    grid_write(&grid, out);
}

void fit_mixed_write_effects(Buf *out, const MixedFit *fit)
{
    static const char *const HEADS[] = {"", "predicted", "std error"};
    for (size_t t = 0; t < fit->n_randoms; t++) {
        const MixedRandom *random = &fit->randoms[t];
        Grid grid = grid_new(out->arena, HEADS, 3);
        double least = INFINITY;
        for (size_t k = 0; k < random->n_levels * random->n_effects; k++)
            if (random->u_se[k] > 0) least = fmin(least, random->u_se[k]);
        for (size_t l = 0; l < random->n_levels; l++)
            for (size_t i = 0; i < random->n_effects; i++) {
                grid_add(&grid, str_format(out->arena, STR_FMT " " STR_FMT, STR_ARG(random->levels[l]), STR_ARG(random->effects[i])));
                grid_number(&grid, random->u[l * random->n_effects + i], decimals_for(least));
                grid_number(&grid, random->u_se[l * random->n_effects + i], decimals_for(least));
            }
        buf_format(out, "\nRandom effects of " STR_FMT "\n", STR_ARG(random->group));
        grid_write(&grid, out);
    }
}

static void put_numbers(JsonWriter *json, const char *key, const double *numbers, size_t n)
{
    json_key(json, str_from(key));
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) json_put_number(json, numbers[i]);
    json_end_array(json);
}

static void put_texts(JsonWriter *json, const char *key, const Str *texts, size_t n)
{
    json_key(json, str_from(key));
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) json_put_text(json, texts[i]);
    json_end_array(json);
}

static void put_random(JsonWriter *json, const MixedRandom *random, bool effects)
{
    json_begin_object(json);
    json_member_text(json, "group", random->group);
    json_member_integer(json, "levels", (int64_t)random->n_levels);
    json_member_bool(json, "boundary", random->rank < random->n_effects);
    put_texts(json, "effects", random->effects, random->n_effects);
    put_numbers(json, "covariance", random->g, random->n_effects * random->n_effects);
    if (effects) {
        put_texts(json, "names", random->levels, random->n_levels);
        put_numbers(json, "predicted", random->u, random->n_levels * random->n_effects);
        put_numbers(json, "predicted se", random->u_se, random->n_levels * random->n_effects);
    }
    json_end_object(json);
}

void fit_put_optimum(JsonWriter *json, const MmrmFit *f)
{
    json_member_number(json, "minus two log likelihood", f->minus_two_log_lik);
    json_member_number(json, "aic", f->aic);
    json_member_number(json, "aicc", f->aicc);
    json_member_number(json, "bic", f->bic);
    json_key(json, STR("certificate"));
    json_begin_object(json);
    json_member_integer(json, "iterations", (int64_t)f->certificate.n_iterations);
    json_member_number(json, "gradient", f->certificate.gradient);
    json_member_number(json, "decrement", f->certificate.decrement);
    json_member_number(json, "least curvature", f->certificate.least_curvature);
    json_member_number(json, "boundary", f->certificate.boundary);
    json_end_object(json);
}

void fit_put_sigma(JsonWriter *json, const MmrmFit *f)
{
    put_texts(json, "visits", f->visits.levels, f->n_visits);
    if (f->n_groups > 1) put_texts(json, "groups", f->groups.levels, f->n_groups);
    put_numbers(json, "sigma", f->sigma, f->n_groups * f->n_visits * f->n_visits);
}

void fit_mixed_put(JsonWriter *json, const MixedFit *fit, bool expected_information, bool effects)
{
    const MmrmFit *f = &fit->fixed;
    json_member_integer(json, "subjects", (int64_t)f->n_subjects);
    json_member_text(json, "errors", str_from(fit->has_repeated ? covariance_word(f->kind) : "independent"));
    json_member_text(json, "method", f->options.method == MMRM_REML ? STR("REML") : STR("ML"));
    json_member_text(json, "degrees of freedom", str_from(mmrm_df_meaning(f->options.df)));
    json_member_text(json, "information", expected_information ? STR("expected") : STR("observed"));
    fit_put_optimum(json, f);
    json_key(json, STR("parameters"));
    json_begin_array(json);
    for (size_t a = 0; a < f->n_parameters; a++) {
        json_begin_object(json);
        json_member_text(json, "name", f->parameter_names[a]);
        json_member_number(json, "estimate", f->parameters[a]);
        json_member_number(json, "se", fit->parameters_se[a]);
        json_end_object(json);
    }
    json_end_array(json);
    json_key(json, STR("random"));
    json_begin_array(json);
    for (size_t t = 0; t < fit->n_randoms; t++) put_random(json, &fit->randoms[t], effects);
    json_end_array(json);
    if (f->sigma) fit_put_sigma(json, f);
}
