/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of restricted maximum likelihood and of the coverage of intervals. */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "spc/test_spc_data.h"

/* -2 ln restricted likelihood by dense linear algebra, same constants left out. */
static double
dense_deviance(const spc_data *s, const double *variance)
{
    gsl_matrix *v = gsl_matrix_alloc(s->n, s->n);
    gsl_vector *one = gsl_vector_alloc(s->n), *y = gsl_vector_alloc(s->n);
    spc_dense_covariance(s, variance, v);
    double log_det = 0, xx = 1, xy = 0, yy = 0;
    if (gsl_linalg_cholesky_decomp1(v) != 0) {
        log_det = INFINITY;
    } else {
        gsl_vector_set_all(one, 1);
        for (size_t i = 0; i < s->n; i++) {
            log_det += 2 * log(gsl_matrix_get(v, i, i));
            gsl_vector_set(y, i, s->y[i]);
        }
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, v, one);
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, v, y);
        gsl_blas_ddot(one, one, &xx);
        gsl_blas_ddot(one, y, &xy);
        gsl_blas_ddot(y, y, &yy);
    }
    gsl_matrix_free(v);
    gsl_vector_free(one);
    gsl_vector_free(y);
    return log_det + log(xx) + yy - xy * xy / xx;
}

START_TEST(reml_recursion_equals_dense_algebra)
{
    static const double points[][3] = {{2.385, 0.731, 1.117},
                                       {0, 0.5, 0.25},
                                       {0.4, 0, 3.3},
                                       {150, 1e-3, 0.02},
                                       {0, 0, 1.7}};
    spc_analysis a;
    spc_make_unbalanced(&spc_sample);
    ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
    fm_spc_reml_data data = spc_reml_data(&a);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        double found = NAN;
        ck_assert_int_eq(fm_spc_reml_eval(&data, points[i], &found), FM_OK);
        spc_assert_close("deviance", found, dense_deviance(&spc_sample, points[i]),
                         1e-10);
    }
    double kept = 77;
    const double bad[][3] = {{-1, 1, 1}, {1, NAN, 1}, {1, 1, 0}, {1, 1, INFINITY}};
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(fm_spc_reml_eval(&data, bad[i], &kept), FM_EDOM);
    ck_assert_double_eq(kept, 77);
    spc_analysis_free(&a);
}
END_TEST

static double
simplex_target(const gsl_vector *x, void *arg)
{
    const spc_data *s = arg;
    double variance[3];
    for (size_t i = 0; i < 3; i++)
        variance[i] = exp(gsl_vector_get(x, i));
    return dense_deviance(s, variance);
}

/* The whole optimum by brute force: a simplex on the dense likelihood. */
START_TEST(reml_equals_brute_force)
{
    spc_analysis a;
    spc_make_unbalanced(&spc_sample);
    ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
    fm_spc_reml_data data = spc_reml_data(&a);
    fm_spc_reml_fit fit;
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
    gsl_multimin_function f = {simplex_target, 3, &spc_sample};
    gsl_multimin_fminimizer *m =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 3);
    gsl_vector *x = gsl_vector_calloc(3), *step = gsl_vector_alloc(3);
    gsl_vector_set_all(step, 0.5);
    ck_assert_int_eq(gsl_multimin_fminimizer_set(m, &f, x, step), 0);
    for (int i = 0; i < 2000 && gsl_multimin_fminimizer_size(m) > 1e-9; i++)
        ck_assert_int_eq(gsl_multimin_fminimizer_iterate(m), 0);
    for (size_t i = 0; i < 3; i++)
        spc_assert_close("brute force", exp(gsl_vector_get(m->x, i)), fit.variance[i],
                         1e-5);
    ck_assert_double_le(fit.deviance, m->fval + 1e-9);
    spc_assert_close("deviance", fit.deviance, m->fval, 1e-10);
    gsl_multimin_fminimizer_free(m);
    gsl_vector_free(x);
    gsl_vector_free(step);
    spc_analysis_free(&a);
}
END_TEST

/* Normal data of a nested design into spc_sample, depth 2. */
static void
draw(gsl_rng *rng, size_t lots, size_t wafers, size_t sites, const double *sd)
{
    spc_data *s = &spc_sample;
    s->n = lots * wafers * sites;
    spc_balance(s, lots, wafers);
    double lot = 0, wafer = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (i % (wafers * sites) == 0)
            lot = gsl_ran_gaussian(rng, sd[0]);
        if (i % sites == 0)
            wafer = gsl_ran_gaussian(rng, sd[1]);
        s->y[i] = 10 + lot + wafer + gsl_ran_gaussian(rng, sd[2]);
    }
}

