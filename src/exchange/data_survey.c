#include "exchange/data_survey.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "exchange/source.h"
#include "exchange/survey_inside.h"

#define MAX_DECIMALS 15
#define MAX_VALUES   60

typedef struct {
    Str path, stem;
    int rank;                         /* tabulations, ADSL, other analysis data sets */
} DataFile;

typedef struct {
    size_t n, capacity;
    DataFile *items;
} DataFiles;

typedef struct {
    Arena *arena, *scratch;
    SurveyChoices choices;
    DataSurvey *survey;
    size_t n_bases, base_capacity;
    SurveyBase *bases;
} Surveyor;

bool survey_is_analysis(Str name)
{
    return name.len > 2 && str_equal_fold(str_slice(name, 0, 2), STR("AD"));
}

SurveyVariable *survey_variable(const SurveyedSet *set, Str name)
{
    for (size_t i = 0; i < set->n_variables; i++) {
        if (str_equal_fold(set->variables[i].variable.name, name)) return &set->variables[i];
    }
    return NULL;
}

static int compare_files(const void *a, const void *b)
{
    const DataFile *one = a, *other = b;
    if (one->rank != other->rank) return one->rank - other->rank;
    int order = str_compare(one->stem, other->stem);
    return order ? order : str_compare(one->path, other->path);
}

/* Of a format of tables; the XML files of a study's folder are its metadata. */
static bool is_data(Str name)
{
    return name.data[0] != '.' && !str_ends(name, STR(".xml")) && table_format_of_ending(name) != NULL;
}

static bool list_files(Arena *arena, Str folder, DataFiles *files, Error *err)
{
    DIR *open_folder = opendir(str_c(arena, folder));
    if (!open_folder) {
        error_set(err, ERROR_IO, "could not read the folder \"" STR_FMT "\": %s", STR_ARG(folder), strerror(errno));
        return error_hint(err, "Name the folder that holds the data sets.");
    }
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        Str name = str_copy(arena, str_from(entry->d_name));
        if (!is_data(name)) continue;
        ARENA_PUSH_ROOM(arena, files->items, files->n, files->capacity);
        Str stem = str_upper(arena, file_stem(name));
        int rank = !survey_is_analysis(stem) ? 0 : str_equal(stem, STR("ADSL")) ? 1 : 2;
        files->items[files->n++] = (DataFile){file_join(arena, folder, name), stem, rank};
    }
    closedir(open_folder);
    return true;
}

/* The variable in which the words of a coded one stand, by CDISC's names; SIZE_MAX: none. */
static size_t decode_place(Arena *scratch, const TableMember *member, size_t variable)
{
    static const struct {
        const char *code, *decode;
    } ENDINGS[] = {{"PARAMCD", "PARAM"}, {"TESTCD", "TEST"}, {"QNAM", "QLABEL"}, {"ETCD", "ELEMENT"}, {"VISITNUM", "VISIT"}, {"PARMCD", "PARM"}, {"ARMCD", "ARM"}, {"N", ""}};
    Str name = str_upper(scratch, member->variables[variable].name);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        Str code = str_from(ENDINGS[i].code);
        if (!str_ends(name, code) || name.len + strlen(ENDINGS[i].decode) < 3) continue;
        Str wanted = str_format(scratch, STR_FMT "%s", STR_ARG(str_slice(name, 0, name.len - code.len)), ENDINGS[i].decode);
        for (size_t k = 0; k < member->n_variables; k++) {
            if (str_equal_fold(member->variables[k].name, wanted) && !table_is_number(&member->variables[k])) return k;
        }
    }
    return SIZE_MAX;
}

static size_t n_characters(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return n;
}

static bool is_pattern(Str text, const char *pattern)
{
    if (text.len != strlen(pattern)) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (pattern[i] == '9' ? c < '0' || c > '9' : c != pattern[i]) return false;
    }
    return true;
}

