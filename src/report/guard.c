#include "report/guard.h"

#define MAX_GAP 2                     /* words that may stand between the words of a phrase */

typedef enum { ALWAYS, WITHOUT_CONTROL, WITHOUT_RANDOMISATION } When;

/* In a phrase '*' ends a word that may go on ("improv*"), and '_' stands for a gap of at most MAX_GAP words; without
 * it the words are neighbours. */
static const struct {
    When when;
    const char *phrase, *reason, *instead;
} RULES[] = {
    {ALWAYS, "no _ difference*", "a p-value above the threshold does not show that groups are equal",
     "Give the estimate with its interval."},
    {ALWAYS, "not _ differ*", "a p-value above the threshold does not show that groups are equal",
     "Give the estimate with its interval."},
    {ALWAYS, "no _ impact", "a test that finds nothing in few subjects does not show that there is nothing",
     "Give the interaction estimate with its interval."},
    {ALWAYS, "no _ effect*", "absence of evidence is not evidence of absence", "Give the estimate with its interval."},
    {ALWAYS, "not _ affect*", "absence of evidence is not evidence of absence", "Give the estimate with its interval."},
    {ALWAYS, "equally effective", "similar estimates in small groups do not show equality",
     "Give the interaction estimate with its interval."},
    {ALWAYS, "is _ safe", "no trial of this size can show safety", "Give the events, the subjects and the upper bounds."},
    {ALWAYS, "are _ safe", "no trial of this size can show safety", "Give the events, the subjects and the upper bounds."},
    {ALWAYS, "was _ safe", "no trial of this size can show safety", "Give the events, the subjects and the upper bounds."},
    {ALWAYS, "were _ safe", "no trial of this size can show safety", "Give the events, the subjects and the upper bounds."},
    {ALWAYS, "prove*", "a trial estimates; it does not prove", "Give the estimate with its interval."},
    {ALWAYS, "highly significant", "a small p-value is not a large effect", "Give the estimate with its interval."},
    {WITHOUT_CONTROL, "effect of", "without a control group a change cannot be told from growth, care and chance",
     "Say \"change\", beside the change that growth alone predicts."},
    {WITHOUT_CONTROL, "treatment effect*", "without a control group there is a change, not an effect",
     "Say \"change\", beside the change that growth alone predicts."},
    {WITHOUT_CONTROL, "effective*", "without a control group efficacy cannot be shown", "Say \"change\"."},
    {WITHOUT_CONTROL, "efficac*", "without a control group efficacy cannot be shown", "Say \"change\"."},
    {WITHOUT_CONTROL, "benefit*", "without a control group a benefit cannot be shown", "Say \"change\"."},
    {WITHOUT_CONTROL, "due to", "without a control group the cause of a change is not known", "Say \"after\"."},
    {WITHOUT_CONTROL, "because of", "without a control group the cause of a change is not known", "Say \"after\"."},
    {WITHOUT_CONTROL, "improved by", "without a control group the cause of a change is not known", "Say \"changed by ... after\"."},
    {WITHOUT_CONTROL, "therapy improv*", "without a control group the cause of a change is not known", "Say \"scores were higher after\"."},
    {WITHOUT_CONTROL, "treatment improv*", "without a control group the cause of a change is not known", "Say \"scores were higher after\"."},
    {WITHOUT_CONTROL, "cells improv*", "without a control group the cause of a change is not known", "Say \"scores were higher after\"."},
    {WITHOUT_CONTROL, "superior*", "nothing was compared", "Say \"change\"."},
    {WITHOUT_RANDOMISATION, "caus* _ improv*", "groups that were not randomised differ in more than the treatment",
     "Say \"was associated with\"."},
};

#define N_RULES (sizeof RULES / sizeof RULES[0])

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\'' || (unsigned char)c >= 0x80;
}

/* The next word at or after *at; empty at the end. */
static Str next_word(Str text, size_t *at)
{
    while (*at < text.len && !is_word(text.data[*at])) ++*at;
    size_t start = *at;
    while (*at < text.len && is_word(text.data[*at])) ++*at;
    return str_slice(text, start, *at);
}

static bool word_matches(Str word, Str pattern)
{
    if (!str_ends(pattern, STR("*"))) return str_equal_fold(word, pattern);
    size_t stem = pattern.len - 1;
    return word.len >= stem && str_equal_fold(str_slice(word, 0, stem), str_slice(pattern, 0, stem));
}

/* Does the rest of the phrase follow in the text from `at`, its next word at most `gap` words away? */
static bool phrase_follows(Str text, size_t at, Str phrase, int gap)
{
    Str pattern = phrase, rest = STR("");
    bool more = str_cut(phrase, STR(" "), &pattern, &rest);
    if (str_equal(pattern, STR("_"))) return phrase_follows(text, at, rest, MAX_GAP);
    for (int skipped = 0; skipped <= gap; skipped++) {
        Str word = next_word(text, &at);
        if (word.len == 0) return false;
        if (word_matches(word, pattern) && (!more || phrase_follows(text, at, rest, 0))) return true;
    }
    return false;
}

static bool applies(When when, GuardDesign design)
{
    return when == ALWAYS || (when == WITHOUT_CONTROL && !design.has_control) ||
           (when == WITHOUT_RANDOMISATION && !design.is_randomised);
}

bool guard_finds(Str sentence, GuardDesign design, GuardFinding *finding)
{
    for (size_t i = 0; i < N_RULES; i++) {
        if (!applies(RULES[i].when, design)) continue;
        for (size_t at = 0; at < sentence.len;) {
            if (phrase_follows(sentence, at, str_from(RULES[i].phrase), 0)) {
                *finding = (GuardFinding){RULES[i].phrase, RULES[i].reason, RULES[i].instead};
                return true;
            }
            if (next_word(sentence, &at).len == 0) break;
        }
    }
    return false;
}

/* A sentence ends at ". ", "! ", "? " or a line end; the end belongs to it. */
static size_t sentence_end(Str text, size_t from)
{
    for (size_t i = from; i < text.len; i++) {
        char c = text.data[i];
        bool stop = c == '.' || c == '!' || c == '?';
        if (c == '\n' || (stop && (i + 1 == text.len || text.data[i + 1] == ' ' || text.data[i + 1] == '\n'))) return i + 1;
    }
    return text.len;
}

Str guard_filter(Arena *arena, Str text, GuardDesign design, Str **withheld, size_t *n_withheld)
{
    Buf kept = buf_new(arena);
    size_t capacity = 0;
    *withheld = NULL;
    *n_withheld = 0;
    for (size_t from = 0; from < text.len;) {
        size_t end = sentence_end(text, from);
        Str sentence = str_slice(text, from, end);
        GuardFinding finding;
        if (guard_finds(sentence, design, &finding)) {
            ARENA_PUSH_ROOM(arena, *withheld, *n_withheld, capacity);
            Str trimmed = str_trim(sentence);
            (*withheld)[(*n_withheld)++] = str_format(arena, "\"" STR_FMT "\": %s. %s", STR_ARG(trimmed), finding.reason, finding.instead);
        } else {
            buf_add(&kept, sentence);
        }
        from = end;
    }
    buf_c(&kept);
    return str_trim(buf_str(&kept));
}
