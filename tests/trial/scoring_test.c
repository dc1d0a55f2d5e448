#include "trial/scoring.h"

#include <math.h>

#include "base/file.h"
#include "exchange/csv.h"
#include "report/text_writer.h"
#include "test.h"

/* A header "ID,G01..G88" and, per row, a label and the 88 answers. */
static void add_gmfm_header(Buf *csv, const char *prefix)
{
    buf_add_c(csv, "ID");
    for (int i = 1; i <= 88; i++) buf_format(csv, ",%s%02d", prefix, i);
    buf_char(csv, '\n');
}

/* Items `first` to `last` score 3, `not_tested` (0 for none) is NT, the others 0. */
static void add_gmfm_row(Buf *csv, const char *id, int first, int last, int not_tested)
{
    buf_add_c(csv, id);
    for (int i = 1; i <= 88; i++) buf_add_c(csv, i == not_tested ? ",NT" : i >= first && i <= last ? ",3" : ",0");
    buf_char(csv, '\n');
}

static Str write_csv(Test *t, const char *name, Str text)
{
    Error err = {0};
    Str folder = test_scratch(t, "scoring"), path = file_join(t->arena, folder, str_from(name));
    CHECK_OK(t, file_make_folder(t->arena, folder, &err), err);
    CHECK_OK(t, file_write(t->arena, path, text, &err), err);
    return path;
}

typedef struct {
    ScoringOption option;
    const char *value; /* NULL: not given */
} Given;

static ScoringRequest request_of(Test *t, const char *instrument, Str csv, Given given)
{
    ScoringRequest request = {.instrument = str_from(instrument), .path = write_csv(t, "items.csv", csv)};
    if (!given.value) return request;
    request.given[given.option] = true;
    request.value[given.option] = str_from(given.value);
    return request;
}

static bool run(Test *t, const char *instrument, Str csv, Given given, Scoring *scoring)
{
    Error err = {0};
    ScoringRequest request = request_of(t, instrument, csv, given);
    return CHECK_OK(t, scoring_run(t->arena, &request, scoring, &err), err);
}

static double number_of(const Scoring *scoring, const char *name, size_t row)
{
    const Column *column = frame_column(scoring->frame, str_from(name));
    return column && column_is_number(column) && !column->missing[row] ? column->numbers[row] : NAN;
}

static Str text_of(Test *t, const Scoring *scoring, const char *name, size_t row)
{
    const Column *column = frame_column(scoring->frame, str_from(name));
    return column ? frame_cell_text(t->arena, column, row) : STR("no such column");
}

static bool has_note(const Scoring *scoring, const char *part)
{
    for (size_t i = 0; i < scoring->n_notes; i++)
        if (str_find(scoring->notes[i], str_from(part)) != SIZE_MAX) return true;
    return false;
}

static void the_total_of_the_gmfm_88_is_the_mean_of_five_percentages(Test *t)
{
    Scoring scoring;
    Buf csv = buf_new(t->arena);
    add_gmfm_header(&csv, "G");
    add_gmfm_row(&csv, "only lying", 1, 17, 0);
    add_gmfm_row(&csv, "all but 88", 1, 87, 88);
    if (!run(t, "gmfm-88", buf_str(&csv), (Given){0}, &scoring)) return;
    CHECK_NEAR(t, number_of(&scoring, "GMFMA", 0), 100, 1e-14);
    CHECK_NEAR(t, number_of(&scoring, "GMFM88", 0), 20, 1e-14); /* not 51/264 = 19.3 */
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 0), "");
    CHECK_NEAR(t, number_of(&scoring, "GMFME", 1), 100 * 69.0 / 72, 1e-14);
    CHECK_NEAR(t, number_of(&scoring, "GMFM88", 1), 99.166666666666667, 1e-14);
    CHECK_NEAR(t, number_of(&scoring, "GMFM88_MOST", 1), 100, 1e-14);
    CHECK_INT(t, number_of(&scoring, "N_NT", 1), 1);
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 1), "lower bound");
    CHECK(t, has_note(&scoring, "an item not tested counts 0"));
}

