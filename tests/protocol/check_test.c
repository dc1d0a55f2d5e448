#include "protocol/check.h"

#include <dirent.h>
#include <time.h>

#include "golden.h"

static ProblemList judge(Test *t, Str text)
{
    Protocol protocol;
    ProblemList problems = problems_new(t->arena);
    if (protocol_read(t->arena, text, &protocol, &problems)) protocol_check(t->arena, &protocol, &problems);
    return problems;
}

static Str small_protocol(Test *t)
{
    Str text = {"", 0};
    Error err = {0};
    CHECK_OK(t, file_read(t->arena, test_source(t, "examples/small/protocol.yaml"), 1 << 20, &text, &err),
             err);
    return text;
}

static Str replaced(Test *t, Str text, const char *from, const char *to)
{
    Str before = text, after = STR("");
    if (*from && !test_check(t, str_cut(text, str_from(from), &before, &after), from, __FILE__, __LINE__)) return text;
    Buf buf = buf_new(t->arena);
    buf_add(&buf, before);
    buf_add_c(&buf, to);
    buf_add(&buf, after);
    return buf_str(&buf);
}

static const Problem *find(const ProblemList *problems, const char *code)
{
    for (size_t i = 0; i < problems->n; i++)
        if (str_equal(str_from(problems->items[i].code), str_from(code))) return &problems->items[i];
    return NULL;
}

static void a_sound_protocol_has_nothing_to_mend(Test *t)
{
    ProblemList problems = judge(t, small_protocol(t));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
    CHECK_INT(t, problems.count[PROBLEM_HONESTY], 0);
    CHECK_INT(t, problems.n, 1);
    CHECK(t, find(&problems, "simulated") != NULL);
}

/* One change of the sound protocol each: from, to, the rule it must wake and words of its message. */
typedef struct {
    const char *from, *to, *code, *message;
} Change;

#define MOTOR_FORM                                                                                           \
    "  - id: gmfm\n    title: Movement\n    items:\n      - {id: G01..G88, type: integer, range: [0, 3]}\n"  \
    "      - {id: MAS, type: coded, codelist: [\"0\", \"1\"]}\n      - {id: GMFCS, type: coded, codelist: [I, II]}\n      - {id: SCORE, type: "                   \
    "number}\n\nschedule:\n  gmfm: [W0, W12]\n"

static const Change HONESTY[] = {
    {"kind: usual-care}", "kind: experimental}", "no-control-group", "no control group"},
    {"  registration: {registry: ISRCTN, id: ISRCTN00000000, date: 2024-01-10}\n", "", "not-registered", "not registered"},
    {"date: 2024-01-10", "date: 2024-02-02", "retrospective-registration", "registered on 2024-02-02, after the first consent"},
    {"date: 2024-01-10", "date: 2024-01-10, retrospective: true", "retrospective-registration", "after it had begun"},
    {"visits: [W12], population", "visits: [W0, W12], population", "no-multiplicity-plan", "2 primary tests"},
    {"", "  \n", NULL, NULL},
    {"\nsafety:", "  - {id: b, role: secondary, method: t-test}\n\nsafety:", "secondary-without-family", "\"b\" belongs to no family"},
    {"      analysis: glucose-12w\n", "", NULL, ""},              /* its method makes a table of its own */
    {"estimand: glucose-12w, method", "method", "no-estimand", "answers no estimand"},
    {"role: primary, est", "role: primary, subgroup: SEX, est", "subgroup-without-interaction", "without their interaction"},
    {"planned_subjects: 120", "planned_subjects: 12\n  language: en", NULL, NULL},
    {"  sample_size_reason: 90 % power for a difference of 0.3 mmol/L with SD 0.5, 5 % two-sided, 5 % lost\n", "",
     "sample-size-unjustified", "no reason is given for 120 subjects"},
    {"condition: ENRLFL = 'Y'", "condition: COMPLFL = 'Y'", "completers-only", "only at those who completed"},
    {"  concealment: drawn by an office outside the clinic, told by telephone at enrolment\n", "", "no-concealment", "concealed"},
    {"  stopping:\n    - {id: falls, event: \"TERM = 'Fall' AND GRADE >= 3\", kind: pocock, p0: 0.02, alpha: 0.05, n: 60}\n", "",
     "no-stopping-rule", "no stopping rule"},
    {"ages: [40, 75]", "ages: [5, 17]", "no-assent", "children of 7 years"},
    {"    intercurrent_events:\n      - {event: stops walking, strategy: treatment-policy, handling: the value counts}\n"
     "      - {event: starts a glucose-lowering drug, strategy: treatment-policy, handling: the value counts}\n", "",
     "missing-intercurrent-event", "names no intercurrent event"},
};

