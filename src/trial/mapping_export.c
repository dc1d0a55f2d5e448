/* The rows of a trial as another system has them. */
#include <stdlib.h>

#include "exchange/csv.h"
#include "trial/export_inside.h"
#include "trial/form_frame.h"
#include "trial/mapping_dictionary.h"
#include "trial/mapping_undo.h"

#define ABSENT SIZE_MAX

typedef struct {
    Str *cells;
    size_t place;                     /* in which it was made: the last word of the order */
} OutRow;

typedef struct {
    Trial *trial;
    Arena *arena;
    const Mapping *mapping;
    Texts columns;                    /* of the file */
    bool *is_key;                     /* a row is found by it */
    size_t subject;                   /* the column */
    size_t n, capacity;
    OutRow *rows;
    Map by_key;                       /* of rows whose keys are all decided: the joined keys -> row */
} Out;

/* A row of a form on its way: what it holds, and which of the keys are not decided. */
typedef struct {
    Str *cells;
    bool *is_set;
    const Texts **choices;            /* of each column: one of these, or NULL */
} Coming;

static size_t column_of(const Out *out, Str name)
{
    for (size_t i = 0; i < out->columns.n; i++)
        if (str_equal_fold(out->columns.items[i], name)) return i;
    return ABSENT;
}

static void add_column(Out *out, Str name)
{
    if (name.len && column_of(out, name) == ABSENT) out->columns.items[out->columns.n++] = name;
}

/* --- columns and keys --- */

static bool names_row(Str to)
{
    static const char *const KEYS[] = {"SUBJID", "VISIT", "DOSE", "ENTRY"};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (str_equal_fold(to, str_from(KEYS[i]))) return true;
    return false;
}

static void list_columns(Out *out)
{
    const Mapping *mapping = out->mapping;
    size_t most = mapping->order.n + 1;
    for (size_t i = 0; i < mapping->blocks.n; i++) most += mapping->blocks.items[i].columns.n + mapping->blocks.items[i].match.n;
    out->columns.items = ARENA_ARRAY(out->arena, Str, most);
    for (size_t i = 0; i < mapping->order.n; i++) add_column(out, mapping->order.items[i]);
    for (size_t i = 0; !mapping->order.n && i < mapping->blocks.n; i++) {
        const MapBlock *block = &mapping->blocks.items[i];
        for (size_t k = 0; k < block->match.n; k++) add_column(out, block->match.items[k].key);
        for (size_t k = 0; k < block->columns.n; k++) add_column(out, block->columns.items[k].from);
    }
}

static void mark_keys(Out *out)
{
    const Mapping *mapping = out->mapping;
    out->is_key = ARENA_ARRAY(out->arena, bool, out->columns.n + 1);
    out->subject = ABSENT;
    for (size_t i = 0; i < mapping->blocks.n; i++) {
        const MapBlock *block = &mapping->blocks.items[i];
        for (size_t k = 0; k < block->match.n; k++) {
            size_t at = column_of(out, block->match.items[k].key);
            if (at != ABSENT) out->is_key[at] = true;
        }
        for (size_t k = 0; k < block->columns.n; k++) {
            const MapColumn *column = &block->columns.items[k];
            size_t at = names_row(column->to) && column->from.len ? column_of(out, column->from) : ABSENT;
            if (at == ABSENT) continue;
            out->is_key[at] = true;
            if (str_equal_fold(column->to, STR("SUBJID"))) out->subject = at;
        }
    }
}

/* --- rows --- */

static bool agrees(const Out *out, const OutRow *row, const Coming *coming)
{
    for (size_t i = 0; i < out->columns.n; i++) {
        if (!out->is_key[i]) continue;
        if (coming->choices[i]) {
            if (coming->choices[i]->n && !texts_hold(coming->choices[i], row->cells[i])) return false;
        } else if (!str_equal(row->cells[i], coming->cells[i])) {
            return false;
        }
    }
    return true;
}

