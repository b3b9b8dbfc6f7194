/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the noncentral t, tolerance factors, bounds of capability and fractions.
 *
 * Contents
 *   1. certified   2. roots   3. noncentral t   4. tolerance, capability   5. counts
 */
#include "config.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf.h>

#include "math/bracket_root.h"
#include "math/noncentral_t.h"
#include "math/tolerance.h"

static void
assert_close(double found, double expected, double rel_tol, const char *what)
{
    double scale = fabs(expected) > 0 ? fabs(expected) : 1;
    ck_assert_msg(fabs(found - expected) <= rel_tol * scale,
                  "%s: %.17g, expected %.17g within %.2g", what, found, expected,
                  rel_tol);
}

/* Uniform in (0, 1) by splitmix64. */
static uint64_t state = 20261122;

static double
between(double low, double high)
{
    state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 12) + 0.5) * 0x1p-52;
}

/* ---- 1. certified ---------------------------------------------------------------- */

typedef struct row {
    char id[16], quantity[32];
    double in[4], out, rel_tol;
} row;

static char *
next_cell(char **rest)
{
    char *cell = *rest, *comma = cell == NULL ? NULL : strchr(cell, ',');
    if (comma != NULL)
        *comma = '\0';
    *rest = comma == NULL ? NULL : comma + 1;
    return cell;
}

static void
read_row(char *line, row *r)
{
    char *rest = line;
    (void)snprintf(r->id, sizeof r->id, "%.15s", next_cell(&rest));
    (void)snprintf(r->quantity, sizeof r->quantity, "%.31s", next_cell(&rest));
    for (int i = 0; i < 4; i++)
        r->in[i] = strtod(next_cell(&rest), NULL);
    r->out = strtod(next_cell(&rest), NULL);
    r->rel_tol = strtod(next_cell(&rest), NULL);
    char *source = next_cell(&rest), *how = next_cell(&rest);
    ck_assert_msg(source && how && *source && *how, "%s has no source", r->id);
}

static double
compute(const row *r)
{
    const double *in = r->in;
    double x = NAN;
    uint64_t n = 0;
    fm_status st = FM_EINTERNAL;
    if (strcmp(r->quantity, "nct-lower") == 0)
        st = fm_math_nct_cdf(in[0], in[1], in[2], &x, NULL);
    else if (strcmp(r->quantity, "nct-upper") == 0)
        st = fm_math_nct_cdf(in[0], in[1], in[2], NULL, &x);
    else if (strcmp(r->quantity, "k1") == 0)
        st = fm_math_tolerance_one_sided(in[0], in[1], in[2], in[3], &x);
    else if (strcmp(r->quantity, "k2") == 0)
        st = fm_math_tolerance_two_sided(in[0], in[1], in[2], in[3], &x);
    else if (strcmp(r->quantity, "capability") == 0)
        st = fm_math_capability_bound(in[0], in[1], in[2], in[3], &x);
    else if (strcmp(r->quantity, "fraction-upper") == 0)
        st = fm_math_fraction_upper((uint64_t)in[0], (uint64_t)in[1], in[2], &x);
    else if (strcmp(r->quantity, "fraction-lower") == 0)
        st = fm_math_fraction_lower((uint64_t)in[0], (uint64_t)in[1], in[2], &x);
    else if (strcmp(r->quantity, "wilks-size") == 0)
        st = fm_math_wilks_size((uint64_t)in[0], in[1], in[2], &n);
    ck_assert_msg(st == FM_OK, "%s: %s gives status %d", r->id, r->quantity, (int)st);
    return n > 0 ? (double)n : x;
}

START_TEST(certified_rows)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[1024];
    size_t n_rows = 0;
    (void)snprintf(path, sizeof path, "%s/src/math/tolerance_certified.csv",
                   top ? top : "..");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        row r = {0};
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        read_row(line, &r);
        n_rows++;
        assert_close(compute(&r), r.out, r.rel_tol, r.id);
    }
    (void)fclose(file);
    ck_assert_uint_ge(n_rows, 90);
}
END_TEST

