#include "report/report.h"

#include <math.h>

#include "report/analyses.h"
#include "report/output_eval.h"
#include "report/report_families.h"

static bool table_make(OutputContext *context, const OutputSpec *spec, Document *document, Error *err)
{
    Table *table;
    return output_table_make(context, spec, document, NULL, &table, err);
}

static const struct {
    const char *word;
    bool (*make)(OutputContext *context, const OutputSpec *spec, Document *document, Error *err);
} kinds[] = {
    [OUTPUT_TABLE] = {"table", table_make},
    [OUTPUT_FIGURE] = {"figure", output_figure_make},
    [OUTPUT_LISTING] = {"listing", output_listing_make},
};

static Str asked_for(const ReportSelection *selection, OutputKind kind)
{
    const Str numbers[] = {[OUTPUT_TABLE] = selection->table,
                           [OUTPUT_FIGURE] = selection->figure,
                           [OUTPUT_LISTING] = selection->listing};
    return numbers[kind];
}

/* Whether "2" or "14-2.01" means this output, the place-th of its kind. */
static bool is_meant(const OutputSpec *spec, size_t place, Str asked)
{
    int64_t number;
    return str_equal_fold(spec->number, asked) ||
           (integer_parse(asked, &number) && number >= 1 && (size_t)number == place);
}

static bool unknown_output(Arena *arena, const OutputPlan *plan, OutputKind kind, Str asked, Error *err)
{
    Str *known = ARENA_ARRAY(arena, Str, plan->n_specs);
    size_t n = 0;
    for (size_t i = 0; i < plan->n_specs; i++)
        if (plan->specs[i].kind == kind) known[n++] = plan->specs[i].number;
    Str near = str_nearest(asked, known, n);
    error_set(err, ERROR_USAGE, "there is no %s \"" STR_FMT "\"", kinds[kind].word, STR_ARG(asked));
    if (near.len) return error_hint(err, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
    Buf list = buf_new(arena);
    for (size_t i = 0; i < n; i++) buf_format(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(known[i]));
    return error_hint(err, n ? "There are: %s." : "The protocol's outputs have none%s.", buf_c(&list));
}

/* Marks the outputs that are asked for. */
static bool select_outputs(Arena *arena, const OutputPlan *plan, const ReportSelection *selection,
                           bool *chosen, Error *err)
{
    bool all = !selection->table.len && !selection->figure.len && !selection->listing.len;
    for (size_t i = 0; i < plan->n_specs; i++) chosen[i] = all;
    for (OutputKind kind = 0; kind <= OUTPUT_LISTING; kind++) {
        Str asked = asked_for(selection, kind);
        bool found = !asked.len;
        for (size_t i = 0, place = 0; i < plan->n_specs; i++) {
            if (plan->specs[i].kind != kind) continue;
            chosen[i] = chosen[i] || (asked.len && is_meant(&plan->specs[i], ++place, asked));
            found = found || chosen[i];
        }
        if (!found) return unknown_output(arena, plan, kind, asked, err);
    }
    return true;
}

bool report_outputs(Document *document, const OutputPlan *plan, FrameSource source,
                    const ReportSelection *selection, Error *err)
{
    Frames frames;
    bool *chosen = ARENA_ARRAY(document->arena, bool, plan->n_specs);
    OutputContext context = {.arena = document->arena, .frames = &frames};
    if (!select_outputs(document->arena, plan, selection, chosen, err) ||
        !frames_open(document->arena, source, plan, &frames, err) || !families_gather(&context, err))
        return false;
    Str section = {0};
    bool all = !selection->table.len && !selection->figure.len && !selection->listing.len;
    for (size_t i = 0; i < plan->n_specs; i++) {
        const OutputSpec *spec = &plan->specs[i];
        if (!chosen[i] || (all && spec->planned)) continue;
        if (spec->section.len && !str_equal(spec->section, section))
            document_heading(document, 2, spec->section);
        if (spec->section.len) section = spec->section;
        families_begin(&context, i);
        if (!kinds[spec->kind].make(&context, spec, document, err))
            return error_in(err, "%s " STR_FMT, kinds[spec->kind].word, STR_ARG(spec->number));
    }
    return !all || analyses_write(&context, document, err);
}
