#include "store/tamper.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

bool tamper(Test *t, Str path, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    bool done = sqlite3_open(str_c(t->arena, path), &db) == SQLITE_OK &&
                sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK;
    if (!done) CHECK_TEXT(t, str_from(why ? why : "could not open"), "SQL that runs");
    sqlite3_free(why);
    sqlite3_close(db);
    return done;
}

void share_memory(bool shares)
{
    sqlite3_vfs_register(sqlite3_vfs_find(shares ? "unix" : "unix-dotfile"), 1);
}

void flip_bit(Test *t, Str path, size_t offset, int bit)
{
    unsigned char byte = 0;
    int file = open(str_c(t->arena, path), O_RDWR);
    CHECK(t, file >= 0 && pread(file, &byte, 1, (off_t)offset) == 1);
    byte = (unsigned char)(byte ^ 1u << bit);
    CHECK(t, pwrite(file, &byte, 1, (off_t)offset) == 1);
    close(file);
}
