/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics: all problems of a user's file in one pass, sorted by place. */
#ifndef FM_CORE_DIAG_H
#define FM_CORE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <fabmet/error.h>

enum {
    FM_DIAG_MAX = 50
}; /* more are counted, not kept */

typedef struct fm_mark {
    int line;   /* from 1; 0: no place known (a command-line value, a missing key) */
    int column; /* code points from 1 */
} fm_mark;

typedef struct fm_diag {
    char *file; /* as the user named it; "--set" for the command line, "-" for stdin */
    fm_mark mark;
    bool warning;
    char *text; /* what was found and what is allowed */
    char *hint; /* what to do; NULL if the text says it all */
} fm_diag;

typedef struct fm_diags fm_diags;

/* Makes an empty list.  Returns NULL if memory ran out.  Pair: fm_diags_free. */
fm_diags *fm_diags_create(void);
void fm_diags_free(fm_diags *diags);

/* Adds an error (or warning).  Beyond FM_DIAG_MAX it only counts.  Control bytes of the
 * text are shown escaped (`\x1b`), so that a file cannot drive a terminal.
 * code    in  the status that the whole pass returns (FM_ESCENARIO, FM_EDATA,
 *             FM_ENOINPUT); the first error's code wins
 * hint    in  may be NULL */
void fm_diag_error(fm_diags *diags, fm_status code, const char *file, fm_mark mark,
                   const char *hint, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void fm_diag_warning(fm_diags *diags, const char *file, fm_mark mark, const char *hint,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Status of the pass: FM_OK while no error was added. */
fm_status fm_diags_status(const fm_diags *diags);

/* Sorts by file (order of first mention) and place. */
void fm_diags_sort(fm_diags *diags);

/* Kept entries and the number of errors that were counted (kept or not). */
const fm_diag *fm_diags_list(const fm_diags *diags, size_t *n_out, size_t *n_errors_out);

#endif
