/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ends a run before its last point: a signal, or the time limit of a Slurm job. */
#ifndef FM_APP_RUN_STOP_H
#define FM_APP_RUN_STOP_H

#include <signal.h>
#include <stdbool.h>

/* From now on SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP and SIGXCPU raise the flag instead
 * of ending the process; a second SIGINT ends it.  SIGHUP stays ignored under nohup. */
void fm_stop_catch(void);

/* The flag: 0, or the number of a signal that came.  Lives for ever. */
const volatile sig_atomic_t *fm_stop_flag(void);

/* Name of the signal that came ("SIGTERM"); NULL when none has. */
const char *fm_stop_name(void);

/* When the last point must be finished, on CLOCK_REALTIME [s]: the end of the Slurm job
 * (SLURM_JOB_END_TIME) less a minute for saving, or less a quarter of what is left when
 * that is shorter; 0 without such a limit, or when the text is no time to come. */
double fm_stop_deadline(void);

#endif
