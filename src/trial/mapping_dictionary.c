#include "trial/mapping_dictionary.h"

#include <math.h>

#include "trial/inside.h"
#include "trial/mapping_undo.h"

enum { FIELD, FORM, SECTION, TYPE, LABEL, CHOICES, NOTE, VALIDATION, MIN, MAX, IDENTIFIER, BRANCHING, REQUIRED_FIELD, ALIGNMENT, QUESTION, MATRIX, RANKING, ANNOTATION, N_HEADINGS };

static const char *const HEADINGS[N_HEADINGS] = {"Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number", "Text Validation Min",
    "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
    "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation"};

typedef struct {
    Trial *trial;
    Arena *arena;
    const Mapping *mapping;
    const Texts *columns;
    Frame *frame;
    Str checkbox;                     /* the field whose choices are being gathered */
    Buf choices;
} Dictionary;

static void set(Dictionary *d, size_t column, Str text)
{
    if (text.len) frame_set_text(d->frame, d->frame->n_rows - 1, column, text);
}

static void add_row(Dictionary *d, Str field, Str form, const char *type, Str label)
{
    frame_add_row(d->frame);
    for (size_t i = 0; i < N_HEADINGS; i++) frame_set_missing(d->frame, d->frame->n_rows - 1, i, MISSING_UNSTATED);
    set(d, FIELD, field);
    set(d, FORM, form);
    set(d, TYPE, str_from(type));
    set(d, LABEL, label.len ? label : field);
}

/* {"1", "0"} labelled so? */
static bool has_labels(const Codelist *list, const char *yes, const char *no)
{
    return list->n == 2 && str_equal(list->codes[0], STR("1")) && str_equal(list->codes[1], STR("0")) && str_equal_fold(list->labels[0], str_from(yes))
           && str_equal_fold(list->labels[1], str_from(no));
}

static Str choices_of(Dictionary *d, const MapColumn *column, const Codelist *list)
{
    Buf buf = buf_new(d->arena);
    for (size_t i = 0; i < list->n; i++)
        buf_format(&buf, "%s" STR_FMT ", " STR_FMT, i ? " | " : "", STR_ARG(mapping_undo(d->arena, column, list->codes[i])), STR_ARG(list->labels[i]));
    return buf_str(&buf);
}

static void put_limits(Dictionary *d, const Item *item)
{
    double ends[] = {item->range.low, item->range.high};
    for (size_t i = 0; i < 2; i++) {
        Buf buf = buf_new(d->arena);
        if (!isfinite(ends[i])) continue;
        buf_number(&buf, ends[i]);
        set(d, MIN + i, buf_str(&buf));
    }
}

static Str validation_of(Dictionary *d, const Item *item)
{
    if (item->type == COLUMN_DATE) return STR("date_ymd");
    if (item->type == COLUMN_INTEGER) return STR("integer");
    if (item->type != COLUMN_NUMBER) return STR("");
    if (item->decimals < 1 || item->decimals > 4) return STR("number");
    return str_format(d->arena, "number_%ddp", item->decimals);
}

/* Choices of one field follow each other: RACE___1, RACE___2. */
static void put_choice(Dictionary *d, Str field, Str code, Str form, const Item *item)
{
    Str question, label;
    if (!str_cut(item->label, STR(": "), &question, &label)) question = field, label = item->label;
    while (str_find(label, STR(": ")) != SIZE_MAX && !str_equal(d->checkbox, field)) {
        Str more;
        if (!str_cut(label, STR(": "), &more, &label)) break;
        question = str_slice(item->label, 0, (size_t)(label.data - item->label.data) - 2);
    }
    if (str_equal(d->checkbox, field) && str_starts(item->label, d->frame->columns[LABEL].texts[d->frame->n_rows - 1]))
        label = str_slice(item->label, d->frame->columns[LABEL].texts[d->frame->n_rows - 1].len + 2, item->label.len);
    if (!str_equal(d->checkbox, field)) {
        add_row(d, field, form, "checkbox", question);
        d->checkbox = field;
        d->choices = buf_new(d->arena);
    }
    buf_format(&d->choices, "%s" STR_FMT ", " STR_FMT, d->choices.len ? " | " : "", STR_ARG(code), STR_ARG(label));
    set(d, CHOICES, str_copy(d->arena, buf_str(&d->choices)));
}

