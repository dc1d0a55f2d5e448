#include "exchange/xpt_inside.h"

#include <string.h>

#include "base/file.h"
#include "exchange/ibm_float.h"
#include "exchange/text_pool.h"

#define NEAR_BYTES ((size_t)64 * 1024) /* of rows that are gone over once for each column */

static bool is_blank(Str bytes)
{
    static const char BLANKS[] =
        "                                                                                ";
    for (; bytes.len > XPT_RECORD; bytes = str_slice(bytes, XPT_RECORD, bytes.len))
        if (memcmp(bytes.data, BLANKS, XPT_RECORD) != 0) return false;
    return memcmp(bytes.data, BLANKS, bytes.len) == 0;
}

static const char *in_window(const XptReader *xpt, size_t at)
{
    return xpt->bytes->window.data + (at - xpt->bytes->start);
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

bool xpt_begin_rows(XptReader *xpt, size_t n)
{
    xpt->rows_start = xpt->known_to = xpt->at;
    xpt->is_counted = xpt->is_known_whole = n && xpt->row_length;
    if (!xpt->is_counted) return true;
    if (n > (SIZE_MAX / 2 - xpt->at) / xpt->row_length) return xpt_cut_short(xpt, "a row");
    xpt->known_to += n * xpt->row_length;
    return true;
}

/* Learns that bytes up to `to` are rows', or how far they go: to the header of the next data set, or the end. */
static bool know(XptReader *xpt, size_t to)
{
    while (!xpt->is_known_whole && xpt->known_to < to) {
        if (!xpt_see(xpt, xpt->known_to + XPT_RECORD)) return false;
        size_t seen = bytes_seen(xpt->bytes), at = xpt->known_to;
        while (at + XPT_RECORD <= seen && !xpt_is_member_header((Str){in_window(xpt, at), XPT_RECORD}))
            at += XPT_RECORD;
        xpt->is_known_whole = at + XPT_RECORD <= seen || xpt->bytes->at_end;
        xpt->known_to = at + XPT_RECORD <= seen || !xpt->bytes->at_end ? at : seen;
    }
    return true;
}

/* How many whole rows the window holds from here: none only when there are no more. */
static bool find_rows(XptReader *xpt, size_t *n)
{
    *n = 0;
    if (xpt->row_length == 0) {
        while (!xpt->is_known_whole) {
            if (!know(xpt, xpt->known_to + 1)) return false;
            xpt->at = xpt->known_to;
        }
        return true;
    }
    if (!know(xpt, xpt->at + xpt->row_length) ||
        !xpt_see(xpt, least(xpt->at + xpt->row_length, xpt->known_to)))
        return false;
    size_t to = least(xpt->known_to, bytes_seen(xpt->bytes));
    *n = (to - xpt->at) / xpt->row_length;
    return true;
}

static bool end_counted_rows(XptReader *xpt)
{
    if (xpt->at < xpt->known_to) return xpt_cut_short(xpt, "a row");
    size_t over = (xpt->at - xpt->rows_start) % XPT_RECORD, to = xpt->at + (over ? XPT_RECORD - over : 0);
    if (!xpt_see(xpt, to)) return false;
    xpt->at = least(to, bytes_seen(xpt->bytes));
    xpt->member.n_rows = xpt->member.n_rows_most = xpt->n_given;
    return true;
}

/* Version 5: between the fewest and the most rows that the bytes can be, up to the last that is not blank. */
static bool end_rows(XptReader *xpt)
{
    size_t length = xpt->row_length, have = xpt->known_to - xpt->rows_start;
    if (length && have) {
        size_t most = have / length, fewest = have < XPT_RECORD ? 0 : (have - XPT_RECORD) / length + 1;
        Str rest = {in_window(xpt, xpt->at), xpt->known_to - xpt->at};
        if (!is_blank(rest) || fewest > most || have % XPT_RECORD) return xpt_cut_short(xpt, "a row");
        size_t n = xpt->n_given > fewest ? xpt->n_given : fewest;
        xpt->n_due = n - xpt->n_given;
        xpt->member.n_rows = n;
        xpt->member.n_rows_most = most;
        for (size_t i = 0; i < xpt->member.n_variables; i++)
            if (xpt->variables[i].is_number) xpt->member.n_rows_most = n; /* blanks are no number */
    }
    xpt->n_held = 0;
    xpt->at = xpt->known_to;
    return true;
}

static XptBlock due_rows(XptReader *xpt)
{
    if (!xpt->blank_row) {
        char *row = arena_alloc(xpt->member_arena, xpt->row_length);
        xpt->blank_row = memset(row, ' ', xpt->row_length);
    }
    XptBlock block = {.rows = xpt->blank_row, .n = xpt->n_due};
    xpt->n_due = 0;
    return block;
}

/* The rows that the window holds, less the blank ones at their end, which may be padding; those held back before, if
 * any is not blank, come first. */
static XptBlock seen_rows(XptReader *xpt, size_t n)
{
    const char *rows = in_window(xpt, xpt->at);
    size_t length = xpt->row_length, full = n;
    while (!xpt->is_counted && full && is_blank((Str){rows + (full - 1) * length, length})) full--;
    if (full && xpt->n_held) {
        xpt->n_due = xpt->n_held;
        xpt->n_held = 0;
        return due_rows(xpt);
    }
    xpt->n_held += n - full;
    xpt->at += n * length;
    return (XptBlock){rows, length, full};
}

/* The next rows, none at the end. */
static bool next_block(XptReader *xpt, XptBlock *block)
{
    for (*block = (XptBlock){0}; block->n == 0 && (xpt->n_due || !xpt->rows_ended);) {
        size_t n;
        if (xpt->n_due) {
            *block = due_rows(xpt);
        } else if (!find_rows(xpt, &n)) {
            return false;
        } else if (n) {
            *block = seen_rows(xpt, n);
        } else if (!(xpt->is_counted ? end_counted_rows(xpt) : end_rows(xpt))) {
            return error_in(xpt->err, "data set \"" STR_FMT "\"", STR_ARG(xpt->member.name));
        } else {
            xpt->rows_ended = true;
        }
    }
    xpt->n_given += block->n;
    return true;
}

static bool skip_rows(XptReader *xpt)
{
    XptBlock block;
    do
        if (!next_block(xpt, &block)) return false;
    while (block.n);
    return true;
}

static void release(void *from)
{
    XptReader *xpt = from;
    arena_free(xpt->member_arena);
    arena_free(xpt->row_arena);
}

bool xpt_open(Arena *arena, Bytes *bytes, XptReader **reader, Error *err)
{
    XptReader *xpt = ARENA_NEW(arena, XptReader);
    *xpt =
        (XptReader){.arena = arena, .row_arena = arena_new(), .bytes = bytes, .err = err, .rows_ended = true};
    arena_defer(arena, release, xpt);
    arena_alloc(xpt->row_arena, 1); /* so that rewinding keeps a chunk */
    xpt->row_mark = arena_mark(xpt->row_arena);
    *reader = xpt;
    return xpt_take_library(xpt);
}

/* Forgets the data set before. */
static void clear_member(XptReader *xpt)
{
    arena_free(xpt->member_arena);
    *xpt = (XptReader){.arena = xpt->arena,
                       .member_arena = arena_new(),
                       .row_arena = xpt->row_arena,
                       .row_mark = xpt->row_mark,
                       .bytes = xpt->bytes,
                       .at = xpt->at,
                       .err = xpt->err};
}

bool xpt_next_member(XptReader *xpt, bool *found, Error *err)
{
    *found = false;
    xpt->err = err;
    if (xpt->is_over) return true;
    bool ok = skip_rows(xpt) && xpt_see(xpt, xpt->at + 1);
    bool more = ok && xpt->at < bytes_seen(xpt->bytes);
    clear_member(xpt);
    ok = ok && (!more || xpt_take_member(xpt));
    *found = ok && more;
    xpt->is_over = !*found;
    return ok;
}

const XptMember *xpt_member(const XptReader *xpt) { return &xpt->member; }

const XptVariable *xpt_variables(const XptReader *xpt, size_t *n)
{
    *n = xpt->member.n_variables;
    return xpt->variables;
}

static bool nul_error(XptReader *xpt, const XptVariable *variable, size_t row)
{
    error_set(xpt->err, ERROR_MALFORMED, "a text holds a NUL byte");
    error_in(xpt->err, "row %zu, variable \"" STR_FMT "\"", row + 1, STR_ARG(variable->name));
    return error_in(xpt->err, "data set \"" STR_FMT "\"", STR_ARG(xpt->member.name));
}

static inline double number_at(const XptVariable *variable, const char *row, MissingReason *missing)
{
    return ibm_float_read((const unsigned char *)row + variable->position, variable->length, missing);
}

static inline bool text_at(Arena *arena, const XptVariable *variable, const char *row, Str *text,
                           MissingReason *missing)
{
    bool ok = xpt_text(arena, (Str){row + variable->position, variable->length}, text);
    *missing = text->len ? MISSING_NOT : MISSING_UNSTATED;
    if (text->len == 0) *text = STR("");
    return ok;
}

bool xpt_next_row(XptReader *xpt, const XptCell **cells, bool *found, Error *err)
{
    *found = false;
    xpt->err = err;
    if (xpt->is_over) return true;
    if (xpt->block_at == xpt->block.n) {
        xpt->block_at = 0;
        xpt->is_over = !next_block(xpt, &xpt->block);
        if (xpt->is_over) return false;
        if (xpt->block.n == 0) return true;
    }
    if (!xpt->cells) xpt->cells = ARENA_ARRAY(xpt->member_arena, XptCell, xpt->member.n_variables);
    const char *row = xpt->block.rows + xpt->block.stride * xpt->block_at++;
    arena_rewind(xpt->row_arena, xpt->row_mark);
    for (size_t k = 0; k < xpt->member.n_variables; k++) {
        const XptVariable *variable = &xpt->variables[k];
        XptCell *cell = &xpt->cells[k];
        if (variable->is_number) {
            cell->number = number_at(variable, row, &cell->missing);
        } else if (!text_at(xpt->row_arena, variable, row, &cell->text, &cell->missing)) {
            xpt->is_over = true;
            return nul_error(xpt, variable, xpt->n_given - xpt->block.n + xpt->block_at - 1);
        }
    }
    *cells = xpt->cells;
    *found = true;
    return true;
}

static void add_column(Arena *arena, Frame *frame, const XptVariable *variable)
{
    Column *column = frame_add_column(frame, str_copy(arena, variable->name),
                                      variable->is_number ? COLUMN_NUMBER : COLUMN_TEXT);
    column->label = str_copy(arena, variable->label);
    column->format = str_copy(arena, variable->format);
    column->length = variable->length;
}

/* Rows of a block into the frame, from frame row `first` on. */
typedef struct {
    XptReader *xpt;
    Frame *frame;
    TextPool *pool; /* NULL: views of the content may stay */
    size_t first;
} Filling;

static void fill_numbers(const XptVariable *variable, XptBlock block, double *numbers, unsigned char *missing)
{
    for (size_t i = 0; i < block.n; i++) {
        MissingReason reason;
        numbers[i] = number_at(variable, block.rows + i * block.stride, &reason);
        missing[i] = (unsigned char)reason;
    }
}

/* Returns the first row of the block that holds a NUL, or its n. */
static size_t fill_texts(const Filling *fill, const XptVariable *variable, XptBlock block, Str *texts,
                         unsigned char *missing)
{
    for (size_t i = 0; i < block.n; i++) {
        MissingReason reason;
        const char *row = block.rows + i * block.stride;
        Arena *arena = fill->pool ? fill->xpt->row_arena : fill->frame->arena;
        if (!text_at(arena, variable, row, &texts[i], &reason)) return i;
        if (fill->pool) texts[i] = text_pool_keep(fill->pool, texts[i]);
        missing[i] = (unsigned char)reason;
    }
    return block.n;
}

/* Column after column, since few columns at once stay near. A NUL in a row ends it for the columns after. */
static bool fill_block(const Filling *fill, XptBlock block)
{
    const XptVariable *bad = NULL;
    for (size_t k = 0; k < fill->frame->n_columns; k++) {
        const XptVariable *variable = &fill->xpt->variables[k];
        Column *column = &fill->frame->columns[k];
        unsigned char *missing = column->missing + fill->first;
        if (variable->is_number) {
            fill_numbers(variable, block, column->numbers + fill->first, missing);
            continue;
        }
        size_t n = fill_texts(fill, variable, block, column->texts + fill->first, missing);
        if (n < block.n) bad = variable;
        block.n = n;
    }
    arena_rewind(fill->xpt->row_arena, fill->xpt->row_mark);
    return !bad || nul_error(fill->xpt, bad, fill->first + block.n);
}

static bool fill_frame(Filling *fill)
{
    XptReader *xpt = fill->xpt;
    size_t step = 1 + NEAR_BYTES / (xpt->row_length + 1);
    for (XptBlock block;;) {
        if (!next_block(xpt, &block)) return false;
        bool is_end = block.n == 0, fits = block.n <= fill->frame->n_rows - fill->first;
        if (!fits || (is_end && fill->first < fill->frame->n_rows))
            return error_set(xpt->err, ERROR_IO, "the file changed while it was read");
        if (is_end) return true;
        for (size_t n; block.n; block.n -= n, block.rows += n * block.stride, fill->first += n) {
            n = least(block.n, step);
            if (!fill_block(fill, (XptBlock){block.rows, block.stride, n})) return false;
        }
    }
}

/* The data set at an index, which has n_rows. */
static bool read_member(Arena *arena, Bytes *bytes, size_t index, size_t n_rows, bool keep_texts,
                        Frame **result, Error *err)
{
    Arena *scratch = arena_new();
    XptReader *xpt;
    bool found = true, ok = xpt_open(scratch, bytes, &xpt, err);
    for (size_t i = 0; ok && found && i <= index; i++) ok = xpt_next_member(xpt, &found, err);
    if (ok && !found) ok = error_set(err, ERROR_IO, "the file changed while it was read");
    if (ok) {
        Frame *frame = *result = frame_new(arena, str_copy(arena, xpt->member.name));
        frame->label = str_copy(arena, xpt->member.label);
        frame->n_rows = n_rows;
        for (size_t k = 0; k < xpt->member.n_variables; k++) add_column(arena, frame, &xpt->variables[k]);
        ok = fill_frame(&(Filling){
            .xpt = xpt, .frame = frame, .pool = keep_texts ? text_pool_new(scratch, arena) : NULL});
    }
    arena_free(scratch);
    return ok;
}

static bool list_members(Arena *arena, Bytes *bytes, XptMember **members, size_t *n, Error *err)
{
    Arena *scratch = arena_new();
    XptReader *xpt;
    size_t capacity = 0;
    bool found, ok = xpt_open(scratch, bytes, &xpt, err) && xpt_next_member(xpt, &found, err);
    *members = NULL;
    for (*n = 0; ok && found; ++*n) {
        XptMember *member;
        ok = skip_rows(xpt);
        ARENA_PUSH_ROOM(arena, *members, *n, capacity);
        member = &(*members)[*n];
        *member = xpt->member;
        member->name = str_copy(arena, member->name);
        member->label = str_copy(arena, member->label);
        ok = ok && xpt_next_member(xpt, &found, err);
    }
    arena_free(scratch);
    return ok;
}

static bool choose_member(const XptMember *members, size_t n, Str name, size_t *chosen, Error *err)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal_fold(members[i].name, name) || (name.len == 0 && n == 1)) {
            *chosen = i;
            return true;
        }
    if (name.len)
        error_set(err, ERROR_INCONSISTENT, "the file has no data set \"" STR_FMT "\"", STR_ARG(name));
    else
        error_set(err, ERROR_INCONSISTENT, "the file has %zu data sets and none was named", n);
    Arena *scratch = arena_new();
    Buf list = buf_new(scratch);
    for (size_t i = 0; i < n && list.len < 300; i++)
        buf_format(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(members[i].name));
    if (n) error_hint(err, "It has: %s.", buf_c(&list));
    arena_free(scratch);
    return false;
}

