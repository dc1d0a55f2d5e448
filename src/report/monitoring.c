#include "report/monitoring.h"

#include "base/time.h"
#include "data/condition.h"
#include "safety/monitor.h"

/* The units a rule counts, in the order of `doses`: one per subject (at the first dose) or one per dose. */
typedef struct {
    size_t n;
    int64_t *day;
    Str *subject;
    Map of_subject;                   /* a subject's latest unit */
    bool per_dose;
} Units;

typedef struct {
    size_t n;
    size_t n_unwatched;               /* of subjects who are not watched */
    size_t n_partial;                 /* without a full date */
    MonitorEvent *items;
    size_t *row;                      /* of adverse_events */
} Events;

/* The first day the cell can mean; false when it says nothing. *is_full may be NULL. */
static bool earliest_day(const Column *column, size_t row, int64_t *day, bool *is_full)
{
    Date date;
    if (is_full) *is_full = false;
    if (column->missing[row] || !date_parse(str_slice(column->texts[row], 0, 10), &date, NULL)) return false;
    if (is_full) *is_full = date_is_full(date);
    *day = date_days(date_earliest(date));
    return true;
}

static bool collect_units(Arena *arena, const Frame *treated, Str since, bool per_dose, Units *units, Error *err)
{
    const Column *subject, *date;
    if (!frame_need(treated, STR("SUBJID"), &subject, err) || !frame_need(treated, since, &date, err)) return false;
    *units = (Units){.day = ARENA_ARRAY(arena, int64_t, treated->n_rows),
                     .subject = ARENA_ARRAY(arena, Str, treated->n_rows),
                     .of_subject = map_new(arena),
                     .per_dose = per_dose};
    size_t *rows = ARENA_ARRAY(arena, size_t, treated->n_rows);
    for (size_t i = 0; i < treated->n_rows; i++) rows[i] = i;
    frame_sort_rows(date, false, rows, treated->n_rows);
    for (size_t i = 0; i < treated->n_rows; i++) {
        int64_t day;
        bool is_new;
        if (!earliest_day(date, rows[i], &day, NULL)) continue;      /* a dose that was not given, a subject not enrolled */
        MapEntry *entry = map_put(&units->of_subject, subject->texts[rows[i]], &is_new);
        if (!is_new && !per_dose) continue;
        units->day[units->n] = day;
        units->subject[units->n] = subject->texts[rows[i]];
        entry->index = units->n++;
    }
    return true;
}

/* The unit an event belongs to: the subject's, or the subject's latest dose on or before the day. */
static size_t unit_of(const Units *units, Str subject, int64_t day)
{
    MapEntry *entry = map_get(&units->of_subject, subject);
    if (!entry || !units->per_dose) return entry ? entry->index : SIZE_MAX;
    size_t latest = SIZE_MAX;
    for (size_t i = 0; i < units->n; i++)
        if (str_equal(units->subject[i], subject) && (latest == SIZE_MAX || units->day[i] <= day)) latest = i;
    return latest;
}

static bool collect_events(Arena *arena, const Frame *adverse_events, Str condition, const Units *units, Events *events, Error *err)
{
    const Column *subject, *start;
    size_t *rows, n;
    if (!frame_need(adverse_events, STR("SUBJID"), &subject, err) || !frame_need(adverse_events, STR("START"), &start, err) ||
        !frame_where(arena, adverse_events, condition, &rows, &n, err))
        return false;
    *events = (Events){.items = ARENA_ARRAY(arena, MonitorEvent, n), .row = ARENA_ARRAY(arena, size_t, n)};
    for (size_t i = 0; i < n; i++) {
        MonitorEvent event = {.day = INT64_MIN};
        bool is_full;
        earliest_day(start, rows[i], &event.day, &is_full);
        event.unit = unit_of(units, subject->texts[rows[i]], event.day);
        if (event.unit == SIZE_MAX) {
            events->n_unwatched++;
            continue;
        }
        if (!is_full && event.day < units->day[event.unit]) event.day = units->day[event.unit];
        events->n_partial += !is_full;
        events->row[events->n] = rows[i];
        events->items[events->n++] = event;
    }
    return true;
}

static Str name_of(const StoppingPlan *plan) { return plan->title.len ? plan->title : plan->id; }

static void write_boundary(Document *document, int number, const StoppingPlan *plan, const StoppingRule *rule, const Provenance *from)
{
    const TableColumn COLUMNS[] = {{.key = STR("events"), .header = STR("Stop at")},
                                   {.key = STR("treated"), .header = STR("while treated number")}};
    Str unit = plan->per == STOPPING_PER_DOSE ? STR("doses") : STR("subjects");
    Table *table = document_table(document, str_format(document->arena, "R%d", number), str_format(document->arena, "Stopping rule: " STR_FMT, STR_ARG(name_of(plan))), COLUMNS, 2);
    StoppingRange *ranges = ARENA_ARRAY(document->arena, StoppingRange, (size_t)rule->plan.n_max);
    size_t n = stopping_ranges(rule, ranges);
    for (size_t i = 0; i < n; i++) {
        table_row(document, table, ROW_PLAIN, STR(""), str_format(document->arena, "%d or more " STR_FMT " with an event", ranges[i].events, STR_ARG(unit)), 0);
        table_cell_number(document, table, 1, STR(""), STR("from"), ranges[i].from, 0, STR(""), STR(""), from);
        table_cell_number(document, table, 1, STR(" to "), STR("to"), ranges[i].to, 0, STR(""), STR(""), from);
    }
    Buf text = buf_new(document->arena);
    buf_add_c(&text, "Chance of ever stopping when the true rate is ");
    for (int k = 1; k <= 4; k++) {
        double p = rule->plan.p0 * k;
        if (p >= 1) break;
        buf_add_c(&text, k > 1 ? "; " : "");
        buf_fixed(&text, 100 * p, 0);
        buf_add_c(&text, " %: ");
        buf_fixed(&text, 100 * stopping_operate(document->arena, rule, p).p_stop, 1);
        buf_add_c(&text, " %");
    }
    buf_add_c(&text, ". By exact recursion.");
    buf_c(&text);
    table_footnote(document, table, buf_str(&text));
}