static OutRow *add_row(Out *out, const Coming *coming)
{
    ARENA_PUSH_ROOM(out->arena, out->rows, out->n, out->capacity);
    OutRow *row = &out->rows[out->n];
    *row = (OutRow){.cells = ARENA_ARRAY(out->arena, Str, out->columns.n), .place = out->n};
    out->n++;
    for (size_t i = 0; i < out->columns.n; i++) {
        if (!out->is_key[i]) continue;
        row->cells[i] = coming->cells[i];
        if (coming->choices[i] && coming->choices[i]->n) row->cells[i] = coming->choices[i]->items[0];
    }
    return row;
}

static bool is_undecided(const Out *out, const Coming *coming)
{
    for (size_t i = 0; i < out->columns.n; i++)
        if (coming->choices[i]) return true;
    return false;
}

static Str join_keys(const Out *out, const Str *cells)
{
    Buf buf = buf_new(out->arena);
    for (size_t i = 0; i < out->columns.n; i++)
        if (out->is_key[i]) buf_format(&buf, STR_FMT "\n", STR_ARG(cells[i]));
    return buf_str(&buf);
}

/* Both the rows and the forms come by subject, so the search for a row that is not quite decided starts where it last ended. */
static OutRow *search(Out *out, const Coming *coming, size_t *hint)
{
    for (size_t i = 0; i < out->n; i++) {
        size_t at = (*hint + i) % out->n;
        if (!agrees(out, &out->rows[at], coming)) continue;
        *hint = at;
        return &out->rows[at];
    }
    return NULL;
}

static void merge(Out *out, const Coming *coming, size_t *hint)
{
    OutRow *row = NULL;
    if (is_undecided(out, coming)) {
        row = search(out, coming, hint);
    } else {
        const MapEntry *entry = map_get(&out->by_key, join_keys(out, coming->cells));
        if (entry) row = &out->rows[entry->index];
    }
    if (!row) {
        row = add_row(out, coming);
        map_put(&out->by_key, join_keys(out, row->cells), NULL)->index = row->place;
    }
    for (size_t i = 0; i < out->columns.n; i++)
        if (coming->is_set[i] && !out->is_key[i]) row->cells[i] = coming->cells[i];
}

static Str value_text(Arena *arena, const Column *column, size_t row)
{
    if (!column_is_number(column)) return column->texts[row];
    Buf buf = buf_new(arena);
    buf_number(&buf, column->numbers[row]);
    return buf_str(&buf);
}

static bool key_text(const Frame *frame, size_t row, Str to, Str *text)
{
    static const struct {
        const char *to;
        size_t column;
    } KEYS[] = {{"SUBJID", FORM_FRAME_SUBJID}, {"VISIT", FORM_FRAME_VISIT}, {"DOSE", FORM_FRAME_VISIT}, {"ENTRY", FORM_FRAME_VISIT},
                {"DATE", FORM_FRAME_DATE},     {"START", FORM_FRAME_DATE},  {"SCREENED", FORM_FRAME_DATE}};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (str_equal_fold(to, str_from(KEYS[i].to))) {
            *text = frame->columns[KEYS[i].column].texts[row];
            return true;
        }
    return false;
}

static bool knows(const Codelist *values, Str ours)
{
    for (size_t i = 0; i < values->n; i++)
        if (str_equal(values->labels[i], ours)) return true;
    return false;
}

/* What names the row, and the dates; false when the block does not make rows of this visit. */
static bool put_keys(Out *out, const MapBlock *block, const Frame *frame, size_t row, Coming *coming)
{
    Str text;
    for (size_t k = 0; k < block->columns.n; k++) {
        const MapColumn *column = &block->columns.items[k];
        if (!key_text(frame, row, column->to, &text)) continue;
        if (names_row(column->to) && !column->from.len && !str_equal(column->text, text)) return false;
        if (names_row(column->to) && column->values.list && !knows(column->values.list, text)) return false;
        size_t at = column->from.len ? column_of(out, column->from) : ABSENT;
        if (at == ABSENT || (column->otherwise.len && str_equal(column->otherwise, text))) continue;
        coming->cells[at] = mapping_undo(out->arena, column, text);
        coming->is_set[at] = true;
        coming->choices[at] = NULL;
    }
    return true;
}

