/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compensated sums and centred moments: the sums that every statistic here is built
 * on. */
#ifndef FM_MATH_UNIVARIATE_H
#define FM_MATH_UNIVARIATE_H

#include <math.h>
#include <stddef.h>

#include <fabmet/status.h>

/* A compensated sum.  Zero-initialise; the error stays near one rounding of the result as
 * long as the terms do not cancel to less than eps of their size.
 * source  Neumaier (1974), Z. angew. Math. Mech. 54, 39-51 */
typedef struct fm_math_sum {
    double sum;
    double carry;
} fm_math_sum;

static inline void
fm_math_sum_add(fm_math_sum *s, double x)
{
    double t = s->sum + x;
    if (fabs(s->sum) >= fabs(x))
        s->carry += (s->sum - t) + x;
    else
        s->carry += (x - t) + s->sum;
    s->sum = t;
}

static inline double
fm_math_sum_get(const fm_math_sum *s)
{
    return s->sum + s->carry;
}

/* Mean in two passes: the mean, then the mean of the residuals added back.
 * x         in   [n] values, finite
 * n         in   number of values, >= 1
 * mean_out  out  arithmetic mean, in the unit of x; untouched on error
 * returns FM_OK; FM_ETOOFEW if n is 0; FM_EDOM if a value is not finite
 * source  Chan, Golub, LeVeque (1983), Am. Stat. 37, 242-247   terms:
 * met.arithmetic-mean */
fm_status fm_math_mean_eval(const double *x, size_t n, double *mean_out);

typedef struct fm_math_moments {
    double mean;
    double sd;   /* divisor n - 1 */
    double lag1; /* lag-1 autocorrelation; NaN for constant values */
    double min, max;
} fm_math_moments;

/* Mean, standard deviation, lag-1 autocorrelation and extremes of a series.
 * x    in   [n] values in order of time, finite
 * n    in   number of values, >= 2
 * out  out  moments, in the unit of x (lag1: 1); untouched on error
 * returns FM_OK; FM_ETOOFEW if n < 2; FM_EDOM if a value is not finite
 * source  certified rows n01-n06 (NIST StRD univariate)
 * terms: met.arithmetic-mean met.standard-deviation */
fm_status fm_math_moments_eval(const double *x, size_t n, fm_math_moments *out);

#endif
