#include "conform/json_pattern.h"

#include <regex.h>
#include <string.h>

struct JsonPattern {
    regex_t regex;
};

/* Reading `rest`, writing the same for regcomp. */
typedef struct {
    Str text;
    size_t at;
    Buf out;
    long times;
    Error *err;
} Carry;

#define BEYOND_ASCII "[\xC2-\xF4][\x80-\xBF]{1,3}"        /* one code point of UTF-8, which the texts are */
#define ALL_BEYOND   "\x80-\xFF"

/* The classes of ECMA-262; \s without the blanks beyond ASCII. */
static const struct {
    char letter;
    const char *members;
} CLASSES[] = {{'d', "0-9"}, {'w', "A-Za-z0-9_"}, {'s', " \t\n\v\f\r"}};

static const char *class_members(char letter)
{
    for (size_t i = 0; i < sizeof CLASSES / sizeof CLASSES[0]; i++)
        if (CLASSES[i].letter == (letter | 0x20)) return CLASSES[i].members;
    return NULL;
}

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static int peek(const Carry *carry, size_t ahead)
{
    return carry->at + ahead < carry->text.len ? (unsigned char)carry->text.data[carry->at + ahead] : -1;
}

static bool refuse(const Carry *carry, const char *what)
{
    return error_set(carry->err, ERROR_MALFORMED, "the pattern \"" STR_FMT "\" has %s at byte %zu, which is not carried over",
                     STR_ARG(str_slice(carry->text, 0, 200)), what, carry->at + 1);
}

/* The character of an escape that stands for itself or a control; -1 for any other. */
static int escaped_character(int c)
{
    static const char CONTROLS[] = "nrtfv", MEANT[] = "\n\r\t\f\v";
    const char *found = c > 0 ? strchr(CONTROLS, c) : NULL;
    if (found) return MEANT[found - CONTROLS];
    return c > 0 && strchr("^$\\.*+?()[]{}|/-\"'", c) ? c : -1;
}

static void add_literal(Carry *carry, int c)
{
    if (strchr("^$\\.*+?()[]{}|", c)) buf_char(&carry->out, '\\');
    buf_char(&carry->out, (char)c);
}

static void add_set(Carry *carry, bool negated, const char *members)
{
    buf_format(&carry->out, negated ? "([^%s" ALL_BEYOND "]|" BEYOND_ASCII ")" : "[%s]", members);
}

/* One character of a set, an escape among them; -1 when it is a class, -2 after a refusal. */
static int set_character(Carry *carry)
{
    int c = peek(carry, 0);
    if (c != '\\') {
        carry->at++;
        if (c < 128) return c;
        refuse(carry, "a letter beyond ASCII in a set");
        return -2;
    }
    int next = peek(carry, 1);
    if (next > 0 && class_members((char)next)) {
        if (!is_upper((char)next)) return -1;
        refuse(carry, "a negated class in a set");
        return -2;
    }
    int meant = escaped_character(next);
    if (meant < 0) {
        refuse(carry, "an escape");
        return -2;
    }
    carry->at += 2;
    return meant;
}

/* The members of [...] as 128 marks; `at` comes past the bracket. */
static bool read_set(Carry *carry, bool has[128])
{
    while (peek(carry, 0) != ']') {
        if (peek(carry, 0) < 0) return refuse(carry, "a set without an end");
        int from = set_character(carry), to = from;
        if (from == -2) return false;
        if (from == -1) {
            for (const char *m = class_members((char)peek(carry, 1)); *m; m++)
                if (m[1] == '-') {
                    for (int c = m[0]; c <= m[2]; c++) has[c] = true;
                    m += 2;
                } else has[(int)*m] = true;
            carry->at += 2;
            continue;
        }
        if (peek(carry, 0) == '-' && peek(carry, 1) >= 0 && peek(carry, 1) != ']') {
            carry->at++;
            to = set_character(carry);
            if (to == -2) return false;
            if (to < from) return refuse(carry, "a range that runs backwards");
        }
        for (int c = from; c <= to; c++) has[c] = true;
    }
    carry->at++;
    return true;
}

/* Marks as members of a POSIX set, where ']' comes first, '^' and '-' last, and '[' never before '.', ':' or '='. */
static bool carry_set(Carry *carry)
{
    bool has[128] = {false}, negated = peek(carry, 1) == '^';
    char members[400];
    size_t n = 0;
    carry->at += negated ? 2 : 1;
    if (!read_set(carry, has)) return false;
    if (has[']']) members[n++] = ']';
    for (int c = 1; c < 128; c++) {
        if (!has[c] || strchr("]^-[", c)) continue;
        int last = c;
        while (last + 1 < 128 && has[last + 1] && !strchr("]^-[", last + 1)) last++;
        members[n++] = (char)c;
        if (last > c + 1) members[n++] = '-';
        if (last > c) members[n++] = (char)last;
        c = last;
    }
    if (has['[']) members[n++] = '[';
    if (has['^']) members[n++] = '^';
    if (has['-']) members[n++] = '-';
    members[n] = '\0';
    if (!n) return refuse(carry, "a set of nothing");
    if (n == 1 && has['^'] && !negated) add_literal(carry, '^');
    else add_set(carry, negated, members);
    return true;
}

