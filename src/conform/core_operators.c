/* The operators of checks that look at one row, a line each, and the evaluation of a check. */
#include <math.h>
#include <string.h>

#include "conform/core_inside.h"
#include "conform/core_regex.h"
#include "conform/iso8601.h"

/* Blanks are no value; other white space is one. */
static bool is_missing(DataValue value)
{
    size_t at = 0;
    while (at < value.text.len && value.text.data[at] == ' ') at++;
    return !value.is_number && at == value.text.len;
}

static size_t n_characters(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return n;
}

/* The first or last characters of a text; all of a shorter one. */
static Str first_characters(Str text, size_t n)
{
    size_t at = 0;
    for (; at < text.len && n > 0; n--)
        for (at++; at < text.len && ((unsigned char)text.data[at] & 0xC0) == 0x80;) at++;
    return str_slice(text, 0, at);
}

static Str last_characters(Str text, size_t n)
{
    size_t all = n_characters(text);
    Str before = first_characters(text, all > n ? all - n : 0);
    return str_slice(text, before.len, text.len);
}

/* --- a value alone --- */

static bool judge_empty(const CoreLeaf *leaf, const void *prepared, DataValue value)
{
    (void)leaf, (void)prepared;
    return is_missing(value);
}

static bool prepare_regex(Arena *arena, const CoreLeaf *leaf, const void **prepared, Error *err)
{
    const CoreRegex *regex = NULL;
    bool ok = core_regex_compile(arena, leaf->values.n ? leaf->values.items[0] : STR(""), &regex, err);
    *prepared = regex;
    return ok;
}

static bool judge_regex(const CoreLeaf *leaf, const void *regex, DataValue value)
{
    (void)leaf;
    return core_regex_matches(regex, value.text);
}

static bool judge_prefix_regex(const CoreLeaf *leaf, const void *regex, DataValue value)
{
    return core_regex_matches(regex, first_characters(value.text, leaf->n_characters));
}

static bool judge_suffix_regex(const CoreLeaf *leaf, const void *regex, DataValue value)
{
    return core_regex_matches(regex, last_characters(value.text, leaf->n_characters));
}

static bool judge_complete_date(const CoreLeaf *leaf, const void *prepared, DataValue value)
{
    (void)leaf, (void)prepared;
    return iso_date_is_complete(value.text);
}

static bool judge_invalid_date(const CoreLeaf *leaf, const void *prepared, DataValue value)
{
    (void)leaf, (void)prepared;
    return !is_missing(value) && !iso_date_is_valid(value.text);
}

static bool judge_invalid_duration(const CoreLeaf *leaf, const void *prepared, DataValue value)
{
    (void)prepared;
    return !is_missing(value) && !iso_duration_is_valid(value.text, leaf->negative);
}

static bool judge_equal_parts(const CoreLeaf *leaf, const void *prepared, DataValue value)
{
    Str before, after;
    (void)prepared;
    return !str_cut(value.text, leaf->separator.len ? leaf->separator : STR("/"), &before, &after) || before.len == after.len;
}

/* --- a value and another --- */

static bool same_text(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    return leaf->type_insensitive ? str_equal(str_trim(value.text), str_trim(other.text)) : str_equal(value.text, other.text);
}

static bool compare_equal(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    double a, b;
    bool by_number = value.is_number || other.is_number || leaf->type_insensitive || leaf->round_values;
    if (is_missing(value) || is_missing(other)) return false;
    if (!by_number || !data_number(value, &a) || !data_number(other, &b)) return same_text(leaf, value, other);
    return leaf->round_values ? round(a) == round(b) : a == b;
}

/* Neither equal nor both missing. */
static bool compare_not_equal(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    return !(is_missing(value) && is_missing(other)) && !compare_equal(leaf, value, other);
}

static bool compare_equal_fold(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    return compare_equal(leaf, value, other) || (!is_missing(value) && str_equal_fold(value.text, other.text));
}

static bool compare_not_equal_fold(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    return !(is_missing(value) && is_missing(other)) && !compare_equal_fold(leaf, value, other);
}

#define NUMERIC(name, sign)                                                                                   \
    static bool name(const CoreLeaf *leaf, DataValue value, DataValue other)                                  \
    {                                                                                                         \
        double a, b;                                                                                          \
        (void)leaf;                                                                                           \
        return data_number(value, &a) && data_number(other, &b) && a sign b;                                  \
    }
