/* The two sheets that describe the others in workbooks of our own. */
#include <stddef.h>

#include "exchange/xlsx_inside.h"

const XlsxAbout XLSX_ABOUT_DATA_SETS[] = {
    {"sheet", XLSX_A_SHEET, 0},
    {"data set", XLSX_A_TEXT, offsetof(TableMember, name)},
    {"label", XLSX_A_TEXT, offsetof(TableMember, label)},
    {"OID", XLSX_A_TEXT, offsetof(TableMember, oid)},
    {"study OID", XLSX_A_TEXT, offsetof(TableMember, study_oid)},
    {"metadata OID", XLSX_A_TEXT, offsetof(TableMember, metadata_oid)},
    {"metadata", XLSX_A_TEXT, offsetof(TableMember, metadata_ref)},
    {"originator", XLSX_A_TEXT, offsetof(TableMember, originator)},
    {"system", XLSX_A_TEXT, offsetof(TableMember, system)},
    {"system version", XLSX_A_TEXT, offsetof(TableMember, system_version)},
    {"created", XLSX_A_TEXT, offsetof(TableMember, created)},
    {"modified", XLSX_A_TEXT, offsetof(TableMember, modified)},
    {"reference", XLSX_A_FLAG, offsetof(TableMember, is_reference)},
};
const size_t XLSX_N_ABOUT_DATA_SETS = sizeof XLSX_ABOUT_DATA_SETS / sizeof XLSX_ABOUT_DATA_SETS[0];

const XlsxAbout XLSX_ABOUT_VARIABLES[] = {
    {"sheet", XLSX_A_SHEET, 0},
    {"variable", XLSX_A_TEXT, offsetof(TableVariable, name)},
    {"label", XLSX_A_TEXT, offsetof(TableVariable, label)},
    {"type", XLSX_A_TYPE, offsetof(TableVariable, type)},
    {"counts days or seconds", XLSX_A_FLAG, offsetof(TableVariable, is_count)},
    {"length", XLSX_A_COUNT, offsetof(TableVariable, length)},
    {"format", XLSX_A_TEXT, offsetof(TableVariable, format)},
    {"informat", XLSX_A_TEXT, offsetof(TableVariable, informat)},
    {"key", XLSX_A_COUNT, offsetof(TableVariable, key)},
    {"OID", XLSX_A_TEXT, offsetof(TableVariable, oid)},
};
const size_t XLSX_N_ABOUT_VARIABLES = sizeof XLSX_ABOUT_VARIABLES / sizeof XLSX_ABOUT_VARIABLES[0];

/* A row of the sheet into the struct; false when a cell is not what must stand there. */
static bool take_row(Arena *arena, const XlsxAbout *about, size_t n_about, const XlsxRow *row, Str *sheet, void *to)
{
    for (size_t i = 0; i < n_about; i++) {
        XlsxCell cell = i < row->n ? row->cells[i] : (XlsxCell){.text = STR("")};
        void *at = (char *)to + about[i].place;
        Str text = cell.type == XLSX_TEXT ? str_copy(arena, cell.text) : STR("");
        bool is_count = cell.type == XLSX_NOTHING || (cell.type == XLSX_NUMBER && cell.number >= 0 && cell.number < 1e9);
        switch (about[i].content) {
        case XLSX_A_SHEET: *sheet = text; break;
        case XLSX_A_TEXT: *(Str *)at = text; break;
        case XLSX_A_FLAG: *(bool *)at = cell.type == XLSX_BOOLEAN && cell.number != 0; break;
        case XLSX_A_COUNT:
            if (!is_count) return false;
            *(size_t *)at = (size_t)cell.number;
            break;
        case XLSX_A_TYPE:
            if (!table_type_parse(text, (TableType *)at)) return false;
            break;
        }
    }
    return true;
}

static bool has_titles(const XlsxAbout *about, size_t n, const XlsxRow *row)
{
    if (row->n != n) return false;
    for (size_t i = 0; i < n; i++)
        if (row->cells[i].type != XLSX_TEXT || !str_equal(row->cells[i].text, str_from(about[i].title))) return false;
    return true;
}

