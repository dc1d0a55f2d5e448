#include "trial/define_study.h"

#include "base/file.h"
#include "trial/adam.h"
#include "trial/inside.h"
#include "trial/result_metadata.h"
#include "trial/sdtm.h"
#include "trial/sdtm_domains.h"
#include "trial/standard_metadata.h"

static bool is_protocol(Str path)
{
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"));
}

static void note(StudyMetadata *study, StudyTexts *notes, Str text)
{
    *study_list_add(study->arena, notes) = text;
}

/* What a reviewer will miss. */
static void note_gaps(StudyMetadata *study, StudyTexts *notes)
{
    size_t n_variables = 0, n_without = 0, n_classes = 0;
    for (size_t i = 0; i < study->data_sets.n; i++) {
        const StudyDataSet *data_set = &study->data_sets.items[i];
        n_classes += !data_set->class.len;
        for (size_t k = 0; k < data_set->variables.n; k++, n_variables++) n_without += !data_set->variables.items[k].origins.n;
    }
    if (!study->standards.n) note(study, notes, STR("No standard is named: say which the data follow with --sdtmig, --adamig, --sdtm-ct and --adam-ct."));
    if (n_without)
        note(study, notes, str_format(study->arena, "%zu of %zu variables have no origin: the data do not say where they come from.", n_without, n_variables));
    if (n_classes) note(study, notes, str_format(study->arena, "%zu data sets are of no class that their variables show.", n_classes));
}

static bool add_results(StudyMetadata *study, const Protocol *protocol, Str text, StudyTexts *notes, Error *err)
{
    StudyTexts skipped;
    if (!result_metadata_add(study, protocol, text, &skipped, err)) return false;
    for (size_t i = 0; i < skipped.n; i++) note(study, notes, str_format(study->arena, STR_FMT ", which is not among the data: it is left out.", STR_ARG(skipped.items[i])));
    return true;
}

static bool of_folder(Arena *arena, const DefineRequest *request, StudyMetadata **study, StudyTexts *notes, Error *err)
{
    Str text;
    DataSurvey survey;
    Protocol *protocol = ARENA_NEW(arena, Protocol);
    if (!request->data.len) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is a protocol, and there are no data to describe", STR_ARG(request->path));
        return error_hint(err, "Name the folder of the data with --data DIR, or give a trial file.");
    }
    if (!file_read(arena, request->path, YAML_MAX_BYTES, &text, err)) return false;
    if (!protocol_parse(arena, text, protocol, err)) return error_in(err, STR_FMT, STR_ARG(request->path));
    if (!data_survey(arena, request->data, &(SurveyChoices){.subject = protocol->data.subject}, &survey, err)) return false;
    *study = data_metadata(arena, &survey, protocol, &request->choices);
    return add_results(*study, protocol, text, notes, err) || error_in(err, STR_FMT, STR_ARG(request->path));
}

/* The sets that an export of the standard writes, and their metadata. */
static bool standard_metadata(Trial *trial, Arena *arena, const DefineRequest *request, StudyMetadata **study, Error *err)
{
    Datasets *datasets = ARENA_NEW(arena, Datasets);
    StandardSets sdtm, adam;
    bool sees_arms;
    MetadataRequest metadata = {"ADaMIG", ADAM_IG_VERSION, ADAM_CT_VERSION, STR(".xpt"), instant_text(arena, request->actor.at)};
    if (!sees_allocation(trial, &request->actor, &sees_arms, err) || !datasets_build(trial, arena, datasets, err)) return false;
    if (!sdtm_build(trial, arena, &(SdtmRequest){.datasets = datasets, .sees_arms = sees_arms}, &sdtm, err)) return false;
    if (request->tabulation) {
        metadata.standard = "SDTMIG";
        metadata.version = SDTM_IG_VERSION;
        metadata.terminology = SDTM_CT_VERSION;
        *study = trial_study_metadata(arena, trial_protocol(trial), &sdtm, &metadata);
        return true;
    }
    if (!adam_build(trial, arena, &(AdamRequest){.datasets = datasets, .sdtm = &sdtm, .sees_arms = sees_arms}, &adam, err)) return false;
    *study = trial_study_metadata(arena, trial_protocol(trial), &adam, &metadata);
    return true;
}

static bool of_trial(Arena *arena, const DefineRequest *request, StudyMetadata **study, StudyTexts *notes, Error *err)
{
    Trial *trial;
    Str text;
    if (request->data.len) {
        error_set(err, ERROR_USAGE, "\"" STR_FMT "\" is a trial file and holds its own data", STR_ARG(request->path));
        return error_hint(err, "Leave --data away, or name the protocol instead of the trial file.");
    }
    if (!trial_open(arena, request->path, &trial, err) || !standard_metadata(trial, arena, request, study, err)) return false;
    if (request->tabulation) return true;
    if (!db_find_text(arena, trial->db, "SELECT text FROM protocols ORDER BY ordinal DESC LIMIT 1", DB_NO_ARGS, &text, NULL, err)) return false;
    return add_results(*study, trial_protocol(trial), text, notes, err) || error_in(err, STR_FMT ": protocol", STR_ARG(request->path));
}

bool define_study(Arena *arena, const DefineRequest *request, StudyMetadata **study, StudyTexts *notes, Error *err)
{
    *notes = (StudyTexts){0};
    if (!(is_protocol(request->path) ? of_folder : of_trial)(arena, request, study, notes, err)) return false;
    (*study)->created = instant_text(arena, request->actor.at);
    note_gaps(*study, notes);
    return true;
}
