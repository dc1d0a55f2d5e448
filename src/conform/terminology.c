#include "conform/terminology.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "store/db.h"

struct Terminology {
    Db *db;
};

static const char *const TABLES[] = {
    /* one for each text file loaded, to say which quarter an answer comes from */
    "CREATE TABLE package (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version TEXT NOT NULL, file TEXT NOT NULL, digest TEXT NOT NULL) STRICT;",
    /* what values are allowed, and whether others may be added */
    "CREATE TABLE codelist (id INTEGER PRIMARY KEY, package INTEGER NOT NULL REFERENCES package ON DELETE CASCADE, code TEXT NOT NULL, submission TEXT NOT NULL,"
    " name TEXT NOT NULL, extensible INTEGER NOT NULL, definition TEXT NOT NULL, synonyms TEXT NOT NULL, n_terms INTEGER NOT NULL, UNIQUE (package, code)) STRICT;",
    "CREATE INDEX codelist_of_code ON codelist (code);",
    "CREATE INDEX codelist_of_submission ON codelist (submission);",
    /* the values themselves */
    "CREATE TABLE term (codelist INTEGER NOT NULL REFERENCES codelist ON DELETE CASCADE, code TEXT NOT NULL, value TEXT NOT NULL, synonyms TEXT NOT NULL,"
    " preferred TEXT NOT NULL, definition TEXT NOT NULL) STRICT;",
    "CREATE INDEX term_of_codelist ON term (codelist, value);",
    /* which variable of which standard has which codelist */
    "CREATE TABLE variable (standard TEXT NOT NULL, name TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (standard, name, code)) STRICT, WITHOUT ROWID;",
    NULL,
};

static const DbFormat FORMAT = {.application_id = 0x45514354, .name = "terminology file", .version = 1, .sql = TABLES};

bool terminology_open(Arena *arena, Str path, bool make, Terminology **terminology, Error *err)
{
    *terminology = ARENA_NEW(arena, Terminology);
    if (!path.len) return db_open_memory(arena, &FORMAT, &(*terminology)->db, err);
    if (file_exists(arena, path)) return db_open(arena, path, &FORMAT, &(*terminology)->db, err);
    if (make) return file_make_folder(arena, file_folder(path), err) && db_create(arena, path, &FORMAT, &(*terminology)->db, err);
    error_set(err, ERROR_INCONSISTENT, "no terminology has been loaded: there is no file \"" STR_FMT "\"", STR_ARG(path));
    return error_hint(err, "Load the text files that NCI EVS publishes: equipoise terminology add FILE...");
}

/* The columns of a text file, in the order we use them. */
enum { FIELD_CODE, FIELD_CODELIST, FIELD_EXTENSIBLE, FIELD_NAME, FIELD_VALUE, FIELD_SYNONYMS, FIELD_DEFINITION, FIELD_PREFERRED, N_FIELDS };

static const char *const HEADS[N_FIELDS] = {"Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name",
                                            "CDISC Submission Value", "CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term"};

#define MAX_COLUMNS 40

typedef struct {
    Db *db;
    Str rest;
    size_t line, n_columns, column_of[N_FIELDS];
    int64_t package;
    Map codelists;                    /* ids by code */
    size_t n_terms;
    Error *err;
} Loading;

static bool next_line(Loading *loading, Str *line)
{
    if (!loading->rest.len) return false;
    if (!str_cut(loading->rest, STR("\n"), line, &loading->rest)) {
        *line = loading->rest;
        loading->rest = STR("");
    }
    if (str_ends(*line, STR("\r"))) line->len--;
    loading->line++;
    return true;
}

static size_t split(Str line, Str *cells)
{
    size_t n = 0;
    Str cell, rest = line;
    while (n < MAX_COLUMNS) {
        bool more = str_cut(rest, STR("\t"), &cell, &rest);
        cells[n++] = str_trim(more ? cell : rest);
        if (!more) break;
    }
    return n;
}

