/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a what-if runs: all changes together, and parameters varied alone. */
#ifndef FM_APP_WHATIF_PLAN_H
#define FM_APP_WHATIF_PLAN_H

#include "core/study.h"

typedef struct fm_plan_step { /* one parameter varied alone */
    char *set;                /* "KEY=VALUE" */
    char *key, *value;
} fm_plan_step;

typedef struct fm_plan {
    const char **together; /* [n_together] borrowed "KEY=VALUE" */
    size_t n_together;
    fm_plan_step *alone; /* [n_alone] in order of the command line */
    size_t n_alone;
} fm_plan;

/* Sorts the --set texts: a list of values for a parameter that is no list varies it alone.
 * sets      in   [n] as typed; must outlive the plan
 * tornado   in   the single values too are each varied alone
 * plan_out  out  fm_plan_free, also after an error
 * returns FM_OK; FM_EUSAGE (an empty list, a list in a list), FM_ENOMEM */
fm_status fm_plan_make(const fm_study *study, char *const *sets, size_t n, bool tornado,
                       fm_plan *plan_out, fm_error *err);
void fm_plan_free(fm_plan *plan);

/* "hook.position=0.3, wire.diameter=20 um" */
char *fm_plan_together(const fm_plan *plan);
char *fm_plan_alone(const fm_plan *plan);

#endif
