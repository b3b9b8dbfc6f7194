/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run lengths of control charts: how many points until a chart signals.
 *
 * Contents
 *   1. a chart, a process     2. run lengths     3. estimated parameters     4. limits
 *
 * Everything is standardised: independent normal values with mean 0 and standard deviation
 * 1 while the process is in control.  A chart runs on until its first signal.
 */
#ifndef FM_SPC_RUN_LENGTH_H
#define FM_SPC_RUN_LENGTH_H

#include <stdbool.h>
#include <stddef.h>

#include <fabmet/status.h>

#include "spc/spc_rule_set.h"

/* ---- 1. a chart, a process ------------------------------------------------------- */

typedef enum fm_spc_scheme {
    FM_SPC_SHEWHART, /* any set of run rules */
    FM_SPC_EWMA,     /* exponentially weighted moving average */
    FM_SPC_CUSUM,    /* cumulative sum */
    FM_SPC_IMR,      /* individuals and moving ranges together */
    FM_SPC_MEWMA,    /* multivariate EWMA */
    FM_SPC_S2_EWMA   /* EWMA of the variances of subgroups */
} fm_spc_scheme;

/* Members that a scheme does not name are not looked at. */
typedef struct fm_spc_design {
    fm_spc_scheme scheme;
    const fm_spc_rule_set *rules; /* SHEWHART: at least one rule */
    /* EWMA: half-width in sigma_Z = sqrt(lambda/(2 - lambda)); CUSUM: decision interval h;
     * IMR: half-width M of the individuals; MEWMA: limit h of Q; S2_EWMA: distance of the
     * upper limit from 1 in sigma_Z sqrt(2/df) */
    double limit;
    double lambda;  /* EWMA, MEWMA, S2_EWMA: weight of the newest value, (0, 1] */
    double k;       /* CUSUM: reference value, >= 0 */
    bool one_sided; /* EWMA: reflected at 0, upper limit only; CUSUM: upper side only */
    /* EWMA: start in sigma_Z, in [0, limit); two-sided: one EWMA from each side (fast
     * initial response).  CUSUM: start of each side, in [0, limit]; two-sided: at most
     * limit/2 + k */
    double head_start;
    bool time_varying; /* EWMA: limits follow sqrt(1 - (1 - lambda)^(2 i)) */
    double mr_limit;   /* IMR: upper limit of the moving range */
    unsigned p;        /* MEWMA: number of variables, 1 ... 100 */
    unsigned df;       /* S2_EWMA: degrees of freedom of each variance, 1 ... 1000 */
} fm_spc_design;

/* The process that is watched. */
typedef struct fm_spc_state {
    double mean; /* shift of the mean in sigma; MEWMA: distance sqrt(mu' S^-1 mu), >= 0 */
    double sigma; /* standard deviation of a value, 1 in control, > 0 */
} fm_spc_state;

/* Checks a chart.
 * returns FM_OK; FM_EDOM if a member that the scheme uses is outside its domain or the
 *         scheme does not have what is asked (time-varying limits with a head start or on
 *         one side)   terms: spc.control-limit */
fm_status fm_spc_design_validate(const fm_spc_design *design);

/* ---- 2. run lengths -------------------------------------------------------------- */

enum {
    FM_SPC_WANT_SPREAD = 1 << 0,    /* sdrl */
    FM_SPC_WANT_QUANTILES = 1 << 1, /* quantile */
    FM_SPC_WANT_STEADY = 1 << 2,    /* steady */
    FM_SPC_QUANTILES = 3
};

/* What is wanted besides the mean; { 0 } for nothing. */
typedef struct fm_spc_wish {
    unsigned want;
    size_t n_survival;    /* points 1 ... n_survival of the survival function */
    double *survival_out; /* [n_survival] P(run length > i + 1), or NULL */
} fm_spc_wish;

typedef struct fm_spc_run_length {
    double arl;   /* mean number of points until the signal, the signal's included */
    double error; /* estimated absolute error of arl, rounding included */
    double sdrl;  /* standard deviation; NaN if not wanted */
    /* Smallest n with P(run length <= n) >= 0.1, 0.5, 0.9; NaN if not wanted. */
    double quantile[FM_SPC_QUANTILES];
    double steady; /* mean when the shift comes late, given no signal before it: averaged
                      over the quasi-stationary law of the chart in control (sigma 1).  NaN
                      if not wanted, and where it is not there (see the eval) */
    size_t size;   /* states of the Markov chain, or nodes of the integral equation */
} fm_spc_run_length;

/* Run length of a chart that starts fresh when the process is in the given state.
 *
 * SHEWHART: an exact finite Markov chain of the rules' memory (the zones' probabilities are
 * propagated until the chance of a signal is constant; the rest is a geometric series).
 * With trends or alternations the last value belongs to the state: its density is a
 * function on each zone, held at Gauss-Legendre nodes and integrated exactly for
 * polynomials.  The other schemes solve an integral equation of the second kind by
 * Nystrom's method or collocation; orders grow until two agree.
 * `steady` is not there for the two-sided CUSUM with or without a head start, a two-sided
 * EWMA with a head start, and time-varying limits.
 * wish  in   may be NULL
 * out   out  untouched on error; relative error of arl < 1e-9 for runs up to 1e5
 * returns FM_OK; FM_EDOM if the chart or the process is invalid; FM_ERANGE if the rules
 *         need more than FM_SPC_CHAIN_STATES states; FM_ENOCONV if orders up to the
 *         largest do not agree, or the mean is beyond 1e10; FM_ENOMEM
 * source  Champ, Woodall (1987), Technometrics 29, 393-399 (rules); Crowder (1987),
 *         Technometrics 29, 401-407 (EWMA, I-MR); Lucas, Crosier (1982), Technometrics 24,
 *         199-205 (CUSUM); Rigdon (1995), J. Stat. Comput. Simul. 52, 351-365 (MEWMA);
 *         Knoth (2005), Stat. Comput. 15, 341-352 (variance);
 *         certified rows e*, u*, r*, i*, m*, v* of spc_run_length_certified.csv
 * terms: spc.average-run-length spc.run-length */
