/* The data a verb is given: a CSV file (NA is missing) or a SAS transport file (.xpt), and the rows of it that are asked for. */
#ifndef CLI_DATA_FILE_H
#define CLI_DATA_FILE_H

#include "data/frame.h"

/* Fails: as xpt_read_frame and csv_read_frame. */
MUST_USE bool data_file_read(Arena *arena, Str path, Frame **frame, Error *err);

/* The rows where `condition`, given as --where, is true; all when it is empty. Fails: as frame_where; DEGENERATE (no row;
 * says when a text of the condition stands there in other letters). */
MUST_USE bool data_file_rows(Arena *arena, const Frame *frame, Str condition, size_t **rows, size_t *n_rows, Error *err);

/* A sentence for an analysis that takes rows as independent when subjects have several of them; empty when none has, or no
 * column has a name that subjects go by (USUBJID, SUBJID, SUBJECT, PATIENT and the like). */
Str data_file_repeats(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows);

#endif
