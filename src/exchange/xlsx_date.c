/* Excel's dates are days since the end of 1899 (or the beginning of 1904) with the time as a fraction. 1900 counts as a
 * leap year, which it was not: from March 1900 on a number is one more than it should be (ECMA-376 part 1, 18.17.4.1). */
#include <math.h>

#include "base/time.h"
#include "exchange/iso_count.h"
#include "exchange/xlsx_inside.h"

#define MS_OF_DAY 86400000.0
#define LAST_DAY  2958465.0           /* 9999-12-31 in the system of 1900 */

/* Letters of a code outside quotes, brackets and escapes, up to its second section, tell what it shows. */
XlsxKind xlsx_kind_of_code(Str code)
{
    bool has_day = false, has_month = false, has_clock = false, is_elapsed = false;
    if (str_equal_fold(str_slice(code, 0, 7), STR("general"))) return XLSX_PLAIN;
    for (size_t i = 0; i < code.len && code.data[i] != ';'; i++) {
        char c = code.data[i], low = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        if (c == '\\' || c == '_' || c == '*') i++;
        else if (c == '"') {
            for (i++; i < code.len && code.data[i] != '"';) i++;
        } else if (c == '[') {
            Str rest = str_slice(code, i + 1, code.len), inside, after;
            if (!str_cut(rest, STR("]"), &inside, &after)) return XLSX_PLAIN;
            low = inside.len ? (char)(inside.data[0] | 32) : ' ';
            bool same = true;
            for (size_t k = 0; k < inside.len; k++) same &= (inside.data[k] | 32) == low;
            if (same && (low == 'h' || low == 'm' || low == 's')) is_elapsed = true;
            i += inside.len + 1;
        } else if (low == 'y' || low == 'd') has_day = true;
        else if (low == 'h' || low == 's') has_clock = true;
        else if (low == 'm') has_month = true;
        else if (low == 'a' && str_equal_fold(str_slice(code, i, i + 5), STR("am/pm"))) has_clock = true, i += 4;
        else if (low == '0' || low == '#' || low == '?' || low == '@') {
            if (!has_clock && !is_elapsed) return XLSX_PLAIN;           /* "ss.00" has digits too */
        }
    }
    if (is_elapsed) return XLSX_ELAPSED;
    if (has_day || (has_month && !has_clock)) return has_clock ? XLSX_DATETIME : XLSX_DATE;
    return has_clock ? XLSX_TIME : XLSX_PLAIN;
}

XlsxKind xlsx_kind_of_number(int64_t number)
{
    static const struct {
        int from, to;
        XlsxKind kind;
    } KINDS[] = {{14, 17, XLSX_DATE}, {18, 21, XLSX_TIME}, {22, 22, XLSX_DATETIME}, {27, 31, XLSX_DATE}, {32, 35, XLSX_TIME},
                 {36, 36, XLSX_DATE}, {45, 45, XLSX_TIME}, {46, 46, XLSX_ELAPSED}, {47, 47, XLSX_TIME}, {50, 58, XLSX_DATE}};
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (number >= KINDS[i].from && number <= KINDS[i].to) return KINDS[i].kind;
    return XLSX_PLAIN;
}

/* The day, as date_days counts, and the milliseconds of it. */
static bool split(double number, bool since_1904, int64_t *days, double *ms)
{
    if (!(number >= 0) || number > LAST_DAY + 1) return false;
    double all = floor(number * MS_OF_DAY + 0.5), day = floor(all / MS_OF_DAY);
    *ms = all - day * MS_OF_DAY;
    if (!since_1904 && (day < 1 || day == 60)) return false;
    Date base = since_1904 ? (Date){1904, 1, 1} : day < 60 ? (Date){1899, 12, 31} : (Date){1899, 12, 30};
    *days = (int64_t)day + date_days(base);
    return day <= LAST_DAY - (since_1904 ? 1462 : 0);
}

bool xlsx_date_type(double number, XlsxKind kind, bool since_1904, TableType *type)
{
    int64_t days;
    double ms;
    *type = TABLE_TIME;
    if (kind == XLSX_ELAPSED || (kind != XLSX_DATE && number < 1)) return number >= 0 && number < 100.0 / 24;
    if (!split(number, since_1904, &days, &ms)) return false;
    *type = kind == XLSX_DATE && ms == 0 ? TABLE_DATE : TABLE_DATETIME;
    return true;
}

bool xlsx_date_put(Buf *buf, double number, XlsxKind kind, bool since_1904)
{
    TableType type;
    int64_t days = 0;
    double ms = 0;
    if (!xlsx_date_type(number, kind, since_1904, &type)) return false;
    if (type == TABLE_TIME) ms = floor(number * MS_OF_DAY + 0.5);
    else split(number, since_1904, &days, &ms);
    if (type != TABLE_TIME) {
        Date date = date_from_days(days);
        buf_format(buf, "%04d-%02d-%02d", date.year, date.month, date.day);
    }
    if (type == TABLE_DATE) return true;
    if (type == TABLE_DATETIME) buf_char(buf, 'T');
    int all = (int)ms;
    buf_format(buf, "%02d:%02d:%02d", all / 3600000, all / 60000 % 60, all / 1000 % 60);
    if (all % 1000 == 0) return true;
    buf_format(buf, ".%03d", all % 1000);
    while (buf->data[buf->len - 1] == '0') buf->len--;
    return true;
}

bool xlsx_date_number(Arena *scratch, TableType type, Str text, double *number)
{
    static const XlsxKind KINDS[] = {[TABLE_DATE] = XLSX_DATE, [TABLE_TIME] = XLSX_ELAPSED, [TABLE_DATETIME] = XLSX_DATETIME};
    double count;
    Buf buf = buf_new(scratch);
    if (!iso_count_parse(type, text, &count)) return false;
    double days = (double)(date_days((Date){1960, 1, 1}) - date_days((Date){1899, 12, 30}));
    *number = type == TABLE_TIME ? count / 86400 : type == TABLE_DATE ? count + days : count / 86400 + days;
    if (type != TABLE_TIME && *number < 61) return false;
    return xlsx_date_put(&buf, *number, KINDS[type], false) && str_equal(buf_str(&buf), text);
}
