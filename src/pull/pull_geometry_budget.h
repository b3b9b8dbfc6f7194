/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How tensions at a pulled loop depend on what was measured of the loop. */
#ifndef FM_PULL_PULL_GEOMETRY_BUDGET_H
#define FM_PULL_PULL_GEOMETRY_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include <fabmet/status.h>

#include "pull/pull_geometry.h"

/* What is measured of a loop, in this order. */
enum {
    FM_PULL_SPAN,     /* [m] */
    FM_PULL_POSITION, /* [1] */
    FM_PULL_HEIGHT,   /* [m]; not used when the length is known */
    FM_PULL_DROP,     /* [m] */
    FM_PULL_LENGTH,   /* [m]; used when known */
    FM_PULL_TILT,     /* [rad] */
    FM_PULL_N_MEASURED
};

typedef struct fm_pull_loop {
    double x[FM_PULL_N_MEASURED];
    bool by_length; /* the hook's height follows from the wire's length */
} fm_pull_loop;

/* Ratios to the hook force, in this order: index 0 bond 1, index 1 bond 2. */
enum {
    FM_PULL_T,
    FM_PULL_PEEL = 2,
    FM_PULL_SHEAR = 4,
    FM_PULL_N_RATIOS = 6
};

typedef struct fm_pull_resolved {
    fm_pull_geometry geometry;
    fm_pull_tension tension;
    double ratio_1[FM_PULL_N_RATIOS];
} fm_pull_resolved;

/* Geometry and tensions of a loop.
 * loop          in   as fm_pull_geometry_make and fm_pull_height_solve take it
 * resolved_out  out  untouched on error
 * returns FM_OK; FM_EDOM, FM_ENOCONV as those functions and fm_pull_tension_eval;
 *         FM_ETOOFEW if the wire is too short to reach; FM_EVALID if there is no
 *         equilibrium (a span would have to push)
 * source  own   terms: bond.wire-tension bond.loop-geometry */
fm_status fm_pull_loop_resolve(const fm_pull_loop *loop, fm_pull_resolved *resolved_out);

typedef struct fm_pull_budget {
    /* Derivative of ratio r by quantity q times u(q): first-order contributions. */
    double part_1[FM_PULL_N_RATIOS][FM_PULL_N_MEASURED];
    double u_1[FM_PULL_N_RATIOS]; /* root of the sum of squares */
    /* Largest second-order effect |f(x+u) + f(x-u) - 2 f(x)|/2 of one quantity on a ratio,
     * over the ratio's u; NaN if the loop is in no equilibrium at x + u or x - u. */
    double curvature_1;
} fm_pull_budget;

/* First-order uncertainty of the ratios (GUM clause 5.1.2; independent quantities).
 * loop        in   as above
 * u           in   [FM_PULL_N_MEASURED] standard uncertainties in the units of x, >= 0
 * budget_out  out  untouched on error
 * returns FM_OK; as fm_pull_loop_resolve; FM_EDOM also if a u is negative or not finite
 * accuracy  derivatives are closed forms, a few hundred ulp away from slack
 * source  JCGM 100:2008, 5.1.2, equation (10)
 * terms: met.uncertainty-budget met.combined-uncertainty */
fm_status fm_pull_budget_eval(const fm_pull_loop *loop, const double *u,
                              fm_pull_budget *budget_out);

#endif
