/* Inside the reader of transport files: xpt_layout reads the headers, xpt_text a field, xpt the rows. */
#ifndef EXCHANGE_XPT_INSIDE_H
#define EXCHANGE_XPT_INSIDE_H

#include "exchange/xpt.h"

#define XPT_RECORD ((size_t)80)

/* Rows of the window, or one blank row n times (stride 0); good until the window slides. */
typedef struct {
    const char *rows;
    size_t stride, n;
} XptBlock;

struct XptReader {
    Arena *arena, *member_arena, *row_arena;   /* the last two are begun anew with each data set and row */
    ArenaMark row_mark;
    Bytes *bytes;
    size_t at;                        /* the next byte to be read, in the content */
    bool is_over;                     /* failed, or no data set is left */
    Error *err;
    /* the data set being read */
    XptMember member;
    XptVariable *variables;
    size_t row_length, rows_start;
    bool is_counted;                  /* the header said how many rows */
    size_t known_to;                  /* bytes up to here are rows' */
    bool is_known_whole;              /* and no further ones are */
    bool rows_ended;
    size_t n_given;                   /* rows that went into blocks */
    size_t n_held, n_due;             /* rows after them: blank, and not known or known to count */
    const char *blank_row;
    XptBlock block;
    size_t block_at;
    XptCell *cells;
};

bool xpt_see(XptReader *xpt, size_t to);                       /* the window holds [at, to), or all up to the end */
bool xpt_cut_short(XptReader *xpt, const char *inside);        /* false, with the error */
bool xpt_is_member_header(Str record);

/* Read up to the first row. */
bool xpt_take_library(XptReader *xpt);
bool xpt_take_member(XptReader *xpt);

/* Called with the number of rows, 0 when not known. */
bool xpt_begin_rows(XptReader *xpt, size_t n);

/* A field as text: trimmed, UTF-8, NFC, a view of the field if it can be; false when it holds a NUL byte. */
bool xpt_text(Arena *arena, Str field, Str *text);

/* The byte of Windows-1252 for a code point, if it has one. */
bool xpt_to_windows(uint32_t point, unsigned char *byte);

#endif
