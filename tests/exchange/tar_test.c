#include "exchange/tar.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "test.h"

/* One header and its content, padded to blocks. */
static void add_entry(Buf *buf, const char *name, char type, Str content)
{
    char block[512] = {0};
    unsigned sum = 0;
    snprintf(block, 100, "%s", name);
    snprintf(block + 124, 12, "%011o", (unsigned)content.len);
    memcpy(block + 257, "ustar\0" "00", 8);
    block[156] = type;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < sizeof block; i++) sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
    buf_add(buf, (Str){block, sizeof block});
    buf_add(buf, content);
    buf_pad(buf, '\0', (512 - content.len % 512) % 512);
}

static Buf archive(Test *t)
{
    Buf buf = buf_new(t->arena);
    add_entry(&buf, "./a/", '5', STR(""));
    add_entry(&buf, "./a/one.txt", '0', STR("first"));
    add_entry(&buf, "PaxHeader", 'x', STR("22 path=long/name.txt\n"));
    add_entry(&buf, "short", '0', STR(""));
    add_entry(&buf, "././@LongLink", 'L', STR("gnu/name.txt\0"));
    add_entry(&buf, "gnu", '0', STR("third"));
    buf_pad(&buf, '\0', 1024);
    return buf;
}

static void an_archive_gives_its_files(Test *t)
{
    TarFile *files;
    size_t n;
    Error err = {0};
    Buf buf = archive(t);
    if (!CHECK_OK(t, tar_parse(t->arena, buf_str(&buf), &files, &n, &err), err) || !CHECK_INT(t, n, 3)) return;
    CHECK_TEXT(t, files[0].name, "a/one.txt");
    CHECK_TEXT(t, files[0].content, "first");
    CHECK_TEXT(t, files[1].name, "long/name.txt");
    CHECK_TEXT(t, files[1].content, "");
    CHECK_TEXT(t, files[2].name, "gnu/name.txt");
    CHECK_TEXT(t, files[2].content, "third");
}

static void a_damaged_archive_says_where(Test *t)
{
    TarFile *files;
    size_t n;
    Error err = {0};
    Buf buf = archive(t);
    CHECK(t, !tar_parse(t->arena, STR("no archive"), &files, &n, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "this is no tar archive");
    CHECK(t, !tar_parse(t->arena, str_slice(buf_str(&buf), 0, 512 + 512 + 3), &files, &n, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "cut short: \"./a/one.txt\"");
    buf.data[512 + 3] ^= 1;
    CHECK(t, !tar_parse(t->arena, buf_str(&buf), &files, &n, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "damaged, at byte 512");
}

static void a_folder_reads_as_its_archive_would(Test *t)
{
    TarFile *files;
    size_t n;
    Error err = {0};
    Str folder = test_scratch(t, "tar-folder"), below = file_join(t->arena, folder, STR("a"));
    CHECK_OK(t, file_make_folder(t->arena, below, &err), err);
    CHECK_OK(t, file_write(t->arena, file_join(t->arena, below, STR("one.txt")), STR("first"), &err), err);
    CHECK_OK(t, file_write(t->arena, file_join(t->arena, folder, STR(".env")), STR("hidden"), &err), err);
    CHECK_OK(t, file_write(t->arena, file_join(t->arena, folder, STR("b.txt")), STR("second"), &err), err);
    if (!CHECK_OK(t, tar_read(t->arena, folder, NULL, &files, &n, &err), err) || !CHECK_INT(t, n, 2)) return;
    CHECK_TEXT(t, files[0].name, "a/one.txt");
    CHECK_TEXT(t, files[1].name, "b.txt");
    CHECK_TEXT(t, files[1].content, "second");
    CHECK(t, !tar_read(t->arena, file_join(t->arena, folder, STR("b.txt")), NULL, &files, &n, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "b.txt");
    CHECK(t, !tar_read(t->arena, file_join(t->arena, folder, STR("none")), NULL, &files, &n, &err));
    CHECK_ERROR(t, err, ERROR_IO, "none");
}

static const TestCase CASES[] = {
    {"an archive gives its files", an_archive_gives_its_files},
    {"a damaged archive says where", a_damaged_archive_says_where},
    {"a folder reads as its archive would", a_folder_reads_as_its_archive_would},
};
TEST_SUITE(tar, CASES);
