#include "trial/reporting.h"

#include "base/digest.h"
#include "base/file.h"
#include "exchange/source.h"
#include "trial/datasets.h"

/* --- a folder of data sets --- */

static bool folder_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    (void)arena;
    Source *source = context;
    Frame *found;
    if (!source_frame(source, name, &found, err)) return false;
    size_t n;
    const SourceFile *files = source_files(source, &n);
    *frame = (ReportFrame){.frame = found};
    for (size_t i = 0; i < n; i++)
        if (files[i].frame == found) {
            frame->source = file_name(files[i].path);
            frame->source_hash = files[i].digest;
        }
    return true;
}

/* The files that were read, and one digest over theirs. */
static Str describe_folder(void *context, Arena *arena)
{
    size_t n, n_read = 0;
    const SourceFile *files = source_files(context, &n);
    Buf text = buf_new(arena), digests = buf_new(arena);
    for (size_t i = 0; i < n; i++) {
        if (!files[i].frame) continue;
        buf_format(&text, "%s" STR_FMT, n_read++ ? ", " : "data ", STR_ARG(file_name(files[i].path)));
        buf_add(&digests, files[i].digest);
    }
    Str digest = digest_hex(arena, digest_of(buf_str(&digests)));
    buf_format(&text, " (SHA-256 of their digests " STR_FMT ")", STR_ARG(str_slice(digest, 0, 16)));
    buf_c(&text);
    return buf_str(&text);
}

static bool from_folder(Arena *arena, const ReportingRequest *request, Document **document, Error *err)
{
    Str text;
    Source *source;
    Protocol *protocol = ARENA_NEW(arena, Protocol);
    if (!file_read(arena, request->path, YAML_MAX_BYTES, &text, err)) return false;
    if (!protocol_parse(arena, text, protocol, err)) return error_in(err, STR_FMT, STR_ARG(request->path));
    if (!request->data.len) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is a protocol, and there are no data to report on", STR_ARG(request->path));
        return error_hint(err, "Name the folder of the data with --data DIR, or give a trial file.");
    }
    if (!source_open(arena, request->data, &source, err)) return false;
    ReportRequest report = {.protocol = protocol,
                            .source = {source, folder_frame},
                            .describe = describe_folder,
                            .selection = request->selection};
    return report_compose(arena, &report, document, err) || error_in(err, STR_FMT, STR_ARG(request->path));
}

/* --- a trial file --- */

static bool trial_frame(void *context, Arena *arena, Str name, ReportFrame *frame, Error *err)
{
    (void)arena;
    const Datasets *datasets = context;
    Frame *found;
    if (!datasets_frame(datasets, name, &found, err)) return false;
    *frame = (ReportFrame){.frame = found, .source = datasets->file, .source_hash = datasets->head};
    return true;
}

static Str describe_trial(void *context, Arena *arena)
{
    const Datasets *datasets = context;
    return str_format(arena, "data " STR_FMT ", %lld journal entries (SHA-256 of the last " STR_FMT ")", STR_ARG(datasets->file),
                      (long long)datasets->n_entries, STR_ARG(str_slice(datasets->head, 0, 16)));
}

/* A report puts the journal's hash under every table: it may do so only when the data are what the journal says. */
static bool is_sound(Arena *arena, Trial *trial, Str path, Error *err)
{
    TrialVerdict verdict;
    if (!trial_verify(trial, arena, STR(""), &verdict, err)) return false;
    if (verdict.sound) return true;
    error_set(err, ERROR_INCONSISTENT, "\"" STR_FMT "\" was altered: " STR_FMT, STR_ARG(path), STR_ARG(verdict.detail));
    if (verdict.table.len)
        error_in(err, "table \"" STR_FMT "\", row " STR_FMT "%s" STR_FMT, STR_ARG(verdict.table), STR_ARG(verdict.key),
                 verdict.column.len ? ", column " : "", STR_ARG(verdict.column));
    return error_hint(err, "No report is made of it. `equipoise verify` says more; go back to a backup that verifies.");
}

static bool from_trial(Arena *arena, const ReportingRequest *request, Document **document, Error *err)
{
    Trial *trial;
    Datasets *datasets = ARENA_NEW(arena, Datasets);
    if (request->data.len) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is a trial file and holds its own data", STR_ARG(request->path));
        return error_hint(err, "Leave --data away, or name the protocol instead of the trial file.");
    }
    if (!trial_open(arena, request->path, &trial, err) || !is_sound(arena, trial, request->path, err) ||
        !datasets_build(trial, arena, datasets, err))
        return false;
    ReportRequest report = {.protocol = trial_protocol(trial),
                            .source = {datasets, trial_frame},
                            .describe = describe_trial,
                            .selection = request->selection};
    return report_compose(arena, &report, document, err) || error_in(err, STR_FMT ": protocol", STR_ARG(request->path));
}

/* Protocols are named so; anything else is opened as a trial, which says what is wrong with it. */
static bool is_protocol(Str path) { return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")); }

bool reporting_build(Arena *arena, const ReportingRequest *request, Document **document, Error *err)
{
    return is_protocol(request->path) ? from_folder(arena, request, document, err) : from_trial(arena, request, document, err);
}
