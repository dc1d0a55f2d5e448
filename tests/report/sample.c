#include "report/sample.h"

#include <math.h>

#define N_VISITS 4
#define N_SUBJECTS 12

static const Provenance *from(Document *document, Str variable, Str method, size_t n)
{
    Provenance *made = ARENA_NEW(document->arena, Provenance);
    *made = (Provenance){.source = STR("journal of sample.trial"),
                         .source_hash = STR("5d41402abc4b2a76b9719d911017c592e0c7b1f5a1d2c3b4a5968778695a4b3c"),
                         .frame = STR("measures"),
                         .population = STR("Safety: SAFFL = 'Y'"),
                         .filter = STR("AVISIT = 'Month 3' AND PARAMCD = 'GMFM66'"),
                         .n_records = n,
                         .records = n < 4 ? STR("SUBJID S-001 S-004 S-009") : STR(""),
                         .variable = variable,
                         .method = method,
                         .method_page = STR("describe"),
                         .options = STR("quantile definition 5"),
                         .estimand = STR("primary")};
    return made;
}

static void mean_sd(Document *document, Table *table, size_t column, double mean, double sd, size_t n)
{
    const Provenance *p = from(document, STR("AVAL"), STR("mean and standard deviation"), n);
    table_cell_number(document, table, column, STR(""), STR("mean"), mean, 1, STR(""), STR(""), p);
    table_cell_number(document, table, column, STR(" ("), STR("sd"), sd, 2, STR(""), STR(")"), p);
}

static void count_pct(Document *document, Table *table, size_t column, size_t n, size_t of)
{
    const Provenance *p = from(document, STR("SUBJID"), STR("count of subjects"), of);
    table_cell_number(document, table, column, STR(""), STR("n"), (double)n, 0, STR(""), STR(""), p);
    if (n) table_cell_number(document, table, column, STR(" ("), STR("pct"), 100.0 * (double)n / (double)of, 0, STR(""), STR("%)"), p);
}

static void add_baseline(Document *document)
{
    const TableColumn columns[] = {
        {.key = STR("label"), .header = STR("Characteristic")},
        {.key = STR("placebo"), .header = STR("Placebo\n(N=86)"), .align = ALIGN_DECIMAL},
        {.key = STR("low"), .header = STR("Low dose\n(N=84)"), .spanner = STR("Xanomeline"), .align = ALIGN_DECIMAL},
        {.key = STR("high"), .header = STR("High dose\n(N=84)"), .spanner = STR("Xanomeline"), .align = ALIGN_DECIMAL},
        {.key = STR("p_value"), .header = STR("p-value"), .align = ALIGN_DECIMAL},
    };
    Table *table = document_table(document, STR("14-2.01"), STR("Demographic and baseline characteristics"), columns, 5);
    table->population = STR("Intent-to-treat: every subject randomised");
    const Provenance *test = from(document, STR("AGE ~ TRT01P"), STR("one-way analysis of variance, F test"), 254);
    table_row(document, table, ROW_GROUP, STR("Age (years)"), STR("Age (years)"), 0);
    table_row(document, table, ROW_PLAIN, STR("Age (years)"), STR("n"), 1);
    for (size_t c = 1; c < 4; c++)
        table_cell_number(document, table, c, STR(""), STR("n"), c == 1 ? 86 : 84, 0, STR(""), STR(""), from(document, STR("AGE"), STR("count"), 254));
    table_cell_number(document, table, 4, STR(""), STR("p"), 0.593435, 4, STR(""), STR(""), test);
    table_row(document, table, ROW_PLAIN, STR("Age (years)"), STR("Mean (SD)"), 1);
    mean_sd(document, table, 1, 75.2093023255814, 8.59016712714193, 86);
    mean_sd(document, table, 2, 75.6666666666667, 8.28605059954093, 84);
    mean_sd(document, table, 3, 74.3809523809524, 7.88609384869824, 84);
    table_row(document, table, ROW_PLAIN, STR("Age (years)"), STR("Median [min, max]"), 1);
    table_cell_text(table, 1, STR("76.0 [52, 89]"));
    table_cell_text(table, 2, STR("77.5 [51, 88]"));
    table_cell_text(table, 3, STR("76.0 [56, 88]"));
    table_row(document, table, ROW_GROUP, STR("Sex"), STR("Sex"), 0);
    table_cell_number(document, table, 4, STR(""), STR("p"), 0.000321, 4, STR("<0.001"), STR(""), test);
    table_row(document, table, ROW_PLAIN, STR("Sex"), STR("Female"), 1);
    count_pct(document, table, 1, 53, 86);
    count_pct(document, table, 2, 50, 84);
    count_pct(document, table, 3, 40, 84);
    table_row(document, table, ROW_PLAIN, STR("Sex"), STR("Male"), 1);
    count_pct(document, table, 1, 33, 86);
    count_pct(document, table, 2, 34, 84);
    count_pct(document, table, 3, 4, 84);
    table_row(document, table, ROW_GROUP, STR("Time since diagnosis"), STR("Time since diagnosis (months), as far as the family remembers"), 0);
    table_row(document, table, ROW_PLAIN, STR("Time since diagnosis"), STR("Mean (SD)"), 1);
    mean_sd(document, table, 1, 42.6538, 30.2412, 86);
    mean_sd(document, table, 2, 48.7412, 29.5816, 84);
    table_cell_number(document, table, 3, STR(""), STR("mean"), NAN, 1, STR(""), STR(""), test);
    table_footnote(document, table, STR("SD: standard deviation, with n - 1. NE: not estimable."));
    table_footnote(document, table, STR("P-values compare the three groups and are not adjusted for their number."));
}

