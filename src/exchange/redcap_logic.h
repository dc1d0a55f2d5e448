/* REDCap's logic ([sex] = "0" and [given_birth] = "1") as a condition of docs/conditions.md.
 *
 * Translated: fields of names that the caller knows, [field(code)] of a checkbox, texts, numbers, = <> != < <= > >=, and, or,
 * not, + - * /, brackets; [x] = "" becomes X IS NULL. A literal takes the type of the field it is compared with. Not
 * translated: fields of other events, functions, anything else; the caller then keeps the text as it was. */
#ifndef EXCHANGE_REDCAP_LOGIC_H
#define EXCHANGE_REDCAP_LOGIC_H

#include "data/frame.h"

/* A field as the protocol has it. `choice` is empty, or the code in brackets. False when it is unknown here. */
typedef struct {
    bool (*find)(void *from, Str field, Str choice, Str *item, bool *is_number);
    void *from;
} RedcapNames;

/* False when something in it is not translated. */
bool redcap_logic_translate(Arena *arena, Str logic, const RedcapNames *names, Str *condition);

#endif
