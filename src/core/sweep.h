/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs all points of a scenario on all cores and writes one result. */
#ifndef FM_CORE_SWEEP_H
#define FM_CORE_SWEEP_H

#include "core/store.h"

typedef struct fm_progress {
    uint64_t done, total, failed;
    double seconds; /* since the start */
} fm_progress;

typedef struct fm_run_options {
    int threads; /* >= 1 */
    const volatile sig_atomic_t *stop;
    void (*progress)(const fm_progress *progress, void *arg); /* may be NULL; called at
                                  most ten times a second, and once at the end; from any
                                  thread, one at a time */
    void *progress_arg;
    fm_store_options store;
} fm_run_options;

typedef struct fm_run_summary {
    uint64_t points, failed;
    uint64_t failed_by[32]; /* by status code */
    double seconds, first_point_seconds;
    char digest[FM_DIGEST_TEXT];
    char first_failure[256]; /* message of the first failed point */
    uint64_t first_failed;
} fm_run_summary;

/* Runs all points and writes the result to `path`.  Points go in chunks to a team of
 * options->threads threads; chunks reach the store in order.  With fewer points than threads
 * the spare threads are lent to the points (point->threads).
 * scenario     in   loaded
 * path         in   result to write
 * summary_out  out  untouched on failure
 * returns FM_OK (also when points failed: see summary_out->failed); FM_EINTERRUPT;
 *         FM_ENOMEM; FM_ERANGE (more Sobol points or axes than GSL has); what the store
 *         says.  Nothing is left behind on failure. */
fm_status fm_run(const fm_scenario *scenario, const char *path,
                 const fm_run_options *options, fm_run_summary *summary_out,
                 fm_error *err);

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
