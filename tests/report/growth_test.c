#include "report/growth.h"

#include <math.h>
#include <string.h>

#include "base/time.h"
#include "exchange/csv.h"
#include "report/guard.h"

#include "test.h"

/* Six children of whom something is expected (S1 to S6), and five who are left out: S7 has no level, S8 no
 * full date of birth, S9 outgrows the curves, S10 is below their age, S11 is not in the population. S1 was
 * assessed twice before treatment; the later assessment counts. S2 came back unscheduled at 6 months. */
#define HEADER "SUBJID,PARAMCD,AVISIT,ADT,AVAL,BASE,CHG,ANL01FL,BIRTH,GMFCS,SAFFL\n"
#define CHILD(id, base, change, value, birth, level, population)                                             \
    id ",GMFM66,V0,2012-01-01," base "," base ",,Y," birth "," level "," population "\n" id                  \
       ",GMFM66,V6,2012-07-01," value "," base "," change ",Y," birth "," level "," population "\n"
#define SIX                                                                                                  \
    "S1,GMFM66,SCR,2011-12-01,39,40,,Y,2010-01-01,III,Y\n" CHILD("S1", "40", "6", "46", "2010-01-01", "III", \
                                                                 "Y")                                        \
        CHILD("S2", "30", "3.5", "33.5", "2009-02-11", "IV",                                                 \
              "Y") "S2,GMFM66,V6,2012-07-20,50,30,20,,2009-02-11,IV,Y\n" CHILD("S3", "52.5", "1", "53.5",    \
                                                                               "2005-06-30", "II", "Y")      \
            CHILD("S4", "20", "-0.5", "19.5", "2003-03-03", "V", "Y")                                        \
                CHILD("S5", "60", "4.25", "64.25", "2008-08-08", "II", "Y")                                  \
                    CHILD("S6", "45", "2", "47", "2007-01-31", "III", "Y")

static const char MEASURES[] = HEADER SIX CHILD("S7", "50", "9", "59", "2009-01-01", "", "Y")
    CHILD("S8", "50", "9", "59", "2009", "II", "Y") CHILD("S9", "50", "9", "59", "1997-03-01", "II", "Y")
        CHILD("S10", "20", "9", "29", "2011-06-01", "II", "Y")
            CHILD("S11", "50", "9", "59", "2009-01-01", "II",
                  "N") "S1,GMFM88,V6,2012-07-01,80,70,10,Y,2010-01-01,III,Y\n";

static const double CHANGE[] = {6, 3.5, 1, -0.5, 4.25, 2};
#define MEAN_CHANGE (16.25 / 6)

static Frame *frame_of(Test *t, const char *csv)
{
    Frame *frame = NULL;
    Error err = {0};
    CHECK_OK(t, csv_parse_frame(t->arena, STR("measures"), str_from(csv), NULL, &frame, NULL, &err), err);
    return frame;
}

static GrowthRows rows_of(const Frame *frame)
{
    return (GrowthRows){
        .measures = frame, .subject_key = STR("SUBJID"), .variable = STR("GMFM66"), .visit = STR("V6")};
}

static bool give_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    Frame *made;
    if (!csv_parse_frame(arena, name, str_from(context), NULL, &made, NULL, err)) return false;
    *frame = (ReportFrame){made, STR("measures.csv"), STR("f00d")};
    return true;
}

