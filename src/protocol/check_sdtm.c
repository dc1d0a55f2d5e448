/* Whether what items say of their place in SDTM can be kept. */
#include "protocol/check_rules.h"
#include "protocol/sdtm_use.h"

enum { MOST_CODE = 8, MOST_NAME = 40 };

static void check_code(Checker *checker, const Item *item, const char *key, Str code)
{
    if (sdtm_is_name(code, MOST_CODE)) return;
    Problem *problem = flag(checker, place_of(yaml_get(item->at, "sdtm"), key), "\"" STR_FMT "\" is no code of SDTM", STR_ARG(code));
    problem->fix = STR("Write at most 8 upper-case letters, digits or underscores, no digit first.");
}

static void check_variable(Checker *checker, const Item *item, const SdtmUse *use)
{
    const char *const *names;
    size_t n = sdtm_variables(use->domain, &names);
    Str *known = ARENA_ARRAY(checker->arena, Str, n + 1);
    for (size_t i = 0; i < n; i++) {
        known[i] = str_from(names[i]);
        if (str_equal(known[i], use->variable)) return;
    }
    Str near = str_nearest(use->variable, known, n);
    Problem *problem = flag(checker, place_of(yaml_get(item->at, "sdtm"), "variable"),
                            "no item can fill a variable \"" STR_FMT "\" of %s", STR_ARG(use->variable),
                            grammar_word(&SDTM_DOMAIN_WORDS, (int)use->domain));
    if (near.len) problem->fix = str_format(checker->arena, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
}

/* A code a letter away from one that everybody uses is a slip of the pen. */
static void check_vital_sign(Checker *checker, const Item *item, const SdtmUse *use)
{
    if (use->domain != SDTM_VS || sdtm_vital_sign(use->test)) return;
    Str near = sdtm_nearest_vital_sign(use->test);
    if (!near.len) return;
    flag(checker, place_of(yaml_get(item->at, "sdtm"), "test"), "\"" STR_FMT "\" is no test of vital signs that is known", STR_ARG(use->test))
        ->fix = str_format(checker->arena, "Did you mean \"" STR_FMT "\"?", STR_ARG(near));
}

/* One code has one name, and one name one code, in its category. */
static void check_name(Checker *checker, Map *names, const Item *item, const SdtmUse *use)
{
    const Yaml *at = place_of(yaml_get(item->at, "sdtm"), "name");
    if (item->sdtm.name.len > MOST_NAME)
        flag(checker, at, "the name of test \"" STR_FMT "\" has %zu characters", STR_ARG(use->test), item->sdtm.name.len)->fix =
            STR("Write a `name` of at most 40 characters under `sdtm`.");
    const char *domain = grammar_word(&SDTM_DOMAIN_WORDS, (int)use->domain);
    bool is_new;
    MapEntry *entry = map_put(names, str_format(checker->arena, "%s\n" STR_FMT, domain, STR_ARG(use->test)), &is_new);
    const Str *before = entry->pointer;
    if (is_new) {
        Str *name = ARENA_NEW(checker->arena, Str);
        *name = use->name;
        entry->pointer = name;
    } else if (!str_equal(*before, use->name)) {
        flag(checker, at, "the test \"" STR_FMT "\" of %s is called \"" STR_FMT "\" and \"" STR_FMT "\"", STR_ARG(use->test), domain,
             STR_ARG(*before), STR_ARG(use->name))
            ->fix = STR("Give the two tests two codes, or one name.");
    }
}

static void check_class(Checker *checker, const Form *form, const Item *item, const SdtmUse *use)
{
    const char *domain = grammar_word(&SDTM_DOMAIN_WORDS, (int)use->domain);
    const Yaml *at = yaml_get(item->at, "sdtm");
    SdtmClass class = sdtm_class(use->domain);
    int n_places = (use->term.len > 0) + (use->variable.len > 0) + (use->qualifier.len > 0);
    if (class == SDTM_CLASS_FINDING && n_places)
        flag(checker, at, "%s holds findings, which have a `test`", domain);
    else if (class != SDTM_CLASS_FINDING && use->test.len)
        flag(checker, at, "%s holds no findings, so it has no `test`", domain);
    else if (n_places > 1)
        flag(checker, at, "the item has more than one of `term`, `variable` and `qualifier`");
    else if (use->domain == SDTM_AE && !str_equal(form->id, STR("adverse_events")))
        flag(checker, at, "AE is made of the form \"adverse_events\"");
    else if (use->domain == SDTM_EX && form->repeats != FORM_PER_DOSE)
        flag(checker, at, "EX is made of the product's form, which repeats by dose");
    else if (use->domain == SDTM_DM && form->repeats != FORM_PER_SUBJECT)
        flag(checker, at, "DM has one row per subject, and the form has more");
    else if (use->term.len && class == SDTM_CLASS_SUBJECT)
        flag(checker, at, "DM has no terms");
}

static void check_item(Checker *checker, Map *names, const Form *form, const Item *item)
{
    SdtmUse use = sdtm_use_of(checker->arena, checker->protocol, form, item);
    SdtmPlace place = sdtm_place(&use);
    if (item->sdtm.at && !use.domain)
        flag(checker, item->sdtm.at, "the item \"" STR_FMT "\" names no domain, and neither does its form", STR_ARG(item->id))->fix =
            STR("Write the domain: {domain: VS, test: WEIGHT}.");
    if (!item->sdtm.at && !form->sdtm.at) return;
    check_class(checker, form, item, &use);
    if (place == SDTM_AS_FINDING) {
        check_code(checker, item, "test", use.test);
        check_name(checker, names, item, &use);
        check_vital_sign(checker, item, &use);
    }
    if (place == SDTM_AS_QUALIFIER) check_code(checker, item, "qualifier", use.qualifier);
    if (place == SDTM_AS_VARIABLE) check_variable(checker, item, &use);
}

void rule_sdtm(Checker *checker)
{
    Map names = map_new(checker->arena);
    for (size_t i = 0; i < checker->protocol->forms.n; i++) {
        const Form *form = &checker->protocol->forms.items[i];
        for (size_t k = 0; k < form->items.n; k++) check_item(checker, &names, form, &form->items.items[k]);
    }
}
