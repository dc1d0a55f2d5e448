#include "trial/adam.h"

#include "data/condition.h"
#include "protocol/sdtm_use.h"
#include "trial/adam_columns.h"
#include "trial/sdtm.h"

enum { MOST_LABEL = 40 };

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    Arena *arena;
    const Protocol *protocol;
    const Datasets *datasets;
    const StandardSets *sdtm;
    bool sees_arms, hides_doses;      /* hides: who received a dose would tell the arm */
    StandardSets *sets;
    StandardSet *adsl;
    Map subjects;                     /* SUBJID -> row of the frame `subjects` */
    Str *first_dose, *last_dose;      /* of those rows */
    size_t n_populations;
    struct {
        Str flag, title;
        signed char *verdicts;
    } *populations;
} Adam;

static Str cell_of(const Frame *frame, const char *name, size_t row)
{
    const Column *column = frame_column(frame, str_from(name));
    return column && !column_is_number(column) && !column->missing[row] ? column->texts[row] : STR("");
}

static bool number_of(const Frame *frame, const char *name, size_t row, double *value)
{
    const Column *column = frame_column(frame, str_from(name));
    if (!column || !column_is_number(column) || column->missing[row]) return false;
    *value = column->numbers[row];
    return true;
}

static void put_date(StandardSet *set, const char *name, Str date)
{
    double days;
    if (standard_date_number(date, &days)) standard_number(set, name, days);
}

static void put_cell_number(StandardSet *set, const char *name, const Frame *frame, const char *from, size_t row)
{
    double value;
    if (number_of(frame, from, row, &value)) standard_number(set, name, value);
}

static void put_flag(StandardSet *set, const char *name, bool yes) { standard_text(set, name, yes ? STR("Y") : STR("N")); }

/* --- what is known of subjects --- */

static void read_doses(Adam *a)
{
    const Frame *subjects = a->datasets->subjects, *doses = a->datasets->doses;
    a->subjects = map_new(a->arena);
    a->first_dose = ARENA_ARRAY(a->arena, Str, subjects->n_rows + 1);
    a->last_dose = ARENA_ARRAY(a->arena, Str, subjects->n_rows + 1);
    for (size_t i = 0; i < subjects->n_rows; i++) map_put(&a->subjects, cell_of(subjects, "SUBJID", i), NULL)->index = i;
    for (size_t i = 0; i < doses->n_rows && !a->hides_doses; i++) {
        const MapEntry *entry = map_get(&a->subjects, cell_of(doses, "SUBJID", i));
        Str date = cell_of(doses, "DATE", i);
        if (!entry || !date.len) continue;
        if (!a->first_dose[entry->index].len || str_compare(date, a->first_dose[entry->index]) < 0) a->first_dose[entry->index] = date;
        if (str_compare(date, a->last_dose[entry->index]) > 0) a->last_dose[entry->index] = date;
    }
}

/* "SAFFL = 'Y'" says no more than the flag that is there already. */
static bool is_a_flag(Str condition)
{
    Str name, value;
    return str_cut(condition, STR("="), &name, &value) && str_equal(str_trim(value), STR("'Y'")) && str_ends(str_trim(name), STR("FL"));
}

static bool judge_populations(Adam *a, Error *err)
{
    const Populations *all = &a->protocol->populations;
    a->populations = arena_alloc(a->arena, (all->n + 1) * sizeof *a->populations);
    for (size_t i = 0; i < all->n; i++) {
        const Population *population = &all->items[i];
        bool of_doses = str_find(population->condition, STR("SAFFL")) != SIZE_MAX || str_find(population->condition, STR("DOSE")) != SIZE_MAX;
        bool tells = str_find(population->condition, STR("ARM")) != SIZE_MAX || (a->hides_doses && of_doses);
        if (is_a_flag(population->condition) || (tells && !a->sees_arms)) continue;
        if (population->data.len && !str_equal(population->data, STR("subjects"))) continue;
        if (!frame_evaluate(a->arena, a->datasets->subjects, population->condition, &a->populations[a->n_populations].verdicts, err))
            return error_in(err, "population \"" STR_FMT "\"", STR_ARG(population->id));
        a->populations[a->n_populations].flag = str_format(a->arena, STR_FMT "FL", STR_ARG(sdtm_name_of(a->arena, population->id, 6)));
        a->populations[a->n_populations++].title = population->title;
    }
    return true;
}

