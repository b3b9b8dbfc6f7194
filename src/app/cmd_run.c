/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fabmet run: runs a scenario and writes its result.
 *
 * Contents
 *   1. what the run starts with    2. how it ended    3. the command
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check.h"
#include "app/run_args.h"
#include "app/run_stop.h"
#include "app/run_team.h"
#include "app/threads.h"
#include "core/text.h"

/* One run from its options to its end. */
typedef struct job {
    const fm_app *app;
    const fm_run_args *args;
    const fm_run_team *team;
    const fm_scenario *scenario;
    char *output, *argv;
    char started[32];
    fm_progress_view view;
    fm_run_summary summary;
} job;

/* ---- 1. what the run starts with ------------------------------------------------- */

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

/* ---- 2. how it ended ------------------------------------------------------------- */

static const char *
plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Text of a user on a terminal. */
static void
print_text(const char *before, const char *text, const char *behind)
{
    fm_str s = {0};

    fm_str_add_escaped(&s, text);
    (void)fprintf(stderr, "%s%s%s", before, s.data != NULL ? s.data : "", behind);
    fm_str_free(&s);
}

static void
print_failures(const fm_run_summary *summary)
{
    for (size_t i = 0; i < FM_COUNT(summary->failed_by); i++)
        if (summary->failed_by[i] > 0)
            (void)fprintf(stderr, "  %" PRIu64 " failed: %s\n", summary->failed_by[i],
                          fm_status_name((fm_status)i));
    (void)fprintf(stderr, "  first: point %" PRIu64, summary->first_failed);
    print_text(": ", summary->first_failure, "\n");
}

/* "r.h5: 250 points (slice 1/4) in 3.2 s (78.1/s), 20 of them saved before, digest ..." */
static void
print_done(const job *j)
{
    const fm_run_summary *s = &j->summary;
    uint64_t computed = s->done > s->resumed ? s->done - s->resumed : 0;

    print_text("", j->output, ": ");
    (void)fprintf(stderr, "%" PRIu64 " point%s", s->done, plural(s->done));
    if (j->args->n_slices > 0)
        (void)fprintf(stderr, " (slice %" PRIu64 "/%" PRIu64 ")", j->args->slice,
                      j->args->n_slices);
    if (s->already_complete)
        (void)fprintf(stderr, ", complete already");
    else
        (void)fprintf(stderr, " in %.3g s", s->seconds);
    if (!s->already_complete && computed > 0 && s->seconds > 0)
        (void)fprintf(stderr, " (%.3g/s)", (double)computed / s->seconds);
    if (!s->already_complete && s->resumed > 0)
        (void)fprintf(stderr, ", %" PRIu64 " of them saved before", s->resumed);
    (void)fprintf(stderr, ", digest %.16s\n", s->digest);
}

/* Failures are told also when --quiet asks for no summary. */
static void
print_summary(const job *j)
{
    const fm_run_summary *s = &j->summary;

    if (!j->args->quiet) {
        print_done(j);
    } else if (s->failed > 0) {
        print_text("", j->output, ": ");
        (void)fprintf(stderr, "%" PRIu64 " of %" PRIu64 " points failed\n", s->failed,
                      s->done);
    }
    if (s->failed > 0)
        print_failures(s);
}

/* Prints the verdicts of the finished result; true when one fails. */
static bool
print_verdicts(const job *j, bool print)
{
    fm_result_verdict *verdicts = NULL;
    size_t n = 0;
    bool failed = false;
    int code = FM_EXIT_OK;
    fm_result *result = fm_app_open(j->app, j->output, &code);

    if (result == NULL)
        return true;
    (void)fm_result_verdicts(result, &verdicts, &n, NULL);
    for (size_t i = 0; i < n; i++) {
        failed = failed || !verdicts[i].pass;
        if (print)
            fm_app_print_verdict(&verdicts[i], stderr);
    }
    fm_result_verdicts_free(verdicts, n);
    fm_result_close(result);
    return failed;
}

static int
end_done(const job *j)
{
    bool text = !j->view.json;

    if (text)
        print_summary(j);
    bool verdict_failed = print_verdicts(j, text && !j->args->quiet);
    int code = j->args->strict && verdict_failed ? FM_EXIT_VERDICT : FM_EXIT_OK;
    if (j->summary.failed > 0)
        code = FM_EXIT_SOME_FAILED;
    fm_progress_finish(&j->view, &(fm_progress_end){.status = "done",
                                                    .code = code,
                                                    .summary = &j->summary,
                                                    .output = j->output});
    return code;
}

/* A run that the time limit ended before it finished one point would be requeued for ever:
 * that is a failure, not an interruption. */