/* ---- 2. roots -------------------------------------------------------------------- */

static double
cubic(double x, const void *arg)
{
    return x * x * x - *(const double *)arg;
}

static double
nothing(double x, const void *arg)
{
    (void)x;
    (void)arg;
    return NAN;
}

static double
one(double x, const void *arg)
{
    (void)x;
    (void)arg;
    return 1;
}

START_TEST(roots)
{
    for (int i = 0; i < 300; i++) {
        double root = between(-50, 50), cube = root * root * root, x = NAN;
        ck_assert_int_eq(fm_math_bracket_root(cubic, &cube, -51, 52, 0, &x), FM_OK);
        assert_close(x, root, 1e-15, "bracket");
        ck_assert_int_eq(fm_math_monotone_root(cubic, &cube, 0.3, 0.1, 1, &x), FM_OK);
        assert_close(x, root, 1e-15, "monotone");
    }
}
END_TEST

START_TEST(roots_status)
{
    double cube = 27, x = 42;
    ck_assert_int_eq(fm_math_bracket_root(cubic, &cube, 4, 5, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_bracket_root(cubic, &cube, NAN, 5, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_bracket_root(cubic, &cube, 1, INFINITY, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_bracket_root(cubic, &cube, 1, 5, -1, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_bracket_root(nothing, NULL, 1, 5, 0, &x), FM_ENOCONV);
    ck_assert_int_eq(fm_math_monotone_root(cubic, &cube, NAN, 1, 1, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_monotone_root(cubic, &cube, 0, 0, 1, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_monotone_root(nothing, NULL, 0, 1, 1, &x), FM_ENOCONV);
    ck_assert_int_eq(fm_math_monotone_root(one, NULL, 0, 1, 1, &x), FM_ENOCONV);
    ck_assert_double_eq(x, 42);
    ck_assert_int_eq(fm_math_bracket_root(cubic, &cube, 3, 5, 0, &x), FM_OK);
    ck_assert_double_eq(x, 3);
    x = 42;
    ck_assert_int_eq(fm_math_monotone_root(cubic, &cube, 3, 5, 1, &x), FM_OK);
    ck_assert_double_eq(x, 3);
}
END_TEST

/* ---- 3. noncentral t ------------------------------------------------------------- */

/* Second way: Poisson-weighted incomplete beta functions, t > 0 and delta > 0
 * (Lenth 1989, Appl. Stat. 38, 185-189). */
static double
series(double t, double df, double delta)
{
    double x = t * t / (t * t + df), mean = delta * delta / 2, sum = 0;
    for (int j = 0; j < mean + 400; j++) {
        double rest = -mean + j * log(mean);
        sum += exp(rest - gsl_sf_lngamma(j + 1.0)) * gsl_sf_beta_inc(j + 0.5, df / 2, x);
        sum += delta / M_SQRT2 * exp(rest - gsl_sf_lngamma(j + 1.5)) *
               gsl_sf_beta_inc(j + 1.0, df / 2, x);
    }
    return gsl_cdf_ugaussian_P(-delta) + sum / 2;
}

START_TEST(agrees_with_series)
{
    for (int i = 0; i < 200; i++) {
        double df = pow(10, between(0, 3)), delta = between(0.05, 20), lower, upper;
        double t = fabs(delta + sqrt(1 + delta * delta / (2 * df)) * between(-6, 6));
        ck_assert_int_eq(fm_math_nct_cdf(t, df, delta, &lower, &upper), FM_OK);
        ck_assert_double_eq_tol(lower, series(t, df, delta), 2e-12);
        ck_assert_double_eq_tol(lower + upper, 1, 1e-14);
    }
}
END_TEST

START_TEST(central_and_mirror)
{
    for (int i = 0; i < 200; i++) {
        double df = between(1, 25), t = between(-30, 30), lower, upper, l, u;
        ck_assert_int_eq(fm_math_nct_cdf(t, df, 0, &lower, &upper), FM_OK);
        assert_close(lower, gsl_cdf_tdist_P(t, df), 1e-12, "central lower");
        assert_close(upper, gsl_cdf_tdist_Q(t, df), 1e-12, "central upper");
        double delta = between(-20, 20);
        ck_assert_int_eq(fm_math_nct_cdf(t, df, delta, &lower, &upper), FM_OK);
        ck_assert_int_eq(fm_math_nct_cdf(-t, df, -delta, &l, &u), FM_OK);
        assert_close(l, upper, 1e-14, "mirror");
        assert_close(u, lower, 1e-14, "mirror");
        /* At t = 0 the scale does not matter. */
        ck_assert_int_eq(fm_math_nct_cdf(0, df, delta, &lower, NULL), FM_OK);
        assert_close(lower, gsl_cdf_ugaussian_P(-delta), 1e-12, "t = 0");
    }
}
END_TEST

START_TEST(many_degrees_of_freedom)
{
    /* Johnson and Welch: delta near t - z sqrt(1 + t^2/(2 df)); normal in the limit. */
    for (int i = 0; i < 50; i++) {
        double delta = between(-5, 5), t = delta + between(-3, 3), lower;
        ck_assert_int_eq(fm_math_nct_cdf(t, 1e9, delta, &lower, NULL), FM_OK);
        assert_close(lower, gsl_cdf_ugaussian_P(t - delta), 1e-7, "normal limit");
    }
}
END_TEST

START_TEST(inverses)
{
    for (int i = 0; i < 150; i++) {
        double df = pow(10, between(0, 4)), delta = between(-10, 60), back;
        double t = delta + sqrt(1 + delta * delta / (2 * df)) * between(-6, 3), p;
        ck_assert_int_eq(fm_math_nct_cdf(t, df, delta, &p, NULL), FM_OK);
        if (p < 1e-250 || p > 0.999)
            continue;
        ck_assert_int_eq(fm_math_nct_quantile(p, df, delta, &back), FM_OK);
        ck_assert_double_eq_tol(back, t, 1e-11 * (1 + fabs(t)));
        ck_assert_int_eq(fm_math_nct_delta(t, df, p, &back), FM_OK);
        ck_assert_double_eq_tol(back, delta, 1e-11 * (1 + fabs(delta)));
    }
}
END_TEST

START_TEST(nct_status)
{
    double a = 42, b = 43;
    ck_assert_int_eq(fm_math_nct_cdf(NAN, 5, 1, &a, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_cdf(INFINITY, 5, 1, &a, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_cdf(1, 0.9, 1, &a, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_cdf(1, 1e10, 1, &a, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_cdf(1, NAN, 1, &a, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_cdf(1, 5, INFINITY, &a, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_quantile(0, 5, 1, &a), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_quantile(1, 5, 1, &a), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_quantile(0.5, 0, 1, &a), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_delta(1, 5, NAN, &a), FM_EDOM);
    ck_assert_int_eq(fm_math_nct_delta(NAN, 5, 0.5, &a), FM_EDOM);
    ck_assert_double_eq(a, 42);
    ck_assert_double_eq(b, 43);
    ck_assert_int_eq(fm_math_nct_cdf(-60, 1e6, 60, &a, &b), FM_OK);
    ck_assert_double_eq(a, 0);
    ck_assert_double_eq(b, 1);
}
END_TEST

/* ---- 4. tolerance, capability ---------------------------------------------------- */

START_TEST(factors_make_sense)
{
    /* Mean and s known: the plain normal quantiles. */
    double k;
    ck_assert_int_eq(fm_math_tolerance_one_sided(1e8, 1e8, 0.9, 0.95, &k), FM_OK);
    assert_close(k, gsl_cdf_ugaussian_Pinv(0.9), 5e-4, "one-sided limit");
    ck_assert_int_eq(fm_math_tolerance_two_sided(1e8, 1e8, 0.9, 0.95, &k), FM_OK);
    assert_close(k, gsl_cdf_ugaussian_Pinv(0.95), 5e-4, "two-sided limit");
    for (int i = 0; i < 20; i++) {
        double n = floor(between(2, 60)), p = between(0.5, 0.999), c = between(0.5, 0.99);
        double one_sided, two_sided, more;
        ck_assert_int_eq(fm_math_tolerance_one_sided(n, n - 1, p, c, &one_sided), FM_OK);
        ck_assert_int_eq(fm_math_tolerance_two_sided(n, n - 1, p, c, &two_sided), FM_OK);
        ck_assert_int_eq(fm_math_tolerance_two_sided(n, n, p, c, &more), FM_OK);
        ck_assert_double_gt(two_sided, one_sided);
        ck_assert_double_lt(more, two_sided);
    }
}
END_TEST

/* k of a plain sample and the bound of Cpl are one statement said twice: with Cpl = k/3
 * and content p the lower bound of Cpl is z_p/3. */
START_TEST(capability_agrees_with_k)
{
    for (int i = 0; i < 50; i++) {
        double n = floor(between(2, 200)), p = between(0.6, 0.9999), k, bound, back;
        double c = between(0.05, 0.99);
        ck_assert_int_eq(fm_math_tolerance_one_sided(n, n - 1, p, c, &k), FM_OK);
        ck_assert_int_eq(fm_math_capability_bound(k / 3, n, n - 1, c, &bound), FM_OK);
        assert_close(bound, gsl_cdf_ugaussian_Pinv(p) / 3, 1e-10, "bound");
        ck_assert_int_eq(fm_math_capability_needed(bound, n, n - 1, c, &back), FM_OK);
        assert_close(back, k / 3, 1e-10, "needed");
    }
}
END_TEST

START_TEST(capability_size)
{
    const double claims[] = {1, 1.33, 1.5, 1.6};
    for (size_t i = 0; i < 4; i++) {
        uint64_t n = 0;
        double now, before = -1;
        ck_assert_int_eq(fm_math_capability_size(1.67, claims[i], 0.95, &n), FM_OK);
        double m = (double)n;
        ck_assert_int_eq(fm_math_capability_bound(1.67, m, m - 1, 0.95, &now), FM_OK);
        if (n > 2)
            ck_assert_int_eq(fm_math_capability_bound(1.67, m - 1, m - 2, 0.95, &before),
                             FM_OK);
        ck_assert_double_ge(now, claims[i]);
        ck_assert_double_lt(before, claims[i]);
    }
}
END_TEST

START_TEST(tolerance_status)
{
    double x = 42;
    uint64_t n = 42;
    ck_assert_int_eq(fm_math_tolerance_one_sided(0, 5, 0.9, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_tolerance_one_sided(5, 0, 0.9, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_tolerance_one_sided(5, 4, 1, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_tolerance_two_sided(5, 4, 0.9, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_tolerance_two_sided(5, NAN, 0.9, 0.5, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_tolerance_two_sided(INFINITY, 4, 0.9, 0.5, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_bound(NAN, 5, 4, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_bound(1, 5, 4, 1, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_needed(INFINITY, 5, 4, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_size(1.33, 1.33, 0.95, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_size(1.33, NAN, 0.95, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_size(1.33, 1, 0.4, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_capability_size(1.33, 1.3299, 0.95, &n), FM_ERANGE);
    ck_assert_double_eq(x, 42);
    ck_assert_uint_eq(n, 42);
}
END_TEST

/* ---- 5. counts ------------------------------------------------------------------- */

static double
binomial_at_least(uint64_t k, uint64_t n, double p)
{
    double sum = 0;
    for (uint64_t i = k; i <= n; i++)
        sum += exp(gsl_sf_lnchoose((unsigned)n, (unsigned)i) + (double)i * log(p) +
                   (double)(n - i) * log1p(-p));
    return sum;
}

START_TEST(wilks)
{
    for (int i = 0; i < 200; i++) {
        uint64_t n = (uint64_t)between(1, 300), rank = (uint64_t)between(1, (double)n);
        double content = between(0.5, 0.995), c, confidence = between(0.1, 0.99);
        ck_assert_int_eq(fm_math_wilks_confidence(n, rank, content, &c), FM_OK);
        ck_assert_double_eq_tol(c, binomial_at_least(rank, n, 1 - content), 1e-11);
        fm_status st = fm_math_wilks_rank(n, content, confidence, &rank);
        double smallest = 1 - pow(content, (double)n);
        ck_assert_int_eq(st, smallest >= confidence ? FM_OK : FM_ETOOFEW);
        if (st != FM_OK)
            continue;
        ck_assert_double_ge(binomial_at_least(rank, n, 1 - content), confidence - 1e-11);
        ck_assert_double_lt(binomial_at_least(rank + 1, n, 1 - content),
                            confidence + 1e-11);
    }
}
END_TEST

START_TEST(wilks_status)
{
    uint64_t n = 42;
    double c = 42;
    ck_assert_int_eq(fm_math_wilks_confidence(5, 0, 0.9, &c), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_confidence(5, 6, 0.9, &c), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_confidence(5, 1, 1, &c), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_rank(0, 0.9, 0.9, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_rank(5, 0.9, 1, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_rank(21, 0.9, 0.9, &n), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_wilks_size(0, 0.9, 0.9, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_size(1, 0, 0.9, &n), FM_EDOM);
    ck_assert_int_eq(fm_math_wilks_size(1, 1 - 1e-16, 0.95, &n), FM_ERANGE);
    ck_assert_uint_eq(n, 42);
    ck_assert_double_eq(c, 42);
}
END_TEST

START_TEST(fractions)
{
    for (int i = 0; i < 200; i++) {
        uint64_t n = (uint64_t)between(1, 300), k = (uint64_t)between(0, (double)n + 1);
        double confidence = between(0.02, 0.98), low, high;
        ck_assert_int_eq(fm_math_fraction_lower(k, n, confidence, &low), FM_OK);
        ck_assert_int_eq(fm_math_fraction_upper(k, n, confidence, &high), FM_OK);
        if (k > 0)
            ck_assert_double_eq_tol(binomial_at_least(k, n, low), 1 - confidence, 1e-10);
        if (k < n)
            ck_assert_double_eq_tol(binomial_at_least(k + 1, n, high), confidence, 1e-10);
        double mirrored;
        ck_assert_int_eq(fm_math_fraction_upper(n - k, n, confidence, &mirrored), FM_OK);
        ck_assert_double_eq_tol(mirrored, 1 - low, 1e-11);
    }
    double x = 42;
    ck_assert_int_eq(fm_math_fraction_upper(3, 2, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_fraction_upper(0, 0, 0.9, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_fraction_lower(1, 2, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_math_fraction_lower(1, 2, NAN, &x), FM_EDOM);
    ck_assert_double_eq(x, 42);
}
END_TEST

static Suite *
tolerance_suite(void)
{
    Suite *suite = suite_create("math tolerance");
    TCase *tests = tcase_create("tolerance");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, certified_rows);
    tcase_add_test(tests, roots);
    tcase_add_test(tests, roots_status);
    tcase_add_test(tests, agrees_with_series);
    tcase_add_test(tests, central_and_mirror);
    tcase_add_test(tests, many_degrees_of_freedom);
    tcase_add_test(tests, inverses);
    tcase_add_test(tests, nct_status);
    tcase_add_test(tests, factors_make_sense);
    tcase_add_test(tests, capability_agrees_with_k);
    tcase_add_test(tests, capability_size);
    tcase_add_test(tests, tolerance_status);
    tcase_add_test(tests, wilks);
    tcase_add_test(tests, wilks_status);
    tcase_add_test(tests, fractions);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    SRunner *runner = srunner_create(tolerance_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