/* --- ADSL --- */

static StandardColumn *push(StandardSpec *spec, StandardColumn *columns, StandardColumn column)
{
    columns[spec->n_columns] = column;
    return &columns[spec->n_columns++];
}

static const Form *screening_form(const Adam *a) { return protocol_form(a->protocol, a->protocol->eligibility.form); }

static bool is_new_name(const StandardSpec *spec, Str name)
{
    for (size_t i = 0; i < spec->n_columns; i++)
        if (str_equal(str_from(spec->columns[i].name), name)) return false;
    return true;
}

/* The table of every trial, then the screening items and the populations of this one. */
static const StandardSpec *adsl_spec(Adam *a)
{
    const Form *form = screening_form(a);
    size_t n_items = form ? form->items.n : 0;
    StandardSpec *spec = ARENA_NEW(a->arena, StandardSpec);
    StandardColumn *columns = ARENA_ARRAY(a->arena, StandardColumn, adam_spec_ADSL.n_columns + n_items + a->n_populations);
    *spec = adam_spec_ADSL;
    spec->columns = columns;
    for (size_t i = 0; i < spec->n_columns; i++) columns[i] = adam_spec_ADSL.columns[i];
    for (size_t i = 0; i < n_items; i++) {
        const Item *item = &form->items.items[i];
        Str name = sdtm_name_of(a->arena, item->id, 8);
        bool is_number = item->type == COLUMN_NUMBER || item->type == COLUMN_INTEGER;
        if (!is_new_name(spec, name) || str_equal(item->id, STR("BIRTH"))) continue;
        push(spec, columns,
             (StandardColumn){str_c(a->arena, name), str_c(a->arena, sdtm_label(item->label, MOST_LABEL)), is_number ? STANDARD_FLOAT : STANDARD_TEXT,
                              "Perm", NULL, STANDARD_COLLECTED, NULL, NULL});
    }
    for (size_t i = 0; i < a->n_populations; i++)
        push(spec, columns,
             (StandardColumn){str_c(a->arena, a->populations[i].flag), str_c(a->arena, sdtm_label(a->populations[i].title, MOST_LABEL)), STANDARD_TEXT, "Perm",
                              NULL, STANDARD_DERIVED, "NY", "Y where the condition of the protocol's population holds"});
    return spec;
}

static void put_treatment(const Adam *a, StandardSet *set, size_t subject, const char *planned, const char *actual)
{
    const Frame *subjects = a->datasets->subjects;
    Str id = cell_of(subjects, "ARM", subject);
    bool enrolled = cell_of(subjects, "ENRLFL", subject).len > 0;
    if (!id.len && enrolled && a->protocol->arms.n == 1) id = a->protocol->arms.items[0].id;
    const Arm *arm = protocol_arm(a->protocol, id);
    if (!arm || !a->sees_arms) return;
    bool treated = a->first_dose[subject].len || !a->protocol->product.doses.n;
    standard_text(set, planned, arm->title);
    if (treated) standard_text(set, actual, arm->title);
}

static void put_items(const Adam *a, size_t row)
{
    const Form *form = screening_form(a);
    for (size_t i = 0; form && i < form->items.n; i++) {
        const char *name = str_c(a->arena, sdtm_name_of(a->arena, form->items.items[i].id, 8)), *id = str_c(a->arena, form->items.items[i].id);
        double value;
        if (str_equal(form->items.items[i].id, STR("SEX"))) continue;
        if (number_of(a->datasets->subjects, id, row, &value)) standard_number(a->adsl, name, value);
        else standard_text(a->adsl, name, cell_of(a->datasets->subjects, id, row));
    }
}