static bool fail_line(const Loading *loading) { return error_in(loading->err, "line %zu", loading->line); }

static bool read_head(Loading *loading)
{
    Str line, cells[MAX_COLUMNS];
    if (!next_line(loading, &line)) return error_set(loading->err, ERROR_MALFORMED, "the file is empty");
    if (str_starts(line, STR("\xEF\xBB\xBF"))) line = str_slice(line, 3, line.len);
    loading->n_columns = split(line, cells);
    for (size_t i = 0; i < N_FIELDS; i++) {
        size_t k = 0;
        while (k < loading->n_columns && !str_equal_fold(cells[k], str_from(HEADS[i]))) k++;
        loading->column_of[i] = k;
        if (k < loading->n_columns) continue;
        error_set(loading->err, ERROR_MALFORMED, "this is no terminology of NCI EVS: the first line has no column \"%s\"", HEADS[i]);
        return error_hint(loading->err, "Load the text files with tabs between columns, such as \"SDTM Terminology.txt\".");
    }
    return true;
}

static bool add_codelist(Loading *loading, const Str *f)
{
    bool is_new;
    MapEntry *entry = map_put(&loading->codelists, f[FIELD_CODE], &is_new);
    if (!is_new) return error_set(loading->err, ERROR_INCONSISTENT, "the codelist \"" STR_FMT "\" is there twice", STR_ARG(f[FIELD_CODE]));
    if (!db_run(loading->db, "INSERT INTO codelist (package, code, submission, name, extensible, definition, synonyms, n_terms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                DB_ARGS(db_integer(loading->package), db_text(f[FIELD_CODE]), db_text(f[FIELD_VALUE]), db_text(f[FIELD_NAME]),
                        db_integer(!str_equal_fold(f[FIELD_EXTENSIBLE], STR("No"))), db_text(f[FIELD_DEFINITION]), db_text(f[FIELD_SYNONYMS])), loading->err)) return false;
    int64_t id;
    if (!db_find_integer(loading->db, "SELECT last_insert_rowid()", DB_NO_ARGS, &id, NULL, loading->err)) return false;
    entry->index = (size_t)id;
    return true;
}

static bool add_term(Loading *loading, const Str *f)
{
    const MapEntry *codelist = map_get(&loading->codelists, f[FIELD_CODELIST]);
    if (!codelist) return error_set(loading->err, ERROR_INCONSISTENT, "the term \"" STR_FMT "\" is of the codelist \"" STR_FMT "\", which no line before has", STR_ARG(f[FIELD_VALUE]), STR_ARG(f[FIELD_CODELIST]));
    loading->n_terms++;
    return db_run(loading->db, "INSERT INTO term (codelist, code, value, synonyms, preferred, definition) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                  DB_ARGS(db_integer((int64_t)codelist->index), db_text(f[FIELD_CODE]), db_text(f[FIELD_VALUE]), db_text(f[FIELD_SYNONYMS]), db_text(f[FIELD_PREFERRED]), db_text(f[FIELD_DEFINITION])),
                  loading->err);
}

static bool add_line(Loading *loading, Str line)
{
    Str cells[MAX_COLUMNS], fields[N_FIELDS];
    size_t n = split(line, cells);
    for (size_t i = 0; i < N_FIELDS; i++) fields[i] = loading->column_of[i] < n ? cells[loading->column_of[i]] : STR("");
    if (n < loading->n_columns && !fields[FIELD_VALUE].len)
        return error_set(loading->err, ERROR_MALFORMED, "%zu fields, where the first line has %zu", n, loading->n_columns);
    if (!fields[FIELD_CODE].len || !fields[FIELD_VALUE].len) return error_set(loading->err, ERROR_MALFORMED, "a line without a code or a submission value");
    return fields[FIELD_CODELIST].len ? add_term(loading, fields) : add_codelist(loading, fields);
}

static bool is_digits(Str text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return true;
}

