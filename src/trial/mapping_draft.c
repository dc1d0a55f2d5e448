/* A first map, by the names of columns, items, events and codes. */
#include <string.h>

#include "base/file.h"
#include "trial/inside.h"
#include "trial/mapping.h"

#define ABSENT    SIZE_MAX
#define MOST_SEEN 30                  /* different values of one column that are looked at */

typedef struct {
    Arena *arena;
    const Protocol *protocol;
    const MapSource *source;
    const MapMember *member;
    Buf *buf;
    size_t subject, event, instrument, instance;      /* columns, or ABSENT */
    bool *is_used;                    /* of each column */
} MapDraft;

static Str cell(const MapDraft *d, size_t row, size_t column) { return d->member->cells[row * d->member->n_columns + column]; }

static size_t column_named(const MapDraft *d, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        for (size_t c = 0; c < d->member->n_columns; c++)
            if (str_equal_fold(d->member->columns[c], str_from(names[i]))) return c;
    return ABSENT;
}

/* "check-one 2" and CHECK_ONE_2 */
static bool is_same_name(Str a, Str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++) {
        bool word = (b.data[i] >= 'A' && b.data[i] <= 'Z') || (b.data[i] >= 'a' && b.data[i] <= 'z') || (b.data[i] >= '0' && b.data[i] <= '9');
        char c = word ? b.data[i] : '_';
        if (!str_equal_fold(str_slice(a, i, i + 1), (Str){&c, 1})) return false;
    }
    return true;
}

static size_t column_of(const MapDraft *d, const Item *item)
{
    Str id = item->id;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t c = 0; c < d->member->n_columns; c++)
            if (c != d->subject && is_same_name(id, d->member->columns[c])) return c;
        if (!str_ends(id, STR("_RECORDED"))) break;
        id = str_slice(id, 0, id.len - 9);
    }
    return ABSENT;
}

/* The different values of a column that are no missing cells, at most MOST_SEEN. */
static Texts values_of(const MapDraft *d, size_t column)
{
    Texts seen = {.items = ARENA_ARRAY(d->arena, Str, MOST_SEEN)};
    for (size_t row = 0; row < d->member->n_rows && seen.n < MOST_SEEN; row++) {
        Str text = str_trim(cell(d, row, column));
        if (text.len && !texts_hold(&seen, text)) seen.items[seen.n++] = text;
    }
    return seen;
}

/* --- codes --- */

static int truth(Str text)
{
    static const char *const YES[] = {"1", "yes", "y", "true", "checked"}, *const NO[] = {"0", "no", "n", "false", "unchecked"};
    for (size_t i = 0; i < 5; i++) {
        if (str_equal_fold(text, str_from(YES[i]))) return 1;
        if (str_equal_fold(text, str_from(NO[i]))) return 0;
    }
    return -1;
}

static Str code_for(const Codelist *list, Str value)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_equal(list->codes[i], value)) return list->codes[i];
    for (size_t i = 0; i < list->n; i++)
        if (str_equal_fold(list->labels[i], value) || str_equal_fold(list->codes[i], value)) return list->codes[i];
    for (size_t i = 0; truth(value) >= 0 && i < list->n; i++)
        if (truth(list->codes[i]) == truth(value)) return list->codes[i];
    return STR("");
}

static bool are_codes(const Codelist *list, const Texts *values)
{
    Texts codes = {list->n, list->codes};
    for (size_t i = 0; i < values->n; i++)
        if (!texts_hold(&codes, values->items[i])) return false;
    return true;
}

/* The values member of a column, with what nobody can guess left to a person. */
static void put_codes(MapDraft *d, const Item *item, size_t column)
{
    Buf rest = buf_new(d->arena);
    Texts values = values_of(d, column);
    if (item->type != COLUMN_CODED || !item->codelist.list || are_codes(item->codelist.list, &values)) {
        buf_add_c(d->buf, "}\n");
        return;
    }
    buf_add_c(d->buf, ", values: {");
    size_t n = 0;
    for (size_t i = 0; i < values.n; i++) {
        Str code = code_for(item->codelist.list, values.items[i]);
        if (!code.len) {
            buf_format(&rest, " \"" STR_FMT "\"", STR_ARG(values.items[i]));
            continue;
        }
        if (n++) buf_add_c(d->buf, ", ");
        yaml_write_quoted(d->buf, values.items[i]);
        buf_add_c(d->buf, ": ");
        yaml_write_quoted(d->buf, code);
    }
    buf_add_c(d->buf, "}}");
    if (rest.len) buf_format(d->buf, "   # decide what these mean:" STR_FMT, STR_ARG(str_slice(buf_str(&rest), 0, 300)));
    buf_char(d->buf, '\n');
}

/* --- events --- */

