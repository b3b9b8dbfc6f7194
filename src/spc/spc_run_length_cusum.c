/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run length of CUSUM charts: Nystrom's method with an atom at zero; both sides together
 * from each side alone; an exact chain for counts.
 *
 * Contents
 *   1. one side     2. both sides     3. counts
 *
 * Both sides: a side that has not signalled stands at 0 when the other one signals.  So
 * with G the generating function of one side's run length, N = min(N+, N-) obeys
 *   G+(start) = E[z^N; up first] + E[z^N; down first] G+(0), and the mirror image,
 * which gives the generating function of P(N > n),
 *   L = (L-(start) L+ + L+(start) L- - L+ L-)/(L+ + L- - (1 - z) L+ L-).
 * At z = 1 this is the formula of Lucas and Crosier (1982).
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "math/dominant.h"
#include "math/gauss_legendre.h"
#include "spc/spc_run_length_parts.h"

enum {
    ORDER_MAX = 800,
    SETTLED = 20
};

/* ---- 1. one side ----------------------------------------------------------------- */

/* Upper tail of the normal law; GSL's takes three times as long. */
static double
upper_p(double x)
{
    return 0.5 * erfc(x * M_SQRT1_2);
}

static void
row(const fm_spc_design *d, const fm_spc_state *s, double sum, const fm_spc_kernel *k,
    const double *w, double *out)
{
    double scale = 1 / s->sigma, factor = scale / sqrt(2 * M_PI);
    double shift = d->k - sum - s->mean;
    out[0] = upper_p(-shift * scale);
    for (size_t j = 1; j < k->n; j++) {
        double a = (k->node[j] + shift) * scale;
        /* Far away nothing is lost: these are the last digits of chances below 1e-43. */
        out[j] = a * a < 200 ? w[j - 1] * factor * exp(-0.5 * a * a) : 0;
    }
}

/* Rows of the nodes but the first.  Only differences of nodes count, and the nodes are
 * symmetric, so that each value of the density is used twice. */
static void
fill_inner(const fm_spc_design *d, const fm_spc_state *s, const fm_spc_kernel *k,
           const double *w)
{
    size_t m = k->n - 1;
    double scale = 1 / s->sigma, factor = scale / sqrt(2 * M_PI);
    for (size_t i = 0; i < m; i++) {
        double shift = d->k - k->node[i + 1] - s->mean;
        k->q[(i + 1) * k->n] = upper_p(-shift * scale);
        for (size_t j = 0; i + j < m; j++) {
            double a = (k->node[j + 1] + shift) * scale;
            double f = a * a < 200 ? factor * exp(-0.5 * a * a) : 0;
            k->q[(i + 1) * k->n + j + 1] = w[j] * f;
            k->q[(m - j) * k->n + m - i] = w[m - 1 - i] * f;
        }
    }
}

/* Node 0 is the sum 0, the others lie in (0, h). */
static fm_status
fill(const fm_spc_design *d, const fm_spc_state *s, size_t order,
     fm_spc_kernel **kernel_out)
{
    fm_spc_kernel *k = NULL;
    fm_status st = fm_spc_kernel_create(order + 1, &k);
    if (st != FM_OK)
        return st;
    double *w = k->mean; /* not used before the kernel is solved */
    st = fm_math_gauss_legendre(order, 0, d->limit, k->node + 1, w);
    if (st != FM_OK) {
        fm_spc_kernel_free(k);
        return st;
    }
    row(d, s, 0, k, w, k->q);
    fill_inner(d, s, k, w);
    if (d->head_start > 0)
        row(d, s, d->head_start, k, w, k->start);
    else
        memcpy(k->start, k->q, k->n * sizeof *k->start);
    *kernel_out = k;
    return FM_OK;
}

/* Until the sum is back at 0 or signals: sums over n of P(not yet by n) and n P(not yet by
 * n), chance that it is back at 0, and mean of the points on that event. */
typedef struct cycle {
    double t, t_1, b, b_1;
} cycle;

/* The whole run in terms of cycles, which keeps all digits of very long runs. */
typedef struct side {
    fm_spc_kernel *kernel;
    cycle zero, start; /* from 0, from the head start */
    double signal;     /* chance that a cycle from 0 ends in a signal */
} side;