bool xpt_members(Arena *arena, Str content, XptMember **members, size_t *n, Error *err)
{
    return list_members(arena, bytes_of(arena, content), members, n, err);
}

bool xpt_parse_frame(Arena *arena, Str content, Str member, Frame **frame, Error *err)
{
    Bytes *bytes = bytes_of(arena, content);
    XptMember *all;
    size_t n, chosen;
    return list_members(arena, bytes, &all, &n, err) && choose_member(all, n, member, &chosen, err) &&
           read_member(arena, bytes, chosen, all[chosen].n_rows, false, frame, err);
}

bool xpt_read_frame(Arena *arena, Str path, Str member, Frame **frame, Error *err)
{
    Arena *scratch = arena_new();
    Bytes *bytes;
    XptMember *all;
    size_t n, chosen;
    bool opened = bytes_open(scratch, path, 0, XPT_MAX_BYTES, &bytes, err);
    bool ok = opened && bytes_keep(scratch, &bytes, err) && list_members(scratch, bytes, &all, &n, err) &&
              choose_member(all, n, member, &chosen, err) && bytes_again(scratch, &bytes, err) &&
              read_member(arena, bytes, chosen, all[chosen].n_rows, true, frame, err);
    arena_free(scratch);
    return ok || (opened && error_in(err, STR_FMT, STR_ARG(file_name(path))));
}
