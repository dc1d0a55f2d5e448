#include "exchange/json_pull.h"

#include <string.h>

#include "base/decimal.h"

struct JsonPull {
    Bytes *bytes;
    size_t at, line;                  /* the next byte; lines counted up to it */
    size_t held;                      /* the window keeps the bytes from here, or from the next one if SIZE_MAX */
    size_t depth;
    char inside[JSON_PULL_MAX_DEPTH]; /* '{' or '[' of each level */
    enum { WANTS_VALUE, WANTS_FIRST, WANTS_KEY, WANTS_COLON, WANTS_COMMA } state;
    Buf text;                         /* a text with escapes, decoded */
    bool is_broken;
};

JsonPull *json_pull_new(Arena *arena, Bytes *bytes)
{
    JsonPull *json = ARENA_NEW(arena, JsonPull);
    *json = (JsonPull){.bytes = bytes, .at = bytes->start, .line = 1, .held = SIZE_MAX, .text = buf_new(arena)};
    return json;
}

const char *json_pull_name(JsonPullKind kind)
{
    static const char *const NAMES[] = {"the end", "an object", "the end of an object", "an array", "the end of an array",
                                        "a key", "a text", "a number", "true", "false", "null"};
    return NAMES[kind];
}

static bool fail(JsonPull *json, Error *err, const char *what)
{
    json->is_broken = true;
    error_set(err, ERROR_MALFORMED, "%s", what);
    return error_in(err, "line %zu", json->line);
}

static bool slide(JsonPull *json, size_t to, Error *err)
{
    if (json->held < json->at && to - json->held > JSON_PULL_MAX_HELD) return fail(json, err, "a row is longer than 64 MiB");
    json->is_broken = !bytes_slide(json->bytes, json->held < json->at ? json->held : json->at, to, err);
    return !json->is_broken;
}

/* What the window holds from here: n bytes or more, unless the content ends. */
static inline bool see(JsonPull *json, size_t n, Str *ahead, Error *err)
{
    size_t from = json->at - json->bytes->start;
    if (json->bytes->window.len - from < n && !json->bytes->at_end) {
        if (!slide(json, json->at + n, err)) return false;
        from = json->at - json->bytes->start;
    }
    *ahead = (Str){json->bytes->window.data + from, json->bytes->window.len - from};
    return true;
}

static bool skip_blanks(JsonPull *json, int *next, Error *err)
{
    while (true) {
        Str ahead;
        if (!see(json, json->at ? 1 : 3, &ahead, err)) return false;
        if (json->at == 0 && str_starts(ahead, STR("\xef\xbb\xbf"))) {          /* a byte order mark */
            json->at = 3;
            continue;
        }
        for (size_t i = 0; i < ahead.len; i++) {
            char c = ahead.data[i];
            if (c == '\n') json->line++;
            else if (c != ' ' && c != '\t' && c != '\r') {
                json->at += i;
                *next = (unsigned char)c;
                return true;
            }
        }
        json->at += ahead.len;
        if (json->bytes->at_end) {
            *next = -1;
            return true;
        }
    }
}

/* The next byte that is no blank, where the window has it. */
static inline bool find_next(JsonPull *json, int *next, Error *err)
{
    size_t i = json->at - json->bytes->start;
    if (i && i < json->bytes->window.len && (unsigned char)json->bytes->window.data[i] > ' ') {
        *next = (unsigned char)json->bytes->window.data[i];
        return true;
    }
    return skip_blanks(json, next, err);
}

/* --- texts --- */

