/* Times readers and writers of large files beside their peers: a laboratory data set made here, its rows repeated to a
 * size, written and read row by row, and as a frame. Prints seconds, those of the processor (all that can be compared
 * when others use the machine), megabytes of the file (uncompressed) for each of those, and the peak memory of a process
 * that does nothing else. A peer that is not installed is printed as absent.
 * Usage: bench-exchange [MEGABYTES [FOLDER [ROW]]], ROW being the beginning of a row's name. Not a test: it prints a table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exchange/csv.h"
#include "exchange/table.h"
#include "exchange/xpt.h"
#if HAS_READSTAT
#include <readstat.h>
#endif

#define N_MADE 500
#define N_TRIAL ((size_t)5000) /* rows whose file says how large a row is */
#define MAX_BYTES ((size_t)64 << 30)
#define MOST_OF_JSONLITE 100.0 /* megabytes: it takes some fifty times as much memory */

/* The columns of a laboratory data set: half texts, half numbers. */
static const struct {
    const char *name, *value; /* NULL is a number */
    size_t length;
    double unit; /* of the number; 0.1 and 1/3 give digits to print, one up to 3, one up to 17 */
} COLUMNS[] = {
    {"STUDYID", "CDISCPILOT01", 12, 0},
    {"USUBJID", "01-701-%04u", 11, 0},
    {"TRTP", "Xanomeline High Dose", 20, 0},
    {"TRTPN", NULL, 8, 1},
    {"AGE", NULL, 8, 1},
    {"SEX", "F", 1, 0},
    {"PARAM", "Albumin (g/L)", 24, 0},
    {"PARAMCD", "ALB", 8, 0},
    {"AVISIT", "Week %u", 16, 0},
    {"AVISITN", NULL, 8, 1},
    {"ADT", NULL, 8, 1},
    {"AVAL", NULL, 8, 0.1},
    {"BASE", NULL, 8, 0.1},
    {"CHG", NULL, 8, 1.0 / 3},
    {"A1LO", NULL, 8, 0.0625},
    {"A1HI", NULL, 8, 0.0625},
    {"ANRIND", "N", 10, 0},
    {"LBSEQ", NULL, 8, 1},
    {"LBNRIND", "NORMAL", 40, 0},
};
#define N_COLUMNS (sizeof COLUMNS / sizeof COLUMNS[0])

typedef struct {
    TableMember member;
    TableVariable variables[N_COLUMNS];
    TableCell cells[N_MADE][N_COLUMNS];
} Made;

static double number_of(unsigned row, size_t column)
{
    return ((row * 2654435761U >> 12 ^ (unsigned)column * 977U) % 20000) * COLUMNS[column].unit;
}

static Made *make(Arena *arena, size_t n_rows)
{
    Made *made = ARENA_NEW(arena, Made);
    made->member = (TableMember){.name = STR("ADLBC"), .label = STR("Laboratory values"), .n_variables = N_COLUMNS,
                                 .variables = made->variables, .n_rows_known = true, .n_rows = n_rows};
    for (size_t i = 0; i < N_COLUMNS; i++)
        made->variables[i] = (TableVariable){.name = str_from(COLUMNS[i].name), .length = COLUMNS[i].length,
                                             .type = COLUMNS[i].value ? TABLE_TEXT : TABLE_DOUBLE};
    for (unsigned row = 0; row < N_MADE; row++)
        for (size_t i = 0; i < N_COLUMNS; i++) {
            TableCell *cell = &made->cells[row][i];
            *cell = (TableCell){.text = STR("")};
            if (COLUMNS[i].value) cell->text = str_format(arena, COLUMNS[i].value, row);
            else cell->number = number_of(row, i);
        }
    return made;
}

typedef struct {
    Str path;
    const char *word; /* of the TableFormat */
    size_t n_rows;
    double busy_s; /* said by a peer of its own; 0 for the whole process's */
} Work;

/* --- ours --- */

static bool write_table(Arena *arena, Work *work, Error *err)
{
    Made *made = make(arena, work->n_rows);
    TableWriter *writer;
    TableChoices choices = {.created = STR("2026-01-01T12:00:00")};
    if (!table_create(arena, work->path, table_format_named(str_from(work->word)), &choices, &writer, err) ||
        !table_begin(writer, &made->member, err))
        return false;
    for (size_t i = 0; i < work->n_rows; i++)
        if (!table_write(writer, made->cells[i % N_MADE], err)) return false;
    return table_finish(writer, err);
}

static bool read_table(Arena *arena, Work *work, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    if (!table_open(arena, work->path, &reader, err) || !table_next_member(reader, &member, err)) return false;
    do
        if (!table_next_row(reader, &cells, err)) return false;
    while (cells);
    work->n_rows = table_rows_read(reader);
    return true;
}

