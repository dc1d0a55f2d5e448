#include "conform/xsd.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "test.h"

#define XS "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' targetNamespace='urn:t' elementFormDefault='qualified'>"

static const char *const SCHEMA =
    XS "<xs:include schemaLocation='parts/words.xsd'/>"
    "<xs:element name='Trial'><xs:complexType><xs:sequence><xs:element name='Arm' type='Word' maxOccurs='unbounded'/></xs:sequence>"
    "<xs:attribute name='Phase' use='required'/></xs:complexType></xs:element></xs:schema>";
static const char *const WORDS = XS "<xs:simpleType name='Word'><xs:restriction base='xs:string'><xs:enumeration value='Active'/>"
                                    "<xs:enumeration value='Placebo'/></xs:restriction></xs:simpleType></xs:schema>";

static Str write_text(Test *t, const char *name, const char *text)
{
    Error err = {0};
    Str path = test_scratch(t, name);
    CHECK_OK(t, file_make_folder(t->arena, file_folder(path), &err) && file_write(t->arena, path, str_from(text), &err), err);
    return path;
}

static Xsd *open_small(Test *t)
{
    Error err = {0};
    Xsd *xsd = NULL;
    write_text(t, "parts/words.xsd", WORDS);
    Str path = write_text(t, "trial.xsd", SCHEMA);
    CHECK_OK(t, xsd_open(t->arena, path, file_folder(path), &xsd, &err), err);
    return xsd;
}

static Str found(Test *t, const Xsd *xsd, const char *document)
{
    FindingList findings = findings_new(t->arena);
    Buf buf = buf_new(t->arena);
    Error err = {0};
    if (!xsd_check(xsd, t->arena, write_text(t, "doc.xml", document), STR("doc"), &findings, &err)) return str_format(t->arena, "%s %s", err.message, strstr(err.place, "line"));
    for (size_t i = 0; i < findings.n; i++) {
        const Finding *f = &findings.items[i];
        buf_format(&buf, "%s" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT, i ? "\n" : "", STR_ARG(f->place), STR_ARG(f->variable), STR_ARG(f->value), STR_ARG(f->message), STR_ARG(f->fix));
    }
    return buf_str(&buf);
}

static void says(Test *t)
{
    const Xsd *xsd = open_small(t);
    if (!xsd) return;
    CHECK_TEXT(t, found(t, xsd, "<Trial xmlns='urn:t' Phase='2'><Arm>Active</Arm></Trial>"), "");
    CHECK_TEXT(t, found(t, xsd, "<Trial xmlns='urn:t'>\n<Arm>Actve</Arm>\n<Leg/></Trial>"),
               "line 1|Trial||the attribute 'Phase' is required but missing|\n"
               "line 2|Arm|Actve|the value is not an element of the set {'Active', 'Placebo'}|\n"
               "line 3|Leg||this element is not expected|Expected is ( Arm ).");
    CHECK_TEXT(t, found(t, xsd, "<Trial xmlns='urn:t' Phase='2' Size='3'/>"),
               "line 1|Trial/@Size||the attribute 'Size' is not allowed|\nline 1|Trial||missing child element(s)|Expected is ( Arm ).");
    CHECK_TEXT(t, found(t, xsd, "<Other/>"), "line 1|Other||no matching global declaration available for the validation root|");
    CHECK_TEXT(t, str_slice(found(t, xsd, "<Trial xmlns='urn:t' Phase='2'>\n<Arm>"), 0, 9), "not XML: ");
}

