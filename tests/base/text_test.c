#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "test.h"

static Str fixed(Test *t, double value, int decimals)
{
    Buf buf = buf_new(t->arena);
    buf_fixed(&buf, value, decimals);
    return buf_str(&buf);
}

static Str shortest(Test *t, double value)
{
    Buf buf = buf_new(t->arena);
    buf_number(&buf, value);
    return buf_str(&buf);
}

static void printing_rounds_half_away_from_zero(Test *t)
{
    CHECK_TEXT(t, fixed(t, 2.675, 2), "2.68");            /* below the tie in binary */
    CHECK_TEXT(t, fixed(t, -2.675, 2), "-2.68");
    CHECK_TEXT(t, fixed(t, 0.5, 0), "1");
    CHECK_TEXT(t, fixed(t, 2.5, 0), "3");
    CHECK_TEXT(t, fixed(t, 9.995, 2), "10.00");
    CHECK_TEXT(t, fixed(t, 0.049, 1), "0.0");
    CHECK_TEXT(t, fixed(t, -0.049, 1), "0.0");
    CHECK_TEXT(t, fixed(t, 0.05, 1), "0.1");
    CHECK_TEXT(t, fixed(t, 0.96, 1), "1.0");
    CHECK_TEXT(t, fixed(t, 123456.7, 3), "123456.700");
    CHECK_TEXT(t, fixed(t, 1e20, 1), "100000000000000000000.0");
    CHECK_TEXT(t, fixed(t, 3e-9, 4), "0.0000");
    CHECK_TEXT(t, fixed(t, 0, 2), "0.00");
    CHECK_NEAR(t, number_round(0.20850, 3), 0.209, 1e-15);
}

static void shortest_numbers_read_back_as_themselves(Test *t)
{
    const double VALUES[] = {0.1, 1.0 / 3, -2.5e-9, 6.02214076e23, 1e15, 123456789012345678.0, 5e-324, 1.7976931348623157e308, -0.3};
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++) {
        double back = NAN;
        CHECK(t, number_parse(shortest(t, VALUES[i]), &back));
        CHECK(t, back == VALUES[i]);
    }
    CHECK_TEXT(t, shortest(t, 0.1), "0.1");
    CHECK_TEXT(t, shortest(t, -3), "-3");
}

static void only_plain_decimal_numbers_are_read(Test *t)
{
    double value = 0;
    CHECK(t, number_parse(STR("-12.50"), &value) && value == -12.5);
    CHECK(t, number_parse(STR("1e-3"), &value) && value == 0.001);
    CHECK(t, number_parse(STR("1e+3"), &value) && value == 1000);
    CHECK(t, number_parse(STR(".5"), &value) && value == 0.5);
    CHECK(t, number_parse(STR("-5."), &value) && value == -5);
    CHECK(t, number_parse(STR("00.10"), &value) && value == 0.1);
    CHECK(t, number_parse(STR("1234567890.12345"), &value) && value == 1234567890.12345);
    CHECK(t, number_parse(STR("-12345678901.234"), &value) && value == -12345678901.234);
    CHECK(t, number_parse(STR(".12345678901234"), &value) && value == .12345678901234);
    CHECK(t, number_parse(STR("123456789012345"), &value) && value == 123456789012345);
    CHECK(t, number_parse(STR("9007199254740993"), &value) && value == 9007199254740992);
    CHECK(t, number_parse(STR("0.1234567890123456789"), &value) && value == 0.1234567890123456789);
    const char *const BAD[] = {"", "-", ".", "1,5", "1e", "1e+", "0x10", "nan", "inf", "1 ", " 1", "1.2.3", "1e999"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) CHECK(t, !number_parse(str_from(BAD[i]), &value));
    int64_t whole;
    CHECK(t, integer_parse(STR("-9223372036854775807"), &whole) && whole == -INT64_MAX);
    CHECK(t, !integer_parse(STR("9223372036854775808"), &whole));
    CHECK(t, !integer_parse(STR("7.0"), &whole));
}