static void put_item(Dictionary *d, const MapColumn *column, Str form, const Item *item)
{
    Str field, code;
    if (str_cut(column->from, STR("___"), &field, &code) && item->type == COLUMN_CODED) {
        if (str_starts(code, STR("_"))) code = str_format(d->arena, "-" STR_FMT, STR_ARG(str_slice(code, 1, code.len)));
        put_choice(d, field, code, form, item);
        return;
    }
    const Codelist *list = item->type == COLUMN_CODED ? item->codelist.list : NULL;
    const char *type = !list ? "text" : has_labels(list, "yes", "no") ? "yesno" : has_labels(list, "true", "false") ? "truefalse" : "radio";
    add_row(d, column->from, form, type, item->label);
    if (list && str_equal(str_from(type), STR("radio"))) set(d, CHOICES, choices_of(d, column, list));
    set(d, VALIDATION, validation_of(d, item));
    put_limits(d, item);
    if (item->required) set(d, REQUIRED_FIELD, STR("y"));
}

/* REDCap keeps the status of each form by itself. */
static bool is_status(const Dictionary *d, Str column)
{
    const Protocol *protocol = trial_protocol(d->trial);
    for (size_t i = 0; i < protocol->forms.n; i++)
        if (str_ends(column, STR("_complete")) && str_equal(str_slice(column, 0, column.len - 9), protocol->forms.items[i].id)) return true;
    return false;
}

static bool is_subject(const Dictionary *d, Str column)
{
    for (size_t i = 0; i < d->mapping->blocks.n; i++) {
        const MapColumns *columns = &d->mapping->blocks.items[i].columns;
        for (size_t k = 0; k < columns->n; k++)
            if (str_equal_fold(columns->items[k].to, STR("SUBJID")) && str_equal_fold(columns->items[k].from, column)) return true;
    }
    return false;
}

static void put_column(Dictionary *d, Str column)
{
    const Protocol *protocol = trial_protocol(d->trial);
    for (size_t i = 0; i < d->mapping->blocks.n; i++) {
        const MapBlock *block = &d->mapping->blocks.items[i];
        const Form *form = str_equal(block->into, STR("screening")) ? protocol_form(protocol, protocol->eligibility.form)
                                                                    : trial_form(d->arena, protocol, block->into);
        for (size_t k = 0; form && k < block->columns.n; k++) {
            const Item *item = form_item(form, block->columns.items[k].to);
            if (!item || !str_equal_fold(block->columns.items[k].from, column)) continue;
            put_item(d, &block->columns.items[k], form->id, item);
            return;
        }
    }
}

Frame *mapping_dictionary(Trial *trial, Arena *arena, const Mapping *mapping, const Texts *columns)
{
    Dictionary d = {.trial = trial, .arena = arena, .mapping = mapping, .columns = columns, .frame = frame_new(arena, STR("dictionary"))};
    for (size_t i = 0; i < N_HEADINGS; i++) frame_add_column(d.frame, str_from(HEADINGS[i]), COLUMN_TEXT);
    for (size_t i = 0; i < columns->n; i++)
        if (is_subject(&d, columns->items[i])) add_row(&d, columns->items[i], STR("form_1"), "text", STR("Record ID"));
    for (size_t i = 0; i < columns->n; i++)
        if (!is_status(&d, columns->items[i])) put_column(&d, columns->items[i]);
    if (d.frame->n_rows > 1) frame_set_text(d.frame, 0, FORM, d.frame->columns[FORM].texts[1]);     /* REDCap: it stands in the first form */
    return d.frame;
}
