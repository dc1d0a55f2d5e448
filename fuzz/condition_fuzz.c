/* Any bytes are a condition with an answer for each row, or an error with a place. */
#include <stdint.h>

#include "data/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Frame *small_frame(Arena *arena)
{
    Frame *frame = frame_new(arena, STR("subjects"));
    frame_add_column(frame, STR("AGE"), COLUMN_NUMBER);
    frame_add_column(frame, STR("SEX"), COLUMN_TEXT);
    frame_add_column(frame, STR("END"), COLUMN_DATE);
    for (size_t row = 0; row < 3; row++) {
        frame_add_row(frame);
        if (row < 2) frame_set_number(frame, row, 0, 2.5 * (double)(row + 1));
        if (row > 0) frame_set_text(frame, row, 1, STR("M"));
        if (row > 1) frame_set_text(frame, row, 2, STR("2016-03-01"));
    }
    return frame;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Error err = {0};
    signed char *verdicts;
    Column column;
    Frame *frame = small_frame(arena);
    Str text = {(const char *)data, size};
    if (frame_evaluate(arena, frame, text, &verdicts, &err)) {
        for (size_t row = 0; row < frame->n_rows; row++)
            if (verdicts[row] < -1 || verdicts[row] > 1) __builtin_trap();
    } else if (err.code == ERROR_NONE) {
        __builtin_trap();
    }
    if (!frame_compute(arena, frame, text, &column, &err) && err.code == ERROR_NONE) __builtin_trap();
    arena_free(arena);
    return 0;
}
