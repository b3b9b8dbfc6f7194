/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: one point, from the rows to the tables of numbers.
 *
 * Contents
 *   1. parameters, percentiles   2. summary, run
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pull/pull_fit.h"

/* ---- 1. parameters, percentiles --------------------------------------------------- */

typedef struct named {
    const char *name;
    fm_fit_bounds b;
    const char *units;
} named;

static fm_status
put_parameter(const fm_fit *fit, fm_out *out, const fm_fit_mode *m, const named *p)
{
    (void)fit;
    fm_cell row[] = {
        {.text = m->name},    {.text = fm_fit_distributions[m->fit.life.family]},
        {.text = p->name},    {.real = p->b.value},
        {.real = p->b.se},    {.real = p->b.lower},
        {.real = p->b.upper}, {.text = fm_fit_methods[p->b.method]},
        {.text = p->units}};
    return fm_out_row(out, FIT_PARAMETERS, row);
}

/* A Weibull's shape from its log-scale: the bounds change places. */
static void
invert(fm_fit_bounds *b)
{
    double lower = b->lower;
    b->se /= b->value * b->value;
    b->value = 1 / b->value;
    b->lower = 1 / b->upper;
    b->upper = 1 / lower;
}

/* Bootstrap: the bounds of the threshold come from Wald, as do those of wald. */
static void
threshold_bounds(const fm_fit_mode *m, double reach, fm_fit_bounds *b)
{
    b->value = m->fit.life.threshold;
    b->se = sqrt(m->fit.cov[8]);
    b->lower = b->value - reach * b->se;
    b->upper = b->value + reach * b->se;
    b->method = METHOD_WALD;
}

/* Takes the threshold off a quantile, which leaves the Weibull's scale parameter.  Its
 * interval is that of exp(location). */
static void
scale_bounds(const fm_fit_mode *m, double reach, fm_fit_bounds *b)
{
    double scale = exp(m->fit.life.location), se = sqrt(m->fit.cov[0]);
    b->value = scale;
    b->se = scale * se;
    b->lower = scale * exp(-reach * se);
    b->upper = scale * exp(reach * se);
    b->method = METHOD_WALD;
}

static double
wald_reach(const fm_fit_mode *m, double confidence)
{
    fm_math_bounds b;
    if (fm_math_life_wald(&m->fit, FM_MATH_AT_SCALE, 0, confidence, &b) != FM_OK)
        return (double)NAN;
    double se = sqrt(m->fit.cov[4]) / m->fit.life.scale;
    return log(b.upper / b.lower) / 2 / se;
}

static fm_status
put_weibull(const fm_fit *fit, fm_out *out, size_t k)
{
    const fm_fit_mode *m = &fit->mode[k];
    bool threshold = m->fit.life.family == FM_MATH_WEIBULL3;
    double reach = wald_reach(m, fm_real(fit->point, F_CONFIDENCE));
    named shape = {"shape", {NAN, NAN, NAN, NAN, METHOD_NONE}, "1"},
          scale = {"scale", {NAN, NAN, NAN, NAN, METHOD_NONE}, fit->unit};
    named at = {"threshold", {NAN, NAN, NAN, NAN, METHOD_NONE}, fit->unit};
    fm_status st = fm_fit_mode_bounds(fit, k, FM_MATH_AT_SCALE, 0, &shape.b);
    if (st == FM_OK && !threshold)
        st = fm_fit_mode_bounds(fit, k, FM_MATH_AT_QUANTILE, 0, &scale.b);
    if (st != FM_OK)
        return st;
    invert(&shape.b);
    if (threshold) {
        scale_bounds(m, reach, &scale.b);
        threshold_bounds(m, reach, &at.b);
    }
    st = put_parameter(fit, out, m, &shape);
    if (st == FM_OK)
        st = put_parameter(fit, out, m, &scale);
    return st == FM_OK && threshold ? put_parameter(fit, out, m, &at) : st;
}

