#include "stat/formula.h"

#include <math.h>
#include <string.h>

static const char *const COVARIANCE_WORDS[] = {
#define X(name, word, meaning) word,
    COVARIANCE_KINDS(X)
#undef X
};
static const char *const COVARIANCE_MEANINGS[] = {
#define X(name, word, meaning) meaning,
    COVARIANCE_KINDS(X)
#undef X
};
#define N_COVARIANCES (sizeof COVARIANCE_WORDS / sizeof COVARIANCE_WORDS[0])
#define WORK_MAX 200000                              /* products of terms formed, so that any text ends soon */

typedef struct {
    Scanner in;                                      /* the text; its columns become the formula's */
    size_t work, variable_capacity, covariance_capacity, random_capacity;
    Formula *formula;
} Parser;

/* A set of terms (bit sets of variables; 0 is the intercept), in the order they were written. */
typedef struct {
    size_t n;
    uint64_t terms[FORMULA_MAX_TERMS];
    bool drops_intercept;                            /* holds a 0 */
    bool is_covariance;                              /* or random: it adds no term */
} TermSet;

static bool term_set_add(Parser *p, TermSet *set, uint64_t term)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->terms[i] == term) return true;
    if (set->n == FORMULA_MAX_TERMS) {
        error_set(p->in.err, ERROR_MALFORMED, "the formula has more than %d terms", FORMULA_MAX_TERMS);
        return scanner_fail(&p->in, p->in.start);
    }
    set->terms[set->n++] = term;
    return true;
}

static void term_set_remove(TermSet *set, uint64_t term)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->n; i++)
        if (set->terms[i] != term) set->terms[kept++] = set->terms[i];
    set->n = kept;
}

/* Every term of a joined with every term of b; with `apart`, the terms of a and b alone as well (a * b). */
static bool term_set_cross(Parser *p, TermSet *a, const TermSet *b, bool apart)
{
    if (a->drops_intercept || b->drops_intercept || a->is_covariance || b->is_covariance) {
        error_set(p->in.err, ERROR_MALFORMED, "%s takes no part in an interaction",
                  a->drops_intercept || b->drops_intercept ? "0" : "a covariance term");
        return scanner_fail(&p->in, p->in.start);
    }
    if ((p->work += a->n * b->n) > WORK_MAX) {
        error_set(p->in.err, ERROR_MALFORMED, "the formula has too many interactions");
        return scanner_fail(&p->in, p->in.start);
    }
    TermSet *joined = ARENA_NEW(p->in.arena, TermSet);
    for (size_t i = 0; apart && i < a->n; i++)
        if (!term_set_add(p, joined, a->terms[i])) return false;
    for (size_t i = 0; apart && i < b->n; i++)
        if (!term_set_add(p, joined, b->terms[i])) return false;
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            if (!term_set_add(p, joined, a->terms[i] | b->terms[j])) return false;
    *a = *joined;
    return true;
}

/* a / b = a + b within every combination of a's variables */
static bool term_set_nest(Parser *p, TermSet *a, const TermSet *b)
{
    TermSet *whole = ARENA_NEW(p->in.arena, TermSet);
    whole->n = 1;
    for (size_t i = 0; i < a->n; i++) whole->terms[0] |= a->terms[i];
    whole->drops_intercept = a->drops_intercept;
    whole->is_covariance = a->is_covariance;
    if (!term_set_cross(p, whole, b, false)) return false;
    for (size_t i = 0; i < whole->n; i++)
        if (!term_set_add(p, a, whole->terms[i])) return false;
    return true;
}

static bool term_set_merge(Parser *p, TermSet *a, const TermSet *b, bool add)
{
    bool has_constant = false;
    for (size_t i = 0; i < b->n; i++) {
        has_constant |= b->terms[i] == 0;
        if (!add) term_set_remove(a, b->terms[i]);
        else if (!term_set_add(p, a, b->terms[i])) return false;
    }
    if (!has_constant && !b->drops_intercept) return true;
    a->drops_intercept = add != has_constant;        /* + 0 and - 1; against + 1 and - 0 */
    if (!a->drops_intercept) return term_set_add(p, a, 0);
    term_set_remove(a, 0);
    return true;
}

