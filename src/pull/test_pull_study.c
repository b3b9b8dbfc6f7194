/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of pull.simulate: declarations, lookups in its inputs, rows, messages.
 *
 * Contents
 *   1. a point by hand   2. declarations   3. lookups   4. rows   5. failures
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "core/rows.h"
#include "core/study.h"
#include "pull/pull_data.h"
#include "pull/pull_simulate.h"

extern const fm_study fm_study_pull_simulate;
static const fm_study *const study = &fm_study_pull_simulate;

/* ---- 1. a point by hand ---------------------------------------------------------- */

enum {
    ROWS_MAX = 8
};

/* A column of a small table; text columns take their labels in order of appearance. */
typedef struct cells {
    double real[ROWS_MAX];
    int32_t code[ROWS_MAX];
    char *labels[ROWS_MAX];
    size_t n_labels;
} cells;

typedef struct table {
    cells cells[FM_PULL_LIMITS_COLUMNS];
    fm_data_column columns[FM_PULL_LIMITS_COLUMNS];
    size_t first[FM_PULL_LIMITS_COLUMNS + 1];
    uint64_t line[ROWS_MAX];
    fm_data data;
} table;

static table limits, wires;
static const fm_data *inputs[N_INPUTS];
static fm_value values[N_PARAMS];
static fm_point point;
static fm_out *out;
static fm_error err;

static void
add_column(table *t, size_t k, const fm_input_column *decl)
{
    fm_data_column *c = &t->columns[k];
    *c = (fm_data_column){.name = decl->name, .type = decl->type};
    c->real = t->cells[k].real;
    c->code = t->cells[k].code;
    c->labels = t->cells[k].labels;
    t->first[k] = k;
    t->first[k + 1] = k + 1;
}

static void
put_text(table *t, size_t column, size_t row, const char *text)
{
    cells *c = &t->cells[column];
    size_t k = 0;
    while (k < c->n_labels && strcmp(c->labels[k], text) != 0)
        k++;
    if (k == c->n_labels) {
        c->labels[c->n_labels++] = strdup(text);
        t->columns[column].n_labels = c->n_labels;
    }
    c->code[row] = (int32_t)k;
}

static void
free_table(table *t)
{
    for (size_t k = 0; k < FM_PULL_LIMITS_COLUMNS; k++)
        for (size_t i = 0; i < t->cells[k].n_labels; i++)
            free(t->cells[k].labels[i]);
    *t = (table){.data = {.n_rows = 0}};
}

static void
start_table(table *t, size_t input)
{
    const fm_input_decl *decl = &study->inputs[input];
    free_table(t);
    for (size_t k = 0; k < decl->n_columns; k++)
        add_column(t, k, &decl->columns[k]);
    for (size_t i = 0; i < ROWS_MAX; i++)
        t->line[i] = i + 2;
    t->data = (fm_data){.decl = decl, .source = decl->name, .line = t->line};
    t->data.columns = t->columns;
    t->data.first = t->first;
    inputs[input] = &t->data;
}

static void
add_limit(const char *standard, const char *material, double mil, double preseal_gf,
          double postseal_gf)
{
    const double mil_m = 25.4e-6, gf_n = 9.80665e-3;
    size_t row = limits.data.n_rows++;
    put_text(&limits, FM_PULL_LIMITS_STANDARD, row, standard);
    put_text(&limits, FM_PULL_LIMITS_MATERIAL, row, material);
    put_text(&limits, FM_PULL_LIMITS_STATUS, row, "secondary");
    put_text(&limits, FM_PULL_LIMITS_SOURCE, row, "table 1");
    limits.cells[FM_PULL_LIMITS_DIAMETER].real[row] = mil * mil_m;
    limits.cells[FM_PULL_LIMITS_PRESEAL].real[row] = preseal_gf * gf_n;
    limits.cells[FM_PULL_LIMITS_POSTSEAL].real[row] = postseal_gf * gf_n;
}

static void
add_wire(const char *material, double tensile_mpa)
{
    size_t row = wires.data.n_rows++;
    put_text(&wires, FM_PULL_WIRES_MATERIAL, row, material);
    wires.cells[FM_PULL_WIRES_TENSILE].real[row] = tensile_mpa * 1e6;
}

