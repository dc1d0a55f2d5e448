#include "report/compare.h"

#include <math.h>

#include "base/map.h"

#define CUT_LABEL 38 /* a shorter label was not cut, so nothing longer is meant by it */

/* The words of a name, without what printers change: blanks, letter case, dots at the end. */
static Str plain(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != ' ' && text.data[i] != '\n' && text.data[i] != '\t') buf_char(&buf, text.data[i]);
    while (buf.len && buf.data[buf.len - 1] == '.') buf.len--;
    return str_lower(arena, buf_str(&buf));
}

static Str plain_number(Arena *arena, Str number)
{
    Str text = plain(arena, number);
    if (str_starts(text, STR("table"))) return str_slice(text, 5, text.len);
    return text;
}

/* A result or a check by its names. */
typedef struct {
    Str table, group, label, column, stat;
    const Json *from;
} Named;

static Named named_from(Arena *arena, const Json *json, Str table)
{
    return (Named){plain_number(arena, table),
                   plain(arena, json_text(json, "group")),
                   plain(arena, json_text(json, "label")),
                   plain(arena, json_text(json, "column")),
                   plain(arena, json_text(json, "stat")),
                   json};
}

static Str key_of(Arena *arena, const Named *named, Str label)
{
    return str_format(arena, STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT, STR_ARG(named->table),
                      STR_ARG(named->group), STR_ARG(label), STR_ARG(named->column), STR_ARG(named->stat));
}

typedef struct {
    size_t n;
    Named *items;
    Map by_key;
} Results;

static Results index_results(Arena *arena, const Json *report, Str table)
{
    const Json *list = json_get(report, "results");
    Results results = {.by_key = map_new(arena)};
    if (!list || list->kind != JSON_IS_ARRAY) return results;
    results.items = ARENA_ARRAY(arena, Named, list->n);
    Str number = plain_number(arena, table);
    for (size_t i = 0; i < list->n; i++) {
        if (!str_equal(plain_number(arena, json_text(&list->items[i], "table")), number)) continue;
        Named *named = &results.items[results.n];
        *named = named_from(arena, &list->items[i], table);
        bool is_new;
        MapEntry *entry = map_put(&results.by_key, key_of(arena, named, named->label), &is_new);
        if (is_new) entry->index = results.n;
        results.n++;
    }
    return results;
}

static bool agrees(Str asked, Str have) { return !asked.len || str_equal(asked, have); }

/* The only result that agrees where the check says anything; a cut label agrees with what begins with it. */
static const Named *find_loosely(const Results *results, const Named *check, bool is_cut)
{
    const Named *found = NULL;
    for (size_t i = 0; i < results->n; i++) {
        const Named *have = &results->items[i];
        bool same = is_cut ? str_starts(have->label, check->label) : str_equal(have->label, check->label);
        if (!same || !agrees(check->group, have->group) || !agrees(check->column, have->column) ||
            !agrees(check->stat, have->stat))
            continue;
        if (found) return NULL;
        found = have;
    }
    return found;
}

static const Named *find_result(Arena *arena, const Results *results, const Named *check, Str label)
{
    const MapEntry *entry = map_get(&results->by_key, key_of(arena, check, check->label));
    if (entry) return &results->items[entry->index];
    const Named *found = find_loosely(results, check, false);
    return found || label.len < CUT_LABEL ? found : find_loosely(results, check, true);
}

static bool is_matched(const CompareLine *line)
{
    if (isnan(line->ours)) return false;
    if (str_equal(line->op, STR("<"))) return line->ours < line->published;
    if (str_equal(line->op, STR(">"))) return line->ours > line->published;
    return fabs(number_round(line->ours, line->decimals) - line->published) <
           0.5 * pow(10, -line->decimals) * 1e-6;
}

static bool read_check(Arena *arena, const Json *check, Str table, size_t index, CompareLine *line,
                       Error *err)
{
    double decimals = json_number(check, "decimals", 0);
    bool has_decimals = decimals >= 0 && decimals <= 15;
    *line = (CompareLine){.id = json_text(check, "id"),
                          .table = table,
                          .group = json_text(check, "group"),
                          .label = json_text(check, "label"),
                          .column = json_text(check, "column"),
                          .stat = json_text(check, "stat"),
                          .op = json_text(check, "op"),
                          .published = json_number(check, "value", NAN),
                          .ours = NAN,
                          .decimals = has_decimals ? (int)decimals : 0,
                          .printed = json_text(check, "printed")};
    (void)arena;
    if (line->label.len && !isnan(line->published) && has_decimals) return true;
    error_set(err, ERROR_MALFORMED, "check %zu lacks a label, a value, or decimals from 0 to 15", index + 1);
    return error_hint(err, "Each check of a published display needs \"id\", \"label\" and \"value\".");
}

