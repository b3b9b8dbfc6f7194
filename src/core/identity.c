/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The identity of a run: what determines its numbers. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/identity.h"
#include "core/text.h"

/* ---- 1. the text ----------------------------------------------------------------- */

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Lines of a resolved scenario that do not count: the title, and where its files are.
 * `data` says whether the line stands in the block `data:`. */
static bool
is_idle(const char *line, bool data)
{
    return begins(line, "title:") || (data && begins(line, "    csv: "));
}

static void
add_scenario(fm_str *s, const char *text)
{
    bool data = false;

    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        if (*text != ' ')
            data = begins(text, "data:");
        if (!is_idle(text, data)) {
            fm_str_add_bytes(s, text, n);
            fm_str_add(s, "\n");
        }
        text += n + (text[n] == '\n');
    }
}

static void
add_input(fm_str *s, const char *name, const char *sum)
{
    fm_str_addf(s, "input %s: %s\n", name, sum);
}

char *
fm_identity_text(const fm_scenario *scenario, const char *version)
{
    fm_str s = {0};
    char *text = fm_scenario_text(scenario);

    if (text == NULL)
        return NULL;
    add_scenario(&s, text);
    free(text);
    for (size_t i = 0; i < scenario->study->n_inputs; i++) {
        const fm_source *from = &scenario->sources[i];
        if (from->data != NULL || from->hash[0] != '\0')
            add_input(&s, scenario->study->inputs[i].name, from->hash);
    }
    fm_str_addf(&s, "program version: %s\n", version != NULL ? version : "");
    return fm_str_take(&s);
}

char *
fm_identity_of(const fm_result *result)
{
    fm_str s = {0};
    size_t n = 0;
    const fm_result_input *inputs = fm_result_inputs(result, &n);

    add_scenario(&s, fm_result_fact(result, "scenario"));
    for (size_t i = 0; i < n; i++)
        add_input(&s, inputs[i].name, inputs[i].sha256);
    fm_str_addf(&s, "program version: %s\n", fm_result_fact(result, "version"));
    return fm_str_take(&s);
}

void
fm_identity_digest(const char *text, char hex_out[FM_DIGEST_TEXT])
{
    fm_digest digest;

    fm_digest_init(&digest);
    fm_digest_bytes(&digest, text, strlen(text));
    fm_digest_done(&digest, hex_out);
}

/* ---- 2. the difference ----------------------------------------------------------- */

enum {
    SHOWN = 60 /* bytes of a value */
};

typedef struct line {
    const char *text;
    size_t n;
} line;

static line
line_at(const char *text)
{
    return (line){text, strcspn(text, "\n")};
}

static const char *
next_line(line l)
{
    return l.text + l.n + (l.text[l.n] == '\n');
}

static bool
same_line(line a, line b)
{
    return a.n == b.n && memcmp(a.text, b.text, a.n) == 0;
}

/* Length of "  KEY" in front of ": "; the whole line when it has none. */
static size_t
key_length(line l)
{
    for (size_t i = 0; i + 1 < l.n; i++)
        if (l.text[i] == ':' && l.text[i + 1] == ' ')
            return i;
    return l.n;
}

static bool
same_key(line a, line b)
{
    size_t n = key_length(a);

    return n == key_length(b) && n < a.n && n < b.n && memcmp(a.text, b.text, n) == 0;
}

static bool
has_key(const char *text, line wanted)
{
    while (*text != '\0') {
        line l = line_at(text);
        if (same_key(l, wanted))
            return true;
        text = next_line(l);
    }
    return false;
}

static void
trim(const char **text, int *n)
{
    while (*n > 0 && **text == ' ') {
        (*text)++;
        (*n)--;
    }
}

/* "KEY is A here, B in 'FILE'" for two lines with one key. */
static void
tell_values(line a, line b, const char *place, char *words_out, size_t size)
{
    size_t key = key_length(a);
    const char *name = a.text;
    int name_n = (int)key;
    int an = (int)(a.n - key - 2), bn = (int)(b.n - key - 2);

    trim(&name, &name_n);
    if (begins(name, "- { param")) { /* a sweep's axis: shown whole */
        (void)snprintf(words_out, size, "the sweep is %.*s here, %.*s in '%s'",
                       (int)(a.n < SHOWN ? a.n : SHOWN) - 4, a.text + 4,
                       (int)(b.n < SHOWN ? b.n : SHOWN) - 4, b.text + 4, place);
        return;
    }
    (void)snprintf(words_out, size, "%.*s is %.*s here, %.*s in '%s'", name_n, name,
                   an < SHOWN ? an : SHOWN, a.text + key + 2, bn < SHOWN ? bn : SHOWN,
                   b.text + key + 2, place);
}

static void
tell_lonely(line l, bool here, const char *place, char *words_out, size_t size)
{
    const char *text = l.text;
    int n = (int)(l.n < SHOWN ? l.n : SHOWN);

    trim(&text, &n);
    (void)snprintf(words_out, size,
                   here ? "'%.*s' is not in '%s'" : "'%.*s' is only in '%s'", n, text,
                   place);
}

void
fm_identity_difference(const char *here, const char *there, const char *place,
                       char *words_out, size_t size)
{
    const char *a = here, *b = there;
    line x = line_at(a), y = line_at(b);

    while (*a != '\0' && *b != '\0' && same_line(x, y)) {
        a = next_line(x);
        b = next_line(y);
        x = line_at(a);
        y = line_at(b);
    }
    if (*a != '\0' && *b != '\0' && same_key(x, y))
        tell_values(x, y, place, words_out, size);
    else if (*a != '\0' && (*b == '\0' || !has_key(b, x)))
        tell_lonely(x, true, place, words_out, size);
    else
        tell_lonely(y, false, place, words_out, size);
}
