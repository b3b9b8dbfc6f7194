/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the spc models; those of restricted maximum likelihood are in test_spc_reml.c.
 *
 * Contents
 *   1. certified rows     2. anova, components     3. limits, rules     4. main
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "math/univariate.h"
#include "spc/spc_constants.h"
#include "spc/spc_limits.h"
#include "spc/spc_rules.h"
#include "spc/test_spc_data.h"

/* ---- 1. certified rows ----------------------------------------------------------- */

static double
anova_quantity(const char *name)
{
    spc_analysis a;
    ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
    const fm_spc_anova *t = &a.anova;
    fm_spc_component c[FM_SPC_SOURCE_MAX];
    ck_assert_int_eq(fm_spc_components_eval(t, 0.95, c), FM_OK);
    size_t last = strlen(name) - 1;
    size_t i = name[last] >= '0' && name[last] < '9' ? (size_t)(name[last] - '0') : 0;
    double x = NAN;
    if (strcmp(name, "r2") == 0)
        x = t->ss[0] / (t->ss[0] + t->ss[1]);
    else if (strcmp(name, "rsd") == 0)
        x = sqrt(t->ms[t->depth]);
    else if (strncmp(name, "ss", last) == 0)
        x = t->ss[i];
    else if (strncmp(name, "f", last) == 0)
        x = t->f[i];
    else if (strncmp(name, "p", last) == 0)
        x = t->p[i];
    else if (strncmp(name, "var", last) == 0)
        x = c[i].variance;
    spc_analysis_free(&a);
    return x;
}

static double
chart_quantity(const char *name)
{
    fm_spc_subgroup g[25];
    double rbar = 0, sbar = 0;
    for (size_t i = 0; i < 25; i++) {
        ck_assert_int_eq(fm_spc_subgroup_eval(spc_sample.y + 5 * i, 5, &g[i]), FM_OK);
        rbar += g[i].range / 25;
        sbar += g[i].std_dev / 25;
    }
    fm_spc_process range, std_dev, pooled;
    fm_spc_limits mean, r, s;
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 25, FM_SPC_SIGMA_RANGE, &range), FM_OK);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 25, FM_SPC_SIGMA_STD_DEV, &std_dev), FM_OK);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 25, FM_SPC_SIGMA_POOLED, &pooled), FM_OK);
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_MEAN, 5, &range, &mean), FM_OK);
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_RANGE, 5, &range, &r), FM_OK);
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_STD_DEV, 5, &std_dev, &s), FM_OK);
    spc_assert_close("centre of the range chart", r.centre, rbar, TOL2);
    spc_assert_close("centre of the s chart", s.centre, sbar, TOL2);
    const struct {
        const char *name;
        double value;
    } table[] = {{"rbar", rbar},
                 {"sbar", sbar},
                 {"sigma-r", range.sigma},
                 {"sigma-s", std_dev.sigma},
                 {"sigma-pooled", pooled.sigma},
                 {"lower-mean", mean.lower},
                 {"upper-mean", mean.upper},
                 {"upper-range", r.upper},
                 {"upper-sd", s.upper}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(name, table[i].name) == 0)
            return table[i].value;
    return NAN;
}

/* Value of a certified row: "quantity argument". */
static double
quantity(const char *name, const char *argument)
{
    double x = NAN;
    fm_math_moments m;
    fm_spc_limits l;
    fm_spc_process p05 = {34.088, 0.5076521, 10, 9};
    size_t n = strtoul(argument, NULL, 10);
    if (strcmp(name, "d2") == 0)
        ck_assert_int_eq(fm_spc_d2(n, &x), FM_OK);
    else if (strcmp(name, "d3") == 0)
        ck_assert_int_eq(fm_spc_d3(n, &x), FM_OK);
    else if (strcmp(name, "c4") == 0)
        ck_assert_int_eq(fm_spc_c4(n, &x), FM_OK);
    else if (strncmp(name, "individuals", 11) == 0) {
        ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_INDIVIDUAL, 1, &p05, &l), FM_OK);
        x = name[12] == 'l' ? l.lower : l.upper;
    } else if (spc_load(argument), strcmp(name, "mean") == 0 || strcmp(name, "sd") == 0 ||
                                       strcmp(name, "lag1") == 0) {
        ck_assert_int_eq(fm_math_moments_eval(spc_sample.y, spc_sample.n, &m), FM_OK);
        x = name[0] == 'm' ? m.mean : name[0] == 's' ? m.sd : m.lag1;
    } else if (strcmp(argument, "piston") == 0) {
        x = chart_quantity(name);
    } else {
        x = anova_quantity(name);
    }
    return x;
}

