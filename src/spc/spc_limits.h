/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shewhart charts of variables: plotted statistics, sigma within, three-sigma limits. */
#ifndef FM_SPC_LIMITS_H
#define FM_SPC_LIMITS_H

#include <stddef.h>

#include <fabmet/status.h>

/* Statistics that a chart plots. */
typedef enum fm_spc_statistic {
    FM_SPC_INDIVIDUAL,
    FM_SPC_MOVING_RANGE, /* of two consecutive values */
    FM_SPC_MEAN,
    FM_SPC_RANGE,
    FM_SPC_STD_DEV
} fm_spc_statistic;

/* One subgroup; values are missing (NaN) where its size does not define them. */
typedef struct fm_spc_subgroup {
    size_t n; /* values that are there */
    double mean;
    double range;   /* n >= 2 */
    double std_dev; /* n >= 2, divisor n - 1 */
} fm_spc_subgroup;

/* Mean, range and standard deviation of one subgroup; NaN values are left out.
 * x    in   [n] values
 * out  out  untouched on error
 * returns FM_OK; FM_EDOM if a value is infinite   terms: spc.rational-subgroup */
fm_status fm_spc_subgroup_eval(const double *x, size_t n, fm_spc_subgroup *out);

/* What limits are computed from. */
typedef struct fm_spc_process {
    double mean;   /* of all values */
    double sigma;  /* standard deviation within, of single values */
    size_t n;      /* values used for the mean */
    size_t n_used; /* ranges or standard deviations used for sigma */
} fm_spc_process;

/* Individuals: mean, and sigma = mean moving range / d2(2).  A moving range needs both of
 * its values: none is formed across a missing one.
 * x    in   [n] values in order, NaN where missing
 * out  out  untouched on error
 * returns FM_OK; FM_ETOOFEW without a moving range; FM_ESINGULAR if all moving ranges are
 *         0; FM_EDOM if a value is infinite
 * source  ISO 7870-2; certified rows p05   terms: spc.individuals-mr-chart */
fm_status fm_spc_individuals_eval(const double *x, size_t n, fm_spc_process *out);

typedef enum fm_spc_sigma {
    FM_SPC_SIGMA_RANGE,   /* from ranges: Rbar/d2 for equal sizes */
    FM_SPC_SIGMA_STD_DEV, /* from standard deviations: Sbar/c4 for equal sizes */
    FM_SPC_SIGMA_POOLED   /* root of the mean variance weighted by degrees of freedom */
} fm_spc_sigma;

/* Subgroups: grand mean of all values, and sigma within.  For unequal sizes ranges and
 * standard deviations are combined by the linear unbiased estimator of least variance:
 * weights d2^2/d3^2 on R/d2, or c4^2/(1 - c4^2) on s/c4.
 * groups   in   [n] subgroups; those with one value count for the mean only
 * kind     in   which estimator
 * out      out  untouched on error
 * returns FM_OK; FM_ETOOFEW without a subgroup of two values; FM_ESINGULAR if nothing
 *         varies within subgroups; FM_EDOM if a subgroup has more than FM_SPC_SIZE_MAX
 * values (range) source  Burr (1969), J. Qual. Technol. 1, 163-167; certified rows p01
 * terms: spc.xbar-chart spc.rational-subgroup */
fm_status fm_spc_subgroups_eval(const fm_spc_subgroup *groups, size_t n,
                                fm_spc_sigma kind, fm_spc_process *out);

typedef struct fm_spc_limits {
    double centre;
    double sigma; /* standard deviation of the plotted statistic */
    double lower, upper;
} fm_spc_limits;

/* Three-sigma limits of a plotted statistic.  Spread statistics have no limit below 0.
 * The moving range gets mean + 3 sd of the range of two values (the factor usually
 * printed as D4 = 3.267, computed exactly).
 * size  in   subgroup size: 1 for individuals, 2 for moving ranges (given anyway)
 * out   out  untouched on error
 * returns FM_OK; FM_EDOM if size does not suit the statistic
 * source  certified rows p01, p05   terms: spc.control-limit */
fm_status fm_spc_limits_eval(fm_spc_statistic statistic, size_t size,
                             const fm_spc_process *process, fm_spc_limits *out);

#endif
