#include "trial/standard_set.h"

#include "base/time.h"

#define DAYS_1960_TO_1970 3653

/* --- names --- */

/* "--SEQ" of VS is "VSSEQ". */
static Str full_name(Arena *arena, Str set, const char *name)
{
    return name[0] == '-' ? str_format(arena, STR_FMT "%s", STR_ARG(set), name + 2) : str_from(name);
}

static size_t place_of(const StandardSet *set, const char *name)
{
    char full[16];
    Str wanted = str_from(name);
    if (name[0] == '-' && set->name.len + wanted.len < sizeof full) {
        for (size_t i = 0; i < set->name.len; i++) full[i] = set->name.data[i];
        for (size_t i = 2; i < wanted.len; i++) full[set->name.len + i - 2] = name[i];
        wanted = (Str){full, set->name.len + wanted.len - 2};
    }
    const MapEntry *entry = map_get(&set->places, wanted);
    return entry ? entry->index : SIZE_MAX;
}

static ColumnType column_type(StandardType type)
{
    switch (type) {
    case STANDARD_INTEGER:
        return COLUMN_INTEGER;
    case STANDARD_FLOAT:
    case STANDARD_DATE:
        return COLUMN_NUMBER;
    case STANDARD_TEXT:
    case STANDARD_DTC:
    case STANDARD_DURATION:
        break;
    }
    return COLUMN_TEXT;
}

StandardSet *standard_set_new(Arena *arena, const StandardSpec *spec)
{
    StandardSet *set = ARENA_NEW(arena, StandardSet);
    *set = (StandardSet){.arena = arena, .spec = spec, .name = str_from(spec->name), .places = map_new(arena)};
    set->frame = frame_new(arena, set->name);
    set->frame->label = str_from(spec->label);
    set->columns = ARENA_ARRAY(arena, const StandardColumn *, spec->n_columns + 1);
    for (size_t i = 0; i < spec->n_columns; i++) {
        Str name = full_name(arena, set->name, spec->columns[i].name);
        frame_add_column(set->frame, name, column_type(spec->columns[i].type))->label = str_from(spec->columns[i].label);
        set->columns[i] = &spec->columns[i];
        map_put(&set->places, name, NULL)->index = i;
    }
    Str key, rest = str_from(spec->keys);
    set->keys = ARENA_ARRAY(arena, Str, rest.len + 1);
    for (bool more = true; more;) {
        more = str_cut(rest, STR(" "), &key, &rest);
        if (!more) key = rest;
        set->keys[set->n_keys++] = full_name(arena, set->name, str_c(arena, key));
    }
    return set;
}

/* --- rows --- */

void standard_row(StandardSet *set) { frame_add_row(set->frame); }

void standard_text(StandardSet *set, const char *name, Str value)
{
    size_t column = place_of(set, name);
    if (column != SIZE_MAX && value.len) frame_set_text(set->frame, set->frame->n_rows - 1, column, value);
}

void standard_number(StandardSet *set, const char *name, double value)
{
    size_t column = place_of(set, name);
    if (column != SIZE_MAX) frame_set_number(set->frame, set->frame->n_rows - 1, column, value);
}

static void qualify(StandardSet *set, StandardQualifier qualifier)
{
    ARENA_PUSH_ROOM(set->arena, set->qualifiers, set->n_qualifiers, set->qualifier_capacity);
    set->qualifiers[set->n_qualifiers++] = qualifier;
}

Str standard_get(const StandardSet *set, size_t row, const char *name)
{
    size_t place = place_of(set, name);
    if (place == SIZE_MAX || row >= set->frame->n_rows) return STR("");
    const Column *column = &set->frame->columns[place];
    return column_is_number(column) || column->missing[row] ? STR("") : column->texts[row];
}

/* Where a text is cut: after a blank, else between characters. */
static size_t cut_at(Str text)
{
    size_t end = STANDARD_MOST_BYTES;
    if (text.len <= end) return text.len;
    while (end && text.data[end - 1] != ' ') end--;
    if (end) return end;
    for (end = STANDARD_MOST_BYTES; end && ((unsigned char)text.data[end] & 0xC0) == 0x80; end--) {}
    return end;
}

