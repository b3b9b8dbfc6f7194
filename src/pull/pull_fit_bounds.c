/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: bounds of what the fits say, by Wald, profile likelihood or bootstrap.
 *
 * Contents
 *   1. bootstrap replicates   2. one mode   3. all modes together
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "pull/pull_fit.h"

/* ---- 1. bootstrap replicates ------------------------------------------------------ */

static size_t
row_of_pull(const double *cumulated, size_t n, double pull)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (cumulated[mid] > pull)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

enum {
    STEP = 1024
};

static size_t
step_size(size_t rest)
{
    return rest < STEP ? rest : STEP;
}

/* How often each row is drawn in a replicate, and so its weight. */
static void
draw_counts(const fm_fit *fit, size_t replicate, const double *cumulated, double *counts)
{
    double u[STEP];
    fm_stream stream = fm_point_stream(fit->point, 0);
    size_t n = fit->n, n_pulls = (size_t)fit->n_all;
    bool counted = n_pulls != n;
    for (size_t i = 0; i < n; i++)
        counts[i] = 0;
    for (size_t i = 0; i < n_pulls; i += STEP) {
        size_t m = step_size(n_pulls - i);
        fm_rng_uniform(&stream, (uint64_t)replicate * n_pulls + i, m, u);
        for (size_t k = 0; k < m; k++) {
            double pull = floor(u[k] * fit->n_all);
            counts[counted ? row_of_pull(cumulated, n, pull) : (size_t)pull] += 1;
        }
    }
}

/* Fits one replicate of one mode; its scale is NaN where there is no fit. */
static void
fit_again(fm_fit_mode *m, size_t replicate, const double *counts, double *weight,
          double *y)
{
    fm_math_life_data data = m->data;
    fm_math_life *life = &m->again[replicate];
    fm_status st;
    for (size_t i = 0; i < data.n; i++)
        weight[i] = m->weight[i] > 0 ? counts[i] : 0;
    data.weight = weight;
    if (m->fit.life.family == FM_MATH_WEIBULL3) {
        fm_math_life_fit fit;
        st = fm_math_life_fit_eval(FM_MATH_WEIBULL3, &data, y, &fit);
        if (st == FM_OK)
            *life = fit.life;
    } else {
        st = fm_math_life_refit(&m->fit, m->y, &data, life);
    }
    if (st != FM_OK) {
        *life = (fm_math_life){m->fit.life.family, NAN, NAN, 0};
        m->n_again_failed++;
    }
}

static fm_status
fit_replicates(fm_fit *fit, double *work[4])
{
    double sum = 0;
    for (size_t i = 0; i < fit->n; i++) {
        sum += fit->weight[i];
        work[0][i] = sum;
    }
    for (size_t r = 0; r < fit->replicates; r++) {
        if (fm_should_stop(fit->point))
            return FM_EINTERRUPT;
        draw_counts(fit, r, work[0], work[1]);
        for (size_t k = 0; k < fit->n_modes; k++)
            if (fit->mode[k].status == FIT_OK)
                fit_again(&fit->mode[k], r, work[1], work[2], work[3]);
    }
    return FM_OK;
}

fm_status
fm_fit_bootstrap(fm_fit *fit, fm_error *err)
{
    double *work[4] = {NULL, NULL, NULL, NULL};
    fm_status st = FM_OK;
    bool good = true;
    fit->replicates = (size_t)fm_integer(fit->point, F_REPLICATES);
    if (fit->n_all * (double)fit->replicates > 0x1p32)
        return FM_FAIL(err, FM_ESCENARIO,
                       "replicates: %zu of %.0f pulls need more random numbers than a "
                       "stream has (2^32); wald and likelihood suit long data",
                       fit->replicates, fit->n_all);
    for (size_t k = 0; k < 4; k++) {
        work[k] = calloc(fit->n, sizeof(double));
        good = good && work[k] != NULL;
    }
    for (size_t k = 0; k < fit->n_modes; k++) {
        fit->mode[k].again = calloc(fit->replicates, sizeof(fm_math_life));
        good = good && fit->mode[k].again != NULL;
    }
    if (good)
        st = fit_replicates(fit, work);
    for (size_t k = 0; k < 4; k++)
        free(work[k]);
    if (!good)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu replicates",
                       fit->replicates);
    return st == FM_OK ? st : FM_FAIL(err, st, "interrupted");
}

