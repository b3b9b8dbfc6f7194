/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of sweeps in parts: slices, merging, resuming after interruptions and kills, and
 * parts that are damaged, foreign or contradict each other. */
#include "config.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/fake_study.h"
#include "core/identity.h"
#include "core/parts.h"
#include "core/sweep.h"

#define SWEEP "sweep:\n  - { param: vdd, from: 1, to: 2, points: 103 }\n"
#define TWO_AXES                                                                         \
    "params: { rows: 2 }\nsweep:\n"                                                      \
    "  - { param: process, values: [TT, FF, SS] }\n"                                     \
    "  - { param: temp, from: 700, to: 998, points: 41 }\n"
#define LHS                                                                              \
    "sampling: { mode: lhs, points: 97 }\nsweep:\n"                                      \
    "  - { param: vdd, from: 1, to: 2 }\n  - { param: temp, from: 1, to: 2 }\n"
#define SOBOL                                                                            \
    "sampling: { mode: sobol, points: 64 }\nsweep:\n  - { param: vdd, from: 1, to: 2 }\n"

static const fm_run_options quiet = {
    .threads = 1, .store = {.argv = "fabmet run test.yaml", .version = "0.1.0"}};

/* ---- a study that does what it is told --------------------------------------------- */

static volatile sig_atomic_t stop;
static uint64_t stop_at;       /* point that asks for the end; UINT64_MAX: none */
static unsigned pause_us;      /* of each point */
static bool fails_now;         /* every fifth point fails */
static double bias;            /* of the numbers: what must not happen */
static unsigned computed[256]; /* how often each point was computed */

static fm_status
run_told(const fm_point *point, fm_out *out, fm_error *err)
{
    const struct timespec pause = {0, (long)pause_us * 1000};

#pragma omp critical(test_parts)
    computed[point->index % 256]++;
    if (point->index == stop_at)
        stop = 1;
    if (pause_us > 0)
        (void)nanosleep(&pause, NULL);
    if (fails_now && point->index % 5 == 2)
        return FM_FAIL(err, FM_ENOCONV, "point %d", (int)point->index);
    fm_status st = fake_study.run(point, out, err);
    if (bias != 0 && out->tables[FAKE_VREF].n_rows > 0)
        out->tables[FAKE_VREF].columns[0].real[out->tables[FAKE_VREF].n_rows - 1] += bias;
    return st;
}

static fm_study told;
static const fm_study *told_studies[] = {&told};
static fm_context told_context;

static fm_scenario *
told_scenario(const char *yaml)
{
    fm_scenario *s = fake_scenario(yaml);

    told = fake_study;
    told.run = run_told;
    s->study = &told;
    memset(s->sources[0].hash, 'a', 64);
    told_context = *s->context;
    told_context.studies = told_studies;
    told_context.n_studies = 1;
    stop = 0;
    stop_at = UINT64_MAX;
    pause_us = 0;
    fails_now = false;
    bias = 0;
    memset(computed, 0, sizeof computed);
    return s;
}

static fm_run_summary
run_to(const fm_scenario *s, const char *path, const fm_run_options *options)
{
    fm_run_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_run(s, path, options, &summary, &err);

    ck_assert_msg(st == FM_OK && err.code == FM_OK, "%s", err.text);
    return summary;
}

static fm_error
refused(const fm_scenario *s, const char *path, const fm_run_options *options,
        fm_status expected)
{
    fm_run_summary summary;
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_run(s, path, options, &summary, &err), expected);
    ck_assert_int_eq(err.code, expected);
    return err;
}

/* Runs until point `at` asks for the end. */
static fm_run_summary
interrupt_at(const fm_scenario *s, const fm_run_options *options, uint64_t at)
{
    fm_run_options own = *options;
    fm_run_summary summary = {0};

    own.stop = &stop;
    stop_at = at;
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &own, &summary, NULL), FM_EINTERRUPT);
    stop = 0;
    stop_at = UINT64_MAX;
    return summary;
}

static void
same_files(const char *a, const char *b)
{
    size_t na, nb;
    char *x = fake_slurp(a, &na);
    char *y = fake_slurp(b, &nb);

    ck_assert_uint_eq(na, nb);
    ck_assert_mem_eq(x, y, na);
    free(x);
    free(y);
}

static void
absent(const char *path)
{
    struct stat info;

    ck_assert_msg(lstat(path, &info) != 0, "'%s' is there", path);
}