enum {
    V_T,
    V_B,
    V_SIGNAL,
    V_T_1,
    V_B_1,
    N_VECTORS
};

/* Solves for the five quantities (three without the spread, the others being 0) from all
 * nodes but the atom: v[N_VECTORS][n]. */
static fm_status
solve_inner(const fm_spc_design *d, const fm_spc_state *s, const fm_spc_kernel *k,
            bool spread, double *v)
{
    size_t n = k->n - 1;
    double *a = malloc((spread ? 2 : 1) * n * n * sizeof *a);
    fm_status st = a != NULL ? FM_OK : FM_ENOMEM;
    for (size_t i = 0; i < n && st == FM_OK; i++) {
        const double *q = k->q + (i + 1) * k->n;
        for (size_t j = 0; j < n; j++)
            a[i * n + j] = (i == j ? 1 : 0) - q[j + 1];
        v[V_T * n + i] = 1;
        v[V_B * n + i] = q[0];
        v[V_SIGNAL * n + i] =
            upper_p((d->limit + d->k - k->node[i + 1] - s->mean) / s->sigma);
    }
    /* Three right-hand sides, and two more that need the first two's solutions. */
    for (size_t j = 0; j < (spread ? n * n : 0) && st == FM_OK; j++)
        a[n * n + j] = a[j];
    if (st == FM_OK)
        st = fm_math_dominant_solve(n, a, 3, v);
    for (size_t j = 0; j < n && spread && st == FM_OK; j++) {
        v[V_T_1 * n + j] = v[V_T * n + j] - 1;
        v[V_B_1 * n + j] = v[V_B * n + j];
    }
    if (st == FM_OK && spread)
        st = fm_math_dominant_solve(n, a + n * n, 2, v + V_T_1 * n);
    free(a);
    return st == FM_ESINGULAR ? FM_ENOCONV : st;
}

/* A cycle whose first point has the weights q. */
static cycle
make_cycle(const double *q, const double *v, size_t n)
{
    cycle c = {1, 0, q[0], q[0]};
    for (size_t j = 0; j < n; j++) {
        c.t += q[j + 1] * v[V_T * n + j];
        c.t_1 += q[j + 1] * (v[V_T * n + j] + v[V_T_1 * n + j]);
        c.b += q[j + 1] * v[V_B * n + j];
        c.b_1 += q[j + 1] * (v[V_B * n + j] + v[V_B_1 * n + j]);
    }
    return c;
}

/* Sums of P(N > i) and i P(N > i) of a run from 0: T(z)/(1 - B(z)) and its derivative. */
static void
run_from_zero(const side *one, double *mean_out, double *first_out)
{
    const cycle *c = &one->zero;
    *mean_out = c->t / one->signal;
    *first_out = c->t_1 / one->signal + *mean_out * c->b_1 / one->signal;
}

/* Cycles of a kernel; also sets its mean and more. */
static fm_status
side_solve(const fm_spc_design *d, const fm_spc_state *s, bool spread, fm_spc_kernel *k,
           side *out)
{
    size_t n = k->n - 1;
    double *v = calloc(N_VECTORS * n, sizeof *v), mean, first;
    if (v == NULL)
        return FM_ENOMEM;
    fm_status st = solve_inner(d, s, k, spread, v);
    if (st == FM_OK) {
        side one = {k, make_cycle(k->q, v, n), make_cycle(k->start, v, n), 0};
        one.signal = upper_p((d->limit + d->k - s->mean) / s->sigma);
        for (size_t j = 0; j < n; j++)
            one.signal += k->q[j + 1] * v[V_SIGNAL * n + j];
        run_from_zero(&one, &mean, &first);
        k->mean[0] = mean;
        k->more[0] = mean + first;
        for (size_t j = 0; j < n; j++) {
            double l = v[V_T * n + j] + v[V_B * n + j] * mean;
            k->mean[j + 1] = l;
            k->more[j + 1] =
                l + v[V_T_1 * n + j] + v[V_B_1 * n + j] * mean + v[V_B * n + j] * first;
        }
        *out = one;
        /* A side that cannot signal within the range of doubles has signal 0. */
        if (!(one.zero.t >= 1 - 1e-6) || !(one.signal >= 0))
            st = FM_ENOCONV;
    }
    free(v);
    return st;
}

