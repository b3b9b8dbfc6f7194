/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strength and life distributions: density, survival, quantile, sums of log-likelihoods.
 *
 * Contents
 *   1. standard variates   2. the distributions   3. sums over rows   4. goodness of fit
 */
#include "config.h"

#include "math/lifedist.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>

#include "math/lifedist_parts.h"
#include "math/univariate.h"

/* ---- 1. standard variates -------------------------------------------------------- */

static const double half_ln_2pi = 0.91893853320467274178;
static const double ln_2 = 0.69314718055994530942;
static const double sqrt_half = 0.70710678118654752440;

/* ln of the upper tail of the standard normal; below 0 from the lower tail. */
static double
log_normal_tail(double z)
{
    if (z < 0)
        return log1p(-gsl_cdf_ugaussian_P(z));
    return gsl_sf_log_erfc(z * sqrt_half) - ln_2;
}

/* Density over upper tail of the standard normal; beyond the largest argument of the
 * library by its expansion z + 1/z - 2/z^3. */
static double
normal_hazard(double z)
{
    const double far = 1e4;
    return z < far ? gsl_sf_hazard(z) : z + 1 / z - 2 / (z * z * z);
}

void
fm_math_life_term(bool normal, bool failed, double z, double l_out[3])
{
    if (!normal) {
        double e = exp(z);
        l_out[0] = failed ? z - e : -e;
        l_out[1] = failed ? 1 - e : -e;
        l_out[2] = -e;
    } else if (failed) {
        l_out[0] = -0.5 * z * z - half_ln_2pi;
        l_out[1] = -z;
        l_out[2] = -1;
    } else {
        double h = z > -38 ? normal_hazard(z) : 0;
        l_out[0] = log_normal_tail(z);
        l_out[1] = -h;
        l_out[2] = -h * (h - z);
    }
}

double
fm_math_life_z(fm_math_family family, double p_1)
{
    if (!(p_1 > 0 && p_1 < 1))
        return (double)NAN;
    if (fm_math_life_is_normal(family))
        return gsl_cdf_ugaussian_Pinv(p_1);
    return log(-log1p(-p_1));
}

double
fm_math_life_p(fm_math_family family, double z)
{
    if (fm_math_life_is_normal(family))
        return gsl_cdf_ugaussian_P(z);
    return -expm1(-exp(z));
}

/* ---- 2. the distributions -------------------------------------------------------- */

double
fm_math_life_y(const fm_math_life *life, double x)
{
    if (!fm_math_life_is_log(life->family))
        return x;
    double above = x - life->threshold;
    if (isnan(above))
        return above;
    return above > 0 ? log(above) : -(double)INFINITY;
}

double
fm_math_life_x(const fm_math_life *life, double y)
{
    return fm_math_life_is_log(life->family) ? exp(y) + life->threshold : y;
}

static double
standard(const fm_math_life *life, double x)
{
    return (fm_math_life_y(life, x) - life->location) / life->scale;
}

double
fm_math_life_log_pdf(const fm_math_life *life, double x)
{
    double y = fm_math_life_y(life, x), z = (y - life->location) / life->scale, term[3];
    if (isinf(z))
        return -INFINITY;
    fm_math_life_term(fm_math_life_is_normal(life->family), true, z, term);
    double jacobian = fm_math_life_is_log(life->family) ? y : 0;
    return term[0] - log(life->scale) - jacobian;
}

double
fm_math_life_pdf(const fm_math_life *life, double x)
{
    return exp(fm_math_life_log_pdf(life, x));
}

double
fm_math_life_log_survival(const fm_math_life *life, double x)
{
    double z = standard(life, x);
    if (isinf(z))
        return z < 0 ? 0 : -INFINITY;
    return fm_math_life_is_normal(life->family) ? log_normal_tail(z) : -exp(z);
}

double
fm_math_life_survival(const fm_math_life *life, double x)
{
    return exp(fm_math_life_log_survival(life, x));
}

double
fm_math_life_cdf(const fm_math_life *life, double x)
{
    return fm_math_life_p(life->family, standard(life, x));
}