/* Paths of the parts of "r.h5". */
static fm_texts
parts_of(void)
{
    fm_texts paths = {0};

    ck_assert_int_eq(fm_parts_list(fake_path("r.h5.parts"), &paths, NULL), FM_OK);
    return paths;
}

/* ---- slices and merging ------------------------------------------------------------ */

START_TEST(slices_partition_the_points)
{
    static const uint64_t points[] = {0, 1, 2, 7, 100, UINT64_MAX / 2};

    for (size_t i = 0; i < FM_COUNT(points); i++)
        for (uint64_t n = 1; n < 12; n++) {
            uint64_t next = 0;
            for (uint64_t k = 0; k < n; k++) {
                fm_range r = fm_slice_points(points[i], k, n);
                ck_assert_uint_eq(r.first, next);
                ck_assert_uint_ge(r.end, r.first);
                ck_assert_uint_le(r.end - r.first, points[i] / n + 1);
                next = r.end;
            }
            ck_assert_uint_eq(next, points[i]);
        }
}
END_TEST

/* Runs slices, merges them in an order of its own, compares with the whole. */
static void
merge_slices(const fm_scenario *s, uint64_t n_slices, uint64_t stride)
{
    char names[8][32];
    const char *paths[8];
    fm_merge_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    fm_store_options options = {.replace = true};

    for (uint64_t k = 0; k < n_slices; k++) {
        fm_run_options own = quiet;
        own.slice = k * stride % n_slices;
        own.n_slices = n_slices;
        own.threads = 1 + (int)(k % 3);
        own.period_s = k % 2 == 0 ? 1e-9 : 0;
        (void)snprintf(names[k], sizeof names[k], "slice-%d.h5", (int)k);
        fm_run_summary run = run_to(s, fake_path(names[k]), &own);
        fm_range r = fm_slice_points(s->n_points, own.slice, n_slices);
        ck_assert_uint_eq(run.points, r.end - r.first);
        fm_result *result = fake_open(fake_path(names[k]));
        char expected[32];
        (void)snprintf(expected, sizeof expected, "%d", (int)run.points);
        ck_assert_str_eq(fm_result_fact(result, "points_listed"), expected);
        ck_assert_str_eq(fm_result_fact(result, "points_done"), expected);
        char digest[FM_DIGEST_TEXT];
        ck_assert_int_eq(fm_result_verify(result, digest, NULL), FM_OK);
        fm_result_close(result);
    }
    char storage[8][340];
    for (uint64_t k = 0; k < n_slices; k++) {
        (void)snprintf(storage[k], sizeof storage[k], "%s", fake_path(names[k]));
        paths[k] = storage[k];
    }
    fm_status st = fm_merge(&told_context, paths, n_slices, fake_path("merged.h5"),
                            &options, NULL, NULL, &summary, &err);
    ck_assert_msg(st == FM_OK, "%s", err.text);
    ck_assert_uint_eq(summary.points, s->n_points);
    ck_assert_uint_eq(summary.done, s->n_points);
    ck_assert_uint_eq(summary.n_sources, n_slices);
}

START_TEST(merged_slices_are_the_whole)
{
    static const char *const cases[] = {SWEEP, TWO_AXES, LHS, SOBOL, "", FAKE_GRID};
    static const struct {
        uint64_t n, stride;
    } ways[] = {{5, 1}, {5, 2}, {2, 1}, {7, 3}};
    fm_scenario *s = told_scenario(cases[_i]);

    fails_now = true;
    (void)run_to(s, fake_path("whole.h5"), &quiet);
    for (size_t i = 0; i < FM_COUNT(ways); i++) {
        merge_slices(s, ways[i].n, ways[i].stride);
        same_files(fake_path("whole.h5"), fake_path("merged.h5"));
        for (int k = 0; k < 8; k++) {
            char name[32];
            (void)snprintf(name, sizeof name, "slice-%d.h5", k);
            (void)unlink(fake_path(name));
        }
    }
    fake_drop(s);
}
END_TEST

enum {
    N_SLICE_CASES = 6
};

