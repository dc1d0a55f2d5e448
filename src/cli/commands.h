/* Every verb, in the order help shows them. Adding one is a file <verb>_command.c with `const Command cmd_<verb>`, a
 * word here and a line in meson.build. */
#define COMMANDS(X)                                                                                           \
    X(demo)                                                                                                   \
    X(report)                                                                                                 \
    X(explain)                                                                                                \
    X(compare)                                                                                                \
    X(protocol)                                                                                               \
    X(check)                                                                                                  \
    X(help)                                                                                                   \
    X(man)                                                                                                    \
    X(completion)
