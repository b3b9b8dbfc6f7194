/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet run: runs a scenario and writes its result. */
#include "config.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check.h"
#include "app/progress.h"
#include "app/scenario_args.h"
#include "core/sweep.h"
#include "core/text.h"

enum {
    KEY_DRY_RUN = 0x100,
    KEY_PROGRESS,
    KEY_FORCE,
    KEY_STRICT,
    KEY_TIMES,
    KEY_RESUME,
    KEY_RETRY,
    KEY_SLICE
};

struct run_options {
    fm_scenario_args scenario;
    const char *output;
    int threads;
    uint64_t slice, n_slices;
    bool resume, retry;
    bool dry_run, force, strict, record_times, quiet, no_progress;
};

static volatile sig_atomic_t stop_requested;

static void
on_signal(int number)
{
    (void)number;
    stop_requested = 1;
}

/* The first signal asks the run to end tidily; the second one ends the process at
 * once. */
static void
catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};

    (void)sigfillset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static int
parse_threads(struct argp_state *state, const char *arg)
{
    int64_t n = 0;
    fm_error err = FM_ERROR_INIT;

    if (fm_integer_read(arg, &n, &err) != FM_OK || n < 1 || n > 1024)
        argp_error(state, "-j takes a number of threads from 1 to 1024, not '%s'", arg);
    return (int)n;
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct run_options *o = state->input;

    switch (key) {
    case 'o':
        o->output = arg;
        return 0;
    case 'j':
        o->threads = parse_threads(state, arg);
        return 0;
    case 'q':
        o->quiet = true;
        return 0;
    case KEY_DRY_RUN:
        o->dry_run = true;
        return 0;
    case KEY_FORCE:
        o->force = true;
        return 0;
    case KEY_RESUME:
        o->resume = true;
        return 0;
    case KEY_RETRY:
        o->retry = true;
        return 0;
    case KEY_SLICE:
        if (sscanf(arg, "%" SCNu64 "/%" SCNu64, &o->slice, &o->n_slices) != 2)
            argp_error(state, "--slice takes I/N, not '%s'", arg);
        return 0;
    case KEY_STRICT:
        o->strict = true;
        return 0;
    case KEY_TIMES:
        o->record_times = true;
        return 0;
    case KEY_PROGRESS:
        o->no_progress = strcmp(arg, "never") == 0;
        if (!o->no_progress && strcmp(arg, "auto") != 0)
            argp_error(state, "--progress is auto or never, not '%s'", arg);
        return 0;
    default:
        return fm_scenario_args_parse(key, arg, state, &o->scenario);
    }
}

static const struct argp_option option_list[] = {
    {"output", 'o', "FILE", 0, "result to write (default: the scenario's name with .h5)",
     0},
    FM_OPTION_SET,
    {"jobs", 'j', "N", 0, "threads (default: all processors)", 0},
    {"dry-run", KEY_DRY_RUN, 0, 0, "check and show the points, write nothing", 0},
    {"force", KEY_FORCE, 0, 0, "replace an existing result", 0},
    {"resume", KEY_RESUME, 0, 0, "go on with what an interrupted run left", 0},
    {"retry-failed", KEY_RETRY, 0, 0, "run failed points again", 0},
    {"slice", KEY_SLICE, "I/N", 0, "run the I-th of N slices, counted from 0", 0},
    {"strict", KEY_STRICT, 0, 0, "exit 3 when a verdict fails", 0},
    {"progress", KEY_PROGRESS, "WHEN", 0, "progress line: auto (on a terminal) or never",
     0},
    {"record-times", KEY_TIMES, 0, 0,
     "store when, where and how long each point ran; without it the same run gives the "
     "same bytes",
     0},
    {"quiet", 'q', 0, 0, "print no summary", 0},
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse_option,
    .args_doc = "SCENARIO",
    .doc =
        "Run every point of SCENARIO and write one self-describing HDF5 result.\v"
        "Exit status: 0 done, 2 finished but some points failed, 3 a verdict failed "
        "(--strict), 65 bad data, 66 missing input, 73 cannot create the output, 74 I/O "
        "error, 78 bad scenario.",
};

/* ---- facts for the provenance ---------------------------------------------------- */

