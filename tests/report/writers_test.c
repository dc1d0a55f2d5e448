#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "report/explain.h"
#include "report/figure.h"
#include "report/html_writer.h"
#include "report/json_writer.h"
#include "report/markup.h"
#include "report/sample.h"
#include "report/text_writer.h"
#include "report/typeset.h"
#include "test.h"

#define GOLDEN_MAX ((size_t)8 << 20)

/* Compares with tests/golden/NAME; EQUIPOISE_GOLDEN=write writes it instead, to be reviewed as a diff. */
static void check_golden(Test *t, const char *name, Str got)
{
    Error err = {0};
    Str wanted;
    Str path = file_join(t->arena, test_source(t, "tests/golden"), str_from(name));
    const char *mode = getenv("EQUIPOISE_GOLDEN");
    if (mode && strcmp(mode, "write") == 0 && !CHECK_OK(t, file_write(t->arena, path, got, &err), err)) return;
    if (!CHECK_OK(t, file_read(t->arena, path, GOLDEN_MAX, &wanted, &err), err)) return;
    size_t at = 0;
    while (at < got.len && at < wanted.len && got.data[at] == wanted.data[at]) at++;
    if (str_equal(got, wanted)) return;
    size_t from = at < 60 ? 0 : at - 60;
    CHECK_TEXT(t, str_slice(got, from, at + 120), str_c(t->arena, str_slice(wanted, from, at + 120)));
}

static void text_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    text_writer_write(sample_document(t->arena), TEXT_WRITER_WIDTH, &out);
    check_golden(t, "report.txt", buf_str(&out));
}

static void narrow_text_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    text_writer_write(sample_document(t->arena), 60, &out);
    check_golden(t, "report-60.txt", buf_str(&out));
}

static void html_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    html_writer_write(sample_document(t->arena), &out);
    check_golden(t, "report.html", buf_str(&out));
}

static void json_is_golden(Test *t)
{
    Buf out = buf_new(t->arena);
    json_writer_write(sample_document(t->arena), &out);
    check_golden(t, "report.json", buf_str(&out));
}

/* Is this well-formed XML, as far as our own output goes? Names the place where it is not. */
static bool check_well_formed(Test *t, Str text)
{
    Str open[64];
    size_t depth = 0, i = 0;
    while (i < text.len) {
        Str rest = str_slice(text, i, text.len), tag, after;
        if (rest.data[0] == '&') {
            size_t semicolon = str_find(rest, STR(";"));
            if (!CHECK(t, semicolon < 7)) return false;
        }
        if (rest.data[0] != '<') {
            i++;
            continue;
        }
        if (!CHECK(t, str_cut(str_slice(rest, 1, rest.len), STR(">"), &tag, &after))) return false;
        i += tag.len + 2;
        if (tag.data[0] == '!' || tag.data[0] == '?') continue;
        bool empty = str_ends(tag, STR("/")), closing = tag.data[0] == '/';
        Str name = tag, attributes;
        if (!str_cut(tag, STR(" "), &name, &attributes)) name = empty ? str_slice(tag, 0, tag.len - 1) : tag;
        if (closing && !(CHECK(t, depth > 0) && CHECK_TEXT(t, str_slice(name, 1, name.len), str_c(t->arena, open[depth - 1])))) return false;
        if (closing) depth--;
        else if (!empty) open[depth++] = name;
    }
    return CHECK_INT(t, depth, 0);
}

static void html_and_svg_are_well_formed(Test *t)
{
    Document *document = sample_document(t->arena);
    Buf html = buf_new(t->arena);
    html_writer_write(document, &html);
    check_well_formed(t, buf_str(&html));
    for (size_t i = 0; i < document->n_blocks; i++) {
        if (document->blocks[i].kind != BLOCK_FIGURE) continue;
        Buf svg = buf_new(t->arena);
        figure_write_svg(document, document->blocks[i].figure, &svg);
        check_well_formed(t, buf_str(&svg));
        CHECK(t, str_find(buf_str(&svg), STR("SIMULATED")) != SIZE_MAX);
        CHECK(t, str_find(buf_str(&svg), STR("nan")) == SIZE_MAX);
    }
}

