/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: charts of measured values: individuals, subgroups, between and within,
 * short runs.
 *
 * Contents
 *   1. words      2. estimates      3. plotting */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "spc/spc_chart.h"

/* ---- 1. words -------------------------------------------------------------------------- */

static bool
is_grouped(fm_chart_kind kind)
{
    return kind == CHART_XBAR_R || kind == CHART_XBAR_S || kind == CHART_I_MR_R ||
           kind == CHART_I_MR_S;
}

static bool
is_between(fm_chart_kind kind)
{
    return kind == CHART_I_MR_R || kind == CHART_I_MR_S;
}

/* EWMA and CUSUM take subgroups where the scenario has them. */
static bool
takes_groups(const fm_chart *c)
{
    return is_grouped(c->kind) || fm_present(c->point, P_SUBGROUP) ||
           fm_present(c->point, P_SUBGROUP_SIZE);
}

/* Says in words why there are no limits. */
static fm_status
explain(const fm_chart *c, fm_status st, bool single, size_t group)
{
    char where[120];
    (void)fm_chart_where(c, group, where);
    if (st == FM_ETOOFEW)
        return FM_FAIL(c->err, st, "%s%s",
                       single ? "no two consecutive values: there is no moving range"
                              : "no subgroup has two values: there is no spread within "
                                "subgroups; use the individuals chart",
                       where);
    if (st == FM_ESINGULAR)
        return FM_FAIL(c->err, st, "%s%s",
                       single ? "all moving ranges are 0: no limits can be computed"
                              : "all values are equal within each subgroup: no limits "
                                "can be computed",
                       where);
    return FM_FAIL(c->err, st, "a subgroup has more than %d values%s (use xbar-s)",
                   FM_SPC_SIZE_MAX, where);
}

/* ---- 2. estimates ------------------------------------------------------------------------ */

/* Sums of the first pass. */
typedef struct sums {
    fm_spc_series *series; /* [n_groups] values or means */
    fm_spc_within *within; /* [n_groups]; NULL without subgroups */
} sums;

static fm_spc_sigma
sigma_kind(const fm_chart *c)
{
    if (fm_integer(c->point, P_SIGMA) == SIGMA_POOLED)
        return FM_SPC_SIGMA_POOLED;
    return c->kind == CHART_XBAR_R || c->kind == CHART_I_MR_R ? FM_SPC_SIGMA_RANGE
                                                              : FM_SPC_SIGMA_STD_DEV;
}

static fm_status
add_sample(fm_chart *c, const fm_chart_sample *s, sums *sum)
{
    size_t group = c->kind == CHART_Z_MR ? s->part : s->stage;
    if (!fm_chart_in_baseline(c, s))
        return FM_OK;
    fm_status st = fm_spc_series_add(&sum->series[group], s->value);
    if (st == FM_OK && sum->within != NULL) {
        st = fm_spc_within_add(&sum->within[group], &s->group);
        if (st == FM_EDOM)
            return explain(c, st, false, group);
        if (s->group.n > 0)
            fm_math_sum_add(&c->sum_n, (double)s->group.n);
    }
    return st;
}

static fm_status
first_pass(fm_chart *c, sums *sum)
{
    fm_chart_sample s;
    bool more = true;
    fm_status st = FM_OK;
    while (st == FM_OK && more) {
        st = fm_chart_sampler_next(c->sampler, &s, &more, c->err);
        if (st != FM_OK || !more)
            break;
        c->n_samples++;
        c->n_plotted += isnan(s.value) ? 0 : 1;
        c->n_missing += s.n_rows - s.group.n;
        c->n_values += s.group.n;
        st = add_sample(c, &s, sum);
    }
    return st;
}

/* Given values stand for estimated ones; with both nothing needs to be estimated. */
static void
apply_given(const fm_chart *c, fm_spc_process *p)
{
    if (fm_present(c->point, P_GIVEN_CENTRE))
        p->mean = fm_real(c->point, P_GIVEN_CENTRE);
    if (fm_present(c->point, P_GIVEN_SIGMA))
        p->sigma = fm_real(c->point, P_GIVEN_SIGMA);
}

