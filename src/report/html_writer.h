/* A document as one HTML file that needs nothing else: styles and drawings inside, no script, no request. Tables are
 * semantic (caption, scopes, spanners as column groups), every number has its result id as element id, and an
 * appendix says where the numbers of each table come from. Aims at WCAG 2.2 AA, light and dark, 400 px and wider,
 * screen and print. All text from data goes through report/markup. */
#ifndef REPORT_HTML_WRITER_H
#define REPORT_HTML_WRITER_H

#include "report/document.h"

void html_writer_write(const Document *document, Buf *out);

#endif
