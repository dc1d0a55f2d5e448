/* `export --as redcap`: by a map, as another system has the rows. */
#ifndef CLI_EXPORT_REDCAP_H
#define CLI_EXPORT_REDCAP_H

#include "cli/command.h"
#include "trial/export.h"

MUST_USE bool export_redcap(Invocation *call, Error *err);

/* What every export prints: its files. */
void export_put_report(Invocation *call, const ExportReport *report);

#endif
