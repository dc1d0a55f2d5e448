#include "equipoise.h"

const char *eq_version(void) { return EQUIPOISE_VERSION; }
