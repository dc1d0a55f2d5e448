#include "report/json_writer.h"

#include "report/provenance.h"

#define JSON_WRITER_SCHEMA "equipoise-report/1"
#define JSON_WRITER_INDENT 1

static const char *const BLOCK_KINDS[] = {"heading", "paragraph", "list", "note", "table", "figure"};
static const char *const FIGURE_KINDS[] = {"flow", "lines", "forest", "dots", "steps", "bars", "panels"};
static const char *const SERIES_ROLES[] = {"subject", "mean", "expected", "points", "censored", "at-risk", "median"};
static const char *const ALIGNS[] = {"left", "right", "centre", "decimal"};

static void put_key(JsonWriter *json, const char *key) { json_key(json, str_from(key)); }

static void put_text_if(JsonWriter *json, const char *key, Str text)
{
    if (text.len) json_member_text(json, key, text);
}

static void put_texts(JsonWriter *json, const char *key, const Str *texts, size_t n)
{
    put_key(json, key);
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) json_put_text(json, texts[i]);
    json_end_array(json);
}

static void put_numbers(JsonWriter *json, const char *key, const double *numbers, size_t n)
{
    if (!numbers) return;
    put_key(json, key);
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) json_put_number(json, numbers[i]);
    json_end_array(json);
}

static void put_counts(JsonWriter *json, const char *key, const size_t *counts, size_t n)
{
    if (!counts) return;
    put_key(json, key);
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) json_put_integer(json, (int64_t)counts[i]);
    json_end_array(json);
}

