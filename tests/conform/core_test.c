/* Rules and data made here, so that the interpreter is proved without CDISC's; then CDISC's own cases, when there are. */
#include "agreement.h"
#include "base/file.h"
#include "conform/core_findings.h"
#include "test.h"

#define RULE(check, more)                                                                                     \
    "Core:\n  Id: OWN-1\nSensitivity: Record\nRule Type: Record Data\nOutcome:\n  Message: Something is wrong.\n" more "Check:\n" check

/* The hits of a rule as "AE 3 AETERM=Fever;AESEV=|..." */
typedef struct {
    Buf text;
    Str skipped;
} Heard;

static void hear(void *to, const CoreHit *hit)
{
    Heard *heard = to;
    if (heard->text.len) buf_char(&heard->text, '|');
    buf_format(&heard->text, STR_FMT " %zu", STR_ARG(hit->data_set), hit->record);
    for (size_t i = 0; i < hit->n; i++) buf_format(&heard->text, "%c" STR_FMT "=" STR_FMT, i ? ';' : ' ', STR_ARG(hit->names[i]), STR_ARG(hit->values[i]));
}

static void hear_asked(void *to, const CoreRule *rule, Str data_set, Str skipped)
{
    Heard *heard = to;
    (void)rule, (void)data_set;
    if (skipped.len) heard->skipped = str_copy(heard->text.arena, skipped);
}

static bool read_rule(Test *t, const char *text, CoreRule *rule)
{
    Error err = {0};
    if (!CHECK_OK(t, core_rule_read(t->arena, str_from(text), rule, &err), err)) return false;
    core_rule_judge(t->arena, rule);
    return true;
}

static const char *const NAMES[] = {"dm.csv", "ae.csv", "_variables.csv", "_datasets.csv", "suppae.csv", "sv.csv"};
static const char *const TEXTS[] = {
    "STUDYID,DOMAIN,USUBJID,RFSTDTC,ARM\nT,DM,S1,2020-01-10,Cells\nT,DM,S2,2020-02-01,Sham\nT,DM,S3,2020-03,Sham\n",
    "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AESEV,AESTDTC,AEENDTC,AESTDY\n"
        "T,AE,S1,1,Fever,MILD,2020-01-12,2020-01-13,3\n"
        "T,AE,S1,2,Rash,,2020-01-09,2020-01-08,-1\n"
        "T,AE,S2,2,Fever,SEVERE,2020-02,2020-03,\n"
        "T,AE,S2,2,fall,mild,2020-02-10,,9\n"
        "T,AE,S4,1, Cough,.,2020-02-30,,1\n",
    "dataset,variable,label,type,length\nae,AESEQ,Sequence Number,Num,8\nae,AESTDY,Study Day of Start,Num,8\nae,AETERM,Reported Term,Char,40\n",
    "Filename,Label\nae,Adverse Events\n",
    "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\nT,AE,S1,AESEQ,2,AEWARM,Y\nT,AE,S2,AESEQ,9,AEWARM,N\n",
    "STUDYID,DOMAIN,USUBJID,VISITNUM,SVSTDTC,SVENDTC\nT,SV,S1,1,2020-01-10,2020-01-11\nT,SV,S1,2,2020-01-12,\nT,SV,S1,3,2020-01-20,2020-01-20\nT,SV,S2,2,2020-02-09,\nT,SV,S2,1,2020-02-01,2020-02-01\n",
};

#define N_FILES (sizeof NAMES / sizeof NAMES[0])

static bool our_data(Test *t, DataFolder *folder)
{
    Error err = {0};
    Str names[N_FILES], texts[N_FILES];
    for (size_t i = 0; i < N_FILES; i++) names[i] = str_from(NAMES[i]), texts[i] = str_from(TEXTS[i]);
    return CHECK_OK(t, data_folder_of_texts(t->arena, names, texts, N_FILES, folder, &err), err);
}

/* The hits of a rule on our data. */
static Str hits(Test *t, const char *text)
{
    CoreRule rule;
    DataFolder folder;
    Error err = {0};
    Heard heard = {.text = buf_new(t->arena)};
    if (!read_rule(t, text, &rule) || !CHECK_TEXT(t, rule.unsupported, "")) return STR("unsupported");
    if (!our_data(t, &folder)) return STR("no data");
    Arena *scratch = arena_new();
    CHECK_OK(t, core_rule_run(scratch, &rule, &folder, &(CoreSink){&heard, hear, hear_asked}, &err), err);
    arena_free(scratch);
    return heard.skipped.len ? heard.skipped : buf_str(&heard.text);
}

