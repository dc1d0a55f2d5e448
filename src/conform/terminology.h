/* Controlled terminology: the codelists that NCI EVS publishes each quarter, loaded by the user from its text files into one
 * database file, and which variable has which codelist. Nothing is fetched, nothing comes with the program.
 *
 * A package is one text file ("SDTM Terminology"); loading a newer one replaces it. A codelist that is in several packages is
 * that of the package where it has the most terms: CDASH and SEND hold subsets of SDTM's. */
#ifndef CONFORM_TERMINOLOGY_H
#define CONFORM_TERMINOLOGY_H

#include "base/map.h"

#define TERMINOLOGY_MAX_BYTES ((size_t)256 << 20)

typedef struct Terminology Terminology;

typedef struct {
    Str name, version;                /* "SDTM Terminology"; "2023-12-15", empty when the file's name has no date */
    size_t n_codelists, n_terms;
} TerminologyPackage;

typedef struct {
    int64_t id;
    Str code, submission, name, package, definition;    /* "C66731", "SEX", "Sex" */
    bool is_extensible;
    size_t n_terms;
} PublishedCodelist;

typedef struct {
    Str code, value, synonyms, preferred, definition;
    Str codelist, codelist_code, package;               /* submission value and code of its codelist */
} CodelistTerm;

/* Opens the database; `make` makes one, with its folder, where none is; the empty path is one in memory. Fails: IO, MALFORMED (another program's file), and as
 * db_open; INCONSISTENT (there is none: how to make it). */
MUST_USE bool terminology_open(Arena *arena, Str path, bool make, Terminology **terminology, Error *err);

/* Loads a text file of NCI EVS: tabs, a head line, a line for each codelist followed by its terms. The package is called as
 * the file, without its date. Fails: MALFORMED (not such a file; a line with too few fields; not UTF-8: the place has the
 * line), INCONSISTENT (a term whose codelist is not there; a codelist twice), IO. Then nothing has changed. */
MUST_USE bool terminology_add(Arena *arena, Terminology *terminology, Str path, Str text, TerminologyPackage *package, Error *err);

/* Loads which variable has which codelists: an object of standards ("sdtmig-3-4-codelists"), each of variables with lists
 * of codes. A standard that was there is replaced. Fails: MALFORMED, IO. */
MUST_USE bool terminology_add_map(Terminology *terminology, Str text, size_t *n_standards, size_t *n_variables, Error *err);

MUST_USE bool terminology_packages(Arena *arena, Terminology *terminology, TerminologyPackage **packages, size_t *n, Error *err);
MUST_USE bool terminology_standards(Arena *arena, Terminology *terminology, Str **names, size_t *n, Error *err);

/* A codelist by NCI code or submission value. */
MUST_USE bool terminology_codelist(Arena *arena, Terminology *terminology, Str code_or_submission, PublishedCodelist *codelist, bool *found, Error *err);

/* The terms of a codelist, in the order of their values. */
MUST_USE bool terminology_terms(Arena *arena, Terminology *terminology, const PublishedCodelist *codelist, CodelistTerm **terms, size_t *n, Error *err);

/* Codes of the codelists that a variable of a data set has in a standard; "AESEV" of AE is also looked for as "--SEV". */
MUST_USE bool terminology_of_variable(Arena *arena, Terminology *terminology, Str standard, Str variable, Str **codes, size_t *n, Error *err);

/* Terms and codelists in whose value, name, synonyms, preferred term or definition a text stands, letter case of ASCII
 * ignored: whole values first, then beginnings, then the rest. A codelist is a term with its own code as codelist_code. */
MUST_USE bool terminology_find(Arena *arena, Terminology *terminology, Str text, size_t most, CodelistTerm **terms, size_t *n, Error *err);

#endif
