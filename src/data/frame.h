/* A frame: named, typed columns of equal length. Whatever is tabular becomes one (CSV, transport files, SQL), and
 * every analysis reads one. A missing value has a reason; NaN and the empty text never carry that meaning. */
#ifndef DATA_FRAME_H
#define DATA_FRAME_H

#include "base/map.h"

/* Numbers and integers are stored as double; text, dates (ISO 8601, partial allowed, so that they sort as text),
 * date-times and codes as Str. */
typedef enum { COLUMN_NUMBER, COLUMN_INTEGER, COLUMN_TEXT, COLUMN_DATE, COLUMN_DATETIME, COLUMN_CODED } ColumnType;

/* code, the word used in files and journals, what it means */
#define MISSING_REASONS(X)                                                                                    \
    X(UNSTATED,       "unstated",       "left blank, no reason given")                                        \
    X(NOT_DONE,       "not-done",       "the assessment was not done")                                        \
    X(NOT_APPLICABLE, "not-applicable", "the question does not apply to this subject")                        \
    X(UNKNOWN,        "unknown",        "asked, and not known")                                               \
    X(REFUSED,        "refused",        "the subject or the family declined")                                 \
    X(ILLEGIBLE,      "illegible",      "the source cannot be read")                                          \
    X(TECHNICAL,      "technical",      "equipment or laboratory failure")                                    \
    X(WITHDRAWN,      "withdrawn",      "the subject had left the trial")

typedef enum {
    MISSING_NOT,                      /* the value is present */
#define X(name, word, meaning) MISSING_##name,
    MISSING_REASONS(X)
#undef X
    MISSING_SAS_UNDERSCORE = '_',     /* SAS's ._ and .A to .Z keep their letter */
    MISSING_SAS_A = 'A',
    MISSING_SAS_Z = 'Z'
} MissingReason;

const char *missing_word(MissingReason reason);                       /* "not-done", ".A" */
bool missing_parse(Str word, MissingReason *reason);

/* The permitted codes of a coded column, in the order a form shows them. */
typedef struct {
    Str name;
    size_t n;
    Str *codes;
    Str *labels;
} Codelist;

typedef struct {
    Str name;                         /* unique in its frame, letter case ignored */
    Str label;                        /* for people; may be empty */
    Str unit;                         /* may be empty */
    Str format;                       /* display format of the source ("DATE9."); may be empty */
    ColumnType type;
    const Codelist *codelist;         /* of a coded column, else NULL */
    size_t length;                    /* bytes in a fixed-width source, 0 if none */
    union {
        double *numbers;              /* NUMBER, INTEGER; 0 where missing */
        Str *texts;                   /* the others; empty where missing */
    };
    unsigned char *missing;           /* a MissingReason per row, 0 where the value is present */
    size_t capacity;
} Column;

typedef struct {
    Arena *arena;
    Str name, label;
    size_t n_rows, n_columns;
    Column *columns;
    size_t column_capacity;
} Frame;

bool column_is_number(const Column *column);      /* stored as double */
const char *column_type_name(ColumnType type);    /* "number" .. "coded" */

Frame *frame_new(Arena *arena, Str name);

/* Adds a column, missing (UNSTATED) in the rows there are. The pointer is good until the next column comes. The
 * name must be new: a broken promise otherwise. */
Column *frame_add_column(Frame *frame, Str name, ColumnType type);

/* A column by name, letter case ignored; NULL when there is none. */
Column *frame_column(const Frame *frame, Str name);

/* The same, failing with INCONSISTENT, the frame's name and the nearest name there is. */
MUST_USE bool frame_need(const Frame *frame, Str name, const Column **column, Error *err);

/* Fails: INCONSISTENT (the column holds no numbers; when some of its n_rows texts read as numbers, the hint names the first
 * that does not, with its row). */
MUST_USE bool column_need_numbers(const Column *column, size_t n_rows, Error *err);

/* Adds a row in which every column is missing (UNSTATED); returns its index. */
size_t frame_add_row(Frame *frame);

/* Sets one cell, which becomes present (set_*) or missing. Texts are not copied. */
void frame_set_number(Frame *frame, size_t row, size_t column, double value);
void frame_set_text(Frame *frame, size_t row, size_t column, Str value);
void frame_set_missing(Frame *frame, size_t row, size_t column, MissingReason reason);

/* The cell as a person reads it: shortest number, text as it is; empty where missing. */
Str frame_cell_text(Arena *arena, const Column *column, size_t row);

/* A frame of the given rows, in their order; columns keep their attributes; cells are copied, texts shared. */
Frame *frame_take_rows(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows);

/* Sorts row indexes in place, stably, by a column (missing first; numbers by value, texts by bytes). Sort by the
 * least important key first. */
void frame_sort_rows(const Column *by, bool descending, size_t *rows, size_t n_rows);

/* Groups rows that are equal in all n_by columns (missing equals missing). groups come in the order of first
 * appearance; group g holds rows[first[g] .. first[g+1]). */
typedef struct {
    size_t n_groups;
    size_t *first;                    /* n_groups + 1 */
    size_t *rows;                     /* frame->n_rows row indexes */
} Groups;
Groups frame_group(Arena *arena, const Frame *frame, const Column *const *by, size_t n_by);

/* Left join: each row of `left` with the one row of `right` that has the same text or number in column `key`; its
 * other columns, where `left` has none of that name, are added. Fails: INCONSISTENT (no such column; a key that
 * stands twice in `right`, named). */
MUST_USE bool frame_join(Arena *arena, const Frame *left, const Frame *right, Str key, Frame **joined, Error *err);

#endif
