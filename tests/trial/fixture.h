/* A trial file to play with: the founding trial's protocol, and if wanted the made-up records. */
#ifndef TESTS_TRIAL_FIXTURE_H
#define TESTS_TRIAL_FIXTURE_H

#include "test.h"
#include "trial/import.h"
#include "trial/trial.h"

/* 2016-03-01T08:15:30.250Z, by "ana", the first user. */
#define FIXTURE_NOW ((Instant)INT64_C(1456820130250))

Actor fixture_actor(const char *user, const char *reason);

/* A small protocol of one assessment form, one product and two visits; PROTOCOL with a soft and a hard check. */
extern const char FIXTURE_PROTOCOL[];

/* A new trial under FIXTURE_PROTOCOL with sites HAN and HUE; NULL after a failed check. */
Trial *fixture_trial(Test *t, const char *name);

/* The same with subjects S-001 .. S-n at HAN, screened and consented on 2016-01-10 and enrolled on 2016-01-12. */
Trial *fixture_enrolled(Test *t, const char *name, int n);

/* The same under another protocol, which must have the same screening form. */
Trial *fixture_enrolled_under(Test *t, const char *name, Str protocol, int n);

/* The example protocol and the demo's files; NULL after a failed check. */
Trial *fixture_demo(Test *t, const char *name);

/* One value through trial_save_form at V0 of 2016-01-20. */
bool fixture_record(Trial *trial, const Actor *actor, const char *subject, const char *item, const char *value, Error *err);

/* A count by SQL-free means: the row WHAT of trial_counts. */
long long fixture_count(Test *t, Trial *trial, const char *what);

bool fixture_verifies(Test *t, Trial *trial);

#endif