START_TEST(certified_rows)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[1024];
    int n_rows = 0;
    (void)snprintf(path, sizeof path, "%s/src/spc/spc_certified.csv", top ? top : ".");
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, f) != NULL) {
        char id[32], name[32], argument[32], expected[32], tol[32], source[200];
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        int n = sscanf(line, "%31[^,],%31s %31[^,],%31[^,],%31[^,],%199[^,],", id, name,
                       argument, expected, tol, source);
        ck_assert_msg(n == 6, "bad row: %s", line);
        spc_assert_close(id, quantity(name, argument), strtod(expected, NULL),
                         strtod(tol, NULL));
        n_rows++;
    }
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_ge(n_rows, 80);
}
END_TEST

/* NIST lithography line widths (handbook 3.5.1.4), when the file is there. */
START_TEST(lithography)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[256];
    (void)snprintf(path, sizeof path, "%s/../shared/data/nist/lithography_cd.csv",
                   top ? top : ".");
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        (void)fprintf(stderr, "lithography: skipped, no lithography_cd.csv\n");
        return;
    }
    spc_data *s = &spc_sample;
    s->n = 450;
    s->depth = 2;
    ck_assert(fgets(line, sizeof line, f) != NULL);
    for (size_t i = 0; i < s->n; i++) {
        ck_assert(fgets(line, sizeof line, f) != NULL);
        char *end = NULL;
        s->code[i] = (int32_t)strtol(line, &end, 10) - 1;
        s->code[s->n + i] = (int32_t)strtol(end + 1, &end, 10) - 1;
        (void)strtol(end + 1, &end, 10);
        s->y[i] = strtod(end + 1, &end);
    }
    ck_assert_int_eq(fclose(f), 0);
    spc_analysis a;
    ck_assert_int_eq(spc_analyse(s, &a), FM_OK);
    ck_assert(a.tree.balanced);
    ck_assert_uint_eq(a.tree.n_units[2], 90);
    spc_assert_close("mean", a.anova.mean, 2.5322843444, 5e-11);
    spc_assert_close("ms cassette", a.anova.ms[0], 4.393204541685485, 1e-12);
    spc_assert_close("ms wafer", a.anova.ms[1], 0.42534817160309557, 1e-12);
    spc_assert_close("ms site", a.anova.ms[2], 0.1754962364218745, 1e-12);
    const double expected[] = {0.26452376, 0.04997039, 0.17549624};
    fm_spc_reml_data data = spc_reml_data(&a);
    fm_spc_reml_fit fit;
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(a.anova.raw[i], expected[i], 5e-9);
        spc_assert_close("reml", fit.variance[i], a.anova.raw[i], 1e-9);
    }
    spc_analysis_free(&a);
}
END_TEST

/* ---- 2. anova, components -------------------------------------------------------- */

START_TEST(tree_sorts_and_nests)
{
    /* Rows in disorder; wafer 0 of both lots are different wafers. */
    const int32_t code[] = {1, 0, 1, 0, 1, 0, /* lot */ 0, 1, 0, 0, 1, 1 /* wafer */};
    size_t words[64];
    fm_spc_tree t;
    ck_assert_uint_le(fm_spc_tree_words(6, 2, 2), 64);
    ck_assert_int_eq(fm_spc_tree_build(code, 6, 2, 2, words, &t), FM_OK);
    const size_t order[] = {3, 1, 5, 0, 2, 4};
    for (int i = 0; i < 6; i++)
        ck_assert_uint_eq(t.order[i], order[i]);
    ck_assert_uint_eq(t.n_units[0], 1);
    ck_assert_uint_eq(t.n_units[1], 2);
    ck_assert_uint_eq(t.n_units[2], 4);
    ck_assert_uint_eq(t.n_units[3], 6);
    ck_assert(!t.balanced);
    ck_assert_uint_eq(fm_spc_tree_first(&t, 1, 1, 3), 3);
    ck_assert_uint_eq(fm_spc_tree_offset(&t, 3), 6);
}
END_TEST

