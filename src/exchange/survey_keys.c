#include <stdlib.h>
#include <string.h>

#include "exchange/survey_inside.h"

#define MAX_BASE_ROWS 500000

/* Variables by which records of all kinds are told apart, in the order of their importance. "--" stands for a domain. */
static const struct {
    const char *name;
    bool analysis, tabulation;        /* of which kinds of data sets */
} CANDIDATES[] = {
    {"RDOMAIN", true, true},   {"SUBJECT", true, true},  {"ARMCD", false, true},   {"TAETORD", false, true},  {"ETCD", false, true},
    {"IETESTCD", false, true}, {"TSPARMCD", false, true}, {"TSSEQ", false, true},  {"PARAMCD", true, false},  {"--SEQ", false, true},
    {"VISITNUM", false, true}, {"--STDTC", false, true}, {"--DTC", false, true},   {"AVISITN", true, false},  {"AVISIT", true, false},
    {"ADT", true, false},      {"ATPTN", true, false},   {"DTYPE", true, false},   {"VISITNUM", true, false}, {"IDVAR", false, true},
    {"IDVARVAL", false, true}, {"QNAM", false, true},    {"RELID", false, true},   {"--SEQ", true, false},
};

static bool is_sequence(Str name)
{
    return name.len == 5 && str_ends(name, STR("SEQ"));
}

static bool is_candidate(Str name, const char *candidate, Str subject)
{
    Str wanted = str_from(candidate);
    if (str_equal(wanted, STR("SUBJECT"))) return str_equal_fold(name, subject);
    if (!str_starts(wanted, STR("--"))) return str_equal_fold(name, wanted);
    return name.len == wanted.len && str_ends(name, str_slice(wanted, 2, wanted.len));
}

static bool is_listed(const SurveyKeys *keys, size_t variable)
{
    for (size_t i = 0; i < keys->n; i++) {
        if (keys->candidates[i] == variable) return true;
    }
    return false;
}

SurveyKeys survey_keys_new(Arena *arena, const TableMember *member, Str subject)
{
    SurveyKeys keys = {.arena = arena};
    bool analysis = survey_is_analysis(member->name);
    for (size_t i = 0; i < sizeof CANDIDATES / sizeof CANDIDATES[0]; i++) {
        if (!(analysis ? CANDIDATES[i].analysis : CANDIDATES[i].tabulation)) continue;
        for (size_t v = 0; v < member->n_variables && keys.n < SURVEY_MAX_KEYS; v++) {
            if (!is_listed(&keys, v) && is_candidate(member->variables[v].name, CANDIDATES[i].name, subject)) keys.candidates[keys.n++] = v;
        }
    }
    return keys;
}

uint64_t survey_cell_hash(const TableVariable *variable, const TableCell *cell)
{
    uint64_t bits = 0;
    if (cell->missing) return 1;
    if (!table_is_number(variable)) return str_hash(cell->text);
    memcpy(&bits, &cell->number, sizeof bits);
    return (bits ^ (bits >> 31)) * UINT64_C(0x9E3779B97F4A7C15) + 2;
}

void survey_keys_row(SurveyKeys *keys, const TableMember *member, const TableCell *cells)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    if (keys->n_rows == keys->capacity) {
        size_t old = keys->capacity * sizeof(uint64_t);
        keys->capacity = keys->capacity ? 2 * keys->capacity : 256;
        for (size_t i = 0; i < keys->n; i++) keys->hashes[i] = arena_grow(keys->arena, keys->hashes[i], old, keys->capacity * sizeof(uint64_t));
    }
    for (size_t i = 0; i < keys->n; i++) {
        size_t v = keys->candidates[i];
        hash = (hash ^ survey_cell_hash(&member->variables[v], &cells[v])) * UINT64_C(0xFF51AFD7ED558CCD);
        hash ^= hash >> 29;
        keys->hashes[i][keys->n_rows] = hash;
    }
    keys->n_rows++;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return (one > other) - (one < other);
}

static bool all_differ(uint64_t *hashes, size_t n)
{
    if (n) qsort(hashes, n, sizeof *hashes, compare_hashes);
    for (size_t i = 1; i < n; i++) {
        if (hashes[i] == hashes[i - 1]) return false;
    }
    return true;
}

