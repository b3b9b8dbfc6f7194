/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of normality with mean and standard deviation from the same data. */
#ifndef FM_MATH_NORMALITY_H
#define FM_MATH_NORMALITY_H

#include <stddef.h>

#include <fabmet/status.h>

/* A test statistic and its p value. */
typedef struct fm_math_test {
    double statistic;
    double p;
} fm_math_test;

/* Anderson-Darling test.  The statistic is A^2 without the factor for the sample size; p
 * comes from A^2 (1 + 0.75/n + 2.25/n^2).
 * x    in   [n] ascending, finite
 * n    in   >= 8
 * out  out  untouched on error
 * returns FM_OK; FM_ETOOFEW if n < 8; FM_ESINGULAR if all values are equal; FM_EDOM if a
 *         value is not finite or the order is wrong
 * source  D'Agostino, Stephens, Goodness-of-Fit Techniques (1986), table 4.9; certified
 *         rows ad-*   terms: stat.anderson-darling */
fm_status fm_math_anderson_darling_normal(const double *x, size_t n, fm_math_test *out);

/* Shapiro-Wilk test.
 * x       in   [n] ascending, finite
 * n       in   3 ... 5000
 * work    in   [n] memory
 * out     out  untouched on error
 * returns FM_OK; FM_ETOOFEW if n < 3; FM_EVALID if n > 5000; FM_ESINGULAR if all values are
 *         equal; FM_EDOM if a value is not finite or the order is wrong
 * accuracy  the approximation's own: p to about 1e-2 relative; agrees with R to 1e-5
 * source  Royston (1995), Appl. Stat. 44, 547-551 (algorithm AS R94); certified rows sw-*
 * terms: spc.shapiro-wilk */
fm_status fm_math_shapiro_wilk(const double *x, size_t n, double *work,
                               fm_math_test *out);

#endif
