/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run lengths under estimated parameters, and limits for a mean run length in control.
 *
 * Contents
 *   1. estimated parameters     2. limits */
#include "config.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_roots.h>

#include "math/gauss_legendre.h"
#include "spc/spc_run_length_parts.h"

/* ---- 1. estimated parameters ------------------------------------------------------ */

/* A rule for one estimate: values and their chances. */
typedef struct estimate {
    size_t n;
    double *x, *p; /* [n] */
} estimate;

static fm_status
make_mean(size_t n, size_t m, estimate *e)
{
    double reach = 8 / sqrt((double)m);
    fm_status st = fm_math_gauss_legendre(n, -reach, reach, e->x, e->p);
    for (size_t i = 0; i < n && st == FM_OK; i++)
        e->p[i] *= gsl_ran_gaussian_pdf(e->x[i], 1 / sqrt((double)m));
    e->n = n;
    return st;
}

static fm_status
make_sd(size_t n, size_t m, estimate *e)
{
    double nu = (double)m - 1;
    /* Nearly normal from here on; the chances outside are below 1e-15 either way. */
    const double many = 200;
    double reach = 9 / sqrt(2 * nu);
    double low = nu > many ? 1 - reach : sqrt(gsl_cdf_chisq_Pinv(1e-15, nu) / nu);
    double high = nu > many ? 1 + reach : sqrt(gsl_cdf_chisq_Qinv(1e-15, nu) / nu);
    fm_status st = fm_math_gauss_legendre(n, low, high, e->x, e->p);
    for (size_t i = 0; i < n && st == FM_OK; i++)
        e->p[i] *= 2 * nu * e->x[i] * gsl_ran_chisq_pdf(nu * e->x[i] * e->x[i], nu);
    e->n = n;
    return st;
}

/* Averages over both rules; one of them may be the single certain value. */
static fm_status
average(const fm_spc_design *design, const fm_spc_state *state, const estimate *mean,
        const estimate *sd, fm_spc_run_length *out)
{
    const fm_spc_wish wish = {FM_SPC_WANT_SPREAD, 0, NULL};
    double arl = 0, square = 0, error = 0;
    size_t size = 0;
    for (size_t i = 0; i < mean->n; i++)
        for (size_t j = 0; j < sd->n; j++) {
            fm_spc_run_length run;
            double p = mean->p[i] * sd->p[j];
            const fm_spc_state seen = {(state->mean - mean->x[i]) / sd->x[j],
                                       state->sigma / sd->x[j]};
            if (p < 1e-22)
                continue;
            fm_status st = fm_spc_run_length_eval(design, &seen, &wish, &run);
            if (st != FM_OK)
                return st;
            arl += p * run.arl;
            square += p * (run.sdrl * run.sdrl + run.arl * run.arl);
            error += p * run.error;
            size = run.size > size ? run.size : size;
        }
    *out = (fm_spc_run_length){.arl = arl,
                               .error = error,
                               .sdrl = sqrt(fmax(0, square - arl * arl)),
                               .quantile = {NAN, NAN, NAN},
                               .steady = NAN,
                               .size = size};
    return FM_OK;
}

static fm_status
average_with(const fm_spc_design *design, const fm_spc_state *state, size_t m,
             fm_spc_estimated what, size_t n, fm_spc_run_length *out)
{
    double *all = calloc(4 * n, sizeof *all);
    if (all == NULL)
        return FM_ENOMEM;
    estimate mean = {1, all, all + n}, sd = {1, all + 2 * n, all + 3 * n};
    mean.x[0] = 0;
    mean.p[0] = sd.x[0] = sd.p[0] = 1;
    fm_status st = FM_OK;
    if (what != FM_SPC_ESTIMATE_SD)
        st = make_mean(n, m, &mean);
    if (st == FM_OK && what != FM_SPC_ESTIMATE_MEAN)
        st = make_sd(n, m, &sd);
    if (st == FM_OK)
        st = average(design, state, &mean, &sd, out);
    free(all);
    return st;
}

