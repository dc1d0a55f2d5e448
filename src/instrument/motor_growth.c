#include "instrument/motor_growth.h"

#include <assert.h>
#include <math.h>

const GrowthReference growth_ontario = {
    .id = "ontario",
    .place = "Ontario",
    .name = "Ontario motor growth curves",
    .age_min_years = 1,
    .age_max_years = 15,
    .levels = {{87.7, 86.0, 89.3, 4.8},
               {68.4, 65.5, 71.2, 4.4},
               {54.3, 52.6, 55.9, 3.7},
               {40.4, 39.1, 41.7, 3.5},
               {22.3, 20.7, 24.0, 2.7}},
    .citation = "Rosenbaum PL, Walter SD, Hanna SE, et al. Prognosis for gross motor function in cerebral "
                "palsy. JAMA 2002;288:1357-1363 (657 children, 2632 assessments)",
    .doubt = "the limits and their intervals are quoted from memory of the paper and await a check against "
             "it; the ages at 90 % are as cited",
};

const GrowthReference growth_shanghai = {
    .id = "shanghai",
    .place = "Shanghai",
    .name = "Shanghai motor growth curves",
    .age_min_years = 1,
    .age_max_years = 15,
    .levels = {{81.2, 0, 0, 3.8}, {62.4, 0, 0, 2.7}, {52.9, 0, 0, 2.1}, {40.8, 0, 0, 2.0}, {24.4, 0, 0, 1.5}},
    .citation = "Shi W, Ding JJ, Yang H, et al. Assessment of gross motor function development in children "
                "with cerebral palsy by nonlinear mixed effect model. Chin J Evid Based Pediatr 2012 (228 "
                "children, 986 assessments; doi 10.3969/j.issn.1673-5501.2012.04.002)",
    .doubt = "the age range is taken from the Ontario curves, the abstract gives none",
};

static const GrowthReference *const ALL[] = {&growth_ontario, &growth_shanghai};

const GrowthReference *const *growth_list(size_t *n)
{
    *n = sizeof ALL / sizeof ALL[0];
    return ALL;
}

bool growth_find(Str id, const GrowthReference **reference, Error *err)
{
    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++)
        if (str_equal_fold(id, str_from(ALL[i]->id))) {
            *reference = ALL[i];
            return true;
        }
    error_set(err, ERROR_USAGE, "there is no growth reference \"" STR_FMT "\"", STR_ARG(id));
    return error_hint(err, "There are \"%s\" and \"%s\".", ALL[0]->id, ALL[1]->id);
}

/* Hanna 2009: age at the peak and points lost between it and 21 years; levels I and II have neither. */
#define DECLINE_END_YEARS 21.0
static const struct {
    double peak_years, loss;
} DECLINE[GMFCS_N_LEVELS] = {
    {0, 0}, {0, 0}, {7 + 11.0 / 12, 4.7}, {6 + 11.0 / 12, 7.8}, {6 + 11.0 / 12, 6.4}};

double growth_rate(const GrowthReference *reference, int level)
{
    assert(level >= 1 && level <= GMFCS_N_LEVELS);
    return log(10.0) / reference->levels[level - 1].age_90;
}

static double curve(const GrowthReference *reference, int level, double age_years)
{
    return -reference->levels[level - 1].limit * expm1(-growth_rate(reference, level) * age_years);
}

static double curve_with_decline(const GrowthReference *reference, int level, double age_years)
{
    double peak = DECLINE[level - 1].peak_years, loss = DECLINE[level - 1].loss;
    if (!(loss > 0) || age_years <= peak) return curve(reference, level, age_years);
    return curve(reference, level, peak) - loss * (age_years - peak) / (DECLINE_END_YEARS - peak);
}

static bool check_age(const GrowthReference *reference, double age_years, double highest, Error *err)
{
    if (age_years >= reference->age_min_years && age_years <= highest) return true;
    error_set(err, ERROR_INCONSISTENT, "age %.2f years is outside the %s (%g to %g)", age_years,
              reference->name, reference->age_min_years, highest);
    if (age_years < reference->age_min_years)
        return error_hint(err, "Below that age no expected change is stated; leave it missing.");
    return error_hint(err, "Leave the expected change missing, or extend the curve on purpose and say so.");
}

static bool check_question(const GrowthQuestion *question, const GrowthReference *reference, Error *err)
{
    double highest = question->decline  ? DECLINE_END_YEARS
                     : question->extend ? 100
                                        : reference->age_max_years;
    if (question->level < 1 || question->level > GMFCS_N_LEVELS) {
        error_set(err, ERROR_INCONSISTENT, "GMFCS level %d is none of I to V", question->level);
        return error_hint(
            err, "Growth is expected by GMFCS level at baseline; without it there is no expectation.");
    }
    if (!check_age(reference, question->from_years, highest, err)) return error_in(err, "first assessment");
    if (!check_age(reference, question->to_years, highest, err)) return error_in(err, "second assessment");
    if (question->to_years < question->from_years)
        return error_set(err, ERROR_INCONSISTENT,
                         "the second assessment, at %.2f years, is before the first, at %.2f",
                         question->to_years, question->from_years);
    if (question->form == GROWTH_POPULATION) return true;
    if (question->decline) {
        error_set(err, ERROR_USAGE, "decline after the peak is known for the mean child only");
        return error_hint(err, "Ask for the population form.");
    }
    return instrument_check_score(&instrument_gmfm66, question->baseline, err) || error_in(err, "baseline");
}

bool growth_expected(const GrowthQuestion *question, GrowthAnswer *answer, Error *err)
{
    const GrowthReference *reference = question->reference ? question->reference : &growth_ontario;
    if (!check_question(question, reference, err)) return false;
    double (*at)(const GrowthReference *, int, double) = question->decline ? curve_with_decline : curve;
    double from = at(reference, question->level, question->from_years);
    double to = at(reference, question->level, question->to_years);
    *answer = (GrowthAnswer){
        .change = to - from,
        .expected_from = from,
        .expected_to = to,
        .is_extended = question->to_years > reference->age_max_years,
    };
    if (question->form == GROWTH_INDIVIDUAL)
        answer->change = fmin(question->baseline * (to / from - 1), 100 - question->baseline);
    return true;
}

const GrowthOffset growth_offset_default = {
    .points_per_year = 3.1,
    .source = "untreated natural-history arm of ACCeNT-CP at 12 months (3.1, 95 % interval 1.4 to 5.0; PMID "
              "35811372)",
    .low = 1.4,
    .high = 5.0,
};

bool growth_excess(const GrowthQuestion *question, double observed, const GrowthOffset *offset,
                   GrowthExcess *excess, Error *err)
{
    GrowthAnswer answer;
    if (!offset->source || !offset->source[0] || !isfinite(offset->points_per_year)) {
        error_set(err, ERROR_USAGE, "the external-control offset has no source, or is no number");
        return error_hint(err, "State points per 12 months and the study they come from.");
    }
    if (!growth_expected(question, &answer, err)) return false;
    *excess = (GrowthExcess){
        .observed = observed,
        .expected = answer.change,
        .excess = observed - answer.change,
        .offset = offset->points_per_year * (question->to_years - question->from_years),
    };
    excess->excess_beyond_offset = excess->excess - excess->offset;
    return true;
}