START_TEST(tree_refuses)
{
    const int32_t code[] = {0, 1, 2};
    size_t words[64];
    fm_spc_tree t = {.n = 77};
    ck_assert_int_eq(fm_spc_tree_build(code, 0, 1, 3, words, &t), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_tree_build(code, 3, 0, 3, words, &t), FM_EDOM);
    ck_assert_int_eq(fm_spc_tree_build(code, 3, FM_SPC_DEPTH_MAX + 1, 3, words, &t),
                     FM_EDOM);
    ck_assert_int_eq(fm_spc_tree_build(code, 3, 1, 2, words, &t), FM_EDOM);
    const int32_t negative[] = {0, -1, 2};
    ck_assert_int_eq(fm_spc_tree_build(negative, 3, 1, 3, words, &t), FM_EDOM);
    ck_assert_uint_eq(t.n, 77);
}
END_TEST

/* Every status of the analysis, outputs untouched. */
START_TEST(anova_refuses)
{
    static const struct {
        const char *why;
        double y[4];
        int32_t code[4];
        fm_status expected;
    } rows[] = {
        {"one level", {1.5, 2.5, 3.25, 4}, {0, 0, 0, 0}, FM_ESINGULAR},
        {"no residual", {1.5, 2.5, 3.25, 4}, {0, 1, 2, 3}, FM_ETOOFEW},
        {"constant", {0.3, 0.3, 0.3, 0.3}, {0, 0, 1, 1}, FM_ESINGULAR},
        {"not a number", {0.3, NAN, 0.4, 0.3}, {0, 0, 1, 1}, FM_EDOM},
        {"infinite", {0.3, INFINITY, 0.4, 0.3}, {0, 0, 1, 1}, FM_EDOM},
        {"overflow", {1e308, 1e308, 1.5e308, 1e308}, {0, 0, 1, 1}, FM_EDOM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t words[64];
        double mean[8];
        fm_spc_tree t;
        fm_spc_anova a = {.n = 77};
        ck_assert_int_eq(fm_spc_tree_build(rows[i].code, 4, 1, 4, words, &t), FM_OK);
        fm_status st = fm_spc_anova_eval(&t, rows[i].y, mean, &a);
        ck_assert_msg(st == rows[i].expected, "%s: status %d", rows[i].why, (int)st);
        ck_assert_uint_eq(a.n, 77);
    }
}
END_TEST

/* Sums of squares add up, and do not move with the data's origin beyond its rounding. */
START_TEST(anova_properties)
{
    spc_data *s = &spc_sample;
    spc_analysis a, b;
    spc_make_unbalanced(s);
    ck_assert_int_eq(spc_analyse(s, &a), FM_OK);
    const fm_spc_anova *t = &a.anova;
    spc_assert_close("sum of ss", t->ss[0] + t->ss[1] + t->ss[2], t->total_ss, TOL2);
    spc_assert_close("sum of df", t->df[0] + t->df[1] + t->df[2], t->total_df, TOL0);
    for (size_t i = 0; i < s->n; i++)
        s->y[i] = 3.5 * s->y[i] - 0x1p20;
    ck_assert_int_eq(spc_analyse(s, &b), FM_OK);
    for (int i = 0; i < 2; i++) {
        spc_assert_close("F", b.anova.f[i], t->f[i], 1e-8);
        spc_assert_close("component", b.anova.raw[i], 12.25 * t->raw[i], 1e-8);
    }
    spc_analysis_free(&a);
    spc_analysis_free(&b);
}
END_TEST

/* Expected mean squares against E y'Ay = trace(A V) = sum of l'Al over the columns l of
 * L, V = L L'. */
START_TEST(expected_mean_squares_are_traces)
{
    spc_data *s = &spc_sample;
    spc_analysis a, b;
    spc_make_unbalanced(s);
    ck_assert_int_eq(spc_analyse(s, &a), FM_OK);
    const double variance[] = {2.385, 0.731, 1.117};
    gsl_matrix *v = gsl_matrix_alloc(s->n, s->n);
    spc_dense_covariance(s, variance, v);
    double mean_variance = 0, sum[3] = {0, 0, 0};
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++)
            mean_variance += gsl_matrix_get(v, i, j) / (double)(s->n * s->n);
    ck_assert_int_eq(gsl_linalg_cholesky_decomp1(v), 0);
    for (size_t k = 0; k < s->n; k++) {
        for (size_t i = 0; i < s->n; i++)
            s->y[i] = i < k ? 0 : gsl_matrix_get(v, i, k);
        ck_assert_int_eq(spc_analyse(s, &b), FM_OK);
        for (int i = 0; i < 3; i++)
            sum[i] += b.anova.ms[i];
        spc_analysis_free(&b);
    }
    double coef = 0;
    for (int i = 0; i < 3; i++) {
        double expected = 0;
        for (int j = i; j < 3; j++)
            expected += a.anova.ems[i][j] * variance[j];
        spc_assert_close("expected mean square", expected, sum[i], TOL3);
        coef += a.anova.mean_coef[i] * variance[i];
    }
    spc_assert_close("variance of the mean", coef, mean_variance, TOL3);
    gsl_matrix_free(v);
    spc_analysis_free(&a);
}
END_TEST

