#include "report/output_template.h"

#include <math.h>
#include <string.h>

#define IS_PLAIN 1000
#define PLAIN(places) (IS_PLAIN + (places))
#define BEYOND(places) (places)

static const struct {
    const char *name;
    int decimals;
    const char *meaning;
} statistics[N_STATISTICS] = {
#define X(id, name, decimals, meaning) [STATISTIC_##id] = {name, decimals, meaning},
    STATISTICS(X)
#undef X
};

const char *statistic_name(Statistic statistic) { return statistics[statistic].name; }
const char *statistic_meaning(Statistic statistic) { return statistics[statistic].meaning; }

int statistic_decimals(Statistic statistic, int data_decimals)
{
    int decimals = statistics[statistic].decimals;
    return decimals >= IS_PLAIN ? decimals - IS_PLAIN : decimals + data_decimals;
}

static bool unknown_statistic(Arena *arena, Str name, uint64_t offered, Error *err)
{
    Str names[N_STATISTICS];
    size_t n = 0;
    Buf list = buf_new(arena);
    for (Statistic s = 0; s < N_STATISTICS; s++)
        if (offered & STATISTIC_BIT(s)) {
            if (n) buf_add_c(&list, ", ");
            buf_add_c(&list, statistics[s].name);
            names[n++] = str_from(statistics[s].name);
        }
    Str near = str_nearest(name, names, n);
    error_set(err, ERROR_INCONSISTENT, "there is no statistic \"" STR_FMT "\" here", STR_ARG(name));
    if (near.len) return error_hint(err, "Did you mean {" STR_FMT "}?", STR_ARG(near));
    return error_hint(err, "Ask for one of: %s.", buf_c(&list));
}

static bool find_statistic(Arena *arena, Str name, uint64_t offered, Statistic *statistic, Error *err)
{
    for (Statistic s = 0; s < N_STATISTICS; s++)
        if ((offered & STATISTIC_BIT(s)) && str_equal(name, str_from(statistics[s].name))) {
            *statistic = s;
            return true;
        }
    return unknown_statistic(arena, name, offered, err);
}

static bool parse_piece(Arena *arena, Str inside, uint64_t offered, TemplatePiece *piece, Error *err)
{
    Str name = inside, decimals;
    piece->decimals = DECIMALS_UNSAID;
    if (str_cut(inside, STR(":"), &name, &decimals)) {
        int64_t places;
        if (!integer_parse(str_trim(decimals), &places) || places < 0 || places > 12) {
            error_set(err, ERROR_MALFORMED, "decimals \"" STR_FMT "\" are not a number from 0 to 12",
                      STR_ARG(decimals));
            return error_hint(err, "Write a statistic and its decimals like {mean:1}.");
        }
        piece->decimals = (int)places;
    }
    return find_statistic(arena, str_trim(name), offered, &piece->statistic, err);
}

bool template_parse(Arena *arena, Str text, uint64_t offered, Template *template, Error *err)
{
    *template = (Template){.text = text};
    size_t capacity = 0;
    for (Str rest = text; rest.len;) {
        ARENA_PUSH_ROOM(arena, template->pieces, template->n, capacity);
        TemplatePiece *piece = &template->pieces[template->n++];
        Str inside, after;
        *piece = (TemplatePiece){0};
        if (!str_cut(rest, STR("{"), &piece->literal, &inside)) {
            *piece = (TemplatePiece){.literal = rest, .is_text = true};
            break;
        }
        if (!str_cut(inside, STR("}"), &inside, &after)) {
            error_set(err, ERROR_MALFORMED, "the brace in \"" STR_FMT "\" is not closed", STR_ARG(text));
            return error_hint(err, "Write a statistic like {n} or {mean:1}.");
        }
        if (!parse_piece(arena, inside, offered, piece, err)) return false;
        template->uses |= STATISTIC_BIT(piece->statistic);
        rest = after;
    }
    return true;
}

