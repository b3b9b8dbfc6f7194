/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EWMA and CUSUM of charts. */
#include "config.h"

#include <math.h>

#include "spc/spc_timeweighted.h"

fm_status
fm_spc_ewma_init(fm_spc_ewma *ewma, double lambda, double start)
{
    if (!(lambda > 0) || !(lambda <= 1) || !isfinite(start))
        return FM_EDOM;
    *ewma = (fm_spc_ewma){lambda, start, 0};
    return FM_OK;
}

fm_status
fm_spc_ewma_step(fm_spc_ewma *ewma, double x, double sigma)
{
    if (!isfinite(x) || !(sigma > 0) || !isfinite(sigma))
        return FM_EDOM;
    double keep = 1 - ewma->lambda, take = ewma->lambda * sigma;
    ewma->z = keep * ewma->z + ewma->lambda * x;
    ewma->variance = keep * keep * ewma->variance + take * take;
    return FM_OK;
}

fm_status
fm_spc_ewma_asymptotic(double lambda, double sigma, double *sigma_z_out)
{
    if (!(lambda > 0) || !(lambda <= 1) || !(sigma > 0) || !isfinite(sigma))
        return FM_EDOM;
    *sigma_z_out = sigma * sqrt(lambda / (2 - lambda));
    return FM_OK;
}

fm_status
fm_spc_cusum_init(fm_spc_cusum *cusum, double k, double head_start)
{
    if (!(k >= 0) || !isfinite(k) || !(head_start >= 0) || !isfinite(head_start))
        return FM_EDOM;
    *cusum = (fm_spc_cusum){k, head_start, head_start};
    return FM_OK;
}

fm_status
fm_spc_cusum_step(fm_spc_cusum *cusum, double z)
{
    if (!isfinite(z))
        return FM_EDOM;
    cusum->up = fmax(0, cusum->up + z - cusum->k);
    cusum->down = fmax(0, cusum->down - z - cusum->k);
    return FM_OK;
}