static void dimensions_count_alike_whatever_their_items(Test *t)
{
    /* sums 47, 35, 33, 5, 12 of 51, 60, 42, 39, 72 */
    static const int FIRST[] = {1, 18, 38, 52, 65}, SUM[] = {47, 35, 33, 5, 12}, GREATEST[] = {51, 60, 42, 39, 72};
    Scoring scoring;
    Buf csv = buf_new(t->arena);
    double total = 0;
    add_gmfm_header(&csv, "");
    buf_add_c(&csv, "x");
    for (int i = 1, d = 0, left = SUM[0]; i <= 88; i++) {
        if (d < 4 && i == FIRST[d + 1]) left = SUM[++d];
        int response = left > 3 ? 3 : left;
        left -= response;
        buf_format(&csv, ",%d", response);
    }
    buf_char(&csv, '\n');
    for (int d = 0; d < 5; d++) total += 100.0 * SUM[d] / GREATEST[d] / 5;
    if (!run(t, "gmfm-88", buf_str(&csv), (Given){SCORING_PREFIX, ""}, &scoring)) return;
    CHECK_NEAR(t, number_of(&scoring, "GMFM88", 0), total, 1e-13);
    CHECK_NEAR(t, number_of(&scoring, "GMFMD", 0), 100 * 5.0 / 39, 1e-13);
}

static void what_is_no_item_is_copied_as_it_stands(Test *t)
{
    Scoring scoring;
    Error err = {0};
    Buf out = buf_new(t->arena);
    Str csv = STR("SUBJID,WHEN,G1,G02\n007,.not-done,3,\n\"a,b\",1.50,9,2\n");
    if (!run(t, "gmfm-88", csv, (Given){SCORING_GOALS, "a"}, &scoring)) return;
    CHECK_INT(t, scoring.n_copied, 2);
    CHECK(t, has_note(&scoring, "no column for items 3 to 88: they count as not tested"));
    if (!CHECK_OK(t, csv_write_frame(&out, scoring.frame, &err), err)) return;
    CHECK(t, str_find(buf_str(&out), STR("\n007,.not-done,1,87,")) != SIZE_MAX);
    CHECK(t, str_find(buf_str(&out), STR("\n\"a,b\",1.50,1,87,")) != SIZE_MAX);
    CHECK_NEAR(t, number_of(&scoring, "GMFM88_GOAL", 1), 100 * 2.0 / 51, 1e-13);
}

static void aided_items_are_scored_apart_and_said_to_be(Test *t)
{
    Scoring scoring;
    if (!run(t, "gmfm-88", STR("ID,AIDED,G01\na,N,3\na,yes,3\na,,3\n"), (Given){0}, &scoring)) return;
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 0), "lower bound");
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 1), "lower bound; with aids");
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 2), "lower bound");
    CHECK(t, has_note(&scoring, "never compare them with unaided ones"));
}

static void a_row_without_data_keeps_its_place_and_says_why(Test *t)
{
    Scoring scoring;
    if (!run(t, "gmfm-88", STR("ID,G01\na,\nb,2\n"), (Given){0}, &scoring)) return;
    CHECK_INT(t, scoring.n_scored, 1);
    CHECK_INT(t, scoring.frame->n_rows, 2);
    CHECK(t, isnan(number_of(&scoring, "GMFM88", 0)));
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 0), "not scored: no item of the GMFM-88 was tested");
    CHECK(t, has_note(&scoring, "1 of 2 rows could not be scored"));
}

/* Items 52 to 65, fourteen of the 66, with all steps at 1.25 logits: half of the points sit on that difficulty. */
static Str parameters_of(Test *t)
{
    Buf text = buf_new(t->arena);
    buf_add_c(&text, "# made up\nSOURCE,made up for the test\nSCALE,50,6\n");
    for (int i = 52; i <= 65; i++) buf_format(&text, "G%d,1.25,1.25,1.25\n", i);
    return write_csv(t, "parameters.csv", buf_str(&text));
}

static Str standing_rows(Test *t)
{
    Buf csv = buf_new(t->arena);
    add_gmfm_header(&csv, "G");
    add_gmfm_row(&csv, "half", 52, 58, 0);
    add_gmfm_row(&csv, "all", 1, 88, 1);
    return buf_str(&csv);
}

