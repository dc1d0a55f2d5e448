/* The numbers of a cell: what is counted, which values go in, and their statistics. */
#include "report/output_kind.h"

#include <math.h>

#include "stat/describe.h"
#include "stat/proportion.h"
#include "stat/ttest.h"
#include "stat/wilcoxon.h"

bool eval_too_many(const Yaml *at, Count count, double total, Error *err)
{
    yaml_error(at, err, ERROR_INCONSISTENT, "more is counted (%.0f) than there is in the column (%.0f)",
               count.n, total);
    return error_hint(err, "Count subjects with \"distinct\", or say what counts under \"denominators\".");
}

bool eval_count(Eval *eval, const Scope *scope, size_t index, Str distinct, const Yaml *at, Count *count,
                Error *err)
{
    Codes *codes = NULL;
    const EvalColumn *column = &eval->columns[index];
    if (distinct.len && !data_codes(eval->frames, eval->data, distinct, at, &codes, err)) return false;
    size_t round = codes ? ++codes->round : 0;
    *count = (Count){0, 0};
    for (size_t i = 0; i < scope->n_rows; i++) {
        size_t row = scope->rows[i];
        if (!eval_has(column, row)) continue;
        count->events++;
        if (codes) {
            size_t code = codes->of_row[row];
            if (code == SIZE_MAX || codes->stamp[code] == round) continue;
            codes->stamp[code] = round;
        }
        count->n++;
    }
    return true;
}

bool eval_values(Eval *eval, const Scope *scope, size_t index, Str variable, const Yaml *at, Values *values,
                 Error *err)
{
    const Column *of;
    const EvalColumn *column = &eval->columns[index];
    if (!data_column(eval->data, variable, at, &of, err)) return false;
    if (!column_is_number(of)) {
        yaml_error(at, err, ERROR_INCONSISTENT,
                   "column \"" STR_FMT "\" of \"" STR_FMT "\" holds text, not numbers", STR_ARG(of->name),
                   STR_ARG(eval->data->name));
        return error_hint(err, "Count it with \"categories\", or name the column that holds its number.");
    }
    *values = (Values){.items = ARENA_ARRAY(eval->arena, double, scope->n_rows)};
    for (size_t i = 0; i < scope->n_rows; i++) {
        size_t row = scope->rows[i];
        if (!eval_has(column, row)) continue;
        if (of->missing[row])
            values->n_missing++;
        else
            values->items[values->n++] = of->numbers[row];
    }
    return true;
}

/* Whether the statistics asked for are those of the one-sample test: its p, or by a method that was named
 * its estimate and interval. */
static bool asks_for_test(uint64_t uses, const Inference *how)
{
    const uint64_t test =
        STATISTIC_BIT(STATISTIC_P) | STATISTIC_BIT(STATISTIC_P_ADJUSTED) | STATISTIC_BIT(STATISTIC_TEST);
    const uint64_t estimate = STATISTIC_BIT(STATISTIC_ESTIMATE) | STATISTIC_BIT(STATISTIC_CI_LOW) |
                              STATISTIC_BIT(STATISTIC_CI_HIGH);
    return (uses & test) || (how->method.len && (uses & estimate));
}

static double level_of(const Inference *how) { return isnan(how->confidence) ? 0.95 : how->confidence; }
static double null_of(const Inference *how) { return isnan(how->against) ? 0 : how->against; }

/* The mean against a value. */
static bool student_run(Arena *arena, const Values *values, double null, double level, CellValues *cell,
                        Error *err)
{
    (void)arena;
    TTest test;
    if (!ttest_one(values->items, values->n, null, level, &test, err)) return false;
    cell->of[STATISTIC_P] = test.p_two_sided;
    cell->of[STATISTIC_TEST] = test.t;
    return true;
}

/* The median against a value, with the Hodges-Lehmann estimate and its interval in place of the mean's. */
static bool signed_rank(Arena *arena, const Values *values, double null, double level, ZeroRule zeros, CellValues *cell,
                        Error *err)
{
    WilcoxonTest test;
    double *d = ARENA_ARRAY(arena, double, values->n);
    for (size_t i = 0; i < values->n; i++) d[i] = values->items[i] - null;
    if (!signed_rank_test(arena, d, values->n, zeros, P_METHOD_EXACT, level, &test, err))
        return false;
    cell->of[STATISTIC_P] = test.p_two_sided;
    cell->of[STATISTIC_TEST] = test.statistic;
    cell->of[STATISTIC_ESTIMATE] = test.estimate + null;
    cell->of[STATISTIC_CI_LOW] = test.ci.lower + null;
    cell->of[STATISTIC_CI_HIGH] = test.ci.upper + null;
    return true;
}