static void put_end(const Adam *a, size_t row, const StandardSet *ds)
{
    Str who = standard_get(a->adsl, a->adsl->frame->n_rows - 1, "USUBJID"), decoded = STR(""), date = STR("");
    bool enrolled = cell_of(a->datasets->subjects, "ENRLFL", row).len > 0;
    for (size_t i = 0; ds && i < ds->frame->n_rows; i++) {
        if (!str_equal(standard_get(ds, i, "USUBJID"), who) || !str_equal(standard_get(ds, i, "DSCAT"), STR("DISPOSITION EVENT"))) continue;
        decoded = standard_get(ds, i, "DSDECOD");
        date = standard_get(ds, i, "DSSTDTC");
    }
    if (!enrolled) return;
    bool completed = str_equal(decoded, STR("COMPLETED"));
    standard_text(a->adsl, "EOSSTT", completed ? STR("COMPLETED") : decoded.len ? STR("DISCONTINUED") : STR("ONGOING"));
    put_date(a->adsl, "EOSDT", date);
    if (!completed) standard_text(a->adsl, "DCSREAS", decoded);
}

static void put_flags(const Adam *a, size_t row)
{
    static const char *const FLAGS[] = {"ENRLFL", "SAFFL", "COMPLFL"};
    for (size_t i = 0; i < N_OF(FLAGS); i++)
        if (!a->hides_doses || !str_equal(str_from(FLAGS[i]), STR("SAFFL"))) put_flag(a->adsl, FLAGS[i], cell_of(a->datasets->subjects, FLAGS[i], row).len > 0);
    for (size_t i = 0; i < a->n_populations; i++)
        put_flag(a->adsl, str_c(a->arena, a->populations[i].flag), a->populations[i].verdicts[row] == 1);
}

/* Demographics come from DM, which has the same subjects in the same order. */
static void add_subject(const Adam *a, const StandardSet *dm, size_t row)
{
    static const char *const TAKEN[] = {"STUDYID", "USUBJID", "SUBJID", "SITEID", "AGEU", "SEX", "RACE", "COUNTRY", "ARM", "ACTARM"};
    const Frame *subjects = a->datasets->subjects;
    standard_row(a->adsl);
    for (size_t i = 0; i < N_OF(TAKEN); i++) standard_text(a->adsl, TAKEN[i], standard_get(dm, row, TAKEN[i]));
    put_cell_number(a->adsl, "AGE", dm->frame, "AGE", row);
    put_cell_number(a->adsl, "AAGE", subjects, "AGE", row);
    put_treatment(a, a->adsl, row, "TRT01P", "TRT01A");
    put_date(a->adsl, "TRTSDT", a->first_dose[row]);
    put_date(a->adsl, "TRTEDT", a->last_dose[row]);
    put_date(a->adsl, "ENRLDT", cell_of(subjects, "ENROLLED", row));
    put_end(a, row, standard_find(a->sdtm, STR("DS")));
    put_flags(a, row);
    if (!a->hides_doses) put_cell_number(a->adsl, "NDOSES", subjects, "N_DOSES", row);
    standard_text(a->adsl, "STATUS", cell_of(subjects, "STATUS", row));
    standard_text(a->adsl, "FAILID", cell_of(subjects, "FAILID", row));
    put_items(a, row);
}

static bool keep(const Adam *a, StandardSet *set, Error *err)
{
    if (!set->frame->n_rows) return true;
    if (!standard_finish(set, err)) return false;
    standard_add(a->sets, set);
    return true;
}

static bool add_adsl(Adam *a, Error *err)
{
    const StandardSet *dm = standard_find(a->sdtm, STR("DM"));
    if (!judge_populations(a, err)) return false;
    a->adsl = standard_set_new(a->arena, adsl_spec(a));
    for (size_t row = 0; dm && row < dm->frame->n_rows; row++) add_subject(a, dm, row);
    return keep(a, a->adsl, err);
}

