/* Files of assets/ built into the program by tools/embed.c. */
#ifndef REPORT_ASSET_H
#define REPORT_ASSET_H

#include "base/text.h"

extern const Str asset_report_css;

#endif
