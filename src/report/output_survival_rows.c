/* Rows of times to an event: medians, shares and restricted means of each arm, hazard ratios, log-rank tests. */
#include <math.h>

#include "report/honesty.h"
#include "report/output_kind.h"
#include "stat/kaplan_meier.h"
#include "stat/logrank.h"
#include "stat/survival_model.h"

#define SURVIVAL_STATISTICS                                                                                  \
    (STATISTIC_BIT(STATISTIC_N) | STATISTIC_BIT(STATISTIC_EVENTS) | STATISTIC_BIT(STATISTIC_CENSORED) |      \
     STATISTIC_BIT(STATISTIC_PCT) | STATISTIC_BIT(STATISTIC_MEDIAN) | STATISTIC_BIT(STATISTIC_Q1) |          \
     STATISTIC_BIT(STATISTIC_Q3) | STATISTIC_BIT(STATISTIC_MEAN) | STATISTIC_BIT(STATISTIC_SE) |             \
     STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH) | STATISTIC_BIT(STATISTIC_P) |       \
     STATISTIC_BIT(STATISTIC_TEST) | STATISTIC_BIT(STATISTIC_DF) | STATISTIC_BIT(STATISTIC_RATIO) |          \
     STATISTIC_BIT(STATISTIC_ESTIMATE) | STATISTIC_BIT(STATISTIC_AT_RISK))

static const char *const INTERVALS[] = {
#define X(name, word, meaning) word,
    KM_INTERVALS(X)
#undef X
};
static const char *const TIES[] = {
#define X(name, word, meaning) word,
    COX_TIES(X)
#undef X
};
static const char *const METHODS[] = {"cox", "log-rank"};
enum { METHOD_COX, METHOD_LOG_RANK };

typedef struct {
    Arena *arena;
    Eval *eval;
    const OutputBlock *block;
    const Scope *scope;
    SurvivalFormula formula;
    SurvivalModel model;
    double level;
    size_t interval, ties, method;
    CellValues *cells; /* per column */
    Str *options;      /* per column, empty: nothing stands there */
    const char *title, *page;
} SurvivalRows;

static bool find_word(const SurvivalRows *rows, const char *key, Str word, const char *const *words, size_t n, size_t otherwise,
                      size_t *found, Error *err)
{
    Buf list = buf_new(rows->arena);
    *found = otherwise;
    if (!word.len) return true;
    for (*found = 0; *found < n; ++*found) {
        if (str_equal(word, str_from(words[*found]))) return true;
        buf_format(&list, "%s%s", *found ? ", " : "", words[*found]);
    }
    yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "\"%s\" cannot be \"" STR_FMT "\"", key, STR_ARG(word));
    return error_hint(err, "There are: %s.", buf_c(&list));
}

static bool read_options(SurvivalRows *rows, Error *err)
{
    const OutputBlock *block = rows->block;
    rows->level = isnan(block->confidence) ? 0.95 : block->confidence;
    return find_word(rows, "interval", block->interval, INTERVALS, 3, KM_INTERVAL_LOG, &rows->interval, err) &&
           find_word(rows, "ties", block->ties, TIES, 3, COX_TIES_EFRON, &rows->ties, err) &&
           find_word(rows, "method", block->method, METHODS, 2, METHOD_COX, &rows->method, err);
}

/* One time for each subject, unless the formula says that subjects are clusters. */
static bool check_subjects(const SurvivalRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    Codes *codes;
    Str key = eval->frames->plan->subject_key;
    if (rows->model.n_clusters || !frame_column(eval->data->frame, key)) return true;
    if (!data_codes(eval->frames, eval->data, key, rows->block->at, &codes, err)) return false;
    bool *seen = ARENA_ARRAY(eval->arena, bool, codes->n + 1);
    for (size_t i = 0; i < rows->model.data.n; i++) {
        size_t subject = codes->of_row[rows->model.model.rows[i]];
        if (subject == SIZE_MAX) continue;
        if (seen[subject]) {
            yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "subject \"" STR_FMT "\" has two times", STR_ARG(codes->texts[subject]));
            return error_hint(err, "Choose one row for each subject with \"where\", such as one PARAMCD; or add cluster(" STR_FMT ").", STR_ARG(key));
        }
        seen[subject] = true;
    }
    return true;
}

/* The subjects of a column. */
static SurvivalData column_data(const SurvivalRows *rows, size_t column)
{
    const SurvivalModel *m = &rows->model;
    double *time = ARENA_ARRAY(rows->eval->arena, double, m->data.n + 1);
    bool *event = ARENA_ARRAY(rows->eval->arena, bool, m->data.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->data.n; i++) {
        if (!eval_has(&rows->eval->columns[column], m->model.rows[i])) continue;
        time[n] = m->data.time[i];
        event[n++] = m->data.event[i];
    }
    return (SurvivalData){n, time, event};
}

