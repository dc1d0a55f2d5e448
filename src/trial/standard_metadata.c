#include "trial/standard_metadata.h"

#include "protocol/sdtm_use.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    Arena *arena;
    StudyMetadata *study;
    const Protocol *protocol;
    const MetadataRequest *request;
    Str standard, terminology;        /* ids */
} Metadata;

/* --- terminology --- */

/* Published lists by their short name. */
static const struct {
    const char *name, *title, *nci;
} LISTS[] = {
    {"ACN", "Action Taken with Study Treatment", "C66767"}, {"AESEV", "Severity/Intensity Scale for Adverse Events", "C66769"},
    {"AGEU", "Age Unit", "C66781"},                         {"ARMNULRS", "Arm Null Reason", "C142179"},
    {"DICTNAM", "Dictionary Name", "C66788"},               {"DOMAIN", "SDTM Domain Abbreviation", "C66734"},
    {"DSCAT", "Category for Disposition Event", "C74558"},  {"DSSCAT", "Subcategory for Disposition Event", "C170443"},
    {"EPOCH", "Epoch", "C99079"},                           {"ETHNIC", "Ethnic Group", "C66790"},
    {"EVAL", "Evaluator", "C78735"},                        {"FREQ", "Frequency", "C71113"},
    {"FRM", "Pharmaceutical Dosage Form", "C66726"},        {"IECAT", "Category of Inclusion/Exclusion", "C66797"},
    {"LBTEST", "Laboratory Test Name", "C67154"},           {"LBTESTCD", "Laboratory Test Code", "C65047"},
    {"LOC", "Anatomical Location", "C74456"},               {"NCOMPLT", "Completion/Reason for Non-Completion", "C66727"},
    {"ND", "Not Done", "C66789"},                           {"NY", "No Yes Response", "C66742"},
    {"OUT", "Outcome of Event", "C66768"},                  {"PROTMLST", "Protocol Milestone", "C114118"},
    {"RACE", "Race", "C74457"},                             {"RELTYPE", "Relationship Type", "C78737"},
    {"ROUTE", "Route of Administration Response", "C66729"}, {"SCTEST", "Subject Characteristic Test Name", "C103330"},
    {"SCTESTCD", "Subject Characteristic Test Code", "C74559"}, {"SEX", "Sex", "C66731"},
    {"TSPARM", "Trial Summary Parameter Test Name", "C67152"}, {"TSPARMCD", "Trial Summary Parameter Test Code", "C66738"},
    {"UNIT", "Unit", "C71620"},                             {"VSRESU", "Units for Vital Signs Results", "C66770"},
    {"VSTEST", "Vital Signs Test Name", "C67153"},          {"VSTESTCD", "Vital Signs Test Code", "C66741"},
    {"DTYPE", "Derivation Type", "C81224"},                 {"SBJTSTAT", "Subject Status", "C124296"},
};

/* Terms of those lists that every trial uses. */
static const struct {
    const char *list, *code, *decode, *nci;
} TERMS[] = {
    {"NY", "Y", "Yes", "C49488"}, {"NY", "N", "No", "C49487"}, {"SEX", "F", "Female", "C16576"}, {"SEX", "M", "Male", "C20197"},
    {"SEX", "U", "Unknown", "C17998"}, {"AGEU", "YEARS", "", "C29848"}, {"ND", "NOT DONE", "", "C49484"}, {"EPOCH", "SCREENING", "", "C48262"},
    {"EPOCH", "TREATMENT", "", "C101526"}, {"NCOMPLT", "COMPLETED", "", "C25250"}, {"NCOMPLT", "SCREEN FAILURE", "", "C49628"},
    {"NCOMPLT", "LOST TO FOLLOW-UP", "", "C48227"}, {"NCOMPLT", "WITHDRAWAL BY PARENT/GUARDIAN", "", "C102355"},
    {"NCOMPLT", "INFORMED CONSENT OBTAINED", "", "C16735"}, {"DSCAT", "DISPOSITION EVENT", "", "C74590"},
    {"DSCAT", "PROTOCOL MILESTONE", "", "C74588"}, {"IECAT", "INCLUSION", "", "C25532"}, {"IECAT", "EXCLUSION", "", "C25370"},
    {"OUT", "RECOVERED/RESOLVED", "", "C49498"}, {"VSTESTCD", "WEIGHT", "Weight", "C25208"}, {"VSTESTCD", "HEIGHT", "Height", "C25347"},
    {"VSTESTCD", "TEMP", "Temperature", "C25206"}, {"VSRESU", "kg", "", "C28252"}, {"VSRESU", "cm", "", "C49668"}, {"VSRESU", "C", "", "C42559"},
    {"DOMAIN", "DM", "Demographics", "C49572"}, {"DOMAIN", "AE", "Adverse Events", "C49562"}, {"DOMAIN", "EX", "Exposure", "C49587"},
    {"DOMAIN", "QS", "Questionnaires", "C49609"}, {"DOMAIN", "SC", "Subject Characteristics", "C49610"}, {"DOMAIN", "VS", "Vital Signs", "C49622"},
};

