/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The constants of control charts, computed for any subgroup size; no tables. */
#ifndef FM_SPC_CONSTANTS_H
#define FM_SPC_CONSTANTS_H

#include <stddef.h>

#include <fabmet/status.h>

/* Largest subgroup for d2 and d3: beyond it nobody charts ranges, and the quadrature
 * steps have not been checked. */
enum {
    FM_SPC_SIZE_MAX = 1000
};

/* c4(n) = E[s]/sigma of n normal values, s with divisor n - 1.
 * n       in   subgroup size, >= 2
 * c4_out  out  c4 [1], relative error < 1e-14; untouched on error
 * returns FM_OK; FM_EDOM if n < 2
 * source  c4 = sqrt(2/(n-1)) Gamma(n/2)/Gamma((n-1)/2); certified rows c4-*
 * terms: spc.bias-correction */
fm_status fm_spc_c4(size_t n, double *c4_out);

/* d2(n) = E[R]/sigma, the mean relative range of n normal values.
 * n       in   subgroup size, 2 ... FM_SPC_SIZE_MAX
 * d2_out  out  d2 [1], relative error < 1e-13; untouched on error
 * returns FM_OK; FM_EDOM if n is out of range
 * source  Tippett (1925), Biometrika 17, 364-387: integral of 1 - Phi^n - (1 - Phi)^n;
 *         certified rows d2-*   terms: spc.bias-correction */
fm_status fm_spc_d2(size_t n, double *d2_out);

/* d3(n) = sd[R]/sigma, the standard deviation of the relative range.
 * n       in   subgroup size, 2 ... FM_SPC_SIZE_MAX
 * d3_out  out  d3 [1], absolute error < 1e-9; untouched on error
 * returns FM_OK; FM_EDOM if n is out of range
 * source  E R^2 = 2 integral of w P(R > w), P(R <= w) = n integral of
 *         phi(x) [Phi(x + w) - Phi(x)]^(n-1); certified rows d3-*
 * terms: spc.bias-correction */
fm_status fm_spc_d3(size_t n, double *d3_out);

#endif
