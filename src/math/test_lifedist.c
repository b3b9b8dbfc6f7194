/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the life distributions and their fits.
 *
 * Contents
 *   1. certified rows   2. distributions   3. derivatives, properties   4. intervals
 *   5. goodness of fit  6. failures
 */
#include "config.h"

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>

#include "math/lifedist.h"
#include "math/root.h"
#include "math/test_lifedist_data.h"

enum {
    N_MAX = 200,
    N_CELLS = 10
};

typedef struct sample {
    size_t n;
    double x[N_MAX], weight[N_MAX], y[N_MAX];
    unsigned char failed[N_MAX];
    fm_math_life_data data;
} sample;

static const char *const family_names[] = {"weibull", "lognormal", "normal", "sev",
                                           "weibull3"};

/* Splitmix64; the program's own generator is tested elsewhere. */
static double
uniform(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return ((double)(z >> 12) + 0.5) * 0x1p-52;
}

static void
assert_close(double found, double expected, double rel_tol, const char *what)
{
    double scale = fabs(expected) > 0 ? fabs(expected) : 1;
    ck_assert_msg(fabs(found - expected) <= rel_tol * scale,
                  "%s: %.17g, expected %.17g within %.2g", what, found, expected,
                  rel_tol);
}

static void
bind(sample *s, size_t n)
{
    s->n = n;
    s->data = (fm_math_life_data){n, s->x, s->weight, s->failed};
}

/* cause < 0: every failure counts. */
static void
load(sample *s, const char *name, int cause)
{
    const life_row *rows;
    size_t n = life_rows(name, &rows);
    ck_assert_msg(n > 0, "no data set '%s'", name);
    for (size_t i = 0; i < n; i++) {
        s->x[i] = rows[i].x;
        s->weight[i] = rows[i].n;
        s->failed[i] = rows[i].cause > 0 && (cause < 0 || rows[i].cause == cause);
    }
    bind(s, n);
}

static void
draw(sample *s, size_t n, fm_math_life life, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        double a, c;
        ck_assert_int_eq(fm_math_life_quantile(&life, uniform(&seed), &a), FM_OK);
        ck_assert_int_eq(fm_math_life_quantile(&life, 0.3 + 0.7 * uniform(&seed), &c),
                         FM_OK);
        s->x[i] = fmin(a, c);
        s->failed[i] = a <= c;
        s->weight[i] = 1;
    }
    bind(s, n);
}

/* ---- 1. certified rows ------------------------------------------------------------ */

static int
split(char *line, char *cell[N_CELLS])
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; p != NULL && n < N_CELLS; n++) {
        cell[n] = p;
        p = strchr(p, ',');
        if (p != NULL)
            *p++ = '\0';
    }
    return n;
}

static int
family_of(const char *name)
{
    int k = 0;
    while (strcmp(family_names[k], name) != 0)
        k++;
    return k;
}

static double
quantile_bound(const fm_math_life_fit *fit, double p, bool upper)
{
    fm_math_bounds b;
    double z = fm_math_life_z(fit->life.family, p);
    ck_assert_int_eq(fm_math_life_wald(fit, FM_MATH_AT_QUANTILE, z, 0.95, &b), FM_OK);
    return fm_math_life_x(&fit->life, upper ? b.upper : b.lower);
}

static double
shape_bound(const sample *s, const fm_math_life_fit *fit, bool upper)
{
    fm_math_bounds b;
    fm_math_life_question q = {s->y, &s->data, FM_MATH_AT_SCALE, 0, 0.95};
    ck_assert_int_eq(fm_math_life_interval(fit, &q, &b), FM_OK);
    return 1 / (upper ? b.lower : b.upper);
}

static double
quantity(const sample *s, const fm_math_life_fit *fit, const char *name, double p)
{
    double x = NAN;
    if (strcmp(name, "shape") == 0)
        return 1 / fit->life.scale;
    if (strcmp(name, "scale") == 0)
        return exp(fit->life.location);
    if (strcmp(name, "mu") == 0)
        return fit->life.location;
    if (strcmp(name, "sigma") == 0)
        return fit->life.scale;
    if (strcmp(name, "loglik") == 0)
        return fit->loglik;
    if (strcmp(name, "se_mu") == 0)
        return sqrt(fit->cov[0]);
    if (strcmp(name, "se_sigma") == 0)
        return sqrt(fit->cov[4]);
    if (strcmp(name, "cov") == 0)
        return fit->cov[1];
    if (strcmp(name, "lr_shape_lower") == 0 || strcmp(name, "lr_shape_upper") == 0)
        return shape_bound(s, fit, name[9] == 'u');
    if (strcmp(name, "quantile") == 0)
        ck_assert_int_eq(fm_math_life_quantile(&fit->life, p, &x), FM_OK);
    else if (strcmp(name, "quantile_lower") == 0 || strcmp(name, "quantile_upper") == 0)
        x = quantile_bound(fit, p, name[9] == 'u');
    return x;
}

