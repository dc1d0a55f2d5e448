#include "trial/mapping_undo.h"

#include <math.h>

static bool undo_value(const Codelist *values, Str *text)
{
    for (size_t i = 0; values && i < values->n; i++)
        if (str_equal(values->labels[i], *text)) {
            *text = values->codes[i];
            return true;
        }
    return false;
}

static Str undo_number(Arena *arena, const MapColumn *column, Str text)
{
    double number;
    bool is_computed = !isnan(column->factor) || !isnan(column->plus);
    if (is_computed && number_parse(text, &number)) {
        if (!isnan(column->plus)) number -= column->plus;
        if (!isnan(column->factor) && column->factor != 0) number /= column->factor;
        text = str_format(arena, "%.15g", number);
    }
    if (!column->decimal_comma) return text;
    char *comma = arena_copy(arena, text.data, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (comma[i] == '.') comma[i] = ',';
    return (Str){comma, text.len};
}

static Str undo_date(Arena *arena, MapDate form, Str text)
{
    Date date;
    Error ignored = {0};
    if (form == MAP_DATE_YMD || !date_parse(text, &date, &ignored) || !date_is_full(date)) return text;
    if (form == MAP_DATE_DMY) return str_format(arena, "%02d-%02d-%04d", date.day, date.month, date.year);
    return str_format(arena, "%02d-%02d-%04d", date.month, date.day, date.year);
}

Str mapping_undo(Arena *arena, const MapColumn *column, Str ours)
{
    Str text = ours;
    if (undo_value(column->values.list, &text)) return text;
    if (column->date) return undo_date(arena, column->date, text);
    return undo_number(arena, column, text);
}

static Str code_of(const Codelist *missing, MissingReason reason)
{
    for (size_t i = 0; missing && i < missing->n; i++)
        if (str_equal(missing->labels[i], str_from(missing_word(reason)))) return missing->codes[i];
    return STR("");
}

Str mapping_undo_missing(const Mapping *mapping, const MapColumn *column, MissingReason reason)
{
    if (reason == MISSING_UNSTATED) return STR("");
    Str code = code_of(column->missing.list, reason);
    return code.len ? code : code_of(mapping->missing.list, reason);
}
