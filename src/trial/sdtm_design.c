/* The trial design domains, which the protocol alone fills. */
#include "trial/country.h"
#include "trial/sdtm_inside.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- TA and TE --- */

static void add_arm_element(const Sdtm *sdtm, StandardSet *ta, const Arm *arm, double order, Str code, Str name, const char *epoch)
{
    sdtm_row(sdtm, ta, NULL);
    standard_text(ta, "ARMCD", sdtm_arm_code(sdtm, arm));
    standard_text(ta, "ARM", arm->title);
    standard_number(ta, "TAETORD", order);
    standard_text(ta, "ETCD", code);
    standard_text(ta, "ELEMENT", name);
    standard_text(ta, "EPOCH", str_from(epoch));
}

static bool add_ta(Sdtm *sdtm, Error *err)
{
    StandardSet *ta = standard_set_new(sdtm->arena, &sdtm_spec_TA);
    const Arms *arms = &sdtm->protocol->arms;
    for (size_t i = 0; i < arms->n; i++) {
        const Arm *arm = &arms->items[i];
        add_arm_element(sdtm, ta, arm, 1, STR(SDTM_SCREENING), STR("Screening"), "SCREENING");
        if (arms->n > 1)
            standard_text(ta, "TABRANCH", str_format(sdtm->arena, "%s to " STR_FMT, sdtm->protocol->randomisation.at ? "Randomized" : "Assigned",
                                                     STR_ARG(arm->title)));
        add_arm_element(sdtm, ta, arm, 2, sdtm_element_code(sdtm, arm), arm->title, "TREATMENT");
        if (sdtm_has_follow_up(sdtm->protocol))
            add_arm_element(sdtm, ta, arm, 3, STR(SDTM_FOLLOW_UP), STR("Follow-up"), "FOLLOW-UP");
    }
    return sdtm_keep(sdtm, ta, err);
}

static void add_element(const Sdtm *sdtm, StandardSet *te, Str code, Str name, Str starts, Str ends, int days)
{
    sdtm_row(sdtm, te, NULL);
    standard_text(te, "ETCD", code);
    standard_text(te, "ELEMENT", name);
    standard_text(te, "TESTRL", starts);
    standard_text(te, "TEENRL", ends);
    if (days > 0) standard_text(te, "TEDUR", str_format(sdtm->arena, "P%dD", days));
}

/* Days from the first visit to day 0, from day 0 to the last visit that counts, and on to the last follow-up. */
static void planned_days(const Sdtm *sdtm, int *screening, int *treatment, int *follow_up)
{
    *screening = *treatment = *follow_up = 0;
    int last = 0;
    for (size_t i = 0; i < sdtm->protocol->visits.n; i++) {
        const Visit *visit = &sdtm->protocol->visits.items[i];
        if (!sdtm_visit_has_day(visit)) continue;
        if (-visit->day > *screening) *screening = -visit->day;
        if (visit->day > last) last = visit->day;
        if (visit->kind != VISIT_FOLLOW_UP && visit->day > *treatment) *treatment = visit->day;
    }
    *follow_up = last - *treatment;
}

static bool add_te(Sdtm *sdtm, Error *err)
{
    StandardSet *te = standard_set_new(sdtm->arena, &sdtm_spec_TE);
    Str dose = sdtm->protocol->product.at ? STR("First dose") : STR("Start of treatment");
    Str end = sdtm->last_visit ? str_format(sdtm->arena, "End of visit \"" STR_FMT "\"", STR_ARG(sdtm->last_visit->title)) : STR("End of treatment");
    int screening, treatment, follow_up;
    planned_days(sdtm, &screening, &treatment, &follow_up);
    if (!sdtm->protocol->arms.n) return true;
    add_element(sdtm, te, STR(SDTM_SCREENING), STR("Screening"), STR("Informed consent"), dose, screening);
    for (size_t i = 0; i < sdtm->protocol->arms.n; i++) {
        const Arm *arm = &sdtm->protocol->arms.items[i];
        add_element(sdtm, te, sdtm_element_code(sdtm, arm), arm->title, dose, end, treatment);
    }
    if (sdtm_has_follow_up(sdtm->protocol))
        add_element(sdtm, te, STR(SDTM_FOLLOW_UP), STR("Follow-up"), end, STR("End of the last follow-up visit"), follow_up);
    return sdtm_keep(sdtm, te, err);
}

/* --- TI --- */

