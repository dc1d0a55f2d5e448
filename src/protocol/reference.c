#include "protocol/reference.h"

#include "protocol/check.h"

/* A cell of a Markdown table: a bar would end it. */
static void write_cell(Buf *buf, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '|') buf_char(buf, '\\');
        buf_char(buf, *text);
    }
}

static void write_link(Buf *buf, const Grammar *grammar)
{
    Str name = grammar_short_name(buf->arena, grammar);
    buf_format(buf, "[" STR_FMT "](#" STR_FMT ")", STR_ARG(name), STR_ARG(name));
}

static void write_value(Buf *buf, const GrammarKey *key)
{
    if (key->type == GRAMMAR_WORD) {
        for (size_t i = 0; i < key->words->n; i++)
            buf_format(buf, "%s`%s`", i ? " " : "", key->words->words[i].word);
        return;
    }
    if (key->type == GRAMMAR_LIST) buf_add_c(buf, "list of ");
    if (key->type == GRAMMAR_KEYED) buf_add_c(buf, "by key: ");
    if (key->child)
        write_link(buf, key->child);
    else
        buf_add_c(buf, grammar_type_title(key->type));
    const char *refers = key->refers ? key->refers : key->type == GRAMMAR_CODELIST ? "codelist" : NULL;
    if (refers)
        buf_format(buf, " (%s%s%s)", key->key_refers ? key->key_refers : "", key->key_refers ? ": " : "",
                   refers);
}

static void write_default(Buf *buf, const GrammarKey *key)
{
    if (key->required)
        buf_add_c(buf, "**needed**");
    else if (!key->has_default)
        return;
    else if (key->type == GRAMMAR_WORD)
        buf_format(buf, "`%s`", grammar_word(key->words, (int)key->otherwise));
    else if (key->type == GRAMMAR_BOOLEAN)
        buf_add_c(buf, key->otherwise != 0 ? "`true`" : "`false`");
    else {
        buf_char(buf, '`');
        buf_number(buf, key->otherwise);
        buf_char(buf, '`');
    }
}

static void write_keys(Buf *buf, const Grammar *grammar)
{
    buf_add_c(buf, "| key | value | otherwise | meaning | example |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < grammar->n; i++) {
        const GrammarKey *key = &grammar->keys[i];
        buf_format(buf, "| `%s` | ", key->key);
        write_value(buf, key);
        buf_add_c(buf, " | ");
        write_default(buf, key);
        buf_add_c(buf, " | ");
        write_cell(buf, key->doc);
        buf_add_c(buf, " | ");
        if (key->example) {
            buf_char(buf, '`');
            write_cell(buf, key->example);
            buf_char(buf, '`');
        }
        buf_add_c(buf, " |\n");
    }
    buf_char(buf, '\n');
}

static void write_words(Buf *buf, const Grammar *grammar)
{
    for (size_t i = 0; i < grammar->n; i++) {
        const GrammarWords *words = grammar->keys[i].words;
        if (!words) continue;
        buf_format(buf, "`%s`:\n", grammar->keys[i].key);
        for (size_t k = 0; k < words->n; k++)
            buf_format(buf, "- `%s`: %s\n", words->words[k].word, words->words[k].doc);
        buf_char(buf, '\n');
    }
}

void grammar_reference_write(const Grammar *root, Buf *buf)
{
    GrammarList all = grammar_list(buf->arena, root);
    for (size_t i = 0; i < all.n; i++) {
        Str name = grammar_short_name(buf->arena, all.items[i]);
        buf_format(buf, "### " STR_FMT "\n%s\n\n", STR_ARG(name), all.items[i]->doc);
        if (all.items[i]->n) write_keys(buf, all.items[i]);
        write_words(buf, all.items[i]);
    }
}

void protocol_reference_write(Buf *buf)
{
    buf_add_c(buf, "## Reference: the keys\n\n");
    grammar_reference_write(&PROTOCOL_GRAMMAR, buf);
    buf_add_c(buf, "## Reference: what is checked\n\n");
    protocol_rules_write(buf);
}
