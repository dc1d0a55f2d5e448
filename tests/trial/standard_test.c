#include "trial/standard_export.h"

#include <math.h>

#include "base/file.h"
#include "exchange/define_xml.h"
#include "exchange/xpt.h"
#include "trial/adam.h"
#include "trial/adam_columns.h"
#include "trial/fixture.h"
#include "trial/play.h"
#include "trial/reporting.h"
#include "trial/sdtm.h"
#include "trial/sdtm_domains.h"
#include "trial/standard_metadata.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    Trial *trial;
    Datasets datasets;
    StandardSets sdtm, adam;
} Made;

static bool made_of(Test *t, Trial *trial, bool sees_arms, Made *made)
{
    Error err = {0};
    *made = (Made){.trial = trial};
    if (!trial || !CHECK_OK(t, datasets_build(trial, t->arena, &made->datasets, &err), err)) return false;
    SdtmRequest request = {.datasets = &made->datasets, .sees_arms = sees_arms};
    if (!CHECK_OK(t, sdtm_build(trial, t->arena, &request, &made->sdtm, &err), err)) return false;
    AdamRequest analysis = {.datasets = &made->datasets, .sdtm = &made->sdtm, .sees_arms = sees_arms};
    return CHECK_OK(t, adam_build(trial, t->arena, &analysis, &made->adam, &err), err);
}

/* The made-up trial that `equipoise demo` plays. */
static Trial *demo_trial(Test *t, const char *folder)
{
    Error err = {0};
    Play play;
    Trial *trial;
    bool played = play_demo(t->arena, test_scratch(t, folder), PLAY_SEED, &play, &err) && trial_open(t->arena, play.trial, &trial, &err);
    return CHECK_OK(t, played, err) ? trial : NULL;
}

static bool demo_made(Test *t, const char *folder, Made *made) { return made_of(t, demo_trial(t, folder), true, made); }

static const StandardSet *need_set(Test *t, const StandardSets *sets, const char *name)
{
    const StandardSet *set = standard_find(sets, str_from(name));
    test_check(t, set != NULL, name, __FILE__, __LINE__);
    return set;
}

static double number_at(const StandardSet *set, size_t row, const char *name)
{
    const Column *column = frame_column(set->frame, str_from(name));
    return column && row < set->frame->n_rows && !column->missing[row] ? column->numbers[row] : NAN;
}

/* The row of a subject whose text variable has the value; SIZE_MAX. */
static size_t row_of(const StandardSet *set, const char *subject, const char *variable, const char *value)
{
    for (size_t i = 0; i < set->frame->n_rows; i++)
        if (str_ends(standard_get(set, i, "USUBJID"), str_from(subject)) && str_equal(standard_get(set, i, variable), str_from(value))) return i;
    return SIZE_MAX;
}

/* --- days --- */

static void study_days_have_no_day_nought(Test *t)
{
    static const struct {
        const char *from, *date;
        double day;
    } DAYS[] = {{"2014-04-21", "2014-04-21", 1}, {"2014-04-21", "2014-04-20", -1}, {"2014-04-21", "2014-04-22", 2}, {"2014-04-21", "2014-04-09", -12},
                {"2014-04-21", "2014-07-28", 99}, {"2015-12-31", "2016-03-01", 62}, {"2016-02-28", "2016-03-01", 3}, {"2014-04-21", "2014-04-21T09:30", 1}};
    double day;
    for (size_t i = 0; i < N_OF(DAYS); i++) {
        CHECK(t, standard_study_day(str_from(DAYS[i].from), str_from(DAYS[i].date), &day));
        CHECK_NEAR(t, day, DAYS[i].day, 0);
    }
    CHECK(t, !standard_study_day(STR("2014-04-21"), STR("2014-04"), &day));
    CHECK(t, !standard_study_day(STR(""), STR("2014-04-21"), &day));
    CHECK(t, standard_date_number(STR("1960-01-01"), &day) && day < 0.5 && day > -0.5);
    CHECK(t, standard_date_number(STR("2014-04-21"), &day));
    CHECK_NEAR(t, day, 19834, 0);
}

/* --- sets --- */

static void begin_row(StandardSet *set, const char *subject, const char *test, const char *result)
{
    standard_row(set);
    standard_text(set, "STUDYID", STR("S"));
    standard_text(set, "USUBJID", str_from(subject));
    standard_text(set, "--TESTCD", str_from(test));
    standard_text(set, "--ORRES", str_from(result));
    standard_number(set, "VISITNUM", 1);
    standard_text(set, "--DTC", STR("2014-04-21"));
}