static void judge(Arena *arena, const Results *results, const Json *check, CompareLine *line)
{
    Named named = named_from(arena, check, line->table);
    const Named *found = find_result(arena, results, &named, line->label);
    line->verdict = COMPARE_UNMATCHED;
    if (!found) return;
    line->ours = json_number(found->from, "value", NAN);
    line->our_id = json_text(found->from, "id");
    line->our_printed = json_text(found->from, "printed");
    line->verdict = is_matched(line) ? COMPARE_MATCHES : COMPARE_DIFFERS;
}

static bool need_schema(const Json *json, const char *schema, const char *what, Error *err)
{
    if (str_equal(json_text(json, "schema"), str_from(schema))) return true;
    error_set(err, ERROR_MALFORMED, "this is no %s", what);
    return error_hint(err, "Its member \"schema\" must be \"%s\".", schema);
}

bool compare_published(Arena *arena, const Json *report, const Json *published, Comparison *comparison,
                       Error *err)
{
    const Json *checks = json_get(published, "checks");
    Str table = json_text(published, "table");
    *comparison = (Comparison){0};
    if (!need_schema(report, "equipoise-report/1", "report in JSON", err) ||
        !need_schema(published, "published-table/1", "published display", err))
        return false;
    Results results = index_results(arena, report, table);
    comparison->n = checks && checks->kind == JSON_IS_ARRAY ? checks->n : 0;
    comparison->lines = ARENA_ARRAY(arena, CompareLine, comparison->n);
    for (size_t i = 0; i < comparison->n; i++) {
        CompareLine *line = &comparison->lines[i];
        if (!read_check(arena, &checks->items[i], table, i, line, err)) return false;
        judge(arena, &results, &checks->items[i], line);
        comparison->n_matches += line->verdict == COMPARE_MATCHES;
        comparison->n_differ += line->verdict == COMPARE_DIFFERS;
        comparison->n_unmatched += line->verdict == COMPARE_UNMATCHED;
    }
    return true;
}

static void write_line(const CompareLine *line, Buf *out)
{
    static const char *const words[] = {"matches", "DIFFERS", "NOT FOUND"};
    buf_format(out, "  %-9s " STR_FMT "  ", words[line->verdict], STR_ARG(line->id));
    if (line->group.len) buf_format(out, STR_FMT " / ", STR_ARG(line->group));
    buf_format(out, STR_FMT, STR_ARG(line->label));
    if (line->column.len) buf_format(out, ", " STR_FMT, STR_ARG(line->column));
    if (line->stat.len) buf_format(out, ", " STR_FMT, STR_ARG(line->stat));
    buf_format(out, ": published " STR_FMT, STR_ARG(line->printed));
    if (line->verdict == COMPARE_UNMATCHED) {
        buf_add_c(out, ", no such number of ours\n");
        return;
    }
    buf_add_c(out, ", ours ");
    if (isfinite(line->ours))
        buf_number(out, line->ours);
    else
        buf_add_c(out, "not estimable");
    buf_format(out, " (" STR_FMT ")\n", STR_ARG(line->our_id));
}

void compare_write_text(const Comparison *comparison, Str name, bool all, Buf *out)
{
    for (size_t i = 0; i < comparison->n; i++)
        if (all || comparison->lines[i].verdict != COMPARE_MATCHES) write_line(&comparison->lines[i], out);
    buf_format(out, STR_FMT ": %zu of %zu checks match", STR_ARG(name), comparison->n_matches, comparison->n);
    if (comparison->n_differ) buf_format(out, ", %zu differ", comparison->n_differ);
    if (comparison->n_unmatched) buf_format(out, ", %zu not found", comparison->n_unmatched);
    buf_char(out, '\n');
}

static void put_line(JsonWriter *json, const CompareLine *line)
{
    json_begin_object(json);
    json_member_text(json, "id", line->id);
    json_member_text(json, "verdict", line->verdict == COMPARE_DIFFERS ? STR("differs") : STR("not-found"));
    json_member_text(json, "group", line->group);
    json_member_text(json, "label", line->label);
    json_member_text(json, "column", line->column);
    json_member_text(json, "stat", line->stat);
    json_member_text(json, "op", line->op);
    json_member_number(json, "published", line->published);
    json_member_integer(json, "decimals", line->decimals);
    json_member_number(json, "ours", line->ours);
    json_member_text(json, "result", line->our_id);
    json_end_object(json);
}

void compare_write_json(const Comparison *comparison, Str name, JsonWriter *json)
{
    json_begin_object(json);
    json_member_text(json, "file", name);
    json_member_integer(json, "checks", (int64_t)comparison->n);
    json_member_integer(json, "matches", (int64_t)comparison->n_matches);
    json_member_integer(json, "differ", (int64_t)comparison->n_differ);
    json_member_integer(json, "unmatched", (int64_t)comparison->n_unmatched);
    json_key(json, STR("lines"));
    json_begin_array(json);
    for (size_t i = 0; i < comparison->n; i++)
        if (comparison->lines[i].verdict != COMPARE_MATCHES) put_line(json, &comparison->lines[i]);
    json_end_array(json);
    json_end_object(json);
}
