/* A figure made from the command line, as a file of its own. */
#ifndef CLI_FIGURE_FILE_H
#define CLI_FIGURE_FILE_H

#include "report/document.h"

/* A document for one figure of these data, and where its numbers come from. */
typedef struct {
    Document *document;
    Figure *figure;
    Provenance *from;
} FigureFile;

/* Checks the ending of `path` before anything is drawn. Fails: USAGE (it is neither .svg nor .html). */
MUST_USE bool figure_file_open(Arena *arena, Str path, FigureKind kind, Str title, Str data, FigureFile *file, Error *err);

/* Describes the figure by its table and writes it: the drawing alone, or the page with its numbers. Fails: IO. */
MUST_USE bool figure_file_write(Arena *arena, Str path, FigureFile *file, Error *err);

#endif