static fm_status
solve_one(const fm_spc_design *d, const fm_spc_state *s, bool spread, fm_spc_kernel *k)
{
    side unused;
    fm_status st = side_solve(d, s, spread, k, &unused);
    return st == FM_OK && !isfinite(k->mean[0]) ? FM_ENOCONV : st;
}

/* ---- 2. both sides --------------------------------------------------------------- */

static fm_status
side_make(const fm_spc_design *d, double mean, double sigma, size_t order, side *out)
{
    const fm_spc_state s = {mean, sigma};
    fm_spc_kernel *k = NULL;
    fm_status st = fill(d, &s, order, &k);
    if (st == FM_OK)
        st = side_solve(d, &s, true, k, out);
    if (st != FM_OK)
        fm_spc_kernel_free(k);
    return st;
}

/* Mean and spread of the earlier of both sides.  The formula on top of this file, divided
 * by the sum of the side that signals less (down), so that nothing overflows or cancels
 * when that side hardly ever signals. */
static void
join(const side *up, const side *down, fm_spc_run_length *out)
{
    double mean, first; /* up, from 0 */
    run_from_zero(up, &mean, &first);
    const cycle *u = &up->start, *d = &down->start, *z = &down->zero;
    double start = u->t + u->b * mean;
    double start_1 = u->t_1 + u->b_1 * mean + u->b * first;
    /* 1/L of down from 0, and its derivative. */
    double v = down->signal / z->t, v_1 = -(z->b_1 + v * z->t_1) / z->t;
    double top = (d->t * v + d->b) * mean + start - mean;
    double top_1 = (d->t_1 * v + d->t * v_1 + d->b_1) * mean + (d->t * v + d->b) * first +
                   start_1 - first;
    double bottom = 1 + mean * v, bottom_1 = first * v + mean * v_1 + mean;
    out->arl = top / bottom;
    out->sdrl =
        fm_spc_spread(out->arl, out->arl + (top_1 - out->arl * bottom_1) / bottom);
}

/* Survival function of one side, n terms from n = 0. */
static fm_status
survival(const fm_spc_kernel *k, bool from_start, size_t n, double *out)
{
    double *law = malloc(k->n * sizeof *law);
    if (law == NULL)
        return FM_ENOMEM;
    memcpy(law, from_start ? k->start : k->q, k->n * sizeof *law);
    const fm_spc_wish wish = {0, n - 1, out + 1};
    fm_spc_tally tally = fm_spc_tally_start(&wish, SETTLED);
    fm_spc_run_length unused;
    fm_status st = fm_spc_kernel_propagate(k, law, &tally);
    out[0] = 1;
    if (st == FM_OK)
        fm_spc_tally_finish(&tally, &unused);
    free(law);
    return st;
}

/* Term i of the product of two power series. */
static double
product(const double *a, const double *b, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j <= i; j++)
        sum += a[j] * b[i - j];
    return sum;
}

/* Survival of both sides by division of power series, until the hazard is constant. */
static fm_status
divide(const double *const *part, size_t n, double *series, fm_spc_tally *tally)
{
    const double *up = part[0], *down = part[1], *up_s = part[2], *down_s = part[3];
    double *bottom = series + n;
    double both_before = 0;
    for (size_t i = 0; i < n; i++) {
        double both = product(up, down, i);
        bottom[i] = up[i] + down[i] - both + both_before;
        double term = product(down_s, up, i) + product(up_s, down, i) - both;
        for (size_t j = 0; j < i; j++)
            term -= series[j] * bottom[i - j];
        series[i] = term / bottom[0];
        both_before = both;
        if (i == 0)
            continue;
        double left = series[i] / series[i - 1];
        /* Sums of i terms whose own rounding grows with i. */
        double rows = (double)(i + 8);
        double noise = 4e-16 * rows * rows / fmax(series[i], 1e-300);
        if (fm_spc_tally_step(tally, 1 - left, fmin(noise, 1e-6)))
            return FM_OK;
    }
    return FM_ENOCONV;
}

