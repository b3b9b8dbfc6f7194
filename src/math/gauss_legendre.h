/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Legendre quadrature to full precision, for any number of nodes. */
#ifndef FM_MATH_GAUSS_LEGENDRE_H
#define FM_MATH_GAUSS_LEGENDRE_H

#include <stddef.h>

#include <fabmet/status.h>

/* Nodes and weights of the n-point rule on [a, b], ascending.  GSL's rules are exact to 27
 * digits for some n only and to 1e-10 for others, which is too little for the integral
 * equations solved here.
 * n  in   1 ... 10000
 * a, b  in  finite, a < b
 * x  out  [n] nodes, absolute error < 2e-16 (b - a)
 * w  out  [n] weights, relative error < 1e-14 (1e-13 from n = 1000); untouched on error
 * returns FM_OK; FM_EDOM
 * source  Newton's method on the Legendre polynomial from Tricomi's approximation; w = 2/
 *         ((1 - x^2) P'(x)^2): Abramowitz, Stegun (1964), 25.4.29 and 22.16.6 */
fm_status fm_math_gauss_legendre(size_t n, double a, double b, double *x, double *w);

#endif
