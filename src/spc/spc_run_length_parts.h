/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the run-length models share.
 *
 * Contents
 *   1. the tally of a survival function   2. kernels   3. the schemes */
#ifndef FM_SPC_RUN_LENGTH_PARTS_H
#define FM_SPC_RUN_LENGTH_PARTS_H

#include "spc/spc_run_length.h"

/* ---- 1. the tally of a survival function ----------------------------------------- */

/* Fed with the chance of a signal at points 1, 2, ... given none before; when that chance
 * has become constant the rest is a geometric series. */
typedef struct fm_spc_tally {
    size_t n;        /* points so far */
    double survival; /* P(run length > n) */
    double hazard;   /* chance of a signal at point n */
    double change; /* largest relative change of the hazard while it counts as constant */
    size_t constant; /* points since the hazard became constant */
    size_t needed;   /* constant points that settle it */
    double sum;      /* sum of P(N > i), i < n */
    double weighted; /* sum of (i + 1) P(N > i), i < n */
    double quantile[FM_SPC_QUANTILES];
    const fm_spc_wish *wish;
} fm_spc_tally;

/* Starts a tally.
 * wish    in  for the survival function; may be NULL
 * needed  in  constant points that settle it, at least as many as rules look back
 * returns the tally   terms: spc.run-length */
fm_spc_tally fm_spc_tally_start(const fm_spc_wish *wish, size_t needed);

/* Adds point n + 1.
 * hazard  in  chance of a signal given none before, [0, 1]
 * noise   in  absolute rounding error of the hazard
 * returns true when the rest is a geometric series   terms: spc.run-length */
bool fm_spc_tally_step(fm_spc_tally *tally, double hazard, double noise);

/* Adds the geometric series: arl, error (of the series alone), sdrl, quantiles and the
 * rest of the survival function.
 * out  out  members `steady` and `size` untouched   terms: spc.run-length */
void fm_spc_tally_finish(fm_spc_tally *tally, fm_spc_run_length *out);

/* Standard deviation of a run length.
 * arl       in  sum of P(N > i)
 * weighted  in  sum of (i + 1) P(N > i)
 * returns sqrt(2 weighted - arl - arl^2), 0 where rounding makes it negative
 * terms: spc.run-length */
double fm_spc_spread(double arl, double weighted);

/* ---- 2. kernels ------------------------------------------------------------------ */

/* Agreement that is asked for unless it costs too much. */
#define FM_SPC_AGREEMENT 1e-10

/* A chart's statistic at n nodes: how functions of it propagate by one point. */
typedef struct fm_spc_kernel {
    size_t n;
    double *node;  /* [n] values of the statistic */
    double *q;     /* [n][n] weight of node j after node i, no signal in between */
    double *start; /* [n] weight of node j after the first point */
    double *mean;  /* [n] mean run length from each node, by solve */
    double *more;  /* [n] sum of (i + 1) P(N > i) from each node, by solve */
} fm_spc_kernel;

/* Memory of a kernel.
 * kernel_out  out  owned by the caller: fm_spc_kernel_free
 * returns FM_OK or FM_ENOMEM   terms: spc.run-length */
fm_status fm_spc_kernel_create(size_t n, fm_spc_kernel **kernel_out);

/* Frees a kernel, which may be NULL.   terms: spc.run-length */
void fm_spc_kernel_free(fm_spc_kernel *kernel);

/* Solves (I - q) mean = 1, and (I - q) more = mean.
 * kernel  in/out  q filled; mean and more are set
 * spread  in      whether `more` is wanted
 * returns FM_OK; FM_ENOCONV if the solution is no run length; FM_ENOMEM
 * terms: spc.average-run-length */
fm_status fm_spc_kernel_solve(fm_spc_kernel *kernel, bool spread);

/* Propagates until the tally settles.
 * law    in/out  [n] weights after the first point while the tally is empty, otherwise
 *                the normalised law of the survivors so far; that of the last after
 * tally  in/out  fed with all points that follow
 * returns FM_OK; FM_ENOCONV; FM_ENOMEM   terms: spc.run-length */
fm_status fm_spc_kernel_propagate(const fm_spc_kernel *kernel, double *law,
                                  fm_spc_tally *tally);

/* How a scheme makes its kernel. */
typedef struct fm_spc_method {
    /* Makes a kernel of some order. */
    fm_status (*fill)(const fm_spc_design *design, const fm_spc_state *state,
                      size_t order, fm_spc_kernel **kernel_out);
    /* Sets the kernel's mean and more; NULL: fm_spc_kernel_solve, whose rounding error
     * grows with the square of the mean.  One of its own keeps all digits. */
    fm_status (*solve)(const fm_spc_design *design, const fm_spc_state *state,
                       bool spread, fm_spc_kernel *kernel);
    size_t order;     /* expected to be enough */
    size_t max_order; /* more is not tried */
    double rel_tol;   /* agreement of two orders that is asked for */
} fm_spc_method;

/* Orders that grow until two agree.
 * returns as fm_spc_run_length_eval   terms: spc.average-run-length */
fm_status fm_spc_method_eval(const fm_spc_method *method, const fm_spc_design *design,
                             const fm_spc_state *state, const fm_spc_wish *wish,
                             fm_spc_run_length *out);

/* Whether two solutions agree to what is promised, and the error to be stated: their
 * difference, and rounding.
 * sharp  in  rounding does not grow with the square of the mean
 * terms: spc.average-run-length */
bool fm_spc_agree(double coarse, double fine, bool sharp, double rel_tol,
                  double *error_out);

/* ---- 3. the schemes: all as fm_spc_run_length_eval, on valid designs -------------- */

fm_status fm_spc_eval_rules(const fm_spc_design *design, const fm_spc_state *state,
                            const fm_spc_wish *wish, fm_spc_run_length *out);
fm_status fm_spc_eval_ewma(const fm_spc_design *design, const fm_spc_state *state,
                           const fm_spc_wish *wish, fm_spc_run_length *out);
fm_status fm_spc_eval_cusum(const fm_spc_design *design, const fm_spc_state *state,
                            const fm_spc_wish *wish, fm_spc_run_length *out);
fm_status fm_spc_eval_imr(const fm_spc_design *design, const fm_spc_state *state,
                          const fm_spc_wish *wish, fm_spc_run_length *out);
fm_status fm_spc_eval_mewma(const fm_spc_design *design, const fm_spc_state *state,
                            const fm_spc_wish *wish, fm_spc_run_length *out);
fm_status fm_spc_eval_s2(const fm_spc_design *design, const fm_spc_state *state,
                         const fm_spc_wish *wish, fm_spc_run_length *out);

#endif