START_TEST(missing_slices_are_pending)
{
    fm_scenario *s = told_scenario(TWO_AXES);
    fm_run_options options = quiet;
    fm_merge_summary summary = {0};
    fm_store_options store = {.replace = false};

    options.n_slices = 3;
    options.slice = 1;
    (void)run_to(s, fake_path("one.h5"), &options);
    const char *path = fake_path("one.h5");
    ck_assert_int_eq(fm_merge(&told_context, &path, 1, fake_path("r.h5"), &store, NULL,
                              NULL, &summary, NULL),
                     FM_OK);
    ck_assert_uint_eq(summary.points, 123);
    ck_assert_uint_eq(summary.done, 41);
    fm_result *r = fake_open(fake_path("r.h5"));
    fm_slice status = fake_column(r, "points", "status");
    fm_slice vref = fake_column(r, "vref", "vref");
    fm_slice trace = fake_column(r, "trace", "point");
    ck_assert_str_eq(fm_result_fact(r, "points_done"), "41");
    ck_assert_str_eq(fm_result_fact(r, "points_listed"), "");
    for (size_t i = 0; i < 123; i++) {
        bool there = i >= 41 && i < 82;
        ck_assert_int_eq(status.code[i] == FM_EPENDING, !there);
        ck_assert(there || isnan(vref.real[i]));
    }
    for (size_t i = 0; i < trace.n; i++)
        ck_assert(trace.integer[i] >= 41 && trace.integer[i] < 82);
    fm_result_verdict *verdicts = NULL;
    size_t n = 0;
    ck_assert_int_eq(fm_result_verdicts(r, &verdicts, &n, NULL), FM_OK);
    for (size_t i = 0; i < n; i++)
        ck_assert(!verdicts[i].pass);
    fm_result_verdicts_free(verdicts, n);
    fm_slice_free(&status);
    fm_slice_free(&vref);
    fm_slice_free(&trace);
    fm_result_close(r);

    /* An incomplete result can be gone on with, and becomes the whole. */
    options = quiet;
    options.resume = true;
    memset(computed, 0, sizeof computed);
    ck_assert_uint_eq(run_to(s, fake_path("r.h5"), &options).resumed, 41);
    for (size_t i = 0; i < 123; i++)
        ck_assert_uint_eq(computed[i], i < 41 || i >= 82);
    (void)run_to(s, fake_path("whole.h5"), &quiet);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    fake_drop(s);
}
END_TEST

/* The same slice twice is accepted, other numbers for a point are not. */
START_TEST(what_is_there_twice)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_store_options store = {.replace = true};
    fm_run_options options = quiet;
    fm_merge_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    char a[300], b[300], c[300];

    (void)snprintf(a, sizeof a, "%s", fake_path("a.h5"));
    (void)snprintf(b, sizeof b, "%s", fake_path("b.h5"));
    (void)snprintf(c, sizeof c, "%s", fake_path("c.h5"));
    const char *const paths[] = {a, b, a};
    (void)run_to(s, a, &options);
    options.n_slices = 4;
    options.slice = 2;
    (void)run_to(s, b, &options);
    ck_assert_int_eq(
        fm_merge(&told_context, paths, 3, c, &store, NULL, NULL, &summary, NULL), FM_OK);
    same_files(a, c);
    bias = 1e-16;
    options.store.replace = true;
    (void)run_to(s, b, &options);
    same_files(a, c);
    bias = 1;
    (void)run_to(s, b, &options);
    ck_assert_int_eq(
        fm_merge(&told_context, paths, 2, c, &store, NULL, NULL, &summary, &err),
        FM_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "point 51"));
    ck_assert_ptr_nonnull(strstr(err.text, "a.h5"));
    ck_assert_ptr_nonnull(strstr(err.text, "b.h5"));
    same_files(a, c); /* nothing was touched */
    fake_drop(s);
}
END_TEST

START_TEST(runs_that_do_not_belong_together)
{
    static const struct {
        const char *yaml, *words;
    } others[] = {
        {"sweep:\n  - { param: vdd, from: 1, to: 3, points: 103 }\n", "the sweep is"},
        {"params: { temp: 30 }\n" SWEEP, "temp is 30 degC"},
        {"params: { process: FF }\n" SWEEP, "process is FF"},
    };
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;
    char a[300], b[300];

    (void)snprintf(a, sizeof a, "%s", fake_path("a.h5"));
    (void)snprintf(b, sizeof b, "%s", fake_path("r.h5"));
    const char *const paths[] = {a, b};
    (void)run_to(s, a, &options);
    fake_drop(s);
    for (size_t i = 0; i < FM_COUNT(others); i++) {
        fm_store_options store = {.replace = false};
        fm_merge_summary summary;
        fm_error err = FM_ERROR_INIT;
        s = told_scenario(others[i].yaml);
        options.store.replace = true;
        options.resume = false;
        (void)run_to(s, b, &options);
        ck_assert_int_eq(fm_merge(&told_context, paths, 2, fake_path("c.h5"), &store,
                                  NULL, NULL, &summary, &err),
                         FM_EDATA);
        ck_assert_msg(strstr(err.text, others[i].words) != NULL, "%s", err.text);
        absent(fake_path("c.h5"));
        fake_drop(s);
        /* Nor does a run go on with such a result. */
        s = told_scenario(SWEEP);
        options.store.replace = false;
        options.resume = true;
        fm_error no = refused(s, b, &options, FM_ECREATE);
        ck_assert_ptr_nonnull(strstr(no.text, "--force"));
        fake_drop(s);
    }
    s = told_scenario(SWEEP);
    options.store.version = "0.2.0";
    options.resume = true;
    fm_error no = refused(s, a, &options, FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(no.text, "program version is 0.2.0 here, 0.1.0 in"));
    fake_drop(s);
}
END_TEST