static double known(double value) { return isfinite(value) ? value : NAN; }

static void put_limits(CellValues *cell, Interval ci, double scale)
{
    cell->of[STATISTIC_CI_LOW] = known(scale * ci.lower);
    cell->of[STATISTIC_CI_HIGH] = known(scale * ci.upper);
}

static bool median_cell(const SurvivalRows *rows, const KaplanMeier *curve, CellValues *cell, Str *options, Error *err)
{
    KmQuantile q[3];
    for (size_t i = 0; i < 3; i++)
        if (!kaplan_meier_quantile(curve, 0.25 * (double)(i + 1), &q[i], err)) return false;
    cell->of[STATISTIC_Q1] = known(q[0].estimate);
    cell->of[STATISTIC_MEDIAN] = known(q[1].estimate);
    cell->of[STATISTIC_Q3] = known(q[2].estimate);
    put_limits(cell, q[1].ci, 1);
    *options = str_format(rows->eval->arena, "quantiles; %s interval, %g %% confidence", INTERVALS[rows->interval], 100 * rows->level);
    return true;
}

static void share_cell(const SurvivalRows *rows, const KaplanMeier *curve, double time, CellValues *cell, Str *options)
{
    KmPoint point = kaplan_meier_at(curve, time);
    cell->of[STATISTIC_AT_RISK] = (double)point.at_risk;
    *options = str_format(rows->eval->arena, "share without the event at %g; %s interval, %g %% confidence", time, INTERVALS[rows->interval], 100 * rows->level);
    if (!point.known) return;
    cell->of[STATISTIC_PCT] = 100 * point.survival;
    cell->of[STATISTIC_SE] = known(100 * point.se);
    put_limits(cell, point.ci, 100);
}

static void mean_cell(const SurvivalRows *rows, const KaplanMeier *curve, CellValues *cell, Str *options)
{
    KmMean mean;
    Error why = {0};
    bool is_known = kaplan_meier_mean(curve, rows->block->tau, &mean, &why);
    *options = is_known ? str_format(rows->eval->arena, "restricted mean to %g; %g %% confidence", rows->block->tau, 100 * rows->level)
                        : str_format(rows->eval->arena, "not estimable: %s", why.message);
    if (!is_known) return;
    cell->of[STATISTIC_MEAN] = mean.estimate;
    cell->of[STATISTIC_SE] = mean.se;
    put_limits(cell, mean.ci, 1);
}

/* The curve of each column; `time` NaN: what does not stand at a time. */
static bool curve_cells(SurvivalRows *rows, double time, Error *err)
{
    Eval *eval = rows->eval;
    rows->title = "Kaplan-Meier estimate";
    rows->page = "kaplan-meier";
    for (size_t c = 0; c < eval->n_columns; c++) {
        KaplanMeier curve;
        CellValues *cell = &rows->cells[c];
        if (eval->columns[c].holds_tests) continue;
        SurvivalData data = column_data(rows, c);
        *cell = cell_values_none();
        cell->of[STATISTIC_N] = (double)data.n;
        cell->of[STATISTIC_EVENTS] = cell->of[STATISTIC_CENSORED] = 0;
        rows->options[c] = STR("nobody to follow up");
        if (!data.n) continue;
        if (!kaplan_meier(eval->arena, &data, (KmInterval)rows->interval, rows->level, &curve, err)) return error_at(err, rows->block->at);
        cell->of[STATISTIC_EVENTS] = (double)curve.n_events;
        cell->of[STATISTIC_CENSORED] = (double)(curve.n - curve.n_events);
        if (!isnan(time)) share_cell(rows, &curve, time, cell, &rows->options[c]);
        else if (!isnan(rows->block->tau)) mean_cell(rows, &curve, cell, &rows->options[c]);
        else if (!median_cell(rows, &curve, cell, &rows->options[c], err)) return error_at(err, rows->block->at);
    }
    eval_note(eval, str_format(eval->arena, "Kaplan-Meier estimates of " STR_FMT "; %g %% confidence intervals on the %s scale.", STR_ARG(rows->formula.text),
                               100 * rows->level, INTERVALS[rows->interval]));
    return true;
}

static Str stratified_by(const SurvivalRows *rows)
{
    if (!rows->model.n_strata) return STR("");
    return str_format(rows->eval->arena, ", stratified by " STR_FMT, STR_ARG(rows->model.strata_words));
}

