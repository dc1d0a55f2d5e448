/* Rules about what a report could claim that the design does not support: control, registration, tests, raters. */
#include "protocol/check_rules.h"

#include <math.h>

static bool is_test(const AnalysisPlan *analysis)
{
    return analysis->method != METHOD_DESCRIPTIVE && analysis->method != METHOD_PROPORTION &&
           analysis->method != METHOD_SHIFT && analysis->method != METHOD_KAPLAN_MEIER;
}

static bool is_of(const AnalysisPlan *analysis, AnalysisRole role) { return analysis->role == role; }

static bool confirms(const AnalysisPlan *analysis)
{
    return is_of(analysis, ANALYSIS_PRIMARY) || is_of(analysis, ANALYSIS_SECONDARY);
}

void rule_no_control(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (!treats(protocol) || has_control(protocol)) return;
    flag(checker, place_of(protocol->trial.at, "design"), "there is no control group");
}

void rule_not_registered(Checker *checker)
{
    const TrialFacts *trial = &checker->protocol->trial;
    if (treats(checker->protocol) && !trial->registration.at)
        flag(checker, trial->at, "the trial is not registered");
}

/* Partial dates: late only when the whole registration lies after the latest day the consent can mean. */
static bool is_after(Date registration, Date consent)
{
    return registration.year && consent.year &&
           date_days(date_earliest(registration)) > date_days(date_latest(consent));
}

void rule_retrospective(Checker *checker)
{
    const TrialFacts *trial = &checker->protocol->trial;
    const Registration *registration = &trial->registration;
    if (is_after(registration->date, trial->first_consent))
        flag(checker, place_of(registration->at, "date"),
             "registered on " STR_FMT ", after the first consent (" STR_FMT ")",
             STR_ARG(date_text(checker->arena, registration->date)),
             STR_ARG(date_text(checker->arena, trial->first_consent)));
    else if (registration->retrospective)
        flag(checker, place_of(registration->at, "retrospective"),
             "the trial was registered after it had begun");
}

/* One analysis at two visits is two tests. */
static size_t count_tests(const AnalysisPlan *analysis)
{
    return analysis->visits.n > 1 ? analysis->visits.n : 1;
}

void rule_multiplicity(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    size_t n_tests = 0, n_outside = 0;
    const AnalysisPlan *first = NULL;
    Str family = {"", 0};
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        if (!is_of(analysis, ANALYSIS_PRIMARY) || !is_test(analysis)) continue;
        if (!first) first = analysis, family = analysis->family;
        n_tests += count_tests(analysis);
        const Family *plan = protocol_family(protocol, analysis->family);
        if (!plan || plan->method == FAMILY_NONE || !str_equal(family, analysis->family))
            n_outside += count_tests(analysis);
    }
    if (n_tests > 1 && n_outside)
        flag(checker, place_of(first->at, "role"),
             "%zu primary tests without one plan for their common error", n_tests);
}

void rule_secondary_family(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        if (is_of(analysis, ANALYSIS_SECONDARY) && is_test(analysis) && !analysis->family.len)
            flag(checker, place_of(analysis->at, "id"),
                 "the secondary analysis \"" STR_FMT "\" belongs to no family", STR_ARG(analysis->id));
    }
}

static bool has_text(const Texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->n; i++)
        if (str_equal_fold(texts->items[i], str_from(text))) return true;
    return false;
}

/* The first analysis of one of the roles that a conclusion rests on, if the instrument has any. */
static const AnalysisPlan *conclusion_from(const Protocol *protocol, const InstrumentUse *use)
{
    for (size_t i = 0; i < protocol->analyses.n; i++)
        if (confirms(&protocol->analyses.items[i]) &&
            str_equal(protocol->analyses.items[i].instrument, use->id))
            return &protocol->analyses.items[i];
    return NULL;
}