static void rows_are_sorted_numbered_and_unused_variables_dropped(Test *t)
{
    Error err = {0};
    StandardSet *set = standard_set_new(t->arena, &sdtm_spec_VS);
    begin_row(set, "B", "WEIGHT", "12.1");
    begin_row(set, "A", "WEIGHT", "14.5");
    standard_qualify(set, STR("CUFF"), STR("Cuff"), STR("small"), "CRF");
    begin_row(set, "A", "HEIGHT", "98");
    if (!CHECK_OK(t, standard_finish(set, &err), err)) return;
    CHECK_TEXT(t, standard_get(set, 0, "VSORRES"), "98");
    CHECK_TEXT(t, standard_get(set, 2, "--ORRES"), "12.1");
    CHECK_NEAR(t, number_at(set, 1, "VSSEQ"), 2, 0);
    CHECK_NEAR(t, number_at(set, 2, "VSSEQ"), 1, 0);
    CHECK(t, !frame_column(set->frame, STR("VSSTAT")));
    CHECK(t, frame_column(set->frame, STR("VSLOBXFL")) != NULL);
    StandardSet *supplement = standard_supplement(set);
    if (!CHECK(t, supplement != NULL) || !CHECK_OK(t, standard_finish(supplement, &err), err)) return;
    CHECK_TEXT(t, standard_get(supplement, 0, "IDVAR"), "VSSEQ");
    CHECK_TEXT(t, standard_get(supplement, 0, "IDVARVAL"), "2");
    CHECK_TEXT(t, standard_get(supplement, 0, "QVAL"), "small");
}

static void two_rows_with_the_same_keys_are_refused(Test *t)
{
    Error err = {0};
    StandardSet *set = standard_set_new(t->arena, &sdtm_spec_VS);
    begin_row(set, "A", "WEIGHT", "12.1");
    begin_row(set, "A", "WEIGHT", "12.4");
    CHECK(t, !standard_finish(set, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "two rows of VS have the same keys (A, , WEIGHT, 1, 2014-04-21)");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "under `sdtm` in the protocol");
}

static void a_long_text_goes_on_in_qualifiers(Test *t)
{
    Error err = {0};
    StandardSet *set = standard_set_new(t->arena, &sdtm_spec_DV);
    Buf text = buf_new(t->arena);
    for (int i = 0; i < 60; i++) buf_format(&text, "word%02d ", i);
    standard_row(set);
    standard_text(set, "USUBJID", STR("A"));
    standard_text(set, "DVTERM", str_trim(buf_str(&text)));
    if (!CHECK_OK(t, standard_finish(set, &err), err)) return;
    CHECK_INT(t, standard_get(set, 0, "DVTERM").len, 195);
    if (!CHECK_INT(t, set->n_qualifiers, 2)) return;
    CHECK_TEXT(t, set->qualifiers[0].name, "DVTERM1");
    CHECK_TEXT(t, set->qualifiers[1].name, "DVTERM2");
    CHECK_TEXT(t, str_slice(set->qualifiers[0].value, 0, 6), "word28");
    CHECK_TEXT(t, str_slice(set->qualifiers[1].value, set->qualifiers[1].value.len - 6, 1000), "word59");
}

/* --- the founding trial --- */

static bool is_dtc(const Str text)
{
    Date date;
    Error ignored = {0};
    return date_parse(text, &date, &ignored);
}

static void every_date_is_one_and_every_label_and_name_fits(Test *t)
{
    Made made;
    if (!demo_made(t, "dates-demo", &made)) return;
    size_t n_dates = 0;
    for (size_t k = 0; k < 2; k++) {
        const StandardSets *sets = k ? &made.adam : &made.sdtm;
        for (size_t i = 0; i < sets->n; i++) {
            const StandardSet *set = sets->items[i];
            CHECK(t, set->name.len <= 8 && set->frame->label.len <= 40);
            for (size_t c = 0; c < set->frame->n_columns; c++) {
                const Column *column = &set->frame->columns[c];
                if (!(column->name.len <= 8 && column->label.len && column->label.len <= 40)) CHECK_TEXT(t, column->name, "a name and label that fit");
                for (size_t row = 0; row < set->frame->n_rows; row++) {
                    if (column->missing[row]) continue;
                    if (set->columns[c]->type == STANDARD_DTC && !is_dtc(column->texts[row])) CHECK_TEXT(t, column->texts[row], "a date");
                    n_dates += set->columns[c]->type == STANDARD_DTC;
                }
            }
        }
    }
    CHECK(t, n_dates > 13000);
}

static void what_is_required_is_there(Test *t)
{
    Made made;
    if (!demo_made(t, "required-demo", &made)) return;
    for (size_t i = 0; i < made.sdtm.n; i++) {
        const StandardSet *set = made.sdtm.items[i];
        for (size_t c = 0; c < set->frame->n_columns; c++)
            for (size_t row = 0; str_equal(str_from(set->columns[c]->core), STR("Req")) && row < set->frame->n_rows; row++)
                if (set->frame->columns[c].missing[row])
                    CHECK_TEXT(t, str_format(t->arena, STR_FMT "." STR_FMT, STR_ARG(set->name), STR_ARG(set->frame->columns[c].name)), "never missing");
    }
}

