/* Every verb, in the order help shows them. Adding one is a file <verb>_command.c with `const Command cmd_<verb>`, a
 * word here and a line in meson.build. */
#define COMMANDS(X)                                                                                           \
    X(demo)                                                                                                   \
    X(new)                                                                                                    \
    X(import)                                                                                                 \
    X(status)                                                                                                 \
    X(history)                                                                                                \
    X(record)                                                                                                 \
    X(correct)                                                                                                \
    X(ae)                                                                                                     \
    X(screen)                                                                                                 \
    X(consent)                                                                                                \
    X(enrol)                                                                                                  \
    X(withdraw)                                                                                               \
    X(deviation)                                                                                              \
    X(strike_out)                                                                                             \
    X(query)                                                                                                  \
    X(lock)                                                                                                   \
    X(unlock)                                                                                                 \
    X(verify)                                                                                                 \
    X(export)                                                                                                 \
    X(backup)                                                                                                 \
    X(user)                                                                                                   \
    X(site)                                                                                                   \
    X(amend)                                                                                                  \
    X(report)                                                                                                 \
    X(explain)                                                                                                \
    X(score)                                                                                                  \
    X(calibrate)                                                                                              \
    X(compare)                                                                                                \
    X(fit)                                                                                                    \
    X(impute)                                                                                                 \
    X(rates)                                                                                                  \
    X(survival)                                                                                               \
    X(test)                                                                                                   \
    X(conform)                                                                                                \
    X(show)                                                                                                   \
    X(terminology)                                                                                            \
    X(convert)                                                                                                \
    X(define)                                                                                                 \
    X(adjust)                                                                                                 \
    X(usdm)                                                                                                   \
    X(protocol)                                                                                               \
    X(check)                                                                                                  \
    X(help)                                                                                                   \
    X(man)                                                                                                    \
    X(completion)
