#include "base/file.h"
#include "base/time.h"
#include "exchange/csv_inside.h"
#include "exchange/text_pool.h"

#define SAMPLE ((size_t)1024) /* rows in which a cell is kept both as number and as text */

/* A column while rows come: of numbers until a cell is none. Numbers after the sample are not kept as texts, so that a
 * column that turns to texts later must be read again. */
typedef struct {
    bool is_text, is_lost;
    bool dates, years_only;
    size_t n_present, n_unkept;
    double *numbers;
    Str *texts;
    unsigned char *missing;
    size_t n_numbers, n_texts; /* room */
} Building;

typedef struct {
    Arena *arena;
    CsvReader *csv;
    TextPool *pool; /* NULL: views of the content may stay */
    size_t n_rows, capacity;
    Building *columns;
    bool wants_lines;
    size_t *lines;
} Table;

bool csv_is_number(Str text, double *value)
{
    size_t at = text.len && text.data[0] == '-', i = at;
    if (text.len == 0 || text.data[0] == '+') return false;
    if (at + 1 < text.len && text.data[at] == '0' && text.data[at + 1] >= '0' && text.data[at + 1] <= '9')
        return false;
    if (text.len - at > 15) {
        while (i < text.len && text.data[i] >= '0' && text.data[i] <= '9') i++;
        if (i == text.len) return false;
    }
    return number_parse(text, value);
}

static void need_numbers(Table *table, Building *column)
{
    if (column->n_numbers >= table->capacity) return;
    column->numbers = arena_grow(table->arena, column->numbers, column->n_numbers * sizeof(double),
                                 table->capacity * sizeof(double));
    column->n_numbers = table->capacity;
}

static void need_texts(Table *table, Building *column)
{
    if (column->n_texts >= table->capacity) return;
    column->texts =
        arena_grow(table->arena, column->texts, column->n_texts * sizeof(Str), table->capacity * sizeof(Str));
    for (size_t i = column->n_texts; i < table->capacity; i++) column->texts[i] = STR("");
    column->n_texts = table->capacity;
}

/* Room for one more row. After the sample, for as many as the bytes to come are likely to hold. */
static void need_row(Table *table)
{
    if (table->n_rows < table->capacity) return;
    size_t before = table->capacity, file_size = bytes_file_size(table->csv->bytes);
    table->capacity = before ? 2 * before : SAMPLE;
    if (before && table->csv->at < file_size) {
        double per_row = (double)table->csv->at / (double)before, likely = 1.02 * (double)file_size / per_row;
        if (likely > (double)table->capacity) table->capacity = (size_t)likely + 16;
    }
    for (size_t i = 0; i < table->csv->n_names; i++) {
        Building *column = &table->columns[i];
        column->missing = arena_grow(table->arena, column->missing, before, table->capacity);
        if (before == 0 || !column->is_text) need_numbers(table, column);
        if (before == 0 || column->is_text) need_texts(table, column);
    }
    if (table->wants_lines)
        table->lines =
            arena_grow(table->arena, table->lines, before * sizeof(size_t), table->capacity * sizeof(size_t));
}

static Str keep_text(const Table *table, Str text)
{
    return table->pool ? text_pool_keep(table->pool, text) : text;
}

static void add_present(Table *table, Building *column, Str cell, Str text)
{
    Date date;
    size_t row = table->n_rows;
    column->n_present++;
    if (column->dates) {
        column->dates = date_parse(text, &date, NULL);
        column->years_only = column->years_only && text.len == 4;
    }
    if (!column->is_text && !csv_is_number(text, &column->numbers[row])) {
        column->is_text = true;
        column->is_lost = column->n_unkept > 0;
        need_texts(table, column);
    }
    if (column->is_text || row < SAMPLE)
        column->texts[row] = keep_text(table, cell);
    else
        column->n_unkept++;
}

/* Most cells have no blanks around. */
static Str trim_cell(Str cell)
{
    return cell.len && cell.data[0] > ' ' && cell.data[cell.len - 1] > ' ' ? cell : str_trim(cell);
}

static bool add_cell(Table *table, size_t i, const CsvRow *row, Error *err)
{
    Building *column = &table->columns[i];
    Str cell = row->fields[i], text = trim_cell(cell), word = table->csv->options.missing_text;
    MissingReason reason = MISSING_NOT;
    if (text.len == 0 || (word.len && !row->quoted[i] && str_equal(cell, word)))
        reason = MISSING_UNSTATED;
    else if (text.data[0] == '.' && !csv_missing(cell, &reason, err))
        return csv_error(table->csv, row->line, i);
    column->missing[table->n_rows] = (unsigned char)reason;
    if (!reason) add_present(table, column, cell, text);
    return true;
}