#define IN_AE "Scope:\n  Domains:\n    Include: [AE]\n"

static const struct {
    const char *rule, *want;
} RECORDS[] = {
    {RULE("  all:\n  - {name: --SEV, operator: empty}\n", IN_AE), "AE 2 AESEV="},
    {RULE("  all:\n  - {name: --SEV, operator: non_empty}\n  - {name: --SEV, operator: is_not_contained_by, value: [MILD, SEVERE]}\n", IN_AE), "AE 4 AESEV=mild|AE 5 AESEV=."},
    {RULE("  any:\n  - {name: AETERM, operator: equal_to, value: Rash}\n  - {name: AESEQ, operator: greater_than, value: 1}\n", IN_AE),
     "AE 2 AETERM=Rash;AESEQ=2|AE 3 AETERM=Fever;AESEQ=2|AE 4 AETERM=fall;AESEQ=2"},
    {RULE("  all:\n  - not:\n      name: AETERM\n      operator: matches_regex\n      value: '^[A-Z]\\w+$'\n", IN_AE), "AE 4 AETERM=fall|AE 5 AETERM= Cough"},
    {RULE("  all:\n  - {name: AETERM, operator: equal_to_case_insensitive, value: FEVER}\n", IN_AE), "AE 1 AETERM=Fever|AE 3 AETERM=Fever"},
    {RULE("  all:\n  - {name: --STDTC, operator: date_greater_than, value: --ENDTC}\n", IN_AE), "AE 2 AESTDTC=2020-01-09"},
    {RULE("  all:\n  - {name: --STDTC, operator: invalid_date}\n", IN_AE), "AE 5 AESTDTC=2020-02-30"},
    {RULE("  all:\n  - {name: --STDTC, operator: is_incomplete_date}\n", IN_AE), "AE 3 AESTDTC=2020-02|AE 5 AESTDTC=2020-02-30"},
    {RULE("  all:\n  - {name: AESEQ, operator: is_not_unique_set, value: [USUBJID]}\n", IN_AE), "AE 3 AESEQ=2|AE 4 AESEQ=2"},
    {RULE("  all:\n  - {name: AETERM, operator: is_not_unique_relationship, value: AESEV}\n", IN_AE), "AE 1 AETERM=Fever|AE 3 AETERM=Fever"},
};

static void rules_of_records_find_their_rows(Test *t)
{
    for (size_t i = 0; i < sizeof RECORDS / sizeof RECORDS[0]; i++) CHECK_TEXT(t, hits(t, RECORDS[i].rule), RECORDS[i].want);
}

static void a_variable_that_is_absent_breaks_nothing_but_what_asks_for_it(Test *t)
{
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AESPID, operator: empty}\n", IN_AE)), "");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AESPID, operator: not_equal_to, value: Y}\n", IN_AE)), "");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AESPID, operator: not_exists}\n  - {name: AESEQ, operator: less_than, value: 2}\n", IN_AE)),
               "AE 1 AESPID=Not in dataset;AESEQ=1|AE 5 AESPID=Not in dataset;AESEQ=1");
}

static void a_rule_of_data_sets_speaks_once(Test *t)
{
    CHECK_TEXT(t, hits(t, "Core: {Id: OWN-2}\nSensitivity: Dataset\nRule Type: Record Data\nCheck:\n  all:\n  - {name: --STDTC, operator: exists}\n"), "AE 0 AESTDTC=2020-01-12|SV 0 SVSTDTC=2020-01-10");
    CHECK_TEXT(t, hits(t, "Core: {Id: OWN-3}\nSensitivity: Dataset\nRule Type: Domain Presence Check\nCheck:\n  all:\n  - {name: AE, operator: exists}\n  - {name: LB, operator: not_exists}\n"),
               "STUDY 0 AE=ae.csv;LB=Not in dataset");
    CHECK_TEXT(t, hits(t, "Core: {Id: OWN-4}\nSensitivity: Record\nRule Type: Variable Metadata Check\nScope: {Domains: {Include: [AE]}}\nCheck:\n  all:\n  - {name: variable_label, operator: longer_than, value: 15}\n"),
               "AE 9 variable_label=Study Day of Start");
    CHECK_TEXT(t, hits(t, "Core: {Id: OWN-5}\nSensitivity: Record\nRule Type: Value Check with Variable Metadata\nScope: {Domains: {Include: [AE]}}\nCheck:\n  all:\n  - {name: variable_data_type, operator: equal_to, value: Char}\n"
                          "  - {name: variable_value, operator: matches_regex, value: '^\\s'}\nOutcome: {Output Variables: [variable_name, variable_value]}\n"),
               "AE 5 variable_name=AETERM;variable_value= Cough");
}

