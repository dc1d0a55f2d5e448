#include "report/growth.h"

#include <math.h>

#include "report/growth_controls.h"

/* One question that analyses ask: they may differ in the set of curves, which are all shown anyway. */
typedef struct {
    const AnalysisPlan *plan;              /* the first that asks it */
    Str visit, visit_title, words, filter; /* words: of the population */
    uint64_t seed;
    bool excess, tipping; /* what is asked */
    GrowthChildren children;
    GrowthNumbers numbers;
} Question;

typedef struct {
    Document *document;
    Arena *arena;
    const Protocol *protocol;
    Frames frames;
    ReportData *data;
    const GrowthOffset *offset;
    GrowthDraws draws;
    size_t n, capacity;
    Question *questions;
} Section;

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
    return NULL;
}

/* --- questions --- */

static Question *question_of(Section *section, const AnalysisPlan *plan, Str visit)
{
    for (size_t i = 0; i < section->n; i++) {
        const AnalysisPlan *known = section->questions[i].plan;
        if (str_equal(section->questions[i].visit, visit) && str_equal(known->population, plan->population) &&
            str_equal(known->where, plan->where))
            return &section->questions[i];
    }
    const Visit *planned = protocol_visit(section->protocol, visit);
    ARENA_PUSH_ROOM(section->arena, section->questions, section->n, section->capacity);
    section->questions[section->n] =
        (Question){.plan = plan,
                   .visit = visit,
                   .visit_title = planned && planned->title.len ? planned->title : visit,
                   .seed = GROWTH_DEFAULT_SEED};
    return &section->questions[section->n++];
}

/* The first analysis that names a seed gives it. */
static void ask(Section *section, const AnalysisPlan *plan)
{
    for (size_t v = 0; v < plan->visits.n; v++) {
        Question *question = question_of(section, plan, plan->visits.items[v]);
        if (question->seed == GROWTH_DEFAULT_SEED && plan->seed != INTEGER_ABSENT && plan->seed >= 0)
            question->seed = (uint64_t)plan->seed;
        if (plan->method == METHOD_EXCESS_CHANGE)
            question->excess = true;
        else
            question->tipping = true;
    }
}

static bool answer(Section *section, Question *question, Error *err)
{
    const AnalysisPlan *plan = question->plan;
    GrowthRows rows = {.measures = section->data->frame,
                       .subject_key = section->frames.plan->subject_key,
                       .variable = plan->variable,
                       .visit = question->visit};
    GrowthDraws draws = {section->draws.n_replicates, question->seed};
    question->filter = str_format(
        section->arena, "PARAMCD = '" STR_FMT "' AND AVISIT = '" STR_FMT "' AND ANL01FL = 'Y'%s" STR_FMT,
        STR_ARG(plan->variable), STR_ARG(question->visit), plan->where.len ? " AND " : "",
        STR_ARG(plan->where));
    return (data_population(&section->frames, section->data, plan->population, plan->at, &rows.population,
                            &question->words, err) &&
            data_where(&section->frames, section->data, plan->where, plan->at, &rows.where, err) &&
            growth_children(section->arena, &rows, &question->children, err) &&
            growth_numbers(section->arena, &question->children, section->offset, draws, &question->numbers,
                           err)) ||
           error_in(err, "analysis \"" STR_FMT "\"", STR_ARG(plan->id));
}

/* --- provenance --- */

static const Provenance *from_children(const Section *section, const Question *question, const char *method,
                                       Str options)
{
    Provenance *from = ARENA_NEW(section->arena, Provenance);
    Buf which = buf_new(section->arena);
    for (size_t i = 0; i < question->children.n && question->children.n <= 12; i++)
        buf_format(&which, "%s" STR_FMT, i ? " " : "", STR_ARG(question->children.subjects[i]));
    *from = (Provenance){.source = section->data->from.source,
                         .source_hash = section->data->from.source_hash,
                         .frame = section->data->name,
                         .population = question->words,
                         .filter = question->filter,
                         .n_records = question->children.n,
                         .records = buf_str(&which),
                         .variable = STR("CHG"),
                         .method = str_from(method),
                         .method_page = STR("natural-history-adjustment"),
                         .options = options,
                         .estimand = question->plan->estimand};
    return from;
}

