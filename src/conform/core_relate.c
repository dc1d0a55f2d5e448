/* Rows that SDTM relates by name: a child's parent by RDOMAIN, IDVAR and IDVARVAL, and those of RELREC. */
#include "conform/core_inside.h"

#define NO_ROW UINT32_MAX

/* Rows of a data set by subject and the value of a variable. */
typedef struct RowIndex RowIndex;
struct RowIndex {
    const DataSet *set;
    Str variable;
    const DataColumn *column;         /* NULL when the data set has no such variable */
    Map first;                        /* "SUBJECT|value": the first row */
    uint32_t *next;                   /* of a row: the next of its key */
    RowIndex *more;
};

/* "  2" and "2.0" are 2. */
static Str key_of(Arena *arena, Str subject, DataValue value)
{
    double number;
    Str text = str_trim(value.text);
    if (data_number((DataValue){.text = text}, &number)) text = data_of_number(arena, number).text;
    return str_format(arena, STR_FMT "\x1f" STR_FMT, STR_ARG(subject), STR_ARG(text));
}

static Str subject_of(const DataSet *set, size_t row)
{
    const DataColumn *subject = set_column(set, STR("USUBJID"));
    return subject ? data_text(subject, row) : STR("");
}

static const RowIndex *index_of(CoreRun *run, RowIndex **indexes, const DataSet *set, Str variable)
{
    for (const RowIndex *index = *indexes; index; index = index->more)
        if (index->set == set && str_equal(index->variable, variable)) return index;
    RowIndex *index = ARENA_NEW(run->arena, RowIndex);
    *index = (RowIndex){.set = set, .variable = variable, .column = set_column(set, variable), .first = map_new(run->arena), .more = *indexes};
    *indexes = index;
    if (!index->column) return index;
    index->next = ARENA_ARRAY(run->arena, uint32_t, set->n_rows + 1);
    for (size_t row = set->n_rows; row-- > 0;) {
        bool is_new;
        MapEntry *entry = map_put(&index->first, key_of(run->arena, subject_of(set, row), data_value(index->column, row)), &is_new);
        index->next[row] = is_new ? NO_ROW : (uint32_t)entry->index;
        entry->index = row;
    }
    return index;
}

static uint32_t first_row(CoreRun *run, const RowIndex *index, Str subject, DataValue value)
{
    ArenaMark mark = arena_mark(run->arena);
    const MapEntry *entry = map_get(&index->first, key_of(run->arena, subject, value));
    uint32_t row = entry ? (uint32_t)entry->index : NO_ROW;
    arena_rewind(run->arena, mark);
    return row;
}

typedef struct {
    const DataColumn *rdomain, *subject, *idvar, *idvarval, *relid;
} Relations;

static bool find_relations(CoreRun *run, const DataSet *set, Relations *r)
{
    *r = (Relations){set_column(set, STR("RDOMAIN")), set_column(set, STR("USUBJID")), set_column(set, STR("IDVAR")), set_column(set, STR("IDVARVAL")), set_column(set, STR("RELID"))};
    if (r->rdomain && r->subject && r->idvar && r->idvarval) return true;
    core_skip(run, STR_FMT " has no RDOMAIN, USUBJID, IDVAR or IDVARVAL", STR_ARG(set->name));
    return false;
}

