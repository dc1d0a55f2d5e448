#include "report/document.h"

#include <assert.h>
#include <math.h>

Document *document_new(Arena *arena, Str title)
{
    Document *document = ARENA_NEW(arena, Document);
    *document = (Document){.arena = arena, .title = title, .language = STR("en")};
    return document;
}

static Block *add_block(Document *document, BlockKind kind)
{
    ARENA_PUSH_ROOM(document->arena, document->blocks, document->n_blocks, document->block_capacity);
    Block *block = &document->blocks[document->n_blocks++];
    *block = (Block){.kind = kind};
    return block;
}

void document_heading(Document *document, int level, Str text)
{
    Block *block = add_block(document, BLOCK_HEADING);
    block->level = level;
    block->text = text;
}

void document_paragraph(Document *document, Str text) { add_block(document, BLOCK_PARAGRAPH)->text = text; }

void document_list(Document *document, const Str *items, size_t n)
{
    Block *block = add_block(document, BLOCK_LIST);
    block->n_items = n;
    block->items = arena_copy(document->arena, items, n * sizeof *items);
}

void document_note(Document *document, Str title, const Str *paragraphs, size_t n)
{
    document_list(document, paragraphs, n);
    Block *block = &document->blocks[document->n_blocks - 1];
    block->kind = BLOCK_NOTE;
    block->text = title;
}

static Table *new_table(Document *document, const TableColumn *columns, size_t n_columns)
{
    Table *table = ARENA_NEW(document->arena, Table);
    table->n_columns = n_columns;
    table->columns = arena_copy(document->arena, columns, n_columns * sizeof *columns);
    return table;
}

Table *document_table(Document *document, Str number, Str title, const TableColumn *columns, size_t n_columns)
{
    Table *table = new_table(document, columns, n_columns);
    table->id = str_format(document->arena, "T%d", ++document->n_tables);
    table->number = number;
    table->title = title;
    add_block(document, BLOCK_TABLE)->table = table;
    return table;
}

Figure *document_figure(Document *document, FigureKind kind, Str number, Str title)
{
    Figure *figure = ARENA_NEW(document->arena, Figure);
    *figure = (Figure){.id = str_format(document->arena, "F%d", ++document->n_figures),
                       .number = number,
                       .title = title,
                       .kind = kind,
                       .decimals = 1,
                       .reference = NAN};
    add_block(document, BLOCK_FIGURE)->figure = figure;
    return figure;
}

Table *document_figure_table(Document *document, Figure *figure, const TableColumn *columns, size_t n_columns)
{
    figure->data = new_table(document, columns, n_columns);
    figure->data->id = figure->id;
    figure->data->number = figure->number;
    figure->data->title = figure->title;
    return figure->data;
}

Row *table_row(Document *document, Table *table, RowKind kind, Str group, Str label, int indent)
{
    ARENA_PUSH_ROOM(document->arena, table->rows, table->n_rows, table->row_capacity);
    Row *row = &table->rows[table->n_rows++];
    *row = (Row){.kind = kind,
                 .group = group,
                 .label = label,
                 .indent = indent,
                 .cells = ARENA_ARRAY(document->arena, Cell, table->n_columns)};
    row->cells[0] = (Cell){.text = label, .is_header = true};
    return row;
}

void table_footnote(Document *document, Table *table, Str text)
{
    table->footnotes = arena_grow(document->arena, table->footnotes, table->n_footnotes * sizeof(Str),
                                  (table->n_footnotes + 1) * sizeof(Str));
    table->footnotes[table->n_footnotes++] = text;
}

static Row *latest_row(Table *table)
{
    assert(table->n_rows > 0);
    return &table->rows[table->n_rows - 1];
}

void table_cell_text(Table *table, size_t column, Str text)
{
    assert(column < table->n_columns);
    latest_row(table)->cells[column].text = text;
}

static Str print_number(Arena *arena, double value, int decimals, Str printed)
{
    if (printed.len) return printed;
    if (!isfinite(value)) return STR("NE");
    Buf buf = buf_new(arena);
    buf_fixed(&buf, value, decimals);
    buf_c(&buf);
    return buf_str(&buf);
}

void table_cell_number(Document *document, Table *table, size_t column, Str prefix, Str stat, double value, int decimals,
                       Str printed, Str suffix, const Provenance *from)
{
    assert(column < table->n_columns);
    Arena *arena = document->arena;
    Row *row = latest_row(table);
    Cell *cell = &row->cells[column];
    if (cell->n_results == 0) cell->first_result = document->n_results;
    assert(cell->first_result + cell->n_results == document->n_results);   /* a cell's numbers are neighbours */
    ARENA_PUSH_ROOM(arena, document->results, document->n_results, document->result_capacity);
    Str place = str_format(arena, STR_FMT ".r%zu.c%zu", STR_ARG(table->id), table->n_rows, column + 1);
    if (cell->n_results) place = str_format(arena, STR_FMT ".%zu", STR_ARG(place), cell->n_results + 1);
    Buf text = buf_new(arena);
    buf_add(&text, cell->text);
    buf_add(&text, prefix);
    size_t printed_at = text.len;
    Str number = print_number(arena, value, decimals, printed);
    buf_add(&text, number);
    buf_add(&text, suffix);
    document->results[document->n_results++] = (Result){.id = place,
                                                        .table = table->number.len ? table->number : table->id,
                                                        .group = row->group,
                                                        .label = row->label,
                                                        .column = table->columns[column].key,
                                                        .stat = stat,
                                                        .value = value,
                                                        .decimals = decimals,
                                                        .printed = number,
                                                        .printed_at = printed_at,
                                                        .from = from};
    cell->n_results++;
    cell->text = buf_str(&text);
}

const Result *document_result(const Document *document, Str id)
{
    for (size_t i = 0; i < document->n_results; i++)
        if (str_equal_fold(document->results[i].id, id)) return &document->results[i];
    return NULL;
}
