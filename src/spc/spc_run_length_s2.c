/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run length of the EWMA of subgroup variances: collocation at Gauss-Legendre nodes.
 *
 * Z' = (1 - lambda) Z + lambda sigma^2 c^2/df with c distributed as chi with df degrees of
 * freedom.  In c the integrand is smooth for every df, also where the density of c^2 is not
 * (df = 1 and 3), and c never has to start at 0 inside the range: the mean run length is an
 * analytic function of Z on all of [0, limit]. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sf_gamma.h>

#include "math/gauss_legendre.h"
#include "spc/spc_run_length_parts.h"

enum {
    ORDER_MAX = 500
};

/* Chances beyond this many units above the mode of chi are below 1e-17. */
static const double chi_tail = 9;

typedef struct rule {
    size_t n;
    double *x, *w; /* [n] on [-1, 1] */
} rule;

static double
upper_limit(const fm_spc_design *d)
{
    return 1 + d->limit * sqrt(d->lambda / (2 - d->lambda)) * sqrt(2.0 / d->df);
}

/* Weights of the nodes after the statistic z. */
static void
row(const fm_spc_design *d, const fm_spc_state *s, double z, const fm_spc_kernel *k,
    const double *bary, const rule *r, double *out)
{
    double df = d->df, unit = d->lambda * s->sigma * s->sigma / df;
    double from = (1 - d->lambda) * z;
    double top = sqrt(fmax(0, upper_limit(d) - from) / unit);
    top = fmin(top, sqrt(df) + chi_tail);
    double log_c = (1 - 0.5 * df) * M_LN2 - gsl_sf_lngamma(0.5 * df);
    for (size_t i = 0; i < r->n; i++) {
        double c = 0.5 * top * (1 + r->x[i]), y = from + unit * c * c, sum = 0;
        double f = 0.5 * top * r->w[i] * exp(log_c + (df - 1) * log(c) - 0.5 * c * c);
        size_t hit = k->n;
        for (size_t j = 0; j < k->n && hit == k->n; j++) {
            if (y == k->node[j])
                hit = j;
            else
                sum += bary[j] / (y - k->node[j]);
        }
        if (hit < k->n) {
            out[hit] += f;
            continue;
        }
        for (size_t j = 0; j < k->n; j++)
            out[j] += f / sum * bary[j] / (y - k->node[j]);
    }
}

static fm_status
fill(const fm_spc_design *d, const fm_spc_state *s, size_t order,
     fm_spc_kernel **kernel_out)
{
    fm_spc_kernel *k = NULL;
    rule r = {order + 30, NULL, NULL};
    double top = upper_limit(d);
    double *all = calloc(2 * order + 2 * r.n, sizeof *all);
    if (all == NULL)
        return FM_ENOMEM;
    double *bary = all, *w = all + order;
    r.x = w + order;
    r.w = r.x + r.n;
    fm_status st = fm_spc_kernel_create(order, &k);
    if (st == FM_OK)
        st = fm_math_gauss_legendre(order, 0, top, k->node, w);
    if (st == FM_OK)
        st = fm_math_gauss_legendre(r.n, -1, 1, r.x, r.w);
    if (st == FM_OK) {
        for (size_t i = 0; i < order; i++) {
            double x = 2 * k->node[i] / top - 1;
            bary[i] = (i % 2 == 0 ? 1 : -1) * sqrt((1 - x * x) * w[i]);
        }
        for (size_t i = 0; i < order; i++)
            row(d, s, k->node[i], k, bary, &r, k->q + i * order);
        row(d, s, 1, k, bary, &r, k->start);
        *kernel_out = k;
        k = NULL;
    }
    fm_spc_kernel_free(k);
    free(all);
    return st;
}

fm_status
fm_spc_eval_s2(const fm_spc_design *design, const fm_spc_state *state,
               const fm_spc_wish *wish, fm_spc_run_length *out)
{
    double width = design->lambda * state->sigma * state->sigma * sqrt(2.0 / design->df);
    double nodes = 16 + 1.5 * upper_limit(design) / width;
    if (!(nodes < ORDER_MAX))
        return FM_ENOCONV;
    const fm_spc_method method = {fill, NULL, (size_t)nodes, ORDER_MAX, FM_SPC_AGREEMENT};
    return fm_spc_method_eval(&method, design, state, wish, out);
}
