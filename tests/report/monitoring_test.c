#include "report/monitoring.h"

#include "test.h"

static Frame *frame_of(Test *t, const char *name, const char *const *columns, size_t n_columns, const char *const *cells, size_t n_rows)
{
    Frame *frame = frame_new(t->arena, str_from(name));
    for (size_t c = 0; c < n_columns; c++) frame_add_column(frame, str_from(columns[c]), COLUMN_TEXT);
    for (size_t r = 0; r < n_rows; r++) {
        frame_add_row(frame);
        for (size_t c = 0; c < n_columns; c++)
            if (cells[r * n_columns + c]) frame_set_text(frame, r, c, str_from(cells[r * n_columns + c]));
    }
    return frame;
}

static Frame *doses(Test *t)
{
    static const char *const COLUMNS[] = {"SUBJID", "DATE"};
    static const char *const CELLS[] = {"S-1", "2015-01-01", "S-2", "2015-02-01", "S-3", "2015-03-01", "S-1", "2015-04-01", "S-4", NULL};
    return frame_of(t, "doses", COLUMNS, 2, CELLS, 5);
}

static Document *written(Test *t, const char *second_start, Error *err)
{
    static const char *const COLUMNS[] = {"SUBJID", "START", "SERIOUS"};
    const char *const CELLS[] = {"S-1", "2015-01-02", "yes", "S-3", "2015-03-02", "no", "S-2", second_start, "yes"};
    static StoppingPlan plan;
    plan = (StoppingPlan){.id = STR("serious"), .title = STR("Serious events"), .event = STR("SERIOUS = 'yes'"), .kind = STOPPING_POCOCK,
                          .per = STOPPING_PER_SUBJECT, .p0 = 0.05, .alpha = 0.05, .n = 40};
    Protocol protocol = {.safety = {.stopping = {1, &plan}}};
    Document *document = document_new(t->arena, STR("Report"));
    Frame *events = frame_of(t, "adverse_events", COLUMNS, 3, CELLS, 3);
    return monitoring_write(document, &protocol, events, doses(t), STR("DATE"), err) ? document : NULL;
}

static void two_serious_events_in_three_children_stop_the_trial(Test *t)
{
    Error err = {0};
    Document *document = written(t, "2015-03-05", &err);
    if (!CHECK_OK(t, document != NULL, err)) return;
    const Table *boundary = document->blocks[1].table, *looks = document->blocks[2].table;
    CHECK_TEXT(t, boundary->rows[0].label, "2 or more subjects with an event");
    CHECK_TEXT(t, boundary->rows[0].cells[1].text, "2 to 4");
    CHECK_TEXT(t, boundary->footnotes[0], "Chance of ever stopping when the true rate is 5 %: 4.9 %; 10 %: 30.9 %; 15 %: 65.7 %; 20 %: 88.0 %. By exact recursion.");
    if (!CHECK_INT(t, looks->n_rows, 2)) return;
    CHECK_TEXT(t, looks->rows[0].cells[5].text, "go on");
    CHECK_TEXT(t, looks->rows[1].cells[0].text, "2015-03-05");
    CHECK_TEXT(t, looks->rows[1].cells[2].text, "3");
    CHECK_TEXT(t, looks->rows[1].cells[5].text, "STOP and review");
}

static void a_partial_date_counts_as_early_as_it_can_be(Test *t)
{
    Error err = {0};
    Document *document = written(t, "2015", &err);          /* S-2 was treated on 2015-02-01 */
    if (!CHECK_OK(t, document != NULL, err)) return;
    const Table *looks = document->blocks[2].table;
    if (!CHECK_INT(t, looks->n_rows, 2)) return;
    CHECK_TEXT(t, looks->rows[1].label, "2015-02-01");
    CHECK_TEXT(t, looks->rows[1].cells[2].text, "2");
    CHECK_TEXT(t, looks->rows[1].cells[5].text, "STOP and review");
    CHECK_TEXT(t, looks->footnotes[0], "1 without a full date: counted as early as they can have been, which stops sooner, never later.");
}

static void an_event_without_a_dose_is_not_called_no_event(Test *t)
{
    static const char *const DOSE_COLUMNS[] = {"SUBJID", "DATE"}, *const COLUMNS[] = {"SUBJID", "START", "SERIOUS"};
    static const char *const CELLS[] = {"S-1", "2015-01-02", "yes", "S-3", "2015-03-02", "no", "S-2", "2015-03-05", "yes"};
    StoppingPlan plan = {.id = STR("serious"), .event = STR("SERIOUS = 'yes'"), .kind = STOPPING_POCOCK,
                         .per = STOPPING_PER_SUBJECT, .p0 = 0.05, .alpha = 0.05, .n = 40};
    Protocol protocol = {.safety = {.stopping = {1, &plan}}};
    Document *document = document_new(t->arena, STR("Report"));
    Error err = {0};
    if (!CHECK_OK(t, monitoring_write(document, &protocol, frame_of(t, "adverse_events", COLUMNS, 3, CELLS, 3),
                                      frame_of(t, "doses", DOSE_COLUMNS, 2, NULL, 0), STR("DATE"), &err), err))
        return;
    const Table *looks = document->blocks[2].table;
    CHECK_TEXT(t, looks->rows[0].label, "None counted");
    CHECK_TEXT(t, looks->title, "What the rule said at each event: serious");
    if (CHECK_INT(t, looks->n_footnotes, 1))
        CHECK(t, str_starts(looks->footnotes[0], STR("NOT COUNTED: 2 more that the rule describes")));
}

static const TestCase CASES[] = {
    {"an event without a dose is not called no event", an_event_without_a_dose_is_not_called_no_event},
    {"two serious events in three children stop the trial", two_serious_events_in_three_children_stop_the_trial},
    {"a partial date counts as early as it can be", a_partial_date_counts_as_early_as_it_can_be},
};
TEST_SUITE(monitoring, CASES);