/* Balanced data: F is a ratio of neighbours, also when the general path computes it. */
START_TEST(balanced_f_is_a_neighbour_ratio)
{
    spc_analysis a;
    spc_load("nested");
    ck_assert_int_eq(spc_analyse(&spc_sample, &a), FM_OK);
    ck_assert_double_eq(a.anova.f[0], a.anova.ms[0] / a.anova.ms[1]);
    ck_assert_double_eq(a.anova.ems[0][0], 10);
    ck_assert_double_eq(a.anova.ems[1][1], 2);
    ck_assert_double_eq(a.anova.below_df[0], 12);
    fm_spc_component c[3];
    ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.95, c), FM_OK);
    ck_assert_int_eq(c[0].estimate, FM_SPC_ESTIMATE_ZEROED);
    ck_assert_double_eq(c[0].variance, 0);
    ck_assert_double_lt(a.anova.raw[0], 0);
    ck_assert_double_eq(c[0].lower, 0);
    ck_assert_double_gt(c[0].upper, 0);
    ck_assert_int_eq(c[2].interval, FM_SPC_INTERVAL_CHI_SQUARE);
    fm_spc_component kept = {.variance = 77};
    ck_assert_int_eq(fm_spc_components_eval(&a.anova, 1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_components_eval(&a.anova, NAN, &kept), FM_EDOM);
    ck_assert_double_eq(kept.variance, 77);
    spc_analysis_free(&a);
}
END_TEST

/* Cells without any scatter: no denominator, no F, no interval. */
START_TEST(no_scatter_within_cells)
{
    spc_data *s = &spc_sample;
    spc_analysis a;
    s->n = 6;
    for (size_t i = 0; i < 6; i++)
        s->y[i] = i < 2 ? 0.1 : i < 4 ? 0.2 : 0.3;
    spc_balance(s, 3, 1);
    ck_assert_int_eq(spc_analyse(s, &a), FM_OK);
    ck_assert_double_eq(a.anova.ss[1], 0);
    ck_assert(isnan(a.anova.f[0]) && isnan(a.anova.p[0]));
    fm_spc_component c[2];
    ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.95, c), FM_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(c[i].interval, FM_SPC_INTERVAL_NONE);
        ck_assert(isnan(c[i].lower) && isnan(c[i].upper));
    }
    fm_spc_reml_data data = spc_reml_data(&a);
    fm_spc_reml_fit fit = {.iterations = 77};
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_ESINGULAR);
    ck_assert_int_eq(fit.iterations, 77);
    spc_analysis_free(&a);
}
END_TEST

