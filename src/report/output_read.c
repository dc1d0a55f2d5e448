#include "report/output_read.h"

#include <math.h>
#include <string.h>

bool need_kind(const Yaml *yaml, YamlKind kind, const char *what, Error *err)
{
    static const char *const names[] = {"text", "a list", "a mapping"};
    if (yaml->kind == kind) return true;
    return yaml_error(yaml, err, ERROR_MALFORMED, "%s must be %s, not %s", what, names[kind],
                      yaml_kind_name(yaml));
}

bool unknown_word(Reader *reader, const Yaml *at, const char *what, Str word, const Str *known,
                  size_t n_known, Error *err)
{
    Str near = str_nearest(word, known, n_known);
    yaml_error(at, err, ERROR_INCONSISTENT, "there is no %s \"" STR_FMT "\"", what, STR_ARG(word));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    Buf list = buf_new(reader->arena);
    for (size_t i = 0; i < n_known; i++) buf_format(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(known[i]));
    return error_hint(err, n_known ? "There are: %s." : "None is known here%s.", buf_c(&list));
}

bool field_is_listed(const char *only, const char *key)
{
    if (!only) return true;
    size_t len = strlen(key);
    for (const char *at = only; (at = strstr(at, key)); at += len)
        if ((at == only || at[-1] == ' ') && (at[len] == 0 || at[len] == ' ')) return true;
    return false;
}

static bool unknown_key(Reader *reader, const Yaml *key, const char *what, const Field *fields,
                        size_t n_fields, const char *only, Error *err)
{
    Str *known = ARENA_ARRAY(reader->arena, Str, n_fields);
    size_t n = 0;
    for (size_t f = 0; f < n_fields; f++)
        if (field_is_listed(only, fields[f].key)) known[n++] = str_from(fields[f].key);
    return unknown_word(reader, key, str_c(reader->arena, str_format(reader->arena, "key of %s", what)),
                        key->text, known, n, err);
}

bool read_fields(Reader *reader, const Yaml *mapping, const char *what, const Field *fields, size_t n_fields,
                 const char *skip, const char *only, void *object, Error *err)
{
    if (!need_kind(mapping, YAML_IS_MAPPING, what, err)) return false;
    for (size_t i = 0; i < mapping->n; i++) {
        const Yaml *key = &mapping->keys[i];
        const Field *field = NULL;
        if (skip && str_equal(key->text, str_from(skip))) continue;
        for (size_t f = 0; f < n_fields && !field; f++)
            if (str_equal(key->text, str_from(fields[f].key)) && field_is_listed(only, fields[f].key))
                field = &fields[f];
        if (!field) return unknown_key(reader, key, what, fields, n_fields, only, err);
        if (!field->read(reader, &mapping->items[i], (char *)object + field->offset, err)) return false;
    }
    return true;
}

bool read_text(Reader *reader, const Yaml *value, void *member, Error *err)
{
    (void)reader;
    if (!need_kind(value, YAML_IS_SCALAR, "this", err)) return false;
    *(Str *)member = value->text;
    return true;
}

/* The id of an analysis of the protocol. */
bool read_analysis(Reader *reader, const Yaml *value, void *member, Error *err)
{
    const AnalysisPlans *analyses = &reader->plan->protocol->analyses;
    Str id, *known = ARENA_ARRAY(reader->arena, Str, analyses->n + 1);
    if (!read_text(reader, value, &id, err)) return false;
    for (size_t i = 0; i < analyses->n; i++) known[i] = analyses->items[i].id;
    if (!protocol_analysis(reader->plan->protocol, id))
        return unknown_word(reader, value, "analysis", id, known, analyses->n, err);
    *(Str *)member = id;
    return true;
}

bool read_flag(Reader *reader, const Yaml *value, void *member, Error *err)
{
    (void)reader;
    if (yaml_boolean(value, member)) return true;
    return yaml_error(value, err, ERROR_MALFORMED, "this must be true or false");
}

/* A member that is the opposite of its key: `header: false` sets plain. */
bool read_no_flag(Reader *reader, const Yaml *value, void *member, Error *err)
{
    if (!read_flag(reader, value, member, err)) return false;
    *(bool *)member = !*(bool *)member;
    return true;
}

bool read_integer(Reader *reader, const Yaml *value, void *member, Error *err)
{
    (void)reader;
    int64_t number;
    if (!yaml_integer(value, &number) || number < 0 || number > 10000)
        return yaml_error(value, err, ERROR_MALFORMED, "this must be a whole number from 0 to 10000");
    *(int *)member = (int)number;
    return true;
}

bool read_number(Reader *reader, const Yaml *value, void *member, Error *err)
{
    (void)reader;
    if (yaml_number(value, member)) return true;
    return yaml_error(value, err, ERROR_MALFORMED, "this must be a number");
}

/* A list of texts; one text stands for a list of one. */
bool read_texts(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputTexts *texts = member;
    if (value->kind == YAML_IS_SCALAR) {
        *texts = (OutputTexts){1, arena_copy(reader->arena, &value->text, sizeof(Str))};
        return true;
    }
    if (!need_kind(value, YAML_IS_SEQUENCE, "this", err)) return false;
    *texts = (OutputTexts){value->n, ARENA_ARRAY(reader->arena, Str, value->n)};
    for (size_t i = 0; i < value->n; i++)
        if (!read_text(reader, &value->items[i], &texts->items[i], err)) return false;
    return true;
}