NUMERIC(compare_greater, >)
NUMERIC(compare_greater_equal, >=)
NUMERIC(compare_less, <)
NUMERIC(compare_less_equal, <=)

/* The order of two dates, by the parts that are asked for; false when one is none. */
static bool date_order(const CoreLeaf *leaf, DataValue value, DataValue other, int *order)
{
    static const char *const PARTS[] = {"year", "month", "day", "hour", "minute", "second"};
    IsoTime a, b;
    if (!iso_time_parse(value.text, &a) || !iso_time_parse(other.text, &b)) return false;
    *order = (a.seconds > b.seconds) - (a.seconds < b.seconds);
    if (leaf->date_component.len == 0) return true;
    int n = a.n_parts < b.n_parts ? a.n_parts : b.n_parts;
    for (int i = 0; i < 6; i++)
        if (str_equal(leaf->date_component, str_from(PARTS[i]))) n = i + 1;
    *order = 0;
    for (int i = 0; i < n && *order == 0; i++) *order = (a.part[i] > b.part[i]) - (a.part[i] < b.part[i]);
    return true;
}

#define BY_DATE(name, sign)                                                                                   \
    static bool name(const CoreLeaf *leaf, DataValue value, DataValue other)                                  \
    {                                                                                                         \
        int order;                                                                                            \
        return date_order(leaf, value, other, &order) && order sign 0;                                        \
    }
BY_DATE(date_equal, ==)
BY_DATE(date_not_equal, !=)
BY_DATE(date_greater, >)
BY_DATE(date_greater_equal, >=)
BY_DATE(date_less, <)
BY_DATE(date_less_equal, <=)

static bool compare_starts(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    (void)leaf;
    return str_starts(value.text, other.text);
}

static bool compare_ends(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    (void)leaf;
    return str_ends(value.text, other.text);
}

static bool compare_contains(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    (void)leaf;
    return str_find(value.text, other.text) != SIZE_MAX;
}

static bool compare_prefix(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    return str_equal(first_characters(value.text, leaf->n_characters), other.text);
}

static bool compare_suffix(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    return str_equal(last_characters(value.text, leaf->n_characters), other.text);
}

/* Lengths are of texts; the other side is a number, or a text of that length. */
static double length_wanted(DataValue other)
{
    double length;
    return data_number(other, &length) ? length : (double)n_characters(other.text);
}

#define BY_LENGTH(name, sign)                                                                                 \
    static bool name(const CoreLeaf *leaf, DataValue value, DataValue other)                                  \
    {                                                                                                         \
        (void)leaf;                                                                                           \
        return !is_missing(value) && (double)n_characters(value.text) sign length_wanted(other);              \
    }
BY_LENGTH(length_more, >)
BY_LENGTH(length_more_equal, >=)
BY_LENGTH(length_less, <)
BY_LENGTH(length_less_equal, <=)

static bool length_same(const CoreLeaf *leaf, DataValue value, DataValue other)
{
    (void)leaf;
    return n_characters(value.text) == n_characters(other.text);
}

/* --- a part of a value, in a list --- */

static Str part_whole(const CoreLeaf *leaf, Arena *arena, Str text)
{
    (void)leaf, (void)arena;
    return text;
}

static Str part_fold(const CoreLeaf *leaf, Arena *arena, Str text)
{
    (void)leaf;
    return str_upper(arena, text);
}

static Str part_prefix(const CoreLeaf *leaf, Arena *arena, Str text)
{
    (void)arena;
    return first_characters(text, leaf->n_characters);
}

static Str part_suffix(const CoreLeaf *leaf, Arena *arena, Str text)
{
    (void)arena;
    return last_characters(text, leaf->n_characters);
}

