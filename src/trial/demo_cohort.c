#include "trial/demo_cohort.h"

#include <assert.h>
#include <math.h>

#include "base/time.h"
#include "instrument/motor_growth.h"

static const DemoFailure FAILURES[] = {DEMO_EPILEPSY, DEMO_TOO_YOUNG,   DEMO_HYDROCEPHALUS,
                                       DEMO_EPILEPSY, DEMO_DECLINED,    DEMO_COAGULATION,
                                       DEMO_EPILEPSY, DEMO_OTHER_CAUSE, DEMO_INFECTION};
static const DemoMishap MISHAPS[] = {
    DEMO_LATE_V6,         DEMO_LATE_V6, DEMO_MISSED_V3, DEMO_MISSED_DOSE, DEMO_LEAVES_BEFORE_DOSE,
    DEMO_LEAVES_BEFORE_V6};
#define N_FAILURES (sizeof FAILURES / sizeof FAILURES[0])
#define N_MISHAPS (sizeof MISHAPS / sizeof MISHAPS[0])

_Static_assert(N_FAILURES + DEMO_N_ENROLLED == DEMO_N_SCREENED, "who is screened fails or is enrolled");

#define DAYS_PER_YEAR 365.25
#define DAYS_BETWEEN 6.55 /* from one child screened to the next */
static const Date FIRST_DAY = {2014, 4, 7};

Rng demo_rng(uint64_t seed, int child, DemoDraw draw)
{
    return rng_stream(seed, (uint64_t)child * DEMO_N_DRAWS + (uint64_t)draw);
}

double demo_age(const DemoChild *child, int64_t day) { return (double)(day - child->birth) / DAYS_PER_YEAR; }

double demo_room(int level)
{
    return growth_ontario.levels[level - 1].limit / growth_ontario.levels[2].limit;
}

double demo_curve(int level, double age_years)
{
    Error err = {0};
    double age = fmax(age_years, growth_ontario.age_min_years);
    GrowthQuestion question = {.level = level, .from_years = age, .to_years = age, .extend = true};
    GrowthAnswer answer = {0};
    bool known = growth_expected(&question, &answer, &err);
    assert(known);
    return known ? answer.expected_from : 0;
}

/* The same day, or the Monday after a weekend. */
static int64_t workday(int64_t day)
{
    int64_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    return weekday == 6 ? day + 2 : weekday == 0 ? day + 1 : day;
}

static int64_t days(Rng *rng, int from, int to)
{
    return from + (int64_t)rng_below(rng, (uint64_t)(to - from + 1));
}

static int64_t scatter(Rng *rng, double sd, int limit)
{
    return (int64_t)floor(fmin(limit, fmax(-limit, sd * rng_normal(rng))) + 0.5);
}

static size_t pick(Rng *rng, const double *weights, size_t n)
{
    double at = rng_uniform(rng);
    size_t i = 0;
    while (i + 1 < n && at >= weights[i]) at -= weights[i++];
    return i;
}

static void plan_visits(DemoChild *child, Rng *rng)
{
    child->dose[0] = workday(child->enrolled + days(rng, 4, 11));
    int64_t day0 = child->dose[0], before = day0 - days(rng, 0, 2);
    child->visit[DEMO_V0] = workday(before) == before ? before : day0;
    child->visit[DEMO_V3] = workday(day0 + 91 + scatter(rng, 5, 12));
    child->dose[1] = workday(child->visit[DEMO_V3] + days(rng, 1, 2));
    child->visit[DEMO_V6] = workday(day0 + 182 + scatter(rng, 6, 14));
    for (int v = DEMO_V0; v <= DEMO_V6; v++) child->has_visit[v] = true;
    child->has_dose[0] = child->has_dose[1] = true;
}

