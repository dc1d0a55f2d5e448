#include "math/distribution.h"

#include <math.h>

#include "test.h"

/* The constants are from R 4.2.2: the same call under R's name (dnorm, pnorm, qnorm, pt, ...) with the same
 * arguments, printed with 17 digits; scales by name (scale = 1.3). */

static void the_normal_agrees_with_r(Test *t)
{
    CHECK_NEAR(t, normal_pdf(1.37), 0.15607969556042084, 1e-14);
    CHECK_NEAR(t, normal_cdf(-1.37), 0.085343450821966968, 1e-14);
    CHECK_NEAR(t, normal_sf(1.37), 0.085343450821966968, 1e-14);
    CHECK_NEAR(t, normal_log_cdf(-40), -804.6084420137538, 1e-14);
    CHECK_NEAR(t, normal_log_sf(38.5), -745.69527029041103, 1e-14);
    CHECK_NEAR(t, normal_quantile(.0237), -1.9827084963302801, 1e-14);
    CHECK_NEAR(t, normal_quantile_upper(1e-300), 37.047096299361201, 1e-14);
}

static void students_t_agrees_with_r(Test *t)
{
    CHECK_NEAR(t, t_pdf(2.385, 7.3), 0.035289107538297823, 1e-13);
    CHECK_NEAR(t, t_cdf(-2.385, 7.3), 0.023547055439265097, 1e-13);
    CHECK_NEAR(t, t_sf(2.385, 7.3), 0.023547055439265097, 1e-13);
    CHECK_NEAR(t, t_log_cdf(-300, 4.5), -24.00904157089883, 1e-13);
    CHECK_NEAR(t, t_log_sf(300, 4.5), -24.00904157089883, 1e-13);
    CHECK_NEAR(t, t_quantile(.0237, 7.3), -2.3806802061626868, 1e-13);
    CHECK_NEAR(t, t_quantile_upper(1e-20, 7.3), 1136.4586291033759, 1e-13);
    CHECK_NEAR(t, t_sf(1.37, INFINITY), normal_sf(1.37), 1e-14);
}

static void chi_square_agrees_with_r(Test *t)
{
    CHECK_NEAR(t, chisq_pdf(6.71, 3.4), 0.044823476676706241, 1e-13);
    CHECK_NEAR(t, chisq_cdf(6.71, 3.4), 0.89291257080668995, 1e-13);
    CHECK_NEAR(t, chisq_sf(6.71, 3.4), 0.10708742919331007, 1e-13);
    CHECK_NEAR(t, chisq_log_cdf(.01, 3.4), -9.4451074369652783, 1e-13);
    CHECK_NEAR(t, chisq_log_sf(900, 3.4), -445.62616568017648, 1e-13);
    CHECK_NEAR(t, chisq_quantile(.0237, 3.4), 0.30213166903995797, 1e-13);
    CHECK_NEAR(t, chisq_quantile_upper(1e-20, 3.4), 97.768523903022285, 1e-13);
}

static void fishers_f_agrees_with_r(Test *t)
{
    CHECK_NEAR(t, f_pdf(3.21, 2.5, 17), 0.04580645183905166, 1e-13);
    CHECK_NEAR(t, f_cdf(3.21, 2.5, 17), 0.94340139515846699, 1e-13);
    CHECK_NEAR(t, f_sf(3.21, 2.5, 17), 0.056598604841532986, 1e-13);
    CHECK_NEAR(t, f_log_cdf(1e-9, 2.5, 17), -25.732169594349788, 1e-13);
    CHECK_NEAR(t, f_log_sf(1e9, 2.5, 17), -159.20277411414273, 1e-13);
    CHECK_NEAR(t, f_quantile(.0237, 2.5, 17), 0.044917814945319011, 1e-12);
    CHECK_NEAR(t, f_quantile_upper(1e-20, 2.5, 17), 1647.7206904197069, 1e-12);
}

