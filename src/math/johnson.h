/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Johnson's system of distributions: transformations of data to a normal variate. */
#ifndef FM_MATH_JOHNSON_H
#define FM_MATH_JOHNSON_H

#include <stddef.h>

#include <fabmet/status.h>

typedef enum fm_math_johnson_kind {
    FM_MATH_JOHNSON_SB, /* bounded: epsilon < x < epsilon + lambda */
    FM_MATH_JOHNSON_SL, /* lognormal with threshold: x > epsilon */
    FM_MATH_JOHNSON_SU  /* unbounded */
} fm_math_johnson_kind;

/* z = gamma + eta f((x - epsilon)/lambda) is standard normal. */
typedef struct fm_math_johnson {
    fm_math_johnson_kind kind;
    double gamma, eta; /* [1], eta > 0 */
    double epsilon;    /* in the unit of x */
    double lambda;     /* in the unit of x, > 0; 1 for SL */
} fm_math_johnson;

/* Normal variate of a value; -infinity or infinity at and beyond the end of the range.
 * source  Johnson (1949), Biometrika 36, 149-176   terms: spc.johnson-distribution */
double fm_math_johnson_z(const fm_math_johnson *j, double x);

/* The inverse of fm_math_johnson_z.   terms: spc.johnson-distribution */
double fm_math_johnson_x(const fm_math_johnson *j, double z);

/* Density per unit of x; 0 outside the range.   terms: spc.johnson-distribution */
double fm_math_johnson_pdf(const fm_math_johnson *j, double x);

/* The member whose quantiles at the normal variates -3z, -z, z, 3z are given.
 * z    in   > 0
 * x    in   [4] ascending
 * out  out  untouched on error
 * returns FM_OK; FM_EDOM if z or the order is wrong; FM_ESINGULAR if no member has them
 *         (two of them equal, or a left-skewed lognormal would be needed)
 * source  Slifker, Shapiro (1980), Technometrics 22, 239-246; certified rows jn-*
 * terms: spc.johnson-distribution */
fm_status fm_math_johnson_from_quantiles(double z, const double *x, fm_math_johnson *out);

/* Fit to data: the member, over z from 0.25 to 1.25, whose transformed data have the
 * largest p value of the Anderson-Darling test.
 * x      in   [n] ascending, finite
 * n      in   >= 8
 * work   in   [n] memory
 * out    out  untouched on error
 * p_out  out  that p value; untouched on error
 * returns FM_OK; FM_ETOOFEW if n < 8; FM_ESINGULAR if no member holds all the data;
 *         FM_EDOM if a value is not finite or the order is wrong
 * source  Chou, Polansky, Mason (1998), J. Qual. Technol. 30, 133-141
 * terms: spc.johnson-distribution */
fm_status fm_math_johnson_fit_eval(const double *x, size_t n, double *work,
                                   fm_math_johnson *out, double *p_out);

#endif
