#include "conform/conform_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "conform/json_schema.h"
#include "conform/table_check.h"
#include "conform/xsd.h"
#include "exchange/json_pull.h"
#include "exchange/xml_pull.h"

#define MAX_BYTES        ((size_t)1 << 40)
#define MAX_DEPTH        6            /* of folders below that of the schemas */
#define MAX_FILES        20000        /* looked at there */
#define MAX_XML_EVENTS   5000         /* read to know a document's kind */

/* What can be in a folder. marker: of JSON the member that only it has; of XML the namespace, of the root or of an attribute near
 * it; the first of the schemas that is there is taken. A name may begin with "*". */
typedef struct {
    const char *name, *marker;
    const char *schemas[2];
    bool is_table;
} FileKind;

static const FileKind JSON_KINDS[] = {
    {"Dataset-JSON", "datasetJSONVersion", {"dataset.schema.json", NULL}, true},
    {"USDM", "usdmVersion", {"*usdm-4-0-schema.json", "*usdm*schema.json"}, false},
};

/* Define-XML before the ODM around it. */
static const FileKind XML_KINDS[] = {
    {"Define-XML 2.1", "http://www.cdisc.org/ns/def/v2.1", {"arm1-0-0.xsd", "define2-1-0.xsd"}, false},
    {"Define-XML 2.0", "http://www.cdisc.org/ns/def/v2.0", {"define2-0-0.xsd", NULL}, false},
    {"Define-XML 1.0", "http://www.cdisc.org/ns/def/v1.0", {"define1-0-0.xsd", NULL}, false},
    {"ODM 2.0", "http://www.cdisc.org/ns/odm/v2.0", {"ODM.xsd", NULL}, false},
    {"ODM 1.3", "http://www.cdisc.org/ns/odm/v1.3", {"ODM1-3-2.xsd", NULL}, false},
};

/* How a file is looked at, by its ending without .gz. */
typedef enum { LOOK_TABLE, LOOK_JSON, LOOK_LINES, LOOK_XML } Look;

static const struct {
    const char *ending;
    Look look;
} ENDINGS[] = {{".xpt", LOOK_TABLE}, {".xport", LOOK_TABLE}, {".json", LOOK_JSON}, {".ndjson", LOOK_LINES}, {".dsjc", LOOK_LINES}, {".xml", LOOK_XML}};

typedef struct {
    Arena *arena;
    const ConformOptions *options;
    FindingList *findings;
    ValueCheck *values;
    Map schemas;                      /* JsonSchema or Xsd by kind's name; NULL where there is none, or it cannot be read */
} Check;

static int by_name(const void *left, const void *right) { return str_compare(*(const Str *)left, *(const Str *)right); }

/* Names in a folder, sorted; false when it cannot be read. */
static bool list_folder(Arena *arena, Str folder, Str **names, size_t *n)
{
    size_t capacity = 0;
    DIR *open_folder = opendir(str_c(arena, folder));
    *names = NULL;
    *n = 0;
    if (!open_folder) return false;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        if (entry->d_name[0] == '.') continue;
        ARENA_PUSH_ROOM(arena, *names, *n, capacity);
        (*names)[(*n)++] = str_copy(arena, str_from(entry->d_name));
    }
    closedir(open_folder);
    if (*n) qsort(*names, *n, sizeof **names, by_name);
    return true;
}

static bool is_folder(Arena *arena, Str path)
{
    struct stat about;
    return lstat(str_c(arena, path), &about) == 0 && S_ISDIR(about.st_mode);
}

static bool is_called(Str name, const char *wanted)
{
    Str before, after, text = str_from(wanted);
    if (text.data[0] != '*') return str_equal_fold(name, text);
    text = str_slice(text, 1, text.len);
    if (!str_cut(text, STR("*"), &before, &after)) return str_ends(name, text);
    return str_starts(name, before) && str_ends(name, after);
}

/* The first file of that name: of a folder before those below it, in the order of names. */
static Str find_file(Arena *arena, Str folder, const char *wanted, int depth, size_t *n_seen)
{
    Str *names;
    size_t n;
    if (depth > MAX_DEPTH || !list_folder(arena, folder, &names, &n)) return STR("");
    for (size_t i = 0; i < n; i++)
        if (is_called(names[i], wanted) && !is_folder(arena, file_join(arena, folder, names[i]))) return file_join(arena, folder, names[i]);
    for (size_t i = 0; i < n && ++*n_seen < MAX_FILES; i++) {
        Str inside = file_join(arena, folder, names[i]);
        Str found = is_folder(arena, inside) ? find_file(arena, inside, wanted, depth + 1, n_seen) : STR("");
        if (found.len) return found;
    }
    return STR("");
}

