#include "safety/incidence.h"

#include "math/distribution.h"

bool incidence_rate(int x, int n, IncidenceRate *rate, Error *err)
{
    if (n == 0) return error_set(err, ERROR_DEGENERATE, "nobody was at risk, so there is no rate");
    if (n < 0 || x < 0 || x > n)
        return error_set(err, ERROR_INCONSISTENT, "%d with the event of %d at risk", x, n);
    *rate = (IncidenceRate){
        .proportion = (double)x / n,
        .ci_low = x == 0 ? 0 : beta_quantile(0.025, x, n - x + 1),
        .ci_high = x == n ? 1 : beta_quantile_upper(0.025, x + 1, n - x),
        .upper_one_sided = x == n ? 1 : beta_quantile_upper(0.05, x + 1, n - x),
    };
    return true;
}

bool incidence_estimate(const IncidenceCounts *counts, Incidence *incidence, Error *err)
{
    *incidence = (Incidence){.has_infusions = counts->n_infusions != 0};
    if (!incidence_rate(counts->n_subjects_with_event, counts->n_subjects, &incidence->per_subject, err))
        return error_in(err, "per subject");
    if (counts->n_events < counts->n_subjects_with_event)
        return error_set(err, ERROR_INCONSISTENT, "%d events in %d subjects with an event", counts->n_events,
                         counts->n_subjects_with_event);
    incidence->events_per_subject = (double)counts->n_events / counts->n_subjects;
    if (!incidence->has_infusions) return true;
    if (!incidence_rate(counts->n_infusions_with_event, counts->n_infusions, &incidence->per_infusion, err))
        return error_in(err, "per infusion");
    if (counts->n_infusions_with_event < counts->n_subjects_with_event)
        return error_set(err, ERROR_INCONSISTENT, "%d infusions with the event in %d subjects with it",
                         counts->n_infusions_with_event, counts->n_subjects_with_event);
    return true;
}
