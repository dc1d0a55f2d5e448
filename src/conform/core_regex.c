#include "conform/core_regex.h"

#include <regex.h>
#include <string.h>

struct CoreRegex {
    Arena *arena;
    regex_t compiled;
};

/* Python's class, inside brackets, outside */
static const struct {
    char letter;
    const char *inside, *outside;
} CLASSES[] = {
    {'d', "0-9", "[0-9]"}, {'D', NULL, "[^0-9]"}, {'s', "[:space:]", "[[:space:]]"}, {'S', NULL, "[^[:space:]]"},
    {'w', "[:alnum:]_", "[[:alnum:]_]"}, {'W', NULL, "[^[:alnum:]_]"}, {'t', "\t", "\t"}, {'n', "\n", "\n"}, {'r', "\r", "\r"},
};

typedef struct {
    Str pattern;
    size_t at;
    Buf out;
    bool fold, in_brackets;
    size_t repeats;
    Error *err;
} Rewrite;

static bool refuse(Rewrite *r, const char *what)
{
    error_set(r->err, ERROR_MALFORMED, "the regular expression \"" STR_FMT "\" has %s", STR_ARG(r->pattern), what);
    return error_hint(r->err, "Write it without.");
}

static bool escape(Rewrite *r)
{
    if (r->at + 1 >= r->pattern.len) return refuse(r, "a \"\\\" at its end");
    char letter = r->pattern.data[r->at + 1];
    r->at += 2;
    for (size_t i = 0; i < sizeof CLASSES / sizeof CLASSES[0]; i++) {
        if (CLASSES[i].letter != letter) continue;
        const char *with = r->in_brackets ? CLASSES[i].inside : CLASSES[i].outside;
        if (!with) return refuse(r, "a complement inside brackets");
        buf_add_c(&r->out, with);
        return true;
    }
    bool is_word = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (is_word) return refuse(r, "a back reference or an escape of its own");
    if (!r->in_brackets && strchr(".[]{}()*+?^$|\\", letter)) buf_char(&r->out, '\\');
    buf_char(&r->out, letter);
    return true;
}

/* After "(?": a group without a number, or flags. */
static bool group_option(Rewrite *r)
{
    Str rest = str_slice(r->pattern, r->at, r->pattern.len);
    if (str_starts(rest, STR("(?:"))) r->at += 3;
    else if (str_starts(rest, STR("(?i:"))) {
        r->fold = true;
        r->at += 4;
    } else if (str_starts(rest, STR("(?i)"))) {
        r->fold = true;
        r->at += 4;
        return true;
    } else return refuse(r, "a group with \"(?\" that we do not know");
    buf_char(&r->out, '(');
    return true;
}

static bool repeat(Rewrite *r)
{
    size_t most = 0, number = 0, at = r->at + 1;
    for (; at < r->pattern.len && r->pattern.data[at] != '}'; at++) {
        char c = r->pattern.data[at];
        if (c == ',') number = 0;
        else if (c >= '0' && c <= '9' && number < CORE_REGEX_MAX_REPEAT) number = 10 * number + (size_t)(c - '0');
        else return refuse(r, "a repetition that is none, or too large");
        if (number > most) most = number;
    }
    r->repeats *= most ? most : 1;
    if (r->repeats > CORE_REGEX_MAX_REPEAT) return refuse(r, "too many repetitions");
    buf_add(&r->out, str_slice(r->pattern, r->at, at + 1));
    r->at = at + 1;
    return true;
}

static bool step(Rewrite *r)
{
    char c = r->pattern.data[r->at];
    if (c == '\\') return escape(r);
    if (r->in_brackets) {
        r->in_brackets = c != ']';
        buf_char(&r->out, c);
        r->at++;
        return true;
    }
    if (c == '(' && r->at + 1 < r->pattern.len && r->pattern.data[r->at + 1] == '?') return group_option(r);
    if (c == '{') return repeat(r);
    bool follows_repeat = r->at > 0 && (r->pattern.data[r->at - 1] == '*' || r->pattern.data[r->at - 1] == '+' || r->pattern.data[r->at - 1] == '}');
    if (c == '?' && follows_repeat) {                      /* lazy: the same texts match */
        r->at++;
        return true;
    }
    r->in_brackets = c == '[';
    buf_char(&r->out, c);
    r->at++;
    return true;
}

static void release(void *object)
{
    regex_t *compiled = object;
    regfree(compiled);
}

bool core_regex_compile(Arena *arena, Str pattern, const CoreRegex **regex, Error *err)
{
    Rewrite r = {.pattern = pattern, .out = buf_new(arena), .repeats = 1, .err = err};
    CoreRegex *made = ARENA_NEW(arena, CoreRegex);
    *regex = made;
    made->arena = arena;
    if (pattern.len > CORE_REGEX_MAX_BYTES) return refuse(&r, "too many letters");
    buf_add_c(&r.out, "^(");
    while (r.at < pattern.len)
        if (!step(&r)) return false;
    buf_char(&r.out, ')');
    int status = regcomp(&made->compiled, buf_c(&r.out), REG_EXTENDED | (r.fold ? REG_ICASE : 0));
    if (status) {
        char why[200];
        regerror(status, &made->compiled, why, sizeof why);
        return refuse(&r, why);
    }
    arena_defer(arena, release, &made->compiled);
    return true;
}

static bool match(const CoreRegex *regex, Str text, regmatch_t *groups, size_t n)
{
    ArenaMark mark = arena_mark(regex->arena);
    bool found = regexec(&regex->compiled, str_c(regex->arena, text), n, groups, 0) == 0;
    arena_rewind(regex->arena, mark);
    return found;
}

bool core_regex_matches(const CoreRegex *regex, Str text) { return match(regex, text, NULL, 0); }

bool core_regex_extract(const CoreRegex *regex, Str text, Str *part)
{
    regmatch_t groups[3];
    if (!match(regex, text, groups, 3)) return false;
    size_t at = regex->compiled.re_nsub > 1 && groups[2].rm_so >= 0 ? 2 : 1;
    *part = str_slice(text, (size_t)groups[at].rm_so, (size_t)groups[at].rm_eo);
    return true;
}
