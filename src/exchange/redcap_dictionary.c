#include "exchange/redcap_dictionary.h"

#include "exchange/csv.h"

#define MAX_FIELDS 10000

static const struct {
    const char *word;
    bool chosen;
} TYPES[] = {
#define X(name, word, chosen) {word, chosen},
    REDCAP_TYPES(X)
#undef X
};
enum { N_TYPES = sizeof TYPES / sizeof TYPES[0] };

const char *redcap_type_word(RedcapType type) { return TYPES[type].word; }

/* A column by the header of the web page and by that of the API. */
typedef struct {
    const char *title, *name;
    bool needed;
} Heading;

typedef struct {
    Arena *arena;
    CsvReader *csv;
    CsvRow row;
    const Heading *headings;
    size_t n;
    size_t *fields;                   /* of each heading; SIZE_MAX when absent */
    bool is_api;
} Table;

static bool find_headings(Table *table, Error *err)
{
    size_t n_names;
    const Str *names = csv_names(table->csv, &n_names);
    table->fields = ARENA_ARRAY(table->arena, size_t, table->n);
    for (size_t i = 0; i < table->n; i++) {
        table->fields[i] = SIZE_MAX;
        for (size_t k = 0; k < n_names; k++) {
            bool is_name = str_equal_fold(names[k], str_from(table->headings[i].name));
            if (!is_name && !str_equal_fold(names[k], str_from(table->headings[i].title))) continue;
            table->fields[i] = k;
            table->is_api |= is_name && i == 0;
        }
        if (table->fields[i] != SIZE_MAX || !table->headings[i].needed) continue;
        error_set(err, ERROR_MALFORMED, "there is no column \"%s\"", table->headings[i].title);
        error_in(err, "line 1");
        if (n_names == 1) return error_hint(err, "The header is one column: are the fields separated by commas, tabs or semicolons?");
        return error_hint(err, "REDCap calls it \"%s\", its API \"%s\"; is this the right file?", table->headings[i].title, table->headings[i].name);
    }
    return true;
}

static bool open_table(Arena *arena, Str content, const Heading *headings, size_t n, Table *table, Error *err)
{
    *table = (Table){.arena = arena, .headings = headings, .n = n};
    return csv_open(arena, content, NULL, &table->csv, err) && find_headings(table, err);
}

static Str cell(const Table *table, size_t i)
{
    size_t at = table->fields[i];
    if (at == SIZE_MAX) return STR("");
    Str text = str_trim(table->row.fields[at]);
    if (table->is_api && !table->row.quoted[at] && str_equal(text, STR("NA"))) return STR("");
    return str_copy(table->arena, text);
}

static bool at(const Table *table, size_t i, Error *err)
{
    return error_in(err, "line %zu, column \"%s\"", table->row.line, table->is_api ? table->headings[i].name : table->headings[i].title);
}

/* --- the data dictionary --- */

enum { NAME, FORM, SECTION, TYPE, LABEL, CHOICES, NOTE, VALIDATION, MIN, MAX, IDENTIFIER, BRANCHING, REQUIRED_FIELD, MATRIX, ANNOTATION };

static const Heading FIELD_HEADINGS[] = {
    [NAME] = {"Variable / Field Name", "field_name", true},
    [FORM] = {"Form Name", "form_name", true},
    [SECTION] = {"Section Header", "section_header", false},
    [TYPE] = {"Field Type", "field_type", true},
    [LABEL] = {"Field Label", "field_label", true},
    [CHOICES] = {"Choices, Calculations, OR Slider Labels", "select_choices_or_calculations", true},
    [NOTE] = {"Field Note", "field_note", false},
    [VALIDATION] = {"Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number", false},
    [MIN] = {"Text Validation Min", "text_validation_min", false},
    [MAX] = {"Text Validation Max", "text_validation_max", false},
    [IDENTIFIER] = {"Identifier?", "identifier", false},
    [BRANCHING] = {"Branching Logic (Show field only if...)", "branching_logic", false},
    [REQUIRED_FIELD] = {"Required Field?", "required_field", false},
    [MATRIX] = {"Matrix Group Name", "matrix_group_name", false},
    [ANNOTATION] = {"Field Annotation", "field_annotation", false},
};

static bool is_name(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        if (!letter && !(i && (digit || c == '_'))) return false;
    }
    return text.len > 0 && text.len <= 100;
}

static bool parse_type(Str word, RedcapType *type, Error *err)
{
    Str words[N_TYPES];
    for (size_t i = 0; i < N_TYPES; i++) {
        words[i] = str_from(TYPES[i].word);
        *type = (RedcapType)i;
        if (str_equal_fold(word, words[i])) return true;
    }
    Str near = str_nearest(word, words, N_TYPES);
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no type of a field", STR_ARG(word));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "Types are text, notes, radio, dropdown, checkbox, yesno, truefalse, calc, slider, file, descriptive, sql.");
}