/* A quantile's bounds back on the scale of y: those of mu. */
static void
to_log(fm_fit_bounds *b)
{
    b->se /= b->value;
    b->value = log(b->value);
    b->lower = log(b->lower);
    b->upper = log(b->upper);
}

static fm_status
put_location_scale(const fm_fit *fit, fm_out *out, size_t k)
{
    const fm_fit_mode *m = &fit->mode[k];
    bool log_family = m->fit.life.family == FM_MATH_LOGNORMAL;
    char units[64];
    (void)snprintf(units, sizeof units, "ln(%.50s)", fit->unit);
    named mu = {"mu", {NAN, NAN, NAN, NAN, METHOD_NONE}, log_family ? units : fit->unit};
    named sigma = {
        "sigma", {NAN, NAN, NAN, NAN, METHOD_NONE}, log_family ? "1" : fit->unit};
    fm_status st = fm_fit_mode_bounds(fit, k, FM_MATH_AT_QUANTILE, 0, &mu.b);
    if (st == FM_OK)
        st = fm_fit_mode_bounds(fit, k, FM_MATH_AT_SCALE, 0, &sigma.b);
    if (st != FM_OK)
        return st;
    double se = mu.b.se / mu.b.value;
    if (log_family) {
        bool again = mu.b.method == METHOD_BOOTSTRAP;
        to_log(&mu.b);
        /* The bootstrap's spread of mu is that of ln x only nearly: say the Fisher one. */
        mu.b.se = again ? sqrt(m->fit.cov[0]) : se;
    }
    st = put_parameter(fit, out, m, &mu);
    return st == FM_OK ? put_parameter(fit, out, m, &sigma) : st;
}

static fm_status
put_known_shape(const fm_fit *fit, fm_out *out, const fm_fit_mode *m)
{
    double shape = fm_real(fit->point, F_KNOWN_SHAPE), sum = 0;
    named s = {"shape", {shape, NAN, NAN, NAN, METHOD_NONE}, "1"};
    named scale = {"scale", {NAN, NAN, NAN, NAN, METHOD_KNOWN_SHAPE}, fit->unit};
    fm_status st = fm_math_weibayes_eval(
        &m->data, shape, fm_real(fit->point, F_CONFIDENCE), &scale.b.lower);
    if (st != FM_OK)
        return st;
    for (size_t i = 0; i < m->data.n; i++)
        sum += m->weight[i] * pow(m->x[i], shape);
    if (m->n_failed > 0)
        scale.b.value = pow(sum / m->n_failed, 1 / shape);
    st = put_parameter(fit, out, m, &s);
    return st == FM_OK ? put_parameter(fit, out, m, &scale) : st;
}

static fm_status
put_parameters(const fm_fit *fit, fm_out *out)
{
    fm_status st = FM_OK;
    for (size_t k = 0; k < fit->n_modes && st == FM_OK; k++) {
        const fm_fit_mode *m = &fit->mode[k];
        fm_math_family family = m->fit.life.family;
        if (m->status == FIT_KNOWN_SHAPE)
            st = put_known_shape(fit, out, m);
        else if (m->status != FIT_OK)
            continue;
        else if (family == FM_MATH_WEIBULL || family == FM_MATH_WEIBULL3)
            st = put_weibull(fit, out, k);
        else
            st = put_location_scale(fit, out, k);
    }
    return st;
}

static fm_status
put_bounds(fm_out *out, size_t table, const char *mode, double at, const fm_fit_bounds *b)
{
    fm_cell row[] = {{.text = mode},
                     {.real = at},
                     {.real = b->value},
                     {.real = b->se},
                     {.real = b->lower},
                     {.real = b->upper},
                     {.text = fm_fit_methods[b->method]}};
    return fm_out_row(out, table, row);
}

