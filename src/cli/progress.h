/* How far long work has come, on the terminal if standard error is one: rows, rows per second, time left. One line that is
 * written over, four times a second at most, and cleared at the end. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/text.h"

typedef struct {
    bool is_shown;                    /* standard error is a terminal */
    double start_s, first_s, next_s;  /* when work began, the first row came; of a clock that only goes forward */
    size_t n_rows, check_at;          /* of all data sets; when to look at the clock again */
    size_t width;                     /* of what stands there */
} Progress;

Progress progress_begin(void);

/* One row more; share is how much of the work is done, from 0 to 1, negative when that is not known. */
void progress_row(Progress *progress, double share);

/* Clears the line; says how long it took and how fast it was when that was more than two seconds. */
void progress_end(Progress *progress);

/* What progress_row prints: "1,200,000 rows, 400,000 a second, 0:07 left". */
Str progress_text(Arena *arena, size_t n_rows, double seconds, double share);

#endif
