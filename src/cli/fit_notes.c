#include "cli/fit_notes.h"

#include <math.h>

#define MAX_CELLS        10000      /* of a term that are looked at */
#define MAX_NAMED        5          /* of cells, columns and parts of a column that are named one by one */
#define NOTHING          1e-8       /* of a coefficient in a combination of columns */
#define NEAR_BOUNDARY    1e-3       /* smallest eigenvalue of correlations */
#define NEARLY_FLAT      1e-3       /* least curvature per subject */
#define FEW_SUBJECTS     5          /* with both of two visits */
#define FEW_CHANGED      10         /* a factor that changes within one in so many subjects, or fewer, belongs to subjects */
#define MAX_LEVELS_COMPARED 200     /* with each other */

typedef struct {
    Arena *arena;
    const Model *model;
    const RowSpace *space;
    bool *explained;                  /* p; aliased columns that an empty cell explains */
    size_t n, capacity;
    Str *items;
} Notes;

static void add_note(Notes *notes, Buf *text)
{
    ARENA_PUSH_ROOM(notes->arena, notes->items, notes->n, notes->capacity);
    notes->items[notes->n++] = buf_str(text);
}

static void add_name(Buf *text, size_t place, Str name)
{
    buf_format(text, "%s\"" STR_FMT "\"", place ? ", " : "", STR_ARG(name));
}

static void add_cell(Buf *text, const Model *m, const ModelTerm *term, size_t cell)
{
    for (size_t k = 0; k < term->n_variables; k++) {
        const ModelVariable *v = &m->variables[term->variables[k]];
        buf_format(text, "%s" STR_FMT " " STR_FMT, k ? ", " : "", STR_ARG(v->name), STR_ARG(v->labels[cell % v->n_levels]));
        cell /= v->n_levels;
    }
}

static size_t count_cells(const Model *m, const ModelTerm *term)
{
    size_t n = term->n_variables > 1;
    for (size_t k = 0; k < term->n_variables && n <= MAX_CELLS; k++)
        n = m->variables[term->variables[k]].is_factor ? n * m->variables[term->variables[k]].n_levels : 0;
    return n <= MAX_CELLS ? n : 0;
}

/* Combinations of a term's factors that no row has, and the columns of the term that cannot be estimated for them. */
static void note_empty_cells(Notes *notes, const ModelTerm *term)
{
    const Model *m = notes->model;
    size_t n = count_cells(m, term), n_empty = 0, n_aliased = 0;
    bool *seen = ARENA_ARRAY(notes->arena, bool, n + 1);
    Buf text = buf_new(notes->arena);
    for (size_t i = 0; n && i < m->n; i++) {
        size_t cell = 0;
        for (size_t k = term->n_variables; k-- > 0;) cell = cell * m->variables[term->variables[k]].n_levels + m->variables[term->variables[k]].level[i];
        seen[cell] = true;
    }
    for (size_t c = 0; c < n; c++) {
        if (seen[c]) continue;
        if (n_empty++ < MAX_NAMED) buf_add_c(&text, n_empty == 1 ? "No row has " : "; "), add_cell(&text, m, term, c);
    }
    if (n_empty == 0) return;
    if (n_empty > MAX_NAMED) buf_format(&text, "; and %zu more", n_empty - MAX_NAMED);
    for (size_t c = term->first; c < term->first + term->n_columns; c++) {
        if (!notes->space->is_aliased[c]) continue;
        notes->explained[c] = true;
        if (n_aliased++ == 0) buf_add_c(&text, ": not estimable are ");
        if (n_aliased <= MAX_NAMED) add_name(&text, n_aliased - 1, m->names[c]);
    }
    buf_add_c(&text, n_aliased ? " and whatever needs them. Ask for no mean there, or leave the interaction out." : ".");
    add_note(notes, &text);
}

