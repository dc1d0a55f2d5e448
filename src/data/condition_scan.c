#include "data/condition_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/condition_functions.h"

typedef enum { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_MARK } TokenKind;

typedef struct {
    TokenKind kind;
    Str text; /* as written, quotes included */
    size_t offset;
} Token;

typedef struct {
    Str text;
    size_t at;
    ScanNames names;
    size_t *used, *n_used;
    size_t depth; /* open brackets */
    struct {
        const ConditionFunction *call; /* the function whose arguments it holds, or NULL */
        size_t offset;                 /* of the function's name */
        int n_args;
    } brackets[CONDITION_MAX_NESTING];
    Token called;       /* the function whose bracket comes next */
    bool wants_operand; /* a name or value comes next, not an operator */
    bool wants_type;    /* after AS */
    Error *err;
} Scan;

/* A word of the grammar, and whether a name or value must follow it. */
static const struct {
    const char *word;
    bool before_operand;
} GRAMMAR[] = {
    {"AND", true},      {"OR", true},    {"NOT", true},    {"IS", true},   {"IN", true},    {"BETWEEN", true},
    {"LIKE", true},     {"GLOB", true},  {"ESCAPE", true}, {"CASE", true}, {"WHEN", true},  {"THEN", true},
    {"ELSE", true},     {"END", false},  {"AS", true},     {"CAST", true}, {"NULL", false}, {"ISNULL", false},
    {"NOTNULL", false}, {"TRUE", false}, {"FALSE", false},
};

/* Words of SQL that we refuse, and why. */
static const struct {
    const char *word, *why, *hint;
} REFUSED[] = {
#define SUBQUERY                                                                                             \
    "a condition cannot hold a query", "Compare columns of the one row that the condition is about."
    {"SELECT", SUBQUERY},
    {"EXISTS", SUBQUERY},
    {"WITH", SUBQUERY},
    {"VALUES", SUBQUERY},
    {"ATTACH", SUBQUERY},
    {"PRAGMA", SUBQUERY},
#define CLOCK                                                                                                \
    "a condition cannot read the clock",                                                                     \
        "Use a date that the data hold, so that the answer stays the same tomorrow."
    {"CURRENT_DATE", CLOCK},
    {"CURRENT_TIME", CLOCK},
    {"CURRENT_TIMESTAMP", CLOCK},
    {"COLLATE", "texts are compared as they are, without COLLATE",
     "Use lower(x) on both sides to ignore letter case."},
    {"REGEXP", "the language has no REGEXP", "Use LIKE, GLOB or instr."},
    {"MATCH", "the language has no MATCH", "Use LIKE, GLOB or instr."},
    {"DISTINCT", "the language has no DISTINCT", "Use IS, which also compares unknown values."},
};

static const char *const TYPES[] = {"INTEGER", "REAL", "TEXT", "NUMERIC"};

bool condition_error_at(Error *err, Str text, size_t offset)
{
    size_t characters = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        characters += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    size_t shown = text.len;
    if (shown > 120) /* never half a character */
        for (shown = 120; shown > 0 && ((unsigned char)text.data[shown] & 0xC0) == 0x80;) shown--;
    return error_in(err, "condition \"%.*s%s\", character %zu", (int)shown, text.data,
                    shown < text.len ? "..." : "", characters);
}

