#include "report/compose.h"

#include <string.h>

#include "equipoise.h"
#include "protocol/check.h"
#include "report/checklist.h"
#include "report/growth.h"
#include "report/honesty.h"
#include "report/monitoring.h"
#include "report/trial_dates.h"

typedef struct {
    Arena *arena;
    GuardDesign design;
    size_t n, capacity;
    Str *sentences;
} Withheld;

/* The text without the sentences that the design does not support. */
static Str guarded(Withheld *withheld, Str text)
{
    Str *found;
    size_t n;
    Str kept = guard_filter(withheld->arena, text, withheld->design, &found, &n);
    for (size_t i = 0; i < n; i++) {
        ARENA_PUSH_ROOM(withheld->arena, withheld->sentences, withheld->n, withheld->capacity);
        withheld->sentences[withheld->n++] = found[i];
    }
    return n ? kept : text;
}

static void guard_texts(Withheld *withheld, Str *title, Str *footnotes, size_t n_footnotes)
{
    Str kept = guarded(withheld, *title);
    *title = kept.len ? kept : STR("(title withheld: see the box at the top)");
    for (size_t i = 0; i < n_footnotes; i++) {
        kept = guarded(withheld, footnotes[i]);
        footnotes[i] = kept.len ? kept : STR("(withheld: see the box at the top)");
    }
}

static void guard_list(Withheld *withheld, Str *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Str kept = guarded(withheld, items[i]);
        items[i] = kept.len ? kept : STR("(withheld: see the box at the top)");
    }
}

/* Only what the protocol's outputs and analyses wrote is guarded; it is all that stands in the document so far. */
static void guard_document(Withheld *withheld, Document *document)
{
    for (size_t i = 0; i < document->n_blocks; i++) {
        Table *table = document->blocks[i].table;
        Figure *figure = document->blocks[i].figure;
        guard_list(withheld, document->blocks[i].items, document->blocks[i].n_items);
        if (table) guard_texts(withheld, &table->title, table->footnotes, table->n_footnotes);
        if (figure) guard_texts(withheld, &figure->title, figure->footnotes, figure->n_footnotes);
    }
}

/* The latest block becomes the first. */
static void move_to_front(Document *document)
{
    Block latest = document->blocks[document->n_blocks - 1];
    memmove(document->blocks + 1, document->blocks, (document->n_blocks - 1) * sizeof *document->blocks);
    document->blocks[0] = latest;
}

static Document *start(Arena *arena, const Protocol *protocol)
{
    Document *document = document_new(arena, protocol->trial.title);
    Buf subtitle = buf_new(arena);
    buf_add(&subtitle, protocol->trial.id);
    if (protocol->trial.registration.id.len && !str_equal(protocol->trial.registration.id, protocol->trial.id))
        buf_format(&subtitle, " \xc2\xb7 " STR_FMT, STR_ARG(protocol->trial.registration.id));
    if (protocol->trial.sponsor.len) buf_format(&subtitle, " \xc2\xb7 " STR_FMT, STR_ARG(protocol->trial.sponsor));
    buf_c(&subtitle);
    document->subtitle = buf_str(&subtitle);
    if (protocol->trial.language.len) document->language = protocol->trial.language;
    if (protocol->trial.simulated) document->watermark = STR("SIMULATED");
    return document;
}

/* Subjects are watched from their first dose, or from their enrolment where nothing is given. */
static bool write_monitoring(Document *document, const ReportRequest *request, Error *err)
{
    bool has_doses = request->protocol->product.at != NULL;
    ReportFrame adverse_events, treated;
    if (request->protocol->safety.stopping.n == 0 || request->protocol->data.at) return true;
    return request->source.get(request->source.context, document->arena, STR("adverse_events"), &adverse_events, err) &&
           request->source.get(request->source.context, document->arena, has_doses ? STR("doses") : STR("subjects"), &treated, err) &&
           monitoring_write(document, request->protocol, adverse_events.frame, treated.frame, has_doses ? STR("DATE") : STR("ENROLLED"), err);
}

bool report_compose(Arena *arena, const ReportRequest *request, Document **made, Error *err)
{
    const Protocol *protocol = request->protocol;
    const ReportSelection *selection = &request->selection;
    bool is_whole = !selection->table.len && !selection->figure.len && !selection->listing.len;
    OutputPlan *plan = ARENA_NEW(arena, OutputPlan);
    Document *document = start(arena, protocol);
    if (!output_plan_read(arena, protocol, plan, err) || !report_outputs(document, plan, request->source, selection, err)) return false;
    Withheld withheld = {.arena = arena, .design = honesty_design(protocol)};
    guard_document(&withheld, document);
    if (is_whole) {
        ProblemList problems = problems_new(arena);
        protocol_check(arena, protocol, &problems);
        problems_sort(&problems);
        if (!growth_write(document, plan, request->source, (GrowthOptions){0}, err) || !write_monitoring(document, request, err)) return false;
        checklist_write(document, protocol->at, trial_dates(arena, protocol, request->source), withheld.design.is_randomised);
        honesty_write(document, protocol, &problems, withheld.sentences, withheld.n);
        move_to_front(document);
    }
    document->source_line = str_format(arena, "Protocol " STR_FMT "; " STR_FMT "; equipoise %s", STR_ARG(protocol->trial.id),
                                       STR_ARG(request->describe(request->source.context, arena)), eq_version());
    *made = document;
    return true;
}
