/* Survival curves by arm, from a column of times and a condition that says which end in the event. */
#include <math.h>

#include "report/figure_kinds.h"
#include "report/honesty.h"
#include "report/output_figure.h"
#include "report/output_kind.h"
#include "report/survival_figure.h"
#include "stat/cox.h"
#include "stat/logrank.h"

#define LEVEL 0.95

typedef struct {
    Eval eval;
    Scope scope;
    Figure *figure;
    const Column *time;
    const signed char *event;
    Codes *subjects, *strata;
    KmInterval interval;
    size_t n_missing;
    /* subjects of all arms that are compared */
    size_t n, capacity, n_arms;
    struct SurvivalSubject {
        double time;
        bool event;
        size_t arm, stratum;
    } * all;
    Str *arms;
} Survival;

static const struct {
    const char *word;
    KmInterval interval;
} INTERVALS[] = {
#define X(name, word, meaning) {word, KM_INTERVAL_##name},
    KM_INTERVALS(X)
#undef X
};

static const char *const COMPARISONS[] = {"log-rank", "hazard-ratio"};

static bool is_among(const OutputTexts *texts, const char *word)
{
    for (size_t i = 0; i < texts->n; i++)
        if (str_equal(texts->items[i], str_from(word))) return true;
    return false;
}

static bool check_comparisons(Arena *arena, const OutputSpec *spec, Error *err)
{
    for (size_t i = 0; i < spec->beside.n; i++) {
        bool known = false;
        for (size_t k = 0; k < 2; k++)
            known = known || str_equal(spec->beside.items[i], str_from(COMPARISONS[k]));
        if (known) continue;
        yaml_error(spec->at, err, ERROR_INCONSISTENT, "there is no comparison \"" STR_FMT "\" of curves",
                   STR_ARG(spec->beside.items[i]));
        return error_hint(err, "%s", str_c(arena, STR("There are: log-rank, hazard-ratio.")));
    }
    if (!spec->beside.n || spec->analysis.len || spec->exploratory) return true;
    yaml_error(spec->at, err, ERROR_INCONSISTENT, "a comparison of curves belongs to no planned analysis");
    return error_hint(err, "Name the analysis it shows with \"analysis\", or say \"exploratory: true\".");
}

bool survival_figure_check(Arena *arena, const OutputSpec *spec, Error *err)
{
    if (!spec->x.len || !spec->event.len) {
        yaml_error(spec->at, err, ERROR_MALFORMED, "survival curves need the keys \"x\" and \"event\"");
        return error_hint(
            err,
            "\"x\" is the time, \"event\" a condition that is true where it ended in the event: CNSR = 0.");
    }
    if (spec->every < 0 || !isfinite(spec->every))
        return yaml_error(spec->at, err, ERROR_MALFORMED,
                          "\"every\" must be a positive number of units of time");
    bool known = !spec->interval.len;
    for (size_t i = 0; i < sizeof INTERVALS / sizeof INTERVALS[0]; i++)
        known = known || str_equal(spec->interval, str_from(INTERVALS[i].word));
    if (!known) {
        yaml_error(spec->at, err, ERROR_INCONSISTENT,
                   "there is no interval \"" STR_FMT "\" of a survival curve", STR_ARG(spec->interval));
        return error_hint(err, "There are: log, log-log, plain.");
    }
    return check_comparisons(arena, spec, err);
}

static bool may_compare(const Survival *s, Error *err)
{
    const Protocol *protocol = s->eval.frames->plan->protocol;
    if (!s->eval.spec->beside.n) return true;
    if (s->n_arms < 2) {
        yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT,
                   "there are no two arms whose curves could be compared");
        return error_hint(err, "Give the figure \"columns\" with the arms, or leave out \"beside\".");
    }
    if (!protocol->arms.n || honesty_design(protocol).has_control) return true;
    yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT,
               "curves are compared in a trial without a control group");
    return error_hint(err, "Leave out \"beside\"; curves of such a trial describe, they do not compare.");
}

