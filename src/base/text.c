#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/decimal.h"

Str str_from(const char *terminated)
{
    return terminated ? (Str){terminated, strlen(terminated)} : (Str){"", 0};
}

Str str_copy(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len) memcpy(copy, text.data, text.len);
    return (Str){copy, text.len};
}

const char *str_c(Arena *arena, Str text) { return str_copy(arena, text).data; }

bool str_equal(Str a, Str b) { return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0); }

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool str_equal_fold(Str a, Str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (fold(a.data[i]) != fold(b.data[i])) return false;
    return true;
}

int str_compare(Str a, Str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool is_digit_at(Str text, size_t at) { return at < text.len && text.data[at] >= '0' && text.data[at] <= '9'; }

/* The digits from *at on without leading noughts; *at moves behind them. */
static Str take_digits(Str text, size_t *at)
{
    while (is_digit_at(text, *at) && text.data[*at] == '0' && is_digit_at(text, *at + 1)) ++*at;
    size_t from = *at;
    while (is_digit_at(text, *at)) ++*at;
    return str_slice(text, from, *at);
}

/* Whether a number begins here, with its sign. */
static bool begins_number(Str text, size_t at, bool *is_negative)
{
    bool alone = at == 0 || text.data[at - 1] == ' ';
    *is_negative = at < text.len && text.data[at] == '-' && alone && is_digit_at(text, at + 1);
    return *is_negative || is_digit_at(text, at);
}

static int compare_digits(Str a, Str b)
{
    return a.len != b.len ? (a.len > b.len) - (a.len < b.len) : str_compare(a, b);
}

int str_compare_natural(Str a, Str b)
{
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        bool minus_a, minus_b;
        if (!begins_number(a, i, &minus_a) || !begins_number(b, j, &minus_b)) {
            unsigned char x = (unsigned char)a.data[i++], y = (unsigned char)b.data[j++];
            if (x != y) return x < y ? -1 : 1;
            continue;
        }
        i += minus_a, j += minus_b;
        int order = compare_digits(take_digits(a, &i), take_digits(b, &j));
        if (minus_a != minus_b) return minus_a ? -1 : 1;
        if (order) return minus_a ? -order : order;
    }
    if (i < a.len || j < b.len) return i < a.len ? 1 : -1;
    return str_compare(a, b);
}

bool str_starts(Str text, Str start) { return text.len >= start.len && str_equal(str_slice(text, 0, start.len), start); }

bool str_ends(Str text, Str end)
{
    return text.len >= end.len && str_equal(str_slice(text, text.len - end.len, text.len), end);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Str str_trim(Str text)
{
    while (text.len && is_blank(text.data[0])) text = (Str){text.data + 1, text.len - 1};
    while (text.len && is_blank(text.data[text.len - 1])) text.len--;
    return text;
}

Str str_slice(Str text, size_t from, size_t to)
{
    if (to > text.len) to = text.len;
    if (from > to) from = to;
    return from == to ? (Str){"", 0} : (Str){text.data + from, to - from};
}

size_t str_find(Str text, Str part)
{
    if (part.len == 0) return 0;
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (text.data[i] == part.data[0] && memcmp(text.data + i, part.data, part.len) == 0) return i;
    return SIZE_MAX;
}

bool str_cut(Str text, Str separator, Str *before, Str *after)
{
    size_t at = str_find(text, separator);
    if (at == SIZE_MAX) return false;
    *before = str_slice(text, 0, at);
    *after = str_slice(text, at + separator.len, text.len);
    return true;
}

Str str_format(Arena *arena, const char *format, ...)
{
    Buf buf = buf_new(arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&buf, format, args);
    va_end(args);
    buf_c(&buf);
    return buf_str(&buf);
}

Str str_lower(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) copy[i] = fold(text.data[i]);
    return (Str){copy, text.len};
}

