#include "exchange/data_metadata.h"

#include <string.h>

#include "base/file.h"

/* Endings of variables whose values are names, results, limits or words of a dictionary, however few. */
static const char *const NO_CODES[] = {"STUDYID", "SUBJID", "RELID",  "SPID",   "IDVARVAL", "QVAL", "ORRES", "STRESC", "NRLO", "NRHI",
                                       "SEQ",     "TERM",   "DECOD",  "BODSYS", "SOC",      "LLT",  "HLT",   "HLGT",   "CLAS", "INVNAM"};

/* Few: a list of codes is worth having when each stands for several records, or there are hardly any. */
#define MOST_CODES        60
#define FEW_CODES         5
#define RECORDS_PER_CODE  3

/* Classes of SDTM by domain, in Define-XML's words. */
static const struct {
    const char *domains, *class;
} DOMAINS[] = {
    {" DM CO SE SV SM ", "SPECIAL PURPOSE"},
    {" AG CM EC EX ML PR SU ", "INTERVENTIONS"},
    {" AE BE CE DS DV HO MH ", "EVENTS"},
    {" FA SR ", "FINDINGS ABOUT"},
    {" TA TD TE TI TM TS TV ", "TRIAL DESIGN"},
    {" OI DI ", "STUDY REFERENCE"},
};

static bool has_ending(const SurveyedSet *set, const char *ending)
{
    for (size_t i = 0; i < set->n_variables; i++) {
        if (str_ends(set->variables[i].variable.name, str_from(ending))) return true;
    }
    return false;
}

static const char *analysis_class(const SurveyedSet *set)
{
    if (str_equal(set->name, STR("ADSL"))) return "SUBJECT LEVEL ANALYSIS DATASET";
    if (survey_variable(set, STR("PARAMCD"))) return "BASIC DATA STRUCTURE";
    return has_ending(set, "DECOD") || has_ending(set, "TERM") ? "OCCURRENCE DATA STRUCTURE" : "ADAM OTHER";
}

static const char *tabulation_class(Arena *arena, const SurveyedSet *set)
{
    if (str_starts(set->name, STR("SUPP")) || str_starts(set->name, STR("REL"))) return "RELATIONSHIP";
    Str word = str_format(arena, " " STR_FMT " ", STR_ARG(set->name));
    for (size_t i = 0; i < sizeof DOMAINS / sizeof DOMAINS[0]; i++) {
        if (str_find(str_from(DOMAINS[i].domains), word) != SIZE_MAX) return DOMAINS[i].class;
    }
    if (has_ending(set, "TESTCD")) return "FINDINGS";
    if (has_ending(set, "TERM")) return "EVENTS";
    return has_ending(set, "TRT") ? "INTERVENTIONS" : "";
}

/* "subject, parameter and visit": what the keys tell apart. */
static Str structure_of(Arena *arena, const SurveyedSet *set)
{
    static const struct {
        const char *ending, *word;
    } WORDS[] = {{"SUBJID", "subject"}, {"PARAMCD", "parameter"}, {"TSPARMCD", "parameter"}, {"SEQ", "sequence number"}, {"VISITNUM", "visit"}, {"AVISITN", "visit"}, {"AVISIT", "visit"},
                 {"ADT", "date"}, {"DTC", "date"}, {"ATPTN", "time point"}, {"DTYPE", "derivation type"}, {"QNAM", "qualifier"}, {"IDVAR", "identifying variable"},
                 {"IDVARVAL", "value of it"}, {"RELID", "relation"}, {"ARMCD", "arm"}, {"TAETORD", "place in the arm"}, {"ETCD", "element"}, {"IETESTCD", "criterion"},
                 {"RDOMAIN", "domain"}};
    if (!set->n_keys) return STR("records that no key tells apart");
    Buf buf = buf_new(arena);
    StudyTexts words = {0};
    for (size_t i = 0; i < set->n_keys; i++) {
        Str name = set->variables[set->keys[i]].variable.name, word = name;
        for (size_t k = 0; k < sizeof WORDS / sizeof WORDS[0] && str_equal(word, name); k++) {
            if (str_ends(name, str_from(WORDS[k].ending))) word = str_from(WORDS[k].word);
        }
        if (!words.n || !str_equal(words.items[words.n - 1], word)) *study_list_add(arena, &words) = word;
    }
    buf_add_c(&buf, "one record per");
    for (size_t i = 0; i < words.n; i++) buf_format(&buf, "%s " STR_FMT, i == 0 ? "" : i + 1 == words.n ? " and" : ",", STR_ARG(words.items[i]));
    return buf_str(&buf);
}

