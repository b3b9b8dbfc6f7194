/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a launcher has started several copies of a run, and the team that they are. */
#include "config.h"

#include <stdlib.h>

#include "app/run_team.h"
#include "core/team_mpi.h"

/* As Open MPI's mpirun, another PMI launcher, or srun say it; the innermost counts. */
static long
launched_ranks(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE",
                                        "SLURM_STEP_NUM_TASKS"};

    for (size_t i = 0; i < FM_COUNT(names); i++) {
        const char *text = getenv(names[i]);
        if (text != NULL)
            return strtol(text, NULL, 10);
    }
    return 1;
}

fm_status
fm_run_team_join(const fm_run_args *args, fm_run_team *team_out, fm_error *err)
{
    *team_out = (fm_run_team){0};
    if (args->n_slices > 0 || launched_ranks() <= 1)
        return FM_OK;
#ifdef FM_HAVE_MPI
    fm_status st = fm_team_mpi_start(&team_out->team, err);
    team_out->many = st == FM_OK;
    if (st == FM_OK && team_out->team.n_processes == 1)
        st = FM_FAIL(err, FM_EUSAGE,
                     "started as %ld ranks, but MPI sees one: each would run every "
                     "point; use mpirun, or srun --mpi=pmix",
                     launched_ranks());
    return st;
#else
    return FM_FAIL(
        err, FM_EUSAGE,
        "started as %ld ranks, but this fabmet is built without MPI: each would "
        "run every point; use --slice, or ./configure --enable-mpi",
        launched_ranks());
#endif
}

void
fm_run_team_leave(fm_run_team *team)
{
    if (team->many)
        fm_team_mpi_stop(&team->team);
    team->many = false;
}

bool
fm_run_team_speaks(const fm_run_team *team)
{
    return !team->many || team->team.leader;
}

fm_scenario *
fm_run_team_scenario(const fm_app *app, const fm_run_team *team,
                     const fm_scenario_args *args, int *code_out)
{
    fm_scenario *scenario = NULL;

    if (fm_run_team_speaks(team))
        scenario = fm_app_scenario(app, args->path, args->sets, args->n_sets, code_out);
    if (!team->many)
        return scenario;
    fm_status st =
        fm_team_mpi_agree(&team->team, scenario != NULL ? FM_OK : FM_ESCENARIO);
    if (team->team.leader || st != FM_OK)
        return scenario;
    scenario = fm_app_scenario(app, args->path, args->sets, args->n_sets, code_out);
    if (scenario == NULL) /* here only, as when a node lacks a file */
        fm_team_mpi_abort(&team->team, *code_out);
    return scenario;
}
