/* A table from one format to another. */
#include "base/json.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "exchange/table.h"

typedef struct {
    Invocation *call;
    TableReader *reader;
    TableWriter *writer;
    TableSurvey *surveys;             /* of each member, when the format written needs them */
    size_t n_surveys, n_members, n_rows;
    Str wanted;
    Progress progress;
} Conversion;

static bool find_format(Invocation *call, const TableFormat **format, Error *err)
{
    Str word = option_text(call, "to");
    *format = word.len ? table_format_named(word) : table_format_of_ending(call->args[1]);
    if (*format) return true;
    error_set(err, ERROR_USAGE, "what format is to be written?");
    if (word.len) error_set(err, ERROR_USAGE, "there is no format \"" STR_FMT "\"", STR_ARG(word));
    return error_hint(err, "Formats: " STR_FMT "; the name of the file written says which, or --to.", STR_ARG(table_format_words(call->arena)));
}

/* What the survey found takes the place of what the source did not say. */
static TableMember measured(Conversion *c, const TableMember *member, size_t i)
{
    TableMember known = *member;
    if (i >= c->n_surveys) return known;
    const TableSurvey *survey = &c->surveys[i];
    known.n_rows_known = true;
    known.n_rows = survey->n_rows;
    known.variables = arena_copy(c->call->arena, member->variables, member->n_variables * sizeof(TableVariable));
    for (size_t v = 0; v < member->n_variables && v < survey->n_variables; v++) {
        size_t longest = option_given(c->call, "ascii") ? survey->longest_ascii[v] : survey->longest[v];
        if (known.variables[v].length < longest) known.variables[v].length = longest;
    }
    return known;
}

static bool copy_rows(Conversion *c, Error *err)
{
    const TableCell *cells;
    while (true) {
        if (!table_next_row(c->reader, &cells, err)) return false;
        if (!cells) return true;
        if (!table_write(c->writer, cells, err)) return error_in(err, "row %zu", table_rows_read(c->reader));
        c->n_rows++;
        progress_row(&c->progress, table_share_read(c->reader));
    }
}

static bool copy_members(Conversion *c, Error *err)
{
    const TableMember *member;
    for (size_t i = 0;; i++) {
        if (!table_next_member(c->reader, &member, err)) return false;
        if (!member) break;
        if (c->wanted.len && !str_equal(str_lower(c->call->arena, c->wanted), str_lower(c->call->arena, member->name))) continue;
        TableMember known = measured(c, member, i);
        if (!table_begin(c->writer, &known, err) || !copy_rows(c, err)) return false;
        c->n_members++;
    }
    progress_end(&c->progress);
    if (c->n_members) return table_finish(c->writer, err);
    error_set(err, ERROR_INCONSISTENT, c->wanted.len ? "no data set is called \"" STR_FMT "\"" : "there is no data set", STR_ARG(c->wanted));
    return error_hint(err, "equipoise show FILE lists them.");
}

