#include "safety/product.h"

#include <math.h>

#define WEIGHT_LOW_KG 2.0
#define WEIGHT_HIGH_KG 150.0

static bool check_weight(double weight_kg, Error *err)
{
    if (weight_kg >= WEIGHT_LOW_KG && weight_kg <= WEIGHT_HIGH_KG) return true;
    error_set(err, ERROR_INCONSISTENT, "a weight of %g kg", weight_kg);
    return error_hint(err, "Enter the weight on the day in kilograms, from 2 to 150.");
}

bool product_marrow_ml(double weight_kg, double *marrow_ml, Error *err)
{
    if (!check_weight(weight_kg, err)) return false;
    *marrow_ml = weight_kg < 10 ? 8 * weight_kg : 80 + 7 * (weight_kg - 10);
    return true;
}

bool product_per_kg(double amount, double weight_kg, double *per_kg, Error *err)
{
    if (!check_weight(weight_kg, err)) return false;
    if (!(amount >= 0) || !isfinite(amount))
        return error_set(err, ERROR_INCONSISTENT, "an amount of %g", amount);
    *per_kg = amount / weight_kg;
    return true;
}

double product_endotoxin_threshold(ProductRoute route) { return route == PRODUCT_INTRATHECAL ? 0.2 : 5; }

bool product_endotoxin(ProductRoute route, double weight_kg, double volume_ml, double endotoxin_eu_ml,
                       ProductEndotoxin *endotoxin, Error *err)
{
    if (!check_weight(weight_kg, err)) return false;
    if (!(volume_ml > 0) || !isfinite(volume_ml))
        return error_set(err, ERROR_INCONSISTENT, "an infused volume of %g mL", volume_ml);
    if (!(endotoxin_eu_ml >= 0) || !isfinite(endotoxin_eu_ml)) {
        error_set(err, ERROR_INCONSISTENT, "an endotoxin concentration of %g EU/mL", endotoxin_eu_ml);
        return error_hint(err, "For a result below detection enter the detection limit.");
    }
    double threshold = product_endotoxin_threshold(route), dose = endotoxin_eu_ml * volume_ml;
    *endotoxin = (ProductEndotoxin){
        .limit_eu_ml = threshold * weight_kg / volume_ml,
        .dose_eu = dose,
        .dose_eu_kg = dose / weight_kg,
        .is_within = number_round(dose / weight_kg, 12) <= threshold,
    };
    return true;
}

/* clang-format off: a table */
#define HARVEST                                                                                              \
    "marrow of 88 patients at one centre: mean 5.22 million/mL, CD34+ 5.03 % (BMC Neurol "                   \
    "s12883-023-03071-3)"
#define DOSES "per-kilogram doses of published trials: 1e6 (Liu 2017) to 1e8 (ACCeNT-CP 2022)"
#define AGES "children of 2 to 15 years with cerebral palsy, generous on both sides"
#define RELEASE "release criteria of marrow cell trials: viability at least 70 % (PMC5993622)"
#define USP_85 "USP chapter 85: K = 0.2 EU/kg for intrathecal use"
#define VOLUMES "5 mL or 10 mL of autologous plasma (centre's reports)"
#define FORMULA "8 mL/kg below 10 kg, then 7 mL/kg (centre's methods)"

static const ProductRange RANGES[] = {
    {"WEIGHT_KG", "weight on the day", "kg", 5, 90, false, AGES},
    {"MARROW_ML_PER_KG", "marrow taken", "mL/kg", 4, 9, false, FORMULA},
    {"MNC_E6_PER_ML", "mononuclear cells per mL of marrow", "million/mL", 0.5, 25, false, HARVEST},
    {"MNC_E6_PER_KG", "mononuclear cells infused", "million/kg", 1, 150, false, DOSES},
    {"CD34_PCT", "CD34 positive cells", "%", 0.1, 15, false, HARVEST},
    {"VIABILITY_PCT", "viability", "%", 70, 100, true, RELEASE},
    {"ENDOTOXIN_EU_KG", "endotoxin infused", "EU/kg", 0, 0.2, true, USP_85},
    {"VOLUME_ML", "volume infused", "mL", 3, 15, false, VOLUMES},
};
/* clang-format on */
#define N_RANGES (sizeof RANGES / sizeof RANGES[0])

const ProductRange *product_ranges(size_t *n)
{
    *n = N_RANGES;
    return RANGES;
}

const ProductRange *product_range(Str id)
{
    for (size_t i = 0; i < N_RANGES; i++)
        if (str_equal_fold(id, str_from(RANGES[i].id))) return &RANGES[i];
    return NULL;
}

bool product_check(const ProductRange *range, double value, Error *err)
{
    if (value >= range->low && value <= range->high) return true;
    error_set(err, ERROR_INCONSISTENT, "%s is %g %s, %s %g", range->name, value, range->unit,
              value < range->low ? "below" : "not at most", value < range->low ? range->low : range->high);
    if (range->is_release_limit)
        return error_hint(
            err, "This is a release limit: do not infuse, or document who released it at risk and why.");
    return error_hint(err,
                      "This is unusual rather than forbidden: check for a slip of unit or decimal point.");
}
