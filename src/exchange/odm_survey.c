#include "exchange/odm_survey.h"

#include <math.h>
#include <string.h>

#include "base/time.h"

static const char *const CONTEXT_NAMES[] = {
#define X(name, column, label) column,
    ODM_CONTEXTS(X)
#undef X
};

static const char *const CONTEXT_LABELS[] = {
#define X(name, column, label) label,
    ODM_CONTEXTS(X)
#undef X
};

Str odm_context_value(const OdmDatum *datum, OdmContext context)
{
    switch (context) {
    case ODM_CONTEXT_SUBJECT: return datum->subject;
    case ODM_CONTEXT_ID: return datum->subject_id;
    case ODM_CONTEXT_SITE: return datum->site;
    case ODM_CONTEXT_EVENT: return datum->event_name.len ? datum->event_name : datum->event;
    case ODM_CONTEXT_REPEAT: return datum->event_repeat;
    case ODM_CONTEXT_DATE: return datum->event_date;
    case ODM_CONTEXT_FORM: return datum->form_repeat;
    case ODM_CONTEXT_GROUP: return datum->group_repeat;
    case ODM_CONTEXT_TRANSACT:
    case N_ODM_CONTEXTS: break;
    }
    return datum->transaction;
}

/* --- types --- */

/* A digit wherever the form has a 0, its own characters elsewhere. */
static bool has_form(Str text, const char *form)
{
    if (text.len != strlen(form)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (form[i] == '0' ? text.data[i] < '0' || text.data[i] > '9' : text.data[i] != form[i]) return false;
    return true;
}

static bool is_time(Str text)
{
    return has_form(text, "00:00:00") && memcmp(text.data, "24", 2) < 0 && text.data[3] < '6' && text.data[6] < '6';
}

static bool is_date(Str text)
{
    Date date;
    return has_form(text, "0000-00-00") && date_parse(text, &date, NULL);
}

bool odm_fits(TableType type, Str text, double *number)
{
    int64_t whole;
    bool is_true = str_equal(text, STR("true")) || str_equal(text, STR("1"));
    switch (type) {
    case TABLE_INTEGER:
        if (!integer_parse(text, &whole) || whole > (int64_t)1 << 53 || whole < -((int64_t)1 << 53)) return false;
        *number = (double)whole;
        return true;
    case TABLE_DOUBLE:
    case TABLE_FLOAT: return number_parse(text, number) && isfinite(*number);
    case TABLE_BOOLEAN: *number = is_true; return is_true || str_equal(text, STR("false")) || str_equal(text, STR("0"));
    case TABLE_DATE: return is_date(text);
    case TABLE_TIME: return is_time(text);
    case TABLE_DATETIME: return text.len == 19 && text.data[10] == 'T' && is_date(str_slice(text, 0, 10)) && is_time(str_slice(text, 11, 19));
    case TABLE_TEXT:
    case TABLE_DECIMAL:
    case TABLE_URI: break;
    }
    return true;
}

/* The types of ODM that tables have too; all others (partial dates, durations, binary) are texts. */
static const struct {
    const char *word;
    TableType type;
} TYPES[] = {{"integer", TABLE_INTEGER}, {"float", TABLE_DOUBLE}, {"double", TABLE_DOUBLE}, {"boolean", TABLE_BOOLEAN}, {"date", TABLE_DATE},
             {"time", TABLE_TIME},       {"datetime", TABLE_DATETIME}, {"URI", TABLE_URI}};

/* A number that can be written back as it stood: not "007", as subjects and sites are called. */
static bool looks_like_number(Str text)
{
    double number;
    size_t sign = text.len && text.data[0] == '-';
    bool has_zeros = text.len > sign + 1 && text.data[sign] == '0' && text.data[sign + 1] != '.';
    return !has_zeros && text.len <= 16 && number_parse(text, &number) && isfinite(number);
}

static void set_type(OdmColumn *column)
{
    const OdmItem *item = column->item;
    column->type = TABLE_TEXT;
    column->is_inferred = !item || !item->data_type.len;
    if (column->is_inferred) return;
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (str_equal_fold(item->data_type, str_from(TYPES[i].word))) column->type = TYPES[i].type;
    if (item->codelist && item->codelist->many) column->type = TABLE_TEXT;
}

/* --- what there is --- */

static bool too_many(Error *err, const char *what) { return error_set(err, ERROR_MALFORMED, "there are more than %s", what); }

static OdmTableForm *put_form(OdmSurvey *s, Str oid, const OdmForm *defined, Error *err)
{
    MapEntry *entry = map_get(&s->by_form, oid);
    if (entry) return entry->pointer;
    if (s->by_form.n == ODM_MAX_TABLES) return too_many(err, "20,000 forms"), NULL;
    OdmTableForm *form = ARENA_NEW(s->arena, OdmTableForm);
    *form = (OdmTableForm){.oid = str_copy(s->arena, oid), .form = defined, .by_group = map_new(s->arena)};
    map_put(&s->by_form, form->oid, NULL)->pointer = form;
    return form;
}

static OdmTableGroup *put_group(OdmSurvey *s, OdmTableForm *form, Str oid, Error *err)
{
    MapEntry *entry = map_get(&form->by_group, oid);
    if (entry) return entry->pointer;
    if (++s->n_columns > ODM_MAX_COLUMNS) return too_many(err, "200,000 groups and items"), NULL;
    OdmTableGroup *group = ARENA_NEW(s->arena, OdmTableGroup);
    *group = (OdmTableGroup){.oid = str_copy(s->arena, oid), .group = odm_group(s->study, oid), .by_item = map_new(s->arena)};
    group->repeats = group->group && group->group->repeats && !group->group->is_form;
    map_put(&form->by_group, group->oid, NULL)->pointer = group;
    return group;
}

static OdmColumn *put_column(OdmSurvey *s, OdmTableGroup *group, Str oid, Error *err)
{
    MapEntry *entry = map_get(&group->by_item, oid);
    if (entry) return entry->pointer;
    if (++s->n_columns > ODM_MAX_COLUMNS) return too_many(err, "200,000 groups and items"), NULL;
    OdmColumn *column = ARENA_NEW(s->arena, OdmColumn);
    *column = (OdmColumn){.oid = str_copy(s->arena, oid), .item = odm_item(s->study, oid)};
    set_type(column);
    map_put(&group->by_item, column->oid, NULL)->pointer = column;
    return column;
}

static bool put_defined(OdmSurvey *s, Error *err)
{
    for (size_t i = 0; i < s->study->forms.n; i++) {
        const OdmForm *defined = &s->study->forms.items[i];
        OdmTableForm *form = put_form(s, defined->oid, defined, err);
        if (!form) return false;
        for (size_t k = 0; k < defined->fields.n; k++) {
            const OdmField *field = &defined->fields.items[k];
            OdmTableGroup *group = put_group(s, form, field->group ? field->group->oid : STR(""), err);
            if (!group || !put_column(s, group, field->oid, err)) return false;
        }
    }
    return true;
}

static bool meet_value(OdmSurvey *s, OdmTableForm *form, const OdmDatum *datum, Error *err)
{
    OdmTableGroup *group = put_group(s, form, datum->group, err);
    OdmColumn *column = group ? put_column(s, group, datum->item, err) : NULL;
    double number;
    if (!column) return false;
    group->has_value = true;
    form->has_value |= !group->repeats;
    s->n_files += datum->is_binary;
    if (datum->is_null || datum->value.len == 0) return true;
    column->n_values++;
    if (datum->value.len > column->longest) column->longest = datum->value.len;
    if (column->is_inferred ? looks_like_number(datum->value) : odm_fits(column->type, datum->value, &number)) return true;
    if (column->n_unfit++ == 0) column->first_unfit_line = datum->line;
    return true;
}

static void meet_contexts(OdmSurvey *s, const OdmDatum *datum)
{
    for (int i = 0; i < N_ODM_CONTEXTS; i++) {
        Str value = odm_context_value(datum, (OdmContext)i);
        if (value.len > s->longest[i]) s->longest[i] = value.len;
    }
    s->has_changes |= datum->transaction.len && !str_equal(datum->transaction, STR("Insert")) && !str_equal(datum->transaction, STR("Context"));
}

static bool meet(OdmSurvey *s, const OdmDatum *datum, Error *err)
{
    OdmTableForm *form = put_form(s, datum->form, NULL, err);
    OdmTableGroup *group;
    if (!form) return false;
    switch (datum->kind) {
    case ODM_FORM:
        s->n_instances++;
        form->has_value = false;
        break;
    case ODM_GROUP:
        if (!(group = put_group(s, form, datum->group, err))) return false;
        s->is_undeclared |= group->met_in == s->n_instances && !group->repeats;
        group->repeats |= group->met_in == s->n_instances;
        group->met_in = s->n_instances;
        group->has_value = false;
        break;
    case ODM_VALUE:
        meet_contexts(s, datum);
        return meet_value(s, form, datum, err);
    case ODM_GROUP_END:
        if (!(group = put_group(s, form, datum->group, err))) return false;
        group->n_rows += group->repeats && group->has_value;
        group->has_value = false;
        break;
    case ODM_FORM_END:
        form->n_rows += form->has_value;
        form->has_value = false;
        break;
    case ODM_END: break;
    }
    return true;
}

/* Counts begin anew; what was found to repeat stays so. */
static void reset(OdmSurvey *s)
{
    for (size_t i = 0; i < s->by_form.n; i++) {
        OdmTableForm *form = s->by_form.entries[i].pointer;
        form->n_rows = 0;
        for (size_t k = 0; k < form->by_group.n; k++) {
            OdmTableGroup *group = form->by_group.entries[k].pointer;
            group->n_rows = group->met_in = 0;
            for (size_t c = 0; c < group->by_item.n; c++) {
                OdmColumn *column = group->by_item.entries[c].pointer;
                column->n_values = column->longest = column->n_unfit = 0;
            }
        }
    }
    s->n_instances = s->n_files = 0;
    s->is_undeclared = false;
}

static bool go_through(OdmSurvey *s, Bytes *bytes, OdmSkips *skipped, Error *err)
{
    Arena *pass = arena_new();
    OdmDatum datum = {0};
    bool ok = bytes_again(pass, &bytes, err);
    OdmData *data = ok ? odm_data_new(pass, bytes, NULL) : NULL;
    OdmSkips *found = NULL;
    if (ok && skipped) data = odm_data_new(pass, bytes, found = ARENA_NEW(pass, OdmSkips));
    while (ok && (ok = odm_data_next(data, &datum, err)) && datum.kind != ODM_END) ok = meet(s, &datum, err);
    for (size_t i = 0; ok && found && i < found->n; i++) {
        ARENA_PUSH_ROOM(s->arena, skipped->items, skipped->n, skipped->capacity);
        OdmSkipped row = found->items[i];
        row.element = str_copy(s->arena, row.element), row.parent = str_copy(s->arena, row.parent);
        skipped->items[skipped->n++] = row;
    }
    arena_free(pass);
    return ok;
}

/* --- the tables --- */

/* The first that can name a column, else one made from the OID; no other has it. */
static Str choose_name(OdmSurvey *s, Map *taken, const Str *candidates, size_t n, Str oid)
{
    Str stem = STR(""), name;
    for (size_t i = 0; i < n && !stem.len; i++)
        if (odm_is_name(candidates[i])) stem = candidates[i];
    if (!stem.len) stem = odm_made_name(s->arena, oid);
    name = stem;
    for (int i = 2;; i++) {
        bool is_new;
        map_put(taken, str_upper(s->arena, name), &is_new);
        if (is_new) return name;
        name = str_format(s->arena, STR_FMT "_%d", STR_ARG(stem), i);
    }
}

/* A text on one line: blanks for line ends and runs of blanks. */
static Str on_one_line(Arena *arena, Str text)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = (unsigned char)text.data[i] <= ' ';
        if (!is_blank) buf_char(&buf, text.data[i]);
        else if (buf.len && buf.data[buf.len - 1] != ' ') buf_char(&buf, ' ');
    }
    return str_trim(buf.len ? buf_str(&buf) : STR(""));
}

