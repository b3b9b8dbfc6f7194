/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run length of the EWMA chart: Nystrom's method, and propagation under moving limits.
 *
 * Contents
 *   1. the kernel     2. moving limits     3. evaluation */
#include "config.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "math/gauss_legendre.h"
#include "spc/spc_run_length_parts.h"

enum {
    ORDER_MAX = 800
};

/* ---- 1. the kernel --------------------------------------------------------------- */

static double
sigma_z(const fm_spc_design *d)
{
    return sqrt(d->lambda / (2 - d->lambda));
}

/* Weights of the nodes x after a statistic z. */
static void
row(const fm_spc_design *d, const fm_spc_state *s, double z, size_t n, const double *x,
    const double *w, double *out)
{
    double scale = 1 / (d->lambda * s->sigma);
    double factor = scale / sqrt(2 * M_PI);
    double shift = ((1 - d->lambda) * z / d->lambda + s->mean) / s->sigma;
    for (size_t j = 0; j < n; j++) {
        double a = x[j] * scale - shift;
        /* Beyond 10 sigma nothing adds to the last digit. */
        out[j] = a * a < 100 ? w[j] * factor * exp(-0.5 * a * a) : 0;
    }
}

/* Two-sided: nodes on [-h, h].  One-sided: node 0 is the barrier at 0. */
static fm_status
fill(const fm_spc_design *d, const fm_spc_state *s, size_t order,
     fm_spc_kernel **kernel_out)
{
    size_t atom = d->one_sided ? 1 : 0, n = order + atom;
    double h = d->limit * sigma_z(d);
    fm_spc_kernel *k = NULL;
    fm_status st = fm_spc_kernel_create(n, &k);
    if (st != FM_OK)
        return st;
    double *w = k->mean; /* not used before the kernel is solved */
    st = fm_math_gauss_legendre(order, d->one_sided ? 0 : -h, h, k->node + atom, w);
    if (st != FM_OK) {
        fm_spc_kernel_free(k);
        return st;
    }
    for (size_t i = 0; i <= n; i++) {
        double *out = i < n ? k->q + i * n : k->start;
        double z = i < n ? k->node[i] : d->head_start * sigma_z(d) * (double)atom;
        row(d, s, z, order, k->node + atom, w, out + atom);
        if (d->one_sided)
            out[0] = gsl_cdf_ugaussian_P((-(1 - d->lambda) * z / d->lambda - s->mean) /
                                         s->sigma);
    }
    *kernel_out = k;
    return FM_OK;
}

/* ---- 2. moving limits ------------------------------------------------------------ */

/* Limit at point i >= 1, in sigma_Z. */
static double
limit_at(const fm_spc_design *d, double i)
{
    if (d->time_varying)
        return d->limit * sqrt(-expm1(2 * i * log1p(-d->lambda)));
    return d->limit - d->head_start * exp(i * log1p(-d->lambda));
}

typedef struct moving {
    size_t n;
    double *x, *w;         /* [n] rule on [-1, 1] */
    double *law;           /* [n] survivors, normalised, at limit * x */
    double *next;          /* [n] */
    double *row;           /* [n] */
    double *node, *weight; /* [n] of the coming limit */
} moving;

static fm_status
moving_create(size_t n, moving *m)
{
    double *all = calloc(7 * n, sizeof *all);
    if (all == NULL)
        return FM_ENOMEM;
    *m = (moving){n,           all,         all + n,     all + 2 * n,
                  all + 3 * n, all + 4 * n, all + 5 * n, all + 6 * n};
    fm_status st = fm_math_gauss_legendre(n, -1, 1, m->x, m->w);
    if (st != FM_OK)
        free(all);
    return st;
}

/* One point: from the nodes of the limit `from` (0: from the value 0) to those of `to`.
 * Returns the share that survives. */
