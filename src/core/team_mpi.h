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

/* Ends MPI.  Every rank has to call it; afterwards MPI cannot be started again. */
void fm_team_mpi_stop(fm_team *team);

#endif