static Str drawn_how(const Section *section, const Question *question, const GrowthReference *reference)
{
    return str_format(section->arena, "%s; %zu replicates, seed %llu", reference->name,
                      section->draws.n_replicates, (unsigned long long)question->seed);
}

static Str offset_words(const Section *section)
{
    const GrowthOffset *offset = section->offset;
    return str_format(section->arena, "%g points in 12 months, linear in time: %s", offset->points_per_year,
                      offset->source);
}

/* --- numbers in cells and sentences --- */

static Str fixed(Arena *arena, double value, int decimals)
{
    Buf buf = buf_new(arena);
    buf_fixed(&buf, value, decimals);
    return isfinite(value) ? buf_str(&buf) : STR("NE");
}

static void put(const Section *section, Table *table, size_t column, const char *stat, double value,
                const Provenance *from)
{
    table_cell_number(section->document, table, column, STR(""), str_from(stat), value, 1, STR(""), STR(""),
                      from);
}

static void put_interval(const Section *section, Table *table, size_t column, Interval ci,
                         const Provenance *from)
{
    table_cell_number(section->document, table, column, STR(" ("), STR("ci_low"), ci.lower, 1, STR(""),
                      STR(""), from);
    table_cell_number(section->document, table, column, STR(" to "), STR("ci_high"), ci.upper, 1, STR(""),
                      STR(")"), from);
}

static void put_n(const Section *section, Table *table, const Question *question)
{
    const Provenance *from = from_children(
        section, question,
        "children with a change at the visit and an expected change by every set of curves", STR(""));
    table_cell_number(section->document, table, 1, STR(""), STR("n"), (double)question->numbers.n, 0, STR(""),
                      STR(""), from);
}

/* The visit, and the population and condition where questions differ in them. */
static Str label_of(const Section *section, const Question *question)
{
    const AnalysisPlan *first = section->questions[0].plan, *plan = question->plan;
    Buf label = buf_new(section->arena);
    buf_add(&label, question->visit_title);
    for (size_t i = 0; i < section->n; i++) {
        const AnalysisPlan *other = section->questions[i].plan;
        if (str_equal(other->population, first->population) && str_equal(other->where, first->where))
            continue;
        const Population *population = protocol_population(section->protocol, plan->population);
        if (population) buf_format(&label, "; " STR_FMT, STR_ARG(population->title));
        if (plan->where.len) buf_format(&label, "; " STR_FMT, STR_ARG(plan->where));
        break;
    }
    return buf_str(&label);
}

/* --- the sentence in plain words --- */

/* The set of curves that the analysis names, or the first. */
static size_t named_set(const AnalysisPlan *plan)
{
    size_t n;
    const GrowthReference *const *sets = growth_list(&n);
    const GrowthReference *named =
        plan->natural_change == NATURAL_CHANGE_SHANGHAI ? &growth_shanghai : &growth_ontario;
    for (size_t i = 0; i < n; i++)
        if (sets[i] == named) return i;
    return 0;
}

/* About the last question that has children. */
static void write_plain(const Section *section)
{
    const Question *asked = NULL;
    for (size_t i = 0; i < section->n; i++)
        if (section->questions[i].numbers.n) asked = &section->questions[i];
    if (!asked) {
        document_paragraph(section->document, STR("In plain words: no child has been measured again yet, so "
                                                  "nothing can be said about growth."));
        return;
    }
    Arena *arena = section->arena;
    const GrowthNumbers *numbers = &asked->numbers;
    const GrowthLeft *left = &numbers->sets[named_set(asked->plan)];
    size_t n_sets, named = named_set(asked->plan);
    Str who = str_format(arena, "%zu child%s", numbers->n, numbers->n == 1 ? "" : "ren"),
        change = fixed(arena, numbers->change, 1);
    Str expected = str_format(arena, STR_FMT " (%s curves)", STR_ARG(fixed(arena, left->expected, 1)),
                              growth_list(&n_sets)[named]->place);
    if (numbers->change <= 0) {
        document_paragraph(section->document,
                           str_format(arena,
                                      "In plain words: by the visit \"" STR_FMT
                                      "\" the GMFM-66 score of " STR_FMT " had not risen on average (" STR_FMT
                                      " points), where growth alone predicts " STR_FMT ".",
                                      STR_ARG(asked->visit_title), STR_ARG(who), STR_ARG(change),
                                      STR_ARG(expected)));
        return;
    }
    Buf text = buf_new(arena);
    buf_format(&text,
               "In plain words: of the " STR_FMT " points of GMFM-66 that " STR_FMT
               " gained on average by the visit \"" STR_FMT "\", growth alone predicts " STR_FMT
               ", and a further " STR_FMT " would come at the pace of children who took part in another "
                                          "trial without receiving cells; what is left, " STR_FMT,
               STR_ARG(change), STR_ARG(who), STR_ARG(asked->visit_title), STR_ARG(expected),
               STR_ARG(fixed(arena, numbers->offset, 1)), STR_ARG(fixed(arena, left->left, 1)));
    if (isfinite(left->left_ci.lower))
        buf_format(&text, " (95 %% interval " STR_FMT " to " STR_FMT ")",
                   STR_ARG(fixed(arena, left->left_ci.lower, 1)),
                   STR_ARG(fixed(arena, left->left_ci.upper, 1)));
    buf_add_c(&text,
              left->left_ci.lower <= 0 && left->left_ci.upper >= 0 ? ", may be nothing at all, and" : ",");
    buf_add_c(&text, " cannot be given a cause by this comparison.");
    document_paragraph(section->document, buf_str(&text));
}