static Document *written_with(Test *t, const char *csv, const char *analyses, GrowthOptions options,
                              Error *err)
{
    Protocol *protocol = ARENA_NEW(t->arena, Protocol);
    OutputPlan *plan = ARENA_NEW(t->arena, OutputPlan);
    ProblemList problems = problems_new(t->arena);
    Str text =
        str_format(t->arena,
                   "equipoise: 1\ntrial: {id: T, title: T}\ndata: {subject: SUBJID, subjects: measures, "
                   "sets: [{id: measures}]}\n"
                   "visits: [{id: V0, title: Baseline, kind: dose, day: 0}, {id: V6, title: 6 months, kind: "
                   "assessment, day: 182}]\n"
                   "populations: [{id: safety, title: Treated, condition: \"SAFFL = 'Y'\"}]\nanalyses:\n%s",
                   analyses);
    CHECK(t, protocol_read(t->arena, text, protocol, &problems));
    char *sheet = arena_copy(t->arena, csv, strlen(csv) + 1);
    Document *document = document_new(t->arena, STR("Test"));
    return output_plan_read(t->arena, protocol, plan, err) &&
                   growth_write(document, plan, (FrameSource){sheet, give_frame}, options, err)
               ? document
               : NULL;
}

#define GMFM66 "data: measures, variable: GMFM66, visits: [V6], population: safety"
#define EXCESS                                                                                               \
    "  - {id: excess, title: E, role: sensitivity, method: excess-change, " GMFM66                           \
    ", natural_change: shanghai, seed: 11}\n"
#define TIPPING "  - {id: tipping, title: T, role: sensitivity, method: tipping-point, " GMFM66 "}\n"

static Document *written(Test *t, const char *csv, const char *analyses)
{
    Error err = {0};
    Document *document = written_with(t, csv, analyses, (GrowthOptions){0}, &err);
    return CHECK_OK(t, document != NULL, err) ? document : NULL;
}

static const Table *table_of(Test *t, const Document *document, const char *number)
{
    for (size_t i = 0; i < document->n_blocks; i++)
        if (document->blocks[i].table && str_equal(document->blocks[i].table->number, str_from(number)))
            return document->blocks[i].table;
    test_check(t, false, number, __FILE__, __LINE__);
    return NULL;
}

static bool has_footnote(const Table *table, const char *part)
{
    for (size_t i = 0; i < table->n_footnotes; i++)
        if (str_find(table->footnotes[i], str_from(part)) != SIZE_MAX) return true;
    return false;
}

static const Result *result_of(const Document *document, const char *table, const char *label,
                               const char *column, const char *stat)
{
    for (size_t i = 0; i < document->n_results; i++) {
        const Result *result = &document->results[i];
        if (str_equal(result->table, str_from(table)) && str_equal(result->label, str_from(label)) &&
            str_equal(result->column, str_from(column)) && str_equal(result->stat, str_from(stat)))
            return result;
    }
    return NULL;
}

/* y0 ((1 - e^(-k b)) / (1 - e^(-k a)) - 1), written out again. */
static double by_hand(double y0, double age_90, const char *birth)
{
    Date born, from, to;
    Error err = {0};
    if (!date_parse(str_from(birth), &born, &err) || !date_parse(STR("2012-01-01"), &from, &err) ||
        !date_parse(STR("2012-07-01"), &to, &err))
        return NAN;
    double k = log(10) / age_90;
    return y0 * ((1 - exp(-k * date_age_exact(born, to))) / (1 - exp(-k * date_age_exact(born, from))) - 1);
}

static void each_child_keeps_its_own_multiple_of_the_curve(Test *t)
{
    GrowthChildren children;
    Error err = {0};
    GrowthRows rows = rows_of(frame_of(t, HEADER SIX));
    if (!CHECK_OK(t, growth_children(t->arena, &rows, &children, &err), err) || !CHECK_INT(t, children.n, 6))
        return;
    for (size_t i = 0; i < 6; i++) CHECK_NEAR(t, children.change[i], CHANGE[i], 0);
    CHECK_NEAR(t, children.expected[0][0], by_hand(40, 3.7, "2010-01-01"), 1e-12); /* III, Ontario */
    CHECK_NEAR(t, children.expected[1][0], by_hand(40, 2.1, "2010-01-01"), 1e-12); /* III, Shanghai */
    CHECK_NEAR(t, children.expected[0][4], by_hand(60, 4.4, "2008-08-08"), 1e-12); /* II */
    CHECK_NEAR(t, children.expected[0][0], 40 * 0.108, 0.005); /* the published factor at 2 years */
    CHECK_NEAR(t, children.years[0], 0.5, 0.01);
}

