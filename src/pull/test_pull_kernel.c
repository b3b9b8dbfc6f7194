/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the pull models for many draws: the kernel against the models for one wire,
 * closed forms, tallies, status codes.
 *
 * Contents
 *   1. elementary loops     2. the weakest link     3. tallies and readings
 */
#include "config.h"

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include "pull/pull_kernel.h"
#include "pull/pull_strength.h"
#include "pull/pull_tally.h"
#include "pull/test_pull_tools.h"

/* ---- 1. elementary loops --------------------------------------------------------- */

START_TEST(normal_quantiles_invert)
{
    enum {
        N = 3001
    }; /* not a multiple of the chunk */
    double p[N], z[N];
    for (int i = 0; i < N; i++)
        p[i] = i % 4 == 0 ? pow(10, between(-15.9, -1)) : uniform();
    p[0] = 0x1p-53;
    p[1] = 1 - 0x1p-53;
    fm_pull_normal_quantiles(N, p, z);
    for (int i = 0; i < N; i++) {
        double back = z[i] < 0 ? gsl_cdf_ugaussian_P(z[i]) : gsl_cdf_ugaussian_Q(z[i]);
        assert_close(back, z[i] < 0 ? p[i] : 1 - p[i], 2e-13, "p");
    }
    /* Odd, in place. */
    double q[] = {0.3, 0.7, 0.01, 0.99};
    fm_pull_normal_quantiles(4, q, q);
    assert_close(q[0], -q[1], tol1, "odd");
    assert_close(q[2], -q[3], tol1, "odd");
}
END_TEST

/* ---- 2. the weakest link --------------------------------------------------------- */

enum {
    DRAWS = 200000
};
static double u[FM_PULL_N_MODES][DRAWS], force[DRAWS];
static int8_t mode[DRAWS];
static const double *const uniforms[FM_PULL_N_MODES] = {u[0], u[1], u[2], u[3], u[4]};

static void
fill_uniforms(void)
{
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        for (size_t i = 0; i < DRAWS; i++)
            u[k][i] = uniform();
}

static void
make_strengths(const fm_pull_family *family, fm_pull_strength *s)
{
    const double mean[] = {0.098, 0.081, 0.067, 0.113, 0.092};
    const double cv[] = {0.03, 0.07, 0.13, 0.17, 0.23};
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        ck_assert_int_eq(fm_pull_strength_make(family[k], mean[k], cv[k], &s[k]), FM_OK);
}

START_TEST(kernel_is_the_scalar_model)
{
    const fm_pull_family mixes[][FM_PULL_N_MODES] = {
        {FM_PULL_WEIBULL, FM_PULL_LOGNORMAL, FM_PULL_NORMAL, FM_PULL_WEIBULL,
         FM_PULL_NORMAL},
        {FM_PULL_NEVER, FM_PULL_NORMAL, FM_PULL_NEVER, FM_PULL_LOGNORMAL,
         FM_PULL_WEIBULL},
    };
    const double c[] = {1.2, 0.9, 1.2, 0.9, 1.2};
    const size_t n = 5003;
    for (size_t m = 0; m < 2; m++) {
        fm_pull_strength s[FM_PULL_N_MODES];
        make_strengths(mixes[m], s);
        ck_assert_int_eq(fm_pull_weakest(s, c, n, uniforms, force, mode), FM_OK);
        for (size_t i = 0; i < n; i++) {
            double least = INFINITY, x;
            for (size_t k = 0; k < FM_PULL_N_MODES; k++)
                if (fm_pull_strength_quantile(&s[k], u[k][i], &x) == FM_OK)
                    least = fmin(least, x / c[k]);
            assert_close(force[i], least, 1e-13, "force");
            ck_assert_int_eq(fm_pull_strength_quantile(&s[mode[i]], u[mode[i]][i], &x),
                             FM_OK);
            assert_close(x / c[mode[i]], least, 1e-13, "mode");
        }
    }
}
END_TEST