static void add_wide(Document *document)
{
    TableColumn columns[10] = {{.key = STR("term"), .header = STR("System organ class and preferred term")}};
    for (size_t c = 1; c < 10; c++)
        columns[c] = (TableColumn){.key = str_format(document->arena, "m%zu", c),
                                   .header = str_format(document->arena, "Month %zu\nsubjects", c),
                                   .spanner = str_format(document->arena, "Quarter %zu", (c + 2) / 3),
                                   .align = ALIGN_DECIMAL};
    Table *table = document_table(document, STR(""), STR("Subjects with adverse events, by month"), columns, 10);
    static const char *const TERMS[] = {"Gastrointestinal disorders", "Vomiting", "Nausea", "General disorders", "Fever",
                                        "Pain at the place of the lumbar puncture, with or without headache in the following days"};
    for (size_t r = 0; r < 6; r++) {
        Str term = str_from(TERMS[r]);
        bool is_group = r == 0 || r == 3;
        table_row(document, table, is_group ? ROW_GROUP : ROW_PLAIN, str_from(TERMS[r < 3 ? 0 : 3]), term, is_group ? 0 : 1);
        for (size_t c = 1; c < 10; c++) count_pct(document, table, c, (r * 7 + c * 5) % 13, 40);
    }
    table_row(document, table, ROW_PLAIN, STR(""), STR("Any other event"), 0);
    table_cell_text(table, 1, STR("none seen in any month"));
    table->rows[table->n_rows - 1].cells[1].column_span = 9;
}

static void add_listing(Document *document)
{
    const TableColumn columns[] = {
        {.key = STR("subject"), .header = STR("Subject")},
        {.key = STR("day"), .header = STR("Day"), .align = ALIGN_RIGHT},
        {.key = STR("grade"), .header = STR("Grade"), .align = ALIGN_CENTRE},
        {.key = STR("narrative"), .header = STR("What happened")},
        {.key = STR("outcome"), .header = STR("Outcome")},
    };
    Table *table = document_table(document, STR("16.2.7"), STR("Adverse events of grade 3 or more"), columns, 5);
    table_row(document, table, ROW_PLAIN, STR(""), STR("S-004"), 0);
    table_cell_text(table, 1, STR("2"));
    table_cell_text(table, 2, STR("3"));
    table_cell_text(table, 3, STR("Fever of 39.8 °C on the evening after the second injection, seen by the paediatrician on call, "
                                  "treated with paracetamol; cultures of blood and cerebrospinal fluid stayed sterile."));
    table_cell_text(table, 4, STR("Recovered"));
    table_row(document, table, ROW_PLAIN, STR(""), STR("S-031"), 0);
    table_cell_text(table, 1, STR("118"));
    table_cell_text(table, 2, STR("3"));
    table_cell_text(table, 3, STR("Pneumonia – hospital admission for six days (Nguyễn Thị Hồng's ward, 小児科)."));
    table_cell_text(table, 4, STR("Recovered with sequelae"));
}

