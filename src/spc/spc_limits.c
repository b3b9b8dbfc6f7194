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
fm_spc_individuals_eval(const double *x, size_t n, fm_spc_process *out)
{
    fm_spc_process p = {0, 0, 0, 0};
    fm_math_sum sum = {0, 0}, ranges = {0, 0};
    for (size_t i = 0; i < n; i++) {
        if (isinf(x[i]))
            return FM_EDOM;
        if (isnan(x[i]))
            continue;
        p.n++;
        fm_math_sum_add(&sum, x[i]);
        if (i > 0 && !isnan(x[i - 1])) {
            p.n_used++;
            fm_math_sum_add(&ranges, fabs(x[i] - x[i - 1]));
        }
    }
    if (p.n_used == 0)
        return FM_ETOOFEW;
    double d2;
    fm_status st = fm_spc_d2(2, &d2);
    if (st != FM_OK)
        return st;
    p.mean = fm_math_sum_get(&sum) / (double)p.n;
    p.sigma = fm_math_sum_get(&ranges) / (double)p.n_used / d2;
    if (!(p.sigma > 0))
        return FM_ESINGULAR;
    *out = p;
    return FM_OK;
}

/* Unit and weight of an estimate by subgroup size: statistic * unit estimates sigma
 * (sigma^2 for the pooled variance), weight is 1/variance up to a common factor. */
typedef struct estimator {
    double unit[FM_SPC_SIZE_MAX + 1]; /* 0: not computed yet */
    double weight[FM_SPC_SIZE_MAX + 1];
} estimator;

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
estimator_get(estimator *known, fm_spc_sigma kind, size_t size, double *unit_out,
              double *weight_out)
{
    if (size > FM_SPC_SIZE_MAX)
        return estimator_eval(kind, size, unit_out, weight_out);
    if (!(known->unit[size] > 0)) {
        fm_status st =
            estimator_eval(kind, size, &known->unit[size], &known->weight[size]);
        if (st != FM_OK)
            return st;
    }
    *unit_out = known->unit[size];
    *weight_out = known->weight[size];
    return FM_OK;
}

/* Weighted mean of the subgroups' estimates. */
static fm_status
combine(const fm_spc_subgroup *groups, size_t n, fm_spc_sigma kind, fm_spc_process *p)
{
    estimator known = {.unit = {0}};
    fm_math_sum top = {0, 0}, bottom = {0, 0};
    for (size_t i = 0; i < n; i++) {
        if (groups[i].n < 2)
            continue;
        double unit, weight;
        fm_status st = estimator_get(&known, kind, groups[i].n, &unit, &weight);
        if (st != FM_OK)
            return st;
        double s = kind == FM_SPC_SIGMA_RANGE ? groups[i].range : groups[i].std_dev;
        fm_math_sum_add(&top, weight * unit * (kind == FM_SPC_SIGMA_POOLED ? s * s : s));
        fm_math_sum_add(&bottom, weight);
        p->n_used++;
    }
    if (p->n_used == 0)
        return FM_ETOOFEW;
    double mean = fm_math_sum_get(&top) / fm_math_sum_get(&bottom);
    p->sigma = kind == FM_SPC_SIGMA_POOLED ? sqrt(mean) : mean;
    return p->sigma > 0 ? FM_OK : FM_ESINGULAR;
}

fm_status
fm_spc_subgroups_eval(const fm_spc_subgroup *groups, size_t n, fm_spc_sigma kind,
                      fm_spc_process *out)
{
    fm_spc_process p = {0, 0, 0, 0};
    fm_status st = combine(groups, n, kind, &p);
    if (st != FM_OK)
        return st;
    fm_math_sum sum = {0, 0};
    for (size_t i = 0; i < n; i++) {
        if (groups[i].n == 0)
            continue;
        p.n += groups[i].n;
        fm_math_sum_add(&sum, (double)groups[i].n * groups[i].mean);
    }
    p.mean = fm_math_sum_get(&sum) / (double)p.n;
    *out = p;
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
fm_spc_limits_eval(fm_spc_statistic statistic, size_t size, const fm_spc_process *process,
                   fm_spc_limits *out)
{
    fm_spc_limits l = {process->mean, process->sigma, 0, 0};
    if (size < 1)
        return FM_EDOM;
    if (statistic == FM_SPC_MEAN)
        l.sigma = process->sigma / sqrt((double)size);
    if (statistic == FM_SPC_INDIVIDUAL || statistic == FM_SPC_MEAN) {
        l.lower = l.centre - 3 * l.sigma;
    } else {
        double mean, sd;
        size = statistic == FM_SPC_MOVING_RANGE ? 2 : size;
        fm_status st = spread_constants(statistic, size, &mean, &sd);
        if (st != FM_OK)
            return st;
        l.centre = mean * process->sigma;
        l.sigma = sd * process->sigma;
        l.lower = fmax(0, l.centre - 3 * l.sigma);
    }
    l.upper = l.centre + 3 * l.sigma;
    *out = l;
    return FM_OK;
}