static void lines_fit_the_terminal(Test *t)
{
    for (size_t width = 40; width <= 140; width += 10) {
        Buf out = buf_new(t->arena);
        text_writer_write(sample_document(t->arena), width, &out);
        Str rest = buf_str(&out), line, after;
        for (; str_cut(rest, STR("\n"), &line, &after); rest = after)
            if (!CHECK(t, str_width(line) <= width)) {
                CHECK_TEXT(t, line, "");
                return;
            }
    }
}

static size_t count(Str text, Str part)
{
    size_t n = 0;
    for (size_t at; (at = str_find(text, part)) != SIZE_MAX; n++) text = str_slice(text, at + part.len, text.len);
    return n;
}

static void every_form_holds_every_number(Test *t)
{
    Document *document = sample_document(t->arena);
    Buf html = buf_new(t->arena), json = buf_new(t->arena);
    Json tree;
    Error err = {0};
    html_writer_write(document, &html);
    json_writer_write(document, &json);
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&json), &tree, &err), err)) return;
    const Json *results = json_get(&tree, "results"), *sources = json_get(&tree, "provenance");
    if (!CHECK(t, results && sources) || !CHECK_INT(t, results->n, document->n_results)) return;
    for (size_t i = 0; i < document->n_results; i++) {
        const Result *result = &document->results[i];
        const Json *value = json_get(&results->items[i], "value");
        Buf anchor = buf_new(t->arena);
        buf_add_c(&anchor, " id=\"");
        buf_add(&anchor, result->id);
        buf_char(&anchor, '"');
        CHECK_INT(t, count(buf_str(&html), buf_str(&anchor)), 1);
        CHECK_TEXT(t, json_text(&results->items[i], "printed"), str_c(t->arena, result->printed));
        if (isfinite(result->value)) CHECK(t, value->number == result->value);
        else CHECK(t, value->kind == JSON_IS_NULL);
        if (result->from) CHECK(t, json_number(&results->items[i], "provenance", 1e9) < (double)sources->n);
    }
    CHECK(t, sources->n < 60);
}

static void one_table_brings_its_own_numbers(Test *t)
{
    Document *document = sample_document(t->arena);
    Buf out = buf_new(t->arena);
    Json tree;
    Error err = {0};
    for (size_t i = 0; i < document->n_blocks; i++)
        if (document->blocks[i].kind == BLOCK_FIGURE && str_equal(document->blocks[i].figure->id, STR("F1")))
            json_writer_figure(document, document->blocks[i].figure, &out);
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&out), &tree, &err), err)) return;
    CHECK_INT(t, json_get(&tree, "blocks")->n, 1);
    CHECK_INT(t, json_get(&tree, "results")->n, 7);
    CHECK_INT(t, json_get(&tree, "provenance")->n, 0);
}

/* A document all of whose texts are hostile. */
static Document *hostile_document(Arena *arena)
{
    static const char text[] = "<script>alert(1)</script>\" ' onload=\"x ]]> --> </style> </title> &copy; \x1b[31m \x01 \xff";
    const Str evil = {text, sizeof text - 1};
    Document *document = document_new(arena, evil);
    document->subtitle = document->language = document->watermark = document->source_line = evil;
    document_heading(document, 1, evil);
    document_paragraph(document, evil);
    document_list(document, &evil, 1);
    document_note(document, evil, &evil, 1);
    Provenance *from = ARENA_NEW(arena, Provenance);
    *from = (Provenance){evil, evil, evil, evil, evil, 3, evil, evil, evil, evil, evil, evil, evil};
    const TableColumn columns[] = {{evil, evil, evil, ALIGN_LEFT}, {evil, evil, evil, ALIGN_DECIMAL}};
    Table *table = document_table(document, evil, evil, columns, 2);
    table->population = evil;
    table_row(document, table, ROW_GROUP, evil, evil, 0);
    table_row(document, table, ROW_PLAIN, evil, evil, 1);
    table_cell_number(document, table, 1, evil, evil, 2.385, 2, evil, evil, from);
    table_footnote(document, table, evil);
    for (FigureKind kind = FIGURE_FLOW; kind <= FIGURE_BARS; kind++) {
        Figure *figure = document_figure(document, kind, evil, evil);
        double *x = ARENA_ARRAY(arena, double, 2);
        figure->alt = figure->x_label = figure->y_label = figure->low_words = figure->high_words = evil;
        figure->reference = 0;
        figure->facets = kind == FIGURE_STEPS;
        figure->n_series = 1;
        figure->series = ARENA_ARRAY(arena, Series, 1);
        figure->series[0] = (Series){.label = evil, .group = evil, .role = SERIES_MEAN, .n = 2, .x = x, .y = x, .low = x, .high = x,
                                         .n_at = ARENA_ARRAY(arena, size_t, 2)};
        figure->boxes = ARENA_NEW(arena, FlowBox);
        figure->boxes[0] = (FlowBox){.text = evil, .from = -1};
        figure->n_boxes = 1;
        figure->n_ticks = 1;
        figure->tick_at = x;
        figure->tick_text = arena_copy(arena, &evil, sizeof evil);
        table_row(document, document_figure_table(document, figure, columns, 2), ROW_PLAIN, evil, evil, 0);
    }
    return document;
}