static Table *data_table(Document *document, Figure *figure, Str first, Str second, Str third)
{
    const TableColumn columns[] = {
        {.key = STR("label"), .header = first},
        {.key = STR("n"), .header = second, .align = ALIGN_DECIMAL},
        {.key = STR("estimate"), .header = third, .align = ALIGN_DECIMAL},
    };
    return document_figure_table(document, figure, columns, third.len ? 3 : 2);
}

static void add_flow(Document *document)
{
    const FlowBox BOXES[] = {
        {.text = STR("Assessed for eligibility"), .n = 52, .row = 0, .from = -1},
        {.text = STR("Excluded\n7 not meeting the criteria (4 epilepsy, 3 younger than 2 years)\n5 declined"), .n = 12, .row = 1, .from = 0, .aside = true},
        {.text = STR("Enrolled"), .n = 40, .row = 2, .from = 0},
        {.text = STR("Received the first injection"), .n = 40, .row = 3, .from = 2},
        {.text = STR("Did not receive the second injection\n1 family moved away\n1 infection on the day"), .n = 2, .row = 4, .from = 3, .aside = true},
        {.text = STR("Received the second injection"), .n = 38, .row = 5, .from = 3},
        {.text = STR("Analysed\n40 safety, 39 change in GMFM-66"), .n = 40, .row = 6, .from = 5},
    };
    Figure *figure = document_figure(document, FIGURE_FLOW, STR("1"), STR("Flow of participants"));
    figure->alt = STR("52 children were assessed, 12 excluded, 40 enrolled; 40 received the first and 38 the second injection; 40 were analysed.");
    figure->n_boxes = sizeof BOXES / sizeof BOXES[0];
    figure->boxes = arena_copy(document->arena, BOXES, sizeof BOXES);
    Table *table = data_table(document, figure, STR("Step"), STR("Children"), STR(""));
    for (size_t i = 0; i < figure->n_boxes; i++) {
        Str name = {0}, rest;
        if (!str_cut(BOXES[i].text, STR("\n"), &name, &rest)) name = BOXES[i].text;
        table_row(document, table, ROW_PLAIN, STR(""), name, BOXES[i].aside);
        table_cell_number(document, table, 1, STR(""), STR("n"), (double)BOXES[i].n, 0, STR(""), STR(""), NULL);
    }
}

static void add_flow_of_arms(Document *document)
{
    const FlowBox BOXES[] = {
        {.text = STR("Assessed for eligibility"), .n = 310, .column = 1, .row = 0, .from = -1},
        {.text = STR("Excluded\n40 not meeting the criteria\n16 declined"), .n = 56, .column = 1, .row = 1, .from = 0, .aside = true},
        {.text = STR("Randomised (n = 254)"), .n = 254, .column = 1, .row = 2, .from = 0},
        {.text = STR("Allocated to placebo\n86 received it"), .n = 86, .column = 0, .row = 3, .from = 2},
        {.text = STR("Allocated to low dose\n84 received it"), .n = 84, .column = 1, .row = 3, .from = 2},
        {.text = STR("Allocated to high dose\n83 received it, 1 withdrew before the first dose"), .n = 84, .column = 2, .row = 3, .from = 2},
        {.text = STR("Stopped early\n8 adverse event\n20 other"), .n = 28, .column = 0, .row = 4, .from = 3},
        {.text = STR("Stopped early\n44 adverse event\n15 other"), .n = 59, .column = 1, .row = 4, .from = 4},
        {.text = STR("Stopped early\n40 adverse event\n17 other"), .n = 57, .column = 2, .row = 4, .from = 5},
        {.text = STR("Without a last visit"), .n = 3, .column = 1, .row = 5, .from = 7, .aside = true},
        {.text = STR("Analysed"), .n = 254, .column = 1, .row = 6, .from = 7},
    };
    Figure *figure = document_figure(document, FIGURE_FLOW, STR("2"), STR("Flow of participants in three arms"));
    figure->alt = STR("310 assessed, 254 randomised: 86 to placebo, 84 to low dose, 84 to high dose; all analysed.");
    figure->n_boxes = sizeof BOXES / sizeof BOXES[0];
    figure->boxes = arena_copy(document->arena, BOXES, sizeof BOXES);
    Table *table = data_table(document, figure, STR("Step"), STR("Subjects"), STR(""));
    table_row(document, table, ROW_PLAIN, STR(""), STR("Randomised"), 0);
    table_cell_number(document, table, 1, STR(""), STR("n"), 254, 0, STR(""), STR(""), NULL);
}

