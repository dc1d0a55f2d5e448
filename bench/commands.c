/* Times whole commands, from start to exit, as a person waits for them: median of several runs, peak memory, beside the
 * aim. Usage: bench-commands PROGRAM SOURCE [DATA]. Not a test: it prints a table. */
#define _XOPEN_SOURCE 700               /* realpath, mkdtemp */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS 7

static const struct {
    const char *name, *command, *aim;
    bool needs_data;
} ROWS[] = {
    {"start and exit", "\"$PROGRAM\" help >out", "", 0},
    {"check the founding protocol", "\"$PROGRAM\" check \"$SOURCE/examples/cerebral-palsy/protocol.yaml\" >out", "", 0},
    {"demo: generate, import, verify, report", "rm -rf demo && \"$PROGRAM\" demo demo >out", "10 s", 0},
    {"report of the founding trial, HTML", "\"$PROGRAM\" report demo/palsy.trial -o report.html >out", "0.3 s", 0},
    {"verify the founding trial", "\"$PROGRAM\" verify demo/palsy.trial >out", "", 0},
    {"nine CDISC tables, HTML",
     "\"$PROGRAM\" report \"$SOURCE/examples/cdiscpilot01/protocol.yaml\" --data \"$DATA/cdiscpilot01/adam:sdtm\" -o cdisc.html >out", "1 s", 1},
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run_once(const char *command, double *ms, long *peak_kb)
{
    double start = now_ms();
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    *ms = now_ms() - start;
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    *peak_kb = usage.ru_maxrss;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/equipoise-bench-XXXXXX";
    if (argc < 3 || !mkdtemp(folder)) {
        fputs("usage: bench-commands PROGRAM SOURCE [DATA]\n", stderr);
        return 2;
    }
    char *program = realpath(argv[1], NULL), *source = realpath(argv[2], NULL), *data = argc > 3 ? realpath(argv[3], NULL) : NULL;
    if (!program || !source || chdir(folder) != 0) return 1;
    setenv("PROGRAM", program, 1);
    setenv("SOURCE", source, 1);
    setenv("DATA", data ? data : "", 1);
    printf("%-42s %10s %10s %10s   %s\n", "command", "median ms", "least ms", "aim", "note");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        double ms[RUNS];
        long peak_kb = 0;
        int status = 0;
        if (ROWS[i].needs_data && !data) continue;
        for (int run = 0; run < RUNS && status == 0; run++) status = run_once(ROWS[i].command, &ms[run], &peak_kb);
        if (status != 0) {
            printf("%-42s failed with exit status %d\n", ROWS[i].name, status);
            continue;
        }
        qsort(ms, RUNS, sizeof ms[0], by_value);
        printf("%-42s %10.1f %10.1f %10s   largest command so far: %ld MB\n", ROWS[i].name, ms[RUNS / 2], ms[0], ROWS[i].aim, peak_kb / 1024);
    }
    char clean[64];
    snprintf(clean, sizeof clean, "rm -rf %s", folder);
    free(program), free(source), free(data);
    return system(clean) != 0;
}