fm_status
fm_spc_run_length_estimated(const fm_spc_design *design, const fm_spc_state *state,
                            size_t m, fm_spc_estimated what, fm_spc_run_length *out)
{
    enum {
        FIRST = 40,
        LAST = 320
    };
    if (m < 2 || design->scheme == FM_SPC_MEWMA || design->scheme == FM_SPC_S2_EWMA)
        return FM_EDOM;
    fm_spc_run_length coarse, fine = {.arl = NAN};
    for (size_t n = FIRST; n <= LAST; n += n / 2) {
        coarse = fine;
        fm_status st = average_with(design, state, m, what, n, &fine);
        if (st != FM_OK)
            return st;
        double difference = fabs(fine.arl - coarse.arl);
        if (difference <= 1e-9 * fine.arl) {
            fine.error += difference;
            *out = fine;
            return FM_OK;
        }
    }
    return FM_ENOCONV;
}

/* ---- 2. limits -------------------------------------------------------------------- */

typedef struct search {
    const fm_spc_design *design;
    double log_arl;
    fm_status status; /* of the last evaluation */
} search;

/* The design with another limit, or a factor on its limits. */
static double
excess(double x, void *argument)
{
    search *s = argument;
    const fm_spc_state in_control = {0, 1};
    fm_spc_design d = *s->design;
    fm_spc_rule_set rules;
    if (d.scheme == FM_SPC_SHEWHART) {
        rules = *d.rules;
        s->status = fm_spc_rule_set_scale(&rules, x);
        if (s->status != FM_OK)
            return NAN;
        d.rules = &rules;
    } else {
        d.mr_limit *= x;
        d.limit = d.scheme == FM_SPC_IMR ? d.limit * x : x;
    }
    fm_spc_run_length run;
    s->status = fm_spc_run_length_eval(&d, &in_control, NULL, &run);
    return s->status == FM_OK ? log(run.arl) - s->log_arl : (double)NAN;
}

static double
first_guess(const fm_spc_design *d)
{
    switch (d->scheme) {
    case FM_SPC_EWMA:
    case FM_SPC_S2_EWMA:
        return fmax(3, 1.1 * d->head_start);
    case FM_SPC_CUSUM:
        return fmax(4, 2.2 * d->head_start);
    case FM_SPC_MEWMA:
        return 9 + 2.0 * d->p;
    case FM_SPC_SHEWHART:
    case FM_SPC_IMR:
        break;
    }
    return 1;
}

/* Walks from the guess until the sign changes. */
static fm_status
bracket(search *s, double guess, double *low_out, double *high_out)
{
    enum {
        STEPS = 60
    };
    const double ratio = 1.25;
    double x = guess, y = excess(x, s);
    if (s->status != FM_OK)
        return s->status;
    bool up = y < 0;
    for (int i = 0; i < STEPS; i++) {
        double before = x;
        x = up ? x * ratio : x / ratio;
        y = excess(x, s);
        if (s->status == FM_EDOM || s->status == FM_ERANGE)
            return FM_ESINGULAR;
        if (s->status != FM_OK)
            return s->status;
        if ((y >= 0) == up) {
            *low_out = fmin(x, before);
            *high_out = fmax(x, before);
            return FM_OK;
        }
    }
    return FM_ESINGULAR;
}

static fm_status
refine(search *s, double low, double high, double *x_out)
{
    enum {
        STEPS = 60
    };
    gsl_function f = {excess, s};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (solver == NULL)
        return FM_ENOMEM;
    fm_status st = gsl_root_fsolver_set(solver, &f, low, high) == 0 ? FM_OK : FM_ENOCONV;
    bool done = false;
    for (int i = 0; i < STEPS && st == FM_OK && !done; i++) {
        if (gsl_root_fsolver_iterate(solver) != 0)
            st = s->status != FM_OK ? s->status : FM_ENOCONV;
        done = gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                      gsl_root_fsolver_x_upper(solver), 0,
                                      1e-13) == GSL_SUCCESS ||
               fabs(excess(gsl_root_fsolver_root(solver), s)) < 1e-12;
    }
    if (st == FM_OK && !done)
        st = FM_ENOCONV;
    if (st == FM_OK)
        *x_out = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    return st;
}

fm_status
fm_spc_limit_for_arl(const fm_spc_design *design, double arl, double *factor_out)
{
    if (!(arl > 1) || !isfinite(arl))
        return FM_EDOM;
    search s = {design, log(arl), FM_OK};
    double low, high;
    fm_status st = bracket(&s, first_guess(design), &low, &high);
    return st == FM_OK ? refine(&s, low, high, factor_out) : st;
}