/* ---- 3. limits, rules ------------------------------------------------------------ */

START_TEST(constants_properties)
{
    double a, b, kept = 77;
    for (size_t n = 2; n < 120; n++) {
        ck_assert_int_eq(fm_spc_c4(n, &a), FM_OK);
        ck_assert_int_eq(fm_spc_c4(n + 1, &b), FM_OK);
        /* c4(n) c4(n + 1) = sqrt((n - 1)/n), by the recurrence of the gamma function. */
        spc_assert_close("c4", a * b, sqrt((double)(n - 1) / (double)n), TOL1);
    }
    ck_assert_int_eq(fm_spc_c4(1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d2(1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d2(FM_SPC_SIZE_MAX + 1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d3(0, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d3(FM_SPC_SIZE_MAX + 1, &kept), FM_EDOM);
    ck_assert_double_eq(kept, 77);
    ck_assert_int_eq(fm_spc_d2(FM_SPC_SIZE_MAX, &a), FM_OK);
    /* Mean range of 1000 normal values: 6.48287 (mean of the largest, 3.24144, twice). */
    spc_assert_close("d2(1000)", a, 6.48287, 1e-6);
    ck_assert_int_eq(fm_spc_d3(2, &a), FM_OK);
    spc_assert_close("d3(2)", a, sqrt(2 - 4 / M_PI), 1e-12);
}
END_TEST

START_TEST(unequal_sizes)
{
    /* Weights by hand: sizes 2 and 3. */
    const fm_spc_subgroup g[] = {{2, 10, 2.1, 1.484924240491750},
                                 {3, 13, 3.7, 1.9},
                                 {1, 20, NAN, NAN},
                                 {0, NAN, NAN, NAN}};
    double w2 = 1.128379167095513 / 0.852502466427,
           w3 = 1.692568750643269 / 0.888368004045;
    fm_spc_process p;
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 4, FM_SPC_SIGMA_RANGE, &p), FM_OK);
    spc_assert_close(
        "sigma", p.sigma,
        (w2 * w2 * 2.1 / 1.128379167095513 + w3 * w3 * 3.7 / 1.692568750643269) /
            (w2 * w2 + w3 * w3),
        1e-9);
    spc_assert_close("mean", p.mean, (20 + 39 + 20) / 6.0, TOL0);
    ck_assert_uint_eq(p.n, 6);
    ck_assert_uint_eq(p.n_used, 2);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 4, FM_SPC_SIGMA_POOLED, &p), FM_OK);
    spc_assert_close("pooled", p.sigma * p.sigma, (2.205 + 2 * 3.61) / 3, TOL1);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 4, FM_SPC_SIGMA_STD_DEV, &p), FM_OK);
    double c2 = 2 / M_PI, c3 = M_PI / 4;
    double v2 = c2 / (1 - c2), v3 = c3 / (1 - c3);
    spc_assert_close("from s", p.sigma,
                     (v2 * g[0].std_dev / sqrt(c2) + v3 * 1.9 / sqrt(c3)) / (v2 + v3),
                     TOL2);
}
END_TEST

