#include "report/html_sources.h"

#include "report/provenance.h"
#include "report/typeset.h"

#define RUNS_MAX 12                                       /* places named per computation; the rest are counted */

/* The results of one table and the computations behind them. */
typedef struct {
    const Document *document;
    const ProvenanceList *list;
    size_t *results, n;                                   /* indexes into document->results */
    size_t *items, n_items;                               /* provenances among them, in order of first use */
    ProvenancePart shared[PROVENANCE_PARTS];              /* equal in all of them, when there are several */
    size_t n_shared;
} Sources;

static bool belongs(Str result, Str id)
{
    return str_starts(result, id) && result.len > id.len && result.data[id.len] == '.';
}

static void gather(Arena *arena, Sources *sources, Str id)
{
    const Document *document = sources->document;
    bool *seen = ARENA_ARRAY(arena, bool, sources->list->n + 1);
    sources->results = ARENA_ARRAY(arena, size_t, document->n_results + 1);
    sources->items = ARENA_ARRAY(arena, size_t, sources->list->n + 1);
    for (size_t i = 0; i < document->n_results; i++) {
        size_t item = sources->list->of_result[i];
        if (!belongs(document->results[i].id, id)) continue;
        sources->results[sources->n++] = i;
        if (item == PROVENANCE_NONE || seen[item]) continue;
        seen[item] = true;
        sources->items[sources->n_items++] = item;
    }
}

static Str part_text(const ProvenancePart *parts, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(str_from(parts[i].key), str_from(key))) return parts[i].text;
    return STR("");
}

/* Is this part of the first provenance the same in all the table's? */
static bool is_shared(Arena *arena, const Sources *sources, const ProvenancePart *part)
{
    for (size_t k = 1; k < sources->n_items; k++) {
        ProvenancePart parts[PROVENANCE_PARTS];
        size_t n = provenance_parts(arena, sources->list->items[sources->items[k]], parts);
        if (!str_equal(part_text(parts, n, part->key), part->text)) return false;
    }
    return true;
}

static void find_shared(Arena *arena, Sources *sources)
{
    ProvenancePart parts[PROVENANCE_PARTS];
    if (sources->n_items < 2) return;
    size_t n = provenance_parts(arena, sources->list->items[sources->items[0]], parts);
    for (size_t i = 0; i < n; i++)
        if (is_shared(arena, sources, &parts[i])) sources->shared[sources->n_shared++] = parts[i];
}

static void add_part(Markup *html, const ProvenancePart *part)
{
    bool is_page = str_equal(str_from(part->key), STR("method_page"));
    markup_element(html, "dt", NULL, str_from(part->name));
    markup_open(html, "dd");
    if (is_page) markup_text_c(html, "docs/methods/");
    markup_text(html, part->text);
    if (is_page) markup_text_c(html, ".md");
    markup_close(html);
}

static Str place_of(const Document *document, size_t result, Str id)
{
    Str text = document->results[result].id;
    return str_slice(text, id.len + 1, text.len);
}

static void add_run(Markup *html, const Sources *sources, Str id, size_t first, size_t last)
{
    Buf to = buf_new(html->out->arena);
    buf_char(&to, '#');
    buf_add(&to, sources->document->results[sources->results[first]].id);
    markup_open(html, "a");
    markup_attr(html, "href", buf_str(&to));
    markup_text(html, place_of(sources->document, sources->results[first], id));
    markup_close(html);
    if (last == first) return;
    markup_text_c(html, "\xE2\x80\x93");
    markup_text(html, place_of(sources->document, sources->results[last], id));
}

/* "Numbers r1.c2-r1.c5, r2.c2": neighbours of one provenance as a range. */
static void add_places(Markup *html, const Sources *sources, Str id, size_t item)
{
    size_t runs = 0, left_out = 0;
    const size_t *of = sources->list->of_result;
    markup_open(html, "p");
    markup_attr_c(html, "class", "at");
    for (size_t i = 0; i < sources->n; i++) {
        size_t last = i;
        if (of[sources->results[i]] != item) continue;
        while (last + 1 < sources->n && of[sources->results[last + 1]] == item) last++;
        if (runs < RUNS_MAX) {
            if (runs++) markup_text_c(html, ", ");
            add_run(html, sources, id, i, last);
        } else {
            left_out += last - i + 1;
        }
        i = last;
    }
    if (left_out) markup_text(html, str_format(html->out->arena, " and %zu more", left_out));
    markup_close(html);
}

static void add_parts(Markup *html, const ProvenancePart *parts, size_t n)
{
    if (n == 0) return;
    markup_open(html, "dl");
    for (size_t i = 0; i < n; i++) add_part(html, &parts[i]);
    markup_close(html);
}

static void add_item(Markup *html, const Sources *sources, Str id, size_t item)
{
    ProvenancePart parts[PROVENANCE_PARTS];
    size_t n = provenance_parts(html->out->arena, sources->list->items[item], parts), own = 0;
    for (size_t i = 0; i < n; i++)
        if (part_text(sources->shared, sources->n_shared, parts[i].key).len == 0) parts[own++] = parts[i];
    markup_open(html, "li");
    add_places(html, sources, id, item);
    add_parts(html, parts, own);
    markup_close(html);
    markup_line(html);
}

static void add_table(Markup *html, const Document *document, const ProvenanceList *list, Str id, Str name, Str title)
{
    Arena *arena = html->out->arena;
    Sources sources = {.document = document, .list = list};
    gather(arena, &sources, id);
    if (sources.n_items == 0) return;
    find_shared(arena, &sources);
    Buf anchor = buf_new(arena);
    buf_add(&anchor, id);
    buf_add_c(&anchor, "-sources");
    markup_open(html, "details");
    markup_attr(html, "id", buf_str(&anchor));
    markup_open(html, "summary");
    markup_element(html, "strong", NULL, name);
    markup_text_c(html, ". ");
    markup_text(html, title);
    markup_close(html);
    add_parts(html, sources.shared, sources.n_shared);
    markup_open(html, "ol");
    markup_line(html);
    for (size_t k = 0; k < sources.n_items; k++) add_item(html, &sources, id, sources.items[k]);
    markup_close(html);
    markup_close(html);
    markup_line(html);
}

void html_sources(Markup *html, const Document *document)
{
    Arena *arena = html->out->arena;
    ProvenanceList list = provenance_list(arena, document);
    if (list.n == 0) return;
    markup_open(html, "section");
    markup_attr_c(html, "class", "sources");
    markup_attr_c(html, "aria-labelledby", "sources");
    markup_line(html);
    markup_open(html, "h2");
    markup_attr_c(html, "id", "sources");
    markup_text_c(html, "Where the numbers come from");
    markup_close(html);
    markup_element(html, "p", NULL, STR("Each number was computed once and is the same in every form of this report. "
                                        "Places are row and column: r3.c4 is the fourth column of the third row."));
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Block *block = &document->blocks[i];
        if (block->table) add_table(html, document, &list, block->table->id, typeset_table_name(arena, block->table), block->table->title);
        if (block->figure)
            add_table(html, document, &list, block->figure->id, typeset_figure_name(arena, block->figure), block->figure->title);
    }
    markup_close(html);
    markup_line(html);
}
