/* Reads our own drawings back and judges how they are laid out. */
#ifndef TESTS_REPORT_DRAWING_H
#define TESTS_REPORT_DRAWING_H

#include "report/document.h"

#include "test.h"

typedef struct {
    double left, top, right, bottom;
} DrawingBox;

typedef struct {
    DrawingBox box;                   /* as wide as svg_text_width says, turned as it is drawn */
    double x, y, size;                /* where it is anchored */
    Str text;
} DrawingText;

/* The texts of a drawing, watermark left out, and the box of its view. Every shape and text must lie inside the box: what
 * does not is told and counted as a failure. */
typedef struct {
    DrawingBox view;
    size_t n_texts, capacity;
    DrawingText *texts;
} Drawing;

Drawing drawing_read(Test *t, Str svg);

/* Draws the figure wide and narrow and checks of each: all inside, no two texts over each other, no letter below 9. */
void drawing_check(Test *t, const Document *document, const Figure *figure);

/* Every figure of a document; returns how many. */
size_t drawing_check_all(Test *t, const Document *document);

#endif