static void those_without_an_expectation_are_left_out_and_counted(Test *t)
{
    GrowthChildren children;
    Error err = {0};
    GrowthRows rows = rows_of(frame_of(t, MEASURES));
    signed char *treated;
    if (!CHECK_OK(t, frame_evaluate(t->arena, rows.measures, STR("SAFFL = 'Y'"), &treated, &err), err))
        return;
    rows.where = treated;
    if (!CHECK_OK(t, growth_children(t->arena, &rows, &children, &err), err)) return;
    CHECK_INT(t, children.n, 6);
    CHECK_INT(t, children.refused[GROWTH_NO_LEVEL], 1);
    CHECK_INT(t, children.refused[GROWTH_NO_AGE], 1);
    CHECK_INT(t, children.refused[GROWTH_TOO_OLD], 1);
    CHECK_INT(t, children.refused[GROWTH_TOO_YOUNG], 1);
    CHECK_INT(t, children.refused[GROWTH_REFUSED], 0);
}

/* 1 to 6 points: mean 3.5, sd sqrt(3.5), t(0.975, 5) = 2.570582. Of each one point is expected by the first
 * set, half by the second, in half a year. */
static GrowthChildren made_up(Test *t, size_t n)
{
    GrowthChildren children = {.n = n,
                               .subjects = ARENA_ARRAY(t->arena, Str, n),
                               .change = ARENA_ARRAY(t->arena, double, n),
                               .years = ARENA_ARRAY(t->arena, double, n)};
    children.expected[0] = ARENA_ARRAY(t->arena, double, n);
    children.expected[1] = ARENA_ARRAY(t->arena, double, n);
    for (size_t i = 0; i < n; i++) {
        children.change[i] = (double)i + 1;
        children.years[i] = 0.5;
        children.expected[0][i] = 1;
        children.expected[1][i] = 0.5;
    }
    return children;
}

static const GrowthDraws DRAWS = {2000, 7};

static void the_numbers_of_six_children_are_those_of_the_hand(Test *t)
{
    GrowthNumbers numbers;
    Error err = {0};
    GrowthChildren children = made_up(t, 6);
    if (!CHECK_OK(t, growth_numbers(t->arena, &children, &growth_offset_default, DRAWS, &numbers, &err), err))
        return;
    CHECK_NEAR(t, numbers.change, 3.5, 1e-14);
    CHECK_NEAR(t, numbers.change_ci.lower, 3.5 - 2.5705818356 * sqrt(3.5 / 6), 1e-9);
    CHECK_NEAR(t, numbers.tipping, numbers.change_ci.lower, 0);
    CHECK_NEAR(t, numbers.offset, 1.55, 1e-14);
    CHECK_NEAR(t, numbers.offset_ci.lower, 0.7, 1e-14);
    CHECK_NEAR(t, numbers.offset_ci.upper, 2.5, 1e-14);
    const GrowthLeft *left = &numbers.sets[0];
    CHECK_NEAR(t, left->excess, 2.5, 1e-14);
    CHECK_NEAR(t, numbers.sets[1].excess, 3, 1e-14);
    CHECK_NEAR(t, left->left, 0.95, 1e-13);
    /* the bootstrap of a mean: about 1.96 sqrt(17.5 / 36) to each side, in steps of a sixth */
    CHECK(t, fabs(left->excess_ci.lower - 1.133) < 0.2 && fabs(left->excess_ci.upper - 3.867) < 0.2);
    double below = 2.5 - left->excess_ci.lower, above = left->excess_ci.upper - 2.5;
    CHECK_NEAR(t, left->left_ci.lower, 0.95 - sqrt(below * below + 0.95 * 0.95), 1e-12);
    CHECK_NEAR(t, left->left_ci.upper, 0.95 + sqrt(above * above + 0.85 * 0.85), 1e-12);
}

