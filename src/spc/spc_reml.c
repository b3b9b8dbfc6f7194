/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restricted likelihood of random effects, three ways: balanced data by their mean squares,
 * nested data by a recursion over the tree of units, crossed ones by dense matrices
 * (spc_reml_cells.c).
 *
 * Contents
 *   1. jets         values with gradient and Hessian
 *   2. objective    variables
 *   3. deviance     the recursion, and the other ways
 *   4. optimiser    projected Newton
 *   5. fit          6. profile intervals
 *
 * A unit u with covariance V (of all that varies inside it) is described by W = 1'V^-1 1,
 * its generalised least squares mean M, and its share of ln|V| and of the quadratic form.
 * Its own random effect of variance s adds ln(1 + s W) to ln|V| and turns W into W/(1 + s
 * W); siblings then combine like weighted means.  With all variances in units of the
 * residual variance, deviance = (n - 1) ln s_e + ln|H| + ln W_0 + (Q + SS_within)/s_e.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "spc/spc_reml.h"

/* ---- 1. jets --------------------------------------------------------------------- */

enum {
    DIM_MAX = FM_SPC_SOURCE_MAX
};

/* A value with its first and second derivatives by the variables of the optimiser. */
typedef struct jet {
    double v;
    double g[DIM_MAX];
    double h[DIM_MAX][DIM_MAX]; /* lower triangle */
} jet;

static void
jet_copy(jet *to, const jet *from, size_t dim)
{
    to->v = from->v;
    for (size_t i = 0; i < dim; i++) {
        to->g[i] = from->g[i];
        for (size_t j = 0; j <= i; j++)
            to->h[i][j] = from->h[i][j];
    }
}

static void
jet_set(jet *a, double value, size_t dim)
{
    a->v = value;
    for (size_t i = 0; i < dim; i++) {
        a->g[i] = 0;
        for (size_t j = 0; j <= i; j++)
            a->h[i][j] = 0;
    }
}

/* a += factor b */
static void
jet_add(jet *a, double factor, const jet *b, size_t dim)
{
    a->v += factor * b->v;
    for (size_t i = 0; i < dim; i++) {
        a->g[i] += factor * b->g[i];
        for (size_t j = 0; j <= i; j++)
            a->h[i][j] += factor * b->h[i][j];
    }
}

/* out = a b; out may be a or b. */
static void
jet_multiply(jet *out, const jet *a, const jet *b, size_t dim)
{
    jet r;
    r.v = a->v * b->v;
    for (size_t i = 0; i < dim; i++) {
        r.g[i] = a->v * b->g[i] + b->v * a->g[i];
        for (size_t j = 0; j <= i; j++)
            r.h[i][j] = a->v * b->h[i][j] + b->v * a->h[i][j] + a->g[i] * b->g[j] +
                        a->g[j] * b->g[i];
    }
    jet_copy(out, &r, dim);
}

/* out = f(a) with f, f', f'' at a given; out may be a. */
static void
jet_apply(jet *out, const jet *a, const double f[3], size_t dim)
{
    for (size_t i = dim; i-- > 0;) {
        for (size_t j = 0; j <= i; j++)
            out->h[i][j] = f[1] * a->h[i][j] + f[2] * a->g[i] * a->g[j];
    }
    for (size_t i = 0; i < dim; i++)
        out->g[i] = f[1] * a->g[i];
    out->v = f[0];
}

static void
jet_log(jet *out, const jet *a, size_t dim)
{
    double f[3] = {log(a->v), 1 / a->v, -1 / (a->v * a->v)};
    jet_apply(out, a, f, dim);
}

static void
jet_reciprocal(jet *out, const jet *a, size_t dim)
{
    double r = 1 / a->v;
    double f[3] = {r, -r * r, 2 * r * r * r};
    jet_apply(out, a, f, dim);
}

/* ---- 2. objective ---------------------------------------------------------------- */

/* Variables x: x[0] = ln of the residual variance; x[l] = ln(1 + size_l lambda_l) for
 * level l with lambda_l its variance ratio and size_l the mean number of observations per
 * unit, which is the logarithm of a mean square ratio for balanced data.  One component
 * may be held. */