fm_status
fm_math_life_quantile(const fm_math_life *life, double p_1, double *x_out)
{
    double z = fm_math_life_z(life->family, p_1);
    if (isnan(z))
        return FM_EDOM;
    *x_out = fm_math_life_x(life, life->location + life->scale * z);
    return FM_OK;
}

static void
weibull_moments(const fm_math_life *life, double *mean_out, double *sd_out)
{
    const double log_largest = 709;
    double g1 = gsl_sf_lngamma(1 + life->scale);
    double ratio = gsl_sf_lngamma(1 + 2 * life->scale) - 2 * g1;
    double log_mean = life->location + g1;
    double mean = log_mean < log_largest ? exp(log_mean) : (double)INFINITY;
    *mean_out = mean + life->threshold;
    *sd_out = mean * sqrt(expm1(ratio));
}

fm_status
fm_math_life_moments(const fm_math_life *life, double *mean_out, double *sd_out)
{
    const double euler = 0.57721566490153286061, pi = 3.14159265358979323846;
    double s = life->scale, mean = life->location, sd = s;
    switch (life->family) {
    case FM_MATH_NORMAL:
        break;
    case FM_MATH_SEV:
        mean = life->location - euler * s;
        sd = pi / sqrt(6) * s;
        break;
    case FM_MATH_LOGNORMAL:
        mean = exp(life->location + s * s / 2);
        sd = mean * sqrt(expm1(s * s));
        break;
    default:
        weibull_moments(life, &mean, &sd);
    }
    if (!isfinite(mean) || !isfinite(sd))
        return FM_ERANGE;
    *mean_out = mean;
    *sd_out = sd;
    return FM_OK;
}

/* ---- 3. sums over rows ------------------------------------------------------------ */

static void
add_row(const fm_math_life_rows *rows, size_t i, double z, fm_math_life_sums *s)
{
    double w = rows->weight != NULL ? rows->weight[i] : 1;
    bool failed = rows->failed == NULL || rows->failed[i] != 0;
    double term[3];
    if (!(w > 0) || (isinf(z) && z < 0))
        return;
    fm_math_life_term(rows->normal, failed, z, term);
    s->l += w * term[0];
    s->l1 += w * term[1];
    s->l1z += w * term[1] * z;
    s->l2 += w * term[2];
    s->l2z += w * term[2] * z;
    s->l2zz += w * term[2] * z * z;
}

fm_math_life_sums
fm_math_life_sums_eval(const fm_math_life_rows *rows, double alpha, double tau)
{
    enum {
        BLOCK = 256 /* bounds the rounding of long sums */
    };
    fm_math_life_sums all = {0, 0, 0, 0, 0, 0};
    for (size_t first = 0; first < rows->n; first += BLOCK) {
        size_t end = rows->n - first < BLOCK ? rows->n : first + BLOCK;
        fm_math_life_sums s = {0, 0, 0, 0, 0, 0};
        for (size_t i = first; i < end; i++)
            add_row(rows, i, tau * rows->y[i] - alpha, &s);
        all.l += s.l;
        all.l1 += s.l1;
        all.l1z += s.l1z;
        all.l2 += s.l2;
        all.l2z += s.l2z;
        all.l2zz += s.l2zz;
    }
    return all;
}

fm_status
fm_math_life_loglik(const fm_math_life *life, const fm_math_life_data *data,
                    double *loglik_out)
{
    fm_math_sum sum = {0, 0};
    if (!(life->scale > 0))
        return FM_EDOM;
    for (size_t i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1;
        bool failed = data->failed == NULL || data->failed[i] != 0;
        double l = failed ? fm_math_life_log_pdf(life, data->x[i])
                          : fm_math_life_log_survival(life, data->x[i]);
        if (w > 0 && isinf(l)) {
            *loglik_out = -INFINITY;
            return FM_OK;
        }
        if (w > 0)
            fm_math_sum_add(&sum, w * l);
    }
    *loglik_out = fm_math_sum_get(&sum);
    return FM_OK;
}

