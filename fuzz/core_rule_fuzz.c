/* Any bytes are a rule or an error; a rule that is supported can be asked of a small data set. */
#include <stdint.h>

#include "conform/core_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hear(void *to, const CoreHit *hit)
{
    size_t *n_bytes = to;
    for (size_t i = 0; i < hit->n; i++) *n_bytes += hit->names[i].len + hit->values[i].len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const Str NAMES[] = {{"ae.csv", 6}, {"dm.csv", 6}, {"suppae.csv", 10}, {"relrec.csv", 10}};
    static const char *const TEXTS[] = {
        "DOMAIN,USUBJID,AESEQ,AETERM,AESTDTC\nAE,S1,1,Fever,2020-01\nAE,S1,2,Rash,2020-01-09\nAE,S2,1,,\n",
        "DOMAIN,USUBJID,RFSTDTC\nDM,S1,2020-01-01\nDM,S3,\n",
        "RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\nAE,S1,AESEQ,2,AEX,Y\nAE,S2,AESEQ,7,AEX,N\n",
        "RDOMAIN,USUBJID,IDVAR,IDVARVAL,RELTYPE,RELID\nAE,S1,AESEQ,1,,R\nDM,S1,DOMAIN,DM,,R\n",
    };
    Arena *arena = arena_new(), *scratch = arena_new();
    Error err = {0};
    CoreRule rule;
    DataFolder folder;
    size_t n_bytes = 0;
    Str texts[4];
    for (size_t i = 0; i < 4; i++) texts[i] = str_from(TEXTS[i]);
    if (!core_rule_read(arena, (Str){(const char *)data, size}, &rule, &err)) {
        if (err.code == ERROR_NONE) __builtin_trap();
    } else {
        core_rule_judge(arena, &rule);
        if (!data_folder_of_texts(arena, NAMES, texts, 4, &folder, &err)) __builtin_trap();
        if (rule.unsupported.len == 0 && !core_rule_run(scratch, &rule, &folder, &(CoreSink){.to = &n_bytes, .hit = hear}, &err) && err.code == ERROR_NONE) __builtin_trap();
    }
    arena_free(scratch);
    arena_free(arena);
    return 0;
}
