#include "report/html_writer.h"

#include "report/asset.h"
#include "report/figure.h"
#include "report/html_sources.h"
#include "report/html_table.h"
#include "report/provenance.h"
#include "report/typeset.h"

static const char *const HEADINGS[] = {"h2", "h3", "h4"};

static int heading_level(const Block *block) { return block->level < 1 ? 1 : block->level > 3 ? 3 : block->level; }

static Str anchor(Arena *arena, const char *before, Str id, const char *after)
{
    Buf text = buf_new(arena);
    buf_add_c(&text, before);
    buf_add(&text, id);
    buf_add_c(&text, after);
    return buf_str(&text);
}

static Str heading_id(Arena *arena, size_t block) { return str_format(arena, "s%zu", block + 1); }

static void add_meta(Markup *html, const char *name, const char *content)
{
    markup_open(html, "meta");
    markup_attr_c(html, "name", name);
    markup_attr_c(html, "content", content);
    markup_close_empty(html);
    markup_line(html);
}

static void add_page_head(Markup *html, const Document *document)
{
    markup_open(html, "head");
    markup_line(html);
    markup_open(html, "meta");
    markup_attr_c(html, "charset", "utf-8");
    markup_close_empty(html);
    markup_line(html);
    add_meta(html, "viewport", "width=device-width, initial-scale=1");
    add_meta(html, "color-scheme", "light dark");
    add_meta(html, "generator", "equipoise " EQUIPOISE_VERSION);
    markup_element(html, "title", NULL, document->title);
    markup_line(html);
    markup_style(html, asset_report_css);
    markup_line(html);
    markup_close(html);
    markup_line(html);
}

static void add_title(Markup *html, const Document *document)
{
    markup_open(html, "header");
    markup_line(html);
    if (document->watermark.len) markup_element(html, "p", "mark", document->watermark);
    markup_element(html, "h1", NULL, document->title);
    if (document->subtitle.len) markup_element(html, "p", "subtitle", document->subtitle);
    if (document->source_line.len) markup_element(html, "p", "source", document->source_line);
    markup_line(html);
    markup_close(html);
    markup_line(html);
}

static void add_entry(Markup *html, const char *class_name, Str to, Str name, Str title)
{
    markup_open(html, "li");
    if (class_name) markup_attr_c(html, "class", class_name);
    markup_open(html, "a");
    markup_attr(html, "href", to);
    if (name.len) {
        markup_element(html, "span", "name", name);
        markup_text_c(html, " ");
    }
    markup_text(html, title);
    markup_close(html);
    markup_close(html);
    markup_line(html);
}

static void add_section_list(Markup *html, const Document *document)
{
    Arena *arena = html->out->arena;
    markup_element(html, "h2", NULL, STR("Contents"));
    markup_open(html, "ol");
    markup_line(html);
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Block *block = &document->blocks[i];
        if (block->kind != BLOCK_HEADING || heading_level(block) > 2) continue;
        add_entry(html, heading_level(block) == 2 ? "l2" : NULL, anchor(arena, "#", heading_id(arena, i), ""), STR(""), block->text);
    }
    if (provenance_list(arena, document).n) add_entry(html, NULL, STR("#sources"), STR(""), STR("Where the numbers come from"));
    markup_close(html);
    markup_line(html);
}

static void add_exhibit_list(Markup *html, const Document *document, const char *title, BlockKind kind)
{
    Arena *arena = html->out->arena;
    markup_element(html, "h2", NULL, str_from(title));
    markup_open(html, "ol");
    markup_line(html);
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Block *block = &document->blocks[i];
        if (block->kind != kind) continue;
        bool is_table = kind == BLOCK_TABLE;
        Str id = is_table ? block->table->id : block->figure->id;
        Str name = is_table ? typeset_table_name(arena, block->table) : typeset_figure_name(arena, block->figure);
        add_entry(html, NULL, anchor(arena, "#", id, is_table ? "-title" : ""), name, is_table ? block->table->title : block->figure->title);
    }
    markup_close(html);
    markup_line(html);
}

static void add_contents(Markup *html, const Document *document)
{
    markup_open(html, "nav");
    markup_attr_c(html, "aria-label", "Contents");
    markup_line(html);
    add_section_list(html, document);
    if (document->n_tables) add_exhibit_list(html, document, "Tables", BLOCK_TABLE);
    if (document->n_figures) add_exhibit_list(html, document, "Figures", BLOCK_FIGURE);
    markup_close(html);
    markup_line(html);
}

static void add_list(Markup *html, const Block *block)
{
    markup_open(html, "ul");
    for (size_t i = 0; i < block->n_items; i++) markup_element(html, "li", NULL, block->items[i]);
    markup_close(html);
}

static void add_note(Markup *html, const Block *block)
{
    markup_open(html, "div");
    markup_attr_c(html, "class", "note");
    markup_attr_c(html, "role", "note");
    if (block->text.len) markup_element(html, "p", "note-title", block->text);
    for (size_t i = 0; i < block->n_items; i++) markup_element(html, "p", NULL, block->items[i]);
    markup_close(html);
}

#define PORTRAIT_CHARACTERS 112                           /* a wider table is printed on a page turned */

