/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Process capability: spread with its degrees of freedom, indices with intervals.
 *
 * Contents
 *   1. spread     2. normal indices     3. percentile indices     4. Box-Cox
 */
#ifndef FM_SPC_CAPABILITY_MODEL_H
#define FM_SPC_CAPABILITY_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "spc/spc_limits.h"

/* ---- 1. spread ------------------------------------------------------------------- */

/* Degrees of freedom nu of the chi whose relative variance is a given one:
 * 1/c4(nu + 1)^2 - 1 = relative_variance.
 * relative_variance  in   variance over squared mean of an estimate of sigma, (0, 0.57]
 * df_out             out  nu >= 1, need not be whole; untouched on error
 * returns FM_OK; FM_EDOM if the variance is out of range
 * source  matching of the coefficient of variation; certified rows df-*
 * terms: spc.degrees-of-freedom spc.bias-correction */
fm_status fm_spc_matched_df(double relative_variance, double *df_out);

/* Degrees of freedom of a sigma within subgroups.
 * groups   in   [n] as for fm_spc_subgroups_eval
 * kind     in   the estimator; pooled gives the sum of n_i - 1
 * df_out   out  untouched on error
 * returns FM_OK; FM_ETOOFEW without a subgroup of two values; FM_EDOM if a subgroup has
 *         more than FM_SPC_SIZE_MAX values (range)
 * source  variance of the weighted mean of R/d2 or s/c4; certified rows df-*
 * terms: spc.degrees-of-freedom spc.sigma-within */
fm_status fm_spc_subgroups_df(const fm_spc_subgroup *groups, size_t n, fm_spc_sigma kind,
                              double *df_out);

/* Degrees of freedom of the mean moving range over d2(2) of independent values.
 * n_ranges  in   moving ranges, >= 1; n - 1 of n values without a gap
 * n_pairs   in   pairs of ranges that share a value, < n_ranges; n - 2 without a gap
 * df_out    out  untouched on error
 * returns FM_OK; FM_EDOM if a count is out of range
 * source  Cryer, Ryan (1990), J. Qual. Technol. 22, 187-192: variance of the mean moving
 *         range; certified rows df-*   terms: spc.degrees-of-freedom */
fm_status fm_spc_moving_range_df(size_t n_ranges, size_t n_pairs, double *df_out);

/* ---- 2. normal indices ----------------------------------------------------------- */

/* Specification and target; NaN where there is none. */
typedef struct fm_spc_specification {
    double lower, upper, target;
} fm_spc_specification;

/* How the limits of an index were found. */
typedef enum fm_spc_index_method {
    FM_SPC_INDEX_NONE,
    FM_SPC_INDEX_EXACT,       /* chi-square or noncentral t */
    FM_SPC_INDEX_ONE_LIMIT,   /* Cpk with two limits: noncentral t of the nearer one */
    FM_SPC_INDEX_APPROXIMATE, /* Cpm: matched degrees of freedom */
    FM_SPC_INDEX_BOOTSTRAP
} fm_spc_index_method;

typedef struct fm_spc_index {
    double value;
    double lower, upper; /* two-sided interval */
    double bound;        /* one-sided lower bound at the same confidence */
    fm_spc_index_method method;
} fm_spc_index;

typedef struct fm_spc_indices {
    fm_spc_index cp, cpl, cpu, cpk, cpm; /* NaN where a limit or the target is missing */
} fm_spc_indices;

/* Mean and sigma of a process with what is known about them. */
typedef struct fm_spc_spread {
    double mean, sigma;
    double n;  /* values behind the mean */
    double df; /* degrees of freedom of sigma */
} fm_spc_spread;

/* Indices of a normal process with two-sided intervals and one-sided lower bounds.  Cp:
 * chi-square with the degrees of freedom of sigma; Cpl, Cpu: noncentral t, exact; Cpk:
 * that of the nearer limit (with two limits its lower bound errs on the safe side); Cpm:
 * chi-square with matched degrees of freedom.
 * spread      in   sigma > 0, n >= 2, df >= 1
 * spec        in   at least one limit; an infinite limit counts as none
 * confidence  in   (0, 1)
 * out         out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is out of range; FM_ENOCONV from the noncentral t
 * source  Kane (1986), J. Qual. Technol. 18, 41-52; Chou, Owen, Borrego (1990), J. Qual.
 *         Technol. 22, 223-229; Boyles (1991), J. Qual. Technol. 23, 17-26 (Cpm);
 *         certified rows p04-*, cpk-*   terms: spc.cp-cpk spc.cpm */
fm_status fm_spc_indices_eval(const fm_spc_spread *spread,
                              const fm_spc_specification *spec, double confidence,
                              fm_spc_indices *out);

/* ---- 3. percentile indices ------------------------------------------------------- */

/* Quantiles at 0.135 %, 50 % and 99.865 %. */
typedef struct fm_spc_quantiles {
    double low, middle, high;
} fm_spc_quantiles;

/* Pp, Ppl, Ppu, Ppk from quantiles, without intervals (those fields and cpm are NaN).
 * quantiles  in   low < middle < high, finite
 * spec       in   at least one limit
 * out        out  untouched on error
 * returns FM_OK; FM_EDOM if the quantiles are not ascending
 * source  ISO 22514-2 (percentile method); certified rows t01-*
 * terms: spc.pp-ppk */
fm_status fm_spc_percentile_indices(const fm_spc_quantiles *quantiles,
                                    const fm_spc_specification *spec,
                                    fm_spc_indices *out);

/* Sample quantile of type 6: the i-th of n values stands at i/(n + 1).
 * x      in   [n] ascending
 * p_1    in   (0, 1)
 * x_out  out  untouched on error
 * returns FM_OK; FM_ETOOFEW if p_1 lies outside 1/(n + 1) ... n/(n + 1)
 * source  Hyndman, Fan (1996), Am. Stat. 50, 361-365   terms: spc.pp-ppk */
fm_status fm_spc_quantile6(const double *x, size_t n, double p_1, double *x_out);

/* ---- 4. Box-Cox ------------------------------------------------------------------ */

/* (x^lambda - 1)/lambda, ln x for lambda = 0; -infinity below 0, and at 0 unless lambda
 * is positive.   terms: spc.box-cox */
double fm_spc_box_cox(double x, double lambda);

/* Maximum-likelihood lambda within [-5, 5].
 * x           in   [n] finite, > 0
 * n           in   >= 3
 * work        in   [n] memory
 * lambda_out  out  untouched on error
 * returns FM_OK; FM_ETOOFEW if n < 3; FM_EDOM if a value is not positive; FM_ESINGULAR if
 *         all are equal; FM_EVALID if the likelihood is largest at an end of the range
 * source  Box, Cox (1964), J. R. Stat. Soc. B 26, 211-252   terms: spc.box-cox */
fm_status fm_spc_box_cox_fit(const double *x, size_t n, double *work, double *lambda_out);

#endif
