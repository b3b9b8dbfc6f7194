/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of comparisons in pairs, with a study whose every draw is known.
 *
 * Contents
 *   1. the study      3. pairs      5. what cannot be compared
 *   2. two runs       4. verdicts
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>
#include <gsl/gsl_errno.h>
#include <hdf5.h>

#include "core/sweep.h"
#include "core/text.h"
#include "whatif/whatif.h"

enum {
    SHIFT,
    GAIN,
    LIMIT,
    N_PARAMS
};

/* ---- 1. the study ---------------------------------------------------------------- */

/* Draw i of any point: known numbers without a pattern. */
static double
drawn(uint64_t i)
{
    return fmod(0.7548776662466927 * (double)(i + 1), 1.0);
}

/* mean = shift + gain times the mean of the draws; exact = shift.  Above 90 it fails. */
static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    double shift = fm_real(point, SHIFT), gain = fm_real(point, GAIN), sum = 0;

    if (shift > 90)
        return FM_FAIL(err, FM_EDOM, "shift %g is too large", shift);
    for (uint64_t i = 0; i < point->draws; i++)
        sum += shift + gain * drawn(point->first_draw + i);
    const fm_cell cells[] = {{.real = sum / (double)point->draws},
                             {.real = shift},
                             {.real = fm_real(point, LIMIT)}};
    return fm_out_row(out, 0, cells);
}

#define REAL_PARAM(KEY, DEF)                                                             \
    {                                                                                    \
        .key = (KEY), .kind = FM_REAL, .unit = "1", .def = (DEF), .min = -100,           \
        .max = 100, .help = (KEY)                                                        \
    }
#define REAL_COLUMN(NAME)                                                                \
    {                                                                                    \
        .name = (NAME), .type = FM_TYPE_REAL, .unit = "1", .long_name = (NAME)           \
    }

static const fm_param params[N_PARAMS] = {
    REAL_PARAM("shift", "0"), REAL_PARAM("gain", "1"), REAL_PARAM("limit", "50")};
static const fm_column columns[] = {REAL_COLUMN("mean"), REAL_COLUMN("exact"),
                                    REAL_COLUMN("limit")};
static const fm_table tables[] = {
    {"summary", "summary", FM_ONE_ROW, columns, FM_COUNT(columns), "mean"}};
static const fm_verdict verdicts[] = {{.name = "low",
                                       .statement = "stays low",
                                       .table = "summary",
                                       .column = "mean",
                                       .direction = FM_AT_MOST,
                                       .limit_column = "limit"}};
static const fm_study study = {.name = "t.draws",
                               .summary = "known draws",
                               .params = params,
                               .n_params = N_PARAMS,
                               .tables = tables,
                               .n_tables = 1,
                               .verdicts = verdicts,
                               .n_verdicts = 1,
                               .draws = 10,
                               .over_draws = "summary.mean",
                               .run = run};

/* ---- 2. two runs ----------------------------------------------------------------- */

static const fm_study *const studies[] = {&study};
static fm_units *units;
static fm_context context = {.studies = studies, .n_studies = 1};
static fm_out *out;

typedef struct pair {
    fm_scenario *scenario[2];
    fm_result *result[2];
    fm_whatif_side side[2];
} pair;

static void
make_side(pair *p, size_t side, const char *yaml)
{
    static const char *const paths[2] = {"test_whatif_base.h5", "test_whatif_new.h5"};
    const fm_run_options options = {
        .threads = 2,
        .store = {.replace = true, .argv = "", .started = "", .version = "1"}};
    fm_run_summary summary;
    fm_error err = FM_ERROR_INIT;
    fm_diags *diags = fm_diags_create();
    fm_str text = {0};

    fm_str_addf(&text, "fabmet: 1\nstudy: t.draws\n%s\n", yaml);
    ck_assert_int_eq(fm_scenario_read_text(&context, "t", text.data, text.length, NULL, 0,
                                           diags, &p->scenario[side]),
                     FM_OK);
    ck_assert_int_eq(fm_scenario_load(p->scenario[side], diags), FM_OK);
    ck_assert_msg(fm_run(p->scenario[side], paths[side], &options, &summary, &err) ==
                      FM_OK,
                  "%s", err.text);
    ck_assert_int_eq(fm_result_open(paths[side], &p->result[side], &err), FM_OK);
    ck_assert_int_eq(unlink(paths[side]), 0);
    p->side[side] = (fm_whatif_side){p->scenario[side], p->result[side]};
    fm_str_free(&text);
    fm_diags_free(diags);
}

static pair
make_pair(const char *base, const char *changed)
{
    pair p;

    make_side(&p, 0, base);
    make_side(&p, 1, changed);
    return p;
}

