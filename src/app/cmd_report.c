/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet report: one self-contained HTML file from results. */
#include "config.h"

#include <stdlib.h>

#include "app/app.h"
#include "report/report.h"

struct report_options {
    char **files; /* [n_files] */
    size_t n_files;
    const char *output;
};

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct report_options *o = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        o->files = calloc((size_t)state->argc, sizeof *o->files);
        return o->files != NULL ? 0 : ENOMEM;
    case 'o':
        o->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        o->files[o->n_files++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->n_files == 0)
            argp_error(state, "a result file is expected");
        if (o->output == NULL)
            argp_error(state, "-o names the report to write, for example -o report.html");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "the HTML file to write", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE...",
    .doc = "Make one self-contained HTML report: verdicts, figures, tables, parameters, "
           "provenance and the glossary terms used, with their sources.",
};

int
fm_app_report(fm_app *app, int argc, char **argv)
{
    struct report_options o = {0};
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_OK;

    fm_app_parse(app, &argp, argc, argv, &o);
    fm_result **results = calloc(o.n_files, sizeof(fm_result *));
    if (results == NULL) {
        (void)FM_FAIL(&err, FM_ENOMEM, "out of memory");
        free(o.files);
        return fm_app_fail(app, &err);
    }
    for (size_t i = 0; i < o.n_files && code == FM_EXIT_OK; i++)
        results[i] = fm_app_open(app, o.files[i], &code);
    if (code == FM_EXIT_OK &&
        fm_report_write(&app->context, (const fm_result *const *)results, o.n_files,
                        o.output, &err) != FM_OK)
        code = fm_app_fail(app, &err);
    for (size_t i = 0; i < o.n_files; i++)
        fm_result_close(results[i]);
    free(results);
    free(o.files);
    return code;
}
