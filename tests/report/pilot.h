/* The report of the pilot study, from the protocol among the examples. */
#ifndef TESTS_REPORT_PILOT_H
#define TESTS_REPORT_PILOT_H

#include "report/report.h"

#include "test.h"

/* NULL where the reference data are absent (the case is then skipped) or the report failed. */
const Document *pilot_document(Test *t);

#endif
