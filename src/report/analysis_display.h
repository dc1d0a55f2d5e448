/* A planned analysis as an output: what `analyses` say becomes a table in the language of `outputs`, read and made as if
 * someone had written it there. So an analysis and an output of the same kind give the same numbers, and a new kind of
 * block is a row in one table here. Private to the output_*.c and analys*.c files. */
#ifndef REPORT_ANALYSIS_DISPLAY_H
#define REPORT_ANALYSIS_DISPLAY_H

#include "protocol/protocol.h"

/* What the method is called in the report: "paired t test". */
const char *analysis_method_title(AnalysisMethod method);

/* A table under the number `number`, as a node of `outputs: displays:`; nodes without a place of their own stand at the
 * analysis. NULL when the method or what is said makes no table: `why` then says where it stands or what lacks ("no table: no model is named"). */
const Yaml *analysis_display(Arena *arena, const Protocol *protocol, const AnalysisPlan *plan, Str number, const char **why);

#endif
