/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Johnson's system.
 *
 * Contents
 *   1. the distributions     2. from quantiles     3. fit
 */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "math/johnson.h"
#include "math/normality.h"

/* ---- 1. the distributions -------------------------------------------------------- */

double
fm_math_johnson_z(const fm_math_johnson *j, double x)
{
    double u = (x - j->epsilon) / j->lambda;
    switch (j->kind) {
    case FM_MATH_JOHNSON_SU:
        return j->gamma + j->eta * asinh(u);
    case FM_MATH_JOHNSON_SL:
        return u > 0 ? j->gamma + j->eta * log(u) : -(double)INFINITY;
    case FM_MATH_JOHNSON_SB:
        break;
    }
    if (!(u > 0))
        return -(double)INFINITY;
    return u < 1 ? j->gamma + j->eta * log(u / (1 - u)) : (double)INFINITY;
}

double
fm_math_johnson_x(const fm_math_johnson *j, double z)
{
    double t = (z - j->gamma) / j->eta;
    switch (j->kind) {
    case FM_MATH_JOHNSON_SU:
        return j->epsilon + j->lambda * sinh(t);
    case FM_MATH_JOHNSON_SL:
        return j->epsilon + j->lambda * exp(t);
    case FM_MATH_JOHNSON_SB:
        break;
    }
    return j->epsilon + j->lambda / (1 + exp(-t));
}

double
fm_math_johnson_pdf(const fm_math_johnson *j, double x)
{
    double z = fm_math_johnson_z(j, x), u = (x - j->epsilon) / j->lambda, slope;
    if (!isfinite(z))
        return 0;
    if (j->kind == FM_MATH_JOHNSON_SU)
        slope = 1 / sqrt(u * u + 1);
    else
        slope = j->kind == FM_MATH_JOHNSON_SL ? 1 / u : 1 / (u * (1 - u));
    return gsl_ran_ugaussian_pdf(z) * j->eta * slope / j->lambda;
}

/* ---- 2. from quantiles ----------------------------------------------------------- */

/* m, n: the outer distances over the inner one, p; middle: mean of the inner two. */
static void
unbounded(double z, double m, double n, double p, double middle, fm_math_johnson *j)
{
    double root = sqrt(m * n - 1), both = m + n;
    j->kind = FM_MATH_JOHNSON_SU;
    j->eta = 2 * z / acosh(0.5 * both);
    j->gamma = j->eta * asinh((n - m) / (2 * root));
    j->lambda = 2 * p * root / ((both - 2) * sqrt(both + 2));
    j->epsilon = middle + p * (n - m) / (2 * (both - 2));
}

static void
bounded(double z, double m, double n, double p, double middle, fm_math_johnson *j)
{
    double both = (1 + 1 / m) * (1 + 1 / n), left = 1 / (m * n) - 1;
    double skew = 1 / n - 1 / m;
    j->kind = FM_MATH_JOHNSON_SB;
    j->eta = z / acosh(0.5 * sqrt(both));
    j->gamma = j->eta * asinh(skew * sqrt(both - 4) / (2 * left));
    j->lambda = p * sqrt((both - 2) * (both - 2) - 4) / left;
    j->epsilon = middle - 0.5 * j->lambda + p * skew / (2 * left);
}

fm_status
fm_math_johnson_from_quantiles(double z, const double *x, fm_math_johnson *out)
{
    /* Slifker and Shapiro's boundary between the kinds. */
    const double near = 1e-3;
    if (!(z > 0 && x[0] <= x[1] && x[1] <= x[2] && x[2] <= x[3]))
        return FM_EDOM;
    double p = x[2] - x[1], middle = 0.5 * (x[1] + x[2]);
    double m = (x[3] - x[2]) / p, n = (x[1] - x[0]) / p;
    fm_math_johnson j = {.lambda = 1};
    if (!(p > 0 && m > 0 && n > 0))
        return FM_ESINGULAR;
    if (m * n > 1 + near) {
        unbounded(z, m, n, p, middle, &j);
    } else if (m * n < 1 - near) {
        bounded(z, m, n, p, middle, &j);
    } else {
        if (!(m > 1))
            return FM_ESINGULAR;
        j.kind = FM_MATH_JOHNSON_SL;
        j.eta = 2 * z / log(m);
        j.gamma = j.eta * log((m - 1) / (p * sqrt(m)));
        j.epsilon = middle - 0.5 * p * (m + 1) / (m - 1);
    }
    if (!(isfinite(j.gamma) && isfinite(j.eta) && j.eta > 0 && j.lambda > 0 &&
          isfinite(j.lambda) && isfinite(j.epsilon)))
        return FM_ESINGULAR;
    *out = j;
    return FM_OK;
}

/* ---- 3. fit ---------------------------------------------------------------------- */

/* Quantile with the i-th of n values at (i - 0.5)/n. */
static double
quantile(const double *x, size_t n, double probability)
{
    double place = probability * (double)n - 0.5;
    if (place <= 0)
        return x[0];
    size_t i = (size_t)place;
    if (i + 1 >= n)
        return x[n - 1];
    return x[i] + (place - (double)i) * (x[i + 1] - x[i]);
}

fm_status
fm_math_johnson_fit_eval(const double *x, size_t n, double *work, fm_math_johnson *out,
                         double *p_out)
{
    enum {
        STEPS = 100
    };
    static const double multiple[] = {-3, -1, 1, 3};
    fm_math_test test;
    if (n < 8)
        return FM_ETOOFEW;
    fm_status st = fm_math_anderson_darling_normal(x, n, &test);
    if (st != FM_OK)
        return st;
    double best = -1;
    fm_math_johnson found = {.kind = FM_MATH_JOHNSON_SB};
    for (int s = 0; s <= STEPS; s++) {
        double z = 0.25 + (double)s / STEPS, at[4];
        fm_math_johnson j;
        for (int k = 0; k < 4; k++)
            at[k] = quantile(x, n, gsl_cdf_ugaussian_P(multiple[k] * z));
        if (fm_math_johnson_from_quantiles(z, at, &j) != FM_OK)
            continue;
        for (size_t i = 0; i < n; i++)
            work[i] = fm_math_johnson_z(&j, x[i]);
        if (fm_math_anderson_darling_normal(work, n, &test) == FM_OK && test.p > best) {
            best = test.p;
            found = j;
        }
    }
    if (best < 0)
        return FM_ESINGULAR;
    *out = found;
    *p_out = best;
    return FM_OK;
}
