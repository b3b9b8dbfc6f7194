/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seam for runs by several processes (MPI ranks) at once.
 *
 * One process leads: it looks at what is there, hands out points, merges, and reports.
 * Every process saves its own parts into the same folder, so nothing but point indices,
 * counts and a status has to pass between them.  A run without a team is one process that
 * leads itself.
 *
 * Order of calls, in every process:
 *     begin -> take, take, … (from any thread, one at a time) -> gather -> end
 * Between gather and end only the leader works: it looks for the others' parts and merges.
 * A process that fails still calls gather and end, with its status. */
#ifndef FM_CORE_TEAM_H
#define FM_CORE_TEAM_H

#include "core/ranges.h"

typedef struct fm_team_counts {
    uint64_t done;   /* points computed */
    uint64_t failed; /* of them */
    uint64_t saved;  /* of them in parts on disk */
} fm_team_counts;

typedef struct fm_team {
    bool leader;
    int n_processes;
    void *arg; /* for the functions */

    /* Leader: passes whether it is ready, and what is to do; `todo` stays valid until end,
     * and from now on only the team takes from it (fm_todo_take).  Others: pass FM_OK and
     * NULL.  returns the leader's status, in every process */
    fm_status (*begin)(void *arg, fm_status mine, fm_todo *todo);

    /* The next points for this process, in ascending order for each process; `mine` is
     * what it has done so far.
     * returns false when there are no more, or another process has stopped */
    bool (*take)(void *arg, const fm_team_counts *mine, fm_range *piece_out);

    /* Waits until every process has saved its parts; once one says that it has failed or
     * was stopped, no process is given points any more.
     * returns the worst status of all: FM_OK, else FM_EINTERRUPT, else any other, in every
     * process */
    fm_status (*gather)(void *arg, fm_status mine, const fm_team_counts *counts);

    /* returns the leader's status, in every process */
    fm_status (*end)(void *arg, fm_status mine);

    /* Leader: what the others together have done, as they told last; all of it after
     * gather.  From any thread, until the team is gone */
    fm_team_counts (*others)(void *arg);
} fm_team;

#endif