static void write_result(const Conversion *c)
{
    const TableChanges *changes = table_changes(c->writer);
    static const struct {
        const char *key, *words;
    } LINES[] = {{"names_shortened", "names shortened"}, {"texts_cut", "texts cut"}, {"texts_mapped", "texts written in ASCII"},
                 {"special_missing", "special missing values (.A, ._) written as plain missing"}};
    size_t counts[] = {changes->n_names_shortened, changes->n_texts_cut, changes->n_texts_mapped, changes->n_special_missing};
    Invocation *call = c->call;
    const Str *notes;
    size_t n_notes = table_notes(c->reader, &notes);
    if (!call->json && str_equal(call->args[1], STR("-"))) return;
    if (!call->json) {
        buf_format(call->out, "%zu data set%s, %zu rows\n", c->n_members, c->n_members == 1 ? "" : "s", c->n_rows);
        for (size_t i = 0; i < 4; i++)
            if (counts[i]) buf_format(call->out, "  %zu %s\n", counts[i], LINES[i].words);
        if (n_notes) buf_format(call->out, "  %zu note%s on what was not read: equipoise show " STR_FMT "\n", n_notes, n_notes == 1 ? "" : "s", STR_ARG(call->args[0]));
        return;
    }
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_member_integer(&json, "members", (int64_t)c->n_members);
    json_member_integer(&json, "rows", (int64_t)c->n_rows);
    for (size_t i = 0; i < 4; i++) json_member_integer(&json, LINES[i].key, (int64_t)counts[i]);
    json_member_integer(&json, "notes", (int64_t)n_notes);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

static Str creation_time(const Invocation *call)
{
    if (option_given(call, "created")) return option_text(call, "created");
    return instant_text(call->arena, call->now);
}

/* What the format written must know before the first row, and the one read does not say, takes a pass of its own. */
static bool survey_if_needed(Conversion *c, const TableFormat *from, const TableFormat *to, Error *err)
{
    bool longer = option_given(c->call, "ascii");              /* than the source says */
    if ((!to->needs_lengths || (from->gives_lengths && !longer)) && (!to->needs_rows || from->gives_rows)) return true;
    if (!str_equal(c->call->args[0], STR("-"))) return table_survey(c->call->arena, c->call->args[0], &c->surveys, &c->n_surveys, err);
    error_set(err, ERROR_USAGE, "standard input comes once, and %s to %s needs two passes", from->word, to->word);
    return error_hint(err, "Write it to a file first.");
}

static bool run(Invocation *call, Error *err)
{
    const TableFormat *format;
    Conversion c = {.call = call, .wanted = option_text(call, "member"), .progress = progress_begin()};
    TableChoices choices = {.created = creation_time(call), .shorten_names = option_given(call, "shorten-names"),
                            .cut_texts = option_given(call, "cut-texts"), .dates_as_numbers = option_given(call, "dates-as-numbers"), .to_windows = option_given(call, "windows-1252"), .to_ascii = option_given(call, "ascii"),
                            .special_as_null = option_given(call, "plain-missing")};
    if (str_equal(call->args[0], call->args[1])) return error_set(err, ERROR_USAGE, "a file cannot be written over itself");
    if (!find_format(call, &format, err)) return false;
    if (!table_open(call->arena, call->args[0], &c.reader, err) || !survey_if_needed(&c, table_format(c.reader), format, err)
        || !table_create(call->arena, call->args[1], format, &choices, &c.writer, err) || !copy_members(&c, err)) return false;
    write_result(&c);
    return true;
}

const Command cmd_convert = {
    .name = "convert",
    .summary = "write a table in another format",
    .usage = "IN OUT [--to FORMAT]",
    .description = "Formats are known by the first bytes of IN and the name of OUT. Rows stream: memory does not grow with the file. Nothing\n"
                   "is cut or changed in silence: what the format written cannot hold (a long name, a long text, other letters than\n"
                   "ASCII, a special missing value) is an error that names variable and row, unless an option says how to map it.",
    .example = "  equipoise convert adsl.xpt adsl.csv\n"
               "  equipoise convert visits.csv visits.xpt --shorten-names",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("to", "FORMAT", "the format of OUT, when its name does not say"),
                                OPT_TEXT("member", "NAME", "of several data sets, this one"),
                                OPT_FLAG("shorten-names", "cut names to what the format holds, made unique"),
                                OPT_FLAG("cut-texts", "cut texts to what the format holds"),
                                OPT_FLAG("dates-as-numbers", "write SAS's dates as numbers where the format has dates of its own"),
                                OPT_FLAG("windows-1252", "write western letters so where the format is not UTF-8"),
                                OPT_FLAG("ascii", "write other letters as \\uXXXX where the format has none"),
                                OPT_FLAG("plain-missing", "write .A to .Z and ._ as plain missing values"),
                                OPT_TEXT("created", "DATE-TIME", "the time the file says it was made [now]"), OPT_END},
    .run = run,
};