static bool refuse(Scan *scan, ErrorCode code, size_t offset, const char *message, Str word)
{
    error_set(scan->err, code, message, STR_ARG(word));
    return condition_error_at(scan->err, scan->text, offset);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static char char_at(const Scan *scan, size_t at) { return at < scan->text.len ? scan->text.data[at] : '\0'; }

/* Past a text in '...' or a name in "...", where a doubled quote stands for one. */
static bool skip_quoted(Scan *scan, char quote)
{
    size_t start = scan->at++;
    while (scan->at < scan->text.len) {
        if (char_at(scan, scan->at++) != quote) continue;
        if (char_at(scan, scan->at) != quote) return true;
        scan->at++;
    }
    refuse(scan, ERROR_MALFORMED, start,
           quote == '\'' ? "a text is not closed" : "a quoted name is not closed", STR(""));
    return error_hint(scan->err, "End it with another %c.", quote);
}

static void skip_number(Scan *scan)
{
    while (is_digit(char_at(scan, scan->at)) || char_at(scan, scan->at) == '.') scan->at++;
    char c = char_at(scan, scan->at), next = char_at(scan, scan->at + 1);
    bool exponent =
        (c == 'e' || c == 'E') &&
        (is_digit(next) || ((next == '+' || next == '-') && is_digit(char_at(scan, scan->at + 2))));
    if (!exponent) return;
    scan->at += 2;
    while (is_digit(char_at(scan, scan->at))) scan->at++;
}

/* Comments, statements and parameters are not marks of the language. */
static bool skip_mark(Scan *scan)
{
    static const char *const PAIRS[] = {"<=", ">=", "<>", "!=", "==", "||", "<<", ">>"};
    char c = char_at(scan, scan->at), next = char_at(scan, scan->at + 1);
    size_t start = scan->at;
    if ((c == '-' && next == '-') || (c == '/' && next == '*')) {
        refuse(scan, ERROR_MALFORMED, start, "a condition cannot hold a comment", STR(""));
        return error_hint(scan->err, "Write x - (-y) for a difference with a negative number.");
    }
    if (c == ';')
        return refuse(scan, ERROR_MALFORMED, start, "a condition is one expression, without \";\"", STR(""));
    if (c == '`' || c == '[') {
        refuse(scan, ERROR_MALFORMED, start, "a name cannot be quoted like this", STR(""));
        return error_hint(scan->err, "Put names that need quotes in \"double quotes\".");
    }
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++)
        if (c == PAIRS[i][0] && next == PAIRS[i][1]) {
            scan->at += 2;
            return true;
        }
    bool arrow = c == '-' && next == '>';
    if (!strchr("(),+-*/%<>=&|~", c) || arrow)
        return refuse(scan, ERROR_MALFORMED, start, "\"" STR_FMT "\" is not a mark of the language",
                      str_slice(scan->text, start, start + 1 + arrow));
    scan->at++;
    return true;
}

static bool next_token(Scan *scan, Token *token)
{
    while (scan->at < scan->text.len && strchr(" \t\r\n", scan->text.data[scan->at])) scan->at++;
    *token = (Token){.kind = TOKEN_END, .offset = scan->at};
    if (scan->at == scan->text.len) return true;
    char c = char_at(scan, scan->at);
    if (is_letter(c)) {
        token->kind = TOKEN_WORD;
        while (is_letter(char_at(scan, scan->at)) || is_digit(char_at(scan, scan->at))) scan->at++;
    } else if (is_digit(c) || (c == '.' && is_digit(char_at(scan, scan->at + 1)))) {
        token->kind = TOKEN_NUMBER;
        skip_number(scan);
    } else if (c == '\'' || c == '"') {
        token->kind = c == '"' ? TOKEN_QUOTED : TOKEN_TEXT;
        if (!skip_quoted(scan, c)) return false;
    } else {
        token->kind = TOKEN_MARK;
        if (!skip_mark(scan)) return false;
    }
    token->text = str_slice(scan->text, token->offset, scan->at);
    return true;
}

/* Whether a name, as written inside its quotes, is `name`: doubled quotes count once. */
static bool quoted_is(Str written, Str name)
{
    size_t n = 0;
    for (size_t i = 0; i < written.len; i++) {
        if (n == name.len || !str_equal_fold(str_slice(written, i, i + 1), str_slice(name, n, n + 1)))
            return false;
        n++;
        if (written.data[i] == '"') i++;
    }
    return n == name.len;
}

static size_t look_up(const Map *by_name, Str written)
{
    ArenaMark mark = arena_mark(by_name->arena);
    Buf name = buf_new(by_name->arena);
    for (size_t i = 0; i < written.len; i++) {
        buf_char(&name, written.data[i]);
        if (written.data[i] == '"') i++;
    }
    const MapEntry *entry = map_get(by_name, str_upper(by_name->arena, buf_str(&name)));
    arena_rewind(by_name->arena, mark);
    return entry ? entry->index : SIZE_MAX;
}

static size_t find_name(const Scan *scan, Str written)
{
    if (scan->names.by_name) return look_up(scan->names.by_name, written);
    for (size_t i = 0; i < scan->names.n; i++)
        if (quoted_is(written, scan->names.names[i])) return i;
    return SIZE_MAX;
}