static void write_looks(Document *document, int number, const StoppingPlan *plan, const Frame *adverse_events, const Units *units,
                        const Events *events, const MonitorLook *looks, size_t n_looks, const Provenance *from)
{
    const TableColumn COLUMNS[] = {{.key = STR("date"), .header = STR("Date of event")},
                                   {.key = STR("subject"), .header = STR("Subject")},
                                   {.key = STR("treated"), .header = STR("Treated"), .align = ALIGN_RIGHT},
                                   {.key = STR("events"), .header = STR("With an event"), .align = ALIGN_RIGHT},
                                   {.key = STR("boundary"), .header = STR("Stop at"), .align = ALIGN_RIGHT},
                                   {.key = STR("verdict"), .header = STR("The rule says")}};
    const Column *subject = frame_column(adverse_events, STR("SUBJID"));
    Table *table = document_table(document, str_format(document->arena, "R%d.1", number), str_format(document->arena, "What the rule said at each event: " STR_FMT, STR_ARG(name_of(plan))), COLUMNS, 6);
    for (size_t i = 0; i < n_looks; i++) {
        const MonitorLook *look = &looks[i];
        Str date = date_text(document->arena, date_from_days(events->items[look->event].day));
        table_row(document, table, ROW_PLAIN, subject->texts[events->row[look->event]], date, 0);
        table_cell_text(table, 1, subject->texts[events->row[look->event]]);
        table_cell_number(document, table, 2, STR(""), STR("n"), look->n, 0, STR(""), STR(""), from);
        table_cell_number(document, table, 3, STR(""), STR("events"), look->events, 0, STR(""), STR(""), from);
        table_cell_number(document, table, 4, STR(""), STR("boundary"), look->verdict.boundary, 0, STR(""), STR(""), from);
        table_cell_text(table, 5, look->verdict.stop ? STR("STOP and review") : STR("go on"));
    }
    if (n_looks == 0) {
        table_row(document, table, ROW_PLAIN, STR(""), events->n_unwatched ? STR("None counted") : STR("No event"), 0);
        for (size_t c = 1; c < 6; c++) table_cell_text(table, c, STR("\xe2\x80\x93"));
    }
    if (events->n_unwatched)
        table_footnote(document, table,
                       str_format(document->arena,
                                  "NOT COUNTED: %zu more that the rule describes, of subjects for whom no dose is recorded. "
                                  "The rule says nothing about them.",
                                  events->n_unwatched));
    if (events->n_partial)
        table_footnote(document, table,
                       str_format(document->arena, "%zu without a full date: counted as early as they can have been, which stops sooner, never later.",
                                  events->n_partial));
    if (units->n > (size_t)plan->n)
        table_footnote(document, table,
                       str_format(document->arena, "The rule was planned for %d and %zu were treated; beyond %d its last boundary holds.", plan->n,
                                  units->n, plan->n));
}

static bool write_rule(Document *document, int number, const StoppingPlan *plan, const Frame *adverse_events, const Frame *treated, Str since,
                       Error *err)
{
    Arena *arena = document->arena;
    bool beta = plan->kind == STOPPING_BETA_BINOMIAL;
    BoundaryPlan boundary = {.kind = beta ? BOUNDARY_BETA_BINOMIAL : BOUNDARY_POCOCK, .n_max = plan->n, .p0 = plan->p0, .alpha = plan->alpha};
    if (beta && plan->prior.n == 2) {
        boundary.prior_events = plan->prior.items[0];
        boundary.prior_non_events = plan->prior.items[1];
    }
    StoppingRule rule;
    Units units;
    Events events;
    MonitorLook *looks;
    size_t n_looks;
    if (!stopping_calibrate(arena, &boundary, &rule, err) || !collect_units(arena, treated, since, plan->per == STOPPING_PER_DOSE, &units, err) ||
        !collect_events(arena, adverse_events, plan->event, &units, &events, err) ||
        !monitor_looks(arena, &rule, units.day, units.n, events.items, events.n, &looks, &n_looks, err))
        return error_in(err, "stopping rule \"" STR_FMT "\"", STR_ARG(plan->id));
    Provenance *from = ARENA_NEW(arena, Provenance);
    *from = (Provenance){.frame = adverse_events->name,
                         .filter = plan->event,
                         .n_records = events.n,
                         .method = beta ? STR("beta-binomial stopping boundary (docs/methods/stopping-boundaries.md)")
                                        : STR("exact Pocock-type stopping boundary (docs/methods/stopping-boundaries.md)"),
                         .options = str_format(arena, "p0 %g, alpha %g, at most %d", plan->p0, plan->alpha, plan->n)};
    write_boundary(document, number, plan, &rule, from);
    write_looks(document, number, plan, adverse_events, &units, &events, looks, n_looks, from);
    return true;
}

bool monitoring_write(Document *document, const Protocol *protocol, const Frame *adverse_events, const Frame *treated, Str since,
                      Error *err)
{
    if (protocol->safety.stopping.n) document_heading(document, 1, STR("Stopping rules"));
    for (size_t i = 0; i < protocol->safety.stopping.n; i++)
        if (!write_rule(document, (int)i + 1, &protocol->safety.stopping.items[i], adverse_events, treated, since, err)) return false;
    return true;
}