static double *numbers(Document *document, const double *values, size_t n) { return arena_copy(document->arena, values, n * sizeof *values); }

static const double VISITS[N_VISITS] = {0, 3, 6, 12};

/* Made-up scores: a start, a rise, a wobble; some visits missed. */
static double score(size_t subject, size_t visit)
{
    double wobble = (double)((subject * 37 + visit * 23) % 11) - 5;
    if ((subject * 5 + visit * 3) % 13 == 7) return NAN;
    return 31 + 3.1 * (double)((subject * 7) % 12) + 0.55 * VISITS[visit] * (1 + (double)(subject % 3) / 2) + 0.45 * wobble;
}

static void fill_mean(Document *document, Series *series, size_t arm, size_t n_arms)
{
    double *y = ARENA_ARRAY(document->arena, double, N_VISITS), *low = ARENA_ARRAY(document->arena, double, N_VISITS);
    double *high = ARENA_ARRAY(document->arena, double, N_VISITS);
    size_t *n_at = ARENA_ARRAY(document->arena, size_t, N_VISITS);
    for (size_t v = 0; v < N_VISITS; v++) {
        double sum = 0;
        for (size_t s = arm; s < N_SUBJECTS; s += n_arms) {
            if (!isfinite(score(s, v))) continue;
            sum += score(s, v);
            n_at[v]++;
        }
        y[v] = sum / (double)n_at[v];
        low[v] = y[v] - 4.5;
        high[v] = y[v] + 4.5;
    }
    *series = (Series){.role = SERIES_MEAN, .n = N_VISITS, .x = numbers(document, VISITS, N_VISITS), .y = y, .low = low, .high = high, .n_at = n_at};
}

static void add_lines(Document *document, Str number, size_t n_arms, bool facets)
{
    static const char *const ARMS[] = {"Bone-marrow cells", "Sham procedure"};
    Arena *arena = document->arena;
    Figure *figure = document_figure(document, FIGURE_LINES, number, facets ? STR("GMFM-66 by visit and arm") : STR("GMFM-66 by visit: every child, and the mean"));
    figure->alt = STR("Lines of twelve children rise from a mean of 47 to 57 points over twelve months; growth alone predicts 51.");
    figure->x_label = STR("Months since first dose");
    figure->y_label = STR("GMFM-66 score (points)");
    figure->facets = facets;
    figure->n_ticks = N_VISITS;
    figure->tick_at = numbers(document, VISITS, N_VISITS);
    figure->tick_text = arena_copy(arena, (Str[]){STR("Baseline"), STR("3"), STR("6"), STR("12")}, N_VISITS * sizeof(Str));
    figure->series = ARENA_ARRAY(arena, Series, N_SUBJECTS + 2 * n_arms);
    for (size_t s = 0; s < N_SUBJECTS; s++) {
        Series *series = &figure->series[figure->n_series++];
        *series = (Series){.label = str_format(arena, "S-%03zu", s + 1), .role = SERIES_SUBJECT, .n = N_VISITS, .x = numbers(document, VISITS, N_VISITS)};
        series->y = ARENA_ARRAY(arena, double, N_VISITS);
        for (size_t v = 0; v < N_VISITS; v++) series->y[v] = score(s, v);
        if (n_arms > 1) series->group = str_from(ARMS[s % n_arms]);
    }
    Table *table = data_table(document, figure, STR("Visit"), STR("n"), STR("Mean (SD)"));
    for (size_t a = 0; a < n_arms; a++) {
        Series *mean = &figure->series[figure->n_series++];
        fill_mean(document, mean, a, n_arms);
        mean->label = n_arms > 1 ? str_from(ARMS[a]) : STR("Mean with 95% CI");
        if (n_arms > 1) mean->group = str_from(ARMS[a]);
        for (size_t v = 0; v < N_VISITS; v++) {
            table_row(document, table, ROW_PLAIN, mean->group, figure->tick_text[v], 0);
            table_cell_number(document, table, 1, STR(""), STR("n"), (double)mean->n_at[v], 0, STR(""), STR(""), NULL);
            mean_sd(document, table, 2, mean->y[v], 7.3, mean->n_at[v]);
        }
    }
    if (n_arms == 1)
        figure->series[figure->n_series++] = (Series){.label = STR("Expected from growth alone"), .role = SERIES_EXPECTED, .n = N_VISITS,
                                                      .x = numbers(document, VISITS, N_VISITS), .y = numbers(document, (double[]){48.1, 49.4, 50.2, 51.3}, N_VISITS)};
}

