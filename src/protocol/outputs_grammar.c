/* The section `outputs` is kept as it stands: report/output_spec reads it, by tables of its own, because what is
 * allowed there depends on the statistics that reports know. */
#include "protocol/protocol.h"

const Grammar OUTPUTS_GRAMMAR = {.name = "outputs", .doc = "Tables, listings and figures; docs/outputs.md teaches them.", .open = true};
const Grammar DISPLAY_GRAMMAR = {.name = "a display", .doc = "One table of a report, written as under `outputs`: columns, across, rows and the like.", .open = true};
const Grammar IMPUTE_GRAMMAR = {.name = "an impute", .doc = "How missing outcomes are imputed, written as in a block `model` of `outputs`.", .open = true};
