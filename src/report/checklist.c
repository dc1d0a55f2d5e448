#include "report/checklist.h"

typedef enum { FROM_PROTOCOL, FROM_OUTPUT, FROM_RECORDS, FROM_PERSON, NOT_APPLICABLE } Source;

/* key: for FROM_PROTOCOL a path in the protocol file, alternatives separated by '|'; the same for FROM_RECORDS, where the
 * records do not say it; for FROM_OUTPUT words, one of which stands in the title; else the remark that is printed. */
typedef struct {
    const char *number, *topic;
    Source source;
    const char *key;
} Item;

static const Item CONSORT[] = {
    {"1a", "Title names the trial as randomised", FROM_PROTOCOL, "trial.title"},
    {"1b", "Structured summary", FROM_PERSON, "the abstract is the authors'"},
    {"2", "Registration: registry, number, date", FROM_PROTOCOL, "trial.registration"},
    {"3", "Where protocol and analysis plan can be read", FROM_PROTOCOL, "trial.documents|analyses"},
    {"4", "Sharing of data and code", FROM_PROTOCOL, "trial.data_sharing"},
    {"5a", "Funding and the funder's role", FROM_PROTOCOL, "trial.funding|trial.sponsor"},
    {"5b", "Conflicts of interest", FROM_PERSON, "the authors declare them"},
    {"6", "Background and rationale", FROM_PERSON, "the introduction is the authors'"},
    {"7", "Objectives", FROM_PROTOCOL, "estimands"},
    {"8", "Patients and public in design and conduct", FROM_PERSON, "the authors describe it"},
    {"9", "Trial design", FROM_PROTOCOL, "trial.design"},
    {"10", "Changes after the start", FROM_PERSON, "amendments stand in the trial's journal"},
    {"11", "Setting and sites", FROM_PROTOCOL, "sites"},
    {"12a", "Eligibility of participants", FROM_PROTOCOL, "eligibility"},
    {"12b", "Eligibility of sites and of those who treat", FROM_PERSON, "the authors describe it"},
    {"13", "Intervention and comparator", FROM_PROTOCOL, "arms"},
    {"14", "Outcomes: variable, metric, time point", FROM_PROTOCOL, "estimands"},
    {"15", "How harms were assessed", FROM_PROTOCOL, "safety"},
    {"16a", "Sample size", FROM_PROTOCOL, "trial.sample_size|trial.planned_subjects"},
    {"16b", "Interim analyses and stopping", FROM_PROTOCOL, "safety"},
    {"17a", "Sequence generation", FROM_PROTOCOL, "randomisation"},
    {"17b", "Type of randomisation", FROM_PROTOCOL, "randomisation"},
    {"18", "Allocation concealment", FROM_PROTOCOL, "randomisation"},
    {"19", "Who could see the sequence", FROM_PROTOCOL, "roles"},
    {"20a", "Who was blinded", FROM_PROTOCOL, "trial.blinding"},
    {"20b", "How blinding was achieved", FROM_PROTOCOL, "trial.blinding"},
    {"21a", "Statistical methods", FROM_PROTOCOL, "analyses"},
    {"21b", "Who is in each analysis", FROM_PROTOCOL, "populations"},
    {"21c", "Missing data", FROM_PROTOCOL, "estimands"},
    {"21d", "Additional analyses", FROM_PROTOCOL, "analyses"},
    {"22a", "Flow of participants", FROM_OUTPUT, "flow|disposition|end of study|populations"},
    {"22b", "Losses and exclusions with reasons", FROM_OUTPUT, "flow|disposition|end of study|eligibility"},
    {"23a", "Dates of recruitment and follow-up", FROM_RECORDS, "trial.first_consent"},
    {"23b", "Why the trial ended", FROM_PERSON, "the authors say it"},
    {"24a", "Interventions as delivered", FROM_OUTPUT, "exposure|dose|infusion"},
    {"24b", "Care besides the intervention", FROM_OUTPUT, "concomitant|therapy"},
    {"25", "Baseline data", FROM_OUTPUT, "demographic|baseline char|at baseline|at enrolment|at entry"},
    {"26", "Numbers analysed, outcomes with estimates and precision", FROM_OUTPUT, "endpoint|outcome|change"},
    {"27", "Harms", FROM_OUTPUT, "adverse"},
    {"28", "Ancillary analyses", FROM_OUTPUT, "subgroup|sensitivity"},
    {"29", "Interpretation", FROM_PERSON, "the discussion is the authors'"},
    {"30", "Limitations", FROM_PERSON, "the discussion is the authors'; the box \"What this trial can say\" is a start"},
};

