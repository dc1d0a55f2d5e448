/* Which data sets a rule is asked of: classes and domains of SDTM (SDTMIG 3.4, section 2.3 and chapters 5 to 8). */
#include "conform/core_inside.h"
#include "conform/sdtm_model.h"

/* "AP--" is any domain of associated persons, "SUPP--" any set of supplemental qualifiers. */
static bool names_set(Str pattern, const DataSet *set)
{
    bool is_supp = str_starts(set->name, STR("SUPP")) || str_starts(set->name, STR("SQ"));
    if (str_equal(pattern, STR("ALL"))) return true;
    if (str_equal(pattern, STR("SUPP--"))) return is_supp;
    if (str_equal(pattern, STR("AP--"))) return set->domain.len == 4 && str_starts(set->domain, STR("AP"));
    if (is_supp) return str_equal(pattern, set->name);
    return str_equal(pattern, set->domain.len ? set->domain : set->name) || str_equal(pattern, set->name);
}

static bool lists_set(const StrList *list, const DataSet *set)
{
    for (size_t i = 0; i < list->n; i++)
        if (names_set(list->items[i], set)) return true;
    return false;
}

static bool has_variable(const DataSet *set, const char *suffix)
{
    char name[16];
    size_t n = set->prefix.len < 8 ? set->prefix.len : 8, at = 0;
    for (; at < n; at++) name[at] = set->prefix.data[at];
    for (size_t i = 0; suffix[i]; i++) name[at++] = suffix[i];
    return set_column(set, (Str){name, at}) != NULL;
}

static bool is_relationship(const DataSet *set)
{
    return str_starts(set->name, STR("SUPP")) || str_starts(set->name, STR("SQ")) || str_starts(set->name, STR("REL")) || str_equal(set->name, STR("POOLDEF"));
}

const char *core_class(const DataSet *set)
{
    const char *class_name = sdtm_class_of_domain(set->prefix);
    if (is_relationship(set)) return "RELATIONSHIP";
    if (class_name) return class_name;
    if (has_variable(set, "TERM")) return "EVENTS";
    if (has_variable(set, "TRT")) return "INTERVENTIONS";
    if (has_variable(set, "TESTCD")) return has_variable(set, "OBJ") ? "FINDINGS ABOUT" : "FINDINGS";
    return "";
}

static bool lists_class(const StrList *list, const char *name)
{
    if (str_list_has(list, STR("ALL")) || str_list_has(list, str_from(name))) return true;
    return str_equal(str_from(name), STR("FINDINGS ABOUT")) && str_list_has(list, STR("FINDINGS"));
}

bool core_scope_covers(const CoreRule *rule, const DataSet *set)
{
    const char *class_name = core_class(set);
    if (rule->domains.include.n && !lists_set(&rule->domains.include, set)) return false;
    if (lists_set(&rule->domains.exclude, set)) return false;
    if (rule->classes.include.n && !lists_class(&rule->classes.include, class_name)) return false;
    return !rule->classes.exclude.n || !lists_class(&rule->classes.exclude, class_name);
}

const char *core_domain_label(Str domain)
{
    const SdtmDomain *found = sdtm_domain(domain);
    return found ? found->label : NULL;
}
