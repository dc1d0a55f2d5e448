/* Tests of columns against each other, and where their p-values stand. */
#include "report/output_kind.h"

#include <math.h>

#include "stat/anova.h"
#include "stat/chisq.h"
#include "stat/cmh.h"
#include "stat/fisher.h"
#include "stat/proportion.h"
#include "stat/ttest.h"
#include "stat/two_proportions.h"
#include "stat/wilcoxon.h"

/* Values of all groups in one array, with the group of each. */
static size_t pool(Arena *arena, const TestInput *input, double **x, size_t **group)
{
    size_t n = 0;
    for (size_t g = 0; g < input->n_groups; g++) n += input->n_values[g];
    *x = ARENA_ARRAY(arena, double, n);
    *group = ARENA_ARRAY(arena, size_t, n);
    n = 0;
    for (size_t g = 0; g < input->n_groups; g++)
        for (size_t i = 0; i < input->n_values[g]; i++, n++) {
            (*x)[n] = input->values[g][i];
            (*group)[n] = g;
        }
    return n;
}

static bool anova_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    double *x;
    size_t *group, n = pool(arena, input, &x, &group);
    Anova anova;
    if (!anova_one_way(arena, x, group, n, input->n_groups, &anova, err)) return false;
    values->of[STATISTIC_P] = anova.p;
    values->of[STATISTIC_TEST] = anova.f;
    values->of[STATISTIC_DF] = anova.df_between;
    return true;
}

static bool kruskal_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    double *x;
    size_t *group, n = pool(arena, input, &x, &group);
    KruskalWallis test;
    if (!kruskal_wallis(arena, x, group, n, input->n_groups, &test, err)) return false;
    values->of[STATISTIC_P] = test.p;
    values->of[STATISTIC_TEST] = test.h;
    values->of[STATISTIC_DF] = test.df;
    return true;
}

static bool need_two(const TestInput *input, Error *err)
{
    if (input->n_groups == 2) return true;
    error_set(err, ERROR_INCONSISTENT, "this test compares two columns, here are %zu", input->n_groups);
    return error_hint(err, "Name the two under \"of\".");
}

static bool t_run(const TestInput *input, bool is_welch, CellValues *values, Error *err)
{
    TTest test;
    if (!need_two(input, err)) return false;
    if (!(is_welch ? ttest_welch : ttest_pooled)(input->values[0], input->n_values[0], input->values[1],
                                                 input->n_values[1], 0, 0.95, &test, err))
        return false;
    values->of[STATISTIC_P] = test.p_two_sided;
    values->of[STATISTIC_TEST] = test.t;
    values->of[STATISTIC_DF] = test.df;
    return true;
}

static bool pooled_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    (void)arena;
    return t_run(input, false, values, err);
}

static bool welch_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    (void)arena;
    return t_run(input, true, values, err);
}

static bool rank_sum_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    WilcoxonTest test;
    if (!need_two(input, err)) return false;
    if (!rank_sum_test(arena, input->values[0], input->n_values[0], input->values[1], input->n_values[1],
                       P_METHOD_EXACT, 0.95, &test, err))
        return false;
    values->of[STATISTIC_P] = test.p_two_sided;
    values->of[STATISTIC_TEST] = test.statistic;
    return true;
}

static bool chi_square_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    ChisqTest test;
    if (!chisq_test(arena, input->counts, input->n_rows, input->n_groups, false, &test, err)) return false;
    values->of[STATISTIC_P] = test.p;
    values->of[STATISTIC_TEST] = test.chisq;
    values->of[STATISTIC_DF] = test.df;
    return true;
}

static bool fisher_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    return fisher_exact(arena, input->counts, input->n_rows, input->n_groups, &values->of[STATISTIC_P], err);
}