static Str text_or(OdmSurvey *s, const OdmTexts *texts, Str name)
{
    Str text = texts ? odm_text(texts, STR("")) : STR("");
    return on_one_line(s->arena, text.len ? text : name);
}

static void note(OdmSurvey *s, Str sentence)
{
    ARENA_PUSH_ROOM(s->arena, s->notes, s->n_notes, s->note_capacity);
    s->notes[s->n_notes++] = sentence;
}

static void settle_type(OdmSurvey *s, const OdmTable *table, OdmColumn *column)
{
    if (column->is_inferred) {
        if (column->n_values && column->n_unfit == 0) column->type = TABLE_DOUBLE;
    } else if (column->n_unfit) {
        note(s, str_format(s->arena, STR_FMT ", " STR_FMT ": %zu of %zu values %s no " STR_FMT ", first on line %zu; the column is text", STR_ARG(table->member.name),
                           STR_ARG(column->oid), column->n_unfit, column->n_values, column->n_unfit == 1 ? "is" : "are", STR_ARG(column->item->data_type),
                           column->first_unfit_line));
        column->type = TABLE_TEXT;
    }
}

static void add_contexts(OdmSurvey *s, OdmTable *table, Map *taken)
{
    TableMember *member = &table->member;
    for (int i = 0; i < N_ODM_CONTEXTS; i++) {
        bool is_wanted = i == ODM_CONTEXT_SUBJECT || (i == ODM_CONTEXT_EVENT && s->study->events.n) || (i == ODM_CONTEXT_TRANSACT ? s->has_changes : s->longest[i] > 0);
        table->contexts[i] = SIZE_MAX;
        if (!is_wanted || (i == ODM_CONTEXT_GROUP && !table->group)) continue;
        map_put(taken, str_from(CONTEXT_NAMES[i]), NULL);
        table->contexts[i] = member->n_variables;
        member->variables[member->n_variables++] = (TableVariable){.name = str_from(CONTEXT_NAMES[i]), .label = str_from(CONTEXT_LABELS[i]), .type = TABLE_TEXT, .length = s->longest[i]};
    }
}

