#include "report/output_impute.h"

#include <math.h>
#include <string.h>

#include "report/output_fit.h"
#include "report/output_read.h"

/* An imputation once made in this report. */
struct OutputImputed {
    const OutputImputed *before;
    const Frame *frame;
    Str text;
    const OutputImpute *how;
    const size_t *rows;
    size_t n_rows;
    Formula formula;
    Imputation result;
};

static bool read_strategy(Reader *reader, const Yaml *value, void *member, Error *err)
{
    static const char *const WORDS[] = {
#define X(name, word, meaning, assumption) word,
        IMPUTE_STRATEGIES(X)
#undef X
    };
    enum { N_WORDS = sizeof WORDS / sizeof WORDS[0] };
    Str word, known[N_WORDS];
    if (!read_text(reader, value, &word, err)) return false;
    if (impute_strategy_parse(word, member)) return true;
    for (size_t i = 0; i < N_WORDS; i++) known[i] = str_from(WORDS[i]);
    return unknown_word(reader, value, "strategy", word, known, N_WORDS, err);
}

static bool read_method(Reader *reader, const Yaml *value, void *member, Error *err)
{
    static const char *const WORDS[] = {
#define X(name, word, meaning) word,
        IMPUTE_METHODS(X)
#undef X
    };
    enum { N_WORDS = sizeof WORDS / sizeof WORDS[0] };
    Str word, known[N_WORDS];
    if (!read_text(reader, value, &word, err)) return false;
    if (impute_method_parse(word, member)) return true;
    for (size_t i = 0; i < N_WORDS; i++) known[i] = str_from(WORDS[i]);
    return unknown_word(reader, value, "method of imputation", word, known, N_WORDS, err);
}

/* delta: {new: 2, old@Week 12: -1}; `member` is the whole imputation. */
static bool read_delta(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputImpute *how = member;
    if (!need_kind(value, YAML_IS_MAPPING, "delta", err)) return false;
    how->n_deltas = value->n;
    how->deltas = ARENA_ARRAY(reader->arena, ImputeDelta, value->n);
    for (size_t i = 0; i < value->n; i++) {
        ImputeDelta *delta = &how->deltas[i];
        if (!read_number(reader, &value->items[i], &delta->value, err)) return false;
        if (!str_cut(value->keys[i].text, STR("@"), &delta->arm, &delta->visit)) delta->arm = value->keys[i].text;
    }
    return true;
}

static const Field impute_fields[] = {
    FIELD(OutputImpute, strategy, read_strategy),
    FIELD(OutputImpute, reference, read_text),
    FIELD(OutputImpute, arm, read_text),
    FIELD(OutputImpute, event, read_text),
    FIELD(OutputImpute, order, read_text),
    FIELD(OutputImpute, ancova, read_text),
    FIELD(OutputImpute, method, read_method),
    FIELD(OutputImpute, draws, read_integer),
    FIELD(OutputImpute, seed, read_integer),
    FIELD_OF_WHOLE("delta", read_delta),
    FIELD(OutputImpute, after_event, read_flag),
};
const FieldTable output_impute_table = {sizeof impute_fields / sizeof impute_fields[0], impute_fields};

bool read_impute(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputImpute *how = ARENA_NEW(reader->arena, OutputImpute);
    *how = (OutputImpute){.at = value, .seed = 1};
    *(const OutputImpute **)member = how;
    if (!need_kind(value, YAML_IS_MAPPING, "impute", err) ||
        !read_fields(reader, value, "impute", FIELDS(impute_fields), NULL, NULL, how, err))
        return false;
    static const char *const NEEDED[] = {"strategy", "reference"};
    for (size_t i = 0; i < 2; i++)
        if (!yaml_get(value, NEEDED[i]))
            return yaml_error(value, err, ERROR_MALFORMED, "impute lacks the key \"%s\"", NEEDED[i]);
    if (how->draws >= 0 && how->seed >= 0) return true;
    return yaml_error(value, err, ERROR_INCONSISTENT, "draws and seed are not negative");
}

