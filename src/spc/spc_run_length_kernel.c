/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tally of a survival function; kernels at nodes; orders that grow until two agree. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_linalg.h>

#include "math/dominant.h"
#include "spc/spc_run_length_parts.h"

static const double probability[FM_SPC_QUANTILES] = {0.1, 0.5, 0.9};

/* Relative change of the hazard that counts as none,. */
static const double constant_hazard = 1e-13;
static const double arl_max = 1e10;

/* ---- 1. tally -------------------------------------------------------------------- */

fm_spc_tally
fm_spc_tally_start(const fm_spc_wish *wish, size_t needed)
{
    fm_spc_tally tally = {.survival = 1, .hazard = -1, .wish = wish, .needed = needed};
    for (size_t i = 0; i < FM_SPC_QUANTILES; i++)
        tally.quantile[i] = NAN;
    return tally;
}

static void
note_survival(fm_spc_tally *t)
{
    if (t->wish != NULL && t->wish->survival_out != NULL && t->n <= t->wish->n_survival)
        t->wish->survival_out[t->n - 1] = t->survival;
    for (size_t i = 0; i < FM_SPC_QUANTILES; i++)
        if (isnan(t->quantile[i]) && t->survival <= 1 - probability[i])
            t->quantile[i] = (double)t->n;
}

bool
fm_spc_tally_step(fm_spc_tally *t, double hazard, double noise)
{
    double h = fmin(fmax(hazard, 0), 1);
    t->sum += t->survival;
    t->n++;
    t->weighted += (double)t->n * t->survival;
    t->survival *= 1 - h;
    note_survival(t);
    double change = fabs(h - t->hazard);
    if (h > 0 && change <= constant_hazard * h + noise) {
        t->constant++;
        t->change = fmax(t->change, change / h);
    } else {
        t->constant = 0;
        t->change = 0;
    }
    t->hazard = h;
    /* Nothing is left to come: the rest is below what a sum of doubles can hold. */
    bool over = t->survival * (double)t->n * (double)t->n <= 1e-30 * t->sum && h > 0.01;
    return t->constant >= t->needed || over;
}

void
fm_spc_tally_finish(fm_spc_tally *t, fm_spc_run_length *out)
{
    double s = t->survival, h = t->hazard, n = (double)t->n;
    double rest = h > 0 ? s / h : 0;
    double more = h > 0 ? rest * (n + 1 / h) : 0;
    for (size_t i = 0; i < FM_SPC_QUANTILES; i++) {
        if (!isnan(t->quantile[i]))
            continue;
        double k = log((1 - probability[i]) / s) / log1p(-h);
        t->quantile[i] = n + fmax(1, ceil(k));
    }
    if (t->wish != NULL && t->wish->survival_out != NULL)
        for (size_t i = t->n; i < t->wish->n_survival; i++)
            t->wish->survival_out[i] = s * exp((double)(i + 1 - t->n) * log1p(-h));
    out->arl = t->sum + rest;
    out->error = rest * t->change + 8 * DBL_EPSILON * out->arl;
    out->sdrl = fm_spc_spread(out->arl, t->weighted + more);
    memcpy(out->quantile, t->quantile, sizeof out->quantile);
}

double
fm_spc_spread(double arl, double weighted)
{
    return sqrt(fmax(0, 2 * weighted - arl - arl * arl));
}

/* ---- 2. kernels ------------------------------------------------------------------ */

fm_status
fm_spc_kernel_create(size_t n, fm_spc_kernel **kernel_out)
{
    fm_spc_kernel *kernel = calloc(1, sizeof *kernel);
    if (kernel == NULL)
        return FM_ENOMEM;
    kernel->n = n;
    kernel->node = calloc(n * (n + 4), sizeof *kernel->node);
    if (kernel->node == NULL) {
        free(kernel);
        return FM_ENOMEM;
    }
    kernel->start = kernel->node + n;
    kernel->mean = kernel->start + n;
    kernel->more = kernel->mean + n;
    kernel->q = kernel->more + n;
    *kernel_out = kernel;
    return FM_OK;
}

void
fm_spc_kernel_free(fm_spc_kernel *kernel)
{
    if (kernel != NULL)
        free(kernel->node);
    free(kernel);
}

static bool
is_run_length(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(x[i] >= 1 - 1e-6 && x[i] <= arl_max))
            return false;
    return true;
}

