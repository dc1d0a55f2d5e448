#include "stat/survival_model.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "stat/outcome.h"

/* Where the bracket that opens at `open` closes, or SIZE_MAX; *comma is its first comma at that depth. */
static size_t find_close(Str text, size_t open, size_t *comma)
{
    int depth = 0;
    char quote = 0;
    *comma = SIZE_MAX;
    for (size_t i = open; i < text.len; i++) {
        char c = text.data[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"' || c == '`') quote = c;
        else if (c == '(') depth++;
        else if (c == ')' && --depth == 0) return i;
        else if (c == ',' && depth == 1 && *comma == SIZE_MAX) *comma = i;
    }
    return SIZE_MAX;
}

static bool fail_at(Str text, size_t at, Error *err)
{
    size_t place = 1;
    for (size_t i = 0; i < at && i < text.len; i++) place += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return error_in(err, "formula, column %zu", place);
}

static size_t skip_blanks(Str text, size_t at)
{
    while (at < text.len && strchr(" \t\r\n", text.data[at])) at++;
    return at;
}

static bool word_at(Str text, size_t at, Str word, size_t *open)
{
    if (!str_equal_fold(str_slice(text, at, at + word.len), word)) return false;
    *open = skip_blanks(text, at + word.len);
    return *open < text.len && text.data[*open] == '(';
}

/* Surv(TIME, EVENT): all but TIME becomes blank. */
static bool cut_surv(char *blank, Str text, SurvivalFormula *f, size_t *end, Error *err)
{
    size_t from = skip_blanks(text, 0), open, comma;
    if (!word_at(text, from, STR("Surv"), &open)) {
        error_set(err, ERROR_MALFORMED, "the formula does not begin with Surv(TIME, EVENT)");
        error_hint(err, "Write Surv(AVAL, 1 - CNSR) ~ ARM, or Surv(AVAL, CNSR = 0) ~ ARM.");
        return fail_at(text, from, err);
    }
    size_t close = find_close(text, open, &comma);
    if (close == SIZE_MAX) {
        error_set(err, ERROR_MALFORMED, "the bracket of Surv is not closed");
        return fail_at(text, open, err);
    }
    if (comma != SIZE_MAX) f->event = str_trim(str_slice(text, comma + 1, close));
    memset(blank + from, ' ', open + 1 - from);
    memset(blank + (comma == SIZE_MAX ? close : comma), ' ', close + 1 - (comma == SIZE_MAX ? close : comma));
    *end = close + 1;
    return true;
}

static void add_names(Arena *arena, Str inside, Str **names, size_t *n)
{
    Str before, rest = inside;
    Str *all = ARENA_ARRAY(arena, Str, *n + inside.len / 2 + 1);
    if (*n) memcpy(all, *names, *n * sizeof **names);
    while (str_cut(rest, STR(","), &before, &rest)) all[(*n)++] = str_trim(before);
    all[(*n)++] = str_trim(rest);
    *names = all;
}

/* The sign that joins a term to those before it, or after it when it is the first. */
static bool blank_sign(char *blank, Str text, size_t tilde, size_t from, size_t to)
{
    size_t before = from, after = skip_blanks(text, to);
    while (before > tilde + 1 && strchr(" \t\r\n", blank[before - 1])) before--;
    bool is_first = before == tilde + 1, is_last = after >= text.len;
    if ((!is_first && blank[before - 1] != '+') || (!is_last && text.data[after] != '+' && text.data[after] != '-')) return false;
    if (!is_first) blank[before - 1] = ' ';
    else if (!is_last && text.data[after] == '+') blank[after] = ' ';
    return true;
}

/* strata(..) and cluster(..) among the terms become blank. */
static bool cut_specials(Arena *arena, char *blank, Str text, size_t tilde, SurvivalFormula *f, Error *err)
{
    static const Str words[] = {{"strata", 6}, {"cluster", 7}};
    for (size_t i = tilde + 1; i < text.len; i++) {
        bool begins = isalpha((unsigned char)text.data[i]) && !isalnum((unsigned char)text.data[i - 1]) && text.data[i - 1] != '_' && text.data[i - 1] != '.';
        for (size_t w = 0; w < 2 && begins; w++) {
            size_t open, comma, close;
            if (!word_at(text, i, words[w], &open)) continue;
            close = find_close(text, open, &comma);
            if (close == SIZE_MAX || !blank_sign(blank, text, tilde, i, close + 1)) {
                error_set(err, ERROR_MALFORMED, close == SIZE_MAX ? "the bracket of " STR_FMT " is not closed" : STR_FMT "(..) is part of another term", STR_ARG(words[w]));
                if (close != SIZE_MAX) error_hint(err, "It stands by itself: Surv(AVAL, 1 - CNSR) ~ ARM + " STR_FMT "(SITE).", STR_ARG(words[w]));
                return fail_at(text, i, err);
            }
            Str inside = str_slice(text, open + 1, close);
            if (w == 0) add_names(arena, inside, &f->strata, &f->n_strata);
            else add_names(arena, inside, &f->clusters, &f->n_clusters);
            memset(blank + i, ' ', close + 1 - i);
            i = close;
            begins = false;
        }
    }
    return true;
}

bool survival_formula_parse(Arena *arena, Str text, SurvivalFormula *formula, Error *err)
{
    size_t end = 0, tilde;
    *formula = (SurvivalFormula){.text = str_copy(arena, text)};
    if (memchr(text.data ? text.data : "", 0, text.len)) return error_set(err, ERROR_MALFORMED, "the formula holds a NUL byte");
    char *blank = arena_copy(arena, formula->text.data, text.len + 1);
    if (!cut_surv(blank, text, formula, &end, err)) return false;
    tilde = skip_blanks(text, end);
    if (tilde >= text.len || text.data[tilde] != '~') {
        error_set(err, ERROR_MALFORMED, "\"~\" is expected after Surv(..)");
        return fail_at(text, tilde, err);
    }
    if (!cut_specials(arena, blank, text, tilde, formula, err)) return false;
    formula->formula = (Str){blank, text.len};
    bool had_terms = str_trim(str_slice(text, tilde + 1, text.len)).len > 0;
    if (had_terms && !str_trim(str_slice(formula->formula, tilde + 1, text.len)).len) blank[text.len - 1] = '1';
    return true;
}

/* The rows asked for in which the event and every stratum and cluster are known. */
static bool usable_rows(Arena *arena, const SurvivalFormula *f, const signed char *event, const Frame *frame, const size_t *rows,
                        size_t n_rows, size_t **kept, size_t *n, Error *err)
{
    size_t asked = rows ? n_rows : frame->n_rows, n_columns = f->n_strata + f->n_clusters;
    const Column **columns = ARENA_ARRAY(arena, const Column *, n_columns + 1);
    for (size_t c = 0; c < n_columns; c++)
        if (!frame_need(frame, c < f->n_strata ? f->strata[c] : f->clusters[c - f->n_strata], &columns[c], err)) return false;
    *kept = ARENA_ARRAY(arena, size_t, asked + 1);
    *n = 0;
    for (size_t i = 0; i < asked; i++) {
        size_t row = rows ? rows[i] : i;
        bool known = event[row] >= 0;
        for (size_t c = 0; c < n_columns; c++) known = known && columns[c]->missing[row] == MISSING_NOT;
        if (known) (*kept)[(*n)++] = row;
    }
    if (*n) return true;
    error_set(err, ERROR_DEGENERATE, "no row has an event that is known");
    return error_hint(err, "Check the event and the condition that chooses the subjects.");
}

static Str joined(Arena *arena, const Str *names, size_t n)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < n; i++) buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(names[i]));
    return buf_str(&buf);
}