/* clang-format off */
static const CoreOperator OPERATORS[] = {
    {.name = "empty",                                .judge = judge_empty},
    {.name = "non_empty",                            .judge = judge_empty, .is_complement = true},
    {.name = "matches_regex",                        .judge = judge_regex, .prepare = prepare_regex},
    {.name = "not_matches_regex",                    .judge = judge_regex, .prepare = prepare_regex, .is_complement = true},
    {.name = "prefix_matches_regex",                 .judge = judge_prefix_regex, .prepare = prepare_regex},
    {.name = "not_prefix_matches_regex",             .judge = judge_prefix_regex, .prepare = prepare_regex, .is_complement = true},
    {.name = "suffix_matches_regex",                 .judge = judge_suffix_regex, .prepare = prepare_regex},
    {.name = "not_suffix_matches_regex",             .judge = judge_suffix_regex, .prepare = prepare_regex, .is_complement = true},
    {.name = "is_complete_date",                     .judge = judge_complete_date},
    {.name = "is_incomplete_date",                   .judge = judge_complete_date, .is_complement = true},
    {.name = "invalid_date",                         .judge = judge_invalid_date},
    {.name = "invalid_duration",                     .judge = judge_invalid_duration},
    {.name = "split_parts_have_equal_length",        .judge = judge_equal_parts},
    {.name = "split_parts_have_unequal_length",      .judge = judge_equal_parts, .is_complement = true},
    {.name = "equal_to",                             .compare = compare_equal},
    {.name = "not_equal_to",                         .compare = compare_not_equal},
    {.name = "equal_to_case_insensitive",            .compare = compare_equal_fold},
    {.name = "not_equal_to_case_insensitive",        .compare = compare_not_equal_fold},
    {.name = "greater_than",                         .compare = compare_greater},
    {.name = "greater_than_or_equal_to",             .compare = compare_greater_equal},
    {.name = "less_than",                            .compare = compare_less},
    {.name = "less_than_or_equal_to",                .compare = compare_less_equal},
    {.name = "date_equal_to",                        .compare = date_equal},
    {.name = "date_not_equal_to",                    .compare = date_not_equal},
    {.name = "date_greater_than",                    .compare = date_greater},
    {.name = "date_greater_than_or_equal_to",        .compare = date_greater_equal},
    {.name = "date_less_than",                       .compare = date_less},
    {.name = "date_less_than_or_equal_to",           .compare = date_less_equal},
    {.name = "starts_with",                          .compare = compare_starts},
    {.name = "ends_with",                            .compare = compare_ends},
    {.name = "contains",                             .compare = compare_contains},
    {.name = "does_not_contain",                     .compare = compare_contains, .is_complement = true},
    {.name = "prefix_equal_to",                      .compare = compare_prefix},
    {.name = "prefix_not_equal_to",                  .compare = compare_prefix, .is_complement = true},
    {.name = "suffix_equal_to",                      .compare = compare_suffix},
    {.name = "suffix_not_equal_to",                  .compare = compare_suffix, .is_complement = true},
    {.name = "longer_than",                          .compare = length_more},
    {.name = "longer_than_or_equal_to",              .compare = length_more_equal},
    {.name = "shorter_than",                         .compare = length_less},
    {.name = "shorter_than_or_equal_to",             .compare = length_less_equal},
    {.name = "has_equal_length",                     .compare = length_same},
    {.name = "has_not_equal_length",                 .compare = length_same, .is_complement = true},
    {.name = "is_contained_by",                      .part = part_whole},
    {.name = "is_not_contained_by",                  .part = part_whole, .is_complement = true},
    {.name = "is_contained_by_case_insensitive",     .part = part_fold},
    {.name = "is_not_contained_by_case_insensitive", .part = part_fold, .is_complement = true},
    {.name = "prefix_is_contained_by",               .part = part_prefix},
    {.name = "prefix_is_not_contained_by",           .part = part_prefix, .is_complement = true},
    {.name = "suffix_is_contained_by",               .part = part_suffix},
    {.name = "suffix_is_not_contained_by",           .part = part_suffix, .is_complement = true},
    {.name = "is_unique_set",                        .rows = core_is_unique_set, .takes_absent = true},
    {.name = "is_not_unique_set",                    .rows = core_is_unique_set, .takes_absent = true, .is_complement = true},
    {.name = "is_unique_relationship",               .rows = core_is_unique_relationship},
    {.name = "is_not_unique_relationship",           .rows = core_is_unique_relationship, .is_complement = true},
    {.name = "is_inconsistent_across_dataset",       .rows = core_is_inconsistent},
    {.name = "present_on_multiple_rows_within",      .rows = core_on_multiple_rows},
    {.name = "not_present_on_multiple_rows_within",  .rows = core_on_multiple_rows, .is_complement = true},
    {.name = "has_next_corresponding_record",        .rows = core_has_next_record},
    {.name = "does_not_have_next_corresponding_record", .rows = core_has_next_record, .is_complement = true},
    {.name = "empty_within_except_last_row",         .rows = core_empty_except_last},
    {.name = "target_is_sorted_by",                  .rows = core_is_sorted_by},
    {.name = "target_is_not_sorted_by",              .rows = core_is_sorted_by, .is_complement = true},
    {.name = "is_ordered_set",                       .rows = core_is_ordered_set},
    {.name = "is_not_ordered_set",                   .rows = core_is_ordered_set, .is_complement = true},
    {.name = "is_ordered_by",                        .rows = core_is_ordered_by},
    {.name = "is_not_ordered_by",                    .rows = core_is_ordered_by, .is_complement = true},
    {.name = "has_same_values",                      .rows = core_has_same_values},
    {.name = "has_different_values",                 .rows = core_has_same_values, .is_complement = true},
    {.name = "contains_all",                         .rows = core_contains_all},
    {.name = "not_contains_all",                     .rows = core_contains_all, .is_complement = true},
    {.name = "shares_at_least_one_element_with",     .rows = core_shares_elements},
    {.name = "shares_no_elements_with",              .rows = core_shares_elements, .is_complement = true},
    {.name = "is_ordered_subset_of",                 .rows = core_is_ordered_subset},
    {.name = "is_not_ordered_subset_of",             .rows = core_is_ordered_subset, .is_complement = true},
    {.name = "equals_string_part",                   .rows = core_equals_string_part},
    {.name = "does_not_equal_string_part",           .rows = core_equals_string_part, .is_complement = true},
    {.name = "exists"},
    {.name = "not_exists",                           .is_complement = true},
};
/* clang-format on */

