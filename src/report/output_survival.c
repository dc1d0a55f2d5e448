/* Survival curves by arm, from a column of times and a condition that says which end in the event. */
#include <math.h>

#include "report/axis.h"
#include "report/figure_kinds.h"
#include "report/honesty.h"
#include "report/output_figure.h"
#include "report/output_kind.h"
#include "stat/cox.h"
#include "stat/kaplan_meier.h"
#include "stat/logrank.h"

#define LEVEL       0.95
#define MAX_TICKS   AXIS_TICKS_MAX

typedef struct {
    Eval eval;
    Scope scope;
    Figure *figure;
    const Column *time;
    const signed char *event;
    Codes *subjects, *strata;
    KmInterval interval;
    size_t n_missing, series_capacity;
    /* subjects of all arms that are compared */
    size_t n, capacity, n_arms;
    struct SurvivalSubject {
        double time;
        bool event;
        size_t arm, stratum;
    } *all;
    Str *arms;
} Survival;

typedef struct {
    SurvivalData data;
    KaplanMeier curve;
    Str name;
    const Provenance *from;
} SurvivalArm;

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
        for (size_t k = 0; k < 2; k++) known = known || str_equal(spec->beside.items[i], str_from(COMPARISONS[k]));
        if (known) continue;
        yaml_error(spec->at, err, ERROR_INCONSISTENT, "there is no comparison \"" STR_FMT "\" of curves", STR_ARG(spec->beside.items[i]));
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
        return error_hint(err, "\"x\" is the time, \"event\" a condition that is true where it ended in the event: CNSR = 0.");
    }
    if (spec->every < 0 || !isfinite(spec->every))
        return yaml_error(spec->at, err, ERROR_MALFORMED, "\"every\" must be a positive number of units of time");
    bool known = !spec->interval.len;
    for (size_t i = 0; i < sizeof INTERVALS / sizeof INTERVALS[0]; i++) known = known || str_equal(spec->interval, str_from(INTERVALS[i].word));
    if (!known) {
        yaml_error(spec->at, err, ERROR_INCONSISTENT, "there is no interval \"" STR_FMT "\" of a survival curve", STR_ARG(spec->interval));
        return error_hint(err, "There are: log, log-log, plain.");
    }
    return check_comparisons(arena, spec, err);
}

static bool may_compare(const Survival *s, Error *err)
{
    const Protocol *protocol = s->eval.frames->plan->protocol;
    if (!s->eval.spec->beside.n) return true;
    if (s->n_arms < 2) {
        yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT, "there are no two arms whose curves could be compared");
        return error_hint(err, "Give the figure \"columns\" with the arms, or leave out \"beside\".");
    }
    if (!protocol->arms.n || honesty_design(protocol).has_control) return true;
    yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT, "curves are compared in a trial without a control group");
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
    if (!data_expression(frames, data, spec->x, spec->at, &s->time, err) || !data_where(frames, data, spec->event, spec->at, &s->event, err) ||
        !data_codes(frames, data, spec->subject.len ? spec->subject : frames->plan->subject_key, spec->at, &s->subjects, err) ||
        (spec->strata.len && !data_codes(frames, data, spec->strata, spec->at, &s->strata, err)))
        return false;
    if (column_is_number(s->time)) return true;
    return yaml_error(spec->at, err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds text, a figure draws numbers", STR_ARG(spec->x));
}

static bool twice(const Survival *s, Error *err)
{
    yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT, "a subject has two times \"" STR_FMT "\" in one curve", STR_ARG(s->eval.spec->x));
    return error_hint(err, "Choose one row for each subject with \"where\", such as one PARAMCD.");
}

