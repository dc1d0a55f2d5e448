/* The rows of a sheet, as they stream. */
#include "exchange/xlsx_inside.h"
#include "exchange/xml_pull.h"

struct XlsxRows {
    const XlsxBook *book;
    Str sheet;
    XmlPull *xml;
    Arena *arena, *row_arena;         /* the second is begun anew with each row */
    ArenaMark row_mark;
    XlsxCell *cells;
    size_t n, capacity, number;       /* of the row being read */
    Buf text;                         /* of the cell being read */
    bool is_over;
};

Str xlsx_cell_name(Arena *arena, size_t column, size_t row)
{
    char letters[8];
    size_t at = sizeof letters;
    for (column++; column && at; column = (column - 1) / 26) letters[--at] = (char)('A' + (column - 1) % 26);
    return str_format(arena, STR_FMT "%zu", STR_ARG(((Str){letters + at, sizeof letters - at})), row);
}

static void release(void *arena) { arena_free(arena); }

bool xlsx_rows_open(Arena *arena, const XlsxBook *book, const XlsxSheet *sheet, XlsxRows **opened, Error *err)
{
    Bytes *bytes;
    XlsxRows *rows = ARENA_NEW(arena, XlsxRows);
    *rows = (XlsxRows){.book = book, .sheet = sheet->name, .arena = arena, .row_arena = arena_new(), .text = buf_new(arena)};
    arena_defer(arena, release, rows->row_arena);
    arena_alloc(rows->row_arena, 1);
    rows->row_mark = arena_mark(rows->row_arena);
    *opened = rows;
    if (!zip_bytes(arena, book->zip, sheet->entry, &bytes, err)) return false;
    rows->xml = xml_pull_new(arena, bytes);
    return true;
}

static bool refuse(XlsxRows *rows, Error *err, const char *what)
{
    error_set(err, ERROR_MALFORMED, "%s", what);
    return error_in(err, "sheet \"" STR_FMT "\", cell " STR_FMT, STR_ARG(rows->sheet), STR_ARG(xlsx_cell_name(rows->row_arena, rows->n ? rows->n - 1 : 0, rows->number)));
}

static bool in_sheet(const XlsxRows *rows, Error *err) { return error_in(err, "sheet \"" STR_FMT "\"", STR_ARG(rows->sheet)); }

/* "BC23": the column from 0; SIZE_MAX when it is none. */
static size_t column_of(Str reference)
{
    size_t column = 0, i = 0;
    for (; i < reference.len && reference.data[i] >= 'A' && reference.data[i] <= 'Z' && i < 4; i++) column = column * 26 + (size_t)(reference.data[i] - 'A') + 1;
    return i && column <= XLSX_MAX_COLUMNS ? column - 1 : SIZE_MAX;
}

static bool begin_row(XlsxRows *rows, const XmlEvent *event, Error *err)
{
    Str text;
    int64_t number = (int64_t)rows->number + 1;
    rows->n = 0;
    if (xml_attribute(event, "r", &text) && (!integer_parse(text, &number) || number <= (int64_t)rows->number)) return refuse(rows, err, "rows are not in order");
    if (number > (int64_t)XLSX_MAX_ROWS) return refuse(rows, err, "a sheet has more than 1,048,576 rows");
    rows->number = (size_t)number;
    return true;
}

/* Room for the cell, and blanks before it. */
static bool begin_cell(XlsxRows *rows, const XmlEvent *event, XlsxCell **cell, Error *err)
{
    Str text;
    size_t column = xml_attribute(event, "r", &text) ? column_of(text) : rows->n;
    if (column >= XLSX_MAX_COLUMNS || column < rows->n) return refuse(rows, err, "cells are not in order, or beyond column XFD");
    while (rows->n <= column) {
        ARENA_PUSH_ROOM(rows->arena, rows->cells, rows->n, rows->capacity);
        rows->cells[rows->n++] = (XlsxCell){.text = STR("")};
    }
    *cell = &rows->cells[column];
    return true;
}

