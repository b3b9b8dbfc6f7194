/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: the curves of its figures.
 *
 * Contents
 *   1. probability plot   2. incidence, prediction
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pull/pull_fit.h"

/* ---- 1. probability plot ---------------------------------------------------------- */

enum {
    POINTS_MAX = 400,
    CURVE = 31
};

static fm_status
put_plot_row(fm_out *out, const fm_fit_mode *m, int kind, const double v[5])
{
    fm_cell row[] = {{.text = m->name}, {.integer = kind}, {.real = v[0]}, {.real = v[1]},
                     {.real = v[2]},    {.real = v[3]},    {.real = v[4]}};
    return fm_out_row(out, FIT_PLOT, row);
}

/* Fitted line with bounds, from a little below to a little above the points. */
static fm_status
put_curve(const fm_fit *fit, fm_out *out, size_t k, double p_low, double p_high)
{
    const fm_fit_mode *m = &fit->mode[k];
    fm_math_family family = m->fit.life.family;
    double from = fm_math_life_z(family, fmin(p_low / 4, 0.005));
    double to = fm_math_life_z(family, fmax(p_high + 0.7 * (1 - p_high), 0.9));
    fm_status st = FM_OK;
    for (int i = 0; i < CURVE && st == FM_OK; i++) {
        double z = from + (to - from) * i / (CURVE - 1);
        double x =
            fm_math_life_x(&m->fit.life, m->fit.life.location + z * m->fit.life.scale);
        fm_fit_bounds b;
        st = fm_fit_mode_bounds(fit, k, FM_MATH_AT_Z, x, &b);
        const double row[] = {x, NAN, b.value, b.lower, b.upper};
        if (st == FM_OK)
            st = put_plot_row(out, m, 1, row);
    }
    return st;
}

fm_status
fm_fit_put_plot(const fm_fit *fit, fm_out *out, size_t k)
{
    const fm_fit_mode *m = &fit->mode[k];
    fm_fit_sorted s;
    fm_status st = fm_fit_sort(m, &s);
    double *x = calloc(fit->n, sizeof *x), *p = calloc(fit->n, sizeof *p);
    if (st == FM_OK && (x == NULL || p == NULL))
        st = FM_ENOMEM;
    size_t n = st == FM_OK ? fm_pull_risks_positions(&s.data, x, p) : 0;
    size_t step = (n + POINTS_MAX - 1) / POINTS_MAX;
    for (size_t i = 0; i < n && st == FM_OK; i += step) {
        const double row[] = {x[i], p[i], NAN, NAN, NAN};
        st = put_plot_row(out, m, 0, row);
    }
    if (st == FM_OK && n > 0 && m->status == FIT_OK)
        st = put_curve(fit, out, k, p[0], p[n - 1]);
    fm_fit_sorted_free(&s);
    free(x);
    free(p);
    return st;
}

/* ---- 2. incidence, prediction ----------------------------------------------------- */

static int
by_force(const void *a, const void *b)
{
    const fm_pull_risk_row *x = a, *y = b;
    return (x->force > y->force) - (x->force < y->force);
}

/* Adds the fitted incidence of one geometry to the sum. */
static fm_status
add_fitted(const fm_fit *fit, size_t i, size_t n, const double *force, double *work)
{
    size_t m = fit->n_modes;
    double *coefficient = work + n * m, *sum = coefficient + m;
    fm_pull_risks risks = {m, fit->strength, coefficient};
    for (size_t k = 0; k < m; k++) {
        fm_status st = FM_OK;
        coefficient[k] = fit->mode[k].status == FIT_OK;
        if (coefficient[k] > 0 && fit->tension != NULL)
            st = fm_fit_coefficient(fit->point, fit->mode[k].name, &fit->tension[i],
                                    &coefficient[k], NULL);
        if (st != FM_OK)
            return st;
    }
    fm_status st = fm_pull_risks_incidence(&risks, n, force, work);
    for (size_t j = 0; j < n * m && st == FM_OK; j++)
        sum[j] += work[j];
    return st;
}

/* Fitted incidence at the geometry of the rows: the mean over at most 200 of them. */
static fm_status
fitted_incidence(const fm_fit *fit, size_t n, const double *force, double *mean_out)
{
    enum {
        GEOMETRIES = 200
    };
    size_t cells = n * fit->n_modes;
    double *work = calloc(2 * cells + fit->n_modes, sizeof *work);
    double *sum = work + cells + fit->n_modes;
    size_t n_rows = fit->tension != NULL ? fit->n : 1, n_used = 0;
    size_t step = (n_rows + GEOMETRIES - 1) / GEOMETRIES;
    fm_status st = work != NULL ? FM_OK : FM_ENOMEM;
    for (size_t i = 0; i < n_rows && st == FM_OK; i += step, n_used++)
        st = add_fitted(fit, i, n, force, work);
    for (size_t j = 0; j < cells && st == FM_OK; j++)
        mean_out[j] = sum[j] / (double)n_used;
    free(work);
    return st;
}

typedef struct observed {
    fm_pull_risk_row *rows;
    double *force, *seen, *fitted;
    size_t n;
} observed;

