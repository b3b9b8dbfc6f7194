/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: finds the command, prepares what all commands share, ends with its exit
 * code. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <hdf5.h>

#include "app/app.h"
#include "core/text.h"

const char *argp_program_version = PACKAGE_STRING;

static const fm_command commands[] = {
    {"list", fm_app_list, "list the studies"},
    {"describe", fm_app_describe,
     "describe a study: parameters, inputs, tables, figures"},
    {"init", fm_app_init, "print a commented scenario of a study"},
    {"check", fm_app_check,
     "check a scenario and its data; show the points and the size"},
    {"run", fm_app_run, "run a scenario and write its result"},
    {"merge", fm_app_merge, "join slices of a sweep into one result"},
    {"show", fm_app_show, "print a result's tables as text, CSV or JSON"},
    {"verify", fm_app_verify, "verify a result, or compare two"},
    {"plot", fm_app_plot, "draw a figure of a result as SVG, PNG or PDF"},
    {"report", fm_app_report, "make one HTML report of results"},
    {"what-if", fm_app_whatif, "run a result's scenario changed; compare in pairs"},
    {"glossary", fm_app_glossary, "look up a term"},
    {"slurm", fm_app_slurm, "print the file that submits a sweep to Slurm"},
};

/* ---- the command line up to the command ------------------------------------------ */

static char *
help_filter(int key, const char *text, void *input)
{
    fm_str s = {0};

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return fm_strdup(text); /* argp frees it */
    fm_str_add(&s, "Commands:\n");
    for (size_t i = 0; i < FM_COUNT(commands); i++)
        fm_str_addf(&s, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fm_str_add(&s,
               "\n`fabmet COMMAND --help` tells more.  Start with `fabmet list`, then\n"
               "`fabmet init STUDY > scenario.yaml` and `fabmet run scenario.yaml`.");
    return fm_str_take(&s);
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    int *at = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_ARG:
        *at = state->next - 1;
        state->next = state->argc; /* the rest belongs to the command */
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp top = {
    .parser = parse_option,
    .args_doc = "COMMAND [ARG...]",
    .doc = "fabmet - semiconductor metrology and SPC simulation\v ",
    .help_filter = help_filter,
};

static const fm_command *
find_command(const char *name)
{
    const char *names[FM_COUNT(commands)];

    for (size_t i = 0; i < FM_COUNT(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
        names[i] = commands[i].name;
    }
    const char *nearest = fm_nearest(name, names, FM_COUNT(commands));
    fprintf(stderr, "fabmet: error: there is no command '%s'", name);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\n  hint: `fabmet --help` lists the commands\n");
    return NULL;
}

/* ---- what all commands share ----------------------------------------------------- */

/* Libraries report through return values; only this program prints. */
static void
quiet_libraries(void)
{
    (void)gsl_set_error_handler_off();
    (void)H5dont_atexit(); /* its own clean-up may crash on a file it could not close */
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

/* A reader that went away (`| head`) is no error; a full disk is. */
static int
close_stdout(int code)
{
    errno = 0;
    if (fclose(stdout) == 0 || errno == EPIPE)
        return code;
    fprintf(stderr, "fabmet: error: writing to standard output failed: %s\n",
            strerror(errno));
    return code == FM_EXIT_OK ? FM_EXIT_IO : code;
}

static int
run_command(const fm_command *command, int argc, char **argv, int at)
{
    fm_units *units = NULL;
    fm_error err = FM_ERROR_INIT;
    const char *data_path = getenv("FABMET_DATADIR");
    const char *scratch = getenv("TMPDIR");
    fm_app app = {.command = command->name, .argc = argc, .argv = argv};

    if (fm_units_create(&units, &err) != FM_OK)
        return fm_app_fail(&app, &err);
    app.context = (fm_context){
        .units = units,
        .studies = fm_studies,
        .n_studies = fm_n_studies,
        .scratch_path = scratch != NULL && *scratch != '\0' ? scratch : NULL,
        .data_path = data_path != NULL && *data_path != '\0' ? data_path : FM_PKGDATADIR,
    };
    int code = command->run(&app, argc - at, argv + at);
    fm_units_free(units);
    return code;
}

int
main(int argc, char **argv)
{
    static char name[] = "fabmet";
    int at = 0;

    argp_err_exit_status = FM_EXIT_USAGE;
    if (argc > 0)
        argv[0] = name;
    (void)argp_parse(&top, argc, argv, ARGP_IN_ORDER, NULL, &at);
    quiet_libraries();
    const fm_command *command = find_command(argv[at]);
    int code = command != NULL ? run_command(command, argc, argv, at) : FM_EXIT_USAGE;
    return close_stdout(code);
}