static void
drop(pair *p)
{
    for (size_t side = 0; side < 2; side++) {
        fm_result_close(p->result[side]);
        fm_scenario_free(p->scenario[side]);
    }
}

static fm_whatif_delta
compare(const pair *p, size_t pairs, const char *quantity)
{
    const fm_whatif_options options = {
        .pairs = pairs, .confidence = 0.95, .quantity = quantity, .threads = 2};
    fm_whatif_delta d;
    fm_error err = FM_ERROR_INIT;

    ck_assert_msg(fm_whatif_compare(&p->side[0], &p->side[1], &options, NULL, NULL, &d,
                                    &err) == FM_OK,
                  "%s", err.text);
    return d;
}

static void
set_up(void)
{
    ck_assert_int_eq(fm_units_create(&units, NULL), FM_OK);
    context.units = units;
    ck_assert_int_eq(fm_out_create(&fm_study_whatif_deltas, &out), FM_OK);
    fm_out_reset(out, 0);
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
}

static void
tear_down(void)
{
    fm_out_free(out);
    fm_units_free(units);
}

/* ---- 3. pairs -------------------------------------------------------------------- */

/* Batches by hand: 10 draws in 4 batches are 3, 3, 2 and 2 draws. */
START_TEST(uneven_batches)
{
    static const uint64_t first[] = {0, 3, 6, 8, 10};
    pair p = make_pair("params: { gain: 1 }", "params: { gain: 3 }");
    fm_whatif_delta d = compare(&p, 4, NULL);
    double x[4], mean = 0, squares = 0, all = 0;

    for (size_t b = 0; b < 4; b++) {
        x[b] = 0;
        for (uint64_t i = first[b]; i < first[b + 1]; i++) {
            x[b] += 2 * drawn(i) / (double)(first[b + 1] - first[b]);
            all += 2 * drawn(i) / 10;
        }
        mean += x[b] / 4;
    }
    for (size_t b = 0; b < 4; b++)
        squares += (x[b] - mean) * (x[b] - mean);
    ck_assert_int_eq(d.pairing, FM_PAIRED_DRAWS);
    ck_assert_uint_eq(d.paired.n, 4);
    ck_assert_double_eq_tol(d.paired.delta, all, 1e-14); /* of the runs, not of batches */
    ck_assert_double_eq_tol(d.paired.se, sqrt(squares / 3 / 4), 1e-14);
    /* Student's t, 0.975, 3 degrees of freedom (any table: 3.182) */
    ck_assert_double_eq_tol(d.half, 3.182446305284263 * d.paired.se, 1e-12);
    drop(&p);
}
END_TEST

/* A shift moves every draw by the same: all chance cancels, and no test is possible. */
START_TEST(no_spread)
{
    pair p = make_pair("params: { shift: 1 }", "params: { shift: 3.5 }");
    fm_whatif_delta d = compare(&p, 5, "summary.mean");

    ck_assert_double_eq_tol(d.paired.delta, 2.5, 1e-14);
    ck_assert_double_eq(d.paired.se, 0);
    ck_assert_int_eq(d.significant, FM_NO_STATEMENT);
    ck_assert(isnan(d.half) && isnan(d.paired.p_1));
    ck_assert_ptr_nonnull(strstr(d.remark, "all pairs differ by the same"));
    drop(&p);
    p = make_pair("params: { shift: 1 }", "params: { shift: 1, limit: 3 }");
    d = compare(&p, 5, NULL);
    ck_assert_double_eq(d.paired.delta, 0);
    ck_assert_str_eq(d.remark, "no pair differs");
    drop(&p);
}
END_TEST

START_TEST(one_pair)
{
    pair p = make_pair("params: { shift: 1 }", "params: { shift: 3.5 }");
    fm_whatif_delta d = compare(&p, 5, "exact"); /* not over draws */

    ck_assert_int_eq(d.pairing, FM_PAIRED_NONE);
    ck_assert_uint_eq(d.paired.n, 1);
    ck_assert_double_eq(d.paired.delta, 2.5);
    ck_assert(isnan(d.paired.se) && isnan(d.half));
    ck_assert_int_eq(d.significant, FM_NO_STATEMENT);
    ck_assert_str_eq(d.remark, "one pair: no statement on chance");
    drop(&p);
    p = make_pair("draws: 1", "draws: 1\nparams: { gain: 3 }"); /* nothing to cut */
    d = compare(&p, 5, NULL);
    ck_assert_int_eq(d.pairing, FM_PAIRED_NONE);
    drop(&p);
    p = make_pair("draws: 3", "draws: 9\nparams: { gain: 3 }"); /* fewer than --pairs */
    ck_assert_uint_eq(compare(&p, 5, NULL).paired.n, 3);
    drop(&p);
}
END_TEST

