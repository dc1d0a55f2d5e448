#include "stat/mixed_choice.h"

static bool parse_vcov(Str word, bool df_is_said, MmrmOptions *options, Error *err)
{
    MmrmDf df;
    if (word.len == 0 || mmrm_vcov_parse(word, &options->vcov)) return true;
    if (mmrm_df_parse(word, &df) && mmrm_df_adjusts(df)) {
        if (!df_is_said) options->df = df;
        if (options->df == df) return true;
        error_set(err, ERROR_USAGE, "the covariance \"" STR_FMT "\" does not go with %s degrees of freedom", STR_ARG(word), mmrm_df_meaning(options->df));
        return error_hint(err, "Name one of the two.");
    }
    error_set(err, ERROR_USAGE, "there is no covariance \"" STR_FMT "\"", STR_ARG(word));
    return error_hint(err, "Use " MIXED_VCOV_WORDS ".");
}

bool mixed_methods_parse(Str df, Str vcov, MixedOptions *options, Error *err)
{
    options->expected_information = str_equal_fold(df, STR("kenward-roger-expected"));
    if (options->expected_information) options->mmrm.df = MMRM_KENWARD_ROGER_LINEAR;
    else if (df.len && !mmrm_df_parse(df, &options->mmrm.df)) {
        error_set(err, ERROR_USAGE, "there are no degrees of freedom \"" STR_FMT "\"", STR_ARG(df));
        return error_hint(err, "Use " MIXED_DF_WORDS ".");
    }
    return parse_vcov(vcov, df.len > 0, &options->mmrm, err);
}

bool mixed_is_chosen(Arena *arena, const Model *model, const MixedOptions *options)
{
    return mixed_is_needed(arena, model) || (options->expected_information && model->formula->n_covariances > 0);
}

bool mixed_fit_chosen(Arena *arena, const Model *model, const MixedOptions *options, const CovarianceKind *fallback, size_t n_fallback,
                      MixedFit *fit, MmrmFailures *failures, Error *err)
{
    *failures = (MmrmFailures){0};
    *fit = (MixedFit){0};
    if (!mixed_is_chosen(arena, model, options)) return mmrm_fit_first(arena, model, &options->mmrm, fallback, n_fallback, &fit->fixed, failures, err);
    if (n_fallback == 0) return mixed_fit(arena, model, options, fit, err);
    error_set(err, ERROR_USAGE, "a fall-back is not offered beside random effects, points of every subject's own or expected information");
    return error_hint(err, "Choose one covariance in the formula.");
}
