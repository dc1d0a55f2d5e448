/* p values adjusted for how many there are, and multiple tests along a graph. */
#include <math.h>

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"
#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/grid.h"
#include "stat/graphical.h"
#include "stat/multiplicity.h"

#define MAX_P 10000
#define MAX_HYPOTHESES 200

typedef struct {
    Invocation *call;
    size_t n;
    double *p;
    Str *labels;
    double alpha;
    TestGraph graph;
    GraphicalTest test;
} Adjusting;

/* --- p values --- */

static bool add_p(Adjusting *a, Str text, Str label, Error *err)
{
    double p;
    if (!number_parse(text, &p) || !(p >= 0 && p <= 1)) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is no p value", STR_ARG(text));
        return error_hint(err, "Give numbers from 0 to 1 with a point (0.01), a CSV file with --column, or a graph (.yaml).");
    }
    a->p[a->n] = p;
    a->labels[a->n] = label.len ? label : str_format(a->call->arena, "p%zu", a->n + 1);
    a->n++;
    return true;
}

/* "0.01 0.04", "0.01,0.04", "low=0.01" */
static bool read_words(Adjusting *a, Error *err)
{
    for (size_t i = 0; i < a->call->n_args; i++) {
        Str rest = a->call->args[i], part, label, text;
        for (bool more = true; more;) {
            more = str_cut(rest, STR(","), &part, &rest);
            if (!more) part = rest;
            bool named = str_cut(part, STR("="), &label, &text);
            if (a->n == MAX_P) return error_set(err, ERROR_USAGE, "there are more than %d p values", MAX_P);
            if (!add_p(a, str_trim(named ? text : part), named ? str_trim(label) : STR(""), err)) return false;
        }
    }
    return true;
}

static bool read_file(Adjusting *a, Error *err)
{
    Frame *frame;
    const Column *p, *label = NULL;
    Str column = option_text(a->call, "column"), labels = option_text(a->call, "label");
    if (!data_file_read(a->call->arena, a->call->args[0], &frame, err) ||
        !frame_need(frame, column.len ? column : STR("p"), &p, err) || (labels.len && !frame_need(frame, labels, &label, err)))
        return false;
    if (frame->n_rows > MAX_P) return error_set(err, ERROR_USAGE, "there are more than %d p values", MAX_P);
    for (size_t row = 0; row < frame->n_rows; row++) {
        if (p->missing[row] != MISSING_NOT) {
            error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is missing in row %zu", STR_ARG(p->name), row + 1);
            return error_hint(err, "A test that was planned and not made counts too: give it p = 1, or take it out of the family beforehand.");
        }
        if (!add_p(a, frame_cell_text(a->call->arena, p, row), label ? frame_cell_text(a->call->arena, label, row) : STR(""), err))
            return error_in(err, "row %zu", row + 1);
    }
    return true;
}

/* The methods asked for: one by name or its short form, else all but none. */
static bool read_methods(const Adjusting *a, Adjustment *methods, size_t *n, Error *err)
{
    static const struct {
        const char *word;
        Adjustment method;
    } short_forms[] = {{"bh", ADJUSTMENT_BH}, {"fdr", ADJUSTMENT_BH}, {"by", ADJUSTMENT_BY}};
    Str asked = option_text(a->call, "method");
    *n = 0;
    if (!asked.len) {
        for (Adjustment m = ADJUSTMENT_BONFERRONI; m <= ADJUSTMENT_BY; m++) methods[(*n)++] = m;
        return true;
    }
    *n = 1;
    for (size_t i = 0; i < 3; i++)
        if (str_equal_fold(asked, str_from(short_forms[i].word))) {
            methods[0] = short_forms[i].method;
            return true;
        }
    if (adjustment_parse(asked, &methods[0])) return true;
    error_set(err, ERROR_USAGE, "there is no method \"" STR_FMT "\"", STR_ARG(asked));
    return error_hint(err, "Use bonferroni, holm, hochberg, hommel, benjamini-hochberg (bh) or benjamini-yekutieli (by).");
}

