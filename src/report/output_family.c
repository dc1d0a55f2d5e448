#include "report/output_family.h"

#include <math.h>

#include "report/output_fit.h"
#include "report/output_kind.h"
#include "stat/family_model.h"

typedef struct {
    Eval *eval;
    const OutputBlock *block;
    const Scope *scope;
    FamilyKind kind;
    FamilyFit fit;
    OutputFit shell; /* what the means' rows are made from: the model alone */
    FitMeans means;
    double confidence;
    CellValues *cells; /* per column */
    Str *options;      /* per column, empty: nothing stands there */
} FamilyRows;

static void put_ratio(CellValues *cell, const Estimate *e)
{
    if (!e->is_estimable) return;
    cell->of[STATISTIC_RATIO] = exp(e->estimate);
    cell->of[STATISTIC_CI_LOW] = exp(e->lower);
    cell->of[STATISTIC_CI_HIGH] = exp(e->upper);
    cell->of[STATISTIC_ESTIMATE] = e->estimate;
    cell->of[STATISTIC_SE] = e->se;
    cell->of[STATISTIC_TEST] = e->t;
    cell->of[STATISTIC_P] = e->p;
}

/* A mean of an arm: a probability in per cent, or a rate. */
static void put_mean(FamilyKind kind, CellValues *cell, const Estimate *e)
{
    if (!e->is_estimable || !family_mean(kind)[0]) return;
    bool is_share = kind == FAMILY_LOGISTIC || kind == FAMILY_FIRTH;
    double scale = is_share ? 100 : 1;
    cell->of[is_share ? STATISTIC_PCT : STATISTIC_LSMEAN] = scale * family_inverse(kind, e->estimate);
    cell->of[STATISTIC_CI_LOW] = scale * family_inverse(kind, e->lower);
    cell->of[STATISTIC_CI_HIGH] = scale * family_inverse(kind, e->upper);
    cell->of[STATISTIC_ESTIMATE] = e->estimate;
    cell->of[STATISTIC_SE] = e->se;
}

/* Rows used of a column, and their events. */
static void put_counts(const FamilyRows *rows, size_t column, CellValues *cell)
{
    const Model *m = &rows->fit.model;
    double n = 0, events = 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!eval_has(&rows->eval->columns[column], m->rows[i])) continue;
        n++;
        events += m->y[i];
    }
    cell->of[STATISTIC_N] = n;
    if (rows->kind != FAMILY_PROPORTIONAL_ODDS) cell->of[STATISTIC_EVENTS] = events;
}

static bool mean_of(FamilyRows *rows, size_t column, FitMean *mean, Error *err)
{
    const FitVisits none = {0};
    return fit_mean(rows->eval, &rows->means, &none, column, rows->block->at, mean, err);
}

static bool compared_cells(FamilyRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    const OutputBlock *block = rows->block;
    size_t p = rows->fit.model.p, column, left, right;
    double *l = ARENA_ARRAY(eval->arena, double, p);
    for (size_t i = 0; i < block->compare.n; i++) {
        FitMean a, b;
        if (!eval_find_column(eval, block->compare.items[i].column, block->at, &column, err) ||
            !eval_find_column(eval, block->compare.items[i].left, block->at, &left, err) ||
            !eval_find_column(eval, block->compare.items[i].right, block->at, &right, err) || !mean_of(rows, left, &a, err) || !mean_of(rows, right, &b, err))
            return false;
        for (size_t j = 0; j < p; j++) l[j] = a.l[j] - b.l[j];
        Estimate e = family_contrast(eval->arena, &rows->fit, l, rows->confidence);
        put_ratio(&rows->cells[column], &e);
        rows->cells[column].of[STATISTIC_N] = a.n + b.n;
        if (!eval_family(eval, block->family, block->at, &rows->cells[column], err)) return false;
        rows->options[column] = str_format(eval->arena, STR_FMT " / " STR_FMT "; %g %% confidence", STR_ARG(a.label), STR_ARG(b.label), 100 * rows->confidence);
    }
    return true;
}

static bool mean_cells(FamilyRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    for (size_t c = 0; c < eval->n_columns; c++) {
        FitMean mean;
        if (eval->columns[c].holds_tests || eval->columns[c].is_total) continue;
        if (!mean_of(rows, c, &mean, err)) return false;
        Estimate e = family_contrast(eval->arena, &rows->fit, mean.l, rows->confidence);
        put_counts(rows, c, &rows->cells[c]);
        put_mean(rows->kind, &rows->cells[c], &e);
        rows->options[c] = str_format(eval->arena, "mean on the link, turned back; %g %% confidence", 100 * rows->confidence);
    }
    return true;
}

