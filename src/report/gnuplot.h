/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs gnuplot safely: text as data, a private folder, an argument vector, a time limit.
 */
#ifndef FM_REPORT_GNUPLOT_H
#define FM_REPORT_GNUPLOT_H

#include <stdbool.h>

#include <fabmet/error.h>

/* Any text as the label of a tic, with its quotes.  gnuplot takes such labels as formats:
 * "%" is written as a character reference (svg) or doubled; a doubled one makes gnuplot
 * cut the label, so it is cut here, between characters.  malloc'ed; NULL if memory ran
 * out. */
char *fm_gnuplot_tic(const char *text, bool svg);

/* A private temporary folder that vanishes with everything in it. */
typedef struct fm_scratch {
    char *path; /* owned; NULL: there is none */
} fm_scratch;

/* Makes the folder (mode 0700).
 * folder  in  where; NULL: /tmp
 * returns FM_OK; FM_EIO when no temporary folder can be made; FM_ENOMEM */
fm_status fm_scratch_open(fm_scratch *scratch, const char *folder, fm_error *err);
/* Removes the folder and all that is in it; does nothing for a folder that was never made. */
void fm_scratch_close(fm_scratch *scratch);
/* Path of a file in the folder.  malloc'ed; NULL if memory ran out. */
char *fm_scratch_file(const fm_scratch *scratch, const char *name);

/* Runs `gnuplot -d NAME` inside the folder with a neutral environment (GNUTERM and user
 * start-up files out of the way, LC_ALL=C.UTF-8).
 * program   in   path of gnuplot; NULL: the one found when fabmet was built
 * name      in   script file in the folder
 * seconds   in   time limit; the child is killed when it is over
 * words_out out  what gnuplot said on stderr: at most its first 4 kB, control bytes
 *                escaped; malloc'ed, also on failure; may be NULL if memory ran out
 * returns FM_OK when gnuplot ended with status 0; FM_EINTERNAL when it cannot be started,
 *         was killed, ran out of time or ended with another status; FM_EIO, FM_ENOMEM */
fm_status fm_gnuplot_run(const char *program, const fm_scratch *scratch, const char *name,
                         int seconds, char **words_out, fm_error *err);

#endif
