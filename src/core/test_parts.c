/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of sweeps in parts: resuming after interruptions and kills, parts that are damaged or
 * foreign, disks that are full, several processes. */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/parts.h"
#include "core/told_study.h"

/* Paths of the parts of "r.h5". */
static fm_texts
parts_of(void)
{
    fm_texts paths = {0};

    ck_assert_int_eq(fm_parts_list(fake_path("r.h5.parts"), &paths, NULL), FM_OK);
    return paths;
}

/* ---- resuming ---------------------------------------------------------------------- */

START_TEST(interrupted_and_resumed)
{
    static const char *const cases[] = {SWEEP, TWO_AXES, LHS, SOBOL};
    fm_scenario *s = told_scenario(cases[_i]);
    fm_run_options options = told_quiet;

    told_fails = true;
    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    memset(told_computed, 0, sizeof told_computed);
    options.threads = 2;
    fm_run_summary first = told_interrupt(s, &options, 20);
    ck_assert_uint_ge(first.done, 1);
    ck_assert_uint_lt(first.done, s->n_points);
    told_absent(fake_path("r.h5"));
    ck_assert_ptr_nonnull(strstr(
        told_refused(s, fake_path("r.h5"), &told_quiet, FM_ECREATE).text, "--resume"));
    options.resume = true;
    fm_run_summary second = told_interrupt(s, &options, 50);
    ck_assert_uint_eq(second.resumed, first.done);
    ck_assert_uint_gt(second.done, first.done);
    fm_run_summary last = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(last.resumed, second.done);
    ck_assert_uint_eq(last.done, s->n_points);
    ck_assert(!last.already_complete);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(told_computed[i], 1);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    told_absent(fake_path("r.h5.parts"));

    fm_run_summary again = told_run(s, fake_path("r.h5"), &options);
    ck_assert(again.already_complete);
    ck_assert_uint_eq(again.failed, last.failed);
    ck_assert_str_eq(again.digest, last.digest);
    ck_assert_str_eq(again.first_failure, last.first_failure);
    fake_drop(s);
}
END_TEST

enum {
    N_RESUME_CASES = 4
};

START_TEST(force_starts_afresh)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    (void)told_interrupt(s, &options, 60);
    memset(told_computed, 0, sizeof told_computed);
    options.store.replace = true;
    ck_assert_uint_eq(told_run(s, fake_path("r.h5"), &options).resumed, 0);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(told_computed[i], 1);
    told_absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

static void
count_notes(const char *text, void *arg)
{
    int *n = arg;

    ck_assert_ptr_nonnull(strstr(text, "part-"));
    (*n)++;
}

/* Truncated, altered and foreign files in the folder. */
START_TEST(damaged_parts_run_again)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;
    int notes = 0;
    size_t n = 0;

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    options.period_s = 1e-9; /* a part for each point */
    (void)told_interrupt(s, &options, 40);
    fm_texts paths = parts_of();
    ck_assert_uint_gt(paths.n, 20);
    for (size_t i = 0; i < 3; i++) {
        char *bytes = fake_slurp(paths.list[5 * i], &n);
        if (i == 0)
            bytes[n / 2] ^= 0x55;
        fake_spill(paths.list[5 * i], bytes, i == 1 ? n / 3 : i == 2 ? 0 : n);
        free(bytes);
    }
    fake_spill(fake_path("r.h5.parts/part-x.h5"), "no part", 7);
    fm_texts_free(&paths);
    memset(told_computed, 0, sizeof told_computed);
    options.resume = true;
    options.note = count_notes;
    options.note_arg = &notes;
    (void)told_run(s, fake_path("r.h5"), &options);
    ck_assert_int_eq(notes, 4);
    ck_assert_uint_eq(told_computed[0] + told_computed[5] + told_computed[10], 3);
    ck_assert_uint_eq(told_computed[1] + told_computed[6] + told_computed[11], 0);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    told_absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