/* Percentile bounds and standard deviation of values, of which some are NaN.  More than
 * half of them must be numbers. */
static void
percentile_bounds(double *value, size_t n, double confidence, fm_fit_bounds *out)
{
    size_t good = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(value[i]))
            value[good++] = value[i];
    out->method = METHOD_BOOTSTRAP;
    if (2 * good <= n || good < 2) {
        out->lower = out->upper = out->se = NAN;
        return;
    }
    gsl_sort(value, 1, good);
    double tail = (1 - confidence) / 2;
    out->lower = gsl_stats_quantile_from_sorted_data(value, 1, good, tail);
    out->upper = gsl_stats_quantile_from_sorted_data(value, 1, good, 1 - tail);
    out->se = gsl_stats_sd(value, 1, good);
}

/* ---- 2. one mode ------------------------------------------------------------------ */

/* The quantity itself: scale, quantile in x (not y), probability (not z). */
static double
value_of(const fm_math_life *life, fm_math_life_target target, double at)
{
    switch (target) {
    case FM_MATH_AT_SCALE:
        return life->scale;
    case FM_MATH_AT_QUANTILE:
        return fm_math_life_x(life, life->location + at * life->scale);
    default:
        return fm_math_life_cdf(life, at);
    }
}

/* From the scale of the interval (y, z) to the quantity. */
static double
to_quantity(const fm_math_life *life, fm_math_life_target target, double bound)
{
    if (target == FM_MATH_AT_QUANTILE)
        return fm_math_life_x(life, bound);
    return target == FM_MATH_AT_Z ? fm_math_life_p(life->family, bound) : bound;
}

/* Slope of the quantity in the scale of the interval: for the standard error. */
static double
slope_of(const fm_math_life *life, fm_math_life_target target, double at)
{
    switch (target) {
    case FM_MATH_AT_SCALE:
        return life->scale;
    case FM_MATH_AT_QUANTILE:
        return life->family == FM_MATH_NORMAL || life->family == FM_MATH_SEV
                   ? 1
                   : exp(life->location + at * life->scale);
    default: {
        double y = fm_math_life_y(life, at);
        bool flat = life->family == FM_MATH_NORMAL || life->family == FM_MATH_SEV;
        return fm_math_life_pdf(life, at) * life->scale * (flat ? 1 : exp(y));
    }
    }
}

/* `at` of the interval functions: y where the target is a probability. */
static double
interval_at(const fm_math_life *life, fm_math_life_target target, double at)
{
    return target == FM_MATH_AT_Z ? fm_math_life_y(life, at) : at;
}

static double
normal_reach(const fm_fit *fit)
{
    return gsl_cdf_ugaussian_Qinv((1 - fm_real(fit->point, F_CONFIDENCE)) / 2);
}

/* Half the width of the Wald interval in its own scale, per standard error. */
static double
standard_error(const fm_fit *fit, const fm_fit_mode *m, fm_math_life_target target,
               double at)
{
    double level = fm_real(fit->point, F_CONFIDENCE);
    fm_math_bounds b;
    if (fm_math_life_wald(&m->fit, target, at, level, &b) != FM_OK)
        return (double)NAN;
    double width =
        target == FM_MATH_AT_SCALE ? log(b.upper / b.lower) : b.upper - b.lower;
    return width / 2 / normal_reach(fit);
}

/* Whether the distribution gives a force nothing below it, whatever its parameters are. */
static bool
is_certain(const fm_math_life *life, fm_math_life_target target, double at)
{
    return target == FM_MATH_AT_Z && !(at > 0) && fm_fit_is_positive(life->family) &&
           life->family != FM_MATH_WEIBULL3;
}