static bool find_columns(Survival *s, Error *err)
{
    const OutputSpec *spec = s->eval.spec;
    Frames *frames = s->eval.frames;
    ReportData *data = s->eval.data;
    s->interval = KM_INTERVAL_LOG_LOG;
    for (size_t i = 0; i < sizeof INTERVALS / sizeof INTERVALS[0]; i++)
        if (str_equal(spec->interval, str_from(INTERVALS[i].word))) s->interval = INTERVALS[i].interval;
    if (!data_expression(frames, data, spec->x, spec->at, &s->time, err) ||
        !data_where(frames, data, spec->event, spec->at, &s->event, err) ||
        !data_codes(frames, data, spec->subject.len ? spec->subject : frames->plan->subject_key, spec->at,
                    &s->subjects, err) ||
        (spec->strata.len && !data_codes(frames, data, spec->strata, spec->at, &s->strata, err)))
        return false;
    if (column_is_number(s->time)) return true;
    return yaml_error(spec->at, err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds text, a figure draws numbers",
                      STR_ARG(spec->x));
}

static bool twice(const Survival *s, Error *err)
{
    yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT,
               "a subject has two times \"" STR_FMT "\" in one curve", STR_ARG(s->eval.spec->x));
    return error_hint(err, "Choose one row for each subject with \"where\", such as one PARAMCD.");
}

/* The subjects of a column, each once; those of an arm also take part in comparisons. */
static bool take_subjects(Survival *s, size_t column, Str name, SurvivalData *data, Error *err)
{
    const EvalColumn *of = &s->eval.columns[column];
    Arena *arena = s->eval.arena;
    double *time = ARENA_ARRAY(arena, double, s->scope.n_rows + 1);
    bool *event = ARENA_ARRAY(arena, bool, s->scope.n_rows + 1),
         *seen = ARENA_ARRAY(arena, bool, s->subjects->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->scope.n_rows; i++) {
        size_t row = s->scope.rows[i], subject = s->subjects->of_row[row];
        if (!eval_has(of, row)) continue;
        if (s->time->missing[row]) {
            s->n_missing += !of->is_total;
            continue;
        }
        if (subject != SIZE_MAX && seen[subject]) return twice(s, err);
        if (subject != SIZE_MAX) seen[subject] = true;
        time[n] = s->time->numbers[row];
        event[n] = s->event[row] != 0;
        if (!of->is_total) {
            ARENA_PUSH_ROOM(arena, s->all, s->n, s->capacity);
            s->all[s->n++] = (struct SurvivalSubject){time[n], event[n], s->n_arms,
                                                      s->strata ? s->strata->of_row[row] : 0};
        }
        n++;
    }
    *data = (SurvivalData){n, time, event};
    if (!of->is_total && n) s->arms[s->n_arms++] = name;
    return true;
}

/* What is compared, as the tests take it: subjects of strata that are known. */
typedef struct {
    SurvivalData data;
    size_t *arm, *stratum;
    Provenance *from;
} Compared;

static Compared gather(const Survival *s)
{
    Arena *arena = s->eval.arena;
    double *time = ARENA_ARRAY(arena, double, s->n + 1);
    bool *event = ARENA_ARRAY(arena, bool, s->n + 1);
    Compared c = {.arm = ARENA_ARRAY(arena, size_t, s->n + 1),
                  .stratum = ARENA_ARRAY(arena, size_t, s->n + 1)};
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->all[i].stratum == SIZE_MAX) continue;
        time[n] = s->all[i].time;
        event[n] = s->all[i].event;
        c.arm[n] = s->all[i].arm;
        c.stratum[n++] = s->all[i].stratum;
    }
    c.data = (SurvivalData){n, time, event};
    return c;
}

static void add_remark(Survival *s, Str remark)
{
    Figure *figure = s->figure;
    if (!figure->remarks) figure->remarks = ARENA_ARRAY(s->eval.arena, Str, s->n_arms + 2);
    figure->remarks[figure->n_remarks++] = remark;
}

/* "p = 0.012", "p < 0.0001": as the table prints it. */
static Str p_words(Arena *arena, Str printed)
{
    bool has_sign = printed.len && (printed.data[0] == '<' || printed.data[0] == '>');
    return has_sign ? str_format(arena, "p %c " STR_FMT, printed.data[0],
                                 STR_ARG(str_slice(printed, 1, printed.len)))
                    : str_format(arena, "p = " STR_FMT, STR_ARG(printed));
}

static const Provenance *test_provenance(const Survival *s, const char *method, const char *page)
{
    const OutputSpec *spec = s->eval.spec;
    Provenance *from =
        eval_provenance((Eval *)&s->eval, &s->scope, SIZE_MAX, spec->x, str_from(method), str_from(page));
    from->options = str_format(s->eval.arena, "event: " STR_FMT "%s" STR_FMT, STR_ARG(spec->event),
                               spec->strata.len ? "; strata: " : "", STR_ARG(spec->strata));
    return from;
}

