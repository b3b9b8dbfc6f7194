/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run lengths of control charts: validity, and which scheme computes what. */
#include "config.h"

#include <math.h>

#include "spc/spc_run_length_parts.h"

static bool
positive(double x)
{
    return x > 0 && isfinite(x);
}

static bool
is_weight(double lambda)
{
    return lambda > 0 && lambda <= 1;
}

static fm_status
validate_ewma(const fm_spc_design *d)
{
    bool good = positive(d->limit) && is_weight(d->lambda) && d->head_start >= 0 &&
                d->head_start < d->limit;
    bool moves = d->time_varying && (d->one_sided || d->head_start > 0);
    return good && !moves ? FM_OK : FM_EDOM;
}

static fm_status
validate_cusum(const fm_spc_design *d)
{
    bool good = positive(d->limit) && d->k >= 0 && isfinite(d->k) && d->head_start >= 0 &&
                d->head_start <= d->limit;
    bool free_sides = d->one_sided || d->head_start <= d->limit / 2 + d->k;
    return good && free_sides ? FM_OK : FM_EDOM;
}

static fm_status
validate_rules(const fm_spc_rule_set *rules)
{
    if (rules == NULL || rules->n < 1 || rules->n > FM_SPC_RULES_MAX)
        return FM_EDOM;
    for (size_t i = 0; i < rules->n; i++)
        if (fm_spc_rule_validate(&rules->rule[i]) != FM_OK)
            return FM_EDOM;
    return FM_OK;
}

fm_status
fm_spc_design_validate(const fm_spc_design *d)
{
    bool good = false;
    switch (d->scheme) {
    case FM_SPC_SHEWHART:
        return validate_rules(d->rules);
    case FM_SPC_EWMA:
        return validate_ewma(d);
    case FM_SPC_CUSUM:
        return validate_cusum(d);
    case FM_SPC_IMR:
        good = positive(d->limit) && positive(d->mr_limit);
        break;
    case FM_SPC_MEWMA:
        good = positive(d->limit) && is_weight(d->lambda) && d->p >= 1 && d->p <= 100;
        break;
    case FM_SPC_S2_EWMA:
        good = positive(d->limit) && is_weight(d->lambda) && d->df >= 1 && d->df <= 1000;
        break;
    }
    return good ? FM_OK : FM_EDOM;
}

fm_status
fm_spc_run_length_eval(const fm_spc_design *design, const fm_spc_state *state,
                       const fm_spc_wish *wish, fm_spc_run_length *out)
{
    fm_status st = fm_spc_design_validate(design);
    if (st != FM_OK)
        return st;
    if (!isfinite(state->mean) || !positive(state->sigma))
        return FM_EDOM;
    switch (design->scheme) {
    case FM_SPC_SHEWHART:
        return fm_spc_eval_rules(design, state, wish, out);
    case FM_SPC_EWMA:
        return fm_spc_eval_ewma(design, state, wish, out);
    case FM_SPC_CUSUM:
        return fm_spc_eval_cusum(design, state, wish, out);
    case FM_SPC_IMR:
        return fm_spc_eval_imr(design, state, wish, out);
    case FM_SPC_MEWMA:
        return fm_spc_eval_mewma(design, state, wish, out);
    case FM_SPC_S2_EWMA:
        return fm_spc_eval_s2(design, state, wish, out);
    }
    return FM_EDOM;
}

fm_status
fm_spc_rules_arl(const fm_spc_rule_set *rules, double mean, double *arl_out)
{
    const fm_spc_design design = {.scheme = FM_SPC_SHEWHART, .rules = rules};
    const fm_spc_state state = {mean, 1};
    fm_spc_run_length run;
    fm_status st = fm_spc_run_length_eval(&design, &state, NULL, &run);
    if (st == FM_OK)
        *arl_out = run.arl;
    return st;
}
