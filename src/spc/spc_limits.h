/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shewhart charts of variables: plotted statistics, sigma within, three-sigma limits. */
#ifndef FM_SPC_LIMITS_H
#define FM_SPC_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include <fabmet/status.h>

#include "math/univariate.h"
#include "spc/spc_constants.h"

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

/* The same values one at a time: zero-initialise, add in order, get the result at the end.
 * A missing value (NaN) breaks the moving ranges. */
typedef struct fm_spc_series {
    fm_math_sum sum, ranges;
    size_t n, n_ranges;
    double last;    /* the value before; of use while n_after > 0 */
    size_t n_after; /* values since the last break */
    double origin;  /* the first value: deviations from it give the overall spread */
    fm_math_sum off, off2; /* sums of deviations from origin and of their squares */
} fm_spc_series;

/* Adds a value.  returns FM_OK; FM_EDOM if it is infinite   terms:
 * spc.individuals-mr-chart */
fm_status fm_spc_series_add(fm_spc_series *series, double x);

/* Forgets the value before, as at the beginning of a stage. */
void fm_spc_series_break(fm_spc_series *series);

/* Mean, and sigma as fm_spc_individuals_eval: same values, same bits.
 * overall  in   false: from the moving ranges; true: overall standard deviation over
 *               c4(n), which takes every shift of the process for noise
 * out      out  untouched on error
 * returns FM_OK; FM_ETOOFEW without a moving range (overall: without two values);
 *         FM_ESINGULAR if nothing varies
 * source  certified rows p05, im-*   terms: spc.individuals-mr-chart */
fm_status fm_spc_series_get(const fm_spc_series *series, bool overall,
                            fm_spc_process *out);

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

/* The same subgroups one at a time: fm_spc_within_init, add, get. */
typedef struct fm_spc_within {
    fm_spc_sigma kind;
    fm_math_sum top, bottom, sum; /* weighted estimates, weights; values */
    size_t n, n_used;
    double unit[FM_SPC_SIZE_MAX + 1]; /* by size, 0: not needed yet */
    double weight[FM_SPC_SIZE_MAX + 1];
} fm_spc_within;

void fm_spc_within_init(fm_spc_within *within, fm_spc_sigma kind);
/* Adds a subgroup.  returns FM_OK; FM_EDOM if it is too large for ranges
 * terms: spc.rational-subgroup */
fm_status fm_spc_within_add(fm_spc_within *within, const fm_spc_subgroup *group);
/* Result as fm_spc_subgroups_eval.
 * returns FM_OK; FM_ETOOFEW, FM_ESINGULAR   terms: spc.sigma-within */
fm_status fm_spc_within_get(const fm_spc_within *within, fm_spc_process *out);

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

/* The same at `width` standard deviations of the plotted statistic instead of three.
 * width  in  > 0
 * returns also FM_EDOM if width is not a finite number > 0   terms: spc.control-limit */
fm_status fm_spc_limits_at(fm_spc_statistic statistic, size_t size,
                           const fm_spc_process *process, double width,
                           fm_spc_limits *out);

/* Standard deviation between subgroups: what the means vary more than sigma within
 * explains.
 * sigma_means   in   standard deviation of subgroup means, from their moving ranges
 * sigma_within  in   standard deviation within subgroups
 * size          in   mean number of values behind a mean, >= 1
 * out           out  sqrt(sigma_means^2 - sigma_within^2/size); 0 when that is negative
 * returns FM_OK; FM_EDOM   terms: spc.between-within-chart */
fm_status fm_spc_between_eval(double sigma_means, double sigma_within, double size,
                              double *out);

#endif
