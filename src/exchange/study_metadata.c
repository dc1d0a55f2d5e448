#include "exchange/study_metadata.h"

#include "base/map.h"

#define NCI_CONTEXT "nci:ExtCodeID"

static const char *const TYPE_WORDS[] = {
#define X(name, word) word,
    STUDY_TYPES(X)
#undef X
};

#define N_TYPES (sizeof(TYPE_WORDS) / sizeof(TYPE_WORDS[0]))

static const struct {
    const char *word, *sign;
} COMPARATORS[] = {
#define X(name, word, sign) {word, sign},
    STUDY_COMPARATORS(X)
#undef X
};

const char *study_type_word(StudyType type)
{
    return TYPE_WORDS[type];
}

bool study_type_parse(Str word, StudyType *type)
{
    for (size_t i = 0; i < N_TYPES; i++) {
        if (!str_equal(word, str_from(TYPE_WORDS[i]))) continue;
        *type = (StudyType)i;
        return true;
    }
    return false;
}

StudyMetadata *study_metadata_new(Arena *arena)
{
    StudyMetadata *study = ARENA_NEW(arena, StudyMetadata);
    study->arena = arena;
    study->context = STR("Other");
    study->language = STR("en");
    return study;
}

void *study_list_room(Arena *arena, void *items, size_t *n, size_t *capacity, size_t item_size)
{
    if (*n == *capacity) {
        size_t old = *capacity;
        *capacity = old ? 2 * old : 4;
        items = arena_grow(arena, items, old * item_size, *capacity * item_size);
    }
    (*n)++;
    return items;
}

static Str id_of(const StudyMetadata *study, const char *prefix, Str name)
{
    return str_format(study->arena, "%s." STR_FMT, prefix, STR_ARG(name));
}

StudyStandard *study_add_standard(StudyMetadata *study, Str name, Str type, Str publishing_set, Str version)
{
    StudyStandard *standard = study_list_add(study->arena, &study->standards);
    standard->id = str_format(study->arena, "STD.%zu", study->standards.n);
    standard->name = name;
    standard->type = type;
    standard->publishing_set = publishing_set;
    standard->version = version;
    standard->status = STR("Final");
    return standard;
}

StudyDataSet *study_add_data_set(StudyMetadata *study, Str name, Str label)
{
    StudyDataSet *data_set = study_list_add(study->arena, &study->data_sets);
    data_set->id = id_of(study, "IG", name);
    data_set->name = name;
    data_set->label = label;
    data_set->leaf.id = id_of(study, "LF", name);
    data_set->leaf.href = str_format(study->arena, STR_FMT ".xpt", STR_ARG(str_lower(study->arena, name)));
    data_set->leaf.title = data_set->leaf.href;
    return data_set;
}

StudyVariable *study_add_variable(StudyMetadata *study, StudyDataSet *data_set, Str name, Str label, StudyType type)
{
    StudyVariable *variable = study_list_add(study->arena, &data_set->variables);
    variable->id = str_format(study->arena, "IT." STR_FMT "." STR_FMT, STR_ARG(data_set->name), STR_ARG(name));
    variable->name = name;
    variable->order = data_set->variables.n;
    variable->label = label;
    variable->type = type;
    return variable;
}

StudyVariable *study_add_value(StudyMetadata *study, StudyVariable *variable, Str name, StudyType type, StudyWhere **where)
{
    StudyVariable *value = study_list_add(study->arena, &variable->values);
    Str path = str_slice(variable->id, sizeof "IT." - 1, variable->id.len);
    value->id = str_format(study->arena, STR_FMT "." STR_FMT, STR_ARG(variable->id), STR_ARG(name));
    value->name = variable->name;
    value->order = variable->values.n;
    value->type = type;
    *where = study_list_add(study->arena, &study->wheres);
    (*where)->id = str_format(study->arena, "WC." STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(name));
    *study_list_add(study->arena, &value->wheres) = (*where)->id;
    return value;
}

