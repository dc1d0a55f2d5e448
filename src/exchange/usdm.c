#include "exchange/usdm.h"

#include <math.h>
#include <string.h>

#include "base/map.h"

typedef struct {
    Arena *arena;
    UsdmStudy *study;
    const Json *version, *design;
    Map by_id;                        /* every object of the document that has an id */
    Error *err;
} Reading;

/* --- the tree --- */

static void index_objects(Reading *r, const Json *json)
{
    if (json->kind == JSON_IS_OBJECT) {
        Str id = json_text(json, "id");
        if (id.len) map_put(&r->by_id, id, NULL)->pointer = (void *)json;
    }
    if (json->kind == JSON_IS_OBJECT || json->kind == JSON_IS_ARRAY)
        for (size_t i = 0; i < json->n; i++) index_objects(r, &json->items[i]);
}

static const Json *object(const Reading *r, Str id)
{
    const MapEntry *entry = id.len ? map_get(&r->by_id, id) : NULL;
    return entry ? entry->pointer : NULL;
}

static size_t count(const Json *json, const char *key)
{
    const Json *list = json_get(json, key);
    return list && list->kind == JSON_IS_ARRAY ? list->n : 0;
}

static const Json *item(const Json *json, const char *key, size_t i) { return &json_get(json, key)->items[i]; }

static Str decode(const Json *json, const char *key)
{
    const Json *code = json_get(json, key);
    if (json_get(code, "standardCode")) code = json_get(code, "standardCode");
    return json_text(code, "decode");
}

/* The decodes of a list, joined. */
static Str decodes(Reading *r, const Json *json, const char *key)
{
    Buf buf = buf_new(r->arena);
    for (size_t i = 0; i < count(json, key); i++) {
        Str text = json_text(item(json, key, i), "decode");
        if (text.len && buf.len) buf_add_c(&buf, "; ");
        buf_add(&buf, text);
    }
    return buf_str(&buf);
}

/* --- texts --- */

static bool put_entity(Buf *buf, Str name)
{
    static const struct {
        const char *name, *text;
    } ENTITIES[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}, {"le", "\xe2\x89\xa4"}, {"ge", "\xe2\x89\xa5"},
                    {"deg", "\xc2\xb0"}, {"mu", "\xc2\xb5"}, {"ndash", "\xe2\x80\x93"}, {"rsquo", "\xe2\x80\x99"}};
    for (size_t i = 0; i < sizeof ENTITIES / sizeof ENTITIES[0]; i++)
        if (str_equal(name, str_from(ENTITIES[i].name))) {
            buf_add_c(buf, ENTITIES[i].text);
            return true;
        }
    return false;
}

static Str attribute(Str tag, const char *name)
{
    Str wanted = str_from(name);
    for (size_t i = 0; i + wanted.len + 2 < tag.len; i++) {
        if (!str_starts(str_slice(tag, i, tag.len), wanted) || tag.data[i + wanted.len] != '=' || tag.data[i + wanted.len + 1] != '"') continue;
        size_t start = i + wanted.len + 2, end = start;
        while (end < tag.len && tag.data[end] != '"') end++;
        return str_slice(tag, start, end);
    }
    return STR("");
}

/* What <usdm:ref klass=".." id=".." attribute=".."> names: a text or a number. */
static void put_reference(Reading *r, Str tag, Buf *buf)
{
    const Json *value = json_get(object(r, attribute(tag, "id")), str_c(r->arena, attribute(tag, "attribute")));
    if (value && value->kind == JSON_IS_TEXT) buf_add(buf, value->text);
    if (value && value->kind == JSON_IS_NUMBER) buf_number(buf, value->number);
}

