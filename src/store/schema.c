#include "store/schema.h"

#include <stdio.h>

/* clang-format off */
static const char *const SQL[] = {
    "CREATE TABLE journal (\n"
    "  -- Enduring. What people did, in order: the only table that is not derived from another. Each entry\n"
    "  -- carries the hash of the one before; docs/trial-file.md says how the hash is made.\n"
    "  seq       INTEGER PRIMARY KEY CHECK (seq > 0),  -- 1, 2, 3 ... without a gap\n"
    "  at        INTEGER NOT NULL,                     -- server's clock, ms since 1970, UTC\n"
    "  client_at INTEGER,                              -- client's clock; kept, never relied on\n"
    "  actor     TEXT NOT NULL,\n"
    "  role      TEXT NOT NULL,\n"
    "  site      TEXT NOT NULL,\n"
    "  act       TEXT NOT NULL,\n"
    "  subject   TEXT NOT NULL,\n"
    "  reason    TEXT NOT NULL,\n"
    "  body      TEXT NOT NULL,                        -- canonical JSON\n"
    "  prev      TEXT NOT NULL,\n"
    "  hash      TEXT NOT NULL\n"
    ") STRICT;\n",
    "CREATE INDEX journal_subject ON journal (subject, seq);\n",
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN\n"
    "  SELECT RAISE(ABORT, 'the journal can only be appended to'); END;\n",
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN\n"
    "  SELECT RAISE(ABORT, 'the journal can only be appended to'); END;\n",
    "CREATE TRIGGER journal_in_order BEFORE INSERT ON journal BEGIN\n"
    "  SELECT RAISE(ABORT, 'an entry can only follow the last one')\n"
    "  WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal); END;\n",
    "CREATE TABLE protocols (\n"
    "  -- Each version of the protocol as it was read, so that every form can say which one it followed.\n"
    "  version TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, text TEXT NOT NULL, seq INTEGER NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE sites (\n"
    "  -- Where subjects are seen; a site's people see and write only there.\n"
    "  site TEXT PRIMARY KEY, title TEXT NOT NULL, country TEXT NOT NULL, seq INTEGER NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE approvals (\n"
    "  -- From which day a site works under which version of the protocol.\n"
    "  site TEXT NOT NULL, version TEXT NOT NULL, date TEXT NOT NULL, seq INTEGER NOT NULL,\n"
    "  PRIMARY KEY (site, version)\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE users (\n"
    "  -- Everybody who ever had access. A user id is never given twice, also after its owner has left.\n"
    "  user TEXT PRIMARY KEY, name TEXT NOT NULL, added_seq INTEGER NOT NULL, left_seq INTEGER\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE grants (\n"
    "  -- Which roles a user holds now, and where (site '' is the whole trial).\n"
    "  user TEXT NOT NULL, role TEXT NOT NULL, site TEXT NOT NULL, seq INTEGER NOT NULL,\n"
    "  PRIMARY KEY (user, role, site)\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE subjects (\n"
    "  -- Where each subject stands: the dates that decide what may be recorded.\n"
    "  subject TEXT PRIMARY KEY, site TEXT NOT NULL, screened TEXT NOT NULL, consented TEXT, enrolled TEXT,\n"
    "  arm TEXT, withdrawn TEXT, withdrawal_reason TEXT, seq INTEGER NOT NULL\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE consents (\n"
    "  -- Every consent and re-consent, with the version that was signed.\n"
    "  seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, date TEXT NOT NULL, version TEXT NOT NULL,\n"
    "  language TEXT NOT NULL, signed_by TEXT NOT NULL, assent TEXT NOT NULL\n"
    ") STRICT;\n",
    "CREATE INDEX consents_subject ON consents (subject);\n",
    "CREATE TABLE forms (\n"
    "  -- One filled form: of screening, a visit, a dose (visit is its number) or an adverse event (likewise).\n"
    "  -- id is the journal entry that made it.\n"
    "  id INTEGER PRIMARY KEY, subject TEXT NOT NULL, form TEXT NOT NULL, visit TEXT NOT NULL,\n"
    "  act TEXT NOT NULL, date TEXT NOT NULL, protocol TEXT NOT NULL, struck_out INTEGER, seq INTEGER NOT NULL\n"
    ") STRICT;\n",
    "CREATE INDEX forms_key ON forms (subject, form, visit);\n",
    "CREATE TABLE item_values (\n"
    "  -- The value of each item now: how often it was saved and by which entry last. Where there is none,\n"
    "  -- `missing` says why. value_history shows the earlier ones.\n"
    "  form_id INTEGER NOT NULL, item TEXT NOT NULL, value ANY, missing TEXT, version INTEGER NOT NULL,\n"
    "  seq INTEGER NOT NULL, PRIMARY KEY (form_id, item)\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE TABLE deviations (\n"
    "  -- Departures from the protocol, for the report and for those who oversee the trial.\n"
    "  seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, date TEXT NOT NULL, kind TEXT NOT NULL,\n"
    "  detail TEXT NOT NULL\n"
    ") STRICT;\n",
    "CREATE TABLE queries (\n"
    "  -- Questions about a value, by a person or by a soft check, until somebody has answered and closed.\n"
    "  seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, form TEXT NOT NULL, visit TEXT NOT NULL,\n"
    "  item TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL, answer TEXT NOT NULL,\n"
    "  changed_seq INTEGER NOT NULL\n"
    ") STRICT;\n",
    "CREATE INDEX queries_subject ON queries (subject, form, visit);\n",
    "CREATE TABLE locks (\n"
    "  -- What cannot be written any more: a form, a subject ('' form) or the trial ('' subject).\n"
    "  subject TEXT NOT NULL, form TEXT NOT NULL, visit TEXT NOT NULL, seq INTEGER NOT NULL,\n"
    "  PRIMARY KEY (subject, form, visit)\n"
    ") STRICT, WITHOUT ROWID;\n",
    "CREATE VIEW value_history AS\n"
    "  -- Every save of every item, read from the journal itself.\n"
    "  SELECT j.subject, json_extract(j.body, '$.form') AS form, coalesce(json_extract(j.body, '$.visit'), '') AS visit, i.key AS item,\n"
    "    CASE i.type WHEN 'object' THEN NULL ELSE i.value END AS value,\n"
    "    CASE i.type WHEN 'object' THEN json_extract(i.value, '$.missing') END AS missing,\n"
    "    j.seq, j.at, j.actor, j.role, j.act, j.reason\n"
    "  FROM journal AS j, json_each(j.body, '$.items') AS i;\n",
    "CREATE VIEW current_values AS\n"
    "  -- What stands now, one row per value, for people who read the file with other programs.\n"
    "  SELECT f.subject, s.site, f.form, f.visit, f.date, v.item, v.value, v.missing, v.version, v.seq\n"
    "  FROM forms AS f JOIN item_values AS v ON v.form_id = f.id LEFT JOIN subjects AS s ON s.subject = f.subject\n"
    "  WHERE f.struck_out IS NULL;\n",
    "CREATE VIEW doses AS\n"
    "  -- When each dose was given; its product is in current_values.\n"
    "  SELECT subject, CAST(visit AS INTEGER) AS dose, date, id AS form_id FROM forms\n"
    "  WHERE act = 'dose' AND struck_out IS NULL;\n",
    "CREATE VIEW adverse_events AS\n"
    "  -- One row per event; its details are in current_values.\n"
    "  SELECT subject, CAST(visit AS INTEGER) AS event, date AS start, id AS form_id FROM forms\n"
    "  WHERE act = 'adverse-event' AND struck_out IS NULL;\n",
    NULL,
};
/* clang-format on */