fm_status
fm_fit_wald_bounds(const fm_fit *fit, size_t mode, fm_math_life_target target, double at,
                   fm_fit_bounds *out)
{
    const fm_fit_mode *m = &fit->mode[mode];
    const fm_math_life *life = &m->fit.life;
    double inner = interval_at(life, target, at);
    fm_math_bounds b;
    out->value = value_of(life, target, at);
    out->method = METHOD_WALD;
    out->se = out->lower = out->upper = NAN;
    if (is_certain(life, target, at))
        out->se = out->lower = out->upper = 0;
    /* Below an estimated threshold the probability is 0, but not surely. */
    if (!isfinite(inner))
        return FM_OK;
    fm_status st =
        fm_math_life_wald(&m->fit, target, inner, fm_real(fit->point, F_CONFIDENCE), &b);
    if (st != FM_OK)
        return st;
    out->se = slope_of(life, target, at) * standard_error(fit, m, target, inner);
    out->lower = to_quantity(life, target, b.lower);
    out->upper = to_quantity(life, target, b.upper);
    return FM_OK;
}

static fm_status
likelihood_bounds(const fm_fit *fit, const fm_fit_mode *m, fm_math_life_target target,
                  double at, fm_fit_bounds *out)
{
    const fm_math_life *life = &m->fit.life;
    fm_math_bounds b;
    fm_math_life_question q = {m->y, &m->data, target, interval_at(life, target, at),
                               fm_real(fit->point, F_CONFIDENCE)};
    if (!isfinite(q.at))
        return FM_OK;
    out->method = METHOD_LIKELIHOOD;
    fm_status st = fm_math_life_interval(&m->fit, &q, &b);
    if (st == FM_ENOCONV) { /* few failures: the others' bounds are good all the same */
        ++*fit->n_unbounded;
        out->lower = out->upper = NAN;
        return FM_OK;
    }
    if (st != FM_OK)
        return st;
    out->lower = to_quantity(life, target, b.lower);
    out->upper = to_quantity(life, target, b.upper);
    return FM_OK;
}

fm_status
fm_fit_mode_bounds(const fm_fit *fit, size_t mode, fm_math_life_target target, double at,
                   fm_fit_bounds *out)
{
    const fm_fit_mode *m = &fit->mode[mode];
    fm_status st = fm_fit_wald_bounds(fit, mode, target, at, out);
    if (st != FM_OK || fit->interval == INTERVAL_WALD)
        return st;
    if (fit->interval == INTERVAL_LIKELIHOOD)
        return likelihood_bounds(fit, m, target, at, out);
    double *value = calloc(fit->replicates, sizeof *value);
    if (value == NULL)
        return FM_ENOMEM;
    for (size_t r = 0; r < fit->replicates; r++)
        value[r] =
            isnan(m->again[r].scale) ? (double)NAN : value_of(&m->again[r], target, at);
    percentile_bounds(value, fit->replicates, fm_real(fit->point, F_CONFIDENCE), out);
    free(value);
    return FM_OK;
}

/* ---- 3. all modes together -------------------------------------------------------- */

fm_pull_risks
fm_fit_risks(const fm_fit *fit)
{
    return (fm_pull_risks){fit->n_modes, fit->strength, fit->coefficient_1};
}

/* Standard error of the cumulative hazard at a force, from the independent modes. */
static double
hazard_error(const fm_fit *fit, double force)
{
    double variance = 0;
    for (size_t k = 0; k < fit->n_modes; k++) {
        const fm_fit_mode *m = &fit->mode[k];
        double c = fit->coefficient_1[k];
        if (!(c > 0))
            continue;
        const fm_math_life *life = &m->fit.life;
        double y = fm_math_life_y(life, c * force);
        if (!isfinite(y))
            continue;
        double density = fm_math_life_pdf(life, c * force) * life->scale;
        double jacobian = fm_fit_is_positive(life->family) ? exp(y) : 1;
        double slope = density * jacobian / fm_math_life_survival(life, c * force);
        double se = standard_error(fit, m, FM_MATH_AT_Z, y);
        variance += slope * slope * se * se;
    }
    return sqrt(variance);
}

/* The one mode that carries load and has a fit, or n_modes. */
static size_t
only_mode(const fm_fit *fit)
{
    size_t found = fit->n_modes, n = 0;
    for (size_t k = 0; k < fit->n_modes; k++)
        if (fit->coefficient_1[k] > 0) {
            found = k;
            n++;
        }
    return n == 1 ? found : fit->n_modes;
}

