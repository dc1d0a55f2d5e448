#include "conform/terminology.h"

#include <stdio.h>

#include "base/file.h"
#include "store/db.h"
#include "test.h"

#define HEAD "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\tCDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term\n"
#define SEX                                                                                                   \
    "C1\t\tNo\tSex\tSEX\tSex\tWhat a person is by birth.\tSex Terminology\n"                                  \
    "C2\tC1\t\tSex\tF\tFemale\tA girl or woman.\tFemale\r\n"                                                  \
    "C3\tC1\t\tSex\tM\tMale; Man\tA boy or man.\tMale\n"
#define UNIT "C7\t\tYes\tUnit\tUNIT\t\tWhat is counted.\tUnit Terminology\nC8\tC7\t\tUnit\tmg\tMilligram\tA thousandth of a gram.\tMilligram\n"

static Terminology *open_empty(Test *t)
{
    Error err = {0};
    Terminology *terminology = NULL;
    Str path = test_scratch(t, "folder/terms.db");
    remove(path.data);
    CHECK_OK(t, terminology_open(t->arena, path, true, &terminology, &err), err);
    return terminology;
}

static bool load(Test *t, Terminology *terminology, const char *file, const char *text, Error *err)
{
    TerminologyPackage package;
    return terminology_add(t->arena, terminology, str_from(file), str_from(text), &package, err);
}

static void looks_up(Test *t)
{
    Terminology *terms = open_empty(t);
    Error err = {0};
    PublishedCodelist codelist;
    CodelistTerm *list;
    size_t n;
    bool found;
    if (!terms || !CHECK_OK(t, load(t, terms, "SDTM Terminology 2023-12-15.txt", HEAD SEX UNIT, &err), err)) return;
    if (CHECK_OK(t, terminology_codelist(t->arena, terms, STR("C1"), &codelist, &found, &err), err) && CHECK(t, found)) {
        CHECK_TEXT(t, codelist.submission, "SEX");
        CHECK(t, !codelist.is_extensible);
        CHECK_INT(t, codelist.n_terms, 2);
    }
    if (CHECK_OK(t, terminology_terms(t->arena, terms, &codelist, &list, &n, &err), err) && CHECK_INT(t, n, 2)) {
        CHECK_TEXT(t, list[1].value, "M");
        CHECK_TEXT(t, list[1].synonyms, "Male; Man");
        CHECK_TEXT(t, list[0].preferred, "Female");           /* without the carriage return */
    }
    if (CHECK_OK(t, terminology_codelist(t->arena, terms, STR("UNIT"), &codelist, &found, &err), err) && CHECK(t, found)) CHECK(t, codelist.is_extensible);
    if (CHECK_OK(t, terminology_codelist(t->arena, terms, STR("C2"), &codelist, &found, &err), err)) CHECK(t, !found);
}

static void replaces(Test *t)
{
    Terminology *terms = open_empty(t);
    Error err = {0};
    TerminologyPackage *packages;
    PublishedCodelist codelist;
    size_t n;
    bool found;
    if (!terms || !CHECK_OK(t, load(t, terms, "/any/SDTM Terminology 2023-12-15.txt", HEAD SEX UNIT, &err) && load(t, terms, "SDTM Terminology 2024-03-29.txt", HEAD SEX, &err), err)) return;
    if (!CHECK_OK(t, terminology_packages(t->arena, terms, &packages, &n, &err), err) || !CHECK_INT(t, n, 1)) return;
    CHECK_TEXT(t, packages[0].name, "SDTM Terminology");
    CHECK_TEXT(t, packages[0].version, "2024-03-29");
    CHECK_INT(t, packages[0].n_codelists, 1);
    CHECK_INT(t, packages[0].n_terms, 2);
    if (CHECK_OK(t, terminology_codelist(t->arena, terms, STR("UNIT"), &codelist, &found, &err), err)) CHECK(t, !found);
}

