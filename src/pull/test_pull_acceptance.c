/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of pull.geometry and pull.acceptance: certified plans, budgets, rows, bad data.
 *
 * Contents
 *   1. certified plans   2. plans   3. budget   4. a point by hand   5. pull.geometry
 *   6. pull.acceptance
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>

#include "core/rows.h"
#include "core/study.h"
#include "pull/pull_acceptance.h"
#include "pull/pull_geometry_budget.h"
#include "pull/pull_sampling.h"
#include "pull/test_pull_tools.h"

extern const fm_study fm_study_pull_geometry, fm_study_pull_acceptance;

/* ---- 1. certified plans ---------------------------------------------------------- */

typedef struct row {
    char id[16], quantity[32];
    double in[6], out, rel_tol;
} row;

static char *
next_cell(char **rest)
{
    char *cell = *rest, *comma = cell == NULL ? NULL : strchr(cell, ',');
    if (comma != NULL)
        *comma = '\0';
    *rest = comma == NULL ? NULL : comma + 1;
    return cell;
}

static void
read_row(char *line, row *r)
{
    char *rest = line;
    (void)snprintf(r->id, sizeof r->id, "%.15s", next_cell(&rest));
    (void)snprintf(r->quantity, sizeof r->quantity, "%.31s", next_cell(&rest));
    for (int i = 0; i < 6; i++)
        r->in[i] = strtod(next_cell(&rest), NULL);
    r->out = strtod(next_cell(&rest), NULL);
    r->rel_tol = strtod(next_cell(&rest), NULL);
    char *source = next_cell(&rest), *how = next_cell(&rest);
    ck_assert_msg(source && how && *source && *how, "%s has no source", r->id);
}

static double
compute(const row *r)
{
    const double *in = r->in;
    fm_pull_plan plan = {(uint64_t)in[0], (uint64_t)in[1], (uint64_t)in[2],
                         (uint64_t)in[3], (uint64_t)in[4]};
    const fm_pull_demand demand = {in[0], in[1], in[2], in[3]};
    double accept = NAN, asn = NAN;
    uint64_t n = 0;
    if (strcmp(r->quantity, "accept") == 0 || strcmp(r->quantity, "asn") == 0) {
        ck_assert_int_eq(fm_pull_plan_eval(&plan, in[5], &accept, &asn), FM_OK);
        return r->quantity[1] == 'c' ? accept : asn;
    }
    if (strcmp(r->quantity, "size") == 0) {
        ck_assert_int_eq(fm_pull_plan_size(plan.n1, in[1], in[2], &n), FM_OK);
        return (double)n;
    }
    ck_assert_int_eq(fm_pull_plan_search(&demand, &plan), FM_OK);
    return (double)(strcmp(r->quantity, "search-n") == 0 ? plan.n1 : plan.accept1);
}

START_TEST(certified_plans)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[1024];
    size_t n_rows = 0;
    (void)snprintf(path, sizeof path, "%s/src/pull/pull_acceptance_certified.csv",
                   top ? top : "..");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        row r = {0};
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        read_row(line, &r);
        n_rows++;
        assert_close(compute(&r), r.out, r.rel_tol, r.id);
    }
    (void)fclose(file);
    ck_assert_uint_ge(n_rows, 55);
}
END_TEST

/* ---- 2. plans -------------------------------------------------------------------- */

