#include "report/growth.h"

#include <math.h>

#include "report/growth_tables.h"

static bool is_asked(const AnalysisPlan *plan)
{
    return plan->method == METHOD_EXCESS_CHANGE || plan->method == METHOD_TIPPING_POINT;
}

/* Why the section cannot answer an analysis; NULL when it can. */
static const char *why_not(const AnalysisPlan *plan)
{
    if (plan->data.len && !str_equal(plan->data, STR("measures")))
        return "reads other data than the frame measures";
    if (!str_equal(plan->variable, STR("GMFM66")))
        return "is not about GMFM-66, the only scale of the growth curves";
    if (plan->natural_change == NATURAL_CHANGE_CONTROL)
        return "compares with the control group of this trial, not with curves";
    if (!plan->visits.n) return "names no visit";
    return NULL;
}

/* The latest visit with children, of the first inquiry's population and condition. */
static const GrowthInquiry *latest(const GrowthSection *section)
{
    const GrowthInquiry *found = NULL;
    const AnalysisPlan *first = section->inquiries[0].plan;
    for (size_t i = 0; i < section->n; i++) {
        const GrowthInquiry *inquiry = &section->inquiries[i];
        if (!inquiry->numbers.n || !str_equal(inquiry->plan->population, first->population) ||
            !str_equal(inquiry->plan->where, first->where))
            continue;
        if (!found || inquiry->numbers.years > found->numbers.years) found = inquiry;
    }
    return found;
}

/* "1.1 (Ontario curves)" */
static Str predicted(Arena *arena, const GrowthInquiry *inquiry)
{
    size_t n_sets, named = growth_named_set(inquiry->plan);
    return str_format(arena, STR_FMT " (%s curves)",
                      STR_ARG(growth_fixed(arena, inquiry->numbers.sets[named].expected, 1)),
                      growth_list(&n_sets)[named]->place);
}

/* "0.2 (95 % interval -1.0 to 1.3), may be nothing at all and" */
static Str left_over(Arena *arena, const GrowthInquiry *inquiry)
{
    const GrowthLeft *left = &inquiry->numbers.sets[growth_named_set(inquiry->plan)];
    bool holds_zero = left->left_ci.lower <= 0 && left->left_ci.upper >= 0;
    if (!isfinite(left->left_ci.lower))
        return str_format(arena, STR_FMT ",", STR_ARG(growth_fixed(arena, left->left, 1)));
    return str_format(
        arena, STR_FMT " (95 %% interval " STR_FMT " to " STR_FMT "),%s",
        STR_ARG(growth_fixed(arena, left->left, 1)), STR_ARG(growth_fixed(arena, left->left_ci.lower, 1)),
        STR_ARG(growth_fixed(arena, left->left_ci.upper, 1)), holds_zero ? " may be nothing at all and" : "");
}

static Str plain_words(Arena *arena, const GrowthInquiry *inquiry)
{
    if (!inquiry)
        return STR(
            "In plain words: of no child are there both a second measurement and a growth curve to hold "
            "it against, so nothing can be said about growth.");
    const GrowthNumbers *numbers = &inquiry->numbers;
    Str who = str_format(arena, "%zu child%s", numbers->n, numbers->n == 1 ? "" : "ren");
    Str change = growth_fixed(arena, numbers->change, 1), growth = predicted(arena, inquiry);
    if (numbers->change <= 0)
        return str_format(arena,
                          "In plain words: by the visit \"" STR_FMT "\" the GMFM-66 score of " STR_FMT
                          " had not risen on average (" STR_FMT
                          " points), where growth alone predicts " STR_FMT ".",
                          STR_ARG(inquiry->visit_title), STR_ARG(who), STR_ARG(change), STR_ARG(growth));
    return str_format(arena,
                      "In plain words: of the " STR_FMT " points of GMFM-66 that " STR_FMT
                      " gained on average by the visit \"" STR_FMT "\", growth alone predicts " STR_FMT
                      ", and a further " STR_FMT
                      " would come at the pace of children who took part in another "
                      "trial without receiving cells; what is left, " STR_FMT
                      " cannot be given a cause by this comparison.",
                      STR_ARG(change), STR_ARG(who), STR_ARG(inquiry->visit_title), STR_ARG(growth),
                      STR_ARG(growth_fixed(arena, numbers->offset, 1)), STR_ARG(left_over(arena, inquiry)));
}

static void write_left_out(const GrowthSection *section)
{
    for (size_t i = 0; i < section->protocol->analyses.n; i++) {
        const AnalysisPlan *plan = &section->protocol->analyses.items[i];
        const char *why = is_asked(plan) ? why_not(plan) : NULL;
        if (why)
            document_paragraph(section->document,
                               str_format(section->arena,
                                          "The analysis \"" STR_FMT "\" is not made here: it %s.",
                                          STR_ARG(plan->id), why));
    }
}

static bool write_answers(GrowthSection *section, FrameSource source, const OutputPlan *plan, Error *err)
{
    if (!frames_open(section->arena, source, plan, &section->frames, err) ||
        !frames_get(&section->frames, STR("measures"), NULL, section->inquiries[0].plan->at, &section->data,
                    err))
        return false;
    for (size_t i = 0; i < section->n; i++)
        if (!growth_answer(section, &section->inquiries[i], err)) return false;
    document_paragraph(section->document, plain_words(section->arena, latest(section)));
    bool has_sources = growth_table_excess(section);
    if (growth_table_tipping(section, has_sources)) growth_table_controls(section);
    return true;
}

bool growth_write(Document *document, const OutputPlan *plan, FrameSource source, GrowthOptions options,
                  Error *err)
{
    GrowthSection section = {
        .document = document,
        .arena = document->arena,
        .protocol = plan->protocol,
        .offset = options.offset ? options.offset : &growth_offset_default,
        .draws = {.n_replicates = options.n_replicates ? options.n_replicates : GROWTH_REPLICATES}};
    size_t n_asked = 0;
    for (size_t i = 0; i < section.protocol->analyses.n; i++) {
        const AnalysisPlan *analysis = &section.protocol->analyses.items[i];
        if (!is_asked(analysis)) continue;
        n_asked++;
        if (!why_not(analysis)) growth_ask(&section, analysis);
    }
    if (!n_asked) return true;
    document_heading(document, 1, STR("Against growth alone"));
    if (section.n && !write_answers(&section, source, plan, err)) return false;
    write_left_out(&section);
    return true;
}
