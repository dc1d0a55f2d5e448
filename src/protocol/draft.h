/* A draft of a protocol, made from what another system says of its forms, and written as YAML for a person to finish.
 * Only what the source knows is filled in. What it cannot know (the design, the sites, the consent) is left out, so
 * that `check` asks for it, and stands in the file as a comment that begins "# decide". Nothing is guessed.
 *
 * Readers of other formats fill a Draft through the functions below; ids must be ids of the grammar, names of items
 * columns (draft_item_id makes them so). All texts may hold anything: they are quoted as YAML needs. */
#ifndef PROTOCOL_DRAFT_H
#define PROTOCOL_DRAFT_H

#include "protocol/protocol.h"

/* The condition must be one of docs/conditions.md over the items of its form. */
typedef struct {
    Str id, condition, message;
    CheckSeverity severity;
} DraftCheck;
PROTOCOL_LIST(DraftCheck, DraftChecks);

typedef struct {
    Str id, label, unit;
    ColumnType type;
    Range range;                      /* -INFINITY, INFINITY where open: draft_add_item sets both */
    int decimals;                     /* INTEGER_ABSENT for as many as there are: draft_add_item sets it */
    bool required;
    Str codelist;                     /* by name, of a coded item; or codes written in place */
    Codelist codes;
    DraftChecks checks;
    Texts notes;                      /* comments above the item; may hold line ends */
} DraftItem;
PROTOCOL_LIST(DraftItem, DraftItems);

typedef struct {
    Str id, title;
    FormRepeat repeats;
    DraftItems items;
    Texts visits;                     /* of the schedule; for forms that repeat by visit */
    Texts notes;
} DraftForm;
PROTOCOL_LIST(DraftForm, DraftForms);

typedef struct {
    Str id, title;
    VisitKind kind;
    int day;                          /* INTEGER_ABSENT: a person decides */
    int before, after;                /* window, 0 for none */
} DraftVisit;
PROTOCOL_LIST(DraftVisit, DraftVisits);

typedef struct {
    Str id, title;
    ArmKind kind;                     /* ARM_UNSTATED: a person decides */
} DraftArm;
PROTOCOL_LIST(DraftArm, DraftArms);

PROTOCOL_LIST(Site, DraftSites);

typedef struct {
    Str id, text;
    bool is_inclusion;
} DraftCriterion;
PROTOCOL_LIST(DraftCriterion, DraftCriteria);

typedef struct {
    Arena *arena;
    Str id, title;                    /* of the trial; empty: DRAFT, and a person decides */
    Texts notes;                      /* at the head of the file: where it comes from */
    TrialPhase phase;                 /* what is UNSTATED a person decides */
    TrialDesign design;
    TrialBlinding blinding;
    Str sponsor, short_title;
    int planned_subjects;             /* 0: not said */
    Range ages;                       /* completed years; -INFINITY, INFINITY where open (draft_new sets both) */
    DraftCriteria criteria;
    DraftArms arms;
    DraftSites sites;                 /* none: a person decides */
    Codelists codelists;
    DraftVisits visits;               /* none: a single screening visit is written, for forms once per subject */
    DraftForms forms;
    Str screening;                    /* id of the form that is filled when a subject is screened */
    Str consent_version, consent_date, consent_language;        /* the first empty: a person decides */
    Map item_ids;                     /* upper-case ids given so far */
} Draft;

Draft draft_new(Arena *arena);

/* Each adds an empty member and returns it; good until the next of its kind is added to the same list. */
DraftForm *draft_add_form(Draft *draft);
DraftItem *draft_add_item(Draft *draft, DraftForm *form);
DraftVisit *draft_add_visit(Draft *draft);
DraftArm *draft_add_arm(Draft *draft);
DraftCriterion *draft_add_criterion(Draft *draft);
DraftCheck *draft_add_check(Draft *draft, DraftItem *item);
void draft_add_text(Draft *draft, Texts *texts, Str text);
void draft_note(Draft *draft, Texts *notes, const char *format, ...) PRINTF(3, 4);

/* A codelist by that name, or one of other name that has the same codes and labels. Returns the name to use. */
Str draft_codelist(Draft *draft, Str name, const Codelist *codes);

/* The name as the id of an item that no other item has: capitals; what is no letter, digit or underscore becomes one;
 * "_RECORDED" after a name that the program fills itself (AGE, VISIT), a number after one that is taken. */
Str draft_item_id(Draft *draft, Str name);

/* The name as an id of the grammar (forms, visits, arms), letter case kept; not made unique. */
Str draft_id(Arena *arena, Str name);

/* The whole file. */
void draft_write(const Draft *draft, Buf *buf);

#endif