void core_match_parents(CoreRun *run)
{
    Relations r;
    RowIndex *indexes = NULL;
    if (!find_relations(run, &run->set, &r) || set_column(&run->set, STR("$PARENTS"))) return;
    size_t n_variables = r.idvar->n_values, n_rows = run->set.n_rows;
    DataColumnBuilder *builders = ARENA_ARRAY(run->arena, DataColumnBuilder, n_variables + 1);
    for (size_t v = 1; v < n_variables; v++) builders[v] = data_column_builder(run->arena, r.idvar->values[v].text, false);
    for (size_t row = 0; row < n_rows; row++) {
        const DataSet *parent = data_folder_get(run->folder, data_text(r.rdomain, row));
        const RowIndex *index = parent && r.idvar->codes[row] ? index_of(run, &indexes, parent, data_text(r.idvar, row)) : NULL;
        uint32_t found = index && index->column ? first_row(run, index, data_text(r.subject, row), data_value(r.idvarval, row)) : NO_ROW;
        for (size_t v = 1; v < n_variables; v++)
            data_column_add(&builders[v], found != NO_ROW && v == r.idvar->codes[row] ? data_of_text(data_text(index->column, found)) : data_of_text(STR("")));
    }
    for (size_t v = 1; v < n_variables; v++) data_set_add(run->arena, &run->set, builders[v].column);
    data_set_add(run->arena, &run->set, (DataColumn){.name = STR("$PARENTS"), .n_values = 1, .values = ARENA_ARRAY(run->arena, DataValue, 1), .codes = ARENA_ARRAY(run->arena, uint32_t, n_rows + 1)});
}

/* --- RELREC --- */

typedef struct {
    uint32_t left, right;
    const DataSet *partner;
} Related;

typedef struct {
    CoreRun *run;
    RowIndex *indexes;
    size_t n, capacity;
    Related *items;
} RelatedRows;

static void add_related(RelatedRows *related, size_t left, const DataSet *partner, uint32_t right)
{
    ARENA_PUSH_ROOM(related->run->arena, related->items, related->n, related->capacity);
    related->items[related->n++] = (Related){(uint32_t)left, right, partner};
}

/* Each row of the data set checked with those of the partner that have its value. */
static void relate_sets(RelatedRows *related, Str own, const DataSet *partner, Str other)
{
    CoreRun *run = related->run;
    const DataColumn *column = set_column(&run->set, own);
    const RowIndex *index = index_of(run, &related->indexes, partner, other);
    if (!column || !index->column) return;
    for (size_t row = 0; row < run->set.n_rows; row++) {
        if (!column->codes[row]) continue;
        for (uint32_t at = first_row(run, index, subject_of(&run->set, row), data_value(column, row)); at != NO_ROW; at = index->next[at]) add_related(related, row, partner, at);
    }
}

static void relate_rows(RelatedRows *related, const Relations *r, size_t i, size_t j, const DataSet *partner)
{
    CoreRun *run = related->run;
    const RowIndex *own = index_of(run, &related->indexes, run->checked, data_text(r->idvar, i)), *other = index_of(run, &related->indexes, partner, data_text(r->idvar, j));
    if (!own->column || !other->column) return;
    for (uint32_t left = first_row(run, own, data_text(r->subject, i), data_value(r->idvarval, i)); left != NO_ROW; left = own->next[left])
        for (uint32_t right = first_row(run, other, data_text(r->subject, j), data_value(r->idvarval, j)); right != NO_ROW; right = other->next[right])
            add_related(related, left, partner, right);
}

static void relate(RelatedRows *related, const Relations *r, size_t i, size_t j)
{
    const DataSet *partner = data_folder_get(related->run->folder, data_text(r->rdomain, j));
    if (!partner || partner == related->run->checked) return;
    if (r->idvarval->codes[i] == 0 && r->idvarval->codes[j] == 0) relate_sets(related, data_text(r->idvar, i), partner, data_text(r->idvar, j));
    else relate_rows(related, r, i, j, partner);
}

