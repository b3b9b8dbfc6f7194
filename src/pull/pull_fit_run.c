/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pull.fit: one point, from the rows to the tables.
 *
 * Contents
 *   1. fits of the modes       3. parameters, percentiles   5. incidence, prediction
 *   2. what can be predicted   4. probability plot          6. summary, run
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>

#include "pull/pull_fit.h"

/* ---- 1. fits of the modes --------------------------------------------------------- */

/* A sorted copy of a mode's rows with weight, failures first among ties. */
typedef struct sorted {
    fm_math_life_data data;
    double *x, *weight;
    unsigned char *failed;
} sorted;

static void
sorted_free(sorted *s)
{
    free(s->x);
    free(s->weight);
    free(s->failed);
}

static fm_status
sort_mode(const fm_fit_mode *m, sorted *s)
{
    size_t n = m->data.n, kept = 0;
    size_t *order = calloc(n, sizeof *order);
    *s = (sorted){.x = calloc(n, sizeof(double)),
                  .weight = calloc(n, sizeof(double)),
                  .failed = calloc(n, 1)};
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
fit_best(fm_fit_mode *m, const sorted *s, fm_out *out)
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
    sorted s;
    fm_status st = sort_mode(m, &s);
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
    sorted_free(&s);
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

/* Says what each mode lacks; falls back to a known shape. */
static void
judge_mode(fm_fit *fit, fm_fit_mode *m, fm_out *out)
{
    if (m->status == FIT_OK && m->n_failed < 2)
        fm_out_remark(out, "mode '%s': one failure; see how wide its interval is",
                      m->name);
    if (m->status == FIT_OK)
        return;
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

static fm_status
fit_modes(fm_fit *fit, fm_out *out, fm_error *err)
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

/* ---- 3. parameters, percentiles --------------------------------------------------- */

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

/* ---- 4. probability plot ---------------------------------------------------------- */

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

static fm_status
put_plot(const fm_fit *fit, fm_out *out, size_t k)
{
    const fm_fit_mode *m = &fit->mode[k];
    sorted s;
    fm_status st = sort_mode(m, &s);
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
    sorted_free(&s);
    free(x);
    free(p);
    return st;
}

/* ---- 5. incidence, prediction ----------------------------------------------------- */

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

static fm_status
put_incidence(const fm_fit *fit, fm_out *out)
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

static fm_status
predict(const fm_fit *fit, fm_out *out)
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

/* ---- 6. summary, run -------------------------------------------------------------- */

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
        st = put_plot(fit, out, k);
    if (st == FM_OK)
        st = put_incidence(fit, out);
    return st == FM_OK ? predict(fit, out) : st;
}

fm_status
fm_pull_fit_run(const fm_point *point, fm_out *out, fm_error *err)
{
    fm_fit fit = {.point = point, .interval = fm_integer(point, F_INTERVAL)};
    fm_status st = fm_fit_read(&fit, out, err);
    if (st == FM_OK)
        st = fit_modes(&fit, out, err);
    if (st == FM_OK && fit.interval == INTERVAL_BOOTSTRAP)
        st = fm_fit_bootstrap(&fit, err);
    if (st == FM_OK) {
        st = put_tables(&fit, out);
        if (st != FM_OK)
            st = FM_FAIL(err, st,
                         st == FM_ENOMEM ? "memory ran out for the result"
                                         : "the bounds could not be computed");
    }
    fm_fit_free(&fit);
    return st;
}
