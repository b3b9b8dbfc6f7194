/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of whole runs: any number of threads, points that fail, stores that fail, and
 * requests to stop. */
#include "config.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/fake_study.h"
#include "core/sweep.h"

#ifndef _OPENMP
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

static const fm_run_options quiet = {
    .threads = 1, .store = {.argv = "fabmet run test.yaml", .version = "0.1.0"}};

/* ---- a study that does what its parameters say ------------------------------------ */

enum {
    BLOCK_DRAWS = 64
};

static volatile sig_atomic_t stop;
static int most_threads; /* that any point was lent */

/* One row of the table `vref`; the number is given. */
static fm_status
put_vref(fm_out *out, double vref, int64_t number)
{
    const fm_cell cells[FAKE_VREF_COLUMNS] = {
        {.real = vref}, {.integer = 0}, {.integer = number}, {.text = ""}, {.real = 2}};

    return fm_out_row(out, FAKE_VREF, cells);
}

/* The count is the status; every third point that fails says nothing. */
static fm_status
run_status(const fm_point *point, fm_out *out, fm_error *err)
{
    fm_status st = (fm_status)fm_integer(point, FAKE_COUNT);

    fm_out_remark(out, "remark %d", (int)point->index);
    fm_status put = put_vref(out, 1, 7);
    if (put != FM_OK || st == FM_OK)
        return put;
    return point->index % 3 == 0 ? st : FM_FAIL(err, st, "point %d", (int)point->index);
}

/* Gives no row. */
static fm_status
run_nothing(const fm_point *point, fm_out *out, fm_error *err)
{
    (void)point;
    (void)out;
    (void)err;
    return FM_OK;
}

/* Asks for the end of the run at point 5. */
static fm_status
run_stop(const fm_point *point, fm_out *out, fm_error *err)
{
    (void)err;
    if (point->index == 5)
        stop = 1;
    return put_vref(out, 1, 0);
}

/* A point that looks at the request itself. */
static fm_status
run_interrupted(const fm_point *point, fm_out *out, fm_error *err)
{
    if (point->index == 5)
        return FM_FAIL(err, FM_EINTERRUPT, "gave up");
    return put_vref(out, 1, 0);
}

static fm_status
run_slowly(const fm_point *point, fm_out *out, fm_error *err)
{
    const struct timespec pause = {0, 2000000};

    (void)point;
    (void)err;
    (void)nanosleep(&pause, NULL);
    return put_vref(out, 1, 0);
}

/* Half a minute, unless it is cut short. */
static fm_status
run_long(const fm_point *point, fm_out *out, fm_error *err)
{
    const struct timespec pause = {0, 5000000};

    stop = point->index == 1;
    for (int i = 0; i < 6000 && point->index == 1; i++) {
        if (fm_should_stop(point))
            return FM_FAIL(err, FM_EINTERRUPT, "cut short");
        (void)nanosleep(&pause, NULL);
    }
    return put_vref(out, 1, 0);
}

typedef struct draws {
    const fm_point *point;
    double sum;
} draws;

static fm_status
compute_draws(void *arg, uint64_t first, size_t n, void *partial)
{
    const draws *d = arg;
    fm_stream stream = fm_stream_make(d->point->seed, d->point->index, 0);
    double u[BLOCK_DRAWS];
    double sum = 0;

    fm_rng_uniform(&stream, first, n, u);
    for (size_t i = 0; i < n; i++)
        sum += 1 / u[i];
    memcpy(partial, &sum, sizeof sum);
    return FM_OK;
}

static fm_status
fold_draws(void *arg, uint64_t first, size_t n, const void *partial)
{
    draws *d = arg;
    double sum;

    (void)first;
    (void)n;
    memcpy(&sum, partial, sizeof sum);
    d->sum += sum;
    return FM_OK;
}

/* A sum whose last bits show any change of order. */
static fm_status
run_blocks(const fm_point *point, fm_out *out, fm_error *err)
{
    draws d = {.point = point};

#pragma omp critical(test_sweep)
    most_threads = point->threads > most_threads ? point->threads : most_threads;
    const fm_blocks work = {5000,          BLOCK_DRAWS, sizeof(double),
                            compute_draws, fold_draws,  &d};
    fm_status st = fm_for_blocks(point, &work, err);
    return st == FM_OK ? put_vref(out, d.sum, 0) : st;
}

/* ---- running ---------------------------------------------------------------------- */

