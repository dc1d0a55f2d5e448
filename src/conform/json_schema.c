#include "conform/json_schema.h"

#include <math.h>
#include <string.h>

#include "conform/json_schema_inside.h"
#include "exchange/json_pull.h"

#define RULE          STR("JSON-SCHEMA")
#define MAX_FAILURES  4               /* kept of one alternative; after so many it is given up */
#define MAX_SHOWN     ((size_t)60)

/* What did not fit in one alternative. It outlives the value it is about, so it holds its own text. */
typedef struct Failure {
    struct Failure *next;
    Finding finding;
    size_t used;
    char room[1000];
} Failure;

/* One alternative of a group, while the value is read. */
typedef struct Branch {
    struct Branch *parent;            /* of the group; NULL at the top */
    size_t depth;                     /* of the value that it is an alternative for */
    unsigned wanted;                  /* types, when none of them is the value's */
    bool wrong_type;                  /* not even of this alternative's type */
    bool wrong_choice;                /* a member says by its value that it is another alternative's */
    size_t n_failures;
    Failure *failures;                /* the latest first */
} Branch;

/* A schema that the value must fit, and whom it concerns: NULL is the document itself. */
typedef struct {
    const Schema *schema;
    Branch *branch;
} Task;

typedef struct {
    const Group *group;
    Branch *parent, *branches;
} Choice;

typedef struct {
    Task *tasks;
    Choice *choices;
    size_t n, capacity, n_choices, choices_capacity;
} Work;

typedef struct {
    Arena *scratch;                   /* rewound after each value */
    Arena *lasting;                   /* failures */
    Failure *spare;
    JsonPull *pull;
    Str file;
    Buf path, generic;                /* "/columns/3/name" and "columns[].name" */
    size_t line, depth;
    FindingList *findings;
    Error *err;
} Check;

static bool is_dead(const Branch *branch)
{
    for (; branch; branch = branch->parent)
        if (branch->wrong_type || branch->n_failures >= MAX_FAILURES) return true;
    return false;
}

static bool has_failed(const Branch *branch) { return branch->wrong_type || branch->n_failures; }

static Str keep(Failure *failure, Str text)
{
    size_t n = text.len < sizeof failure->room - failure->used ? text.len : sizeof failure->room - failure->used;
    while (n < text.len && n && ((unsigned char)text.data[n] & 0xC0) == 0x80) n--;
    char *to = failure->room + failure->used;
    if (n) memcpy(to, text.data, n);
    failure->used += n;
    return (Str){to, n};
}

static void pass_on(Check *check, Branch *branch, const Finding *finding)
{
    if (!branch) {
        finding_add(check->findings, finding);
        return;
    }
    if (branch->n_failures++ >= MAX_FAILURES) return;
    Failure *failure = check->spare ? check->spare : ARENA_ROOM(check->lasting, Failure, 1);
    if (check->spare) check->spare = failure->next;
    failure->next = branch->failures;
    failure->used = 0;
    failure->finding = (Finding){.rule = RULE, .severity = FINDING_ERROR, .data_set = check->file};
    failure->finding.variable = keep(failure, str_slice(finding->variable, 0, 200));
    failure->finding.message = keep(failure, str_slice(finding->message, 0, 300));
    failure->finding.value = keep(failure, finding->value);
    failure->finding.place = keep(failure, str_slice(finding->place, 0, 200));
    failure->finding.fix = keep(failure, finding->fix);
    branch->failures = failure;
}

static void discard(Check *check, Branch *branch)
{
    while (branch->failures) {
        Failure *failure = branch->failures;
        branch->failures = failure->next;
        failure->next = check->spare;
        check->spare = failure;
    }
}

/* Adds a failure at the value being read; `value` is what stands there. */
static void fail(Check *check, Branch *branch, Str value, Str fix, const char *format, ...) PRINTF(5, 6);
static void fail(Check *check, Branch *branch, Str value, Str fix, const char *format, ...)
{
    ArenaMark mark = arena_mark(check->scratch);
    Buf message = buf_new(check->scratch);
    va_list args;
    va_start(args, format);
    buf_vformat(&message, format, args);
    va_end(args);
    bool is_top = !check->path.len;
    pass_on(check, branch, &(Finding){.rule = RULE,
                                      .severity = FINDING_ERROR,
                                      .data_set = check->file,
                                      .variable = buf_str(&check->generic),
                                      .message = buf_str(&message),
                                      .value = str_slice(value, 0, MAX_SHOWN),
                                      .place = str_format(check->scratch, "line %zu%s" STR_FMT, check->line, is_top ? "" : ", ", STR_ARG(buf_str(&check->path))),
                                      .fix = fix});
    arena_rewind(check->scratch, mark);
}