START_TEST(certified_rows)
{
    char path[1024], line[1024], *cell[N_CELLS];
    const char *top = getenv("top_srcdir");
    int n = 0;
    (void)snprintf(path, sizeof path, "%s/src/math/lifedist_certified.csv",
                   top ? top : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "no %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        ck_assert_int_eq(split(line, cell), N_CELLS);
        sample s;
        fm_math_life_fit fit;
        load(&s, cell[1], strcmp(cell[3], "any") == 0 ? -1 : atoi(cell[3]));
        ck_assert_int_eq(
            fm_math_life_fit_eval((fm_math_family)family_of(cell[2]), &s.data, s.y, &fit),
            FM_OK);
        double p = cell[5][0] != '\0' ? strtod(cell[5], NULL) : 0;
        assert_close(quantity(&s, &fit, cell[4], p), strtod(cell[6], NULL),
                     strtod(cell[7], NULL), cell[0]);
        n++;
    }
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_ge(n, 200);
    printf("%d certified rows\n", n);
}
END_TEST

/* ---- 2. distributions ------------------------------------------------------------- */

static const fm_math_life some[] = {{FM_MATH_WEIBULL, 2.385, 0.317, 0},
                                    {FM_MATH_LOGNORMAL, 1.917, 0.284, 0},
                                    {FM_MATH_NORMAL, 7.31, 1.93, 0},
                                    {FM_MATH_SEV, 8.07, 1.37, 0},
                                    {FM_MATH_WEIBULL3, 1.43, 0.571, 3.19}};

static double
density(double x, void *life)
{
    return fm_math_life_pdf(life, x);
}

static double
first_moment(double x, void *life)
{
    return x * fm_math_life_pdf(life, x);
}

static double
second_moment(double x, void *life)
{
    return x * x * fm_math_life_pdf(life, x);
}

static double
integral(double (*f)(double, void *), const fm_math_life *life, double low, double high)
{
    fm_math_life copy = *life;
    gsl_function g = {f, &copy};
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(500);
    double sum = NAN, error;
    (void)gsl_integration_qag(&g, low, high, 0, 1e-11, 500, GSL_INTEG_GAUSS61, w, &sum,
                              &error);
    gsl_integration_workspace_free(w);
    return sum;
}

START_TEST(distributions_agree)
{
    const fm_math_life *life = &some[_i];
    double low, mid, high, mean, sd, x;
    ck_assert_int_eq(fm_math_life_quantile(life, 1e-14, &low), FM_OK);
    ck_assert_int_eq(fm_math_life_quantile(life, 0.5, &mid), FM_OK);
    ck_assert_int_eq(fm_math_life_quantile(life, 1 - 1e-15, &high), FM_OK);
    assert_close(integral(density, life, low, mid), 0.5, 1e-10, "half the mass");
    ck_assert_int_eq(fm_math_life_moments(life, &mean, &sd), FM_OK);
    assert_close(integral(first_moment, life, low, high), mean, 1e-9, "mean");
    assert_close(integral(second_moment, life, low, high), mean * mean + sd * sd, 1e-9,
                 "second moment");
    for (double p = 0.0173; p < 1; p += 0.0917) {
        ck_assert_int_eq(fm_math_life_quantile(life, p, &x), FM_OK);
        assert_close(fm_math_life_cdf(life, x), p, 1e-12, "cdf of the quantile");
        assert_close(fm_math_life_survival(life, x), 1 - p, 1e-12, "survival");
        assert_close(fm_math_life_p(life->family, fm_math_life_z(life->family, p)), p,
                     1e-13, "p of z");
    }
    ck_assert_int_eq(fm_math_life_quantile(life, 1e-12, &x), FM_OK);
    /* Above a threshold the difference of x and threshold has lost digits. */
    double tol = life->family == FM_MATH_WEIBULL3 ? 1e-7 : 1e-11;
    assert_close(fm_math_life_cdf(life, x), 1e-12, tol, "lower tail");
}
END_TEST

