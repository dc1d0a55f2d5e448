#include "report/figure.h"

#include "report/svg.h"
#include "report/typeset.h"

void figure_draw(Markup *markup, const Document *document, const Figure *figure)
{
    Svg svg = svg_begin(markup, 80, figure->id, figure->title, figure->alt);
    svg_watermark(&svg, 80, document->watermark);
    svg_end(&svg);
}

void figure_write_svg(const Document *document, const Figure *figure, Buf *out)
{
    Markup markup = markup_writer(out);
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    figure_draw(&markup, document, figure);
}
