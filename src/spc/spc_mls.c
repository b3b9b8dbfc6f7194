/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modified large sample intervals; G, H and their pairs as in Burdick and Graybill,
 * Confidence Intervals on Variance Components (1992), section 3.3. */
#include "config.h"

#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_mls.h"

/* Constants of the mean squares at one confidence level. */
typedef struct constants {
    size_t n;
    double g[FM_SPC_MLS_MAX], h[FM_SPC_MLS_MAX];
    double g_pair[FM_SPC_MLS_MAX][FM_SPC_MLS_MAX];
    double h_pair[FM_SPC_MLS_MAX][FM_SPC_MLS_MAX];
} constants;

static void
constants_init(const double *df, size_t n, double confidence, constants *k)
{
    double a = 0.5 * (1 - confidence);
    k->n = n;
    for (size_t i = 0; i < n; i++) {
        k->g[i] = 1 - df[i] / gsl_cdf_chisq_Qinv(a, df[i]);
        k->h[i] = df[i] / gsl_cdf_chisq_Pinv(a, df[i]) - 1;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double hi = gsl_cdf_fdist_Qinv(a, df[i], df[j]);
            double lo = gsl_cdf_fdist_Pinv(a, df[i], df[j]);
            double g = k->g[i] * hi, h = k->h[i] * lo;
            k->g_pair[i][j] = ((hi - 1) * (hi - 1) - g * g - k->h[j] * k->h[j]) / hi;
            k->h_pair[i][j] = ((1 - lo) * (1 - lo) - h * h - k->g[j] * k->g[j]) / lo;
        }
}

/* Limits of sum term[i] with term[i] = coefficient times mean square. */
static void
limits_of(const constants *k, const double *term, double *limits)
{
    double value = 0, below = 0, above = 0;
    for (size_t i = 0; i < k->n; i++) {
        bool plus = term[i] > 0;
        double lower = term[i] * (plus ? k->g[i] : k->h[i]);
        double upper = term[i] * (plus ? k->h[i] : k->g[i]);
        value += term[i];
        below += lower * lower;
        above += upper * upper;
        for (size_t j = 0; plus && j < k->n; j++)
            if (term[j] < 0) {
                below -= k->g_pair[i][j] * term[i] * term[j];
                above -= k->h_pair[i][j] * term[i] * term[j];
            }
    }
    limits[0] = value - sqrt(fmax(0, below));
    limits[1] = value + sqrt(fmax(0, above));
}

static bool
is_valid(const double *ms, const double *df, size_t n, double confidence)
{
    if (!(confidence > 0 && confidence < 1) || n < 1 || n > FM_SPC_MLS_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(ms[i] >= 0 && df[i] > 0 && isfinite(ms[i]) && isfinite(df[i])))
            return false;
    return true;
}

fm_status
fm_spc_mls_eval(const double *coef, const double *ms, const double *df, size_t n,
                double confidence, double *limits_out)
{
    if (!is_valid(ms, df, n, confidence))
        return FM_EDOM;
    constants k;
    double term[FM_SPC_MLS_MAX], limits[2];
    constants_init(df, n, confidence, &k);
    for (size_t i = 0; i < n; i++)
        term[i] = coef[i] * ms[i];
    limits_of(&k, term, limits);
    if (!isfinite(limits[0]) || !isfinite(limits[1]))
        return FM_ERANGE;
    limits_out[0] = limits[0];
    limits_out[1] = limits[1];
    return FM_OK;
}

fm_status
fm_spc_mls_share_eval(const double *part, const double *whole, const double *ms,
                      const double *df, size_t n, double confidence, double *limits_out)
{
    enum {
        STEPS = 60 /* halvings of [0, 1]: to the last bit */
    };
    if (!is_valid(ms, df, n, confidence))
        return FM_EDOM;
    constants k;
    double found[2];
    constants_init(df, n, confidence, &k);
    for (int side = 0; side < 2; side++) {
        double lo = 0, hi = 1, limits[2] = {0, 0};
        for (int step = 0; step < STEPS; step++) {
            double rho = 0.5 * (lo + hi), term[FM_SPC_MLS_MAX];
            for (size_t i = 0; i < n; i++)
                term[i] = (part[i] - rho * whole[i]) * ms[i];
            limits_of(&k, term, limits);
            if (limits[side] > 0)
                lo = rho;
            else
                hi = rho;
        }
        if (!isfinite(limits[0]) || !isfinite(limits[1]))
            return FM_ERANGE;
        /* An end that never moved is the bound itself. */
        found[side] = lo == 0 ? 0 : hi == 1 ? 1 : 0.5 * (lo + hi);
    }
    limits_out[0] = found[0];
    limits_out[1] = found[1];
    return FM_OK;
}