typedef struct objective {
    const fm_spc_reml_data *data;
    size_t dim; /* depth + 1 */
    double size[DIM_MAX];
    size_t held; /* level whose variance is held (0: the residual); dim: none */
    double held_variance;
} objective;

/* Observations in all. */
static double
n_observations(const fm_spc_reml_data *data)
{
    return (double)(data->balanced != NULL ? data->balanced->n
                    : data->cells != NULL  ? data->cells->n
                                           : data->tree->n);
}

static size_t
n_effects(const fm_spc_reml_data *data)
{
    return data->balanced != NULL ? data->balanced->depth
           : data->cells != NULL  ? data->cells->n_terms
                                  : data->tree->depth;
}

/* Mean number of observations in a unit of effect l (from 1). */
static double
mean_size(const fm_spc_reml_data *data, size_t l)
{
    if (data->balanced != NULL)
        return data->balanced->ems[l - 1][l - 1];
    return n_observations(data) / (double)(data->cells != NULL
                                               ? data->cells->n_units[l - 1]
                                               : data->tree->n_units[l]);
}

static void
objective_init(objective *o, const fm_spc_reml_data *data)
{
    *o = (objective){.data = data, .dim = n_effects(data) + 1};
    o->held = o->dim;
    for (size_t l = 1; l < o->dim; l++)
        o->size[l] = mean_size(data, l);
}

/* Variance ratio of level l as a jet. */
static void
ratio(const objective *o, const double *x, size_t l, jet *out)
{
    jet_set(out, 0, o->dim);
    if (l == o->held) {
        double r = o->held_variance * exp(-x[0]);
        out->v = r;
        out->g[0] = -r;
        out->h[0][0] = r;
    } else {
        out->v = expm1(x[l]) / o->size[l];
        out->g[l] = out->h[l][l] = exp(x[l]) / o->size[l];
    }
}

/* ---- 3. deviance ----------------------------------------------------------------- */

/* Running state of the recursion. */
typedef struct recursion {
    size_t dim;
    jet ratio[DIM_MAX];   /* [1 ... depth] */
    jet weight[DIM_MAX];  /* W of the open unit of each level 0 ... depth */
    jet mean[DIM_MAX];    /* M */
    size_t unit[DIM_MAX]; /* index of the open unit */
    jet log_det;
    jet quadratic;
} recursion;

/* Adds the random effect of level l to the weight of a finished unit. */
static void
add_effect(recursion *r, size_t l, jet *weight)
{
    jet t, u;
    jet_multiply(&t, &r->ratio[l], weight, r->dim);
    t.v += 1;
    jet_log(&u, &t, r->dim);
    jet_add(&r->log_det, 1, &u, r->dim);
    jet_reciprocal(&t, &t, r->dim);
    jet_multiply(weight, weight, &t, r->dim);
}

/* Joins a finished child (weight, mean) to the open unit of level l. */
static void
join(recursion *r, size_t l, const jet *weight, const jet *mean, bool is_first)
{
    size_t dim = r->dim;
    if (is_first) {
        jet_copy(&r->weight[l], weight, dim);
        jet_copy(&r->mean[l], mean, dim);
        return;
    }
    jet sum, share, step, square;
    jet_copy(&sum, &r->weight[l], dim);
    jet_copy(&step, mean, dim);
    jet_add(&sum, 1, weight, dim);
    jet_reciprocal(&share, &sum, dim);
    jet_multiply(&share, &share, weight, dim);
    jet_add(&step, -1, &r->mean[l], dim);
    jet_multiply(&square, &step, &step, dim);
    jet_multiply(&square, &square, &share, dim);
    jet_multiply(&square, &square, &r->weight[l], dim);
    jet_add(&r->quadratic, 1, &square, dim);
    jet_multiply(&step, &step, &share, dim);
    jet_add(&r->mean[l], 1, &step, dim);
    jet_copy(&r->weight[l], &sum, dim);
}

/* Joins `count` innermost units of one size, the sum of squares of whose means about
 * their mean is ss, to their parent. */