/* Three points, the last of which fails in the new run: two pairs. */
START_TEST(points_that_fail)
{
    pair p = make_pair("sweep: [{ param: shift, values: [1, 2, 90] }]",
                       "sweep: [{ param: shift, values: [4, 9, 91] }]");
    fm_whatif_delta d = compare(&p, 5, "exact");

    ck_assert_int_eq(d.pairing, FM_PAIRED_POINTS);
    ck_assert_uint_eq(d.paired.n, 2);
    ck_assert_double_eq_tol(d.base, 1.5, 1e-15);
    ck_assert_double_eq_tol(d.paired.delta, 5, 1e-15); /* 3 and 7 */
    ck_assert_double_eq_tol(d.paired.se, 2, 1e-14);    /* (7 - 3) / 2 */
    ck_assert_int_eq(d.significant, FM_NOT_SIGNIFICANT);
    ck_assert_ptr_nonnull(strstr(d.remark, "1 of 3 points left out"));
    drop(&p);
    p = make_pair("params: { shift: 1 }", "params: { shift: 91 }");
    ck_assert_str_eq(compare(&p, 5, NULL).remark, "no value on both sides");
    drop(&p);
}
END_TEST

/* ---- 4. verdicts ----------------------------------------------------------------- */

static size_t
verdict(const char *base, const char *changed, fm_became *became_out)
{
    pair p = make_pair(base, changed);
    const fm_rows *rows = &out->tables[FM_WHATIF_VERDICTS];
    size_t n_to_fail = 0, n = rows->n_rows;

    ck_assert_int_eq(
        fm_whatif_verdicts(&p.side[0], &p.side[1], "x", out, &n_to_fail, NULL), FM_OK);
    if (rows->n_rows > n)
        *became_out = (fm_became)rows->columns[FM_VERDICTS_BECAME].code[n];
    drop(&p);
    return n_to_fail;
}

START_TEST(verdict_changes)
{
    static const char passes[] = "params: { shift: 1 }",
                      fails[] = "params: { shift: 60 }";
    fm_became became = FM_BECAME_STATED;

    ck_assert_uint_eq(verdict(passes, passes, &became), 0);
    ck_assert_uint_eq(verdict(fails, fails, &became), 0);
    ck_assert_int_eq(became, FM_BECAME_STATED); /* neither is a change: no row */
    ck_assert_uint_eq(verdict(passes, fails, &became), 1);
    ck_assert_int_eq(became, FM_BECAME_FAIL);
    ck_assert_uint_eq(verdict(fails, passes, &became), 0);
    ck_assert_int_eq(became, FM_BECAME_PASS);
    ck_assert_uint_eq(verdict("params: { shift: 91 }", fails, &became), 1);
    ck_assert_int_eq(became, FM_BECAME_STATED);
    ck_assert_uint_eq(verdict(passes, "params: { shift: 91 }", &became), 0);
    ck_assert_int_eq(became, FM_BECAME_UNSTATED);
}
END_TEST

/* ---- 5. what cannot be compared -------------------------------------------------- */

START_TEST(refusals)
{
    pair p = make_pair("", "sweep: [{ param: shift, values: [1, 2] }]");
    pair same = make_pair("", "params: { gain: 2 }");
    volatile sig_atomic_t stop = 0;
    fm_whatif_options options = {
        .pairs = 5, .confidence = 0.95, .threads = 1, .stop = &stop};
    fm_whatif_delta d = {.base = 42};
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(
        fm_whatif_compare(&p.side[0], &p.side[1], &options, NULL, NULL, &d, &err),
        FM_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "1 points and the changed scenario has 2"));
    err = (fm_error)FM_ERROR_INIT;
    options.quantity = "maen";
    ck_assert_int_eq(
        fm_whatif_compare(&same.side[0], &same.side[1], &options, NULL, NULL, &d, &err),
        FM_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean 'mean'?"));
    options.quantity = NULL;
    stop = 1;
    ck_assert_int_eq(
        fm_whatif_compare(&same.side[0], &same.side[1], &options, NULL, NULL, &d, NULL),
        FM_EINTERRUPT);
    ck_assert_double_eq(d.base, 42);
    drop(&p);
    drop(&same);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("whatif");
    TCase *tcase = tcase_create("whatif");

    (void)gsl_set_error_handler_off();
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, uneven_batches);
    tcase_add_test(tcase, no_spread);
    tcase_add_test(tcase, one_pair);
    tcase_add_test(tcase, points_that_fail);
    tcase_add_test(tcase, verdict_changes);
    tcase_add_test(tcase, refusals);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