/* The subjects of a column, each once; those of an arm also take part in comparisons. */
static bool take_subjects(Survival *s, size_t column, SurvivalArm *arm, Error *err)
{
    const EvalColumn *of = &s->eval.columns[column];
    Arena *arena = s->eval.arena;
    double *time = ARENA_ARRAY(arena, double, s->scope.n_rows + 1);
    bool *event = ARENA_ARRAY(arena, bool, s->scope.n_rows + 1), *seen = ARENA_ARRAY(arena, bool, s->subjects->n + 1);
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
            s->all[s->n++] = (struct SurvivalSubject){time[n], event[n], s->n_arms, s->strata ? s->strata->of_row[row] : 0};
        }
        n++;
    }
    arm->data = (SurvivalData){n, time, event};
    if (!of->is_total && n) s->arms[s->n_arms++] = arm->name;
    return true;
}

static Series *new_series(Survival *s, const SurvivalArm *arm, SeriesRole role, size_t n)
{
    Arena *arena = s->eval.arena;
    ARENA_PUSH_ROOM(arena, s->figure->series, s->figure->n_series, s->series_capacity);
    Series *series = &s->figure->series[s->figure->n_series++];
    *series = (Series){.label = arm->name, .group = arm->name, .role = role, .n = n, .x = ARENA_ARRAY(arena, double, n + 1), .y = ARENA_ARRAY(arena, double, n + 1)};
    return series;
}

/* The curve from time 0; its last height is drawn to the last time watched. */
static void curve_series(Survival *s, const SurvivalArm *arm)
{
    const KaplanMeier *curve = &arm->curve;
    Series *series = new_series(s, arm, SERIES_MEAN, curve->n_times + 1);
    bool bands = s->eval.spec->bands;
    if (bands) series->low = ARENA_ARRAY(s->eval.arena, double, series->n), series->high = ARENA_ARRAY(s->eval.arena, double, series->n);
    series->y[0] = 1;
    if (bands) series->low[0] = series->high[0] = 1;
    for (size_t i = 0; i < curve->n_times; i++) {
        series->x[i + 1] = curve->time[i];
        series->y[i + 1] = curve->survival[i];
        if (bands) series->low[i + 1] = curve->ci[i].lower, series->high[i + 1] = curve->ci[i].upper;
    }
}

static void censored_series(Survival *s, const SurvivalArm *arm)
{
    const KaplanMeier *curve = &arm->curve;
    Series *series = new_series(s, arm, SERIES_CENSORED, curve->n_times);
    size_t n = 0;
    for (size_t i = 0; i < curve->n_times; i++)
        if (curve->censored[i]) series->x[n] = curve->time[i], series->y[n++] = curve->survival[i];
    series->n = n;
}

static void put(Survival *s, const SurvivalArm *arm, size_t column, const char *before, const char *stat, double value, int decimals)
{
    table_cell_number(s->eval.document, s->figure->data, column, str_from(before), str_from(stat), isfinite(value) ? value : NAN, decimals,
                      (Str){0}, (Str){0}, arm->from);
}

/* Number at risk and curve at a tick: in the series below the axis and in a row of the table. */
static void add_time(Survival *s, const SurvivalArm *arm, Series *risk, size_t tick)
{
    double time = s->figure->tick_at[tick];
    KmPoint point = kaplan_meier_at(&arm->curve, time);
    size_t n_events = 0, decimals = (size_t)s->figure->decimals;
    for (size_t i = 0; i < arm->curve.n_times && arm->curve.time[i] <= time; i++) n_events += arm->curve.events[i];
    risk->x[tick] = time;
    risk->n_at[tick] = point.at_risk;
    Buf at = buf_new(s->eval.arena);
    buf_add_c(&at, "Without the event after ");
    buf_number(&at, time);
    table_row(s->eval.document, s->figure->data, ROW_PLAIN, arm->name, buf_str(&at), 1);
    put(s, arm, 1, "", "n", (double)point.at_risk, 0);
    put(s, arm, 2, "", "events", (double)n_events, 0);
    put(s, arm, 3, "", "survival", point.known ? point.survival : NAN, (int)decimals);
    put(s, arm, 4, "", "ci_low", point.known ? point.ci.lower : NAN, (int)decimals);
    put(s, arm, 4, " to ", "ci_high", point.known ? point.ci.upper : NAN, (int)decimals);
}