static void put_tag(Reading *r, Str tag, Str dictionary, Buf *buf)
{
    const Json *words = object(r, dictionary);
    Str name = attribute(tag, "name");
    if (str_starts(tag, STR("usdm:ref"))) put_reference(r, tag, buf);
    else if (str_starts(tag, STR("li")) || str_starts(tag, STR("p")) || str_starts(tag, STR("br")) || str_starts(tag, STR("/"))) buf_char(buf, ' ');
    if (!str_starts(tag, STR("usdm:tag"))) return;
    for (size_t i = 0; i < count(words, "parameterMaps"); i++)
        if (str_equal(json_text(item(words, "parameterMaps", i), "tag"), name)) {
            Str reference = json_text(item(words, "parameterMaps", i), "reference");
            put_reference(r, reference, buf);
            return;
        }
    buf_format(buf, "[" STR_FMT "]", STR_ARG(name));
}

/* Text without marks: tags of the dictionary replaced, others dropped, blanks single. */
static Str plain(Reading *r, Str marked, Str dictionary)
{
    Buf raw = buf_new(r->arena), buf = buf_new(r->arena);
    for (size_t i = 0; i < marked.len; i++) {
        char c = marked.data[i];
        size_t end = i + 1;
        while ((c == '<' || c == '&') && end < marked.len && marked.data[end] != (c == '<' ? '>' : ';') && (c == '<' || end < i + 10)) end++;
        bool closed = end < marked.len && marked.data[end] == (c == '<' ? '>' : ';');
        if (c == '<' && closed) put_tag(r, str_slice(marked, i + 1, end), dictionary, &raw), i = end;
        else if (c == '&' && closed && put_entity(&raw, str_slice(marked, i + 1, end))) i = end;
        else buf_char(&raw, c);
    }
    Str text = buf_str(&raw);
    bool blank = true;
    for (size_t i = 0; i < text.len; i++) {
        bool breaks_not = str_starts(str_slice(text, i, text.len), STR("\xc2\xa0"));
        bool is_blank = breaks_not || strchr(" \t\r\n", text.data[i]) != NULL;
        i += breaks_not;
        if (!is_blank) buf_char(&buf, text.data[i]);
        else if (!blank) buf_char(&buf, ' ');
        blank = is_blank;
    }
    return str_trim(buf_str(&buf));
}

/* Days of an ISO 8601 duration of weeks, days, hours or minutes (P2W, P3D, PT10M); false for another. */
static bool duration_days(Str text, double *days)
{
    static const struct {
        char unit;
        bool is_time;
        double days;
    } UNITS[] = {{'Y', false, 365.25}, {'M', false, 365.25 / 12}, {'W', false, 7}, {'D', false, 1}, {'H', true, 1 / 24.0}, {'M', true, 1 / 1440.0}, {'S', true, 1 / 86400.0}};
    bool is_time = false, any = false;
    *days = 0;
    if (text.len < 2 || text.data[0] != 'P') return false;
    for (size_t i = 1, start = 1; i < text.len; i++) {
        char c = text.data[i];
        double number;
        if (c == 'T') is_time = true, start = i + 1;
        if (c == 'T' || (c >= '0' && c <= '9') || c == '.') continue;
        size_t u = 0;
        while (u < sizeof UNITS / sizeof UNITS[0] && (UNITS[u].unit != c || UNITS[u].is_time != is_time)) u++;
        if (u == sizeof UNITS / sizeof UNITS[0] || !number_parse(str_slice(text, start, i), &number)) return false;
        *days += number * UNITS[u].days;
        start = i + 1;
        any = true;
    }
    return any;
}

/* --- the parts --- */

static size_t place_of(const UsdmPart *parts, size_t n, Str id)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(parts[i].id, id)) return i;
    return SIZE_MAX;
}

static void read_parts(Reading *r, const char *key, UsdmPart **parts, size_t *n)
{
    *n = count(r->design, key);
    *parts = ARENA_ARRAY(r->arena, UsdmPart, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const Json *from = item(r->design, key, i);
        (*parts)[i] = (UsdmPart){json_text(from, "id"), json_text(from, "name"), json_text(from, "label"), json_text(from, "description"), decode(from, "type")};
    }
}