static void write_adjusted(const Adjusting *a, const Adjustment *methods, size_t n_methods, double *const *adjusted)
{
    Arena *arena = a->call->arena;
    Buf *out = a->call->out;
    const char **heads = ARENA_ARRAY(arena, const char *, n_methods + 2);
    heads[0] = "";
    heads[1] = "p";
    for (size_t m = 0; m < n_methods; m++) heads[m + 2] = adjustment_word(methods[m]);
    Grid grid = grid_new(arena, heads, n_methods + 2);
    for (size_t i = 0; i < a->n; i++) {
        grid_add(&grid, a->labels[i]);
        grid_p(&grid, a->p[i]);
        for (size_t m = 0; m < n_methods; m++) grid_p(&grid, adjusted[m][i]);
    }
    grid_write(&grid, out);
    buf_char(out, '\n');
    for (size_t m = 0; m < n_methods; m++)
        buf_format(out, "  %-20skeeps the %s\n", adjustment_word(methods[m]), adjustment_keeps(methods[m]));
    buf_add_c(out, "  FWER: the chance of any false rejection; FDR: the expected share of false ones among rejections\n");
}

static void put_adjusted(const Adjusting *a, const Adjustment *methods, size_t n_methods, double *const *adjusted)
{
    JsonWriter json = json_writer(a->call->out, 2);
    json_begin_object(&json);
    json_key(&json, STR("p values"));
    json_begin_array(&json);
    for (size_t i = 0; i < a->n; i++) {
        json_begin_object(&json);
        json_member_text(&json, "label", a->labels[i]);
        json_member_number(&json, "p", a->p[i]);
        for (size_t m = 0; m < n_methods; m++) json_member_number(&json, adjustment_word(methods[m]), adjusted[m][i]);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    buf_char(a->call->out, '\n');
}

static bool adjust_list(Adjusting *a, bool is_file, Error *err)
{
    Adjustment methods[ADJUSTMENT_BY + 1];
    double *adjusted[ADJUSTMENT_BY + 1];
    size_t n_methods;
    Arena *arena = a->call->arena;
    a->p = ARENA_ARRAY(arena, double, MAX_P);
    a->labels = ARENA_ARRAY(arena, Str, MAX_P);
    if (!read_methods(a, methods, &n_methods, err) || !(is_file ? read_file : read_words)(a, err)) return false;
    for (size_t m = 0; m < n_methods; m++) {
        adjusted[m] = ARENA_ARRAY(arena, double, a->n + 1);
        if (!adjust_p(arena, methods[m], a->p, a->n, adjusted[m], err)) return false;
    }
    (a->call->json ? put_adjusted : write_adjusted)(a, methods, n_methods, adjusted);
    return true;
}

/* --- graphs --- */

static bool need_number(const Yaml *of, const char *key, double *value, Error *err)
{
    const Yaml *at = yaml_get(of, key);
    if (!at) return yaml_error(of, err, ERROR_MALFORMED, "a hypothesis lacks \"%s\"", key);
    return yaml_number(at, value) || yaml_error(at, err, ERROR_MALFORMED, "\"%s\" is no number", key);
}

static bool read_arrows(const Adjusting *a, const Yaml *to, double *row, Error *err)
{
    if (!to) return true;
    if (to->kind != YAML_IS_MAPPING) return yaml_error(to, err, ERROR_MALFORMED, "\"to\" is a mapping of hypotheses to shares");
    for (size_t i = 0; i < to->n; i++) {
        size_t k = 0;
        while (k < a->n && !str_equal(a->labels[k], to->keys[i].text)) k++;
        if (k == a->n) {
            Str near = str_nearest(to->keys[i].text, a->labels, a->n);
            yaml_error(&to->keys[i], err, ERROR_INCONSISTENT, "there is no hypothesis \"" STR_FMT "\"", STR_ARG(to->keys[i].text));
            return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near.len ? near : a->labels[0]));
        }
        if (!yaml_number(&to->items[i], &row[k])) return yaml_error(&to->items[i], err, ERROR_MALFORMED, "a share is no number");
    }
    return true;
}