static bool add_median(Survival *s, const SurvivalArm *arm, Error *err)
{
    KmQuantile median;
    if (!kaplan_meier_quantile(&arm->curve, 0.5, &median, err)) return false;
    int decimals = s->eval.spec->decimals == DECIMALS_UNSAID ? 1 : s->eval.spec->decimals;
    table_row(s->eval.document, s->figure->data, ROW_PLAIN, arm->name, STR("Median time to the event"), 1);
    put(s, arm, 1, "", "n", (double)arm->curve.n, 0);
    put(s, arm, 2, "", "events", (double)arm->curve.n_events, 0);
    put(s, arm, 3, "", "median", median.estimate, decimals);
    put(s, arm, 4, "", "ci_low", median.ci.lower, decimals);
    put(s, arm, 4, " to ", "ci_high", median.ci.upper, decimals);
    if (!s->eval.spec->medians) return true;
    Series *series = new_series(s, arm, SERIES_MEDIAN, 1);
    series->x[0] = isfinite(median.estimate) ? median.estimate : NAN;
    series->y[0] = 0.5;
    return true;
}

static bool add_arm(Survival *s, SurvivalArm *arm, Error *err)
{
    if (!kaplan_meier(s->eval.arena, &arm->data, s->interval, LEVEL, &arm->curve, err)) return error_at(err, s->eval.spec->at);
    curve_series(s, arm);
    censored_series(s, arm);
    if (arm->name.len) table_row(s->eval.document, s->figure->data, ROW_GROUP, arm->name, arm->name, 0);
    Series *risk = new_series(s, arm, SERIES_AT_RISK, s->figure->n_ticks);
    risk->n_at = ARENA_ARRAY(s->eval.arena, size_t, s->figure->n_ticks + 1);
    for (size_t k = 0; k < s->figure->n_ticks; k++) add_time(s, arm, risk, k);
    return add_median(s, arm, err) || error_at(err, s->eval.spec->at);
}

/* Times below the axis: each multiple of `every`, or where the axis has its ticks. */
static bool find_ticks(Survival *s, const SurvivalArm *arms, size_t n_arms, Error *err)
{
    double last = 0, every = s->eval.spec->every;
    for (size_t a = 0; a < n_arms; a++)
        for (size_t i = 0; i < arms[a].data.n; i++) last = fmax(last, arms[a].data.time[i]);
    s->figure->tick_at = ARENA_ARRAY(s->eval.arena, double, MAX_TICKS);
    s->figure->tick_text = ARENA_ARRAY(s->eval.arena, Str, MAX_TICKS);
    if (every > 0 && last / every >= MAX_TICKS) {
        yaml_error(s->eval.spec->at, err, ERROR_INCONSISTENT, "\"every\" gives more than %d times, the last is %g", MAX_TICKS, last);
        return error_hint(err, "Give a longer step.");
    }
    Axis axis = axis_linear(0, last, 9);
    for (size_t i = 0; every > 0 ? (double)i * every <= last : i < axis.n && axis.ticks[i] <= last; i++)
        s->figure->tick_at[s->figure->n_ticks++] = every > 0 ? (double)i * every : axis.ticks[i];
    for (size_t i = 0; i < s->figure->n_ticks; i++) {
        Buf text = buf_new(s->eval.arena);
        buf_number(&text, s->figure->tick_at[i]);
        s->figure->tick_text[i] = buf_str(&text);
    }
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
    Compared c = {.arm = ARENA_ARRAY(arena, size_t, s->n + 1), .stratum = ARENA_ARRAY(arena, size_t, s->n + 1)};
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
    return has_sign ? str_format(arena, "p %c " STR_FMT, printed.data[0], STR_ARG(str_slice(printed, 1, printed.len)))
                    : str_format(arena, "p = " STR_FMT, STR_ARG(printed));
}

