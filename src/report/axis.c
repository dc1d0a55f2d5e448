#include "report/axis.h"

#include <math.h>

#define SAME 1e-9                                         /* of the ends' size: what differs less differs by rounding */

static const double MANTISSAS[] = {1, 2, 5};

/* m * 10^power without pow, so that every machine has the same double. */
static double scaled(double m, int power)
{
    double ten = 1;
    for (int i = 0; i < (power < 0 ? -power : power); i++) ten *= 10;
    return power < 0 ? m / ten : m * ten;
}

static void make_drawable(double *low, double *high)
{
    if (!isfinite(*low)) *low = isfinite(*high) ? *high : 0;
    if (!isfinite(*high)) *high = *low;
    if (*high - *low > SAME * fmax(fabs(*low), fabs(*high))) return;
    double room = fabs(*low) > 0 ? fabs(*low) * 0.1 : 1;
    *low -= room;
    *high += room;
}

static void fill_linear(Axis *axis, double low, double high, double mantissa, int power)
{
    double step = scaled(mantissa, power);
    double first = floor(low / step + 1e-9), last = ceil(high / step - 1e-9);
    axis->n = 0;
    for (double i = first; i <= last && axis->n < AXIS_TICKS_MAX; i++) axis->ticks[axis->n++] = scaled(i * mantissa, power);
    axis->low = axis->ticks[0];
    axis->high = axis->ticks[axis->n - 1];
    axis->decimals = power < 0 ? -power : 0;
}

Axis axis_linear(double low, double high, size_t most)
{
    Axis axis = {0};
    make_drawable(&low, &high);
    if (most < 2) most = 2;
    if (most > AXIS_TICKS_MAX - 2) most = AXIS_TICKS_MAX - 2;
    for (int power = -12; power <= 15; power++)
        for (size_t m = 0; m < 3; m++) {
            double step = scaled(MANTISSAS[m], power);
            double intervals = ceil(high / step - 1e-9) - floor(low / step + 1e-9);
            if (intervals > (double)most) continue;
            fill_linear(&axis, low, high, MANTISSAS[m], power);
            return axis;
        }
    axis = (Axis){.low = low, .high = high, .n = 2, .ticks = {low, high}};
    return axis;
}

/* Ticks of the decades with these mantissas; false when they are too many. */
static bool fill_log(Axis *axis, double low, double high, size_t n_mantissas)
{
    axis->n = 0;
    double below = 0, above = 0;
    for (int power = -12; power <= 12; power++)
        for (size_t m = 0; m < n_mantissas; m++) {
            double tick = scaled(MANTISSAS[m], power);
            if (tick <= low) below = tick;
            if (tick >= high && above == 0) above = tick;
        }
    axis->low = below > 0 ? below : low;
    axis->high = above > 0 ? above : high;
    for (int power = -12; power <= 12; power++)
        for (size_t m = 0; m < n_mantissas; m++) {
            double tick = scaled(MANTISSAS[m], power);
            if (tick < axis->low || tick > axis->high) continue;
            if (axis->n == AXIS_TICKS_MAX) return false;
            axis->ticks[axis->n++] = tick;
        }
    return axis->n <= 8;
}

Axis axis_log(double low, double high)
{
    Axis axis = {.log = true};
    if (!(low > 0) || !isfinite(low)) low = 0.1;
    if (!(high > low) || !isfinite(high)) high = low * 10;
    if (!fill_log(&axis, low, high, 3)) fill_log(&axis, low, high, 1);
    return axis;
}

void axis_trim(Axis *axis, double low, double high)
{
    size_t n = 0;
    for (size_t i = 0; i < axis->n; i++)
        if (axis->ticks[i] >= low && axis->ticks[i] <= high) axis->ticks[n++] = axis->ticks[i];
    axis->low = low;
    axis->high = high;
    axis->n = n;
}

double axis_place(const Axis *axis, double value, double from, double to)
{
    double share = axis->log ? log(value / axis->low) / log(axis->high / axis->low) : (value - axis->low) / (axis->high - axis->low);
    return from + share * (to - from);
}

Str axis_text(Arena *arena, const Axis *axis, size_t tick)
{
    Buf text = buf_new(arena);
    if (axis->log) buf_number(&text, axis->ticks[tick]);
    else buf_fixed(&text, axis->ticks[tick], axis->decimals);
    if (text.data[0] != '-') return buf_str(&text);
    Buf minus = buf_new(arena);
    buf_add_c(&minus, "\xE2\x88\x92");
    buf_add(&minus, str_slice(buf_str(&text), 1, text.len));
    return buf_str(&minus);
}