/* A scenario of the fake study with another run function.  Pair: drop_run. */
static fm_scenario *
scenario_of(const char *yaml, fm_status (*run)(const fm_point *, fm_out *, fm_error *))
{
    static fm_study study;
    fm_scenario *s = fake_scenario(yaml);

    study = fake_study;
    if (run != NULL)
        study.run = run;
    s->study = &study;
    stop = 0;
    most_threads = 0;
    return s;
}

/* Runs into "r.h5", which must succeed. */
static fm_run_summary
run_well(const fm_scenario *s, const fm_run_options *options)
{
    fm_run_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_run(s, fake_path("r.h5"), options, &summary, &err);

    ck_assert_msg(st == FM_OK && err.code == FM_OK, "%s", err.text);
    return summary;
}

/* Runs into "r.h5", which must fail and leave no file; the summary stays untouched. */
static fm_error
run_badly(const fm_scenario *s, const fm_run_options *options, fm_status expected)
{
    fm_run_summary summary;
    fm_run_summary before;
    fm_error err = FM_ERROR_INIT;

    memset(&summary, 0x5a, sizeof summary);
    memcpy(&before, &summary, sizeof before);
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), options, &summary, &err), expected);
    ck_assert_int_eq(err.code, expected);
    ck_assert_mem_eq(&summary, &before, sizeof before);
    ck_assert_uint_eq(fake_files(), 0);
    return err;
}

/* One, two, three and seven threads give the same bytes and the same summary. */
static void
same_for_any_threads(const fm_scenario *s)
{
    static const int threads[] = {1, 2, 3, 7};
    const size_t runs = getenv("FM_TEST_VALGRIND") != NULL ? 2 : FM_COUNT(threads);
    fm_run_options options = quiet;
    fm_run_summary first = {0};
    char *bytes = NULL;
    size_t n = 0;

    options.store.replace = true;
    for (size_t i = 0; i < runs; i++) {
        options.threads = threads[i];
        fm_run_summary summary = run_well(s, &options);
        size_t n_again;
        char *again = fake_slurp(fake_path("r.h5"), &n_again);
        if (bytes == NULL) {
            first = summary;
            bytes = again;
            n = n_again;
            continue;
        }
        ck_assert_str_eq(summary.digest, first.digest);
        ck_assert_uint_eq(summary.points, first.points);
        ck_assert_uint_eq(summary.failed, first.failed);
        ck_assert_mem_eq(summary.failed_by, first.failed_by, sizeof first.failed_by);
        ck_assert_str_eq(summary.first_failure, first.first_failure);
        ck_assert_uint_eq(summary.first_failed, first.first_failed);
        ck_assert_uint_eq(n_again, n);
        ck_assert_mem_eq(again, bytes, n);
        free(again);
    }
    free(bytes);
}

/* ---- threads ---------------------------------------------------------------------- */

START_TEST(same_bytes_for_any_threads)
{
    static const struct {
        const char *yaml;
        fm_status (*run)(const fm_point *, fm_out *, fm_error *);
    } cases[] = {
        {FAKE_GRID, NULL},
        {"params: { rows: 2 }\nsweep:\n"
         "  - { param: vdd, from: 1, to: 2, points: 31 }\n"
         "  - { param: temp, from: 700, to: 998, points: 101 }\n",
         NULL}, /* a third of the points fails */
        {"sampling: { mode: lhs, points: 1500 }\nsweep:\n"
         "  - { param: vdd, from: 1, to: 2 }\n",
         NULL},
        {"sampling: { mode: sobol, points: 1500 }\nsweep:\n"
         "  - { param: vdd, from: 1, to: 2 }\n"
         "  - { param: temp, from: 1, to: 2 }\n",
         NULL},
        {"sweep:\n  - { param: count, values: [0, 1, 2, 0, 4, 5, 6] }\n", run_status},
        {"sweep:\n  - { param: vdd, from: 1, to: 2, points: 20 }\n", run_blocks},
        {"params: { rows: 1 }\n", run_blocks},
    };
    fm_scenario *s = scenario_of(cases[_i].yaml, cases[_i].run);

    same_for_any_threads(s);
    fake_drop(s);
}
END_TEST

enum {
    N_THREAD_CASES = 7
};

