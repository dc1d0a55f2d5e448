/* Missing outcomes of a longitudinal trial, imputed by a strategy for what happens after an intercurrent event. */
#include <math.h>

#include "cli/data_file.h"
#include "cli/impute_words.h"
#include "data/condition.h"

#define STRATEGY_WORDS  "mar, j2r, cr, cir, lmcf"
#define MOST_STEPS      100

static bool read_strategies(const Invocation *call, ImputeStrategy *strategies, size_t *n, Error *err)
{
    Str rest = option_text(call, "strategy"), word;
    if (rest.len == 0) rest = STR("mar");
    if (str_equal(rest, STR("all"))) rest = STR("mar,j2r,cr,cir,lmcf");
    for (*n = 0; rest.len; ++*n) {
        if (!str_cut(rest, STR(","), &word, &rest)) word = rest, rest = (Str){0};
        word = str_trim(word);
        if (*n <= IMPUTE_LMCF && impute_strategy_parse(word, &strategies[*n])) continue;
        error_set(err, ERROR_USAGE, "there is no strategy \"" STR_FMT "\"", STR_ARG(word));
        return error_hint(err, "Use one or several of " STRATEGY_WORDS ", or all.");
    }
    return true;
}

/* "ARM=2" or "ARM@VISIT=2", "=2" for every arm */
static bool read_delta(Str text, bool per_visit, ImputeDelta *delta, Error *err)
{
    Str name, number;
    double value;
    *delta = (ImputeDelta){0};
    if (!str_cut(text, STR("="), &name, &number) || !number_parse(str_trim(number), &value)) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is no delta", STR_ARG(text));
        return error_hint(err, "Write ARM=2, or ARM@VISIT=2, and several with commas between them.");
    }
    if (!str_cut(name, STR("@"), &delta->arm, &delta->visit)) delta->arm = name;
    delta->arm = str_trim(delta->arm), delta->visit = str_trim(delta->visit);
    *(per_visit ? &delta->per_visit : &delta->value) = value;
    return true;
}

static bool read_deltas(const Invocation *call, const char *option, bool per_visit, ImputeOptions *options, Error *err)
{
    Str rest = option_text(call, option), item;
    size_t n = options->n_deltas, capacity = n;
    ImputeDelta *deltas = arena_copy(call->arena, options->deltas, n * sizeof *deltas);
    while (rest.len) {
        if (!str_cut(rest, STR(","), &item, &rest)) item = rest, rest = (Str){0};
        ARENA_PUSH_ROOM(call->arena, deltas, n, capacity);
        if (!read_delta(str_trim(item), per_visit, &deltas[n++], err)) return false;
    }
    options->deltas = deltas, options->n_deltas = n;
    return true;
}

static bool read_steps(const Invocation *call, const char *option, ImputeSteps *steps, Error *err)
{
    Str text = option_text(call, option), low, high, step;
    double to;
    if (text.len == 0) return true;
    bool read = str_cut(text, STR(":"), &low, &text) && str_cut(text, STR(":"), &high, &step) && number_parse(low, &steps->low)
             && number_parse(high, &to) && number_parse(step, &steps->step);
    double count = read ? floor((to - steps->low) / steps->step + 1e-9) + 1 : 0;
    if (count >= 1 && count <= MOST_STEPS) {
        steps->n = (size_t)count;
        return true;
    }
    error_set(err, ERROR_USAGE, "--%s is no grid of at most %d deltas", option, MOST_STEPS);
    return error_hint(err, "Write the lowest, the highest and the step: -2:8:1.");
}

static bool read_options(const Invocation *call, ImputeOptions *o, ImputePrint *p, Error *err)
{
    Str method = option_text(call, "method");
    *o = (ImputeOptions){.arm = option_text(call, "arm"), .reference = option_text(call, "reference"), .event = option_text(call, "event"),
                         .order = option_text(call, "order"), .ancova = option_text(call, "ancova"),
                         .seed = (uint64_t)option_integer(call, "seed", 1), .delta_after_event = option_given(call, "delta-after-event")};
    int64_t draws = option_integer(call, "draws", 0);
    p->confidence = option_number(call, "confidence", 0.95);
    p->alpha = option_number(call, "alpha", 1 - p->confidence);
    p->tipping = option_given(call, "tipping");
    if (!o->arm.len || !o->reference.len) {
        error_set(err, ERROR_USAGE, "the arm and its reference are not said");
        return error_hint(err, "Name the column of arms and the level that others are compared with: --arm TRT01P --reference Placebo.");
    }
    if (method.len && !impute_method_parse(method, &o->method)) {
        error_set(err, ERROR_USAGE, "there is no method \"" STR_FMT "\"", STR_ARG(method));
        return error_hint(err, "Use jackknife, bootstrap, multiple or sequential.");
    }
    if (!(p->confidence > 0 && p->confidence < 1)) return error_set(err, ERROR_USAGE, "--confidence must lie between 0 and 1");
    if (!(p->alpha > 0 && p->alpha < 1)) return error_set(err, ERROR_USAGE, "--alpha must lie between 0 and 1");
    if (draws < 0) return error_set(err, ERROR_USAGE, "--draws must be positive");
    o->n_draws = (size_t)draws;
    if (!read_steps(call, "grid", &p->arm, err) || !read_steps(call, "grid-reference", &p->reference, err)) return false;
    if (p->reference.n && !p->arm.n) return error_set(err, ERROR_USAGE, "--grid-reference needs --grid");
    return read_deltas(call, "delta", false, o, err) && read_deltas(call, "delta-per-visit", true, o, err);
}