START_TEST(plan_quality)
{
    const fm_pull_plan plans[] = {{22, 0, 2, 22, 1}, {22, 0, 1, 0, 0}, {50, 1, 4, 60, 4}};
    for (size_t i = 0; i < 3; i++)
        for (int k = 0; k < 20; k++) {
            double chance = between(0.01, 0.99), p, accept;
            ck_assert_int_eq(fm_pull_plan_quality(&plans[i], chance, &p), FM_OK);
            ck_assert_int_eq(fm_pull_plan_eval(&plans[i], p, &accept, NULL), FM_OK);
            assert_close(accept, chance, 1e-12, "chance");
        }
    double x = 42, y = 43;
    const fm_pull_plan all = {5, 5, 6, 0, 0};
    ck_assert_int_eq(fm_pull_plan_quality(&all, 0.5, &x), FM_EVALID);
    ck_assert_int_eq(fm_pull_plan_quality(&plans[0], 1, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_plan_eval(&plans[0], 1.1, &x, &y), FM_EDOM);
    ck_assert_int_eq(fm_pull_plan_eval(&plans[0], NAN, &x, &y), FM_EDOM);
    const fm_pull_plan bad[] = {
        {0, 0, 1, 0, 0},    {22, 1, 1, 0, 0},  {22, 0, 2, 0, 0},   {22, 0, 1, 22, 1},
        {22, 0, 24, 22, 1}, {22, 1, 3, 22, 0}, {22, 0, 2, 22, 44}, {2000000, 0, 1, 0, 0}};
    for (size_t i = 0; i < FM_COUNT(bad); i++)
        ck_assert_int_eq(fm_pull_plan_eval(&bad[i], 0.1, &x, &y), FM_EDOM);
    ck_assert_double_eq(x, 42);
    ck_assert_double_eq(y, 43);
}
END_TEST

START_TEST(plan_search_status)
{
    fm_pull_plan plan = {.n1 = 42};
    fm_pull_variables variables = {.n = 43};
    uint64_t n = 44;
    const fm_pull_demand crossed = {0.1, 0.05, 0.1, 0.1}, certain = {0.01, 0, 0.1, 0.1};
    const fm_pull_demand close = {0.01, 0.05, 0.0100001, 0.05};
    ck_assert_int_eq(fm_pull_plan_search(&crossed, &plan), FM_EDOM);
    ck_assert_int_eq(fm_pull_plan_search(&certain, &plan), FM_EDOM);
    ck_assert_int_eq(fm_pull_plan_search(&close, &plan), FM_ERANGE);
    ck_assert_int_eq(fm_pull_variables_search(&crossed, &variables), FM_EDOM);
    ck_assert_int_eq(fm_pull_variables_search(&close, &variables), FM_ERANGE);
    ck_assert_int_eq(fm_pull_plan_size(0, 0, 0.1, &n), FM_EDOM);
    ck_assert_int_eq(fm_pull_plan_size(0, 1e-9, 0.1, &n), FM_ERANGE);
    ck_assert_uint_eq(plan.n1, 42);
    ck_assert_uint_eq(variables.n, 43);
    ck_assert_uint_eq(n, 44);
}
END_TEST

/* Simulated lots agree with the chance of a plan by variables. */
START_TEST(variables_plan)
{
    const fm_pull_demand d = {0.01, 0.05, 0.08, 0.1};
    fm_pull_variables plan, smaller;
    double at_aql, at_ltpd;
    ck_assert_int_eq(fm_pull_variables_search(&d, &plan), FM_OK);
    ck_assert_int_eq(fm_pull_variables_eval(&plan, d.aql, &at_aql), FM_OK);
    ck_assert_int_eq(fm_pull_variables_eval(&plan, d.ltpd, &at_ltpd), FM_OK);
    ck_assert_double_ge(at_aql, 0.95);
    assert_close(at_ltpd, 0.1, 1e-9, "consumer's risk");
    ck_assert_uint_lt(plan.n, 65); /* the plan by attributes needs 65 */
    smaller = (fm_pull_variables){plan.n - 1, plan.k};
    ck_assert_int_eq(fm_pull_variables_eval(&smaller, d.ltpd, &at_aql), FM_OK);
    size_t n_lots = 20000, accepted = 0, n = (size_t)plan.n;
    for (size_t i = 0; i < n_lots; i++) {
        double sum = 0, square = 0;
        for (size_t k = 0; k < n; k++) {
            double z = gsl_cdf_ugaussian_Pinv(uniform());
            sum += z;
            square += z * z;
        }
        double mean = sum / (double)n;
        double sd = sqrt((square - sum * mean) / (double)(n - 1));
        accepted += mean - plan.k * sd >= -gsl_cdf_ugaussian_Qinv(0.03);
    }
    ck_assert_int_eq(fm_pull_variables_eval(&plan, 0.03, &at_aql), FM_OK);
    double se = sqrt(at_aql * (1 - at_aql) / (double)n_lots);
    ck_assert_double_eq_tol((double)accepted / (double)n_lots, at_aql, z_stat * se);
    double x = 42;
    smaller.n = 1;
    ck_assert_int_eq(fm_pull_variables_eval(&smaller, 0.1, &x), FM_EDOM);
    ck_assert_int_eq(fm_pull_variables_eval(&plan, 0, &x), FM_EDOM);
    ck_assert_double_eq(x, 42);
}
END_TEST

/* ---- 3. budget ------------------------------------------------------------------- */

static fm_pull_loop
random_loop(bool by_length)
{
    double span = between(500, 1500) * 1e-6, position = between(0.2, 0.8);
    double height = between(150, 500) * 1e-6, drop = between(-100, 200) * 1e-6;
    double length =
        hypot(position * span, height) + hypot((1 - position) * span, height + drop);
    fm_pull_loop loop = {{span, position, height, drop, length, between(-0.15, 0.15)},
                         by_length};
    return loop;
}

/* Second way: differences of the tensions themselves. */
START_TEST(derivatives)
{
    for (int i = 0; i < 100; i++) {
        fm_pull_loop loop = random_loop(i % 2 == 1);
        double u[FM_PULL_N_MEASURED], sum[FM_PULL_N_RATIOS] = {0};
        for (size_t q = 0; q < FM_PULL_N_MEASURED; q++)
            u[q] = q == FM_PULL_TILT || q == FM_PULL_POSITION ? 1e-5 : 1e-8;
        u[loop.by_length ? FM_PULL_HEIGHT : FM_PULL_LENGTH] = 0;
        fm_pull_budget b;
        ck_assert_int_eq(fm_pull_budget_eval(&loop, u, &b), FM_OK);
        for (size_t q = 0; q < FM_PULL_N_MEASURED; q++) {
            fm_pull_loop moved = loop;
            fm_pull_resolved up, down;
            moved.x[q] = loop.x[q] + u[q];
            ck_assert_int_eq(fm_pull_loop_resolve(&moved, &up), FM_OK);
            moved.x[q] = loop.x[q] - u[q];
            ck_assert_int_eq(fm_pull_loop_resolve(&moved, &down), FM_OK);
            for (size_t r = 0; r < FM_PULL_N_RATIOS; r++) {
                double part = (up.ratio_1[r] - down.ratio_1[r]) / 2;
                ck_assert_double_eq_tol(b.part_1[r][q], part, 2e-9 * 1e-1);
                sum[r] += part * part;
            }
        }
        for (size_t r = 0; r < FM_PULL_N_RATIOS; r++)
            ck_assert_double_eq_tol(b.u_1[r], sqrt(sum[r]), 1e-9);
        ck_assert_double_lt(b.curvature_1, 1e-2);
    }
}
END_TEST

START_TEST(loop_status)
{
    fm_pull_loop loop = {{1e-3, 0.5, 250e-6, 0, 0, 0}, false}, bad;
    double u[FM_PULL_N_MEASURED] = {0};
    fm_pull_resolved r = {.ratio_1 = {42}};
    fm_pull_budget b = {.curvature_1 = 43};
    bad = loop;
    bad.x[FM_PULL_POSITION] = 1.01; /* hook outside */
    ck_assert_int_eq(fm_pull_loop_resolve(&bad, &r), FM_EDOM);
    bad = loop;
    bad.x[FM_PULL_SPAN] = NAN;
    ck_assert_int_eq(fm_pull_loop_resolve(&bad, &r), FM_EDOM);
    bad = loop;
    bad.x[FM_PULL_TILT] = 1.2; /* a side would have to push */
    ck_assert_int_eq(fm_pull_loop_resolve(&bad, &r), FM_EVALID);
    ck_assert_int_eq(fm_pull_budget_eval(&bad, u, &b), FM_EVALID);
    bad = loop;
    bad.by_length = true;
    bad.x[FM_PULL_LENGTH] = 0.99e-3;
    ck_assert_int_eq(fm_pull_loop_resolve(&bad, &r), FM_ETOOFEW);
    u[FM_PULL_HEIGHT] = -1;
    ck_assert_int_eq(fm_pull_budget_eval(&loop, u, &b), FM_EDOM);
    u[FM_PULL_HEIGHT] = INFINITY;
    ck_assert_int_eq(fm_pull_budget_eval(&loop, u, &b), FM_EDOM);
    ck_assert_double_eq(r.ratio_1[0], 42);
    ck_assert_double_eq(b.curvature_1, 43);
    u[FM_PULL_HEIGHT] = 300e-6; /* the hook may be below the bonds */
    ck_assert_int_eq(fm_pull_budget_eval(&loop, u, &b), FM_OK);
    ck_assert(isnan(b.curvature_1));
}
END_TEST

/* ---- 4. a point by hand ---------------------------------------------------------- */

enum {
    PARAMS_MAX = 32,
    PULLS_MAX = 400
};

static const fm_study *study;
static fm_value values[PARAMS_MAX];
static fm_point point;
static fm_out *out;
static fm_error err;
static double forces_n[PULLS_MAX];
static uint64_t lines[PULLS_MAX];
static fm_data_column force_column;
static fm_data pulls;
static const size_t one_column[] = {0, 1};
static const fm_data *inputs[N_INPUTS];

static double
si_factor(const char *unit)
{
    if (strcmp(unit, "um") == 0)
        return 1e-6;
    if (strcmp(unit, "gf") == 0)
        return 9.80665e-3;
    return strcmp(unit, "degree") == 0 ? 3.14159265358979323846 / 180 : 1;
}

static void
set(const char *key, const char *text)
{
    size_t k = 0;
    while (k < study->n_params && strcmp(study->params[k].key, key) != 0)
        k++;
    ck_assert_msg(k < study->n_params, "no parameter '%s'", key);
    const fm_param *param = &study->params[k];
    fm_value *v = &values[k];
    *v = (fm_value){.kind = param->kind, .given = true, .present = true, .text = text};
    if (param->kind == FM_REAL) {
        v->real = strtod(text, NULL);
        v->si = v->real * si_factor(param->unit);
    } else if (param->kind == FM_INTEGER) {
        v->integer = strtol(text, NULL, 10);
    } else if (param->kind == FM_CHOICE) {
        while (strcmp(param->choices[v->integer], text) != 0)
            v->integer++;
    }
}

static void
start_point(const fm_study *which)
{
    study = which;
    ck_assert_uint_le(study->n_params, PARAMS_MAX);
    memset(inputs, 0, sizeof inputs);
    for (size_t k = 0; k < study->n_params; k++) {
        values[k] = (fm_value){.kind = study->params[k].kind, .real = NAN, .si = NAN};
        if (study->params[k].def != NULL)
            set(study->params[k].key, study->params[k].def);
        values[k].given = false;
    }
    point = (fm_point){.study = study, .values = values, .data = inputs, .n_points = 1};
    ck_assert_int_eq(fm_out_create(study, &out), FM_OK);
}

static fm_status
run_point(void)
{
    fm_out_reset(out, 0);
    err = (fm_error)FM_ERROR_INIT;
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    fm_status st = study->check(&point, &err);
    if (st == FM_OK)
        st = study->run(&point, out, &err);
    ck_assert_int_eq(fm_out_end(out, st, err.text, 0), FM_OK);
    return st;
}

static double
cell(const char *table, const char *column, size_t at)
{
    for (size_t t = 0; t < study->n_tables; t++)
        for (size_t k = 0; k < study->tables[t].n_columns; k++) {
            const fm_buffer *b = &out->tables[t].columns[k];
            if (strcmp(study->tables[t].name, table) != 0 ||
                strcmp(study->tables[t].columns[k].name, column) != 0)
                continue;
            ck_assert_uint_lt(at, out->tables[t].n_rows);
            if (study->tables[t].columns[k].type == FM_TYPE_REAL)
                return b->real[at];
            return study->tables[t].columns[k].type == FM_TYPE_CODE
                       ? b->code[at]
                       : (double)b->integer[at];
        }
    ck_abort_msg("no column %s.%s", table, column);
    return 0;
}

static void
assert_text(const char *part)
{
    const char *text = out->points[0].message ? out->points[0].message : "";
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
}

static void
assert_fails(fm_status expected, const char *part)
{
    ck_assert_int_eq(run_point(), expected);
    assert_text(part);
}

static void
use_pulls(size_t n, const double *force_gf)
{
    ck_assert_uint_le(n, PULLS_MAX);
    for (size_t i = 0; i < n; i++) {
        forces_n[i] = force_gf[i] * 9.80665e-3;
        lines[i] = i + 2;
    }
    force_column =
        (fm_data_column){.name = "force", .type = FM_TYPE_REAL, .real = forces_n};
    pulls = (fm_data){.decl = &study->inputs[IN_PULLS],
                      .source = "pulls.csv",
                      .n_rows = n,
                      .line = lines,
                      .columns = &force_column,
                      .first = one_column};
    inputs[IN_PULLS] = &pulls;
}

static void
stop_point(void)
{
    fm_out_free(out);
    out = NULL;
}

START_TEST(everything_has_a_term)
{
    const fm_study *const both[] = {&fm_study_pull_geometry, &fm_study_pull_acceptance};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < both[i]->n_params; k++)
            ck_assert((both[i]->params[k].term != NULL) !=
                      (both[i]->params[k].no_term != NULL));
        for (size_t t = 0; t < both[i]->n_tables; t++)
            for (size_t k = 0; k < both[i]->tables[t].n_columns; k++) {
                const fm_column *c = &both[i]->tables[t].columns[k];
                ck_assert_msg((c->term != NULL) != (c->no_term != NULL), "%s", c->name);
            }
    }
}
END_TEST

