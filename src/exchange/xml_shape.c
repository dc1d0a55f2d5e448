#include "exchange/xml_shape.h"

#include <string.h>

/* What every STUDY_LIST looks like; its pointer is copied, since each has a type of its own. */
typedef struct {
    size_t n, capacity;
    void *items;
} AnyList;

static AnyList list_at(const void *list)
{
    AnyList any;
    memcpy(&any, list, sizeof any);
    return any;
}

static void *list_add(Arena *arena, void *list, size_t item_size)
{
    AnyList any = list_at(list);
    any.items = study_list_room(arena, any.items, &any.n, &any.capacity, item_size);
    memcpy(list, &any, sizeof any);
    return (char *)any.items + (any.n - 1) * item_size;
}

static void *member(void *item, size_t offset)
{
    return (char *)item + offset;
}

static const void *member_of(const void *item, size_t offset)
{
    return (const char *)item + offset;
}

void shape_unread(ShapeReader *reader, size_t line, const char *format, ...)
{
    Buf buf = buf_new(reader->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&buf, format, args);
    va_end(args);
    ShapeUnreads *unread = &reader->unread;
    for (size_t i = 0; i < unread->n; i++) {
        if (!str_equal(unread->items[i].what, buf_str(&buf)) && i < SHAPE_MAX_UNREAD) continue;
        unread->items[i].n++;
        return;
    }
    Str what = unread->n == SHAPE_MAX_UNREAD ? STR("other things") : buf_str(&buf);
    *study_list_add(reader->arena, unread) = (ShapeUnread){.what = what, .n = 1, .line = line};
}

/* Whether a name of the tables is this local name in this namespace. */
static bool is_named(const ShapeReader *reader, const char *name, Str local, Str space)
{
    Str prefix, rest;
    if (!str_cut(str_from(name), STR(":"), &prefix, &rest)) {
        prefix = STR("");
        rest = str_from(name);
    }
    if (!str_equal(rest, local)) return false;
    for (size_t i = 0; i < reader->n_spaces; i++) {
        if (str_equal(prefix, str_from(reader->spaces[i].prefix)) && str_starts(space, str_from(reader->spaces[i].uri))) return true;
    }
    return !prefix.len && !space.len;
}

bool shape_is(const ShapeReader *reader, const XmlEvent *event, const char *name)
{
    return is_named(reader, name, event->name, event->space);
}

static bool is_attribute(ShapeKind kind)
{
    return kind <= SHAPE_TYPE;
}

/* The field of an attribute or of a child; NULL. */
static const ShapeField *field_named(const ShapeReader *reader, const Shape *shape, bool attribute, Str name, Str space)
{
    for (size_t i = 0; i < shape->n; i++) {
        const ShapeField *field = &shape->fields[i];
        if (field->kind != SHAPE_TEXT && is_attribute(field->kind) == attribute && is_named(reader, field->name, name, space)) return field;
    }
    return NULL;
}

static bool read_number(Str text, size_t *number)
{
    int64_t value;
    if (!integer_parse(text, &value) || value < 0) return false;
    *number = (size_t)value;
    return true;
}

/* Whether the value is one that the member can hold. */
static bool read_attribute(ShapeReader *reader, const ShapeField *field, Str value, void *item)
{
    void *to = member(item, field->offset);
    if (field->kind == SHAPE_COUNT) return read_number(value, to);
    if (field->kind == SHAPE_TYPE) return study_type_parse(value, to);
    if (field->kind == SHAPE_YES) *(bool *)to = str_equal(value, STR("Yes"));
    else *(Str *)to = str_copy(reader->arena, value);
    return true;
}

static void read_attributes(ShapeReader *reader, const Shape *shape, const XmlEvent *start, void *item)
{
    for (size_t i = 0; i < start->n_attributes; i++) {
        const XmlAttribute *a = &start->attributes[i];
        const ShapeField *field = field_named(reader, shape, true, a->name, a->space);
        if (!field) {
            shape_unread(reader, start->line, "attribute " STR_FMT " of " STR_FMT, STR_ARG(a->name), STR_ARG(start->name));
        } else if (!read_attribute(reader, field, a->value, item)) {
            shape_unread(reader, start->line, "attribute " STR_FMT " \"" STR_FMT "\" of " STR_FMT, STR_ARG(a->name), STR_ARG(a->value), STR_ARG(start->name));
        }
    }
}

