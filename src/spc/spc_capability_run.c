/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.capability: the analysis.
 *
 * Contents
 *   1. the distribution     2. data     3. fit     4. spread     5. indices
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>

#include "spc/spc_capability.h"

/* ---- 1. the distribution --------------------------------------------------------- */

double
fm_capability_transform(const fm_capability *a, double x)
{
    if (a->distribution == FM_CAPABILITY_BOX_COX)
        return fm_spc_box_cox(x, a->lambda);
    if (a->distribution == FM_CAPABILITY_JOHNSON)
        return fm_math_johnson_z(&a->johnson, x);
    return x;
}

/* Standard normal variate of x by the chosen spread. */
static double
variate(const fm_capability *a, bool within, double x)
{
    const fm_spc_spread *s = within ? &a->spread_within : &a->spread_overall;
    return (fm_capability_transform(a, x) - s->mean) / s->sigma;
}

/* Share of the sorted values below (or, if `above`, above) x. */
static double
counted(const fm_capability *a, double x, bool above)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++)
        n += above ? a->sorted[i] > x : a->sorted[i] < x;
    return (double)n / (double)a->n;
}

double
fm_capability_below(const fm_capability *a, bool within, double x)
{
    if (fm_capability_is_normal(a))
        return gsl_cdf_ugaussian_P(variate(a, within, x));
    if (a->distribution == FM_CAPABILITY_EMPIRICAL)
        return counted(a, x, false);
    return x > 0 ? fm_math_life_cdf(&a->life.life, x) : 0;
}

double
fm_capability_above(const fm_capability *a, bool within, double x)
{
    if (fm_capability_is_normal(a))
        return gsl_cdf_ugaussian_Q(variate(a, within, x));
    if (a->distribution == FM_CAPABILITY_EMPIRICAL)
        return counted(a, x, true);
    return x > 0 ? fm_math_life_survival(&a->life.life, x) : 1;
}

double
fm_capability_quantile(const fm_capability *a, double p)
{
    double x = (double)NAN;
    if (a->distribution == FM_CAPABILITY_EMPIRICAL) {
        (void)fm_spc_quantile6(a->sorted, a->n, p, &x);
        return x;
    }
    if (!fm_capability_is_normal(a)) {
        (void)fm_math_life_quantile(&a->life.life, p, &x);
        return x;
    }
    double t =
        a->spread_overall.mean + a->spread_overall.sigma * gsl_cdf_ugaussian_Pinv(p);
    if (a->distribution == FM_CAPABILITY_JOHNSON)
        return fm_math_johnson_x(&a->johnson, t);
    if (a->distribution == FM_CAPABILITY_NORMAL)
        return t;
    if (a->lambda == 0)
        return exp(t);
    double base = a->lambda * t;
    return base > -1 ? exp(log1p(base) / a->lambda) : (double)NAN;
}

/* ---- 2. data --------------------------------------------------------------------- */

void
fm_capability_free(fm_capability *a)
{
    free(a->series);
    free(a->sorted);
    free(a->normal);
    free(a->work);
    free(a->group);
}

static const fm_data_column *
data_column(const fm_point *point, size_t declared)
{
    const fm_data *data = fm_input(point, 0);
    return &data->columns[data->first[declared]];
}

static fm_status
collect(fm_capability *a, fm_error *err)
{
    const fm_data *data = fm_input(a->point, 0);
    const double *real = data_column(a->point, 0)->real;
    bool labelled = fm_present(a->point, FM_CAPABILITY_P_SUBGROUP);
    const int32_t *code = labelled ? data_column(a->point, 1)->code : NULL;
    size_t n = data->n_rows > 0 ? data->n_rows : 1;
    a->n_rows = data->n_rows;
    a->series = calloc(n, sizeof *a->series);
    a->sorted = calloc(n, sizeof *a->sorted);
    a->normal = calloc(n, sizeof *a->normal);
    a->work = calloc(2 * n, sizeof *a->work);
    if (!a->series || !a->sorted || !a->normal || !a->work)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu rows", n);
    for (size_t i = 0; i < a->n_rows; i++) {
        bool missing = isnan(real[i]) || (labelled && code[i] < 0);
        a->series[i] = missing ? (double)NAN : real[i];
        if (isinf(real[i]))
            return FM_FAIL(err, FM_EDATA, "a value is not finite");
        if (!missing)
            a->sorted[a->n++] = real[i];
    }
    a->n_missing = a->n_rows - a->n;
    if (a->n < 2)
        return FM_FAIL(err, FM_ETOOFEW, "%zu values: at least 2 are needed", a->n);
    fm_status st = fm_math_moments_eval(a->sorted, a->n, &a->raw);
    if (st != FM_OK)
        return FM_FAIL(err, st, "the values' spread could not be computed");
    if (!(a->raw.sd > 0))
        return FM_FAIL(err, FM_ESINGULAR,
                       "all %zu values are equal (%g): the spread is 0", a->n,
                       a->sorted[0]);
    gsl_sort(a->sorted, 1, a->n);
    return FM_OK;
}

