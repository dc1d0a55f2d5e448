#include "report/analyses.h"

#include "outputs.h"
#include "protocol/check.h"
#include "report/compose.h"

/* One arm: changes of six children at two visits, and who had fever. */
#define ONE_ARM                                                                                                          \
    "equipoise: 1\ntrial: {id: T, title: T, design: single-arm}\narms: [{id: NEW, title: New, kind: experimental}]\n"     \
    "populations: [{id: safety, title: All treated, condition: \"SAFFL = 'Y'\"}]\n"                                       \
    "visits: [{id: V3, title: 3 months, kind: assessment, day: 90}, {id: V6, title: 6 months, kind: assessment, day: 180}]\n"

static const Sheet CHILDREN[] = {
    {"subjects", "SUBJID,SAFFL\n1,Y\n2,Y\n3,Y\n4,Y\n5,Y\n6,Y\n"},
    {"measures", "SUBJID,SAFFL,PARAMCD,AVISIT,ANL01FL,BASE,CHG\n1,Y,SCORE,V3,Y,10,1\n2,Y,SCORE,V3,Y,12,2.5\n3,Y,SCORE,V3,Y,9,-1\n"
                 "4,Y,SCORE,V3,Y,14,3\n5,Y,SCORE,V3,Y,11,2\n6,Y,SCORE,V3,Y,15,0.5\n1,Y,SCORE,V6,Y,10,2\n2,Y,SCORE,V6,Y,12,4\n"
                 "3,Y,SCORE,V6,Y,9,1\n4,Y,SCORE,V6,Y,14,5\n5,Y,SCORE,V6,Y,11,2.5\n1,Y,OTHER,V6,Y,1,99\n"},
    {"adverse_events", "SUBJID,SAFFL,TERM\n2,Y,Fever\n2,Y,Fever\n5,Y,Fever\n1,Y,Cough\n"},
};
static const Sheets TREATED = {3, CHILDREN};

static Document *document_of(Test *t, const char *text, Sheets sheets)
{
    Error err = {0};
    Document *document;
    return CHECK_OK(t, outputs_of_protocol(t, str_from(text), sheets, &(ReportSelection){0}, &document, &err), err) ? document : NULL;
}

static const Table *nth_table(Test *t, const Document *document, size_t n)
{
    for (size_t i = 0; i < document->n_blocks; i++)
        if (document->blocks[i].table && n-- == 0) return document->blocks[i].table;
    CHECK_TEXT(t, STR("fewer tables"), "another table");
    return NULL;
}

/* Whether some line of the document's lists begins so. */
static bool says(const Document *document, const char *line)
{
    for (size_t b = 0; b < document->n_blocks; b++)
        for (size_t i = 0; i < document->blocks[b].n_items; i++)
            if (str_starts(document->blocks[b].items[i], str_from(line))) return true;
    return false;
}

static void a_plan_of_one_arm_prints_itself(Test *t)
{
    Document *document = document_of(t,
        ONE_ARM "estimands:\n  - {id: change, objective: How far?, population: safety, treatment: as given, variable: change of the score,"
        " summary: mean, intercurrent_events: [{event: surgery, strategy: while-on-treatment, handling: values before count}]}\n"
        "analyses:\n"
        "  - {id: main, title: Score, role: primary, estimand: change, method: paired-t, variable: SCORE, visits: [V3, V6], population: safety}\n"
        "  - {id: fever, title: Fever, role: safety, method: proportion, data: adverse_events, where: TERM = 'Fever', population: safety}\n",
        TREATED);
    if (!document) return;
    /* R: t.test(c(1, 2.5, -1, 3, 2, 0.5)): mean 1.3333, 95 % -0.2114 to 2.8781, p 0.0772 */
    CHECK_TEXT(t, outputs_cell(document, "3 months", "estimate"), "1.33");
    CHECK_TEXT(t, outputs_cell(document, "3 months", "ci"), "-0.21 to 2.88");
    CHECK_TEXT(t, outputs_cell(document, "3 months", "n"), "6");
    CHECK_TEXT(t, outputs_cell(document, "6 months", "n"), "5");
    CHECK_TEXT(t, outputs_cell(document, "Fever", "n"), "2/6");
    CHECK_TEXT(t, outputs_cell(document, "Fever", "events"), "3");
    const Table *table = nth_table(t, document, 0);
    if (!table) return;
    CHECK_TEXT(t, table->number, "A1");
    CHECK_TEXT(t, table->population, "All treated");
    CHECK_TEXT(t, table->footnotes[0], "Without a control group this is a change, and what caused it cannot be told.");
    CHECK_INT(t, nth_table(t, document, 1)->n_footnotes, 0);
    CHECK(t, says(document, "Question: How far?"));
    CHECK(t, says(document, "Estimand: change of the score. In whom: All treated. Treatment: as given. Summary: mean"));
    CHECK(t, says(document, "Intercurrent events: surgery: while-on-treatment (values before count)"));
    CHECK(t, says(document, "Method: paired t test of CHG"));
    CHECK(t, says(document, "Data: measures where PARAMCD = 'SCORE' AND AVISIT IN ('V3', 'V6') AND ANL01FL = 'Y'; All treated"));
    const Provenance *from = outputs_result(document, "3 months", "estimate", "estimate")->from;
    CHECK_TEXT(t, from->analysis, "main (primary)");
    CHECK_TEXT(t, from->estimand, "change");
}

