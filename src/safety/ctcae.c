#include "safety/ctcae.h"

#include <stdio.h>

/* clang-format off: a table */
#define GENERAL "General disorders and administration site conditions"
#define GUT "Gastrointestinal disorders"
#define NERVES "Nervous system disorders"
#define MUSCLES "Musculoskeletal and connective tissue disorders"
#define INFECTIONS "Infections and infestations"
#define INJURY "Injury, poisoning and procedural complications"
#define IMMUNE "Immune system disorders"
#define LUNGS "Respiratory, thoracic and mediastinal disorders"
#define URINE "Renal and urinary disorders"
#define PSYCHE "Psychiatric disorders"

#define PAIN_GRADES                                                                                          \
    {                                                                                                        \
        "mild", "moderate, limits instrumental activities", "severe, limits self-care", NULL, NULL           \
    }
#define NO_GRADES                                                                                            \
    {                                                                                                        \
        NULL, NULL, NULL, NULL, NULL                                                                         \
    }

static const CtcaeTerm TERMS[] = {
    {"Fever",
     GENERAL,
     true,
     {"38.0 to 39.0 C", "above 39.0 to 40.0 C", "above 40.0 C for at most 24 h", "above 40.0 C for longer",
      "death"}},
    {"Vomiting",
     GUT,
     true,
     {"no intervention", "outpatient intravenous fluids or medical treatment",
      "tube feeding, parenteral nutrition or hospital", "life-threatening", "death"}},
    {"Nausea",
     GUT,
     true,
     {"appetite loss only", "eats less, no dehydration",
      "intake inadequate, tube, parenteral nutrition or hospital", NULL, NULL}},
    {"Headache", NERVES, true, PAIN_GRADES},
    {"Back pain", MUSCLES, true, PAIN_GRADES},
    {"Pain", GENERAL, true, PAIN_GRADES},
    {"Bone pain", MUSCLES, true, PAIN_GRADES},
    {"Cerebrospinal fluid leakage",
     NERVES,
     true,
     {"transient headache after puncture, rest", "persistent, blood patch", "severe, medical treatment",
      "life-threatening", "death"}},
    {"Seizure",
     NERVES,
     true,
     {"brief partial", "brief generalised", "new, or several despite treatment", "prolonged or repetitive",
      "death"}},
    {"Meningitis",
     INFECTIONS,
     true,
     {NULL, NULL, "intravenous treatment or focal deficit", "life-threatening", "death"}},
    {"Infusion related reaction",
     INJURY,
     true,
     {"mild, transient", "interrupted, prompt response", "prolonged, recurring or hospital",
      "life-threatening", "death"}},
    {"Allergic reaction",
     IMMUNE,
     true,
     {"no systemic treatment", "oral treatment", "bronchospasm, intravenous treatment or hospital",
      "life-threatening", "death"}},
    {"Anaphylaxis",
     IMMUNE,
     true,
     {NULL, NULL, "parenteral treatment, bronchospasm, oedema or hypotension", "life-threatening", "death"}},
    {"Somnolence", NERVES, false, NO_GRADES},
    {"Urinary retention", URINE, false, NO_GRADES},
    {"Apnea", LUNGS, false, NO_GRADES},
    {"Laryngospasm", LUNGS, false, NO_GRADES},
    {"Aspiration", LUNGS, false, NO_GRADES},
    {"Irritability", PSYCHE, false, NO_GRADES},
};
/* clang-format on */
#define N_TERMS (sizeof TERMS / sizeof TERMS[0])

const CtcaeTerm *ctcae_terms(size_t *n)
{
    *n = N_TERMS;
    return TERMS;
}

const CtcaeTerm *ctcae_find(Str term)
{
    for (size_t i = 0; i < N_TERMS; i++)
        if (str_equal_fold(str_trim(term), str_from(TERMS[i].term))) return &TERMS[i];
    return NULL;
}

bool ctcae_check_grade(Str term, int grade, Error *err)
{
    if (grade < 1 || grade > CTCAE_N_GRADES) {
        error_set(err, ERROR_INCONSISTENT, "%d is no grade", grade);
        return error_hint(err, CTCAE_VERSION " grades run from 1 (mild) to 5 (death).");
    }
    const CtcaeTerm *known = ctcae_find(term);
    if (!known || !known->grades_known || known->grades[grade - 1]) return true;
    char has[32];
    size_t used = 0;
    for (int g = 1; g <= CTCAE_N_GRADES; g++)
        if (known->grades[g - 1])
            used += (size_t)snprintf(has + used, sizeof has - used, "%s%d", used ? ", " : "", g);
    error_set(err, ERROR_INCONSISTENT, "\"%s\" has no grade %d in " CTCAE_VERSION, known->term, grade);
    return error_hint(err, "It has %s.", has);
}

bool ctcae_fever_grade(CtcaeFever fever, CtcaeFeverGrade *grade, Error *err)
{
    if (!(fever.highest_c >= 30 && fever.highest_c <= 45)) {
        error_set(err, ERROR_MALFORMED, "%g is no body temperature in degrees Celsius", fever.highest_c);
        return error_hint(err, "Enter Celsius between 30 and 45; 101.3 F is 38.5 C.");
    }
    if (fever.has_duration && !(fever.hours_above_40 >= 0))
        return error_set(err, ERROR_MALFORMED, "%g hours above 40.0 C is no duration", fever.hours_above_40);
    double shown = number_round(fever.highest_c, 1);
    *grade = (CtcaeFeverGrade){.grade = shown < 38 ? 0 : shown <= 39 ? 1 : shown <= 40 ? 2 : 3};
    if (grade->grade < 3) return true;
    grade->at_least = !fever.has_duration;
    if (fever.has_duration && fever.hours_above_40 > 24) grade->grade = 4;
    return true;
}
