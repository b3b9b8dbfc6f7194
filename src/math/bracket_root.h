/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Root of a function of one variable between two ends where its sign differs. */
#ifndef FM_MATH_BRACKET_ROOT_H
#define FM_MATH_BRACKET_ROOT_H

#include <fabmet/status.h>

/* A function of one variable; NaN says that it could not be computed. */
typedef double (*fm_math_function)(double x, const void *arg);

/* Root of f between two ends by inverse quadratic interpolation, kept inside the bracket.
 * f          in   continuous; its signs at the ends differ, or it is 0 at one of them
 * arg        in   handed to f
 * low, high  in   ends of the bracket, finite
 * rel_tol    in   stop when the bracket is this small relative to the root, >= 0; the
 *                 rounding of x is always allowed for
 * x_out      out  untouched on error
 * returns FM_OK; FM_EDOM if an end is not finite or f has the same sign at both ends;
 *         FM_ENOCONV if f gives NaN or 200 steps do not suffice
 * source  Chandrupatla (1997), Adv. Eng. Softw. 28, 145-149   terms: met.confidence-interval */
fm_status fm_math_bracket_root(fm_math_function f, const void *arg, double low,
                               double high, double rel_tol, double *x_out);

/* The same for a monotone function whose bracket is not known: steps from a first guess
 * in the direction that f asks for, doubling, until the sign changes.
 * f        in   continuous and rising (rising != 0) or falling
 * arg      in   handed to f
 * guess    in   where to start, finite
 * step     in   first step, > 0
 * rising   in   whether f rises
 * x_out    out  root to a few roundings; untouched on error
 * returns FM_OK; FM_EDOM if guess or step is outside its domain; FM_ENOCONV if there is
 *         no sign change within 2^60 steps, or f gives NaN
 * source  own   terms: met.confidence-interval */
fm_status fm_math_monotone_root(fm_math_function f, const void *arg, double guess,
                                double step, int rising, double *x_out);

#endif
