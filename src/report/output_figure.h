/* Figures that are more than a drawn table. Private to the output_*.c files. */
#ifndef REPORT_OUTPUT_FIGURE_H
#define REPORT_OUTPUT_FIGURE_H

#include "report/output_eval.h"

/* Boxes that count subjects, with arrows: who was screened, enrolled, treated, seen. */
MUST_USE bool flow_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                          Error *err);

/* A thin line per subject, the mean with its interval at each x, and what was expected. */
MUST_USE bool lines_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                           Error *err);

/* Least-squares means of a model of repeated measures over its visits, a line for each arm, with intervals; the
 * figure's one block of rows is that model. */
MUST_USE bool model_lines_figure(OutputContext *context, const OutputSpec *spec, Document *document,
                                 Figure *figure, Error *err);

/* Kaplan-Meier curves by arm with numbers at risk; comparisons of arms where the protocol asks for them. */
MUST_USE bool survival_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                              Error *err);
MUST_USE bool survival_figure_check(Arena *arena, const OutputSpec *spec, Error *err);

/* Residuals of the model that is the figure's one block of rows, in four panels. */
MUST_USE bool residuals_figure(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                               Error *err);
MUST_USE bool residuals_figure_check(Arena *arena, const OutputSpec *spec, Error *err);

/* Takes the numbers of a cell that a point needs: the estimate, its interval, its n. */
void series_take_results(const Document *document, const Cell *cell, Str estimate, Series *series);

/* Forests and dots: a series for each row of the figure's table, or for each row and arm. */
MUST_USE bool rows_of_table(const OutputSpec *spec, Document *document, Figure *figure, Error *err);
MUST_USE bool forest_figure_check(Arena *arena, const OutputSpec *spec, Error *err);

#endif
