/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differences of pairs: their mean, its standard error, and whether chance explains it. */
#ifndef FM_MATH_PAIRED_H
#define FM_MATH_PAIRED_H

#include <stddef.h>

#include <fabmet/status.h>

typedef struct fm_math_paired {
    size_t n;     /* pairs */
    double delta; /* mean of changed - base */
    double se;    /* its standard error; 0 for no spread, NaN for one pair */
    double t;     /* delta/se with n - 1 degrees of freedom; NaN without spread */
    double p_1;   /* two-sided probability of |t| or more by chance; NaN as t */
} fm_math_paired;

/* Compares n pairs of values.
 * base     in   [n] finite
 * changed  in   [n] finite, in the unit of base
 * n        in   number of pairs, >= 1
 * out      out  untouched on error.  Differences that agree within 8 eps of the largest
 *               value have no spread: their scatter is rounding
 * returns FM_OK; FM_ETOOFEW if n is 0; FM_EDOM if a value is not finite; FM_ERANGE if a
 *         difference or a sum overflows
 * source  paired t test (NIST/SEMATECH e-Handbook 7.3.1.1); certified rows t01-t04
 * terms: sim.paired-difference */
fm_status fm_math_paired_eval(const double *base, const double *changed, size_t n,
                              fm_math_paired *out);

/* t and p of a difference whose standard error is known from n pairs.
 * paired  in/out  n, delta and se given; t and p_1 set (NaN when n < 2, or se not > 0)
 * source  as fm_math_paired_eval   terms: sim.paired-difference */
void fm_math_paired_test(fm_math_paired *paired);

/* Half the width of the confidence interval of a paired difference.
 * paired      in   evaluated
 * confidence  in   [1], (0, 1)
 * half_out    out  Student quantile times se; untouched on error
 * returns FM_OK; FM_EDOM if confidence is outside its domain; FM_ETOOFEW when there are
 *         fewer than 2 pairs
 * source  as fm_math_paired_eval; certified rows t01-t04
 * terms: sim.paired-difference met.uncertainty */
fm_status fm_math_paired_half(const fm_math_paired *paired, double confidence,
                              double *half_out);

#endif