/* The general way, for kernels with negative weights (collocation). */
static bool
solve_general(size_t n, double *a, const fm_spc_kernel *kernel, bool spread)
{
    gsl_permutation *order = gsl_permutation_alloc(n);
    if (order == NULL)
        return false;
    gsl_matrix_view m = gsl_matrix_view_array(a, n, n);
    gsl_vector_view mean = gsl_vector_view_array(kernel->mean, n);
    gsl_vector_view more = gsl_vector_view_array(kernel->more, n);
    int sign;
    bool good = gsl_linalg_LU_decomp(&m.matrix, order, &sign) == 0 &&
                gsl_linalg_LU_svx(&m.matrix, order, &mean.vector) == 0;
    memcpy(kernel->more, kernel->mean, n * sizeof *kernel->mean);
    if (good && spread)
        good = gsl_linalg_LU_svx(&m.matrix, order, &more.vector) == 0;
    gsl_permutation_free(order);
    return good;
}

/* a <- I - q, mean <- 1; returns whether all weights are chances. */
static bool
set_equations(const fm_spc_kernel *kernel, double *a)
{
    size_t n = kernel->n;
    bool chances = true;
    for (size_t i = 0; i < n * n; i++) {
        chances = chances && kernel->q[i] >= 0;
        a[i] = -kernel->q[i];
    }
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] += 1;
        kernel->mean[i] = 1;
    }
    return chances;
}

fm_status
fm_spc_kernel_solve(fm_spc_kernel *kernel, bool spread)
{
    size_t n = kernel->n;
    double *a = malloc(n * n * sizeof *a);
    if (a == NULL)
        return FM_ENOMEM;
    bool good;
    if (!set_equations(kernel, a)) {
        good = solve_general(n, a, kernel, spread);
    } else {
        good = fm_math_dominant_solve(n, a, 1, kernel->mean) == FM_OK;
        memcpy(kernel->more, kernel->mean, n * sizeof *kernel->mean);
        if (good && spread) { /* the elimination again costs less than keeping it apart */
            (void)set_equations(kernel, a);
            memcpy(kernel->mean, kernel->more, n * sizeof *kernel->mean);
            good = fm_math_dominant_solve(n, a, 1, kernel->more) == FM_OK;
        }
    }
    free(a);
    return good && is_run_length(kernel->mean, n) ? FM_OK : FM_ENOCONV;
}

/* law <- law q, normalised; returns what is left, 1 less the hazard. */
static double
push(const fm_spc_kernel *kernel, double *law, double *next)
{
    size_t n = kernel->n;
    double sum = 0;
    memset(next, 0, n * sizeof *next);
    for (size_t i = 0; i < n; i++) {
        const double *row = kernel->q + i * n;
        for (size_t j = 0; j < n; j++)
            next[j] += law[i] * row[j];
    }
    for (size_t j = 0; j < n; j++)
        sum += next[j];
    for (size_t j = 0; j < n; j++)
        law[j] = sum > 0 ? next[j] / sum : 0;
    return sum;
}

fm_status
fm_spc_kernel_propagate(const fm_spc_kernel *kernel, double *law, fm_spc_tally *tally)
{
    enum {
        STEPS_MAX = 200000
    };
    size_t n = kernel->n;
    double noise = 16 * DBL_EPSILON, sum = 0;
    double *next = malloc(n * sizeof *next);
    if (next == NULL)
        return FM_ENOMEM;
    bool settled = false;
    if (tally->n == 0) {
        for (size_t j = 0; j < n; j++)
            sum += law[j];
        for (size_t j = 0; j < n; j++)
            law[j] = sum > 0 ? law[j] / sum : 0;
        settled = fm_spc_tally_step(tally, 1 - sum, noise);
    }
    for (size_t step = 0; step < STEPS_MAX && !settled; step++)
        settled = fm_spc_tally_step(tally, 1 - push(kernel, law, next), noise);
    free(next);
    return settled ? FM_OK : FM_ENOCONV;
}

/* ---- 3. orders that grow until two agree ----------------------------------------- */

