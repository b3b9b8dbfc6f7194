/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the pull models for one wire: certified rows, properties, status codes.
 *
 * Contents
 *   1. certified     2. geometry     3. strengths     4. limits
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include "pull/pull_geometry.h"
#include "pull/pull_kernel.h"
#include "pull/pull_limit.h"
#include "pull/pull_strength.h"
#include "pull/test_pull_tools.h"

/* ---- 1. certified rows ----------------------------------------------------------- */

typedef struct row {
    char id[16], quantity[32];
    double in[5], out[2], rel_tol;
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

static double
number_cell(char **rest)
{
    char *cell = next_cell(rest);
    ck_assert_ptr_nonnull(cell);
    return *cell == '\0' ? (double)NAN : strtod(cell, NULL);
}

static void
read_row(char *line, row *r)
{
    char *rest = line;
    (void)snprintf(r->id, sizeof r->id, "%.15s", next_cell(&rest));
    (void)snprintf(r->quantity, sizeof r->quantity, "%.31s", next_cell(&rest));
    for (int i = 0; i < 5; i++)
        r->in[i] = number_cell(&rest);
    for (int i = 0; i < 2; i++)
        r->out[i] = number_cell(&rest);
    r->rel_tol = number_cell(&rest);
    char *source = next_cell(&rest), *how = next_cell(&rest);
    ck_assert_msg(source && how && *source && *how, "%s has no source", r->id);
}

static void
check_tension(const row *r)
{
    const double degree = 3.14159265358979323846 / 180;
    fm_pull_geometry g = {r->in[0], r->in[1], r->in[2], r->in[3], r->in[4] * degree};
    fm_pull_tension t;
    ck_assert_int_eq(fm_pull_tension_eval(&g, &t), FM_OK);
    assert_close(t.tension_1[0], r->out[0], r->rel_tol, r->id);
    assert_close(t.tension_1[1], r->out[1], r->rel_tol, r->id);
}

static void
check_symmetric(const row *r)
{
    double angle = r->in[0] * 3.14159265358979323846 / 180;
    fm_pull_geometry g = {cos(angle), cos(angle), sin(angle), sin(angle), 0};
    fm_pull_tension t;
    ck_assert_int_eq(fm_pull_tension_eval(&g, &t), FM_OK);
    assert_close(t.tension_1[0], r->out[0], r->rel_tol, r->id);
    assert_close(t.tension_1[1], r->out[0], r->rel_tol, r->id);
}

static void
check_limit(const row *r)
{
    const double d[] = {r->in[0], r->in[2]}, f[] = {r->in[1], r->in[3]};
    double limit;
    ck_assert_int_eq(fm_pull_limit_eval(2, d, f, r->in[4], &limit), FM_OK);
    assert_close(limit, r->out[0], r->rel_tol, r->id);
}

static void
check_number(const row *r)
{
    double x = NAN;
    fm_pull_strength s = {0};
    if (strcmp(r->quantity, "height") == 0) {
        ck_assert_int_eq(fm_pull_height_solve(r->in[0], r->in[1], r->in[2], r->in[3], &x),
                         FM_OK);
    } else if (strcmp(r->quantity, "weibull") == 0) {
        ck_assert_int_eq(fm_pull_strength_make(FM_PULL_WEIBULL, r->in[0], r->in[1], &s),
                         FM_OK);
        assert_close(fm_pull_strength_mean(&s), r->in[0], 1e-13, r->id);
        x = s.scale;
    } else if (strcmp(r->quantity, "normal_quantile") == 0) {
        fm_pull_normal_quantiles(1, r->in, &x);
    } else if (strcmp(r->quantity, "load") == 0) {
        ck_assert_int_eq(fm_pull_breaking_load(r->in[0] * 1e-6, r->in[1] * 1e6, &x),
                         FM_OK);
        x /= 9.80665e-3;
    } else {
        ck_abort_msg("%s: unknown quantity '%s'", r->id, r->quantity);
    }
    assert_close(x, r->out[0], r->rel_tol, r->id);
}

START_TEST(certified_rows)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[1024];
    size_t n_rows = 0;
    (void)snprintf(path, sizeof path, "%s/src/pull/pull_certified.csv", top ? top : "..");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        row r = {0};
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        read_row(line, &r);
        n_rows++;
        if (strcmp(r.quantity, "tension") == 0)
            check_tension(&r);
        else if (strcmp(r.quantity, "symmetric") == 0)
            check_symmetric(&r);
        else if (strcmp(r.quantity, "limit") == 0)
            check_limit(&r);
        else
            check_number(&r);
    }
    (void)fclose(file);
    ck_assert_uint_ge(n_rows, 30);
}
END_TEST

