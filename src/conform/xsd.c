#include "conform/xsd.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct Xsd {
    xmlSchemaPtr schema;
};

/* While a schema is read: where its files must lie, and what went wrong first. libxml2 has one loader for the whole
 * program, so this is shared and guarded. */
static struct {
    pthread_mutex_t lock;
    char folder[PATH_MAX];
    char refused[300];
    Error *err;
} reading = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_inside(const char *path)
{
    size_t n = strlen(reading.folder);
    return strncmp(path, reading.folder, n) == 0 && (path[n] == '/' || n == 1);
}

static void note_refused(const char *url)
{
    if (reading.refused[0]) return;
    strncpy(reading.refused, url, sizeof reading.refused - 1);
    reading.refused[sizeof reading.refused - 1] = '\0';
}

/* libxml2 asks for every file here. */
static xmlParserInputPtr load_inside(const char *url, const char *id, xmlParserCtxtPtr context)
{
    char path[PATH_MAX];
    (void)id;
    const char *file = url && strncmp(url, "file://", 7) == 0 ? url + 7 : url;
    if (!file || !realpath(file, path) || !is_inside(path)) {
        if (url) note_refused(url);
        return NULL;
    }
    return xmlNewInputFromFile(context, path);
}

/* "{http://www.cdisc.org/ns/odm/v1.3}ItemRef" becomes "ItemRef", throughout. */
static Str without_namespaces(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        Str rest = str_slice(text, i, text.len);
        size_t end = str_starts(rest, STR("{http")) || str_starts(rest, STR("{urn:")) ? str_find(rest, STR("}")) : SIZE_MAX;
        if (end == SIZE_MAX) buf_char(&buf, text.data[i]);
        else i += end;
    }
    return buf_str(&buf);
}

/* The name between the quotes that follow `before`, which the text begins with; the text then comes past it. */
static Str take_quoted(Str *text, Str before)
{
    Str name, rest;
    if (!str_starts(*text, before) || !str_cut(str_slice(*text, before.len, text->len), STR("'"), &name, &rest)) return STR("");
    *text = rest;
    return name;
}

static void note_schema_error(void *context, xmlErrorPtr error)
{
    (void)context;
    if (reading.err->code || error->level < XML_ERR_ERROR) return;
    Str message = str_trim(str_from(error->message));
    error_set(reading.err, ERROR_MALFORMED, "the schema cannot be read: " STR_FMT, STR_ARG(message));
    error_in(reading.err, "%s: line %d", error->file ? error->file : "schema", error->line);
}

static void close_schema(void *object)
{
    Xsd *xsd = object;
    xmlSchemaFree(xsd->schema);
    xsd->schema = NULL;
}

static xmlSchemaPtr read_schema(const char *path)
{
    xmlSchemaPtr schema = NULL;
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
    xmlSetExternalEntityLoader(load_inside);
    xmlSchemaParserCtxtPtr context = xmlSchemaNewParserCtxt(path);
    if (context) {
        xmlSchemaSetParserStructuredErrors(context, note_schema_error, NULL);
        schema = xmlSchemaParse(context);
        xmlSchemaFreeParserCtxt(context);
    }
    xmlSetExternalEntityLoader(before);
    return schema;
}

/* What is wrong outside the folder explains what is wrong in the schema, so it is said instead. */
static bool explain(Str path, Error *err)
{
    if (reading.refused[0]) {
        error_set(err, ERROR_MALFORMED, "the schema needs \"%s\", which is not in its folder", reading.refused);
        error_hint(err, "Put the file into the folder of schemas, where the schema says it lies; nothing is fetched from a network.");
    } else if (!err->code) error_set(err, ERROR_MALFORMED, "this is no XML Schema");
    return err->place[0] ? false : error_in(err, STR_FMT, STR_ARG(path));
}

bool xsd_open(Arena *arena, Str path, Str folder, Xsd **xsd, Error *err)
{
    char real[PATH_MAX];
    Error why = {0};
    if (!realpath(str_c(arena, path), real)) {
        error_set(err, ERROR_IO, "cannot be opened: %s", strerror(errno));
        return error_in(err, STR_FMT, STR_ARG(path));
    }
    Xsd *made = ARENA_NEW(arena, Xsd);
    pthread_mutex_lock(&reading.lock);
    bool has_folder = realpath(str_c(arena, folder), reading.folder) != NULL;
    reading.refused[0] = '\0';
    reading.err = &why;
    made->schema = has_folder ? read_schema(real) : NULL;
    bool ok = made->schema && !reading.refused[0];
    if (!ok && has_folder) explain(path, &why);
    pthread_mutex_unlock(&reading.lock);
    if (made->schema) arena_defer(arena, close_schema, made);
    if (!has_folder) {
        error_set(err, ERROR_IO, "cannot be opened: %s", strerror(errno));
        return error_in(err, STR_FMT, STR_ARG(folder));
    }
    if (!ok) {
        if (err) *err = why;
        return false;
    }
    *xsd = made;
    return true;
}