/* What an aliased column is made of. */
static void note_alias(Notes *notes, size_t column)
{
    const RowSpace *s = notes->space;
    Buf text = buf_new(notes->arena);
    size_t n = 0;
    buf_format(&text, "\"" STR_FMT "\" could not be estimated: it is ", STR_ARG(notes->model->names[column]));
    for (size_t k = 0; k < s->rank; k++) {
        double f = s->relation[k*s->p + column];
        if (fabs(f) <= NOTHING || n++ >= MAX_NAMED) continue;
        if (n > 1 || f < 0) buf_add_c(&text, f < 0 ? (n > 1 ? " - " : "-") : " + ");
        if (fabs(fabs(f) - 1) > NOTHING) buf_format(&text, "%.6g ", fabs(f));
        add_name(&text, 0, notes->model->names[s->pivot[k]]);
    }
    if (n > MAX_NAMED) buf_format(&text, " and %zu more", n - MAX_NAMED);
    buf_add_c(&text, n ? " in every row. Leave one of them out." : "zero in every row. Leave it out.");
    add_note(notes, &text);
}

/* The two visits of one group whose correlation is the largest. */
static void note_boundary(Notes *notes, const MmrmFit *f)
{
    size_t m = f->n_visits, a = 0, b = 0, group = 0;
    double most = 0;
    Buf text = buf_new(notes->arena);
    if (!(f->certificate.boundary < NEAR_BOUNDARY)) return;
    for (size_t g = 0; g < f->n_groups; g++)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < i; j++) {
                const double *s = &f->sigma[g*m*m];
                double r = fabs(s[i*m + j]) / sqrt(s[i*m + i] * s[j*m + j]);
                if (r > most) most = r, a = j, b = i, group = g;
            }
    buf_format(&text, "The covariance is near its boundary: the smallest eigenvalue of the correlations is %.1e (0 would be singular)", f->certificate.boundary);
    if (most > 0.99) {
        buf_add_c(&text, "; the most alike are"), buf_char(&text, ' ');
        add_name(&text, 0, f->visits.labels[a]), buf_add_c(&text, " and "), add_name(&text, 0, f->visits.labels[b]);
        if (f->n_groups > 1) buf_add_c(&text, " in "), add_name(&text, 0, f->groups.labels[group]);
    }
    buf_add_c(&text, ". Look for values that were copied from visit to visit; else use a covariance with fewer parameters, such as toeph, ar1h or csh.");
    add_note(notes, &text);
}

static void note_curvature(Notes *notes, const MmrmFit *f)
{
    Buf text = buf_new(notes->arena);
    if (!(f->certificate.least_curvature < NEARLY_FLAT)) return;
    buf_format(&text, "The likelihood is nearly flat in some direction of the covariance (least curvature %.1e per subject): degrees of freedom and "
               "Kenward-Roger's standard errors are not to be relied on. Use a covariance with fewer parameters.", f->certificate.least_curvature);
    add_note(notes, &text);
}

/* Unstructured: pairs of visits that few subjects have both of. */
static void note_few_together(Notes *notes, const MmrmFit *f)
{
    size_t m = f->n_visits, n_pairs = 0;
    uint64_t *seen = ARENA_ARRAY(notes->arena, uint64_t, f->subjects.n_levels);
    size_t *together = ARENA_ARRAY(notes->arena, size_t, m * m);
    Buf text = buf_new(notes->arena);
    if (f->kind != COVARIANCE_UNSTRUCTURED) return;
    for (size_t i = 0; i < f->n; i++) seen[f->subjects.level[i]] |= (uint64_t)1 << f->visits.level[i];
    for (size_t s = 0; s < f->subjects.n_levels; s++)
        for (size_t a = 0; a < m; a++)
            for (size_t b = a + 1; b < m; b++) together[a*m + b] += seen[s] >> a & seen[s] >> b & 1;
    for (size_t a = 0; a < m; a++)
        for (size_t b = a + 1; b < m; b++) {
            if (together[a*m + b] >= FEW_SUBJECTS || f->n_subjects < 2 * FEW_SUBJECTS || n_pairs++ >= MAX_NAMED) continue;
            buf_format(&text, "%s%zu have both ", n_pairs == 1 ? "Covariances rest on few subjects: " : ", ", together[a*m + b]);
            add_name(&text, 0, f->visits.labels[a]), buf_add_c(&text, " and "), add_name(&text, 0, f->visits.labels[b]);
        }
    if (n_pairs == 0) return;
    if (n_pairs > MAX_NAMED) buf_format(&text, "; so with %zu more pairs", n_pairs - MAX_NAMED);
    buf_add_c(&text, ". See whether toeph or csh says the same.");
    add_note(notes, &text);
}

