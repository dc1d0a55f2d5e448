/* Consent was signed. */
#include "cli/trial_call.h"

static bool run(Invocation *call, Error *err)
{
    Trial *trial;
    Actor actor;
    ConsentRecord consent = {.language = option_text(call, "language"),
                             .signed_by = option_text(call, "signed-by"),
                             .assent = option_text(call, "assent")};
    return need_option(call, "subject", &consent.subject, err) &&
           need_option(call, "date", &consent.date, err) &&
           need_option(call, "version", &consent.version, err) &&
           trial_call_open(call, &trial, &actor, err) && trial_consent(trial, &actor, &consent, err) &&
           trial_call_done(
               call, trial,
               str_format(call->arena, "recorded the consent of " STR_FMT, STR_ARG(consent.subject)), err);
}

const Command cmd_consent = {
    .name = "consent",
    .summary = "record a signed consent or re-consent",
    .usage = "TRIAL --subject SUBJECT --date DATE --version VERSION",
    .example = "  equipoise consent palsy.trial --subject S-050 --date 2016-01-10 --version 2.0 --language "
               "vi --signed-by mother --assent yes",
    .min_args = 1,
    .max_args = 1,
    .options = (const Option[]){OPT_SUBJECT, OPT_DATE("date", "when it was signed"),
                                OPT_TEXT("version", "VERSION", "of the consent form"),
                                OPT_TEXT("language", "CODE", "in which it was read"),
                                OPT_TEXT("signed-by", "WHO", "mother, father, guardian, subject"),
                                OPT_TEXT("assent", "ANSWER", "of a child: yes, no, unable, not-applicable"),
                                OPTS_ACT, OPT_END},
    .run = run,
};
