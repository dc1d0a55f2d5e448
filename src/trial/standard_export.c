#include "trial/standard_export.h"

#include "base/file.h"
#include "exchange/define_xml.h"
#include "trial/adam.h"
#include "trial/export_inside.h"
#include "trial/result_metadata.h"
#include "trial/sdtm.h"
#include "trial/sdtm_domains.h"
#include "trial/standard_metadata.h"

typedef struct {
    const StandardRequest *request;
    Str created, ending;
    bool sees_arms;
    Datasets datasets;
    Buf readme;
} Standards;

/* --- one data set --- */

static TableType table_type(StandardType type)
{
    switch (type) {
    case STANDARD_INTEGER:
        return TABLE_INTEGER;
    case STANDARD_FLOAT:
        return TABLE_DOUBLE;
    case STANDARD_DATE:
        return TABLE_DATE;
    case STANDARD_TEXT:
    case STANDARD_DTC:
    case STANDARD_DURATION:
        break;
    }
    return TABLE_TEXT;
}

/* A character that transport files do not have is written \uXXXX or \UXXXXXXXX. */
static size_t ascii_length(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x80) n++;
        else if (c >= 0xF0) n += 10;
        else if (c >= 0xC0) n += 6;
    }
    return n;
}

static size_t longest(const Column *column, size_t n_rows, bool is_ascii)
{
    size_t most = column->length;
    for (size_t row = 0; is_ascii && !column_is_number(column) && row < n_rows; row++) {
        size_t n = ascii_length(column->texts[row]);
        if (n > most) most = n;
    }
    return is_ascii && most > STANDARD_MOST_BYTES ? STANDARD_MOST_BYTES : most;
}

static size_t key_of(const StandardSet *set, Str name)
{
    for (size_t k = 0; k < set->n_keys; k++)
        if (str_equal(set->keys[k], name)) return k + 1;
    return 0;
}

/* A CSV file says nothing of formats, so its dates are written as such. */
static bool counts_days(const TableFormat *format) { return format != &table_format_csv; }

static TableMember member_of(const Export *x, const Standards *s, const StandardSet *set)
{
    bool is_ascii = s->request->format == &table_format_xpt;
    TableMember member = {.name = set->name,
                          .label = set->frame->label,
                          .oid = str_format(x->arena, "IG." STR_FMT, STR_ARG(set->name)),
                          .study_oid = str_format(x->arena, "ODM." STR_FMT, STR_ARG(trial_protocol(x->trial)->trial.id)),
                          .metadata_ref = STR("define.xml"),
                          .originator = trial_protocol(x->trial)->trial.sponsor,
                          .system = STR("Equipoise"),
                          .created = s->created,
                          .n_variables = set->frame->n_columns,
                          .n_rows_known = true,
                          .n_rows = set->frame->n_rows};
    member.variables = ARENA_ARRAY(x->arena, TableVariable, member.n_variables + 1);
    for (size_t c = 0; c < member.n_variables; c++) {
        const Column *column = &set->frame->columns[c];
        bool is_date = set->columns[c]->type == STANDARD_DATE;
        member.variables[c] = (TableVariable){.name = column->name,
                                              .label = column->label,
                                              .oid = str_format(x->arena, "IT." STR_FMT "." STR_FMT, STR_ARG(set->name), STR_ARG(column->name)),
                                              .type = table_type(set->columns[c]->type),
                                              .is_count = is_date && counts_days(s->request->format),
                                              .format = is_date ? STR("DATE9.") : STR(""),
                                              .length = longest(column, set->frame->n_rows, is_ascii),
                                              .key = key_of(set, column->name)};
    }
    return member;
}

static Str date_of_count(Arena *arena, double days)
{
    return date_text(arena, date_from_days(date_days((Date){1960, 1, 1}) + (int64_t)days));
}

