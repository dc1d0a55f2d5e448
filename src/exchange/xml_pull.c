#include "exchange/xml_pull.h"

#include <string.h>

#include <libxml/parser.h>
#include <libxml/SAX2.h>

#define CHUNK ((size_t)16 * 1024) /* bytes the parser is given at once: its events are in memory */

/* An event, its texts as places in XmlPull.texts, which moves as it grows. */
typedef struct {
    XmlEvent event;
    size_t from, len;                 /* of the text */
    size_t first_attribute;
} Queued;

typedef struct {
    XmlAttribute attribute;
    size_t from, len;                 /* of the value */
} QueuedAttribute;

struct XmlPull {
    Arena *arena;
    Bytes *bytes;
    xmlParserCtxtPtr parser;
    size_t at, depth;
    bool is_done;                     /* the parser was given everything */
    bool is_skipping;                 /* texts are thrown away as they come: a file within may be of any size */
    Queued *queue;
    size_t n, capacity, next;
    QueuedAttribute *attributes;
    size_t n_attributes, attribute_capacity;
    XmlAttribute *given;              /* the attributes of the event at hand */
    size_t given_capacity;
    Buf texts;
    Buf element_text;                 /* xml_pull_text's */
    Error failure;
};

static Str name_of(const xmlChar *name) { return name ? str_from((const char *)name) : STR(""); }

static size_t line_of(const XmlPull *xml) { return xml->parser->input && xml->parser->input->line > 0 ? (size_t)xml->parser->input->line : 1; }

/* Notes the first thing wrong and ends the parsing. */
static void refuse(XmlPull *xml, const char *what)
{
    if (xml->failure.code == ERROR_NONE) {
        error_set(&xml->failure, ERROR_MALFORMED, "%s", what);
        error_in(&xml->failure, "line %zu", line_of(xml));
    }
    xmlStopParser(xml->parser);
}

static Queued *push(XmlPull *xml, XmlPullKind kind)
{
    ARENA_PUSH_ROOM(xml->arena, xml->queue, xml->n, xml->capacity);
    Queued *queued = &xml->queue[xml->n++];
    *queued = (Queued){.event = {.kind = kind, .line = line_of(xml), .depth = xml->depth}};
    return queued;
}

/* --- what libxml2 calls --- */

static void on_doctype(void *to, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    refuse(to, "a document type (DOCTYPE) is declared, which is not read: it could hide anything");
}

/* Attributes come five pointers each: name, prefix, URI, and the two ends of the value. */
static void push_attributes(XmlPull *xml, int n, const xmlChar **attributes)
{
    for (int i = 0; i < n; i++, attributes += 5) {
        ARENA_PUSH_ROOM(xml->arena, xml->attributes, xml->n_attributes, xml->attribute_capacity);
        QueuedAttribute *queued = &xml->attributes[xml->n_attributes++];
        size_t len = (size_t)(attributes[4] - attributes[3]);
        *queued = (QueuedAttribute){{.name = name_of(attributes[0]), .prefix = name_of(attributes[1]), .space = name_of(attributes[2])}, xml->texts.len, len};
        buf_add(&xml->texts, (Str){(const char *)attributes[3], len});
    }
}

static void on_element(void *to, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int n_spaces, const xmlChar **spaces,
                       int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    XmlPull *xml = to;
    (void)n_spaces, (void)spaces, (void)n_defaulted;
    if (xml->failure.code) return;
    if (xml->depth == XML_PULL_MAX_DEPTH) {
        refuse(xml, "elements lie deeper than 100 levels");
        return;
    }
    if (n_attributes > XML_PULL_MAX_ATTRIBUTES) {
        refuse(xml, "an element has more than 1,000 attributes");
        return;
    }
    xml->depth++;
    Queued *queued = push(xml, XML_PULL_ELEMENT);
    size_t before = xml->texts.len;
    queued->event.name = name_of(name), queued->event.prefix = name_of(prefix), queued->event.space = name_of(space);
    queued->first_attribute = xml->n_attributes;
    queued->event.n_attributes = (size_t)n_attributes;
    push_attributes(xml, n_attributes, attributes);
    if (xml->texts.len - before > XML_PULL_MAX_TEXT) refuse(xml, "the attributes of an element are longer than 16 MiB");
}