static void check_change(Test *t, Str sound, const Change *change)
{
    ProblemList problems = judge(t, replaced(t, sound, change->from, change->to));
    if (!test_check(t, problems.count[PROBLEM_ERROR] == 0, change->to, __FILE__, __LINE__))
        test_check_text(t, problems.items[0].message, STR(""), change->to, __FILE__, __LINE__);
    if (!change->code) {
        CHECK_INT(t, problems.count[PROBLEM_HONESTY], 0);
        return;
    }
    const Problem *problem = find(&problems, change->code);
    if (!test_check(t, problem != NULL, change->code, __FILE__, __LINE__)) return;
    CHECK_INT(t, problem->severity, PROBLEM_HONESTY);
    test_check(t, str_find(problem->message, str_from(change->message)) != SIZE_MAX, change->message,
               __FILE__, __LINE__);
    CHECK(t, problem->reason.len && problem->fix.len && problem->line);
}

static void each_dishonest_change_is_named(Test *t)
{
    Str sound = small_protocol(t);
    for (size_t i = 0; i < sizeof HONESTY / sizeof HONESTY[0]; i++) check_change(t, sound, &HONESTY[i]);
}

static void what_makes_no_table_and_is_in_no_output_is_missed(Test *t)
{
    static const char *const METHODS[] = {"method: shift", "method: mmrm", "method: linear-model"}; /* two without a formula */
    for (size_t i = 0; i < 3; i++) {
        Str text = replaced(t, small_protocol(t), "      analysis: glucose-12w\n", "");
        text = replaced(t, text, "method: ancova, variable: GLUC, formula: \"AVAL ~ ARM + BASE\"", str_c(t->arena, str_format(t->arena, "%s, variable: GLUC", METHODS[i])));
        check_change(t, text, &(Change){"equipoise: 1", "equipoise: 1", "analysis-not-shown", "the primary analysis \"glucose-12w\" is planned but not shown"});
    }
}

/* The sound protocol with children, movement and tone measured by raters who are blinded. */
static Str motor_protocol(Test *t)
{
    Str text = replaced(t, small_protocol(t), "\nschedule:\n", MOTOR_FORM);
    text = replaced(t, text, "blinding: open-label", "blinding: open-label\n  blinded: [assessor]");
    text = replaced(t, text, "ages: [40, 75]", "ages: [3, 6]");
    text = replaced(t, text, "stops walking", "stops walking or botulinum toxin or surgery");
    text = replaced(
        t, text, "instruments:\n",
        "families: [{id: second, method: holm}]\n"
        "instruments:\n"
        "  - {id: gmfm88, instrument: gmfm-88, form: gmfm, prefix: G, visits: [W0, W12]}\n"
        "  - {id: gmfm66, instrument: gmfm-66, form: gmfm, items: [SCORE], visits: [W0, W12]}\n"
        "  - {id: tone, instrument: modified-ashworth, form: gmfm, items: [MAS], visits: [W0, W12]}\n"
        "  - {id: screen, instrument: denver-ii, form: gmfm, items: [SCORE], visits: [W0, W12]}\n");
    text = replaced(t, text, "lines: [n, mean-sd]}", "lines: [n, mean-sd], analysis: second}");
    return replaced(
        t, text, "\nsafety:",
        "  - {id: second, role: secondary, method: signed-rank, instrument: gmfm88, variable: GMFM88, "
        "visits: [W12], family: second}\n\nsafety:");
}

