/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of variance components and their shares. */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_gauge_model.h"
#include "spc/spc_mls.h"

/* Coefficients on the mean squares of the sum of the included raw components. */
static void
coefficients(const fm_spc_anova *a, const bool *include, double *coef)
{
    for (size_t i = 0; i <= a->depth; i++)
        coef[i] = 0;
    for (size_t i = 0; i <= a->depth; i++) {
        if (include != NULL && !include[i])
            continue;
        coef[i] += 1 / a->ems[i][i];
        for (size_t j = i + 1; j <= a->depth; j++)
            coef[j] -= a->weight[i][j] / a->ems[i][i];
    }
}

static void
limits_mls(const fm_spc_anova *a, const bool *include, double confidence,
           fm_spc_gauge_part *g)
{
    double part[FM_SPC_SOURCE_MAX], whole[FM_SPC_SOURCE_MAX], limits[2];
    size_t n = a->depth + 1;
    coefficients(a, include, part);
    coefficients(a, NULL, whole);
    if (fm_spc_mls_eval(part, a->ms, a->df, n, confidence, limits) == FM_OK) {
        g->lower = fmin(g->variance, fmax(0, limits[0]));
        g->upper = fmax(g->variance, limits[1]);
        g->interval = FM_SPC_INTERVAL_MLS;
    }
    if (fm_spc_mls_share_eval(part, whole, a->ms, a->df, n, confidence, limits) ==
        FM_OK) {
        g->share_lower = fmin(g->share, limits[0]);
        g->share_upper = fmax(g->share, limits[1]);
    }
}

static void
limits_satterthwaite(const fm_spc_reml_fit *fit, const bool *include, size_t n,
                     double confidence, fm_spc_gauge_part *g)
{
    double spread = 0, a = 0.5 * (1 - confidence);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            spread += include[i] && include[j] ? fit->covariance[i][j] : 0;
    double df = 2 * g->variance * g->variance / spread;
    if (!(spread > 0 && df > 0 && isfinite(df)))
        return;
    g->lower = df * g->variance / gsl_cdf_chisq_Qinv(a, df);
    g->upper = df * g->variance / gsl_cdf_chisq_Pinv(a, df);
    g->interval = FM_SPC_INTERVAL_SATTERTHWAITE;
    if (!isfinite(g->lower) || !isfinite(g->upper)) {
        g->lower = g->upper = NAN;
        g->interval = FM_SPC_INTERVAL_NONE;
    }
}

fm_status
fm_spc_gauge_eval(const fm_spc_anova *anova, const fm_spc_component *component,
                  const fm_spc_reml_fit *fit, const bool *include, double confidence,
                  fm_spc_gauge_part *out)
{
    fm_spc_gauge_part g = {.lower = NAN, .upper = NAN};
    size_t n_included = 0, only = 0;
    double total = 0;
    g.share_lower = g.share_upper = NAN;
    for (size_t i = 0; i <= anova->depth; i++) {
        total += component[i].variance;
        if (!include[i])
            continue;
        g.variance += component[i].variance;
        if (component[i].estimate > g.estimate)
            g.estimate = component[i].estimate;
        only = i;
        n_included++;
    }
    if (!(confidence > 0 && confidence < 1) || n_included == 0)
        return FM_EDOM;
    if (!(total > 0))
        return FM_ESINGULAR;
    g.share = g.variance / total;
    if (anova->balanced)
        limits_mls(anova, include, confidence, &g);
    else if (fit != NULL && g.estimate == FM_SPC_ESTIMATE_OK)
        limits_satterthwaite(fit, include, anova->depth + 1, confidence, &g);
    if (n_included == 1) {
        g.lower = component[only].lower;
        g.upper = component[only].upper;
        g.interval = component[only].interval;
    }
    *out = g;
    return FM_OK;
}

fm_status
fm_spc_gauge_ndc(double share_gauge, double *exact_out, double *ndc_out)
{
    if (!(share_gauge >= 0 && share_gauge <= 1))
        return FM_EDOM;
    double exact = sqrt(2 * (1 / share_gauge - 1));
    *exact_out = exact;
    *ndc_out = isfinite(exact) ? fmax(1, floor(exact)) : 0;
    return FM_OK;
}