const CoreOperator *core_operator(Str name)
{
    for (size_t i = 0; i < sizeof OPERATORS / sizeof OPERATORS[0]; i++)
        if (str_equal(name, str_from(OPERATORS[i].name))) return &OPERATORS[i];
    return NULL;
}

/* Applies a verdict per distinct value of the target to its rows. */
static void spread(const CoreRun *run, const Operand *target, const unsigned char *of_value, unsigned char *verdicts)
{
    if (target->kind == OPERAND_VALUE) memset(verdicts, of_value[0], run->set.n_rows);
    else
        for (size_t row = 0; row < run->set.n_rows; row++) verdicts[row] = of_value[target->column->codes[row]];
}

static size_t n_values(const Operand *target) { return target->kind == OPERAND_VALUE ? 1 : target->column->n_values; }

static DataValue nth_value(const Operand *target, size_t i) { return target->kind == OPERAND_VALUE ? target->value : target->column->values[i]; }

static DataValue value_at(const Operand *operand, size_t row)
{
    return operand->kind == OPERAND_VALUE ? operand->value : data_value(operand->column, row);
}

static bool run_judge(CoreRun *run, const CoreOperator *operator, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts, Error *err)
{
    const void *prepared = NULL;
    if (operator->prepare && !operator->prepare(run->arena, leaf, &prepared, err)) return false;
    unsigned char *of_value = ARENA_ARRAY(run->arena, unsigned char, n_values(target) + 1);
    for (size_t i = 0; i < n_values(target); i++) of_value[i] = operator->judge(leaf, prepared, nth_value(target, i)) != operator->is_complement;
    spread(run, target, of_value, verdicts);
    return true;
}

/* The other value is in the column that the row names. */
static DataValue referenced(CoreRun *run, const Operand *names, size_t row)
{
    Operand other = core_operand(run, value_at(names, row).text);
    return other.kind == OPERAND_COLUMN || other.kind == OPERAND_VALUE ? value_at(&other, row) : data_of_text(STR(""));
}

static void run_compare(CoreRun *run, const CoreOperator *operator, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts)
{
    Operand other = core_value(run, leaf);
    if (other.kind == OPERAND_LIST || other.kind == OPERAND_LISTS) core_skip(run, "%s is not asked of lists", operator->name);
    if (other.kind != OPERAND_VALUE && other.kind != OPERAND_COLUMN) return;
    if (other.kind == OPERAND_VALUE) {
        unsigned char *of_value = ARENA_ARRAY(run->arena, unsigned char, n_values(target) + 1);
        for (size_t i = 0; i < n_values(target); i++) of_value[i] = operator->compare(leaf, nth_value(target, i), other.value) != operator->is_complement;
        spread(run, target, of_value, verdicts);
        return;
    }
    for (size_t row = 0; row < run->set.n_rows; row++) {
        DataValue value = leaf->value_is_reference ? referenced(run, &other, row) : value_at(&other, row);
        verdicts[row] = operator->compare(leaf, value_at(target, row), value) != operator->is_complement;
    }
}

