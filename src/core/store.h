/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes one result file (schema 1, doc/file-format.md), write-once.
 *
 * create -> append chunks in order of points -> finish.  Until finish succeeded the file
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
} fm_store_options;

typedef struct fm_store fm_store;

/* returns FM_OK; FM_ECREATE when the file exists (and may not be replaced), or its folder
 * is missing or not writable; FM_EIO, FM_ENOMEM, FM_EINTERNAL */
fm_status fm_store_create(const char *path, const fm_scenario *scenario,
                          const fm_store_options *options, fm_store **out, fm_error *err);
fm_status fm_store_append(fm_store *store, const fm_out *chunk, fm_error *err);
/* Writes what is left, the verdicts, the provenance and the digest; closes, syncs,
 * renames. finished  in  ISO 8601 UTC, or "" */
fm_status fm_store_finish(fm_store *store, const char *finished,
                          char digest_out[FM_DIGEST_TEXT], fm_error *err);
void fm_store_free(fm_store *store);

/* Bytes that a result of the scenario is expected to have (for `check`). */
double fm_store_size(const fm_scenario *scenario);

#endif