static Str slug(Arena *arena, Str title)
{
    char *text = arena_copy(arena, title.data, title.len);
    for (size_t i = 0; i < title.len; i++)
        if (text[i] == ' ' || text[i] == '-') text[i] = '_';
    return (Str){text, title.len};
}

static Str visit_for(const MapDraft *d, Str event)
{
    Str stem = str_ends(event, STR("_arm_1")) ? str_slice(event, 0, event.len - 6) : event;
    for (size_t i = 0; i < d->protocol->visits.n; i++) {
        const Visit *visit = &d->protocol->visits.items[i];
        Str title = slug(d->arena, visit->title);
        if (str_equal_fold(visit->id, event) || str_equal_fold(visit->id, stem) || str_equal_fold(title, slug(d->arena, event))
            || str_equal_fold(title, slug(d->arena, stem))) return visit->id;
    }
    return STR("");
}

static Str arm_for(const MapDraft *d, Str event)
{
    for (size_t i = 0; i < d->protocol->arms.n; i++)
        if (str_ends(str_upper(d->arena, event), str_upper(d->arena, d->protocol->arms.items[i].id))) return d->protocol->arms.items[i].id;
    return STR("");
}

static void put_list(MapDraft *d, const char *name, const Texts *events, Str (*meaning)(const MapDraft *, Str))
{
    Buf rest = buf_new(d->arena);
    size_t n = 0;
    buf_format(d->buf, "  %s: {", name);
    for (size_t i = 0; i < events->n; i++) {
        Str ours = meaning(d, events->items[i]);
        if (!ours.len) {
            buf_format(&rest, " \"" STR_FMT "\"", STR_ARG(events->items[i]));
            continue;
        }
        if (n++) buf_add_c(d->buf, ", ");
        yaml_write_quoted(d->buf, events->items[i]);
        buf_format(d->buf, ": " STR_FMT, STR_ARG(ours));
    }
    buf_add_c(d->buf, "}");
    if (rest.len) buf_format(d->buf, "   # decide what these are:" STR_FMT, STR_ARG(str_slice(buf_str(&rest), 0, 300)));
    buf_char(d->buf, '\n');
}

static bool has_arms(const MapDraft *d, const Texts *events)
{
    for (size_t i = 0; d->protocol->arms.n > 1 && i < events->n; i++)
        if (arm_for(d, events->items[i]).len) return true;
    return false;
}

/* --- blocks --- */

static void put_names(Buf *buf, const Texts *names)
{
    for (size_t i = 0; i < names->n; i++) {
        if (i) buf_add_c(buf, ", ");
        yaml_write_text(buf, names->items[i]);
    }
}

static void put_from(MapDraft *d, const char *to, size_t column)
{
    buf_format(d->buf, "      - {to: %s, from: ", to);
    yaml_write_text(d->buf, d->member->columns[column]);
    d->is_used[column] = true;
}

static void put_text(MapDraft *d, const char *to, Str text)
{
    buf_format(d->buf, "      - {to: %s, text: ", to);
    yaml_write_text(d->buf, text);
    buf_add_c(d->buf, "}\n");
}

static void put_decide(MapDraft *d, const char *to, const char *what)
{
    buf_format(d->buf, "      # decide %s: {to: %s, from: COLUMN} or {to: %s, text: %s}\n", to, to, to, what);
}

/* Events at which one of the columns has a value. */
static Texts events_with(const MapDraft *d, const size_t *columns, size_t n)
{
    Texts events = {.items = ARENA_ARRAY(d->arena, Str, MOST_SEEN)};
    for (size_t row = 0; d->event != ABSENT && row < d->member->n_rows && events.n < MOST_SEEN; row++) {
        bool has = false;
        for (size_t i = 0; i < n; i++) has |= columns[i] != ABSENT && str_trim(cell(d, row, columns[i])).len;
        if (has && !texts_hold(&events, cell(d, row, d->event))) events.items[events.n++] = cell(d, row, d->event);
    }
    return events;
}

static void put_match(MapDraft *d, Str instrument, const Texts *events)
{
    if (d->instrument == ABSENT && !events->n) return;
    buf_add_c(d->buf, "    match: {");
    if (d->instrument != ABSENT) {
        yaml_write_text(d->buf, d->member->columns[d->instrument]);
        buf_add_c(d->buf, ": ");
        yaml_write_text(d->buf, instrument);
        d->is_used[d->instrument] = true;
        if (events->n) buf_add_c(d->buf, ", ");
    }
    if (events->n) {
        yaml_write_text(d->buf, d->member->columns[d->event]);
        buf_add_c(d->buf, ": [");
        put_names(d->buf, events);
        buf_add_c(d->buf, "]");
        d->is_used[d->event] = true;
    }
    buf_add_c(d->buf, "}\n");
}

