/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell file that submits a sweep to Slurm. */
#ifndef FM_APP_SLURM_SCRIPT_H
#define FM_APP_SLURM_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_slurm_job {
    const char *scenario; /* path, as the user gave it: any text */
    char *const *sets;    /* [n_sets] --set texts: any text */
    size_t n_sets;
    const char *name;   /* of the result: the scenario's base name, any text */
    const char *folder; /* of results and logs: any text */
    uint64_t n_points, n_slices;
    const char *time;      /* checked */
    const char *partition; /* any text; NULL: the site's default */
    const char *mem;       /* checked; NULL: the site's default */
    int cpus;
    unsigned margin_s; /* between the signal and the end */
    bool mpi;          /* one job of n_slices ranks in place of an array and a merge */
} fm_slurm_job;

/* The file's text: a POSIX shell script in which every text of the user stands as one
 * quoted word.  malloc'ed; NULL if memory ran out. */
char *fm_slurm_script(const fm_slurm_job *job);

/* Seconds of a time limit in Slurm's grammar: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S, or
 * UNLIMITED, INFINITE and 0, which are no limit: INFINITY.  Slurm counts whole minutes: the
 * seconds are rounded up to them.
 * returns false, and leaves *seconds_out, for any other text */
bool fm_slurm_time(const char *text, double *seconds_out);

/* True for a memory size in Slurm's grammar: a whole number with K, M, G or T behind. */
bool fm_slurm_mem(const char *text);

#endif