static void
join_group(recursion *r, const fm_spc_reml_group *group, bool is_first)
{
    size_t depth = r->dim - 1;
    jet weight, mean, log_det = r->log_det, *inner = &weight;
    double count = (double)group->count;
    jet_set(inner, group->size, r->dim);
    jet_set(&r->log_det, 0, r->dim);
    add_effect(r, depth, inner);
    jet_add(&log_det, count, &r->log_det, r->dim);
    jet_copy(&r->log_det, &log_det, r->dim);
    jet_add(&r->quadratic, group->ss, inner, r->dim);
    jet_add(inner, count - 1, inner, r->dim);
    jet_set(&mean, group->mean, r->dim);
    join(r, depth - 1, inner, &mean, is_first);
}

/* The innermost units of a parent, one by one. */
static void
join_cells(const fm_spc_reml_data *data, size_t parent, recursion *r)
{
    const fm_spc_tree *tree = data->tree;
    const size_t *first = tree->first[tree->depth - 1] + parent;
    for (size_t c = first[0]; c < first[1]; c++) {
        const size_t *leaf = tree->first[tree->depth] + c;
        fm_spc_reml_group one = {(double)(leaf[1] - leaf[0]), 1, data->cell_mean[c], 0};
        join_group(r, &one, c == first[0]);
    }
}

/* The same by groups of equal size. */
static void
join_groups(const fm_spc_reml_data *data, size_t parent, recursion *r)
{
    const size_t *first = data->first_group + parent;
    for (size_t g = first[0]; g < first[1]; g++)
        join_group(r, &data->group[g], g == first[0]);
}

/* Walks over all parents of innermost units; each unit is closed after its last child. */
static void
recurse(const objective *o, const double *x, recursion *r)
{
    const fm_spc_tree *tree = o->data->tree;
    size_t depth = tree->depth;
    memset(r->unit, 0, sizeof r->unit);
    r->dim = o->dim;
    for (size_t l = 1; l <= depth; l++)
        ratio(o, x, l, &r->ratio[l]);
    jet_set(&r->log_det, 0, r->dim);
    jet_set(&r->quadratic, 0, r->dim);
    for (size_t parent = 0; parent < tree->n_units[depth - 1]; parent++) {
        if (o->data->group != NULL)
            join_groups(o->data, parent, r);
        else
            join_cells(o->data, parent, r);
        for (size_t l = depth - 1; l > 0; l--) {
            const size_t *siblings = tree->first[l - 1] + r->unit[l - 1];
            bool is_first = r->unit[l] == siblings[0];
            bool is_last = r->unit[l] + 1 == siblings[1];
            add_effect(r, l, &r->weight[l]);
            join(r, l - 1, &r->weight[l], &r->mean[l], is_first);
            r->unit[l]++;
            if (!is_last)
                break;
        }
    }
}

/* Deviance of nested data. */
static void
deviance_tree(const objective *o, const double *x, recursion *r, jet *out)
{
    size_t dim = o->dim;
    double df = (double)(o->data->tree->n - 1);
    recurse(o, x, r);
    jet_log(out, &r->weight[0], dim);
    jet_add(out, 1, &r->log_det, dim);
    jet scale;
    jet_set(&scale, exp(-x[0]), dim);
    scale.g[0] = -scale.v;
    scale.h[0][0] = scale.v;
    r->quadratic.v += o->data->ss_within;
    jet_multiply(&scale, &scale, &r->quadratic, dim);
    jet_add(out, 1, &scale, dim);
    out->v += df * x[0];
    out->g[0] += df;
}

/* Deviance of balanced data: the mean squares are independent, each with its own expected
 * value.  The last term makes it the same number as the recursion's. */
static void
deviance_balanced(const fm_spc_anova *a, const double *variance, fm_spc_reml_slopes *out)
{
    size_t dim = a->depth + 1;
    double at_mean = 0;
    *out = (fm_spc_reml_slopes){.value = log((double)a->n)};
    for (size_t i = 0; i < dim; i++) {
        double e = 0;
        for (size_t j = 0; j < dim; j++)
            e += a->ems[i][j] * variance[j];
        double first = (a->df[i] - a->ss[i] / e) / e;
        double second = (2 * a->ss[i] / e - a->df[i]) / (e * e);
        out->value += a->df[i] * log(e) + a->ss[i] / e;
        at_mean += a->mean_coef[i] * variance[i];
        for (size_t j = 0; j < dim; j++) {
            out->gradient[j] += first * a->ems[i][j];
            for (size_t k = 0; k <= j; k++)
                out->hessian[j][k] += second * a->ems[i][j] * a->ems[i][k];
        }
    }
    out->mean = 0;
    out->mean_weight = 1 / at_mean;
}

