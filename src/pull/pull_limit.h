/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minimum pull force between the rows of a table over wire diameter. */
#ifndef FM_PULL_PULL_LIMIT_H
#define FM_PULL_PULL_LIMIT_H

#include <stddef.h>

#include <fabmet/status.h>

/* Limit at a diameter: straight line in log force over log diameter between the two
 * rows around it; a row's own diameter gives the row's own force.  Never extrapolates;
 * a diameter within 1e-9 (relative) of the first or last row counts as that row.
 * n            in   number of rows
 * diameter_m   in   [n] [m], > 0, strictly increasing
 * force_n      in   [n] [N], > 0
 * at_m         in   diameter asked for [m], > 0
 * limit_n_out  out  [N]; untouched on error
 * returns FM_OK; FM_ETOOFEW if n is 0; FM_EDOM if at_m is not positive; FM_EDATA if a
 *         row is not positive or the diameters do not increase; FM_EVALID if at_m is
 *         outside the rows
 * source  own; certified rows i01, i02   terms: bond.pull-limit bond.wire-diameter */
fm_status fm_pull_limit_eval(size_t n, const double *diameter_m, const double *force_n,
                             double at_m, double *limit_n_out);

#endif
