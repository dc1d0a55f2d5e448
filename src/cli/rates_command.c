/* Rates of recurring events by Poisson or negative binomial regression. */
#include <math.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/grid.h"
#include "stat/count_model.h"
#include "stat/lsmeans.h"

/* What is printed. vcov is the fit's, or the robust one. */
typedef struct {
    Invocation *call;
    Formula formula;
    Model model;
    CountData data;
    CountFit fit;
    bool is_robust;
    double *vcov, confidence;
    LsMeans means;
    size_t n_differences;
    LsDifference *differences;
    Str note;                         /* on subjects that have several rows */
} Rates;

static bool read_options(Rates *r, CountFamily *family, Error *err)
{
    const Invocation *call = r->call;
    Str word = option_text(call, "family");
    r->confidence = option_number(call, "confidence", 0.95);
    r->is_robust = option_given(call, "robust");
    if (!(r->confidence > 0 && r->confidence < 1)) return error_set(err, ERROR_USAGE, "--confidence must lie between 0 and 1");
    if (word.len == 0 || count_family_parse(word, family)) return true;
    error_set(err, ERROR_USAGE, "there is no family \"" STR_FMT "\" of counts", STR_ARG(word));
    return error_hint(err, "Use poisson or negative-binomial.");
}

static bool analyse(Rates *r, Error *err)
{
    Arena *arena = r->call->arena;
    CountFamily family = COUNT_NEGATIVE_BINOMIAL;
    Frame *frame;
    size_t *rows, n_rows;
    if (!read_options(r, &family, err) || !formula_parse(arena, r->call->args[0], &r->formula, err) || !formula_check_fixed(&r->formula, err)
        || !data_file_read(arena, r->call->args[1], &frame, err)
        || !data_file_rows(arena, frame, option_text(r->call, "where"), &rows, &n_rows, err) || !model_build(arena, &r->formula, frame, rows, n_rows, &r->model, err)
        || !count_data(arena, &r->model, option_text(r->call, "exposure"), &r->data, err)
        || !count_fit(arena, &r->data, family, &r->fit, err)) return false;
    r->note = data_file_repeats(arena, frame, r->model.rows, r->model.n);
    r->vcov = r->fit.vcov;
    if (r->is_robust) {
        r->vcov = ARENA_ARRAY(arena, double, r->fit.data.p * r->fit.data.p);
        count_robust(arena, &r->fit, r->vcov);
    }
    if (!option_given(r->call, "lsmeans")) return true;
    Margins margins = option_given(r->call, "observed-margins") ? MARGINS_OBSERVED : MARGINS_EQUAL;
    return lsmeans_rows(arena, &r->model, option_text(r->call, "lsmeans"), margins, &r->means, err)
        && lsmeans_differences(arena, &r->means, option_text(r->call, "reference"), &r->differences, &r->n_differences, err);
}

/* The exponential of l b with its limits; that a rate is 1 is no hypothesis, that a ratio is 1 is. */
static void add_row(const Rates *r, Grid *grid, Str label, const double *l, bool is_ratio)
{
    Estimate e = count_contrast(&r->fit, r->vcov, l, r->confidence);
    grid_add(grid, label);
    grid_number(grid, exp(e.estimate), 4), grid_number(grid, exp(e.lower), 4), grid_number(grid, exp(e.upper), 4);
    grid_number(grid, e.estimate, 4), grid_number(grid, e.se, 4);
    if (is_ratio) grid_p(grid, e.p);
    else grid_add(grid, STR(""));
}

static Grid rates_grid(const Rates *r, const char *what)
{
    const char *lower = str_format(r->call->arena, "%g %% lower", 100 * r->confidence).data;
    const char *const heads[] = {"", what, lower, "upper", "log", "std error", "p"};
    return grid_new(r->call->arena, heads, 7);
}

static void write_means(const Rates *r)
{
    Buf *out = r->call->out;
    Grid grid = rates_grid(r, "rate");
    for (size_t i = 0; i < r->means.n; i++) add_row(r, &grid, r->means.labels[i], &r->means.l[i * r->data.p], false);
    buf_add_c(out, "\nLeast-squares rates, per unit of exposure\n");
    grid_write(&grid, out);
    grid = rates_grid(r, "ratio");
    for (size_t i = 0; i < r->n_differences; i++) add_row(r, &grid, r->differences[i].ratio_label, r->differences[i].l, true);
    buf_add_c(out, "\nRatios of rates\n");
    grid_write(&grid, out);
}

