/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bias of a gauge against the reference value: straight line with its tests and bands. */
#ifndef FM_SPC_LINEARITY_MODEL_H
#define FM_SPC_LINEARITY_MODEL_H

#include <stddef.h>

#include <fabmet/status.h>

/* Least-squares line bias = intercept + slope reference. */
typedef struct fm_spc_linearity {
    double n, df; /* readings; n - 2 */
    double intercept, slope;
    double intercept_se, slope_se;
    double residual_sd;
    double r_squared;
    double mean_bias;
    double mean_reference, sxx; /* for the bands */
    double zero_f, zero_p;      /* test of intercept = slope = 0 */
    double lack_f, lack_p;      /* lack of fit; NaN without repeated reference values */
} fm_spc_linearity;

/* Fits the line.
 * reference  in   [n] reference values, finite; equal ones stand together
 * bias       in   [n] reading minus reference, finite
 * n          in   >= 3
 * out        out  untouched on error
 * returns FM_OK; FM_ETOOFEW if n < 3; FM_EDOM if a value is not finite; FM_ESINGULAR if all
 *         reference values are equal or the line fits exactly (no spread to judge by)
 * source  AIAG, Measurement Systems Analysis, 4th ed., linearity; Draper, Smith, Applied
 *         Regression Analysis (1998), ch. 1, 2; certified rows li-*
 * terms: msa.linearity met.bias */
fm_status fm_spc_linearity_eval(const double *reference, const double *bias, size_t n,
                                fm_spc_linearity *out);

/* Line at one reference value with the half width of its pointwise confidence band.
 * confidence  in   (0, 1)
 * half_out    out  untouched on error
 * returns FM_OK; FM_EDOM if confidence is out of range   terms: msa.linearity */
fm_status fm_spc_linearity_band(const fm_spc_linearity *fit, double reference,
                                double confidence, double *line_out, double *half_out);

#endif