/* ---- 5. pull.geometry ------------------------------------------------------------ */

static void
start_geometry(void)
{
    start_point(&fm_study_pull_geometry);
}

START_TEST(geometry_rows)
{
    set("hook.position", "0.3");
    set("loop.height", "200");
    set("loop.height_difference", "150");
    ck_assert_int_eq(run_point(), FM_OK);
    assert_close(cell("tension", "t1_ratio", 0), 1.0301575072754, 1e-12, "g04");
    assert_close(cell("tension", "t2_ratio", 0), 0.95831484749991, 1e-12, "g04");
    assert_close(cell("tension", "tension1", 0), 10.301575072754, 1e-12, "in gf");
    double peel = cell("tension", "peel1_ratio", 0) + cell("tension", "peel2_ratio", 0);
    assert_close(peel, 1, tol1, "peel balances the hook");
    double share = 0;
    for (size_t i = 0; i < 5; i++)
        share += cell("budget", "share_t1", i);
    assert_close(share, 100, 1e-12, "shares");
    assert_close(cell("loop", "z", 2), -150, 1e-12, "bond 2");
    values[2].given = false;
    set("loop.height_difference", "0");
    set("hook.position", "0.5");
    set("loop.length", "1200");
    ck_assert_int_eq(run_point(), FM_OK);
    assert_close(cell("tension", "hook_height1", 0), 331.66247903554, 1e-12, "g08");
    assert_close(cell("tension", "wire_length", 0), 1200, 1e-12, "length");
}
END_TEST