/* ---- 3. fit ---------------------------------------------------------------------- */

static const char *
distribution_name(const fm_capability *a)
{
    return fm_text(a->point, FM_CAPABILITY_P_DISTRIBUTION);
}

static fm_status
refuse_fit(const fm_capability *a, fm_status st, fm_error *err)
{
    const char *name = distribution_name(a);
    if (!(a->sorted[0] > 0) && a->distribution != FM_CAPABILITY_JOHNSON)
        return FM_FAIL(err, FM_EDOM,
                       "distribution %s needs values above 0, the smallest is %g", name,
                       a->sorted[0]);
    if (st == FM_ETOOFEW)
        return FM_FAIL(err, st, "%zu values are too few for distribution %s", a->n, name);
    if (st == FM_ESINGULAR)
        return FM_FAIL(err, st, "no member of distribution %s fits the values", name);
    if (st == FM_EVALID)
        return FM_FAIL(err, st, "distribution %s: the best exponent lies outside -5 to 5",
                       name);
    return FM_FAIL(err, st, "distribution %s could not be fitted", name);
}

static fm_status
fit_life(fm_capability *a)
{
    fm_math_life_data data = {.n = a->n, .x = a->sorted};
    return fm_math_life_fit_eval(
        a->distribution == FM_CAPABILITY_WEIBULL ? FM_MATH_WEIBULL : FM_MATH_LOGNORMAL,
        &data, a->normal, &a->life);
}

/* Fewest values whose extreme quantiles of type 6 lie inside the data. */
enum {
    EMPIRICAL_MIN = 740
};

static fm_status
fit(fm_capability *a, fm_error *err)
{
    fm_status st = FM_OK;
    switch (a->distribution) {
    case FM_CAPABILITY_NORMAL:
        break;
    case FM_CAPABILITY_BOX_COX:
        st = fm_spc_box_cox_fit(a->sorted, a->n, a->work, &a->lambda);
        break;
    case FM_CAPABILITY_JOHNSON:
        st = fm_math_johnson_fit_eval(a->sorted, a->n, a->work, &a->johnson,
                                      &a->johnson_p);
        break;
    case FM_CAPABILITY_LOGNORMAL:
    case FM_CAPABILITY_WEIBULL:
        st = fit_life(a);
        break;
    case FM_CAPABILITY_EMPIRICAL:
        if (a->n < EMPIRICAL_MIN)
            return FM_FAIL(
                err, FM_ETOOFEW,
                "distribution empirical: the 0.135 %% quantile needs %d values, "
                "there are %zu",
                EMPIRICAL_MIN, a->n);
        break;
    }
    if (st != FM_OK)
        return refuse_fit(a, st, err);
    if (!fm_capability_is_normal(a))
        return FM_OK;
    for (size_t i = 0; i < a->n; i++)
        a->normal[i] = fm_capability_transform(a, a->sorted[i]);
    for (size_t i = 0; i < a->n_rows; i++)
        if (!isnan(a->series[i]))
            a->series[i] = fm_capability_transform(a, a->series[i]);
    if (isfinite(a->spec.lower))
        a->spec_t.lower = fm_capability_transform(a, a->spec.lower);
    if (isfinite(a->spec.upper))
        a->spec_t.upper = fm_capability_transform(a, a->spec.upper);
    st = fm_math_moments_eval(a->normal, a->n, &a->moments);
    return st == FM_OK && a->moments.sd > 0 ? FM_OK : refuse_fit(a, FM_ESINGULAR, err);
}

