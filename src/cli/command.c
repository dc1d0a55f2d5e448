#include "cli/command.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cli/commands.h"
#include "equipoise.h"

#define X(name) extern const Command cmd_##name;
COMMANDS(X)
#undef X

static const Command *const LIST[] = {
#define X(name) &cmd_##name,
    COMMANDS(X)
#undef X
};

#define N_COMMANDS (sizeof LIST / sizeof LIST[0])

static const Option COMMON[] = {OPT_FLAG("json", "print the results as one JSON object"),
                                OPT_FLAG("help", "print this help"), OPT_END};

const Command *const *command_list(size_t *n)
{
    *n = N_COMMANDS;
    return LIST;
}

static size_t n_options(const Option *options)
{
    size_t n = 0;
    while (options && options[n].kind != OPTION_END) n++;
    return n;
}

static size_t option_index(const Invocation *call, const char *name)
{
    size_t i = 0, n = n_options(call->command->options);
    while (i < n && strcmp(call->command->options[i].name, name) != 0) i++;
    assert(i < n);                    /* a name that is not in the verb's table */
    return i;
}

bool option_given(const Invocation *call, const char *name) { return call->option_values[option_index(call, name)] != NULL; }

Str option_text(const Invocation *call, const char *name)
{
    return str_from(call->option_values[option_index(call, name)]);
}

int64_t option_integer(const Invocation *call, const char *name, int64_t otherwise)
{
    int64_t value;
    return integer_parse(option_text(call, name), &value) ? value : otherwise;
}

double option_number(const Invocation *call, const char *name, double otherwise)
{
    double value;
    return number_parse(option_text(call, name), &value) ? value : otherwise;
}

static void write_options(const Option *options, Buf *buf)
{
    for (size_t i = 0; options && options[i].kind != OPTION_END; i++) {
        const Option *option = &options[i];
        size_t start = buf->len;
        buf_format(buf, "  --%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
        if (option->letter) buf_format(buf, ", -%c", option->letter);
        size_t width = buf->len - start;
        buf_pad(buf, ' ', width < 26 ? 26 - width : 1);
        buf_format(buf, "%s\n", option->help);
    }
}

void command_write_help(const Command *command, Buf *buf)
{
    Str summary = str_from(command->summary);
    buf_format(buf, "Usage: equipoise %s %s\n\n%c%s%s\n", command->name, command->usage,
               summary.data[0] >= 'a' && summary.data[0] <= 'z' ? summary.data[0] - 32 : summary.data[0], summary.data + 1,
               str_ends(summary, STR("?")) ? "" : ".");
    if (command->description) buf_format(buf, "\n%s\n", command->description);
    buf_add_c(buf, "\nOptions:\n");
    write_options(command->options, buf);
    write_options(COMMON, buf);
    if (command->example) buf_format(buf, "\nExample:\n%s\n", command->example);
}

static void write_overview(Buf *buf)
{
    buf_format(buf, "equipoise %s - runs a clinical trial from one file\n\nUsage: equipoise VERB [options]\n\n", eq_version());
    for (size_t i = 0; i < N_COMMANDS; i++) buf_format(buf, "  %-12s %s\n", LIST[i]->name, LIST[i]->summary);
    buf_add_c(buf, "\n`equipoise help VERB` says more. The manual: man equipoise, or docs/ in the source.\n");
}

/* A hyphen begins an option in roff: it is written \-. A line that begins with a dot or quote is guarded. */
static void write_roff(Buf *buf, const char *text)
{
    for (bool line_start = true; *text; text++) {
        if (line_start && (*text == '.' || *text == '\'')) buf_add_c(buf, "\\&");
        if (*text == '-') buf_add_c(buf, "\\-");
        else if (*text == '\\') buf_add_c(buf, "\\e");
        else buf_char(buf, *text);
        line_start = *text == '\n';
    }
}

static void man_options(const Option *options, Buf *buf)
{
    for (size_t i = 0; options && options[i].kind != OPTION_END; i++) {
        buf_format(buf, ".TP\n\\fB\\-\\-%s\\fR", options[i].name);
        if (options[i].value) buf_format(buf, " \\fI%s\\fR", options[i].value);
        if (options[i].letter) buf_format(buf, ", \\fB\\-%c\\fR", options[i].letter);
        buf_char(buf, '\n');
        write_roff(buf, options[i].help);
        buf_char(buf, '\n');
    }
}

void command_write_man(Buf *buf)
{
    buf_format(buf, ".TH EQUIPOISE 1 \"\" \"equipoise %s\" \"Clinical trials\"\n.SH NAME\nequipoise \\- runs a clinical trial from one file\n",
               eq_version());
    buf_add_c(buf, ".SH SYNOPSIS\n.B equipoise\n.I verb\n[options]\n.SH VERBS\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        buf_format(buf, ".SS \"equipoise %s ", LIST[i]->name);
        write_roff(buf, LIST[i]->usage);
        buf_add_c(buf, "\"\n");
        write_roff(buf, LIST[i]->summary);
        buf_add_c(buf, ".\n");
        if (LIST[i]->description) {
            buf_add_c(buf, ".PP\n");
            write_roff(buf, LIST[i]->description);
            buf_char(buf, '\n');
        }
        man_options(LIST[i]->options, buf);
        if (LIST[i]->example) {
            buf_add_c(buf, ".PP\n.nf\n");
            write_roff(buf, LIST[i]->example);
            buf_add_c(buf, "\n.fi\n");
        }
    }
    buf_add_c(buf, ".SH OPTIONS OF EVERY VERB\n");
    man_options(COMMON, buf);
    buf_add_c(buf, ".SH EXIT STATUS\n.TP\n0\nsuccess\n.TP\n1\nthe verb looked and found trouble (verify, compare)\n");
    for (int code = ERROR_NONE + 1; code <= ERROR_IO; code++) {
        buf_format(buf, ".TP\n%d\n", error_exit_status((ErrorCode)code));
        write_roff(buf, error_meaning((ErrorCode)code));
        buf_char(buf, '\n');
    }
}

