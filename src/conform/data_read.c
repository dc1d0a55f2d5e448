/* Data sets read from files: any TableFormat, and CSV as it stands, so that a lone "." is the text that a rule may ask
 * about. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "conform/data_set.h"
#include "exchange/csv.h"

#define MAX_CSV_BYTES ((size_t)4 << 30)

/* What _datasets.csv and _variables.csv say: label of a data set, and per "DATA SET.VARIABLE" a Declared. */
typedef struct {
    bool is_number;
    size_t length;
    Str label;
} Declared;

typedef struct {
    Arena *arena;
    Map labels, variables;            /* pointers to Str, Declared */
} Declarations;

static Str set_name(Arena *arena, Str file) { return str_upper(arena, file_stem(file)); }

static Str variable_key(Arena *arena, Str set, Str variable)
{
    return str_format(arena, STR_FMT "." STR_FMT, STR_ARG(set), STR_ARG(variable));
}

static DataValue value_of_text(Str text, bool is_number)
{
    double number;
    return is_number && number_parse(str_trim(text), &number) ? (DataValue){.number = number, .is_number = true} : data_of_text(text);
}

/* Which variables of a CSV without declarations are of numbers: all cells that are not blank are. */
static bool survey(Arena *arena, CsvReader *reader, size_t n, bool **is_number, Error *err)
{
    CsvRow row;
    double number;
    bool found, *seen = ARENA_ARRAY(arena, bool, n + 1), *is_text = ARENA_ARRAY(arena, bool, n + 1);
    *is_number = ARENA_ARRAY(arena, bool, n + 1);
    while (true) {
        if (!csv_next(reader, &row, &found, err)) return false;
        if (!found) break;
        for (size_t i = 0; i < n; i++) {
            Str text = str_trim(row.fields[i]);
            if (is_text[i] || !text.len) continue;
            seen[i] = true;
            bool is_label = text.data[0] == '+' || (text.len > 1 && text.data[0] == '0' && text.data[1] != '.');
            is_text[i] = is_label || !number_parse(text, &number);
        }
    }
    for (size_t i = 0; i < n; i++) (*is_number)[i] = seen[i] && !is_text[i];
    return true;
}

static void declare_columns(const Declarations *d, Str set, DataColumnBuilder *columns, const bool *is_number, const Str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const MapEntry *entry = map_get(&d->variables, variable_key(d->arena, set, names[i]));
        const Declared *declared = entry ? entry->pointer : NULL;
        columns[i] = data_column_builder(d->arena, str_copy(d->arena, names[i]), declared ? declared->is_number : is_number[i]);
        if (!declared) continue;
        columns[i].column.label = declared->label;
        columns[i].column.length = declared->length;
    }
}

static DataSet finish(Arena *arena, Str name, DataColumnBuilder *builders, size_t n)
{
    DataColumn *columns = ARENA_ARRAY(arena, DataColumn, n + 1);
    for (size_t i = 0; i < n; i++) columns[i] = builders[i].column;
    return data_set_of(arena, name, columns, n, n ? builders[0].n_rows : 0);
}

/* Names for columns that have none, as a spreadsheet's row numbers: "COLUMN1". Only a header without quotes is mended. */
static Str name_columns(Arena *arena, Str content)
{
    Str header, rest, name;
    if (!str_cut(content, STR("\n"), &header, &rest) || str_find(header, STR("\"")) != SIZE_MAX || str_find(header, STR(",")) == SIZE_MAX) return content;
    if (!str_starts(header, STR(",")) && str_find(header, STR(",,")) == SIZE_MAX && !str_ends(str_trim(header), STR(","))) return content;
    Buf buf = buf_new(arena);
    header = str_trim(header);
    size_t n = 0;
    for (bool more = true; more; n++) {
        Str after;
        more = str_cut(header, STR(","), &name, &after);
        if (!more) name = header;
        header = after;
        buf_add_c(&buf, n ? "," : "");
        if (str_trim(name).len) buf_add(&buf, name);
        else buf_format(&buf, "COLUMN%zu", n + 1);
    }
    buf_char(&buf, '\n');
    buf_add(&buf, rest);
    return buf_str(&buf);
}

