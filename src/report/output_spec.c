#include "report/output_figure.h"
#include "report/output_read.h"

#include <math.h>
#include <string.h>

#include "report/analyses.h"
#include "report/analysis_display.h"

static bool read_total(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputLevel *total = member;
    bool flag;
    if (!yaml_boolean(value, &flag)) return read_level(reader, value, total, err);
    *total = (OutputLevel){.at = flag ? value : NULL, .key = STR("total"), .label = STR("Total")};
    return true;
}

static const Field set_fields[] = {
    FIELD(OutputColumnSet, variable, read_text),
    FIELD(OutputColumnSet, levels, read_levels),
    FIELD(OutputColumnSet, total, read_total),
    FIELD(OutputColumnSet, tests, read_levels),
};

static bool copy_set(Reader *reader, const Yaml *name, OutputColumnSet *set, Error *err)
{
    const OutputPlan *plan = reader->plan;
    Str *known = ARENA_ARRAY(reader->arena, Str, plan->n_sets);
    for (size_t s = 0; s < plan->n_sets; s++) {
        known[s] = plan->sets[s].name;
        if (!str_equal(known[s], name->text)) continue;
        *set = plan->sets[s];
        return true;
    }
    return unknown_word(reader, name, "set of columns", name->text, known, plan->n_sets, err);
}

/* A set by name, written in place, or by name with some members changed ({use: arms, total: true}). */
static bool read_set(Reader *reader, const Yaml *value, const char *also, OutputColumnSet *set, Error *err)
{
    if (value->kind == YAML_IS_SCALAR) return copy_set(reader, value, set, err);
    if (!need_kind(value, YAML_IS_MAPPING, "a set of columns", err)) return false;
    const Yaml *use = yaml_get(value, "use");
    if (use && (!need_kind(use, YAML_IS_SCALAR, "use", err) || !copy_set(reader, use, set, err)))
        return false;
    Yaml rest = *value;
    rest.keys = ARENA_ARRAY(reader->arena, Yaml, value->n);
    rest.items = ARENA_ARRAY(reader->arena, Yaml, value->n);
    rest.n = 0;
    for (size_t i = 0; i < value->n; i++) {
        Str key = value->keys[i].text;
        if (str_equal(key, STR("use")) || (also && str_equal(key, str_from(also)))) continue;
        rest.keys[rest.n] = value->keys[i];
        rest.items[rest.n++] = value->items[i];
    }
    if (!read_fields(reader, &rest, "a set of columns", FIELDS(set_fields), NULL, NULL, set, err))
        return false;
    set->at = value;
    if (!set->levels.n && !set->total.at)
        return yaml_error(value, err, ERROR_MALFORMED, "a set of columns has neither levels nor a total");
    for (size_t i = 0; i < set->levels.n; i++)
        if (!set->levels.items[i].where.len && !set->variable.len) {
            yaml_error(set->levels.items[i].at, err, ERROR_MALFORMED,
                       "a column has neither a variable nor a condition");
            return error_hint(err, "Give its set a \"variable\", or the column a \"where\".");
        }
    return true;
}

static bool read_cross(Reader *reader, const Yaml *value, const Yaml *cross, OutputColumns *columns,
                       Error *err)
{
    if (cross->kind != YAML_IS_SEQUENCE || cross->n != 2)
        return yaml_error(cross, err, ERROR_MALFORMED, "columns to cross must be a list of two sets");
    for (size_t i = 0; i < value->n; i++)
        if (!str_equal(value->keys[i].text, STR("cross")) && !str_equal(value->keys[i].text, STR("show_n")))
            return unknown_word(reader, &value->keys[i], "key of crossed columns", value->keys[i].text,
                                (Str[]){STR("cross"), STR("show_n")}, 2, err);
    columns->n_sets = 2;
    return read_set(reader, &cross->items[0], NULL, &columns->sets[0], err) &&
           read_set(reader, &cross->items[1], NULL, &columns->sets[1], err);
}

static const Field listed_fields[] = {
    FIELD_AS(OutputLevel, key, "variable", read_text),
    FIELD_AS(OutputLevel, label, "header", read_text),
};