static void rows_meet_those_of_other_data_sets(Test *t)
{
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AESTDTC, operator: date_less_than, value: RFSTDTC}\n", IN_AE "Match Datasets:\n- Name: DM\n  Keys: [USUBJID]\n")), "AE 2 AESTDTC=2020-01-09");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: RFSTDTC, operator: empty}\n", IN_AE "Match Datasets:\n- Name: DM\n  Keys: [USUBJID]\n  Join Type: left\n")), "AE 5 RFSTDTC=");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AEWARM, operator: equal_to, value: Y}\n", IN_AE "Match Datasets:\n- Name: SUPPAE\n  Keys: [USUBJID]\n")), "AE 2 AEWARM=Y");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: RFSTDTC, operator: empty}\n", IN_AE "Match Datasets:\n- Name: LB\n  Keys: [USUBJID]\n")), "the data set LB is not there");
}

static void operations_count_and_compare(Test *t)
{
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: USUBJID, operator: is_not_contained_by, value: $subjects}\n", IN_AE "Operations:\n- {id: $subjects, operator: distinct, domain: DM, name: USUBJID}\n")), "AE 5 USUBJID=S4");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AESTDY, operator: not_equal_to, value: $day}\n  - {name: AESTDY, operator: non_empty}\n",
                               IN_AE "Match Datasets:\n- Name: DM\n  Keys: [USUBJID]\nOperations:\n- {id: $day, operator: dy, name: --STDTC}\n")),
               "AE 4 AESTDY=9");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: $n, operator: greater_than, value: 2}\n", "Scope: {Domains: {Include: [DM]}}\nOperations:\n- {id: $n, operator: record_count, domain: SV, group: [USUBJID]}\n")),
               "DM 1 $n=3");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: RFSTDTC, operator: not_equal_to, value: $first}\n", "Scope: {Domains: {Include: [DM]}}\nOperations:\n- {id: $first, operator: min_date, domain: SV, name: SVSTDTC, group: [USUBJID]}\n")),
               "DM 3 RFSTDTC=2020-03");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: USUBJID, operator: is_contained_by, value: $x}\n", IN_AE "Operations:\n- {id: $x, operator: distinct, domain: TV, name: VISIT}\n")), "the data set TV is not there");
}

static void what_cannot_be_asked_is_skipped_with_the_reason(Test *t)
{
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: AETERM, operator: equal_to, value: $all}\n", IN_AE "Operations:\n- {id: $all, operator: distinct, name: AETERM}\n")), "equal_to is not asked of lists");
    CHECK_TEXT(t, hits(t, "Core: {Id: OWN-6}\nSensitivity: Dataset\nRule Type: Dataset Metadata Check\nCheck:\n  all:\n  - {name: dataset_size, operator: greater_than, value: 5}\n"),
               "the metadata dataset_size are not known");
}

static void operators_of_order_look_along_groups(Test *t)
{
#define IN_SV "Scope: {Domains: {Include: [SV]}}\n"
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: SVENDTC, operator: empty_within_except_last_row, value: USUBJID, ordering: SVSTDTC}\n", IN_SV)), "SV 2 SVENDTC=");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: SVENDTC, operator: does_not_have_next_corresponding_record, value: SVSTDTC, within: USUBJID, ordering: VISITNUM}\n", IN_SV)),
               "SV 1 SVENDTC=2020-01-11|SV 2 SVENDTC=|SV 5 SVENDTC=2020-02-01");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: VISITNUM, operator: target_is_not_sorted_by, within: USUBJID, value: [{name: SVENDTC, sort_order: asc}]}\n", IN_SV)), "SV 2 VISITNUM=2|SV 3 VISITNUM=3");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: STUDYID, operator: is_inconsistent_across_dataset, value: DOMAIN}\n", IN_SV)), "");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: VISITNUM, operator: is_inconsistent_across_dataset, value: SVENDTC}\n", IN_SV)), "");
    CHECK_TEXT(t, hits(t, RULE("  all:\n  - {name: USUBJID, operator: present_on_multiple_rows_within, value: 2, within: DOMAIN}\n", IN_SV)), "SV 1 USUBJID=S1|SV 2 USUBJID=S1|SV 3 USUBJID=S1");
}

