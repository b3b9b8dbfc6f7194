/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bias and linearity. */
#include "config.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "math/univariate.h"
#include "spc/spc_linearity_model.h"

/* Sum of squares within equal reference values, and how many of these there are. */
static double
pure_error(const double *x, const double *y, size_t n, size_t *levels_out)
{
    fm_math_sum ss = {0, 0};
    size_t levels = 0;
    for (size_t first = 0, end; first < n; first = end) {
        double mean = 0;
        for (end = first; end < n && x[end] == x[first]; end++)
            mean += (y[end] - mean) / (double)(end - first + 1);
        for (size_t i = first; i < end; i++)
            fm_math_sum_add(&ss, (y[i] - mean) * (y[i] - mean));
        levels++;
    }
    *levels_out = levels;
    return fm_math_sum_get(&ss);
}

/* Lack of fit against the spread of repeated readings. */
static void
test_fit(const double *x, const double *y, size_t n, double rss, fm_spc_linearity *f)
{
    size_t levels;
    double pure = pure_error(x, y, n, &levels);
    double df_lack = (double)levels - 2, df_pure = (double)(n - levels);
    f->lack_f = f->lack_p = NAN;
    if (levels < 3 || n == levels || !(pure > 0))
        return;
    f->lack_f = fmax(0, rss - pure) / df_lack / (pure / df_pure);
    f->lack_p = gsl_cdf_fdist_Q(f->lack_f, df_lack, df_pure);
}

fm_status
fm_spc_linearity_eval(const double *reference, const double *bias, size_t n,
                      fm_spc_linearity *out)
{
    if (n < 3)
        return FM_ETOOFEW;
    fm_spc_linearity f = {.n = (double)n, .df = (double)(n - 2)};
    fm_status st = fm_math_mean_eval(reference, n, &f.mean_reference);
    if (st == FM_OK)
        st = fm_math_mean_eval(bias, n, &f.mean_bias);
    if (st != FM_OK)
        return st;
    fm_math_sum xx = {0, 0}, xy = {0, 0}, yy = {0, 0}, res = {0, 0}, raw = {0, 0};
    for (size_t i = 0; i < n; i++) {
        double dx = reference[i] - f.mean_reference, dy = bias[i] - f.mean_bias;
        fm_math_sum_add(&xx, dx * dx);
        fm_math_sum_add(&xy, dx * dy);
        fm_math_sum_add(&yy, dy * dy);
        fm_math_sum_add(&raw, bias[i] * bias[i]);
    }
    f.sxx = fm_math_sum_get(&xx);
    double syy = fm_math_sum_get(&yy);
    if (!(f.sxx > 0))
        return FM_ESINGULAR;
    f.slope = fm_math_sum_get(&xy) / f.sxx;
    f.intercept = f.mean_bias - f.slope * f.mean_reference;
    for (size_t i = 0; i < n; i++) {
        double e = bias[i] - f.mean_bias - f.slope * (reference[i] - f.mean_reference);
        fm_math_sum_add(&res, e * e);
    }
    double rss = fm_math_sum_get(&res), all = fm_math_sum_get(&raw);
    double noise = 16 * DBL_EPSILON * (fabs(f.mean_reference) + sqrt(all / f.n));
    if (!(rss > f.n * noise * noise))
        return FM_ESINGULAR;
    f.residual_sd = sqrt(rss / f.df);
    f.slope_se = f.residual_sd / sqrt(f.sxx);
    f.intercept_se =
        f.residual_sd * sqrt(1 / f.n + f.mean_reference * f.mean_reference / f.sxx);
    f.r_squared = 1 - rss / syy;
    f.zero_f = fmax(0, all - rss) / 2 / (rss / f.df);
    f.zero_p = gsl_cdf_fdist_Q(f.zero_f, 2, f.df);
    test_fit(reference, bias, n, rss, &f);
    *out = f;
    return FM_OK;
}

fm_status
fm_spc_linearity_band(const fm_spc_linearity *fit, double reference, double confidence,
                      double *line_out, double *half_out)
{
    if (!(confidence > 0 && confidence < 1))
        return FM_EDOM;
    double t = gsl_cdf_tdist_Qinv(0.5 * (1 - confidence), fit->df);
    double d = reference - fit->mean_reference;
    *line_out = fit->mean_bias + fit->slope * d;
    *half_out = t * fit->residual_sd * sqrt(1 / fit->n + d * d / fit->sxx);
    return FM_OK;
}