/* Variance of source l (0: the residual) as a jet. */
static void
variance_jet(const objective *o, const double *x, size_t l, jet *out)
{
    jet scale;
    jet_set(&scale, exp(x[0]), o->dim);
    scale.g[0] = scale.h[0][0] = scale.v;
    if (l == 0) {
        jet_copy(out, &scale, o->dim);
        return;
    }
    ratio(o, x, l, out);
    jet_multiply(out, out, &scale, o->dim);
}

/* Turns derivatives by variances into derivatives by the variables. */
static void
change_variables(const objective *o, const double *x, const fm_spc_reml_slopes *s,
                 jet *out)
{
    size_t dim = o->dim;
    jet v[DIM_MAX];
    jet_set(out, s->value, dim);
    for (size_t l = 0; l < dim; l++)
        variance_jet(o, x, l, &v[l]);
    for (size_t l = 0; l < dim; l++) {
        size_t a = l == 0 ? dim - 1 : l - 1; /* place among the variances */
        for (size_t i = 0; i < dim; i++)
            out->g[i] += s->gradient[a] * v[l].g[i];
        for (size_t i = 0; i < dim; i++)
            for (size_t j = 0; j <= i; j++)
                out->h[i][j] += s->gradient[a] * v[l].h[i][j];
        for (size_t k = 0; k < dim; k++) {
            size_t b = k == 0 ? dim - 1 : k - 1;
            double h = a > b ? s->hessian[a][b] : s->hessian[b][a];
            for (size_t i = 0; i < dim; i++)
                for (size_t j = 0; j <= i; j++)
                    out->h[i][j] += h * v[l].g[i] * v[k].g[j];
        }
    }
}

/* Deviance at x as a jet; mean and weight of the mean stay in *r.  NaN where matrices are
 * singular to rounding. */
static void
deviance(const objective *o, const double *x, recursion *r, jet *out)
{
    if (o->data->balanced == NULL && o->data->cells == NULL) {
        deviance_tree(o, x, r, out);
        return;
    }
    double variance[DIM_MAX];
    for (size_t l = 0; l < o->dim; l++) {
        jet v;
        variance_jet(o, x, l, &v);
        variance[l == 0 ? o->dim - 1 : l - 1] = v.v;
    }
    fm_spc_reml_slopes s;
    if (o->data->balanced != NULL)
        deviance_balanced(o->data->balanced, variance, &s);
    else if (fm_spc_cells_eval(o->data->cells, variance, &s) != FM_OK)
        s = (fm_spc_reml_slopes){.value = NAN};
    change_variables(o, x, &s, out);
    r->mean[0].v = s.mean;
    r->weight[0].v = s.mean_weight * exp(x[0]);
}

fm_status
fm_spc_reml_eval(const fm_spc_reml_data *data, const double *variance,
                 double *deviance_out)
{
    size_t depth = n_effects(data);
    if (!(variance[depth] > 0 && isfinite(variance[depth])))
        return FM_EDOM;
    for (size_t i = 0; i < depth; i++)
        if (!(variance[i] >= 0 && isfinite(variance[i])))
            return FM_EDOM;
    objective o;
    objective_init(&o, data);
    double x[DIM_MAX] = {log(variance[depth])};
    for (size_t l = 1; l <= depth; l++)
        x[l] = log1p(o.size[l] * variance[l - 1] / variance[depth]);
    recursion r;
    jet d;
    deviance(&o, x, &r, &d);
    *deviance_out = d.v;
    return FM_OK;
}

/* ---- 4. optimiser ---------------------------------------------------------------- */

/* Solves A s = -g for the free variables by Cholesky with a growing shift of the
 * diagonal: a matrix that is not positive definite is an ordinary outcome here, not an
 * error, so that GSL's decomposition (which raises it as one) does not fit.  Returns
 * g's. */
