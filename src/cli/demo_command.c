#include <time.h>

#include "base/file.h"
#include "cli/command.h"
#include "report/html_writer.h"
#include "report/json_writer.h"
#include "report/text_writer.h"
#include "trial/play.h"
#include "trial/reporting.h"

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool write_as(Invocation *call, const Document *document, Str folder, const char *name,
                     void (*write)(const Document *document, Buf *out), Error *err)
{
    Buf buf = buf_new(call->arena);
    write(document, &buf);
    return file_write(call->arena, file_join(call->arena, folder, str_from(name)), buf_str(&buf), err);
}

static void write_text(const Document *document, Buf *out) { text_writer_write(document, TEXT_WRITER_WIDTH, out); }

/* The note at the top of the report, in the terminal's words. */
static void tell_honesty(Buf *out, const Document *document)
{
    const Block *note = &document->blocks[0];
    if (note->kind != BLOCK_NOTE) return;
    buf_format(out, "\n" STR_FMT "\n", STR_ARG(note->text));
    for (size_t i = 0; i < note->n_items && i < 4; i++) {
        size_t column = 2;
        buf_add_c(out, "  -");
        for (Str word, rest = note->items[i]; rest.len;) {
            bool more = str_cut(rest, STR(" "), &word, &rest);
            if (!more) word = rest, rest = STR("");
            if (column + 1 + str_width(word) > 92) {
                buf_add_c(out, "\n   ");
                column = 3;
            }
            buf_char(out, ' ');
            buf_add(out, word);
            column += 1 + str_width(word);
        }
        buf_char(out, '\n');
    }
    if (note->n_items > 4) buf_format(out, "  - and %zu more in the report\n", note->n_items - 4);
}

static void tell(Invocation *call, const Play *play, const Document *document, Str folder, double seconds)
{
    Buf *out = call->out;
    buf_add_c(out, "The founding trial, played with SIMULATED data (no child, date or number is real).\n\n");
    for (size_t i = 0; i < play->imported.n_files; i++) {
        const ImportedFile *file = &play->imported.files[i];
        buf_format(out, "  %-20.*s %5zu rows %7zu values%s\n", STR_ARG(file->name), file->n_rows, file->n_values,
                   file->n_queries ? str_format(call->arena, " %4zu queries", file->n_queries).data : "");
    }
    buf_format(out, "\nThe journal holds %lld acts; chain and derived tables: %s.\n", (long long)play->verdict.n_entries,
               play->verdict.sound ? "sound" : "NOT SOUND");
    tell_honesty(out, document);
    buf_format(out, "\n%d tables, %d figures, %zu numbers, each of which can say where it came from:\n", document->n_tables,
               document->n_figures, document->n_results);
    buf_format(out, "  report    " STR_FMT "/report.html   (also .txt, .json)\n", STR_ARG(folder));
    buf_format(out, "  trial     " STR_FMT "\n", STR_ARG(play->trial));
    buf_format(out, "  next      equipoise explain " STR_FMT " T2.r2.c2\n", STR_ARG(play->trial));
    buf_format(out, "            equipoise check " STR_FMT "\n", STR_ARG(play->protocol));
    buf_format(out, "\n%.1f s from nothing to the report.\n", seconds);
}

static void tell_json(Invocation *call, const Play *play, const Document *document, Str folder)
{
    JsonWriter json = json_writer(call->out, 2);
    json_begin_object(&json);
    json_member_bool(&json, "simulated", true);
    json_member_text(&json, "trial", play->trial);
    json_member_text(&json, "protocol", play->protocol);
    json_member_text(&json, "report", file_join(call->arena, folder, STR("report.html")));
    json_member_integer(&json, "acts", play->verdict.n_entries);
    json_member_bool(&json, "sound", play->verdict.sound);
    json_member_integer(&json, "tables", document->n_tables);
    json_member_integer(&json, "figures", document->n_figures);
    json_member_integer(&json, "results", (int64_t)document->n_results);
    json_end_object(&json);
    buf_char(call->out, '\n');
}

static bool demo_run(Invocation *call, Error *err)
{
    double start = seconds_now();
    Str folder = call->args[0];
    Play play;
    Document *document;
    int64_t seed = option_integer(call, "seed", PLAY_SEED);
    if (seed < 0) {
        error_set(err, ERROR_USAGE, "a seed is not negative");
        return error_hint(err, "Give a whole number from 0 up.");
    }
    if (!play_demo(call->arena, folder, (uint64_t)seed, &play, err)) return false;
    ReportingRequest request = {.path = play.trial};
    if (!reporting_build(call->arena, &request, &document, err) || !write_as(call, document, folder, "report.html", html_writer_write, err) ||
        !write_as(call, document, folder, "report.txt", write_text, err) || !write_as(call, document, folder, "report.json", json_writer_write, err))
        return false;
    if (call->json) tell_json(call, &play, document, folder);
    else tell(call, &play, document, folder, seconds_now() - start);
    call->exit_status = play.verdict.sound ? 0 : 1;
    return true;
}

const Command cmd_demo = {
    .name = "demo",
    .summary = "play the founding trial with made-up data",
    .usage = "FOLDER",
    .description = "Writes the protocol, the made-up files of 49 children, the trial file that holds them and its report. The same\n"
                   "seed gives the same bytes. Everything is labelled SIMULATED.",
    .example = "  equipoise demo demo",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_INTEGER("seed", "N", "another made-up trial"), OPT_END},
    .run = demo_run,
};
