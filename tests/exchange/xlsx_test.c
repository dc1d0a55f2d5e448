/* Excel workbooks: parts made here as other programs write them, our own read again, and archives meant to harm. */
#include "exchange/xlsx.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/time.h"
#include "exchange/xlsx_inside.h"
#include "exchange/zip_write.h"
#include "test.h"

typedef struct {
    const char *name, *content;
} Part;

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define TYPE "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
static const char PACKAGE[] = "<Relationships><Relationship Id=\"r1\" " TYPE "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char PARTS[] = "<Relationships><Relationship Id=\"rId1\" " TYPE "worksheet\" Target=\"worksheets/one.xml\"/>"
                            "<Relationship Id=\"rId2\" " TYPE "sharedStrings\" Target=\"/xl/shared.xml\"/><Relationship Id=\"rId3\" " TYPE "styles\" Target=\"styles.xml\"/></Relationships>";
static const char WORKBOOK[] = "<workbook " MAIN "><workbookPr/><sheets><sheet name=\"Visits\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
static const char WORKBOOK_1904[] = "<workbook " MAIN "><workbookPr date1904=\"1\"/><sheets><sheet name=\"Visits\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
static const char STYLES[] = "<styleSheet " MAIN "><numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-409]d\\-mmm\\-yy;@\"/><numFmt numFmtId=\"171\" formatCode=\"[h]:mm\"/></numFmts>"
                             "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"20\"/></cellXfs></styleSheet>";
static const char SHARED[] = "<sst " MAIN "><si><t>SUBJID</t></si><si><t xml:space=\"preserve\">007 </t></si><si><r><t>two </t></r><r><rPr><b/></rPr><t>runs</t></r><rPh><t>reading</t></rPh></si>"
                             "<si><t>a_x000D_b_x005F_x0041_</t></si></sst>";

static Str make(Test *t, const char *name, const Part *parts, size_t n)
{
    Str path = test_scratch(t, name);
    Sink *sink;
    Error err = {0};
    bool ok = sink_open(t->arena, path, SINK_PLAIN, &sink, &err);
    ZipWriter *zip = zip_writer_new(t->arena, sink);
    for (size_t i = 0; ok && i < n; i++) ok = zip_begin(zip, str_from(parts[i].name), &err) && zip_put(zip, str_from(parts[i].content), &err);
    CHECK_OK(t, ok && zip_finish(zip, &err) && sink_finish(sink, &err), err);
    return path;
}

static Str make_sheet(Test *t, const char *workbook, const char *rows)
{
    Str sheet = str_format(t->arena, "<worksheet " MAIN "><sheetData>%s</sheetData></worksheet>", rows);
    const Part PARTS_OF_BOOK[] = {{"_rels/.rels", PACKAGE}, {"xl/workbook.xml", workbook}, {"xl/_rels/workbook.xml.rels", PARTS}, {"xl/styles.xml", STYLES}, {"xl/shared.xml", SHARED}, {"xl/worksheets/one.xml", sheet.data}};
    return make(t, "made.xlsx", PARTS_OF_BOOK, 6);
}

/* All cells as texts: "NAME:type ..." and rows, each ended by a line end. */
static bool dump(Arena *arena, Str path, Buf *buf, Error *err)
{
    TableReader *reader;
    const TableMember *member;
    const TableCell *cells;
    if (!table_open(arena, path, &reader, err)) return false;
    while (true) {
        if (!table_next_member(reader, &member, err)) return false;
        if (!member) return true;
        buf_format(buf, STR_FMT "(%zu)", STR_ARG(member->name), member->n_rows);
        for (size_t i = 0; i < member->n_variables; i++) buf_format(buf, " " STR_FMT ":%s", STR_ARG(member->variables[i].name), table_type_word(member->variables[i].type));
        while (true) {
            buf_char(buf, '\n');
            if (!table_next_row(reader, &cells, err)) return false;
            if (!cells) break;
            for (size_t i = 0; i < member->n_variables; i++) {
                if (i) buf_char(buf, '|');
                if (cells[i].missing) buf_format(buf, "<%s>", missing_word(cells[i].missing));
                else if (table_is_number(&member->variables[i])) buf_number(buf, cells[i].number);
                else buf_add(buf, cells[i].text);
            }
        }
    }
}

