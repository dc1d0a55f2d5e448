/* The rows that the blocks of a map make, and their import. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trial/inside.h"
#include "trial/mapping.h"

#define ABSENT SIZE_MAX

typedef struct {
    const MapBlock *block;
    const MapMember *member;
    size_t *from;                     /* column of the member for each column of the block; ABSENT for a text */
    size_t *match;
    Condition *where;                 /* NULL for none */
    Frame *frame;                     /* one row: what the condition reads */
    bool *is_item;                    /* of each column */
    size_t n_kept;                    /* columns that `into` has */
    size_t *kept;
} Bound;

typedef struct {
    Trial *trial;
    Arena *arena;
    const MapSource *source;
    const Mapping *mapping;
    ConditionEngine *engine;
    MapReport *report;
    Bound *bound;
    ImportFile *files;
    size_t n_files;
} Mapped;

/* --- columns that are there --- */

static bool no_such(Error *err, const char *what, Str name, const Str *names, size_t n)
{
    Str near = str_nearest(name, names, n);
    bool is_one_column = n == 1 && str_equal(str_from(what), STR("column"));
    error_set(err, ERROR_INCONSISTENT, "the file has no %s \"" STR_FMT "\"", what, STR_ARG(name));
    if (is_one_column) return error_hint(err, "It has one, \"" STR_FMT "\": are its columns separated by commas, tabs or semicolons?", STR_ARG(str_slice(names[0], 0, 60)));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "`equipoise show FILE` lists them.");
}

static bool at_node(const Yaml *at, Error *err)
{
    return at ? error_in(err, "map, line %zu", at->line) : error_in(err, "map");
}

static bool find_column(const MapMember *member, Str name, size_t *column, Error *err)
{
    for (*column = 0; *column < member->n_columns; ++*column)
        if (str_equal(member->columns[*column], name)) return true;
    for (*column = 0; *column < member->n_columns; ++*column)
        if (str_equal_fold(member->columns[*column], name)) return true;
    return no_such(err, "column", name, member->columns, member->n_columns);
}

static bool find_member(const Mapped *m, const MapBlock *block, const MapMember **member, Error *err)
{
    Str *names = ARENA_ARRAY(m->arena, Str, m->source->n + 1);
    for (size_t i = 0; i < m->source->n; i++) {
        *member = &m->source->members[i];
        names[i] = (*member)->name;
        if (str_equal_fold(names[i], block->member) || (!block->member.len && m->source->n == 1)) return true;
    }
    if (block->member.len) return no_such(err, "table", block->member, names, m->source->n);
    error_set(err, ERROR_INCONSISTENT, "the file holds %zu tables, and none is named", m->source->n);
    return error_hint(err, "Say which: member: " STR_FMT ".", STR_ARG(m->source->n ? names[0] : STR("NAME")));
}

static bool bind_where(Mapped *m, Bound *bound, Error *err)
{
    if (!bound->block->where.len) return true;
    bound->frame = frame_new(m->arena, bound->member->name);
    for (size_t i = 0; i < bound->member->n_columns; i++)
        if (!frame_column(bound->frame, bound->member->columns[i]))
            frame_add_column(bound->frame, bound->member->columns[i], bound->member->is_number[i] ? COLUMN_NUMBER : COLUMN_TEXT);
    frame_add_row(bound->frame);
    return condition_compile(m->engine, bound->block->where, bound->frame, &bound->where, err) || error_in(err, "where");
}

/* The names that rows of this kind have besides items. */
static bool is_key(const char *const *keys, Str name)
{
    for (size_t i = 0; keys[i]; i++)
        if (str_equal_fold(name, str_from(keys[i]))) return true;
    return false;
}

static const struct {
    const char *into;
    const char *keys[7];
} KINDS[] = {{"screening", {"SUBJID", "SITE", "SCREENED"}},
             {"consent", {"SUBJID", "DATE", "VERSION", "LANGUAGE", "SIGNED_BY", "ASSENT"}},
             {"enrolment", {"SUBJID", "DATE", "ARM"}},
             {"deviations", {"SUBJID", "DATE", "KIND", "DETAIL"}},
             {"withdrawals", {"SUBJID", "DATE", "REASON"}}};