/* "SDTM Terminology 2023-12-15.txt" is the package "SDTM Terminology" of 2023-12-15. */
static void name_package(Arena *arena, Str file_name, TerminologyPackage *package)
{
    Buf buf = buf_new(arena);
    Str name = file_name;
    if (str_ends(name, STR(".txt"))) name.len -= 4;
    for (size_t i = 0; i < name.len; i++) {
        Str rest = str_slice(name, i, i + 10);
        if (rest.len == 10 && rest.data[4] == '-' && rest.data[7] == '-' && is_digits(rest, 0, 4) && is_digits(rest, 5, 7) && is_digits(rest, 8, 10)) {
            package->version = rest;
            i += 9;
        } else buf_char(&buf, name.data[i]);
    }
    package->name = buf_str(&buf);
    while (package->name.len && strchr(" -_", package->name.data[package->name.len - 1])) package->name.len--;
    if (!package->name.len) package->name = name;
}

static bool load(Loading *loading, TerminologyPackage *package, Str file, Str text)
{
    char hex[DIGEST_HEX];
    Str line;
    if (!read_head(loading) || !db_run(loading->db, "DELETE FROM package WHERE name = ?1", DB_ARGS(db_text(package->name)), loading->err) ||
        !db_run(loading->db, "INSERT INTO package (name, version, file, digest) VALUES (?1, ?2, ?3, ?4)",
                DB_ARGS(db_text(package->name), db_text(package->version), db_text(file), db_text(digest_hex_into(hex, digest_of(text)))), loading->err) ||
        !db_find_integer(loading->db, "SELECT last_insert_rowid()", DB_NO_ARGS, &loading->package, NULL, loading->err)) return false;
    while (next_line(loading, &line))
        if (str_trim(line).len && !add_line(loading, line)) return fail_line(loading);
    if (!loading->codelists.n) return error_set(loading->err, ERROR_MALFORMED, "the file has no codelist");
    return db_run(loading->db, "UPDATE codelist SET n_terms = (SELECT count(*) FROM term WHERE term.codelist = codelist.id) WHERE package = ?1", DB_ARGS(db_integer(loading->package)), loading->err);
}

bool terminology_add(Arena *arena, Terminology *terminology, Str path, Str text, TerminologyPackage *package, Error *err)
{
    Loading loading = {.db = terminology->db, .rest = text, .codelists = map_new(arena), .err = err};
    size_t bad;
    if (!str_is_utf8(text, &bad) || (text.len && memchr(text.data, '\0', text.len))) return error_set(err, ERROR_MALFORMED, "the file is not text in UTF-8");
    *package = (TerminologyPackage){.version = STR("")};
    name_package(arena, file_name(path), package);
    if (!db_begin(terminology->db, err)) return false;
    bool ok = load(&loading, package, file_name(path), text) && db_commit(terminology->db, err);
    if (!ok) db_rollback(terminology->db);
    package->n_codelists = loading.codelists.n;
    package->n_terms = loading.n_terms;
    return ok;
}

static bool add_standard(Terminology *terminology, Arena *arena, Str key, const Json *standard, size_t *n_variables, Error *err)
{
    if (str_ends(key, STR("-codelists"))) key.len -= strlen("-codelists");
    if (standard->kind != JSON_IS_OBJECT) return error_set(err, ERROR_MALFORMED, "the standard \"" STR_FMT "\" is not an object of variables", STR_ARG(key));
    if (!db_run(terminology->db, "DELETE FROM variable WHERE standard = ?1", DB_ARGS(db_text(key)), err)) return false;
    for (size_t i = 0; i < standard->n; i++) {
        const Json *codes = &standard->items[i];
        if (str_equal(standard->keys[i], STR("name"))) continue;
        bool is_list = codes->kind == JSON_IS_ARRAY;
        for (size_t k = 0; is_list && k < codes->n; k++) is_list = codes->items[k].kind == JSON_IS_TEXT;
        if (!is_list) return error_set(err, ERROR_MALFORMED, "\"" STR_FMT "\" of \"" STR_FMT "\" has no list of codes", STR_ARG(standard->keys[i]), STR_ARG(key));
        ++*n_variables;
        for (size_t k = 0; k < codes->n; k++)
            if (!db_run(terminology->db, "INSERT OR IGNORE INTO variable VALUES (?1, ?2, ?3)", DB_ARGS(db_text(key), db_text(str_upper(arena, standard->keys[i])), db_text(codes->items[k].text)), err)) return false;
    }
    return true;
}