static void what_an_output_shows_is_named_and_not_repeated(Test *t)
{
    Document *document = document_of(t,
        ONE_ARM "analyses:\n  - {id: main, title: Score, role: primary, method: paired-t, variable: SCORE, visits: [V3], population: safety}\n"
        "  - {id: ranks, title: Ranks, role: secondary, method: signed-rank-pratt, variable: SCORE, visits: [V6], population: safety}\n"
        "  - {id: grades, title: Grades, role: secondary, method: shift, variable: SCORE}\n"
        "outputs:\n  displays:\n    - table: 7\n      title: x\n      data: measures\n      across: [{key: n, variable: CHG, format: \"{n}\"}]\n"
        "      rows: [{group: All, rows: [{row: Here, analysis: main}]}]\n",
        TREATED);
    if (!document) return;
    CHECK(t, says(document, "Result: Table 7"));
    CHECK(t, says(document, "Result: no table: its categories are not named"));
    CHECK_INT(t, document->n_tables, 2);
    CHECK_TEXT(t, nth_table(t, document, 1)->title, "Ranks");
    CHECK_TEXT(t, nth_table(t, document, 1)->number, "A1");
}

/* Two arms of data from elsewhere. */
#define TWO_ARMS                                                                                                         \
    "equipoise: 1\ntrial: {id: T, title: T, design: parallel, blinding: double-blind}\n"                                  \
    "arms: [{id: N, title: new, kind: experimental}, {id: O, title: old, kind: placebo}]\n"                               \
    "data: {subject: SUBJID, subjects: adsl, sets: [{id: adsl}, {id: adqs}, {id: adae}]}\n"                               \
    "families: [{id: both, title: Both, method: bonferroni}]\n"

static const Sheet TRIAL[] = {
    {"adsl", "SUBJID,TRT\n1,new\n2,new\n3,new\n4,new\n5,old\n6,old\n7,old\n8,old\n"},
    {"adqs", "SUBJID,TRT,AVISIT,CHG\n1,old,Week 4,1.5\n1,old,Week 12,2\n2,old,Week 4,0.5\n2,old,Week 12,1.5\n3,old,Week 4,2\n3,old,Week 12,4.5\n"
             "4,old,Week 4,1\n4,old,Week 12,2.5\n5,new,Week 4,3\n5,new,Week 12,5.5\n6,new,Week 4,2.5\n6,new,Week 12,3\n"
             "7,new,Week 4,4\n7,new,Week 12,7\n8,new,Week 4,1.5\n8,new,Week 12,4.5\n"},
    {"adae", "SUBJID,TRT\n1,new\n2,new\n3,new\n4,new\n"},
};
static const Sheets GROUPS = {3, TRIAL};

