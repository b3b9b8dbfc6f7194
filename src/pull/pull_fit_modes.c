/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: the fit of each mode, and what may be said where there is none.
 *
 * Contents
 *   1. fits of the modes   2. what can be predicted
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>

#include "pull/pull_fit.h"

/* ---- 1. fits of the modes --------------------------------------------------------- */

void
fm_fit_sorted_free(fm_fit_sorted *s)
{
    free(s->x);
    free(s->weight);
    free(s->failed);
}

fm_status
fm_fit_sort(const fm_fit_mode *m, fm_fit_sorted *s)
{
    size_t n = m->data.n, kept = 0;
    size_t *order = calloc(n, sizeof *order);
    s->x = calloc(n, sizeof *s->x);
    s->weight = calloc(n, sizeof *s->weight);
    s->failed = calloc(n, sizeof *s->failed);
    s->data = (fm_math_life_data){0};
    if (!order || !s->x || !s->weight || !s->failed) {
        free(order);
        return FM_ENOMEM;
    }
    gsl_sort_index(order, m->x, 1, n);
    for (size_t i = 0; i < n; i++)
        if (m->weight[order[i]] > 0) {
            s->x[kept] = m->x[order[i]];
            s->weight[kept] = m->weight[order[i]];
            s->failed[kept++] = m->failed[order[i]];
        }
    free(order);
    s->data = (fm_math_life_data){kept, s->x, s->weight, s->failed};
    return FM_OK;
}

static fm_fit_status
status_of(fm_status st, const fm_fit_mode *m)
{
    switch (st) {
    case FM_OK:
        return FIT_OK;
    case FM_ETOOFEW:
        return m->n_failed > 0 ? FIT_NO_MAXIMUM : FIT_NO_FAILURE;
    case FM_ESINGULAR:
        return FIT_NO_SCALE;
    case FM_EVALID:
        return FIT_NO_MAXIMUM;
    default:
        return FIT_NOT_CONVERGED;
    }
}

static fm_status
put_candidate(fm_out *out, const fm_fit_mode *m, const fm_math_life_fit *f, double a2,
              fm_fit_status status)
{
    bool good = status == FIT_OK;
    fm_cell row[] = {{.text = m->name},
                     {.text = fm_fit_distributions[f->life.family]},
                     {.real = good ? f->loglik : (double)NAN},
                     {.real = good ? fm_math_life_aicc(f) : (double)NAN},
                     {.real = good ? a2 : (double)NAN},
                     {.integer = status}};
    return fm_out_row(out, FIT_CANDIDATES, row);
}

/* Smaller criterion, or larger likelihood where the criterion is not defined. */
static bool
is_better(const fm_math_life_fit *a, const fm_math_life_fit *b)
{
    double x = fm_math_life_aicc(a), y = fm_math_life_aicc(b);
    return isinf(x) && isinf(y) ? a->loglik > b->loglik : x < y;
}

/* Fits all two-parameter families and keeps the one with the smallest AICc. */
static fm_status
fit_best(fm_fit_mode *m, const fm_fit_sorted *s, fm_out *out)
{
    double a2, closest = INFINITY;
    fm_math_family nearest = FM_MATH_WEIBULL;
    m->status = FIT_NO_FAILURE;
    for (int family = 0; family <= FM_MATH_SEV; family++) {
        fm_math_life_fit f = {.life = {.family = (fm_math_family)family}};
        fm_fit_status status = status_of(
            fm_math_life_fit_eval((fm_math_family)family, &m->data, m->y, &f), m);
        a2 = NAN;
        if (status == FIT_OK &&
            fm_math_life_anderson_darling(&f.life, &s->data, &a2) == FM_OK &&
            a2 < closest) {
            closest = a2;
            nearest = (fm_math_family)family;
        }
        fm_status st = put_candidate(out, m, &f, a2, status);
        if (st != FM_OK)
            return st;
        if (status == FIT_OK && (m->status != FIT_OK || is_better(&f, &m->fit)))
            m->fit = f;
        if (m->status != FIT_OK)
            m->status = status;
    }
    if (m->status == FIT_OK && nearest != m->fit.life.family)
        fm_out_remark(out, "mode '%s': AICc prefers %s, Anderson-Darling %s", m->name,
                      fm_fit_distributions[m->fit.life.family],
                      fm_fit_distributions[nearest]);
    /* y as the family that was chosen leaves it. */
    for (size_t i = 0; m->status == FIT_OK && i < m->data.n; i++)
        m->y[i] = fm_math_life_y(&m->fit.life, m->x[i]);
    return FM_OK;
}

static fm_status
fit_mode(fm_fit *fit, fm_fit_mode *m, fm_out *out)
{
    int64_t distribution = fm_integer(fit->point, F_DISTRIBUTION);
    fm_fit_sorted s;
    fm_status st = fm_fit_sort(m, &s);
    m->anderson_darling = NAN;
    m->fit.life.family = FM_MATH_WEIBULL;
    if (st == FM_OK && distribution == DISTRIBUTION_BEST) {
        st = fit_best(m, &s, out);
    } else if (st == FM_OK) {
        m->fit.life.family = (fm_math_family)distribution;
        m->status = status_of(
            fm_math_life_fit_eval(m->fit.life.family, &m->data, m->y, &m->fit), m);
    }
    if (st == FM_OK && m->status == FIT_OK)
        (void)fm_math_life_anderson_darling(&m->fit.life, &s.data, &m->anderson_darling);
    fm_fit_sorted_free(&s);
    return st;
}

