#include "trial/result_metadata.h"

#include "exchange/where_condition.h"
#include "report/output_kind.h"

/* One result of a display in the making. */
typedef struct {
    StudyMetadata *study;
    const OutputPlan *plan;
    const OutputSpec *spec;
    const AnalysisPlan *analysis;     /* NULL: none is named */
    const Population *population;
    StudyResult *result;
    Buf words;
} Making;

static const char *const KIND_TITLES[] = {"Table", "Figure", "Listing"};

static bool starts_at(Str line, size_t column)
{
    size_t blanks = 0;
    while (blanks < line.len && line.data[blanks] == ' ') blanks++;
    return blanks == line.len || blanks + 1 >= column;
}

Str yaml_source(Arena *arena, Str text, const Yaml *node)
{
    Buf buf = buf_new(arena);
    Str line, rest = text;
    for (size_t number = 1; rest.len; number++) {
        Str after = STR("");
        if (!str_cut(rest, STR("\n"), &line, &after)) line = rest;
        rest = after;
        if (number < node->line) continue;
        if (number > node->line && !starts_at(line, node->column)) break;
        buf_add(&buf, str_slice(line, node->column - 1, line.len));
        buf_char(&buf, '\n');
    }
    while (buf.len > 1 && buf.data[buf.len - 2] == '\n') buf.len--;
    return buf_str(&buf);
}

/* Keys whose values are words for people, or are said elsewhere. */
static bool is_prose(Str key)
{
    static const char *const PROSE[] = {"table", "figure", "listing", "title", "footnotes", "section", "group", "label", "header", "spanner", "key", "count", "missing",
                                        "zero", "format", "formats", "x_label", "y_label", "estimand", "analysis", "population", "family", "total", "low_words", "high_words"};
    for (size_t i = 0; i < sizeof PROSE / sizeof PROSE[0]; i++) {
        if (str_equal(key, str_from(PROSE[i]))) return true;
    }
    return false;
}

/* The variables that a node of the protocol names. */
static void add_variables(const Making *m, const StudyDataSet *data_set, const Yaml *node, StudyTexts *ids)
{
    if (node->kind == YAML_IS_SCALAR) where_variables(m->study, data_set, node->text, ids);
    for (size_t i = 0; node->kind != YAML_IS_SCALAR && i < node->n; i++) {
        bool is_top_where = node == m->spec->at && node->kind == YAML_IS_MAPPING && str_equal(node->keys[i].text, STR("where"));
        if (node->kind == YAML_IS_MAPPING && (is_top_where || is_prose(node->keys[i].text))) continue;
        add_variables(m, data_set, &node->items[i], ids);
    }
}

static void add_column_variables(const Making *m, const StudyDataSet *data_set, StudyTexts *ids)
{
    for (size_t i = 0; i < m->spec->columns.n_sets; i++) {
        const OutputColumnSet *set = &m->spec->columns.sets[i];
        where_variables(m->study, data_set, set->variable, ids);
        for (size_t k = 0; k < set->levels.n; k++) where_variables(m->study, data_set, set->levels.items[k].where, ids);
    }
}

static void say(Making *m, const char *format, ...) PRINTF(2, 3);
static void say(Making *m, const char *format, ...)
{
    va_list args;
    if (m->words.len) buf_char(&m->words, ' ');
    va_start(args, format);
    buf_vformat(&m->words, format, args);
    va_end(args);
}

/* The records of a data set: a clause where the conditions can be said by one, else in words. */
static void add_records(Making *m, const StudyDataSet *data_set, StudyResultData *data, const Str *conditions, size_t n)
{
    StudyChecks checks = {0};
    for (size_t i = 0; i < n; i++) {
        if (!conditions[i].len || where_add_condition(m->study, data_set, conditions[i], &checks)) continue;
        say(m, "Of " STR_FMT ", records where " STR_FMT ".", STR_ARG(data_set->name), STR_ARG(conditions[i]));
    }
    if (!checks.n) return;
    StudyWhere *where = study_list_add(m->study->arena, &m->study->wheres);
    where->id = str_format(m->study->arena, "WC." STR_FMT "." STR_FMT, STR_ARG(m->result->id), STR_ARG(data_set->name));
    where->checks = checks;
    *study_list_add(m->study->arena, &data->wheres) = where->id;
    for (size_t i = 0; i < checks.n; i++) {
        const StudyVariable *variable = study_variable(data_set, checks.items[i].variable);
        if (variable && str_equal_fold(variable->name, STR("PARAMCD"))) m->result->parameter = variable->id;
    }
}