static bool write_rows(const StandardSet *set, Arena *arena, const TableFormat *format, TableWriter *writer, Error *err)
{
    const Frame *frame = set->frame;
    TableCell *cells = ARENA_ARRAY(arena, TableCell, frame->n_columns + 1);
    for (size_t row = 0; row < frame->n_rows; row++) {
        for (size_t c = 0; c < frame->n_columns; c++) {
            const Column *column = &frame->columns[c];
            cells[c] = (TableCell){.missing = column->missing[row] ? MISSING_UNSTATED : MISSING_NOT};
            bool is_date = set->columns[c]->type == STANDARD_DATE && !counts_days(format);
            if (is_date && !column->missing[row]) cells[c].text = date_of_count(arena, column->numbers[row]);
            else if (column_is_number(column)) cells[c].number = column->numbers[row];
            else cells[c].text = column->texts[row];
        }
        if (!table_write(writer, cells, err)) return error_in(err, "row %zu", row + 1);
    }
    return true;
}

static bool write_set(Export *x, Standards *s, Str folder, const StandardSet *set, Error *err)
{
    TableWriter *writer;
    TableMember member = member_of(x, s, set);
    TableChoices choices = {.created = s->created, .to_ascii = true, .cut_texts = true};
    Str name = str_format(x->arena, STR_FMT STR_FMT STR_FMT, STR_ARG(folder), STR_ARG(str_lower(x->arena, set->name)), STR_ARG(s->ending));
    if (!table_create(x->arena, file_join(x->arena, x->folder, name), s->request->format, &choices, &writer, err) ||
        !table_begin(writer, &member, err) || !write_rows(set, x->arena, s->request->format, writer, err) || !table_finish(writer, err))
        return error_in(err, "data set \"" STR_FMT "\"", STR_ARG(set->name));
    const TableChanges *changes = table_changes(writer);
    buf_format(&s->readme, "  %-24.*s %6zu %s  " STR_FMT "\n", STR_ARG(name), set->frame->n_rows, set->frame->n_rows == 1 ? "row " : "rows", STR_ARG(set->frame->label));
    if (changes->n_texts_mapped)
        buf_format(&s->readme, "  %-24s %zu texts with letters beyond ASCII are written as \\uXXXX%s\n", "", changes->n_texts_mapped,
                   changes->n_texts_cut ? "; the longest are cut" : "");
    return export_written(x, name, set->frame->n_rows, err);
}

/* --- one standard --- */

typedef struct {
    const char *word, *title;
    MetadataRequest metadata;
    Str folder;
} Standard;

/* Results are read from analysis data sets; displays that read no exported one are named in the README. */
static bool add_results(Export *x, Standards *s, StudyMetadata *study, Error *err)
{
    Str text;
    StudyTexts skipped;
    if (!db_find_text(x->arena, x->trial->db, "SELECT text FROM protocols ORDER BY ordinal DESC LIMIT 1", DB_NO_ARGS, &text, NULL, err) ||
        !result_metadata_add(study, trial_protocol(x->trial), text, &skipped, err))
        return false;
    for (size_t i = 0; i < skipped.n; i++)
        buf_format(&s->readme, "  " STR_FMT ", which is not exported: define.xml leaves it out.\n", STR_ARG(skipped.items[i]));
    return true;
}

static bool write_define(Export *x, Standards *s, const Standard *standard, const StandardSets *sets, Error *err)
{
    MetadataRequest request = standard->metadata;
    DefineChoices choices = {.created = s->created};
    Buf text = buf_new(x->arena);
    request.ending = s->ending;
    request.created = s->created;
    StudyMetadata *study = trial_study_metadata(x->arena, trial_protocol(x->trial), sets, &request);
    if (str_equal(str_from(request.standard), STR("ADaMIG")) && !add_results(x, s, study, err)) return false;
    return define_write_buf(x->arena, study, &choices, &text, err) &&
           export_file(x, str_format(x->arena, STR_FMT "define.xml", STR_ARG(standard->folder)), buf_str(&text), err);
}

