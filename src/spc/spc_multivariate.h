/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hotelling T2 and MEWMA of single observations of several variables. */
#ifndef FM_SPC_MULTIVARIATE_H
#define FM_SPC_MULTIVARIATE_H

#include <stddef.h>

#include <fabmet/status.h>

enum {
    FM_SPC_VARIABLES_MAX = 16
};

/* Mean vector and scatter of observations, one at a time (Welford).  Zero-initialise and
 * set `p`. */
typedef struct fm_spc_scatter {
    size_t p; /* variables, 1 ... FM_SPC_VARIABLES_MAX */
    size_t m; /* observations */
    double mean[FM_SPC_VARIABLES_MAX];
    /* Sums of products of deviations from the mean, row-major [p][p], lower triangle. */
    double cross[FM_SPC_VARIABLES_MAX * FM_SPC_VARIABLES_MAX];
} fm_spc_scatter;

/* Adds an observation.
 * x  in  [p] finite
 * returns FM_OK; FM_EDOM   source  Welford (1962), Technometrics 4, 419-420
 * terms: spc.hotelling-t2 */
fm_status fm_spc_scatter_add(fm_spc_scatter *scatter, const double *x);

/* Mean vector and the Cholesky factor of the covariance matrix (divisor m - 1). */
typedef struct fm_spc_ellipsoid {
    size_t p, m;
    double mean[FM_SPC_VARIABLES_MAX];
    double factor[FM_SPC_VARIABLES_MAX * FM_SPC_VARIABLES_MAX]; /* lower, row-major */
} fm_spc_ellipsoid;

/* returns FM_OK; FM_EDOM if p is out of range; FM_ETOOFEW if m <= p; FM_ESINGULAR if the
 *         variables depend on each other linearly (to 1e-12 of their variance)
 * terms: spc.hotelling-t2 */
fm_status fm_spc_ellipsoid_eval(const fm_spc_scatter *scatter, fm_spc_ellipsoid *out);

/* Squared distance (x - mean)' S^-1 (x - mean).
 * x  in  [p] finite   returns FM_OK; FM_EDOM   terms: spc.hotelling-t2 */
fm_status fm_spc_ellipsoid_distance(const fm_spc_ellipsoid *e, const double *x,
                                    double *t2_out);

/* Quantile of T2 of single observations: the upper limit has probability 1 - alpha.
 * m            in   observations behind mean and covariance
 * p            in   variables
 * probability  in   (0, 1)
 * future       in   0: the observation is one of the m (phase I):
 *                   (m-1)^2/m times a beta quantile with p/2 and (m-p-1)/2;
 *                   1: it is a new one (phase II): p(m+1)(m-1)/(m^2-mp) times an F
 *                   quantile with p and m-p degrees of freedom
 * returns FM_OK; FM_EDOM; FM_ETOOFEW if m <= p + 1 (phase I) or m <= p (phase II);
 *         FM_ENOCONV if the quantile is not found
 * source  Tracy, Young, Mason (1992), J. Qual. Technol. 24, 88-95; certified rows p07
 * terms: spc.hotelling-t2 */
fm_status fm_spc_t2_quantile(size_t m, size_t p, double probability, int future,
                             double *t2_out);

/* One step of the MEWMA vector and its distance Q = (2-lambda)/lambda Z' S^-1 Z.
 * lambda  in      (0, 1]
 * z       in/out  [p] average of deviations from the mean; zeros at the start
 * x       in      [p] observation, finite
 * q_out   out     distance, with the covariance that Z has after many points
 * returns FM_OK; FM_EDOM
 * source  Lowry, Woodall, Champ, Rigdon (1992), Technometrics 34, 46-53
 * terms: spc.mewma-chart */
fm_status fm_spc_mewma_step(const fm_spc_ellipsoid *e, double lambda, double *z,
                            const double *x, double *q_out);

#endif