static void add_row(Document *document, Figure *figure, Table *table, Series row, double estimate, double low, double high, size_t n)
{
    row.n = 1;
    row.x = numbers(document, &estimate, 1);
    row.low = numbers(document, &low, 1);
    row.high = numbers(document, &high, 1);
    row.n_at = arena_copy(document->arena, &n, sizeof n);
    figure->series[figure->n_series++] = row;
    table_row(document, table, ROW_PLAIN, row.group, row.label, row.group.len > 0);
    table_cell_number(document, table, 1, STR(""), STR("n"), (double)n, 0, STR(""), STR(""), NULL);
    table_cell_number(document, table, 2, STR(""), STR("estimate"), estimate, figure->decimals, STR(""), STR(""), NULL);
    table_cell_number(document, table, 2, STR(" ("), STR("ci_low"), low, figure->decimals, STR(""), STR(""), NULL);
    table_cell_number(document, table, 2, STR(" to "), STR("ci_high"), high, figure->decimals, STR(""), STR(")"), NULL);
}

static void add_forest(Document *document)
{
    Figure *figure = document_figure(document, FIGURE_FOREST, STR("4"), STR("Change in GMFM-66 at month 6, by subgroup"));
    figure->alt = STR("The change is 4.1 points overall; intervals of all subgroups overlap.");
    figure->x_label = STR("Change in GMFM-66 (points, 95% CI)");
    figure->y_label = STR("Change (95% CI)");
    figure->reference = 0;
    figure->low_words = STR("Worse");
    figure->high_words = STR("Better");
    figure->exploratory = true;
    figure->series = ARENA_ARRAY(document->arena, Series, 12);
    Table *t = data_table(document, figure, STR("Subgroup"), STR("n"), STR("Change (95% CI)"));
    add_row(document, figure, t, (Series){.label = STR("All children"), .role = SERIES_MEAN}, 4.13, 2.81, 5.45, 39);
    Str sex = STR("Sex"), age = STR("Age at first dose"), level = STR("GMFCS level");
    add_row(document, figure, t, (Series){.label = STR("Girls"), .group = sex, .role = SERIES_POINTS}, 4.62, 2.31, 6.93, 15);
    add_row(document, figure, t, (Series){.label = STR("Boys"), .group = sex, .role = SERIES_POINTS}, 3.82, 2.11, 5.53, 24);
    add_row(document, figure, t, (Series){.label = STR("2 to 5 years"), .group = age, .role = SERIES_POINTS}, 5.91, 3.87, 7.95, 18);
    add_row(document, figure, t, (Series){.label = STR("6 to 10 years"), .group = age, .role = SERIES_POINTS}, 2.74, 0.61, 4.87, 14);
    add_row(document, figure, t, (Series){.label = STR("11 to 15 years"), .group = age, .role = SERIES_POINTS}, 2.32, -1.12, 5.76, 7);
    add_row(document, figure, t, (Series){.label = STR("Level I or II"), .group = level, .role = SERIES_POINTS}, 5.21, -2.4, 12.82, 4);
    add_row(document, figure, t, (Series){.label = STR("Level III"), .group = level, .role = SERIES_POINTS}, 4.45, 1.92, 6.98, 11);
    add_row(document, figure, t, (Series){.label = STR("Level IV or V"), .group = level, .role = SERIES_POINTS}, 3.78, 2.22, 5.34, 24);
    add_row(document, figure, t, (Series){.label = STR("Level not recorded"), .group = level, .role = SERIES_POINTS}, NAN, NAN, NAN, 0);
    figure->footnotes = arena_copy(document->arena, (Str[]){STR("Area of a square is in proportion to n. Interaction with age: -0.4 points per year (95% CI -0.8 to 0.0).")}, sizeof(Str));
    figure->n_footnotes = 1;
}