bool impute_block_check(const Formula *formula, const OutputBlock *block, bool is_drawn, Error *err)
{
    const char *idle = block->term.len      ? "term"
                       : block->df.len      ? "df"
                       : block->method.len  ? "method"
                       : block->weights.len ? "weights"
                       : block->fallback.n  ? "fallback"
                       : block->margins.len ? "margins"
                                            : NULL;
    if (formula->n_covariances != 1) {
        yaml_error(block->impute->at, err, ERROR_INCONSISTENT, "imputation goes with a model of repeated measures");
        return error_hint(err, "Add its covariance to the formula: us(VISIT | SUBJID).");
    }
    if (is_drawn)
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "a figure of all visits draws no imputed outcomes");
    if (idle)
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "\"%s\" means nothing to imputed outcomes", idle);
    if (block->visits.n == 1) return true;
    yaml_error(block->at, err, ERROR_INCONSISTENT, "imputed outcomes are analysed at one visit, and %zu are named", block->visits.n);
    return error_hint(err, "Say \"at\" with one visit; write a block for each.");
}

static bool same_deltas(const OutputImpute *a, const OutputImpute *b)
{
    for (size_t i = 0; i < a->n_deltas && a->n_deltas == b->n_deltas; i++) {
        const ImputeDelta *x = &a->deltas[i], *y = &b->deltas[i];
        if (!str_equal(x->arm, y->arm) || !str_equal(x->visit, y->visit) || x->value != y->value) return false;
    }
    return a->n_deltas == b->n_deltas && a->after_event == b->after_event;
}

static bool same_options(const OutputImpute *a, const OutputImpute *b)
{
    return a->strategy == b->strategy && a->method == b->method && a->draws == b->draws && a->seed == b->seed &&
           str_equal(a->arm, b->arm) && str_equal(a->reference, b->reference) && str_equal(a->event, b->event) &&
           str_equal(a->order, b->order) && str_equal(a->ancova, b->ancova) && same_deltas(a, b);
}

static bool is_same(const OutputImputed *made, const Frame *frame, const OutputBlock *block, const Scope *scope)
{
    return made->frame == frame && str_equal(made->text, block->subject) && same_options(made->how, block->impute) &&
           made->n_rows == scope->n_rows &&
           (!scope->n_rows || memcmp(made->rows, scope->rows, scope->n_rows * sizeof *scope->rows) == 0);
}

static bool find_arm(const Eval *eval, const OutputBlock *block, Str *arm, Error *err)
{
    const OutputColumns *columns = &eval->spec->columns;
    *arm = block->impute->arm.len ? block->impute->arm : block->factor;
    if (!arm->len && columns->n_sets) *arm = columns->sets[columns->n_sets - 1].variable;
    if (arm->len) return true;
    yaml_error(block->impute->at, err, ERROR_INCONSISTENT, "the columns have no variable that would be the arm");
    return error_hint(err, "Name it with \"arm\".");
}

static bool make(Eval *eval, const OutputBlock *block, const Scope *scope, const OutputImputed **found, Error *err)
{
    OutputContext *context = eval->context;
    const Frame *frame = eval->data->frame;
    const OutputImpute *how = block->impute;
    Str arm;
    for (*found = context->imputed; *found; *found = (*found)->before)
        if (is_same(*found, frame, block, scope)) return true;
    if (!find_arm(eval, block, &arm, err)) return false;
    OutputImputed *made = ARENA_NEW(context->arena, OutputImputed);
    *made = (OutputImputed){.before = context->imputed, .frame = frame, .text = block->subject, .how = how, .n_rows = scope->n_rows,
                            .rows = arena_copy(context->arena, scope->rows, scope->n_rows * sizeof *scope->rows)};
    ImputeOptions options = {.arm = arm, .reference = how->reference, .event = how->event, .order = how->order, .ancova = how->ancova,
                             .strategy = how->strategy, .method = how->method, .n_draws = (size_t)how->draws, .seed = (uint64_t)how->seed,
                             .deltas = how->deltas, .n_deltas = how->n_deltas, .delta_after_event = how->after_event};
    if (!formula_parse(context->arena, made->text, &made->formula, err) ||
        !impute(context->arena, &made->formula, frame, made->rows, made->n_rows, &options, &made->result, err))
        return error_at(err, block->at);
    context->imputed = *found = made;
    return true;
}

/* The arm whose mean a column holds. */
static bool arm_of(Eval *eval, const OutputBlock *block, const Imputation *r, size_t column, size_t *arm, Error *err)
{
    return impute_find_arm(r, eval->columns[column].value, arm, err) || error_at(err, block->at);
}

