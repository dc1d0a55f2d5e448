/* What data_survey asks of its two halves: keys and predecessors. Included by them alone. */
#ifndef EXCHANGE_SURVEY_INSIDE_H
#define EXCHANGE_SURVEY_INSIDE_H

#include "base/map.h"
#include "exchange/data_survey.h"

/* Which first variables of a list of candidates tell the records apart: a hash of them for each record. */
typedef struct {
    Arena *arena;
    size_t n, candidates[SURVEY_MAX_KEYS];
    size_t n_rows, capacity;
    uint64_t *hashes[SURVEY_MAX_KEYS];
} SurveyKeys;

SurveyKeys survey_keys_new(Arena *arena, const TableMember *member, Str subject);
void survey_keys_row(SurveyKeys *keys, const TableMember *member, const TableCell *cells);

/* The candidates of the shortest such list; 0 when none does. */
size_t survey_keys_found(SurveyKeys *keys, size_t found[SURVEY_MAX_KEYS]);

uint64_t survey_cell_hash(const TableVariable *variable, const TableCell *cell);

/* A set whose values others may repeat: its records by subject, and by --SEQ where it has one. */
typedef struct {
    Str name;
    size_t subject, sequence;         /* SIZE_MAX: none */
    Str sequence_name;
    bool is_unique;                   /* no two records have the same key so far */
    size_t n_variables;
    TableVariable *variables;
    Map rows;
    size_t n_rows, capacity;
    uint64_t *hashes;                 /* n_rows x n_variables */
} SurveyBase;

/* False when the set has no subjects. */
bool survey_base_new(Arena *arena, Str name, const TableMember *member, Str subject, SurveyBase *base);
void survey_base_row(Arena *arena, SurveyBase *base, const TableCell *cells);

/* A base beside a set that is being read: which variables have been the same so far. */
typedef struct {
    const SurveyBase *base;
    size_t subject, sequence, n_alive;
    size_t *variables;                /* of the base, for each of the set's; SIZE_MAX: none, or it differed */
} SurveyMatch;

bool survey_match_new(Arena *arena, const SurveyBase *base, const TableMember *member, Str subject, SurveyMatch *match);
void survey_match_row(Arena *scratch, SurveyMatch *match, const TableMember *member, const TableCell *cells);

#endif