typedef struct {
    Arena *arena;
    Str name;
    FindingList *findings;
    int facet_line;                   /* of the latest finding about a facet: what follows there says it again */
} Reading;

/* "the value 'x' is ..." as "the value is ...", x apart, so that alike findings can be counted. */
static Str take_value(Arena *arena, Str *message)
{
    Str rest = *message, value = take_quoted(&rest, STR("the value '"));
    if (value.len) *message = str_format(arena, "the value" STR_FMT, STR_ARG(rest));
    return value;
}

/* libxml2's "Element '{space}E', attribute 'A': [facet 'enumeration'] Fact. More." in parts. */
static void add_finding(Reading *document, xmlErrorPtr error)
{
    Arena *arena = document->arena;
    ArenaMark mark = arena_mark(arena);
    Str text = without_namespaces(arena, str_trim(str_from(error->message))), more = STR(""), fact;
    Str element = take_quoted(&text, STR("Element '")), attribute = take_quoted(&text, STR(", attribute '"));
    if (str_starts(text, STR(": "))) text = str_slice(text, 2, text.len);
    bool is_facet = str_starts(text, STR("[facet '"));
    if (is_facet) str_cut(text, STR("] "), &fact, &text);
    if (str_cut(text, STR(". "), &fact, &more)) text = fact;
    else if (str_ends(text, STR("."))) text.len--;
    Str message = str_copy(arena, text);
    if (message.len) ((char *)message.data)[0] = (char)(message.data[0] | (message.data[0] >= 'A' && message.data[0] <= 'Z' ? 0x20 : 0));
    Str value = take_value(arena, &message);
    if (is_facet || document->facet_line != error->line || error->code != XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1)
        finding_add(document->findings, &(Finding){.rule = STR("XSD"),
                                                           .severity = FINDING_ERROR,
                                                           .data_set = document->name,
                                                           .variable = attribute.len ? str_format(arena, STR_FMT "/@" STR_FMT, STR_ARG(element), STR_ARG(attribute)) : element,
                                                           .message = str_slice(message, 0, 600),
                                                           .value = value,
                                                           .place = str_format(arena, "line %d", error->line),
                                                           .fix = str_slice(more, 0, 600)});
    document->facet_line = is_facet ? error->line : 0;
    arena_rewind(arena, mark);
}

static void note_error(void *context, xmlErrorPtr error)
{
    if (error->domain == XML_FROM_SCHEMASV) add_finding(context, error);
}

/* libxml2 writes to standard error what it has no handler for. */
static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

/* Why the reader stopped: libxml2 keeps the last error of a thread, and tells the handlers only of those of the schema. */
static bool fail_reading(const xmlTextReaderPtr reader, Str path, Error *err)
{
    xmlErrorPtr last = xmlGetLastError();
    bool is_parsing = reader && last && last->message && last->domain != XML_FROM_SCHEMASV;
    Str message = is_parsing ? str_trim(str_from(last->message)) : STR("");
    error_set(err, reader ? ERROR_MALFORMED : ERROR_IO, reader ? "not XML: " STR_FMT : "cannot be opened" STR_FMT, STR_ARG(message));
    if (is_parsing) error_in(err, "line %d", last->line);
    return error_in(err, STR_FMT, STR_ARG(path));
}

bool xsd_check(const Xsd *xsd, Arena *arena, Str path, Str name, FindingList *findings, Error *err)
{
    Reading document = {.arena = arena_new(), .name = name, .findings = findings};
    int status = -1;
    void *said_to = xmlGenericErrorContext;
    xmlGenericErrorFunc said_by = xmlGenericError;
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xmlResetLastError();
    xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(xsd->schema);
    xmlTextReaderPtr reader = xmlReaderForFile(str_c(arena, path), NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    if (reader) {
        status = valid ? xmlTextReaderSchemaValidateCtxt(reader, valid, 0) : -1;
        if (valid) xmlSchemaSetValidStructuredErrors(valid, note_error, &document);
        if (status == 0)
            do status = xmlTextReaderRead(reader);
            while (status == 1);
    }
    if (status != 0) fail_reading(reader, path, err);
    if (reader) xmlFreeTextReader(reader);                /* first, for it lets go of the other */
    if (valid) xmlSchemaFreeValidCtxt(valid);
    xmlSetGenericErrorFunc(said_to, said_by);
    arena_free(document.arena);
    return status == 0;
}