static StudyType text_type(const SurveyVariable *v)
{
    static const StudyType OF_DATES[] = {STUDY_TEXT, STUDY_DATE, STUDY_PARTIAL_DATE, STUDY_TIME, STUDY_DATETIME, STUDY_PARTIAL_DATETIME, STUDY_DURATION};
    Str name = v->variable.name;
    bool is_date = str_ends(name, STR("DTC")), is_duration = str_ends(name, STR("DUR")) || str_ends(name, STR("ELTM")) || str_ends(name, STR("EVLINT"));
    if (v->dates == SURVEY_DURATIONS) return is_duration ? STUDY_DURATION : STUDY_TEXT;
    return is_date ? OF_DATES[v->dates] : STUDY_TEXT;
}

static StudyType type_of(const SurveyVariable *v)
{
    if (table_is_number(&v->variable)) return v->is_whole ? STUDY_INTEGER : STUDY_FLOAT;
    switch (v->variable.type) {
    case TABLE_DATE: return v->dates == SURVEY_NO_DATES || v->dates == SURVEY_DATES ? STUDY_DATE : STUDY_PARTIAL_DATE;
    case TABLE_DATETIME: return v->dates == SURVEY_NO_DATES || v->dates == SURVEY_DATETIMES ? STUDY_DATETIME : STUDY_PARTIAL_DATETIME;
    case TABLE_TIME: return STUDY_TIME;
    case TABLE_URI: return STUDY_URI;
    case TABLE_DECIMAL: return STUDY_FLOAT;
    case TABLE_TEXT: case TABLE_DOUBLE: case TABLE_FLOAT: case TABLE_INTEGER: case TABLE_BOOLEAN: break;
    }
    return text_type(v);
}

/* Lengths are of texts and numbers; a number's counts its point and decimals. */
static void set_length(Arena *arena, const SurveyVariable *v, StudyVariable *variable)
{
    bool is_text = variable->type == STUDY_TEXT, is_whole = variable->type == STUDY_INTEGER, is_float = variable->type == STUDY_FLOAT;
    if (!is_text && !is_whole && !is_float) return;
    variable->length = v->longest ? v->longest : is_text && v->variable.length ? v->variable.length : 1;
    if (is_float && v->variable.type != TABLE_DECIMAL) {
        variable->length += (size_t)v->decimals + 1;
        variable->digits = str_format(arena, "%d", v->decimals);
    }
}

static bool is_coded(const SurveyedSet *set, const SurveyVariable *v)
{
    if (!v->has_values || v->dates != SURVEY_NO_DATES || v->variable.is_count) return false;
    for (size_t i = 0; i < sizeof NO_CODES / sizeof NO_CODES[0]; i++) {
        if (str_ends(v->variable.name, str_from(NO_CODES[i]))) return false;
    }
    if (table_is_number(&v->variable)) return v->has_decodes;
    size_t n_present = set->n_rows - v->n_missing;
    return v->n_values <= MOST_CODES && (v->n_values <= FEW_CODES || n_present >= RECORDS_PER_CODE * v->n_values);
}

static bool holds(const SurveyVariable *all, const SurveyVariable *some)
{
    for (size_t i = 0; i < some->n_values; i++) {
        bool found = false;
        for (size_t k = 0; !found && k < all->n_values; k++)
            found = str_equal(all->values[k].text, some->values[i].text) && (!some->has_decodes || str_equal(all->values[k].decode, some->values[i].decode));
        if (!found) return false;
    }
    return true;
}

