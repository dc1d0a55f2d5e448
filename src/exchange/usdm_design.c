/* The trial design domains of SDTM from a study definition, and how they differ from those of the data. */
#include <math.h>

#include "exchange/usdm.h"

/* Columns of each domain: those of SDTMIG 3.4 that a definition can fill. */
typedef struct {
    const char *name, *label;
    bool is_number;
} Heading;

typedef struct {
    const char *name, *label;
    const Heading *columns;
    size_t n;
} Domain;

static const Heading TA[] = {{"STUDYID", "Study Identifier", false}, {"DOMAIN", "Domain Abbreviation", false}, {"ARMCD", "Planned Arm Code", false},
                             {"ARM", "Description of Planned Arm", false}, {"TAETORD", "Planned Order of Element within Arm", true}, {"ETCD", "Element Code", false},
                             {"ELEMENT", "Description of Element", false}, {"TABRANCH", "Branch", false}, {"TATRANS", "Transition Rule", false}, {"EPOCH", "Epoch", false}};
static const Heading TE[] = {{"STUDYID", "Study Identifier", false}, {"DOMAIN", "Domain Abbreviation", false}, {"ETCD", "Element Code", false},
                             {"ELEMENT", "Description of Element", false}, {"TESTRL", "Rule for Start of Element", false}, {"TEENRL", "Rule for End of Element", false},
                             {"TEDUR", "Planned Duration of Element", false}};
static const Heading TI[] = {{"STUDYID", "Study Identifier", false}, {"DOMAIN", "Domain Abbreviation", false}, {"IETESTCD", "Incl/Excl Criterion Short Name", false},
                             {"IETEST", "Inclusion/Exclusion Criterion", false}, {"IECAT", "Inclusion/Exclusion Category", false}};
static const Heading TS[] = {{"STUDYID", "Study Identifier", false}, {"DOMAIN", "Domain Abbreviation", false}, {"TSSEQ", "Sequence Number", true},
                             {"TSPARMCD", "Trial Summary Parameter Short Name", false}, {"TSPARM", "Trial Summary Parameter", false}, {"TSVAL", "Parameter Value", false}};
static const Heading TV[] = {{"STUDYID", "Study Identifier", false}, {"DOMAIN", "Domain Abbreviation", false}, {"VISITNUM", "Visit Number", true}, {"VISIT", "Visit Name", false},
                             {"VISITDY", "Planned Study Day of Visit", true}, {"ARMCD", "Planned Arm Code", false}, {"ARM", "Description of Planned Arm", false},
                             {"TVSTRL", "Visit Start Rule", false}, {"TVENRL", "Visit End Rule", false}};

#define DOMAIN(name, label) {#name, label, name, sizeof name / sizeof name[0]}
static const Domain DOMAINS[USDM_N_DOMAINS] = {DOMAIN(TA, "Trial Arms"), DOMAIN(TE, "Trial Elements"), DOMAIN(TI, "Trial Inclusion/Exclusion Criteria"),
                                               DOMAIN(TS, "Trial Summary"), DOMAIN(TV, "Trial Visits")};
enum { AT_TA, AT_TE, AT_TI, AT_TS, AT_TV };

typedef struct {
    Arena *arena;
    const UsdmStudy *study;
    Frame *frame;
    size_t row, column;
} Filling;

static Frame *new_domain(Arena *arena, const Domain *domain)
{
    Frame *frame = frame_new(arena, str_from(domain->name));
    frame->label = str_from(domain->label);
    for (size_t i = 0; i < domain->n; i++) {
        Column *column = frame_add_column(frame, str_from(domain->columns[i].name), domain->columns[i].is_number ? COLUMN_NUMBER : COLUMN_TEXT);
        column->label = str_from(domain->columns[i].label);
    }
    return frame;
}

static void start_row(Filling *f)
{
    f->row = frame_add_row(f->frame);
    frame_set_text(f->frame, f->row, 0, f->study->sponsor_id.len ? f->study->sponsor_id : f->study->name);
    frame_set_text(f->frame, f->row, 1, f->frame->name);
    f->column = 2;
}

static void put(Filling *f, Str text)
{
    if (text.len) frame_set_text(f->frame, f->row, f->column, text);
    f->column++;
}

static void put_number(Filling *f, double value) { frame_set_number(f->frame, f->row, f->column++, value); }

static Str named(Str label, Str name) { return label.len ? label : name; }

