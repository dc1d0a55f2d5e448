#include "trial/demo.h"

#include <assert.h>
#include <math.h>

#include "base/time.h"
#include "exchange/csv.h"
#include "instrument/ashworth.h"
#include "instrument/gmfcs.h"
#include "instrument/gmfm66.h"
#include "math/distribution.h"
#include "safety/ctcae.h"
#include "safety/product.h"
#include "trial/demo_cohort.h"

static const char *const VISITS[DEMO_N_VISITS] = {"SCR", "V0", "V3", "V6"};
static const char *const YES_NO[] = {"no", "yes"};

/* A file being written: one row at a time, cell after cell. */
typedef struct {
    Arena *arena;
    Frame *frame;
    size_t row, column;
} Sheet;

typedef struct {
    Arena *arena;
    uint64_t seed;
    const DemoChild *children;
    const Gmfm66Parameters *parameters;
} Demo;

static Sheet sheet_new(Arena *arena, const char *name, const char *columns)
{
    Sheet sheet = {.arena = arena, .frame = frame_new(arena, str_from(name))};
    Str column, rest = str_from(columns);
    while (str_cut(rest, STR(","), &column, &rest)) frame_add_column(sheet.frame, column, COLUMN_TEXT);
    frame_add_column(sheet.frame, rest, COLUMN_TEXT);
    return sheet;
}

static void put(Sheet *sheet, Str text) { frame_set_text(sheet->frame, sheet->row, sheet->column++, text); }

static void put_c(Sheet *sheet, const char *text) { put(sheet, str_from(text)); }

static void put_missing(Sheet *sheet, MissingReason reason)
{
    frame_set_missing(sheet->frame, sheet->row, sheet->column++, reason);
}

static void put_number(Sheet *sheet, double value, int decimals)
{
    Buf buf = buf_new(sheet->arena);
    buf_fixed(&buf, value, decimals);
    put(sheet, buf_str(&buf));
}

static void put_day(Sheet *sheet, int64_t day) { put(sheet, date_text(sheet->arena, date_from_days(day))); }

static void begin_row(Sheet *sheet, const DemoChild *child)
{
    sheet->row = frame_add_row(sheet->frame);
    sheet->column = 0;
    put(sheet, str_format(sheet->arena, "S-%03d", child->number));
}

static void begin_visit(Sheet *sheet, const DemoChild *child, int visit)
{
    begin_row(sheet, child);
    put_c(sheet, VISITS[visit]);
    put_day(sheet, child->visit[visit]);
}

static Frame *make_screening(const Demo *demo)
{
    static const char *const TYPES[DEMO_N_TYPES] = {"spastic-quadriplegia", "spastic-diplegia",
                                                    "spastic-hemiplegia", "dyskinetic", "mixed"};
    Sheet sheet =
        sheet_new(demo->arena, "screening",
                  "SUBJID,SITE,SCREENED,BIRTH,SEX,GMFCS,TYPE,CAUSE,EPILEPSY,HYDROCEPHALUS,COAGULATION,"
                  "ANAESTHETIC_ALLERGY,SEVERE_CONDITION,INFECTION");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        begin_row(&sheet, child);
        put_c(&sheet, "HAN");
        put_day(&sheet, child->screened);
        put_day(&sheet, child->birth);
        put_c(&sheet, child->is_boy ? "M" : "F");
        if (child->failure == DEMO_DECLINED) {
            while (sheet.column < sheet.frame->n_columns) put_missing(&sheet, MISSING_REFUSED);
            continue;
        }
        put_c(&sheet, gmfcs_text(child->level));
        put_c(&sheet, TYPES[child->type]);
        put_c(&sheet, child->failure == DEMO_OTHER_CAUSE ? "icterus" : "oxygen-deprivation");
        for (int e = DEMO_EPILEPSY; e <= DEMO_INFECTION; e++)
            if (child->failure == DEMO_EPILEPSY && e == DEMO_COAGULATION)
                put_missing(&sheet, MISSING_NOT_DONE);
            else
                put_c(&sheet, YES_NO[(int)child->failure == e]);
    }
    return sheet.frame;
}