void rule_raters(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    const TrialFacts *trial = &protocol->trial;
    bool open = trial->blinding == BLINDING_OPEN || trial->blinding == BLINDING_UNSTATED;
    if (!treats(protocol) || !open || has_text(&trial->blinded, "assessor")) return;
    Buf names = buf_new(checker->arena);
    const InstrumentUse *first = NULL;
    for (size_t i = 0; i < protocol->instruments.n; i++) {
        const InstrumentUse *use = &protocol->instruments.items[i];
        if (!use->subjective || !conclusion_from(protocol, use)) continue;
        buf_format(&names, "%s" STR_FMT, first ? ", " : "", STR_ARG(use->id));
        if (!first) first = use;
    }
    if (first)
        flag(checker, place_of(trial->at, "blinding"), "raters who know the treatment score " STR_FMT,
             STR_ARG(buf_str(&names)));
}

/* Ages an instrument was made for, in years. Sources: GMFM manual (5 months to 16 years); Hanna et al. 2008 (percentiles,
 * 2 to 12); Waters et al. (CP QOL-Child, 4 to 12); Denver II (0 to 6); MACS (4 to 18) and Mini-MACS (1 to 4). */
static const struct {
    InstrumentName instrument;
    double low, high;
} AGES[] = {
    {INSTRUMENT_GMFM_88, 5.0 / 12, 16},  {INSTRUMENT_GMFM_66, 5.0 / 12, 16}, {INSTRUMENT_GMFM_66_PERCENTILE, 2, 12},
    {INSTRUMENT_CP_QOL, 4, 12},          {INSTRUMENT_DENVER_II, 0, 6},       {INSTRUMENT_MACS, 4, 18},
    {INSTRUMENT_MINI_MACS, 1, 4},        {INSTRUMENT_GMFCS, 0, 18},
};

void rule_instrument_age(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    Range ages = protocol->eligibility.ages;
    if (!isfinite(ages.low) || !isfinite(ages.high)) return;
    for (size_t i = 0; i < protocol->instruments.n; i++)
        for (size_t k = 0; k < sizeof AGES / sizeof AGES[0]; k++) {
            const InstrumentUse *use = &protocol->instruments.items[i];
            if (use->instrument != AGES[k].instrument ||
                (ages.low >= AGES[k].low && ages.high <= AGES[k].high))
                continue;
            flag(checker, place_of(use->at, "instrument"),
                 "%s is for ages %.3g to %g; the trial takes %g to %g",
                 grammar_word(&INSTRUMENT_NAME_WORDS, (int)use->instrument), AGES[k].low, AGES[k].high,
                 ages.low, ages.high);
        }
}

static const InstrumentUse *instrument_of(const Protocol *protocol, const AnalysisPlan *analysis)
{
    for (size_t i = 0; i < protocol->instruments.n; i++)
        if (str_equal(protocol->instruments.items[i].id, analysis->instrument))
            return &protocol->instruments.items[i];
    return NULL;
}

static InstrumentName measured_by(const Protocol *protocol, const AnalysisPlan *analysis)
{
    const InstrumentUse *use = instrument_of(protocol, analysis);
    return use ? use->instrument : INSTRUMENT_UNSTATED;
}

void rule_gmfcs_outcome(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (protocol->eligibility.ages.low >= 6) return;
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        bool gmfcs = measured_by(protocol, analysis) == INSTRUMENT_GMFCS ||
                     str_equal_fold(analysis->variable, STR("GMFCS"));
        if (gmfcs && confirms(analysis))
            flag(checker, place_of(analysis->at, "id"),
                 "\"" STR_FMT "\" takes GMFCS as an outcome of children under 6 years",
                 STR_ARG(analysis->id));
    }
}

void rule_aided_gmfm66(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->instruments.n; i++) {
        const InstrumentUse *use = &checker->protocol->instruments.items[i];
        bool gmfm66 =
            use->instrument == INSTRUMENT_GMFM_66 || use->instrument == INSTRUMENT_GMFM_66_PERCENTILE;
        if (gmfm66 && use->aids > AIDS_NONE)
            flag(checker, place_of(use->at, "aids"), "\"" STR_FMT "\" scores GMFM-66 with aids",
                 STR_ARG(use->id));
    }
}

