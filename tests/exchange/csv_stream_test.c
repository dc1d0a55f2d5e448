/* CSV through windows of every size reads as it does from memory. */
#include <dirent.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "exchange/csv.h"
#include "test.h"

#define MAX_BYTES ((size_t)1 << 26)

static const size_t WINDOWS[] = {1, 2, 3, 7, 80, 1000};
#define N_WINDOWS (sizeof WINDOWS / sizeof WINDOWS[0])

static bool open_pieces(Test *t, Str content, size_t window, const CsvOptions *options, CsvReader **csv,
                        Error *err)
{
    Bytes *bytes;
    return CHECK_OK(t, bytes_of_pieces(t->arena, content, window, MAX_BYTES, &bytes, err), *err) &&
           csv_open_bytes(t->arena, bytes, options, csv, err);
}

static void check_names(Test *t, const CsvReader *whole, const CsvReader *pieces)
{
    size_t n_whole, n_pieces;
    const Str *names = csv_names(whole, &n_whole), *others = csv_names(pieces, &n_pieces);
    if (!CHECK_INT(t, n_pieces, n_whole)) return;
    for (size_t i = 0; i < n_whole; i++) CHECK(t, str_equal(names[i], others[i]));
}

/* From memory and through the window: the same rows, and the same error in the end, if any. That a text is none is said
 * at once of memory, and of a window when it is come to. */
static void check_window(Test *t, Str content, size_t window, const CsvOptions *options)
{
    Error want = {0}, got = {0};
    CsvReader *whole, *pieces;
    CsvRow a, b;
    bool more = true, other = true;
    bool opened = csv_open(t->arena, content, options, &whole, &want), ok = opened;
    bool read = open_pieces(t, content, window, options, &pieces, &got);
    if (ok && CHECK(t, read)) check_names(t, whole, pieces);
    while (read && other) {
        ok = ok && csv_next(whole, &a, &more, &want);
        read = csv_next(pieces, &b, &other, &got);
        if (opened) CHECK(t, ok == read && (!ok || more == other));
        if (!ok || !read || !more || !other) continue;
        CHECK(t, a.line == b.line && a.n == b.n);
        for (size_t i = 0; i < a.n; i++)
            CHECK(t, str_equal(a.fields[i], b.fields[i]) && a.quoted[i] == b.quoted[i]);
    }
    CHECK(t, ok == read);
    CHECK_TEXT(t, str_from(got.message), want.message);
    CHECK_TEXT(t, str_from(got.place), want.place);
    CHECK_TEXT(t, str_from(got.hint), want.hint);
}

static void check_agreement(Test *t, Str content, const CsvOptions *options)
{
    for (size_t i = 0; i < N_WINDOWS; i++) check_window(t, content, WINDOWS[i], options);
}

static void every_seed_reads_the_same_through_any_window(Test *t)
{
    Str folder = test_source(t, "fuzz/corpus/csv"), bytes;
    DIR *open_folder = opendir(str_c(t->arena, folder));
    if (!CHECK(t, open_folder != NULL)) return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Error err = {0};
        if (entry->d_name[0] == '.') continue;
        Str path = file_join(t->arena, folder, str_copy(t->arena, str_from(entry->d_name)));
        if (CHECK_OK(t, file_read(t->arena, path, MAX_BYTES, &bytes, &err), err))
            check_agreement(t, bytes, NULL);
    }
    closedir(open_folder);
}