/* Of a table or figure; a list is that of a listing. `member` is the whole spec. */
bool read_columns(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputSpec *spec = member;
    OutputColumns *columns = &spec->columns;
    columns->at = value;
    if (value->kind == YAML_IS_SEQUENCE) { /* of a listing */
        OutputLevels *listed = &spec->listed;
        *listed = (OutputLevels){value->n, ARENA_ARRAY(reader->arena, OutputLevel, value->n)};
        for (size_t i = 0; i < value->n; i++) {
            OutputLevel *level = &listed->items[i];
            const Yaml *item = &value->items[i];
            if (item->kind == YAML_IS_SCALAR)
                level->key = item->text;
            else if (!read_fields(reader, item, "a column of a listing", FIELDS(listed_fields), NULL, NULL,
                                  level, err))
                return false;
            level->at = item;
        }
        return true;
    }
    const Yaml *cross = yaml_get(value, "cross"), *show = yaml_get(value, "show_n");
    if (show && !read_flag(reader, show, &columns->show_n, err)) return false;
    if (cross) return read_cross(reader, value, cross, columns, err);
    columns->n_sets = 1;
    return read_set(reader, value, "show_n", &columns->sets[0], err);
}

static const Field denominator_fields[] = {
    FIELD(OutputDenominators, data, read_text),
    FIELD(OutputDenominators, variable, read_text),
    FIELD(OutputDenominators, where, read_text),
};

bool read_denominators(Reader *reader, const Yaml *value, void *member, Error *err)
{
    ((OutputDenominators *)member)->at = value;
    return read_fields(reader, value, "denominators", FIELDS(denominator_fields), NULL, NULL, member, err);
}

static const Field item_fields[] = {
    FIELD(OutputItem, key, read_text),         FIELD(OutputItem, header, read_text),
    FIELD(OutputItem, spanner, read_text),     FIELD(OutputItem, variable, read_text),
    FIELD(OutputItem, where, read_text),       FIELD(OutputItem, prefix, read_text),
    FIELD(OutputItem, method, read_text),      FIELD(OutputItem, against, read_number),
    FIELD(OutputItem, interval, read_text),    FIELD(OutputItem, confidence, read_number),
    FIELD(OutputItem, decimals, read_integer), FIELD(OutputItem, format, read_template),
};
const FieldTable output_item_table = {sizeof item_fields / sizeof item_fields[0], item_fields};

bool read_items(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputItems *items = member;
    if (!need_kind(value, YAML_IS_SEQUENCE, "across", err)) return false;
    *items = (OutputItems){value->n, ARENA_ARRAY(reader->arena, OutputItem, value->n)};
    reader->statistics = block_kind_row.statistics;
    for (size_t i = 0; i < value->n; i++) {
        OutputItem *item = &items->items[i];
        *item = (OutputItem){
            .at = &value->items[i], .against = NAN, .confidence = NAN, .decimals = DECIMALS_UNSAID};
        if (!read_fields(reader, item->at, "a column of statistics", FIELDS(item_fields), NULL, NULL, item,
                         err))
            return false;
        if (!item->key.len) return yaml_error(item->at, err, ERROR_MALFORMED, "this lacks the key \"key\"");
        if (!item->format.n)
            return yaml_error(item->at, err, ERROR_MALFORMED, "this lacks the key \"format\"");
        if (!item->header.len) item->header = item->key;
    }
    return true;
}

static const Field box_fields[] = {
    FIELD(OutputBox, key, read_text),        FIELD(OutputBox, label, read_text),
    FIELD(OutputBox, data, read_text),       FIELD(OutputBox, where, read_text),
    FIELD(OutputBox, population, read_text), FIELD(OutputBox, distinct, read_text),
    FIELD(OutputBox, from, read_text),       FIELD(OutputBox, reasons, read_text),
    FIELD(OutputBox, column, read_integer),  FIELD(OutputBox, row, read_integer),
    FIELD(OutputBox, aside, read_flag),      FIELD(OutputBox, hidden, read_flag),
};
const FieldTable output_box_table = {sizeof box_fields / sizeof box_fields[0], box_fields};

