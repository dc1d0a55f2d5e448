#include "store/act.h"

#include <inttypes.h>

#include "store/schema.h"

static const Act *const LIST[] = {
#define X(name) &act_##name,
    ACTS(X)
#undef X
};

const Act *const *act_list(size_t *n)
{
    *n = sizeof LIST / sizeof LIST[0];
    return LIST;
}

const Act *act_find(Str name)
{
    for (size_t i = 0; i < sizeof LIST / sizeof LIST[0]; i++)
        if (str_equal(name, str_from(LIST[i]->name))) return LIST[i];
    return NULL;
}

bool act_append(Arena *arena, Db *db, const Act *act, Entry *entry, Error *err)
{
    entry->act = str_from(act->name);
    if (act->needs_reason && str_trim(entry->reason).len == 0) {
        error_set(err, ERROR_MALFORMED, "no reason is given for \"%s\"", act->name);
        return error_hint(err, "Say why (--reason): what was saved before is changed.");
    }
    return journal_append(arena, db, entry, err) && (!act->apply || act->apply(db, entry, err));
}

static bool replay_one(Db *to, const Entry *entry, Error *err)
{
    const Act *act = act_find(entry->act);
    if (!act) return error_set(err, ERROR_MALFORMED, "there is no act \"" STR_FMT "\"", STR_ARG(entry->act));
    return !act->apply || act->apply(to, entry, err);
}

bool act_replay(Db *from, Db *to, int64_t *n_entries, Error *err)
{
    JournalReader reader;
    Arena *scratch = arena_new();
    bool ok = schema_reset_derived(to, err) && journal_read(from, 1, true, &reader, err), more = ok;
    for (*n_entries = 0; ok && more;) {
        ArenaMark mark = arena_mark(scratch);
        Entry entry;
        ok = journal_next(scratch, &reader, &entry, &more, err);
        if (ok && more) {
            ok = replay_one(to, &entry, err) || error_in(err, "journal entry %" PRId64, entry.seq);
            if (!ok) journal_end(&reader);
            ++*n_entries;
        }
        arena_rewind(scratch, mark);
    }
    arena_free(scratch);
    return ok;
}
