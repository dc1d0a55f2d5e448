/* Elements of a document and members of structs, matched by tables that read and write alike: a Shape says which
 * attributes an element has, what stands inside in which order, and where in the struct each goes. What a table does
 * not know is named, not lost in silence. Names have the prefix under which they are written ("def:Origin"); reading goes by
 * the namespace. */
#ifndef EXCHANGE_XML_SHAPE_H
#define EXCHANGE_XML_SHAPE_H

#include "exchange/study_metadata.h"
#include "exchange/xml_pull.h"
#include "exchange/xml_write.h"

typedef enum {
    SHAPE_ATTRIBUTE,                  /* of the element: Str */
    SHAPE_YES,                        /* attribute "Yes" or none: bool */
    SHAPE_COUNT,                      /* attribute: size_t, 0 for none */
    SHAPE_TYPE,                       /* attribute: StudyType */
    SHAPE_TEXT,                       /* the element's own text: Str */
    SHAPE_CHILD_TEXT,                 /* a child that holds text alone: Str */
    SHAPE_CHILD_TEXTS,                /* several of them: StudyTexts */
    SHAPE_TRANSLATED,                 /* a child with a TranslatedText in it: Str */
    SHAPE_REFERENCE,                  /* a child whose attribute `attribute` is an id: Str */
    SHAPE_REFERENCES,                 /* several of them: StudyTexts */
    SHAPE_INSIDE,                     /* a child whose content fills the same struct, by `shape` */
    SHAPE_LIST                        /* children, each an item of a STUDY_LIST, by `shape` */
} ShapeKind;

typedef struct Shape Shape;

typedef struct {
    ShapeKind kind;
    const char *name;
    size_t offset;
    const char *attribute;
    const Shape *shape;
    size_t item_size;                 /* of a list */
    bool always;                      /* written when empty, too */
    bool old;                         /* of earlier versions: read, not written */
    bool (*when)(const void *item);   /* written only where it holds; NULL: always */
} ShapeField;

struct Shape {
    const ShapeField *fields;         /* attributes first, then children in their order */
    size_t n;
};

/* A prefix of the tables and how the URIs of its namespace begin. */
typedef struct {
    const char *prefix, *uri;
} ShapeSpace;

#define SHAPE_MAX_UNREAD 100          /* kinds that are told apart */

/* Something that a document has and no table: "element Question in ItemDef". */
typedef struct {
    Str what;
    size_t n, line;                   /* how often; where it stood first */
} ShapeUnread;
STUDY_LIST(ShapeUnread, ShapeUnreads);

typedef struct {
    Arena *arena;
    XmlPull *xml;
    const ShapeSpace *spaces;
    size_t n_spaces;
    Str language;                     /* of the first text that says one */
    ShapeUnreads unread;
} ShapeReader;

/* Adds to what was not read. */
void shape_unread(ShapeReader *reader, size_t line, const char *format, ...) PRINTF(3, 4);

/* Whether the event is an element of this name. */
bool shape_is(const ShapeReader *reader, const XmlEvent *event, const char *name);

/* Reads the element whose first event is `start` into the item, up to its end. Fails as xml_pull_next. */
MUST_USE bool shape_read(ShapeReader *reader, const Shape *shape, const XmlEvent *start, void *item, Error *err);

/* Writes what stands between the tags of an element that has been started, its attributes first. */
void shape_write(XmlWriter *xml, const Shape *shape, const void *item, Str language);

#endif
