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
    *out = (fm_chart_arl){NAN, NAN};
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
    default: /* counts and T2: not normal */
        return FM_OK;
    }
    if (design.scheme != FM_SPC_SHEWHART || is_quick(&c->rules))
        out->location = arl_of(&design);
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