static bool add_choice(Codelist *codes, Map *seen, Str choice, Error *err)
{
    Str code, label;
    bool is_new;
    if (!str_cut(choice, STR(","), &code, &label)) code = label = choice;
    code = str_trim(code);
    label = str_trim(label);
    if (!code.len) {
        error_set(err, ERROR_MALFORMED, "the choice \"" STR_FMT "\" has no code", STR_ARG(str_trim(choice)));
        return error_hint(err, "Choices are written \"0, No | 1, Yes\".");
    }
    map_put(seen, code, &is_new);
    if (!is_new) {
        error_set(err, ERROR_MALFORMED, "the code \"" STR_FMT "\" stands twice", STR_ARG(code));
        return error_hint(err, "A code must mean one thing; renumber one of the two.");
    }
    codes->codes[codes->n] = code;
    codes->labels[codes->n++] = label;
    return true;
}

static bool parse_choices(Arena *arena, Str text, Codelist *codes, Error *err)
{
    size_t most = 1;
    Map seen = map_new(arena);
    if (!text.len) {
        error_set(err, ERROR_MALFORMED, "there is nothing to choose from");
        return error_hint(err, "Choices are written \"0, No | 1, Yes\".");
    }
    for (size_t i = 0; i < text.len; i++) most += text.data[i] == '|';
    *codes = (Codelist){.codes = ARENA_ARRAY(arena, Str, most), .labels = ARENA_ARRAY(arena, Str, most)};
    while (text.len) {
        Str choice, rest = STR("");
        if (!str_cut(text, STR("|"), &choice, &rest)) choice = text;
        text = rest;
        if (str_trim(choice).len && !add_choice(codes, &seen, choice, err)) return false;
    }
    return true;
}

static bool is_yes(Str text) { return text.len && (text.data[0] == 'y' || text.data[0] == 'Y'); }

static bool read_field(const Table *table, Map *seen, RedcapField *field, Error *err)
{
    bool is_new;
    *field = (RedcapField){.name = cell(table, NAME), .form = cell(table, FORM), .section = cell(table, SECTION), .label = cell(table, LABEL),
                           .choices = cell(table, CHOICES), .note = cell(table, NOTE), .validation = cell(table, VALIDATION),
                           .min = cell(table, MIN), .max = cell(table, MAX), .branching = cell(table, BRANCHING),
                           .matrix = cell(table, MATRIX), .annotation = cell(table, ANNOTATION), .identifier = is_yes(cell(table, IDENTIFIER)),
                           .required = is_yes(cell(table, REQUIRED_FIELD)), .line = table->row.line};
    if (!is_name(field->name)) {
        error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" cannot be the name of a field", STR_ARG(str_slice(field->name, 0, 60)));
        error_hint(err, "REDCap's names hold small letters, digits and underscores, and begin with a letter.");
        return at(table, NAME, err);
    }
    map_put(seen, field->name, &is_new);
    if (!is_new) {
        error_set(err, ERROR_MALFORMED, "the field \"" STR_FMT "\" stands twice", STR_ARG(field->name));
        return at(table, NAME, err);
    }
    if (!field->form.len) {
        error_set(err, ERROR_MALFORMED, "the field \"" STR_FMT "\" belongs to no form", STR_ARG(field->name));
        return at(table, FORM, err);
    }
    if (!parse_type(cell(table, TYPE), &field->type, err)) return at(table, TYPE, err);
    return !TYPES[field->type].chosen || parse_choices(table->arena, field->choices, &field->codes, err) || at(table, CHOICES, err);
}

static void note_form(Arena *arena, RedcapDictionary *dictionary, size_t *capacity, Str form)
{
    for (size_t i = dictionary->n_forms; i-- > 0;)
        if (str_equal(dictionary->forms[i], form)) return;
    ARENA_PUSH_ROOM(arena, dictionary->forms, dictionary->n_forms, *capacity);
    dictionary->forms[dictionary->n_forms++] = form;
}

bool redcap_dictionary_parse(Arena *arena, Str content, RedcapDictionary *dictionary, Error *err)
{
    Table table;
    Map seen = map_new(arena);
    bool found;
    size_t capacity = 0, form_capacity = 0;
    *dictionary = (RedcapDictionary){0};
    if (!open_table(arena, content, FIELD_HEADINGS, sizeof FIELD_HEADINGS / sizeof FIELD_HEADINGS[0], &table, err)) return false;
    while (true) {
        if (!csv_next(table.csv, &table.row, &found, err)) return false;
        if (!found) break;
        if (dictionary->n_fields == MAX_FIELDS) return error_set(err, ERROR_MALFORMED, "there are more than %d fields", MAX_FIELDS);
        ARENA_PUSH_ROOM(arena, dictionary->fields, dictionary->n_fields, capacity);
        RedcapField *field = &dictionary->fields[dictionary->n_fields++];
        if (!read_field(&table, &seen, field, err)) return false;
        note_form(arena, dictionary, &form_capacity, field->form);
    }
    if (dictionary->n_fields) return true;
    error_set(err, ERROR_MALFORMED, "the dictionary has no field");
    return error_hint(err, "Download it in REDCap under Project Setup, Data Dictionary.");
}

/* --- arms, events, which form when --- */

static const Heading ARM_HEADINGS[] = {{"arm_num", "arm_num", true}, {"name", "name", true}};

