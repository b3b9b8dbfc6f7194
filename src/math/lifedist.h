/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strength and life distributions, and their fit to data with right censoring.
 *
 * Contents
 *   1. the distributions     3. likelihood intervals
 *   2. maximum likelihood    4. goodness of fit
 *
 * All are location-scale families of a standard variate z: WEIBULL, LOGNORMAL and
 * WEIBULL3 in y = ln(x - threshold), SEV and NORMAL in y = x, with z = (y - location) /
 * scale.  A Weibull has scale parameter exp(location) and shape 1/scale.
 *
 * Sources: Meeker and Escobar, Statistical Methods for Reliability Data (1998), chapters
 * 4, 7, 8, 11; Lawless, Statistical Models and Methods for Lifetime Data (2003). */
#ifndef FM_MATH_LIFEDIST_H
#define FM_MATH_LIFEDIST_H

#include <stdbool.h>
#include <stddef.h>

#include <fabmet/status.h>

/* ---- 1. the distributions -------------------------------------------------------- */

typedef enum fm_math_family {
    FM_MATH_WEIBULL,
    FM_MATH_LOGNORMAL,
    FM_MATH_NORMAL,
    FM_MATH_SEV, /* smallest extreme value: logarithm of a Weibull */
    FM_MATH_WEIBULL3,
    FM_MATH_N_FAMILIES
} fm_math_family;

typedef struct fm_math_life {
    fm_math_family family;
    double location;  /* in the unit of y */
    double scale;     /* in the unit of y, > 0 */
    double threshold; /* WEIBULL3: in the unit of x; 0 for the others */
} fm_math_life;

/* y of a value: its logarithm above the threshold for WEIBULL, LOGNORMAL, WEIBULL3.
 * life  in   family and threshold are used
 * x     in   value
 * returns y; -infinity at and below the threshold
 * source  definition   terms: stat.life-distribution */
double fm_math_life_y(const fm_math_life *life, double x);

/* The inverse of fm_math_life_y.
 * source  definition   terms: stat.life-distribution */
double fm_math_life_x(const fm_math_life *life, double y);

/* Logarithm of the density per unit of x.
 * life  in   scale > 0
 * x     in   value
 * returns ln f(x); -infinity outside the support
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_log_pdf(const fm_math_life *life, double x);

/* Density per unit of x; see fm_math_life_log_pdf.
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_pdf(const fm_math_life *life, double x);

/* Logarithm of the probability to exceed x; keeps its digits in both tails.
 * life  in   scale > 0
 * x     in   value
 * returns ln(1 - F(x)), <= 0
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_log_survival(const fm_math_life *life, double x);

/* Probability to exceed x.
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_survival(const fm_math_life *life, double x);

/* Probability F(x) of a value at or below x; keeps its digits in the lower tail.
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_cdf(const fm_math_life *life, double x);

/* Standard variate of a probability: ln(-ln(1 - p)) or the normal quantile.
 * family  in
 * p_1     in   probability [1], (0, 1); outside it gives NaN
 * returns z
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_z(fm_math_family family, double p_1);

/* Probability of a standard variate: the inverse of fm_math_life_z.
 * source  definitions   terms: stat.life-distribution */
double fm_math_life_p(fm_math_family family, double z);

/* Quantile.
 * life   in   scale > 0
 * p_1    in   probability [1], (0, 1)
 * x_out  out  value with F(x) = p; untouched on error
 * returns FM_OK; FM_EDOM if p_1 is outside (0, 1)
 * source  definitions   terms: stat.life-distribution */
fm_status fm_math_life_quantile(const fm_math_life *life, double p_1, double *x_out);

/* Mean and standard deviation.
 * life      in   scale > 0
 * mean_out  out  in the unit of x
 * sd_out    out  in the unit of x
 * returns FM_OK; FM_ERANGE if a moment cannot be represented; both untouched on error
 * source  moments of the distributions   terms: stat.life-distribution */
fm_status fm_math_life_moments(const fm_math_life *life, double *mean_out,
                               double *sd_out);

/* ---- 2. maximum likelihood -------------------------------------------------------- */