static void add_criteria(const Sdtm *sdtm, StandardSet *ti, const Criteria *criteria, const char *category)
{
    for (size_t i = 0; i < criteria->n; i++) {
        sdtm_row(sdtm, ti, NULL);
        standard_text(ti, "IETESTCD", sdtm_name_of(sdtm->arena, criteria->items[i].id, 8));
        standard_text(ti, "IETEST", criteria->items[i].text);
        standard_text(ti, "IECAT", str_from(category));
        standard_text(ti, "TIRL", criteria->items[i].condition);
    }
}

static bool add_ti(Sdtm *sdtm, Error *err)
{
    StandardSet *ti = standard_set_new(sdtm->arena, &sdtm_spec_TI);
    add_criteria(sdtm, ti, &sdtm->protocol->eligibility.inclusion, "INCLUSION");
    add_criteria(sdtm, ti, &sdtm->protocol->eligibility.exclusion, "EXCLUSION");
    return sdtm_keep(sdtm, ti, err);
}

/* --- TV --- */

static bool add_tv(Sdtm *sdtm, Error *err)
{
    StandardSet *tv = standard_set_new(sdtm->arena, &sdtm_spec_TV);
    for (size_t i = 0; i < sdtm->protocol->visits.n; i++) {
        const Visit *visit = &sdtm->protocol->visits.items[i];
        if (visit->kind == VISIT_UNSCHEDULED) continue;
        sdtm_row(sdtm, tv, NULL);
        sdtm_visit(sdtm, tv, visit->id);
        if (visit->kind == VISIT_SCREENING || !sdtm_visit_has_day(visit))
            standard_text(tv, "TVSTRL", STR("Start of screening"));
        else
            standard_text(tv, "TVSTRL", str_format(sdtm->arena, "%d days after the first dose, at most %d days early or %d days late",
                                                   visit->day, visit->window.before, visit->window.after));
    }
    return sdtm_keep(sdtm, tv, err);
}

/* --- TS --- */

typedef struct {
    const Sdtm *sdtm;
    StandardSet *set;
    double number;                    /* of the value of the parameter */
    Str parameter;
} Summary;

static void say(Summary *s, const char *code, const char *name, Str value)
{
    if (!value.len) return;
    s->number = str_equal(s->parameter, str_from(code)) ? s->number + 1 : 1;
    s->parameter = str_from(code);
    sdtm_row(s->sdtm, s->set, NULL);
    standard_number(s->set, "TSSEQ", s->number);
    standard_text(s->set, "TSPARMCD", s->parameter);
    standard_text(s->set, "TSPARM", str_from(name));
    standard_text(s->set, "TSVAL", value);
}

/* What submissions must say and the protocol does not: a null flavour instead of a guess. */
static void say_unknown(Summary *s, const char *code, const char *name)
{
    s->parameter = str_from(code);
    s->number = 1;
    sdtm_row(s->sdtm, s->set, NULL);
    standard_number(s->set, "TSSEQ", 1);
    standard_text(s->set, "TSPARMCD", s->parameter);
    standard_text(s->set, "TSPARM", str_from(name));
    standard_text(s->set, "TSVALNF", STR("NI"));
}

static void say_or_not(Summary *s, const char *code, const char *name, Str value)
{
    if (value.len) say(s, code, name, value);
    else say_unknown(s, code, name);
}

static void say_code(Summary *s, const char *code, const char *name, const char *value, const char *nci)
{
    say(s, code, name, str_from(value));
    standard_text(s->set, "TSVALCD", str_from(nci));
    standard_text(s->set, "TSVCDREF", STR("CDISC"));
    standard_text(s->set, "TSVCDVER", STR(SDTM_CT_VERSION));
}

static void say_yes_or_no(Summary *s, const char *code, const char *name, bool yes)
{
    say_code(s, code, name, yes ? "Y" : "N", yes ? "C49488" : "C49487");
}

static void say_number(Summary *s, const char *code, const char *name, int number)
{
    if (number != INTEGER_ABSENT) say(s, code, name, str_format(s->sdtm->arena, "%d", number));
}

typedef struct {
    int word;
    const char *value, *nci;
} Term;

static void say_term(Summary *s, const char *code, const char *name, const Term *terms, size_t n, int word)
{
    for (size_t i = 0; i < n; i++) {
        if (terms[i].word != word) continue;
        if (terms[i].nci) say_code(s, code, name, terms[i].value, terms[i].nci);
        else say(s, code, name, str_from(terms[i].value));
        return;
    }
    say_unknown(s, code, name);
}

