/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Study spc.arl: how long control charts run until they signal.
 *
 * Contents
 *   1. parameters     3. the design of a point     5. the study
 *   2. tables         4. rows */
#include "config.h"

#include <math.h>
#include <string.h>

#include "core/rows.h"
#include "core/study.h"
#include "spc/spc_rule_set_param.h"
#include "spc/spc_run_length.h"
#include "spc/spc_run_length_chain.h"

/* ---- 1. parameters ---------------------------------------------------------------- */

enum {
    P_CHART,
    P_RULES,
    P_LIMIT,
    P_TARGET,
    P_LAMBDA,
    P_K,
    P_SIDES,
    P_HEAD_START,
    P_TIME_VARYING,
    P_MR_LIMIT,
    P_P,
    P_DF,
    P_SHIFTS,
    P_SIGMA_RATIO,
    P_PRERUN,
    P_ESTIMATED
};

static const char *const charts[] = {"shewhart", "ewma",    "cusum", "imr",
                                     "mewma",    "s2-ewma", NULL};
static const char *const sides[] = {"one", "two", NULL};
static const char *const estimates[] = {"mean", "sigma", "both", NULL};

static const fm_param params[] = {
    {.key = "chart",
     .kind = FM_CHOICE,
     .def = "shewhart",
     .choices = charts,
     .term = "spc.control-chart",
     .help = "shewhart with run rules; ewma; cusum; imr: individuals and moving ranges "
             "together; mewma: multivariate ewma; s2-ewma: ewma of subgroup variances"},
    {.key = "rules",
     .kind = FM_RECORDS,
     .fields = fm_spc_rule_fields,
     .n_fields = FM_SPC_RULE_FIELDS,
     .shorthand = "rule",
     .flags = FM_OPTIONAL | FM_FIXED,
     .example = "[western-electric, { count: 6, of: 6, beyond: 0.5 }]",
     .term = "spc.run-rule",
     .help =
         "shewhart: names of rules or sets, and rules of your own; default: one point "
         "beyond the limit"},
    {.key = "limit",
     .kind = FM_REAL,
     .unit = "1",
     .min = 0,
     .max = INFINITY,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .example = "3",
     .term = "spc.control-limit",
     .help =
         "half-width in sigma of the plotted statistic (shewhart: 3 without rules, and "
         "beside rules one more rule; ewma; imr: of the individuals), decision "
         "interval h (cusum), limit of the squared distance (mewma), distance of the "
         "upper limit from 1 (s2-ewma)"},
    {.key = "target_arl",
     .kind = FM_REAL,
     .unit = "1",
     .min = 1,
     .max = 1e9,
     .flags = FM_OPTIONAL | FM_OPEN_MIN,
     .example = "370.4",
     .term = "spc.average-run-length",
     .help = "instead of a limit: find the one that gives this mean in control (shewhart "
             "and imr: a common factor on all distances, in table `design`)"},
    {.key = "lambda",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.2",
     .min = 0,
     .max = 1,
     .flags = FM_OPEN_MIN,
     .term = "spc.ewma-chart",
     .help = "ewma, mewma, s2-ewma: weight of the newest value"},
    {.key = "k",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0.5",
     .min = 0,
     .max = INFINITY,
     .term = "spc.cusum-chart",
     .help = "cusum: reference value in sigma, half of the shift to be found"},
    {.key = "sides",
     .kind = FM_CHOICE,
     .def = "two",
     .choices = sides,
     .term = "spc.control-limit",
     .help = "ewma, cusum: one (upper side only, reflected at 0) or two"},
    {.key = "head_start",
     .kind = FM_REAL,
     .unit = "1",
     .def = "0",
     .min = 0,
     .max = INFINITY,
     .term = "spc.head-start",
     .help = "cusum: start of the sums, often half of the limit; ewma: start in sigma of "
             "the statistic, one from each side if two-sided"},
    {.key = "time_varying",
     .kind = FM_FLAG,
     .def = "false",
     .term = "spc.control-limit",
     .help = "ewma: limits that follow the growing variance of the first points"},
    {.key = "mr_limit",
     .kind = FM_REAL,
     .unit = "1",
     .def = "3.686",
     .min = 0,
     .max = INFINITY,
     .flags = FM_OPEN_MIN,
     .term = "spc.individuals-mr-chart",
     .help =
         "imr: upper limit of the moving range in sigma; the textbook's 3.267 times the "
         "mean range is 3.686"},
    {.key = "p",
     .kind = FM_INTEGER,
     .def = "2",
     .min = 1,
     .max = 100,
     .term = "spc.mewma-chart",
     .help = "mewma: number of variables"},
    {.key = "df",
     .kind = FM_INTEGER,
     .def = "4",
     .min = 1,
     .max = 1000,
     .term = "spc.degrees-of-freedom",
     .help = "s2-ewma: degrees of freedom of each variance, subgroup size less 1"},
    {.key = "shifts",
     .kind = FM_LIST,
     .item = FM_REAL,
     .unit = "1",
     .def = "[0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3]",
     .min = -100,
     .max = 100,
     .flags = FM_FIXED,
     .term = "spc.shift",
     .help = "shifts of the mean in sigma of the plotted values; mewma: distances; "
             "s2-ewma: increases of the standard deviation, so 0.5 is 1.5 sigma"},
    {.key = "sigma_ratio",
     .kind = FM_REAL,
     .unit = "1",
     .def = "1",
     .min = 0.05,
     .max = 100,
     .term = "spc.shift",
     .help = "standard deviation of the process, 1 in control"},
    {.key = "prerun",
     .kind = FM_INTEGER,
     .min = 2,
     .max = 1e9,
     .flags = FM_OPTIONAL,
     .example = "50",
     .term = "spc.prerun",
     .help = "limits are estimated from this many points in control; the run length is "
             "averaged over these estimates"},
    {.key = "estimated",
     .kind = FM_CHOICE,
     .def = "both",
     .choices = estimates,
     .term = "spc.prerun",
     .help = "with prerun: what is estimated, the mean, sigma (as their standard "
             "deviation), or both"},
};