START_TEST(geometry_slack)
{
    set("hook.position", "0"); /* straight above bond 1 */
    ck_assert_int_eq(run_point(), FM_OK);
    assert_close(cell("tension", "state", 0), 2, 0, "state");
    assert_text("side 2 is slack");
    assert_text("within one standard uncertainty");
    set("hook.position", "0.5");
    set("u.height", "120");
    ck_assert_int_eq(run_point(), FM_OK);
    assert_text("the first-order uncertainties are rough");
    set("hook.tilt", "75");
    assert_fails(FM_EVALID, "hook.tilt 75 degree makes a span slack");
    set("hook.tilt", "0");
    set("hook.position", "1.2");
    ck_assert_int_eq(run_point(), FM_EDOM);
    set("hook.position", "0.5");
    set("loop.height", "-10");
    assert_fails(FM_EDOM, "not above the line between the bonds");
    set("loop.length", "900");
    assert_fails(FM_ESCENARIO, "loop.height: give it or loop.length, not both");
    values[2].given = false;
    assert_fails(FM_ESCENARIO, "u.height: the height follows from loop.length");
    set("u.height", "10");
    assert_fails(FM_EVALID, "wire too short");
}
END_TEST

/* ---- 6. pull.acceptance ---------------------------------------------------------- */

