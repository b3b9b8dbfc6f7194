/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauge repeatability and reproducibility from variance components. */
#ifndef FM_SPC_GAUGE_MODEL_H
#define FM_SPC_GAUGE_MODEL_H

#include "spc/spc_anova.h"
#include "spc/spc_reml.h"

/* A sum of variance components with its share of the total. */
typedef struct fm_spc_gauge_part {
    double variance;
    double lower, upper; /* of the variance */
    double share;        /* of the total variance, 0 ... 1 */
    double share_lower, share_upper;
    fm_spc_interval interval;
    fm_spc_estimate estimate; /* the worst of its components */
} fm_spc_gauge_part;

/* Sum of some components.  For balanced data the limits are those of the modified large
 * sample method on the mean squares, widened where needed to hold the estimate (the
 * estimate sets negative components to 0, the limits do not), limits of a variance not
 * below 0.  For unbalanced data (REML) limits come from a chi-square with matched degrees
 * of freedom (Satterthwaite), there are none when a component of the sum is at its bound
 * 0, and shares get none (NaN).  A single component keeps its own limits.
 * anova       in   as fm_spc_anova_eval or fm_spc_crossed_eval gave it; for REML of
 *                  unbalanced data only `depth` and `balanced` are used
 * component   in   [depth + 1]
 * fit         in   the REML fit that gave the components, or NULL for ANOVA
 * include     in   [depth + 1] which components the sum has; at least one
 * confidence  in   (0, 1)
 * out         out  untouched on error
 * returns FM_OK; FM_EDOM if confidence is out of range or nothing is included;
 *         FM_ESINGULAR if all components are 0
 * source  Burdick, Larsen (1997), J. Qual. Technol. 29, 261-273; Satterthwaite (1946),
 *         Biometrics Bull. 2, 110-114; certified rows q02-*, q06-*, q07-*
 * terms: msa.gauge-rr met.confidence-interval */
fm_status fm_spc_gauge_eval(const fm_spc_anova *anova, const fm_spc_component *component,
                            const fm_spc_reml_fit *fit, const bool *include,
                            double confidence, fm_spc_gauge_part *out);

/* Number of distinct categories: sqrt(2) sd(part)/sd(gauge), cut to a whole number, at
 * least 1.
 * share_gauge  in   share of the gauge's variance in the total, [0, 1]
 * exact_out    out  before it is cut; infinite for share 0; untouched on error
 * ndc_out      out  number of categories; 0 stands for "without bound" when the share is 0
 * returns FM_OK; FM_EDOM if the share is out of range
 * source  AIAG, Measurement Systems Analysis, 4th ed.; certified row q02-ndc
 * terms: msa.distinct-categories */
fm_status fm_spc_gauge_ndc(double share_gauge, double *exact_out, double *ndc_out);

#endif