static void the_gmfm_66_comes_with_its_error_and_interval(Test *t)
{
    Scoring scoring;
    double se = 6 / sqrt(14 * 1.25);
    if (!run(t, "gmfm-66", standing_rows(t), (Given){SCORING_PARAMETERS, str_c(t->arena, parameters_of(t))}, &scoring)) return;
    CHECK_NEAR(t, number_of(&scoring, "GMFM66", 0), 57.5, 1e-9);
    CHECK_NEAR(t, number_of(&scoring, "GMFM66SE", 0), se, 1e-9);
    CHECK_NEAR(t, number_of(&scoring, "GMFM66LOW", 0), 57.5 - 1.959963984540054 * se, 1e-9);
    CHECK_NEAR(t, number_of(&scoring, "GMFM66HIGH", 0), 57.5 + 1.959963984540054 * se, 1e-9);
    CHECK_INT(t, number_of(&scoring, "N_ITEMS", 0), 14);
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 1), "not scored: every one of 14 items was scored 3, so the likelihood has no maximum");
    CHECK(t, has_note(&scoring, "maximum likelihood; parameters of 14 items: made up for the test."));
}

static void the_weighted_likelihood_scores_the_end_of_the_scale(Test *t)
{
    Scoring scoring;
    Error err = {0};
    ScoringRequest request = request_of(t, "gmfm-66", standing_rows(t), (Given){SCORING_PARAMETERS, str_c(t->arena, parameters_of(t))});
    request.given[SCORING_ESTIMATOR] = true;
    request.value[SCORING_ESTIMATOR] = STR("WLE");
    if (!CHECK_OK(t, scoring_run(t->arena, &request, &scoring, &err), err)) return;
    CHECK_INT(t, scoring.n_scored, 2);
    CHECK_NEAR(t, number_of(&scoring, "GMFM66", 0), 57.5, 1e-9); /* in the middle the weights cancel */
    CHECK(t, number_of(&scoring, "GMFM66", 1) > 60);
    CHECK(t, str_starts(text_of(t, &scoring, "REMARK", 1), STR("at the end of the scale")));
}

static void aided_rows_have_no_gmfm_66(Test *t)
{
    Scoring scoring;
    Error err = {0};
    Str path = parameters_of(t);
    ScoringRequest request = request_of(t, "gmfm-66", STR("ID,AIDED,G52\na,N,1\nb,Y,3\n"), (Given){SCORING_PARAMETERS, str_c(t->arena, path)});
    if (CHECK(t, !scoring_run(t->arena, &request, &scoring, &err))) {
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, "items tried with aids or orthoses have no GMFM-66 score");
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, "items.csv: line 3, column \"AIDED\"");
    }
    request.given[SCORING_AIDED] = true;
    CHECK(t, !scoring_run(t->arena, &request, &scoring, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "Score the unaided record");
}

static void ashworth_grades_become_numbers_as_declared(Test *t)
{
    Scoring ranks, halves;
    Str csv = STR("ID,ADD_L,ADD_R,HAM_L\na,0,1+,2\nb,3,,1+\n");
    if (!run(t, "modified-ashworth", csv, (Given){0}, &ranks)) return;
    CHECK_NEAR(t, number_of(&ranks, "MASMEAN", 0), 5.0 / 3, 1e-14);
    CHECK_NEAR(t, number_of(&ranks, "MASMEAN", 1), 3, 1e-14);
    CHECK_INT(t, number_of(&ranks, "N_NOT_RATED", 1), 1);
    CHECK_TEXT(t, text_of(t, &ranks, "MASMAX", 1), "3");
    CHECK(t, has_note(&ranks, "coded 0, 1, 2, 3, 4, 5"));
    if (!run(t, "modified-ashworth", csv, (Given){SCORING_RECODING, "1.5"}, &halves)) return;
    CHECK_NEAR(t, number_of(&halves, "MASMEAN", 0), 3.5 / 3, 1e-14);
    CHECK_NEAR(t, number_of(&halves, "MASMEAN", 1), 2.25, 1e-14);
    if (!run(t, "modified-ashworth", csv, (Given){SCORING_ITEMS, "add_r, HAM_L"}, &ranks)) return;
    CHECK_NEAR(t, number_of(&ranks, "MASMEAN", 0), 2.5, 1e-14);
    CHECK_TEXT(t, text_of(t, &ranks, "ADD_L", 0), "0");
}

static bool is_about(double got, double printed) { return fabs(got - printed) <= 0.0051; }