/* ---- resuming ---------------------------------------------------------------------- */

START_TEST(interrupted_and_resumed)
{
    static const char *const cases[] = {SWEEP, TWO_AXES, LHS, SOBOL};
    fm_scenario *s = told_scenario(cases[_i]);
    fm_run_options options = quiet;

    fails_now = true;
    (void)run_to(s, fake_path("whole.h5"), &quiet);
    memset(computed, 0, sizeof computed);
    options.threads = 2;
    fm_run_summary first = interrupt_at(s, &options, 20);
    ck_assert_uint_ge(first.done, 1);
    ck_assert_uint_lt(first.done, s->n_points);
    absent(fake_path("r.h5"));
    ck_assert_ptr_nonnull(
        strstr(refused(s, fake_path("r.h5"), &quiet, FM_ECREATE).text, "--resume"));
    options.resume = true;
    fm_run_summary second = interrupt_at(s, &options, 50);
    ck_assert_uint_eq(second.resumed, first.done);
    ck_assert_uint_gt(second.done, first.done);
    fm_run_summary last = run_to(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(last.resumed, second.done);
    ck_assert_uint_eq(last.done, s->n_points);
    ck_assert(!last.already_complete);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(computed[i], 1);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    absent(fake_path("r.h5.parts"));

    fm_run_summary again = run_to(s, fake_path("r.h5"), &options);
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
    fm_run_options options = quiet;

    (void)interrupt_at(s, &options, 60);
    memset(computed, 0, sizeof computed);
    options.store.replace = true;
    ck_assert_uint_eq(run_to(s, fake_path("r.h5"), &options).resumed, 0);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(computed[i], 1);
    absent(fake_path("r.h5.parts"));
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
    fm_run_options options = quiet;
    int notes = 0;
    size_t n = 0;

    (void)run_to(s, fake_path("whole.h5"), &quiet);
    options.period_s = 1e-9; /* a part for each point */
    (void)interrupt_at(s, &options, 40);
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
    memset(computed, 0, sizeof computed);
    options.resume = true;
    options.note = count_notes;
    options.note_arg = &notes;
    (void)run_to(s, fake_path("r.h5"), &options);
    ck_assert_int_eq(notes, 4);
    ck_assert_uint_eq(computed[0] + computed[5] + computed[10], 3);
    ck_assert_uint_eq(computed[1] + computed[6] + computed[11], 0);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

START_TEST(parts_of_another_run)
{
    fm_scenario *s = told_scenario("params: { temp: 30 }\n" SWEEP);
    fm_run_options options = quiet;

    (void)interrupt_at(s, &options, 40);
    fake_drop(s);
    s = told_scenario(SWEEP);
    options.resume = true;
    fm_error err = refused(s, fake_path("r.h5"), &options, FM_ECREATE);
    ck_assert_msg(strstr(err.text, "temp is 25 degC here, 30 degC in") != NULL, "%s",
                  err.text);
    options.store.replace = true;
    ck_assert_uint_eq(run_to(s, fake_path("r.h5"), &options).resumed, 0);
    absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

START_TEST(failed_points_are_retried)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;

    (void)run_to(s, fake_path("whole.h5"), &quiet);
    fails_now = true;
    fm_run_summary bad = run_to(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(bad.failed, 21);
    memset(computed, 0, sizeof computed);
    options.retry_failed = true;
    fails_now = false;
    /* Interrupted on the way: what went well now is not lost. */
    options.period_s = 1e-9;
    fm_run_options part = options;
    part.stop = &stop;
    stop_at = 52;
    fm_run_summary half = {0};
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &part, &half, NULL), FM_EINTERRUPT);
    stop = 0;
    stop_at = UINT64_MAX;
    ck_assert_uint_eq(half.resumed, 82);
    fm_run_summary good = run_to(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(good.failed, 0);
    ck_assert_uint_eq(good.resumed, half.done);
    for (size_t i = 0; i < s->n_points; i++)
        ck_assert_uint_eq(computed[i], i % 5 == 2);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    absent(fake_path("r.h5.parts"));
    fake_drop(s);
}
END_TEST

/* Resuming without retrying takes over what a killed retry had done. */
START_TEST(a_killed_retry_is_not_lost)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;

    (void)run_to(s, fake_path("whole.h5"), &quiet);
    fails_now = true;
    (void)run_to(s, fake_path("r.h5"), &options);
    fails_now = false;
    options.retry_failed = true;
    options.period_s = 1e-9;
    options.stop = &stop;
    stop_at = 52;
    fm_run_summary half = {0};
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &options, &half, NULL), FM_EINTERRUPT);
    stop = 0;
    stop_at = UINT64_MAX;
    options = quiet;
    options.resume = true;
    fm_run_summary rest = run_to(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(rest.failed, 21 - (half.done - half.resumed));
    ck_assert(!rest.already_complete);
    ck_assert(run_to(s, fake_path("r.h5"), &options).already_complete);
    fake_drop(s);
}
END_TEST