START_TEST(limits_refuse)
{
    fm_spc_process p = {.n = 77};
    fm_spc_limits l = {.centre = 77};
    const fm_spc_subgroup single[] = {{1, 5, NAN, NAN}}, still[] = {{2, 5, 0, 0}};
    const fm_spc_subgroup huge[] = {{FM_SPC_SIZE_MAX + 1, 5, 1, 1}};
    ck_assert_int_eq(fm_spc_subgroups_eval(single, 1, FM_SPC_SIGMA_RANGE, &p),
                     FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_subgroups_eval(still, 1, FM_SPC_SIGMA_STD_DEV, &p),
                     FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_subgroups_eval(huge, 1, FM_SPC_SIGMA_RANGE, &p), FM_EDOM);
    const double gaps[] = {1.5, NAN, 2.5, NAN, 3}, flat[] = {2.5, 2.5, 2.5};
    const double infinite[] = {2.5, INFINITY, 2.5};
    ck_assert_int_eq(fm_spc_individuals_eval(gaps, 5, &p), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_individuals_eval(flat, 3, &p), FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_individuals_eval(infinite, 3, &p), FM_EDOM);
    ck_assert_uint_eq(p.n, 77);
    p.sigma = 1;
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_RANGE, 1, &p, &l), FM_EDOM);
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_MEAN, 0, &p, &l), FM_EDOM);
    ck_assert_double_eq(l.centre, 77);
    fm_spc_subgroup g = {.n = 77};
    ck_assert_int_eq(fm_spc_subgroup_eval(infinite, 3, &g), FM_EDOM);
    ck_assert_uint_eq(g.n, 77);
    double mean = 77;
    fm_math_moments m = {.mean = 77};
    ck_assert_int_eq(fm_math_mean_eval(flat, 0, &mean), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_mean_eval(infinite, 3, &mean), FM_EDOM);
    ck_assert_int_eq(fm_math_moments_eval(flat, 1, &m), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_moments_eval(infinite, 3, &m), FM_EDOM);
    ck_assert(mean == 77 && m.mean == 77);
}
END_TEST

/* A gap breaks the moving ranges; the moving range limit is 3.2665 times its mean. */
START_TEST(individuals_with_a_gap)
{
    const double x[] = {2.385, 2.5, NAN, 2.1, 2.9};
    fm_spc_process p;
    fm_spc_limits l;
    ck_assert_int_eq(fm_spc_individuals_eval(x, 5, &p), FM_OK);
    ck_assert_uint_eq(p.n, 4);
    ck_assert_uint_eq(p.n_used, 2);
    spc_assert_close("sigma", p.sigma, 0.5 * (0.115 + 0.8) * sqrt(M_PI) / 2, TOL2);
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_MOVING_RANGE, 2, &p, &l), FM_OK);
    spc_assert_close("limit", l.upper, l.centre * (1 + 3 * sqrt(M_PI / 2 - 1)), 1e-12);
    ck_assert_double_eq(l.lower, 0);
}
END_TEST

/* The definition, word by word, for the point at i of a series. */
static bool
naive(const fm_spc_rule *rule, const double *z, size_t i)
{
    for (int side = -1; side <= 1; side += 2) {
        unsigned count = 0;
        bool now = false;
        for (size_t back = 0; back < rule->w && back <= i; back++) {
            double v = z[i - back];
            if (isnan(v))
                break;
            bool in =
                rule->region == FM_SPC_BEYOND ? fabs(v) > rule->k : fabs(v) < rule->k;
            if (rule->side == FM_SPC_SAME_SIDE)
                in = in && v * side > 0;
            count += in;
            now = back == 0 ? in : now;
        }
        if (now && count >= rule->m)
            return true;
    }
    return false;
}

