/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statics of a hook under a wire loop.
 *
 * Contents
 *   1. hook position to geometry   2. tensions   3. hook height from the wire's length
 */
#include "config.h"

#include "pull/pull_geometry.h"

#include <float.h>
#include <math.h>

/* ---- 1. hook position to geometry ------------------------------------------------ */

fm_status
fm_pull_geometry_make(double span_m, double position_1, double height_m, double drop_m,
                      double tilt_rad, fm_pull_geometry *geometry_out)
{
    if (!(span_m > 0) || !isfinite(span_m) || !(position_1 >= 0 && position_1 <= 1))
        return FM_EDOM;
    if (!isfinite(height_m) || !isfinite(drop_m) || !isfinite(tilt_rad))
        return FM_EDOM;
    geometry_out->a_m = position_1 * span_m;
    geometry_out->b_m = (1 - position_1) * span_m;
    geometry_out->h1_m = height_m;
    geometry_out->h2_m = height_m + drop_m;
    geometry_out->tilt_rad = tilt_rad;
    return FM_OK;
}

/* ---- 2. tensions ----------------------------------------------------------------- */

static bool
in_domain(const fm_pull_geometry *g)
{
    const double half_pi = 1.57079632679489661923;
    if (!(g->a_m >= 0) || !(g->b_m >= 0) || !isfinite(g->a_m) || !isfinite(g->b_m))
        return false;
    if (!isfinite(g->h1_m) || !isfinite(g->h2_m) || !(fabs(g->tilt_rad) < half_pi))
        return false;
    return g->a_m * g->h2_m + g->b_m * g->h1_m > 0;
}

/* The far span's share of the pull; what rounding leaves of an exact balance counts as
 * 0. */
static double
balance(double level, double rise)
{
    double sum = level + rise;
    return fabs(sum) <= 8 * DBL_EPSILON * (fabs(level) + fabs(rise)) ? 0 : sum;
}

static void
set_side(fm_pull_tension *t, int side, double along_m, double height_m, double share)
{
    t->tension_1[side] = hypot(along_m, height_m) * share;
    t->peel_1[side] = height_m * share;
    t->shear_1[side] = along_m * share;
    t->slack[side] = share == 0;
}

fm_status
fm_pull_tension_eval(const fm_pull_geometry *geometry, fm_pull_tension *tension_out)
{
    const fm_pull_geometry *g = geometry;
    if (!in_domain(g))
        return FM_EDOM;
    double c = cos(g->tilt_rad), s = sin(g->tilt_rad);
    double d = g->a_m * g->h2_m + g->b_m * g->h1_m;
    double share1 = balance(g->b_m * c, g->h2_m * s);
    double share2 = balance(g->a_m * c, -g->h1_m * s);
    if (share1 < 0 || share2 < 0)
        return FM_EVALID;
    set_side(tension_out, 0, g->a_m, g->h1_m, share1 / d);
    set_side(tension_out, 1, g->b_m, g->h2_m, share2 / d);
    return FM_OK;
}

/* ---- 3. hook height from the wire's length --------------------------------------- */

fm_status
fm_pull_height_solve(double a_m, double b_m, double drop_m, double length_m,
                     double *height_out)
{
    enum {
        MAX_STEPS = 200
    };
    if (!(a_m >= 0) || !(b_m >= 0) || !(a_m + b_m > 0) || !isfinite(a_m + b_m))
        return FM_EDOM;
    if (!isfinite(drop_m) || !(length_m > 0) || !isfinite(length_m))
        return FM_EDOM;
    double low = fmax(0, -drop_m), high = length_m;
    if (hypot(a_m, low) + hypot(b_m, low + drop_m) > length_m)
        return FM_EVALID;
    /* The excess is convex and rising, so Newton from above comes down without overshoot;
     * the bracket guards the flat start of a stretched wire. */
    double h = high;
    for (int i = 0; i < MAX_STEPS; i++) {
        double l1 = hypot(a_m, h), l2 = hypot(b_m, h + drop_m);
        double excess = l1 + l2 - length_m;
        if (excess > 0)
            high = h;
        else
            low = h;
        double slope = (l1 > 0 ? h / l1 : 1) + (l2 > 0 ? (h + drop_m) / l2 : 1);
        double next = slope > 0 ? h - excess / slope : low;
        if (!(next >= low && next <= high))
            next = low + (high - low) / 2;
        bool small_step = fabs(next - h) <= 2 * DBL_EPSILON * fabs(h);
        if (small_step || fabs(excess) <= 4 * DBL_EPSILON * length_m) {
            *height_out = next;
            return FM_OK;
        }
        h = next;
    }
    return FM_ENOCONV;
}