static void growth_is_expected_by_both_sets_side_by_side(Test *t)
{
    Scoring scoring;
    Str csv = STR("ID,AGE,GMFCS,GMFM66,MONTHS\na,2,I,50,6\nb,4,3,,12\nc,,V,20,3\n");
    if (!run(t, "gmfm-66-expected", csv, (Given){0}, &scoring)) return;
    CHECK(t, is_about(number_of(&scoring, "ONTARIO", 0), 7.17));
    CHECK(t, is_about(number_of(&scoring, "SHANGHAI", 0), 6.32));
    CHECK(t, fabs(number_of(&scoring, "ONTARIO_CHILD", 0) - 50 * 0.132) < 0.03);
    CHECK(t, is_about(number_of(&scoring, "ONTARIO", 1), 2.09));
    CHECK(t, is_about(number_of(&scoring, "SHANGHAI", 1), 0.44));
    CHECK(t, isnan(number_of(&scoring, "ONTARIO_CHILD", 1)));
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 2), "not scored: the age is missing");
    CHECK(t, has_note(&scoring, "Doubt about the Ontario motor growth curves: the limits"));
    CHECK(t, has_note(&scoring, "Doubt about the Shanghai motor growth curves: "));
    CHECK(t, has_note(&scoring, "All ages are whole years"));
}

static void growth_between_dates_needs_no_age(Test *t)
{
    Scoring scoring;
    Str csv = STR("ID,BIRTH,DATE,LATER,GMFCS\na,2012-03-01,2014-05-10,2014-11-10,II\n");
    if (!run(t, "gmfm-66-expected", csv, (Given){0}, &scoring)) return;
    CHECK_NEAR(t, number_of(&scoring, "AGE_FROM", 0), 800 / 365.25, 1e-12);
    CHECK_NEAR(t, number_of(&scoring, "AGE_TO", 0), 984 / 365.25, 1e-12);
    double k = log(10) / 4.4, from = number_of(&scoring, "AGE_FROM", 0), to = number_of(&scoring, "AGE_TO", 0);
    CHECK_NEAR(t, number_of(&scoring, "ONTARIO", 0), 68.4 * (exp(-k * from) - exp(-k * to)), 1e-10);
    CHECK(t, !has_note(&scoring, "whole years"));
}

static void ages_beyond_the_curves_are_extended_on_purpose_only(Test *t)
{
    Scoring scoring;
    Str csv = STR("ID,AGE,GMFCS,MONTHS\na,14.75,II,6\n");
    Error err = {0};
    ScoringRequest request = request_of(t, "gmfm-66-expected", csv, (Given){0});
    if (CHECK(t, !scoring_run(t->arena, &request, &scoring, &err)))
        CHECK_ERROR(t, err, ERROR_INCONSISTENT, "line 2, column \"MONTHS\": second assessment");
    if (!run(t, "gmfm-66-expected", csv, (Given){SCORING_EXTEND, ""}, &scoring)) return;
    CHECK_TEXT(t, text_of(t, &scoring, "REMARK", 0), "an age is above the range of the curves");
}

