#include "report/honesty.h"

#include <string.h>

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
    /* A protocol that only analyses data from elsewhere does not say how subjects were allocated; a blinded trial of
     * groups was randomised, for nobody can be blinded to a choice of their own. */
    bool is_elsewhere = protocol->data.at && protocol->trial.blinding > BLINDING_OPEN;
    GuardDesign design = {.is_randomised = protocol->randomisation.at || is_elsewhere};
    for (size_t i = 0; i < protocol->arms.n; i++)
        if (arm_is_control(&protocol->arms.items[i])) design.has_control = true;
    return design;
}

static void say_design(Lines *lines, const Protocol *protocol, GuardDesign design)
{
    if (design.has_control && design.is_randomised)
        add_line(lines, STR("By design the groups were formed by chance. This program did not draw them and cannot check it; where it "
                            "holds, a difference between them can be read as an effect of the treatment, as far as blinding "
                            "and complete follow-up reach."));
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
    if (registration->retrospective && !date_is_full(consented)) return;   /* the warning says it, with its reason */
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
                                   "There are %zu primary analyses, each with its own chance to be wrong. p-values outside a named "
                                   "family are not adjusted for that, and count as description only.",
                                   n));
}

/* Said above in the report's own words. */
static bool is_said(const char *code)
{
    static const char *const SAID[] = {"no-control-group", "no-multiplicity-plan", "unblinded-raters"};
    for (size_t i = 0; i < sizeof SAID / sizeof SAID[0]; i++)
        if (strcmp(code, SAID[i]) == 0) return true;
    return false;
}

static void add_sentence(Buf *buf, Str fact, bool is_first)
{
    if (!fact.len) return;
    bool small = fact.data[0] >= 'a' && fact.data[0] <= 'z';
    buf_add_c(buf, is_first ? "" : " ");
    buf_char(buf, small ? (char)(fact.data[0] - 32) : fact.data[0]);
    buf_add(buf, str_slice(fact, 1, fact.len));
    buf_char(buf, '.');
}

/* One line for each kind of warning: every fact of that kind, then the reason once. */
static void say_warnings(Lines *lines, const ProblemList *problems)
{
    for (size_t i = 0; problems && i < problems->n; i++) {
        const Problem *problem = &problems->items[i];
        bool is_first = problem->severity == PROBLEM_HONESTY && !is_said(problem->code);
        for (size_t k = 0; k < i && is_first; k++) is_first = strcmp(problems->items[k].code, problem->code) != 0;
        if (!is_first) continue;
        Buf buf = buf_new(lines->arena);
        for (size_t k = i; k < problems->n; k++)
            if (strcmp(problems->items[k].code, problem->code) == 0) add_sentence(&buf, problems->items[k].message, k == i);
        if (problem->reason.len) buf_format(&buf, " " STR_FMT, STR_ARG(problem->reason));
        buf_c(&buf);
        add_line(lines, buf_str(&buf));
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