static const Item TREND[] = {
    {"1", "Title and abstract: how units were assigned", FROM_PROTOCOL, "trial.title"},
    {"2", "Background and theory", FROM_PERSON, "the introduction is the authors'"},
    {"3", "Participants: eligibility, recruitment, setting", FROM_PROTOCOL, "eligibility"},
    {"4", "Interventions: what, how, when", FROM_PROTOCOL, "arms"},
    {"5", "Objectives and hypotheses", FROM_PROTOCOL, "estimands"},
    {"6", "Outcomes and how they were measured", FROM_PROTOCOL, "instruments"},
    {"7", "Sample size", FROM_PROTOCOL, "trial.sample_size|trial.planned_subjects"},
    {"8", "Assignment method", NOT_APPLICABLE, "one arm: nobody was assigned"},
    {"9", "Blinding", FROM_PROTOCOL, "trial.blinding"},
    {"10", "Unit of analysis", FROM_PROTOCOL, "populations"},
    {"11", "Statistical methods", FROM_PROTOCOL, "analyses"},
    {"12", "Participant flow, deviations", FROM_OUTPUT, "flow|disposition"},
    {"13", "Dates of recruitment and follow-up", FROM_RECORDS, "trial.first_consent"},
    {"14", "Baseline data", FROM_OUTPUT, "demographic|baseline char|at baseline|at enrolment|at entry"},
    {"15", "Baseline equivalence of groups", NOT_APPLICABLE, "one arm: there are no groups"},
    {"16", "Numbers analysed", FROM_OUTPUT, "outcome|change"},
    {"17", "Outcomes with estimates and intervals", FROM_OUTPUT, "outcome|change"},
    {"18", "Ancillary analyses", FROM_OUTPUT, "subgroup|exploratory"},
    {"19", "Adverse events", FROM_OUTPUT, "adverse"},
    {"20", "Interpretation, bias, success of the intervention's delivery", FROM_PERSON, "the discussion is the authors'"},
    {"21", "Generalisability", FROM_PERSON, "the discussion is the authors'"},
    {"22", "Overall evidence", FROM_PERSON, "the discussion is the authors'"},
};

/* The node at a path like "trial.registration"; NULL when absent. */
static const Yaml *find_path(const Yaml *root, Str path)
{
    Arena *scratch = arena_new();
    const Yaml *node = root;
    for (Str key, rest = path; node && rest.len;) {
        bool more = str_cut(rest, STR("."), &key, &rest);
        if (!more) key = rest, rest = STR("");
        node = yaml_get(node, str_c(scratch, key));
    }
    arena_free(scratch);
    return node;
}

/* The first of the alternatives for which `answer` finds something. */
static Str first_answer(Document *document, const Yaml *protocol, const char *key,
                        Str (*answer)(Document *document, const Yaml *protocol, Str alternative))
{
    for (Str alternative, rest = str_from(key); rest.len;) {
        bool more = str_cut(rest, STR("|"), &alternative, &rest);
        if (!more) alternative = rest, rest = STR("");
        Str found = answer(document, protocol, alternative);
        if (found.len) return found;
    }
    return STR("");
}

static Str answer_from_protocol(Document *document, const Yaml *protocol, Str path)
{
    const Yaml *node = find_path(protocol, path);
    if (yaml_is_null(node)) return STR("");
    if (node->kind == YAML_IS_SCALAR && node->text.len <= 120)
        return str_format(document->arena, STR_FMT " (protocol, line %zu)", STR_ARG(node->text), node->line);
    return str_format(document->arena, "protocol, \"" STR_FMT "\", line %zu", STR_ARG(path), node->line);
}

static bool title_has(Document *document, Str title, Str word)
{
    return str_find(str_lower(document->arena, title), word) != SIZE_MAX;
}

static Str answer_from_output(Document *document, const Yaml *protocol, Str word)
{
    (void)protocol;
    for (size_t i = 0; i < document->n_blocks; i++) {
        const Block *block = &document->blocks[i];
        if (block->kind == BLOCK_TABLE && title_has(document, block->table->title, word))
            return str_format(document->arena, "Table " STR_FMT, STR_ARG(block->table->number.len ? block->table->number : block->table->id));
        if (block->kind == BLOCK_FIGURE && title_has(document, block->figure->title, word))
            return str_format(document->arena, "Figure " STR_FMT, STR_ARG(block->figure->number.len ? block->figure->number : block->figure->id));
    }
    return STR("");
}

static void add_item(Document *document, Table *table, const Yaml *protocol, Str dates, const Item *item)
{
    Arena *arena = document->arena;
    Str answer = STR("");
    if (item->source == FROM_RECORDS) answer = dates;
    if (item->source == FROM_PROTOCOL || (item->source == FROM_RECORDS && !answer.len)) answer = first_answer(document, protocol, item->key, answer_from_protocol);
    if (item->source == FROM_OUTPUT) answer = first_answer(document, protocol, item->key, answer_from_output);
    if (item->source == FROM_PERSON) answer = str_format(arena, "to be written: %s", item->key);
    if (item->source == NOT_APPLICABLE) answer = str_format(arena, "not applicable: %s", item->key);
    if (answer.len == 0) answer = STR("NOT FOUND in the protocol or the report");
    table_row(document, table, ROW_PLAIN, STR(""), str_from(item->number), 0);
    table_cell_text(table, 1, str_from(item->topic));
    table_cell_text(table, 2, answer);
}

void checklist_write(Document *document, const Yaml *protocol, Str dates, bool is_randomised)
{
    const TableColumn COLUMNS[] = {{.key = STR("item"), .header = STR("Item")},
                                   {.key = STR("topic"), .header = STR("Topic")},
                                   {.key = STR("where"), .header = STR("Where reported, or what it says")}};
    Str name = is_randomised ? STR("CONSORT 2025") : STR("TREND");
    document_heading(document, 1, str_format(document->arena, "Reporting checklist: " STR_FMT, STR_ARG(name)));
    if (!is_randomised)
        document_paragraph(document, STR("No checklist is made for a trial with one arm. TREND, for trials without randomisation, "
                                         "is filled here, and what cannot apply says so."));
    Table *table = document_table(document, STR("C"), str_format(document->arena, STR_FMT " checklist", STR_ARG(name)), COLUMNS, 3);
    const Item *items = is_randomised ? CONSORT : TREND;
    size_t n = is_randomised ? sizeof CONSORT / sizeof CONSORT[0] : sizeof TREND / sizeof TREND[0];
    for (size_t i = 0; i < n; i++) add_item(document, table, protocol, dates, &items[i]);
}
