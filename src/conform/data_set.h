/* Data sets as conformance rules see them: columns of few distinct values over many rows. Each column keeps its distinct
 * values once and a code per row, so that an operator judges a value once however often it stands, and grouping and
 * joining work on small integers. */
#ifndef CONFORM_DATA_SET_H
#define CONFORM_DATA_SET_H

#include "base/map.h"
#include "exchange/table.h"

/* A value: its text, and when it is of a number column, its number. The empty text is "missing". */
typedef struct {
    Str text;
    double number;
    bool is_number;
} DataValue;

/* values[0] is the missing value; codes[row] indexes values. */
typedef struct {
    Str name, label, format;
    size_t length;
    bool is_number;
    size_t n_values;
    DataValue *values;
    uint32_t *codes;
} DataColumn;

typedef struct {
    Str name;                         /* in capitals: "AE", "SUPPAE", "QSX" */
    Str file;                         /* "ae.xpt" */
    Str label;
    Str domain, rdomain;              /* DOMAIN and RDOMAIN of the first row; empty when there is none */
    Str prefix;                       /* what "--" stands for: "AE"; of APMH it is "MH" */
    size_t n_rows, n_columns;
    DataColumn *columns;
    Map by_name;                      /* index of a column */
    const uint32_t *records;          /* of a joined data set: the row, from 0, of the one checked; NULL: the same */
} DataSet;

/* The data sets of one folder, in the order of their names. */
typedef struct {
    Arena *arena;
    size_t n, capacity;
    DataSet *items;
    Map by_name;
} DataFolder;

DataFolder data_folder_new(Arena *arena);
void data_folder_add(DataFolder *folder, DataSet set);
void data_folder_sort(DataFolder *folder);
const DataSet *data_folder_get(const DataFolder *folder, Str name);      /* NULL when there is none */

/* Reads each file of a folder that a TableFormat knows, by its ending; .gz may follow. Files that begin with "." are left
 * alone. A folder of CSV may hold _datasets.csv (Filename, Label) and _variables.csv (dataset, variable, label, type,
 * length), which then say what CSV cannot. Columns of CSV without a name get one. Fails: IO, INCONSISTENT (two data sets of one name; none at all; one that
 * _datasets.csv lists is not there), and as the formats. */
MUST_USE bool data_folder_read(Arena *arena, Str path, DataFolder *folder, Error *err);

/* The same of CSV texts that are in memory: names are those of files. */
MUST_USE bool data_folder_of_texts(Arena *arena, const Str *names, const Str *texts, size_t n, DataFolder *folder, Error *err);

const DataColumn *set_column(const DataSet *set, Str name);             /* NULL when there is none; case counts */
DataValue data_value(const DataColumn *column, size_t row);
static inline Str data_text(const DataColumn *column, size_t row) { return column->values[column->codes[row]].text; }

/* The number of a value, also of a text that is one. */
bool data_number(DataValue value, double *number);
DataValue data_of_number(Arena *arena, double number);
DataValue data_of_text(Str text);

/* Building: a data set of columns that grow value by value. */
typedef struct {
    Arena *arena;
    DataColumn column;
    size_t capacity, values_capacity, n_rows;
    Map texts;                        /* code of a text */
    double last_number;
    uint32_t last_code;
} DataColumnBuilder;

DataColumnBuilder data_column_builder(Arena *arena, Str name, bool is_number);
void data_column_add(DataColumnBuilder *builder, DataValue value);

/* A data set of finished columns: finds domain and prefix, indexes the names (the first of a name counts). */
DataSet data_set_of(Arena *arena, Str name, DataColumn *columns, size_t n_columns, size_t n_rows);

/* One more column of as many rows (of equal names the first counts), and chosen rows of a column: UINT32_MAX gives a
 * missing value. */
void data_set_add(Arena *arena, DataSet *set, DataColumn column);
DataColumn data_column_take(Arena *arena, const DataColumn *column, const uint32_t *rows, size_t n_rows);

/* A group for each row: rows equal in all columns share a number from 0 to *n_groups - 1, in order of appearance. */
uint32_t *data_groups(Arena *arena, const DataColumn *const *columns, size_t n_columns, size_t n_rows, size_t *n_groups);

#endif