static bool compare_ranks(Survival *s, const Compared *c, Error *err)
{
    LogRankTest test;
    Template p;
    LogRankInput input = {.data = c->data, .group = c->arm, .n_groups = s->n_arms};
    if (s->strata) input.stratum = c->stratum, input.n_strata = s->strata->n;
    if (!logrank_test(s->eval.arena, &input, &test, err)) return false;
    const Provenance *from =
        test_provenance(s, s->strata ? "stratified log-rank test" : "log-rank test", "logrank");
    Document *document = s->eval.document;
    CellValues cell = cell_values_none();
    cell.of[STATISTIC_P] = test.p;
    if (!template_parse(s->eval.arena, STR("{p}"), STATISTIC_BIT(STATISTIC_P), &p, err)) return false;
    table_row(document, s->figure->data, ROW_PLAIN, STR("Comparison"), STR("Log-rank test, p"), 1);
    template_write(document, s->figure->data, 3, &p, &cell, &s->eval.formats, 0, (Str){0}, from);
    Str printed = document->results[document->n_results - 1].printed;
    add_remark(s, str_format(s->eval.arena, "%s " STR_FMT,
                             s->strata ? "Stratified log-rank test," : "Log-rank test,",
                             STR_ARG(p_words(s->eval.arena, printed))));
    return true;
}

static void add_ratio(Survival *s, const CoxCoefficient *coef, size_t arm, const Provenance *from)
{
    Document *document = s->eval.document;
    Table *table = s->figure->data;
    Arena *arena = s->eval.arena;
    Str first = figure_one_line(arena, s->arms[0]), this = figure_one_line(arena, s->arms[arm]);
    table_row(document, table, ROW_PLAIN, STR("Comparison"),
              str_format(arena, "Hazard ratio, " STR_FMT " to " STR_FMT, STR_ARG(this), STR_ARG(first)), 1);
    table_cell_number(document, table, 3, (Str){0}, STR("hazard_ratio"), coef->hazard_ratio, 2, (Str){0},
                      (Str){0}, from);
    table_cell_number(document, table, 4, (Str){0}, STR("ci_low"), coef->hazard_ratio_ci.lower, 2, (Str){0},
                      (Str){0}, from);
    table_cell_number(document, table, 4, STR(" to "), STR("ci_high"), coef->hazard_ratio_ci.upper, 2,
                      (Str){0}, (Str){0}, from);
    const Row *row = &table->rows[table->n_rows - 1];
    add_remark(s, str_format(arena, STR_FMT ": " STR_FMT " (95 %% CI " STR_FMT ")", STR_ARG(row->label),
                             STR_ARG(row->cells[3].text), STR_ARG(row->cells[4].text)));
}

/* Whether the ratio is one over time: the reader of a hazard ratio must know. */
static void note_proportionality(Survival *s, const CoxInput *input, const CoxFit *fit)
{
    CoxProportionality check;
    Error unknown = {0};
    if (!cox_proportionality(s->eval.arena, input, fit, COX_CLOCK_KM, &check, &unknown)) return;
    Buf note = buf_new(s->eval.arena);
    buf_add_c(&note, "Hazard ratios by Cox regression, ties by Efron's method. They hold if the hazards are "
                     "proportional: test of Grambsch and Therneau, p = ");
    buf_fixed(&note, check.global.p, 3);
    buf_char(&note, '.');
    eval_note(&s->eval, buf_str(&note));
}

static bool compare_hazards(Survival *s, const Compared *c, Error *err)
{
    size_t p = s->n_arms - 1;
    double *x = ARENA_ARRAY(s->eval.arena, double, c->data.n *p + 1);
    for (size_t i = 0; i < c->data.n; i++)
        if (c->arm[i]) x[i * p + c->arm[i] - 1] = 1;
    CoxInput input = {
        .data = c->data, .p = p, .x = x, .names = s->arms + 1, .stratum = s->strata ? c->stratum : NULL};
    CoxOptions options = {0};
    CoxFit fit;
    if (!cox_fit(s->eval.arena, &input, &options, &fit, err)) return false;
    const Provenance *from = test_provenance(s, "Cox regression, ties by Efron", "cox");
    for (size_t j = 0; j < p; j++) add_ratio(s, &fit.coef[j], j + 1, from);
    note_proportionality(s, &input, &fit);
    return true;
}

