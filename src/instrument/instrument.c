#include "instrument/instrument.h"

#include <stdio.h>

#define N_MAX 64

static const Instrument *const ALL[] = {
#define X(name) &instrument_##name,
    INSTRUMENTS(X)
#undef X
};

_Static_assert(sizeof ALL / sizeof ALL[0] <= N_MAX, "instrument_find lends room for N_MAX names");

const Instrument *const *instrument_list(size_t *n)
{
    *n = sizeof ALL / sizeof ALL[0];
    return ALL;
}

static void join(const char *const *words, size_t n, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", words[i]);
}

bool instrument_find(Str id, const Instrument **instrument, Error *err)
{
    size_t n;
    const Instrument *const *all = instrument_list(&n);
    Str ids[N_MAX];
    const char *words[N_MAX];
    for (size_t i = 0; i < n; i++) {
        words[i] = all[i]->id;
        ids[i] = str_from(words[i]);
        if (!str_equal_fold(id, ids[i])) continue;
        *instrument = all[i];
        return true;
    }
    char listed[256];
    join(words, n, listed, sizeof listed);
    Str nearest = str_nearest(id, ids, n);
    error_set(err, ERROR_USAGE, "there is no instrument \"" STR_FMT "\"", STR_ARG(id));
    if (nearest.len)
        return error_hint(err, "Did you mean \"" STR_FMT "\"? There are %s.", STR_ARG(nearest), listed);
    return error_hint(err, "There are %s.", listed);
}

bool instrument_check_age(const Instrument *instrument, double age_years, Error *err)
{
    if (age_years >= instrument->age_min_years && age_years < instrument->age_max_years) return true;
    error_set(err, ERROR_INCONSISTENT, "age %.2f years is outside the ages of %s (%.2f to %.2f)", age_years,
              instrument->name, instrument->age_min_years, instrument->age_max_years);
    return error_hint(err, "Record the value as not applicable, or correct the date of birth.");
}

bool instrument_check_score(const Instrument *instrument, double score, Error *err)
{
    if (score >= instrument->score_min && score <= instrument->score_max) return true;
    error_set(err, ERROR_INCONSISTENT, "%g is not a score of %s, which runs from %g to %g %s", score,
              instrument->name, instrument->score_min, instrument->score_max, instrument->unit);
    return error_hint(err, "Check the unit: raw sums, percentages and percentiles are different numbers.");
}

bool instrument_parse_level(const Instrument *instrument, Str text, int *rank, Error *err)
{
    if (!instrument->n_levels)
        return error_set(err, ERROR_USAGE, "%s has no levels, it is a number", instrument->name);
    text = str_trim(text);
    for (size_t i = 0; i < instrument->n_levels; i++)
        if (str_equal_fold(text, str_from(instrument->levels[i]))) {
            *rank = (int)i;
            return true;
        }
    char levels[256];
    join(instrument->levels, instrument->n_levels, levels, sizeof levels);
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no level of the %s", STR_ARG(text), instrument->name);
    return error_hint(err, "The levels are %s.", levels);
}
