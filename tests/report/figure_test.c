#include <math.h>

#include "report/figure.h"
#include "report/sample.h"
#include "test.h"

static size_t count(Str text, const char *part)
{
    size_t n = 0;
    for (size_t at; (at = str_find(text, str_from(part))) != SIZE_MAX; n++) text = str_slice(text, at + 1, text.len);
    return n;
}

static Str drawn(Test *t, const Document *document, const Figure *figure)
{
    Buf out = buf_new(t->arena);
    figure_write_svg(document, figure, &out);
    return buf_str(&out);
}

static Figure *figure_of(Document *document, const char *number)
{
    for (size_t i = 0; i < document->n_blocks; i++)
        if (document->blocks[i].figure && str_equal(document->blocks[i].figure->number, str_from(number))) return document->blocks[i].figure;
    return NULL;
}

static Figure *lines_of(Document *document, Series *series, size_t n)
{
    Figure *figure = document_figure(document, FIGURE_LINES, STR("1"), STR("Lines"));
    figure->series = series;
    figure->n_series = n;
    return figure;
}

static void gaps_are_not_bridged(Test *t)
{
    Document *document = document_new(t->arena, STR("title"));
    double x[] = {0, 1, 2, 3, 4, 5}, y[] = {10, 20, NAN, 40, NAN, 60};
    Series series = {.label = STR("S-001"), .role = SERIES_SUBJECT, .n = 6, .x = x, .y = y};
    Str svg = drawn(t, document, lines_of(document, &series, 1));
    CHECK_INT(t, count(svg, "<path"), 1);
    Str path = str_slice(svg, str_find(svg, STR(" d=\"")), svg.len);
    path = str_slice(path, 0, str_find(path, STR("/>")));
    CHECK_INT(t, count(path, "M"), 3);
    CHECK_INT(t, count(path, "L"), 1);
    CHECK_INT(t, count(svg, "<circle"), 2);               /* the points that stand alone are still seen */
}

static void every_subject_has_a_line_and_every_visit_its_n(Test *t)
{
    Document *document = sample_document(t->arena);
    Str one = drawn(t, document, figure_of(document, "3a")), panels = drawn(t, document, figure_of(document, "3c"));
    CHECK_INT(t, count(one, "class=\"f-t1\"") - 1, 12);    /* one more in the legend */
    CHECK_INT(t, count(one, "class=\"f-w1\""), 3 * 4);     /* a whisker and its two ends per visit */
    CHECK_INT(t, count(one, "class=\"f-expected\""), 2);
    CHECK_INT(t, count(one, ">11</text>"), 4);
    CHECK_INT(t, count(panels, ">Sham procedure</text>"), 2);
    CHECK_INT(t, count(panels, ">5</text>"), 4);
    CHECK_INT(t, count(panels, ">6</text>") - 2, 4);       /* two are names of visits */
}

static void a_flow_shows_every_box_and_arrow(Test *t)
{
    Document *document = sample_document(t->arena);
    Str one = drawn(t, document, figure_of(document, "1")), arms = drawn(t, document, figure_of(document, "2"));
    CHECK_INT(t, count(one, "<rect"), 7);
    CHECK_INT(t, count(one, "class=\"f-aside\""), 2);
    CHECK_INT(t, count(one, "class=\"f-tip\""), 6);
    CHECK_INT(t, count(one, "(n\xC2\xA0=\xC2\xA0" "52)"), 1);
    CHECK_INT(t, count(arms, "<rect"), 11);
    CHECK_INT(t, count(arms, "class=\"f-tip\""), 10);
    CHECK_INT(t, count(arms, "class=\"f-aside\""), 2);
    CHECK_INT(t, count(arms, "(n\xC2\xA0=\xC2\xA0" "254)"), 2);   /* once each, added or given */
    CHECK_INT(t, count(arms, "<path class=\"f-arrow\""), 8 + 3);   /* three arms unite */
}

static void a_forest_shows_estimates_sides_and_what_is_missing(Test *t)
{
    Document *document = sample_document(t->arena);
    Str svg = drawn(t, document, figure_of(document, "4"));
    CHECK_INT(t, count(svg, "<rect"), 8);
    CHECK_INT(t, count(svg, "Z\"/>"), 1);                  /* the diamond */
    CHECK_INT(t, count(svg, ">4.1 (2.8 to 5.5)<"), 1);
    CHECK_INT(t, count(svg, ">NE<"), 1);
    CHECK_INT(t, count(svg, ">Exploratory<"), 1);
    CHECK_INT(t, count(svg, "Worse<") + count(svg, ">Better"), 2);
    CHECK_INT(t, count(svg, "class=\"f-zero\""), 1);
}

static void bars_have_a_piece_per_level(Test *t)
{
    Document *document = sample_document(t->arena);
    Str svg = drawn(t, document, figure_of(document, "6"));
    CHECK_INT(t, count(svg, "<rect"), 6 + 17);             /* swatches, and pieces longer than nothing */
    CHECK_INT(t, count(svg, ">42.5<"), 1);
}

static void drawings_describe_themselves(Test *t)
{
    Document *document = sample_document(t->arena);
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Figure *figure = document->blocks[i].figure;
        if (!figure) continue;
        Str svg = drawn(t, document, figure);
        CHECK_INT(t, count(svg, "role=\"img\""), 1);
        CHECK_INT(t, count(svg, "<title id=") + count(svg, "<desc id="), 2);
        CHECK_INT(t, count(svg, str_c(t->arena, figure->alt)), 1);
        CHECK_INT(t, count(svg, "<script"), 0);
        CHECK(t, str_equal(svg, drawn(t, document, figure)));
    }
}

static const TestCase CASES[] = {
    {"gaps in a course are not bridged, lone points are seen", gaps_are_not_bridged},
    {"every subject has a line, every visit its n", every_subject_has_a_line_and_every_visit_its_n},
    {"a flow shows every box and arrow", a_flow_shows_every_box_and_arrow},
    {"a forest shows estimates, sides and what is missing", a_forest_shows_estimates_sides_and_what_is_missing},
    {"bars have a piece for each level", bars_have_a_piece_per_level},
    {"drawings describe themselves and are the same again", drawings_describe_themselves},
};
TEST_SUITE(figure, CASES);
