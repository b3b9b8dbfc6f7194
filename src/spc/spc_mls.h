/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modified large sample intervals of linear combinations of independent mean squares. */
#ifndef FM_SPC_MLS_H
#define FM_SPC_MLS_H

#include <stddef.h>

#include <fabmet/status.h>

enum {
    FM_SPC_MLS_MAX = 16 /* mean squares in one combination */
};

/* Two-sided interval of sum coef[i] E ms[i], coefficients of either sign; one mean square
 * alone gives the exact chi-square interval.  Sums of positive terms follow Graybill and
 * Wang, differences Ting et al. without the terms between mean squares of equal sign.
 * coef        in   [n] coefficients, of either sign, 0 allowed
 * ms          in   [n] mean squares, >= 0, independent multiples of chi-square
 * df          in   [n] their degrees of freedom, > 0
 * n           in   1 ... FM_SPC_MLS_MAX
 * confidence  in   (0, 1)
 * limits_out  out  [2] lower and upper limit; may be negative; untouched on error
 * returns FM_OK; FM_EDOM if an argument is out of range; FM_ERANGE if a limit is not
 *         finite (extreme degrees of freedom)
 * source  Graybill, Wang (1980), J. Am. Stat. Assoc. 75, 869-873; Ting, Burdick,
 *         Graybill, Jeyaratnam, Lu (1990), J. Stat. Comput. Simul. 35, 135-143; certified
 *         rows q06-*   terms: met.confidence-interval spc.mean-square */
fm_status fm_spc_mls_eval(const double *coef, const double *ms, const double *df,
                          size_t n, double confidence, double *limits_out);

/* Interval of the share rho = sum part[i] E ms[i] / sum whole[i] E ms[i], which lies in
 * [0, 1]: the rho at which the limits of sum (part[i] - rho whole[i]) E ms[i] are 0.
 * part, whole  in   [n] coefficients
 * limits_out   out  [2] within [0, 1]; untouched on error
 * returns as fm_spc_mls_eval
 * source  Burdick, Larsen (1997), J. Qual. Technol. 29, 261-273 (ratios by setting the
 *         bound of a difference to 0); certified rows q06-*
 * terms: met.confidence-interval msa.gauge-rr */
fm_status fm_spc_mls_share_eval(const double *part, const double *whole, const double *ms,
                                const double *df, size_t n, double confidence,
                                double *limits_out);

#endif