void command_write_completion(Buf *buf)
{
    buf_add_c(buf, "# bash completion for equipoise: source it, or put it in bash-completion's folder\n_equipoise()\n{\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=\n    if [ \"$COMP_CWORD\" = 1 ]; then\n        words=\"");
    for (size_t i = 0; i < N_COMMANDS; i++) buf_format(buf, "%s%s", i ? " " : "", LIST[i]->name);
    buf_add_c(buf, "\"\n    elif [[ $word == -* ]]; then\n        case $verb in\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        buf_format(buf, "        %s) words=\"--json --help", LIST[i]->name);
        for (size_t k = 0; k < n_options(LIST[i]->options); k++) buf_format(buf, " --%s", LIST[i]->options[k].name);
        buf_add_c(buf, "\" ;;\n");
    }
    buf_add_c(buf, "        esac\n    fi\n    if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); else COMPREPLY=($(compgen -f -- \"$word\")); fi\n"
                   "}\ncomplete -o filenames -F _equipoise equipoise\n");
}

static const Command *find_command(Str name, Error *err)
{
    Str names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = str_from(LIST[i]->name);
        if (str_equal(names[i], name)) return LIST[i];
    }
    error_set(err, ERROR_USAGE, "there is no verb \"" STR_FMT "\"", STR_ARG(name));
    Str nearest = str_nearest(name, names, N_COMMANDS);
    if (nearest.len) error_hint(err, "Did you mean \"equipoise " STR_FMT "\"?", STR_ARG(nearest));
    else error_hint(err, "`equipoise help` lists the verbs.");
    return NULL;
}

static bool check_value(const Option *option, Str value, Error *err)
{
    int64_t integer;
    double number;
    Date date;
    bool ok = true;
    if (option->kind == OPTION_INTEGER) ok = integer_parse(value, &integer);
    if (option->kind == OPTION_NUMBER) ok = number_parse(value, &number);
    if (option->kind == OPTION_DATE) ok = date_parse(value, &date, NULL) && date_is_full(date);
    if (ok) return true;
    error_set(err, ERROR_USAGE, "--%s wants %s, not \"" STR_FMT "\"", option->name,
              option->kind == OPTION_INTEGER  ? "a whole number"
              : option->kind == OPTION_NUMBER ? "a number"
                                              : "a date such as 2016-03-01",
              STR_ARG(value));
    return error_hint(err, "`equipoise help` shows what each option takes.");
}