static int
end_interrupted(const job *j)
{
    const fm_run_summary *s = &j->summary;
    const char *name = fm_stop_name();
    char *again = fm_run_again(j->args, j->output);
    bool hopeless = name == NULL && s->done <= s->resumed;
    int code = hopeless || again == NULL ? FM_EXIT_FAILURE : FM_EXIT_INTERRUPTED;
    fm_str what = {0};

    if (name != NULL)
        fm_str_addf(&what, "interrupted by %s", name);
    else
        fm_str_add(&what, "stopped before the job's time limit");
    if (s->done == 0)
        fm_str_add(&what, "; no point is finished, nothing is saved");
    else
        fm_str_addf(&what, "; %" PRIu64 " of %" PRIu64 " points are saved in %s.parts",
                    s->done, s->points, j->output);
    if (hopeless)
        fm_str_add(&what, "; this run finished none: a point needs more time than the "
                          "job has");
    const char *text = what.data != NULL ? what.data : "interrupted";
    if (!j->view.json) {
        print_text("fabmet: run: ", text, "\n");
        if (again != NULL && !hopeless)
            print_text("  continue with: ", again, "\n");
    }
    fm_progress_finish(&j->view, &(fm_progress_end){.status = "interrupted",
                                                    .code = code,
                                                    .summary = s,
                                                    .output = j->output,
                                                    .again = hopeless ? NULL : again,
                                                    .error = text});
    fm_str_free(&what);
    free(again);
    return code;
}

/* A text that is only the status is of another rank, which has told more. */
static int
end_failed(const job *j, const fm_error *err)
{
    bool told = j->team->many && strcmp(err->text, fm_status_name(err->code)) == 0;
    int code = j->view.json || told ? fm_exit_code(err->code) : fm_app_fail(j->app, err);

    fm_progress_finish(&j->view, &(fm_progress_end){.status = "failed",
                                                    .code = code,
                                                    .summary = &j->summary,
                                                    .output = j->output,
                                                    .error = err->text});
    return code;
}

/* ---- 3. the command -------------------------------------------------------------- */

static fm_status
run_points(job *j, fm_error *err)
{
    const fm_run_args *args = j->args;
    fm_run_options options = {
        .threads = args->threads > 0 ? args->threads : fm_threads_default(),
        .stop = fm_stop_flag(),
        .deadline = fm_stop_deadline(),
        .slice = args->slice,
        .n_slices = args->n_slices,
        .resume = args->resume,
        .retry_failed = args->retry_failed,
        .progress = j->view.draw || j->view.json ? fm_progress_show : NULL,
        .progress_arg = &j->view,
        .note = fm_progress_note,
        .note_arg = &j->view,
        .store = {.replace = args->force,
                  .record_times = args->record_times,
                  .argv = j->argv,
                  .started = args->record_times ? j->started : "",
                  .version = PACKAGE_VERSION},
        .team = j->team->many ? &j->team->team : NULL,
    };

    return fm_run(j->scenario, j->output, &options, &j->summary, err);
}

/* A rank that follows tells only what went wrong with itself. */
static int
end_follower(const job *j, fm_status st, const fm_error *err)
{
    if (st != FM_OK && st != FM_EINTERRUPT &&
        strcmp(err->text, fm_status_name(err->code)) != 0)
        (void)fm_app_fail(j->app, err);
    return FM_EXIT_OK;
}

static int
run_scenario(const fm_app *app, const fm_run_args *args, const fm_run_team *team,
             const fm_scenario *scenario)
{
    bool speaks = fm_run_team_speaks(team);
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_FAILURE;
    job j = {.app = app,
             .args = args,
             .team = team,
             .scenario = scenario,
             .output = fm_run_output(args, scenario),
             .argv = fm_run_recorded(args),
             .view = fm_progress_view_make(speaks ? args->progress : FM_PROGRESS_NEVER,
                                           args->quiet || !speaks, fm_stop_flag())};

    time_text(j.started);
    if (j.output == NULL || j.argv == NULL) {
        (void)FM_FAIL(&err, FM_ENOMEM, "out of memory");
        code = fm_app_fail(app, &err);
        goto done;
    }
    fm_progress_start(&j.view, scenario, j.output, args->slice, args->n_slices);
    fm_status st = run_points(&j, &err);
    fm_progress_clear(&j.view);
    if (!speaks)
        code = end_follower(&j, st, &err);
    else if (st == FM_OK)
        code = end_done(&j);
    else if (st == FM_EINTERRUPT)
        code = end_interrupted(&j);
    else
        code = end_failed(&j, &err);
done:
    free(j.output);
    free(j.argv);
    return code;
}

int
fm_app_run(fm_app *app, int argc, char **argv)
{
    fm_run_args args = {0};
    fm_run_team team = {0};
    fm_scenario *scenario = NULL;
    fm_error err = FM_ERROR_INIT;
    int code = FM_EXIT_OK;

    fm_app_parse(app, &fm_run_argp, argc, argv, &args);
    if (fm_run_team_join(&args, &team, &err) != FM_OK) {
        code = fm_app_fail(app, &err);
        goto done;
    }
    fm_stop_catch(); /* a signal while large data are read is an interruption too */
    scenario = fm_run_team_scenario(app, &team, &args.scenario, &code);
    if (scenario != NULL && !args.dry_run)
        code = run_scenario(app, &args, &team, scenario);
    else if (scenario != NULL && fm_run_team_speaks(&team))
        fm_check_print(scenario);
done:
    fm_scenario_free(scenario);
    free(args.scenario.sets);
    fm_run_team_leave(&team);
    return code;
}
