/* A formula in the first line, the cells of a small frame in the bytes behind it: every model gives an answer or an error,
 * and no number of an answer is NaN. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "stat/mmrm.h"

#define MAX_ROWS  48

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const NUMBERS[] = {"y", "x", "z", "w"}, *const TEXTS[] = {"a", "b", "v", "s"};
enum { N_NUMBERS = 4, N_TEXTS = 4 };

static const double ODD[] = {0, -0.0, 1e300, -1e300, 1e-300, 1e150, 1e15, 0.1};

static Frame *frame_of(Arena *arena, const uint8_t *data, size_t size)
{
    static const char *const LEVELS[] = {"", "A", "B", "C", "Week 2", "Week 10", "7", "x"};
    Frame *frame = frame_new(arena, STR("data"));
    for (size_t c = 0; c < N_NUMBERS; c++) frame_add_column(frame, str_from(NUMBERS[c]), COLUMN_NUMBER);
    for (size_t c = 0; c < N_TEXTS; c++) frame_add_column(frame, str_from(TEXTS[c]), COLUMN_TEXT);
    size_t wide = N_NUMBERS + N_TEXTS;
    for (size_t row = 0; row < MAX_ROWS && (row + 1) * wide <= size; row++) {
        frame_add_row(frame);
        for (size_t c = 0; c < N_NUMBERS; c++) {
            uint8_t byte = data[row * wide + c];
            if (byte < 240) frame_set_number(frame, row, c, (byte - 100) / 8.0);
            else if (byte < 248) frame_set_number(frame, row, c, ODD[byte - 240]);
        }
        for (size_t c = N_NUMBERS; c < wide; c++) {
            uint8_t byte = data[row * wide + c];
            if (c + 1 == wide) frame_set_text(frame, row, c, str_format(arena, "S%d", byte & 15));
            else if (byte & 7) frame_set_text(frame, row, c, str_from(LEVELS[byte & 7]));
        }
    }
    return frame;
}

static void need(bool held)
{
    if (!held) __builtin_trap();
}

static void look_at(const Estimate *e, size_t n)
{
    for (size_t i = 0; i < n; i++)
        need(!e[i].is_estimable || (!isnan(e[i].estimate) && !isnan(e[i].se) && !isnan(e[i].df) && !isnan(e[i].p) && !isnan(e[i].lower) && !isnan(e[i].upper)));
}

static void look_at_means(Arena *arena, const Model *model, const LinearFit *linear, const MmrmFit *mixed)
{
    Error err = {0};
    for (size_t v = 0; v < model->n_variables; v++) {
        LsMeans means;
        LsDifference *differences;
        size_t n;
        if (!lsmeans_rows(arena, model, model->variables[v].name, MARGINS_EQUAL, &means, &err)) continue;
        look_at(linear ? lsmeans_estimates(arena, &means, linear, 0.95) : mmrm_lsmeans(arena, mixed, &means, 0.95), means.n);
        if (!lsmeans_differences(arena, &means, STR(""), &differences, &n, &err)) continue;
        look_at(linear ? lsmeans_difference_estimates(arena, differences, n, linear, 0.95)
                       : mmrm_lsmeans_differences(arena, mixed, differences, n, 0.95), n);
    }
}

static void fit_linear(Arena *arena, const Model *model)
{
    LinearFit fit;
    Error err = {0};
    if (!linear_fit(arena, model, &fit, &err)) {
        need(err.code != ERROR_NONE);
        return;
    }
    for (size_t j = 0; j < model->p; j++) {
        Estimate e = linear_coefficient(&fit, j, 0.95);
        look_at(&e, 1);
    }
    for (int type = TEST_TYPE_I; type <= TEST_TYPE_III; type++) {
        LinearTest *tests = linear_anova(arena, model, &fit, (TestType)type);
        for (size_t i = 0; i < model->n_terms; i++) need(!isnan(tests[i].f) && !isnan(tests[i].p));
    }
    look_at_means(arena, model, &fit, NULL);
}

static void fit_mixed(Arena *arena, const Model *model, uint8_t choice)
{
    static const MmrmDf DFS[] = {MMRM_SATTERTHWAITE, MMRM_KENWARD_ROGER, MMRM_KENWARD_ROGER_LINEAR, MMRM_BETWEEN_WITHIN};
    MmrmFit fit;
    Error err = {0};
    MmrmOptions options = {.df = DFS[choice & 3], .method = choice & 4 ? MMRM_ML : MMRM_REML, .weights = choice & 8 ? STR("w") : STR("")};
    if (!mmrm_fit(arena, model, &options, &fit, &err)) {
        need(err.code != ERROR_NONE);
        return;
    }
    need(isfinite(fit.minus_two_log_lik));
    for (size_t j = 0; j < model->p; j++) {
        Estimate e = mmrm_coefficient(&fit, j, 0.95);
        look_at(&e, 1);
    }
    for (int type = TEST_TYPE_I; type <= TEST_TYPE_III; type++) mmrm_anova(arena, &fit, (TestType)type);
    look_at_means(arena, model, NULL, &fit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    if (!end || end + 2 > data + size) return 0;
    Arena *arena = arena_new();
    Formula formula;
    Model model;
    Error err = {0};
    Frame *frame = frame_of(arena, end + 2, size - (size_t)(end + 2 - data));
    if (!formula_parse(arena, (Str){(const char *)data, (size_t)(end - data)}, &formula, &err) || !model_build(arena, &formula, frame, NULL, 0, &model, &err))
        need(err.code != ERROR_NONE);
    else if (formula.n_covariances) fit_mixed(arena, &model, end[1]);
    else fit_linear(arena, &model);
    arena_free(arena);
    return 0;
}