/* ---- 2. tables -------------------------------------------------------------------- */

enum {
    T_ARL,
    T_DESIGN
};

static const char *const methods[] = {
    "markov chain", "markov chain with densities", "integral equation",
    "collocation",  "average over estimates",      NULL};
enum {
    METHOD_CHAIN,
    METHOD_DENSITY,
    METHOD_INTEGRAL,
    METHOD_COLLOCATION,
    METHOD_AVERAGE
};

static const fm_column arl_columns[] = {
    {"shift", FM_TYPE_REAL, "1", "shift in sigma", FM_AXIS, NULL, "spc.shift", NULL},
    {"arl", FM_TYPE_REAL, "1", "average run length", FM_VALUE, NULL,
     "spc.average-run-length", NULL},
    {"sdrl", FM_TYPE_REAL, "1", "standard deviation of the run length", FM_VALUE, NULL,
     "spc.run-length", NULL},
    {"error", FM_TYPE_REAL, "1", "estimated numerical error of the average run length",
     FM_VALUE, NULL, "spc.numerical-error", NULL},
    {"q10", FM_TYPE_REAL, "1", "run length that 10 % do not exceed", FM_VALUE, NULL,
     "spc.run-length", NULL},
    {"median", FM_TYPE_REAL, "1", "median run length", FM_VALUE, NULL, "spc.run-length",
     NULL},
    {"q90", FM_TYPE_REAL, "1", "run length that 90 % do not exceed", FM_VALUE, NULL,
     "spc.run-length", NULL},
    {"arl_steady", FM_TYPE_REAL, "1", "average run length after a late shift", FM_VALUE,
     NULL, "spc.steady-state-arl", NULL},
    {"method", FM_TYPE_CODE, "", "how the run length was computed", FM_VALUE, methods,
     NULL, "names a method of computation"},
    {"size", FM_TYPE_INTEGER, "1", "states of the chain or nodes of the equation",
     FM_VALUE, NULL, NULL, "a count"},
};

static const fm_column design_columns[] = {
    {"limit", FM_TYPE_REAL, "1", "limit that the chart uses", FM_VALUE, NULL,
     "spc.control-limit", NULL},
    {"factor", FM_TYPE_REAL, "1", "factor on all distances of the rules or limits",
     FM_VALUE, NULL, "spc.control-limit", NULL},
    {"n_rules", FM_TYPE_INTEGER, "1", "number of run rules", FM_VALUE, NULL, NULL,
     "a count"},
    {"rules", FM_TYPE_TEXT, "", "run rules of the chart", FM_VALUE, NULL, "spc.run-rule",
     NULL},
    {"arl_in_control", FM_TYPE_REAL, "1", "average run length in control", FM_VALUE, NULL,
     "spc.average-run-length", NULL},
};

