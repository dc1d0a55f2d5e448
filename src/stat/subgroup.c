#include "stat/subgroup.h"

typedef struct {
    Arena *arena;
    const Frame *frame;
    const SubgroupOptions *options;
    double confidence;
    SubgroupResult *result;
    size_t capacity;
    Error *err;
} Analysis;

/* A variable as a formula names it: factor(`name`), whatever the column holds. */
static Str term_of(Arena *arena, Str name) { return str_format(arena, "factor(`" STR_FMT "`)", STR_ARG(name)); }
static Str name_of(Arena *arena, Str name) { return str_format(arena, "factor(" STR_FMT ")", STR_ARG(name)); }

static Str formula_of(const Analysis *a, bool with_subgroup)
{
    const SubgroupOptions *o = a->options;
    Buf text = buf_new(a->arena);
    buf_format(&text, STR_FMT " ~ ", STR_ARG(o->outcome));
    buf_add(&text, o->factor.len ? term_of(a->arena, o->factor) : STR("1"));
    if (with_subgroup) buf_format(&text, " %s " STR_FMT, o->factor.len ? "*" : "+", STR_ARG(term_of(a->arena, o->subgroup)));
    if (o->covariates.len) buf_format(&text, " + " STR_FMT, STR_ARG(o->covariates));
    return buf_str(&text);
}

static bool fit_formula(const Analysis *a, bool with_subgroup, const size_t *rows, size_t n_rows, Model *model, LinearFit *fit)
{
    Formula *formula = ARENA_NEW(a->arena, Formula);
    return formula_parse(a->arena, formula_of(a, with_subgroup), formula, a->err)
        && model_build(a->arena, formula, a->frame, rows, n_rows, model, a->err)
        && linear_fit(a->arena, model, fit, a->err);
}

static void add_effect(Analysis *a, SubgroupEffect effect)
{
    SubgroupResult *r = a->result;
    ARENA_PUSH_ROOM(a->arena, r->effects, r->n_effects, a->capacity);
    r->effects[r->n_effects++] = effect;
}

/* The level of the subgroup that row i of the means belongs to; empty where there is no splitting. */
static Str level_of(const LsMeans *means, size_t i)
{
    if (means->n_factors == means->n_compared) return STR("");
    size_t last = means->n_factors - 1;
    return means->model->variables[means->factors[last]].levels[means->levels[i * means->n_factors + last]];
}

static bool add_differences(Analysis *a, const Model *model, const LinearFit *fit, bool with_subgroup)
{
    LsMeans means;
    LsDifference *differences;
    size_t n;
    Str factor = name_of(a->arena, a->options->factor), of = factor, reference = a->options->reference;
    if (with_subgroup) of = str_format(a->arena, STR_FMT " | " STR_FMT, STR_ARG(factor), STR_ARG(name_of(a->arena, a->options->subgroup)));
    if (!lsmeans_rows(a->arena, model, of, MARGINS_EQUAL, &means, a->err)) return false;
    if (reference.len == 0) reference = model->variables[means.factors[0]].levels[0];
    if (!lsmeans_differences(a->arena, &means, reference, &differences, &n, a->err)) return false;
    for (size_t i = 0; i < n; i++) {
        Str contrast = differences[i].label, rest;
        if (with_subgroup && !str_cut(contrast, STR(" | "), &contrast, &rest)) contrast = differences[i].label;
        add_effect(a, (SubgroupEffect){.level = level_of(&means, differences[i].first), .contrast = contrast,
                                       .n = means.n_rows[differences[i].first] + means.n_rows[differences[i].second],
                                       .effect = linear_contrast(fit, differences[i].l, a->confidence)});
    }
    return true;
}