static bool choose_visits(const Invocation *call, ImputePrint *p, Error *err)
{
    Str at = option_text(call, "at");
    p->to = p->results[0].n_visits;
    if (at.len == 0) return true;
    if (!impute_find_visit(&p->results[0], at, &p->from, err)) return error_in(err, "--at");
    p->to = p->from + 1;
    return true;
}

static bool impute_run(Invocation *call, Error *err)
{
    ImputePrint print = {0};
    ImputeOptions options;
    ImputeStrategy strategies[IMPUTE_LMCF + 1];
    Formula formula;
    Frame *frame;
    size_t *rows = NULL, n_rows = 0;
    if (!read_options(call, &options, &print, err) || !read_strategies(call, strategies, &print.n, err)
        || !formula_parse(call->arena, call->args[0], &formula, err) || !data_file_read(call->arena, call->args[1], &frame, err)) return false;
    if (!data_file_rows(call->arena, frame, option_text(call, "where"), &rows, &n_rows, err)) return false;
    print.formula = &formula;
    print.results = ARENA_ARRAY(call->arena, Imputation, print.n);
    for (size_t i = 0; i < print.n; i++) {
        options.strategy = strategies[i];
        if (!impute(call->arena, &formula, frame, rows, n_rows, &options, &print.results[i], err)) return false;
    }
    if (!choose_visits(call, &print, err)) return false;
    (call->json ? impute_write_json : impute_write_text)(call, &print);
    return true;
}

const Command cmd_impute = {
    .name = "impute",
    .summary = "impute missing outcomes under an assumption, and find where the conclusion tips",
    .usage = "FORMULA DATA --arm ARM --reference LEVEL",
    .description = "A mixed model for repeated measures says what the missing outcomes of DATA would be, the strategy what happens from\n"
                   "an intercurrent event on: mar (as others of the arm), j2r (jump to reference), cr (copy reference), cir (copy\n"
                   "increments in reference), lmcf (last mean carried forward). The completed data are compared at each visit by\n"
                   "analysis of covariance. Subjects without a row at a visit are missing there.",
    .example = "  equipoise impute 'CHG ~ TRTP * AVISIT + BASE * AVISIT + us(AVISIT | USUBJID)' adqs.csv \\\n"
               "      --arm TRTP --reference Placebo --event DISCVISIT --strategy mar,j2r,cir --at 'Week 24' --tipping",
    .min_args = 2,
    .max_args = 2,
    .options = (const Option[]){OPT_TEXT("arm", "COLUMN", "the factor of the formula whose effect is wanted"),
                                OPT_TEXT("reference", "LEVEL", "the arm that others are compared with, and jump to"),
                                OPT_TEXT("strategy", "LIST", "mar (when not given), j2r, cr, cir, lmcf; several with commas; all"),
                                OPT_TEXT("event", "COLUMN", "the first visit that the event affects; the one after the last outcome when not given"),
                                OPT_TEXT("order", "COLUMN", "numbers that order visits; found when not given"),
                                OPT_TEXT("where", "CONDITION", "the rows taken: \"ANL01FL = 'Y'\""),
                                OPT_TEXT("at", "VISIT", "the visit printed; all when not given"),
                                OPT_TEXT("ancova", "TERMS", "of the analysis at a visit; the formula's without visits when not given"),
                                OPT_TEXT("method", "METHOD", "jackknife (when not given), bootstrap, multiple (imputation), sequential (regressions)"),
                                OPT_INTEGER("draws", "N", "of bootstrap (1000), multiple and sequential (100)"),
                                OPT_INTEGER("seed", "N", "of these; 1 when not given"),
                                OPT_TEXT("delta", "LIST", "added to imputed outcomes: 'ARM=2,ARM@Week 24=1'"),
                                OPT_TEXT("delta-per-visit", "LIST", "added once at the first visit of the event, twice at the next, ..."),
                                OPT_FLAG("delta-after-event", "deltas only from the event on, not at gaps before"),
                                OPT_FLAG("tipping", "how much must be added before significance changes, at the last visit printed"),
                                OPT_TEXT("grid", "LOW:HIGH:STEP", "the difference by what is added to the other arms"),
                                OPT_TEXT("grid-reference", "LOW:HIGH:STEP", "p by that and by what is added to the reference arm"),
                                OPT_NUMBER("alpha", "ALPHA", "two-sided; 1 - confidence when not given"),
                                OPT_NUMBER("confidence", "SHARE", "of intervals; 0.95 when not given"),
                                OPT_END},
    .run = impute_run,
};
