/* SAS transport files as tables that stream. */
#include "exchange/xpt.h"
#include "exchange/xpt_table.h"

typedef struct {
    Arena *arena;
    XptReader *xpt;
    TableMember member;
} State;

static bool is_mine(Str head) { return str_starts(head, STR("HEADER RECORD*******LIB")); }

static bool open_file(Arena *arena, const TableInput *input, void **opened, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    *state = (State){.arena = arena};
    *opened = state;
    return xpt_open(arena, input->bytes, &state->xpt, err);
}

/* SAS's formats of days, of seconds of a day, and of seconds; other numbers are what they are. */
static TableType type_of_format(Str format)
{
    static const struct {
        const char *begins;
        TableType type;
    } KINDS[] = {
        {"DATETIME", TABLE_DATETIME}, {"E8601DT", TABLE_DATETIME}, {"IS8601DT", TABLE_DATETIME}, {"B8601DT", TABLE_DATETIME},
        {"DATEAMPM", TABLE_DATETIME}, {"DATE", TABLE_DATE}, {"E8601DA", TABLE_DATE}, {"IS8601DA", TABLE_DATE}, {"B8601DA", TABLE_DATE},
        {"DDMMYY", TABLE_DATE}, {"MMDDYY", TABLE_DATE}, {"YYMMDD", TABLE_DATE}, {"WORDDAT", TABLE_DATE}, {"JULIAN", TABLE_DATE},
        {"TIME", TABLE_TIME}, {"TOD", TABLE_TIME}, {"HHMM", TABLE_TIME}, {"E8601TM", TABLE_TIME}, {"IS8601TM", TABLE_TIME},
    };
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (str_starts(format, str_from(KINDS[i].begins))) return KINDS[i].type;
    return TABLE_DOUBLE;
}

static bool next_member(void *from, const TableMember **member, Error *err)
{
    State *state = from;
    bool found;
    *member = NULL;
    if (!xpt_next_member(state->xpt, &found, err)) return false;
    if (!found) return true;
    const XptMember *xpt = xpt_member(state->xpt);
    size_t n;
    const XptVariable *variables = xpt_variables(state->xpt, &n);
    state->member = (TableMember){.name = xpt->name, .label = xpt->label, .n_variables = n, .variables = ARENA_ARRAY(state->arena, TableVariable, n + 1),
                                  .n_rows_known = xpt->version == 8, .n_rows = xpt->n_rows};
    for (size_t i = 0; i < n; i++) {
        TableType type = variables[i].is_number ? type_of_format(variables[i].format) : TABLE_TEXT;
        state->member.variables[i] = (TableVariable){.name = variables[i].name, .label = variables[i].label, .format = variables[i].format, .informat = variables[i].informat,
                                                     .length = variables[i].length, .type = type, .is_count = type != TABLE_TEXT && type != TABLE_DOUBLE};
    }
    *member = &state->member;
    return true;
}

static bool next_row(void *from, const TableCell **cells, Error *err)
{
    State *state = from;
    bool found;
    if (!xpt_next_row(state->xpt, cells, &found, err)) return false;
    if (!found) *cells = NULL;
    return true;
}

const TableFormat table_format_xpt = {
    .word = "xpt",
    .meaning = "SAS transport file, version 5",
    .endings = ".xpt .xport",
    .is_mine = is_mine,
    .open = open_file,
    .next_member = next_member,
    .next_row = next_row,
    .gives_lengths = true,
    .needs_lengths = true,
    .create = xpt5_create,
    .begin = xpt_begin_member,
    .write = xpt_write_row,
    .finish = xpt_end_file,
};

/* Read as version 5 is; the reader knows them apart. */
const TableFormat table_format_xpt8 = {
    .word = "xpt8",
    .meaning = "SAS transport file, version 8",
    .endings = ".v8xpt .xpt8",
    .gives_lengths = true,
    .gives_rows = true,
    .needs_lengths = true,
    .needs_rows = true,
    .create = xpt8_create,
    .begin = xpt_begin_member,
    .write = xpt_write_row,
    .finish = xpt_end_file,
};
