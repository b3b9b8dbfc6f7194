/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet init: a commented scenario with every parameter at its default. */
#include "config.h"

#include <stdlib.h>

#include "app/app.h"

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    const char **study = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one STUDY is expected, '%s' is too many", arg);
        *study = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a STUDY is expected; `fabmet list` shows all");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse_option,
    .args_doc = "STUDY",
    .doc = "Print a commented scenario with every parameter of STUDY at its default.\v"
           "Example: fabmet init pull.simulate > pull.yaml",
};

int
fm_app_init(fm_app *app, int argc, char **argv)
{
    const char *name = NULL;

    fm_app_parse(app, &argp, argc, argv, &name);
    const fm_study *study = fm_app_study(app, name);
    if (study == NULL)
        return FM_EXIT_USAGE;
    char *text = fm_scenario_template(study);
    if (text == NULL) {
        fm_error err = FM_ERROR_INIT;
        (void)FM_FAIL(&err, FM_ENOMEM, "out of memory");
        return fm_app_fail(app, &err);
    }
    (void)fputs(text, stdout);
    free(text);
    return FM_EXIT_OK;
}
