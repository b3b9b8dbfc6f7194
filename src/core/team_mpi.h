/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team of MPI ranks on one run (configure --enable-mpi). */
#ifndef FM_CORE_TEAM_MPI_H
#define FM_CORE_TEAM_MPI_H

#include <fabmet/error.h>

#include "core/team.h"

/* Starts MPI and makes a team of all ranks; rank 0 leads.
 * team_out  out  owned by the caller: fm_team_mpi_stop
 * returns FM_OK; FM_EINTERNAL when MPI does not start, or cannot be called from different
 *         threads in turn; FM_ENOMEM.  Without MPI built in: FM_EUSAGE */
fm_status fm_team_mpi_start(fm_team *team_out, fm_error *err);

/* The leader's status, in every rank: for what each rank does before a run, such as reading
 * the scenario.  Waits for the leader. */
fm_status fm_team_mpi_agree(const fm_team *team, fm_status mine);

/* Ends all ranks at once: for one that cannot go on while the others wait for it. */
void fm_team_mpi_abort(const fm_team *team, int code);

/* Ends MPI.  Every rank has to call it; afterwards MPI cannot be started again. */
void fm_team_mpi_stop(fm_team *team);

#endif
