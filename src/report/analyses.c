#include "report/analyses.h"

#include "report/analysis_display.h"
#include "report/analysis_words.h"
#include "report/honesty.h"
#include "report/report_families.h"

static bool blocks_show(const OutputBlocks *blocks, Str analysis)
{
    for (size_t i = 0; i < blocks->n; i++)
        if (str_equal(blocks->items[i].analysis, analysis) || blocks_show(&blocks->items[i].rows, analysis)) return true;
    return false;
}

bool analysis_is_shown(const OutputSpec *spec, Str analysis)
{
    return !spec->planned && (str_equal(spec->analysis, analysis) || blocks_show(&spec->rows, analysis));
}

enum { MOST_LINES = 12 };

typedef struct {
    Arena *arena;
    const Protocol *protocol;
    const OutputPlan *plan;
    const AnalysisPlan *analysis;
    size_t n;
    Str items[MOST_LINES];
} Words;

static void say(Words *words, Buf *line)
{
    buf_c(line);
    if (line->len && words->n < MOST_LINES) words->items[words->n++] = buf_str(line);
}

static Str title_of(const AnalysisPlan *analysis) { return analysis->title.len ? analysis->title : analysis->id; }

/* The first analysis of the same estimand. */
static const AnalysisPlan *first_of(const Protocol *protocol, Str estimand)
{
    const AnalysisPlan *first = protocol->analyses.items;
    while (!str_equal(first->estimand, estimand)) first++;
    return first;
}

static Str population_title(const Protocol *protocol, Str id)
{
    const Population *population = protocol_population(protocol, id);
    return population ? population->title : id;
}

static void say_estimand(Words *words)
{
    const Estimand *estimand = protocol_estimand(words->protocol, words->analysis->estimand);
    Buf question = buf_new(words->arena), what = buf_new(words->arena), events = buf_new(words->arena);
    if (!estimand) return;
    const AnalysisPlan *first = first_of(words->protocol, estimand->id);
    if (first != words->analysis) {
        buf_format(&what, "Estimand: that of \xe2\x80\x9c" STR_FMT "\xe2\x80\x9d", STR_ARG(title_of(first)));
        say(words, &what);
        return;
    }
    buf_format(&question, "Question: " STR_FMT, STR_ARG(estimand->objective));
    buf_format(&what, "Estimand: " STR_FMT ". In whom: " STR_FMT ". Treatment: " STR_FMT ". Summary: " STR_FMT, STR_ARG(estimand->variable),
               STR_ARG(population_title(words->protocol, estimand->population)), STR_ARG(estimand->treatment), STR_ARG(estimand->summary));
    for (size_t i = 0; i < estimand->intercurrent_events.n; i++) {
        const IntercurrentEvent *event = &estimand->intercurrent_events.items[i];
        buf_format(&events, "%s" STR_FMT ": %s", i ? "; " : "Intercurrent events: ", STR_ARG(event->event),
                   grammar_word(&EVENT_STRATEGY_WORDS, (int)event->strategy));
        if (event->handling.len) buf_format(&events, " (" STR_FMT ")", STR_ARG(event->handling));
    }
    say(words, &question);
    say(words, &what);
    say(words, &events);
}

static void add_texts(Buf *buf, const char *before, const Texts *texts)
{
    for (size_t i = 0; i < texts->n; i++) buf_format(buf, "%s" STR_FMT, i ? ", " : before, STR_ARG(texts->items[i]));
}

static void add_named(Buf *buf, const char *name, Str value)
{
    if (value.len) buf_format(buf, "; %s " STR_FMT, name, STR_ARG(value));
}

/* Whether the method is of numbers, not of how many subjects or records there are. */
static bool counts_nothing(AnalysisMethod method)
{
    return method != METHOD_PROPORTION && method != METHOD_SHIFT && method != METHOD_FISHER && method != METHOD_CHI_SQUARED;
}

static void say_method(Words *words)
{
    const AnalysisPlan *analysis = words->analysis;
    Buf line = buf_new(words->arena);
    Str outcome = analysis_outcome(words->protocol, analysis);
    buf_format(&line, "Method: %s", analysis_method_title(analysis->method));
    if (analysis->formula.len && !analysis->subgroup.len) buf_format(&line, ", " STR_FMT, STR_ARG(analysis->formula));
    else if (outcome.len && counts_nothing(analysis->method)) buf_format(&line, " of " STR_FMT, STR_ARG(outcome));
    if (analysis->subgroup.len) buf_format(&line, ", by " STR_FMT " with its interaction", STR_ARG(analysis->subgroup));
    if (analysis->method == METHOD_MMRM)
        buf_format(&line, "; %s", str_equal(analysis->likelihood, STR("ml")) ? "maximum likelihood" : "REML");
    add_named(&line, "degrees of freedom", analysis->df);
    add_texts(&line, "; if the covariance cannot be fitted, the first of ", &analysis->fallback);
    if (analysis->fallback.n) buf_add_c(&line, " that can");
    if (analysis->impute) buf_format(&line, "; missing outcomes imputed, strategy " STR_FMT, STR_ARG(yaml_text(analysis->impute, "strategy")));
    add_named(&line, "standard errors", analysis->vcov);
    add_named(&line, "weights", analysis->weights);
    add_named(&line, "margins", analysis->margins);
    add_texts(&line, "; means at ", &analysis->means_at);
    if (analysis->means_at.n > 1) buf_add_c(&line, " on average");
    add_named(&line, "tested term", analysis->term);
    if (analysis->natural_change > NATURAL_CHANGE_NONE)
        buf_format(&line, "; growth taken off: %s", grammar_word(&NATURAL_CHANGE_WORDS, (int)analysis->natural_change));
    say(words, &line);
}

