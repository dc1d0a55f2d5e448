/* Change of the GMFM-66 expected from growth alone, by each published set of curves. */
#include "instrument/gmfm66.h"
#include "instrument/motor_growth.h"
#include "trial/scoring_sheet.h"

typedef struct {
    size_t gmfcs, gmfm66, months, later;          /* columns, or NO_COLUMN */
    double months_given;                          /* by --months */
    bool has_baseline, may_drift, is_extended, whole_ages;
} Growth;

/* One row's question, before a reference is chosen. */
typedef struct {
    int level;
    double from_years, to_years, baseline;
    bool has_baseline;
    size_t from_column, to_column;                /* to blame */
} Span;

static bool load(Sheet *sheet, Error *err)
{
    Growth *growth = ARENA_NEW(sheet->arena, Growth);
    Str months = sheet->request->value[SCORING_MONTHS];
    sheet->state = growth;
    growth->whole_ages = true;
    bool given = sheet->request->given[SCORING_MONTHS];
    if (!given || (number_parse(months, &growth->months_given) && growth->months_given > 0)) return true;
    error_set(err, ERROR_USAGE, "\"" STR_FMT "\" months ahead are none", STR_ARG(months));
    return error_hint(err, "Write a number above 0, as in --months 6.");
}

static bool need_column(bool found, const char *what, const char *hint, Error *err)
{
    if (found) return true;
    error_set(err, ERROR_INCONSISTENT, "the file does not say %s", what);
    error_hint(err, "%s", hint);
    return error_in(err, "line 1");
}

static bool prepare(Sheet *sheet, Error *err)
{
    Growth *growth = sheet->state;
    growth->gmfcs = sheet_find(sheet, STR("GMFCS"));
    growth->gmfm66 = sheet_find(sheet, STR("GMFM66"));
    growth->months = sheet_find(sheet, STR("MONTHS"));
    growth->later = sheet_find(sheet, STR("LATER"));
    int n_ahead = (growth->months != NO_COLUMN) + (growth->later != NO_COLUMN) + sheet->request->given[SCORING_MONTHS];
    if (n_ahead > 1) {
        error_set(err, ERROR_INCONSISTENT, "the time ahead stands in more than one place");
        error_hint(err, "Keep one of column MONTHS, column LATER and --months.");
        return error_in(err, "line 1");
    }
    bool has_dates = sheet->birth != NO_COLUMN && sheet->date != NO_COLUMN;
    return need_column(sheet->age != NO_COLUMN || has_dates, "how old the child is", "Add a column AGE (years), or BIRTH and DATE.", err) &&
           need_column(growth->gmfcs != NO_COLUMN, "the GMFCS level", "Add a column GMFCS (I to V), the level at first.", err) &&
           need_column(n_ahead == 1, "how far ahead to look", "Add a column MONTHS, or LATER (a date), or give --months 6.", err) &&
           need_column(growth->later == NO_COLUMN || sheet->date != NO_COLUMN, "from which date LATER counts", "Add a column DATE.", err);
}

static bool lack(Error *err, const char *what) { return error_set(err, ERROR_DEGENERATE, "%s is missing", what); }

static bool read_years_ahead(const Sheet *sheet, const Growth *growth, double *years, Error *err)
{
    double months = growth->months_given;
    bool found = sheet->request->given[SCORING_MONTHS];
    Date date, later;
    bool is_dated, is_later;
    if (growth->later == NO_COLUMN) {
        if (!found && !sheet_number(sheet, growth->months, &months, &found, err)) return false;
        *years = months / 12;
        return found || lack(err, "MONTHS");
    }
    if (!sheet_date(sheet, sheet->date, &date, &is_dated, err) || !sheet_date(sheet, growth->later, &later, &is_later, err)) return false;
    if (!is_dated || !is_later) return lack(err, is_dated ? "LATER" : "DATE");
    *years = date_age_exact(date, later);
    return true;
}

static bool read_span(const Sheet *sheet, const Growth *growth, Span *span, Error *err)
{
    Str level;
    double ahead = 0;
    bool found;
    *span = (Span){.to_column = growth->later != NO_COLUMN ? growth->later : growth->months};
    if (!sheet_age(sheet, &span->from_years, &found, &span->from_column, err)) return false;
    if (!found) return lack(err, "the age");
    if (!sheet_cell(sheet, growth->gmfcs, &level, err)) return false;
    if (!level.len) return lack(err, "the GMFCS level");
    if (!gmfcs_parse(level, &span->level, err)) return sheet_blame(sheet, growth->gmfcs, err);
    if (!sheet_number(sheet, growth->gmfm66, &span->baseline, &span->has_baseline, err)) return false;
    if (span->has_baseline && !instrument_check_score(&instrument_gmfm66, span->baseline, err))
        return sheet_blame(sheet, growth->gmfm66, err);
    if (!read_years_ahead(sheet, growth, &ahead, err)) return false;
    span->to_years = span->from_years + ahead;
    return true;
}

