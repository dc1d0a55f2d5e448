#include "conform/core_run.h"

#include <string.h>

#include "conform/core_inside.h"

ValueSet value_set_new(Arena *arena) { return (ValueSet){.by_text = map_new(arena)}; }

void value_set_add(ValueSet *set, DataValue value)
{
    bool is_new;
    MapEntry *entry = map_put(&set->by_text, value.text, &is_new);
    if (!is_new) return;
    entry->index = set->n;
    ARENA_PUSH_ROOM(set->by_text.arena, set->items, set->n, set->capacity);
    set->items[set->n++] = value;
}

bool value_set_has(const ValueSet *set, Str text) { return map_get(&set->by_text, text) != NULL; }

Str core_name(CoreRun *run, Str name)
{
    if (!str_starts(name, STR("--")) || !run->checked) return name;
    return str_format(run->arena, STR_FMT STR_FMT, STR_ARG(run->checked->prefix), STR_ARG(str_slice(name, 2, name.len)));
}

void core_result(CoreRun *run, Str name, Operand result)
{
    size_t capacity = run->results_capacity;
    ARENA_PUSH_ROOM(run->arena, run->result_names, run->n_results, capacity);
    ARENA_PUSH_ROOM(run->arena, run->results, run->n_results, run->results_capacity);
    run->result_names[run->n_results] = name;
    run->results[run->n_results++] = result;
}

Operand core_operand(CoreRun *run, Str name)
{
    for (size_t i = 0; i < run->n_results; i++)
        if (str_equal(run->result_names[i], name)) return run->results[i];
    const DataColumn *column = set_column(&run->set, name);
    return column ? (Operand){.kind = OPERAND_COLUMN, .column = column} : (Operand){.kind = OPERAND_ABSENT};
}

/* A list whose items may be names of lists: ["Y", "N"], [$required]. */
static Operand list_operand(CoreRun *run, const CoreLeaf *leaf)
{
    ValueSet *set = ARENA_NEW(run->arena, ValueSet);
    *set = value_set_new(run->arena);
    for (size_t i = 0; i < leaf->values.n; i++) {
        Operand item = str_starts(leaf->values.items[i], STR("$")) ? core_operand(run, leaf->values.items[i]) : (Operand){0};
        if (item.kind != OPERAND_LIST) value_set_add(set, data_of_text(leaf->values.items[i]));
        for (size_t j = 0; item.kind == OPERAND_LIST && j < item.lists->n; j++) value_set_add(set, item.lists->items[j]);
    }
    return (Operand){.kind = OPERAND_LIST, .lists = set};
}

Operand core_value(CoreRun *run, const CoreLeaf *leaf)
{
    if (leaf->value_is_list) return list_operand(run, leaf);
    if (!leaf->has_value || leaf->values.n == 0) return (Operand){.kind = OPERAND_VALUE};
    if (leaf->value_is_number) return (Operand){.kind = OPERAND_VALUE, .value = data_of_number(run->arena, leaf->number)};
    Str name = core_name(run, leaf->values.items[0]);
    if (leaf->value_is_literal || leaf->value_is_bool) return (Operand){.kind = OPERAND_VALUE, .value = data_of_text(leaf->values.items[0])};
    Operand operand = core_operand(run, name);
    if (operand.kind != OPERAND_ABSENT) return operand;
    if (str_equal(name, STR("DOMAIN")) && run->checked)
        return (Operand){.kind = OPERAND_VALUE, .value = data_of_text(str_slice(run->checked->domain, 0, leaf->n_characters ? leaf->n_characters : SIZE_MAX))};
    if (str_starts(name, STR("$"))) return operand;
    /* what is no variable are the words themselves, as the rule language has it */
    return (Operand){.kind = OPERAND_VALUE, .value = data_of_text(name)};
}

