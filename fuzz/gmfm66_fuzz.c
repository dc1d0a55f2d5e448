/* Any bytes give item parameters or an error; parameters that are accepted give every child a score. */
#include <stdint.h>

#include "instrument/gmfm66.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Gmfm66Parameters parameters;
    Gmfm66Score score;
    Gmfm88Record record = {0};
    Error err = {0};
    if (!gmfm66_parse_parameters((Str){(const char *)data, size}, &parameters, &err)) {
        if (err.code == ERROR_NONE) __builtin_trap();
        return 0;
    }
    for (int i = 0; i < GMFM_N_ITEMS; i++) record.responses[i] = i % 4;
    if (!gmfm66_score(&record, &parameters, GMFM66_WLE, &score, &err)) __builtin_trap();
    if (!(score.score >= 0 && score.score <= 100 && score.se > 0)) __builtin_trap();
    return 0;
}
