/* What exports of every kind share: the folder, its sums, the entry in the journal. */
#ifndef TRIAL_EXPORT_INSIDE_H
#define TRIAL_EXPORT_INSIDE_H

#include "trial/export.h"
#include "trial/inside.h"

typedef struct Export Export;
struct Export {
    Trial *trial;
    Arena *arena;
    Str folder;
    ExportReport *report;
    size_t capacity;
    Str as;                           /* what the journal says: "csv" */
    bool (*write)(Export *x, Error *err);
    void *context;                    /* of the writer */
};

/* A file of the folder, written here, or there already; `name` may hold a folder of its own. */
MUST_USE bool export_file(Export *x, Str name, Str content, Error *err);
MUST_USE bool export_written(Export *x, Str name, size_t n_rows, Error *err);

/* One transaction from the entry to the last file: the files hold the entry, and a failure leaves no entry behind. Sums of
 * nothing come first: they mark the folder as ours, so that an export that failed can be repeated there. */
MUST_USE bool export_run(Export *x, const Actor *actor, ExportTo to, Error *err);

#endif
