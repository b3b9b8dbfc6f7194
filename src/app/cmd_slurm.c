/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet slurm: prints the shell file that submits a sweep to Slurm. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/scenario_args.h"
#include "app/slurm_script.h"
#include "core/text.h"

enum {
    KEY_ARRAY = 0x100,
    KEY_MEM,
    KEY_MARGIN,
    KEY_MPI
};

enum {
    ARRAY_DEFAULT_MAX = 1000, /* indices 0 ... 1000 with Slurm's default MaxArraySize */
    ARRAY_MAX = 4000000,      /* MaxArraySize can be no larger: slurm.conf(5) */
    MARGIN_MAX = 65535,       /* sbatch(1), --signal */
    MARGIN_DEFAULT = 120,
    CPUS_MAX = 1024
};

struct slurm_args {
    fm_scenario_args scenario;
    fm_slurm_job job;
    double time_s;
    bool margin_given;
};

/* A whole number from 1 to max. */
static uint64_t
parse_count(struct argp_state *state, const char *option, const char *arg, uint64_t max)
{
    uint64_t n = 0;

    if (fm_unsigned_read(arg, &n, NULL) != FM_OK || n < 1 || n > max)
        argp_error(state, "%s takes a whole number from 1 to %" PRIu64 ", not '%s'",
                   option, max, arg);
    return n;
}

static void
parse_time(struct argp_state *state, const char *arg, struct slurm_args *args)
{
    if (!fm_slurm_time(arg, &args->time_s))
        argp_error(state,
                   "--time takes minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S or UNLIMITED, "
                   "not '%s'",
                   arg);
    args->job.time = arg;
}

/* The signal must leave the job some time to work in. */
static void
finish_margin(struct argp_state *state, struct slurm_args *args)
{
    fm_slurm_job *job = &args->job;

    if (!args->margin_given)
        job->margin_s = args->time_s / 4 < MARGIN_DEFAULT ? (unsigned)(args->time_s / 4)
                                                          : MARGIN_DEFAULT;
    else if (!((double)job->margin_s < args->time_s))
        argp_error(state, "--margin %u: nothing is left of --time %s", job->margin_s,
                   job->time);
}

static void
finish_args(struct argp_state *state, struct slurm_args *args)
{
    if (args->job.n_slices == 0)
        argp_error(state, "--array N is expected: the number of slices");
    if (args->job.time == NULL)
        argp_error(state, "--time T is expected: the time limit of each job");
    if (args->scenario.path != NULL && strcmp(args->scenario.path, "-") == 0)
        argp_error(state, "the jobs read SCENARIO later: it must be a file, not '-'");
    finish_margin(state, args);
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
    struct slurm_args *args = state->input;
    fm_slurm_job *job = &args->job;
    error_t code = 0;

    switch (key) {
    case KEY_ARRAY:
        job->n_slices = parse_count(state, "--array", arg, ARRAY_MAX);
        return 0;
    case 't':
        parse_time(state, arg, args);
        return 0;
    case 'p':
        if (*arg == '\0')
            argp_error(state, "--partition takes a name");
        job->partition = arg;
        return 0;
    case KEY_MEM:
        if (!fm_slurm_mem(arg))
            argp_error(state, "--mem takes a whole number with K, M, G or T, not '%s'",
                       arg);
        job->mem = arg;
        return 0;
    case 'c':
        job->cpus = (int)parse_count(state, "--cpus", arg, CPUS_MAX);
        return 0;
    case KEY_MARGIN:
        job->margin_s = (unsigned)parse_count(state, "--margin", arg, MARGIN_MAX);
        args->margin_given = true;
        return 0;
    case 'o':
        if (*arg == '\0' || strpbrk(arg, "%\\") != NULL)
            argp_error(state,
                       "--output takes a folder without %% and \\ in its name "
                       "(Slurm gives them a meaning), not '%s'",
                       arg);
        job->folder = arg;
        return 0;
    case KEY_MPI:
        job->mpi = true;
        return 0;
    default:
        code = fm_scenario_args_parse(key, arg, state, &args->scenario);
        if (key == ARGP_KEY_END)
            finish_args(state, args);
        return code;
    }
}

