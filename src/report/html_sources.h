/* The appendix "Where the numbers come from": per table, what its numbers share, then each computation. */
#ifndef REPORT_HTML_SOURCES_H
#define REPORT_HTML_SOURCES_H

#include "report/document.h"
#include "report/markup.h"

void html_sources(Markup *html, const Document *document);

#endif