/* One code per combination of several columns. */
static bool crossed(Arena *arena, const Model *model, const Str *names, size_t n_names, size_t **code, size_t *n_codes, Error *err)
{
    if (!n_names) return true;
    Map map = map_new(arena);
    ModelVariable *factors = ARENA_ARRAY(arena, ModelVariable, n_names);
    for (size_t f = 0; f < n_names; f++)
        if (!model_factor(arena, model, names[f], &factors[f], err)) return false;
    *code = ARENA_ARRAY(arena, size_t, model->n);
    *n_codes = 0;
    for (size_t i = 0; i < model->n; i++) {
        Buf key = buf_new(arena);
        bool is_new;
        for (size_t f = 0; f < n_names; f++) buf_format(&key, "%zu ", factors[f].level[i]);
        MapEntry *entry = map_put(&map, buf_str(&key), &is_new);
        if (is_new) entry->index = (*n_codes)++;
        (*code)[i] = entry->index;
    }
    return true;
}

static bool check_times(Arena *arena, const SurvivalModel *m, Error *err)
{
    for (size_t i = 0; i < m->data.n; i++) {
        if (m->data.time[i] >= 0) continue;
        error_set(err, ERROR_MALFORMED, "the time \"" STR_FMT "\" is negative in row %zu: %g", STR_ARG(m->formula.response.name),
                  m->model.rows[i] + 1, m->data.time[i]);
        return error_hint(err, "Count time from the start of the watch; correct the row, or leave it out by a condition and say so.");
    }
    if (m->n_events) return survival_check(&m->data, err);
    error_set(err, ERROR_DEGENERATE, "nobody of %zu had the event", m->data.n);
    Str event = m->from->event;
    return error_hint(err, event.len ? "If they had, the event is the other way round: see which values \"%s\" stands for."
                                     : "See which values the event stands for.%s", str_c(arena, event));
}

