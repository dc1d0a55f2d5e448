/* What is at hand while a planned analysis becomes a table, and the parts that tables of several methods share. Private to
 * analysis_display.c and analysis_models.c. */
#ifndef REPORT_ANALYSIS_MAKING_H
#define REPORT_ANALYSIS_MAKING_H

#include "protocol/protocol.h"
#include "report/yaml_make.h"

/* One comparison: level `left` less, or over, level `right`. */
typedef struct {
    Str label, left, right;
} Compared;

typedef struct {
    Arena *arena;
    YamlMaker maker;
    const Protocol *protocol;
    const AnalysisPlan *plan;
    Str outcome, title;
    size_t n_levels, n_compared;
    Str *levels; /* of the group, those compared first named first */
    Compared *compared;
    const char *why;
} Making;

/* A key of the analysis under the name it has in a block, if it is said. */
void making_pass(const Making *m, Yaml *map, const char *key, const char *as);

/* "95 % CI"; and the confidence as a key of `map`. */
Str making_interval_title(const Making *m);
void making_put_confidence(const Making *m, Yaml *map);

/* The family that adjusts its p-values (empty: none), and the head of their column. */
Str making_adjusting_family(const Making *m);
Str making_adjusted_title(const Making *m);

/* Columns of the groups, then `more` for what is compared. */
void making_put_columns(const Making *m, Yaml *display, Yaml *more);

/* Blocks that a table may need. */
size_t making_most_blocks(const Making *m);

/* Each puts the rows of its kind of model into the display; false when what is said makes no table, and m->why says why. */
bool analysis_make_model(Making *m, Yaml *display);
bool analysis_make_survival(Making *m, Yaml *display);
bool analysis_make_odds(Making *m, Yaml *display);

#endif