static bool column_arm(Eval *eval, const OutputBlock *block, const Imputation *r, Str key, size_t *arm, Error *err)
{
    size_t column;
    return eval_find_column(eval, key, block->at, &column, err) && arm_of(eval, block, r, column, arm, err);
}

static void add_deltas(Buf *buf, const Imputation *r)
{
    for (size_t i = 0; i < r->options.n_deltas; i++) {
        const ImputeDelta *d = &r->options.deltas[i];
        buf_format(buf, "; %g added to outcomes imputed", d->value);
        if (d->arm.len) buf_format(buf, " in " STR_FMT, STR_ARG(d->arm));
        if (d->visit.len) buf_format(buf, " at " STR_FMT, STR_ARG(d->visit));
        if (r->options.delta_after_event) buf_add_c(buf, " from the event on");
    }
}

static void add_method(Buf *buf, const Imputation *r)
{
    buf_format(buf, "%s (%zu %s", impute_method_meaning(r->options.method), r->n_replicates,
               impute_method_pools(r->options.method) ? "imputations" : "refits");
    if (r->options.method != IMPUTE_JACKKNIFE) buf_format(buf, ", seed %llu", (unsigned long long)r->options.seed);
    if (r->n_failures)
        buf_format(buf, "; %zu failed and are left out, the first " STR_FMT ": " STR_FMT, r->n_failures, STR_ARG(r->failures[0].which),
                   STR_ARG(r->failures[0].why));
    buf_char(buf, ')');
}

/* Strategy and assumption, the event, how many were imputed, and how. */
static void note(Eval *eval, const OutputBlock *block, const Imputation *r, size_t visit)
{
    Buf buf = buf_new(eval->arena);
    ImputeStrategy s = r->options.strategy;
    Str event = r->options.event;
    buf_format(&buf, STR_FMT " at " STR_FMT ", missing outcomes imputed: %s (reference " STR_FMT "), which assumes of subjects with the event that %s. ",
               STR_ARG(block->subject), STR_ARG(r->visits[visit]), impute_strategy_meaning(s), STR_ARG(r->arms[r->reference]), impute_strategy_assumption(s));
    if (event.len) buf_format(&buf, "The event affects visits from that in " STR_FMT " on. Imputed:", STR_ARG(event));
    else buf_add_c(&buf, "The event is taken to come after the last outcome. Imputed:");
    for (size_t a = 0; a < r->n_arms; a++)
        buf_format(&buf, "%s %zu of %zu (" STR_FMT ")", a ? "," : "", r->n_imputed[a * r->n_visits + visit], r->subjects_in[a], STR_ARG(r->arms[a]));
    if (r->n_excluded) buf_format(&buf, "; %zu outcomes seen after the event are no part of the imputation model", r->n_excluded);
    if (r->n_left_out) buf_format(&buf, "; %zu subjects left out for a missing covariate", r->n_left_out);
    add_deltas(&buf, r);
    buf_add_c(&buf, ". Then " );
    buf_format(&buf, STR_FMT "; ", STR_ARG(r->ancova));
    add_method(&buf, r);
    buf_char(&buf, '.');
    eval_note(eval, buf_str(&buf));
}

static const Provenance *provenance(Eval *eval, const OutputBlock *block, const Scope *scope, const Imputation *r, Str contrast)
{
    Provenance *from = eval_provenance(eval, scope, SIZE_MAX, block->subject, STR("imputation"), STR("imputation"));
    Buf options = buf_new(eval->arena);
    from->options = contrast;
    if (!r) return from;
    from->n_records = r->fit.n;
    from->method = str_format(eval->arena, "%s, %s, then least squares", impute_strategy_meaning(r->options.strategy), impute_method_meaning(r->options.method));
    buf_format(&options, STR_FMT "; analysis " STR_FMT, STR_ARG(contrast), STR_ARG(r->ancova));
    add_deltas(&options, r);
    from->options = buf_str(&options);
    return from;
}

static CellValues cell_of(Statistic as, const Estimate *e, double n)
{
    CellValues cell = cell_values_none();
    cell.of[as] = e->estimate;
    cell.of[STATISTIC_SE] = e->se, cell.of[STATISTIC_TEST] = e->t, cell.of[STATISTIC_P] = e->p;
    cell.of[STATISTIC_DF] = isfinite(e->df) ? e->df : NAN;
    cell.of[STATISTIC_CI_LOW] = e->lower, cell.of[STATISTIC_CI_HIGH] = e->upper;
    cell.of[STATISTIC_N] = n;
    return cell;
}