START_TEST(parts_of_another_run)
{
    fm_scenario *s = told_scenario("params: { temp: 30 }\n" SWEEP);
    fm_run_options options = told_quiet;

    (void)told_interrupt(s, &options, 40);
    fake_drop(s);
    s = told_scenario(SWEEP);
    options.resume = true;
    fm_error err = told_refused(s, fake_path("r.h5"), &options, FM_ECREATE);
    ck_assert_msg(strstr(err.text, "temp is 25 degC here, 30 degC in") != NULL, "%s",
                  err.text);
    options.store.replace = true;
    ck_assert_uint_eq(told_run(s, fake_path("r.h5"), &options).resumed, 0);
    told_absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

START_TEST(failed_points_are_retried)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    told_fails = true;
    fm_run_summary bad = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(bad.failed, 21);
    memset(told_computed, 0, sizeof told_computed);
    options.retry_failed = true;
    told_fails = false;
    /* Interrupted on the way: what went well now is not lost. */
    options.period_s = 1e-9;
    fm_run_options part = options;
    part.stop = &told_stop;
    told_stop_at = 52;
    fm_run_summary half = {0};
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &part, &half, NULL), FM_EINTERRUPT);
    told_stop = 0;
    told_stop_at = UINT64_MAX;
    ck_assert_uint_eq(half.resumed, 82);
    fm_run_summary good = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(good.failed, 0);
    ck_assert_uint_eq(good.resumed, half.done);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(told_computed[i], i % 5 == 2);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    told_absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

/* Resuming without retrying takes over what a killed retry had done. */
START_TEST(a_killed_retry_is_not_lost)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    told_fails = true;
    (void)told_run(s, fake_path("r.h5"), &options);
    told_fails = false;
    options.retry_failed = true;
    options.period_s = 1e-9;
    options.stop = &told_stop;
    told_stop_at = 52;
    fm_run_summary half = {0};
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &options, &half, NULL), FM_EINTERRUPT);
    told_stop = 0;
    told_stop_at = UINT64_MAX;
    options = told_quiet;
    options.resume = true;
    fm_run_summary rest = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(rest.failed, 21 - (half.done - half.resumed));
    ck_assert(!rest.already_complete);
    ck_assert(told_run(s, fake_path("r.h5"), &options).already_complete);
    fake_drop(s);
}
END_TEST

/* ---- kills ------------------------------------------------------------------------- */

/* A child is killed at any instant, again and again, until one gets through. */
START_TEST(killed_at_any_instant)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;
    char digest[FM_DIGEST_TEXT];
    unsigned seed = 17;
    int kills = 0;

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    options.resume = true;
    options.period_s = 1e-9;
    told_pause_us = 300;
    for (int round = 0; round < 40; round++) {
        int status = 0;
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) { /* one thread: OpenMP and fork do not mix */
            fm_run_summary summary;
            _exit(fm_run(s, fake_path("r.h5"), &options, &summary, NULL) == FM_OK ? 0
                                                                                  : 1);
        }
        seed = seed * 1103515245U + 12345U;
        (void)usleep(2000 + (seed >> 16) % 60000);
        (void)kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        kills += WIFSIGNALED(status);
        ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        fm_texts paths = parts_of();
        for (size_t i = 0; i < paths.n; i++) { /* each is whole */
            fm_result *r = fake_open(paths.list[i]);
            ck_assert_int_eq(fm_result_verify(r, digest, NULL), FM_OK);
            fm_result_close(r);
        }
        fm_texts_free(&paths);
        if (access(fake_path("r.h5"), F_OK) != 0)
            continue;
        told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
        if (WIFSIGNALED(status))
            continue; /* killed after the result had its name */
        (void)unlink(fake_path("r.h5"));
    }
    ck_assert_int_ge(kills, 5);
    told_pause_us = 0;
    (void)told_run(s, fake_path("r.h5"), &options);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    told_absent(fake_path("r.h5.parts"));
    ck_assert_uint_eq(fake_files(), 2); /* no temporary files either */
    fake_drop(s);
}
END_TEST

