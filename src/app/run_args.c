/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of `fabmet run`: its options, and the commands made from them. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "app/run_args.h"
#include "app/shell.h"
#include "core/text.h"
#include "core/units.h"

enum {
    KEY_DRY_RUN = 0x100,
    KEY_PROGRESS,
    KEY_FORCE,
    KEY_STRICT,
    KEY_TIMES,
    KEY_SLICE,
    KEY_RESUME,
    KEY_RETRY
};

static const char *const progress_words[] = {"auto", "never", "json"};

static int
parse_threads(struct argp_state *state, const char *arg)
{
    int64_t n = 0;

    if (fm_integer_read(arg, &n, NULL) != FM_OK || n < 1 || n > 1024)
        argp_error(state, "-j takes a number of threads from 1 to 1024, not '%s'", arg);
    return (int)n;
}

static fm_progress_when
parse_progress(struct argp_state *state, const char *arg)
{
    for (size_t i = 0; i < FM_COUNT(progress_words); i++)
        if (strcmp(arg, progress_words[i]) == 0)
            return (fm_progress_when)i;
    argp_error(state, "--progress is auto, never or json, not '%s'", arg);
    return FM_PROGRESS_AUTO;
}

static void
parse_slice(struct argp_state *state, char *arg, fm_run_args *args)
{
    char *bar = strchr(arg, '/');
    bool good = bar != NULL;

    if (good) {
        *bar = '\0';
        good = fm_unsigned_read(arg, &args->slice, NULL) == FM_OK &&
               fm_unsigned_read(bar + 1, &args->n_slices, NULL) == FM_OK;
        *bar = '/';
    }
    if (good && args->slice < args->n_slices)
        return;
    if (good && args->n_slices > 0)
        argp_error(state,
                   "--slice %s: slices count from 0, so the last of %" PRIu64
                   " is %" PRIu64 "/%" PRIu64,
                   arg, args->n_slices, args->n_slices - 1, args->n_slices);
    argp_error(state,
               "--slice takes I/N, whole numbers with 0 <= I < N (0/4 is the first of "
               "four slices), not '%s'",
               arg);
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    fm_run_args *args = state->input;

    switch (key) {
    case 'o':
        args->output = arg;
        return 0;
    case 'j':
        args->threads = parse_threads(state, arg);
        return 0;
    case 'q':
        args->quiet = true;
        return 0;
    case KEY_DRY_RUN:
        args->dry_run = true;
        return 0;
    case KEY_FORCE:
        args->force = true;
        return 0;
    case KEY_STRICT:
        args->strict = true;
        return 0;
    case KEY_TIMES:
        args->record_times = true;
        return 0;
    case KEY_PROGRESS:
        args->progress = parse_progress(state, arg);
        return 0;
    case KEY_SLICE:
        parse_slice(state, arg, args);
        return 0;
    case KEY_RETRY:
        args->retry_failed = true;
        args->resume = true;
        return 0;
    case KEY_RESUME:
        args->resume = true;
        return 0;
    default:
        return fm_scenario_args_parse(key, arg, state, &args->scenario);
    }
}

static const struct argp_option option_list[] = {
    {"output", 'o', "FILE", 0, "result to write (default: the scenario's name with .h5)",
     0},
    FM_OPTION_SET,
    {"jobs", 'j', "N", 0, "threads (default: the processors this process may use)", 0},
    {"slice", KEY_SLICE, "I/N", 0,
     "run the I-th of N equal parts of the sweep only (I counts from 0); `fabmet merge` "
     "joins them",
     0},
    {"resume", KEY_RESUME, 0, 0,
     "continue an interrupted run: points that are saved are not run again", 0},
    {"retry-failed", KEY_RETRY, 0, 0,
     "run failed points again, keep the others (implies --resume)", 0},
    {"dry-run", KEY_DRY_RUN, 0, 0, "check and show the points, write nothing", 0},
    {"force", KEY_FORCE, 0, 0,
     "replace an existing result, drop what a run has saved (with --resume: only what is of "
     "another run)",
     0},
    {"strict", KEY_STRICT, 0, 0, "exit 3 when a verdict fails", 0},
    {"progress", KEY_PROGRESS, "WHEN", 0,
     "progress: auto (a line on a terminal), never, or json (an object per line on "
     "standard error)",
     0},
    {"record-times", KEY_TIMES, 0, 0,
     "store when, where and how long each point ran; without it the same run gives the "
     "same bytes",
     0},
    {"quiet", 'q', 0, 0, "print no summary", 0},
    {0},
};

