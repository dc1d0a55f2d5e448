#include "stat/expression.h"

#include <math.h>
#include <string.h>

#include "stat/formula.h"

typedef enum {
    EXPRESSION_NUMBER, EXPRESSION_COLUMN, EXPRESSION_ADD, EXPRESSION_SUBTRACT, EXPRESSION_MULTIPLY,
    EXPRESSION_DIVIDE, EXPRESSION_POWER, EXPRESSION_NEGATE, EXPRESSION_GROUP, EXPRESSION_CALL
} ExpressionKind;

struct Expression {
    ExpressionKind kind;
    double number;
    size_t index;                                    /* of the column, or of the function */
    const Expression *left, *right;
};

typedef struct {
    const char *name;
    double (*value)(double);
} Function;

static const Function FUNCTIONS[] = {
    {"I", NULL},     {"log", log},     {"log2", log2}, {"log10", log10},
    {"log1p", log1p}, {"exp", exp}, {"sqrt", sqrt}, {"abs", fabs},
};
#define N_FUNCTIONS (sizeof FUNCTIONS / sizeof FUNCTIONS[0])

size_t scanner_place(const Scanner *in, size_t byte)
{
    size_t place = 1;
    for (size_t i = 0; i < byte && i < in->text.len; i++) place += ((unsigned char)in->text.data[i] & 0xC0) != 0x80;
    return place;
}

bool scanner_fail(Scanner *in, size_t byte) { return error_in(in->err, "formula, column %zu", scanner_place(in, byte)); }

static void skip_blanks(Scanner *in)
{
    while (in->at < in->text.len && strchr(" \t\r\n", in->text.data[in->at])) in->at++;
}

char scanner_peek(Scanner *in)
{
    skip_blanks(in);
    in->start = in->at;
    return in->at < in->text.len ? in->text.data[in->at] : '\0';
}

bool scanner_accept(Scanner *in, char c)
{
    if (scanner_peek(in) != c || in->at == in->text.len) return false;
    in->at++;
    return true;
}

/* The character at a byte. */
static Str character_at(const Scanner *in, size_t at)
{
    size_t end = at + 1;
    while (end < in->text.len && ((unsigned char)in->text.data[end] & 0xC0) == 0x80) end++;
    return str_slice(in->text, at, end);
}

bool scanner_fail_expected(Scanner *in, const char *what)
{
    if (scanner_peek(in) == '\0') error_set(in->err, ERROR_MALFORMED, "the formula ends where %s is expected", what);
    else error_set(in->err, ERROR_MALFORMED, "%s is expected before \"" STR_FMT "\"", what, STR_ARG(character_at(in, in->at)));
    return scanner_fail(in, in->at);
}

