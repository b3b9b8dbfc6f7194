/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a launcher (mpirun, srun) has started several copies of a run, and the team that
 * they are. */
#ifndef FM_APP_RUN_TEAM_H
#define FM_APP_RUN_TEAM_H

#include "app/app.h"
#include "app/run_args.h"
#include "core/team.h"

typedef struct fm_run_team {
    fm_team team;
    bool many; /* there are several; else `team` is empty */
} fm_run_team;

/* Joins the copies of this process into a team, unless each has a slice of its own.
 * returns FM_OK, also for one process alone; FM_EUSAGE when the program was built without
 *         MPI: each copy would run every point; FM_EINTERNAL, FM_ENOMEM */
fm_status fm_run_team_join(const fm_run_args *args, fm_run_team *team_out, fm_error *err);
void fm_run_team_leave(fm_run_team *team);

/* The process that talks and whose exit code counts. */
bool fm_run_team_speaks(const fm_run_team *team);

/* fm_app_scenario for all of the team: the others read what the leader could read, so that
 * its problems are told once.  NULL when the scenario is bad, with the exit code of this
 * process. */
fm_scenario *fm_run_team_scenario(const fm_app *app, const fm_run_team *team,
                                  const fm_scenario_args *args, int *code_out);

#endif