static void each_mistake_is_named_with_its_place(Test *t)
{
    static const struct {
        const char *instrument, *csv;
        Given given;
        ErrorCode code;
        const char *place, *message;
    } MISTAKES[] = {
        {"gmfm-88", "ID,G01,G02\na,1,2\nb,1,4\n", {0}, ERROR_MALFORMED, "items.csv: line 3, column \"G02\"", "\"4\" is no GMFM response"},
        {"gmfm-88", "ID,G01,G89\na,1,2\n", {0}, ERROR_INCONSISTENT, "line 1, column \"G89\"", "the GMFM has no item \"G89\""},
        {"gmfm-88", "ID,G01,G1l\na,1,2\n", {0}, ERROR_INCONSISTENT, "line 1, column \"G1l\"", "Items are G01 to G88"},
        {"gmfm-88", "ID,G01,g1\na,1,2\n", {0}, ERROR_INCONSISTENT, "line 1, column \"g1\"", "item 1 stands twice, also as \"G01\""},
        {"gmfm-88", "ID,I01\na,1\n", {0}, ERROR_INCONSISTENT, "items.csv: line 1", "no column holds an item"},
        {"gmfm-88", "ID,G01,GMFM88\na,1,9\n", {0}, ERROR_INCONSISTENT, "column \"GMFM88\"", "a score is to be written as \"GMFM88\""},
        {"gmfm-88", "ID,AGE,G01\na,17.5,1\n", {0}, ERROR_INCONSISTENT, "line 2, column \"AGE\"", "outside the ages of GMFM-88"},
        {"gmfm-88", "ID,AGE,G01\na,\"4,5\",1\n", {0}, ERROR_MALFORMED, "line 2, column \"AGE\"", "Write the decimals after a point"},
        {"gmfm-88", "ID,BIRTH,DATE,G01\na,2014,2016-03-01,1\n", {0}, ERROR_MALFORMED, "column \"BIRTH\"", "\"2014\" is no full date"},
        {"gmfm-88", "ID,BIRTH,DATE,G01\na,2016-03-02,2016-03-01,1\n", {0}, ERROR_INCONSISTENT, "column \"DATE\"", "before the birth"},
        {"gmfm-88", "ID,AGE,BIRTH,DATE,G01\na,9,2012-03-02,2016-03-01,1\n", {0}, ERROR_INCONSISTENT, "column \"AGE\"", "the age is 9, but 4.00 years by the dates"},
        {"gmfm-88", "ID,AIDED,G01\na,maybe,1\n", {0}, ERROR_MALFORMED, "column \"AIDED\"", "Write Y or N"},
        {"gmfm-88", "ID,G01\na,.not-doen\n", {0}, ERROR_MALFORMED, "line 2, column \"G01\"", "Did you mean \".not-done\"?"},
        {"gmfm-88", "ID,G01\n", {0}, ERROR_MALFORMED, "items.csv", "there is a header and no row below it"},
        {"gmfm-88", "ID,G01\na,\nb,\n", {0}, ERROR_DEGENERATE, "items.csv: line 2", "no item of the GMFM-88 was tested"},
        {"gmfm-88", "ID,G01\na,1\n", {SCORING_GOALS, "DX"}, ERROR_USAGE, "", "\"DX\" names no goal dimensions"},
        {"gmfm-88", "ID,G01\na,1\n", {SCORING_MONTHS, "6"}, ERROR_USAGE, "", "--months means nothing for gmfm-88"},
        {"gmfm-66", "ID,G52\na,1\n", {0}, ERROR_USAGE, "", "cannot be scored without its item parameters"},
        {"gmfm-66", "ID,G52\na,1\n", {SCORING_PARAMETERS, "nowhere.csv"}, ERROR_IO, "", "could not open \"nowhere.csv\""},
        {"gmfm-66", "ID,G52\na,1\n", {SCORING_ESTIMATOR, "eap"}, ERROR_USAGE, "", "there is no estimator \"eap\""},
        {"gmfm-67", "ID,G52\na,1\n", {0}, ERROR_USAGE, "", "Did you mean \"gmfm-66\"?"},
        {"gmfcs", "ID,G52\na,1\n", {0}, ERROR_USAGE, "", "GMFCS is recorded, not computed from items"},
        {"modified-ashworth", "ID,ADD_L\na,1.5\n", {0}, ERROR_MALFORMED, "line 2, column \"ADD_L\"", "The levels are 0, 1, 1+, 2, 3, 4."},
        {"modified-ashworth", "ID,ADD\na,1\n", {0}, ERROR_INCONSISTENT, "line 1", "no column holds a muscle"},
        {"modified-ashworth", "ID,ADD\na,1\n", {SCORING_ITEMS, "ADX"}, ERROR_INCONSISTENT, "line 1", "Did you mean \"ADD\"?"},
        {"modified-ashworth", "ID,ADD_L\na,1\n", {SCORING_RECODING, "2"}, ERROR_USAGE, "", "there is no recoding \"2\""},
        {"gmfm-66-expected", "ID,GMFCS,MONTHS\na,I,6\n", {0}, ERROR_INCONSISTENT, "line 1", "does not say how old the child is"},
        {"gmfm-66-expected", "ID,AGE,MONTHS\na,3,6\n", {0}, ERROR_INCONSISTENT, "line 1", "does not say the GMFCS level"},
        {"gmfm-66-expected", "ID,AGE,GMFCS\na,3,I\n", {0}, ERROR_INCONSISTENT, "line 1", "does not say how far ahead to look"},
        {"gmfm-66-expected", "ID,AGE,GMFCS,LATER\na,3,I,2016-01-01\n", {0}, ERROR_INCONSISTENT, "line 1", "from which date LATER counts"},
        {"gmfm-66-expected", "ID,AGE,GMFCS,MONTHS\na,3,I,6\n", {SCORING_MONTHS, "6"}, ERROR_INCONSISTENT, "line 1", "stands in more than one place"},
        {"gmfm-66-expected", "ID,AGE,GMFCS\na,3,I\n", {SCORING_MONTHS, "-6"}, ERROR_USAGE, "", "\"-6\" months ahead are none"},
        {"gmfm-66-expected", "ID,AGE,GMFCS,MONTHS\na,0.75,I,6\n", {0}, ERROR_INCONSISTENT, "line 2, column \"AGE\"", "outside the Ontario motor growth curves"},
        {"gmfm-66-expected", "ID,AGE,GMFCS,MONTHS\na,3,I,-6\n", {0}, ERROR_INCONSISTENT, "line 2, column \"MONTHS\"", "before the first"},
        {"gmfm-66-expected", "ID,AGE,GMFCS,MONTHS\na,3,VI,6\n", {0}, ERROR_MALFORMED, "line 2, column \"GMFCS\"", "The levels are I, II, III, IV, V."},
        {"gmfm-66-expected", "ID,AGE,GMFCS,GMFM66,MONTHS\na,3,I,130,6\n", {0}, ERROR_INCONSISTENT, "line 2, column \"GMFM66\"", "130 is not a score"},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        Error err = {0};
        Scoring scoring;
        ScoringRequest request = request_of(t, MISTAKES[i].instrument, str_from(MISTAKES[i].csv), MISTAKES[i].given);
        if (!test_check(t, !scoring_run(t->arena, &request, &scoring, &err), MISTAKES[i].message, __FILE__, __LINE__)) continue;
        CHECK_ERROR(t, err, MISTAKES[i].code, MISTAKES[i].place);
        CHECK_ERROR(t, err, MISTAKES[i].code, MISTAKES[i].message);
    }
}

