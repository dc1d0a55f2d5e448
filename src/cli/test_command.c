/* Tests of groups, pairs and tables. */
#include <math.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/comparison.h"
#include "cli/data_file.h"
#include "cli/grid.h"
#include "stat/describe.h"

typedef struct {
    Invocation *call;
    const ComparisonMethod *method;
    ComparisonData data;
    ComparisonResult result;
    Str note;                         /* on subjects that have several rows */
} Test;

static void write_list(Buf *out, Arena *arena)
{
#define X(id, written, meaning) written,
    static const char *const written[] = {COMPARISON_SHAPES(X)};
#undef X
#define X(id, written, meaning) meaning,
    static const char *const meanings[] = {COMPARISON_SHAPES(X)};
#undef X
    size_t n[2], last = SIZE_MAX;
    const ComparisonMethod *tables[] = {comparison_of_values(&n[0]), comparison_of_counts(&n[1])};
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < n[t]; i++) {
            const ComparisonMethod *m = &tables[t][i];
            if (m->shape != last) buf_format(out, "%s%s: %s\n", last == SIZE_MAX ? "" : "\n", meanings[m->shape], written[m->shape]);
            Str line = str_format(arena, "  %-20s%s", m->name, m->title);
            buf_add(out, line);
            buf_char(out, '\n');
            last = m->shape;
        }
}

static void write_samples(const Test *t)
{
    const ComparisonData *d = &t->data;
    const char *const heads[] = {"", "n", "mean", "sd", "median", "min", "max"};
    Grid grid = grid_new(d->arena, heads, 7);
    for (size_t g = 0; g < (d->values ? d->n_groups : 1); g++) {
        Description s;
        double *y = d->values ? d->values[g] : d->y;
        if (!d->values && d->second)
            for (size_t i = (y = arena_copy(d->arena, d->y, d->n * sizeof *y), 0); i < d->n; i++) y[i] -= d->second[i];
        if (!describe(d->arena, y, d->values ? d->n_values[g] : d->n, 0, d->options.level, &s, NULL)) continue;
        const double values[] = {s.mean, s.sd, s.median, s.min, s.max};
        grid_add(&grid, d->values ? d->groups[g] : d->second ? STR("Differences") : d->outcome);
        grid_number(&grid, (double)s.n, 0);
        for (size_t i = 0; i < 5; i++) grid_number(&grid, values[i], decimals_for(s.sd));
    }
    grid_write(&grid, t->call->out);
}

static void write_shares(const Test *t)
{
    const ComparisonData *d = &t->data;
    const char *const heads[] = {"", "n", "yes", "%"};
    Grid grid = grid_new(d->arena, heads, 4);
    for (size_t g = 0; g < d->n_groups; g++) {
        grid_add(&grid, d->group.len ? d->groups[g] : STR("All"));
        grid_number(&grid, (double)comparison_total(d, g), 0);
        grid_number(&grid, (double)comparison_yes(d, g), 0);
        grid_number(&grid, 100 * (double)comparison_yes(d, g) / (double)comparison_total(d, g), 1);
    }
    grid_write(&grid, t->call->out);
}

/* Counts over all strata; long outcomes are left to the data. */
static void write_table(const Test *t)
{
    const ComparisonData *d = &t->data;
    const char **heads = ARENA_ARRAY(d->arena, const char *, d->n_levels + 2);
    if (d->n_levels > 12) {
        buf_format(t->call->out, "  %zu rows: %zu groups, %zu values\n", d->n, d->n_groups, d->n_levels);
        return;
    }
    heads[0] = "";
    heads[1] = "n";
    for (size_t l = 0; l < d->n_levels; l++) heads[l + 2] = str_c(d->arena, d->levels[l]);
    Grid grid = grid_new(d->arena, heads, d->n_levels + 2);
    for (size_t g = 0; g < d->n_groups; g++) {
        size_t *sum = ARENA_ARRAY(d->arena, size_t, d->n_levels), n = 0;
        for (size_t s = 0; s < d->n_strata; s++)
            for (size_t l = 0; l < d->n_levels; l++) sum[l] += d->counts[(s * d->n_groups + g) * d->n_levels + l];
        for (size_t l = 0; l < d->n_levels; l++) n += sum[l];
        grid_add(&grid, d->groups[g]);
        grid_number(&grid, (double)n, 0);
        for (size_t l = 0; l < d->n_levels; l++) grid_number(&grid, (double)sum[l], 0);
    }
    grid_write(&grid, t->call->out);
}

static void write_changes(const Test *t)
{
    const ComparisonData *d = &t->data;
    const char *const heads[] = {"", "then no", "then yes"};
    Grid grid = grid_new(d->arena, heads, 3);
    for (size_t b = 0; b < 2; b++) {
        grid_add(&grid, b ? STR("First yes") : STR("First no"));
        for (size_t a = 0; a < 2; a++) grid_number(&grid, (double)d->changes[b][a], 0);
    }
    grid_write(&grid, t->call->out);
}