/* The data set of a frame: of its name, or the one that holds the same of a trial's own report. */
static const StudyDataSet *data_set_of(const Making *m, Str frame, Str where)
{
    const StudyMetadata *study = m->study;
    const StudyDataSet *named = study_data_set(study, frame);
    if (named || m->plan->protocol->data.at) return named;
    if (str_equal(frame, STR("subjects"))) return study_data_set(study, STR("ADSL"));
    if (str_equal(frame, STR("adverse_events"))) return study_data_set(study, STR("ADAE"));
    for (size_t i = 0; str_equal(frame, STR("measures")) && i < study->data_sets.n; i++) {
        const StudyVariable *parameter = study_variable(&study->data_sets.items[i], STR("PARAMCD"));
        const StudyCodelist *codes = parameter ? study_codelist(study, parameter->codelist) : NULL;
        for (size_t k = 0; codes && k < codes->codes.n; k++) {
            Str code = codes->codes.items[k].code;
            if (str_find(where, code) != SIZE_MAX || str_find(m->result->code, code) != SIZE_MAX) return &study->data_sets.items[i];
        }
    }
    return NULL;
}

static bool is_added(const StudyResult *result, const StudyDataSet *data_set)
{
    for (size_t i = 0; i < result->data.n; i++) {
        if (str_equal(result->data.items[i].data_set, data_set->id)) return true;
    }
    return false;
}

/* Whether all of a condition's names are this data set's. */
static bool can_say(Making *m, const StudyDataSet *data_set, Str condition)
{
    StudyChecks checks = {0};
    return where_add_condition(m->study, data_set, condition, &checks);
}

static void add_data_set(Making *m, Str name, Str where)
{
    const StudyDataSet *data_set = data_set_of(m, name, where);
    if (!data_set || is_added(m->result, data_set)) return;
    StudyResultData *data = study_list_add(m->study->arena, &m->result->data);
    data->data_set = data_set->id;
    add_variables(m, data_set, m->spec->at, &data->variables);
    add_column_variables(m, data_set, &data->variables);
    if (m->analysis) where_variables(m->study, data_set, m->analysis->formula, &data->variables);
    if (m->analysis) where_variables(m->study, data_set, m->analysis->outcome, &data->variables);
    Str population = m->population ? m->population->condition : STR("");
    const StudyDataSet *subjects = data_set_of(m, m->plan->subjects, STR(""));
    bool elsewhere = !can_say(m, data_set, population) && subjects && subjects != data_set;
    const Str conditions[] = {where, elsewhere ? STR("") : population};
    add_records(m, data_set, data, conditions, 2);
    if (elsewhere) add_data_set(m, m->plan->subjects, STR(""));
}

static const TestMethod *add_tests(Making *m, const OutputTests *tests, const TestMethod *last)
{
    for (size_t i = 0; i < tests->n; i++) {
        if (tests->items[i].method == last) continue;
        last = tests->items[i].method;
        say(m, "Columns are compared by %s.", last->title);
    }
    return last;
}

static void say_blocks(Making *m, const OutputBlocks *blocks, const TestMethod *last)
{
    for (size_t i = 0; i < blocks->n; i++) {
        const OutputBlock *block = &blocks->items[i];
        if (str_equal(str_from(block->kind->name), STR("model")))
            say(m, "Model%s" STR_FMT ": " STR_FMT ".", block->family.len ? " of family " : "", STR_ARG(block->family), STR_ARG(block->subject));
        last = add_tests(m, &block->tests, last);
        say_blocks(m, &block->rows, last);
    }
}

static const char *method_words(AnalysisMethod method)
{
    for (size_t i = 0; i < ANALYSIS_METHOD_WORDS.n; i++) {
        if (ANALYSIS_METHOD_WORDS.words[i].value == (int)method) return ANALYSIS_METHOD_WORDS.words[i].doc;
    }
    return "";
}

static void say_analysis(Making *m)
{
    const AnalysisPlan *plan = m->analysis;
    if (!plan) return;
    say(m, "Planned analysis " STR_FMT ": %s", STR_ARG(plan->id), method_words(plan->method));
    buf_format(&m->words, "%s" STR_FMT ".", plan->formula.len ? ", " : "", STR_ARG(plan->formula));
    const Estimand *estimand = protocol_estimand(m->plan->protocol, plan->estimand);
    if (estimand) say(m, "It answers: " STR_FMT, STR_ARG(estimand->objective));
}

/* CDISC's words for the roles of analyses, and ours for what it has none for. */
static const char *purpose_of(const AnalysisPlan *plan, const OutputSpec *spec)
{
    static const struct {
        AnalysisRole role;
        const char *purpose;
    } PURPOSES[] = {{ANALYSIS_PRIMARY, "PRIMARY OUTCOME MEASURE"}, {ANALYSIS_SECONDARY, "SECONDARY OUTCOME MEASURE"}, {ANALYSIS_EXPLORATORY, "EXPLORATORY OUTCOME MEASURE"},
                    {ANALYSIS_SAFETY, "SAFETY"}, {ANALYSIS_SENSITIVITY, "SENSITIVITY ANALYSIS"}};
    for (size_t i = 0; plan && i < sizeof PURPOSES / sizeof PURPOSES[0]; i++) {
        if (PURPOSES[i].role == plan->role) return PURPOSES[i].purpose;
    }
    return spec->exploratory ? "EXPLORATORY OUTCOME MEASURE" : "DESCRIPTIVE";
}

