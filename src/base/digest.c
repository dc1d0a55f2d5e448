#include "base/digest.h"

#include <assert.h>
#include <sodium/crypto_hash_sha256.h>
#include <string.h>

static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(DigestState),
              "DigestState has room for libsodium's state");
static_assert(crypto_hash_sha256_BYTES == DIGEST_BYTES, "SHA-256 has 32 bytes");

/* DigestState is raw room, aligned and large enough for the library's state. */
static crypto_hash_sha256_state *inside(DigestState *state)
{
    return (crypto_hash_sha256_state *)(void *)state;
}

void digest_init(DigestState *state) { crypto_hash_sha256_init(inside(state)); }

void digest_add(DigestState *state, Str text)
{
    crypto_hash_sha256_update(inside(state), (const unsigned char *)(text.data ? text.data : ""), text.len);
}

void digest_add_field(DigestState *state, Str text)
{
    char length[8];
    for (int i = 0; i < 8; i++) length[i] = (char)(unsigned char)((uint64_t)text.len >> (56 - 8 * i));
    digest_add(state, (Str){length, sizeof length});
    digest_add(state, text);
}

Digest digest_end(DigestState *state)
{
    Digest digest;
    crypto_hash_sha256_final(inside(state), digest.bytes);
    return digest;
}

Digest digest_of(Str text)
{
    DigestState state;
    digest_init(&state);
    digest_add(&state, text);
    return digest_end(&state);
}

Str digest_hex_into(char hex[DIGEST_HEX], Digest digest)
{
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        hex[2 * i] = "0123456789abcdef"[digest.bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest.bytes[i] & 15];
    }
    return (Str){hex, DIGEST_HEX};
}

Str digest_hex(Arena *arena, Digest digest)
{
    char hex[DIGEST_HEX];
    return str_copy(arena, digest_hex_into(hex, digest));
}

bool digest_equal(Digest a, Digest b) { return memcmp(a.bytes, b.bytes, DIGEST_BYTES) == 0; }