bool terminology_add_map(Terminology *terminology, Str text, size_t *n_standards, size_t *n_variables, Error *err)
{
    Arena *arena = arena_new();
    Json json;
    *n_standards = *n_variables = 0;
    bool ok = json_parse(arena, text, &json, err);
    if (ok && (json.kind != JSON_IS_OBJECT || !json.n)) ok = error_set(err, ERROR_MALFORMED, "this is no map of variables to codelists: an object of standards is wanted");
    if (ok && db_begin(terminology->db, err)) {
        for (size_t i = 0; ok && i < json.n; i++, ++*n_standards) ok = add_standard(terminology, arena, json.keys[i], &json.items[i], n_variables, err);
        ok = ok && db_commit(terminology->db, err);
        if (!ok) db_rollback(terminology->db);
    } else ok = false;
    arena_free(arena);
    return ok;
}

bool terminology_packages(Arena *arena, Terminology *terminology, TerminologyPackage **packages, size_t *n, Error *err)
{
    Rows rows;
    bool more;
    size_t capacity = 0;
    *packages = NULL;
    *n = 0;
    if (!db_query(terminology->db, "SELECT p.name, p.version, count(c.id), coalesce(sum(c.n_terms), 0) FROM package p LEFT JOIN codelist c ON c.package = p.id GROUP BY p.id ORDER BY p.name", DB_NO_ARGS, &rows, err)) return false;
    while (true) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        ARENA_PUSH_ROOM(arena, *packages, *n, capacity);
        (*packages)[(*n)++] = (TerminologyPackage){.name = rows_text_copy(arena, &rows, 0), .version = rows_text_copy(arena, &rows, 1),
                                                   .n_codelists = (size_t)rows_integer(&rows, 2), .n_terms = (size_t)rows_integer(&rows, 3)};
    }
}

/* The texts in the first column of a query. */
static bool list_texts(Arena *arena, Terminology *terminology, const char *sql, DbArgs args, Str **texts, size_t *n, Error *err)
{
    Rows rows;
    bool more;
    size_t capacity = 0;
    *texts = NULL;
    *n = 0;
    if (!db_query(terminology->db, sql, args, &rows, err)) return false;
    while (true) {
        if (!db_next(&rows, &more, err)) return false;
        if (!more) return true;
        ARENA_PUSH_ROOM(arena, *texts, *n, capacity);
        (*texts)[(*n)++] = rows_text_copy(arena, &rows, 0);
    }
}

bool terminology_standards(Arena *arena, Terminology *terminology, Str **names, size_t *n, Error *err)
{
    return list_texts(arena, terminology, "SELECT DISTINCT standard FROM variable ORDER BY standard", DB_NO_ARGS, names, n, err);
}

bool terminology_codelist(Arena *arena, Terminology *terminology, Str code_or_submission, PublishedCodelist *codelist, bool *found, Error *err)
{
    Rows rows;
    if (!db_query(terminology->db,
                  "SELECT c.id, c.code, c.submission, c.name, p.name, c.definition, c.extensible, c.n_terms FROM codelist c JOIN package p ON p.id = c.package"
                  " WHERE c.code = ?1 OR c.submission = ?1 ORDER BY c.code <> ?1, c.n_terms DESC, p.name LIMIT 1",
                  DB_ARGS(db_text(code_or_submission)), &rows, err) || !db_next(&rows, found, err)) return false;
    if (*found)
        *codelist = (PublishedCodelist){.id = rows_integer(&rows, 0), .code = rows_text_copy(arena, &rows, 1), .submission = rows_text_copy(arena, &rows, 2), .name = rows_text_copy(arena, &rows, 3),
                               .package = rows_text_copy(arena, &rows, 4), .definition = rows_text_copy(arena, &rows, 5), .is_extensible = rows_integer(&rows, 6) != 0, .n_terms = (size_t)rows_integer(&rows, 7)};
    rows_end(&rows);
    return true;
}

