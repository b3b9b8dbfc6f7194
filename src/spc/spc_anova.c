/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Analysis of variance of random effects.
 *
 * Contents
 *   1. data, sums of squares     2. tests     3. components
 */
#include "config.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "math/univariate.h"
#include "spc/spc_anova.h"
#include "spc/spc_mls.h"

/* ---- 1. data, sums of squares ---------------------------------------------------- */

fm_status
fm_spc_centre_eval(const double *y, size_t n, double *mean_out, double *largest_out)
{
    double mean;
    fm_status st = fm_math_mean_eval(y, n, &mean);
    if (st != FM_OK)
        return st;
    double largest = 0;
    bool constant = true;
    for (size_t i = 0; i < n; i++) {
        constant = constant && y[i] == y[0];
        largest = fmax(largest, fabs(y[i] - mean));
    }
    if (constant)
        return FM_ESINGULAR;
    *mean_out = mean;
    *largest_out = largest;
    return FM_OK;
}

void
fm_spc_anova_set_ss(fm_spc_anova *a, size_t source, double ss, double largest)
{
    /* A mean is known to about one rounding of the largest deviation: squares below that
     * are rounding noise, not variation. */
    double noise = 4 * DBL_EPSILON * largest;
    a->ss[source] = ss > (double)a->n * noise * noise ? ss : 0;
    a->ms[source] = a->ss[source] / a->df[source];
}

/* ---- 2. tests -------------------------------------------------------------------- */

/* Weights w of later mean squares with sum w_j E ms[j] = E ms[i] - ems[i][i]
 * sigma_i^2. */
static void
denominator_weights(const fm_spc_anova *a, size_t i, double *w)
{
    for (size_t j = 0; j <= a->depth; j++)
        w[j] = 0;
    for (size_t j = i + 1; j <= a->depth; j++) {
        double left = a->ems[i][j];
        for (size_t k = i + 1; k < j; k++)
            left -= w[k] * a->ems[k][j];
        w[j] = left / a->ems[j][j];
    }
}

/* Denominator of source i with its degrees of freedom, component, F and p. */
static void
test_source(fm_spc_anova *a, size_t i)
{
    double *w = a->weight[i];
    double below = 0, spread = 0;
    size_t n_used = 0, used = 0;
    denominator_weights(a, i, w);
    for (size_t j = i + 1; j <= a->depth; j++) {
        below += w[j] * a->ms[j];
        spread += w[j] * a->ms[j] * w[j] * a->ms[j] / a->df[j];
        if (w[j] != 0) {
            n_used++;
            used = j;
        }
    }
    a->below[i] = below;
    a->below_df[i] = n_used == 1 && w[used] == 1 ? a->df[used] : below * below / spread;
    a->raw[i] = (a->ms[i] - below) / a->ems[i][i];
    a->f[i] = a->p[i] = NAN;
    if (below > 0) {
        a->f[i] = a->ms[i] / below;
        a->p[i] = gsl_cdf_fdist_Q(a->f[i], a->df[i], a->below_df[i]);
    }
}

void
fm_spc_anova_test(fm_spc_anova *a)
{
    size_t residual = a->depth;
    for (size_t j = 0; j <= residual; j++)
        a->weight[residual][j] = 0;
    a->raw[residual] = a->ms[residual];
    a->below[residual] = a->below_df[residual] = NAN;
    a->f[residual] = a->p[residual] = NAN;
    for (size_t i = residual; i-- > 0;)
        test_source(a, i);
}

/* ---- 3. components --------------------------------------------------------------- */

/* Interval of the component of an effect by the modified large sample method. */
static void
interval_mls(const fm_spc_anova *a, size_t i, double confidence, fm_spc_component *c)
{
    double coef[FM_SPC_SOURCE_MAX] = {1, -1}, limits[2] = {NAN, NAN};
    fm_status st;
    if (a->balanced) {
        for (size_t j = 0; j <= a->depth; j++)
            coef[j] = j == i ? 1 : -a->weight[i][j];
        st = fm_spc_mls_eval(coef, a->ms, a->df, a->depth + 1, confidence, limits);
        c->interval = FM_SPC_INTERVAL_MLS;
    } else {
        const double ms[2] = {a->ms[i], a->below[i]}, df[2] = {a->df[i], a->below_df[i]};
        st = fm_spc_mls_eval(coef, ms, df, 2, confidence, limits);
        c->interval = FM_SPC_INTERVAL_MLS_APPROX;
    }
    c->lower = fmax(0, limits[0] / a->ems[i][i]);
    c->upper = fmax(0, limits[1] / a->ems[i][i]);
    if (st != FM_OK) {
        c->lower = c->upper = NAN;
        c->interval = FM_SPC_INTERVAL_NONE;
    }
}

fm_status
fm_spc_components_eval(const fm_spc_anova *anova, double confidence,
                       fm_spc_component *component_out)
{
    if (!(confidence > 0 && confidence < 1))
        return FM_EDOM;
    size_t residual = anova->depth;
    for (size_t i = 0; i <= residual; i++) {
        fm_spc_component c = {.lower = NAN, .upper = NAN};
        bool negative = anova->raw[i] < 0;
        c.variance = negative ? 0 : anova->raw[i];
        c.estimate = negative ? FM_SPC_ESTIMATE_ZEROED : FM_SPC_ESTIMATE_OK;
        if (i == residual && anova->ms[i] > 0) {
            const double one = 1;
            double limits[2] = {NAN, NAN};
            (void)fm_spc_mls_eval(&one, &anova->ms[i], &anova->df[i], 1, confidence,
                                  limits);
            c.lower = limits[0];
            c.upper = limits[1];
            c.interval =
                isnan(limits[0]) ? FM_SPC_INTERVAL_NONE : FM_SPC_INTERVAL_CHI_SQUARE;
        } else if (i < residual && anova->below[i] > 0 && anova->below_df[i] > 0) {
            interval_mls(anova, i, confidence, &c);
        }
        component_out[i] = c;
    }
    return FM_OK;
}