START_TEST(tails_and_limits)
{
    double x = 42, sd = 43;
    for (int k = 0; k < FM_MATH_N_FAMILIES; k++) {
        ck_assert_int_eq(fm_math_life_quantile(&some[k], 0, &x), FM_EDOM);
        ck_assert_int_eq(fm_math_life_quantile(&some[k], 1, &x), FM_EDOM);
        ck_assert_int_eq(fm_math_life_quantile(&some[k], NAN, &x), FM_EDOM);
    }
    fm_math_life wide = {FM_MATH_LOGNORMAL, 1, 60, 0};
    ck_assert_int_eq(fm_math_life_moments(&wide, &x, &sd), FM_ERANGE);
    wide.family = FM_MATH_WEIBULL;
    wide.scale = 400;
    ck_assert_int_eq(fm_math_life_moments(&wide, &x, &sd), FM_ERANGE);
    ck_assert(x >= 42 && x <= 42 && sd >= 43 && sd <= 43);
    /* Below the support. */
    const fm_math_life *w3 = &some[FM_MATH_WEIBULL3];
    ck_assert(isinf(fm_math_life_log_pdf(w3, 3)) && fm_math_life_pdf(w3, 3) <= 0);
    ck_assert(fm_math_life_log_survival(w3, 3) >= 0);
    ck_assert(fm_math_life_cdf(&some[0], -1) <= 0 && fm_math_life_cdf(&some[1], 0) <= 0);
    ck_assert(isnan(fm_math_life_cdf(&some[0], NAN)));
    /* Far in the upper tail of a normal: Mills' ratio by hand at z = 40. */
    fm_math_life n01 = {FM_MATH_NORMAL, 0, 1, 0};
    assert_close(fm_math_life_log_survival(&n01, 40), -804.608442013753788, 1e-13, "40");
}
END_TEST

/* ---- 3. derivatives, properties --------------------------------------------------- */

START_TEST(derivatives_by_differences)
{
    sample s;
    double score[2], info[4], up[2], down[2], l[2], rest[4];
    draw(&s, 60, some[_i], 77);
    fm_math_life life = some[_i];
    ck_assert_int_eq(fm_math_life_derivatives(&life, &s.data, score, info), FM_OK);
    for (int k = 0; k < 2; k++) {
        const double h = 1e-5;
        fm_math_life a = life, b = life;
        *(k == 0 ? &a.location : &a.scale) += h;
        *(k == 0 ? &b.location : &b.scale) -= h;
        ck_assert_int_eq(fm_math_life_loglik(&a, &s.data, &l[0]), FM_OK);
        ck_assert_int_eq(fm_math_life_loglik(&b, &s.data, &l[1]), FM_OK);
        ck_assert_double_eq_tol((l[0] - l[1]) / (2 * h), score[k],
                                1e-5 * (1 + fabs(score[k])));
        ck_assert_int_eq(fm_math_life_derivatives(&a, &s.data, up, rest), FM_OK);
        ck_assert_int_eq(fm_math_life_derivatives(&b, &s.data, down, rest), FM_OK);
        for (int j = 0; j < 2; j++)
            ck_assert_double_eq_tol((down[j] - up[j]) / (2 * h), info[2 * k + j],
                                    1e-5 * (1 + fabs(info[2 * k + j])));
    }
}
END_TEST

/* At the fit the score is 0, and no neighbour is more likely. */
START_TEST(fits_are_maxima)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        sample s;
        fm_math_life_fit fit;
        double score[2], info[4], l;
        draw(&s, 80, some[_i], seed);
        fm_status st = fm_math_life_fit_eval(some[_i].family, &s.data, s.y, &fit);
        if (some[_i].family == FM_MATH_WEIBULL3 && st == FM_EVALID)
            continue; /* no inner maximum for this sample */
        ck_assert_int_eq(st, FM_OK);
        ck_assert_int_eq(fm_math_life_derivatives(&fit.life, &s.data, score, info),
                         FM_OK);
        ck_assert_double_eq_tol(score[0] * sqrt(fit.cov[0]), 0, 1e-7);
        ck_assert_double_eq_tol(score[1] * sqrt(fit.cov[4]), 0, 1e-7);
        for (int k = 0; k < 6; k++) {
            fm_math_life near = fit.life;
            double step = (k % 2 ? 0.01 : -0.01) * near.scale;
            *(k < 2 ? &near.location : k < 4 ? &near.scale : &near.threshold) += step;
            if (k >= 4 && some[_i].family != FM_MATH_WEIBULL3)
                continue;
            ck_assert_int_eq(fm_math_life_loglik(&near, &s.data, &l), FM_OK);
            ck_assert_double_lt(l, fit.loglik);
        }
    }
}
END_TEST