static Str used_words(const SurvivalRows *rows)
{
    const SurvivalModel *m = &rows->model;
    Str words = str_format(rows->eval->arena, "%zu subjects, %zu with the event", m->data.n, m->n_events);
    return m->n_left_out ? str_format(rows->eval->arena, STR_FMT ", %zu left out for a missing value", STR_ARG(words), m->n_left_out) : words;
}

/* Log-rank test of columns. What cannot be tested stays not estimable, and says why. */
static void log_rank_cell(SurvivalRows *rows, const size_t *columns, size_t n_columns, size_t place, Str what)
{
    const SurvivalModel *m = &rows->model;
    Arena *arena = rows->eval->arena;
    double *time = ARENA_ARRAY(arena, double, m->data.n + 1);
    bool *event = ARENA_ARRAY(arena, bool, m->data.n + 1);
    size_t *group = ARENA_ARRAY(arena, size_t, m->data.n + 1), *stratum = ARENA_ARRAY(arena, size_t, m->data.n + 1), n = 0, n_events = 0;
    for (size_t i = 0; i < m->data.n; i++)
        for (size_t g = 0; g < n_columns; g++) {
            if (!eval_has(&rows->eval->columns[columns[g]], m->model.rows[i])) continue;
            time[n] = m->data.time[i];
            n_events += event[n] = m->data.event[i];
            stratum[n] = m->stratum ? m->stratum[i] : 0;
            group[n++] = g;
        }
    LogRankInput input = {.data = {n, time, event}, .group = group, .n_groups = n_columns, .stratum = m->stratum ? stratum : NULL, .n_strata = m->n_strata};
    LogRankTest test;
    Error why = {0};
    CellValues *cell = &rows->cells[place];
    *cell = cell_values_none();
    cell->of[STATISTIC_N] = (double)n;
    cell->of[STATISTIC_EVENTS] = (double)n_events;
    rows->title = "log-rank test";
    rows->page = "logrank";
    if (!logrank_test(arena, &input, &test, &why)) {
        rows->options[place] = str_format(arena, "not estimable: %s", why.message);
        return;
    }
    cell->of[STATISTIC_P] = test.p;
    cell->of[STATISTIC_TEST] = test.chisq;
    cell->of[STATISTIC_DF] = test.df;
    rows->options[place] = str_format(arena, STR_FMT STR_FMT, STR_ARG(what), STR_ARG(stratified_by(rows)));
}

static void log_rank_note(const SurvivalRows *rows)
{
    eval_note(rows->eval, str_format(rows->eval->arena, "Log-rank test of " STR_FMT STR_FMT ", two-sided.", STR_ARG(rows->formula.text), STR_ARG(stratified_by(rows))));
}

/* All arms together, in the columns named by `in`. */
static bool test_cells(SurvivalRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    size_t *columns = ARENA_ARRAY(eval->arena, size_t, eval->n_columns), n = 0, place;
    for (size_t c = 0; c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests && !eval->columns[c].is_total) columns[n++] = c;
    for (size_t i = 0; i < rows->block->in.n; i++) {
        if (!eval_find_column(eval, rows->block->in.items[i], rows->block->at, &place, err)) return false;
        log_rank_cell(rows, columns, n, place, str_format(eval->arena, "all %zu arms", n));
    }
    log_rank_note(rows);
    return true;
}

static bool group_of(const SurvivalRows *rows, size_t column, size_t *group, Error *err)
{
    if (rows->model.group == SIZE_MAX) {
        yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "the formula has no arm to compare");
        return error_hint(err, "Name it first: Surv(AVAL, 1 - CNSR) ~ ARM.");
    }
    const ModelVariable *factor = &rows->model.model.variables[rows->model.group];
    return model_need_level(factor, rows->eval->columns[column].value, group, err) || error_at(err, rows->block->at);
}

static void put_ratio(SurvivalRows *rows, const CoxFit *fit, const double *l, CellValues *cell)
{
    Estimate log_ratio = cox_contrast(fit, l, rows->level);
    cell->of[STATISTIC_N] = (double)fit->n;
    cell->of[STATISTIC_EVENTS] = (double)fit->n_events;
    cell->of[STATISTIC_RATIO] = exp(log_ratio.estimate);
    cell->of[STATISTIC_ESTIMATE] = log_ratio.estimate;
    cell->of[STATISTIC_SE] = log_ratio.se;
    cell->of[STATISTIC_TEST] = log_ratio.t;
    cell->of[STATISTIC_P] = log_ratio.p;
    put_limits(cell, (Interval){exp(log_ratio.lower), exp(log_ratio.upper)}, 1);
}

