#include "report/growth_inquiry.h"

#include <math.h>

static GrowthInquiry *inquiry_of(GrowthSection *section, const AnalysisPlan *plan, Str visit)
{
    for (size_t i = 0; i < section->n; i++) {
        const AnalysisPlan *known = section->inquiries[i].plan;
        if (str_equal(section->inquiries[i].visit, visit) && str_equal(known->population, plan->population) &&
            str_equal(known->where, plan->where))
            return &section->inquiries[i];
    }
    const Visit *planned = protocol_visit(section->protocol, visit);
    ARENA_PUSH_ROOM(section->arena, section->inquiries, section->n, section->capacity);
    section->inquiries[section->n] =
        (GrowthInquiry){.plan = plan,
                        .visit = visit,
                        .visit_title = planned && planned->title.len ? planned->title : visit,
                        .seed = GROWTH_DEFAULT_SEED};
    return &section->inquiries[section->n++];
}

void growth_ask(GrowthSection *section, const AnalysisPlan *plan)
{
    for (size_t v = 0; v < plan->visits.n; v++) {
        GrowthInquiry *inquiry = inquiry_of(section, plan, plan->visits.items[v]);
        if (inquiry->seed == GROWTH_DEFAULT_SEED && plan->seed != INTEGER_ABSENT && plan->seed >= 0)
            inquiry->seed = (uint64_t)plan->seed;
        if (plan->method == METHOD_EXCESS_CHANGE)
            inquiry->excess = true;
        else
            inquiry->tipping = true;
    }
}

bool growth_answer(GrowthSection *section, GrowthInquiry *inquiry, Error *err)
{
    const AnalysisPlan *plan = inquiry->plan;
    GrowthRows rows = {.measures = section->data->frame,
                       .subject_key = section->frames.plan->subject_key,
                       .variable = plan->variable,
                       .visit = inquiry->visit};
    GrowthDraws draws = {section->draws.n_replicates, inquiry->seed};
    inquiry->filter = str_format(
        section->arena, "PARAMCD = '" STR_FMT "' AND AVISIT = '" STR_FMT "' AND ANL01FL = 'Y'%s" STR_FMT "%s",
        STR_ARG(plan->variable), STR_ARG(inquiry->visit), plan->where.len ? " AND (" : "",
        STR_ARG(plan->where), plan->where.len ? ")" : "");
    return (data_population(&section->frames, section->data, plan->population, plan->at, &rows.population,
                            &inquiry->words, err) &&
            data_where(&section->frames, section->data, plan->where, plan->at, &rows.where, err) &&
            growth_children(section->arena, &rows, &inquiry->children, err) &&
            growth_numbers(section->arena, &inquiry->children, section->offset, draws, &inquiry->numbers,
                           err)) ||
           error_in(err, "analysis \"" STR_FMT "\"", STR_ARG(plan->id));
}

const Provenance *growth_provenance(const GrowthSection *section, const GrowthInquiry *inquiry,
                                    const char *method, Str options)
{
    Provenance *from = ARENA_NEW(section->arena, Provenance);
    Buf which = buf_new(section->arena);
    for (size_t i = 0; i < inquiry->children.n && inquiry->children.n <= 12; i++)
        buf_format(&which, "%s" STR_FMT, i ? " " : "", STR_ARG(inquiry->children.subjects[i]));
    *from = (Provenance){.source = section->data->from.source,
                         .source_hash = section->data->from.source_hash,
                         .frame = section->data->name,
                         .population = inquiry->words,
                         .filter = inquiry->filter,
                         .n_records = inquiry->children.n,
                         .records = buf_str(&which),
                         .variable = STR("CHG"),
                         .method = str_from(method),
                         .method_page = STR("natural-history-adjustment"),
                         .options = options,
                         .estimand = inquiry->plan->estimand};
    return from;
}

Str growth_drawn(const GrowthSection *section, const GrowthInquiry *inquiry, const GrowthReference *reference)
{
    return str_format(section->arena, "%s; %zu replicates, seed %llu", reference->name,
                      section->draws.n_replicates, (unsigned long long)inquiry->seed);
}

Str growth_offset_words(const GrowthSection *section)
{
    const GrowthOffset *offset = section->offset;
    return str_format(section->arena, "%g points in 12 months, linear in time: %s", offset->points_per_year,
                      offset->source);
}

Str growth_label(const GrowthSection *section, const GrowthInquiry *inquiry)
{
    const AnalysisPlan *first = section->inquiries[0].plan, *plan = inquiry->plan;
    Buf label = buf_new(section->arena);
    buf_add(&label, inquiry->visit_title);
    for (size_t i = 0; i < section->n; i++) {
        const AnalysisPlan *other = section->inquiries[i].plan;
        if (str_equal(other->population, first->population) && str_equal(other->where, first->where))
            continue;
        const Population *population = protocol_population(section->protocol, plan->population);
        if (population) buf_format(&label, "; " STR_FMT, STR_ARG(population->title));
        if (plan->where.len) buf_format(&label, "; " STR_FMT, STR_ARG(plan->where));
        break;
    }
    return buf_str(&label);
}

size_t growth_named_set(const AnalysisPlan *plan)
{
    size_t n;
    const GrowthReference *const *sets = growth_list(&n);
    const GrowthReference *named =
        plan->natural_change == NATURAL_CHANGE_SHANGHAI ? &growth_shanghai : &growth_ontario;
    for (size_t i = 0; i < n; i++)
        if (sets[i] == named) return i;
    return 0;
}

Str growth_fixed(Arena *arena, double value, int decimals)
{
    Buf buf = buf_new(arena);
    buf_fixed(&buf, value, decimals);
    return isfinite(value) ? buf_str(&buf) : STR("NE");
}
