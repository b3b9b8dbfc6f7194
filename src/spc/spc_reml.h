/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restricted maximum likelihood for nested random effects, balanced or not, any depth. */
#ifndef FM_SPC_REML_H
#define FM_SPC_REML_H

#include "spc/spc_nested.h"

/* What the likelihood needs of the data: the tree, the means of the innermost units about
 * the grand mean, and the sum of squares within them. */
typedef struct fm_spc_reml_data {
    const fm_spc_tree *tree;
    const double
        *cell_mean;   /* [n_units[depth]] the last level of fm_spc_anova_eval's means */
    double ss_within; /* ss of the residual */
} fm_spc_reml_data;

typedef struct fm_spc_reml_fit {
    double variance[FM_SPC_SOURCE_MAX]; /* factors, then the residual */
    double deviance; /* -2 ln of the restricted likelihood, without the constant
                        (n - 1) ln(2 pi) + ln n */
    double mean;     /* generalised least squares, about the grand mean */
    double mean_se;
    int iterations;
} fm_spc_reml_fit;

/* -2 ln restricted likelihood at given components, in O(units).
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
 *         bound); FM_EDOM if a start value is not finite; FM_ENOCONV
 * source  as fm_spc_reml_eval; Bertsekas (1982), SIAM J. Control Optim. 20, 221-246
 * terms: spc.reml waf.variance-component */
fm_status fm_spc_reml_fit_eval(const fm_spc_reml_data *data, const double *start,
                               fm_spc_reml_fit *out);

/* Two-sided intervals of all components by the profile of the restricted likelihood; the
 * lower limit is 0 when the likelihood at 0 is within the limit.  A component whose
 * profile could not be followed gets FM_SPC_INTERVAL_NONE. confidence     in   (0, 1)
 * component_out  out  [depth + 1]; untouched on error
 * returns FM_OK; FM_EDOM if confidence is out of range
 * source  Venzon, Moolgavkar (1988), Appl. Stat. 37, 87-94 (the criterion)
 * terms: spc.reml met.confidence-interval */
fm_status fm_spc_reml_components(const fm_spc_reml_data *data, const fm_spc_reml_fit *fit,
                                 double confidence, fm_spc_component *component_out);

#endif
