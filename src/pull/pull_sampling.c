/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling plans by attributes (single, double) and by variables.
 *
 * Contents
 *   1. attributes   2. search   3. variables
 */
#include "config.h"

#include "pull/pull_sampling.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "math/bracket_root.h"
#include "math/noncentral_t.h"
#include "math/tolerance.h"

/* ---- 1. attributes --------------------------------------------------------------- */

static bool
is_plan(const fm_pull_plan *s)
{
    if (s->n1 < 1 || s->n1 > FM_PULL_SAMPLE_MAX || s->n2 > FM_PULL_SAMPLE_MAX)
        return false;
    if (s->accept1 >= s->reject1 || s->reject1 > s->n1 + 1)
        return false;
    if (s->n2 == 0)
        return s->reject1 == s->accept1 + 1;
    return s->accept1 + 1 < s->reject1 && s->accept1 <= s->accept2 &&
           s->accept2 < s->n1 + s->n2;
}

/* P(at most k of n). */
static double
at_most(uint64_t k, uint64_t n, double p)
{
    return k >= n ? 1 : gsl_cdf_binomial_P((unsigned)k, p, (unsigned)n);
}

fm_status
fm_pull_plan_eval(const fm_pull_plan *plan, double p, double *accept_out, double *asn_out)
{
    const fm_pull_plan *s = plan;
    if (!is_plan(s) || !(p >= 0 && p <= 1))
        return FM_EDOM;
    double accept = at_most(s->accept1, s->n1, p), again = 0;
    for (uint64_t x = s->accept1 + 1; x < s->reject1; x++) {
        double chance = gsl_ran_binomial_pdf((unsigned)x, p, (unsigned)s->n1);
        again += chance;
        if (x <= s->accept2)
            accept += chance * at_most(s->accept2 - x, s->n2, p);
    }
    *accept_out = fmin(accept, 1);
    if (asn_out != NULL)
        *asn_out = (double)s->n1 + again * (double)s->n2;
    return FM_OK;
}

typedef struct wanted {
    const fm_pull_plan *plan;
    double chance;
} wanted;

static double
miss(double log_p, const void *arg)
{
    const wanted *w = arg;
    double accept;
    if (fm_pull_plan_eval(w->plan, exp(log_p), &accept, NULL) != FM_OK)
        return (double)NAN;
    return accept - w->chance;
}

fm_status
fm_pull_plan_quality(const fm_pull_plan *plan, double chance, double *p_out)
{
    const double least_log = -60;
    double log_p, all;
    if (!(chance > 0 && chance < 1))
        return FM_EDOM;
    fm_status st = fm_pull_plan_eval(plan, 1, &all, NULL);
    if (st != FM_OK)
        return st;
    if (all >= chance)
        return FM_EVALID;
    const wanted w = {plan, chance};
    st = fm_math_bracket_root(miss, &w, least_log, 0, 0, &log_p);
    if (st == FM_OK)
        *p_out = exp(log_p);
    return st == FM_EDOM ? FM_ENOCONV : st;
}

/* ---- 2. search ------------------------------------------------------------------- */

static bool
is_demand(const fm_pull_demand *d)
{
    return d->aql > 0 && d->aql < d->ltpd && d->ltpd < 1 && d->producer_risk > 0 &&
           d->producer_risk <= 0.5 && d->consumer_risk > 0 && d->consumer_risk <= 0.5;
}

fm_status
fm_pull_plan_size(uint64_t accept, double ltpd, double consumer_risk, uint64_t *n_out)
{
    if (!(ltpd > 0 && ltpd < 1) || !(consumer_risk > 0 && consumer_risk < 1))
        return FM_EDOM;
    uint64_t low = accept, high = FM_PULL_SAMPLE_MAX;
    if (accept >= high || at_most(accept, high, ltpd) > consumer_risk)
        return FM_ERANGE;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (at_most(accept, middle, ltpd) <= consumer_risk)
            high = middle;
        else
            low = middle;
    }
    *n_out = high;
    return FM_OK;
}

fm_status
fm_pull_plan_search(const fm_pull_demand *demand, fm_pull_plan *plan_out)
{
    if (!is_demand(demand))
        return FM_EDOM;
    for (uint64_t c = 0;; c++) {
        uint64_t n;
        fm_status st = fm_pull_plan_size(c, demand->ltpd, demand->consumer_risk, &n);
        if (st != FM_OK)
            return st;
        if (at_most(c, n, demand->aql) >= 1 - demand->producer_risk) {
            *plan_out = (fm_pull_plan){.n1 = n, .accept1 = c, .reject1 = c + 1};
            return FM_OK;
        }
    }
}

/* ---- 3. variables ---------------------------------------------------------------- */

fm_status
fm_pull_variables_eval(const fm_pull_variables *plan, double p, double *accept_out)
{
    if (plan->n < 2 || !isfinite(plan->k) || !(p > 0 && p < 1))
        return FM_EDOM;
    double root_n = sqrt((double)plan->n);
    return fm_math_nct_cdf(plan->k * root_n, (double)plan->n - 1,
                           root_n * gsl_cdf_ugaussian_Qinv(p), NULL, accept_out);
}

/* The plan of n tests that keeps the limiting quality, and its chance at the other end. */
static fm_status
variables_of_size(const fm_pull_demand *d, uint64_t n, fm_pull_variables *plan_out,
                  double *at_aql_out)
{
    plan_out->n = n;
    fm_status st = fm_math_tolerance_one_sided((double)n, (double)n - 1, 1 - d->ltpd,
                                               1 - d->consumer_risk, &plan_out->k);
    return st == FM_OK ? fm_pull_variables_eval(plan_out, d->aql, at_aql_out) : st;
}

fm_status
fm_pull_variables_search(const fm_pull_demand *demand, fm_pull_variables *plan_out)
{
    const uint64_t most = 100000;
    fm_pull_variables plan = {0, 0}, best = {0, 0};
    double at_aql = 0, wanted_1 = 1 - demand->producer_risk;
    if (!is_demand(demand))
        return FM_EDOM;
    uint64_t low = 1, high = 1;
    while (at_aql < wanted_1) {
        if (high >= most)
            return FM_ERANGE;
        low = high;
        high = 2 * high < most ? 2 * high : most;
        fm_status st = variables_of_size(demand, high, &best, &at_aql);
        if (st != FM_OK)
            return st;
    }
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        fm_status st = variables_of_size(demand, middle, &plan, &at_aql);
        if (st != FM_OK)
            return st;
        if (at_aql >= wanted_1) {
            high = middle;
            best = plan;
        } else {
            low = middle;
        }
    }
    *plan_out = best;
    return FM_OK;
}
