/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sigma within subgroups and three-sigma limits. */
#include "config.h"

#include <math.h>

#include "math/univariate.h"
#include "spc/spc_constants.h"
#include "spc/spc_limits.h"

fm_status
fm_spc_subgroup_eval(const double *x, size_t n, fm_spc_subgroup *out)
{
    fm_spc_subgroup g = {0, NAN, NAN, NAN};
    fm_math_sum sum = {0, 0};
    double min = INFINITY, max = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i]))
            continue;
        if (!isfinite(x[i]))
            return FM_EDOM;
        g.n++;
        fm_math_sum_add(&sum, x[i]);
        min = fmin(min, x[i]);
        max = fmax(max, x[i]);
    }
    if (g.n > 0)
        g.mean = fm_math_sum_get(&sum) / (double)g.n;
    if (g.n > 1) {
        fm_math_sum ss = {0, 0};
        for (size_t i = 0; i < n; i++)
            if (!isnan(x[i]))
                fm_math_sum_add(&ss, (x[i] - g.mean) * (x[i] - g.mean));
        g.range = max - min;
        g.std_dev = max > min ? sqrt(fm_math_sum_get(&ss) / (double)(g.n - 1)) : 0;
    }
    *out = g;
    return FM_OK;
}

fm_status
fm_spc_series_add(fm_spc_series *series, double x)
{
    if (isinf(x))
        return FM_EDOM;
    if (isnan(x)) {
        fm_spc_series_break(series);
        return FM_OK;
    }
    if (series->n++ == 0)
        series->origin = x;
    double off = x - series->origin;
    fm_math_sum_add(&series->sum, x);
    fm_math_sum_add(&series->off, off);
    fm_math_sum_add(&series->off2, off * off);
    if (series->n_after++ > 0) {
        series->n_ranges++;
        fm_math_sum_add(&series->ranges, fabs(x - series->last));
    }
    series->last = x;
    return FM_OK;
}

void
fm_spc_series_break(fm_spc_series *series)
{
    series->n_after = 0;
}

/* Overall standard deviation over c4(n). */
static fm_status
overall_sigma(const fm_spc_series *s, double *sigma_out)
{
    double c4;
    if (s->n < 2)
        return FM_ETOOFEW;
    fm_status st = fm_spc_c4(s->n, &c4);
    if (st != FM_OK)
        return st;
    double off = fm_math_sum_get(&s->off);
    double ss = fm_math_sum_get(&s->off2) - off * off / (double)s->n;
    *sigma_out = ss > 0 ? sqrt(ss / (double)(s->n - 1)) / c4 : 0;
    return FM_OK;
}

fm_status
fm_spc_series_get(const fm_spc_series *series, bool overall, fm_spc_process *out)
{
    fm_spc_process p = {0, 0, series->n, series->n_ranges};
    double d2;
    fm_status st = fm_spc_d2(2, &d2);
    if (st != FM_OK)
        return st;
    if (overall)
        st = overall_sigma(series, &p.sigma);
    else if (series->n_ranges == 0)
        st = FM_ETOOFEW;
    else
        p.sigma = fm_math_sum_get(&series->ranges) / (double)series->n_ranges / d2;
    if (st != FM_OK)
        return st;
    p.mean = fm_math_sum_get(&series->sum) / (double)series->n;
    if (!(p.sigma > 0))
        return FM_ESINGULAR;
    *out = p;
    return FM_OK;
}

fm_status
fm_spc_individuals_eval(const double *x, size_t n, fm_spc_process *out)
{
    fm_spc_series series = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        fm_status st = fm_spc_series_add(&series, x[i]);
        if (st != FM_OK)
            return st;
    }
    return fm_spc_series_get(&series, false, out);
}

/* Unit and weight of an estimate by subgroup size: statistic * unit estimates sigma
 * (sigma^2 for the pooled variance), weight is 1/variance up to a common factor. */
static fm_status
estimator_eval(fm_spc_sigma kind, size_t size, double *unit_out, double *weight_out)
{
    double mean = 1, sd = 1;
    fm_status st = FM_OK;
    if (kind == FM_SPC_SIGMA_POOLED) {
        *unit_out = 1;
        *weight_out = (double)(size - 1);
        return FM_OK;
    }
    st = kind == FM_SPC_SIGMA_RANGE ? fm_spc_d2(size, &mean) : fm_spc_c4(size, &mean);
    if (st == FM_OK && kind == FM_SPC_SIGMA_RANGE)
        st = fm_spc_d3(size, &sd);
    else
        sd = sqrt(1 - mean * mean);
    if (st == FM_OK) {
        *unit_out = 1 / mean;
        *weight_out = mean * mean / (sd * sd);
    }
    return st;
}