static bool unknown_name(Scan *scan, Token token, Str name)
{
    static const char *const CURLY[] = {"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d"};
    refuse(scan, ERROR_INCONSISTENT, token.offset, "there is no column \"" STR_FMT "\"", name);
    for (size_t i = 0; i < sizeof CURLY / sizeof CURLY[0]; i++)
        if (str_starts(name, str_from(CURLY[i])))
            return error_hint(scan->err, "Put texts in straight quotes: 'text'.");
    Str nearest = str_nearest(name, scan->names.names, scan->names.n);
    if (nearest.len) return error_hint(scan->err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
    if (token.kind == TOKEN_QUOTED)
        return error_hint(scan->err,
                          "Double quotes are for names; put texts in single quotes: '" STR_FMT "'.",
                          STR_ARG(name));
    char list[300] = "";
    for (size_t i = 0; i < scan->names.n && strlen(list) + scan->names.names[i].len + 3 < sizeof list; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s" STR_FMT, i ? ", " : "", STR_ARG(scan->names.names[i]));
    }
    return error_hint(scan->err, "Put texts in single quotes. The columns are: %s.", list);
}

static bool take_name(Scan *scan, Token token, Str name)
{
    size_t index = find_name(scan, name);
    if (index == SIZE_MAX) return unknown_name(scan, token, name);
    for (size_t i = 0; i < *scan->n_used; i++)
        if (scan->used[i] == index) return true;
    scan->used[(*scan->n_used)++] = index;
    return true;
}

static bool unknown_function(Scan *scan, Token token)
{
    Str names[64];
    size_t n, n_names = 0;
    const ConditionFunction *functions = condition_functions(&n);
    refuse(scan, ERROR_MALFORMED, token.offset, "the language has no function \"" STR_FMT "\"", token.text);
    if (str_equal_fold(token.text, STR("log"))) return error_hint(scan->err, "Say ln (natural) or log10.");
    for (size_t i = 0; i < n && n_names < 64; i++) names[n_names++] = str_from(functions[i].name);
    Str nearest = str_nearest(token.text, names, n_names);
    if (nearest.len) return error_hint(scan->err, "Did you mean \"" STR_FMT "\"?", STR_ARG(nearest));
    return error_hint(scan->err, "docs/conditions.md lists the functions.");
}

static bool opens_bracket(const Scan *scan)
{
    size_t at = scan->at;
    while (at < scan->text.len && strchr(" \t\r\n", scan->text.data[at])) at++;
    return char_at(scan, at) == '(';
}

static const char *grammar_word(Str word, bool *before_operand)
{
    for (size_t i = 0; i < sizeof GRAMMAR / sizeof GRAMMAR[0]; i++)
        if (str_equal_fold(word, str_from(GRAMMAR[i].word))) {
            *before_operand = GRAMMAR[i].before_operand;
            return GRAMMAR[i].word;
        }
    return NULL;
}

/* END is a word of SQL and a common column; where a value is wanted it can only be the column. */
static bool take_word(Scan *scan, Token token)
{
    bool before_operand = false;
    const char *word = grammar_word(token.text, &before_operand);
    if (scan->wants_type) {
        scan->wants_type = false;
        for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
            if (str_equal_fold(token.text, str_from(TYPES[i]))) return true;
        refuse(scan, ERROR_MALFORMED, token.offset, "\"" STR_FMT "\" is not a type", token.text);
        return error_hint(scan->err, "A value is cast AS INTEGER, REAL, NUMERIC or TEXT.");
    }
    if (word && !(strcmp(word, "END") == 0 && scan->wants_operand)) {
        scan->wants_operand = before_operand;
        scan->wants_type = strcmp(word, "AS") == 0;
        if (strcmp(word, "IN") != 0 || opens_bracket(scan)) return true;
        refuse(scan, ERROR_MALFORMED, token.offset, "IN wants a list in brackets", STR(""));
        return error_hint(scan->err, "Write X IN ('A', 'B').");
    }
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++)
        if (str_equal_fold(token.text, str_from(REFUSED[i].word)) &&
            find_name(scan, token.text) == SIZE_MAX) {
            refuse(scan, ERROR_MALFORMED, token.offset, REFUSED[i].why, STR(""));
            return error_hint(scan->err, "%s", REFUSED[i].hint);
        }
    scan->wants_operand = false;
    scan->called = token;
    if (opens_bracket(scan)) return condition_function(token.text) ? true : unknown_function(scan, token);
    scan->called = (Token){.kind = TOKEN_END};
    return take_name(scan, token, token.text);
}

