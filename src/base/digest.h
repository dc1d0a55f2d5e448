/* SHA-256 (FIPS 180-4), by libsodium, which is wrapped here: of one text, or piece by piece. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/text.h"

#define DIGEST_BYTES 32
#define DIGEST_HEX   64

typedef struct {
    unsigned char bytes[DIGEST_BYTES];
} Digest;

/* A digest in the making: digest_init, digest_add as often as needed, digest_end once. */
typedef struct {
    uint64_t words[16];               /* room for libsodium's state, aligned for it */
} DigestState;

void digest_init(DigestState *state);
void digest_add(DigestState *state, Str text);

/* Adds the length of the text in bytes (eight bytes, most significant first) and then the text, so that a
 * sequence of fields cannot be read as another sequence. */
void digest_add_field(DigestState *state, Str text);
Digest digest_end(DigestState *state);

Digest digest_of(Str text);

/* 64 lower-case hexadecimal digits: in an arena (terminated), or in the caller's room (not terminated). */
Str digest_hex(Arena *arena, Digest digest);
Str digest_hex_into(char hex[DIGEST_HEX], Digest digest);

bool digest_equal(Digest a, Digest b);

#endif
