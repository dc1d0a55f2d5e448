#include "trial/scoring_sheet.h"

#include <math.h>

size_t sheet_find(const Sheet *sheet, Str name)
{
    for (size_t i = 0; i < sheet->n_names; i++)
        if (str_equal_fold(sheet->names[i], name)) return i;
    return NO_COLUMN;
}

bool sheet_blame(const Sheet *sheet, size_t column, Error *err)
{
    if (column == NO_COLUMN) return error_in(err, "line %zu", sheet->row.line);
    return error_in(err, "line %zu, column \"" STR_FMT "\"", sheet->row.line, STR_ARG(sheet->names[column]));
}

bool sheet_cell(const Sheet *sheet, size_t column, Str *cell, Error *err)
{
    MissingReason reason;
    *cell = STR("");
    if (column == NO_COLUMN) return true;
    if (!csv_missing(sheet->row.fields[column], &reason, err)) return sheet_blame(sheet, column, err);
    if (!reason) *cell = str_trim(sheet->row.fields[column]);
    return true;
}

bool sheet_number(const Sheet *sheet, size_t column, double *value, bool *found, Error *err)
{
    Str cell;
    if (!sheet_cell(sheet, column, &cell, err)) return false;
    *found = cell.len > 0;
    if (!*found || number_parse(cell, value)) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no number", STR_ARG(cell));
    error_hint(err, str_find(cell, STR(",")) == SIZE_MAX ? "Write a number, or leave the cell blank."
                                                         : "Write the decimals after a point: 4.5.");
    return sheet_blame(sheet, column, err);
}

bool sheet_date(const Sheet *sheet, size_t column, Date *date, bool *found, Error *err)
{
    Str cell;
    if (!sheet_cell(sheet, column, &cell, err)) return false;
    *found = cell.len > 0;
    if (!*found) return true;
    if (date_parse(cell, date, err) && date_is_full(*date)) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no full date", STR_ARG(cell));
    error_hint(err, "Write year, month and day, as in 2016-03-01.");
    return sheet_blame(sheet, column, err);
}

static bool age_from_dates(const Sheet *sheet, double *years, bool *found, Error *err)
{
    Date birth, date;
    bool is_born, is_dated;
    *found = false;
    if (sheet->birth == NO_COLUMN || sheet->date == NO_COLUMN) return true;
    if (!sheet_date(sheet, sheet->birth, &birth, &is_born, err) || !sheet_date(sheet, sheet->date, &date, &is_dated, err))
        return false;
    *found = is_born && is_dated;
    if (!*found) return true;
    *years = date_age_exact(birth, date);
    if (*years >= 0) return true;
    error_set(err, ERROR_INCONSISTENT, "the assessment is before the birth");
    error_hint(err, "Correct the date of birth or of the assessment.");
    return sheet_blame(sheet, sheet->date, err);
}

bool sheet_age(const Sheet *sheet, double *years, bool *found, size_t *from, Error *err)
{
    double stated = 0;
    bool is_stated = false;
    if (!age_from_dates(sheet, years, found, err) || !sheet_number(sheet, sheet->age, &stated, &is_stated, err)) return false;
    *from = *found ? sheet->date : sheet->age;
    if (*found && is_stated && fabs(stated - *years) > 1) {
        error_set(err, ERROR_INCONSISTENT, "the age is %g, but %.2f years by the dates", stated, *years);
        error_hint(err, "Correct AGE (in years), BIRTH or DATE.");
        return sheet_blame(sheet, sheet->age, err);
    }
    if (!*found) *years = stated;
    *found = *found || is_stated;
    return true;
}

void sheet_put(Sheet *sheet, size_t k, double value)
{
    frame_set_number(sheet->scoring->frame, sheet->at, sheet->scoring->n_copied + k, value);
}

void sheet_put_text(Sheet *sheet, size_t k, Str text)
{
    frame_set_text(sheet->scoring->frame, sheet->at, sheet->scoring->n_copied + k, text);
}

void sheet_remark(Sheet *sheet, Str text)
{
    Frame *frame = sheet->scoring->frame;
    size_t column = frame->n_columns - 1;
    Str before = frame->columns[column].texts[sheet->at];
    if (before.len) text = str_format(sheet->arena, STR_FMT "; " STR_FMT, STR_ARG(before), STR_ARG(text));
    frame_set_text(frame, sheet->at, column, text);
}

void sheet_note(Sheet *sheet, Str text)
{
    Scoring *scoring = sheet->scoring;
    for (size_t i = 0; i < scoring->n_notes; i++)
        if (str_equal(scoring->notes[i], text)) return;
    ARENA_PUSH_ROOM(sheet->arena, scoring->notes, scoring->n_notes, scoring->note_capacity);
    scoring->notes[scoring->n_notes++] = text;
}
