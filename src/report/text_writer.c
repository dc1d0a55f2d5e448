#include "report/text_writer.h"

#include "report/text_table.h"
#include "report/typeset.h"

#define WIDTH_MIN 40
#define PROSE_MAX 84                                      /* longer lines are hard to read */

static void add_paragraph(Arena *arena, Buf *out, Str text, size_t width, const char *first, const char *next)
{
    Lines lines = typeset_lines(arena, text, width - str_width(str_from(first)));
    for (size_t i = 0; i < lines.n; i++) {
        buf_add_c(out, i ? next : first);
        buf_add(out, lines.lines[i]);
        buf_char(out, '\n');
    }
}

static size_t prose_width(size_t width) { return width < PROSE_MAX ? width : PROSE_MAX; }

static void add_heading(Arena *arena, Buf *out, const Block *block, size_t width)
{
    size_t from = out->len;
    buf_char(out, '\n');
    add_paragraph(arena, out, block->text, width, "", "");
    size_t length = str_width(str_slice(buf_str(out), from + 1, out->len - 1));
    if (length > width) length = width;
    if (block->level == 1) text_table_rule(out, "═", length);
    if (block->level == 2) text_table_rule(out, "─", length);
    buf_char(out, '\n');
}

static void add_items(Arena *arena, Buf *out, const Block *block, size_t width)
{
    for (size_t i = 0; i < block->n_items; i++) add_paragraph(arena, out, block->items[i], prose_width(width), "  • ", "    ");
    buf_char(out, '\n');
}

static void add_note(Arena *arena, Buf *out, const Block *block, size_t width)
{
    add_paragraph(arena, out, block->text, prose_width(width), "│ ", "│ ");
    for (size_t i = 0; i < block->n_items; i++) {
        buf_add_c(out, "│\n");
        add_paragraph(arena, out, block->items[i], prose_width(width), "│ ", "│ ");
    }
    buf_char(out, '\n');
}

/* What stands under every table and figure. */
static void add_foot(const Document *document, const Str *footnotes, size_t n, size_t width, Buf *out)
{
    for (size_t i = 0; i < n; i++) add_paragraph(out->arena, out, footnotes[i], width, "", "");
    if (document->source_line.len) add_paragraph(out->arena, out, document->source_line, width, "", "");
    buf_char(out, '\n');
}

static size_t usable(size_t width) { return width < WIDTH_MIN ? WIDTH_MIN : width; }

static Str joined(Arena *arena, Str name, Str title)
{
    Buf text = buf_new(arena);
    buf_add(&text, name);
    buf_add_c(&text, ". ");
    buf_add(&text, title);
    return buf_str(&text);
}

void text_writer_table(const Document *document, const Table *table, size_t width, Buf *out)
{
    Arena *arena = out->arena;
    width = usable(width);
    add_paragraph(arena, out, joined(arena, typeset_table_name(arena, table), table->title), width, "", "");
    if (table->population.len) {
        Buf population = buf_new(arena);
        buf_add_c(&population, "Population: ");
        buf_add(&population, table->population);
        add_paragraph(arena, out, buf_str(&population), width, "", "");
    }
    text_table_write(table, document->watermark, width, out);
    add_foot(document, table->footnotes, table->n_footnotes, width, out);
}

void text_writer_figure(const Document *document, const Figure *figure, size_t width, Buf *out)
{
    Arena *arena = out->arena;
    width = usable(width);
    add_paragraph(arena, out, joined(arena, typeset_figure_name(arena, figure), figure->title), width, "", "");
    if (figure->exploratory) buf_add_c(out, "Exploratory\n");
    if (figure->alt.len) add_paragraph(arena, out, figure->alt, prose_width(width), "", "");
    if (figure->data) text_table_write(figure->data, document->watermark, width, out);
    add_foot(document, figure->footnotes, figure->n_footnotes, width, out);
}

static void add_title(const Document *document, size_t width, Buf *out)
{
    if (document->watermark.len) {
        add_paragraph(out->arena, out, document->watermark, width, "*** ", "*** ");
        buf_char(out, '\n');
    }
    add_paragraph(out->arena, out, document->title, width, "", "");
    if (document->subtitle.len) add_paragraph(out->arena, out, document->subtitle, width, "", "");
    if (document->source_line.len) add_paragraph(out->arena, out, document->source_line, width, "", "");
    buf_char(out, '\n');
}

static void add_block(const Document *document, const Block *block, size_t width, Buf *out)
{
    switch (block->kind) {
    case BLOCK_HEADING: add_heading(out->arena, out, block, width); break;
    case BLOCK_PARAGRAPH:
        add_paragraph(out->arena, out, block->text, prose_width(width), "", "");
        buf_char(out, '\n');
        break;
    case BLOCK_LIST: add_items(out->arena, out, block, width); break;
    case BLOCK_NOTE: add_note(out->arena, out, block, width); break;
    case BLOCK_TABLE: text_writer_table(document, block->table, width, out); break;
    case BLOCK_FIGURE: text_writer_figure(document, block->figure, width, out); break;
    }
}

void text_writer_write(const Document *document, size_t width, Buf *out)
{
    width = usable(width);
    add_title(document, width, out);
    for (size_t i = 0; i < document->n_blocks; i++) add_block(document, &document->blocks[i], width, out);
}