static FormulaVariable variable_of(Parser *p, const Expression *e)
{
    FormulaVariable variable = {.name = expression_text(p->in.arena, e, p->in.columns), .expression = e};
    variable.is_column = expression_is_column(e, &variable.column);
    return variable;
}

static bool add_variable(Parser *p, FormulaVariable variable, TermSet *set)
{
    Formula *f = p->formula;
    size_t v = 0;
    while (v < f->n_variables && !(str_equal(f->variables[v].name, variable.name)
                                   && f->variables[v].is_factor == variable.is_factor)) v++;
    if (v == FORMULA_MAX_VARIABLES) {
        error_set(p->in.err, ERROR_MALFORMED, "the formula has more than %d variables", FORMULA_MAX_VARIABLES);
        return scanner_fail(&p->in, p->in.start);
    }
    if (v == f->n_variables) {
        ARENA_PUSH_ROOM(p->in.arena, f->variables, f->n_variables, p->variable_capacity);
        f->variables[f->n_variables++] = variable;
    }
    return term_set_add(p, set, (uint64_t)1 << v);
}

static bool read_column(Parser *p, const char *what, size_t *index)
{
    Str name;
    return scanner_name(&p->in, what, &name) && scanner_column(&p->in, name, index);
}

static bool parse_factor(Parser *p, TermSet *set)
{
    size_t column;
    if (!read_column(p, "the column of a factor", &column) || !scanner_expect(&p->in, ')')) return false;
    FormulaVariable variable = variable_of(p, expression_of_column(p->in.arena, column));
    variable.name = str_format(p->in.arena, "factor(" STR_FMT ")", STR_ARG(variable.name));
    variable.is_factor = true;
    return add_variable(p, variable, set);
}

const char *covariance_word(CovarianceKind kind) { return COVARIANCE_WORDS[kind]; }
const char *covariance_meaning(CovarianceKind kind) { return COVARIANCE_MEANINGS[kind]; }

static bool is_spatial(CovarianceKind kind) { return kind == COVARIANCE_SPATIAL_EXPONENTIAL || kind == COVARIANCE_SPATIAL_GAUSSIAN; }

/* After "kind(": visits | subject ) or visits | group / subject ). */
static bool parse_covariance(Parser *p, CovarianceKind kind, size_t from)
{
    Formula *f = p->formula;
    CovarianceTerm term = {.kind = kind, .place = scanner_place(&p->in, from)};
    size_t capacity = 0;
    if (p->in.depth > 1) {
        error_set(p->in.err, ERROR_MALFORMED, "a covariance term stands inside parentheses");
        return scanner_fail(&p->in, from);
    }
    do {
        ARENA_PUSH_ROOM(p->in.arena, term.visits, term.n_visits, capacity);
        if (!read_column(p, "the column of visits", &term.visits[term.n_visits++])) return false;
    } while (is_spatial(kind) && scanner_accept(&p->in, ','));
    if (!scanner_expect(&p->in, '|')) return error_hint(p->in.err, "Name visits and subjects: %s(AVISIT | USUBJID).", covariance_word(kind));
    if (!read_column(p, "the column of subjects", &term.subject)) return false;
    if (scanner_accept(&p->in, '/')) {
        term.has_group = true;
        term.group = term.subject;
        if (!read_column(p, "the column of subjects", &term.subject)) return false;
    }
    if (!scanner_expect(&p->in, ')')) return false;
    ARENA_PUSH_ROOM(p->in.arena, f->covariances, f->n_covariances, p->covariance_capacity);
    f->covariances[f->n_covariances++] = term;
    return true;
}

static bool parse_term_call(Parser *p, Str name, size_t from, TermSet *set)
{
    const Expression *e;
    if (str_equal(name, STR("factor"))) return parse_factor(p, set);
    for (size_t kind = 0; kind < N_COVARIANCES; kind++)
        if (str_equal(name, str_from(COVARIANCE_WORDS[kind]))) {
            set->is_covariance = true;
            return parse_covariance(p, (CovarianceKind)kind, from);
        }
    return expression_parse_call(&p->in, name, from, &e) && add_variable(p, variable_of(p, e), set);
}