static Frame *make_consent(const Demo *demo)
{
    static const Date SECOND_VERSION = {2014, 7, 1};
    static const char *const SIGNERS[] = {"mother", "mother", "mother", "father", "father", "guardian"};
    Sheet sheet = sheet_new(demo->arena, "consent", "SUBJID,DATE,VERSION,LANGUAGE,SIGNED_BY,ASSENT");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        Rng rng = demo_rng(demo->seed, child->number, DEMO_DRAW_CONSENT);
        if (child->failure == DEMO_DECLINED) continue;
        begin_row(&sheet, child);
        put_day(&sheet, child->consented);
        put_c(&sheet, child->consented < date_days(SECOND_VERSION) ? "1.0" : "2.0");
        put_c(&sheet, child->is_foreign ? "en" : "vi");
        put_c(&sheet, SIGNERS[rng_below(&rng, 6)]);
        bool is_unable = child->level == 5 && rng_bernoulli(&rng, 0.5);
        if (date_age_years(date_from_days(child->birth), date_from_days(child->consented)) < 7)
            put_missing(&sheet, MISSING_NOT_APPLICABLE);
        else
            put_c(&sheet, is_unable ? "unable" : "yes");
    }
    return sheet.frame;
}

static Frame *make_enrolment(const Demo *demo)
{
    Sheet sheet = sheet_new(demo->arena, "enrolment", "SUBJID,DATE");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        if (demo->children[i].failure != DEMO_ELIGIBLE) continue;
        begin_row(&sheet, &demo->children[i]);
        put_day(&sheet, demo->children[i].enrolled);
    }
    return sheet.frame;
}

/* Weight of the child on a day, before the day's own scatter; children with more severe palsy are lighter. */
static double weight_kg(const Demo *demo, const DemoChild *child, int64_t day)
{
    Rng rng = demo_rng(demo->seed, child->number, DEMO_DRAW_BUILD);
    double build = fmin(0.3, fmax(-0.25, 0.11 * rng_normal(&rng)));
    return (7.6 + 2.15 * demo_age(child, day)) * (1.04 - 0.06 * (child->level - 2)) * (1 + build);
}

static void put_visit(Sheet *sheet, const Demo *demo, const DemoChild *child, int visit, Rng *rng,
                      double tall)
{
    double age = demo_age(child, child->visit[visit]);
    put_number(sheet, weight_kg(demo, child, child->visit[visit]) + 0.15 * rng_normal(rng), 1);
    if (rng_bernoulli(rng, 0.02))
        put_missing(sheet, MISSING_NOT_DONE);
    else
        put_number(sheet,
                   (74 + 6.0 * age) * (1.02 - 0.012 * child->level) * (1 + tall) + 0.3 * rng_normal(rng), 1);
    put_number(sheet, child->therapy_hours + (visit >= DEMO_V3 ? (double)rng_below(rng, 7) : 0), 0);
    put_c(sheet, YES_NO[rng_bernoulli(rng, 0.05)]);
    put_c(sheet, YES_NO[visit == DEMO_SCR && child->failure == DEMO_EPILEPSY]);
    put_number(sheet, fmin(37.4, fmax(36.2, 36.7 + 0.22 * rng_normal(rng))), 1);
}

static Frame *make_visit(const Demo *demo)
{
    Sheet sheet = sheet_new(demo->arena, "visit",
                            "SUBJID,VISIT,DATE,WEIGHT_KG,HEIGHT_CM,THERAPY_H,BOTOX,SEIZURE,TEMP_C");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        Rng rng = demo_rng(demo->seed, child->number, DEMO_DRAW_VISIT);
        double tall = 0.035 * rng_normal(&rng);
        for (int v = DEMO_SCR; v < DEMO_N_VISITS; v++) {
            if (!child->has_visit[v]) continue;
            begin_visit(&sheet, child, v);
            put_visit(&sheet, demo, child, v, &rng, tall);
        }
    }
    return sheet.frame;
}