StudyCheck *study_add_check(StudyMetadata *study, StudyWhere *where, Str variable_id, StudyComparator comparator, Str value)
{
    StudyCheck *check = study_list_add(study->arena, &where->checks);
    check->variable = variable_id;
    check->comparator = str_from(COMPARATORS[comparator].word);
    check->strictness = STR("Soft");
    *study_list_add(study->arena, &check->values) = value;
    return check;
}

StudyOrigin *study_add_origin(StudyMetadata *study, StudyVariable *variable, const char *type, const char *source, Str description)
{
    StudyOrigin *origin = study_list_add(study->arena, &variable->origins);
    origin->type = str_from(type);
    origin->source = str_from(source);
    origin->description = description;
    return origin;
}

/* The item of a list whose first member is its id; NULL. */
static void *item_of_id(const void *items, size_t n, size_t item_size, Str id)
{
    const char *at = items;
    for (size_t i = 0; i < n; i++, at += item_size) {
        union {
            const char *bytes;
            void *item;
            const Str *id;
        } here = {at};
        if (str_equal(*here.id, id)) return here.item;
    }
    return NULL;
}

#define BY_ID(list, id) item_of_id((list)->items, (list)->n, sizeof *(list)->items, (id))

StudyCodelist *study_add_codelist(StudyMetadata *study, Str name, Str title, StudyType type, bool *is_new)
{
    Str id = id_of(study, "CL", name);
    StudyCodelist *codelist = BY_ID(&study->codelists, id);
    if (is_new) *is_new = !codelist;
    if (codelist) return codelist;
    codelist = study_list_add(study->arena, &study->codelists);
    codelist->id = id;
    codelist->name = title;
    codelist->type = type;
    return codelist;
}

void study_set_nci(StudyMetadata *study, StudyAliases *aliases, Str code)
{
    if (!code.len) return;
    StudyAlias *alias = study_list_add(study->arena, aliases);
    alias->context = STR(NCI_CONTEXT);
    alias->name = code;
}

Str study_nci(const StudyAliases *aliases)
{
    for (size_t i = 0; i < aliases->n; i++) {
        if (str_equal(aliases->items[i].context, STR(NCI_CONTEXT))) return aliases->items[i].name;
    }
    return STR("");
}

StudyCode *study_add_code(StudyMetadata *study, StudyCodelist *codelist, Str code, Str decode, Str nci)
{
    StudyCode *item = study_list_add(study->arena, &codelist->codes);
    item->code = code;
    item->decode = decode;
    item->order = str_format(study->arena, "%zu", codelist->codes.n);
    study_set_nci(study, &item->aliases, nci);
    return item;
}

StudyMethod *study_add_method(StudyMetadata *study, Str name, const char *type, Str text, bool *is_new)
{
    Str id = id_of(study, "MT", name);
    StudyMethod *method = BY_ID(&study->methods, id);
    if (is_new) *is_new = !method;
    if (method) return method;
    method = study_list_add(study->arena, &study->methods);
    method->id = id;
    method->name = str_format(study->arena, "Algorithm of " STR_FMT, STR_ARG(name));
    method->type = str_from(type);
    method->text = text;
    return method;
}

StudyComment *study_add_comment(StudyMetadata *study, Str name, Str text, bool *is_new)
{
    Str id = id_of(study, "COM", name);
    StudyComment *comment = BY_ID(&study->comments, id);
    if (is_new) *is_new = !comment;
    if (comment) return comment;
    comment = study_list_add(study->arena, &study->comments);
    comment->id = id;
    comment->text = text;
    return comment;
}

StudyLeaf *study_add_leaf(StudyMetadata *study, Str name, Str href, Str title)
{
    StudyLeaf *leaf = study_list_add(study->arena, &study->leaves);
    leaf->id = id_of(study, "LF", name);
    leaf->href = href;
    leaf->title = title;
    return leaf;
}

const StudyStandard *study_standard(const StudyMetadata *study, Str id)
{
    return BY_ID(&study->standards, id);
}