bool read_boxes(Reader *reader, const Yaml *value, void *member, Error *err)
{
    OutputBoxes *boxes = member;
    if (!need_kind(value, YAML_IS_SEQUENCE, "boxes", err)) return false;
    *boxes = (OutputBoxes){value->n, ARENA_ARRAY(reader->arena, OutputBox, value->n)};
    for (size_t i = 0; i < value->n; i++) {
        OutputBox *box = &boxes->items[i];
        box->at = &value->items[i];
        box->row = -1;
        if (!read_fields(reader, box->at, "a box", FIELDS(box_fields), NULL, NULL, box, err)) return false;
        if (!box->label.len) return yaml_error(box->at, err, ERROR_MALFORMED, "this lacks the key \"label\"");
    }
    return true;
}

bool read_draw(Reader *reader, const Yaml *value, void *member, Error *err)
{
    static const struct {
        const char *word;
        FigureKind kind;
    } kinds[] = {{"flow", FIGURE_FLOW},
                 {"lines", FIGURE_LINES},
                 {"forest", FIGURE_FOREST},
                 {"dots", FIGURE_DOTS},
                 {"bars", FIGURE_BARS},
                 {"survival", FIGURE_STEPS},
                 {"residuals", FIGURE_PANELS}};
    const size_t n = sizeof kinds / sizeof kinds[0];
    Str known[8], word;
    if (!read_text(reader, value, &word, err)) return false;
    for (size_t i = 0; i < n; i++) {
        known[i] = str_from(kinds[i].word);
        if (!str_equal(known[i], word)) continue;
        *(FigureKind *)member = kinds[i].kind;
        return true;
    }
    return unknown_word(reader, value, "kind of figure", word, known, n, err);
}

static const Field spec_fields[] = {
    FIELD(OutputSpec, title, read_text),
    FIELD(OutputSpec, data, read_text),
    FIELD(OutputSpec, where, read_text),
    FIELD(OutputSpec, population, read_text),
    FIELD(OutputSpec, distinct, read_text),
    FIELD(OutputSpec, estimand, read_text),
    FIELD(OutputSpec, analysis, read_analysis),
    FIELD(OutputSpec, section, read_text),
    FIELD(OutputSpec, join, read_texts),
    FIELD(OutputSpec, footnotes, read_texts),
    FIELD_OF_WHOLE("columns", read_columns),
    FIELD(OutputSpec, denominators, read_denominators),
    FIELD(OutputSpec, formats, read_rules),
    FIELD(OutputSpec, tests, read_tests),
    FIELD(OutputSpec, across, read_items),
    FIELD(OutputSpec, rows, read_blocks),
    FIELD(OutputSpec, sort, read_texts),
    FIELD(OutputSpec, label_width, read_integer),
    FIELD(OutputSpec, decimals, read_integer),
    FIELD(OutputSpec, exploratory, read_flag),
    FIELD(OutputSpec, draw, read_draw),
    FIELD(OutputSpec, x, read_text),
    FIELD(OutputSpec, y, read_text),
    FIELD(OutputSpec, mean_at, read_text),
    FIELD(OutputSpec, ticks, read_text),
    FIELD(OutputSpec, subject, read_text),
    FIELD(OutputSpec, expected, read_text),
    FIELD(OutputSpec, expected_change, read_text),
    FIELD(OutputSpec, x_label, read_text),
    FIELD(OutputSpec, y_label, read_text),
    FIELD(OutputSpec, estimate, read_text),
    FIELD(OutputSpec, low_words, read_text),
    FIELD(OutputSpec, high_words, read_text),
    FIELD(OutputSpec, event, read_text),
    FIELD(OutputSpec, interval, read_text),
    FIELD(OutputSpec, strata, read_text),
    FIELD(OutputSpec, beside, read_texts),
    FIELD(OutputSpec, bands, read_flag),
    FIELD(OutputSpec, medians, read_flag),
    FIELD(OutputSpec, every, read_number),
    FIELD(OutputSpec, residuals, read_text),
    FIELD(OutputSpec, overall, read_texts),
    FIELD(OutputSpec, limits, read_texts),
    FIELD(OutputSpec, weight, read_text),
    FIELD(OutputSpec, log, read_flag),
    FIELD(OutputSpec, names, read_flag),
    FIELD(OutputSpec, facets, read_flag),
    FIELD(OutputSpec, reference, read_number),
    FIELD(OutputSpec, boxes, read_boxes),
};
const FieldTable output_spec_table = {sizeof spec_fields / sizeof spec_fields[0], spec_fields};

