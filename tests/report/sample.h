/* A made-up report that uses everything a document can hold, for the golden files and for looking at. */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include "report/document.h"

Document *sample_document(Arena *arena);

#endif
