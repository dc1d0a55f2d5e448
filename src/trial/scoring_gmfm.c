/* GMFM-88 and GMFM-66 of a sheet: the same 88 columns, read once. */
#include "base/file.h"
#include "instrument/gmfm66.h"
#include "trial/scoring_sheet.h"

#define MAX_PARAMETER_BYTES ((size_t)1 << 20)

typedef struct {
    Str prefix;
    size_t columns[GMFM_N_ITEMS];     /* of item n at n - 1, or NO_COLUMN */
    size_t aided;
    Gmfm88Record record;              /* goals are set once, the rest per row */
    Gmfm66Parameters parameters;
    Gmfm66Method method;
    bool is_aided, is_lower_bound;    /* some row was */
} Gmfm;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Does a column claim to be an item: the prefix and then digits, no more? After a prefix that has letters the first digit
 * is claim enough, so that a slip such as G1l is found. */
static bool claims_item(Str name, Str prefix, Str *digits)
{
    if (name.len <= prefix.len || !str_equal_fold(str_slice(name, 0, prefix.len), prefix)) return false;
    *digits = str_slice(name, prefix.len, name.len);
    if (prefix.len) return is_digit(digits->data[0]);
    for (size_t i = 0; i < digits->len; i++)
        if (!is_digit(digits->data[i])) return false;
    return true;
}

static bool take_item(Sheet *sheet, size_t column, Str digits, Error *err)
{
    Gmfm *gmfm = sheet->state;
    int64_t number;
    if (!is_digit(digits.data[digits.len - 1]) || !integer_parse(digits, &number) || number < 1 || number > GMFM_N_ITEMS) {
        error_set(err, ERROR_INCONSISTENT, "the GMFM has no item \"" STR_FMT "\"", STR_ARG(sheet->names[column]));
        error_hint(err, "Items are " STR_FMT "%s1 to " STR_FMT "88; rename a column that is something else.", STR_ARG(gmfm->prefix),
                   gmfm->prefix.len ? "0" : "", STR_ARG(gmfm->prefix));
        return sheet_blame(sheet, column, err);
    }
    size_t *place = &gmfm->columns[number - 1];
    if (*place != NO_COLUMN) {
        error_set(err, ERROR_INCONSISTENT, "item %d stands twice, also as \"" STR_FMT "\"", (int)number, STR_ARG(sheet->names[*place]));
        error_hint(err, "Keep one of the two columns; items with aids are a row of their own.");
        return sheet_blame(sheet, column, err);
    }
    *place = column;
    sheet->is_item[column] = true;
    return true;
}

/* "1 to 17, 20" */
static Str absent_items(const Sheet *sheet, const Gmfm *gmfm)
{
    Buf buf = buf_new(sheet->arena);
    for (int first = 1; first <= GMFM_N_ITEMS; first++) {
        int last = first;
        if (gmfm->columns[first - 1] != NO_COLUMN) continue;
        while (last < GMFM_N_ITEMS && gmfm->columns[last] == NO_COLUMN) last++;
        buf_format(&buf, "%s%d", buf.len ? ", " : "", first);
        if (last > first) buf_format(&buf, " to %d", last);
        first = last;
    }
    return buf_str(&buf);
}

static bool find_items(Sheet *sheet, Error *err)
{
    Gmfm *gmfm = sheet->state;
    size_t n = 0;
    for (size_t i = 0; i < sheet->n_names; i++) {
        Str digits;
        if (!claims_item(sheet->names[i], gmfm->prefix, &digits)) continue;
        if (!take_item(sheet, i, digits, err)) return false;
        n++;
    }
    gmfm->aided = sheet_find(sheet, STR("AIDED"));
    if (n) return true;
    error_set(err, ERROR_INCONSISTENT, "no column holds an item");
    error_hint(err, "Items are looked for as " STR_FMT "%s1 to " STR_FMT "88; --prefix names another beginning, --prefix '' bare numbers.",
               STR_ARG(gmfm->prefix), gmfm->prefix.len ? "0" : "", STR_ARG(gmfm->prefix));
    return error_in(err, "line 1");
}