FormatRules format_rules_unsaid(void)
{
    FormatRules rules;
    for (size_t s = 0; s < N_STATISTICS; s++)
        rules.of[s] = (FormatRule){
            .decimals = DECIMALS_UNSAID, .below = NAN, .above = NAN, .star = NAN, .zero = DECIMALS_UNSAID};
    return rules;
}

FormatRules format_rules_over(const FormatRules *over, const FormatRules *base)
{
    FormatRules rules = *base;
    for (size_t s = 0; s < N_STATISTICS; s++) {
        const FormatRule *from = &over->of[s];
        FormatRule *to = &rules.of[s];
        if (from->decimals != DECIMALS_UNSAID) to->decimals = from->decimals;
        if (!isnan(from->below)) to->below = from->below;
        if (!isnan(from->above)) to->above = from->above;
        if (!isnan(from->star)) to->star = from->star;
        if (from->zero != DECIMALS_UNSAID) to->zero = from->zero;
    }
    return rules;
}

CellValues cell_values_none(void)
{
    CellValues values;
    for (size_t s = 0; s < N_STATISTICS; s++) values.of[s] = NAN;
    return values;
}

/* "<0.0001", the limit with as many decimals as it needs */
static Str print_limit(Arena *arena, char sign, double limit, bool bare)
{
    int decimals = 0;
    while (decimals < 12 && fabs(number_round(limit, decimals) - limit) > 1e-12) decimals++;
    Buf digits = buf_new(arena), buf = buf_new(arena);
    buf_fixed(&digits, limit, decimals);
    Str text = buf_str(&digits);
    buf_char(&buf, sign);
    buf_add(&buf, bare && str_starts(text, STR("0.")) ? str_slice(text, 1, text.len) : text);
    buf_c(&buf);
    return buf_str(&buf);
}

/* Empty: as the number is. */
static Str printed_by_rule(Arena *arena, const FormatRule *rule, Statistic statistic, double value)
{
    bool is_share = statistic == STATISTIC_PCT;
    if (value < rule->below && !(is_share && value <= 0))
        return print_limit(arena, '<', rule->below, rule->zero == 0);
    if (value > rule->above && !(is_share && value >= 100))
        return print_limit(arena, '>', rule->above, rule->zero == 0);
    return (Str){0};
}

static Str result_name(Arena *arena, Str prefix, Statistic statistic)
{
    if (!prefix.len) return str_from(statistics[statistic].name);
    return str_format(arena, STR_FMT "%s", STR_ARG(prefix), statistics[statistic].name);
}

static void write_piece(Document *document, Table *table, size_t column, const TemplatePiece *piece,
                        Str after, double value, const FormatRule *rule, int data_decimals, Str prefix,
                        const Provenance *from)
{
    Statistic s = piece->statistic;
    int decimals = piece->decimals != DECIMALS_UNSAID  ? piece->decimals
                   : rule->decimals != DECIMALS_UNSAID ? rule->decimals
                                                       : statistic_decimals(s, data_decimals);
    Str printed = printed_by_rule(document->arena, rule, s, value);
    Str suffix = value < rule->star ? str_format(document->arena, "*" STR_FMT, STR_ARG(after)) : after;
    table_cell_number(document, table, column, piece->literal, result_name(document->arena, prefix, s), value,
                      decimals, printed, suffix, from);
}

void template_write(Document *document, Table *table, size_t column, const Template *template,
                    const CellValues *values, const FormatRules *rules, int data_decimals, Str prefix,
                    const Provenance *from)
{
    for (size_t i = 0; i < template->n; i++) {
        const TemplatePiece *piece = &template->pieces[i];
        if (piece->is_text) {
            if (template->n == 1) table_cell_text(table, column, piece->literal);
            continue;
        }
        bool ends = i + 2 == template->n && template->pieces[i + 1].is_text;
        write_piece(document, table, column, piece, ends ? template->pieces[i + 1].literal : (Str){0},
                    values->of[piece->statistic], &rules->of[piece->statistic], data_decimals, prefix, from);
    }
}
