#include "instrument/gmfm66.h"

#include <math.h>

#define Z_975 1.959963984540054 /* standard normal quantile of 0.975 */
#define LOGIT_LIMIT 100.0
#define MAX_LINES 1000
#define TOLERANCE 1e-10 /* logits */
#define MAX_ITERATIONS 200

const Instrument instrument_gmfm66 = {
    .id = "gmfm-66",
    .name = "GMFM-66",
    .version = "66 items, partial-credit calibration supplied by the site",
    .direction = INSTRUMENT_HIGHER_IS_BETTER,
    .unit = "points",
    .score_min = 0,
    .score_max = 100,
    .age_min_years = 5.0 / 12,
    .age_max_years = 17,
    .item_format = "G%02d",
    .item_min = 0,
    .item_max = GMFM_ITEM_MAX,
    .missing_rule =
        "An item not tested is missing; at least 13 items must be scored. Aided items are never scored.",
    .citation =
        "Russell DJ, Avery LM, Rosenbaum PL, Raina PS, Walter SD, Palisano RJ. Improved scaling of the Gross "
        "Motor Function Measure for children with cerebral palsy. Phys Ther 2000;80:873-885",
    .licence = "Item parameters (c) Mac Keith Press; not shipped",
};

const Instrument instrument_gmfm66_percentile = {
    .id = "gmfm-66-percentile",
    .name = "GMFM-66 reference percentile",
    .version = "Hanna 2008",
    .direction = INSTRUMENT_HIGHER_IS_BETTER,
    .unit = "percentile of children of the same age and GMFCS level",
    .score_min = 0,
    .score_max = 100,
    .age_min_years = 2,
    .age_max_years = 12 + 1.0 / 12, /* tables run from 2 years 0 months to 12 years 0 months */
    .missing_rule = "Outside the ages of the tables the percentile is not applicable.",
    .citation = "Hanna SE, Bartlett DJ, Rivard LM, Russell DJ. Reference curves for the Gross Motor Function "
                "Measure. Phys Ther 2008;88:596-607",
    .licence = "Tables (c) CanChild, McMaster University; not shipped, the percentile is recorded",
};

static size_t split_fields(Str line, Str *fields, size_t room)
{
    size_t n = 0;
    Str before, rest = line;
    while (n < room && str_cut(rest, STR(","), &before, &rest)) fields[n++] = str_trim(before);
    if (n < room)
        fields[n++] = str_trim(rest);
    else
        n = room + 1;
    return n;
}

static bool parse_numbers(const Str *fields, size_t n, double *values, Error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!number_parse(fields[i], &values[i]) || !(fabs(values[i]) <= LOGIT_LIMIT))
            return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no number from -100 to 100",
                             STR_ARG(fields[i]));
    return true;
}

static bool parse_scale(const Str *fields, size_t n, Gmfm66Parameters *parameters, Error *err)
{
    double values[2];
    if (n != 3) return error_set(err, ERROR_MALFORMED, "SCALE takes two numbers, intercept and slope");
    if (!parse_numbers(fields + 1, 2, values, err)) return false;
    if (values[1] <= 0) return error_set(err, ERROR_MALFORMED, "the slope must be above 0");
    parameters->intercept = values[0];
    parameters->slope = values[1];
    return true;
}

static bool parse_item(const Str *fields, size_t n, Gmfm66Parameters *parameters, Error *err)
{
    int64_t number = 0;
    Str name = fields[0];
    bool named = name.len == 3 && (name.data[0] == 'G' || name.data[0] == 'g') &&
                 integer_parse(str_slice(name, 1, 3), &number) && number >= 1 && number <= GMFM_N_ITEMS;
    if (!named || !gmfm_item((int)number).in_66) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no item of the GMFM-66", STR_ARG(name));
        return error_hint(err,
                          "Items are G02 to G88, the 66 starred ones; other lines are SOURCE and SCALE.");
    }
    if (n != 1 + GMFM66_N_STEPS) return error_set(err, ERROR_MALFORMED, "an item takes three steps");
    if (parameters->has[number - 1])
        return error_set(err, ERROR_MALFORMED, "item G%02d stands twice", (int)number);
    parameters->has[number - 1] = true;
    parameters->n_items++;
    return parse_numbers(fields + 1, GMFM66_N_STEPS, parameters->steps[number - 1], err);
}

