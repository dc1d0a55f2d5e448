#include "math/rng.h"

#include <assert.h>
#include <math.h>

#include "math/distribution.h"

/* The paper's constants: two multipliers, and the Weyl increments of the key (golden ratio, sqrt(3) - 1). */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
#define PHILOX_ROUNDS 10

void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4])
{
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t product0 = (uint64_t)PHILOX_M0 * x0, product1 = (uint64_t)PHILOX_M1 * x2;
        x0 = (uint32_t)(product1 >> 32) ^ x1 ^ k0;
        x1 = (uint32_t)product1;
        x2 = (uint32_t)(product0 >> 32) ^ x3 ^ k1;
        x3 = (uint32_t)product0;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    output[0] = x0, output[1] = x1, output[2] = x2, output[3] = x3;
}

Rng rng_stream(uint64_t seed, uint64_t stream)
{
    return (Rng){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                 .counter = {0, 0, (uint32_t)stream, (uint32_t)(stream >> 32)}};
}

uint32_t rng_word(Rng *rng)
{
    if (rng->n_left == 0) {
        philox4x32_10(rng->counter, rng->key, rng->block);
        if (++rng->counter[0] == 0) rng->counter[1]++;
        rng->n_left = 4;
    }
    return rng->block[4 - rng->n_left--];
}

uint64_t rng_bits(Rng *rng)
{
    uint64_t low = rng_word(rng);
    return low | (uint64_t)rng_word(rng) << 32;
}

double rng_uniform(Rng *rng) { return (double)(rng_bits(rng) >> 11 | 1) * 0x1p-53; }

uint64_t rng_below(Rng *rng, uint64_t n)
{
    assert(n > 0);
    uint64_t n_spare = (UINT64_MAX - n + 1) % n;      /* 2^64 mod n: the values that would favour some results */
    for (;;) {
        uint64_t bits = rng_bits(rng);
        if (bits <= UINT64_MAX - n_spare) return bits % n;
    }
}

double rng_normal(Rng *rng) { return normal_quantile(rng_uniform(rng)); }

double rng_exponential(Rng *rng) { return -log(rng_uniform(rng)); }

bool rng_bernoulli(Rng *rng, double chance) { return rng_uniform(rng) < chance; }

uint64_t rng_binomial(Rng *rng, uint64_t n, double chance)
{
    assert(n < (uint64_t)1 << 31 && chance >= 0 && chance <= 1);
    return (uint64_t)binomial_quantile(rng_uniform(rng), (double)n, chance);
}

void rng_permutation(Rng *rng, size_t n, size_t *permutation)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)rng_below(rng, i + 1);
        permutation[i] = i;
        permutation[i] = permutation[j];
        permutation[j] = i;
    }
}
