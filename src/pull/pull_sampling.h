/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling plans by attributes (single, double) and by variables.
 *
 * A lot is large against the sample: counts are binomial.  p is the fraction of bad items
 * of the lot. */
#ifndef FM_PULL_PULL_SAMPLING_H
#define FM_PULL_PULL_SAMPLING_H

#include <stdint.h>

#include <fabmet/status.h>

/* Accept with at most accept1 failures in n1, reject with reject1 or more; in between test
 * n2 more and accept with at most accept2 failures in both samples together.  A single
 * plan has n2 = 0 and reject1 = accept1 + 1. */
typedef struct fm_pull_plan {
    uint64_t n1, accept1, reject1;
    uint64_t n2, accept2;
} fm_pull_plan;

enum {
    FM_PULL_SAMPLE_MAX = 1000000
};

/* Chance to accept and average number of tests.
 * plan        in   accept1 < reject1 <= n1 + 1; n1 >= 1; single: n2 0, reject1 = accept1 +
 *                  1; double: accept1 + 1 < reject1, accept1 <= accept2 < n1 + n2; sizes
 *                  up to FM_PULL_SAMPLE_MAX
 * p           in   [0, 1]
 * accept_out  out  probability of acceptance [1]
 * asn_out     out  average sample number, no test cut short; may be NULL
 * returns FM_OK; FM_EDOM if p or the plan is outside its domain; nothing written then
 * accuracy  1e-12 relative for samples of some hundred
 * source  binomial distribution; certified rows a01..a05
 * terms: accept.oc-curve accept.sampling-plan */
fm_status fm_pull_plan_eval(const fm_pull_plan *plan, double p, double *accept_out,
                            double *asn_out);

/* The fraction of bad items that a plan accepts with a given chance: the limiting quality
 * with the consumer's risk, the acceptable quality with 1 - producer's risk.
 * plan    in   as above
 * chance  in   (0, 1)
 * p_out   out  untouched on error
 * returns FM_OK; FM_EDOM; FM_EVALID if the plan accepts every lot with at least that
 *         chance (accept1 = n1); FM_ENOCONV (not seen)
 * source  inverse of fm_pull_plan_eval   terms: accept.ltpd accept.aql */
fm_status fm_pull_plan_quality(const fm_pull_plan *plan, double chance, double *p_out);

/* Two points that a plan shall keep: accept aql with 1 - producer_risk at least, and ltpd
 * with consumer_risk at most. */
typedef struct fm_pull_demand {
    double aql, producer_risk, ltpd, consumer_risk;
} fm_pull_demand;

/* Smallest single plan by attributes.
 * demand    in   0 < aql < ltpd < 1, risks in (0, 0.5]
 * plan_out  out  fewest accepted failures that keep both points, then fewest tests;
 *                untouched on error
 * returns FM_OK; FM_EDOM; FM_ERANGE if more than FM_PULL_SAMPLE_MAX tests are needed
 * source  own; certified rows s..   terms: accept.sampling-plan accept.aql accept.ltpd */
fm_status fm_pull_plan_search(const fm_pull_demand *demand, fm_pull_plan *plan_out);

/* Fewest tests of a single plan with a given number of accepted failures.
 * accept         in   accepted failures
 * ltpd           in   (0, 1)
 * consumer_risk  in   (0, 1)
 * n_out          out  untouched on error
 * returns FM_OK; FM_EDOM; FM_ERANGE if more than FM_PULL_SAMPLE_MAX are needed
 * source  binomial distribution; certified rows a06, s..   terms: accept.ltpd */
fm_status fm_pull_plan_size(uint64_t accept, double ltpd, double consumer_risk,
                            uint64_t *n_out);

/* Plan by variables for one lower limit and normal values: accept if mean - k s is not
 * below the limit, s unknown. */
typedef struct fm_pull_variables {
    uint64_t n;
    double k;
} fm_pull_variables;

/* Chance to accept.
 * plan        in   n >= 2, k finite
 * p           in   fraction below the limit, (0, 1)
 * accept_out  out  untouched on error
 * returns FM_OK; FM_EDOM; FM_ENOCONV (not seen)
 * source  noncentral t   terms: accept.oc-curve accept.noncentral-t */
fm_status fm_pull_variables_eval(const fm_pull_variables *plan, double p,
                                 double *accept_out);

/* Smallest plan by variables: k keeps the limiting quality exactly.
 * demand    in   as above
 * plan_out  out  untouched on error
 * returns FM_OK; FM_EDOM; FM_ERANGE if more than 10^5 tests are needed; FM_ENOCONV (not
 *         seen)
 * source  own   terms: accept.sampling-plan accept.noncentral-t */
fm_status fm_pull_variables_search(const fm_pull_demand *demand,
                                   fm_pull_variables *plan_out);

#endif
