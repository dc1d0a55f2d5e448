#include "report/analysis_words.h"

Str analysis_data(const Protocol *protocol, const AnalysisPlan *plan)
{
    if (plan->data.len) return plan->data;
    return protocol->data.at ? protocol->data.subjects : STR("measures");
}

bool analysis_has_scores(const Protocol *protocol, const AnalysisPlan *plan)
{
    return !protocol->data.at && str_equal(analysis_data(protocol, plan), STR("measures"));
}

static bool is_change(AnalysisMethod method)
{
    return method == METHOD_PAIRED_T || method == METHOD_SIGNED_RANK || method == METHOD_SIGNED_RANK_PRATT ||
           method == METHOD_EXCESS_CHANGE || method == METHOD_TIPPING_POINT;
}

/* "CHG" of "CHG ~ ARM + BASE" */
static Str response_of(Str formula)
{
    Str response, terms;
    return str_cut(formula, STR("~"), &response, &terms) ? str_trim(response) : (Str){0};
}

Str analysis_outcome(const Protocol *protocol, const AnalysisPlan *plan)
{
    if (plan->outcome.len) return plan->outcome;
    if (plan->formula.len) return response_of(plan->formula);
    if (!analysis_has_scores(protocol, plan)) return plan->variable;
    return is_change(plan->method) || plan->subgroup.len ? STR("CHG") : STR("AVAL");
}

static Str quoted(Arena *arena, Str value)
{
    Buf buf = buf_new(arena);
    buf_char(&buf, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] == '\'') buf_char(&buf, '\'');
        buf_char(&buf, value.data[i]);
    }
    buf_char(&buf, '\'');
    buf_c(&buf);
    return buf_str(&buf);
}

static void add_condition(Buf *buf, Str condition, bool in_brackets)
{
    if (!condition.len) return;
    buf_add_c(buf, buf->len ? " AND " : "");
    buf_format(buf, in_brackets ? "(" STR_FMT ")" : STR_FMT, STR_ARG(condition));
}

Str analysis_visits_condition(Arena *arena, const Texts *visits)
{
    Buf buf = buf_new(arena);
    if (visits->n == 1) return str_format(arena, "AVISIT = " STR_FMT, STR_ARG(quoted(arena, visits->items[0])));
    buf_add_c(&buf, "AVISIT IN (");
    for (size_t i = 0; i < visits->n; i++) buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(quoted(arena, visits->items[i])));
    buf_add_c(&buf, ")");
    buf_c(&buf);
    return buf_str(&buf);
}

static bool has_or(Str condition)
{
    return str_find(condition, STR(" OR ")) != SIZE_MAX ||
           str_find(condition, STR(" or ")) != SIZE_MAX;
}

Str analysis_where(Arena *arena, const Protocol *protocol, const AnalysisPlan *plan, bool with_visits)
{
    Buf buf = buf_new(arena);
    if (analysis_has_scores(protocol, plan)) {
        if (plan->variable.len)
            add_condition(&buf, str_format(arena, "PARAMCD = " STR_FMT, STR_ARG(quoted(arena, plan->variable))), false);
        if (with_visits && plan->visits.n) add_condition(&buf, analysis_visits_condition(arena, &plan->visits), false);
        add_condition(&buf, STR("ANL01FL = 'Y'"), false);
    }
    add_condition(&buf, plan->where, buf.len && has_or(plan->where));
    buf_c(&buf);
    return buf_str(&buf);
}

Str analysis_visit_title(const Protocol *protocol, Str id)
{
    const Visit *visit = protocol_visit(protocol, id);
    return visit && visit->title.len ? visit->title : id;
}