static double
newton_step(const jet *d, const bool *is_free, size_t dim, double *step_out)
{
    double c[DIM_MAX][DIM_MAX], y[DIM_MAX];
    size_t index[DIM_MAX], n = 0;
    for (size_t i = 0; i < dim; i++) {
        step_out[i] = 0;
        if (is_free[i])
            index[n++] = i;
    }
    double shift = 0;
    bool good = false;
    while (!good) {
        good = true;
        for (size_t i = 0; i < n && good; i++) {
            for (size_t j = 0; j <= i; j++) {
                double s = d->h[index[i]][index[j]];
                if (i == j)
                    s += shift * (fabs(s) + 1);
                for (size_t k = 0; k < j; k++)
                    s -= c[i][k] * c[j][k];
                if (i == j)
                    good = s > 1e-12 * (fabs(d->h[index[i]][index[i]]) + 1e-300);
                c[i][j] = i == j ? sqrt(s) : s / c[j][j];
            }
        }
        shift = shift > 0 ? 4 * shift : 1e-3;
        if (shift > 1e12)
            return 0;
    }
    for (size_t i = 0; i < n; i++) {
        y[i] = -d->g[index[i]];
        for (size_t k = 0; k < i; k++)
            y[i] -= c[i][k] * y[k];
        y[i] /= c[i][i];
    }
    double slope = 0;
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            y[i] -= c[k][i] * y[k];
        y[i] /= c[i][i];
        step_out[index[i]] = y[i];
        slope += y[i] * d->g[index[i]];
    }
    return slope;
}

/* A variable is free unless it is held, or at its bound 0 with the slope pushing
 * outward. */
static void
find_free(const objective *o, const double *x, const jet *d, bool *is_free_out)
{
    for (size_t i = 0; i < o->dim; i++)
        is_free_out[i] = i != o->held && (i == 0 || x[i] > 0 || d->g[i] < 0);
}

/* x + t step on the right side of the bounds; no variable moves by more than 3 (a factor
 * e^3), where the quadratic model means nothing. */
static void
advance(const objective *o, const double *x, const double *step, double t, double *out)
{
    double largest = 0;
    for (size_t i = 0; i < o->dim; i++)
        largest = fmax(largest, fabs(step[i]));
    double scale = t * fmin(1, 3 / largest);
    for (size_t i = 0; i < o->dim; i++) {
        out[i] = step[i] == 0 ? x[i] : x[i] + scale * step[i];
        if (i > 0 && out[i] < 0)
            out[i] = 0;
    }
}

/* Minimises the deviance from x.  A step whose predicted gain is below the rounding of
 * the deviance ends the search. */
static fm_status
minimise(const objective *o, double *x, recursion *r, jet *d, int *iterations_out)
{
    enum {
        STEPS = 200,
        HALVINGS = 40
    };
    deviance(o, x, r, d);
    for (int it = 1; it <= STEPS; it++) {
        bool is_free[DIM_MAX];
        double step[DIM_MAX], next[DIM_MAX];
        find_free(o, x, d, is_free);
        double slope = newton_step(d, is_free, o->dim, step);
        if (!isfinite(slope) || !isfinite(d->v))
            return FM_ENOCONV;
        if (o->data->stop != NULL && *o->data->stop != 0)
            return FM_EINTERRUPT;
        bool is_last = -slope <= 1e-11;
        double noise = 1e-12 * (fabs(d->v) + 1);
        jet trial;
        double t = 1;
        int halvings = 0;
        for (; halvings < HALVINGS; halvings++) {
            advance(o, x, step, t, next);
            deviance(o, next, r, &trial);
            if (trial.v <= d->v + 1e-4 * t * slope + noise)
                break;
            t *= 0.5;
        }
        if (halvings == HALVINGS)
            return FM_ENOCONV;
        memcpy(x, next, sizeof next);
        jet_copy(d, &trial, o->dim);
        if (is_last) {
            *iterations_out = it;
            return FM_OK;
        }
    }
    return FM_ENOCONV;
}

/* ---- 5. fit ---------------------------------------------------------------------- */

/* Variables of given components. */
static void
to_variables(const objective *o, const double *variance, double *x_out)
{
    size_t depth = o->dim - 1;
    x_out[0] = log(variance[depth]);
    for (size_t l = 1; l <= depth; l++)
        x_out[l] = log1p(o->size[l] * fmax(0, variance[l - 1]) / variance[depth]);
}

