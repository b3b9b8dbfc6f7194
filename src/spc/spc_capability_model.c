/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Process capability.
 *
 * Contents
 *   1. spread     2. normal indices     3. percentile indices     4. Box-Cox
 */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "math/bracket_root.h"
#include "math/tolerance.h"
#include "math/univariate.h"
#include "spc/spc_capability_model.h"
#include "spc/spc_constants.h"

/* ---- 1. spread ------------------------------------------------------------------- */

/* 1/c4(nu + 1)^2 - 1 at exp(log_df). */
static double
chi_variance(double log_df)
{
    double nu = exp(log_df);
    /* Gamma((nu + 1)/2)/Gamma(nu/2) as a Pochhammer symbol keeps its digits. */
    gsl_sf_result ratio;
    if (gsl_sf_lnpoch_e(0.5 * nu, 0.5, &ratio) != 0)
        return (double)NAN;
    return expm1(-2 * (ratio.val + 0.5 * (M_LN2 - log_df)));
}

static double
log_gap(double log_df, const void *arg)
{
    return log(chi_variance(log_df) / *(const double *)arg);
}

fm_status
fm_spc_matched_df(double relative_variance, double *df_out)
{
    /* One degree of freedom: pi/2 - 1.  Large nu: about 1/(2 nu). */
    double largest = M_PI_2 - 1, root;
    if (!(relative_variance > 1e-9 && relative_variance <= largest * (1 + 1e-9)))
        return FM_EDOM;
    if (relative_variance >= largest) {
        *df_out = 1;
        return FM_OK;
    }
    double high = log(0.5 / relative_variance) + 1;
    fm_status st =
        fm_math_bracket_root(log_gap, &relative_variance, -1e-3, high, 1e-14, &root);
    if (st == FM_OK)
        *df_out = exp(root);
    return st;
}

fm_status
fm_spc_subgroups_df(const fm_spc_subgroup *groups, size_t n, fm_spc_sigma kind,
                    double *df_out)
{
    double df = 0, precision = 0;
    size_t last = 0;
    double of_last = 0;
    for (size_t i = 0; i < n; i++) {
        size_t size = groups[i].n;
        if (size < 2)
            continue;
        df += (double)(size - 1);
        if (kind == FM_SPC_SIGMA_POOLED)
            continue;
        if (size != last) {
            double mean, sd;
            fm_status st = kind == FM_SPC_SIGMA_RANGE ? fm_spc_d2(size, &mean)
                                                      : fm_spc_c4(size, &mean);
            if (st == FM_OK && kind == FM_SPC_SIGMA_RANGE)
                st = fm_spc_d3(size, &sd);
            else
                sd = sqrt(1 - mean * mean);
            if (st != FM_OK)
                return st;
            of_last = mean * mean / (sd * sd);
            last = size;
        }
        precision += of_last;
    }
    if (!(df > 0))
        return FM_ETOOFEW;
    if (kind != FM_SPC_SIGMA_POOLED)
        return fm_spc_matched_df(1 / precision, df_out);
    *df_out = df;
    return FM_OK;
}

fm_status
fm_spc_moving_range_df(size_t n_ranges, size_t n_pairs, double *df_out)
{
    if (n_ranges < 1 || n_pairs >= n_ranges)
        return FM_EDOM;
    double ranges = (double)n_ranges, own = M_PI_2 - 1;
    double neighbour = 0.5 * sqrt(3) + M_PI / 12 - 1;
    return fm_spc_matched_df(
        (own * ranges + 2 * neighbour * (double)n_pairs) / (ranges * ranges), df_out);
}

/* ---- 2. normal indices ----------------------------------------------------------- */

static const fm_spc_index no_index = {NAN, NAN, NAN, NAN, FM_SPC_INDEX_NONE};

/* Index that is proportional to 1/sigma. */
static void
limits_chi_square(double df, double confidence, fm_spc_index_method method,
                  fm_spc_index *index)
{
    double a = 1 - confidence;
    index->lower = index->value * sqrt(gsl_cdf_chisq_Pinv(0.5 * a, df) / df);
    index->upper = index->value * sqrt(gsl_cdf_chisq_Qinv(0.5 * a, df) / df);
    index->bound = index->value * sqrt(gsl_cdf_chisq_Pinv(a, df) / df);
    index->method = method;
}

/* Index against one limit. */
static fm_status
limits_noncentral(const fm_spc_spread *p, double confidence, fm_spc_index *index)
{
    double a = 1 - confidence;
    fm_status st =
        fm_math_capability_bound(index->value, p->n, p->df, 1 - 0.5 * a, &index->lower);
    if (st == FM_OK)
        st = fm_math_capability_bound(index->value, p->n, p->df, 0.5 * a, &index->upper);
    if (st == FM_OK)
        st = fm_math_capability_bound(index->value, p->n, p->df, confidence,
                                      &index->bound);
    index->method = FM_SPC_INDEX_EXACT;
    return st;
}

static void
evaluate_cpm(const fm_spc_spread *p, const fm_spc_specification *spec, double confidence,
             fm_spc_index *cpm)
{
    double off = (p->mean - spec->target) / p->sigma, square = off * off;
    double spread = 1 / p->df + 2 * square / p->n + 1 / (p->n * p->n);
    double df = (1 + square) * (1 + square) / spread;
    cpm->value = (spec->upper - spec->lower) / (6 * p->sigma * sqrt(1 + square));
    limits_chi_square(df, confidence, FM_SPC_INDEX_APPROXIMATE, cpm);
}

