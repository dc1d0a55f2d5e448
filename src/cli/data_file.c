#include "cli/data_file.h"

#include "data/condition.h"
#include "data/condition_slip.h"
#include "exchange/csv.h"
#include "exchange/xpt.h"

bool data_file_read(Arena *arena, Str path, Frame **frame, Error *err)
{
    const CsvOptions options = {.missing_text = STR("NA")};
    return str_ends(str_lower(arena, path), STR(".xpt")) ? xpt_read_frame(arena, path, STR(""), frame, err)
                                                         : csv_read_frame(arena, path, &options, frame, err);
}

bool data_file_rows(Arena *arena, const Frame *frame, Str condition, size_t **rows, size_t *n_rows, Error *err)
{
    if (!frame_where(arena, frame, condition, rows, n_rows, err)) return error_in(err, "--where");
    if (*n_rows || condition.len == 0) return true;
    error_set(err, ERROR_DEGENERATE, "no row meets --where: " STR_FMT, STR_ARG(condition));
    return condition_slip_hint(arena, frame, condition, err) ? false : error_hint(err, "Look at the values that the columns hold: equipoise show FILE.");
}

static const Column *subject_column(const Frame *frame)
{
    static const char *const NAMES[] = {"USUBJID", "SUBJID", "SUBJECT", "SUBJECT_ID", "SUBJECTID", "PATIENT", "PATIENT_ID", "PATIENTID", "PATID"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const Column *column = frame_column(frame, str_from(NAMES[i]));
        if (column) return column;
    }
    return NULL;
}

Str data_file_repeats(Arena *arena, const Frame *frame, const size_t *rows, size_t n_rows)
{
    const Column *column = subject_column(frame);
    Map subjects = map_new(arena);
    size_t n = 0;
    if (!column) return STR("");
    for (size_t i = 0; i < n_rows; i++) {
        if (column->missing[rows[i]] != MISSING_NOT) continue;
        map_put(&subjects, frame_cell_text(arena, column, rows[i]), NULL);
        n++;
    }
    if (n == subjects.n) return STR("");
    return str_format(arena, "%zu rows are of %zu subjects (" STR_FMT ") and were taken as independent, so p values and intervals are not to be relied on. "
                      "Choose one row of each subject, or use a model that knows subjects.", n, subjects.n, STR_ARG(column->name));
}
