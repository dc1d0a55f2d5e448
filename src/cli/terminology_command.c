/* Controlled terminology of the user: loaded, listed, looked up. */
#include "base/file.h"
#include "base/json.h"
#include "cli/grid.h"
#include "cli/terminology_file.h"
#include "conform/terminology.h"

#define MAX_FOUND     200
#define VALUE_WIDTH   ((size_t)40)
#define MEANING_WIDTH ((size_t)70)

static Str cut(Arena *arena, Str text, size_t width)
{
    if (text.len <= width) return text;
    while (width && ((unsigned char)text.data[width] & 0xC0) == 0x80) width--;
    return str_format(arena, STR_FMT "…", STR_ARG(str_slice(text, 0, width)));
}

static bool add_file(Invocation *call, Terminology *terminology, Str path, Error *err)
{
    Str text;
    TerminologyPackage package;
    size_t n_standards, n_variables;
    bool is_map = str_ends(path, STR(".json"));
    if (!file_read(call->arena, path, TERMINOLOGY_MAX_BYTES, &text, err)) return false;
    if (is_map ? !terminology_add_map(terminology, text, &n_standards, &n_variables, err) : !terminology_add(call->arena, terminology, path, text, &package, err))
        return error_in(err, STR_FMT, STR_ARG(path));
    if (is_map) buf_format(call->out, STR_FMT ": the codelists of %zu variable%s in %zu standard%s\n", STR_ARG(file_name(path)), n_variables, n_variables == 1 ? "" : "s", n_standards, n_standards == 1 ? "" : "s");
    else buf_format(call->out, STR_FMT "%s" STR_FMT ": %zu codelists, %zu terms\n", STR_ARG(package.name), package.version.len ? " of " : "", STR_ARG(package.version), package.n_codelists, package.n_terms);
    return true;
}

static bool add(Invocation *call, Terminology *terminology, Error *err)
{
    if (call->n_args < 2) return error_set(err, ERROR_USAGE, "which file is to be loaded?");
    for (size_t i = 1; i < call->n_args; i++)
        if (!add_file(call, terminology, call->args[i], err)) return false;
    return true;
}

static void write_packages_json(Invocation *call, const TerminologyPackage *packages, size_t n, const Str *standards, size_t n_standards)
{
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_key(&json, STR("packages"));
    json_begin_array(&json);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&json);
        json_member_text(&json, "name", packages[i].name);
        json_member_text(&json, "version", packages[i].version);
        json_member_integer(&json, "codelists", (int64_t)packages[i].n_codelists);
        json_member_integer(&json, "terms", (int64_t)packages[i].n_terms);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, STR("standards"));
    json_begin_array(&json);
    for (size_t i = 0; i < n_standards; i++) json_put_text(&json, standards[i]);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

static bool list(Invocation *call, Terminology *terminology, Error *err)
{
    static const char *const HEADS[] = {"package", "version", "codelists", "terms"};
    TerminologyPackage *packages;
    Str *standards;
    size_t n, n_standards;
    if (!terminology_packages(call->arena, terminology, &packages, &n, err) || !terminology_standards(call->arena, terminology, &standards, &n_standards, err)) return false;
    if (call->json) {
        write_packages_json(call, packages, n, standards, n_standards);
        return true;
    }
    Grid grid = grid_new(call->arena, HEADS, 4);
    for (size_t i = 0; i < n; i++) {
        grid_add(&grid, packages[i].name);
        grid_add(&grid, packages[i].version);
        grid_add(&grid, str_format(call->arena, "%zu", packages[i].n_codelists));
        grid_add(&grid, str_format(call->arena, "%zu", packages[i].n_terms));
    }
    grid_write_left(&grid, call->out);
    if (n_standards) buf_add_c(call->out, "\nvariables have codelists in: ");
    for (size_t i = 0; i < n_standards; i++) buf_format(call->out, "%s" STR_FMT, i ? ", " : "", STR_ARG(standards[i]));
    if (n_standards) buf_char(call->out, '\n');
    return true;
}