/* In the order of their `previousId`, if that is one chain. */
static void order_parts(Reading *r, const char *key, UsdmPart *parts, size_t n)
{
    UsdmPart *ordered = ARENA_ARRAY(r->arena, UsdmPart, n + 1);
    Str previous = STR("");
    for (size_t k = 0; k < n; k++) {
        size_t found = SIZE_MAX;
        for (size_t i = 0; i < n; i++)
            if (str_equal(json_text(item(r->design, key, i), "previousId"), previous)) found = found == SIZE_MAX ? i : n;
        if (found >= n) return;
        ordered[k] = parts[found];
        previous = parts[found].id;
    }
    memcpy(parts, ordered, n * sizeof *parts);
}

static Str rule(Reading *r, const Json *from, const char *key) { return plain(r, json_text(json_get(from, key), "text"), STR("")); }

static void read_elements(Reading *r)
{
    UsdmStudy *s = r->study;
    s->n_elements = count(r->design, "elements");
    s->elements = ARENA_ARRAY(r->arena, UsdmElement, s->n_elements + 1);
    for (size_t i = 0; i < s->n_elements; i++) {
        const Json *from = item(r->design, "elements", i);
        s->elements[i] = (UsdmElement){json_text(from, "id"), json_text(from, "name"), json_text(from, "label"), json_text(from, "description"),
                                       rule(r, from, "transitionStartRule"), rule(r, from, "transitionEndRule")};
    }
}

static size_t element_place(const UsdmStudy *s, Str id)
{
    for (size_t i = 0; i < s->n_elements; i++)
        if (str_equal(s->elements[i].id, id)) return i;
    return SIZE_MAX;
}

static void read_cells(Reading *r)
{
    UsdmStudy *s = r->study;
    s->cells = ARENA_ARRAY(r->arena, UsdmCell, count(r->design, "studyCells") + 1);
    for (size_t i = 0; i < count(r->design, "studyCells"); i++) {
        const Json *from = item(r->design, "studyCells", i);
        UsdmCell *cell = &s->cells[s->n_cells];
        *cell = (UsdmCell){.arm = place_of(s->arms, s->n_arms, json_text(from, "armId")), .epoch = place_of(s->epochs, s->n_epochs, json_text(from, "epochId")),
                           .elements = ARENA_ARRAY(r->arena, size_t, count(from, "elementIds") + 1)};
        for (size_t k = 0; k < count(from, "elementIds"); k++) {
            size_t element = element_place(s, item(from, "elementIds", k)->text);
            if (element != SIZE_MAX) cell->elements[cell->n_elements++] = element;
        }
        s->n_cells += cell->arm != SIZE_MAX && cell->epoch != SIZE_MAX;
    }
}

static const Json *main_timeline(const Reading *r)
{
    for (size_t i = 0; i < count(r->design, "scheduleTimelines"); i++) {
        const Json *timeline = item(r->design, "scheduleTimelines", i), *is_main = json_get(timeline, "mainTimeline");
        if (is_main && is_main->boolean) return timeline;
    }
    return NULL;
}

static const Json *timing_of(const Json *timeline, Str instance)
{
    for (size_t i = 0; i < count(timeline, "timings"); i++) {
        const Json *timing = item(timeline, "timings", i);
        if (str_equal(json_text(timing, "relativeFromScheduledInstanceId"), instance)) return timing;
    }
    return NULL;
}

/* The day of an instance, through those it is counted from. */
static bool find_day(const Json *timeline, Str instance, int depth, double *day)
{
    const Json *timing = timing_of(timeline, instance);
    double offset = 0;
    *day = 0;
    if (!timing || depth > 100) return false;
    Str type = decode(timing, "type"), to = json_text(timing, "relativeToScheduledInstanceId");
    if (str_equal(type, STR("Fixed Reference"))) return true;
    if (!duration_days(json_text(timing, "value"), &offset) || !find_day(timeline, to, depth + 1, day)) return false;
    *day += str_equal(type, STR("Before")) ? -offset : offset;
    return true;
}

static double window_days(const Json *timing, const char *key)
{
    double days;
    return duration_days(json_text(timing, key), &days) ? days : -1;
}

