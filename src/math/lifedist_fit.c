/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood for life distributions with right censoring.
 *
 * Contents
 *   1. totals                   3. normal: Newton in (location/scale, 1/scale)
 *   2. sev: profile of the scale   4. covariance   5. threshold   6. fits
 */
#include "config.h"

#include "math/lifedist.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_linalg.h>

#include "math/lifedist_parts.h"
#include "math/root.h"
#include "math/univariate.h"

/* ---- 1. totals ------------------------------------------------------------- */

fm_math_life_totals
fm_math_life_totals_eval(const fm_math_life_rows *rows)
{
    fm_math_life_totals t = {.y_max = -INFINITY, .y_min_failed = INFINITY};
    double sum = 0;
    for (size_t i = 0; i < rows->n; i++) {
        double w = rows->weight != NULL ? rows->weight[i] : 1, y = rows->y[i];
        bool failed = rows->failed == NULL || rows->failed[i] != 0;
        t.bad = t.bad || !(w >= 0 && isfinite(w)) || isnan(y) || y >= (double)INFINITY ||
                (failed && w > 0 && isinf(y));
        if (!(w > 0))
            continue;
        t.n_rows += w;
        t.y_max = y > t.y_max ? y : t.y_max;
        if (failed) {
            t.n_failed += w;
            sum += w * y;
            t.y_min_failed = y < t.y_min_failed ? y : t.y_min_failed;
        }
    }
    if (t.bad || !(t.n_failed > 0))
        return t;
    /* The mean again, from deviations: it loses no digits then. */
    double first = sum / t.n_failed, rest = 0;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->failed == NULL || rows->failed[i] != 0)
            rest += (rows->weight != NULL ? rows->weight[i] : 1) * (rows->y[i] - first);
    t.mean_failed = (first - t.y_max) + rest / t.n_failed;
    return t;
}

fm_status
fm_math_life_exists(const fm_math_life_totals *totals)
{
    if (totals->bad)
        return FM_EDOM;
    if (!(totals->n_failed > 0))
        return FM_ETOOFEW;
    return totals->y_min_failed < totals->y_max ? FM_OK : FM_ESINGULAR;
}

/* ---- 2. sev: profile of the scale ------------------------------------------------- */

/* S0, S1, S2: sums of w v^k exp(beta v) with v = y - y_max. */
typedef struct sev_sums {
    double s0, s1, s2;
} sev_sums;

static sev_sums
add_sev(const fm_math_life_rows *rows, double y_max, double beta, size_t step)
{
    enum {
        BLOCK = 256
    };
    sev_sums all = {0, 0, 0};
    for (size_t first = 0; first < rows->n; first += BLOCK * step) {
        size_t end = rows->n - first < BLOCK * step ? rows->n : first + BLOCK * step;
        sev_sums s = {0, 0, 0};
        for (size_t i = first; i < end; i += step) {
            double v = rows->y[i] - y_max;
            if (isinf(v))
                continue;
            double e = exp(beta * v);
            if (rows->weight != NULL)
                e *= rows->weight[i];
            s.s0 += e;
            s.s1 += e * v;
            s.s2 += e * v * v;
        }
        all.s0 += s.s0;
        all.s1 += s.s1;
        all.s2 += s.s2;
    }
    return all;
}

/* Root of h(s) = S1/S0 - m - s with beta = 1/s, which falls strictly: Newton in a
 * bracket.  `start` > 0.  On success `location` holds too. */
static fm_status
sev_newton(const fm_math_life_rows *rows, const fm_math_life_totals *t, size_t step,
           double *scale_io, double *location_out)
{
    double low = 0, high = INFINITY, s = *scale_io;
    for (int i = 0; i < FM_MATH_LIFE_STEPS; i++) {
        sev_sums a = add_sev(rows, t->y_max, 1 / s, step);
        double mean = a.s1 / a.s0;
        double h = mean - t->mean_failed - s;
        double variance = fmax(a.s2 / a.s0 - mean * mean, 0);
        double move = h / (1 + variance / (s * s));
        if (h > 0)
            low = s;
        else
            high = s;
        double next = s + move;
        if (!(next > low && next < high))
            next = isinf(high) ? 2 * s : low + (high - low) / 2;
        if (!isfinite(next) || !(next > 0))
            return FM_ENOCONV;
        double change = fabs(next - s) / s;
        if (change <= 1e-8 || !(h < 0 || h > 0)) {
            /* S0 at the last scale by its series: the rest is of third order. */
            double d = 1 / next - 1 / s;
            double ln_s0 = log(a.s0) + d * mean + d * d * variance / 2;
            *scale_io = next;
            *location_out = t->y_max + next * (ln_s0 - log(t->n_failed));
            return FM_OK;
        }
        s = next;
    }
    return FM_ENOCONV;
}