const struct argp fm_run_argp = {
    .options = option_list,
    .parser = parse_option,
    .args_doc = "SCENARIO",
    .doc =
        "Run every point of SCENARIO and write one self-describing HDF5 result.\v"
        "Finished points are saved in FILE.parts while a longer run goes on.  SIGINT, "
        "SIGTERM, SIGUSR1, SIGUSR2, SIGHUP and SIGXCPU end the run tidily: exit 75, and "
        "the same command with --resume continues; a second SIGINT ends it at once.  In "
        "a Slurm job no point is begun that would not be finished before the job ends "
        "(SLURM_JOB_END_TIME).\n\n"
        "Exit status: 0 done, 2 finished but some points failed, 3 a verdict failed "
        "(--strict), 65 bad data, 66 missing input, 73 cannot create the output, 74 I/O "
        "error, 75 interrupted and resumable, 78 bad scenario.",
};

/* ---- names and commands made from the options -------------------------------------- */

char *
fm_run_output(const fm_run_args *args, const fm_scenario *scenario)
{
    const char *path = args->scenario.path;
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    fm_str s = {0};

    if (args->output != NULL)
        return fm_strdup(args->output);
    if (strcmp(path, "-") == 0)
        base = scenario->study->name;
    const char *dot = strrchr(base, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
    fm_str_add_bytes(&s, base, yaml ? (size_t)(dot - base) : strlen(base));
    if (args->n_slices > 0)
        fm_str_addf(&s, ".slice-%" PRIu64 "-of-%" PRIu64, args->slice, args->n_slices);
    fm_str_add(&s, ".h5");
    return fm_str_take(&s);
}

char *
fm_run_recorded(const fm_run_args *args)
{
    fm_str s = {0};

    fm_str_addf(&s, "fabmet run %s", args->scenario.path);
    for (size_t i = 0; i < args->scenario.n_sets; i++)
        fm_str_addf(&s, " --set %s", args->scenario.sets[i]);
    return fm_str_take(&s);
}

char *
fm_run_again(const fm_run_args *args, const char *output)
{
    const fm_scenario_args *scenario = &args->scenario;
    fm_str s = {0};

    fm_str_add(&s, "fabmet run ");
    fm_str_add(&s, args->retry_failed ? "--retry-failed" : "--resume");
    fm_str_add(&s, args->force ? " --force" : "");
    if (args->n_slices > 0)
        fm_str_addf(&s, " --slice %" PRIu64 "/%" PRIu64, args->slice, args->n_slices);
    if (args->threads > 0)
        fm_str_addf(&s, " -j %d", args->threads);
    fm_str_add(&s, args->record_times ? " --record-times" : "");
    fm_str_add(&s, args->strict ? " --strict" : "");
    if (args->progress != FM_PROGRESS_AUTO)
        fm_str_addf(&s, " --progress=%s", progress_words[args->progress]);
    fm_str_add(&s, args->quiet ? " --quiet" : "");
    for (size_t i = 0; i < scenario->n_sets; i++) {
        fm_str_add(&s, " --set");
        fm_shell_add_word(&s, scenario->sets[i]);
    }
    fm_str_add(&s, " -o");
    fm_shell_add_word(&s, output);
    if (scenario->path[0] == '-' && scenario->path[1] != '\0')
        fm_str_add(&s, " --");
    fm_shell_add_word(&s, scenario->path);
    if (strcmp(scenario->path, "-") == 0)
        fm_str_add(&s, " <SCENARIO");
    return fm_str_take(&s);
}
