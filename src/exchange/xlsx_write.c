/* Excel workbooks as they are written: rows go into the archive as they come, texts inside their cells. */
#include <string.h>

#include "base/map.h"
#include "exchange/csv.h"
#include "exchange/iso_count.h"
#include "exchange/xlsx_inside.h"
#include "exchange/zip_write.h"

#define SPREADSHEET "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define OFFICE      "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE     "http://schemas.openxmlformats.org/package/2006"
#define XML         "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define LINE_BYTES  ((size_t)32 * 1024)
#define MOST_NAME   31                /* characters of a sheet's name */

/* Styles of cells, as styles.xml lists them. */
enum { STYLE_PLAIN, STYLE_HEAD, STYLE_TEXT, STYLE_DATE, STYLE_DATETIME, STYLE_TIME };

typedef struct {
    Arena *arena, *scratch;
    ArenaMark mark;                   /* of scratch */
    ZipWriter *zip;
    TableChoices choices;
    TableChanges *changes;
    XlsxMember *members;
    size_t n, capacity;
    Map sheets;                       /* names taken, in capitals */
    size_t row;                       /* of the sheet, from 1 */
    char (*letters)[4];               /* of each column */
    Buf line;
} State;

static bool flush(State *state, Error *err)
{
    bool ok = zip_put(state->zip, buf_str(&state->line), err);
    state->line.len = 0;
    return ok;
}

/* --- texts --- */

/* Characters that begin with a byte of UTF-8 as Excel counts them: none with one in between, two beyond 16 bits. */
static size_t units(unsigned char c) { return (c & 0xC0) == 0x80 ? 0 : c >= 0xF0 ? 2 : 1; }

static size_t n_characters(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += units((unsigned char)text.data[i]);
    }
    return n;
}

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* Whether "_xHHHH_" begins here, which would be read as a character. */
static bool is_escape(Str text, size_t i)
{
    return i + 7 <= text.len && text.data[i + 1] == 'x' && text.data[i + 6] == '_' && is_hex(text.data[i + 2]) && is_hex(text.data[i + 3]) && is_hex(text.data[i + 4]) && is_hex(text.data[i + 5]);
}

/* Text of XML in which every character comes back: controls, and what XML 1.0 cannot hold, as _xHHHH_. */
static void put_xml(Buf *buf, Str text)
{
    size_t plain = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool is_none = c == 0xEF && i + 2 < text.len && (unsigned char)text.data[i + 1] == 0xBF && (unsigned char)text.data[i + 2] >= 0xBE;
        bool is_control = c < 0x20 && c != '\t' && c != '\n', is_mark = c == '<' || c == '>' || c == '&' || c == '"';
        if (!is_none && !is_control && !is_mark && !(c == '_' && is_escape(text, i))) continue;
        buf_add(buf, str_slice(text, plain, i));
        if (c == '_') buf_add_c(buf, "_x005F_");
        else if (is_none) buf_format(buf, "_xFF%02X_", (unsigned)(unsigned char)text.data[i + 2] + 0x40), i += 2;
        else if (is_control) buf_format(buf, "_x%04X_", c);
        else buf_add_c(buf, c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : "&quot;");
        plain = i + 1;
    }
    buf_add(buf, str_slice(text, plain, text.len));
}

/* --- cells --- */

static void put_cell_start(State *state, size_t column, int style, const char *rest)
{
    Buf *buf = &state->line;
    buf_add(buf, STR("<c r=\""));
    buf_add_c(buf, state->letters[column]);
    buf_integer(buf, (int64_t)state->row);
    if (style) buf_add(buf, STR("\" s=\"")), buf_char(buf, (char)('0' + style));
    buf_add_c(buf, rest);
}

static void put_text(State *state, size_t column, int style, Str text)
{
    Buf *buf = &state->line;
    bool keeps = text.len && (text.data[0] <= ' ' || text.data[text.len - 1] <= ' ' || memchr(text.data, '\n', text.len));
    put_cell_start(state, column, style, "\" t=\"inlineStr\"><is><t");
    if (keeps) buf_add(buf, STR(" xml:space=\"preserve\""));
    buf_char(buf, '>');
    put_xml(buf, text);
    buf_add(buf, STR("</t></is></c>"));
}