static const Provenance *test_provenance(const Survival *s, const char *method, const char *page)
{
    const OutputSpec *spec = s->eval.spec;
    Provenance *from = eval_provenance((Eval *)&s->eval, &s->scope, SIZE_MAX, spec->x, str_from(method), str_from(page));
    from->options = str_format(s->eval.arena, "event: " STR_FMT "%s" STR_FMT, STR_ARG(spec->event), spec->strata.len ? "; strata: " : "",
                               STR_ARG(spec->strata));
    return from;
}

static bool compare_ranks(Survival *s, const Compared *c, Error *err)
{
    LogRankTest test;
    Template p;
    LogRankInput input = {.data = c->data, .group = c->arm, .n_groups = s->n_arms};
    if (s->strata) input.stratum = c->stratum, input.n_strata = s->strata->n;
    if (!logrank_test(s->eval.arena, &input, &test, err)) return false;
    const Provenance *from = test_provenance(s, s->strata ? "stratified log-rank test" : "log-rank test", "logrank");
    Document *document = s->eval.document;
    CellValues cell = cell_values_none();
    cell.of[STATISTIC_P] = test.p;
    if (!template_parse(s->eval.arena, STR("{p}"), STATISTIC_BIT(STATISTIC_P), &p, err)) return false;
    table_row(document, s->figure->data, ROW_PLAIN, STR("Comparison"), STR("Log-rank test, p"), 1);
    template_write(document, s->figure->data, 3, &p, &cell, &s->eval.formats, 0, (Str){0}, from);
    Str printed = document->results[document->n_results - 1].printed;
    add_remark(s, str_format(s->eval.arena, "%s " STR_FMT, s->strata ? "Stratified log-rank test," : "Log-rank test,",
                             STR_ARG(p_words(s->eval.arena, printed))));
    return true;
}

static void add_ratio(Survival *s, const CoxCoefficient *coef, size_t arm, const Provenance *from)
{
    Document *document = s->eval.document;
    Table *table = s->figure->data;
    Arena *arena = s->eval.arena;
    Str first = figure_one_line(arena, s->arms[0]), this = figure_one_line(arena, s->arms[arm]);
    table_row(document, table, ROW_PLAIN, STR("Comparison"), str_format(arena, "Hazard ratio, " STR_FMT " to " STR_FMT, STR_ARG(this), STR_ARG(first)), 1);
    table_cell_number(document, table, 3, (Str){0}, STR("hazard_ratio"), coef->hazard_ratio, 2, (Str){0}, (Str){0}, from);
    table_cell_number(document, table, 4, (Str){0}, STR("ci_low"), coef->hazard_ratio_ci.lower, 2, (Str){0}, (Str){0}, from);
    table_cell_number(document, table, 4, STR(" to "), STR("ci_high"), coef->hazard_ratio_ci.upper, 2, (Str){0}, (Str){0}, from);
    const Row *row = &table->rows[table->n_rows - 1];
    add_remark(s, str_format(arena, STR_FMT ": " STR_FMT " (95 %% CI " STR_FMT ")", STR_ARG(row->label), STR_ARG(row->cells[3].text),
                             STR_ARG(row->cells[4].text)));
}

/* Whether the ratio is one over time: the reader of a hazard ratio must know. */
static void note_proportionality(Survival *s, const CoxInput *input, const CoxFit *fit)
{
    CoxProportionality check;
    Error unknown = {0};
    if (!cox_proportionality(s->eval.arena, input, fit, COX_CLOCK_KM, &check, &unknown)) return;
    Buf note = buf_new(s->eval.arena);
    buf_add_c(&note, "Hazard ratios by Cox regression, ties by Efron's method. They hold if the hazards are proportional: test of Grambsch and Therneau, p = ");
    buf_fixed(&note, check.global.p, 3);
    buf_char(&note, '.');
    eval_note(&s->eval, buf_str(&note));
}

