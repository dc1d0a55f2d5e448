/* Plays the made-up founding trial from its protocol to a verified trial file, by the same operations that a team
 * uses: it is the demo, and the first thing to run when something seems wrong. */
#ifndef TRIAL_PLAY_H
#define TRIAL_PLAY_H

#include "trial/import.h"

#define PLAY_SEED 20151015            /* the day the trial of the news was registered */

typedef struct {
    Str protocol, trial;              /* paths of what was written */
    Str data;                         /* folder of the CSV files */
    ImportReport imported;
    TrialVerdict verdict;
} Play;

/* Writes FOLDER/protocol.yaml and FOLDER/data/<name>.csv, makes FOLDER/palsy.trial and imports the files. The clock is made up too, so
 * that the same seed gives the same journal. Fails: INCONSISTENT (the trial file is there already), IO. */
MUST_USE bool play_demo(Arena *arena, Str folder, uint64_t seed, Play *play, Error *err);

#endif
