#include "report/output_kind.h"

bool eval_narrow(Eval *eval, const Scope *scope, Str where, const Yaml *at, Scope *narrow, Error *err)
{
    const signed char *verdicts;
    *narrow = *scope;
    if (!where.len) return true;
    if (!data_where(eval->frames, eval->data, where, at, &verdicts, err)) return false;
    size_t *rows = ARENA_ARRAY(eval->arena, size_t, scope->n_rows), n = 0;
    for (size_t i = 0; i < scope->n_rows; i++)
        if (verdicts[scope->rows[i]]) rows[n++] = scope->rows[i];
    narrow->rows = rows;
    narrow->n_rows = n;
    narrow->words = scope->words.len ? str_format(eval->arena, STR_FMT " AND " STR_FMT, STR_ARG(scope->words),
                                                  STR_ARG(where))
                                     : where;
    return true;
}

Str eval_label(Eval *eval, const Scope *scope, Str label)
{
    Buf buf = buf_new(eval->arena);
    Str rest = label, before, inside, after;
    while (str_cut(rest, STR("{"), &before, &inside) && str_cut(inside, STR("}"), &inside, &after)) {
        const Binding *binding = scope->bindings;
        while (binding && !str_equal_fold(binding->variable, inside)) binding = binding->outer;
        buf_add(&buf, before);
        if (binding)
            buf_add(&buf, binding->label);
        else
            buf_format(&buf, "{" STR_FMT "}", STR_ARG(inside));
        rest = after;
    }
    if (!buf.len) return label;
    buf_add(&buf, rest);
    buf_c(&buf);
    return buf_str(&buf);
}

Str eval_cut(const OutputSpec *spec, const OutputBlock *block, Str label)
{
    size_t width = (size_t)(block->label_width ? block->label_width : spec->label_width);
    if (!width || label.len <= width) return label;
    while (width && ((unsigned char)label.data[width] & 0xC0) == 0x80) width--;
    return str_slice(label, 0, width);
}

void eval_row(Eval *eval, const Scope *scope, const OutputBlock *block, Str label)
{
    table_row(eval->document, eval->table, ROW_PLAIN, scope->group, label, scope->indent + block->indent);
}

void eval_note(Eval *eval, Str note)
{
    for (size_t i = 0; i < eval->n_notes; i++)
        if (str_equal(eval->notes[i], note)) return;
    ARENA_PUSH_ROOM(eval->arena, eval->notes, eval->n_notes, eval->notes_capacity);
    eval->notes[eval->n_notes++] = note;
}

void eval_footnotes(Eval *eval)
{
    const OutputTexts *own = &eval->spec->footnotes;
    for (size_t i = 0; i < own->n; i++) table_footnote(eval->document, eval->table, own->items[i]);
    for (size_t i = 0; i < eval->n_notes; i++) table_footnote(eval->document, eval->table, eval->notes[i]);
}

Scope eval_group(Eval *eval, const Scope *scope, const OutputBlock *block)
{
    Scope inner = *scope;
    if (block->tests.at) inner.tests = &block->tests;
    if (!block->group.len) return inner;
    inner.group = eval_label(eval, scope, block->group);
    if (block->plain) return inner;
    table_row(eval->document, eval->table, ROW_GROUP, inner.group, inner.group, scope->indent);
    inner.indent = scope->indent < 2 ? scope->indent + 1 : 2;
    return inner;
}

bool eval_blocks(Eval *eval, const OutputBlocks *blocks, const Scope *scope, Error *err)
{
    for (size_t i = 0; i < blocks->n; i++) {
        const OutputBlock *block = &blocks->items[i];
        Scope inner = *scope;
        if (block->analysis.len) inner.analysis = block->analysis;
        if (!block->kind->write(eval, block, &inner, err)) return false;
    }
    return true;
}