bool read_template(Reader *reader, const Yaml *value, void *member, Error *err)
{
    Str text;
    if (!read_text(reader, value, &text, err)) return false;
    if (template_parse(reader->arena, text, reader->statistics, member, err)) return true;
    return error_in(err, "line %zu, column %zu", value->line, value->column);
}

static bool read_zero(Reader *reader, const Yaml *value, void *member, Error *err)
{
    bool zero;
    if (!read_flag(reader, value, &zero, err)) return false;
    *(int *)member = zero;
    return true;
}

static const Field rule_fields[] = {
    FIELD(FormatRule, decimals, read_integer), FIELD(FormatRule, below, read_number),
    FIELD(FormatRule, above, read_number),     FIELD(FormatRule, star, read_number),
    FIELD(FormatRule, zero, read_zero),
};

/* formats: {p: {decimals: 3, above: 0.99, star: 0.15}, pct: 1}; a number alone is the decimals. */
bool read_rules(Reader *reader, const Yaml *value, void *member, Error *err)
{
    FormatRules *rules = member;
    if (!need_kind(value, YAML_IS_MAPPING, "formats", err)) return false;
    for (size_t i = 0; i < value->n; i++) {
        const Yaml *item = &value->items[i];
        Statistic s = 0;
        Str names[N_STATISTICS];
        for (Statistic k = 0; k < N_STATISTICS; k++) names[k] = str_from(statistic_name(k));
        while (s < N_STATISTICS && !str_equal(names[s], value->keys[i].text)) s++;
        if (s == N_STATISTICS)
            return unknown_word(reader, &value->keys[i], "statistic", value->keys[i].text, names,
                                N_STATISTICS, err);
        if (item->kind == YAML_IS_SCALAR) {
            if (!read_integer(reader, item, &rules->of[s].decimals, err)) return false;
        } else if (!read_fields(reader, item, "a format", FIELDS(rule_fields), NULL, NULL, &rules->of[s],
                                err))
            return false;
    }
    return true;
}

static const Field level_fields[] = {
    FIELD(OutputLevel, key, read_text),
    FIELD(OutputLevel, label, read_text),
    FIELD_AS(OutputLevel, label, "header", read_text),
    FIELD(OutputLevel, value, read_text),
    FIELD(OutputLevel, where, read_text),
};

/* One level: a mapping, or a text that is value and label alike. A missing label is the value, a missing
 * key the label. */
bool read_level(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputLevel *level = member;
    *level = (OutputLevel){.at = value};
    if (value->kind == YAML_IS_SCALAR)
        level->label = level->value = value->text;
    else if (!read_fields(reader, value, "a level", FIELDS(level_fields), NULL, NULL, level, err))
        return false;
    level->at = value;
    if (!level->label.len) level->label = level->value.len ? level->value : level->key;
    if (!level->key.len) level->key = level->label;
    if (!level->value.len && !level->where.len) level->value = level->label;
    return true;
}

/* A list of levels, or a mapping of values to labels. */
bool read_levels(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputLevels *levels = member;
    if (value->kind == YAML_IS_SCALAR) return need_kind(value, YAML_IS_SEQUENCE, "levels", err);
    *levels = (OutputLevels){value->n, ARENA_ARRAY(reader->arena, OutputLevel, value->n)};
    for (size_t i = 0; i < value->n; i++) {
        OutputLevel *level = &levels->items[i];
        if (value->kind == YAML_IS_SEQUENCE) {
            if (!read_level(reader, &value->items[i], level, err)) return false;
            continue;
        }
        *level =
            (OutputLevel){.at = &value->keys[i], .value = value->keys[i].text, .key = value->keys[i].text};
        if (!read_text(reader, &value->items[i], &level->label, err)) return false;
    }
    return true;
}

/* order: alphabetical | data | {most: COLUMN} | {by: VARIABLE} */
bool read_order(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputOrder *order = member;
    order->at = value;
    static const struct {
        const char *word;
        OutputOrderKind kind;
        YamlKind yaml;
    } orders[] = {{"alphabetical", ORDER_ALPHABETICAL, YAML_IS_SCALAR},
                  {"data", ORDER_DATA, YAML_IS_SCALAR},
                  {"most", ORDER_MOST, YAML_IS_MAPPING},
                  {"by", ORDER_BY_VARIABLE, YAML_IS_MAPPING}};
    const Yaml *word = value->kind == YAML_IS_MAPPING && value->n == 1 ? &value->keys[0] : value;
    if (word->kind != YAML_IS_SCALAR)
        return yaml_error(value, err, ERROR_MALFORMED,
                          "an order is alphabetical, data, {most: COLUMN} or {by: VARIABLE}");
    Str known[4];
    for (size_t i = 0; i < 4; i++) {
        known[i] = str_from(orders[i].word);
        if (orders[i].yaml != value->kind || !str_equal(word->text, known[i])) continue;
        order->kind = orders[i].kind;
        return value->kind == YAML_IS_SCALAR || read_text(reader, &value->items[0], &order->by, err);
    }
    return unknown_word(reader, word, "order", word->text, known, 4, err);
}
