/* docs/outputs.md says what is so: its examples give what it prints, and nothing of the language is left
 * out. */
#include "base/file.h"
#include "report/output_kind.h"
#include "report/text_writer.h"

#include "outputs.h"

/* The text of the next block ```LANG .. ``` after *at, or false. */
static bool next_block(Str page, const char *lang, size_t *at, Str *block)
{
    Str fence = str_from(lang);
    size_t begin = str_find(str_slice(page, *at, page.len), fence);
    if (begin == SIZE_MAX) return false;
    begin += *at + fence.len;
    size_t end = str_find(str_slice(page, begin, page.len), STR("```"));
    if (end == SIZE_MAX) return false;
    *block = str_slice(page, begin, begin + end);
    *at = begin + end + 3;
    return true;
}

/* What follows "outputs:" in a protocol, from an example that begins with "displays:". */
static const char *indented(Test *t, Str example)
{
    Buf buf = buf_new(t->arena);
    buf_add_c(&buf, "  ");
    for (size_t i = 0; i < example.len; i++) {
        buf_char(&buf, example.data[i]);
        if (example.data[i] == '\n' && i + 1 < example.len) buf_add_c(&buf, "  ");
    }
    return buf_c(&buf);
}

static Str printed(Test *t, const Document *document)
{
    Buf buf = buf_new(t->arena);
    for (size_t b = 0; b < document->n_blocks; b++) {
        const Block *block = &document->blocks[b];
        if (block->kind == BLOCK_TABLE) text_writer_table(document, block->table, TEXT_WRITER_WIDTH, &buf);
        if (block->kind == BLOCK_FIGURE) text_writer_figure(document, block->figure, TEXT_WRITER_WIDTH, &buf);
    }
    return str_trim(buf_str(&buf));
}

static bool read_page(Test *t, Str *page)
{
    Error err = {0};
    return CHECK_OK(t, file_read(t->arena, test_source(t, "docs/outputs.md"), 1 << 20, page, &err), err);
}

static void every_example_prints_what_the_page_says(Test *t)
{
    static const char *const names[] = {"subjects", "visits", "times"};
    Str page, csv, yaml, text;
    Sheet sheets[3];
    size_t at = 0, n = 0;
    if (!read_page(t, &page)) return;
    for (size_t i = 0; i < 3; i++) {
        if (!CHECK(t, next_block(page, "```csv\n", &at, &csv))) return;
        sheets[i] = (Sheet){names[i], str_c(t->arena, csv)};
    }
    at = 0;
    while (next_block(page, "```yaml\n", &at, &yaml)) {
        Error err = {0};
        Document *document;
        if (!CHECK(t, next_block(page, "```text\n", &at, &text))) return;
        if (!CHECK_OK(t, outputs_make(t, indented(t, yaml), (Sheets){3, sheets}, &document, &err), err))
            continue;
        CHECK_TEXT(t, printed(t, document), str_c(t->arena, str_trim(text)));
        n++;
    }
    CHECK_INT(t, n, 11);
}

static void check_named(Test *t, Str page, const char *word)
{
    if (str_find(page, str_format(t->arena, "`%s`", word)) == SIZE_MAX)
        CHECK_TEXT(t, STR("is not in docs/outputs.md"), word);
}

static void every_word_of_the_language_is_on_the_page(Test *t)
{
    Str page;
    size_t n;
    if (!read_page(t, &page)) return;
    const OutputBlockKind *const *kinds = block_kinds(&n);
    for (size_t k = 0; k < n; k++) {
        Str rest = str_from(kinds[k]->keys), key, after;
        check_named(t, page, kinds[k]->name);
        for (; str_cut(rest, STR(" "), &key, &after); rest = after)
            check_named(t, page, str_c(t->arena, key));
        check_named(t, page, str_c(t->arena, rest));
    }
    const TestMethod *methods = test_methods(&n);
    for (size_t m = 0; m < n; m++) check_named(t, page, methods[m].name);
    for (Statistic s = 0; s < N_STATISTICS; s++) check_named(t, page, statistic_name(s));
}

static const TestCase CASES[] = {
    {"every example prints what the page says", every_example_prints_what_the_page_says},
    {"every word of the language is on the page", every_word_of_the_language_is_on_the_page},
};
TEST_SUITE(outputs_doc, CASES);