static void an_offset_known_exactly_only_shifts_the_interval(Test *t)
{
    GrowthNumbers numbers;
    Error err = {0};
    GrowthChildren children = made_up(t, 6);
    GrowthOffset offset = {.points_per_year = 2.4, .source = "our own wait list"};
    if (!CHECK_OK(t, growth_numbers(t->arena, &children, &offset, DRAWS, &numbers, &err), err)) return;
    CHECK_NEAR(t, numbers.sets[0].left, 2.5 - 1.2, 1e-14);
    CHECK_NEAR(t, numbers.sets[0].left_ci.lower, numbers.sets[0].excess_ci.lower - 1.2, 1e-12);
    CHECK_NEAR(t, numbers.sets[0].left_ci.upper, numbers.sets[0].excess_ci.upper - 1.2, 1e-12);
}

static void an_offset_must_have_a_source_and_lie_in_its_interval(Test *t)
{
    GrowthNumbers numbers;
    Error err = {0};
    GrowthChildren children = made_up(t, 6);
    CHECK(t, !growth_numbers(t->arena, &children, &(GrowthOffset){.points_per_year = 2, .source = ""}, DRAWS,
                             &numbers, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "has no source");
    err = (Error){0};
    CHECK(t, !growth_numbers(t->arena, &children,
                             &(GrowthOffset){.points_per_year = 2, .source = "x", .low = 3, .high = 4}, DRAWS,
                             &numbers, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "outside its interval 3 to 4");
    err = (Error){0};
    CHECK(t,
          !growth_numbers(t->arena, &children, &growth_offset_default, (GrowthDraws){50, 7}, &numbers, &err));
    CHECK_ERROR(t, err, ERROR_USAGE, "replicates");
}

static void few_or_equal_children_give_no_bootstrap_interval(Test *t)
{
    GrowthNumbers numbers;
    Error err = {0};
    GrowthChildren four = made_up(t, 4), equal = made_up(t, 8), none = made_up(t, 0);
    for (size_t i = 0; i < 8; i++) equal.change[i] = 2.25;
    if (!CHECK_OK(t, growth_numbers(t->arena, &four, &growth_offset_default, DRAWS, &numbers, &err), err))
        return;
    CHECK(t, isnan(numbers.sets[0].excess_ci.lower) && isnan(numbers.sets[0].left_ci.upper) &&
                 isfinite(numbers.change_ci.lower));
    if (!CHECK_OK(t, growth_numbers(t->arena, &equal, &growth_offset_default, DRAWS, &numbers, &err), err))
        return;
    CHECK(t, isnan(numbers.sets[0].excess_ci.lower) && isnan(numbers.tipping));
    CHECK_NEAR(t, numbers.sets[0].excess, 1.25, 1e-14);
    if (!CHECK_OK(t, growth_numbers(t->arena, &none, &growth_offset_default, DRAWS, &numbers, &err), err))
        return;
    CHECK(t, numbers.n == 0 && isnan(numbers.change) && isnan(numbers.sets[0].left));
}

static void the_section_shows_both_sets_of_curves_the_named_one_first(Test *t)
{
    Document *document = written(t, MEASURES, EXCESS);
    const Table *table = document ? table_of(t, document, "S1") : NULL;
    if (!table || !CHECK_INT(t, table->n_rows, 3)) return;
    CHECK_TEXT(t, document->blocks[0].text, "Against growth alone");
    CHECK_TEXT(t, table->rows[0].label, "6 months");
    CHECK_TEXT(t, table->rows[1].label, "Shanghai");
    CHECK_TEXT(t, table->rows[2].label, "Ontario");
    CHECK_TEXT(t, table->rows[1].cells[1].text, "6");
    const Result *observed = result_of(document, "S1", "Ontario", "observed", "mean"),
                 *expected = result_of(document, "S1", "Ontario", "expected", "expected"),
                 *excess = result_of(document, "S1", "Ontario", "excess", "excess"),
                 *left = result_of(document, "S1", "Ontario", "left", "left");
    if (!CHECK(t, observed && expected && excess && left)) return;
    CHECK_NEAR(t, observed->value, MEAN_CHANGE, 1e-14);
    CHECK_NEAR(t, excess->value, observed->value - expected->value, 1e-12);
    CHECK(t, left->value < excess->value - 1.5 && left->value > excess->value - 1.6);
    CHECK_TEXT(t, excess->from->population, "Treated: SAFFL = 'Y'");
    CHECK_TEXT(t, excess->from->filter, "PARAMCD = 'GMFM66' AND AVISIT = 'V6' AND ANL01FL = 'Y'");
    CHECK_TEXT(t, excess->from->options, "Ontario motor growth curves; 4000 replicates, seed 11");
    CHECK_TEXT(t, excess->from->records, "S1 S2 S3 S4 S5 S6");
    CHECK_TEXT(t, excess->from->source, "measures.csv");
    CHECK(t,
          has_footnote(
              table, "6 months: 4 children with a change left out of every number here: 1 without a GMFCS "
                     "level, 1 without a full "
                     "date of birth or of assessment, 1 younger than the curves, 1 older than the curves."));
    CHECK(t, has_footnote(table, "only 6 children; an interval of fewer than 20 is too narrow."));
    CHECK(t, has_footnote(table, "Doubt: the limits and their intervals are quoted from memory"));
    CHECK(
        t,
        has_footnote(
            table,
            "3.1 points in 12 months, taken as linear in time: untreated natural-history arm of ACCeNT-CP"));
}

static void a_tipping_point_stands_beside_growth_and_published_controls(Test *t)
{
    Document *document = written(t, MEASURES, TIPPING);
    const Table *table = document ? table_of(t, document, "S2") : NULL;
    if (!table || !CHECK_INT(t, table->n_rows, 1)) return;
    const Result *tipping = result_of(document, "S2", "6 months", "tipping", "tipping"),
                 *multiple = result_of(document, "S2", "6 months", "multiple_ontario", "multiple"),
                 *both = result_of(document, "S2", "6 months", "both_ontario", "growth_and_offset");
    double sum = 0, squares = 0, expected = 0;
    for (size_t i = 0; i < 6; i++) sum += CHANGE[i];
    for (size_t i = 0; i < 6; i++) squares += (CHANGE[i] - sum / 6) * (CHANGE[i] - sum / 6);
    if (!CHECK(t, tipping && multiple && both)) return;
    CHECK_NEAR(t, tipping->value, sum / 6 - 2.5705818356 * sqrt(squares / 5 / 6), 1e-9);
    expected = tipping->value / multiple->value;
    CHECK(t, both->value > expected + 1.5 && both->value < expected + 1.6);
    CHECK(t, has_footnote(table, "6 months: Ontario yes, Shanghai yes."));
    CHECK(t, has_footnote(table, "Rosenbaum")); /* without table S1 the sources stand here */
    const Table *controls = table_of(t, document, "S3");
    if (!controls) return;
    CHECK(t, has_footnote(controls, "From +1.85 to +9.0."));
    CHECK_TEXT(t, controls->rows[0].cells[4].text, "+1.85");
    CHECK_TEXT(t, controls->rows[2].cells[4].text, "+2.96 (1.66)");
}

static void analyses_that_ask_one_question_are_answered_once(Test *t)
{
    Document *document =
        written(t, MEASURES,
                EXCESS TIPPING "  - {id: again, title: A, role: sensitivity, method: excess-change, " GMFM66
                               ", natural_change: ontario, seed: 12}\n");
    if (!document) return;
    const Table *table = table_of(t, document, "S1");
    if (table) CHECK_INT(t, table->n_rows, 3);
    CHECK_INT(t, document->n_tables, 3);
}

static void another_population_is_another_question(Test *t)
{
    Document *document =
        written(t, MEASURES,
                EXCESS "  - {id: level, title: L, role: sensitivity, method: excess-change, " GMFM66
                       ", where: \"GMFCS IN ('II', 'III')\", natural_change: ontario}\n");
    const Table *table = document ? table_of(t, document, "S1") : NULL;
    if (!table || !CHECK_INT(t, table->n_rows, 6)) return;
    CHECK_TEXT(t, table->rows[0].label, "6 months; Treated");
    CHECK_TEXT(t, table->rows[3].label, "6 months; Treated; GMFCS IN ('II', 'III')");
    CHECK_TEXT(t, table->rows[4].label, "Ontario");
    CHECK_TEXT(t, table->rows[4].cells[1].text, "4");
}

static void parents_are_told_in_one_sentence(Test *t)
{
    Document *document = written(t, MEASURES, EXCESS);
    if (!document) return;
    Str plain = document->blocks[1].text;
    CHECK(t, str_starts(plain, STR("In plain words: of the 2.7 points of GMFM-66 that 6 children gained on "
                                   "average by the visit \"6 months\", growth alone "
                                   "predicts ")));
    CHECK(t, str_find(plain, STR("(Shanghai curves)")) != SIZE_MAX);
    CHECK(t, str_find(plain, STR("; what is left, ")) != SIZE_MAX);
    CHECK(t, str_find(plain, STR("95 % interval")) != SIZE_MAX);
    CHECK(t,
          str_ends(plain, STR("), may be nothing at all and cannot be given a cause by this comparison.")));
    document = written(t, HEADER CHILD("S1", "40", "-2.5", "37.5", "2010-01-01", "III", "Y"), EXCESS);
    if (!document) return;
    CHECK(t, str_find(document->blocks[1].text, STR("had not risen on average (-2.5 points)")) != SIZE_MAX);
    CHECK(t,
          has_footnote(document->blocks[2].table, "6 months: only 1 child; an interval of fewer than 20 is "
                                                  "too narrow, and of fewer than 5 none is given (NE)."));
    document = written(t, HEADER "S1,GMFM66,V0,2012-01-01,40,40,,Y,2010-01-01,III,Y\n", EXCESS);
    if (document)
        CHECK(t, str_find(document->blocks[1].text, STR("nothing can be said about growth")) != SIZE_MAX);
}

/* Every text of the section, against the rules for a trial without controls. */
static void check_words(Test *t, Str text)
{
    Str *withheld;
    size_t n;
    guard_filter(t->arena, text, (GuardDesign){0}, &withheld, &n);
    if (n) test_check_text(t, withheld[0], str_from("(nothing withheld)"), "guard", __FILE__, __LINE__);
}

static void no_sentence_claims_more_than_the_design_supports(Test *t)
{
    Document *document = written(t, MEASURES, EXCESS TIPPING);
    if (!document) return;
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Table *table = document->blocks[i].table;
        check_words(t, document->blocks[i].text);
        if (table) check_words(t, table->title);
        for (size_t k = 0; table && k < table->n_footnotes; k++) check_words(t, table->footnotes[k]);
    }
    for (size_t i = 0; i < document->n_results; i++)
        CHECK(t, document->results[i].from && document->results[i].from->method_page.len);
}

static void analyses_that_curves_cannot_answer_are_named(Test *t)
{
    Document *document =
        written(t, MEASURES,
                "  - {id: a, title: A, method: excess-change, variable: GMFM88, visits: [V6]}\n"
                "  - {id: b, title: B, method: tipping-point, variable: GMFM66, data: adlb, visits: [V6]}\n"
                "  - {id: c, title: C, method: excess-change, variable: GMFM66, natural_change: control}\n"
                "  - {id: d, title: D, method: tipping-point, variable: GMFM66}\n");
    if (!document || !CHECK_INT(t, document->n_blocks, 5)) return;
    CHECK_TEXT(
        t, document->blocks[1].text,
        "The analysis \"a\" is not made here: it is not about GMFM-66, the only scale of the growth curves.");
    CHECK_TEXT(t, document->blocks[2].text,
               "The analysis \"b\" is not made here: it reads other data than the frame measures.");
    CHECK_TEXT(t, document->blocks[3].text,
               "The analysis \"c\" is not made here: it compares with the control group of this trial, not "
               "with curves.");
    CHECK_TEXT(t, document->blocks[4].text, "The analysis \"d\" is not made here: it names no visit.");
}

static void without_such_an_analysis_there_is_no_section(Test *t)
{
    Document *document =
        written(t, MEASURES, "  - {id: a, title: A, method: paired-t, variable: GMFM66, visits: [V6]}\n");
    if (document) CHECK_INT(t, document->n_blocks, 0);
}

static void the_seed_decides_the_interval(Test *t)
{
    Document *one = written(t, MEASURES, EXCESS), *same = written(t, MEASURES, EXCESS),
             *other = written(t, MEASURES,
                              "  - {id: excess, title: E, method: excess-change, " GMFM66
                              ", natural_change: shanghai, seed: 12}\n");
    if (!one || !same || !other) return;
    double low = result_of(one, "S1", "Ontario", "excess", "ci_low")->value;
    CHECK_NEAR(t, result_of(same, "S1", "Ontario", "excess", "ci_low")->value, low, 0);
    CHECK(t, result_of(other, "S1", "Ontario", "excess", "ci_low")->value != low);
}

static void what_does_not_fit_is_an_error(Test *t)
{
    Error err = {0};
    CHECK(t, !written_with(t, "SUBJID,PARAMCD,SAFFL\nS1,GMFM66,Y\n", EXCESS, (GrowthOptions){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "AVISIT");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "analysis \"excess\"");
    err = (Error){0};
    CHECK(t, !written_with(t, MEASURES,
                           "  - {id: a, title: A, method: excess-change, variable: GMFM66, visits: [V6], "
                           "population: saftey}\n",
                           (GrowthOptions){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Did you mean \"safety\"?");
    err = (Error){0};
    CHECK(t, !written_with(t,
                           "SUBJID,PARAMCD,AVISIT,ADT,AVAL,BASE,CHG,ANL01FL,BIRTH,GMFCS,SAFFL\nS1,GMFM66,V6,"
                           "2012-01-01,x,1,1,Y,2010-01-01,II,Y\n",
                           EXCESS, (GrowthOptions){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "column \"AVAL\" of \"measures\" holds text");
}

static const TestCase CASES[] = {
    {"each child keeps its own multiple of the curve", each_child_keeps_its_own_multiple_of_the_curve},
    {"those without an expectation are left out and counted",
     those_without_an_expectation_are_left_out_and_counted},
    {"the numbers of six children are those of the hand", the_numbers_of_six_children_are_those_of_the_hand},
    {"an offset known exactly only shifts the interval", an_offset_known_exactly_only_shifts_the_interval},
    {"an offset must have a source and lie in its interval",
     an_offset_must_have_a_source_and_lie_in_its_interval},
    {"few or equal children give no bootstrap interval", few_or_equal_children_give_no_bootstrap_interval},
    {"the section shows both sets of curves, the named one first",
     the_section_shows_both_sets_of_curves_the_named_one_first},
    {"a tipping point stands beside growth and published controls",
     a_tipping_point_stands_beside_growth_and_published_controls},
    {"analyses that ask one question are answered once", analyses_that_ask_one_question_are_answered_once},
    {"another population is another question", another_population_is_another_question},
    {"parents are told in one sentence", parents_are_told_in_one_sentence},
    {"no sentence claims more than the design supports", no_sentence_claims_more_than_the_design_supports},
    {"analyses that curves cannot answer are named", analyses_that_curves_cannot_answer_are_named},
    {"without such an analysis there is no section", without_such_an_analysis_there_is_no_section},
    {"the seed decides the interval", the_seed_decides_the_interval},
    {"what does not fit is an error", what_does_not_fit_is_an_error},
};
TEST_SUITE(growth, CASES);
