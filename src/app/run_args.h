/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of `fabmet run`: its options, and the commands made from them. */
#ifndef FM_APP_RUN_ARGS_H
#define FM_APP_RUN_ARGS_H

#include <stdbool.h>

#include "app/progress.h"
#include "app/scenario_args.h"
#include "core/scenario.h"

typedef struct fm_run_args {
    fm_scenario_args scenario;
    const char *output;       /* NULL: not given */
    int threads;              /* 0: not given */
    uint64_t slice, n_slices; /* n_slices 0: the whole sweep */
    bool dry_run, force, strict, record_times, quiet, resume, retry_failed;
    fm_progress_when progress;
} fm_run_args;

extern const struct argp fm_run_argp; /* its input is a fm_run_args */

/* The file to write: as given, or the scenario's name with .h5 for its extension (and the
 * slice before that), in the current folder.  malloc'ed; NULL if memory ran out. */
char *fm_run_output(const fm_run_args *args, const fm_scenario *scenario);

/* The command line as stored: what names the output, cuts the sweep, sets threads or
 * messages does not change the result and is left out, so that the same run gives the same
 * bytes.  malloc'ed; NULL if memory ran out. */
char *fm_run_recorded(const fm_run_args *args);

/* The command that continues an interrupted run, for a shell.  malloc'ed; NULL if memory
 * ran out. */
char *fm_run_again(const fm_run_args *args, const char *output);

#endif