static bool term_cells(FamilyRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    const Model *m = &rows->fit.model;
    Str *names = ARENA_ARRAY(eval->arena, Str, m->n_terms + 1);
    size_t term = 0, column;
    for (size_t i = 0; i < m->n_terms; i++) names[i] = m->terms[i].name;
    while (term < m->n_terms && !str_equal_fold(names[term], rows->block->term)) term++;
    if (term == m->n_terms) {
        Str near = str_nearest(rows->block->term, names, m->n_terms);
        yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "the model has no term \"" STR_FMT "\"", STR_ARG(rows->block->term));
        return error_hint(err, near.len ? "Did you mean \"%s\"?" : "Name a term of the formula%s.", str_c(eval->arena, near));
    }
    FamilyTest test = family_test(eval->arena, &rows->fit, term);
    CellValues cell = cell_values_none();
    if (m->terms[term].n_columns == 1) {
        Estimate e = family_coefficient(eval->arena, &rows->fit, m->terms[term].first, rows->confidence);
        put_ratio(&cell, &e);
    } else {
        cell.of[STATISTIC_P] = test.p;
    }
    cell.of[STATISTIC_TEST] = test.chisq;
    cell.of[STATISTIC_DF] = test.df;
    cell.of[STATISTIC_N] = (double)m->n;
    for (size_t i = 0; i < rows->block->in.n; i++) {
        if (!eval_find_column(eval, rows->block->in.items[i], rows->block->at, &column, err)) return false;
        rows->cells[column] = cell;
        rows->options[column] = str_format(eval->arena, "type III test of " STR_FMT, STR_ARG(names[term]));
    }
    return true;
}

/* "Logistic regression, RESP = 'Y' ~ ARM: 120 rows, 3 left out for a missing value; odds ratios with Wald's intervals." */
static void note(const FamilyRows *rows)
{
    Buf buf = buf_new(rows->eval->arena);
    const FamilyFit *fit = &rows->fit;
    const char *meaning = family_meaning(rows->kind);
    buf_char(&buf, (char)(meaning[0] >= 'a' ? meaning[0] - 'a' + 'A' : meaning[0]));
    buf_format(&buf, "%s, " STR_FMT ": %zu rows", meaning + 1, STR_ARG(rows->block->subject), fit->model.n);
    if (fit->model.n_dropped) buf_format(&buf, ", %zu left out for a missing value", fit->model.n_dropped);
    if (rows->kind == FAMILY_PROPORTIONAL_ODDS) {
        buf_add_c(&buf, ", categories ");
        for (size_t k = 0; k < fit->n_categories; k++) buf_format(&buf, "%s" STR_FMT, k ? " < " : "", STR_ARG(fit->categories[k]));
    }
    if (fit->options.exposure.len) buf_format(&buf, ", exposure " STR_FMT, STR_ARG(fit->options.exposure));
    if (rows->kind == FAMILY_NEGATIVE_BINOMIAL) buf_format(&buf, ", dispersion %.3g", fit->count.dispersion);
    if (rows->kind == FAMILY_POISSON) buf_format(&buf, ", Pearson's chi-square over its degrees of freedom %.3g", fit->count.pearson / fit->count.df);
    buf_format(&buf, "; %ss with %s%s intervals.", family_ratio(rows->kind), fit->options.robust ? "robust " : "", rows->kind == FAMILY_FIRTH ? "profile likelihood" : "Wald's");
    eval_note(rows->eval, buf_str(&buf));
}

static FamilyOptions options_of(const FamilyRows *rows)
{
    const OutputLevels *levels = &rows->block->levels;
    Str *categories = ARENA_ARRAY(rows->eval->arena, Str, levels->n + 1);
    for (size_t i = 0; i < levels->n; i++) categories[i] = levels->items[i].value;
    return (FamilyOptions){.exposure = rows->block->exposure, .n_categories = levels->n, .categories = categories, .robust = rows->block->robust};
}

static bool estimate(FamilyRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    FamilyOptions options = options_of(rows);
    if (!family_fit(eval->arena, rows->block->subject, rows->kind, &options, eval->data->frame, rows->scope->rows, rows->scope->n_rows, &rows->fit, err))
        return error_at(err, rows->block->at);
    note(rows);
    if (rows->block->term.len) return term_cells(rows, err);
    rows->shell = (OutputFit){.frame = eval->data->frame, .text = rows->block->subject, .block = rows->block, .model = rows->fit.model, .visit = SIZE_MAX};
    return fit_means(eval, rows->block, &rows->shell, &rows->means, err) && (rows->block->compare.n ? compared_cells : mean_cells)(rows, err);
}