static void (*const write_data[])(const Test *t) = {
    [COMPARISON_TWO_SAMPLES] = write_samples, [COMPARISON_SAMPLES] = write_samples, [COMPARISON_PAIRS] = write_samples,
    [COMPARISON_TABLE] = write_table,         [COMPARISON_TWO_SHARES] = write_shares, [COMPARISON_SHARES] = write_shares,
    [COMPARISON_CHANGES] = write_changes,     [COMPARISON_STRATA] = write_table,
};

static void add_number(Buf *out, double value, int decimals)
{
    if (isfinite(value)) buf_fixed(out, value, decimals);
    else buf_add_c(out, isnan(value) ? "not known" : value > 0 ? "infinity" : "-infinity");
}

static void write_estimate(const Test *t)
{
    Buf *out = t->call->out;
    const ComparisonResult *r = &t->result;
    if (!r->what.len) return;
    double width = r->ci.upper - r->ci.lower;
    int decimals = decimals_for(isfinite(width) ? width / 10 : fabs(r->estimate));
    buf_format(out, "  " STR_FMT "  ", STR_ARG(r->what));
    add_number(out, r->estimate, decimals);
    buf_format(out, " (%.4g %% CI ", 100 * r->ci_level);
    add_number(out, r->ci.lower, decimals);
    buf_add_c(out, " to ");
    add_number(out, r->ci.upper, decimals);
    buf_format(out, "; %s)\n", r->ci_method);
}

/* A t or F has its distribution; other statistics have theirs in the limit, unless they were counted out. */
static const char *p_kind(const Test *t, const ComparisonStatistic *s)
{
    bool normal = t->method->shape == COMPARISON_TWO_SAMPLES || t->method->shape == COMPARISON_PAIRS || t->method->shape == COMPARISON_SAMPLES;
    if (t->result.exact && isnan(s->df)) return "exact";
    return normal && (!isnan(s->df2) || s->name[0] == 't') ? "if values are normal" : "asymptotic";
}

static void write_statistics(const Test *t)
{
    Buf *out = t->call->out;
    const ComparisonResult *r = &t->result;
    for (size_t i = 0; i < r->n_statistics; i++) {
        const ComparisonStatistic *s = &r->statistics[i];
        buf_format(out, "  %s", s->name);
        if (!isnan(s->value)) buf_char(out, ' '), add_number(out, s->value, s->is_count ? 0 : decimals_for(fabs(s->value)));
        if (!isnan(s->df)) buf_format(out, " on %.6g%s", s->df, isnan(s->df2) ? " df" : "");
        if (!isnan(s->df2)) buf_format(out, " and %.6g df", s->df2);
        buf_format(out, ", p " STR_FMT " (%s%s)\n", STR_ARG(p_words(t->call->arena, s->p)), p_kind(t, s), isnan(r->p_greater) ? "" : ", two-sided");
    }
    if (isnan(r->p_greater)) return;
    buf_format(out, "  one-sided p: greater " STR_FMT ", less " STR_FMT "\n", STR_ARG(p_words(t->call->arena, r->p_greater)),
               STR_ARG(p_words(t->call->arena, r->p_less)));
}

static void write_text(const Test *t)
{
    Buf *out = t->call->out;
    buf_format(out, "%s\n" STR_FMT "\n", t->method->title, STR_ARG(t->call->args[1]));
    write_data[t->method->shape](t);
    if (t->data.n_left_out) buf_format(out, "  %zu left out for a missing value\n", t->data.n_left_out);
    buf_char(out, '\n');
    write_estimate(t);
    write_statistics(t);
    buf_format(out, "  " STR_FMT "\n", STR_ARG(t->result.tested));
    write_note(out, t->note);
}

