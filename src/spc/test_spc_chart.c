/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the models behind spc.chart: rules, counts, averages and sums, distances. */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "spc/spc_attribute.h"
#include "spc/spc_multivariate.h"
#include "spc/spc_rules.h"
#include "spc/spc_timeweighted.h"

enum {
    N = 100000
};

static unsigned long
seed(void)
{
    const char *text = getenv("FM_TEST_SEED");
    return text != NULL ? strtoul(text, NULL, 10) : 20261122;
}

static double *
series(double step)
{
    static double x[N];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed());
    for (size_t i = 0; i < N; i++) {
        x[i] = round(gsl_ran_gaussian(rng, 1) / step) * step; /* ties, values on limits */
        if (i > N / 2 && gsl_rng_uniform(rng) < 0.01)
            x[i] = NAN;
    }
    gsl_rng_free(rng);
    return x;
}

static void
all_rules(fm_spc_rule_set *set)
{
    const fm_spc_rule own[] = {
        {"", 3, 7, FM_SPC_WITHIN, 0.4, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"", 40, 64, FM_SPC_BEYOND, 0.5, FM_SPC_EITHER_SIDE, FM_SPC_ZONE},
        {"", 2, 2, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_TREND},
        {"", 3, 3, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_ALTERNATION}};
    *set = (fm_spc_rule_set){.n = 0};
    ck_assert_int_eq(fm_spc_rule_set_add_named(set, "western-electric"), FM_OK);
    ck_assert_int_eq(fm_spc_rule_set_add_named(set, "nelson"), FM_OK);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        ck_assert_int_eq(fm_spc_rule_set_add(set, &own[i]), FM_OK);
}

/* 64 points at once are the same as one at a time, in pieces of any size. */
START_TEST(runs_equal_steps)
{
    static uint32_t one[N], many[N];
    fm_spc_rule_set set;
    all_rules(&set);
    const double *x = series(_i == 0 ? 0.05 : 0.5);
    fm_spc_rule_state a[FM_SPC_RULES_MAX] = {{.above = 0}};
    fm_spc_rule_state b[FM_SPC_RULES_MAX] = {{.above = 0}};
    for (size_t i = 0; i < N; i++)
        one[i] = fm_spc_rules_step(set.rule, set.n, a, x[i], 0.1, 0.9);
    for (size_t i = 0, k = 1; i < N; k = k * 5 % 997) {
        size_t n = k < N - i ? k : N - i;
        fm_spc_rules_run(set.rule, set.n, b, x + i, n, (fm_spc_zone){0.1, 0.9}, many + i);
        i += n;
    }
    ck_assert_mem_eq(one, many, sizeof one);
    uint32_t seen = 0;
    for (size_t i = 0; i < N; i++)
        seen |= one[i];
    ck_assert_uint_ge((unsigned)__builtin_popcount(seen), set.n - 1);
}
END_TEST

/* Trend and alternation, from their definitions. */
static bool
naive(const fm_spc_rule *rule, const double *x, size_t i)
{
    bool up = true, down = true, turns = true;
    if (i + 1 < rule->w)
        return false;
    for (size_t k = i + 2 - rule->w; k <= i; k++) {
        up = up && x[k] > x[k - 1];
        down = down && x[k] < x[k - 1];
        if (k >= i + 3 - rule->w)
            turns = turns && (x[k] - x[k - 1]) * (x[k - 1] - x[k - 2]) < 0;
    }
    return rule->pattern == FM_SPC_TREND ? up || down : turns;
}

