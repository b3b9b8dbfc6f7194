/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Noncentral t: T = (Z + delta) / sqrt(chi2_df / df), Z standard normal. */
#ifndef FM_MATH_NONCENTRAL_T_H
#define FM_MATH_NONCENTRAL_T_H

#include <fabmet/status.h>

/* Distribution function and its complement.
 * t          in   finite
 * df         in   degrees of freedom, >= 1, at most 1e9; need not be whole
 * delta      in   noncentrality parameter, finite
 * lower_out  out  P(T <= t); may be NULL; untouched on error
 * upper_out  out  P(T > t); may be NULL; untouched on error
 * returns FM_OK, also when a tail underflows to 0; FM_EDOM if an argument is outside its
 *         domain; FM_ENOCONV if the quadrature does not reach its tolerance (not seen)
 * accuracy  1e-13 relative in both tails down to 1e-250, times the rounding that t and
 *           delta bring themselves (eps * |delta| * |t - delta| in the far tails)
 * source  Johnson, Kotz, Balakrishnan (1995), Continuous Univariate Distributions 2,
 *         ch. 31; certified rows nt..   terms: accept.noncentral-t */
fm_status fm_math_nct_cdf(double t, double df, double delta, double *lower_out,
                          double *upper_out);

/* Quantile: the t with P(T <= t) = p.
 * p      in   (0, 1)
 * df     in   as above
 * delta  in   as above
 * t_out  out  untouched on error
 * returns FM_OK; FM_EDOM, FM_ENOCONV as above
 * accuracy  1e-12 relative, or of 1 near 0; certified rows nq..
 * source  own   terms: accept.noncentral-t */
fm_status fm_math_nct_quantile(double p, double df, double delta, double *t_out);

/* The noncentrality parameter with P(T <= t) = p; it falls as p rises.
 * t          in   finite
 * df         in   as above
 * p          in   (0, 1)
 * delta_out  out  untouched on error
 * returns FM_OK; FM_EDOM, FM_ENOCONV as above
 * accuracy  1e-12 relative, or of 1 near 0; certified rows nd..
 * source  own   terms: accept.noncentral-t */
fm_status fm_math_nct_delta(double t, double df, double p, double *delta_out);

#endif