static ValueSet *folded(CoreRun *run, const ValueSet *set)
{
    ValueSet *upper = ARENA_NEW(run->arena, ValueSet);
    *upper = value_set_new(run->arena);
    for (size_t i = 0; i < set->n; i++) value_set_add(upper, data_of_text(str_upper(run->arena, set->items[i].text)));
    return upper;
}

/* The list that a value is sought in; a column stands for its values on the row, a single value for a list of one. */
static void run_member(CoreRun *run, const CoreOperator *operator, const CoreLeaf *leaf, const Operand *target, unsigned char *verdicts)
{
    Operand other = core_value(run, leaf);
    bool fold = operator->part == part_fold;
    if (other.kind == OPERAND_ABSENT) return;
    if (other.kind == OPERAND_LIST) {
        const ValueSet *set = fold ? folded(run, other.lists) : other.lists;
        unsigned char *of_value = ARENA_ARRAY(run->arena, unsigned char, n_values(target) + 1);
        for (size_t i = 0; i < n_values(target); i++)
            of_value[i] = value_set_has(set, operator->part(leaf, run->arena, nth_value(target, i).text)) != operator->is_complement;
        spread(run, target, of_value, verdicts);
        return;
    }
    for (size_t row = 0; row < run->set.n_rows; row++) {
        Str part = operator->part(leaf, run->arena, value_at(target, row).text);
        bool is_in;
        if (other.kind == OPERAND_LISTS) {
            uint32_t list = other.list_of_row[row];
            is_in = list != UINT32_MAX && value_set_has(fold ? folded(run, &other.lists[list]) : &other.lists[list], part);
        } else is_in = fold ? str_equal_fold(part, value_at(&other, row).text) : str_equal(part, value_at(&other, row).text);
        verdicts[row] = is_in != operator->is_complement;
    }
}

static bool run_leaf(CoreRun *run, const CoreLeaf *leaf, unsigned char *verdicts, Error *err)
{
    const CoreOperator *operator = core_operator(leaf->operator);
    Operand target = core_operand(run, core_name(run, leaf->name));
    memset(verdicts, 0, run->set.n_rows);
    if (!operator->judge && !operator->compare && !operator->part && !operator->rows) {
        memset(verdicts, (target.kind != OPERAND_ABSENT) != operator->is_complement, run->set.n_rows);
        return true;
    }
    if (target.kind == OPERAND_ABSENT && run->is_metadata) core_skip(run, "the metadata " STR_FMT " are not known", STR_ARG(leaf->name));
    if (target.kind == OPERAND_ABSENT && !operator->takes_absent) return true;
    if (operator->rows) {
        if (!operator->rows(run, leaf, &target, verdicts, err)) return false;
        if (operator->is_complement)
            for (size_t row = 0; row < run->set.n_rows; row++) verdicts[row] = !verdicts[row];
        return true;
    }
    if (target.kind != OPERAND_COLUMN && target.kind != OPERAND_VALUE) {
        core_skip(run, "%s is not asked of lists", operator->name);
        return true;
    }
    if (operator->judge) return run_judge(run, operator, leaf, &target, verdicts, err);
    if (operator->compare) run_compare(run, operator, leaf, &target, verdicts);
    else run_member(run, operator, leaf, &target, verdicts);
    return true;
}

bool core_evaluate(CoreRun *run, const CoreCheck *check, unsigned char *verdicts, Error *err)
{
    if (check->kind == CORE_LEAF) return run_leaf(run, &check->leaf, verdicts, err);
    size_t n_rows = run->set.n_rows;
    unsigned char *one = ARENA_ROOM(run->arena, unsigned char, n_rows + 1);
    memset(verdicts, check->kind == CORE_ALL, n_rows);
    for (size_t i = 0; i < check->n; i++) {
        if (!core_evaluate(run, &check->items[i], one, err)) return false;
        for (size_t row = 0; row < n_rows; row++)
            verdicts[row] = (unsigned char)(check->kind == CORE_ALL ? (verdicts[row] & one[row]) : check->kind == CORE_ANY ? (verdicts[row] | one[row]) : !one[row]);
    }
    return true;
}
