/* What a planned analysis reads, where its plan leaves it to the program: frame, column, rows. */
#ifndef REPORT_ANALYSIS_WORDS_H
#define REPORT_ANALYSIS_WORDS_H

#include "protocol/protocol.h"

/* Its frame: `data`, else `measures`, or the subjects of data from elsewhere. */
Str analysis_data(const Protocol *protocol, const AnalysisPlan *plan);

/* Whether that holds many scores, told apart by PARAMCD, at visits told apart by AVISIT: the trial's own `measures`. */
bool analysis_has_scores(const Protocol *protocol, const AnalysisPlan *plan);

/* The column of its numbers: `outcome`, else the response of the formula, else of scores CHG where a change is analysed and
 * AVAL where not, else `variable`. Empty where it counts. */
Str analysis_outcome(const Protocol *protocol, const AnalysisPlan *plan);

/* The condition on its rows: score, visits (if wanted), `where`. Empty for none. */
Str analysis_where(Arena *arena, const Protocol *protocol, const AnalysisPlan *plan, bool with_visits);

/* "AVISIT = 'V6'", "AVISIT IN ('V3', 'V6')"; and what people call a visit. */
Str analysis_visits_condition(Arena *arena, const Texts *visits);
Str analysis_visit_title(const Protocol *protocol, Str id);

#endif