static fm_status
put_percentiles(const fm_fit *fit, fm_out *out)
{
    const fm_value *list = fm_value_at(fit->point, F_PERCENTILES);
    fm_status st = FM_OK;
    for (size_t k = 0; k <= fit->n_modes; k++)
        for (size_t i = 0; i < list->n && st == FM_OK; i++) {
            double p = list->items[i].real;
            fm_fit_bounds b = {NAN, NAN, NAN, NAN, METHOD_NONE};
            bool all = k == fit->n_modes;
            if (all ? !fit->has_prediction : fit->mode[k].status != FIT_OK)
                continue;
            st = all ? fm_fit_all_quantile(fit, p, &b)
                     : fm_fit_mode_bounds(fit, k, FM_MATH_AT_QUANTILE,
                                          fm_math_life_z(fit->mode[k].fit.life.family, p),
                                          &b);
            if (st == FM_OK)
                st = put_bounds(out, FIT_PERCENTILES,
                                all ? fm_fit_all_modes : fit->mode[k].name, p, &b);
        }
    return st;
}

static fm_status
put_below(const fm_fit *fit, fm_out *out, fm_fit_bounds *all_out)
{
    double limit = fm_real(fit->point, F_LIMIT);
    fm_status st = FM_OK;
    *all_out = (fm_fit_bounds){NAN, NAN, NAN, NAN, METHOD_NONE};
    if (!fm_present(fit->point, F_LIMIT))
        return FM_OK;
    for (size_t k = 0; k < fit->n_modes && st == FM_OK; k++) {
        fm_fit_bounds b = {NAN, NAN, NAN, NAN, METHOD_NONE};
        const fm_fit_mode *m = &fit->mode[k];
        if (m->status != FIT_OK || !(m->coefficient_1 > 0))
            continue;
        st = fm_fit_mode_bounds(fit, k, FM_MATH_AT_Z, m->coefficient_1 * limit, &b);
        if (st == FM_OK)
            st = put_bounds(out, FIT_BELOW, m->name, limit, &b);
    }
    if (st == FM_OK && fit->has_prediction) {
        st = fm_fit_all_below(fit, limit, all_out);
        if (st == FM_OK)
            st = put_bounds(out, FIT_BELOW, fm_fit_all_modes, limit, all_out);
    }
    return st;
}

static fm_status
put_loglik(const fm_fit *fit, fm_out *out, double *sum_out)
{
    double sum = 0;
    fm_status st = FM_OK;
    for (size_t k = 0; k < fit->n_modes && st == FM_OK; k++) {
        const fm_fit_mode *m = &fit->mode[k];
        bool good = m->status == FIT_OK;
        sum += good ? m->fit.loglik : m->n_failed > 0 ? (double)NAN : 0;
        fm_cell row[] = {{.text = m->name},
                         {.text = fm_fit_distributions[m->fit.life.family]},
                         {.integer = (int64_t)fit->n_all},
                         {.integer = (int64_t)m->n_failed},
                         {.real = good ? m->fit.loglik : (double)NAN},
                         {.real = good ? fm_math_life_aicc(&m->fit) : (double)NAN},
                         {.real = m->anderson_darling},
                         {.integer = (int64_t)m->n_again_failed},
                         {.integer = m->status}};
        st = fm_out_row(out, FIT_LOGLIK, row);
        if (m->n_again_failed > 0)
            fm_out_remark(
                out, "mode '%s': %zu of %zu replicates have no fit%s", m->name,
                m->n_again_failed, fit->replicates,
                2 * m->n_again_failed >= fit->replicates ? ", too many for bounds" : "");
    }
    *sum_out = sum;
    if (st != FM_OK)
        return st;
    fm_cell row[] = {{.text = fm_fit_all_modes},
                     {.text = ""},
                     {.integer = (int64_t)fit->n_all},
                     {.integer = (int64_t)fit->n_failed},
                     {.real = sum},
                     {.real = (double)NAN},
                     {.real = (double)NAN},
                     {.integer = 0},
                     {.integer = isnan(sum) ? FIT_NOT_CONVERGED : FIT_OK}};
    return fm_out_row(out, FIT_LOGLIK, row);
}

/* ---- 2. summary, run -------------------------------------------------------------- */