/* --- what the other data sets take from ADSL --- */

static void begin(const Adam *a, StandardSet *set, size_t subject)
{
    static const char *const TAKEN[] = {"STUDYID", "USUBJID", "SUBJID", "SITEID", "SEX", "ENRLFL", "SAFFL", "COMPLFL"};
    standard_row(set);
    for (size_t i = 0; i < N_OF(TAKEN); i++) standard_text(set, TAKEN[i], standard_get(a->adsl, subject, TAKEN[i]));
    put_cell_number(set, "AGE", a->adsl->frame, "AGE", subject);
    put_cell_number(set, "TRTSDT", a->adsl->frame, "TRTSDT", subject);
    put_treatment(a, set, subject, "TRTP", "TRTA");
}

static bool subject_of(const Adam *a, const Frame *frame, size_t row, size_t *subject)
{
    const MapEntry *entry = map_get(&a->subjects, cell_of(frame, "SUBJID", row));
    if (entry) *subject = entry->index;
    return entry != NULL;
}

/* --- basic data structure --- */

static double study_day_of(int day) { return day + (day >= 0 ? 1 : 0); }

static void put_window(const Adam *a, StandardSet *set, Str visit_id)
{
    const Visit *visit = protocol_visit(a->protocol, visit_id);
    standard_text(set, "AVISIT", visit ? visit->title : visit_id);
    if (!visit || visit->day == INTEGER_ABSENT) return;
    standard_number(set, "AWTARGET", study_day_of(visit->day));
    standard_number(set, "AWLO", study_day_of(visit->day - visit->window.before));
    standard_number(set, "AWHI", study_day_of(visit->day + visit->window.after));
    standard_text(set, "AWU", STR("DAYS"));
}

static Str parameter_of(const Adam *a, const Frame *measures, size_t row)
{
    Str name = cell_of(measures, "PARAM", row), unit = cell_of(measures, "UNIT", row);
    if (!name.len) name = cell_of(measures, "PARAMCD", row);
    return unit.len ? str_format(a->arena, STR_FMT " (" STR_FMT ")", STR_ARG(name), STR_ARG(unit)) : name;
}

static void add_measure(const Adam *a, StandardSet *set, const InstrumentUse *use, size_t row)
{
    const Frame *measures = a->datasets->measures;
    size_t subject;
    double day, change, base;
    if (!subject_of(a, measures, row, &subject)) return;
    Str date = cell_of(measures, "ADT", row);
    begin(a, set, subject);
    standard_text(set, "PARCAT1", sdtm_instrument_category(use));
    standard_text(set, "PARAM", parameter_of(a, measures, row));
    standard_text(set, "PARAMCD", sdtm_name_of(a->arena, cell_of(measures, "PARAMCD", row), 8));
    put_window(a, set, cell_of(measures, "AVISIT", row));
    put_cell_number(set, "AVISITN", measures, "AVISITN", row);
    put_date(set, "ADT", date);
    if (standard_study_day(a->first_dose[subject], date, &day)) standard_number(set, "ADY", day);
    put_cell_number(set, "AVAL", measures, "AVAL", row);
    standard_text(set, "AVALC", cell_of(measures, "AVALC", row));
    put_cell_number(set, "BASE", measures, "BASE", row);
    put_cell_number(set, "CHG", measures, "CHG", row);
    Str unit = cell_of(measures, "UNIT", row);
    bool is_order = str_equal(unit, STR("rank")) || str_equal(unit, STR("level"));       /* a percentage of a rank says nothing */
    if (!is_order && number_of(measures, "CHG", row, &change) && number_of(measures, "BASE", row, &base) && (base < 0 || base > 0))
        standard_number(set, "PCHG", 100 * change / base);
    put_cell_number(set, "ECHG", measures, "EXPECTED", row);
    put_cell_number(set, "XCHG", measures, "EXCESS", row);
    standard_text(set, "ABLFL", cell_of(measures, "ABLFL", row));
    standard_text(set, "ANL01FL", cell_of(measures, "ANL01FL", row));
}