static void check_dump(Test *t, Str path, const char *want)
{
    Buf buf = buf_new(t->arena);
    Error err = {0};
    if (CHECK_OK(t, dump(t->arena, path, &buf, &err), err)) CHECK_TEXT(t, buf_str(&buf), want);
}

static void check_refused(Test *t, Str path, const char *message, const char *place)
{
    Buf buf = buf_new(t->arena);
    Error err = {0};
    CHECK(t, !dump(t->arena, path, &buf, &err));
    CHECK_ERROR(t, err, ERROR_MALFORMED, message);
    CHECK_ERROR(t, err, ERROR_MALFORMED, place);
}

static void texts_numbers_booleans_and_blanks_keep_their_types(Test *t)
{
    Str path = make_sheet(t, WORKBOOK,
                          "<row/><row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"inlineStr\"><is><t>AGE</t></is></c><c r=\"D3\" t=\"str\"><f>1+1</f><v>OK</v></c><c r=\"E3\" t=\"str\"><v>NOTE</v></c></row>"
                          "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>1</v></c><c r=\"B4\"><f>2*2</f><v>4.5</v></c><c r=\"D4\" t=\"b\"><v>1</v></c><c r=\"E4\" t=\"s\"><v>2</v></c></row>"
                          "<row r=\"6\"><c r=\"A6\" t=\"s\"><v>3</v></c><c r=\"B6\" t=\"str\"><v>.refused</v></c><c r=\"D6\" t=\"b\"><v>0</v></c><c r=\"E6\"><v>12</v></c></row>"
                          "<row><c/><c t=\"e\"><v>#N/A</v></c></row><row r=\"9\"><c r=\"A9\" s=\"1\"/></row>");
    check_dump(t, path,
               "Visits(3) SUBJID:string AGE:double OK:boolean NOTE:string\n007 |4.5|1|two runs\n"
               "a\rb_x0041_|<refused>|0|12\n<unstated>|<unstated>|<unstated>|<unstated>\n");
}

static void dates_are_those_of_the_calendar(Test *t)
{
    static const char ROWS[] = "<row><c t=\"str\"><v>DAY</v></c><c t=\"str\"><v>STAMP</v></c><c t=\"str\"><v>ELAPSED</v></c><c t=\"str\"><v>CLOCK</v></c><c t=\"str\"><v>MIXED</v></c></row>"
                               "<row><c s=\"1\"><v>59</v></c><c s=\"2\"><v>43831.5</v></c><c s=\"4\"><v>1.25</v></c><c s=\"5\"><v>0.75</v></c><c s=\"1\"><v>43831</v></c></row>"
                               "<row><c s=\"3\"><v>61</v></c><c s=\"2\"><v>44197.000011574074</v></c><c s=\"4\"><v>0</v></c><c s=\"5\"><v>0.500005787037037</v></c><c><v>7</v></c></row>";
    check_dump(t, make_sheet(t, WORKBOOK, ROWS),
               "Visits(2) DAY:date STAMP:datetime ELAPSED:time CLOCK:time MIXED:string\n"
               "1900-02-28|2020-01-01T12:00:00|30:00:00|18:00:00|2020-01-01\n1900-03-01|2021-01-01T00:00:01|00:00:00|12:00:00.5|7\n");
    check_dump(t, make_sheet(t, WORKBOOK_1904, ROWS),
               "Visits(2) DAY:date STAMP:datetime ELAPSED:time CLOCK:time MIXED:string\n"
               "1904-02-29|2024-01-02T12:00:00|30:00:00|18:00:00|2024-01-02\n1904-03-02|2025-01-02T00:00:01|00:00:00|12:00:00.5|7\n");
}

