/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restricted maximum likelihood for random effects, nested or crossed, balanced or not. */
#ifndef FM_SPC_REML_H
#define FM_SPC_REML_H

#include <signal.h>

#include "spc/spc_nested.h"
#include "spc/spc_reml_cells.h"

/* Innermost units of one parent that have equally many observations. */
typedef struct fm_spc_reml_group {
    double size;  /* observations in each */
    size_t count; /* units */
    double mean;  /* of their means, about the grand mean */
    double ss;    /* of their means about that */
} fm_spc_reml_group;

/* What the likelihood needs of the data: one of three.
 * balanced  data of any balanced design by their analysis of variance
 * cells     crossed data, balanced or not
 * tree      nested data: the tree, the means of the innermost units about the grand mean,
 *           and the sum of squares within them; groups if fm_spc_reml_compress made them */
typedef struct fm_spc_reml_data {
    const fm_spc_tree *tree;
    const double
        *cell_mean;   /* [n_units[depth]] the last level of fm_spc_anova_eval's means */
    double ss_within; /* ss of the residual */
    const fm_spc_reml_group *group;
    const size_t *first_group; /* [n_units[depth - 1] + 1] groups of each parent */
    const fm_spc_anova *balanced;
    const fm_spc_cells *cells;
    const volatile sig_atomic_t *stop; /* non-zero: give up; may be NULL */
} fm_spc_reml_data;

typedef struct fm_spc_reml_fit {
    double variance[FM_SPC_SOURCE_MAX]; /* effects, then the residual */
    /* Large-sample covariance of the variances; 0 for those at their bound 0. */
    double covariance[FM_SPC_SOURCE_MAX][FM_SPC_SOURCE_MAX];
    double deviance; /* -2 ln of the restricted likelihood, without the constant
                        (n - 1) ln(2 pi) + ln n */
    double mean;     /* generalised least squares, about the grand mean */
    double mean_se;
    int iterations;
} fm_spc_reml_fit;

/* Joins innermost units of the same parent and size, which makes the likelihood as many
 * times faster as there are units in a group.
 * data   in/out  tree and cell_mean are given; group and first_group are set
 * group  in      [n_units[depth]] memory, kept by data
 * first  in      [n_units[depth - 1] + 1] memory, kept by data   terms: spc.reml */
void fm_spc_reml_compress(fm_spc_reml_data *data, fm_spc_reml_group *group,
                          size_t *first);

/* -2 ln restricted likelihood at given components, in O(units) for nested data.
 * data          in   see fm_spc_reml_data
 * variance      in   [depth + 1] factors >= 0, residual > 0
 * deviance_out  out  as in fm_spc_reml_fit; untouched on error
 * returns FM_OK; FM_EDOM if a variance is out of range
 * source  Patterson, Thompson (1971), Biometrika 58, 545-554; the recursion over units is
 *         the rank-one update of inverse and determinant   terms: spc.reml */
fm_status fm_spc_reml_eval(const fm_spc_reml_data *data, const double *variance,
                           double *deviance_out);

/* Maximises the restricted likelihood under components >= 0 by a projected Newton method
 * with exact second derivatives.  Equals ANOVA for balanced data when all ANOVA estimates
 * are positive.
 * start  in   [depth + 1] first guess, for example ANOVA's components; negative ones count
 *             as 0; the residual's > 0
 * out    out  untouched on error
 * returns FM_OK; FM_ESINGULAR if there is no variation within units (the likelihood has no
 *         bound); FM_EDOM if a start value is not finite; FM_ENOCONV;
 *         FM_EINTERRUPT if asked to stop
 * source  as fm_spc_reml_eval; Bertsekas (1982), SIAM J. Control Optim. 20, 221-246
 * terms: spc.reml waf.variance-component */
fm_status fm_spc_reml_fit_eval(const fm_spc_reml_data *data, const double *start,
                               fm_spc_reml_fit *out);

/* Two-sided intervals of all components by the profile of the restricted likelihood; the
 * lower limit is 0 when the likelihood at 0 is within the limit.  A component whose
 * profile could not be followed gets FM_SPC_INTERVAL_NONE.
 * confidence     in   (0, 1)
 * component_out  out  [depth + 1]; untouched on error
 * returns FM_OK; FM_EDOM if confidence is out of range; FM_EINTERRUPT if asked to stop
 * source  Venzon, Moolgavkar (1988), Appl. Stat. 37, 87-94 (the criterion)
 * terms: spc.reml met.confidence-interval */
fm_status fm_spc_reml_components(const fm_spc_reml_data *data, const fm_spc_reml_fit *fit,
                                 double confidence, fm_spc_component *component_out);

#endif