static double
move(const fm_spc_design *d, const fm_spc_state *s, moving *m, double from, double to)
{
    double sum = 0;
    for (size_t j = 0; j < m->n; j++) {
        m->node[j] = to * m->x[j];
        m->weight[j] = to * m->w[j];
        m->next[j] = 0;
    }
    for (size_t i = 0; i < m->n; i++) {
        double law = from > 0 ? m->law[i] : 1;
        row(d, s, from * m->x[i], m->n, m->node, m->weight, m->row);
        for (size_t j = 0; j < m->n; j++)
            m->next[j] += law * m->row[j];
        if (!(from > 0))
            break;
    }
    for (size_t j = 0; j < m->n; j++)
        sum += m->next[j];
    for (size_t j = 0; j < m->n; j++)
        m->law[j] = sum > 0 ? m->next[j] / sum : 0;
    return sum;
}

/* Moves until the limit is at rest, then solves the rest with the fixed kernel. */
static fm_status
moving_eval(const fm_spc_design *d, const fm_spc_state *s, const fm_spc_wish *wish,
            size_t order, fm_spc_run_length *out)
{
    enum {
        SETTLED = 20
    };
    const double noise = 16 * DBL_EPSILON;
    moving m;
    fm_spc_kernel *k = NULL;
    fm_status st = moving_create(order, &m);
    if (st != FM_OK)
        return st;
    fm_spc_tally tally = fm_spc_tally_start(wish, SETTLED);
    double from = 0, to = 0, rest = d->limit * sigma_z(d);
    bool settled = false;
    for (double i = 1; !settled && (i == 1 || rest - from > DBL_EPSILON * rest); i++) {
        to = limit_at(d, i) * sigma_z(d);
        double left = move(d, s, &m, from, to);
        /* A constant hazard means nothing while the limit moves. */
        settled = fm_spc_tally_step(&tally, 1 - left, noise) && tally.survival < 1e-20;
        from = to;
    }
    tally.constant = 0;
    st = fill(d, s, order, &k);
    if (st == FM_OK)
        st = fm_spc_kernel_solve(k, true);
    if (st == FM_OK) {
        double n = (double)tally.n, arl = 0, more = 0;
        for (size_t j = 0; j < order; j++) {
            arl += m.law[j] * k->mean[j];
            more += m.law[j] * (k->more[j] + n * k->mean[j]);
        }
        arl = tally.sum + tally.survival * arl;
        more = tally.weighted + tally.survival * more;
        if (!settled)
            st = fm_spc_kernel_propagate(k, m.law, &tally);
        if (st == FM_OK)
            fm_spc_tally_finish(&tally, out);
        out->arl = arl;
        out->sdrl = fm_spc_spread(arl, more);
        out->size = order;
    }
    fm_spc_kernel_free(k);
    free(m.x);
    return st;
}

static fm_status
moving_agree(const fm_spc_design *d, const fm_spc_state *s, const fm_spc_wish *wish,
             size_t order, fm_spc_run_length *out)
{
    fm_spc_run_length found = {.arl = NAN};
    fm_status st = FM_ENOCONV;
    for (size_t n = order; n <= ORDER_MAX; n += n / 4 + 4) {
        double before = found.arl;
        st = moving_eval(d, s, wish, n, &found);
        if (st != FM_OK)
            return st;
        found.steady = NAN;
        if (fm_spc_agree(before, found.arl, false, FM_SPC_AGREEMENT, &found.error)) {
            *out = found;
            return FM_OK;
        }
    }
    return FM_ENOCONV;
}

/* ---- 3. evaluation --------------------------------------------------------------- */

fm_status
fm_spc_eval_ewma(const fm_spc_design *design, const fm_spc_state *state,
                 const fm_spc_wish *wish, fm_spc_run_length *out)
{
    /* Nodes per width of the kernel: found by trying 10 digits over lambda 0.01 ... 1. */
    double half_width = design->limit * sigma_z(design) / (design->lambda * state->sigma);
    double nodes = (design->one_sided ? 2.2 : 3.6) * half_width + 7;
    if (!(nodes < ORDER_MAX))
        return FM_ENOCONV;
    const fm_spc_method method = {fill, NULL, (size_t)nodes, ORDER_MAX, FM_SPC_AGREEMENT};
    bool moves = design->time_varying || (!design->one_sided && design->head_start > 0);
    if (moves && design->lambda < 1)
        return moving_agree(design, state, wish, (size_t)nodes, out);
    return fm_spc_method_eval(&method, design, state, wish, out);
}
