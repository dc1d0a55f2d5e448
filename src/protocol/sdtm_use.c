#include "protocol/sdtm_use.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- domains --- */

static const char *const OF_DM[] = {"BRTHDTC", "SEX", "RACE", "ETHNIC", "DTHDTC"};
static const char *const OF_EX[] = {"EXTRT", "EXCAT", "EXDOSE", "EXDOSTXT", "EXDOSU", "EXDOSFRM", "EXROUTE", "EXLOT", "EXLOC", "EXADJ"};
static const char *const OF_CM[] = {"CMTRT", "CMDECOD", "CMCAT", "CMINDC", "CMDOSE", "CMDOSTXT", "CMDOSU", "CMDOSFRQ", "CMROUTE", "CMENDTC"};
static const char *const OF_PR[] = {"PRTRT", "PRDECOD", "PRCAT", "PRINDC", "PRDOSE", "PRDOSU", "PRLOC", "PRENDTC"};
static const char *const OF_AE[] = {"AETERM", "AEDECOD", "AEBODSYS", "AELOC", "AESEV", "AESER", "AEACN", "AEREL", "AERELNST", "AEOUT",
                                    "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESMIE", "AECONTRT", "AETOXGR", "AEENDTC"};
static const char *const OF_CE[] = {"CETERM", "CEDECOD", "CECAT", "CEBODSYS", "CESEV", "CEENDTC"};
static const char *const OF_MH[] = {"MHTERM", "MHDECOD", "MHCAT", "MHBODSYS", "MHENDTC"};

/* clang-format off */
static const struct {
    SdtmDomain domain;
    SdtmClass class;
    const char *const *variables;
    size_t n_variables;
} DOMAINS[] = {
    {SDTM_DM, SDTM_CLASS_SUBJECT,      OF_DM, N_OF(OF_DM)},
    {SDTM_EX, SDTM_CLASS_INTERVENTION, OF_EX, N_OF(OF_EX)},
    {SDTM_CM, SDTM_CLASS_INTERVENTION, OF_CM, N_OF(OF_CM)},
    {SDTM_PR, SDTM_CLASS_INTERVENTION, OF_PR, N_OF(OF_PR)},
    {SDTM_AE, SDTM_CLASS_EVENT,        OF_AE, N_OF(OF_AE)},
    {SDTM_CE, SDTM_CLASS_EVENT,        OF_CE, N_OF(OF_CE)},
    {SDTM_MH, SDTM_CLASS_EVENT,        OF_MH, N_OF(OF_MH)},
    {SDTM_VS, SDTM_CLASS_FINDING,      NULL, 0},
    {SDTM_LB, SDTM_CLASS_FINDING,      NULL, 0},
    {SDTM_QS, SDTM_CLASS_FINDING,      NULL, 0},
    {SDTM_FT, SDTM_CLASS_FINDING,      NULL, 0},
    {SDTM_RS, SDTM_CLASS_FINDING,      NULL, 0},
    {SDTM_SC, SDTM_CLASS_FINDING,      NULL, 0},
};
/* clang-format on */

SdtmClass sdtm_class(SdtmDomain domain)
{
    for (size_t i = 0; i < N_OF(DOMAINS); i++)
        if (DOMAINS[i].domain == domain) return DOMAINS[i].class;
    return SDTM_CLASS_NONE;
}

size_t sdtm_variables(SdtmDomain domain, const char *const **names)
{
    for (size_t i = 0; i < N_OF(DOMAINS); i++) {
        if (DOMAINS[i].domain != domain) continue;
        *names = DOMAINS[i].variables;
        return DOMAINS[i].n_variables;
    }
    *names = NULL;
    return 0;
}

/* --- codes --- */

static const struct {
    const char *code, *name;
} VITAL_SIGNS[] = {
    {"WEIGHT", "Weight"}, {"HEIGHT", "Height"}, {"LENGTH", "Length"}, {"BMI", "Body Mass Index"}, {"BSA", "Body Surface Area"},
    {"TEMP", "Temperature"}, {"SYSBP", "Systolic Blood Pressure"}, {"DIABP", "Diastolic Blood Pressure"},
    {"MAP", "Mean Arterial Pressure"}, {"PULSE", "Pulse Rate"}, {"HR", "Heart Rate"}, {"RESP", "Respiratory Rate"},
    {"OXYSAT", "Oxygen Saturation"}, {"HDCIRC", "Head Circumference"}, {"WSTCIR", "Waist Circumference"}, {"HIPCIR", "Hip Circumference"},
};

