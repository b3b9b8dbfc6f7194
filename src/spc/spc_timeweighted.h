/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EWMA and CUSUM of charts: one step each. */
#ifndef FM_SPC_TIMEWEIGHTED_H
#define FM_SPC_TIMEWEIGHTED_H

#include <stdbool.h>

#include <fabmet/status.h>

/* Exponentially weighted moving average and its standard deviation after each point. */
typedef struct fm_spc_ewma {
    double lambda;   /* weight of the newest point, (0, 1] */
    double z;        /* the average, any unit */
    double variance; /* of z, exact since the start, for points of any variance */
} fm_spc_ewma;

/* Starts at the centre line.
 * returns FM_OK; FM_EDOM if lambda is not in (0, 1] or start is not finite
 * terms: spc.ewma-chart */
fm_status fm_spc_ewma_init(fm_spc_ewma *ewma, double lambda, double start);

/* Takes a point.
 * x      in  the point, finite
 * sigma  in  its standard deviation (that of a mean: sigma/sqrt(n)), > 0
 * Afterwards z is the average and sqrt(variance) its standard deviation,
 * sigma sqrt(lambda/(2-lambda) (1-(1-lambda)^(2i))) for equal sigma.
 * returns FM_OK; FM_EDOM   source  NIST/SEMATECH e-Handbook 6.3.2.4; certified rows p03,
 * p08   terms: spc.ewma-chart */
fm_status fm_spc_ewma_step(fm_spc_ewma *ewma, double x, double sigma);

/* Limit of the standard deviation for long series: sigma sqrt(lambda/(2-lambda)).
 * returns FM_OK; FM_EDOM   terms: spc.ewma-chart */
fm_status fm_spc_ewma_asymptotic(double lambda, double sigma, double *sigma_z_out);

/* Two-sided tabular CUSUM of standardised points. */
typedef struct fm_spc_cusum {
    double k;        /* allowance, in sigma of the plotted points, >= 0 */
    double up, down; /* both sums, >= 0, in sigma */
} fm_spc_cusum;

/* head_start  in  value that both sums start with, >= 0; 0: none (FIR: half the limit)
 * returns FM_OK; FM_EDOM   source  Lucas, Crosier (1982), Technometrics 24, 199-205
 * terms: spc.cusum-chart */
fm_status fm_spc_cusum_init(fm_spc_cusum *cusum, double k, double head_start);

/* up = max(0, up + z - k), down = max(0, down - z - k).
 * z  in  (point - target)/sigma of the point, finite
 * returns FM_OK; FM_EDOM   source  NIST/SEMATECH e-Handbook 6.3.2.3; certified rows p03
 * terms: spc.cusum-chart */
fm_status fm_spc_cusum_step(fm_spc_cusum *cusum, double z);

#endif
