/* Item parameters of an instrument from a table of responses, for whoever has no trial file. */
#include <math.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/grid.h"
#include "stat/partial_credit.h"

/* What is printed. */
typedef struct {
    Invocation *call;
    Frame *frame;
    ItemResponses data;
    PartialCreditFit fit;
    ItemFit *item_fit;
    bool has_andersen;
    AndersenTest andersen;
} Calibration;

/* One column as item `i`; whole numbers from 0. */
static bool take_item(Calibration *c, const Column *column, int *responses, size_t i, Error *err)
{
    if (!column_is_number(column)) {
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" holds no scores", STR_ARG(column->name));
        return error_hint(err, "Name the columns of items with --items, or the others with --leave.");
    }
    for (size_t v = 0; v < c->frame->n_rows; v++) {
        double x = column->missing[v] ? -1 : column->numbers[v];
        if (!column->missing[v] && !(x >= 0 && x <= INT16_MAX && x == floor(x))) {
            error_set(err, ERROR_MALFORMED, "row %zu scores %g on \"" STR_FMT "\"", v + 1, x, STR_ARG(column->name));
            return error_hint(err, "Scores are whole numbers from 0; a missing one is blank.");
        }
        responses[v * c->data.n_items + i] = (int)x;
    }
    return true;
}

static bool is_listed(Str names, Str name)
{
    for (bool more = names.len > 0; more;) {
        Str first = names;
        more = str_cut(names, STR(","), &first, &names);
        if (str_equal(str_trim(first), name)) return true;
    }
    return false;
}

/* Items are the columns of --items, or all but those of --leave. */
static bool choose_items(Calibration *c, Error *err)
{
    Arena *arena = c->call->arena;
    Str items = option_text(c->call, "items"), leave = option_text(c->call, "leave"), *names = NULL;
    const Column **columns = NULL, *column;
    size_t capacity = 0, n_names = 0, n = 0;
    for (bool more = items.len > 0; more;) {
        Str name = items;
        more = str_cut(items, STR(","), &name, &items);
        if (!frame_need(c->frame, str_trim(name), &column, err)) return false;
        ARENA_PUSH_ROOM(arena, columns, n, capacity);
        columns[n++] = column;
    }
    for (size_t k = 0; n == 0 && k < c->frame->n_columns; k++) {
        if (is_listed(leave, c->frame->columns[k].name)) continue;
        if (columns == NULL) columns = ARENA_ARRAY(arena, const Column *, c->frame->n_columns);
        columns[n_names++] = &c->frame->columns[k];
    }
    c->data = (ItemResponses){.n_persons = c->frame->n_rows, .n_items = n ? n : n_names};
    int *responses = ARENA_ARRAY(arena, int, c->data.n_persons *c->data.n_items);
    c->data.names = names = ARENA_ARRAY(arena, Str, c->data.n_items), c->data.responses = responses;
    for (size_t i = 0; i < c->data.n_items; i++) {
        names[i] = columns[i]->name;
        if (!take_item(c, columns[i], responses, i, err)) return false;
    }
    return true;
}

static bool read_model(const Invocation *call, CalibrationModel *model, Error *err)
{
    if (calibration_parse(call->args[0], model)) return true;
    error_set(err, ERROR_USAGE, "there is no calibration \"" STR_FMT "\"", STR_ARG(call->args[0]));
    return error_hint(err, "Use partial-credit, rating-scale or rasch.");
}

static void write_items(const Calibration *c, Buf *out)
{
    static const char *const HEADS[] = {"item", "location", "std error", "infit", "t", "outfit", "t", "n", "thresholds"};
    Grid grid = grid_new(c->call->arena, HEADS, 9);
    for (size_t i = 0; i < c->data.n_items; i++) {
        const ItemFit *f = &c->item_fit[i];
        grid_add(&grid, c->data.names[i]);
        grid_number(&grid, c->fit.location[i], 3), grid_number(&grid, c->fit.location_se[i], 3);
        grid_number(&grid, f->infit, 2), grid_number(&grid, f->infit_t, 2);
        grid_number(&grid, f->outfit, 2), grid_number(&grid, f->outfit_t, 2);
        grid_add(&grid, str_format(c->call->arena, "%zu", f->n));
        Buf thresholds = buf_new(c->call->arena);
        for (size_t a = c->fit.first[i]; a < c->fit.first[i + 1]; a++) {
            if (a > c->fit.first[i]) buf_char(&thresholds, ' ');
            buf_fixed(&thresholds, c->fit.threshold[a], 3);
        }
        grid_add(&grid, buf_str(&thresholds));
    }
    buf_add_c(out, "\nItems (logits; the mean location is 0)\n");
    grid_write(&grid, out);
}