/* What cannot be estimated yet is said below the figure; the curves stand. */
static bool is_open(Survival *s, const char *what, Error *why)
{
    if (why->code != ERROR_DEGENERATE && why->code != ERROR_NO_CONVERGENCE) return false;
    eval_note(&s->eval, str_format(s->eval.arena, "%s cannot be given: %s.", what, why->message));
    *why = (Error){0};
    return true;
}

static bool compare(Survival *s, Error *err)
{
    const OutputTexts *beside = &s->eval.spec->beside;
    if (!beside->n) return true;
    Compared c = gather(s);
    Error trouble = {0};
    table_row(s->eval.document, s->figure->data, ROW_GROUP, STR("Comparison"), STR("Comparison"), 0);
    if (!((!is_among(beside, COMPARISONS[0]) || compare_ranks(s, &c, &trouble) ||
           is_open(s, "The log-rank test", &trouble)) &&
          (!is_among(beside, COMPARISONS[1]) || compare_hazards(s, &c, &trouble) ||
           is_open(s, "The hazard ratio", &trouble)))) {
        *err = trouble;
        return error_at(err, s->eval.spec->at);
    }
    return true;
}

static void note_what(Survival *s)
{
    eval_note(&s->eval, str_format(s->eval.arena,
                                   "Kaplan-Meier curves; marks are subjects censored, %s95 %% intervals%s on "
                                   "the %s scale, pointwise.",
                                   s->eval.spec->bands ? "bands are " : "",
                                   s->eval.spec->bands ? "" : " in the table are",
                                   s->interval == KM_INTERVAL_LOG_LOG ? "log-minus-log"
                                   : s->interval == KM_INTERVAL_LOG   ? "log"
                                                                      : "plain"));
    if (s->n_missing)
        eval_note(&s->eval, str_format(s->eval.arena, "Left out for a missing time: %zu.", s->n_missing));
}

/* A curve for each column that has somebody. */
static bool make_curves(Survival *s, SurvivalCurves *curves, Error *err)
{
    Eval *eval = &s->eval;
    curves->curves = ARENA_ARRAY(eval->arena, SurvivalCurve, eval->n_columns + 1);
    s->arms = ARENA_ARRAY(eval->arena, Str, eval->n_columns + 1);
    for (size_t c = 0; c < eval->n_columns; c++) {
        SurvivalCurve *curve = &curves->curves[curves->n];
        SurvivalData data;
        if (eval->columns[c].holds_tests) continue;
        Str name =
            eval->spec->columns.n_sets ? figure_one_line(eval->arena, eval->columns[c].header) : (Str){0};
        if (!take_subjects(s, c, name, &data, err)) return false;
        if (!data.n) continue;
        *curve = (SurvivalCurve){.name = name,
                                 .from = eval_provenance(eval, &s->scope, c, eval->spec->x,
                                                         STR("Kaplan-Meier estimate"), STR("kaplan-meier"))};
        if (!kaplan_meier(eval->arena, &data, s->interval, LEVEL, &curve->curve, err))
            return error_at(err, eval->spec->at);
        curves->n++;
    }
    return true;
}

/* No time of anybody yet: the figure says so and the report goes on. */
static bool fill_empty(Survival *s)
{
    const TableColumn columns[] = {{.key = STR("label"), .align = ALIGN_LEFT}};
    s->eval.table = document_figure_table(s->eval.document, s->figure, columns, 1);
    eval_note(&s->eval, STR("There are no times to the event yet."));
    eval_footnotes(&s->eval);
    return true;
}

bool survival_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                     Error *err)
{
    Survival s = {.eval = {.arena = document->arena,
                           .context = context,
                           .frames = context->frames,
                           .spec = spec,
                           .document = document,
                           .formats = format_rules_over(&spec->formats, &context->frames->plan->formats)},
                  .figure = figure};
    SurvivalCurves curves = {.every = spec->every,
                             .bands = spec->bands,
                             .medians = spec->medians,
                             .time_decimals = spec->decimals == DECIMALS_UNSAID ? 1 : spec->decimals};
    if (!eval_open(&s.eval, &s.scope, err) || !find_columns(&s, err) || !make_curves(&s, &curves, err))
        return false;
    if (!curves.n) return fill_empty(&s);
    if (!may_compare(&s, err)) return false;
    if (!survival_figure_fill(document, figure, &curves, err)) return error_at(err, spec->at);
    s.eval.table = figure->data;
    if (!compare(&s, err)) return false;
    note_what(&s);
    eval_footnotes(&s.eval);
    return true;
}
