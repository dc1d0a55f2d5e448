#include "protocol/draft.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "protocol/frames.h"

Draft draft_new(Arena *arena)
{
    return (Draft){.arena = arena, .item_ids = map_new(arena), .ages = {-INFINITY, INFINITY}};
}

/* Lists grow by doubling: full at 0, and at every power of two from 8. */
static void *push(Arena *arena, void *items, size_t n, size_t size)
{
    if (n != 0 && (n < 8 || (n & (n - 1)) != 0)) return items;
    return arena_grow(arena, items, n * size, (n ? 2 * n : 8) * size);
}

#define PUSH(draft, list) ((list)->items = push((draft)->arena, (list)->items, (list)->n, sizeof *(list)->items), \
                           memset(&(list)->items[(list)->n], 0, sizeof *(list)->items), &(list)->items[(list)->n++])

DraftForm *draft_add_form(Draft *draft) { return PUSH(draft, &draft->forms); }
DraftArm *draft_add_arm(Draft *draft) { return PUSH(draft, &draft->arms); }
DraftCriterion *draft_add_criterion(Draft *draft) { return PUSH(draft, &draft->criteria); }
DraftCheck *draft_add_check(Draft *draft, DraftItem *item) { return PUSH(draft, &item->checks); }

DraftItem *draft_add_item(Draft *draft, DraftForm *form)
{
    DraftItem *item = PUSH(draft, &form->items);
    item->range = (Range){-INFINITY, INFINITY};
    item->decimals = INTEGER_ABSENT;
    return item;
}

DraftVisit *draft_add_visit(Draft *draft)
{
    DraftVisit *visit = PUSH(draft, &draft->visits);
    visit->day = INTEGER_ABSENT;
    return visit;
}

void draft_add_text(Draft *draft, Texts *texts, Str text) { *PUSH(draft, texts) = text; }

void draft_note(Draft *draft, Texts *notes, const char *format, ...)
{
    Buf text = buf_new(draft->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&text, format, args);
    va_end(args);
    draft_add_text(draft, notes, buf_str(&text));
}

static bool has_same_codes(const Codelist *a, const Codelist *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = str_equal(a->codes[i], b->codes[i]) && str_equal(a->labels[i], b->labels[i]);
    return same;
}

Str draft_codelist(Draft *draft, Str name, const Codelist *codes)
{
    for (size_t i = 0; i < draft->codelists.n; i++)
        if (has_same_codes(&draft->codelists.items[i], codes)) return draft->codelists.items[i].name;
    Codelist *list = PUSH(draft, &draft->codelists);
    *list = (Codelist){.name = name, .n = codes->n};
    list->codes = arena_copy(draft->arena, codes->codes, codes->n * sizeof(Str));
    list->labels = arena_copy(draft->arena, codes->labels, codes->n * sizeof(Str));
    return name;
}

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

#define MOST_ID 56                    /* leaves room for what makes it one of its kind */

Str draft_item_id(Draft *draft, Str name)
{
    Buf buf = buf_new(draft->arena);
    if (!name.len || !is_letter(name.data[0])) buf_add_c(&buf, "X");
    for (size_t i = 0; i < name.len && buf.len < MOST_ID; i++)
        buf_char(&buf, is_letter(name.data[i]) || is_digit(name.data[i]) ? name.data[i] : '_');
    Str stem = str_upper(draft->arena, buf_str(&buf)), id = stem;
    if (protocol_is_own_column(stem)) id = stem = str_format(draft->arena, STR_FMT "_RECORDED", STR_ARG(stem));
    for (int i = 2;; i++) {
        bool is_new;
        map_put(&draft->item_ids, id, &is_new);
        if (is_new) return id;
        id = str_format(draft->arena, STR_FMT "_%d", STR_ARG(stem), i);
    }
}

Str draft_id(Arena *arena, Str name)
{
    Buf buf = buf_new(arena);
    if (!name.len || !(is_letter(name.data[0]) || is_digit(name.data[0]))) buf_char(&buf, 'x');
    for (size_t i = 0; i < name.len && buf.len < 64; i++) {
        char c = name.data[i];
        buf_char(&buf, is_letter(c) || is_digit(c) || strchr("._-", c) ? c : '_');
    }
    return buf_str(&buf);
}