static const Term PHASES[] = {{PHASE_EARLY_1, "EARLY PHASE I TRIAL", "C54721"}, {PHASE_1, "PHASE I TRIAL", "C15600"},
                              {PHASE_1_2, "PHASE I/II TRIAL", "C15693"},      {PHASE_2, "PHASE II TRIAL", "C15601"},
                              {PHASE_2_3, "PHASE II/III TRIAL", "C15694"},    {PHASE_3, "PHASE III TRIAL", "C15602"},
                              {PHASE_4, "PHASE IV TRIAL", "C15603"},          {PHASE_NONE, "NOT APPLICABLE", "C48660"}};
static const Term BLINDINGS[] = {{BLINDING_OPEN, "OPEN LABEL", "C49659"},
                                 {BLINDING_SINGLE, "SINGLE BLIND", "C28233"},
                                 {BLINDING_DOUBLE, "DOUBLE BLIND", "C15228"},
                                 {BLINDING_TRIPLE, "TRIPLE BLIND", "C66959"}};
static const Term MODELS[] = {{DESIGN_SINGLE_ARM, "SINGLE GROUP", "C82640"}, {DESIGN_PARALLEL, "PARALLEL", "C82639"},
                              {DESIGN_CROSSOVER, "CROSS-OVER", "C82637"},    {DESIGN_WAIT_LIST, "PARALLEL", "C82639"},
                              {DESIGN_FACTORIAL, "FACTORIAL", "C82638"},     {DESIGN_CLUSTER, "PARALLEL", "C82639"},
                              {DESIGN_DOSE_FINDING, "SEQUENTIAL", "C142568"}};
static const Term CONTROLS[] = {{ARM_ACTIVE, "ACTIVE", "C49649"},     {ARM_PLACEBO, "PLACEBO", "C49648"},
                                {ARM_SHAM, "SHAM", NULL},             {ARM_USUAL_CARE, "STANDARD OF CARE", NULL},
                                {ARM_UNTREATED, "NONE", "C41132"},    {ARM_WAITING, "NONE", "C41132"},
                                {ARM_EXTERNAL, "HISTORICAL", NULL},   {ARM_UNSTATED, "NONE", "C41132"}};

static ArmKind control_of(const Protocol *protocol)
{
    for (size_t i = 0; i < protocol->arms.n; i++)
        if (arm_is_control(&protocol->arms.items[i])) return protocol->arms.items[i].kind;
    return ARM_UNSTATED;
}

static void say_ages(Summary *s)
{
    Range ages = s->sdtm->protocol->eligibility.ages;
    if (ages.low > 0) say(s, "AGEMIN", "Planned Minimum Age of Subjects", str_format(s->sdtm->arena, "P%dY", (int)ages.low));
    else say_unknown(s, "AGEMIN", "Planned Minimum Age of Subjects");
    if (ages.high < 200) say(s, "AGEMAX", "Planned Maximum Age of Subjects", str_format(s->sdtm->arena, "P%dY", (int)ages.high));
    else say_unknown(s, "AGEMAX", "Planned Maximum Age of Subjects");
}

static void say_outcomes(Summary *s, AnalysisRole role, const char *code, const char *name)
{
    for (size_t i = 0; i < s->sdtm->protocol->analyses.n; i++) {
        const AnalysisPlan *plan = &s->sdtm->protocol->analyses.items[i];
        if (plan->role == role) say(s, code, name, plan->title.len ? plan->title : plan->id);
    }
}

static void say_objectives(Summary *s)
{
    const Protocol *protocol = s->sdtm->protocol;
    Map said = map_new(s->sdtm->arena);
    for (size_t i = 0; i < protocol->analyses.n; i++) {
        const AnalysisPlan *plan = &protocol->analyses.items[i];
        const Estimand *estimand = protocol_estimand(protocol, plan->estimand);
        bool is_new;
        if (plan->role != ANALYSIS_PRIMARY || !estimand) continue;
        map_put(&said, estimand->id, &is_new);
        if (is_new) say(s, "OBJPRIM", "Trial Primary Objective", estimand->objective);
    }
    if (!said.n) say_unknown(s, "OBJPRIM", "Trial Primary Objective");
}

static void say_countries(Summary *s)
{
    Map said = map_new(s->sdtm->arena);
    for (size_t i = 0; i < s->sdtm->protocol->sites.n; i++) {
        Str country = country_alpha3(s->sdtm->protocol->sites.items[i].country);
        bool is_new = false;
        if (country.len) map_put(&said, country, &is_new);
        if (is_new) say(s, "FCNTRY", "Planned Country of Investigational Sites", country);
    }
}

