/* What the verbs that act on a trial file share: who acts and when, and how a result is said. */
#ifndef CLI_TRIAL_CALL_H
#define CLI_TRIAL_CALL_H

#include "cli/command.h"
#include "trial/trial.h"

#define OPT_USER      OPT_TEXT("user", "USER", "who acts (the trial's first user unless said)")
#define OPT_REASON    OPT_TEXT("reason", "TEXT", "why; needed where something saved is changed")
#define OPT_CLIENT    OPT_TEXT("client-time", "INSTANT", "what the clock of whoever asked showed; written down, never relied on")
#define OPTS_ACT      OPT_USER, OPT_REASON, OPT_CLIENT
#define OPT_SUBJECT   OPT_TEXT("subject", "SUBJECT", "the subject's id")

/* Opens the file that the first word names. `actor` may be NULL for verbs that only read; else the options above must
 * be in the verb's table. */
MUST_USE bool trial_call_open(Invocation *call, Trial **trial, Actor *actor, Error *err);

/* An option that the verb cannot do without. Fails: USAGE. */
MUST_USE bool need_option(const Invocation *call, const char *name, Str *value, Error *err);

/* The words after the first as ITEM=VALUE cells. Fails: USAGE. */
MUST_USE bool words_as_cells(const Invocation *call, size_t first, ItemCell **cells, size_t *n_cells, Error *err);

/* "recorded 3 values (journal entry 812)", or the same as JSON with the journal's hash. */
MUST_USE bool trial_call_done(Invocation *call, Trial *trial, Str sentence, Error *err);

/* "1 value", "2 values". */
Str count_text(Arena *arena, size_t n, const char *one, const char *many);

/* Aligned columns, or an array of objects. */
void frame_print(Invocation *call, const Frame *frame);

#endif