/* --- table S1 --- */

static void excess_rows(const Section *section, Table *table, const Question *question)
{
    size_t n_sets, named = named_set(question->plan);
    const GrowthReference *const *sets = growth_list(&n_sets);
    const GrowthNumbers *numbers = &question->numbers;
    Str group = label_of(section, question);
    table_row(section->document, table, ROW_GROUP, group, group, 0);
    for (size_t i = 0; i < n_sets; i++) {
        size_t set = i == 0 ? named : i <= named ? i - 1 : i; /* the named set first */
        const GrowthLeft *left = &numbers->sets[set];
        Str how = drawn_how(section, question, sets[set]);
        table_row(section->document, table, ROW_PLAIN, group, str_from(sets[set]->place), 1);
        put_n(section, table, question);
        put(section, table, 2, "mean", numbers->change,
            from_children(section, question, "mean change since baseline", STR("")));
        put(section, table, 3, "expected", left->expected,
            from_children(section, question,
                          "mean change that the motor growth curve of the child's GMFCS level predicts, "
                          "individual form",
                          str_from(sets[set]->name)));
        const Provenance *excess = from_children(
            section, question,
            "mean of observed minus expected change, 95 % bootstrap interval (BCa) over children", how);
        put(section, table, 4, "excess", left->excess, excess);
        put_interval(section, table, 4, left->excess_ci, excess);
        const Provenance *offset =
            from_children(section, question, "external-control offset", offset_words(section));
        put(section, table, 5, "offset", numbers->offset, offset);
        put_interval(section, table, 5, numbers->offset_ci, offset);
        const Provenance *rest = from_children(
            section, question, "observed minus expected minus offset, 95 % interval by MOVER",
            str_format(section->arena, STR_FMT "; " STR_FMT, STR_ARG(how), STR_ARG(offset_words(section))));
        put(section, table, 6, "left", left->left, rest);
        put_interval(section, table, 6, left->left_ci, rest);
    }
}

/* How many children are left out, and why. */
static void refusal_footnote(const Section *section, Table *table, const Question *question)
{
    static const char *const WHY[GROWTH_N_REFUSALS] = {
        [GROWTH_NO_LEVEL] = "without a GMFCS level",
        [GROWTH_NO_AGE] = "without a full date of birth or of assessment",
        [GROWTH_TOO_YOUNG] = "younger than the curves",
        [GROWTH_TOO_OLD] = "older than the curves",
        [GROWTH_REFUSED] = "with a baseline score the curves cannot start from"};
    Buf text = buf_new(section->arena);
    size_t n = 0;
    for (size_t i = 0; i < GROWTH_N_REFUSALS; i++) {
        if (!question->children.refused[i]) continue;
        buf_format(&text, "%s%zu %s", n ? ", " : "", question->children.refused[i], WHY[i]);
        n += question->children.refused[i];
    }
    if (n) {
        Str label = label_of(section, question);
        table_footnote(section->document, table,
                       str_format(section->arena,
                                  STR_FMT
                                  ": %zu child%s with a change left out of every number here: " STR_FMT ".",
                                  STR_ARG(label), n, n == 1 ? "" : "ren", STR_ARG(buf_str(&text))));
    }
    if (question->numbers.n < 20)
        table_footnote(
            section->document, table,
            str_format(
                section->arena, STR_FMT ": only %zu child%s; an interval of fewer than 20 is too narrow%s.",
                STR_ARG(label_of(section, question)), question->numbers.n,
                question->numbers.n == 1 ? "" : "ren",
                question->numbers.n < GROWTH_MIN_CHILDREN ? ", and of fewer than 5 none is given (NE)" : ""));
}

