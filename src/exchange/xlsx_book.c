/* What the sheets of a workbook share: where they are, their texts, their number formats. */
#include <string.h>

#include "base/map.h"
#include "exchange/xlsx_inside.h"
#include "exchange/xml_pull.h"

/* A part of the package being read, if it is there. */
static bool open_part(Arena *arena, Zip *zip, Str name, XmlPull **xml, Error *err)
{
    Bytes *bytes;
    const ZipEntry *entry = zip_find(zip, name);
    *xml = NULL;
    if (!entry) return true;
    if (!zip_bytes(arena, zip, entry, &bytes, err)) return false;
    *xml = xml_pull_new(arena, bytes);
    return true;
}

static bool in_part(Error *err, Str name) { return error_in(err, STR_FMT, STR_ARG(name)); }

/* --- relations: where parts are --- */

typedef struct {
    Str id, kind, target;             /* kind: the end of the type's URI */
} Relation;

typedef struct {
    Relation *items;
    size_t n, capacity;
} Relations;

/* A target as the name of an entry: without "/" before, without "..". */
static Str resolved(Arena *arena, Str folder, Str target)
{
    if (str_starts(target, STR("/"))) return str_copy(arena, str_slice(target, 1, target.len));
    while (str_starts(target, STR("../"))) {
        size_t cut = folder.len;
        while (cut && folder.data[cut - 1] != '/') cut--;
        folder = str_slice(folder, 0, cut ? cut - 1 : 0);
        target = str_slice(target, 3, target.len);
    }
    return folder.len ? str_format(arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(target)) : str_copy(arena, target);
}

static Str last_word(Str uri)
{
    size_t from = uri.len;
    while (from && uri.data[from - 1] != '/') from--;
    return str_slice(uri, from, uri.len);
}

static bool read_relations(Arena *arena, Zip *zip, Str name, Str folder, Relations *relations, Error *err)
{
    XmlPull *xml;
    XmlEvent event;
    if (!open_part(arena, zip, name, &xml, err)) return false;
    while (xml) {
        if (!xml_pull_next(xml, &event, err)) return in_part(err, name);
        if (event.kind == XML_PULL_END) break;
        if (event.kind != XML_PULL_ELEMENT || !xml_is(&event, "Relationship")) continue;
        ARENA_PUSH_ROOM(arena, relations->items, relations->n, relations->capacity);
        relations->items[relations->n++] = (Relation){.id = xml_attribute_copy(arena, &event, "Id"), .kind = last_word(xml_attribute_copy(arena, &event, "Type")),
                                                      .target = resolved(arena, folder, xml_attribute_copy(arena, &event, "Target"))};
    }
    return true;
}

/* --- number formats --- */

typedef struct {
    int64_t id;
    XlsxKind kind;
} Format;

static int64_t integer_attribute(const XmlEvent *event, const char *name)
{
    Str text;
    int64_t value = 0;
    return xml_attribute(event, name, &text) && integer_parse(text, &value) ? value : -1;
}

static bool read_styles(XlsxBook *book, Str name, Error *err)
{
    XmlPull *xml;
    XmlEvent event;
    Format *formats = NULL;
    size_t n_formats = 0, capacity = 0, kind_capacity = 0;
    bool in_cells = false;
    if (!open_part(book->arena, book->zip, name, &xml, err)) return in_part(err, name);
    while (xml) {
        if (!xml_pull_next(xml, &event, err)) return in_part(err, name);
        if (event.kind == XML_PULL_END) break;
        if (xml_is(&event, "cellXfs") && event.kind != XML_PULL_TEXT) in_cells = event.kind == XML_PULL_ELEMENT;
        if (event.kind != XML_PULL_ELEMENT) continue;
        if (xml_is(&event, "numFmt")) {
            Str code;
            xml_attribute(&event, "formatCode", &code);
            ARENA_PUSH_ROOM(book->arena, formats, n_formats, capacity);
            formats[n_formats++] = (Format){integer_attribute(&event, "numFmtId"), xlsx_kind_of_code(code)};
        } else if (in_cells && xml_is(&event, "xf")) {
            int64_t id = integer_attribute(&event, "numFmtId");
            ARENA_PUSH_ROOM(book->arena, book->kinds, book->n_kinds, kind_capacity);
            XlsxKind *kind = &book->kinds[book->n_kinds++];
            *kind = xlsx_kind_of_number(id);
            for (size_t i = 0; i < n_formats; i++)
                if (formats[i].id == id) *kind = formats[i].kind;
        }
    }
    return true;
}

/* --- shared texts --- */