static bool parse_line(Str line, Gmfm66Parameters *parameters, Error *err)
{
    Str fields[1 + GMFM66_N_STEPS], before, rest;
    line = str_trim(line);
    if (!line.len || line.data[0] == '#') return true;
    if (str_cut(line, STR(","), &before, &rest) && str_equal_fold(str_trim(before), STR("SOURCE"))) {
        parameters->source = str_trim(rest);
        return true;
    }
    size_t n = split_fields(line, fields, 1 + GMFM66_N_STEPS);
    if (str_equal_fold(fields[0], STR("SCALE"))) return parse_scale(fields, n, parameters, err);
    return parse_item(fields, n, parameters, err);
}

bool gmfm66_parse_parameters(Str text, Gmfm66Parameters *parameters, Error *err)
{
    *parameters = (Gmfm66Parameters){0};
    Str line, rest = text;
    for (size_t number = 1; rest.len; number++) {
        if (number > MAX_LINES) return error_set(err, ERROR_MALFORMED, "more than %d lines", MAX_LINES);
        if (!str_cut(rest, STR("\n"), &line, &rest)) {
            line = rest;
            rest = (Str){0};
        }
        if (!parse_line(line, parameters, err)) return error_in(err, "line %zu", number);
    }
    if (!parameters->source.len) {
        error_set(err, ERROR_INCONSISTENT, "the parameters do not say where they come from");
        return error_hint(err, "Add a line SOURCE,manual and edition.");
    }
    if (!(parameters->slope > 0)) {
        error_set(err, ERROR_INCONSISTENT, "the parameters have no scale");
        return error_hint(err, "Add a line SCALE,intercept,slope that takes logits to 0-100.");
    }
    if (parameters->n_items < GMFM66_MIN_ITEMS)
        return error_set(err, ERROR_INCONSISTENT,
                         "parameters for %d items, %d are the least a score can rest on", parameters->n_items,
                         GMFM66_MIN_ITEMS);
    return true;
}

Gmfm66Category gmfm66_categories(const double steps[GMFM66_N_STEPS], double theta)
{
    double exponent[GMFM66_N_STEPS + 1] = {0}, greatest = 0, total = 0;
    for (int x = 1; x <= GMFM66_N_STEPS; x++) {
        exponent[x] = exponent[x - 1] + theta - steps[x - 1];
        greatest = fmax(greatest, exponent[x]);
    }
    Gmfm66Category c = {0};
    for (int x = 0; x <= GMFM66_N_STEPS; x++) total += c.probability[x] = exp(exponent[x] - greatest);
    for (int x = 0; x <= GMFM66_N_STEPS; x++) {
        c.probability[x] /= total;
        c.mean += x * c.probability[x];
    }
    for (int x = 0; x <= GMFM66_N_STEPS; x++) {
        double away = x - c.mean;
        c.variance += away * away * c.probability[x];
        c.third += away * away * away * c.probability[x];
    }
    return c;
}

typedef struct {
    const double *steps[GMFM_N_ITEMS];
    int n, sum;
} Answers;

static bool collect(const Gmfm88Record *record, const Gmfm66Parameters *parameters, Answers *answers,
                    Error *err)
{
    *answers = (Answers){0};
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        int response = record->responses[i];
        if (response < GMFM_NOT_TESTED || response > GMFM_ITEM_MAX)
            return error_set(err, ERROR_MALFORMED, "item %d has the response %d", i + 1, response);
        if (response == GMFM_NOT_TESTED || !parameters->has[i]) continue;
        answers->steps[answers->n++] = parameters->steps[i];
        answers->sum += response;
    }
    if (answers->n >= GMFM66_MIN_ITEMS) return true;
    error_set(err, ERROR_DEGENERATE, "%d items of the GMFM-66 were scored, at least %d are needed",
              answers->n, GMFM66_MIN_ITEMS);
    return error_hint(err, "Test more items, or report the GMFM-88 dimensions that were tested.");
}