static void add_columns(OdmSurvey *s, OdmTable *table, const OdmTableGroup *group, Map *taken)
{
    for (size_t i = 0; i < group->by_item.n; i++) {
        OdmColumn *column = group->by_item.entries[i].pointer;
        const OdmItem *item = column->item;
        Str name = odm_item_name(s->arena, item, column->oid);
        settle_type(s, table, column);
        column->place = table->member.n_variables;
        TableVariable *variable = &table->member.variables[table->member.n_variables++];
        *variable = (TableVariable){.name = choose_name(s, taken, &name, 1, column->oid), .oid = column->oid, .type = column->type};
        Str label = item ? odm_label(s->arena, item, STR("")) : STR("");
        variable->label = on_one_line(s->arena, label.len ? label : column->oid);
        variable->length = table_is_number(variable) ? 8 : column->longest;
    }
}

static void add_table(OdmSurvey *s, Map *taken_tables, OdmTableForm *form, OdmTableGroup *group)
{
    OdmTable *table = &s->tables[s->n_tables];
    const OdmForm *f = form->form;
    const OdmGroup *g = group ? group->group : NULL;
    size_t n = N_ODM_CONTEXTS;
    Map taken = map_new(s->arena);
    for (size_t i = 0; i < form->by_group.n; i++) {
        const OdmTableGroup *other = form->by_group.entries[i].pointer;
        if (group ? other == group : !other->repeats) n += other->by_item.n;
    }
    if (n == N_ODM_CONTEXTS) return;
    *table = (OdmTable){.form = form, .group = group};
    Str form_names[] = {f ? f->redcap_name : STR(""), f ? f->name : STR(""), form->oid};
    Str group_names[] = {g ? g->sas_name : STR(""), g ? g->name : STR(""), group ? group->oid : STR("")};
    TableMember *member = &table->member;
    *member = (TableMember){.oid = group ? group->oid : form->oid, .study_oid = s->study->study_oid, .metadata_oid = s->study->metadata_oid,
                            .system = s->study->system, .system_version = s->study->system_version,
                            .variables = ARENA_ARRAY(s->arena, TableVariable, n), .n_rows_known = true, .n_rows = group ? group->n_rows : form->n_rows};
    member->name = choose_name(s, taken_tables, group ? group_names : form_names, 3, member->oid);
    member->label = group ? text_or(s, g ? &g->description : NULL, g ? g->name : STR("")) : text_or(s, f ? &f->description : NULL, f ? f->name : STR(""));
    add_contexts(s, table, &taken);
    for (size_t i = 0; i < form->by_group.n; i++) {
        OdmTableGroup *other = form->by_group.entries[i].pointer;
        if (group ? other != group : other->repeats) continue;
        other->table = s->n_tables;
        add_columns(s, table, other, &taken);
    }
    s->n_tables++;
}

