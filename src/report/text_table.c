#include "report/text_table.h"

#include "report/typeset.h"

#define GAP 2                                             /* blanks between columns */
#define LABEL_MIN 24
#define TEXT_MIN 12
#define HEADER_EASY 12                                    /* a header is not broken more narrowly than this */

typedef struct {
    size_t width, least;                                  /* chosen, and how narrow it may become */
    size_t left, right;                                   /* of a decimal column: widths before and from the point */
} Measure;

typedef struct {
    Arena *arena;
    Buf *out;
    const Table *table;
    Measure *measures;
    size_t *shown, n_shown;                               /* columns of this panel, column 0 first */
    size_t total;                                         /* width of the panel */
} Panel;

void text_table_rule(Buf *out, const char *dash, size_t width)
{
    for (size_t i = 0; i < width; i++) buf_add_c(out, dash);
    buf_char(out, '\n');
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }
static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static size_t cell_span(const Cell *cell) { return cell->column_span > 1 ? (size_t)cell->column_span : 1; }

/* A group row without cells: its name may run over the whole table. */
static bool row_is_title(const Table *table, const Row *row)
{
    if (row->kind != ROW_GROUP) return false;
    for (size_t c = 1; c < table->n_columns; c++)
        if (row->cells[c].text.len) return false;
    return true;
}

static bool is_text_column(const Table *table, size_t column) { return column == 0 || table->columns[column].align == ALIGN_LEFT; }

static void measure_cell(Arena *arena, const Table *table, const Row *row, size_t c, Measure *m)
{
    const Cell *cell = &row->cells[c];
    size_t indent = c == 0 ? 2 * (size_t)row->indent : 0;
    if (cell_span(cell) > 1 || cell->text.len == 0 || (c == 0 && row_is_title(table, row))) return;
    if (table->columns[c].align == ALIGN_DECIMAL && c > 0) {
        size_t point = typeset_point(cell->text);
        m->left = larger(m->left, str_width(str_slice(cell->text, 0, point)));
        m->right = larger(m->right, str_width(str_slice(cell->text, point, cell->text.len)));
        m->width = larger(m->width, m->left + m->right);
    }
    m->width = larger(m->width, indent + typeset_lines(arena, cell->text, SIZE_MAX / 2).width);
    if (is_text_column(table, c)) m->least = larger(m->least, indent + typeset_longest_word(cell->text));
}

static Measure measure_column(Arena *arena, const Table *table, size_t c)
{
    Measure m = {0};
    for (size_t r = 0; r < table->n_rows; r++) measure_cell(arena, table, &table->rows[r], c, &m);
    Str header = table->columns[c].header;
    size_t word = typeset_longest_word(header), line = typeset_lines(arena, header, SIZE_MAX / 2).width;
    m.width = larger(m.width, larger(word, smaller(line, HEADER_EASY)));
    size_t most = c == 0 ? LABEL_MIN : TEXT_MIN;
    m.least = is_text_column(table, c) ? smaller(m.width, larger(most, smaller(larger(m.least, word), 2 * most))) : m.width;
    return m;
}

static size_t total_width(const Panel *panel)
{
    size_t total = 0;
    for (size_t i = 0; i < panel->n_shown; i++) total += panel->measures[panel->shown[i]].width + (i ? GAP : 0);
    return total;
}

/* Narrows the column that has most to give until the panel fits or none can give. */
static void shrink(Panel *panel, size_t width)
{
    for (size_t total = total_width(panel); total > width;) {
        Measure *widest = NULL;
        for (size_t i = 0; i < panel->n_shown; i++) {
            Measure *m = &panel->measures[panel->shown[i]];
            if (m->width > m->least && (!widest || m->width - m->least > widest->width - widest->least)) widest = m;
        }
        if (!widest) return;
        widest->width--;
        total--;
    }
}

/* A spanner wider than its columns widens the last of them. */
static void fit_spanners(Panel *panel)
{
    const Table *table = panel->table;
    for (size_t c = 1; c < table->n_columns;) {
        size_t end = typeset_span_end(table, c, table->n_columns), sum = 0;
        for (size_t k = c; k < end; k++) sum += panel->measures[k].width + (k > c ? GAP : 0);
        size_t word = typeset_longest_word(table->columns[c].spanner);
        if (word > sum) panel->measures[end - 1].width += word - sum;
        c = end;
    }
}

static size_t shown_width(const Panel *panel, size_t from, size_t to)
{
    size_t width = 0;
    for (size_t i = from; i < to; i++) width += panel->measures[panel->shown[i]].width + (i > from ? GAP : 0);
    return width;
}

