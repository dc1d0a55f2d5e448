/* Transport files through windows of every size read as they do from memory. */
#include <dirent.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "exchange/gunzip.h"
#include "exchange/xpt.h"
#include "exchange/xpt_make.h"
#include "test.h"

#define MAX_BYTES ((size_t)1 << 24)

static const size_t WINDOWS[] = {1, 2, 7, 79, 80, 81, 1000};
#define N_WINDOWS (sizeof WINDOWS / sizeof WINDOWS[0])

static bool is_same_cell(const Column *column, size_t row, const XptCell *cell)
{
    if (column->missing[row] != (unsigned char)cell->missing) return false;
    if (column_is_number(column))
        return memcmp(&column->numbers[row], &cell->number, sizeof(double)) == 0 && cell->text.len == 0;
    return str_equal(column->texts[row], cell->text) && cell->number == 0;
}

/* The rows of the present data set are those of the frame, and then counted as it is. */
static bool read_rows(Test *t, XptReader *xpt, const Frame *frame, const XptMember *facts, Error *err)
{
    const XptCell *cells;
    size_t n, row = 0;
    const XptVariable *variables = xpt_variables(xpt, &n);
    CHECK_INT(t, n, frame->n_columns);
    for (bool found = true; found; row += found) {
        if (!xpt_next_row(xpt, &cells, &found, err)) return false;
        if (found && !CHECK(t, row < frame->n_rows)) return true;
        for (size_t k = 0; found && k < n; k++) CHECK(t, is_same_cell(&frame->columns[k], row, &cells[k]));
    }
    for (size_t k = 0; k < n; k++)
        CHECK(t, str_equal(variables[k].name, frame->columns[k].name) &&
                     str_equal(variables[k].label, frame->columns[k].label) &&
                     str_equal(variables[k].format, frame->columns[k].format) &&
                     variables[k].length == frame->columns[k].length);
    CHECK_INT(t, row, facts->n_rows);
    CHECK_INT(t, xpt_member(xpt)->n_rows, facts->n_rows);
    CHECK_INT(t, xpt_member(xpt)->n_rows_most, facts->n_rows_most);
    return true;
}

/* From memory: each data set, up to the first error. */
static bool parse_all(Test *t, Str content, XptMember **members, Frame **frames, size_t *n, Error *err)
{
    if (!xpt_members(t->arena, content, members, n, err)) return false;
    for (size_t i = 0; i < *n; i++)
        if (!xpt_parse_frame(t->arena, content, (*members)[i].name, &frames[i], err)) return false;
    return true;
}

static bool stream_all(Test *t, Bytes *bytes, const XptMember *members, Frame *const *frames, size_t n,
                       Error *err)
{
    XptReader *xpt;
    size_t i = 0;
    if (!xpt_open(t->arena, bytes, &xpt, err)) return false;
    for (bool found;; i++) {
        if (!xpt_next_member(xpt, &found, err)) return false;
        if (!found) break;
        if (!CHECK(t, i < n)) return true;
        CHECK(t, str_equal(xpt_member(xpt)->name, members[i].name) &&
                     str_equal(xpt_member(xpt)->label, members[i].label));
        if (!read_rows(t, xpt, frames[i], &members[i], err)) return false;
    }
    CHECK_INT(t, i, n);
    return true;
}

/* Whatever memory gives, rows or an error, each window gives. Data sets of one name are not told apart: none here. */
static void check_agreement(Test *t, Str content)
{
    XptMember *members = NULL;
    Frame *frames[8] = {0};
    size_t n = 0;
    Error want = {0};
    bool ok = parse_all(t, content, &members, frames, &n, &want);
    for (size_t i = 0; i < N_WINDOWS; i++) {
        Bytes *bytes;
        Error err = {0};
        if (!CHECK_OK(t, bytes_of_pieces(t->arena, content, WINDOWS[i], MAX_BYTES, &bytes, &err), err))
            return;
        if (ok) {
            CHECK_OK(t, stream_all(t, bytes, members, frames, n, &err), err);
            continue;
        }
        XptReader *xpt;
        const XptCell *cells;
        bool found = true, more, read = xpt_open(t->arena, bytes, &xpt, &err);
        while (read && found) {
            read = xpt_next_member(xpt, &found, &err);
            for (more = found; read && more;) read = xpt_next_row(xpt, &cells, &more, &err);
        }
        CHECK(t, !read);
        CHECK_TEXT(t, str_from(err.message), want.message);
        CHECK_TEXT(t, str_from(err.place), want.place);
    }
}