/* An element that goes on through several epochs of an arm stands once, in the first. */
static void fill_arms(Filling *f)
{
    const UsdmStudy *s = f->study;
    for (size_t arm = 0; arm < s->n_arms; arm++) {
        size_t order = 0, before = SIZE_MAX;
        for (size_t epoch = 0; epoch < s->n_epochs; epoch++)
            for (size_t c = 0; c < s->n_cells; c++) {
                if (s->cells[c].arm != arm || s->cells[c].epoch != epoch) continue;
                for (size_t k = 0; k < s->cells[c].n_elements; k++) {
                    const UsdmElement *element = &s->elements[s->cells[c].elements[k]];
                    if (s->cells[c].elements[k] == before) continue;
                    before = s->cells[c].elements[k];
                    start_row(f);
                    put(f, s->arms[arm].name);
                    put(f, named(s->arms[arm].label, s->arms[arm].name));
                    put_number(f, (double)++order);
                    put(f, element->name);
                    put(f, named(element->label, element->description));
                    f->column += 2;
                    put(f, named(s->epochs[epoch].label, s->epochs[epoch].name));
                }
            }
    }
}

static void fill_elements(Filling *f)
{
    for (size_t i = 0; i < f->study->n_elements; i++) {
        const UsdmElement *element = &f->study->elements[i];
        start_row(f);
        put(f, element->name);
        put(f, named(element->label, element->description));
        put(f, element->start_rule);
        put(f, element->end_rule);
    }
}

static void fill_criteria(Filling *f)
{
    for (size_t i = 0; i < f->study->n_criteria; i++) {
        const UsdmCriterion *c = &f->study->criteria[i];
        start_row(f);
        put(f, str_format(f->arena, "%s" STR_FMT, c->is_inclusion ? "INCL" : "EXCL", STR_ARG(c->identifier)));
        put(f, c->text);
        put(f, c->is_inclusion ? STR("INCLUSION") : STR("EXCLUSION"));
    }
}

/* Day 0 of the definition is study day 1; there is no day 0 in SDTM. */
static void fill_visits(Filling *f)
{
    for (size_t i = 0; i < f->study->n_visits; i++) {
        const UsdmVisit *visit = &f->study->visits[i];
        start_row(f);
        put_number(f, (double)i + 1);
        put(f, str_upper(f->arena, visit->label));
        if (visit->has_day) put_number(f, visit->day < 0 ? floor(visit->day) : floor(visit->day) + 1);
        else f->column++;
        f->column += 2;
        put(f, visit->start_rule);
        put(f, visit->end_rule);
    }
}

static void put_parameter(Filling *f, size_t sequence, const char *code, const char *name, Str value)
{
    if (value.len == 0) return;
    start_row(f);
    put_number(f, (double)sequence);
    put(f, str_from(code));
    put(f, str_from(name));
    put(f, value);
}

static Str without_word(Arena *arena, Str text, const char *word)
{
    Str upper = str_upper(arena, text);
    size_t at = str_find(upper, str_from(word));
    return at == SIZE_MAX ? upper : str_trim(str_slice(upper, 0, at));
}

/* A list joined by "; " as one row for each. */
static void put_parameters(Filling *f, const char *code, const char *name, Str values)
{
    Str value, rest = values;
    size_t sequence = 0;
    while (rest.len) {
        if (!str_cut(rest, STR("; "), &value, &rest)) value = rest, rest = STR("");
        put_parameter(f, ++sequence, code, name, without_word(f->arena, value, " STUDY"));
    }
}

static Str years(Filling *f, bool has, double age, const char *otherwise)
{
    Buf buf = buf_new(f->arena);
    if (!has) return str_from(otherwise);
    buf_char(&buf, 'P');
    buf_number(&buf, age);
    buf_char(&buf, 'Y');
    return buf_str(&buf);
}

static Str whole(Arena *arena, double value)
{
    Buf buf = buf_new(arena);
    buf_number(&buf, value);
    return buf_str(&buf);
}