static bool need_two_by_two(const TestInput *input, Error *err)
{
    if (!need_two(input, err)) return false;
    if (input->n_rows == 2) return true;
    error_set(err, input->n_rows < 2 ? ERROR_DEGENERATE : ERROR_INCONSISTENT, "this test compares two outcomes, here are %zu", input->n_rows);
    return error_hint(err, "Place it in a block \"count\", or in categories of two levels.");
}

/* The first row of the counts is the event. */
static bool unconditional(Arena *arena, const TestInput *input, UnconditionalOrder order, CellValues *values, Error *err)
{
    UnconditionalTest test;
    const size_t *c = input->counts;
    if (!need_two_by_two(input, err) ||
        !unconditional_test(arena, (TwoCounts){c[0], c[0] + c[2], c[1], c[1] + c[3]}, order, &test, err))
        return false;
    values->of[STATISTIC_P] = test.p_two_sided;
    return true;
}

static bool barnard_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    return unconditional(arena, input, UNCONDITIONAL_BARNARD, values, err);
}

static bool boschloo_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    return unconditional(arena, input, UNCONDITIONAL_BOSCHLOO, values, err);
}

/* A shift table: columns are what was before, rows what was after, in the same order. */
static bool mcnemar_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    McNemar test;
    (void)arena;
    if (!need_two_by_two(input, err) || !mcnemar_test(input->counts[1], input->counts[2], 0.95, &test, err)) return false;
    values->of[STATISTIC_P] = test.p_exact;
    return true;
}

/* The table turned: columns of the output are the rows that are compared. */
static bool cmh(Arena *arena, const TestInput *input, size_t which, CellValues *values, Error *err)
{
    Cmh test;
    size_t *counts = ARENA_ARRAY(arena, size_t, input->n_rows * input->n_groups + 1);
    for (size_t r = 0; r < input->n_rows; r++)
        for (size_t g = 0; g < input->n_groups; g++) counts[g * input->n_rows + r] = input->counts[r * input->n_groups + g];
    StratifiedTable table = {1, input->n_groups, input->n_rows, counts};
    if (!cmh_test(arena, &table, (CmhOptions){0}, &test, err)) return false;
    const CmhStatistic *of[] = {&test.general, &test.row_means, &test.correlation};
    values->of[STATISTIC_P] = of[which]->p;
    values->of[STATISTIC_TEST] = of[which]->chisq;
    values->of[STATISTIC_DF] = of[which]->df;
    return true;
}

static bool cmh_general_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    return cmh(arena, input, 0, values, err);
}

static bool cmh_mean_score_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    return cmh(arena, input, 1, values, err);
}

static bool cmh_correlation_run(Arena *arena, const TestInput *input, CellValues *values, Error *err)
{
    return cmh(arena, input, 2, values, err);
}

const TestMethod *test_methods(size_t *n)
{
    static const TestMethod methods[] = {
        {"anova", "anova", "one-way analysis of variance", true, anova_run, NULL},
        {"kruskal-wallis", "anova", "Kruskal-Wallis test", true, kruskal_run, NULL},
        {"t", "ttest", "two-sample t test, pooled variance", true, pooled_run, NULL},
        {"welch", "ttest", "two-sample t test, Welch", true, welch_run, NULL},
        {"rank-sum", "wilcoxon", "Wilcoxon's rank-sum test", true, rank_sum_run, NULL},
        {"chi-square", "chisq", "Pearson's chi-square test", false, chi_square_run, NULL},
        {"fisher", "fisher", "Fisher's exact test, two-sided", false, fisher_run, NULL},
        {"barnard", "two_proportions", "Barnard's exact test, not conditional, two-sided", false, barnard_run, NULL},
        {"boschloo", "two_proportions", "Boschloo's exact test, not conditional, two-sided", false, boschloo_run, NULL},
        {"mcnemar", "proportion", "McNemar's exact test, two-sided", false, mcnemar_run, "categories"},
        {"cmh-general", "cmh", "Cochran-Mantel-Haenszel test of general association", false, cmh_general_run, NULL},
        {"cmh-mean-score", "cmh", "Cochran-Mantel-Haenszel test of mean scores", false, cmh_mean_score_run, NULL},
        {"cmh-correlation", "cmh", "Cochran-Mantel-Haenszel test of correlation", false, cmh_correlation_run, NULL},
    };
    *n = sizeof methods / sizeof methods[0];
    return methods;
}