static void the_founding_trial_becomes_sdtm(Test *t)
{
    Made made;
    if (!demo_made(t, "founding-demo", &made)) return;
    static const struct {
        const char *name;
        size_t n;
    } ROWS[] = {{"DM", 49}, {"EX", 78}, {"AE", 39}, {"IE", 8}, {"DV", 4}, {"TV", 4}, {"TI", 8}, {"TA", 2}, {"TE", 2}, {"MH", 294}};
    for (size_t i = 0; i < N_OF(ROWS); i++) {
        const StandardSet *set = need_set(t, &made.sdtm, ROWS[i].name);
        if (set) CHECK_INT(t, set->frame->n_rows, ROWS[i].n);
    }
    const StandardSet *dm = need_set(t, &made.sdtm, "DM"), *ds = need_set(t, &made.sdtm, "DS"), *vs = need_set(t, &made.sdtm, "VS");
    const StandardSet *qs = need_set(t, &made.sdtm, "QS"), *ex = need_set(t, &made.sdtm, "EX");
    if (!dm || !ds || !vs || !qs || !ex) return;
    size_t row = row_of(dm, "S-001", "SUBJID", "S-001");
    CHECK_TEXT(t, standard_get(dm, row, "RFSTDTC"), "2014-04-21");
    CHECK_TEXT(t, standard_get(dm, row, "RFXENDTC"), "2014-07-30");
    CHECK_TEXT(t, standard_get(dm, row, "RFICDTC"), "2014-04-09");
    CHECK_TEXT(t, standard_get(dm, row, "COUNTRY"), "VNM");
    CHECK_NEAR(t, number_at(dm, row, "AGE"), 2, 0);
    CHECK_NEAR(t, number_at(dm, row, "DMDY"), -12, 0);
    CHECK_TEXT(t, standard_get(dm, row, "ARMCD"), "BMMNC");
    row = row_of(dm, "S-002", "SUBJID", "S-002");
    CHECK_TEXT(t, standard_get(dm, row, "ARMNRS"), "SCREEN FAILURE");
    CHECK_TEXT(t, standard_get(dm, row, "ARM"), "");
    CHECK(t, row_of(ds, "S-014", "DSDECOD", "LOST TO FOLLOW-UP") != SIZE_MAX);
    CHECK(t, row_of(ds, "S-027", "DSDECOD", "WITHDRAWAL BY PARENT/GUARDIAN") != SIZE_MAX);
    row = row_of(ex, "S-001", "EXSPID", "2");
    CHECK_NEAR(t, number_at(ex, row, "EXDOSE"), 367.4, 0);
    CHECK_NEAR(t, number_at(ex, row, "EXSTDY"), 101, 0);
    CHECK_TEXT(t, standard_get(ex, row, "EXROUTE"), "INTRATHECAL");
    size_t n_flags = 0, n_not_done = 0;
    for (size_t i = 0; i < qs->frame->n_rows; i++) {
        n_flags += standard_get(qs, i, "QSLOBXFL").len;
        n_not_done += standard_get(qs, i, "QSSTAT").len && str_equal(standard_get(qs, i, "VISIT"), STR("Baseline"));
    }
    CHECK(t, n_not_done > 0);
    CHECK_INT(t, n_flags + n_not_done, 40 * (88 + 4 + 8));
    row = row_of(qs, "S-001", "QSTESTCD", "ADD_R");
    CHECK_TEXT(t, standard_get(qs, row, "QSORRES"), "1+");
    CHECK(t, isnan(number_at(qs, row, "QSSTRESN")));
    CHECK_TEXT(t, standard_get(qs, row, "QSCAT"), "MODIFIED ASHWORTH SCALE");
}

static void qualifiers_lead_back_to_their_rows(Test *t)
{
    Made made;
    if (!demo_made(t, "supplement-demo", &made)) return;
    size_t n = 0;
    for (size_t i = 0; i < made.sdtm.n; i++) {
        const StandardSet *set = made.sdtm.items[i];
        if (!str_starts(set->name, STR("SUPP"))) continue;
        const StandardSet *parent = standard_find(&made.sdtm, str_slice(set->name, 4, 6));
        if (!CHECK(t, parent != NULL)) continue;
        Map rows = map_new(t->arena);
        for (size_t row = 0; row < parent->frame->n_rows; row++)
            map_put(&rows, str_format(t->arena, STR_FMT "/%.0f", STR_ARG(standard_get(parent, row, "USUBJID")),
                                      number_at(parent, row, str_format(t->arena, STR_FMT "SEQ", STR_ARG(parent->name)).data)), NULL);
        for (size_t row = 0; row < set->frame->n_rows; row++, n++)
            if (!map_get(&rows, str_format(t->arena, STR_FMT "/" STR_FMT, STR_ARG(standard_get(set, row, "USUBJID")), STR_ARG(standard_get(set, row, "IDVARVAL")))))
                CHECK_TEXT(t, standard_get(set, row, "USUBJID"), "a row of the parent");
    }
    CHECK_INT(t, n, 546 + 273);
}

/* --- files --- */

static bool exported(Test *t, Trial *trial, const Actor *actor, const char *folder, const TableFormat *format, ExportReport *report)
{
    Error err = {0};
    StandardRequest request = {.format = format, .sdtm = true, .adam = true};
    ExportTo to = {.folder = test_scratch(t, folder), .force = true};
    return CHECK_OK(t, trial_export_standard(trial, t->arena, actor, &request, to, report, &err), err);
}