/* One assessment. An item's luck is partly the child's own (the same at every visit), partly the day's. */
static Gmfm88Record assess(const Demo *demo, const DemoChild *child, int visit)
{
    const double own = sqrt(0.6), day = sqrt(0.4);
    Gmfm88Record record = {0};
    Rng lasting = demo_rng(demo->seed, child->number, DEMO_DRAW_ITEMS);
    Rng today = demo_rng(demo->seed, child->number, (DemoDraw)(DEMO_DRAW_VISIT_ITEMS + visit));
    bool is_tired = rng_bernoulli(&today, 0.05);
    double theta = (child->ability[visit] - demo->parameters->intercept) / demo->parameters->slope;
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        Gmfm66Category category = gmfm66_categories(demo->parameters->steps[i], theta);
        double luck = normal_cdf(own * rng_normal(&lasting) + day * rng_normal(&today));
        int x = 0;
        while (x < GMFM_ITEM_MAX && luck >= category.probability[x]) luck -= category.probability[x++];
        bool not_done = rng_bernoulli(&today, 0.003) || (is_tired && i >= 82);
        record.responses[i] = not_done ? GMFM_NOT_TESTED : x;
    }
    return record;
}

static Frame *make_gmfm(const Demo *demo)
{
    Buf columns = buf_new(demo->arena);
    buf_add_c(&columns, "SUBJID,VISIT,DATE");
    for (int i = 1; i <= GMFM_N_ITEMS; i++) buf_format(&columns, ",G%02d", i);
    Sheet sheet = sheet_new(demo->arena, "gmfm", buf_c(&columns));
    for (int i = 0; i < DEMO_N_SCREENED; i++)
        for (int v = DEMO_V0; v < DEMO_N_VISITS; v++) {
            const DemoChild *child = &demo->children[i];
            if (!child->has_visit[v]) continue;
            Gmfm88Record record = assess(demo, child, v);
            begin_visit(&sheet, child, v);
            for (int item = 0; item < GMFM_N_ITEMS; item++)
                if (record.responses[item] == GMFM_NOT_TESTED)
                    put_missing(&sheet, MISSING_NOT_DONE);
                else
                    put_number(&sheet, record.responses[item], 0);
        }
    return sheet.frame;
}

/* The score as the site's software would print it, and its place among children of the same age and level. */
static void put_scores(Sheet *sheet, const Demo *demo, const DemoChild *child, int visit)
{
    static const double SPREAD_POINTS = 7.5; /* of a level III child around the curve */
    Error err = {0};
    Gmfm66Score score = {0};
    Gmfm88Record record = assess(demo, child, visit);
    Gmfm66Parameters scored = *demo->parameters;
    for (int i = 0; i < GMFM_N_ITEMS; i++) scored.has[i] = gmfm_item(i + 1).in_66;
    bool known = gmfm66_score(&record, &scored, GMFM66_WLE, &score, &err);
    assert(known);
    (void)known;
    double age = demo_age(child, child->visit[visit]);
    put_number(sheet, score.score, 1);
    put_number(sheet, score.se, 1);
    if (!instrument_check_age(&instrument_gmfm66_percentile, age, &err)) {
        put_missing(sheet, MISSING_NOT_APPLICABLE);
        return;
    }
    double z = (score.score - demo_curve(child->level, age)) / (SPREAD_POINTS * demo_room(child->level));
    put_number(sheet, fmin(97, fmax(3, 100 * normal_cdf(z))), 0);
}

static Frame *make_scores(const Demo *demo)
{
    Sheet sheet = sheet_new(demo->arena, "scores", "SUBJID,VISIT,DATE,GMFM66,GMFM66SE,GMFM66P,AIDS");
    for (int i = 0; i < DEMO_N_SCREENED; i++)
        for (int v = DEMO_V0; v < DEMO_N_VISITS; v++) {
            if (!demo->children[i].has_visit[v]) continue;
            begin_visit(&sheet, &demo->children[i], v);
            put_scores(&sheet, demo, &demo->children[i], v);
            put_c(&sheet, "no");
        }
    return sheet.frame;
}

/* Mean rank of a muscle: legs, arms, and how much less on the better side. */
static double tone_of(const DemoChild *child, int muscle, bool better_side)
{
    static const struct {
        double legs, arms, better;
    } TONE[DEMO_N_TYPES] = {{2.8, 2.0, 0}, {2.3, 0.6, 0}, {2.0, 1.8, 1.7}, {1.5, 1.2, 0}, {2.2, 1.4, 0.3}};
    static const double MUSCLE[] = {0, 0.1, 0.5};
    double tone = muscle == 3 ? TONE[child->type].arms : TONE[child->type].legs + MUSCLE[muscle];
    return tone + 0.25 * (child->level - 3) - (better_side ? TONE[child->type].better : 0);
}

