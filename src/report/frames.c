#include "report/frames.h"

#include <string.h>

bool error_at(Error *err, const Yaml *at)
{
    return at ? error_in(err, "line %zu, column %zu", at->line, at->column) : false;
}

bool frames_open(Arena *arena, FrameSource source, const OutputPlan *plan, Frames *frames, Error *err)
{
    *frames = (Frames){.arena = arena, .source = source, .plan = plan, .data_sets = map_new(arena)};
    return condition_engine_open(arena, &frames->engine, err);
}

static bool load(Frames *frames, Str name, ReportData **data, Error *err)
{
    MapEntry *known = map_get(&frames->data_sets, name);
    if (known) {
        *data = known->pointer;
        return true;
    }
    ReportData *loaded = ARENA_NEW(frames->arena, ReportData);
    if (!frames->source.get(frames->source.context, frames->arena, name, &loaded->from, err)) return false;
    loaded->frame = loaded->from.frame;
    loaded->name = name;
    loaded->conditions = loaded->codes = loaded->masks = loaded->expressions = map_new(frames->arena);
    map_put(&frames->data_sets, name, NULL)->pointer = loaded;
    *data = loaded;
    return true;
}

static bool join(Frames *frames, ReportData *left, Str name, const OutputTexts *others, ReportData **data,
                 Error *err)
{
    ReportData *joined = arena_copy(frames->arena, left, sizeof *left);
    joined->conditions = joined->codes = joined->masks = joined->expressions = map_new(frames->arena);
    for (size_t i = 0; i < others->n; i++) {
        ReportData *right;
        Frame *frame;
        if (!load(frames, others->items[i], &right, err) ||
            !frame_join(frames->arena, joined->frame, right->frame, frames->plan->subject_key, &frame, err))
            return false;
        joined->frame = frame;
        joined->from.source = str_format(frames->arena, STR_FMT ", " STR_FMT, STR_ARG(joined->from.source),
                                         STR_ARG(right->from.source));
        joined->from.source_hash =
            str_format(frames->arena, STR_FMT ", " STR_FMT, STR_ARG(joined->from.source_hash),
                       STR_ARG(right->from.source_hash));
    }
    map_put(&frames->data_sets, name, NULL)->pointer = joined;
    *data = joined;
    return true;
}

bool frames_get(Frames *frames, Str name, const OutputTexts *others, const Yaml *at, ReportData **data,
                Error *err)
{
    if (!load(frames, name, data, err)) return error_at(err, at);
    if (!others || !others->n) return true;
    Buf key = buf_new(frames->arena);
    buf_add(&key, name);
    for (size_t i = 0; i < others->n; i++) buf_format(&key, "+" STR_FMT, STR_ARG(others->items[i]));
    MapEntry *known = map_get(&frames->data_sets, buf_str(&key));
    if (known) *data = known->pointer;
    return known || join(frames, *data, buf_str(&key), others, data, err) || error_at(err, at);
}

bool data_column(ReportData *data, Str name, const Yaml *at, const Column **column, Error *err)
{
    return frame_need(data->frame, name, column, err) || error_at(err, at);
}

bool data_expression(Frames *frames, ReportData *data, Str expression, const Yaml *at, const Column **column,
                     Error *err)
{
    *column = frame_column(data->frame, expression);
    if (*column) return true;
    MapEntry *known = map_get(&data->expressions, expression);
    if (known) *column = known->pointer;
    if (known) return true;
    Condition *compiled;
    Column *made = ARENA_NEW(frames->arena, Column);
    if (!condition_compile(frames->engine, expression, data->frame, &compiled, err) ||
        !condition_compute(compiled, frames->arena, data->frame, made, err))
        return error_at(err, at);
    map_put(&data->expressions, expression, NULL)->pointer = made;
    *column = made;
    return true;
}

bool data_where(Frames *frames, ReportData *data, Str condition, const Yaml *at, const signed char **verdicts,
                Error *err)
{
    *verdicts = NULL;
    if (!condition.len) return true;
    MapEntry *known = map_get(&data->conditions, condition);
    if (known) {
        *verdicts = known->pointer;
        return true;
    }
    Condition *compiled;
    signed char *found;
    if (!condition_compile(frames->engine, condition, data->frame, &compiled, err) ||
        !condition_evaluate(compiled, frames->arena, data->frame, &found, err))
        return error_at(err, at);
    for (size_t row = 0; row < data->frame->n_rows; row++) found[row] = found[row] == 1;
    map_put(&data->conditions, condition, NULL)->pointer = found;
    *verdicts = found;
    return true;
}