/* The variable of this name with the most values, when it holds those of every other; NULL: they are no one list. */
static const SurveyVariable *shared_list(const DataSurvey *survey, const SurveyVariable *v)
{
    const SurveyVariable *most = v;
    bool holds_all = true;
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < survey->n; i++) {
            const SurveyVariable *other = survey_variable(&survey->sets[i], v->variable.name);
            if (!other || !is_coded(&survey->sets[i], other)) continue;
            if (table_is_number(&other->variable) != table_is_number(&v->variable) || other->has_decodes != v->has_decodes) return NULL;
            if (turn == 0 && other->n_values > most->n_values) most = other;
            if (turn == 1) holds_all = holds_all && holds(most, other);
        }
    }
    return holds_all ? most : NULL;
}

static Str add_list(StudyMetadata *study, const DataSurvey *survey, const SurveyedSet *set, const SurveyVariable *v, StudyType type)
{
    bool is_new;
    const SurveyVariable *list = shared_list(survey, v);
    Str name = str_upper(study->arena, v->variable.name), title = v->variable.label.len ? v->variable.label : name;
    if (!list) name = str_format(study->arena, STR_FMT "." STR_FMT, STR_ARG(set->name), STR_ARG(name));
    StudyCodelist *codelist = study_add_codelist(study, name, title, type == STUDY_INTEGER || type == STUDY_FLOAT ? type : STUDY_TEXT, &is_new);
    Str id = codelist->id;
    if (!list) list = v;
    for (size_t i = 0; is_new && i < list->n_values; i++) study_add_code(study, codelist, list->values[i].text, list->has_decodes ? list->values[i].decode : STR(""), STR(""));
    return id;
}

static size_t key_of(const SurveyedSet *set, size_t variable)
{
    for (size_t i = 0; i < set->n_keys; i++) {
        if (set->keys[i] == variable) return i + 1;
    }
    return 0;
}

static void add_variable(StudyMetadata *study, const DataSurvey *survey, const SurveyedSet *set, size_t place, StudyDataSet *data_set)
{
    const SurveyVariable *v = &set->variables[place];
    StudyVariable *variable = study_add_variable(study, data_set, v->variable.name, v->variable.label, type_of(v));
    set_length(study->arena, v, variable);
    if (str_find(v->variable.format, STR("$")) != 0 && !str_equal(v->variable.format, STR("."))) variable->format = v->variable.format;
    variable->key = key_of(set, place);
    variable->mandatory = set->n_rows && !v->n_missing ? STR("Yes") : STR("No");
    variable->no_data = set->n_rows && v->n_missing == set->n_rows;
    if (is_coded(set, v)) variable->codelist = add_list(study, survey, set, v, variable->type);
    if (v->predecessor.len) study_add_origin(study, variable, "Predecessor", "Sponsor", v->predecessor);
}

static const DataSet *declared_set(const Protocol *protocol, Str name)
{
    for (size_t i = 0; protocol && i < protocol->data.sets.n; i++) {
        if (str_equal_fold(protocol->data.sets.items[i].id, name)) return &protocol->data.sets.items[i];
    }
    return NULL;
}

/* Names that a transport file can have. */
static bool is_sas_name(Str name)
{
    return name.len <= 8;
}

static void add_set(StudyMetadata *study, const DataSurvey *survey, const SurveyedSet *set, const Protocol *protocol, const DataMetadataChoices *choices)
{
    Arena *arena = study->arena;
    bool analysis = survey_is_analysis(set->name), supplement = str_starts(set->name, STR("SUPP"));
    const DataSet *declared = declared_set(protocol, set->name);
    Str label = set->label.len ? set->label : declared && declared->title.len ? declared->title : set->name;
    StudyDataSet *data_set = study_add_data_set(study, set->name, label);
    data_set->leaf.href = path_from(arena, choices->folder, set->path);
    data_set->leaf.title = file_name(set->path);
    if (is_sas_name(set->name)) data_set->sas_name = set->name;
    if (!analysis) data_set->domain = supplement && set->name.len > 4 ? str_slice(set->name, 4, set->name.len) : set->name;
    data_set->class = str_from(analysis ? analysis_class(set) : tabulation_class(arena, set));
    data_set->purpose = analysis ? STR("Analysis") : STR("Tabulation");
    data_set->structure = structure_of(arena, set);
    bool by_subject = str_equal(set->name, STR("DM")) || str_equal(set->name, STR("ADSL"));
    data_set->repeating = by_subject ? STR("No") : STR("Yes");
    data_set->reference = set->is_reference || str_equal(data_set->class, STR("TRIAL DESIGN")) ? STR("Yes") : STR("No");
    data_set->no_data = set->n_rows == 0;
    for (size_t i = 0; i < study->standards.n; i++) {
        if (str_equal(study->standards.items[i].name, analysis ? STR("ADaMIG") : STR("SDTMIG"))) data_set->standard = study->standards.items[i].id;
    }
    for (size_t i = 0; i < set->n_variables; i++) add_variable(study, survey, set, i, data_set);
}