/* ---- no space, no folder ----------------------------------------------------------- */

/* Parts that cannot be written end the run; those before stay and are used. */
START_TEST(a_full_disk_keeps_the_parts)
{
    fm_scenario *s = told_scenario(FAKE_LONG_SWEEP);
    fm_run_options options = told_quiet;
    struct rlimit before;

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {1000000, before.rlim_max};
    options.period_s = 1e-9;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    fm_error err = told_refused(s, fake_path("r.h5"), &options, FM_EIO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
    ck_assert_ptr_nonnull(strstr(err.text, "r.h5"));
    told_absent(fake_path("r.h5"));
    options.resume = true;
    memset(told_computed, 0, sizeof told_computed);
    fm_run_summary summary = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(summary.resumed, 200);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    fake_drop(s);
}
END_TEST

START_TEST(a_file_where_the_folder_should_be)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    fake_spill(fake_path("r.h5.parts"), "x", 1);
    options.period_s = 1e-9;
    fm_error err = told_refused(s, fake_path("r.h5"), &options, FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(err.text, "r.h5.parts"));
    told_absent(fake_path("r.h5"));
    fake_drop(s);
}
END_TEST

static pid_t other;     /* a process that runs the same */
static int other_go[2]; /* it begins when this pipe ends */

static void
let_other_finish(void)
{
    int status = 1;

    ck_assert_int_eq(close(other_go[1]), 0);
    ck_assert_int_eq(waitpid(other, &status, 0), other);
    ck_assert_int_eq(status, 0);
}

/* Runs while another process, which began with what this one found, runs to its end between
 * the first point and the second. */
static void
run_beside_another(const fm_scenario *s, const fm_run_options *options)
{
    ck_assert_int_eq(pipe(other_go), 0);
    other = fork();
    ck_assert_int_ge(other, 0);
    if (other == 0) {
        fm_run_summary summary;
        char byte;
        (void)close(other_go[1]);
        _exit(read(other_go[0], &byte, 1) == 0 &&
                      fm_run(s, fake_path("r.h5"), options, &summary, NULL) == FM_OK
                  ? 0
                  : 1);
    }
    told_meanwhile = let_other_finish;
    fm_run_summary summary = told_run(s, fake_path("r.h5"), options);
    ck_assert(summary.already_complete);
    ck_assert_uint_eq(fake_files(), 1);
    ck_assert_int_eq(close(other_go[0]), 0);
}

/* Another process was faster: its result is as good as ours. */
START_TEST(somebody_else_finished)
{
    fm_scenario *s = told_scenario(SWEEP);

    run_beside_another(s, &told_quiet);
    fake_drop(s);
}
END_TEST

/* Both take over the same parts; one ends first and removes them. */
START_TEST(somebody_else_took_the_parts)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    options.period_s = 1e-9;
    (void)told_interrupt(s, &options, 60);
    options.resume = true;
    run_beside_another(s, &options);
    fake_drop(s);
}
END_TEST

static void
lose_the_folder(void)
{
    fm_texts paths = parts_of();

    for (size_t i = 0; i < paths.n; i++)
        ck_assert_int_eq(unlink(paths.list[i]), 0);
    fm_texts_free(&paths);
    ck_assert_int_eq(rmdir(fake_path("r.h5.parts")), 0);
}

/* Parts that somebody deletes under a run are an error, never points that are missing; what
 * the run has computed itself is saved, and resuming computes the rest again. */
START_TEST(parts_deleted_meanwhile)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    options.period_s = 1e-9;
    fm_run_summary half = told_interrupt(s, &options, 60);
    options.period_s = 0;
    options.resume = true;
    told_meanwhile = lose_the_folder;
    fm_error err = told_refused(s, fake_path("r.h5"), &options, FM_ENOINPUT);
    ck_assert_msg(strstr(err.text, "r.h5.parts/part-") != NULL, "%s", err.text);
    told_absent(fake_path("r.h5"));
    fm_run_summary last = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(last.resumed, 103 - half.done);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    told_absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

