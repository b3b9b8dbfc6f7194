/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the points of a scenario on all cores, survives interruptions, writes one result. */
#ifndef FM_CORE_SWEEP_H
#define FM_CORE_SWEEP_H

#include "core/merge.h"
#include "core/team.h"

typedef struct fm_progress {
    uint64_t done, total; /* points of this slice; done includes resumed */
    uint64_t failed;      /* of this run's points */
    uint64_t saved;       /* in parts on disk, resumed included */
    uint64_t resumed;     /* there before this run */
    double seconds;       /* since the start */
} fm_progress;

typedef struct fm_run_options {
    int threads;                       /* >= 1 */
    const volatile sig_atomic_t *stop; /* non-zero: take no new point, save, return */
    double deadline; /* CLOCK_REALTIME seconds after which no point may run; 0: none */
    double period_s; /* between saves of parts; 0: half a second, at a greater age 1 % of
                        it (10 minutes at most), and longer where saving would cost more
                        than 3 % of the time */
    uint64_t slice, n_slices; /* n_slices 0 or 1: all points */
    bool resume;              /* go on with what is there */
    bool retry_failed;        /* and run failed points again; implies resume */
    void (*progress)(const fm_progress *progress, void *arg); /* may be NULL; called at
                                  most ten times a second, and once at the end; from any
                                  thread, one at a time */
    void *progress_arg;
    fm_note_fn
        note; /* remarks ("part X is damaged; its points run again"); may be NULL */
    void *note_arg;
    fm_store_options store; /* replace: --force */
    const fm_team *team;    /* NULL: this process is alone */
} fm_run_options;

typedef struct fm_run_summary {
    uint64_t points;        /* of the slice */
    uint64_t done, resumed; /* of them finished; finished before this run */
    bool already_complete;  /* nothing was left to do */
    uint64_t failed;
    uint64_t failed_by[32]; /* by status code */
    double seconds, first_point_seconds;
    char digest[FM_DIGEST_TEXT];
    char first_failure[256]; /* message of the first failed point */
    uint64_t first_failed;
} fm_run_summary;

/* Runs the points of a slice and writes the result to `path`.
 *
 * Pieces of consecutive points go to options->threads threads; with fewer points than
 * threads the spare threads are lent to the points (point->threads).  Each thread keeps the
 * rows of its finished points and saves them from time to time as a part in the folder
 * "PATH.parts".  At the end parts and memory are merged in order of points, so that the
 * result is byte by byte that of one undisturbed thread, and the folder goes.
 *
 * When it is stopped (options->stop, options->deadline), points in hand are finished, or
 * cut short after two seconds where the study asks fm_should_stop; everything finished is
 * saved.  When the process is killed, what was saved is there, whole.
 *
 * Without resume, parts of an earlier run are an error unless store.replace, which removes
 * them.  With resume, parts and an incomplete result of the same identity
 * (core/identity.h) are taken over, damaged parts are noted and run again, and a complete
 * result is left as it is.  A result or parts of another identity are an error unless
 * store.replace.
 *
 * scenario     in   loaded
 * path         in   result to write
 * summary_out  out  filled when FM_OK or FM_EINTERRUPT is returned, else untouched; with
 *                   FM_EINTERRUPT `failed` is of this run's points only, and its details
 *                   are empty unless all of them are known
 * returns FM_OK (also when points failed: see summary_out->failed); FM_EINTERRUPT (points
 *         are saved as parts; resume goes on); FM_EUSAGE (slice); FM_ECREATE (output or
 *         parts in the way, of another run, or not creatable); FM_EDATA (a part was damaged
 *         meanwhile, or differs from another); FM_ENOMEM; FM_ERANGE (more Sobol points or
 *         axes than GSL has); what the store says.  After an error finished points are
 *         saved if that is still possible. */
fm_status fm_run(const fm_scenario *scenario, const char *path,
                 const fm_run_options *options, fm_run_summary *summary_out,
                 fm_error *err);

/* Points of slice `slice` of n_slices: contiguous, sizes differ by at most one. */
fm_range fm_slice_points(uint64_t n_points, uint64_t slice, uint64_t n_slices);

/* Draws of one point, cut into fixed blocks. */
typedef struct fm_blocks {
    uint64_t n;        /* draws */
    size_t block_size; /* draws per block (the last may be shorter) */
    size_t size;       /* bytes of one block's partial result */
    /* Fills `partial` (not cleared) for draws [first, first + n); called from any thread. */
    fm_status (*compute)(void *arg, uint64_t first, size_t n, void *partial);
    /* Called in order of blocks, by one thread at a time. */
    fm_status (*fold)(void *arg, uint64_t first, size_t n, const void *partial);
    void *arg;
} fm_blocks;

/* Computes the blocks on point->threads threads and folds them in order of blocks, so that
 * the answer never depends on the threads.
 * returns FM_OK; the first status that compute or fold returned, in order of blocks;
 *         FM_EINTERRUPT when the point should stop; FM_ENOMEM */
fm_status fm_for_blocks(const fm_point *point, const fm_blocks *work, fm_error *err);

#endif