static void put_number(State *state, size_t column, int style, double number)
{
    put_cell_start(state, column, style, "\"><v>");
    buf_number(&state->line, number);
    buf_add(&state->line, STR("</v></c>"));
}

static void put_boolean(State *state, size_t column, bool value)
{
    put_cell_start(state, column, STYLE_PLAIN, value ? "\" t=\"b\"><v>1</v></c>" : "\" t=\"b\"><v>0</v></c>");
}

static bool check_text(const TableVariable *variable, Str text, Error *err)
{
    MissingReason reason;
    size_t n = text.len > XLSX_MAX_TEXT ? n_characters(text) : 0;
    if (n > XLSX_MAX_TEXT) {
        error_set(err, ERROR_INCONSISTENT, "the text has %zu characters, and a cell of Excel holds %zu", n, XLSX_MAX_TEXT);
        error_hint(err, "--cut-texts shortens it; other formats hold more.");
        return error_in(err, "variable \"" STR_FMT "\"", STR_ARG(variable->name));
    }
    if (text.len == 0 || text.data[0] != '.' || (csv_missing(text, &reason, NULL) && !reason)) return true;
    error_set(err, ERROR_INCONSISTENT, "the text \"" STR_FMT "\" would be read back as a missing value", STR_ARG(text));
    return error_in(err, "variable \"" STR_FMT "\"", STR_ARG(variable->name));
}

/* At most so many characters, whole ones. */
static Str cut_to(Str text, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += units((unsigned char)text.data[i]);
        if (n > most) return str_slice(text, 0, i);
    }
    return text;
}

/* A date or time that Excel has, as such; any other as text. False when it is no date or time of ISO 8601. */
static bool put_date(State *state, const TableVariable *variable, size_t column, const TableCell *cell, Error *err)
{
    static const int STYLES[] = {[TABLE_DATE] = STYLE_DATE, [TABLE_TIME] = STYLE_TIME, [TABLE_DATETIME] = STYLE_DATETIME};
    Str text = cell->text;
    double number;
    if (variable->is_count) {
        Buf buf = buf_new(state->scratch);
        if (!iso_count_put(&buf, variable->type, cell->number)) {
            error_set(err, ERROR_INCONSISTENT, "%g is no %s that ISO 8601 can say", cell->number, table_type_word(variable->type));
            error_hint(err, "--dates-as-numbers writes dates and times as the numbers they are.");
            return error_in(err, "variable \"" STR_FMT "\"", STR_ARG(variable->name));
        }
        text = buf_str(&buf);
    }
    if (xlsx_date_number(state->scratch, variable->type, text, &number)) put_number(state, column, STYLES[variable->type], number);
    else put_text(state, column, STYLE_TEXT, text);
    return true;
}

static bool put_cell(State *state, const TableVariable *variable, size_t column, const TableCell *cell, Error *err)
{
    if (cell->missing) {
        const char *word = missing_word(cell->missing);
        if (cell->missing != MISSING_UNSTATED) put_text(state, column, STYLE_TEXT, str_format(state->scratch, "%s%s", word[0] == '.' ? "" : ".", word));
        return true;
    }
    if (variable->type == TABLE_DATE || variable->type == TABLE_TIME || variable->type == TABLE_DATETIME) return put_date(state, variable, column, cell, err);
    if (variable->type == TABLE_BOOLEAN) put_boolean(state, column, cell->number != 0);
    else if (table_is_number(variable)) put_number(state, column, STYLE_PLAIN, cell->number);
    else {
        Str text = state->choices.cut_texts ? cut_to(cell->text, XLSX_MAX_TEXT) : cell->text;
        state->changes->n_texts_cut += text.len < cell->text.len;
        if (!check_text(variable, text, err)) return false;
        put_text(state, column, STYLE_TEXT, text);
    }
    return true;
}

static void begin_row(State *state)
{
    state->row++;
    buf_add(&state->line, STR("<row r=\""));
    buf_integer(&state->line, (int64_t)state->row);
    buf_add(&state->line, STR("\">"));
}

