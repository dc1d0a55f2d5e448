/* `import` by a map: any table into a trial. */
#ifndef CLI_IMPORT_MAP_H
#define CLI_IMPORT_MAP_H

#include "base/json.h"
#include "cli/command.h"
#include "trial/import.h"

/* The verb with --map or --draft-map. */
MUST_USE bool import_by_map(Invocation *call, Error *err);

/* One refused row as an object. */
void import_put_problem(JsonWriter *json, const ImportProblem *problem);

#endif