static void formats_tell_dates_from_numbers(Test *t)
{
    static const struct {
        const char *code;
        XlsxKind kind;
    } CODES[] = {{"General", XLSX_PLAIN}, {"0.00", XLSX_PLAIN}, {"#,##0 \"days\"", XLSX_PLAIN}, {"yyyy-mm-dd", XLSX_DATE}, {"d/m/yyyy h:mm", XLSX_DATETIME}, {"mmm", XLSX_DATE},
                 {"h:mm AM/PM", XLSX_TIME}, {"mm:ss.0", XLSX_TIME}, {"[mm]:ss", XLSX_ELAPSED}, {"[Red]0;[Blue]-0", XLSX_PLAIN}, {"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", XLSX_DATE},
                 {"0.00E+00", XLSX_PLAIN}, {"@", XLSX_PLAIN}, {"", XLSX_PLAIN}, {"\"day\" 0", XLSX_PLAIN}, {"[", XLSX_PLAIN}};
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        if (xlsx_kind_of_code(str_from(CODES[i].code)) != CODES[i].kind) CHECK_TEXT(t, str_from(CODES[i].code), "a format known for what it is");
    CHECK(t, xlsx_kind_of_number(14) == XLSX_DATE && xlsx_kind_of_number(22) == XLSX_DATETIME && xlsx_kind_of_number(46) == XLSX_ELAPSED && xlsx_kind_of_number(4) == XLSX_PLAIN);
}

/* Each day that Excel can show has its own number, and comes back from it. */
static void every_day_has_its_number(Test *t)
{
    for (int64_t day = date_days((Date){1900, 3, 1}); day <= date_days((Date){9999, 12, 31}); day += 97) {
        Buf buf = buf_new(t->arena);
        double number;
        Str text = date_text(t->arena, date_from_days(day));
        if (!CHECK(t, xlsx_date_number(t->arena, TABLE_DATE, text, &number) && xlsx_date_put(&buf, number, XLSX_DATE, false)) || !str_equal(text, buf_str(&buf))) {
            CHECK_TEXT(t, text, "a day that comes back");
            return;
        }
    }
    double number;
    CHECK(t, xlsx_date_number(t->arena, TABLE_DATE, STR("2020-01-01"), &number) && number == 43831);
    CHECK(t, xlsx_date_number(t->arena, TABLE_DATETIME, STR("2020-01-01T18:00:00"), &number) && number == 43831.75);
    CHECK(t, !xlsx_date_number(t->arena, TABLE_DATE, STR("1900-02-28"), &number) && !xlsx_date_number(t->arena, TABLE_DATE, STR("2020-01"), &number));
    CHECK(t, !xlsx_date_number(t->arena, TABLE_DATETIME, STR("2020-01-01T18:00:00.12345"), &number));
    CHECK_TEXT(t, xlsx_cell_name(t->arena, 0, 1), "A1");
    CHECK_TEXT(t, xlsx_cell_name(t->arena, 25, 7), "Z7");
    CHECK_TEXT(t, xlsx_cell_name(t->arena, 26, 7), "AA7");
    CHECK_TEXT(t, xlsx_cell_name(t->arena, 16383, 1048576), "XFD1048576");
}

#define NAMES "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>A</v></c><c r=\"B1\" t=\"str\"><v>B</v></c></row>"
static void what_is_wrong_in_a_sheet_is_said_with_its_cell(Test *t)
{
    static const struct {
        const char *rows, *message, *place;
    } BROKEN[] = {
        {NAMES "<row r=\"2\"><c r=\"B2\" t=\"e\"><v>#DIV/0!</v></c></row>", "#DIV/0!", "cell B2"},
        {NAMES "<row r=\"2\"><c r=\"C2\"><v>1</v></c></row>", "column has no name", "cell C2"},
        {NAMES "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>60</v></c></row>", "formatted as a date", "cell A2"},
        {NAMES "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>3e6</v></c></row>", "formatted as a date", "cell A2"},
        {NAMES "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>99</v></c></row>", "shared text", "cell A2"},
        {NAMES "<row r=\"2\"><c r=\"A2\"><v>ten</v></c></row>", "cannot be read", "cell A2"},
        {NAMES "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>1</v></c></row>", "not in order", "sheet \"Visits\""},
        {NAMES "<row r=\"1\"/>", "rows are not in order", "sheet \"Visits\""},
        {NAMES "<row r=\"1048577\"/>", "more than 1,048,576 rows", "sheet \"Visits\""},
        {NAMES "<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>", "beyond column XFD", "sheet \"Visits\""},
        {NAMES "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>.refusd</v></c></row>", "not a reason", "cell A2"},
        {"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>A</v></c><c r=\"B1\" t=\"str\"><v>a</v></c></row>", "two columns are named", "cell B1"},
        {NAMES "<row r=\"2\"><c r=\"A2\">", "", "sheet \"Visits\""},
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) check_refused(t, make_sheet(t, WORKBOOK, BROKEN[i].rows), BROKEN[i].message, BROKEN[i].place);
}

