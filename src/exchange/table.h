/* Tables that stream from one format to another: a file holds members (data sets), a member variables and rows. Every
 * format is one TableFormat, listed in TABLE_FORMATS; `convert` and `show` know no format by name. Memory does not grow
 * with the rows. */
#ifndef EXCHANGE_TABLE_H
#define EXCHANGE_TABLE_H

#include "exchange/bytes.h"
#include "exchange/sink.h"
#include "exchange/table_cell.h"

/* The word of Dataset-JSON's dataType; whether a cell is held as a number. A decimal is a text of exact digits; dates,
 * times and date-times are texts of ISO 8601, unless the variable counts days or seconds since 1960. */
#define TABLE_TYPES(X)                                                                                        \
    X(TEXT,     "string",   false)                                                                            \
    X(DOUBLE,   "double",   true)                                                                             \
    X(FLOAT,    "float",    true)                                                                             \
    X(INTEGER,  "integer",  true)                                                                             \
    X(BOOLEAN,  "boolean",  true)                                                                             \
    X(DECIMAL,  "decimal",  false)                                                                            \
    X(DATE,     "date",     false)                                                                            \
    X(TIME,     "time",     false)                                                                            \
    X(DATETIME, "datetime", false)                                                                            \
    X(URI,      "URI",      false)

typedef enum {
#define X(name, word, is_number) TABLE_##name,
    TABLE_TYPES(X)
#undef X
} TableType;

const char *table_type_word(TableType type);
bool table_type_parse(Str word, TableType *type);

typedef struct {
    Str name, label, format, informat, oid;
    TableType type;
    bool is_count;                    /* of a DATE, TIME or DATETIME: cells are numbers, days or seconds since 1960, as SAS
                                         has them (Dataset-JSON: targetDataType integer) */
    size_t length;                    /* bytes, in characters of the format's encoding; 0 when the source has none */
    size_t key;                       /* place in the sort key, from 1; 0 for none */
} TableVariable;

enum {
#define X(name, word, is_number) TABLE_##name##_BIT = (is_number) << TABLE_##name,
    TABLE_TYPES(X)
#undef X
    TABLE_NUMBER_BITS = 0
#define X(name, word, is_number) | TABLE_##name##_BIT
    TABLE_TYPES(X)
#undef X
};

/* Whether the cells of a variable are numbers. */
static inline bool table_is_number(const TableVariable *variable)
{
    return variable->is_count || (TABLE_NUMBER_BITS >> variable->type & 1);
}

/* What formats say of a member; empty where they say nothing. */
typedef struct {
    Str name, label, oid;
    Str study_oid, metadata_oid, metadata_ref;
    Str originator, system, system_version, created, modified;     /* ISO 8601 date-times */
    bool is_reference;
    size_t n_variables;
    TableVariable *variables;
    bool n_rows_known;
    size_t n_rows;
} TableMember;

typedef struct TableFormat TableFormat;

typedef struct {
    Str path;
    Bytes *bytes;                     /* at the file's start; NULL when the format opens the path itself */
    Str missing_text;                 /* of CSV: a cell that means missing, "NA" [none] */
} TableInput;

/* Choices of those who write; {0} gives the defaults in brackets. */
typedef struct {
    Str created;                      /* the date-time that the file says it was made; tests fix it */
    bool shorten_names;               /* to what the format holds, made unique; otherwise a longer name is an error */
    bool cut_texts;                   /* to what the format holds; otherwise a longer text is an error */
    bool dates_as_numbers;            /* days and seconds since 1960 stay numbers where the format has dates of its own */
    bool to_windows;                  /* letters of western Europe as Windows-1252 where the format is not UTF-8 */
    bool to_ascii;                    /* other characters as \uXXXX; otherwise an error */
    bool special_as_null;             /* .A to .Z and ._ written as plain missing, counted; otherwise, where the format has
                                         no room for them, an error */
} TableChoices;

/* What a writer changed because it was told to; printed by convert. */
typedef struct {
    size_t n_names_shortened, n_texts_cut, n_texts_mapped, n_special_missing;
} TableChanges;

