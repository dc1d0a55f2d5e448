#include "report/growth_children.h"

#include <assert.h>
#include <math.h>

#include "base/time.h"
#include "stat/bootstrap.h"
#include "stat/ttest.h"

typedef struct {
    const Column *subject, *code, *visit, *date, *value, *base, *change, *analysed, *birth, *level;
} Columns;

/* A column without any value has no type to disagree with. */
static bool is_empty(const Column *column, size_t n_rows)
{
    for (size_t row = 0; row < n_rows; row++)
        if (!column->missing[row]) return false;
    return true;
}

static bool find_columns(const GrowthRows *rows, Columns *found, Error *err)
{
    const struct {
        Str name;
        const Column **column;
        bool is_number;
    } NEEDED[] = {{rows->subject_key, &found->subject, false}, {STR("PARAMCD"), &found->code, false},
                  {STR("AVISIT"), &found->visit, false},       {STR("ADT"), &found->date, false},
                  {STR("AVAL"), &found->value, true},          {STR("BASE"), &found->base, true},
                  {STR("CHG"), &found->change, true},          {STR("ANL01FL"), &found->analysed, false},
                  {STR("BIRTH"), &found->birth, false},        {STR("GMFCS"), &found->level, false}};
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++) {
        if (!frame_need(rows->measures, NEEDED[i].name, NEEDED[i].column, err)) return false;
        const Column *column = *NEEDED[i].column;
        if (column_is_number(column) == NEEDED[i].is_number || is_empty(column, rows->measures->n_rows))
            continue;
        error_set(err, ERROR_INCONSISTENT, "column \"" STR_FMT "\" of \"" STR_FMT "\" holds %s",
                  STR_ARG(NEEDED[i].name), STR_ARG(rows->measures->name), column_type_name(column->type));
        return error_hint(err, NEEDED[i].is_number ? "Give it as numbers." : "Give it as text.");
    }
    return true;
}

static bool is_of(const Column *column, size_t row, Str text)
{
    return !column->missing[row] && str_equal(column->texts[row], text);
}

static bool is_later(const Columns *columns, size_t row, const MapEntry *known, bool is_new)
{
    return is_new || str_compare(columns->date->texts[row], columns->date->texts[known->index]) >= 0;
}

/* The row of each subject's baseline assessment, and of its change at the visit. */
static void find_rows(const GrowthRows *rows, const Columns *columns, Map *baseline, Map *followed)
{
    for (size_t row = 0; row < rows->measures->n_rows; row++) {
        if (!is_of(columns->code, row, rows->variable) || columns->value->missing[row] ||
            columns->base->missing[row] || columns->subject->missing[row])
            continue;
        bool has_change = !columns->change->missing[row], is_new;
        if (has_change &&
            (!is_of(columns->visit, row, rows->visit) || !is_of(columns->analysed, row, STR("Y")) ||
             (rows->population && !rows->population[row]) || (rows->where && rows->where[row] != 1)))
            continue;
        MapEntry *entry = map_put(has_change ? followed : baseline, columns->subject->texts[row], &is_new);
        if (is_later(columns, row, entry, is_new)) entry->index = row;
    }
}

static bool age_at(const Columns *columns, size_t row, double *years)
{
    Date born, on;
    Error partial = {0};
    if (columns->birth->missing[row] || columns->date->missing[row] ||
        !date_parse(columns->birth->texts[row], &born, &partial) ||
        !date_parse(str_slice(columns->date->texts[row], 0, 10), &on, &partial) || !date_is_full(born) ||
        !date_is_full(on))
        return false;
    *years = date_age_exact(born, on);
    return true;
}

/* The expected change by each set of curves into `expected`, or why there is none. */
static GrowthRefusal expect(const Columns *columns, size_t base_row, size_t row, double *years,
                            double *expected)
{
    size_t n_sets;
    const GrowthReference *const *sets = growth_list(&n_sets);
    GrowthQuestion question = {.form = GROWTH_INDIVIDUAL, .baseline = columns->base->numbers[row]};
    Error refused = {0};
    if (columns->level->missing[row] || !gmfcs_parse(columns->level->texts[row], &question.level, &refused))
        return GROWTH_NO_LEVEL;
    if (base_row == SIZE_MAX || !age_at(columns, base_row, &question.from_years) ||
        !age_at(columns, row, &question.to_years))
        return GROWTH_NO_AGE;
    *years = question.to_years - question.from_years;
    for (size_t s = 0; s < n_sets; s++) {
        GrowthAnswer answer;
        question.reference = sets[s];
        if (question.from_years < sets[s]->age_min_years) return GROWTH_TOO_YOUNG;
        if (question.to_years > sets[s]->age_max_years) return GROWTH_TOO_OLD;
        if (!growth_expected(&question, &answer, &refused)) return GROWTH_REFUSED;
        expected[s] = answer.change;
    }
    return GROWTH_N_REFUSALS;
}

