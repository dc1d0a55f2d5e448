/* The roles people hold in a trial, one table. Whoever may do what stands with each act (store/act.h). */
#ifndef STORE_STAFF_H
#define STORE_STAFF_H

#include "base/text.h"

/* code, word, bound to one site, what it is for */
#define STAFF_ROLES(X)                                                                                        \
    X(INVESTIGATOR,      "investigator",          true,  "treats subjects, signs for the site's data")        \
    X(COORDINATOR,       "coordinator",           true,  "enters data at a site")                             \
    X(ASSESSOR,          "assessor",              true,  "rates outcomes, sees neither treatment nor events") \
    X(PHARMACIST,        "pharmacist",            true,  "prepares and records doses, never sees outcomes")   \
    X(RANDOMISER,        "randomisation-officer", false, "keeps the allocation list, never sees outcomes")    \
    X(MONITOR,           "monitor",               false, "asks about data, edits none")                       \
    X(DATA_MANAGER,      "data-manager",          false, "asks about data, imports, locks; edits none by hand") \
    X(STATISTICIAN,      "statistician",          false, "analyses blinded data")                             \
    X(DSMB_STATISTICIAN, "dsmb-statistician",     false, "prepares the closed report of the safety board")    \
    X(DSMB_MEMBER,       "dsmb-member",           false, "reads the closed report")                           \
    X(SPONSOR,           "sponsor",               false, "answers for the trial, amends the protocol")        \
    X(INSPECTOR,         "inspector",             false, "reads everything")                                  \
    X(ADMINISTRATOR,     "administrator",         false, "keeps users and sites, sees no trial data")         \
    X(PARTICIPANT,       "participant",           true,  "a subject or parent")

typedef enum {
#define X(name, word, at_site, meaning) STAFF_##name,
    STAFF_ROLES(X)
#undef X
    N_STAFF_ROLES
} StaffRole;

/* A set of roles: STAFF_SET(MONITOR) | STAFF_SET(SPONSOR). */
#define STAFF_SET(name) (1u << STAFF_##name)

const char *staff_word(StaffRole role);
const char *staff_meaning(StaffRole role);
bool staff_is_at_site(StaffRole role);

/* Fails: USAGE (no such role; names the nearest). */
MUST_USE bool staff_parse(Str word, StaffRole *role, Error *err);

/* Two roles that one person cannot hold, because what one sees would unblind the other. */
bool staff_breaks_blinding(StaffRole a, StaffRole b);

/* "investigator, coordinator or sponsor" */
Str staff_set_text(Arena *arena, unsigned roles);

#endif