/* Weibull modes of one shape: F is Weibull, mode k has the share of its rate. */
START_TEST(weibull_system)
{
    const double eta[] = {0.11, 0.09, 0.07, 0.13, 0.1}, c[] = {1.2, 0.9, 1.2, 0.9, 1.2};
    const double shape = 6.7;
    fm_pull_strength s[FM_PULL_N_MODES];
    double rate = 0, n = DRAWS, mean = 0, m2 = 0;
    size_t count[FM_PULL_N_MODES] = {0};
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        s[k] = (fm_pull_strength){FM_PULL_WEIBULL, log(eta[k]), 1 / shape, 0};
        rate += pow(c[k] / eta[k], shape);
    }
    ck_assert_int_eq(fm_pull_weakest(s, c, DRAWS, uniforms, force, mode), FM_OK);
    for (size_t i = 0; i < DRAWS; i++) {
        double d = force[i] - mean;
        mean += d / ((double)i + 1);
        m2 += d * (force[i] - mean);
        count[mode[i]]++;
    }
    double eta_min = pow(rate, -1 / shape), g1 = tgamma(1 + 1 / shape);
    double sd = eta_min * sqrt(tgamma(1 + 2 / shape) - g1 * g1);
    ck_assert_double_eq_tol(mean, eta_min * g1, z_stat * sd / sqrt(n));
    assert_close(sqrt(m2 / n), sd, z_stat * 1.5 / sqrt(n), "sd");
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        double share = pow(c[k] / eta[k], shape) / rate;
        ck_assert_double_eq_tol((double)count[k] / n, share,
                                z_stat * sqrt(share * (1 - share) / n));
    }
    double p = fm_pull_break_probability(s, c, 0.8 * eta_min);
    assert_close(p, -expm1(-pow(0.8, shape)), 1e-13, "system cdf");
}
END_TEST

/* The closed form of the break probability against counted pulls, mixed families. */
START_TEST(break_probability)
{
    const fm_pull_family mix[] = {FM_PULL_NORMAL, FM_PULL_WEIBULL, FM_PULL_LOGNORMAL,
                                  FM_PULL_NORMAL, FM_PULL_LOGNORMAL};
    const double c[] = {1.1, 1.1, 0.95, 1.1, 0.95};
    fm_pull_strength s[FM_PULL_N_MODES];
    make_strengths(mix, s);
    ck_assert_int_eq(fm_pull_weakest(s, c, DRAWS, uniforms, force, mode), FM_OK);
    double last = 0;
    for (int step = 0; step < 12; step++) {
        double at = 0.03 + 0.005 * step;
        size_t below = 0;
        for (size_t i = 0; i < DRAWS; i++)
            below += force[i] <= at;
        double p = fm_pull_break_probability(s, c, at), n = DRAWS;
        ck_assert_double_ge(p, last);
        ck_assert_double_eq_tol((double)below / n, p,
                                z_stat * sqrt(p * (1 - p) / n) + 4 / n);
        last = p;
    }
    ck_assert_double_eq(fm_pull_break_probability(s, c, 0), 0);
}
END_TEST

START_TEST(common_random_numbers)
{
    const fm_pull_family mix[] = {FM_PULL_WEIBULL, FM_PULL_LOGNORMAL, FM_PULL_NORMAL,
                                  FM_PULL_WEIBULL, FM_PULL_LOGNORMAL};
    const size_t n = 4000;
    const double c[] = {1.1, 1.1, 0.95, 1.1, 0.95};
    double twice[FM_PULL_N_MODES], base[4000];
    fm_pull_strength s[FM_PULL_N_MODES];
    make_strengths(mix, s);
    ck_assert_int_eq(fm_pull_weakest(s, c, n, uniforms, force, mode), FM_OK);
    memcpy(base, force, sizeof base);
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        twice[k] = 2 * c[k];
    ck_assert_int_eq(fm_pull_weakest(s, twice, n, uniforms, force, mode), FM_OK);
    for (size_t i = 0; i < n; i++)
        assert_close(force[i], base[i] / 2, 1e-13, "twice the tension, half the force");
    /* Strengthening one mode never weakens a pull. */
    ck_assert_int_eq(fm_pull_strength_make(FM_PULL_LOGNORMAL, 0.09, 0.07, &s[1]), FM_OK);
    ck_assert_int_eq(fm_pull_weakest(s, c, n, uniforms, force, mode), FM_OK);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_ge(force[i], base[i] * (1 - 1e-13));
    /* The uniforms of a mode that cannot break do not matter, nor do block borders. */
    ck_assert_int_eq(fm_pull_weakest(s, c, n - 1, uniforms, base, mode), FM_OK);
    ck_assert_mem_eq(base, force, (n - 1) * sizeof base[0]);
}
END_TEST