static bool add_means(Analysis *a, const Model *model, const LinearFit *fit, bool with_subgroup)
{
    LsMeans means;
    if (!with_subgroup) {
        double *l = ARENA_ARRAY(a->arena, double, model->p), *row = ARENA_ARRAY(a->arena, double, model->p);
        for (size_t i = 0; i < model->n; i++) {      /* the prediction averaged over the rows is the mean of everybody */
            for (size_t j = 0; j < model->p; j++) row[j] += model->x[i * model->p + j];
        }
        for (size_t j = 0; j < model->p; j++) l[j] = row[j] / (double)model->n;
        add_effect(a, (SubgroupEffect){.n = model->n, .effect = linear_contrast(fit, l, a->confidence)});
        return true;
    }
    if (!lsmeans_rows(a->arena, model, name_of(a->arena, a->options->subgroup), MARGINS_OBSERVED, &means, a->err)) return false;
    for (size_t i = 0; i < means.n; i++)
        add_effect(a, (SubgroupEffect){.level = means.labels[i], .n = means.n_rows[i],
                                       .effect = linear_contrast(fit, &means.l[i * model->p], a->confidence)});
    return true;
}

static bool add_effects(Analysis *a, const Model *model, const LinearFit *fit, bool with_subgroup)
{
    return a->options->factor.len ? add_differences(a, model, fit, with_subgroup) : add_means(a, model, fit, with_subgroup);
}

/* The term of the subgroup, joined with the factor's where there is one. */
static size_t interaction_term(const Analysis *a, const Model *model)
{
    uint64_t mask = (uint64_t)1 << model_variable(model, name_of(a->arena, a->options->subgroup));
    if (a->options->factor.len) mask |= (uint64_t)1 << model_variable(model, name_of(a->arena, a->options->factor));
    size_t term = 0;
    while (model->terms[term].mask != mask) term++;
    return term;
}

/* The effect by its contrast, or NULL. */
static const SubgroupEffect *find_contrast(const SubgroupResult *result, Str contrast)
{
    for (size_t i = 0; i < result->n_effects; i++)
        if (str_equal(result->effects[i].contrast, contrast)) return &result->effects[i];
    return NULL;
}

/* The effects within a level, from its rows alone; none where they cannot carry the model. */
static SubgroupResult effects_of_level(const Analysis *a, const Model *with, const ModelVariable *subgroup, size_t level)
{
    SubgroupResult result = {0};
    Error ignored = {0};
    Analysis own = *a;
    Model model;
    LinearFit fit;
    size_t *rows = ARENA_ARRAY(a->arena, size_t, with->n), n = 0;
    for (size_t i = 0; i < with->n; i++)
        if (subgroup->level[i] == level) rows[n++] = with->rows[i];
    own.result = &result, own.capacity = 0, own.err = &ignored;
    if (!fit_formula(&own, false, rows, n, &model, &fit) || !add_effects(&own, &model, &fit, false)) result.n_effects = 0;
    return result;
}

static void use_own_variances(Analysis *a, const Model *with)
{
    const ModelVariable *subgroup = &with->variables[model_variable(with, name_of(a->arena, a->options->subgroup))];
    for (size_t level = 0; level < subgroup->n_levels; level++) {
        SubgroupResult own = effects_of_level(a, with, subgroup, level);
        for (size_t i = 0; i < a->result->n_effects; i++) {
            SubgroupEffect *effect = &a->result->effects[i];
            if (!str_equal(effect->level, subgroup->levels[level])) continue;
            const SubgroupEffect *found = find_contrast(&own, effect->contrast);
            effect->effect = found ? found->effect : (Estimate){0};
        }
    }
}

bool subgroup_effects(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows, const SubgroupOptions *options,
                      SubgroupResult *result, Error *err)
{
    Analysis a = {.arena = arena, .frame = frame, .options = options, .result = result, .err = err,
                  .confidence = options->confidence > 0 ? options->confidence : 0.95};
    Model with, without;
    LinearFit fit_with, fit_without;
    *result = (SubgroupResult){0};
    if (!fit_formula(&a, true, rows, n_rows, &with, &fit_with)) return false;
    if (!fit_formula(&a, false, with.rows, with.n, &without, &fit_without)) return false;
    result->n = with.n;
    result->n_dropped = with.n_dropped;
    if (!add_effects(&a, &without, &fit_without, false) || !add_effects(&a, &with, &fit_with, true)) return false;
    if (options->own_variance) use_own_variances(&a, &with);
    result->interaction = linear_anova(arena, &with, &fit_with, TEST_TYPE_III)[interaction_term(&a, &with)];
    return true;
}
