/* Residuals of a model of the protocol's outputs. */
#include "report/output_figure.h"
#include "report/output_fit.h"
#include "report/output_kind.h"
#include "report/residual_figure.h"

bool residuals_figure_check(Arena *arena, const OutputSpec *spec, Error *err)
{
    const Str kinds[] = {STR("normalised"), STR("pearson")};
    (void)arena;
    if (spec->rows.n != 1 || spec->rows.items[0].kind != &block_kind_model) {
        yaml_error(spec->at, err, ERROR_INCONSISTENT, "residuals are those of one model");
        return error_hint(
            err, "Give the figure one block of rows: {model: CHG ~ ARM * VISIT + us(VISIT | SUBJID)}.");
    }
    if (!spec->residuals.len || str_equal(spec->residuals, kinds[0]) || str_equal(spec->residuals, kinds[1]))
        return true;
    yaml_error(spec->at, err, ERROR_INCONSISTENT, "there are no residuals \"" STR_FMT "\"",
               STR_ARG(spec->residuals));
    return error_hint(err, "There are: normalised, pearson.");
}

/* The subjects behind the rows of the model, where the protocol lets them be named. */
static bool find_names(Eval *eval, const Model *model, ResidualInput *input, Error *err)
{
    const OutputSpec *spec = eval->spec;
    Codes *subjects;
    if (!spec->names) return true;
    Str key = spec->subject.len ? spec->subject : eval->frames->plan->subject_key;
    if (!data_codes(eval->frames, eval->data, key, spec->at, &subjects, err)) return false;
    Str *names = ARENA_ARRAY(eval->arena, Str, model->n);
    for (size_t i = 0; i < model->n; i++) {
        size_t code = subjects->of_row[model->rows[i]];
        names[i] = code == SIZE_MAX ? STR("?") : subjects->texts[code];
    }
    input->names = names;
    return true;
}

static bool fill(Eval *eval, const Scope *scope, const OutputBlock *block, Document *document, Figure *figure,
                 Error *err)
{
    const OutputFit *fit;
    if (!eval_fit(eval, scope, block, &fit, err)) return false;
    bool pearson = str_equal(eval->spec->residuals, STR("pearson"));
    ResidualInput input =
        fit->is_repeated ? residual_input_mixed(eval->arena, &fit->mixed,
                                                pearson ? MMRM_RESIDUAL_PEARSON : MMRM_RESIDUAL_NORMALISED)
                         : residual_input_linear(eval->arena, &fit->model, &fit->linear);
    input.from = fit_provenance(eval, scope, block, fit, input.kind);
    if (!find_names(eval, &fit->model, &input, err)) return false;
    residual_figure_fill(document, figure, &input);
    return true;
}

bool residuals_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                      Error *err)
{
    Eval eval = {.arena = document->arena,
                 .context = context,
                 .frames = context->frames,
                 .spec = spec,
                 .document = document};
    const OutputBlock *block = &spec->rows.items[0];
    Scope all, scope;
    Error trouble = {0};
    if (!eval_open(&eval, &all, err) || !eval_narrow(&eval, &all, block->where, block->at, &scope, err))
        return false;
    if (!fill(&eval, &scope, block, document, figure, &trouble)) {
        const TableColumn columns[] = {{.key = STR("label"), .align = ALIGN_LEFT}};
        if (!fit_is_open(&eval, block, &trouble)) {
            *err = trouble;
            return false;
        }
        if (!figure->data) document_figure_table(document, figure, columns, 1);
    }
    eval.table = figure->data;
    eval_footnotes(&eval);
    return true;
}
