#include "math/rng.h"

#include <math.h>
#include <stdlib.h>

#include "math/distribution.h"
#include "test.h"

static void read_words(const Json *array, uint32_t *words)
{
    for (size_t i = 0; i < array->n; i++) words[i] = (uint32_t)strtoul(array->items[i].text.data, NULL, 16);
}

/* philox4x64 and threefry4x64 of that file are other generators: out of scope. */
static void philox_gives_the_known_answers(Test *t)
{
    Json json;
    if (!test_data_json(t, "design-reference/rng_counter_based.json", &json)) return;
    const Json *cases = json_get(&json, "cases");
    int n_checked = 0;
    for (size_t i = 0; i < cases->n; i++) {
        const Json *inputs = json_get(&cases->items[i], "inputs");
        if (!str_equal(json_text(inputs, "generator"), STR("philox4x32_10"))) continue;
        uint32_t counter[4], key[2], want[4], got[4];
        read_words(json_get(inputs, "counter"), counter);
        read_words(json_get(inputs, "key"), key);
        read_words(json_get(json_get(&cases->items[i], "expected"), "output"), want);
        philox4x32_10(counter, key, got);
        for (int j = 0; j < 4; j++) CHECK_INT(t, got[j], want[j]);
        n_checked++;
    }
    CHECK(t, n_checked >= 6);
}

/* Published with the paper (Random123 1.09, kat_vectors). */
static void philox_gives_the_answers_published_with_it(Test *t)
{
    uint32_t got[4];
    philox4x32_10((uint32_t[]){0, 0, 0, 0}, (uint32_t[]){0, 0}, got);
    CHECK(t, got[0] == 0x6627e8d5 && got[1] == 0xe169c58d && got[2] == 0xbc57ac4c && got[3] == 0x9b00dbd8);
    philox4x32_10((uint32_t[]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                  (uint32_t[]){0xa4093822, 0x299f31d0}, got);
    CHECK(t, got[0] == 0xd16cfe09 && got[1] == 0x94fdcceb && got[2] == 0x5001e420 && got[3] == 0x24126ea1);
}

static void a_stream_counts_blocks_and_wears_its_number(Test *t)
{
    uint64_t seed = 0x29f31d0a4093822, stream = 0x0370734413198a2e;
    Rng rng = rng_stream(seed, stream);
    for (uint32_t block = 0; block < 3; block++) {
        uint32_t want[4];
        philox4x32_10((uint32_t[]){block, 0, 0x13198a2e, 0x03707344}, (uint32_t[]){0xa4093822, 0x029f31d0},
                      want);
        for (int j = 0; j < 4; j++) CHECK_INT(t, rng_word(&rng), want[j]);
    }
    rng.counter[0] = UINT32_MAX, rng.n_left = 0;
    rng_word(&rng);
    CHECK(t, rng.counter[0] == 0 && rng.counter[1] == 1);
}

static void streams_and_seeds_differ_and_a_copy_repeats(Test *t)
{
    Rng a = rng_stream(7, 1), b = rng_stream(7, 2), c = rng_stream(8, 1), copy = a;
    uint64_t first = rng_bits(&a);
    CHECK(t, first != rng_bits(&b) && first != rng_bits(&c) && first == rng_bits(&copy));
}

#define N 20000

/* Within five standard errors of what theory says: a wrong generator is off by more, a right one never here,
 * the seed being fixed. */
static void check_mean(Test *t, const double *x, double mean, double variance)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++) sum += x[i];
    CHECK(t, fabs(sum / N - mean) < 5 * sqrt(variance / N));
}

static void draws_have_the_mean_and_variance_of_their_law(Test *t)
{
    static double uniform[N], normal[N], normal_squared[N], exponential[N], binomial[N], bernoulli[N];
    Rng rng = rng_stream(20170512, 3);
    for (size_t i = 0; i < N; i++) {
        uniform[i] = rng_uniform(&rng);
        CHECK(t, uniform[i] > 0 && uniform[i] < 1);
        normal[i] = rng_normal(&rng);
        normal_squared[i] = normal[i] * normal[i];
        exponential[i] = rng_exponential(&rng);
        binomial[i] = (double)rng_binomial(&rng, 12, .231);
        bernoulli[i] = rng_bernoulli(&rng, .231);
    }
    check_mean(t, uniform, .5, 1. / 12);
    check_mean(t, normal, 0, 1);
    check_mean(t, normal_squared, 1, 2);
    check_mean(t, exponential, 1, 1);
    check_mean(t, binomial, 12 * .231, 12 * .231 * .769);
    check_mean(t, bernoulli, .231, .231 * .769);
}

static double chi_square_of(const int *count, int n_cells, double expected)
{
    double x = 0;
    for (int i = 0; i < n_cells; i++) x += (count[i] - expected) * (count[i] - expected) / expected;
    return x;
}

static void bounded_numbers_are_equally_likely(Test *t)
{
    int count[7] = {0};
    Rng rng = rng_stream(11, 5);
    for (int i = 0; i < N; i++) count[rng_below(&rng, 7)]++;
    CHECK(t, chisq_sf(chi_square_of(count, 7, N / 7.), 6) > 1e-3);
    uint64_t n = ((uint64_t)3 << 62) + 5;                /* about a quarter of all draws must be rejected */
    int n_low = 0;
    for (int i = 0; i < N; i++) n_low += rng_below(&rng, n) < n / 2;
    CHECK(t, fabs(n_low - N / 2.) < 5 * sqrt(N / 4.));
    CHECK_INT(t, rng_below(&rng, 1), 0);
}

static void every_order_is_equally_likely(Test *t)
{
    int count[24] = {0};
    Rng rng = rng_stream(11, 6);
    for (int i = 0; i < N; i++) {
        size_t p[4];
        rng_permutation(&rng, 4, p);
        size_t code = p[0] * 6 + (p[1] - (p[1] > p[0])) * 2 + (p[2] > p[3]);
        if (CHECK(t, p[0] + p[1] + p[2] + p[3] == 6 && code < 24)) count[code]++;
    }
    CHECK(t, chisq_sf(chi_square_of(count, 24, N / 24.), 23) > 1e-3);
}

static void chance_zero_never_happens_and_one_always(Test *t)
{
    Rng rng = rng_stream(4, 4);
    for (int i = 0; i < 1000; i++) CHECK(t, !rng_bernoulli(&rng, 0) && rng_bernoulli(&rng, 1));
    CHECK_INT(t, rng_binomial(&rng, 9, 1), 9);
    CHECK_INT(t, rng_binomial(&rng, 0, .4), 0);
}

static const TestCase CASES[] = {
    {"Philox gives the known answers", philox_gives_the_known_answers},
    {"Philox gives the answers published with it", philox_gives_the_answers_published_with_it},
    {"a stream counts blocks and wears its number", a_stream_counts_blocks_and_wears_its_number},
    {"streams and seeds differ and a copy repeats", streams_and_seeds_differ_and_a_copy_repeats},
    {"draws have the mean and variance of their law", draws_have_the_mean_and_variance_of_their_law},
    {"bounded numbers are equally likely", bounded_numbers_are_equally_likely},
    {"every order is equally likely", every_order_is_equally_likely},
    {"chance 0 never happens and 1 always", chance_zero_never_happens_and_one_always},
};
TEST_SUITE(rng, CASES);