/* A text in parts: the first under the name, the others under NAME1, NAME2 .. */
static void qualify_in_parts(StandardSet *set, StandardQualifier whole, int part)
{
    Str rest = whole.value, stem = str_slice(whole.name, 0, whole.name.len < 7 ? whole.name.len : 7);
    for (; rest.len && part < 10; part++) {
        size_t end = cut_at(rest);
        StandardQualifier piece = whole;
        if (part) piece.name = str_format(set->arena, STR_FMT "%d", STR_ARG(stem), part);
        piece.value = str_trim(str_slice(rest, 0, end));
        qualify(set, piece);
        rest = str_slice(rest, end, rest.len);
    }
}

void standard_qualify(StandardSet *set, Str name, Str label, Str value, const char *origin)
{
    qualify_in_parts(set, (StandardQualifier){set->frame->n_rows - 1, name, label, value, origin}, 0);
}

/* --- finishing --- */

static void carry_on(StandardSet *set, size_t row, const Column *column)
{
    Str text = column->texts[row];
    size_t end = cut_at(text);
    column->texts[row] = str_trim(str_slice(text, 0, end));
    qualify_in_parts(set, (StandardQualifier){row, column->name, column->label, str_slice(text, end, text.len), "CRF"}, 1);
}

static void split_texts(StandardSet *set)
{
    for (size_t c = 0; c < set->frame->n_columns; c++) {
        const Column *column = &set->frame->columns[c];
        if (column_is_number(column)) continue;
        for (size_t row = 0; row < set->frame->n_rows; row++)
            if (column->texts[row].len > STANDARD_MOST_BYTES) carry_on(set, row, column);
    }
}

static void sort_rows(StandardSet *set)
{
    size_t n = set->frame->n_rows;
    size_t *order = ARENA_ARRAY(set->arena, size_t, n + 1), *now = ARENA_ARRAY(set->arena, size_t, n + 1);
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t k = set->n_keys; k-- > 0;) {
        const Column *key = frame_column(set->frame, set->keys[k]);
        if (key) frame_sort_rows(key, false, order, n);
    }
    for (size_t i = 0; i < n; i++) now[order[i]] = i;
    for (size_t i = 0; i < set->n_qualifiers; i++) set->qualifiers[i].row = now[set->qualifiers[i].row];
    Str label = set->frame->label;
    set->frame = frame_take_rows(set->arena, set->frame, order, n);
    set->frame->name = set->name;
    set->frame->label = label;
}

static void number_rows(StandardSet *set)
{
    size_t seq = place_of(set, "--SEQ"), subject = place_of(set, "USUBJID"), group = place_of(set, "TSPARMCD");
    if (subject == SIZE_MAX) subject = group;
    if (seq == SIZE_MAX || subject == SIZE_MAX) return;
    const Str *who = set->frame->columns[subject].texts;
    double number = 0;
    for (size_t row = 0; row < set->frame->n_rows; row++) {
        number = row && str_equal(who[row], who[row - 1]) ? number + 1 : 1;
        if (set->frame->columns[seq].missing[row]) frame_set_number(set->frame, row, seq, number);
        number = set->frame->columns[seq].numbers[row];
    }
}

static bool same_cell(const Column *column, size_t a, size_t b)
{
    if (column->missing[a] || column->missing[b]) return column->missing[a] && column->missing[b];
    return column_is_number(column) ? !(column->numbers[a] < column->numbers[b] || column->numbers[a] > column->numbers[b])
                                    : str_equal(column->texts[a], column->texts[b]);
}

static bool check_keys(const StandardSet *set, Error *err)
{
    for (size_t row = 1; row < set->frame->n_rows; row++) {
        bool same = true;
        for (size_t k = 0; same && k < set->n_keys; k++) {
            const Column *key = frame_column(set->frame, set->keys[k]);
            same = !key || same_cell(key, row - 1, row);
        }
        if (!same) continue;
        Buf said = buf_new(set->arena);
        for (size_t k = 0; k < set->n_keys; k++) {
            const Column *key = frame_column(set->frame, set->keys[k]);
            if (key) buf_format(&said, "%s" STR_FMT, said.len ? ", " : "", STR_ARG(frame_cell_text(set->arena, key, row)));
        }
        error_set(err, ERROR_INCONSISTENT, "two rows of " STR_FMT " have the same keys (" STR_FMT ")", STR_ARG(set->name),
                  STR_ARG(buf_str(&said)));
        return error_hint(err, "Give the items that they come from different tests or terms, under `sdtm` in the protocol.");
    }
    return true;
}