static void beta_agrees_with_r(Test *t)
{
    CHECK_NEAR(t, beta_pdf(.231, 2.3, 5.7), 2.5793647754075075, 1e-13);
    CHECK_NEAR(t, beta_cdf(.231, 2.3, 5.7), 0.40328704071778165, 1e-13);
    CHECK_NEAR(t, beta_sf(.231, 2.3, 5.7), 0.59671295928221835, 1e-13);
    CHECK_NEAR(t, beta_log_cdf(1e-200, 2.3, 5.7), -1055.9350476491218, 1e-13);
    CHECK_NEAR(t, beta_log_sf(.9999, 2.3, 5.7), -50.152512645718708, 1e-13);
    CHECK_NEAR(t, beta_quantile(.0237, 2.3, 5.7), 0.051412951127883424, 1e-12);
    CHECK_NEAR(t, beta_quantile_upper(1e-20, 2.3, 5.7), 0.9997946673976168, 1e-12);
}

static void gamma_agrees_with_r(Test *t)
{
    CHECK_NEAR(t, gamma_pdf(4.31, 2.7, 1.3), 0.13876211066322724, 1e-13);
    CHECK_NEAR(t, gamma_cdf(4.31, 2.7, 1.3), 0.70891423362854722, 1e-13);
    CHECK_NEAR(t, gamma_sf(4.31, 2.7, 1.3), 0.29108576637145273, 1e-13);
    CHECK_NEAR(t, gamma_log_cdf(1e-100, 2.7, 1.3), -623.83443094912002, 1e-13);
    CHECK_NEAR(t, gamma_log_sf(2000, 2.7, 1.3), -1526.4197391915077, 1e-13);
    CHECK_NEAR(t, gamma_quantile(.0237, 2.7, 1.3), 0.62740080627533057, 1e-12);
    CHECK_NEAR(t, gamma_quantile_upper(1e-20, 2.7, 1.3), 68.092295753386409, 1e-12);
}

static void counts_agree_with_r(Test *t)
{
    CHECK_NEAR(t, binomial_pmf(7, 40, .231), 0.11255943836524808, 1e-13);
    CHECK_NEAR(t, binomial_cdf(7, 40, .231), 0.26369574037742427, 1e-13);
    CHECK_NEAR(t, binomial_sf(7, 40, .231), 0.73630425962257573, 1e-13);
    CHECK_NEAR(t, binomial_log_cdf(2, 4000, .231), -1037.1662174382709, 1e-13);
    CHECK_NEAR(t, binomial_log_sf(3990, 4000, .231), -5788.6899242009104, 1e-13);
    CHECK_NEAR(t, binomial_quantile(.0237, 40, .231), 4, 0);
    CHECK_NEAR(t, poisson_pmf(7, 9.3), 0.10914690411715254, 1e-13);
    CHECK_NEAR(t, poisson_cdf(7, 9.3), 0.28995026390520323, 1e-13);
    CHECK_NEAR(t, poisson_sf(7, 9.3), 0.71004973609479682, 1e-13);
    CHECK_NEAR(t, poisson_log_cdf(2, 900.3), -887.3854696184269, 1e-13);
    CHECK_NEAR(t, poisson_log_sf(3990, 900.3), -2856.9839420998992, 1e-13);
    CHECK_NEAR(t, poisson_quantile(.0237, 9.3), 4, 0);
    CHECK_NEAR(t, hypergeometric_pmf(4, 13, 27, 9), 0.21109635176972649, 1e-13);
    CHECK_NEAR(t, hypergeometric_cdf(4, 13, 27, 9), 0.89670843444063275, 1e-13);
    CHECK_NEAR(t, hypergeometric_sf(4, 13, 27, 9), 0.10329156555936725, 1e-13);
    CHECK_NEAR(t, hypergeometric_log_pmf(4, 13, 27, 9), -1.5554406062775459, 1e-13);
    CHECK_NEAR(t, hypergeometric_quantile(.0237, 13, 27, 9), 1, 0);
    CHECK_NEAR(t, log_gamma(7.31), 7.167078062584519, 1e-13);
    CHECK_NEAR(t, log_factorial(31), 78.092223553315307, 1e-13);
    CHECK_NEAR(t, log_choose(254, 31), 91.656410873558443, 1e-13);
}

