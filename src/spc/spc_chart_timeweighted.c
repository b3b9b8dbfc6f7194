/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: EWMA and CUSUM of single values or subgroup means. */
#include "config.h"

#include <math.h>

#include "spc/spc_chart.h"
#include "spc/spc_timeweighted.h"

typedef struct plotting {
    fm_chart *c;
    size_t stage;
    fm_spc_ewma ewma;
    fm_spc_cusum cusum;
} plotting;

/* A new stage starts at its own centre line. */
static fm_status
start(plotting *p, size_t stage)
{
    const fm_point *point = p->c->point;
    fm_status st;
    if (p->c->kind == CHART_EWMA)
        st = fm_spc_ewma_init(&p->ewma, fm_real(point, P_LAMBDA),
                              p->c->estimate[stage].process.mean);
    else
        st = fm_spc_cusum_init(&p->cusum, fm_real(point, P_CUSUM_K),
                               fm_real(point, P_CUSUM_HEAD_START));
    return st;
}

static fm_status
plot_ewma(plotting *p, fm_chart_mark *m, double x, double sigma)
{
    const fm_point *point = p->c->point;
    double width = fm_real(point, P_LIMITS_WIDTH);
    double centre = p->c->estimate[m->stage].process.mean;
    double sigma_z = NAN;
    fm_status st = fm_spc_ewma_step(&p->ewma, x, sigma);
    if (st == FM_OK && fm_integer(point, P_EWMA_LIMITS) == EWMA_ASYMPTOTIC)
        st = fm_spc_ewma_asymptotic(p->ewma.lambda, sigma, &sigma_z);
    else
        sigma_z = sqrt(p->ewma.variance);
    m->value = m->score = p->ewma.z;
    m->limits = (fm_spc_limits){centre, sigma_z, centre - width * sigma_z,
                                centre + width * sigma_z};
    fm_chart_trace_put(p->c->trace[0], m);
    return st;
}

static fm_status
plot_cusum(plotting *p, fm_chart_mark *m, double x, double sigma)
{
    double h = fm_real(p->c->point, P_CUSUM_H);
    fm_status st =
        fm_spc_cusum_step(&p->cusum, (x - p->c->estimate[m->stage].process.mean) / sigma);
    m->value = m->score = p->cusum.up;
    m->limits = (fm_spc_limits){0, NAN, NAN, h};
    fm_chart_trace_put(p->c->trace[0], m);
    m->value = m->score = -p->cusum.down;
    m->limits = (fm_spc_limits){0, NAN, -h, NAN};
    fm_chart_trace_put(p->c->trace[1], m);
    return st;
}

/* A missing point leaves the sums as they are. */
static fm_status
plot_sample(plotting *p, const fm_chart_sample *s)
{
    fm_chart_mark m = fm_chart_mark_of(s, p->stage);
    fm_status st = FM_OK;
    if (s->stage != p->stage)
        st = start(p, s->stage);
    p->stage = s->stage;
    if (st != FM_OK || isnan(s->value))
        return st;
    double sigma = p->c->estimate[s->stage].process.sigma / sqrt((double)s->group.n);
    return p->c->kind == CHART_EWMA ? plot_ewma(p, &m, s->value, sigma)
                                    : plot_cusum(p, &m, s->value, sigma);
}

static fm_status
add_traces(fm_chart *c)
{
    if (c->kind == CHART_EWMA)
        return fm_chart_add_trace(c, STAT_EWMA, T_LOCATION, NULL, "beyond limit");
    fm_status st = fm_chart_add_trace(c, STAT_CUSUM_UP, T_LOCATION, NULL, "beyond limit");
    if (st != FM_OK)
        return st;
    return fm_chart_add_trace(c, STAT_CUSUM_DOWN, T_LOCATION, NULL, "beyond limit");
}

static fm_status
plot(fm_chart *c)
{
    plotting p = {.c = c, .stage = SIZE_MAX};
    fm_chart_sample s;
    bool more = true;
    fm_status st = add_traces(c);
    while (st == FM_OK && more) {
        st = fm_chart_sampler_next(c->sampler, &s, &more, c->err);
        if (st == FM_OK && more) {
            st = plot_sample(&p, &s);
            if (st != FM_OK)
                return FM_FAIL(c->err, st, "the sum of line %llu is not finite",
                               (unsigned long long)s.line);
        }
    }
    return st;
}

const fm_chart_family fm_chart_timeweighted = {fm_chart_estimate_variables, plot};
