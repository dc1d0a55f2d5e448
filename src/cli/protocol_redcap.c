#include "cli/protocol_redcap.h"

#include "base/file.h"
#include "exchange/redcap_draft.h"

#define MAX_METADATA ((size_t)64 << 20)

typedef bool (*ParseProject)(Arena *arena, Str content, RedcapProject *project, Error *err);

static bool parse_dictionary(Arena *arena, Str content, RedcapProject *project, Error *err)
{
    return redcap_dictionary_parse(arena, content, &project->dictionary, err);
}

static bool read_part(Invocation *call, const char *option, ParseProject parse, RedcapProject *project, Error *err)
{
    Str content;
    return !option_given(call, option)
           || (file_read(call->arena, option_text(call, option), MAX_METADATA, &content, err)
               && (parse(call->arena, content, project, err) || error_in(err, STR_FMT, STR_ARG(option_text(call, option)))));
}

static Texts split_names(Arena *arena, Str text)
{
    Texts names = {.items = ARENA_ARRAY(arena, Str, text.len + 1)};
    while (text.len) {
        Str name, rest = STR("");
        if (!str_cut(text, STR(","), &name, &rest)) name = text;
        text = rest;
        if (str_trim(name).len) names.items[names.n++] = str_trim(name);
    }
    return names;
}

bool protocol_from_redcap(Invocation *call, Error *err)
{
    RedcapProject project = {0};
    RedcapChoices choices = {.repeating = split_names(call->arena, option_text(call, "repeating")), .keep_status = option_given(call, "keep-status")};
    Draft draft;
    if (!read_part(call, "from-redcap", parse_dictionary, &project, err) || !read_part(call, "arms", redcap_arms_parse, &project, err)
        || !read_part(call, "events", redcap_events_parse, &project, err) || !read_part(call, "mapping", redcap_mapping_parse, &project, err)
        || !redcap_draft(call->arena, &project, &choices, &draft, err)) return false;
    draft_write(&draft, call->out);
    return true;
}