static const fm_table tables[] = {
    {"arl", "run length by shift", FM_MANY_ROWS, arl_columns, FM_COUNT(arl_columns),
     "arl"},
    {"design", "the chart", FM_ONE_ROW, design_columns, FM_COUNT(design_columns),
     "arl_in_control"},
};

static const fm_figure figures[] = {
    {.name = "arl",
     .caption = "Average run length against the shift, on a logarithmic axis; the band "
                "holds the middle 80 % of runs where quantiles are there.",
     .table = "arl",
     .columns = "shift arl q10 median q90",
     .scalars = "design.arl_in_control",
     .script = "spc/spc_arl.gp",
     .flags = FM_FIG_POINT},
};

/* ---- 3. the design of a point ----------------------------------------------------- */

typedef struct plan {
    fm_spc_design design;
    fm_spc_rule_set rules;
    double factor;
} plan;

/* Rules of the chart: those of the list, and one point beyond the limit if that is given
 * or there is no list. */
static fm_status
read_rules(const fm_point *point, plan *p, fm_error *err)
{
    const fm_value *list = fm_value_at(point, P_RULES);
    if (list->present && list->n == 0)
        return FM_FAIL(err, FM_ESCENARIO,
                       "rules: the list is empty; leave it out for one "
                       "point beyond the limit");
    if (list->present) {
        fm_status st = fm_spc_rule_set_read(list, "rules", &p->rules, err);
        if (st != FM_OK)
            return st;
    }
    if (fm_present(point, P_LIMIT) || !list->present) {
        const fm_spc_rule beyond = {
            .m = 1,
            .w = 1,
            .k = fm_present(point, P_LIMIT) ? fm_real(point, P_LIMIT) : 3};
        if (fm_spc_rule_set_add(&p->rules, &beyond) != FM_OK)
            return FM_FAIL(err, FM_ESCENARIO,
                           "limit: with it there are more than %d rules",
                           FM_SPC_RULES_MAX);
    }
    return FM_OK;
}

/* Parameters that belong to some charts only: given for another one is an error. */
static fm_status
check_use(const fm_point *point, fm_spc_scheme scheme, fm_error *err)
{
    enum {
        SHEWHART = 1 << FM_SPC_SHEWHART,
        EWMA = 1 << FM_SPC_EWMA,
        CUSUM = 1 << FM_SPC_CUSUM,
        IMR = 1 << FM_SPC_IMR,
        MEWMA = 1 << FM_SPC_MEWMA,
        S2 = 1 << FM_SPC_S2_EWMA
    };
    static const struct {
        size_t param;
        unsigned charts;
        const char *where;
    } uses[] = {
        {P_RULES, SHEWHART, "shewhart"},
        {P_LAMBDA, EWMA | MEWMA | S2, "ewma, mewma and s2-ewma"},
        {P_K, CUSUM, "cusum"},
        {P_SIDES, EWMA | CUSUM, "ewma and cusum"},
        {P_HEAD_START, EWMA | CUSUM, "ewma and cusum"},
        {P_TIME_VARYING, EWMA, "ewma"},
        {P_MR_LIMIT, IMR, "imr"},
        {P_P, MEWMA, "mewma"},
        {P_DF, S2, "s2-ewma"},
        {P_PRERUN, SHEWHART | EWMA | CUSUM | IMR, "shewhart, ewma, cusum and imr"},
    };
    for (size_t i = 0; i < FM_COUNT(uses); i++)
        if (fm_given(point, uses[i].param) && !(uses[i].charts >> scheme & 1))
            return FM_FAIL(err, FM_ESCENARIO, "%s is for %s, not for chart: %s",
                           point->study->params[uses[i].param].key, uses[i].where,
                           charts[scheme]);
    if (fm_given(point, P_ESTIMATED) && !fm_present(point, P_PRERUN))
        return FM_FAIL(err, FM_ESCENARIO,
                       "estimated needs prerun: from how many points?");
    return FM_OK;
}

