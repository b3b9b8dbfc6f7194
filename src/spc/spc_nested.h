/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nested random-effects data of any depth: the tree of units, analysis of variance,
 * variance components with intervals.
 *
 * Contents
 *   1. tree         observations sorted by unit, units by parent
 *   2. anova        sums of squares, expected mean squares, F tests
 *   3. components   by equating mean squares to their expectations
 *
 * Model: y = mu + a_1(unit of level 1) + ... + a_depth(unit of level depth) + e, all
 * effects independent normal with variances sigma_1^2 ... sigma_depth^2, sigma_e^2.
 */
#ifndef FM_SPC_NESTED_H
#define FM_SPC_NESTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fabmet/status.h>

enum {
    FM_SPC_DEPTH_MAX = 8,                    /* factors */
    FM_SPC_SOURCE_MAX = FM_SPC_DEPTH_MAX + 1 /* factors and the residual */
};

/* ---- 1. tree --------------------------------------------------------------------- */

/* Level 0 is one unit, the whole; levels 1 ... depth are the factors, outermost first;
 * level depth + 1 are the observations.  The children of unit u of level l are the units
 * first[l][u] ... first[l][u + 1] - 1 of level l + 1. */
typedef struct fm_spc_tree {
    size_t n; /* observations */
    size_t depth;
    size_t n_units[FM_SPC_DEPTH_MAX + 2];
    size_t *first[FM_SPC_DEPTH_MAX + 1]; /* [n_units[l] + 1] */
    size_t *order; /* [n] observation order[i] of the caller stands at place i */
    bool balanced; /* all units of a level have equally many children */
} fm_spc_tree;

/* Number of size_t that fm_spc_tree_build needs. */
size_t fm_spc_tree_words(size_t n, size_t depth, size_t n_codes);

/* Sorts observations into the tree.  Labels that repeat under another parent are
 * different units; units stand in order of their codes, observations of a unit in the
 * caller's order.
 * code      in   [depth][n] label codes, 0 ... n_codes - 1, outermost factor first
 * n         in   number of observations, >= 1
 * depth     in   number of factors, 1 ... FM_SPC_DEPTH_MAX
 * words     in   [fm_spc_tree_words()] memory of the tree: keep it as long as the tree
 * tree_out  out  untouched on error
 * returns FM_OK; FM_ETOOFEW if n is 0; FM_EDOM if depth or a code is out of range
 * terms: waf.variance-component */
fm_status fm_spc_tree_build(const int32_t *code, size_t n, size_t depth, size_t n_codes,
                            size_t *words, fm_spc_tree *tree_out);

/* First unit of level `to` (>= level) below unit `u` of `level`; with u = n_units[level]
 * the end of that level.  to = depth + 1 gives places of observations. */
size_t fm_spc_tree_first(const fm_spc_tree *tree, size_t level, size_t u, size_t to);

/* Index of the first unit of `level` (1 ... depth) in an array that holds all units of
 * levels 1 ... depth; level depth + 1 gives the length of that array. */
size_t fm_spc_tree_offset(const fm_spc_tree *tree, size_t level);

/* ---- 2. anova -------------------------------------------------------------------- */

/* Sources 0 ... depth - 1 are the factors, outermost first; source `depth` is the
 * residual. */
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
    double raw[FM_SPC_SOURCE_MAX];      /* components, negative ones too */
    double below[FM_SPC_SOURCE_MAX];    /* denominator of F: E ms[i] without sigma_i^2 */
    double below_df[FM_SPC_SOURCE_MAX]; /* its degrees of freedom */
    double f[FM_SPC_SOURCE_MAX]; /* NaN for the residual, or without a denominator */
    double p[FM_SPC_SOURCE_MAX];
    double mean_coef[FM_SPC_SOURCE_MAX]; /* var(mean) = sum of mean_coef[j] sigma_j^2 */
} fm_spc_anova;

/* Hierarchical (type I) analysis of variance.  Sums of squares come from deviations of
 * unit means about their parent's mean, each mean from compensated sums of values centred
 * on the grand mean.  Balanced data: F against the next level.  Unbalanced: expected mean
 * squares from the counts, denominators combined from lower mean squares, their degrees
 * of freedom by Satterthwaite; such a test is approximate.
 * tree      in   the tree
 * y         in   [n] values in tree order, finite
 * mean_out  out  [fm_spc_tree_offset(tree, depth + 1)] means of all units minus the grand
 *                mean, level by level; scratch on error
 * out       out  untouched on error; sums of squares in the square of the unit of y
 * returns FM_OK; FM_EDOM if a value is not finite; FM_ETOOFEW if no unit of the innermost
 *         factor has two observations (no degrees of freedom for the residual);
 *         FM_ESINGULAR if a factor has one unit in each parent, or if all values are
 *         equal
 * source  Searle, Casella, McCulloch, Variance Components (1992), ch. 3 and 5.3;
 *         Satterthwaite (1946), Biometrics Bull. 2, 110-114; certified rows o01-o05, b01,
 *         q07
 * terms: spc.analysis-of-variance spc.sum-of-squares spc.mean-square spc.f-test */
fm_status fm_spc_anova_eval(const fm_spc_tree *tree, const double *y, double *mean_out,
                            fm_spc_anova *out);

/* ---- 3. components --------------------------------------------------------------- */

typedef enum fm_spc_interval {
    FM_SPC_INTERVAL_NONE,       /* none could be computed: limits are NaN */
    FM_SPC_INTERVAL_CHI_SQUARE, /* exact */
    FM_SPC_INTERVAL_MLS,        /* modified large sample, balanced data */
    FM_SPC_INTERVAL_MLS_APPROX, /* the same with a combined denominator, unbalanced
                                 * data */
    FM_SPC_INTERVAL_PROFILE     /* profile of the restricted likelihood */
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
 * anova          in   from fm_spc_anova_eval
 * confidence     in   (0, 1)
 * component_out  out  [depth + 1]; untouched on error
 * returns FM_OK; FM_EDOM if confidence is out of range
 * source  Ting, Burdick, Graybill, Jeyaratnam, Lu (1990), J. Stat. Comput. Simul. 35,
 *         135-143; Burdick, Graybill, Confidence Intervals on Variance Components (1992)
 * terms: waf.variance-component met.confidence-interval */
fm_status fm_spc_components_eval(const fm_spc_anova *anova, double confidence,
                                 fm_spc_component *component_out);

#endif