static bool end_row(State *state, Error *err)
{
    buf_add(&state->line, STR("</row>"));
    return state->line.len < LINE_BYTES || flush(state, err);
}

/* --- sheets --- */

/* A name that Excel allows and no other sheet has. */
static Str sheet_name(State *state, Str name)
{
    Buf buf = buf_new(state->arena);
    bool is_new;
    for (size_t i = 0; i < name.len; i++) buf_char(&buf, (unsigned char)name.data[i] < ' ' || strchr("[]:*?/\\'", name.data[i]) ? '_' : name.data[i]);
    if (name.len == 0) buf_add_c(&buf, "data");
    Str base = cut_to(buf_str(&buf), MOST_NAME), given = base;
    for (int i = 2;; i++) {
        map_put(&state->sheets, str_upper(state->arena, given), &is_new);
        if (is_new) return given;
        Str number = str_format(state->arena, " (%d)", i);
        given = str_format(state->arena, STR_FMT STR_FMT, STR_ARG(cut_to(base, MOST_NAME - number.len)), STR_ARG(number));
    }
}

static bool end_sheet(State *state, Error *err)
{
    if (state->row == 0) return true;
    state->row = 0;
    buf_add_c(&state->line, "</sheetData></worksheet>");
    return flush(state, err);
}

/* Columns as wide as their names need; the row of names stays in sight. */
static bool begin_sheet(State *state, size_t number, const Str *names, size_t n, Error *err)
{
    Buf *buf = &state->line;
    if (!end_sheet(state, err) || !zip_begin(state->zip, str_format(state->arena, "xl/worksheets/sheet%zu.xml", number), err)) return false;
    buf_add_c(buf, XML "<worksheet xmlns=\"" SPREADSHEET "\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>");
    if (n) buf_add_c(buf, "<cols>");
    for (size_t i = 0; i < n; i++) buf_format(buf, "<col min=\"%zu\" max=\"%zu\" width=\"%zu\" customWidth=\"1\"/>", i + 1, i + 1, names[i].len < 10 ? (size_t)12 : names[i].len + 2);
    if (n) buf_add_c(buf, "</cols>");
    buf_add_c(buf, "<sheetData>");
    begin_row(state);
    for (size_t i = 0; i < n; i++) put_text(state, i, STYLE_HEAD, names[i]);
    return end_row(state, err);
}

static bool put_about(State *state, const XlsxAbout *about, size_t n_about, Str sheet, const void *of, Error *err)
{
    begin_row(state);
    for (size_t i = 0; i < n_about; i++) {
        const void *at = (const char *)of + about[i].place;
        Str text = STR("");
        switch (about[i].content) {
        case XLSX_A_SHEET: text = sheet; break;
        case XLSX_A_TEXT: text = *(const Str *)at; break;
        case XLSX_A_TYPE: text = str_from(table_type_word(*(const TableType *)at)); break;
        case XLSX_A_COUNT:
            if (*(const size_t *)at) put_number(state, i, STYLE_PLAIN, (double)*(const size_t *)at);
            break;
        case XLSX_A_FLAG: put_boolean(state, i, *(const bool *)at); break;
        }
        if (text.len) put_text(state, i, STYLE_TEXT, text);
    }
    return end_row(state, err);
}

static bool begin_about(State *state, size_t number, const XlsxAbout *about, size_t n_about, Error *err)
{
    Str *titles = ARENA_ARRAY(state->arena, Str, n_about);
    for (size_t i = 0; i < n_about; i++) titles[i] = str_from(about[i].title);
    return begin_sheet(state, number, titles, n_about, err);
}