static Frame *make_ashworth(const Demo *demo)
{
    static const double CHANGE[] = DEMO_TONE;
    enum { N_COLUMNS = 8 };
    Sheet sheet = sheet_new(demo->arena, "ashworth",
                            "SUBJID,VISIT,DATE,ADD_L,ADD_R,HAM_L,HAM_R,GAS_L,GAS_R,ELB_L,ELB_R");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        Rng rng = demo_rng(demo->seed, child->number, DEMO_DRAW_TONE);
        bool right_is_better = rng_bernoulli(&rng, 0.5);
        double own[N_COLUMNS];
        for (int c = 0; c < N_COLUMNS; c++)
            own[c] = tone_of(child, c / 2, (c % 2 == 1) == right_is_better) + 0.6 * rng_normal(&rng);
        for (int v = DEMO_V0; v < DEMO_N_VISITS; v++) {
            if (!child->has_visit[v]) continue;
            begin_visit(&sheet, child, v);
            for (int c = 0; c < N_COLUMNS; c++) {
                double rank = floor(own[c] + CHANGE[v - DEMO_V0] + 0.4 * rng_normal(&rng) + 0.5);
                put_c(&sheet, ashworth_text((int)fmin(5, fmax(0, rank))));
            }
        }
    }
    return sheet.frame;
}

static void put_product(Sheet *sheet, double weight, Rng *rng)
{
    Error err = {0};
    double allowed_ml = 0;
    bool known = product_marrow_ml(weight, &allowed_ml, &err);
    assert(known);
    (void)known;
    double marrow_ml = floor(allowed_ml * (0.93 + 0.07 * rng_uniform(rng)));
    put_number(sheet, weight, 1);
    put_number(sheet, marrow_ml, 0);
    put_number(sheet, marrow_ml * 5.22 * exp(0.3 * rng_normal(rng) - 0.045), 1);
    put_number(sheet, fmin(12, 5.03 * exp(0.35 * rng_normal(rng) - 0.06)), 2);
    put_number(sheet, fmin(99.5, fmax(82, 94 + 2.5 * rng_normal(rng))), 1);
    put_number(sheet, rng_bernoulli(rng, 0.85) ? 0.05 : 0.05 + 0.05 * rng_uniform(rng), 3);
    put_number(sheet, 10, 1);
    put_c(sheet, "negative");
    put_c(sheet, "negative");
}

static Frame *make_doses(const Demo *demo)
{
    Sheet sheet = sheet_new(demo->arena, "doses",
                            "SUBJID,DOSE,DATE,WEIGHT_KG,MARROW_ML,MNC_E6,CD34_PCT,VIABILITY_PCT,ENDOTOXIN_EU_"
                            "ML,VOLUME_ML,GRAM,CULTURE");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        Rng rng = demo_rng(demo->seed, child->number, DEMO_DRAW_PRODUCT);
        for (int dose = 0; dose < 2; dose++) {
            if (!child->has_dose[dose]) continue;
            begin_row(&sheet, child);
            put_number(&sheet, dose + 1, 0);
            put_day(&sheet, child->dose[dose]);
            put_product(&sheet, number_round(weight_kg(demo, child, child->dose[dose]), 1), &rng);
        }
    }
    return sheet.frame;
}

/* The kinds of events; after which dose each child has which is drawn for the trial as a whole, so that
 * the counts are exact. */
static const struct {
    const char *term, *vietnamese, *english;
    size_t n_children, n_twice; /* n_twice of them after both doses */
    int onset_from_h, onset_to_h, most_days;
    const char *related[5]; /* harvest, anaesthesia, puncture, product, background */
} EVENTS[] = {
    {"Fever", "sốt", "fever", 12, 3, 4, 30, 2, {"unlikely", "possible", "possible", "possible", "unlikely"}},
    {"Vomiting", "nôn", "vomited", 9, 2, 1, 12, 1, {"none", "probable", "possible", "possible", "none"}},
    {"Headache",
     "đau đầu",
     "headache",
     5,
     0,
     12,
     60,
     4,
     {"none", "possible", "probable", "unlikely", "none"}},
    {"Back pain",
     "đau lưng, chỗ chọc dò",
     "back pain, puncture site",
     4,
     0,
     6,
     48,
     5,
     {"possible", "none", "probable", "unlikely", "none"}},
    {"Nausea", "buồn nôn", "nausea", 4, 0, 1, 10, 1, {"none", "probable", "possible", "unlikely", "none"}},
};
#define N_EVENTS (sizeof EVENTS / sizeof EVENTS[0])

