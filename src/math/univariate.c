/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two-pass means and centred second moments. */
#include "config.h"

#include "math/univariate.h"

fm_status
fm_math_mean_eval(const double *x, size_t n, double *mean_out)
{
    if (n == 0)
        return FM_ETOOFEW;
    fm_math_sum s = {0, 0};
    for (size_t i = 0; i < n; i++)
        fm_math_sum_add(&s, x[i]);
    double first = fm_math_sum_get(&s) / (double)n;
    if (!isfinite(first))
        return FM_EDOM;
    fm_math_sum rest = {0, 0};
    for (size_t i = 0; i < n; i++)
        fm_math_sum_add(&rest, x[i] - first);
    *mean_out = first + fm_math_sum_get(&rest) / (double)n;
    return FM_OK;
}

fm_status
fm_math_moments_eval(const double *x, size_t n, fm_math_moments *out)
{
    if (n < 2)
        return FM_ETOOFEW;
    fm_math_moments m = {.min = x[0], .max = x[0]};
    fm_status st = fm_math_mean_eval(x, n, &m.mean);
    if (st != FM_OK)
        return st;
    fm_math_sum first = {0, 0}, square = {0, 0}, product = {0, 0};
    double before = 0;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - m.mean;
        fm_math_sum_add(&first, d);
        fm_math_sum_add(&square, d * d);
        fm_math_sum_add(&product, d * before);
        before = d;
        m.min = fmin(m.min, x[i]);
        m.max = fmax(m.max, x[i]);
    }
    /* What the rounding of the mean left in the deviations is taken out again. */
    double left = fm_math_sum_get(&first);
    double ss = fm_math_sum_get(&square) - left * left / (double)n;
    m.sd = m.min < m.max ? sqrt(ss / (double)(n - 1)) : 0;
    m.lag1 = m.min < m.max ? fm_math_sum_get(&product) / ss : (double)NAN;
    *out = m;
    return FM_OK;
}