static void add_dots(Document *document)
{
    static const struct { const char *term; double share, low, high; size_t n; } ROWS[] = {
        {"Fever", 30, 16.6, 46.5, 40}, {"Vomiting", 22.5, 10.8, 38.5, 40}, {"Pain at puncture site", 17.5, 7.3, 32.8, 40},
        {"Irritability", 10, 2.8, 23.7, 40}, {"Headache", 5, 0.6, 16.9, 40}, {"Seizure", 0, 0, 8.8, 40},
    };
    Figure *figure = document_figure(document, FIGURE_DOTS, STR("5"), STR("Children with adverse events after the first injection"));
    figure->alt = STR("Fever in 30 percent, vomiting in 22.5, pain in 17.5, irritability in 10, headache in 5, seizures in none of 40 children.");
    figure->x_label = STR("Children with the event (%, exact 95% CI)");
    figure->y_label = STR("% (95% CI)");
    figure->series = ARENA_ARRAY(document->arena, Series, 6);
    Table *table = data_table(document, figure, STR("Event"), STR("N"), STR("% (95% CI)"));
    for (size_t i = 0; i < 6; i++)
        add_row(document, figure, table, (Series){.label = str_from(ROWS[i].term), .role = SERIES_POINTS}, ROWS[i].share, ROWS[i].low, ROWS[i].high, ROWS[i].n);
}

static void add_dots_of_arms(Document *document)
{
    static const struct { const char *term; double share[2]; } ROWS[] = {
        {"Pruritus", {9.3, 31}}, {"Application site erythema, seen by the investigator or told by the family", {3.5, 17.9}}, {"Dizziness", {2.3, 13.1}}};
    static const char *const ARMS[] = {"Placebo", "High dose"};
    Figure *figure = document_figure(document, FIGURE_DOTS, STR("7"), STR("Subjects with adverse events, by arm"));
    figure->alt = STR("Itching, redness and dizziness are more frequent with the high dose than with placebo.");
    figure->x_label = STR("Subjects with the event (%, 95% CI)");
    figure->series = ARENA_ARRAY(document->arena, Series, 6);
    Table *table = data_table(document, figure, STR("Event and arm"), STR("N"), STR("% (95% CI)"));
    for (size_t i = 0; i < 6; i++) {
        double share = ROWS[i / 2].share[i % 2];
        add_row(document, figure, table, (Series){.label = str_from(ROWS[i / 2].term), .group = str_from(ARMS[i % 2]), .role = SERIES_POINTS},
                share, 0.6 * share, 1.5 * share + 2, 84 + 2 * (1 - i % 2));
    }
}

static void add_odds(Document *document)
{
    Figure *figure = document_figure(document, FIGURE_FOREST, STR("8"), STR("Odds of stopping early"));
    figure->alt = STR("The odds of stopping early are four to five times those of placebo.");
    figure->x_label = STR("Odds ratio against placebo (95% CI, logarithmic)");
    figure->y_label = STR("Odds ratio");
    figure->reference = 1;
    figure->log_x = true;
    figure->decimals = 2;
    figure->low_words = STR("Fewer stop");
    figure->high_words = STR("More stop");
    figure->series = ARENA_ARRAY(document->arena, Series, 2);
    Table *table = data_table(document, figure, STR("Arm"), STR("N"), STR("Odds ratio (95% CI)"));
    add_row(document, figure, table, (Series){.label = STR("Low dose"), .role = SERIES_POINTS}, 4.89, 2.54, 9.41, 84);
    add_row(document, figure, table, (Series){.label = STR("High dose"), .role = SERIES_POINTS}, 4.37, 2.28, 8.39, 84);
}

