#include "instrument/ashworth.h"
#include "trial/scoring_sheet.h"

typedef struct {
    AshworthRecoding recoding;
    size_t n;
    size_t *columns;                  /* of the muscles */
    int *ranks;
} Ashworth;

static bool load(Sheet *sheet, Error *err)
{
    Ashworth *ashworth = ARENA_NEW(sheet->arena, Ashworth);
    Str recoding = sheet->request->given[SCORING_RECODING] ? sheet->request->value[SCORING_RECODING] : STR("rank");
    sheet->state = ashworth;
    ashworth->recoding = str_equal(recoding, STR("1.5")) ? ASHWORTH_HALF : ASHWORTH_RANK;
    if (ashworth->recoding == ASHWORTH_HALF || str_equal_fold(recoding, STR("rank"))) return true;
    error_set(err, ERROR_USAGE, "there is no recoding \"" STR_FMT "\"", STR_ARG(recoding));
    return error_hint(err, "Write rank (1+ is 2, up to 5) or 1.5 (1+ is 1.5, up to 4).");
}

static void take_column(Sheet *sheet, size_t column)
{
    Ashworth *ashworth = sheet->state;
    ashworth->columns[ashworth->n++] = column;
    sheet->is_item[column] = true;
}

static bool take_named(Sheet *sheet, Str list, Error *err)
{
    while (list.len) {
        Str word, rest = STR("");
        if (!str_cut(list, STR(","), &word, &rest)) word = list;
        list = rest;
        word = str_trim(word);
        size_t column = sheet_find(sheet, word);
        if (column == NO_COLUMN) {
            error_set(err, ERROR_INCONSISTENT, "there is no column \"" STR_FMT "\"", STR_ARG(word));
            Str nearest = str_nearest(word, sheet->names, sheet->n_names);
            error_hint(err, nearest.len ? "Did you mean \"" STR_FMT "\"?" : "--items names columns of the header%.*s.", STR_ARG(nearest));
            return error_in(err, "line 1");
        }
        if (!sheet->is_item[column]) take_column(sheet, column);
    }
    return true;
}

static bool prepare(Sheet *sheet, Error *err)
{
    Ashworth *ashworth = sheet->state;
    ashworth->columns = ARENA_ARRAY(sheet->arena, size_t, sheet->n_names);
    ashworth->ranks = ARENA_ARRAY(sheet->arena, int, sheet->n_names);
    if (!take_named(sheet, sheet->request->value[SCORING_ITEMS], err)) return false;
    for (size_t i = 0; !sheet->request->given[SCORING_ITEMS] && i < sheet->n_names; i++) {
        Str end = str_slice(sheet->names[i], sheet->names[i].len < 2 ? 0 : sheet->names[i].len - 2, sheet->names[i].len);
        if (str_equal_fold(end, STR("_L")) || str_equal_fold(end, STR("_R"))) take_column(sheet, i);
    }
    if (!ashworth->n) {
        error_set(err, ERROR_INCONSISTENT, "no column holds a muscle");
        error_hint(err, "Muscles are looked for as columns that end in _L or _R; --items A,B,C names others.");
        return error_in(err, "line 1");
    }
    sheet_note(sheet, str_format(sheet->arena, "Mean over the muscles rated; %s.", ashworth_recoding_text(ashworth->recoding)));
    sheet_note(sheet, STR("Grades are ordered, not spaced: a mean is a convention, and one grade in one muscle of one child says little."));
    return true;
}

enum { N_RATED, N_MISSING, MEAN, HIGHEST };

static const ScoreColumn COLUMNS[] = {
    [N_RATED] = {"N_RATED", "Rated", "", COLUMN_INTEGER, 0},
    [N_MISSING] = {"N_NOT_RATED", "Not rated", "", COLUMN_INTEGER, 0},
    [MEAN] = {"MASMEAN", "Mean", "", COLUMN_NUMBER, 2},
    [HIGHEST] = {"MASMAX", "Highest grade", "", COLUMN_TEXT, 0},
};

static bool score(Sheet *sheet, Error *err)
{
    Ashworth *ashworth = sheet->state;
    AshworthComposite composite;
    int highest = -1;
    for (size_t i = 0; i < ashworth->n; i++) {
        Str cell;
        ashworth->ranks[i] = -1;
        if (!sheet_cell(sheet, ashworth->columns[i], &cell, err)) return false;
        if (cell.len && !ashworth_parse(cell, &ashworth->ranks[i], err)) return sheet_blame(sheet, ashworth->columns[i], err);
        if (ashworth->ranks[i] > highest) highest = ashworth->ranks[i];
    }
    if (!ashworth_composite(ashworth->ranks, ashworth->n, ashworth->recoding, &composite, err)) return false;
    sheet_put(sheet, N_RATED, composite.n_rated);
    sheet_put(sheet, N_MISSING, composite.n_missing);
    sheet_put(sheet, MEAN, composite.mean);
    sheet_put_text(sheet, HIGHEST, str_from(ashworth_text(highest)));
    return true;
}

const Scorer scorer_modified_ashworth = {
    .id = "modified-ashworth",
    .title = "Modified Ashworth Scale",
    .instrument = &instrument_modified_ashworth,
    .options = 1u << SCORING_ITEMS | 1u << SCORING_RECODING,
    .n_columns = sizeof COLUMNS / sizeof COLUMNS[0],
    .columns = COLUMNS,
    .load = load,
    .prepare = prepare,
    .score = score,
};