static void add_standards(StudyMetadata *study, const DataMetadataChoices *choices)
{
    const Str none = STR("");
    if (choices->sdtmig.len) study_add_standard(study, STR("SDTMIG"), STR("IG"), none, choices->sdtmig);
    if (choices->adamig.len) study_add_standard(study, STR("ADaMIG"), STR("IG"), none, choices->adamig);
    if (choices->sdtm_ct.len) study_add_standard(study, STR("CDISC/NCI"), STR("CT"), STR("SDTM"), choices->sdtm_ct);
    if (choices->adam_ct.len) study_add_standard(study, STR("CDISC/NCI"), STR("CT"), STR("ADaM"), choices->adam_ct);
}

void study_describe(StudyMetadata *study, const Protocol *protocol)
{
    const TrialFacts *trial = &protocol->trial;
    Arena *arena = study->arena;
    study->name = trial->id;
    study->protocol = trial->short_title.len ? trial->short_title : trial->id;
    study->description = trial->title;
    if (trial->language.len) study->language = trial->language;
    if (!study->originator.len) study->originator = trial->sponsor;
    if (!trial->simulated) return;
    study->description = str_format(arena, "SIMULATED RECORDS, of no real person. " STR_FMT, STR_ARG(trial->title));
    study->metadata_description = STR("SIMULATED RECORDS");
    study->comment = study_add_comment(study, STR("SIMULATED"), STR("SIMULATED: the records of this study are made up by a program; they are of no real person."), NULL)->id;
}

StudyMetadata *data_metadata(Arena *arena, const DataSurvey *survey, const Protocol *protocol, const DataMetadataChoices *choices)
{
    StudyMetadata *study = study_metadata_new(arena);
    study->originator = choices->originator;
    if (protocol) study_describe(study, protocol);
    add_standards(study, choices);
    for (size_t i = 0; i < survey->n; i++) add_set(study, survey, &survey->sets[i], protocol, choices);
    return study;
}

/* How much of two paths is the same, in whole parts. */
static size_t common_parts(Str a, Str b)
{
    size_t common = 0;
    for (size_t i = 0; i <= a.len && i <= b.len; i++) {
        bool a_ends = i == a.len || a.data[i] == '/', b_ends = i == b.len || b.data[i] == '/';
        if (a_ends && b_ends) common = i + (i < b.len);
        if (i == a.len || i == b.len || a.data[i] != b.data[i]) break;
    }
    return common;
}

/* Without "./" before and "/" behind. */
static Str tidy(Str path)
{
    while (str_starts(path, STR("./"))) path = str_slice(path, 2, path.len);
    while (path.len > 1 && str_ends(path, STR("/"))) path.len--;
    return str_equal(path, STR(".")) ? STR("") : path;
}

Str path_from(Arena *arena, Str folder, Str path)
{
    Str from = tidy(folder), to = tidy(path);
    if (str_starts(from, STR("/")) != str_starts(to, STR("/"))) return to;
    if (str_find(from, STR("..")) != SIZE_MAX && !str_starts(to, from)) return to;
    size_t common = from.len ? common_parts(from, to) : 0;
    Str rest = str_slice(from, common, from.len);
    Buf buf = buf_new(arena);
    if (rest.len) buf_add_c(&buf, "../");
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.data[i] == '/') buf_add_c(&buf, "../");
    }
    buf_add(&buf, str_slice(to, common, to.len));
    return buf_str(&buf);
}