static const char *term_of(Str list, Str code, Str *decode)
{
    for (size_t i = 0; i < N_OF(TERMS); i++) {
        if (!str_equal(list, str_from(TERMS[i].list)) || !str_equal(code, str_from(TERMS[i].code))) continue;
        if (!decode->len) *decode = str_from(TERMS[i].decode);
        return TERMS[i].nci;
    }
    return "";
}

/* Another column of the set that says in words what this one says in codes. */
static const Column *decoding(const StandardSet *set, Str name)
{
    static const struct {
        const char *code, *decode;
    } PAIRS[] = {{"TESTCD", "TEST"}, {"PARMCD", "PARM"}, {"ARAMCD", "ARAM"}, {"ETCD", "ELEMENT"}, {"ARMCD", "ARM"}};
    for (size_t i = 0; i < N_OF(PAIRS); i++) {
        Str end = str_from(PAIRS[i].code);
        if (!str_ends(name, end)) continue;
        Str start = str_slice(name, 0, name.len - end.len);
        return frame_column(set->frame, str_format(set->arena, STR_FMT "%s", STR_ARG(start), PAIRS[i].decode));
    }
    return NULL;
}

static StudyCodelist *open_list(Metadata *m, const StandardSet *set, Str name, Str variable, bool is_of_set)
{
    bool is_new;
    Str id = is_of_set ? str_format(m->arena, STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(variable)) : name;
    if (is_of_set && set) id = str_format(m->arena, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(set->name), STR_ARG(variable));
    StudyCodelist *list = study_add_codelist(m->study, id, name, STUDY_TEXT, &is_new);
    for (size_t i = 0; is_new && i < N_OF(LISTS); i++) {
        if (!str_equal(name, str_from(LISTS[i].name))) continue;
        list->name = str_from(LISTS[i].title);
        list->standard = m->terminology;
        study_set_nci(m->study, &list->aliases, str_from(LISTS[i].nci));
    }
    return list;
}

/* The codes that the data have. Lists of tests and parameters are of their data set, the others of the whole study. */
static Str list_codes(Metadata *m, const StandardSet *set, size_t c)
{
    const Column *column = &set->frame->columns[c], *words = decoding(set, column->name);
    Str name, rest;
    if (!str_cut(str_from(set->columns[c]->codelist), STR(" "), &name, &rest)) name = str_from(set->columns[c]->codelist);
    bool whole = !words && (str_equal(name, STR("NY")) || str_equal(name, STR("SEX")) || str_equal(name, STR("EPOCH")) || str_equal(name, STR("DOMAIN")));
    bool empty = true;
    for (size_t row = 0; row < set->frame->n_rows && empty; row++) empty = column->missing[row] != MISSING_NOT;
    if (empty) return STR("");
    StudyCodelist *list = open_list(m, set, name, column->name, !whole);
    Map seen = map_new(m->arena);
    for (size_t i = 0; i < list->codes.n; i++) map_put(&seen, list->codes.items[i].code, NULL);
    for (size_t row = 0; row < set->frame->n_rows; row++) {
        if (column->missing[row] || column_is_number(column)) continue;
        bool is_new;
        map_put(&seen, column->texts[row], &is_new);
        if (!is_new) continue;
        Str decode = words && !words->missing[row] ? words->texts[row] : STR("");
        const char *nci = term_of(name, column->texts[row], &decode);
        study_add_code(m->study, list, column->texts[row], decode, str_from(nci));
    }
    return list->id;
}