static fm_status
settle(fm_chart *c, const sums *sum, size_t group)
{
    bool overall = fm_integer(c->point, P_SIGMA) == SIGMA_OVERALL;
    bool given = fm_present(c->point, P_GIVEN_SIGMA);
    fm_chart_estimate *e = &c->estimate[group];
    const fm_spc_series *series = &sum->series[group];
    fm_status st = sum->within != NULL
                       ? fm_spc_within_get(&sum->within[group], &e->process)
                       : fm_spc_series_get(series, overall, &e->process);
    if (st != FM_OK && given && series->n > 0) { /* the mean is all that is needed */
        e->process = (fm_spc_process){fm_math_sum_get(&series->sum) / (double)series->n,
                                      0, series->n, 0};
        st = FM_OK;
    }
    if (st != FM_OK)
        return explain(c, st, sum->within == NULL, group);
    apply_given(c, &e->process);
    e->spread = 1;
    if (!is_between(c->kind))
        return FM_OK;
    st = fm_spc_series_get(series, false, &e->means);
    if (st != FM_OK)
        return FM_FAIL(c->err, st, "%s: the means of the subgroups have no moving ranges",
                       st == FM_ESINGULAR ? "all means are equal" : "too few subgroups");
    if (fm_present(c->point, P_GIVEN_CENTRE))
        e->means.mean = fm_real(c->point, P_GIVEN_CENTRE);
    double size = fm_math_sum_get(&c->sum_n) / (double)series->n;
    return fm_spc_between_eval(e->means.sigma, e->process.sigma, size, &e->between);
}

fm_status
fm_chart_estimate_variables(fm_chart *c)
{
    size_t n = c->n_groups;
    sums sum = {calloc(n, sizeof *sum.series), NULL};
    if (takes_groups(c))
        sum.within = malloc(n * sizeof *sum.within);
    fm_status st = FM_OK;
    if (sum.series == NULL || (takes_groups(c) && sum.within == NULL))
        st = FM_FAIL(c->err, FM_ENOMEM, "memory ran out for %zu stages", n);
    for (size_t k = 0; st == FM_OK && sum.within != NULL && k < n; k++)
        fm_spc_within_init(&sum.within[k], sigma_kind(c));
    if (st == FM_OK)
        st = first_pass(c, &sum);
    for (size_t k = 0; k < n && st == FM_OK; k++)
        st = settle(c, &sum, k);
    free(sum.series);
    free(sum.within);
    return st;
}

/* ---- 3. plotting -------------------------------------------------------------------------- */

/* Limits by stage, statistic and size; d3 is a double integral, so the last are kept. */
typedef struct remembered {
    size_t group, size;
    bool valid;
    fm_spc_limits limits;
} remembered;

typedef struct plotting {
    fm_chart *c;
    remembered last[3];
    double before; /* value plotted before, of this stage; NaN: none */
    size_t stage;
} plotting;

static fm_status
limits_of(plotting *p, size_t k, fm_spc_statistic statistic, size_t group, size_t size,
          const fm_spc_process *process)
{
    remembered *r = &p->last[k];
    if (r->valid && r->group == group && r->size == size)
        return FM_OK;
    fm_status st = fm_spc_limits_at(statistic, size, process,
                                    fm_real(p->c->point, P_LIMITS_WIDTH), &r->limits);
    if (st != FM_OK)
        return FM_FAIL(p->c->err, st,
                       "a subgroup has more than %d values: use a chart of standard "
                       "deviations",
                       FM_SPC_SIZE_MAX);
    r->valid = true;
    r->group = group;
    r->size = size;
    return FM_OK;
}

static void
put(const plotting *p, size_t k, const fm_chart_sample *s, size_t size, double value)
{
    fm_chart_mark m = fm_chart_mark_of(s, p->stage);
    m.n = size;
    m.value = m.score = value;
    m.limits = p->last[k].limits;
    m.zone = (fm_spc_zone){m.limits.centre, m.limits.sigma};
    fm_chart_trace_put(p->c->trace[k], &m);
}

/* A statistic of the family in trace k. */
static fm_status
plot_one(plotting *p, size_t k, fm_spc_statistic statistic, const fm_chart_sample *s,
         double value)
{
    const fm_chart_estimate *e = &p->c->estimate[s->stage];
    bool of_means = is_between(p->c->kind) && k < 2;
    size_t size = of_means                           ? s->group.n
                  : statistic == FM_SPC_MOVING_RANGE ? 2
                                                     : s->group.n;
    if (isnan(value)) {
        put(p, k, s, size, value);
        return FM_OK;
    }
    fm_status st = limits_of(p, k, statistic, s->stage, of_means ? 1 : size,
                             of_means ? &e->means : &e->process);
    if (st == FM_OK)
        put(p, k, s, of_means && statistic == FM_SPC_MOVING_RANGE ? 2 : size, value);
    return st;
}

