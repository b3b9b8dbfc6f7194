/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seam for runs by several processes (MPI ranks) at once.
 *
 * One process leads: it looks at what is there, hands out points, merges, and reports.
 * Every process saves its own parts into the same folder, so nothing but point indices
 * and a status has to pass between them.  A run without a team is one process that leads
 * itself.
 *
 * Order of calls, in every process:
 *     begin -> take, take, … (from any thread, one at a time) -> gather -> end
 * Between gather and end only the leader works: it looks for the others' parts and merges.
 * A process that fails still calls gather and end, with its status. */
#ifndef FM_CORE_TEAM_H
#define FM_CORE_TEAM_H

#include "core/ranges.h"

typedef struct fm_team {
    bool leader;
    int n_processes;
    void *arg; /* for the functions */

    /* Leader: passes whether it is ready, and what is to do; `todo` stays valid until end,
     * and from now on only the team takes from it (fm_todo_take).  Others: pass FM_OK and
     * NULL.  returns the leader's status, in every process */
    fm_status (*begin)(void *arg, fm_status mine, fm_todo *todo);

    /* The next points for this process, in ascending order for each process.
     * returns false when there are no more */
    bool (*take)(void *arg, fm_range *piece_out);

    /* Waits until every process has saved its parts.
     * returns the worst status of all: FM_OK, else FM_EINTERRUPT, else any other, in every
     * process */
    fm_status (*gather)(void *arg, fm_status mine);

    /* returns the leader's status, in every process */
    fm_status (*end)(void *arg, fm_status mine);
} fm_team;

#endif