static double
si_factor(const char *unit)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"1", 1},
                 {"um", 1e-6},
                 {"gf", 9.80665e-3},
                 {"MPa", 1e6},
                 {"degree", 3.14159265358979323846 / 180}};
    for (size_t i = 0; i < FM_COUNT(units); i++)
        if (strcmp(units[i].unit, unit) == 0)
            return units[i].factor;
    ck_abort_msg("unit '%s' is not in the test's list", unit);
    return 0;
}

static size_t
word_index(const char *const *words, const char *word)
{
    size_t i = 0;
    while (words[i] != NULL && strcmp(words[i], word) != 0)
        i++;
    ck_assert_msg(words[i] != NULL, "no word '%s'", word);
    return i;
}

/* Gives a parameter the value that a scenario would spell so. */
static void
set(size_t k, const char *text)
{
    const fm_param *param = &study->params[k];
    fm_value *v = &values[k];
    *v = (fm_value){.kind = param->kind, .given = true, .present = true, .text = text};
    if (param->kind == FM_REAL) {
        v->real = strtod(text, NULL);
        v->si = v->real * si_factor(param->unit);
    } else if (param->kind == FM_INTEGER) {
        v->integer = strtol(text, NULL, 10);
    } else if (param->kind == FM_CHOICE) {
        v->integer = (int64_t)word_index(param->choices, text);
    }
}

static void
start_point(void)
{
    for (size_t k = 0; k < N_PARAMS; k++) {
        values[k] = (fm_value){.kind = study->params[k].kind};
        values[k].real = values[k].si = NAN;
        if (study->params[k].def != NULL)
            set(k, study->params[k].def);
        values[k].given = false;
    }
    start_table(&limits, IN_LIMITS);
    add_limit("A", "Au", 0.7, 1.5, 1.2);
    add_limit("A", "Au", 1.3, 4, 3);
    add_limit("A", "Al", 1, 2.5, 1.5);
    add_limit("A", "Au", 1, 3, 2.5);
    add_limit("B", "Au", 1, 2.4, NAN);
    start_table(&wires, IN_WIRES);
    add_wire("Al", 270);
    add_wire("Au", 200);
    set(P_STANDARD, "A");
    point = (fm_point){.study = study, .values = values, .data = inputs, .n_points = 1};
    point.seed = 20261121;
    point.draws = 50000;
    point.threads = 1;
    err = (fm_error)FM_ERROR_INIT;
    ck_assert_int_eq(fm_out_create(study, &out), FM_OK);
}

static void
stop_point(void)
{
    fm_out_free(out);
    out = NULL;
    free_table(&limits);
    free_table(&wires);
}

static fm_status
run_point(void)
{
    fm_out_reset(out, 0);
    err = (fm_error)FM_ERROR_INIT;
    ck_assert_int_eq(fm_out_begin(out, 0), FM_OK);
    fm_status st = study->run(&point, out, &err);
    ck_assert_int_eq(fm_out_end(out, st, err.text, 0), FM_OK);
    return st;
}

static double
summary(size_t column)
{
    return out->tables[T_SUMMARY].columns[column].real[0];
}

/* The thread library never frees its threads, which valgrind would report. */
static int
several_threads(void)
{
    return getenv("FM_TEST_VALGRIND") != NULL ? 1 : 3;
}

static void
assert_text(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
}

/* ---- 2. declarations ------------------------------------------------------------- */

