/* The data a verb is given: a CSV file (NA is missing) or a SAS transport file (.xpt). */
#ifndef CLI_DATA_FILE_H
#define CLI_DATA_FILE_H

#include "data/frame.h"

/* Fails: as xpt_read_frame and csv_read_frame. */
MUST_USE bool data_file_read(Arena *arena, Str path, Frame **frame, Error *err);

#endif