static void put_items(Out *out, const MapBlock *block, const Frame *frame, size_t row, Coming *coming)
{
    for (size_t k = 0; k < block->columns.n; k++) {
        const MapColumn *column = &block->columns.items[k];
        const Column *item = frame_column(frame, column->to);
        Str ignored;
        size_t at = column->from.len ? column_of(out, column->from) : ABSENT;
        if (!item || at == ABSENT || key_text(frame, row, column->to, &ignored)) continue;
        MissingReason reason = item->missing[row];
        coming->cells[at] = reason ? mapping_undo_missing(out->mapping, column, reason)
                                   : mapping_undo(out->arena, column, value_text(out->arena, item, row));
        coming->is_set[at] = true;
    }
}

/* Where the form stands once, its row is one of those that `match` allows, or of any event; repeated ones are never those. */
static void begin_keys(Out *out, const MapBlock *block, Coming *coming)
{
    static const Texts ANY = {0};
    for (size_t i = 0; i < out->columns.n; i++) {
        coming->cells[i] = STR("");
        coming->is_set[i] = false;
        bool is_of_instance = str_starts(out->columns.items[i], STR("redcap_repeat_"));
        coming->choices[i] = out->is_key[i] && i != out->subject && !is_of_instance ? &ANY : NULL;
    }
    for (size_t k = 0; k < block->match.n; k++) {
        size_t at = column_of(out, block->match.items[k].key);
        if (at == ABSENT) continue;
        const Texts *values = &block->match.items[k].values;
        coming->choices[at] = values->n > 1 ? values : NULL;
        if (values->n == 1) coming->cells[at] = values->items[0];
    }
}

static bool has_item(const MapBlock *block, const Form *form)
{
    for (size_t k = 0; form && k < block->columns.n; k++)
        if (block->columns.items[k].from.len && form_item(form, block->columns.items[k].to)) return true;
    return false;
}

/* The form that the block fills; NULL for acts that are no forms. */
static const Form *form_of(const Out *out, const MapBlock *block)
{
    const Protocol *protocol = trial_protocol(out->trial);
    if (str_equal(block->into, STR("screening"))) return protocol_form(protocol, protocol->eligibility.form);
    return trial_form(out->arena, protocol, block->into);
}

/* Rows whose place is certain first: the others then find theirs among them. */
static bool put_block(Out *out, const MapBlock *block, bool undecided, Error *err)
{
    Frame *frame;
    const Form *form = form_of(out, block);
    Coming coming = {ARENA_ARRAY(out->arena, Str, out->columns.n + 1), ARENA_ARRAY(out->arena, bool, out->columns.n + 1),
                     ARENA_ARRAY(out->arena, const Texts *, out->columns.n + 1)};
    size_t hint = 0;
    if (!has_item(block, form)) return true;
    if (!form_frame(out->trial, out->arena, form->id, &frame, err)) return false;
    for (size_t row = 0; row < frame->n_rows; row++) {
        begin_keys(out, block, &coming);
        if (!put_keys(out, block, frame, row, &coming) || is_undecided(out, &coming) != undecided) continue;
        put_items(out, block, frame, row, &coming);
        merge(out, &coming, &hint);
    }
    return true;
}

/* --- their order --- */

/* The place of a key's text among what the map says of its column; blank first. */
static size_t rank_of(const Out *out, size_t column, Str text)
{
    size_t rank = 1;
    if (!text.len) return 0;
    for (size_t i = 0; i < out->mapping->blocks.n; i++) {
        const MapBlock *block = &out->mapping->blocks.items[i];
        for (size_t k = 0; k < block->columns.n; k++) {
            const MapColumn *from = &block->columns.items[k];
            if (!names_row(from->to) || !from->values.list || column_of(out, from->from) != column) continue;
            for (size_t v = 0; v < from->values.list->n; v++, rank++)
                if (str_equal(from->values.list->codes[v], text)) return rank;
        }
        for (size_t k = 0; k < block->match.n; k++) {
            if (column_of(out, block->match.items[k].key) != column) continue;
            for (size_t v = 0; v < block->match.items[k].values.n; v++, rank++)
                if (str_equal(block->match.items[k].values.items[v], text)) return rank;
        }
    }
    return rank;
}

