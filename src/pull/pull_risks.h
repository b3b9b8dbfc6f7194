/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Competing risks with fitted strengths: observed and predicted shares of the modes. */
#ifndef FM_PULL_PULL_RISKS_H
#define FM_PULL_PULL_RISKS_H

#include <stddef.h>

#include <fabmet/status.h>

#include "math/lifedist.h"

/* Modes whose strengths S_k are independent; a mode breaks at the hook force S_k / c_k. */
typedef struct fm_pull_risks {
    size_t n_modes;
    const fm_math_life *strength; /* [n_modes] */
    const double *coefficient_1;  /* [n_modes] c_k >= 0; 0: the mode carries no load */
} fm_pull_risks;

/* One row of a competing-risk sample, sorted by force. */
typedef struct fm_pull_risk_row {
    double force;
    double weight;
    size_t cause; /* mode that broke; n_modes: censored */
} fm_pull_risk_row;

/* ln P(force > F): the sum of ln P(S_k > c_k F).
 * risks  in
 * force  in   hook force F
 * returns <= 0; 0 without a mode that carries load
 * source  competing risks with independent modes   terms: bond.competing-risks */
double fm_pull_risks_log_survival(const fm_pull_risks *risks, double force);

/* Rate of breaking at a force that was survived, per unit of force.
 * risks  in
 * force  in   hook force F
 * returns sum of c_k f_k(c_k F) / S_k(c_k F); NaN where nothing survives
 * source  competing risks with independent modes   terms: bond.competing-risks */
double fm_pull_risks_hazard(const fm_pull_risks *risks, double force);

/* Force that a fraction p of the pulls does not exceed.
 * risks      in   at least one mode that carries load
 * p_1        in   [1], (0, 1)
 * force_out  out  untouched on error
 * returns FM_OK; FM_EDOM if p_1 is outside (0, 1) or no mode carries load; FM_ENOCONV
 * accuracy  1e-13 relative
 * source  root of the sum of cumulative hazards   terms: bond.competing-risks */
fm_status fm_pull_risks_quantile(const fm_pull_risks *risks, double p_1,
                                 double *force_out);

/* Cumulative incidence of each mode on a grid of forces: the probability of a break in
 * that mode at or below the force.  Each step of the grid is cut into parts in which the
 * modes share the breaks in proportion to their cumulative hazards.
 * risks          in
 * n, force       in   [n] rising; before force[0] the same parts begin at the quantile
 *                     1e-9, or at force[0] when that is lower
 * incidence_out  out  [n][n_modes], row-major; their sum is P(force <= F) to rounding
 * returns FM_OK; FM_EDOM if the grid does not rise or no mode carries load
 * accuracy  1e-5 absolute for grids of 50 forces or more
 * source  Aalen and Johansen (1978), integrated   terms: bond.cumulative-incidence */
fm_status fm_pull_risks_incidence(const fm_pull_risks *risks, size_t n,
                                  const double *force, double *incidence_out);

/* Aalen-Johansen estimate of the cumulative incidence at every different force.
 * rows           in   [n] sorted by force
 * n, n_modes     in
 * force_out      out  [n] different forces with a break; the first *n_out are set
 * incidence_out  out  [n][n_modes] row-major, as force_out
 * returns the number of forces set
 * source  Aalen and Johansen (1978), Scand. J. Stat. 5, 141-150
 * terms: bond.cumulative-incidence */
size_t fm_pull_risks_observed(const fm_pull_risk_row *rows, size_t n, size_t n_modes,
                              double *force_out, double *incidence_out);

/* Plotting positions: for each different failure of one mode the mean of the product-limit
 * estimate before and after it.
 * data     in   sorted by x
 * x_out    out  [data->n] failures; the first ones are set
 * p_out    out  [data->n] fraction failing [1], (0, 1)
 * returns the number set
 * source  Meeker and Escobar (1998), section 6.4   terms: stat.probability-plot */
size_t fm_pull_risks_positions(const fm_math_life_data *data, double *x_out,
                               double *p_out);

#endif