/* ---- 2. geometry ----------------------------------------------------------------- */

static fm_pull_geometry
random_geometry(void)
{
    fm_pull_geometry g = {between(50, 900), between(50, 900), between(40, 700),
                          between(40, 700), 0};
    /* A tilt that leaves both spans taut. */
    double most = fmin(atan2(g.a_m, g.h1_m), atan2(g.b_m, g.h2_m));
    g.tilt_rad = between(-0.95, 0.95) * most;
    return g;
}

START_TEST(forces_balance)
{
    for (int i = 0; i < 2000; i++) {
        fm_pull_geometry g = random_geometry();
        fm_pull_tension t;
        ck_assert_int_eq(fm_pull_tension_eval(&g, &t), FM_OK);
        ck_assert(!t.slack[0] && !t.slack[1]);
        /* Relative to F = 1 times the largest part. */
        double scale = 1 + t.tension_1[0] + t.tension_1[1];
        double up = t.peel_1[0] + t.peel_1[1], along = t.shear_1[1] - t.shear_1[0];
        ck_assert_double_eq_tol(up, cos(g.tilt_rad), tol2 * scale);
        ck_assert_double_eq_tol(along, -sin(g.tilt_rad), tol2 * scale);
        for (int side = 0; side < 2; side++)
            assert_close(hypot(t.peel_1[side], t.shear_1[side]), t.tension_1[side], tol1,
                         "peel and shear");
    }
}
END_TEST

START_TEST(mirror_and_scale)
{
    for (int i = 0; i < 500; i++) {
        fm_pull_geometry g = random_geometry();
        fm_pull_geometry m = {g.b_m, g.a_m, g.h2_m, g.h1_m, -g.tilt_rad};
        double s = between(1e-9, 1e3);
        fm_pull_geometry k = {s * g.a_m, s * g.b_m, s * g.h1_m, s * g.h2_m, g.tilt_rad};
        fm_pull_tension t, t_mirror, t_scaled;
        ck_assert_int_eq(fm_pull_tension_eval(&g, &t), FM_OK);
        ck_assert_int_eq(fm_pull_tension_eval(&m, &t_mirror), FM_OK);
        ck_assert_int_eq(fm_pull_tension_eval(&k, &t_scaled), FM_OK);
        for (int side = 0; side < 2; side++) {
            assert_close(t_mirror.tension_1[1 - side], t.tension_1[side], tol2, "mirror");
            assert_close(t_scaled.tension_1[side], t.tension_1[side], 1e-11, "scale");
        }
    }
}
END_TEST

START_TEST(harman_form)
{
    /* The usual notation of the literature, vertical pull and tilted. */
    for (int i = 0; i < 500; i++) {
        fm_pull_geometry g = random_geometry();
        double d = g.a_m + g.b_m, e = g.a_m / d, h = g.h1_m, rise = g.h2_m - g.h1_m;
        double c = cos(g.tilt_rad), s = sin(g.tilt_rad), down = h + e * rise;
        double wt =
            sqrt(h * h + e * e * d * d) * ((1 - e) * c + (h + rise) / d * s) / down;
        double r = (1 - e) * d / (h + rise);
        double wd = (h + rise) * sqrt(1 + r * r) * (e * c - h / d * s) / down;
        fm_pull_tension t;
        ck_assert_int_eq(fm_pull_tension_eval(&g, &t), FM_OK);
        assert_close(t.tension_1[0], wt, 1e-11, "T1");
        assert_close(t.tension_1[1], wd, 1e-11, "T2");
    }
}
END_TEST

START_TEST(slack)
{
    fm_pull_geometry over_bond = {0, 812.5, 237.3, 391.7, 0};
    fm_pull_geometry along = {500, 500, 250, 250, atan2(500, 250)};
    fm_pull_geometry beyond = {500, 500, 250, 250, atan2(500, 250) + 0.01};
    fm_pull_tension t, before;
    memset(&t, 0, sizeof t); /* the comparison below reads the padding, too */
    ck_assert_int_eq(fm_pull_tension_eval(&over_bond, &t), FM_OK);
    ck_assert(t.slack[1] && !t.slack[0]);
    assert_close(t.tension_1[0], 1, tol1, "all of F in span 1");
    ck_assert_double_eq(t.tension_1[1], 0);
    /* Pulled exactly along span 1, away from bond 1: only span 1 carries. */
    ck_assert_int_eq(fm_pull_tension_eval(&along, &t), FM_OK);
    ck_assert(t.slack[1]);
    assert_close(t.tension_1[0], 1, tol1, "all of F in span 1");
    memcpy(&before, &t, sizeof t);
    ck_assert_int_eq(fm_pull_tension_eval(&beyond, &t), FM_EVALID);
    beyond.tilt_rad = -beyond.tilt_rad;
    ck_assert_int_eq(fm_pull_tension_eval(&beyond, &t), FM_EVALID);
    ck_assert_mem_eq(&t, &before, sizeof t);
}
END_TEST