static bool read_aided(const Sheet *sheet, const Gmfm *gmfm, bool *aided, Error *err)
{
    static const struct {
        const char *word;
        bool aided;
    } WORDS[] = {{"", false}, {"N", false}, {"no", false}, {"0", false}, {"Y", true}, {"yes", true}, {"1", true}};
    Str cell;
    if (!sheet_cell(sheet, gmfm->aided, &cell, err)) return false;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (!str_equal_fold(cell, str_from(WORDS[i].word))) continue;
        *aided = WORDS[i].aided || sheet->request->given[SCORING_AIDED];
        return true;
    }
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" does not say whether aids were used", STR_ARG(cell));
    error_hint(err, "Write Y or N; a blank cell is N.");
    return sheet_blame(sheet, gmfm->aided, err);
}

static bool read_record(const Sheet *sheet, Gmfm *gmfm, Error *err)
{
    if (!read_aided(sheet, gmfm, &gmfm->record.aided, err)) return false;
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        Str cell;
        if (!sheet_cell(sheet, gmfm->columns[i], &cell, err)) return false;
        if (!gmfm_parse_response(cell, &gmfm->record.responses[i], err)) return sheet_blame(sheet, gmfm->columns[i], err);
    }
    return true;
}

static Gmfm *new_state(Sheet *sheet)
{
    Gmfm *gmfm = ARENA_NEW(sheet->arena, Gmfm);
    gmfm->prefix = sheet->request->given[SCORING_PREFIX] ? str_trim(sheet->request->value[SCORING_PREFIX]) : STR("G");
    for (int i = 0; i < GMFM_N_ITEMS; i++) gmfm->columns[i] = NO_COLUMN;
    sheet->state = gmfm;
    return gmfm;
}

static bool load_gmfm88(Sheet *sheet, Error *err)
{
    Gmfm *gmfm = new_state(sheet);
    Str goals = sheet->request->value[SCORING_GOALS];
    for (size_t i = 0; i < goals.len; i++) {
        char letter = goals.data[i] >= 'a' ? (char)(goals.data[i] - 'a' + 'A') : goals.data[i];
        if (letter >= 'A' && letter < 'A' + GMFM_N_DIMENSIONS) {
            gmfm->record.goals[letter - 'A'] = true;
            continue;
        }
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" names no goal dimensions", STR_ARG(goals));
        return error_hint(err, "Write their letters, A to E, together: --goals DE.");
    }
    return true;
}

static bool prepare_gmfm88(Sheet *sheet, Error *err)
{
    Gmfm *gmfm = sheet->state;
    if (!find_items(sheet, err)) return false;
    sheet_note(sheet, STR("Each dimension in per cent of its greatest sum; the total is the mean of the five."));
    Str absent = absent_items(sheet, gmfm);
    if (!absent.len) return true;
    sheet_note(sheet, str_format(sheet->arena, "The file has no column for items " STR_FMT ": they count as not tested.",
                                 STR_ARG(absent)));
    return true;
}

enum { N_TESTED, N_NOT_TESTED, FIRST_DIMENSION, TOTAL = FIRST_DIMENSION + GMFM_N_DIMENSIONS, UPPER, GOAL };

static const ScoreColumn COLUMNS_88[] = {
    [N_TESTED] = {"N_TESTED", "Tested", "", COLUMN_INTEGER, 0},
    [N_NOT_TESTED] = {"N_NT", "NT", "", COLUMN_INTEGER, 0},
    [FIRST_DIMENSION] = {"GMFMA", "A", "%", COLUMN_NUMBER, 2},
    {"GMFMB", "B", "%", COLUMN_NUMBER, 2},
    {"GMFMC", "C", "%", COLUMN_NUMBER, 2},
    {"GMFMD", "D", "%", COLUMN_NUMBER, 2},
    {"GMFME", "E", "%", COLUMN_NUMBER, 2},
    [TOTAL] = {"GMFM88", "Total", "%", COLUMN_NUMBER, 2},
    [UPPER] = {"GMFM88_MOST", "At most", "%", COLUMN_NUMBER, 2},
    [GOAL] = {"GMFM88_GOAL", "Goal total", "%", COLUMN_NUMBER, 2},
};