static const char *const *keys_of(Mapped *m, Str into)
{
    static const char *const BY_REPEAT[][4] = {[FORM_PER_UNSTATED] = {"SUBJID", "VISIT", "DATE"}, [FORM_PER_VISIT] = {"SUBJID", "VISIT", "DATE"},
                                               [FORM_PER_SUBJECT] = {"SUBJID", "DATE"}, [FORM_PER_DOSE] = {"SUBJID", "DOSE", "DATE"},
                                               [FORM_PER_LOG] = {"SUBJID", "START", "ENTRY"}};
    const Protocol *protocol = trial_protocol(m->trial);
    if (str_equal(into, protocol->eligibility.form)) return KINDS[0].keys;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (str_equal(into, str_from(KINDS[i].into))) return KINDS[i].keys;
    const Form *form = trial_form(m->arena, protocol, into);
    return form ? BY_REPEAT[form->repeats] : NULL;
}

/* Columns of the whole map that this kind does not know are left out; those of the block are not. */
static void keep_columns(Mapped *m, Bound *bound, const char *const *keys)
{
    const MapColumns *columns = &bound->block->columns, *common = &m->mapping->columns;
    bound->kept = ARENA_ARRAY(m->arena, size_t, columns->n + 1);
    bound->is_item = ARENA_ARRAY(m->arena, bool, columns->n + 1);
    for (size_t i = 0; i < columns->n; i++) {
        bool is_common = false, is_known = is_key(keys, columns->items[i].to);
        for (size_t k = 0; k < common->n; k++) is_common |= common->items[k].at == columns->items[i].at;
        if (is_common && !is_known) continue;
        bound->is_item[bound->n_kept] = !is_known;
        bound->kept[bound->n_kept++] = i;
    }
}

static bool no_such_kind(Mapped *m, Str into, Error *err)
{
    const Forms *forms = &trial_protocol(m->trial)->forms;
    Str *names = ARENA_ARRAY(m->arena, Str, forms->n + sizeof KINDS / sizeof KINDS[0] + 1);
    size_t n = 0;
    for (size_t i = 0; i < forms->n; i++) names[n++] = forms->items[i].id;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) names[n++] = str_from(KINDS[i].into);
    Str near = str_nearest(into, names, n);
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" is no form of the protocol and no other kind of record", STR_ARG(into));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Name a form, or screening, consent, enrolment, adverse_events, deviations or withdrawals.");
}

/* Items that no version of the protocol has; of several versions, the import asks the one that holds on the day. */
static bool check_items(Mapped *m, const Bound *bound, const char *const *keys, Error *err)
{
    Str into = bound->block->into;
    const Protocol *protocol = trial_protocol(m->trial);
    const Form *form = trial_form(m->arena, protocol, str_equal(into, STR("screening")) ? protocol->eligibility.form : into);
    for (size_t k = 0; m->trial->n_versions == 1 && k < bound->n_kept; k++) {
        const MapColumn *column = &bound->block->columns.items[bound->kept[k]];
        if (!bound->is_item[k] || (form && form_item(form, column->to))) continue;
        size_t n = 0;
        Str *names = ARENA_ARRAY(m->arena, Str, (form ? form->items.n : 0) + 8);
        for (size_t i = 0; form && i < form->items.n; i++) names[n++] = form->items.items[i].id;
        for (size_t i = 0; keys[i]; i++) names[n++] = str_from(keys[i]);
        Str near = str_nearest(column->to, names, n);
        error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" has no item or column \"" STR_FMT "\"", STR_ARG(into), STR_ARG(column->to));
        if (near.len) error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
        else error_hint(err, "What is not in the protocol is not recorded: leave the column out, or amend the protocol.");
        return at_node(column->at, err);
    }
    return true;
}

static bool bind_block(Mapped *m, size_t i, Error *err)
{
    Bound *bound = &m->bound[i];
    const MapBlock *block = bound->block = &m->mapping->blocks.items[i];
    if (!find_member(m, block, &bound->member, err)) return at_node(block->at, err);
    const char *const *keys = keys_of(m, block->into);
    if (!keys) {
        (void)no_such_kind(m, block->into, err);
        return at_node(block->at, err);
    }
    keep_columns(m, bound, keys);
    if (!check_items(m, bound, keys, err)) return false;
    bound->from = ARENA_ARRAY(m->arena, size_t, block->columns.n + 1);
    bound->match = ARENA_ARRAY(m->arena, size_t, block->match.n + 1);
    for (size_t k = 0; k < bound->n_kept; k++) {
        const MapColumn *column = &block->columns.items[bound->kept[k]];
        bound->from[k] = ABSENT;
        if (column->from.len && !find_column(bound->member, column->from, &bound->from[k], err)) return at_node(column->at, err);
    }
    for (size_t k = 0; k < block->match.n; k++)
        if (!find_column(bound->member, block->match.items[k].key, &bound->match[k], err)) return at_node(block->match.items[k].at, err);
    return bind_where(m, bound, err) || at_node(block->at, err);
}