static void put_objectives(Filling *f)
{
    static const struct {
        const char *level, *code, *name, *endpoint_code, *endpoint_name;
    } LEVELS[] = {{"Primary", "OBJPRIM", "Trial Primary Objective", "OUTMSPRI", "Primary Outcome Measure"},
                  {"Secondary", "OBJSEC", "Trial Secondary Objective", "OUTMSSEC", "Secondary Outcome Measure"},
                  {"Exploratory", "OBJEXP", "Trial Exploratory Objective", "OUTMSEXP", "Exploratory Outcome Measure"}};
    const UsdmStudy *s = f->study;
    for (size_t level = 0; level < 3; level++) {
        size_t n = 0;
        for (size_t i = 0; i < s->n_objectives; i++)
            if (str_starts(s->objectives[i].level, str_from(LEVELS[level].level))) put_parameter(f, ++n, LEVELS[level].code, LEVELS[level].name, s->objectives[i].text);
        n = 0;
        for (size_t i = 0; i < s->n_objectives; i++)
            for (size_t k = 0; k < s->objectives[i].n_endpoints; k++)
                if (str_starts(s->objectives[i].endpoint_levels[k], str_from(LEVELS[level].level)))
                    put_parameter(f, ++n, LEVELS[level].endpoint_code, LEVELS[level].endpoint_name, s->objectives[i].endpoints[k]);
    }
}

static void fill_summary(Filling *f)
{
    const UsdmStudy *s = f->study;
    Arena *arena = f->arena;
    Str title = s->official_title.len ? s->official_title : s->brief_title;
    bool has_placebo = false;
    for (size_t i = 0; i < s->n_arms; i++) has_placebo |= str_find(s->arms[i].type, STR("Placebo")) != SIZE_MAX;
    put_parameter(f, 1, "TITLE", "Trial Title", title);
    put_parameter(f, 1, "SPONSOR", "Clinical Study Sponsor", s->sponsor);
    put_parameter(f, 1, "REGID", "Registry Identifier", s->registry_id);
    put_parameter(f, 1, "STYPE", "Study Type", without_word(arena, s->study_type, " STUDY"));
    put_parameter(f, 1, "TPHASE", "Trial Phase Classification", str_upper(arena, s->phase));
    put_parameters(f, "TTYPE", "Trial Type", str_upper(arena, s->types));
    put_parameters(f, "TINDTP", "Trial Intent Type", str_upper(arena, s->intents));
    put_parameter(f, 1, "INTMODEL", "Intervention Model", without_word(arena, s->model, " STUDY"));
    put_parameter(f, 1, "TBLIND", "Trial Blinding Schema", without_word(arena, s->blinding, " STUDY"));
    if (has_placebo) put_parameter(f, 1, "TCNTRL", "Control Type", STR("PLACEBO"));
    put_parameter(f, 1, "NARMS", "Planned Number of Arms", whole(arena, (double)s->n_arms));
    if (s->has_planned) put_parameter(f, 1, "PLANSUB", "Planned Number of Subjects", whole(arena, s->planned));
    put_parameter(f, 1, "AGEMIN", "Planned Minimum Age of Subjects", years(f, s->has_age_min, s->age_min, ""));
    put_parameter(f, 1, "AGEMAX", "Planned Maximum Age of Subjects", years(f, s->has_age_max, s->age_max, ""));
    put_parameter(f, 1, "SEXPOP", "Sex of Participants", str_upper(arena, s->sexes));
    put_parameter(f, 1, "HLTSUBJI", "Healthy Subject Indicator", s->healthy ? STR("Y") : STR("N"));
    put_parameter(f, 1, "INDIC", "Trial Disease/Condition Indication", s->indication);
    put_parameter(f, 1, "TDIGRP", "Diagnosis Group", s->population);
    put_parameter(f, 1, "TRT", "Investigational Therapy or Treatment", s->intervention);
    put_objectives(f);
}

void usdm_trial_design(Arena *arena, const UsdmStudy *study, Frame *domains[USDM_N_DOMAINS])
{
    static void (*const FILL[USDM_N_DOMAINS])(Filling *f) = {fill_arms, fill_elements, fill_criteria, fill_summary, fill_visits};
    for (size_t i = 0; i < USDM_N_DOMAINS; i++) {
        domains[i] = new_domain(arena, &DOMAINS[i]);
        Filling f = {.arena = arena, .study = study, .frame = domains[i]};
        FILL[i](&f);
    }
}

/* --- against the data --- */

/* Letters and digits in small letters. */
static Str bare(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        Str rest = str_slice(text, i, text.len);
        if (str_starts(rest, STR("\xe2\x80"))) i += 2;                   /* dashes and curly quotes */
        else if (str_starts(rest, STR("\xc2\xa0"))) i += 1;              /* a blank that does not break */
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c > 127) buf_char(&buf, c);
    }
    return buf_str(&buf);
}