/* Covariance of the variances from the Hessian h of the deviance at the optimum: twice
 * the inverse, over the variables that are not at a bound. */
static void
covariance(const objective *o, const double *x, const jet *d, fm_spc_reml_fit *fit)
{
    bool is_free[DIM_MAX];
    jet v[DIM_MAX];
    size_t dim = o->dim;
    double inverse[DIM_MAX][DIM_MAX];
    find_free(o, x, d, is_free);
    for (size_t i = 0; i < dim; i++) {
        jet unit;
        variance_jet(o, x, i, &v[i]);
        jet_copy(&unit, d, dim);
        for (size_t k = 0; k < dim; k++)
            unit.g[k] = k == i ? -1 : 0;
        is_free[i] = is_free[i] && (i == 0 || x[i] > 0);
        if (is_free[i])
            (void)newton_step(&unit, is_free, dim, inverse[i]);
        else
            memset(inverse[i], 0, sizeof inverse[i]);
    }
    for (size_t a = 0; a < dim; a++)
        for (size_t b = 0; b < dim; b++) {
            double sum = 0;
            for (size_t i = 0; i < dim; i++)
                for (size_t j = 0; j < dim && is_free[i]; j++)
                    sum += is_free[j] ? v[a].g[i] * inverse[i][j] * v[b].g[j] : 0;
            fit->covariance[a == 0 ? dim - 1 : a - 1][b == 0 ? dim - 1 : b - 1] = 2 * sum;
        }
}

fm_status
fm_spc_reml_fit_eval(const fm_spc_reml_data *data, const double *start,
                     fm_spc_reml_fit *out)
{
    size_t depth = n_effects(data);
    for (size_t i = 0; i <= depth; i++)
        if (!isfinite(start[i]))
            return FM_EDOM;
    double within = data->balanced != NULL ? data->balanced->ss[depth] : data->ss_within;
    if (!(start[depth] > 0) || (data->cells == NULL && !(within > 0)))
        return FM_ESINGULAR;
    objective o;
    objective_init(&o, data);
    double x[DIM_MAX] = {0};
    to_variables(&o, start, x);
    recursion r;
    jet d;
    fm_spc_reml_fit fit = {.iterations = 0};
    fm_status st = minimise(&o, x, &r, &d, &fit.iterations);
    if (st != FM_OK)
        return st;
    double variance_e = exp(x[0]);
    fit.variance[depth] = variance_e;
    for (size_t l = 1; l <= depth; l++)
        fit.variance[l - 1] = variance_e * expm1(x[l]) / o.size[l];
    fit.deviance = d.v;
    fit.mean = r.mean[0].v;
    fit.mean_se = sqrt(variance_e / r.weight[0].v);
    covariance(&o, x, &d, &fit);
    *out = fit;
    return FM_OK;
}

/* ---- 6. profile intervals -------------------------------------------------------- */

typedef struct profile {
    objective o;
    double x[DIM_MAX]; /* last optimum: the next start */
    double best;       /* deviance of the fit */
    double root_limit; /* square root of the allowed rise */
} profile;

/* sqrt(rise of the deviance) - sqrt(allowed rise) with the held component at
 * `variance`. */
static fm_status
profile_eval(profile *p, double variance, double *out)
{
    recursion r;
    jet d;
    int iterations;
    p->o.held_variance = variance;
    if (p->o.held == 0)
        p->x[0] = log(variance);
    fm_status st = minimise(&p->o, p->x, &r, &d, &iterations);
    if (st == FM_OK)
        *out = sqrt(fmax(0, d.v - p->best)) - p->root_limit;
    return st;
}

/* Crossing between ln-variances a (value f_ab[0] <= 0) and b (f_ab[1] > 0): regula falsi
 * that halves an end kept twice (Illinois).  The square root makes the profile nearly
 * straight. */