static void every_line_end_quote_and_letter_may_be_split(Test *t)
{
    static const char *const TEXTS[] = {
        "ID,NOTE\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n\r\r2,plain\r3,\"\"\n4,last",
        "\xef\xbb\xbfID;NAME\r\n1;Jose\xcc\x81\r\n2;\xe2\x82\xac\xf0\x9f\x98\x80\r\n\r\n",
        "\xef\xbb\xbf\xef\xbb\xbfID\n1\n",
        "\xef\xbb",
        "\r\n\r\r\n\n",
        "\r",
        "A\r",
        "A\r\n\"x\"\r",
        "A\tB;x\n1\t\"2\n\n\"",
        "\"A\nB\";C\n1;\"\"\"\"",
        "A,B\n1,\"x\n2,y\n",
        "A,B\n1,2\n1,x\"y\n",
        "A,B\n\"1\"2,x\n",
        "A,B\r\n\r\n1,2\r\n3,\xff\r\n",
        "A,B\n1,\"\n\n\xe2\x82\"\n",
        "A,B\n1,2,3\n",
        "A,B,a\n1,2,3\n",
        "A,,C\n1,2,3\n",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) check_agreement(t, str_from(TEXTS[i]), NULL);
    check_agreement(t, (Str){"A,B\n1,\"\n\0\"\n", 11}, NULL);
    check_agreement(t, STR(""), NULL);
}

static void limits_are_kept_through_a_window(Test *t)
{
    Str text = STR("A,BB\n1,long\n2,x\n");
    check_agreement(t, text, &(CsvOptions){.max_field_bytes = 3});
    check_agreement(t, text, &(CsvOptions){.max_columns = 1});
    check_agreement(t, text, &(CsvOptions){.max_rows = 1});
    check_agreement(t, text, &(CsvOptions){.separator = '"'});
    check_agreement(t, STR("A|B\n1|\"x|y\"\n"), &(CsvOptions){.separator = '|'});
    Error err = {0};
    CsvReader *csv;
    CsvRow row;
    bool found;
    Buf endless = buf_new(t->arena);
    buf_add_c(&endless, "A,B\n1,\"");
    buf_pad(&endless, 'x', 100000);
    if (!CHECK_OK(t,
                  open_pieces(t, buf_str(&endless), 80, &(CsvOptions){.max_field_bytes = 1000}, &csv, &err),
                  err))
        return;
    CHECK(t, !csv_next(csv, &row, &found, &err)); /* it is not read to the end to find the quote */
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the field has more than 1000 bytes");
    CHECK_ERROR(t, err, ERROR_MALFORMED, "line 2, column \"B\"");
}

