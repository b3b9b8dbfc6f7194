/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts and moments of many pulls in bounded memory. */
#ifndef FM_PULL_PULL_TALLY_H
#define FM_PULL_PULL_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "pull/pull_strength.h"

enum {
    FM_PULL_MAX_BINS = 200
};

/* Count, mean, sum of squared deviations from the mean, extremes. */
typedef struct fm_pull_moments {
    uint64_t n;
    double mean, m2;
    double min, max; /* meaningless when n is 0 */
} fm_pull_moments;

/* Bins of equal width: bin i holds [low + i width, low + (i + 1) width). */
typedef struct fm_pull_bins {
    double low_n, width_n;
    size_t n_bins; /* 0 ... FM_PULL_MAX_BINS */
} fm_pull_bins;

typedef struct fm_pull_tally {
    fm_pull_moments mode[FM_PULL_N_MODES];
    uint64_t n_below; /* readings below the limit */
    /* Per mode: [0] under the first bin, [1 + i] bin i, [1 + n_bins] over the last. */
    uint64_t count[FM_PULL_N_MODES][FM_PULL_MAX_BINS + 2];
} fm_pull_tally;

/* Joins the moments of two disjoint sets.
 * into   in/out  becomes the moments of both
 * other  in
 * source  T. F. Chan, G. H. Golub, R. J. LeVeque, Am. Stat. 37 (1983) 242-247
 * terms: met.repeatability */
void fm_pull_moments_merge(fm_pull_moments *into, const fm_pull_moments *other);

/* Standard deviation with n - 1.
 * moments  in
 * returns the value; NaN below 2 values
 * source  definition   terms: met.repeatability */
double fm_pull_moments_sd(const fm_pull_moments *moments);

/* Bins for the readings of a model: between quantiles of the weakest modes, whole
 * multiples of the resolution wide, with readings in the middle of the finest bins.
 * low_n, high_n  in   range to cover [N], 0 <= low < high
 * resolution_n   in   of the tester [N], >= 0
 * n_bins         in   wanted number; the result has at most so many
 * bins_out       out  untouched on error
 * returns FM_OK; FM_EDOM   terms: met.resolution
 * source  own */
fm_status fm_pull_bins_make(double low_n, double high_n, double resolution_n,
                            size_t n_bins, fm_pull_bins *bins_out);

/* Empties a tally.
 * tally  out
 * source  own   terms: bond.failure-mode */
void fm_pull_tally_init(fm_pull_tally *tally);

/* Adds n readings.  Below the limit means below by more than 1e-12 of it, so that a
 * reading shown equal to the limit passes although its last bit may differ.
 * tally    in/out
 * bins     in  the same for all calls
 * limit_n  in  [N]; NaN: nothing is below
 * force_n  in  [n] readings [N]
 * mode     in  [n] fm_pull_mode
 * accuracy  moments relative to the spread, not to the square of the mean
 * source  own   terms: bond.pull-limit bond.failure-mode */
void fm_pull_tally_add(fm_pull_tally *tally, const fm_pull_bins *bins, double limit_n,
                       size_t n, const double *force_n, const int8_t *mode);

/* Adds the second tally to the first.
 * into    in/out
 * other   in
 * n_bins  in  of both
 * source  own   terms: bond.failure-mode */
void fm_pull_tally_merge(fm_pull_tally *into, const fm_pull_tally *other, size_t n_bins);

/* Upper 95 % confidence bound of a fraction (one-sided, Clopper and Pearson).
 * n_hit        in   number of hits, <= n
 * n            in   number of trials, > 0
 * p_1_out      out  [1]; 1 when all hit; untouched on error
 * returns FM_OK; FM_EDOM; FM_ENOCONV when the beta quantile is not found
 * source  C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404-413
 * terms: met.uncertainty */
fm_status fm_pull_fraction_upper(uint64_t n_hit, uint64_t n, double *p_1_out);

#endif