START_TEST(rules_equal_the_definition)
{
    const fm_spc_rule rules[] = {
        fm_spc_rules_we[0],
        fm_spc_rules_we[1],
        fm_spc_rules_we[2],
        fm_spc_rules_we[3],
        {"n2", 9, 9, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"n7", 15, 15, FM_SPC_WITHIN, 1, FM_SPC_EITHER_SIDE, FM_SPC_ZONE},
        {"n8", 8, 8, FM_SPC_BEYOND, 1, FM_SPC_EITHER_SIDE, FM_SPC_ZONE},
        {"odd", 5, 64, FM_SPC_WITHIN, 0.25, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"one", 1, 1, FM_SPC_WITHIN, 0.5, FM_SPC_EITHER_SIDE, FM_SPC_ZONE}};
    enum {
        N_RULES = sizeof rules / sizeof rules[0],
        N = 20000
    };
    static double z[N];
    fm_spc_rule_state state[N_RULES] = {{.above = 0}};
    int n_flags[N_RULES] = {0};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed());
    ck_assert_int_eq(fm_spc_rules_validate(rules, N_RULES), FM_OK);
    for (size_t i = 0; i < N; i++) {
        z[i] = gsl_ran_gaussian(rng, 1 + 4e-5 * (double)i);
        if (i % 977 == 500)
            z[i] = NAN;
        if (i % 61 == 0) /* exactly on a limit or on the centre line */
            z[i] = (double)((int)(i % 7) - 3);
        uint32_t flags = fm_spc_rules_step(rules, N_RULES, state, z[i], 0, 1);
        for (size_t r = 0; r < N_RULES; r++) {
            bool found = flags >> r & 1;
            n_flags[r] += found;
            ck_assert_msg(found == naive(&rules[r], z, i), "rule %s at point %zu",
                          rules[r].name, i);
        }
    }
    for (size_t r = 0; r < N_RULES; r++)
        ck_assert_msg(n_flags[r] > 0, "rule %s never signalled", rules[r].name);
    gsl_rng_free(rng);
}
END_TEST

/* In-control run length of the four rules together: 91.75 (exact, reference row r06). The
 * mean of 4000 runs must agree within 4.5 standard errors (sd of a run length < its mean
 * + 10: 4.5 * 102/sqrt(4000) = 7.3; false alarm rate < 1e-5). */
START_TEST(rules_have_the_known_run_length)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed());
    double sum = 0;
    for (int run = 0; run < 4000; run++) {
        fm_spc_rule_state state[FM_SPC_WE_COUNT] = {{.above = 0}};
        do
            sum++;
        while (fm_spc_rules_step(fm_spc_rules_we, FM_SPC_WE_COUNT, state,
                                 gsl_ran_gaussian(rng, 1), 0, 1) == 0);
    }
    ck_assert_double_eq_tol(sum / 4000, 91.7507731283, 7.3);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(rules_refuse)
{
    const fm_spc_rule bad[] = {
        {"m0", 0, 1, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"m>w", 3, 2, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"w", 1, 65, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"k", 1, 1, FM_SPC_BEYOND, -1, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"nan", 1, 1, FM_SPC_BEYOND, NAN, FM_SPC_SAME_SIDE, FM_SPC_ZONE},
        {"inf", 1, 1, FM_SPC_BEYOND, INFINITY, FM_SPC_SAME_SIDE, FM_SPC_ZONE}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(fm_spc_rules_validate(&bad[i], 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_rules_validate(bad, FM_SPC_RULES_MAX + 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_rules_validate(fm_spc_rules_we, FM_SPC_WE_COUNT), FM_OK);
}
END_TEST

/* ---- 4. main --------------------------------------------------------------------- */

int
main(void)
{
    gsl_set_error_handler_off();
    Suite *suite = suite_create("spc");
    TCase *exact = tcase_create("exact"), *random = tcase_create("random");
    tcase_add_test(exact, certified_rows);
    tcase_add_test(exact, lithography);
    tcase_add_test(exact, tree_sorts_and_nests);
    tcase_add_test(exact, tree_refuses);
    tcase_add_test(exact, anova_refuses);
    tcase_add_test(exact, anova_properties);
    tcase_add_test(exact, expected_mean_squares_are_traces);
    tcase_add_test(exact, balanced_f_is_a_neighbour_ratio);
    tcase_add_test(exact, no_scatter_within_cells);
    tcase_add_test(exact, constants_properties);
    tcase_add_test(exact, unequal_sizes);
    tcase_add_test(exact, limits_refuse);
    tcase_add_test(exact, individuals_with_a_gap);
    tcase_add_test(exact, rules_refuse);
    tcase_add_test(random, rules_equal_the_definition);
    tcase_add_test(random, rules_have_the_known_run_length);
    tcase_set_timeout(random, 60);
    suite_add_tcase(suite, exact);
    suite_add_tcase(suite, random);
    spc_add_reml_tests(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
