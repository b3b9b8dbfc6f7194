/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistical tolerance factors, exact bounds of capability and of fractions.
 *
 * Contents
 *   1. normal tolerance factors   2. capability   3. distribution-free   4. fractions
 */
#include "config.h"

#include "math/tolerance.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

#include "math/bracket_root.h"
#include "math/noncentral_t.h"

static bool
is_part(double x)
{
    return x > 0 && x < 1;
}

static bool
is_sample(double n, double df)
{
    return n > 0 && isfinite(n) && df >= 1 && isfinite(df);
}

/* ---- 1. normal tolerance factors ------------------------------------------------- */

fm_status
fm_math_tolerance_one_sided(double n, double df, double content, double confidence,
                            double *k_out)
{
    double t;
    if (!is_sample(n, df) || !is_part(content) || !is_part(confidence))
        return FM_EDOM;
    double delta = sqrt(n) * gsl_cdf_ugaussian_Pinv(content);
    fm_status st = fm_math_nct_quantile(confidence, df, delta, &t);
    if (st == FM_OK)
        *k_out = t / sqrt(n);
    return st;
}

typedef struct width {
    double n, df, content;
    double k;    /* factor on trial */
    double mean; /* how far the mean is off, in standard deviations */
    double confidence;
    bool failed;
} width;

/* Half-width r around a mean that is off by y: Phi(y + r) - Phi(y - r) = content. */
static double
missing_content(double r, const void *arg)
{
    const width *w = arg;
    double outside = gsl_cdf_ugaussian_Q(w->mean + r) + gsl_cdf_ugaussian_P(w->mean - r);
    return (1 - w->content) - outside;
}

static double
weighted_chance(double z, void *arg)
{
    width *w = arg;
    double r;
    w->mean = z / sqrt(w->n);
    double guess = w->mean + gsl_cdf_ugaussian_Qinv((1 - w->content) / 2);
    if (fm_math_monotone_root(missing_content, w, guess, 0.05, 1, &r) != FM_OK) {
        w->failed = true;
        return 0;
    }
    double ratio = r / w->k;
    return gsl_ran_ugaussian_pdf(z) * gsl_cdf_chisq_Q(w->df * ratio * ratio, w->df);
}

/* Confidence that a factor gives, less the one wanted. */
static double
excess_confidence(double k, const void *arg)
{
    const double edge[] = {0, 1.5, 3, 5, 8.5};
    width w = *(const width *)arg;
    gsl_function f = {weighted_chance, &w};
    double sum = 0;
    w.k = k;
    for (size_t i = 0; i + 1 < sizeof edge / sizeof edge[0]; i++) {
        double part, error;
        size_t calls;
        if (gsl_integration_qng(&f, edge[i], edge[i + 1], 1e-14, 1e-12, &part, &error,
                                &calls) != GSL_SUCCESS)
            return (double)NAN;
        sum += part;
    }
    return w.failed ? (double)NAN : 2 * sum - w.confidence;
}

fm_status
fm_math_tolerance_two_sided(double n, double df, double content, double confidence,
                            double *k_out)
{
    if (!is_sample(n, df) || !is_part(content) || !is_part(confidence))
        return FM_EDOM;
    width w = {.n = n, .df = df, .content = content, .confidence = confidence};
    w.mean = 1 / sqrt(n);
    /* Wald and Wolfowitz: the mean off by one standard error. */
    double r = gsl_cdf_ugaussian_Qinv((1 - content) / 2);
    fm_status st = fm_math_monotone_root(missing_content, &w, w.mean + r, 0.05, 1, &r);
    if (st != FM_OK)
        return st;
    double guess = r * sqrt(df / gsl_cdf_chisq_Qinv(confidence, df));
    if (!isfinite(guess))
        return FM_EDOM;
    double low = 0.5 * guess, high = 2 * guess;
    while (excess_confidence(low, &w) > 0)
        low /= 2;
    while (excess_confidence(high, &w) < 0)
        high *= 2;
    return fm_math_bracket_root(excess_confidence, &w, low, high, 1e-14, k_out);
}

/* ---- 2. capability --------------------------------------------------------------- */

fm_status
fm_math_capability_bound(double index, double n, double df, double confidence,
                         double *bound_out)
{
    double delta;
    if (!isfinite(index) || !is_sample(n, df) || !is_part(confidence))
        return FM_EDOM;
    fm_status st = fm_math_nct_delta(3 * sqrt(n) * index, df, confidence, &delta);
    if (st == FM_OK)
        *bound_out = delta / (3 * sqrt(n));
    return st;
}

fm_status
fm_math_capability_needed(double claim, double n, double df, double confidence,
                          double *index_out)
{
    double t;
    if (!isfinite(claim) || !is_sample(n, df) || !is_part(confidence))
        return FM_EDOM;
    fm_status st = fm_math_nct_quantile(confidence, df, 3 * sqrt(n) * claim, &t);
    if (st == FM_OK)
        *index_out = t / (3 * sqrt(n));
    return st;
}