static bool is_empty(const Column *column, size_t n_rows)
{
    for (size_t row = 0; row < n_rows; row++)
        if (!column->missing[row]) return false;
    return true;
}

/* A study day whose date is there: it stays, though no subject has a day to count from. */
static bool has_date(const StandardSet *set, Str name)
{
    if (!str_ends(name, STR("DY")) || str_equal(name, STR("VISITDY"))) return false;
    const Column *date = frame_column(set->frame, str_format(set->arena, STR_FMT "DTC", STR_ARG(str_slice(name, 0, name.len - 2))));
    return date && !is_empty(date, set->frame->n_rows);
}

static bool is_kept(const StandardSet *set, size_t c)
{
    const Column *column = &set->frame->columns[c];
    return !str_equal(str_from(set->columns[c]->core), STR("Perm")) || !is_empty(column, set->frame->n_rows) || has_date(set, column->name);
}

static void drop_empty(StandardSet *set)
{
    Frame *frame = set->frame;
    size_t n = 0;
    bool *kept = ARENA_ARRAY(set->arena, bool, frame->n_columns + 1);
    for (size_t c = 0; c < frame->n_columns; c++) kept[c] = is_kept(set, c);
    set->places = map_new(set->arena);
    for (size_t c = 0; c < frame->n_columns; c++) {
        if (!kept[c]) continue;
        set->columns[n] = set->columns[c];
        frame->columns[n] = frame->columns[c];
        map_put(&set->places, frame->columns[n].name, NULL)->index = n;
        n++;
    }
    frame->n_columns = n;
}

/* Bytes of the longest text, at least 1; 8 for a number. */
static void measure(StandardSet *set)
{
    for (size_t c = 0; c < set->frame->n_columns; c++) {
        Column *column = &set->frame->columns[c];
        column->length = column_is_number(column) ? 8 : 1;
        for (size_t row = 0; !column_is_number(column) && row < set->frame->n_rows; row++)
            if (column->texts[row].len > column->length) column->length = column->texts[row].len;
    }
}

bool standard_finish(StandardSet *set, Error *err)
{
    split_texts(set);
    sort_rows(set);
    number_rows(set);
    if (!check_keys(set, err)) return false;
    drop_empty(set);
    measure(set);
    return true;
}

/* --- supplemental qualifiers --- */

/* clang-format off */
static const StandardColumn SUPPLEMENT_COLUMNS[] = {
    {"STUDYID",  "Study Identifier",             STANDARD_TEXT, "Req",  "Identifier",       STANDARD_PROTOCOL,  NULL, NULL},
    {"RDOMAIN",  "Related Domain Abbreviation",  STANDARD_TEXT, "Req",  "Identifier",       STANDARD_ASSIGNED,  "DOMAIN", NULL},
    {"USUBJID",  "Unique Subject Identifier",    STANDARD_TEXT, "Req",  "Identifier",       STANDARD_DERIVED,   NULL, "STUDYID and SUBJID, joined by a hyphen"},
    {"IDVAR",    "Identifying Variable",         STANDARD_TEXT, "Exp",  "Identifier",       STANDARD_ASSIGNED,  NULL, NULL},
    {"IDVARVAL", "Identifying Variable Value",   STANDARD_TEXT, "Exp",  "Identifier",       STANDARD_ASSIGNED,  NULL, NULL},
    {"QNAM",     "Qualifier Variable Name",      STANDARD_TEXT, "Req",  "Topic",            STANDARD_ASSIGNED,  NULL, NULL},
    {"QLABEL",   "Qualifier Variable Label",     STANDARD_TEXT, "Req",  "Synonym Qualifier", STANDARD_ASSIGNED, NULL, NULL},
    {"QVAL",     "Data Value",                   STANDARD_TEXT, "Req",  "Result Qualifier", STANDARD_COLLECTED, NULL, NULL},
    {"QORIG",    "Origin",                       STANDARD_TEXT, "Req",  "Record Qualifier", STANDARD_ASSIGNED,  NULL, NULL},
    {"QEVAL",    "Evaluator",                    STANDARD_TEXT, "Exp",  "Record Qualifier", STANDARD_ASSIGNED,  "EVAL", NULL},
};
/* clang-format on */