/* The output and its parts may be moved together between runs. */
START_TEST(the_folder_moves_between_runs)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;
    char from[340];

    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    fm_run_summary half = told_interrupt(s, &options, 60);
    (void)snprintf(from, sizeof from, "%s", fake_path("r.h5.parts"));
    ck_assert_int_eq(rename(from, fake_path("q.h5.parts")), 0);
    options.resume = true;
    ck_assert_uint_eq(told_run(s, fake_path("q.h5"), &options).resumed, half.done);
    told_same_files(fake_path("q.h5"), fake_path("whole.h5"));
    fake_drop(s);
}
END_TEST

/* Killed after the result had its name and before the parts were gone. */
START_TEST(parts_beside_a_complete_result)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;
    char from[340];

    (void)told_interrupt(s, &options, 60);
    (void)snprintf(from, sizeof from, "%s", fake_path("r.h5.parts"));
    ck_assert_int_eq(rename(from, fake_path("kept")), 0);
    (void)told_run(s, fake_path("r.h5"), &options);
    ck_assert_int_eq(rename(fake_path("kept"), from), 0);
    memset(told_computed, 0, sizeof told_computed);
    options.resume = true;
    ck_assert(told_run(s, fake_path("r.h5"), &options).already_complete);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(told_computed[i], 0);
    told_absent(from);
    fake_drop(s);
}
END_TEST

/* A point whose number is NaN is finished: parts keep it so, and it is not run again. */
START_TEST(a_point_without_a_number_is_fine)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    told_nan = true;
    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    memset(told_computed, 0, sizeof told_computed);
    options.period_s = 1e-9;
    fm_run_summary half = told_interrupt(s, &options, 60);
    options.retry_failed = true;
    fm_run_summary last = told_run(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(last.resumed, half.done);
    ck_assert_uint_eq(last.failed, 0);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(told_computed[i], 1);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    fake_drop(s);
}
END_TEST

/* ---- several processes -------------------------------------------------------------- */

/* What the processes of a team share. */
typedef struct shared {
    fm_range ranges[300];
    size_t n, at;
    uint64_t most;
    int status;
    pid_t leader;
    fm_team_counts counts; /* of the others that have gathered */
    pthread_mutex_t lock;
    pthread_barrier_t barrier;
} shared;

static fm_status
team_begin(void *arg, fm_status mine, fm_todo *todo)
{
    shared *sh = arg;

    if (todo != NULL) {
        sh->status = (int)mine;
        for (fm_range piece; fm_todo_take(todo, &piece);)
            sh->ranges[sh->n++] = piece;
    }
    (void)pthread_barrier_wait(&sh->barrier);
    return (fm_status)sh->status;
}

static bool
team_take(void *arg, const fm_team_counts *mine, fm_range *piece_out)
{
    shared *sh = arg;

    (void)mine;
    (void)pthread_mutex_lock(&sh->lock);
    bool taken = sh->at < sh->n;
    if (taken)
        *piece_out = sh->ranges[sh->at++];
    (void)pthread_mutex_unlock(&sh->lock);
    return taken;
}

static fm_status
team_gather(void *arg, fm_status mine, const fm_team_counts *counts)
{
    shared *sh = arg;

    (void)pthread_mutex_lock(&sh->lock);
    if (getpid() != sh->leader) {
        sh->counts.done += counts->done;
        sh->counts.failed += counts->failed;
        sh->counts.saved += counts->saved;
    }
    (void)pthread_mutex_unlock(&sh->lock);
    if (mine != FM_OK)
        sh->status = (int)mine;
    (void)pthread_barrier_wait(&sh->barrier);
    return (fm_status)sh->status;
}

static fm_status
team_end(void *arg, fm_status mine)
{
    const fm_team_counts none = {0};

    return team_gather(arg, mine, &none);
}

