/* One value of a row in a table that streams. */
#ifndef EXCHANGE_TABLE_CELL_H
#define EXCHANGE_TABLE_CELL_H

#include "data/frame.h"

/* A number, or a text; each empty where missing. Of a number, the text is how the source wrote it, if it is a text itself (CSV). */
typedef struct {
    double number;
    Str text;
    MissingReason missing;
} TableCell;

#endif