/* The estimating function at theta: r - E(theta), plus Warm's I'/(2I); decreasing in theta. */
static double estimating(const Answers *answers, Gmfm66Method method, double theta, double *information)
{
    double mean = 0, variance = 0, third = 0;
    for (int i = 0; i < answers->n; i++) {
        Gmfm66Category c = gmfm66_categories(answers->steps[i], theta);
        mean += c.mean;
        variance += c.variance;
        third += c.third;
    }
    *information = variance;
    return answers->sum - mean + (method == GMFM66_WLE ? third / (2 * variance) : 0);
}

/* Newton steps inside a bracket; a step that leaves it is replaced by its middle. */
static bool solve(const Answers *answers, Gmfm66Method method, double *theta, double *information, Error *err)
{
    double low = -2 * LOGIT_LIMIT, high = 2 * LOGIT_LIMIT, at = 0;
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
        double value = estimating(answers, method, at, information);
        if (value > 0) low = at;
        if (value < 0) high = at;
        double next = at + value / *information;
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        double moved = fabs(next - at);
        at = next;
        if (moved > TOLERANCE) continue;
        estimating(answers, method, at, information);
        *theta = at;
        return true;
    }
    return error_set(err, ERROR_NO_CONVERGENCE, "the ability estimate did not settle in %d steps",
                     MAX_ITERATIONS);
}

static void set_interval(Gmfm66Score *score)
{
    score->ci_low = fmax(0, score->score - Z_975 * score->se);
    score->ci_high = fmin(100, score->score + Z_975 * score->se);
}

static bool refuse_aided(Error *err)
{
    error_set(err, ERROR_INCONSISTENT, "items tried with aids or orthoses have no GMFM-66 score");
    return error_hint(
        err, "Score the unaided record of the visit; the measure was built on children without aids.");
}

bool gmfm66_score(const Gmfm88Record *record, const Gmfm66Parameters *parameters, Gmfm66Method method,
                  Gmfm66Score *score, Error *err)
{
    Answers answers;
    double information = 0;
    if (record->aided) return refuse_aided(err);
    if (!collect(record, parameters, &answers, err)) return false;
    *score = (Gmfm66Score){.n_items = answers.n};
    score->is_extreme = answers.sum == 0 || answers.sum == GMFM_ITEM_MAX * answers.n;
    if (score->is_extreme && method == GMFM66_ML) {
        error_set(err, ERROR_DEGENERATE,
                  "every one of %d items was scored %d, so the likelihood has no maximum", answers.n,
                  answers.sum ? GMFM_ITEM_MAX : 0);
        return error_hint(
            err, "Use the weighted likelihood estimate, and say that the score is at the end of the scale.");
    }
    if (!solve(&answers, method, &score->theta, &information, err)) return false;
    score->score = fmin(100, fmax(0, parameters->intercept + parameters->slope * score->theta));
    score->se = parameters->slope / sqrt(information);
    set_interval(score);
    return true;
}

bool gmfm66_recorded(double score, double se, Gmfm66Score *result, Error *err)
{
    if (!instrument_check_score(&instrument_gmfm66, score, err)) return false;
    if (!(se > 0 && se <= 50)) {
        error_set(err, ERROR_INCONSISTENT, "%g is no standard error of a GMFM-66 score", se);
        return error_hint(
            err, "It is above 0 and usually between 1 and 5 points; copy it from the scoring software.");
    }
    *result = (Gmfm66Score){.score = score, .se = se, .is_recorded = true};
    set_interval(result);
    return true;
}
