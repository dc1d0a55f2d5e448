#include "cli/trial_call.h"

#include <inttypes.h>

#define MAX_WIDTH 60

bool trial_call_open(Invocation *call, Trial **trial, Actor *actor, Error *err)
{
    if (!trial_open(call->arena, call->args[0], trial, err)) return false;
    if (!actor) return true;
    *actor =
        (Actor){.user = option_text(call, "user"), .at = call->now, .reason = option_text(call, "reason")};
    actor->has_client_at = option_given(call, "client-time");
    return !actor->has_client_at || instant_parse(option_text(call, "client-time"), &actor->client_at, err) ||
           error_in(err, "--client-time");
}

bool need_option(const Invocation *call, const char *name, Str *value, Error *err)
{
    *value = option_text(call, name);
    if (value->len) return true;
    error_set(err, ERROR_USAGE, "--%s is missing", name);
    return error_hint(err, "equipoise help %s says what it is for.", call->command->name);
}

bool words_as_cells(const Invocation *call, size_t first, ItemCell **cells, size_t *n_cells, Error *err)
{
    *cells = ARENA_ARRAY(call->arena, ItemCell, call->n_args + 2);
    *n_cells = 0;
    for (size_t i = first; i < call->n_args; i++) {
        ItemCell *cell = &(*cells)[(*n_cells)++];
        if (str_cut(call->args[i], STR("="), &cell->item, &cell->text)) continue;
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is not ITEM=VALUE", STR_ARG(call->args[i]));
        return error_hint(err, "Write WEIGHT_KG=12.5, or WEIGHT_KG=.not-done for a value that is missing.");
    }
    return true;
}

bool trial_call_done(Invocation *call, Trial *trial, Str sentence, Error *err)
{
    int64_t n_entries;
    Str head;
    if (!trial_head(trial, call->arena, &n_entries, &head, err)) return false;
    if (!call->json) {
        buf_format(call->out, STR_FMT " (journal entry %" PRId64 ")\n", STR_ARG(sentence), n_entries);
        return true;
    }
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "done", sentence);
    json_member_integer(&json, "entries", n_entries);
    json_member_text(&json, "head", head);
    json_end_object(&json);
    buf_char(call->out, '\n');
    return true;
}

Str count_text(Arena *arena, size_t n, const char *one, const char *many)
{
    return str_format(arena, "%zu %s", n, n == 1 ? one : many);
}

/* The cell for people: a missing value shows its reason, unless that says no more than a blank does. */
static Str cell_text(Arena *arena, const Column *column, size_t row)
{
    MissingReason reason = (MissingReason)column->missing[row];
    if (reason == MISSING_NOT) return frame_cell_text(arena, column, row);
    return reason == MISSING_UNSTATED ? STR("") : str_format(arena, ".%s", missing_word(reason));
}

static void print_json(Invocation *call, const Frame *frame)
{
    JsonWriter json = json_writer(call->out, 2);
    json_begin_array(&json);
    for (size_t row = 0; row < frame->n_rows; row++) {
        json_begin_object(&json);
        for (size_t i = 0; i < frame->n_columns; i++) {
            const Column *column = &frame->columns[i];
            json_key(&json, column->name);
            if (column->missing[row])
                json_put_null(&json);
            else if (column_is_number(column))
                json_put_number(&json, column->numbers[row]);
            else
                json_put_text(&json, column->texts[row]);
        }
        json_end_object(&json);
    }
    json_end_array(&json);
    buf_char(call->out, '\n');
}

static void print_line(Invocation *call, const Frame *frame, const size_t *widths, size_t row, bool is_head)
{
    for (size_t i = 0; i < frame->n_columns; i++) {
        const Column *column = &frame->columns[i];
        Str text = is_head ? column->name : cell_text(call->arena, column, row);
        size_t width = str_width(text), pad = widths[i] > width ? widths[i] - width : 0;
        if (column_is_number(column)) buf_pad(call->out, ' ', pad);
        buf_add(call->out, text);
        if (!column_is_number(column) && i + 1 < frame->n_columns) buf_pad(call->out, ' ', pad);
        buf_add_c(call->out, i + 1 < frame->n_columns ? "  " : "\n");
    }
}

void frame_print(Invocation *call, const Frame *frame)
{
    if (call->json) {
        print_json(call, frame);
        return;
    }
    size_t *widths = ARENA_ARRAY(call->arena, size_t, frame->n_columns + 1);
    for (size_t i = 0; i < frame->n_columns; i++) {
        widths[i] = str_width(frame->columns[i].name);
        for (size_t row = 0; row < frame->n_rows; row++) {
            size_t width = str_width(cell_text(call->arena, &frame->columns[i], row));
            if (width > widths[i]) widths[i] = width < MAX_WIDTH ? width : MAX_WIDTH;
        }
    }
    print_line(call, frame, widths, 0, true);
    for (size_t row = 0; row < frame->n_rows; row++) print_line(call, frame, widths, row, false);
}