/* What is wrong with numbers that do not go together. */
static fm_status
check_together(const fm_spc_design *d, fm_error *err)
{
    if (d->scheme == FM_SPC_EWMA && d->time_varying && d->one_sided)
        return FM_FAIL(err, FM_ESCENARIO, "time_varying: needs sides: two");
    if (d->scheme == FM_SPC_EWMA && d->time_varying && d->head_start > 0)
        return FM_FAIL(err, FM_ESCENARIO,
                       "head_start: %g cannot be combined with time_varying; one of them",
                       d->head_start);
    if (d->scheme == FM_SPC_EWMA && d->head_start >= d->limit)
        return FM_FAIL(err, FM_ESCENARIO, "head_start: %g must be less than the limit %g",
                       d->head_start, d->limit);
    if (d->scheme == FM_SPC_CUSUM && d->head_start > d->limit)
        return FM_FAIL(err, FM_ESCENARIO, "head_start: %g must be at most the limit %g",
                       d->head_start, d->limit);
    if (d->scheme == FM_SPC_CUSUM && !d->one_sided && d->head_start > d->limit / 2 + d->k)
        return FM_FAIL(err, FM_ESCENARIO,
                       "head_start: %g is more than limit/2 + k = %g, the most for two "
                       "sides",
                       d->head_start, d->limit / 2 + d->k);
    return FM_OK;
}

/* The design as the scenario says it; its limit is NaN while it is to be found. */
static fm_status
read_plan(const fm_point *point, plan *p, fm_error *err)
{
    bool target = fm_present(point, P_TARGET), limit = fm_present(point, P_LIMIT);
    memset(p, 0, sizeof *p);
    p->factor = 1;
    fm_spc_design *d = &p->design;
    *d = (fm_spc_design){.scheme = (fm_spc_scheme)fm_integer(point, P_CHART),
                         .rules = &p->rules,
                         .limit = fm_real(point, P_LIMIT),
                         .lambda = fm_real(point, P_LAMBDA),
                         .k = fm_real(point, P_K),
                         .one_sided = fm_integer(point, P_SIDES) == 0,
                         .head_start = fm_real(point, P_HEAD_START),
                         .time_varying = fm_integer(point, P_TIME_VARYING) != 0,
                         .mr_limit = fm_real(point, P_MR_LIMIT),
                         .p = (unsigned)fm_integer(point, P_P),
                         .df = (unsigned)fm_integer(point, P_DF)};
    fm_status st = check_use(point, d->scheme, err);
    if (st == FM_OK && d->scheme == FM_SPC_SHEWHART)
        return read_rules(point, p, err);
    if (st != FM_OK)
        return st;
    if (d->scheme == FM_SPC_IMR) {
        d->limit = limit ? d->limit : 3;
        return FM_OK;
    }
    if (limit == target)
        return FM_FAIL(err, FM_ESCENARIO,
                       limit ? "target_arl: with a limit given there is nothing to find; "
                               "one of them"
                             : "limit is missing: give it, or target_arl to find it");
    return check_together(d, err);
}

static const char *
reason(fm_status st)
{
    switch (st) {
    case FM_ERANGE:
        return "the rules need more than 200000 states; use shorter windows or fewer rules";
    case FM_ENOCONV:
        return "the equations did not converge to the accuracy promised: the run is "
               "longer than 1e10 points, or the limit too wide for lambda";
    case FM_ESINGULAR:
        return "no limit gives this mean in control";
    case FM_EDOM:
        return "the parameters do not go together";
    default:
        return "memory ran out";
    }
}

/* Finds the limit, or the factor on all distances. */
static fm_status
calibrate(const fm_point *point, plan *p, fm_error *err)
{
    double found, target = fm_real(point, P_TARGET);
    fm_spc_design *d = &p->design;
    fm_status st = fm_spc_limit_for_arl(d, target, &found);
    if (st == FM_OK && d->scheme == FM_SPC_SHEWHART)
        st = fm_spc_rule_set_scale(&p->rules, found);
    if (st != FM_OK)
        return FM_FAIL(err, st, "target_arl: %g: %s", target, reason(st));
    if (d->scheme == FM_SPC_SHEWHART || d->scheme == FM_SPC_IMR) {
        p->factor = found;
        d->limit *= found;
        d->mr_limit *= found;
    } else {
        d->limit = found;
    }
    return check_together(d, err);
}

/* ---- 4. rows ---------------------------------------------------------------------- */

