/* Repeated measures from C, with nothing but the public header:
 *     cc fit.c $(pkg-config --cflags --libs equipoise) -o fit && ./fit fev_data.csv */
#include <equipoise.h>
#include <stdio.h>

static int fail(const EqError *err)
{
    fprintf(stderr, "%s\n%s\n%s\n", err->message, err->place, err->hint);
    return (int)err->code;
}

int main(int argc, char **argv)
{
    EqError err = {0};
    EqData *data = argc > 1 ? eq_data_read(argv[1], &err) : NULL;
    if (!data) return fail(&err);
    EqOptions options = {.df = "kenward-roger"};
    EqFit *fit = eq_fit(data, "FEV1 ~ RACE + SEX + ARMCD * AVISIT + us(AVISIT | USUBJID)", &options, &err);
    if (!fit) return fail(&err);

    EqSummary s = eq_fit_summary(fit);
    printf("%zu rows of %zu subjects, -2 log likelihood %.6f, gradient %.1e\n", s.n_rows, s.n_subjects, s.minus_two_log_lik, s.gradient);
    size_t n;
    const EqEstimate *differences = eq_fit_differences(fit, "ARMCD | AVISIT", "PBO", false, &n, &err);
    if (!differences) return fail(&err);
    for (size_t i = 0; i < n; i++)
        printf("%-18s %7.4f (%.4f to %.4f), p = %.4f\n", differences[i].label, differences[i].estimate, differences[i].lower, differences[i].upper, differences[i].p);
    eq_fit_free(fit);
    eq_data_free(data);
    return 0;
}