/* What the points do not take is lent to them. */
START_TEST(spare_threads_go_inside)
{
    static const struct {
        int threads, points, inside;
    } rows[] = {{8, 1, 8}, {5, 2, 2}, {2, 3, 1}, {3, 3, 1}, {1, 1, 1}, {0, 1, 1}};
    fm_run_options options = quiet;

    options.store.replace = true;
    for (size_t i = 0; i < FM_COUNT(rows); i++) {
        static const char *const sweeps[] = {
            NULL, "sweep: [{ param: count, values: [1] }]\n",
            "sweep: [{ param: count, values: [1, 2] }]\n",
            "sweep: [{ param: count, values: [1, 2, 3] }]\n"};
        fm_scenario *s = scenario_of(sweeps[rows[i].points], run_blocks);
        options.threads = rows[i].threads;
        ck_assert_uint_eq(run_well(s, &options).points, (uint64_t)rows[i].points);
        ck_assert_int_eq(most_threads, rows[i].inside);
        fake_drop(s);
    }
}
END_TEST

/* ---- points that fail ------------------------------------------------------------- */

START_TEST(failures_are_counted_by_cause)
{
    fm_scenario *s = scenario_of(
        "sweep:\n  - { param: count, values: [0, 0, 3, 1, 6, 3, 0, 5] }\n", run_status);
    fm_run_summary summary = run_well(s, &quiet);

    fake_drop(s);
    ck_assert_uint_eq(summary.points, 8);
    ck_assert_uint_eq(summary.failed, 5);
    for (size_t i = 0; i < FM_COUNT(summary.failed_by); i++)
        ck_assert_uint_eq(summary.failed_by[i],
                          i == FM_ENOCONV                                       ? 2
                          : i == FM_EDOM || i == FM_EVALID || i == FM_ESINGULAR ? 1
                                                                                : 0);
    ck_assert_uint_eq(summary.first_failed, 2);
    ck_assert_str_eq(summary.first_failure, "point 2; remark 2");

    fm_result *r = fake_open(fake_path("r.h5"));
    fm_slice status = fake_column(r, "points", "status");
    fm_slice message = fake_column(r, "points", "message");
    fm_slice vref = fake_column(r, "vref", "vref");
    fm_slice number = fake_column(r, "vref", "number");
    static const int expected[] = {0, 0, 3, 1, 6, 3, 0, 5};
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(status.code[i], expected[i]);
        ck_assert_int_eq(isnan(vref.real[i]) != 0, expected[i] != 0);
        ck_assert_int_eq(number.integer[i], expected[i] != 0 ? 0 : 7);
    }
    ck_assert_str_eq(message.text[0], "remark 0");
    ck_assert_str_eq(message.text[3], "outside the domain; remark 3");
    ck_assert_str_eq(message.text[7], "point 7; remark 7");
    fm_slice_free(&status);
    fm_slice_free(&message);
    fm_slice_free(&vref);
    fm_slice_free(&number);
    fm_result_close(r);
}
END_TEST

START_TEST(a_forgotten_row_fails_its_point)
{
    fm_scenario *s = scenario_of(FAKE_GRID, run_nothing);
    fm_run_summary summary = run_well(s, &quiet);

    ck_assert_uint_eq(summary.failed, 60);
    ck_assert_uint_eq(summary.failed_by[FM_EINTERNAL], 60);
    ck_assert_uint_eq(summary.first_failed, 0);
    ck_assert_str_eq(summary.first_failure, "table 'vref' got 0 rows instead of 1");
    fake_drop(s);
}
END_TEST

/* ---- what the caller learns ------------------------------------------------------- */

START_TEST(summary_of_a_good_run)
{
    fm_scenario *s = scenario_of(FAKE_GRID, NULL);
    fm_run_summary summary = run_well(s, &quiet);
    fm_result *r = fake_open(fake_path("r.h5"));

    ck_assert_uint_eq(summary.points, 60);
    ck_assert_uint_eq(summary.failed, 0);
    ck_assert_str_eq(summary.first_failure, "");
    ck_assert_double_gt(summary.first_point_seconds, 0);
    ck_assert_double_le(summary.first_point_seconds, summary.seconds);
    ck_assert_str_eq(summary.digest, fm_result_fact(r, "digest"));
    ck_assert_str_eq(fm_result_fact(r, "points"), "60");
    ck_assert_uint_eq(fake_files(), 1);
    fm_result_close(r);
    fake_drop(s);
}
END_TEST

typedef struct watch {
    fm_progress last;
    int calls;
    int wrong;
    bool stops; /* asks for the end of the run at the first call */
} watch;

static void
on_progress(const fm_progress *p, void *arg)
{
    watch *w = arg;

    w->wrong += p->done < w->last.done || p->done > p->total ||
                p->failed < w->last.failed || p->seconds < w->last.seconds;
    w->last = *p;
    w->calls++;
    if (w->stops)
        stop = 1;
}