fm_status
fm_math_life_derivatives(const fm_math_life *life, const fm_math_life_data *data,
                         double *score, double *info)
{
    double s = life->scale, n_failed = 0;
    fm_math_life_rows rows = {.n = 1};
    fm_math_life_sums all = {0, 0, 0, 0, 0, 0};
    if (!(s > 0))
        return FM_EDOM;
    rows.normal = fm_math_life_is_normal(life->family);
    for (size_t i = 0; i < data->n; i++) {
        rows.weight = data->weight != NULL ? &data->weight[i] : NULL;
        rows.failed = data->failed != NULL ? &data->failed[i] : NULL;
        add_row(&rows, 0, standard(life, data->x[i]), &all);
        if (data->failed == NULL || data->failed[i] != 0)
            n_failed += data->weight != NULL ? data->weight[i] : 1;
    }
    score[0] = -all.l1 / s;
    score[1] = -(all.l1z + n_failed) / s;
    info[0] = -all.l2 / (s * s);
    info[1] = info[2] = -(all.l2z + all.l1) / (s * s);
    info[3] = -(all.l2zz + 2 * all.l1z + n_failed) / (s * s);
    return FM_OK;
}

/* ---- 4. goodness of fit ----------------------------------------------------------- */

double
fm_math_life_aicc(const fm_math_life_fit *fit)
{
    double k = (double)fit->n_parameters, left = fit->n_failed - k - 1;
    if (!(left > 0))
        return INFINITY;
    return -2 * fit->loglik + 2 * k + 2 * k * (k + 1) / left;
}

/* Integral of (c - u)^2 / (u (1 - u)) over u from a to b, with the logarithms of both
 * ends given. */
static double
step_integral(double c, const double a[3], const double b[3])
{
    double sum = -(b[0] - a[0]);
    if (c > 0)
        sum += c * c * (b[1] - a[1]);
    if (c < 1)
        sum -= (1 - c) * (1 - c) * (b[2] - a[2]);
    return sum;
}

/* F, ln F, ln(1 - F) at x. */
static void
end_of_step(const fm_math_life *life, double x, double u_out[3])
{
    u_out[0] = fm_math_life_cdf(life, x);
    u_out[1] = log(u_out[0]);
    u_out[2] = fm_math_life_log_survival(life, x);
}

/* Weight of failures and of all rows with the value of row i; moves i behind them. */
static double
take_ties(const fm_math_life_data *data, size_t *i_io, double *all_out)
{
    double failed = 0, all = 0, x = data->x[*i_io];
    for (; *i_io < data->n && data->x[*i_io] <= x; ++*i_io) {
        double w = data->weight != NULL ? data->weight[*i_io] : 1;
        all += w;
        if (data->failed == NULL || data->failed[*i_io] != 0)
            failed += w;
    }
    *all_out = all;
    return failed;
}

fm_status
fm_math_life_anderson_darling(const fm_math_life *life, const fm_math_life_data *data,
                              double *a2_out)
{
    double at_risk = 0, survival = 1, sum = 0, n_failed = 0, low[3] = {0, 0, 0};
    for (size_t i = 0; i < data->n; i++) {
        at_risk += data->weight != NULL ? data->weight[i] : 1;
        if (i > 0 && !(data->x[i] >= data->x[i - 1]))
            return FM_EDOM;
    }
    double n = at_risk;
    for (size_t i = 0; i < data->n;) {
        double high[3], all;
        end_of_step(life, data->x[i], high);
        if (!isfinite(high[1]) || !isfinite(high[2])) {
            *a2_out = INFINITY;
            return FM_OK;
        }
        sum += step_integral(1 - survival, low, high);
        double failed = take_ties(data, &i, &all);
        /* The last failure of all leaves nothing: exactly 0. */
        if (failed > 0)
            survival = failed >= at_risk ? 0 : survival * (1 - failed / at_risk);
        at_risk -= all;
        n_failed += failed;
        for (int k = 0; k < 3; k++)
            low[k] = high[k];
    }
    if (!(n_failed > 0))
        return FM_ETOOFEW;
    if (!(survival > 0)) {
        const double end[3] = {1, 0, 0};
        sum += step_integral(1, low, end);
    }
    *a2_out = n * sum;
    return FM_OK;
}
