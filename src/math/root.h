/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots of functions of one variable. */
#ifndef FM_MATH_ROOT_H
#define FM_MATH_ROOT_H

#include <fabmet/status.h>

/* An interval and the function's values at its ends, of different sign. */
typedef struct fm_math_bracket {
    double low, high, f_low, f_high;
} fm_math_bracket;

/* Root of a function inside a bracket: regula falsi with Illinois steps and bisection.
 * f        in   value at x; NaN ends the search
 * context  in   handed to f
 * bracket  in   signs differ (one may be 0)
 * x_out    out  to a few ulp; untouched on error
 * returns FM_OK; FM_EDOM if the signs do not differ; FM_ENOCONV
 * source  Dowell and Jarratt (1971), BIT 11, 168-174   terms: stat.maximum-likelihood */
fm_status fm_math_root_solve(double (*f)(double x, void *context), void *context,
                             fm_math_bracket bracket, double *x_out);

#endif