/* As SAS and R test: those without a difference take no part. */
static bool signed_rank_run(Arena *arena, const Values *values, double null, double level, CellValues *cell,
                            Error *err)
{
    return signed_rank(arena, values, null, level, ZERO_RULE_DROP, cell, err);
}

/* Those without a difference are kept, so that the estimate is of everybody who is counted beside it. */
static bool signed_rank_pratt_run(Arena *arena, const Values *values, double null, double level, CellValues *cell,
                                  Error *err)
{
    return signed_rank(arena, values, null, level, ZERO_RULE_PRATT, cell, err);
}

static bool sign_run(Arena *arena, const Values *values, double null, double level, CellValues *cell, Error *err)
{
    SignTest test;
    double *d = ARENA_ARRAY(arena, double, values->n);
    for (size_t i = 0; i < values->n; i++) d[i] = values->items[i] - null;
    if (!sign_test(arena, d, values->n, level, &test, err)) return false;
    cell->of[STATISTIC_P] = test.p_two_sided;
    cell->of[STATISTIC_TEST] = (double)test.n_positive;
    cell->of[STATISTIC_ESTIMATE] = test.median + null;
    cell->of[STATISTIC_CI_LOW] = test.ci.lower + null;
    cell->of[STATISTIC_CI_HIGH] = test.ci.upper + null;
    return true;
}

/* One-sample tests by the words of `method`; the first is the default. */
static const OneSampleMethod one_sample_methods[] = {
    {"paired-t", "ttest", "one-sample t test (paired, of the change)", student_run},
    {"signed-rank", "wilcoxon", "Wilcoxon's signed-rank test, exact, zeros left out", signed_rank_run},
    {"signed-rank-pratt", "wilcoxon", "Wilcoxon's signed-rank test, exact, zeros kept (Pratt)", signed_rank_pratt_run},
    {"sign", "wilcoxon", "sign test, exact, zeros left out", sign_run},
};

const OneSampleMethod *one_sample_method(Eval *eval, const Inference *how, Error *err)
{
    enum { N = sizeof one_sample_methods / sizeof one_sample_methods[0] };
    if (!how->method.len) return &one_sample_methods[0];
    Str words[N];
    for (size_t i = 0; i < N; i++) {
        words[i] = str_from(one_sample_methods[i].name);
        if (str_equal(words[i], how->method)) return &one_sample_methods[i];
    }
    Str near = str_nearest(how->method, words, N);
    yaml_error(how->at, err, ERROR_INCONSISTENT, "there is no test of one sample \"" STR_FMT "\"",
               STR_ARG(how->method));
    (void)eval;
    if (near.len)
        error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    else
        error_hint(err, "Say paired-t, signed-rank, signed-rank-pratt or sign.");
    return NULL;
}

static bool test_one_sample(Eval *eval, const Values *values, const Inference *how, CellValues *cell,
                            Error *err)
{
    const OneSampleMethod *method = one_sample_method(eval, how, err);
    Error trouble = {0};
    if (!method) return false;
    if (method->run(eval->arena, values, null_of(how), level_of(how), cell, &trouble) ||
        trouble.code == ERROR_DEGENERATE)
        return true;
    if (err) *err = trouble;
    return error_at(err, how->at);
}

bool eval_describe(Eval *eval, const Values *values, uint64_t uses, const Inference *how, CellValues *cell,
                   Error *err)
{
    Description d;
    *cell = cell_values_none();
    if (!describe(eval->arena, values->items, values->n, values->n_missing, level_of(how), &d, err))
        return error_at(err, how->at);
    const struct {
        Statistic statistic;
        double value;
    } all[] = {
        {STATISTIC_N, (double)d.n},     {STATISTIC_MISSING, (double)d.n_missing},
        {STATISTIC_MEAN, d.mean},       {STATISTIC_SUM, d.n ? d.mean * (double)d.n : 0},
        {STATISTIC_SD, d.sd},           {STATISTIC_SE, d.se},
        {STATISTIC_MIN, d.min},         {STATISTIC_Q1, d.q1},
        {STATISTIC_MEDIAN, d.median},   {STATISTIC_Q3, d.q3},
        {STATISTIC_MAX, d.max},         {STATISTIC_GEOMEAN, d.geometric_mean},
        {STATISTIC_CI_LOW, d.ci.lower}, {STATISTIC_CI_HIGH, d.ci.upper},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) cell->of[all[i].statistic] = all[i].value;
    cell->of[STATISTIC_ESTIMATE] = d.mean;
    return !asks_for_test(uses, how) || test_one_sample(eval, values, how, cell, err);
}

