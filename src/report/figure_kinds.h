/* Between figure.c and the kinds: each draws its shapes and returns the height it took. */
#ifndef REPORT_FIGURE_KINDS_H
#define REPORT_FIGURE_KINDS_H

#include "report/axis.h"
#include "report/document.h"
#include "report/svg.h"

double figure_flow(Svg *svg, const Figure *figure);
double figure_lines(Svg *svg, const Figure *figure);          /* LINES and STEPS */
double figure_forest(Svg *svg, const Figure *figure);
double figure_dots(Svg *svg, const Figure *figure);
double figure_bars(Svg *svg, const Figure *figure);

/* Names of the groups in order of first appearance; at least one (maybe empty). */
typedef struct {
    size_t n;
    Str *names;
} GroupNames;
GroupNames figure_groups(Arena *arena, const Figure *figure);
size_t figure_group_index(const GroupNames *groups, Str name);

/* An axis below a plot: line, ticks, their texts; grid lines up to `top` when it is not NaN. */
void figure_x_axis(Svg *svg, const Axis *axis, double left, double right, double y, double top);

/* One entry of a legend, at *x, which moves on; *y moves to a new line when it does not fit. */
typedef enum { LEGEND_LINE, LEGEND_THIN, LEGEND_EXPECTED, LEGEND_MARK, LEGEND_SWATCH } LegendKind;
void figure_legend(Svg *svg, LegendKind kind, size_t index, size_t n, Str text, double left, double *x, double *y);

#endif
