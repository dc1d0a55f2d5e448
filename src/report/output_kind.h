/* The kinds of blocks that make rows of a table, one file each, in one table. */
#ifndef REPORT_OUTPUT_KIND_H
#define REPORT_OUTPUT_KIND_H

#include "report/output_eval.h"

struct OutputBlockKind {
    const char *name;    /* the key that begins such a block: "count" */
    const char *subject; /* what stands behind it: "label", "variable" */
    const char *summary;
    const char *keys;    /* the other keys it reads, blanks between */
    uint64_t statistics; /* what its templates may ask for */
    bool down, across;   /* whether it makes rows when arms go across, and when statistics do */
    /* What can be checked without data, beyond the keys; NULL: nothing. */
    bool (*check)(Arena *arena, const OutputSpec *spec, const OutputBlock *block, Error *err);
    bool (*write)(Eval *eval, const OutputBlock *block, const Scope *scope, Error *err);
};

#define BLOCK_KINDS(X) X(count) X(categories) X(statistics) X(model) X(group) X(by) X(row) X(subgroup) X(survival)

#define X(kind) extern const OutputBlockKind block_kind_##kind;
BLOCK_KINDS(X)
#undef X

const OutputBlockKind *const *block_kinds(size_t *n);

/* Tests of columns against each other, in one table. */
struct TestInput {
    size_t n_groups;
    const double **values; /* per group, when the test needs values */
    size_t *n_values;
    size_t n_rows;
    const size_t *counts; /* n_rows x n_groups */
};

struct TestMethod {
    const char *name, *page, *title; /* "fisher", page of docs/methods, "Fisher exact test, two-sided" */
    bool needs_values;               /* else counts */
    bool (*run)(Arena *arena, const TestInput *input, CellValues *values, Error *err);
    const char *only; /* the kind of block that it can be made of; NULL: any that has what it needs */
};

const TestMethod *test_methods(size_t *n);

#endif