/* A weight is a number of copies; order, and rows censored near 0, say nothing. */
START_TEST(weights_are_copies)
{
    sample s, t;
    fm_math_life_fit a, b;
    draw(&s, 40, some[_i], 5);
    for (size_t i = 0; i < s.n; i++)
        s.weight[i] = (double)(i % 4);
    size_t n = 0;
    for (size_t i = s.n; i-- > 0;)
        for (size_t k = 0; k < i % 4; k++) {
            t.x[n] = s.x[i];
            t.failed[n++] = s.failed[i];
        }
    if (some[_i].family == FM_MATH_WEIBULL || some[_i].family == FM_MATH_LOGNORMAL) {
        t.x[n] = 1e-12;
        t.failed[n++] = 0;
    }
    bind(&t, n);
    t.data.weight = NULL;
    fm_status st = fm_math_life_fit_eval(some[_i].family, &s.data, s.y, &a);
    ck_assert_int_eq(fm_math_life_fit_eval(some[_i].family, &t.data, t.y, &b), st);
    if (st != FM_OK)
        return;
    assert_close(a.life.location, b.life.location, 1e-9, "location");
    assert_close(a.life.scale, b.life.scale, 1e-8, "scale");
    assert_close(a.loglik, b.loglik, 1e-11, "loglik");
    /* Values in another unit: scale by 1000. */
    for (size_t i = 0; i < t.n; i++)
        t.x[i] *= 1000;
    ck_assert_int_eq(fm_math_life_fit_eval(some[_i].family, &t.data, t.y, &b), FM_OK);
    double q[2];
    ck_assert_int_eq(fm_math_life_quantile(&a.life, 0.1, &q[0]), FM_OK);
    ck_assert_int_eq(fm_math_life_quantile(&b.life, 0.1, &q[1]), FM_OK);
    assert_close(q[1], 1000 * q[0], 1e-8, "quantile in another unit");
    assert_close(b.loglik, a.loglik - a.n_failed * log(1000), 1e-11, "Jacobian");
}
END_TEST

START_TEST(refit_is_a_fit)
{
    sample s;
    fm_math_life_fit fit, again;
    fm_math_life life;
    draw(&s, 100, some[_i], 11);
    fm_status st = fm_math_life_fit_eval(some[_i].family, &s.data, s.y, &fit);
    if (some[_i].family == FM_MATH_WEIBULL3) {
        fit.life.family = FM_MATH_WEIBULL3;
        ck_assert_int_eq(fm_math_life_refit(&fit, s.y, &s.data, &life), FM_EDOM);
        return;
    }
    ck_assert_int_eq(st, FM_OK);
    for (size_t i = 0; i < s.n; i++)
        s.weight[i] = (double)((i * 7) % 5);
    ck_assert_int_eq(fm_math_life_refit(&fit, s.y, &s.data, &life), FM_OK);
    ck_assert_int_eq(fm_math_life_fit_eval(some[_i].family, &s.data, s.y, &again), FM_OK);
    assert_close(life.location, again.life.location, 1e-9, "location");
    assert_close(life.scale, again.life.scale, 1e-9, "scale");
    for (size_t i = 0; i < s.n; i++)
        s.weight[i] = s.failed[i] ? 0 : 1;
    ck_assert_int_eq(fm_math_life_refit(&fit, s.y, &s.data, &life), FM_ETOOFEW);
}
END_TEST

