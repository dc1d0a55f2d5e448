/* XML as it comes: one event after another through a window, so that a document of any size takes little memory. The one
 * module that knows libxml2 for reading documents; callers see events.
 *
 * What a hostile document may not do: nothing is fetched from a network or a disk, a document type (DOCTYPE) is refused
 * before its entities are known, so that only the five entities of XML and characters by number are replaced, and depth,
 * attributes, names and texts have limits. Encodings are those of libxml2; texts come as UTF-8. */
#ifndef EXCHANGE_XML_PULL_H
#define EXCHANGE_XML_PULL_H

#include "exchange/bytes.h"

#define XML_PULL_MAX_DEPTH       100
#define XML_PULL_MAX_ATTRIBUTES  1000
#define XML_PULL_MAX_TEXT        ((size_t)16 << 20) /* of one text, and of the attributes of one element */

typedef enum {
    XML_PULL_END,                     /* of the document */
    XML_PULL_ELEMENT, XML_PULL_ELEMENT_END,
    XML_PULL_TEXT                     /* character data between two tags, whole, blanks too; comments do not part it */
} XmlPullKind;

/* Names are as written, without the prefix; they last as long as the reader. space is the namespace's URI. */
typedef struct {
    Str name, prefix, space, value;   /* value: good until the next event */
} XmlAttribute;

typedef struct {
    XmlPullKind kind;
    Str name, prefix, space;          /* of an element and its end */
    const XmlAttribute *attributes;   /* of an element, without xmlns; good until the next event */
    size_t n_attributes;
    Str text;                         /* good until the next event */
    size_t depth;                     /* of the root's tags 1; of a text that of the element around it */
    size_t line;                      /* on which its tag ends, from 1; 65,535 lines and more are counted too */
} XmlEvent;

typedef struct XmlPull XmlPull;

/* Closed with the arena. */
XmlPull *xml_pull_new(Arena *arena, Bytes *bytes);

/* The next event. Fails: MALFORMED (no XML; cut short; a DOCTYPE; a limit passed: the place has the line), and as
 * bytes_slide. After a failure it fails again with the same. */
MUST_USE bool xml_pull_next(XmlPull *xml, XmlEvent *event, Error *err);

/* Past the end of the element whose first event came last. Texts in it may be of any length. */
MUST_USE bool xml_pull_skip(XmlPull *xml, Error *err);

/* The same, with its text, its children's too; good until the next event. */
MUST_USE bool xml_pull_text(XmlPull *xml, Str *text, Error *err);

/* The attribute of this name, whatever its namespace; whether there is one. An absent one gives the empty text. */
bool xml_attribute(const XmlEvent *event, const char *name, Str *value);

/* The same, with a copy that lasts. */
Str xml_attribute_copy(Arena *arena, const XmlEvent *event, const char *name);

/* Whether the event begins (or ends) an element of this name, whatever its namespace. */
bool xml_is(const XmlEvent *event, const char *name);

#endif