/* A list whose codes are all decoded or none: a mixture is no codelist of Define-XML. */
static void settle_lists(Metadata *m)
{
    for (size_t i = 0; i < m->study->codelists.n; i++) {
        StudyCodelist *list = &m->study->codelists.items[i];
        size_t n_decoded = 0;
        for (size_t k = 0; k < list->codes.n; k++) n_decoded += list->codes.items[k].decode.len > 0;
        for (size_t k = 0; n_decoded && k < list->codes.n; k++)
            if (!list->codes.items[k].decode.len) list->codes.items[k].decode = list->codes.items[k].code;
    }
}

/* --- variables --- */

static bool all_full_dates(const Column *column, size_t n_rows)
{
    for (size_t row = 0; row < n_rows; row++)
        if (!column->missing[row] && column->texts[row].len != 10) return false;
    return true;
}

static StudyType type_of(const StandardSet *set, size_t c)
{
    switch (set->columns[c]->type) {
    case STANDARD_DTC:
        return all_full_dates(&set->frame->columns[c], set->frame->n_rows) ? STUDY_DATE : STUDY_PARTIAL_DATE;
    case STANDARD_DURATION:
        return STUDY_DURATION;
    case STANDARD_INTEGER:
    case STANDARD_DATE:
        return STUDY_INTEGER;
    case STANDARD_FLOAT:
        return STUDY_FLOAT;
    case STANDARD_TEXT:
        break;
    }
    return STUDY_TEXT;
}

/* Digits of the longest number, and of the longest fraction. */
static void count_digits(Arena *arena, const Column *column, size_t n_rows, size_t *length, size_t *fraction)
{
    *length = 1;
    *fraction = 0;
    for (size_t row = 0; row < n_rows; row++) {
        Str whole, part = STR(""), text = frame_cell_text(arena, column, row);
        if (!str_cut(text, STR("."), &whole, &part)) part = STR("");
        if (text.len > *length) *length = text.len;
        if (part.len > *fraction) *fraction = part.len;
    }
}

static void put_length(Metadata *m, StudyVariable *variable, const StandardSet *set, size_t c)
{
    const Column *column = &set->frame->columns[c];
    size_t length, fraction;
    if (variable->type == STUDY_TEXT) variable->length = column->length;
    if (!column_is_number(column)) return;
    count_digits(m->arena, column, set->frame->n_rows, &length, &fraction);
    variable->length = length;
    if (variable->type == STUDY_FLOAT) variable->digits = str_format(m->arena, "%zu", fraction);
    if (set->columns[c]->type == STANDARD_DATE) {
        variable->length = 8;
        variable->format = STR("DATE9.");
    }
}

static void put_origin(Metadata *m, StudyVariable *variable, const StandardSet *set, size_t c)
{
    static const struct {
        const char *word, *source;
    } ORIGINS[] = {
#define X(name, word, source) {word, source},
        STANDARD_ORIGINS(X)
#undef X
    };
    const StandardColumn *column = set->columns[c];
    bool follows = column->origin == STANDARD_PREDECESSOR;
    study_add_origin(m->study, variable, ORIGINS[column->origin].word, ORIGINS[column->origin].source,
                     follows && column->said ? str_from(column->said) : STR(""));
    if (follows || !column->said) return;
    Str name = str_format(m->arena, STR_FMT "." STR_FMT, STR_ARG(set->name), STR_ARG(variable->name));
    Str text = str_format(m->arena, STR_FMT ": %s", STR_ARG(variable->name), column->said);
    variable->method = study_add_method(m->study, name, "Computation", text, NULL)->id;
}

