/* Any bytes after a small protocol give outputs or an error with a message: reading never crashes, and
 * what was read can be made over a frame of two columns. */
#include <stdint.h>

#include "protocol/protocol.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool tiny_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    (void)context, (void)err;
    Frame *made = frame_new(arena, name);
    frame_add_column(made, STR("SUBJID"), COLUMN_TEXT);
    frame_add_column(made, STR("AGE"), COLUMN_NUMBER);
    for (size_t row = 0; row < 3; row++) {
        frame_add_row(made);
        frame_set_text(made, row, 0, row == 1 ? STR("b") : STR("a"));
        if (row != 2) frame_set_number(made, row, 1, 2.385 + (double)row);
    }
    *frame = (ReportFrame){.frame = made, .source = name};
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Protocol protocol;
    ProblemList problems = problems_new(arena);
    OutputPlan plan;
    Error err = {0};
    Str outputs = {(const char *)data, size};
    Str text =
        str_format(arena, "equipoise: 1\ntrial: {id: T, title: T}\noutputs:\n" STR_FMT, STR_ARG(outputs));
    bool good = protocol_read(arena, text, &protocol, &problems) &&
                output_plan_read(arena, &protocol, &plan, &err) &&
                report_outputs(document_new(arena, STR("Fuzz")), &plan, (FrameSource){NULL, tiny_frame},
                               &(ReportSelection){0}, &err);
    if (!good && !problems.count[PROBLEM_ERROR] && !err.message[0]) __builtin_trap();
    arena_free(arena);
    return 0;
}