START_TEST(progress_ends_at_the_total)
{
    fm_scenario *s = scenario_of(
        "sweep:\n  - { param: count, values: [0, 0, 3, 1, 6, 3, 0, 5] }\n", run_status);
    fm_run_options options = quiet;

    options.store.replace = true;
    options.progress = on_progress;
    for (options.threads = 1; options.threads <= 3; options.threads++) {
        watch w = {0};
        options.progress_arg = &w;
        (void)run_well(s, &options);
        ck_assert_int_ge(w.calls, 1);
        ck_assert_int_eq(w.wrong, 0);
        ck_assert_uint_eq(w.last.total, 8);
        ck_assert_uint_eq(w.last.done, 8);
        ck_assert_uint_eq(w.last.failed, 5);
    }
    fake_drop(s);
    s = scenario_of("sweep:\n  - { param: vdd, from: 1, to: 2, points: 150 }\n",
                    run_slowly);
    watch w = {0};
    options.threads = 1;
    options.progress_arg = &w;
    (void)run_well(s, &options);
    ck_assert_int_ge(w.calls, 2);
    ck_assert_double_ge(w.last.seconds, 0.1 * (w.calls - 2));
    ck_assert_int_eq(w.wrong, 0);
    fake_drop(s);
}
END_TEST

/* ---- stores that fail ------------------------------------------------------------- */

START_TEST(a_file_in_the_way)
{
    fm_scenario *s = scenario_of(FAKE_GRID, NULL);
    fm_run_options options = quiet;
    fm_run_summary summary = {.points = 77};
    fm_error err = FM_ERROR_INIT;
    size_t n = 0;

    fake_spill(fake_path("r.h5"), "precious", 8);
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &options, &summary, &err), FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(err.text, "r.h5"));
    ck_assert_uint_eq(summary.points, 77);
    char *bytes = fake_slurp(fake_path("r.h5"), &n);
    ck_assert_uint_eq(n, 8);
    ck_assert_mem_eq(bytes, "precious", 8);
    free(bytes);
    ck_assert_uint_eq(fake_files(), 1);
    options.store.replace = true;
    (void)run_well(s, &options);
    fm_result_close(fake_open(fake_path("r.h5")));
    fake_drop(s);
}
END_TEST

START_TEST(a_missing_folder)
{
    fm_scenario *s = scenario_of(FAKE_GRID, NULL);
    fm_run_summary summary = {.points = 77};
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_run(s, fake_path("no/r.h5"), &quiet, &summary, &err), FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(err.text, "no/r.h5"));
    ck_assert_uint_eq(summary.points, 77);
    ck_assert_uint_eq(fake_files(), 0);
    fake_drop(s);
}
END_TEST

/* The store fails in the middle: a file must not grow beyond 1 MB.  HDF5 prints nothing,
 * whichever thread meets the error. */
START_TEST(a_full_disk)
{
    fm_scenario *s = scenario_of(FAKE_LONG_SWEEP, NULL);
    fm_run_options options = quiet;
    struct rlimit before;
    char printed[] = "/tmp/fm_test_sweep_XXXXXX";
    int file = mkstemp(printed);
    int terminal = dup(STDERR_FILENO);

    ck_assert_int_ge(file, 0);
    ck_assert_int_ge(dup2(file, STDERR_FILENO), 0);

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {1000000, before.rlim_max};
    for (options.threads = 1; options.threads <= 3; options.threads++) {
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        fm_error err = run_badly(s, &options, FM_EIO);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
        ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
    }
    ck_assert_int_ge(dup2(terminal, STDERR_FILENO), 0);
    ck_assert_int_eq(lseek(file, 0, SEEK_END), 0);
    ck_assert_int_eq(close(terminal) + close(file) + unlink(printed), 0);
    fake_drop(s);
}
END_TEST

/* More points than the Sobol sequence has. */
START_TEST(too_many_sobol_points)
{
    fm_scenario *s = scenario_of("sampling: { mode: sobol, points: 16 }\nsweep:\n"
                                 "  - { param: vdd, from: 1, to: 2 }\n",
                                 NULL);
    fm_run_options options = quiet;

    s->n_points = UINT64_C(1) << 30;
    for (options.threads = 1; options.threads <= 3; options.threads++)
        (void)run_badly(s, &options, FM_ERANGE);
    fake_drop(s);
}
END_TEST

/* ---- requests to stop ------------------------------------------------------------- */

