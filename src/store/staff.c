#include "store/staff.h"

typedef struct {
    const char *word, *meaning;
    bool at_site;
} RoleFacts;

static const RoleFacts FACTS[N_STAFF_ROLES] = {
#define X(name, word, at_site, meaning) [STAFF_##name] = {word, meaning, at_site},
    STAFF_ROLES(X)
#undef X
};

static const StaffRole INCOMPATIBLE[][2] = {
    {STAFF_ASSESSOR, STAFF_PHARMACIST},
    {STAFF_DATA_MANAGER, STAFF_RANDOMISER},
    {STAFF_STATISTICIAN, STAFF_DSMB_STATISTICIAN},
};

const char *staff_word(StaffRole role) { return FACTS[role].word; }
const char *staff_meaning(StaffRole role) { return FACTS[role].meaning; }
bool staff_is_at_site(StaffRole role) { return FACTS[role].at_site; }

bool staff_parse(Str word, StaffRole *role, Error *err)
{
    Str words[N_STAFF_ROLES];
    for (int i = 0; i < N_STAFF_ROLES; i++) {
        words[i] = str_from(FACTS[i].word);
        *role = (StaffRole)i;
        if (str_equal_fold(word, words[i])) return true;
    }
    Str near = str_nearest(word, words, N_STAFF_ROLES);
    error_set(err, ERROR_USAGE, "there is no role \"" STR_FMT "\"", STR_ARG(word));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(
        err,
        "Roles are investigator, coordinator, assessor, data-manager, sponsor, administrator and others.");
}

bool staff_breaks_blinding(StaffRole a, StaffRole b)
{
    for (size_t i = 0; i < sizeof INCOMPATIBLE / sizeof INCOMPATIBLE[0]; i++)
        if ((INCOMPATIBLE[i][0] == a && INCOMPATIBLE[i][1] == b) ||
            (INCOMPATIBLE[i][0] == b && INCOMPATIBLE[i][1] == a))
            return true;
    return false;
}

Str staff_set_text(Arena *arena, unsigned roles)
{
    Buf buf = buf_new(arena);
    for (int i = 0; i < N_STAFF_ROLES; i++) {
        if (!(roles & 1u << i)) continue;
        bool is_last = !(roles >> (i + 1));
        if (buf.len) buf_add(&buf, is_last ? STR(" or ") : STR(", "));
        buf_add_c(&buf, FACTS[i].word);
    }
    return buf_str(&buf);
}
