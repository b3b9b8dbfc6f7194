/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hotelling T2 and MEWMA. */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_multivariate.h"

fm_status
fm_spc_scatter_add(fm_spc_scatter *scatter, const double *x)
{
    size_t p = scatter->p;
    double before[FM_SPC_VARIABLES_MAX];
    if (p < 1 || p > FM_SPC_VARIABLES_MAX)
        return FM_EDOM;
    for (size_t i = 0; i < p; i++)
        if (!isfinite(x[i]))
            return FM_EDOM;
    scatter->m++;
    for (size_t i = 0; i < p; i++) {
        before[i] = x[i] - scatter->mean[i];
        scatter->mean[i] += before[i] / (double)scatter->m;
    }
    for (size_t i = 0; i < p; i++)
        for (size_t k = 0; k <= i; k++)
            scatter->cross[i * p + k] += before[i] * (x[k] - scatter->mean[k]);
    return FM_OK;
}

/* Cholesky factor of the p x p matrix in `a` (lower triangle), in place; a pivot that is
 * lost in rounding means dependent variables. */
static fm_status
factorise(double *a, size_t p)
{
    const double least = 1e-12; /* of the variable's own variance */
    for (size_t i = 0; i < p; i++) {
        double variance = a[i * p + i];
        for (size_t k = 0; k <= i; k++) {
            double sum = a[i * p + k];
            for (size_t j = 0; j < k; j++)
                sum -= a[i * p + j] * a[k * p + j];
            if (k < i)
                a[i * p + k] = sum / a[k * p + k];
            else if (!(sum > least * variance))
                return FM_ESINGULAR;
            else
                a[i * p + i] = sqrt(sum);
        }
    }
    return FM_OK;
}

fm_status
fm_spc_ellipsoid_eval(const fm_spc_scatter *scatter, fm_spc_ellipsoid *out)
{
    size_t p = scatter->p, m = scatter->m;
    fm_spc_ellipsoid e = {.p = p, .m = m};
    if (p < 1 || p > FM_SPC_VARIABLES_MAX)
        return FM_EDOM;
    if (m <= p)
        return FM_ETOOFEW;
    for (size_t i = 0; i < p; i++) {
        e.mean[i] = scatter->mean[i];
        for (size_t k = 0; k <= i; k++)
            e.factor[i * p + k] = scatter->cross[i * p + k] / (double)(m - 1);
    }
    fm_status st = factorise(e.factor, p);
    if (st == FM_OK)
        *out = e;
    return st;
}

/* Squared length of L^-1 d. */
static double
squared_length(const fm_spc_ellipsoid *e, const double *d)
{
    double y[FM_SPC_VARIABLES_MAX];
    double sum = 0;
    for (size_t i = 0; i < e->p; i++) {
        y[i] = d[i];
        for (size_t k = 0; k < i; k++)
            y[i] -= e->factor[i * e->p + k] * y[k];
        y[i] /= e->factor[i * e->p + i];
        sum += y[i] * y[i];
    }
    return sum;
}

fm_status
fm_spc_ellipsoid_distance(const fm_spc_ellipsoid *e, const double *x, double *t2_out)
{
    double d[FM_SPC_VARIABLES_MAX];
    for (size_t i = 0; i < e->p; i++) {
        if (!isfinite(x[i]))
            return FM_EDOM;
        d[i] = x[i] - e->mean[i];
    }
    *t2_out = squared_length(e, d);
    return FM_OK;
}

/* Quantile of p F(p, nu); NaN if there is none.  GSL finds none from some 1e5 degrees of
 * freedom on; there the first term of the expansion about chi-square is right to 2e-9 and
 * better as nu^-2. */
static double
f_quantile(double probability, double p, double nu)
{
    const double many = 1e5;
    double f = p * gsl_cdf_fdist_Pinv(probability, p, nu);
    if (isfinite(f) || nu < many)
        return f;
    double x = gsl_cdf_chisq_Pinv(probability, p);
    return x + x * (x - p + 2) / (2 * nu);
}

fm_status
fm_spc_t2_quantile(size_t m, size_t p, double probability, int future, double *t2_out)
{
    double dm = (double)m, dp = (double)p;
    if (p < 1 || !(probability > 0) || !(probability < 1))
        return FM_EDOM;
    if (future ? m <= p : m <= p + 1)
        return FM_ETOOFEW;
    double nu = future ? dm - dp : dm - dp - 1;
    double f = f_quantile(probability, dp, nu);
    if (!isfinite(f))
        return FM_ENOCONV;
    if (future) /* a beta quantile is f/(nu + f) */
        *t2_out = (dm + 1) * (dm - 1) / (dm * dm - dm * dp) * f;
    else
        *t2_out = (dm - 1) * (dm - 1) / dm * (f / (nu + f));
    return FM_OK;
}

fm_status
fm_spc_mewma_step(const fm_spc_ellipsoid *e, double lambda, double *z, const double *x,
                  double *q_out)
{
    if (!(lambda > 0) || !(lambda <= 1))
        return FM_EDOM;
    for (size_t i = 0; i < e->p; i++)
        if (!isfinite(x[i]))
            return FM_EDOM;
    for (size_t i = 0; i < e->p; i++)
        z[i] = (1 - lambda) * z[i] + lambda * (x[i] - e->mean[i]);
    *q_out = (2 - lambda) / lambda * squared_length(e, z);
    return FM_OK;
}
