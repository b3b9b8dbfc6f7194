/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joint run length of individuals and moving ranges: collocation on pieces.
 *
 * L(x) = 1 + integral of L(y) f(y) over |y| <= M, |y - x| <= R.  The ends of that interval
 * stop at +-M where x passes +-(M - R); the kink travels on by R, a derivative higher each
 * time, so pieces end at all +-(M - j R) inside.  On a piece L is smooth: Gauss-Legendre
 * nodes, with barycentric interpolation where an interval ends inside it. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "math/gauss_legendre.h"
#include "spc/spc_run_length_parts.h"

enum {
    PIECES_MAX = 64,
    SIZE_MAX_NODES = 1200
};

/* Ends of the pieces, ascending; returns the number of pieces, 0 if too many. */
static size_t
make_pieces(const fm_spc_design *d, double end[PIECES_MAX + 1])
{
    size_t n = 0;
    end[n++] = -d->limit;
    for (double j = 1; j * d->mr_limit < 2 * d->limit; j++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double x = sign * (d->limit - j * d->mr_limit);
            size_t i = 0;
            if (n == PIECES_MAX)
                return 0;
            while (i < n && end[i] < x - 1e-9 * d->limit)
                i++;
            if (i < n && fabs(end[i] - x) <= 1e-9 * d->limit)
                continue;
            for (size_t k = n++; k > i; k--)
                end[k] = end[k - 1];
            end[i] = x;
        }
    /* A last break at M itself is the end. */
    if (fabs(end[n - 1] - d->limit) > 1e-9 * d->limit)
        end[n++] = d->limit;
    return n - 1;
}

static double
density(const fm_spc_state *s, double y)
{
    double a = (y - s->mean) / s->sigma;
    return exp(-0.5 * a * a) / (s->sigma * sqrt(2 * M_PI));
}

/* A piece with its nodes in the kernel, and a rule for parts of pieces. */
typedef struct collocation {
    const fm_spc_state *state;
    fm_spc_kernel *kernel;
    size_t order, rule;
    const double *end;
    double *x, *w;           /* [order] rule on [-1, 1] */
    double *bary;            /* [order] barycentric weights of x */
    double *rule_x, *rule_w; /* [rule] on [-1, 1] */
} collocation;

/* Adds factor times the Lagrange polynomials of a piece at y to out[order]. */
static void
interpolate(const collocation *c, size_t piece, double y, double factor, double *out)
{
    const double *node = c->kernel->node + piece * c->order;
    double sum = 0;
    for (size_t k = 0; k < c->order; k++) {
        if (y == node[k]) {
            out[k] += factor;
            return;
        }
        sum += c->bary[k] / (y - node[k]);
    }
    for (size_t k = 0; k < c->order; k++)
        out[k] += factor * c->bary[k] / (y - node[k]) / sum;
}

/* Adds the integral over [low, high], a part of a piece, to out[order]. */
static void
add_part(const collocation *c, size_t piece, double low, double high, double *out)
{
    double half = 0.5 * (high - low), middle = 0.5 * (high + low);
    bool whole = low == c->end[piece] && high == c->end[piece + 1];
    if (!(high > low))
        return;
    if (whole) {
        for (size_t k = 0; k < c->order; k++)
            out[k] +=
                half * c->w[k] * density(c->state, c->kernel->node[piece * c->order + k]);
        return;
    }
    for (size_t i = 0; i < c->rule; i++) {
        double y = middle + half * c->rule_x[i];
        interpolate(c, piece, y, half * c->rule_w[i] * density(c->state, y), out);
    }
}

static void
fill_rows(const collocation *c, const fm_spc_design *d, size_t n_pieces)
{
    fm_spc_kernel *k = c->kernel;
    for (size_t p = 0; p < n_pieces; p++)
        for (size_t i = 0; i < c->order; i++)
            k->node[p * c->order + i] = 0.5 * (c->end[p] + c->end[p + 1]) +
                                        0.5 * (c->end[p + 1] - c->end[p]) * c->x[i];
    for (size_t p = 0; p < n_pieces; p++)
        add_part(c, p, c->end[p], c->end[p + 1], k->start + p * c->order);
    for (size_t i = 0; i < k->n; i++)
        for (size_t p = 0; p < n_pieces; p++)
            add_part(c, p, fmax(c->end[p], k->node[i] - d->mr_limit),
                     fmin(c->end[p + 1], k->node[i] + d->mr_limit),
                     k->q + i * k->n + p * c->order);
}

static fm_status
fill(const fm_spc_design *d, const fm_spc_state *s, size_t order,
     fm_spc_kernel **kernel_out)
{
    double end[PIECES_MAX + 1];
    size_t n_pieces = make_pieces(d, end), rule = order + 8;
    fm_spc_kernel *k = NULL;
    if (n_pieces == 0 || n_pieces * order > SIZE_MAX_NODES)
        return FM_ENOCONV;
    double *all = calloc(3 * order + 2 * rule, sizeof *all);
    if (all == NULL)
        return FM_ENOMEM;
    collocation c = {
        s,   NULL, order, rule, end, all, all + order, all + 2 * order, all + 3 * order,
        NULL};
    c.rule_w = c.rule_x + rule;
    fm_status st = fm_math_gauss_legendre(order, -1, 1, c.x, c.w);
    if (st == FM_OK)
        st = fm_math_gauss_legendre(rule, -1, 1, c.rule_x, c.rule_w);
    if (st == FM_OK)
        st = fm_spc_kernel_create(n_pieces * order, &k);
    if (st == FM_OK) {
        for (size_t i = 0; i < order; i++)
            c.bary[i] = (i % 2 == 0 ? 1 : -1) * sqrt((1 - c.x[i] * c.x[i]) * c.w[i]);
        c.kernel = k;
        fill_rows(&c, d, n_pieces);
        *kernel_out = k;
    }
    free(all);
    return st;
}

fm_status
fm_spc_eval_imr(const fm_spc_design *design, const fm_spc_state *state,
                const fm_spc_wish *wish, fm_spc_run_length *out)
{
    double width = fmin(2 * design->limit, design->mr_limit) / state->sigma;
    double nodes = 10 + 2.5 * width;
    if (!(nodes < 200))
        return FM_ENOCONV;
    const fm_spc_method method = {fill, NULL, (size_t)nodes, 600, FM_SPC_AGREEMENT};
    return fm_spc_method_eval(&method, design, state, wish, out);
}
