#include "instrument/gmfcs.h"

#include <assert.h>

static const char *const LEVELS[GMFCS_N_LEVELS] = {"I", "II", "III", "IV", "V"};

const Instrument instrument_gmfcs = {
    .id = "gmfcs",
    .name = "GMFCS",
    .version = "expanded and revised, 2007",
    .direction = INSTRUMENT_CLASSIFIES,
    .unit = "level",
    .score_min = 1,
    .score_max = GMFCS_N_LEVELS,
    .age_min_years = 0,
    .age_max_years = 18,
    .n_levels = GMFCS_N_LEVELS,
    .levels = LEVELS,
    .missing_rule = "A level not assessed is missing.",
    .citation = "Palisano R, Rosenbaum P, Bartlett D, Livingston M. Content validity of the expanded and "
                "revised Gross Motor Function Classification System. Dev Med Child Neurol 2008;50:744-750",
    .licence = "(c) CanChild, McMaster University; level names only are shipped",
};

static const GmfcsBand BANDS[] = {
    {"before the 2nd birthday", 0, 2, true, "Levels given before the 2nd birthday are provisional."},
    {"2 to 4 years", 2, 4, true,
     "In this band about half of the children change level over time, mostly towards higher ability."},
    {"4 to 6 years", 4, 6, false, ""},
    {"6 to 12 years", 6, 12, false, ""},
    {"12 to 18 years", 12, 18, false, ""},
};

bool gmfcs_parse(Str text, int *level, Error *err)
{
    Str trimmed = str_trim(text);
    if (trimmed.len == 1 && trimmed.data[0] >= '1' && trimmed.data[0] <= '5') {
        *level = trimmed.data[0] - '0';
        return true;
    }
    int rank;
    if (!instrument_parse_level(&instrument_gmfcs, text, &rank, err)) return false;
    *level = rank + 1;
    return true;
}

const char *gmfcs_text(int level)
{
    assert(level >= 1 && level <= GMFCS_N_LEVELS);
    return LEVELS[level - 1];
}

bool gmfcs_band(double age_years, const GmfcsBand **band, Error *err)
{
    if (!instrument_check_age(&instrument_gmfcs, age_years, err)) return false;
    size_t i = 0;
    while (age_years >= BANDS[i].to_years) i++;
    *band = &BANDS[i];
    return true;
}