static void put_event(Sheet *sheet, const DemoChild *child, size_t e, int dose, Rng *rng)
{
    Error err = {0};
    CtcaeFeverGrade fever = {.grade = rng_bernoulli(rng, 0.25) ? 2 : 1};
    double temperature = number_round(38.1 + fmin(1.7, 0.8 * fabs(rng_normal(rng))), 1);
    int64_t onset_h = EVENTS[e].onset_from_h +
                      (int64_t)rng_below(rng, (uint64_t)(EVENTS[e].onset_to_h - EVENTS[e].onset_from_h + 1));
    int64_t start = child->dose[dose] + (10 + onset_h) / 24; /* infused at ten in the morning */
    Buf verbatim = buf_new(sheet->arena);
    buf_add_c(&verbatim, child->is_foreign ? EVENTS[e].english : EVENTS[e].vietnamese);
    if (e == 0) {
        bool graded = ctcae_fever_grade((CtcaeFever){.highest_c = temperature}, &fever, &err);
        assert(graded);
        (void)graded;
        int tenths = (int)(10 * temperature + 0.5);
        buf_format(&verbatim, child->is_foreign ? " %d.%d C" : " %d,%d độ C", tenths / 10, tenths % 10);
    }
    begin_row(sheet, child);
    put_c(sheet, EVENTS[e].term);
    put_c(sheet, ctcae_find(str_from(EVENTS[e].term))->body_system);
    put(sheet, buf_str(&verbatim));
    put_day(sheet, start);
    put_day(sheet, start + (int64_t)rng_below(rng, (uint64_t)EVENTS[e].most_days + 1));
    put_number(sheet, fever.grade, 0);
    put_c(sheet, "no");
    put_number(sheet, dose + 1, 0);
    put_number(sheet, (double)onset_h, 0);
    for (int r = 0; r < 5; r++) put_c(sheet, EVENTS[e].related[r]);
    put_c(sheet, "recovered");
}

static Frame *make_adverse_events(const Demo *demo)
{
    Sheet sheet =
        sheet_new(demo->arena, "adverse_events",
                  "SUBJID,TERM,BODSYS,VERBATIM,START,END,GRADE,SERIOUS,AFTER_DOSE,ONSET_H,REL_HARVEST,"
                  "REL_ANAESTHESIA,REL_PUNCTURE,REL_PRODUCT,REL_BACKGROUND,OUTCOME");
    Rng trial = demo_rng(demo->seed, 0, DEMO_DRAW_EVENTS);
    size_t rank[N_EVENTS][DEMO_N_ENROLLED], enrolled = 0;
    for (size_t e = 0; e < N_EVENTS; e++) rng_permutation(&trial, DEMO_N_ENROLLED, rank[e]);
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        if (child->failure != DEMO_ELIGIBLE) continue;
        Rng rng = demo_rng(demo->seed, child->number, DEMO_DRAW_EVENTS);
        bool after[N_EVENTS][2] = {{false}};
        for (size_t e = 0; e < N_EVENTS; e++) {
            bool second = rng_bernoulli(&rng, 0.45) && child->has_dose[1],
                 both = rank[e][enrolled] < EVENTS[e].n_twice;
            if (rank[e][enrolled] >= EVENTS[e].n_children) continue;
            after[e][0] = both || !second;
            after[e][1] = child->has_dose[1] && (both || second);
        }
        for (int dose = 0; dose < 2; dose++)
            for (size_t e = 0; e < N_EVENTS; e++)
                if (after[e][dose]) put_event(&sheet, child, e, dose, &rng);
        enrolled++;
    }
    return sheet.frame;
}

static void put_deviation(Sheet *sheet, const DemoChild *child, int64_t day, const char *kind,
                          const char *detail)
{
    begin_row(sheet, child);
    put_day(sheet, day);
    put_c(sheet, kind);
    put_c(sheet, detail);
}

