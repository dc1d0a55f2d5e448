/* XML pulled as events and written back: what is told, and what hostile documents get. */
#include <string.h>

#include "exchange/xml_pull.h"
#include "exchange/xml_write.h"
#include "test.h"

/* Events as a line: <name a=v> text </name>. */
static bool told(Arena *arena, Str content, size_t window, Str *line, Error *err)
{
    Bytes *bytes;
    Buf buf = buf_new(arena);
    XmlEvent event;
    if (!bytes_of_pieces(arena, content, window, (size_t)1 << 28, &bytes, err)) return false;
    XmlPull *xml = xml_pull_new(arena, bytes);
    while (true) {
        if (!xml_pull_next(xml, &event, err)) return false;
        if (event.kind == XML_PULL_END) break;
        if (event.kind == XML_PULL_TEXT) {
            buf_add(&buf, event.text);
            buf_char(&buf, '|');
            continue;
        }
        buf_format(&buf, "%s" STR_FMT, event.kind == XML_PULL_ELEMENT ? "<" : "</", STR_ARG(event.name));
        for (size_t i = 0; i < event.n_attributes; i++)
            buf_format(&buf, " " STR_FMT "=" STR_FMT, STR_ARG(event.attributes[i].name), STR_ARG(event.attributes[i].value));
        buf_char(&buf, '>');
    }
    *line = buf.len ? buf_str(&buf) : STR("");
    return true;
}

static void check_told(Test *t, Str content, const char *want)
{
    static const size_t WINDOWS[] = {1, 7, 4096};
    for (size_t i = 0; i < 3; i++) {
        Str line;
        Error err = {0};
        if (CHECK_OK(t, told(t->arena, content, WINDOWS[i], &line, &err), err)) CHECK_TEXT(t, line, want);
    }
}

static void events_are_the_same_through_any_window(Test *t)
{
    check_told(t, STR("<?xml version='1.0'?><!-- c --><a x='1 &amp; 2' y=\"&#65;&quot;\"><b/>one<!-- c --> two &lt;<![CDATA[ <three> ]]></a>"),
               "<a x=1 & 2 y=A\"><b></b>one two < <three> |</a>");
    check_told(t, STR("\xef\xbb\xbf<p:a xmlns:p='urn:p' p:x='\xc3\xa9'/>"), "<a x=\xc3\xa9></a>");
    check_told(t, STR("<?xml version='1.0' encoding='ISO-8859-1'?><a x='\xe9'>\xe9</a>"), "<a x=\xc3\xa9>\xc3\xa9|</a>");
    check_told(t, (Str){"\xff\xfe<\0a\0/\0>\0", 10}, "<a></a>");
    check_told(t, STR("<a>\n</a>\n"), "<a>\n|</a>");
}

static void a_text_is_whole_however_long(Test *t)
{
    Buf buf = buf_new(t->arena);
    Str text;
    XmlEvent event;
    Error err = {0};
    buf_add_c(&buf, "<a>");
    for (size_t i = 0; i < 100000; i++) buf_add_c(&buf, "x&amp;");
    buf_add_c(&buf, "<b>y</b>z</a>");
    XmlPull *xml = xml_pull_new(t->arena, bytes_of(t->arena, buf_str(&buf)));
    if (!CHECK_OK(t, xml_pull_next(xml, &event, &err), err) || !CHECK_OK(t, xml_pull_next(xml, &event, &err), err)) return;
    CHECK(t, event.kind == XML_PULL_TEXT);
    CHECK_INT(t, event.text.len, 200000);
    if (!CHECK_OK(t, xml_pull_next(xml, &event, &err), err) || !CHECK_OK(t, xml_pull_text(xml, &text, &err), err)) return;
    CHECK_TEXT(t, text, "y");
}

static void lines_names_and_namespaces_are_said(Test *t)
{
    XmlEvent event;
    Str value;
    Error err = {0};
    XmlPull *xml = xml_pull_new(t->arena, bytes_of(t->arena, STR("<a xmlns='urn:a'\n xmlns:r='urn:r'>\n<r:b\n r:c='4'/></a>")));
    if (!CHECK_OK(t, xml_pull_next(xml, &event, &err), err)) return;
    CHECK_TEXT(t, event.space, "urn:a");
    CHECK_INT(t, event.depth, 1);
    CHECK_INT(t, event.n_attributes, 0);
    if (!CHECK_OK(t, xml_pull_next(xml, &event, &err) && xml_pull_next(xml, &event, &err), err)) return;
    CHECK(t, xml_is(&event, "b") && !xml_is(&event, "a"));
    CHECK_TEXT(t, event.space, "urn:r");
    CHECK_TEXT(t, event.prefix, "r");
    CHECK_INT(t, event.line, 4);
    CHECK_INT(t, event.depth, 2);
    CHECK(t, xml_attribute(&event, "c", &value));
    CHECK_TEXT(t, value, "4");
    CHECK(t, !xml_attribute(&event, "d", &value));
}

static void an_element_is_skipped_with_all_it_holds(Test *t)
{
    XmlEvent event;
    Error err = {0};
    XmlPull *xml = xml_pull_new(t->arena, bytes_of(t->arena, STR("<a><b><c>x</c><c/></b><d/></a>")));
    if (!CHECK_OK(t, xml_pull_next(xml, &event, &err) && xml_pull_next(xml, &event, &err) && xml_pull_skip(xml, &err) && xml_pull_next(xml, &event, &err), err))
        return;
    CHECK(t, xml_is(&event, "d"));
}

static Str repeated(Arena *arena, const char *part, size_t n)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < n; i++) buf_add_c(&buf, part);
    return buf_str(&buf);
}