static bool open_bracket(Scan *scan, Token token)
{
    if (scan->depth == CONDITION_MAX_NESTING)
        return refuse(scan, ERROR_MALFORMED, token.offset, "the brackets are nested too deeply", STR(""));
    bool is_call = scan->called.kind == TOKEN_WORD;
    scan->brackets[scan->depth].call = is_call ? condition_function(scan->called.text) : NULL;
    scan->brackets[scan->depth].offset = scan->called.offset;
    scan->brackets[scan->depth++].n_args = 1;
    scan->called = (Token){.kind = TOKEN_END};
    return true;
}

static bool close_bracket(Scan *scan, Token token, bool is_empty)
{
    if (scan->depth == 0)
        return refuse(scan, ERROR_MALFORMED, token.offset, "this bracket closes nothing", STR(""));
    scan->depth--;
    const ConditionFunction *call = scan->brackets[scan->depth].call;
    int n_args = is_empty ? 0 : scan->brackets[scan->depth].n_args;
    if (!call || (n_args >= call->least_args && n_args <= call->most_args)) return true;
    size_t offset = scan->brackets[scan->depth].offset;
    refuse(scan, ERROR_MALFORMED, offset, "wrong number of arguments to \"" STR_FMT "\"",
           str_from(call->name));
    return error_hint(scan->err, "Write %s.", call->use);
}

static bool take_mark(Scan *scan, Token token)
{
    char c = token.text.data[0];
    bool is_empty = c == ')' && scan->wants_operand;
    scan->wants_operand = c != ')';
    if (c == '(') return open_bracket(scan, token);
    if (c == ')') return close_bracket(scan, token, is_empty);
    if (c == ',' && scan->depth == 0)
        return refuse(scan, ERROR_MALFORMED, token.offset, "a condition is one expression, not a list",
                      STR(""));
    if (c == ',') scan->brackets[scan->depth - 1].n_args++;
    return true;
}

static bool take_token(Scan *scan, Token token)
{
    if (token.kind == TOKEN_WORD) return take_word(scan, token);
    if (token.kind == TOKEN_MARK) return take_mark(scan, token);
    scan->wants_operand = false;
    if (token.kind == TOKEN_QUOTED && opens_bracket(scan))
        return refuse(scan, ERROR_MALFORMED, token.offset, "a quoted name is a column, not a function",
                      STR(""));
    if (token.kind == TOKEN_QUOTED)
        return take_name(scan, token, str_slice(token.text, 1, token.text.len - 1));
    return true;
}

static bool check_bytes(Scan *scan)
{
    size_t bad = 0;
    Str text = scan->text;
    if (text.len > CONDITION_MAX_BYTES) {
        error_set(scan->err, ERROR_MALFORMED, "a condition has at most %d bytes, this one has %zu",
                  CONDITION_MAX_BYTES, text.len);
        return error_hint(scan->err, "Compute parts of it as columns of their own.");
    }
    const char *nul = text.len ? memchr(text.data, 0, text.len) : NULL;
    if (nul)
        return refuse(scan, ERROR_MALFORMED, (size_t)(nul - text.data), "a condition cannot hold a NUL byte",
                      STR(""));
    if (!str_is_utf8(text, &bad))
        return refuse(scan, ERROR_MALFORMED, bad, "the condition is not UTF-8", STR(""));
    return true;
}

bool condition_scan(Str text, ScanNames names, size_t *used, size_t *n_used, Error *err)
{
    Scan scan = {.text = text,
                 .names = names,
                 .used = used,
                 .n_used = n_used,
                 .wants_operand = true,
                 .err = err};
    Token token;
    *n_used = 0;
    if (!check_bytes(&scan)) return false;
    do {
        if (!next_token(&scan, &token)) return false;
        if (token.kind != TOKEN_END && !take_token(&scan, token)) return false;
    } while (token.kind != TOKEN_END);
    if (scan.depth) return refuse(&scan, ERROR_MALFORMED, text.len, "a bracket is not closed", STR(""));
    if (scan.wants_operand && str_trim(text).len) {
        refuse(&scan, ERROR_MALFORMED, text.len, "the condition ends too early", STR(""));
        return error_hint(err, "A name or a value is missing at its end.");
    }
    return true;
}
