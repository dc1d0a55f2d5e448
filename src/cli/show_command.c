/* What is in a file of data. */
#include "base/json.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "cli/progress.h"
#include "exchange/iso_count.h"

#define N_FIRST_ROWS  5
#define CELL_WIDTH    24

/* The first rows of a member, kept as texts. */
typedef struct {
    size_t n_rows, n_kept, wanted;
    size_t *n_missing;
    Str *cells;
    bool json;                        /* a date that is a number stays one */
    Progress *progress;
} Look;

static Str cell_text(Arena *arena, const TableVariable *variable, const TableCell *cell, bool json)
{
    const char *word = missing_word(cell->missing);
    if (cell->missing == MISSING_UNSTATED) return STR("");
    if (cell->missing) return str_format(arena, "%s%s", word[0] == '.' ? "" : ".", word);
    if (!table_is_number(variable)) return str_copy(arena, cell->text);
    if (variable->type == TABLE_BOOLEAN) return cell->number != 0 ? STR("true") : STR("false");
    Buf buf = buf_new(arena);
    if (variable->is_count && !json && iso_count_put(&buf, variable->type, cell->number)) return buf_str(&buf);
    buf.len = 0;
    buf_number(&buf, cell->number);
    return buf_str(&buf);
}

static bool look(Invocation *call, TableReader *reader, const TableMember *member, Look *look, Error *err)
{
    const TableCell *cells;
    size_t n = member->n_variables;
    look->n_missing = ARENA_ARRAY(call->arena, size_t, n + 1);
    look->cells = ARENA_ARRAY(call->arena, Str, look->wanted * n + 1);
    while (true) {
        if (!table_next_row(reader, &cells, err)) return false;
        if (!cells) return true;
        for (size_t i = 0; i < n; i++) {
            look->n_missing[i] += cells[i].missing != MISSING_NOT;
            if (look->n_rows < look->wanted) look->cells[look->n_kept * n + i] = cell_text(call->arena, &member->variables[i], &cells[i], look->json);
        }
        look->n_kept += look->n_rows < look->wanted;
        look->n_rows++;
        progress_row(look->progress, table_share_read(reader));
    }
}

static Str type_text(const TableVariable *variable)
{
    return variable->is_count ? STR("date number") : str_from(table_type_word(variable->type));
}

static void write_variables(Invocation *call, const TableMember *member, const Look *look)
{
    static const char *const HEADS[] = {"", "variable", "type", "length", "format", "missing", "label"};
    Grid grid = grid_new(call->arena, HEADS, 7);
    for (size_t i = 0; i < member->n_variables; i++) {
        const TableVariable *v = &member->variables[i];
        grid_add(&grid, str_format(call->arena, "%zu", i + 1));
        grid_add(&grid, v->name);
        grid_add(&grid, type_text(v));
        grid_add(&grid, v->length ? str_format(call->arena, "%zu", v->length) : STR(""));
        grid_add(&grid, v->format);
        grid_add(&grid, look->n_missing[i] ? str_format(call->arena, "%zu", look->n_missing[i]) : STR(""));
        grid_add(&grid, v->label);
    }
    grid_write_left(&grid, call->out);
}

/* Cut to a width, with a sign that something is missing; control bytes as a terminal may see them. */
static Str shown(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len && buf.len < CELL_WIDTH; i++) buf_char(&buf, (unsigned char)text.data[i] < 32 || text.data[i] == 127 ? '.' : text.data[i]);
    while (buf.len && buf.len < text.len && ((unsigned char)text.data[buf.len] & 0xC0) == 0x80) buf.len--;
    if (buf.len < text.len) buf_add_c(&buf, "…");
    return buf_str(&buf);
}

static void write_rows(Invocation *call, const TableMember *member, const Look *look)
{
    size_t n = member->n_variables;
    const char **heads = ARENA_ARRAY(call->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) heads[i] = str_c(call->arena, member->variables[i].name);
    Grid grid = grid_new(call->arena, heads, n);
    for (size_t i = 0; i < look->n_kept * n; i++) grid_add(&grid, shown(call->arena, look->cells[i]));
    buf_char(call->out, '\n');
    grid_write_left(&grid, call->out);
}

static void write_text(Invocation *call, const TableMember *member, const Look *look)
{
    buf_char(call->out, '\n');
    buf_add(call->out, member->name);
    if (member->label.len) buf_format(call->out, " \"" STR_FMT "\"", STR_ARG(member->label));
    buf_format(call->out, ": %zu rows, %zu variables\n\n", look->n_rows, member->n_variables);
    write_variables(call, member, look);
    if (look->n_kept && member->n_variables) write_rows(call, member, look);
}

