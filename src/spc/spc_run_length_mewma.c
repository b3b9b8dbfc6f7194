/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run length of the MEWMA chart: Nystrom's method along the radius in control, and on the
 * half disc (along the shift, across it) otherwise.
 *
 * Contents
 *   1. the noncentral chi density     2. kernels     3. evaluation */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_gamma.h>

#include "math/gauss_legendre.h"
#include "spc/spc_run_length_parts.h"

enum {
    SIZE_MAX_NODES = 3000
};

/* Thousands of nodes: less agreement is asked for off the centre. */
static const double plane_rel_tol = 1e-6;

/* ---- 1. the noncentral chi density ------------------------------------------------ */

/* exp(-x) I_nu(x) of half-integer and integer order nu = p/2 - 1, x > 0. */
static double
bessel_scaled(unsigned p, double x)
{
    if (p == 1)
        return sqrt(2 / (M_PI * x)) * 0.5 * (1 + exp(-2 * x));
    if (p == 3)
        return sqrt(2 / (M_PI * x)) * -0.5 * expm1(-2 * x);
    gsl_sf_result r = {0, 0};
    if (p % 2 == 0)
        (void)gsl_sf_bessel_In_scaled_e((int)(p / 2) - 1, x, &r);
    else
        (void)gsl_sf_bessel_Inu_scaled_e(0.5 * p - 1, x, &r);
    return r.val; /* 0 where it underflows */
}

/* Density at c of the length of a p-variate normal vector with a mean of length delta. */
static double
chi_density(unsigned p, double delta, double c)
{
    double nu = 0.5 * p - 1, x = delta * c;
    if (x * x < 4e-9 * (nu + 1)) { /* two terms of the series are enough */
        double head = (2 * nu + 1) * log(c) - nu * M_LN2 - gsl_sf_lngamma(nu + 1);
        return exp(head - 0.5 * (c * c + delta * delta)) * (1 + x * x / (4 * (nu + 1)));
    }
    double a = c - delta;
    if (a * a > 1400)
        return 0;
    return c * pow(c / delta, nu) * bessel_scaled(p, x) * exp(-0.5 * a * a);
}

/* ---- 2. kernels ------------------------------------------------------------------- */

/* Radius of the limit for Z. */
static double
radius(const fm_spc_design *d)
{
    return sqrt(d->limit * d->lambda / (2 - d->lambda));
}

static fm_status
fill_radial(const fm_spc_design *d, const fm_spc_state *s, size_t order,
            fm_spc_kernel **kernel_out)
{
    fm_spc_kernel *k = NULL;
    fm_status st = fm_spc_kernel_create(order, &k);
    if (st != FM_OK)
        return st;
    double *w = k->mean, scale = 1 / (d->lambda * s->sigma);
    st = fm_math_gauss_legendre(order, 0, radius(d), k->node, w);
    if (st != FM_OK) {
        fm_spc_kernel_free(k);
        return st;
    }
    for (size_t i = 0; i <= order; i++) {
        double delta = i < order ? (1 - d->lambda) * k->node[i] * scale : 0;
        double *out = i < order ? k->q + i * order : k->start;
        for (size_t j = 0; j < order; j++)
            out[j] = w[j] * scale * chi_density(d->p, delta, k->node[j] * scale);
    }
    *kernel_out = k;
    return FM_OK;
}

/* Nodes on the half disc: a = R sin(theta) along the shift, b = R cos(theta) t across it;
 * with this substitution the integrand is smooth up to the rim. */
typedef struct disc {
    size_t n_angle, n_across, n;
    double *a, *b, *w; /* [n] */
} disc;

static fm_status
make_disc(double r, size_t order, disc *out)
{
    size_t n_across = order / 2 + 2, n = order * n_across;
    double *all = calloc(3 * n + 2 * (order + n_across), sizeof *all);
    if (all == NULL)
        return FM_ENOMEM;
    *out = (disc){order, n_across, n, all, all + n, all + 2 * n};
    double *angle = all + 3 * n, *angle_w = angle + order;
    double *t = angle_w + order, *t_w = t + n_across;
    fm_status st = fm_math_gauss_legendre(order, -M_PI_2, M_PI_2, angle, angle_w);
    if (st == FM_OK)
        st = fm_math_gauss_legendre(n_across, 0, 1, t, t_w);
    if (st != FM_OK) {
        free(all);
        return st;
    }
    for (size_t i = 0; i < order; i++)
        for (size_t j = 0; j < n_across; j++) {
            size_t k = i * n_across + j;
            double across = r * cos(angle[i]);
            out->a[k] = r * sin(angle[i]);
            out->b[k] = across * t[j];
            out->w[k] = angle_w[i] * across * t_w[j] * across;
        }
    return FM_OK;
}

static fm_status
fill_disc(const fm_spc_design *d, const fm_spc_state *s, size_t order,
          fm_spc_kernel **kernel_out)
{
    fm_spc_kernel *k = NULL;
    disc m;
    double scale = 1 / (d->lambda * s->sigma), keep = 1 - d->lambda;
    if (order * (order / 2 + 2) > SIZE_MAX_NODES)
        return FM_ENOCONV;
    fm_status st = make_disc(radius(d), order, &m);
    if (st != FM_OK)
        return st;
    st = fm_spc_kernel_create(m.n, &k);
    for (size_t i = 0; i <= m.n && st == FM_OK; i++) {
        double a = i < m.n ? keep * m.a[i] : 0, b = i < m.n ? keep * m.b[i] : 0;
        double *out = i < m.n ? k->q + i * m.n : k->start;
        for (size_t j = 0; j < m.n; j++) {
            double x = (m.a[j] - a) * scale - s->mean / s->sigma;
            double y = b * scale - m.b[j] * scale;
            out[j] = 0;
            if (x * x + y * y > 1400) /* below the smallest double */
                continue;
            out[j] = m.w[j] * scale * scale * exp(-0.5 * x * x) / sqrt(2 * M_PI) *
                     chi_density(d->p - 1, b * scale, m.b[j] * scale);
        }
        if (i < m.n)
            k->node[i] = hypot(m.a[i], m.b[i]);
    }
    free(m.a);
    if (st == FM_OK)
        *kernel_out = k;
    return st;
}

/* ---- 3. evaluation ---------------------------------------------------------------- */

fm_status
fm_spc_eval_mewma(const fm_spc_design *design, const fm_spc_state *state,
                  const fm_spc_wish *wish, fm_spc_run_length *out)
{
    double width = radius(design) / (design->lambda * state->sigma);
    if (!(width < 200))
        return FM_ENOCONV;
    if (design->p == 1) { /* the same chart under another name */
        fm_spc_design ewma = {.scheme = FM_SPC_EWMA, .lambda = design->lambda};
        ewma.limit = sqrt(design->limit);
        return fm_spc_eval_ewma(&ewma, state, wish, out);
    }
    const fm_spc_method radial = {fill_radial, NULL, (size_t)(1.8 * width) + 10, 600,
                                  FM_SPC_AGREEMENT};
    const fm_spc_method plane = {fill_disc, NULL, (size_t)(3.6 * width) + 10, 76,
                                 plane_rel_tol};
    return fm_spc_method_eval(state->mean == 0 ? &radial : &plane, design, state, wish,
                              out);
}
