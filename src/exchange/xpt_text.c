#include "exchange/xpt_inside.h"

#include <string.h>

static unsigned char byte_at(Str text, size_t i) { return (unsigned char)text.data[i]; }

static Str trim_field(Str text)
{
    while (text.len >= 8 && memcmp(text.data + text.len - 8, "        ", 8) == 0) text.len -= 8;
    while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\0')) text.len--;
    return text;
}

/* The code points of bytes 80 to 9F; other bytes are their own. */
static const unsigned short FROM_80[] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

bool xpt_to_windows(uint32_t point, unsigned char *byte)
{
    *byte = (unsigned char)point;
    if (point < 0x80 || (point >= 0xA0 && point < 0x100)) return true;
    for (unsigned i = 0; i < 32; i++)
        if (FROM_80[i] == point) {
            *byte = (unsigned char)(0x80 + i);
            return true;
        }
    return false;
}

/* Windows-1252 in UTF-8. */
static Str from_windows(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        unsigned point = byte_at(text, i);
        if (point >= 0x80 && point < 0xA0) point = FROM_80[point - 0x80];
        if (point < 0x80) {
            buf_char(&buf, (char)point);
        } else if (point < 0x800) {
            buf_char(&buf, (char)(0xC0 | point >> 6));
            buf_char(&buf, (char)(0x80 | (point & 0x3F)));
        } else {
            buf_char(&buf, (char)(0xE0 | point >> 12));
            buf_char(&buf, (char)(0x80 | (point >> 6 & 0x3F)));
            buf_char(&buf, (char)(0x80 | (point & 0x3F)));
        }
    }
    return buf_str(&buf);
}

#define EACH_BYTE(x) (0x0101010101010101U * (uint64_t)(x))

bool xpt_text(Arena *arena, Str field, Str *text)
{
    field = trim_field(field);
    uint64_t high = 0, nul = 0, eight; /* the top bit of each byte that is high, that is zero */
    size_t i = 0;
    for (; i + 8 <= field.len; i += 8) {
        memcpy(&eight, field.data + i, 8);
        high |= eight;
        nul |= (eight - EACH_BYTE(1)) & ~eight;
    }
    for (; i < field.len; i++) {
        high |= byte_at(field, i);
        nul |= field.data[i] == '\0' ? 0x80 : 0;
    }
    *text = field;
    if (nul & EACH_BYTE(0x80)) return false;
    if (!(high & EACH_BYTE(0x80))) return true;
    if (!str_is_utf8(field, NULL)) field = from_windows(arena, field);
    return str_nfc(arena, field, text, NULL);
}