static void not_done(Check *check, const char *rule, const FileKind *kind, Str file)
{
    bool is_given = check->options->schemas.len > 0;
    const char *fact = is_given ? "%s: the folder of schemas has no %s" : "%s: not held against its schema, %s, which was not given";
    Str wanted = str_from(kind->schemas[0]);
    if (wanted.data[0] == '*') wanted = str_slice(wanted, 1, wanted.len);
    finding_add(check->findings, &(Finding){.rule = str_from(rule), .severity = FINDING_NOT_DONE, .message = str_format(check->arena, fact, kind->name, wanted.data), .place = file,
                                            .fix = STR("Give the folder that holds the published schemas: --schemas DIR.")});
}

static bool read_schema(Check *check, bool is_xml, Str path, void **schema, Error *err)
{
    Str text;
    JsonSchema *json = NULL;
    Xsd *xsd = NULL;
    bool ok = is_xml ? xsd_open(check->arena, path, check->options->schemas, &xsd, err)
                     : file_read(check->arena, path, JSON_SCHEMA_MAX_BYTES, &text, err) && json_schema_parse(check->arena, text, &json, err);
    if (!ok) return false;
    if (json) json_schema_name_gaps(json, file_name(path), check->findings);
    *schema = is_xml ? (void *)xsd : (void *)json;
    return true;
}

/* The schema of a kind, read when it is first needed; NULL where there is none, which is then a finding. */
static void *schema_of(Check *check, const FileKind *kind, Str file)
{
    bool is_new, is_xml = str_ends(str_from(kind->schemas[0]), STR(".xsd"));
    const char *rule = is_xml ? "XSD" : "JSON-SCHEMA";
    MapEntry *entry = map_put(&check->schemas, str_from(kind->name), &is_new);
    Str path = STR("");
    Error why = {0};
    if (!is_new) {
        if (!entry->pointer) not_done(check, rule, kind, file);
        return entry->pointer;
    }
    entry->pointer = NULL;
    for (size_t i = 0, n_seen = 0; i < 2 && check->options->schemas.len && !path.len; i++)
        if (kind->schemas[i]) path = find_file(check->arena, check->options->schemas, kind->schemas[i], 0, &n_seen);
    if (!path.len) {
        not_done(check, rule, kind, file);
        return NULL;
    }
    void *schema = NULL;
    if (!read_schema(check, is_xml, path, &schema, &why)) finding_add_error(check->findings, str_from(rule), FINDING_NOT_DONE, file, &why);
    map_put(&check->schemas, str_from(kind->name), &is_new)->pointer = schema;
    return schema;
}

/* Which of the kinds a JSON document is, by the members of its object; NULL for none. */
static bool json_kind(Arena *arena, Str path, const FileKind **kind, Error *err)
{
    Bytes *bytes;
    JsonEvent event;
    *kind = NULL;
    if (!bytes_open(arena, path, 0, MAX_BYTES, &bytes, err)) return false;
    JsonPull *pull = json_pull_new(arena, bytes);
    if (!json_pull_next(pull, &event, err)) return false;
    if (event.kind != JSON_PULL_OBJECT) return true;
    while (true) {
        if (!json_pull_next(pull, &event, err)) return false;
        if (event.kind != JSON_PULL_KEY) return true;
        for (size_t i = 0; i < sizeof JSON_KINDS / sizeof JSON_KINDS[0]; i++)
            if (str_equal(event.text, str_from(JSON_KINDS[i].marker))) *kind = &JSON_KINDS[i];
        if (*kind) return true;
        if (!json_pull_next(pull, &event, err) || !json_pull_skip(pull, &event, err)) return false;
    }
}