static void on_element_end(void *to, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
    XmlPull *xml = to;
    if (xml->failure.code) return;
    Queued *queued = push(xml, XML_PULL_ELEMENT_END);
    queued->event.name = name_of(name), queued->event.prefix = name_of(prefix), queued->event.space = name_of(space);
    xml->depth--;
}

static void on_text(void *to, const xmlChar *text, int n)
{
    XmlPull *xml = to;
    if (xml->failure.code) return;
    bool goes_on = xml->n > xml->next && xml->queue[xml->n - 1].event.kind == XML_PULL_TEXT;
    Queued *queued = goes_on ? &xml->queue[xml->n - 1] : push(xml, XML_PULL_TEXT);
    if (!goes_on) queued->from = xml->texts.len;
    buf_add(&xml->texts, (Str){(const char *)text, (size_t)n});
    queued->len += (size_t)n;
    if (queued->len > XML_PULL_MAX_TEXT) refuse(xml, "a text is longer than 16 MiB");
}

/* libxml2's sentences begin with a capital and end with a line end. */
static void on_error(void *to, xmlErrorPtr error)
{
    XmlPull *xml = to;
    if (xml->failure.code || !error || error->level < XML_ERR_FATAL) return;
    Str said = str_trim(str_from(error->message));
    char first = said.len ? said.data[0] : ' ';
    bool is_sentence = said.len > 1 && first >= 'A' && first <= 'Z' && said.data[1] >= 'a' && said.data[1] <= 'z';
    error_set(&xml->failure, ERROR_MALFORMED, "this is not XML: %c" STR_FMT, is_sentence ? first + 32 : first, STR_ARG(str_slice(said, 1, said.len)));
    error_in(&xml->failure, "line %d", error->line > 0 ? error->line : 1);
}

static void release(void *from)
{
    XmlPull *xml = from;
    if (xml->parser->myDoc) xmlFreeDoc(xml->parser->myDoc);
    xmlFreeParserCtxt(xml->parser);
}