/* A TranslatedText: the first is kept, with its language where it is the document's. */
static bool read_translation(ShapeReader *reader, const XmlEvent *start, Str *to, Error *err)
{
    Str language, text;
    size_t line = start->line;
    if (xml_attribute(start, "lang", &language) && !reader->language.len) reader->language = str_copy(reader->arena, language);
    else if (language.len && !str_equal(language, reader->language))
        shape_unread(reader, line, "that a text is in language \"" STR_FMT "\"", STR_ARG(language));
    if (!xml_pull_text(reader->xml, &text, err)) return false;
    if (to->data) shape_unread(reader, line, "another TranslatedText");
    else *to = str_copy(reader->arena, text);
    return true;
}

static bool read_translated(ShapeReader *reader, const XmlEvent *start, Str *to, Error *err)
{
    XmlEvent event;
    Str parent = start->name;
    size_t depth = start->depth;
    *to = (Str){0};
    while (true) {
        if (!xml_pull_next(reader->xml, &event, err)) return false;
        if (event.kind == XML_PULL_ELEMENT_END && event.depth == depth) return true;
        if (event.kind != XML_PULL_ELEMENT) continue;
        if (shape_is(reader, &event, "TranslatedText")) {
            if (!read_translation(reader, &event, to, err)) return false;
            continue;
        }
        shape_unread(reader, event.line, "element " STR_FMT " in " STR_FMT, STR_ARG(event.name), STR_ARG(parent));
        if (!xml_pull_skip(reader->xml, err)) return false;
    }
}

static bool read_child_text(ShapeReader *reader, Str *to, Error *err)
{
    Str text;
    if (!xml_pull_text(reader->xml, &text, err)) return false;
    *to = str_copy(reader->arena, text);
    return true;
}

static bool read_reference(ShapeReader *reader, const ShapeField *field, const XmlEvent *start, Str *to, Error *err)
{
    *to = xml_attribute_copy(reader->arena, start, field->attribute);
    return xml_pull_skip(reader->xml, err);
}

static bool read_child(ShapeReader *reader, const ShapeField *field, const XmlEvent *start, void *item, Error *err)
{
    void *to = member(item, field->offset);
    switch (field->kind) {
    case SHAPE_CHILD_TEXT: return read_child_text(reader, to, err);
    case SHAPE_CHILD_TEXTS: return read_child_text(reader, list_add(reader->arena, to, sizeof(Str)), err);
    case SHAPE_TRANSLATED: return read_translated(reader, start, to, err);
    case SHAPE_REFERENCE: return read_reference(reader, field, start, to, err);
    case SHAPE_REFERENCES: return read_reference(reader, field, start, list_add(reader->arena, to, sizeof(Str)), err);
    case SHAPE_INSIDE: return shape_read(reader, field->shape, start, item, err);
    case SHAPE_LIST: return shape_read(reader, field->shape, start, list_add(reader->arena, to, field->item_size), err);
    case SHAPE_ATTRIBUTE: case SHAPE_YES: case SHAPE_COUNT: case SHAPE_TYPE: case SHAPE_TEXT: break;
    }
    return xml_pull_skip(reader->xml, err);
}

/* Text between the tags: kept where the shape has a place for it. */
static void read_text(ShapeReader *reader, const Shape *shape, const XmlEvent *event, Str parent, void *item)
{
    for (size_t i = 0; i < shape->n; i++) {
        if (shape->fields[i].kind != SHAPE_TEXT) continue;
        *(Str *)member(item, shape->fields[i].offset) = str_copy(reader->arena, event->text);
        return;
    }
    if (str_trim(event->text).len) shape_unread(reader, event->line, "text in " STR_FMT, STR_ARG(parent));
}

bool shape_read(ShapeReader *reader, const Shape *shape, const XmlEvent *start, void *item, Error *err)
{
    XmlEvent event;
    Str parent = start->name;
    size_t depth = start->depth;
    read_attributes(reader, shape, start, item);
    while (true) {
        if (!xml_pull_next(reader->xml, &event, err)) return false;
        if (event.kind == XML_PULL_ELEMENT_END && event.depth == depth) return true;
        if (event.kind == XML_PULL_TEXT) read_text(reader, shape, &event, parent, item);
        if (event.kind != XML_PULL_ELEMENT) continue;
        const ShapeField *field = field_named(reader, shape, false, event.name, event.space);
        if (field) {
            if (!read_child(reader, field, &event, item, err)) return false;
            continue;
        }
        shape_unread(reader, event.line, "element " STR_FMT " in " STR_FMT, STR_ARG(event.name), STR_ARG(parent));
        if (!xml_pull_skip(reader->xml, err)) return false;
    }
}