bool data_codes(Frames *frames, ReportData *data, Str variable, const Yaml *at, Codes **codes, Error *err)
{
    const Column *column;
    if (!data_column(data, variable, at, &column, err)) return false;
    MapEntry *known = map_get(&data->codes, column->name);
    if (known) {
        *codes = known->pointer;
        return true;
    }
    size_t n_rows = data->frame->n_rows;
    Codes *made = *codes = ARENA_NEW(frames->arena, Codes);
    Map seen = map_new(frames->arena);
    made->of_row = ARENA_ARRAY(frames->arena, size_t, n_rows);
    for (size_t row = 0; row < n_rows; row++) {
        made->of_row[row] = SIZE_MAX;
        if (column->missing[row]) continue;
        bool is_new;
        MapEntry *entry = map_put(&seen, frame_cell_text(frames->arena, column, row), &is_new);
        if (is_new) entry->index = seen.n - 1;
        made->of_row[row] = entry->index;
    }
    made->n = seen.n;
    made->texts = ARENA_ARRAY(frames->arena, Str, seen.n);
    made->stamp = ARENA_ARRAY(frames->arena, size_t, seen.n);
    for (size_t i = 0; i < seen.n; i++) made->texts[i] = seen.entries[i].key;
    map_put(&data->codes, column->name, NULL)->pointer = made;
    return true;
}

size_t codes_find(const Codes *codes, Str text)
{
    for (size_t i = 0; i < codes->n; i++)
        if (str_equal(codes->texts[i], text)) return i;
    return SIZE_MAX;
}

/* Rows whose subject has a row in `from` where `verdicts` hold. */
static bool mask_by_subject(Frames *frames, ReportData *data, ReportData *from, const signed char *verdicts,
                            const Yaml *at, unsigned char *mask, Error *err)
{
    Codes *here, *there;
    Str key = frames->plan->subject_key;
    if (!data_codes(frames, data, key, at, &here, err) || !data_codes(frames, from, key, at, &there, err))
        return false;
    Map members = map_new(frames->arena);
    for (size_t row = 0; row < from->frame->n_rows; row++)
        if ((!verdicts || verdicts[row]) && there->of_row[row] != SIZE_MAX)
            map_put(&members, there->texts[there->of_row[row]], NULL);
    unsigned char *is_member = ARENA_ARRAY(frames->arena, unsigned char, here->n);
    for (size_t i = 0; i < here->n; i++) is_member[i] = map_get(&members, here->texts[i]) != NULL;
    for (size_t row = 0; row < data->frame->n_rows; row++)
        mask[row] = here->of_row[row] != SIZE_MAX && is_member[here->of_row[row]];
    return true;
}

static bool unknown_population(Frames *frames, Str name, const Yaml *at, Error *err)
{
    const Populations *populations = &frames->plan->protocol->populations;
    Str *ids = ARENA_ARRAY(frames->arena, Str, populations->n);
    for (size_t i = 0; i < populations->n; i++) ids[i] = populations->items[i].id;
    Str near = str_nearest(name, ids, populations->n);
    yaml_error(at, err, ERROR_INCONSISTENT, "there is no population \"" STR_FMT "\"", STR_ARG(name));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Define it under \"populations\", or write a condition on the subjects.");
}

bool data_population(Frames *frames, ReportData *data, Str name, const Yaml *at, const unsigned char **mask,
                     Str *words, Error *err)
{
    *mask = NULL;
    *words = (Str){0};
    if (!name.len) return true;
    const Population *population = protocol_population(frames->plan->protocol, name);
    bool is_condition =
        !population && (str_find(name, STR(" ")) != SIZE_MAX || str_find(name, STR("=")) != SIZE_MAX);
    if (!population && !is_condition) return unknown_population(frames, name, at, err);
    Str where = population ? population->condition : name;
    Str home = population && population->data.len ? population->data : frames->plan->subjects;
    *words = population
                 ? str_format(frames->arena, STR_FMT ": " STR_FMT, STR_ARG(population->title), STR_ARG(where))
                 : where;
    MapEntry *known = map_get(&data->masks, name);
    if (known) {
        *mask = known->pointer;
        return true;
    }
    ReportData *from;
    const signed char *verdicts;
    unsigned char *made = ARENA_ARRAY(frames->arena, unsigned char, data->frame->n_rows);
    if (!frames_get(frames, home, NULL, at, &from, err) ||
        !data_where(frames, from, where, population && population->at ? population->at : at, &verdicts, err))
        return false;
    if (from->frame == data->frame)
        for (size_t row = 0; row < data->frame->n_rows; row++) made[row] = !verdicts || verdicts[row];
    else if (!mask_by_subject(frames, data, from, verdicts, at, made, err))
        return false;
    map_put(&data->masks, name, NULL)->pointer = made;
    *mask = made;
    return true;
}