static void begin_block(MapDraft *d, Str into, Str instrument, const Texts *events)
{
    buf_format(d->buf, "  - into: " STR_FMT "\n", STR_ARG(into));
    if (d->source->n > 1) {
        buf_add_c(d->buf, "    member: ");
        yaml_write_text(d->buf, d->member->name);
        buf_char(d->buf, '\n');
    }
    put_match(d, instrument, events);
}

/* The only date of the form is likely its day; a person says so. */
static void put_date(MapDraft *d, const char *to, const Form *form, const size_t *columns)
{
    size_t found = ABSENT, n = 0;
    for (size_t i = 0; i < form->items.n; i++)
        if (form->items.items[i].type == COLUMN_DATE && columns[i] != ABSENT && !str_starts(form->items.items[i].id, STR("BIRTH"))
            && str_find(form->items.items[i].id, STR("DOB")) == SIZE_MAX) found = columns[i], n++;
    if (n != 1) {
        put_decide(d, to, "2024-01-31");
        return;
    }
    put_from(d, to, found);
    buf_add_c(d->buf, "}   # decide: is this the day of the form?\n");
}

static void put_visit(MapDraft *d)
{
    if (d->event == ABSENT) {
        put_decide(d, "VISIT", d->protocol->visits.n == 1 ? str_c(d->arena, d->protocol->visits.items[0].id) : "V0");
        return;
    }
    put_from(d, "VISIT", d->event);
    buf_add_c(d->buf, ", values: events}\n");
}

static void put_screening_keys(MapDraft *d)
{
    if (d->protocol->sites.n == 1) put_text(d, "SITE", d->protocol->sites.items[0].id);
    else put_decide(d, "SITE", "A");
    put_decide(d, "SCREENED", "2024-01-31");
}

static void put_items(MapDraft *d, const Form *form, const size_t *columns)
{
    for (size_t i = 0; i < form->items.n; i++) {
        if (columns[i] == ABSENT) continue;
        put_from(d, str_c(d->arena, form->items.items[i].id), columns[i]);
        put_codes(d, &form->items.items[i], columns[i]);
    }
}

/* The word by which the file calls the form where it repeats; empty when it does not. */
static Str instrument_of(const MapDraft *d, const Form *form)
{
    if (d->instrument == ABSENT) return STR("");
    Texts seen = values_of(d, d->instrument);
    for (size_t i = 0; i < seen.n; i++)
        if (is_same_name(form->id, seen.items[i])) return seen.items[i];
    return STR("");
}

static size_t bind_items(const MapDraft *d, const Form *form, size_t **columns)
{
    size_t n = 0;
    *columns = ARENA_ARRAY(d->arena, size_t, form->items.n + 1);
    for (size_t i = 0; i < form->items.n; i++) {
        (*columns)[i] = form->items.items[i].derived.len ? ABSENT : column_of(d, &form->items.items[i]);
        n += (*columns)[i] != ABSENT;
    }
    return n;
}

static void put_form(MapDraft *d, const Form *form)
{
    static const Texts ALL = {0};
    size_t *columns;
    if (!bind_items(d, form, &columns)) return;
    bool by_visit = form->repeats == FORM_PER_VISIT || form->repeats == FORM_PER_UNSTATED;
    bool is_at_events = form->repeats == FORM_PER_SUBJECT || form->repeats == FORM_PER_LOG;
    Texts events = is_at_events ? events_with(d, columns, form->items.n) : ALL;
    begin_block(d, form->id, instrument_of(d, form), &events);
    buf_add_c(d->buf, "    columns:\n");
    if (by_visit) put_visit(d);
    if (form->repeats == FORM_PER_DOSE) put_decide(d, "DOSE", "1");
    put_date(d, form->repeats == FORM_PER_LOG ? "START" : "DATE", form, columns);
    if (form->repeats == FORM_PER_LOG && d->instance != ABSENT) {
        put_from(d, "ENTRY", d->instance);
        buf_add_c(d->buf, "}\n");
    }
    put_items(d, form, columns);
}