/* ---- kills ------------------------------------------------------------------------- */

/* A child is killed at any instant, again and again, until one gets through. */
START_TEST(killed_at_any_instant)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;
    char digest[FM_DIGEST_TEXT];
    unsigned seed = 17;
    int kills = 0;

    (void)run_to(s, fake_path("whole.h5"), &quiet);
    options.resume = true;
    options.period_s = 1e-9;
    pause_us = 300;
    for (int round = 0; round < 60; round++) {
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
        same_files(fake_path("r.h5"), fake_path("whole.h5"));
        if (WIFSIGNALED(status))
            continue; /* killed after the result had its name */
        (void)unlink(fake_path("r.h5"));
    }
    ck_assert_int_ge(kills, 5);
    pause_us = 0;
    (void)run_to(s, fake_path("r.h5"), &options);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    absent(fake_path("r.h5.parts"));
    ck_assert_uint_eq(fake_files(), 2); /* no temporary files either */
    fake_drop(s);
}
END_TEST

/* ---- no space, no folder ----------------------------------------------------------- */

/* Parts that cannot be written end the run; those before stay and are used. */
START_TEST(a_full_disk_keeps_the_parts)
{
    fm_scenario *s = told_scenario(FAKE_LONG_SWEEP);
    fm_run_options options = quiet;
    struct rlimit before;

    (void)run_to(s, fake_path("whole.h5"), &quiet);
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {1000000, before.rlim_max};
    options.period_s = 1e-9;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    fm_error err = refused(s, fake_path("r.h5"), &options, FM_EIO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
    ck_assert_ptr_nonnull(strstr(err.text, "r.h5"));
    absent(fake_path("r.h5"));
    options.resume = true;
    memset(computed, 0, sizeof computed);
    fm_run_summary summary = run_to(s, fake_path("r.h5"), &options);
    ck_assert_uint_eq(summary.resumed, 200);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    fake_drop(s);
}
END_TEST

START_TEST(a_file_where_the_folder_should_be)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;

    fake_spill(fake_path("r.h5.parts"), "x", 1);
    options.period_s = 1e-9;
    fm_error err = refused(s, fake_path("r.h5"), &options, FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(err.text, "r.h5.parts"));
    absent(fake_path("r.h5"));
    fake_drop(s);
}
END_TEST

/* Another process was faster: its result is as good as ours. */
START_TEST(somebody_else_finished)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;

    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    pause_us = child == 0 ? 0 : 3000;
    if (child == 0) {
        fm_run_summary summary;
        (void)usleep(50000);
        _exit(fm_run(s, fake_path("r.h5"), &options, &summary, NULL) == FM_OK ? 0 : 1);
    }
    int status = 0;
    fm_run_summary summary = run_to(s, fake_path("r.h5"), &options);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert(summary.already_complete);
    ck_assert_uint_eq(fake_files(), 1);
    fake_drop(s);
}
END_TEST