static void repeated_measures_of_two_arms_print_their_contrast(Test *t)
{
    Document *document = document_of(t,
        TWO_ARMS "analyses:\n  - {id: main, title: Score, role: primary, family: both, method: mmrm, data: adqs, group: TRT,"
        " formula: CHG ~ TRT * AVISIT + us(AVISIT | SUBJID), at: Week 12, df: kenward-roger, fallback: [toeph, cs]}\n"
        "  - {id: later, title: Last, role: secondary, family: both, method: anova, data: adqs, group: TRT, formula: CHG ~ TRT,"
        " where: AVISIT = 'Week 12', compare: {gain: [new, old]}, decimals: 3}\n",
        GROUPS);
    if (!document) return;
    /* without missing visits: the two-sample t test of the last value, R: t.test(.., var.equal = TRUE) */
    CHECK_TEXT(t, outputs_cell(document, "Difference", "new - old"), "2.38");
    CHECK_TEXT(t, outputs_cell(document, "SE", "new - old"), "1.068");
    CHECK_TEXT(t, outputs_cell(document, "95 % CI", "new - old"), "-0.24 to 4.99");
    CHECK_TEXT(t, outputs_cell(document, "p", "new - old"), "0.0678");
    CHECK_TEXT(t, outputs_cell(document, "p, bonferroni", "new - old"), "0.1357");
    CHECK_TEXT(t, outputs_cell(document, "LS mean (SE)", "old"), "2.63 (0.755)");
    CHECK_TEXT(t, outputs_cell(document, "Difference", "gain"), "2.3750");
    CHECK_TEXT(t, outputs_cell(document, "p, bonferroni", "gain"), "0.1357");
    const Table *table = nth_table(t, document, 0);
    CHECK(t, table && str_starts(table->footnotes[0], STR("Mixed model for repeated measures by REML, CHG ~ TRT * AVISIT")));
    CHECK(t, says(document, "Method: mixed model for repeated measures, CHG ~ TRT * AVISIT + us(AVISIT | SUBJID); REML; degrees of freedom "
                            "kenward-roger; if the covariance cannot be fitted, the first of toeph, cs that can; means at Week 12"));
    CHECK(t, says(document, "Family: Both (bonferroni)"));
}

static void repeated_measures_of_one_arm_print_their_mean(Test *t)
{
    Document *document = document_of(t,
        ONE_ARM "analyses:\n  - {id: all, title: Score, role: sensitivity, method: mmrm, variable: SCORE, visits: [V3, V6],"
        " formula: CHG ~ AVISIT + us(AVISIT | SUBJID), at: V3, population: safety}\n",
        TREATED);
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "LS mean (SE)", "all"), "1.33 (0.601)"); /* everybody was seen then: mean and sd / sqrt 6 */
    CHECK_TEXT(t, outputs_cell(document, "n", "all"), "6");
}

static void groups_are_compared_by_tests(Test *t)
{
    Document *document = document_of(t,
        TWO_ARMS "analyses:\n  - {id: t, title: Means, role: exploratory, method: t-test, data: adqs, variable: CHG, group: TRT, where: AVISIT = 'Week 12'}\n"
        "  - {id: f, title: Events, role: safety, method: fisher, data: adae, group: TRT}\n"
        "  - {id: d, title: Shares, role: safety, method: proportion, data: adae, group: TRT}\n",
        GROUPS);
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "n", "new"), "4");
    CHECK_TEXT(t, outputs_cell(document, "n", "p1"), "0.0704"); /* R: t.test(new, old)$p.value */
    CHECK_TEXT(t, outputs_cell(document, "Events", "new"), "4/4 (100%)");
    CHECK_TEXT(t, outputs_cell(document, "Events", "old"), "0/4");
    CHECK_TEXT(t, outputs_cell(document, "Events", "p1"), "0.0286"); /* 2 / choose(8, 4) */
    CHECK_TEXT(t, nth_table(t, document, 0)->footnotes[0], "Exploratory: it raises questions, and answers none.");
}

