/* Nodes of YAML made in memory, as if they had been written: so that what is planned becomes a display like any other. */
#ifndef REPORT_YAML_MAKE_H
#define REPORT_YAML_MAKE_H

#include "base/yaml.h"

/* Room of a mapping: as many members as any display has. */
#define YAML_MAKE_MEMBERS 40

/* at: the node whose place in the file the made ones take, for errors. */
typedef struct {
    Arena *arena;
    const Yaml *at;
} YamlMaker;

Yaml yaml_make_text(const YamlMaker *maker, Str text);
Yaml yaml_make_words(const YamlMaker *maker, const char *text);
Yaml *yaml_make_mapping(const YamlMaker *maker);
Yaml *yaml_make_list(const YamlMaker *maker, size_t most);

/* {a: x, b: y}, without a member whose text is empty. */
Yaml *yaml_make_pair(const YamlMaker *maker, const char *a, Str x, const char *b, Str y);

void yaml_put(const YamlMaker *maker, Yaml *mapping, Str key, Yaml value);
void yaml_put_text(const YamlMaker *maker, Yaml *mapping, const char *key, Str text);     /* nothing when it is empty */
void yaml_add(Yaml *list, Yaml value);

#endif