START_TEST(places_match_names)
{
    const struct {
        size_t place;
        const char *key;
    } known[] = {
        {P_MATERIAL, "wire.material"},
        {P_LENGTH, "loop.length"},
        {P_TILT, "hook.tilt"},
        {P_STRENGTH + S_FAMILY, "strength.wire.distribution"},
        {P_STRENGTH + N_S * FM_PULL_LIFT_2 + S_CV, "strength.lift_2.cv"},
        {P_STRENGTH + N_S * FM_PULL_HEEL_1 + S_MEAN, "strength.heel_1.mean"},
        {P_RESOLUTION, "tester.resolution"},
        {P_NOISE, "tester.noise"},
        {P_SINGLE_FACTOR, "limit.single_bond_factor"},
        {P_FORCE, "limit.force"},
        {P_MAX_BELOW, "accept.max_fraction_below"},
        {P_KEEP, "keep"},
        {P_BINS, "bins"},
    };
    for (size_t i = 0; i < FM_COUNT(known); i++)
        ck_assert_str_eq(study->params[known[i].place].key, known[i].key);
    const fm_column *c = study->tables[T_SUMMARY].columns;
    ck_assert_str_eq(c[C_BELOW].name, "fraction_below_limit");
    ck_assert_str_eq(c[C_SHARE + FM_PULL_LIFT_2].name, "share_lift_2");
    ck_assert_str_eq(c[C_T1].name, "t1_ratio");
    ck_assert_str_eq(c[C_LIMIT_SOURCE].name, "limit_source");
    ck_assert_str_eq(study->tables[T_MODES].columns[M_OVER].name, "n_over");
    ck_assert_str_eq(study->tables[T_HISTOGRAM].columns[H_HIGH].name, "high");
    ck_assert_str_eq(study->tables[T_PULLS].columns[L_TENSION].name, "tension");
}
END_TEST

static void
check_term(const char *name, const char *term, const char *no_term)
{
    ck_assert_msg((term != NULL) != (no_term != NULL), "%s: a term or why not", name);
}

START_TEST(everything_has_a_term)
{
    for (size_t k = 0; k < study->n_params; k++)
        check_term(study->params[k].key, study->params[k].term, study->params[k].no_term);
    for (size_t t = 0; t < study->n_tables; t++)
        for (size_t k = 0; k < study->tables[t].n_columns; k++) {
            const fm_column *c = &study->tables[t].columns[k];
            check_term(c->name, c->term, c->no_term);
        }
}
END_TEST

/* ---- 3. lookups ------------------------------------------------------------------ */

START_TEST(limit_lookup)
{
    const double gf = 9.80665e-3;
    char source[FM_PULL_SOURCE_TEXT] = "untouched";
    double x = 42;
    fm_pull_limit_query q = {"A", "Au", FM_PULL_LIMITS_PRESEAL, 25.4e-6};
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err), FM_OK);
    ck_assert_double_eq_tol(x, 3 * gf, 1e-17);
    ck_assert_str_eq(source, "table 1, Au preseal, at 25.4 um; secondary");
    q.condition = FM_PULL_LIMITS_POSTSEAL;
    q.diameter_m = 30e-6;
    double part = log(30 / 25.4) / log(1.3);
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err), FM_OK);
    ck_assert_double_eq_tol(x, 2.5 * pow(1.2, part) * gf, 1e-14);
    assert_text(source, "postseal, between 25.4 um and 33.02 um");
    q.standard = "B";
    x = 42;
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err),
                     FM_EVALID);
    assert_text(err.text, "no postseal limit for Au wire (B)");
    q.standard = "C";
    err = (fm_error)FM_ERROR_INIT;
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err),
                     FM_ESCENARIO);
    assert_text(err.text, "'C' is not in limits, which has A, B");
    q = (fm_pull_limit_query){"A", "Au", FM_PULL_LIMITS_PRESEAL, 40e-6};
    err = (fm_error)FM_ERROR_INIT;
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err),
                     FM_EVALID);
    assert_text(err.text, "40 um is outside 17.78 um to 33.02 um");
    ck_assert_double_eq(x, 42);
}
END_TEST

START_TEST(limit_rows_disagree)
{
    char source[FM_PULL_SOURCE_TEXT];
    double x = 42;
    fm_pull_limit_query q = {"A", "Au", FM_PULL_LIMITS_PRESEAL, 25.4e-6};
    add_limit("A", "Au", 1, 3, 2.6);
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err), FM_OK);
    q.condition = FM_PULL_LIMITS_POSTSEAL;
    x = 42;
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err),
                     FM_EDATA);
    assert_text(err.text, "lines 5 and 7 contradict each other");
    start_table(&limits, IN_LIMITS);
    add_limit("A", "Au", 1, -3, 2.5);
    q.condition = FM_PULL_LIMITS_PRESEAL;
    err = (fm_error)FM_ERROR_INIT;
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err),
                     FM_EDATA);
    ck_assert_double_eq(x, 42);
}
END_TEST