static bool put_descriptions(State *state, Error *err)
{
    if (!begin_about(state, state->n + 1, XLSX_ABOUT_DATA_SETS, XLSX_N_ABOUT_DATA_SETS, err)) return false;
    for (size_t i = 0; i < state->n; i++)
        if (!put_about(state, XLSX_ABOUT_DATA_SETS, XLSX_N_ABOUT_DATA_SETS, state->members[i].sheet, &state->members[i].member, err)) return false;
    if (!begin_about(state, state->n + 2, XLSX_ABOUT_VARIABLES, XLSX_N_ABOUT_VARIABLES, err)) return false;
    for (size_t i = 0; i < state->n; i++)
        for (size_t v = 0; v < state->members[i].member.n_variables; v++)
            if (!put_about(state, XLSX_ABOUT_VARIABLES, XLSX_N_ABOUT_VARIABLES, state->members[i].sheet, &state->members[i].member.variables[v], err)) return false;
    return end_sheet(state, err);
}

/* --- the package --- */

static bool put_part(State *state, const char *name, const char *content, Error *err)
{
    return zip_begin(state->zip, str_from(name), err) && zip_put(state->zip, STR(XML), err) && zip_put(state->zip, str_from(content), err);
}

static const char STYLES_XML[] =
    "<styleSheet xmlns=\"" SPREADSHEET "\"><numFmts count=\"3\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/><numFmt numFmtId=\"166\" formatCode=\"[hh]:mm:ss\"/></numFmts>"
    "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    "<cellXfs count=\"6\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    "<xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>"
    "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
    "<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
    "<xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
    "<xf numFmtId=\"166\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>"
    "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

static Str workbook_xml(State *state)
{
    Buf buf = buf_new(state->arena);
    buf_add_c(&buf, "<workbook xmlns=\"" SPREADSHEET "\" xmlns:r=\"" OFFICE "\"><sheets>");
    for (size_t i = 0; i < state->n + 2; i++) {
        buf_add_c(&buf, "<sheet name=\"");
        put_xml(&buf, i < state->n ? state->members[i].sheet : i == state->n ? STR(XLSX_DATA_SETS) : STR(XLSX_VARIABLES));
        buf_format(&buf, "\" sheetId=\"%zu\" r:id=\"rId%zu\"/>", i + 1, i + 1);
    }
    buf_add_c(&buf, "</sheets></workbook>");
    return buf_str(&buf);
}

static Str relations_xml(State *state)
{
    Buf buf = buf_new(state->arena);
    size_t i = 1;
    buf_add_c(&buf, "<Relationships xmlns=\"" PACKAGE "/relationships\">");
    for (; i <= state->n + 2; i++) buf_format(&buf, "<Relationship Id=\"rId%zu\" Type=\"" OFFICE "/worksheet\" Target=\"worksheets/sheet%zu.xml\"/>", i, i);
    buf_format(&buf, "<Relationship Id=\"rId%zu\" Type=\"" OFFICE "/styles\" Target=\"styles.xml\"/></Relationships>", i);
    return buf_str(&buf);
}

