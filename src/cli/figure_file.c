#include "cli/figure_file.h"

#include "base/file.h"
#include "report/figure.h"
#include "report/html_writer.h"

static void write_html(const FigureFile *file, Buf *out) { html_writer_write(file->document, out); }
static void write_svg(const FigureFile *file, Buf *out)
{
    figure_write_svg(file->document, file->figure, out);
}

static const struct {
    const char *ending;
    void (*write)(const FigureFile *file, Buf *out);
} FORMATS[] = {{".svg", write_svg}, {".html", write_html}};

#define N_FORMATS (sizeof FORMATS / sizeof FORMATS[0])

static size_t find_format(Str path)
{
    size_t i = 0;
    while (i < N_FORMATS && !str_ends(path, str_from(FORMATS[i].ending))) i++;
    return i;
}

bool figure_file_open(Arena *arena, Str path, FigureKind kind, Str title, Str data, FigureFile *file,
                      Error *err)
{
    if (find_format(path) == N_FORMATS) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" ends in no format of a figure", STR_ARG(path));
        return error_hint(err, "Let the name end in .svg or .html.");
    }
    *file = (FigureFile){.document = document_new(arena, title), .from = ARENA_NEW(arena, Provenance)};
    file->from->source = file->from->frame = data;
    file->document->source_line =
        str_format(arena, "Data " STR_FMT "; equipoise " EQUIPOISE_VERSION, STR_ARG(data));
    file->figure = document_figure(file->document, kind, (Str){0}, title);
    return true;
}

bool figure_file_write(Arena *arena, Str path, FigureFile *file, Error *err)
{
    Figure *figure = file->figure;
    Buf out = buf_new(arena);
    figure->footnotes = figure->data->footnotes; /* they stand below the figure, not below its table */
    figure->n_footnotes = figure->data->n_footnotes;
    figure->data->n_footnotes = 0;
    figure->alt = str_format(arena, STR_FMT ". %zu rows; all numbers are in the table beside it.",
                             STR_ARG(figure->title), figure->data->n_rows);
    FORMATS[find_format(path)].write(file, &out);
    return file_write(arena, path, buf_str(&out), err);
}
