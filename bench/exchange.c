/* Times the readers of large files: a small transport file and a small CSV made here, their rows repeated to a size,
 * read row by row and as a frame. Prints seconds, those of the processor (all that can be compared when others use the
 * machine) and the peak memory of a process that does nothing else.
 * Usage: bench-exchange [MEGABYTES [FOLDER [ROW]]], ROW being the beginning of a row's name. Not a test: it prints a table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "exchange/csv.h"
#include "exchange/xpt.h"

#define N_SUBJECTS 500
#define MAX_BYTES ((size_t)64 << 30)

/* The columns of a laboratory data set: half texts, half numbers. */
static const struct {
    const char *name, *value; /* NULL is a number */
    unsigned length;
} COLUMNS[] = {
    {"STUDYID", "CDISCPILOT01", 12},
    {"USUBJID", "01-701-%04u", 11},
    {"TRTP", "Xanomeline High Dose", 20},
    {"TRTPN", NULL, 8},
    {"AGE", NULL, 8},
    {"SEX", "F", 1},
    {"PARAM", "Albumin (g/L)", 24},
    {"PARAMCD", "ALB", 8},
    {"AVISIT", "Week %u", 16},
    {"AVISITN", NULL, 8},
    {"ADT", NULL, 8},
    {"AVAL", NULL, 8},
    {"BASE", NULL, 8},
    {"CHG", NULL, 8},
    {"A1LO", NULL, 8},
    {"A1HI", NULL, 8},
    {"ANRIND", "N", 10},
    {"LBSEQ", NULL, 8},
    {"LBNRIND", "NORMAL", 40},
};
#define N_COLUMNS (sizeof COLUMNS / sizeof COLUMNS[0])

static void put(Buf *buf, const char *text, size_t width)
{
    size_t n = strlen(text);
    buf_add(buf, (Str){text, n});
    buf_pad(buf, ' ', width - n);
}

static void put_big_endian(Buf *buf, uint64_t value, int n_bytes)
{
    for (int i = n_bytes - 1; i >= 0; i--) buf_char(buf, (char)(value >> 8 * i & 0xff));
}

/* Sixteenths, exactly, as an IBM number. */
static void put_number(Buf *buf, unsigned sixteenths)
{
    uint64_t fraction = (uint64_t)sixteenths << 28; /* of 2^56, when the power of 16 is 6 */
    unsigned power = 64 + 6;
    while (fraction && fraction >> 52 == 0) fraction <<= 4, power--;
    put_big_endian(buf, fraction ? (uint64_t)power << 56 | fraction : 0, 8);
}

static unsigned number_of(unsigned subject, size_t column)
{
    return (subject * 2654435761U >> 12 ^ (unsigned)column * 977U) % 20000;
}

static void make_xpt(Buf *head, Buf *rows)
{
    char text[64];
    put(head, "HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", 240);
    put(head, "HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140", 80);
    put(head, "HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!", 80);
    put(head, "SAS     ADLB", 160);
    snprintf(text, sizeof text, "HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000%04zu", N_COLUMNS);
    put(head, text, 80);
    uint64_t position = 0;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        put_big_endian(head, COLUMNS[i].value ? 2 : 1, 2);
        put_big_endian(head, COLUMNS[i].length, 4);
        put_big_endian(head, i + 1, 2);
        put(head, COLUMNS[i].name, 8 + 40 + 8);
        buf_pad(head, '\0', 20);
        put_big_endian(head, position, 4);
        buf_pad(head, '\0', 52);
        position += COLUMNS[i].length;
    }
    buf_pad(head, ' ', (80 - N_COLUMNS * 140 % 80) % 80);
    put(head, "HEADER RECORD*******OBS     HEADER RECORD!!!!!!!", 80);
    for (unsigned subject = 0; subject < N_SUBJECTS; subject++)
        for (size_t i = 0; i < N_COLUMNS; i++) {
            snprintf(text, sizeof text, COLUMNS[i].value ? COLUMNS[i].value : "", subject);
            if (COLUMNS[i].value)
                put(rows, text, COLUMNS[i].length);
            else
                put_number(rows, number_of(subject, i));
        }
}

static void make_csv(Buf *head, Buf *rows)
{
    for (size_t i = 0; i < N_COLUMNS; i++) buf_format(head, "%s%s", i ? "," : "", COLUMNS[i].name);
    buf_char(head, '\n');
    for (unsigned subject = 0; subject < N_SUBJECTS; subject++)
        for (size_t i = 0; i < N_COLUMNS; i++) {
            if (COLUMNS[i].value)
                buf_format(rows, COLUMNS[i].value, subject);
            else
                buf_number(rows, number_of(subject, i) / 16.0);
            buf_char(rows, i + 1 < N_COLUMNS ? ',' : '\n');
        }
}

