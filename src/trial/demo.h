/* A made-up trial shaped like the founding one, to show and test the program: no child, date or number is
 * real. The files and their codes are described in docs/demo-data.md; they agree with
 * examples/cerebral-palsy/protocol.yaml.
 *
 * What was put in, so that nobody mistakes it for a finding. A child's true GMFM-66 score is the Ontario
 * growth curve of the GMFCS level at the child's age times a multiple of the child's own (standard
 * deviation 12 %), plus, for a child of level III (other levels in proportion to the limit of their
 * curve):
 *   physiotherapy    DEMO_PHYSIOTHERAPY points at V3 and V6, in proportion to the child's hours
 *   a small extra    DEMO_EXTRA points at V3 and V6; chosen by us. It is not the effect the paper reports
 *                    (without a control group it reports a change, not an effect), nor an opinion about it
 *   variation        standard deviation DEMO_VARIATION added per interval
 * Each of the 88 items is then drawn from a made-up partial-credit model; that is the measurement error.
 * Muscle tone falls by DEMO_TONE ranks of the modified Ashworth scale. Event counts are the paper's: 12
 * children with fever, 9 who vomited. */
#ifndef TRIAL_DEMO_H
#define TRIAL_DEMO_H

#include "base/text.h"

#define DEMO_PHYSIOTHERAPY  {0, 0.9, 1.5}
#define DEMO_EXTRA          {0, 0.8, 1.2}
#define DEMO_VARIATION      1.0
#define DEMO_TONE           {0, -0.25, -0.35}

#define DEMO_FILES(X)                                                                                         \
    X(screening) X(consent) X(enrolment) X(visit) X(gmfm) X(scores) X(ashworth) X(doses) X(adverse_events)    \
    X(deviations) X(withdrawals)

typedef struct {
    Str name;                         /* "screening.csv" */
    Str text;
} DemoFile;

/* In the order in which they are to be imported. */
typedef struct {
    size_t n;
    DemoFile *files;
} DemoFiles;

/* The same seed gives the same bytes. Everything lives in `arena`. */
void demo_generate(Arena *arena, uint64_t seed, DemoFiles *files);

/* One of the files by name, or an empty text. */
Str demo_file(const DemoFiles *files, Str name);

/* The made-up item parameters behind the scores, in the form gmfm66_parse_parameters reads. They have
 * nothing to do with those of the licensed GMFM-66. */
Str demo_gmfm66_parameters(Arena *arena);

#endif