Str standard_sequence(const StandardSet *set, size_t row)
{
    return frame_cell_text(set->arena, &set->frame->columns[place_of(set, "--SEQ")], row);
}

void standard_relate(StandardSet *related, const StandardSet *set, size_t row, Str id)
{
    standard_row(related);
    standard_text(related, "STUDYID", standard_get(set, row, "STUDYID"));
    standard_text(related, "RDOMAIN", set->name);
    standard_text(related, "USUBJID", standard_get(set, row, "USUBJID"));
    standard_text(related, "IDVAR", full_name(set->arena, set->name, "--SEQ"));
    standard_text(related, "IDVARVAL", standard_sequence(set, row));
    standard_text(related, "RELID", id);
}

StandardSet *standard_supplement(const StandardSet *set)
{
    if (!set->n_qualifiers) return NULL;
    StandardSpec *spec = ARENA_NEW(set->arena, StandardSpec);
    *spec = (StandardSpec){.name = str_format(set->arena, "SUPP" STR_FMT, STR_ARG(set->name)).data,
                           .label = str_format(set->arena, "Supplemental Qualifiers for " STR_FMT, STR_ARG(set->name)).data,
                           .class = "RELATIONSHIP",
                           .structure = "One record per IDVAR, IDVARVAL, and QNAM value per subject",
                           .keys = "RDOMAIN USUBJID IDVAR IDVARVAL QNAM",
                           .columns = SUPPLEMENT_COLUMNS,
                           .n_columns = sizeof SUPPLEMENT_COLUMNS / sizeof SUPPLEMENT_COLUMNS[0]};
    StandardSet *supplement = standard_set_new(set->arena, spec);
    bool has_sequence = place_of(set, "--SEQ") != SIZE_MAX;
    for (size_t i = 0; i < set->n_qualifiers; i++) {
        const StandardQualifier *q = &set->qualifiers[i];
        standard_row(supplement);
        standard_text(supplement, "STUDYID", standard_get(set, q->row, "STUDYID"));
        standard_text(supplement, "RDOMAIN", set->name);
        standard_text(supplement, "USUBJID", standard_get(set, q->row, "USUBJID"));
        if (has_sequence) {
            standard_text(supplement, "IDVAR", full_name(set->arena, set->name, "--SEQ"));
            standard_text(supplement, "IDVARVAL", standard_sequence(set, q->row));
        }
        standard_text(supplement, "QNAM", q->name);
        standard_text(supplement, "QLABEL", q->label);
        standard_text(supplement, "QVAL", q->value);
        standard_text(supplement, "QORIG", str_from(q->origin));
    }
    return supplement;
}

/* --- lists of sets --- */

void standard_add(StandardSets *sets, StandardSet *set)
{
    ARENA_PUSH_ROOM(sets->arena, sets->items, sets->n, sets->capacity);
    sets->items[sets->n++] = set;
}

void standard_note(StandardSets *sets, Str note)
{
    ARENA_PUSH_ROOM(sets->arena, sets->notes, sets->n_notes, sets->note_capacity);
    sets->notes[sets->n_notes++] = note;
}

StandardSet *standard_find(const StandardSets *sets, Str name)
{
    for (size_t i = 0; i < sets->n; i++)
        if (str_equal_fold(sets->items[i]->name, name)) return sets->items[i];
    return NULL;
}

/* --- days --- */

static bool full_date(Str text, int64_t *days)
{
    Date date;
    Error ignored = {0};
    if (text.len < 10 || !date_parse(str_slice(text, 0, 10), &date, &ignored) || !date_is_full(date)) return false;
    *days = date_days(date);
    return true;
}

bool standard_study_day(Str from, Str date, double *day)
{
    int64_t first, then;
    if (!full_date(from, &first) || !full_date(date, &then)) return false;
    *day = (double)(then - first + (then >= first ? 1 : 0));
    return true;
}

bool standard_date_number(Str date, double *days)
{
    int64_t then;
    if (!full_date(date, &then)) return false;
    *days = (double)(then + DAYS_1960_TO_1970);
    return true;
}