static Frame *make_deviations(const Demo *demo)
{
    Sheet sheet = sheet_new(demo->arena, "deviations", "SUBJID,DATE,KIND,DETAIL");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        if (child->mishap == DEMO_LATE_V6)
            put_deviation(&sheet, child, child->visit[DEMO_V6], "late-visit",
                          "V6 after its window; the family could not travel earlier");
        if (child->mishap == DEMO_MISSED_V3)
            put_deviation(&sheet, child, child->dose[1], "missed-visit",
                          "V3 not assessed; the assessor was ill, the second dose was given");
        if (child->mishap == DEMO_MISSED_DOSE)
            put_deviation(&sheet, child, child->dose[1], "missed-dose",
                          "second dose not given; respiratory infection on the day");
    }
    return sheet.frame;
}

static Frame *make_withdrawals(const Demo *demo)
{
    Sheet sheet = sheet_new(demo->arena, "withdrawals", "SUBJID,DATE,REASON");
    for (int i = 0; i < DEMO_N_SCREENED; i++) {
        const DemoChild *child = &demo->children[i];
        if (!child->left) continue;
        begin_row(&sheet, child);
        put_day(&sheet, child->left);
        put_c(&sheet, child->mishap == DEMO_LEAVES_BEFORE_DOSE ? "family-decision" : "lost-to-follow-up");
    }
    return sheet.frame;
}

/* Item parameters for all 88 items: each dimension spans a stretch of the scale, harder items later, with
 * a scatter that is the same for every seed. */
static Gmfm66Parameters make_parameters(void)
{
    static const double FROM[] = {0, 10, 27, 44, 47}, TO[] = {30, 50, 58, 74, 95};
    Gmfm66Parameters parameters = {.intercept = 50,
                                   .slope = 6,
                                   .source =
                                       STR("made up for the demonstration; not the GMFM-66 calibration")};
    Rng rng = rng_stream(66, 88);
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        GmfmItem item = gmfm_item(i + 1);
        const InstrumentSection *section = &instrument_gmfm88.sections[item.dimension];
        double along =
            (item.number - section->first_item) / (double)(section->last_item - section->first_item);
        double points =
            FROM[item.dimension] + along * (TO[item.dimension] - FROM[item.dimension]) + 3 * rng_normal(&rng);
        for (int k = 0; k < GMFM66_N_STEPS; k++)
            parameters.steps[i][k] =
                number_round((points - 50) / 6 + 0.9 * (k - 1) + 0.2 * rng_normal(&rng), 2);
        parameters.has[i] = item.in_66;
        parameters.n_items += item.in_66;
    }
    return parameters;
}

void demo_generate(Arena *arena, uint64_t seed, DemoFiles *files)
{
    static Frame *(*const MAKERS[])(const Demo *) = {
#define X(name) make_##name,
        DEMO_FILES(X)
#undef X
    };
    DemoChild *children = ARENA_ARRAY(arena, DemoChild, DEMO_N_SCREENED);
    Gmfm66Parameters parameters = make_parameters();
    Demo demo = {arena, seed, children, &parameters};
    demo_cohort(seed, children);
    files->n = sizeof MAKERS / sizeof MAKERS[0];
    files->files = ARENA_ARRAY(arena, DemoFile, files->n);
    for (size_t i = 0; i < files->n; i++) {
        Error err = {0};
        Buf buf = buf_new(arena);
        const Frame *frame = MAKERS[i](&demo);
        bool written = csv_write_frame(&buf, frame, &err);
        assert(written);
        (void)written;
        files->files[i] = (DemoFile){str_format(arena, STR_FMT ".csv", STR_ARG(frame->name)), buf_str(&buf)};
    }
}

Str demo_file(const DemoFiles *files, Str name)
{
    for (size_t i = 0; i < files->n; i++)
        if (str_equal(files->files[i].name, name)) return files->files[i].text;
    return (Str){0};
}

Str demo_gmfm66_parameters(Arena *arena)
{
    Gmfm66Parameters parameters = make_parameters();
    Buf buf = buf_new(arena);
    buf_format(&buf, "SOURCE," STR_FMT "\nSCALE,%g,%g\n", STR_ARG(parameters.source), parameters.intercept,
               parameters.slope);
    for (int i = 0; i < GMFM_N_ITEMS; i++) {
        if (!parameters.has[i]) continue;
        buf_format(&buf, "G%02d", i + 1);
        for (int k = 0; k < GMFM66_N_STEPS; k++) {
            buf_char(&buf, ',');
            buf_number(&buf, parameters.steps[i][k]);
        }
        buf_char(&buf, '\n');
    }
    return buf_str(&buf);
}