/* The same, remembered: d3 is a double integral, and sizes repeat. */
static fm_status
estimator_get(fm_spc_within *known, size_t size, double *unit_out, double *weight_out)
{
    if (size > FM_SPC_SIZE_MAX)
        return estimator_eval(known->kind, size, unit_out, weight_out);
    if (!(known->unit[size] > 0)) {
        fm_status st =
            estimator_eval(known->kind, size, &known->unit[size], &known->weight[size]);
        if (st != FM_OK)
            return st;
    }
    *unit_out = known->unit[size];
    *weight_out = known->weight[size];
    return FM_OK;
}

void
fm_spc_within_init(fm_spc_within *within, fm_spc_sigma kind)
{
    *within = (fm_spc_within){.kind = kind};
}

fm_status
fm_spc_within_add(fm_spc_within *within, const fm_spc_subgroup *group)
{
    bool ranges = within->kind == FM_SPC_SIGMA_RANGE;
    bool pooled = within->kind == FM_SPC_SIGMA_POOLED;
    if (group->n > 1) {
        double unit, weight;
        fm_status st = estimator_get(within, group->n, &unit, &weight);
        if (st != FM_OK)
            return st;
        double s = ranges ? group->range : group->std_dev;
        fm_math_sum_add(&within->top, weight * unit * (pooled ? s * s : s));
        fm_math_sum_add(&within->bottom, weight);
        within->n_used++;
    }
    if (group->n > 0) {
        within->n += group->n;
        fm_math_sum_add(&within->sum, (double)group->n * group->mean);
    }
    return FM_OK;
}

fm_status
fm_spc_within_get(const fm_spc_within *within, fm_spc_process *out)
{
    fm_spc_process p = {0, 0, within->n, within->n_used};
    if (p.n_used == 0)
        return FM_ETOOFEW;
    double mean = fm_math_sum_get(&within->top) / fm_math_sum_get(&within->bottom);
    p.sigma = within->kind == FM_SPC_SIGMA_POOLED ? sqrt(mean) : mean;
    if (!(p.sigma > 0))
        return FM_ESINGULAR;
    p.mean = fm_math_sum_get(&within->sum) / (double)p.n;
    *out = p;
    return FM_OK;
}

fm_status
fm_spc_subgroups_eval(const fm_spc_subgroup *groups, size_t n, fm_spc_sigma kind,
                      fm_spc_process *out)
{
    fm_spc_within within;
    fm_spc_within_init(&within, kind);
    for (size_t i = 0; i < n; i++) {
        fm_status st = fm_spc_within_add(&within, &groups[i]);
        if (st != FM_OK)
            return st;
    }
    return fm_spc_within_get(&within, out);
}

fm_status
fm_spc_between_eval(double sigma_means, double sigma_within, double size, double *out)
{
    if (!(sigma_means >= 0) || !(sigma_within >= 0) || !(size >= 1))
        return FM_EDOM;
    double variance = sigma_means * sigma_means - sigma_within * sigma_within / size;
    *out = variance > 0 ? sqrt(variance) : 0;
    return FM_OK;
}

/* Mean and standard deviation of a spread statistic of `size` values with sigma = 1. */
static fm_status
spread_constants(fm_spc_statistic statistic, size_t size, double *mean_out,
                 double *sd_out)
{
    fm_status st;
    if (statistic == FM_SPC_STD_DEV) {
        st = fm_spc_c4(size, mean_out);
        if (st == FM_OK)
            *sd_out = sqrt(1 - *mean_out * *mean_out);
        return st;
    }
    st = fm_spc_d2(size, mean_out);
    return st == FM_OK ? fm_spc_d3(size, sd_out) : st;
}

fm_status
fm_spc_limits_at(fm_spc_statistic statistic, size_t size, const fm_spc_process *process,
                 double width, fm_spc_limits *out)
{
    fm_spc_limits l = {process->mean, process->sigma, 0, 0};
    if (size < 1 || !(width > 0) || !isfinite(width))
        return FM_EDOM;
    if (statistic == FM_SPC_MEAN)
        l.sigma = process->sigma / sqrt((double)size);
    if (statistic == FM_SPC_INDIVIDUAL || statistic == FM_SPC_MEAN) {
        l.lower = l.centre - width * l.sigma;
    } else {
        double mean, sd;
        size = statistic == FM_SPC_MOVING_RANGE ? 2 : size;
        fm_status st = spread_constants(statistic, size, &mean, &sd);
        if (st != FM_OK)
            return st;
        l.centre = mean * process->sigma;
        l.sigma = sd * process->sigma;
        l.lower = fmax(0, l.centre - width * l.sigma);
    }
    l.upper = l.centre + width * l.sigma;
    *out = l;
    return FM_OK;
}

fm_status
fm_spc_limits_eval(fm_spc_statistic statistic, size_t size, const fm_spc_process *process,
                   fm_spc_limits *out)
{
    return fm_spc_limits_at(statistic, size, process, 3, out);
}
