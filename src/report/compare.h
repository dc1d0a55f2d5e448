/* Our numbers against printed ones: the results of a report in JSON (schema "equipoise-report/1") and
 * displays in the schema "published-table/1", whose every printed number is a check. A check matches when our
 * number, rounded half away from zero to the check's decimals, is its value; with op "<" or ">" when ours
 * lies on that side.
 *
 * A check finds its result by table, group, label, column and statistic. Compared are the words without
 * blanks, dots at the end and letter case; "Table " before a number does not count, "Figure " does. A
 * check without a column or statistic takes the only result of its label. Where a label was cut
 * ("..DISORDE"), the result that begins with it is taken when no other does. */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "base/json.h"

typedef enum { COMPARE_MATCHES, COMPARE_DIFFERS, COMPARE_UNMATCHED } CompareVerdict;

typedef struct {
    CompareVerdict verdict;
    Str id, table, group, label, column, stat; /* of the check */
    Str op;                                    /* "<", ">" or empty */
    double published, ours;                    /* ours is NaN when unmatched */
    int decimals;
    Str printed;             /* as published */
    Str our_id, our_printed; /* of the result: "T4.r12.c3" */
} CompareLine;

typedef struct {
    size_t n, n_matches, n_differ, n_unmatched;
    CompareLine *lines; /* one per check, in the order of the file */
} Comparison;

/* Compares the results of a report with one published display. Fails: MALFORMED (another schema, a check
 * without a label or value). */
MUST_USE bool compare_published(Arena *arena, const Json *report, const Json *published,
                                Comparison *comparison, Error *err);

/* For people: a line for each check that differs or was not found (every check when `all`), then the
 * count. */
void compare_write_text(const Comparison *comparison, Str name, bool all, Buf *out);

/* {"file", "checks", "matches", "differ", "unmatched", "lines": [..]} of those that do not match. */
void compare_write_json(const Comparison *comparison, Str name, JsonWriter *json);

#endif