static Str shown(const JsonEvent *event)
{
    bool is_scalar = event->kind == JSON_PULL_TEXT || event->kind == JSON_PULL_NUMBER;
    return is_scalar ? event->text : STR("");
}

static unsigned type_of(const JsonEvent *event, double *number)
{
    static const unsigned TYPES[] = {[JSON_PULL_OBJECT] = TYPE_OBJECT, [JSON_PULL_ARRAY] = TYPE_ARRAY, [JSON_PULL_TEXT] = TYPE_TEXT, [JSON_PULL_NUMBER] = TYPE_NUMBER,
                                     [JSON_PULL_TRUE] = TYPE_BOOLEAN, [JSON_PULL_FALSE] = TYPE_BOOLEAN, [JSON_PULL_NULL] = TYPE_NULL};
    if (event->kind != JSON_PULL_NUMBER) return TYPES[event->kind];
    if (!json_pull_number(event, number)) *number = event->text.data[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    return *number == floor(*number) ? TYPE_NUMBER | TYPE_INTEGER : TYPE_NUMBER;
}

static bool is_among(const Choices *choices, unsigned type, double number, const JsonEvent *event)
{
    for (size_t i = 0; i < choices->n; i++) {
        const Scalar *item = &choices->items[i];
        if (!(item->type & type)) continue;
        if (item->type == TYPE_NULL || (item->type == TYPE_BOOLEAN && item->boolean == (event->kind == JSON_PULL_TRUE)) || (item->type == TYPE_NUMBER && item->number == number)
            || (item->type == TYPE_TEXT && str_equal(item->text, event->text))) return true;
    }
    return false;
}

static void check_choices(Check *check, const Task *task, unsigned type, double number, const JsonEvent *event)
{
    for (size_t i = 0; i < 2; i++) {
        const Choices *choices = &task->schema->choices[i];
        if (!task->schema->has_choices[i] || is_among(choices, type, number, event)) continue;
        if (task->branch && check->depth <= task->branch->depth + 1) task->branch->wrong_choice = true;
        fail(check, task->branch, shown(event), str_format(check->scratch, "Allowed: " STR_FMT ".", STR_ARG(choices->words)), "not one of the values that the schema lists");
    }
}

static void check_number(Check *check, const Task *task, double number, Str text)
{
    const Schema *s = task->schema;
    if (number < s->minimum) fail(check, task->branch, text, STR(""), "below the least of %.15g", s->minimum);
    if (number > s->maximum) fail(check, task->branch, text, STR(""), "above the most of %.15g", s->maximum);
    if (number <= s->above) fail(check, task->branch, text, STR(""), "not above %.15g", s->above);
    if (number >= s->below) fail(check, task->branch, text, STR(""), "not below %.15g", s->below);
    if (!isnan(s->multiple_of) && number / s->multiple_of != floor(number / s->multiple_of))
        fail(check, task->branch, text, STR(""), "no multiple of %.15g", s->multiple_of);
}

static size_t code_points(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return n;
}

static void check_text(Check *check, const Task *task, Str text)
{
    const Schema *s = task->schema;
    if (s->min_length && code_points(text) < s->min_length) fail(check, task->branch, text, STR(""), s->min_length == 1 ? "an empty text" : "shorter than %zu characters", s->min_length);
    if (s->max_length != SIZE_MAX && code_points(text) > s->max_length) fail(check, task->branch, text, STR(""), "longer than %zu characters", s->max_length);
    if (s->format && !s->format->fits(text)) fail(check, task->branch, text, STR(""), "not %s", s->format->meaning);
    if (s->pattern && !json_pattern_fits(check->scratch, s->pattern, text))
        fail(check, task->branch, text, STR(""), "does not fit the pattern " STR_FMT, STR_ARG(str_slice(s->pattern_text, 0, 200)));
}

static void check_count(Check *check, const Task *task, size_t n, size_t least, size_t most, const char *what)
{
    if (n < least) fail(check, task->branch, STR(""), STR(""), "fewer than %zu %s", least, what);
    if (n > most) fail(check, task->branch, STR(""), STR(""), "more than %zu %s", most, what);
}

/* A value that begins: the schemas it must fit, those they lead to, and the alternatives among them. */
static bool add_task(Check *check, Work *work, const Schema *schema, Branch *branch, unsigned type, double number, const JsonEvent *event)
{
    if (!schema || is_dead(branch)) return true;
    for (size_t i = 0; i < work->n; i++)
        if (work->tasks[i].schema == schema && work->tasks[i].branch == branch) return true;
    if (work->n >= JSON_SCHEMA_MAX_TASKS) {
        error_set(check->err, ERROR_MALFORMED, "the schema gives one value more than %d schemas to fit at once", JSON_SCHEMA_MAX_TASKS);
        return error_in(check->err, "line %zu", check->line);
    }
    ARENA_PUSH_ROOM(check->scratch, work->tasks, work->n, work->capacity);
    Task task = work->tasks[work->n++] = (Task){schema, branch};
    if (schema->refuses_all) fail(check, branch, shown(event), STR(""), "the schema allows nothing here");
    if (schema->types && !(schema->types & type)) {
        if (branch && branch->depth == check->depth) {
            branch->wrong_type = true;
            branch->wanted |= schema->types;
        } else fail(check, branch, shown(event), STR(""), "%s, where " STR_FMT " is wanted", json_pull_name(event->kind), STR_ARG(json_types_meaning(check->scratch, schema->types)));
        return true;
    }
    check_choices(check, &task, type, number, event);
    for (size_t i = 0; i < schema->n_all; i++)
        if (!add_task(check, work, schema->all[i], branch, type, number, event)) return false;
    for (size_t i = 0; i < schema->n_groups; i++) {
        const Group *group = &schema->groups[i];
        Branch *branches = ARENA_ARRAY(check->scratch, Branch, group->n);
        ARENA_PUSH_ROOM(check->scratch, work->choices, work->n_choices, work->choices_capacity);
        work->choices[work->n_choices++] = (Choice){group, branch, branches};
        for (size_t k = 0; k < group->n; k++) {
            branches[k] = (Branch){.parent = branch, .depth = check->depth};
            if (!add_task(check, work, group->branches[k], &branches[k], type, number, event)) return false;
        }
    }
    return true;
}

static void pass_failures(Check *check, const Branch *from, Branch *to)
{
    const Failure *ordered[MAX_FAILURES];
    size_t n = 0;
    for (const Failure *failure = from->failures; failure && n < MAX_FAILURES; failure = failure->next) ordered[n++] = failure;
    while (n) pass_on(check, to, &ordered[--n]->finding);
}

/* "not a text; or \"id\" is missing", of the alternatives that are of the value's type. */
static Str why_not(Check *check, const Choice *choice)
{
    enum { MAX_WHY = 400 };
    Buf why = buf_new(check->scratch);
    for (size_t i = 0; i < choice->group->n && why.len < MAX_WHY; i++) {
        const Failure *first = choice->branches[i].failures;
        while (first && first->next) first = first->next;
        if (first && !choice->branches[i].wrong_type) buf_format(&why, "%s" STR_FMT, why.len ? "; or " : "For each: ", STR_ARG(first->finding.message));
    }
    if (why.len) buf_char(&why, '.');
    return buf_str(&why);
}

/* None of the alternatives fits: if only one can have been meant, its own failures say it best. */
static void fail_alternatives(Check *check, const Choice *choice, Str value)
{
    unsigned types = 0;
    size_t n_near = 0, n_nearer = 0;
    const Branch *near = NULL, *nearer = NULL;
    for (size_t i = 0; i < choice->group->n; i++) {
        const Branch *branch = &choice->branches[i];
        types |= branch->wanted;
        if (branch->wrong_type) continue;
        near = branch;
        n_near++;
        if (branch->wrong_choice) continue;
        nearer = branch;
        n_nearer++;
    }
    if (n_nearer == 1) pass_failures(check, nearer, choice->parent);
    else if (n_near == 1) pass_failures(check, near, choice->parent);
    else if (n_near) fail(check, choice->parent, value, why_not(check, choice), "fits none of %zu alternatives", choice->group->n);
    else fail(check, choice->parent, value, STR(""), "not " STR_FMT, STR_ARG(json_types_meaning(check->scratch, types)));
}

static void settle(Check *check, const Choice *choice, Str value)
{
    const Group *group = choice->group;
    Branch *branches = choice->branches;
    size_t n_fit = 0;
    for (size_t i = 0; i < group->n; i++) n_fit += !has_failed(&branches[i]);
    switch (group->kind) {
    case GROUP_ANY:
        if (!n_fit) fail_alternatives(check, choice, value);
        break;
    case GROUP_ONE:
        if (!n_fit) fail_alternatives(check, choice, value);
        else if (n_fit > 1) fail(check, choice->parent, value, STR(""), "fits %zu alternatives, where one is wanted", n_fit);
        break;
    case GROUP_NOT:
        if (n_fit) fail(check, choice->parent, value, STR(""), "fits what the schema rules out");
        break;
    case GROUP_IF: {
        Branch *then = &branches[has_failed(&branches[0]) ? 2 : 1];
        if (then->wrong_type) fail(check, choice->parent, value, STR(""), "not " STR_FMT, STR_ARG(json_types_meaning(check->scratch, then->wanted)));
        else pass_failures(check, then, choice->parent);
        break;
    }
    }
    for (size_t i = 0; i < group->n; i++) discard(check, &branches[i]);
}

static bool check_value(Check *check, const JsonEvent *event, const Task *from, size_t n_from);

/* The tasks of a member: what each schema of the object says of this key. */
static void add_member_tasks(Check *check, const Work *work, Str key, Task *tasks, size_t *n)
{
    for (size_t i = 0; i < work->n; i++) {
        const Schema *s = work->tasks[i].schema;
        Branch *branch = work->tasks[i].branch;
        const MapEntry *named = map_get(&s->members, key);
        bool is_named = named != NULL;
        if (is_named) tasks[(*n)++] = (Task){named->pointer, branch};
        for (size_t k = 0; k < s->n_pattern_members; k++) {
            if (!json_pattern_fits(check->scratch, s->pattern_members[k].pattern, key)) continue;
            tasks[(*n)++] = (Task){s->pattern_members[k].schema, branch};
            is_named = true;
        }
        if (is_named || !s->other_members) continue;
        if (s->other_members->refuses_all) fail(check, branch, key, STR(""), "a member that the schema does not have");
        else tasks[(*n)++] = (Task){s->other_members, branch};
    }
}

static size_t most_tasks(const Work *work)
{
    size_t n = 1;
    for (size_t i = 0; i < work->n; i++) n += 2 + work->tasks[i].schema->n_pattern_members;
    return n;
}

static bool check_object(Check *check, const Work *work)
{
    Map seen = map_new(check->scratch);
    Task *tasks = ARENA_ROOM(check->scratch, Task, most_tasks(work));
    JsonEvent event;
    size_t path = check->path.len, generic = check->generic.len, line = check->line;
    while (true) {
        bool is_new;
        size_t n = 0;
        if (!json_pull_next(check->pull, &event, check->err)) return false;
        if (event.kind == JSON_PULL_OBJECT_END) break;
        check->line = event.line;
        Str key = str_copy(check->scratch, event.text);
        map_put(&seen, key, &is_new);
        if (!is_new) fail(check, NULL, key, STR(""), "a member given twice");
        add_member_tasks(check, work, key, tasks, &n);
        buf_format(&check->path, "/" STR_FMT, STR_ARG(key));
        buf_format(&check->generic, "%s" STR_FMT, generic ? "." : "", STR_ARG(key));
        if (!json_pull_next(check->pull, &event, check->err) || !check_value(check, &event, tasks, n)) return false;
        check->path.len = path;
        check->generic.len = generic;
    }
    check->line = line;
    for (size_t i = 0; i < work->n; i++) {
        const Schema *s = work->tasks[i].schema;
        check_count(check, &work->tasks[i], seen.n, s->min_members, s->max_members, "members");
        for (size_t k = 0; k < s->n_required; k++)
            if (!map_get(&seen, s->required[k])) fail(check, work->tasks[i].branch, STR(""), STR(""), "\"" STR_FMT "\" is missing", STR_ARG(s->required[k]));
    }
    return true;
}

static bool check_array(Check *check, const Work *work)
{
    Task *tasks = ARENA_ROOM(check->scratch, Task, work->n + 1);
    JsonEvent event;
    size_t path = check->path.len, generic = check->generic.len, line = check->line, n_items = 0;
    buf_add_c(&check->generic, "[]");
    while (true) {
        size_t n = 0;
        if (!json_pull_next(check->pull, &event, check->err)) return false;
        if (event.kind == JSON_PULL_ARRAY_END) break;
        for (size_t i = 0; i < work->n; i++) {
            const Schema *s = work->tasks[i].schema;
            const Schema *item = n_items < s->n_first_items ? s->first_items[n_items] : s->items;
            if (item) tasks[n++] = (Task){item, work->tasks[i].branch};
        }
        buf_format(&check->path, "/%zu", n_items);
        if (!check_value(check, &event, tasks, n)) return false;
        check->path.len = path;
        n_items++;
    }
    check->generic.len = generic;
    check->line = line;
    for (size_t i = 0; i < work->n; i++) check_count(check, &work->tasks[i], n_items, work->tasks[i].schema->min_items, work->tasks[i].schema->max_items, "items");
    return true;
}

static bool check_inside(Check *check, const JsonEvent *event, const Work *work, unsigned type, double number)
{
    if (type == TYPE_OBJECT) return check_object(check, work);
    if (type == TYPE_ARRAY) return check_array(check, work);
    for (size_t i = 0; i < work->n; i++) {
        if (type == TYPE_TEXT) check_text(check, &work->tasks[i], event->text);
        if (type & TYPE_NUMBER) check_number(check, &work->tasks[i], number, event->text);
    }
    return true;
}

static bool check_value(Check *check, const JsonEvent *event, const Task *from, size_t n_from)
{
    ArenaMark mark = arena_mark(check->scratch);
    Work work = {0};
    double number = 0;
    unsigned type = type_of(event, &number);
    bool is_inside = type == TYPE_OBJECT || type == TYPE_ARRAY;
    check->line = event->line;
    check->depth++;
    for (size_t i = 0; i < n_from; i++)
        if (!add_task(check, &work, from[i].schema, from[i].branch, type, number, event)) return false;
    if (is_inside && !work.n) {
        if (!json_pull_skip(check->pull, event, check->err)) return false;
    } else if (!check_inside(check, event, &work, type, number)) return false;
    while (work.n_choices) settle(check, &work.choices[--work.n_choices], is_inside ? STR("") : event->text);
    check->depth--;
    arena_rewind(check->scratch, mark);
    return true;
}

void json_schema_name_gaps(const JsonSchema *schema, Str name, FindingList *findings)
{
    for (size_t i = 0; i < schema->n_gaps; i++) {
        const Gap *gap = &schema->gaps[i];
        finding_add(findings, &(Finding){.rule = RULE,
                                         .severity = gap->is_note ? FINDING_NOTE : FINDING_NOT_DONE,
                                         .data_set = name,
                                         .variable = gap->word,
                                         .message = gap->why});
    }
}

static bool check_bytes(Check *check, const JsonSchema *schema, bool is_first)
{
    JsonEvent event;
    const Task root = {schema->root, NULL};
    if (!json_pull_next(check->pull, &event, check->err)) return false;
    if (event.kind == JSON_PULL_END) return error_set(check->err, ERROR_MALFORMED, "not JSON: the file is empty");
    if (!check_value(check, &event, &root, 1)) return false;
    if (is_first) return true;
    if (!json_pull_next(check->pull, &event, check->err)) return false;
    return event.kind == JSON_PULL_END || error_set(check->err, ERROR_MALFORMED, "not one JSON document: more follows on line %zu", event.line);
}

bool json_schema_check(const JsonSchema *schema, Bytes *bytes, Str file, bool is_first, FindingList *findings, Error *err)
{
    Arena *lasting = arena_new(), *scratch = arena_new();
    Check check = {.scratch = scratch, .lasting = lasting, .pull = json_pull_new(lasting, bytes), .file = file, .findings = findings, .err = err};
    check.path = buf_new(lasting);
    check.generic = buf_new(lasting);
    bool ok = check_bytes(&check, schema, is_first);
    arena_free(scratch);
    arena_free(lasting);
    return ok;
}
