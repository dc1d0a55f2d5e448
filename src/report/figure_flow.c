/* The flow of participants: boxes top-down, exclusions at the right of the arrow, arms side by side. */
#include <limits.h>

#include "report/figure_kinds.h"

#define GAP_DOWN 24.0                                     /* between rows, room for an arrow */
#define LINE     16.5
#define BOLD     1.04                                     /* how much wider bold text may run */

/* Sizes of a wide drawing and a narrow one. */
typedef struct {
    double width, margin, pad, arm_gap;
    double trunk, lone_trunk;                             /* width of a box above the arms, and where there are none */
    double aside, lone_aside;                             /* from the stem to what stands beside it */
} Sizes;

static const Sizes WIDE = {SVG_WIDTH, 8, 10, 16, 290, 320, 36, 190}, NARROW = {SVG_NARROW, 1, 6, 7, 200, 210, 20, 24};

typedef struct {
    double x, y, width, height;
    size_t n_lines, n_bold;                               /* the first n_bold name the box */
    Str *lines;
    bool aside;                                           /* drawn beside its arrow */
} Laid;

typedef struct {
    Arena *arena;
    const Figure *figure;
    const Sizes *sizes;
    int n_columns, first_arms, last_arms;                 /* rows in which arms stand side by side */
    Laid *laid;
} Flow;

/* Boxes of a row that stand below the arrow, not beside it. */
static int count_in_row(const Figure *figure, int row)
{
    int n = 0;
    for (size_t i = 0; i < figure->n_boxes; i++) n += figure->boxes[i].row == row && !figure->boxes[i].aside;
    return n;
}

static void measure_grid(Flow *flow)
{
    flow->n_columns = 1;
    flow->first_arms = INT_MAX;
    flow->last_arms = -1;
    for (size_t i = 0; i < flow->figure->n_boxes; i++) {
        const FlowBox *box = &flow->figure->boxes[i];
        if (box->column + 1 > flow->n_columns) flow->n_columns = box->column + 1;
        if (count_in_row(flow->figure, box->row) < 2) continue;
        if (box->row < flow->first_arms) flow->first_arms = box->row;
        if (box->row > flow->last_arms) flow->last_arms = box->row;
    }
}

/* Does the box belong to the stem, common to all arms: before them, or uniting them below? */
static bool is_trunk(const Flow *flow, const FlowBox *box)
{
    if (flow->n_columns == 1 || box->row < flow->first_arms) return true;
    return box->row > flow->last_arms && 2 * box->column + 1 == flow->n_columns;
}

static Str first_line(Str text)
{
    Str first, rest;
    return str_cut(text, STR("\n"), &first, &rest) ? first : text;
}

/* The text with its count, blanks around '=' made unbreakable. */
static Str box_text(Arena *arena, const FlowBox *box, bool name_only)
{
    Str name = first_line(box->text), equals = STR(" = "), before, after;
    Buf text = buf_new(arena), whole = buf_new(arena);
    buf_add(&text, name);
    if (str_find(name, STR("(n")) == SIZE_MAX) {
        buf_add_c(&text, " (n = ");
        buf_integer(&text, (int64_t)box->n);
        buf_char(&text, ')');
    }
    if (!name_only) buf_add(&text, str_slice(box->text, name.len, box->text.len));
    Str rest = buf_str(&text);
    for (; str_cut(rest, equals, &before, &after); rest = after) {
        buf_add(&whole, before);
        buf_add_c(&whole, "\xC2\xA0=\xC2\xA0");
    }
    buf_add(&whole, rest);
    return buf_str(&whole);
}

static void lay_box(Flow *flow, size_t i)
{
    const FlowBox *box = &flow->figure->boxes[i];
    Laid *laid = &flow->laid[i];
    bool one = flow->n_columns == 1, trunk = is_trunk(flow, box);
    laid->aside = box->aside && trunk;
    const Sizes *z = flow->sizes;
    double pitch = (z->width - 2 * z->margin + z->arm_gap) / flow->n_columns;
    double trunk_x = one ? z->margin : (z->width - z->trunk) / 2, trunk_width = one ? z->lone_trunk : z->trunk;
    if (laid->aside) {
        laid->x = trunk_x + trunk_width / 2 + (one ? z->lone_aside : z->aside);
        laid->width = z->width - z->margin - laid->x;
    } else if (trunk) {
        laid->x = trunk_x;
        laid->width = trunk_width;
    } else {
        laid->x = z->margin + box->column * pitch;
        laid->width = pitch - z->arm_gap;
    }
    double room = laid->width - 2 * z->pad;
    laid->n_lines = svg_wrap(flow->arena, box_text(flow->arena, box, true), SVG_TEXT_SIZE * BOLD, room, &laid->lines);
    laid->n_bold = laid->aside ? 0 : laid->n_lines;
    laid->n_lines = svg_wrap(flow->arena, box_text(flow->arena, box, false), SVG_TEXT_SIZE * BOLD, room, &laid->lines);
    laid->height = (double)laid->n_lines * LINE + 16;
}

