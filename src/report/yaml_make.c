#include "report/yaml_make.h"

#include <assert.h>

static Yaml node(const YamlMaker *maker, YamlKind kind)
{
    return (Yaml){.kind = kind, .line = maker->at->line, .column = maker->at->column};
}

Yaml yaml_make_text(const YamlMaker *maker, Str text)
{
    Yaml yaml = node(maker, YAML_IS_SCALAR);
    yaml.text = str_copy(maker->arena, text);
    return yaml;
}

Yaml yaml_make_words(const YamlMaker *maker, const char *text) { return yaml_make_text(maker, str_from(text)); }

Yaml *yaml_make_mapping(const YamlMaker *maker)
{
    Yaml *yaml = ARENA_NEW(maker->arena, Yaml);
    *yaml = node(maker, YAML_IS_MAPPING);
    yaml->keys = ARENA_ARRAY(maker->arena, Yaml, YAML_MAKE_MEMBERS);
    yaml->items = ARENA_ARRAY(maker->arena, Yaml, YAML_MAKE_MEMBERS);
    return yaml;
}

Yaml *yaml_make_list(const YamlMaker *maker, size_t most)
{
    Yaml *yaml = ARENA_NEW(maker->arena, Yaml);
    *yaml = node(maker, YAML_IS_SEQUENCE);
    yaml->items = ARENA_ARRAY(maker->arena, Yaml, most);
    return yaml;
}

void yaml_put(const YamlMaker *maker, Yaml *mapping, Str key, Yaml value)
{
    assert(mapping->n < YAML_MAKE_MEMBERS);
    mapping->keys[mapping->n] = yaml_make_text(maker, key);
    mapping->items[mapping->n++] = value;
}

void yaml_put_text(const YamlMaker *maker, Yaml *mapping, const char *key, Str text)
{
    if (text.len) yaml_put(maker, mapping, str_from(key), yaml_make_text(maker, text));
}

void yaml_add(Yaml *list, Yaml value) { list->items[list->n++] = value; }

Yaml *yaml_make_pair(const YamlMaker *maker, const char *a, Str x, const char *b, Str y)
{
    Yaml *map = yaml_make_mapping(maker);
    yaml_put_text(maker, map, a, x);
    yaml_put_text(maker, map, b, y);
    return map;
}