static const struct argp_option options[] = {
    {"array", KEY_ARRAY, "N", 0, "slices of the sweep, one job each (with --mpi: ranks)",
     0},
    {"time", 't', "T", 0, "time limit of a job, as sbatch takes it (30, 2:00:00, 1-12)",
     0},
    FM_OPTION_SET,
    {"partition", 'p', "NAME", 0, "partition (default: the site's)", 0},
    {"mem", KEY_MEM, "SIZE", 0, "memory of a job: 500M, 4G (default: the site's)", 0},
    {"cpus", 'c', "C", 0, "processors and threads of a job (default: 1)", 0},
    {"margin", KEY_MARGIN, "SECONDS", 0,
     "send SIGUSR1 this long before the time limit (default: 120, or a quarter of a "
     "shorter limit)",
     0},
    {"output", 'o', "FOLDER", 0,
     "folder of results and logs (default: the scenario's name with .slurm)", 0},
    {"mpi", KEY_MPI, 0, 0, "one MPI job of N ranks instead of an array and a merge", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse_option,
    .args_doc = "SCENARIO",
    .doc = "Print a shell file that submits SCENARIO to Slurm: an array of N jobs, each "
           "a slice of the sweep, and a job that merges their results.\v"
           "The jobs end tidily before their time limit and when they are preempted, "
           "with exit code 75; requeued, or submitted again, they continue where they "
           "were.  FABMET in the environment names the program the jobs run.\n\n"
           "Exit status: 0 printed, 64 usage, 65 bad data, 66 missing input, 78 bad "
           "scenario.",
};

/* The scenario's base name without .yaml. */
static char *
base_name(const char *path)
{
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
    fm_str s = {0};

    fm_str_add_bytes(&s, base, yaml && dot > base ? (size_t)(dot - base) : strlen(base));
    return fm_str_take(&s);
}

static void
print_notes(const fm_slurm_job *job)
{
    if (job->n_slices > ARRAY_DEFAULT_MAX && !job->mpi)
        (void)fprintf(stderr,
                      "fabmet: slurm: note: more than %d jobs in an array need "
                      "MaxArraySize raised in the site's slurm.conf\n",
                      (int)ARRAY_DEFAULT_MAX);
    if (job->n_slices > job->n_points)
        (void)fprintf(stderr,
                      "fabmet: slurm: note: the sweep has %" PRIu64
                      " points; some of the %" PRIu64 " jobs will have none\n",
                      job->n_points, job->n_slices);
}

static int
print_script(const fm_app *app, struct slurm_args *args)
{
    fm_slurm_job *job = &args->job;
    fm_error err = FM_ERROR_INIT;
    fm_str folder = {0};
    char *name = base_name(args->scenario.path);
    int code = FM_EXIT_OK;

    for (const char *p = name != NULL ? name : ""; *p != '\0'; p++)
        fm_str_add_bytes(&folder, *p == '%' || *p == '\\' ? "_" : p, 1);
    fm_str_add(&folder, ".slurm");
    job->scenario = args->scenario.path;
    job->sets = args->scenario.sets;
    job->n_sets = args->scenario.n_sets;
    job->name = name;
    job->cpus = job->cpus > 0 ? job->cpus : 1;
    if (job->folder == NULL)
        job->folder = folder.data;
    char *text = name != NULL && job->folder != NULL ? fm_slurm_script(job) : NULL;
    if (text == NULL) {
        (void)FM_FAIL(&err, FM_ENOMEM, "out of memory");
        code = fm_app_fail(app, &err);
    } else {
        (void)fputs(text, stdout);
        print_notes(job);
    }
    free(text);
    free(name);
    fm_str_free(&folder);
    return code;
}

int
fm_app_slurm(fm_app *app, int argc, char **argv)
{
    struct slurm_args args = {0};
    int code = FM_EXIT_OK;

    fm_app_parse(app, &argp, argc, argv, &args);
    fm_scenario *scenario = fm_app_scenario(app, args.scenario.path, args.scenario.sets,
                                            args.scenario.n_sets, &code);
    if (scenario != NULL) {
        args.job.n_points = scenario->n_points;
        code = print_script(app, &args);
    }
    fm_scenario_free(scenario);
    free(args.scenario.sets);
    return code;
}
