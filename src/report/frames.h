/* The data of a report: frames by name, with where they came from, and what is asked of them again and
 * again (conditions, levels, who belongs to a population), answered once. A data folder and a trial file
 * both feed it. */
#ifndef REPORT_FRAMES_H
#define REPORT_FRAMES_H

#include "data/condition.h"
#include "report/output_spec.h"

typedef struct {
    const Frame *frame;
    Str source, source_hash; /* for the provenance: "adsl.xpt" and its SHA-256 */
} ReportFrame;

/* Gives the frame of a name, or fails saying which names there are. Called once for each name. */
typedef struct {
    void *context;
    bool (*get)(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err);
} FrameSource;

/* A column's values as small numbers: of_row[row] < n, or SIZE_MAX where missing; in the order of
 * appearance. */
typedef struct {
    size_t n;
    Str *texts;
    size_t *of_row;
    size_t *stamp; /* n of them, for counting distinct values: last round that saw each */
    size_t round;
} Codes;

typedef struct {
    ReportFrame from;
    const Frame *frame; /* joined, when other frames were joined to it */
    Str name;
    Map conditions, codes, masks, expressions;
} ReportData;

typedef struct {
    Arena *arena;
    FrameSource source;
    const OutputPlan *plan;
    ConditionEngine *engine;
    Map data_sets;
} Frames;

MUST_USE bool frames_open(Arena *arena, FrameSource source, const OutputPlan *plan, Frames *frames,
                          Error *err);

/* The data set of a name, with others joined to it by the subjects' key. Errors stand at `at`. */
MUST_USE bool frames_get(Frames *frames, Str name, const OutputTexts *join, const Yaml *at, ReportData **data,
                         Error *err);

/* A column, or an error at `at` with the nearest name. */
MUST_USE bool data_column(ReportData *data, Str name, const Yaml *at, const Column **column, Error *err);

/* A column by name, or the values of an expression over columns ("BASE + EXPECTED"). */
MUST_USE bool data_expression(Frames *frames, ReportData *data, Str expression, const Yaml *at,
                              const Column **column, Error *err);

/* 1 where the condition is true, 0 elsewhere (unknown is not true); NULL for an empty condition. */
MUST_USE bool data_where(Frames *frames, ReportData *data, Str condition, const Yaml *at,
                         const signed char **verdicts, Error *err);

MUST_USE bool data_codes(Frames *frames, ReportData *data, Str variable, const Yaml *at, Codes **codes,
                         Error *err);

/* The code of a text, or SIZE_MAX. */
size_t codes_find(const Codes *codes, Str text);

/* 1 for the rows that belong to a population: an id, or a condition on the subjects. NULL for an empty name.
 * `words` is how the provenance says it: "Safety: SAFFL = 'Y'". */
MUST_USE bool data_population(Frames *frames, ReportData *data, Str population, const Yaml *at,
                              const unsigned char **mask, Str *words, Error *err);

/* Puts the node's line and column before the places of an error; returns false. */
bool error_at(Error *err, const Yaml *at);

#endif
