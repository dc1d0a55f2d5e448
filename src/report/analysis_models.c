#include "report/analysis_making.h"

#include "report/analysis_words.h"

/* --- models --- */

static bool is_repeated(const Making *m) { return m->plan->method == METHOD_MMRM; }

static Str means_words(const Making *m)
{
    const Texts *at = &m->plan->means_at;
    if (at->n == 1) return analysis_visit_title(m->protocol, at->items[0]);
    Buf buf = buf_new(m->arena);
    buf_add_c(&buf, "Average of ");
    for (size_t i = 0; i < at->n; i++) buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(analysis_visit_title(m->protocol, at->items[i])));
    buf_c(&buf);
    return buf_str(&buf);
}

static Yaml *model_block(const Making *m, Str group, bool is_first, bool has_means)
{
    static const struct {
        const char *key, *as;
    } PASSED[] = {{"df", "df"}, {"likelihood", "method"}, {"fallback", "fallback"}, {"vcov", "vcov"}, {"weights", "weights"}};
    Yaml *block = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, block, "model", m->plan->formula);
    yaml_put_text(&m->maker, block, "group", group);
    if (!is_first) {
        yaml_put_text(&m->maker, block, "header", STR("false"));
        yaml_put_text(&m->maker, block, "indent", STR("1"));
    }
    for (size_t i = 0; i < sizeof PASSED / sizeof PASSED[0]; i++) making_pass(m, block, PASSED[i].key, PASSED[i].as);
    if (has_means) making_pass(m, block, "impute", "impute");
    if (has_means) making_pass(m, block, "at", "at");
    if (has_means) making_pass(m, block, "margins", "margins");
    making_put_confidence(m, block);
    return block;
}

static void put_means(const Making *m, Yaml *rows, Yaml *block)
{
    Yaml *lines = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, lines, "n", STR("{n}"));
    yaml_put_text(&m->maker, lines, "LS mean (SE)", STR("{lsmean} ({se})"));
    yaml_put(&m->maker, block, STR("lines"), *lines);
    yaml_add(rows, *block);
}

/* compare: {name: [left, right]} */
static Yaml *comparisons(const Making *m)
{
    Yaml *compare = yaml_make_mapping(&m->maker);
    for (size_t i = 0; i < m->n_compared; i++) {
        Yaml *two = yaml_make_list(&m->maker, 2);
        yaml_add(two, yaml_make_text(&m->maker, m->compared[i].left));
        yaml_add(two, yaml_make_text(&m->maker, m->compared[i].right));
        yaml_put(&m->maker, compare, m->compared[i].label, *two);
    }
    return compare;
}

static void put_differences(const Making *m, Yaml *rows, Yaml *block)
{
    Yaml *lines = yaml_make_mapping(&m->maker);
    yaml_put(&m->maker, block, STR("compare"), *comparisons(m));
    yaml_put_text(&m->maker, block, "family", making_adjusting_family(m));
    yaml_put_text(&m->maker, lines, "Difference", STR("{diff}"));
    yaml_put_text(&m->maker, lines, "SE", STR("{se}"));
    yaml_put(&m->maker, lines, making_interval_title(m), yaml_make_words(&m->maker, "{ci_low} to {ci_high}"));
    yaml_put_text(&m->maker, lines, "p", STR("{p}"));
    if (making_adjusting_family(m).len) yaml_put(&m->maker, lines, making_adjusted_title(m), yaml_make_words(&m->maker, "{p_adjusted}"));
    yaml_put(&m->maker, block, STR("lines"), *lines);
    yaml_add(rows, *block);
}

static void put_term(const Making *m, Yaml *rows, Yaml *block, const char *column)
{
    Yaml *lines = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, block, "term", m->plan->term);
    yaml_put_text(&m->maker, block, "in", str_from(column));
    yaml_put_text(&m->maker, lines, "F", STR("{statistic}"));
    yaml_put_text(&m->maker, lines, "p", STR("{p}"));
    yaml_put(&m->maker, block, STR("lines"), *lines);
    yaml_add(rows, *block);
}

/* Blocks of one visit, or of all. */
static void add_models(const Making *m, Yaml *rows, Str group, Str where)
{
    bool with_groups = m->n_levels > 1, is_alone = is_repeated(m) && !with_groups && !m->plan->term.len;
    size_t from = rows->n;
    if (with_groups || is_alone) put_means(m, rows, model_block(m, group, true, true));
    if (with_groups && m->n_compared) put_differences(m, rows, model_block(m, group, false, true));
    if (m->plan->term.len) put_term(m, rows, model_block(m, group, rows->n == from, false), with_groups ? "term" : "all");
    for (size_t i = from; i < rows->n; i++) yaml_put_text(&m->maker, &rows->items[i], "where", where);
}