static bool parse_constant(Parser *p, TermSet *set)
{
    double number;
    size_t from = p->in.at;
    if (!scanner_number(&p->in, &number)) return false;
    if (number == 0) return set->drops_intercept = true;
    if (number == 1) return term_set_add(p, set, 0);
    error_set(p->in.err, ERROR_MALFORMED, "the number " STR_FMT " is no term", STR_ARG(str_slice(p->in.text, from, p->in.at)));
    error_hint(p->in.err, "Arithmetic stands inside I(), as in I(2 * AGE).");
    return scanner_fail(&p->in, from);
}

static bool parse_sum(Parser *p, TermSet *set);

static size_t n_bits(uint64_t bits)
{
    size_t n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

static Str term_name(const Parser *p, uint64_t term)
{
    Buf name = buf_new(p->in.arena);
    for (size_t v = 0; v < p->formula->n_variables; v++)
        if (term >> v & 1) {
            if (name.len) buf_char(&name, ':');
            buf_add(&name, p->formula->variables[v].name);
        }
    return buf_str(&name);
}

static void keep_terms(Parser *p, const TermSet *set)
{
    Formula *f = p->formula;
    f->terms = ARENA_ARRAY(p->in.arena, FormulaTerm, set->n + 1);
    for (size_t order = 0; order <= FORMULA_MAX_VARIABLES; order++)
        for (size_t i = 0; i < set->n; i++) {
            if (n_bits(set->terms[i]) != order) continue;
            if (order == 0) f->has_intercept = true;
            else f->terms[f->n_terms++] = (FormulaTerm){term_name(p, set->terms[i]), set->terms[i]};
        }
}

/* Whether the parenthesis that opens next holds a bar of its own: (1 | SITE). */
static bool at_random(Parser *p)
{
    if (scanner_peek(&p->in) != '(') return false;
    Str text = p->in.text;
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = p->in.at; i < text.len; i++) {
        char c = text.data[i];
        if (c == '`') quoted = !quoted;
        if (quoted) continue;
        if (c == '|' && depth == 1) return true;
        if (c == '(') depth++;
        if (c == ')' && --depth == 0) return false;
    }
    return false;
}

static bool add_random(Parser *p, RandomTerm term, const Formula *effects)
{
    Formula *f = p->formula;
    if (f->n_randoms == FORMULA_MAX_RANDOMS) {
        error_set(p->in.err, ERROR_MALFORMED, "the formula has more than %d random terms", FORMULA_MAX_RANDOMS);
        return scanner_fail(&p->in, p->in.start);
    }
    term.effects = arena_copy(p->in.arena, effects, sizeof *effects);
    ARENA_PUSH_ROOM(p->in.arena, f->randoms, f->n_randoms, p->random_capacity);
    f->randoms[f->n_randoms++] = term;
    return true;
}

/* A group's random terms: one of all effects, or one of each where they are independent. */
static bool add_randoms(Parser *p, RandomTerm term, const Formula *effects, bool independent)
{
    if (!independent) return add_random(p, term, effects);
    Formula part = *effects;
    part.n_terms = 0;
    if (effects->has_intercept && !add_random(p, term, &part)) return false;
    part.has_intercept = false;
    part.n_terms = 1;
    for (size_t t = 0; t < effects->n_terms; t++) {
        part.terms = &effects->terms[t];
        if (!add_random(p, term, &part)) return false;
    }
    return true;
}

/* One group after the bar: a column, or several joined by colons. */
static bool parse_group(Parser *p, RandomTerm *term)
{
    size_t capacity = 0;
    Buf name = buf_new(p->in.arena);
    if (term->n_groups) buf_add(&name, term->name);
    size_t *groups = term->groups;
    term->groups = NULL;
    for (size_t i = 0; i < term->n_groups; i++) {
        ARENA_PUSH_ROOM(p->in.arena, term->groups, i, capacity);
        term->groups[i] = groups[i];
    }
    do {
        size_t column;
        if (!read_column(p, "the column of groups", &column)) return false;
        ARENA_PUSH_ROOM(p->in.arena, term->groups, term->n_groups, capacity);
        term->groups[term->n_groups++] = column;
        if (name.len) buf_char(&name, ':');
        buf_add(&name, p->in.columns[column]);
    } while (scanner_accept(&p->in, ':'));
    term->name = buf_str(&name);
    return true;
}