size_t survey_keys_found(SurveyKeys *keys, size_t found[SURVEY_MAX_KEYS])
{
    for (size_t i = 0; i < keys->n; i++) {
        if (!all_differ(keys->hashes[i], keys->n_rows)) continue;
        memcpy(found, keys->candidates, (i + 1) * sizeof *found);
        return i + 1;
    }
    return 0;
}

static size_t place_of(const TableMember *member, Str name)
{
    for (size_t i = 0; i < member->n_variables; i++) {
        if (str_equal_fold(member->variables[i].name, name)) return i;
    }
    return SIZE_MAX;
}

bool survey_base_new(Arena *arena, Str name, const TableMember *member, Str subject, SurveyBase *base)
{
    *base = (SurveyBase){.name = name, .subject = place_of(member, subject), .sequence = SIZE_MAX, .is_unique = true, .n_variables = member->n_variables};
    if (base->subject == SIZE_MAX) return false;
    base->rows = map_new(arena);
    base->variables = arena_copy(arena, member->variables, member->n_variables * sizeof *member->variables);
    for (size_t i = 0; i < member->n_variables; i++) {
        base->variables[i].name = str_copy(arena, member->variables[i].name);
        if (!is_sequence(member->variables[i].name)) continue;
        base->sequence = i;
        base->sequence_name = base->variables[i].name;
    }
    return true;
}

/* The text that names a record: subject, and number where there is one. */
static Str record_key(Arena *arena, const TableCell *cells, size_t subject, size_t sequence)
{
    Buf buf = buf_new(arena);
    buf_add(&buf, cells[subject].text);
    if (sequence != SIZE_MAX) {
        buf_char(&buf, '\n');
        buf_number(&buf, cells[sequence].number);
    }
    return buf_str(&buf);
}

void survey_base_row(Arena *arena, SurveyBase *base, const TableCell *cells)
{
    bool is_new;
    if (!base->is_unique || base->n_rows == MAX_BASE_ROWS) {
        base->is_unique = false;
        return;
    }
    map_put(&base->rows, record_key(arena, cells, base->subject, base->sequence), &is_new)->index = base->n_rows;
    base->is_unique = is_new;
    if (base->n_rows == base->capacity) {
        size_t row = base->n_variables * sizeof *base->hashes, old = base->capacity * row;
        base->capacity = base->capacity ? 2 * base->capacity : 64;
        base->hashes = arena_grow(arena, base->hashes, old, base->capacity * row);
    }
    for (size_t i = 0; i < base->n_variables; i++) base->hashes[base->n_rows * base->n_variables + i] = survey_cell_hash(&base->variables[i], &cells[i]);
    base->n_rows++;
}

bool survey_match_new(Arena *arena, const SurveyBase *base, const TableMember *member, Str subject, SurveyMatch *match)
{
    *match = (SurveyMatch){.base = base, .subject = place_of(member, subject), .sequence = SIZE_MAX};
    if (!base->is_unique || match->subject == SIZE_MAX) return false;
    if (base->sequence != SIZE_MAX && (match->sequence = place_of(member, base->sequence_name)) == SIZE_MAX) return false;
    match->variables = ARENA_ARRAY(arena, size_t, member->n_variables);
    for (size_t i = 0; i < member->n_variables; i++) {
        match->variables[i] = SIZE_MAX;
        for (size_t k = 0; k < base->n_variables; k++) {
            bool same_kind = table_is_number(&base->variables[k]) == table_is_number(&member->variables[i]);
            if (same_kind && str_equal_fold(base->variables[k].name, member->variables[i].name)) match->variables[i] = k;
        }
        match->n_alive += match->variables[i] != SIZE_MAX;
    }
    return true;
}

static void lose(SurveyMatch *match, size_t variable)
{
    match->n_alive -= match->variables[variable] != SIZE_MAX;
    match->variables[variable] = SIZE_MAX;
}

void survey_match_row(Arena *scratch, SurveyMatch *match, const TableMember *member, const TableCell *cells)
{
    if (!match->n_alive) return;
    ArenaMark mark = arena_mark(scratch);
    const MapEntry *entry = map_get(&match->base->rows, record_key(scratch, cells, match->subject, match->sequence));
    const uint64_t *row = entry ? match->base->hashes + entry->index * match->base->n_variables : NULL;
    for (size_t i = 0; i < member->n_variables; i++) {
        if (match->variables[i] == SIZE_MAX) continue;
        if (!row || row[match->variables[i]] != survey_cell_hash(&member->variables[i], &cells[i])) lose(match, i);
    }
    arena_rewind(scratch, mark);
}