/* "ADGMFM88"; a name that is taken already ends in the id's last letter instead. */
static const char *set_name(const Adam *a, Str id)
{
    Str whole = sdtm_name_of(a->arena, id, 40), stem = str_slice(whole, 0, whole.len < 6 ? whole.len : 6);
    if (standard_find(a->sets, str_format(a->arena, "AD" STR_FMT, STR_ARG(stem))) && whole.len)
        stem = str_format(a->arena, STR_FMT STR_FMT, STR_ARG(str_slice(stem, 0, 5)), STR_ARG(str_slice(whole, whole.len - 1, whole.len)));
    return str_format(a->arena, "AD" STR_FMT, STR_ARG(stem)).data;
}

static bool add_instrument(Adam *a, const InstrumentUse *use, Error *err)
{
    const Frame *measures = a->datasets->measures;
    StandardSpec *spec = ARENA_NEW(a->arena, StandardSpec);
    *spec = adam_spec_BDS;
    spec->name = set_name(a, use->id);
    spec->label = str_format(a->arena, "Analysis of " STR_FMT, STR_ARG(sdtm_instrument_category(use))).data;
    if (str_from(spec->label).len > 40) spec->label = str_format(a->arena, "Analysis of " STR_FMT, STR_ARG(use->id)).data;
    StandardSet *set = standard_set_new(a->arena, spec);
    for (size_t row = 0; row < measures->n_rows; row++)
        if (str_equal(cell_of(measures, "PARCAT1", row), use->id)) add_measure(a, set, use, row);
    return keep(a, set, err) || error_in(err, "instrument \"" STR_FMT "\"", STR_ARG(use->id));
}

/* --- ADAE --- */

static size_t event_row(const Adam *a, Map *events, Str subject, Str number)
{
    const MapEntry *entry = map_get(events, str_format(a->arena, STR_FMT "\n" STR_FMT, STR_ARG(subject), STR_ARG(number)));
    return entry ? entry->index : SIZE_MAX;
}

static Map index_events(const Adam *a)
{
    const Frame *events = a->datasets->adverse_events;
    Map rows = map_new(a->arena);
    for (size_t i = 0; i < events->n_rows; i++) {
        Str number = frame_cell_text(a->arena, frame_column(events, STR("AESEQ")), i);
        map_put(&rows, str_format(a->arena, STR_FMT "\n" STR_FMT, STR_ARG(cell_of(events, "SUBJID", i)), STR_ARG(number)), NULL)->index = i;
    }
    return rows;
}

static void add_event(const Adam *a, StandardSet *set, const StandardSet *ae, size_t row, Map *events)
{
    static const char *const TAKEN[] = {"AESPID", "AETERM", "AEDECOD", "AEBODSYS", "AESOC", "AESEV", "AESER", "AEACN", "AEREL", "AEOUT", "AETOXGR", "AESTDTC", "AEENDTC"};
    Str who = standard_get(ae, row, "USUBJID"), id = str_slice(who, a->protocol->trial.id.len + 1, who.len);
    const MapEntry *entry = map_get(&a->subjects, id);
    if (!entry) return;
    size_t subject = entry->index, event = event_row(a, events, id, standard_get(ae, row, "AESPID"));
    double day, grade;
    Str start = standard_get(ae, row, "AESTDTC"), end = standard_get(ae, row, "AEENDTC");
    begin(a, set, subject);
    put_cell_number(set, "AESEQ", ae->frame, "AESEQ", row);
    for (size_t i = 0; i < N_OF(TAKEN); i++) standard_text(set, TAKEN[i], standard_get(ae, row, TAKEN[i]));
    put_date(set, "ASTDT", start);
    put_date(set, "AENDT", end);
    if (standard_study_day(a->first_dose[subject], start, &day)) standard_number(set, "ASTDY", day);
    if (standard_study_day(a->first_dose[subject], end, &day)) standard_number(set, "AENDY", day);
    if (number_parse(standard_get(ae, row, "AETOXGR"), &grade)) standard_number(set, "ATOXGRN", grade);
    if (event != SIZE_MAX && !a->hides_doses) standard_text(set, "TRTEMFL", cell_of(a->datasets->adverse_events, "TRTEMFL", event));
}