START_TEST(weakest_status)
{
    const double c[] = {1, 1, 1, 1, 1}, none[] = {0, 0, 0, 0, 0};
    const double odd[] = {1, INFINITY, 1, 1, 1};
    const double *missing[] = {u[0], NULL, u[2], u[3], u[4]};
    const fm_pull_family mix[] = {FM_PULL_WEIBULL, FM_PULL_WEIBULL, FM_PULL_WEIBULL,
                                  FM_PULL_WEIBULL, FM_PULL_WEIBULL};
    fm_pull_strength s[FM_PULL_N_MODES];
    make_strengths(mix, s);
    force[0] = 42;
    ck_assert_int_eq(fm_pull_weakest(s, none, 1, uniforms, force, mode), FM_EDOM);
    ck_assert_int_eq(fm_pull_weakest(s, odd, 1, uniforms, force, mode), FM_EDOM);
    ck_assert_int_eq(fm_pull_weakest(s, c, 1, missing, force, mode), FM_EDOM);
    ck_assert_double_eq(force[0], 42);
    s[1].family = FM_PULL_NEVER;
    ck_assert_int_eq(fm_pull_weakest(s, c, 1, missing, force, mode), FM_OK);
    ck_assert_int_ne(mode[0], 1);
}
END_TEST

START_TEST(coefficients)
{
    const double t[] = {0.83, 1.17};
    double c[FM_PULL_N_MODES];
    fm_pull_coefficients(t, c);
    const double expected[] = {1.17, 0.83, 1.17, 0.83, 1.17};
    ck_assert_mem_eq(c, expected, sizeof c);
}
END_TEST

/* ---- 3. tallies and readings ----------------------------------------------------- */

START_TEST(readings)
{
    const double true_n[] = {0.0512, 0.051249, 0.0513501, 0.00004, 0.2};
    fm_pull_tester plain = {1, 0, 1e-4}, scaled = {1.02, 0, 0}, noisy = {1, 3e-3, 0};
    double x[5], p[5] = {0.5, 0.975, 0.025, 1e-9, 0.5};
    memcpy(x, true_n, sizeof x);
    ck_assert_int_eq(fm_pull_read(&plain, 5, NULL, x), FM_OK);
    const double rounded[] = {0.0512, 0.0512, 0.0514, 0, 0.2};
    for (int i = 0; i < 5; i++)
        ck_assert_double_eq_tol(x[i], rounded[i], 1e-16);
    memcpy(x, true_n, sizeof x);
    ck_assert_int_eq(fm_pull_read(&scaled, 5, NULL, x), FM_OK);
    assert_close(x[4], 0.204, tol0, "scale error");
    memcpy(x, true_n, sizeof x);
    ck_assert_int_eq(fm_pull_read(&noisy, 5, p, x), FM_OK);
    assert_close(x[1], true_n[1] + 3e-3 * 1.9599639845400543, tol2, "noise");
    ck_assert_double_eq(x[3], 0); /* a tester shows nothing below 0 */
    const fm_pull_tester bad[] = {{0, 0, 0},       {NAN, 0, 0},      {1, -1, 0},
                                  {1, 0, -1},      {1, INFINITY, 0}, {1, 0, NAN},
                                  {INFINITY, 0, 0}};
    x[0] = 42;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(fm_pull_read(&bad[i], 1, p, x), FM_EDOM);
    ck_assert_int_eq(fm_pull_read(&noisy, 1, NULL, x), FM_EDOM);
    ck_assert_double_eq(x[0], 42);
}
END_TEST

START_TEST(moments_in_parts)
{
    /* A large offset: raw sums of squares would lose every digit of the spread. */
    const double offset = 1e6;
    fm_pull_tally parts = {0}, part;
    fm_pull_bins bins = {offset - 1, 0.05, 40};
    double n = 0, mean = 0, m2 = 0;
    static const int8_t zeros[1000];
    fm_pull_tally_init(&parts);
    for (int block = 0; block < 37; block++) {
        double x[1000];
        size_t m = 1 + (size_t)(uniform() * 999);
        for (size_t i = 0; i < m; i++) {
            x[i] = offset + between(-0.9, 0.9);
            double d = x[i] - offset;
            mean += (d - mean) / ++n;
            m2 += d * d;
        }
        fm_pull_tally_init(&part);
        fm_pull_tally_add(&part, &bins, NAN, m, x, zeros);
        fm_pull_tally_merge(&parts, &part, bins.n_bins);
    }
    ck_assert_uint_eq(parts.mode[0].n, (uint64_t)n);
    assert_close(parts.mode[0].mean - offset, mean, 1e-6, "mean");
    assert_close(fm_pull_moments_sd(&parts.mode[0]),
                 sqrt((m2 - n * mean * mean) / (n - 1)), 1e-8, "sd");
    ck_assert_uint_eq(parts.n_below, 0);
    fm_pull_moments empty = {0};
    ck_assert(isnan(fm_pull_moments_sd(&empty)));
}
END_TEST