static void hostile_text_stays_text(Test *t)
{
    Document *document = hostile_document(t->arena);
    Buf html = buf_new(t->arena), json = buf_new(t->arena), text = buf_new(t->arena);
    Json tree;
    Error err = {0};
    html_writer_write(document, &html);
    check_well_formed(t, buf_str(&html));
    CHECK_INT(t, count(buf_str(&html), STR("<script")), 0);
    CHECK_INT(t, count(buf_str(&html), STR("</style>")), 1);
    CHECK_INT(t, count(buf_str(&html), STR("</title>")), 7 + 6);          /* each drawing has a narrow one */
    CHECK(t, str_is_utf8(buf_str(&html), NULL));
    text_writer_write(document, 80, &text);
    CHECK_INT(t, count(buf_str(&text), STR("\x1b")), 0);
    CHECK(t, str_is_utf8(buf_str(&text), NULL));
    json_writer_write(document, &json);
    for (size_t i = 0; i < json.len; i++)
        if (!CHECK(t, (unsigned char)json.data[i] >= 0x20 || json.data[i] == '\n')) break;
    CHECK_OK(t, json_parse(t->arena, buf_str(&json), &tree, &err), err);
}

static void a_row_header_as_narrow_as_its_column_is_not_broken(Test *t)
{
    Document *document = document_new(t->arena, STR(""));
    Buf text = buf_new(t->arena);
    const TableColumn columns[] = {{.key = STR("id"), .header = STR("ID")}, {.key = STR("n"), .header = STR("n")}};
    Table *table = document_table(document, STR(""), STR("Narrow"), columns, 2);
    table_row(document, table, ROW_PLAIN, STR(""), STR("S1"), 0);
    table_cell_text(table, 1, STR("7"));
    text_writer_write(document, 80, &text);
    CHECK_INT(t, count(buf_str(&text), STR("\nS1  7\n")), 1);
}

static void an_empty_document_can_be_written(Test *t)
{
    Document *document = document_new(t->arena, STR(""));
    Buf html = buf_new(t->arena), json = buf_new(t->arena), text = buf_new(t->arena);
    const TableColumn column = {.key = STR("label"), .header = STR("Nothing")};
    document_table(document, STR(""), STR("Empty"), &column, 1);
    for (FigureKind kind = FIGURE_FLOW; kind <= FIGURE_BARS; kind++) document_figure(document, kind, STR(""), STR("Empty"));
    html_writer_write(document, &html);
    json_writer_write(document, &json);
    text_writer_write(document, 0, &text);
    check_well_formed(t, buf_str(&html));
    CHECK_INT(t, count(buf_str(&html), STR("class=\"mark\"")), 0);
    CHECK_INT(t, count(buf_str(&text), STR("Table 1. Empty")), 1);
}

static const TestCase CASES[] = {
    {"the sample report as text is as reviewed", text_is_golden},
    {"the sample report on a narrow terminal is as reviewed", narrow_text_is_golden},
    {"the sample report as HTML is as reviewed", html_is_golden},
    {"the sample report as JSON is as reviewed", json_is_golden},
    {"HTML and drawings are well formed and marked", html_and_svg_are_well_formed},
    {"no line of text is wider than the terminal", lines_fit_the_terminal},
    {"every form holds every number, under its id", every_form_holds_every_number},
    {"one figure as JSON brings its own numbers only", one_table_brings_its_own_numbers},
    {"hostile text stays text in every form", hostile_text_stays_text},
    {"a row header as narrow as its column is not broken", a_row_header_as_narrow_as_its_column_is_not_broken},
    {"an empty document can be written", an_empty_document_can_be_written},
};
TEST_SUITE(writers, CASES);