static const Change MOTOR[] = {
    {"", "\n", NULL, NULL},
    {"  blinded: [assessor]\n", "", "unblinded-raters", "score gmfm88"},
    {"ages: [3, 6]", "ages: [0, 6]", "instrument-age", "gmfm-88 is for ages 0.417 to 16; the trial takes 0 to 6"},
    {"variable: GMFM88", "data: visits, variable: GMFCS", "gmfcs-as-outcome", "under 6 years"},
    {"items: [SCORE], visits", "items: [SCORE], aids: both, visits", "aided-gmfm66", "scores GMFM-66 with aids"},
    {"method: signed-rank, instrument: gmfm88", "method: signed-rank, instrument: screen", "screening-test-as-outcome", "screening test"},
    {"method: signed-rank, instrument: gmfm88", "method: paired-t, instrument: tone", "ordinal-as-number", "mean of modified Ashworth"},
    {"kind: usual-care}", "kind: experimental}", "natural-change-ignored", "\"second\" does not take off"},
    {"botulinum toxin or ", "", "missing-intercurrent-event", "says nothing of botulinum toxin"},
    {" or surgery", "", "missing-intercurrent-event", "says nothing of surgery"},
};

static void each_mistake_with_a_motor_instrument_is_named(Test *t)
{
    Str sound = motor_protocol(t);
    for (size_t i = 0; i < sizeof MOTOR / sizeof MOTOR[0]; i++) check_change(t, sound, &MOTOR[i]);
}

/* D0 is computed from D1, and so on; the last, if it closes the circle, from D0. */
static Str chain_of(Test *t, size_t n, bool is_circle)
{
    Buf form = buf_new(t->arena);
    buf_add_c(&form, "  - id: chain\n    title: Chain\n    items:\n");
    for (size_t i = 0; i + 1 < n; i++)
        buf_format(&form, "      - {id: D%zu, type: number, derived: D%zu + 1}\n", i, i + 1);
    buf_format(&form, "      - {id: D%zu, type: number%s}\n", n - 1, is_circle ? ", derived: D0 + 1" : "");
    buf_add_c(&form, "\nschedule:\n  chain: [W0]\n");
    return replaced(t, small_protocol(t), "\nschedule:\n", buf_c(&form));
}

static void a_long_chain_of_derived_items_is_judged_at_once(Test *t)
{
    clock_t start = clock();
    ProblemList problems = judge(t, chain_of(t, 2000, false));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
    problems = judge(t, chain_of(t, 2000, true));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 1);
    const Problem *cycle = find(&problems, "cyclic-item");
    CHECK(t, cycle && str_find(cycle->message, STR("\"D1999\" is computed from \"D0\"")) != SIZE_MAX);
    CHECK(t, (double)(clock() - start) / CLOCKS_PER_SEC < 10); /* was minutes; is a third of a second */
}

