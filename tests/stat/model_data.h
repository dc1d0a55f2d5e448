/* Frames for the tests of models, made from arrays. */
#ifndef STAT_MODEL_DATA_H
#define STAT_MODEL_DATA_H

#include "stat/linear.h"
#include "test.h"

static inline void add_numbers(Frame *frame, const char *name, const double *values, size_t n)
{
    while (frame->n_rows < n) frame_add_row(frame);
    frame_add_column(frame, str_from(name), COLUMN_NUMBER);
    for (size_t i = 0; i < n; i++) frame_set_number(frame, i, frame->n_columns - 1, values[i]);
}

static inline void add_texts(Frame *frame, const char *name, const char *const *values, size_t n)
{
    while (frame->n_rows < n) frame_add_row(frame);
    frame_add_column(frame, str_from(name), COLUMN_TEXT);
    for (size_t i = 0; i < n; i++) frame_set_text(frame, i, frame->n_columns - 1, str_from(values[i]));
}

/* A column of numbers or texts from a JSON array. */
static inline void add_json(Frame *frame, const char *name, const Json *values)
{
    bool numeric = values->n && values->items[0].kind == JSON_IS_NUMBER;
    while (frame->n_rows < values->n) frame_add_row(frame);
    frame_add_column(frame, str_from(name), numeric ? COLUMN_NUMBER : COLUMN_TEXT);
    for (size_t i = 0; i < values->n; i++)
        if (numeric) frame_set_number(frame, i, frame->n_columns - 1, values->items[i].number);
        else frame_set_text(frame, i, frame->n_columns - 1, values->items[i].text);
}

static inline bool build(Test *t, const Frame *frame, const char *text, Model *model)
{
    Formula *formula = ARENA_NEW(t->arena, Formula);
    Error err = {0};
    return CHECK_OK(t, formula_parse(t->arena, str_from(text), formula, &err)
                       && model_build(t->arena, formula, frame, NULL, 0, model, &err), err);
}

static inline bool fit_model(Test *t, const Frame *frame, const char *text, Model *model, LinearFit *fit)
{
    Error err = {0};
    return build(t, frame, text, model) && CHECK_OK(t, linear_fit(t->arena, model, fit, &err), err);
}

/* Sixteen and one made-up subjects of an unbalanced two-way layout with a covariate. */
static inline Frame *two_way(Test *t)
{
    static const char *const ARM[] = {"A", "A", "A", "A", "A", "A", "B", "B", "B", "B", "B", "C", "C", "C", "C", "C", "C"};
    static const char *const SEX[] = {"F", "F", "M", "M", "M", "F", "F", "M", "M", "F", "M", "F", "F", "F", "M", "F", "M"};
    static const double BASE[] = {12.3, 15.1, 9.8, 11.4, 14.2, 13.7, 10.9, 16.3, 12.8, 11.1, 14.9, 13.3, 9.4, 15.8, 12.2, 10.6, 14.4};
    static const double Y[] = {3.1, 4.6, 2.2, 5.9, 4.4, 3.8, 6.2, 7.5, 5.1, 6.8, 8.3, 2.7, 1.9, 4.2, 6.6, 2.1, 7.2};
    Frame *frame = frame_new(t->arena, STR("made-up"));
    add_texts(frame, "arm", ARM, 17);
    add_texts(frame, "sex", SEX, 17);
    add_numbers(frame, "base", BASE, 17);
    add_numbers(frame, "y", Y, 17);
    return frame;
}

#endif