static void read_activities(Reading *r, const Json *instance, UsdmVisit *visit)
{
    visit->activities = ARENA_ARRAY(r->arena, Str, count(instance, "activityIds") + 1);
    for (size_t i = 0; i < count(instance, "activityIds"); i++) {
        const Json *activity = object(r, item(instance, "activityIds", i)->text);
        Str label = json_text(activity, "label");
        if (activity) visit->activities[visit->n_activities++] = label.len ? label : json_text(activity, "name");
    }
}

static void read_visit(Reading *r, const Json *timeline, const Json *instance, UsdmVisit *visit)
{
    const Json *encounter = object(r, json_text(instance, "encounterId")), *timing = timing_of(timeline, json_text(instance, "id"));
    *visit = (UsdmVisit){.name = json_text(encounter, "name"), .label = json_text(encounter, "label"), .description = json_text(encounter, "description"),
                         .start_rule = rule(r, encounter, "transitionStartRule"), .end_rule = rule(r, encounter, "transitionEndRule"),
                         .epoch = place_of(r->study->epochs, r->study->n_epochs, json_text(instance, "epochId")),
                         .before = window_days(timing, "windowLower"), .after = window_days(timing, "windowUpper")};
    for (size_t i = 0; i < r->study->n_visits; i++)              /* an encounter that comes again goes by what it is there */
        if (str_equal(r->study->visits[i].name, visit->name)) visit->name = json_text(instance, "name"), visit->label = json_text(instance, "label");
    visit->has_day = find_day(timeline, json_text(instance, "id"), 0, &visit->day);
    if (visit->label.len == 0) visit->label = visit->name;
    read_activities(r, instance, visit);
}

/* Instances of the main timeline from its entry on; those without an encounter (telephone calls, branches) are no visits. */
static void read_visits(Reading *r)
{
    const Json *timeline = main_timeline(r);
    size_t n = count(timeline, "instances");
    r->study->visits = ARENA_ARRAY(r->arena, UsdmVisit, n + 1);
    Str at = json_text(timeline, "entryId");
    for (size_t steps = 0; at.len && steps < n; steps++) {
        const Json *instance = object(r, at);
        if (json_text(instance, "encounterId").len) {
            read_visit(r, timeline, instance, &r->study->visits[r->study->n_visits]);
            r->study->n_visits++;
        }
        at = json_text(instance, "defaultConditionId");
    }
}

static void read_criteria(Reading *r)
{
    UsdmStudy *s = r->study;
    s->n_criteria = count(r->design, "eligibilityCriteria");
    s->criteria = ARENA_ARRAY(r->arena, UsdmCriterion, s->n_criteria + 1);
    for (size_t i = 0; i < s->n_criteria; i++) {
        const Json *from = item(r->design, "eligibilityCriteria", i), *text = object(r, json_text(from, "criterionItemId"));
        Str category = decode(from, "category");
        s->criteria[i] = (UsdmCriterion){json_text(from, "identifier"), json_text(from, "name"), json_text(from, "label"),
                                         plain(r, json_text(text, "text"), json_text(text, "dictionaryId")), str_starts(category, STR("Incl"))};
    }
}

static void read_objectives(Reading *r)
{
    UsdmStudy *s = r->study;
    s->n_objectives = count(r->design, "objectives");
    s->objectives = ARENA_ARRAY(r->arena, UsdmObjective, s->n_objectives + 1);
    for (size_t i = 0; i < s->n_objectives; i++) {
        const Json *from = item(r->design, "objectives", i);
        UsdmObjective *to = &s->objectives[i];
        *to = (UsdmObjective){.text = plain(r, json_text(from, "text"), json_text(from, "dictionaryId")), .level = decode(from, "level"), .n_endpoints = count(from, "endpoints")};
        to->endpoints = ARENA_ARRAY(r->arena, Str, to->n_endpoints + 1), to->endpoint_levels = ARENA_ARRAY(r->arena, Str, to->n_endpoints + 1);
        for (size_t k = 0; k < to->n_endpoints; k++) {
            const Json *endpoint = item(from, "endpoints", k);
            to->endpoints[k] = plain(r, json_text(endpoint, "text"), json_text(endpoint, "dictionaryId"));
            to->endpoint_levels[k] = decode(endpoint, "level");
        }
    }
}

