/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the pull models: certified rows, properties, closed forms, status codes.
 *
 * Contents
 *   1. helpers       3. geometry    5. limits            7. the weakest link
 *   2. certified     4. strengths   6. elementary loops  8. tallies and readings
 */
#include "config.h"

#include <check.h>
#include <float.h>
#include <inttypes.h>
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
#include "pull/pull_tally.h"

/* ---- 1. helpers ------------------------------------------------------------------ */

static const double tol0 = 2 * DBL_EPSILON;
static const double tol1 = 16 * DBL_EPSILON;
static const double tol2 = 256 * DBL_EPSILON;
/* Statistical checks: 4.5 standard errors, false alarms below 1e-5 each. */
static const double z_stat = 4.5;

static uint64_t state;

/* Uniform in (0, 1) by splitmix64; the generator of the program is tested elsewhere. */
static double
uniform(void)
{
    state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return ((double)(z >> 12) + 0.5) * 0x1p-52;
}

static double
between(double low, double high)
{
    return low + (high - low) * uniform();
}

static void
seed_tests(void)
{
    const char *text = getenv("FM_TEST_SEED");
    state = text != NULL ? strtoull(text, NULL, 10) : 20261121;
}

static void
assert_close(double found, double expected, double rel_tol, const char *what)
{
    double scale = fabs(expected) > 0 ? fabs(expected) : 1;
    ck_assert_msg(fabs(found - expected) <= rel_tol * scale,
                  "%s: %.17g, expected %.17g within %.2g", what, found, expected,
                  rel_tol);
}

/* ---- 2. certified rows ----------------------------------------------------------- */

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

/* ---- 3. geometry ----------------------------------------------------------------- */

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

/* ---- 4. strengths ---------------------------------------------------------------- */

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

/* ---- 5. limits ------------------------------------------------------------------- */

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

/* ---- 6. elementary loops --------------------------------------------------------- */

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

/* ---- 7. the weakest link --------------------------------------------------------- */

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

/* ---- 8. tallies and readings ----------------------------------------------------- */

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
pull_suite(void)
{
    Suite *suite = suite_create("pull");
    TCase *geometry = tcase_create("geometry"), *rest = tcase_create("strength");
    tcase_add_test(geometry, certified_rows);
    tcase_add_test(geometry, forces_balance);
    tcase_add_test(geometry, mirror_and_scale);
    tcase_add_test(geometry, harman_form);
    tcase_add_test(geometry, slack);
    tcase_add_test(geometry, geometry_domain);
    tcase_add_test(geometry, height_inverts_length);
    tcase_add_test(geometry, height_status);
    tcase_add_test(rest, quantile_inverts_survival);
    tcase_add_test(rest, upper_tail);
    tcase_add_test(rest, moments_are_as_asked);
    tcase_add_test(rest, strength_status);
    tcase_add_test(rest, limit_between_rows);
    tcase_add_test(rest, limit_status);
    tcase_add_test(rest, normal_quantiles_invert);
    tcase_add_test(rest, kernel_is_the_scalar_model);
    tcase_add_test(rest, weibull_system);
    tcase_add_test(rest, break_probability);
    tcase_add_test(rest, common_random_numbers);
    tcase_add_test(rest, weakest_status);
    tcase_add_test(rest, coefficients);
    tcase_add_test(rest, readings);
    tcase_add_test(rest, moments_in_parts);
    tcase_add_test(rest, counts);
    tcase_add_test(rest, fraction_bound);
    suite_add_tcase(suite, geometry);
    suite_add_tcase(suite, rest);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    seed_tests();
    printf("FM_TEST_SEED=%" PRIu64 "\n", state);
    fill_uniforms();
    SRunner *runner = srunner_create(pull_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