static void
start_acceptance(void)
{
    start_point(&fm_study_pull_acceptance);
    set("limit.force", "3");
}

/* Thirty quantiles of a normal distribution, moved so that Cpl is exactly 1.67. */
static void
claimed_pulls(double *force_gf)
{
    double sum = 0, square = 0;
    for (int i = 0; i < 30; i++) {
        force_gf[i] = gsl_cdf_ugaussian_Pinv((i + 0.5) / 30);
        sum += force_gf[i];
        square += force_gf[i] * force_gf[i];
    }
    double sd = sqrt((square - sum * sum / 30) / 29);
    for (int i = 0; i < 30; i++)
        force_gf[i] = 3 + 3 * 1.67 * sd + (force_gf[i] - sum / 30);
}

START_TEST(claim_on_thirty)
{
    double x[30];
    claimed_pulls(x);
    use_pulls(30, x);
    ck_assert_int_eq(run_point(), FM_OK);
    assert_close(cell("capability", "cpl", 0), 1.67, 1e-12, "cpl");
    assert_close(cell("capability", "cpl_lower", 0), 1.29069070843, 1e-9, "lower");
    assert_close(cell("capability", "claim_proves", 0), 1.29069070843, 1e-9, "claim");
    ck_assert(isnan(cell("capability", "needed_n", 0)));
    assert_text("proves no claim of 1.67");
    assert_text("it takes 299 pulls, these are 30");
    double sd = cell("capability", "std_dev", 0), mean = cell("capability", "mean", 0);
    assert_close(cell("tolerance", "bound", METHOD_NORMAL), mean - 3.063901126238 * sd,
                 1e-10, "k");
    ck_assert(isnan(cell("tolerance", "bound", METHOD_FREE)));
    /* The bound of the fraction is the bound of the index, said otherwise. */
    assert_close(cell("tolerance", "fraction_below_upper", METHOD_NORMAL),
                 gsl_cdf_ugaussian_Q(3 * 1.29069070843), 1e-8, "fraction");
    set("claim.sample", "30");
    assert_fails(FM_ESCENARIO, "claim.sample: with measured pulls");
}
END_TEST