static bool score_gmfm88(Sheet *sheet, Error *err)
{
    Gmfm *gmfm = sheet->state;
    Gmfm88Score score;
    if (!read_record(sheet, gmfm, err) || !gmfm88_score(&gmfm->record, &score, err)) return false;
    sheet_put(sheet, N_TESTED, GMFM_N_ITEMS - score.n_not_tested_total);
    sheet_put(sheet, N_NOT_TESTED, score.n_not_tested_total);
    for (size_t d = 0; d < GMFM_N_DIMENSIONS; d++) sheet_put(sheet, FIRST_DIMENSION + d, score.percent[d]);
    sheet_put(sheet, TOTAL, score.total);
    sheet_put(sheet, UPPER, score.upper_bound);
    if (score.has_goal_total) sheet_put(sheet, GOAL, score.goal_total);
    if (score.is_lower_bound) sheet_remark(sheet, STR("lower bound"));
    if (score.aided) sheet_remark(sheet, STR("with aids"));
    gmfm->is_lower_bound = gmfm->is_lower_bound || score.is_lower_bound;
    gmfm->is_aided = gmfm->is_aided || score.aided;
    return true;
}

static void conclude_gmfm88(Sheet *sheet)
{
    const Gmfm *gmfm = sheet->state;
    if (gmfm->is_lower_bound)
        sheet_note(sheet, STR("Lower bound: an item not tested counts 0. "
                              "\"At most\" is the total had each been passed fully."));
    if (gmfm->is_aided)
        sheet_note(sheet, STR("Items with aids or orthoses are a second, separate summary: never compare them with unaided ones."));
    sheet_note(sheet, str_format(sheet->arena,
                                 "Two totals of a child that differ by less than %.2f may differ by measurement error alone "
                                 "(1.96 sqrt(2) SEM, SEM %.2f in one sample of 84 children, PMID 23139425).",
                                 gmfm88_minimal_detectable_change(GMFM88_SEM), GMFM88_SEM));
}

const Scorer scorer_gmfm88 = {
    .id = "gmfm-88",
    .title = "GMFM-88",
    .instrument = &instrument_gmfm88,
    .options = 1u << SCORING_PREFIX | 1u << SCORING_AIDED | 1u << SCORING_GOALS,
    .n_columns = sizeof COLUMNS_88 / sizeof COLUMNS_88[0],
    .columns = COLUMNS_88,
    .load = load_gmfm88,
    .prepare = prepare_gmfm88,
    .score = score_gmfm88,
    .conclude = conclude_gmfm88,
};

static bool load_parameters(Sheet *sheet, Gmfm *gmfm, Error *err)
{
    Str path = sheet->request->value[SCORING_PARAMETERS], text;
    if (!path.len) {
        error_set(err, ERROR_USAGE, "the GMFM-66 cannot be scored without its item parameters");
        return error_hint(err, "Give them with --parameters FILE.csv (docs/methods/gmfm.md shows the form); "
                               "they are the publisher's and not shipped.");
    }
    if (!file_read(sheet->arena, path, MAX_PARAMETER_BYTES, &text, err)) return false;
    return gmfm66_parse_parameters(text, &gmfm->parameters, err) || error_in(err, STR_FMT, STR_ARG(file_name(path)));
}