/* Score to ability for those who answered everything. */
static void write_scale(const Calibration *c, Buf *out)
{
    static const char *const HEADS[] = {"score", "ability (WLE)", "std error"};
    Grid grid = grid_new(c->call->arena, HEADS, 3);
    size_t most = c->fit.first[c->data.n_items];
    int *row = ARENA_ARRAY(c->call->arena, int, c->data.n_items);
    for (size_t score = 0, i = 0; score <= most; score++) {
        PersonEstimate person = partial_credit_person(&c->fit, row, PERSON_WLE);
        grid_add(&grid, str_format(c->call->arena, "%zu", score));
        grid_number(&grid, person.theta, 3), grid_number(&grid, person.se, 3);
        while (i < c->data.n_items && (size_t)row[i] == c->fit.first[i + 1] - c->fit.first[i]) i++;
        if (i < c->data.n_items) row[i]++;
    }
    buf_add_c(out, "\nAbility by score, all items answered\n");
    grid_write(&grid, out);
}

static void write_text(const Calibration *c)
{
    Buf *out = c->call->out;
    const PartialCreditFit *f = &c->fit;
    buf_format(out, "%s model of %zu items, by conditional maximum likelihood\n", calibration_word(f->model), c->data.n_items);
    buf_format(out, "  persons         %zu; %zu inform, %zu score nothing, %zu everything", c->data.n_persons, f->n_informative,
               f->n_zero, f->n_full);
    if (f->n_unanswered) buf_format(out, ", %zu answered nothing", f->n_unanswered);
    buf_format(out, "\n  patterns        %zu of items answered\n  log likelihood  ", f->n_patterns);
    buf_fixed(out, f->log_likelihood, 4);
    buf_format(out, " given the scores, %zu parameters\n", f->n_free);
    if (c->has_andersen)
        buf_format(out, "  Andersen's test low against high abilities: chi-square %.2f on %g df, %s\n", c->andersen.chisq,
                   c->andersen.df, c->andersen.p < 0.0001 ? "p < 0.0001" : str_format(c->call->arena, "p = %.4f", c->andersen.p).data);
    else
        buf_add_c(out, "  Andersen's test not possible: a half of the persons cannot be calibrated by itself\n");
    if (f->n_steps) buf_add_c(out, "  shared steps   ");
    for (size_t k = 0; k < f->n_steps; k++) buf_char(out, ' '), buf_fixed(out, f->step[k], 3);
    if (f->n_steps) buf_char(out, '\n');
    write_items(c, out);
    write_scale(c, out);
}

static void put_item(JsonWriter *json, const Calibration *c, size_t i)
{
    json_begin_object(json);
    json_member_text(json, "item", c->data.names[i]);
    json_member_number(json, "location", c->fit.location[i]);
    json_member_number(json, "se", c->fit.location_se[i]);
    json_key(json, STR("thresholds"));
    json_begin_array(json);
    for (size_t a = c->fit.first[i]; a < c->fit.first[i + 1]; a++) json_put_number(json, c->fit.threshold[a]);
    json_end_array(json);
    json_key(json, STR("threshold se"));
    json_begin_array(json);
    for (size_t a = c->fit.first[i]; a < c->fit.first[i + 1]; a++) json_put_number(json, c->fit.threshold_se[a]);
    json_end_array(json);
    json_member_integer(json, "n", (int64_t)c->item_fit[i].n);
    json_member_number(json, "infit", c->item_fit[i].infit), json_member_number(json, "infit t", c->item_fit[i].infit_t);
    json_member_number(json, "outfit", c->item_fit[i].outfit), json_member_number(json, "outfit t", c->item_fit[i].outfit_t);
    json_end_object(json);
}

