#include "safety/product.h"

#include "test.h"

static void marrow_volume_is_continuous_at_ten_kilograms(Test *t)
{
    static const double TABLE[][2] = {{5, 40}, {9.999, 79.992}, {10, 80}, {12, 94}, {30, 220}};
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        Error err = {0};
        double ml;
        if (CHECK_OK(t, product_marrow_ml(TABLE[i][0], &ml, &err), err))
            CHECK_NEAR(t, ml, TABLE[i][1], 1e-13);
    }
    Error err = {0};
    double ml;
    CHECK(t, !product_marrow_ml(12000, &ml, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "in kilograms");
}

static void a_child_of_twelve_kilograms_gets_the_reference_dose(Test *t)
{
    Error err = {0};
    double ml, mnc, cd34;
    CHECK_OK(t, product_marrow_ml(12, &ml, &err), err);
    CHECK_OK(t, product_per_kg(ml * 5.22, 12, &mnc, &err), err);
    CHECK_OK(t, product_per_kg(ml * 5.22 * 0.0503, 12, &cd34, &err), err);
    CHECK(t, mnc > 40.5 && mnc < 41.5);
    CHECK(t, cd34 > 2.0 && cd34 < 2.1);
    CHECK(t, !product_per_kg(-1, 12, &mnc, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "an amount of -1");
}

static void endotoxin_is_limited_by_k_over_m(Test *t)
{
    Error err = {0};
    ProductEndotoxin endotoxin;
    if (!CHECK_OK(t, product_endotoxin(PRODUCT_INTRATHECAL, 10, 10, 0.2, &endotoxin, &err), err)) return;
    CHECK_NEAR(t, endotoxin.limit_eu_ml, 0.2, 1e-14);
    CHECK_NEAR(t, endotoxin.dose_eu, 2, 1e-14);
    CHECK(t, endotoxin.is_within); /* at the limit is within */
    CHECK_OK(t, product_endotoxin(PRODUCT_INTRATHECAL, 10, 10, 0.21, &endotoxin, &err), err);
    CHECK(t, !endotoxin.is_within);
    CHECK_OK(t, product_endotoxin(PRODUCT_OTHER_ROUTE, 10, 10, 0.21, &endotoxin, &err), err);
    CHECK(t, endotoxin.is_within);
    CHECK_NEAR(t, endotoxin.limit_eu_ml, 5, 1e-14);
    CHECK(t, !product_endotoxin(PRODUCT_INTRATHECAL, 10, 0, 0.2, &endotoxin, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "volume of 0 mL");
    CHECK(t, !product_endotoxin(PRODUCT_INTRATHECAL, 10, 10, -0.2, &endotoxin, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "detection limit");
}

static void a_release_limit_and_a_slip_are_told_apart(Test *t)
{
    Error err = {0};
    const ProductRange *viability = product_range(STR("viability_pct")),
                       *mnc = product_range(STR("MNC_E6_PER_KG"));
    if (!CHECK(t, viability && mnc)) return;
    CHECK_OK(t, product_check(viability, 70, &err), err);
    CHECK(t, !product_check(viability, 69.9, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "do not infuse");
    CHECK(t, !product_check(mnc, 4100, &err));
    CHECK_ERROR(t, err, ERROR_INCONSISTENT, "slip of unit");
    CHECK(t, !product_range(STR("COLOUR")));
}

static void every_range_has_a_citation(Test *t)
{
    size_t n;
    const ProductRange *ranges = product_ranges(&n);
    CHECK_INT(t, n, 8);
    for (size_t i = 0; i < n; i++)
        CHECK(t, ranges[i].low < ranges[i].high && ranges[i].citation[0] && ranges[i].unit[0]);
}

static const TestCase CASES[] = {
    {"marrow volume is continuous at ten kilograms", marrow_volume_is_continuous_at_ten_kilograms},
    {"a child of twelve kilograms gets the reference dose",
     a_child_of_twelve_kilograms_gets_the_reference_dose},
    {"endotoxin is limited by K over M", endotoxin_is_limited_by_k_over_m},
    {"a release limit and a slip are told apart", a_release_limit_and_a_slip_are_told_apart},
    {"every range has a citation", every_range_has_a_citation},
};
TEST_SUITE(product, CASES);
