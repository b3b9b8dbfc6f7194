/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of competing risks: fitted and observed incidence, and whether the intervals of a
 * fit cover the truth of a simulation.
 *
 * Contents
 *   1. certified rows   2. fitted modes   3. observed shares   4. simulate and fit
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "math/lifedist.h"
#include "math/test_lifedist_data.h"
#include "pull/pull_geometry.h"
#include "pull/pull_kernel.h"
#include "pull/pull_risks.h"
#include "pull/pull_strength.h"
#include "pull/test_pull_tools.h"

enum {
    N_MAX = 200
};

typedef struct sample {
    double x[N_MAX], y[N_MAX];
    unsigned char failed[N_MAX];
    fm_math_life_data data;
} sample;

/* ---- 1. certified rows ------------------------------------------------------------ */

static void
fit_cause(const char *name, int cause, fm_math_life_fit *fit)
{
    sample s;
    const life_row *rows;
    size_t n = life_rows(name, &rows);
    for (size_t i = 0; i < n; i++) {
        s.x[i] = rows[i].x;
        s.failed[i] = rows[i].cause == cause;
    }
    s.data = (fm_math_life_data){n, s.x, NULL, s.failed};
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &s.data, s.y, fit), FM_OK);
}

START_TEST(certified_rows)
{
    const double one[] = {1, 1};
    char path[1024], line[1024];
    const char *top = getenv("top_srcdir");
    fm_math_life_fit fit[2];
    int n = 0;
    fit_cause("shock", 1, &fit[0]);
    fit_cause("shock", 2, &fit[1]);
    const fm_math_life life[] = {fit[0].life, fit[1].life};
    fm_pull_risks risks = {2, life, one};
    (void)snprintf(path, sizeof path, "%s/src/pull/pull_fit_certified.csv",
                   top ? top : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "no %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        double p, expected, tol, x;
        if (sscanf(line, "c%*[0-9],%lf,%lf,%lf", &p, &expected, &tol) != 3)
            continue;
        ck_assert_int_eq(fm_pull_risks_quantile(&risks, p, &x), FM_OK);
        assert_close(x, expected, tol, "percentile");
        n++;
    }
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(n, 3);
    assert_close(fit[0].loglik + fit[1].loglik, -131.13412139414, 1e-12, "sum of logL");
}
END_TEST

/* ---- 2. fitted modes -------------------------------------------------------------- */

static const fm_math_life mix[] = {{FM_MATH_WEIBULL, 2.1, 0.15, 0},
                                   {FM_MATH_LOGNORMAL, 2.2, 0.3, 0},
                                   {FM_MATH_WEIBULL3, 1.1, 0.4, 4.7}};
static const double mix_c[] = {1.118, 0.893, 0.977};

/* Weibulls of one shape share the breaks in proportion to scale^-shape at any force. */
START_TEST(equal_shapes)
{
    const fm_math_life life[] = {{FM_MATH_WEIBULL, 2, 0.3, 0},
                                 {FM_MATH_WEIBULL, 2.2, 0.3, 0}};
    const double c[] = {1, 1.1}, force[] = {4, 6, 7.5, 11};
    double incidence[8];
    fm_pull_risks risks = {2, life, c};
    double a = exp(-2 / 0.3), b = exp((log(1.1) - 2.2) / 0.3);
    ck_assert_int_eq(fm_pull_risks_incidence(&risks, 4, force, incidence), FM_OK);
    for (size_t i = 0; i < 4; i++) {
        double all = -expm1(fm_pull_risks_log_survival(&risks, force[i]));
        assert_close(incidence[2 * i], all * a / (a + b), 1e-8, "share of mode 1");
        assert_close(incidence[2 * i + 1], all * b / (a + b), 1e-8, "share of mode 2");
    }
}
END_TEST

/* Against the integral of density times the survival of the others. */
START_TEST(incidence_by_integration)
{
    enum {
        GRID = 60,
        FINE = 400
    };
    double force[GRID], incidence[GRID * 3], sum[3] = {0, 0, 0}, from = 1e-3;
    fm_pull_risks risks = {3, mix, mix_c};
    for (size_t i = 0; i < GRID; i++)
        force[i] = 3 + 9.0 * (double)i / (GRID - 1);
    ck_assert_int_eq(fm_pull_risks_incidence(&risks, GRID, force, incidence), FM_OK);
    for (size_t i = 0; i < GRID; i++) {
        for (int j = 0; j < FINE; j++) {
            double width = (force[i] - from) / FINE, x = from + width * (j + 0.5);
            double survival = exp(fm_pull_risks_log_survival(&risks, x));
            for (size_t k = 0; k < 3; k++)
                sum[k] += width * survival * mix_c[k] *
                          fm_math_life_pdf(&mix[k], mix_c[k] * x) /
                          fm_math_life_survival(&mix[k], mix_c[k] * x);
        }
        from = force[i];
        double all = 0;
        for (size_t k = 0; k < 3; k++) {
            ck_assert_double_eq_tol(incidence[3 * i + k], sum[k], 2e-5);
            all += incidence[3 * i + k];
        }
        ck_assert_double_eq_tol(all, -expm1(fm_pull_risks_log_survival(&risks, force[i])),
                                2e-9);
    }
}
END_TEST