static void check_cells(Test *t, const StandardSet *set, const TableCell *cells, size_t row, bool ascii)
{
    for (size_t c = 0; c < set->frame->n_columns; c++) {
        const Column *column = &set->frame->columns[c];
        bool same;
        if (column->missing[row]) same = cells[c].missing || !cells[c].text.len;
        else if (column_is_number(column)) same = !cells[c].missing && !(cells[c].number < column->numbers[row] || cells[c].number > column->numbers[row]);
        else same = str_equal(cells[c].text, column->texts[row]) || (ascii && !str_is_ascii(column->texts[row]));
        if (!same) CHECK_TEXT(t, str_format(t->arena, STR_FMT "." STR_FMT " %zu", STR_ARG(set->name), STR_ARG(column->name), row), "the same as written");
    }
}

static void read_back(Test *t, Str path, const StandardSet *set, bool has_labels, bool ascii)
{
    Error err = {0};
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    if (!CHECK_OK(t, table_open(t->arena, path, &reader, &err) && table_next_member(reader, &member, &err), err) || !member) return;
    CHECK_INT(t, member->n_variables, set->frame->n_columns);
    for (size_t c = 0; c < set->frame->n_columns && c < member->n_variables; c++) {
        CHECK(t, str_equal(member->variables[c].name, set->frame->columns[c].name));
        if (has_labels) CHECK(t, str_equal(member->variables[c].label, set->frame->columns[c].label));
    }
    size_t row = 0;
    for (;; row++) {
        if (!CHECK_OK(t, table_next_row(reader, &cells, &err), err) || !cells || row >= set->frame->n_rows) break;
        if (has_labels) check_cells(t, set, cells, row, ascii);
    }
    CHECK_INT(t, row, set->frame->n_rows);
}

static void every_file_is_read_back_the_same(Test *t)
{
    static const struct {
        const TableFormat *format;
        const char *folder, *ending;
        bool has_labels;
    } FORMATS[] = {{&table_format_xpt, "as-xpt", ".xpt", true}, {&table_format_dataset_json, "as-json", ".json", true}, {&table_format_csv, "as-csv", ".csv", false}};
    Made made;
    ExportReport report;
    Trial *trial = demo_trial(t, "back");
    Actor ana = fixture_actor("", "");
    if (!made_of(t, trial, true, &made)) return;
    for (size_t f = 0; f < N_OF(FORMATS); f++) {
        if (!exported(t, trial, &ana, FORMATS[f].folder, FORMATS[f].format, &report)) return;
        for (size_t k = 0; k < 2; k++) {
            const StandardSets *sets = k ? &made.adam : &made.sdtm;
            for (size_t i = 0; i < sets->n; i++) {
                Str name = str_format(t->arena, "%s/" STR_FMT "%s", k ? "adam" : "sdtm", STR_ARG(str_lower(t->arena, sets->items[i]->name)), FORMATS[f].ending);
                read_back(t, file_join(t->arena, test_scratch(t, FORMATS[f].folder), name), sets->items[i], FORMATS[f].has_labels, f == 0);
            }
        }
    }
}

static void metadata_say_what_the_data_sets_are(Test *t)
{
    Made made;
    Error err = {0};
    Buf text = buf_new(t->arena);
    DefineChoices choices = {.created = STR("2016-03-01T08:15:30")};
    if (!demo_made(t, "metadata-demo", &made)) return;
    for (size_t k = 0; k < 2; k++) {
        const StandardSets *sets = k ? &made.adam : &made.sdtm;
        MetadataRequest request = {k ? "ADaMIG" : "SDTMIG", "1", "2023-12-15", STR(".xpt"), STR("2016-03-01T08:15:30")};
        StudyMetadata *study = trial_study_metadata(t->arena, trial_protocol(made.trial), sets, &request);
        CHECK_OK(t, study_metadata_check(study, &err), err);
        CHECK_OK(t, define_write_buf(t->arena, study, &choices, &text, &err), err);
        CHECK_INT(t, study->data_sets.n, sets->n);
        for (size_t i = 0; i < sets->n; i++) {
            const StudyDataSet *data_set = study_data_set(study, sets->items[i]->name);
            if (!CHECK(t, data_set != NULL) || !CHECK_INT(t, data_set->variables.n, sets->items[i]->frame->n_columns)) continue;
            for (size_t c = 0; c < data_set->variables.n; c++) {
                const StudyVariable *variable = &data_set->variables.items[c];
                CHECK(t, str_equal(variable->name, sets->items[i]->frame->columns[c].name));
                CHECK(t, variable->origins.n == 1);
                if (str_equal(variable->origins.items[0].type, STR("Derived")) && !variable->method.len)
                    CHECK_TEXT(t, variable->id, "a derived variable with its method");
            }
        }
    }
    CHECK(t, str_find(buf_str(&text), STR("SIMULATED")) != SIZE_MAX);
}

/* --- ADaM and the report --- */

static bool same_number(double a, double b) { return (isnan(a) && isnan(b)) || !(a < b || a > b); }

static double cell_number(const Frame *frame, const char *name, size_t row)
{
    const Column *column = frame_column(frame, str_from(name));
    return column && !column->missing[row] ? column->numbers[row] : NAN;
}

