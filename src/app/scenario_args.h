/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments that every command with a scenario takes: SCENARIO and --set
 * KEY=VALUE. */
#ifndef FM_APP_SCENARIO_ARGS_H
#define FM_APP_SCENARIO_ARGS_H

#include <argp.h>
#include <stddef.h>

typedef struct fm_scenario_args {
    const char *path;
    char **sets; /* [n_sets]; room for argc of them; free() */
    size_t n_sets;
} fm_scenario_args;

enum {
    FM_KEY_SET = 's'
};

#define FM_OPTION_SET                                                                    \
    {                                                                                    \
        "set", FM_KEY_SET, "KEY=VALUE", 0,                                               \
            "change a parameter, title, seed, draws or data.INPUT.csv (repeatable)", 0   \
    }

/* Handles the shared keys; ARGP_ERR_UNKNOWN for others.  To be called by a command's
 * parser for keys it does not know. */
error_t fm_scenario_args_parse(int key, char *arg, struct argp_state *state,
                               fm_scenario_args *args);

#endif
