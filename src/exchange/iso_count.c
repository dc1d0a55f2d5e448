#include "exchange/iso_count.h"

#include <math.h>
#include <string.h>

#include "base/time.h"

#define SECONDS_OF_DAY 86400.0

static double two_digits(Str text, size_t i) { return (text.data[i] - '0') * 10 + (text.data[i + 1] - '0'); }

/* Seconds of hh:mm:ss and a fraction. */
static bool clock_seconds(Str text, double *seconds)
{
    if (text.len < 8 || text.data[2] != ':' || text.data[5] != ':') return false;
    for (size_t i = 0; i < 8; i++)
        if (i != 2 && i != 5 && (text.data[i] < '0' || text.data[i] > '9')) return false;
    double fraction = 0;
    if (text.len > 8 && (text.data[8] != '.' || !number_parse(str_slice(text, 6, text.len), &fraction))) return false;
    *seconds = two_digits(text, 0) * 3600 + two_digits(text, 3) * 60 + (text.len > 8 ? fraction : two_digits(text, 6));
    return true;
}

static int64_t epoch_days(void) { return date_days((Date){1960, 1, 1}); }

bool iso_count_parse(TableType type, Str text, double *value)
{
    Date date = {0};
    double seconds = 0;
    if (type == TABLE_TIME) return clock_seconds(text, value);
    if (text.len < 10 || !date_parse(str_slice(text, 0, 10), &date, NULL) || !date_is_full(date)) return false;
    *value = (double)(date_days(date) - epoch_days());
    if (type == TABLE_DATE) return text.len == 10;
    if (text.len < 12 || text.data[10] != 'T' || !clock_seconds(str_slice(text, 11, text.len), &seconds)) return false;
    *value = *value * SECONDS_OF_DAY + seconds;
    return true;
}

static bool put_clock(Buf *buf, double seconds)
{
    int whole = (int)floor(seconds);
    buf_format(buf, "%02d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    if (seconds == whole) return true;
    size_t start = buf->len;
    buf_fixed(buf, seconds - whole, 6);                        /* "0.250000" */
    memmove(buf->data + start, buf->data + start + 1, buf->len - start - 1);
    for (buf->len--; buf->data[buf->len - 1] == '0';) buf->len--;
    double back;
    return number_parse((Str){buf->data + start, buf->len - start}, &back) && back == seconds - whole;
}

bool iso_count_put(Buf *buf, TableType type, double value)
{
    double days = type == TABLE_DATE ? value : floor(value / SECONDS_OF_DAY), seconds = value - days * SECONDS_OF_DAY;
    if (type == TABLE_TIME) return value >= 0 && value < 100 * 3600 && put_clock(buf, value);
    if (days != floor(days) || days < -137774 || days > 2936547) return false;       /* years 1582 to 9999 */
    Date date = date_from_days((int64_t)days + epoch_days());
    buf_format(buf, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (type == TABLE_DATE) return true;
    buf_char(buf, 'T');
    return put_clock(buf, seconds);
}
