/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of uniforms to blocks of pulls: the part that takes the time. */
#ifndef FM_PULL_PULL_KERNEL_H
#define FM_PULL_PULL_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "pull/pull_strength.h"

/* Standard normal quantiles of n probabilities.
 * p_1    in   [n] in (0, 1)
 * z_out  out  [n]; may be p_1
 * accuracy  1e-15 relative (4e-16 typical), the same bits on every processor
 * source  M. J. Wichura, Algorithm AS 241, Appl. Statist. 37 (1988) 477-484, PPND16
 * terms: bond.strength-distribution */
void fm_pull_normal_quantiles(size_t n, const double *p_1, double *z_out);

/* The weakest of all modes at each pull: F = min_k S_k/c_k and which k it was.
 * Strengths are increasing functions of the uniforms, so runs with equal uniforms stay
 * comparable pull by pull whatever the parameters are.
 * strength       in   [FM_PULL_N_MODES]
 * coefficient_1  in   [FM_PULL_N_MODES]; a mode with 0 or family NEVER cannot break
 * n              in   number of pulls
 * u_1            in   [FM_PULL_N_MODES] pointers to [n] uniforms in (0, 1); NULL for
 *                     a mode that cannot break
 * force_n_out    out  [n] hook force [N]; untouched on error
 * mode_out       out  [n] fm_pull_mode; untouched on error
 * returns FM_OK; FM_EDOM if no mode can break or a mode that can has no uniforms
 * accuracy  1e-14 relative in the force; the same bits on every processor, but for
 *           ln c of the C library
 * source  own   terms: bond.competing-risks bond.failure-mode */
fm_status fm_pull_weakest(const fm_pull_strength *strength, const double *coefficient_1,
                          size_t n, const double *const *u_1, double *force_n_out,
                          int8_t *mode_out);

/* What the tester shows. */
typedef struct fm_pull_tester {
    double gain_1;       /* 1 + relative scale error */
    double noise_n;      /* standard deviation of one reading; 0: none */
    double resolution_n; /* readings are whole multiples of it; 0: not rounded */
} fm_pull_tester;

/* Readings of the tester: gain, noise, rounding to the resolution, nothing below 0.
 * tester       in
 * n            in      number of readings
 * u_1          in      [n] uniforms for the noise; may be NULL when noise_n is 0
 * force_n_io   in/out  [n] true force in, reading out [N]; untouched on error
 * returns FM_OK; FM_EDOM if gain is not positive, noise or resolution is negative or
 *         infinite, or uniforms are missing
 * source  own   terms: met.resolution met.bias met.repeatability */
fm_status fm_pull_read(const fm_pull_tester *tester, size_t n, const double *u_1,
                       double *force_n_io);

#endif
