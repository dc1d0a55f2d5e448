/* Files meant to harm, for every format: each is refused with one clear error, in bounded memory and time. */
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

#include "base/file.h"
#include "exchange/table.h"
#include "exchange/xpt_make.h"
#include "test.h"

static bool read_all(Str path, Error *err)
{
    Arena *arena = arena_new();
    TableReader *reader;
    const TableMember *member = NULL;
    const TableCell *cells;
    bool ok = table_open(arena, path, &reader, err);
    while (ok && (ok = table_next_member(reader, &member, err)) && member)
        while ((ok = table_next_row(reader, &cells, err)) && cells) {}
    arena_free(arena);
    return ok;
}

static size_t peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss;
}

static void check_refused(Test *t, Str path, const char *message, size_t most_megabytes)
{
    Error err = {0};
    size_t before = peak_kilobytes();
    if (CHECK(t, !read_all(path, &err))) CHECK_ERROR(t, err, ERROR_MALFORMED, message);
    if (peak_kilobytes() - before > most_megabytes * 1024 && !HAS_ADDRESS_SANITIZER) CHECK_INT(t, (peak_kilobytes() - before) / 1024, most_megabytes);
}

static Str written(Test *t, const char *name, Str content)
{
    Str path = test_scratch(t, name);
    Error err = {0};
    CHECK_OK(t, file_write(t->arena, path, content, &err), err);
    return path;
}

/* What begins as a document does, and goes on with one byte for so many megabytes, compressed. */
static Str bomb(Test *t, const char *name, const char *start, char byte, size_t megabytes)
{
    Str path = test_scratch(t, name);
    char *piece = arena_alloc(t->arena, (size_t)1 << 20);
    memset(piece, byte, (size_t)1 << 20);
    gzFile file = gzopen(str_c(t->arena, path), "wb1");
    bool ok = file && gzputs(file, start) >= 0;
    for (size_t i = 0; ok && i < megabytes; i++) ok = gzwrite(file, piece, 1 << 20) > 0;
    CHECK(t, file && gzclose(file) == Z_OK && ok);
    return path;
}

#define HEAD "{\"datasetJSONCreationDateTime\":\"2026-01-01T12:00:00\",\"datasetJSONVersion\":\"1.1.0\",\"itemGroupOID\":\"I\",\"records\":2,\"name\":\"DM\",\"label\":\"\","
#define COLUMN "\"columns\":[{\"itemOID\":\"1\",\"name\":\"A\",\"label\":\"\",\"dataType\":\"string\"}],"

static void texts_and_rows_without_end_are_refused(Test *t)
{
    check_refused(t, bomb(t, "text.json.gz", HEAD COLUMN "\"rows\":[[\"", 'x', 40), "longer than 16 MiB", 80);
    check_refused(t, bomb(t, "row.json.gz", HEAD COLUMN "\"rows\":[[", ' ', 100), "longer than 64 MiB", 320);
    check_refused(t, bomb(t, "number.json.gz", HEAD "\"columns\":[{\"itemOID\":\"1\",\"name\":\"A\",\"label\":\"\",\"dataType\":\"double\"}],\"rows\":[[", '1', 4), "1,000 digits", 8);
    check_refused(t, bomb(t, "name.json.gz", HEAD "\"", 'x', 40), "longer than 16 MiB", 80);
    check_refused(t, bomb(t, "field.csv.gz", "A,B\n", 'x', 10), "more than 1048576 bytes", 16);
    check_refused(t, bomb(t, "quoted.csv.gz", "A,B\n\"", 'x', 10), "more than 1048576 bytes", 16);
    check_refused(t, bomb(t, "columns.csv.gz", "A", ',', 10), "4096 columns", 16);
    check_refused(t, bomb(t, "header.csv.gz", "", 'x', 10), "", 16);
}

static void values_nested_without_end_are_refused(Test *t)
{
    check_refused(t, bomb(t, "deep.json.gz", "{\"datasetJSONVersion\":\"1.1\",\"sourceSystem\":", '[', 1), "", 8);
    check_refused(t, bomb(t, "deep2.json.gz", "{\"datasetJSONVersion\":\"1.1\",\"rows\":[", '[', 1), "64 levels", 8);
}