static Str types_xml(State *state)
{
    static const char KIND[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    Buf buf = buf_new(state->arena);
    buf_add_c(&buf, "<Types xmlns=\"" PACKAGE "/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>");
    buf_format(&buf, "<Override PartName=\"/xl/workbook.xml\" ContentType=\"%ssheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"%sstyles+xml\"/>", KIND, KIND);
    for (size_t i = 1; i <= state->n + 2; i++) buf_format(&buf, "<Override PartName=\"/xl/worksheets/sheet%zu.xml\" ContentType=\"%sworksheet+xml\"/>", i, KIND);
    buf_add_c(&buf, "</Types>");
    return buf_str(&buf);
}

/* --- the format's functions --- */

static void release(void *arena) { arena_free(arena); }

bool xlsx_create(Arena *arena, Sink *sink, const TableChoices *choices, TableChanges *changes, void **created, Error *err)
{
    State *state = ARENA_NEW(arena, State);
    bool is_new;
    (void)err;
    *state = (State){.arena = arena, .scratch = arena_new(), .zip = zip_writer_new(arena, sink), .choices = *choices, .changes = changes, .sheets = map_new(arena), .line = buf_new(arena)};
    arena_defer(arena, release, state->scratch);
    arena_alloc(state->scratch, 1);
    state->mark = arena_mark(state->scratch);
    state->letters = arena_alloc_array(arena, XLSX_MAX_COLUMNS, sizeof *state->letters);
    for (size_t i = 0; i < XLSX_MAX_COLUMNS; i++) {
        Str name = xlsx_cell_name(state->scratch, i, 1);
        memcpy(state->letters[i], name.data, name.len - 1);
    }
    arena_rewind(state->scratch, state->mark);
    map_put(&state->sheets, str_upper(arena, STR(XLSX_DATA_SETS)), &is_new);
    map_put(&state->sheets, str_upper(arena, STR(XLSX_VARIABLES)), &is_new);
    *created = state;
    return true;
}

/* What is said of a member must last until the end of the file. */
static TableMember kept(State *state, const TableMember *member)
{
    TableMember copy = *member;
    copy.variables = ARENA_ARRAY(state->arena, TableVariable, member->n_variables + 1);
    for (size_t i = 0; i < XLSX_N_ABOUT_DATA_SETS; i++) {
        Str *text = (Str *)(void *)((char *)&copy + XLSX_ABOUT_DATA_SETS[i].place);
        if (XLSX_ABOUT_DATA_SETS[i].content == XLSX_A_TEXT) *text = str_copy(state->arena, *text);
    }
    for (size_t v = 0; v < member->n_variables; v++) {
        TableVariable *variable = &copy.variables[v];
        *variable = member->variables[v];
        for (size_t i = 0; i < XLSX_N_ABOUT_VARIABLES; i++) {
            Str *text = (Str *)(void *)((char *)variable + XLSX_ABOUT_VARIABLES[i].place);
            if (XLSX_ABOUT_VARIABLES[i].content == XLSX_A_TEXT) *text = str_copy(state->arena, *text);
        }
        if (state->choices.dates_as_numbers && variable->is_count) variable->type = TABLE_DOUBLE, variable->is_count = false;
    }
    return copy;
}

bool xlsx_begin(void *to, const TableMember *member, Error *err)
{
    State *state = to;
    if (member->n_variables > XLSX_MAX_COLUMNS) {
        error_set(err, ERROR_INCONSISTENT, "%zu variables are more than the %zu columns of an Excel sheet", member->n_variables, XLSX_MAX_COLUMNS);
        return error_in(err, "data set \"" STR_FMT "\"", STR_ARG(member->name));
    }
    ARENA_PUSH_ROOM(state->arena, state->members, state->n, state->capacity);
    XlsxMember *kept_member = &state->members[state->n++];
    *kept_member = (XlsxMember){.sheet = sheet_name(state, member->name), .member = kept(state, member)};
    Str *names = ARENA_ARRAY(state->arena, Str, member->n_variables + 1);
    for (size_t i = 0; i < member->n_variables; i++) names[i] = kept_member->member.variables[i].name;
    return begin_sheet(state, state->n, names, member->n_variables, err);
}

bool xlsx_write(void *to, const TableCell *cells, Error *err)
{
    State *state = to;
    const TableMember *member = &state->members[state->n - 1].member;
    if (state->row == XLSX_MAX_ROWS) {
        error_set(err, ERROR_INCONSISTENT, "an Excel sheet holds %zu rows below its names", XLSX_MAX_ROWS - 1);
        error_hint(err, "Write another format, or fewer rows.");
        return error_in(err, "data set \"" STR_FMT "\"", STR_ARG(member->name));
    }
    arena_rewind(state->scratch, state->mark);
    begin_row(state);
    for (size_t i = 0; i < member->n_variables; i++)
        if (!put_cell(state, &member->variables[i], i, &cells[i], err)) return false;
    return end_row(state, err);
}

bool xlsx_finish(void *to, Error *err)
{
    State *state = to;
    return put_descriptions(state, err) && put_part(state, "xl/workbook.xml", str_c(state->arena, workbook_xml(state)), err)
           && put_part(state, "xl/_rels/workbook.xml.rels", str_c(state->arena, relations_xml(state)), err) && put_part(state, "xl/styles.xml", STYLES_XML, err)
           && put_part(state, "_rels/.rels", "<Relationships xmlns=\"" PACKAGE "/relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>", err)
           && put_part(state, "[Content_Types].xml", str_c(state->arena, types_xml(state)), err) && zip_finish(state->zip, err);
}