const char *sdtm_vital_sign(Str code)
{
    for (size_t i = 0; i < N_OF(VITAL_SIGNS); i++)
        if (str_equal(code, str_from(VITAL_SIGNS[i].code))) return VITAL_SIGNS[i].name;
    return NULL;
}

Str sdtm_nearest_vital_sign(Str code)
{
    Str codes[N_OF(VITAL_SIGNS)];
    for (size_t i = 0; i < N_OF(VITAL_SIGNS); i++) codes[i] = str_from(VITAL_SIGNS[i].code);
    return str_nearest(code, codes, N_OF(VITAL_SIGNS));
}

Str sdtm_unit(Str ucum)
{
    static const struct {
        const char *ucum, *sdtm;
    } UNITS[] = {{"Cel", "C"}, {"[degF]", "F"}, {"mm[Hg]", "mmHg"}, {"10*6", "10^6"}, {"10*9", "10^9"}, {"10*9/L", "10^9/L"},
                 {"10*12/L", "10^12/L"}, {"/min", "beats/min"}, {"[lb_av]", "LB"}, {"[in_i]", "in"}, {"h/mo", "hours/month"},
                 {"[IU]", "IU"}, {"a", "YEARS"}, {"mo", "MONTHS"}, {"wk", "WEEKS"}, {"d", "DAYS"}, {"h", "HOURS"}, {"min", "min"}};
    for (size_t i = 0; i < N_OF(UNITS); i++)
        if (str_equal(ucum, str_from(UNITS[i].ucum))) return str_from(UNITS[i].sdtm);
    return ucum;
}

Str sdtm_instrument_category(const InstrumentUse *use)
{
    static const struct {
        InstrumentName instrument;
        const char *category;
    } CATEGORIES[] = {{INSTRUMENT_GMFM_88, "GMFM-88"}, {INSTRUMENT_GMFM_66, "GMFM-66"}, {INSTRUMENT_GMFM_66_PERCENTILE, "GMFM-66"},
                      {INSTRUMENT_MODIFIED_ASHWORTH, "MODIFIED ASHWORTH SCALE"}, {INSTRUMENT_GMFCS, "GMFCS"}, {INSTRUMENT_MACS, "MACS"},
                      {INSTRUMENT_MINI_MACS, "MINI-MACS"}, {INSTRUMENT_CP_QOL, "CP QOL-CHILD"}, {INSTRUMENT_DENVER_II, "DENVER II"}};
    for (size_t i = 0; i < N_OF(CATEGORIES) && !use->title.len; i++)
        if (CATEGORIES[i].instrument == use->instrument) return str_from(CATEGORIES[i].category);
    return use->title.len ? use->title : use->id;
}

static bool is_name_char(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool sdtm_is_name(Str text, size_t most)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_name_char(text.data[i])) return false;
    return text.len && text.len <= most && !(text.data[0] >= '0' && text.data[0] <= '9');
}

Str sdtm_name_of(Arena *arena, Str id, size_t most)
{
    Str upper = str_upper(arena, id);
    if (sdtm_is_name(upper, most)) return upper;
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < upper.len && buf.len < most; i++) {
        char c = upper.data[i];
        bool is_digit = c >= '0' && c <= '9';
        if (is_name_char(c) && c != '_' && (buf.len || !is_digit)) buf_char(&buf, c);
    }
    return str_copy(arena, buf_str(&buf));
}

Str sdtm_label(Str text, size_t most)
{
    if (text.len <= most) return text;
    size_t end = most;
    while (end && text.data[end] != ' ') end--;
    if (!end)
        for (end = most; end && ((unsigned char)text.data[end] & 0xC0) == 0x80; end--) {}
    return str_trim(str_slice(text, 0, end));
}

/* --- what stands without being said --- */