static bool carry_escape(Carry *carry)
{
    int c = peek(carry, 1), meant = escaped_character(c);
    const char *members = c > 0 ? class_members((char)c) : NULL;
    if (members) add_set(carry, is_upper((char)c), members);
    else if (meant > 0) add_literal(carry, meant);
    else return refuse(carry, "an escape");
    carry->at += 2;
    return true;
}

static bool carry_group(Carry *carry)
{
    carry->at++;
    buf_char(&carry->out, '(');
    if (peek(carry, 0) != '?') return true;
    if (peek(carry, 1) != ':') return refuse(carry, "a group that looks around or has a name");
    carry->at += 2;
    return true;
}

static bool carry_braces(Carry *carry)
{
    size_t close = str_find(str_slice(carry->text, carry->at, carry->text.len), STR("}"));
    if (close == SIZE_MAX) return refuse(carry, "a brace without an end");
    Str inside = str_slice(carry->text, carry->at + 1, carry->at + close), from = inside, to = inside;
    int64_t low, high;
    bool is_open = str_cut(inside, STR(","), &from, &to) && !to.len;
    if (!integer_parse(from, &low) || low < 0 || low > 255) return refuse(carry, "a number of times that is too large or none");
    high = low ? low : 1;
    if (!is_open && (!integer_parse(to, &high) || high < low || high > 255)) return refuse(carry, "a number of times that is too large or none");
    carry->times *= high ? high : 1;
    if (carry->times * (long)carry->text.len > JSON_PATTERN_MAX_SIZE) return refuse(carry, "more repetition than is read");
    buf_add(&carry->out, str_slice(carry->text, carry->at, carry->at + close + 1));
    carry->at += close + 1;
    return true;
}

static bool is_quantifier(int c) { return c == '*' || c == '+' || c == '?' || c == '{'; }

/* A character and what repeats it. */
static bool carry_one(Carry *carry)
{
    int c = peek(carry, 0);
    if (is_quantifier(c)) {
        if (c == '{' && !carry_braces(carry)) return false;
        if (c != '{') buf_char(&carry->out, carry->text.data[carry->at++]);
        return !is_quantifier(peek(carry, 0)) || refuse(carry, "a lazy or doubled quantifier");
    }
    if (c == '\\') return carry_escape(carry);
    if (c == '[') return carry_set(carry);
    if (c == '(') return carry_group(carry);
    if (c == '}' || c == ']') return refuse(carry, "a bracket that was not opened");
    carry->at++;
    if (c == '.') add_set(carry, true, "\n\r");
    else if (c < 128) buf_char(&carry->out, (char)c);
    else {                                               /* all bytes of a code point, so that they repeat together */
        buf_format(&carry->out, "(%c", c);
        while (peek(carry, 0) >= 0x80 && peek(carry, 0) < 0xC0) buf_char(&carry->out, carry->text.data[carry->at++]);
        buf_char(&carry->out, ')');
    }
    return true;
}

static void release_regex(void *object) { regfree(object); }

bool json_pattern_parse(Arena *arena, Str text, JsonPattern **pattern, Error *err)
{
    Carry carry = {.text = text, .out = buf_new(arena), .times = 1, .err = err};
    JsonPattern *made = ARENA_NEW(arena, JsonPattern);
    if (text.len > JSON_PATTERN_MAX) return error_set(err, ERROR_MALFORMED, "a pattern is longer than %zu bytes", JSON_PATTERN_MAX);
    if (!str_is_utf8(text, NULL) || (text.len && memchr(text.data, '\0', text.len)))
        return error_set(err, ERROR_MALFORMED, "a pattern is not UTF-8, or has a NUL");
    while (carry.at < text.len)
        if (!carry_one(&carry)) return false;
    int status = regcomp(&made->regex, buf_c(&carry.out), REG_EXTENDED | REG_NOSUB);
    if (status) {
        char why[160];
        regerror(status, &made->regex, why, sizeof why);
        return error_set(err, ERROR_MALFORMED, "the pattern \"" STR_FMT "\" cannot be read: %s", STR_ARG(str_slice(text, 0, 200)), why);
    }
    arena_defer(arena, release_regex, &made->regex);
    *pattern = made;
    return true;
}

bool json_pattern_fits(Arena *scratch, const JsonPattern *pattern, Str text)
{
    ArenaMark mark = arena_mark(scratch);
    bool fits = regexec(&pattern->regex, str_c(scratch, text), 0, NULL, 0) == 0;
    arena_rewind(scratch, mark);
    return fits;
}