Str str_upper(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        copy[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
    return (Str){copy, text.len};
}

uint64_t str_hash(Str text)
{
    uint64_t hash = 14695981039346656037U;                /* FNV-1a, with a final mix */
    for (size_t i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211U;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93U;
    return hash ^ (hash >> 32);
}

/* Where the next byte beyond ASCII stands, from i on, or the length: eight bytes at a time. */
static size_t skip_ascii(Str text, size_t i)
{
    uint64_t eight;
    for (; i + 8 <= text.len; i += 8) {
        memcpy(&eight, text.data + i, 8);
        if (eight & 0x8080808080808080U) break;
    }
    while (i < text.len && (unsigned char)text.data[i] < 0x80) i++;
    return i;
}

bool str_is_ascii(Str text) { return skip_ascii(text, 0) == text.len; }

bool str_is_utf8(Str text, size_t *bad_offset)
{
    for (size_t i = 0; (i = skip_ascii(text, i)) < text.len;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.data + i, (utf8proc_ssize_t)(text.len - i), &point);
        if (n <= 0) {
            if (bad_offset) *bad_offset = i;
            return false;
        }
        i += (size_t)n;
    }
    return true;
}

bool str_nfc(Arena *arena, Str text, Str *nfc, Error *err)
{
    size_t bad;
    if (!str_is_utf8(text, &bad)) {
        error_set(err, ERROR_MALFORMED, "the text is not UTF-8 at byte %zu", bad + 1);
        return error_hint(err, "Save the file as UTF-8.");
    }
    if (text.len && memchr(text.data, 0, text.len)) return error_set(err, ERROR_MALFORMED, "the text holds a NUL byte");
    if (str_is_ascii(text)) {
        *nfc = text;
        return true;
    }
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.len, &mapped,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0) return error_set(err, ERROR_MALFORMED, "the text is not UTF-8");
    *nfc = str_copy(arena, (Str){(const char *)mapped, (size_t)n});
    free(mapped);
    return true;
}

size_t str_width(Str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.data + i, (utf8proc_ssize_t)(text.len - i), &point);
        if (n <= 0) {
            i++, width++;
            continue;
        }
        width += (size_t)utf8proc_charwidth(point);
        i += (size_t)n;
    }
    return width;
}

#define NEAREST_LIMIT 64                                  /* names longer than this get no suggestion */

static size_t edit_distance(Str a, Str b)
{
    size_t row[NEAREST_LIMIT + 1];
    for (size_t j = 0; j <= b.len; j++) row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replace = diagonal + (fold(a.data[i - 1]) != fold(b.data[j - 1]));
            diagonal = row[j];
            size_t insert = row[j] + 1, delete = row[j - 1] + 1;
            row[j] = replace < insert ? (replace < delete ? replace : delete) : (insert < delete ? insert : delete);
        }
    }
    return row[b.len];
}

