/* What a study definition says, its trial design domains, and how they differ from those of the data. */
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "exchange/csv.h"
#include "exchange/source.h"
#include "exchange/usdm.h"

#define WIDTH  64

typedef struct {
    Invocation *call;
    UsdmStudy study;
    Frame *domains[USDM_N_DOMAINS];
    /* of each domain, when data are given */
    bool compares, is_there[USDM_N_DOMAINS];
    UsdmDifference *differences[USDM_N_DOMAINS];
    size_t n[USDM_N_DOMAINS], n_same[USDM_N_DOMAINS];
} Run;

static bool compare(Run *r, Error *err)
{
    Source *source;
    if (!option_given(r->call, "against")) return true;
    r->compares = true;
    if (!source_open(r->call->arena, option_text(r->call, "against"), &source, err)) return false;
    for (size_t i = 0; i < USDM_N_DOMAINS; i++) {
        Frame *theirs;
        Str name = str_lower(r->call->arena, r->domains[i]->name);
        r->is_there[i] = source_has(source, name);
        if (!r->is_there[i]) continue;
        if (!source_frame(source, name, &theirs, err)) return false;
        r->differences[i] = usdm_compare(r->call->arena, r->domains[i], theirs, &r->n[i], &r->n_same[i]);
    }
    return true;
}

static bool write_domains(Run *r, Error *err)
{
    Arena *arena = r->call->arena;
    Str folder = option_text(r->call, "output");
    if (folder.len == 0) return true;
    if (!file_make_folder(arena, folder, err)) return false;
    for (size_t i = 0; i < USDM_N_DOMAINS; i++) {
        Buf csv = buf_new(arena);
        Str name = str_format(arena, STR_FMT ".csv", STR_ARG(str_lower(arena, r->domains[i]->name)));
        if (!csv_write_frame(&csv, r->domains[i], err) || !file_write(arena, file_join(arena, folder, name), buf_str(&csv), err)) return false;
    }
    return true;
}

/* Cut to a width at a whole character. */
static Str shown(Arena *arena, Str text)
{
    size_t n = WIDTH;
    if (text.len <= WIDTH) return text;
    while (n && ((unsigned char)text.data[n] & 0xC0) == 0x80) n--;
    return str_format(arena, STR_FMT "…", STR_ARG(str_slice(text, 0, n)));
}

static void put_line(Run *r, const char *what, Str value)
{
    if (value.len) buf_format(r->call->out, "  %-14s" STR_FMT "\n", what, STR_ARG(value));
}

static void write_study(Run *r)
{
    const UsdmStudy *s = &r->study;
    Buf *out = r->call->out;
    buf_format(out, STR_FMT "\n", STR_ARG(s->official_title.len ? s->official_title : s->name));
    put_line(r, "identifiers", str_format(r->call->arena, STR_FMT " (" STR_FMT "), " STR_FMT " (" STR_FMT ")", STR_ARG(s->sponsor_id), STR_ARG(s->sponsor), STR_ARG(s->registry_id), STR_ARG(s->registry)));
    put_line(r, "phase", s->phase);
    put_line(r, "design", str_format(r->call->arena, STR_FMT "; " STR_FMT, STR_ARG(s->model), STR_ARG(s->blinding)));
    put_line(r, "population", s->population);
    put_line(r, "indication", s->indication);
    buf_format(out, "  %zu arms, %zu epochs, %zu elements, %zu visits, %zu criteria, %zu objectives, %zu estimands\n", s->n_arms, s->n_epochs, s->n_elements, s->n_visits,
               s->n_criteria, s->n_objectives, s->n_estimands);
    for (size_t i = 0; i < s->n_left_out; i++) buf_format(out, "%s" STR_FMT, i ? ", " : "  not used: ", STR_ARG(s->left_out[i]));
    if (s->n_left_out) buf_char(out, '\n');
}

