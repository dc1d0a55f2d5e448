#include "report/analysis_display.h"

#include "report/analysis_making.h"
#include "report/analysis_words.h"
#include "report/yaml_make.h"

/* A key of the analysis under the name it has in a block, if it is said. */
void making_pass(const Making *m, Yaml *map, const char *key, const char *as)
{
    const Yaml *said = yaml_get(m->plan->at, key);
    if (said) yaml_put(&m->maker, map, str_from(as), *said);
}

/* --- groups --- */

static Str group_of(const Making *m) { return m->plan->group.len ? m->plan->group : STR("ARM"); }

/* How the data name the arm: by id; data from elsewhere by title. */
static Str arm_level(const Making *m, const Arm *arm) { return m->protocol->data.at ? arm->title : arm->id; }

static Str level_title(const Making *m, Str level)
{
    const Arm *arm = protocol_arm(m->protocol, level);
    return arm ? arm->title : level;
}

static void add_level(Making *m, Str level)
{
    for (size_t i = 0; i < m->n_levels; i++)
        if (str_equal(m->levels[i], level)) return;
    m->levels[m->n_levels++] = level;
}

static bool is_named(const Making *m, Str level)
{
    for (size_t i = 0; i < m->n_compared; i++)
        if (str_equal(m->compared[i].left, level) || str_equal(m->compared[i].right, level)) return true;
    return false;
}

static void compare_as_said(Making *m)
{
    const KeyedTexts *said = &m->plan->compare;
    m->compared = ARENA_ARRAY(m->arena, Compared, said->n);
    for (size_t i = 0; i < said->n; i++) {
        const KeyedText *row = &said->items[i];
        if (row->values.n == 2) m->compared[m->n_compared++] = (Compared){row->key, row->values.items[0], row->values.items[1]};
        else m->why = "no table: a comparison must name two levels, [level, level it is taken from]";
    }
}

/* Each arm that is no control less each that is. */
static void compare_with_controls(Making *m)
{
    const Arms *arms = &m->protocol->arms;
    m->compared = ARENA_ARRAY(m->arena, Compared, arms->n * arms->n);
    for (size_t i = 0; i < arms->n; i++)
        for (size_t j = 0; j < arms->n; j++) {
            const Arm *left = &arms->items[i], *right = &arms->items[j];
            if (arm_is_control(left) || !arm_is_control(right)) continue;
            Str label = str_format(m->arena, STR_FMT " - " STR_FMT, STR_ARG(left->title), STR_ARG(right->title));
            m->compared[m->n_compared++] = (Compared){label, arm_level(m, left), arm_level(m, right)};
        }
}

/* The levels of the group: the arms' in their order, or those that are compared. */
static void find_groups(Making *m)
{
    const Arms *arms = &m->protocol->arms;
    m->levels = ARENA_ARRAY(m->arena, Str, arms->n + 2 * m->plan->compare.n);
    if (m->plan->compare.n) compare_as_said(m);
    else if (arms->n > 1) compare_with_controls(m);
    for (size_t i = 0; i < arms->n && arms->n > 1; i++)
        if (!m->plan->compare.n || is_named(m, arm_level(m, &arms->items[i]))) add_level(m, arm_level(m, &arms->items[i]));
    for (size_t i = 0; i < m->n_compared; i++) {
        add_level(m, m->compared[i].right);
        add_level(m, m->compared[i].left);
    }
}

/* --- parts of tables --- */

static double confidence_of(const Making *m) { return 1 - m->plan->alpha; }

Str making_interval_title(const Making *m) { return str_format(m->arena, "%g %% CI", 100 * confidence_of(m)); }

void making_put_confidence(const Making *m, Yaml *map)
{
    yaml_put(&m->maker, map, STR("confidence"), yaml_make_text(&m->maker, str_format(m->arena, "%.12g", confidence_of(m))));
}

/* The family that adjusts its p-values; empty when none does. */
Str making_adjusting_family(const Making *m)
{
    const Family *family = protocol_family(m->protocol, m->plan->family);
    return family && family->method != FAMILY_NONE ? family->id : (Str){0};
}

Str making_adjusted_title(const Making *m)
{
    const Family *family = protocol_family(m->protocol, m->plan->family);
    return str_format(m->arena, "p, %s", grammar_word(&FAMILY_METHOD_WORDS, (int)family->method));
}