static bool load_gmfm66(Sheet *sheet, Error *err)
{
    Gmfm *gmfm = new_state(sheet);
    Str estimator = sheet->request->given[SCORING_ESTIMATOR] ? sheet->request->value[SCORING_ESTIMATOR] : STR("ml");
    gmfm->method = str_equal_fold(estimator, STR("wle")) ? GMFM66_WLE : GMFM66_ML;
    if (gmfm->method == GMFM66_ML && !str_equal_fold(estimator, STR("ml"))) {
        error_set(err, ERROR_USAGE, "there is no estimator \"" STR_FMT "\"", STR_ARG(estimator));
        return error_hint(err, "Write ml (maximum likelihood) or wle (Warm's weighted likelihood).");
    }
    if (sheet->request->given[SCORING_AIDED]) {
        error_set(err, ERROR_INCONSISTENT, "items tried with aids or orthoses have no GMFM-66 score");
        return error_hint(err, "Score the unaided record; aided items have a GMFM-88 summary of their own.");
    }
    return load_parameters(sheet, gmfm, err);
}

static bool prepare_gmfm66(Sheet *sheet, Error *err)
{
    const Gmfm *gmfm = sheet->state;
    int n = 0;
    if (!find_items(sheet, err)) return false;
    for (int number = 1; number <= GMFM_N_ITEMS; number++) n += gmfm_item(number).in_66 && gmfm->columns[number - 1] != NO_COLUMN;
    sheet_note(sheet, str_format(sheet->arena, "Partial-credit model, %s; parameters of %d items: " STR_FMT ".",
                                 gmfm->method == GMFM66_WLE ? "weighted likelihood (Warm)" : "maximum likelihood", gmfm->parameters.n_items,
                                 STR_ARG(gmfm->parameters.source)));
    sheet_note(sheet, str_format(sheet->arena, "An item not tested is missing, not 0. The file has columns for %d of the 66 items.", n));
    sheet_note(sheet, STR("Not compared with the publisher's scoring program: do not mix scores of the two within a child."));
    return true;
}

enum { N_SCORED, SCORE, SE, LOW, HIGH };

static const ScoreColumn COLUMNS_66[] = {
    [N_SCORED] = {"N_ITEMS", "Items", "", COLUMN_INTEGER, 0},
    [SCORE] = {"GMFM66", "Score", "points", COLUMN_NUMBER, 2},
    [SE] = {"GMFM66SE", "SE", "", COLUMN_NUMBER, 2},
    [LOW] = {"GMFM66LOW", "95 % from", "", COLUMN_NUMBER, 2},
    [HIGH] = {"GMFM66HIGH", "95 % to", "", COLUMN_NUMBER, 2},
};

static bool score_gmfm66(Sheet *sheet, Error *err)
{
    Gmfm *gmfm = sheet->state;
    Gmfm66Score score;
    if (!read_record(sheet, gmfm, err)) return false;
    if (!gmfm66_score(&gmfm->record, &gmfm->parameters, gmfm->method, &score, err))
        return sheet_blame(sheet, gmfm->record.aided ? gmfm->aided : NO_COLUMN, err);
    sheet_put(sheet, N_SCORED, score.n_items);
    sheet_put(sheet, SCORE, score.score);
    sheet_put(sheet, SE, score.se);
    sheet_put(sheet, LOW, score.ci_low);
    sheet_put(sheet, HIGH, score.ci_high);
    if (score.is_extreme) sheet_remark(sheet, STR("at the end of the scale, the interval is no more than a guess"));
    return true;
}

const Scorer scorer_gmfm66 = {
    .id = "gmfm-66",
    .title = "GMFM-66",
    .instrument = &instrument_gmfm66,
    .options = 1u << SCORING_PREFIX | 1u << SCORING_AIDED | 1u << SCORING_PARAMETERS | 1u << SCORING_ESTIMATOR,
    .n_columns = sizeof COLUMNS_66 / sizeof COLUMNS_66[0],
    .columns = COLUMNS_66,
    .load = load_gmfm66,
    .prepare = prepare_gmfm66,
    .score = score_gmfm66,
};