static void add_bars(Document *document)
{
    static const double SHARES[6][3] = {{0, 5, 10}, {5, 12.5, 22.5}, {12.5, 20, 25}, {42.5, 37.5, 27.5}, {30, 20, 12.5}, {10, 5, 2.5}};
    static const char *const LEVELS[] = {"0", "1", "1+", "2", "3", "4"};
    Arena *arena = document->arena;
    Figure *figure = document_figure(document, FIGURE_BARS, STR("6"), STR("Modified Ashworth grade of the right gastrocnemius, by visit"));
    figure->alt = STR("The share of children with grade 2 or more falls from 83 percent at baseline to 43 percent at month 6.");
    figure->x_label = STR("Children (%)");
    figure->y_label = STR("Ashworth grade");
    figure->n_ticks = 3;
    figure->tick_at = numbers(document, (double[]){0, 1, 2}, 3);
    figure->tick_text = arena_copy(arena, (Str[]){STR("Baseline (n=40)"), STR("Month 3 (n=39)"), STR("Month 6 (n=39)")}, 3 * sizeof(Str));
    figure->n_series = 6;
    figure->series = ARENA_ARRAY(arena, Series, 6);
    Table *table = data_table(document, figure, STR("Grade"), STR("Baseline (%)"), STR("Month 6 (%)"));
    for (size_t i = 0; i < 6; i++) {
        figure->series[i] = (Series){.label = str_from(LEVELS[i]), .role = SERIES_POINTS, .n = 3,
                                     .x = numbers(document, (double[]){0, 1, 2}, 3), .y = numbers(document, SHARES[i], 3)};
        table_row(document, table, ROW_PLAIN, STR(""), str_from(LEVELS[i]), 0);
        table_cell_number(document, table, 1, STR(""), STR("pct"), SHARES[i][0], 1, STR(""), STR(""), NULL);
        table_cell_number(document, table, 2, STR(""), STR("pct"), SHARES[i][2], 1, STR(""), STR(""), NULL);
    }
}

static void add_words(Document *document)
{
    const Str points[] = {STR("Forty children received at least one injection; thirty-eight received both."),
                          STR("GMFM-66 changed by 4.1 points (95% CI 2.8 to 5.5) at month 6; growth alone predicts 1.9."),
                          STR("There was no control group: what is reported is change, not effect.")};
    const Str note[] = {STR("Bone-marrow cells were given twice into the spinal canal, three months apart."),
                        STR("Every number below can be traced: its place is named in the appendix.")};
    document_heading(document, 1, STR("Summary"));
    document_paragraph(document, STR("This made-up report uses every part of a document once, so that its writers can be seen and tested. It looks like the "
                                     "report of a single-arm trial in children with cerebral palsy, with a table from a trial in Alzheimer's disease beside it."));
    document_list(document, points, 3);
    document_note(document, STR("How to read this report"), note, 2);
}

Document *sample_document(Arena *arena)
{
    Document *document = document_new(arena, STR("Autologous bone-marrow cells in children with cerebral palsy"));
    document->subtitle = STR("A made-up report of a single-arm trial, for tests of the writers");
    document->watermark = STR("SIMULATED");
    document->source_line = STR("Protocol palsy version 2; data cut-off 2017-03-01; data 5d41402abc4b; equipoise 0.1.0");
    add_words(document);
    document_heading(document, 1, STR("Who took part"));
    add_flow(document);
    add_flow_of_arms(document);
    document_heading(document, 2, STR("Baseline"));
    add_baseline(document);
    document_heading(document, 1, STR("Results"));
    document_heading(document, 2, STR("Movement"));
    add_lines(document, STR("3a"), 1, false);
    add_lines(document, STR("3b"), 2, false);
    add_lines(document, STR("3c"), 2, true);
    document_heading(document, 3, STR("Subgroups"));
    add_forest(document);
    document_heading(document, 2, STR("Muscle tone"));
    add_bars(document);
    document_heading(document, 1, STR("Harms"));
    add_dots(document);
    add_dots_of_arms(document);
    add_odds(document);
    add_wide(document);
    add_listing(document);
    return document;
}
