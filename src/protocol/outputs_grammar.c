/* The grammar of the section `outputs`, which report/output reads. Until its tables stand here every key is taken. */
#include "protocol/protocol.h"

const Grammar OUTPUTS_GRAMMAR = {.name = "outputs", .doc = "Tables, listings and figures.", .open = true};
