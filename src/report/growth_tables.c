#include "report/growth_tables.h"

#include <math.h>

#include "report/growth_controls.h"

static Str population_title(const GrowthSection *section, const GrowthInquiry *inquiry)
{
    const Population *population = protocol_population(section->protocol, inquiry->plan->population);
    return population ? population->title : inquiry->words;
}

static void put(const GrowthSection *section, Table *table, size_t column, const char *stat, double value,
                const Provenance *from)
{
    table_cell_number(section->document, table, column, STR(""), str_from(stat), value, 1, STR(""), STR(""),
                      from);
}

static void put_interval(const GrowthSection *section, Table *table, size_t column, Interval ci,
                         const Provenance *from)
{
    table_cell_number(section->document, table, column, STR(" ("), STR("ci_low"), ci.lower, 1, STR(""),
                      STR(""), from);
    table_cell_number(section->document, table, column, STR(" to "), STR("ci_high"), ci.upper, 1, STR(""),
                      STR(")"), from);
}

static void put_n(const GrowthSection *section, Table *table, const GrowthInquiry *inquiry)
{
    const Provenance *from = growth_provenance(
        section, inquiry, "children with a change at the visit and an expected change by every set of curves",
        STR(""));
    table_cell_number(section->document, table, 1, STR(""), STR("n"), (double)inquiry->numbers.n, 0, STR(""),
                      STR(""), from);
}

static void excess_rows(const GrowthSection *section, Table *table, const GrowthInquiry *inquiry)
{
    size_t n_sets, named = growth_named_set(inquiry->plan);
    const GrowthReference *const *sets = growth_list(&n_sets);
    const GrowthNumbers *numbers = &inquiry->numbers;
    Str group = growth_label(section, inquiry);
    table_row(section->document, table, ROW_GROUP, group, group, 0);
    for (size_t i = 0; i < n_sets; i++) {
        size_t set = i == 0 ? named : i <= named ? i - 1 : i; /* the named set first */
        const GrowthLeft *left = &numbers->sets[set];
        Str how = growth_drawn(section, inquiry, sets[set]);
        table_row(section->document, table, ROW_PLAIN, group, str_from(sets[set]->place), 1);
        put_n(section, table, inquiry);
        put(section, table, 2, "mean", numbers->change,
            growth_provenance(section, inquiry, "mean change since baseline", STR("")));
        put(section, table, 3, "expected", left->expected,
            growth_provenance(section, inquiry,
                              "mean change that the motor growth curve of the child's GMFCS level predicts, "
                              "individual form",
                              str_from(sets[set]->name)));
        const Provenance *excess = growth_provenance(
            section, inquiry,
            "mean of observed minus expected change, 95 % bootstrap interval (BCa) over children", how);
        put(section, table, 4, "excess", left->excess, excess);
        put_interval(section, table, 4, left->excess_ci, excess);
        const Provenance *offset =
            growth_provenance(section, inquiry, "external-control offset", growth_offset_words(section));
        put(section, table, 5, "offset", numbers->offset, offset);
        put_interval(section, table, 5, numbers->offset_ci, offset);
        const Provenance *rest = growth_provenance(
            section, inquiry, "observed minus expected minus offset, 95 % interval by MOVER",
            str_format(section->arena, STR_FMT "; " STR_FMT, STR_ARG(how),
                       STR_ARG(growth_offset_words(section))));
        put(section, table, 6, "left", left->left, rest);
        put_interval(section, table, 6, left->left_ci, rest);
    }
}

/* How many children are left out, and why. */
static void refusal_footnote(const GrowthSection *section, Table *table, const GrowthInquiry *inquiry)
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
        if (!inquiry->children.refused[i]) continue;
        buf_format(&text, "%s%zu %s", n ? ", " : "", inquiry->children.refused[i], WHY[i]);
        n += inquiry->children.refused[i];
    }
    if (n) {
        Str label = growth_label(section, inquiry);
        table_footnote(section->document, table,
                       str_format(section->arena,
                                  STR_FMT
                                  ": %zu child%s with a change left out of every number here: " STR_FMT ".",
                                  STR_ARG(label), n, n == 1 ? "" : "ren", STR_ARG(buf_str(&text))));
    }
    if (inquiry->numbers.n < 20)
        table_footnote(
            section->document, table,
            str_format(
                section->arena, STR_FMT ": only %zu child%s; an interval of fewer than 20 is too narrow%s.",
                STR_ARG(growth_label(section, inquiry)), inquiry->numbers.n,
                inquiry->numbers.n == 1 ? "" : "ren",
                inquiry->numbers.n < GROWTH_MIN_CHILDREN ? ", and of fewer than 5 none is given (NE)" : ""));
}

static void curves_footnotes(const GrowthSection *section, Table *table)
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
static void source_footnotes(const GrowthSection *section, Table *table)
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