/* --name, --name=value, -o; in the verb's table first, then in the common one. */
static const Option *match_option(const Option *options, Str word)
{
    for (size_t i = 0; options && options[i].kind != OPTION_END; i++) {
        if (str_equal(str_slice(word, 2, word.len), str_from(options[i].name)) && str_starts(word, STR("--"))) return &options[i];
        if (options[i].letter && word.len == 2 && word.data[1] == options[i].letter) return &options[i];
    }
    return NULL;
}

static bool unknown_option(const Command *command, Str word, Error *err)
{
    Str names[64];
    size_t n = 0;
    for (size_t i = 0; i < n_options(command->options) && n < 62; i++) names[n++] = str_from(command->options[i].name);
    names[n++] = STR("json");
    names[n++] = STR("help");
    error_set(err, ERROR_USAGE, "\"%s\" has no option \"" STR_FMT "\"", command->name, STR_ARG(word));
    Str nearest = str_nearest(str_slice(word, 2, word.len), names, n);
    if (nearest.len) return error_hint(err, "Did you mean --" STR_FMT "?", STR_ARG(nearest));
    return error_hint(err, "`equipoise help %s` lists the options.", command->name);
}

static bool count_args(const Invocation *call, Error *err)
{
    const Command *command = call->command;
    if (call->n_args >= command->min_args && call->n_args <= command->max_args) return true;
    error_set(err, ERROR_USAGE, "\"%s\" was given %zu of the words it needs: %s", command->name, call->n_args, command->usage);
    if (call->n_args > command->max_args)
        error_set(err, ERROR_USAGE, "\"%s\" does not know what to do with \"" STR_FMT "\"", command->name,
                  STR_ARG(call->args[command->max_args]));
    return error_hint(err, "Usage: equipoise %s %s", command->name, command->usage);
}

/* Fills args, option_values, json; *help when --help stands anywhere. */
static bool parse_words(Invocation *call, int argc, char **argv, bool *help, Error *err)
{
    Str *args = ARENA_ARRAY(call->arena, Str, (size_t)argc + 1);
    const char **values = ARENA_ARRAY(call->arena, const char *, n_options(call->command->options) + 1);
    call->args = args;
    call->option_values = values;
    bool only_args = false;
    for (int i = 0; i < argc; i++) {
        Str word = str_from(argv[i]), name = word, value;
        if (only_args || word.len < 2 || word.data[0] != '-') {
            args[call->n_args++] = word;
            continue;
        }
        if (str_equal(word, STR("--"))) {
            only_args = true;
            continue;
        }
        bool has_value = str_cut(word, STR("="), &name, &value);
        const Option *option = match_option(call->command->options, name), *common = match_option(COMMON, name);
        if (!option && !common) return unknown_option(call->command, name, err);
        if (!option) {
            if (common == &COMMON[0]) call->json = true;
            else *help = true;
            continue;
        }
        if (option->kind == OPTION_FLAG) {
            values[option - call->command->options] = "yes";
            continue;
        }
        if (!has_value && i + 1 == argc) {
            error_set(err, ERROR_USAGE, "--%s wants %s after it", option->name, option->value);
            return error_hint(err, "`equipoise help %s` shows how it is used.", call->command->name);
        }
        value = has_value ? value : str_from(argv[++i]);
        if (!check_value(option, value, err)) return false;
        values[option - call->command->options] = value.data;
    }
    return *help || count_args(call, err);
}

/* A text for the terminal: bytes that could steer it (control characters, also those of C1, and what is no UTF-8) are
 * shown as \x1b. */