static void say_subjects(Summary *s)
{
    Str first = s->sdtm->protocol->trial.first_consent.year ? date_text(s->sdtm->arena, s->sdtm->protocol->trial.first_consent) : STR("");
    Str last = STR("");
    int enrolled = 0;
    for (size_t i = 0; i < s->sdtm->n_subjects; i++) {
        const SdtmSubject *subject = &s->sdtm->subjects[i];
        enrolled += subject->enrolled.len > 0;
        if (subject->consent.len && (!first.len || str_compare(subject->consent, first) < 0)) first = subject->consent;
        if (str_compare(subject->latest, last) > 0) last = subject->latest;
    }
    say_number(s, "ACTSUB", "Actual Number of Subjects", enrolled);
    say_or_not(s, "SSTDTC", "Study Start Date", first);
    say(s, "DCUTDTC", "Data Cutoff Date", last);
    say(s, "DCUTDESC", "Data Cutoff Description", STR("LATEST DATE IN THE DATA"));
}

/* The longest from the first planned visit to the last. */
static Str planned_length(const Sdtm *sdtm)
{
    int screening, treatment, follow_up;
    planned_days(sdtm, &screening, &treatment, &follow_up);
    int days = screening + treatment + follow_up;
    return days ? str_format(sdtm->arena, "P%dD", days) : STR("");
}

static bool add_ts(Sdtm *sdtm, Error *err)
{
    const Protocol *protocol = sdtm->protocol;
    const TrialFacts *trial = &protocol->trial;
    Summary s = {.sdtm = sdtm, .set = standard_set_new(sdtm->arena, &sdtm_spec_TS)};
    say_subjects(&s);
    say_ages(&s);
    say_countries(&s);
    say_term(&s, "INTMODEL", "Intervention Model", MODELS, N_OF(MODELS), (int)trial->design);
    say_or_not(&s, "LENGTH", "Trial Length", planned_length(sdtm));
    say_number(&s, "NARMS", "Planned Number of Arms", (int)protocol->arms.n);
    say_objectives(&s);
    say_outcomes(&s, ANALYSIS_PRIMARY, "OUTMSPRI", "Primary Outcome Measure");
    say_outcomes(&s, ANALYSIS_SECONDARY, "OUTMSSEC", "Secondary Outcome Measure");
    say_number(&s, "PLANSUB", "Planned Number of Subjects", trial->planned_subjects);
    say_yes_or_no(&s, "RANDOM", "Trial is Randomized", protocol->randomisation.at != NULL);
    say_or_not(&s, "REGID", "Registry Identifier", trial->registration.id);
    say_unknown(&s, "INDIC", "Trial Disease/Condition Indication");
    say_unknown(&s, "HLTSUBJI", "Healthy Subject Indicator");
    say_unknown(&s, "SEXPOP", "Sex of Participants");
    say_unknown(&s, "TINDTP", "Trial Intent Type");
    say_or_not(&s, "SPONSOR", "Clinical Study Sponsor", trial->sponsor);
    say_code(&s, "STYPE", "Study Type", trial->design == DESIGN_OBSERVATIONAL ? "OBSERVATIONAL" : "INTERVENTIONAL",
             trial->design == DESIGN_OBSERVATIONAL ? "C142615" : "C98388");
    say_term(&s, "TBLIND", "Trial Blinding Schema", BLINDINGS, N_OF(BLINDINGS), (int)trial->blinding);
    say_term(&s, "TCNTRL", "Control Type", CONTROLS, N_OF(CONTROLS), (int)control_of(protocol));
    say(&s, "TITLE", "Trial Title", trial->title);
    say_term(&s, "TPHASE", "Trial Phase Classification", PHASES, N_OF(PHASES), (int)trial->phase);
    say_or_not(&s, "TRT", "Investigational Therapy or Treatment", protocol->product.title);
    say(&s, "SDTIGVER", "SDTM IG Version", STR(SDTM_IG_VERSION));
    say(&s, "SDTMVER", "SDTM Version", STR(SDTM_MODEL_VERSION));
    return sdtm_keep(sdtm, s.set, err);
}

bool sdtm_add_design(Sdtm *sdtm, Error *err)
{
    return add_ta(sdtm, err) && add_te(sdtm, err) && add_ti(sdtm, err) && add_ts(sdtm, err) && add_tv(sdtm, err);
}