/* Keys that make sense for each kind of output. */
static const struct {
    const char *word;
    const char *keys;
} output_kinds[] = {
    [OUTPUT_TABLE] =
        {"table",
         "title data where population distinct estimand analysis section join footnotes columns denominators formats "
         "tests across rows label_width decimals exploratory"},
    [OUTPUT_FIGURE] =
        {"figure",
         "title data where population distinct estimand analysis section join footnotes columns denominators formats "
         "across rows label_width decimals exploratory draw x y mean_at ticks subject expected "
         "expected_change x_label y_label estimate low_words high_words facets reference boxes event interval strata "
         "beside bands medians every residuals names overall limits weight log"},
    [OUTPUT_LISTING] = {"listing",
                        "title data where population analysis section join footnotes columns sort decimals"},
};

const char *output_kind_word(OutputKind kind) { return output_kinds[kind].word; }
const char *output_kind_keys(OutputKind kind) { return output_kinds[kind].keys; }

/* Blocks must suit the layout: arms across, or statistics across. */
static bool check_layout(Arena *arena, const OutputSpec *spec, const OutputBlocks *blocks, Error *err)
{
    bool is_across = spec->across.n > 0;
    for (size_t i = 0; i < blocks->n; i++) {
        const OutputBlock *block = &blocks->items[i];
        if (!(is_across ? block->kind->across : block->kind->down)) {
            yaml_error(block->at, err, ERROR_INCONSISTENT, "a block of kind \"%s\" cannot stand here",
                       block->kind->name);
            return error_hint(
                err, is_across
                         ? "Where statistics go \"across\", rows are made by \"row\", \"by\" and \"group\"."
                         : "A block \"row\" needs statistics that go \"across\".");
        }
        if (block->kind->check && !block->kind->check(arena, spec, block, err)) return false;
        if (!check_layout(arena, spec, &block->rows, err)) return false;
    }
    return true;
}

static bool read_spec(Reader *reader, const Yaml *yaml, OutputSpec *spec, Error *err)
{
    const Str words[] = {STR("table"), STR("figure"), STR("listing")};
    if (!need_kind(yaml, YAML_IS_MAPPING, "an output", err)) return false;
    *spec = (OutputSpec){
        .at = yaml, .formats = format_rules_unsaid(), .decimals = DECIMALS_UNSAID, .reference = NAN};
    size_t kind = 0;
    while (yaml->n && kind < 3 && !str_equal(yaml->keys[0].text, words[kind])) kind++;
    if (!yaml->n) return yaml_error(yaml, err, ERROR_MALFORMED, "an output is empty");
    if (kind == 3)
        return unknown_word(reader, &yaml->keys[0], "kind of output", yaml->keys[0].text, words, 3, err);
    spec->kind = (OutputKind)kind;
    if (!read_text(reader, &yaml->items[0], &spec->number, err) ||
        !read_fields(reader, yaml, output_kinds[kind].word, FIELDS(spec_fields), output_kinds[kind].word,
                     output_kinds[kind].keys, spec, err))
        return false;
    if (!spec->title.len) return yaml_error(yaml, err, ERROR_MALFORMED, "this output lacks a title");
    return check_layout(reader->arena, spec, &spec->rows, err) && output_figure_check(reader->arena, spec, err);
}

static bool read_sets(Reader *reader, const Yaml *yaml, OutputPlan *plan, Error *err)
{
    if (!yaml) return true;
    if (!need_kind(yaml, YAML_IS_MAPPING, "columns of outputs", err)) return false;
    plan->sets = ARENA_ARRAY(reader->arena, OutputColumnSet, yaml->n);
    for (size_t i = 0; i < yaml->n; i++, plan->n_sets++) { /* a set may use those above it */
        if (!read_set(reader, &yaml->items[i], NULL, &plan->sets[i], err)) return false;
        plan->sets[i].name = yaml->keys[i].text;
    }
    return true;
}