/* Runs into "r.h5", which must be interrupted; leaves no result, maybe parts. */
static fm_run_summary
run_interruptedly(const fm_scenario *s, const fm_run_options *options)
{
    fm_run_summary summary;
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_run(s, fake_path("r.h5"), options, &summary, &err);

    ck_assert_msg(st == FM_EINTERRUPT, "%s", err.text);
    ck_assert_ptr_nonnull(strstr(err.text, "interrupted"));
    ck_assert_int_ne(access(fake_path("r.h5"), F_OK), 0);
    ck_assert_uint_eq(fake_files(), summary.done > 0);
    return summary;
}

START_TEST(a_stop_request_leaves_parts)
{
    fm_run_options options = quiet;
    const char *sweep = "sweep:\n  - { param: vdd, from: 1, to: 2, points: 5000 }\n";

    options.stop = &stop;
    for (options.threads = 1; options.threads <= 3; options.threads++) {
        fm_scenario *s = scenario_of(sweep, run_stop);
        fm_run_summary summary = run_interruptedly(s, &options);
        ck_assert_uint_ge(summary.done, 1);
        ck_assert_uint_lt(summary.done, 5000);
        fake_drop(s);
        fake_clear();
        s = scenario_of(sweep, run_interrupted);
        (void)run_interruptedly(s, &options);
        fake_drop(s);
        fake_clear();
    }
}
END_TEST

/* Set while the run is under way, and before it begins. */
START_TEST(a_stop_request_from_outside)
{
    fm_run_options options = quiet;
    watch w = {.stops = true};
    fm_scenario *s = scenario_of(
        "sweep:\n  - { param: vdd, from: 1, to: 2, points: 5000 }\n", run_slowly);

    options.stop = &stop;
    options.progress = on_progress;
    options.progress_arg = &w;
    options.threads = 2;
    fm_run_summary summary = run_interruptedly(s, &options);
    ck_assert_int_ge(w.calls, 2);
    ck_assert_uint_lt(w.last.done, 5000);
    ck_assert_uint_eq(w.last.done, summary.done);
    ck_assert_uint_eq(w.last.saved, summary.done);
    fake_clear();
    ck_assert_uint_eq(run_interruptedly(s, &options).done, 0);
    fake_drop(s);
}
END_TEST

/* A long point is left its two seconds, and what was finished before it is saved. */
START_TEST(a_long_point_is_cut_short)
{
    fm_run_options options = quiet;
    fm_scenario *s =
        scenario_of("sweep:\n  - { param: vdd, from: 1, to: 2, points: 3 }\n", run_long);

    options.stop = &stop;
    fm_run_summary summary = run_interruptedly(s, &options);
    ck_assert_uint_eq(summary.done, 1);
    ck_assert_uint_eq(summary.failed, 0);
    ck_assert_double_ge(summary.seconds, 2);
    ck_assert_double_le(summary.seconds, 15);
    fake_drop(s);
}
END_TEST

/* A sweep without points is complete at once. */
START_TEST(no_points_at_all)
{
    fm_run_options options = quiet;
    fm_scenario *s =
        scenario_of("sweep:\n  - { param: vdd, from: 1, to: 2, points: 3 }\n", NULL);
    char digest[FM_DIGEST_TEXT];

    options.n_slices = 5;
    for (options.threads = 1; options.threads <= 3; options.threads++) {
        fm_run_summary summary = run_well(s, &options);
        ck_assert_uint_eq(summary.points + summary.done + summary.failed, 0);
        fm_result *r = fake_open(fake_path("r.h5"));
        ck_assert_str_eq(fm_result_fact(r, "points_listed"), "0");
        ck_assert_int_eq(fm_result_verify(r, digest, NULL), FM_OK);
        fm_result_close(r);
        options.resume = true;
        ck_assert(run_well(s, &options).already_complete);
        options.resume = false;
        options.store.replace = true;
    }
    fake_drop(s);
}
END_TEST

/* ---- suite ------------------------------------------------------------------------ */

int
main(void)
{
    const TTest *const tests[] = {spare_threads_go_inside,
                                  failures_are_counted_by_cause,
                                  a_forgotten_row_fails_its_point,
                                  summary_of_a_good_run,
                                  progress_ends_at_the_total,
                                  a_file_in_the_way,
                                  a_missing_folder,
                                  a_full_disk,
                                  too_many_sobol_points,
                                  a_stop_request_leaves_parts,
                                  a_stop_request_from_outside,
                                  a_long_point_is_cut_short,
                                  no_points_at_all};
    Suite *s = suite_create("sweep");
    TCase *t = tcase_create("sweep");

    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, NULL, fake_clear);
    tcase_add_loop_test(t, same_bytes_for_any_threads, 0, N_THREAD_CASES);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return fake_main(s);
}
