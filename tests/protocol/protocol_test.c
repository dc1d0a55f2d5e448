#include "protocol/protocol.h"

#include <math.h>

#include "base/file.h"
#include "protocol/check.h"
#include "test.h"

#define HEAD "equipoise: 1\ntrial: {id: T-1, title: A trial, design: single-arm}\n"

static void the_file_becomes_plain_structs(Test *t)
{
    Str text =
        STR(HEAD "codelists:\n"
                 "  LEVEL: {I: walks, V: is carried}\n"
                 "arms:\n"
                 "  - {id: A, title: Cells, kind: experimental}\n"
                 "visits:\n"
                 "  - {id: SCR, title: Screening, kind: screening}\n"
                 "  - {id: V3, title: 3 months, kind: assessment, day: 91, window: {before: 21, after: 20}}\n"
                 "forms:\n"
                 "  - id: gmfm\n"
                 "    title: Movement\n"
                 "    items:\n"
                 "      - {id: G08..G11, label: \"Item {n}.\", type: integer, range: [0, 3]}\n"
                 "      - {id: LEVEL, type: coded, codelist: LEVEL}\n"
                 "      - {id: SEX, type: coded, codelist: {M: male, F: female}}\n"
                 "      - {id: HEIGHT, type: number, unit: cm, range: [40, ~], decimals: 1}\n"
                 "schedule: {gmfm: [V3]}\n");
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    if (!CHECK(t, protocol_read(t->arena, text, &protocol, &problems))) return;
    CHECK_INT(t, problems.n, 0);
    CHECK_TEXT(t, protocol.trial.id, "T-1");
    CHECK_INT(t, protocol.trial.design, DESIGN_SINGLE_ARM);
    CHECK_INT(t, protocol.trial.phase, PHASE_UNSTATED);
    CHECK_INT(t, protocol.trial.planned_subjects, INTEGER_ABSENT);
    CHECK(t, !arm_is_control(protocol_arm(&protocol, STR("A"))));
    const Visit *visit = protocol_visit(&protocol, STR("V3"));
    CHECK_INT(t, visit->day, 91);
    CHECK_INT(t, visit->window.after, 20);
    CHECK_INT(t, visit->order, 1);
    CHECK_INT(t, protocol.visits.items[0].day, INTEGER_ABSENT);
    CHECK_INT(t, protocol.visits.items[0].window.before, 0);
    const Form *form = protocol_form(&protocol, STR("gmfm"));
    CHECK_INT(t, form->items.n, 7);
    CHECK_INT(t, form->repeats, FORM_PER_VISIT);
    CHECK_TEXT(t, form->items.items[2].id, "G10");
    CHECK_TEXT(t, form->items.items[1].label, "Item 9.");
    CHECK_NEAR(t, form->items.items[3].range.high, 3, 0);
    CHECK(t, isinf(form_item(form, STR("HEIGHT"))->range.high));
    CHECK(t, form_item(form, STR("LEVEL"))->codelist.list == protocol_codelist(&protocol, STR("LEVEL")));
    CHECK_TEXT(t, form_item(form, STR("SEX"))->codelist.list->labels[1], "female");
    CHECK(t, protocol_is_scheduled(&protocol, STR("gmfm"), STR("V3")));
    CHECK(t, !protocol_is_scheduled(&protocol, STR("gmfm"), STR("SCR")));
}

static void parse_fails_with_the_first_error(Test *t)
{
    Protocol protocol;
    Error err = {0};
    CHECK(t, !protocol_parse(t->arena, STR(HEAD "arms:\n  - {id: A, titel: Cells, kind: experimantal}\n"),
                             &protocol, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "unknown key \"titel\"");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "line 4, column 13");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "shows all 7 errors");
    CHECK(t, !protocol_parse(t->arena, STR("a: ["), &protocol, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "a value is missing here");
    CHECK_ERROR(t, err, ERROR_MALFORMED, "line 2, column 1");
    CHECK(t, !protocol_parse(t->arena, STR("a: 1"), &protocol, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "this is no protocol");
    CHECK(t, !protocol_parse(t->arena, STR("equipoise: 2"), &protocol, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "version 1");
}

/* Says every error, so that a broken example names its line. */
static bool has_no_errors(Test *t, const ProblemList *problems)
{
    for (size_t i = 0; i < problems->n; i++)
        if (problems->items[i].severity == PROBLEM_ERROR)
            test_check_text(t, problems->items[i].message, STR(""), problems->items[i].code, "line",
                            (int)problems->items[i].line);
    return problems->count[PROBLEM_ERROR] == 0;
}

static void the_founding_trial_is_read_whole(Test *t)
{
    Str text;
    Protocol protocol;
    Error err = {0};
    ProblemList problems = problems_new(t->arena);
    if (!CHECK_OK(t,
                  file_read(t->arena, test_source(t, "examples/cerebral-palsy/protocol.yaml"), 1 << 20, &text,
                            &err),
                  err))
        return;
    if (!CHECK(t, protocol_read(t->arena, text, &protocol, &problems))) return;
    protocol_check(t->arena, &protocol, &problems);
    if (!CHECK(t, has_no_errors(t, &problems))) return;
    CHECK(t, protocol.trial.simulated);
    CHECK_INT(t, protocol_form(&protocol, STR("gmfm"))->items.n, 88);
    CHECK_INT(t, protocol.eligibility.exclusion.n, 6);
    CHECK_INT(t, protocol.product.doses.items[1].day, 92);
    CHECK_TEXT(t, form_item(protocol_form(&protocol, STR("ashworth")), STR("GAS_R"))->codelist.list->codes[2],
               "1+");
}

static const TestCase CASES[] = {
    {"the file becomes plain structs", the_file_becomes_plain_structs},
    {"the founding trial is read whole", the_founding_trial_is_read_whole},
    {"parse fails with the first error", parse_fails_with_the_first_error},
};
TEST_SUITE(protocol, CASES);