bool growth_children(Arena *arena, const GrowthRows *rows, GrowthChildren *children, Error *err)
{
    Columns columns;
    Map baseline = map_new(arena), followed = map_new(arena);
    size_t n_sets;
    growth_list(&n_sets);
    assert(n_sets <= GROWTH_SETS_MAX);
    if (!find_columns(rows, &columns, err)) return false;
    find_rows(rows, &columns, &baseline, &followed);
    *children = (GrowthChildren){.subjects = ARENA_ARRAY(arena, Str, followed.n),
                                 .change = ARENA_ARRAY(arena, double, followed.n),
                                 .years = ARENA_ARRAY(arena, double, followed.n)};
    for (size_t s = 0; s < n_sets; s++) children->expected[s] = ARENA_ARRAY(arena, double, followed.n);
    for (size_t i = 0; i < followed.n; i++) {
        const MapEntry *before = map_get(&baseline, followed.entries[i].key);
        size_t row = followed.entries[i].index, at = children->n;
        double expected[GROWTH_SETS_MAX];
        GrowthRefusal refusal =
            expect(&columns, before ? before->index : SIZE_MAX, row, &children->years[at], expected);
        if (refusal != GROWTH_N_REFUSALS) {
            children->refused[refusal]++;
            continue;
        }
        children->subjects[at] = followed.entries[i].key;
        children->change[at] = columns.change->numbers[row];
        for (size_t s = 0; s < n_sets; s++) children->expected[s][at] = expected[s];
        children->n++;
    }
    return true;
}

static double mean_of(const double *x, size_t n) { return n ? sample_mean(x, n) : NAN; }

static double drawn_mean(Arena *scratch, const size_t *rows, size_t n, void *context)
{
    const double *x = context;
    double sum = 0;
    (void)scratch;
    for (size_t i = 0; i < n; i++) sum += x[rows[i]];
    return sum / (double)n;
}

/* Interval of a - b from the intervals of independent a and b. Zou & Donner (2008). */
static Interval difference_interval(double a, Interval a_ci, double b, Interval b_ci)
{
    return (Interval){a - b - hypot(a - a_ci.lower, b_ci.upper - b),
                      a - b + hypot(a_ci.upper - a, b - b_ci.lower)};
}

static bool check_offset(const GrowthOffset *offset, Error *err)
{
    bool is_fixed = offset->low == 0 && offset->high == 0;
    if (!offset->source || !offset->source[0] || !isfinite(offset->points_per_year)) {
        error_set(err, ERROR_USAGE, "the external-control offset has no source, or is no number");
        return error_hint(err, "State points per 12 months and the study they come from.");
    }
    if (is_fixed || (offset->low <= offset->points_per_year && offset->points_per_year <= offset->high))
        return true;
    error_set(err, ERROR_USAGE, "the external-control offset %g is outside its interval %g to %g",
              offset->points_per_year, offset->low, offset->high);
    return error_hint(err, "Give the interval of the same study, or leave it out.");
}

/* Fewer children, or all with one value: draws of them say nothing. */
static bool has_spread(const double *x, size_t n)
{
    if (n < GROWTH_MIN_CHILDREN) return false;
    double mean = sample_mean(x, n);
    return sqrt(sample_sum_of_squares(x, n, mean) / (double)n) > 1e-9 * (1 + fabs(mean));
}

static bool fill_left(Arena *scratch, const GrowthChildren *children, size_t set, GrowthDraws draws,
                      GrowthNumbers *numbers, Error *err)
{
    GrowthLeft *left = &numbers->sets[set];
    double *excess = ARENA_ARRAY(scratch, double, children->n + 1);
    Bootstrap drawn;
    Error degenerate = {0};
    for (size_t i = 0; i < children->n; i++) excess[i] = children->change[i] - children->expected[set][i];
    *left = (GrowthLeft){.expected = mean_of(children->expected[set], children->n),
                         .excess = mean_of(excess, children->n),
                         .excess_ci = {NAN, NAN}};
    left->left = left->excess - numbers->offset;
    if (has_spread(excess, children->n)) {
        BootstrapUnits units = {.n_units = children->n};
        BootstrapOptions options = {.n_replicates = draws.n_replicates, .seed = draws.seed, .level = 0.95};
        if (bootstrap(scratch, &units, options, drawn_mean, excess, &drawn, &degenerate))
            left->excess_ci = drawn.bca;
        else if (degenerate.code != ERROR_DEGENERATE) {
            *err = degenerate;
            return false;
        }
    }
    left->left_ci = difference_interval(left->excess, left->excess_ci, numbers->offset, numbers->offset_ci);
    return true;
}

bool growth_numbers(Arena *scratch, const GrowthChildren *children, const GrowthOffset *offset,
                    GrowthDraws draws, GrowthNumbers *numbers, Error *err)
{
    TTest test;
    Error degenerate = {0};
    if (!check_offset(offset, err)) return false;
    bool is_fixed = offset->low == 0 && offset->high == 0;
    double years = mean_of(children->years, children->n);
    *numbers = (GrowthNumbers){.n = children->n,
                               .change = mean_of(children->change, children->n),
                               .change_ci = {NAN, NAN},
                               .years = years,
                               .offset = offset->points_per_year * years,
                               .tipping = NAN};
    numbers->offset_ci = (Interval){(is_fixed ? offset->points_per_year : offset->low) * years,
                                    (is_fixed ? offset->points_per_year : offset->high) * years};
    growth_list(&numbers->n_sets);
    if (ttest_one(children->change, children->n, 0, 0.95, &test, &degenerate)) {
        numbers->change_ci = test.ci;
        numbers->tipping = fmax(test.ci.lower, 0);
    }
    for (size_t s = 0; s < numbers->n_sets; s++)
        if (!fill_left(scratch, children, s, draws, numbers, err)) return false;
    return true;
}
