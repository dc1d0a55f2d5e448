/* The figure that `fit --figure FILE` writes: least-squares means where they were asked for, else residuals. */
#ifndef CLI_FIT_FIGURE_H
#define CLI_FIT_FIGURE_H

#include "stat/mmrm.h"

typedef struct {
    Str path, data;                   /* of the figure (.svg or .html), and of the data it is of */
    const Model *model;
    const LinearFit *linear;          /* one of the two */
    const MmrmFit *mixed;
    const LsMeans *means;             /* NULL: residuals */
    const Estimate *estimates;        /* of the means */
    double confidence;
    bool has_random;                  /* the model has random effects: its residuals are not drawn */
} FitFigure;

/* Fails: USAGE (another ending; means of more than two factors; residuals beside random effects), IO. */
MUST_USE bool fit_figure_write(Arena *arena, const FitFigure *figure, Error *err);

#endif
