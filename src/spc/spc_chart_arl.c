/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: what the chart really does in control. */
#include "config.h"

#include <math.h>

#include "spc/spc_chart.h"
#include "spc/spc_constants.h"
#include "spc/spc_run_length.h"

enum {
    ORDER_WINDOW_MAX = 6 /* longest trend or alternation whose run length is computed */
};

/* NaN where it cannot be computed. */
static double
arl_of(const fm_spc_design *design)
{
    const fm_spc_state in_control = {0, 1};
    const fm_spc_wish nothing = {0, 0, NULL};
    fm_spc_run_length length;
    fm_status st = fm_spc_run_length_eval(design, &in_control, &nothing, &length);
    return st == FM_OK ? length.arl : (double)NAN;
}

/* Nearest limit of one point; NaN if no rule is one. */
static double
one_point_limit(const fm_spc_rule_set *rules)
{
    double nearest = NAN;
    for (size_t r = 0; r < rules->n; r++) {
        const fm_spc_rule *rule = &rules->rule[r];
        if (rule->pattern == FM_SPC_ZONE && rule->w == 1 && rule->region == FM_SPC_BEYOND)
            nearest = isnan(nearest) ? rule->k : fmin(nearest, rule->k);
    }
    return nearest;
}

/* Whether all points of the location chart have the limits of the first. */
static bool
has_one_limit(const fm_chart_trace *t)
{
    return t->n_limits == 1 && t->n_unlisted == 0;
}

/* Counts that the limits of the first point suppose; c and u: (centre/sigma)^2 is the mean
 * count of a sample. */
static fm_spc_counted
counted(const fm_chart *c)
{
    const fm_chart_limit_row *l = &c->trace[0]->limits[0];
    double level = c->estimate[0].process.mean;
    double ratio = l->limits.centre / l->limits.sigma;
    switch (c->kind) {
    case CHART_P:
    case CHART_NP:
        return (fm_spc_counted){FM_SPC_BINOMIAL, level, (double)l->size};
    case CHART_G:
        return (fm_spc_counted){FM_SPC_GEOMETRIC, level, 1};
    default:
        return (fm_spc_counted){FM_SPC_POISSON, ratio * ratio, 1};
    }
}

/* Counts and rare events. */
static void
counts_arl(const fm_chart *c, fm_chart_arl *out)
{
    if (c->kind == CHART_LANEY_P || c->kind == CHART_LANEY_U) {
        out->why_not = "Laney's chart supposes no law of the counts";
        return;
    }
    if (!has_one_limit(c->trace[0])) {
        out->why_not = c->n_groups > 1 ? "stages have limits of their own"
                                       : "samples differ in size, so in their limits";
        return;
    }
    const fm_spc_counted counts = counted(c);
    fm_status st = fm_spc_counts_arl(&c->rules, &counts, &out->location);
    out->why_not = st == FM_OK       ? NULL
                   : st == FM_EDOM   ? "the rules look for trends or alternations, in "
                                       "which counts can tie, or counts are above 1e9"
                   : st == FM_ERANGE ? "the rules need more than 200000 states"
                   : st == FM_ESINGULAR
                       ? "a count can lie exactly on the border between two zones"
                       : "it is longer than 1e10 points, or no count signals";
}

/* Values and moving ranges together. */
static double
joint_arl(const fm_chart *c)
{
    double d2, d3, m = one_point_limit(&c->rules), k = one_point_limit(&c->spread_rules);
    if (isnan(m) || isnan(k) || !(m > 0) || fm_spc_d2(2, &d2) != FM_OK ||
        fm_spc_d3(2, &d3) != FM_OK)
        return NAN;
    const fm_spc_design design = {
        .scheme = FM_SPC_IMR, .limit = m, .mr_limit = d2 + k * d3};
    return arl_of(&design);
}

/* Trends and alternations with many points, or together with long runs, take minutes. */
static bool
is_quick(const fm_spc_rule_set *rules)
{
    for (size_t r = 0; r < rules->n; r++)
        if (rules->rule[r].pattern != FM_SPC_ZONE && rules->rule[r].w > ORDER_WINDOW_MAX)
            return false;
    return true;
}

fm_status
fm_chart_arl_eval(const fm_chart *c, fm_chart_arl *out)
{
    const fm_point *point = c->point;
    fm_spc_design design = {.scheme = FM_SPC_SHEWHART, .rules = &c->rules};
    *out = (fm_chart_arl){NAN, NAN, NULL};
    switch (c->kind) {
    case CHART_EWMA:
        design.scheme = FM_SPC_EWMA;
        design.limit = fm_real(point, P_LIMITS_WIDTH);
        design.lambda = fm_real(point, P_LAMBDA);
        design.time_varying = fm_integer(point, P_EWMA_LIMITS) == EWMA_EXACT;
        break;
    case CHART_CUSUM:
        design.scheme = FM_SPC_CUSUM;
        design.limit = fm_real(point, P_CUSUM_H);
        design.k = fm_real(point, P_CUSUM_K);
        design.head_start = fm_real(point, P_CUSUM_HEAD_START);
        break;
    case CHART_MEWMA:
        design.scheme = FM_SPC_MEWMA;
        design.limit = c->distance_limit;
        design.lambda = fm_real(point, P_LAMBDA);
        design.p = (unsigned)c->ellipsoid.p;
        break;
    case CHART_INDIVIDUALS:
    case CHART_Z_MR:
        out->with_ranges = joint_arl(c);
        break;
    case CHART_XBAR_R:
    case CHART_XBAR_S:
    case CHART_I_MR_R:
    case CHART_I_MR_S:
    case CHART_T:
        break;
    case CHART_T2: /* the limit's chance counts what the estimates add */
        out->location = 1 / fm_real(point, P_LIMITS_FALSE_ALARM);
        return FM_OK;
    default:
        counts_arl(c, out);
        return FM_OK;
    }
    if (design.scheme == FM_SPC_SHEWHART && !is_quick(&c->rules)) {
        out->why_not = "trends or alternations of more than 6 points take long; spc.arl "
                       "computes it";
        return FM_OK;
    }
    out->location = arl_of(&design);
    if (isnan(out->location))
        out->why_not = design.scheme == FM_SPC_SHEWHART
                           ? "the rules need more than 200000 states, or it is longer "
                             "than 1e10 points"
                           : "it is longer than 1e10 points, or the limit too wide for "
                             "the weight";
    return FM_OK;
}

fm_status
fm_chart_mewma_limit(const fm_chart *c, double *h_out)
{
    const double usual = 370.4; /* of three-sigma limits */
    const fm_spc_design design = {.scheme = FM_SPC_MEWMA,
                                  .lambda = fm_real(c->point, P_LAMBDA),
                                  .p = (unsigned)c->ellipsoid.p,
                                  .limit = 10};
    return fm_spc_limit_for_arl(&design, usual, h_out);
}