bool growth_table_excess(const GrowthSection *section)
{
    const TableColumn COLUMNS[] = {
        {.key = STR("label")},
        {.key = STR("n"), .header = STR("n"), .align = ALIGN_RIGHT},
        {.key = STR("observed"), .header = STR("Change\nobserved"), .align = ALIGN_RIGHT},
        {.key = STR("expected"), .header = STR("Growth\npredicts"), .align = ALIGN_RIGHT},
        {.key = STR("excess"), .header = STR("Beyond growth\n(95 % CI)"), .align = ALIGN_RIGHT},
        {.key = STR("offset"), .header = STR("Gain without cells\n(95 % CI)"), .align = ALIGN_RIGHT},
        {.key = STR("left"), .header = STR("Left over\n(95 % CI)"), .align = ALIGN_RIGHT}};
    Table *table = NULL;
    for (size_t i = 0; i < section->n; i++) {
        const GrowthInquiry *inquiry = &section->inquiries[i];
        if (!inquiry->excess) continue;
        if (!table) {
            table = document_table(
                section->document, STR("S1"),
                STR("GMFM-66 change in points, less growth and less the gain of children without cells"),
                COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
            table->population = population_title(section, inquiry);
        }
        excess_rows(section, table, inquiry);
    }
    for (size_t i = 0; table && i < section->n; i++)
        if (section->inquiries[i].excess) refusal_footnote(section, table, &section->inquiries[i]);
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

#define LEAST_EXPECTED 0.1 /* points; of less growth no multiple is printed: it says nothing */

static void put_multiple(const GrowthSection *section, Table *table, size_t column,
                         const GrowthInquiry *inquiry, double of, const char *name)
{
    double multiple = of >= LEAST_EXPECTED ? inquiry->numbers.tipping / of : NAN;
    const Provenance *from = growth_provenance(
        section, inquiry, "tipping point divided by the mean change expected from growth", str_from(name));
    table_cell_number(section->document, table, column, STR(""), STR("multiple"), multiple, 1, STR(""),
                      isfinite(multiple) ? STR("\xc3\x97") : STR(""), from);
}

static void tipping_row(const GrowthSection *section, Table *table, const GrowthInquiry *inquiry)
{
    size_t n_sets;
    const GrowthReference *const *sets = growth_list(&n_sets);
    const GrowthNumbers *numbers = &inquiry->numbers;
    const Provenance *change = growth_provenance(
        section, inquiry, "mean change with 95 % confidence interval (Student's t)", STR(""));
    const Provenance *tipping = growth_provenance(
        section, inquiry,
        "gain that brings the lower 95 % confidence limit of the mean change (Student's t) to zero", STR(""));
    Str label = growth_label(section, inquiry);
    table_row(section->document, table, ROW_PLAIN, STR(""), label, 0);
    put_n(section, table, inquiry);
    put(section, table, 2, "mean", numbers->change, change);
    put_interval(section, table, 2, numbers->change_ci, change);
    put(section, table, 3, "tipping", numbers->tipping, tipping);
    for (size_t s = 0; s < n_sets; s++) {
        double both = numbers->sets[s].expected + numbers->offset;
        put_multiple(section, table, 4 + 2 * s, inquiry, numbers->sets[s].expected, sets[s]->name);
        put(section, table, 5 + 2 * s, "growth_and_offset", both,
            growth_provenance(section, inquiry,
                              "mean change expected from growth plus external-control offset",
                              str_format(section->arena, "%s; " STR_FMT, sets[s]->name,
                                         STR_ARG(growth_offset_words(section)))));
    }
}

/* Whether growth and the offset reach the tipping point, by each set of curves. */
static void reached_footnote(const GrowthSection *section, Table *table)
{
    size_t n_sets;
    const GrowthReference *const *sets = growth_list(&n_sets);
    Buf text = buf_new(section->arena);
    buf_add_c(&text,
              "Do growth and gain without cells together reach the tipping point (by unrounded numbers)?");
    for (size_t i = 0; i < section->n; i++) {
        const GrowthNumbers *numbers = &section->inquiries[i].numbers;
        if (!section->inquiries[i].tipping || !isfinite(numbers->tipping)) continue;
        buf_format(&text, " " STR_FMT ":", STR_ARG(growth_label(section, &section->inquiries[i])));
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

bool growth_table_tipping(const GrowthSection *section, bool has_sources)
{
    TableColumn columns[4 + 2 * GROWTH_SETS_MAX];
    size_t n_columns = tipping_columns(section->arena, columns);
    Table *table = NULL;
    for (size_t i = 0; i < section->n; i++) {
        const GrowthInquiry *inquiry = &section->inquiries[i];
        if (!inquiry->tipping) continue;
        if (!table) {
            table = document_table(
                section->document, STR("S2"),
                STR("Tipping point: how large a gain from anything else would explain the GMFM-66 change"),
                columns, n_columns);
            table->population = population_title(section, inquiry);
        }
        tipping_row(section, table, inquiry);
    }
    for (size_t i = 0; table && i < section->n; i++)
        if (section->inquiries[i].tipping && !section->inquiries[i].excess)
            refusal_footnote(section, table, &section->inquiries[i]);
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

void growth_table_controls(const GrowthSection *section)
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
    table_footnote(document, table,
                   str_format(section->arena, "Published numbers of other trials, not of this one: %s.",
                              GROWTH_CONTROLS_SOURCE));
    table_footnote(
        document, table,
        str_format(
            section->arena,
            "From +" STR_FMT " to +" STR_FMT
            ". The source joins GMFM-88 (per cent) and GMFM-66 (points), and the children were of other "
            "ages, levels and care: context for the size of such gains, not a comparison.",
            STR_ARG(growth_fixed(section->arena, least, 2)), STR_ARG(growth_fixed(section->arena, most, 1))));
}
