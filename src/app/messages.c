/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages to people: errors with their place, and the exit code that goes with them. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "core/text.h"

int
fm_exit_code(fm_status status)
{
    switch (status) {
    case FM_OK:
        return FM_EXIT_OK;
    case FM_EUSAGE:
        return FM_EXIT_USAGE;
    case FM_EDATA:
        return FM_EXIT_DATA;
    case FM_ENOINPUT:
        return FM_EXIT_NO_INPUT;
    case FM_ECREATE:
        return FM_EXIT_CREATE;
    case FM_EIO:
        return FM_EXIT_IO;
    case FM_EINTERRUPT:
        return FM_EXIT_INTERRUPTED;
    case FM_ESCENARIO:
        return FM_EXIT_SCENARIO;
    default:
        return FM_EXIT_FAILURE;
    }
}

bool
fm_app_colour(void)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

void
fm_app_parse(const fm_app *app, const struct argp *argp, int argc, char **argv,
             void *input)
{
    static char name[64];

    (void)snprintf(name, sizeof name, "fabmet %s", app->command);
    argv[0] = name;
    error_t code = argp_parse(argp, argc, argv, 0, NULL, input);
    if (code != 0) {
        (void)fprintf(stderr, "%s: error: %s\n", name, strerror(code));
        exit(FM_EXIT_FAILURE);
    }
}

static const char *
error_word(bool warning)
{
    if (!fm_app_colour())
        return warning ? "warning" : "error";
    return warning ? "\033[1;33mwarning\033[0m" : "\033[1;31merror\033[0m";
}

int
fm_app_fail(const fm_app *app, const fm_error *err)
{
    fm_str text = {0};

    fm_str_add_escaped(&text, err->text);
    (void)fprintf(stderr, "fabmet: %s: %s: %s\n", app->command, error_word(false),
                  text.data != NULL ? text.data : "out of memory");
    if (err->code == FM_EINTERNAL)
        (void)fprintf(stderr,
                      "  hint: this is a fault of fabmet or of a library (%s:%d)\n",
                      err->file, err->line);
    fm_str_free(&text);
    return fm_exit_code(err->code);
}

static void
print_diag(const fm_diag *d)
{
    if (d->file != NULL)
        (void)fprintf(stderr, "%s:", d->file);
    if (d->mark.line > 0)
        (void)fprintf(stderr, "%d:", d->mark.line);
    if (d->mark.line > 0 && d->mark.column > 0)
        (void)fprintf(stderr, "%d:", d->mark.column);
    (void)fprintf(stderr, " %s: %s\n", error_word(d->warning), d->text);
    if (d->hint != NULL)
        (void)fprintf(stderr, "  hint: %s\n", d->hint);
}

int
fm_app_fail_diags(const fm_app *app, fm_diags *diags)
{
    size_t n = 0;
    size_t n_errors = 0;
    size_t shown = 0;

    (void)app;
    fm_diags_sort(diags);
    const fm_diag *list = fm_diags_list(diags, &n, &n_errors);
    for (size_t i = 0; i < n; i++) {
        print_diag(&list[i]);
        shown += list[i].warning ? 0 : 1;
    }
    if (n_errors > shown)
        (void)fprintf(stderr, "... and %zu more\n", n_errors - shown);
    return fm_exit_code(fm_diags_status(diags));
}

const fm_study *
fm_app_study(const fm_app *app, const char *name)
{
    const fm_study *study = fm_context_study(&app->context, name);
    if (study != NULL)
        return study;

    const char **names = calloc(fm_n_studies, sizeof *names);
    const char *nearest = NULL;
    if (names != NULL) {
        for (size_t i = 0; i < fm_n_studies; i++)
            names[i] = fm_studies[i]->name;
        nearest = fm_nearest(name, names, fm_n_studies);
    }
    fm_error err = FM_ERROR_INIT;
    (void)FM_FAIL(&err, FM_EUSAGE,
                  "there is no study '%s'%s%s%s; `fabmet list` shows all", name,
                  nearest != NULL ? "; did you mean '" : "",
                  nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    (void)fm_app_fail(app, &err);
    free(names);
    return NULL;
}

fm_result *
fm_app_open(const fm_app *app, const char *path, int *code_out)
{
    fm_result *result = NULL;
    fm_error err = FM_ERROR_INIT;

    if (fm_result_open(path, &result, &err) != FM_OK) {
        *code_out = fm_app_fail(app, &err);
        return NULL;
    }
    return result;
}

fm_scenario *
fm_app_scenario(const fm_app *app, const char *path, char *const *sets, size_t n_sets,
                int *code_out)
{
    fm_scenario *scenario = NULL;
    fm_diags *diags = fm_diags_create();

    if (diags == NULL) {
        fm_error err = FM_ERROR_INIT;
        (void)FM_FAIL(&err, FM_ENOMEM, "out of memory");
        *code_out = fm_app_fail(app, &err);
        return NULL;
    }
    fm_status st = fm_scenario_read(&app->context, path, (const char *const *)sets,
                                    n_sets, diags, &scenario);
    if (st == FM_OK)
        st = fm_scenario_load(scenario, diags);
    *code_out = fm_app_fail_diags(app, diags);
    if (st != FM_OK) {
        if (*code_out == FM_EXIT_OK)
            *code_out = fm_exit_code(st);
        fm_scenario_free(scenario);
        scenario = NULL;
    }
    fm_diags_free(diags);
    return scenario;
}

static void
print_number(double x, const char *unit, FILE *to)
{
    if (isnan(x))
        (void)fputs("not available", to);
    else
        (void)fprintf(to, "%.6g%s%s", x, strcmp(unit, "1") == 0 ? "" : " ",
                      strcmp(unit, "1") == 0 ? "" : unit);
}

void
fm_app_print_verdict(const fm_result_verdict *v, FILE *to)
{
    (void)fprintf(to, "  %s  %s: %s is ", v->pass ? "pass" : "FAIL", v->name,
                  v->statement);
    print_number(v->value, v->unit, to);
    (void)fprintf(to, ", limit %s ", v->at_least ? ">=" : "<=");
    print_number(v->limit, v->unit, to);
    if (v->n_rows > 1)
        (void)fprintf(to, " (worst of %" PRIu64 ", %" PRIu64 " fail)", v->n_rows,
                      v->n_failed);
    (void)putc('\n', to);
}
