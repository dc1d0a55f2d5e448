#include "report/provenance.h"

size_t provenance_parts(Arena *arena, const Provenance *from, ProvenancePart *parts)
{
    const ProvenancePart all[PROVENANCE_PARTS] = {
        {"method", "Method", from->method},
        {"method_page", "Described in", from->method_page},
        {"options", "Options", from->options},
        {"variable", "Variable", from->variable},
        {"population", "Population", from->population},
        {"filter", "Filter", from->filter},
        {"n_records", "Records", from->frame.len || from->n_records ? str_format(arena, "%zu", from->n_records) : STR("")},
        {"records", "Which", from->records},
        {"analysis", "Analysis", from->analysis},
        {"estimand", "Estimand", from->estimand},
        {"frame", "Data set", from->frame},
        {"source", "Source", from->source},
        {"source_hash", "SHA-256", from->source_hash},
    };
    size_t n = 0;
    for (size_t i = 0; i < PROVENANCE_PARTS; i++)
        if (all[i].text.len) parts[n++] = all[i];
    return n;
}

static Str content_key(Arena *arena, const Provenance *from)
{
    ProvenancePart parts[PROVENANCE_PARTS];
    size_t n = provenance_parts(arena, from, parts);
    Buf key = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        buf_add_c(&key, parts[i].key);
        buf_char(&key, '\x1f');
        buf_add(&key, parts[i].text);
        buf_char(&key, '\x1e');
    }
    return buf_str(&key);
}

ProvenanceList provenance_list(Arena *arena, const Document *document)
{
    ProvenanceList list = {.items = ARENA_ARRAY(arena, const Provenance *, document->n_results + 1),
                           .of_result = ARENA_ARRAY(arena, size_t, document->n_results + 1)};
    Map by_content = map_new(arena);
    const Provenance *previous = NULL;
    for (size_t i = 0; i < document->n_results; i++) {
        const Provenance *from = document->results[i].from;
        if (!from) list.of_result[i] = PROVENANCE_NONE;
        else if (from == previous) list.of_result[i] = list.of_result[i - 1];
        else {
            bool is_new;
            MapEntry *entry = map_put(&by_content, content_key(arena, from), &is_new);
            if (is_new) entry->index = list.n, list.items[list.n++] = from;
            list.of_result[i] = entry->index;
        }
        previous = from;
    }
    return list;
}