START_TEST(large_sample)
{
    double x[PULLS_MAX];
    for (int i = 0; i < PULLS_MAX; i++)
        x[i] = exp(2 + 0.1 * gsl_cdf_ugaussian_Pinv((i + 0.5) / PULLS_MAX));
    use_pulls(PULLS_MAX, x);
    ck_assert_int_eq(run_point(), FM_OK);
    /* 400 pulls give the first of them (299 needed, 473 for the second). */
    assert_close(cell("tolerance", "bound", METHOD_FREE), x[0], 1e-14, "smallest");
    assert_close(cell("tolerance", "factor", METHOD_FREE), 1, 0, "rank");
    double quantile = exp(2 + 0.1 * gsl_cdf_ugaussian_Pinv(0.01));
    double bound = cell("tolerance", "bound", METHOD_LOGNORMAL);
    ck_assert_double_lt(bound, quantile);
    ck_assert_double_gt(bound, 0.95 * quantile);
    ck_assert_double_lt(cell("tolerance", "bound", METHOD_WEIBULL), bound);
}
END_TEST

START_TEST(bad_pulls)
{
    const double few[] = {8, 7, 9}, same[] = {8, 8, 8, 8, 8, 8};
    const double negative[] = {8, 7, -1, 9, 8, 7}, good[] = {2, 2.1, 1.9, 2.2, 1.8, 2.05};
    static const size_t no_column[] = {0, 0};
    use_pulls(3, few);
    assert_fails(FM_ETOOFEW, "pulls.csv: too few pulls: 3, at least 5 are needed");
    use_pulls(6, same);
    assert_fails(FM_ESINGULAR, "pulls.csv: all 6 forces are 8 gf");
    use_pulls(6, negative);
    assert_fails(FM_EDATA, "pulls.csv:4: force -1 gf");
    forces_n[2] = NAN;
    assert_fails(FM_EDATA, "pulls.csv:4: force nan");
    use_pulls(6, good); /* all below the limit of 3 gf: a result, and a bad one */
    ck_assert_int_eq(run_point(), FM_OK);
    assert_text("the limit of 3 gf lies above all 6 forces");
    ck_assert_double_lt(cell("capability", "cpl", 0), 0);
    assert_close(cell("capability", "n_below", 0), 6, 0, "n_below");
    assert_close(cell("tolerance", "fraction_below_upper", METHOD_FREE), 1, 0, "all");
    pulls.first = no_column;
    assert_fails(FM_ESCENARIO, "has no column 'force'");
}
END_TEST