static void suffer(DemoChild *child, Rng *rng)
{
    int64_t day0 = child->dose[0];
    child->has_visit[DEMO_V3] = child->mishap != DEMO_MISSED_V3;
    child->has_dose[1] = child->mishap != DEMO_MISSED_DOSE && child->mishap != DEMO_LEAVES_BEFORE_DOSE;
    child->has_visit[DEMO_V6] =
        child->mishap != DEMO_LEAVES_BEFORE_DOSE && child->mishap != DEMO_LEAVES_BEFORE_V6;
    if (child->mishap == DEMO_LATE_V6) child->visit[DEMO_V6] = workday(day0 + days(rng, 207, 214));
    if (child->mishap == DEMO_MISSED_V3) child->dose[1] = workday(day0 + days(rng, 100, 108));
    if (child->mishap == DEMO_LEAVES_BEFORE_DOSE) child->left = workday(child->visit[DEMO_V3] + 1);
    if (child->mishap == DEMO_LEAVES_BEFORE_V6) child->left = workday(child->dose[1] + days(rng, 30, 60));
}

static void grow(DemoChild *child, Rng *rng)
{
    static const double PHYSIOTHERAPY[] = DEMO_PHYSIOTHERAPY, EXTRA[] = DEMO_EXTRA;
    double drift = 0, share = child->therapy_hours / 16.0;
    for (int v = DEMO_V0; v <= DEMO_V6; v++) {
        int month3 = v - DEMO_V0, doses_in = month3 == 2 && !child->has_dose[1] ? 1 : month3;
        if (month3) drift += DEMO_VARIATION * rng_normal(rng);
        double gain = PHYSIOTHERAPY[month3] * share + EXTRA[doses_in] + drift;
        double grown = child->multiple * demo_curve(child->level, demo_age(child, child->visit[v]));
        child->ability[v] = fmin(97, fmax(3, grown + demo_room(child->level) * gain));
    }
}

static void be_born(DemoChild *child, Rng *rng)
{
    static const double LEVELS[] = {0.20, 0.25, 0.30, 0.25};
    static const double TYPES[][DEMO_N_TYPES] = {/* by level, II to V */
                                                 {0.05, 0.45, 0.30, 0.10, 0.10},
                                                 {0.20, 0.50, 0.05, 0.15, 0.10},
                                                 {0.55, 0.20, 0, 0.15, 0.10},
                                                 {0.75, 0, 0, 0.15, 0.10}};
    double age = child->failure == DEMO_TOO_YOUNG ? 1.6 : 2.1 + 13.5 * exp(1.8 * log(rng_uniform(rng)));
    child->birth = child->screened - (int64_t)(age * DAYS_PER_YEAR);
    child->is_boy = rng_bernoulli(rng, 0.6);
    child->is_foreign = rng_bernoulli(rng, 0.15);
    child->level = 2 + (int)pick(rng, LEVELS, 4);
    child->type = (DemoType)pick(rng, TYPES[child->level - 2], DEMO_N_TYPES);
    child->therapy_hours = 8 + (int)rng_below(rng, 17);
    child->multiple = 1 + fmin(0.25, fmax(-0.25, 0.12 * rng_normal(rng)));
}

void demo_cohort(uint64_t seed, DemoChild *children)
{
    size_t order[DEMO_N_SCREENED], n_enrolled = 0, mishaps[DEMO_N_ENROLLED];
    Rng trial = demo_rng(seed, 0, DEMO_DRAW_COURSE);
    rng_permutation(&trial, DEMO_N_SCREENED, order);
    rng_permutation(&trial, DEMO_N_ENROLLED, mishaps);
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        DemoChild *child = &children[i];
        Rng rng = demo_rng(seed, i + 1, DEMO_DRAW_COURSE);
        *child = (DemoChild){.number = i + 1,
                             .failure = order[i] < N_FAILURES ? FAILURES[order[i]] : DEMO_ELIGIBLE};
        child->screened = workday(date_days(FIRST_DAY) + (int64_t)(i * DAYS_BETWEEN) + days(&rng, 0, 3));
        child->consented = child->screened - days(&rng, 0, 3);
        child->visit[DEMO_SCR] = child->screened;
        child->has_visit[DEMO_SCR] = child->failure != DEMO_DECLINED;
        be_born(child, &rng);
        if (child->failure != DEMO_ELIGIBLE) continue;
        size_t mishap = mishaps[n_enrolled++];
        child->mishap = mishap < N_MISHAPS ? MISHAPS[mishap] : DEMO_AS_PLANNED;
        child->enrolled = workday(child->screened + days(&rng, 4, 9));
        plan_visits(child, &rng);
        suffer(child, &rng);
        grow(child, &rng);
    }
}