/* CDASH holds a part of what SDTM does. */
static void takes_the_widest(Test *t)
{
    Terminology *terms = open_empty(t);
    Error err = {0};
    PublishedCodelist codelist;
    bool found;
    if (!terms || !CHECK_OK(t, load(t, terms, "A.txt", HEAD "C1\t\tNo\tSex\tSEX\t\t\t\nC2\tC1\t\tSex\tF\t\t\t\n", &err) && load(t, terms, "B.txt", HEAD SEX, &err), err)) return;
    if (CHECK_OK(t, terminology_codelist(t->arena, terms, STR("SEX"), &codelist, &found, &err), err) && CHECK(t, found)) CHECK_TEXT(t, codelist.package, "B");
}

static void finds(Test *t)
{
    Terminology *terms = open_empty(t);
    Error err = {0};
    CodelistTerm *list;
    size_t n;
    if (!terms || !CHECK_OK(t, load(t, terms, "SDTM.txt", HEAD SEX UNIT, &err), err)) return;
    if (CHECK_OK(t, terminology_find(t->arena, terms, STR("MALE"), 10, &list, &n, &err), err) && CHECK_INT(t, n, 2)) CHECK_TEXT(t, list[0].value, "F");
    if (CHECK_OK(t, terminology_find(t->arena, terms, STR("m"), 10, &list, &n, &err), err)) CHECK_TEXT(t, list[0].value, "M");
    if (CHECK_OK(t, terminology_find(t->arena, terms, STR("gram"), 1, &list, &n, &err), err)) CHECK_INT(t, n, 1);
    if (CHECK_OK(t, terminology_find(t->arena, terms, STR("c7"), 9, &list, &n, &err), err) && CHECK_INT(t, n, 1)) CHECK_TEXT(t, list[0].value, "UNIT");
    if (CHECK_OK(t, terminology_find(t->arena, terms, STR("' OR 1=1 --"), 9, &list, &n, &err), err)) CHECK_INT(t, n, 0);
}

