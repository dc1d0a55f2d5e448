/* The reference part of docs/protocol.md, in Markdown: every mapping of the file with its keys and words, then every
 * rule that protocol_check applies. A test compares the page with what these write. */
#ifndef PROTOCOL_REFERENCE_H
#define PROTOCOL_REFERENCE_H

#include "protocol/grammar.h"

void grammar_reference_write(const Grammar *root, Buf *buf);
void protocol_reference_write(Buf *buf);          /* the protocol's grammar, then the rules of protocol/check.h */

#endif