static Yaml *start(const Making *m, Str number, bool with_visits)
{
    const AnalysisPlan *plan = m->plan;
    const Estimand *estimand = protocol_estimand(m->protocol, plan->estimand);
    Yaml *display = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, display, "table", number);
    yaml_put_text(&m->maker, display, "title", m->title);
    yaml_put_text(&m->maker, display, "data", analysis_data(m->protocol, plan));
    yaml_put_text(&m->maker, display, "population", plan->population.len ? plan->population : estimand ? estimand->population : (Str){0});
    yaml_put_text(&m->maker, display, "where", analysis_where(m->arena, m->protocol, plan, with_visits));
    yaml_put_text(&m->maker, display, "estimand", plan->estimand);
    yaml_put_text(&m->maker, display, "analysis", plan->id);
    if (plan->role == ANALYSIS_EXPLORATORY) yaml_put_text(&m->maker, display, "exploratory", STR("true"));
    yaml_put_text(&m->maker, display, "decimals", str_format(m->arena, "%d", plan->decimals < 0 ? 0 : plan->decimals));
    return display;
}

/* Columns of the groups, then `more` for what is compared. */
void making_put_columns(const Making *m, Yaml *display, Yaml *more)
{
    Yaml *columns = yaml_make_mapping(&m->maker), *levels = yaml_make_list(&m->maker, m->n_levels);
    yaml_put_text(&m->maker, columns, "variable", group_of(m));
    for (size_t i = 0; i < m->n_levels; i++) {
        Yaml *level = yaml_make_pair(&m->maker, "key", m->levels[i], "header", level_title(m, m->levels[i]));
        yaml_put_text(&m->maker, level, "value", m->levels[i]);
        yaml_add(levels, *level);
    }
    yaml_put(&m->maker, columns, STR("levels"), *levels);
    if (more && more->n) yaml_put(&m->maker, columns, STR("tests"), *more);
    yaml_put(&m->maker, display, STR("columns"), *columns);
}

static void add_item(const Making *m, Yaml *across, const char *key, Str header, Str variable, const char *format)
{
    Yaml *item = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, item, "key", str_from(key));
    yaml_put_text(&m->maker, item, "header", header);
    yaml_put_text(&m->maker, item, "variable", variable);
    yaml_put_text(&m->maker, item, "format", str_from(format));
    making_put_confidence(m, item);
    yaml_add(across, *item);
}

/* One block for each visit under its title, or one alone; `fill` puts what the block is. */
typedef void FillBlock(const Making *m, Yaml *block, Str label);

static void add_blocks(const Making *m, Yaml *rows, FillBlock *fill)
{
    const Texts *visits = &m->plan->visits;
    bool by_visit = analysis_has_scores(m->protocol, m->plan) && visits->n;
    for (size_t i = 0; i < (by_visit ? visits->n : 1); i++) {
        Yaml *block = yaml_make_mapping(&m->maker);
        fill(m, block, by_visit ? analysis_visit_title(m->protocol, visits->items[i]) : m->title);
        if (by_visit) yaml_put_text(&m->maker, block, "where", analysis_visits_condition(m->arena, &(Texts){1, &visits->items[i]}));
        yaml_add(rows, *block);
    }
}

size_t making_most_blocks(const Making *m) { return 4 * (m->plan->visits.n + 1) + m->n_compared; }

/* --- change within subjects --- */

static void fill_change(const Making *m, Yaml *block, Str label)
{
    yaml_put_text(&m->maker, block, "row", label);
    yaml_put_text(&m->maker, block, "method", str_from(grammar_word(&ANALYSIS_METHOD_WORDS, (int)m->plan->method)));
    yaml_put_text(&m->maker, block, "family", making_adjusting_family(m));
}