static bool take_shared(XlsxRows *rows, XlsxCell *cell, Str value, Error *err)
{
    int64_t index;
    if (!integer_parse(value, &index) || index < 0 || (size_t)index >= rows->book->n_texts) return refuse(rows, err, "the shared text of a cell is not there");
    cell->type = XLSX_TEXT;
    cell->text = rows->book->texts[index];
    return true;
}

static bool take_number(XlsxRows *rows, XlsxCell *cell, Str value, int64_t style, Error *err)
{
    if (value.len == 0) return true;
    if (!number_parse(value, &cell->number)) return refuse(rows, err, "the number of a cell cannot be read");
    cell->type = XLSX_NUMBER;
    cell->kind = style >= 0 && (size_t)style < rows->book->n_kinds ? rows->book->kinds[style] : XLSX_PLAIN;
    return true;
}

/* What the text between the tags means by the cell's type. */
static bool finish_cell(XlsxRows *rows, XlsxCell *cell, Str type, int64_t style, bool is_inline, Error *err)
{
    Str raw = buf_str(&rows->text), value = str_trim(raw);
    if (str_equal(type, STR("s"))) return value.len == 0 || take_shared(rows, cell, value, err);
    if (str_equal(type, STR("b"))) {
        if (value.len) cell->type = XLSX_BOOLEAN, cell->number = str_equal(value, STR("1")) || str_equal(value, STR("true"));
        return true;
    }
    bool is_error = str_equal(type, STR("e"));
    if (is_inline || is_error || str_equal(type, STR("str")) || str_equal(type, STR("inlineStr")) || str_equal(type, STR("d"))) {
        cell->type = is_error ? XLSX_ERROR : XLSX_TEXT;
        cell->text = str_copy(rows->row_arena, xlsx_unescape(rows->row_arena, is_error ? value : raw));
        return true;
    }
    return take_number(rows, cell, value, style, err);
}

static bool read_cell(XlsxRows *rows, const XmlEvent *first, Error *err)
{
    XlsxCell *cell = NULL;
    XmlEvent event;
    Str type, style_text;
    int64_t style = 0;
    bool in_value = false, is_inline = false;
    if (!begin_cell(rows, first, &cell, err)) return false;
    if (xml_attribute(first, "t", &type)) type = str_copy(rows->row_arena, type);
    if (!xml_attribute(first, "s", &style_text) || !integer_parse(style_text, &style)) style = 0;
    rows->text.len = 0;
    while (true) {
        if (!xml_pull_next(rows->xml, &event, err)) return in_sheet(rows, err);
        bool begins = event.kind == XML_PULL_ELEMENT;
        if (event.kind == XML_PULL_TEXT) {
            if (in_value) buf_add(&rows->text, event.text);
        } else if (begins && (xml_is(&event, "rPh") || xml_is(&event, "f"))) {
            if (!xml_pull_skip(rows->xml, err)) return in_sheet(rows, err);
        } else if (xml_is(&event, "v") || xml_is(&event, "t")) {
            in_value = begins;
        } else if (xml_is(&event, "is")) {
            is_inline = true;
        } else if (!begins && xml_is(&event, "c")) break;
    }
    return finish_cell(rows, cell, type, style, is_inline, err);
}

bool xlsx_rows_next(XlsxRows *rows, XlsxRow *row, Error *err)
{
    XmlEvent event;
    bool in_row = false;
    *row = (XlsxRow){0};
    arena_rewind(rows->row_arena, rows->row_mark);
    while (!rows->is_over) {
        if (!xml_pull_next(rows->xml, &event, err)) return in_sheet(rows, err);
        bool begins = event.kind == XML_PULL_ELEMENT;
        if (event.kind == XML_PULL_END) rows->is_over = true;
        else if (event.kind == XML_PULL_TEXT) continue;
        else if (begins && xml_is(&event, "row")) {
            in_row = true;
            if (!begin_row(rows, &event, err)) return false;
        } else if (begins && in_row && xml_is(&event, "c")) {
            if (!read_cell(rows, &event, err)) return false;
        } else if (!begins && xml_is(&event, "row")) {
            *row = (XlsxRow){rows->number, rows->n, rows->cells};
            return true;
        }
    }
    return true;
}
