#include "report/html_table.h"

#include <math.h>

#include "report/typeset.h"

void html_caption(Markup *html, const Document *document, Str name, Str title)
{
    if (document->watermark.len) {
        markup_element(html, "span", "mark", document->watermark);
        markup_text_c(html, " ");
    }
    markup_open(html, "span");
    markup_attr_c(html, "class", "name");
    markup_text(html, name);
    markup_text_c(html, ".");
    markup_close(html);
    markup_text_c(html, " ");
    markup_text(html, title);
}

static bool has_sources(const Document *document, Str id)
{
    for (size_t i = 0; i < document->n_results; i++) {
        Str result = document->results[i].id;
        if (document->results[i].from && str_starts(result, id) && result.len > id.len && result.data[id.len] == '.') return true;
    }
    return false;
}

static Str joined(Arena *arena, Str a, const char *b)
{
    Buf text = buf_new(arena);
    buf_add(&text, a);
    buf_add_c(&text, b);
    return buf_str(&text);
}

void html_notes(Markup *html, const Document *document, Str id, const Str *footnotes, size_t n)
{
    Arena *arena = html->out->arena;
    markup_open(html, "div");
    markup_attr_c(html, "class", "notes");
    for (size_t i = 0; i < n; i++) markup_element(html, "p", NULL, footnotes[i]);
    markup_open(html, "p");
    markup_text(html, document->source_line);
    if (has_sources(document, id)) {
        Buf to = buf_new(arena);
        buf_char(&to, '#');
        buf_add(&to, id);
        buf_add_c(&to, "-sources");
        markup_text_c(html, " ");
        markup_open(html, "a");
        markup_attr_c(html, "class", "where");
        markup_attr(html, "href", buf_str(&to));
        markup_text_c(html, "Where these numbers come from");
        markup_close(html);
    }
    markup_close(html);
    markup_close(html);
    markup_line(html);
}

/* Text with its lines as <br>; a line in brackets, as "(N=86)", is lighter. */
static void add_header_text(Markup *html, Str text)
{
    Str first = text, rest = {0};
    bool more = str_cut(text, STR("\n"), &first, &rest);
    markup_text(html, first);
    while (more) {
        Str line = rest, after = {0};
        more = str_cut(rest, STR("\n"), &line, &after);
        markup_open(html, "br");
        markup_close_empty(html);
        if (str_starts(line, STR("(")) || str_starts(line, STR("["))) markup_element(html, "span", "more", line);
        else markup_text(html, line);
        rest = after;
    }
}

#define HEADER_UNBROKEN 14                                /* a header line as short as this stays whole */

static const char *header_class(const TableColumn *column, size_t width)
{
    static const char *const CLASSES[2][4] = {{NULL, "r", "m", "r"}, {"k", "r k", "m k", "r k"}};
    return CLASSES[width <= HEADER_UNBROKEN][column->align];
}

static void add_spanners(Markup *html, const Table *table)
{
    markup_open(html, "tr");
    for (size_t c = 0; c < table->n_columns;) {
        size_t end = typeset_span_end(table, c, table->n_columns);
        if (table->columns[c].spanner.len) {
            markup_open(html, "th");
            markup_attr_c(html, "scope", "colgroup");
            markup_attr_c(html, "class", "spanner");
            markup_attr_integer(html, "colspan", (int64_t)(end - c));
            add_header_text(html, table->columns[c].spanner);
        } else {
            markup_open(html, "td");
        }
        markup_close(html);
        c = end;
    }
    markup_close(html);
    markup_line(html);
}

static void add_columns(Markup *html, const Table *table)
{
    for (size_t c = 0; c < table->n_columns;) {
        size_t end = typeset_span_end(table, c, table->n_columns);
        markup_open(html, "colgroup");
        markup_attr_integer(html, "span", (int64_t)(end - c));
        markup_close(html);
        c = end;
    }
}

static void add_head(Markup *html, const Table *table)
{
    bool spanned = typeset_has_spanners(table);
    if (spanned) add_columns(html, table);
    markup_open(html, "thead");
    markup_line(html);
    if (spanned) add_spanners(html, table);
    markup_open(html, "tr");
    for (size_t c = 0; c < table->n_columns; c++) {
        const TableColumn *column = &table->columns[c];
        size_t width = typeset_lines(html->out->arena, column->header, SIZE_MAX / 2).width;
        const char *class_name = c ? header_class(column, width) : NULL;
        markup_open(html, column->header.len ? "th" : "td");
        if (column->header.len) markup_attr_c(html, "scope", "col");
        if (class_name) markup_attr_c(html, "class", class_name);
        add_header_text(html, column->header);
        markup_close(html);
    }
    markup_close(html);
    markup_line(html);
    markup_close(html);
    markup_line(html);
}

/* Widths in digits of common text faces, enough to line up what is printed right of a decimal point. */
static double advance(char c)
{
    switch (c) {
    case '.': case ',': case ' ': case ':': case ';': return 0.5;
    case '(': case ')': case '-': case '[': case ']': case '/': return 0.6;
    case '%': return 1.6;
    default: return ((unsigned char)c & 0xC0) == 0x80 ? 0 : 1;
    }
}

static double tail_width(Str text)
{
    double width = 0;
    for (size_t i = typeset_point(text); i < text.len; i++) width += advance(text.data[i]);
    return width;
}

