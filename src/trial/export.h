/* A trial as files that need no program of ours: CSV of every kind that import reads, the protocol, the whole journal
 * with a data dictionary, and SHA256SUMS over all of them (`sha256sum -c` checks it). A new trial into which they are
 * imported exports the same files again, the journal apart: that one belongs to its trial. */
#ifndef TRIAL_EXPORT_H
#define TRIAL_EXPORT_H

#include "trial/trial.h"

typedef struct {
    Str name;                         /* in the folder */
    bool has_rows;                    /* a CSV file */
    size_t n_rows;
    Str digest;                       /* SHA-256 */
} ExportedFile;

typedef struct {
    bool is_noted;                    /* in the journal; not when the trial file can only be read */
    size_t n;
    ExportedFile *files;
} ExportReport;

/* Into a folder, which is made if need be; files of the same names are replaced. The act is written to the journal
 * in the same transaction, so that audit.csv holds it and a failed export leaves no entry. A trial that can only be read
 * is exported without an entry. Fails: also INCONSISTENT (a text that CSV cannot tell from a missing value). */
MUST_USE bool trial_export_csv(Trial *trial, Arena *arena, const Actor *actor, Str folder, ExportReport *report, Error *err);

#endif