struct TableFormat {
    const char *word, *meaning;       /* "xpt", "SAS transport file, version 5" */
    const char *endings;              /* ".xpt .xport"; the first is used to name files */
    bool opens_path;                  /* needs the file itself: TableInput.bytes is NULL */
    bool (*is_mine)(Str head);        /* its first bytes (up to 4,096, not compressed) say so; NULL: known by its ending */
    /* reading; NULL when it is not offered. State lives in the arena. */
    bool (*open)(Arena *arena, const TableInput *input, void **state, Error *err);
    bool (*next_member)(void *state, const TableMember **member, Error *err);     /* NULL at the end */
    bool (*next_row)(void *state, const TableCell **cells, Error *err);           /* NULL at the end; good until the next */
    /* After open: sentences on what the file holds and its tables do not; NULL when the format never has any. */
    size_t (*notes)(void *state, const Str **notes);
    bool gives_lengths, gives_rows;   /* members say how long texts can be, how many rows there are */
    /* writing; NULL when it is not offered */
    bool one_member;                  /* a file holds no more */
    bool needs_lengths, needs_rows;   /* wants the longest texts, the number of rows, before the first row */
    SinkCompression compression;
    bool (*create)(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **state, Error *err);
    bool (*begin)(void *state, const TableMember *member, Error *err);
    bool (*write)(void *state, const TableCell *cells, Error *err);
    bool (*finish)(void *state, Error *err);                                      /* the sink is finished by table_finish */
};

#define TABLE_FORMATS(X)                                                                                      \
    X(xpt)                                                                                                    \
    X(xpt8)                                                                                                   \
    X(dataset_json)                                                                                           \
    X(ndjson)                                                                                                 \
    X(dsjc)                                                                                                   \
    X(odm)                                                                                                    \
    X(csv)                                                                                                    \
    X(xlsx)

#define X(name) extern const TableFormat table_format_##name;
TABLE_FORMATS(X)
#undef X

const TableFormat *table_format_named(Str word);                      /* NULL when there is none */
const TableFormat *table_format_of_ending(Str path);                  /* the longest that fits; NULL */
Str table_format_words(Arena *arena);                                 /* "xpt, csv" */

typedef struct TableReader TableReader;

/* Opens by content, else by ending. Fails: IO, MALFORMED (no format knows it: says which there are), and as the format.
 * Places name the file. */
MUST_USE bool table_open(Arena *arena, Str path, TableReader **reader, Error *err);
const TableFormat *table_format(const TableReader *reader);
MUST_USE bool table_next_member(TableReader *reader, const TableMember **member, Error *err);
MUST_USE bool table_next_row(TableReader *reader, const TableCell **cells, Error *err);
size_t table_notes(const TableReader *reader, const Str **notes);      /* how many; see TableFormat */
size_t table_rows_read(const TableReader *reader);                    /* of the member at hand */
double table_share_read(const TableReader *reader);                   /* of the member, or of the file, from 0 to 1; -1: not known */

/* The longest text (bytes of UTF-8) and whether a text is beyond ASCII, of each variable; read row by row to the end. */
typedef struct {
    Str name;
    size_t n_rows, n_variables;
    size_t *longest, *n_missing;      /* n_variables */
    size_t *longest_ascii;            /* with other letters written as \uXXXX */
    bool *beyond_ascii;
} TableSurvey;
MUST_USE bool table_survey(Arena *arena, Str path, TableSurvey **members, size_t *n, Error *err);

typedef struct TableWriter TableWriter;

/* Fails: USAGE (the format is not written), IO. */
MUST_USE bool table_create(Arena *arena, Str path, const TableFormat *format, const TableChoices *choices, TableWriter **writer, Error *err);
MUST_USE bool table_begin(TableWriter *writer, const TableMember *member, Error *err);
MUST_USE bool table_write(TableWriter *writer, const TableCell *cells, Error *err);
MUST_USE bool table_finish(TableWriter *writer, Error *err);
const TableChanges *table_changes(const TableWriter *writer);

#endif
