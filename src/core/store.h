/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes one result file (schema 1, doc/file-format.md), write-once.
 *
 * create -> append points in ascending order -> finish.  Until finish succeeded the file
 * has a private temporary name in the target folder; freeing an unfinished store removes
 * it.
 */
#ifndef FM_CORE_STORE_H
#define FM_CORE_STORE_H

#include <stdbool.h>

#include "core/digest.h"
#include "core/rows.h"
#include "core/scenario.h"

#define FM_SCHEMA_VERSION 1

typedef struct fm_store_options {
    bool replace; /* an existing file of that name may be replaced */
    bool
        record_times; /* store wall-clock facts; off: the same run gives the same bytes */
    const char
        *argv; /* command line as one text, without what does not change the result */
    const char *started; /* ISO 8601 UTC, or "" */
    const char *version; /* program version */
    /* The rest is for core/sweep and core/merge, which set it themselves. */
    bool listed; /* only n_listed of the points, as a list */
    uint64_t n_listed;
    const struct fm_result *like; /* units that depend on data are taken from here, not
                                     from the scenario's data; NULL: from the data */
    const char *processor, *libc, *libraries; /* where the numbers were computed; NULL:
                                                 here */
} fm_store_options;

typedef struct fm_store fm_store;

/* returns FM_OK; FM_ECREATE when the file exists (and may not be replaced), or its folder
 * is missing or not writable; FM_EIO, FM_ENOMEM, FM_EINTERNAL */
fm_status fm_store_create(const char *path, const fm_scenario *scenario,
                          const fm_store_options *options, fm_store **out, fm_error *err);
/* Appends points [first, first + n) of `out`.  Without options.listed the points follow
 * each other without a gap.
 * returns FM_OK; FM_EIO, FM_ENOMEM; FM_EINTERNAL when the points do not follow */
fm_status fm_store_append(fm_store *store, const fm_out *out, size_t first, size_t n,
                          fm_error *err);
/* Appends the next n points as not computed: "pending", without values.
 * returns as fm_store_append */
fm_status fm_store_append_pending(fm_store *store, uint64_t n, fm_error *err);
/* Writes and checks everything but does not give the file its name: fm_store_publish
 * does. Needs no HDF5 after that. */
fm_status fm_store_close(fm_store *store, const char *finished,
                         char digest_out[FM_DIGEST_TEXT], fm_error *err);
fm_status fm_store_publish(fm_store *store, fm_error *err);
/* Both at once: writes what is left, the verdicts, the provenance and the digest;
 * closes, syncs, renames.
 * finished  in  ISO 8601 UTC, or "" */
fm_status fm_store_finish(fm_store *store, const char *finished,
                          char digest_out[FM_DIGEST_TEXT], fm_error *err);
void fm_store_free(fm_store *store);

/* Bytes that a result of the scenario is expected to have (for `check`). */
double fm_store_size(const fm_scenario *scenario);

#endif