static int
method_of(const fm_point *point, const plan *p)
{
    if (fm_present(point, P_PRERUN))
        return METHOD_AVERAGE;
    if (p->design.scheme == FM_SPC_IMR || p->design.scheme == FM_SPC_S2_EWMA)
        return METHOD_COLLOCATION;
    if (p->design.scheme != FM_SPC_SHEWHART)
        return METHOD_INTEGRAL;
    for (size_t i = 0; i < p->rules.n; i++)
        if (p->rules.rule[i].pattern != FM_SPC_ZONE)
            return METHOD_DENSITY;
    return METHOD_CHAIN;
}

/* The state of the process that a shift means. */
static fm_spc_state
shifted(const fm_point *point, const plan *p, double shift)
{
    double ratio = fm_real(point, P_SIGMA_RATIO);
    if (p->design.scheme == FM_SPC_S2_EWMA)
        return (fm_spc_state){0, ratio + shift};
    return (fm_spc_state){p->design.scheme == FM_SPC_MEWMA ? fabs(shift) : shift, ratio};
}

static fm_status
evaluate(const fm_point *point, const plan *p, const fm_spc_state *state,
         fm_spc_run_length *out)
{
    const fm_spc_wish wish = {
        FM_SPC_WANT_SPREAD | FM_SPC_WANT_QUANTILES | FM_SPC_WANT_STEADY, 0, NULL};
    if (!fm_present(point, P_PRERUN))
        return fm_spc_run_length_eval(&p->design, state, &wish, out);
    return fm_spc_run_length_estimated(
        &p->design, state, (size_t)fm_integer(point, P_PRERUN),
        (fm_spc_estimated)fm_integer(point, P_ESTIMATED), out);
}

static fm_status
put_shift(const fm_point *point, const plan *p, double shift, fm_out *out, fm_error *err)
{
    const fm_spc_state state = shifted(point, p, shift);
    fm_spc_run_length length;
    if (fm_should_stop(point))
        return FM_FAIL(err, FM_EINTERRUPT, "stopped");
    fm_status st = evaluate(point, p, &state, &length);
    if (st != FM_OK)
        return FM_FAIL(err, st, "shift %g: %s", shift, reason(st));
    const fm_cell cells[] = {{.real = shift},
                             {.real = length.arl},
                             {.real = length.sdrl},
                             {.real = length.error},
                             {.real = length.quantile[0]},
                             {.real = length.quantile[1]},
                             {.real = length.quantile[2]},
                             {.real = length.steady},
                             {.integer = method_of(point, p)},
                             {.integer = (int64_t)length.size}};
    return fm_out_row(out, T_ARL, cells);
}

/* Names of the rules, joined by "; ". */
static void
rule_text(const fm_spc_rule_set *rules, char *text, size_t size)
{
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < rules->n; i++) {
        size_t more = strlen(rules->rule[i].name);
        if (n + more + 3 > size)
            return;
        memcpy(text + n, i > 0 ? "; " : "", i > 0 ? 2 : 0);
        n += i > 0 ? 2 : 0;
        memcpy(text + n, rules->rule[i].name, more + 1);
        n += more;
    }
}

static fm_status
put_design(const fm_point *point, const plan *p, fm_out *out, fm_error *err)
{
    const fm_spc_state in_control = {0, 1};
    char text[FM_SPC_RULES_MAX * (FM_SPC_RULE_NAME + 2)] = "";
    bool shewhart = p->design.scheme == FM_SPC_SHEWHART;
    fm_spc_run_length length;
    fm_status st = fm_present(point, P_PRERUN)
                       ? evaluate(point, p, &in_control, &length)
                       : fm_spc_run_length_eval(&p->design, &in_control, NULL, &length);
    if (st != FM_OK)
        return FM_FAIL(err, st, "in control: %s", reason(st));
    if (shewhart)
        rule_text(&p->rules, text, sizeof text);
    const fm_cell cells[] = {{.real = p->design.limit},
                             {.real = p->factor},
                             {.integer = (int64_t)p->rules.n},
                             {.text = text},
                             {.real = length.arl}};
    return fm_out_row(out, T_DESIGN, cells);
}

/* Says why a column is empty. */
static void
remark(const fm_point *point, const plan *p, fm_out *out)
{
    const fm_spc_design *d = &p->design;
    if (fm_present(point, P_PRERUN)) {
        fm_out_remark(out, "quantiles and arl_steady are not computed with prerun");
        return;
    }
    if (d->scheme == FM_SPC_CUSUM && !d->one_sided)
        fm_out_remark(out, "arl_steady is computed for one-sided cusum only");
    if (d->scheme == FM_SPC_EWMA && !d->one_sided &&
        (d->time_varying || d->head_start > 0))
        fm_out_remark(out,
                      "arl_steady is not computed for limits that change at the start");
}

