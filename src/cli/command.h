/* A verb of the program is a constant struct in its own file, listed once in commands.h. Parsing, help, the man page
 * and the shell completion are all made from that table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/text.h"
#include "base/time.h"

typedef enum { OPTION_END, OPTION_FLAG, OPTION_TEXT, OPTION_INTEGER, OPTION_NUMBER, OPTION_DATE, OPTION_FILE } OptionKind;

typedef struct {
    OptionKind kind;
    const char *name;                 /* "site", used as --site; "output" may also have a letter: -o */
    char letter;                      /* 0 for none */
    const char *value;                /* what help calls the value: "SITE"; NULL for a flag */
    const char *help;                 /* "where the subject is seen" */
} Option;

#define OPT_FLAG(name, help)             {OPTION_FLAG, name, 0, NULL, help}
#define OPT_TEXT(name, value, help)      {OPTION_TEXT, name, 0, value, help}
#define OPT_INTEGER(name, value, help)   {OPTION_INTEGER, name, 0, value, help}
#define OPT_NUMBER(name, value, help)    {OPTION_NUMBER, name, 0, value, help}
#define OPT_DATE(name, help)             {OPTION_DATE, name, 0, "DATE", help}
#define OPT_FILE(name, value, help)      {OPTION_FILE, name, 0, value, help}
#define OPT_OUTPUT(help)                 {OPTION_FILE, "output", 'o', "FILE", help}
#define OPT_END                          {OPTION_END, NULL, 0, NULL, NULL}

typedef struct Command Command;

/* One call of a verb: what was asked for, and where its results go. */
typedef struct {
    Arena *arena;                     /* freed when the verb returns */
    const Command *command;
    const Str *args;                  /* the words that are not options, already counted */
    size_t n_args;
    const char *const *option_values; /* one per option of the table, NULL where not given */
    bool json;                        /* --json: the results as one JSON object */
    Instant now;                      /* the only clock there is */
    Buf *out;                         /* standard output, written when the verb returns true */
    int exit_status;                  /* of a verb that succeeded in finding trouble (check, verify, compare) */
} Invocation;

struct Command {
    const char *name, *summary;       /* "enroll", "add a subject whose consent is recorded" */
    const char *usage;                /* "TRIAL --site SITE" */
    const char *description;          /* a paragraph for the man page; may be NULL */
    const char *example;              /* command lines, one per line; may be NULL */
    size_t min_args, max_args;        /* words that are not options */
    const Option *options;            /* ends with OPT_END; NULL for none. --json and --help are common to all */
    bool (*run)(Invocation *call, Error *err);
};

/* The value of an option of the table: empty (or false, or `otherwise`) when it was not given. A name that is not in
 * the table is a broken promise. Integers, numbers and dates were checked when they were parsed. */
bool option_given(const Invocation *call, const char *name);
Str option_text(const Invocation *call, const char *name);
int64_t option_integer(const Invocation *call, const char *name, int64_t otherwise);
double option_number(const Invocation *call, const char *name, double otherwise);

/* Runs the program: finds the verb, parses, runs, prints results or the error; returns the exit status. */
int command_main(int argc, char **argv);

/* The table itself, and what is printed from it. */
const Command *const *command_list(size_t *n);
void command_write_help(const Command *command, Buf *buf);
void command_write_man(Buf *buf);
void command_write_completion(Buf *buf);

#endif