static void put_columns(JsonWriter *json, const Table *table)
{
    put_key(json, "columns");
    json_begin_array(json);
    for (size_t c = 0; c < table->n_columns; c++) {
        json_begin_object(json);
        json_member_text(json, "key", table->columns[c].key);
        json_member_text(json, "header", table->columns[c].header);
        put_text_if(json, "spanner", table->columns[c].spanner);
        json_member_text(json, "align", str_from(ALIGNS[table->columns[c].align]));
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_row(JsonWriter *json, const Document *document, const Table *table, const Row *row)
{
    json_begin_object(json);
    json_member_text(json, "kind", row->kind == ROW_GROUP ? STR("group") : STR("plain"));
    json_member_text(json, "group", row->group);
    json_member_text(json, "label", row->label);
    json_member_integer(json, "indent", row->indent);
    put_key(json, "cells");
    json_begin_array(json);
    for (size_t c = 0; c < table->n_columns; c++) {
        const Cell *cell = &row->cells[c];
        json_begin_object(json);
        json_member_text(json, "text", cell->text);
        if (cell->column_span > 1) json_member_integer(json, "column_span", cell->column_span);
        if (cell->n_results) {
            put_key(json, "results");
            json_begin_array(json);
            for (size_t i = 0; i < cell->n_results; i++) json_put_text(json, document->results[cell->first_result + i].id);
            json_end_array(json);
        }
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void put_table_members(JsonWriter *json, const Document *document, const Table *table)
{
    json_member_text(json, "id", table->id);
    json_member_text(json, "number", table->number);
    json_member_text(json, "title", table->title);
    json_member_text(json, "population", table->population);
    put_columns(json, table);
    put_key(json, "rows");
    json_begin_array(json);
    for (size_t r = 0; r < table->n_rows; r++) put_row(json, document, table, &table->rows[r]);
    json_end_array(json);
    put_texts(json, "footnotes", table->footnotes, table->n_footnotes);
}

static void put_series(JsonWriter *json, const Series *series)
{
    json_begin_object(json);
    json_member_text(json, "label", series->label);
    put_text_if(json, "group", series->group);
    json_member_text(json, "role", str_from(SERIES_ROLES[series->role]));
    put_numbers(json, "x", series->x, series->n);
    put_numbers(json, "y", series->y, series->n);
    put_numbers(json, "low", series->low, series->n);
    put_numbers(json, "high", series->high, series->n);
    put_counts(json, "n_at", series->n_at, series->n);
    json_end_object(json);
}

static void put_box(JsonWriter *json, const FlowBox *box)
{
    json_begin_object(json);
    json_member_text(json, "text", box->text);
    json_member_integer(json, "n", (int64_t)box->n);
    json_member_integer(json, "column", box->column);
    json_member_integer(json, "row", box->row);
    json_member_integer(json, "from", box->from);
    json_member_bool(json, "aside", box->aside);
    json_end_object(json);
}

static void put_figure_members(JsonWriter *json, const Document *document, const Figure *figure)
{
    json_member_text(json, "id", figure->id);
    json_member_text(json, "number", figure->number);
    json_member_text(json, "figure", str_from(FIGURE_KINDS[figure->kind]));
    json_member_text(json, "title", figure->title);
    json_member_text(json, "alt", figure->alt);
    if (figure->exploratory) json_member_bool(json, "exploratory", true);
    put_text_if(json, "x_label", figure->x_label);
    put_text_if(json, "y_label", figure->y_label);
    if (figure->reference == figure->reference) json_member_number(json, "reference", figure->reference);
    if (figure->n_remarks) put_texts(json, "remarks", figure->remarks, figure->n_remarks);
    put_key(json, "series");
    json_begin_array(json);
    for (size_t i = 0; i < figure->n_series; i++) put_series(json, &figure->series[i]);
    json_end_array(json);
    if (figure->n_boxes) {
        put_key(json, "boxes");
        json_begin_array(json);
        for (size_t i = 0; i < figure->n_boxes; i++) put_box(json, &figure->boxes[i]);
        json_end_array(json);
    }
    put_texts(json, "footnotes", figure->footnotes, figure->n_footnotes);
    if (!figure->data) return;
    put_key(json, "data");
    json_begin_object(json);
    put_table_members(json, document, figure->data);
    json_end_object(json);
}

static void put_block(JsonWriter *json, const Document *document, const Block *block)
{
    json_begin_object(json);
    json_member_text(json, "kind", str_from(BLOCK_KINDS[block->kind]));
    if (block->kind == BLOCK_HEADING) json_member_integer(json, "level", block->level);
    put_text_if(json, "text", block->text);
    if (block->n_items) put_texts(json, "items", block->items, block->n_items);
    if (block->table) put_table_members(json, document, block->table);
    if (block->figure) put_figure_members(json, document, block->figure);
    json_end_object(json);
}

static void put_result(JsonWriter *json, const Result *result, size_t provenance)
{
    json_begin_object(json);
    json_member_text(json, "id", result->id);
    json_member_text(json, "table", result->table);
    json_member_text(json, "group", result->group);
    json_member_text(json, "label", result->label);
    json_member_text(json, "column", result->column);
    json_member_text(json, "stat", result->stat);
    json_member_number(json, "value", result->value);
    json_member_integer(json, "decimals", result->decimals);
    json_member_text(json, "printed", result->printed);
    if (provenance != PROVENANCE_NONE) json_member_integer(json, "provenance", (int64_t)provenance);
    json_end_object(json);
}

static void put_provenance(JsonWriter *json, Arena *arena, const Provenance *from)
{
    ProvenancePart parts[PROVENANCE_PARTS];
    size_t n = provenance_parts(arena, from, parts);
    json_begin_object(json);
    for (size_t i = 0; i < n; i++) {
        if (str_equal(str_from(parts[i].key), STR("n_records"))) json_member_integer(json, "n_records", (int64_t)from->n_records);
        else json_member_text(json, parts[i].key, parts[i].text);
    }
    json_end_object(json);
}

/* `id` is the table's or figure's; empty for the whole document. Its results are named "T2.r..". */
static bool belongs(const Result *result, Str id)
{
    return id.len == 0 || (str_starts(result->id, id) && result->id.len > id.len && result->id.data[id.len] == '.');
}

static void put_results(JsonWriter *json, const Document *document, Str id)
{
    Arena *arena = json->buf->arena;
    ProvenanceList list = provenance_list(arena, document);
    size_t *number = ARENA_ARRAY(arena, size_t, list.n + 1), *order = ARENA_ARRAY(arena, size_t, list.n + 1), n = 0;
    put_key(json, "results");
    json_begin_array(json);
    for (size_t i = 0; i < document->n_results; i++) {
        size_t item = list.of_result[i];
        if (!belongs(&document->results[i], id)) continue;
        if (item != PROVENANCE_NONE && number[item] == 0) order[n] = item, number[item] = ++n;
        put_result(json, &document->results[i], item == PROVENANCE_NONE ? item : number[item] - 1);
    }
    json_end_array(json);
    put_key(json, "provenance");
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) put_provenance(json, arena, list.items[order[i]]);
    json_end_array(json);
}

static void begin_document(JsonWriter *json, const Document *document)
{
    json_begin_object(json);
    json_member_text(json, "schema", STR(JSON_WRITER_SCHEMA));
    json_member_text(json, "program", STR("equipoise " EQUIPOISE_VERSION));
    json_member_text(json, "title", document->title);
    json_member_text(json, "subtitle", document->subtitle);
    json_member_text(json, "language", document->language);
    json_member_text(json, "watermark", document->watermark);
    json_member_text(json, "source_line", document->source_line);
    put_key(json, "blocks");
    json_begin_array(json);
}

static void end_document(JsonWriter *json, const Document *document, Str id)
{
    json_end_array(json);
    put_results(json, document, id);
    json_end_object(json);
    buf_char(json->buf, '\n');
}

void json_writer_write(const Document *document, Buf *out)
{
    JsonWriter json = json_writer(out, JSON_WRITER_INDENT);
    begin_document(&json, document);
    for (size_t i = 0; i < document->n_blocks; i++) put_block(&json, document, &document->blocks[i]);
    end_document(&json, document, STR(""));
}

void json_writer_table(const Document *document, const Table *table, Buf *out)
{
    JsonWriter json = json_writer(out, JSON_WRITER_INDENT);
    begin_document(&json, document);
    put_block(&json, document, &(Block){.kind = BLOCK_TABLE, .table = (Table *)table});
    end_document(&json, document, table->id);
}

void json_writer_figure(const Document *document, const Figure *figure, Buf *out)
{
    JsonWriter json = json_writer(out, JSON_WRITER_INDENT);
    begin_document(&json, document);
    put_block(&json, document, &(Block){.kind = BLOCK_FIGURE, .figure = (Figure *)figure});
    end_document(&json, document, figure->id);
}