static bool check_json(Check *check, Arena *arena, Str path, bool is_lines, Error *why, Error *err)
{
    const FileKind *kind = &JSON_KINDS[0];
    Bytes *bytes;
    Str file = file_name(path);
    if (!is_lines && !json_kind(arena, path, &kind, why)) return true;
    if (!kind) {
        finding_add(check->findings, &(Finding){.rule = STR("FILES"), .severity = FINDING_NOTE, .message = STR("a JSON file of no kind that is checked"), .place = file});
        return true;
    }
    const JsonSchema *schema = schema_of(check, kind, file);
    if (schema && (!bytes_open(arena, path, 0, MAX_BYTES, &bytes, why) || !json_schema_check(schema, bytes, file, is_lines, check->findings, why))) return true;
    return !kind->is_table || table_check(path, check->values, check->findings, err);
}

static bool has_space(const XmlEvent *event, const char *space)
{
    bool has = str_equal(event->space, str_from(space));
    for (size_t i = 0; i < event->n_attributes; i++) has = has || str_equal(event->attributes[i].space, str_from(space));
    return has;
}

/* Which of the kinds an XML document is: the first in their order whose namespace is met near the beginning. */
static bool xml_kind(Arena *arena, Str path, const FileKind **kind, Error *err)
{
    Bytes *bytes;
    XmlEvent event;
    *kind = NULL;
    if (!bytes_open(arena, path, 0, MAX_BYTES, &bytes, err)) return false;
    XmlPull *pull = xml_pull_new(arena, bytes);
    for (size_t n = 0; n < MAX_XML_EVENTS && *kind != &XML_KINDS[0]; n++) {
        if (!xml_pull_next(pull, &event, err)) return false;
        if (event.kind == XML_PULL_END) break;
        for (const FileKind *k = XML_KINDS; event.kind == XML_PULL_ELEMENT && k < (*kind ? *kind : XML_KINDS + sizeof XML_KINDS / sizeof XML_KINDS[0]); k++)
            if (has_space(&event, k->marker)) {
                *kind = k;
                break;
            }
    }
    return true;
}

static void check_xml(Check *check, Arena *arena, Str path, Error *why)
{
    const FileKind *kind;
    Str file = file_name(path);
    if (!xml_kind(arena, path, &kind, why)) return;
    if (!kind) {
        finding_add(check->findings, &(Finding){.rule = STR("FILES"), .severity = FINDING_NOTE, .message = STR("an XML file of no kind that is checked"), .place = file});
        return;
    }
    const Xsd *xsd = schema_of(check, kind, file);
    if (xsd && xsd_check(xsd, arena, path, file, check->findings, why)) return;
}

/* False only when the check itself fails; what is wrong with the file is a finding. */
static bool check_file(Check *check, Str path, Error *err)
{
    Str name = file_name(path);
    Error why = {0};
    bool ok = true;
    Arena *arena = arena_new();
    if (str_ends(name, STR(".gz"))) name.len -= 3;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        Str ending = str_from(ENDINGS[i].ending);
        if (name.len <= ending.len || !str_equal_fold(str_slice(name, name.len - ending.len, name.len), ending)) continue;
        if (ENDINGS[i].look == LOOK_TABLE) ok = table_check(path, check->values, check->findings, err);
        else if (ENDINGS[i].look == LOOK_XML) check_xml(check, arena, path, &why);
        else ok = check_json(check, arena, path, ENDINGS[i].look == LOOK_LINES, &why, err);
        break;
    }
    if (why.code) finding_add_error(check->findings, STR("READ"), FINDING_ERROR, file_name(path), &why);
    arena_free(arena);
    return ok;
}

bool conform_files(Arena *arena, Str folder, const ConformOptions *options, FindingList *findings, Error *err)
{
    Check check = {.arena = arena, .options = options, .findings = findings, .schemas = map_new(arena)};
    Str *names;
    size_t n;
    if (!list_folder(arena, folder, &names, &n)) {
        error_set(err, ERROR_IO, "cannot be read: %s", strerror(errno));
        return error_in(err, STR_FMT, STR_ARG(folder));
    }
    if (options->terminology && !value_check_new(arena, options->terminology, options->standard, &check.values, err)) return false;
    if (!options->terminology)
        finding_add(findings, &(Finding){.rule = STR("CT"), .severity = FINDING_NOT_DONE, .message = STR("values were not looked up in controlled terminology, which was not loaded"),
                                         .fix = STR("Load the text files of NCI EVS and the map of variables: equipoise terminology add FILE...")});
    for (size_t i = 0; i < n; i++) {
        Str path = file_join(arena, folder, names[i]);
        if (!is_folder(arena, path) && !check_file(&check, path, err)) return false;
    }
    return true;
}
