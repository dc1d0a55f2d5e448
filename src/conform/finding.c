#include "conform/finding.h"

#include <stdlib.h>

FindingList findings_new(Arena *arena)
{
    return (FindingList){.arena = arena, .places_kept = FINDING_PLACES, .alike = map_new(arena)};
}

/* What makes two findings alike, each part with its length, so that no two run together. */
static Str likeness(Arena *arena, const Finding *finding)
{
    const Str parts[] = {finding->rule, finding->data_set, finding->variable, finding->message};
    Buf key = buf_new(arena);
    buf_integer(&key, finding->severity);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_format(&key, ",%zu:", parts[i].len);
        buf_add(&key, parts[i]);
    }
    return buf_str(&key);
}

static Finding *finding_alike(FindingList *findings, const Finding *finding)
{
    Arena *arena = findings->arena;
    bool is_new;
    ArenaMark mark = arena_mark(arena);
    MapEntry *entry = map_get(&findings->alike, likeness(arena, finding));
    arena_rewind(arena, mark);
    if (entry) return &findings->items[entry->index];
    entry = map_put(&findings->alike, likeness(arena, finding), &is_new);
    entry->index = findings->n;
    ARENA_PUSH_ROOM(arena, findings->items, findings->n, findings->capacity);
    findings->count[finding->severity]++;
    Finding *made = &findings->items[findings->n++];
    *made = (Finding){.rule = str_copy(arena, finding->rule),
                      .severity = finding->severity,
                      .data_set = str_copy(arena, finding->data_set),
                      .variable = str_copy(arena, finding->variable),
                      .row = finding->row,
                      .message = str_copy(arena, finding->message),
                      .value = str_copy(arena, finding->value),
                      .place = str_copy(arena, finding->place),
                      .fix = str_copy(arena, finding->fix)};
    return made;
}

void finding_add(FindingList *findings, const Finding *finding)
{
    Arena *arena = findings->arena;
    Finding *kept = finding_alike(findings, finding);
    kept->n++;
    findings->met[kept->severity]++;
    if (kept->n_places >= findings->places_kept) return;
    ARENA_PUSH_ROOM(arena, kept->places, kept->n_places, kept->places_capacity);
    kept->places[kept->n_places++] = (FindingPlace){
        .row = finding->row, .value = str_copy(arena, finding->value), .place = str_copy(arena, finding->place)};
}

void finding_add_error(FindingList *findings, Str rule, FindingSeverity severity, Str data_set, const Error *err)
{
    finding_add(findings, &(Finding){.rule = rule,
                                     .severity = severity,
                                     .data_set = data_set,
                                     .message = str_from(err->message),
                                     .place = str_from(err->place),
                                     .fix = str_from(err->hint)});
}

static int compare(const void *left, const void *right)
{
    const Finding *a = left, *b = right;
    if (a->severity != b->severity) return a->severity < b->severity ? -1 : 1;
    if (a->n != b->n) return a->n > b->n ? -1 : 1;
    int order = str_compare(a->data_set, b->data_set);
    if (!order) order = str_compare(a->variable, b->variable);
    if (!order) order = str_compare(a->rule, b->rule);
    return order ? order : str_compare(a->message, b->message);
}

void findings_sort(FindingList *findings)
{
    if (findings->n) qsort(findings->items, findings->n, sizeof *findings->items, compare);
    findings->alike = map_new(findings->arena);           /* it held indexes of the old order */
}

static const char *const WORDS[] = {
#define X(name, word, meaning) [FINDING_##name] = word,
    FINDING_SEVERITIES(X)
#undef X
};

const char *finding_severity_word(FindingSeverity severity) { return WORDS[severity]; }

static void write_subject(const Finding *finding, Buf *buf)
{
    if (finding->data_set.len) buf_format(buf, " " STR_FMT, STR_ARG(finding->data_set));
    if (!finding->variable.len) return;
    buf_char(buf, finding->data_set.len ? '.' : ' ');
    buf_add(buf, finding->variable);
}

