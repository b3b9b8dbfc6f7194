/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: parameters that belong together.  A parameter that the chosen chart does not
 * use is an error, never ignored. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spc/spc_chart.h"
#include "spc/spc_rule_set_param.h"

#define CHART(kind) (1U << (kind))
#define SINGLE      (CHART(CHART_INDIVIDUALS) | CHART(CHART_Z_MR))
#define GROUPED                                                                          \
    (CHART(CHART_XBAR_R) | CHART(CHART_XBAR_S) | CHART(CHART_I_MR_R) |                   \
     CHART(CHART_I_MR_S))
#define WEIGHTED (CHART(CHART_EWMA) | CHART(CHART_CUSUM))
#define SHARES   (CHART(CHART_P) | CHART(CHART_NP) | CHART(CHART_LANEY_P))
#define RATES    (CHART(CHART_U) | CHART(CHART_LANEY_U))
#define RARE     (CHART(CHART_G) | CHART(CHART_T))
#define MULTI    (CHART(CHART_T2) | CHART(CHART_MEWMA))
#define COUNTS   (SHARES | RATES | RARE | CHART(CHART_C))
#define ALL      (CHART(CHART_COUNT) - 1)

/* Which charts use a parameter. */
static const struct use {
    size_t param;
    unsigned charts;
} uses[] = {
    {P_ALSO, MULTI},
    {P_SUBGROUP, GROUPED | WEIGHTED},
    {P_SUBGROUP_SIZE, GROUPED | WEIGHTED},
    {P_SAMPLE_COLUMN, SHARES | RATES},
    {P_SAMPLE_SIZE, SHARES | RATES},
    {P_STAGE, ALL & ~(MULTI | CHART(CHART_Z_MR))},
    {P_PART, CHART(CHART_Z_MR)},
    {P_SIGMA, GROUPED | WEIGHTED | SINGLE},
    {P_GIVEN_CENTRE, ALL & ~(MULTI | CHART(CHART_Z_MR))},
    {P_GIVEN_SIGMA, CHART(CHART_INDIVIDUALS) | GROUPED | WEIGHTED},
    {P_LIMITS_WIDTH, ALL & ~(MULTI | CHART(CHART_CUSUM))},
    {P_LIMITS_FALSE_ALARM, CHART(CHART_T2)},
    {P_LIMITS_DISTANCE, CHART(CHART_MEWMA)},
    {P_RULES, ALL & ~(MULTI | WEIGHTED)},
    {P_RULES_ON_SPREAD, SINGLE | GROUPED},
    {P_LAMBDA, CHART(CHART_EWMA) | CHART(CHART_MEWMA)},
    {P_EWMA_LIMITS, CHART(CHART_EWMA)},
    {P_CUSUM_K, CHART(CHART_CUSUM)},
    {P_CUSUM_H, CHART(CHART_CUSUM)},
    {P_CUSUM_HEAD_START, CHART(CHART_CUSUM)},
};

static bool
is(const fm_point *point, unsigned charts)
{
    return (CHART(fm_chart_of(point)) & charts) != 0;
}

static fm_status
check_uses(const fm_point *point, fm_error *err)
{
    for (size_t i = 0; i < FM_COUNT(uses); i++) {
        if (!fm_given(point, uses[i].param) || is(point, uses[i].charts))
            continue;
        const fm_param *chart = &point->study->params[P_CHART];
        char names[160] = "";
        for (unsigned k = 0; k < CHART_COUNT; k++) {
            size_t length = strlen(names);
            if ((uses[i].charts >> k & 1) != 0)
                (void)snprintf(names + length, sizeof names - length, "%s%s",
                               length > 0 ? ", " : "", chart->choices[k]);
        }
        return FM_FAIL(err, FM_ESCENARIO,
                       "%s: chart: %s does not use it; remove it (charts that do: %s)",
                       point->study->params[uses[i].param].key, fm_text(point, P_CHART),
                       names);
    }
    return FM_OK;
}

static fm_status
check_groups(const fm_point *point, fm_error *err)
{
    bool by_label = fm_present(point, P_SUBGROUP);
    bool by_size = fm_present(point, P_SUBGROUP_SIZE);
    bool sized = fm_present(point, P_SAMPLE_COLUMN) || fm_present(point, P_SAMPLE_SIZE);
    const char *chart = fm_text(point, P_CHART);
    if (by_label && by_size)
        return FM_FAIL(err, FM_ESCENARIO,
                       "chart: %s needs only one of subgroup and subgroup_size", chart);
    if (is(point, GROUPED) && !by_label && !by_size)
        return FM_FAIL(err, FM_ESCENARIO,
                       "chart: %s needs one of subgroup and subgroup_size", chart);
    if (fm_present(point, P_SAMPLE_COLUMN) && fm_present(point, P_SAMPLE_SIZE))
        return FM_FAIL(err, FM_ESCENARIO,
                       "chart: %s needs only one of sample.column and sample.size",
                       chart);
    if (is(point, SHARES | RATES) && !sized)
        return FM_FAIL(err, FM_ESCENARIO,
                       "chart: %s needs one of sample.column and sample.size", chart);
    if (is(point, CHART(CHART_Z_MR)) && !fm_present(point, P_PART))
        return FM_FAIL(err, FM_ESCENARIO, "chart: z-mr needs part, the column of parts");
    if (is(point, MULTI) && !fm_present(point, P_ALSO))
        return FM_FAIL(err, FM_ESCENARIO,
                       "chart: %s needs also, the columns of the other variables", chart);
    if (is(point, MULTI) && fm_value_at(point, P_ALSO)->n > FM_SPC_VARIABLES_MAX - 1)
        return FM_FAIL(err, FM_ESCENARIO, "also: %zu columns, at most %d are allowed",
                       fm_value_at(point, P_ALSO)->n, FM_SPC_VARIABLES_MAX - 1);
    return FM_OK;
}

