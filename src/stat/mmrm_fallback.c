#include "stat/mmrm_fallback.h"

static const struct {
    const char *word;
    CovarianceKind kind;
} KINDS[] = {
#define X(name, word, meaning) {word, COVARIANCE_##name},
    COVARIANCE_KINDS(X)
#undef X
};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

bool covariance_parse(Str word, CovarianceKind *kind)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (str_equal(word, str_from(KINDS[i].word))) {
            *kind = KINDS[i].kind;
            return true;
        }
    return false;
}

static bool unknown_structure(Arena *arena, Str word, Error *err)
{
    Str known[N_KINDS];
    Buf list = buf_new(arena);
    for (size_t i = 0; i < N_KINDS; i++) {
        known[i] = str_from(KINDS[i].word);
        buf_format(&list, "%s%s", i ? ", " : "", KINDS[i].word);
    }
    Str near = str_nearest(word, known, N_KINDS);
    error_set(err, ERROR_USAGE, "there is no covariance structure \"" STR_FMT "\"", STR_ARG(word));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "There are: %s.", buf_c(&list));
}

bool covariance_list_parse(Arena *arena, Str text, CovarianceKind **kinds, size_t *n, Error *err)
{
    size_t capacity = 0;
    *kinds = NULL;
    *n = 0;
    for (size_t at = 0, from; at < text.len;) {
        while (at < text.len && (text.data[at] == ',' || text.data[at] == ' ')) at++;
        for (from = at; at < text.len && text.data[at] != ',' && text.data[at] != ' ';) at++;
        if (at == from) break;
        ARENA_PUSH_ROOM(arena, *kinds, *n, capacity);
        if (!covariance_parse(str_slice(text, from, at), &(*kinds)[*n])) return unknown_structure(arena, str_slice(text, from, at), err);
        ++*n;
    }
    return *n || error_set(err, ERROR_USAGE, "no covariance structure is named");
}

/* The model with another structure in its formula's covariance term. */
static const Model *with_structure(Arena *arena, const Model *model, CovarianceKind kind)
{
    Formula *formula = arena_copy(arena, model->formula, sizeof *formula);
    Model *other = arena_copy(arena, model, sizeof *other);
    formula->covariances = arena_copy(arena, formula->covariances, formula->n_covariances * sizeof *formula->covariances);
    formula->covariances[0].kind = kind;
    other->formula = formula;
    return other;
}

Str mmrm_failures_words(Arena *arena, const MmrmFailures *failures)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < failures->n; i++)
        buf_format(&buf, "%s%s failed (" STR_FMT ")", i ? ", " : "", covariance_meaning(failures->items[i].kind), STR_ARG(failures->items[i].why));
    buf_c(&buf);
    return buf_str(&buf);
}

bool mmrm_fit_first(Arena *arena, const Model *model, const MmrmOptions *options, const CovarianceKind *fallback, size_t n_fallback,
                    MmrmFit *fit, MmrmFailures *failures, Error *err)
{
    Error trouble = {0};
    *failures = (MmrmFailures){.items = ARENA_ARRAY(arena, MmrmFailure, n_fallback + 1)};
    bool has_term = model->formula->n_covariances == 1;           /* else mmrm_fit says so */
    for (size_t i = 0; i <= n_fallback; i++) {
        const Model *tried = i ? with_structure(arena, model, fallback[i - 1]) : model;
        trouble = (Error){0};
        if (mmrm_fit(arena, tried, options, fit, &trouble)) return true;
        bool may_fall_back = has_term && (trouble.code == ERROR_DEGENERATE || trouble.code == ERROR_NO_CONVERGENCE);
        if (!may_fall_back || n_fallback == 0) break;
        failures->items[failures->n++] = (MmrmFailure){tried->formula->covariances[0].kind, trouble.code, str_copy(arena, str_from(trouble.message))};
    }
    if (failures->n <= n_fallback) {
        if (err) *err = trouble;
        return false;
    }
    Str words = mmrm_failures_words(arena, failures);
    error_set(err, trouble.code, "no covariance of the list can be fitted: " STR_FMT, STR_ARG(words));
    return error_hint(err, "Add one with fewer parameters, such as cs, use fewer terms, or leave visits out.");
}