static int hex(Str text, size_t at)
{
    int value = 0;
    if (at + 4 > text.len) return -1;
    for (size_t i = at; i < at + 4; i++) {
        char c = text.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void put_point(Buf *buf, unsigned point)
{
    if (point < 0x80) buf_char(buf, (char)point);
    else if (point < 0x800) buf_char(buf, (char)(0xC0 | point >> 6));
    else if (point < 0x10000) buf_char(buf, (char)(0xE0 | point >> 12)), buf_char(buf, (char)(0x80 | (point >> 6 & 63)));
    else buf_char(buf, (char)(0xF0 | point >> 18)), buf_char(buf, (char)(0x80 | (point >> 12 & 63))), buf_char(buf, (char)(0x80 | (point >> 6 & 63)));
    if (point >= 0x80) buf_char(buf, (char)(0x80 | (point & 63)));
}

/* An escape after its backslash; *at moves past it. */
static bool put_escape(Buf *buf, Str raw, size_t *at)
{
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    const char *found = *at < raw.len && raw.data[*at] ? strchr(FROM, raw.data[*at]) : NULL;
    if (found) {
        buf_char(buf, TO[found - FROM]);
        (*at)++;
        return true;
    }
    if (*at >= raw.len || raw.data[*at] != 'u') return false;
    int point = hex(raw, *at + 1);
    *at += 5;
    if (point <= 0) return false;                       /* NUL has no place in a text */
    if (point >= 0xD800 && point < 0xDC00) {
        int low = *at + 6 <= raw.len && raw.data[*at] == '\\' && raw.data[*at + 1] == 'u' ? hex(raw, *at + 2) : -1;
        if (low < 0xDC00 || low > 0xDFFF) return false;
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        *at += 6;
    } else if (point >= 0xDC00 && point < 0xE000) return false;
    put_point(buf, (unsigned)point);
    return true;
}

static bool decode(JsonPull *json, Str raw, Str *text)
{
    size_t at = 0;
    json->text.len = 0;
    while (at < raw.len) {
        const char *slash = memchr(raw.data + at, '\\', raw.len - at);
        size_t stop = slash ? (size_t)(slash - raw.data) : raw.len;
        buf_add(&json->text, str_slice(raw, at, stop));
        at = stop;
        if (slash && (at++, !put_escape(&json->text, raw, &at))) return false;
    }
    *text = json->text.len ? buf_str(&json->text) : STR("");
    return true;
}

#define EACH_BYTE(x)  (0x0101010101010101U * (uint64_t)(x))

/* The first byte from i on that a text cannot hold as it is: a quote, a backslash, a control. Notes high bytes. */
static size_t scan_text(Str ahead, size_t i, bool *has_high)
{
    uint64_t high = 0;
    while (i + 8 <= ahead.len) {
        uint64_t eight, quote, slash, stop;
        memcpy(&eight, ahead.data + i, 8);
        quote = eight ^ EACH_BYTE('"'), slash = eight ^ EACH_BYTE('\\');
        stop = ((quote - EACH_BYTE(1)) & ~quote) | ((slash - EACH_BYTE(1)) & ~slash) | ((eight - EACH_BYTE(0x20)) & ~eight);
        if (stop & EACH_BYTE(0x80)) break;
        high |= eight;
        i += 8;
    }
    for (; i < ahead.len; i++) {
        unsigned char c = (unsigned char)ahead.data[i];
        if (c == '"' || c == '\\' || c < 0x20) break;
        high |= c;
    }
    *has_high |= (high & EACH_BYTE(0x80)) != 0;
    return i;
}

/* The text whose quote stands here. */
static bool take_text(JsonPull *json, JsonEvent *event, Error *err)
{
    bool has_escape = false, has_high = false;
    size_t n = 1;
    Str ahead;
    while (true) {
        if (!see(json, n + 1, &ahead, err)) return false;
        n = scan_text(ahead, n, &has_high);
        if (n > JSON_PULL_MAX_TEXT) return fail(json, err, "a text is longer than 16 MiB");
        if (n >= ahead.len) {
            if (json->bytes->at_end) return fail(json, err, "a text is not closed");
            continue;
        }
        if (ahead.data[n] == '"') break;
        if (ahead.data[n] != '\\') return fail(json, err, "a text holds a control character that is not escaped");
        has_escape = true;
        n += 2;                                         /* the escaped byte cannot end the text */
    }
    Str raw = {ahead.data + 1, n - 1};
    event->at = has_escape ? JSON_PULL_DECODED : json->at + 1;
    json->at += n + 1;
    if (has_high && !str_is_utf8(raw, NULL)) return fail(json, err, "a text is not UTF-8");
    event->text = raw;
    return !has_escape || decode(json, raw, &event->text) || fail(json, err, "a text has an escape that JSON does not know");
}

/* --- numbers and words --- */

static inline size_t digits(Str text, size_t i)
{
    while (i < text.len && (unsigned char)(text.data[i] - '0') < 10) i++;
    return i;
}

/* How many bytes from here a number takes, 0 for none. */
static size_t number_length(Str text)
{
    size_t i = text.len && text.data[0] == '-', start = i;
    i = digits(text, i);
    if (i == start || (i > start + 1 && text.data[start] == '0')) return 0;
    if (i < text.len && text.data[i] == '.') {
        size_t end = digits(text, i + 1);
        if (end == i + 1) return 0;
        i = end;
    }
    if (i < text.len && (text.data[i] == 'e' || text.data[i] == 'E')) {
        size_t from = i + 1 + (i + 1 < text.len && (text.data[i + 1] == '+' || text.data[i + 1] == '-')), end = digits(text, from);
        if (end == from) return 0;
        i = end;
    }
    return i;
}

static bool is_number_byte(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

/* A number that may go on behind the window, or is none. */
static bool take_number_slowly(JsonPull *json, JsonEvent *event, Error *err)
{
    size_t n = 0;
    Str ahead;
    while (true) {
        if (!see(json, n + 1, &ahead, err)) return false;
        while (n < ahead.len && is_number_byte(ahead.data[n])) n++;
        if (n < ahead.len || json->bytes->at_end) break;
        if (n > 1000) return fail(json, err, "a number has more than 1,000 digits");
    }
    event->text = str_slice(ahead, 0, n);
    if (number_length(event->text) != n) return fail(json, err, "a number is not one of JSON");
    json->at += n;
    return true;
}

/* Most numbers in one go: digits, perhaps with a sign before and a point between. 0 for another. */
static size_t take_plain(Str ahead, JsonEvent *event)
{
    bool is_negative = ahead.len && ahead.data[0] == '-', has_nought;
    size_t i = is_negative, start = i, point = 0;
    uint64_t all = 0;
    for (unsigned digit; i < ahead.len && (digit = (unsigned)(unsigned char)ahead.data[i] - '0') < 10; i++) all = all * 10 + digit;
    has_nought = i > start + 1 && ahead.data[start] == '0';
    if (i == start || has_nought) return 0;
    if (i < ahead.len && ahead.data[i] == '.') {
        point = i++;
        for (unsigned digit; i < ahead.len && (digit = (unsigned)(unsigned char)ahead.data[i] - '0') < 10; i++) all = all * 10 + digit;
        if (i == point + 1) return 0;
    }
    if (i >= ahead.len || is_number_byte(ahead.data[i]) || i - start > 19) return 0;
    event->decimal.is_known = true;
    event->decimal.is_negative = is_negative;
    event->decimal.power = point ? (int)point + 1 - (int)i : 0;
    event->decimal.digits = all;
    return i;
}

static bool take_number(JsonPull *json, JsonEvent *event, Error *err)
{
    Str ahead;
    if (!see(json, 1, &ahead, err)) return false;
    size_t n = take_plain(ahead, event);
    if (n == 0) return take_number_slowly(json, event, err);
    event->text = (Str){ahead.data, n};
    json->at += n;
    return true;
}

static bool take_word(JsonPull *json, JsonEvent *event, Error *err)
{
    static const struct {
        Str word;
        JsonPullKind kind;
    } WORDS[] = {{{"true", 4}, JSON_PULL_TRUE}, {{"false", 5}, JSON_PULL_FALSE}, {{"null", 4}, JSON_PULL_NULL}};
    Str ahead;
    if (!see(json, 5, &ahead, err)) return false;
    for (size_t i = 0; i < 3; i++) {
        if (!str_starts(ahead, WORDS[i].word)) continue;
        event->kind = WORDS[i].kind;
        json->at += WORDS[i].word.len;
        return true;
    }
    return fail(json, err, "there is no value of JSON where one must be");
}

bool json_pull_number(const JsonEvent *event, double *value)
{
    if (!event->decimal.is_known || !decimal_to_double(event->decimal.digits, event->decimal.power, value)) return number_parse(event->text, value);
    if (event->decimal.is_negative) *value = -*value;
    return true;
}

/* --- structure --- */

static bool open_level(JsonPull *json, char bracket, JsonEvent *event, Error *err)
{
    if (json->depth == JSON_PULL_MAX_DEPTH) return fail(json, err, "values lie deeper than 64 levels");
    json->inside[json->depth++] = bracket;
    json->state = WANTS_FIRST;
    json->at++;
    event->kind = bracket == '{' ? JSON_PULL_OBJECT : JSON_PULL_ARRAY;
    return true;
}

static bool close_level(JsonPull *json, int bracket, JsonEvent *event, Error *err)
{
    char opened = json->depth ? json->inside[json->depth - 1] : 0;
    if (bracket != (opened == '{' ? '}' : ']')) return fail(json, err, "brackets do not match");
    json->depth--;
    json->state = json->depth ? WANTS_COMMA : WANTS_VALUE;
    json->at++;
    event->kind = bracket == '}' ? JSON_PULL_OBJECT_END : JSON_PULL_ARRAY_END;
    return true;
}

static bool take_key(JsonPull *json, int next, JsonEvent *event, Error *err)
{
    if (next != '"') return fail(json, err, "a key must stand here, in quotes");
    event->kind = JSON_PULL_KEY;
    json->state = WANTS_COLON;
    return take_text(json, event, err);
}

static bool take_value(JsonPull *json, int next, JsonEvent *event, Error *err)
{
    if (next == '{' || next == '[') return open_level(json, (char)next, event, err);
    json->state = json->depth ? WANTS_COMMA : WANTS_VALUE;
    if (next == '"') {
        event->kind = JSON_PULL_TEXT;
        return take_text(json, event, err);
    }
    if (next == '-' || (next >= '0' && next <= '9')) {
        event->kind = JSON_PULL_NUMBER;
        return take_number(json, event, err);
    }
    return take_word(json, event, err);
}

/* Past a comma between two values of an array: nearly every event. */
static inline void pass_comma(JsonPull *json)
{
    size_t i = json->at - json->bytes->start;
    if (json->state != WANTS_COMMA || i >= json->bytes->window.len || json->bytes->window.data[i] != ',') return;
    json->at++;
    json->state = json->inside[json->depth - 1] == '{' ? WANTS_KEY : WANTS_VALUE;
}

bool json_pull_next(JsonPull *json, JsonEvent *event, Error *err)
{
    int next;
    if (json->is_broken) return fail(json, err, "nothing can be read after the failure");
    pass_comma(json);
    while (true) {
        if (!find_next(json, &next, err)) return false;
        event->line = json->line;
        event->kind = JSON_PULL_END;
        event->text = STR("");
        event->decimal.is_known = false;
        if (json->state == WANTS_VALUE && next >= 0) return take_value(json, next, event, err);
        if (next < 0) return json->depth == 0 || fail(json, err, "the document is cut short");
        bool in_object = json->depth && json->inside[json->depth - 1] == '{';
        if (json->state == WANTS_COMMA && next == ',') {
            json->at++;
            json->state = in_object ? WANTS_KEY : WANTS_VALUE;
            continue;
        }
        if (json->state == WANTS_COLON) {
            if (next != ':') return fail(json, err, "a colon must follow the key");
            json->at++;
            json->state = WANTS_VALUE;
            continue;
        }
        if ((json->state == WANTS_COMMA || json->state == WANTS_FIRST) && (next == '}' || next == ']')) return close_level(json, next, event, err);
        if (json->state == WANTS_COMMA) return fail(json, err, "a comma or a closing bracket must stand here");
        if (json->state == WANTS_KEY || (json->state == WANTS_FIRST && in_object)) return take_key(json, next, event, err);
        return take_value(json, next, event, err);
    }
}

void json_pull_hold(JsonPull *json) { json->held = json->at; }
void json_pull_release(JsonPull *json) { json->held = SIZE_MAX; }

Str json_pull_held(const JsonPull *json, size_t at, size_t len)
{
    return (Str){json->bytes->window.data + (at - json->bytes->start), len};
}

bool json_pull_skip(JsonPull *json, const JsonEvent *first, Error *err)
{
    if (first->kind != JSON_PULL_OBJECT && first->kind != JSON_PULL_ARRAY) return true;
    size_t depth = json->depth - 1;
    JsonEvent event;
    while (json->depth > depth)
        if (!json_pull_next(json, &event, err)) return false;
    return true;
}
