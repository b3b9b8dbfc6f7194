/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals of life distributions: Wald, profile likelihood, and with a known shape.
 *
 * Contents
 *   1. Wald   2. profiles   3. profile-likelihood intervals   4. known shape
 */
#include "config.h"

#include "math/lifedist.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "math/lifedist_parts.h"
#include "math/root.h"

/* ---- 1. Wald ---------------------------------------------------------------------- */

/* Gradient of the target in (location, scale, threshold), and its value. */
static double
target_gradient(const fm_math_life *life, fm_math_life_target target, double at,
                double grad_out[3])
{
    /* With a threshold y is that of a fixed x: y falls by 1/exp(y) per threshold. */
    double per_threshold = 0, y = at;
    switch (target) {
    case FM_MATH_AT_SCALE:
        grad_out[0] = 0;
        grad_out[1] = 1 / life->scale;
        grad_out[2] = 0;
        return log(life->scale);
    case FM_MATH_AT_QUANTILE:
        y = life->location + at * life->scale;
        if (life->family == FM_MATH_WEIBULL3)
            per_threshold = exp(-y);
        grad_out[0] = 1;
        grad_out[1] = at;
        grad_out[2] = per_threshold;
        return y;
    default:
        if (life->family == FM_MATH_WEIBULL3)
            per_threshold = exp(-y);
        grad_out[0] = -1 / life->scale;
        grad_out[1] = -(y - life->location) / (life->scale * life->scale);
        grad_out[2] = -per_threshold / life->scale;
        return (y - life->location) / life->scale;
    }
}

static double
target_se(const fm_math_life_fit *fit, const double grad[3])
{
    double variance = 0;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            variance += grad[i] * fit->cov[3 * i + k] * grad[k];
    return sqrt(variance);
}

fm_status
fm_math_life_wald(const fm_math_life_fit *fit, fm_math_life_target target, double at,
                  double confidence, fm_math_bounds *bounds_out)
{
    double grad[3];
    if (!(confidence > 0 && confidence < 1) || !isfinite(at))
        return FM_EDOM;
    double value = target_gradient(&fit->life, target, at, grad);
    double reach = gsl_cdf_ugaussian_Qinv((1 - confidence) / 2) * target_se(fit, grad);
    fm_math_bounds b = {value - reach, value + reach};
    if (target == FM_MATH_AT_SCALE) {
        b.lower = exp(b.lower);
        b.upper = exp(b.upper);
    }
    *bounds_out = b;
    return FM_OK;
}

/* ---- 2. profiles ------------------------------------------------------------------ */

typedef struct profile {
    fm_math_life_rows rows;
    fm_math_life_target target;
    double at;
    double n_failed;
    double best;     /* log-likelihood of the fit, density in y */
    double critical; /* drop of the log-likelihood at the bounds */
    double start;    /* free parameter of the last solution: tau, or alpha for SCALE */
    double side;     /* -1 or 1 */
} profile;

/* Log-likelihood, its slope and curvature in the free parameter at v. */
static double
along(const profile *p, double value, double v, double d_out[2])
{
    fm_math_life_sums s;
    if (p->target == FM_MATH_AT_SCALE) {
        double tau = exp(-value);
        s = fm_math_life_sums_eval(&p->rows, v, tau);
        d_out[0] = -s.l1;
        d_out[1] = s.l2;
        return s.l + p->n_failed * log(tau);
    }
    /* z = tau (y - y0) + z0 */
    double y0 = p->target == FM_MATH_AT_QUANTILE ? value : p->at;
    double z0 = p->target == FM_MATH_AT_QUANTILE ? p->at : value;
    s = fm_math_life_sums_eval(&p->rows, v * y0 - z0, v);
    d_out[0] = (s.l1z - z0 * s.l1 + p->n_failed) / v;
    d_out[1] = (s.l2zz - 2 * z0 * s.l2z + z0 * z0 * s.l2 - p->n_failed) / (v * v);
    return s.l + p->n_failed * log(v);
}

/* Largest log-likelihood with the target held at `value`: damped Newton, the function is
 * concave.  NaN when it stalls. */
static double
maximise(profile *p, double value)
{
    double d[2], v = p->start, l = along(p, value, v, d);
    bool positive = p->target != FM_MATH_AT_SCALE;
    for (int i = 0; i < FM_MATH_LIFE_STEPS; i++) {
        double move = d[1] < 0 ? -d[0] / d[1] : (double)NAN;
        double size = fabs(v) + (positive ? 0 : 1), next_l = (double)NAN,
               next_d[2] = {0, 0};
        if (isnan(move) || isnan(l))
            return (double)NAN;
        double next = v;
        bool close = fabs(move) <= 1e-7 * size;
        for (int halvings = 0; halvings < 40; halvings++) {
            next = v + ldexp(move, -halvings);
            if (positive && !(next > 0))
                continue;
            next_l = along(p, value, next, next_d);
            if (next_l >= l || close)
                break;
        }
        if (isnan(next_l) || (next_l < l && !close))
            return (double)NAN;
        v = next;
        l = next_l;
        d[0] = next_d[0];
        d[1] = next_d[1];
        if (close) {
            p->start = v;
            return l;
        }
    }
    return (double)NAN;
}