static void curves_footnotes(const Section *section, Table *table)
{
    size_t n_sets;
    const GrowthReference *const *sets = growth_list(&n_sets);
    for (size_t i = 0; i < n_sets; i++)
        table_footnote(section->document, table,
                       str_format(section->arena, "%s: %s.%s%s%s", sets[i]->name, sets[i]->citation,
                                  sets[i]->doubt[0] ? " Doubt: " : "", sets[i]->doubt,
                                  sets[i]->doubt[0] ? "." : ""));
}

/* What stands below the first of tables S1 and S2. */
static void source_footnotes(const Section *section, Table *table)
{
    const GrowthOffset *offset = section->offset;
    table_footnote(section->document, table,
                   STR("Growth: each child keeps its own multiple of the curve of its GMFCS level at "
                       "baseline (individual form), and the curves are not "
                       "extended beyond their ages. The column EXPECTED of the data is that of the mean "
                       "child of the level, so tables made of it can "
                       "differ."));
    curves_footnotes(section, table);
    table_footnote(section->document, table,
                   str_format(section->arena,
                              "Gain without cells: what children who took part in another trial without "
                              "receiving cells gained beyond the curves, %g points "
                              "in 12 months, taken as linear in time%s: %s.",
                              offset->points_per_year,
                              offset->low == 0 && offset->high == 0 ? " and as known exactly" : "",
                              offset->source));
}

