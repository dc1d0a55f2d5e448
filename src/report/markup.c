#include "report/markup.h"

#include <assert.h>

Markup markup_writer(Buf *out) { return (Markup){.out = out}; }

static void end_tag(Markup *markup)
{
    if (markup->in_tag) buf_char(markup->out, '>');
    markup->in_tag = false;
}

/* Length of the character at `at`, or 0 when no character begins there. */
static size_t character_length(Str text, size_t at)
{
    static const struct { unsigned char mask, lead; size_t n; } FORMS[] = {
        {0x80, 0x00, 1}, {0xE0, 0xC0, 2}, {0xF0, 0xE0, 3}, {0xF8, 0xF0, 4}};
    unsigned char first = (unsigned char)text.data[at];
    for (size_t f = 0; f < 4; f++) {
        size_t n = FORMS[f].n;
        if ((first & FORMS[f].mask) == FORMS[f].lead) return at + n <= text.len && str_is_utf8(str_slice(text, at, at + n), NULL) ? n : 0;
    }
    return 0;
}

/* May this character stand in XML and HTML? Not the controls, nor U+FFFE and U+FFFF. */
static bool is_allowed(const unsigned char *s, size_t n)
{
    if (n == 1) return s[0] == '\t' || s[0] == '\n' || (s[0] >= 0x20 && s[0] < 0x7F);
    if (n == 2) return s[0] != 0xC2 || s[1] >= 0xA0;
    return n != 3 || s[0] != 0xEF || s[1] != 0xBF || s[2] < 0xBE;
}

static void add_escaped(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len;) {
        size_t n = character_length(text, i);
        char c = text.data[i];
        if (n == 0 || !is_allowed((const unsigned char *)text.data + i, n)) buf_add_c(out, "\xEF\xBF\xBD");
        else if (c == '&') buf_add_c(out, "&amp;");
        else if (c == '<') buf_add_c(out, "&lt;");
        else if (c == '>') buf_add_c(out, "&gt;");
        else if (c == '"') buf_add_c(out, "&quot;");
        else if (c == '\'') buf_add_c(out, "&#39;");
        else buf_add(out, str_slice(text, i, i + n));
        i += n ? n : 1;
    }
}

void markup_open(Markup *markup, const char *tag)
{
    assert(markup->depth < MARKUP_DEPTH_MAX);
    end_tag(markup);
    buf_char(markup->out, '<');
    buf_add_c(markup->out, tag);
    markup->open[markup->depth++] = tag;
    markup->in_tag = true;
}

void markup_attr(Markup *markup, const char *name, Str value)
{
    assert(markup->in_tag);
    buf_char(markup->out, ' ');
    buf_add_c(markup->out, name);
    buf_add_c(markup->out, "=\"");
    add_escaped(markup->out, value);
    buf_char(markup->out, '"');
}

void markup_attr_c(Markup *markup, const char *name, const char *value) { markup_attr(markup, name, str_from(value)); }

void markup_attr_integer(Markup *markup, const char *name, int64_t value)
{
    Buf text = buf_new(markup->out->arena);
    buf_integer(&text, value);
    markup_attr(markup, name, buf_str(&text));
}

void markup_text(Markup *markup, Str text)
{
    end_tag(markup);
    add_escaped(markup->out, text);
}

void markup_text_c(Markup *markup, const char *text) { markup_text(markup, str_from(text)); }

void markup_close(Markup *markup)
{
    assert(markup->depth > 0);
    end_tag(markup);
    buf_add_c(markup->out, "</");
    buf_add_c(markup->out, markup->open[--markup->depth]);
    buf_char(markup->out, '>');
}

void markup_close_empty(Markup *markup)
{
    assert(markup->depth > 0 && markup->in_tag);
    buf_add_c(markup->out, "/>");
    markup->depth--;
    markup->in_tag = false;
}

void markup_element(Markup *markup, const char *tag, const char *class_name, Str text)
{
    markup_open(markup, tag);
    if (class_name) markup_attr_c(markup, "class", class_name);
    markup_text(markup, text);
    markup_close(markup);
}

void markup_insert(Markup *markup, const Markup *made)
{
    assert(made->depth == 0 && !made->in_tag);
    end_tag(markup);
    buf_add(markup->out, buf_str(made->out));
}

void markup_line(Markup *markup)
{
    end_tag(markup);
    buf_char(markup->out, '\n');
}

void markup_style(Markup *markup, Str css)
{
    assert(str_find(css, STR("</")) == SIZE_MAX);
    markup_open(markup, "style");
    end_tag(markup);
    buf_char(markup->out, '\n');
    buf_add(markup->out, css);
    markup_close(markup);
}