START_TEST(order_rules_equal_the_definition)
{
    fm_spc_rule_set set = {.n = 0};
    fm_spc_rule_state state[FM_SPC_RULES_MAX] = {{.above = 0}};
    size_t n[2] = {0, 0};
    ck_assert_int_eq(fm_spc_rule_set_add_named(&set, "nelson3"), FM_OK);
    ck_assert_int_eq(fm_spc_rule_set_add_named(&set, "nelson4"), FM_OK);
    ck_assert_int_eq(fm_spc_rules_validate(set.rule, set.n), FM_OK);
    const double *x = series(0.2);
    for (size_t i = 0; i < N / 2; i++) {
        uint32_t flags = fm_spc_rules_step(set.rule, set.n, state, x[i], 0, 1);
        for (size_t r = 0; r < 2; r++) {
            ck_assert_int_eq(flags >> r & 1, naive(&set.rule[r], x, i));
            n[r] += flags >> r & 1;
        }
    }
    ck_assert_uint_gt(n[0], 0);
    ck_assert_uint_gt(n[1], 0);
}
END_TEST

START_TEST(attributes)
{
    fm_spc_limits l, np;
    ck_assert_int_eq(fm_spc_attribute_limits(FM_SPC_P, 0.2385, 57, 2.5, 1.3, &l), FM_OK);
    ck_assert_int_eq(fm_spc_attribute_limits(FM_SPC_NP, 0.2385, 57, 2.5, 1.3, &np),
                     FM_OK);
    ck_assert_double_eq_tol(np.upper, 57 * l.upper, 1e-13);
    ck_assert_double_eq_tol(l.sigma, 1.3 * sqrt(0.2385 * 0.7615 / 57), 1e-15);
    ck_assert_int_eq(fm_spc_attribute_limits(FM_SPC_P, 0.97, 5, 3, 1, &l), FM_OK);
    ck_assert_double_eq(l.upper, 1);
    ck_assert_int_eq(fm_spc_attribute_limits(FM_SPC_U, 2.385, 4, 3, 1, &l), FM_OK);
    ck_assert_double_eq_tol(l.upper, 2.385 + 1.5 * sqrt(2.385), 1e-14);
    ck_assert_double_eq_tol(l.lower, 2.385 - 1.5 * sqrt(2.385), 1e-14);
    const double bad[][4] = {{-0.1, 5, 3, 1}, {1.1, 5, 3, 1},  {0.5, 0, 3, 1},
                             {0.5, 5, 0, 1},  {0.5, 5, 3, -1}, {NAN, 5, 3, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(fm_spc_attribute_limits(FM_SPC_P, bad[i][0], bad[i][1],
                                                 bad[i][2], bad[i][3], &l),
                         FM_EDOM);
}
END_TEST

START_TEST(laney_refuses)
{
    fm_spc_laney laney = {.z = {.n = 0}};
    double sigma;
    ck_assert_int_eq(fm_spc_laney_get(&laney, &sigma), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_laney_add(&laney, FM_SPC_C, 1, 0.5, 5), FM_EDOM);
    ck_assert_int_eq(fm_spc_laney_add(&laney, FM_SPC_P, 0.5, 0, 5), FM_EDOM);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(fm_spc_laney_add(&laney, FM_SPC_P, 0.5, 0.4, 5), FM_OK);
    ck_assert_int_eq(fm_spc_laney_get(&laney, &sigma), FM_ESINGULAR);
}
END_TEST

/* The normal score turns the limits of the t chart into the width. */
START_TEST(times)
{
    fm_spc_limits l;
    double z;
    ck_assert_int_eq(fm_spc_t_limits(2.385, 2.7, &l), FM_OK);
    ck_assert_int_eq(fm_spc_t_score(l.upper, 2.385, &z), FM_OK);
    ck_assert_double_eq_tol(z, 2.7, 1e-12);
    ck_assert_int_eq(fm_spc_t_score(l.lower, 2.385, &z), FM_OK);
    ck_assert_double_eq_tol(z, -2.7, 1e-10);
    ck_assert_int_eq(fm_spc_t_score(l.centre, 2.385, &z), FM_OK);
    ck_assert_double_eq_tol(z, 0, 1e-14);
    ck_assert_int_eq(fm_spc_t_score(0, 2.385, &z), FM_OK);
    ck_assert(isinf(z) && z < 0);
    ck_assert_int_eq(fm_spc_t_score(-1, 2.385, &z), FM_EDOM);
    ck_assert_int_eq(fm_spc_t_score(1, 0, &z), FM_EDOM);
    ck_assert_int_eq(fm_spc_t_limits(0, 3, &l), FM_EDOM);
    ck_assert_int_eq(fm_spc_t_limits(1, 100, &l), FM_EDOM); /* the tail underflows */
    ck_assert_int_eq(fm_spc_g_limits(0, 3, &l), FM_EDOM);
    ck_assert_int_eq(fm_spc_g_limits(1, NAN, &l), FM_EDOM);
}
END_TEST

/* The variance of equal points follows the closed form; CUSUM of a ramp by hand. */
START_TEST(weighted)
{
    fm_spc_ewma e;
    fm_spc_cusum c;
    double sigma_z;
    ck_assert_int_eq(fm_spc_ewma_init(&e, 0.235, 50), FM_OK);
    for (int i = 1; i <= 30; i++) {
        ck_assert_int_eq(fm_spc_ewma_step(&e, 50 + i, 2.1), FM_OK);
        double form = 2.1 * sqrt(0.235 / 1.765 * (1 - pow(0.765, 2 * i)));
        ck_assert_double_eq_tol(sqrt(e.variance), form, 1e-14);
    }
    ck_assert_int_eq(fm_spc_ewma_asymptotic(0.235, 2.1, &sigma_z), FM_OK);
    ck_assert_double_eq_tol(sqrt(e.variance), sigma_z, 1e-6);
    ck_assert_int_eq(fm_spc_ewma_init(&e, 0, 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_ewma_init(&e, 1.5, 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_ewma_step(&e, NAN, 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_ewma_step(&e, 1, 0), FM_EDOM);
    ck_assert_int_eq(fm_spc_ewma_asymptotic(2, 1, &sigma_z), FM_EDOM);
    ck_assert_int_eq(fm_spc_cusum_init(&c, 0.5, 2), FM_OK);
    ck_assert_int_eq(fm_spc_cusum_step(&c, 1.25), FM_OK);
    ck_assert_double_eq(c.up, 2.75);
    ck_assert_double_eq(c.down, 0.25);
    ck_assert_int_eq(fm_spc_cusum_step(&c, -4), FM_OK);
    ck_assert_double_eq(c.up, 0);
    ck_assert_double_eq(c.down, 3.75);
    ck_assert_int_eq(fm_spc_cusum_step(&c, INFINITY), FM_EDOM);
    ck_assert_int_eq(fm_spc_cusum_init(&c, -1, 0), FM_EDOM);
}
END_TEST

/* Distances do not depend on units or on the order of the variables, and their sum over
 * the observations is p (m - 1). */
START_TEST(distances)
{
    const double x[7][3] = {{1, 5, 2},   {2.5, 4, 1}, {3, 7, 4},    {0.5, 6, 3.5},
                            {2, 5.5, 0}, {4, 8, 2.2}, {3.3, 3, 1.7}};
    fm_spc_scatter a = {.p = 3}, b = {.p = 3};
    fm_spc_ellipsoid ea, eb;
    double sum = 0;
    for (int i = 0; i < 7; i++) {
        const double turned[] = {1e3 * x[i][2] + 7, x[i][0], x[i][1] / 64};
        ck_assert_int_eq(fm_spc_scatter_add(&a, x[i]), FM_OK);
        ck_assert_int_eq(fm_spc_scatter_add(&b, turned), FM_OK);
    }
    ck_assert_int_eq(fm_spc_ellipsoid_eval(&a, &ea), FM_OK);
    ck_assert_int_eq(fm_spc_ellipsoid_eval(&b, &eb), FM_OK);
    for (int i = 0; i < 7; i++) {
        const double turned[] = {1e3 * x[i][2] + 7, x[i][0], x[i][1] / 64};
        double da, db, q, z[3] = {0, 0, 0};
        ck_assert_int_eq(fm_spc_ellipsoid_distance(&ea, x[i], &da), FM_OK);
        ck_assert_int_eq(fm_spc_ellipsoid_distance(&eb, turned, &db), FM_OK);
        ck_assert_double_eq_tol(da, db, 1e-12);
        ck_assert_int_eq(fm_spc_mewma_step(&ea, 1, z, x[i], &q), FM_OK);
        ck_assert_double_eq_tol(q, da, 1e-13);
        sum += da;
    }
    ck_assert_double_eq_tol(sum, 3 * 6, 1e-12);
}
END_TEST

START_TEST(distances_refuse)
{
    const double x[4][2] = {{1, 2}, {2, 4}, {3, 6}, {4, 8}}, bad[] = {1, NAN};
    fm_spc_scatter s = {.p = 2}, wrong = {.p = 0};
    fm_spc_ellipsoid e = {.p = 2, .mean = {0}, .factor = {1, 0, 0, 1}};
    double t2, z[2] = {0, 0};
    ck_assert_int_eq(fm_spc_scatter_add(&wrong, x[0]), FM_EDOM);
    ck_assert_int_eq(fm_spc_ellipsoid_eval(&wrong, &e), FM_EDOM);
    ck_assert_int_eq(fm_spc_scatter_add(&s, x[0]), FM_OK);
    ck_assert_int_eq(fm_spc_ellipsoid_eval(&s, &e), FM_ETOOFEW);
    for (int i = 1; i < 4; i++)
        ck_assert_int_eq(fm_spc_scatter_add(&s, x[i]), FM_OK);
    ck_assert_int_eq(fm_spc_ellipsoid_eval(&s, &e), FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_scatter_add(&s, bad), FM_EDOM);
    ck_assert_int_eq(fm_spc_ellipsoid_distance(&e, bad, &t2), FM_EDOM);
    ck_assert_int_eq(fm_spc_mewma_step(&e, 0.1, z, bad, &t2), FM_EDOM);
    ck_assert_int_eq(fm_spc_mewma_step(&e, 0, z, x[0], &t2), FM_EDOM);
    ck_assert_int_eq(fm_spc_t2_quantile(20, 2, 1, 0, &t2), FM_EDOM);
    ck_assert_int_eq(fm_spc_t2_quantile(3, 2, 0.9, 0, &t2), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_t2_quantile(2, 2, 0.9, 1, &t2), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_t2_quantile(3, 2, 0.9, 1, &t2), FM_OK);
    /* Both ways of computing agree where one takes over from the other. */
    for (int future = 0; future < 2; future++) {
        double few, many;
        ck_assert_int_eq(fm_spc_t2_quantile(100000, 3, 0.99, future, &few), FM_OK);
        ck_assert_int_eq(fm_spc_t2_quantile(3000000, 3, 0.99, future, &many), FM_OK);
        double chi =
            gsl_cdf_chisq_Pinv(0.99, 3); /* both differ from it by a multiple of 1/m */
        ck_assert_double_eq_tol((few / chi - 1) / (many / chi - 1), 30, 0.01);
    }
    /* Many observations: both phases become chi-square. */
    ck_assert_int_eq(fm_spc_t2_quantile(100000000, 3, 0.99, 1, &t2), FM_OK);
    ck_assert_double_eq_tol(t2, gsl_cdf_chisq_Pinv(0.99, 3), 1e-5);
    ck_assert_int_eq(fm_spc_t2_quantile(1000000, 3, 0.99, 0, &t2), FM_OK);
    ck_assert_double_eq_tol(t2, gsl_cdf_chisq_Pinv(0.99, 3), 1e-3);
}
END_TEST

int
main(void)
{
    gsl_set_error_handler_off();
    Suite *suite = suite_create("spc chart models");
    TCase *tests = tcase_create("tests");
    tcase_add_loop_test(tests, runs_equal_steps, 0, 2);
    tcase_add_test(tests, order_rules_equal_the_definition);
    tcase_add_test(tests, attributes);
    tcase_add_test(tests, laney_refuses);
    tcase_add_test(tests, times);
    tcase_add_test(tests, weighted);
    tcase_add_test(tests, distances);
    tcase_add_test(tests, distances_refuse);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
