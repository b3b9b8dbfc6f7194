/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: charts of counts and of rare events.
 *
 * Contents
 *   1. counts of a sample     2. estimates     3. plotting */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "spc/spc_chart.h"

/* ---- 1. counts of a sample --------------------------------------------------------------- */

static bool
is_share(fm_chart_kind kind)
{
    return kind == CHART_P || kind == CHART_NP || kind == CHART_LANEY_P;
}

static bool
is_rare(fm_chart_kind kind)
{
    return kind == CHART_G || kind == CHART_T;
}

static bool
is_laney(fm_chart_kind kind)
{
    return kind == CHART_LANEY_P || kind == CHART_LANEY_U;
}

static fm_spc_attribute
attribute_of(fm_chart_kind kind)
{
    return kind == CHART_NP  ? FM_SPC_NP
           : kind == CHART_C ? FM_SPC_C
           : is_share(kind)  ? FM_SPC_P
                             : FM_SPC_U;
}

static bool
is_whole(double x)
{
    return x >= floor(x) && x <= floor(x);
}

/* What is wrong with a count or a sample size, in words; a missing count is right. */
static fm_status
check_sample(const fm_chart *c, const fm_chart_sample *s)
{
    unsigned long long line = (unsigned long long)s->line;
    bool whole = c->kind != CHART_T;
    if (isnan(s->value))
        return FM_OK;
    if (s->value < 0)
        return FM_FAIL(c->err, FM_EDATA, "line %llu: %.15g is negative; a %s is needed",
                       line, s->value, whole ? "count" : "time");
    if (whole && !is_whole(s->value))
        return FM_FAIL(c->err, FM_EDATA, "line %llu: %.15g is no count (a whole number)",
                       line, s->value);
    if (!(s->size > 0))
        return FM_FAIL(c->err, FM_EDATA,
                       "line %llu: the sample size is %.15g; it must be more than 0",
                       line, s->size);
    if (is_share(c->kind) && !is_whole(s->size))
        return FM_FAIL(c->err, FM_EDATA,
                       "line %llu: the sample size %.15g is no whole number of items",
                       line, s->size);
    if (is_share(c->kind) && s->value > s->size)
        return FM_FAIL(c->err, FM_EDATA,
                       "line %llu: %.15g defectives in a sample of %.15g", line, s->value,
                       s->size);
    return FM_OK;
}

/* ---- 2. estimates ------------------------------------------------------------------------- */

typedef struct totals {
    fm_math_sum count, size;
    size_t n;
} totals;

static fm_status
next_sample(fm_chart *c, fm_chart_sample *s, bool *more)
{
    fm_status st = fm_chart_sampler_next(c->sampler, s, more, c->err);
    return st == FM_OK && *more ? check_sample(c, s) : st;
}

static fm_status
add_totals(fm_chart *c, totals *total)
{
    fm_chart_sample s;
    bool more = true;
    fm_status st = FM_OK;
    while (st == FM_OK && more) {
        st = next_sample(c, &s, &more);
        if (st != FM_OK || !more)
            break;
        c->n_samples++;
        c->n_plotted += isnan(s.value) ? 0 : 1;
        c->n_values += isnan(s.value) ? 0 : 1;
        c->n_missing += isnan(s.value) ? 1 : 0;
        if (isnan(s.value) || !fm_chart_in_baseline(c, &s))
            continue;
        total[s.stage].n++;
        fm_math_sum_add(&total[s.stage].count, s.value);
        fm_math_sum_add(&total[s.stage].size, s.size);
    }
    return st;
}

static double
share_or_rate(const fm_chart_sample *s)
{
    return s->value / s->size;
}

/* Levels at which nothing can vary. */
static fm_status
check_level(const fm_chart *c, double level, size_t group)
{
    bool all = is_share(c->kind) && level >= 1;
    if (level > 0 && !all)
        return FM_OK;
    char where[120];
    (void)fm_chart_where(c, group, where);
    return FM_FAIL(c->err, FM_ESINGULAR, "%s%s: no limits can be computed",
                   all                  ? "every item is defective"
                   : c->kind == CHART_T ? "all times are 0"
                   : c->kind == CHART_G ? "all counts are 0"
                   : is_share(c->kind)  ? "no item is defective"
                                        : "there is no defect",
                   where);
}

static fm_status
settle(fm_chart *c, const totals *total, size_t group)
{
    fm_spc_process *p = &c->estimate[group].process;
    bool per_size = !is_rare(c->kind) && c->kind != CHART_C;
    bool given = fm_present(c->point, P_GIVEN_CENTRE);
    c->estimate[group].spread = 1;
    if (total->n == 0 && !given) {
        char where[120];
        return FM_FAIL(c->err, FM_ETOOFEW, "no sample%s has a count",
                       fm_chart_where(c, group, where));
    }
    double size = per_size ? fm_math_sum_get(&total->size) : (double)total->n;
    *p = (fm_spc_process){fm_math_sum_get(&total->count) / size, 0, total->n, total->n};
    if (given)
        p->mean = fm_real(c->point, P_GIVEN_CENTRE);
    return check_level(c, p->mean, group);
}