START_TEST(geometry_domain)
{
    const double half_pi = 1.5707963267948966;
    const fm_pull_geometry bad[] = {
        {-1, 500, 250, 250, 0}, {500, -1, 250, 250, 0}, {0, 0, 250, 250, 0},
        {NAN, 5, 2, 2, 0},      {5, INFINITY, 2, 2, 0}, {5, 5, NAN, 2, 0},
        {5, 5, 2, INFINITY, 0}, {500, 500, 0, 0, 0},    {500, 500, -250, -250, 0},
        {5, 5, 2, 2, half_pi},  {5, 5, 2, 2, -1.6},     {5, 5, 2, 2, NAN},
    };
    fm_pull_tension t, same;
    memset(&t, 0, sizeof t);
    memset(&same, 0, sizeof same);
    t.tension_1[0] = same.tension_1[0] = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(fm_pull_tension_eval(&bad[i], &t), FM_EDOM);
        ck_assert_mem_eq(&t, &same, sizeof t);
    }
    fm_pull_geometry g = {1, 2, 3, 4, 5}, g_same = g;
    ck_assert_int_eq(fm_pull_geometry_make(0, 0.5, 2, 0, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(NAN, 0.5, 2, 0, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(INFINITY, 0.5, 2, 0, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(9, -0.1, 2, 0, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(9, 1.1, 2, 0, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(9, 0.5, NAN, 0, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(9, 0.5, 2, INFINITY, 0, &g), FM_EDOM);
    ck_assert_int_eq(fm_pull_geometry_make(9, 0.5, 2, 0, NAN, &g), FM_EDOM);
    ck_assert_mem_eq(&g, &g_same, sizeof g);
    ck_assert_int_eq(fm_pull_geometry_make(1000, 0.3, 200, 150, 0.1, &g), FM_OK);
    assert_close(g.a_m, 300, tol0, "a");
    assert_close(g.b_m, 700, tol0, "b");
    ck_assert_double_eq(g.h2_m, 350);
}
END_TEST

START_TEST(height_inverts_length)
{
    for (int i = 0; i < 5000; i++) {
        double a = between(0, 900), b = between(1, 900), h = between(1e-3, 800);
        double drop = between(-h, 500), found = NAN;
        double length = hypot(a, h) + hypot(b, h + drop);
        ck_assert_int_eq(fm_pull_height_solve(a, b, drop, length, &found), FM_OK);
        /* Near a stretched wire the length says little about the height. */
        double slope = h / hypot(a, h) + (h + drop) / hypot(b, h + drop);
        ck_assert_double_eq_tol(found, h, tol1 * length / slope + tol1 * h);
    }
}
END_TEST

START_TEST(height_status)
{
    double h = 42;
    ck_assert_int_eq(fm_pull_height_solve(500, 500, 0, 999.9, &h), FM_EVALID);
    ck_assert_int_eq(fm_pull_height_solve(500, 500, -300, 1080, &h), FM_EVALID);
    ck_assert_int_eq(fm_pull_height_solve(-1, 500, 0, 1200, &h), FM_EDOM);
    ck_assert_int_eq(fm_pull_height_solve(500, NAN, 0, 1200, &h), FM_EDOM);
    ck_assert_int_eq(fm_pull_height_solve(0, 0, 0, 1200, &h), FM_EDOM);
    ck_assert_int_eq(fm_pull_height_solve(500, 500, INFINITY, 1200, &h), FM_EDOM);
    ck_assert_int_eq(fm_pull_height_solve(500, 500, 0, 0, &h), FM_EDOM);
    ck_assert_int_eq(fm_pull_height_solve(500, 500, 0, INFINITY, &h), FM_EDOM);
    ck_assert_double_eq(h, 42);
    /* A wire that is just long enough lies straight. */
    ck_assert_int_eq(fm_pull_height_solve(500, 500, 0, 1000, &h), FM_OK);
    ck_assert_double_le(h, 1e-3);
}
END_TEST

/* ---- 3. strengths ---------------------------------------------------------------- */

static const fm_pull_family families[] = {FM_PULL_WEIBULL, FM_PULL_LOGNORMAL,
                                          FM_PULL_NORMAL};

START_TEST(quantile_inverts_survival)
{
    for (int i = 0; i < 3000; i++) {
        double mean = between(0.01, 0.4), cv = between(0.01, 0.9), x;
        double p = i % 3 == 0 ? pow(10, between(-12, -1)) : uniform();
        fm_pull_strength s;
        ck_assert_int_eq(fm_pull_strength_make(families[i % 3], mean, cv, &s), FM_OK);
        ck_assert_int_eq(fm_pull_strength_quantile(&s, p, &x), FM_OK);
        double back = -expm1(fm_pull_strength_log_survival(&s, x));
        /* The normal's lower end is a small part of the uncut one. */
        double tol = s.family == FM_PULL_NORMAL ? 1e-12 + 1e-15 * s.cut_1 / p : 1e-11;
        assert_close(back, p, tol, "p");
    }
}
END_TEST

START_TEST(upper_tail)
{
    for (int i = 0; i < 300; i++) {
        double p = 1 - ldexp(1, -(10 + i % 30)), x;
        fm_pull_strength s;
        ck_assert_int_eq(
            fm_pull_strength_make(families[i % 3], 0.1, between(0.02, 0.4), &s), FM_OK);
        ck_assert_int_eq(fm_pull_strength_quantile(&s, p, &x), FM_OK);
        assert_close(fm_pull_strength_log_survival(&s, x), log(1 - p), 1e-11,
                     "ln(1 - p)");
    }
}
END_TEST

/* Mean and variance by the trapezoid rule over normal scores, which converges fast. */
static void
moments_of(const fm_pull_strength *s, double *mean_out, double *cv_out)
{
    const int n = 4000;
    double sum = 0, square = 0, weight = 0;
    for (int i = 0; i <= n; i++) {
        double z = -8 + 16.0 * i / n, w = exp(-z * z / 2), x;
        double p = fmin(gsl_cdf_ugaussian_P(z), 1 - DBL_EPSILON / 2);
        ck_assert_int_eq(fm_pull_strength_quantile(s, p, &x), FM_OK);
        sum += w * x;
        square += w * x * x;
        weight += w;
    }
    *mean_out = sum / weight;
    *cv_out = sqrt(square / weight - *mean_out * *mean_out) / *mean_out;
}

START_TEST(moments_are_as_asked)
{
    const double cvs[] = {0.031, 0.127, 0.44};
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < 3; i++) {
            fm_pull_strength s;
            double mean, cv;
            ck_assert_int_eq(fm_pull_strength_make(families[f], 0.0917, cvs[i], &s),
                             FM_OK);
            moments_of(&s, &mean, &cv);
            assert_close(mean, 0.0917, 1e-9, "mean");
            assert_close(cv, cvs[i], 1e-7, "cv");
            assert_close(fm_pull_strength_mean(&s), 0.0917, 1e-13, "mean()");
        }
    }
    fm_pull_strength s;
    double mean, cv;
    ck_assert_int_eq(fm_pull_strength_make(FM_PULL_NORMAL, 0.0917, 0.61, &s), FM_OK);
    moments_of(&s, &mean, &cv);
    assert_close(fm_pull_strength_mean(&s), mean, 1e-6, "mean after the cut");
    ck_assert_double_gt(mean, 0.0917);
}
END_TEST

START_TEST(strength_status)
{
    fm_pull_strength s, same;
    memset(&s, 7, sizeof s); /* padding included */
    memcpy(&same, &s, sizeof s);
    const double bad_mean[] = {0, -1, NAN, INFINITY},
                 bad_cv[] = {0, -0.1, NAN, 2.01, 5e-5};
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(fm_pull_strength_make(FM_PULL_WEIBULL, bad_mean[i], 0.1, &s),
                         FM_EDOM);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(fm_pull_strength_make(FM_PULL_LOGNORMAL, 0.1, bad_cv[i], &s),
                         FM_EDOM);
    ck_assert_int_eq(fm_pull_strength_make(FM_PULL_NORMAL, 0.1, 1.01, &s), FM_EDOM);
    ck_assert_int_eq(fm_pull_strength_make((fm_pull_family)17, 0.1, 0.1, &s), FM_EDOM);
    ck_assert_mem_eq(&s, &same, sizeof s);
    ck_assert_int_eq(fm_pull_strength_make(FM_PULL_NEVER, 0, 0, &s), FM_OK);
    ck_assert_double_eq(fm_pull_strength_log_survival(&s, 1e9), 0);
    ck_assert(isinf(fm_pull_strength_mean(&s)));
    double x = 42;
    ck_assert_int_eq(fm_pull_strength_quantile(&s, 0.5, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_strength_make(FM_PULL_WEIBULL, 0.1, 0.1, &s), FM_OK);
    ck_assert_int_eq(fm_pull_strength_quantile(&s, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_strength_quantile(&s, 1, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_strength_quantile(&s, NAN, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_breaking_load(0, 2e8, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_breaking_load(1e-5, NAN, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_breaking_load(1e200, 1e8, &x), FM_ERANGE);
    ck_assert_double_eq(x, 42);
    ck_assert_double_eq(fm_pull_strength_log_survival(&s, -1), 0);
}
END_TEST

/* ---- 4. limits ------------------------------------------------------------------- */

START_TEST(limit_between_rows)
{
    const double d[] = {17.78e-6, 25.4e-6, 33.02e-6, 38.1e-6};
    const double f[] = {1.5, 3, 4, 5};
    double x;
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(fm_pull_limit_eval(4, d, f, d[i], &x), FM_OK);
        ck_assert_double_eq(x, f[i]);
        /* A mil that became micrometres on another way. */
        ck_assert_int_eq(fm_pull_limit_eval(4, d, f, d[i] * (1 + 3e-16), &x), FM_OK);
        ck_assert_double_eq(x, f[i]);
    }
    double last = 0;
    for (int i = 0; i < 117; i++) {
        double at = 18e-6 + 0.17e-6 * i;
        ck_assert_int_eq(fm_pull_limit_eval(4, d, f, at, &x), FM_OK);
        ck_assert_double_gt(x, last);
        last = x;
    }
    /* A power law between its rows is itself. */
    const double g[] = {2e-5, 7e-5}, w[] = {3 * pow(2e-5, 1.7), 3 * pow(7e-5, 1.7)};
    ck_assert_int_eq(fm_pull_limit_eval(2, g, w, 4.3e-5, &x), FM_OK);
    assert_close(x, 3 * pow(4.3e-5, 1.7), 1e-13, "power law");
}
END_TEST

START_TEST(limit_status)
{
    const double d[] = {1, 2, 2}, f[] = {1, 2, 3}, zero[] = {0, 2}, minus[] = {1, -2};
    double x = 42;
    ck_assert_int_eq(fm_pull_limit_eval(0, d, f, 1, &x), FM_ETOOFEW);
    ck_assert_int_eq(fm_pull_limit_eval(2, d, f, 0, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_limit_eval(2, d, f, NAN, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_limit_eval(2, d, f, 0.99, &x), FM_EVALID);
    ck_assert_int_eq(fm_pull_limit_eval(2, d, f, 2.01, &x), FM_EVALID);
    ck_assert_int_eq(fm_pull_limit_eval(3, d, f, 1.5, &x), FM_EDATA);
    ck_assert_int_eq(fm_pull_limit_eval(2, zero, f, 1.5, &x), FM_EDATA);
    ck_assert_int_eq(fm_pull_limit_eval(2, d, minus, 1.5, &x), FM_EDATA);
    ck_assert_double_eq(x, 42);
}
END_TEST

static Suite *
pull_suite(void)
{
    Suite *suite = suite_create("pull");
    TCase *geometry = tcase_create("geometry");
    TCase *strength = tcase_create("strength");
    tcase_add_test(geometry, certified_rows);
    tcase_add_test(geometry, forces_balance);
    tcase_add_test(geometry, mirror_and_scale);
    tcase_add_test(geometry, harman_form);
    tcase_add_test(geometry, slack);
    tcase_add_test(geometry, geometry_domain);
    tcase_add_test(geometry, height_inverts_length);
    tcase_add_test(geometry, height_status);
    tcase_add_test(strength, quantile_inverts_survival);
    tcase_add_test(strength, upper_tail);
    tcase_add_test(strength, moments_are_as_asked);
    tcase_add_test(strength, strength_status);
    tcase_add_test(strength, limit_between_rows);
    tcase_add_test(strength, limit_status);
    suite_add_tcase(suite, geometry);
    suite_add_tcase(suite, strength);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    seed_tests();
    SRunner *runner = srunner_create(pull_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