static const char *
why_no_fit(fm_fit_status status)
{
    switch (status) {
    case FIT_NO_FAILURE:
        return "no pull broke in it";
    case FIT_NO_SCALE:
        return "every failure is at the largest force, so its spread cannot be estimated";
    case FIT_NO_MAXIMUM:
        return "weibull3 has no maximum inside (it needs three different failures and a "
               "threshold that the data show); use weibull or sev";
    default:
        return "the iteration did not converge";
    }
}

/* ---- 2. what can be predicted ----------------------------------------------------- */

static fm_status
no_fit_at_all(const fm_fit *fit, fm_error *err)
{
    const fm_fit_mode *m = &fit->mode[0];
    if (!(fit->n_failed > 0))
        return FM_FAIL(err, FM_ETOOFEW,
                       "nothing broke: all %.0f pulls are censored. weibayes.shape, a "
                       "shape known from elsewhere, gives a lower bound of the scale",
                       fit->n_all);
    for (size_t k = 0; k < fit->n_modes; k++)
        if (fit->mode[k].n_failed > 0)
            m = &fit->mode[k];
    fm_status st = m->status == FIT_NO_SCALE     ? FM_ESINGULAR
                   : m->status == FIT_NO_MAXIMUM ? FM_EVALID
                                                 : FM_ENOCONV;
    return FM_FAIL(
        err, st, "mode '%s' cannot be fitted: %s%s", m->name, why_no_fit(m->status),
        m->status == FIT_NO_SCALE ? " (weibayes.shape gives a lower bound)" : "");
}

/* A fit stands on its failures: says where they are few for what was asked. */
static void
warn_few_failures(const fm_fit *fit, const fm_fit_mode *m, fm_out *out)
{
    const double few = 10;
    if (m->n_failed >= few)
        return;
    bool alike = fm_integer(fit->point, F_DISTRIBUTION) == DISTRIBUTION_BEST &&
                 isinf(fm_math_life_aicc(&m->fit));
    if (alike)
        fm_out_remark(out,
                      "mode '%s': %.0f failures are too few for AICc, so the largest "
                      "likelihood chose",
                      m->name, m->n_failed);
    bool three = m->fit.life.family == FM_MATH_WEIBULL3;
    if (m->n_failed < 2)
        fm_out_remark(out, "mode '%s': one failure; see how wide its interval is",
                      m->name);
    if (m->n_failed >= 2 && fit->interval != INTERVAL_LIKELIHOOD)
        fm_out_remark(out,
                      "mode '%s': with %.0f failures the bounds of interval %s are too "
                      "narrow%s",
                      m->name, m->n_failed,
                      fit->interval == INTERVAL_WALD ? "wald" : "bootstrap",
                      three ? "" : ", those of likelihood less so");
}

/* Says what each mode lacks; falls back to a known shape. */
static void
judge_mode(fm_fit *fit, fm_fit_mode *m, fm_out *out)
{
    if (m->status == FIT_OK) {
        warn_few_failures(fit, m, out);
        return;
    }
    if (fm_present(fit->point, F_KNOWN_SHAPE)) {
        m->status = FIT_KNOWN_SHAPE;
        fm_out_remark(out,
                      "mode '%s': a lower bound of the scale with the shape of "
                      "weibayes.shape only",
                      m->name);
    } else {
        fm_out_remark(out, "mode '%s' has no fit: %s", m->name, why_no_fit(m->status));
    }
    if (m->n_failed > 0)
        fit->has_prediction = false;
}

fm_status
fm_fit_modes(fm_fit *fit, fm_out *out, fm_error *err)
{
    size_t n_fitted = 0;
    bool known = fm_present(fit->point, F_KNOWN_SHAPE);
    fit->strength = calloc(fit->n_modes, sizeof *fit->strength);
    fit->coefficient_1 = calloc(fit->n_modes, sizeof *fit->coefficient_1);
    if (fit->strength == NULL || fit->coefficient_1 == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu modes", fit->n_modes);
    fit->has_prediction = true;
    for (size_t k = 0; k < fit->n_modes; k++) {
        fm_status st = fit_mode(fit, &fit->mode[k], out);
        if (st != FM_OK)
            return FM_FAIL(err, st, "memory ran out for %zu rows", fit->n);
        n_fitted += fit->mode[k].status == FIT_OK;
    }
    if (n_fitted == 0 && !known)
        return no_fit_at_all(fit, err);
    for (size_t k = 0; k < fit->n_modes; k++) {
        fm_fit_mode *m = &fit->mode[k];
        judge_mode(fit, m, out);
        fit->strength[k] = m->fit.life;
        fit->coefficient_1[k] = m->status == FIT_OK ? m->coefficient_1 : 0;
    }
    if (known && n_fitted == fit->n_modes)
        fm_out_remark(out, "weibayes.shape is not needed: every mode has a fit");
    bool loaded = false;
    for (size_t k = 0; k < fit->n_modes; k++)
        loaded = loaded || fit->coefficient_1[k] > 0;
    if (!fit->has_prediction)
        fm_out_remark(out, "no prediction of all modes together: a mode that broke has "
                           "no fit");
    fit->has_prediction = fit->has_prediction && loaded;
    return FM_OK;
}
