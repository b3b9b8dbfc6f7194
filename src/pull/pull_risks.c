/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Competing risks: survival, quantile and incidence of fitted modes, and what was seen.
 *
 * Contents
 *   1. fitted modes   2. observed shares
 */
#include "config.h"

#include "pull/pull_risks.h"

#include <math.h>
#include <stdbool.h>

#include "math/root.h"

/* ---- 1. fitted modes -------------------------------------------------------------- */

double
fm_pull_risks_log_survival(const fm_pull_risks *risks, double force)
{
    double sum = 0;
    for (size_t k = 0; k < risks->n_modes; k++)
        if (risks->coefficient_1[k] > 0)
            sum += fm_math_life_log_survival(&risks->strength[k],
                                             risks->coefficient_1[k] * force);
    return sum;
}

double
fm_pull_risks_hazard(const fm_pull_risks *risks, double force)
{
    double sum = 0;
    for (size_t k = 0; k < risks->n_modes; k++) {
        double c = risks->coefficient_1[k], x = c * force;
        if (c > 0)
            sum += c * exp(fm_math_life_log_pdf(&risks->strength[k], x) -
                           fm_math_life_log_survival(&risks->strength[k], x));
    }
    return sum;
}

typedef struct quantile_search {
    const fm_pull_risks *risks;
    double log_survival;
} quantile_search;

static double
excess(double force, void *context)
{
    const quantile_search *s = context;
    return s->log_survival - fm_pull_risks_log_survival(s->risks, force);
}

/* Smallest quantile of the modes at probability p, as a hook force. */
static fm_status
smallest(const fm_pull_risks *risks, double p_1, double *force_out)
{
    double least = INFINITY;
    for (size_t k = 0; k < risks->n_modes; k++) {
        double x, c = risks->coefficient_1[k];
        if (!(c > 0))
            continue;
        fm_status st = fm_math_life_quantile(&risks->strength[k], p_1, &x);
        if (st != FM_OK)
            return st;
        least = fmin(least, x / c);
    }
    if (isinf(least))
        return FM_EDOM;
    *force_out = least;
    return FM_OK;
}

fm_status
fm_pull_risks_quantile(const fm_pull_risks *risks, double p_1, double *force_out)
{
    /* All modes together break at or below the weakest alone, and at or above where each
     * has its part of p. */
    double low, high;
    quantile_search s = {risks, log1p(-p_1)};
    fm_status st = smallest(risks, p_1, &high);
    if (st == FM_OK)
        st = smallest(risks, p_1 / (double)risks->n_modes, &low);
    if (st != FM_OK)
        return st;
    double slack = 1e-9 * (fabs(low) + fabs(high));
    low -= slack;
    high += slack;
    fm_math_bracket b = {low, high, excess(low, &s), excess(high, &s)};
    return fm_math_root_solve(excess, &s, b, force_out);
}

/* Adds the breaks between two forces to each mode. */
static void
add_part(const fm_pull_risks *risks, double from, double to, double *incidence)
{
    double before = exp(fm_pull_risks_log_survival(risks, from));
    double after = exp(fm_pull_risks_log_survival(risks, to)), all = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < risks->n_modes; k++) {
            double c = risks->coefficient_1[k];
            if (!(c > 0))
                continue;
            double rise = fm_math_life_log_survival(&risks->strength[k], c * from) -
                          fm_math_life_log_survival(&risks->strength[k], c * to);
            if (!isfinite(rise))
                continue;
            if (pass == 0)
                all += rise;
            else if (all > 0)
                incidence[k] += (before - after) * rise / all;
        }
}

fm_status
fm_pull_risks_incidence(const fm_pull_risks *risks, size_t n, const double *force,
                        double *incidence_out)
{
    enum {
        PARTS = 16
    };
    double from;
    if (n == 0)
        return FM_EDOM;
    for (size_t i = 1; i < n; i++)
        if (!(force[i] > force[i - 1]))
            return FM_EDOM;
    fm_status st = fm_pull_risks_quantile(risks, 1e-9, &from);
    if (st != FM_OK)
        return st;
    size_t m = risks->n_modes;
    from = fmin(from, force[0]);
    for (size_t i = 0; i < n; i++) {
        double *now = incidence_out + i * m;
        for (size_t k = 0; k < m; k++)
            now[k] = i > 0 ? now[k - m] : 0;
        for (int part = 0; part < PARTS && force[i] > from; part++)
            add_part(risks, from + (force[i] - from) * part / PARTS,
                     from + (force[i] - from) * (part + 1) / PARTS, now);
        from = force[i];
    }
    return FM_OK;
}

/* ---- 2. observed shares ----------------------------------------------------------- */

size_t
fm_pull_risks_observed(const fm_pull_risk_row *rows, size_t n, size_t n_modes,
                       double *force_out, double *incidence_out)
{
    double at_risk = 0, survival = 1;
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++)
        at_risk += rows[i].weight;
    for (size_t i = 0; i < n;) {
        double force = rows[i].force, broken = 0, all = 0;
        double *now = incidence_out + n_out * n_modes;
        for (size_t k = 0; k < n_modes; k++)
            now[k] = n_out > 0 ? now[k - n_modes] : 0;
        for (; i < n && rows[i].force <= force; i++) {
            all += rows[i].weight;
            if (rows[i].cause < n_modes) {
                broken += rows[i].weight;
                now[rows[i].cause] += survival * rows[i].weight / at_risk;
            }
        }
        if (broken > 0) {
            force_out[n_out++] = force;
            survival = broken >= at_risk ? 0 : survival * (1 - broken / at_risk);
        }
        at_risk -= all;
    }
    return n_out;
}

size_t
fm_pull_risks_positions(const fm_math_life_data *data, double *x_out, double *p_out)
{
    double at_risk = 0, survival = 1;
    size_t n_out = 0;
    for (size_t i = 0; i < data->n; i++)
        at_risk += data->weight != NULL ? data->weight[i] : 1;
    for (size_t i = 0; i < data->n;) {
        double x = data->x[i], failed = 0, all = 0;
        for (; i < data->n && data->x[i] <= x; i++) {
            double w = data->weight != NULL ? data->weight[i] : 1;
            all += w;
            failed += data->failed == NULL || data->failed[i] != 0 ? w : 0;
        }
        if (failed > 0) {
            double after = failed >= at_risk ? 0 : survival * (1 - failed / at_risk);
            x_out[n_out] = x;
            p_out[n_out++] = 1 - (survival + after) / 2;
            survival = after;
        }
        at_risk -= all;
    }
    return n_out;
}
