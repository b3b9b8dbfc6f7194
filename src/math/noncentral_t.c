/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noncentral t by quadrature over the scale r = sqrt(chi2_df / df):
 *
 *   P(T <= t) = integral over r > 0 of Phi(t r - delta) f(r) dr.
 *
 * For df >= 1 the integrand is log-concave, so it has one mode and the window in which
 * it matters is found by bisection.  Scaled by its largest value it is integrated with
 * the same relative accuracy in the middle and in the tails.
 *
 * Contents
 *   1. the integrand   2. its window   3. quadrature   4. public
 */
#include "config.h"

#include "math/noncentral_t.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>

#include "math/bracket_root.h"

static const double df_max = 1e9;

/* ---- 1. the integrand ------------------------------------------------------------ */

/* One tail: side +1 integrates Phi(t r - delta), side -1 its complement. */
typedef struct tail {
    double t, df, delta, side;
    double log_scale; /* log sqrt(df/pi) - log gammastar(df/2) */
    double log_peak;  /* largest log of the integrand */
} tail;

/* t r - delta at r = exp(y), without cancellation near r = 1. */
static double
argument(const tail *w, double y)
{
    return w->side * ((w->t - w->delta) + w->t * expm1(y));
}

/* Log of the integrand in y = log r.  The gamma density is written by its deviance
 * r^2 - 1 - log r^2, so that nothing cancels for many degrees of freedom. */
static double
log_integrand(const tail *w, double y)
{
    double square = expm1(2 * y);
    double deviance = fabs(y) < 0.3 ? -gsl_sf_log_1plusx_mx(square) : square - 2 * y;
    double log_cdf = gsl_sf_log_erfc(-argument(w, y) * M_SQRT1_2) - M_LN2;
    return log_cdf + w->log_scale - 0.5 * w->df * deviance;
}

static double
integrand(double y, void *arg)
{
    const tail *w = arg;
    return exp(log_integrand(w, y) - w->log_peak);
}

/* Sign of the derivative of the log: it falls as y rises, once. */
static double
slope(const tail *w, double y)
{
    double r = exp(y);
    return w->side * w->t * r * gsl_sf_hazard(-argument(w, y)) - w->df * expm1(2 * y);
}

/* ---- 2. its window --------------------------------------------------------------- */

enum {
    EDGE_STEPS = 60
};

/* Outside the window the integrand is less than exp(-42) of its peak. */
static const double window_log = 42;

