/* Is the trial file what its journal says? */
#include <string.h>
#include <inttypes.h>

#include "cli/trial_call.h"

static void put_text(Invocation *call, const TrialVerdict *verdict)
{
    if (verdict->sound) {
        buf_format(call->out,
                   "sound: %" PRId64 " journal entries, every derived row agrees\nhead " STR_FMT "\n",
                   verdict->n_entries, STR_ARG(verdict->head));
        return;
    }
    buf_format(call->out, "NOT SOUND: table " STR_FMT, STR_ARG(verdict->table));
    if (verdict->key.len) buf_format(call->out, ", row " STR_FMT, STR_ARG(verdict->key));
    if (verdict->column.len) buf_format(call->out, ", column " STR_FMT, STR_ARG(verdict->column));
    buf_format(call->out, ": " STR_FMT "\n", STR_ARG(verdict->detail));
}

static void put_json(Invocation *call, const TrialVerdict *verdict)
{
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_member_bool(&json, "sound", verdict->sound);
    json_member_integer(&json, "entries", verdict->n_entries);
    json_member_text(&json, "head", verdict->head);
    json_member_text(&json, "table", verdict->table);
    json_member_text(&json, "row", verdict->key);
    json_member_text(&json, "column", verdict->column);
    json_member_text(&json, "detail", verdict->detail);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

/* A report prints the first 16 digits; fewer would fit by chance. */
static bool read_head(const Invocation *call, Str *head, Error *err)
{
    static const size_t LEAST = 16, MOST = 64;
    *head = str_lower(call->arena, option_text(call, "head"));
    bool is_hash = !option_given(call, "head") || (head->len >= LEAST && head->len <= MOST);
    for (size_t i = 0; i < head->len && is_hash; i++)
        is_hash = strchr("0123456789abcdef", head->data[i]) != NULL;
    if (is_hash) return true;
    error_set(err, ERROR_USAGE, "--head wants 16 to 64 hexadecimal digits, not \"" STR_FMT "\"",
              STR_ARG(*head));
    return error_hint(err, "Copy them from a report or from what `equipoise verify` printed earlier.");
}

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    TrialVerdict verdict;
    Str head;
    if (!read_head(call, &head, err) || !trial_call_open(call, &trial, NULL, err) ||
        !trial_verify(trial, call->arena, head, &verdict, err))
        return false;
    if (call->json)
        put_json(call, &verdict);
    else
        put_text(call, &verdict);
    call->exit_status = verdict.sound ? 0 : error_exit_status(ERROR_INCONSISTENT);
    return true;
}

const Command cmd_verify = {
    .name = "verify",
    .summary = "check the journal's chain and every derived row",
    .usage = "TRIAL",
    .description = "Recomputes the hash of every journal entry, replays the journal into fresh tables and "
                   "compares them with the\n"
                   "stored ones, row by row; names the first that was altered. A journal that was rewritten "
                   "or cut as a whole\n"
                   "shows only against a hash noted earlier: give it with --head. Every report prints the\n"
                   "first 16 digits of one, which are enough.",
    .example = "  equipoise verify palsy.trial",
    .min_args = 1,
    .max_args = 1,
    .options =
        (const Option[]){OPT_TEXT("head", "HASH", "a hash of the journal that was noted earlier"), OPT_END},
    .run = run,
};