static void maps_variables(Test *t)
{
    Terminology *terms = open_empty(t);
    Error err = {0};
    Str *codes;
    size_t n, n_standards, n_variables;
    if (!terms || !CHECK_OK(t, terminology_add_map(terms, STR("{\"sdtmig-3-4-codelists\":{\"name\":\"sdtmig-3-4-codelists\",\"SEX\":[\"C1\"],\"--SEV\":[\"C5\",\"C6\"],\"AESEV\":[\"C9\"]}}"), &n_standards, &n_variables, &err), err)) return;
    CHECK_INT(t, n_standards, 1);
    CHECK_INT(t, n_variables, 3);
    if (CHECK_OK(t, terminology_of_variable(t->arena, terms, STR("sdtmig-3-4"), STR("Sex"), &codes, &n, &err), err) && CHECK_INT(t, n, 1)) CHECK_TEXT(t, codes[0], "C1");
    if (CHECK_OK(t, terminology_of_variable(t->arena, terms, STR("sdtmig-3-4"), STR("AESEV"), &codes, &n, &err), err) && CHECK_INT(t, n, 1)) CHECK_TEXT(t, codes[0], "C9");
    if (CHECK_OK(t, terminology_of_variable(t->arena, terms, STR("sdtmig-3-4"), STR("CESEV"), &codes, &n, &err), err) && CHECK_INT(t, n, 2)) CHECK_TEXT(t, codes[1], "C6");
    if (CHECK_OK(t, terminology_of_variable(t->arena, terms, STR("other"), STR("SEX"), &codes, &n, &err), err)) CHECK_INT(t, n, 0);
    CHECK(t, !terminology_add_map(terms, STR("{\"s\":{\"SEX\":\"C1\"}}"), &n_standards, &n_variables, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "\"SEX\" of \"s\" has no list of codes");
    CHECK(t, !terminology_add_map(terms, STR("[]"), &n_standards, &n_variables, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "an object of standards is wanted");
    CHECK(t, !terminology_add_map(terms, STR("{\"s\":3}"), &n_standards, &n_variables, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "\"s\" is not an object of variables");
}

/* After each of these what was there is still there. */
static void refuses(Test *t)
{
    static const struct {
        const char *text;
        ErrorCode code;
        const char *part;
    } WRONG[] = {
        {"", ERROR_MALFORMED, "the file is empty"},
        {"Code\tName\n", ERROR_MALFORMED, "no column \"Codelist Code\""},
        {HEAD, ERROR_MALFORMED, "the file has no codelist"},
        {HEAD SEX "C5\tC9\t\tUnit\tkg\t\t\t\n", ERROR_INCONSISTENT, "the term \"kg\" is of the codelist \"C9\""},
        {HEAD SEX "C5\tC9\t\tUnit\tkg\t\t\t\n", ERROR_INCONSISTENT, "line 5"},
        {HEAD SEX SEX, ERROR_INCONSISTENT, "the codelist \"C1\" is there twice"},
        {HEAD "C1\t\tNo\n", ERROR_MALFORMED, "3 fields, where the first line has 8"},
        {HEAD "\t\tNo\tSex\tSEX\t\t\t\n", ERROR_MALFORMED, "a line without a code"},
        {HEAD "C1\t\tNo\tSex\tSEX\t\t\xE9\t\n", ERROR_MALFORMED, "not text in UTF-8"},
    };
    Terminology *terms = open_empty(t);
    Error err = {0};
    bool found;
    PublishedCodelist codelist;
    if (!terms || !CHECK_OK(t, load(t, terms, "SDTM.txt", HEAD SEX, &err), err)) return;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        err = (Error){0};
        CHECK(t, !load(t, terms, "SDTM.txt", WRONG[i].text, &err));
        CHECK_ERROR(t, err, WRONG[i].code, WRONG[i].part);
    }
    err = (Error){0};
    if (CHECK_OK(t, terminology_codelist(t->arena, terms, STR("SEX"), &codelist, &found, &err), err)) CHECK(t, found);
    CHECK(t, !terminology_open(t->arena, test_scratch(t, "absent.db"), false, &terms, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "no terminology has been loaded");
}

static void loads_published(Test *t)
{
    static const char *const FILES[] = {"ADaM-Terminology.txt", "CDASH-Terminology.txt", "Define-XML-Terminology.txt", "Protocol-Terminology.txt"};
    Terminology *terms = open_empty(t);
    Error err = {0};
    Str text;
    TerminologyPackage package;
    size_t n_terms = 0, n_codelists = 0, n_standards, n_variables;
    for (size_t i = 0; terms && i < 4; i++) {
        Str path = test_data(t, str_format(t->arena, "standards/ct/terminology/%s", FILES[i]).data);
        if (!path.len || !CHECK_OK(t, file_read(t->arena, path, TERMINOLOGY_MAX_BYTES, &text, &err) && terminology_add(t->arena, terms, path, text, &package, &err), err)) return;
        n_codelists += package.n_codelists;
        n_terms += package.n_terms;
    }
    CHECK_INT(t, n_codelists, 88);
    CHECK_INT(t, n_terms, 763);
    if (terms && CHECK_OK(t, file_read(t->arena, test_data(t, "standards/ct/variable_codelist_maps.json"), TERMINOLOGY_MAX_BYTES, &text, &err) && terminology_add_map(terms, text, &n_standards, &n_variables, &err), err))
        CHECK_INT(t, n_standards, 9);
}

static const TestCase CASES[] = {
    {"a codelist is found by code and by submission value", looks_up},
    {"a newer file of a package replaces the older", replaces},
    {"of a codelist in several packages the one with most terms counts", takes_the_widest},
    {"texts are found, the closest first", finds},
    {"variables have codelists, their own before those of the pattern", maps_variables},
    {"what is no terminology is refused and changes nothing", refuses},
    {"the published files are loaded", loads_published},
};
TEST_SUITE(terminology, CASES);
