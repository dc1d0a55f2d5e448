#include "instrument/ashworth.h"

#include <assert.h>

#define N_GRADES 6

static const char *const MODIFIED[N_GRADES] = {"0", "1", "1+", "2", "3", "4"};
static const char *const ORIGINAL[] = {"0", "1", "2", "3", "4"};

const Instrument instrument_modified_ashworth = {
    .id = "modified-ashworth",
    .name = "Modified Ashworth Scale",
    .version = "Bohannon and Smith 1987",
    .direction = INSTRUMENT_LOWER_IS_BETTER,
    .unit = "grade",
    .score_min = 0,
    .score_max = N_GRADES - 1,
    .age_min_years = 0,
    .age_max_years = 120,
    .n_levels = N_GRADES,
    .levels = MODIFIED,
    .missing_rule =
        "A muscle not rated is missing; a composite is the mean over the muscles rated, with their number.",
    .citation = "Bohannon RW, Smith MB. Interrater reliability of a modified Ashworth scale of muscle "
                "spasticity. Phys Ther 1987;67:206-207",
    .licence = "Scale published in a journal; grade names only are shipped",
};

const Instrument instrument_original_ashworth = {
    .id = "original-ashworth",
    .name = "Ashworth Scale",
    .version = "Ashworth 1964",
    .direction = INSTRUMENT_LOWER_IS_BETTER,
    .unit = "grade",
    .score_min = 0,
    .score_max = 4,
    .age_min_years = 0,
    .age_max_years = 120,
    .n_levels = sizeof ORIGINAL / sizeof ORIGINAL[0],
    .levels = ORIGINAL,
    .missing_rule = "A muscle not rated is missing.",
    .citation =
        "Ashworth B. Preliminary trial of carisoprodol in multiple sclerosis. Practitioner 1964;192:540-542",
    .licence = "Scale published in a journal; grade names only are shipped",
};

bool ashworth_parse(Str text, int *rank, Error *err)
{
    return instrument_parse_level(&instrument_modified_ashworth, text, rank, err);
}

const char *ashworth_text(int rank)
{
    assert(rank >= 0 && rank < N_GRADES);
    return MODIFIED[rank];
}

double ashworth_value(int rank, AshworthRecoding recoding)
{
    static const double HALVES[N_GRADES] = {0, 1, 1.5, 2, 3, 4};
    assert(rank >= 0 && rank < N_GRADES);
    return recoding == ASHWORTH_RANK ? rank : HALVES[rank];
}

const char *ashworth_recoding_text(AshworthRecoding recoding)
{
    return recoding == ASHWORTH_RANK ? "grades 0, 1, 1+, 2, 3, 4 coded 0, 1, 2, 3, 4, 5"
                                     : "grades 0, 1, 1+, 2, 3, 4 coded 0, 1, 1.5, 2, 3, 4";
}

bool ashworth_original_parse(Str text, int *grade, Error *err)
{
    if (!str_equal(str_trim(text), STR("1+")))
        return instrument_parse_level(&instrument_original_ashworth, text, grade, err);
    error_set(err, ERROR_MALFORMED, "\"1+\" is a grade of the modified Ashworth scale, not of the original");
    return error_hint(err, "Name the instrument \"modified-ashworth\" if that is what was used.");
}

bool ashworth_composite(const int *ranks, size_t n, AshworthRecoding recoding, AshworthComposite *composite,
                        Error *err)
{
    double sum = 0;
    *composite = (AshworthComposite){0};
    for (size_t i = 0; i < n; i++) {
        if (ranks[i] < -1 || ranks[i] >= N_GRADES)
            return error_set(err, ERROR_MALFORMED,
                             "rating %zu has the position %d, which is no modified Ashworth grade", i + 1,
                             ranks[i]);
        if (ranks[i] < 0) {
            composite->n_missing++;
            continue;
        }
        sum += ashworth_value(ranks[i], recoding);
        composite->n_rated++;
    }
    if (!composite->n_rated) return error_set(err, ERROR_DEGENERATE, "no muscle was rated");
    composite->mean = sum / composite->n_rated;
    return true;
}