static bool is_wide(Arena *arena, const Table *table)
{
    size_t total = 0;
    for (size_t c = 0; c < table->n_columns; c++) {
        size_t widest = typeset_longest_word(table->columns[c].header);
        for (size_t r = 0; r < table->n_rows; r++) {
            size_t width = typeset_lines(arena, table->rows[r].cells[c].text, 40).width;
            if (table->rows[r].cells[c].column_span < 2 && width > widest) widest = width;
        }
        total += widest + 3;
    }
    return total > PORTRAIT_CHARACTERS;
}

static void add_table(Markup *html, const Document *document, const Table *table)
{
    markup_open(html, "div");
    markup_attr_c(html, "class", is_wide(html->out->arena, table) ? "block wide" : "block");
    markup_line(html);
    html_table(html, document, table, STR(""));
    html_notes(html, document, table->id, table->footnotes, table->n_footnotes);
    markup_close(html);
}

/* For a narrow page, where there is one: only one of the two drawings is shown, and read aloud. */
static bool add_narrow_drawing(Markup *html, const Document *document, const Figure *figure)
{
    Buf drawing = buf_new(html->out->arena);
    Markup inner = markup_writer(&drawing);
    if (!figure_draw_narrow(&inner, document, figure)) return false;
    markup_open(html, "div");
    markup_attr_c(html, "class", "drawing-narrow");
    markup_line(html);
    markup_insert(html, &inner);
    markup_close(html);
    markup_line(html);
    return true;
}

static void add_drawing(Markup *html, const Document *document, const Figure *figure)
{
    Arena *arena = html->out->arena;
    bool has_narrow = add_narrow_drawing(html, document, figure);
    markup_open(html, "div");
    markup_attr_c(html, "class", has_narrow ? "drawing drawing-wide" : "drawing");
    markup_attr_c(html, "role", "region");
    markup_attr_c(html, "tabindex", "0");
    markup_attr(html, "aria-label", anchor(arena, "Drawing of ", typeset_figure_name(arena, figure), ""));
    markup_line(html);
    figure_draw(html, document, figure);
    markup_close(html);
    markup_line(html);
}

static void add_figure(Markup *html, const Document *document, const Figure *figure)
{
    Arena *arena = html->out->arena;
    Str name = typeset_figure_name(arena, figure);
    markup_open(html, "figure");
    markup_attr(html, "id", figure->id);
    markup_line(html);
    markup_open(html, "figcaption");
    markup_attr(html, "id", anchor(arena, "", figure->id, "-title"));
    html_caption(html, document, name, figure->title);
    if (figure->exploratory) {
        markup_text_c(html, " ");
        markup_element(html, "span", "population", STR("Exploratory"));
    }
    markup_close(html);
    markup_line(html);
    add_drawing(html, document, figure);
    if (figure->data) {
        markup_open(html, "details");
        markup_element(html, "summary", NULL, anchor(arena, "The numbers of ", name, ""));
        html_table(html, document, figure->data, name);
        markup_close(html);
    }
    html_notes(html, document, figure->id, figure->footnotes, figure->n_footnotes);
    markup_close(html);
}

static void add_block(Markup *html, const Document *document, size_t index)
{
    const Block *block = &document->blocks[index];
    switch (block->kind) {
    case BLOCK_HEADING:
        markup_open(html, HEADINGS[heading_level(block) - 1]);
        markup_attr(html, "id", heading_id(html->out->arena, index));
        markup_text(html, block->text);
        markup_close(html);
        break;
    case BLOCK_PARAGRAPH: markup_element(html, "p", NULL, block->text); break;
    case BLOCK_LIST: add_list(html, block); break;
    case BLOCK_NOTE: add_note(html, block); break;
    case BLOCK_TABLE: add_table(html, document, block->table); break;
    case BLOCK_FIGURE: add_figure(html, document, block->figure); break;
    }
    markup_line(html);
}

static void add_page_body(Markup *html, const Document *document)
{
    markup_open(html, "body");
    markup_line(html);
    markup_open(html, "a");
    markup_attr_c(html, "class", "skip");
    markup_attr_c(html, "href", "#content");
    markup_text_c(html, "Skip to the report");
    markup_close(html);
    markup_line(html);
    if (document->watermark.len) {
        markup_open(html, "div");
        markup_attr_c(html, "class", "page-mark");
        markup_attr_c(html, "aria-hidden", "true");
        markup_text(html, document->watermark);
        markup_close(html);
        markup_line(html);
    }
    add_title(html, document);
    add_contents(html, document);
    markup_open(html, "main");
    markup_attr_c(html, "id", "content");
    markup_attr_c(html, "tabindex", "-1");
    markup_line(html);
    for (size_t i = 0; i < document->n_blocks; i++) add_block(html, document, i);
    html_sources(html, document);
    markup_close(html);
    markup_line(html);
    markup_open(html, "footer");
    markup_text_c(html, "Written by equipoise " EQUIPOISE_VERSION ".");
    markup_close(html);
    markup_line(html);
    markup_close(html);
    markup_line(html);
}

void html_writer_write(const Document *document, Buf *out)
{
    Markup html = markup_writer(out);
    buf_add_c(out, "<!DOCTYPE html>\n");
    markup_open(&html, "html");
    markup_attr(&html, "lang", document->language.len ? document->language : STR("en"));
    markup_line(&html);
    add_page_head(&html, document);
    add_page_body(&html, document);
    markup_close(&html);
    markup_line(&html);
}
