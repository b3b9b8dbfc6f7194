/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts and moments of many pulls in bounded memory.
 *
 * Contents
 *   1. moments   2. bins   3. tallies   4. bound of a fraction
 */
#include "config.h"

#include "pull/pull_tally.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

/* ---- 1. moments ------------------------------------------------------------------ */

void
fm_pull_moments_merge(fm_pull_moments *into, const fm_pull_moments *other)
{
    if (other->n == 0)
        return;
    if (into->n == 0) {
        *into = *other;
        return;
    }
    double n1 = (double)into->n, n2 = (double)other->n;
    double delta = other->mean - into->mean, part = n2 / (n1 + n2);
    into->mean += delta * part;
    into->m2 += other->m2 + delta * delta * n1 * part;
    into->n += other->n;
    into->min = fmin(into->min, other->min);
    into->max = fmax(into->max, other->max);
}

double
fm_pull_moments_sd(const fm_pull_moments *moments)
{
    return moments->n < 2 ? (double)NAN : sqrt(moments->m2 / (double)(moments->n - 1));
}

/* ---- 2. bins --------------------------------------------------------------------- */

fm_status
fm_pull_bins_make(double low_n, double high_n, double resolution_n, size_t n_bins,
                  fm_pull_bins *bins_out)
{
    if (!(low_n >= 0) || !(high_n > low_n) || !isfinite(high_n) || !(resolution_n >= 0))
        return FM_EDOM;
    if (n_bins == 0 || n_bins > FM_PULL_MAX_BINS)
        return FM_EDOM;
    fm_pull_bins bins = {low_n, (high_n - low_n) / (double)n_bins, n_bins};
    if (resolution_n > 0) {
        double steps = floor(low_n / resolution_n);
        double per_bin = fmax(ceil(bins.width_n / resolution_n), 1);
        double span = ceil(high_n / resolution_n) + 1 - steps;
        bins.low_n = (steps - 0.5) * resolution_n;
        bins.width_n = per_bin * resolution_n;
        bins.n_bins = (size_t)fmin(ceil(span / per_bin), (double)n_bins);
    }
    *bins_out = bins;
    return FM_OK;
}

/* ---- 3. tallies ------------------------------------------------------------------ */

void
fm_pull_tally_init(fm_pull_tally *tally)
{
    *tally = (fm_pull_tally){.n_below = 0};
}

/* Sums of one call, about a point in the middle of the data. */
typedef struct sums {
    uint64_t n;
    double sum, square, min, max;
} sums;

static void
add_sums(fm_pull_moments *moments, const sums *s, double centre)
{
    if (s->n == 0)
        return;
    double n = (double)s->n, mean = s->sum / n;
    fm_pull_moments part = {s->n, centre + mean, s->square - s->sum * mean, s->min,
                            s->max};
    part.m2 = fmax(part.m2, 0);
    fm_pull_moments_merge(moments, &part);
}

void
fm_pull_tally_add(fm_pull_tally *tally, const fm_pull_bins *bins, double limit_n,
                  size_t n, const double *force_n, const int8_t *mode)
{
    const double equal_rel = 1e-12;
    sums s[FM_PULL_N_MODES] = {{0}};
    double n_bins = (double)bins->n_bins, per_width = n_bins > 0 ? 1 / bins->width_n : 0;
    double below = isnan(limit_n) ? -(double)INFINITY : limit_n * (1 - equal_rel);
    double centre = n > 0 ? force_n[0] : 0;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        s[k].min = INFINITY;
        s[k].max = -INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        double x = force_n[i], d = x - centre;
        double bin = (x - bins->low_n) * per_width + 1;
        bin = bin < 0 ? 0 : bin;
        bin = bin > n_bins + 1 ? n_bins + 1 : bin;
        sums *m = &s[mode[i]];
        m->n++;
        m->sum += d;
        m->square += d * d;
        m->min = x < m->min ? x : m->min;
        m->max = x > m->max ? x : m->max;
        tally->n_below += x < below;
        tally->count[mode[i]][(size_t)bin]++;
    }
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        add_sums(&tally->mode[k], &s[k], centre);
}

void
fm_pull_tally_merge(fm_pull_tally *into, const fm_pull_tally *other, size_t n_bins)
{
    into->n_below += other->n_below;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        fm_pull_moments_merge(&into->mode[k], &other->mode[k]);
        for (size_t i = 0; i < n_bins + 2; i++)
            into->count[k][i] += other->count[k][i];
    }
}

/* ---- 4. bound of a fraction ------------------------------------------------------ */

/* P(X <= n_hit) of a binomial X falls with p; the bound is where it reaches the risk. */
static double
upper_by_bisection(double n_hit, double n, double confidence)
{
    const double rel_tol = 1e-12;
    enum {
        MAX_STEPS = 200
    };
    double low = n_hit / n, high = 1;
    for (int i = 0; i < MAX_STEPS && high - low > rel_tol * high; i++) {
        double p = low + (high - low) / 2, cdf = gsl_cdf_beta_P(p, n_hit + 1, n - n_hit);
        if (!(cdf >= 0))
            return NAN;
        if (cdf < confidence)
            low = p;
        else
            high = p;
    }
    return high;
}

fm_status
fm_pull_fraction_upper(uint64_t n_hit, uint64_t n, double *p_1_out)
{
    const double confidence = 0.95;
    if (n == 0 || n_hit > n)
        return FM_EDOM;
    double p = 1;
    if (n_hit == 0)
        p = -expm1(log1p(-confidence) / (double)n);
    else if (n_hit < n)
        p = upper_by_bisection((double)n_hit, (double)n, confidence);
    if (!(p >= 0 && p <= 1))
        return FM_ENOCONV;
    *p_1_out = p;
    return FM_OK;
}