/* "Grambsch and Therneau's p 0.73": whether hazards stay proportional. */
static Str proportional_words(const SurvivalRows *rows, const CoxInput *input, const CoxFit *fit)
{
    CoxProportionality check;
    Buf buf = buf_new(rows->eval->arena);
    if (!cox_proportionality(rows->eval->arena, input, fit, COX_CLOCK_KM, &check, NULL)) return STR("not known");
    buf_add_c(&buf, "Grambsch and Therneau's p ");
    buf_fixed(&buf, check.global.p, 3);
    return buf_str(&buf);
}

static void cox_note(const SurvivalRows *rows, const CoxInput *input, const CoxFit *fit)
{
    static const char *const names[] = {"Efron's method for ties", "Breslow's method for ties", "ties exact in discrete time"};
    Eval *eval = rows->eval;
    eval_note(eval, str_format(eval->arena, "Hazard ratios by Cox's proportional hazards regression of " STR_FMT STR_FMT ": %s, %sWald's intervals; " STR_FMT
                               ". Proportional hazards: " STR_FMT ".", STR_ARG(rows->formula.text), STR_ARG(stratified_by(rows)), names[rows->ties],
                               rows->model.n_clusters ? "robust standard errors by cluster, " : "", STR_ARG(used_words(rows)),
                               STR_ARG(proportional_words(rows, input, fit))));
}

/* Both columns of a comparison; log-rank needs no level of the formula's. */
static bool compared_cells(SurvivalRows *rows, Error *err)
{
    Eval *eval = rows->eval;
    const OutputBlock *block = rows->block;
    CoxInput input = survival_model_cox(eval->arena, &rows->model);
    CoxFit fit;
    CoxOptions options = {.ties = (CoxTies)rows->ties, .robust = rows->model.n_clusters > 0, .level = rows->level};
    Error why = {0};
    bool is_cox = rows->method == METHOD_COX, is_fitted = is_cox && input.p && cox_fit(eval->arena, &input, &options, &fit, &why);
    double *l = ARENA_ARRAY(eval->arena, double, input.p + 1);
    rows->title = "Cox's proportional hazards regression";
    rows->page = "cox";
    for (size_t i = 0; i < block->compare.n; i++) {
        size_t column, sides[2], left, right;
        if (!eval_find_column(eval, block->compare.items[i].column, block->at, &column, err) ||
            !eval_find_column(eval, block->compare.items[i].left, block->at, &sides[0], err) ||
            !eval_find_column(eval, block->compare.items[i].right, block->at, &sides[1], err))
            return false;
        Str what = str_format(eval->arena, STR_FMT " / " STR_FMT, STR_ARG(eval->columns[sides[0]].value), STR_ARG(eval->columns[sides[1]].value));
        if (!is_cox) {
            log_rank_cell(rows, sides, 2, column, what);
            continue;
        }
        if (!group_of(rows, sides[0], &left, err) || !group_of(rows, sides[1], &right, err)) return false;
        rows->cells[column] = cell_values_none();
        rows->options[column] = is_fitted ? str_format(eval->arena, STR_FMT STR_FMT "; %s ties; %g %% confidence", STR_ARG(what), STR_ARG(stratified_by(rows)),
                                                       TIES[rows->ties], 100 * rows->level)
                                          : str_format(eval->arena, "not estimable: %s", why.message);
        if (is_fitted && survival_model_compare(&rows->model, left, right, l)) put_ratio(rows, &fit, l, &rows->cells[column]);
    }
    if (is_fitted) cox_note(rows, &input, &fit);
    else if (is_cox) eval_note(eval, str_format(eval->arena, STR_FMT " is not estimable: %s.", STR_ARG(rows->formula.text), why.message));
    else log_rank_note(rows);
    return true;
}

static void write_lines(const SurvivalRows *rows, const Scope *scope)
{
    Eval *eval = rows->eval;
    const OutputBlock *block = rows->block;
    int decimals = block->decimals != DECIMALS_UNSAID ? block->decimals : eval->spec->decimals != DECIMALS_UNSAID ? eval->spec->decimals : 0;
    for (size_t i = 0; i < block->lines.n; i++) {
        eval_row(eval, scope, block, eval_label(eval, scope, block->lines.items[i].label));
        for (size_t c = 0; c < eval->n_columns; c++) {
            if (!rows->options[c].len) continue;
            Provenance *from = eval_provenance(eval, scope, SIZE_MAX, rows->formula.text, str_from(rows->title), str_from(rows->page));
            from->options = rows->options[c];
            from->n_records = rows->model.data.n;
            eval_cell(eval, c, &block->lines.items[i].format, &rows->cells[c], decimals, from);
        }
    }
}