fm_status
fm_spc_indices_eval(const fm_spc_spread *spread, const fm_spc_specification *spec,
                    double confidence, fm_spc_indices *out)
{
    bool has_lower = isfinite(spec->lower), has_upper = isfinite(spec->upper);
    if (!(spread->sigma > 0 && isfinite(spread->sigma) && isfinite(spread->mean) &&
          spread->n >= 2 && spread->df >= 1 && confidence > 0 && confidence < 1) ||
        (!has_lower && !has_upper) ||
        (has_lower && has_upper && !(spec->lower < spec->upper)))
        return FM_EDOM;
    fm_spc_indices k = {no_index, no_index, no_index, no_index, no_index};
    fm_status st = FM_OK;
    if (has_lower) {
        k.cpl.value = (spread->mean - spec->lower) / (3 * spread->sigma);
        st = limits_noncentral(spread, confidence, &k.cpl);
    }
    if (has_upper && st == FM_OK) {
        k.cpu.value = (spec->upper - spread->mean) / (3 * spread->sigma);
        st = limits_noncentral(spread, confidence, &k.cpu);
    }
    if (st != FM_OK)
        return st;
    k.cpk = !has_upper || (has_lower && k.cpl.value <= k.cpu.value) ? k.cpl : k.cpu;
    if (has_lower && has_upper) {
        k.cpk.method = FM_SPC_INDEX_ONE_LIMIT;
        k.cp.value = (spec->upper - spec->lower) / (6 * spread->sigma);
        limits_chi_square(spread->df, confidence, FM_SPC_INDEX_EXACT, &k.cp);
        if (isfinite(spec->target))
            evaluate_cpm(spread, spec, confidence, &k.cpm);
    }
    *out = k;
    return FM_OK;
}

/* ---- 3. percentile indices ------------------------------------------------------- */

fm_status
fm_spc_percentile_indices(const fm_spc_quantiles *quantiles,
                          const fm_spc_specification *spec, fm_spc_indices *out)
{
    double low = quantiles->low, middle = quantiles->middle, high = quantiles->high;
    if (!(low < middle && middle < high && isfinite(low) && isfinite(high)))
        return FM_EDOM;
    bool has_lower = isfinite(spec->lower), has_upper = isfinite(spec->upper);
    fm_spc_indices k = {no_index, no_index, no_index, no_index, no_index};
    if (has_lower)
        k.cpl.value = (middle - spec->lower) / (middle - low);
    if (has_upper)
        k.cpu.value = (spec->upper - middle) / (high - middle);
    if (has_lower && has_upper)
        k.cp.value = (spec->upper - spec->lower) / (high - low);
    k.cpk.value = !has_upper   ? k.cpl.value
                  : !has_lower ? k.cpu.value
                               : fmin(k.cpl.value, k.cpu.value);
    *out = k;
    return FM_OK;
}

fm_status
fm_spc_quantile6(const double *x, size_t n, double p_1, double *x_out)
{
    double place = p_1 * (double)(n + 1);
    if (!(place >= 1 && place <= (double)n))
        return FM_ETOOFEW;
    size_t i = (size_t)place;
    double rest = place - (double)i;
    *x_out = i < n ? x[i - 1] + rest * (x[i] - x[i - 1]) : x[n - 1];
    return FM_OK;
}

/* ---- 4. Box-Cox ------------------------------------------------------------------ */

double
fm_spc_box_cox(double x, double lambda)
{
    if (!(x > 0))
        return x == 0 && lambda > 0 ? -1 / lambda : -(double)INFINITY;
    double l = log(x);
    return lambda == 0 ? l : expm1(lambda * l) / lambda;
}

/* Data of the likelihood; x is scaled by its geometric mean, which takes the Jacobian out
 * of it. */
typedef struct box_cox_data {
    const double *log_x; /* [n] about their mean */
    size_t n;
} box_cox_data;

/* Slope of the residual sum of squares by lambda (up to a positive factor). */
static double
box_cox_slope(double lambda, const void *arg)
{
    const box_cox_data *d = arg;
    double size = (double)d->n, mean = 0, mean_slope = 0, sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < d->n; i++) {
            double l = d->log_x[i], t = lambda * l, y, dy;
            if (fabs(t) < 1e-5) { /* series in t */
                y = l * (1 + t / 2 + t * t / 6);
                dy = l * l * (0.5 + t / 3 + t * t / 8);
            } else {
                y = expm1(t) / lambda;
                dy = (l * exp(t) - y) / lambda;
            }
            if (pass == 0) {
                mean += y / size;
                mean_slope += dy / size;
            } else {
                sum += (y - mean) * (dy - mean_slope);
            }
        }
    return sum;
}

fm_status
fm_spc_box_cox_fit(const double *x, size_t n, double *work, double *lambda_out)
{
    const double end = 5;
    double mean, root;
    if (n < 3)
        return FM_ETOOFEW;
    bool constant = true;
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] > 0 && isfinite(x[i])))
            return FM_EDOM;
        work[i] = log(x[i]);
        constant = constant && x[i] == x[0];
    }
    if (constant)
        return FM_ESINGULAR;
    fm_status st = fm_math_mean_eval(work, n, &mean);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        work[i] -= mean;
    box_cox_data d = {work, n};
    if (!(box_cox_slope(-end, &d) < 0 && box_cox_slope(end, &d) > 0))
        return FM_EVALID;
    st = fm_math_bracket_root(box_cox_slope, &d, -end, end, 1e-12, &root);
    if (st == FM_OK)
        *lambda_out = root;
    return st;
}
