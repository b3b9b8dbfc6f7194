/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strength distributions of the failure modes and their weakest link.
 *
 * Contents
 *   1. distributions from mean and coefficient of variation
 *   2. survival, quantile, mean
 *   3. the weakest link
 */
#include "config.h"

#include "pull/pull_strength.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_zeta.h>

static const double cv_min_1 = 1e-4;
static const double cv_max_1 = 2;
static const double cv_max_normal_1 = 1;

/* ---- 1. distributions from mean and coefficient of variation --------------------- */

/* ln Gamma(1 + 2x) - 2 ln Gamma(1 + x), which is ln(1 + cv^2) of a Weibull with shape
 * 1/x. The series of ln Gamma(1 + x) (Abramowitz and Stegun 6.1.33) has no
 * cancellation. */
static double
log_moment_ratio(double x)
{
    const double series_below = 0.125;
    if (x >= series_below)
        return gsl_sf_lngamma(1 + 2 * x) - 2 * gsl_sf_lngamma(1 + x);
    double sum = 0, power = -x;
    for (int k = 2; k <= 30; k++) {
        power *= -x;
        sum += gsl_sf_zeta_int(k) * power * (ldexp(1, k) - 2) / k;
    }
    return sum;
}

/* Scale 1/shape of the Weibull whose coefficient of variation is cv: bisection with
 * secant steps (the ratio rises strictly). */
static fm_status
weibull_scale(double cv_1, double *scale_out)
{
    enum {
        MAX_STEPS = 200
    };
    double target = log1p(cv_1 * cv_1);
    double low = cv_1 / 4, high = 4 * cv_1;
    double f_low = log_moment_ratio(low) - target,
           f_high = log_moment_ratio(high) - target;
    if (!(f_low < 0) || !(f_high > 0))
        return FM_ENOCONV;
    for (int i = 0; i < MAX_STEPS; i++) {
        double x = high - f_high * (high - low) / (f_high - f_low);
        if (i % 3 == 2 || !(x > low && x < high))
            x = low + (high - low) / 2;
        double f = log_moment_ratio(x) - target;
        if (f < 0) {
            low = x;
            f_low = f;
        } else {
            high = x;
            f_high = f;
        }
        if (f == 0 || high - low <= 4e-16 * high) {
            *scale_out = x;
            return FM_OK;
        }
    }
    return FM_ENOCONV;
}

static bool
good_moments(fm_pull_family family, double mean_n, double cv_1)
{
    double most = family == FM_PULL_NORMAL ? cv_max_normal_1 : cv_max_1;
    return mean_n > 0 && isfinite(mean_n) && cv_1 >= cv_min_1 && cv_1 <= most;
}

fm_status
fm_pull_strength_make(fm_pull_family family, double mean_n, double cv_1,
                      fm_pull_strength *strength_out)
{
    fm_pull_strength s = {.family = family};
    fm_status st = FM_OK;
    if (family != FM_PULL_NEVER && !good_moments(family, mean_n, cv_1))
        return FM_EDOM;
    switch (family) {
    case FM_PULL_WEIBULL:
        st = weibull_scale(cv_1, &s.scale);
        if (st != FM_OK)
            return st;
        s.location = log(mean_n) - gsl_sf_lngamma(1 + s.scale);
        break;
    case FM_PULL_LOGNORMAL:
        s.scale = sqrt(log1p(cv_1 * cv_1));
        s.location = log(mean_n) - s.scale * s.scale / 2;
        break;
    case FM_PULL_NORMAL:
        s.scale = cv_1 * mean_n;
        s.location = mean_n;
        s.cut_1 = gsl_cdf_ugaussian_P(-1 / cv_1);
        break;
    case FM_PULL_NEVER:
        break;
    default:
        return FM_EDOM;
    }
    *strength_out = s;
    return FM_OK;
}

/* ---- 2. survival, quantile, mean ------------------------------------------------- */

static double
log_normal_tail(double z)
{
    const double ln2 = 0.69314718055994530942, sqrt_half = 0.70710678118654752440;
    return gsl_sf_log_erfc(z * sqrt_half) - ln2;
}