static bool compare_hazards(Survival *s, const Compared *c, Error *err)
{
    size_t p = s->n_arms - 1;
    double *x = ARENA_ARRAY(s->eval.arena, double, c->data.n * p + 1);
    for (size_t i = 0; i < c->data.n; i++)
        if (c->arm[i]) x[i*p + c->arm[i] - 1] = 1;
    CoxInput input = {.data = c->data, .p = p, .x = x, .names = s->arms + 1, .stratum = s->strata ? c->stratum : NULL};
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
    if (!((!is_among(beside, COMPARISONS[0]) || compare_ranks(s, &c, &trouble) || is_open(s, "The log-rank test", &trouble)) &&
          (!is_among(beside, COMPARISONS[1]) || compare_hazards(s, &c, &trouble) || is_open(s, "The hazard ratio", &trouble)))) {
        *err = trouble;
        return error_at(err, s->eval.spec->at);
    }
    return true;
}

static void note_what(Survival *s)
{
    eval_note(&s->eval, str_format(s->eval.arena, "Kaplan-Meier curves; marks are subjects censored, %s95 %% intervals%s on the %s scale, pointwise.",
                                   s->eval.spec->bands ? "bands are " : "", s->eval.spec->bands ? "" : " in the table are",
                                   s->interval == KM_INTERVAL_LOG_LOG ? "log-minus-log" : s->interval == KM_INTERVAL_LOG ? "log" : "plain"));
    if (s->n_missing) eval_note(&s->eval, str_format(s->eval.arena, "Left out for a missing time: %zu.", s->n_missing));
}

static void open_table(Survival *s)
{
    const TableColumn columns[] = {{.key = STR("label"), .align = ALIGN_LEFT},
                                   {.key = STR("n"), .header = STR("At risk"), .align = ALIGN_RIGHT},
                                   {.key = STR("events"), .header = STR("Events"), .align = ALIGN_RIGHT},
                                   {.key = STR("estimate"), .header = STR("Estimate"), .align = ALIGN_RIGHT},
                                   {.key = STR("ci"), .header = STR("95 % CI"), .align = ALIGN_RIGHT}};
    s->eval.table = document_figure_table(s->eval.document, s->figure, columns, 5);
}

bool survival_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure, Error *err)
{
    Survival s = {.eval = {.arena = document->arena,
                           .context = context,
                           .frames = context->frames,
                           .spec = spec,
                           .document = document,
                           .formats = format_rules_over(&spec->formats, &context->frames->plan->formats)},
                  .figure = figure};
    size_t n_arms = 0;
    if (!eval_open(&s.eval, &s.scope, err) || !find_columns(&s, err)) return false;
    figure->decimals = 2;
    open_table(&s);
    SurvivalArm *arms = ARENA_ARRAY(document->arena, SurvivalArm, s.eval.n_columns + 1);
    s.arms = ARENA_ARRAY(document->arena, Str, s.eval.n_columns + 1);
    for (size_t c = 0; c < s.eval.n_columns; c++) {
        if (s.eval.columns[c].holds_tests) continue;
        SurvivalArm *arm = &arms[n_arms];
        *arm = (SurvivalArm){.name = spec->columns.n_sets ? figure_one_line(document->arena, s.eval.columns[c].header) : (Str){0}};
        if (!take_subjects(&s, c, arm, err)) return false;
        arm->from = eval_provenance(&s.eval, &s.scope, c, spec->x, STR("Kaplan-Meier estimate"), STR("kaplan-meier"));
        n_arms += arm->data.n > 0;
    }
    if (!may_compare(&s, err) || !find_ticks(&s, arms, n_arms, err)) return false;
    for (size_t a = 0; a < n_arms; a++)
        if (!add_arm(&s, &arms[a], err)) return false;
    if (!compare(&s, err)) return false;
    note_what(&s);
    eval_footnotes(&s.eval);
    return true;
}