START_TEST(counts)
{
    const double gf = 9.80665e-3;
    double x[] = {2.49 * gf, 250 * (0.01 * gf), 2.5 * gf, 2.51 * gf, 0, 9 * gf};
    const int8_t m[] = {1, 1, 2, 2, 0, 4};
    fm_pull_bins bins;
    fm_pull_tally t;
    ck_assert_int_eq(fm_pull_bins_make(2 * gf, 3 * gf, 0.01 * gf, 50, &bins), FM_OK);
    assert_close(bins.width_n, 0.02 * gf, tol1, "width");
    ck_assert_uint_le(bins.n_bins, 52);
    fm_pull_tally_init(&t);
    fm_pull_tally_add(&t, &bins, 2.5 * gf, 6, x, m);
    /* 2.49 and 0 are below; both ways to say 2.50 are not. */
    ck_assert_uint_eq(t.n_below, 2);
    ck_assert_uint_eq(t.count[0][0], 1);
    ck_assert_uint_eq(t.count[4][bins.n_bins + 1], 1);
    uint64_t all = 0;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        for (size_t i = 0; i < bins.n_bins + 2; i++)
            all += t.count[k][i];
    ck_assert_uint_eq(all, 6);
    fm_pull_bins same = bins;
    ck_assert_int_eq(fm_pull_bins_make(3, 3, 0, 5, &bins), FM_EDOM);
    ck_assert_int_eq(fm_pull_bins_make(-1, 3, 0, 5, &bins), FM_EDOM);
    ck_assert_int_eq(fm_pull_bins_make(1, INFINITY, 0, 5, &bins), FM_EDOM);
    ck_assert_int_eq(fm_pull_bins_make(1, 3, -1, 5, &bins), FM_EDOM);
    ck_assert_int_eq(fm_pull_bins_make(1, 3, 0, 0, &bins), FM_EDOM);
    ck_assert_int_eq(fm_pull_bins_make(1, 3, 0, FM_PULL_MAX_BINS + 1, &bins), FM_EDOM);
    ck_assert_mem_eq(&bins, &same, sizeof bins);
}
END_TEST

START_TEST(fraction_bound)
{
    double p;
    ck_assert_int_eq(fm_pull_fraction_upper(0, 299, &p), FM_OK);
    assert_close(p, -expm1(log(0.05) / 299), 1e-13, "none of 299");
    ck_assert_int_eq(fm_pull_fraction_upper(7, 7, &p), FM_OK);
    ck_assert_double_eq(p, 1);
    const uint64_t n[] = {11, 1000, 1000000, UINT64_C(4000000000)};
    for (size_t i = 0; i < 4; i++) {
        for (uint64_t hit = 1; hit < n[i]; hit = hit * 7 + 3) {
            ck_assert_int_eq(fm_pull_fraction_upper(hit, n[i], &p), FM_OK);
            ck_assert_double_gt(p, (double)hit / (double)n[i]);
            /* The chance of so few hits or fewer at the bound is 5 %. */
            double a = (double)hit + 1, b = (double)(n[i] - hit);
            ck_assert_double_eq_tol(gsl_cdf_beta_Q(p, a, b), 0.05, 1e-6);
        }
    }
    p = 42;
    ck_assert_int_eq(fm_pull_fraction_upper(1, 0, &p), FM_EDOM);
    ck_assert_int_eq(fm_pull_fraction_upper(8, 7, &p), FM_EDOM);
    ck_assert_double_eq(p, 42);
}
END_TEST

static Suite *
kernel_suite(void)
{
    Suite *suite = suite_create("pull kernel");
    TCase *kernel = tcase_create("kernel");
    tcase_add_test(kernel, normal_quantiles_invert);
    tcase_add_test(kernel, kernel_is_the_scalar_model);
    tcase_add_test(kernel, weibull_system);
    tcase_add_test(kernel, break_probability);
    tcase_add_test(kernel, common_random_numbers);
    tcase_add_test(kernel, weakest_status);
    tcase_add_test(kernel, coefficients);
    tcase_add_test(kernel, readings);
    tcase_add_test(kernel, moments_in_parts);
    tcase_add_test(kernel, counts);
    tcase_add_test(kernel, fraction_bound);
    suite_add_tcase(suite, kernel);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    seed_tests();
    fill_uniforms();
    SRunner *runner = srunner_create(kernel_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