/* Replicate r of all modes into strength_out; false where one has none. */
static bool
replicate_modes(const fm_fit *fit, size_t r, fm_math_life *strength_out)
{
    for (size_t k = 0; k < fit->n_modes; k++) {
        if (!(fit->coefficient_1[k] > 0))
            continue;
        strength_out[k] = fit->mode[k].again[r];
        if (isnan(strength_out[k].scale))
            return false;
    }
    return true;
}

/* Bootstrap bounds of a quantile (p > 0) or of the probability below a force. */
static fm_status
bootstrap_all(const fm_fit *fit, double p_1, double force, fm_fit_bounds *out)
{
    double *value = calloc(fit->replicates, sizeof *value);
    fm_math_life *strength = calloc(fit->n_modes, sizeof *strength);
    fm_pull_risks risks = {fit->n_modes, strength, fit->coefficient_1};
    fm_status st = value != NULL && strength != NULL ? FM_OK : FM_ENOMEM;
    for (size_t r = 0; st == FM_OK && r < fit->replicates; r++) {
        value[r] = NAN;
        if (!replicate_modes(fit, r, strength))
            continue;
        if (p_1 > 0)
            st = fm_pull_risks_quantile(&risks, p_1, &value[r]);
        else
            value[r] = -expm1(fm_pull_risks_log_survival(&risks, force));
    }
    if (st == FM_OK)
        percentile_bounds(value, fit->replicates, fm_real(fit->point, F_CONFIDENCE), out);
    free(value);
    free(strength);
    return st;
}

fm_status
fm_fit_all_quantile(const fm_fit *fit, double p_1, fm_fit_bounds *out)
{
    fm_pull_risks risks = fm_fit_risks(fit);
    size_t only = only_mode(fit);
    if (only < fit->n_modes) {
        double c = fit->coefficient_1[only];
        double z = fm_math_life_z(fit->mode[only].fit.life.family, p_1);
        fm_status st = fm_fit_mode_bounds(fit, only, FM_MATH_AT_QUANTILE, z, out);
        out->value /= c;
        out->se /= c;
        out->lower /= c;
        out->upper /= c;
        return st;
    }
    fm_status st = fm_pull_risks_quantile(&risks, p_1, &out->value);
    if (st != FM_OK)
        return st;
    if (fit->interval == INTERVAL_BOOTSTRAP)
        return bootstrap_all(fit, p_1, 0, out);
    double t = out->value, reach = normal_reach(fit);
    out->method = METHOD_DELTA;
    out->se = hazard_error(fit, t) / fm_pull_risks_hazard(&risks, t);
    bool positive = fm_fit_is_positive(fm_integer(fit->point, F_DISTRIBUTION)) && t > 0;
    out->lower = positive ? t * exp(-reach * out->se / t) : t - reach * out->se;
    out->upper = positive ? t * exp(reach * out->se / t) : t + reach * out->se;
    return FM_OK;
}

fm_status
fm_fit_all_below(const fm_fit *fit, double force, fm_fit_bounds *out)
{
    fm_pull_risks risks = fm_fit_risks(fit);
    size_t only = only_mode(fit);
    if (only < fit->n_modes)
        return fm_fit_mode_bounds(fit, only, FM_MATH_AT_Z,
                                  fit->coefficient_1[only] * force, out);
    double hazard = -fm_pull_risks_log_survival(&risks, force);
    out->value = -expm1(-hazard);
    if (fit->interval == INTERVAL_BOOTSTRAP)
        return bootstrap_all(fit, 0, force, out);
    double error = hazard_error(fit, force), reach = normal_reach(fit);
    out->method = METHOD_DELTA;
    out->se = error * exp(-hazard);
    out->lower = -expm1(-hazard * exp(-reach * error / hazard));
    out->upper = -expm1(-hazard * exp(reach * error / hazard));
    if (!(hazard > 0))
        out->lower = out->upper = force > 0 ? (double)NAN : 0;
    return FM_OK;
}