const DataColumn **core_columns(CoreRun *run, const StrList *names, size_t *n, size_t *n_absent)
{
    size_t most = 0;
    for (size_t i = 0; i < names->n; i++) {
        Operand operand = core_operand(run, core_name(run, names->items[i]));
        most += operand.kind == OPERAND_LIST ? operand.lists->n : 1;
    }
    const DataColumn **columns = ARENA_ARRAY(run->arena, const DataColumn *, most + 2);
    *n = *n_absent = 0;
    for (size_t i = 0; i < names->n; i++) {
        Operand operand = core_operand(run, core_name(run, names->items[i]));
        for (size_t j = 0; operand.kind == OPERAND_LIST && j < operand.lists->n; j++) {
            const DataColumn *column = set_column(&run->set, operand.lists->items[j].text);
            if (column) columns[(*n)++] = column;
        }
        if (operand.kind == OPERAND_COLUMN) columns[(*n)++] = operand.column;
        *n_absent += operand.kind == OPERAND_ABSENT;
    }
    return columns;
}

Str core_joined_key(Arena *arena, const DataColumn *const *columns, size_t n, size_t row)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        buf_add(&buf, data_text(columns[i], row));
        buf_char(&buf, '\x1f');
    }
    return buf_str(&buf);
}

void core_skip(CoreRun *run, const char *format, ...)
{
    va_list args;
    Buf buf = buf_new(run->arena);
    va_start(args, format);
    buf_vformat(&buf, format, args);
    va_end(args);
    if (run->skipped.len == 0) run->skipped = buf_str(&buf);
}

/* --- the rows that each type of rule is asked of --- */

static void add_text(DataColumnBuilder *builder, Str text) { data_column_add(builder, data_of_text(text)); }

static void add_count(DataColumnBuilder *builder, size_t n) { data_column_add(builder, (DataValue){.number = (double)n, .is_number = true}); }

static void set_rows(CoreRun *run, DataColumnBuilder *builders, size_t n, size_t n_rows)
{
    DataColumn *columns = ARENA_ARRAY(run->arena, DataColumn, n + 1);
    for (size_t i = 0; i < n; i++) columns[i] = builders[i].column;
    Str name = run->checked ? run->checked->name : STR("STUDY");
    run->set = data_set_of(run->arena, name, columns, n, n_rows);
}

static DataColumnBuilder text_column(CoreRun *run, const char *name) { return data_column_builder(run->arena, str_from(name), false); }
static DataColumnBuilder count_column(CoreRun *run, const char *name) { return data_column_builder(run->arena, str_from(name), true); }

static Str type_word(const DataColumn *column) { return column->is_number ? STR("Num") : STR("Char"); }

static bool variable_rows(CoreRun *run)
{
    DataColumnBuilder b[] = {text_column(run, "variable_name"),  text_column(run, "variable_label"),      text_column(run, "variable_data_type"),
                             count_column(run, "variable_size"), count_column(run, "variable_order_number"), text_column(run, "variable_format")};
    for (size_t i = 0; i < run->checked->n_columns; i++) {
        const DataColumn *column = &run->checked->columns[i];
        add_text(&b[0], column->name);
        add_text(&b[1], column->label);
        add_text(&b[2], type_word(column));
        add_count(&b[3], column->length);
        add_count(&b[4], i + 1);
        add_text(&b[5], column->format);
    }
    set_rows(run, b, sizeof b / sizeof b[0], run->checked->n_columns);
    return true;
}

static bool data_set_rows(CoreRun *run)
{
    DataColumnBuilder b[] = {text_column(run, "dataset_name"), text_column(run, "dataset_label"), text_column(run, "dataset_location"), text_column(run, "domain"),
                             text_column(run, "dataset_domain")};
    const Str values[] = {run->checked->name, run->checked->label, run->checked->file, run->checked->domain, run->checked->domain};
    for (size_t i = 0; i < sizeof b / sizeof b[0]; i++) add_text(&b[i], values[i]);
    set_rows(run, b, sizeof b / sizeof b[0], 1);
    return true;
}

static bool domain_rows(CoreRun *run)
{
    DataColumnBuilder *b = ARENA_ARRAY(run->arena, DataColumnBuilder, run->folder->n + 1);
    for (size_t i = 0; i < run->folder->n; i++) {
        const DataSet *set = &run->folder->items[i];
        b[i] = data_column_builder(run->arena, set->domain.len ? set->domain : set->name, false);
        add_text(&b[i], set->file);
    }
    set_rows(run, b, run->folder->n, 1);
    return true;
}