static void add_variable(Metadata *m, StudyDataSet *data_set, const StandardSet *set, size_t c)
{
    const Column *column = &set->frame->columns[c];
    const StandardColumn *spec = set->columns[c];
    StudyVariable *variable = study_add_variable(m->study, data_set, column->name, column->label, type_of(set, c));
    variable->core = str_from(spec->core);
    variable->role = spec->role ? str_from(spec->role) : STR("");
    for (size_t k = 0; k < set->n_keys; k++)
        if (str_equal(set->keys[k], column->name)) variable->key = k + 1;
    put_length(m, variable, set, c);
    put_origin(m, variable, set, c);
    if (spec->codelist && str_equal(str_from(spec->codelist), STR("ISO3166"))) {
        bool is_new;
        StudyCodelist *list = study_add_codelist(m->study, STR("ISO3166"), STR("Country"), STUDY_TEXT, &is_new);
        list->dictionary = STR("ISO3166");
        list->version = STR("2020");
        variable->codelist = list->id;
    } else if (spec->codelist) {
        variable->codelist = list_codes(m, set, c);
    }
}

/* --- values: what a variable holds where another has a code --- */

static const struct {
    const char *code, *value;
} VALUES[] = {{"--TESTCD", "--ORRES"}, {"QNAM", "QVAL"}, {"PARAMCD", "AVAL"}};

typedef struct {
    size_t length, fraction;
    bool is_number, is_whole;
} Extent;

static void stretch(Extent *extent, Str text)
{
    double number;
    Str whole, fraction = STR("");
    bool has_point = str_cut(text, STR("."), &whole, &fraction);
    if (text.len > extent->length) extent->length = text.len;
    if (has_point && fraction.len > extent->fraction) extent->fraction = fraction.len;
    extent->is_number = extent->is_number && number_parse(text, &number);
    extent->is_whole = extent->is_whole && !has_point;
}

/* The codes of the item that the protocol says stands there. */
static Str item_codes(Metadata *m, Str domain, Str code)
{
    for (size_t f = 0; f < m->protocol->forms.n; f++) {
        const Form *form = &m->protocol->forms.items[f];
        for (size_t i = 0; i < form->items.n; i++) {
            const Codelist *codes = form->items.items[i].codelist.list;
            if (!codes) continue;
            SdtmUse use = sdtm_use_of(m->arena, m->protocol, form, &form->items.items[i]);
            bool is_it = str_equal(str_from(grammar_word(&SDTM_DOMAIN_WORDS, (int)use.domain)), domain) &&
                         (str_equal(use.test, code) || str_equal(use.qualifier, code));
            if (!is_it) continue;
            bool is_new;
            Str name = codes->name.len ? codes->name : form->items.items[i].id;
            StudyCodelist *list = study_add_codelist(m->study, str_format(m->arena, "PROTOCOL." STR_FMT, STR_ARG(name)), name, STUDY_TEXT, &is_new);
            for (size_t k = 0; is_new && k < codes->n; k++) study_add_code(m->study, list, codes->codes[k], codes->labels[k], STR(""));
            return list->id;
        }
    }
    return STR("");
}

static void add_value(Metadata *m, const StudyDataSet *data_set, const StandardSet *set, size_t value, size_t code, Str text, const Extent *extent)
{
    StudyWhere *where;
    StudyVariable *variable = &data_set->variables.items[value];
    bool is_number = extent->is_number || column_is_number(&set->frame->columns[value]);
    StudyType type = !is_number ? STUDY_TEXT : extent->is_whole ? STUDY_INTEGER : STUDY_FLOAT;
    StudyVariable *part = study_add_value(m->study, variable, text, type, &where);
    part->length = extent->length;
    if (type == STUDY_FLOAT) part->digits = str_format(m->arena, "%zu", extent->fraction);
    part->codelist = item_codes(m, data_set->domain, text);
    if (part->codelist.len) part->type = STUDY_TEXT, part->digits = STR("");
    part->mandatory = STR("No");
    study_add_origin(m->study, part, variable->origins.items[0].type.data, variable->origins.items[0].source.data, STR(""));
    part->method = variable->method;
    study_add_check(m->study, where, data_set->variables.items[code].id, STUDY_EQ, text);
}