static void write_place(const FindingPlace *place, Buf *buf)
{
    if (place->place.len) buf_add(buf, place->place);
    if (place->place.len && place->row) buf_add_c(buf, ", ");
    if (place->row) buf_format(buf, "row %zu", place->row);
    if (!place->value.len) return;
    buf_add_c(buf, place->place.len || place->row ? ": \"" : "\"");
    buf_add(buf, place->value);
    buf_char(buf, '"');
}

static bool says_nothing(const FindingPlace *place) { return !place->row && !place->value.len && !place->place.len; }

static void write_places(const Finding *finding, Buf *buf)
{
    size_t n_written = 0;
    for (size_t i = 0; i < finding->n_places; i++) {
        if (says_nothing(&finding->places[i])) continue;
        buf_add_c(buf, n_written++ ? "; " : "    at    ");
        write_place(&finding->places[i], buf);
    }
    if (!n_written) return;
    if (finding->n > finding->n_places) buf_format(buf, "; and %zu more", finding->n - finding->n_places);
    buf_char(buf, '\n');
}

/* with_fix: nobody said it before of the same rule. */
static void write_finding(const Finding *finding, bool with_fix, Buf *buf)
{
    buf_add_c(buf, WORDS[finding->severity]);
    write_subject(finding, buf);
    buf_format(buf, ": " STR_FMT " [" STR_FMT "]", STR_ARG(finding->message), STR_ARG(finding->rule));
    if (finding->n > 1) buf_format(buf, " %zu times", finding->n);
    buf_char(buf, '\n');
    write_places(finding, buf);
    if (with_fix) buf_format(buf, "    mend  " STR_FMT "\n", STR_ARG(finding->fix));
}

static void write_count(size_t n, const char *one, const char *many, const char *end, Buf *buf)
{
    buf_format(buf, "%zu %s%s", n, n == 1 ? one : many, end);
}

void findings_write_text(const FindingList *findings, Buf *buf)
{
    Map said = map_new(findings->arena);
    for (size_t i = 0; i < findings->n; i++) {
        const Finding *finding = &findings->items[i];
        bool is_new = false;
        if (finding->fix.len) map_put(&said, str_format(findings->arena, STR_FMT " " STR_FMT, STR_ARG(finding->rule), STR_ARG(finding->fix)), &is_new);
        write_finding(finding, is_new, buf);
    }
    if (findings->n) buf_char(buf, '\n');
    write_count(findings->count[FINDING_ERROR], "error", "errors", ", ", buf);
    write_count(findings->count[FINDING_WARNING], "warning", "warnings", ", ", buf);
    write_count(findings->count[FINDING_NOT_DONE], "check not done", "checks not done", ", ", buf);
    write_count(findings->count[FINDING_NOTE], "note", "notes", "\n", buf);
}

static void member_unless_empty(JsonWriter *json, const char *key, Str text)
{
    if (text.len) json_member_text(json, key, text);
}

static void write_finding_json(const Finding *finding, JsonWriter *json)
{
    json_begin_object(json);
    json_member_text(json, "rule", finding->rule);
    json_member_text(json, "severity", str_from(WORDS[finding->severity]));
    member_unless_empty(json, "dataSet", finding->data_set);
    member_unless_empty(json, "variable", finding->variable);
    json_member_text(json, "message", finding->message);
    member_unless_empty(json, "fix", finding->fix);
    json_member_integer(json, "count", (int64_t)finding->n);
    json_key(json, STR("places"));
    json_begin_array(json);
    for (size_t i = 0; i < finding->n_places; i++) {
        const FindingPlace *place = &finding->places[i];
        if (says_nothing(place)) continue;
        json_begin_object(json);
        if (place->row) json_member_integer(json, "row", (int64_t)place->row);
        member_unless_empty(json, "value", place->value);
        member_unless_empty(json, "place", place->place);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

void findings_write_json(const FindingList *findings, JsonWriter *json)
{
    static const char *const KEYS[] = {"errors", "warnings", "notDone", "notes"};
    for (size_t i = 0; i < N_FINDING_SEVERITIES; i++) json_member_integer(json, KEYS[i], (int64_t)findings->count[i]);
    json_key(json, STR("findings"));
    json_begin_array(json);
    for (size_t i = 0; i < findings->n; i++) write_finding_json(&findings->items[i], json);
    json_end_array(json);
}