static bool record_rows(CoreRun *run)
{
    run->set = *run->checked;
    return true;
}

typedef enum { ASK_EACH_SET, ASK_EACH_VARIABLE, ASK_THE_FOLDER } CoreUnit;

/* clang-format off */
static const struct {
    const char *name;
    CoreUnit unit;
    bool (*rows)(CoreRun *run);
    bool is_metadata;
} TYPES[] = {
    {"Record Data",                        ASK_EACH_SET,      record_rows, false},
    {"Variable Metadata Check",            ASK_EACH_SET,      variable_rows, true},
    {"Dataset Metadata Check",             ASK_EACH_SET,      data_set_rows, true},
    {"Domain Presence Check",              ASK_THE_FOLDER,    domain_rows, false},
    {"Value Check with Variable Metadata", ASK_EACH_VARIABLE, NULL, true},
    {"Value Check with Dataset Metadata",  ASK_EACH_VARIABLE, NULL, true},
};
/* clang-format on */

#define N_TYPES (sizeof TYPES / sizeof TYPES[0])

static size_t type_index(Str name)
{
    size_t i = 0;
    while (i < N_TYPES && !str_equal(name, str_from(TYPES[i].name))) i++;
    return i;
}

typedef struct {
    Arena *arena;
    CoreRule *rule;
} Judging;

static void judge_leaf(void *to, const CoreLeaf *leaf)
{
    Judging *judging = to;
    CoreRule *rule = judging->rule;
    if (rule->unsupported.len == 0 && !core_operator(leaf->operator)) rule->unsupported = str_format(judging->arena, "operator " STR_FMT, STR_ARG(leaf->operator));
}

void core_rule_judge(Arena *arena, CoreRule *rule)
{
    if (rule->unsupported.len) return;
    if (type_index(rule->type) == N_TYPES) rule->unsupported = str_format(arena, "rule type " STR_FMT, STR_ARG(rule->type));
    for (size_t i = 0; i < rule->n_operations && rule->unsupported.len == 0; i++)
        if (!core_operation_is_known(rule->operations[i].operator)) rule->unsupported = str_format(arena, "operation " STR_FMT, STR_ARG(rule->operations[i].operator));
    core_check_visit(&rule->check, judge_leaf, &(Judging){arena, rule});
    if (rule->unsupported.len == 0) rule->unsupported = core_match_unsupported(arena, rule);
}

/* --- what is reported --- */

static Str list_text(Arena *arena, const ValueSet *set)
{
    Buf buf = buf_new(arena);
    buf_char(&buf, '[');
    for (size_t i = 0; i < set->n; i++) {
        if (i) buf_add_c(&buf, ", ");
        if (set->items[i].text.len == 0) buf_add_c(&buf, "None");
        else if (set->items[i].is_number) buf_add(&buf, set->items[i].text);
        else buf_format(&buf, "'" STR_FMT "'", STR_ARG(set->items[i].text));
    }
    buf_char(&buf, ']');
    return buf_str(&buf);
}

static Str shown(CoreRun *run, Str name, size_t row)
{
    Operand operand = core_operand(run, name);
    if (operand.kind == OPERAND_COLUMN) return data_text(operand.column, row);
    if (operand.kind == OPERAND_VALUE) return operand.value.text;
    if (operand.kind == OPERAND_LIST) return list_text(run->arena, operand.lists);
    if (operand.kind == OPERAND_LISTS) return operand.list_of_row[row] == UINT32_MAX ? STR("") : list_text(run->arena, &operand.lists[operand.list_of_row[row]]);
    return STR(CORE_NOT_IN_DATASET);
}

