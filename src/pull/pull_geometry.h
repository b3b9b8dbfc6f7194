/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statics of a hook under a wire loop: from hook force to wire tensions. */
#ifndef FM_PULL_PULL_GEOMETRY_H
#define FM_PULL_PULL_GEOMETRY_H

#include <stdbool.h>

#include <fabmet/status.h>

/* Where the hook is when it pulls, seen from the two bonds. */
typedef struct fm_pull_geometry {
    double a_m;      /* horizontal distance from hook to bond 1 */
    double b_m;      /* horizontal distance from hook to bond 2 */
    double h1_m;     /* height of the hook above bond 1 */
    double h2_m;     /* height of the hook above bond 2 */
    double tilt_rad; /* pull direction from vertical, positive toward bond 2 */
} fm_pull_geometry;

/* Index 0 is the side of bond 1, index 1 the side of bond 2; all per hook force. */
typedef struct fm_pull_tension {
    double tension_1[2]; /* T/F in the span */
    double peel_1[2];    /* part of it that pulls normal to the bond plane */
    double shear_1[2];   /* part of it that pulls along the bond plane */
    bool slack[2];       /* the span carries nothing */
} fm_pull_tension;

/* Hook geometry from the numbers that a process engineer has.
 * span_m        in   horizontal distance of the bonds [m], > 0
 * position_1    in   hook at this fraction of the span from bond 1 [1], [0, 1]
 * height_m      in   height of the hook above bond 1 [m]
 * drop_m        in   height of bond 1 over bond 2 [m]; positive: bond 2 is lower
 * tilt_rad      in   pull direction from vertical [rad], positive toward bond 2
 * geometry_out  out  untouched on error
 * returns FM_OK; FM_EDOM if span or position is outside its domain or a number is
 *         not finite
 * source  own   terms: bond.loop-geometry bond.hook-position */
fm_status fm_pull_geometry_make(double span_m, double position_1, double height_m,
                                double drop_m, double tilt_rad,
                                fm_pull_geometry *geometry_out);

/* Wire tensions, peel and shear per hook force.
 * geometry     in   a, b >= 0 and not both 0; heights finite; |tilt| < pi/2;
 *                   D = a h2 + b h1 > 0
 * tension_out  out  untouched on error
 * returns FM_OK, also when a span is exactly slack and the other alone holds the hook;
 *         FM_EDOM if the geometry is outside its domain;
 *         FM_EVALID if a span would have to push: there is no equilibrium, the hook
 *         slides until the wire lies on one side
 * accuracy  a few ulp; near slack relative to F, not to the small tension
 * source  statics (vertical and horizontal balance at the hook), equal to the
 *         resolution of forces of ASTM F459; certified rows g01..g07
 * terms: bond.wire-tension */
fm_status fm_pull_tension_eval(const fm_pull_geometry *geometry,
                               fm_pull_tension *tension_out);

/* Height of the hook above bond 1 when the wire is taut and its length is known: the
 * root of sqrt(a^2 + h^2) + sqrt(b^2 + (h + drop)^2) = length.
 * a_m, b_m    in   horizontal distances hook to bond 1 and bond 2 [m], >= 0, not both 0
 * drop_m      in   height of bond 1 over bond 2 [m]
 * length_m    in   length of wire between the bonds [m], > 0
 * height_out  out  [m], >= max(0, -drop); untouched on error
 * returns FM_OK; FM_EDOM for arguments outside their domain; FM_EVALID if the wire is
 *         too short to reach; FM_ENOCONV if the iteration stalls (not seen)
 * accuracy  4 ulp of the length, divided by the slope near a stretched wire
 * source  own; certified rows g08, g09   terms: bond.loop-geometry */
fm_status fm_pull_height_solve(double a_m, double b_m, double drop_m, double length_m,
                               double *height_out);

#endif