bool analysis_make_model(Making *m, Yaml *display)
{
    const Texts *visits = &m->plan->visits;
    Yaml *columns = yaml_make_list(&m->maker, m->n_compared + 1), *rows = yaml_make_list(&m->maker, making_most_blocks(m));
    if (!m->plan->formula.len) m->why = "no table: no model is named: write a `formula`";
    else if (m->n_levels < 2 && !m->plan->term.len && !is_repeated(m))
        m->why = "no table: neither groups to compare nor a `term` to test is named";
    if (m->why) return false;
    for (size_t i = 0; i < m->n_compared; i++) yaml_add(columns, *yaml_make_pair(&m->maker, "key", m->compared[i].label, "header", m->compared[i].label));
    if (m->plan->term.len)
        yaml_add(columns, *yaml_make_pair(&m->maker, "key", STR("term"), "header", str_format(m->arena, "Test of " STR_FMT, STR_ARG(m->plan->term))));
    if (m->n_levels > 1) making_put_columns(m, display, columns);
    if (is_repeated(m)) add_models(m, rows, m->plan->means_at.n ? means_words(m) : m->title, (Str){0});
    else if (analysis_has_scores(m->protocol, m->plan) && visits->n)
        for (size_t i = 0; i < visits->n; i++)
            add_models(m, rows, analysis_visit_title(m->protocol, visits->items[i]), analysis_visits_condition(m->arena, &(Texts){1, &visits->items[i]}));
    else add_models(m, rows, m->title, (Str){0});
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* --- times to an event --- */

static Yaml *survival_block(const Making *m, Yaml *rows, bool is_first)
{
    Yaml *block = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, block, "survival", m->plan->formula);
    yaml_put_text(&m->maker, block, "group", m->title);
    if (!is_first) {
        yaml_put_text(&m->maker, block, "header", STR("false"));
        yaml_put_text(&m->maker, block, "indent", STR("1"));
    }
    making_put_confidence(m, block);
    yaml_add(rows, *block);
    return &rows->items[rows->n - 1];
}

static void put_curves(const Making *m, Yaml *rows)
{
    Yaml *block = survival_block(m, rows, true), *lines = yaml_make_mapping(&m->maker);
    yaml_put_text(&m->maker, lines, "Events / n", STR("{events}/{n}"));
    yaml_put(&m->maker, lines, str_format(m->arena, "Median (" STR_FMT ")", STR_ARG(making_interval_title(m))), yaml_make_words(&m->maker, "{median} ({ci_low} to {ci_high})"));
    yaml_put(&m->maker, block, STR("lines"), *lines);
}

/* Each comparison in its column: the log-rank test of the two, or the ratio of their hazards. */
static void put_hazards(const Making *m, Yaml *rows)
{
    Yaml *block = survival_block(m, rows, false), *lines = yaml_make_mapping(&m->maker);
    bool is_cox = m->plan->method == METHOD_COX_REGRESSION;
    yaml_put(&m->maker, block, STR("compare"), *comparisons(m));
    if (!is_cox) yaml_put_text(&m->maker, block, "method", STR("log-rank"));
    if (is_cox) {
        yaml_put_text(&m->maker, lines, "Hazard ratio", STR("{ratio}"));
        yaml_put(&m->maker, lines, making_interval_title(m), yaml_make_words(&m->maker, "{ci_low:2} to {ci_high:2}"));
    }
    yaml_put_text(&m->maker, lines, is_cox ? "p" : "Log-rank p", STR("{p}"));
    yaml_put(&m->maker, block, STR("lines"), *lines);
}

bool analysis_make_survival(Making *m, Yaml *display)
{
    Yaml *columns = yaml_make_list(&m->maker, m->n_compared), *rows = yaml_make_list(&m->maker, 2);
    bool compares = m->plan->method != METHOD_KAPLAN_MEIER;
    if (!m->plan->formula.len) m->why = "no table: no model is named: write a `formula`, Surv(TIME, EVENT) ~ ARM";
    else if (compares && !m->n_compared) m->why = "no table: there are no groups to compare: name them with `group` and `compare`";
    if (m->why) return false;
    for (size_t i = 0; compares && i < m->n_compared; i++)
        yaml_add(columns, *yaml_make_pair(&m->maker, "key", m->compared[i].label, "header", m->compared[i].label));
    if (m->n_levels > 1) making_put_columns(m, display, columns);
    put_curves(m, rows);
    if (compares) put_hazards(m, rows);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}

/* --- outcomes that are or are not --- */

static Yaml *regression_block(const Making *m, Yaml *rows, bool is_first)
{
    Yaml *block = model_block(m, m->title, is_first, false);
    yaml_put_text(&m->maker, block, "regression", str_from(grammar_word(&ANALYSIS_METHOD_WORDS, (int)m->plan->method)));
    yaml_add(rows, *block);
    return &rows->items[rows->n - 1];
}

bool analysis_make_odds(Making *m, Yaml *display)
{
    Yaml *columns = yaml_make_list(&m->maker, m->n_compared), *rows = yaml_make_list(&m->maker, 2), *shares = yaml_make_mapping(&m->maker), *ratios = yaml_make_mapping(&m->maker), *block;
    if (!m->plan->formula.len) m->why = "no table: no model is named: write a `formula`, RESP = 'Y' ~ ARM";
    else if (!m->n_compared) m->why = "no table: there are no groups to compare: name them with `group` and `compare`";
    if (m->why) return false;
    for (size_t i = 0; i < m->n_compared; i++) yaml_add(columns, *yaml_make_pair(&m->maker, "key", m->compared[i].label, "header", m->compared[i].label));
    making_put_columns(m, display, columns);
    yaml_put_text(&m->maker, shares, "Events / n", STR("{events}/{n}"));
    yaml_put(&m->maker, shares, str_format(m->arena, "Adjusted %% (" STR_FMT ")", STR_ARG(making_interval_title(m))), yaml_make_words(&m->maker, "{pct} ({ci_low:0} to {ci_high:0})"));
    yaml_put(&m->maker, regression_block(m, rows, true), STR("lines"), *shares);
    block = regression_block(m, rows, false);
    yaml_put_text(&m->maker, ratios, "Odds ratio", STR("{ratio}"));
    yaml_put(&m->maker, ratios, making_interval_title(m), yaml_make_words(&m->maker, "{ci_low:2} to {ci_high:2}"));
    yaml_put_text(&m->maker, ratios, "p", STR("{p}"));
    yaml_put(&m->maker, block, STR("compare"), *comparisons(m));
    yaml_put(&m->maker, block, STR("lines"), *ratios);
    yaml_put(&m->maker, display, STR("rows"), *rows);
    return true;
}