static bool is_same_frame(const Frame *a, const Frame *b)
{
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

/* Columns that show what they are at once, or only in the last of 3,000 rows. */
static Str late_columns(Test *t)
{
    Buf buf = buf_new(t->arena);
    buf_add_c(&buf, "ID,NUMBER,LATE,YEARS,DATES,BLANK,LATE_BLANK,WORDS\n");
    for (int i = 0; i < 3000; i++) {
        bool last = i == 2999;
        buf_format(&buf, "S-%04d,%d.5,%s, 2016 ,%s,,%s,caf\xc3\xa9 %d\n", i, i, last ? "<1" : "1.50",
                   last ? "2016-03" : "2016",
                   last    ? "x"
                   : i % 2 ? ".A"
                           : "",
                   i % 50);
    }
    return buf_str(&buf);
}

static void check_late_columns(Test *t, const Frame *frame)
{
    static const ColumnType TYPES[] = {COLUMN_TEXT, COLUMN_NUMBER, COLUMN_TEXT, COLUMN_NUMBER,
                                       COLUMN_DATE, COLUMN_TEXT,   COLUMN_TEXT, COLUMN_TEXT};
    CHECK_INT(t, frame->n_rows, 3000);
    for (size_t k = 0; k < 8; k++) CHECK_INT(t, frame->columns[k].type, TYPES[k]);
    for (size_t i = 0; i < 3000; i++) {
        CHECK_NEAR(t, frame->columns[1].numbers[i], (double)i + 0.5, 0);
        CHECK_TEXT(t, frame->columns[2].texts[i], i == 2999 ? "<1" : "1.50"); /* as it was written */
        CHECK_TEXT(t, frame->columns[4].texts[i], i == 2999 ? "2016-03" : "2016");
        CHECK(t, frame->columns[5].missing[i] == MISSING_UNSTATED && frame->columns[5].texts[i].len == 0);
        CHECK_INT(t, frame->columns[6].missing[i],
                  i == 2999 ? MISSING_NOT
                  : i % 2   ? MISSING_SAS_A
                            : MISSING_UNSTATED);
    }
}

static void a_column_that_turns_to_texts_late_keeps_every_text(Test *t)
{
    Error err = {0};
    Frame *of_text, *of_file;
    size_t *lines;
    Str text = late_columns(t), path = test_scratch(t, "late.csv"), packed = test_scratch(t, "late.csv.gz");
    if (!CHECK_OK(t, csv_parse_frame(t->arena, STR("late"), text, NULL, &of_text, &lines, &err), err)) return;
    check_late_columns(t, of_text);
    CHECK(t, lines[0] == 2 && lines[2999] == 3001);
    CHECK_OK(t, file_write(t->arena, path, text, &err), err);
    if (CHECK_OK(t, csv_read_frame(t->arena, path, NULL, &of_file, &err), err))
        CHECK(t, is_same_frame(of_file, of_text));
    gzFile file = gzopen(str_c(t->arena, packed), "wb");
    CHECK(t, file && gzwrite(file, text.data, (unsigned)text.len) > 0 && gzclose(file) == Z_OK);
    if (CHECK_OK(t, csv_read_frame(t->arena, packed, NULL, &of_file, &err), err))
        CHECK(t, is_same_frame(of_file, of_text));
    CHECK(t, !csv_read_frame(t->arena, packed, &(CsvOptions){.max_bytes = text.len - 1}, &of_file, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "holds more than");
    CHECK(t, !csv_read_frame(t->arena, path, &(CsvOptions){.max_bytes = text.len - 1}, &of_file, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "is larger than");
}

static void a_pipe_is_read_as_a_file_is(Test *t)
{
    Error err = {0};
    Frame *frame;
    int ends[2];
    Str text = str_slice(late_columns(t), 0, 30000);
    text.len = 1 + (size_t)((const char *)memchr(text.data + 29000, '\n', 1000) - text.data);
    if (!CHECK(t, pipe(ends) == 0)) return;
    CHECK(t, write(ends[1], text.data, text.len) == (ssize_t)text.len);
    close(ends[1]);
    Str path = str_format(t->arena, "/dev/fd/%d", ends[0]);
    if (CHECK_OK(t, csv_read_frame(t->arena, path, NULL, &frame, &err), err)) CHECK(t, frame->n_rows > 100);
    close(ends[0]);
}

static void a_long_file_needs_no_more_than_its_window(Test *t)
{
    Error err = {0};
    Bytes *bytes;
    CsvReader *csv;
    CsvRow row;
    bool found = true;
    Str text = late_columns(t);
    size_t n = 0;
    if (!CHECK_OK(t,
                  bytes_of_pieces(t->arena, text, 512, MAX_BYTES, &bytes, &err) &&
                      csv_open_bytes(t->arena, bytes, NULL, &csv, &err),
                  err))
        return;
    for (; found; n += found)
        if (!CHECK_OK(t, csv_next(csv, &row, &found, &err), err)) return;
    CHECK_INT(t, n, 3000);
    CHECK(t, bytes->window.len <= 512 && text.len > 100000);
}

static const TestCase CASES[] = {
    {"every seed reads the same through any window", every_seed_reads_the_same_through_any_window},
    {"every line end, quote and letter may be split", every_line_end_quote_and_letter_may_be_split},
    {"limits are kept through a window", limits_are_kept_through_a_window},
    {"a column that turns to texts late keeps every text",
     a_column_that_turns_to_texts_late_keeps_every_text},
    {"a pipe is read as a file is", a_pipe_is_read_as_a_file_is},
    {"a long file needs no more than its window", a_long_file_needs_no_more_than_its_window},
};
TEST_SUITE(csv_stream, CASES);
