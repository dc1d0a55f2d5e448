/* Scales of a drawing: where ticks stand and where a value falls. Ticks are 1, 2 or 5 times a power of ten. */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include "base/text.h"

#define AXIS_TICKS_MAX 16

typedef struct {
    double low, high;                 /* ends of the scale, in the unit of the data */
    bool log;
    size_t n;
    double ticks[AXIS_TICKS_MAX];     /* within the ends */
    int decimals;                     /* of the tick labels */
} Axis;

/* A scale over [low, high] with at most `most` intervals (2 to 14), its ends on ticks. Ends that are equal or not
 * finite are widened to something that can be drawn. */
Axis axis_linear(double low, double high, size_t most);

/* A logarithmic scale over positive [low, high]; ticks 1, 2, 5 per decade, or decades alone when there are many. */
Axis axis_log(double low, double high);

/* Ends the scale at these values and drops the ticks beyond. */
void axis_trim(Axis *axis, double low, double high);

/* The coordinate of a value when low falls on `from` and high on `to`. */
double axis_place(const Axis *axis, double value, double from, double to);

/* The label of a tick, with a true minus sign. */
Str axis_text(Arena *arena, const Axis *axis, size_t tick);

#endif
