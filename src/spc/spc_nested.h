/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nested random-effects data of any depth: the tree of units, analysis of variance.
 *
 * Contents
 *   1. tree         observations sorted by unit, units by parent
 *   2. anova        sums of squares, expected mean squares, F tests
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

#include "spc/spc_anova.h"

enum {
    FM_SPC_DEPTH_MAX = 8 /* factors */
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

#endif
