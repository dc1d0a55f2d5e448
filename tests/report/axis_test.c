#include <math.h>

#include "report/axis.h"
#include "test.h"

static Str labels(Test *t, const Axis *axis)
{
    Buf text = buf_new(t->arena);
    for (size_t i = 0; i < axis->n; i++) {
        if (i) buf_char(&text, ' ');
        buf_add(&text, axis_text(t->arena, axis, i));
    }
    return buf_str(&text);
}

static void linear_ticks_are_nice(Test *t)
{
    static const struct { double low, high; const char *labels; } ROWS[] = {
        {28.74, 76.5, "20 30 40 50 60 70 80"},     {-2.4, 12.82, "\xE2\x88\x92" "5 0 5 10 15"}, {0, 100, "0 20 40 60 80 100"},
        {0.0012, 0.0079, "0.000 0.002 0.004 0.006 0.008"}, {0.31, 0.35, "0.31 0.32 0.33 0.34 0.35"}, {12345, 98765, "0 20000 40000 60000 80000 100000"},
        {7, 7, "6.0 6.5 7.0 7.5 8.0"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        Axis axis = axis_linear(ROWS[i].low, ROWS[i].high, 6);
        CHECK_TEXT(t, labels(t, &axis), ROWS[i].labels);
    }
}

static void scales_hold_what_they_were_made_for(Test *t)
{
    double low = -37.385, high = -36.9;
    for (int i = 0; i < 200; i++, low *= 1.31, high *= -1.13) {
        double from = fmin(low, high), to = fmax(low, high);
        Axis axis = axis_linear(from, to, 7);
        if (!CHECK(t, axis.low <= from + 1e-9 * fabs(from) && axis.high >= to - 1e-9 * fabs(to))) return;
        if (!CHECK(t, axis.n >= 2 && axis.n <= 9)) return;
        CHECK_NEAR(t, axis_place(&axis, axis.low, 30, 210), 30, 1e-12);
        CHECK_NEAR(t, axis_place(&axis, axis.high, 30, 210), 210, 1e-12);
    }
}

static void log_ticks_are_decades_and_their_parts(Test *t)
{
    Axis axis = axis_log(0.37, 2.6);
    CHECK_TEXT(t, labels(t, &axis), "0.2 0.5 1 2 5");
    axis = axis_log(0.003, 4000);
    CHECK_TEXT(t, labels(t, &axis), "0.001 0.01 0.1 1 10 100 1000 10000");
    CHECK_NEAR(t, axis_place(&axis, 1, 0, 70), 30, 1e-12);
}

static void bad_ends_can_still_be_drawn(Test *t)
{
    Axis axis = axis_linear(NAN, INFINITY, 5);
    CHECK(t, axis.n >= 2 && isfinite(axis.low) && axis.high > axis.low);
    axis = axis_log(-1, NAN);
    CHECK(t, axis.n >= 2 && axis.low > 0 && axis.high > axis.low);
}

static const TestCase CASES[] = {
    {"ticks are 1, 2 or 5 times a power of ten", linear_ticks_are_nice},
    {"a scale holds the data it was made for, whatever they are", scales_hold_what_they_were_made_for},
    {"logarithmic ticks are decades and their parts", log_ticks_are_decades_and_their_parts},
    {"ends that are no numbers can still be drawn", bad_ends_can_still_be_drawn},
};
TEST_SUITE(axis, CASES);