static bool read_displays(Reader *reader, const Yaml *yaml, OutputPlan *plan, Error *err)
{
    if (!yaml) return true;
    if (!need_kind(yaml, YAML_IS_SEQUENCE, "displays", err)) return false;
    plan->n_specs = yaml->n;
    plan->specs = ARENA_ARRAY(reader->arena, OutputSpec, yaml->n);
    for (size_t i = 0; i < yaml->n; i++) {
        OutputSpec *spec = &plan->specs[i];
        if (!read_spec(reader, &yaml->items[i], spec, err)) return false;
        for (size_t j = 0; j < i; j++)
            if (plan->specs[j].kind == spec->kind && str_equal_fold(plan->specs[j].number, spec->number))
                return yaml_error(spec->at, err, ERROR_INCONSISTENT, "%s \"" STR_FMT "\" stands twice",
                                  output_kinds[spec->kind].word, STR_ARG(spec->number));
    }
    return true;
}

static bool read_outputs(Reader *reader, const Yaml *outputs, OutputPlan *plan, Error *err)
{
    const Str known[] = {STR("formats"), STR("columns"), STR("displays")};
    if (!need_kind(outputs, YAML_IS_MAPPING, "outputs", err)) return false;
    for (size_t i = 0, k; i < outputs->n; i++) {
        for (k = 0; k < 3 && !str_equal(outputs->keys[i].text, known[k]);) k++;
        if (k == 3)
            return unknown_word(reader, &outputs->keys[i], "key of outputs", outputs->keys[i].text, known, 3,
                                err);
    }
    const Yaml *formats = yaml_get(outputs, "formats");
    return (!formats || read_rules(reader, formats, &plan->formats, err)) &&
           read_sets(reader, yaml_get(outputs, "columns"), plan, err) &&
           read_displays(reader, yaml_get(outputs, "displays"), plan, err);
}

static bool is_shown(const OutputPlan *plan, Str analysis)
{
    for (size_t i = 0; i < plan->n_specs; i++)
        if (analysis_is_shown(&plan->specs[i], analysis)) return true;
    return false;
}

/* A table for each analysis that no output shows, behind the outputs. */
static bool add_planned(Reader *reader, OutputPlan *plan, Error *err)
{
    const AnalysisPlans *analyses = &plan->protocol->analyses;
    OutputSpec *all = ARENA_ARRAY(reader->arena, OutputSpec, plan->n_specs + analyses->n);
    if (plan->n_specs) memcpy(all, plan->specs, plan->n_specs * sizeof *all);
    plan->specs = all;
    for (size_t i = 0, number = 1; i < analyses->n; i++) {
        const char *why;
        const AnalysisPlan *analysis = &analyses->items[i];
        if (is_shown(plan, analysis->id)) continue;
        const Yaml *display = analysis_display(reader->arena, plan->protocol, analysis, str_format(reader->arena, "A%zu", number), &why);
        if (!display) continue;
        OutputSpec *spec = &plan->specs[plan->n_specs];
        if (!read_spec(reader, display, spec, err)) return error_in(err, "analysis \"" STR_FMT "\"", STR_ARG(analysis->id));
        spec->planned = analysis;
        plan->n_specs++;
        number++;
    }
    return true;
}

bool output_plan_read(Arena *arena, const Protocol *protocol, OutputPlan *plan, Error *err)
{
    *plan = (OutputPlan){.protocol = protocol, .formats = format_rules_unsaid()};
    plan->subjects = protocol->data.subjects.len ? protocol->data.subjects : STR("subjects");
    plan->subject_key = protocol->data.subject.len ? protocol->data.subject : STR("SUBJID");
    Reader reader = {.arena = arena, .plan = plan};
    return (!protocol->outputs || read_outputs(&reader, protocol->outputs, plan, err)) && add_planned(&reader, plan, err);
}
