#include "report/growth_controls.h"

const char GROWTH_CONTROLS_SOURCE[] = "Eggenberger S, et al. World J Stem Cells 2019;11(10):891-903, tables "
                                      "1 and 3 (doi 10.4252/wjsc.v11.i10.891)";

static const GrowthControl CONTROLS[] = {
    {"Liu 2017", "rehabilitation", 105, 6, 1.85, 0},
    {"Liu 2017", "rehabilitation", 105, 12, 2.91, 0},
    {"Huang 2018", "placebo and rehabilitation", 56, 6, 2.96, 1.66},
    {"Huang 2018", "placebo and rehabilitation", 56, 12, 4.75, 1.45},
    {"Kang 2015", "placebo", 36, 6, 3.85, 3.75},
    {"Min 2013", "placebo and rehabilitation", 105, 6, 7.8, 5.1},
    {"Min 2013", "erythropoietin and rehabilitation, no cells", 105, 6, 9.0, 6.3},
    {"Sun 2017", "placebo", 63, 12, 6.9, 5.5},
};

const GrowthControl *growth_controls(size_t *n)
{
    *n = sizeof CONTROLS / sizeof CONTROLS[0];
    return CONTROLS;
}