static bool read_rows(Table *table, Error *err)
{
    CsvRow row;
    for (bool found;; table->n_rows++) {
        if (!csv_next(table->csv, &row, &found, err)) return false;
        if (!found) return true;
        need_row(table);
        if (table->wants_lines) table->lines[table->n_rows] = row.line;
        for (size_t i = 0; i < row.n; i++)
            if (!add_cell(table, i, &row, err)) return false;
    }
}

static ColumnType type_of(const Building *column)
{
    if (column->n_present && column->dates && !column->years_only) return COLUMN_DATE;
    return column->n_present && !column->is_text ? COLUMN_NUMBER : COLUMN_TEXT;
}

static void add_column(Table *table, Frame *frame, size_t i)
{
    Building *built = &table->columns[i];
    ColumnType type = type_of(built);
    Column *column = frame_add_column(frame, str_copy(table->arena, table->csv->names[i]), type);
    if (table->n_rows == 0) return;
    column->missing = built->missing;
    column->capacity = table->capacity;
    if (type == COLUMN_NUMBER) {
        need_numbers(table, built);
        column->numbers = built->numbers;
        return;
    }
    need_texts(table, built);
    column->texts = built->texts;
    for (size_t row = 0; type == COLUMN_DATE && row < table->n_rows; row++)
        column->texts[row] = str_trim(column->texts[row]);
}

static bool is_lost(const Table *table)
{
    for (size_t i = 0; i < table->csv->n_names; i++)
        if (table->columns[i].is_lost) return true;
    return false;
}

/* What was learnt of the columns stays for a second reading. */
static void begin_table(Table *table, CsvReader *csv)
{
    Building *before = table->columns;
    table->csv = csv;
    table->n_rows = table->capacity = 0;
    table->lines = NULL;
    table->columns = ARENA_ARRAY(table->arena, Building, csv->n_names);
    for (size_t i = 0; i < csv->n_names; i++)
        table->columns[i] =
            (Building){.dates = true, .years_only = true, .is_text = before && before[i].is_text};
}

static Frame *make_frame(Table *table, Str name)
{
    Frame *frame = frame_new(table->arena, name);
    for (size_t i = 0; i < table->csv->n_names; i++) add_column(table, frame, i);
    frame->n_rows = table->n_rows;
    return frame;
}

/* Reads all rows; again, when a column's numbers were texts after all. */
static bool fill_table(Table *table, Arena *scratch, Bytes *bytes, const CsvOptions *options, Error *err)
{
    Arena *arena = table->pool ? scratch : table->arena;
    for (bool again = true; again; again = is_lost(table)) {
        CsvReader *csv;
        if (table->csv && !bytes_again(scratch, &bytes, err)) return false;
        if (!csv_open_bytes(arena, bytes, options, &csv, err)) return false;
        begin_table(table, csv);
        if (!read_rows(table, err)) return false;
    }
    return true;
}

bool csv_parse_frame(Arena *arena, Str name, Str content, const CsvOptions *options, Frame **frame,
                     size_t **lines, Error *err)
{
    Arena *scratch = arena_new();
    Table table = {.arena = arena, .wants_lines = lines != NULL};
    bool ok = fill_table(&table, scratch, bytes_of(scratch, content), options, err);
    if (ok) *frame = make_frame(&table, name);
    if (ok && lines) *lines = table.lines;
    arena_free(scratch);
    return ok;
}

bool csv_read_frame(Arena *arena, Str path, const CsvOptions *options, Frame **frame, Error *err)
{
    Arena *scratch = arena_new();
    Bytes *bytes;
    CsvOptions all = csv_with_defaults(options);
    Table table = {.arena = arena, .pool = text_pool_new(scratch, arena)};
    bool opened = bytes_open(scratch, path, 0, all.max_bytes, &bytes, err);
    bool ok = opened && bytes_keep(scratch, &bytes, err) && fill_table(&table, scratch, bytes, &all, err);
    if (ok) *frame = make_frame(&table, str_copy(arena, file_stem(path)));
    arena_free(scratch);
    return ok || (opened && error_in(err, STR_FMT, STR_ARG(file_name(path))));
}