static bool read_csv(const Declarations *d, Str file, Str content, DataFolder *folder, Error *err)
{
    Arena *arena = d->arena;
    CsvReader *reader;
    CsvRow row;
    bool found, *is_number;
    size_t n;
    Str name = set_name(arena, file);
    CsvOptions options = {.max_bytes = MAX_CSV_BYTES};
    content = name_columns(arena, content);
    if (!csv_open(arena, content, &options, &reader, err)) return error_in(err, STR_FMT, STR_ARG(file));
    const Str *names = csv_names(reader, &n);
    if (!survey(arena, reader, n, &is_number, err) || !csv_open(arena, content, &options, &reader, err)) return error_in(err, STR_FMT, STR_ARG(file));
    DataColumnBuilder *columns = ARENA_ARRAY(arena, DataColumnBuilder, n + 1);
    declare_columns(d, name, columns, is_number, names, n);
    while (true) {
        if (!csv_next(reader, &row, &found, err)) return error_in(err, STR_FMT, STR_ARG(file));
        if (!found) break;
        for (size_t i = 0; i < n; i++) data_column_add(&columns[i], value_of_text(row.fields[i], columns[i].column.is_number));
    }
    DataSet set = finish(arena, name, columns, n);
    const MapEntry *label = map_get(&d->labels, name);
    set.file = str_copy(arena, file);
    set.label = label ? *(const Str *)label->pointer : STR("");
    data_folder_add(folder, set);
    return true;
}

static DataValue value_of_cell(const DataColumn *column, const TableCell *cell)
{
    if (cell->missing) return data_of_text(STR(""));
    if (column->is_number) return (DataValue){.number = cell->number, .is_number = true};
    return value_of_text(cell->text, false);
}

static bool read_member(Arena *arena, TableReader *reader, const TableMember *member, DataFolder *folder, Str file, Error *err)
{
    size_t n = member->n_variables;
    const TableCell *cells;
    DataColumnBuilder *columns = ARENA_ARRAY(arena, DataColumnBuilder, n + 1);
    for (size_t i = 0; i < n; i++) {
        const TableVariable *v = &member->variables[i];
        columns[i] = data_column_builder(arena, str_copy(arena, v->name), table_is_number(v));
        columns[i].column.label = str_copy(arena, v->label);
        columns[i].column.format = str_copy(arena, v->format);
        columns[i].column.length = v->length;
    }
    Str name = str_upper(arena, member->name), label = str_copy(arena, member->label);
    while (true) {
        if (!table_next_row(reader, &cells, err)) return false;
        if (!cells) break;
        for (size_t i = 0; i < n; i++) data_column_add(&columns[i], value_of_cell(&columns[i].column, &cells[i]));
    }
    DataSet set = finish(arena, name, columns, n);
    set.file = str_copy(arena, file);
    set.label = label;
    data_folder_add(folder, set);
    return true;
}

static bool read_table(Arena *arena, Str path, DataFolder *folder, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    if (!table_open(arena, path, &reader, err)) return false;
    while (true) {
        if (!table_next_member(reader, &member, err)) return false;
        if (!member) return true;
        if (!read_member(arena, reader, member, folder, file_name(path), err)) return false;
    }
}

static Str field(const CsvRow *row, const Str *names, const char *name)
{
    for (size_t i = 0; i < row->n; i++)
        if (str_equal_fold(names[i], str_from(name))) return row->fields[i];
    return STR("");
}

static void declare(Declarations *d, const CsvRow *row, const Str *names, bool of_variables)
{
    Arena *arena = d->arena;
    if (!of_variables) {
        Str *label = ARENA_NEW(arena, Str);
        *label = str_copy(arena, field(row, names, "label"));
        map_put(&d->labels, set_name(arena, field(row, names, "filename")), NULL)->pointer = label;
        return;
    }
    Declared *declared = ARENA_NEW(arena, Declared);
    int64_t length = 0;
    if (!integer_parse(str_trim(field(row, names, "length")), &length) || length < 0) length = 0;
    *declared = (Declared){.is_number = str_equal_fold(str_trim(field(row, names, "type")), STR("Num")), .length = (size_t)length,
                           .label = str_copy(arena, field(row, names, "label"))};
    Str key = variable_key(arena, set_name(arena, field(row, names, "dataset")), field(row, names, "variable"));
    map_put(&d->variables, key, NULL)->pointer = declared;
}