static bool read_xpt_frame(Arena *arena, Work *work, Error *err)
{
    Frame *frame;
    return xpt_read_frame(arena, work->path, STR(""), &frame, err);
}

static bool read_csv_frame(Arena *arena, Work *work, Error *err)
{
    Frame *frame;
    return csv_read_frame(arena, work->path, &(CsvOptions){.max_bytes = MAX_BYTES}, &frame, err);
}

/* --- peers --- */

static bool absent(Error *err) { return error_set(err, ERROR_USAGE, "absent"); }

#if HAS_READSTAT
static int take_value(int row, readstat_variable_t *variable, readstat_value_t value, void *to)
{
    double *sum = to;
    (void)row;
    if (readstat_variable_get_type(variable) == READSTAT_TYPE_STRING) {
        const char *text = readstat_string_value(value);
        *sum += text ? text[0] : 0;
    } else {
        *sum += readstat_double_value(value);
    }
    return READSTAT_HANDLER_OK;
}

static bool read_readstat(Arena *arena, Work *work, Error *err)
{
    double sum = 0;
    readstat_parser_t *parser = readstat_parser_init();
    readstat_set_value_handler(parser, take_value);
    bool ok = readstat_parse_xport(parser, str_c(arena, work->path), &sum) == READSTAT_OK;
    readstat_parser_free(parser);
    return ok || error_set(err, ERROR_IO, "libreadstat could not read it");
}

static ssize_t put_bytes(const void *bytes, size_t n, void *file) { return (ssize_t)fwrite(bytes, 1, n, file); }

static bool write_readstat(Arena *arena, Work *work, Error *err)
{
    Made *made = make(arena, work->n_rows);
    readstat_variable_t *variables[N_COLUMNS];
    readstat_writer_t *writer = readstat_writer_init();
    FILE *file = fopen(str_c(arena, work->path), "wb");
    if (!file) return error_set(err, ERROR_IO, "could not write");
    readstat_set_data_writer(writer, put_bytes);
    readstat_writer_set_file_format_version(writer, 5);
    for (size_t i = 0; i < N_COLUMNS; i++)
        variables[i] = readstat_add_variable(writer, COLUMNS[i].name, COLUMNS[i].value ? READSTAT_TYPE_STRING : READSTAT_TYPE_DOUBLE,
                                             COLUMNS[i].length);
    bool ok = readstat_begin_writing_xport(writer, file, (long)work->n_rows) == READSTAT_OK;
    for (size_t row = 0; ok && row < work->n_rows; row++) {
        readstat_begin_row(writer);
        for (size_t i = 0; i < N_COLUMNS; i++) {
            const TableCell *cell = &made->cells[row % N_MADE][i];
            if (COLUMNS[i].value) readstat_insert_string_value(writer, variables[i], cell->text.data);
            else readstat_insert_double_value(writer, variables[i], cell->number);
        }
        ok = readstat_end_row(writer) == READSTAT_OK;
    }
    ok = readstat_end_writing(writer) == READSTAT_OK && ok;
    readstat_writer_free(writer);
    return (fclose(file) == 0 && ok) || error_set(err, ERROR_IO, "libreadstat could not write it");
}
#else
static bool read_readstat(Arena *arena, Work *work, Error *err) { return (void)arena, (void)work, absent(err); }
static bool write_readstat(Arena *arena, Work *work, Error *err) { return (void)arena, (void)work, absent(err); }
#endif

/* The script says how many seconds the work took, so that R's own start does not count. */
static bool ask_r(Arena *arena, Work *work, const char *what, Error *err)
{
    FILE *answer = popen(str_format(arena, "Rscript --vanilla '" PEERS "' %s '" STR_FMT "' 2>/dev/null", what, STR_ARG(work->path)).data, "r");
    bool ok = answer && fscanf(answer, "%lf", &work->busy_s) == 1;
    if (answer) pclose(answer);
    return ok || absent(err);
}

static bool read_haven(Arena *arena, Work *work, Error *err) { return ask_r(arena, work, "haven-read", err); }
static bool write_haven(Arena *arena, Work *work, Error *err) { return ask_r(arena, work, "haven-write", err); }
static bool read_fread(Arena *arena, Work *work, Error *err) { return ask_r(arena, work, "fread", err); }
static bool read_jsonlite(Arena *arena, Work *work, Error *err) { return ask_r(arena, work, "jsonlite", err); }
static bool read_readxl(Arena *arena, Work *work, Error *err) { return ask_r(arena, work, "readxl", err); }

/* --- the table --- */

typedef struct {
    const char *name, *word;
    bool (*run)(Arena *arena, Work *work, Error *err);
    double most_megabytes; /* 0 for any */
} Row;