START_TEST(quantile_and_hazard)
{
    fm_pull_risks risks = {3, mix, mix_c};
    double x;
    for (double p = 1e-6; p < 1; p = p < 0.05 ? 7 * p : p + 0.0917) {
        ck_assert_int_eq(fm_pull_risks_quantile(&risks, p, &x), FM_OK);
        assert_close(-expm1(fm_pull_risks_log_survival(&risks, x)), p, 1e-9, "p");
        const double h = 1e-5;
        double slope = (fm_pull_risks_log_survival(&risks, x - h) -
                        fm_pull_risks_log_survival(&risks, x + h)) /
                       (2 * h);
        assert_close(fm_pull_risks_hazard(&risks, x), slope, 1e-4, "hazard");
    }
}
END_TEST

START_TEST(statuses)
{
    const double none[] = {0, 0, 0}, falling[] = {5, 4}, rising[] = {4, 5};
    double x = 42, out[6] = {0};
    fm_pull_risks risks = {3, mix, mix_c}, slack = {3, mix, none};
    ck_assert_int_eq(fm_pull_risks_quantile(&risks, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_risks_quantile(&risks, 1, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_risks_quantile(&slack, 0.5, &x), FM_EDOM);
    ck_assert(x >= 42 && x <= 42);
    ck_assert_int_eq(fm_pull_risks_incidence(&risks, 2, falling, out), FM_EDOM);
    ck_assert_int_eq(fm_pull_risks_incidence(&risks, 0, rising, out), FM_EDOM);
    ck_assert_int_eq(fm_pull_risks_incidence(&slack, 2, rising, out), FM_EDOM);
    ck_assert(fm_pull_risks_log_survival(&slack, 5) >= 0);
}
END_TEST

/* ---- 3. observed shares ----------------------------------------------------------- */

/* By hand: at risk 6, 5, 3 (2 pulls tied), 1. */
START_TEST(aalen_johansen)
{
    const fm_pull_risk_row rows[] = {{1, 1, 0}, {2, 1, 1}, {2, 1, 0},
                                     {3, 1, 2}, {4, 1, 1}, {5, 1, 2}};
    double force[6], incidence[12];
    ck_assert_uint_eq(fm_pull_risks_observed(rows, 6, 2, force, incidence), 3);
    const double expected[] = {1.0 / 6, 0, 2.0 / 6, 1.0 / 6, 2.0 / 6, 1.0 / 6 + 0.25};
    for (size_t i = 0; i < 6; i++)
        assert_close(incidence[i], expected[i], tol2, "incidence");
    assert_close(force[2], 4, tol0, "force");
    /* A weight is a number of copies. */
    const fm_pull_risk_row heavy[] = {{1, 3, 0}, {2, 2, 1}, {7, 5, 2}};
    ck_assert_uint_eq(fm_pull_risks_observed(heavy, 3, 2, force, incidence), 2);
    assert_close(incidence[2], 0.3, tol2, "mode 1");
    assert_close(incidence[3], 0.2, tol2, "mode 2");
}
END_TEST

START_TEST(positions)
{
    const double x[] = {1, 2, 2, 3, 4, 5};
    const unsigned char failed[] = {1, 1, 1, 0, 1, 0};
    double at[6], p[6];
    fm_math_life_data data = {6, x, NULL, failed};
    ck_assert_uint_eq(fm_pull_risks_positions(&data, at, p), 3);
    assert_close(p[0], 1.0 / 12, tol2, "first");
    assert_close(p[1], 1 - (5.0 / 6 + 0.5) / 2, tol2, "tied");
    assert_close(p[2], 1 - (0.5 + 0.25) / 2, tol2, "after a censored row");
}
END_TEST

/* ---- 4. simulate and fit ---------------------------------------------------------- */

typedef struct truth {
    fm_pull_strength strength[FM_PULL_N_MODES];
    double c[2][FM_PULL_N_MODES]; /* at two hook positions */
} truth;

static void
make_truth(truth *t)
{
    const double position[] = {0.3, 0.6};
    for (int g = 0; g < 2; g++) {
        fm_pull_geometry geometry;
        fm_pull_tension tension;
        ck_assert_int_eq(
            fm_pull_geometry_make(1e-3, position[g], 250e-6, 0, 0, &geometry), FM_OK);
        ck_assert_int_eq(fm_pull_tension_eval(&geometry, &tension), FM_OK);
        fm_pull_coefficients(tension.tension_1, t->c[g]);
    }
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        ck_assert_int_eq(fm_pull_strength_make(FM_PULL_NEVER, 0, 0, &t->strength[k]),
                         FM_OK);
    ck_assert_int_eq(
        fm_pull_strength_make(FM_PULL_WEIBULL, 8, 0.1, &t->strength[FM_PULL_HEEL_1]),
        FM_OK);
    ck_assert_int_eq(
        fm_pull_strength_make(FM_PULL_WEIBULL, 7.5, 0.2, &t->strength[FM_PULL_LIFT_2]),
        FM_OK);
}

/* Pulls at both positions, as the rows of one mode: tension, and whether it broke. */
static void
draw_pulls(const truth *t, size_t n, fm_pull_mode mode, sample *s)
{
    static double u[FM_PULL_N_MODES][N_MAX];
    double force[N_MAX];
    int8_t broken[N_MAX];
    const double *used[FM_PULL_N_MODES];
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        bool occurs = t->strength[k].family != FM_PULL_NEVER;
        for (size_t i = 0; i < n; i++)
            u[k][i] = uniform();
        used[k] = occurs ? u[k] : NULL;
    }
    for (size_t g = 0; g < 2; g++) {
        const double *part[FM_PULL_N_MODES];
        size_t first = g * n / 2;
        for (size_t k = 0; k < FM_PULL_N_MODES; k++)
            part[k] = used[k] != NULL ? used[k] + first : NULL;
        ck_assert_int_eq(fm_pull_weakest(t->strength, t->c[g], n / 2, part, force + first,
                                         broken + first),
                         FM_OK);
        for (size_t i = first; i < first + n / 2; i++) {
            s->x[i] = t->c[g][mode] * force[i];
            s->failed[i] = broken[i] == (int8_t)mode;
        }
    }
    s->data = (fm_math_life_data){n, s->x, NULL, s->failed};
}

typedef struct coverage {
    int n, shape_wald, shape_likelihood, quantile_wald, quantile_likelihood;
} coverage;

static void
count_cover(const sample *s, const fm_math_life_fit *fit, const fm_pull_strength *real,
            coverage *c)
{
    const double z = fm_math_life_z(FM_MATH_WEIBULL, 0.1);
    double y = real->location + z * real->scale;
    fm_math_bounds b;
    fm_math_life_question q = {s->y, &s->data, FM_MATH_AT_SCALE, 0, 0.95};
    ck_assert_int_eq(fm_math_life_wald(fit, FM_MATH_AT_SCALE, 0, 0.95, &b), FM_OK);
    c->shape_wald += b.lower <= real->scale && real->scale <= b.upper;
    ck_assert_int_eq(fm_math_life_interval(fit, &q, &b), FM_OK);
    c->shape_likelihood += b.lower <= real->scale && real->scale <= b.upper;
    ck_assert_int_eq(fm_math_life_wald(fit, FM_MATH_AT_QUANTILE, z, 0.95, &b), FM_OK);
    c->quantile_wald += b.lower <= y && y <= b.upper;
    q.target = FM_MATH_AT_QUANTILE;
    q.at = z;
    ck_assert_int_eq(fm_math_life_interval(fit, &q, &b), FM_OK);
    c->quantile_likelihood += b.lower <= y && y <= b.upper;
    c->n++;
}

/* Nominal 95 % over 600 seeds of 100 pulls at two hook positions.  The band is 4.5
 * binomial standard errors (false alarm below 1e-5 each) plus 0.02 for what is left of
 * the small sample: with about 40 failures the true coverage is 0.935 to 0.95. */
START_TEST(coverage_is_nominal)
{
    enum {
        SEEDS = 600,
        PULLS = 100
    };
    static const fm_pull_mode modes[] = {FM_PULL_HEEL_1, FM_PULL_LIFT_2};
    truth t;
    coverage c = {0, 0, 0, 0, 0};
    fm_pull_mode mode = modes[_i];
    seed_tests();
    make_truth(&t);
    for (int i = 0; i < SEEDS; i++) {
        sample s;
        fm_math_life_fit fit;
        draw_pulls(&t, PULLS, mode, &s);
        ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &s.data, s.y, &fit),
                         FM_OK);
        count_cover(&s, &fit, &t.strength[mode], &c);
    }
    const int found[] = {c.shape_wald, c.shape_likelihood, c.quantile_wald,
                         c.quantile_likelihood};
    double band = z_stat * sqrt(0.95 * 0.05 / SEEDS);
    for (size_t k = 0; k < 4; k++) {
        double share = (double)found[k] / SEEDS;
        printf("mode %d coverage %zu: %.4f\n", (int)mode, k, share);
        ck_assert_msg(share >= 0.95 - band - 0.02 && share <= 0.95 + band,
                      "coverage %zu of mode %d: %.4f", k, (int)mode, share);
    }
}
END_TEST

static Suite *
risks_suite(void)
{
    Suite *suite = suite_create("pull_risks");
    TCase *tests = tcase_create("risks");
    tcase_add_test(tests, certified_rows);
    tcase_add_test(tests, equal_shapes);
    tcase_add_test(tests, incidence_by_integration);
    tcase_add_test(tests, quantile_and_hazard);
    tcase_add_test(tests, statuses);
    tcase_add_test(tests, aalen_johansen);
    tcase_add_test(tests, positions);
    tcase_add_loop_test(tests, coverage_is_nominal, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    SRunner *runner = srunner_create(risks_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