/* Y on the first treatment-emergent event of each subject, and of each of its systems or terms. */
static void flag_first(StandardSet *set, const char *flag, const char *by)
{
    Map seen = map_new(set->arena);
    const Column *column = frame_column(set->frame, str_from(flag)), *seq = frame_column(set->frame, STR("AESEQ"));
    size_t at = (size_t)(column - set->frame->columns);
    for (size_t row = 0; row < set->frame->n_rows; row++) {
        bool is_new;
        if (!str_equal(standard_get(set, row, "TRTEMFL"), STR("Y"))) continue;
        Str key = str_format(set->arena, STR_FMT "\n" STR_FMT, STR_ARG(standard_get(set, row, "USUBJID")), STR_ARG(by ? standard_get(set, row, by) : STR("")));
        MapEntry *entry = map_put(&seen, key, &is_new);
        int later = is_new ? -1 : str_compare(standard_get(set, row, "AESTDTC"), standard_get(set, entry->index, "AESTDTC"));
        if (later < 0 || (later == 0 && seq->numbers[row] < seq->numbers[entry->index])) entry->index = row;
    }
    for (size_t i = 0; i < seen.n; i++) frame_set_text(set->frame, seen.entries[i].index, at, STR("Y"));
}

static bool add_adae(Adam *a, Error *err)
{
    const StandardSet *ae = standard_find(a->sdtm, STR("AE"));
    if (!ae) return true;
    StandardSet *set = standard_set_new(a->arena, &adam_spec_ADAE);
    Map events = index_events(a);
    for (size_t row = 0; row < ae->frame->n_rows; row++) add_event(a, set, ae, row, &events);
    flag_first(set, "AOCCFL", NULL);
    flag_first(set, "AOCCSFL", "AEBODSYS");
    flag_first(set, "AOCCPFL", "AEDECOD");
    return keep(a, set, err);
}

/* --- all --- */

static void note_absent(const Adam *a)
{
    bool times = false;
    for (size_t i = 0; i < a->protocol->analyses.n; i++) {
        AnalysisMethod method = a->protocol->analyses.items[i].method;
        times = times || method == METHOD_KAPLAN_MEIER || method == METHOD_LOG_RANK_TEST || method == METHOD_COX_REGRESSION;
    }
    standard_note(a->sets, times ? STR("ADTTE is not made: the frames of a trial file hold no times to an event.")
                                 : STR("ADTTE is not made: the protocol plans no analysis of times to an event."));
    standard_note(a->sets, STR("No row is imputed, so there is no DTYPE; analyses that impute do so within the analysis."));
    if (!a->sees_arms) standard_note(a->sets, STR("The trial is blinded: treatment variables are left out."));
}

bool adam_build(Trial *trial, Arena *arena, const AdamRequest *request, StandardSets *sets, Error *err)
{
    Adam a = {.arena = arena,
              .protocol = trial_protocol(trial),
              .datasets = request->datasets,
              .sdtm = request->sdtm,
              .sees_arms = request->sees_arms,
              .sets = sets};
    *sets = (StandardSets){.arena = arena};
    a.hides_doses = !a.sees_arms && sdtm_doses_tell(a.protocol);
    read_doses(&a);
    if (!add_adsl(&a, err)) return false;
    for (size_t i = 0; i < a.protocol->instruments.n; i++)
        if (!add_instrument(&a, &a.protocol->instruments.items[i], err)) return false;
    if (!add_adae(&a, err)) return false;
    note_absent(&a);
    return true;
}