/* --- which rows, and what they become --- */

static const Str *row_of(const MapMember *member, size_t row) { return &member->cells[row * member->n_columns]; }

static bool is_matched(const Bound *bound, const Str *cells)
{
    for (size_t i = 0; i < bound->block->match.n; i++)
        if (!texts_hold(&bound->block->match.items[i].values, cells[bound->match[i]])) return false;
    return true;
}

static bool holds(const Bound *bound, const Str *cells, bool *selected, Error *err)
{
    signed char verdict;
    size_t n;
    *selected = is_matched(bound, cells);
    if (!*selected || !bound->where) return true;
    const Str *names = condition_columns(bound->where, &n);
    for (size_t i = 0; i < n; i++) {
        size_t from;
        double number;
        Error ignored = {0};
        const Column *column = frame_column(bound->frame, names[i]);
        size_t to = (size_t)(column - bound->frame->columns);
        if (!find_column(bound->member, names[i], &from, &ignored) || !cells[from].len) frame_set_missing(bound->frame, 0, to, MISSING_UNSTATED);
        else if (!column_is_number(column)) frame_set_text(bound->frame, 0, to, cells[from]);
        else if (number_parse(cells[from], &number)) frame_set_number(bound->frame, 0, to, number);
        else frame_set_missing(bound->frame, 0, to, MISSING_UNSTATED);
    }
    if (!condition_verdict(bound->where, bound->frame, 0, &verdict, err)) return false;
    *selected = verdict == 1;
    return true;
}

/* "." and the reason where the text means missing; false when it does not. */
static bool as_missing(Arena *arena, const Codelist *codes, Str text, Str *made)
{
    for (size_t i = 0; codes && i < codes->n; i++) {
        if (!str_equal(codes->codes[i], str_trim(text))) continue;
        *made = str_equal(codes->labels[i], STR("unstated")) ? STR("") : str_format(arena, "." STR_FMT, STR_ARG(codes->labels[i]));
        return true;
    }
    return false;
}

static bool map_value(const MapColumn *column, Str text, Str *made, Error *err)
{
    const Codelist *values = column->values.list;
    for (size_t i = 0; i < values->n; i++)
        if (str_equal(values->codes[i], str_trim(text))) {
            *made = values->labels[i];
            return true;
        }
    Str near = str_nearest(str_trim(text), values->codes, values->n);
    error_set(err, ERROR_INCONSISTENT, "the map has no value for \"" STR_FMT "\"", STR_ARG(str_slice(text, 0, 80)));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"? It is one of the values the map knows.", STR_ARG(near));
    return error_hint(err, "Add it to `values` of \"" STR_FMT "\" in the map, or correct the file.", STR_ARG(column->to));
}

/* 03/04/2015 or 3-4-2015, with or without a time after it. */
static bool map_date(Arena *arena, const MapColumn *column, Str text, Str *made, Error *err)
{
    static const int PLACES[][3] = {[MAP_DATE_DMY] = {2, 1, 0}, [MAP_DATE_MDY] = {2, 0, 1}, [MAP_DATE_YMD] = {0, 1, 2}};   /* of year, month, day */
    int64_t parts[3] = {0};
    Str rest = str_trim(text), part;
    size_t n = 0;
    for (bool more = true; more && n < 3; n++) {
        size_t end = 0;
        while (end < rest.len && rest.data[end] >= '0' && rest.data[end] <= '9') end++;
        part = str_slice(rest, 0, end);
        if (!integer_parse(part, &parts[n])) break;
        more = end < rest.len;
        rest = str_slice(rest, end + 1, rest.len);
    }
    Str date = str_format(arena, "%04d-%02d-%02d", (int)(parts[PLACES[column->date][0]] % 100000), (int)(parts[PLACES[column->date][1]] % 100),
                          (int)(parts[PLACES[column->date][2]] % 100));
    Date parsed;
    Error ignored = {0};
    *made = date;
    if (n == 3 && date_parse(date, &parsed, &ignored)) return true;
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no date of the form %s", STR_ARG(str_slice(text, 0, 40)),
              column->date == MAP_DATE_DMY ? "day, month, year" : column->date == MAP_DATE_MDY ? "month, day, year" : "year, month, day");
    return error_hint(err, "Correct the file, or `date` of \"" STR_FMT "\" in the map.", STR_ARG(column->to));
}