static void write_attribute(XmlWriter *xml, const ShapeField *field, const void *from)
{
    char digits[24];
    if (field->kind == SHAPE_ATTRIBUTE) {
        Str text = *(const Str *)from;
        if (text.len || field->always) xml_put_attribute(xml, field->name, text);
    } else if (field->kind == SHAPE_YES) {
        if (*(const bool *)from) xml_put_attribute(xml, field->name, STR("Yes"));
    } else if (field->kind == SHAPE_TYPE) {
        xml_put_attribute(xml, field->name, str_from(study_type_word(*(const StudyType *)from)));
    } else {
        size_t count = *(const size_t *)from, n = sizeof digits;
        for (size_t rest = count; rest; rest /= 10) digits[--n] = (char)('0' + rest % 10);
        if (count) xml_put_attribute(xml, field->name, (Str){digits + n, sizeof digits - n});
    }
}

/* Whether an element of this shape would have nothing in it. */
static bool is_empty(const Shape *shape, const void *item)
{
    for (size_t i = 0; i < shape->n; i++) {
        const ShapeField *field = &shape->fields[i];
        const void *from = member_of(item, field->offset);
        if (field->old || (field->when && !field->when(item))) continue;
        switch (field->kind) {
        case SHAPE_YES: if (*(const bool *)from) return false; break;
        case SHAPE_COUNT: if (*(const size_t *)from) return false; break;
        case SHAPE_TYPE: return false;
        case SHAPE_ATTRIBUTE: case SHAPE_TEXT: case SHAPE_CHILD_TEXT: case SHAPE_TRANSLATED: case SHAPE_REFERENCE:
            if (((const Str *)from)->len) return false;
            break;
        case SHAPE_CHILD_TEXTS: case SHAPE_REFERENCES: case SHAPE_LIST: if (list_at(from).n) return false; break;
        case SHAPE_INSIDE: if (!is_empty(field->shape, item)) return false; break;
        }
    }
    return true;
}

static void write_translated(XmlWriter *xml, const ShapeField *field, Str text, Str language)
{
    if (!text.len && !field->always) return;
    xml_put_start(xml, field->name);
    xml_put_start(xml, "TranslatedText");
    xml_put_attribute_given(xml, "xml:lang", language);
    xml_put_text(xml, text);
    xml_put_end(xml);
    xml_put_end(xml);
}

static void write_reference(XmlWriter *xml, const ShapeField *field, Str id)
{
    if (!id.len) return;
    xml_put_start(xml, field->name);
    xml_put_attribute(xml, field->attribute, id);
    xml_put_end(xml);
}

static void write_list(XmlWriter *xml, const ShapeField *field, const void *from, Str language)
{
    AnyList list = list_at(from);
    for (size_t i = 0; i < list.n; i++) {
        const void *item = (const char *)list.items + i * field->item_size;
        if (field->kind == SHAPE_CHILD_TEXTS) {
            xml_put_element(xml, field->name, *(const Str *)item);
        } else if (field->kind == SHAPE_REFERENCES) {
            write_reference(xml, field, *(const Str *)item);
        } else {
            xml_put_start(xml, field->name);
            shape_write(xml, field->shape, item, language);
            xml_put_end(xml);
        }
    }
}

static void write_child(XmlWriter *xml, const ShapeField *field, const void *item, Str language)
{
    const void *from = member_of(item, field->offset);
    switch (field->kind) {
    case SHAPE_TEXT: xml_put_text(xml, *(const Str *)from); break;
    case SHAPE_CHILD_TEXT: if (((const Str *)from)->len || field->always) xml_put_element(xml, field->name, *(const Str *)from); break;
    case SHAPE_TRANSLATED: write_translated(xml, field, *(const Str *)from, language); break;
    case SHAPE_REFERENCE: write_reference(xml, field, *(const Str *)from); break;
    case SHAPE_INSIDE:
        if (!field->always && is_empty(field->shape, item)) break;
        xml_put_start(xml, field->name);
        shape_write(xml, field->shape, item, language);
        xml_put_end(xml);
        break;
    case SHAPE_CHILD_TEXTS: case SHAPE_REFERENCES: case SHAPE_LIST: write_list(xml, field, from, language); break;
    case SHAPE_ATTRIBUTE: case SHAPE_YES: case SHAPE_COUNT: case SHAPE_TYPE: write_attribute(xml, field, from); break;
    }
}

void shape_write(XmlWriter *xml, const Shape *shape, const void *item, Str language)
{
    for (size_t i = 0; i < shape->n; i++) {
        const ShapeField *field = &shape->fields[i];
        if (!field->old && (!field->when || field->when(item))) write_child(xml, field, item, language);
    }
}
