/* The operations that rules compute before they are asked: distinct values, first and last dates, counts, study days and
 * what is known of the data sets. */
#include "base/time.h"
#include "conform/core_inside.h"
#include "conform/iso8601.h"
#include "conform/sdtm_model.h"

static Operand operand_value(DataValue value) { return (Operand){.kind = OPERAND_VALUE, .value = value}; }

static ValueSet *new_set(CoreRun *run)
{
    ValueSet *set = ARENA_NEW(run->arena, ValueSet);
    *set = value_set_new(run->arena);
    return set;
}

static Operand operand_list(ValueSet *set) { return (Operand){.kind = OPERAND_LIST, .lists = set}; }

/* The data set an operation reads: another of the folder, or the one checked. */
static const DataSet *source(CoreRun *run, const CoreOperation *op)
{
    bool is_own = op->domain.len == 0 || (run->checked && str_equal(op->domain, run->checked->name));
    if (is_own && run->checked && !set_column(&run->set, core_name(run, op->name)) && op->group.n == 0) return run->checked;
    if (is_own) return &run->set;
    Str name = core_name(run, op->domain);
    const DataSet *set = data_folder_get(run->folder, name);
    if (!set && run->checked && str_equal(op->domain, STR("SUPP--"))) return &run->set;
    if (!set) core_skip(run, "the data set " STR_FMT " is not there", STR_ARG(name));
    return set;
}

/* A column of the source, or skips. */
static const DataColumn *source_column(CoreRun *run, const DataSet *set, Str name)
{
    const DataColumn *column = set_column(set, core_name(run, name));
    if (!column) core_skip(run, STR_FMT " has no variable " STR_FMT, STR_ARG(set->name), STR_ARG(core_name(run, name)));
    return column;
}

/* Groups of the source and, for each row checked, the group it belongs to (UINT32_MAX: none), by the same variables. */
typedef struct {
    size_t n_groups;
    const uint32_t *of_source, *of_row;
} Grouping;

/* Names of columns, an operation's list of names written out. */
static StrList expand(CoreRun *run, const StrList *names)
{
    size_t capacity = 0;
    StrList all = {0};
    for (size_t i = 0; i < names->n; i++) {
        Operand operand = core_operand(run, core_name(run, names->items[i]));
        bool is_list = operand.kind == OPERAND_LIST && str_starts(names->items[i], STR("$"));
        for (size_t j = 0; j < (is_list ? operand.lists->n : 1); j++) {
            ARENA_PUSH_ROOM(run->arena, all.items, all.n, capacity);
            all.items[all.n++] = is_list ? operand.lists->items[j].text : core_name(run, names->items[i]);
        }
    }
    return all;
}

static bool group(CoreRun *run, const CoreOperation *op, const DataSet *set, Grouping *grouping)
{
    StrList names = expand(run, &op->group);
    const DataColumn **theirs = ARENA_ARRAY(run->arena, const DataColumn *, names.n + 1), **ours = ARENA_ARRAY(run->arena, const DataColumn *, names.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < names.n; i++) {
        theirs[n] = source_column(run, set, names.items[i]);
        ours[n] = source_column(run, &run->set, names.items[i]);
        if (!theirs[n] || !ours[n]) return false;
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        Error err = {0};
        if (core_extracted(run, theirs[i], set->n_rows, op->regex, &theirs[i], &err) && core_extracted(run, ours[i], run->set.n_rows, op->regex, &ours[i], &err)) continue;
        core_skip(run, "%s", err.message);
        return false;
    }
    grouping->of_source = data_groups(run->arena, theirs, n, set->n_rows, &grouping->n_groups);
    if (set == &run->set) {
        grouping->of_row = grouping->of_source;
        return true;
    }
    Map known = map_new(run->arena);
    bool *seen = ARENA_ARRAY(run->arena, bool, grouping->n_groups + 1);
    for (size_t row = 0; row < set->n_rows; row++) {
        uint32_t number = grouping->of_source[row];
        if (!seen[number]) map_put(&known, core_joined_key(run->arena, theirs, n, row), NULL)->index = number;
        seen[number] = true;
    }
    size_t n_ours;
    const uint32_t *our_groups = data_groups(run->arena, ours, n, run->set.n_rows, &n_ours);
    uint32_t *theirs_of_ours = ARENA_ARRAY(run->arena, uint32_t, n_ours + 1), *of_row = ARENA_ARRAY(run->arena, uint32_t, run->set.n_rows + 1);
    for (size_t row = 0; row < run->set.n_rows; row++) {
        uint32_t *entry = &theirs_of_ours[our_groups[row]];
        if (*entry == 0) {
            const MapEntry *found = map_get(&known, core_joined_key(run->arena, ours, n, row));
            *entry = found ? (uint32_t)found->index + 1 : UINT32_MAX;
        }
        of_row[row] = *entry == UINT32_MAX ? UINT32_MAX : *entry - 1;
    }
    grouping->of_row = of_row;
    return true;
}