static void every_seed_reads_the_same_through_any_window(Test *t)
{
    Str folder = test_source(t, "fuzz/corpus/xpt"), bytes, content;
    DIR *open_folder = opendir(str_c(t->arena, folder));
    if (!CHECK(t, open_folder != NULL)) return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Error err = {0};
        if (entry->d_name[0] == '.') continue;
        Str path = file_join(t->arena, folder, str_copy(t->arena, str_from(entry->d_name)));
        if (CHECK_OK(t, file_read(t->arena, path, MAX_BYTES, &bytes, &err), err) &&
            CHECK_OK(t, gunzip(t->arena, bytes, MAX_BYTES, &content, &err), err))
            check_agreement(t, content);
    }
    closedir(open_folder);
}

static void a_file_cut_or_damaged_anywhere_gives_the_same_error(Test *t)
{
    Str whole = xpt_make_small(t);
    for (size_t n = 0; n < whole.len; n += 13) check_agreement(t, str_slice(whole, 0, n));
    Buf nul = xpt_make_library(t);
    xpt_make_member(&nul, "ONE", XPT_MAKE_TWO, 2, STR("a\0b   \x41\x18\0\0\0\0\0\0"));
    check_agreement(t, buf_str(&nul));
}

/* Rows of blanks first, between, at the end, and between data sets; each length of row against records of 80 bytes. */
static void rows_of_blanks_are_held_back_until_they_count(Test *t)
{
    static const char *const FILLED[] = {"",
                                         ".",
                                         "x",
                                         "..x",
                                         "x..x..",
                                         "x.........................x",
                                         "..................................................",
                                         "xxxxx.....x......"};
    static const unsigned LENGTHS[] = {1, 3, 7, 40, 79, 80, 81, 100, 200};
    for (size_t i = 0; i < sizeof FILLED / sizeof FILLED[0]; i++)
        for (size_t k = 0; k < sizeof LENGTHS / sizeof LENGTHS[0]; k++) {
            size_t n = strlen(FILLED[i]);
            char *rows = arena_alloc(t->arena, n * LENGTHS[k]);
            memset(rows, ' ', n * LENGTHS[k]);
            for (size_t row = 0; row < n; row++)
                if (FILLED[i][row] == 'x') rows[row * LENGTHS[k] + LENGTHS[k] / 2] = 'x';
            Buf buf = xpt_make_library(t);
            XptMakeVariable variable = {"T", 2, LENGTHS[k], 0};
            xpt_make_member(&buf, "ONE", &variable, 1, (Str){rows, n * LENGTHS[k]});
            xpt_make_member(&buf, "TWO", XPT_MAKE_TWO, 2, STR(""));
            xpt_make_member(&buf, "THREE", &variable, 1, (Str){rows, n * LENGTHS[k]});
            check_agreement(t, buf_str(&buf));
        }
}

static void rows_left_unread_are_passed_over(Test *t)
{
    Error err = {0};
    Bytes *bytes;
    XptReader *xpt;
    const XptCell *cells;
    bool found;
    Buf buf = xpt_make_library(t);
    char rows[14 * 100];
    memset(rows, 'x', sizeof rows);
    xpt_make_member(&buf, "ONE", XPT_MAKE_TWO, 2, (Str){rows, sizeof rows});
    xpt_make_member(&buf, "TWO", XPT_MAKE_TWO, 2, (Str){rows, sizeof rows});
    if (!CHECK_OK(t,
                  bytes_of_pieces(t->arena, buf_str(&buf), 7, MAX_BYTES, &bytes, &err) &&
                      xpt_open(t->arena, bytes, &xpt, &err),
                  err))
        return;
    CHECK_OK(t, xpt_next_member(xpt, &found, &err) && found && xpt_next_row(xpt, &cells, &found, &err), err);
    CHECK(t, found && xpt_member(xpt)->n_rows == 0); /* not yet known */
    CHECK_OK(t, xpt_next_member(xpt, &found, &err) && found, err);
    CHECK_TEXT(t, xpt_member(xpt)->name, "TWO");
    CHECK_OK(t, xpt_next_member(xpt, &found, &err) && !found, err);
    CHECK_OK(t, xpt_next_row(xpt, &cells, &found, &err) && !found, err);
    CHECK(t, bytes->window.len < 400); /* never more than a description needs */
}