static bool column_headers(Eval *eval, TableColumn *headers, Error *err)
{
    for (size_t c = 0; c < eval->n_columns; c++) {
        const EvalColumn *column = &eval->columns[c];
        Str header = column->header;
        double total;
        if (eval->spec->columns.show_n && !column->holds_tests) {
            if (!eval_total(eval, c, &total, err)) return false;
            header = str_format(eval->arena, STR_FMT "\n(N=%.0f)", STR_ARG(header), total);
        }
        headers[c + 1] = (TableColumn){
            .key = column->key, .header = header, .spanner = column->spanner, .align = ALIGN_RIGHT};
    }
    return true;
}

static bool start_table(Eval *eval, Figure *figure, Error *err)
{
    const OutputSpec *spec = eval->spec;
    size_t n = spec->across.n ? spec->across.n : eval->n_columns;
    TableColumn *headers = ARENA_ARRAY(eval->arena, TableColumn, n + 1);
    headers[0] = (TableColumn){.key = STR("label"), .align = ALIGN_LEFT};
    for (size_t i = 0; i < spec->across.n; i++)
        headers[i + 1] = (TableColumn){.key = spec->across.items[i].key,
                                       .header = spec->across.items[i].header,
                                       .spanner = spec->across.items[i].spanner,
                                       .align = ALIGN_RIGHT};
    if (!spec->across.n && !column_headers(eval, headers, err)) return false;
    eval->table = figure ? document_figure_table(eval->document, figure, headers, n + 1)
                         : document_table(eval->document, spec->number, spec->title, headers, n + 1);
    const Population *population = protocol_population(eval->frames->plan->protocol, spec->population);
    eval->table->population = population ? population->title : spec->population;
    return true;
}

bool eval_open(Eval *eval, Scope *scope, Error *err)
{
    const OutputSpec *spec = eval->spec;
    Str name = spec->data.len ? spec->data : eval->frames->plan->subjects;
    if (!frames_get(eval->frames, name, &spec->join, spec->at, &eval->data, err) ||
        !data_population(eval->frames, eval->data, spec->population, spec->at, &eval->in_population,
                         &eval->population_words, err))
        return false;
    if (!eval_make_columns(eval, err)) return false;
    size_t *rows = ARENA_ARRAY(eval->arena, size_t, eval->data->frame->n_rows), n = 0;
    for (size_t row = 0; row < eval->data->frame->n_rows; row++)
        if (!eval->in_population || eval->in_population[row]) rows[n++] = row;
    Scope all = {.rows = rows, .n_rows = n, .tests = &spec->tests, .analysis = spec->analysis};
    return eval_narrow(eval, &all, spec->where, spec->at, scope, err);
}

/* Statistics across: the rows once for each arm, under its name. */
static bool write_arms(Eval *eval, const Scope *scope, Error *err)
{
    for (size_t c = 0; c < eval->n_columns; c++) {
        if (eval->columns[c].holds_tests) continue;
        Scope arm = *scope;
        arm.column = c;
        if (eval->spec->columns.n_sets) {
            arm.group = eval->columns[c].header;
            table_row(eval->document, eval->table, ROW_GROUP, arm.group, arm.group, 0);
            arm.indent = 1;
        }
        if (!eval_blocks(eval, &eval->spec->rows, &arm, err)) return false;
    }
    return true;
}

bool output_table_make(OutputContext *context, const OutputSpec *spec, Document *document, Figure *figure,
                       Table **table, Error *err)
{
    Eval eval = {.arena = document->arena,
                 .context = context,
                 .frames = context->frames,
                 .spec = spec,
                 .document = document,
                 .formats = format_rules_over(&spec->formats, &context->frames->plan->formats)};
    Scope scope;
    if (!eval_open(&eval, &scope, err) || !start_table(&eval, figure, err)) return false;
    bool good =
        spec->across.n ? write_arms(&eval, &scope, err) : eval_blocks(&eval, &spec->rows, &scope, err);
    if (good) eval_footnotes(&eval);
    *table = eval.table;
    return good;
}
