#include "safety/incidence.h"

#include "stat/proportion.h"

bool incidence_rate(int x, int n, IncidenceRate *rate, Error *err)
{
    Interval ci;
    double upper;
    if (n == 0) return error_set(err, ERROR_DEGENERATE, "nobody was at risk, so there is no rate");
    if (n < 0 || x < 0 || x > n) return error_set(err, ERROR_INCONSISTENT, "%d with the event of %d at risk", x, n);
    if (!proportion_exact_ci((size_t)x, (size_t)n, 0.95, &ci, err)) return false;
    if (!proportion_exact_upper((size_t)x, (size_t)n, 0.95, &upper, err)) return false;
    *rate = (IncidenceRate){
        .proportion = (double)x / n, .ci_low = ci.lower, .ci_high = ci.upper, .upper_one_sided = upper};
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