static SurveyDates dates_of(Str text)
{
    static const struct {
        const char *pattern;
        SurveyDates dates;
    } FORMS[] = {{"9999-99-99", SURVEY_DATES}, {"9999-99", SURVEY_PARTIAL_DATES}, {"9999", SURVEY_PARTIAL_DATES},
                 {"9999-99-99T99:99:99", SURVEY_DATETIMES}, {"9999-99-99T99:99", SURVEY_DATETIMES}, {"9999-99-99T99", SURVEY_PARTIAL_DATETIMES},
                 {"99:99", SURVEY_TIMES}, {"99:99:99", SURVEY_TIMES}};
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if (is_pattern(text, FORMS[i].pattern)) return FORMS[i].dates;
    }
    if (text.len > 2 && (text.data[0] == 'P' || str_starts(text, STR("-P")))) return SURVEY_DURATIONS;
    return SURVEY_NO_DATES;
}

static bool are_days(SurveyDates dates)
{
    return dates == SURVEY_DATES || dates == SURVEY_PARTIAL_DATES;
}

static bool have_days(SurveyDates dates)
{
    return are_days(dates) || dates == SURVEY_DATETIMES || dates == SURVEY_PARTIAL_DATETIMES;
}

/* What holds of both. */
static SurveyDates dates_together(SurveyDates a, SurveyDates b)
{
    if (a == b) return a;
    if (are_days(a) && are_days(b)) return SURVEY_PARTIAL_DATES;
    return have_days(a) && have_days(b) ? SURVEY_PARTIAL_DATETIMES : SURVEY_NO_DATES;
}

/* More decimals than so far, where the number has them. */
static int decimals_of(double number, int decimals)
{
    double power = pow(10, decimals);
    while (decimals < MAX_DECIMALS && fabs(number) < 1e12 && round(number * power) / power != number) {
        decimals++;
        power *= 10;
    }
    return decimals;
}

static void note_number(SurveyVariable *v, double number)
{
    double size = fabs(number);
    size_t digits = number < 0 ? 2 : 1;
    for (; size >= 10 && digits < 20; size /= 10) digits++;
    if (number != floor(number)) {
        v->is_whole = false;
        v->decimals = decimals_of(number, v->decimals);
    }
    if (digits > v->longest) v->longest = digits;
}

static void note_text(SurveyVariable *v, Str text, bool first)
{
    size_t n = n_characters(text);
    SurveyDates dates = dates_of(text);
    if (n > v->longest) v->longest = n;
    v->dates = first ? dates : dates_together(v->dates, dates);
}

/* The values of a variable while its rows go by. */
typedef struct {
    Map places;
    size_t capacity;
} ValueList;

static void add_value(Arena *arena, SurveyVariable *v, ValueList *list, const TableCell *cell, Str key)
{
    bool is_number = table_is_number(&v->variable);
    Buf buf = buf_new(arena);
    if (is_number) buf_number(&buf, cell->number);
    ARENA_PUSH_ROOM(arena, v->values, v->n_values, list->capacity);
    Str text = is_number ? buf_str(&buf) : str_copy(arena, cell->text);
    map_put(&list->places, is_number ? str_copy(arena, key) : text, NULL)->index = v->n_values;
    v->values[v->n_values++] = (SurveyValue){.text = text, .number = is_number ? cell->number : 0};
}

static void note_value(Surveyor *surveyor, SurveyVariable *v, ValueList *list, const TableCell *cell, const TableCell *decode, size_t row)
{
    double number = cell->number == 0 ? 0 : cell->number;         /* one zero */
    Str key = table_is_number(&v->variable) ? (Str){(const char *)&number, sizeof number} : cell->text;
    if (!v->has_values) return;
    const MapEntry *entry = map_get(&list->places, key);
    SurveyValue *value = entry ? &v->values[entry->index] : NULL;
    if (!value) {
        v->has_values = v->n_values < surveyor->choices.max_values && key.len <= SURVEY_MAX_TEXT;
        if (!v->has_values) return;
        add_value(surveyor->arena, v, list, cell, key);
        value = &v->values[v->n_values - 1];
        value->first_row = row;
        if (decode && !decode->missing) value->decode = str_copy(surveyor->arena, str_slice(decode->text, 0, SURVEY_MAX_TEXT));
    }
    value->n++;
    if (v->has_decodes) v->has_decodes = decode && value->decode.len && str_equal(value->decode, str_slice(decode->text, 0, SURVEY_MAX_TEXT));
}