static void report(CoreRun *run, const CoreSink *sink, const unsigned char *verdicts)
{
    const CoreRule *rule = run->rule;
    bool each = run->checked && str_equal(rule->sensitivity, STR("Record"));
    Str *names = ARENA_ARRAY(run->arena, Str, rule->outputs.n + 1), *values = ARENA_ARRAY(run->arena, Str, rule->outputs.n + 1);
    for (size_t i = 0; i < rule->outputs.n; i++) names[i] = core_name(run, rule->outputs.items[i]);
    size_t last = SIZE_MAX;
    for (size_t row = 0; row < run->set.n_rows; row++) {
        size_t record = run->set.records ? run->set.records[row] : row;
        if (!verdicts[row] || (each && record == last)) continue;
        ArenaMark mark = arena_mark(run->arena);
        for (size_t i = 0; i < rule->outputs.n; i++) values[i] = shown(run, names[i], row);
        CoreHit hit = {.rule = rule, .data_set = run->set.name, .prefix = run->checked ? run->checked->prefix : STR(""), .record = each ? record + 1 : 0, .n = rule->outputs.n, .names = names, .values = values};
        sink->hit(sink->to, &hit);
        arena_rewind(run->arena, mark);
        last = record;
        if (!each) return;
    }
}

static bool ask(CoreRun *run, const CoreSink *sink, Error *err)
{
    if (run->checked) core_match(run);
    if (!run->skipped.len) core_operations(run);
    unsigned char *verdicts = ARENA_ARRAY(run->arena, unsigned char, run->set.n_rows + 1);
    if (!run->skipped.len && !core_evaluate(run, &run->rule->check, verdicts, err)) return error_in(err, "rule " STR_FMT, STR_ARG(run->rule->id));
    if (!run->skipped.len) report(run, sink, verdicts);
    if (sink->asked) sink->asked(sink->to, run->rule, run->set.name, run->skipped);
    return true;
}

static bool ask_variable(CoreRun *run, size_t variable, const CoreSink *sink, Error *err)
{
    const DataColumn *column = &run->checked->columns[variable];
    DataColumn *value = ARENA_NEW(run->arena, DataColumn);
    *value = *column;
    value->name = STR("variable_value");
    run->set = data_set_of(run->arena, run->checked->name, value, 1, run->checked->n_rows);
    const struct {
        Str name;
        DataValue value;
    } KNOWN[] = {
        {STR("variable_name"), data_of_text(column->name)},        {STR("variable_label"), data_of_text(column->label)},
        {STR("variable_data_type"), data_of_text(type_word(column))}, {STR("variable_format"), data_of_text(column->format)},
        {STR("variable_size"), data_of_number(run->arena, (double)column->length)},
        {STR("variable_order_number"), data_of_number(run->arena, (double)variable + 1)},
        {STR("dataset_name"), data_of_text(run->checked->name)},   {STR("dataset_label"), data_of_text(run->checked->label)},
        {STR("dataset_location"), data_of_text(run->checked->file)},
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) core_result(run, KNOWN[i].name, (Operand){.kind = OPERAND_VALUE, .value = KNOWN[i].value});
    return ask(run, sink, err);
}

bool core_rule_run(Arena *scratch, const CoreRule *rule, const DataFolder *folder, const CoreSink *sink, Error *err)
{
    size_t type = type_index(rule->type), n_units = TYPES[type].unit == ASK_THE_FOLDER ? 1 : folder->n;
    bool ok = true;
    for (size_t i = 0; i < n_units && ok; i++) {
        const DataSet *set = TYPES[type].unit == ASK_THE_FOLDER ? NULL : &folder->items[i];
        if (set && !core_scope_covers(rule, set)) continue;
        size_t n = TYPES[type].unit == ASK_EACH_VARIABLE ? set->n_columns : 1;
        for (size_t variable = 0; variable < n && ok; variable++) {
            ArenaMark mark = arena_mark(scratch);
            CoreRun run = {.arena = scratch, .folder = folder, .rule = rule, .checked = set, .is_metadata = TYPES[type].is_metadata};
            if (TYPES[type].rows) ok = TYPES[type].rows(&run) && ask(&run, sink, err);
            else ok = ask_variable(&run, variable, sink, err);
            arena_rewind(scratch, mark);
        }
    }
    return ok;
}
