/* The cell product of an autologous marrow trial: how much marrow, how many cells per kilogram, whether
 * endotoxin is under the limit for the spinal canal, and whether a number is plausible at all. Doses per
 * kilogram use the weight on the day. Sources: docs/methods/cell-product.md. */
#ifndef SAFETY_PRODUCT_H
#define SAFETY_PRODUCT_H

#include "base/text.h"

/* Marrow to take, mL: 8 mL/kg below 10 kg, 80 mL + 7 mL for each kilogram above. Fails: INCONSISTENT
 * (weight outside 2 to 150 kg). */
MUST_USE bool product_marrow_ml(double weight_kg, double *marrow_ml, Error *err);

/* Any amount per kilogram of the weight on the day. Fails: INCONSISTENT (weight as above; amount negative
 * or not finite). */
MUST_USE bool product_per_kg(double amount, double weight_kg, double *per_kg, Error *err);

/* Threshold pyrogenic dose K of the US Pharmacopeia, chapter 85, EU per kg: 0.2 into the spinal canal, 5
 * elsewhere. */
typedef enum { PRODUCT_INTRATHECAL, PRODUCT_OTHER_ROUTE } ProductRoute;
double product_endotoxin_threshold(ProductRoute route);

typedef struct {
    double limit_eu_ml;               /* K / M, where M is mL per kg infused */
    double dose_eu, dose_eu_kg;
    bool is_within;                   /* dose_eu_kg <= K */
} ProductEndotoxin;

/* Fails: INCONSISTENT (weight as above; volume not above 0; concentration negative or not finite). */
MUST_USE bool product_endotoxin(ProductRoute route, double weight_kg, double volume_ml, double endotoxin_eu_ml,
                                ProductEndotoxin *endotoxin, Error *err);

/* What a number of a product record can be. */
typedef struct {
    const char *id;                   /* column of the record, or of what is derived from it: "VIABILITY_PCT" */
    const char *name, *unit;
    double low, high;                 /* both included */
    bool is_release_limit;            /* outside: not to be infused; else outside: ask whether it is a slip */
    const char *citation;
} ProductRange;

const ProductRange *product_ranges(size_t *n);
const ProductRange *product_range(Str id);           /* letter case ignored; NULL when there is none */

/* True when value lies in the range; otherwise INCONSISTENT, the message says which bound it breaks and
 * the hint whether that forbids release. */
MUST_USE bool product_check(const ProductRange *range, double value, Error *err);

#endif