/* Intervals of a share by the words of `interval`; the first is the default. */
static const struct {
    const char *word, *title;
    bool (*run)(size_t events, size_t n, double level, Interval *ci, Error *err);
} intervals[] = {
    {"exact", "exact (Clopper-Pearson) interval", proportion_exact_ci},
    {"wilson", "Wilson's score interval", proportion_wilson_ci},
};
enum { N_INTERVALS = sizeof intervals / sizeof intervals[0] };

static bool find_interval(const Inference *how, size_t *which, Error *err)
{
    Str words[N_INTERVALS];
    for (*which = 0; *which < N_INTERVALS; ++*which) {
        words[*which] = str_from(intervals[*which].word);
        if (!how->interval.len || str_equal(words[*which], how->interval)) return true;
    }
    Str near = str_nearest(how->interval, words, N_INTERVALS);
    yaml_error(how->at, err, ERROR_INCONSISTENT, "there is no interval \"" STR_FMT "\"",
               STR_ARG(how->interval));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Say exact or wilson.");
}

bool eval_share(Count count, double total, uint64_t uses, const Inference *how, CellValues *cell, Str *method,
                Error *err)
{
    const uint64_t limits = STATISTIC_BIT(STATISTIC_CI_LOW) | STATISTIC_BIT(STATISTIC_CI_HIGH);
    size_t which;
    Interval ci;
    *cell = cell_values_none();
    *method = STR("count");
    cell->of[STATISTIC_N] = count.n;
    cell->of[STATISTIC_EVENTS] = count.events;
    cell->of[STATISTIC_TOTAL] = total;
    cell->of[STATISTIC_PCT] = total > 0 ? 100 * count.n / total : NAN;
    if (!(uses & limits)) return true;
    if (!find_interval(how, &which, err)) return false;
    *method = str_from(intervals[which].title);
    if (!(total > 0)) return true;
    if (count.n > total) return eval_too_many(how->at, count, total, err);
    if (!intervals[which].run((size_t)count.n, (size_t)total, level_of(how), &ci, err))
        return error_at(err, how->at);
    cell->of[STATISTIC_CI_LOW] = 100 * ci.lower;
    cell->of[STATISTIC_CI_HIGH] = 100 * ci.upper;
    return true;
}

static FamilyState *find_family(Eval *eval, Str family, const Yaml *at, Error *err)
{
    const Families *families = &eval->frames->plan->protocol->families;
    Str *ids = ARENA_ARRAY(eval->arena, Str, families->n);
    for (size_t i = 0; i < families->n; i++) {
        ids[i] = families->items[i].id;
        if (str_equal(ids[i], family)) return &eval->context->families[i];
    }
    Str near = str_nearest(family, ids, families->n);
    yaml_error(at, err, ERROR_INCONSISTENT, "there is no family \"" STR_FMT "\"", STR_ARG(family));
    if (near.len)
        error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    else
        error_hint(err, "Define it under \"families\".");
    return NULL;
}

bool eval_family(Eval *eval, Str name, const Yaml *at, CellValues *cell, Error *err)
{
    if (!name.len) return true;
    FamilyState *family = find_family(eval, name, at, err);
    if (!family) return false;
    if (eval->context->is_gathering) {
        ARENA_PUSH_ROOM(eval->context->arena, family->p, family->n, family->capacity);
        family->p[family->n++] = cell->of[STATISTIC_P];
    } else if (family->next < family->n)
        cell->of[STATISTIC_P_ADJUSTED] = family->adjusted[family->next++];
    return true;
}

static Str join_words(Arena *arena, Str a, Str b)
{
    if (!a.len || !b.len) return a.len ? a : b;
    return str_format(arena, STR_FMT " AND " STR_FMT, STR_ARG(a), STR_ARG(b));
}

/* The subjects behind a number, while they are few enough to be looked up one by one. */
#define FEW_RECORDS 12
static Str list_subjects(Eval *eval, const size_t *rows, size_t n)
{
    Str key = eval->frames->plan->subject_key;
    const Column *column = n && n <= FEW_RECORDS ? frame_column(eval->data->frame, key) : NULL;
    if (!column) return (Str){0};
    Buf buf = buf_new(eval->arena);
    buf_add(&buf, key);
    for (size_t i = 0; i < n; i++) {
        Str subject = frame_cell_text(eval->arena, column, rows[i]);
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = str_equal(subject, frame_cell_text(eval->arena, column, rows[k]));
        if (!seen) buf_format(&buf, " " STR_FMT, STR_ARG(subject));
    }
    buf_c(&buf);
    return buf_str(&buf);
}

