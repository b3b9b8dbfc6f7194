/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of parts of an unfinished run: "OUT.h5.parts".
 *
 * A part is an ordinary result file that lists some of the points.  It is written once and
 * never changed, under a name that no other process uses, so that any number of threads
 * and processes may save into one folder. */
#ifndef FM_CORE_PARTS_H
#define FM_CORE_PARTS_H

#include <stdatomic.h>

#include "core/merge.h"
#include "core/result.h"

/* Different texts, in order of appearance: processors, C libraries, libraries. */
typedef struct fm_texts {
    char **list;
    size_t n;
} fm_texts;

/* Adds a copy, unless it is there or empty.  returns FM_OK or FM_ENOMEM */
fm_status fm_texts_add(fm_texts *texts, const char *text);
/* Adds a copy whatever is there. */
fm_status fm_texts_append(fm_texts *texts, const char *text);
/* All, sorted, a line each; malloc'ed, NULL if memory ran out. */
char *fm_texts_join(const fm_texts *texts);
void fm_texts_free(fm_texts *texts);

/* Where numbers were computed, and since when. */
typedef struct fm_machines { /* zero-initialise; fm_machines_free */
    fm_texts processors, libcs, libraries;
    char *processor, *libc, *library; /* joined */
    char *started;                    /* the earliest; NULL: not recorded */
} fm_machines;

/* Adds what a result says.  returns FM_OK or FM_ENOMEM */
fm_status fm_machines_add(fm_machines *machines, const fm_result *result);
/* Adds this one.  returns FM_OK or FM_ENOMEM */
fm_status fm_machines_add_here(fm_machines *machines);
/* Puts them into a store's options, which borrow the texts. returns FM_OK or FM_ENOMEM */
fm_status fm_machines_use(fm_machines *machines, fm_store_options *options);
/* More than one kind: their last bits may differ. */
bool fm_machines_differ(const fm_machines *machines);
void fm_machines_free(fm_machines *machines);

typedef struct fm_part {
    char *path;
    uint64_t first; /* its first point; UINT64_MAX: it has none */
    uint64_t n;     /* points */
} fm_part;

typedef struct fm_parts { /* fm_parts_start; fm_parts_free */
    char *folder;
    char *identity; /* of the run: fm_identity_text */
    fm_note_fn note;
    void *note_arg;
    fm_part *list; /* sound parts of the run */
    size_t n, capacity;
    fm_texts useless;       /* paths of damaged and foreign parts */
    fm_ranges good, failed; /* points of the parts that were there; settled */
    fm_machines machines;
    unsigned serial;    /* of the next part that this process saves */
    atomic_bool synced; /* the folder's own entry is on disk */
} fm_parts;

/* Names the folder of an output; touches nothing.
 * returns FM_OK or FM_ENOMEM */
fm_status fm_parts_start(const char *output, const fm_scenario *scenario,
                         const char *version, fm_note_fn note, void *note_arg,
                         fm_parts *parts_out, fm_error *err);
void fm_parts_free(fm_parts *parts);

/* Is there a part in the folder? */
bool fm_parts_exist(const fm_parts *parts);

/* Looks at every file that is not known yet: its seal, its identity and, when `verify`,
 * its digest.  Damaged ones are noted and useless.
 * replace  in  parts of another run are useless; otherwise an error
 * returns FM_OK; FM_ECREATE (parts of another run: says how it differs), FM_EIO,
 *         FM_ENOMEM */
fm_status fm_parts_scan(fm_parts *parts, bool verify, bool replace, fm_error *err);

/* Points in the sound parts that are known. */
uint64_t fm_parts_points(const fm_parts *parts);

/* Looks for parts of other processes until `points` points are known, 10 s at most: a
 * shared file system may show them late.
 * returns FM_OK; FM_EIO when they do not appear, and what fm_parts_scan says */
fm_status fm_parts_await(fm_parts *parts, uint64_t points, fm_error *err);

/* Writes the rows of `out` as a part and empties nothing.  Any thread.
 * returns FM_OK; what the store says */
fm_status fm_parts_save(fm_parts *parts, const fm_scenario *scenario,
                        const fm_store_options *options, const fm_out *out,
                        fm_error *err);

/* Removes the files that the list and `useless` name, what dead processes left, and the
 * folder when nothing else is in it.  Failures do no harm and are not told. */
void fm_parts_remove(fm_parts *parts);

/* Removes every part in the folder, of whatever run.
 * returns FM_OK; FM_ECREATE when a file cannot be removed; FM_ENOMEM */
fm_status fm_parts_clear(const fm_parts *parts, fm_error *err);

/* Paths of the parts in a folder, sorted.  paths_out  out  fm_texts_free
 * returns FM_OK (also when there is no such folder); FM_EIO, FM_ENOMEM */
fm_status fm_parts_list(const char *folder, fm_texts *paths_out, fm_error *err);

/* HDF5 may be built without thread safety: whoever calls it while a run is under way
 * holds this lock. */
void fm_h5_lock(void);
void fm_h5_unlock(void);

#endif