/* First guess of the scale: spread of a part of the rows below the largest value. */
static double
sev_start(const fm_math_life_rows *rows, const fm_math_life_totals *t, size_t step)
{
    double n = 0, sum = 0;
    for (size_t i = 0; i < rows->n; i += step) {
        double v = rows->y[i] - t->y_max;
        if (isfinite(v) && (rows->weight == NULL || rows->weight[i] > 0)) {
            sum -= v;
            n += 1;
        }
    }
    double half = n > 0 ? 0.5 * sum / n : 0;
    return half > 0 ? half : fmax(-t->mean_failed, DBL_MIN);
}

static fm_status
fit_sev(const fm_math_life_rows *rows, const fm_math_life_totals *t, double start,
        fm_math_life *life)
{
    enum {
        PART = 4096 /* rows of the first rough solution of a long column */
    };
    size_t step = rows->n / PART;
    double scale = start, location;
    if (!(scale > 0))
        scale = sev_start(rows, t, step > 1 ? step : 1);
    if (!(start > 0) && step > 2 && sev_newton(rows, t, step, &scale, &location) != FM_OK)
        scale = sev_start(rows, t, 1);
    fm_status st = sev_newton(rows, t, 1, &scale, &location);
    if (st != FM_OK)
        return st;
    life->scale = scale;
    life->location = location;
    return FM_OK;
}

/* ---- 3. normal: Newton in (location/scale, 1/scale) -------------------------------- */

/* Mean and mean square deviation of the rows, failures alone or all. */
static void
spread(const fm_math_life_rows *rows, double *mean_out, double *sd_out)
{
    double n = 0, sum = 0, first = 0, rest = 0, square = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < rows->n; i++) {
            double w = rows->weight != NULL ? rows->weight[i] : 1;
            if (!(w > 0) || isinf(rows->y[i]))
                continue;
            double d = rows->y[i] - first;
            n += pass == 0 ? w : 0;
            sum += pass == 0 ? w * rows->y[i] : 0;
            rest += pass == 1 ? w * d : 0;
            square += pass == 1 ? w * d * d : 0;
        }
        first = sum / n;
    }
    rest /= n;
    *mean_out = first + rest;
    *sd_out = sqrt(fmax(square / n - rest * rest, 0));
}

/* One damped Newton step in (alpha, tau); returns its length relative to the values, or
 * NaN when no step improves. */
static double
newton_step(const fm_math_life_rows *rows, double n_failed, double p[2],
            fm_math_life_sums *s)
{
    double alpha = p[0], tau = p[1];
    double ga = -s->l1, gt = (s->l1z + alpha * s->l1 + n_failed) / tau;
    double haa = -s->l2, hat = (s->l2z + alpha * s->l2) / tau;
    double htt =
        -(s->l2zz + 2 * alpha * s->l2z + alpha * alpha * s->l2 - n_failed) / (tau * tau);
    double det = haa * htt - hat * hat;
    if (!(det > 0))
        return (double)NAN;
    double da = (ga * htt - hat * gt) / det, dt = (gt * haa - hat * ga) / det;
    double now = s->l + n_failed * log(tau);
    double length = fabs(dt) / tau + fabs(da) / (1 + fabs(alpha));
    for (int halvings = 0; halvings < 30; halvings++) {
        double part = ldexp(1, -halvings);
        double a = alpha + part * da, b = tau + part * dt;
        if (!(b > 0))
            continue;
        fm_math_life_sums next = fm_math_life_sums_eval(rows, a, b);
        double then = next.l + n_failed * log(b);
        /* Close to the maximum the likelihood is flat within its rounding. */
        if (then >= now || (length < 1e-6 && halvings == 0)) {
            p[0] = a;
            p[1] = b;
            *s = next;
            return part * length;
        }
    }
    return (double)NAN;
}

static fm_status
fit_normal(const fm_math_life_rows *rows, const fm_math_life_totals *t,
           const fm_math_life *start, fm_math_life *life)
{
    double mean, sd;
    spread(rows, &mean, &sd);
    if (t->n_failed >= t->n_rows) {
        life->location = mean;
        life->scale = sd;
        return sd > 0 ? FM_OK : FM_ESINGULAR;
    }
    double p[2] = {mean / sd, 1 / sd};
    if (start != NULL) {
        p[0] = start->location / start->scale;
        p[1] = 1 / start->scale;
    }
    fm_math_life_sums s = fm_math_life_sums_eval(rows, p[0], p[1]);
    for (int i = 0; i < FM_MATH_LIFE_STEPS; i++) {
        double length = newton_step(rows, t->n_failed, p, &s);
        if (isnan(length))
            return FM_ENOCONV;
        if (length < 1e-9) {
            life->scale = 1 / p[1];
            life->location = p[0] / p[1];
            return FM_OK;
        }
    }
    return FM_ENOCONV;
}

