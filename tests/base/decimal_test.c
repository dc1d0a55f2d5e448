/* Decimals against the C library, and against themselves. */
#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

/* A number that repeats itself from run to run. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static void check_nearest(Test *t, uint64_t digits, int power)
{
    char text[40];
    double value = NAN;
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)digits, power);
    if (!CHECK(t, decimal_to_double(digits, power, &value)) || value != strtod(text, NULL)) CHECK_TEXT(t, str_from(text), "a decimal read right");
}

static void decimals_are_read_as_the_c_library_reads_them(Test *t)
{
    uint64_t state = 88172645463325252U;
    for (int i = 0; i < 200000; i++) {
        uint64_t digits = draw(&state) >> (draw(&state) % 60);
        check_nearest(t, digits, (int)(draw(&state) % 55) - 27);
    }
}

/* Decimals that lie on, or hardly beside, the middle of two doubles. */
static void decimals_half_way_go_to_the_even_double(Test *t)
{
    static const struct {
        uint64_t digits;
        int power;
    } HARD[] = {
        {9007199254740993U, 0}, {9007199254740995U, 0}, {90071992547409930U, -1}, {9007199254740993001U, -3}, {9007199254740992999U, -3},
        {18014398509481986U, 0}, {18014398509481990U, 0}, {4503599627370496500U, -3}, {4503599627370497500U, -3}, {4503599627370497501U, -3},
        {1844674407370955161U, 1}, {18446744073709551615U, 0}, {18446744073709551615U, 27}, {18446744073709551615U, -27}, {1, 27}, {1, -27},
        {5, -1}, {1, 23}, {8998440491U, -27}, {2475880078570760550U, 0}, {1090544144181609348U, 1}, {3020104U, 21}, {10000000000000000U, 7},
        {69294956446009195U, -15}, {123456789012345678U, -9}, {0, 5},
    };
    for (size_t i = 0; i < sizeof HARD / sizeof HARD[0]; i++) check_nearest(t, HARD[i].digits, HARD[i].power);
    double value = 0;
    CHECK(t, decimal_to_double(9007199254740993U, 0, &value) && value == 9007199254740992.0);
    CHECK(t, !decimal_to_double(1, 28, &value) && !decimal_to_double(1, -28, &value));
}

static void a_million_doubles_come_back(Test *t)
{
    uint64_t state = 362436069U;
    size_t n_wrong = 0, n_told = 0;
    for (int i = 0; i < 1000000; i++) {
        uint64_t digits;
        int power;
        double back = 0, value = ldexp((double)(draw(&state) >> 11 | 1), (int)(draw(&state) % 76) - 88);
        if (!decimal_of_double(value, 17, &digits, &power)) continue;
        n_told++;
        n_wrong += !decimal_to_double(digits, power, &back) || back != value;
    }
    CHECK_INT(t, n_wrong, 0);
    CHECK(t, n_told > 900000);
}

static void digits_are_those_the_c_library_prints(Test *t)
{
    static const double VALUES[] = {0.5, 1.5, 2.5, 1.0 / 3, 9.9999999999999995, 0.99999999999999994, 999999999999999.9, 123456.78949999999, 5e-11, 1e16 / 3, 2.0000000000000004, 0.125, 8.5};
    uint64_t state = 521288629U;
    for (size_t i = 0; i < 20000; i++) {
        double value = i < sizeof VALUES / sizeof VALUES[0] ? VALUES[i] : ldexp((double)(draw(&state) >> 11 | 1), (int)(draw(&state) % 70) - 82);
        for (int n = 1; n <= 17; n++) {
            char want[40], got[40];
            uint64_t digits;
            int power;
            if (!decimal_of_double(value, n, &digits, &power)) continue;
            snprintf(want, sizeof want, "%.*e", n - 1, value);
            snprintf(got, sizeof got, "%llu", (unsigned long long)digits);
            memmove(want + 1, want + (n > 1 ? 2 : 1), (size_t)n); /* without the point */
            want[n] = '\0';
            if (strcmp(got, want) != 0) CHECK_TEXT(t, str_from(got), want);
        }
    }
    uint64_t digits;
    int power;
    CHECK(t, !decimal_of_double(1e-20, 17, &digits, &power) && !decimal_of_double(1e30, 17, &digits, &power));
}

/* Whatever way a number is printed, it is the text that the fewest digits of printf give. */
static void numbers_are_printed_as_short_as_printf_can(Test *t)
{
    uint64_t state = 88675123U;
    for (size_t i = 0; i < 50000; i++) {
        char want[40];
        double value = ldexp((double)(draw(&state) >> 11), (int)(draw(&state) % 200) - 160);
        if (i % 2) value = (double)(draw(&state) % 2000000) * (i % 4 == 1 ? 0.1 : 1.0 / 3);
        if (value == floor(value)) continue;
        for (int n = 15; n <= 17; n++) {
            snprintf(want, sizeof want, "%.*g", n, value);
            if (strtod(want, NULL) == value) break;
        }
        Buf buf = buf_new(t->arena);
        buf_number(&buf, value);
        if (!str_equal(buf_str(&buf), str_from(want))) CHECK_TEXT(t, buf_str(&buf), want);
    }
}

static const TestCase CASES[] = {
    {"decimals are read as the C library reads them", decimals_are_read_as_the_c_library_reads_them},
    {"decimals half way go to the even double", decimals_half_way_go_to_the_even_double},
    {"a million doubles come back", a_million_doubles_come_back},
    {"digits are those the C library prints", digits_are_those_the_c_library_prints},
    {"numbers are printed as short as printf can", numbers_are_printed_as_short_as_printf_can},
};
TEST_SUITE(decimal, CASES);