/* ---- 5. the study ----------------------------------------------------------------- */

/* Rules that need too much memory; the same for all points of a sweep. */
static fm_status
check_states(const fm_point *point, const plan *p, fm_error *err)
{
    fm_spc_chain *chain = NULL;
    if (p->design.scheme != FM_SPC_SHEWHART || point->index > 0)
        return FM_OK;
    fm_status st = fm_spc_chain_create(&p->rules, &chain);
    fm_spc_chain_free(chain);
    return st == FM_ERANGE ? FM_FAIL(err, FM_ESCENARIO, "rules: %s", reason(FM_ERANGE))
                           : st;
}

static fm_status
check(const fm_point *point, fm_error *err)
{
    plan p;
    const fm_value *shifts = fm_value_at(point, P_SHIFTS);
    if (shifts->n == 0)
        return FM_FAIL(err, FM_ESCENARIO, "shifts: the list is empty; give at least one");
    fm_status st = read_plan(point, &p, err);
    for (size_t i = 0; i < shifts->n && st == FM_OK; i++) {
        const fm_spc_state state = shifted(point, &p, shifts->items[i].real);
        if (!(state.sigma > 0))
            st = FM_FAIL(
                err, FM_ESCENARIO,
                "shifts: %g leaves a standard deviation of %g; it must be positive",
                shifts->items[i].real, state.sigma);
    }
    return st == FM_OK ? check_states(point, &p, err) : st;
}

static uint64_t
rows(const fm_point *point, size_t table)
{
    return table == T_ARL ? fm_value_at(point, P_SHIFTS)->n : 1;
}

static fm_status
run(const fm_point *point, fm_out *out, fm_error *err)
{
    plan p;
    const fm_value *shifts = fm_value_at(point, P_SHIFTS);
    fm_status st = read_plan(point, &p, err);
    if (st == FM_OK && fm_present(point, P_TARGET))
        st = calibrate(point, &p, err);
    for (size_t i = 0; i < shifts->n && st == FM_OK; i++)
        st = put_shift(point, &p, shifts->items[i].real, out, err);
    if (st == FM_OK)
        st = put_design(point, &p, out, err);
    if (st == FM_OK)
        remark(point, &p, out);
    return st;
}

static const char about[] =
    "Run lengths of control charts: the number of points until the first signal, for a "
    "process in control and after shifts. Values are independent and normal; shifts are in "
    "standard deviations of the plotted values (of subgroup means on an Xbar chart).\n\n"
    "**shewhart** takes any list of run rules: names (`we1` ... `we4`, `nelson1` ... "
    "`nelson8`, the sets `western-electric` and `nelson`) and rules of your own, such as "
    "`{ count: 2, of: 3, beyond: 2, side: same }`, `{ count: 15, of: 15, within: 1 }`, "
    "`{ trend: 6 }` or `{ alternation: 14 }`. The rules become the smallest automaton that "
    "signals as they do; its run length is that of a finite Markov chain (Champ and Woodall "
    "1987) and exact to rounding. With trends or alternations the density of the last value "
    "in its zone is carried along at quadrature nodes. The other charts solve integral "
    "equations, with orders that grow until two of them agree (Crowder 1987 for EWMA and "
    "I-MR, Lucas and Crosier 1982 for two-sided CUSUM, Rigdon 1995 for MEWMA, Knoth 2005 for "
    "variances). Nothing is simulated; column `error` is the difference of the last two "
    "orders plus rounding.\n\n"
    "`arl`, `sdrl` and the quantiles are for a chart that starts fresh in the shifted "
    "process (zero state). `arl_steady` is the mean delay when the shift comes late and "
    "nothing was signalled before it. With `prerun` the run length is averaged over limits "
    "estimated from that many points in control.";

const fm_study fm_study_spc_arl = {
    .name = "spc.arl",
    .summary = "run length of control charts: rules, EWMA, CUSUM, I-MR, MEWMA, variances",
    .about = about,
    .params = params,
    .n_params = FM_COUNT(params),
    .tables = tables,
    .n_tables = FM_COUNT(tables),
    .figures = figures,
    .n_figures = FM_COUNT(figures),
    .check = check,
    .rows = rows,
    .run = run,
};