static fm_status
observe(const fm_fit *fit, observed *o)
{
    size_t n = fit->n, m = fit->n_modes;
    o->rows = calloc(n, sizeof *o->rows);
    o->force = calloc(n, sizeof *o->force);
    o->seen = calloc(n * m, sizeof *o->seen);
    o->fitted = calloc(n * m, sizeof *o->fitted);
    if (!o->rows || !o->force || !o->seen || !o->fitted)
        return FM_ENOMEM;
    for (size_t i = 0; i < n; i++)
        o->rows[i] = (fm_pull_risk_row){fit->force[i], fit->weight[i], fit->cause[i]};
    qsort(o->rows, n, sizeof *o->rows, by_force);
    o->n = fm_pull_risks_observed(o->rows, n, m, o->force, o->seen);
    /* Of many forces an even selection, the last among them. */
    size_t step = (o->n + POINTS_MAX - 1) / POINTS_MAX, kept = 0;
    for (size_t i = o->n > 0 ? (o->n - 1) % step : 0; i < o->n; i += step, kept++) {
        o->force[kept] = o->force[i];
        memmove(o->seen + kept * m, o->seen + i * m, m * sizeof *o->seen);
    }
    o->n = kept;
    for (size_t j = 0; j < kept * m; j++)
        o->fitted[j] = NAN;
    return FM_OK;
}

fm_status
fm_fit_put_incidence(const fm_fit *fit, fm_out *out)
{
    observed o = {NULL, NULL, NULL, NULL, 0};
    size_t m = fit->n_modes;
    fm_status st = observe(fit, &o);
    if (st == FM_OK && o.n > 0 && fit->has_prediction)
        st = fitted_incidence(fit, o.n, o.force, o.fitted);
    for (size_t k = 0; k < m && st == FM_OK; k++)
        for (size_t i = 0; i < o.n && st == FM_OK; i++) {
            fm_cell row[] = {{.text = fit->mode[k].name},
                             {.real = o.force[i]},
                             {.real = o.seen[i * m + k]},
                             {.real = o.fitted[i * m + k]}};
            st = fm_out_row(out, FIT_INCIDENCE, row);
        }
    free(o.rows);
    free(o.force);
    free(o.seen);
    free(o.fitted);
    return st;
}

enum {
    GRID = 41
};

static fm_status
put_prediction_row(fm_out *out, const char *mode, double force, const fm_fit_bounds *b)
{
    fm_cell row[] = {{.text = mode},
                     {.real = force},
                     {.real = b->value},
                     {.real = b->lower},
                     {.real = b->upper}};
    return fm_out_row(out, FIT_PREDICTION, row);
}

static fm_status
put_prediction(const fm_fit *fit, fm_out *out, const double *force,
               const double *incidence)
{
    fm_status st = FM_OK;
    for (size_t i = 0; i < GRID && st == FM_OK; i++) {
        fm_fit_bounds b;
        st = fm_fit_all_below(fit, force[i], &b);
        if (st == FM_OK)
            st = put_prediction_row(out, fm_fit_all_modes, force[i], &b);
    }
    for (size_t k = 0; fit->n_modes > 1 && k < fit->n_modes; k++)
        for (size_t i = 0; i < GRID && st == FM_OK; i++) {
            fm_fit_bounds b = {incidence[i * fit->n_modes + k], NAN, NAN, NAN, 0};
            st = put_prediction_row(out, fit->mode[k].name, force[i], &b);
        }
    return st;
}

static fm_status
put_shares(const fm_fit *fit, fm_out *out, const double *predicted)
{
    fm_status st = FM_OK;
    for (size_t k = 0; k < fit->n_modes && st == FM_OK; k++) {
        const fm_fit_mode *m = &fit->mode[k];
        fm_cell row[] = {
            {.text = m->name},
            {.integer = (int64_t)m->n_failed},
            {.real = fit->n_failed > 0 ? m->n_failed / fit->n_failed : (double)NAN},
            {.real = predicted != NULL ? predicted[k] : (double)NAN},
            {.real = fit->tension != NULL ? m->coefficient_1 : 1}};
        st = fm_out_row(out, FIT_SHARES, row);
    }
    return st;
}

fm_status
fm_fit_put_prediction(const fm_fit *fit, fm_out *out)
{
    fm_pull_risks risks = fm_fit_risks(fit);
    double force[GRID + 1], low, high;
    if (!fit->has_prediction)
        return put_shares(fit, out, NULL);
    double *incidence = calloc((GRID + 1) * fit->n_modes, sizeof *incidence);
    fm_status st = incidence != NULL ? FM_OK : FM_ENOMEM;
    if (st == FM_OK)
        st = fm_pull_risks_quantile(&risks, 5e-4, &low);
    if (st == FM_OK)
        st = fm_pull_risks_quantile(&risks, 1 - 5e-4, &high);
    for (size_t i = 0; i < GRID && st == FM_OK; i++)
        force[i] = low + (high - low) * (double)i / (GRID - 1);
    /* One more force where all but 1e-12 have broken: the shares. */
    if (st == FM_OK)
        st = fm_pull_risks_quantile(&risks, 1 - 1e-12, &force[GRID]);
    if (st == FM_OK)
        st = fm_pull_risks_incidence(&risks, GRID + 1, force, incidence);
    if (st == FM_OK)
        st = put_prediction(fit, out, force, incidence);
    if (st == FM_OK)
        st = put_shares(fit, out, incidence + GRID * fit->n_modes);
    free(incidence);
    return st;
}
