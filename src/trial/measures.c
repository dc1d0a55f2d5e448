#include "trial/measures.h"

#include <stdio.h>
#include <stdlib.h>

#include "instrument/ashworth.h"
#include "instrument/gmfm88.h"
#include "instrument/motor_growth.h"
#include "trial/form_frame.h"

enum {
    SUBJID,
    PARAMCD,
    PARAM,
    UNIT,
    AVISIT,
    AVISITN,
    ADT,
    ADY,
    AVAL,
    AVALC,
    BASE,
    CHG,
    EXPECTED,
    EXCESS,
    ANL01FL,
    ABLFL,
    PARCAT1,
    N_COLUMNS
};

static const struct {
    const char *name, *label;
    ColumnType type;
} COLUMNS[N_COLUMNS] = {
    [SUBJID] = {"SUBJID", "Subject", COLUMN_TEXT},
    [PARAMCD] = {"PARAMCD", "Parameter code", COLUMN_TEXT},
    [PARAM] = {"PARAM", "Parameter", COLUMN_TEXT},
    [UNIT] = {"UNIT", "Unit", COLUMN_TEXT},
    [AVISIT] = {"AVISIT", "Visit", COLUMN_TEXT},
    [AVISITN] = {"AVISITN", "Visit number", COLUMN_INTEGER},
    [ADT] = {"ADT", "Date", COLUMN_DATE},
    [ADY] = {"ADY", "Days since the first dose", COLUMN_INTEGER},
    [AVAL] = {"AVAL", "Value", COLUMN_NUMBER},
    [AVALC] = {"AVALC", "Value as a code", COLUMN_TEXT},
    [BASE] = {"BASE", "Baseline", COLUMN_NUMBER},
    [CHG] = {"CHG", "Change from baseline", COLUMN_NUMBER},
    [EXPECTED] = {"EXPECTED", "Change expected from growth", COLUMN_NUMBER},
    [EXCESS] = {"EXCESS", "Change beyond growth", COLUMN_NUMBER},
    [ANL01FL] = {"ANL01FL", "Analysed", COLUMN_TEXT},
    [ABLFL] = {"ABLFL", "Baseline", COLUMN_TEXT},
    [PARCAT1] = {"PARCAT1", "Instrument", COLUMN_TEXT},
};

typedef struct {
    Arena *arena;
    const Protocol *protocol;
    const Frame *subjects;
    const Str *first_dose;
    Map subject_rows; /* SUBJID -> row of subjects */
    Str instrument;   /* whose scores are added */
    Frame *frame;
} Measures;

/* One value, or none: AVAL is missing for `reason`. */
typedef struct {
    const char *code;
    Str param;
    Str unit;
    double value;
    MissingReason missing;
    Str text; /* AVALC; may be empty */
} Score;

static void put_text(Frame *frame, size_t row, size_t column, Str text)
{
    if (text.len) frame_set_text(frame, row, column, text);
}

/* A row for one filled form; the numbers that compare rows come later. */
static void add_score(Measures *m, const Frame *form, size_t from, const Score *score)
{
    Frame *frame = m->frame;
    size_t row = frame_add_row(frame);
    const Visit *visit = protocol_visit(m->protocol, form->columns[FORM_FRAME_VISIT].texts[from]);
    Str date = form->columns[FORM_FRAME_DATE].texts[from],
        subject = form->columns[FORM_FRAME_SUBJID].texts[from];
    MapEntry *entry = map_get(&m->subject_rows, subject);
    Str first_dose = entry ? m->first_dose[entry->index] : STR("");
    Date on, dosed;
    Error ignored = {0};
    frame_set_text(frame, row, SUBJID, subject);
    frame_set_text(frame, row, PARAMCD, str_copy(m->arena, str_from(score->code)));
    put_text(frame, row, PARAM, score->param);
    put_text(frame, row, UNIT, score->unit);
    put_text(frame, row, AVISIT, form->columns[FORM_FRAME_VISIT].texts[from]);
    if (visit) frame_set_number(frame, row, AVISITN, visit->order);
    put_text(frame, row, ADT, date);
    if (first_dose.len && date_parse(date, &on, &ignored) && date_parse(first_dose, &dosed, &ignored))
        frame_set_number(frame, row, ADY, (double)(date_days(on) - date_days(dosed)));
    if (score->missing)
        frame_set_missing(frame, row, AVAL, score->missing);
    else
        frame_set_number(frame, row, AVAL, score->value);
    put_text(frame, row, AVALC, score->text);
    put_text(frame, row, PARCAT1, m->instrument);
    if (!score->missing && (!visit || visit->kind != VISIT_UNSCHEDULED))
        frame_set_text(frame, row, ANL01FL, STR("Y"));
}

