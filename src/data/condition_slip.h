/* Slips of the pen in conditions: a text that no row holds as it is written, though some row holds it in other letters. */
#ifndef DATA_CONDITION_SLIP_H
#define DATA_CONDITION_SLIP_H

#include "data/frame.h"

/* RESP = 'y' where RESP holds Y. */
typedef struct {
    Str said, meant, column;          /* "y", "Y", "RESP" */
} ConditionSlip;

/* The first 'text' of the condition that stands in none of the columns of text it reads, while one of them has a value that
 * differs in letter case or blanks around only. False when there is none, or the condition cannot be read. */
bool condition_slip(Arena *arena, const Frame *frame, Str condition, ConditionSlip *slip);

/* Says so as the hint of `err` when there is one: "RESP" holds "Y", not "y". Returns whether it did. */
bool condition_slip_hint(Arena *arena, const Frame *frame, Str condition, Error *err);

#endif