static void put_person(JsonWriter *json, const Calibration *c, size_t v)
{
    PersonEstimate person = partial_credit_person(&c->fit, &c->data.responses[v * c->data.n_items], PERSON_WLE);
    json_begin_object(json);
    json_member_integer(json, "row", (int64_t)v + 1);
    json_member_integer(json, "score", person.score);
    json_member_integer(json, "items", (int64_t)person.n_items);
    json_member_number(json, "ability", person.theta);
    json_member_number(json, "se", person.se);
    json_end_object(json);
}

static void write_json(const Calibration *c)
{
    JsonWriter json = json_writer(c->call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "model", str_from(calibration_word(c->fit.model)));
    json_member_integer(&json, "persons", (int64_t)c->data.n_persons);
    json_member_integer(&json, "informative", (int64_t)c->fit.n_informative);
    json_member_number(&json, "log likelihood", c->fit.log_likelihood);
    json_member_integer(&json, "parameters", (int64_t)c->fit.n_free);
    if (c->has_andersen) {
        json_key(&json, STR("andersen"));
        json_begin_object(&json);
        json_member_number(&json, "chisq", c->andersen.chisq), json_member_number(&json, "df", c->andersen.df);
        json_member_number(&json, "p", c->andersen.p);
        json_end_object(&json);
    }
    json_key(&json, STR("items"));
    json_begin_array(&json);
    for (size_t i = 0; i < c->data.n_items; i++) put_item(&json, c, i);
    json_end_array(&json);
    json_key(&json, STR("persons"));
    json_begin_array(&json);
    for (size_t v = 0; v < c->data.n_persons; v++) put_person(&json, c, v);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(c->call->out, '\n');
}

/* The thresholds as `score gmfm-66 --parameters` reads them, on the logit scale. */
static bool write_parameters(const Calibration *c, Error *err)
{
    Buf csv = buf_new(c->call->arena);
    buf_format(&csv, "SOURCE,own calibration of %zu persons (%s; conditional maximum likelihood)\nSCALE,0,1\n",
               c->data.n_persons, calibration_word(c->fit.model));
    for (size_t i = 0; i < c->data.n_items; i++) {
        buf_add(&csv, c->data.names[i]);
        for (size_t a = c->fit.first[i]; a < c->fit.first[i + 1]; a++)
            buf_char(&csv, ','), buf_fixed(&csv, c->fit.threshold[a], 6);
        buf_char(&csv, '\n');
    }
    return file_write(c->call->arena, option_text(c->call, "output"), buf_str(&csv), err);
}

static bool calibrate_run(Invocation *call, Error *err)
{
    Calibration c = {.call = call};
    CalibrationModel model;
    Error ignored = {0};
    if (!read_model(call, &model, err) || !data_file_read(call->arena, call->args[1], &c.frame, err) || !choose_items(&c, err)
        || !partial_credit_fit(call->arena, &c.data, model, &c.fit, err)) return false;
    c.item_fit = partial_credit_item_fit(call->arena, &c.fit);
    c.has_andersen = partial_credit_andersen(call->arena, &c.fit, partial_credit_split(call->arena, &c.fit), 2, &c.andersen, &ignored);
    if (option_given(call, "output") && !write_parameters(&c, err)) return false;
    if (call->json) write_json(&c);
    else write_text(&c);
    return true;
}

const Command cmd_calibrate = {
    .name = "calibrate",
    .summary = "estimate how hard the items of an instrument are",
    .usage = "MODEL FILE.csv",
    .description = "MODEL is partial-credit (items scored 0 to m), rating-scale (items that share their steps) or rasch (items scored\n"
                   "0 and 1), fitted by conditional maximum likelihood. FILE.csv has a row per person and a column per item; blank and\n"
                   "NA are missing. With -o the thresholds are written as `score gmfm-66 --parameters` reads them, in logits.",
    .example = "  equipoise calibrate partial-credit items.csv --leave SUBJID,VISIT,DATE\n"
               "  equipoise calibrate rasch items.csv --items Q1,Q2,Q3,Q4 --json",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("items", "NAMES", "the columns that are items, between commas; all when not given"),
                                OPT_TEXT("leave", "NAMES", "columns that are not items, between commas"),
                                OPT_OUTPUT("write the thresholds as CSV"), OPT_END},
    .run = calibrate_run,
};
