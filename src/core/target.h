/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run finds when it begins: an output, parts, nothing; and what is left to do. */
#ifndef FM_CORE_TARGET_H
#define FM_CORE_TARGET_H

#include "core/parts.h"
#include "core/sweep.h"

typedef struct fm_target { /* fm_target_start; fm_target_free */
    const fm_scenario *scenario;
    const fm_run_options *options;
    const char *path; /* of the output */
    fm_range points;  /* of the slice */
    fm_parts parts;
    bool listed;            /* the output lists its points: it is a slice */
    bool has_base;          /* the output is there and some of it is taken over */
    bool replace;           /* the output may be replaced */
    bool complete;          /* the output is there and nothing is left to do */
    fm_ranges good, failed; /* points of the base; settled */
    fm_ranges todo;
    uint64_t resumed, resumed_failed; /* points that need not run; of them failed */
} fm_target;

/* Names; touches nothing.  returns FM_OK; FM_EUSAGE (slice), FM_ENOMEM */
fm_status fm_target_start(const fm_scenario *scenario, const char *path,
                          const fm_run_options *options, fm_target *target_out,
                          fm_error *err);
void fm_target_free(fm_target *target);

/* Decides what is taken over and what is left to do; with store.replace removes what is in
 * the way.  returns FM_OK; FM_ECREATE, FM_EIO, FM_ENOMEM */
fm_status fm_target_prepare(fm_target *target, fm_error *err);

/* Everything that is finished, as sources for fm_join: base, parts, then outs[n_outs].
 * returns FM_OK or FM_ENOMEM */
fm_status fm_target_sources(const fm_target *target, fm_out *const *outs, size_t n_outs,
                            fm_points_source **sources_out, size_t *n_out);

/* Is the output there, complete, and of this run?  Then another process was faster. */
bool fm_target_is_reached(const fm_target *target);

/* Removes the parts and their folder. */
void fm_target_clean(fm_target *target);

#endif