static bool is_at_visit(const InstrumentUse *use, Str visit)
{
    for (size_t i = 0; i < use->visits.n; i++)
        if (str_equal(use->visits.items[i], visit)) return true;
    return use->visits.n == 0;
}

static MissingReason cell_missing(const Column *column, size_t row)
{
    return column ? (MissingReason)column->missing[row] : MISSING_UNSTATED;
}

/* --- scoring one form --- */

/* The type of an item is the protocol's to say; what a score can read is not. */
static bool need_numbers(const Column *column, bool wanted, Error *err)
{
    if (!column || column_is_number(column) == wanted) return true;
    error_set(err, ERROR_INCONSISTENT, "the item \"" STR_FMT "\" is %s, and the score reads %s",
              STR_ARG(column->name), column_type_name(column->type), wanted ? "numbers" : "codes");
    return error_hint(err, "Correct the item's type, or the instrument's items, in the protocol.");
}

static bool score_gmfm88(Measures *m, const InstrumentUse *use, const Frame *form, size_t row, Error *err)
{
    static const char *const CODES[] = {"GMFMA", "GMFMB", "GMFMC", "GMFMD", "GMFME"};
    Gmfm88Record record = {.aided = use->aids == AIDS_AIDED};
    Gmfm88Score total;
    Error untested = {0};
    for (int number = 1; number <= GMFM_N_ITEMS; number++) {
        char name[32];
        snprintf(name, sizeof name, STR_FMT "%02d", STR_ARG(use->prefix.len ? use->prefix : STR("G")),
                 number);
        const Column *column = frame_column(form, str_from(name));
        bool is_missing = !column || column->missing[row];
        if (!need_numbers(column, true, err)) return false;
        if (!gmfm_response(is_missing ? 0 : column->numbers[row], is_missing, &record.responses[number - 1],
                           err))
            return false;
    }
    bool scored = gmfm88_score(&record, &total, &untested);
    if (!scored && untested.code != ERROR_DEGENERATE) {
        *err = untested;
        return false;
    }
    MissingReason missing = scored ? MISSING_NOT : MISSING_NOT_DONE;
    add_score(m, form, row,
              &(Score){"GMFM88", STR("GMFM-88 total"), STR("%"), scored ? total.total : 0, missing, STR("")});
    for (int d = 0; d < GMFM_N_DIMENSIONS; d++) {
        const char *name = instrument_gmfm88.sections[d].name;
        Str param = str_format(m->arena, "GMFM-88 %c: %s", 'A' + d, name);
        add_score(m, form, row,
                  &(Score){CODES[d], param, STR("%"), scored ? total.percent[d] : 0, missing, STR("")});
    }
    return true;
}

static bool score_number(Measures *m, const char *code, Str param, const Frame *form, Str item, size_t row)
{
    const Column *column = frame_column(form, item);
    double value = 0;
    if (!column) return true;
    bool is_number = column_is_number(column);
    MissingReason missing = cell_missing(column, row);
    if (!missing &&
        !(is_number ? (value = column->numbers[row], true) : number_parse(column->texts[row], &value)))
        missing = MISSING_NOT_APPLICABLE;
    add_score(m, form, row,
              &(Score){code, param.len ? param : column->label, column->unit, value, missing,
                       is_number ? STR("") : column->texts[row]});
    return true;
}

static bool score_gmfm66(Measures *m, const InstrumentUse *use, const Frame *form, size_t row, Error *err)
{
    (void)err;
    Str item = use->items.n ? use->items.items[0] : STR("GMFM66");
    return score_number(m, "GMFM66", STR("GMFM-66 score"), form, item, row) &&
           score_number(m, "GMFM66SE", STR("GMFM-66 standard error"), form, STR("GMFM66SE"), row);
}

static bool score_percentile(Measures *m, const InstrumentUse *use, const Frame *form, size_t row, Error *err)
{
    (void)err;
    return score_number(m, "GMFM66P", STR("GMFM-66 percentile"), form,
                        use->items.n ? use->items.items[0] : STR("GMFM66P"), row);
}

