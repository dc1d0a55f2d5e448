/* XML written: escaped, indented by two blanks, in UTF-8. Nothing here can fail on its way: what goes wrong is kept, the
 * rest is swallowed, and xml_put_finish says it.
 *
 *     XmlWriter *xml = xml_writer_to(arena, sink);
 *     xml_put_start(xml, "Study");
 *     xml_put_attribute(xml, "OID", oid);
 *     xml_put_element(xml, "StudyName", name);
 *     xml_put_end(xml);
 *     return xml_put_finish(xml, err); */
#ifndef EXCHANGE_XML_WRITE_H
#define EXCHANGE_XML_WRITE_H

#include "exchange/sink.h"

#define XML_WRITE_MAX_DEPTH 64

typedef struct XmlWriter XmlWriter;

/* Begins with the XML declaration. The sink is finished by the caller. */
XmlWriter *xml_writer_to(Arena *arena, Sink *sink);
XmlWriter *xml_writer_to_buf(Arena *arena, Buf *buf);

/* Element names are kept by pointer until their end: literals. */
void xml_put_start(XmlWriter *xml, const char *name);
/* Only after xml_put_start, and before anything inside. */
void xml_put_attribute(XmlWriter *xml, const char *name, Str value);
void xml_put_attribute_given(XmlWriter *xml, const char *name, Str value);     /* not an empty one */
void xml_put_attribute_number(XmlWriter *xml, const char *name, double value);
void xml_put_text(XmlWriter *xml, Str text);              /* keeps its end tag on the line: blanks may matter */
void xml_put_end(XmlWriter *xml);
void xml_put_element(XmlWriter *xml, const char *name, Str text);              /* start, text, end */
void xml_put_comment(XmlWriter *xml, Str text);           /* "--" inside becomes "- -" */
/* <?target content?>, as for a style sheet */
void xml_put_instruction(XmlWriter *xml, const char *target, const char *content);

/* Fails: INCONSISTENT (a text is not UTF-8 or holds a character that XML 1.0 has no room for; the place has the
 * element), IO. An element left open is a broken promise. */
MUST_USE bool xml_put_finish(XmlWriter *xml, Error *err);

#endif