/* The same column in two roles is a slip. */
static fm_status
check_columns(const fm_point *point, fm_error *err)
{
    static const size_t roles[] = {P_SUBGROUP, P_SAMPLE_COLUMN, P_STAGE, P_PART};
    const char *response = fm_text(point, P_RESPONSE);
    for (size_t i = 0; i < FM_COUNT(roles); i++)
        if (fm_present(point, roles[i]) &&
            strcmp(fm_text(point, roles[i]), response) == 0)
            return FM_FAIL(err, FM_ESCENARIO, "%s: '%s' is the response",
                           point->study->params[roles[i]].key, response);
    const fm_value *also = fm_value_at(point, P_ALSO);
    for (size_t i = 0; also->present && i < also->n; i++) {
        if (strcmp(also->items[i].text, response) == 0)
            return FM_FAIL(err, FM_ESCENARIO, "also: '%s' is the response", response);
        for (size_t k = 0; k < i; k++)
            if (strcmp(also->items[i].text, also->items[k].text) == 0)
                return FM_FAIL(err, FM_ESCENARIO, "also: '%s' stands twice",
                               also->items[i].text);
    }
    return FM_OK;
}

static fm_status
check_sigma(const fm_point *point, fm_error *err)
{
    bool groups = fm_present(point, P_SUBGROUP) || fm_present(point, P_SUBGROUP_SIZE);
    int64_t sigma = fm_integer(point, P_SIGMA);
    if (sigma == SIGMA_POOLED && !groups)
        return FM_FAIL(err, FM_ESCENARIO, "sigma: pooled needs subgroups");
    if (sigma == SIGMA_OVERALL && groups)
        return FM_FAIL(err, FM_ESCENARIO,
                       "sigma: overall is for single values; subgroups have spread or "
                       "pooled");
    if (fm_present(point, P_GIVEN_SIGMA) && fm_given(point, P_SIGMA))
        return FM_FAIL(err, FM_ESCENARIO, "sigma: given.sigma stands instead of it");
    return FM_OK;
}

static fm_status
check_baseline(const fm_point *point, fm_error *err)
{
    bool first = fm_present(point, P_BASELINE_FIRST);
    bool last = fm_present(point, P_BASELINE_LAST);
    if ((first || last) && (fm_present(point, P_STAGE) || fm_present(point, P_PART)))
        return FM_FAIL(err, FM_ESCENARIO,
                       "baseline.%s: stages and parts have limits of their own; remove "
                       "the baseline or the stage",
                       first ? "first" : "last");
    int64_t from = first ? fm_integer(point, P_BASELINE_FIRST) : 1;
    if (last && fm_integer(point, P_BASELINE_LAST) < from)
        return FM_FAIL(err, FM_ESCENARIO, "baseline.last: %lld is before %lld",
                       (long long)fm_integer(point, P_BASELINE_LAST), (long long)from);
    return FM_OK;
}

static fm_status
check_given(const fm_point *point, fm_error *err)
{
    if (!fm_present(point, P_GIVEN_CENTRE) || !is(point, COUNTS))
        return FM_OK;
    double centre = fm_real(point, P_GIVEN_CENTRE);
    if (is(point, SHARES) && !(centre > 0 && centre < 1))
        return FM_FAIL(err, FM_ESCENARIO,
                       "given.centre: %.15g is no share between 0 and 1", centre);
    if (!(centre > 0))
        return FM_FAIL(err, FM_ESCENARIO, "given.centre: %.15g is not more than 0",
                       centre);
    return FM_OK;
}

static fm_status
check_rules(const fm_point *point, fm_error *err)
{
    fm_spc_rule_set rules = {.n = 0};
    fm_status st =
        fm_spc_rule_set_read(fm_value_at(point, P_RULES), "rules", &rules, err);
    if (st == FM_OK && rules.n == 0)
        return FM_FAIL(err, FM_ESCENARIO, "rules: give at least one, e.g. [we1]");
    return st;
}

fm_status
fm_chart_check(const fm_point *point, fm_error *err)
{
    static fm_status (*const checks[])(const fm_point *, fm_error *) = {
        check_uses,     check_groups, check_columns, check_sigma,
        check_baseline, check_given,  check_rules,
    };
    fm_status st = FM_OK;
    if (fm_input(point, 0) == NULL)
        return FM_FAIL(err, FM_ESCENARIO, "data.measurements is missing");
    for (size_t i = 0; i < FM_COUNT(checks) && st == FM_OK; i++)
        st = checks[i](point, err);
    if (st == FM_OK && is(point, CHART(CHART_CUSUM)) &&
        fm_real(point, P_CUSUM_HEAD_START) > fm_real(point, P_CUSUM_H))
        return FM_FAIL(err, FM_ESCENARIO, "cusum.head_start: it is beyond cusum.h");
    return st;
}