/* Drops about a quarter of the observations, never all of a lot. */
static void
thin(gsl_rng *rng, spc_data *s)
{
    size_t kept = 0, n = s->n;
    for (size_t i = 0; i < n; i++) {
        if (gsl_rng_uniform(rng) < 0.25 && i % 6 > 1)
            continue;
        s->y[kept] = s->y[i];
        s->code[kept] = s->code[i];
        s->code[n + kept] = s->code[n + i];
        kept++;
    }
    memmove(s->code + kept, s->code + n, kept * sizeof s->code[0]);
    s->n = kept;
}

/* Balanced: REML is ANOVA when that is positive; always: no point nearby is better, and
 * the start does not matter. */
START_TEST(reml_on_random_data)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed());
    const double sd[] = {0.8, 0.5, 1};
    int n_equal = 0;
    for (int round = 0; round < 120; round++) {
        draw(rng, 6, 3, 4, sd);
        if (round % 2 == 1)
            thin(rng, &spc_sample);
        spc_analysis a;
        ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
        fm_spc_reml_data data = spc_reml_data(&a);
        fm_spc_reml_fit fit, other;
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, (double[]){3, 9, 0.1}, &other),
                         FM_OK);
        ck_assert_double_eq_tol(other.deviance, fit.deviance, 1e-9);
        for (int i = 0; i < 3; i++) {
            ck_assert_double_eq_tol(other.variance[i], fit.variance[i], 1e-6);
            for (int sign = -1; sign <= 1; sign += 2) {
                double near[3], worse = 0;
                memcpy(near, fit.variance, sizeof near);
                near[i] = fmax(0, near[i] + sign * 0.01);
                ck_assert_int_eq(fm_spc_reml_eval(&data, near, &worse), FM_OK);
                ck_assert_double_ge(worse, fit.deviance - 1e-10);
            }
        }
        if (a.tree.balanced && a.anova.raw[0] > 0 && a.anova.raw[1] > 0) {
            n_equal++;
            for (int i = 0; i < 3; i++)
                spc_assert_close("balanced", fit.variance[i], a.anova.raw[i], 1e-9);
            spc_assert_close("standard error", fit.mean_se * fit.mean_se,
                             a.anova.ms[0] / (double)a.anova.n, 1e-9);
        }
        spc_analysis_free(&a);
    }
    ck_assert_int_gt(n_equal, 30);
    gsl_rng_free(rng);
}
END_TEST

/* Depths 1 to FM_SPC_DEPTH_MAX run, binary trees with random values. */
START_TEST(any_depth)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed());
    for (size_t depth = 1; depth <= FM_SPC_DEPTH_MAX; depth++) {
        size_t n = (size_t)2 << depth;
        int32_t *code = malloc(depth * n * sizeof *code);
        size_t *words = malloc(fm_spc_tree_words(n, depth, 2) * sizeof *words);
        double *y = malloc(n * sizeof *y), *mean = malloc(2 * n * sizeof *mean);
        ck_assert(code != NULL && words != NULL && y != NULL && mean != NULL);
        for (size_t i = 0; i < n; i++) {
            for (size_t l = 0; l < depth; l++)
                code[l * n + i] = (int32_t)(i >> (depth - l) & 1);
            y[i] = gsl_ran_gaussian(rng, 1) + (i >> depth != 0 ? 2 : 0);
        }
        fm_spc_tree t;
        fm_spc_anova a;
        fm_spc_reml_fit fit;
        fm_spc_component c[FM_SPC_SOURCE_MAX];
        ck_assert_int_eq(fm_spc_tree_build(code, n, depth, 2, words, &t), FM_OK);
        ck_assert(t.balanced);
        ck_assert_int_eq(fm_spc_anova_eval(&t, y, mean, &a), FM_OK);
        ck_assert_double_eq(2 * a.df[depth], (double)n);
        fm_spc_reml_data data = {.tree = &t,
                                 .cell_mean = mean + fm_spc_tree_offset(&t, depth),
                                 .ss_within = a.ss[depth]};
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.raw, &fit), FM_OK);
        ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.9, c), FM_OK);
        for (size_t i = 0; i <= depth; i++)
            ck_assert(c[i].lower <= c[i].variance && c[i].variance <= c[i].upper);
        free(code);
        free(words);
        free(y);
        free(mean);
    }
    gsl_rng_free(rng);
}
END_TEST

