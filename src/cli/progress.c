#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define STEP_ROWS  ((size_t)4096)
#define STEP_S     0.25
#define WORTH_S    2.0                /* shorter work goes by without a word */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

Progress progress_begin(void)
{
    Progress progress = {.is_shown = isatty(STDERR_FILENO) == 1, .start_s = now_s(), .check_at = STEP_ROWS};
    progress.next_s = progress.start_s + STEP_S;
    return progress;
}

/* 1234567 as 1,234,567 */
static void put_grouped(Buf *buf, size_t n)
{
    if (n >= 1000) put_grouped(buf, n / 1000);
    buf_format(buf, n >= 1000 ? ",%03zu" : "%zu", n % 1000);
}

Str progress_text(Arena *arena, size_t n_rows, double seconds, double share)
{
    Buf buf = buf_new(arena);
    put_grouped(&buf, n_rows);
    buf_add_c(&buf, " rows");
    if (seconds <= 0) return buf_str(&buf);
    buf_add_c(&buf, ", ");
    put_grouped(&buf, (size_t)((double)n_rows / seconds));
    buf_add_c(&buf, " a second");
    if (share < 0.01 || share > 1) return buf_str(&buf);
    size_t left = (size_t)(seconds / share - seconds + 0.5);
    buf_format(&buf, ", %zu:%02zu left", left / 60, left % 60);
    return buf_str(&buf);
}

static void show(Progress *progress, Str text)
{
    fprintf(stderr, "\r%-*.*s", (int)progress->width, (int)text.len, text.data);
    progress->width = text.len;
    fflush(stderr);
}

void progress_row(Progress *progress, double share)
{
    if (progress->n_rows++ == 0) progress->first_s = now_s();
    if (progress->n_rows < progress->check_at || !progress->is_shown) return;
    double now = now_s();
    progress->check_at = progress->n_rows + STEP_ROWS;
    if (now < progress->next_s) return;
    progress->next_s = now + STEP_S;
    Arena *scratch = arena_new();
    show(progress, progress_text(scratch, progress->n_rows, now - progress->first_s, share));
    arena_free(scratch);
}

void progress_end(Progress *progress)
{
    double seconds = now_s() - progress->start_s;
    if (!progress->is_shown) return;
    if (progress->width) show(progress, STR("")), fprintf(stderr, "\r");
    if (seconds < WORTH_S) return;
    Arena *scratch = arena_new();
    Str text = progress_text(scratch, progress->n_rows, seconds, -1);
    fprintf(stderr, STR_FMT ", %.1f s\n", STR_ARG(text), seconds);
    arena_free(scratch);
}