static double
range_from(const plotting *p, const fm_chart_sample *s)
{
    return s->stage == p->stage ? fabs(s->value - p->before) : (double)NAN;
}

static fm_status
plot_sample(plotting *p, const fm_chart_sample *s)
{
    bool ranges = p->c->kind == CHART_XBAR_R || p->c->kind == CHART_I_MR_R;
    fm_spc_statistic spread = ranges ? FM_SPC_RANGE : FM_SPC_STD_DEV;
    double within = ranges ? s->group.range : s->group.std_dev;
    fm_status st;
    if (p->c->kind == CHART_XBAR_R || p->c->kind == CHART_XBAR_S) {
        st = plot_one(p, 0, FM_SPC_MEAN, s, s->value);
        return st == FM_OK ? plot_one(p, 1, spread, s, within) : st;
    }
    st = plot_one(p, 0, FM_SPC_INDIVIDUAL, s, s->value);
    if (st == FM_OK)
        st = plot_one(p, 1, FM_SPC_MOVING_RANGE, s, range_from(p, s));
    if (st == FM_OK && is_between(p->c->kind))
        st = plot_one(p, 2, spread, s, within);
    return st;
}

/* Short runs: each value in units of its part's own sigma. */
static fm_status
plot_z(plotting *p, const fm_chart_sample *s)
{
    static const fm_spc_process standard = {0, 1, 0, 0};
    const fm_spc_process *part = &p->c->estimate[s->part].process;
    double z = (s->value - part->mean) / part->sigma;
    double range = s->stage == p->stage ? fabs(z - p->before) : (double)NAN;
    fm_status st = limits_of(p, 0, FM_SPC_INDIVIDUAL, 0, 1, &standard);
    if (st == FM_OK)
        st = limits_of(p, 1, FM_SPC_MOVING_RANGE, 0, 2, &standard);
    if (st == FM_OK) {
        put(p, 0, s, 1, z);
        put(p, 1, s, 2, range);
    }
    p->before = z;
    return st;
}

static fm_status
add_traces(fm_chart *c)
{
    static const struct {
        fm_chart_statistic location, spread, within;
    } what[] = {
        [CHART_INDIVIDUALS] = {STAT_INDIVIDUAL, STAT_MOVING_RANGE, 0},
        [CHART_XBAR_R] = {STAT_MEAN, STAT_RANGE, 0},
        [CHART_XBAR_S] = {STAT_MEAN, STAT_STD_DEV, 0},
        [CHART_I_MR_R] = {STAT_MEAN, STAT_MEAN_RANGE, STAT_RANGE},
        [CHART_I_MR_S] = {STAT_MEAN, STAT_MEAN_RANGE, STAT_STD_DEV},
        [CHART_Z_MR] = {STAT_Z, STAT_Z_RANGE, 0},
    };
    fm_status st =
        fm_chart_add_trace(c, what[c->kind].location, T_LOCATION, &c->rules, NULL);
    if (st == FM_OK)
        st =
            fm_chart_add_trace(c, what[c->kind].spread, T_SPREAD, &c->spread_rules, NULL);
    if (st == FM_OK && is_between(c->kind))
        st =
            fm_chart_add_trace(c, what[c->kind].within, T_WITHIN, &c->spread_rules, NULL);
    return st;
}

static fm_status
plot(fm_chart *c)
{
    plotting p = {.c = c, .before = NAN, .stage = SIZE_MAX};
    fm_chart_sample s;
    bool more = true;
    fm_status st = add_traces(c);
    while (st == FM_OK && more) {
        st = fm_chart_sampler_next(c->sampler, &s, &more, c->err);
        if (st != FM_OK || !more)
            break;
        if (c->kind == CHART_Z_MR) {
            st = plot_z(&p, &s);
        } else {
            st = plot_sample(&p, &s);
            p.before = s.value;
        }
        p.stage = s.stage;
    }
    return st;
}

const fm_chart_family fm_chart_variables = {fm_chart_estimate_variables, plot};