/* The frame that the report reads, row by row, and the data set as a file gives it back. */
static void analysis_data_sets_hold_the_reports_numbers(Test *t)
{
    static const char *const PAIRS[][2] = {{"AVAL", "AVAL"}, {"BASE", "BASE"}, {"CHG", "CHG"}, {"ECHG", "EXPECTED"}, {"XCHG", "EXCESS"}, {"AVISITN", "AVISITN"}};
    static const char *const SETS[] = {"adgmfm88", "adgmfm66", "adgmfm6p", "adashwor"};
    Made made;
    ExportReport report;
    Error err = {0};
    Actor ana = fixture_actor("", "");
    if (!demo_made(t, "numbers-demo", &made) || !exported(t, made.trial, &ana, "numbers", &table_format_xpt, &report)) return;
    const Frame *measures = made.datasets.measures;
    Map rows = map_new(t->arena);
    for (size_t i = 0; i < measures->n_rows; i++) {
        Str code = frame_column(measures, STR("PARAMCD"))->texts[i];
        if (str_equal(str_slice(code, 0, 4), STR("MAS_"))) code = str_format(t->arena, "MAS" STR_FMT STR_FMT, STR_ARG(str_slice(code, 4, 7)), STR_ARG(str_slice(code, 8, 9)));
        map_put(&rows, str_format(t->arena, STR_FMT "/" STR_FMT "/%.0f", STR_ARG(frame_column(measures, STR("SUBJID"))->texts[i]), STR_ARG(code), cell_number(measures, "AVISITN", i)), NULL)->index = i;
    }
    size_t n = 0;
    for (size_t s = 0; s < N_OF(SETS); s++) {
        Frame *frame;
        if (!CHECK_OK(t, xpt_read_frame(t->arena, file_join(t->arena, test_scratch(t, "numbers"), str_format(t->arena, "adam/%s.xpt", SETS[s])), STR(""), &frame, &err), err)) return;
        for (size_t i = 0; i < frame->n_rows; i++, n++) {
            MapEntry *entry = map_get(&rows, str_format(t->arena, STR_FMT "/" STR_FMT "/%.0f", STR_ARG(frame_column(frame, STR("SUBJID"))->texts[i]), STR_ARG(frame_column(frame, STR("PARAMCD"))->texts[i]), cell_number(frame, "AVISITN", i)));
            if (!CHECK(t, entry != NULL)) return;
            for (size_t p = 0; p < N_OF(PAIRS); p++)
                if (!same_number(cell_number(frame, PAIRS[p][0], i), cell_number(measures, PAIRS[p][1], entry->index)))
                    CHECK_TEXT(t, str_from(PAIRS[p][0]), "the report's number");
        }
    }
    CHECK_INT(t, n, measures->n_rows);
}

/* Mean and number of a variable in a data set. */
static double mean_of(const StandardSet *set, const char *parameter, const char *visit, const char *variable, double *n)
{
    double sum = 0;
    *n = 0;
    for (size_t i = 0; i < set->frame->n_rows; i++) {
        double value = number_at(set, i, variable);
        bool counts = str_equal(standard_get(set, i, "PARAMCD"), str_from(parameter)) && str_equal(standard_get(set, i, "AVISIT"), str_from(visit)) &&
                      str_equal(standard_get(set, i, "ANL01FL"), STR("Y")) && str_equal(standard_get(set, i, "SAFFL"), STR("Y"));
        if (!counts || isnan(value)) continue;
        sum += value;
        ++*n;
    }
    return sum / *n;
}

static void a_report_prints_what_the_analysis_data_sets_give(Test *t)
{
    static const struct {
        const char *set, *group, *parameter;
    } ROWS[] = {{"ADGMFM88", "GMFM-88 total (%)", "GMFM88"}, {"ADGMFM66", "GMFM-66 score (points)", "GMFM66"}, {"ADASHWOR", "Modified Ashworth scale, mean rank (0 to 5)", "MASMEAN"}};
    static const struct {
        const char *stat, *variable;
    } STATS[] = {{"mean", "AVAL"}, {"change_estimate", "CHG"}, {"expected_mean", "ECHG"}, {"excess_mean", "XCHG"}};
    Made made;
    Document *document;
    Error err = {0};
    if (!demo_made(t, "report-demo", &made)) return;
    ReportingRequest request = {.path = trial_path(made.trial)};
    if (!CHECK_OK(t, reporting_build(t->arena, &request, &document, &err), err)) return;
    size_t n_compared = 0;
    for (size_t r = 0; r < document->n_results; r++) {
        const Result *result = &document->results[r];
        for (size_t i = 0; i < N_OF(ROWS); i++) {
            bool is_mean = i != 2 || !str_equal(result->stat, STR("change_estimate"));        /* there it is a median of Walsh averages */
            if (!str_equal(result->table, STR("2")) || !str_equal(result->group, str_from(ROWS[i].group)) || !is_mean) continue;
            const StandardSet *set = need_set(t, &made.adam, ROWS[i].set);
            for (size_t s = 0; set && s < N_OF(STATS); s++) {
                double n;
                if (!str_equal(result->stat, str_from(STATS[s].stat))) continue;
                double mean = mean_of(set, ROWS[i].parameter, str_c(t->arena, result->label), STATS[s].variable, &n);
                CHECK_NEAR(t, mean, result->value, 1e-13);
                n_compared++;
            }
        }
    }
    CHECK_INT(t, n_compared, 3 * 3 + 2 * 2 + 2 * 2);
}