static void distinct(CoreRun *run, const CoreOperation *op, Operand *result)
{
    const DataSet *set = source(run, op);
    const DataColumn *column = set ? source_column(run, set, op->name) : NULL;
    Grouping grouping = {.n_groups = 1};
    if (!column || (op->group.n && !group(run, op, set, &grouping))) return;
    ValueSet *sets = ARENA_ARRAY(run->arena, ValueSet, grouping.n_groups + 1);
    for (size_t i = 0; i < grouping.n_groups; i++) sets[i] = value_set_new(run->arena);
    for (size_t row = 0; row < set->n_rows; row++) value_set_add(&sets[grouping.of_source ? grouping.of_source[row] : 0], data_value(column, row));
    *result = op->group.n ? (Operand){.kind = OPERAND_LISTS, .lists = sets, .list_of_row = grouping.of_row} : operand_list(sets);
}

/* The variables that stand in the data set that RDOMAIN of the row names. */
static void variables_of_rdomain(CoreRun *run, const CoreOperation *op, Operand *result)
{
    const DataColumn *rdomain = set_column(&run->set, STR("RDOMAIN"));
    (void)op;
    if (!rdomain) {
        core_skip(run, "there is no variable RDOMAIN");
        return;
    }
    ValueSet *sets = ARENA_ARRAY(run->arena, ValueSet, rdomain->n_values + 1);
    for (size_t i = 0; i < rdomain->n_values; i++) {
        const DataSet *set = data_folder_get(run->folder, rdomain->values[i].text);
        sets[i] = value_set_new(run->arena);
        for (size_t j = 0; set && j < set->n_columns; j++) value_set_add(&sets[i], data_of_text(set->columns[j].name));
    }
    *result = (Operand){.kind = OPERAND_LISTS, .lists = sets, .list_of_row = rdomain->codes};
}

static void distinct_or_variables(CoreRun *run, const CoreOperation *op, Operand *result)
{
    if (op->value_is_reference) variables_of_rdomain(run, op, result);
    else distinct(run, op, result);
}

/* The earliest or latest of each group, dates cut short counting as their first moment. */
static void extreme_date(CoreRun *run, const CoreOperation *op, Operand *result, bool latest)
{
    const DataSet *set = source(run, op);
    const DataColumn *column = set ? source_column(run, set, op->name) : NULL;
    Grouping grouping = {.n_groups = 1};
    if (!column || (op->group.n && !group(run, op, set, &grouping))) return;
    Str *best = ARENA_ARRAY(run->arena, Str, grouping.n_groups + 1);
    double *seconds = ARENA_ARRAY(run->arena, double, grouping.n_groups + 1);
    for (size_t row = 0; row < set->n_rows; row++) {
        size_t at = grouping.of_source ? grouping.of_source[row] : 0;
        IsoTime time;
        if (!iso_time_parse(data_text(column, row), &time)) continue;
        if (best[at].len && (latest ? time.seconds <= seconds[at] : time.seconds >= seconds[at])) continue;
        best[at] = data_text(column, row);
        seconds[at] = time.seconds;
    }
    if (!op->group.n) {
        *result = operand_value(data_of_text(best[0]));
        return;
    }
    DataColumnBuilder builder = data_column_builder(run->arena, op->id, false);
    for (size_t row = 0; row < run->set.n_rows; row++) data_column_add(&builder, data_of_text(grouping.of_row[row] == UINT32_MAX ? STR("") : best[grouping.of_row[row]]));
    DataColumn *kept = ARENA_NEW(run->arena, DataColumn);
    *kept = builder.column;
    *result = (Operand){.kind = OPERAND_COLUMN, .column = kept};
}

static void min_date(CoreRun *run, const CoreOperation *op, Operand *result) { extreme_date(run, op, result, false); }
static void max_date(CoreRun *run, const CoreOperation *op, Operand *result) { extreme_date(run, op, result, true); }