static void write_differences(Run *r, size_t i)
{
    Arena *arena = r->call->arena;
    static const char *const HEADS[] = {"", "", "study definition", "data"};
    Grid grid = grid_new(arena, HEADS, 4);
    buf_format(r->call->out, "\n" STR_FMT ": %zu rows here", STR_ARG(r->domains[i]->name), r->domains[i]->n_rows);
    if (!r->is_there[i]) {
        buf_add_c(r->call->out, r->compares ? "; the data have no such data set\n" : "\n");
        return;
    }
    buf_format(r->call->out, ", %zu the same, %zu differences\n", r->n_same[i], r->n[i]);
    for (size_t k = 0; k < r->n[i]; k++) {
        const UsdmDifference *d = &r->differences[i][k];
        grid_add(&grid, shown(arena, d->key));
        grid_add(&grid, d->column.len ? d->column : STR("row"));
        grid_add(&grid, d->column.len || d->ours.len ? shown(arena, d->ours) : STR("-"));
        grid_add(&grid, d->column.len || d->theirs.len ? shown(arena, d->theirs) : STR("-"));
    }
    if (r->n[i]) grid_write_left(&grid, r->call->out);
}

static void write_json(Run *r)
{
    JsonWriter json = json_writer(r->call->out, 2);
    json_begin_object(&json);
    json_member_text(&json, "study", r->study.name);
    json_member_text(&json, "title", r->study.official_title);
    json_key(&json, STR("domains"));
    json_begin_array(&json);
    for (size_t i = 0; i < USDM_N_DOMAINS; i++) {
        json_begin_object(&json);
        json_member_text(&json, "name", r->domains[i]->name);
        json_member_integer(&json, "rows", (int64_t)r->domains[i]->n_rows);
        if (r->is_there[i]) json_member_integer(&json, "same", (int64_t)r->n_same[i]);
        json_key(&json, STR("differences"));
        json_begin_array(&json);
        for (size_t k = 0; k < r->n[i]; k++) {
            json_begin_object(&json);
            json_member_text(&json, "row", r->differences[i][k].key);
            json_member_text(&json, "variable", r->differences[i][k].column);
            json_member_text(&json, "definition", r->differences[i][k].ours);
            json_member_text(&json, "data", r->differences[i][k].theirs);
            json_end_object(&json);
        }
        json_end_array(&json);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_key(&json, STR("not_used"));
    json_begin_array(&json);
    for (size_t i = 0; i < r->study.n_left_out; i++) json_put_text(&json, r->study.left_out[i]);
    json_end_array(&json);
    json_end_object(&json);
    buf_char(r->call->out, '\n');
}

static bool run(Invocation *call, Error *err)
{
    Run r = {.call = call};
    Str content;
    if (!file_read(call->arena, call->args[0], USDM_MAX_BYTES, &content, err)) return false;
    if (!usdm_read(call->arena, content, &r.study, err)) return error_in(err, STR_FMT, STR_ARG(file_name(call->args[0])));
    usdm_trial_design(call->arena, &r.study, r.domains);
    if (!compare(&r, err) || !write_domains(&r, err)) return false;
    if (call->json) {
        write_json(&r);
        return true;
    }
    write_study(&r);
    for (size_t i = 0; i < USDM_N_DOMAINS; i++) write_differences(&r, i);
    return true;
}

const Command cmd_usdm = {
    .name = "usdm",
    .summary = "read a study definition (USDM) and make its trial design data sets",
    .usage = "FILE [--against FOLDER] [-o FOLDER]",
    .description = "Says what a study definition of CDISC's USDM 4.0 holds, makes the trial design domains of SDTM from it (TA, TE, TI, TS, TV),\n"
                   "and lists how they differ from those of a folder of data. Letter case, blanks and punctuation make no difference.\n"
                   "`equipoise protocol --from-usdm FILE` drafts a protocol from it.",
    .example = "  equipoise usdm study.json --against sdtm/\n"
               "  equipoise usdm study.json -o design/",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_FILE("against", "FOLDER", "of data sets ta, te, ti, ts, tv to compare with"),
                                {OPTION_FILE, "output", 'o', "FOLDER", "write the five data sets there as CSV"}, OPT_END},
    .run = run,
};