static void add_values(Metadata *m, const StudyDataSet *data_set, const StandardSet *set, size_t code, size_t value)
{
    const Column *codes = &set->frame->columns[code], *values = &set->frame->columns[value];
    Map seen = map_new(m->arena);
    Extent *extents = ARENA_ARRAY(m->arena, Extent, set->frame->n_rows + 1);
    for (size_t row = 0; row < set->frame->n_rows; row++) {
        bool is_new;
        MapEntry *entry = map_put(&seen, codes->texts[row], &is_new);
        if (is_new) {
            entry->index = seen.n - 1;
            extents[entry->index] = (Extent){.length = 1, .is_number = true, .is_whole = true};
        }
        if (!values->missing[row]) stretch(&extents[entry->index], frame_cell_text(m->arena, values, row));
    }
    for (size_t i = 0; i < seen.n; i++) add_value(m, data_set, set, value, code, seen.entries[i].key, &extents[i]);
}

static size_t column_named(const StandardSet *set, const char *name)
{
    Str full = name[0] == '-' ? str_format(set->arena, STR_FMT "%s", STR_ARG(set->name), name + 2) : str_from(name);
    const Column *column = frame_column(set->frame, full);
    return column ? (size_t)(column - set->frame->columns) : SIZE_MAX;
}

static void add_all_values(Metadata *m, const StudyDataSet *data_set, const StandardSet *set)
{
    for (size_t i = 0; i < N_OF(VALUES); i++) {
        size_t code = column_named(set, VALUES[i].code), value = column_named(set, VALUES[i].value);
        if (code != SIZE_MAX && value != SIZE_MAX && !str_equal(set->name, STR("IE"))) add_values(m, data_set, set, code, value);
    }
}

/* --- data sets --- */

static void add_set(Metadata *m, const StandardSet *set)
{
    StudyDataSet *data_set = study_add_data_set(m->study, set->name, set->frame->label);
    bool is_design = str_equal(str_from(set->spec->class), STR("TRIAL DESIGN"));
    data_set->domain = str_starts(set->name, STR("SUPP")) ? str_slice(set->name, 4, set->name.len) : set->name;
    data_set->class = str_from(set->spec->class);
    data_set->structure = str_from(set->spec->structure);
    data_set->purpose = str_equal(str_from(m->request->standard), STR("ADaMIG")) ? STR("Analysis") : STR("Tabulation");
    data_set->repeating = set->n_keys == 1 && !is_design ? STR("No") : STR("Yes");
    data_set->reference = is_design ? STR("Yes") : STR("No");
    data_set->standard = m->standard;
    data_set->leaf.href = str_format(m->arena, STR_FMT STR_FMT, STR_ARG(str_lower(m->arena, set->name)), STR_ARG(m->request->ending));
    data_set->leaf.title = data_set->leaf.href;
    for (size_t c = 0; c < set->frame->n_columns; c++) add_variable(m, data_set, set, c);
    add_all_values(m, data_set, set);
}

StudyMetadata *trial_study_metadata(Arena *arena, const Protocol *protocol, const StandardSets *sets, const MetadataRequest *request)
{
    Metadata m = {.arena = arena, .study = study_metadata_new(arena), .protocol = protocol, .request = request};
    bool analysis = str_equal(str_from(request->standard), STR("ADaMIG"));
    StudyMetadata *study = m.study;
    study->name = protocol->trial.id;
    study->protocol = protocol->trial.id;
    study->description = protocol->trial.title;
    study->created = request->created;
    study->originator = protocol->trial.sponsor;
    study->system = STR("Equipoise");
    study->metadata_name = str_format(arena, STR_FMT ", %s", STR_ARG(protocol->trial.id), analysis ? "analysis data sets" : "tabulation data sets");
    if (protocol->trial.simulated) study->metadata_description = STR("SIMULATED: the records are made up. No person, date or number is real.");
    m.standard = study_add_standard(study, str_from(request->standard), STR("IG"), STR(""), str_from(request->version))->id;
    m.terminology = study_add_standard(study, STR("CDISC/NCI"), STR("CT"), analysis ? STR("ADaM") : STR("SDTM"), str_from(request->terminology))->id;
    for (size_t i = 0; i < sets->n; i++) add_set(&m, sets->items[i]);
    settle_lists(&m);
    return study;
}