typedef struct {
    Eval *eval;
    const OutputBlock *block;
    const Scope *scope;
    const Imputation *r;
    size_t visit;
    CellValues *cells;
    const Provenance **from;
} Rows;

static bool mean_cells(Rows *w, Error *err)
{
    for (size_t c = 0; c < w->eval->n_columns; c++) {
        size_t arm;
        if (w->eval->columns[c].holds_tests || w->eval->columns[c].is_total) continue;
        if (!arm_of(w->eval, w->block, w->r, c, &arm, err)) return false;
        Estimate e = impute_mean(w->r, arm, w->visit, NULL, fit_confidence(w->block));
        w->cells[c] = cell_of(STATISTIC_LSMEAN, &e, (double)w->r->subjects_in[arm]);
        w->from[c] = provenance(w->eval, w->block, w->scope, w->r,
                                str_format(w->eval->arena, STR_FMT " at " STR_FMT, STR_ARG(w->r->arms[arm]), STR_ARG(w->r->visits[w->visit])));
    }
    return true;
}

static bool compared_cells(Rows *w, Error *err)
{
    const OutputBlock *block = w->block;
    const Imputation *r = w->r;
    for (size_t i = 0; i < block->compare.n; i++) {
        size_t left, right, column;
        if (!eval_find_column(w->eval, block->compare.items[i].column, block->at, &column, err) ||
            !column_arm(w->eval, block, r, block->compare.items[i].left, &left, err) ||
            !column_arm(w->eval, block, r, block->compare.items[i].right, &right, err))
            return false;
        if (right != r->reference) {
            yaml_error(block->at, err, ERROR_INCONSISTENT, "imputed arms are compared with the reference \"" STR_FMT "\"", STR_ARG(r->arms[r->reference]));
            return error_hint(err, "Put the reference arm's column last in \"compare\".");
        }
        Estimate e = impute_difference(r, left, w->visit, NULL, fit_confidence(block));
        w->cells[column] = cell_of(STATISTIC_DIFF, &e, (double)(r->subjects_in[left] + r->subjects_in[right]));
        w->from[column] = provenance(w->eval, block, w->scope, r,
                                     str_format(w->eval->arena, STR_FMT " - " STR_FMT " at " STR_FMT, STR_ARG(r->arms[left]),
                                                STR_ARG(r->arms[right]), STR_ARG(r->visits[w->visit])));
    }
    return true;
}

/* What the data cannot carry stays open, in the columns that would have held it. */
static bool leave_open(Rows *w, const Error *why, Error *err)
{
    Str reason = str_format(w->eval->arena, "not estimable: %s", why->message);
    for (size_t c = 0; c < w->eval->n_columns && !w->block->compare.n; c++)
        if (!w->eval->columns[c].holds_tests && !w->eval->columns[c].is_total) w->from[c] = provenance(w->eval, w->block, w->scope, NULL, reason);
    for (size_t i = 0, column; i < w->block->compare.n; i++) {
        if (!eval_find_column(w->eval, w->block->compare.items[i].column, w->block->at, &column, err)) return false;
        w->from[column] = provenance(w->eval, w->block, w->scope, NULL, reason);
    }
    return true;
}

bool impute_block_write(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err)
{
    const OutputImputed *made = NULL;
    Error trouble = {0};
    Rows w = {.eval = eval, .block = block, .scope = scope, .cells = ARENA_ARRAY(eval->arena, CellValues, eval->n_columns),
              .from = ARENA_ARRAY(eval->arena, const Provenance *, eval->n_columns + 1)};
    for (size_t c = 0; c < eval->n_columns; c++) w.cells[c] = cell_values_none();
    if (!make(eval, block, scope, &made, &trouble)) {
        if (!fit_is_open(eval, block, &trouble)) {
            *err = trouble;
            return false;
        }
        if (!leave_open(&w, &trouble, err)) return false;
    } else {
        w.r = &made->result;
        if (!impute_find_visit(w.r, block->visits.items[0], &w.visit, err)) return error_at(err, block->at);
        if (!(block->compare.n ? compared_cells : mean_cells)(&w, err)) return false;
        note(eval, block, w.r, w.visit);
    }
    fit_write_lines(eval, scope, block, w.cells, w.from);
    return true;
}