static bool is_same_frame(const Frame *a, const Frame *b)
{
    if (!str_equal(a->name, b->name) || !str_equal(a->label, b->label)) return false;
    if (a->n_rows != b->n_rows || a->n_columns != b->n_columns) return false;
    for (size_t k = 0; k < a->n_columns; k++) {
        const Column *x = &a->columns[k], *y = &b->columns[k];
        if (!str_equal(x->name, y->name) || x->type != y->type) return false;
        if (memcmp(x->missing, y->missing, a->n_rows) != 0) return false;
        for (size_t i = 0; i < a->n_rows; i++)
            if (column_is_number(x) ? memcmp(&x->numbers[i], &y->numbers[i], sizeof(double)) != 0
                                    : !str_equal(x->texts[i], y->texts[i]))
                return false;
    }
    return true;
}

/* Texts short, long, of other alphabets and blank; more of them than the pool remembers. */
static Str varied_file(Test *t)
{
    static const XptMakeVariable VARIABLES[] = {{"ID", 2, 12, 0}, {"NOTE", 2, 1500, 12}, {"X", 1, 5, 1512}};
    Buf buf = xpt_make_library(t), rows = buf_new(t->arena);
    for (int i = 0; i < 6000; i++) {
        size_t start = rows.len;
        buf_format(&rows, "%s%06d", i % 7 ? "S-" : "J\xc3\xb3-", i % 5000);
        buf_pad(&rows, ' ', start + 12 - rows.len);
        if (i % 900 == 1) buf_pad(&rows, 'n', 1400);
        if (i % 3 == 0) buf_add_c(&rows, "caf\xe9");
        buf_pad(&rows, ' ', start + 1512 - rows.len);
        buf_add(&rows, (Str){i % 2 ? "\x41\x18\0\0\0" : "Z\0\0\0\0", 5});
    }
    xpt_make_member(&buf, "VARIED", VARIABLES, 3, buf_str(&rows));
    return buf_str(&buf);
}

static void a_frame_of_a_file_is_that_of_its_bytes(Test *t)
{
    Error err = {0};
    Frame *of_bytes, *of_file;
    Str content = varied_file(t), plain = test_scratch(t, "varied.xpt"),
        packed = test_scratch(t, "varied.xpt.gz");
    CHECK_OK(t, file_write(t->arena, plain, content, &err), err);
    gzFile file = gzopen(str_c(t->arena, packed), "wb");
    CHECK(t, file && gzwrite(file, content.data, (unsigned)content.len) > 0 && gzclose(file) == Z_OK);
    if (!CHECK_OK(t, xpt_parse_frame(t->arena, content, STR(""), &of_bytes, &err), err)) return;
    CHECK_INT(t, of_bytes->n_rows, 6000);
    CHECK_OK(t, xpt_read_frame(t->arena, plain, STR("varied"), &of_file, &err), err);
    CHECK(t, is_same_frame(of_file, of_bytes));
    CHECK_OK(t, xpt_read_frame(t->arena, packed, STR(""), &of_file, &err), err);
    CHECK(t, is_same_frame(of_file, of_bytes));
}

static void a_pipe_is_read_as_a_file_is(Test *t)
{
    Error err = {0};
    Frame *of_bytes, *of_pipe;
    int ends[2];
    Str content = xpt_make_small(t);
    if (!CHECK(t, pipe(ends) == 0)) return;
    CHECK(t, write(ends[1], content.data, content.len) == (ssize_t)content.len);
    close(ends[1]);
    Str path = str_format(t->arena, "/dev/fd/%d", ends[0]);
    CHECK_OK(t, xpt_parse_frame(t->arena, content, STR(""), &of_bytes, &err), err);
    if (CHECK_OK(t, xpt_read_frame(t->arena, path, STR(""), &of_pipe, &err), err))
        CHECK(t, is_same_frame(of_pipe, of_bytes));
    close(ends[0]);
}

