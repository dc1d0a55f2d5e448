#include "exchange/redcap_logic.h"

#include <string.h>

#define MAX_TOKENS 400

typedef enum { TOKEN_FIELD, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_COMPARE, TOKEN_WORD, TOKEN_SIGN } TokenKind;

typedef struct {
    TokenKind kind;
    Str text;                         /* of a field: the item */
    bool is_number;                   /* of a field */
} Token;

typedef struct {
    Arena *arena;
    Str rest;
    const RedcapNames *names;
    size_t n;
    Token tokens[MAX_TOKENS];
} Logic;

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool add(Logic *logic, TokenKind kind, Str text, size_t length)
{
    if (logic->n == MAX_TOKENS) return false;
    logic->tokens[logic->n++] = (Token){.kind = kind, .text = text};
    logic->rest = str_slice(logic->rest, length, logic->rest.len);
    return true;
}

static bool read_field(Logic *logic)
{
    Str inside, rest, field, choice = STR("");
    if (!str_cut(str_slice(logic->rest, 1, logic->rest.len), STR("]"), &inside, &rest)) return false;
    if (rest.len && rest.data[0] == '[') return false;              /* [event][field] */
    if (str_cut(inside, STR("("), &field, &choice)) choice = str_slice(choice, 0, choice.len ? choice.len - 1 : 0);
    else field = inside;
    Token found = {.kind = TOKEN_FIELD};
    if (!logic->names->find(logic->names->from, str_trim(field), str_trim(choice), &found.text, &found.is_number)) return false;
    if (!add(logic, TOKEN_FIELD, found.text, inside.len + 2)) return false;
    logic->tokens[logic->n - 1] = found;
    return true;
}

static bool read_text(Logic *logic)
{
    Str rest = str_slice(logic->rest, 1, logic->rest.len);
    size_t end = 0;
    while (end < rest.len && rest.data[end] != logic->rest.data[0]) end++;
    return end < rest.len && memchr(rest.data, '\'', end) == NULL && add(logic, TOKEN_TEXT, str_slice(rest, 0, end), end + 2);
}

static bool read_number(Logic *logic)
{
    size_t end = 0;
    while (end < logic->rest.len && (is_digit(logic->rest.data[end]) || logic->rest.data[end] == '.')) end++;
    return add(logic, TOKEN_NUMBER, str_slice(logic->rest, 0, end), end);
}

static bool read_word(Logic *logic)
{
    static const char *const WORDS[] = {"and", "or", "not"};
    size_t end = 0;
    while (end < logic->rest.len && (is_letter(logic->rest.data[end]) || is_digit(logic->rest.data[end]))) end++;
    Str word = str_slice(logic->rest, 0, end);
    for (size_t i = 0; i < 3; i++)
        if (str_equal_fold(word, str_from(WORDS[i]))) return add(logic, TOKEN_WORD, str_upper(logic->arena, word), end);
    return false;
}

static bool read_sign(Logic *logic)
{
    static const char *const COMPARE[] = {"<>", "!=", "<=", ">=", "=", "<", ">"}, *const AS[] = {"<>", "<>", "<=", ">=", "=", "<", ">"};
    for (size_t i = 0; i < 7; i++)
        if (str_starts(logic->rest, str_from(COMPARE[i]))) return add(logic, TOKEN_COMPARE, str_from(AS[i]), strlen(COMPARE[i]));
    return strchr("()+-*/", logic->rest.data[0]) && add(logic, TOKEN_SIGN, str_slice(logic->rest, 0, 1), 1);
}

static bool read_tokens(Logic *logic)
{
    while ((logic->rest = str_trim(logic->rest)).len) {
        char c = logic->rest.data[0];
        bool ok = c == '[' ? read_field(logic) : c == '"' || c == '\'' ? read_text(logic) : is_digit(c) ? read_number(logic)
                  : is_letter(c) ? read_word(logic) : read_sign(logic);
        if (!ok) return false;
    }
    return logic->n > 0;
}

/* The field that the literal at i is compared with, or NULL. */
static const Token *compared(const Logic *logic, size_t i)
{
    if (i >= 2 && logic->tokens[i - 1].kind == TOKEN_COMPARE && logic->tokens[i - 2].kind == TOKEN_FIELD) return &logic->tokens[i - 2];
    if (i + 2 < logic->n && logic->tokens[i + 1].kind == TOKEN_COMPARE && logic->tokens[i + 2].kind == TOKEN_FIELD) return &logic->tokens[i + 2];
    return NULL;
}

static bool put_literal(const Logic *logic, size_t i, Buf *buf)
{
    const Token *token = &logic->tokens[i], *field = compared(logic, i);
    double value;
    bool as_number = field ? field->is_number : token->kind == TOKEN_NUMBER;
    if (as_number && !number_parse(token->text, &value)) return false;
    buf_format(buf, as_number ? STR_FMT : "'" STR_FMT "'", STR_ARG(token->text));
    return true;
}

/* [x] = "" asks whether it is blank. Returns whether the three tokens from i were that. */
static bool put_blank(const Logic *logic, size_t i, Buf *buf)
{
    if (i + 2 >= logic->n || logic->tokens[i].kind != TOKEN_FIELD || logic->tokens[i + 1].kind != TOKEN_COMPARE) return false;
    const Token *text = &logic->tokens[i + 2];
    Str sign = logic->tokens[i + 1].text;
    bool is_equal = str_equal(sign, STR("="));
    if (text->kind != TOKEN_TEXT || text->text.len || (!is_equal && !str_equal(sign, STR("<>")))) return false;
    buf_format(buf, STR_FMT " IS %sNULL", STR_ARG(logic->tokens[i].text), is_equal ? "" : "NOT ");
    return true;
}

bool redcap_logic_translate(Arena *arena, Str text, const RedcapNames *names, Str *condition)
{
    Logic *logic = ARENA_NEW(arena, Logic);
    Buf buf = buf_new(arena);
    logic->arena = arena, logic->rest = text, logic->names = names;
    if (!read_tokens(logic)) return false;
    for (size_t i = 0; i < logic->n; i++) {
        const Token *token = &logic->tokens[i];
        bool is_literal = token->kind == TOKEN_TEXT || token->kind == TOKEN_NUMBER;
        if (i && !str_equal(token->text, STR(")")) && !str_equal(logic->tokens[i - 1].text, STR("("))) buf_char(&buf, ' ');
        if (put_blank(logic, i, &buf)) i += 2;
        else if (is_literal && !put_literal(logic, i, &buf)) return false;
        else if (!is_literal) buf_add(&buf, token->text);
    }
    *condition = buf_str(&buf);
    return true;
}
