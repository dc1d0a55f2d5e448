#include "cli/grid.h"

#include <math.h>

Grid grid_new(Arena *arena, const char *const *heads, size_t n_columns)
{
    Grid grid = {.arena = arena, .n_columns = n_columns};
    for (size_t c = 0; c < n_columns; c++) {
        ARENA_PUSH_ROOM(arena, grid.cells, grid.n, grid.capacity);
        grid.cells[grid.n++] = str_from(heads[c]);
    }
    return grid;
}

void grid_add(Grid *grid, Str text)
{
    ARENA_PUSH_ROOM(grid->arena, grid->cells, grid->n, grid->capacity);
    grid->cells[grid->n++] = text;
}

void grid_number(Grid *grid, double value, int decimals)
{
    Buf buf = buf_new(grid->arena);
    if (isfinite(value)) buf_fixed(&buf, value, decimals);
    else buf_add_c(&buf, isnan(value) ? "." : value > 0 ? "inf" : "-inf");
    grid_add(grid, buf_str(&buf));
}

void grid_p(Grid *grid, double p) { grid_add(grid, p_words(grid->arena, p)); }

static size_t *grid_widths(const Grid *grid)
{
    size_t *widths = ARENA_ARRAY(grid->arena, size_t, grid->n_columns + 1);
    for (size_t i = 0; i < grid->n; i++) {
        size_t width = str_width(grid->cells[i]), *widest = &widths[i % grid->n_columns];
        if (width > *widest) *widest = width;
    }
    return widths;
}

static void write_rows(const Grid *grid, bool all_left, Buf *out)
{
    const size_t *widths = grid_widths(grid);
    for (size_t row = 0; row < grid->n; row += grid->n_columns) {
        size_t n = grid->n_columns;
        while (n && grid->cells[row + n - 1].len == 0) n--;
        for (size_t c = 0; c < n; c++) {
            Str cell = grid->cells[row + c];
            size_t pad = widths[c] - str_width(cell);
            bool left = all_left || c == 0;
            buf_add_c(out, "  ");
            if (!left) buf_pad(out, ' ', pad);
            buf_add(out, cell);
            if (left && c + 1 < n) buf_pad(out, ' ', pad);
        }
        buf_char(out, '\n');
    }
}

void grid_write(const Grid *grid, Buf *out) { write_rows(grid, false, out); }
void grid_write_left(const Grid *grid, Buf *out) { write_rows(grid, true, out); }

int decimals_for(double least)
{
    if (!(least > 0) || !isfinite(least)) return 4;
    double decimals = 3 - floor(log10(least));
    return decimals < 0 ? 0 : decimals > 30 ? 30 : (int)decimals;
}

Str p_words(Arena *arena, double p)
{
    Buf buf = buf_new(arena);
    if (p < 0.0001) return STR("<0.0001");
    if (isnan(p)) return STR(".");
    buf_fixed(&buf, p, 4);
    return buf_str(&buf);
}

#define PARAGRAPH_WIDTH  110

void write_paragraph(Buf *out, Str text)
{
    Str word, rest = text;
    size_t column = 0;
    for (bool more = text.len > 0; more;) {
        more = str_cut(rest, STR(" "), &word, &rest);
        if (!more) word = rest;
        size_t width = str_width(word);
        if (column && column + 1 + width > PARAGRAPH_WIDTH) buf_char(out, '\n'), column = 0;
        buf_add_c(out, column ? " " : "  ");
        buf_add(out, word);
        column += width + (column ? 1 : 2);
    }
    if (column) buf_char(out, '\n');
}

void write_note(Buf *out, Str text)
{
    if (text.len) buf_add_c(out, "\nNotes\n");
    write_paragraph(out, text);
}