static fm_status
fit_rows(const fm_math_life_rows *rows, const fm_math_life_totals *t,
         const fm_math_life *start, fm_math_life *life)
{
    if (rows->normal)
        return fit_normal(rows, t, start, life);
    return fit_sev(rows, t, start != NULL ? start->scale : 0, life);
}

/* ---- 4. covariance ---------------------------------------------------------------- */

/* Inverse of a positive definite matrix; false if it is not. */
static bool
invert(size_t n, double *matrix)
{
    gsl_matrix_view m = gsl_matrix_view_array(matrix, n, n);
    if (gsl_linalg_cholesky_decomp1(&m.matrix) != GSL_SUCCESS)
        return false;
    return gsl_linalg_cholesky_invert(&m.matrix) == GSL_SUCCESS;
}

/* Row and column of the threshold in the information. */
static void
threshold_info(const fm_math_life *life, const fm_math_life_data *data, double info[9])
{
    double s = life->scale, tt = 0, tm = 0, ts = 0;
    for (size_t i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1;
        bool failed = data->failed == NULL || data->failed[i] != 0;
        double above = data->x[i] - life->threshold, term[3];
        if (!(w > 0) || !(above > 0))
            continue;
        double z = (log(above) - life->location) / s, dz = -1 / (s * above);
        fm_math_life_term(false, failed, z, term);
        double own = failed ? 1 / (above * above) : 0;
        tt -= w * (term[2] * dz * dz + term[1] * dz / above + own);
        tm += w * term[2] * dz / s;
        ts += w * (term[2] * z + term[1]) * dz / s;
    }
    info[8] = tt;
    info[2] = info[6] = tm;
    info[5] = info[7] = ts;
}

static fm_status
finish(const fm_math_life_data *data, const fm_math_life_totals *t, fm_math_life_fit *fit)
{
    double info[4];
    fit->n_failed = t->n_failed;
    fit->n_rows = t->n_rows;
    fit->n_parameters = fit->life.family == FM_MATH_WEIBULL3 ? 3 : 2;
    fm_status st = fm_math_life_loglik(&fit->life, data, &fit->loglik);
    if (st == FM_OK) {
        double score[2];
        st = fm_math_life_derivatives(&fit->life, data, score, info);
    }
    if (st != FM_OK || !isfinite(fit->loglik))
        return FM_ENOCONV;
    double full[9] = {info[0], info[1], 0, info[2], info[3], 0, 0, 0, 0};
    if (fit->n_parameters == 2) {
        if (!invert(2, info))
            return FM_ENOCONV;
        const double cov[9] = {info[0], info[1], 0, info[2], info[3], 0, 0, 0, 0};
        for (int k = 0; k < 9; k++)
            fit->cov[k] = cov[k];
        return FM_OK;
    }
    threshold_info(&fit->life, data, full);
    if (!invert(3, full))
        return FM_EVALID;
    for (int k = 0; k < 9; k++)
        fit->cov[k] = full[k];
    return FM_OK;
}

/* ---- 5. threshold ----------------------------------------------------------------- */

typedef struct threshold_search {
    const fm_math_life_data *data;
    double *y;
    double x_min; /* smallest failure */
    fm_math_life life;
    double loglik;
} threshold_search;

/* Fits location and scale at threshold x_min - exp(u). */
static fm_status
fit_at(threshold_search *s, double u)
{
    const fm_math_life_data *d = s->data;
    s->life.threshold = s->x_min - exp(u);
    for (size_t i = 0; i < d->n; i++)
        s->y[i] = fm_math_life_y(&s->life, d->x[i]);
    fm_math_life_rows rows = {d->n, s->y, d->weight, d->failed, false};
    fm_math_life_totals t = fm_math_life_totals_eval(&rows);
    fm_status st = fm_math_life_exists(&t);
    if (st == FM_OK)
        st = fit_sev(&rows, &t, 0, &s->life);
    if (st == FM_OK)
        st = fm_math_life_loglik(&s->life, d, &s->loglik);
    return st;
}

/* Slope of the profile log-likelihood in the threshold, at x_min - exp(u). */
static double
slope_at(double u, void *context)
{
    threshold_search *s = context;
    double slope = 0;
    if (fit_at(s, u) != FM_OK)
        return (double)NAN;
    for (size_t i = 0; i < s->data->n; i++) {
        double w = s->data->weight != NULL ? s->data->weight[i] : 1;
        bool failed = s->data->failed == NULL || s->data->failed[i] != 0;
        double above = s->data->x[i] - s->life.threshold, term[3];
        if (!(w > 0) || !(above > 0))
            continue;
        double z = (log(above) - s->life.location) / s->life.scale;
        fm_math_life_term(false, failed, z, term);
        slope += w * ((failed ? 1 : 0) - term[1] / s->life.scale) / above;
    }
    return slope;
}