static void table_and_json_say_the_same(Test *t)
{
    Scoring scoring;
    Error err = {0};
    Json json;
    Buf text = buf_new(t->arena), bytes = buf_new(t->arena);
    if (!run(t, "gmfm-88", STR("G01,G02\n3,\n2,1\n"), (Given){0}, &scoring)) return;
    Document *document = scoring_document(t->arena, &scoring);
    text_writer_write(document, TEXT_WRITER_WIDTH, &text);
    CHECK(t, str_find(buf_str(&text), STR("Line")) != SIZE_MAX); /* nothing says whose, so the line does */
    CHECK(t, str_find(buf_str(&text), STR(" 5.88 ")) != SIZE_MAX);
    CHECK(t, str_find(buf_str(&text), STR("lower bound")) != SIZE_MAX);
    scoring_write_json(&scoring, &bytes);
    if (!CHECK_OK(t, json_parse(t->arena, buf_str(&bytes), &json, &err), err)) return;
    const Json *rows = json_get(&json, "rows");
    if (!CHECK(t, rows && rows->n == 2)) return;
    CHECK_INT(t, json_number(&rows->items[1], "line", 0), 3);
    CHECK_NEAR(t, json_number(json_get(&rows->items[0], "values"), "GMFMA", 0), 100 * 3.0 / 51, 1e-14);
    CHECK_TEXT(t, json_text(json_get(&rows->items[0], "values"), "REMARK"), "lower bound");
    CHECK(t, json_get(json_get(&rows->items[0], "values"), "GMFM88_GOAL")->kind == JSON_IS_NULL);
}

static const TestCase CASES[] = {
    {"the total of the GMFM-88 is the mean of five percentages", the_total_of_the_gmfm_88_is_the_mean_of_five_percentages},
    {"dimensions count alike whatever their items", dimensions_count_alike_whatever_their_items},
    {"what is no item is copied as it stands", what_is_no_item_is_copied_as_it_stands},
    {"aided items are scored apart and said to be", aided_items_are_scored_apart_and_said_to_be},
    {"a row without data keeps its place and says why", a_row_without_data_keeps_its_place_and_says_why},
    {"the GMFM-66 comes with its error and interval", the_gmfm_66_comes_with_its_error_and_interval},
    {"the weighted likelihood scores the end of the scale", the_weighted_likelihood_scores_the_end_of_the_scale},
    {"aided rows have no GMFM-66", aided_rows_have_no_gmfm_66},
    {"Ashworth grades become numbers as declared", ashworth_grades_become_numbers_as_declared},
    {"growth is expected by both sets, side by side", growth_is_expected_by_both_sets_side_by_side},
    {"growth between dates needs no age", growth_between_dates_needs_no_age},
    {"ages beyond the curves are extended on purpose only", ages_beyond_the_curves_are_extended_on_purpose_only},
    {"each mistake is named with its place", each_mistake_is_named_with_its_place},
    {"table and JSON say the same", table_and_json_say_the_same},
};
TEST_SUITE(scoring, CASES);
