/* What can be wrong with the models of planned analyses before there are data. */
#include "protocol/frames.h"
#include "report/analyses.h"
#include "report/analysis_words.h"
#include "stat/formula.h"

typedef struct {
    Arena *arena;
    const Protocol *protocol;
    const AnalysisPlan *analysis;
    ProblemList *problems;
    Str data;
    Texts columns;
} Check;

static const Yaml *place(const Check *check, const char *key)
{
    const Yaml *said = yaml_get(check->analysis->at, key);
    return said ? said : check->analysis->at;
}

static void check_column(const Check *check, Str name, const char *key)
{
    const Texts *columns = &check->columns;
    bool known = !name.len || !columns->n;
    for (size_t i = 0; !known && i < columns->n; i++) known = str_equal_fold(columns->items[i], name);
    if (known) return;
    Str near = str_nearest(name, columns->items, columns->n);
    Problem *problem = problem_add(check->problems, PROBLEM_ERROR, "unknown-variable", place(check, key),
                                   "the analysis \"" STR_FMT "\" reads \"" STR_FMT "\", which is no column of \"" STR_FMT "\"",
                                   STR_ARG(check->analysis->id), STR_ARG(name), STR_ARG(check->data));
    problem->fix = near.len ? str_format(check->arena, "Did you mean \"" STR_FMT "\"?", STR_ARG(near))
                            : STR("Name a column of the analysis' `data`.");
}

/* Formulas whose left side is a time or a condition are judged by the blocks that read them. */
static bool has_own_language(AnalysisMethod method)
{
    return method == METHOD_KAPLAN_MEIER || method == METHOD_LOG_RANK_TEST || method == METHOD_COX_REGRESSION ||
           method == METHOD_LOGISTIC || method == METHOD_FIRTH;
}

static void check_formula(const Check *check)
{
    const AnalysisPlan *analysis = check->analysis;
    Formula formula;
    Error err = {0};
    if (!analysis->formula.len || has_own_language(analysis->method)) return;
    if (!formula_parse(check->arena, analysis->formula, &formula, &err)) {
        error_in(&err, "analysis \"" STR_FMT "\"", STR_ARG(analysis->id));
        problem_add_error(check->problems, "bad-formula", place(check, "formula"), &err);
        return;
    }
    for (size_t c = 0; c < formula.n_columns; c++) check_column(check, formula.columns[c], "formula");
    if (analysis->method == METHOD_MMRM && !formula.n_covariances) {
        Problem *problem = problem_add(check->problems, PROBLEM_ERROR, "bad-formula", place(check, "formula"),
                                       "the formula of \"" STR_FMT "\" says no covariance", STR_ARG(analysis->id));
        problem->fix = STR("Add which visits of which subjects are correlated: us(AVISIT | SUBJID).");
    }
}

/* Levels of ARM are the protocol's arms, unless the data come from elsewhere. */
static void check_levels(const Check *check)
{
    const AnalysisPlan *analysis = check->analysis;
    const Arms *arms = &check->protocol->arms;
    bool are_arms = !check->protocol->data.at && (!analysis->group.len || str_equal(analysis->group, STR("ARM")));
    Str *known = ARENA_ARRAY(check->arena, Str, arms->n + 1);
    for (size_t a = 0; a < arms->n; a++) known[a] = arms->items[a].id;
    for (size_t i = 0; i < analysis->compare.n; i++) {
        const KeyedText *row = &analysis->compare.items[i];
        if (row->values.n != 2)
            problem_add(check->problems, PROBLEM_ERROR, "bad-comparison", row->at, "the comparison \"" STR_FMT "\" names %zu levels, not two",
                        STR_ARG(row->key), row->values.n)
                ->fix = STR("Write [level, level it is taken from].");
        for (size_t k = 0; are_arms && k < row->values.n; k++) {
            if (protocol_arm(check->protocol, row->values.items[k])) continue;
            Str near = str_nearest(row->values.items[k], known, arms->n);
            problem_add(check->problems, PROBLEM_ERROR, "bad-comparison", row->at, "there is no arm \"" STR_FMT "\"", STR_ARG(row->values.items[k]))
                ->fix = near.len ? str_format(check->arena, "Did you mean \"" STR_FMT "\"?", STR_ARG(near)) : STR("Name ids of `arms`.");
        }
    }
}

void analyses_check(Arena *arena, const Protocol *protocol, ProblemList *problems)
{
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        Check check = {.arena = arena, .protocol = protocol, .analysis = &protocol->analyses.items[i], .problems = problems};
        check.data = analysis_data(protocol, check.analysis);
        if (!protocol_frame_columns(arena, protocol, check.data, &check.columns)) check.columns = (Texts){0};
        check_formula(&check);
        check_column(&check, check.analysis->outcome, "outcome");
        check_column(&check, check.analysis->group, "group");
        check_column(&check, check.analysis->weights, "weights");
        check_levels(&check);
    }
}