static void what_is_broken_or_hostile_is_refused_with_its_line(Test *t)
{
    static const struct {
        const char *content, *message, *place;
    } BROKEN[] = {
        {"", "not XML", "line 1"},
        {"SUBJECT,AGE\n", "not XML", "line 1"},
        {"<a>\n<b></a>", "mismatch", "line 2"},
        {"<a>\n\n<b>", "not XML", "line 3"},
        {"<a>\n&nbsp;</a>", "nbsp", "line 2"},
        {"<a x='1' x='2'/>", "not XML", "line 1"},
        {"<a>\x01</a>", "not XML", "line 1"},
        {"<a>\xe9</a>", "not XML", "line 1"},
        {"<a/><b/>", "not XML", "line 1"},
        {"<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]>\n<a>&c;</a>", "DOCTYPE", "line 1"},
        {"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>\n<a x='&b;'>&b;</a>", "DOCTYPE", "line 1"},
        {"<!DOCTYPE a SYSTEM \"http://example.org/a.dtd\"><a/>", "DOCTYPE", "line 1"},
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        Error err = {0};
        Str line;
        CHECK(t, !told(t->arena, str_from(BROKEN[i].content), 4096, &line, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].message);
        CHECK_ERROR(t, err, ERROR_MALFORMED, BROKEN[i].place);
    }
}

static void limits_hold(Test *t)
{
    Str line;
    Error err = {0};
    Arena *arena = arena_new();
    CHECK(t, !told(arena, repeated(arena, "<a>", 101), 4096, &line, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "deeper than 100");
    Buf buf = buf_new(arena);
    buf_add_c(&buf, "<a");
    for (int i = 0; i < 1001; i++) buf_format(&buf, " a%d=''", i);
    buf_add_c(&buf, "/>");
    CHECK(t, !told(arena, buf_str(&buf), 4096, &line, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "1,000 attributes");
    buf = buf_new(arena);
    buf_add_c(&buf, "<a>");
    buf_add(&buf, repeated(arena, "0123456789abcdef", ((size_t)1 << 20) + 1));
    CHECK(t, !told(arena, buf_str(&buf), 65536, &line, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "16 MiB");
    buf_add_c(&buf, "</a>");
    XmlEvent event;
    XmlPull *xml = xml_pull_new(arena, bytes_of(arena, buf_str(&buf)));
    CHECK_OK(t, xml_pull_next(xml, &event, &err) && xml_pull_skip(xml, &err) && xml_pull_next(xml, &event, &err), err);
    arena_free(arena);
}

static void a_failure_comes_after_what_stands_before_it_and_again(Test *t)
{
    XmlEvent event;
    Error err = {0};
    XmlPull *xml = xml_pull_new(t->arena, bytes_of(t->arena, STR("<a><b/>")));
    for (int i = 0; i < 3; i++) CHECK_OK(t, xml_pull_next(xml, &event, &err), err);
    for (int i = 0; i < 2; i++) {
        CHECK(t, !xml_pull_next(xml, &event, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, "not XML");
    }
}

static void what_is_written_is_read_back(Test *t)
{
    Buf buf = buf_new(t->arena);
    Error err = {0};
    XmlWriter *xml = xml_writer_to_buf(t->arena, &buf);
    xml_put_start(xml, "a");
    xml_put_attribute(xml, "x", STR("<\"&'\t\n\r>"));
    xml_put_attribute_given(xml, "y", STR(""));
    xml_put_attribute_number(xml, "z", 0.1);
    xml_put_comment(xml, STR("no --- dashes"));
    xml_put_element(xml, "b", STR(" ]]> \xc3\xa9\r\n"));
    xml_put_start(xml, "c");
    xml_put_end(xml);
    xml_put_end(xml);
    if (!CHECK_OK(t, xml_put_finish(xml, &err), err)) return;
    CHECK_TEXT(t, buf_str(&buf), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a x=\"&lt;&quot;&amp;'&#9;&#10;&#13;&gt;\" z=\"0.1\">\n  <!-- no - - - dashes -->\n"
                                 "  <b> ]]&gt; \xc3\xa9&#13;\n</b>\n  <c/>\n</a>\n");
    check_told(t, buf_str(&buf), "<a x=<\"&'\t\n\r> z=0.1>\n  \n  |<b> ]]> \xc3\xa9\r\n|</b>\n  |<c></c>\n|</a>");
}

static void what_xml_has_no_room_for_is_not_written(Test *t)
{
    static const char *const BAD[] = {"\x01", "\xe9", "\xef\xbf\xbf"};
    for (size_t i = 0; i < 3; i++) {
        Buf buf = buf_new(t->arena);
        Error err = {0};
        XmlWriter *xml = xml_writer_to_buf(t->arena, &buf);
        xml_put_element(xml, "label", str_from(BAD[i]));
        CHECK(t, !xml_put_finish(xml, &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, "label");
    }
}

static const TestCase CASES[] = {
    {"events are the same through any window", events_are_the_same_through_any_window},
    {"a text is whole however long", a_text_is_whole_however_long},
    {"lines, names and namespaces are said", lines_names_and_namespaces_are_said},
    {"an element is skipped with all it holds", an_element_is_skipped_with_all_it_holds},
    {"what is broken or hostile is refused with its line", what_is_broken_or_hostile_is_refused_with_its_line},
    {"limits hold", limits_hold},
    {"a failure comes after what stands before it, and again", a_failure_comes_after_what_stands_before_it_and_again},
    {"what is written is read back", what_is_written_is_read_back},
    {"what XML has no room for is not written", what_xml_has_no_room_for_is_not_written},
};
TEST_SUITE(xml, CASES);