static double
find_mode(const tail *w)
{
    double low = -1, high = 1;
    while (slope(w, low) < 0)
        low *= 2;
    while (slope(w, high) > 0)
        high *= 2;
    for (int i = 0; i < EDGE_STEPS && high - low > 1e-7; i++) {
        double middle = low + (high - low) / 2;
        if (slope(w, middle) > 0)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static bool
inside(const tail *w, double y)
{
    return w->log_peak - log_integrand(w, y) < window_log;
}

/* The window's end beyond the mode; direction is +1 or -1. */
static double
find_edge(const tail *w, double mode, double direction)
{
    double near = 0, far = 1 / sqrt(w->df);
    while (inside(w, mode + direction * far)) {
        near = far;
        far *= 2;
    }
    while (far - near > 0.02 * far) {
        double middle = near + (far - near) / 2;
        if (inside(w, mode + direction * middle))
            near = middle;
        else
            far = middle;
    }
    return mode + direction * far;
}

/* ---- 3. quadrature --------------------------------------------------------------- */

enum {
    DEPTH = 40,
    MAX_PANELS = 400
};

/* Integrates over [low, high], halving from the left until the rule is content. */
static fm_status
integrate(tail *w, double low, double high, double rel_tol, double *sum_out)
{
    gsl_function f = {integrand, w};
    /* The window has one peak of height 1 and 42 e-folds to either side. */
    double abs_tol = rel_tol * (high - low) / (10 * window_log);
    double end[DEPTH + 1], sum = 0;
    size_t n = 0;
    end[n++] = high;
    for (int i = 0; n > 0 && i < MAX_PANELS; i++) {
        double value, error, to = end[n - 1];
        size_t calls;
        int status =
            gsl_integration_qng(&f, low, to, abs_tol, rel_tol, &value, &error, &calls);
        if (status == GSL_SUCCESS) {
            sum += value;
            low = to;
            n--;
        } else if (status == GSL_ETOL && n <= DEPTH) {
            end[n++] = low + (to - low) / 2;
        } else {
            return FM_ENOCONV;
        }
    }
    *sum_out = sum;
    return n == 0 ? FM_OK : FM_ENOCONV;
}

static fm_status
tail_eval(double t, double df, double delta, double side, double *p_out)
{
    const double least_log = -740;
    tail w = {.t = t, .df = df, .delta = delta, .side = side};
    w.log_scale = 0.5 * log(df / M_PI) - log(gsl_sf_gammastar(0.5 * df));
    double mode = find_mode(&w), sum;
    w.log_peak = log_integrand(&w, mode);
    if (!(w.log_peak > least_log)) {
        *p_out = 0;
        return FM_OK;
    }
    /* The log of a far tail is a large number with roundings of its own. */
    double rel_tol = fmax(1e-13, 8 * DBL_EPSILON * fabs(w.log_peak));
    double low = find_edge(&w, mode, -1), high = find_edge(&w, mode, 1);
    fm_status st = integrate(&w, low, high, rel_tol, &sum);
    if (st == FM_OK)
        *p_out = fmin(exp(w.log_peak) * sum, 1);
    return st;
}

/* ---- 4. public ------------------------------------------------------------------- */

static bool
in_domain(double t, double df, double delta)
{
    return isfinite(t) && df >= 1 && df <= df_max && isfinite(delta);
}

fm_status
fm_math_nct_cdf(double t, double df, double delta, double *lower_out, double *upper_out)
{
    if (!in_domain(t, df, delta))
        return FM_EDOM;
    /* The smaller tail, where it is plain which one that is; else the other, too. */
    double side = t < delta ? 1 : -1, first = 0, second;
    fm_status st = tail_eval(t, df, delta, side, &first);
    second = 1 - first;
    if (st == FM_OK && first > 0.6)
        st = tail_eval(t, df, delta, -side, &second);
    if (st != FM_OK)
        return st;
    if (lower_out != NULL)
        *lower_out = side > 0 ? first : second;
    if (upper_out != NULL)
        *upper_out = side > 0 ? second : first;
    return FM_OK;
}

typedef struct target {
    double t, df, delta;
    double log_p; /* of the smaller tail */
    bool upper;
} target;

static target
target_make(double t, double df, double delta, double p)
{
    target g = {t, df, delta, 0, p > 0.5};
    g.log_p = g.upper ? log1p(-p) : log(p);
    return g;
}

/* Log of the wanted tail over its target; a tail that underflowed is very small. */
static double
miss(double t, double delta, const target *g)
{
    const double very_small = -1e4;
    double lower, upper;
    if (fm_math_nct_cdf(t, g->df, delta, &lower, &upper) != FM_OK)
        return (double)NAN;
    double p = g->upper ? upper : lower;
    return (p > 0 ? log(p) : very_small) - g->log_p;
}

static double
miss_at_t(double t, const void *arg)
{
    const target *g = arg;
    return miss(t, g->delta, g);
}

static double
miss_at_delta(double delta, const void *arg)
{
    const target *g = arg;
    return miss(g->t, delta, g);
}

fm_status
fm_math_nct_quantile(double p, double df, double delta, double *t_out)
{
    if (!(p > 0 && p < 1) || !in_domain(0, df, delta))
        return FM_EDOM;
    target g = target_make(0, df, delta, p);
    double z = gsl_cdf_ugaussian_Pinv(p);
    double spread = sqrt(1 + delta * delta / (2 * df));
    return fm_math_monotone_root(miss_at_t, &g, delta + z * spread, 0.1 * spread,
                                 !g.upper, t_out);
}

fm_status
fm_math_nct_delta(double t, double df, double p, double *delta_out)
{
    if (!(p > 0 && p < 1) || !in_domain(t, df, 0))
        return FM_EDOM;
    target g = target_make(t, df, 0, p);
    double z = gsl_cdf_ugaussian_Pinv(p);
    double spread = sqrt(1 + t * t / (2 * df));
    return fm_math_monotone_root(miss_at_delta, &g, t - z * spread, 0.1 * spread, g.upper,
                                 delta_out);
}