/* A table of one's own: no standard, no source, one condition. */
START_TEST(plain_limits)
{
    char source[FM_PULL_SOURCE_TEXT];
    double x;
    fm_pull_limit_query q = {"any", "Au", FM_PULL_LIMITS_PRESEAL, 25.4e-6};
    start_table(&limits, IN_LIMITS);
    add_limit("", "Au", 1, 3.3, NAN);
    /* Columns stand together: diameter, material, preseal. */
    const size_t first[] = {0, 1, 2, 2, 3, 3, 3, 3};
    limits.columns[2] = limits.columns[FM_PULL_LIMITS_PRESEAL];
    memcpy(limits.first, first, sizeof first);
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err), FM_OK);
    assert_text(source, "limits, Au preseal, at 25.4 um");
    q.condition = FM_PULL_LIMITS_POSTSEAL;
    ck_assert_int_eq(fm_pull_limits_get(inputs[IN_LIMITS], &q, &x, source, &err),
                     FM_EVALID);
}
END_TEST

START_TEST(wire_lookup)
{
    double pa = 42;
    ck_assert_int_eq(fm_pull_wires_get(inputs[IN_WIRES], "Ag", &pa, &err), FM_ESCENARIO);
    assert_text(err.text, "'Ag' is not in wires, which has Al, Au");
    add_wire("Au", 210);
    ck_assert_int_eq(fm_pull_wires_get(inputs[IN_WIRES], "Au", &pa, NULL), FM_EDATA);
    add_wire("Cu", 0);
    ck_assert_int_eq(fm_pull_wires_get(inputs[IN_WIRES], "Cu", &pa, NULL), FM_EDATA);
    ck_assert_double_eq(pa, 42);
    ck_assert_int_eq(fm_pull_wires_get(inputs[IN_WIRES], "Al", &pa, NULL), FM_OK);
    ck_assert_double_eq_tol(pa, 270e6, 1);
}
END_TEST

/* ---- 4. rows --------------------------------------------------------------------- */

START_TEST(summary_row)
{
    ck_assert_int_eq(run_point(), FM_OK);
    double share = 0, n = (double)point.draws;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        share += summary(C_SHARE + k);
    ck_assert_double_eq_tol(share, 1, 1e-12);
    ck_assert_double_eq_tol(summary(C_T1), 1.1180339887499, 1e-12);
    ck_assert_double_eq_tol(summary(C_LOAD), 10.011040510743326, 1e-12);
    ck_assert_double_eq_tol(summary(C_PEEL1) + summary(C_PEEL2), 1, 1e-12);
    ck_assert_double_eq_tol(summary(C_MEAN_SE), summary(C_SD) / sqrt(n), 1e-12);
    /* Noise of the tester moves few of the pulls near the limit. */
    double exact = summary(C_BELOW_EXACT);
    ck_assert_double_eq_tol(summary(C_BELOW), exact, 5 * sqrt(exact / n));
    ck_assert_double_gt(summary(C_BELOW_UPPER), summary(C_BELOW));
    ck_assert_double_le(summary(C_MIN), summary(C_MEAN));
    ck_assert_str_eq(out->points[0].message ? out->points[0].message : "", "");
}
END_TEST

/* Every pull is in one bin of its mode, or under or over the bins. */
START_TEST(histogram_is_complete)
{
    const fm_rows *modes = &out->tables[T_MODES], *bins = &out->tables[T_HISTOGRAM];
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_uint_eq(modes->n_rows, FM_PULL_N_MODES);
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        int64_t count = modes->columns[M_UNDER].integer[k];
        count += modes->columns[M_OVER].integer[k];
        for (size_t i = 0; i < bins->n_rows; i++)
            if ((size_t)bins->columns[H_MODE].code[i] == k)
                count += bins->columns[H_COUNT].integer[i];
        ck_assert_int_eq(count, modes->columns[M_N].integer[k]);
    }
    ck_assert_uint_le(bins->n_rows, study->rows(&point, T_HISTOGRAM));
}
END_TEST