/* The scenario's file name with .h5 for its extension, in the current folder. */
static char *
default_output(const fm_scenario *scenario, const char *path)
{
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    fm_str s = {0};

    if (strcmp(path, "-") == 0)
        base = scenario->study->name;
    const char *dot = strrchr(base, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
    fm_str_add_bytes(&s, base, yaml ? (size_t)(dot - base) : strlen(base));
    fm_str_add(&s, ".h5");
    return fm_str_take(&s);
}

/* The command line as stored: what names the output or sets threads and messages does not
 * change the result and is left out, so that the same run gives the same bytes. */
static char *
recorded_argv(const struct run_options *o)
{
    fm_str s = {0};

    fm_str_addf(&s, "fabmet run %s", o->scenario.path);
    for (size_t i = 0; i < o->scenario.n_sets; i++)
        fm_str_addf(&s, " --set %s", o->scenario.sets[i]);
    return fm_str_take(&s);
}

/* Now as ISO 8601 in UTC; SOURCE_DATE_EPOCH replaces the clock
 * (reproducible-builds.org). */
static void
time_text(char text_out[32])
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = epoch != NULL ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    struct tm tm;

    if (gmtime_r(&now, &tm) == NULL ||
        strftime(text_out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        text_out[0] = '\0';
}

/* ---- the summary ----------------------------------------------------------------- */

static void
print_failures(const fm_run_summary *summary)
{
    for (size_t i = 0; i < FM_COUNT(summary->failed_by); i++)
        if (summary->failed_by[i] > 0)
            (void)fprintf(stderr, "  %" PRIu64 " failed: %s\n", summary->failed_by[i],
                          fm_status_name((fm_status)i));
    fm_str text = {0};
    fm_str_add_escaped(&text, summary->first_failure);
    (void)fprintf(stderr, "  first: point %" PRIu64 ": %s\n", summary->first_failed,
                  text.data != NULL ? text.data : "");
    fm_str_free(&text);
}

/* Failures are told also when --quiet asks for no summary. */
static void
print_summary(const char *output, const fm_run_summary *summary, bool quiet)
{
    if (!quiet)
        (void)fprintf(stderr, "%s: %" PRIu64 " point%s in %.3g s, digest %.16s\n", output,
                      summary->points, summary->points == 1 ? "" : "s", summary->seconds,
                      summary->digest);
    else if (summary->failed > 0)
        (void)fprintf(stderr, "%s: %" PRIu64 " of %" PRIu64 " points failed\n", output,
                      summary->failed, summary->points);
    if (summary->failed > 0)
        print_failures(summary);
}

/* Prints the verdicts of the finished result; true when one fails. */
static bool
print_verdicts(const fm_app *app, const char *output, bool quiet)
{
    fm_result_verdict *verdicts = NULL;
    size_t n = 0;
    bool failed = false;
    int code = FM_EXIT_OK;
    fm_result *result = fm_app_open(app, output, &code);

    if (result == NULL)
        return true;
    (void)fm_result_verdicts(result, &verdicts, &n, NULL);
    for (size_t i = 0; i < n; i++) {
        failed = failed || !verdicts[i].pass;
        if (!quiet)
            fm_app_print_verdict(&verdicts[i], stderr);
    }
    fm_result_verdicts_free(verdicts, n);
    fm_result_close(result);
    return failed;
}

/* ---- the command ----------------------------------------------------------------- */

static int
finish(const fm_app *app, const struct run_options *o, const char *output,
       const fm_run_summary *summary)
{
    print_summary(output, summary, o->quiet);
    bool failed = print_verdicts(app, output, o->quiet);
    if (summary->failed > 0)
        return FM_EXIT_SOME_FAILED;
    return o->strict && failed ? FM_EXIT_VERDICT : FM_EXIT_OK;
}

static int
run_scenario(const fm_app *app, const struct run_options *o, const fm_scenario *scenario)
{
    char started[32];
    fm_run_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    char *output = o->output != NULL ? fm_strdup(o->output)
                                     : default_output(scenario, o->scenario.path);
    char *argv = recorded_argv(o);
    bool draw = !o->no_progress && !o->quiet && fm_progress_wanted();
    int code = FM_EXIT_FAILURE;

    time_text(started);
    fm_run_options options = {
        .threads = o->threads,
        .stop = &stop_requested,
        .slice = o->slice,
        .n_slices = o->n_slices,
        .resume = o->resume,
        .retry_failed = o->retry,
        .progress = draw ? fm_progress_draw : NULL,
        .store = {.replace = o->force,
                  .record_times = o->record_times,
                  .argv = argv,
                  .started = o->record_times ? started : "",
                  .version = PACKAGE_VERSION},
    };
    fm_status st = output == NULL || argv == NULL
                       ? FM_FAIL(&err, FM_ENOMEM, "out of memory")
                       : fm_run(scenario, output, &options, &summary, &err);
    if (draw)
        fm_progress_clear();
    if (st == FM_OK) {
        code = finish(app, o, output, &summary);
    } else if (st == FM_EINTERRUPT) {
        (void)fprintf(stderr, "fabmet: run: %s\n", err.text);
        code = FM_EXIT_INTERRUPTED;
    } else {
        code = fm_app_fail(app, &err);
    }
    free(output);
    free(argv);
    return code;
}

int
fm_app_run(fm_app *app, int argc, char **argv)
{
    struct run_options o = {.threads = (int)sysconf(_SC_NPROCESSORS_ONLN)};
    int code = FM_EXIT_OK;

    o.threads = o.threads < 1 ? 1 : o.threads;
    fm_app_parse(app, &argp, argc, argv, &o);
    fm_scenario *scenario =
        fm_app_scenario(app, o.scenario.path, o.scenario.sets, o.scenario.n_sets, &code);
    if (scenario != NULL && o.dry_run) {
        fm_check_print(scenario);
    } else if (scenario != NULL) {
        catch_signals();
        code = run_scenario(app, &o, scenario);
    }
    fm_scenario_free(scenario);
    free(o.scenario.sets);
    return code;
}