static Str cell(Arena *arena, const Frame *frame, const char *name, size_t row)
{
    const Column *column = frame_column(frame, str_from(name));
    return column ? frame_cell_text(arena, column, row) : STR("");
}

static bool has_several(Arena *arena, const Frame *frame, Str code)
{
    size_t n = 0;
    for (size_t row = 0; row < frame->n_rows; row++) n += str_equal(cell(arena, frame, "TSPARMCD", row), code);
    return n > 1;
}

/* What makes two rows the same row. Of a summary: the parameter, and its value where there are several. */
static Str row_key(Arena *arena, Str domain, const Frame *frame, size_t row)
{
    if (str_equal(domain, STR("TI"))) return bare(arena, cell(arena, frame, "IETESTCD", row));
    if (str_equal(domain, STR("TE"))) return bare(arena, cell(arena, frame, "ELEMENT", row));
    if (str_equal(domain, STR("TV"))) return bare(arena, cell(arena, frame, "VISIT", row));
    if (str_equal(domain, STR("TS"))) {
        Str code = cell(arena, frame, "TSPARMCD", row);
        if (!has_several(arena, frame, code)) return code;
        return str_format(arena, STR_FMT " " STR_FMT, STR_ARG(code), STR_ARG(bare(arena, cell(arena, frame, "TSVAL", row))));
    }
    Str arm = bare(arena, cell(arena, frame, "ARM", row)), order = cell(arena, frame, "TAETORD", row);
    return str_format(arena, STR_FMT " " STR_FMT, STR_ARG(arm), STR_ARG(order));
}

static size_t find_row(Arena *arena, Str domain, const Frame *frame, Str key)
{
    for (size_t row = 0; row < frame->n_rows; row++)
        if (str_equal(row_key(arena, domain, frame, row), key)) return row;
    return SIZE_MAX;
}

/* Numbers of rows say nothing about what they hold. */
static bool is_compared(Str column) { return !str_equal(column, STR("TSSEQ")) && !str_equal(column, STR("VISITNUM")); }

typedef struct {
    UsdmDifference *items;
    size_t n, capacity, n_same;
} Differences;

static void add(Arena *arena, Differences *d, Str domain, Str key, Str column, Str ours, Str theirs)
{
    ARENA_PUSH_ROOM(arena, d->items, d->n, d->capacity);
    d->items[d->n++] = (UsdmDifference){domain, key, column, ours, theirs};
}

/* What a row says, for one that stands alone. */
static Str row_words(Arena *arena, const Frame *frame, size_t row)
{
    static const char *const TELLING[] = {"ARM", "ELEMENT", "EPOCH", "IETEST", "TSVAL", "VISIT"};
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < sizeof TELLING / sizeof TELLING[0]; i++) {
        Str text = cell(arena, frame, TELLING[i], row);
        if (text.len && buf.len) buf_add_c(&buf, ", ");
        buf_add(&buf, text);
    }
    return buf_str(&buf);
}

UsdmDifference *usdm_compare(Arena *arena, const Frame *ours, const Frame *theirs, size_t *n, size_t *n_same)
{
    Differences d = {0};
    for (size_t row = 0; row < ours->n_rows; row++) {
        Str key = row_key(arena, ours->name, ours, row);
        size_t other = find_row(arena, ours->name, theirs, key), before = d.n;
        if (other == SIZE_MAX) {
            add(arena, &d, ours->name, key, STR(""), row_words(arena, ours, row), STR(""));
            continue;
        }
        for (size_t c = 2; c < ours->n_columns; c++) {
            const Column *column = &ours->columns[c];
            Str left = frame_cell_text(arena, column, row), right = cell(arena, theirs, str_c(arena, column->name), other);
            if (is_compared(column->name) && !str_equal(bare(arena, left), bare(arena, right))) add(arena, &d, ours->name, key, column->name, left, right);
        }
        d.n_same += d.n == before;
    }
    for (size_t row = 0; row < theirs->n_rows; row++) {
        Str key = row_key(arena, ours->name, theirs, row);
        if (find_row(arena, ours->name, ours, key) == SIZE_MAX) add(arena, &d, ours->name, key, STR(""), STR(""), row_words(arena, theirs, row));
    }
    *n = d.n, *n_same = d.n_same;
    return d.items;
}
