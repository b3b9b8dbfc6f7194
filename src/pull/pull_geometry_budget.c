/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How tensions at a pulled loop depend on what was measured of the loop.
 *
 * Contents
 *   1. resolution   2. derivatives   3. budget
 */
#include "config.h"

#include "pull/pull_geometry_budget.h"

#include <math.h>

/* ---- 1. resolution --------------------------------------------------------------- */

fm_status
fm_pull_loop_resolve(const fm_pull_loop *loop, fm_pull_resolved *resolved_out)
{
    const double *x = loop->x;
    fm_pull_resolved r = {.geometry = {0}};
    double height = x[FM_PULL_HEIGHT];
    fm_status st = FM_OK;
    if (!(x[FM_PULL_POSITION] >= 0 && x[FM_PULL_POSITION] <= 1) || !(x[FM_PULL_SPAN] > 0))
        return FM_EDOM;
    if (loop->by_length)
        st = fm_pull_height_solve(x[FM_PULL_POSITION] * x[FM_PULL_SPAN],
                                  (1 - x[FM_PULL_POSITION]) * x[FM_PULL_SPAN],
                                  x[FM_PULL_DROP], x[FM_PULL_LENGTH], &height);
    if (st != FM_OK)
        return st == FM_EVALID ? FM_ETOOFEW : st;
    st = fm_pull_geometry_make(x[FM_PULL_SPAN], x[FM_PULL_POSITION], height,
                               x[FM_PULL_DROP], x[FM_PULL_TILT], &r.geometry);
    if (st == FM_OK)
        st = fm_pull_tension_eval(&r.geometry, &r.tension);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < 2; i++) {
        r.ratio_1[FM_PULL_T + i] = r.tension.tension_1[i];
        r.ratio_1[FM_PULL_PEEL + i] = r.tension.peel_1[i];
        r.ratio_1[FM_PULL_SHEAR + i] = r.tension.shear_1[i];
    }
    *resolved_out = r;
    return FM_OK;
}

/* ---- 2. derivatives -------------------------------------------------------------- */

/* By the geometry: own and other side's distance and height, and the tilt. */
typedef struct gradient {
    double own_a, other_a, own_h, other_h, tilt;
} gradient;

/* One side of the loop as that side sees it: tilt positive away from it. */
typedef struct side {
    double a, h, other_a, other_h, tilt;
} side;

static side
side_of(const fm_pull_geometry *g, size_t i)
{
    const side first = {g->a_m, g->h1_m, g->b_m, g->h2_m, g->tilt_rad};
    const side second = {g->b_m, g->h2_m, g->a_m, g->h1_m, -g->tilt_rad};
    return i == 0 ? first : second;
}

/* Share w = (other_a cos + other_h sin)/D; tension = length w, peel = h w, shear = a w. */
static void
side_gradients(const side *s, gradient *tension, gradient *peel, gradient *shear)
{
    double c = cos(s->tilt), n = sin(s->tilt), length = hypot(s->a, s->h);
    double d = s->a * s->other_h + s->other_a * s->h;
    double w = (s->other_a * c + s->other_h * n) / d;
    const gradient share = {
        .own_a = -w * s->other_h / d,
        .other_a = (c - w * s->h) / d,
        .own_h = -w * s->other_a / d,
        .other_h = (n - w * s->a) / d,
        .tilt = (s->other_h * c - s->other_a * n) / d,
    };
    gradient *const out[] = {tension, peel, shear};
    const double factor[] = {length, s->h, s->a};
    for (size_t i = 0; i < 3; i++) {
        out[i]->own_a = factor[i] * share.own_a;
        out[i]->other_a = factor[i] * share.other_a;
        out[i]->own_h = factor[i] * share.own_h;
        out[i]->other_h = factor[i] * share.other_h;
        out[i]->tilt = factor[i] * share.tilt;
    }
    tension->own_a += w * s->a / length;
    tension->own_h += w * s->h / length;
    peel->own_h += w;
    shear->own_a += w;
}