typedef struct {
    const char *name, *ending;
    void (*make)(Buf *head, Buf *rows);
    bool (*read)(Arena *arena, Str path, size_t *n_rows, Error *err);
} Row;

static bool stream_xpt(Arena *arena, Str path, size_t *n_rows, Error *err)
{
    Bytes *bytes;
    XptReader *xpt;
    const XptCell *cells;
    bool found;
    if (!bytes_open(arena, path, 0, MAX_BYTES, &bytes, err) || !xpt_open(arena, bytes, &xpt, err) ||
        !xpt_next_member(xpt, &found, err))
        return false;
    for (*n_rows = 0; found; *n_rows += found)
        if (!xpt_next_row(xpt, &cells, &found, err)) return false;
    return true;
}

static bool read_xpt(Arena *arena, Str path, size_t *n_rows, Error *err)
{
    Frame *frame;
    if (!xpt_read_frame(arena, path, STR(""), &frame, err)) return false;
    *n_rows = frame->n_rows;
    return true;
}

static bool stream_csv(Arena *arena, Str path, size_t *n_rows, Error *err)
{
    Bytes *bytes;
    CsvReader *csv;
    CsvRow row;
    bool found = true;
    if (!bytes_open(arena, path, 0, MAX_BYTES, &bytes, err) || !csv_open_bytes(arena, bytes, NULL, &csv, err))
        return false;
    for (*n_rows = 0; found; *n_rows += found)
        if (!csv_next(csv, &row, &found, err)) return false;
    return true;
}

static bool read_csv(Arena *arena, Str path, size_t *n_rows, Error *err)
{
    Frame *frame;
    if (!csv_read_frame(arena, path, &(CsvOptions){.max_bytes = MAX_BYTES}, &frame, err)) return false;
    *n_rows = frame->n_rows;
    return true;
}

static const Row ROWS[] = {
    {"transport file, rows", "xpt", make_xpt, stream_xpt},
    {"transport file, frame", "xpt", make_xpt, read_xpt},
    {"the same compressed, rows", "xpt.gz", make_xpt, stream_xpt},
    {"the same compressed, frame", "xpt.gz", make_xpt, read_xpt},
    {"CSV, rows", "csv", make_csv, stream_csv},
    {"CSV, frame", "csv", make_csv, read_csv},
};

/* Head, then the rows over and over, as large as wanted. */
static bool write_big(const Row *row, Str path, size_t n_bytes)
{
    Arena *arena = arena_new();
    Buf head = buf_new(arena), rows = buf_new(arena);
    row->make(&head, &rows);
    gzFile file = gzopen(str_c(arena, path), str_ends(path, STR(".gz")) ? "wb1" : "wbT");
    bool ok = file && gzwrite(file, head.data, (unsigned)head.len) > 0;
    size_t done = head.len;
    for (; ok && done < n_bytes; done += rows.len) ok = gzwrite(file, rows.data, (unsigned)rows.len) > 0;
    char blanks[80];
    memset(blanks, ' ', sizeof blanks);
    if (ok && row->make == make_xpt && done % 80) ok = gzwrite(file, blanks, 80 - (unsigned)(done % 80)) > 0;
    ok = file && gzclose(file) == Z_OK && ok;
    arena_free(arena);
    return ok;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_of(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

static int read_big(const Row *row, Str path, double megabytes)
{
    Arena *arena = arena_new();
    Error err = {0};
    size_t n_rows = 0;
    double start = now_s();
    if (!row->read(arena, path, &n_rows, &err)) {
        fprintf(stderr, "%s: %s\n", err.place, err.message);
        return 1;
    }
    double seconds = now_s() - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double busy = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    printf("%-28s %10zu %10.2f %10.2f %10.0f %10ld\n", row->name, n_rows, seconds, busy, megabytes / busy,
           usage.ru_maxrss / 1024);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    double megabytes = argc > 1 ? atof(argv[1]) : 200;
    const char *folder = argc > 2 ? argv[2] : "/tmp", *only = argc > 3 ? argv[3] : "";
    Arena *arena = arena_new();
    int failures = 0;
    printf("%-28s %10s %10s %10s %10s %10s\n", "reading", "rows", "s", "busy s", "MB/busy s", "peak MB");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (!str_starts(str_from(ROWS[i].name), str_from(only))) continue;
        Str path = str_format(arena, "%s/equipoise-bench-%ld.%s", folder, (long)getpid(), ROWS[i].ending);
        if (!write_big(&ROWS[i], path, (size_t)(megabytes * 1e6))) return 1;
        fflush(stdout);
        pid_t child = fork(); /* its peak memory is its own */
        if (child == 0) _exit(read_big(&ROWS[i], path, megabytes));
        int status = 1;
        waitpid(child, &status, 0);
        failures += status != 0;
        unlink(path.data);
    }
    arena_free(arena);
    return failures != 0;
}