#define N_ENDURING 5 /* the first pieces: the journal, its index and its triggers */

static const DerivedTable TABLES[] = {
    {"protocols", 1}, {"sites", 1}, {"approvals", 2},   {"users", 1},      {"grants", 3},  {"subjects", 1},
    {"consents", 1},  {"forms", 1}, {"item_values", 2}, {"deviations", 1}, {"queries", 1}, {"locks", 3},
};

static const char *const VIEWS[] = {"value_history", "current_values", "doses", "adverse_events"};

const DbFormat TRIAL_FORMAT = {
    .application_id = TRIAL_APPLICATION_ID,
    .name = "trial file",
    .version = TRIAL_FORMAT_VERSION,
    .sql = SQL,
};

const DerivedTable *derived_tables(size_t *n)
{
    *n = sizeof TABLES / sizeof TABLES[0];
    return TABLES;
}

static bool drop(Db *db, const char *kind, const char *name, Error *err)
{
    char sql[96];
    snprintf(sql, sizeof sql, "DROP %s IF EXISTS %s", kind, name);
    return db_run_script(db, sql, err);
}

bool schema_reset_derived(Db *db, Error *err)
{
    for (size_t i = 0; i < sizeof VIEWS / sizeof VIEWS[0]; i++)
        if (!drop(db, "VIEW", VIEWS[i], err)) return false;
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++)
        if (!drop(db, "TABLE", TABLES[i].name, err)) return false;
    for (const char *const *piece = SQL + N_ENDURING; *piece; piece++)
        if (!db_run_script(db, *piece, err)) return false;
    return true;
}
