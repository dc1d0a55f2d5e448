#include "protocol/protocol.h"

#include "protocol/check.h"

/* Frames that every trial file has (trial/datasets). */
static const char *const TRIAL_FRAMES[] = {"subjects", "visits", "measures", "adverse_events", "doses", "eligibility",
                                           "deviations"};

#define MAX_RUN_ITEMS  5000           /* of one protocol, together */

typedef struct {
    Str stem;                         /* "G" */
    int64_t first, last;              /* 1, 88 */
    size_t width;                     /* digits: 2 */
} ItemRun;

/* Splits "G01" into "G" and 1; false when it does not end in digits. */
static bool split_number(Str text, Str *stem, int64_t *number)
{
    size_t end = text.len;
    while (end && text.data[end - 1] >= '0' && text.data[end - 1] <= '9') end--;
    *stem = str_slice(text, 0, end);
    return integer_parse(str_slice(text, end, text.len), number);
}

static bool read_run(Str id, ItemRun *run)
{
    Str first, last, stem;
    if (!str_cut(id, STR(".."), &first, &last)) return false;
    if (!split_number(first, &run->stem, &run->first) || !split_number(last, &stem, &run->last)) return false;
    run->width = first.len - run->stem.len;
    return str_equal(stem, run->stem) && run->first <= run->last && run->last - run->first < MAX_RUN_ITEMS;
}

static Str number_label(Arena *arena, Str label, int64_t number)
{
    Str before, after;
    if (!str_cut(label, STR("{n}"), &before, &after)) return label;
    return str_format(arena, STR_FMT "%lld" STR_FMT, STR_ARG(before), (long long)number, STR_ARG(after));
}

static void push_item(Arena *arena, Items *items, size_t *capacity, Item item)
{
    ARENA_PUSH_ROOM(arena, items->items, items->n, *capacity);
    items->items[items->n++] = item;
}

/* Writes runs out, as long as the protocol keeps room for them: a few lines must not become a million items. */
static void expand_runs(Arena *arena, Form *form, size_t *room, ProblemList *problems)
{
    Items items = {0};
    size_t capacity = 0;
    for (size_t i = 0; i < form->items.n; i++) {
        Item item = form->items.items[i];
        ItemRun run;
        if (str_find(item.id, STR("..")) == SIZE_MAX) {
            push_item(arena, &items, &capacity, item);
            continue;
        }
        if (!read_run(item.id, &run)) {
            Problem *problem = problem_add(problems, PROBLEM_ERROR, "bad-run", yaml_get(item.at, "id"),
                                           "\"" STR_FMT "\" is no run of items", STR_ARG(item.id));
            problem->fix = STR("Both ends have the same letters and rising numbers, for example G01..G88.");
            continue;
        }
        if ((uint64_t)(run.last - run.first) >= *room) {
            problem_add(problems, PROBLEM_ERROR, "bad-run", yaml_get(item.at, "id"),
                        "more than %d items in runs", MAX_RUN_ITEMS);
            continue;
        }
        *room -= (size_t)(run.last - run.first) + 1;
        Str label = item.label;
        for (int64_t n = run.first; n <= run.last; n++) {
            item.id = str_format(arena, STR_FMT "%0*lld", STR_ARG(run.stem), (int)run.width, (long long)n);
            item.label = number_label(arena, label, n);
            push_item(arena, &items, &capacity, item);
        }
    }
    form->items = items;
}

static void name_codelists(Protocol *protocol, Form *form)
{
    for (size_t i = 0; i < form->items.n; i++) {
        Item *item = &form->items.items[i];
        if (item->codelist.name.len) item->codelist.list = protocol_codelist(protocol, item->codelist.name);
    }
}

static void finish(Arena *arena, Protocol *protocol, ProblemList *problems)
{
    for (size_t i = 0; i < protocol->visits.n; i++)
        if (protocol->visits.items[i].order == INTEGER_ABSENT) protocol->visits.items[i].order = (int)i;
    size_t room = MAX_RUN_ITEMS;
    for (size_t i = 0; i < protocol->forms.n; i++) {
        expand_runs(arena, &protocol->forms.items[i], &room, problems);
        name_codelists(protocol, &protocol->forms.items[i]);
    }
    StoppingPlans *stopping = &protocol->safety.stopping;
    for (size_t i = 0; i < stopping->n; i++)
        if (stopping->items[i].n == INTEGER_ABSENT) stopping->items[i].n = protocol->trial.planned_subjects;
}

static bool refuse(ProblemList *problems, const Yaml *at, const char *message, const char *fix)
{
    problem_add(problems, PROBLEM_ERROR, "no-protocol", at, "%s", message)->fix = str_from(fix);
    return false;
}

