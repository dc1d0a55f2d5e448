/* Tables of other systems into a trial, and out again, by a map: a small YAML file that says how the columns which `import`
 * reads (SUBJID, VISIT, DATE, items ..) are made from the columns of the file. Its grammar is the table in
 * mapping_grammar.c; docs/formats.md teaches it.
 *
 * A block makes rows of one kind (a form, screening, consent ..) from those rows of the file that it selects; one file may
 * feed many blocks. What the blocks made is then imported together, through the same acts and checks as CSV files of ours:
 * all of it or nothing. */
#ifndef TRIAL_MAPPING_H
#define TRIAL_MAPPING_H

#include "trial/export.h"
#include "trial/import.h"

#define MAPPING_GRAMMAR_VERSION 1

#define MAP_DATES(X)                                                                                          \
    X(MAP_DATE_DMY, "dmy", "day, month, year; a time after it is kept out")                                   \
    X(MAP_DATE_MDY, "mdy", "month, day, year; a time after it is kept out")                                   \
    X(MAP_DATE_YMD, "ymd", "year, month, day; a time after it is kept out")
typedef enum { MAP_DATE_AS_IS, MAP_DATES(PROTOCOL_CONSTANT) } MapDate;

typedef struct {
    const Yaml *at;
    Str to, from, text, otherwise;
    CodelistUse values, missing;      /* .list is set after mapping_read */
    double factor, plus;              /* NaN where absent */
    int decimals;
    bool decimal_comma;
    MapDate date;
} MapColumn;
PROTOCOL_LIST(MapColumn, MapColumns);

typedef struct {
    const Yaml *at;
    Str into, member, where;
    KeyedTexts match;
    MapColumns columns;               /* those of the map first, as far as `into` has them */
    bool keep_blank;
} MapBlock;
PROTOCOL_LIST(MapBlock, MapBlocks);

typedef struct {
    const Yaml *at;
    int map;
    Str title;
    Texts order, skip;
    Codelists values;
    CodelistUse missing;
    MapColumns columns;
    MapBlocks blocks;
} Mapping;

extern const Grammar MAPPING_GRAMMAR;

/* Reads and adds every problem. False when it cannot be read at all. */
MUST_USE bool mapping_read(Arena *arena, Str text, Mapping *mapping, ProblemList *problems);

/* For those who need a sound map. Fails: MALFORMED with the first problem and how many more there are. */
MUST_USE bool mapping_parse(Arena *arena, Str text, Mapping *mapping, Error *err);

/* A file of any TableFormat, whole, as texts. */
typedef struct {
    Str name;                         /* of the member */
    size_t n_columns, n_rows;
    Str *columns;
    bool *is_number;                  /* of each column */
    Str *cells;                       /* n_rows x n_columns; empty where missing, ".not-done" where a reason is known; dates
                                         that are counted are written as ISO 8601 */
} MapMember;

typedef struct {
    Str file;
    size_t n;
    MapMember *members;
} MapSource;

/* Fails: as table_open; MALFORMED (more than 100 million cells). */
MUST_USE bool map_source_read(Arena *arena, Str path, MapSource *source, Error *err);

typedef struct {
    Str into;
    size_t n_rows;                    /* that the block selects */
    size_t n_skipped, first_skipped;  /* of them, with all items blank; the first row, from 1 */
    size_t n_refused, first_refused;  /* of them, that the map cannot make */
} MapBlockRows;

typedef struct {
    ImportReport import;              /* per block that made rows */
    size_t n_blocks;
    MapBlockRows *blocks;
    Texts unused;                     /* columns that no block reads and `skip` does not name */
} MapReport;

/* All or nothing. Every row is judged, also after a bad one; lines of problems are rows of the file, from 1 without its header.
 * Fails: INCONSISTENT (a column, member, form or item that is not there: the nearest; a value that `values` does not know), and
 * as trial_import; the problems are then in the report. */
MUST_USE bool trial_import_mapped(Trial *trial, Arena *arena, const Actor *actor, const MapSource *source, const Mapping *mapping,
                                  bool dry_run, MapReport *report, Error *err);

/* The map the other way round: data.csv with the columns of `order` (else those the blocks read), a row for each event, and
 * instance where forms repeat, of each subject; and dictionary.csv, the fields as REDCap's data dictionary has them.
 *
 * Values, factors, missing codes and date forms are undone; where several values become one of ours, the first is written. Rows
 * are found by the columns that SUBJID, VISIT, DOSE and ENTRY come from and by `match`; `where` cannot be undone. Rows stand by
 * subject, then in the order of the map's values and matches. Not written: what only consent, enrolment, deviations and
 * withdrawals hold, reasons why a value is missing for which the map has no text, columns that nothing is made from.
 * Fails: USAGE (no block has an item), and as trial_export_csv. */
MUST_USE bool trial_export_mapped(Trial *trial, Arena *arena, const Actor *actor, const Mapping *mapping, ExportTo to, ExportReport *report,
                                  Error *err);

/* A first map for this file and trial, by the names of columns, items, events and codes. */
void trial_draft_map(Trial *trial, Arena *arena, const MapSource *source, Buf *buf);

#endif