/* ( effects | group ), ( effects || group ), ( effects | group / group ) */
static bool parse_random(Parser *p)
{
    Formula effects = {0}, *outer = p->formula;
    size_t from = p->in.at, variable_capacity = p->variable_capacity;
    RandomTerm term = {.place = scanner_place(&p->in, from)};
    TermSet *set = ARENA_NEW(p->in.arena, TermSet);
    if (p->in.depth > 1) {
        error_set(p->in.err, ERROR_MALFORMED, "a random term stands inside parentheses");
        return scanner_fail(&p->in, from);
    }
    p->in.at++;
    p->formula = &effects;
    p->variable_capacity = 0;
    set->n = 1;                                      /* the intercept, unless taken away */
    if (!parse_sum(p, set)) return false;
    keep_terms(p, set);
    p->formula = outer;
    p->variable_capacity = variable_capacity;
    if (!effects.has_intercept && effects.n_terms == 0) {
        error_set(p->in.err, ERROR_MALFORMED, "a random term has no effect before \"|\"");
        return scanner_fail(&p->in, from);
    }
    if (!scanner_expect(&p->in, '|')) return false;
    bool independent = scanner_accept(&p->in, '|');
    do
        if (!parse_group(p, &term) || !add_randoms(p, term, &effects, independent)) return false;
    while (scanner_accept(&p->in, '/'));
    return scanner_expect(&p->in, ')');
}

static bool parse_atom(Parser *p, TermSet *set)
{
    Str name;
    *set = (TermSet){0};
    if (at_random(p)) {
        set->is_covariance = true;
        return parse_random(p);
    }
    if (scanner_accept(&p->in, '(')) return parse_sum(p, set) && scanner_expect(&p->in, ')');
    if (scanner_at_number(&p->in)) return parse_constant(p, set);
    scanner_peek(&p->in);
    size_t from = p->in.at;
    if (!scanner_name(&p->in, "a term", &name)) return false;
    if (p->in.text.data[from] != '`' && scanner_accept(&p->in, '(')) return parse_term_call(p, name, from, set);
    size_t column;
    return scanner_column(&p->in, name, &column)
        && add_variable(p, variable_of(p, expression_of_column(p->in.arena, column)), set);
}

static bool parse_power(Parser *p, TermSet *set)
{
    double exponent;
    if (!parse_atom(p, set)) return false;
    if (!scanner_accept(&p->in, '^')) return true;
    size_t from = (scanner_peek(&p->in), p->in.at);
    if (!scanner_at_number(&p->in)) return scanner_fail_expected(&p->in, "a whole number");
    if (!scanner_number(&p->in, &exponent)) return false;
    if (!(exponent >= 1 && exponent <= FORMULA_MAX_VARIABLES && exponent == floor(exponent))) {
        error_set(p->in.err, ERROR_MALFORMED, "the power of a term is not a whole number from 1 to %d", FORMULA_MAX_VARIABLES);
        error_hint(p->in.err, "For the power of a number write I(x^2).");
        return scanner_fail(&p->in, from);
    }
    TermSet *base = ARENA_NEW(p->in.arena, TermSet);
    *base = *set;
    for (size_t n = 0, k = 1; k < (size_t)exponent && set->n != n; k++) {
        n = set->n;
        if (!term_set_cross(p, set, base, true)) return false;
    }
    return true;
}

/* Terms joined by the operators of one level, from the left. */
static bool parse_interaction(Parser *p, TermSet *set)
{
    if (!parse_power(p, set)) return false;
    while (scanner_accept(&p->in, ':')) {
        TermSet *right = ARENA_NEW(p->in.arena, TermSet);
        if (!parse_power(p, right) || !term_set_cross(p, set, right, false)) return false;
    }
    return true;
}

