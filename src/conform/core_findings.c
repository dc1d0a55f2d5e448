#include "conform/core_findings.h"

/* Set per rule while it is asked. */
typedef struct {
    Arena *texts;                     /* rewound after each finding */
    FindingList *findings;
    bool was_asked, was_broken;
    Str skipped;                      /* the first reason */
} Asking;

#define MAX_VALUE    60               /* bytes of a value that is shown */
#define MAX_NAMES    3                /* variables that head a finding */

static Str cut(Arena *arena, Str text)
{
    if (text.len <= MAX_VALUE) return text;
    size_t len = MAX_VALUE - 3;
    while (len && ((unsigned char)text.data[len] & 0xC0) == 0x80) len--;
    return str_format(arena, STR_FMT "...", STR_ARG(str_slice(text, 0, len)));
}

static bool is_variable_name(Str name) { return str_equal(name, STR("variable_name")); }

/* "AESER=Y, AESCAN=", in the order of the rule's output variables. */
static Str values_text(Arena *arena, const CoreHit *hit)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < hit->n; i++) {
        if (is_variable_name(hit->names[i]) && hit->n > 1) continue;
        if (buf.len) buf_add_c(&buf, ", ");
        buf_add(&buf, hit->names[i]);
        if (str_equal(hit->values[i], STR(CORE_NOT_IN_DATASET))) buf_add_c(&buf, " is absent");
        else buf_format(&buf, "=" STR_FMT, STR_ARG(cut(arena, hit->values[i])));
    }
    return buf_str(&buf);
}

/* The variables that a finding is about: those the rule puts out, or the one whose metadata or value it judges. */
static Str names_text(Arena *arena, const CoreHit *hit)
{
    Buf buf = buf_new(arena);
    size_t n = 0;
    for (size_t i = 0; i < hit->n; i++)
        if (is_variable_name(hit->names[i])) return str_copy(arena, hit->values[i]);
    for (size_t i = 0; i < hit->n; i++) {
        if (str_starts(hit->names[i], STR("$"))) continue;
        if (n++ == MAX_NAMES) buf_add_c(&buf, ", ...");
        if (n > MAX_NAMES) break;
        if (buf.len) buf_add_c(&buf, ", ");
        buf_add(&buf, hit->names[i]);
    }
    return buf_str(&buf);
}

/* A message without the full stop that some end in, "--SEV" named as it is in the data set. */
static Str fact(Arena *arena, Str message, Str prefix)
{
    Buf buf = buf_new(arena);
    message = str_trim(message);
    while (str_ends(message, STR("."))) message.len--;
    for (size_t i = 0; i < message.len; i++) {
        bool is_open = prefix.len && i + 2 < message.len && message.data[i] == '-' && message.data[i + 1] == '-' && message.data[i + 2] >= 'A' && message.data[i + 2] <= 'Z';
        if (is_open) buf_add(&buf, prefix);
        else buf_char(&buf, message.data[i]);
        i += is_open;
    }
    return buf_str(&buf);
}

static void take_hit(void *to, const CoreHit *hit)
{
    Asking *asking = to;
    ArenaMark mark = arena_mark(asking->texts);
    const CoreRule *rule = hit->rule;
    bool overreports = str_find(rule->executability, STR("Overreporting")) != SIZE_MAX;
    Finding finding = {.rule = rule->id, .severity = overreports ? FINDING_WARNING : FINDING_ERROR, .data_set = hit->data_set, .variable = names_text(asking->texts, hit),
                       .row = hit->record, .message = fact(asking->texts, rule->message.len ? rule->message : rule->description, hit->prefix), .value = values_text(asking->texts, hit)};
    asking->was_broken = true;
    finding_add(asking->findings, &finding);
    arena_rewind(asking->texts, mark);
}

static void take_asked(void *to, const CoreRule *rule, Str data_set, Str skipped)
{
    Asking *asking = to;
    (void)rule, (void)data_set;
    if (!skipped.len) asking->was_asked = true;
    else if (!asking->skipped.len) asking->skipped = str_copy(asking->findings->arena, skipped);
}