/* Derivatives of the hook's height by the measured quantities. */
static void
height_gradient(const fm_pull_loop *loop, const fm_pull_geometry *g, double *dh)
{
    for (size_t q = 0; q < FM_PULL_N_MEASURED; q++)
        dh[q] = 0;
    if (!loop->by_length) {
        dh[FM_PULL_HEIGHT] = 1;
        return;
    }
    double p = loop->x[FM_PULL_POSITION], span = loop->x[FM_PULL_SPAN];
    double l1 = hypot(g->a_m, g->h1_m), l2 = hypot(g->b_m, g->h2_m);
    double slope = g->h1_m / l1 + g->h2_m / l2;
    dh[FM_PULL_LENGTH] = 1 / slope;
    dh[FM_PULL_DROP] = -(g->h2_m / l2) / slope;
    dh[FM_PULL_POSITION] = -span * (g->a_m / l1 - g->b_m / l2) / slope;
    dh[FM_PULL_SPAN] = -(p * g->a_m / l1 + (1 - p) * g->b_m / l2) / slope;
}

/* Chain rule from (a, b, h1, h2, tilt) to the measured quantities. */
static void
chain(const fm_pull_loop *loop, const double *dh, size_t i, const gradient *g,
      double *d_out)
{
    double p = loop->x[FM_PULL_POSITION], span = loop->x[FM_PULL_SPAN];
    double by_a = i == 0 ? g->own_a : g->other_a, by_b = i == 0 ? g->other_a : g->own_a;
    double by_h2 = i == 0 ? g->other_h : g->own_h;
    double by_height = g->own_h + g->other_h;
    for (size_t q = 0; q < FM_PULL_N_MEASURED; q++)
        d_out[q] = by_height * dh[q];
    d_out[FM_PULL_SPAN] += by_a * p + by_b * (1 - p);
    d_out[FM_PULL_POSITION] += (by_a - by_b) * span;
    d_out[FM_PULL_DROP] += by_h2;
    d_out[FM_PULL_TILT] += i == 0 ? g->tilt : -g->tilt;
}

/* ---- 3. budget ------------------------------------------------------------------- */

/* Largest second-order effect of one quantity over the ratio's u. */
static double
curvature(const fm_pull_loop *loop, const double *u, const fm_pull_resolved *at,
          const double *u_ratio)
{
    double largest = 0;
    for (size_t q = 0; q < FM_PULL_N_MEASURED; q++) {
        fm_pull_loop moved = *loop;
        fm_pull_resolved up, down;
        if (!(u[q] > 0))
            continue;
        moved.x[q] = loop->x[q] + u[q];
        fm_status st = fm_pull_loop_resolve(&moved, &up);
        moved.x[q] = loop->x[q] - u[q];
        if (st == FM_OK)
            st = fm_pull_loop_resolve(&moved, &down);
        if (st != FM_OK)
            return (double)NAN;
        for (size_t r = 0; r < FM_PULL_N_RATIOS; r++) {
            double bend = up.ratio_1[r] + down.ratio_1[r] - 2 * at->ratio_1[r];
            if (u_ratio[r] > 0)
                largest = fmax(largest, fabs(bend) / 2 / u_ratio[r]);
        }
    }
    return largest;
}

fm_status
fm_pull_budget_eval(const fm_pull_loop *loop, const double *u, fm_pull_budget *budget_out)
{
    for (size_t q = 0; q < FM_PULL_N_MEASURED; q++)
        if (!(u[q] >= 0) || !isfinite(u[q]))
            return FM_EDOM;
    fm_pull_resolved at;
    fm_status st = fm_pull_loop_resolve(loop, &at);
    if (st != FM_OK)
        return st;
    double dh[FM_PULL_N_MEASURED];
    height_gradient(loop, &at.geometry, dh);
    for (size_t i = 0; i < 2; i++) {
        gradient g[3];
        side s = side_of(&at.geometry, i);
        side_gradients(&s, &g[0], &g[1], &g[2]);
        for (size_t k = 0; k < 3; k++)
            chain(loop, dh, i, &g[k], budget_out->part_1[2 * k + i]);
    }
    for (size_t r = 0; r < FM_PULL_N_RATIOS; r++) {
        double sum = 0;
        for (size_t q = 0; q < FM_PULL_N_MEASURED; q++) {
            budget_out->part_1[r][q] *= u[q];
            sum = hypot(sum, budget_out->part_1[r][q]);
        }
        budget_out->u_1[r] = sum;
    }
    budget_out->curvature_1 = curvature(loop, u, &at, budget_out->u_1);
    return FM_OK;
}