static fm_status
profile_root(profile *p, double a, double b, const double f_ab[2], double *variance_out)
{
    double fa = f_ab[0], fb = f_ab[1], fc;
    int kept = 0; /* -1: a was kept, 1: b was kept in the last step */
    for (int it = 0; it < 100; it++) {
        double c = (a * fb - b * fa) / (fb - fa);
        if (!(c > fmin(a, b) && c < fmax(a, b)))
            c = 0.5 * (a + b);
        fm_status st = profile_eval(p, exp(c), &fc);
        if (st != FM_OK)
            return st;
        if (fabs(fc) < 1e-9 || fabs(b - a) < 1e-10) {
            *variance_out = exp(c);
            return FM_OK;
        }
        if (fc > 0) {
            b = c;
            fb = fc;
            fa *= kept == -1 ? 0.5 : 1;
            kept = -1;
        } else {
            a = c;
            fa = fc;
            fb *= kept == 1 ? 0.5 : 1;
            kept = 1;
        }
    }
    return FM_ENOCONV;
}

/* Limit on one side: walks from the estimate (or, when that is 0, from a small variance
 * that is still inside) in steps of `factor` until the rise exceeds the limit. */
static fm_status
profile_limit(profile *p, double from, double factor, double *limit_out)
{
    double inside = log(from), f_in, f_out;
    fm_status st = profile_eval(p, from, &f_in);
    for (int i = 0; i < 20 && st == FM_OK && f_in > 0; i++) {
        inside -= log(1000);
        st = profile_eval(p, exp(inside), &f_in);
    }
    if (st != FM_OK)
        return st;
    for (int i = 0; i < 400; i++) {
        double outside = inside + log(factor);
        st = profile_eval(p, exp(outside), &f_out);
        if (st != FM_OK)
            return st;
        if (f_out > 0)
            return profile_root(p, inside, outside, (double[2]){f_in, f_out}, limit_out);
        inside = outside;
        f_in = f_out;
    }
    return FM_ENOCONV;
}

static fm_status
profile_interval(const fm_spc_reml_data *data, const fm_spc_reml_fit *fit, size_t source,
                 double confidence, double limits_out[2])
{
    size_t depth = n_effects(data);
    profile p = {.best = fit->deviance,
                 .root_limit = sqrt(gsl_cdf_chisq_Pinv(confidence, 1))};
    objective_init(&p.o, data);
    p.o.held = source == depth ? 0 : source + 1;
    double at_zero = 1, from = fit->variance[source];
    /* The smallest variance that could be seen: a thousandth of the noise of a unit
     * mean. */
    double small =
        source == depth ? 0 : 1e-3 * fit->variance[depth] / p.o.size[source + 1];
    fm_status st = FM_OK;
    to_variables(&p.o, fit->variance, p.x);
    if (source < depth)
        st = profile_eval(&p, 0, &at_zero);
    limits_out[0] = 0;
    if (st == FM_OK && at_zero > 0) {
        to_variables(&p.o, fit->variance, p.x);
        st = profile_limit(&p, from, 0.5, &limits_out[0]);
    }
    if (st != FM_OK)
        return st;
    to_variables(&p.o, fit->variance, p.x);
    return profile_limit(&p, fmax(from, small), 2, &limits_out[1]);
}

fm_status
fm_spc_reml_components(const fm_spc_reml_data *data, const fm_spc_reml_fit *fit,
                       double confidence, fm_spc_component *component_out)
{
    if (!(confidence > 0 && confidence < 1))
        return FM_EDOM;
    fm_spc_component found[DIM_MAX];
    size_t depth = n_effects(data);
    for (size_t i = 0; i <= depth; i++) {
        fm_spc_component c = {.variance = fit->variance[i]};
        double limits[2];
        c.estimate = c.variance > 0 ? FM_SPC_ESTIMATE_OK : FM_SPC_ESTIMATE_BOUND;
        c.interval = FM_SPC_INTERVAL_PROFILE;
        fm_status st = profile_interval(data, fit, i, confidence, limits);
        if (st == FM_EINTERRUPT)
            return st;
        if (st != FM_OK) {
            limits[0] = limits[1] = NAN;
            c.interval = FM_SPC_INTERVAL_NONE;
        }
        c.lower = limits[0];
        c.upper = limits[1];
        found[i] = c;
    }
    memcpy(component_out, found, (depth + 1) * sizeof *found);
    return FM_OK;
}
