#include "report/trial_dates.h"

/* Columns of data from elsewhere, the first there is counts (ADaM, then SDTM). */
static const char *const BEGINS[] = {"RANDDT", "ENRLDT", "TRTSDT", "RFSTDTC"}, *const ENDS[] = {"EOSDT", "RFENDT", "TRTEDT", "RFENDTC"};

enum { N_COLUMNS = 4 };

typedef struct {
    Str column, first, last;
} DateSpan;

/* The earliest and latest day of a column of dates; partial dates sort as text. */
static bool span_of(const Frame *frame, Str name, DateSpan *span)
{
    const Column *column = frame_column(frame, name);
    *span = (DateSpan){.column = name};
    if (!column || column_is_number(column)) return false;
    for (size_t row = 0; row < frame->n_rows; row++) {
        Str day = column->texts[row];
        if (column->missing[row] != MISSING_NOT || day.len < 4) continue;
        if (!span->first.len || str_compare(day, span->first) < 0) span->first = day;
        if (!span->last.len || str_compare(day, span->last) > 0) span->last = day;
    }
    return span->first.len > 0;
}

static const Frame *frame_of(Arena *arena, FrameSource source, Str name)
{
    ReportFrame found;
    Error ignored = {0};
    return source.get(source.context, arena, name, &found, &ignored) ? found.frame : NULL;
}

static bool any_span(const Frame *frame, const char *const *names, DateSpan *span)
{
    for (size_t i = 0; frame && i < N_COLUMNS; i++)
        if (span_of(frame, str_from(names[i]), span)) return true;
    return false;
}

Str trial_dates(Arena *arena, const Protocol *protocol, FrameSource source)
{
    bool is_elsewhere = protocol->data.at != NULL;
    Str subjects = is_elsewhere ? protocol->data.subjects : STR("subjects"), visits = is_elsewhere ? subjects : STR("visits");
    const Frame *begun = frame_of(arena, source, subjects), *ended = is_elsewhere ? begun : frame_of(arena, source, visits);
    DateSpan begin, end;
    Buf buf = buf_new(arena);
    bool has_begin = is_elsewhere ? any_span(begun, BEGINS, &begin) : begun && span_of(begun, STR("ENROLLED"), &begin);
    bool has_end = is_elsewhere ? any_span(ended, ENDS, &end) : ended && span_of(ended, STR("DATE"), &end);
    if (has_begin)
        buf_format(&buf, "%s " STR_FMT " to " STR_FMT " (" STR_FMT ", " STR_FMT ")", is_elsewhere ? "entered" : "enrolled",
                   STR_ARG(begin.first), STR_ARG(begin.last), STR_ARG(subjects), STR_ARG(begin.column));
    if (has_end)
        buf_format(&buf, "%s%s until " STR_FMT " (" STR_FMT ", " STR_FMT ")", has_begin ? "; " : "", is_elsewhere ? "followed" : "seen",
                   STR_ARG(end.last), STR_ARG(visits), STR_ARG(end.column));
    buf_c(&buf);
    return buf_str(&buf);
}