/* Observations.  A row that did not fail is censored: its value exceeds x. */
typedef struct fm_math_life_data {
    size_t n;
    const double *x;             /* [n] finite; > 0 for WEIBULL and LOGNORMAL */
    const double *weight;        /* [n] number of equal rows, >= 0; NULL: all 1 */
    const unsigned char *failed; /* [n] 0: censored at x; NULL: all failed */
} fm_math_life_data;

typedef struct fm_math_life_fit {
    fm_math_life life;
    double loglik;       /* density in x: the Jacobian of the logarithm is in it */
    double n_failed;     /* sum of weights of the failures */
    double n_rows;       /* sum of all weights */
    size_t n_parameters; /* 2; WEIBULL3: 3 */
    /* Covariance of (location, scale, threshold) from the observed information,
     * row-major; the threshold's row and column are 0 for two parameters. */
    double cov[9];
} fm_math_life_fit;

/* Maximum-likelihood fit with right censoring.  WEIBULL: Newton on the profile score of
 * the shape within a bracket; NORMAL and LOGNORMAL: closed form for complete data, else
 * damped Newton in (location/scale, 1/scale), where the likelihood is concave; SEV: as
 * WEIBULL; WEIBULL3: the largest local maximum of the profile of the threshold below the
 * smallest failure.
 * family   in
 * data     in   see the struct
 * y_work   out  [n] workspace; on success y of each row (fm_math_life_y)
 * fit_out  out  untouched on error
 * returns FM_OK;
 *         FM_EDOM       a value is outside the family's domain or not finite, or a weight
 *                       is negative or not finite
 *         FM_ETOOFEW    no failure; WEIBULL3: fewer than 3 different failures
 *         FM_ESINGULAR  every failure is at the largest value: the scale goes to 0
 *         FM_EVALID     WEIBULL3: the likelihood has no maximum inside (it grows without
 *                       bound toward the smallest failure, or toward no threshold)
 *         FM_ENOCONV    the iteration stalls (not seen)
 * accuracy  1e-10 relative; certified rows w01-w11, l01-l04
 * source  Lawless (2003), sections 5.2, 5.3; Burridge (1981), J. R. Stat. Soc. B 43, 41
 * terms: stat.maximum-likelihood stat.censoring */
fm_status fm_math_life_fit_eval(fm_math_family family, const fm_math_life_data *data,
                                double *y_work, fm_math_life_fit *fit_out);

/* Fits again with other weights: the step of a bootstrap.  Values, censoring and y are
 * those of a fit before; no covariance, no likelihood.
 * fit       in   fit of the same rows: family (not WEIBULL3) and start
 * y         in   [n] y of each row, as fm_math_life_fit_eval leaves it
 * data      in   new weights; x is not used
 * life_out  out  untouched on error
 * returns FM_OK, FM_ETOOFEW, FM_ESINGULAR, FM_ENOCONV as fm_math_life_fit_eval; FM_EDOM
 *         for WEIBULL3
 * source  as fm_math_life_fit_eval   terms: stat.bootstrap */
fm_status fm_math_life_refit(const fm_math_life_fit *fit, const double *y,
                             const fm_math_life_data *data, fm_math_life *life_out);

/* Log-likelihood of any member of a family, density in x.
 * life        in   scale > 0
 * data        in   see the struct
 * loglik_out  out  may be -infinity; untouched on error
 * returns FM_OK; FM_EDOM if the scale is not positive
 * source  Lawless (2003), section 2.2   terms: stat.maximum-likelihood */
fm_status fm_math_life_loglik(const fm_math_life *life, const fm_math_life_data *data,
                              double *loglik_out);

/* Score and observed information in (location, scale) of a member of a two-parameter
 * family (WEIBULL3: at its threshold, which is held).
 * life      in   scale > 0
 * data      in   see the struct
 * score     out  [2] first derivatives of the log-likelihood
 * info      out  [4] minus its second derivatives, row-major
 * returns FM_OK; FM_EDOM if the scale is not positive; both untouched on error
 * source  Lawless (2003), section 5.2   terms: stat.maximum-likelihood */
fm_status fm_math_life_derivatives(const fm_math_life *life,
                                   const fm_math_life_data *data, double *score,
                                   double *info);

/* ---- 3. intervals ----------------------------------------------------------------- */