static void an_archive_that_is_no_workbook_is_refused(Test *t)
{
    const Part NOTHING[] = {{"readme.txt", "hello"}};
    const Part NO_SHEET[] = {{"_rels/.rels", PACKAGE}, {"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", PARTS}};
    const Part ENTITY[] = {{"_rels/.rels", "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>"}};
    check_refused(t, make(t, "none.xlsx", NOTHING, 1), "no Excel workbook", "none.xlsx");
    check_refused(t, make(t, "none.xlsx", NO_SHEET, 3), "is not in the file", "xl/workbook.xml");
    check_refused(t, make(t, "none.xlsx", ENTITY, 1), "", "_rels/.rels");
}

/* --- archives --- */

static void change(Test *t, Str path, const char *mark, size_t offset, unsigned char byte)
{
    Str content;
    Error err = {0};
    if (!CHECK_OK(t, file_read(t->arena, path, 1 << 20, &content, &err), err)) return;
    char *bytes = arena_copy(t->arena, content.data, content.len);
    size_t at = str_find((Str){bytes, content.len}, str_from(mark));
    if (!CHECK(t, at != SIZE_MAX && at + offset < content.len)) return;
    bytes[at + offset] = (char)byte;
    CHECK_OK(t, file_write(t->arena, path, (Str){bytes, content.len}, &err), err);
}

static void a_damaged_archive_is_refused(Test *t)
{
    static const struct {
        const char *mark;
        size_t offset;
        unsigned char byte;
        const char *message;
    } CHANGES[] = {
        {"PK\1\2", 8, 9, "encrypted"}, {"PK\1\2", 10, 14, "another method"}, {"PK\1\2", 16, 1, "check sum"}, {"PK\1\2", 45, 127, "beyond its end"}, {"PK\1\2", 42, 1, "no entry where"},
        {"PK\1\2", 28, 255, "damaged"}, {"PK\5\6", 10, 255, "damaged"}, {"PK\5\6", 11, 255, "more than 10000 entries"}, {"PK\5\6", 19, 127, "beyond its end"}, {"PK\5\6", 2, 0, "no directory at its end"},
        {"PK\5\6", 4, 3, "several disks"}, {"PK\3\4", 31, 0x55, "no Excel workbook"},
    };
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        Str path = make_sheet(t, WORKBOOK, NAMES);
        change(t, path, CHANGES[i].mark, CHANGES[i].offset, CHANGES[i].byte);
        Buf buf = buf_new(t->arena);
        Error err = {0};
        bool read = dump(t->arena, path, &buf, &err);
        if (i + 1 == sizeof CHANGES / sizeof CHANGES[0]) CHECK(t, read);      /* a local name is not looked at */
        else if (CHECK(t, !read)) CHECK_ERROR(t, err, ERROR_MALFORMED, CHANGES[i].message);
    }
}

static void an_archive_cut_anywhere_is_refused(Test *t)
{
    Str path = make_sheet(t, WORKBOOK, NAMES "<row><c><v>1</v></c></row>"), content;
    Error err = {0};
    CHECK_OK(t, file_read(t->arena, path, 1 << 20, &content, &err), err);
    for (size_t n = 0; n < content.len; n += 7) {
        Zip *zip;
        err = (Error){0};
        CHECK(t, !zip_of(t->arena, str_slice(content, 0, n), &zip, &err) && err.code == ERROR_MALFORMED);
    }
}

/* Sixteen MiB of one letter in a few kilobytes. */
static void a_bomb_is_left_alone(Test *t)
{
    size_t size = (size_t)16 << 20;
    char *blanks = arena_alloc(t->arena, size + 1);
    Bytes *bytes;
    Zip *zip;
    Error err = {0};
    memset(blanks, ' ', size);
    const Part BOMB[] = {{"_rels/.rels", PACKAGE}, {"xl/workbook.xml", blanks}};
    Str path = make(t, "bomb.xlsx", BOMB, 2);
    check_refused(t, path, "times as many", "entry \"xl/workbook.xml\"");
    if (!CHECK_OK(t, zip_open(t->arena, path, &zip, &err) && zip_bytes(t->arena, zip, zip_find(zip, STR("XL/Workbook.xml")), &bytes, &err), err)) return;
    while (!bytes->at_end && bytes_slide(bytes, bytes_seen(bytes), bytes_seen(bytes) + 1, &err)) {}
    CHECK_ERROR(t, err, ERROR_MALFORMED, "times as many");
    CHECK(t, bytes_seen(bytes) < 2 * ZIP_FREE_BYTES + ZIP_MAX_RATIO * 20000);
}