static bool passes(CoreRun *run, const CoreOperation *op, const DataSet *set, size_t row)
{
    for (size_t i = 0; i < op->n_filters; i++) {
        const DataColumn *column = set_column(set, core_name(run, op->filter_names[i]));
        if (!column || !str_equal(data_text(column, row), op->filter_values[i])) return false;
    }
    return true;
}

static void record_count(CoreRun *run, const CoreOperation *op, Operand *result)
{
    const DataSet *set = source(run, op);
    Grouping grouping = {.n_groups = 1};
    if (!set || (op->group.n && !group(run, op, set, &grouping))) return;
    size_t *counts = ARENA_ARRAY(run->arena, size_t, grouping.n_groups + 1);
    for (size_t row = 0; row < set->n_rows; row++) counts[grouping.of_source ? grouping.of_source[row] : 0] += passes(run, op, set, row);
    if (!op->group.n) {
        *result = operand_value(data_of_number(run->arena, (double)counts[0]));
        return;
    }
    DataColumnBuilder builder = data_column_builder(run->arena, op->id, true);
    for (size_t row = 0; row < run->set.n_rows; row++)
        data_column_add(&builder, (DataValue){.number = grouping.of_row[row] == UINT32_MAX ? 0 : (double)counts[grouping.of_row[row]], .is_number = true});
    DataColumn *kept = ARENA_NEW(run->arena, DataColumn);
    *kept = builder.column;
    *result = (Operand){.kind = OPERAND_COLUMN, .column = kept};
}

/* The study day of a date: days since RFSTDTC, which is day 1; there is no day 0. */
static void study_day(CoreRun *run, const CoreOperation *op, Operand *result)
{
    const DataColumn *date = set_column(&run->set, core_name(run, op->name)), *start = set_column(&run->set, STR("RFSTDTC"));
    if (!date || !start) {
        core_skip(run, "there is no variable " STR_FMT, STR_ARG(date ? STR("RFSTDTC") : core_name(run, op->name)));
        return;
    }
    DataColumnBuilder builder = data_column_builder(run->arena, op->id, true);
    for (size_t row = 0; row < run->set.n_rows; row++) {
        Str from = data_text(start, row), to = data_text(date, row);
        Date first, last;
        bool known = iso_date_is_complete(from) && iso_date_is_complete(to) && date_parse(str_slice(from, 0, 10), &first, NULL) && date_parse(str_slice(to, 0, 10), &last, NULL);
        double days = known ? (double)(date_days(last) - date_days(first)) : 0;
        data_column_add(&builder, known ? (DataValue){.number = days >= 0 ? days + 1 : days, .is_number = true} : data_of_text(STR("")));
    }
    DataColumn *kept = ARENA_NEW(run->arena, DataColumn);
    *kept = builder.column;
    *result = (Operand){.kind = OPERAND_COLUMN, .column = kept};
}

static void study_domains(CoreRun *run, const CoreOperation *op, Operand *result)
{
    ValueSet *set = new_set(run);
    (void)op;
    for (size_t i = 0; i < run->folder->n; i++) value_set_add(set, data_of_text(run->folder->items[i].domain));
    *result = operand_list(set);
}

static void dataset_names(CoreRun *run, const CoreOperation *op, Operand *result)
{
    ValueSet *set = new_set(run);
    (void)op;
    for (size_t i = 0; i < run->folder->n; i++) value_set_add(set, data_of_text(run->folder->items[i].name));
    *result = operand_list(set);
}

static void truth(Operand *result, bool is_true) { *result = operand_value(data_of_text(is_true ? STR("true") : STR("false"))); }

static void domain_is_custom(CoreRun *run, const CoreOperation *op, Operand *result)
{
    (void)op;
    if (run->checked) truth(result, run->checked->domain.len == 2 && !sdtm_domain(run->checked->domain));
}

static void domain_label(CoreRun *run, const CoreOperation *op, Operand *result)
{
    const SdtmDomain *domain = run->checked ? sdtm_domain(run->checked->domain) : NULL;
    (void)op;
    *result = operand_value(data_of_text(domain ? str_from(domain->label) : STR("")));
}

static void variable_count(CoreRun *run, const CoreOperation *op, Operand *result)
{
    double n = 0;
    for (size_t i = 0; i < run->folder->n; i++) {
        const DataSet *set = &run->folder->items[i];
        bool is_open = str_starts(op->name, STR("--"));
        Str name = is_open ? str_format(run->arena, STR_FMT STR_FMT, STR_ARG(set->prefix), STR_ARG(str_slice(op->name, 2, op->name.len))) : op->name;
        n += set_column(set, name) != NULL;
    }
    *result = operand_value(data_of_number(run->arena, n));
}

