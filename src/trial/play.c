#include "trial/play.h"

#include "base/file.h"
#include "trial/demo.h"

extern const Str asset_founding_protocol; /* examples/cerebral-palsy/protocol.yaml, built in */

/* The made-up data end before this morning in UTC. */
#define PLAY_CLOCK "2015-11-02T01:00:00Z"

static bool write_files(Arena *arena, const DemoFiles *files, Str folder, ImportFile *imports, Error *err)
{
    if (!file_make_folder(arena, folder, err)) return false;
    for (size_t i = 0; i < files->n; i++) {
        if (!file_write(arena, file_join(arena, folder, files->files[i].name), files->files[i].text, err))
            return false;
        imports[i] = (ImportFile){.name = files->files[i].name, .content = files->files[i].text};
    }
    return true;
}

bool play_demo(Arena *arena, Str folder, uint64_t seed, Play *play, Error *err)
{
    Actor actor = {.from_file = true};
    Trial *trial;
    DemoFiles files;
    Str head;
    int64_t n_entries;
    demo_generate(arena, seed, &files);
    *play = (Play){.protocol = file_join(arena, folder, STR("protocol.yaml")),
                   .trial = file_join(arena, folder, STR("palsy.trial")),
                   .data = file_join(arena, folder, STR("data"))};
    ImportFile *imports = ARENA_ARRAY(arena, ImportFile, files.n);
    NewTrial request = {.path = play->trial,
                        .protocol = asset_founding_protocol,
                        .user = STR("demo"),
                        .name = STR("Demonstration")};
    if (!instant_parse(STR(PLAY_CLOCK), &actor.at, err) ||
        !write_files(arena, &files, play->data, imports, err) ||
        !file_write(arena, play->protocol, asset_founding_protocol, err) ||
        !trial_create(arena, &request, &actor, &trial, err))
        return false;
    bool ok = trial_import(trial, arena, &actor, imports, files.n, false, &play->imported, err) &&
              trial_head(trial, arena, &n_entries, &head, err) &&
              trial_verify(trial, arena, head, &play->verdict, err);
    trial_close(trial);
    return ok;
}