static Str first_given(Str a, Str b)
{
    return a.len ? a : b;
}

/* The whole display, or one analysis that some of its rows show. */
static bool add_result(StudyMetadata *study, const OutputPlan *plan, const OutputSpec *spec, const AnalysisPlan *analysis, Str text, StudyDisplay *display)
{
    Arena *arena = study->arena;
    StudyResult *result = study_list_add(arena, &display->results);
    result->id = str_format(arena, "AR" STR_FMT ".R%zu", STR_ARG(str_slice(display->id, 2, display->id.len)), display->results.n);
    Making m = {.study = study, .plan = plan, .spec = spec, .analysis = analysis, .result = result, .words = buf_new(arena)};
    Str population = first_given(spec->population, analysis ? analysis->population : STR(""));
    m.population = protocol_population(plan->protocol, population);
    result->text = analysis && analysis->title.len ? analysis->title : spec->title;
    result->reason = STR("SPECIFIED IN PROTOCOL");
    result->purpose = str_from(purpose_of(analysis, spec));
    result->context = STR("Equipoise protocol, YAML");
    result->code = yaml_source(arena, text, analysis && analysis == spec->planned ? analysis->at : spec->at);
    if (m.population) say(&m, "Population: " STR_FMT ".", STR_ARG(first_given(m.population->title, m.population->id)));
    else if (population.len) say(&m, "Population: " STR_FMT ".", STR_ARG(population));
    add_data_set(&m, first_given(first_given(spec->data, analysis ? analysis->data : STR("")), plan->subjects), first_given(spec->where, analysis ? analysis->where : STR("")));
    for (size_t i = 0; i < spec->join.n; i++) add_data_set(&m, spec->join.items[i], STR(""));
    if (spec->denominators.at) add_data_set(&m, first_given(spec->denominators.data, plan->subjects), spec->denominators.where);
    say_analysis(&m);
    say_blocks(&m, &spec->rows, add_tests(&m, &spec->tests, NULL));
    result->documentation = m.words.len ? buf_str(&m.words) : spec->title;
    return result->data.n > 0;
}

/* The analyses that rows name, each once. */
static void gather(const OutputBlocks *blocks, const Protocol *protocol, const AnalysisPlan **found, size_t *n)
{
    for (size_t i = 0; i < blocks->n; i++) {
        const AnalysisPlan *plan = protocol_analysis(protocol, blocks->items[i].analysis);
        bool known = !plan;
        for (size_t k = 0; !known && k < *n; k++) known = found[k] == plan;
        if (!known) found[(*n)++] = plan;
        gather(&blocks->items[i].rows, protocol, found, n);
    }
}

static void add_display(StudyMetadata *study, const OutputPlan *plan, const OutputSpec *spec, Str text, StudyTexts *skipped)
{
    Arena *arena = study->arena;
    const Protocol *protocol = plan->protocol;
    const char *kind = KIND_TITLES[spec->kind];
    StudyDisplay display = {.id = str_format(arena, "RD.%s." STR_FMT, kind, STR_ARG(spec->number)), .name = str_format(arena, "%s " STR_FMT, kind, STR_ARG(spec->number)),
                            .text = spec->title};
    const AnalysisPlan **found = ARENA_ARRAY(arena, const AnalysisPlan *, protocol->analyses.n + 1);
    size_t n = 0;
    const AnalysisPlan *whole = spec->planned ? spec->planned : protocol_analysis(protocol, spec->analysis);
    if (whole) found[n++] = whole;
    gather(&spec->rows, protocol, found, &n);
    bool holds = n > 0 || add_result(study, plan, spec, NULL, text, &display);
    for (size_t i = 0; i < n; i++) holds = add_result(study, plan, spec, found[i], text, &display) && holds;
    if (holds) *study_list_add(arena, &study->displays) = display;
    else *study_list_add(arena, skipped) = str_format(arena, "%s " STR_FMT " reads " STR_FMT, kind, STR_ARG(spec->number), STR_ARG(first_given(spec->data, plan->subjects)));
}

bool result_metadata_add(StudyMetadata *study, const Protocol *protocol, Str text, StudyTexts *skipped, Error *err)
{
    OutputPlan plan;
    *skipped = (StudyTexts){0};
    if (!output_plan_read(study->arena, protocol, &plan, err)) return false;
    for (size_t i = 0; i < plan.n_specs; i++) add_display(study, &plan, &plan.specs[i], text, skipped);
    return true;
}