/* A long column takes the path with a rough start; weights give the same answer. */
START_TEST(long_columns)
{
    enum {
        N = 60000
    };
    static double x[N], w[N], y[N];
    static unsigned char failed[N];
    uint64_t seed = 3;
    fm_math_life_fit a, b;
    for (size_t i = 0; i < N; i++) {
        double c = 12 * uniform(&seed);
        ck_assert_int_eq(fm_math_life_quantile(&some[0], uniform(&seed), &x[i]), FM_OK);
        failed[i] = x[i] <= c;
        x[i] = fmin(x[i], c);
        w[i] = 1;
    }
    fm_math_life_data data = {N, x, NULL, failed};
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &data, y, &a), FM_OK);
    /* Rows turned round: another part of them gives the start. */
    for (size_t i = 0; i < N / 2; i++) {
        double t = x[i];
        x[i] = x[N - 1 - i];
        x[N - 1 - i] = t;
        unsigned char f = failed[i];
        failed[i] = failed[N - 1 - i];
        failed[N - 1 - i] = f;
    }
    data.weight = w;
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &data, y, &b), FM_OK);
    assert_close(a.life.location, b.life.location, 1e-12, "location");
    assert_close(a.life.scale, b.life.scale, 1e-12, "scale");
    assert_close(a.life.scale, some[0].scale, 4.5 * sqrt(a.cov[4]) / a.life.scale,
                 "scale near the truth");
}
END_TEST

/* ---- 4. intervals ----------------------------------------------------------------- */

/* The bound itself: deviance of the best fit that has the bound's quantile. */
START_TEST(deviance_at_the_bounds)
{
    const double critical = 3.84145882069412447634;
    sample s;
    fm_math_life_fit fit;
    fm_math_bounds b;
    draw(&s, 50, some[_i], 29);
    ck_assert_int_eq(fm_math_life_fit_eval(some[_i].family, &s.data, s.y, &fit), FM_OK);
    double z = fm_math_life_z(some[_i].family, 0.1);
    fm_math_life_question q = {s.y, &s.data, FM_MATH_AT_QUANTILE, z, 0.95};
    ck_assert_int_eq(fm_math_life_interval(&fit, &q, &b), FM_OK);
    for (int side = 0; side < 2; side++) {
        double at = side ? b.upper : b.lower, best = -INFINITY, l;
        for (int pass = 0, from = -3000; pass < 1; pass++)
            for (int k = from; k <= 3000; k++) {
                fm_math_life other = fit.life;
                other.scale *= exp(k * 5e-4);
                other.location = at - z * other.scale;
                ck_assert_int_eq(fm_math_life_loglik(&other, &s.data, &l), FM_OK);
                best = fmax(best, l);
            }
        ck_assert_double_eq_tol(2 * (fit.loglik - best), critical, 1e-4);
        /* The same point asked the other way round: z at the bound's y. */
        fm_math_bounds back;
        fm_math_life_question r = {s.y, &s.data, FM_MATH_AT_Z, at, 0.95};
        ck_assert_int_eq(fm_math_life_interval(&fit, &r, &back), FM_OK);
        assert_close(side ? back.lower : back.upper, z, 1e-7, "z at the bound");
    }
}
END_TEST

START_TEST(interval_statuses)
{
    sample s;
    fm_math_life_fit fit;
    fm_math_bounds b = {1, 2};
    load(&s, "heavy", -1);
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &s.data, s.y, &fit), FM_OK);
    ck_assert_int_eq(fm_math_life_wald(&fit, FM_MATH_AT_SCALE, 0, 1, &b), FM_EDOM);
    ck_assert_int_eq(fm_math_life_wald(&fit, FM_MATH_AT_Z, INFINITY, 0.9, &b), FM_EDOM);
    fm_math_life_question q = {s.y, &s.data, FM_MATH_AT_SCALE, 0, 0};
    ck_assert_int_eq(fm_math_life_interval(&fit, &q, &b), FM_EDOM);
    q.confidence = 0.9;
    fit.life.family = FM_MATH_WEIBULL3;
    ck_assert_int_eq(fm_math_life_interval(&fit, &q, &b), FM_EDOM);
    ck_assert(b.lower >= 1 && b.lower <= 1 && b.upper >= 2 && b.upper <= 2);
}
END_TEST

