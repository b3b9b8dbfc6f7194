/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of the program share: exit codes, context, messages. */
#ifndef FM_APP_APP_H
#define FM_APP_APP_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/diag.h"
#include "core/result.h"
#include "core/scenario.h"

/* Exit codes are a contract with users' scripts (DESIGN: command line). */
enum {
    FM_EXIT_OK = 0,
    FM_EXIT_FAILURE = 1,     /* internal or run failure; files that differ */
    FM_EXIT_SOME_FAILED = 2, /* finished, but some points failed */
    FM_EXIT_VERDICT = 3,     /* a verdict failed and --strict was given */
    FM_EXIT_USAGE = 64,
    FM_EXIT_DATA = 65,
    FM_EXIT_NO_INPUT = 66,
    FM_EXIT_CREATE = 73,
    FM_EXIT_IO = 74,
    FM_EXIT_INTERRUPTED = 75,
    FM_EXIT_SCENARIO = 78
};

/* Exit code for a status. */
int fm_exit_code(fm_status status);

typedef struct fm_app {
    const char *command; /* name of the running command, for messages */
    fm_context context;
    int argc; /* the whole command line as given */
    char **argv;
} fm_app;

typedef struct fm_command {
    const char *name;
    int (*run)(fm_app *app, int argc, char **argv); /* returns the exit code */
    const char *summary;
} fm_command;

/* One function per command, each in a file of its own (cmd_list.c, ...). */
int fm_app_list(fm_app *app, int argc, char **argv);
int fm_app_describe(fm_app *app, int argc, char **argv);
int fm_app_init(fm_app *app, int argc, char **argv);
int fm_app_check(fm_app *app, int argc, char **argv);
int fm_app_run(fm_app *app, int argc, char **argv);
int fm_app_merge(fm_app *app, int argc, char **argv);
int fm_app_show(fm_app *app, int argc, char **argv);
int fm_app_verify(fm_app *app, int argc, char **argv);
int fm_app_plot(fm_app *app, int argc, char **argv);
int fm_app_report(fm_app *app, int argc, char **argv);
int fm_app_glossary(fm_app *app, int argc, char **argv);
int fm_app_whatif(fm_app *app, int argc, char **argv);

/* Prints a whole result as `show --json` does (cmd_show.c). */
fm_status fm_app_show_json(const fm_result *result, fm_error *err);
int fm_app_slurm(fm_app *app, int argc, char **argv);

/* The registry: every study of the program. */
extern const fm_study *const fm_studies[];
extern const size_t fm_n_studies;

/* ---- messages (messages.c) ------------------------------------------------------- */

/* Parses the options of one command; argp prints help and usage errors (exit 64). */
void fm_app_parse(const fm_app *app, const struct argp *argp, int argc, char **argv,
                  void *input);

/* Prints `fabmet: COMMAND: error: TEXT` and returns the exit code of its status. */
int fm_app_fail(const fm_app *app, const fm_error *err);

/* Prints all diagnostics, sorted, as FILE:LINE:COL: error: TEXT, and returns the exit
 * code. */
int fm_app_fail_diags(const fm_app *app, fm_diags *diags);

/* The study of that name; prints an error with a did-you-mean and returns NULL. */
const fm_study *fm_app_study(const fm_app *app, const char *name);

/* Opens a result; prints the error and sets *code_out when it cannot. */
fm_result *fm_app_open(const fm_app *app, const char *path, int *code_out);

/* Reads and loads a scenario; prints what is wrong and sets *code_out. */
fm_scenario *fm_app_scenario(const fm_app *app, const char *path, char *const *sets,
                             size_t n_sets, int *code_out);

/* Prints one verdict as a line. */
void fm_app_print_verdict(const fm_result_verdict *v, FILE *to);

/* True when colour may be used on stderr. */
bool fm_app_colour(void);

#endif