START_TEST(threads_do_not_matter)
{
    double one[N_SUMMARY];
    ck_assert_int_eq(run_point(), FM_OK);
    for (size_t k = C_MEAN; k < C_LIMIT_SOURCE; k++)
        one[k] = summary(k);
    point.threads = several_threads();
    ck_assert_int_eq(run_point(), FM_OK);
    for (size_t k = C_MEAN; k < C_LIMIT_SOURCE; k++)
        ck_assert_msg(one[k] <= summary(k) && one[k] >= summary(k), "column %zu", k);
}
END_TEST

START_TEST(kept_pulls)
{
    static const int8_t zones[] = {0, 1, 2, 1, 2};
    const fm_rows *pulls = &out->tables[T_PULLS];
    point.draws = 40001; /* more than two blocks and a part */
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_uint_eq(pulls->n_rows, 0);
    double mean = summary(C_MEAN), sum = 0;
    set(P_KEEP, "pulls");
    point.threads = several_threads();
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_uint_eq(pulls->n_rows, point.draws);
    ck_assert_uint_eq(study->rows(&point, T_PULLS), point.draws);
    for (size_t i = 0; i < pulls->n_rows; i++) {
        ck_assert_int_eq(pulls->columns[L_PULL].integer[i], (int64_t)i);
        double force = pulls->columns[L_FORCE].real[i];
        int8_t mode = pulls->columns[L_MODE].code[i];
        ck_assert_int_eq(pulls->columns[L_ZONE].code[i], zones[mode]);
        ck_assert_double_eq_tol(pulls->columns[L_TENSION].real[i],
                                1.1180339887499 * force, 1e-10);
        ck_assert_double_eq_tol(force * 100, round(force * 100), 1e-9); /* 0.01 gf */
        sum += force;
    }
    ck_assert_double_eq_tol(sum / (double)point.draws, mean, 1e-10);
}
END_TEST

START_TEST(limit_choices)
{
    set(P_DIAMETER, "25.4");
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_double_eq_tol(summary(C_LIMIT), 3, 1e-12);
    set(P_BOND, "single");
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_double_eq_tol(summary(C_LIMIT), 2.25, 1e-12);
    assert_text(out->tables[T_SUMMARY].columns[C_LIMIT_SOURCE].text[0],
                "single bond, times 0.75");
    set(P_FORCE, "7");
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_double_eq_tol(summary(C_LIMIT), 7, 1e-12);
    ck_assert_double_gt(summary(C_BELOW), 0.5);
}
END_TEST

/* Outside the table there is no limit, no fraction and no verdict, but a remark. */
START_TEST(no_limit)
{
    set(P_DIAMETER, "15");
    ck_assert_int_eq(study->check(&point, &err), FM_OK);
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert(isnan(summary(C_LIMIT)) && isnan(summary(C_BELOW)));
    ck_assert(isnan(summary(C_BELOW_EXACT)) && isnan(summary(C_BELOW_UPPER)));
    ck_assert(isnan(summary(C_MAX_BELOW)));
    assert_text(out->points[0].message, "no limit: 15 um is outside");
    ck_assert_double_gt(summary(C_MEAN), 0);
}
END_TEST

START_TEST(tester_and_length)
{
    ck_assert_int_eq(run_point(), FM_OK);
    double mean = summary(C_MEAN);
    set(P_SCALE_ERROR, "0.02");
    set(P_SCALE_U, "0.01");
    ck_assert_int_eq(run_point(), FM_OK);
    /* Rounding to 0.01 gf averages out. */
    ck_assert_double_eq_tol(summary(C_MEAN), 1.02 * mean, 1e-4);
    ck_assert_double_eq_tol(summary(C_MEAN_U),
                            hypot(summary(C_MEAN_SE), 0.01 * summary(C_MEAN)), 1e-12);
    set(P_LENGTH, "1200");
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_double_eq_tol(summary(C_HOOK_HEIGHT), 331.66247903554, 1e-9);
    ck_assert_double_eq_tol(summary(C_T1), 0.90453403373329, 1e-12);
}
END_TEST

