/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress line of a run on a terminal. */
#ifndef FM_APP_PROGRESS_H
#define FM_APP_PROGRESS_H

#include <stdbool.h>

#include "core/sweep.h"

/* True when a progress line should be drawn: stderr is a terminal that can move its
 * cursor. */
bool fm_progress_wanted(void);

/* Callback for fm_run_options; arg is not used.  Draws over the line before. */
void fm_progress_draw(const fm_progress *progress, void *arg);

/* Removes the line. */
void fm_progress_clear(void);

#endif
