#include "report/output_kind.h"

static bool model_write(Eval *eval, const OutputBlock *block, const Scope *outer, Error *err)
{
    (void)eval; (void)outer;
    return yaml_error(block->at, err, ERROR_INCONSISTENT, "models are not there yet");
}

const OutputBlockKind block_kind_model = {
    .name = "model",
    .subject = "formula",
    .summary = "a linear model: tests of its terms, least-squares means and their differences",
    .keys = "where group header lines term in compare factor factors margins confidence decimals indent",
    .statistics = STATISTIC_BIT(STATISTIC_P),
    .down = true,
    .write = model_write,
};