/* One failure below two censored rows: finite, and very wide upward. */
START_TEST(wide_interval)
{
    sample s = {.x = {3.1, 5.2, 5.9}, .weight = {1, 1, 1}, .failed = {1, 0, 0}};
    fm_math_life_fit fit;
    fm_math_bounds b;
    bind(&s, 3);
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &s.data, s.y, &fit), FM_OK);
    fm_math_life_question q = {s.y, &s.data, FM_MATH_AT_QUANTILE, 0, 0.95};
    ck_assert_int_eq(fm_math_life_interval(&fit, &q, &b), FM_OK);
    ck_assert(exp(b.lower) > 3.1 && exp(b.lower) < 10);
    ck_assert(exp(b.upper) > 1e4 && isfinite(b.upper));
}
END_TEST

START_TEST(weibayes)
{
    double x[] = {3.1, 5.2, 5.9}, low = 42;
    unsigned char failed[] = {0, 0, 0};
    fm_math_life_data data = {3, x, NULL, failed};
    ck_assert_int_eq(fm_math_weibayes_eval(&data, 2.5, 0.9, &low), FM_OK);
    double sum = pow(3.1, 2.5) + pow(5.2, 2.5) + pow(5.9, 2.5);
    assert_close(low, pow(sum / -log(0.1), 0.4), 1e-13, "bound");
    /* One failure: chi-square quantile 7.779440339734858 with 4 degrees of freedom. */
    failed[1] = 1;
    ck_assert_int_eq(fm_math_weibayes_eval(&data, 2.5, 0.9, &low), FM_OK);
    assert_close(low, pow(sum / 3.889720169867429, 0.4), 1e-12, "bound, one failure");
    double kept = low;
    ck_assert_int_eq(fm_math_weibayes_eval(&data, 0, 0.9, &low), FM_EDOM);
    ck_assert_int_eq(fm_math_weibayes_eval(&data, 2, 1, &low), FM_EDOM);
    x[1] = -1;
    ck_assert_int_eq(fm_math_weibayes_eval(&data, 2, 0.9, &low), FM_EDOM);
    data.n = 0;
    ck_assert_int_eq(fm_math_weibayes_eval(&data, 2, 0.9, &low), FM_ETOOFEW);
    ck_assert(low >= kept && low <= kept);
}
END_TEST

static double
cubic(double x, void *shift)
{
    return x > 3 ? (double)NAN : x * x * x - *(double *)shift;
}

START_TEST(roots)
{
    double shift = 2, x = 42;
    fm_math_bracket b = {0, 2, -2, 6};
    ck_assert_int_eq(fm_math_root_solve(cubic, &shift, b, &x), FM_OK);
    assert_close(x, cbrt(2), 1e-15, "root");
    ck_assert_int_eq(
        fm_math_root_solve(cubic, &shift, (fm_math_bracket){1.5, 2, 1, 6}, &x), FM_EDOM);
    b = (fm_math_bracket){0, 1000, -2, 1};
    ck_assert_int_eq(fm_math_root_solve(cubic, &shift, b, &x), FM_ENOCONV);
    assert_close(x, cbrt(2), 1e-15, "untouched");
}
END_TEST

/* ---- 5. goodness of fit ----------------------------------------------------------- */

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(anderson_darling)
{
    sample s;
    double a2, sum = 0;
    draw(&s, 31, some[_i], 8);
    qsort(s.x, s.n, sizeof s.x[0], ascending);
    fm_math_life_data data = {s.n, s.x, NULL, NULL};
    ck_assert_int_eq(fm_math_life_anderson_darling(&some[_i], &data, &a2), FM_OK);
    double n = (double)s.n;
    for (size_t i = 0; i < s.n; i++)
        sum += (2 * (double)i + 1) *
               (log(fm_math_life_cdf(&some[_i], s.x[i])) +
                fm_math_life_log_survival(&some[_i], s.x[s.n - 1 - i]));
    assert_close(a2, -n - sum / n, 1e-10, "A^2 of complete data");
    /* The last rows censored: less is compared, never more. */
    for (size_t i = 0; i < s.n; i++)
        s.failed[i] = i < 20;
    double part;
    data.failed = s.failed;
    ck_assert_int_eq(fm_math_life_anderson_darling(&some[_i], &data, &part), FM_OK);
    ck_assert(part > 0);
    s.x[3] = s.x[4] + 1;
    ck_assert_int_eq(fm_math_life_anderson_darling(&some[_i], &data, &part), FM_EDOM);
    for (size_t i = 0; i < s.n; i++)
        s.failed[i] = 0;
    s.x[3] = s.x[4];
    ck_assert_int_eq(fm_math_life_anderson_darling(&some[_i], &data, &part), FM_ETOOFEW);
}
END_TEST

