/* ODM as tables that stream: the file is gone through once for the metadata, once for what there is, and once for each
 * table that has rows. Memory grows with the metadata and the longest row, not with the data. */
#include "exchange/odm_survey.h"

#include <string.h>

typedef struct {
    Arena *arena;
    Bytes *bytes;
    OdmSurvey *survey;
    size_t next;                      /* table */
    const OdmTable *table;
    size_t n_rows;                    /* given of it */
    Arena *pass;                      /* of the table at hand; NULL for none */
    OdmData *data;
    Buf *texts;                       /* of each variable, for the row at hand */
    TableCell *cells;
} State;

static void end_pass(void *from)
{
    State *state = from;
    if (state->pass) arena_free(state->pass);
    state->pass = NULL;
}

static bool open_file(Arena *arena, const TableInput *input, void **opened, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    OdmStudy *study;
    *state = (State){.arena = arena, .bytes = input->bytes};
    *opened = state;
    arena_defer(arena, end_pass, state);
    Bytes *first = input->bytes;
    return bytes_again(arena, &first, err) && odm_read(arena, first, &study, err) && odm_survey(arena, study, input->bytes, &state->survey, err);
}

static bool next_member(void *from, const TableMember **member, Error *err)
{
    State *state = from;
    end_pass(state);
    *member = NULL;
    state->table = NULL;
    if (state->next == state->survey->n_tables) return true;
    state->table = &state->survey->tables[state->next++];
    state->n_rows = 0;
    *member = &state->table->member;
    if (state->table->member.n_rows == 0) return true;
    Bytes *bytes = state->bytes;
    size_t n = state->table->member.n_variables;
    state->pass = arena_new();
    if (!bytes_again(state->pass, &bytes, err)) return false;
    state->data = odm_data_new(state->pass, bytes, NULL);
    state->cells = ARENA_ARRAY(state->pass, TableCell, n);
    state->texts = ARENA_ARRAY(state->pass, Buf, n);
    for (size_t i = 0; i < n; i++) state->texts[i] = buf_new(state->pass);
    return true;
}

static void put_cell(State *state, size_t i, Str value, bool is_null)
{
    TableCell *cell = &state->cells[i];
    Buf *text = &state->texts[i];
    text->len = 0;
    *cell = (TableCell){.text = STR("")};
    TableType type = state->table->member.variables[i].type;
    if (is_null || value.len == 0) cell->missing = MISSING_UNSTATED;
    else if (!table_is_number(&state->table->member.variables[i])) buf_add(text, value);
    else if (!odm_fits(type, value, &cell->number)) cell->missing = MISSING_UNSTATED;   /* the file changed meanwhile */
}

static void begin_row(State *state)
{
    for (size_t i = 0; i < state->table->member.n_variables; i++) put_cell(state, i, STR(""), true);
}

static void put_contexts(State *state, const OdmDatum *datum)
{
    for (int i = 0; i < N_ODM_CONTEXTS; i++)
        if (state->table->contexts[i] != SIZE_MAX) put_cell(state, state->table->contexts[i], odm_context_value(datum, (OdmContext)i), false);
}

static const TableCell *finished_row(State *state)
{
    for (size_t i = 0; i < state->table->member.n_variables; i++)
        if (state->texts[i].len) state->cells[i].text = buf_str(&state->texts[i]);
    state->n_rows++;
    return state->cells;
}

/* Whether the event begins, or ends, what is a row of the table at hand. */
static bool is_edge(const OdmTable *table, const OdmDatum *datum, bool is_end)
{
    if (table->group) return datum->kind == (is_end ? ODM_GROUP_END : ODM_GROUP) && str_equal(datum->group, table->group->oid);
    return datum->kind == (is_end ? ODM_FORM_END : ODM_FORM);
}

static bool next_row(void *from, const TableCell **cells, Error *err)
{
    State *state = from;
    const OdmTable *table = state->table;
    bool has_value = false;
    OdmDatum datum;
    *cells = NULL;
    if (state->n_rows == table->member.n_rows) return true;
    while (true) {
        if (!odm_data_next(state->data, &datum, err)) return false;
        if (datum.kind == ODM_END) return true;
        if (!str_equal(datum.form, table->form->oid)) continue;
        if (is_edge(table, &datum, false)) {
            begin_row(state);
            has_value = false;
        } else if (is_edge(table, &datum, true) && has_value) {
            *cells = finished_row(state);
            return true;
        } else if (datum.kind == ODM_VALUE) {
            OdmTableGroup *group;
            const OdmColumn *column = odm_survey_column(table->form, &datum, &group);
            if (!column || group->table != state->next - 1) continue;
            if (!has_value) put_contexts(state, &datum);
            has_value = true;
            put_cell(state, column->place, datum.value, datum.is_null);
        }
    }
}

static size_t notes(void *from, const Str **sentences)
{
    const State *state = from;
    *sentences = state->survey->notes;
    return state->survey->n_notes;
}

const TableFormat table_format_odm = {
    .word = "odm",
    .meaning = "CDISC ODM 1.3",
    .endings = ".xml .odm",
    .is_mine = odm_is_mine,
    .open = open_file,
    .next_member = next_member,
    .next_row = next_row,
    .notes = notes,
    .gives_lengths = true,
    .gives_rows = true,
};