StudyDataSet *study_data_set(const StudyMetadata *study, Str name)
{
    for (size_t i = 0; i < study->data_sets.n; i++) {
        StudyDataSet *data_set = &study->data_sets.items[i];
        if (str_equal(data_set->id, name) || str_equal_fold(data_set->name, name)) return data_set;
    }
    return NULL;
}

StudyVariable *study_variable(const StudyDataSet *data_set, Str name)
{
    for (size_t i = 0; i < data_set->variables.n; i++) {
        StudyVariable *variable = &data_set->variables.items[i];
        if (str_equal(variable->id, name) || str_equal_fold(variable->name, name)) return variable;
    }
    return NULL;
}

const StudyCodelist *study_codelist(const StudyMetadata *study, Str id)
{
    return BY_ID(&study->codelists, id);
}

const StudyCode *study_code(const StudyCodelist *codelist, Str code)
{
    return BY_ID(&codelist->codes, code);
}

const StudyWhere *study_where(const StudyMetadata *study, Str id)
{
    return BY_ID(&study->wheres, id);
}

const StudyMethod *study_method(const StudyMetadata *study, Str id)
{
    return BY_ID(&study->methods, id);
}

const StudyComment *study_comment(const StudyMetadata *study, Str id)
{
    return BY_ID(&study->comments, id);
}

static Str variable_name(const StudyMetadata *study, Str id)
{
    for (size_t i = 0; i < study->data_sets.n; i++) {
        const StudyVariable *variable = study_variable(&study->data_sets.items[i], id);
        if (variable && str_equal(variable->id, id)) return variable->name;
    }
    return id;
}

static void add_check_text(const StudyMetadata *study, const StudyCheck *check, Buf *buf)
{
    const char *sign = "";
    for (size_t i = 0; i < sizeof(COMPARATORS) / sizeof(COMPARATORS[0]); i++) {
        if (str_equal(check->comparator, str_from(COMPARATORS[i].word))) sign = COMPARATORS[i].sign;
    }
    buf_add(buf, variable_name(study, check->variable));
    buf_format(buf, " %s ", sign);
    if (check->values.n != 1) buf_char(buf, '(');
    for (size_t i = 0; i < check->values.n; i++) buf_format(buf, "%s\"" STR_FMT "\"", i ? ", " : "", STR_ARG(check->values.items[i]));
    if (check->values.n != 1) buf_char(buf, ')');
}

Str study_where_text(Arena *arena, const StudyMetadata *study, const StudyWhere *where)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < where->checks.n; i++) {
        if (i) buf_add_c(&buf, " and ");
        add_check_text(study, &where->checks.items[i], &buf);
    }
    return buf_str(&buf);
}

/* Ids, each kind in a map of its own: they may be the same only where the file allows. */
typedef enum { KIND_STANDARD, KIND_WHERE, KIND_DATA_SET, KIND_VARIABLE, KIND_CODELIST, KIND_METHOD, KIND_COMMENT, KIND_LEAF, N_KINDS } IdKind;

static const char *const KIND_WORDS[N_KINDS] = {"standard", "clause", "data set", "variable", "codelist", "method", "comment", "document"};

typedef struct {
    Map ids[N_KINDS];
    Error *err;
} Ids;

/* Declares what a list holds; each item begins with its id. */
static bool declare(Ids *ids, IdKind kind, const void *items, size_t n, size_t item_size)
{
    const char *at = items;
    for (size_t i = 0; i < n; i++, at += item_size) {
        union {
            const char *bytes;
            const Str *id;
        } here = {at};
        bool is_new;
        if (!here.id->len) return error_set(ids->err, ERROR_INCONSISTENT, "%s %zu has no id", KIND_WORDS[kind], i + 1);
        map_put(&ids->ids[kind], *here.id, &is_new);
        if (!is_new && kind != KIND_VARIABLE)
            return error_set(ids->err, ERROR_INCONSISTENT, "%s \"" STR_FMT "\" is defined twice", KIND_WORDS[kind], STR_ARG(*here.id));
    }
    return true;
}