/* Where numbers would stand: the columns named, or all of the data. */
static bool leave_open(FamilyRows *rows, const Error *why, Error *err)
{
    Eval *eval = rows->eval;
    const OutputBlock *block = rows->block;
    size_t named = block->term.len ? block->in.n : block->compare.n, column;
    Str reason = str_format(eval->arena, "not estimable: %s", why->message);
    for (size_t i = 0; i < named; i++) {
        Str key = block->term.len ? block->in.items[i] : block->compare.items[i].column;
        if (!eval_find_column(eval, key, block->at, &column, err)) return false;
        rows->options[column] = reason;
    }
    for (size_t c = 0; !named && c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests && !eval->columns[c].is_total) rows->options[c] = reason;
    eval_note(eval, str_format(eval->arena, STR_FMT " is not estimable: %s.", STR_ARG(block->subject), why->message));
    return true;
}

static const char *page_of(FamilyKind kind)
{
    static const char *const pages[] = {"logistic", "logistic", "proportional_odds", "count-model", "count-model"};
    return pages[kind];
}

bool family_block_write(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err)
{
    FamilyRows rows = {.eval = eval, .block = block, .scope = scope, .confidence = fit_confidence(block)};
    size_t n = eval->n_columns;
    Error why = {0};
    rows.cells = ARENA_ARRAY(eval->arena, CellValues, n + 1);
    rows.options = ARENA_ARRAY(eval->arena, Str, n + 1);
    for (size_t c = 0; c < n; c++) rows.cells[c] = cell_values_none();
    if (!family_parse(block->regression, &rows.kind, err)) return error_at(err, block->at);
    if (!estimate(&rows, &why)) {
        if (why.code != ERROR_DEGENERATE && why.code != ERROR_NO_CONVERGENCE) {
            *err = why;
            return false;
        }
        if (!leave_open(&rows, &why, err)) return false;
    }
    const Provenance **from = ARENA_ARRAY(eval->arena, const Provenance *, n + 1);
    for (size_t c = 0; c < n; c++) {
        if (!rows.options[c].len) continue;
        Provenance *p = eval_provenance(eval, scope, SIZE_MAX, block->subject, str_from(family_meaning(rows.kind)), str_from(page_of(rows.kind)));
        p->options = rows.options[c];
        p->n_records = rows.fit.model.n;
        from[c] = p;
    }
    fit_write_lines(eval, scope, block, rows.cells, from);
    return true;
}

bool family_block_check(Arena *arena, const OutputSpec *spec, const OutputBlock *block, Error *err)
{
    FamilyKind kind;
    (void)arena;
    if (!family_parse(block->regression, &kind, err)) return error_at(err, block->at);
    const char *other = block->impute           ? "impute"
                        : block->visits.n       ? "at"
                        : block->df.len         ? "df"
                        : block->method.len     ? "method"
                        : block->weights.len    ? "weights"
                        : block->fallback.n     ? "fallback"
                        : block->vcov.len       ? "vcov"
                        : block->type           ? "type"
                                                : NULL;
    bool is_count = kind == FAMILY_POISSON || kind == FAMILY_NEGATIVE_BINOMIAL;
    if (other) return yaml_error(block->at, err, ERROR_INCONSISTENT, "\"%s\" means nothing to a regression %s", other, family_word(kind));
    if (spec->kind == OUTPUT_FIGURE && (spec->draw == FIGURE_LINES || spec->draw == FIGURE_PANELS))
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "a figure cannot draw a regression %s", family_word(kind));
    if (!is_count && (block->exposure.len || block->robust))
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "\"%s\" goes with counts: poisson, negative-binomial", block->exposure.len ? "exposure" : "robust");
    if (block->levels.n && kind != FAMILY_PROPORTIONAL_ODDS)
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "\"levels\" goes with ordered categories: proportional-odds");
    if (kind == FAMILY_PROPORTIONAL_ODDS && !block->term.len && !block->compare.n) {
        yaml_error(block->at, err, ERROR_INCONSISTENT, "proportional odds have no mean of an arm to print");
        return error_hint(err, "Say \"compare\" for odds ratios, or \"term\" for a test.");
    }
    return true;
}