static void write_text(const Rates *r)
{
    Buf *out = r->call->out;
    const CountFit *f = &r->fit;
    double events = 0, exposure = 0;
    for (size_t i = 0; i < r->data.n; i++) events += r->data.y[i], exposure += r->data.exposure ? r->data.exposure[i] : 1;
    buf_format(out, STR_FMT "\n  rows            %zu", STR_ARG(r->formula.text), r->data.n);
    if (r->model.n_dropped) buf_format(out, "; %zu left out for a missing value", r->model.n_dropped);
    buf_format(out, "\n  events          %g in %g of exposure\n  model           %s, log link; %s standard errors\n", events, exposure,
               count_family_word(f->family), r->is_robust ? "robust (sandwich)" : "model-based");
    if (f->family == COUNT_NEGATIVE_BINOMIAL && f->dispersion > 0)
        buf_format(out, "  dispersion      %.4f (standard error %.4f)\n", f->dispersion, f->dispersion_se);
    if (f->family == COUNT_NEGATIVE_BINOMIAL && !(f->dispersion > 0))
        buf_add_c(out, "  dispersion      0: the counts vary no more than Poisson's\n");
    buf_format(out, "  log likelihood  %.4f; deviance %.3f, Pearson chi-square over df %.3f on %g df\n", f->log_likelihood, f->deviance,
               f->pearson / f->df, f->df);
    Grid grid = rates_grid(r, "ratio");
    double *l = ARENA_ARRAY(r->call->arena, double, r->data.p);
    for (size_t j = 0; j < r->data.p; j++) {
        l[j] = 1;
        add_row(r, &grid, r->model.names[j], l, true);
        l[j] = 0;
    }
    buf_add_c(out, "\nCoefficients, and their exponentials\n");
    grid_write(&grid, out);
    if (r->means.n) write_means(r);
}

static void put_row(JsonWriter *json, const Rates *r, Str label, const double *l)
{
    Estimate e = count_contrast(&r->fit, r->vcov, l, r->confidence);
    json_begin_object(json);
    json_member_text(json, "label", label);
    json_member_number(json, "ratio", exp(e.estimate));
    json_member_number(json, "lower", exp(e.lower)), json_member_number(json, "upper", exp(e.upper));
    json_member_number(json, "log", e.estimate), json_member_number(json, "se", e.se), json_member_number(json, "p", e.p);
    json_end_object(json);
}

static void write_json(const Rates *r)
{
    JsonWriter json = json_writer(r->call->out, 2);
    double *l = ARENA_ARRAY(r->call->arena, double, r->data.p);
    json_begin_object(&json);
    json_member_text(&json, "formula", r->formula.text);
    json_member_integer(&json, "rows", (int64_t)r->data.n), json_member_integer(&json, "rows left out", (int64_t)r->model.n_dropped);
    json_member_text(&json, "family", str_from(count_family_word(r->fit.family)));
    json_member_bool(&json, "robust", r->is_robust);
    json_member_number(&json, "dispersion", r->fit.dispersion), json_member_number(&json, "dispersion se", r->fit.dispersion_se);
    json_member_number(&json, "log likelihood", r->fit.log_likelihood), json_member_number(&json, "deviance", r->fit.deviance);
    json_member_number(&json, "pearson", r->fit.pearson), json_member_number(&json, "df", r->fit.df);
    json_key(&json, STR("coefficients"));
    json_begin_array(&json);
    for (size_t j = 0; j < r->data.p; j++) {
        l[j] = 1;
        put_row(&json, r, r->model.names[j], l);
        l[j] = 0;
    }
    json_end_array(&json);
    json_key(&json, STR("rates"));
    json_begin_array(&json);
    for (size_t i = 0; i < r->means.n; i++) put_row(&json, r, r->means.labels[i], &r->means.l[i * r->data.p]);
    json_end_array(&json);
    json_key(&json, STR("ratios"));
    json_begin_array(&json);
    for (size_t i = 0; i < r->n_differences; i++) put_row(&json, r, r->differences[i].ratio_label, r->differences[i].l);
    json_end_array(&json);
    if (r->note.len) json_member_text(&json, "note", r->note);
    json_end_object(&json);
    buf_char(r->call->out, '\n');
}

static bool rates_run(Invocation *call, Error *err)
{
    Rates r = {.call = call};
    if (!analyse(&r, err)) return false;
    if (call->json) write_json(&r);
    else write_text(&r), write_note(call->out, r.note);
    return true;
}

const Command cmd_rates = {
    .name = "rates",
    .summary = "compare rates of recurring events",
    .usage = "FORMULA DATA",
    .description = "DATA is CSV (NA is missing) or a SAS transport file with a row per subject; the left side of FORMULA is the number\n"
                   "of events. Rates are per unit of the column --exposure. The model is negative binomial, or Poisson, whose\n"
                   "standard errors should then be robust.",
    .example = "  equipoise rates 'SEIZURES ~ ARM + BASELINE' subjects.csv --exposure YEARS --lsmeans ARM --reference Placebo\n"
               "  equipoise rates 'FALLS ~ ARM' subjects.csv --family poisson --robust",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("where", "CONDITION", "only these rows: \"FASFL = 'Y'\""),
                                OPT_TEXT("exposure", "COLUMN", "time under observation; 1 for all when not given"),
                                OPT_TEXT("family", "FAMILY", "negative-binomial (when not given) or poisson"),
                                OPT_FLAG("robust", "sandwich standard errors"),
                                OPT_TEXT("lsmeans", "FACTORS", "least-squares rates and their ratios: 'ARM', 'ARM | STRATUM'"),
                                OPT_TEXT("reference", "LEVEL", "ratios to this level only"),
                                OPT_FLAG("observed-margins", "other factors as often as observed, not alike"),
                                OPT_NUMBER("confidence", "SHARE", "of intervals; 0.95 when not given"), OPT_END},
    .run = rates_run,
};