static void flags_of_events_are_one_a_subject(Test *t)
{
    Made made;
    if (!demo_made(t, "events-demo", &made)) return;
    const StandardSet *adae = need_set(t, &made.adam, "ADAE"), *adsl = need_set(t, &made.adam, "ADSL");
    if (!adae || !adsl) return;
    Map first = map_new(t->arena), treated = map_new(t->arena);
    size_t n_first = 0;
    for (size_t i = 0; i < adae->frame->n_rows; i++) {
        bool is_new;
        map_put(&treated, standard_get(adae, i, "USUBJID"), NULL);
        if (!standard_get(adae, i, "AOCCFL").len) continue;
        map_put(&first, standard_get(adae, i, "USUBJID"), &is_new);
        CHECK(t, is_new);
        n_first++;
    }
    CHECK_INT(t, n_first, treated.n);
    CHECK_INT(t, adsl->frame->n_rows, 49);
    size_t n_complete = 0;
    for (size_t i = 0; i < 49; i++) n_complete += str_equal(standard_get(adsl, i, "COMPLEFL"), STR("Y"));
    CHECK_INT(t, n_complete, 37);
}

/* A trial without a product: days count from enrolment; a partial date stays partial. */
static void a_trial_without_doses_counts_from_enrolment(Test *t)
{
    Made made;
    Error err = {0};
    Str before, after, protocol = str_from(FIXTURE_PROTOCOL);
    Actor ana = fixture_actor("ana", "");
    static const ItemCell EVENT[] = {{{"TERM", 4}, {"Fall", 4}}, {{"VERBATIM", 8}, {"fell", 4}}};
    FormSave event = {.subject = STR("S-001"), .form = STR("adverse_events"), .date = STR("2016-01"), .n_cells = 2, .cells = EVENT};
    FormSaved saved;
    if (!CHECK(t, str_cut(protocol, STR("product:"), &before, &after))) return;
    if (!CHECK(t, str_cut(before, STR("  - id: doses"), &before, &after)) || !CHECK(t, str_cut(after, STR("schedule:"), &after, &protocol))) return;
    Trial *trial = fixture_enrolled_under(t, "undosed.trial", str_format(t->arena, STR_FMT "schedule:" STR_FMT, STR_ARG(before), STR_ARG(protocol)), 1);
    bool saves = trial && fixture_record(trial, &ana, "S-001", "WEIGHT_KG", "14.5", &err) && trial_save_form(trial, &ana, &event, &saved, &err);
    if (!CHECK_OK(t, saves, err) || !made_of(t, trial, true, &made)) return;
    const StandardSet *dm = need_set(t, &made.sdtm, "DM"), *sv = need_set(t, &made.sdtm, "SV"), *ae = need_set(t, &made.sdtm, "AE");
    if (!dm || !sv || !ae) return;
    CHECK_TEXT(t, standard_get(dm, 0, "RFSTDTC"), "2016-01-12");
    CHECK_TEXT(t, standard_get(dm, 0, "RFXSTDTC"), "");
    CHECK_NEAR(t, number_at(sv, 1, "SVSTDY"), 9, 0);
    CHECK_TEXT(t, standard_get(ae, 0, "AESTDTC"), "2016-01");
    CHECK_TEXT(t, standard_get(ae, 0, "AETERM"), "fell");
    CHECK_TEXT(t, standard_get(ae, 0, "AEDECOD"), "Fall");
    CHECK(t, isnan(number_at(ae, 0, "AESTDY")));
    bool named = false;
    for (size_t i = 0; i < made.sdtm.n_notes; i++) named = named || str_find(made.sdtm.notes[i], STR("visit.STEPS")) != SIZE_MAX;
    CHECK(t, named);
}

/* --- blinding --- */

static Str blinded_protocol(Test *t)
{
    Str before, after, text = str_from(FIXTURE_PROTOCOL);
    static const char *const CHANGES[][2] = {
        {"design: single-arm, blinding: open-label", "design: parallel, blinding: double-blind"},
        {"arms: [{id: CELLS, title: Cells, kind: experimental}]",
         "arms: [{id: CELLS, title: Living cells, kind: experimental}, {id: SALT, title: Salt water, kind: placebo}]\n"
         "randomisation: {method: permuted-blocks, block_sizes: [4], concealment: sealed}"}};
    for (size_t i = 0; i < N_OF(CHANGES); i++)
        if (CHECK(t, str_cut(text, str_from(CHANGES[i][0]), &before, &after)))
            text = str_format(t->arena, STR_FMT "%s" STR_FMT, STR_ARG(before), CHANGES[i][1], STR_ARG(after));
    return text;
}