/* A cell of a printed line: its lines, where they start, how they stand in their width. */
typedef struct {
    Lines lines;
    size_t at, width, indent;
    Align align;
} Set;

static void add_blanks_to(Buf *out, size_t line_start, size_t at)
{
    size_t now = str_width(str_slice(buf_str(out), line_start, out->len));
    if (at > now) buf_pad(out, ' ', at - now);
}

static size_t offset_of(const Set *set, Str line)
{
    size_t width = str_width(line), free = set->width > width ? set->width - width : 0;
    if (set->align == ALIGN_RIGHT) return free;
    if (set->align == ALIGN_CENTRE) return free / 2;
    return 0;
}

/* Prints sets side by side; those with fewer lines stand at the bottom (headers) or at the top (rows). */
static void print_sets(Buf *out, const Set *sets, size_t n, bool at_bottom)
{
    size_t height = 0;
    for (size_t i = 0; i < n; i++) height = larger(height, sets[i].lines.n);
    for (size_t y = 0; y < height; y++) {
        size_t start = out->len;
        for (size_t i = 0; i < n; i++) {
            size_t first = at_bottom ? height - sets[i].lines.n : 0;
            if (y < first || y - first >= sets[i].lines.n || sets[i].lines.lines[y - first].len == 0) continue;
            Str line = sets[i].lines.lines[y - first];
            size_t hang = sets[i].indent + (y > first && !at_bottom && sets[i].at == 0 ? 2 : 0);
            add_blanks_to(out, start, sets[i].at + hang + offset_of(&sets[i], line));
            buf_add(out, line);
        }
        while (out->len > start && out->data[out->len - 1] == ' ') out->len--;
        buf_char(out, '\n');
    }
}

/* Text of a decimal column, blanks before it so that its point stands under the others. */
static Str aligned_at_point(Arena *arena, const Measure *m, Str text)
{
    size_t point = typeset_point(text), before = str_width(str_slice(text, 0, point));
    size_t block = m->left + m->right, centre = m->width > block ? (m->width - block) / 2 : 0;
    Buf line = buf_new(arena);
    buf_pad(&line, ' ', centre + (m->left > before ? m->left - before : 0));
    buf_add(&line, text);
    return str_width(buf_str(&line)) <= m->width ? buf_str(&line) : text;
}

/* The cell that covers column c: its own, or one to the left that spans it (its beginning is on an earlier panel). */
static size_t covering(const Row *row, size_t c)
{
    for (size_t k = c; k > 0; k--)
        if (cell_span(&row->cells[k]) > c - k) return k;
    return c;
}

static Set set_cell(const Panel *panel, const Row *row, size_t i, size_t *covered)
{
    size_t c = panel->shown[i], owner = i == 1 ? covering(row, c) : c;
    const Cell *cell = &row->cells[owner];
    const Measure *m = &panel->measures[c];
    size_t last = smaller(i + cell_span(cell) - (c - owner), panel->n_shown);
    Set set = {.at = shown_width(panel, 0, i) + (i ? GAP : 0), .width = shown_width(panel, i, last), .align = panel->table->columns[c].align};
    Str text = cell->text;
    *covered = last - i;
    if (c == 0) {
        set.align = ALIGN_LEFT;
        set.indent = 2 * (size_t)row->indent;
        if (row_is_title(panel->table, row)) set.width = panel->total;
    } else if (set.align == ALIGN_DECIMAL && *covered == 1) {
        text = aligned_at_point(panel->arena, m, text);
        set.align = ALIGN_LEFT;
    } else if (set.align == ALIGN_DECIMAL) {
        set.align = ALIGN_CENTRE;
    }
    size_t room = set.width > set.indent ? set.width - set.indent : 1;
    set.lines = typeset_lines(panel->arena, text, room);
    if (c == 0 && set.lines.n > 1) set.lines = typeset_lines(panel->arena, text, room > 4 ? room - 2 : room);
    return set;
}

static void print_row(const Panel *panel, const Row *row)
{
    Set *sets = ARENA_ARRAY(panel->arena, Set, panel->n_shown);
    size_t n = 0, covered;
    for (size_t i = 0; i < panel->n_shown; i += covered) sets[n++] = set_cell(panel, row, i, &covered);
    print_sets(panel->out, sets, n, false);
}