#define DECLARE(ids, kind, list) declare((ids), (kind), (list)->items, (list)->n, sizeof *(list)->items)

static bool leads(Ids *ids, IdKind kind, Str id, const char *from, Str from_id)
{
    if (!id.len || map_get(&ids->ids[kind], id)) return true;
    return error_set(ids->err, ERROR_INCONSISTENT, "%s \"" STR_FMT "\" names %s \"" STR_FMT "\", which is not defined", from, STR_ARG(from_id),
                     KIND_WORDS[kind], STR_ARG(id));
}

static bool documents_lead(Ids *ids, const StudyDocuments *documents, const char *from, Str from_id)
{
    for (size_t i = 0; i < documents->n; i++) {
        if (!leads(ids, KIND_LEAF, documents->items[i].leaf, from, from_id)) return false;
    }
    return true;
}

static bool texts_lead(Ids *ids, IdKind kind, const StudyTexts *texts, const char *from, Str from_id)
{
    for (size_t i = 0; i < texts->n; i++) {
        if (!leads(ids, kind, texts->items[i], from, from_id)) return false;
    }
    return true;
}

static bool variables_lead(Ids *ids, const StudyVariables *variables)
{
    for (size_t i = 0; i < variables->n; i++) {
        const StudyVariable *v = &variables->items[i];
        if (!leads(ids, KIND_CODELIST, v->codelist, "variable", v->id) || !leads(ids, KIND_CODELIST, v->role_codelist, "variable", v->id)) return false;
        if (!leads(ids, KIND_METHOD, v->method, "variable", v->id) || !leads(ids, KIND_COMMENT, v->comment, "variable", v->id)) return false;
        if (!texts_lead(ids, KIND_WHERE, &v->wheres, "variable", v->id)) return false;
        for (size_t k = 0; k < v->origins.n; k++) {
            if (!documents_lead(ids, &v->origins.items[k].documents, "variable", v->id)) return false;
        }
        if (!variables_lead(ids, &v->values)) return false;
    }
    return true;
}

static bool result_leads(Ids *ids, const StudyResult *result)
{
    if (!leads(ids, KIND_VARIABLE, result->parameter, "result", result->id) || !leads(ids, KIND_COMMENT, result->comment, "result", result->id)) return false;
    for (size_t i = 0; i < result->data.n; i++) {
        const StudyResultData *data = &result->data.items[i];
        if (!leads(ids, KIND_DATA_SET, data->data_set, "result", result->id)) return false;
        if (!texts_lead(ids, KIND_WHERE, &data->wheres, "result", result->id)) return false;
        if (!texts_lead(ids, KIND_VARIABLE, &data->variables, "result", result->id)) return false;
    }
    return documents_lead(ids, &result->documents, "result", result->id) && documents_lead(ids, &result->programs, "result", result->id);
}

static bool declare_variables(Ids *ids, const StudyVariables *variables)
{
    if (!DECLARE(ids, KIND_VARIABLE, variables)) return false;
    for (size_t i = 0; i < variables->n; i++) {
        if (!declare_variables(ids, &variables->items[i].values)) return false;
    }
    return true;
}

static bool declare_data_set(Ids *ids, const StudyDataSet *data_set)
{
    Map names = map_new(ids->ids[0].arena);
    for (size_t i = 0; i < data_set->variables.n; i++) {
        bool is_new;
        map_put(&names, data_set->variables.items[i].id, &is_new);
        if (!is_new) {
            return error_set(ids->err, ERROR_INCONSISTENT, "data set \"" STR_FMT "\" has variable \"" STR_FMT "\" twice", STR_ARG(data_set->name),
                             STR_ARG(data_set->variables.items[i].name));
        }
    }
    if (data_set->leaf.id.len && !declare(ids, KIND_LEAF, &data_set->leaf, 1, sizeof data_set->leaf)) return false;
    return declare_variables(ids, &data_set->variables);
}

