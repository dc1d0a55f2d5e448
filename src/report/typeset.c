#include "report/typeset.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t typeset_point(Str cell)
{
    size_t i = 0;
    if (cell.len && cell.data[0] >= 'A' && cell.data[0] <= 'Z') {
        while (i < cell.len && cell.data[i] != ' ') i++;
        return i;
    }
    while (i < cell.len && !is_digit(cell.data[i])) i++;
    while (i < cell.len && (is_digit(cell.data[i]) || (cell.data[i] == ',' && i + 3 < cell.len && is_digit(cell.data[i + 1]) &&
                                                       is_digit(cell.data[i + 2]) && is_digit(cell.data[i + 3]))))
        i++;
    return i;
}

static size_t character_length(Str text, size_t at)
{
    size_t n = 1;
    while (at + n < text.len && ((unsigned char)text.data[at + n] & 0xC0) == 0x80) n++;
    return n;
}

/* Text for a terminal: one line, nothing that moves the cursor. */
static Str printable(Arena *arena, Str text)
{
    Buf out = buf_new(arena);
    for (size_t i = 0; i < text.len;) {
        size_t n = character_length(text, i);
        unsigned char c = (unsigned char)text.data[i];
        bool is_c1 = c == 0xC2 && n == 2 && (unsigned char)text.data[i + 1] < 0xA0;
        if (c == '\t') buf_char(&out, ' ');
        else if (c < 0x20 || c == 0x7F || is_c1 || !str_is_utf8(str_slice(text, i, i + n), NULL)) buf_add_c(&out, "\xEF\xBF\xBD");
        else buf_add(&out, str_slice(text, i, i + n));
        i += n;
    }
    return buf_str(&out);
}

/* Bytes of the longest start of `text` that fits into `width`, at least one character. */
static size_t fitting(Str text, size_t width)
{
    size_t at = 0, used = 0;
    while (at < text.len) {
        size_t n = character_length(text, at), w = str_width(str_slice(text, at, at + n));
        if (at && used + w > width) break;
        used += w;
        at += n;
    }
    return at;
}

static void add_line(Arena *arena, Lines *lines, size_t *capacity, Str line)
{
    ARENA_PUSH_ROOM(arena, lines->lines, lines->n, *capacity);
    lines->lines[lines->n++] = line;
    size_t width = str_width(line);
    if (width > lines->width) lines->width = width;
}

/* Breaks one paragraph, whose blanks at the start (an indent) are kept on its first line. */
static void break_paragraph(Arena *arena, Lines *lines, size_t *capacity, Str rest, size_t width)
{
    do {
        size_t n = fitting(rest, width), cut = n;
        if (n < rest.len && rest.data[n] != ' ') {
            while (cut > 0 && rest.data[cut - 1] != ' ') cut--;
            if (str_trim(str_slice(rest, 0, cut)).len == 0) cut = n;
        }
        Str line = str_slice(rest, 0, cut);
        while (line.len && line.data[line.len - 1] == ' ') line.len--;
        add_line(arena, lines, capacity, line);
        rest = str_slice(rest, cut, rest.len);
        while (rest.len && rest.data[0] == ' ') rest = str_slice(rest, 1, rest.len);
    } while (rest.len);
}

Lines typeset_lines(Arena *arena, Str text, size_t width)
{
    Lines lines = {0};
    size_t capacity = 0;
    bool more = true;
    if (width == 0) width = 1;
    while (more) {
        Str paragraph = text, after = {0};
        more = str_cut(text, STR("\n"), &paragraph, &after);
        if (!more) paragraph = text;
        break_paragraph(arena, &lines, &capacity, printable(arena, paragraph), width);
        text = after;
    }
    return lines;
}

size_t typeset_longest_word(Str text)
{
    size_t longest = 0, from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.data[i] != ' ' && text.data[i] != '\n') continue;
        size_t width = str_width(str_slice(text, from, i));
        if (width > longest) longest = width;
        from = i + 1;
    }
    return longest;
}

static Str name_of(Arena *arena, const char *kind, Str number, Str id)
{
    Buf name = buf_new(arena);
    buf_add_c(&name, kind);
    buf_add(&name, number.len ? number : str_slice(id, 1, id.len));
    return buf_str(&name);
}

Str typeset_table_name(Arena *arena, const Table *table) { return name_of(arena, "Table ", table->number, table->id); }

Str typeset_figure_name(Arena *arena, const Figure *figure) { return name_of(arena, "Figure ", figure->number, figure->id); }

size_t typeset_span_end(const Table *table, size_t column, size_t end)
{
    Str spanner = table->columns[column].spanner;
    size_t next = column + 1;
    while (spanner.len && next < end && str_equal(table->columns[next].spanner, spanner)) next++;
    return next;
}

bool typeset_has_spanners(const Table *table)
{
    for (size_t c = 0; c < table->n_columns; c++)
        if (table->columns[c].spanner.len) return true;
    return false;
}

bool typeset_begins_block(const Table *table, size_t row)
{
    const Row *rows = table->rows;
    return row > 0 && rows[row].indent == 0 && (rows[row].kind == ROW_GROUP || rows[row - 1].indent > 0);
}
