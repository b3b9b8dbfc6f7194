/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of slices and of merging: the whole, what is missing, what is there twice, what does
 * not belong together. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/told_study.h"

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
        fm_run_options own = told_quiet;
        own.slice = k * stride % n_slices;
        own.n_slices = n_slices;
        own.threads = 1 + (int)(k % 3);
        own.period_s = k == 1 ? 1e-9 : 0;
        (void)snprintf(names[k], sizeof names[k], "slice-%d.h5", (int)k);
        fm_run_summary run = told_run(s, fake_path(names[k]), &own);
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
    } ways[] = {{5, 2}, {7, 3}};
    fm_scenario *s = told_scenario(cases[_i]);

    told_fails = true;
    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    for (size_t i = 0; i < FM_COUNT(ways); i++) {
        merge_slices(s, ways[i].n, ways[i].stride);
        told_same_files(fake_path("whole.h5"), fake_path("merged.h5"));
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
    fm_run_options options = told_quiet;
    fm_merge_summary summary = {0};
    fm_store_options store = {.replace = false};

    options.n_slices = 3;
    options.slice = 1;
    (void)told_run(s, fake_path("one.h5"), &options);
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
    options = told_quiet;
    options.resume = true;
    memset(told_computed, 0, sizeof told_computed);
    ck_assert_uint_eq(told_run(s, fake_path("r.h5"), &options).resumed, 41);
    for (size_t i = 0; i < 123; i++)
        ck_assert_uint_eq(told_computed[i], i < 41 || i >= 82);
    (void)told_run(s, fake_path("whole.h5"), &told_quiet);
    told_same_files(fake_path("r.h5"), fake_path("whole.h5"));
    fake_drop(s);
}
END_TEST

/* The same slice twice is accepted, other numbers for a point are not. */
START_TEST(what_is_there_twice)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_store_options store = {.replace = true};
    fm_run_options options = told_quiet;
    fm_merge_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    char a[300], b[300], c[300];

    (void)snprintf(a, sizeof a, "%s", fake_path("a.h5"));
    (void)snprintf(b, sizeof b, "%s", fake_path("b.h5"));
    (void)snprintf(c, sizeof c, "%s", fake_path("c.h5"));
    const char *const paths[] = {a, b, a};
    (void)told_run(s, a, &options);
    options.n_slices = 4;
    options.slice = 2;
    (void)told_run(s, b, &options);
    ck_assert_int_eq(
        fm_merge(&told_context, paths, 3, c, &store, NULL, NULL, &summary, NULL), FM_OK);
    told_same_files(a, c);
    told_bias = 1e-16;
    options.store.replace = true;
    (void)told_run(s, b, &options);
    told_same_files(a, c);
    told_bias = 1;
    (void)told_run(s, b, &options);
    ck_assert_int_eq(
        fm_merge(&told_context, paths, 2, c, &store, NULL, NULL, &summary, &err),
        FM_EDATA);
    ck_assert_ptr_nonnull(strstr(err.text, "point 51"));
    ck_assert_ptr_nonnull(strstr(err.text, "a.h5"));
    ck_assert_ptr_nonnull(strstr(err.text, "b.h5"));
    told_same_files(a, c); /* nothing was touched */
    fake_drop(s);
}
END_TEST

/* Points without a number that are fine: equal ones are equal, and stay what they are. */
START_TEST(twice_without_a_number)
{
    fm_scenario *s = told_scenario(SWEEP);
    fm_store_options store = {.replace = true};
    fm_run_options options = told_quiet;
    fm_merge_summary summary = {0};
    char a[340], b[340], c[340];

    (void)snprintf(a, sizeof a, "%s", fake_path("a.h5"));
    (void)snprintf(b, sizeof b, "%s", fake_path("b.h5"));
    (void)snprintf(c, sizeof c, "%s", fake_path("c.h5"));
    const char *const paths[] = {b, a};
    told_nan = true;
    (void)told_run(s, a, &options);
    options.n_slices = 4;
    options.slice = 2;
    (void)told_run(s, b, &options);
    ck_assert_int_eq(
        fm_merge(&told_context, paths, 2, c, &store, NULL, NULL, &summary, NULL), FM_OK);
    ck_assert_uint_eq(summary.failed, 0);
    told_same_files(a, c);
    fm_result *r = fake_open(c);
    fm_slice vref = fake_column(r, "vref", "vref");
    fm_slice status = fake_column(r, "points", "status");
    for (size_t i = 0; i < 103; i++) {
        ck_assert_int_eq(isnan(vref.real[i]) != 0, i % 3 == 1);
        ck_assert_int_eq(status.code[i], FM_OK);
    }
    fm_slice_free(&vref);
    fm_slice_free(&status);
    fm_result_close(r);
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
    fm_run_options options = told_quiet;
    char a[300], b[300];

    (void)snprintf(a, sizeof a, "%s", fake_path("a.h5"));
    (void)snprintf(b, sizeof b, "%s", fake_path("r.h5"));
    const char *const paths[] = {a, b};
    (void)told_run(s, a, &options);
    fake_drop(s);
    for (size_t i = 0; i < FM_COUNT(others); i++) {
        fm_store_options store = {.replace = false};
        fm_merge_summary summary;
        fm_error err = FM_ERROR_INIT;
        s = told_scenario(others[i].yaml);
        options.store.replace = true;
        options.resume = false;
        (void)told_run(s, b, &options);
        ck_assert_int_eq(fm_merge(&told_context, paths, 2, fake_path("c.h5"), &store,
                                  NULL, NULL, &summary, &err),
                         FM_EDATA);
        ck_assert_msg(strstr(err.text, others[i].words) != NULL, "%s", err.text);
        told_absent(fake_path("c.h5"));
        fake_drop(s);
        /* Nor does a run go on with such a result. */
        s = told_scenario(SWEEP);
        options.store.replace = false;
        options.resume = true;
        fm_error no = told_refused(s, b, &options, FM_ECREATE);
        ck_assert_ptr_nonnull(strstr(no.text, "--force"));
        fake_drop(s);
    }
    s = told_scenario(SWEEP);
    options.store.version = "0.2.0";
    options.resume = true;
    fm_error no = told_refused(s, a, &options, FM_ECREATE);
    ck_assert_ptr_nonnull(strstr(no.text, "program version is 0.2.0 here, 0.1.0 in"));
    fake_drop(s);
}
END_TEST

/* ---- suite ------------------------------------------------------------------------- */

int
main(void)
{
    const TTest *const tests[] = {slices_partition_the_points, missing_slices_are_pending,
                                  what_is_there_twice, runs_that_do_not_belong_together,
                                  twice_without_a_number};
    Suite *s = suite_create("merge");
    TCase *t = tcase_create("merge");

    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, fake_clear, fake_clear);
    tcase_add_loop_test(t, merged_slices_are_the_whole, 0, N_SLICE_CASES);
    for (size_t i = 0; i < FM_COUNT(tests); i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return fake_main(s);
}