static int compare_values(const void *a, const void *b)
{
    const SurveyValue *one = a, *other = b;
    return (one->number > other->number) - (one->number < other->number);
}

/* A member at hand: the set it becomes, and what is watched as its rows go by. */
typedef struct {
    const TableMember *member;
    SurveyedSet *set;
    size_t *decodes;
    ValueList *values;
    SurveyKeys keys;
    bool is_base;
    SurveyBase base;
    size_t n_matches;
    SurveyMatch *matches;
} Watch;

static void note_row(Surveyor *surveyor, Watch *watch, const TableCell *cells)
{
    SurveyedSet *set = watch->set;
    for (size_t i = 0; i < set->n_variables; i++) {
        SurveyVariable *v = &set->variables[i];
        if (cells[i].missing) {
            v->n_missing++;
            continue;
        }
        if (table_is_number(&v->variable)) note_number(v, cells[i].number);
        else note_text(v, cells[i].text, v->n_missing == set->n_rows);
        note_value(surveyor, v, &watch->values[i], &cells[i], watch->decodes[i] == SIZE_MAX ? NULL : &cells[watch->decodes[i]], set->n_rows + 1);
    }
    survey_keys_row(&watch->keys, watch->member, cells);
    if (watch->is_base) survey_base_row(surveyor->arena, &watch->base, cells);
    for (size_t i = 0; i < watch->n_matches; i++) survey_match_row(surveyor->scratch, &watch->matches[i], watch->member, cells);
    set->n_rows++;
}

static void begin_watch(Surveyor *surveyor, const TableMember *member, const DataFile *file, Watch *watch)
{
    Arena *arena = surveyor->arena;
    DataSurvey *survey = surveyor->survey;
    ARENA_PUSH_ROOM(arena, survey->sets, survey->n, survey->capacity);
    SurveyedSet *set = &survey->sets[survey->n++];
    *set = (SurveyedSet){.name = str_upper(arena, member->name.len ? member->name : file->stem), .label = str_copy(arena, member->label), .path = file->path,
                         .is_reference = member->is_reference, .n_variables = member->n_variables};
    set->variables = ARENA_ARRAY(arena, SurveyVariable, member->n_variables + 1);
    *watch = (Watch){.member = member, .set = set, .keys = survey_keys_new(arena, member, surveyor->choices.subject)};
    watch->decodes = ARENA_ARRAY(arena, size_t, member->n_variables + 1);
    watch->values = ARENA_ARRAY(arena, ValueList, member->n_variables + 1);
    for (size_t i = 0; i < member->n_variables; i++) {
        SurveyVariable *v = &set->variables[i];
        v->variable = member->variables[i];
        v->variable.name = str_copy(arena, v->variable.name);
        v->variable.label = str_copy(arena, v->variable.label);
        v->variable.format = str_copy(arena, v->variable.format);
        v->is_whole = v->has_values = true;
        watch->values[i].places = map_new(arena);
        watch->decodes[i] = decode_place(arena, member, i);
        v->has_decodes = watch->decodes[i] != SIZE_MAX;
    }
    bool analysis = survey_is_analysis(set->name);
    watch->is_base = (!analysis || str_equal(set->name, STR("ADSL"))) && survey_base_new(arena, set->name, member, surveyor->choices.subject, &watch->base);
    watch->matches = ARENA_ARRAY(arena, SurveyMatch, surveyor->n_bases + 1);
    for (size_t i = 0; analysis && i < surveyor->n_bases; i++)
        watch->n_matches += survey_match_new(arena, &surveyor->bases[i], member, surveyor->choices.subject, &watch->matches[watch->n_matches]);
}

/* ADSL before DM before the others, which were read in the opposite order. */
static void name_predecessors(Surveyor *surveyor, Watch *watch)
{
    for (size_t m = 0; m < watch->n_matches; m++) {
        const SurveyMatch *match = &watch->matches[m];
        bool by_subject = match->base->sequence == SIZE_MAX;
        for (size_t i = 0; i < watch->set->n_variables; i++) {
            SurveyVariable *v = &watch->set->variables[i];
            if (match->variables[i] == SIZE_MAX || v->n_missing == watch->set->n_rows || (v->predecessor.len && !by_subject)) continue;
            v->predecessor = str_format(surveyor->arena, STR_FMT "." STR_FMT, STR_ARG(match->base->name), STR_ARG(match->base->variables[match->variables[i]].name));
        }
    }
}