bool scanner_expect(Scanner *in, char c)
{
    const char what[] = {'"', c, '"', '\0'};
    return scanner_accept(in, c) || scanner_fail_expected(in, what);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

bool scanner_at_number(Scanner *in)
{
    char c = scanner_peek(in);
    return is_digit(c) || (c == '.' && in->at + 1 < in->text.len && is_digit(in->text.data[in->at + 1]));
}

bool scanner_number(Scanner *in, double *number)
{
    size_t from = in->at;
    while (in->at < in->text.len && (is_digit(in->text.data[in->at]) || in->text.data[in->at] == '.')) in->at++;
    if (in->at < in->text.len && strchr("eE", in->text.data[in->at])) {
        in->at++;
        if (in->at < in->text.len && strchr("+-", in->text.data[in->at])) in->at++;
        while (in->at < in->text.len && is_digit(in->text.data[in->at])) in->at++;
    }
    Str digits = str_slice(in->text, from, in->at);
    if (number_parse(digits, number)) return true;
    error_set(in->err, ERROR_MALFORMED, "\"" STR_FMT "\" is not a number", STR_ARG(digits));
    return scanner_fail(in, from);
}

static bool read_quoted(Scanner *in, Str *name)
{
    size_t from = ++in->at;
    while (in->at < in->text.len && in->text.data[in->at] != '`') in->at++;
    if (in->at == in->text.len) {
        error_set(in->err, ERROR_MALFORMED, "the quoted name does not end");
        return scanner_fail(in, from - 1);
    }
    *name = str_slice(in->text, from, in->at++);
    if (name->len) return true;
    error_set(in->err, ERROR_MALFORMED, "the quoted name is empty");
    return scanner_fail(in, from - 1);
}

bool scanner_name(Scanner *in, const char *what, Str *name)
{
    char c = scanner_peek(in);
    if (c == '`') return read_quoted(in, name);
    if (!is_name_start(c) || scanner_at_number(in)) return scanner_fail_expected(in, what);
    size_t from = in->at;
    while (in->at < in->text.len && (is_name_start(in->text.data[in->at]) || is_digit(in->text.data[in->at]))) in->at++;
    *name = str_slice(in->text, from, in->at);
    if (!str_equal(*name, STR("."))) return true;
    error_set(in->err, ERROR_MALFORMED, "\".\" is no column");
    error_hint(in->err, "Name each term; an analysis states what is in it.");
    return scanner_fail(in, from);
}

bool scanner_enter(Scanner *in)
{
    if (++in->depth <= EXPRESSION_MAX_DEPTH) return true;
    error_set(in->err, ERROR_MALFORMED, "the formula nests more than %d deep", EXPRESSION_MAX_DEPTH);
    return scanner_fail(in, in->at);
}

bool scanner_column(Scanner *in, Str name, size_t *index)
{
    for (*index = 0; *index < in->n_columns; ++*index)
        if (str_equal(in->columns[*index], name)) return true;
    if (in->n_columns == EXPRESSION_MAX_COLUMNS) {
        error_set(in->err, ERROR_MALFORMED, "the formula names more than %d columns", EXPRESSION_MAX_COLUMNS);
        return scanner_fail(in, in->start);
    }
    ARENA_PUSH_ROOM(in->arena, in->columns, in->n_columns, in->column_capacity);
    in->columns[in->n_columns++] = str_copy(in->arena, name);
    return true;
}

static const Expression *expression_new(Scanner *in, ExpressionKind kind, const Expression *left, const Expression *right)
{
    Expression *e = ARENA_NEW(in->arena, Expression);
    *e = (Expression){.kind = kind, .left = left, .right = right};
    return e;
}

const Expression *expression_of_column(Arena *arena, size_t index)
{
    Expression *column = ARENA_NEW(arena, Expression);
    *column = (Expression){.kind = EXPRESSION_COLUMN, .index = index};
    return column;
}

static size_t function_index(Str name)
{
    size_t i = 0;
    while (i < N_FUNCTIONS && !str_equal(name, str_from(FUNCTIONS[i].name))) i++;
    return i;
}

static bool fail_unknown_function(Scanner *in, Str name, size_t from)
{
    static const char *const TERMS[] = {"factor",
#define X(kind, word, meaning) word,
        COVARIANCE_KINDS(X)
#undef X
    };
    enum { N_TERMS = sizeof TERMS / sizeof TERMS[0] };
    Str known[N_FUNCTIONS + N_TERMS];
    for (size_t i = 0; i < N_FUNCTIONS + N_TERMS; i++) known[i] = str_from(i < N_FUNCTIONS ? FUNCTIONS[i].name : TERMS[i - N_FUNCTIONS]);
    Str nearest = str_nearest(name, known, N_FUNCTIONS + N_TERMS);
    error_set(in->err, ERROR_MALFORMED, "there is no function \"" STR_FMT "\"", STR_ARG(name));
    if (nearest.len) error_hint(in->err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
    else error_hint(in->err, "There are I, log, log2, log10, log1p, exp, sqrt and abs; as terms also factor and us, ar1 and their kin.");
    return scanner_fail(in, from);
}

bool expression_parse_call(Scanner *in, Str name, size_t from, const Expression **e)
{
    size_t function = function_index(name);
    const Expression *argument;
    if (function == N_FUNCTIONS) return fail_unknown_function(in, name, from);
    if (!expression_parse(in, &argument) || !scanner_expect(in, ')')) return false;
    Expression *call = ARENA_NEW(in->arena, Expression);
    *call = (Expression){.kind = EXPRESSION_CALL, .index = function, .left = argument};
    *e = call;
    return true;
}

static bool parse_primary(Scanner *in, const Expression **e)
{
    if (scanner_at_number(in)) {
        Expression *number = ARENA_NEW(in->arena, Expression);
        *e = number;
        return scanner_number(in, &number->number);
    }
    if (scanner_accept(in, '(')) {
        const Expression *inside;
        if (!expression_parse(in, &inside) || !scanner_expect(in, ')')) return false;
        *e = expression_new(in, EXPRESSION_GROUP, inside, NULL);
        return true;
    }
    Str name;
    scanner_peek(in);
    size_t from = in->at;
    if (!scanner_name(in, "a column or a number", &name)) return false;
    if (in->text.data[from] != '`' && scanner_accept(in, '(')) return expression_parse_call(in, name, from, e);
    size_t index;
    if (!scanner_column(in, name, &index)) return false;
    *e = expression_of_column(in->arena, index);
    return true;
}

static bool parse_signed(Scanner *in, const Expression **e)
{
    const Expression *base, *exponent;
    if (!scanner_enter(in)) return false;
    if (scanner_accept(in, '-')) {
        if (!parse_signed(in, &base)) return false;
        *e = expression_new(in, EXPRESSION_NEGATE, base, NULL);
    } else {
        if (!parse_primary(in, &base)) return false;
        *e = base;
        if (scanner_accept(in, '^')) {
            if (!parse_signed(in, &exponent)) return false;
            *e = expression_new(in, EXPRESSION_POWER, base, exponent);
        }
    }
    in->depth--;
    return true;
}

static bool parse_factors(Scanner *in, const Expression **e)
{
    if (!parse_signed(in, e)) return false;
    for (char c; (c = scanner_peek(in)) == '*' || c == '/';) {
        const Expression *right;
        in->at++;
        if (!parse_signed(in, &right)) return false;
        *e = expression_new(in, c == '*' ? EXPRESSION_MULTIPLY : EXPRESSION_DIVIDE, *e, right);
    }
    return true;
}

bool expression_parse(Scanner *in, const Expression **e)
{
    if (!scanner_enter(in) || !parse_factors(in, e)) return false;
    for (char c; (c = scanner_peek(in)) == '+' || c == '-';) {
        const Expression *right;
        in->at++;
        if (!parse_factors(in, &right)) return false;
        *e = expression_new(in, c == '+' ? EXPRESSION_ADD : EXPRESSION_SUBTRACT, *e, right);
    }
    in->depth--;
    return true;
}

static const struct {
    const char *before, *between, *after;
} SPELLING[] = {
    [EXPRESSION_NUMBER] = {"", "", ""},      [EXPRESSION_COLUMN] = {"", "", ""},
    [EXPRESSION_ADD] = {"", " + ", ""},      [EXPRESSION_SUBTRACT] = {"", " - ", ""}, [EXPRESSION_MULTIPLY] = {"", " * ", ""},
    [EXPRESSION_DIVIDE] = {"", "/", ""},     [EXPRESSION_POWER] = {"", "^", ""},      [EXPRESSION_NEGATE] = {"-", "", ""},
    [EXPRESSION_GROUP] = {"(", "", ")"},     [EXPRESSION_CALL] = {"(", "", ")"},
};

static void write_expression(const Expression *e, const Str *columns, Buf *buf)
{
    if (e->kind == EXPRESSION_CALL) buf_add_c(buf, FUNCTIONS[e->index].name);
    buf_add_c(buf, SPELLING[e->kind].before);
    if (e->kind == EXPRESSION_NUMBER) buf_number(buf, e->number);
    if (e->kind == EXPRESSION_COLUMN) buf_add(buf, columns[e->index]);
    if (e->left) write_expression(e->left, columns, buf);
    buf_add_c(buf, SPELLING[e->kind].between);
    if (e->right) write_expression(e->right, columns, buf);
    buf_add_c(buf, SPELLING[e->kind].after);
}

bool expression_is_column(const Expression *e, size_t *index)
{
    if (e->kind == EXPRESSION_COLUMN) *index = e->index;
    return e->kind == EXPRESSION_COLUMN;
}

Str expression_text(Arena *arena, const Expression *e, const Str *columns)
{
    Buf buf = buf_new(arena);
    write_expression(e, columns, &buf);
    return buf_str(&buf);
}

static Twofold power(Twofold base, double exponent)
{
    if (!(exponent >= 0 && exponent <= 64 && exponent == floor(exponent))) return (Twofold){pow(base.high, exponent), 0};
    Twofold product = {1, 0};
    for (int k = 0; k < (int)exponent; k++) product = twofold_product(product, base);
    return product;
}

static Twofold apply(const Expression *e, Twofold left, Twofold right)
{
    switch (e->kind) {
    case EXPRESSION_ADD: return twofold_sum(left, right);
    case EXPRESSION_SUBTRACT: return twofold_sum(left, (Twofold){-right.high, -right.low});
    case EXPRESSION_MULTIPLY: return twofold_product(left, right);
    case EXPRESSION_DIVIDE: return (Twofold){left.high / right.high, 0};
    case EXPRESSION_POWER: return power(left, right.high);
    case EXPRESSION_NEGATE: return (Twofold){-left.high, -left.low};
    case EXPRESSION_CALL: return FUNCTIONS[e->index].value ? (Twofold){FUNCTIONS[e->index].value(left.high), 0} : left;
    case EXPRESSION_NUMBER: case EXPRESSION_COLUMN: case EXPRESSION_GROUP: break;
    }
    return left;
}

Twofold expression_value(const Expression *e, const double *values)
{
    if (e->kind == EXPRESSION_NUMBER) return (Twofold){e->number, 0};
    if (e->kind == EXPRESSION_COLUMN) return (Twofold){values[e->index], 0};
    Twofold value = apply(e, expression_value(e->left, values), e->right ? expression_value(e->right, values) : (Twofold){0, 0});
    if (!isfinite(value.low)) value.low = 0;         /* beyond the range of a double there is no second part */
    return value;
}

void expression_columns(const Expression *e, bool *used)
{
    if (e->kind == EXPRESSION_COLUMN) used[e->index] = true;
    if (e->left) expression_columns(e->left, used);
    if (e->right) expression_columns(e->right, used);
}