static bool score_ashworth(Measures *m, const InstrumentUse *use, const Frame *form, size_t row, Error *err)
{
    int *ranks = ARENA_ARRAY(m->arena, int, use->items.n + 1);
    AshworthComposite mean;
    Error unrated = {0};
    for (size_t i = 0; i < use->items.n; i++) {
        const Column *column = frame_column(form, use->items.items[i]);
        MissingReason missing = cell_missing(column, row);
        ranks[i] = -1;
        if (!need_numbers(column, false, err)) return false;
        if (!missing && !ashworth_parse(column->texts[row], &ranks[i], err))
            return error_in(err, "item \"" STR_FMT "\"", STR_ARG(column->name));
        Str code = str_format(m->arena, "MAS_" STR_FMT, STR_ARG(use->items.items[i]));
        Str text = missing ? STR("") : column->texts[row];
        Str label = str_format(m->arena, "Modified Ashworth: " STR_FMT,
                               STR_ARG(column ? column->label : use->items.items[i]));
        add_score(m, form, row, &(Score){code.data, label, STR("rank"), ranks[i], missing, text});
    }
    bool rated = ashworth_composite(ranks, use->items.n, ASHWORTH_RANK, &mean, &unrated);
    add_score(m, form, row,
              &(Score){"MASMEAN", STR("Modified Ashworth: mean rank"), STR("rank"), rated ? mean.mean : 0,
                       rated ? MISSING_NOT : MISSING_NOT_DONE, STR("")});
    return true;
}

static bool score_items(Measures *m, const InstrumentUse *use, const Frame *form, size_t row, Error *err)
{
    for (size_t i = 0; i < use->items.n; i++) {
        Str item = use->items.items[i];
        const Column *column = frame_column(form, item);
        bool is_level = use->instrument == INSTRUMENT_GMFCS && column && !column_is_number(column) &&
                        !column->missing[row];
        int level = 0;
        if (is_level) {
            if (!gmfcs_parse(column->texts[row], &level, err)) return false;
            add_score(m, form, row,
                      &(Score){"GMFCS", column->label, STR("level"), level, MISSING_NOT, column->texts[row]});
        } else {
            score_number(m, str_c(m->arena, item), STR(""), form, item, row);
        }
    }
    return true;
}

typedef bool (*Scorer)(Measures *m, const InstrumentUse *use, const Frame *form, size_t row, Error *err);

static Scorer scorer_of(InstrumentName name)
{
    static const struct {
        InstrumentName name;
        Scorer score;
    } SCORERS[] = {
        {INSTRUMENT_GMFM_88, score_gmfm88},
        {INSTRUMENT_GMFM_66, score_gmfm66},
        {INSTRUMENT_GMFM_66_PERCENTILE, score_percentile},
        {INSTRUMENT_MODIFIED_ASHWORTH, score_ashworth},
    };
    for (size_t i = 0; i < sizeof SCORERS / sizeof SCORERS[0]; i++)
        if (SCORERS[i].name == name) return SCORERS[i].score;
    return score_items;
}

static bool score_instrument(Measures *m, const InstrumentUse *use, const Frame *form, Error *err)
{
    Scorer score = scorer_of(use->instrument);
    m->instrument = use->id;
    for (size_t row = 0; row < form->n_rows; row++) {
        if (!is_at_visit(use, form->columns[FORM_FRAME_VISIT].texts[row])) continue;
        if (!score(m, use, form, row, err))
            return error_in(err, "instrument \"" STR_FMT "\", subject \"" STR_FMT "\", visit \"" STR_FMT "\"",
                            STR_ARG(use->id), STR_ARG(form->columns[FORM_FRAME_SUBJID].texts[row]),
                            STR_ARG(form->columns[FORM_FRAME_VISIT].texts[row]));
    }
    return true;
}

/* --- baseline and change --- */

static bool is_before_treatment(const Measures *m, size_t row)
{
    const Frame *frame = m->frame;
    if (!frame->columns[ADY].missing[row]) return frame->columns[ADY].numbers[row] <= 0;
    MapEntry *entry = map_get(&m->subject_rows, frame->columns[SUBJID].texts[row]);
    if (entry && m->first_dose[entry->index].len) return false;
    const Visit *visit = protocol_visit(m->protocol, frame->columns[AVISIT].texts[row]);
    return visit && visit->day != INTEGER_ABSENT && visit->day <= 0;
}

/* Years at a date, from the screening item BIRTH. */
static bool age_on(const Measures *m, size_t subject, Str date, double *years)
{
    const Column *birth = frame_column(m->subjects, STR("BIRTH"));
    Date born, on;
    Error ignored = {0};
    if (!birth || column_is_number(birth) || birth->missing[subject] ||
        !date_parse(birth->texts[subject], &born, &ignored) || !date_parse(date, &on, &ignored) ||
        !date_is_full(born) || !date_is_full(on))
        return false;
    *years = date_age_exact(born, on);
    return true;
}

