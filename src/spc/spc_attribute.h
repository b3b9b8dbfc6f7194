/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control charts of counts: defectives, defects, Laney's charts, rare events. */
#ifndef FM_SPC_ATTRIBUTE_H
#define FM_SPC_ATTRIBUTE_H

#include <stddef.h>

#include <fabmet/status.h>

#include "spc/spc_limits.h"

typedef enum fm_spc_attribute {
    FM_SPC_P,  /* share defective of a sample */
    FM_SPC_NP, /* number defective */
    FM_SPC_C,  /* defects on one unit; size is 1 */
    FM_SPC_U   /* defects per unit of a sample */
} fm_spc_attribute;

/* Centre, standard deviation and limits of one point of a chart of counts.
 * level   in   pbar (p, np; [0, 1]), mean defects (c) or mean defects per unit (u; >= 0)
 * size    in   items (p, np) or units (u) in the sample, > 0
 * width   in   distance of the limits in standard deviations, > 0
 * spread  in   1; Laney's charts: sigma_z, >= 0
 * out     out  sigma = spread * sqrt(p (1-p)/n), n times that, sqrt(c), sqrt(u/n); limits
 *              are cut at 0 and, for p and np, at 1 and n; untouched on error
 * returns FM_OK; FM_EDOM
 * source  NIST/SEMATECH e-Handbook 6.3.3; Laney (2002), Qual. Eng. 14, 531-537; certified
 *         rows p05, p06   terms: spc.p-chart spc.u-chart spc.laney-chart */
fm_status fm_spc_attribute_limits(fm_spc_attribute kind, double level, double size,
                                  double width, double spread, fm_spc_limits *out);

/* Laney's sigma_z: mean absolute difference of consecutive z = (y - level)/sigma over
 * d2(2), one sample at a time.  Zero-initialise. */
typedef struct fm_spc_laney {
    fm_spc_series z;
} fm_spc_laney;

/* Adds a sample.
 * kind    in  FM_SPC_P or FM_SPC_U
 * y       in  share defective or defects per unit; NaN: missing, breaks the differences
 * level   in  pbar or ubar of all samples
 * returns FM_OK; FM_EDOM if kind, level or size is out of range, or sigma is 0 */
fm_status fm_spc_laney_add(fm_spc_laney *laney, fm_spc_attribute kind, double y,
                           double level, double size);
/* returns FM_OK; FM_ETOOFEW without two consecutive samples; FM_ESINGULAR if all z are
 * equal   source  certified row p06   terms: spc.laney-chart */
fm_status fm_spc_laney_get(const fm_spc_laney *laney, double *sigma_z_out);

/* g chart: numbers of good items between two bad ones, geometric from 0.
 * mean   in   mean count, > 0
 * out    out  centre mean, sigma sqrt(mean (mean + 1)), limits cut at 0
 * returns FM_OK; FM_EDOM
 * source  Kaminsky, Benneyan, Davis, Burke (1992), J. Qual. Technol. 24, 63-69
 * terms: spc.g-chart */
fm_status fm_spc_g_limits(double mean, double width, fm_spc_limits *out);

/* t chart: times between events, exponential.  Limits are quantiles: each tail has the
 * probability beyond `width` of a normal variable, the centre line is the median.
 * mean   in   mean time, > 0, any unit
 * out    out  lower = -mean ln(1 - q), upper = -mean ln(q), q = P(Z > width); sigma is the
 *             standard deviation of the time, the mean
 * returns FM_OK; FM_EDOM
 * source  quantiles of the exponential law   terms: spc.t-chart */
fm_status fm_spc_t_limits(double mean, double width, fm_spc_limits *out);

/* The normal score of a time: the z for which P(Z <= z) = P(T <= time); run rules look at
 * it.
 * returns FM_OK; FM_EDOM if mean is not > 0 or time is negative (a time of 0 gives -inf)
 * terms: spc.t-chart */
fm_status fm_spc_t_score(double time, double mean, double *score_out);

#endif