static void find_group(SurvivalModel *m)
{
    m->group = SIZE_MAX;
    m->n_groups = 1;
    for (size_t t = 0; t < m->model.n_terms && m->group == SIZE_MAX; t++)
        if (m->model.terms[t].n_variables == 1 && m->model.variables[m->model.terms[t].variables[0]].is_factor)
            m->group = m->model.terms[t].variables[0];
    if (m->group != SIZE_MAX) m->n_groups = m->model.variables[m->group].n_levels;
}

bool survival_model_build(Arena *arena, const SurvivalFormula *formula, Str event, const Frame *frame, const size_t *rows,
                          size_t n_rows, SurvivalModel *model, Error *err)
{
    signed char *yes;
    size_t *kept, n;
    Str what = event.len ? event : formula->event;
    *model = (SurvivalModel){.from = formula, .strata_words = joined(arena, formula->strata, formula->n_strata),
                             .cluster_words = joined(arena, formula->clusters, formula->n_clusters)};
    if (!what.len) {
        error_set(err, ERROR_USAGE, "the formula does not say who had the event");
        return error_hint(err, "Write Surv(AVAL, 1 - CNSR), or Surv(AVAL, CNSR = 0).");
    }
    if (!outcome_yes_no(arena, frame, what, &yes, err)) return error_in(err, "event");
    if (!usable_rows(arena, formula, yes, frame, rows, n_rows, &kept, &n, err) ||
        !formula_parse(arena, formula->formula, &model->formula, err) || !formula_check_fixed(&model->formula, err))
        return false;
    if (!model->formula.has_intercept || model->formula.n_covariances) {
        error_set(err, ERROR_INCONSISTENT, "a survival formula has %s", model->formula.n_covariances ? "no covariance term" : "no intercept to take away");
        return error_hint(err, model->formula.n_covariances ? "For events that are alike within a cluster write + cluster(SUBJECT)." : "Leave out the 0 or - 1.");
    }
    if (!model_build(arena, &model->formula, frame, kept, n, &model->model, err)) return false;
    bool *had = ARENA_ARRAY(arena, bool, model->model.n + 1);
    for (size_t i = 0; i < model->model.n; i++) model->n_events += had[i] = yes[model->model.rows[i]] > 0;
    model->data = (SurvivalData){model->model.n, model->model.y, had};
    model->n_left_out = (rows ? n_rows : frame->n_rows) - model->model.n;
    find_group(model);
    return crossed(arena, &model->model, formula->strata, formula->n_strata, &model->stratum, &model->n_strata, err) &&
           crossed(arena, &model->model, formula->clusters, formula->n_clusters, &model->cluster, &model->n_clusters, err) &&
           check_times(arena, model, err);
}

SurvivalData survival_model_group(Arena *arena, const SurvivalModel *model, size_t group)
{
    if (model->group == SIZE_MAX) return model->data;
    const size_t *level = model->model.variables[model->group].level;
    double *time = ARENA_ARRAY(arena, double, model->data.n);
    bool *event = ARENA_ARRAY(arena, bool, model->data.n);
    size_t n = 0;
    for (size_t i = 0; i < model->data.n; i++) {
        if (level[i] != group) continue;
        time[n] = model->data.time[i];
        event[n++] = model->data.event[i];
    }
    return (SurvivalData){n, time, event};
}

Str survival_model_label(const SurvivalModel *model, size_t group)
{
    return model->group == SIZE_MAX ? STR("") : model->model.variables[model->group].labels[group];
}

CoxInput survival_model_cox(Arena *arena, const SurvivalModel *model)
{
    size_t p = model->model.p - 1, n = model->data.n;
    double *x = ARENA_ARRAY(arena, double, n * p + 1);
    for (size_t i = 0; i < n; i++) memcpy(&x[i*p], &model->model.x[i*(p + 1) + 1], p * sizeof *x);
    return (CoxInput){.data = model->data, .p = p, .x = x, .names = model->model.names + 1, .stratum = model->stratum, .cluster = model->cluster};
}

Estimate cox_contrast(const CoxFit *fit, const double *l, double level)
{
    double estimate = 0, variance = 0;
    for (size_t j = 0; j < fit->p; j++) {
        estimate += l[j] * fit->coef[j].estimate;
        for (size_t k = 0; k < fit->p; k++) variance += l[j] * fit->vcov[j*fit->p + k] * l[k];
    }
    return estimate_of(estimate, sqrt(fmax(0, variance)), INFINITY, level);
}

bool survival_model_compare(const SurvivalModel *model, size_t group, size_t against, double *l)
{
    const ModelTerm *own = NULL;
    if (model->group == SIZE_MAX) return false;
    for (size_t t = 0; t < model->model.n_terms; t++) {
        const ModelTerm *term = &model->model.terms[t];
        if (!(term->mask >> model->group & 1)) continue;
        if (term->n_variables > 1) return false;
        own = term;
    }
    memset(l, 0, (model->model.p - 1) * sizeof *l);
    if (group) l[own->first + group - 2] += 1;     /* column 0 is the intercept, level 0 has no column */
    if (against) l[own->first + against - 2] -= 1;
    return true;
}