static bool map_number(Arena *arena, const MapColumn *column, Str text, Str *made, Error *err)
{
    double number;
    bool is_computed = !isnan(column->factor) || !isnan(column->plus) || column->decimals != INTEGER_ABSENT;
    if (!is_computed && !column->decimal_comma) return true;
    char *point = arena_copy(arena, text.data, text.len);
    for (size_t i = 0; column->decimal_comma && i < text.len; i++)
        if (point[i] == ',') point[i] = '.';
    *made = str_trim((Str){point, text.len});
    if (!is_computed) return true;
    if (!number_parse(*made, &number)) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no number", STR_ARG(str_slice(text, 0, 40)));
        return error_hint(err, "The map computes with it: correct the file, or add the text to `missing`.");
    }
    if (!isnan(column->factor)) number *= column->factor;
    if (!isnan(column->plus)) number += column->plus;
    Buf buf = buf_new(arena);
    char digits[40];
    snprintf(digits, sizeof digits, "%.15g", number);                 /* 70 x 0.1 is 7 */
    if (column->decimals != INTEGER_ABSENT && column->decimals >= 0 && column->decimals <= 12) buf_fixed(&buf, number, column->decimals);
    else buf_add_c(&buf, digits);
    *made = buf_str(&buf);
    return true;
}

static bool make_cell(Mapped *m, const MapColumn *column, Str text, Str *made, Error *err)
{
    *made = text;
    if (as_missing(m->arena, column->missing.list, text, made) || as_missing(m->arena, m->mapping->missing.list, text, made)) {
        if (!made->len) *made = column->otherwise;
        return true;
    }
    if (!str_trim(text).len) *made = column->otherwise;
    if (!str_trim(text).len || text.data[0] == '.') {
        double number;
        if (!str_trim(text).len || !number_parse(str_trim(text), &number)) return true;      /* missing for a reason */
    }
    if (column->values.list) return map_value(column, text, made, err);
    if (column->date) return map_date(m->arena, column, text, made, err);
    return map_number(m->arena, column, text, made, err);
}

typedef struct {
    ImportRows rows;
    size_t *lines;
    Str *cells;
    size_t capacity;
} Made;

static void make_room(Mapped *m, Made *made, size_t n_columns)
{
    if (made->rows.n_rows < made->capacity) return;
    size_t wanted = made->capacity ? 2 * made->capacity : 64;
    made->lines = arena_grow(m->arena, made->lines, made->capacity * sizeof(size_t), wanted * sizeof(size_t));
    made->cells = arena_grow(m->arena, made->cells, made->capacity * n_columns * sizeof(Str), wanted * n_columns * sizeof(Str));
    made->capacity = wanted;
}

static bool make_column(Mapped *m, const Bound *bound, size_t k, const Str *cells, Str *made, Error *err)
{
    const MapColumn *column = &bound->block->columns.items[bound->kept[k]];
    Str text = bound->from[k] == ABSENT ? column->text : cells[bound->from[k]];
    if (make_cell(m, column, text, made, err)) return true;
    return bound->from[k] != ABSENT && error_in(err, "column \"" STR_FMT "\"", STR_ARG(column->from));
}

/* One row of the block; *blank when it is to be skipped, and then nothing is asked of what names it. */
static bool make_row(Mapped *m, const Bound *bound, const Str *cells, Str *made, bool *blank, Error *err)
{
    size_t n_items = 0, n_filled = 0;
    for (size_t k = 0; k < bound->n_kept; k++) {
        if (!bound->is_item[k]) continue;
        if (!make_column(m, bound, k, cells, &made[k], err)) return false;
        n_items += bound->from[k] != ABSENT;
        n_filled += bound->from[k] != ABSENT && str_trim(cells[bound->from[k]]).len && str_trim(made[k]).len;
    }
    *blank = n_items && !n_filled && !bound->block->keep_blank;
    for (size_t k = 0; !*blank && k < bound->n_kept; k++)
        if (!bound->is_item[k] && !make_column(m, bound, k, cells, &made[k], err)) return false;
    return true;
}

