/* The tables of a trial file. One is enduring, the journal; all others are derived from it and can be dropped and
 * rebuilt. The SQL carries a comment for each table saying why it exists. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/db.h"

#define TRIAL_APPLICATION_ID  0x45715054u     /* "EqPT" */
#define TRIAL_FORMAT_VERSION  1

extern const DbFormat TRIAL_FORMAT;

/* A derived table; its first n_key columns are its primary key. */
typedef struct {
    const char *name;
    int n_key;
} DerivedTable;

const DerivedTable *derived_tables(size_t *n);

/* Drops and makes anew all derived tables and views, inside the caller's transaction. */
MUST_USE bool schema_reset_derived(Db *db, Error *err);

#endif