static const char *visible(Arena *arena, const char *text)
{
    static const char HEX[] = "0123456789abcdef";
    Buf buf = buf_new(arena);
    for (Str rest = str_from(text); rest.len;) {
        size_t n = 1;
        while (n < rest.len && ((unsigned char)rest.data[n] & 0xC0) == 0x80) n++;
        Str one = str_slice(rest, 0, n);
        unsigned char byte = (unsigned char)one.data[0];
        bool is_c1 = n == 2 && byte == 0xC2 && (unsigned char)one.data[1] < 0xA0;
        bool is_shown = byte >= 0x20 && byte != 0x7F && !is_c1 && str_is_utf8(one, NULL);
        if (is_shown) buf_add(&buf, one);
        for (size_t i = 0; !is_shown && i < n; i++) {
            byte = (unsigned char)one.data[i];
            buf_add_c(&buf, "\\x");
            buf_char(&buf, HEX[byte >> 4]);
            buf_char(&buf, HEX[byte & 15]);
        }
        rest = str_slice(rest, n, rest.len);
    }
    return buf_c(&buf);
}

static void print_error(const Error *err, bool json, Arena *arena)
{
    Buf buf = buf_new(arena);
    if (json) {
        JsonWriter writer = json_writer(&buf, 2);
        json_begin_object(&writer);
        json_key(&writer, STR("error"));
        json_begin_object(&writer);
        json_member_text(&writer, "code", str_from(error_name(err->code)));
        json_member_text(&writer, "message", str_from(err->message));
        json_member_text(&writer, "place", str_from(err->place));
        json_member_text(&writer, "hint", str_from(err->hint));
        json_end_object(&writer);
        json_end_object(&writer);
        puts(buf_c(&buf));
        return;
    }
    fprintf(stderr, "equipoise: %s%s%s\n", visible(arena, err->place), err->place[0] ? ": " : "",
            visible(arena, err->message));
    if (err->hint[0]) fprintf(stderr, "  %s\n", visible(arena, err->hint));
}

static Instant wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (Instant)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int run_verb(const Command *command, int argc, char **argv, Arena *arena)
{
    Error err = {0};
    bool help = false;
    Buf out = buf_new(arena);
    Invocation call = {.arena = arena, .command = command, .now = wall_clock(), .out = &out};
    bool ok = parse_words(&call, argc, argv, &help, &err);
    if (ok && help) command_write_help(command, &out);
    else if (ok) ok = command->run(&call, &err);
    if (!ok) {
        print_error(&err, call.json, arena);
        return error_exit_status(err.code);
    }
    if (fwrite(buf_c(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0) {
        fprintf(stderr, "equipoise: could not write to standard output\n");
        return error_exit_status(ERROR_IO);
    }
    return call.exit_status;
}

int command_main(int argc, char **argv)
{
    Arena *arena = arena_new();
    Error err = {0};
    int status;
    if (argc < 2) {
        Buf buf = buf_new(arena);
        write_overview(&buf);
        fputs(buf_c(&buf), stderr);
        status = error_exit_status(ERROR_USAGE);
    } else {
        Str name = str_from(argv[1]);
        if (str_equal(name, STR("--help")) || str_equal(name, STR("-h"))) name = STR("help");
        if (str_equal(name, STR("--version"))) {
            printf("equipoise %s\n", eq_version());
            arena_free(arena);
            return 0;
        }
        const Command *command = find_command(name, &err);
        if (command) status = run_verb(command, argc - 2, argv + 2, arena);
        else print_error(&err, false, arena), status = error_exit_status(err.code);
    }
    arena_free(arena);
    return status;
}

static bool help_run(Invocation *call, Error *err)
{
    if (call->n_args == 0) {
        write_overview(call->out);
        return true;
    }
    const Command *command = find_command(call->args[0], err);
    if (command) command_write_help(command, call->out);
    return command != NULL;
}

const Command cmd_help = {
    .name = "help",
    .summary = "list the verbs, or explain one",
    .usage = "[VERB]",
    .max_args = 1,
    .run = help_run,
};

static bool man_run(Invocation *call, Error *err)
{
    (void)err;
    command_write_man(call->out);
    return true;
}

const Command cmd_man = {
    .name = "man",
    .summary = "print the manual page",
    .usage = "",
    .example = "  equipoise man | man -l -",
    .run = man_run,
};

static bool completion_run(Invocation *call, Error *err)
{
    (void)err;
    command_write_completion(call->out);
    return true;
}

const Command cmd_completion = {
    .name = "completion",
    .summary = "print the completion script for bash",
    .usage = "",
    .example = "  eval \"$(equipoise completion)\"",
    .run = completion_run,
};
