/* Scores from a table of items, for whoever has no trial file. */
#include "base/file.h"
#include "cli/command.h"
#include "exchange/csv.h"
#include "report/text_writer.h"
#include "trial/scoring.h"

static const char *const WORDS[N_SCORING_OPTIONS] = {
#define X(name, kind, word, value, help) [SCORING_##name] = word,
    SCORING_OPTIONS(X)
#undef X
};

static bool list_instruments(Invocation *call)
{
    if (call->json) scoring_write_list_json(call->out);
    else scoring_write_list(call->out);
    return true;
}

/* The file itself is never written over: it is the record of what was seen. */
static bool check_output(Invocation *call, Error *err)
{
    Str path = option_text(call, "output");
    if (!str_equal(path, call->args[1])) return true;
    error_set(err, ERROR_USAGE, "\"" STR_FMT "\" would be written over its own items", STR_ARG(path));
    return error_hint(err, "Give the scores another name with -o.");
}

static bool write_csv(Invocation *call, const Scoring *scoring, Error *err)
{
    Buf csv = buf_new(call->arena);
    Str path = option_text(call, "output");
    if (!csv_write_frame(&csv, scoring->frame, err) || !file_write(call->arena, path, buf_str(&csv), err)) return false;
    if (call->json) return true;
    buf_format(call->out, "wrote " STR_FMT ": %zu of %zu rows scored\n", STR_ARG(path), scoring->n_scored, scoring->frame->n_rows);
    for (size_t i = 0; i < scoring->n_notes; i++) buf_format(call->out, "  " STR_FMT "\n", STR_ARG(scoring->notes[i]));
    return true;
}

static bool score_run(Invocation *call, Error *err)
{
    Scoring scoring;
    ScoringRequest request = {0};
    if (option_given(call, "list") || (call->n_args == 1 && str_equal(call->args[0], STR("list")))) return list_instruments(call);
    if (call->n_args < 2) {
        error_set(err, ERROR_USAGE, call->n_args ? "there is no file to score" : "there is no instrument and no file");
        return error_hint(err, "Usage: equipoise score %s. `equipoise score --list` names the instruments.", call->command->usage);
    }
    request.instrument = call->args[0];
    request.path = call->args[1];
    for (size_t i = 0; i < N_SCORING_OPTIONS; i++) {
        request.given[i] = option_given(call, WORDS[i]);
        request.value[i] = option_text(call, WORDS[i]);
    }
    if (!check_output(call, err) || !scoring_run(call->arena, &request, &scoring, err)) return false;
    if (option_given(call, "output") && !write_csv(call, &scoring, err)) return false;
    if (call->json) {
        scoring_write_json(&scoring, call->out);
    } else if (!option_given(call, "output")) {
        Document *document = scoring_document(call->arena, &scoring);
        text_writer_table(document, document->blocks[0].table, TEXT_WRITER_WIDTH, call->out);
    }
    return true;
}

const Command cmd_score = {
    .name = "score",
    .summary = "score items of a CSV, without a trial file",
    .usage = "INSTRUMENT FILE.csv",
    .description = "The file has a row per assessment: any columns that say whose and when, copied through, and a column per item.\n"
                   "INSTRUMENT is gmfm-88, gmfm-66 (with --parameters), modified-ashworth, or gmfm-66-expected, the change that\n"
                   "growth alone predicts. docs/scoring.md shows the columns of each. AGE in years, or BIRTH and DATE, are checked\n"
                   "against the ages of the instrument where they are there.",
    .example = "  equipoise score gmfm-88 gmfm.csv\n"
               "  equipoise score gmfm-66 gmfm.csv --parameters manual.csv --estimator wle -o scores.csv\n"
               "  equipoise score gmfm-66-expected children.csv --months 6\n"
               "  equipoise score --list",
    .max_args = 2,
    .options = (const Option[]){OPT_OUTPUT("write the rows with their scores as CSV"), OPT_FLAG("list", "print the instruments and leave"),
#define X(name, kind, word, value, help) {OPTION_##kind, word, 0, value, help},
                                SCORING_OPTIONS(X)
#undef X
                                OPT_END},
    .run = score_run,
};