static void write_json(JsonWriter *json, const TableMember *member, const Look *look)
{
    json_begin_object(json);
    json_member_text(json, "name", member->name);
    json_member_text(json, "label", member->label);
    json_member_integer(json, "rows", (int64_t)look->n_rows);
    json_key(json, STR("variables"));
    json_begin_array(json);
    for (size_t i = 0; i < member->n_variables; i++) {
        const TableVariable *v = &member->variables[i];
        json_begin_object(json);
        json_member_text(json, "name", v->name);
        json_member_text(json, "label", v->label);
        json_member_text(json, "type", type_text(v));
        json_member_integer(json, "length", (int64_t)v->length);
        json_member_text(json, "format", v->format);
        json_member_integer(json, "missing", (int64_t)look->n_missing[i]);
        json_end_object(json);
    }
    json_end_array(json);
    json_key(json, STR("first"));
    json_begin_array(json);
    for (size_t row = 0; row < look->n_kept; row++) {
        json_begin_array(json);
        for (size_t i = 0; i < member->n_variables; i++) json_put_text(json, look->cells[row * member->n_variables + i]);
        json_end_array(json);
    }
    json_end_array(json);
    json_end_object(json);
}

/* What the file holds and its tables do not. */
static void write_notes(Invocation *call, JsonWriter *json, const TableReader *reader)
{
    const Str *notes;
    size_t n = table_notes(reader, &notes);
    if (call->json) {
        json_key(json, STR("notes"));
        json_begin_array(json);
        for (size_t i = 0; i < n; i++) json_put_text(json, notes[i]);
        json_end_array(json);
        return;
    }
    if (n) buf_add_c(call->out, "\nnotes\n");
    for (size_t i = 0; i < n; i++) buf_format(call->out, "  " STR_FMT "\n", STR_ARG(notes[i]));
}

static bool run(Invocation *call, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    Str wanted = option_text(call, "member");
    size_t n_shown = 0;
    Progress progress = progress_begin();
    JsonWriter json = json_writer(call->out, 2);
    int64_t n_rows = option_integer(call, "rows", N_FIRST_ROWS);
    if (n_rows < 0 || n_rows > 1000) return error_set(err, ERROR_USAGE, "--rows must lie between 0 and 1000");
    if (!table_open(call->arena, call->args[0], &reader, err)) return false;
    const TableFormat *format = table_format(reader);
    if (call->json) {
        json_begin_object(&json);
        json_member_text(&json, "format", str_from(format->word));
        json_key(&json, STR("members"));
        json_begin_array(&json);
    } else buf_format(call->out, "%s\n", format->meaning);
    while (true) {
        Look seen = {.wanted = (size_t)n_rows, .json = call->json, .progress = &progress};
        if (!table_next_member(reader, &member, err)) return false;
        if (!member) break;
        if (wanted.len && !str_equal(str_lower(call->arena, wanted), str_lower(call->arena, member->name))) continue;
        if (!look(call, reader, member, &seen, err)) return false;
        n_shown++;
        if (call->json) write_json(&json, member, &seen);
        else write_text(call, member, &seen);
    }
    progress_end(&progress);
    if (call->json) {
        json_end_array(&json);
        write_notes(call, &json, reader);
        json_end_object(&json);
        buf_char(call->out, '\n');
    } else write_notes(call, &json, reader);
    if (n_shown || !wanted.len) return true;
    error_set(err, ERROR_INCONSISTENT, "no data set is called \"" STR_FMT "\"", STR_ARG(wanted));
    return error_hint(err, "equipoise show FILE lists them.");
}

const Command cmd_show = {
    .name = "show",
    .summary = "say what is in a file of data",
    .usage = "FILE [--member NAME] [--rows N]",
    .description = "Data sets, variables with their labels, types and formats, how many values are missing, and the first rows. The format\n"
                   "is known by the file's first bytes; the file may be compressed by gzip. It is read row by row: memory does not grow\n"
                   "with the file. Dates that are numbers (of SAS, of Excel) are shown as dates, and stay numbers in --json. Formats, with\n"
                   "what is kept of each: docs/formats.md.",
    .example = "  equipoise show adsl.xpt\n"
               "  equipoise show visits.csv --rows 20",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_TEXT("member", "NAME", "of several data sets, this one"),
                                OPT_INTEGER("rows", "N", "how many rows to print [5]"), OPT_END},
    .run = run,
};