XmlPull *xml_pull_new(Arena *arena, Bytes *bytes)
{
    XmlPull *xml = ARENA_NEW(arena, XmlPull);
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_element,
        .endElementNs = on_element_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    *xml = (XmlPull){.arena = arena, .bytes = bytes, .at = bytes->start, .texts = buf_new(arena), .element_text = buf_new(arena)};
    xml->parser = xmlCreatePushParserCtxt(&handler, xml, NULL, 0, NULL);
    if (!xml->parser) {
        error_set(&xml->failure, ERROR_IO, "libxml2 has no memory");
        return xml;
    }
    /* NOENT gives attributes whose "&amp;" is "&"; no other entity can have been declared. */
    xmlCtxtUseOptions(xml->parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
    arena_defer(arena, release, xml);
    return xml;
}

/* --- events --- */

/* Room for the events of the next chunk; a text that may go on stays. */
static void clear_queue(XmlPull *xml)
{
    bool goes_on = xml->n > xml->next;
    if (goes_on) {
        Queued *text = &xml->queue[xml->n - 1];
        if (xml->is_skipping) text->len = 0;
        if (text->len && text->from) memmove(xml->texts.data, xml->texts.data + text->from, text->len);
        text->from = 0;
        xml->texts.len = text->len;
        xml->queue[0] = *text;
    } else xml->texts.len = 0;
    xml->n = goes_on;
    xml->next = xml->n_attributes = 0;
}

static void check_end(XmlPull *xml)
{
    if (xml->failure.code == ERROR_NONE && !xml->parser->wellFormed) refuse(xml, "this is not XML");
    if (xml->failure.code == ERROR_NONE && xml->depth) refuse(xml, "the document is cut short");
}

static bool parse_chunk(XmlPull *xml, Error *err)
{
    Bytes *bytes = xml->bytes;
    if (!bytes->at_end && bytes_seen(bytes) <= xml->at && !bytes_slide(bytes, xml->at, xml->at + 1, &xml->failure)) {
        if (err) *err = xml->failure;
        return false;
    }
    Str ahead = str_slice(bytes->window, xml->at - bytes->start, bytes->window.len);
    size_t n = ahead.len < CHUNK ? ahead.len : CHUNK;
    xml->is_done = n == 0 && bytes->at_end;
    xmlParseChunk(xml->parser, n ? ahead.data : "", (int)n, xml->is_done);
    xml->at += n;
    if (xml->is_done) check_end(xml);
    return true;
}

/* Parses until an event is whole: a text only when something follows it. What is wrong is said after what stands before. */
static bool fill(XmlPull *xml, Error *err)
{
    while (true) {
        size_t left = xml->n - xml->next;
        bool is_open = left == 1 && xml->queue[xml->next].event.kind == XML_PULL_TEXT && !xml->is_done;
        if (left && (!is_open || xml->failure.code)) return true;
        if (xml->failure.code) {
            if (err) *err = xml->failure;
            return false;
        }
        if (xml->is_done) return true;
        clear_queue(xml);
        if (!parse_chunk(xml, err)) return false;
    }
}

static const XmlAttribute *give_attributes(XmlPull *xml, const Queued *queued)
{
    size_t n = queued->event.n_attributes;
    if (n > xml->given_capacity) {
        xml->given_capacity = n + 8;
        xml->given = ARENA_ROOM(xml->arena, XmlAttribute, xml->given_capacity);
    }
    for (size_t i = 0; i < n; i++) {
        const QueuedAttribute *from = &xml->attributes[queued->first_attribute + i];
        xml->given[i] = from->attribute;
        xml->given[i].value = from->len ? (Str){xml->texts.data + from->from, from->len} : STR("");
    }
    return xml->given;
}

bool xml_pull_next(XmlPull *xml, XmlEvent *event, Error *err)
{
    if (!fill(xml, err)) return false;
    if (xml->next == xml->n) {
        *event = (XmlEvent){.kind = XML_PULL_END, .line = line_of(xml), .text = STR("")};
        return true;
    }
    const Queued *queued = &xml->queue[xml->next++];
    *event = queued->event;
    event->text = queued->len ? (Str){xml->texts.data + queued->from, queued->len} : STR("");
    if (event->kind == XML_PULL_ELEMENT) event->attributes = give_attributes(xml, queued);
    return true;
}

bool xml_pull_text(XmlPull *xml, Str *text, Error *err)
{
    size_t depth = 1;
    XmlEvent event;
    xml->element_text.len = 0;
    while (depth) {
        if (!xml_pull_next(xml, &event, err)) return false;
        if (event.kind == XML_PULL_ELEMENT) depth++;
        else if (event.kind == XML_PULL_ELEMENT_END) depth--;
        else if (xml->element_text.len + event.text.len > XML_PULL_MAX_TEXT) {
            error_set(err, ERROR_MALFORMED, "a text is longer than 16 MiB");
            return error_in(err, "line %zu", event.line);
        } else buf_add(&xml->element_text, event.text);
    }
    *text = xml->element_text.len ? buf_str(&xml->element_text) : STR("");
    return true;
}

bool xml_pull_skip(XmlPull *xml, Error *err)
{
    size_t depth = 1;
    XmlEvent event;
    bool ok = xml->is_skipping = true;
    while (depth && ok) {
        ok = xml_pull_next(xml, &event, err);
        if (ok && event.kind == XML_PULL_ELEMENT) depth++;
        else depth -= ok && event.kind == XML_PULL_ELEMENT_END;
    }
    xml->is_skipping = false;
    return ok;
}

bool xml_attribute(const XmlEvent *event, const char *name, Str *value)
{
    for (size_t i = 0; i < event->n_attributes; i++)
        if (str_equal(event->attributes[i].name, str_from(name))) {
            *value = event->attributes[i].value;
            return true;
        }
    *value = STR("");
    return false;
}

Str xml_attribute_copy(Arena *arena, const XmlEvent *event, const char *name)
{
    Str value;
    return xml_attribute(event, name, &value) ? str_copy(arena, value) : STR("");
}

bool xml_is(const XmlEvent *event, const char *name)
{
    return (event->kind == XML_PULL_ELEMENT || event->kind == XML_PULL_ELEMENT_END) && str_equal(event->name, str_from(name));
}