START_TEST(planned_only)
{
    assert_fails(FM_ESCENARIO, "claim.sample: without data.pulls");
    set("claim.sample", "30");
    set("claim.expected", "2");
    ck_assert_int_eq(run_point(), FM_OK);
    assert_close(cell("capability", "claim_proves", 0), 1.29069070843, 1e-9, "claim");
    ck_assert_double_gt(cell("capability", "needed_n", 0), 40);
    ck_assert(isnan(cell("capability", "cpl", 0)) &&
              isnan(cell("capability", "claim", 0)) &&
              isnan(cell("capability", "bound_limit", 0)));
    assert_close(cell("plans", "accept_at_ltpd", 0), 0.12218267028, 1e-10, "a05");
    assert_close(cell("plans", "n", ROW_ATTRIBUTES), 22, 0, "attributes");
    assert_close(cell("oc", "accept", 0), 1, 0, "no bad bonds");
    set("claim.cpk", "2");
    ck_assert_int_eq(run_point(), FM_OK);
    assert_text("an index of 2 proves no claim of 2");
}
END_TEST

START_TEST(bad_plans)
{
    set("claim.sample", "30");
    set("plan.accept", "2");
    assert_fails(FM_EDOM, "the plan cannot be used");
    set("plan.accept", "0");
    set("quality.aql", "0.2");
    assert_fails(FM_EDOM, "aql must be the smaller one");
    set("quality.aql", "0.0999999");
    ck_assert_int_eq(run_point(), FM_OK);
    assert_text("no plan by attributes");
    assert_text("no plan by variables");
    set("plan.kind", "single");
    set("plan.reject", "2");
    assert_fails(FM_ESCENARIO, "plan.reject: only for plan.kind double");
}
END_TEST

static Suite *
acceptance_suite(void)
{
    Suite *suite = suite_create("pull.geometry and pull.acceptance");
    TCase *models = tcase_create("models"), *geometry = tcase_create("geometry");
    TCase *acceptance = tcase_create("acceptance");
    tcase_set_timeout(models, 60);
    tcase_add_test(models, certified_plans);
    tcase_add_test(models, plan_quality);
    tcase_add_test(models, plan_search_status);
    tcase_add_test(models, variables_plan);
    tcase_add_test(models, derivatives);
    tcase_add_test(models, loop_status);
    tcase_add_test(models, everything_has_a_term);
    tcase_add_checked_fixture(geometry, start_geometry, stop_point);
    tcase_add_test(geometry, geometry_rows);
    tcase_add_test(geometry, geometry_slack);
    tcase_add_checked_fixture(acceptance, start_acceptance, stop_point);
    tcase_add_test(acceptance, claim_on_thirty);
    tcase_add_test(acceptance, large_sample);
    tcase_add_test(acceptance, bad_pulls);
    tcase_add_test(acceptance, planned_only);
    tcase_add_test(acceptance, bad_plans);
    suite_add_tcase(suite, models);
    suite_add_tcase(suite, geometry);
    suite_add_tcase(suite, acceptance);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    seed_tests();
    SRunner *runner = srunner_create(acceptance_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
