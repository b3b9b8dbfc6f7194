/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analysis of variance of random effects, nested or crossed: what follows once the sums of
 * squares, degrees of freedom and expected mean squares are known.  spc_nested.h computes
 * them for nested data of any counts, spc_crossed.h for balanced crossed data.
 *
 * Contents
 *   1. anova        sums of squares, expected mean squares, F tests
 *   2. components   by equating mean squares to their expectations
 */
#ifndef FM_SPC_ANOVA_H
#define FM_SPC_ANOVA_H

#include <stdbool.h>
#include <stddef.h>

#include <fabmet/status.h>

enum {
    FM_SPC_SOURCE_MAX = 13 /* random effects and the residual */
};

/* ---- 1. anova -------------------------------------------------------------------- */

/* Sources 0 ... depth - 1 are the random effects, an effect before those whose units lie
 * within its units (nested data: outermost first); source `depth` is the residual. */
typedef struct fm_spc_anova {
    size_t n, depth;
    bool balanced;
    double mean; /* of all observations */
    double total_df, total_ss;
    double df[FM_SPC_SOURCE_MAX];
    double ss[FM_SPC_SOURCE_MAX];
    double ms[FM_SPC_SOURCE_MAX];
    /* Expected mean square: E ms[i] = sum over j of ems[i][j] sigma_j^2, 0 for j < i. */
    double ems[FM_SPC_SOURCE_MAX][FM_SPC_SOURCE_MAX];
    double raw[FM_SPC_SOURCE_MAX]; /* components, negative ones too */
    /* Denominator of F: below[i] = sum over j of weight[i][j] ms[j]. */
    double weight[FM_SPC_SOURCE_MAX][FM_SPC_SOURCE_MAX];
    double below[FM_SPC_SOURCE_MAX];    /* denominator of F: E ms[i] without sigma_i^2 */
    double below_df[FM_SPC_SOURCE_MAX]; /* its degrees of freedom */
    double f[FM_SPC_SOURCE_MAX]; /* NaN for the residual, or without a denominator */
    double p[FM_SPC_SOURCE_MAX];
    double mean_coef[FM_SPC_SOURCE_MAX]; /* var(mean) = sum of mean_coef[j] sigma_j^2 */
} fm_spc_anova;

/* Grand mean of the data, and the largest deviation from it, which sets the level of
 * rounding noise.
 * y            in   [n] finite values
 * mean_out     out  mean; untouched on error
 * largest_out  out  largest |y - mean|; untouched on error
 * returns FM_OK; FM_ETOOFEW if n is 0; FM_EDOM if a value is not finite; FM_ESINGULAR if
 *         all values are equal   terms: met.arithmetic-mean */
fm_status fm_spc_centre_eval(const double *y, size_t n, double *mean_out,
                             double *largest_out);

/* Sets ss[source], and ms from df: a sum of squares below the rounding noise of n
 * deviations is 0.
 * a        in/out  n and df[source] are set
 * ss       in      sum of squares as computed
 * largest  in      from fm_spc_centre_eval   terms: spc.sum-of-squares spc.mean-square */
void fm_spc_anova_set_ss(fm_spc_anova *a, size_t source, double ss, double largest);

/* Components, denominators, F ratios and p values from n, depth, df, ms and ems.  A
 * denominator that is one mean square has its degrees of freedom; a combined one has
 * Satterthwaite's and its test is approximate.
 * a  in/out  raw, weight, below, below_df, f and p are set
 * source  Searle, Casella, McCulloch, Variance Components (1992), ch. 3 and 5.3;
 *         Satterthwaite (1946), Biometrics Bull. 2, 110-114
 * terms: spc.analysis-of-variance spc.f-test waf.variance-component */
void fm_spc_anova_test(fm_spc_anova *a);

/* ---- 2. components --------------------------------------------------------------- */

typedef enum fm_spc_interval {
    FM_SPC_INTERVAL_NONE,         /* none could be computed: limits are NaN */
    FM_SPC_INTERVAL_CHI_SQUARE,   /* exact */
    FM_SPC_INTERVAL_MLS,          /* modified large sample, balanced data */
    FM_SPC_INTERVAL_MLS_APPROX,   /* the same with a combined denominator, unbalanced
                                 * data */
    FM_SPC_INTERVAL_PROFILE,      /* profile of the restricted likelihood */
    FM_SPC_INTERVAL_SATTERTHWAITE /* chi-square with matched degrees of freedom */
} fm_spc_interval;

typedef enum fm_spc_estimate {
    FM_SPC_ESTIMATE_OK,
    FM_SPC_ESTIMATE_ZEROED, /* was negative, set to 0 */
    FM_SPC_ESTIMATE_BOUND   /* the likelihood is largest at 0 */
} fm_spc_estimate;

typedef struct fm_spc_component {
    double variance;
    double lower, upper;
    fm_spc_interval interval;
    fm_spc_estimate estimate;
} fm_spc_component;

/* Components by ANOVA with two-sided intervals: the residual's exact by chi-square,
 * others by the modified large sample method, limits below 0 set to 0.  For unbalanced
 * data the mean squares are no multiples of chi-square and the intervals are approximate.
 * anova          in   from fm_spc_anova_eval or fm_spc_crossed_eval
 * confidence     in   (0, 1)
 * component_out  out  [depth + 1]; untouched on error
 * returns FM_OK; FM_EDOM if confidence is out of range
 * source  Ting, Burdick, Graybill, Jeyaratnam, Lu (1990), J. Stat. Comput. Simul. 35,
 *         135-143; Burdick, Graybill, Confidence Intervals on Variance Components (1992)
 * terms: waf.variance-component met.confidence-interval */
fm_status fm_spc_components_eval(const fm_spc_anova *anova, double confidence,
                                 fm_spc_component *component_out);

#endif