/* ---- 3. profile-likelihood intervals ---------------------------------------------- */

/* Root of the drop less the root of the critical one: nearly a straight line. */
static double
signed_root(double value, void *context)
{
    profile *p = context;
    double l = maximise(p, value);
    return isnan(l) ? (double)NAN : sqrt(fmax(p->best - l, 0)) - sqrt(p->critical);
}

/* One bound, from the estimate outward.  Infinite where the profile does not come down. */
static fm_status
find_bound(profile *p, double estimate, double width, double *bound_out)
{
    const double start = p->start;
    const int most_doublings = 27;
    double inner = estimate, f_inner = -sqrt(p->critical);
    int doublings = 0;
    for (; doublings < most_doublings; doublings++) {
        double reach = ldexp(width, doublings);
        double outer = estimate + p->side * reach, f = signed_root(outer, p);
        if (isnan(f))
            break;
        if (f >= 0) {
            fm_math_bracket b = {inner, outer, f_inner, f};
            if (p->side < 0)
                b = (fm_math_bracket){outer, inner, f, f_inner};
            fm_status st = fm_math_root_solve(signed_root, p, b, bound_out);
            p->start = start;
            return st;
        }
        inner = outer;
        f_inner = f;
    }
    p->start = start;
    /* What stalls close to the estimate is a failure of ours, no open interval. */
    if (doublings <= 6)
        return FM_ENOCONV;
    *bound_out = p->side * (double)INFINITY;
    return FM_OK;
}

fm_status
fm_math_life_interval(const fm_math_life_fit *fit, const fm_math_life_question *question,
                      fm_math_bounds *bounds_out)
{
    const fm_math_life_question *q = question;
    const fm_math_life *life = &fit->life;
    double grad[3], d[2], level = q->confidence;
    if (!(level > 0 && level < 1) || !isfinite(q->at) || life->family == FM_MATH_WEIBULL3)
        return FM_EDOM;
    profile p = {.rows = {q->data->n, q->y, q->data->weight, q->data->failed,
                          fm_math_life_is_normal(life->family)},
                 .target = q->target,
                 .at = q->at,
                 .n_failed = fit->n_failed,
                 .critical = gsl_cdf_chisq_Qinv(1 - level, 1) / 2};
    double value = target_gradient(life, q->target, q->at, grad);
    double width = target_se(fit, grad) * sqrt(2 * p.critical);
    p.start =
        q->target == FM_MATH_AT_SCALE ? life->location / life->scale : 1 / life->scale;
    p.best = along(&p, value, p.start, d);
    fm_math_bounds b;
    p.side = -1;
    fm_status st = find_bound(&p, value, width, &b.lower);
    p.side = 1;
    if (st == FM_OK)
        st = find_bound(&p, value, width, &b.upper);
    if (st != FM_OK)
        return st;
    if (q->target == FM_MATH_AT_SCALE) {
        b.lower = exp(b.lower);
        b.upper = exp(b.upper);
    }
    *bounds_out = b;
    return FM_OK;
}

/* ---- 4. known shape --------------------------------------------------------------- */

fm_status
fm_math_weibayes_eval(const fm_math_life_data *data, double shape_1, double confidence,
                      double *lower_out)
{
    double sum = 0, log_max = -INFINITY, n_failed = 0;
    if (!(shape_1 > 0 && isfinite(shape_1)) || !(confidence > 0 && confidence < 1))
        return FM_EDOM;
    for (size_t i = 0; i < data->n; i++) {
        if (!(data->x[i] > 0 && isfinite(data->x[i])))
            return FM_EDOM;
        if (data->weight == NULL || data->weight[i] > 0)
            log_max = fmax(log_max, log(data->x[i]));
    }
    if (isinf(log_max))
        return FM_ETOOFEW;
    for (size_t i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1;
        sum += w * exp(shape_1 * (log(data->x[i]) - log_max));
        n_failed += data->failed == NULL || data->failed[i] != 0 ? w : 0;
    }
    /* Without a failure the quantile is -ln(1 - confidence). */
    double most = gsl_cdf_chisq_Pinv(confidence, 2 * n_failed + 2) / 2;
    *lower_out = exp(log_max + (log(sum) - log(most)) / shape_1);
    return FM_OK;
}