static void read_estimands(Reading *r)
{
    UsdmStudy *s = r->study;
    s->n_estimands = count(r->design, "estimands");
    s->estimands = ARENA_ARRAY(r->arena, UsdmEstimand, s->n_estimands + 1);
    for (size_t i = 0; i < s->n_estimands; i++) {
        const Json *from = item(r->design, "estimands", i);
        UsdmEstimand *to = &s->estimands[i];
        const Json *treatment = count(from, "interventionIds") ? object(r, item(from, "interventionIds", 0)->text) : NULL;
        *to = (UsdmEstimand){.population_summary = json_text(from, "populationSummary"), .population = json_text(object(r, json_text(from, "analysisPopulationId")), "text"),
                             .treatment = json_text(treatment, "label"), .variable = plain(r, json_text(object(r, json_text(from, "variableOfInterestId")), "text"), STR("")),
                             .n_events = count(from, "intercurrentEvents")};
        to->events = ARENA_ARRAY(r->arena, Str, to->n_events + 1), to->strategies = ARENA_ARRAY(r->arena, Str, to->n_events + 1);
        for (size_t k = 0; k < to->n_events; k++) {
            to->events[k] = json_text(item(from, "intercurrentEvents", k), "text");
            to->strategies[k] = json_text(item(from, "intercurrentEvents", k), "strategy");
        }
    }
}

static void read_titles(Reading *r)
{
    static const struct {
        const char *type;
        size_t place;
    } TITLES[] = {{"Study Acronym", offsetof(UsdmStudy, acronym)}, {"Brief Study Title", offsetof(UsdmStudy, brief_title)},
                  {"Official Study Title", offsetof(UsdmStudy, official_title)}, {"Public Study Title", offsetof(UsdmStudy, public_title)}};
    for (size_t i = 0; i < count(r->version, "titles"); i++)
        for (size_t k = 0; k < sizeof TITLES / sizeof TITLES[0]; k++)
            if (str_equal(decode(item(r->version, "titles", i), "type"), str_from(TITLES[k].type)))
                *(Str *)(void *)((char *)r->study + TITLES[k].place) = plain(r, json_text(item(r->version, "titles", i), "text"), STR(""));
}

static void read_identifiers(Reading *r)
{
    UsdmStudy *s = r->study;
    for (size_t i = 0; i < count(r->version, "studyIdentifiers"); i++) {
        const Json *from = item(r->version, "studyIdentifiers", i), *scope = object(r, json_text(from, "scopeId"));
        Str label = json_text(scope, "label"), name = label.len ? label : json_text(scope, "name");
        if (str_find(decode(scope, "type"), STR("Regist")) != SIZE_MAX) s->registry = name, s->registry_id = json_text(from, "text");
        else if (s->sponsor_id.len == 0) s->sponsor = name, s->sponsor_id = json_text(from, "text");
    }
}

static bool quantity(const Json *json, double *value)
{
    *value = json_number(json, "value", NAN);
    return isfinite(*value);
}

static void read_population(Reading *r)
{
    UsdmStudy *s = r->study;
    const Json *population = json_get(r->design, "population"), *age = json_get(population, "plannedAge"), *healthy = json_get(population, "includesHealthySubjects");
    const Json *planned = json_get(population, "plannedEnrollmentNumber");
    s->population = plain(r, json_text(population, "description"), STR(""));
    s->sexes = decodes(r, population, "plannedSex");
    s->healthy = healthy && healthy->boolean;
    s->has_age_min = quantity(json_get(age, "minValue"), &s->age_min);
    s->has_age_max = quantity(json_get(age, "maxValue"), &s->age_max);
    s->has_planned = quantity(planned, &s->planned) || quantity(json_get(planned, "maxValue"), &s->planned);
}

