/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strength of the places where a bonded wire can break, and the weakest of them. */
#ifndef FM_PULL_PULL_STRENGTH_H
#define FM_PULL_PULL_STRENGTH_H

#include <stddef.h>

#include <fabmet/status.h>

/* The modes, in the order of tables and of `words`; a new mode goes before N_MODES. */
typedef enum fm_pull_mode {
    FM_PULL_WIRE,   /* the span breaks, on the side of the larger tension */
    FM_PULL_HEEL_1, /* the wire breaks at the heel or neck of bond 1 */
    FM_PULL_HEEL_2,
    FM_PULL_LIFT_1, /* bond 1 comes off */
    FM_PULL_LIFT_2,
    FM_PULL_N_MODES
} fm_pull_mode;

typedef enum fm_pull_family {
    FM_PULL_WEIBULL,
    FM_PULL_LOGNORMAL,
    FM_PULL_NORMAL, /* cut off at 0: the part above 0 of a normal, scaled up to 1 */
    FM_PULL_NEVER   /* this mode does not occur */
} fm_pull_family;

/* A strength distribution.
 * WEIBULL    ln S = location + scale ln E, E standard exponential
 * LOGNORMAL  ln S = location + scale Z, Z standard normal
 * NORMAL     S = location + scale Z, given S > 0 [N] */
typedef struct fm_pull_strength {
    fm_pull_family family;
    double location;
    double scale;
    double cut_1; /* NORMAL: probability that the uncut normal is below 0 */
} fm_pull_strength;

/* The strength distribution with a given mean and coefficient of variation.
 * mean_n        in   [N], > 0; NORMAL: mean of the normal before it is cut off at 0
 * cv_1          in   standard deviation over mean [1], [1e-4, 2]; NORMAL: at most 1
 *                    and before the cut, too
 * strength_out  out  untouched on error
 * returns FM_OK; FM_EDOM for arguments outside their domain; FM_ENOCONV if the shape
 *         of the Weibull is not found (not seen)
 * accuracy  1e-12 relative in the Weibull shape; certified rows s01..s06
 * source  moments of the distributions   terms: bond.strength-distribution */
fm_status fm_pull_strength_make(fm_pull_family family, double mean_n, double cv_1,
                                fm_pull_strength *strength_out);

/* Natural logarithm of the probability that the strength exceeds a force.
 * strength  in   from fm_pull_strength_make
 * force_n   in   [N]; anything at or below 0 gives 0
 * returns ln(1 - cdf), <= 0; exact 0 for FM_PULL_NEVER
 * accuracy  1e-11 relative, also in both tails
 * source  definitions   terms: bond.strength-distribution */
double fm_pull_strength_log_survival(const fm_pull_strength *strength, double force_n);

/* Quantile of a strength.
 * strength     in   from fm_pull_strength_make
 * p_1          in   probability [1], (0, 1)
 * force_n_out  out  [N]; untouched on error
 * returns FM_OK; FM_EDOM if p_1 is outside (0, 1) or the mode never occurs
 * accuracy  1e-13 relative
 * source  definitions   terms: bond.strength-distribution */
fm_status fm_pull_strength_quantile(const fm_pull_strength *strength, double p_1,
                                    double *force_n_out);

/* Mean strength, after the cut for NORMAL.
 * strength  in  from fm_pull_strength_make
 * returns [N]; infinity for FM_PULL_NEVER
 * source  definitions   terms: bond.strength-distribution */
double fm_pull_strength_mean(const fm_pull_strength *strength);

/* Resolution coefficients of the modes: a mode breaks at the hook force S / c.
 * tension_1        in   [2] T/F of the two spans
 * coefficient_out  out  [FM_PULL_N_MODES]; the larger tension for the span, T_j/F for
 *                       heel and lift j
 * source  own   terms: bond.failure-mode bond.wire-tension */
void fm_pull_coefficients(const double tension_1[2],
                          double coefficient_out[FM_PULL_N_MODES]);

/* Probability that a pull breaks at or below a hook force, for independent modes:
 * 1 - prod_k P(S_k > c_k F).
 * strength       in   [FM_PULL_N_MODES]
 * coefficient_1  in   [FM_PULL_N_MODES], >= 0; 0: the mode carries no load
 * force_n        in   hook force [N]
 * returns [0, 1], accurate in the lower tail
 * source  competing risks   terms: bond.competing-risks */
double fm_pull_break_probability(const fm_pull_strength *strength,
                                 const double *coefficient_1, double force_n);

/* Breaking load of a straight wire: tensile strength times cross-section.
 * diameter_m   in   [m], > 0
 * tensile_pa   in   tensile strength [Pa], > 0
 * force_n_out  out  [N]; untouched on error
 * returns FM_OK; FM_EDOM; FM_ERANGE if the force cannot be represented
 * source  definition of tensile strength; certified rows b01, b02
 * terms: bond.breaking-load bond.wire-diameter */
fm_status fm_pull_breaking_load(double diameter_m, double tensile_pa,
                                double *force_n_out);

#endif