static void times_to_an_event_are_compared(Test *t)
{
    static const Sheet TIMES[] = {
        {"adsl", "SUBJID,TRT,CHG,EVENT\n1,new,12,1\n2,new,25,0\n3,new,31,1\n4,new,44,0\n5,new,52,1\n6,new,60,0\n"
                 "7,old,5,1\n8,old,9,1\n9,old,12,1\n10,old,20,1\n11,old,33,0\n12,old,41,1\n"},
    };
    Document *document = document_of(t,
        TWO_ARMS "analyses:\n  - {id: km, title: Curves, role: secondary, method: kaplan-meier, group: TRT, formula: 'Surv(CHG, EVENT) ~ TRT'}\n"
        "  - {id: lr, title: Test, role: primary, method: log-rank, group: TRT, formula: 'Surv(CHG, EVENT) ~ TRT'}\n"
        "  - {id: cox, title: Hazards, role: sensitivity, method: cox, group: TRT, formula: 'Surv(CHG, EVENT) ~ TRT'}\n",
        (Sheets){1, TIMES});
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "Events / n", "new"), "3/6");
    CHECK_TEXT(t, outputs_cell(document, "Median (95 % CI)", "old"), "16.00 (9.00 to NE)");
    /* R: survdiff; coxph */
    CHECK_TEXT(t, outputs_cell(document, "Log-rank p", "new - old"), "0.0678");
    CHECK_TEXT(t, outputs_cell(document, "Hazard ratio", "new - old"), "0.24");
}

static void odds_of_two_arms_are_compared(Test *t)
{
    static const Sheet RESPONSES[] = {{"adsl", "SUBJID,TRT,RESP\n1,new,Y\n2,new,Y\n3,new,Y\n4,new,N\n5,new,N\n6,old,Y\n7,old,N\n8,old,N\n9,old,N\n10,old,N\n"}};
    Document *document = document_of(t,
        TWO_ARMS "analyses:\n  - {id: l, title: Response, role: primary, method: logistic, group: TRT, formula: \"RESP = 'Y' ~ TRT\"}\n", (Sheets){1, RESPONSES});
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "Events / n", "new"), "3/5");
    CHECK_TEXT(t, outputs_cell(document, "Odds ratio", "new - old"), "6.00"); /* (3/2) / (1/4) */
}

static void a_display_written_in_the_plan_is_its_table(Test *t)
{
    Document *document = document_of(t,
        ONE_ARM "analyses:\n  - id: grades\n    title: Grades\n    role: secondary\n    method: shift\n    variable: SCORE\n    visits: [V6]\n"
        "    display:\n      title: By hand\n      rows: [{statistics: CHG, lines: {Highest: \"{max}\"}}]\n",
        TREATED);
    if (!document) return;
    CHECK_TEXT(t, outputs_cell(document, "Highest", "all"), "5.0");
    CHECK_TEXT(t, nth_table(t, document, 0)->title, "By hand");
}

static Str describe(void *context, Arena *arena)
{
    (void)context, (void)arena;
    return STR("made up");
}

static bool no_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    (void)context;
    Frame *made = frame_new(arena, name);
    static const char *const COLUMNS[] = {"SUBJID", "PARAMCD", "AVISIT", "ANL01FL", "SAFFL"};
    for (size_t i = 0; i < 5; i++) frame_add_column(made, str_from(COLUMNS[i]), COLUMN_TEXT);
    frame_add_column(made, STR("CHG"), COLUMN_NUMBER);
    *frame = (ReportFrame){.frame = made};
    (void)err;
    return true;
}

static void what_a_plan_claims_beyond_its_design_is_withheld(Test *t)
{
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    Document *document;
    Error err = {0};
    Str text = STR(ONE_ARM "estimands:\n  - {id: change, objective: How far? The therapy improves movement., population: safety, treatment: as given,"
                           " variable: change of the score, summary: mean}\n"
                           "analyses:\n  - {id: main, title: Score, role: primary, estimand: change, method: paired-t, variable: SCORE, population: safety}\n");
    if (!CHECK(t, protocol_read(t->arena, text, &protocol, &problems))) return;
    ReportRequest request = {.protocol = &protocol, .source = {NULL, no_frame}, .describe = describe};
    if (!CHECK_OK(t, report_compose(t->arena, &request, &document, &err), err)) return;
    CHECK(t, says(document, "Question: How far?"));
    CHECK(t, !says(document, "Question: How far? The"));
    CHECK(t, says(document, "A sentence of the protocol was withheld. \"The therapy improves movement.\""));
    CHECK_TEXT(t, outputs_cell(document, "Score", "estimate"), "NE"); /* nobody was seen yet */
}