/* ---- 4. spread ------------------------------------------------------------------- */

/* Subgroups by label, or of consecutive rows; rows without a value are left out. */
static fm_status
make_groups(fm_capability *a, fm_error *err)
{
    bool labelled = fm_present(a->point, FM_CAPABILITY_P_SUBGROUP);
    size_t size = labelled ? 0 : (size_t)fm_integer(a->point, FM_CAPABILITY_P_SIZE);
    const fm_data_column *label = labelled ? data_column(a->point, 1) : NULL;
    a->n_groups = labelled ? label->n_labels : (a->n_rows + size - 1) / size;
    size_t *first = calloc(a->n_groups + 2, sizeof *first);
    a->group = calloc(a->n_groups, sizeof *a->group);
    fm_status st = first != NULL && a->group != NULL ? FM_OK : FM_ENOMEM;
    for (size_t i = 0; i < a->n_rows && st == FM_OK; i++)
        if (!isnan(a->series[i]))
            first[(labelled ? (size_t)label->code[i] : i / size) + 2]++;
    for (size_t g = 2; g <= a->n_groups && st == FM_OK; g++)
        first[g] += first[g - 1];
    for (size_t i = 0; i < a->n_rows && st == FM_OK; i++)
        if (!isnan(a->series[i]))
            a->work[first[(labelled ? (size_t)label->code[i] : i / size) + 1]++] =
                a->series[i];
    for (size_t g = 0; g < a->n_groups && st == FM_OK; g++)
        st = fm_spc_subgroup_eval(a->work + first[g], first[g + 1] - first[g],
                                  &a->group[g]);
    free(first);
    return st == FM_OK ? st : FM_FAIL(err, st, "the subgroups could not be formed");
}

static fm_status
refuse_within(fm_status st, const char *what, fm_error *err)
{
    if (st == FM_ETOOFEW)
        return FM_FAIL(err, st, "no %s has two values: sigma within cannot be estimated",
                       what);
    if (st == FM_ESINGULAR)
        return FM_FAIL(err, st, "nothing varies within any %s: sigma within is 0", what);
    return FM_FAIL(err, st, "sigma within cannot be estimated from a %s of this size",
                   what);
}

static fm_status
spread_of_groups(fm_capability *a, fm_spc_process *p, fm_error *err)
{
    fm_spc_sigma kind = a->within == FM_CAPABILITY_POOLED ? FM_SPC_SIGMA_POOLED
                        : a->within == FM_CAPABILITY_RBAR ? FM_SPC_SIGMA_RANGE
                                                          : FM_SPC_SIGMA_STD_DEV;
    fm_status st = make_groups(a, err);
    if (st != FM_OK)
        return st;
    st = fm_spc_subgroups_eval(a->group, a->n_groups, kind, p);
    if (st == FM_OK)
        st = fm_spc_subgroups_df(a->group, a->n_groups, kind, &a->spread_within.df);
    return st == FM_OK ? st : refuse_within(st, "subgroup", err);
}

static fm_status
spread_of_ranges(fm_capability *a, fm_spc_process *p, fm_error *err)
{
    size_t n_ranges = 0, n_pairs = 0;
    bool before = false;
    fm_status st = fm_spc_individuals_eval(a->series, a->n_rows, p);
    for (size_t i = 1; i < a->n_rows; i++) {
        bool range = !isnan(a->series[i]) && !isnan(a->series[i - 1]);
        n_ranges += range;
        n_pairs += range && before;
        before = range;
    }
    if (st == FM_OK)
        st = fm_spc_moving_range_df(n_ranges, n_pairs, &a->spread_within.df);
    return st == FM_OK ? st : refuse_within(st, "pair of neighbours", err);
}

static fm_status
spreads(fm_capability *a, fm_error *err)
{
    const fm_value *within = fm_value_at(a->point, FM_CAPABILITY_P_WITHIN);
    bool grouped = fm_present(a->point, FM_CAPABILITY_P_SUBGROUP) ||
                   fm_present(a->point, FM_CAPABILITY_P_SIZE);
    fm_spc_process p;
    a->spread_overall =
        (fm_spc_spread){a->moments.mean, a->moments.sd, (double)a->n, (double)(a->n - 1)};
    a->within = within->present ? within->integer
                : grouped       ? FM_CAPABILITY_POOLED
                                : FM_CAPABILITY_MR;
    fm_status st = a->within == FM_CAPABILITY_MR ? spread_of_ranges(a, &p, err)
                                                 : spread_of_groups(a, &p, err);
    if (st != FM_OK)
        return st;
    a->has_within = true;
    a->spread_within.mean = a->moments.mean;
    a->spread_within.sigma = p.sigma;
    a->spread_within.n = (double)a->n;
    return FM_OK;
}

