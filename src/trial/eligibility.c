#include "trial/eligibility.h"

#include <math.h>

#include "data/condition.h"

const char *criterion_kind_word(CriterionKind kind)
{
    static const char *const WORDS[] = {"inclusion", "exclusion", "ages"};
    return WORDS[kind];
}

const char *criterion_answer(signed char holds)
{
    return holds == 1 ? "met" : holds == 0 ? "not-met" : "not-known";
}

bool criterion_admits(const JudgedCriterion *criterion, size_t row)
{
    return criterion->holds[row] == (criterion->kind == CRITERION_EXCLUSION ? 0 : 1);
}

static Str condition_of(Arena *arena, const Frame *subjects, const Criterion *criterion)
{
    if (criterion->condition.len) return criterion->condition;
    if (!frame_column(subjects, criterion->id)) return STR("NULL");
    return str_format(arena, "\"" STR_FMT "\" = 'yes'", STR_ARG(criterion->id));
}

static bool judge_list(Arena *arena, const Frame *subjects, const Criteria *list, CriterionKind kind,
                       Eligibilities *to, Error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        JudgedCriterion *judged = &to->criteria[to->n++];
        *judged = (JudgedCriterion){.kind = kind, .id = list->items[i].id, .text = list->items[i].text};
        judged->condition = condition_of(arena, subjects, &list->items[i]);
        if (!frame_evaluate(arena, subjects, judged->condition, &judged->holds, err))
            return error_in(err, "criterion \"" STR_FMT "\"", STR_ARG(judged->id));
    }
    return true;
}

static bool speaks_of_age(Arena *arena, const Criteria *list)
{
    const Str age = STR("AGE");
    for (size_t i = 0; i < list->n; i++)
        if (str_find(str_upper(arena, list->items[i].condition), age) != SIZE_MAX) return true;
    return false;
}

static void judge_ages(Arena *arena, const Frame *subjects, Range ages, Eligibilities *to)
{
    const Column *age = frame_column(subjects, STR("AGE"));
    JudgedCriterion *judged = &to->criteria[to->n++];
    *judged = (JudgedCriterion){.kind = CRITERION_AGES, .id = STR("AGES")};
    judged->text = isfinite(ages.high)
                       ? str_format(arena, "Aged %g to %g completed years", ages.low, ages.high)
                       : str_format(arena, "Aged %g completed years or more", ages.low);
    judged->condition = STR("AGE");
    judged->holds = ARENA_ARRAY(arena, signed char, subjects->n_rows + 1);
    for (size_t i = 0; i < subjects->n_rows; i++) {
        double years = age && !age->missing[i] ? floor(age->numbers[i]) : NAN;
        judged->holds[i] = (signed char)(isnan(years) ? -1 : years >= ages.low && years <= ages.high);
    }
}

bool eligibility_judge(Arena *arena, const Protocol *protocol, const Frame *subjects, Eligibilities *to,
                       Error *err)
{
    const Eligibility *rules = &protocol->eligibility;
    *to = (Eligibilities){
        .criteria = ARENA_ARRAY(arena, JudgedCriterion, rules->inclusion.n + rules->exclusion.n + 1)};
    if (!judge_list(arena, subjects, &rules->inclusion, CRITERION_INCLUSION, to, err) ||
        !judge_list(arena, subjects, &rules->exclusion, CRITERION_EXCLUSION, to, err))
        return false;
    bool has_ages = rules->at && (isfinite(rules->ages.low) || isfinite(rules->ages.high));
    if (has_ages && !speaks_of_age(arena, &rules->inclusion)) judge_ages(arena, subjects, rules->ages, to);
    return true;
}