START_TEST(akaike)
{
    fm_math_life_fit fit = {.loglik = -75.135, .n_failed = 10, .n_parameters = 2};
    assert_close(fm_math_life_aicc(&fit), 154.27 + 12.0 / 7, 1e-12, "AICc");
    fit.n_failed = 3;
    ck_assert(isinf(fm_math_life_aicc(&fit)));
}
END_TEST

/* ---- 6. failures ------------------------------------------------------------------ */

START_TEST(fit_statuses)
{
    sample s = {
        .x = {3.1, 5.2, 5.9, 4.4}, .weight = {1, 1, 1, 1}, .failed = {1, 1, 1, 1}};
    fm_math_life_fit fit = {.loglik = 42};
    fm_math_family family = (fm_math_family)_i;
    bind(&s, 4);
    s.x[2] = NAN;
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_EDOM);
    s.x[2] = INFINITY;
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_EDOM);
    s.x[2] = -1;
    if (family == FM_MATH_WEIBULL || family == FM_MATH_LOGNORMAL)
        ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_EDOM);
    s.x[2] = 5.9;
    s.weight[0] = -1;
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_EDOM);
    s.weight[0] = 1;
    memset(s.failed, 0, 4);
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_ETOOFEW);
    s.failed[2] = 1; /* the largest alone */
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_ESINGULAR);
    s.failed[2] = 0;
    s.failed[1] = 1; /* one below the largest */
    fm_math_life_fit one;
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &one),
                     family == FM_MATH_WEIBULL3 ? FM_ETOOFEW : FM_OK);
    for (size_t i = 0; i < 4; i++) {
        s.x[i] = 5.2;
        s.failed[i] = 1;
    }
    ck_assert_int_eq(fm_math_life_fit_eval(family, &s.data, s.y, &fit), FM_ESINGULAR);
    ck_assert(fit.loglik >= 42 && fit.loglik <= 42);
    fm_math_life life = {family, 1, 0, 0};
    double a[2], b[4];
    ck_assert_int_eq(fm_math_life_loglik(&life, &s.data, a), FM_EDOM);
    ck_assert_int_eq(fm_math_life_derivatives(&life, &s.data, a, b), FM_EDOM);
}
END_TEST

/* Two equal groups: the profile of the threshold has no maximum inside. */
START_TEST(threshold_at_the_edge)
{
    sample s = {
        .x = {1, 1.001, 1.002, 9}, .weight = {1, 1, 1, 1}, .failed = {1, 1, 1, 1}};
    fm_math_life_fit fit;
    bind(&s, 4);
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL3, &s.data, s.y, &fit),
                     FM_EVALID);
}
END_TEST

static Suite *
lifedist_suite(void)
{
    Suite *suite = suite_create("lifedist");
    TCase *tests = tcase_create("lifedist");
    tcase_add_test(tests, certified_rows);
    tcase_add_loop_test(tests, distributions_agree, 0, FM_MATH_N_FAMILIES);
    tcase_add_test(tests, tails_and_limits);
    tcase_add_loop_test(tests, derivatives_by_differences, 0, FM_MATH_N_FAMILIES);
    tcase_add_loop_test(tests, fits_are_maxima, 0, FM_MATH_N_FAMILIES);
    tcase_add_loop_test(tests, weights_are_copies, 0, FM_MATH_N_FAMILIES);
    tcase_add_loop_test(tests, refit_is_a_fit, 0, FM_MATH_N_FAMILIES);
    tcase_add_test(tests, long_columns);
    tcase_add_loop_test(tests, deviance_at_the_bounds, 0, FM_MATH_SEV + 1);
    tcase_add_test(tests, interval_statuses);
    tcase_add_test(tests, wide_interval);
    tcase_add_test(tests, weibayes);
    tcase_add_test(tests, roots);
    tcase_add_loop_test(tests, anderson_darling, 0, FM_MATH_N_FAMILIES);
    tcase_add_test(tests, akaike);
    tcase_add_loop_test(tests, fit_statuses, 0, FM_MATH_N_FAMILIES);
    tcase_add_test(tests, threshold_at_the_edge);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    SRunner *runner = srunner_create(lifedist_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