static double
dot(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

bool
fm_spc_agree(double coarse, double fine, bool sharp, double rel_tol, double *error_out)
{
    double rounding = DBL_EPSILON * fine * (sharp ? 64 : 4 + 4 * fine);
    double difference = fabs(fine - coarse);
    *error_out = difference + rounding;
    return difference <= rel_tol * fine + rounding;
}

/* Quantiles and survival by propagation; the mean stays that of the linear equations. */
static fm_status
add_quantiles(const fm_spc_kernel *kernel, const fm_spc_wish *wish,
              fm_spc_run_length *out)
{
    enum {
        SETTLED = 20
    };
    fm_spc_run_length by_steps;
    double *law = malloc(kernel->n * sizeof *law);
    if (law == NULL)
        return FM_ENOMEM;
    memcpy(law, kernel->start, kernel->n * sizeof *law);
    fm_spc_tally tally = fm_spc_tally_start(wish, SETTLED);
    fm_status st = fm_spc_kernel_propagate(kernel, law, &tally);
    if (st == FM_OK) {
        fm_spc_tally_finish(&tally, &by_steps);
        memcpy(out->quantile, by_steps.quantile, sizeof out->quantile);
    }
    free(law);
    return st;
}

/* Average over the law of the survivors in control, whose nodes are the same. */
static fm_status
add_steady(const fm_spc_method *method, const fm_spc_design *design, size_t order,
           const fm_spc_kernel *shifted, fm_spc_run_length *out)
{
    enum {
        SETTLED = 20
    };
    const fm_spc_state in_control = {0, 1};
    fm_spc_kernel *kernel = NULL;
    fm_status st = method->fill(design, &in_control, order, &kernel);
    if (st != FM_OK)
        return st;
    fm_spc_tally tally = fm_spc_tally_start(NULL, SETTLED);
    st = fm_spc_kernel_propagate(kernel, kernel->start, &tally);
    if (st == FM_OK)
        out->steady = dot(kernel->start, shifted->mean, kernel->n);
    fm_spc_kernel_free(kernel);
    return st;
}

static fm_status
add_wishes(const fm_spc_method *method, const fm_spc_design *design, size_t order,
           const fm_spc_kernel *kernel, const fm_spc_wish *wish, fm_spc_run_length *out)
{
    fm_status st = FM_OK;
    if (wish->want & FM_SPC_WANT_SPREAD)
        out->sdrl = fm_spc_spread(out->arl,
                                  out->arl + dot(kernel->start, kernel->more, kernel->n));
    if ((wish->want & FM_SPC_WANT_QUANTILES) || wish->survival_out != NULL)
        st = add_quantiles(kernel, wish, out);
    if (st == FM_OK && (wish->want & FM_SPC_WANT_STEADY))
        st = add_steady(method, design, order, kernel, out);
    return st;
}

fm_status
fm_spc_method_eval(const fm_spc_method *method, const fm_spc_design *design,
                   const fm_spc_state *state, const fm_spc_wish *wish,
                   fm_spc_run_length *out)
{
    const fm_spc_wish nothing = {0, 0, NULL};
    const fm_spc_wish *w = wish != NULL ? wish : &nothing;
    fm_spc_run_length found = {.sdrl = NAN, .quantile = {NAN, NAN, NAN}, .steady = NAN};
    fm_spc_kernel *kernel = NULL;
    fm_status st = FM_OK;
    bool good = false;
    double before = NAN;
    size_t order = method->order;
    for (int turn = 0; !good; turn++) {
        fm_spc_kernel_free(kernel);
        kernel = NULL;
        st = order <= method->max_order ? method->fill(design, state, order, &kernel)
                                        : FM_ENOCONV;
        bool spread = turn > 0 && (w->want & FM_SPC_WANT_SPREAD);
        if (st == FM_OK && method->solve != NULL)
            st = method->solve(design, state, spread, kernel);
        else if (st == FM_OK)
            st = fm_spc_kernel_solve(kernel, spread);
        if (st != FM_OK && !(st == FM_ENOCONV && order < method->max_order))
            goto done;
        if (st == FM_OK) {
            found.arl = 1 + dot(kernel->start, kernel->mean, kernel->n);
            good = fm_spc_agree(before, found.arl, method->solve != NULL, method->rel_tol,
                                &found.error);
            before = found.arl;
        }
        if (!good)
            order = turn == 0 ? order + order / 8 + 3 : order + order / 2;
    }
    found.size = kernel->n;
    st = add_wishes(method, design, order, kernel, w, &found);
    if (st == FM_OK)
        *out = found;
done:
    fm_spc_kernel_free(kernel);
    return st;
}