static int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* The number of "_xHHHH_" at i, or -1. */
static int escape_at(Str text, size_t i)
{
    int value = 0;
    if (i + 7 > text.len || text.data[i] != '_' || text.data[i + 1] != 'x' || text.data[i + 6] != '_') return -1;
    for (size_t k = i + 2; k < i + 6; k++) {
        int digit = hex_digit(text.data[k]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

Str xlsx_unescape(Arena *arena, Str text)
{
    if (str_find(text, STR("_x")) == SIZE_MAX) return text;
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len;) {
        int code = escape_at(text, i);
        bool is_one = code > 0 && !(code >= 0xD800 && code < 0xE000); /* NUL has no place in a text */
        if (!is_one) buf_char(&buf, text.data[i++]);
        else if (code < 0x80) buf_char(&buf, (char)code), i += 7;
        else {
            if (code >= 0x800) buf_char(&buf, (char)(0xE0 | code >> 12)), buf_char(&buf, (char)(0x80 | (code >> 6 & 63)));
            else buf_char(&buf, (char)(0xC0 | code >> 6));
            buf_char(&buf, (char)(0x80 | (code & 63)));
            i += 7;
        }
    }
    return buf_str(&buf);
}

/* Texts of each item, its runs joined; readings of characters (rPh) are no part of it. */
static bool read_texts(XlsxBook *book, Str name, Error *err)
{
    XmlPull *xml;
    XmlEvent event;
    size_t capacity = 0, n_bytes = 0;
    Arena *scratch = arena_new();
    Buf buf = buf_new(scratch);
    bool in_text = false, ok = open_part(book->arena, book->zip, name, &xml, err);
    while (ok && xml && (ok = xml_pull_next(xml, &event, err)) && event.kind != XML_PULL_END) {
        bool begins = event.kind == XML_PULL_ELEMENT;
        if (event.kind == XML_PULL_TEXT) {
            if (in_text) buf_add(&buf, event.text);
        } else if (begins && xml_is(&event, "rPh")) {
            ok = xml_pull_skip(xml, err);
        } else if (xml_is(&event, "t")) {
            in_text = begins;
        } else if (begins && xml_is(&event, "si")) {
            buf.len = 0;
        } else if (xml_is(&event, "si")) {
            n_bytes += buf.len + sizeof(Str);
            if (n_bytes > XLSX_MAX_SHARED_BYTES) ok = error_set(err, ERROR_MALFORMED, "the shared texts take more than 1 GiB");
            ARENA_PUSH_ROOM(book->arena, book->texts, book->n_texts, capacity);
            book->texts[book->n_texts++] = str_copy(book->arena, xlsx_unescape(scratch, buf_str(&buf)));
        }
    }
    arena_free(scratch);
    return ok || in_part(err, name);
}

/* --- the workbook --- */

static bool add_sheet(XlsxBook *book, const Relations *relations, const XmlEvent *event, size_t *capacity, Error *err)
{
    Str id, name = xml_attribute_copy(book->arena, event, "name");
    xml_attribute(event, "id", &id);
    for (size_t i = 0; i < relations->n; i++) {
        const Relation *relation = &relations->items[i];
        if (!str_equal(relation->id, id)) continue;
        if (!str_equal(relation->kind, STR("worksheet"))) return true; /* a chart, a dialog */
        const ZipEntry *entry = zip_find(book->zip, relation->target);
        if (!entry) break;
        ARENA_PUSH_ROOM(book->arena, book->sheets, book->n_sheets, *capacity);
        book->sheets[book->n_sheets++] = (XlsxSheet){name, entry};
        return true;
    }
    return error_set(err, ERROR_MALFORMED, "sheet \"" STR_FMT "\" is not in the file", STR_ARG(name));
}

static bool read_workbook(XlsxBook *book, Str name, const Relations *relations, Error *err)
{
    XmlPull *xml;
    XmlEvent event;
    size_t capacity = 0;
    if (!open_part(book->arena, book->zip, name, &xml, err)) return in_part(err, name);
    while (xml) {
        Str flag;
        if (!xml_pull_next(xml, &event, err)) return in_part(err, name);
        if (event.kind == XML_PULL_END) break;
        if (event.kind != XML_PULL_ELEMENT) continue;
        if (xml_is(&event, "workbookPr") && xml_attribute(&event, "date1904", &flag)) book->since_1904 = str_equal(flag, STR("1")) || str_equal(flag, STR("true"));
        if (xml_is(&event, "sheet") && !add_sheet(book, relations, &event, &capacity, err)) return in_part(err, name);
    }
    return true;
}

static Str target_of(const Relations *relations, const char *kind)
{
    for (size_t i = 0; i < relations->n; i++)
        if (str_equal(relations->items[i].kind, str_from(kind))) return relations->items[i].target;
    return STR("");
}

bool xlsx_book_open(Arena *arena, Zip *zip, XlsxBook **opened, Error *err)
{
    Relations package = {0}, parts = {0};
    XlsxBook *book = ARENA_NEW(arena, XlsxBook);
    *book = (XlsxBook){.arena = arena, .zip = zip};
    *opened = book;
    if (!read_relations(arena, zip, STR("_rels/.rels"), STR(""), &package, err)) return false;
    Str workbook = target_of(&package, "officeDocument"), name = last_word(workbook);
    Str folder = str_slice(workbook, 0, workbook.len > name.len ? workbook.len - name.len - 1 : 0);
    if (!zip_find(zip, workbook)) {
        error_set(err, ERROR_MALFORMED, "this is no Excel workbook");
        return error_hint(err, "A workbook is saved as \".xlsx\"; the older \".xls\" and \".xlsb\" are not read.");
    }
    Str relations = str_format(arena, STR_FMT "%s_rels/" STR_FMT ".rels", STR_ARG(folder), folder.len ? "/" : "", STR_ARG(name));
    if (!read_relations(arena, zip, relations, folder, &parts, err) || !read_workbook(book, workbook, &parts, err)) return false;
    Str styles = target_of(&parts, "styles"), texts = target_of(&parts, "sharedStrings");
    return (styles.len == 0 || read_styles(book, styles, err)) && (texts.len == 0 || read_texts(book, texts, err));
}