/* ---- 5. indices ------------------------------------------------------------------ */

/* Quantiles of resampled values of type 6; weight[i] copies of sorted[i]. */
static double
weighted_quantile(const fm_capability *a, const double *weight, double p)
{
    double place = p * (double)(a->n + 1), before = 0;
    size_t i = 0;
    while (i + 1 < a->n && before + weight[i] < floor(place))
        before += weight[i++];
    double x = a->sorted[i], rest = place - floor(place);
    if (before + weight[i] > floor(place))
        return x; /* the next value is a copy */
    size_t next = i + 1;
    while (next + 1 < a->n && weight[next] == 0)
        next++;
    return next < a->n ? x + rest * (a->sorted[next] - x) : x;
}

static fm_status
resampled(const fm_capability *a, const double *weight, fm_spc_quantiles *q)
{
    static const double p[] = {0.00135, 0.5, 0.99865};
    double *x[] = {&q->low, &q->middle, &q->high};
    fm_math_life life;
    fm_status st = FM_OK;
    if (a->distribution == FM_CAPABILITY_EMPIRICAL) {
        for (int k = 0; k < 3; k++)
            *x[k] = weighted_quantile(a, weight, p[k]);
        return FM_OK;
    }
    fm_math_life_data data = {.n = a->n, .x = a->sorted, .weight = weight};
    st = fm_math_life_refit(&a->life, a->normal, &data, &life);
    for (int k = 0; k < 3 && st == FM_OK; k++)
        st = fm_math_life_quantile(&life, p[k], x[k]);
    return st;
}

/* Indices of one resample into row b of values [4][draws]; NaN where it failed. */
static void
resample(const fm_capability *a, size_t b, size_t draws, double *weight, double *values)
{
    enum {
        BLOCK = 256
    };
    fm_stream stream = fm_point_stream(a->point, 0);
    double u[BLOCK];
    fm_spc_quantiles q;
    fm_spc_indices k;
    memset(weight, 0, a->n * sizeof *weight);
    for (size_t i = 0; i < a->n; i++) {
        if (i % BLOCK == 0)
            fm_rng_uniform(&stream, (uint64_t)b * a->n + i,
                           a->n - i < BLOCK ? a->n - i : BLOCK, u);
        weight[(size_t)(u[i % BLOCK] * (double)a->n) % a->n]++;
    }
    bool good = resampled(a, weight, &q) == FM_OK &&
                fm_spc_percentile_indices(&q, &a->spec, &k) == FM_OK;
    values[b] = good ? k.cp.value : (double)NAN;
    values[draws + b] = good ? k.cpl.value : (double)NAN;
    values[2 * draws + b] = good ? k.cpu.value : (double)NAN;
    values[3 * draws + b] = good ? k.cpk.value : (double)NAN;
}

/* Percentile interval of the resampled values, which are sorted here. */
static void
bootstrap_limits(double *values, size_t n, double confidence, fm_spc_index *index)
{
    double a = 1 - confidence;
    size_t good = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[good++] = values[i];
    gsl_sort(values, 1, good);
    if (good < n || isnan(index->value) ||
        fm_spc_quantile6(values, good, 0.5 * a, &index->lower) != FM_OK ||
        fm_spc_quantile6(values, good, 1 - 0.5 * a, &index->upper) != FM_OK ||
        fm_spc_quantile6(values, good, a, &index->bound) != FM_OK) {
        index->lower = index->upper = index->bound = (double)NAN;
        return;
    }
    index->method = FM_SPC_INDEX_BOOTSTRAP;
}

