/* What the section "Against growth alone" is asked, and what its tables share: the inquiries with their
 * answers, their labels and the provenance of their numbers. Only growth.c and growth_tables.c include it. */
#ifndef REPORT_GROWTH_INQUIRY_H
#define REPORT_GROWTH_INQUIRY_H

#include "report/growth.h"

/* One inquiry that analyses ask; they may differ in the set of curves, which are all shown anyway. */
typedef struct {
    const AnalysisPlan *plan;              /* the first that asks it */
    Str visit, visit_title, words, filter; /* words: of the population */
    uint64_t seed;
    bool excess, tipping; /* what is asked */
    GrowthChildren children;
    GrowthNumbers numbers;
} GrowthInquiry;

typedef struct {
    Document *document;
    Arena *arena;
    const Protocol *protocol;
    Frames frames;
    ReportData *data;
    const GrowthOffset *offset;
    GrowthDraws draws;
    size_t n, capacity;
    GrowthInquiry *inquiries;
} GrowthSection;

/* Puts what an analysis asks among the section's inquiries. The first analysis that names a seed gives it. */
void growth_ask(GrowthSection *section, const AnalysisPlan *plan);

/* Fails: as growth_write, naming the analysis. */
MUST_USE bool growth_answer(GrowthSection *section, GrowthInquiry *inquiry, Error *err);

/* Of a number about the inquiry's children. */
const Provenance *growth_provenance(const GrowthSection *section, const GrowthInquiry *inquiry,
                                    const char *method, Str options);

/* For its options: how an interval was drawn; what the offset is. */
Str growth_drawn(const GrowthSection *section, const GrowthInquiry *inquiry,
                 const GrowthReference *reference);
Str growth_offset_words(const GrowthSection *section);

/* The visit, and the population and condition where inquiries differ in them. */
Str growth_label(const GrowthSection *section, const GrowthInquiry *inquiry);

/* Place in growth_list of the curves that the analysis names, or of the Ontario curves. */
size_t growth_named_set(const AnalysisPlan *plan);

/* As a cell prints it; "NE" of a number that is none. */
Str growth_fixed(Arena *arena, double value, int decimals);

#endif
