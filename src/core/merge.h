/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins finished points from several places, in order of points, into one result.
 *
 * Contents
 *   1. sources   files and rows in memory into a store
 *   2. merge     result files into a result file (`fabmet merge`)
 */
#ifndef FM_CORE_MERGE_H
#define FM_CORE_MERGE_H

#include "core/ranges.h"
#include "core/store.h"

/* ---- 1. sources ------------------------------------------------------------------ */

/* Points that are finished: a result file, or rows in memory. */
typedef struct fm_points_source {
    const char *path;  /* NULL: memory */
    const fm_out *out; /* memory */
    uint64_t first;    /* its first point */
} fm_points_source;

typedef struct fm_tally { /* of the points that passed by */
    uint64_t points;      /* pending ones included */
    uint64_t done, failed;
    uint64_t failed_by[32]; /* by status code */
    uint64_t first_failed;
    char first_failure[256]; /* its message */
} fm_tally;

/* Counts points [first, first + n) of `out`. */
void fm_tally_add(fm_tally *tally, const fm_out *out, size_t first, size_t n);

typedef struct fm_joining {
    const fm_scenario *scenario;
    const fm_points_source *sources; /* [n_sources]; a later one wins between failures */
    size_t n_sources;
    fm_range points; /* the others are left out */
    bool pending;    /* missing points become pending; otherwise they are an error */
    const volatile sig_atomic_t *stop; /* may be NULL */
    fm_store *store;                   /* NULL: only counts */
} fm_joining;

/* Appends all points to the store, in order.  A file is open from its first point to its
 * last, so the memory needed depends on how many overlap.  Of several sources of one
 * point, one that went well wins; two that went well must be equal.
 * tally_out  out
 * returns FM_OK; FM_EDATA (damaged file, different numbers: the message names both files
 *         and the point); FM_EINTERRUPT; FM_EINTERNAL (a point is missing); what the store
 *         says */
fm_status fm_join(const fm_joining *joining, fm_tally *tally_out, fm_error *err);

/* ---- 2. merge -------------------------------------------------------------------- */

typedef struct fm_merge_summary {
    uint64_t points, done, failed; /* of the sweep; computed; of them failed */
    size_t n_sources;              /* files */
    char digest[FM_DIGEST_TEXT];
} fm_merge_summary;

/* Remarks on the way ("part X is damaged: left out"); text in words, without newline. */
typedef void (*fm_note_fn)(const char *text, void *arg);

/* Joins results of one run: parts, slices, results with pending points.  Points that are
 * in none are pending in the output.  The output is what one undisturbed run would have
 * written, byte by byte, if nothing is pending.
 * context   in   knows the study; data files need not be there
 * paths     in   [n_paths]: result files, and folders of parts ("OUT.h5.parts"), whose
 *                damaged files are left out with a note
 * options   in   argv NULL: that of the parts; started, version, record_times: of the
 *                parts
 * note      in   may be NULL
 * returns FM_OK; FM_ENOINPUT (no such file, no part in a folder); FM_EDATA (damaged, not
 *         of one run: the message says in words where they differ; unknown study; two
 *         sources differ in a point); FM_ECREATE, FM_EIO, FM_ENOMEM */
fm_status fm_merge(const fm_context *context, const char *const *paths, size_t n_paths,
                   const char *output, const fm_store_options *options, fm_note_fn note,
                   void *note_arg, fm_merge_summary *summary_out, fm_error *err);

#endif