typedef enum fm_math_life_target {
    FM_MATH_AT_SCALE,    /* the scale (1/shape); `at` is not used */
    FM_MATH_AT_QUANTILE, /* y with standard variate z = at (at = 0: the location) */
    FM_MATH_AT_Z         /* standard variate of y = at, which gives F there */
} fm_math_life_target;

typedef struct fm_math_bounds {
    double lower, upper; /* infinite where open */
} fm_math_bounds;

/* Wald interval from the covariance of a two-parameter fit (WEIBULL3: with y at the fitted
 * threshold, whose uncertainty enters through the covariance for QUANTILE and Z).
 * fit         in
 * target, at  in   see the enum
 * confidence  in   two-sided [1], (0, 1)
 * bounds_out  out  scale: symmetric in ln(scale); quantile: in y; z: in z.  Untouched on
 *                  error
 * returns FM_OK; FM_EDOM for a confidence outside (0, 1) or an `at` that is not finite
 * source  Meeker and Escobar (1998), section 8.4   terms: stat.wald-interval */
fm_status fm_math_life_wald(const fm_math_life_fit *fit, fm_math_life_target target,
                            double at, double confidence, fm_math_bounds *bounds_out);

/* Profile-likelihood interval of a two-parameter fit: where twice the drop of the
 * log-likelihood reaches the chi-square quantile with one degree of freedom.
 * fit         in   not WEIBULL3
 * y, data     in   y of each row as the fit left it, weights and censoring (x unused)
 * target, at  in   see the enum
 * confidence  in   two-sided [1], (0, 1)
 * bounds_out  out  as fm_math_life_wald; infinite (scale: 0 or infinite) where the
 *                  likelihood does not come down.  Untouched on error
 * returns FM_OK; FM_EDOM; FM_ENOCONV if the iteration stalls (not seen)
 * accuracy  1e-8 relative; certified rows w01-w10
 * source  Meeker and Escobar (1998), section 8.3   terms: stat.likelihood-interval */
typedef struct fm_math_life_question {
    const double *y;
    const fm_math_life_data *data;
    fm_math_life_target target;
    double at;
    double confidence;
} fm_math_life_question;
fm_status fm_math_life_interval(const fm_math_life_fit *fit,
                                const fm_math_life_question *question,
                                fm_math_bounds *bounds_out);

/* Lower bound of the scale parameter of a Weibull of known shape: (2 sum x^shape /
 * chi-square quantile with 2r + 2 degrees of freedom)^(1/shape) with r failures, also 0.
 * data        in   values > 0
 * shape_1     in   [1], > 0
 * confidence  in   one-sided [1], (0, 1)
 * lower_out   out  in the unit of x; untouched on error
 * returns FM_OK; FM_EDOM; FM_ETOOFEW without a row
 * source  Nelson (1985), J. Qual. Technol. 17, 140-146   terms: stat.weibayes */
fm_status fm_math_weibayes_eval(const fm_math_life_data *data, double shape_1,
                                double confidence, double *lower_out);

/* ---- 4. goodness of fit ----------------------------------------------------------- */

/* Akaike's criterion with its small-sample term, -2 loglik + 2k + 2k(k+1)/(n-k-1).
 * fit  in
 * returns the criterion with n the number of failures; infinity when n <= k + 1
 * source  Hurvich and Tsai (1989), Biometrika 76, 297-307   terms: stat.aicc */
double fm_math_life_aicc(const fm_math_life_fit *fit);

/* Anderson-Darling distance between the product-limit estimate and a fitted cdf, up to the
 * largest value; without censoring the usual A^2.
 * life     in   scale > 0
 * data     in   sorted by x, failures before censored rows of the same x
 * a2_out   out  [1]; infinite where the fit gives an observed value no chance.
 *               Untouched on error
 * returns FM_OK; FM_ETOOFEW without a failure; FM_EDOM if the rows are not sorted
 * source  Anderson and Darling (1954), J. Am. Stat. Assoc. 49, 765-769, integrated step by
 *         step over the product-limit estimate   terms: stat.anderson-darling */
fm_status fm_math_life_anderson_darling(const fm_math_life *life,
                                        const fm_math_life_data *data, double *a2_out);

#endif
