#include "protocol/draft.h"

#include "protocol/check.h"
#include "test.h"

/* Two forms, one at two visits; labels that YAML would take for something else. */
static Draft small_draft(Test *t)
{
    Draft draft = draft_new(t->arena);
    Str codes[] = {STR("1"), STR("0")}, labels[] = {STR("Yes: often"), STR("no")};
    Codelist list = {.n = 2, .codes = codes, .labels = labels};
    draft.id = STR("WALK 1");
    draft.title = STR("- walking, \"daily\"");
    draft_note(&draft, &draft.notes, "Drafted from\n%s.", "a test");
    DraftForm *form = draft_add_form(&draft);
    form->id = draft.screening = STR("start");
    form->repeats = FORM_PER_SUBJECT;
    DraftItem *item = draft_add_item(&draft, form);
    item->id = draft_item_id(&draft, STR("age"));
    item->label = STR("Age #1");
    item->type = COLUMN_INTEGER;
    item->range = (Range){0, 120};
    form = draft_add_form(&draft);
    form->id = STR("walk");
    form->title = STR("yes");
    item = draft_add_item(&draft, form);
    item->id = draft_item_id(&draft, STR("walked"));
    item->type = COLUMN_CODED;
    item->codelist = draft_codelist(&draft, STR("walked"), &list);
    draft_note(&draft, &item->notes, "asked of the carer\ntwice");
    item = draft_add_item(&draft, form);
    item->id = draft_item_id(&draft, STR("steps-taken"));
    item->label = STR("Steps\ttaken");
    item->type = COLUMN_NUMBER;
    item->decimals = 1;
    item->unit = STR("m");
    item->required = true;
    DraftCheck *check = draft_add_check(&draft, item);
    *check = (DraftCheck){.id = STR("few"), .condition = STR("STEPS_TAKEN > 2.5"), .message = STR("\"Few\" steps"), .severity = CHECK_HARD};
    for (int i = 0; i < 2; i++) {
        DraftVisit *visit = draft_add_visit(&draft);
        visit->id = str_format(t->arena, "V%d", i);
        visit->day = i ? 7 : INTEGER_ABSENT;
        visit->after = i;
        draft_add_text(&draft, &form->visits, visit->id);
    }
    draft_add_arm(&draft)->id = STR("A");
    return draft;
}

static size_t count_code(const ProblemList *problems, const char *code)
{
    size_t n = 0;
    for (size_t i = 0; i < problems->n; i++)
        n += problems->items[i].severity == PROBLEM_ERROR && str_equal(str_from(problems->items[i].code), str_from(code));
    return n;
}

static void only_what_a_person_must_decide_is_missing(Test *t)
{
    Draft draft = small_draft(t);
    Buf text = buf_new(t->arena);
    ProblemList problems = problems_new(t->arena);
    Protocol protocol;
    draft_write(&draft, &text);
    CHECK(t, protocol_read(t->arena, buf_str(&text), &protocol, &problems));
    protocol_check(t->arena, &protocol, &problems);
    CHECK_INT(t, count_code(&problems, "missing-key"), 2);        /* trial.design, the arm's kind */
    CHECK_INT(t, count_code(&problems, "missing-section"), 2);    /* sites, consent */
    CHECK_INT(t, count_code(&problems, "bad-visit-day"), 1);
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 5);
    CHECK_TEXT(t, protocol.trial.id, "WALK_1");
    CHECK_TEXT(t, protocol.trial.title, "- walking, \"daily\"");
}

static void what_was_said_is_read_back(Test *t)
{
    Draft draft = small_draft(t);
    Buf text = buf_new(t->arena);
    ProblemList problems = problems_new(t->arena);
    Protocol protocol;
    draft_write(&draft, &text);
    if (!CHECK(t, protocol_read(t->arena, buf_str(&text), &protocol, &problems))) return;
    const Form *start = protocol_form(&protocol, STR("start")), *walk = protocol_form(&protocol, STR("walk"));
    if (!CHECK(t, start && walk && start->items.n == 1 && walk->items.n == 2)) return;
    CHECK_TEXT(t, start->items.items[0].id, "AGE_RECORDED");
    CHECK_TEXT(t, start->items.items[0].label, "Age #1");
    CHECK(t, start->items.items[0].range.high == 120);
    CHECK_TEXT(t, walk->title, "yes");
    const Item *walked = &walk->items.items[0], *steps = &walk->items.items[1];
    CHECK_TEXT(t, walked->codelist.list->codes[0], "1");
    CHECK_TEXT(t, walked->codelist.list->labels[0], "Yes: often");
    CHECK_TEXT(t, steps->id, "STEPS_TAKEN");
    CHECK_TEXT(t, steps->label, "Steps\ttaken");
    CHECK_TEXT(t, steps->checks.items[0].message, "\"Few\" steps");
    CHECK(t, steps->checks.items[0].severity == CHECK_HARD && steps->required && steps->decimals == 1);
    CHECK(t, protocol_is_scheduled(&protocol, STR("walk"), STR("V1")));
    CHECK_INT(t, protocol.visits.items[1].window.after, 1);
    CHECK(t, str_find(buf_str(&text), STR("      # asked of the carer\n      # twice\n")) != SIZE_MAX);
}

static void names_become_ids_of_their_own(Test *t)
{
    Draft draft = draft_new(t->arena);
    CHECK_TEXT(t, draft_item_id(&draft, STR("q1")), "Q1");
    CHECK_TEXT(t, draft_item_id(&draft, STR("Q1")), "Q1_2");
    CHECK_TEXT(t, draft_item_id(&draft, STR("1st visit")), "X1ST_VISIT");
    CHECK_TEXT(t, draft_item_id(&draft, STR("visit")), "VISIT_RECORDED");
    CHECK_TEXT(t, draft_item_id(&draft, STR("")), "X");
    CHECK_TEXT(t, draft_id(t->arena, STR("-day 3")), "x-day_3");
    Str codes[] = {STR("1")}, labels[] = {STR("Yes")};
    Codelist list = {.n = 1, .codes = codes, .labels = labels};
    CHECK_TEXT(t, draft_codelist(&draft, STR("a"), &list), "a");
    CHECK_TEXT(t, draft_codelist(&draft, STR("b"), &list), "a");
    CHECK_INT(t, draft.codelists.n, 1);
}

static const TestCase CASES[] = {
    {"only what a person must decide is missing", only_what_a_person_must_decide_is_missing},
    {"what was said is read back", what_was_said_is_read_back},
    {"names become ids of their own", names_become_ids_of_their_own},
};
TEST_SUITE(draft, CASES);