Str str_nearest(Str text, const Str *candidates, size_t n)
{
    Str nearest = {"", 0};
    size_t least = text.len <= 3 ? 2 : text.len / 3 + 2;  /* this far is another word */
    if (text.len > NEAREST_LIMIT) return nearest;
    for (size_t i = 0; i < n; i++) {
        if (candidates[i].len > NEAREST_LIMIT) continue;
        size_t distance = edit_distance(text, candidates[i]);
        if (distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

/* strtod and printf follow the process's locale; this one thread runs them in "C" for the call. */
static locale_t c_locale;

static void make_c_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

static locale_t enter_c_locale(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_c_locale);
    return uselocale(c_locale);
}

static double parse_slowly(Str text)
{
    char small[64], *copy = small;
    Arena *scratch = text.len < sizeof small ? NULL : arena_new();
    if (scratch) copy = arena_alloc(scratch, text.len + 1);
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    locale_t before = enter_c_locale();
    double value = strtod(copy, NULL);
    uselocale(before);
    arena_free(scratch);
    return value;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Nearly every number: a sign or none, at most 19 digits, a point or none. False means only that it is another. */
static bool parse_plain(Str text, double *value)
{
    size_t i = text.len && text.data[0] == '-', first = i, n_decimals = 0;
    uint64_t digits = 0;
    bool after_point = false;
    if (text.len - first > 20) return false;
    for (; i < text.len; i++) {
        unsigned digit = (unsigned)(unsigned char)text.data[i] - '0';
        if (digit > 9) {
            if (text.data[i] != '.' || after_point) return false;
            after_point = true;
            n_decimals = text.len - i - 1;
        } else {
            digits = digits * 10 + digit;
        }
    }
    size_t n_digits = text.len - first - after_point;
    double result;
    if (n_digits == 0 || n_digits > 19 || !decimal_to_double(digits, -(int)n_decimals, &result)) return false;
    *value = first ? -result : result;
    return true;
}

bool number_parse(Str text, double *value)
{
    if (parse_plain(text, value)) return true;
    size_t i = 0, n_digits = 0, n_significant = 0;
    uint64_t digits = 0;
    int scale = 0;
    bool negative = false;
    if (i < text.len && (text.data[i] == '-' || text.data[i] == '+')) negative = text.data[i++] == '-';
    for (bool after_point = false; i < text.len; i++) {
        char c = text.data[i];
        if (c == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(c)) break;
        n_digits++;
        if (digits || c != '0') n_significant++;
        if (n_significant <= 19) {
            digits = digits * 10 + (uint64_t)(c - '0');
            scale -= after_point;
        }
    }
    if (n_digits == 0) return false;
    if (i < text.len && (text.data[i] == 'e' || text.data[i] == 'E')) {
        bool down = false;
        int exponent = 0;
        size_t first = ++i;
        if (i < text.len && (text.data[i] == '-' || text.data[i] == '+')) down = text.data[i++] == '-', first++;
        for (; i < text.len && is_digit(text.data[i]); i++)
            if (exponent < 100000) exponent = exponent * 10 + (text.data[i] - '0');
        if (i == first) return false;
        scale += down ? -exponent : exponent;
    }
    if (i != text.len) return false;
    double result;
    if (n_significant > 19 || !decimal_to_double(digits, scale, &result)) result = fabs(parse_slowly(text));
    if (!isfinite(result)) return false;
    *value = negative ? -result : result;
    return true;
}

bool integer_parse(Str text, int64_t *value)
{
    bool negative = false;
    size_t i = 0;
    uint64_t result = 0, most = INT64_MAX;
    if (i < text.len && (text.data[i] == '-' || text.data[i] == '+')) negative = text.data[i++] == '-';
    if (i == text.len) return false;
    for (; i < text.len; i++) {
        if (!is_digit(text.data[i])) return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (result > (most - digit) / 10) return false;
        result = result * 10 + digit;
    }
    *value = negative ? -(int64_t)result : (int64_t)result;
    return true;
}

Buf buf_new(Arena *arena) { return (Buf){.arena = arena}; }

static char *buf_room(Buf *buf, size_t n)
{
    size_t wanted = buf->len + n + 1;
    if (wanted > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity : 64;
        while (capacity < wanted) capacity *= 2;
        buf->data = arena_grow(buf->arena, buf->data, buf->len, capacity);
        buf->capacity = capacity;
    }
    return buf->data + buf->len;
}

void buf_add(Buf *buf, Str text)
{
    if (text.len == 0) return;
    memcpy(buf_room(buf, text.len), text.data, text.len);
    buf->len += text.len;
}

void buf_add_c(Buf *buf, const char *terminated) { buf_add(buf, str_from(terminated)); }

void buf_char_in_new_room(Buf *buf, char c)
{
    *buf_room(buf, 1) = c;
    buf->len++;
}

void buf_pad(Buf *buf, char c, size_t n)
{
    memset(buf_room(buf, n), c, n);
    buf->len += n;
}

void buf_vformat(Buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    locale_t before = enter_c_locale();
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) abort();                                   /* beyond INT_MAX: nothing is cut in silence */
    vsnprintf(buf_room(buf, (size_t)n), (size_t)n + 1, format, again);
    uselocale(before);
    va_end(again);
    buf->len += (size_t)n;
}

void buf_format(Buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vformat(buf, format, args);
    va_end(args);
}

void buf_integer(Buf *buf, int64_t value)
{
    char digits[24];
    size_t n = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[--n] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) digits[--n] = '-';
    buf_add(buf, (Str){digits + n, sizeof digits - n});
}

/* A number of few decimals, found by trying: m / 10^k is the nearest double to that decimal, which is unique when m has at
 * most 15 digits. False when there is none of up to eight. */
static bool put_short_decimal(Buf *buf, double value)
{
    static const double TENS[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    double size = fabs(value);
    if (size < 1e-4 || size >= 1e7) return false;
    for (int k = 1; k <= 8; k++) {
        double scaled = floor(size * TENS[k] + 0.5);
        if (scaled / TENS[k] != size) continue;
        uint64_t digits = (uint64_t)scaled, unit = (uint64_t)TENS[k];
        char text[24];
        size_t at = sizeof text;
        for (int i = 0; i < k; i++, digits /= 10) text[--at] = (char)('0' + digits % 10);
        text[--at] = '.';
        digits = (uint64_t)scaled / unit;
        do text[--at] = (char)('0' + digits % 10);
        while (digits /= 10);
        if (value < 0) text[--at] = '-';
        buf_add(buf, (Str){text + at, sizeof text - at});
        return true;
    }
    return false;
}

/* digits * 10^power as C's %g has it with that many digits, without noughts at the end. */
static void put_general(Buf *buf, bool negative, uint64_t digits, int n_digits, int power)
{
    char text[24];
    int last = power + n_digits - 1, n = n_digits; /* `last` is the power of ten of the first digit */
    for (int i = n_digits; i-- > 0; digits /= 10) text[i] = (char)('0' + digits % 10);
    while (n > 1 && text[n - 1] == '0') n--;
    if (negative) buf_char(buf, '-');
    if (last < -4 || last >= n_digits) {
        buf_char(buf, text[0]);
        if (n > 1) buf_char(buf, '.'), buf_add(buf, (Str){text + 1, (size_t)n - 1});
        buf_add(buf, last < 0 ? STR("e-") : STR("e+"));
        if (last > -10 && last < 10) buf_char(buf, '0');
        buf_integer(buf, last < 0 ? -last : last);
    } else if (last < 0) {
        buf_add(buf, str_slice(STR("0.000"), 0, (size_t)(1 - last)));
        buf_add(buf, (Str){text, (size_t)n});
    } else {
        buf_add(buf, (Str){text, (size_t)(n < last + 1 ? n : last + 1)});
        if (n < last + 1) buf_pad(buf, '0', (size_t)(last + 1 - n));
        else if (n > last + 1) buf_char(buf, '.'), buf_add(buf, (Str){text + last + 1, (size_t)(n - last - 1)});
    }
}

/* The fewest of 15 to 17 digits that read back as the value; false where 128 bits do not tell. */
static bool put_digits(Buf *buf, double value)
{
    for (int n = 15; n <= 17; n++) {
        uint64_t digits;
        int power;
        double back = value;
        if (!decimal_of_double(fabs(value), n, &digits, &power) || (n < 17 && !decimal_to_double(digits, power, &back))) return false;
        if (n < 17 && back != fabs(value)) continue;
        put_general(buf, value < 0, digits, n, power);
        return true;
    }
    return false;
}

void buf_number(Buf *buf, double value)
{
    assert(isfinite(value));
    if (value == floor(value) && fabs(value) < 1e15) {
        buf_integer(buf, (int64_t)value);
        return;
    }
    if (put_short_decimal(buf, value) || put_digits(buf, value)) return;
    char text[40];
    locale_t before = enter_c_locale();
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (digits == 17 || strtod(text, NULL) == value) break;
    }
    uselocale(before);
    buf_add_c(buf, text);
}

/* The 15 significant digits of |value| and the power of ten of the first: value = 0.d1d2... * 10^exponent. */
static void significant_digits(double value, char digits[16], int *exponent)
{
    char text[32];                                        /* d.dddddddddddddde+xxx */
    locale_t before = enter_c_locale();
    snprintf(text, sizeof text, "%.14e", fabs(value));
    uselocale(before);
    digits[0] = text[0];
    memcpy(digits + 1, text + 2, 14);
    digits[15] = '\0';
    *exponent = atoi(text + 17) + 1;
}

void buf_fixed(Buf *buf, double value, int decimals)
{
    assert(isfinite(value) && decimals >= 0 && decimals <= 30);
    char digits[16];
    int exponent;
    significant_digits(value, digits, &exponent);
    int kept = exponent + decimals;                       /* digits that stay, of those in `digits` */
    if (value == 0 || kept < 0) {
        memset(digits, '0', 15);
        exponent = 0;
    } else if (kept < 15) {
        bool up = digits[kept] >= '5';
        memset(digits + kept, '0', (size_t)(15 - kept));
        int i = kept - 1;
        while (up && i >= 0 && digits[i] == '9') digits[i--] = '0';
        if (up && i >= 0) digits[i]++;
        if (up && i < 0) {                                /* 9.99 became 10.00, or 0.6 became 1 */
            memmove(digits + 1, digits, 14);
            digits[0] = '1';
            exponent++;
        }
    }
    bool zero = strspn(digits, "0") == 15;
    if (value < 0 && !zero) buf_char(buf, '-');
    if (exponent <= 0) buf_char(buf, '0');
    for (int i = 0; i < exponent; i++) buf_char(buf, i < 15 ? digits[i] : '0');
    if (decimals == 0) return;
    buf_char(buf, '.');
    for (int i = 0; i < decimals; i++) {
        int at = exponent + i;
        buf_char(buf, at >= 0 && at < 15 ? digits[at] : '0');
    }
}

double number_round(double value, int decimals)
{
    Arena *scratch = arena_new();
    Buf buf = buf_new(scratch);
    buf_fixed(&buf, value, decimals);
    double rounded = parse_slowly(buf_str(&buf));
    arena_free(scratch);
    return rounded;
}

Str buf_str(const Buf *buf) { return buf->len ? (Str){buf->data, buf->len} : (Str){"", 0}; }

const char *buf_c(Buf *buf)
{
    *buf_room(buf, 0) = '\0';
    return buf->data;
}