static bool make_rows(Mapped *m, size_t i, Error *err)
{
    const Bound *bound = &m->bound[i];
    MapBlockRows *counts = &m->report->blocks[i];
    Made *made = ARENA_NEW(m->arena, Made);
    ImportFile *file = &m->files[m->n_files++];
    Str *columns = ARENA_ARRAY(m->arena, Str, bound->n_kept + 1);
    for (size_t k = 0; k < bound->n_kept; k++) columns[k] = bound->block->columns.items[bound->kept[k]].to;
    *file = (ImportFile){.name = m->source->file, .kind = bound->block->into, .rows = &made->rows};
    made->rows.columns = columns, made->rows.n_columns = bound->n_kept;
    counts->into = bound->block->into;
    for (size_t row = 0; row < bound->member->n_rows; row++) {
        bool selected, blank;
        Error problem = {0};
        const Str *cells = row_of(bound->member, row);
        if (!holds(bound, cells, &selected, err)) return at_node(bound->block->at, err);
        if (!selected) continue;
        counts->n_rows++;
        make_room(m, made, bound->n_kept + 1);
        if (!make_row(m, bound, cells, &made->cells[made->rows.n_rows * bound->n_kept], &blank, &problem)) {
            import_note_problem(&m->report->import, m->arena, file, row + 1, &problem);
            if (!counts->n_refused++) counts->first_refused = row + 1;
            continue;
        }
        if (blank) {
            counts->n_skipped++;
            if (!counts->first_skipped) counts->first_skipped = row + 1;
            continue;
        }
        made->lines[made->rows.n_rows++] = row + 1;
    }
    made->rows.lines = made->lines, made->rows.cells = made->cells;
    return true;
}

/* --- what nobody reads --- */

static bool is_read(const Mapped *m, const MapMember *member, size_t column)
{
    if (texts_hold(&m->mapping->skip, member->columns[column])) return true;
    for (size_t i = 0; i < m->mapping->blocks.n; i++) {
        const Bound *bound = &m->bound[i];
        if (bound->member != member) continue;
        for (size_t k = 0; k < bound->n_kept; k++)
            if (bound->from[k] == column) return true;
        for (size_t k = 0; k < bound->block->match.n; k++)
            if (bound->match[k] == column) return true;
        size_t n = 0;
        const Str *names = bound->where ? condition_columns(bound->where, &n) : NULL;
        for (size_t k = 0; k < n; k++)
            if (str_equal_fold(names[k], member->columns[column])) return true;
    }
    return false;
}

static void list_unused(Mapped *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->source->n; i++) n += m->source->members[i].n_columns;
    m->report->unused.items = ARENA_ARRAY(m->arena, Str, n + 1);
    for (size_t i = 0; i < m->source->n; i++)
        for (size_t k = 0; k < m->source->members[i].n_columns; k++)
            if (!is_read(m, &m->source->members[i], k)) m->report->unused.items[m->report->unused.n++] = m->source->members[i].columns[k];
}

bool trial_import_mapped(Trial *trial, Arena *arena, const Actor *actor, const MapSource *source, const Mapping *mapping, bool dry_run,
                         MapReport *report, Error *err)
{
    size_t n = mapping->blocks.n;
    Mapped m = {.trial = trial, .arena = arena, .source = source, .mapping = mapping, .report = report};
    *report = (MapReport){.n_blocks = n, .blocks = ARENA_ARRAY(arena, MapBlockRows, n + 1)};
    m.bound = ARENA_ARRAY(arena, Bound, n + 1);
    m.files = ARENA_ARRAY(arena, ImportFile, n + 1);
    if (!condition_engine_open(arena, &m.engine, err)) return false;
    for (size_t i = 0; i < n; i++)
        if (!bind_block(&m, i, err)) return false;
    list_unused(&m);
    for (size_t i = 0; i < n; i++)
        if (!make_rows(&m, i, err)) return false;
    return n == 0 || trial_import_together(trial, arena, actor, m.files, m.n_files, dry_run, &report->import, err);
}
