/* Grades of adverse events by the Common Terminology Criteria for Adverse Events, version 5.0 (US National
 * Cancer Institute, 27 November 2017), for the terms that matter after a marrow harvest and an intrathecal
 * infusion. Only fever can be graded from a number; every other grade is a clinician's, and the table says
 * which grades a term has. Terms are keyed by their CTCAE name; MedDRA codes are licensed and not shipped. */
#ifndef SAFETY_CTCAE_H
#define SAFETY_CTCAE_H

#include "base/text.h"

#define CTCAE_VERSION   "CTCAE 5.0"
#define CTCAE_N_GRADES  5

typedef struct {
    const char *term, *body_system;
    bool grades_known;                          /* false: the term exists, its grades are not in this table */
    const char *grades[CTCAE_N_GRADES];         /* g is grades[g - 1] in short; NULL: no such grade */
} CtcaeTerm;

const CtcaeTerm *ctcae_terms(size_t *n);

/* A term by name, letter case ignored; NULL when the table has it not. */
const CtcaeTerm *ctcae_find(Str term);

/* Whether a term can have this grade. Terms outside the table pass with any of 1 to 5.
 * Fails: INCONSISTENT (no grade 1 to 5; a grade the term does not have: names those it has). */
MUST_USE bool ctcae_check_grade(Str term, int grade, Error *err);

/* Fever from the highest temperature, in degrees Celsius as a thermometer shows it (0.1 degree), and for
 * how long it was above 40.0, in hours. Bounds: 38.0 to 39.0 is 1, above 39.0 to 40.0 is 2, above 40.0 is
 * 3 for up to 24 hours and 4 for longer; below 38.0 there is no fever, grade 0. Above 40.0 without a
 * duration the grade is 3 and at_least is set. Death is never graded from a temperature. Fails: MALFORMED
 * (outside 30 to 45 degrees, or a negative duration). */
typedef struct {
    double highest_c;
    bool has_duration;
    double hours_above_40;
} CtcaeFever;

typedef struct {
    int grade;                        /* 0 to 4 */
    bool at_least;                    /* the duration is needed to tell 3 from 4 */
} CtcaeFeverGrade;

MUST_USE bool ctcae_fever_grade(CtcaeFever fever, CtcaeFeverGrade *grade, Error *err);

#endif