static void a_quantile_inverts_its_distribution(Test *t)
{
    static const double P[] = {1e-12, 3.7e-5, .0237, .31, .5, .77, .99431};
    for (size_t i = 0; i < sizeof P / sizeof *P; i++) {
        double p = P[i];
        CHECK_NEAR(t, normal_cdf(normal_quantile(p)), p, 1e-11);
        CHECK_NEAR(t, normal_sf(normal_quantile_upper(p)), p, 1e-11);
        CHECK_NEAR(t, t_cdf(t_quantile(p, 3.7), 3.7), p, 1e-11);
        CHECK_NEAR(t, t_sf(t_quantile_upper(p, 3.7), 3.7), p, 1e-11);
        CHECK_NEAR(t, chisq_cdf(chisq_quantile(p, 3.7), 3.7), p, 1e-9);
        CHECK_NEAR(t, f_sf(f_quantile_upper(p, 3.7, 12.1), 3.7, 12.1), p, 1e-9);
        CHECK_NEAR(t, beta_cdf(beta_quantile(p, 3.7, 1.2), 3.7, 1.2), p, 1e-9);
        CHECK_NEAR(t, gamma_sf(gamma_quantile_upper(p, 3.7, 1.2), 3.7, 1.2), p, 1e-9);
        double k = binomial_quantile(p, 57, .37);
        CHECK(t, binomial_cdf(k, 57, .37) >= p && binomial_cdf(k - 1, 57, .37) < p);
    }
}

static void the_two_tails_make_one(Test *t)
{
    for (double x = .3; x < 9; x += 1.37) {
        CHECK_NEAR(t, t_cdf(x, 2.9) + t_sf(x, 2.9), 1, 1e-14);
        CHECK_NEAR(t, poisson_cdf(x, 2.9) + poisson_sf(x, 2.9), 1, 1e-14);
        CHECK_NEAR(t, gamma_cdf(x, 2.9, .7) + gamma_sf(x, 2.9, .7), 1, 1e-14);
    }
}

static void outside_the_domain_the_answer_is_nan(Test *t)
{
    CHECK(t, isnan(normal_quantile(1.01)) && isnan(normal_quantile(NAN)) && isnan(normal_cdf(NAN)));
    CHECK(t, isnan(t_sf(1.2, 0)) && isnan(t_quantile(-.1, 4)) && isnan(chisq_sf(2, -1)));
    CHECK(t, isnan(beta_quantile(.2, 0, 3)) && isnan(f_cdf(1, 2, NAN)) && isnan(gamma_pdf(1, 2, 0)));
    CHECK(t, isnan(binomial_pmf(1, 2.5, .3)) && isnan(binomial_cdf(1, 3, 1.3)) && isnan(poisson_pmf(1, -2)));
    CHECK(t, isnan(hypergeometric_pmf(1, 3, 4, 9)) && isnan(log_choose(3, 4)) && isnan(log_gamma(0)));
    CHECK_NEAR(t, binomial_pmf(1.5, 4, .3), 0, 0);
    CHECK_NEAR(t, hypergeometric_log_pmf(1.5, 3, 4, 2), -INFINITY, 0);
}

static const TestCase CASES[] = {
    {"the normal agrees with R", the_normal_agrees_with_r},
    {"Student's t agrees with R", students_t_agrees_with_r},
    {"chi-square agrees with R", chi_square_agrees_with_r},
    {"Fisher's F agrees with R", fishers_f_agrees_with_r},
    {"beta agrees with R", beta_agrees_with_r},
    {"gamma agrees with R", gamma_agrees_with_r},
    {"binomial, Poisson and hypergeometric agree with R", counts_agree_with_r},
    {"a quantile inverts its distribution", a_quantile_inverts_its_distribution},
    {"the two tails make one", the_two_tails_make_one},
    {"outside the domain the answer is NaN", outside_the_domain_the_answer_is_nan},
};
TEST_SUITE(distribution, CASES);