/* Both take over the same parts; one ends first and removes them. */
START_TEST(somebody_else_took_the_parts)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;

    options.period_s = 1e-9;
    (void)interrupt_at(s, &options, 60);
    options.resume = true;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    pause_us = child == 0 ? 0 : 3000;
    if (child == 0) {
        fm_run_summary summary;
        (void)usleep(50000);
        _exit(fm_run(s, fake_path("r.h5"), &options, &summary, NULL) == FM_OK ? 0 : 1);
    }
    int status = 0;
    fm_run_summary summary = run_to(s, fake_path("r.h5"), &options);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert(summary.already_complete);
    ck_assert_uint_eq(fake_files(), 1);
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
team_take(void *arg, fm_range *piece_out)
{
    shared *sh = arg;

    (void)pthread_mutex_lock(&sh->lock);
    bool taken = sh->at < sh->n;
    if (taken)
        *piece_out = sh->ranges[sh->at++];
    (void)pthread_mutex_unlock(&sh->lock);
    return taken;
}

static fm_status
team_gather(void *arg, fm_status mine)
{
    shared *sh = arg;

    if (mine != FM_OK)
        sh->status = (int)mine;
    (void)pthread_barrier_wait(&sh->barrier);
    return (fm_status)sh->status;
}

static fm_status
team_end(void *arg, fm_status mine)
{
    return team_gather(arg, mine);
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
    fm_run_options options = quiet;
    fm_run_summary summary = {0};
    pid_t children[2];

    fails_now = true;
    (void)run_to(s, fake_path("whole.h5"), &quiet);
    options.period_s = 1e-9;
    (void)interrupt_at(s, &options, 30);
    options.period_s = 0;
    options.resume = true;
    pause_us = 500;
    shared *sh = make_shared(3);
    fm_team team = {false, 3, sh, team_begin, team_take, team_gather, team_end};
    options.team = &team;
    for (size_t i = 0; i < 2; i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0)
            _exit(fm_run(s, fake_path("r.h5"), &options, &summary, NULL) == FM_OK ? 0
                                                                                  : 1);
    }
    team.leader = true;
    summary = run_to(s, fake_path("r.h5"), &options);
    for (size_t i = 0; i < 2; i++) {
        int status = 1;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_uint_eq(summary.points, 103);
    ck_assert_uint_eq(summary.done, 103);
    ck_assert_uint_eq(summary.failed, 21);
    same_files(fake_path("r.h5"), fake_path("whole.h5"));
    absent(fake_path("r.h5.parts"));
    (void)munmap(sh, sizeof *sh);
    fake_drop(s);
}
END_TEST

/* ---- time -------------------------------------------------------------------------- */

START_TEST(a_deadline_is_kept)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;
    fm_run_summary summary = {0};
    struct timespec now;

    pause_us = 10000;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    options.deadline = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec + 0.2;
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &options, &summary, NULL),
                     FM_EINTERRUPT);
    ck_assert_uint_ge(summary.done, 1);
    ck_assert_uint_le(summary.done, 20);
    options.deadline = 0;
    options.resume = true;
    pause_us = 0;
    ck_assert_uint_eq(run_to(s, fake_path("r.h5"), &options).resumed, summary.done);
    fake_drop(s);
}
END_TEST

START_TEST(slices_that_do_not_exist)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_run_options options = quiet;

    options.slice = 5;
    options.n_slices = 5;
    (void)refused(s, fake_path("r.h5"), &options, FM_EUSAGE);
    options.n_slices = 0;
    (void)refused(s, fake_path("r.h5"), &options, FM_EUSAGE);
    ck_assert_uint_eq(fake_files(), 0);
    fake_drop(s);
}
END_TEST

/* ---- suite ------------------------------------------------------------------------- */

int
main(void)
{
    const TTest *const tests[] = {
        slices_partition_the_points, missing_slices_are_pending,
        what_is_there_twice,         runs_that_do_not_belong_together,
        force_starts_afresh,         damaged_parts_run_again,
        parts_of_another_run,        failed_points_are_retried,
        a_killed_retry_is_not_lost,  killed_at_any_instant,
        a_full_disk_keeps_the_parts, a_file_where_the_folder_should_be,
        somebody_else_finished,      somebody_else_took_the_parts,
        three_processes_are_one_run, a_deadline_is_kept,
        slices_that_do_not_exist};
    Suite *s = suite_create("parts");
    TCase *t = tcase_create("parts");

    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, fake_clear, fake_clear);
    tcase_add_loop_test(t, merged_slices_are_the_whole, 0, N_SLICE_CASES);
    tcase_add_loop_test(t, interrupted_and_resumed, 0, N_RESUME_CASES);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return fake_main(s);
}