static void end_watch(Surveyor *surveyor, Watch *watch)
{
    SurveyedSet *set = watch->set;
    set->n_keys = survey_keys_found(&watch->keys, set->keys);
    name_predecessors(surveyor, watch);
    for (size_t i = 0; i < set->n_variables; i++) {
        SurveyVariable *v = &set->variables[i];
        v->has_values = v->has_values && v->n_values > 0;
        v->has_decodes = v->has_decodes && v->n_values > 0;
        if (table_is_number(&v->variable) && v->n_values) qsort(v->values, v->n_values, sizeof *v->values, compare_values);
    }
    if (!watch->is_base) return;
    ARENA_PUSH_ROOM(surveyor->arena, surveyor->bases, surveyor->n_bases, surveyor->base_capacity);
    surveyor->bases[surveyor->n_bases++] = watch->base;
}

static bool survey_file(Surveyor *surveyor, const DataFile *file, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    if (!table_open(surveyor->arena, file->path, &reader, err)) return false;
    while (true) {
        Watch watch;
        if (!table_next_member(reader, &member, err)) return false;
        if (!member) return true;
        begin_watch(surveyor, member, file, &watch);
        while (true) {
            if (!table_next_row(reader, &cells, err)) return false;
            if (!cells) break;
            note_row(surveyor, &watch, cells);
        }
        end_watch(surveyor, &watch);
    }
}

static bool names_differ(const DataSurvey *survey, Error *err)
{
    for (size_t i = 1; i < survey->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!str_equal(survey->sets[i].name, survey->sets[k].name)) continue;
            error_set(err, ERROR_INCONSISTENT, "there are two data sets called \"" STR_FMT "\"", STR_ARG(survey->sets[i].name));
            return error_hint(err, "Keep one of \"" STR_FMT "\" and \"" STR_FMT "\".", STR_ARG(survey->sets[k].path), STR_ARG(survey->sets[i].path));
        }
    }
    return true;
}

/* Numbers of one name are of one type. */
static void unify(DataSurvey *survey)
{
    Map numbers = map_new(arena_new());
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < survey->n; i++) {
            for (size_t k = 0; k < survey->sets[i].n_variables; k++) {
                SurveyVariable *v = &survey->sets[i].variables[k], *widest;
                if (!table_is_number(&v->variable)) continue;
                MapEntry *entry = map_put(&numbers, v->variable.name, NULL);
                if (!entry->pointer) entry->pointer = v;
                widest = entry->pointer;
                if (v->decimals > widest->decimals) entry->pointer = widest = v;
                if (turn == 0) continue;
                v->is_whole = widest->is_whole;
                v->decimals = widest->decimals;
            }
        }
    }
    arena_free(numbers.arena);
}

bool data_survey(Arena *arena, Str folders, const SurveyChoices *choices, DataSurvey *survey, Error *err)
{
    Str *paths;
    size_t n;
    DataFiles files = {0};
    *survey = (DataSurvey){0};
    Surveyor surveyor = {.arena = arena, .choices = *choices, .survey = survey};
    if (!surveyor.choices.subject.len) surveyor.choices.subject = STR("USUBJID");
    if (!surveyor.choices.max_values) surveyor.choices.max_values = MAX_VALUES;
    source_folders(arena, folders, &paths, &n);
    for (size_t i = 0; i < n; i++) {
        if (!list_files(arena, paths[i], &files, err)) return false;
    }
    if (files.n) qsort(files.items, files.n, sizeof *files.items, compare_files);
    surveyor.scratch = arena_new();
    bool done = true;
    for (size_t i = 0; done && i < files.n; i++) done = survey_file(&surveyor, &files.items[i], err);
    arena_free(surveyor.scratch);
    if (!done || !names_differ(survey, err)) return false;
    unify(survey);
    if (survey->n) return true;
    error_set(err, ERROR_INCONSISTENT, "there is no data set in \"" STR_FMT "\"", STR_ARG(folders));
    return error_hint(err, "Formats are: " STR_FMT ".", STR_ARG(table_format_words(arena)));
}