static Trial *blinded_trial_under(Test *t, const char *name, Str protocol)
{
    Error err = {0};
    Trial *trial;
    Actor ana = fixture_actor("ana", "");
    static const ItemCell CELLS[] = {{{"BIRTH", 5}, {"2012-05-04", 10}}, {{"SEX", 3}, {"F", 1}}, {{"EPILEPSY", 8}, {"no", 2}}};
    static const ItemCell DOSE[] = {{{"WEIGHT_KG", 9}, {"12.5", 4}}, {{"MNC_E6", 6}, {"500", 3}}};
    NewTrial request = {.path = test_scratch(t, name), .protocol = protocol, .user = STR("ana"), .name = STR("Ana")};
    Screening screening = {.subject = STR("S-001"), .site = STR("HAN"), .date = STR("2016-01-10"), .n_cells = 3, .cells = CELLS};
    ConsentRecord consent = {STR("S-001"), STR("2016-01-10"), STR("1.0"), STR("vi"), STR("mother"), STR("not-applicable")};
    FormSave dose = {.subject = STR("S-001"), .form = STR("doses"), .visit = STR("1"), .date = STR("2016-01-20"), .n_cells = 2, .cells = DOSE};
    FormSaved saved;
    bool ok = trial_create(t->arena, &request, &ana, &trial, &err) && trial_screen(trial, &ana, &screening, &err) &&
              trial_consent(trial, &ana, &consent, &err) && trial_enrol(trial, &ana, STR("S-001"), STR("2016-01-12"), STR("SALT"), &err) &&
              fixture_record(trial, &ana, "S-001", "STEPS", "4100", &err) && trial_save_form(trial, &ana, &dose, &saved, &err) &&
              trial_add_user(trial, &ana, STR("ivo"), STR("Ivo"), &err) && trial_grant(trial, &ana, STR("ivo"), STR("inspector"), STR(""), &err);
    return CHECK_OK(t, ok, err) ? trial : NULL;
}

static bool says_arm(Test *t, const char *folder, const ExportReport *report)
{
    for (size_t i = 0; i < report->n; i++) {
        Str text;
        Error err = {0};
        bool design = str_find(report->files[i].name, STR("/ta.")) != SIZE_MAX || str_find(report->files[i].name, STR("/te.")) != SIZE_MAX;
        bool data = str_ends(report->files[i].name, STR(".csv")) && !design;
        if (!data || !CHECK_OK(t, file_read(t->arena, file_join(t->arena, test_scratch(t, folder), report->files[i].name), 1 << 20, &text, &err), err)) continue;
        if (str_find(text, STR("Salt water")) != SIZE_MAX || str_find(text, STR("SALT")) != SIZE_MAX || str_find(text, STR(",500")) != SIZE_MAX) return true;
    }
    return false;
}

static void who_is_blinded_gets_no_arm_in_any_file(Test *t)
{
    ExportReport report;
    Trial *trial = blinded_trial_under(t, "blind.trial", blinded_protocol(t));
    Actor ana = fixture_actor("ana", ""), ivo = fixture_actor("ivo", "");
    if (!trial || !exported(t, trial, &ana, "blind", &table_format_csv, &report)) return;
    CHECK(t, !says_arm(t, "blind", &report));
    Str readme;
    Error err = {0};
    CHECK_OK(t, file_read(t->arena, file_join(t->arena, test_scratch(t, "blind"), STR("README.txt")), 1 << 20, &readme, &err), err);
    CHECK(t, str_find(readme, STR("The trial is blinded")) != SIZE_MAX);
    CHECK(t, str_find(readme, STR("ex.csv")) == SIZE_MAX);
    if (!exported(t, trial, &ivo, "seeing", &table_format_csv, &report)) return;
    CHECK(t, says_arm(t, "seeing", &report));
    ExportTo own = {.folder = test_scratch(t, "own")};
    CHECK(t, !trial_export_csv(trial, t->arena, &ana, own, &report, &err));
    CHECK_ERROR(t, err, ERROR_DENIED, "the trial is blinded");
    CHECK(t, !file_exists(t->arena, own.folder));
    CHECK_OK(t, trial_export_csv(trial, t->arena, &ivo, own, &report, &err), err);
}

static void who_is_blinded_learns_of_no_dose_that_one_arm_alone_receives(Test *t)
{
    static const char *const NAMES[] = {"TRTSDT", "TRTEDT", "SAFFL", "NDOSES", "TRT01P", "TRT01A"};
    Made made;
    Str before, after, protocol = blinded_protocol(t);
    if (!CHECK(t, str_cut(protocol, STR("kind: placebo"), &before, &after))) return;
    Trial *trial = blinded_trial_under(t, "tell.trial", str_format(t->arena, STR_FMT "kind: no-treatment" STR_FMT, STR_ARG(before), STR_ARG(after)));
    if (!made_of(t, trial, false, &made)) return;
    const StandardSet *dm = need_set(t, &made.sdtm, "DM"), *adsl = need_set(t, &made.adam, "ADSL");
    if (!dm || !adsl) return;
    CHECK_TEXT(t, standard_get(dm, 0, "RFSTDTC"), "2016-01-12");
    CHECK_TEXT(t, standard_get(dm, 0, "RFXSTDTC"), "");
    for (size_t i = 0; i < N_OF(NAMES); i++) {
        const Column *column = frame_column(adsl->frame, str_from(NAMES[i]));
        test_check(t, !column || column->missing[0], NAMES[i], __FILE__, __LINE__);
    }
    if (!made_of(t, trial, true, &made)) return;
    CHECK_TEXT(t, standard_get(standard_find(&made.sdtm, STR("DM")), 0, "RFXSTDTC"), "2016-01-20");
}

