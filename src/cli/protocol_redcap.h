/* `protocol --from-redcap`: a draft from the files a REDCap project says of itself. */
#ifndef CLI_PROTOCOL_REDCAP_H
#define CLI_PROTOCOL_REDCAP_H

#include "cli/command.h"

MUST_USE bool protocol_from_redcap(Invocation *call, Error *err);

#endif