/* The columns a test compares: those it names, else all that hold data except the total. */
static bool test_columns(Eval *eval, const OutputTest *test, size_t **columns, size_t *n, Error *err)
{
    *columns = ARENA_ARRAY(eval->arena, size_t, test->of.n + eval->n_columns);
    *n = 0;
    for (size_t i = 0; i < test->of.n; i++)
        if (!eval_find_column(eval, test->of.items[i], test->at, &(*columns)[(*n)++], err)) return false;
    for (size_t c = 0; test->of.n == 0 && c < eval->n_columns; c++)
        if (!eval->columns[c].holds_tests && !eval->columns[c].is_total) (*columns)[(*n)++] = c;
    if (*n < 2)
        return yaml_error(test->at, err, ERROR_INCONSISTENT,
                          "a test compares two columns or more, here is %zu", *n);
    return true;
}

static Str columns_words(Eval *eval, const size_t *columns, size_t n)
{
    Buf buf = buf_new(eval->arena);
    for (size_t i = 0; i < n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? " v " : "", STR_ARG(eval->columns[columns[i]].key));
    buf_c(&buf);
    return buf_str(&buf);
}

static bool run_test(Eval *eval, const Scope *scope, const OutputBlock *block, const OutputTest *test,
                     TestFill *fill, const void *what, Error *err)
{
    size_t place, *columns, n;
    bool is_empty = false;
    TestInput input = {0};
    if (!eval_find_column(eval, test->in, test->at, &place, err) ||
        !test_columns(eval, test, &columns, &n, err))
        return false;
    input.n_groups = n;
    if (!fill(eval, what, columns, n, test->method->needs_values, &input, &is_empty, err)) return false;
    if (is_empty) return true;
    if (test->method->needs_values != (input.values != NULL)) {
        yaml_error(test->at, err, ERROR_INCONSISTENT,
                   "the test \"%s\" cannot be made of a block of kind \"%s\"", test->method->name,
                   block->kind->name);
        return error_hint(err, test->method->needs_values
                                   ? "It compares values: place it in a block \"statistics\"."
                                   : "It compares counts: place it in a block \"count\" or \"categories\".");
    }
    if (test->method->only && !str_equal(str_from(block->kind->name), str_from(test->method->only))) {
        yaml_error(test->at, err, ERROR_INCONSISTENT, "the test \"%s\" cannot be made of a block of kind \"%s\"", test->method->name,
                   block->kind->name);
        return error_hint(err, "It compares the same subjects twice: place it in categories of the value after, over columns of the value before.");
    }
    CellValues values = cell_values_none();
    Error trouble = {0};
    if (!test->method->run(eval->arena, &input, &values, &trouble) && trouble.code != ERROR_DEGENERATE) {
        if (err) *err = trouble;
        return error_at(err, test->at);
    }
    Provenance *from = eval_provenance(eval, scope, SIZE_MAX, block->subject, str_from(test->method->title),
                                       str_from(test->method->page));
    from->options = columns_words(eval, columns, n);
    eval_cell(eval, place, &test->format, &values, 0, from);
    return true;
}

bool eval_tests(Eval *eval, const Scope *scope, const OutputBlock *block, Str label, bool is_first,
                TestFill *fill, const void *what, Error *err)
{
    const OutputTests *tests = block->tests.at ? &block->tests : scope->tests;
    for (size_t i = 0; tests && i < tests->n; i++) {
        const OutputTest *test = &tests->items[i];
        if (test->row.len ? str_equal(test->row, label) : is_first)
            if (!run_test(eval, scope, block, test, fill, what, err)) return false;
    }
    return true;
}
