#include "base/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static Str content_of(Test *t, Str path)
{
    Error err = {0};
    Str content = STR("");
    CHECK_OK(t, file_read(t->arena, path, 1000, &content, &err), err);
    return content;
}

static void a_file_is_replaced_whole(Test *t)
{
    Error err = {0};
    Str path = test_scratch(t, "whole.txt");
    CHECK_OK(t, file_write(t->arena, path, STR("first and long"), &err), err);
    CHECK_OK(t, file_write(t->arena, path, STR("second"), &err), err);
    CHECK_TEXT(t, content_of(t, path), "second");
    CHECK(t, !file_exists(t->arena, test_scratch(t, "whole.txt.tmp")));
}

/* Whoever may write in the folder could otherwise choose which file of ours is overwritten. */
static void nothing_is_written_through_a_link(Test *t)
{
    Error err = {0};
    Str victim = test_scratch(t, "victim.txt"), path = test_scratch(t, "linked.txt");
    CHECK_OK(t, file_write(t->arena, victim, STR("precious"), &err), err);
    CHECK_INT(t, symlink(str_c(t->arena, victim), str_c(t->arena, test_scratch(t, "linked.txt.tmp"))), 0);
    CHECK_OK(t, file_write(t->arena, path, STR("report"), &err), err);
    CHECK_TEXT(t, content_of(t, victim), "precious");
    CHECK_TEXT(t, content_of(t, path), "report");
    struct stat status;
    CHECK(t, lstat(str_c(t->arena, path), &status) == 0 && S_ISREG(status.st_mode));
}

static void a_folder_in_the_way_stays(Test *t)
{
    Error err = {0};
    Str folder = test_scratch(t, "way.txt.tmp");
    CHECK_INT(t, mkdir(str_c(t->arena, folder), 0777), 0);
    CHECK(t, !file_write(t->arena, test_scratch(t, "way.txt"), STR("text"), &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not write");
    CHECK(t, file_exists(t->arena, folder));
}

static void reading_says_what_is_wrong(Test *t)
{
    Error err = {0};
    Str content, path = test_scratch(t, "large.txt");
    CHECK(t, !file_read(t->arena, test_scratch(t, "nowhere.txt"), 10, &content, &err));
    CHECK_ERROR(t, err, ERROR_IO, "could not open");
    CHECK_OK(t, file_write(t->arena, path, STR("0123456789a"), &err), err);
    CHECK(t, !file_read(t->arena, path, 10, &content, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "larger than 10 bytes");
    CHECK_OK(t, file_read(t->arena, path, 11, &content, &err), err);
    CHECK_INT(t, content.len, 11);
}

static void a_folder_is_empty_until_something_is_in_it(Test *t)
{
    Error err = {0};
    Str folder = test_scratch(t, "to-fill");
    CHECK(t, file_folder_is_empty(t->arena, test_scratch(t, "never-made")));
    CHECK_OK(t, file_make_folder(t->arena, folder, &err), err);
    CHECK(t, file_folder_is_empty(t->arena, folder));
    CHECK_OK(t, file_write(t->arena, file_join(t->arena, folder, STR("a")), STR("b"), &err), err);
    CHECK(t, !file_folder_is_empty(t->arena, folder));
    CHECK(t, remove(str_c(t->arena, file_join(t->arena, folder, STR("a")))) == 0);
}

static void paths_come_apart_and_together(Test *t)
{
    CHECK_TEXT(t, file_name(STR("a/b.csv")), "b.csv");
    CHECK_TEXT(t, file_stem(STR("a.d/b.csv.gz")), "b");
    CHECK_TEXT(t, file_stem(STR("a.d/b")), "b");
    CHECK_TEXT(t, file_folder(STR("a/b.csv")), "a");
    CHECK_TEXT(t, file_folder(STR("b.csv")), ".");
    CHECK_TEXT(t, file_folder(STR("/b.csv")), "/");
    CHECK_TEXT(t, file_join(t->arena, STR("a"), STR("b")), "a/b");
    CHECK_TEXT(t, file_join(t->arena, STR("a"), STR("/b")), "/b");
}

static const TestCase CASES[] = {
    {"a file is replaced whole", a_file_is_replaced_whole},
    {"nothing is written through a link", nothing_is_written_through_a_link},
    {"a folder in the way stays", a_folder_in_the_way_stays},
    {"reading says what is wrong", reading_says_what_is_wrong},
    {"a folder is empty until something is in it", a_folder_is_empty_until_something_is_in_it},
    {"paths come apart and together", paths_come_apart_and_together},
};
TEST_SUITE(file, CASES);