/* Spanners of the panel and the short rules under them. */
static void print_spanners(const Panel *panel)
{
    const Table *table = panel->table;
    Set *sets = ARENA_ARRAY(panel->arena, Set, panel->n_shown);
    Set *rules = ARENA_ARRAY(panel->arena, Set, panel->n_shown);
    size_t n = 0;
    for (size_t i = 1; i < panel->n_shown;) {
        size_t end = i + typeset_span_end(table, panel->shown[i], panel->shown[panel->n_shown - 1] + 1) - panel->shown[i];
        Str spanner = table->columns[panel->shown[i]].spanner;
        if (spanner.len) {
            Set set = {.at = shown_width(panel, 0, i) + GAP, .width = shown_width(panel, i, end), .align = ALIGN_CENTRE};
            Buf rule = buf_new(panel->arena);
            for (size_t k = 0; k < set.width; k++) buf_add_c(&rule, "─");
            rules[n] = sets[n] = set;
            sets[n].lines = typeset_lines(panel->arena, spanner, set.width);
            rules[n++].lines = typeset_lines(panel->arena, buf_str(&rule), set.width);
        }
        i = end;
    }
    if (n == 0) return;
    print_sets(panel->out, sets, n, true);
    print_sets(panel->out, rules, n, true);
}

static void print_headers(const Panel *panel)
{
    Set *sets = ARENA_ARRAY(panel->arena, Set, panel->n_shown);
    for (size_t i = 0; i < panel->n_shown; i++) {
        size_t c = panel->shown[i];
        const TableColumn *column = &panel->table->columns[c];
        sets[i] = (Set){.at = shown_width(panel, 0, i) + (i ? GAP : 0),
                        .width = panel->measures[c].width,
                        .align = column->align == ALIGN_DECIMAL ? ALIGN_CENTRE : c == 0 ? ALIGN_LEFT : column->align,
                        .lines = typeset_lines(panel->arena, column->header, panel->measures[c].width)};
    }
    print_sets(panel->out, sets, panel->n_shown, true);
}

static void print_top_rule(const Panel *panel, Str watermark)
{
    size_t used = 0;
    if (watermark.len) {
        buf_add_c(panel->out, "── ");
        buf_add(panel->out, typeset_lines(panel->arena, watermark, panel->total).lines[0]);
        buf_char(panel->out, ' ');
        used = 4 + str_width(watermark);
    }
    text_table_rule(panel->out, "─", panel->total > used ? panel->total - used : 0);
}

static void print_panel(const Panel *panel, Str watermark)
{
    const Table *table = panel->table;
    print_top_rule(panel, watermark);
    print_spanners(panel);
    print_headers(panel);
    text_table_rule(panel->out, "─", panel->total);
    for (size_t r = 0; r < table->n_rows; r++) {
        if (typeset_begins_block(table, r)) buf_char(panel->out, '\n');
        print_row(panel, &table->rows[r]);
    }
    text_table_rule(panel->out, "─", panel->total);
}

/* Moves columns whose spanner would be cut to the next panel, if any stay. */
static void keep_spanner_whole(Panel *panel, size_t *next)
{
    const TableColumn *columns = panel->table->columns;
    size_t first = panel->n_shown;
    if (columns[*next].spanner.len == 0) return;
    while (first > 1 && str_equal(columns[panel->shown[first - 1]].spanner, columns[*next].spanner)) first--;
    if (first <= 1) return;
    *next -= panel->n_shown - first;
    panel->n_shown = first;
}

/* The next panel: the row headers and as many columns from *next as fit, at least one. */
static void fill_panel(Panel *panel, size_t width, size_t *next)
{
    panel->shown[0] = 0;
    panel->n_shown = 1;
    while (*next < panel->table->n_columns) {
        panel->shown[panel->n_shown++] = *next;
        if (panel->n_shown > 2 && total_width(panel) > width) {
            panel->n_shown--;
            keep_spanner_whole(panel, next);
            break;
        }
        ++*next;
    }
    /* a column too wide even alone gives way after all */
    if (panel->n_shown == 2 && total_width(panel) > width) {
        Measure *m = &panel->measures[panel->shown[1]];
        size_t label = panel->measures[0].width + GAP;
        m->width = width > label + TEXT_MIN ? width - label : TEXT_MIN;
    }
    panel->total = total_width(panel);
}

void text_table_write(const Table *table, Str watermark, size_t width, Buf *out)
{
    Arena *arena = out->arena;
    Panel panel = {.arena = arena, .out = out, .table = table};
    panel.measures = ARENA_ARRAY(arena, Measure, table->n_columns);
    panel.shown = ARENA_ARRAY(arena, size_t, table->n_columns);
    panel.n_shown = table->n_columns;
    for (size_t c = 0; c < table->n_columns; c++) {
        panel.measures[c] = measure_column(arena, table, c);
        panel.shown[c] = c;
    }
    fit_spanners(&panel);
    shrink(&panel, width);
    size_t next = 1;
    do {
        if (next > 1) buf_char(out, '\n');
        fill_panel(&panel, width, &next);
        print_panel(&panel, watermark);
    } while (next < table->n_columns);
}