static void add_not_done(FindingList *findings, const CoreRule *rule, const char *why, Str reason, const char *fix)
{
    Finding finding = {.rule = STR("CORE"), .severity = FINDING_NOT_DONE, .message = str_format(findings->arena, "%s" STR_FMT, why, STR_ARG(reason)),
                       .value = rule->id, .fix = str_from(fix)};
    finding_add(findings, &finding);
}

void core_guess_standard(const DataFolder *folder, const CoreBook *book, CoreChoices *choices)
{
    bool is_sdtm = folder->n == 0;
    for (size_t i = 0; i < folder->n; i++) is_sdtm = is_sdtm || folder->items[i].domain.len;
    if (choices->standard.len == 0) choices->standard = is_sdtm ? STR("SDTMIG") : STR("ADaMIG");
    if (choices->version.len) return;
    for (size_t i = 0; i < book->n; i++)
        for (size_t j = 0; j < book->rules[i].n_standards; j++) {
            const CoreStandard *of = &book->rules[i].standards[j];
            if (str_equal_fold(of->name, choices->standard) && (choices->version.len == 0 || str_compare_natural(of->version, choices->version) > 0)) choices->version = of->version;
        }
}

static bool no_rule(Arena *arena, const CoreBook *book, const CoreChoices *choices, Error *err)
{
    Map standards = map_new(arena);
    Buf names = buf_new(arena);
    for (size_t i = 0; i < book->n; i++)
        for (size_t j = 0; j < book->rules[i].n_standards; j++)
            map_put(&standards, str_format(arena, STR_FMT " " STR_FMT, STR_ARG(book->rules[i].standards[j].name), STR_ARG(book->rules[i].standards[j].version)), NULL);
    for (size_t i = 0; i < standards.n; i++) buf_format(&names, "%s" STR_FMT, i ? ", " : "", STR_ARG(standards.entries[i].key));
    error_set(err, ERROR_INCONSISTENT, "there is no rule of " STR_FMT " " STR_FMT, STR_ARG(choices->standard), STR_ARG(choices->version));
    return error_hint(err, "The rules are of: " STR_FMT ".", STR_ARG(buf_str(&names)));
}

bool core_findings(Arena *arena, const CoreBook *book, const DataFolder *folder, const CoreChoices *choices, FindingList *findings, CoreSummary *summary, Error *err)
{
    CoreChoices chosen = *choices;
    Arena *scratch = arena_new(), *texts = arena_new();
    bool ok = true;
    core_guess_standard(folder, book, &chosen);
    *summary = (CoreSummary){.standard = chosen.standard, .version = chosen.version};
    for (size_t i = 0; i < book->n && ok; i++) {
        const CoreRule *rule = &book->rules[i];
        Asking asking = {.texts = texts, .findings = findings};
        Error rule_err = {0};
        if (!core_rule_is_of(rule, chosen.standard, chosen.version)) continue;
        summary->n_rules++;
        if (rule->unsupported.len) {
            summary->n_unsupported++;
            add_not_done(findings, rule, "rules that need the ", rule->unsupported, "");
            continue;
        }
        if (!core_rule_run(scratch, rule, folder, &(CoreSink){&asking, take_hit, take_asked}, &rule_err)) {
            finding_add_error(findings, rule->id, FINDING_NOT_DONE, STR(""), &rule_err);
            summary->n_unsupported++;
            continue;
        }
        summary->n_asked += asking.was_asked;
        summary->n_broken += asking.was_broken;
        summary->n_without_data += !asking.was_asked;
        if (!asking.was_asked && asking.skipped.len) add_not_done(findings, rule, "rules not asked because ", asking.skipped, "");
    }
    arena_free(scratch);
    arena_free(texts);
    return summary->n_rules > 0 || no_rule(arena, book, &chosen, err);
}
