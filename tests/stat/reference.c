#include "stat/reference.h"

#include <math.h>

#include "agreement.h"

/* Why some numbers of the files are not compared. */
static const struct {
    const char *set, *quantity, *reason;
} EXPLAINED[] = {
    {"logistic", "firth.max_modified_score", "what another program left of its score; ours is 0 to rounding"},
    {"logistic", "firth_brglm2", "a second program, 1e-6 from the values compared"},
    {"ordinal", "z", "of the thresholds, which no trial tests"},
    {"ordinal", "p", "of the thresholds, which no trial tests"},
    {"multiplicity", "intersection_weights", "says which hypotheses are meant; no result"},
    {"ancova", "type3_contr_sum", "the intercept's own test, which depends on the coding"},
    {"survival", "rmst.tau", "given, no result"},
    {"ordinal", "max_gradient", "what another program left of its gradient"},
    {"ordinal", "polr_max_abs_diff", "a second program's distance, not a result"},
    {"ancova", "dunnett_p_abs_error", "the other program's error of integration"},
    {"nist-strd", "autocorrelation_lag1", "not a quantity of trials"},
    {"nist-strd", "ss_within", "certified for decimals that doubles cannot hold; the value on doubles is compared"},
    {"nist-strd", "r2", "certified for decimals that doubles cannot hold; the value on doubles is compared"},
    {"two-proportions-unconditional", "p_scipy", "another program, which loses ties by rounding; the exact values are compared"},
    {"two-sample", "exactRankTests", "another program, wrong with ties; the enumeration is compared"},
    {"paired", "exactRankTests", "another program, wrong with ties; the enumeration is compared"},
    {"paired", "R_wilcox_exact", "another program's conventions; the enumeration is compared"},
    {"proportions", "wald", "not offered: it misleads near 0 and 1"},
    {"proportions", "agresti_coull", "ours is cut to lie between 0 and 1"},
    {"proportions", "jeffreys_plain", "the modified form, which takes 0 and n into account, is compared"},
    {"proportions", "estimate", "events over all; no result"},
    {"proportions", "risk_difference", "a difference of two shares; no result"},
    {"proportions", "chisq", "1, of a two by two table"},
    {"proportions", "corrected.df", "1, of a two by two table"},
    {"proportions", "uncorrected.df", "1, of a two by two table"},
    {"rasch", "person_raw_score", "given, no result"},
    {"proportions", "fisher.upper", "another program stops its root search early; ours is checked by the exact tail"},
};

static void explain_once(void)
{
    static bool done;
    for (size_t i = 0; !done && i < sizeof EXPLAINED / sizeof EXPLAINED[0]; i++)
        agreement_explain(EXPLAINED[i].set, EXPLAINED[i].quantity, EXPLAINED[i].reason);
    done = true;
}

/* So that a case without a test shows. */
static void begin_all(Test *t, const char *file, const Json *cases)
{
    explain_once();
    for (size_t i = 0; cases && i < cases->n; i++)
        agreement_case_begin(t, file, json_text(&cases->items[i], "id"), json_get(&cases->items[i], "expected"));
    agreement_case_end(t);
}

const Json *reference_case(Test *t, const char *file, const char *id)
{
    Json *json = ARENA_NEW(t->arena, Json);
    if (!test_data_json(t, str_format(t->arena, "stats-reference/%s.json", file).data, json)) return NULL;
    const Json *cases = json_get(json, "cases");
    begin_all(t, file, cases);
    for (size_t i = 0; cases && i < cases->n; i++) {
        if (!str_equal(json_text(&cases->items[i], "id"), str_from(id))) continue;
        agreement_case_begin(t, file, str_from(id), json_get(&cases->items[i], "expected"));
        return &cases->items[i];
    }
    CHECK_TEXT(t, str_from(id), "a case of the reference");
    return NULL;
}

void reference_each(Test *t, const char *file, const char *method, CheckCase *check)
{
    Json json;
    if (!test_data_json(t, str_format(t->arena, "stats-reference/%s.json", file).data, &json)) return;
    const Json *cases = json_get(&json, "cases");
    size_t n_checked = 0;
    begin_all(t, file, cases);
    for (size_t i = 0; cases && i < cases->n; i++) {
        const Json *item = &cases->items[i];
        if (!str_starts(json_text(item, "method"), str_from(method))) continue;
        int failures = t->failures;
        agreement_case_begin(t, file, json_text(item, "id"), json_get(item, "expected"));
        check(t, json_get(item, "input"), json_get(item, "expected"));
        agreement_case_end(t);
        if (t->failures > failures) CHECK_TEXT(t, json_text(item, "id"), "a case that agrees");
        n_checked++;
    }
    CHECK(t, n_checked > 0);
}

static double number_of(Test *t, const Json *value)
{
    if (value && value->kind == JSON_IS_NUMBER) return value->number;
    if (value && value->kind == JSON_IS_TEXT && str_equal(value->text, STR("Inf"))) return INFINITY;
    if (value && value->kind == JSON_IS_TEXT && str_equal(value->text, STR("-Inf"))) return -INFINITY;
    CHECK_TEXT(t, value ? value->text : STR("(absent)"), "a number of the reference");
    return NAN;
}

double *reference_numbers(Test *t, const Json *object, const char *key, size_t *n)
{
    const Json *array = json_get(object, key);
    bool is_array = array && array->kind == JSON_IS_ARRAY;
    *n = is_array ? array->n : 1;
    double *numbers = ARENA_ARRAY(t->arena, double, *n);
    for (size_t i = 0; i < *n; i++) numbers[i] = number_of(t, is_array ? &array->items[i] : array);
    return numbers;
}

double reference_number(Test *t, const Json *object, const char *key)
{
    size_t n;
    return reference_numbers(t, object, key, &n)[0];
}

size_t *reference_table(Test *t, const Json *input, size_t *n_rows, size_t *n_columns)
{
    const Json *table = json_get(input, "table");
    *n_rows = table->n, *n_columns = table->items[0].n;
    size_t *counts = ARENA_ARRAY(t->arena, size_t, *n_rows * *n_columns);
    for (size_t i = 0; i < *n_rows; i++)
        for (size_t j = 0; j < *n_columns; j++)
            counts[i * *n_columns + j] = (size_t)table->items[i].items[j].number;
    return counts;
}