static void put_screening(MapDraft *d, const Form *form)
{
    size_t *columns;
    bind_items(d, form, &columns);
    Texts events = events_with(d, columns, form->items.n);
    begin_block(d, STR("screening"), STR(""), &events);
    buf_add_c(d->buf, "    keep_blank: true\n    columns:\n");
    put_screening_keys(d);
    put_items(d, form, columns);

    begin_block(d, STR("consent"), STR(""), &events);
    buf_add_c(d->buf, "    columns:\n");
    put_decide(d, "DATE", "2024-01-31");
    const ConsentVersions *versions = &d->protocol->consent.versions;
    if (versions->n == 1) put_text(d, "VERSION", versions->items[0].id);
    else put_decide(d, "VERSION", "\"1.0\"");
    if (versions->n == 1 && versions->items[0].languages.n == 1) put_text(d, "LANGUAGE", versions->items[0].languages.items[0]);
    else put_decide(d, "LANGUAGE", "en");

    begin_block(d, STR("enrolment"), STR(""), &events);
    buf_add_c(d->buf, "    columns:\n");
    put_decide(d, "DATE", "2024-01-31");
    if (d->event == ABSENT) return;
    Texts all = values_of(d, d->event);
    if (has_arms(d, &all)) {
        put_from(d, "ARM", d->event);
        buf_add_c(d->buf, ", values: arms}\n");
    }
}

/* --- the rest --- */

static void put_head(MapDraft *d)
{
    buf_format(d->buf, "# A first map of " STR_FMT ", made by matching names. Lines that say \"decide\" wait for a person; then:\n"
               "#   equipoise import TRIAL FILE --map MAP.yaml --dry-run\nmap: 1\n", STR_ARG(file_name(d->source->file)));
    if (d->source->n != 1) return;
    buf_add_c(d->buf, "order: [");
    Texts names = {d->member->n_columns, d->member->columns};
    put_names(d->buf, &names);
    buf_add_c(d->buf, "]\n");
}

static void put_lists(MapDraft *d)
{
    if (d->event == ABSENT) return;
    Texts events = values_of(d, d->event);
    buf_add_c(d->buf, "values:\n");
    put_list(d, "events", &events, visit_for);
    if (has_arms(d, &events)) put_list(d, "arms", &events, arm_for);
}

static void put_rest(MapDraft *d)
{
    Texts skip = {.items = ARENA_ARRAY(d->arena, Str, d->member->n_columns + 1)}, rest = skip;
    rest.items = ARENA_ARRAY(d->arena, Str, d->member->n_columns + 1);
    for (size_t c = 0; c < d->member->n_columns; c++) {
        Str name = d->member->columns[c];
        if (d->is_used[c]) continue;
        if (str_ends(name, STR("_complete")) || str_starts(name, STR("redcap_"))) skip.items[skip.n++] = name;
        else rest.items[rest.n++] = name;
    }
    if (skip.n && d->source->n == 1) {
        buf_add_c(d->buf, "skip: [");
        put_names(d->buf, &skip);
        buf_add_c(d->buf, "]\n");
    }
    for (size_t i = 0; i < rest.n; i++) {
        if (i == 0) buf_format(d->buf, "# no item has the name of these columns of " STR_FMT ":\n", STR_ARG(d->member->name));
        yaml_write_comment(d->buf, 0, rest.items[i]);
    }
}

static void look_at(MapDraft *d, const MapMember *member)
{
    static const char *const SUBJECT[] = {"SUBJID", "record_id", "study_id", "subject_id", "subject", "SubjectKey", "USUBJID", "participant_id", NULL};
    static const char *const EVENT[] = {"redcap_event_name", "VISIT", "StudyEventOID", "VISITNUM", "EVENT", NULL};
    static const char *const INSTRUMENT[] = {"redcap_repeat_instrument", NULL}, *const INSTANCE[] = {"redcap_repeat_instance", NULL};
    d->member = member;
    d->is_used = ARENA_ARRAY(d->arena, bool, member->n_columns + 1);
    d->subject = column_named(d, SUBJECT);
    if (d->subject == ABSENT) d->subject = 0;
    d->event = column_named(d, EVENT);
    d->instrument = column_named(d, INSTRUMENT);
    d->instance = column_named(d, INSTANCE);
}

void trial_draft_map(Trial *trial, Arena *arena, const MapSource *source, Buf *buf)
{
    const Protocol *protocol = trial_protocol(trial);
    const Form *screening = protocol_form(protocol, protocol->eligibility.form);
    MapDraft d = {.arena = arena, .protocol = protocol, .source = source, .buf = buf};
    if (!source->n || !source->members[0].n_columns) return;
    look_at(&d, &source->members[0]);
    put_head(&d);
    put_lists(&d);
    buf_add_c(buf, "columns:\n  - {to: SUBJID, from: ");
    yaml_write_text(buf, d.member->columns[d.subject]);
    buf_add_c(buf, "}\nblocks:\n");
    for (size_t i = 0; i < source->n; i++) {
        look_at(&d, &source->members[i]);
        d.is_used[d.subject] = true;
        if (i == 0 && screening) put_screening(&d, screening);
        for (size_t k = 0; k < protocol->forms.n; k++)
            if (&protocol->forms.items[k] != screening) put_form(&d, &protocol->forms.items[k]);
        put_rest(&d);
    }
}