static bool list_terms(Arena *arena, Rows *rows, CodelistTerm **terms, size_t *n, Error *err)
{
    bool more;
    size_t capacity = 0;
    *terms = NULL;
    *n = 0;
    while (true) {
        if (!db_next(rows, &more, err)) return false;
        if (!more) return true;
        ARENA_PUSH_ROOM(arena, *terms, *n, capacity);
        CodelistTerm *term = &(*terms)[(*n)++];
        Str *const fields[] = {&term->code, &term->value, &term->synonyms, &term->preferred, &term->definition, &term->codelist, &term->codelist_code, &term->package};
        *term = (CodelistTerm){0};
        for (int i = 0; i < 8; i++) *fields[i] = rows_text_copy(arena, rows, i);
    }
}

bool terminology_terms(Arena *arena, Terminology *terminology, const PublishedCodelist *codelist, CodelistTerm **terms, size_t *n, Error *err)
{
    Rows rows;
    return db_query(terminology->db,
                    "SELECT t.code, t.value, t.synonyms, t.preferred, t.definition, c.submission, c.code, p.name FROM term t JOIN codelist c ON c.id = t.codelist JOIN package p ON p.id = c.package"
                    " WHERE c.id = ?1 ORDER BY t.value",
                    DB_ARGS(db_integer(codelist->id)), &rows, err) && list_terms(arena, &rows, terms, n, err);
}

bool terminology_of_variable(Arena *arena, Terminology *terminology, Str standard, Str variable, Str **codes, size_t *n, Error *err)
{
    Str name = str_upper(arena, variable), generic = name.len > 2 ? str_format(arena, "--" STR_FMT, STR_ARG(str_slice(name, 2, name.len))) : STR("");
    return list_texts(arena, terminology,
                      "SELECT code FROM variable WHERE standard = ?1 AND (name = ?2 OR (name = ?3 AND NOT EXISTS (SELECT 1 FROM variable WHERE standard = ?1 AND name = ?2))) ORDER BY code",
                      DB_ARGS(db_text(standard), db_text(name), db_text(generic)), codes, n, err);
}

bool terminology_find(Arena *arena, Terminology *terminology, Str text, size_t most, CodelistTerm **terms, size_t *n, Error *err)
{
    static const char *const SQL =
        "SELECT code, value, synonyms, preferred, definition, codelist, codelist_code, package FROM ("
        " SELECT t.code, t.value, t.synonyms, t.preferred, t.definition, c.submission AS codelist, c.code AS codelist_code, p.name AS package, '' AS name"
        " FROM term t JOIN codelist c ON c.id = t.codelist JOIN package p ON p.id = c.package"
        " UNION ALL SELECT c.code, c.submission, c.synonyms, c.name, c.definition, c.submission, c.code, p.name, c.name FROM codelist c JOIN package p ON p.id = c.package)"
        " WHERE instr(lower(value || char(10) || name || char(10) || synonyms || char(10) || preferred || char(10) || definition), ?1) OR lower(code) = ?1"
        " ORDER BY CASE WHEN lower(value) = ?1 OR lower(code) = ?1 THEN 0 WHEN instr(lower(value), ?1) = 1 THEN 1 WHEN instr(lower(value), ?1) THEN 2 WHEN instr(lower(synonyms), ?1) THEN 3 ELSE 4 END,"
        " value, codelist, package LIMIT ?2";
    Rows rows;
    return db_query(terminology->db, SQL, DB_ARGS(db_text(str_lower(arena, text)), db_integer((int64_t)most)), &rows, err) && list_terms(arena, &rows, terms, n, err);
}