/* --- our own --- */

static bool copy(Test *t, const TableMember *member, const TableCell *rows, size_t n_rows, TableChoices choices, Error *err)
{
    TableWriter *writer;
    Arena *arena = arena_new();
    bool ok = table_create(arena, test_scratch(t, "own.xlsx"), table_format_named(STR("xlsx")), &choices, &writer, err) && table_begin(writer, member, err);
    for (size_t i = 0; ok && i < n_rows; i++) ok = table_write(writer, rows + i * member->n_variables, err);
    ok = ok && table_finish(writer, err);
    arena_free(arena);
    return ok;
}

static void nothing_is_lost_in_a_workbook_of_our_own(Test *t)
{
    TableVariable variables[] = {
        {.name = STR("SUBJID"), .label = STR("Subject & site"), .length = 200, .key = 1, .oid = STR("IT.1")},
        {.name = STR("AVAL"), .type = TABLE_DOUBLE, .length = 8, .format = STR("8.2"), .informat = STR("BEST12.")},
        {.name = STR("SAFE"), .type = TABLE_BOOLEAN},
        {.name = STR("ADT"), .type = TABLE_DATE, .is_count = true, .format = STR("DATE9."), .length = 8},
        {.name = STR("DTC"), .type = TABLE_DATE},
        {.name = STR("TM"), .type = TABLE_TIME, .is_count = true},
        {.name = STR("N"), .type = TABLE_INTEGER, .length = 3},
        {.name = STR("EXACT"), .type = TABLE_DECIMAL},
    };
    TableMember member = {.name = STR("AN/OTHER"), .label = STR("a label"), .study_oid = STR("S.1"), .oid = STR("IG.1"), .originator = STR("us"), .n_variables = 8, .variables = variables, .is_reference = true};
    TableCell rows[] = {
        {.text = STR("007")}, {.number = 1.0 / 3}, {.number = 1}, {.number = 21915}, {.text = STR("2020-01-02")}, {.number = 45000.25}, {.number = 3}, {.text = STR("0.10")},
        {.text = STR(" <\"a\">_x0041_\n\r\t\x01 ")}, {.number = -1e-300}, {.number = 0}, {.number = -100000}, {.text = STR("2020-01")}, {.number = 90061}, {.number = 0}, {.text = STR("-1")},
        {.missing = MISSING_UNSTATED}, {.missing = MISSING_SAS_A}, {.missing = MISSING_REFUSED}, {.missing = MISSING_SAS_UNDERSCORE}, {.missing = MISSING_NOT_DONE}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED},
        {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED}, {.missing = MISSING_UNSTATED},
    };
    TableReader *reader;
    const TableMember *back;
    const TableCell *cells;
    Error err = {0};
    if (!CHECK_OK(t, copy(t, &member, rows, 4, (TableChoices){.created = STR("2026-01-01T12:00:00")}, &err), err)) return;
    if (!CHECK_OK(t, table_open(t->arena, test_scratch(t, "own.xlsx"), &reader, &err) && table_next_member(reader, &back, &err), err)) return;
    CHECK_TEXT(t, back->name, "AN/OTHER");
    CHECK_TEXT(t, back->label, "a label");
    CHECK_TEXT(t, back->originator, "us");
    CHECK(t, back->is_reference && back->n_rows == 4 && back->n_variables == 8);
    for (size_t i = 0; i < 8 && i < back->n_variables; i++) {
        const TableVariable *a = &variables[i], *b = &back->variables[i];
        CHECK(t, str_equal(a->name, b->name) && str_equal(a->label, b->label) && str_equal(a->format, b->format) && str_equal(a->informat, b->informat) && str_equal(a->oid, b->oid));
        CHECK(t, a->type == b->type && a->is_count == b->is_count && a->length == b->length && a->key == b->key);
    }
    for (size_t row = 0; row < 4; row++) {
        if (!CHECK_OK(t, table_next_row(reader, &cells, &err), err) || !CHECK(t, cells != NULL)) return;
        for (size_t i = 0; i < 8; i++) {
            const TableCell *want = &rows[row * 8 + i];
            CHECK_INT(t, cells[i].missing, want->missing);
            CHECK(t, cells[i].number == want->number);
            if (want->text.len) CHECK(t, str_equal(cells[i].text, want->text));
        }
    }
    CHECK(t, table_next_row(reader, &cells, &err) && !cells && table_next_member(reader, &back, &err) && !back);
}

