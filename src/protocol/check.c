#include "protocol/check.h"

void protocol_check(Arena *arena, const Protocol *protocol, ProblemList *problems)
{
    (void)arena, (void)protocol, (void)problems;
}