/* --- the pilot study --- */

/* Where ours are right and the pilot's of 2010 are not. */
static bool is_known_difference(Str data_set, Str variable, Str *why)
{
    static const struct {
        const char *data_set, *variable, *why;
    } KNOWN[] = {
        {"EX", "EXTRT", "label of SDTMIG 3.2 and later"}, {"EX", "EXDOSE", "label of SDTMIG 3.2 and later"},
        {"TA", "TAETORD", "label of SDTMIG 3.1.3 and later"},
    };
    for (size_t i = 0; i < N_OF(KNOWN); i++)
        if (str_equal(data_set, str_from(KNOWN[i].data_set)) && str_equal(variable, str_from(KNOWN[i].variable))) {
            *why = str_from(KNOWN[i].why);
            return true;
        }
    return false;
}

static void compare_with(Test *t, Str path, const StandardSpec *spec)
{
    Error err = {0};
    TableReader *reader;
    const TableMember *member;
    size_t last = 0, n = 0;
    if (!CHECK_OK(t, table_open(t->arena, path, &reader, &err) && table_next_member(reader, &member, &err), err) || !member) return;
    StandardSet *ours = standard_set_new(t->arena, spec);
    for (size_t v = 0; v < member->n_variables; v++) {
        const TableVariable *theirs = &member->variables[v];
        const Column *column = frame_column(ours->frame, theirs->name);
        Str why;
        if (!column) continue;
        size_t place = (size_t)(column - ours->frame->columns);
        if (!str_equal(column->label, theirs->label) && !is_known_difference(ours->name, column->name, &why))
            test_check_text(t, str_format(t->arena, STR_FMT "." STR_FMT ": " STR_FMT, STR_ARG(ours->name), STR_ARG(column->name), STR_ARG(column->label)),
                            theirs->label, "label", __FILE__, __LINE__);
        if (n++ && place < last) CHECK_TEXT(t, str_format(t->arena, STR_FMT "." STR_FMT, STR_ARG(ours->name), STR_ARG(column->name)), "in the pilot's order");
        last = place;
    }
    CHECK(t, n >= 6);
}

static void names_and_labels_are_those_of_the_pilot(Test *t)
{
    static const struct {
        const char *file;
        const StandardSpec *spec;
    } FILES[] = {{"dm.xpt", &sdtm_spec_DM}, {"ae.xpt", &sdtm_spec_AE}, {"ds.xpt", &sdtm_spec_DS}, {"ex.xpt", &sdtm_spec_EX}, {"cm.xpt", &sdtm_spec_CM},
                 {"mh.xpt", &sdtm_spec_MH}, {"sv.xpt", &sdtm_spec_SV}, {"se.xpt", &sdtm_spec_SE}, {"sc.xpt", &sdtm_spec_SC}, {"qs.xpt.gz", &sdtm_spec_QS},
                 {"lb.xpt.gz", &sdtm_spec_LB}, {"vs.xpt.gz", &sdtm_spec_VS}, {"ta.xpt", &sdtm_spec_TA}, {"te.xpt", &sdtm_spec_TE}, {"ti.xpt", &sdtm_spec_TI},
                 {"ts.xpt", &sdtm_spec_TS}, {"tv.xpt", &sdtm_spec_TV}, {"relrec.xpt", &sdtm_spec_RELREC}};
    for (size_t i = 0; i < N_OF(FILES); i++) {
        Str path = test_data(t, str_format(t->arena, "cdiscpilot01/sdtm/%s", FILES[i].file).data);
        if (!path.len) return;
        compare_with(t, path, FILES[i].spec);
    }
}

static const TestCase CASES[] = {
    {"study days have no day nought", study_days_have_no_day_nought},
    {"rows are sorted and numbered, unused variables dropped", rows_are_sorted_numbered_and_unused_variables_dropped},
    {"two rows with the same keys are refused", two_rows_with_the_same_keys_are_refused},
    {"a long text goes on in qualifiers", a_long_text_goes_on_in_qualifiers},
    {"every date is one, and every label and name fits", every_date_is_one_and_every_label_and_name_fits},
    {"what is required is there", what_is_required_is_there},
    {"the founding trial becomes SDTM", the_founding_trial_becomes_sdtm},
    {"qualifiers lead back to their rows", qualifiers_lead_back_to_their_rows},
    {"every file is read back the same", every_file_is_read_back_the_same},
    {"metadata say what the data sets are", metadata_say_what_the_data_sets_are},
    {"analysis data sets hold the report's numbers", analysis_data_sets_hold_the_reports_numbers},
    {"a report prints what the analysis data sets give", a_report_prints_what_the_analysis_data_sets_give},
    {"flags of events are one a subject", flags_of_events_are_one_a_subject},
    {"a trial without doses counts from enrolment", a_trial_without_doses_counts_from_enrolment},
    {"who is blinded gets no arm in any file", who_is_blinded_gets_no_arm_in_any_file},
    {"who is blinded learns of no dose that one arm alone receives", who_is_blinded_learns_of_no_dose_that_one_arm_alone_receives},
    {"names and labels are those of the pilot", names_and_labels_are_those_of_the_pilot},
};

TEST_SUITE(standard, CASES);
