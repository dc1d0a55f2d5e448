#include "trial/visit_window.h"

#include <stdlib.h>

#define SOURCE_WINDOW "visit-window"

int visit_days_outside(const Visit *visit, int day)
{
    if (visit->day == INTEGER_ABSENT || visit->kind == VISIT_SCREENING) return 0;
    int first = visit->day - visit->window.before, last = visit->day + visit->window.after;
    return day < first ? day - first : day > last ? day - last : 0;
}

Str visit_outside_text(Arena *arena, const Visit *visit, int days_outside)
{
    int n = abs(days_outside);
    return str_format(arena, "visit " STR_FMT " is %d %s %s its window", STR_ARG(visit->id), n, n == 1 ? "day" : "days",
                      days_outside < 0 ? "before" : "after");
}

/* The day from which days are counted; empty when it is not known yet. */
static bool find_day_0(Trial *trial, const Protocol *protocol, const SubjectRow *subject, Str *date, Error *err)
{
    *date = protocol->product.doses.n ? STR("") : subject->enrolled;
    return !protocol->product.doses.n ||
           db_find_text(trial->scratch, trial->db, "SELECT coalesce(min(date), '') FROM doses WHERE subject = ?1",
                        DB_ARGS(db_text(subject->subject)), date, NULL, err);
}

/* Asked already (and open, or closed as it is), or explained by a deviation. */
static bool is_known(Trial *trial, Str subject, Str visit, Str date, Str text, bool *known, Error *err)
{
    int64_t one;
    return db_find_integer(trial->db,
                           "SELECT 1 FROM queries WHERE subject = ?1 AND visit = ?2 AND source = '" SOURCE_WINDOW
                           "' AND (state <> 'closed' OR text = ?4)"
                           " UNION ALL SELECT 1 FROM deviations WHERE subject = ?1 AND date = ?3 LIMIT 1",
                           DB_ARGS(db_text(subject), db_text(visit), db_text(date), db_text(text)), &one, known, err);
}

static bool ask(Trial *trial, const Actor *actor, const SubjectRow *subject, Str form, Str visit, Str text, Error *err)
{
    Body body = body_new(trial->scratch);
    body_put_text(&body, "form", form);
    body_put_text(&body, "visit", visit);
    body_put_text(&body, "item", STR(""));
    body_put_text(&body, "source", STR(SOURCE_WINDOW));
    body_put_text(&body, "text", text);
    return perform(trial, actor, &act_query, subject->site, subject->subject, &body, NULL, err);
}

bool raise_window_query(Trial *trial, const Actor *actor, const Protocol *protocol, const SubjectRow *subject, Str form,
                        const Visit *visit, Str date, size_t *n_queries, Error *err)
{
    Str day_0;
    Date from, on;
    Error unread = {0};
    bool known;
    if (!find_day_0(trial, protocol, subject, &day_0, err)) return false;
    if (!date_parse(day_0, &from, &unread) || !date_parse(date, &on, &unread)) return true;
    int outside = visit_days_outside(visit, (int)(date_days(on) - date_days(from)));
    if (outside == 0) return true;
    Str text = visit_outside_text(trial->scratch, visit, outside);
    if (!is_known(trial, subject->subject, visit->id, date, text, &known, err)) return false;
    if (known) return true;
    ++*n_queries;
    return ask(trial, actor, subject, form, visit->id, text, err);
}
