#include "protocol/frames.h"

/* Columns that every trial has; the frame's items follow. */
static const char SUBJECT_COLUMNS[] = "SUBJID SITE STATUS SCREENED CONSENT ENROLLED ARM AGE SEX ENRLFL SAFFL COMPLFL FAILID "
                                      "FAILTEXT N_DOSES";
static const char VISIT_COLUMNS[] = "SUBJID VISIT VISITN DATE DAY IN_WINDOW";
static const char MEASURE_COLUMNS[] = "SUBJID PARAMCD PARAM UNIT AVISIT AVISITN ADT ADY AVAL AVALC BASE CHG EXPECTED EXCESS "
                                      "ANL01FL ABLFL PARCAT1";
static const char EVENT_COLUMNS[] = "SUBJID AESEQ TERM BODSYS VERBATIM START END GRADE SERIOUS AFTER_DOSE ONSET_H REL_HARVEST "
                                    "REL_ANAESTHESIA REL_PUNCTURE REL_PRODUCT REL_BACKGROUND OUTCOME AEDECOD AEBODSYS TRTEMFL";
static const char DOSE_COLUMNS[] = "SUBJID DOSE DATE DOSE_PER_KG CD34_PER_KG ENDOTOXIN_EU_KG";
static const char ELIGIBILITY_COLUMNS[] = "SUBJID CRITERION TEXT KIND ANSWER";
static const char DEVIATION_COLUMNS[] = "SUBJID DATE KIND DETAIL";

typedef struct {
    Map seen;                         /* upper-case names: columns differ in more than case */
    Texts texts;
    size_t capacity;
} Columns;

static void add(Columns *columns, Str name)
{
    Arena *arena = columns->seen.arena;
    bool is_new;
    map_put(&columns->seen, str_upper(arena, name), &is_new);
    if (!is_new) return;
    ARENA_PUSH_ROOM(arena, columns->texts.items, columns->texts.n, columns->capacity);
    columns->texts.items[columns->texts.n++] = name;
}

static void add_words(Columns *columns, const char *words)
{
    Str word, rest = str_from(words);
    while (str_cut(rest, STR(" "), &word, &rest)) add(columns, word);
    add(columns, rest);
}

static void add_items(Columns *columns, const Form *form)
{
    for (size_t i = 0; form && i < form->items.n; i++) add(columns, form->items.items[i].id);
}

static void add_visit_items(Columns *columns, const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->forms.n; i++)
        if (protocol->forms.items[i].repeats == FORM_PER_VISIT) add_items(columns, &protocol->forms.items[i]);
}

static const Form *screening_form(const Protocol *protocol)
{
    return protocol_form(protocol, protocol->eligibility.form);
}

static void add_subjects(Columns *columns, const Protocol *protocol)
{
    add_words(columns, SUBJECT_COLUMNS);
    add_items(columns, screening_form(protocol));
}

static Columns columns_new(Arena *arena) { return (Columns){.seen = map_new(arena)}; }

bool protocol_frame_columns(Arena *arena, const Protocol *protocol, Str name, Texts *texts)
{
    static const struct {
        const char *name, *columns;
        bool visit_items, dose_items, with_subjects;
    } FRAMES[] = {
        {"subjects", "SUBJID", false, false, true},
        {"visits", VISIT_COLUMNS, true, false, false},
        {"measures", MEASURE_COLUMNS, false, false, true},
        {"adverse_events", EVENT_COLUMNS, false, false, true},
        {"doses", DOSE_COLUMNS, false, true, false},
        {"eligibility", ELIGIBILITY_COLUMNS, false, false, false},
        {"deviations", DEVIATION_COLUMNS, false, false, false},
    };
    for (size_t i = 0; !protocol->data.at && i < sizeof FRAMES / sizeof FRAMES[0]; i++) {
        if (!str_equal(name, str_from(FRAMES[i].name))) continue;
        Columns columns = columns_new(arena);
        add_words(&columns, FRAMES[i].columns);
        if (FRAMES[i].visit_items) add_visit_items(&columns, protocol);
        if (FRAMES[i].dose_items) add_items(&columns, protocol_form(protocol, protocol->product.form));
        if (FRAMES[i].with_subjects) add_subjects(&columns, protocol);
        *texts = columns.texts;
        return true;
    }
    return false;
}

static void add_parameters(Columns *columns, const InstrumentUse *use)
{
    static const struct {
        InstrumentName name;
        const char *codes;
    } OWN[] = {{INSTRUMENT_GMFM_88, "GMFM88 GMFMA GMFMB GMFMC GMFMD GMFME"},
               {INSTRUMENT_GMFM_66, "GMFM66 GMFM66SE"},
               {INSTRUMENT_GMFM_66_PERCENTILE, "GMFM66P"},
               {INSTRUMENT_MODIFIED_ASHWORTH, "MASMEAN"},
               {INSTRUMENT_GMFCS, "GMFCS"}};
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
        if (OWN[i].name == use->instrument) add_words(columns, OWN[i].codes);
    bool by_muscle = use->instrument == INSTRUMENT_MODIFIED_ASHWORTH;
    for (size_t i = 0; i < use->items.n; i++) {
        Str item = use->items.items[i];
        add(columns, by_muscle ? str_format(columns->seen.arena, "MAS_" STR_FMT, STR_ARG(item)) : item);
    }
}

Texts protocol_parameters(Arena *arena, const Protocol *protocol)
{
    Columns columns = columns_new(arena);
    for (size_t i = 0; i < protocol->instruments.n; i++) add_parameters(&columns, &protocol->instruments.items[i]);
    return columns.texts;
}

Texts protocol_form_columns(Arena *arena, const Protocol *protocol, const Form *form)
{
    static const char *const KEYS[] = {[FORM_PER_UNSTATED] = "SUBJID SITE",
                                       [FORM_PER_VISIT] = "SUBJID SITE VISIT DATE",
                                       [FORM_PER_SUBJECT] = "SUBJID SITE",
                                       [FORM_PER_DOSE] = "SUBJID SITE DOSE DATE",
                                       [FORM_PER_LOG] = "SUBJID SITE DATE"};
    Columns columns = columns_new(arena);
    add_items(&columns, form);
    add_words(&columns, KEYS[form->repeats]);
    add_words(&columns, "AGE SEX ARM");
    add_items(&columns, screening_form(protocol));
    return columns.texts;
}

Texts protocol_screening_columns(Arena *arena, const Protocol *protocol)
{
    Columns columns = columns_new(arena);
    add_words(&columns, "SUBJID SITE SCREENED AGE");
    add_items(&columns, screening_form(protocol));
    return columns.texts;
}

Texts protocol_dose_columns(Arena *arena, const Protocol *protocol)
{
    Columns columns = columns_new(arena);
    add_words(&columns, DOSE_COLUMNS);
    add_items(&columns, protocol_form(protocol, protocol->product.form));
    return columns.texts;
}

bool protocol_is_own_column(Str name)
{
    static const char *const OWN[] = {
        "SUBJID",    "SITE",     "VISIT",     "VISITN",      "DATE",        "DAY",
        "IN_WINDOW", "DOSE",     "ARM",       "AGE",         "STATUS",      "SCREENED",
        "CONSENT",   "ENROLLED", "ENRLFL",    "SAFFL",       "COMPLFL",     "FAILID",
        "FAILTEXT",  "N_DOSES",  "WITHDRAWN", "DOSE_PER_KG", "CD34_PER_KG", "ENDOTOXIN_EU_KG"};
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
        if (str_equal_fold(name, str_from(OWN[i]))) return true;
    return false;
}