/* A file outside of the folder is not read, however the schema gets there. */
static void stays_inside(Test *t)
{
    static const char *const OUTSIDE[] = {"../secret.xsd", "http://example.org/words.xsd", "link.xsd", "parts/absent.xsd"};
    Str secret = write_text(t, "secret.xsd", WORDS);
    for (size_t i = 0; i < 4; i++) {
        Error err = {0};
        Xsd *xsd;
        Str path = write_text(t, "inside/trial.xsd", str_format(t->arena, XS "<xs:include schemaLocation='%s'/><xs:element name='Arm' type='Word'/></xs:schema>", OUTSIDE[i]).data);
        Str link = test_scratch(t, "inside/link.xsd");
        unlink(link.data);
        CHECK_INT(t, symlink(secret.data, link.data), 0);
        CHECK(t, !xsd_open(t->arena, path, file_folder(path), &xsd, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, strrchr(OUTSIDE[i], '/') ? strrchr(OUTSIDE[i], '/') : OUTSIDE[i]);
        CHECK_ERROR(t, err, ERROR_MALFORMED, "which is not in its folder");
        Error none = {0};
        CHECK_OK(t, xsd_open(t->arena, path, file_folder(secret), &xsd, &none) == (i == 0 || i == 2), none);
    }
}

static void refuses(Test *t)
{
    Error err = {0};
    Xsd *xsd;
    Str path = write_text(t, "none.xsd", "<nothing/>");
    CHECK(t, !xsd_open(t->arena, path, file_folder(path), &xsd, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, "the schema cannot be read");
    err = (Error){0};
    CHECK(t, !xsd_open(t->arena, STR("/nowhere/a.xsd"), STR("/nowhere"), &xsd, &err));
    CHECK_ERROR(t, err, ERROR_IO, "/nowhere/a.xsd");
    err = (Error){0};
    CHECK(t, !xsd_open(t->arena, path, STR("/nowhere"), &xsd, &err));
    CHECK_ERROR(t, err, ERROR_IO, "/nowhere");
    const Xsd *small = open_small(t);
    FindingList findings = findings_new(t->arena);
    err = (Error){0};
    if (!small) return;
    CHECK(t, !xsd_check(small, t->arena, STR("/nowhere/a.xml"), STR("a"), &findings, &err));
    CHECK_ERROR(t, err, ERROR_IO, "/nowhere/a.xml");
}

static bool count(Test *t, const Xsd *xsd, Str path, FindingList *findings)
{
    Error err = {0};
    *findings = findings_new(t->arena);
    return CHECK_OK(t, xsd_check(xsd, t->arena, path, file_name(path), findings, &err), err);
}

static void judges_define(Test *t)
{
    Error err = {0};
    Xsd *xsd;
    FindingList findings;
    Str path = test_data(t, "standards/define-xml-2.1/schema/cdisc-arm-1.0/arm1-0-0.xsd");
    if (!path.len || !CHECK_OK(t, xsd_open(t->arena, path, test_data(t, "standards/define-xml-2.1/schema"), &xsd, &err), err)) return;
    if (count(t, xsd, test_data(t, "standards/define-xml-2.1/examples/defineV21-SDTM.xml"), &findings)) CHECK_INT(t, findings.n, 0);
    if (count(t, xsd, test_data(t, "standards/define-xml-2.1/examples/defineV21-ADaM.xml"), &findings)) CHECK_INT(t, findings.n, 0);
    if (count(t, xsd, test_data(t, "standards/dataset-json-1.1/examples/adam/define.xml"), &findings)) CHECK_INT(t, findings.n, 0);
    if (!count(t, xsd, test_data(t, "standards/dataset-json-1.1/examples/sdtm/define.xml"), &findings)) return;
    CHECK_INT(t, findings.n, 1);                              /* CDISC's own typo */
    CHECK_INT(t, findings.items[0].n, 1);
    CHECK_TEXT(t, findings.items[0].value, "STDTMIG");
    CHECK_TEXT(t, findings.items[0].variable, "Standard/@Name");
}

static void judges_odm(Test *t)
{
    Error err = {0};
    Xsd *xsd;
    FindingList findings;
    size_t n_accepted = 0, n_refused = 0;
    Str path = test_data(t, "standards/odm-2.0/schema/ODM.xsd"), folder = test_data(t, "standards/odm-2.0/examples");
    if (!path.len || !CHECK_OK(t, xsd_open(t->arena, path, file_folder(path), &xsd, &err), err)) return;
    DIR *open_folder = opendir(folder.data);
    for (struct dirent *entry; open_folder && (entry = readdir(open_folder));) {
        Str name = str_copy(t->arena, str_from(entry->d_name));
        if (!str_ends(name, STR(".xml")) || !count(t, xsd, file_join(t->arena, folder, name), &findings)) continue;
        n_accepted += findings.n == 0;
        n_refused += findings.n > 0 && CHECK_TEXT(t, name, "Data_Retrieval_From_FHIR_in_ODM.xml");
    }
    if (open_folder) closedir(open_folder);
    CHECK_INT(t, n_accepted, 14);
    CHECK_INT(t, n_refused, 1);
}

static const TestCase CASES[] = {
    {"findings have line, element, value and what was expected", says},
    {"nothing outside of the schema's folder is read", stays_inside},
    {"what is no schema, or not there, is refused", refuses},
    {"the published Define-XML examples are judged as xmllint does", judges_define},
    {"14 of the 15 published ODM 2.0 examples are accepted", judges_odm},
};
TEST_SUITE(xsd, CASES);
