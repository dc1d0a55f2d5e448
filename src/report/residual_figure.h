/* Residuals of a model as four panels with the table beside them, for reports and for the command line. */
#ifndef REPORT_RESIDUAL_FIGURE_H
#define REPORT_RESIDUAL_FIGURE_H

#include "report/document.h"
#include "stat/mmrm.h"

/* What is looked at: one number per row of a model and in its order. */
typedef struct {
    size_t n;
    const double *fitted, *residual;  /* residuals of variance near 1; NaN: left out */
    Str kind, outcome;                /* "Normalised residual"; what fitted values are of, with its unit */
    const ModelVariable *by;          /* boxes by this factor; NULL: by none */
    const Str *names;                 /* n; who a row is, in the table of those beyond 3; NULL: they are counted */
    const Provenance *from;
} ResidualInput;

/* Residuals of a linear model (internally studentised) or of repeated measures (of this kind), boxes by visit or by the first
 * factor; names is left NULL. Memory: in `arena`. */
ResidualInput residual_input_linear(Arena *arena, const Model *model, const LinearFit *fit);
ResidualInput residual_input_mixed(Arena *arena, const MmrmFit *fit, MmrmResidual kind);

/* Fills a figure of kind FIGURE_PANELS: panels, series, data table and the note that says what was left undrawn. */
void residual_figure_fill(Document *document, Figure *figure, const ResidualInput *input);

#endif