static bool write_excess(const Section *section)
{
    const TableColumn COLUMNS[] = {
        {.key = STR("label")},
        {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT},
        {.key = STR("observed"), .header = STR("Change\nobserved"), .align = ALIGN_RIGHT},
        {.key = STR("expected"), .header = STR("Growth\npredicts"), .align = ALIGN_RIGHT},
        {.key = STR("excess"), .header = STR("Beyond growth\n(95 % CI)"), .align = ALIGN_RIGHT},
        {.key = STR("offset"), .header = STR("Gain without\ncells (95 % CI)"), .align = ALIGN_RIGHT},
        {.key = STR("left"), .header = STR("Left over\n(95 % CI)"), .align = ALIGN_RIGHT}};
    Table *table = NULL;
    for (size_t i = 0; i < section->n; i++) {
        const Question *question = &section->questions[i];
        if (!question->excess) continue;
        if (!table) {
            table = document_table(
                section->document, STR("S1"),
                STR("GMFM-66 change in points, less growth and less the gain of children without cells"),
                COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
            table->population = question->words;
        }
        excess_rows(section, table, question);
    }
    for (size_t i = 0; table && i < section->n; i++)
        if (section->questions[i].excess) refusal_footnote(section, table, &section->questions[i]);
    if (!table) return false;
    source_footnotes(section, table);
    table_footnote(section->document, table,
                   str_format(section->arena,
                              "Intervals are 95 %%, of the mean, for description: by bootstrap over children "
                              "(BCa, %zu replicates), and in the last "
                              "column by joining that with the interval of the column before (MOVER). "
                              "Differences are of unrounded numbers.",
                              section->draws.n_replicates));
    return true;
}

/* --- table S2 --- */

#define LEAST_EXPECTED 0.1 /* points; of less growth no multiple is printed: it says nothing */

static void put_multiple(const Section *section, Table *table, size_t column, const Question *question,
                         double of, const char *name)
{
    double multiple = of >= LEAST_EXPECTED ? question->numbers.tipping / of : NAN;
    const Provenance *from = from_children(
        section, question, "tipping point divided by the mean change expected from growth", str_from(name));
    table_cell_number(section->document, table, column, STR(""), STR("multiple"), multiple, 1, STR(""),
                      isfinite(multiple) ? STR("\xc3\x97") : STR(""), from);
}

static void tipping_row(const Section *section, Table *table, const Question *question)
{
    size_t n_sets;
    const GrowthReference *const *sets = growth_list(&n_sets);
    const GrowthNumbers *numbers = &question->numbers;
    const Provenance *change =
        from_children(section, question, "mean change with 95 % confidence interval (Student's t)", STR(""));
    const Provenance *tipping = from_children(
        section, question,
        "gain that brings the lower 95 % confidence limit of the mean change (Student's t) to zero", STR(""));
    Str label = label_of(section, question);
    table_row(section->document, table, ROW_PLAIN, STR(""), label, 0);
    put_n(section, table, question);
    put(section, table, 2, "mean", numbers->change, change);
    put_interval(section, table, 2, numbers->change_ci, change);
    put(section, table, 3, "tipping", numbers->tipping, tipping);
    for (size_t s = 0; s < n_sets; s++) {
        double both = numbers->sets[s].expected + numbers->offset;
        put_multiple(section, table, 4 + 2 * s, question, numbers->sets[s].expected, sets[s]->name);
        put(section, table, 5 + 2 * s, "growth_and_offset", both,
            from_children(
                section, question, "mean change expected from growth plus external-control offset",
                str_format(section->arena, "%s; " STR_FMT, sets[s]->name, STR_ARG(offset_words(section)))));
    }
}

/* Whether growth and the offset reach the tipping point, by each set of curves. */
static void reached_footnote(const Section *section, Table *table)
{
    size_t n_sets;
    const GrowthReference *const *sets = growth_list(&n_sets);
    Buf text = buf_new(section->arena);
    buf_add_c(&text, "Do growth and gain without cells together reach the tipping point?");
    for (size_t i = 0; i < section->n; i++) {
        const GrowthNumbers *numbers = &section->questions[i].numbers;
        if (!section->questions[i].tipping || !isfinite(numbers->tipping)) continue;
        buf_format(&text, " " STR_FMT ":", STR_ARG(label_of(section, &section->questions[i])));
        for (size_t s = 0; numbers->tipping > 0 && s < n_sets; s++)
            buf_format(&text, " %s %s%s", sets[s]->place,
                       numbers->sets[s].expected + numbers->offset >= numbers->tipping ? "yes" : "no",
                       s + 1 < n_sets ? "," : ".");
        if (!(numbers->tipping > 0)) buf_add_c(&text, " the interval of the change reaches zero by itself.");
    }
    table_footnote(section->document, table, buf_str(&text));
}

/* Per set of curves two columns under its name. */
static size_t tipping_columns(Arena *arena, TableColumn *columns)
{
    size_t n_sets, n = 4;
    const GrowthReference *const *sets = growth_list(&n_sets);
    const TableColumn FIRST[] = {
        {.key = STR("label")},
        {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT},
        {.key = STR("change"), .header = STR("Change\n(95 % CI)"), .align = ALIGN_RIGHT},
        {.key = STR("tipping"), .header = STR("Tipping\npoint"), .align = ALIGN_RIGHT}};
    for (size_t i = 0; i < n; i++) columns[i] = FIRST[i];
    for (size_t s = 0; s < n_sets; s++) {
        Str name = str_format(arena, "%s curves", sets[s]->place);
        columns[n++] = (TableColumn){.key = str_format(arena, "multiple_%s", sets[s]->id),
                                     .header = STR("times\ngrowth"),
                                     .spanner = name,
                                     .align = ALIGN_RIGHT};
        columns[n++] = (TableColumn){.key = str_format(arena, "both_%s", sets[s]->id),
                                     .header = STR("growth, gain\nwithout cells"),
                                     .spanner = name,
                                     .align = ALIGN_RIGHT};
    }
    return n;
}

static bool write_tipping(const Section *section, bool has_sources)
{
    TableColumn columns[4 + 2 * GROWTH_SETS_MAX];
    size_t n_columns = tipping_columns(section->arena, columns);
    Table *table = NULL;
    for (size_t i = 0; i < section->n; i++) {
        const Question *question = &section->questions[i];
        if (!question->tipping) continue;
        if (!table) {
            table = document_table(
                section->document, STR("S2"),
                STR("Tipping point: how large a gain from anything else would explain the GMFM-66 change"),
                columns, n_columns);
            table->population = question->words;
        }
        tipping_row(section, table, question);
    }
    for (size_t i = 0; table && i < section->n; i++)
        if (section->questions[i].tipping && !section->questions[i].excess)
            refusal_footnote(section, table, &section->questions[i]);
    if (!table) return false;
    table_footnote(section->document, table,
                   STR("Tipping point (points): were the gain from growth, therapy, practice and hope "
                       "together this large, the lower 95 % limit of the mean "
                       "change beyond it would be zero. Times growth: the same as a multiple of the growth "
                       "expected; not given (NE) of less than 0.1 points. "
                       "Growth, gain without cells: the growth expected plus what children in another trial "
                       "gained beyond it without receiving cells, to be "
                       "held against the tipping point."));
    reached_footnote(section, table);
    if (!has_sources) source_footnotes(section, table);
    return true;
}

/* --- table S3 --- */

static void write_controls(const Section *section)
{
    const TableColumn COLUMNS[] = {
        {.key = STR("label")},
        {.key = STR("received"), .header = STR("Control group received")},
        {.key = STR("n"), .header = STR("Children in\nthe trial"), .align = ALIGN_RIGHT},
        {.key = STR("months"), .header = STR("Months"), .align = ALIGN_RIGHT},
        {.key = STR("gain"), .header = STR("Gain of the\ncontrol group (SD)"), .align = ALIGN_RIGHT}};
    size_t n;
    const GrowthControl *controls = growth_controls(&n);
    Document *document = section->document;
    Table *table =
        document_table(document, STR("S3"),
                       STR("For comparison: what control groups of published cell trials gained (GMFM)"),
                       COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
    Provenance *from = ARENA_NEW(section->arena, Provenance);
    *from = (Provenance){.source = str_from(GROWTH_CONTROLS_SOURCE),
                         .method = STR("as published; no number of this trial went in"),
                         .method_page = STR("natural-history-adjustment")};
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const GrowthControl *control = &controls[i];
        table_row(document, table, ROW_PLAIN, STR(""), str_from(control->trial), 0);
        table_cell_text(table, 1, str_from(control->received));
        table_cell_number(document, table, 2, STR(""), STR("n"), control->n_trial, 0, STR(""), STR(""), from);
        table_cell_number(document, table, 3, STR(""), STR("months"), control->months, 0, STR(""), STR(""),
                          from);
        table_cell_number(document, table, 4, STR("+"), STR("gain"), control->gain, 2, STR(""), STR(""),
                          from);
        if (control->sd > 0)
            table_cell_number(document, table, 4, STR(" ("), STR("sd"), control->sd, 2, STR(""), STR(")"),
                              from);
        least = fmin(least, control->gain), most = fmax(most, control->gain);
    }
    table_footnote(
        document, table,
        str_format(section->arena, "Published numbers of other trials: %s.", GROWTH_CONTROLS_SOURCE));
    table_footnote(
        document, table,
        str_format(
            section->arena,
            "From +" STR_FMT " to +" STR_FMT
            ". The source joins GMFM-88 (per cent) and GMFM-66 (points), and the children were of other "
            "ages, levels and care: context for the size of such gains, not a comparison.",
            STR_ARG(fixed(section->arena, least, 2)), STR_ARG(fixed(section->arena, most, 1))));
}

/* --- the section --- */

static void write_left_out(const Section *section)
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

static bool write_answers(Section *section, FrameSource source, const OutputPlan *plan, Error *err)
{
    if (!frames_open(section->arena, source, plan, &section->frames, err) ||
        !frames_get(&section->frames, STR("measures"), NULL, section->questions[0].plan->at, &section->data,
                    err))
        return false;
    for (size_t i = 0; i < section->n; i++)
        if (!answer(section, &section->questions[i], err)) return false;
    write_plain(section);
    bool has_sources = write_excess(section);
    if (write_tipping(section, has_sources)) write_controls(section);
    return true;
}

bool growth_write(Document *document, const OutputPlan *plan, FrameSource source, GrowthOptions options,
                  Error *err)
{
    Section section = {
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
        if (!why_not(analysis)) ask(&section, analysis);
    }
    if (!n_asked) return true;
    document_heading(document, 1, STR("Against growth alone"));
    if (section.n && !write_answers(&section, source, plan, err)) return false;
    write_left_out(&section);
    return true;
}