bool redcap_arms_parse(Arena *arena, Str content, RedcapProject *project, Error *err)
{
    Table table;
    bool found;
    size_t capacity = 0;
    if (!open_table(arena, content, ARM_HEADINGS, 2, &table, err)) return false;
    while (true) {
        if (!csv_next(table.csv, &table.row, &found, err)) return false;
        if (!found) return true;
        ARENA_PUSH_ROOM(arena, project->arms, project->n_arms, capacity);
        project->arms[project->n_arms++] = (RedcapArm){cell(&table, 0), cell(&table, 1)};
    }
}

enum { EVENT_NAME, EVENT_ARM, EVENT_UNIQUE, EVENT_DAY, EVENT_BEFORE, EVENT_AFTER };

static const Heading EVENT_HEADINGS[] = {
    [EVENT_NAME] = {"event_name", "event_name", true},
    [EVENT_ARM] = {"arm_num", "arm_num", true},
    [EVENT_UNIQUE] = {"unique_event_name", "unique_event_name", true},
    [EVENT_DAY] = {"day_offset", "day_offset", false},
    [EVENT_BEFORE] = {"offset_min", "offset_min", false},
    [EVENT_AFTER] = {"offset_max", "offset_max", false},
};

static bool read_days(const Table *table, size_t i, int *days, bool *given, Error *err)
{
    int64_t whole = 0;
    Str text = cell(table, i);
    *given = text.len > 0;
    *days = 0;
    if (!*given) return true;
    if (integer_parse(text, &whole) && whole >= -36525 && whole <= 36525) {
        *days = (int)whole;
        return true;
    }
    error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" is no number of days", STR_ARG(str_slice(text, 0, 40)));
    return at(table, i, err);
}

static bool read_event(const Table *table, RedcapEvent *event, Error *err)
{
    bool ignored;
    *event = (RedcapEvent){.name = cell(table, EVENT_NAME), .arm = cell(table, EVENT_ARM), .unique = cell(table, EVENT_UNIQUE)};
    if (!event->unique.len) {
        error_set(err, ERROR_MALFORMED, "the event \"" STR_FMT "\" has no unique name", STR_ARG(event->name));
        return at(table, EVENT_UNIQUE, err);
    }
    return read_days(table, EVENT_DAY, &event->day, &event->has_day, err) && read_days(table, EVENT_BEFORE, &event->before, &ignored, err)
           && read_days(table, EVENT_AFTER, &event->after, &ignored, err);
}

bool redcap_events_parse(Arena *arena, Str content, RedcapProject *project, Error *err)
{
    Table table;
    bool found, is_new;
    size_t capacity = 0;
    Map seen = map_new(arena);
    if (!open_table(arena, content, EVENT_HEADINGS, sizeof EVENT_HEADINGS / sizeof EVENT_HEADINGS[0], &table, err)) return false;
    while (true) {
        if (!csv_next(table.csv, &table.row, &found, err)) return false;
        if (!found) return true;
        ARENA_PUSH_ROOM(arena, project->events, project->n_events, capacity);
        RedcapEvent *event = &project->events[project->n_events++];
        if (!read_event(&table, event, err)) return false;
        map_put(&seen, event->unique, &is_new);
        if (is_new) continue;
        error_set(err, ERROR_MALFORMED, "the event \"" STR_FMT "\" stands twice", STR_ARG(event->unique));
        return at(&table, EVENT_UNIQUE, err);
    }
}

static const Heading MAPPING_HEADINGS[] = {{"unique_event_name", "unique_event_name", true}, {"form", "form", true}};

static bool absent(const char *what, Str name, const Str *names, size_t n, Error *err)
{
    Str near = str_nearest(name, names, n);
    error_set(err, ERROR_INCONSISTENT, "there is no %s \"" STR_FMT "\"", what, STR_ARG(name));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    return error_hint(err, "The files must be of one project.");
}

static bool is_among(Str name, const Str *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(names[i], name)) return true;
    return false;
}

bool redcap_mapping_parse(Arena *arena, Str content, RedcapProject *project, Error *err)
{
    Table table;
    bool found;
    size_t capacity = 0;
    Str *events = ARENA_ARRAY(arena, Str, project->n_events + 1);
    for (size_t i = 0; i < project->n_events; i++) events[i] = project->events[i].unique;
    if (!open_table(arena, content, MAPPING_HEADINGS, 2, &table, err)) return false;
    while (true) {
        if (!csv_next(table.csv, &table.row, &found, err)) return false;
        if (!found) return true;
        RedcapFormAt form_at = {cell(&table, 0), cell(&table, 1)};
        if (!is_among(form_at.event, events, project->n_events)) {
            (void)absent("event", form_at.event, events, project->n_events, err);
            return at(&table, 0, err);
        }
        if (!is_among(form_at.form, project->dictionary.forms, project->dictionary.n_forms)) {
            (void)absent("form", form_at.form, project->dictionary.forms, project->dictionary.n_forms, err);
            return at(&table, 1, err);
        }
        ARENA_PUSH_ROOM(arena, project->mapping, project->n_mapping, capacity);
        project->mapping[project->n_mapping++] = form_at;
    }
}