double
fm_pull_strength_log_survival(const fm_pull_strength *strength, double force_n)
{
    const fm_pull_strength *s = strength;
    if (!(force_n > 0))
        return 0;
    switch (s->family) {
    case FM_PULL_WEIBULL:
        return -exp((log(force_n) - s->location) / s->scale);
    case FM_PULL_LOGNORMAL: {
        double z = (log(force_n) - s->location) / s->scale;
        /* Below the median, the lower tail keeps the digits. */
        return z > 0 ? log_normal_tail(z) : log1p(-gsl_cdf_ugaussian_P(z));
    }
    case FM_PULL_NORMAL: {
        double z = (force_n - s->location) / s->scale;
        if (z > 0)
            return log_normal_tail(z) - log1p(-s->cut_1);
        double below = gsl_cdf_ugaussian_P(z) - s->cut_1;
        return log1p(-below / (1 - s->cut_1));
    }
    default:
        return 0;
    }
}

fm_status
fm_pull_strength_quantile(const fm_pull_strength *strength, double p_1,
                          double *force_n_out)
{
    const fm_pull_strength *s = strength;
    if (!(p_1 > 0 && p_1 < 1))
        return FM_EDOM;
    switch (s->family) {
    case FM_PULL_WEIBULL:
        *force_n_out = exp(s->location + s->scale * log(-log1p(-p_1)));
        return FM_OK;
    case FM_PULL_LOGNORMAL:
        *force_n_out = exp(s->location + s->scale * gsl_cdf_ugaussian_Pinv(p_1));
        return FM_OK;
    case FM_PULL_NORMAL: {
        /* From the nearer tail, so that neither end loses digits. */
        double rest = (1 - p_1) * (1 - s->cut_1);
        double z = p_1 < 0.5 ? gsl_cdf_ugaussian_Pinv(s->cut_1 + p_1 * (1 - s->cut_1))
                             : gsl_cdf_ugaussian_Qinv(rest);
        *force_n_out = fmax(s->location + s->scale * z, 0);
        return FM_OK;
    }
    default:
        return FM_EDOM;
    }
}

double
fm_pull_strength_mean(const fm_pull_strength *strength)
{
    const fm_pull_strength *s = strength;
    switch (s->family) {
    case FM_PULL_WEIBULL:
        return exp(s->location + gsl_sf_lngamma(1 + s->scale));
    case FM_PULL_LOGNORMAL:
        return exp(s->location + s->scale * s->scale / 2);
    case FM_PULL_NORMAL:
        return s->location +
               s->scale * gsl_ran_ugaussian_pdf(s->location / s->scale) / (1 - s->cut_1);
    default:
        return INFINITY;
    }
}

/* ---- 3. the weakest link --------------------------------------------------------- */

void
fm_pull_coefficients(const double tension_1[2], double coefficient_out[FM_PULL_N_MODES])
{
    coefficient_out[FM_PULL_WIRE] = fmax(tension_1[0], tension_1[1]);
    coefficient_out[FM_PULL_HEEL_1] = tension_1[0];
    coefficient_out[FM_PULL_HEEL_2] = tension_1[1];
    coefficient_out[FM_PULL_LIFT_1] = tension_1[0];
    coefficient_out[FM_PULL_LIFT_2] = tension_1[1];
}

double
fm_pull_break_probability(const fm_pull_strength *strength, const double *coefficient_1,
                          double force_n)
{
    double log_survival = 0;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        log_survival +=
            fm_pull_strength_log_survival(&strength[k], coefficient_1[k] * force_n);
    return -expm1(log_survival);
}

fm_status
fm_pull_breaking_load(double diameter_m, double tensile_pa, double *force_n_out)
{
    const double quarter_pi = 0.78539816339744830962;
    if (!(diameter_m > 0) || !(tensile_pa > 0))
        return FM_EDOM;
    double force_n = tensile_pa * quarter_pi * diameter_m * diameter_m;
    if (!isfinite(force_n) || !(force_n > 0))
        return FM_ERANGE;
    *force_n_out = force_n;
    return FM_OK;
}
