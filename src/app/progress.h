/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run tells where it is: a line on a terminal, or JSON objects, one per line. */
#ifndef FM_APP_PROGRESS_H
#define FM_APP_PROGRESS_H

#include <signal.h>
#include <stdbool.h>

#include "core/sweep.h"

typedef enum fm_progress_when {
    FM_PROGRESS_AUTO, /* a line when stderr is a terminal that can move its cursor */
    FM_PROGRESS_NEVER,
    FM_PROGRESS_JSON
} fm_progress_when;

typedef struct fm_progress_view {
    bool draw, json; /* neither: the run says nothing on its way */
    const volatile sig_atomic_t *stop;
    fm_progress last; /* as reported */
    bool any;         /* something was reported */
    double told_s;    /* when the last JSON object was written */
} fm_progress_view;

/* A view on stderr; `quiet` draws no line. */
fm_progress_view fm_progress_view_make(fm_progress_when when, bool quiet,
                                       const volatile sig_atomic_t *stop);

/* Callbacks for fm_run_options; arg is the view. */
void fm_progress_show(const fm_progress *progress, void *arg);
void fm_progress_note(const char *text, void *arg);

/* Removes the line, so that a message can be printed. */
void fm_progress_clear(const fm_progress_view *view);

/* JSON only: the event before the first point. */
void fm_progress_start(const fm_progress_view *view, const fm_scenario *scenario,
                       const char *output, uint64_t slice, uint64_t n_slices);

/* How a run ended. */
typedef struct fm_progress_end {
    const char *status; /* "done", "interrupted", "failed" */
    int code;           /* the exit code */
    const fm_run_summary *summary;
    const char *output;
    const char *again; /* the command that continues; NULL */
    const char *error; /* NULL */
} fm_progress_end;

/* JSON only: the event after the last point. */
void fm_progress_finish(const fm_progress_view *view, const fm_progress_end *end);

#endif