static bool parse_product(Parser *p, TermSet *set)
{
    if (!parse_interaction(p, set)) return false;
    for (char c; (c = scanner_peek(&p->in)) == '*' || c == '/';) {
        TermSet *right = ARENA_NEW(p->in.arena, TermSet);
        p->in.at++;
        if (!parse_interaction(p, right)) return false;
        if (!(c == '*' ? term_set_cross(p, set, right, true) : term_set_nest(p, set, right))) return false;
    }
    return true;
}

static bool parse_sum(Parser *p, TermSet *set)
{
    char c = scanner_peek(&p->in);
    TermSet *next = ARENA_NEW(p->in.arena, TermSet);
    if (!scanner_enter(&p->in)) return false;
    do {
        if (c == '+' || c == '-') p->in.at++;
        if (!parse_product(p, next)) return false;
        if (next->is_covariance && c == '-') {
            error_set(p->in.err, ERROR_MALFORMED, "a covariance term is taken away");
            return scanner_fail(&p->in, p->in.start);
        }
        if (!term_set_merge(p, set, next, c != '-')) return false;
        c = scanner_peek(&p->in);
    } while (c == '+' || c == '-');
    p->in.depth--;
    return true;
}

static bool fail_without_tilde(Parser *p)
{
    char c = scanner_peek(&p->in);
    bool is_word = c != '\0' && c != '=' && c != '<';
    scanner_fail_expected(&p->in, "\"~\"");
    return error_hint(p->in.err, is_word ? "Outcome and terms stand on both sides of \"~\"; a name with blanks stands between backticks: `FEV 1` ~ ARMCD."
                                         : "Outcome and terms stand on both sides of \"~\": FEV1 ~ ARMCD * AVISIT.");
}

static bool parse_formula(Parser *p)
{
    const Expression *response;
    if (!expression_parse(&p->in, &response)) return false;
    if (!scanner_accept(&p->in, '~')) return fail_without_tilde(p);
    p->formula->response = variable_of(p, response);
    TermSet *set = ARENA_NEW(p->in.arena, TermSet);
    set->n = 1;                                      /* the intercept, unless taken away */
    if (!parse_sum(p, set)) return false;
    if (scanner_peek(&p->in) != '\0' || p->in.at < p->in.text.len) return scanner_fail_expected(&p->in, "an operator or the end");
    keep_terms(p, set);
    return true;
}

/* The effects of random terms are formulas of their own, over the same columns. */
static void share_columns(Arena *arena, Formula *f)
{
    for (size_t i = 0; i < f->n_randoms; i++) {
        Formula *effects = arena_copy(arena, f->randoms[i].effects, sizeof *effects);
        effects->text = f->text;
        effects->response = f->response;
        effects->columns = f->columns;
        effects->n_columns = f->n_columns;
        f->randoms[i].effects = effects;
    }
}

bool formula_parse(Arena *arena, Str text, Formula *formula, Error *err)
{
    size_t bad;
    *formula = (Formula){0};
    if (text.len > FORMULA_MAX_BYTES)
        return error_set(err, ERROR_MALFORMED, "the formula is longer than %d bytes", FORMULA_MAX_BYTES);
    formula->text = str_copy(arena, text);
    Parser p = {.in = {.arena = arena, .text = formula->text, .err = err}, .formula = formula};
    if (!str_is_utf8(text, &bad) || (text.len && memchr(text.data, 0, text.len))) {
        error_set(err, ERROR_MALFORMED, "the formula is not UTF-8 text");
        return error_in(err, "formula");
    }
    if (!parse_formula(&p)) return false;
    formula->columns = p.in.columns;
    formula->n_columns = p.in.n_columns;
    share_columns(arena, formula);
    return true;
}

bool formula_check_fixed(const Formula *formula, Error *err)
{
    if (formula->n_randoms == 0) return true;
    error_set(err, ERROR_INCONSISTENT, "random effects of \"" STR_FMT "\" have no place in this model", STR_ARG(formula->randoms[0].name));
    error_in(err, "formula, column %zu", formula->randoms[0].place);
    return error_hint(err, "They go with linear mixed models of numbers: leave them out here.");
}
