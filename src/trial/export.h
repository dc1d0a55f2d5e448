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

typedef struct {
    Str folder;
    bool force;                       /* also among other files */
} ExportTo;

/* Into a folder, which is made if need be, and must be empty or hold an earlier export (SHA256SUMS), whose files are
 * replaced. Of a trial whose records are made up, SIMULATED.txt and a column SIMULATED of the audit say so. The act is written to the journal
 * in the same transaction, so that audit.csv holds it and a failed export leaves no entry. A trial that can only be read
 * is exported without an entry. Fails: also DENIED (who may not know the allocation), INCONSISTENT (the folder holds other files; a text that CSV cannot tell from a missing value). */
MUST_USE bool trial_export_csv(Trial *trial, Arena *arena, const Actor *actor, ExportTo to, ExportReport *report, Error *err);

#endif