static const XlsxSheet *sheet_named(const XlsxBook *book, const char *name)
{
    for (size_t i = 0; i < book->n_sheets; i++)
        if (str_equal(book->sheets[i].name, str_from(name))) return &book->sheets[i];
    return NULL;
}

static XlsxMember *member_of(XlsxMember *members, size_t n, Str sheet)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(members[i].sheet, sheet)) return &members[i];
    return NULL;
}

static bool wrong_row(const char *sheet, size_t row, Error *err)
{
    error_set(err, ERROR_MALFORMED, "this row describes no data set or variable");
    error_hint(err, "Delete the sheets \"" XLSX_DATA_SETS "\" and \"" XLSX_VARIABLES "\" to have types found anew.");
    return error_in(err, "sheet \"%s\", row %zu", sheet, row);
}

/* The members; *is_ours is false when the sheet has other titles. */
static bool read_data_sets(Arena *arena, const XlsxBook *book, const XlsxSheet *sheet, XlsxMember **members, size_t *n, bool *is_ours, Error *err)
{
    XlsxRows *rows;
    XlsxRow row;
    size_t capacity = 0;
    if (!xlsx_rows_open(arena, book, sheet, &rows, err) || !xlsx_rows_next(rows, &row, err)) return false;
    *is_ours = has_titles(XLSX_ABOUT_DATA_SETS, XLSX_N_ABOUT_DATA_SETS, &row);
    while (*is_ours) {
        if (!xlsx_rows_next(rows, &row, err)) return false;
        if (row.number == 0) break;
        ARENA_PUSH_ROOM(arena, *members, *n, capacity);
        XlsxMember *member = &(*members)[(*n)++];
        *member = (XlsxMember){.sheet = STR("")};
        if (!take_row(arena, XLSX_ABOUT_DATA_SETS, XLSX_N_ABOUT_DATA_SETS, &row, &member->sheet, &member->member)) return wrong_row(XLSX_DATA_SETS, row.number, err);
    }
    return true;
}

/* Variables of a sheet follow each other. */
static bool read_variables(Arena *arena, const XlsxBook *book, const XlsxSheet *sheet, XlsxMember *members, size_t n, bool *is_ours, Error *err)
{
    XlsxRows *rows;
    XlsxRow row;
    XlsxMember *last = NULL;
    size_t capacity = 0;
    if (!xlsx_rows_open(arena, book, sheet, &rows, err) || !xlsx_rows_next(rows, &row, err)) return false;
    *is_ours = has_titles(XLSX_ABOUT_VARIABLES, XLSX_N_ABOUT_VARIABLES, &row);
    while (*is_ours) {
        Str name = STR("");
        TableVariable variable = {.name = STR("")};
        if (!xlsx_rows_next(rows, &row, err)) return false;
        if (row.number == 0) break;
        bool ok = take_row(arena, XLSX_ABOUT_VARIABLES, XLSX_N_ABOUT_VARIABLES, &row, &name, &variable);
        XlsxMember *member = member_of(members, n, name);
        bool is_time = variable.type == TABLE_DATE || variable.type == TABLE_TIME || variable.type == TABLE_DATETIME;
        if (!ok || !member || (variable.is_count && !is_time)) return wrong_row(XLSX_VARIABLES, row.number, err);
        if (member != last && member->member.n_variables) return wrong_row(XLSX_VARIABLES, row.number, err);
        if (member != last) capacity = 0;
        last = member;
        ARENA_PUSH_ROOM(arena, member->member.variables, member->member.n_variables, capacity);
        member->member.variables[member->member.n_variables++] = variable;
    }
    return true;
}

bool xlsx_about_read(Arena *arena, const XlsxBook *book, XlsxMember **members, size_t *n, Error *err)
{
    const XlsxSheet *data_sets = sheet_named(book, XLSX_DATA_SETS), *variables = sheet_named(book, XLSX_VARIABLES);
    bool is_ours = false;
    *members = NULL, *n = 0;
    if (!data_sets || !variables) return true;
    if (!read_data_sets(arena, book, data_sets, members, n, &is_ours, err)) return false;
    if (is_ours && !read_variables(arena, book, variables, *members, *n, &is_ours, err)) return false;
    if (!is_ours) *n = 0;
    return true;
}
