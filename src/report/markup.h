/* HTML and SVG, escaped by construction: names of tags and attributes are literals of the program, whatever comes
 * from data goes through markup_text and markup_attr. Elements nest; closing needs no name. Control characters,
 * noncharacters and bytes that are not UTF-8 become U+FFFD, so that what is written is well formed as XML too. */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/text.h"

#define MARKUP_DEPTH_MAX 64

typedef struct {
    Buf *out;
    bool in_tag;                      /* "<tag" is written, its ">" is not */
    size_t depth;
    const char *open[MARKUP_DEPTH_MAX];
} Markup;

Markup markup_writer(Buf *out);

void markup_open(Markup *markup, const char *tag);
void markup_attr(Markup *markup, const char *name, Str value);           /* of the element just opened */
void markup_attr_c(Markup *markup, const char *name, const char *value);
void markup_attr_integer(Markup *markup, const char *name, int64_t value);
void markup_text(Markup *markup, Str text);
void markup_text_c(Markup *markup, const char *text);
void markup_close(Markup *markup);                                       /* the innermost: </tag> */
void markup_close_empty(Markup *markup);                                 /* an element without content: <tag/> */

/* <tag class="...">text</tag>; class_name may be NULL. */
void markup_element(Markup *markup, const char *tag, const char *class_name, Str text);

/* Puts what another writer made, all closed, here. */
void markup_insert(Markup *markup, const Markup *made);

/* A line break between elements, where white space means nothing. */
void markup_line(Markup *markup);

/* A style sheet of our own, unescaped as <style> wants it; it must not hold "</". */
void markup_style(Markup *markup, Str css);

#endif