static void variable_exists(CoreRun *run, const CoreOperation *op, Operand *result)
{
    bool exists = false;
    if (op->domain.len || run->checked) {
        const DataSet *set = op->domain.len ? data_folder_get(run->folder, op->domain) : run->checked;
        exists = set && set_column(set, core_name(run, op->name));
    } else
        for (size_t i = 0; i < run->folder->n; i++) exists = exists || (core_scope_covers(run->rule, &run->folder->items[i]) && set_column(&run->folder->items[i], op->name));
    truth(result, exists);
}

static void extract_metadata(CoreRun *run, const CoreOperation *op, Operand *result)
{
    const DataSet *set = run->checked;
    if (!set) return;
    Str name = op->name;
    bool is_ap = set->domain.len == 4 && str_starts(set->domain, STR("AP"));
    if (str_equal(name, STR("dataset_name"))) *result = operand_value(data_of_text(set->name));
    else if (str_equal(name, STR("dataset_label"))) *result = operand_value(data_of_text(set->label));
    else if (str_equal(name, STR("dataset_location"))) *result = operand_value(data_of_text(set->file));
    else if (str_equal(name, STR("domain"))) *result = operand_value(data_of_text(set->domain));
    else if (str_equal(name, STR("is_ap"))) truth(result, is_ap);
    else if (str_equal(name, STR("ap_suffix"))) *result = operand_value(data_of_text(is_ap ? str_slice(set->domain, 2, 4) : STR("")));
    else core_skip(run, "there is no metadata " STR_FMT, STR_ARG(name));
}

static void column_order(CoreRun *run, const CoreOperation *op, Operand *result)
{
    ValueSet *set = new_set(run);
    (void)op;
    if (run->checked)
        for (size_t i = 0; i < run->checked->n_columns; i++) value_set_add(set, data_of_text(run->checked->columns[i].name));
    *result = operand_list(set);
}

static void timing_variables(CoreRun *run, const CoreOperation *op, Operand *result, bool only_present)
{
    size_t n;
    const char *const *names = sdtm_timing_variables(&n);
    ValueSet *set = new_set(run);
    if (!str_equal(op->key_name, STR("role")) || !str_equal(op->key_value, STR("Timing"))) {
        core_skip(run, "variables whose " STR_FMT " is " STR_FMT " are not known", STR_ARG(op->key_name), STR_ARG(op->key_value));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        Str name = core_name(run, str_from(names[i]));
        if (!only_present || set_column(&run->set, name)) value_set_add(set, data_of_text(name));
    }
    *result = operand_list(set);
}

static void model_timing(CoreRun *run, const CoreOperation *op, Operand *result) { timing_variables(run, op, result, false); }
static void dataset_timing(CoreRun *run, const CoreOperation *op, Operand *result) { timing_variables(run, op, result, true); }

/* clang-format off */
static const struct {
    const char *name;
    void (*compute)(CoreRun *run, const CoreOperation *op, Operand *result);
} OPERATIONS[] = {
    {"distinct",                       distinct_or_variables},
    {"min_date",                       min_date},
    {"max_date",                       max_date},
    {"record_count",                   record_count},
    {"dy",                             study_day},
    {"study_domains",                  study_domains},
    {"dataset_names",                  dataset_names},
    {"domain_is_custom",               domain_is_custom},
    {"domain_label",                   domain_label},
    {"variable_count",                 variable_count},
    {"variable_exists",                variable_exists},
    {"extract_metadata",               extract_metadata},
    {"get_column_order_from_dataset",  column_order},
    {"get_model_filtered_variables",   model_timing},
    {"get_dataset_filtered_variables", dataset_timing},
};
/* clang-format on */

#define N_OPERATIONS (sizeof OPERATIONS / sizeof OPERATIONS[0])

static size_t operation_index(Str name)
{
    size_t i = 0;
    while (i < N_OPERATIONS && !str_equal(name, str_from(OPERATIONS[i].name))) i++;
    return i;
}

bool core_operation_is_known(Str name) { return operation_index(name) < N_OPERATIONS; }

void core_operations(CoreRun *run)
{
    for (size_t i = 0; i < run->rule->n_operations && !run->skipped.len; i++) {
        const CoreOperation *op = &run->rule->operations[i];
        Operand result = {0};
        OPERATIONS[operation_index(op->operator)].compute(run, op, &result);
        core_result(run, op->id, result);
    }
}