/* A factor of subjects, such as the arm, that differs between rows of a few of them: more likely a slip than a crossover. */
static void note_changes_within(Notes *notes, const MmrmFit *f, const ModelVariable *v)
{
    size_t n = f->subjects.n_levels, n_several = 0, n_changed = 0, *first = ARENA_ARRAY(notes->arena, size_t, n), example = 0;
    bool *several = ARENA_ARRAY(notes->arena, bool, n), *changed = ARENA_ARRAY(notes->arena, bool, n);
    Buf text = buf_new(notes->arena);
    for (size_t i = 0; i < f->n; i++) {
        size_t s = f->subjects.level[i], level = v->level[i] + 1;
        if (first[s] == 0) first[s] = level;
        else several[s] = true, changed[s] = changed[s] || first[s] != level;
    }
    for (size_t s = n; s-- > 0;) {
        n_several += several[s];
        if (changed[s]) n_changed++, example = s;
    }
    if (n_changed == 0 || n_several < 3 || (n_changed > 1 && n_changed * FEW_CHANGED > n_several)) return;
    buf_format(&text, STR_FMT " changes within %zu of %zu subjects, such as ", STR_ARG(v->name), n_changed, n_several);
    add_name(&text, 0, f->subjects.labels[example]);
    buf_add_c(&text, ". See whether these rows are right.");
    add_note(notes, &text);
}

/* Levels that differ in letter case or blanks only. */
static void note_like_levels(Notes *notes, const ModelVariable *v)
{
    for (size_t a = 0; a < v->n_levels && v->n_levels <= MAX_LEVELS_COMPARED; a++)
        for (size_t b = a + 1; b < v->n_levels; b++) {
            if (!str_equal_fold(str_trim(v->levels[a]), str_trim(v->levels[b]))) continue;
            Buf text = buf_new(notes->arena);
            add_name(&text, 0, v->levels[a]), buf_add_c(&text, " and "), add_name(&text, 0, v->levels[b]);
            buf_format(&text, " are two levels of " STR_FMT ". If they are one, write them alike.", STR_ARG(v->name));
            add_note(notes, &text);
        }
}

Str *fit_notes(Arena *arena, const Model *model, const RowSpace *space, const MmrmFit *mixed, Str first, size_t *n)
{
    Notes notes = {.arena = arena, .model = model, .space = space, .explained = ARENA_ARRAY(arena, bool, model->p)};
    if (first.len) {
        Buf text = buf_new(arena);
        buf_add(&text, first);
        add_note(&notes, &text);
    }
    for (size_t v = 0; v < model->n_variables; v++) {
        if (!model->variables[v].is_factor) continue;
        note_like_levels(&notes, &model->variables[v]);
        if (mixed) note_changes_within(&notes, mixed, &model->variables[v]);
    }
    for (size_t t = 0; t < model->n_terms; t++) note_empty_cells(&notes, &model->terms[t]);
    for (size_t j = 0; j < model->p; j++)
        if (space->is_aliased[j] && !notes.explained[j]) note_alias(&notes, j);
    if (mixed) note_boundary(&notes, mixed), note_curvature(&notes, mixed), note_few_together(&notes, mixed);
    *n = notes.n;
    return notes.items;
}
