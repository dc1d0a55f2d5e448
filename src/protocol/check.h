/* Judges a protocol that was read: is it complete and consistent, and is it honest? Every rule is one row of a
 * table in check.c with its severity, its reason in plain words and how to mend it. */
#ifndef PROTOCOL_CHECK_H
#define PROTOCOL_CHECK_H

#include "protocol/protocol.h"

/* Adds everything that is wrong; protocol_read has added what the grammar saw. Works on incomplete protocols. */
void protocol_check(Arena *arena, const Protocol *protocol, ProblemList *problems);

/* Every rule in Markdown: code, reason, fix, by severity. */
void protocol_rules_write(Buf *buf);

#endif