static void what_we_do_not_do_is_said(Test *t)
{
    static const struct {
        const char *rule, *why;
    } RULES[] = {
        {RULE("  all:\n  - {name: A, operator: is_beautiful}\n", ""), "operator is_beautiful"},
        {RULE("  all:\n  - {name: A, operator: empty, colour: red}\n", ""), "check parameter colour"},
        {RULE("  all:\n  - {name: A, operator: empty}\n", "Operations:\n- {id: $x, operator: divine}\n"), "operation divine"},
        {RULE("  all:\n  - {name: A, operator: empty}\n", "Match Datasets:\n- {Name: DM}\n"), "match without keys DM"},
        {"Core: {Id: X}\nRule Type: JSONata\nCheck: '**.a'\n", "rule type JSONata"},
        {"Core: {Id: X}\nRule Type: Tea Leaves\nCheck: {all: [{name: A, operator: empty}]}\n", "rule type Tea Leaves"},
    };
    CoreRule rule;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
        if (read_rule(t, RULES[i].rule, &rule)) CHECK_TEXT(t, rule.unsupported, RULES[i].why);
}

static void a_rule_that_is_none_is_refused_with_its_place(Test *t)
{
    static const struct {
        const char *rule, *message;
    } RULES[] = {
        {"Check: {all: []}\n", "the rule has no id: Core, Id"},
        {"Core: {Id: X}\n", "the rule \"X\" has no Check"},
        {"Core: {Id: X}\nCheck: {all: []}\n", "all and any want a list of checks"},
        {"Core: {Id: X}\nCheck: {all: [{name: A}]}\n", "no \"operator\""},
        {"Core: {Id: X}\nCheck: {all: [{name: A, operator: empty}], any: []}\n", "stand alone"},
        {"Core: [\n", ""},
    };
    CoreRule rule;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        Error err = {0};
        CHECK(t, !core_rule_read(t->arena, str_from(RULES[i].rule), &rule, &err));
        CHECK_ERROR(t, err, ERROR_MALFORMED, RULES[i].message);
    }
}

/* Every seed of the fuzz target is a rule, or refused with a reason. */
static void seeds_of_rules_are_read_or_refused(Test *t)
{
    TarFile *files;
    size_t n, n_read = 0;
    Error err = {0};
    if (!CHECK_OK(t, tar_read(t->arena, test_source(t, "fuzz/corpus/core_rule"), NULL, &files, &n, &err), err)) return;
    for (size_t i = 0; i < n; i++) {
        CoreRule rule;
        err = (Error){0};
        if (core_rule_read(t->arena, files[i].content, &rule, &err)) n_read++;
        else CHECK(t, err.code == ERROR_MALFORMED && err.message[0]);
    }
    CHECK(t, n_read >= 11);
    CHECK(t, n > n_read);
}

/* CDISC's rules and their cases: at least as many as we had agree. */
static void published_cases_agree(Test *t)
{
    CoreBook book;
    CoreCase *cases;
    size_t n, n_agree = 0, n_supported = 0;
    Error err = {0};
    Str path = test_data(t, "standards/core-rules/core-rules.tar.gz");
    if (!path.len || !CHECK_OK(t, core_book_read(t->arena, path, true, &book, &err), err)) return;
    core_book_test(t->arena, &book, &cases, &n);
    for (size_t i = 0; i < n; i++) n_agree += cases[i].outcome == CASE_AGREES;
    for (size_t i = 0; i < book.n; i++) n_supported += book.rules[i].unsupported.len == 0;
    CHECK_INT(t, book.n_bad, 0);
    CHECK(t, n_supported >= 630);
    CHECK(t, n_agree >= 892);
}

static const TestCase CASES[] = {
    {"rules of records find their rows", rules_of_records_find_their_rows},
    {"a variable that is absent breaks nothing but what asks for it", a_variable_that_is_absent_breaks_nothing_but_what_asks_for_it},
    {"a rule of data sets speaks once", a_rule_of_data_sets_speaks_once},
    {"rows meet those of other data sets", rows_meet_those_of_other_data_sets},
    {"operations count and compare", operations_count_and_compare},
    {"what cannot be asked is skipped with the reason", what_cannot_be_asked_is_skipped_with_the_reason},
    {"operators of order look along groups", operators_of_order_look_along_groups},
    {"what we do not do is said", what_we_do_not_do_is_said},
    {"a rule that is none is refused with its place", a_rule_that_is_none_is_refused_with_its_place},
    {"seeds of rules are read or refused", seeds_of_rules_are_read_or_refused},
    {"published cases agree", published_cases_agree},
};
TEST_SUITE(core, CASES);