static double *widest_tails(Arena *arena, const Table *table)
{
    double *widest = ARENA_ARRAY(arena, double, table->n_columns);
    for (size_t r = 0; r < table->n_rows; r++)
        for (size_t c = 1; c < table->n_columns; c++) {
            const Cell *cell = &table->rows[r].cells[c];
            double width = cell->text.len && cell->column_span < 2 ? tail_width(cell->text) : 0;
            if (width > widest[c]) widest[c] = width;
        }
    return widest;
}

/* Cell text with each number in an element of its own, so that it can be linked to. */
static void add_cell_text(Markup *html, const Document *document, const Cell *cell)
{
    size_t at = 0;
    for (size_t i = 0; i < cell->n_results; i++) {
        const Result *result = &document->results[cell->first_result + i];
        markup_text(html, str_slice(cell->text, at, result->printed_at));
        bool known = isfinite(result->value);
        markup_open(html, known ? "data" : "span");
        markup_attr(html, "id", result->id);
        if (known) {
            Buf value = buf_new(html->out->arena);
            buf_number(&value, result->value);
            markup_attr(html, "value", buf_str(&value));
        }
        markup_text(html, result->printed);
        markup_close(html);
        at = result->printed_at + result->printed.len;
    }
    markup_text(html, str_slice(cell->text, at, cell->text.len));
}

static void add_pad(Markup *html, double pad)
{
    if (pad <= 0) return;
    Buf style = buf_new(html->out->arena);
    buf_add_c(&style, "--pad:");
    buf_fixed(&style, pad, 1);
    markup_attr(html, "style", buf_str(&style));
}

static size_t row_is_title(const Table *table, const Row *row)
{
    for (size_t c = 1; c < table->n_columns; c++)
        if (row->cells[c].text.len) return 0;
    return table->n_columns;
}

static void add_cell(Markup *html, const Document *document, const Table *table, const Row *row, size_t c, double tail)
{
    const Cell *cell = &row->cells[c];
    Align align = c ? table->columns[c].align : ALIGN_LEFT;
    bool spans = cell->column_span > 1;
    bool is_header = c == 0 ? cell->text.len > 0 : cell->is_header && cell->text.len;
    size_t span = spans ? (size_t)cell->column_span : c == 0 && row->kind == ROW_GROUP ? row_is_title(table, row) : 0;
    markup_open(html, is_header ? "th" : "td");
    if (is_header) markup_attr_c(html, "scope", row->kind == ROW_GROUP && row->indent == 0 ? "rowgroup" : "row");
    if (span > 1) markup_attr_integer(html, "colspan", (int64_t)span);
    if (align == ALIGN_DECIMAL && !spans) {
        markup_attr_c(html, "class", "d");
        if (cell->text.len) add_pad(html, tail - tail_width(cell->text));
    } else if (align != ALIGN_LEFT) {
        markup_attr_c(html, "class", align == ALIGN_RIGHT ? "r" : "m");
    }
    add_cell_text(html, document, cell);
    markup_close(html);
}

static void add_row(Markup *html, const Document *document, const Table *table, const Row *row, const double *tails)
{
    static const char *const CLASSES[2][3] = {{NULL, "i1", "i2"}, {"group", "group i1", "group i2"}};
    int indent = row->indent < 0 ? 0 : row->indent > 2 ? 2 : row->indent;
    const char *class_name = CLASSES[row->kind == ROW_GROUP][indent];
    markup_open(html, "tr");
    if (class_name) markup_attr_c(html, "class", class_name);
    bool is_title = row->kind == ROW_GROUP && row_is_title(table, row);
    for (size_t c = 0; c < (is_title ? 1 : table->n_columns);) {
        add_cell(html, document, table, row, c, tails[c]);
        c += row->cells[c].column_span > 1 ? (size_t)row->cells[c].column_span : 1;
    }
    markup_close(html);
    markup_line(html);
}

static void add_body(Markup *html, const Document *document, const Table *table)
{
    double *tails = widest_tails(html->out->arena, table);
    markup_open(html, "tbody");
    markup_line(html);
    for (size_t r = 0; r < table->n_rows; r++) {
        const Row *row = &table->rows[r];
        if (typeset_begins_block(table, r)) {
            markup_close(html);
            markup_open(html, "tbody");
            markup_line(html);
        }
        add_row(html, document, table, row, tails);
    }
    markup_close(html);
    markup_line(html);
}

void html_table(Markup *html, const Document *document, const Table *table, Str of_figure)
{
    Arena *arena = html->out->arena;
    Str caption_id = joined(arena, table->id, of_figure.len ? "-data-title" : "-title");
    markup_open(html, "div");
    markup_attr_c(html, "class", "scroll");
    markup_attr_c(html, "role", "region");
    markup_attr_c(html, "tabindex", "0");
    markup_attr(html, "aria-labelledby", caption_id);
    markup_open(html, "table");
    markup_attr(html, "id", joined(arena, table->id, of_figure.len ? "-data" : ""));
    markup_line(html);
    markup_open(html, "caption");
    markup_open(html, "span");
    markup_attr_c(html, "class", "cap");
    markup_attr(html, "id", caption_id);
    if (of_figure.len) html_caption(html, document, joined(arena, STR("Data of "), str_c(arena, of_figure)), STR(""));
    else html_caption(html, document, typeset_table_name(arena, table), table->title);
    if (table->population.len) {
        markup_text_c(html, " ");
        markup_element(html, "span", "population", table->population);
    }
    markup_close(html);
    markup_close(html);
    markup_line(html);
    add_head(html, table);
    add_body(html, document, table);
    markup_close(html);
    markup_close(html);
    markup_line(html);
}
