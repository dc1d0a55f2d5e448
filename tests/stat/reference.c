#include "stat/reference.h"

#include <math.h>

#include "agreement.h"

void reference_each(Test *t, const char *file, const char *method, CheckCase *check)
{
    Json json;
    if (!test_data_json(t, str_format(t->arena, "stats-reference/%s.json", file).data, &json)) return;
    const Json *cases = json_get(&json, "cases");
    size_t n_checked = 0;
    for (size_t i = 0; cases && i < cases->n; i++) {      /* so that a case without a test shows */
        agreement_case_begin(t, file, json_text(&cases->items[i], "id"), json_get(&cases->items[i], "expected"));
        agreement_case_end(t);
    }
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