/* Those of a format follow its first, which writes the file that they read. */
static const Row ROWS[] = {
    {"xpt, written", "xpt", write_table, 0},
    {"xpt, read", "xpt", read_table, 0},
    {"xpt, read as frame", "xpt", read_xpt_frame, 0},
    {"xpt, read by libreadstat", "xpt", read_readstat, 0},
    {"xpt, read by haven", "xpt", read_haven, 0},
    {"xpt, written by libreadstat", "xpt", write_readstat, 0},
    {"xpt, written by haven", "xpt", write_haven, 0},
    {"xpt8, written", "xpt8", write_table, 0},
    {"xpt8, read", "xpt8", read_table, 0},
    {"dataset-json, written", "dataset-json", write_table, 0},
    {"dataset-json, read", "dataset-json", read_table, 0},
    {"dataset-json, read by jsonlite", "dataset-json", read_jsonlite, MOST_OF_JSONLITE},
    {"ndjson, written", "ndjson", write_table, 0},
    {"ndjson, read", "ndjson", read_table, 0},
    {"dsjc, written", "dsjc", write_table, 0},
    {"dsjc, read", "dsjc", read_table, 0},
    {"csv, written", "csv", write_table, 0},
    {"csv, read", "csv", read_table, 0},
    {"csv, read as frame", "csv", read_csv_frame, 0},
    {"csv, read by data.table", "csv", read_fread, 0},
    {"xlsx, written", "xlsx", write_table, 0},
    {"xlsx, read", "xlsx", read_table, 0},
    {"xlsx, read by readxl", "xlsx", read_readxl, 0},
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_of(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

static double busy_seconds(int of, long *peak_kilobytes)
{
    struct rusage usage;
    getrusage(of, &usage);
    if (usage.ru_maxrss > *peak_kilobytes) *peak_kilobytes = usage.ru_maxrss;
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static int run_row(const Row *row, Work *work, double megabytes)
{
    Arena *arena = arena_new();
    Error err = {0};
    double start = now_s();
    long peak = 0;
    bool ok = row->run(arena, work, &err);
    double seconds = now_s() - start, busy = busy_seconds(RUSAGE_SELF, &peak) + busy_seconds(RUSAGE_CHILDREN, &peak);
    if (work->busy_s > 0) busy = work->busy_s;
    if (ok) printf("%-30s %10zu %9.2f %9.2f %10.0f %8ld\n", row->name, work->n_rows, seconds, busy, megabytes / busy, peak / 1024);
    else printf("%-30s %s %s\n", row->name, err.place, err.message);
    fflush(stdout);
    return !ok && err.code != ERROR_USAGE;
}

/* In a process of its own, whose peak memory is the work's. */
static bool apart(const Row *row, Work *work, double megabytes)
{
    int status = 1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) _exit(run_row(row, work, megabytes));
    waitpid(child, &status, 0);
    return status == 0;
}

/* How many rows make so large a file, uncompressed. */
static size_t rows_of(Arena *arena, const char *word, double megabytes, Str path)
{
    Error err = {0};
    struct stat status;
    Arena *scratch = arena_new();
    const char *plain = strcmp(word, "dsjc") == 0 ? "ndjson" : word; /* compressed; xlsx counts as it lies */
    Work trial = {.path = path, .word = plain, .n_rows = N_TRIAL};
    bool ok = write_table(scratch, &trial, &err) && stat(str_c(arena, path), &status) == 0;
    arena_free(scratch);
    return ok ? (size_t)(megabytes * 1e6 / (double)status.st_size * (double)N_TRIAL) : 0;
}

int main(int argc, char **argv)
{
    double megabytes = argc > 1 ? atof(argv[1]) : 34;
    const char *folder = argc > 2 ? argv[2] : "/tmp", *only = argc > 3 ? argv[3] : "", *word = "";
    Arena *arena = arena_new();
    bool ok = true;
    Work work = {0};
    printf("%-30s %10s %9s %9s %10s %8s\n", "", "rows", "s", "busy s", "MB/busy s", "peak MB");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (!table_format_named(str_from(ROWS[i].word))) continue;
        bool makes_file = i == 0 || strcmp(ROWS[i].word, ROWS[i - 1].word) != 0;
        if (!str_starts(str_from(ROWS[i].name), str_from(only)) && !(makes_file && str_starts(str_from(only), str_from(ROWS[i].word)))) continue;
        if (strcmp(word, ROWS[i].word) != 0) {
            word = ROWS[i].word;
            if (work.path.len) unlink(work.path.data);
            work = (Work){.path = str_format(arena, "%s/equipoise-bench-%ld.%s", folder, (long)getpid(), word), .word = word};
            work.n_rows = rows_of(arena, word, megabytes, work.path);
        }
        if (ROWS[i].most_megabytes > 0 && megabytes > ROWS[i].most_megabytes) printf("%-30s not tried: too large for it\n", ROWS[i].name);
        else ok &= apart(&ROWS[i], &work, megabytes);
    }
    if (work.path.len) unlink(work.path.data);
    arena_free(arena);
    return !ok;
}
