#include "report/honesty.h"

#include "base/time.h"

#define MAX_LINES 64                  /* a box longer than this is read by nobody */

typedef struct {
    Arena *arena;
    size_t n;
    Str items[MAX_LINES];
} Lines;

static void add_line(Lines *lines, Str text)
{
    if (lines->n < MAX_LINES) lines->items[lines->n++] = text;
}

GuardDesign honesty_design(const Protocol *protocol)
{
    GuardDesign design = {.is_randomised = protocol->randomisation.at != NULL};
    for (size_t i = 0; i < protocol->arms.n; i++)
        if (arm_is_control(&protocol->arms.items[i])) design.has_control = true;
    return design;
}

static void say_design(Lines *lines, const Protocol *protocol, GuardDesign design)
{
    if (design.has_control && design.is_randomised)
        add_line(lines, STR("The groups were formed by chance, so a difference between them can be read as an effect of the "
                            "treatment, as far as blinding and complete follow-up reach."));
    else if (design.has_control)
        add_line(lines, STR("There is a control group, but chance did not form it: groups may have differed from the start, and "
                            "a difference between them is an association."));
    else
        add_line(lines, STR("There is no control group. The numbers of this report are changes, not effects: growth, other "
                            "therapy, expectation, learning the test and chance change scores as well, and nothing here "
                            "can tell them apart from the treatment."));
    if (protocol->trial.blinding == BLINDING_OPEN)
        add_line(lines, STR("Everybody knew the treatment, those who rated included: ratings that need judgement can follow hope."));
}

static void say_registration(Lines *lines, const Protocol *protocol)
{
    const Registration *registration = &protocol->trial.registration;
    Date registered = registration->date, consented = protocol->trial.first_consent;
    if (!registration->id.len || !date_is_full(registered)) return;
    Str id = registration->id, on = date_text(lines->arena, registered);
    if (!date_is_full(consented)) {
        add_line(lines, str_format(lines->arena, "Registered as " STR_FMT " on " STR_FMT ".", STR_ARG(id), STR_ARG(on)));
        return;
    }
    int64_t days = date_days(registered) - date_days(consented);
    if (days > 0)
        add_line(lines, str_format(lines->arena,
                                   "Registered as " STR_FMT " on " STR_FMT ", %lld days after the first consent (" STR_FMT
                                   "): nobody outside can check that outcomes and analyses were chosen before the data were seen.",
                                   STR_ARG(id), STR_ARG(on), (long long)days, STR_ARG(date_text(lines->arena, consented))));
    else
        add_line(lines, str_format(lines->arena, "Registered as " STR_FMT " on " STR_FMT ", before the first consent (" STR_FMT ").",
                                   STR_ARG(id), STR_ARG(on), STR_ARG(date_text(lines->arena, consented))));
}

static void say_primaries(Lines *lines, const Protocol *protocol)
{
    size_t n = 0;
    for (size_t i = 0; i < protocol->analyses.n; i++) n += protocol->analyses.items[i].role == ANALYSIS_PRIMARY;
    if (n > 1)
        add_line(lines, str_format(lines->arena,
                                   "There are %zu primary analyses. p-values outside a named family are unadjusted and count as "
                                   "description only.",
                                   n));
}

static void say_warnings(Lines *lines, const ProblemList *problems)
{
    for (size_t i = 0; problems && i < problems->n; i++) {
        const Problem *problem = &problems->items[i];
        if (problem->severity != PROBLEM_HONESTY) continue;
        add_line(lines, str_format(lines->arena, "%c" STR_FMT ". " STR_FMT,
                                   problem->message.len && problem->message.data[0] >= 'a' && problem->message.data[0] <= 'z'
                                       ? problem->message.data[0] - 32
                                       : (problem->message.len ? problem->message.data[0] : ' '),
                                   STR_ARG(str_slice(problem->message, 1, problem->message.len)), STR_ARG(problem->reason)));
    }
}

void honesty_write(Document *document, const Protocol *protocol, const ProblemList *problems, const Str *withheld,
                   size_t n_withheld)
{
    Lines lines = {.arena = document->arena};
    GuardDesign design = honesty_design(protocol);
    if (protocol->trial.simulated)
        add_line(&lines, STR("All data here are SIMULATED. No child, no date and no number is real, and nothing here is a result "
                             "of the trial it is named after."));
    say_design(&lines, protocol, design);
    say_registration(&lines, protocol);
    say_primaries(&lines, protocol);
    say_warnings(&lines, problems);
    for (size_t i = 0; i < n_withheld; i++)
        add_line(&lines, str_format(document->arena, "A sentence of the protocol was withheld. " STR_FMT, STR_ARG(withheld[i])));
    document_note(document, STR("What this trial can say, and what it cannot"), lines.items, lines.n);
}
