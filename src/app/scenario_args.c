/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments that every command with a scenario takes: SCENARIO and --set
 * KEY=VALUE. */
#include "config.h"

#include <stdlib.h>

#include "app/scenario_args.h"

error_t
fm_scenario_args_parse(int key, char *arg, struct argp_state *state,
                       fm_scenario_args *args)
{
    switch (key) {
    case ARGP_KEY_INIT:
        args->sets = calloc((size_t)state->argc, sizeof *args->sets);
        return args->sets != NULL ? 0 : ENOMEM;
    case FM_KEY_SET:
        args->sets[args->n_sets++] = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (args->path != NULL)
            argp_error(state, "one SCENARIO is expected, '%s' is too many", arg);
        args->path = arg;
        return 0;
    case ARGP_KEY_END:
        if (args->path == NULL)
            argp_error(state, "a SCENARIO is expected ('-' reads standard input)");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}