static void add_tables(OdmSurvey *s)
{
    Map taken = map_new(s->arena);
    size_t n = 0;
    for (size_t i = 0; i < s->by_form.n; i++) n += 1 + ((OdmTableForm *)s->by_form.entries[i].pointer)->by_group.n;
    s->tables = ARENA_ARRAY(s->arena, OdmTable, n);
    for (size_t i = 0; i < s->by_form.n; i++) {
        OdmTableForm *form = s->by_form.entries[i].pointer;
        add_table(s, &taken, form, NULL);
        for (size_t k = 0; k < form->by_group.n; k++) {
            OdmTableGroup *group = form->by_group.entries[k].pointer;
            if (group->repeats) add_table(s, &taken, form, group);
        }
    }
}

/* One sentence for each element that holds what was not read. */
static void note_skips(OdmSurvey *s, const OdmSkips *skips)
{
    Map parents = map_new(s->arena);
    for (size_t i = 0; i < skips->n; i++) map_put(&parents, skips->items[i].parent, NULL);
    for (size_t p = 0; p < parents.n; p++) {
        Buf buf = buf_new(s->arena);
        buf_format(&buf, "not read in " STR_FMT ":", STR_ARG(parents.entries[p].key));
        for (size_t i = 0, n = 0; i < skips->n; i++) {
            const OdmSkipped *row = &skips->items[i];
            if (!str_equal(row->parent, parents.entries[p].key)) continue;
            buf_format(&buf, "%s " STR_FMT, n++ ? "," : "", STR_ARG(row->element));
            if (row->n == 1) buf_format(&buf, " (line %zu)", row->first_line);
            else buf_format(&buf, " (%zu times, from line %zu)", row->n, row->first_line);
        }
        note(s, buf_str(&buf));
    }
}