fm_status fm_spc_run_length_eval(const fm_spc_design *design, const fm_spc_state *state,
                                 const fm_spc_wish *wish, fm_spc_run_length *out);

/* Mean run length of a Shewhart chart with these rules: what a chart with estimated limits
 * does if the estimates are right.
 * mean     in   shift in sigma of the plotted statistic
 * arl_out  out  untouched on error
 * returns as fm_spc_run_length_eval   terms: spc.average-run-length spc.run-rule */
fm_status fm_spc_rules_arl(const fm_spc_rule_set *rules, double mean, double *arl_out);

/* Mean run length of the one-sided CUSUM of Poisson counts, S = max(0, S + X - k), that
 * signals when S >= h: an exact chain on multiples of 1/m.
 * mean              in   of the counts, > 0
 * k_parts, h_parts  in   k m and h m; h_parts 1 ... 2000
 * m                 in   >= 1
 * arl_out           out  untouched on error
 * returns FM_OK; FM_EDOM; FM_ENOCONV if the mean is beyond 1e10; FM_ENOMEM
 * source  Lucas (1985), Technometrics 27, 129-144; certified row u18
 * terms: spc.cusum-chart spc.average-run-length */
fm_status fm_spc_poisson_cusum_arl(double mean, unsigned k_parts, unsigned h_parts,
                                   unsigned m, double *arl_out);

/* Counts that are plotted. */
typedef enum fm_spc_law {
    FM_SPC_BINOMIAL, /* defectives in a sample of `size` items, each with chance level */
    FM_SPC_POISSON,  /* defects on `size` units, `level` per unit on average */
    FM_SPC_GEOMETRIC /* good items between two bad ones, `level` on average */
} fm_spc_law;

typedef struct fm_spc_counted {
    fm_spc_law law;
    double level; /* > 0; BINOMIAL: < 1 */
    double size;  /* > 0; BINOMIAL: whole; GEOMETRIC: not looked at */
} fm_spc_counted;

/* Mean run length of a chart of counts in control with these rules: an exact chain whose
 * zones have the chances of the law.  Distances are in standard deviations of the law;
 * beyond a limit means strictly beyond.
 * arl_out  out  untouched on error
 * returns FM_OK; FM_EDOM if the rules or counts are invalid, a mean or sample is above 1e9,
 *         or a rule is of trends or alternations, whose points can tie; FM_ESINGULAR if a
 *         count can lie exactly on the centre line of a rule of sides or on the border of
 *         a rule of points within; FM_ERANGE as fm_spc_run_length_eval; FM_ENOCONV if
 *         the mean is beyond 1e10 or no count signals; FM_ENOMEM
 * source  Champ, Woodall (1987), Technometrics 29, 393-399; certified rows d*
 * terms: spc.average-run-length spc.p-chart spc.u-chart spc.g-chart */
fm_status fm_spc_counts_arl(const fm_spc_rule_set *rules, const fm_spc_counted *counts,
                            double *arl_out);

/* ---- 3. estimated parameters ----------------------------------------------------- */

typedef enum fm_spc_estimated {
    FM_SPC_ESTIMATE_MEAN, /* mean of the points of phase I; sigma known */
    FM_SPC_ESTIMATE_SD,   /* their standard deviation; mean known */
    FM_SPC_ESTIMATE_BOTH
} fm_spc_estimated;

/* Run length averaged over limits that were estimated from m points in control: the mean
 * ~ N(0, 1/m), the standard deviation ~ sqrt(chi2(m - 1)/(m - 1)).  Quantiles and `steady`
 * are not there (NaN).
 * m     in   points of phase I, >= 2
 * out   out  untouched on error
 * returns as fm_spc_run_length_eval; FM_EDOM also for MEWMA and S2_EWMA
 * source  Jones, Champ, Rigdon (2001), Technometrics 43, 156-167; certified row e18
 * terms: spc.average-run-length */
fm_status fm_spc_run_length_estimated(const fm_spc_design *design,
                                      const fm_spc_state *state, size_t m,
                                      fm_spc_estimated what, fm_spc_run_length *out);

/* ---- 4. limits ------------------------------------------------------------------- */

/* Widens or narrows a chart until its mean run length in control is `arl`: the limit;
 * SHEWHART: a common factor on the distances of all rules; IMR: a common factor on both
 * limits.
 * arl         in   > 1
 * factor_out  out  the limit, or the factor for SHEWHART and IMR; untouched on error
 * returns FM_OK; FM_EDOM if the chart is invalid or arl is not > 1; FM_ESINGULAR if no
 *         limit gives this mean (rules that do not depend on a distance); otherwise as
 *         fm_spc_run_length_eval
 * source  certified rows e13, u16, r13, m02   terms: spc.average-run-length */
fm_status fm_spc_limit_for_arl(const fm_spc_design *design, double arl,
                               double *factor_out);

#endif