static void put_groups(JsonWriter *json, const ComparisonData *d)
{
    json_key(json, STR("groups"));
    json_begin_array(json);
    for (size_t g = 0; g < d->n_groups; g++) {
        json_begin_object(json);
        json_member_text(json, "group", d->groups[g]);
        if (d->n_values) json_member_integer(json, "n", (int64_t)d->n_values[g]);
        if (d->counts && d->n_levels == 2 && d->n_strata == 1) {
            json_member_integer(json, "n", (int64_t)comparison_total(d, g));
            json_member_integer(json, "yes", (int64_t)comparison_yes(d, g));
        }
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_statistics(JsonWriter *json, const ComparisonResult *r)
{
    json_key(json, STR("statistics"));
    json_begin_array(json);
    for (size_t i = 0; i < r->n_statistics; i++) {
        const ComparisonStatistic *s = &r->statistics[i];
        json_begin_object(json);
        json_member_text(json, "name", str_from(s->name));
        if (!isnan(s->value)) json_member_number(json, "value", s->value);
        if (!isnan(s->df)) json_member_number(json, "df", s->df);
        if (!isnan(s->df2)) json_member_number(json, "error df", s->df2);
        json_member_number(json, "p", s->p);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_json(const Test *t)
{
    const ComparisonResult *r = &t->result;
    JsonWriter json = json_writer(t->call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "method", str_from(t->method->name));
    json_member_text(&json, "formula", t->call->args[1]);
    json_member_integer(&json, "n", (int64_t)t->data.n);
    json_member_integer(&json, "left out", (int64_t)t->data.n_left_out);
    put_groups(&json, &t->data);
    if (r->what.len) {
        json_key(&json, STR("estimate"));
        json_begin_object(&json);
        json_member_text(&json, "what", r->what);
        json_member_number(&json, "value", r->estimate);
        json_member_number(&json, "lower", r->ci.lower);
        json_member_number(&json, "upper", r->ci.upper);
        json_member_number(&json, "confidence", r->ci_level);
        json_member_text(&json, "interval", str_from(r->ci_method));
        json_end_object(&json);
    }
    json_member_bool(&json, "exact", r->exact);
    put_statistics(&json, r);
    if (!isnan(r->p_greater)) json_member_number(&json, "p greater", r->p_greater), json_member_number(&json, "p less", r->p_less);
    json_member_text(&json, "tested", r->tested);
    if (t->note.len) json_member_text(&json, "note", t->note);
    json_end_object(&json);
    buf_char(t->call->out, '\n');
}

static bool read_test(Test *t, Error *err)
{
    Frame *frame;
    size_t *rows, n_rows;
    Invocation *call = t->call;
    ComparisonOptions options = {.level = option_number(call, "confidence", 0.95), .against = option_number(call, "against", NAN),
                                 .asymptotic = option_given(call, "asymptotic"), .reference = option_text(call, "reference")};
    if (!comparison_find(call->arena, call->args[0], &t->method, err)) return false;
    if (call->n_args < 3) {
        error_set(err, ERROR_USAGE, "%s needs a formula and data", t->method->name);
        return error_hint(err, "equipoise test METHOD FORMULA DATA; --list shows how each formula is written.");
    }
    t->data.arena = call->arena;
    if (!(data_file_read(call->arena, call->args[2], &frame, err) &&
           data_file_rows(call->arena, frame, option_text(call, "where"), &rows, &n_rows, err) &&
           comparison_read(t->method, call->args[1], frame, rows, n_rows, options, &t->data, err))) return false;
    t->note = data_file_repeats(call->arena, frame, t->data.rows, t->data.n);
    return true;
}

static bool test_run(Invocation *call, Error *err)
{
    Test t = {.call = call};
    if (option_given(call, "list")) {
        write_list(call->out, call->arena);
        return true;
    }
    if (!call->n_args) {
        error_set(err, ERROR_USAGE, "no test is named");
        return error_hint(err, "equipoise test --list shows those there are.");
    }
    if (!read_test(&t, err) || !t.method->run(&t.data, &t.result, err)) return false;
    if (call->json) write_json(&t);
    else write_text(&t);
    return true;
}

const Command cmd_test = {
    .name = "test",
    .summary = "test groups, pairs and tables against each other",
    .usage = "METHOD FORMULA DATA",
    .description = "METHOD is a word of --list. The outcome, left of ~, is a column or an expression: CHG, AVAL - BASE, \"RESP = 'Y'\".\n"
                   "The group, right of it, is a column; 1 is everybody; | SITE compares within strata. Estimates are of the other group\n"
                   "less, or over, the reference: the first level, unless --reference names another.\n"
                   "DATA is CSV (NA is missing) or a SAS transport file.",
    .example = "  equipoise test welch 'CHG ~ ARM' adqs.csv\n"
               "  equipoise test cmh 'RESP ~ ARM | SITE' adrs.csv",
    .min_args = 0,
    .max_args = 3,
    .options = (const Option[]){OPT_FLAG("list", "the methods, and how the formula of each is written"),
                                OPT_TEXT("where", "CONDITION", "only these rows: \"AVISIT = 'Week 24'\""),
                                OPT_TEXT("reference", "LEVEL", "the group that the other is compared with"),
                                OPT_NUMBER("against", "VALUE", "what the estimate is tested against; 0 when not given"),
                                OPT_FLAG("asymptotic", "ranks by the normal approximation, not exactly"),
                                OPT_NUMBER("confidence", "SHARE", "of intervals; 0.95 when not given"), OPT_END},
    .run = test_run,
};