static bool declare_all(Ids *ids, const StudyMetadata *study)
{
    if (!DECLARE(ids, KIND_STANDARD, &study->standards) || !DECLARE(ids, KIND_WHERE, &study->wheres) || !DECLARE(ids, KIND_DATA_SET, &study->data_sets) ||
        !DECLARE(ids, KIND_CODELIST, &study->codelists) || !DECLARE(ids, KIND_METHOD, &study->methods) || !DECLARE(ids, KIND_COMMENT, &study->comments) ||
        !DECLARE(ids, KIND_LEAF, &study->leaves))
        return false;
    for (size_t i = 0; i < study->data_sets.n; i++) {
        if (!declare_data_set(ids, &study->data_sets.items[i])) return false;
    }
    return declare_variables(ids, &study->loose);
}

static bool definitions_lead(Ids *ids, const StudyMetadata *study)
{
    for (size_t i = 0; i < study->wheres.n; i++) {
        const StudyWhere *where = &study->wheres.items[i];
        if (!leads(ids, KIND_COMMENT, where->comment, "clause", where->id)) return false;
        for (size_t k = 0; k < where->checks.n; k++) {
            if (!leads(ids, KIND_VARIABLE, where->checks.items[k].variable, "clause", where->id)) return false;
        }
    }
    for (size_t i = 0; i < study->codelists.n; i++) {
        const StudyCodelist *codelist = &study->codelists.items[i];
        if (!leads(ids, KIND_STANDARD, codelist->standard, "codelist", codelist->id) || !leads(ids, KIND_COMMENT, codelist->comment, "codelist", codelist->id))
            return false;
    }
    for (size_t i = 0; i < study->methods.n; i++) {
        if (!documents_lead(ids, &study->methods.items[i].documents, "method", study->methods.items[i].id)) return false;
    }
    for (size_t i = 0; i < study->comments.n; i++) {
        if (!documents_lead(ids, &study->comments.items[i].documents, "comment", study->comments.items[i].id)) return false;
    }
    for (size_t i = 0; i < study->standards.n; i++) {
        if (!leads(ids, KIND_COMMENT, study->standards.items[i].comment, "standard", study->standards.items[i].id)) return false;
    }
    return true;
}

static bool data_sets_lead(Ids *ids, const StudyMetadata *study)
{
    for (size_t i = 0; i < study->data_sets.n; i++) {
        const StudyDataSet *d = &study->data_sets.items[i];
        if (!leads(ids, KIND_STANDARD, d->standard, "data set", d->id) || !leads(ids, KIND_COMMENT, d->comment, "data set", d->id)) return false;
        if (!variables_lead(ids, &d->variables)) return false;
    }
    return variables_lead(ids, &study->loose);
}

static bool displays_lead(Ids *ids, const StudyMetadata *study)
{
    for (size_t i = 0; i < study->displays.n; i++) {
        const StudyDisplay *display = &study->displays.items[i];
        if (!documents_lead(ids, &display->documents, "display", display->id)) return false;
        for (size_t k = 0; k < display->results.n; k++) {
            if (!result_leads(ids, &display->results.items[k])) return false;
        }
    }
    return true;
}

bool study_metadata_check(const StudyMetadata *study, Error *err)
{
    Arena *arena = arena_new();
    Ids ids = {.err = err};
    for (size_t i = 0; i < N_KINDS; i++) ids.ids[i] = map_new(arena);
    bool holds = declare_all(&ids, study) && definitions_lead(&ids, study) && data_sets_lead(&ids, study) && displays_lead(&ids, study) &&
                 leads(&ids, KIND_COMMENT, study->comment, "study", study->name) &&
                 documents_lead(&ids, &study->annotated_crf, "study", study->name) && documents_lead(&ids, &study->supplemental, "study", study->name);
    arena_free(arena);
    return holds;
}