/* Rows one below the other, each as high as its highest box; returns the bottom. */
static double stack_rows(Flow *flow)
{
    int last = 0;
    double y = flow->sizes->margin;
    for (size_t i = 0; i < flow->figure->n_boxes; i++)
        if (flow->figure->boxes[i].row > last) last = flow->figure->boxes[i].row;
    for (int row = 0; row <= last; row++) {
        double height = 0;
        bool all_aside = true;
        for (size_t i = 0; i < flow->figure->n_boxes; i++) {
            if (flow->figure->boxes[i].row != row) continue;
            flow->laid[i].y = y;
            if (flow->laid[i].height > height) height = flow->laid[i].height;
            if (!flow->laid[i].aside) all_aside = false;
        }
        /* boxes of one row are equally high, so that the arms stay level */
        for (size_t i = 0; i < flow->figure->n_boxes; i++)
            if (flow->figure->boxes[i].row == row) flow->laid[i].height = height;
        if (height > 0) y += height + (all_aside ? GAP_DOWN * 0.75 : GAP_DOWN);
    }
    return y - GAP_DOWN + flow->sizes->margin;
}

static double middle_of(const Laid *laid) { return laid->x + laid->width / 2; }

/* Lines from all arms of a row to the stem below them. */
static void draw_union(Svg *svg, const Flow *flow, int row, double stem)
{
    for (size_t i = 0; i < flow->figure->n_boxes; i++) {
        const Laid *arm = &flow->laid[i];
        if (flow->figure->boxes[i].row != row || flow->figure->boxes[i].aside) continue;
        double x = middle_of(arm), y = arm->y + arm->height;
        svg_path(svg, &SVG_ARROW, (double[]){x, x, stem}, (double[]){y, y + GAP_DOWN / 2, y + GAP_DOWN / 2}, 3, false);
    }
}

static void draw_arrow(Svg *svg, const Laid *from, const Laid *to)
{
    double x = middle_of(from), end = middle_of(to), bottom = from->y + from->height;
    if (to->aside) {
        double y = to->y + to->height / 2;
        svg_line(svg, &SVG_ARROW, x, y, to->x - 6, y);
        svg_tip_right(svg, to->x, y);
        return;
    }
    double bend = to->y - GAP_DOWN / 2 - 2;
    double px[] = {x, x, end, end}, py[] = {bottom, bend, bend, to->y - 6};
    svg_path(svg, &SVG_ARROW, px, py, 4, false);
    svg_tip_down(svg, end, to->y);
}

static void draw_box(Svg *svg, const Flow *flow, const Laid *laid)
{
    double y = laid->y + (laid->height - (double)laid->n_lines * LINE) / 2 + 12.5;
    svg_rect(svg, laid->aside ? &SVG_ASIDE : &SVG_BOX, laid->x, laid->y, laid->width, laid->height);
    for (size_t k = 0; k < laid->n_lines; k++, y += LINE) {
        if (laid->aside) svg_text(svg, &SVG_TEXT, SVG_TEXT_SIZE, SVG_START, laid->x + flow->sizes->pad, y, laid->lines[k]);
        else if (k < laid->n_bold) svg_text_bold(svg, SVG_TEXT_SIZE, SVG_MIDDLE, middle_of(laid), y, laid->lines[k]);
        else svg_text(svg, &SVG_TEXT, SVG_TEXT_SIZE, SVG_MIDDLE, middle_of(laid), y, laid->lines[k]);
    }
}

static Flow lay_flow(Arena *arena, const Figure *figure, const Sizes *sizes)
{
    Flow flow = {.arena = arena, .figure = figure, .sizes = sizes, .laid = ARENA_ARRAY(arena, Laid, figure->n_boxes + 1)};
    measure_grid(&flow);
    for (size_t i = 0; i < figure->n_boxes; i++) lay_box(&flow, i);
    return flow;
}

bool figure_flow_fits(Arena *arena, const Figure *figure)
{
    Flow flow = lay_flow(arena, figure, &NARROW);
    for (size_t i = 0; i < figure->n_boxes; i++)
        for (size_t k = 0; k < flow.laid[i].n_lines; k++)
            if (svg_text_width(flow.laid[i].lines[k], SVG_TEXT_SIZE * BOLD) > flow.laid[i].width - 2 * NARROW.pad) return false;
    return true;
}

double figure_flow(Svg *svg, const Figure *figure)
{
    Flow flow = lay_flow(svg->markup->out->arena, figure, svg_is_narrow(svg) ? &NARROW : &WIDE);
    double height = stack_rows(&flow);
    for (size_t i = 0; i < figure->n_boxes; i++) {
        const FlowBox *box = &figure->boxes[i];
        if (box->from < 0 || (size_t)box->from >= figure->n_boxes) continue;
        const FlowBox *from = &figure->boxes[box->from];
        if (is_trunk(&flow, box) && !is_trunk(&flow, from) && !box->aside) draw_union(svg, &flow, from->row, middle_of(&flow.laid[i]));
        draw_arrow(svg, &flow.laid[box->from], &flow.laid[i]);
    }
    for (size_t i = 0; i < figure->n_boxes; i++) draw_box(svg, &flow, &flow.laid[i]);
    return height;
}