bool odm_survey(Arena *arena, const OdmStudy *study, Bytes *bytes, OdmSurvey **survey, Error *err)
{
    OdmSurvey *s = ARENA_NEW(arena, OdmSurvey);
    OdmSkips skipped = {0};
    *s = (OdmSurvey){.arena = arena, .study = study, .by_form = map_new(arena)};
    *survey = s;
    if (!put_defined(s, err)) return false;
    if (study->has_data && !go_through(s, bytes, &skipped, err)) return false;
    if (s->is_undeclared) {
        reset(s);
        if (!go_through(s, bytes, NULL, err)) return false;
    }
    add_tables(s);
    for (size_t i = 0; i < study->missing.n; i++) note(s, str_format(arena, "referred to, not defined: " STR_FMT, STR_ARG(study->missing.items[i])));
    if (s->n_files) note(s, str_format(arena, "the content of %zu file%s is not read, only the names", s->n_files, s->n_files == 1 ? "" : "s"));
    note_skips(s, &study->skipped);
    note_skips(s, &skipped);
    return true;
}

OdmColumn *odm_survey_column(const OdmTableForm *form, const OdmDatum *datum, OdmTableGroup **group)
{
    MapEntry *entry = map_get(&form->by_group, datum->group);
    *group = entry ? entry->pointer : NULL;
    entry = *group ? map_get(&(*group)->by_item, datum->item) : NULL;
    return entry ? entry->pointer : NULL;
}
