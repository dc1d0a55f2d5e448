/* Kaplan-Meier curves as a figure with the table beside it, for reports and for the command line. */
#ifndef REPORT_SURVIVAL_FIGURE_H
#define REPORT_SURVIVAL_FIGURE_H

#include "report/document.h"
#include "stat/kaplan_meier.h"

typedef struct {
    Str name;                         /* of the arm, on one line; empty where there is one curve */
    KaplanMeier curve;
    const Provenance *from;           /* of its numbers */
} SurvivalCurve;

typedef struct {
    size_t n;
    SurvivalCurve *curves;            /* all at one level */
    double every;                     /* between the times below the axis; 0: where the axis has its ticks */
    bool bands, medians;              /* drawn; the table has both anyway */
    int time_decimals;                /* of medians */
} SurvivalCurves;

/* Fills a figure of kind FIGURE_STEPS: series, times, and a data table with columns label, n, events, estimate, ci, to which
 * rows can be added. Fails: INCONSISTENT (`every` gives more times than an axis has ticks). */
MUST_USE bool survival_figure_fill(Document *document, Figure *figure, const SurvivalCurves *curves, Error *err);

#endif