static const GrowthReference *growth_reference(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        if (protocol->analyses.items[i].natural_change == NATURAL_CHANGE_SHANGHAI) return &growth_shanghai;
        if (protocol->analyses.items[i].natural_change == NATURAL_CHANGE_ONTARIO) return &growth_ontario;
    }
    return &growth_ontario;
}

static void set_expected(Measures *m, size_t row, size_t base_row)
{
    Frame *frame = m->frame;
    const Column *level = frame_column(m->subjects, STR("GMFCS"));
    MapEntry *entry = map_get(&m->subject_rows, frame->columns[SUBJID].texts[row]);
    GrowthQuestion question = {
        .reference = growth_reference(m->protocol), .form = GROWTH_POPULATION, .extend = true};
    GrowthAnswer answer;
    Error beyond_curve = {0};
    if (!entry || !level || column_is_number(level) || level->missing[entry->index] ||
        !gmfcs_parse(level->texts[entry->index], &question.level, &beyond_curve) ||
        !age_on(m, entry->index, frame->columns[ADT].texts[base_row], &question.from_years) ||
        !age_on(m, entry->index, frame->columns[ADT].texts[row], &question.to_years) ||
        !growth_expected(&question, &answer, &beyond_curve))
        return;
    frame_set_number(frame, row, EXPECTED, answer.change);
    frame_set_number(frame, row, EXCESS, frame->columns[CHG].numbers[row] - answer.change);
}

/* The rows of one subject and parameter: the last value before treatment is the baseline of all. */
static void compare_group(Measures *m, const size_t *rows, size_t n)
{
    Frame *frame = m->frame;
    size_t base_row = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (frame->columns[AVAL].missing[rows[i]] || !is_before_treatment(m, rows[i])) continue;
        if (base_row == SIZE_MAX ||
            str_compare(frame->columns[ADT].texts[rows[i]], frame->columns[ADT].texts[base_row]) >= 0)
            base_row = rows[i];
    }
    if (base_row == SIZE_MAX) return;
    double base = frame->columns[AVAL].numbers[base_row];
    frame_set_text(frame, base_row, ABLFL, STR("Y"));
    bool grows = str_equal(frame->columns[PARAMCD].texts[base_row], STR("GMFM66"));
    for (size_t i = 0; i < n; i++) {
        frame_set_number(frame, rows[i], BASE, base);
        if (frame->columns[AVAL].missing[rows[i]] || is_before_treatment(m, rows[i])) continue;
        frame_set_number(frame, rows[i], CHG, frame->columns[AVAL].numbers[rows[i]] - base);
        if (grows) set_expected(m, rows[i], base_row);
    }
}

static void compare_all(Measures *m)
{
    const Column *by[] = {&m->frame->columns[SUBJID], &m->frame->columns[PARAMCD]};
    Groups groups = frame_group(m->arena, m->frame, by, 2);
    for (size_t g = 0; g < groups.n_groups; g++)
        compare_group(m, groups.rows + groups.first[g], groups.first[g + 1] - groups.first[g]);
}

bool measures_build(Arena *arena, const Protocol *protocol, const Frame *subjects, const Str *first_dose,
                    Frame *const *forms, Frame **measures, Error *err)
{
    Measures m = {.arena = arena,
                  .protocol = protocol,
                  .subjects = subjects,
                  .first_dose = first_dose,
                  .subject_rows = map_new(arena)};
    const Column *ids = frame_column(subjects, STR("SUBJID"));
    for (size_t i = 0; i < subjects->n_rows; i++) map_put(&m.subject_rows, ids->texts[i], NULL)->index = i;
    m.frame = frame_new(arena, STR("measures"));
    for (size_t i = 0; i < N_COLUMNS; i++)
        frame_add_column(m.frame, str_from(COLUMNS[i].name), COLUMNS[i].type)->label =
            str_from(COLUMNS[i].label);
    for (size_t i = 0; i < protocol->instruments.n; i++) {
        const InstrumentUse *use = &protocol->instruments.items[i];
        for (size_t f = 0; f < protocol->forms.n; f++)
            if (forms[f] && str_equal(protocol->forms.items[f].id, use->form) &&
                !score_instrument(&m, use, forms[f], err))
                return false;
    }
    compare_all(&m);
    return frame_join(arena, m.frame, subjects, STR("SUBJID"), measures, err);
}
