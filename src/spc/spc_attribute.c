/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of charts of counts. */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_attribute.h"

fm_status
fm_spc_attribute_limits(fm_spc_attribute kind, double level, double size, double width,
                        double spread, fm_spc_limits *out)
{
    fm_spc_limits l;
    double most = INFINITY;
    bool share = kind == FM_SPC_P || kind == FM_SPC_NP;
    if (!(level >= 0) || !isfinite(level) || (share && level > 1) || !(size > 0) ||
        !isfinite(size) || !(width > 0) || !isfinite(width) || !(spread >= 0) ||
        !isfinite(spread))
        return FM_EDOM;
    l.centre = level;
    l.sigma = sqrt((share ? level * (1 - level) : level) / size);
    if (kind == FM_SPC_C)
        l.sigma = sqrt(level);
    if (kind == FM_SPC_NP) {
        l.centre = size * level;
        l.sigma *= size;
    }
    l.sigma *= spread;
    if (share)
        most = kind == FM_SPC_NP ? size : 1;
    l.lower = fmax(0, l.centre - width * l.sigma);
    l.upper = fmin(most, l.centre + width * l.sigma);
    *out = l;
    return FM_OK;
}

fm_status
fm_spc_laney_add(fm_spc_laney *laney, fm_spc_attribute kind, double y, double level,
                 double size)
{
    fm_spc_limits l;
    if (kind != FM_SPC_P && kind != FM_SPC_U)
        return FM_EDOM;
    fm_status st = fm_spc_attribute_limits(kind, level, size, 3, 1, &l);
    if (st != FM_OK)
        return st;
    if (!(l.sigma > 0))
        return FM_EDOM;
    return fm_spc_series_add(&laney->z, (y - level) / l.sigma);
}

fm_status
fm_spc_laney_get(const fm_spc_laney *laney, double *sigma_z_out)
{
    fm_spc_process p;
    fm_status st = fm_spc_series_get(&laney->z, false, &p);
    if (st == FM_OK)
        *sigma_z_out = p.sigma;
    return st;
}

fm_status
fm_spc_g_limits(double mean, double width, fm_spc_limits *out)
{
    if (!(mean > 0) || !isfinite(mean) || !(width > 0) || !isfinite(width))
        return FM_EDOM;
    double sigma = sqrt(mean * (mean + 1));
    *out =
        (fm_spc_limits){mean, sigma, fmax(0, mean - width * sigma), mean + width * sigma};
    return FM_OK;
}

fm_status
fm_spc_t_limits(double mean, double width, fm_spc_limits *out)
{
    if (!(mean > 0) || !isfinite(mean) || !(width > 0) || !isfinite(width))
        return FM_EDOM;
    double tail = gsl_cdf_ugaussian_Q(width);
    if (!(tail > 0))
        return FM_EDOM;
    *out = (fm_spc_limits){mean * M_LN2, mean, -mean * log1p(-tail), -mean * log(tail)};
    return FM_OK;
}

fm_status
fm_spc_t_score(double time, double mean, double *score_out)
{
    if (!(mean > 0) || !isfinite(mean) || !(time >= 0))
        return FM_EDOM;
    double above = exp(-time / mean); /* P(T > time) */
    *score_out = above < 0.5 ? gsl_cdf_ugaussian_Qinv(above)
                             : gsl_cdf_ugaussian_Pinv(-expm1(-time / mean));
    return FM_OK;
}