static void what_a_plan_gets_wrong_is_found_before_there_are_data(Test *t)
{
    static const struct {
        const char *analysis, *message, *fix;
    } WRONG[] = {
        {"method: ancova, formula: CHG ~ ARM + BSE", "reads \"BSE\", which is no column of \"measures\"", "Did you mean \"BASE\"?"},
        {"method: mmrm, formula: CHG ~ ARM * AVISIT", "says no covariance", "us(AVISIT | SUBJID)"},
        {"method: ancova, formula: CHG ~ ARM +", "", ""},
        {"method: paired-t, outcome: CHGE", "reads \"CHGE\"", "Did you mean \"CHG\"?"},
        {"method: t-test, compare: {gain: [NEW, OLDE]}", "there is no arm \"OLDE\"", "Did you mean \"OLD\"?"},
        {"method: t-test, compare: {gain: [NEW]}", "names 1 levels, not two", "[level, level it is taken from]"},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Protocol protocol;
        ProblemList problems = problems_new(t->arena);
        Str text = str_format(t->arena, "equipoise: 1\ntrial: {id: T, title: T, design: parallel}\n"
                                        "arms: [{id: NEW, title: New, kind: experimental}, {id: OLD, title: Old, kind: placebo}]\n"
                                        "analyses:\n  - {id: a, role: exploratory, %s}\n", WRONG[i].analysis);
        if (!CHECK(t, protocol_read(t->arena, text, &protocol, &problems))) continue;
        size_t before = problems.n;
        analyses_check(t->arena, &protocol, &problems);
        if (!test_check(t, problems.n == before + 1, WRONG[i].analysis, __FILE__, __LINE__)) continue;
        const Problem *problem = &problems.items[before];
        test_check(t, str_find(problem->message, str_from(WRONG[i].message)) != SIZE_MAX, WRONG[i].message, __FILE__, __LINE__);
        test_check(t, str_find(problem->fix, str_from(WRONG[i].fix)) != SIZE_MAX, str_c(t->arena, problem->fix), __FILE__, __LINE__);
        CHECK(t, problem->line > 0);
    }
}

static void words_of_a_model_are_read_as_in_outputs(Test *t)
{
    static const char *const WRONG[][2] = {
        {"df: kenward", "no method for degrees of freedom \"kenward\""},
        {"fallback: [toph]", "no covariance structure \"toph\""},
        {"likelihood: mle", "no method \"mle\""},
        {"at: Week 11", "no level \"Week 11\""},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        Error err = {0};
        Document *document;
        Str text = str_format(t->arena, TWO_ARMS "analyses:\n  - {id: main, role: primary, method: mmrm, data: adqs, group: TRT,"
                                        " formula: CHG ~ TRT * AVISIT + us(AVISIT | SUBJID), %s%s}\n", WRONG[i][0], i < 3 ? ", at: Week 12" : "");
        CHECK(t, !outputs_of_protocol(t, text, GROUPS, &(ReportSelection){0}, &document, &err));
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, WRONG[i][1]);
        CHECK(t, str_find(str_from(err.place), STR("line 7")) != SIZE_MAX);
        CHECK(t, str_find(str_from(err.place), STR("analysis \"main\"")) != SIZE_MAX);
    }
}

static const TestCase CASES[] = {
    {"a plan of one arm prints itself", a_plan_of_one_arm_prints_itself},
    {"what an output shows is named and not repeated", what_an_output_shows_is_named_and_not_repeated},
    {"repeated measures of two arms print their contrast", repeated_measures_of_two_arms_print_their_contrast},
    {"repeated measures of one arm print their mean", repeated_measures_of_one_arm_print_their_mean},
    {"groups are compared by tests", groups_are_compared_by_tests},
    {"times to an event are compared", times_to_an_event_are_compared},
    {"odds of two arms are compared", odds_of_two_arms_are_compared},
    {"a display written in the plan is its table", a_display_written_in_the_plan_is_its_table},
    {"what a plan claims beyond its design is withheld", what_a_plan_claims_beyond_its_design_is_withheld},
    {"what a plan gets wrong is found before there are data", what_a_plan_gets_wrong_is_found_before_there_are_data},
    {"words of a model are read as in outputs", words_of_a_model_are_read_as_in_outputs},
};
TEST_SUITE(analyses, CASES);