void rule_screening_test(Checker *checker)
{
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        if (confirms(analysis) && measured_by(checker->protocol, analysis) == INSTRUMENT_DENVER_II)
            flag(checker, place_of(analysis->at, "id"),
                 "\"" STR_FMT "\" takes a screening test as its outcome", STR_ARG(analysis->id));
    }
}

void rule_ordinal_as_number(Checker *checker)
{
    static const AnalysisMethod OF_NUMBERS[] = {METHOD_PAIRED_T, METHOD_T_TEST,       METHOD_ANCOVA,
                                                METHOD_ANOVA,    METHOD_LINEAR_MODEL, METHOD_MMRM};
    for (size_t i = 0; i < checker->protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &checker->protocol->analyses.items[i];
        if (measured_by(checker->protocol, analysis) != INSTRUMENT_MODIFIED_ASHWORTH) continue;
        for (size_t k = 0; k < sizeof OF_NUMBERS / sizeof OF_NUMBERS[0]; k++)
            if (analysis->method == OF_NUMBERS[k])
                flag(checker, place_of(analysis->at, "method"),
                     "\"" STR_FMT "\" takes the mean of modified Ashworth grades", STR_ARG(analysis->id));
    }
}

static bool is_motor(InstrumentName instrument)
{
    return instrument == INSTRUMENT_GMFM_88 || instrument == INSTRUMENT_GMFM_66 ||
           instrument == INSTRUMENT_GMFM_66_PERCENTILE;
}

static bool takes_off_growth(const AnalysisPlan *analysis)
{
    return analysis->natural_change > NATURAL_CHANGE_NONE;
}

/* By the analysis itself, or by a sensitivity analysis that varies it, directly or through others. */
static bool growth_is_taken_off(const Protocol *protocol, const AnalysisPlan *analysis)
{
    if (takes_off_growth(analysis)) return true;
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *other = &protocol->analyses.items[i];
        for (size_t step = 0; takes_off_growth(other) && step <= protocol->analyses.n; step++) {
            other = protocol_analysis(protocol, other->sensitivity_to);
            if (!other) break;
            if (other == analysis) return true;
        }
    }
    return false;
}

void rule_natural_change(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (!treats(protocol) || has_control(protocol) || protocol->eligibility.ages.low >= 18) return;
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &protocol->analyses.items[i];
        bool percentile =
            measured_by(protocol, analysis) == INSTRUMENT_GMFM_66_PERCENTILE; /* already against age */
        if (!confirms(analysis) || percentile || !is_motor(measured_by(protocol, analysis)) ||
            growth_is_taken_off(protocol, analysis))
            continue;
        flag(checker, place_of(analysis->at, "id"),
             "\"" STR_FMT "\" does not take off what growth alone predicts", STR_ARG(analysis->id));
    }
}

static size_t baseline_measurements(const Protocol *protocol, const InstrumentUse *use)
{
    size_t n = 0;
    for (size_t i = 0; i < use->visits.n; i++) {
        const Visit *visit = protocol_visit(protocol, use->visits.items[i]);
        n += visit && visit->day != INTEGER_ABSENT && visit->day <= 0;
    }
    return n;
}

void rule_regression_to_mean(Checker *checker)
{
    const Protocol *protocol = checker->protocol;
    if (!treats(protocol) || has_control(protocol)) return;
    for (size_t i = 0; i < protocol->instruments.n; i++) {
        const InstrumentUse *use = &protocol->instruments.items[i];
        const AnalysisPlan *analysis = conclusion_from(protocol, use);
        size_t n = baseline_measurements(protocol, use);
        if (analysis && is_of(analysis, ANALYSIS_PRIMARY) && n < 2)
            flag(checker, place_of(use->at, "visits"), "\"" STR_FMT "\" is %s before treatment",
                 STR_ARG(use->id), n ? "measured only once" : "not measured");
    }
}
