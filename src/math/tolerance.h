/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistical tolerance factors, exact bounds of capability and of fractions.
 *
 * Contents
 *   1. normal tolerance factors   2. capability   3. distribution-free   4. fractions
 *
 * Content is the fraction of the population on the good side; confidence the probability
 * that the statement holds before the sample is drawn; both in (0, 1).
 */
#ifndef FM_MATH_TOLERANCE_H
#define FM_MATH_TOLERANCE_H

#include <stdint.h>

#include <fabmet/status.h>

/* ---- 1. normal tolerance factors ------------------------------------------------- */

/* One-sided factor k: mean - k s lies below at least `content` of a normal population.
 * n           in   number of values behind the mean, > 0; need not be whole
 * df          in   degrees of freedom of s, >= 1; n - 1 for a plain sample
 * content     in   (0, 1)
 * confidence  in   (0, 1)
 * k_out       out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ENOCONV (not seen)
 * accuracy  1e-12 relative
 * source  k sqrt(n) is the quantile `confidence` of the noncentral t with noncentrality
 *         sqrt(n) z(content): ISO 16269-6:2014; certified rows k1..
 * terms: accept.tolerance-interval accept.noncentral-t */
fm_status fm_math_tolerance_one_sided(double n, double df, double content,
                                      double confidence, double *k_out);

/* Two-sided factor k: mean -+ k s holds at least `content` of a normal population.
 * n, df, content, confidence  in   as above
 * k_out                       out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ENOCONV (not seen)
 * accuracy  1e-11 relative
 * source  average over the mean of the chi-square probability of the width (Wald and
 *         Wolfowitz 1946, without their approximation); certified rows k2..
 * terms: accept.tolerance-interval */
fm_status fm_math_tolerance_two_sided(double n, double df, double content,
                                      double confidence, double *k_out);

/* ---- 2. capability --------------------------------------------------------------- */

/* Exact bound of a one-sided capability index (Cpl, Cpu; Cpk against one limit).
 * index       in   observed (mean - limit)/(3 s), finite; negative: mean beyond the limit
 * n           in   number of values behind the mean, > 0
 * df          in   degrees of freedom of s, >= 1
 * confidence  in   (0, 1): lower bound at this confidence; 1 - C gives the upper bound
 * bound_out   out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ENOCONV (not seen)
 * accuracy  1e-12 relative, or of 1 near 0
 * source  noncentral t: Kane (1986), J. Qual. Technol. 18, 41-52; certified rows cp..
 * terms: spc.cp-cpk accept.noncentral-t */
fm_status fm_math_capability_bound(double index, double n, double df, double confidence,
                                   double *bound_out);

/* The observed index that just proves a claim: its lower bound equals the claim.
 * claim           in   index to prove, finite
 * n, df           in   as above
 * confidence      in   (0, 1)
 * index_out       out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ENOCONV (not seen)
 * source  inverse of fm_math_capability_bound   terms: spc.cp-cpk */
fm_status fm_math_capability_needed(double claim, double n, double df, double confidence,
                                    double *index_out);

/* Smallest sample size whose lower bound reaches a claim, if the index comes out as
 * expected (df = n - 1).
 * index       in   expected index, finite
 * claim       in   index to prove, < index
 * confidence  in   [0.5, 1)
 * n_out       out  >= 2; untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain, index <= claim included;
 *         FM_ERANGE if more than 10^7 values would be needed; FM_ENOCONV (not seen)
 * source  own   terms: spc.cp-cpk */
fm_status fm_math_capability_size(double index, double claim, double confidence,
                                  uint64_t *n_out);

/* ---- 3. distribution-free -------------------------------------------------------- */

/* Confidence that the rank-th smallest of n values lies below at least `content` of any
 * continuous population (rank = 1: 1 - content^n).
 * n               in   number of values, >= 1
 * rank            in   1 ... n
 * content         in   (0, 1)
 * confidence_out  out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain
 * source  Wilks (1941), Ann. Math. Stat. 12, 91-96   terms: accept.tolerance-interval */
fm_status fm_math_wilks_confidence(uint64_t n, uint64_t rank, double content,
                                   double *confidence_out);

/* Largest rank that still gives the confidence; the best distribution-free bound.
 * n, content, confidence  in   as above
 * rank_out                out  >= 1; untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ETOOFEW if even the
 *         smallest value does not give the confidence
 * source  Wilks (1941)   terms: accept.tolerance-interval */
fm_status fm_math_wilks_rank(uint64_t n, double content, double confidence,
                             uint64_t *rank_out);

/* Smallest number of values for a rank; rank 1 is the zero-failure sample size
 * ceil(ln(1 - confidence)/ln(content)).
 * rank, content, confidence  in   as above; rank >= 1
 * n_out                      out  untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ERANGE if more than
 *         10^15 values would be needed
 * source  Wilks (1941); certified rows wn..   terms: accept.tolerance-interval */
fm_status fm_math_wilks_size(uint64_t rank, double content, double confidence,
                             uint64_t *n_out);

/* ---- 4. fractions ---------------------------------------------------------------- */

/* Exact (Clopper-Pearson) one-sided bound of a fraction from k of n.
 * k, n        in   k <= n, n >= 1
 * confidence  in   (0, 1)
 * bound_out   out  lower: 0 when k is 0; upper: 1 when k is n; untouched on error
 * returns FM_OK; FM_EDOM if an argument is outside its domain; FM_ENOCONV (not seen)
 * accuracy  1e-12 relative
 * source  Clopper and Pearson (1934), Biometrika 26, 404-413; certified rows cl..
 * terms: met.confidence-interval */
fm_status fm_math_fraction_lower(uint64_t k, uint64_t n, double confidence,
                                 double *bound_out);
fm_status fm_math_fraction_upper(uint64_t k, uint64_t n, double confidence,
                                 double *bound_out);

#endif