/* Laney: the second half of the estimate needs the first. */
static fm_status
add_spread(fm_chart *c)
{
    fm_spc_laney *laney = calloc(c->n_groups, sizeof *laney);
    fm_chart_sample s;
    bool more = true;
    fm_status st = laney != NULL ? FM_OK : FM_ENOMEM;
    fm_chart_sampler_rewind(c->sampler);
    while (st == FM_OK && more) {
        st = next_sample(c, &s, &more);
        if (st == FM_OK && more && fm_chart_in_baseline(c, &s))
            st = fm_spc_laney_add(&laney[s.stage], attribute_of(c->kind),
                                  share_or_rate(&s), c->estimate[s.stage].process.mean,
                                  isnan(s.value) ? 1 : s.size);
    }
    for (size_t k = 0; k < c->n_groups && st == FM_OK; k++) {
        st = fm_spc_laney_get(&laney[k], &c->estimate[k].spread);
        if (st != FM_OK) {
            char where[120];
            (void)FM_FAIL(c->err, st, "%s%s: Laney's chart has no spread to work with",
                          st == FM_ETOOFEW ? "no two consecutive samples"
                                           : "all samples are alike",
                          fm_chart_where(c, k, where));
        }
    }
    free(laney);
    return st;
}

static fm_status
estimate(fm_chart *c)
{
    totals *total = calloc(c->n_groups, sizeof *total);
    if (total == NULL)
        return FM_FAIL(c->err, FM_ENOMEM, "memory ran out");
    fm_status st = add_totals(c, total);
    for (size_t k = 0; k < c->n_groups && st == FM_OK; k++)
        st = settle(c, &total[k], k);
    if (st == FM_OK && is_laney(c->kind))
        st = add_spread(c);
    free(total);
    return st;
}

/* ---- 3. plotting --------------------------------------------------------------------------- */

static fm_status
make_mark(const fm_chart *c, const fm_chart_sample *s, fm_chart_mark *m)
{
    const fm_chart_estimate *e = &c->estimate[s->stage];
    double width = fm_real(c->point, P_LIMITS_WIDTH);
    bool relative = !is_rare(c->kind) && c->kind != CHART_NP && c->kind != CHART_C;
    fm_status st;
    m->value = relative ? share_or_rate(s) : s->value;
    m->n = is_rare(c->kind) || c->kind == CHART_C ? 1 : (size_t)llround(s->size);
    m->score = m->value;
    if (isnan(m->value))
        return FM_OK;
    if (c->kind == CHART_G)
        st = fm_spc_g_limits(e->process.mean, width, &m->limits);
    else if (c->kind == CHART_T)
        st = fm_spc_t_limits(e->process.mean, width, &m->limits);
    else
        st = fm_spc_attribute_limits(attribute_of(c->kind), e->process.mean, s->size,
                                     width, e->spread, &m->limits);
    m->zone = (fm_spc_zone){m->limits.centre, m->limits.sigma};
    if (c->kind != CHART_T || st != FM_OK)
        return st;
    m->zone = (fm_spc_zone){0, 1};
    return fm_spc_t_score(m->value, e->process.mean, &m->score);
}

static fm_chart_statistic
statistic_of(fm_chart_kind kind)
{
    switch (kind) {
    case CHART_NP:
        return STAT_DEFECTIVES;
    case CHART_C:
        return STAT_DEFECTS;
    case CHART_U:
    case CHART_LANEY_U:
        return STAT_RATE;
    case CHART_G:
        return STAT_COUNT_BETWEEN;
    case CHART_T:
        return STAT_TIME_BETWEEN;
    default:
        return STAT_SHARE;
    }
}

static fm_status
plot(fm_chart *c)
{
    size_t stage = SIZE_MAX;
    fm_chart_sample s;
    bool more = true;
    fm_status st =
        fm_chart_add_trace(c, statistic_of(c->kind), T_LOCATION, &c->rules, NULL);
    while (st == FM_OK && more) {
        st = fm_chart_sampler_next(c->sampler, &s, &more, c->err);
        if (st != FM_OK || !more)
            break;
        fm_chart_mark m = fm_chart_mark_of(&s, stage);
        st = make_mark(c, &s, &m);
        if (st != FM_OK)
            return FM_FAIL(c->err, st, "line %llu: no limits can be computed",
                           (unsigned long long)s.line);
        fm_chart_trace_put(c->trace[0], &m);
        stage = s.stage;
    }
    return st;
}

const fm_chart_family fm_chart_attributes = {estimate, plot};
