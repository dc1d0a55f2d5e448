/* Between figure.c and the kinds: each draws its shapes and returns the height it took. */
#ifndef REPORT_FIGURE_KINDS_H
#define REPORT_FIGURE_KINDS_H

#include "report/axis.h"
#include "report/document.h"
#include "report/svg.h"

double figure_flow(Svg *svg, const Figure *figure);
bool figure_flow_fits(Arena *arena, const Figure *figure);    /* whether its longest words fit a narrow drawing */
double figure_lines(Svg *svg, const Figure *figure);
double figure_steps(Svg *svg, const Figure *figure);
double figure_forest(Svg *svg, const Figure *figure);
double figure_dots(Svg *svg, const Figure *figure);
double figure_bars(Svg *svg, const Figure *figure);
double figure_panels(Svg *svg, const Figure *figure);

/* Names of the groups in order of first appearance; at least one (maybe empty). */
typedef struct {
    size_t n;
    Str *names;
} GroupNames;
GroupNames figure_groups(Arena *arena, const Figure *figure);
size_t figure_group_index(const GroupNames *groups, Str name);

/* An axis below a plot: line, ticks, their texts; grid lines up to `top` when it is not NaN. A text that would touch the
 * one before it is left out. */
void figure_x_axis(Svg *svg, const Axis *axis, double left, double right, double y, double top);

/* The name of an axis. That of x stands centred, its first line at `y`, on as many lines as it needs; returns the height of
 * those beyond the first. That of y stands upright, its last line ending at `right`; figure_y_name_width is the room it
 * takes. */
double figure_x_name(Svg *svg, double left, double right, double y, Str text);
void figure_y_name(Svg *svg, double right, double top, double bottom, Str text);
double figure_y_name_width(Svg *svg, double height, Str text);

/* Grid lines and texts of a y axis. */
void figure_y_axis(Svg *svg, const Axis *axis, double left, double right, double top, double bottom, bool with_texts);
double figure_y_texts_width(Svg *svg, const Axis *axis);

/* Numbers below an axis, a row for each arm, each number under its place. Where a name is wider than the margin, names stand
 * on lines of their own. Numbers that would touch are thinned alike in all rows. Returns the height used below y. */
typedef struct {
    Str name;
    size_t index, n;                                      /* colour and line of the arm; numbers */
    const double *x;                                      /* n; coordinates in the drawing */
    const size_t *count;
} CountRow;
double figure_counts(Svg *svg, const CountRow *rows, size_t n, double left, double y, Str title);

/* The margin that names of such rows want: at most what a drawing of this width can spare. */
double figure_counts_margin(Svg *svg, const CountRow *rows, size_t n);

/* Adds a number with a true minus sign. */
void figure_number(Buf *text, double value, int decimals);

/* A text on one line: breaks become blanks. */
Str figure_one_line(Arena *arena, Str text);

/* One entry of a legend, at *x, which moves on; *y moves to a new line when it does not fit. */
typedef enum { LEGEND_LINE, LEGEND_THIN, LEGEND_EXPECTED, LEGEND_MARK, LEGEND_SWATCH, LEGEND_CURVE } LegendKind;
void figure_legend(Svg *svg, LegendKind kind, size_t index, size_t n, Str text, double left, double *x, double *y);

#endif