static bool expect(const Sheet *sheet, const Span *span, const GrowthReference *reference, GrowthForm form,
                   GrowthAnswer *answer, Error *err)
{
    GrowthQuestion now = {.reference = reference,
                          .level = span->level,
                          .from_years = span->from_years,
                          .to_years = span->from_years,
                          .extend = sheet->request->given[SCORING_EXTEND]};
    if (!growth_expected(&now, answer, err)) return sheet_blame(sheet, span->from_column, err);
    GrowthQuestion question = now;
    question.form = form;
    question.to_years = span->to_years;
    question.baseline = span->baseline;
    return growth_expected(&question, answer, err) || sheet_blame(sheet, span->to_column, err);
}

#define N_REFERENCES 2

enum { FROM, TO, FIRST_REFERENCE, N_COLUMNS = FIRST_REFERENCE + 2 * N_REFERENCES };

static const GrowthReference *const REFERENCES[N_REFERENCES] = {&growth_ontario, &growth_shanghai};

static const ScoreColumn COLUMNS[N_COLUMNS] = {
    [FROM] = {"AGE_FROM", "Age from", "years", COLUMN_NUMBER, 2},
    [TO] = {"AGE_TO", "Age to", "years", COLUMN_NUMBER, 2},
    [FIRST_REFERENCE] = {"ONTARIO", "Ontario, mean child", "points", COLUMN_NUMBER, 2},
    {"ONTARIO_CHILD", "Ontario, this child", "points", COLUMN_NUMBER, 2},
    {"SHANGHAI", "Shanghai, mean child", "points", COLUMN_NUMBER, 2},
    {"SHANGHAI_CHILD", "Shanghai, this child", "points", COLUMN_NUMBER, 2},
};

static void remember(Growth *growth, const Span *span, bool is_extended)
{
    const GmfcsBand *band;
    growth->has_baseline = growth->has_baseline || span->has_baseline;
    growth->may_drift = growth->may_drift || (gmfcs_band(span->from_years, &band, NULL) && band->level_may_drift);
    growth->is_extended = growth->is_extended || is_extended;
    growth->whole_ages = growth->whole_ages && span->from_years == (double)(int)span->from_years;
}

static bool score(Sheet *sheet, Error *err)
{
    Growth *growth = sheet->state;
    Span span;
    GrowthAnswer mean[N_REFERENCES], child[N_REFERENCES];
    if (!read_span(sheet, growth, &span, err)) return false;
    for (size_t i = 0; i < N_REFERENCES; i++) {
        if (!expect(sheet, &span, REFERENCES[i], GROWTH_POPULATION, &mean[i], err)) return false;
        if (span.has_baseline && !expect(sheet, &span, REFERENCES[i], GROWTH_INDIVIDUAL, &child[i], err)) return false;
    }
    sheet_put(sheet, FROM, span.from_years);
    sheet_put(sheet, TO, span.to_years);
    for (size_t i = 0; i < N_REFERENCES; i++) {
        sheet_put(sheet, FIRST_REFERENCE + 2 * i, mean[i].change);
        if (span.has_baseline) sheet_put(sheet, FIRST_REFERENCE + 2 * i + 1, child[i].change);
    }
    if (mean[0].is_extended) sheet_remark(sheet, STR("an age is above the range of the curves"));
    remember(growth, &span, mean[0].is_extended);
    return true;
}

static void conclude(Sheet *sheet)
{
    const Growth *growth = sheet->state;
    sheet_note(sheet, STR("Points of the GMFM-66 expected without treatment. Mean child: the curve of the level. This child: on its "
                          "own multiple of the curve, from the GMFM66 measured."));
    if (!growth->has_baseline) sheet_note(sheet, STR("Without a column GMFM66 there is no expectation for the single child."));
    for (size_t i = 0; i < N_REFERENCES; i++) {
        sheet_note(sheet, str_format(sheet->arena, "%s: %s.", REFERENCES[i]->name, REFERENCES[i]->citation));
        if (REFERENCES[i]->doubt[0])
            sheet_note(sheet, str_format(sheet->arena, "Doubt about the %s: %s.", REFERENCES[i]->name, REFERENCES[i]->doubt));
    }
    sheet_note(sheet, STR("Single children differ from such predictions by 4 to 6 points: the expectation is for groups."));
    sheet_note(sheet, str_format(sheet->arena, "Untreated children followed like those of a trial gained %.1f points a year beyond such "
                                 "curves: %s.",
                                 growth_offset_default.points_per_year, growth_offset_default.source));
    if (growth->may_drift)
        sheet_note(sheet, STR("Before 4 years about half of the children change GMFCS level over time, mostly upwards, and the "
                              "expectation with it."));
    if (growth->whole_ages)
        sheet_note(sheet, STR("All ages are whole years. If they are completed years, growth is overstated; give BIRTH and DATE."));
}

const Scorer scorer_gmfm66_expected = {
    .id = "gmfm-66-expected",
    .title = "Change of the GMFM-66 expected from growth",
    .instrument = &instrument_gmfm66,
    .options = 1u << SCORING_MONTHS | 1u << SCORING_EXTEND,
    .n_columns = N_COLUMNS,
    .columns = COLUMNS,
    .load = load,
    .prepare = prepare,
    .score = score,
    .conclude = conclude,
};