/* The lines once for each time of `at`, which labels call {time}. */
static bool write_times(SurvivalRows *rows, Error *err)
{
    for (size_t i = 0; i < rows->block->visits.n; i++) {
        Binding binding = {.variable = STR("time"), .label = rows->block->visits.items[i], .outer = rows->scope->bindings};
        Scope at = *rows->scope;
        double time;
        at.bindings = &binding;
        if (!number_parse(binding.label, &time) || !curve_cells(rows, time, err)) return false;
        write_lines(rows, &at);
    }
    return true;
}

static bool may_compare(const SurvivalRows *rows, Error *err)
{
    const Protocol *protocol = rows->eval->frames->plan->protocol;
    if ((!rows->block->compare.n && !rows->block->in.n) || !protocol->arms.n || honesty_design(protocol).has_control) return true;
    yaml_error(rows->block->at, err, ERROR_INCONSISTENT, "times to an event are compared in a trial without a control group");
    return error_hint(err, "Leave out the comparison; curves of such a trial describe, they do not compare.");
}

/* A model that the data cannot carry yet: every number is not estimable, and a footnote says why. */
static void leave_open(SurvivalRows *rows, const Error *why)
{
    Eval *eval = rows->eval;
    rows->title = "Kaplan-Meier estimate";
    rows->page = "kaplan-meier";
    for (size_t c = 0; c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests) rows->options[c] = str_format(eval->arena, "not estimable: %s", why->message);
    eval_note(eval, str_format(eval->arena, STR_FMT " is not estimable: %s.", STR_ARG(rows->formula.text), why->message));
}

static bool rows_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    Scope narrow;
    Error why = {0};
    if (!eval_narrow(eval, outer, block->where, block->at, &narrow, err)) return false;
    Scope scope = eval_group(eval, &narrow, block);
    SurvivalRows rows = {.arena = eval->arena, .eval = eval, .block = block, .scope = &scope};
    rows.cells = ARENA_ARRAY(eval->arena, CellValues, eval->n_columns);
    rows.options = ARENA_ARRAY(eval->arena, Str, eval->n_columns);
    for (size_t c = 0; c < eval->n_columns; c++) rows.cells[c] = cell_values_none();
    if (!read_options(&rows, err) || !may_compare(&rows, err)) return false;
    if (!survival_formula_parse(eval->arena, block->subject, &rows.formula, err)) return error_at(err, block->at);
    if (!survival_model_build(eval->arena, &rows.formula, (Str){0}, eval->data->frame, narrow.rows, narrow.n_rows, &rows.model, &why)) {
        if (why.code != ERROR_DEGENERATE) {
            *err = why;
            return error_at(err, block->at);
        }
        leave_open(&rows, &why);
        write_lines(&rows, &scope);
        return true;
    }
    if (!check_subjects(&rows, err)) return false;
    if (block->visits.n) return write_times(&rows, err);
    if (!(block->compare.n ? compared_cells(&rows, err) : block->in.n ? test_cells(&rows, err) : curve_cells(&rows, NAN, err))) return false;
    write_lines(&rows, &scope);
    return true;
}

static bool rows_check(Arena *arena, const OutputSpec *spec, const OutputBlock *block, Error *err)
{
    SurvivalFormula formula;
    SurvivalRows rows = {.arena = arena, .block = block};
    (void)spec;
    if (!survival_formula_parse(arena, block->subject, &formula, err)) return error_at(err, block->at);
    if ((block->visits.n > 0) + (block->compare.n > 0) + (block->in.n > 0) + !isnan(block->tau) > 1)
        return yaml_error(block->at, err, ERROR_INCONSISTENT, "a block of times has one of \"at\", \"tau\", \"compare\" and \"in\"");
    for (size_t i = 0; i < block->visits.n; i++) {
        double time;
        if (number_parse(block->visits.items[i], &time) && time >= 0) continue;
        yaml_error(block->at, err, ERROR_MALFORMED, "\"at\" has no time \"" STR_FMT "\"", STR_ARG(block->visits.items[i]));
        return error_hint(err, "Times are numbers from 0: at: [30, 60].");
    }
    return read_options(&rows, err);
}

const OutputBlockKind block_kind_survival = {
    .name = "survival",
    .subject = "formula",
    .summary = "times to an event: medians, shares at times, restricted means, hazard ratios, log-rank tests",
    .keys = "analysis where group header lines at tau compare in method ties interval confidence decimals indent",
    .statistics = SURVIVAL_STATISTICS,
    .down = true,
    .check = rows_check,
    .write = rows_write,
};