static bool read_declarations(Declarations *d, Str file, Str content, Error *err)
{
    CsvReader *reader;
    CsvRow row;
    bool found = true;
    size_t n;
    if (!csv_open(d->arena, content, NULL, &reader, err)) return error_in(err, STR_FMT, STR_ARG(file));
    const Str *names = csv_names(reader, &n);
    while (found) {
        if (!csv_next(reader, &row, &found, err)) return error_in(err, STR_FMT, STR_ARG(file));
        if (found) declare(d, &row, names, str_equal(file, STR("_variables.csv")));
    }
    return true;
}

static bool is_csv(Arena *arena, Str name)
{
    Str lower = str_lower(arena, name);
    return str_ends(lower, STR(".csv"));
}

static bool is_declaration(Str name) { return str_equal(name, STR("_datasets.csv")) || str_equal(name, STR("_variables.csv")); }

static bool has_all_declared(const Declarations *d, const DataFolder *folder, Error *err)
{
    for (size_t i = 0; i < d->labels.n; i++) {
        Str name = d->labels.entries[i].key;
        if (name.len && !data_folder_get(folder, name)) return error_set(err, ERROR_INCONSISTENT, "_datasets.csv lists \"" STR_FMT "\", which is not there", STR_ARG(name));
    }
    return true;
}

bool data_folder_of_texts(Arena *arena, const Str *names, const Str *texts, size_t n, DataFolder *folder, Error *err)
{
    Declarations d = {.arena = arena, .labels = map_new(arena), .variables = map_new(arena)};
    *folder = data_folder_new(arena);
    for (size_t i = 0; i < n; i++)
        if (is_declaration(names[i]) && !read_declarations(&d, names[i], texts[i], err)) return false;
    for (size_t i = 0; i < n; i++)
        if (!is_declaration(names[i]) && is_csv(arena, names[i]) && !read_csv(&d, names[i], texts[i], folder, err)) return false;
    data_folder_sort(folder);
    return has_all_declared(&d, folder, err);
}

static bool list_files(Arena *arena, Str path, Str **names, size_t *n, Error *err)
{
    size_t capacity = 0;
    DIR *open_folder = opendir(str_c(arena, path));
    *n = 0;
    *names = NULL;
    if (!open_folder) {
        error_set(err, ERROR_IO, "could not read the folder \"" STR_FMT "\": %s", STR_ARG(path), strerror(errno));
        return error_hint(err, "Name the folder that holds the data sets.");
    }
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Str name = str_from(entry->d_name);
        if (str_starts(name, STR(".")) || str_equal_fold(name, STR("define.xml")) || (!is_declaration(name) && !table_format_of_ending(name))) continue;
        ARENA_PUSH_ROOM(arena, *names, *n, capacity);
        (*names)[(*n)++] = str_copy(arena, name);
    }
    closedir(open_folder);
    return true;
}

static bool check_names(const DataFolder *folder, Str path, Error *err)
{
    if (folder->n == 0) {
        error_set(err, ERROR_INCONSISTENT, "there is no data set in \"" STR_FMT "\"", STR_ARG(path));
        return error_hint(err, "Name the folder that holds the data sets: .xpt, .json, .ndjson, .dsjc or .csv files.");
    }
    for (size_t i = 1; i < folder->n; i++)
        if (str_equal(folder->items[i].name, folder->items[i - 1].name))
            return error_set(err, ERROR_INCONSISTENT, "the data set \"" STR_FMT "\" stands twice in \"" STR_FMT "\": in \"" STR_FMT "\" and \"" STR_FMT "\"",
                             STR_ARG(folder->items[i].name), STR_ARG(path), STR_ARG(folder->items[i - 1].file), STR_ARG(folder->items[i].file));
    return true;
}

bool data_folder_read(Arena *arena, Str path, DataFolder *folder, Error *err)
{
    Str *names;
    size_t n, n_texts = 0;
    if (!list_files(arena, path, &names, &n, err)) return false;
    Str *csv_names_read = ARENA_ARRAY(arena, Str, n + 1), *texts = ARENA_ARRAY(arena, Str, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!is_csv(arena, names[i])) continue;
        csv_names_read[n_texts] = names[i];
        if (!file_read(arena, file_join(arena, path, names[i]), MAX_CSV_BYTES, &texts[n_texts++], err)) return false;
    }
    if (!data_folder_of_texts(arena, csv_names_read, texts, n_texts, folder, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (!is_csv(arena, names[i]) && !read_table(arena, file_join(arena, path, names[i]), folder, err)) return false;
    data_folder_sort(folder);
    return check_names(folder, path, err);
}