static void what_excel_cannot_hold_is_an_error_that_names_it(Test *t)
{
    size_t n = XLSX_MAX_TEXT + 1;
    char *text = arena_alloc(t->arena, n + 1);
    TableVariable variable = {.name = STR("NOTE")};
    TableMember member = {.name = STR("DM"), .n_variables = 1, .variables = &variable};
    Error err = {0};
    memset(text, 'x', n);
    TableCell cell = {.text = {text, n}};
    CHECK(t, !copy(t, &member, &cell, 1, (TableChoices){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "32768 characters");
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "NOTE");
    err = (Error){0};
    CHECK_OK(t, copy(t, &member, &cell, 1, (TableChoices){.cut_texts = true}, &err), err);
    cell.text = STR(".A");
    CHECK(t, !copy(t, &member, &cell, 1, (TableChoices){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "missing value");
    variable.name = STR("T"), variable.type = TABLE_DATE, variable.is_count = true;
    cell.number = 0.5;
    err = (Error){0};
    CHECK(t, !copy(t, &member, &cell, 1, (TableChoices){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "ISO 8601");
    CHECK_OK(t, copy(t, &member, &cell, 1, (TableChoices){.dates_as_numbers = true}, &err), err);
    member.n_variables = XLSX_MAX_COLUMNS + 1;
    err = (Error){0};
    CHECK(t, !copy(t, &member, &cell, 0, (TableChoices){0}, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "16385 variables");
}

static void a_sheet_of_excel_ends_at_a_row(Test *t)
{
    TableVariable variable = {.name = STR("N"), .type = TABLE_INTEGER};
    TableMember member = {.name = STR("DM"), .n_variables = 1, .variables = &variable};
    Arena *arena = arena_new();
    TableWriter *writer;
    TableCell cell = {.missing = MISSING_UNSTATED};
    Error err = {0};
    size_t n = 0;
    CHECK_OK(t, table_create(arena, test_scratch(t, "long.xlsx"), table_format_named(STR("xlsx")), &(TableChoices){0}, &writer, &err) && table_begin(writer, &member, &err), err);
    while (n <= XLSX_MAX_ROWS && table_write(writer, &cell, &err)) n++;
    CHECK_INT(t, n, XLSX_MAX_ROWS - 1);
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "1048575 rows");
    arena_free(arena);
}

static const TestCase CASES[] = {
    {"texts, numbers, booleans and blanks keep their types", texts_numbers_booleans_and_blanks_keep_their_types},
    {"dates are those of the calendar", dates_are_those_of_the_calendar},
    {"formats tell dates from numbers", formats_tell_dates_from_numbers},
    {"every day has its number", every_day_has_its_number},
    {"what is wrong in a sheet is said with its cell", what_is_wrong_in_a_sheet_is_said_with_its_cell},
    {"an archive that is no workbook is refused", an_archive_that_is_no_workbook_is_refused},
    {"a damaged archive is refused", a_damaged_archive_is_refused},
    {"an archive cut anywhere is refused", an_archive_cut_anywhere_is_refused},
    {"a bomb is left alone", a_bomb_is_left_alone},
    {"nothing is lost in a workbook of our own", nothing_is_lost_in_a_workbook_of_our_own},
    {"what Excel cannot hold is an error that names it", what_excel_cannot_hold_is_an_error_that_names_it},
    {"a sheet of Excel ends at a row", a_sheet_of_excel_ends_at_a_row},
};
TEST_SUITE(xlsx, CASES);
