/* Every seed of the fuzz targets is read, or refused with a reason. */
#include <dirent.h>

#include "base/file.h"
#include "data/condition.h"
#include "exchange/csv.h"
#include "exchange/define_xml.h"
#include "exchange/gunzip.h"
#include "exchange/table.h"
#include "exchange/xlsx.h"
#include "exchange/xpt.h"
#include "test.h"

static bool read_condition(Arena *arena, Str bytes, Error *err)
{
    const Str NAMES[] = {STR("AGE"), STR("SEX"), STR("END")};
    Str *used;
    size_t n_used;
    return condition_check(arena, bytes, NAMES, 3, &used, &n_used, err);
}

static bool read_csv(Arena *arena, Str bytes, Error *err)
{
    Frame *frame;
    return csv_parse_frame(arena, STR("seed"), bytes, NULL, &frame, NULL, err);
}

static bool read_xpt(Arena *arena, Str bytes, Error *err)
{
    Str content;
    XptMember *members;
    Frame *frame;
    size_t n;
    if (!gunzip(arena, bytes, (size_t)1 << 20, &content, err) ||
        !xpt_members(arena, content, &members, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!xpt_parse_frame(arena, content, members[i].name, &frame, err)) return false;
    return true;
}

static bool read_workbook(Arena *arena, Str bytes, Error *err)
{
    Zip *zip;
    void *state;
    const TableMember *member;
    const TableCell *cells;
    if (!zip_of(arena, bytes, &zip, err) || !xlsx_open(arena, zip, &state, err)) return false;
    while (true) {
        if (!table_format_xlsx.next_member(state, &member, err)) return false;
        if (!member) return true;
        do
            if (!table_format_xlsx.next_row(state, &cells, err)) return false;
        while (cells);
    }
}

static bool read_define(Arena *arena, Str bytes, Error *err)
{
    StudyMetadata *study;
    DefineUnread unread;
    return define_read_bytes(arena, bytes_of(arena, bytes), &study, &unread, err);
}

/* The first byte is the window's size. */
static bool read_odm(Arena *arena, Str bytes, Error *err)
{
    void *state;
    const TableMember *member;
    const TableCell *cells;
    TableInput input = {.path = STR("seed")};
    if (!bytes_of_pieces(arena, str_slice(bytes, 1, bytes.len), (unsigned char)bytes.data[0], (size_t)1 << 20, &input.bytes, err)
        || !bytes_keep(arena, &input.bytes, err) || !table_format_odm.open(arena, &input, &state, err)) return false;
    while (true) {
        if (!table_format_odm.next_member(state, &member, err)) return false;
        if (!member) return true;
        do
            if (!table_format_odm.next_row(state, &cells, err)) return false;
        while (cells);
    }
}

/* How many seeds of a folder were read; the others were refused with a message. */
static void run_seeds(Test *t, const char *folder, bool (*read)(Arena *, Str, Error *), int n_read_wanted,
                      int n_refused_wanted)
{
    Str path = test_source(t, folder), bytes;
    DIR *open_folder = opendir(str_c(t->arena, path));
    int n_read = 0, n_refused = 0;
    if (!CHECK(t, open_folder != NULL)) return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Error err = {0};
        if (entry->d_name[0] == '.') continue;
        Str file = file_join(t->arena, path, str_copy(t->arena, str_from(entry->d_name)));
        if (!CHECK_OK(t, file_read(t->arena, file, (size_t)1 << 20, &bytes, &err), err)) continue;
        if (read(t->arena, bytes, &err))
            n_read++;
        else
            n_refused += CHECK(t, err.code != ERROR_NONE && err.message[0] != '\0');
    }
    closedir(open_folder);
    CHECK(t, n_read >= n_read_wanted);
    CHECK(t, n_refused >= n_refused_wanted);
}

static void seeds_of_conditions(Test *t) { run_seeds(t, "fuzz/corpus/condition", read_condition, 9, 4); }

static void seeds_of_csv(Test *t) { run_seeds(t, "fuzz/corpus/csv", read_csv, 9, 5); }

static void seeds_of_transport_files(Test *t) { run_seeds(t, "fuzz/corpus/xpt", read_xpt, 6, 3); }

static void seeds_of_workbooks(Test *t) { run_seeds(t, "fuzz/corpus/xlsx", read_workbook, 5, 1); }

static void seeds_of_define(Test *t) { run_seeds(t, "fuzz/corpus/define", read_define, 3, 3); }

static void seeds_of_odm(Test *t) { run_seeds(t, "fuzz/corpus/odm", read_odm, 10, 14); }

static const TestCase CASES[] = {
    {"seeds of Define-XML are read or refused", seeds_of_define},
    {"seeds of conditions are read or refused", seeds_of_conditions},
    {"seeds of CSV are read or refused", seeds_of_csv},
    {"seeds of workbooks are read or refused", seeds_of_workbooks},
    {"seeds of transport files are read or refused", seeds_of_transport_files},
    {"seeds of ODM are read or refused", seeds_of_odm},
};
TEST_SUITE(corpus, CASES);
