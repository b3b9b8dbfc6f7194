/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: Hotelling T2 and MEWMA of several variables. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "spc/spc_chart.h"

static size_t
n_variables(const fm_chart *c)
{
    const fm_data *data = fm_input(c->point, 0);
    return 1 + data->first[C_ALSO + 1] - data->first[C_ALSO];
}

static fm_status
estimate(fm_chart *c)
{
    fm_spc_scatter scatter = {.p = n_variables(c)};
    fm_chart_sample s;
    bool more = true;
    fm_status st = FM_OK;
    while (st == FM_OK && more) {
        st = fm_chart_sampler_next(c->sampler, &s, &more, c->err);
        if (st != FM_OK || !more)
            break;
        c->n_samples++;
        c->n_plotted += isnan(s.value) ? 0 : 1;
        c->n_values += isnan(s.value) ? 0 : 1;
        c->n_missing += isnan(s.value) ? 1 : 0;
        if (!isnan(s.value) && fm_chart_in_baseline(c, &s))
            st = fm_spc_scatter_add(&scatter, s.x);
    }
    if (st != FM_OK)
        return st;
    st = fm_spc_ellipsoid_eval(&scatter, &c->ellipsoid);
    if (st == FM_ETOOFEW || (st == FM_OK && scatter.m <= scatter.p + 1))
        return FM_FAIL(
            c->err, FM_ETOOFEW,
            "%zu complete rows are too few for %zu variables: at least %zu are "
            "needed",
            scatter.m, scatter.p, scatter.p + 2);
    if (st == FM_ESINGULAR)
        return FM_FAIL(c->err, st,
                       "a column is constant, or the columns depend on each other "
                       "linearly: leave one of them out");
    c->estimate[0].process =
        (fm_spc_process){c->ellipsoid.mean[0], NAN, scatter.m, scatter.m};
    c->estimate[0].spread = 1;
    return st;
}

/* Median and upper limit; the baseline has phase I limits, what follows phase II. */
static fm_status
t2_limits(const fm_chart *c, bool future, fm_spc_limits *out)
{
    double alpha = fm_real(c->point, P_LIMITS_FALSE_ALARM);
    size_t m = c->ellipsoid.m, p = c->ellipsoid.p;
    *out = (fm_spc_limits){NAN, NAN, NAN, NAN};
    fm_status st = fm_spc_t2_quantile(m, p, 0.5, future, &out->centre);
    if (st == FM_OK)
        st = fm_spc_t2_quantile(m, p, 1 - alpha, future, &out->upper);
    return st;
}

static fm_status
distance_limit(fm_chart *c)
{
    if (fm_present(c->point, P_LIMITS_DISTANCE)) {
        c->distance_limit = fm_real(c->point, P_LIMITS_DISTANCE);
        return FM_OK;
    }
    fm_status st = fm_chart_mewma_limit(c, &c->distance_limit);
    if (st != FM_OK)
        return FM_FAIL(c->err, st,
                       "no limit with a mean run length of 370.4 is found; "
                       "give limits.distance");
    return st;
}

typedef struct plotting {
    fm_chart *c;
    fm_spc_limits limits[2]; /* of the baseline, of what follows */
    double z[FM_SPC_VARIABLES_MAX];
} plotting;

static fm_status
plot_sample(plotting *p, const fm_chart_sample *s, fm_chart_mark *m)
{
    const fm_chart *c = p->c;
    fm_status st;
    if (c->kind == CHART_T2)
        st = fm_spc_ellipsoid_distance(&c->ellipsoid, s->x, &m->value);
    else
        st = fm_spc_mewma_step(&c->ellipsoid, fm_real(c->point, P_LAMBDA), p->z, s->x,
                               &m->value);
    m->score = m->value;
    m->limits = p->limits[fm_chart_in_baseline(c, s) ? 0 : 1];
    fm_chart_trace_put(c->trace[0], m);
    return st;
}

static fm_status
plot(fm_chart *c)
{
    plotting p = {.c = c};
    fm_chart_sample s;
    bool more = true, t2 = c->kind == CHART_T2;
    fm_status st = fm_chart_add_trace(c, t2 ? STAT_T2 : STAT_MEWMA, T_LOCATION, NULL,
                                      "beyond limit");
    if (st == FM_OK && !t2)
        st = distance_limit(c);
    for (int k = 0; k < 2 && st == FM_OK; k++) {
        p.limits[k] = (fm_spc_limits){NAN, NAN, NAN, c->distance_limit};
        if (t2)
            st = t2_limits(c, k == 1, &p.limits[k]);
    }
    while (st == FM_OK && more) {
        st = fm_chart_sampler_next(c->sampler, &s, &more, c->err);
        if (st != FM_OK || !more || isnan(s.value))
            continue;
        fm_chart_mark m = fm_chart_mark_of(&s, 0);
        m.n = 1;
        st = plot_sample(&p, &s, &m);
    }
    return st;
}

const fm_chart_family fm_chart_multivariate = {estimate, plot};