static void a_compressed_file_is_limited_and_checked_as_it_is_read(Test *t)
{
    Error err = {0};
    Str plain = xpt_make_small(t), path = test_scratch(t, "small.xpt.gz"), packed;
    gzFile file = gzopen(str_c(t->arena, path), "wb");
    CHECK(t, file && gzwrite(file, plain.data, (unsigned)plain.len) > 0 && gzclose(file) == Z_OK);
    if (!CHECK_OK(t, file_read(t->arena, path, MAX_BYTES, &packed, &err), err)) return;
    Buf twice = buf_new(t->arena);
    buf_add(&twice, packed);
    buf_add(&twice, packed);
    buf_add_c(&twice, "and what is no member is ignored");
    for (size_t i = 0; i < N_WINDOWS; i++) {
        Bytes *bytes;
        size_t n;
        CHECK_OK(t,
                 bytes_of_pieces(t->arena, buf_str(&twice), WINDOWS[i], 2 * plain.len, &bytes, &err) &&
                     bytes_see(bytes, 0, SIZE_MAX, &err),
                 err);
        CHECK_INT(t, bytes->window.len, 2 * plain.len);
        CHECK(t, str_equal(str_slice(bytes->window, plain.len, 2 * plain.len), plain));
        CHECK(t, bytes_of_pieces(t->arena, buf_str(&twice), WINDOWS[i], 2 * plain.len - 1, &bytes, &err) &&
                     !bytes_count(bytes, &n, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, "holds more than");
        CHECK(t, bytes_of_pieces(t->arena, str_slice(packed, 0, packed.len - 1), WINDOWS[i], MAX_BYTES,
                                 &bytes, &err) &&
                     !bytes_count(bytes, &n, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, "the compressed file ends too early");
    }
    Bytes *bytes;
    size_t n;
    CHECK(t, bytes_open(t->arena, path, 0, plain.len - 1, &bytes, &err) && !bytes_count(bytes, &n, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "holds more than");
    CHECK(t, !bytes_open(t->arena, path, 0, packed.len - 1, &bytes, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "is larger than");
    CHECK(t, !bytes_open(t->arena, test_scratch(t, "none"), 0, MAX_BYTES, &bytes, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not open");
    CHECK(t, !bytes_open(t->arena, test_source(t, "fuzz"), 0, MAX_BYTES, &bytes, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not read");
}

static void a_published_file_streams_as_it_reads(Test *t)
{
    Error err = {0};
    Frame *frame;
    Bytes *bytes;
    XptMember *members;
    size_t n;
    Str path = test_data(t, "cdiscpilot01/adam/adsl.xpt"), content;
    if (path.len == 0 || !CHECK_OK(t, file_read(t->arena, path, MAX_BYTES, &content, &err), err)) return;
    CHECK_OK(t, xpt_members(t->arena, content, &members, &n, &err), err);
    CHECK_OK(t, xpt_read_frame(t->arena, path, STR(""), &frame, &err), err);
    CHECK_OK(t,
             bytes_open(t->arena, path, 333, MAX_BYTES, &bytes, &err) &&
                 stream_all(t, bytes, members, &frame, 1, &err),
             err);
    CHECK(t, bytes->window.len < 8192 && content.len > 100000);
}

static const TestCase CASES[] = {
    {"every seed reads the same through any window", every_seed_reads_the_same_through_any_window},
    {"a file cut or damaged anywhere gives the same error",
     a_file_cut_or_damaged_anywhere_gives_the_same_error},
    {"rows of blanks are held back until they count", rows_of_blanks_are_held_back_until_they_count},
    {"rows left unread are passed over", rows_left_unread_are_passed_over},
    {"a frame of a file is that of its bytes", a_frame_of_a_file_is_that_of_its_bytes},
    {"a pipe is read as a file is", a_pipe_is_read_as_a_file_is},
    {"a compressed file is limited and checked as it is read",
     a_compressed_file_is_limited_and_checked_as_it_is_read},
    {"a published file streams as it reads", a_published_file_streams_as_it_reads},
};
TEST_SUITE(xpt_stream, CASES);