static fm_status
bootstrap(fm_capability *a, fm_error *err)
{
    size_t draws = (size_t)a->point->draws;
    double confidence = fm_real(a->point, FM_CAPABILITY_P_CONFIDENCE);
    double *values = calloc(4 * draws, sizeof *values);
    if (values == NULL)
        return FM_FAIL(err, FM_ENOMEM, "memory ran out for %zu resamples", draws);
    for (size_t b = 0; b < draws; b++) {
        if (fm_should_stop(a->point)) {
            free(values);
            return FM_FAIL(err, FM_EINTERRUPT, "interrupted");
        }
        resample(a, b, draws, a->work, values);
    }
    fm_spc_index *index[] = {&a->p.cp, &a->p.cpl, &a->p.cpu, &a->p.cpk};
    for (size_t k = 0; k < 4; k++)
        bootstrap_limits(values + k * draws, draws, confidence, index[k]);
    free(values);
    return FM_OK;
}

/* Says which limits the fitted range does not reach. */
static void
remark_limits(const fm_capability *a, fm_out *out)
{
    if (a->n_missing > 0)
        fm_out_remark(out, "%zu rows without a value or a label were left out",
                      a->n_missing);
    if (isnan(a->spec.lower) && isnan(a->spec.upper))
        fm_out_remark(out, "no limit is given: no index");
    if (isfinite(a->spec.lower) && !isfinite(a->spec_t.lower))
        fm_out_remark(out, "the lower limit lies below all values that the fitted "
                           "distribution has: no index against it");
    if (isfinite(a->spec.upper) && !isfinite(a->spec_t.upper))
        fm_out_remark(out, "the upper limit lies above all values that the fitted "
                           "distribution has: no index against it");
    if (counted(a, a->spec.lower, false) + counted(a, a->spec.upper, true) >= 1)
        fm_out_remark(out, "all %zu values are outside the limits", a->n);
}

static fm_status
indices(fm_capability *a, fm_error *err)
{
    double confidence = fm_real(a->point, FM_CAPABILITY_P_CONFIDENCE);
    const fm_spc_index none = {NAN, NAN, NAN, NAN, FM_SPC_INDEX_NONE};
    a->c = a->p = (fm_spc_indices){none, none, none, none, none};
    if (isnan(a->spec.lower) && isnan(a->spec.upper))
        return FM_OK;
    if (!fm_capability_is_normal(a)) {
        fm_spc_quantiles q = {fm_capability_quantile(a, 0.00135),
                              fm_capability_quantile(a, 0.5),
                              fm_capability_quantile(a, 0.99865)};
        fm_status st = fm_spc_percentile_indices(&q, &a->spec, &a->p);
        if (st != FM_OK)
            return FM_FAIL(
                err, FM_ESINGULAR,
                "the 0.135 %%, 50 %% and 99.865 %% quantiles are not ascending");
        return bootstrap(a, err);
    }
    fm_spc_specification spec = a->spec_t;
    spec.target = a->distribution == FM_CAPABILITY_NORMAL ? a->spec.target : (double)NAN;
    fm_status st = fm_spc_indices_eval(&a->spread_within, &spec, confidence, &a->c);
    if (st == FM_OK)
        st = fm_spc_indices_eval(&a->spread_overall, &spec, confidence, &a->p);
    if (st == FM_EDOM)
        return FM_FAIL(err, st,
                       "both limits lie outside what the fitted distribution has");
    return st == FM_OK ? st : FM_FAIL(err, st, "the bounds did not converge");
}

fm_status
fm_capability_analyse(fm_capability *a, fm_out *out, fm_error *err)
{
    const fm_value *lower = fm_value_at(a->point, FM_CAPABILITY_P_LOWER);
    const fm_value *upper = fm_value_at(a->point, FM_CAPABILITY_P_UPPER);
    const fm_value *target = fm_value_at(a->point, FM_CAPABILITY_P_TARGET);
    a->spec.lower = lower->present ? lower->real : (double)NAN;
    a->spec.upper = upper->present ? upper->real : (double)NAN;
    a->spec.target = target->present ? target->real : (double)NAN;
    a->spec_t = a->spec;
    a->distribution =
        (fm_capability_distribution)fm_integer(a->point, FM_CAPABILITY_P_DISTRIBUTION);
    fm_status st = collect(a, err);
    if (st == FM_OK)
        st = fit(a, err);
    if (st == FM_OK && fm_capability_is_normal(a))
        st = spreads(a, err);
    if (st == FM_OK)
        st = indices(a, err);
    if (st == FM_OK)
        remark_limits(a, out);
    return st;
}
