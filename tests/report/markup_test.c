#include "report/markup.h"
#include "test.h"

static void text_and_attributes_are_escaped(Test *t)
{
    Buf out = buf_new(t->arena);
    Markup markup = markup_writer(&out);
    markup_open(&markup, "p");
    markup_attr(&markup, "title", STR("\"><script>alert('x')</script> ]]> &amp;"));
    markup_text(&markup, STR("</p><b>&lt; 'a' \"b\""));
    markup_close(&markup);
    CHECK_TEXT(t, buf_str(&out),
               "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; ]]&gt; &amp;amp;\">"
               "&lt;/p&gt;&lt;b&gt;&amp;lt; &#39;a&#39; &quot;b&quot;</p>");
}

static void what_xml_forbids_becomes_a_replacement(Test *t)
{
    Buf out = buf_new(t->arena);
    Markup markup = markup_writer(&out);
    /* NUL, escape, delete, C1, a lone continuation, a cut sequence, a noncharacter; tab and line end stay */
    markup_text(&markup, (Str){"a\0b\x1b" "c\x7f\xC2\x85\x80\xE2\x82|\xEF\xBF\xBF\t\n\xC3\xA9", 19});
#define R "\xEF\xBF\xBD"
    CHECK_TEXT(t, buf_str(&out), "a" R "b" R "c" R R R R R "|" R "\t\n\xC3\xA9");
#undef R
}

static void elements_nest_and_end(Test *t)
{
    Buf out = buf_new(t->arena);
    Markup markup = markup_writer(&out), part = markup_writer(&(Buf){.arena = t->arena});
    markup_element(&part, "i", "soft", STR("x"));
    markup_open(&markup, "div");
    markup_attr_integer(&markup, "tabindex", -1);
    markup_open(&markup, "br");
    markup_close_empty(&markup);
    markup_insert(&markup, &part);
    markup_close(&markup);
    CHECK_TEXT(t, buf_str(&out), "<div tabindex=\"-1\"><br/><i class=\"soft\">x</i></div>");
    CHECK_INT(t, markup.depth, 0);
}

static const TestCase CASES[] = {
    {"text and attributes cannot end what they stand in", text_and_attributes_are_escaped},
    {"what XML forbids becomes a replacement character", what_xml_forbids_becomes_a_replacement},
    {"elements nest, end and take in finished parts", elements_nest_and_end},
};
TEST_SUITE(markup, CASES);
