#include "base/digest.h"

#include "test.h"

/* FIPS 180-4, examples of the NIST "Cryptographic Standards and Guidelines" page. */
static void known_answers_of_the_standard(Test *t)
{
    CHECK_TEXT(t, digest_hex(t->arena, digest_of(STR(""))),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_TEXT(t, digest_hex(t->arena, digest_of(STR("abc"))),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_TEXT(
        t, digest_hex(t->arena, digest_of(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void pieces_give_the_digest_of_the_whole(Test *t)
{
    Str whole = STR("two injections, three months apart");
    for (size_t cut = 0; cut <= whole.len; cut++) {
        DigestState state;
        digest_init(&state);
        digest_add(&state, str_slice(whole, 0, cut));
        digest_add(&state, str_slice(whole, cut, whole.len));
        CHECK(t, digest_equal(digest_end(&state), digest_of(whole)));
    }
}

static void fields_cannot_be_shifted(Test *t)
{
    DigestState one, other;
    digest_init(&one);
    digest_init(&other);
    digest_add_field(&one, STR("ab"));
    digest_add_field(&one, STR("c"));
    digest_add_field(&other, STR("a"));
    digest_add_field(&other, STR("bc"));
    CHECK(t, !digest_equal(digest_end(&one), digest_end(&other)));

    DigestState by_hand;
    digest_init(&one);
    digest_init(&by_hand);
    digest_add_field(&one, STR("abc"));
    digest_add(&by_hand, STR("\0\0\0\0\0\0\0\3abc"));
    CHECK(t, digest_equal(digest_end(&one), digest_end(&by_hand)));
}

static const TestCase CASES[] = {
    {"known answers of the standard", known_answers_of_the_standard},
    {"pieces give the digest of the whole", pieces_give_the_digest_of_the_whole},
    {"fields cannot be shifted into each other", fields_cannot_be_shifted},
};
TEST_SUITE(digest, CASES);