static void write_terms_json(JsonWriter *json, const CodelistTerm *terms, size_t n)
{
    json_key(json, STR("terms"));
    json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(json);
        json_member_text(json, "value", terms[i].value);
        json_member_text(json, "code", terms[i].code);
        json_member_text(json, "codelist", terms[i].codelist);
        json_member_text(json, "codelistCode", terms[i].codelist_code);
        json_member_text(json, "package", terms[i].package);
        json_member_text(json, "synonyms", terms[i].synonyms);
        json_member_text(json, "preferred", terms[i].preferred);
        json_member_text(json, "definition", terms[i].definition);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_terms(Invocation *call, const CodelistTerm *terms, size_t n, bool with_codelist)
{
    static const char *const HEADS[] = {"value", "code", "codelist", "meaning"};
    static const char *const WITHOUT[] = {"value", "code", "meaning"};
    Grid grid = grid_new(call->arena, with_codelist ? HEADS : WITHOUT, with_codelist ? 4 : 3);
    for (size_t i = 0; i < n; i++) {
        grid_add(&grid, cut(call->arena, terms[i].value, VALUE_WIDTH));
        grid_add(&grid, terms[i].code);
        if (with_codelist) grid_add(&grid, str_equal(terms[i].code, terms[i].codelist_code) ? STR("(a codelist)") : str_format(call->arena, STR_FMT " " STR_FMT, STR_ARG(terms[i].codelist_code), STR_ARG(cut(call->arena, terms[i].codelist, VALUE_WIDTH))));
        grid_add(&grid, cut(call->arena, terms[i].preferred, MEANING_WIDTH));
    }
    grid_write_left(&grid, call->out);
}

static bool find(Invocation *call, Terminology *terminology, Error *err)
{
    CodelistTerm *terms;
    size_t n;
    if (call->n_args != 2 || !call->args[1].len) return error_set(err, ERROR_USAGE, "one text to look for is wanted");
    if (!terminology_find(call->arena, terminology, call->args[1], MAX_FOUND + 1, &terms, &n, err)) return false;
    size_t n_shown = n > MAX_FOUND ? MAX_FOUND : n;
    if (call->json) {
        JsonWriter json = json_writer(call->out, 2);
        json_begin_object(&json);
        json_member_bool(&json, "more", n > MAX_FOUND);
        write_terms_json(&json, terms, n_shown);
        json_end_object(&json);
        buf_char(call->out, '\n');
        return true;
    }
    if (n) write_terms(call, terms, n_shown, true);
    else buf_format(call->out, "no term holds \"" STR_FMT "\"\n", STR_ARG(call->args[1]));
    if (n > MAX_FOUND) buf_format(call->out, "and more: only the first %d are shown\n", MAX_FOUND);
    return true;
}

static bool show(Invocation *call, Terminology *terminology, Error *err)
{
    PublishedCodelist codelist;
    CodelistTerm *terms;
    size_t n;
    bool found;
    if (call->n_args != 2) return error_set(err, ERROR_USAGE, "which codelist? Its NCI code or submission value is wanted");
    if (!terminology_codelist(call->arena, terminology, call->args[1], &codelist, &found, err)) return false;
    if (!found) {
        error_set(err, ERROR_INCONSISTENT, "no codelist is called \"" STR_FMT "\"", STR_ARG(call->args[1]));
        return error_hint(err, "equipoise terminology find TEXT looks for one.");
    }
    if (!terminology_terms(call->arena, terminology, &codelist, &terms, &n, err)) return false;
    if (call->json) {
        JsonWriter json = json_writer(call->out, 2);
        json_begin_object(&json);
        json_member_text(&json, "code", codelist.code);
        json_member_text(&json, "submission", codelist.submission);
        json_member_text(&json, "name", codelist.name);
        json_member_text(&json, "package", codelist.package);
        json_member_bool(&json, "extensible", codelist.is_extensible);
        json_member_text(&json, "definition", codelist.definition);
        write_terms_json(&json, terms, n);
        json_end_object(&json);
        buf_char(call->out, '\n');
        return true;
    }
    buf_format(call->out, STR_FMT " (" STR_FMT "), " STR_FMT ": %zu term%s, %s\n\n", STR_ARG(codelist.submission), STR_ARG(codelist.code), STR_ARG(codelist.name), n, n == 1 ? "" : "s",
               codelist.is_extensible ? "which may be extended" : "which may not be extended");
    write_terms(call, terms, n, false);
    return true;
}

static const struct {
    const char *word;
    bool makes;
    bool (*run)(Invocation *call, Terminology *terminology, Error *err);
} ACTIONS[] = {{"add", true, add}, {"list", false, list}, {"find", false, find}, {"show", false, show}};

static bool run(Invocation *call, Error *err)
{
    Str path;
    Terminology *terminology;
    for (size_t i = 0; i < sizeof ACTIONS / sizeof ACTIONS[0]; i++) {
        if (!str_equal(call->args[0], str_from(ACTIONS[i].word))) continue;
        return terminology_path(call, &path, err) && terminology_open(call->arena, path, ACTIONS[i].makes, &terminology, err) && ACTIONS[i].run(call, terminology, err);
    }
    error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is not one of add, list, find, show", STR_ARG(call->args[0]));
    return error_hint(err, "equipoise help terminology says what each does.");
}

const Command cmd_terminology = {
    .name = "terminology",
    .summary = "load controlled terminology and look things up in it",
    .usage = "add FILE... | list | find TEXT | show CODELIST",
    .description = "add loads text files of controlled terminology as NCI EVS publishes them each quarter, one package each, and maps of\n"
                   "variables to codelists (.json); a newer file of a package replaces the older. find looks for a text in values, names,\n"
                   "synonyms and definitions. show lists a codelist, by its NCI code or submission value. conform checks data against what\n"
                   "was loaded. Nothing is fetched from a network.",
    .example = "  equipoise terminology add 'SDTM Terminology 2023-12-15.txt' variable_codelist_maps.json\n"
               "  equipoise terminology find intravenous\n"
               "  equipoise terminology show C66731",
    .min_args = 1,
    .max_args = 100,
    .options = (const Option[]){OPT_TERMINOLOGY, OPT_END},
    .run = run,
};