START_TEST(own_mean_and_cut)
{
    set(P_STRENGTH + N_S * FM_PULL_LIFT_1 + S_FAMILY, "normal");
    set(P_STRENGTH + N_S * FM_PULL_LIFT_1 + S_MEAN, "3");
    set(P_STRENGTH + N_S * FM_PULL_LIFT_1 + S_CV, "0.5");
    ck_assert_int_eq(run_point(), FM_OK);
    ck_assert_double_gt(summary(C_SHARE + FM_PULL_LIFT_1), 0.9);
    assert_text(out->points[0].message, "strength.lift_1: 0.023 of the normal");
}
END_TEST

/* ---- 5. failures ----------------------------------------------------------------- */

static void
assert_fails(fm_status expected, const char *part)
{
    ck_assert_int_eq(run_point(), expected);
    assert_text(err.text, part);
    ck_assert(isnan(summary(C_MEAN)));
    ck_assert_uint_eq(out->tables[T_HISTOGRAM].n_rows, 0);
}

START_TEST(bad_geometry)
{
    set(P_TILT, "75");
    assert_fails(FM_EVALID, "makes a span slack");
    set(P_TILT, "0");
    set(P_HEIGHT, "-10");
    assert_fails(FM_EDOM, "not above the line between the bonds");
    set(P_HEIGHT, "250");
    set(P_LENGTH, "900");
    assert_fails(FM_EVALID, "wire too short");
    ck_assert_int_eq(study->check(&point, NULL), FM_ESCENARIO);
    values[P_HEIGHT].given = false;
    ck_assert_int_eq(study->check(&point, NULL), FM_OK);
}
END_TEST

START_TEST(bad_strengths)
{
    set(P_MATERIAL, "Ag");
    ck_assert_int_eq(study->check(&point, &err), FM_ESCENARIO);
    assert_fails(FM_ESCENARIO, "wire.material 'Ag'");
    /* Its own tensile strength makes any material good; it has no limit, though. */
    set(P_TENSILE, "300");
    ck_assert_int_eq(study->check(&point, NULL), FM_OK);
    ck_assert_int_eq(run_point(), FM_OK);
    set(P_STRENGTH + S_FAMILY, "normal");
    set(P_STRENGTH + S_CV, "1.5");
    assert_fails(FM_EDOM, "strength.wire");
    for (size_t k = 0; k < FM_PULL_N_MODES; k++)
        set(P_STRENGTH + N_S * k + S_FAMILY, "never");
    assert_fails(FM_EDOM, "nothing can break");
}
END_TEST

START_TEST(bad_limit_and_draws)
{
    set(P_STANDARD, "C");
    ck_assert_int_eq(study->check(&point, NULL), FM_ESCENARIO);
    assert_fails(FM_ESCENARIO, "limit.standard 'C'");
    set(P_STANDARD, "A");
    point.draws = 0;
    assert_fails(FM_EDOM, "draws must be");
    point.draws = (UINT64_C(1) << 32) + 1;
    assert_fails(FM_EDOM, "draws must be");
}
END_TEST

START_TEST(interruption)
{
    static const volatile sig_atomic_t stop = 1;
    point.stop = &stop;
    ck_assert_int_eq(run_point(), FM_EINTERRUPT);
}
END_TEST

static Suite *
study_suite(void)
{
    Suite *suite = suite_create("pull.simulate");
    TCase *tests = tcase_create("study");
    tcase_add_checked_fixture(tests, start_point, stop_point);
    tcase_add_test(tests, places_match_names);
    tcase_add_test(tests, everything_has_a_term);
    tcase_add_test(tests, limit_lookup);
    tcase_add_test(tests, limit_rows_disagree);
    tcase_add_test(tests, plain_limits);
    tcase_add_test(tests, wire_lookup);
    tcase_add_test(tests, summary_row);
    tcase_add_test(tests, histogram_is_complete);
    tcase_add_test(tests, threads_do_not_matter);
    tcase_add_test(tests, kept_pulls);
    tcase_add_test(tests, limit_choices);
    tcase_add_test(tests, no_limit);
    tcase_add_test(tests, tester_and_length);
    tcase_add_test(tests, own_mean_and_cut);
    tcase_add_test(tests, bad_geometry);
    tcase_add_test(tests, bad_strengths);
    tcase_add_test(tests, bad_limit_and_draws);
    tcase_add_test(tests, interruption);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    gsl_set_error_handler_off();
    SRunner *runner = srunner_create(study_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