static fm_status
put_summary(const fm_fit *fit, fm_out *out, double loglik, const fm_fit_bounds *below)
{
    fm_pull_risks risks = fm_fit_risks(fit);
    double median = NAN, nan = NAN;
    const double *t = fit->predicted.tension_1;
    if (fit->has_prediction) {
        fm_status st = fm_pull_risks_quantile(&risks, 0.5, &median);
        if (st != FM_OK)
            return st;
    }
    size_t n_fitted = 0, n_normal = 0;
    for (size_t k = 0; k < fit->n_modes; k++) {
        fm_math_family family = fit->mode[k].fit.life.family;
        n_fitted += fit->mode[k].status == FIT_OK;
        n_normal += fit->mode[k].status == FIT_OK &&
                    (family == FM_MATH_NORMAL || family == FM_MATH_LOGNORMAL);
    }
    fm_cell row[] = {{.integer = (int64_t)fit->n_all},
                     {.integer = (int64_t)fit->n_failed},
                     {.integer = (int64_t)(fit->n_all - fit->n_failed)},
                     {.integer = (int64_t)fit->n_modes},
                     {.integer = (int64_t)n_fitted},
                     {.real = loglik},
                     {.real = median},
                     {.real = fm_real(fit->point, F_LIMIT)},
                     {.real = below->value},
                     {.real = below->lower},
                     {.real = below->upper},
                     {.real = fm_real(fit->point, F_MAX_BELOW)},
                     {.real = fit->tension != NULL ? t[0] : nan},
                     {.real = fit->tension != NULL ? t[1] : nan},
                     {.real = fm_real(fit->point, F_CONFIDENCE)},
                     {.integer = n_normal == n_fitted && n_fitted > 0}};
    return fm_out_row(out, FIT_SUMMARY, row);
}

/* Bounds along curves by profile likelihood take thousands of passes over the rows. */
static void
choose_curves(fm_fit *fit, fm_out *out)
{
    const size_t long_data = 20000;
    if (fit->interval != INTERVAL_LIKELIHOOD || fit->n <= long_data)
        return;
    fit->interval = INTERVAL_WALD;
    fm_out_remark(out, "bounds of the curves in figures are wald's: %zu rows", fit->n);
}

static fm_status
put_tables(fm_fit *fit, fm_out *out)
{
    double loglik;
    fm_fit_bounds below;
    fm_status st = put_loglik(fit, out, &loglik);
    if (st == FM_OK)
        st = put_parameters(fit, out);
    if (st == FM_OK)
        st = put_percentiles(fit, out);
    if (st == FM_OK)
        st = put_below(fit, out, &below);
    if (st == FM_OK)
        st = put_summary(fit, out, loglik, &below);
    choose_curves(fit, out);
    for (size_t k = 0; k < fit->n_modes && st == FM_OK; k++)
        st = fm_fit_put_plot(fit, out, k);
    if (st == FM_OK)
        st = fm_fit_put_incidence(fit, out);
    return st == FM_OK ? fm_fit_put_prediction(fit, out) : st;
}

fm_status
fm_pull_fit_run(const fm_point *point, fm_out *out, fm_error *err)
{
    size_t n_unbounded = 0;
    fm_fit fit = {.point = point,
                  .interval = fm_integer(point, F_INTERVAL),
                  .n_unbounded = &n_unbounded};
    fm_status st = fm_fit_read(&fit, out, err);
    if (st == FM_OK)
        st = fm_fit_modes(&fit, out, err);
    if (st == FM_OK && fit.interval == INTERVAL_BOOTSTRAP)
        st = fm_fit_bootstrap(&fit, err);
    if (st == FM_OK) {
        st = put_tables(&fit, out);
        if (st != FM_OK)
            st = FM_FAIL(err, st,
                         st == FM_ENOMEM ? "memory ran out for the result"
                                         : "the bounds could not be computed");
    }
    if (st == FM_OK && n_unbounded > 0)
        fm_out_remark(out, "bounds without a value: the likelihood's search for them did "
                           "not converge");
    fm_fit_free(&fit);
    return st;
}