static const struct {
    const char *id, *variable, *qualifier;
} EVENT_ITEMS[] = {
    {"VERBATIM", "AETERM", NULL},        {"TERM", "AEDECOD", NULL},         {"BODSYS", "AEBODSYS", NULL},
    {"END", "AEENDTC", NULL},            {"GRADE", "AETOXGR", NULL},        {"SERIOUS", "AESER", NULL},
    {"REL_PRODUCT", "AEREL", NULL},      {"OUTCOME", "AEOUT", NULL},        {"AFTER_DOSE", NULL, "AEDOSE"},
    {"ONSET_H", NULL, "AEONSETH"},       {"REL_HARVEST", NULL, "RELHARV"},  {"REL_ANAESTHESIA", NULL, "RELANAES"},
    {"REL_PUNCTURE", NULL, "RELPUNCT"},  {"REL_BACKGROUND", NULL, "RELBACK"},
};

static void know_event_item(SdtmUse *use, const Item *item)
{
    for (size_t i = 0; i < N_OF(EVENT_ITEMS); i++) {
        if (!str_equal(item->id, str_from(EVENT_ITEMS[i].id))) continue;
        if (EVENT_ITEMS[i].variable) use->variable = str_from(EVENT_ITEMS[i].variable);
        if (EVENT_ITEMS[i].qualifier) use->qualifier = str_from(EVENT_ITEMS[i].qualifier);
    }
}

static const InstrumentUse *instrument_of(const Protocol *protocol, const Form *form, const Item *item)
{
    const InstrumentUse *first = NULL;
    for (size_t i = 0; i < protocol->instruments.n; i++) {
        const InstrumentUse *use = &protocol->instruments.items[i];
        if (!str_equal(use->form, form->id)) continue;
        if (texts_hold(&use->items, item->id)) return use;
        if (!first) first = use;
    }
    return first;
}

static bool says_place(const SdtmUse *use) { return use->test.len || use->term.len || use->variable.len || use->qualifier.len; }

static void know_domain(SdtmUse *use, const Protocol *protocol, const Form *form, const Item *item)
{
    const InstrumentUse *instrument = instrument_of(protocol, form, item);
    bool is_screening = str_equal(form->id, protocol->eligibility.form);
    if (str_equal(form->id, STR("adverse_events"))) use->domain = SDTM_AE;
    else if (form->repeats == FORM_PER_DOSE) use->domain = SDTM_EX;
    else if (is_screening && (str_equal(item->id, STR("BIRTH")) || str_equal(item->id, STR("SEX")))) use->domain = SDTM_DM;
    else if (instrument) {
        use->domain = SDTM_QS;
        if (!use->category.len) use->category = sdtm_instrument_category(instrument);
    }
}

SdtmUse sdtm_use_of(Arena *arena, const Protocol *protocol, const Form *form, const Item *item)
{
    SdtmUse use = item->sdtm;
    if (!use.domain) use.domain = form->sdtm.domain;
    if (!use.category.len && use.domain == form->sdtm.domain) use.category = form->sdtm.category;
    if (!use.interval.len) use.interval = form->sdtm.interval;
    if (!use.domain) know_domain(&use, protocol, form, item);
    if (!says_place(&use) && use.domain == SDTM_AE) know_event_item(&use, item);
    if (!says_place(&use) && use.domain == SDTM_DM && str_equal(item->id, STR("BIRTH"))) use.variable = STR("BRTHDTC");
    if (!says_place(&use) && use.domain == SDTM_DM && str_equal(item->id, STR("SEX"))) use.variable = STR("SEX");
    SdtmClass class = sdtm_class(use.domain);
    if (class == SDTM_CLASS_FINDING) {
        if (!use.test.len) use.test = sdtm_name_of(arena, item->id, 8);
        const char *known = use.domain == SDTM_VS ? sdtm_vital_sign(use.test) : NULL;
        if (!use.name.len) use.name = known ? str_from(known) : sdtm_label(item->label.len ? item->label : item->id, 40);
    } else if (class && !says_place(&use)) {
        use.qualifier = sdtm_name_of(arena, item->id, 8);
    }
    if (!use.unit.len) use.unit = sdtm_unit(item->unit);
    return use;
}

SdtmPlace sdtm_place(const SdtmUse *use)
{
    switch (sdtm_class(use->domain)) {
    case SDTM_CLASS_NONE:
        return SDTM_AS_NOTHING;
    case SDTM_CLASS_FINDING:
        return SDTM_AS_FINDING;
    case SDTM_CLASS_SUBJECT:
    case SDTM_CLASS_INTERVENTION:
    case SDTM_CLASS_EVENT:
        break;
    }
    return use->term.len ? SDTM_AS_TERM : use->variable.len ? SDTM_AS_VARIABLE : SDTM_AS_QUALIFIER;
}
