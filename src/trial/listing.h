/* Rows of a query as a frame. */
#ifndef TRIAL_LISTING_H
#define TRIAL_LISTING_H

#include "trial/trial.h"

/* One column of a listing: number or text as `type` says. */
typedef struct {
    const char *name, *label;
    ColumnType type;
} ListingColumn;

/* Runs `sql` with text parameters; its columns are those given, in order. A column "AT" of type COLUMN_DATETIME holds
 * milliseconds and becomes UTC text. NULL is missing. */
MUST_USE bool trial_listing(Trial *trial, Arena *arena, Str name, const char *sql, const Str *args, size_t n_args,
                            const ListingColumn *columns, size_t n_columns, Frame **listing, Error *err);

#endif
