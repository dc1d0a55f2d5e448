#include "exchange/xml_write.h"

#include <assert.h>
#include <string.h>

#define FLUSH ((size_t)32 * 1024)

struct XmlWriter {
    Sink *sink;                       /* NULL: into the buffer alone */
    Buf own, *buf;
    const char *open[XML_WRITE_MAX_DEPTH];
    bool has_children[XML_WRITE_MAX_DEPTH];
    size_t depth;
    bool in_tag;                      /* the start tag lacks its ">" */
    bool has_text;                    /* the element at hand: no indentation before its end */
    Error failure;
    bool has_failed;                  /* the sink takes no more */
};

XmlWriter *xml_writer_to_buf(Arena *arena, Buf *buf)
{
    XmlWriter *xml = ARENA_NEW(arena, XmlWriter);
    xml->buf = buf;
    buf_add_c(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return xml;
}

XmlWriter *xml_writer_to(Arena *arena, Sink *sink)
{
    XmlWriter *xml = ARENA_NEW(arena, XmlWriter);
    *xml = (XmlWriter){.sink = sink, .own = buf_new(arena)};
    xml->buf = &xml->own;
    buf_add_c(xml->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return xml;
}

/* After a failure what is put is thrown away. */
static void flush(XmlWriter *xml, size_t from)
{
    if (!xml->sink || xml->buf->len < from || xml->buf->len == 0) return;
    xml->has_failed = xml->has_failed || xml->failure.code || !sink_put(xml->sink, buf_str(xml->buf), &xml->failure);
    xml->buf->len = 0;
}

static bool refuse(XmlWriter *xml, const char *what)
{
    if (xml->failure.code) return false;
    error_set(&xml->failure, ERROR_INCONSISTENT, "%s", what);
    return error_in(&xml->failure, "element \"%s\"", xml->depth ? xml->open[xml->depth - 1] : "");
}

/* XML 1.0, production 2: no controls but tab and line ends, nor U+FFFE and U+FFFF. */
static bool is_writable(XmlWriter *xml, Str text)
{
    if (!str_is_utf8(text, NULL)) return refuse(xml, "a text is not UTF-8");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool is_control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
        bool is_not_character = c == 0xEF && (unsigned char)text.data[i + 1] == 0xBF && (unsigned char)text.data[i + 2] >= 0xBE;
        if (is_control || is_not_character) return refuse(xml, "a text holds a control character, for which XML has no room");
    }
    return true;
}

/* Line ends and tabs in attributes, and carriage returns anywhere, would be read back as something else. */
static void put_escaped(XmlWriter *xml, Str text, bool in_attribute)
{
    if (!is_writable(xml, text)) return;
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *instead;
        switch (text.data[i]) {
        case '&': instead = "&amp;"; break;
        case '<': instead = "&lt;"; break;
        case '>': instead = "&gt;"; break;
        case '"': instead = in_attribute ? "&quot;" : NULL; break;
        case '\t': instead = in_attribute ? "&#9;" : NULL; break;
        case '\n': instead = in_attribute ? "&#10;" : NULL; break;
        case '\r': instead = "&#13;"; break;
        default: instead = NULL;
        }
        if (!instead) continue;
        buf_add(xml->buf, str_slice(text, from, i));
        buf_add_c(xml->buf, instead);
        from = i + 1;
    }
    buf_add(xml->buf, str_slice(text, from, text.len));
}

static void close_tag(XmlWriter *xml)
{
    if (xml->in_tag) buf_char(xml->buf, '>');
    xml->in_tag = false;
}

/* A line of its own for what comes, unless it stands in a text. */
static void new_line(XmlWriter *xml)
{
    close_tag(xml);
    if (xml->depth) xml->has_children[xml->depth - 1] = true;
    if (xml->has_text) return;
    if (xml->depth) buf_char(xml->buf, '\n');
    buf_pad(xml->buf, ' ', 2 * xml->depth);
}

void xml_put_start(XmlWriter *xml, const char *name)
{
    assert(xml->depth < XML_WRITE_MAX_DEPTH);
    flush(xml, FLUSH);
    new_line(xml);
    buf_char(xml->buf, '<');
    buf_add_c(xml->buf, name);
    xml->has_children[xml->depth] = false;
    xml->open[xml->depth++] = name;
    xml->in_tag = true;
    xml->has_text = false;
}

void xml_put_attribute(XmlWriter *xml, const char *name, Str value)
{
    assert(xml->in_tag);
    buf_char(xml->buf, ' ');
    buf_add_c(xml->buf, name);
    buf_add_c(xml->buf, "=\"");
    put_escaped(xml, value, true);
    buf_char(xml->buf, '"');
}

void xml_put_attribute_given(XmlWriter *xml, const char *name, Str value)
{
    if (value.len) xml_put_attribute(xml, name, value);
}

void xml_put_attribute_number(XmlWriter *xml, const char *name, double value)
{
    assert(xml->in_tag);
    buf_char(xml->buf, ' ');
    buf_add_c(xml->buf, name);
    buf_add_c(xml->buf, "=\"");
    buf_number(xml->buf, value);
    buf_char(xml->buf, '"');
}

void xml_put_text(XmlWriter *xml, Str text)
{
    assert(xml->depth);
    close_tag(xml);
    put_escaped(xml, text, false);
    xml->has_text = true;
}

void xml_put_end(XmlWriter *xml)
{
    assert(xml->depth);
    const char *name = xml->open[--xml->depth];
    if (xml->in_tag) buf_add_c(xml->buf, "/>");
    else {
        if (xml->has_children[xml->depth] && !xml->has_text) {
            buf_char(xml->buf, '\n');
            buf_pad(xml->buf, ' ', 2 * xml->depth);
        }
        buf_add_c(xml->buf, "</");
        buf_add_c(xml->buf, name);
        buf_char(xml->buf, '>');
    }
    xml->in_tag = xml->has_text = false;
    if (xml->depth == 0) buf_char(xml->buf, '\n');
}

void xml_put_element(XmlWriter *xml, const char *name, Str text)
{
    xml_put_start(xml, name);
    if (text.len) xml_put_text(xml, text);
    xml_put_end(xml);
}

void xml_put_comment(XmlWriter *xml, Str text)
{
    new_line(xml);
    buf_add_c(xml->buf, "<!-- ");
    if (is_writable(xml, text))
        for (size_t i = 0; i < text.len; i++) {
            if (i && text.data[i] == '-' && text.data[i - 1] == '-') buf_char(xml->buf, ' ');
            buf_char(xml->buf, text.data[i]);
        }
    buf_add_c(xml->buf, " -->");
    if (xml->depth == 0) buf_char(xml->buf, '\n');
}

void xml_put_instruction(XmlWriter *xml, const char *target, const char *content)
{
    new_line(xml);
    buf_format(xml->buf, "<?%s %s?>", target, content);
    if (xml->depth == 0) buf_char(xml->buf, '\n');
}

bool xml_put_finish(XmlWriter *xml, Error *err)
{
    assert(xml->depth == 0);
    flush(xml, 0);
    if (xml->failure.code && err) *err = xml->failure;
    return xml->failure.code == ERROR_NONE;
}