static fm_status
fit_threshold(threshold_search *s, double range)
{
    enum {
        GRID = 48
    };
    /* Toward x_min the likelihood is unbounded, far below the family becomes sev. */
    const double nearest = log(1e-4 * range), farthest = log(300 * range);
    double best = -INFINITY, u_best = NAN, before = slope_at(nearest, s);
    double u_before = nearest;
    for (int i = 1; i <= GRID; i++) {
        double u = nearest + (farthest - nearest) * i / GRID, now = slope_at(u, s);
        /* Away from x_min u grows and the threshold falls: at a maximum the slope in the
         * threshold turns from negative to positive. */
        if (before < 0 && now >= 0) {
            fm_math_bracket b = {u_before, u, before, now};
            double root;
            if (fm_math_root_solve(slope_at, s, b, &root) == FM_OK &&
                fit_at(s, root) == FM_OK && s->loglik > best) {
                best = s->loglik;
                u_best = root;
            }
        }
        before = now;
        u_before = u;
    }
    return isnan(u_best) ? FM_EVALID : fit_at(s, u_best);
}

/* Number of different failure values, counted up to 3, and the smallest. */
static int
different_failures(const fm_math_life_data *data, double *min_out, double *max_out)
{
    double seen[3] = {0, 0, 0};
    int n = 0;
    *min_out = INFINITY;
    *max_out = -INFINITY;
    for (size_t i = 0; i < data->n; i++) {
        double x = data->x[i];
        if (data->weight != NULL && !(data->weight[i] > 0))
            continue;
        *max_out = fmax(*max_out, x);
        if (data->failed != NULL && data->failed[i] == 0)
            continue;
        *min_out = fmin(*min_out, x);
        bool new = true;
        for (int k = 0; k < n; k++)
            new = new && (x < seen[k] || x > seen[k]);
        if (new &&n < 3)
            seen[n++] = x;
    }
    return n;
}

static fm_status
fit_weibull3(const fm_math_life_data *data, double *y_work, fm_math_life_fit *fit)
{
    threshold_search s = {.data = data, .y = y_work};
    double x_max;
    for (size_t i = 0; i < data->n; i++)
        if (!isfinite(data->x[i]))
            return FM_EDOM;
    fm_math_life_rows all = {data->n, data->x, data->weight, data->failed, false};
    fm_math_life_totals t = fm_math_life_totals_eval(&all);
    fm_status st = fm_math_life_exists(&t);
    if (st != FM_OK)
        return st;
    if (different_failures(data, &s.x_min, &x_max) < 3)
        return FM_ETOOFEW;
    s.life.family = FM_MATH_WEIBULL3;
    st = fit_threshold(&s, x_max - s.x_min);
    if (st != FM_OK)
        return st;
    fit->life = s.life;
    return finish(data, &t, fit);
}

/* ---- 6. fits ---------------------------------------------------------------------- */

fm_status
fm_math_life_fit_eval(fm_math_family family, const fm_math_life_data *data,
                      double *y_work, fm_math_life_fit *fit_out)
{
    fm_math_life_fit fit = {.life = {.family = family}};
    fm_status st;
    if (family == FM_MATH_WEIBULL3) {
        st = fit_weibull3(data, y_work, &fit);
        if (st == FM_OK)
            *fit_out = fit;
        return st;
    }
    bool log_family = fm_math_life_is_log(family);
    for (size_t i = 0; i < data->n; i++) {
        if (!isfinite(data->x[i]) || (log_family && !(data->x[i] > 0)))
            return FM_EDOM;
        y_work[i] = log_family ? log(data->x[i]) : data->x[i];
    }
    fm_math_life_rows rows = {data->n, y_work, data->weight, data->failed,
                              fm_math_life_is_normal(family)};
    fm_math_life_totals t = fm_math_life_totals_eval(&rows);
    st = fm_math_life_exists(&t);
    if (st == FM_OK)
        st = fit_rows(&rows, &t, NULL, &fit.life);
    if (st == FM_OK)
        st = finish(data, &t, &fit);
    if (st == FM_OK)
        *fit_out = fit;
    return st;
}

fm_status
fm_math_life_refit(const fm_math_life_fit *fit, const double *y,
                   const fm_math_life_data *data, fm_math_life *life_out)
{
    fm_math_life_rows rows = {data->n, y, data->weight, data->failed,
                              fm_math_life_is_normal(fit->life.family)};
    if (fit->life.family == FM_MATH_WEIBULL3)
        return FM_EDOM;
    fm_math_life_totals t = fm_math_life_totals_eval(&rows);
    fm_math_life life = fit->life;
    fm_status st = fm_math_life_exists(&t);
    if (st == FM_OK)
        st = fit_rows(&rows, &t, &fit->life, &life);
    if (st == FM_OK)
        *life_out = life;
    return st;
}