/* At a profile limit the deviance, minimised over the rest, has risen by the quantile. */
START_TEST(profile_limits_sit_on_the_quantile)
{
    spc_analysis a;
    spc_make_unbalanced(&spc_sample);
    ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
    fm_spc_reml_data data = spc_reml_data(&a);
    fm_spc_reml_fit fit;
    fm_spc_component c[3];
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
    ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.95, c), FM_OK);
    const double rise = 3.841458820694124; /* chi-square quantile 0.95, 1 df */
    double best = INFINITY;
    for (int i = -100; i <= 100; i++)
        for (int j = -100; j <= 100; j++) {
            double v[3] = {fit.variance[0] * exp(0.008 * i),
                           fit.variance[1] * exp(0.008 * j), c[2].upper};
            double d = 0;
            ck_assert_int_eq(fm_spc_reml_eval(&data, v, &d), FM_OK);
            best = fmin(best, d);
        }
    ck_assert_double_eq_tol(best - fit.deviance, rise, 1e-4);
    fm_spc_component kept = {.variance = 77};
    ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0, &kept), FM_EDOM);
    ck_assert_double_eq(kept.variance, 77);
    const double bad[] = {NAN, 1, 1};
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, bad, &fit), FM_EDOM);
    spc_analysis_free(&a);
}
END_TEST

/* Coverage of nominal 90 % intervals over 600 balanced samples.  The exact interval of
 * the residual must lie within 4 standard errors (4 * 1.22 % = 4.9 %: false alarm rate
 * 6e-5); MLS, which is slightly conservative, within [0.85, 0.96]; the profile within
 * [0.82, 0.97]. */
START_TEST(intervals_cover)
{
    enum {
        ROUNDS = 600
    };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed());
    const double sd[] = {1.1, 0.7, 0.9};
    int mls[3] = {0}, approx[3] = {0}, profile[3] = {0};
    /* Under valgrind only the memory is of interest. */
    const int rounds = getenv("FM_TEST_VALGRIND") != NULL ? 10 : ROUNDS;
    for (int round = 0; round < rounds; round++) {
        spc_analysis a;
        fm_spc_component c[3], u[3], p[3];
        draw(rng, 8, 3, 2, sd);
        ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
        ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.9, c), FM_OK);
        spc_analysis_free(&a);
        thin(rng, &spc_sample);
        ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
        ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.9, u), FM_OK);
        fm_spc_reml_data data = spc_reml_data(&a);
        fm_spc_reml_fit fit;
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
        ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.9, p), FM_OK);
        for (int i = 0; i < 3; i++) {
            double truth = sd[i] * sd[i];
            mls[i] += c[i].lower <= truth && truth <= c[i].upper;
            approx[i] += u[i].lower <= truth && truth <= u[i].upper;
            profile[i] += p[i].lower <= truth && truth <= p[i].upper;
        }
        spc_analysis_free(&a);
    }
    gsl_rng_free(rng);
    for (int i = 0; i < 3 && rounds == ROUNDS; i++) {
        (void)fprintf(stderr,
                      "coverage of source %d: %.3f balanced, %.3f unbalanced, "
                      "%.3f profile\n",
                      i, (double)mls[i] / ROUNDS, (double)approx[i] / ROUNDS,
                      (double)profile[i] / ROUNDS);
        ck_assert_double_eq_tol((double)mls[i] / ROUNDS, 0.905, i == 2 ? 0.049 : 0.055);
        ck_assert_double_eq_tol((double)approx[i] / ROUNDS, 0.905, 0.055);
        ck_assert_double_eq_tol((double)profile[i] / ROUNDS, 0.895, 0.075);
    }
}
END_TEST

void
spc_add_reml_tests(Suite *suite)
{
    TCase *tests = tcase_create("reml");
    tcase_add_test(tests, reml_recursion_equals_dense_algebra);
    tcase_add_test(tests, reml_equals_brute_force);
    tcase_add_test(tests, profile_limits_sit_on_the_quantile);
    tcase_add_test(tests, reml_on_random_data);
    tcase_add_test(tests, any_depth);
    tcase_add_test(tests, intervals_cover);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
}