static void counts_that_the_file_has_no_bytes_for_are_refused(Test *t)
{
    static const char LINES[] = HEAD "\"columns\":[{\"itemOID\":\"1\",\"name\":\"A\",\"label\":\"\",\"dataType\":\"string\",\"length\":9000000000000}]}\n[\"x\"]\n";
    check_refused(t, written(t, "records.ndjson", str_from(LINES)), "there are 1 rows", 4);
    Error err = {0};
    Str v8 = test_source(t, "fuzz/corpus/xpt/v8"), content;
    if (!CHECK_OK(t, file_read(t->arena, v8, 1 << 20, &content, &err), err)) return;
    char *bytes = arena_copy(t->arena, content.data, content.len);
    size_t names = str_find(content, STR("NAMSTV8")), rows = str_find(content, STR("OBSV8"));
    if (!CHECK(t, names != SIZE_MAX && rows != SIZE_MAX)) return;
    memcpy(bytes + rows + 28, "999999999999999", 15);
    check_refused(t, written(t, "rows.xpt", (Str){bytes, content.len}), "ends at byte", 8);
    memcpy(bytes, content.data, content.len);
    memcpy(bytes + names + 34, "9999", 4);
    check_refused(t, written(t, "variables.xpt", (Str){bytes, content.len}), "", 16);
}

static void compressed_files_cut_or_changed_are_refused(Test *t)
{
    Error err = {0};
    Str whole = bomb(t, "whole.csv.gz", "A,B\n1,2\n", '\n', 1), content;
    if (!CHECK_OK(t, file_read(t->arena, whole, 1 << 20, &content, &err) && read_all(whole, &err), err)) return;
    check_refused(t, written(t, "cut.csv.gz", str_slice(content, 0, content.len / 2)), "ends too early", 4);
    char *bytes = arena_copy(t->arena, content.data, content.len);
    bytes[content.len - 6] ^= 0x55;                           /* of the check sum */
    check_refused(t, written(t, "changed.csv.gz", (Str){bytes, content.len}), "damaged", 4);
}

static void other_encodings_are_said_to_be_so(Test *t)
{
    check_refused(t, written(t, "utf16.csv", STR("\xff\xfe" "A\0,\0B\0\n\0" "1\0,\0" "2\0\n\0")), "", 4);
    check_refused(t, written(t, "latin.csv", STR("A,B\n\xe9t\xe9,2\n")), "not UTF-8", 4);
    check_refused(t, written(t, "latin.json", STR(HEAD COLUMN "\"rows\":[[\"\xe9t\xe9\"],[\"\"]]}")), "not UTF-8", 4);
    check_refused(t, written(t, "utf16.json", STR("\xff\xfe{\0\"\0")), "no such file", 4);
    check_refused(t, written(t, "nul.json", STR(HEAD COLUMN "\"rows\":[[\"\\u0000\"],[\"\"]]}")), "escape", 4);
    check_refused(t, written(t, "half.json", STR(HEAD COLUMN "\"rows\":[[\"\\ud800\"],[\"\"]]}")), "escape", 4);
}

static void nothing_at_all_is_refused(Test *t)
{
    static const char *const NAMES[] = {"empty.csv", "empty.xpt", "empty.json", "empty.ndjson", "empty.dsjc", "empty.xlsx"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) check_refused(t, written(t, NAMES[i], STR("")), "", 4);
}

static const TestCase CASES[] = {
    {"texts and rows without end are refused", texts_and_rows_without_end_are_refused},
    {"values nested without end are refused", values_nested_without_end_are_refused},
    {"counts that the file has no bytes for are refused", counts_that_the_file_has_no_bytes_for_are_refused},
    {"compressed files cut or changed are refused", compressed_files_cut_or_changed_are_refused},
    {"other encodings are said to be so", other_encodings_are_said_to_be_so},
    {"nothing at all is refused", nothing_at_all_is_refused},
};
TEST_SUITE(hostile, CASES);