static bool check_keys(const Yaml *mapping, const char *const *known, size_t n_known, Error *err)
{
    for (size_t i = 0, k; i < mapping->n; i++) {
        Str names[4] = {{0}};
        for (k = 0; k < n_known; k++) names[k] = str_from(known[k]);
        for (k = 0; k < n_known && !str_equal(mapping->keys[i].text, names[k]);) k++;
        if (k < n_known) continue;
        Str near = str_nearest(mapping->keys[i].text, names, n_known);
        yaml_error(&mapping->keys[i], err, ERROR_INCONSISTENT, "there is no key \"" STR_FMT "\" here", STR_ARG(mapping->keys[i].text));
        return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near.len ? near : names[0]));
    }
    return true;
}

static bool read_hypotheses(Adjusting *a, const Yaml *list, Error *err)
{
    static const char *const known[] = {"weight", "p", "to"};
    Arena *arena = a->call->arena;
    double *weights = ARENA_ARRAY(arena, double, list->n + 1), *transitions = ARENA_ARRAY(arena, double, list->n * list->n + 1);
    a->p = ARENA_ARRAY(arena, double, list->n + 1);
    a->labels = ARENA_ARRAY(arena, Str, list->n + 1);
    for (a->n = 0; a->n < list->n; a->n++) a->labels[a->n] = list->keys[a->n].text;
    for (size_t j = 0; j < a->n; j++) {
        const Yaml *of = &list->items[j];
        if (of->kind != YAML_IS_MAPPING) return yaml_error(of, err, ERROR_MALFORMED, "a hypothesis has weight, p and to");
        if (!check_keys(of, known, 3, err) || !need_number(of, "weight", &weights[j], err) || !need_number(of, "p", &a->p[j], err) ||
            !read_arrows(a, yaml_get(of, "to"), &transitions[j * a->n], err))
            return false;
    }
    a->graph = (TestGraph){a->n, weights, transitions};
    return true;
}

static bool read_graph(Adjusting *a, Error *err)
{
    static const char *const known[] = {"hypotheses", "alpha"};
    Str text;
    Yaml *yaml = ARENA_NEW(a->call->arena, Yaml);
    if (!file_read(a->call->arena, a->call->args[0], YAML_MAX_BYTES, &text, err)) return false;
    if (!yaml_parse(a->call->arena, text, yaml, err)) return error_in(err, STR_FMT, STR_ARG(a->call->args[0]));
    const Yaml *list = yaml_get(yaml, "hypotheses"), *alpha = yaml_get(yaml, "alpha");
    a->alpha = 0.05;
    if (!list || list->kind != YAML_IS_MAPPING || !list->n || list->n > MAX_HYPOTHESES) {
        yaml_error(list ? list : yaml, err, ERROR_MALFORMED, "there is no mapping \"hypotheses\" of 1 to %d", MAX_HYPOTHESES);
        error_hint(err, "Write hypotheses: {low: {weight: 0.5, p: 0.01, to: {high: 1}}, high: ..}.");
    } else if (alpha && !yaml_number(alpha, &a->alpha)) {
        yaml_error(alpha, err, ERROR_MALFORMED, "\"alpha\" is no number");
    } else if (check_keys(yaml, known, 2, err) && read_hypotheses(a, list, err)) {
        a->alpha = option_number(a->call, "alpha", a->alpha);
        return true;
    }
    return error_in(err, STR_FMT, STR_ARG(a->call->args[0]));
}

