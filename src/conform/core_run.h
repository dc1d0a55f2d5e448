/* Conformance rules asked of a folder of data sets. */
#ifndef CONFORM_CORE_RUN_H
#define CONFORM_CORE_RUN_H

#include "conform/core_rule.h"

/* A record, or a data set, that breaks a rule. */
typedef struct {
    const CoreRule *rule;
    Str data_set;                     /* "AE"; "STUDY" for a rule about the folder */
    Str prefix;                       /* what "--" stands for there; empty for the folder */
    size_t record;                    /* row from 1; 0 when the rule speaks of the data set */
    size_t n;
    const Str *names, *values;        /* the rule's output variables: "Not in dataset" for one that is not there */
} CoreHit;

#define CORE_NOT_IN_DATASET "Not in dataset"

typedef struct {
    void *to;
    void (*hit)(void *to, const CoreHit *hit);                                          /* lives until it returns */
    void (*asked)(void *to, const CoreRule *rule, Str data_set, Str skipped);           /* skipped: why not; empty when asked */
} CoreSink;

/* Sets rule->unsupported when it needs an operator, operation, match or type of rule that is not offered here. */
void core_rule_judge(Arena *arena, CoreRule *rule);

/* Asks a supported rule of every data set in its scope; scratch is rewound. Fails: MALFORMED (a regular expression of
 * the rule cannot be read). */
MUST_USE bool core_rule_run(Arena *scratch, const CoreRule *rule, const DataFolder *folder, const CoreSink *sink, Error *err);

#endif