/* 1 when n values prove the claim, 0 when not, -1 when that could not be computed. */
static int
proves(double index, double claim, double confidence, uint64_t n)
{
    double bound;
    fm_status st =
        fm_math_capability_bound(index, (double)n, (double)(n - 1), confidence, &bound);
    return st != FM_OK ? -1 : bound >= claim;
}

fm_status
fm_math_capability_size(double index, double claim, double confidence, uint64_t *n_out)
{
    const uint64_t most = 10000000;
    if (!isfinite(index) || !isfinite(claim) || !(index > claim))
        return FM_EDOM;
    if (!(confidence >= 0.5 && confidence < 1))
        return FM_EDOM;
    uint64_t low = 1, high = 2;
    int enough = proves(index, claim, confidence, high);
    while (enough == 0 && high < most) {
        low = high;
        high = 2 * high < most ? 2 * high : most;
        enough = proves(index, claim, confidence, high);
    }
    if (enough == 0)
        return FM_ERANGE;
    while (enough >= 0 && high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        enough = proves(index, claim, confidence, middle);
        if (enough > 0)
            high = middle;
        else
            low = middle;
    }
    if (enough < 0)
        return FM_ENOCONV;
    *n_out = high;
    return FM_OK;
}

/* ---- 3. distribution-free -------------------------------------------------------- */

/* P(at least `rank` of n values are among the worst 1 - content). */
static double
rank_confidence(uint64_t n, uint64_t rank, double content)
{
    if (rank == 1)
        return -expm1((double)n * log(content));
    return gsl_cdf_beta_Q(content, (double)(n - rank + 1), (double)rank);
}

fm_status
fm_math_wilks_confidence(uint64_t n, uint64_t rank, double content,
                         double *confidence_out)
{
    if (rank < 1 || rank > n || !is_part(content))
        return FM_EDOM;
    *confidence_out = rank_confidence(n, rank, content);
    return FM_OK;
}

fm_status
fm_math_wilks_rank(uint64_t n, double content, double confidence, uint64_t *rank_out)
{
    if (n < 1 || !is_part(content) || !is_part(confidence))
        return FM_EDOM;
    if (rank_confidence(n, 1, content) < confidence)
        return FM_ETOOFEW;
    uint64_t good = 1, bad = n + 1;
    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;
        if (rank_confidence(n, middle, content) >= confidence)
            good = middle;
        else
            bad = middle;
    }
    *rank_out = good;
    return FM_OK;
}

fm_status
fm_math_wilks_size(uint64_t rank, double content, double confidence, uint64_t *n_out)
{
    const uint64_t most = UINT64_C(1000000000000000);
    if (rank < 1 || rank > most || !is_part(content) || !is_part(confidence))
        return FM_EDOM;
    uint64_t low = rank - 1, high = rank;
    while (high < most && rank_confidence(high, rank, content) < confidence) {
        low = high;
        high = 2 * high < most ? 2 * high : most;
    }
    if (rank_confidence(high, rank, content) < confidence)
        return FM_ERANGE;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (rank_confidence(middle, rank, content) >= confidence)
            high = middle;
        else
            low = middle;
    }
    *n_out = high;
    return FM_OK;
}

/* ---- 4. fractions ---------------------------------------------------------------- */

typedef struct tally {
    double k, n, chance;
    bool upper;
} tally;

/* Log odds on both sides: smooth in log p over many powers of ten. */
static double
fraction_miss(double log_p, const void *arg)
{
    const tally *c = arg;
    double p = exp(log_p);
    double chance = c->upper ? gsl_cdf_beta_Q(p, c->k + 1, c->n - c->k)
                             : gsl_cdf_beta_P(p, c->k, c->n - c->k + 1);
    return log(chance) - log(c->chance);
}

/* Solves for log p below 0; the two closed cases are left to the callers. */
static fm_status
fraction_solve(const tally *c, double *bound_out)
{
    double log_p, low = -1, high = -1e-17;
    while (low > -700 && (fraction_miss(low, c) < 0) == (c->upper ? 1 : 0))
        low *= 2;
    fm_status st = fm_math_bracket_root(fraction_miss, c, low, high, 1e-16, &log_p);
    if (st == FM_OK)
        *bound_out = exp(log_p);
    return st == FM_EDOM ? FM_ENOCONV : st;
}

fm_status
fm_math_fraction_lower(uint64_t k, uint64_t n, double confidence, double *bound_out)
{
    if (n < 1 || k > n || !is_part(confidence))
        return FM_EDOM;
    const tally c = {(double)k, (double)n, 1 - confidence, false};
    if (k == 0)
        *bound_out = 0;
    else if (k == n)
        *bound_out = exp(log1p(-confidence) / (double)n);
    else
        return fraction_solve(&c, bound_out);
    return FM_OK;
}

fm_status
fm_math_fraction_upper(uint64_t k, uint64_t n, double confidence, double *bound_out)
{
    if (n < 1 || k > n || !is_part(confidence))
        return FM_EDOM;
    const tally c = {(double)k, (double)n, 1 - confidence, true};
    if (k == n)
        *bound_out = 1;
    else if (k == 0)
        *bound_out = -expm1(log1p(-confidence) / (double)n);
    else
        return fraction_solve(&c, bound_out);
    return FM_OK;
}
