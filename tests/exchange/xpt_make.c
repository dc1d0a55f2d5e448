#include "exchange/xpt_make.h"

#include <stdio.h>
#include <string.h>

static void put(Buf *buf, const char *text, size_t width)
{
    size_t n = strlen(text);
    buf_add(buf, (Str){text, n < width ? n : width});
    if (n < width) buf_pad(buf, ' ', width - n);
}

static void put_header(Buf *buf, const char *kind, const char *rest)
{
    buf_add_c(buf, "HEADER RECORD*******");
    put(buf, kind, 8);
    buf_add_c(buf, "HEADER RECORD!!!!!!!");
    put(buf, rest, 32);
}

static void put_short(Buf *buf, unsigned value)
{
    buf_char(buf, (char)(value >> 8));
    buf_char(buf, (char)(value & 0xff));
}

void xpt_make_padding(Buf *buf) { buf_pad(buf, ' ', (80 - buf->len % 80) % 80); }

#define ZEROS "000000000000000000000000000000"

Buf xpt_make_library(Test *t)
{
    Buf buf = buf_new(t->arena);
    put_header(&buf, "LIBRARY", ZEROS);
    put(&buf, "SAS     SAS     SASLIB  9.4     HERE", 64);
    put(&buf, "01JAN26:12:00:00", 16);
    put(&buf, "01JAN26:12:00:00", 80);
    return buf;
}

void xpt_make_member(Buf *buf, const char *name, const XptMakeVariable *variables, size_t n, Str rows)
{
    char count[40];
    put_header(buf, "MEMBER", "000000000000000001600000000140  ");
    put_header(buf, "DSCRPTR", ZEROS);
    put(buf, "SAS", 8);
    put(buf, name, 72);
    put(buf, "01JAN26:12:00:00", 32);
    put(buf, "A label", 48);
    snprintf(count, sizeof count, "000000%04zu00000000000000000000", n);
    put_header(buf, "NAMESTR", count);
    for (size_t i = 0; i < n; i++) {
        put_short(buf, variables[i].type);
        put_short(buf, 0);
        put_short(buf, variables[i].length);
        put_short(buf, (unsigned)i + 1);
        put(buf, variables[i].name, 8);
        put(buf, "Of a variable", 40);
        put(buf, variables[i].type == 1 ? "DATE" : "", 8);
        put_short(buf, variables[i].type == 1 ? 9 : 0);
        buf_pad(buf, '\0', 6);
        put(buf, "", 8);
        buf_pad(buf, '\0', 6);
        put_short(buf, variables[i].position);
        buf_pad(buf, '\0', 52);
    }
    xpt_make_padding(buf);
    put_header(buf, "OBS", ZEROS);
    buf_add(buf, rows);
    xpt_make_padding(buf);
}

const XptMakeVariable XPT_MAKE_TWO[2] = {{"ID", 2, 6, 0}, {"X", 1, 8, 6}};

Str xpt_make_small(Test *t)
{
    Buf buf = xpt_make_library(t);
    xpt_make_member(&buf, "SMALL", XPT_MAKE_TWO, 2,
                    STR("ab    \x41\x18\0\0\0\0\0\0"
                        "      A\0\0\0\0\0\0\0"
                        "caf\xe9  \0\0\0\0\0\0\0\0"));
    return buf_str(&buf);
}