static void read_design(Reading *r)
{
    UsdmStudy *s = r->study;
    s->study_type = decode(r->design, "studyType"), s->phase = decode(r->design, "studyPhase");
    s->model = decode(r->design, "model"), s->blinding = decode(r->design, "blindingSchema");
    s->characteristics = decodes(r, r->design, "characteristics"), s->intents = decodes(r, r->design, "intentTypes"), s->types = decodes(r, r->design, "subTypes");
    if (count(r->design, "indications")) s->indication = json_text(item(r->design, "indications", 0), "description");
    if (count(r->version, "studyInterventions")) {
        const Json *intervention = item(r->version, "studyInterventions", 0);
        s->intervention = json_text(intervention, "label"), s->intervention_type = decode(intervention, "type");
    }
    s->activities = ARENA_ARRAY(r->arena, Str, count(r->design, "activities") + 1);
    for (size_t i = 0; i < count(r->design, "activities"); i++) {
        Str label = json_text(item(r->design, "activities", i), "label");
        s->activities[s->n_activities++] = label.len ? label : json_text(item(r->design, "activities", i), "name");
    }
}

/* What of the document has no place in a protocol of ours. */
static void name_left_out(Reading *r)
{
    static const char *const OF_VERSION[] = {"amendments", "narrativeContentItems", "biomedicalConcepts", "bcCategories", "bcSurrogates", "administrableProducts", "medicalDevices",
                                             "abbreviations", "conditions", "referenceIdentifiers", "productOrganizationRoles", "notes"};
    UsdmStudy *s = r->study;
    size_t n = sizeof OF_VERSION / sizeof OF_VERSION[0];
    s->left_out = ARENA_ARRAY(r->arena, Str, n + 3);
    for (size_t i = 0; i < n; i++)
        if (count(r->version, OF_VERSION[i])) s->left_out[s->n_left_out++] = str_format(r->arena, "%zu %s", count(r->version, OF_VERSION[i]), OF_VERSION[i]);
    if (count(r->design, "biospecimenRetentions")) s->left_out[s->n_left_out++] = str_format(r->arena, "%zu biospecimenRetentions", count(r->design, "biospecimenRetentions"));
    if (count(r->design, "scheduleTimelines") > 1) s->left_out[s->n_left_out++] = str_format(r->arena, "%zu timelines beside the main one", count(r->design, "scheduleTimelines") - 1);
    if (count(r->version, "studyDesigns") > 1) s->left_out[s->n_left_out++] = str_format(r->arena, "%zu designs after the first", count(r->version, "studyDesigns") - 1);
}

bool usdm_read(Arena *arena, Str text, UsdmStudy *study, Error *err)
{
    Json json;
    Reading r = {.arena = arena, .study = study, .by_id = map_new(arena), .err = err};
    *study = (UsdmStudy){.name = STR("")};
    if (!json_parse(arena, text, &json, err)) return false;
    const Json *root = json_get(&json, "study"), *lists[] = {json_get(root, "versions"), NULL};
    if (!root) {
        error_set(err, ERROR_MALFORMED, "there is no \"study\"");
        return error_hint(err, "A study definition of USDM 4.0 is an object with a member \"study\".");
    }
    if (count(root, "versions") == 0) return error_set(err, ERROR_MALFORMED, "the study has no \"versions\"");
    r.version = &lists[0]->items[0];
    if (count(r.version, "studyDesigns") == 0) return error_set(err, ERROR_MALFORMED, "its first version has no \"studyDesigns\"");
    r.design = item(r.version, "studyDesigns", 0);
    index_objects(&r, root);
    study->name = json_text(root, "name"), study->version = json_text(r.version, "versionIdentifier"), study->rationale = json_text(r.version, "rationale");
    read_titles(&r);
    read_identifiers(&r);
    read_design(&r);
    read_population(&r);
    read_parts(&r, "arms", &study->arms, &study->n_arms);
    read_parts(&r, "epochs", &study->epochs, &study->n_epochs);
    order_parts(&r, "epochs", study->epochs, study->n_epochs);
    read_elements(&r);
    read_cells(&r);
    read_visits(&r);
    read_criteria(&r);
    read_objectives(&r);
    read_estimands(&r);
    name_left_out(&r);
    return true;
}