static fm_status
both_quantiles(const side *up, const side *down, const fm_spc_wish *wish,
               fm_spc_run_length *out)
{
    enum {
        TERMS = 6000
    };
    double *all = malloc(6 * TERMS * sizeof *all);
    if (all == NULL)
        return FM_ENOMEM;
    double *part[] = {all, all + TERMS, all + 2 * TERMS, all + 3 * TERMS};
    fm_status st = FM_OK;
    for (int i = 0; i < 4 && st == FM_OK; i++)
        st = survival((i % 2 == 0 ? up : down)->kernel, i >= 2, TERMS, part[i]);
    const double *const terms[] = {part[0], part[1], part[2], part[3]};
    fm_spc_tally tally = fm_spc_tally_start(wish, SETTLED);
    if (st == FM_OK)
        st = divide(terms, TERMS, all + 4 * TERMS, &tally);
    if (st == FM_OK) {
        fm_spc_run_length by_terms;
        fm_spc_tally_finish(&tally, &by_terms);
        memcpy(out->quantile, by_terms.quantile, sizeof out->quantile);
    }
    free(all);
    return st;
}

static fm_status
both_eval(const fm_spc_design *d, const fm_spc_state *s, const fm_spc_wish *wish,
          size_t order, fm_spc_run_length *out)
{
    side up = {0}, down = {0};
    /* `up` is the side that the shift goes to, so that it signals more. */
    fm_status st = side_make(d, fabs(s->mean), s->sigma, order, &up);
    if (st == FM_OK)
        st = side_make(d, -fabs(s->mean), s->sigma, order, &down);
    if (st == FM_OK) {
        join(&up, &down, out);
        if (!isfinite(out->arl))
            st = FM_ENOCONV;
        out->size = 2 * (order + 1);
    }
    if (st == FM_OK && wish != NULL)
        st = both_quantiles(&up, &down, wish, out);
    fm_spc_kernel_free(up.kernel);
    fm_spc_kernel_free(down.kernel);
    return st;
}

static fm_status
both_agree(const fm_spc_design *d, const fm_spc_state *s, const fm_spc_wish *wish,
           size_t order, fm_spc_run_length *out)
{
    fm_spc_run_length found = {.arl = NAN, .quantile = {NAN, NAN, NAN}, .steady = NAN};
    for (size_t n = order; n <= ORDER_MAX; n += n / 8 + 3) {
        double before = found.arl;
        fm_status st = both_eval(d, s, NULL, n, &found);
        if (st != FM_OK)
            return st;
        if (!fm_spc_agree(before, found.arl, true, FM_SPC_AGREEMENT, &found.error))
            continue;
        double error = found.error;
        if (wish != NULL &&
            ((wish->want & FM_SPC_WANT_QUANTILES) || wish->survival_out != NULL))
            st = both_eval(d, s, wish, n, &found);
        found.error = error;
        if (st == FM_OK)
            *out = found;
        return st;
    }
    return FM_ENOCONV;
}

fm_status
fm_spc_eval_cusum(const fm_spc_design *design, const fm_spc_state *state,
                  const fm_spc_wish *wish, fm_spc_run_length *out)
{
    /* Nodes: found by trying 10 digits over h = 2.5 ... 20. */
    double nodes = 1.6 * design->limit / state->sigma + 7;
    if (!(nodes < ORDER_MAX))
        return FM_ENOCONV;
    const fm_spc_method method = {fill, solve_one, (size_t)nodes, ORDER_MAX,
                                  FM_SPC_AGREEMENT};
    if (!design->one_sided)
        return both_agree(design, state, wish, (size_t)nodes, out);
    return fm_spc_method_eval(&method, design, state, wish, out);
}

/* ---- 3. counts ------------------------------------------------------------------- */

fm_status
fm_spc_poisson_cusum_arl(double mean, unsigned k_parts, unsigned h_parts, unsigned m,
                         double *arl_out)
{
    if (!(mean > 0) || !isfinite(mean) || m < 1 || h_parts < 1 || h_parts > 2000)
        return FM_EDOM;
    fm_spc_kernel *k = NULL;
    fm_status st = fm_spc_kernel_create(h_parts, &k);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < h_parts; i++)
        for (unsigned x = 0;; x++) {
            size_t sum = i + (size_t)m * x;
            size_t j = sum > k_parts ? sum - k_parts : 0;
            if (j >= h_parts)
                break;
            k->q[i * h_parts + j] += gsl_ran_poisson_pdf(x, mean);
        }
    st = fm_spc_kernel_solve(k, false);
    if (st == FM_OK)
        *arl_out = k->mean[0];
    fm_spc_kernel_free(k);
    return st;
}