/* Rows of the scope that stand in the column; the first of them are kept. */
static size_t rows_of(const Eval *eval, const Scope *scope, size_t column, size_t *few)
{
    size_t n = 0;
    for (size_t i = 0; i < scope->n_rows; i++) {
        if (column != SIZE_MAX && !eval_has(&eval->columns[column], scope->rows[i])) continue;
        if (n < FEW_RECORDS) few[n] = scope->rows[i];
        n++;
    }
    return n;
}

/* "gmfm88-6m (primary)", and the estimand it serves unless the output names one. */
static void name_analysis(Eval *eval, const Scope *scope, Provenance *from)
{
    const AnalysisPlan *plan = protocol_analysis(eval->frames->plan->protocol, scope->analysis);
    if (!plan) return;
    const char *role = grammar_word(&ANALYSIS_ROLE_WORDS, (int)plan->role);
    from->analysis = str_format(eval->arena, STR_FMT " (%s)", STR_ARG(plan->id), role);
    if (!from->estimand.len) from->estimand = plan->estimand;
}

Provenance *eval_provenance(Eval *eval, const Scope *scope, size_t column, Str variable, Str method, Str page)
{
    Provenance *from = ARENA_NEW(eval->arena, Provenance);
    size_t few[FEW_RECORDS], n = rows_of(eval, scope, column, few);
    *from = (Provenance){.source = eval->data->from.source,
                         .source_hash = eval->data->from.source_hash,
                         .frame = eval->data->name,
                         .population = eval->population_words,
                         .filter = column == SIZE_MAX
                                       ? scope->words
                                       : join_words(eval->arena, eval->columns[column].words, scope->words),
                         .n_records = n,
                         .records = list_subjects(eval, few, n),
                         .variable = variable,
                         .method = method,
                         .method_page = page,
                         .estimand = eval->spec->estimand};
    name_analysis(eval, scope, from);
    return from;
}

/* "Ontario": as the frame of measures chooses, by the first analysis that names curves. */
static const char *growth_set(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        NaturalChange named = protocol->analyses.items[i].natural_change;
        if (named == NATURAL_CHANGE_SHANGHAI) return "Shanghai";
        if (named == NATURAL_CHANGE_ONTARIO) return "Ontario";
    }
    return "Ontario";
}

void eval_name_score(const Eval *eval, Provenance *from)
{
    const Protocol *protocol = eval->frames->plan->protocol;
    bool grows = str_equal(from->variable, STR("EXPECTED")) || str_equal(from->variable, STR("EXCESS"));
    Str how = {0};
    if (protocol->data.at) return; /* data from elsewhere: the scores are not ours */
    if (grows)
        how = str_format(eval->arena, "growth by the %s parameters, docs/methods/motor-growth.md", growth_set(protocol));
    else if (str_find(from->filter, STR("'GMFM88'")) != SIZE_MAX)
        how = STR("scores as in docs/methods/gmfm.md");
    if (!how.len) return;
    from->options = from->options.len ? str_format(eval->arena, STR_FMT "; " STR_FMT, STR_ARG(from->options), STR_ARG(how)) : how;
}

static Provenance *describe_provenance(Eval *eval, const Scope *scope, size_t column, Str variable,
                                     uint64_t uses, const Inference *how)
{
    Provenance *from =
        eval_provenance(eval, scope, column, variable, STR("descriptive statistics"), STR("describe"));
    if (uses & (STATISTIC_BIT(STATISTIC_Q1) | STATISTIC_BIT(STATISTIC_Q3) | STATISTIC_BIT(STATISTIC_MEDIAN)))
        from->options = STR("quantile definition 5");
    const OneSampleMethod *method = asks_for_test(uses, how) ? one_sample_method(eval, how, NULL) : NULL;
    if (!method && (uses & STATISTIC_BIT(STATISTIC_CI_LOW))) {
        from->method = STR("mean with Student's t interval");
        from->options = str_format(eval->arena, "%g %% confidence", 100 * level_of(how));
    }
    if (!method) return from;
    from->method = str_from(method->title);
    from->method_page = str_from(method->page);
    if (uses & STATISTIC_BIT(STATISTIC_CI_LOW))
        from->options = str_format(eval->arena, "%g %% confidence", 100 * level_of(how));
    return from;
}

Provenance *eval_describe_provenance(Eval *eval, const Scope *scope, size_t column, Str variable,
                                     uint64_t uses, const Inference *how)
{
    Provenance *from = describe_provenance(eval, scope, column, variable, uses, how);
    eval_name_score(eval, from);
    return from;
}

void eval_cell(Eval *eval, size_t column, const Template *format, const CellValues *cell, int data_decimals,
               const Provenance *from)
{
    template_write(eval->document, eval->table, column + 1, format, cell, &eval->formats, data_decimals,
                   (Str){0}, from);
}
