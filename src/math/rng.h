/* Random numbers by counting: the n-th draw of a stream is a function of (seed, stream, n) and of nothing else,
 * so a replicate gives the same digits on any thread and any machine. Give each replicate or subject a stream
 * of its own.
 * Method: Philox4x32 with 10 rounds; Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as
 * 1, 2, 3". Not for secrets. Checked against the published known answers (tests, exact). */
#ifndef MATH_RNG_H
#define MATH_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Key: the seed, low word first. Counter: words 0 and 1 count blocks of four draws, words 2 and 3 are the
 * stream. A plain value: a copy repeats what the original draws next. */
typedef struct {
    uint32_t key[2];
    uint32_t counter[4];
    uint32_t block[4];
    unsigned n_left;                  /* words of `block` not yet drawn */
} Rng;

/* The bijection itself, words in the order of the paper. */
void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]);

/* Stream number `stream` of a seed, at its beginning. 2^64 streams of 2^66 words each, none overlapping. */
Rng rng_stream(uint64_t seed, uint64_t stream);

uint32_t rng_word(Rng *rng);

/* Two words, the first drawn being the low half. */
uint64_t rng_bits(Rng *rng);

/* Uniform on the 2^52 odd multiples of 2^-53: never 0, never 1. Takes two words. */
double rng_uniform(Rng *rng);

/* A whole number in [0, n), n > 0, each equally likely (rejection, no bias). */
uint64_t rng_below(Rng *rng, uint64_t n);

/* The normal quantile of one uniform: one draw, monotone in it. */
double rng_normal(Rng *rng);

/* Mean 1. */
double rng_exponential(Rng *rng);

/* True with probability `chance` in [0, 1]: never at 0, always at 1. */
bool rng_bernoulli(Rng *rng, double chance);

/* Successes in n trials, by inversion of one uniform. n >= 0 below 2^31, chance in [0, 1]. */
uint64_t rng_binomial(Rng *rng, uint64_t n, double chance);

/* 0 .. n-1 in random order, every order equally likely (Fisher & Yates, as Durstenfeld 1964). */
void rng_permutation(Rng *rng, size_t n, size_t *permutation);

#endif
