#include "exchange/where_condition.h"

#include <string.h>

typedef enum { TOKEN_END, TOKEN_NAME, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_SIGN, TOKEN_OTHER } TokenKind;

typedef struct {
    TokenKind kind;
    Str text;                         /* of a text: without its quotes */
    bool is_plain;                    /* no quote stands inside twice */
} Token;

typedef struct {
    Str rest;
    Token token;
    StudyMetadata *study;
    const StudyDataSet *data_set;
    StudyChecks checks;
} Parser;

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static Token take(Str *rest, TokenKind kind, size_t from, size_t to, size_t end)
{
    Token token = {kind, str_slice(*rest, from, to), true};
    *rest = str_slice(*rest, end, rest->len);
    return token;
}

static Token quoted(Str *rest)
{
    char quote = rest->data[0];
    size_t end = 1;
    bool is_plain = true;
    while (end < rest->len && (rest->data[end] != quote || (end + 1 < rest->len && rest->data[end + 1] == quote))) {
        bool twice = rest->data[end] == quote;
        is_plain = is_plain && !twice;
        end += twice ? 2 : 1;
    }
    Token token = take(rest, quote == '"' ? TOKEN_NAME : TOKEN_TEXT, 1, end, end + 1);
    token.is_plain = is_plain;
    return token;
}

static Token next_token(Str *rest)
{
    static const char *const SIGNS[] = {"<=", ">=", "<>", "!=", "==", "=", "<", ">", "(", ")", ","};
    *rest = str_trim(*rest);
    if (!rest->len) return (Token){0};
    char c = rest->data[0];
    size_t n = 1;
    if (c == '\'' || c == '"') return quoted(rest);
    if (is_letter(c)) {
        while (n < rest->len && (is_letter(rest->data[n]) || is_digit(rest->data[n]))) n++;
        return take(rest, TOKEN_NAME, 0, n, n);
    }
    if (is_digit(c) || (c == '-' && rest->len > 1 && is_digit(rest->data[1]))) {
        while (n < rest->len && (is_digit(rest->data[n]) || rest->data[n] == '.')) n++;
        return take(rest, TOKEN_NUMBER, 0, n, n);
    }
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (str_starts(*rest, str_from(SIGNS[i]))) return take(rest, TOKEN_SIGN, 0, strlen(SIGNS[i]), strlen(SIGNS[i]));
    }
    return take(rest, TOKEN_OTHER, 0, 1, 1);
}

static void advance(Parser *parser)
{
    parser->token = next_token(&parser->rest);
}

static bool at_sign(const Parser *parser, const char *sign)
{
    return parser->token.kind == TOKEN_SIGN && str_equal(parser->token.text, str_from(sign));
}

/* Past a word of the language, when it is next. */
static bool accept_word(Parser *parser, const char *word)
{
    if (parser->token.kind != TOKEN_NAME || !str_equal_fold(parser->token.text, str_from(word))) return false;
    advance(parser);
    return true;
}

static bool accept_sign(Parser *parser, const char *sign)
{
    if (!at_sign(parser, sign)) return false;
    advance(parser);
    return true;
}

/* A value, or NULL as the empty one. */
static bool value(Parser *parser, Str *text)
{
    Token token = parser->token;
    *text = STR("");
    if (accept_word(parser, "null")) return true;
    if ((token.kind != TOKEN_TEXT && token.kind != TOKEN_NUMBER) || !token.is_plain) return false;
    *text = token.text;
    advance(parser);
    return true;
}

static StudyCheck *add_check(Parser *parser, const StudyVariable *variable, StudyComparator comparator, Str text)
{
    StudyWhere holder = {.checks = parser->checks};
    StudyCheck *check = study_add_check(parser->study, &holder, variable->id, comparator, text);
    parser->checks = holder.checks;
    return check;
}

static bool one_of(Parser *parser, const StudyVariable *variable, bool negated)
{
    Str text;
    if (!accept_sign(parser, "(") || !value(parser, &text)) return false;
    StudyCheck *check = add_check(parser, variable, negated ? STUDY_NOT_IN : STUDY_IN, text);
    while (accept_sign(parser, ",")) {
        if (!value(parser, &text)) return false;
        *study_list_add(parser->study->arena, &check->values) = text;
    }
    return accept_sign(parser, ")");
}

static bool between(Parser *parser, const StudyVariable *variable)
{
    Str low, high;
    if (!value(parser, &low) || !accept_word(parser, "and") || !value(parser, &high)) return false;
    add_check(parser, variable, STUDY_GE, low);
    add_check(parser, variable, STUDY_LE, high);
    return true;
}

static bool comparison(Parser *parser)
{
    static const struct {
        const char *sign;
        StudyComparator comparator;
    } SIGNS[] = {{"=", STUDY_EQ}, {"==", STUDY_EQ}, {"<>", STUDY_NE}, {"!=", STUDY_NE}, {"<=", STUDY_LE}, {">=", STUDY_GE}, {"<", STUDY_LT}, {">", STUDY_GT}};
    Str text;
    if (parser->token.kind != TOKEN_NAME) return false;
    const StudyVariable *variable = study_variable(parser->data_set, parser->token.text);
    if (!variable) return false;
    advance(parser);
    if (accept_word(parser, "is")) {
        bool negated = accept_word(parser, "not");
        return value(parser, &text) && add_check(parser, variable, negated ? STUDY_NE : STUDY_EQ, text);
    }
    bool negated = accept_word(parser, "not");
    if (accept_word(parser, "in")) return one_of(parser, variable, negated);
    if (negated) return false;
    if (accept_word(parser, "between")) return between(parser, variable);
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (accept_sign(parser, SIGNS[i].sign)) return value(parser, &text) && add_check(parser, variable, SIGNS[i].comparator, text);
    }
    return false;
}

bool where_add_condition(StudyMetadata *study, const StudyDataSet *data_set, Str condition, StudyChecks *checks)
{
    Parser parser = {.rest = condition, .study = study, .data_set = data_set};
    advance(&parser);
    if (parser.token.kind == TOKEN_END) return true;
    do {
        if (!comparison(&parser)) return false;
    } while (accept_word(&parser, "and"));
    if (parser.token.kind != TOKEN_END) return false;
    for (size_t i = 0; i < parser.checks.n; i++) *study_list_add(study->arena, checks) = parser.checks.items[i];
    return true;
}

static bool is_capital(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] >= 'a' && name.data[i] <= 'z') return false;
    }
    return name.len > 0;
}

void where_variables(StudyMetadata *study, const StudyDataSet *data_set, Str text, StudyTexts *ids)
{
    for (Token token; (token = next_token(&text)).kind != TOKEN_END;) {
        const StudyVariable *variable = token.kind == TOKEN_NAME && is_capital(token.text) ? study_variable(data_set, token.text) : NULL;
        bool known = !variable;
        for (size_t i = 0; !known && i < ids->n; i++) known = str_equal(ids->items[i], variable->id);
        if (!known) *study_list_add(study->arena, ids) = variable->id;
    }
}