static void write_graph(const Adjusting *a)
{
    Arena *arena = a->call->arena;
    Buf *out = a->call->out;
    const char **heads = ARENA_ARRAY(arena, const char *, a->n + 7);
    static const char *const first[] = {"step", "judged", "p", "needs", "", "adjusted p"};
    for (size_t i = 0; i < 6; i++) heads[i] = first[i];
    for (size_t j = 0; j < a->n; j++) heads[6 + j] = str_c(arena, str_format(arena, "w(" STR_FMT ")", STR_ARG(a->labels[j])));
    Grid grid = grid_new(arena, heads, a->n + 6);
    bool *gone = ARENA_ARRAY(arena, bool, a->n);
    for (size_t s = 0; s < a->n; s++) {
        const GraphStep *step = &a->test.steps[s];
        grid_add(&grid, str_format(arena, "%zu", s + 1));
        grid_add(&grid, a->labels[step->hypothesis]);
        grid_p(&grid, step->p);
        grid_number(&grid, step->weight * a->alpha, 5);
        grid_add(&grid, step->rejected ? STR("rejected") : STR("kept"));
        grid_p(&grid, step->p_adjusted);
        for (size_t j = 0; j < a->n; j++) {
            if (gone[j]) grid_add(&grid, STR("-"));
            else grid_number(&grid, step->graph.weights[j], 4);
        }
        gone[step->hypothesis] = true;
    }
    buf_format(out, "Tests along a graph, family-wise error rate %g\n", a->alpha);
    grid_write(&grid, out);
    buf_format(out, "  %zu of %zu hypotheses rejected; w: the share of the error rate each holds when the step is judged\n", a->test.n_rejected, a->n);
}

static void put_graph(const Adjusting *a)
{
    JsonWriter json = json_writer(a->call->out, 2);
    json_begin_object(&json);
    json_member_number(&json, "alpha", a->alpha);
    json_member_integer(&json, "rejected", (int64_t)a->test.n_rejected);
    json_key(&json, STR("steps"));
    json_begin_array(&json);
    for (size_t s = 0; s < a->n; s++) {
        const GraphStep *step = &a->test.steps[s];
        json_begin_object(&json);
        json_member_text(&json, "hypothesis", a->labels[step->hypothesis]);
        json_member_number(&json, "p", step->p);
        json_member_number(&json, "weight", step->weight);
        json_member_bool(&json, "rejected", step->rejected);
        json_member_number(&json, "adjusted p", step->p_adjusted);
        json_key(&json, STR("weights"));
        json_begin_array(&json);
        for (size_t j = 0; j < a->n; j++) json_put_number(&json, step->graph.weights[j]);
        json_end_array(&json);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    buf_char(a->call->out, '\n');
}

static bool adjust_graph(Adjusting *a, Error *err)
{
    if (!read_graph(a, err) || !graphical_test(a->call->arena, &a->graph, a->p, a->alpha, &a->test, err)) return false;
    (a->call->json ? put_graph : write_graph)(a);
    return true;
}

static bool adjust_run(Invocation *call, Error *err)
{
    Adjusting a = {.call = call};
    Str first = str_lower(call->arena, call->args[0]);
    if (str_ends(first, STR(".yaml")) || str_ends(first, STR(".yml"))) return adjust_graph(&a, err);
    return adjust_list(&a, str_ends(first, STR(".csv")) || str_ends(first, STR(".xpt")), err);
}

const Command cmd_adjust = {
    .name = "adjust",
    .summary = "adjust p values for how many there are",
    .usage = "P.. | FILE.csv | GRAPH.yaml",
    .description = "P values are words (0.01 0.04, or low=0.01 high=0.04) or a column of a data file. A graph gives each hypothesis a weight,\n"
                   "its p, and the shares of its weight that go to others when it is rejected:\n"
                   "  hypotheses:\n"
                   "    low:  {weight: 0.5, p: 0.012, to: {high: 1}}\n"
                   "    high: {weight: 0.5, p: 0.021, to: {low: 1}}",
    .example = "  equipoise adjust low=0.012 high=0.021 --method hochberg\n"
               "  equipoise adjust graph.yaml --alpha 0.025",
    .min_args = 1,
    .max_args = 1000,
    .options = (const Option[]){OPT_TEXT("method", "METHOD", "bonferroni, holm, hochberg, hommel, bh, by; all when not given"),
                                OPT_TEXT("column", "COLUMN", "of the file: the p values; p when not given"),
                                OPT_TEXT("label", "COLUMN", "of the file: their names"),
                                OPT_NUMBER("alpha", "LEVEL", "of a graph; its alpha, else 0.05, when not given"), OPT_END},
    .run = adjust_run,
};