typedef struct {
    const OutRow *row;
    const Out *out;
    size_t *ranks;                    /* of each key */
} Ranked;

static int by_place(const void *a, const void *b)
{
    const Ranked *left = a, *right = b;
    const Out *out = left->out;
    if (out->subject != ABSENT) {
        int order = str_compare_natural(left->row->cells[out->subject], right->row->cells[out->subject]);
        if (order) return order;
    }
    for (size_t i = 0; i < out->columns.n; i++) {
        if (!out->is_key[i]) continue;
        if (left->ranks[i] != right->ranks[i]) return left->ranks[i] < right->ranks[i] ? -1 : 1;
        int order = str_compare_natural(left->row->cells[i], right->row->cells[i]);
        if (order) return order;
    }
    return (left->row->place > right->row->place) - (left->row->place < right->row->place);
}

static Frame *rows_frame(const Out *out)
{
    Frame *frame = frame_new(out->arena, STR("data"));
    Ranked *ranked = ARENA_ARRAY(out->arena, Ranked, out->n + 1);
    for (size_t i = 0; i < out->columns.n; i++) frame_add_column(frame, out->columns.items[i], COLUMN_TEXT);
    for (size_t i = 0; i < out->n; i++) {
        ranked[i] = (Ranked){&out->rows[i], out, ARENA_ARRAY(out->arena, size_t, out->columns.n + 1)};
        for (size_t k = 0; k < out->columns.n; k++)
            if (out->is_key[k]) ranked[i].ranks[k] = rank_of(out, k, out->rows[i].cells[k]);
    }
    qsort(ranked, out->n, sizeof *ranked, by_place);
    for (size_t i = 0; i < out->n; i++) {
        frame_add_row(frame);
        for (size_t k = 0; k < out->columns.n; k++) {
            if (ranked[i].row->cells[k].len) frame_set_text(frame, i, k, ranked[i].row->cells[k]);
            else frame_set_missing(frame, i, k, MISSING_UNSTATED);
        }
    }
    return frame;
}

static bool write_frame(Export *x, const char *name, const Frame *frame, Error *err)
{
    Buf buf = buf_new(x->arena);
    if (!csv_write_frame(&buf, frame, err)) return error_in(err, "%s", name);
    if (!export_file(x, str_from(name), buf_str(&buf), err)) return false;
    ExportedFile *file = &x->report->files[x->report->n - 1];
    file->has_rows = true;
    file->n_rows = frame->n_rows;
    return true;
}

static bool write_mapped(Export *x, Error *err)
{
    const Mapping *mapping = x->context;
    Out out = {.trial = x->trial, .arena = x->arena, .mapping = mapping, .by_key = map_new(x->arena)};
    list_columns(&out);
    mark_keys(&out);
    for (int undecided = 0; undecided < 2; undecided++)
        for (size_t i = 0; i < mapping->blocks.n; i++)
            if (!put_block(&out, &mapping->blocks.items[i], undecided, err)) return false;
    return write_frame(x, "data.csv", rows_frame(&out), err)
           && write_frame(x, "dictionary.csv", mapping_dictionary(x->trial, x->arena, mapping, &out.columns), err);
}

bool trial_export_mapped(Trial *trial, Arena *arena, const Actor *actor, const Mapping *mapping, ExportTo to, ExportReport *report, Error *err)
{
    Out out = {.trial = trial, .arena = arena, .mapping = mapping};
    Export x = {.trial = trial, .arena = arena, .report = report, .as = STR("redcap"), .write = write_mapped, .context = (void *)(uintptr_t)mapping};
    bool any = false;
    for (size_t i = 0; i < mapping->blocks.n; i++) any |= has_item(&mapping->blocks.items[i], form_of(&out, &mapping->blocks.items[i]));
    if (any) return export_run(&x, actor, to, err);
    error_set(err, ERROR_USAGE, "no block of the map reads an item from a column");
    return error_hint(err, "Only what the map would import can be written back: name items in its blocks.");
}