static bool make_change(Making *m, Yaml *display)
{
    Yaml *across = yaml_make_list(&m->maker, 8), *rows = yaml_make_list(&m->maker, making_most_blocks(m));
    bool is_t = m->plan->method == METHOD_PAIRED_T;
    add_item(m, across, "n", STR("n"), m->outcome, "{n}");
    add_item(m, across, "estimate", is_t ? STR("Mean") : STR("Median\n(Hodges-Lehmann)"), m->outcome, "{estimate}");
    if (is_t) add_item(m, across, "se", STR("SE"), m->outcome, "{se}");
    add_item(m, across, "ci", making_interval_title(m), m->outcome, "{ci_low} to {ci_high}");
    add_item(m, across, "p", STR("p"), m->outcome, "{p}");
    if (making_adjusting_family(m).len) add_item(m, across, "p_adjusted", making_adjusted_title(m), m->outcome, "{p_adjusted}");
    add_blocks(m, rows, fill_change);
    yaml_put(&m->maker, display, STR("across"), *across);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

static void fill_described(const Making *m, Yaml *block, Str label) { yaml_put_text(&m->maker, block, "row", label); }

static bool make_described(Making *m, Yaml *display)
{
    Yaml *across = yaml_make_list(&m->maker, 8), *rows = yaml_make_list(&m->maker, making_most_blocks(m));
    add_item(m, across, "n", STR("n"), m->outcome, "{n}");
    add_item(m, across, "mean", STR("Mean (SD)"), m->outcome, "{mean} ({sd})");
    add_item(m, across, "ci", making_interval_title(m), m->outcome, "{ci_low} to {ci_high}");
    add_item(m, across, "median", STR("Median (min, max)"), m->outcome, "{median} ({min}, {max})");
    add_blocks(m, rows, fill_described);
    if (m->n_levels) making_put_columns(m, display, NULL);
    yaml_put(&m->maker, display, STR("across"), *across);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* --- shares --- */

/* Subjects are counted, of all there are where no population says of whom. */
static void put_subjects(const Making *m, Yaml *display)
{
    const DataSource *elsewhere = &m->protocol->data;
    yaml_put_text(&m->maker, display, "distinct", elsewhere->at ? elsewhere->subject : STR("SUBJID"));
    if (!yaml_get(display, "population")) {
        Yaml *denominators = yaml_make_mapping(&m->maker);
        yaml_put_text(&m->maker, denominators, "data", elsewhere->at ? elsewhere->subjects : STR("subjects"));
        yaml_put(&m->maker, display, STR("denominators"), *denominators);
    }
}

static bool make_share(Making *m, Yaml *display)
{
    Yaml *across = yaml_make_list(&m->maker, 8), *rows = yaml_make_list(&m->maker, 1), *row = yaml_make_mapping(&m->maker);
    put_subjects(m, display);
    add_item(m, across, "n", STR("Subjects"), (Str){0}, "{n}/{N}");
    add_item(m, across, "pct", str_format(m->arena, "%% (exact\n" STR_FMT ")", STR_ARG(making_interval_title(m))), (Str){0},
             "{pct:1} ({ci_low:1} to {ci_high:1})");
    add_item(m, across, "events", STR("Records"), (Str){0}, "{events}");
    yaml_put_text(&m->maker, row, "row", m->title);
    yaml_add(rows, *row);
    if (m->n_levels) making_put_columns(m, display, NULL);
    yaml_put(&m->maker, display, STR("across"), *across);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* The test of the groups compared with each other, a column for each comparison, or one for all. */
static Yaml *make_tests(const Making *m, const char *method, Yaml *columns)
{
    size_t n = m->plan->compare.n ? m->n_compared : 1;
    Yaml *tests = yaml_make_list(&m->maker, n);
    for (size_t i = 0; i < n; i++) {
        Str key = str_format(m->arena, "p%zu", i + 1);
        Str header = m->plan->compare.n ? str_format(m->arena, "p, " STR_FMT, STR_ARG(m->compared[i].label)) : STR("p");
        Yaml *test = yaml_make_mapping(&m->maker), *of = yaml_make_list(&m->maker, 2);
        yaml_add(columns, *yaml_make_pair(&m->maker, "key", key, "header", header));
        yaml_put_text(&m->maker, test, "test", str_from(method));
        yaml_put_text(&m->maker, test, "in", key);
        if (m->plan->compare.n) {
            yaml_add(of, yaml_make_text(&m->maker, m->compared[i].left));
            yaml_add(of, yaml_make_text(&m->maker, m->compared[i].right));
            yaml_put(&m->maker, test, STR("of"), *of);
        }
        yaml_add(tests, *test);
    }
    return tests;
}

static bool need_groups(Making *m)
{
    if (m->n_levels < 2) m->why = "no table: there are no groups to compare: name them with `group` and `compare`";
    return m->n_levels >= 2;
}

/* Words of the blocks' `test`, where they are not those of the method. */
static const struct {
    AnalysisMethod method;
    const char *test;
} TESTS[] = {
    {METHOD_T_TEST, "welch"}, {METHOD_RANK_SUM, "rank-sum"}, {METHOD_ANOVA, "anova"},
    {METHOD_FISHER, "fisher"}, {METHOD_CHI_SQUARED, "chi-square"},
};

static const char *test_of(AnalysisMethod method)
{
    size_t i = 0;
    while (TESTS[i].method != method) i++;
    return TESTS[i].test;
}

static bool make_counts(Making *m, Yaml *display)
{
    Yaml *columns = yaml_make_list(&m->maker, m->n_compared + 1), *rows = yaml_make_list(&m->maker, 1), *row = yaml_make_mapping(&m->maker);
    if (!need_groups(m)) return false;
    Yaml *tests = make_tests(m, test_of(m->plan->method), columns);
    put_subjects(m, display);
    making_put_columns(m, display, columns);
    yaml_put_text(&m->maker, row, "count", m->title);
    yaml_put_text(&m->maker, row, "format", STR("{n}/{N} ({pct}%)"));
    yaml_put_text(&m->maker, row, "zero", STR("{n}/{N}"));
    yaml_put(&m->maker, row, STR("tests"), *tests);
    yaml_add(rows, *row);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* --- values of groups --- */

static void fill_values(const Making *m, Yaml *block, Str label)
{
    Yaml *lines = yaml_make_list(&m->maker, 3), *columns = yaml_make_list(&m->maker, m->n_compared + 1);
    yaml_put_text(&m->maker, block, "statistics", m->outcome);
    yaml_put_text(&m->maker, block, "group", label);
    yaml_add(lines, yaml_make_words(&m->maker, "n"));
    yaml_add(lines, yaml_make_words(&m->maker, "mean-sd"));
    yaml_add(lines, yaml_make_words(&m->maker, "median-iqr"));
    yaml_put(&m->maker, block, STR("lines"), *lines);
    yaml_put(&m->maker, block, STR("tests"), *make_tests(m, test_of(m->plan->method), columns));
}

static bool make_values(Making *m, Yaml *display)
{
    Yaml *columns = yaml_make_list(&m->maker, m->n_compared + 1), *rows = yaml_make_list(&m->maker, making_most_blocks(m));
    if (!need_groups(m)) return false;
    (void)make_tests(m, test_of(m->plan->method), columns);
    making_put_columns(m, display, columns);
    add_blocks(m, rows, fill_values);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* --- models and groups within them --- */

static bool make_anova(Making *m, Yaml *display)
{
    return m->plan->formula.len ? analysis_make_model(m, display) : make_values(m, display);
}

static void fill_subgroup(const Making *m, Yaml *block, Str label)
{
    yaml_put_text(&m->maker, block, "subgroup", m->plan->subgroup);
    yaml_put_text(&m->maker, block, "group", label);
    yaml_put_text(&m->maker, block, "outcome", m->outcome);
    yaml_put_text(&m->maker, block, "overall", STR("All"));
    making_put_confidence(m, block);
    if (m->n_levels > 1) {
        yaml_put_text(&m->maker, block, "factor", group_of(m));
        yaml_put_text(&m->maker, block, "reference", m->compared[0].right);
    }
}

static bool make_subgroup(Making *m, Yaml *display)
{
    Yaml *across = yaml_make_list(&m->maker, 8), *rows = yaml_make_list(&m->maker, making_most_blocks(m));
    if (!m->plan->interaction) m->why = "no table: groups are looked at without their interaction";
    if (m->n_levels > 1 && !m->n_compared) m->why = "no table: no comparison is named";
    if (m->why) return false;
    add_item(m, across, "n", STR("n"), (Str){0}, "{n}");
    add_item(m, across, "estimate", m->n_levels > 1 ? STR("Difference") : STR("Mean"), (Str){0}, "{estimate}");
    add_item(m, across, "se", STR("SE"), (Str){0}, "{se}");
    add_item(m, across, "ci", making_interval_title(m), (Str){0}, "{ci_low} to {ci_high}");
    add_item(m, across, "p", STR("p that levels\ndiffer"), (Str){0}, "{p}");
    add_blocks(m, rows, fill_subgroup);
    yaml_put(&m->maker, display, STR("across"), *across);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* --- methods --- */

/* Tables by method; one without `make` has its place elsewhere in the report, or needs a `display`. */
static const struct {
    AnalysisMethod method;
    const char *title;
    bool (*make)(Making *m, Yaml *display);
    const char *why;
} METHODS[] = {
    {METHOD_DESCRIPTIVE, "description without a test", make_described, NULL},
    {METHOD_PAIRED_T, "paired t test", make_change, NULL},
    {METHOD_SIGNED_RANK, "Wilcoxon's signed-rank test", make_change, NULL},
    {METHOD_SIGNED_RANK_PRATT, "Wilcoxon's signed-rank test with changes of nought (Pratt)", make_change, NULL},
    {METHOD_T_TEST, "two-sample t test, variances not assumed equal (Welch)", make_values, NULL},
    {METHOD_RANK_SUM, "Wilcoxon's rank-sum test", make_values, NULL},
    {METHOD_ANCOVA, "analysis of covariance", analysis_make_model, NULL},
    {METHOD_ANOVA, "analysis of variance", make_anova, NULL},
    {METHOD_LINEAR_MODEL, "linear model", analysis_make_model, NULL},
    {METHOD_MMRM, "mixed model for repeated measures", analysis_make_model, NULL},
    {METHOD_KAPLAN_MEIER, "Kaplan-Meier curves", analysis_make_survival, NULL},
    {METHOD_LOG_RANK_TEST, "log-rank test", analysis_make_survival, NULL},
    {METHOD_COX_REGRESSION, "Cox's regression", analysis_make_survival, NULL},
    {METHOD_LOGISTIC, "logistic regression", analysis_make_odds, NULL},
    {METHOD_FIRTH, "logistic regression by Firth's penalised likelihood", analysis_make_odds, NULL},
    {METHOD_FISHER, "Fisher's exact test", make_counts, NULL},
    {METHOD_CHI_SQUARED, "Pearson's chi-squared test", make_counts, NULL},
    {METHOD_PROPORTION, "proportion with its exact interval", make_share, NULL},
    {METHOD_SHIFT, "table of categories before and after", NULL, "no table: its categories are not named; write a `display`, or an output"},
    {METHOD_EXCESS_CHANGE, "change beyond growth", NULL, "under \xe2\x80\x9c" "Against growth alone\xe2\x80\x9d"},
    {METHOD_TIPPING_POINT, "tipping point", NULL, "under \xe2\x80\x9c" "Against growth alone\xe2\x80\x9d"},
};

enum { N_METHODS = sizeof METHODS / sizeof METHODS[0] };

static size_t find_method(AnalysisMethod method)
{
    size_t i = 0;
    while (i < N_METHODS && METHODS[i].method != method) i++;
    return i;
}

const char *analysis_method_title(AnalysisMethod method)
{
    size_t i = find_method(method);
    return i < N_METHODS ? METHODS[i].title : grammar_word(&ANALYSIS_METHOD_WORDS, (int)method);
}

/* What the analysis itself says of its table, over the number, title, data, population and condition of the plan. */
static void take_display(const Making *m, Yaml *display)
{
    const Yaml *said = m->plan->display;
    Yaml *merged = yaml_make_mapping(&m->maker);
    for (size_t i = 0; i < display->n; i++)
        if (!yaml_get(said, str_c(m->arena, display->keys[i].text))) yaml_put(&m->maker, merged, display->keys[i].text, display->items[i]);
    for (size_t i = 0; i < said->n && merged->n < YAML_MAKE_MEMBERS; i++) {
        merged->keys[merged->n] = said->keys[i];
        merged->items[merged->n++] = said->items[i];
    }
    *display = *merged;
}

const Yaml *analysis_display(Arena *arena, const Protocol *protocol, const AnalysisPlan *plan, Str number, const char **why)
{
    size_t method = find_method(plan->method);
    Making m = {.arena = arena, .maker = {arena, plan->at}, .protocol = protocol, .plan = plan, .title = plan->title.len ? plan->title : plan->id};
    Yaml *display = start(&m, number, true);
    *why = NULL;
    if (plan->display) {
        take_display(&m, display);
        return display;
    }
    *why = method < N_METHODS ? METHODS[method].why : "no table: its method makes none; write a `display`";
    if (method == N_METHODS || !METHODS[method].make) return NULL;
    m.outcome = analysis_outcome(protocol, plan);
    find_groups(&m);
    bool counts = METHODS[method].make == make_share || METHODS[method].make == make_counts;
    if (!counts && !m.outcome.len) m.why = "no table: no `variable` or `outcome` is named";
    bool made = !m.why && (plan->subgroup.len ? make_subgroup : METHODS[method].make)(&m, display);
    *why = m.why;
    return made ? display : NULL;
}