static fm_team_counts
team_others(void *arg)
{
    shared *sh = arg;

    (void)pthread_mutex_lock(&sh->lock);
    fm_team_counts others = sh->counts;
    (void)pthread_mutex_unlock(&sh->lock);
    return others;
}

static shared *
make_shared(unsigned n)
{
    pthread_mutexattr_t mutex;
    pthread_barrierattr_t barrier;
    shared *sh =
        mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    ck_assert(sh != MAP_FAILED);
    (void)pthread_mutexattr_init(&mutex);
    (void)pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    (void)pthread_mutex_init(&sh->lock, &mutex);
    (void)pthread_barrierattr_init(&barrier);
    (void)pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
    (void)pthread_barrier_init(&sh->barrier, &barrier, n);
    return sh;
}

START_TEST(three_processes_are_one_run)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;
    fm_run_summary summary = {0};
    pid_t children[2];

    told_fails = true;
    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    options.period_s = 1e-9;
    (void)told_interrupt(s, &options, 30);
    options.period_s = 0;
    options.resume = true;
    told_pause_us = 500;
    shared *sh = make_shared(3);
    sh->leader = getpid();
    fm_team team = {false,     3,           sh,       team_begin,
                    team_take, team_gather, team_end, team_others};
    options.team = &team;
    for (size_t i = 0; i < 2; i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0)
            _exit(fm_run(s, fake_path("r.h5"), &options, &summary, NULL) == FM_OK ? 0
                                                                                  : 1);
    }
    team.leader = true;
    summary = told_run(s, fake_path("r.h5"), &options);
    for (size_t i = 0; i < 2; i++) {
        int status = 1;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_uint_eq(summary.points, 103);
    ck_assert_uint_eq(summary.done, 103);
    ck_assert_uint_eq(summary.failed, 21);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    told_absent(fake_path("r.h5.parts"));
    (void)munmap(sh, sizeof *sh);
    fake_drop(s);
}
END_TEST

/* ---- time -------------------------------------------------------------------------- */

START_TEST(a_deadline_is_kept)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;
    fm_run_summary summary = {0};
    struct timespec now;

    told_pause_us = 10000;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    options.deadline = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec + 0.2;
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &options, &summary, NULL),
                     FM_EINTERRUPT);
    ck_assert_uint_ge(summary.done, 1);
    ck_assert_uint_le(summary.done, 20);
    options.deadline = 0;
    options.resume = true;
    told_pause_us = 0;
    ck_assert_uint_eq(told_run(s, fake_path("r.h5"), &options).resumed, summary.done);
    fake_drop(s);
}
END_TEST

START_TEST(slices_that_do_not_exist)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = told_quiet;

    options.slice = 5;
    options.n_slices = 5;
    (void)told_refused(s, fake_path("r.h5"), &options, FM_EUSAGE);
    options.n_slices = 0;
    (void)told_refused(s, fake_path("r.h5"), &options, FM_EUSAGE);
    ck_assert_uint_eq(fake_files(), 0);
    fake_drop(s);
}
END_TEST

/* ---- suite ------------------------------------------------------------------------- */

int
main(void)
{
    const TTest *const tests[] = {force_starts_afresh,
                                  damaged_parts_run_again,
                                  parts_of_another_run,
                                  failed_points_are_retried,
                                  a_killed_retry_is_not_lost,
                                  killed_at_any_instant,
                                  a_full_disk_keeps_the_parts,
                                  a_file_where_the_folder_should_be,
                                  somebody_else_finished,
                                  somebody_else_took_the_parts,
                                  three_processes_are_one_run,
                                  a_deadline_is_kept,
                                  slices_that_do_not_exist,
                                  parts_deleted_meanwhile,
                                  the_folder_moves_between_runs,
                                  parts_beside_a_complete_result,
                                  a_point_without_a_number_is_fine};
    Suite *s = suite_create("parts");
    TCase *t = tcase_create("parts");

    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, fake_clear, fake_clear);
    tcase_add_loop_test(t, interrupted_and_resumed, 0, N_RESUME_CASES);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return fake_main(s);
}