static void composed_and_decomposed_vietnamese_become_one(Test *t)
{
    Error err = {0};
    Str nfc;
    CHECK_OK(t, str_nfc(t->arena, STR("Nguye\xcc\x82\xcc\x83n"), &nfc, &err), err);
    CHECK_TEXT(t, nfc, "Nguy\xe1\xbb\x85n");
    CHECK(t, !str_nfc(t->arena, STR("caf\xe9"), &nfc, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "byte 4");
}

static void the_nearest_name_is_found_or_none(Test *t)
{
    const Str NAMES[] = {STR("visits"), STR("arms"), STR("eligibility"), STR("outputs")};
    CHECK_TEXT(t, str_nearest(STR("vists"), NAMES, 4), "visits");
    CHECK_TEXT(t, str_nearest(STR("eligibilty"), NAMES, 4), "eligibility");
    CHECK_TEXT(t, str_nearest(STR("weather"), NAMES, 4), "");
}

static void cutting_and_trimming_give_views(Test *t)
{
    Str before, after;
    CHECK(t, str_cut(STR("key: value"), STR(": "), &before, &after));
    CHECK_TEXT(t, before, "key");
    CHECK_TEXT(t, after, "value");
    CHECK(t, !str_cut(STR("key"), STR(":"), &before, &after));
    CHECK_TEXT(t, str_trim(STR(" \t two words\r\n")), "two words");
    CHECK(t, str_compare(STR("ab"), STR("abc")) < 0);
    CHECK(t, str_equal_fold(STR("AgE"), STR("aGe")));
}

static void numbers_within_text_compare_as_numbers(Test *t)
{
    static const char *const ORDER[] = {"", "-10 d", "-2 d", "-x", "007", "7", "8", "Baseline", "Day -7", "Day -1", "Day 1", "V2", "V10",
                                        "Week 8", "Week 08", "Week 16", "Week 16 late", "Week 123456789012345678901234567890"};
    enum { N = sizeof ORDER / sizeof ORDER[0] };
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            int order = str_compare_natural(str_from(ORDER[i]), str_from(ORDER[j])), bytes = str_compare(str_from(ORDER[i]), str_from(ORDER[j]));
            bool alike = (str_starts(str_from(ORDER[i]), STR("Week")) && str_ends(str_from(ORDER[i]), STR("8"))
                          && str_starts(str_from(ORDER[j]), STR("Week")) && str_ends(str_from(ORDER[j]), STR("8")));
            int want = alike ? bytes : (i > j) - (i < j);
            CHECK_INT(t, (order > 0) - (order < 0), (want > 0) - (want < 0));
        }
}

static Str text_of_length(Test *t, size_t len)
{
    Buf buf = buf_new(t->arena);
    buf_pad(&buf, 'x', len - 1);
    buf_char(&buf, '!');
    return buf_str(&buf);
}

static void formatting_keeps_a_long_text_whole(Test *t)
{
    Str text = text_of_length(t, 100003), quoted = str_format(t->arena, "<" STR_FMT ">", STR_ARG(text));
    CHECK_INT(t, quoted.len, 100005);
    CHECK(t, str_ends(quoted, STR("xx!>")));
    Buf buf = buf_new(t->arena);
    buf_format(&buf, STR_FMT STR_FMT, STR_ARG(text), STR_ARG(text));
    CHECK_INT(t, buf.len, 200006);
}

static void errors_cut_a_long_text_at_their_own_size(Test *t)
{
    Error err;
    Str text = text_of_length(t, 100003);
    error_set(&err, ERROR_MALFORMED, "\"" STR_FMT "\" is odd", STR_ARG(text));
    error_hint(&err, STR_FMT, STR_ARG(text));
    error_in(&err, STR_FMT, STR_ARG(text));
    error_in(&err, STR_FMT, STR_ARG(text));
    CHECK_INT(t, strlen(err.message), sizeof err.message - 1);
    CHECK_INT(t, strlen(err.hint), sizeof err.hint - 1);
    CHECK_INT(t, strlen(err.place), sizeof err.place - 1);
}

static void a_number_of_any_length_is_read(Test *t)
{
    double value = 0;
    Buf buf = buf_new(t->arena);
    buf_add_c(&buf, "2.385");
    buf_pad(&buf, '0', 5000);
    CHECK(t, number_parse(buf_str(&buf), &value) && value == 2.385);
}

static const TestCase CASES[] = {
    {"numbers within text compare as numbers", numbers_within_text_compare_as_numbers},
    {"formatting keeps a long text whole", formatting_keeps_a_long_text_whole},
    {"errors cut a long text at their own size", errors_cut_a_long_text_at_their_own_size},
    {"a number of any length is read", a_number_of_any_length_is_read},
    {"printing rounds half away from zero", printing_rounds_half_away_from_zero},
    {"shortest numbers read back as themselves", shortest_numbers_read_back_as_themselves},
    {"only plain decimal numbers are read", only_plain_decimal_numbers_are_read},
    {"composed and decomposed Vietnamese become one", composed_and_decomposed_vietnamese_become_one},
    {"the nearest name is found, or none", the_nearest_name_is_found_or_none},
    {"cutting and trimming give views", cutting_and_trimming_give_views},
};
TEST_SUITE(text, CASES);