static void say_data(Words *words)
{
    const AnalysisPlan *analysis = words->analysis;
    Buf line = buf_new(words->arena);
    Str where = analysis_where(words->arena, words->protocol, analysis, true);
    buf_format(&line, "Data: " STR_FMT, STR_ARG(analysis_data(words->protocol, analysis)));
    if (where.len) buf_format(&line, " where " STR_FMT, STR_ARG(where));
    if (analysis->population.len) buf_format(&line, "; " STR_FMT, STR_ARG(population_title(words->protocol, analysis->population)));
    say(words, &line);
}

static void say_place(Words *words)
{
    const AnalysisPlan *analysis = words->analysis;
    const Family *family = protocol_family(words->protocol, analysis->family);
    const AnalysisPlan *varied = protocol_analysis(words->protocol, analysis->sensitivity_to);
    Buf line = buf_new(words->arena), reason = buf_new(words->arena);
    if (family)
        buf_format(&line, "Family: " STR_FMT " (%s)", STR_ARG(family->title.len ? family->title : family->id),
                   grammar_word(&FAMILY_METHOD_WORDS, (int)family->method));
    if (varied) buf_format(&line, "%s\xe2\x80\x9c" STR_FMT "\xe2\x80\x9d", family ? "; varies the assumptions of " : "Varies the assumptions of ", STR_ARG(title_of(varied)));
    say(words, &line);
    if (analysis->reason.len) buf_format(&reason, "Why so: " STR_FMT, STR_ARG(analysis->reason));
    say(words, &reason);
}

/* "Result: Table 2, Figure 3": the outputs that show it. */
static bool say_outputs(Words *words)
{
    static const char *const KINDS[] = {[OUTPUT_TABLE] = "Table", [OUTPUT_FIGURE] = "Figure", [OUTPUT_LISTING] = "Listing"};
    Buf line = buf_new(words->arena);
    for (size_t i = 0; i < words->plan->n_specs; i++) {
        const OutputSpec *spec = &words->plan->specs[i];
        if (!analysis_is_shown(spec, words->analysis->id)) continue;
        buf_format(&line, "%s%s " STR_FMT, line.len ? ", " : "Result: ", KINDS[spec->kind], STR_ARG(spec->number));
    }
    say(words, &line);
    return line.len > 0;
}

static void say_nowhere(Words *words)
{
    const char *why;
    Buf line = buf_new(words->arena);
    (void)analysis_display(words->arena, words->protocol, words->analysis, STR("A"), &why);
    buf_format(&line, "Result: %s", why ? why : "none");
    say(words, &line);
}

/* What the design lets a number of this analysis claim. */
static void add_claims(Document *document, Table *table, const AnalysisPlan *analysis, GuardDesign design, size_t n_primary)
{
    bool counts = analysis->method == METHOD_PROPORTION || analysis->method == METHOD_DESCRIPTIVE ||
                  analysis->method == METHOD_KAPLAN_MEIER;
    if (!design.has_control && !counts)
        table_footnote(document, table, STR("Without a control group this is a change, and what caused it cannot be told."));
    else if (design.has_control && !design.is_randomised)
        table_footnote(document, table, STR("Groups were not formed by chance: a difference between them is an association."));
    if (analysis->role == ANALYSIS_EXPLORATORY)
        table_footnote(document, table, STR("Exploratory: it raises questions, and answers none."));
    if (analysis->role == ANALYSIS_SENSITIVITY)
        table_footnote(document, table, STR("Sensitivity analysis: the same question under other assumptions."));
    if (analysis->role == ANALYSIS_PRIMARY && !analysis->family.len && n_primary > 1)
        table_footnote(document, table, str_format(document->arena, "One of %zu primary analyses; its p-value is not adjusted for that.", n_primary));
}

static size_t count_primary(const Protocol *protocol)
{
    size_t n = 0;
    for (size_t i = 0; i < protocol->analyses.n; i++) n += protocol->analyses.items[i].role == ANALYSIS_PRIMARY;
    return n;
}

static bool write_table(OutputContext *context, Document *document, size_t spec, Error *err)
{
    const OutputPlan *plan = context->frames->plan;
    Table *table;
    families_begin(context, spec);
    if (!output_table_make(context, &plan->specs[spec], document, NULL, &table, err))
        return error_in(err, "analysis \"" STR_FMT "\"", STR_ARG(plan->specs[spec].planned->id));
    add_claims(document, table, plan->specs[spec].planned, honesty_design(plan->protocol), count_primary(plan->protocol));
    return true;
}

static bool write_analysis(OutputContext *context, Document *document, const AnalysisPlan *analysis, Error *err)
{
    const OutputPlan *plan = context->frames->plan;
    Words words = {.arena = document->arena, .protocol = plan->protocol, .plan = plan, .analysis = analysis};
    size_t spec = 0;
    while (spec < plan->n_specs && plan->specs[spec].planned != analysis) spec++;
    document_heading(document, 2, str_format(document->arena, STR_FMT " (%s)", STR_ARG(title_of(analysis)),
                                             grammar_word(&ANALYSIS_ROLE_WORDS, (int)analysis->role)));
    say_estimand(&words);
    say_method(&words);
    say_data(&words);
    say_place(&words);
    if (!say_outputs(&words) && spec == plan->n_specs) say_nowhere(&words);
    document_list(document, words.items, words.n);
    return spec == plan->n_specs || write_table(context, document, spec, err);
}

bool analyses_write(OutputContext *context, Document *document, Error *err)
{
    const AnalysisPlans *analyses = &context->frames->plan->protocol->analyses;
    if (!analyses->n) return true;
    document_heading(document, 1, STR("Analyses"));
    for (size_t i = 0; i < analyses->n; i++)
        if (!write_analysis(context, document, &analyses->items[i], err)) return false;
    return true;
}