static bool need_version(const Yaml *root, ProblemList *problems)
{
    int64_t version;
    const Yaml *node = yaml_get(root, "equipoise");
    if (root->kind != YAML_IS_MAPPING || !node)
        return refuse(problems, root, "this is no protocol: it does not begin with \"equipoise: 1\"",
                      "Write \"equipoise: 1\" (the version of the grammar) in the first line.");
    if (!yaml_integer(node, &version) || version != PROTOCOL_GRAMMAR_VERSION)
        return refuse(
            problems, node, "this program reads version 1 of the protocol's grammar",
            "Write \"equipoise: 1\", or use the version of the program that the file was written for.");
    return true;
}

bool protocol_read(Arena *arena, Str text, Protocol *protocol, ProblemList *problems)
{
    *protocol = (Protocol){0};
    Yaml *root = ARENA_NEW(arena, Yaml);
    Error err = {0};
    if (!yaml_parse(arena, text, root, &err)) {
        problem_add_error(problems, "bad-yaml", NULL, &err);
        return false;
    }
    if (!need_version(root, problems)) return false;
    GrammarReader reader = grammar_reader(arena, problems);
    if (!yaml_get(root, "data"))
        for (size_t i = 0; i < sizeof TRIAL_FRAMES / sizeof TRIAL_FRAMES[0]; i++)
            grammar_define(&reader, "data set", str_from(TRIAL_FRAMES[i]), NULL);
    grammar_read(&reader, &PROTOCOL_GRAMMAR, root, protocol);
    grammar_check_references(&reader);
    finish(arena, protocol, problems);
    return true;
}

bool protocol_parse(Arena *arena, Str text, Protocol *protocol, Error *err)
{
    ProblemList problems = problems_new(arena);
    bool readable = protocol_read(arena, text, protocol, &problems);
    if (readable) protocol_check(arena, protocol, &problems);
    size_t n_errors = problems.count[PROBLEM_ERROR];
    if (!n_errors) return true;
    problems_sort(&problems);
    const Problem *first = &problems.items[0];
    error_set(err, readable ? ERROR_INCONSISTENT : ERROR_MALFORMED, STR_FMT, STR_ARG(first->message));
    if (first->line) error_in(err, "line %zu, column %zu", first->line, first->column);
    if (n_errors == 1) return error_hint(err, STR_FMT, STR_ARG(first->fix));
    return error_hint(err, STR_FMT "%s`equipoise check` shows all %zu errors.", STR_ARG(first->fix),
                      first->fix.len ? " " : "", n_errors);
}

/* One look-up by id over each list. */
#define FIND_BY_ID(list, wanted)                                                                             \
    for (size_t i = 0; i < (list).n; i++)                                                                    \
        if (str_equal((list).items[i].id, (wanted))) return &(list).items[i];                                \
    return NULL

const Arm *protocol_arm(const Protocol *protocol, Str id) { FIND_BY_ID(protocol->arms, id); }
const Visit *protocol_visit(const Protocol *protocol, Str id) { FIND_BY_ID(protocol->visits, id); }
const Form *protocol_form(const Protocol *protocol, Str id) { FIND_BY_ID(protocol->forms, id); }
const Item *form_item(const Form *form, Str id) { FIND_BY_ID(form->items, id); }
const Population *protocol_population(const Protocol *protocol, Str id)
{
    FIND_BY_ID(protocol->populations, id);
}
const Estimand *protocol_estimand(const Protocol *protocol, Str id) { FIND_BY_ID(protocol->estimands, id); }
const AnalysisPlan *protocol_analysis(const Protocol *protocol, Str id)
{
    FIND_BY_ID(protocol->analyses, id);
}
const Family *protocol_family(const Protocol *protocol, Str id) { FIND_BY_ID(protocol->families, id); }

const Codelist *protocol_codelist(const Protocol *protocol, Str name)
{
    for (size_t i = 0; i < protocol->codelists.n; i++)
        if (str_equal(protocol->codelists.items[i].name, name)) return &protocol->codelists.items[i];
    return NULL;
}

bool protocol_is_scheduled(const Protocol *protocol, Str form, Str visit)
{
    for (size_t i = 0; i < protocol->schedule.n; i++) {
        const KeyedText *row = &protocol->schedule.items[i];
        for (size_t v = 0; v < row->values.n && str_equal(row->key, form); v++)
            if (str_equal(row->values.items[v], visit)) return true;
    }
    return false;
}

bool arm_is_control(const Arm *arm) { return arm->kind > ARM_EXPERIMENTAL; }