static const Change ERRORS[] = {
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: LB, test: GLUCOSELEVEL}", "bad-sdtm", "\"GLUCOSELEVEL\" is no code of SDTM"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: VS, test: WIEGHT}", "bad-sdtm", "\"WIEGHT\" is no test of vital signs"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: LB, term: Sugar}", "bad-sdtm", "LB holds findings, which have a `test`"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: MH, test: GLUC}", "bad-sdtm", "MH holds no findings"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: CM, variable: CMDOES}", "bad-sdtm", "no item can fill a variable \"CMDOES\" of CM"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: CM, variable: CMDOSE, term: Sugar}", "bad-sdtm", "more than one of"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: CM, qualifier: 2ND}", "bad-sdtm", "\"2ND\" is no code of SDTM"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: EX, variable: EXDOSE}", "bad-sdtm", "repeats by dose"},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: AE, variable: AESEV}", "bad-sdtm", "AE is made of the form \"adverse_events\""},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: LV, test: GLUC}", "unknown-word", "\"LV\""},
    {"decimals: 1", "decimals: 1\n        sdtm: {domain: LB, name: The concentration of glucose in the blood of the finger}", "bad-sdtm",
     "has 55 characters"},
    {"codelist: [\"yes\", \"no\"]", "sdtm: {category: SUGAR}, codelist: [\"yes\", \"no\"]", "bad-sdtm", "names no domain"},
    {"    items:\n      - id: GLUC\n", "    sdtm: {domain: LB}\n    items:\n      - {id: GLUD, type: number, sdtm: {test: GLUC, name: Other}}\n      - id: GLUC\n",
     "bad-sdtm", "the test \"GLUC\" of LB is called"},
    {"design: parallel", "design: single-arm", "arms-and-design", "a single-arm trial with 2 arms"},
    {"  - {id: USUAL, title: Usual morning, kind: usual-care}\n", "", "arms-and-design", "a parallel trial with one arm"},
    {"block_sizes: [4, 6]", "block_sizes: [4, 5]", "bad-randomisation", "a block of 5 cannot hold"},
    {"block_sizes: [4, 6]", "block_sizes: [6]\n  ratio: [2, 1, 1]", "bad-randomisation", "3 ratio numbers for 2 arms"},
    {"strata: [SEX]", "strata: [HEIGHT]", "bad-randomisation", "the stratum \"HEIGHT\""},
    {"kind: screening, day: -7", "kind: screening, day: 7", "bad-visit-day", "day 0 of \"W0\" does not follow day 7"},
    {"title: Start, kind: dose, day: 0", "title: Start, kind: dose, day: -2147483647", "wrong-type", "\"day\" must be within 36525 days"},
    {"before: 7", "before: 36526", "wrong-type", "\"before\" must be within 36525 days"},
    {"title: Start, kind: dose, day: 0", "title: Start, kind: dose", "bad-visit-day", "\"W0\" has no day"},
    {"title: Start, kind: dose", "title: Start, kind: unscheduled", "bad-visit-day", "the unscheduled visit \"W0\" has a day"},
    {"before: 7", "before: -7", "window-overlap", "is negative"},
    {"", "product: {title: P, form: glucose}\n", "bad-dose", "does not repeat by dose"},
    {"", "product: {title: P, form: screening, doses: [{number: 2, day: 0}]}\n", "bad-dose", "dose 2 stands where dose 1 should"},
    {"repeats: subject", "repeats: visit", "schedule-gap", "the form \"screening\" is at no visit"},
    {"n: 60}", "n: 0}", "bad-number", "\"n\" is 0"},
    {"kind: pocock", "kind: beta-binomial", "bad-number", "a prior of two positive numbers"},
    {"decimals: 1", "decimals: 40", "bad-number", "not 0 to 12"},
    {"type: coded, codelist: [\"yes\", \"no\"]", "type: text, codelist: [\"yes\", \"no\"]", "item-type", "is text and has a codelist"},
    {"type: number", "type: text", "item-type", "is text and has \"range\""},
    {"[\"yes\", \"no\"]", "[\"yes\", \"yes\"]", "duplicate-code", "\"yes\" stands twice"},
    {"id: BIRTH", "id: BORN", "no-birth-date", "no date \"BIRTH\""},
    {"label: Date of birth, type: date", "type: text", "no-birth-date", "nobody's AGE can be known"},
    {"variable: GLUC,", "variable: GLUK,", "unknown-variable", "the analysis \"glucose-12w\" reads \"GLUK\", which is neither score nor column of \"measures\""},
    {"GLUC < 15", "GLUC < ", "bad-condition", "ends too early"},
    {"role: primary, est", "role: primary, subgroup: SEKS, interaction: true, est", "bad-condition", "no column \"SEKS\""},
    {"condition: ENRLFL = 'Y'", "condition: ENRLFLAG = 'Y'", "bad-condition", "no column \"ENRLFLAG\""},
    {"TERM = 'Fall'", "TREM = 'Fall'", "bad-condition", "no column \"TREM\""},
    {"instruments:\n", "instruments:\n  - {id: g, instrument: other, form: glucose, items: [GLUX], visits: [W0]}\n", "instrument-items", "no item \"GLUX\""},
    {"instruments:\n", "instruments:\n  - {id: g, instrument: other, form: glucose, items: [GLUC], visits: [SCR]}\n", "instrument-visits", "not filled at \"SCR\""},
};