/* Pairs of rows of RELREC that share RELID and subject, of which the first is about the data set checked. */
static void relate_all(RelatedRows *related, const DataSet *relrec, const Relations *r)
{
    size_t n_groups;
    CoreRun *run = related->run;
    const uint32_t *groups = data_groups(run->arena, (const DataColumn *const[]){r->relid, r->subject}, 2, relrec->n_rows, &n_groups);
    uint32_t *last = ARENA_ARRAY(run->arena, uint32_t, n_groups + 1), *before = ARENA_ARRAY(run->arena, uint32_t, relrec->n_rows + 1);     /* 1 + row */
    for (size_t row = 0; row < relrec->n_rows; row++) {
        before[row] = last[groups[row]];
        last[groups[row]] = (uint32_t)row + 1;
    }
    for (size_t i = 0; i < relrec->n_rows; i++) {
        Str domain = data_text(r->rdomain, i);
        if (!str_equal(domain, run->checked->domain) && !str_equal(domain, run->checked->name)) continue;
        for (uint32_t j = last[groups[i]]; j; j = before[j - 1])
            if (j - 1 != i) relate(related, r, i, j - 1);
    }
}

/* In the order of the rows checked; those of one row stay as they came. */
static Related *in_row_order(CoreRun *run, const RelatedRows *related)
{
    size_t *at = ARENA_ARRAY(run->arena, size_t, run->set.n_rows + 2);
    Related *ordered = ARENA_ARRAY(run->arena, Related, related->n + 1);
    for (size_t i = 0; i < related->n; i++) at[related->items[i].left + 1]++;
    for (size_t row = 0; row < run->set.n_rows; row++) at[row + 1] += at[row];
    for (size_t i = 0; i < related->n; i++) ordered[at[related->items[i].left]++] = related->items[i];
    return ordered;
}

/* "RELREC.**TERM" of AE is AETERM. */
static Str partner_variable(Arena *arena, Str name, Str wildcard, const DataSet *partner)
{
    name = str_slice(name, sizeof "RELREC." - 1, name.len);
    if (!str_starts(name, wildcard)) return name;
    return str_format(arena, STR_FMT STR_FMT, STR_ARG(partner->prefix), STR_ARG(str_slice(name, wildcard.len, name.len)));
}

static void add_partner_column(CoreRun *run, Str name, Str wildcard, const Related *related, size_t n)
{
    bool exists = false;
    if (!str_starts(name, STR("RELREC.")) || set_column(&run->set, name)) return;
    DataColumnBuilder builder = data_column_builder(run->arena, name, false);
    for (size_t i = 0; i < n; i++) {
        const DataColumn *column = set_column(related[i].partner, partner_variable(run->arena, name, wildcard, related[i].partner));
        exists = exists || column;
        data_column_add(&builder, column ? data_of_text(data_text(column, related[i].right)) : data_of_text(STR("")));
    }
    if (exists) data_set_add(run->arena, &run->set, builder.column);
}

typedef struct {
    CoreRun *run;
    Str wildcard;
    const Related *related;
    size_t n;
} Adding;

static void add_named(void *to, const CoreLeaf *leaf)
{
    Adding *adding = to;
    add_partner_column(adding->run, leaf->name, adding->wildcard, adding->related, adding->n);
    for (size_t i = 0; i < leaf->values.n; i++) add_partner_column(adding->run, leaf->values.items[i], adding->wildcard, adding->related, adding->n);
}

void core_match_relrec(CoreRun *run, const CoreMatch *match)
{
    Relations r;
    RelatedRows related = {.run = run};
    const DataSet *relrec = data_folder_get(run->folder, STR("RELREC"));
    if (!relrec) {
        core_skip(run, "the data set RELREC is not there");
        return;
    }
    if (!find_relations(run, relrec, &r)) return;
    if (!r.relid) {
        core_skip(run, "RELREC has no RELID");
        return;
    }
    relate_all(&related, relrec, &r);
    const Related *ordered = in_row_order(run, &related);
    uint32_t *left = ARENA_ARRAY(run->arena, uint32_t, related.n + 1);
    for (size_t i = 0; i < related.n; i++) left[i] = ordered[i].left;
    core_take_rows(run, left, related.n);
    core_check_visit(&run->rule->check, add_named, &(Adding){run, match->wildcard, ordered, related.n});
    for (size_t i = 0; i < run->rule->outputs.n; i++) add_partner_column(run, run->rule->outputs.items[i], match->wildcard, ordered, related.n);
}
