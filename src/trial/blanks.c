/* What is missing without a reason: items saved blank, and items of a saved form that were never given. */
#include "trial/inside.h"

enum { SUBJID, SITE, FORM, VISIT, ITEM };

typedef struct {
    Frame *frame;
    Str cells[ITEM];
    const Form *form;
    Map stated; /* items with a value or a reason */
} Blanks;

/* Not every product is harvested or punctured in: what the built-in form of events asks about relations may stay blank.
 * A protocol that wants them has a form of its own; its items stand in the file at some line. */
static bool may_stay_blank(const Item *item) { return !item->at && str_starts(item->id, STR("REL_")); }

static void close_form(Blanks *blanks)
{
    for (size_t i = 0; blanks->form && i < blanks->form->items.n; i++) {
        const Item *item = &blanks->form->items.items[i];
        if (item->derived.len || may_stay_blank(item) || map_get(&blanks->stated, item->id)) continue;
        size_t row = frame_add_row(blanks->frame);
        for (size_t k = 0; k < ITEM; k++) frame_set_text(blanks->frame, row, k, blanks->cells[k]);
        frame_set_text(blanks->frame, row, ITEM, item->id);
    }
}

static const Form *form_under(Trial *trial, Arena *arena, Str version, Str form)
{
    for (size_t i = 0; i < trial->n_versions; i++)
        if (str_equal(trial->versions[i]->version, version))
            return trial_form(arena, &trial->versions[i]->protocol, form);
    return NULL;
}

bool list_blanks(Trial *trial, Arena *arena, Str subject, Str form, Str visit, Frame **made, Error *err)
{
    static const char *const NAMES[] = {"SUBJID", "SITE", "FORM", "VISIT", "ITEM"};
    Rows rows;
    bool more;
    int64_t latest = 0;
    Blanks blanks = {.frame = frame_new(arena, STR("blanks")), .stated = map_new(arena)};
    *made = blanks.frame;
    for (size_t i = 0; i <= ITEM; i++) frame_add_column(blanks.frame, str_from(NAMES[i]), COLUMN_TEXT);
    if (!db_query(
            trial->db,
            "SELECT f.subject, s.site, f.form, f.visit, f.id, f.protocol, v.item, coalesce(v.missing, '')"
            " FROM forms AS f JOIN subjects AS s USING (subject) LEFT JOIN item_values AS v ON v.form_id = "
            "f.id"
            " WHERE f.struck_out IS NULL AND (?1 = '' OR f.subject = ?1) AND (?2 = '' OR (f.form = ?2 AND "
            "f.visit = ?3))"
            " ORDER BY f.subject, f.id",
            DB_ARGS(db_text(subject), db_text(form), db_text(visit)), &rows, err))
        return false;
    for (;;) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more || rows_integer(&rows, 4) != latest) close_form(&blanks);
        if (!more) return true;
        if (rows_integer(&rows, 4) != latest) {
            latest = rows_integer(&rows, 4);
            for (int k = 0; k < ITEM; k++) blanks.cells[k] = rows_text_copy(arena, &rows, k);
            blanks.form = form_under(trial, arena, rows_text(&rows, 5), blanks.cells[FORM]);
            blanks.stated = map_new(arena);
        }
        if (rows_text(&rows, 6).len && !str_equal(rows_text(&rows, 7), STR("unstated")))
            map_put(&blanks.stated, rows_text_copy(arena, &rows, 6), NULL);
    }
}

bool trial_blanks(Trial *trial, Arena *arena, Frame **blanks, Error *err)
{
    return list_blanks(trial, arena, STR(""), STR(""), STR(""), blanks, err);
}