static void each_error_is_named(Test *t)
{
    Str sound = small_protocol(t);
    for (size_t i = 0; i < sizeof ERRORS / sizeof ERRORS[0]; i++) {
        ProblemList problems = judge(t, replaced(t, sound, ERRORS[i].from, ERRORS[i].to));
        const Problem *problem = find(&problems, ERRORS[i].code);
        if (!test_check(t, problem != NULL, ERRORS[i].message, __FILE__, __LINE__)) continue;
        CHECK_INT(t, problem->severity, PROBLEM_ERROR);
        Buf said = buf_new(t->arena);
        for (size_t k = 0; k < problems.n; k++) buf_add(&said, problems.items[k].message);
        test_check(t, str_find(buf_str(&said), str_from(ERRORS[i].message)) != SIZE_MAX, ERRORS[i].message,
                   __FILE__, __LINE__);
    }
}

static void a_criterion_about_age_needs_the_date_of_birth(Test *t)
{
    Str nameless = replaced(t, small_protocol(t), "      - {id: BIRTH, label: Date of birth, type: date, required: true}\n", "");
    Str ageless = replaced(t, nameless, "  ages: [40, 75]\n", "");
    ProblemList problems = judge(t, ageless);
    CHECK(t, find(&problems, "no-birth-date") != NULL);      /* the criterion still reads AGE */
    problems = judge(t, replaced(t, ageless, "AGE >= 40 AND AGE < 76", "SEX = 'F'"));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
}

static void a_rule_of_a_blinded_trial_may_not_show_the_arm(Test *t)
{
    Str open = replaced(t, small_protocol(t), "condition: GLUC < 15", "condition: GLUC < 15 OR ARM = 'USUAL'");
    ProblemList problems = judge(t, open);
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
    problems = judge(t, replaced(t, open, "blinding: open-label", "blinding: single-blind"));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 1);
    CHECK_TEXT(t, str_from(problems.items[0].code), "blinding-leak");
    problems = judge(t, replaced(t, small_protocol(t), "blinding: open-label", "blinding: single-blind"));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
}

static void a_sensitivity_analysis_may_take_off_growth(Test *t)
{
    Str uncontrolled = replaced(t, motor_protocol(t), "kind: usual-care}", "kind: experimental}");
    ProblemList problems = judge(t, uncontrolled);
    CHECK(t, find(&problems, "natural-change-ignored") != NULL);
    problems =
        judge(t, replaced(t, uncontrolled, "\nsafety:",
                          "  - {id: x, role: sensitivity, method: excess-change, natural_change: ontario, "
                          "sensitivity_to: second, seed: 7}\n\nsafety:"));
    CHECK(t, !find(&problems, "natural-change-ignored"));
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
}

static void the_founding_trial_is_told_what_it_cannot_claim(Test *t)
{
    static const char *const CODES[] = {
        "no-control-group",        "unblinded-raters", "retrospective-registration",
        "no-multiplicity-plan",    "instrument-age",   "regression-to-the-mean",
        "no-estimand",             "small-subgroups",  "sample-size-unjustified",
        "simulated"};
    Str text;
    Error err = {0};
    if (!CHECK_OK(t,
                  file_read(t->arena, test_source(t, "examples/cerebral-palsy/protocol.yaml"), 1 << 20, &text,
                            &err),
                  err))
        return;
    ProblemList problems = judge(t, text);
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        test_check(t, find(&problems, CODES[i]) != NULL, CODES[i], __FILE__, __LINE__);
    CHECK(t, find(&problems, "natural-change-ignored") == NULL);        /* an analysis at each visit takes growth off */
    CHECK_INT(t, problems.count[PROBLEM_ERROR], 0);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}
static int is_yaml(const struct dirent *entry) { return str_ends(str_from(entry->d_name), STR(".yaml")); }