static bool write_standard(Export *x, Standards *s, const Standard *standard, const StandardSets *sets, Error *err)
{
    if (standard->folder.len && !file_make_folder(x->arena, file_join(x->arena, x->folder, standard->folder), err)) return false;
    buf_format(&s->readme, "\n%s\n", standard->title);
    for (size_t i = 0; i < sets->n; i++)
        if (!write_set(x, s, standard->folder, sets->items[i], err)) return false;
    for (size_t i = 0; i < sets->n_notes; i++) buf_format(&s->readme, "  " STR_FMT "\n", STR_ARG(sets->notes[i]));
    return write_define(x, s, standard, sets, err);
}

/* --- all --- */

static void begin_readme(Export *x, Standards *s)
{
    const TrialFacts *trial = &trial_protocol(x->trial)->trial;
    s->readme = buf_new(x->arena);
    buf_format(&s->readme, STR_FMT "\n" STR_FMT "\n\n", STR_ARG(trial->id), STR_ARG(trial->title));
    if (trial->simulated) buf_add_c(&s->readme, "SIMULATED: the records are made up. No person, date or number is real.\n\n");
    buf_format(&s->readme, "Made from " STR_FMT " at journal entry %lld (SHA-256 of the entry " STR_FMT ").\n", STR_ARG(s->datasets.file),
               (long long)s->datasets.n_entries, STR_ARG(s->datasets.head));
    buf_add_c(&s->readme, "define.xml says what each variable is, where it comes from and how it is derived.\n");
}

static bool write_standards(Export *x, Error *err)
{
    Standards *s = x->context;
    bool both = s->request->sdtm && s->request->adam;
    SdtmRequest request = {.datasets = &s->datasets, .sees_arms = s->sees_arms};
    StandardSets sdtm, adam;
    if (!datasets_build(x->trial, x->arena, &s->datasets, err) || !sdtm_build(x->trial, x->arena, &request, &sdtm, err)) return false;
    begin_readme(x, s);
    Standard of_sdtm = {.title = "Tabulation (SDTM)", .folder = both ? STR("sdtm/") : STR(""), .metadata = {"SDTMIG", SDTM_IG_VERSION, SDTM_CT_VERSION, {0}, {0}}};
    Standard of_adam = {.title = "Analysis (ADaM)", .folder = both ? STR("adam/") : STR(""), .metadata = {"ADaMIG", ADAM_IG_VERSION, ADAM_CT_VERSION, {0}, {0}}};
    if (s->request->sdtm && !write_standard(x, s, &of_sdtm, &sdtm, err)) return false;
    AdamRequest analysis = {.datasets = &s->datasets, .sdtm = &sdtm, .sees_arms = s->sees_arms};
    if (s->request->adam &&
        (!adam_build(x->trial, x->arena, &analysis, &adam, err) || !write_standard(x, s, &of_adam, &adam, err)))
        return false;
    return export_file(x, STR("README.txt"), buf_str(&s->readme), err);
}

bool trial_export_standard(Trial *trial, Arena *arena, const Actor *actor, const StandardRequest *request, ExportTo to, ExportReport *report,
                           Error *err)
{
    Standards s = {.request = request, .created = str_slice(instant_text(arena, actor->at), 0, 19)};
    Str rest;
    if (!str_cut(str_from(request->format->endings), STR(" "), &s.ending, &rest)) s.ending = str_from(request->format->endings);
    if (!sees_allocation(trial, actor, &s.sees_arms, err)) return false;
    Export x = {.trial = trial, .arena = arena, .report = report, .write = write_standards, .context = &s};
    x.as = str_format(arena, "%s%s%s, %s", request->sdtm ? "sdtm" : "", request->sdtm && request->adam ? " and " : "",
                      request->adam ? "adam" : "", request->format->word);
    return export_run(&x, actor, to, err);
}