static void put_notes(Buf *buf, size_t indent, const Texts *notes)
{
    for (size_t i = 0; i < notes->n; i++) yaml_write_comment(buf, indent, notes->items[i]);
}

static void put_codes(Buf *buf, const Codelist *codes)
{
    buf_char(buf, '{');
    for (size_t i = 0; i < codes->n; i++) {
        if (i) buf_add_c(buf, ", ");
        yaml_write_quoted(buf, codes->codes[i]);
        buf_add_c(buf, ": ");
        yaml_write_text(buf, codes->labels[i].len ? codes->labels[i] : codes->codes[i]);
    }
    buf_char(buf, '}');
}

static void put_limit(Buf *buf, double limit)
{
    if (isfinite(limit)) buf_number(buf, limit);
    else buf_char(buf, '~');
}

static void put_member(Buf *buf, const char *key, Str text)
{
    if (!text.len) return;
    buf_format(buf, ", %s: ", key);
    yaml_write_text(buf, text);
}

static void put_checks(Buf *buf, const DraftChecks *checks)
{
    if (!checks->n) return;
    buf_add_c(buf, ",\n         checks: [");
    for (size_t i = 0; i < checks->n; i++) {
        const DraftCheck *check = &checks->items[i];
        if (i) buf_add_c(buf, ",\n                  ");
        buf_add_c(buf, "{condition: ");
        yaml_write_quoted(buf, check->condition);
        put_member(buf, "id", check->id);
        buf_add_c(buf, ", message: ");
        yaml_write_quoted(buf, check->message);
        if (check->severity == CHECK_HARD) buf_add_c(buf, ", severity: hard");
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

static void put_item(Buf *buf, const DraftItem *item)
{
    put_notes(buf, 6, &item->notes);
    buf_format(buf, "      - {id: " STR_FMT, STR_ARG(item->id));
    put_member(buf, "label", item->label);
    buf_format(buf, ", type: %s", grammar_word(&COLUMN_TYPE_WORDS, (int)item->type));
    put_member(buf, "unit", item->unit);
    if (isfinite(item->range.low) || isfinite(item->range.high)) {
        buf_add_c(buf, ", range: [");
        put_limit(buf, item->range.low);
        buf_add_c(buf, ", ");
        put_limit(buf, item->range.high);
        buf_char(buf, ']');
    }
    if (item->decimals != INTEGER_ABSENT) buf_format(buf, ", decimals: %d", item->decimals);
    put_member(buf, "codelist", item->codelist);
    if (!item->codelist.len && item->codes.n) {
        buf_add_c(buf, ", codelist: ");
        put_codes(buf, &item->codes);
    }
    if (item->required) buf_add_c(buf, ", required: true");
    put_checks(buf, &item->checks);
    buf_add_c(buf, "}\n");
}

static void put_form(Buf *buf, const DraftForm *form)
{
    put_notes(buf, 2, &form->notes);
    buf_format(buf, "  - id: " STR_FMT "\n    title: ", STR_ARG(form->id));
    yaml_write_text(buf, form->title.len ? form->title : form->id);
    buf_char(buf, '\n');
    if (form->repeats != FORM_PER_VISIT && form->repeats != FORM_PER_UNSTATED)
        buf_format(buf, "    repeats: %s\n", grammar_word(&FORM_REPEAT_WORDS, (int)form->repeats));
    buf_add_c(buf, "    items:\n");
    for (size_t i = 0; i < form->items.n; i++) put_item(buf, &form->items.items[i]);
}

static void put_line(Buf *buf, size_t indent, const char *key, Str text)
{
    if (!text.len) return;
    buf_pad(buf, ' ', indent);
    buf_format(buf, "%s: ", key);
    yaml_write_text(buf, text);
    buf_char(buf, '\n');
}

static void put_trial(const Draft *draft, Buf *buf)
{
    put_notes(buf, 0, &draft->notes);
    buf_add_c(buf, "# Lines that begin with \"decide\" wait for a person; `equipoise check` says what is still missing.\n"
                   "equipoise: 1\n\ntrial:\n");
    if (draft->id.len) buf_format(buf, "  id: " STR_FMT "\n", STR_ARG(draft_id(draft->arena, draft->id)));
    else buf_add_c(buf, "  id: DRAFT   # decide: a short name of the trial\n");
    if (draft->title.len) {
        buf_add_c(buf, "  title: ");
        yaml_write_text(buf, draft->title);
        buf_char(buf, '\n');
    } else {
        buf_add_c(buf, "  # decide title: the full title\n");
    }
    put_line(buf, 2, "short_title", draft->short_title);
    put_line(buf, 2, "sponsor", draft->sponsor);
    if (draft->phase) buf_format(buf, "  phase: \"%s\"\n", grammar_word(&TRIAL_PHASE_WORDS, (int)draft->phase));
    if (draft->design) buf_format(buf, "  design: %s\n", grammar_word(&TRIAL_DESIGN_WORDS, (int)draft->design));
    else buf_add_c(buf, "  # decide design: single-arm, parallel, crossover, wait-list, factorial, cluster, dose-finding, observational\n");
    if (draft->blinding) buf_format(buf, "  blinding: %s\n", grammar_word(&TRIAL_BLINDING_WORDS, (int)draft->blinding));
    else buf_add_c(buf, "  # decide blinding: open-label, single-blind, double-blind, triple-blind\n");
    if (draft->planned_subjects) buf_format(buf, "  planned_subjects: %d\n", draft->planned_subjects);
    buf_char(buf, '\n');
}

static void put_arms(const Draft *draft, Buf *buf)
{
    if (!draft->arms.n) {
        buf_add_c(buf, "# decide arms: such as [{id: A, title: Treated, kind: experimental}]; none of an observational study\n\n");
        return;
    }
    buf_add_c(buf, "arms:\n");
    for (size_t i = 0; i < draft->arms.n; i++) {
        const DraftArm *arm = &draft->arms.items[i];
        buf_format(buf, "  - {id: " STR_FMT, STR_ARG(arm->id));
        put_member(buf, "title", arm->title.len ? arm->title : arm->id);
        if (arm->kind) buf_format(buf, ", kind: %s}\n", grammar_word(&ARM_KIND_WORDS, (int)arm->kind));
        else buf_add_c(buf, "}   # decide kind: experimental, active-control, placebo ..\n");
    }
    buf_char(buf, '\n');
}

static void put_sites(const Draft *draft, Buf *buf)
{
    if (!draft->sites.n) buf_add_c(buf, "# decide sites: the places that enrol, such as [{id: A, title: Clinic A}]\n");
    else buf_add_c(buf, "sites:\n");
    for (size_t i = 0; i < draft->sites.n; i++) {
        buf_format(buf, "  - {id: " STR_FMT, STR_ARG(draft->sites.items[i].id));
        put_member(buf, "title", draft->sites.items[i].title.len ? draft->sites.items[i].title : draft->sites.items[i].id);
        buf_add_c(buf, "}\n");
    }
    buf_char(buf, '\n');
}

static void put_visits(const Draft *draft, Buf *buf)
{
    buf_add_c(buf, "visits:\n");
    if (!draft->visits.n) buf_add_c(buf, "  - {id: SCREENING, title: Screening, kind: screening, day: 0}\n");
    for (size_t i = 0; i < draft->visits.n; i++) {
        const DraftVisit *visit = &draft->visits.items[i];
        VisitKind kind = visit->kind ? visit->kind : VISIT_ASSESSMENT;
        buf_format(buf, "  - {id: " STR_FMT, STR_ARG(visit->id));
        put_member(buf, "title", visit->title.len ? visit->title : visit->id);
        buf_format(buf, ", kind: %s", grammar_word(&VISIT_KIND_WORDS, (int)kind));
        if (visit->day != INTEGER_ABSENT) buf_format(buf, ", day: %d", visit->day);
        if (visit->before || visit->after) buf_format(buf, ", window: {before: %d, after: %d}", visit->before, visit->after);
        buf_add_c(buf, visit->day == INTEGER_ABSENT && kind != VISIT_UNSCHEDULED ? "}   # decide day: counted from the first dose\n" : "}\n");
    }
    buf_char(buf, '\n');
}

static void put_codelists(const Draft *draft, Buf *buf)
{
    if (!draft->codelists.n) return;
    buf_add_c(buf, "codelists:\n");
    for (size_t i = 0; i < draft->codelists.n; i++) {
        buf_add_c(buf, "  ");
        yaml_write_text(buf, draft->codelists.items[i].name);
        buf_add_c(buf, ": ");
        put_codes(buf, &draft->codelists.items[i]);
        buf_char(buf, '\n');
    }
    buf_char(buf, '\n');
}

static void put_schedule(const Draft *draft, Buf *buf)
{
    bool is_begun = false;
    for (size_t i = 0; i < draft->forms.n; i++) {
        const DraftForm *form = &draft->forms.items[i];
        if (!form->visits.n) continue;
        buf_format(buf, "%s  " STR_FMT ": [", is_begun ? "" : "\nschedule:\n", STR_ARG(form->id));
        is_begun = true;
        for (size_t k = 0; k < form->visits.n; k++)
            buf_format(buf, "%s" STR_FMT, k ? ", " : "", STR_ARG(form->visits.items[k]));
        buf_add_c(buf, "]\n");
    }
}

static void put_criteria(const Draft *draft, const char *key, bool inclusion, Buf *buf)
{
    bool is_begun = false;
    for (size_t i = 0; i < draft->criteria.n; i++) {
        const DraftCriterion *criterion = &draft->criteria.items[i];
        if (criterion->is_inclusion != inclusion) continue;
        if (!is_begun) buf_format(buf, "  %s:\n", key);
        is_begun = true;
        buf_format(buf, "    - {id: " STR_FMT, STR_ARG(criterion->id));
        put_member(buf, "text", criterion->text);
        buf_add_c(buf, "}\n");
    }
    if (!is_begun) buf_format(buf, "  # decide %s: the criteria\n", key);
}

/* A criterion without a condition is answered by a person; conditions over the form's items are for a person to add. */
static void put_eligibility(const Draft *draft, Buf *buf)
{
    if (!draft->screening.len) {
        buf_add_c(buf, "\n# decide eligibility: the form that is filled at screening, {form: ID}\n");
        return;
    }
    buf_format(buf, "\neligibility:\n  form: " STR_FMT "\n", STR_ARG(draft->screening));
    if (isfinite(draft->ages.low) || isfinite(draft->ages.high)) {
        buf_add_c(buf, "  ages: [");
        put_limit(buf, draft->ages.low);
        buf_add_c(buf, ", ");
        put_limit(buf, draft->ages.high);
        buf_add_c(buf, "]\n");
    }
    put_criteria(draft, "inclusion", true, buf);
    put_criteria(draft, "exclusion", false, buf);
}

static void put_consent(const Draft *draft, Buf *buf)
{
    if (!draft->consent_version.len) {
        buf_add_c(buf, "\n# decide consent: such as {versions: [{id: \"1.0\", date: 2024-01-15, languages: [en]}]}\n");
        return;
    }
    buf_add_c(buf, "\nconsent:\n  versions:\n    - {id: ");
    yaml_write_quoted(buf, draft->consent_version);
    buf_format(buf, ", date: " STR_FMT ", languages: [" STR_FMT "]}\n", STR_ARG(draft->consent_date), STR_ARG(draft->consent_language));
}

void draft_write(const Draft *draft, Buf *buf)
{
    put_trial(draft, buf);
    put_arms(draft, buf);
    put_sites(draft, buf);
    put_codelists(draft, buf);
    put_visits(draft, buf);
    buf_add_c(buf, "forms:\n");
    for (size_t i = 0; i < draft->forms.n; i++) put_form(buf, &draft->forms.items[i]);
    put_schedule(draft, buf);
    put_eligibility(draft, buf);
    put_consent(draft, buf);
}