static void every_broken_protocol_says_what_is_wrong(Test *t)
{
    Str folder = test_source(t, "examples/broken");
    struct dirent **entries;
    int n = scandir(str_c(t->arena, folder), &entries, is_yaml, by_name);
    CHECK(t, n >= 30);
    for (int i = 0; i < n; i++) {
        Str name = str_copy(t->arena, str_from(entries[i]->d_name)), text;
        Error err = {0};
        Buf out = buf_new(t->arena);
        if (CHECK_OK(t, file_read(t->arena, file_join(t->arena, folder, name), 1 << 20, &text, &err), err)) {
            ProblemList problems = judge(t, text);
            test_check(t, problems.count[PROBLEM_ERROR] > 0, str_c(t->arena, name), __FILE__, __LINE__);
            problems_write_text(&problems, name, text, &out);
            Str stem = str_slice(name, 0, name.len - 5);
            check_golden(
                t, file_join(t->arena, folder, str_format(t->arena, STR_FMT ".expected", STR_ARG(stem))),
                buf_str(&out));
        }
        free(entries[i]);
    }
    if (n >= 0) free(entries);
}

static void the_json_holds_the_same_facts(Test *t)
{
    ProblemList problems = judge(t, replaced(t, small_protocol(t), "day: 84", "day: late"));
    Buf out = buf_new(t->arena);
    Json json;
    Error err = {0};
    problems_write_json(&problems, STR("p.yaml"), &out);
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&out), &json, &err), err)) return;
    CHECK_NEAR(t, json_number(&json, "errors", -1), 1, 0);
    CHECK_NEAR(t, json_number(&json, "notes", -1), 1, 0);
    const Json *first = &json_get(&json, "problems")->items[0];
    CHECK_TEXT(t, json_text(first, "severity"), "error");
    CHECK_TEXT(t, json_text(first, "code"), "wrong-type");
    CHECK_TEXT(t, json_text(first, "message"), "\"day\" must be a whole number, not \"late\"");
    CHECK_NEAR(t, json_number(first, "line", -1), 31, 0);
}

static void conditions_over_other_data_are_judged_by_their_syntax(Test *t)
{
    static const char HEAD[] = "equipoise: 1\ntrial: {id: T, title: T, design: parallel}\n"
                               "data: {subject: USUBJID, subjects: adsl, sets: [{id: adsl}]}\n";
    ProblemList problems = judge(
        t, replaced(
               t, str_from(HEAD), "",
               "populations: [{id: s, title: S, data: adsl, condition: SAFFL = 'Y' AND ARM IS NOT NULL}]\n"));
    CHECK_INT(t, problems.n, 0);
    problems = judge(
        t, replaced(t, str_from(HEAD), "", "populations: [{id: s, title: S, condition: SAFFL == = 'Y'}]\n"));
    CHECK(t, find(&problems, "bad-condition") != NULL);
}

static const TestCase CASES[] = {
    {"a long chain of derived items is judged at once", a_long_chain_of_derived_items_is_judged_at_once},
    {"a sound protocol has nothing to mend", a_sound_protocol_has_nothing_to_mend},
    {"each dishonest change is named", each_dishonest_change_is_named},
    {"what makes no table and is in no output is missed", what_makes_no_table_and_is_in_no_output_is_missed},
    {"each mistake with a motor instrument is named", each_mistake_with_a_motor_instrument_is_named},
    {"each error is named", each_error_is_named},
    {"a criterion about age needs the date of birth", a_criterion_about_age_needs_the_date_of_birth},
    {"a rule of a blinded trial may not show the arm", a_rule_of_a_blinded_trial_may_not_show_the_arm},
    {"a sensitivity analysis may take off growth", a_sensitivity_analysis_may_take_off_growth},
    {"the founding trial is told what it cannot claim", the_founding_trial_is_told_what_it_cannot_claim},
    {"every broken protocol says what is wrong", every_broken_protocol_says_what_is_wrong},
    {"the JSON holds the same facts", the_json_holds_the_same_facts},
    {"conditions over other data are judged by their syntax",
     conditions_over_other_data_are_judged_by_their_syntax},
};
TEST_SUITE(check, CASES);
