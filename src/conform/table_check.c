#include "conform/table_check.h"

#include "base/file.h"

#define MAX_NAME   ((size_t)8)
#define MAX_LABEL  ((size_t)40)
#define MAX_TEXT   ((size_t)200)
#define MAX_SHOWN  ((size_t)60)

typedef struct {
    Arena *arena;
    Str file;
    bool is_transport, is_version_8;
    ValueCheck *values;
    FindingList *findings;
} Check;

static void add(const Check *check, const char *rule, FindingSeverity severity, const TableMember *member, const TableVariable *variable, const char *message, Str value, size_t row)
{
    finding_add(check->findings, &(Finding){.rule = str_from(rule),
                                            .severity = severity,
                                            .data_set = member->name,
                                            .variable = variable ? variable->name : STR(""),
                                            .message = str_from(message),
                                            .value = str_slice(value, 0, MAX_SHOWN),
                                            .row = row});
}

/* A letter, then letters, digits and underscores (ADaMIG 1.3, section 3.1.1), all capitals, eight at most. */
static bool is_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        bool is_letter = name.data[i] >= 'A' && name.data[i] <= 'Z', is_other = (name.data[i] >= '0' && name.data[i] <= '9') || name.data[i] == '_';
        if (!is_letter && !(is_other && i)) return false;
    }
    return name.len && name.len <= MAX_NAME;
}

static size_t characters(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return n;
}

static void check_label(const Check *check, const TableMember *member, const TableVariable *variable, Str label)
{
    if (!label.len) add(check, "XPT-LABEL", FINDING_WARNING, member, variable, "no label", STR(""), 0);
    if (characters(label) > MAX_LABEL) add(check, "XPT-LABEL", FINDING_ERROR, member, variable, "a label of more than 40 characters", label, 0);
    if (!str_is_ascii(label)) add(check, "XPT-ASCII", FINDING_ERROR, member, variable, "a label with characters beyond ASCII", label, 0);
}

/* What is asked of a transport file before its rows are seen. */
static void check_head(const Check *check, const TableMember *member)
{
    Str stem = file_stem(check->file);
    if (check->is_version_8) add(check, "XPT-VERSION", FINDING_WARNING, member, NULL, "a transport file of version 8, where version 5 is asked for", STR(""), 0);
    if (!str_equal_fold(stem, member->name)) add(check, "XPT-FILE", FINDING_WARNING, member, NULL, "the file is not called as its data set", check->file, 0);
    if (!is_name(member->name)) add(check, "XPT-NAME", FINDING_ERROR, member, NULL, "a name is not 1 to 8 capitals, digits and underscores, a letter first", member->name, 0);
    check_label(check, member, NULL, member->label);
    for (size_t i = 0; i < member->n_variables; i++) {
        const TableVariable *v = &member->variables[i];
        if (!is_name(v->name)) add(check, "XPT-NAME", FINDING_ERROR, member, v, "a name is not 1 to 8 capitals, digits and underscores, a letter first", v->name, 0);
        check_label(check, member, v, v->label);
        if (!table_is_number(v) && v->length > MAX_TEXT) add(check, "XPT-LENGTH", FINDING_ERROR, member, v, "a text variable of more than 200 bytes", str_format(check->arena, "%zu", v->length), 0);
    }
}

static void check_row(const Check *check, const TableMember *member, const TableCell *cells, size_t row, size_t *longest)
{
    for (size_t i = 0; i < member->n_variables; i++) {
        if (cells[i].missing != MISSING_NOT || table_is_number(&member->variables[i])) continue;
        Str text = cells[i].text;
        if (text.len > longest[i]) longest[i] = text.len;
        if (check->values) value_check_cell(check->values, i, text, row, check->findings);
        if (check->is_transport && !str_is_ascii(text)) add(check, "XPT-ASCII", FINDING_ERROR, member, &member->variables[i], "a text with characters beyond ASCII", text, row);
    }
}

static void check_lengths(const Check *check, const TableMember *member, const size_t *longest, size_t n_rows)
{
    for (size_t i = 0; n_rows && i < member->n_variables; i++) {
        const TableVariable *v = &member->variables[i];
        size_t needed = longest[i] ? longest[i] : 1;
        if (table_is_number(v) || v->length <= needed) continue;
        ArenaMark mark = arena_mark(check->arena);
        finding_add(check->findings, &(Finding){.rule = STR("XPT-LENGTH"), .severity = FINDING_NOTE, .data_set = member->name, .message = STR("a text variable is longer than its longest text"),
                                                .place = str_format(check->arena, STR_FMT ", %zu bytes for %zu", STR_ARG(v->name), v->length, longest[i]),
                                                .fix = STR("The length of a variable is to be that of its longest text, so that files stay small.")});
        arena_rewind(check->arena, mark);
    }
}

/* By its first record. The reader takes both versions, so a failure to open is its affair. */
static bool is_version_8(Arena *arena, Str path)
{
    Error ignored = {0};
    Bytes *bytes;
    enum { HEAD = 25 };
    return bytes_open(arena, path, 0, SIZE_MAX, &bytes, &ignored) && bytes_see(bytes, 0, HEAD, &ignored) && str_starts(bytes->window, STR("HEADER RECORD*******LIBV8"));
}

/* Reads on to the end; false where the file cannot be read (`why`) or the terminology (`err`). */
static bool check_members(const Check *check, TableReader *reader, Error *why, Error *err)
{
    const TableMember *member;
    const TableCell *cells;
    for (size_t n_members = 0;; n_members++) {
        if (!table_next_member(reader, &member, why)) return false;
        if (!member) return true;
        size_t *longest = ARENA_ARRAY(check->arena, size_t, member->n_variables + 1), row = 0;
        if (check->is_transport) check_head(check, member);
        if (check->is_transport && n_members) add(check, "XPT-FILE", FINDING_WARNING, member, NULL, "not the only data set of its file", check->file, 0);
        if (check->values && !value_check_begin(check->values, member, check->findings, err)) return false;
        while (true) {
            if (!table_next_row(reader, &cells, why)) return false;
            if (!cells) break;
            check_row(check, member, cells, ++row, longest);
        }
        if (check->is_transport) check_lengths(check, member, longest, row);
    }
}

bool table_check(Str path, ValueCheck *values, FindingList *findings, Error *err)
{
    Arena *scratch = arena_new();
    Error why = {0}, failed = {0};
    TableReader *reader;
    Check check = {.arena = scratch, .file = file_name(path), .values = values, .findings = findings};
    if (table_open(scratch, path, &reader, &why)) {
        check.is_transport = str_starts(str_from(table_format(reader)->word), STR("xpt"));
        check.is_version_8 = check.is_transport && is_version_8(scratch, path);
        check_members(&check, reader, &why, &failed);
    }
    if (why.code) finding_add_error(findings, STR("READ"), FINDING_ERROR, check.file, &why);
    arena_free(scratch);
    if (failed.code && err) *err = failed;
    return failed.code == ERROR_NONE;
}
