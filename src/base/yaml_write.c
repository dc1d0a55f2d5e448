#include "base/yaml.h"

#include <string.h>

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_plain(Str text)
{
    static const char *const WORDS[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
    if (!text.len || !is_letter(text.data[0]) || text.data[text.len - 1] == ' ') return false;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (str_equal_fold(text, str_from(WORDS[i]))) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!is_letter(c) && !is_digit(c) && !strchr(" ._-/()+", c)) return false;
    }
    return true;
}

void yaml_write_quoted(Buf *buf, Str text)
{
    buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '"' || c == '\\') buf_format(buf, "\\%c", c);
        else if (c == '\n') buf_add_c(buf, "\\n");
        else if (c == '\t') buf_add_c(buf, "\\t");
        else if ((unsigned char)c < 0x20 || c == 0x7f) buf_format(buf, "\\x%02x", (unsigned)c);
        else buf_char(buf, c);
    }
    buf_char(buf, '"');
}

void yaml_write_text(Buf *buf, Str text)
{
    if (is_plain(text)) buf_add(buf, text);
    else yaml_write_quoted(buf, text);
}

void yaml_write_comment(Buf *buf, size_t indent, Str text)
{
    while (text.len) {
        Str line, rest = STR("");
        if (!str_cut(text, STR("\n"), &line, &rest)) line = text;
        text = rest;
        line = str_trim(line);
        if (!line.len) continue;
        buf_pad(buf, ' ', indent);
        buf_add_c(buf, "# ");
        for (size_t i = 0; i < line.len; i++) buf_char(buf, (unsigned char)line.data[i] < 0x20 ? ' ' : line.data[i]);
        buf_char(buf, '\n');
    }
}
