/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the spc models.
 *
 * Contents
 *   1. data, help        3. anova, components     5. limits, rules
 *   2. certified rows    4. reml                  6. main
 *
 * Tolerances: TOL0 2 eps, TOL1 16 eps, TOL2 256 eps, TOL3 4096 eps; certified rows carry
 * their own.
 */
#include "config.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "math/univariate.h"
#include "spc/spc_constants.h"
#include "spc/spc_limits.h"
#include "spc/spc_nested.h"
#include "spc/spc_reml.h"
#include "spc/spc_rules.h"

#define TOL0 (2 * DBL_EPSILON)
#define TOL1 (16 * DBL_EPSILON)
#define TOL2 (256 * DBL_EPSILON)
#define TOL3 (4096 * DBL_EPSILON)

/* ---- 1. data, help ------------------------------------------------------------------- */

/* NIST StRD SiRstv: resistivity, 5 instruments x 5. */
static const double sirstv[] = {
    196.3052, 196.1240, 196.1890, 196.2569, 196.3403, 196.3042, 196.3825, 196.1669, 196.3257,
    196.0422, 196.1303, 196.2005, 196.2889, 196.0343, 196.1811, 196.2795, 196.1748, 196.1494,
    196.1485, 195.9885, 196.2119, 196.1051, 196.1850, 196.0052, 196.2090};

/* NIST StRD AtmWtAg: 107.868 and these four digits; 2 instruments x 24. */
static const int atmwtag[] = {
    1568, 1465, 1572, 1785, 1446, 1903, 1526, 1494, 1616, 1587, 1519, 1486, 1419, 1569, 1508,
    1672, 1385, 1518, 1662, 1424, 1360, 1333, 1610, 1477, 1079, 1344, 1513, 1197, 1604, 1385,
    1642, 1365, 1151, 1082, 1517, 1448, 1198, 1482, 1334, 1609, 1101, 1512, 1469, 1360, 1254,
    1261, 1450, 1368};

/* NIST StRD Mavro: 2.00 and these three digits. */
static const int mavro[] = {180, 170, 180, 190, 180, 170, 150, 140, 150, 150, 170, 180, 180,
                            190, 190, 210, 200, 160, 140, 130, 130, 150, 150, 160, 150, 140,
                            130, 140, 150, 140, 150, 160, 150, 160, 190, 200, 200, 210, 220,
                            230, 240, 250, 270, 260, 260, 260, 270, 260, 250, 240};

/* Nested gauge example: 3 operators x 5 batches x 2 readings, in tenths. */
static const int nested[] = {334, 332, 324, 317, 344, 345, 339, 345, 345, 347,
                             325, 321, 321, 323, 351, 347, 324, 331, 348, 349,
                             326, 327, 323, 321, 349, 347, 330, 332, 316, 309};

/* Piston ring diameters (Montgomery), samples 1-25 of 5: 74 mm and these micrometres. */
static const int piston[] = {
    30,  2,   19,  -8, 8,  -5, -8,  1,  11,  4,   -12, 24, 21,  5,  2,  2,  -4,  -7,
    15,  9,   -8,  7,  15, -11, 14, 9,  -6,  -3,  -15, -7, -5,  6,  -6, 0,  5,   -15,
    3,   -7,  15,  -12, 8,  -5, 9,  5,  4,   -2,  0,   -10, 7,  -5, -6, -2, -6,  -5,
    -10, 4,   0,   7,  0,  -4, -17, 2,  -2,  -3,  12,  6,  -33, -6, 0,  -16, 12, 14,
    -2,  -1,  7,   0,  -16, 5, -2,  -4, -6,  12,  -14, 5,  7,   6,  10, 18, 3,   0,
    -16, 2,   3,   5,  -3, 0,  10,  13, 20,  3,   -12, 1,  9,   5,  -4, 4,  -1,  -10,
    6,   9,   10,  -11, -10, 9, 14, 15, 8,   -7,  0,   10, -18, -16, -5, 17, 13};

enum { DATA_MAX = 18009 };

/* A data set with its nesting: codes[depth][n]. */
typedef struct sample {
    size_t n, depth;
    double y[DATA_MAX];
    int32_t code[2 * DATA_MAX];
} sample;

static sample the_sample;

/* Groups of equal size; with two levels, `inner` units in each of `outer`. */
static void
balance(sample *s, size_t outer, size_t inner)
{
    for (size_t i = 0; i < s->n; i++) {
        s->code[i] = (int32_t)(i / (s->n / outer));
        s->code[s->n + i] = (int32_t)(i / (s->n / outer / inner) % inner);
    }
    s->depth = inner > 1 ? 2 : 1;
}

/* SmLs01 ... SmLs06: the nearest double of each decimal text (k/10 is correctly rounded). */
static void
make_smls(sample *s, int number)
{
    static const int group[] = {14, 13, 15, 13, 15, 13, 15, 13, 15};
    static const size_t sizes[] = {21, 201, 2001};
    size_t size = sizes[(number - 1) % 3];
    long offset = number > 3 ? 10000000 : 0;
    s->n = 0;
    for (size_t g = 0; g < 9; g++)
        for (size_t i = 0; i < size; i++) {
            long d = i == 0 ? 0 : i % 2 == 1 ? -1 : 1;
            s->y[s->n++] = (double)(offset + group[g] + d) / 10;
        }
    balance(s, 9, 1);
}

static void
make_integers(sample *s, const int *value, size_t n, double offset, double scale)
{
    s->n = n;
    for (size_t i = 0; i < n; i++)
        s->y[i] = (offset + value[i]) / scale;
}

static void
make_numacc(sample *s, int number)
{
    double base = number == 2 ? 12 : 10000002;
    s->n = 0;
    s->y[s->n++] = base / 10;
    for (size_t i = 0; i < 1000; i++)
        s->y[s->n++] = (i % 2 == 0 ? base - 1 : base + 1) / 10;
    balance(s, 1, 1);
}

/* Fills the_sample by name. */
static void
load(const char *name)
{
    sample *s = &the_sample;
    if (strcmp(name, "sirstv") == 0) {
        s->n = 25;
        memcpy(s->y, sirstv, sizeof sirstv);
        balance(s, 5, 1);
    } else if (strcmp(name, "atmwtag") == 0) {
        make_integers(s, atmwtag, 48, 1078680000, 1e7);
        balance(s, 2, 1);
    } else if (strcmp(name, "nested") == 0) {
        make_integers(s, nested, 30, 0, 10);
        balance(s, 3, 5);
    } else if (strcmp(name, "piston") == 0) {
        make_integers(s, piston, 125, 74000, 1000);
        balance(s, 25, 1);
    } else if (strcmp(name, "mavro") == 0) {
        make_integers(s, mavro, 50, 200000, 1e5);
    } else if (strcmp(name, "numacc1") == 0) {
        static const int last[] = {1, 3, 2};
        make_integers(s, last, 3, 10000000, 1);
    } else if (strncmp(name, "numacc", 6) == 0) {
        make_numacc(s, name[6] - '0');
    } else {
        ck_assert_msg(strncmp(name, "smls0", 5) == 0, "no data set '%s'", name);
        make_smls(s, name[5] - '0');
    }
}

/* Everything that ANOVA needs and gives, for one data set. */
typedef struct analysis {
    fm_spc_tree tree;
    fm_spc_anova anova;
    size_t *words;
    double *y, *mean;
} analysis;

static fm_status
analyse(const sample *s, analysis *a)
{
    memset(a, 0, sizeof *a);
    size_t words = fm_spc_tree_words(s->n, s->depth, s->n);
    a->words = malloc(words * sizeof *a->words);
    a->y = malloc(s->n * sizeof *a->y);
    a->mean = malloc(s->depth * s->n * sizeof *a->mean);
    ck_assert(a->words != NULL && a->y != NULL && a->mean != NULL);
    fm_status st = fm_spc_tree_build(s->code, s->n, s->depth, s->n, a->words, &a->tree);
    ck_assert_int_eq(st, FM_OK);
    for (size_t i = 0; i < s->n; i++)
        a->y[i] = s->y[a->tree.order[i]];
    return fm_spc_anova_eval(&a->tree, a->y, a->mean, &a->anova);
}

static void
analysis_free(analysis *a)
{
    free(a->words);
    free(a->y);
    free(a->mean);
}

static fm_spc_reml_data
reml_data(const analysis *a)
{
    size_t depth = a->tree.depth;
    return (fm_spc_reml_data){&a->tree, a->mean + fm_spc_tree_offset(&a->tree, depth),
                              a->anova.ss[depth]};
}

static void
assert_close(const char *what, double found, double expected, double rel_tol)
{
    double bound = rel_tol * fabs(expected);
    ck_assert_msg(fabs(found - expected) <= bound, "%s: %.17g, not %.17g (off by %.2g)", what,
                  found, expected, expected != 0 ? fabs(found / expected - 1) : found);
}

/* ---- 2. certified rows --------------------------------------------------------------- */

static double
anova_quantity(const char *name)
{
    analysis a;
    ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
    const fm_spc_anova *t = &a.anova;
    fm_spc_component c[FM_SPC_SOURCE_MAX];
    ck_assert_int_eq(fm_spc_components_eval(t, 0.95, c), FM_OK);
    size_t last = strlen(name) - 1;
    size_t i = (size_t)(name[last] - '0');
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
    analysis_free(&a);
    return x;
}

static double
chart_quantity(const char *name)
{
    fm_spc_subgroup g[25];
    double rbar = 0, sbar = 0;
    for (size_t i = 0; i < 25; i++) {
        ck_assert_int_eq(fm_spc_subgroup_eval(the_sample.y + 5 * i, 5, &g[i]), FM_OK);
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
    assert_close("centre of the range chart", r.centre, rbar, TOL2);
    assert_close("centre of the s chart", s.centre, sbar, TOL2);
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
    } else if (load(argument), strcmp(name, "mean") == 0 || strcmp(name, "sd") == 0 ||
                                   strcmp(name, "lag1") == 0) {
        ck_assert_int_eq(fm_math_moments_eval(the_sample.y, the_sample.n, &m), FM_OK);
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
        assert_close(id, quantity(name, argument), strtod(expected, NULL),
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
    sample *s = &the_sample;
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
    analysis a;
    ck_assert_int_eq(analyse(s, &a), FM_OK);
    ck_assert(a.tree.balanced);
    ck_assert_uint_eq(a.tree.n_units[2], 90);
    assert_close("mean", a.anova.mean, 2.5322843444, 5e-11);
    assert_close("ms cassette", a.anova.ms[0], 4.393204541685485, 1e-12);
    assert_close("ms wafer", a.anova.ms[1], 0.42534817160309557, 1e-12);
    assert_close("ms site", a.anova.ms[2], 0.1754962364218745, 1e-12);
    const double expected[] = {0.26452376, 0.04997039, 0.17549624};
    fm_spc_reml_data data = reml_data(&a);
    fm_spc_reml_fit fit;
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(a.anova.raw[i], expected[i], 5e-9);
        assert_close("reml", fit.variance[i], a.anova.raw[i], 1e-9);
    }
    analysis_free(&a);
}
END_TEST

/* ---- 3. anova, components ------------------------------------------------------------ */

/* A small unbalanced design of depth 2: 4 lots with 2, 3, 1, 2 wafers of 1 to 4 sites. */
static void
make_unbalanced(sample *s)
{
    static const int lot[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3};
    static const int wafer[] = {0, 0, 1, 1, 1, 0, 1, 1, 2, 2, 2, 0, 0, 0, 1, 1, 1, 1};
    static const double y[] = {7.31, 7.02, 8.13, 8.40, 8.02, 5.11, 5.93, 6.21, 5.57,
                               5.20, 5.35, 9.02, 9.41, 7.75, 6.81, 6.95, 7.12, 6.60};
    s->n = 18;
    s->depth = 2;
    for (size_t i = 0; i < s->n; i++) {
        s->code[i] = lot[i];
        s->code[s->n + i] = wafer[i];
        s->y[i] = y[i];
    }
}

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
    ck_assert_int_eq(fm_spc_tree_build(code, 3, FM_SPC_DEPTH_MAX + 1, 3, words, &t), FM_EDOM);
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
    sample *s = &the_sample;
    analysis a, b;
    make_unbalanced(s);
    ck_assert_int_eq(analyse(s, &a), FM_OK);
    const fm_spc_anova *t = &a.anova;
    assert_close("sum of ss", t->ss[0] + t->ss[1] + t->ss[2], t->total_ss, TOL2);
    assert_close("sum of df", t->df[0] + t->df[1] + t->df[2], t->total_df, TOL0);
    for (size_t i = 0; i < s->n; i++)
        s->y[i] = 3.5 * s->y[i] - 0x1p20;
    ck_assert_int_eq(analyse(s, &b), FM_OK);
    for (int i = 0; i < 2; i++) {
        assert_close("F", b.anova.f[i], t->f[i], 1e-8);
        assert_close("component", b.anova.raw[i], 12.25 * t->raw[i], 1e-8);
    }
    analysis_free(&a);
    analysis_free(&b);
}
END_TEST

/* Covariance of all observations: sum of variance[l] over the levels that two share. */
static void
dense_covariance(const sample *s, const double *variance, gsl_matrix *v)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++) {
            double sum = i == j ? variance[s->depth] : 0;
            for (size_t l = 0; l < s->depth; l++) {
                if (s->code[l * s->n + i] != s->code[l * s->n + j])
                    break;
                sum += variance[l];
            }
            gsl_matrix_set(v, i, j, sum);
        }
}

/* Expected mean squares against E y'Ay = trace(A V) = sum of l'Al over the columns l of L,
 * V = L L'. */
START_TEST(expected_mean_squares_are_traces)
{
    sample *s = &the_sample;
    analysis a, b;
    make_unbalanced(s);
    ck_assert_int_eq(analyse(s, &a), FM_OK);
    const double variance[] = {2.385, 0.731, 1.117};
    gsl_matrix *v = gsl_matrix_alloc(s->n, s->n);
    dense_covariance(s, variance, v);
    double mean_variance = 0, sum[3] = {0, 0, 0};
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++)
            mean_variance += gsl_matrix_get(v, i, j) / (double)(s->n * s->n);
    ck_assert_int_eq(gsl_linalg_cholesky_decomp1(v), 0);
    for (size_t k = 0; k < s->n; k++) {
        for (size_t i = 0; i < s->n; i++)
            s->y[i] = i < k ? 0 : gsl_matrix_get(v, i, k);
        ck_assert_int_eq(analyse(s, &b), FM_OK);
        for (int i = 0; i < 3; i++)
            sum[i] += b.anova.ms[i];
        analysis_free(&b);
    }
    double coef = 0;
    for (int i = 0; i < 3; i++) {
        double expected = 0;
        for (int j = i; j < 3; j++)
            expected += a.anova.ems[i][j] * variance[j];
        assert_close("expected mean square", expected, sum[i], TOL3);
        coef += a.anova.mean_coef[i] * variance[i];
    }
    assert_close("variance of the mean", coef, mean_variance, TOL3);
    gsl_matrix_free(v);
    analysis_free(&a);
}
END_TEST

/* Balanced data: F is a ratio of neighbours, also when the general path computes it. */
START_TEST(balanced_f_is_a_neighbour_ratio)
{
    analysis a;
    load("nested");
    ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
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
    analysis_free(&a);
}
END_TEST

/* Cells without any scatter: no denominator, no F, no interval. */
START_TEST(no_scatter_within_cells)
{
    sample *s = &the_sample;
    analysis a;
    s->n = 6;
    for (size_t i = 0; i < 6; i++)
        s->y[i] = 0.1 * (double)(1 + i / 2);
    balance(s, 3, 1);
    ck_assert_int_eq(analyse(s, &a), FM_OK);
    ck_assert_double_eq(a.anova.ss[1], 0);
    ck_assert(isnan(a.anova.f[0]) && isnan(a.anova.p[0]));
    fm_spc_component c[2];
    ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.95, c), FM_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(c[i].interval, FM_SPC_INTERVAL_NONE);
        ck_assert(isnan(c[i].lower) && isnan(c[i].upper));
    }
    fm_spc_reml_data data = reml_data(&a);
    fm_spc_reml_fit fit = {.iterations = 77};
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_ESINGULAR);
    ck_assert_int_eq(fit.iterations, 77);
    analysis_free(&a);
}
END_TEST

/* ---- 4. reml ------------------------------------------------------------------------- */

/* -2 ln restricted likelihood by dense linear algebra, same constants left out. */
static double
dense_deviance(const sample *s, const double *variance)
{
    gsl_matrix *v = gsl_matrix_alloc(s->n, s->n);
    gsl_vector *one = gsl_vector_alloc(s->n), *y = gsl_vector_alloc(s->n);
    dense_covariance(s, variance, v);
    double log_det = 0, xx = 0, xy = 0, yy = 0;
    if (gsl_linalg_cholesky_decomp1(v) != 0) {
        log_det = INFINITY;
    } else {
        gsl_vector_set_all(one, 1);
        for (size_t i = 0; i < s->n; i++) {
            log_det += 2 * log(gsl_matrix_get(v, i, i));
            gsl_vector_set(y, i, s->y[i]);
        }
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, v, one);
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, v, y);
        gsl_blas_ddot(one, one, &xx);
        gsl_blas_ddot(one, y, &xy);
        gsl_blas_ddot(y, y, &yy);
    }
    gsl_matrix_free(v);
    gsl_vector_free(one);
    gsl_vector_free(y);
    return log_det + log(xx) + yy - xy * xy / xx;
}

START_TEST(reml_recursion_equals_dense_algebra)
{
    static const double points[][3] = {
        {2.385, 0.731, 1.117}, {0, 0.5, 0.25}, {0.4, 0, 3.3}, {150, 1e-3, 0.02}, {0, 0, 1.7}};
    analysis a;
    make_unbalanced(&the_sample);
    ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
    fm_spc_reml_data data = reml_data(&a);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        double found = NAN;
        ck_assert_int_eq(fm_spc_reml_eval(&data, points[i], &found), FM_OK);
        assert_close("deviance", found, dense_deviance(&the_sample, points[i]), 1e-10);
    }
    double kept = 77;
    const double bad[][3] = {{-1, 1, 1}, {1, NAN, 1}, {1, 1, 0}, {1, 1, INFINITY}};
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(fm_spc_reml_eval(&data, bad[i], &kept), FM_EDOM);
    ck_assert_double_eq(kept, 77);
    analysis_free(&a);
}
END_TEST

static double
simplex_target(const gsl_vector *x, void *arg)
{
    const sample *s = arg;
    double variance[3];
    for (size_t i = 0; i < 3; i++)
        variance[i] = exp(gsl_vector_get(x, i));
    return dense_deviance(s, variance);
}

/* The whole optimum by brute force: a simplex on the dense likelihood. */
START_TEST(reml_equals_brute_force)
{
    analysis a;
    make_unbalanced(&the_sample);
    ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
    fm_spc_reml_data data = reml_data(&a);
    fm_spc_reml_fit fit;
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
    gsl_multimin_function f = {simplex_target, 3, &the_sample};
    gsl_multimin_fminimizer *m =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 3);
    gsl_vector *x = gsl_vector_calloc(3), *step = gsl_vector_alloc(3);
    gsl_vector_set_all(step, 0.5);
    ck_assert_int_eq(gsl_multimin_fminimizer_set(m, &f, x, step), 0);
    for (int i = 0; i < 2000 && gsl_multimin_fminimizer_size(m) > 1e-9; i++)
        ck_assert_int_eq(gsl_multimin_fminimizer_iterate(m), 0);
    for (size_t i = 0; i < 3; i++)
        assert_close("brute force", exp(gsl_vector_get(m->x, i)), fit.variance[i], 1e-5);
    ck_assert_double_le(fit.deviance, m->fval + 1e-9);
    assert_close("deviance", fit.deviance, m->fval, 1e-10);
    gsl_multimin_fminimizer_free(m);
    gsl_vector_free(x);
    gsl_vector_free(step);
    analysis_free(&a);
}
END_TEST

/* Normal data of a nested design into the_sample, depth 2. */
static void
draw(gsl_rng *rng, size_t lots, size_t wafers, size_t sites, const double *sd)
{
    sample *s = &the_sample;
    s->n = lots * wafers * sites;
    balance(s, lots, wafers);
    double lot = 0, wafer = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (i % (wafers * sites) == 0)
            lot = gsl_ran_gaussian(rng, sd[0]);
        if (i % sites == 0)
            wafer = gsl_ran_gaussian(rng, sd[1]);
        s->y[i] = 10 + lot + wafer + gsl_ran_gaussian(rng, sd[2]);
    }
}

/* Drops about a quarter of the observations, never all of a lot. */
static void
thin(gsl_rng *rng, sample *s)
{
    size_t kept = 0, n = s->n;
    for (size_t i = 0; i < n; i++) {
        if (gsl_rng_uniform(rng) < 0.25 && i % 6 > 1)
            continue;
        s->y[kept] = s->y[i];
        s->code[kept] = s->code[i];
        s->code[n + kept] = s->code[n + i];
        kept++;
    }
    memmove(s->code + kept, s->code + n, kept * sizeof s->code[0]);
    s->n = kept;
}

static unsigned long
seed(void)
{
    const char *text = getenv("FM_TEST_SEED");
    unsigned long value = text != NULL ? strtoul(text, NULL, 10) : 20250131UL;
    (void)fprintf(stderr, "FM_TEST_SEED=%lu\n", value);
    return value;
}

/* Balanced: REML is ANOVA when that is positive; always: no point nearby is better, and the
 * start does not matter. */
START_TEST(reml_on_random_data)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed());
    const double sd[] = {0.8, 0.5, 1};
    int n_equal = 0;
    for (int round = 0; round < 120; round++) {
        draw(rng, 6, 3, 4, sd);
        if (round % 2 == 1)
            thin(rng, &the_sample);
        analysis a;
        ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
        fm_spc_reml_data data = reml_data(&a);
        fm_spc_reml_fit fit, other;
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, (double[]){3, 9, 0.1}, &other), FM_OK);
        ck_assert_double_eq_tol(other.deviance, fit.deviance, 1e-9);
        for (int i = 0; i < 3; i++) {
            ck_assert_double_eq_tol(other.variance[i], fit.variance[i], 1e-6);
            for (int sign = -1; sign <= 1; sign += 2) {
                double near[3], worse = 0;
                memcpy(near, fit.variance, sizeof near);
                near[i] = fmax(0, near[i] + sign * 0.01);
                ck_assert_int_eq(fm_spc_reml_eval(&data, near, &worse), FM_OK);
                ck_assert_double_ge(worse, fit.deviance - 1e-10);
            }
        }
        if (a.tree.balanced && a.anova.raw[0] > 0 && a.anova.raw[1] > 0) {
            n_equal++;
            for (int i = 0; i < 3; i++)
                assert_close("balanced", fit.variance[i], a.anova.raw[i], 1e-9);
            assert_close("standard error", fit.mean_se * fit.mean_se,
                         a.anova.ms[0] / (double)a.anova.n, 1e-9);
        }
        analysis_free(&a);
    }
    ck_assert_int_gt(n_equal, 30);
    gsl_rng_free(rng);
}
END_TEST

/* Depths 1 to FM_SPC_DEPTH_MAX run, binary trees with random values. */
START_TEST(any_depth)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed());
    for (size_t depth = 1; depth <= FM_SPC_DEPTH_MAX; depth++) {
        size_t n = (size_t)2 << depth;
        int32_t *code = malloc(depth * n * sizeof *code);
        size_t *words = malloc(fm_spc_tree_words(n, depth, 2) * sizeof *words);
        double *y = malloc(n * sizeof *y), *mean = malloc(2 * n * sizeof *mean);
        ck_assert(code != NULL && words != NULL && y != NULL && mean != NULL);
        for (size_t i = 0; i < n; i++) {
            for (size_t l = 0; l < depth; l++)
                code[l * n + i] = (int32_t)(i >> (depth - l) & 1);
            y[i] = gsl_ran_gaussian(rng, 1) + 2 * (double)(i >> depth);
        }
        fm_spc_tree t;
        fm_spc_anova a;
        fm_spc_reml_fit fit;
        fm_spc_component c[FM_SPC_SOURCE_MAX];
        ck_assert_int_eq(fm_spc_tree_build(code, n, depth, 2, words, &t), FM_OK);
        ck_assert(t.balanced);
        ck_assert_int_eq(fm_spc_anova_eval(&t, y, mean, &a), FM_OK);
        ck_assert_double_eq(a.df[depth], (double)(n / 2));
        fm_spc_reml_data data = {&t, mean + fm_spc_tree_offset(&t, depth), a.ss[depth]};
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.raw, &fit), FM_OK);
        ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.9, c), FM_OK);
        for (size_t i = 0; i <= depth; i++)
            ck_assert(c[i].lower <= c[i].variance && c[i].variance <= c[i].upper);
        free(code);
        free(words);
        free(y);
        free(mean);
    }
    gsl_rng_free(rng);
}
END_TEST

/* At a profile limit the deviance, minimised over the rest, has risen by the quantile. */
START_TEST(profile_limits_sit_on_the_quantile)
{
    analysis a;
    make_unbalanced(&the_sample);
    ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
    fm_spc_reml_data data = reml_data(&a);
    fm_spc_reml_fit fit;
    fm_spc_component c[3];
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
    ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.95, c), FM_OK);
    const double rise = 3.841458820694124; /* chi-square quantile 0.95, 1 df */
    double best = INFINITY;
    for (int i = -100; i <= 100; i++)
        for (int j = -100; j <= 100; j++) {
            double v[3] = {fit.variance[0] * exp(0.008 * i), fit.variance[1] * exp(0.008 * j),
                           c[2].upper};
            double d = 0;
            ck_assert_int_eq(fm_spc_reml_eval(&data, v, &d), FM_OK);
            best = fmin(best, d);
        }
    ck_assert_double_eq_tol(best - fit.deviance, rise, 1e-4);
    fm_spc_component kept = {.variance = 77};
    ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0, &kept), FM_EDOM);
    ck_assert_double_eq(kept.variance, 77);
    const double bad[] = {NAN, 1, 1};
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, bad, &fit), FM_EDOM);
    analysis_free(&a);
}
END_TEST

/* Coverage of nominal 90 % intervals over 600 balanced samples.  The exact interval of the
 * residual must lie within 4 standard errors (4 * 1.22 % = 4.9 %: false alarm rate 6e-5);
 * MLS, which is slightly conservative, within [0.85, 0.96]; the profile within [0.82, 0.97]. */
START_TEST(intervals_cover)
{
    enum { ROUNDS = 600 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed());
    const double sd[] = {1.1, 0.7, 0.9};
    int mls[3] = {0}, approx[3] = {0}, profile[3] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        analysis a;
        fm_spc_component c[3], u[3], p[3];
        draw(rng, 8, 3, 2, sd);
        ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
        ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.9, c), FM_OK);
        analysis_free(&a);
        thin(rng, &the_sample);
        ck_assert_int_eq(analyse(&the_sample, &a), FM_OK);
        ck_assert_int_eq(fm_spc_components_eval(&a.anova, 0.9, u), FM_OK);
        fm_spc_reml_data data = reml_data(&a);
        fm_spc_reml_fit fit;
        ck_assert_int_eq(fm_spc_reml_fit_eval(&data, a.anova.raw, &fit), FM_OK);
        ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.9, p), FM_OK);
        for (int i = 0; i < 3; i++) {
            double truth = sd[i] * sd[i];
            mls[i] += c[i].lower <= truth && truth <= c[i].upper;
            approx[i] += u[i].lower <= truth && truth <= u[i].upper;
            profile[i] += p[i].lower <= truth && truth <= p[i].upper;
        }
        analysis_free(&a);
    }
    gsl_rng_free(rng);
    for (int i = 0; i < 3; i++) {
        (void)fprintf(stderr, "coverage of source %d: %.3f balanced, %.3f unbalanced, "
                      "%.3f profile\n", i, (double)mls[i] / ROUNDS,
                      (double)approx[i] / ROUNDS, (double)profile[i] / ROUNDS);
        ck_assert_double_eq_tol((double)mls[i] / ROUNDS, 0.905, i == 2 ? 0.049 : 0.055);
        ck_assert_double_eq_tol((double)approx[i] / ROUNDS, 0.905, 0.055);
        ck_assert_double_eq_tol((double)profile[i] / ROUNDS, 0.895, 0.075);
    }
}
END_TEST

/* ---- 5. limits, rules ---------------------------------------------------------------- */

START_TEST(constants_properties)
{
    double a, b, kept = 77;
    for (size_t n = 2; n < 120; n++) {
        ck_assert_int_eq(fm_spc_c4(n, &a), FM_OK);
        ck_assert_int_eq(fm_spc_c4(n + 1, &b), FM_OK);
        /* c4(n) c4(n + 1) = sqrt((n - 1)/n), by the recurrence of the gamma function. */
        assert_close("c4", a * b, sqrt((double)(n - 1) / (double)n), TOL1);
    }
    ck_assert_int_eq(fm_spc_c4(1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d2(1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d2(FM_SPC_SIZE_MAX + 1, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d3(0, &kept), FM_EDOM);
    ck_assert_int_eq(fm_spc_d3(FM_SPC_SIZE_MAX + 1, &kept), FM_EDOM);
    ck_assert_double_eq(kept, 77);
    ck_assert_int_eq(fm_spc_d2(FM_SPC_SIZE_MAX, &a), FM_OK);
    /* Mean range of 1000 normal values: 6.48287 (mean of the largest, 3.24144, twice). */
    assert_close("d2(1000)", a, 6.48287, 1e-6);
    ck_assert_int_eq(fm_spc_d3(2, &a), FM_OK);
    assert_close("d3(2)", a, sqrt(2 - 4 / M_PI), 1e-12);
}
END_TEST

START_TEST(unequal_sizes)
{
    /* Weights by hand: sizes 2 and 3. */
    const fm_spc_subgroup g[] = {{2, 10, 2.1, 1.484924240491750}, {3, 13, 3.7, 1.9},
                                 {1, 20, NAN, NAN}, {0, NAN, NAN, NAN}};
    double w2 = 1.128379167095513 / 0.852502466427, w3 = 1.692568750643269 / 0.888368004045;
    fm_spc_process p;
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 4, FM_SPC_SIGMA_RANGE, &p), FM_OK);
    assert_close("sigma", p.sigma,
                 (w2 * w2 * 2.1 / 1.128379167095513 + w3 * w3 * 3.7 / 1.692568750643269) /
                     (w2 * w2 + w3 * w3), 1e-9);
    assert_close("mean", p.mean, (20 + 39 + 20) / 6.0, TOL0);
    ck_assert_uint_eq(p.n, 6);
    ck_assert_uint_eq(p.n_used, 2);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 4, FM_SPC_SIGMA_POOLED, &p), FM_OK);
    assert_close("pooled", p.sigma * p.sigma, (2.205 + 2 * 3.61) / 3, TOL1);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 4, FM_SPC_SIGMA_STD_DEV, &p), FM_OK);
    double c2 = 2 / M_PI, c3 = M_PI / 4;
    double v2 = c2 / (1 - c2), v3 = c3 / (1 - c3);
    assert_close("from s", p.sigma,
                 (v2 * g[0].std_dev / sqrt(c2) + v3 * 1.9 / sqrt(c3)) / (v2 + v3), TOL2);
}
END_TEST

START_TEST(limits_refuse)
{
    fm_spc_process p = {.n = 77};
    fm_spc_limits l = {.centre = 77};
    const fm_spc_subgroup single[] = {{1, 5, NAN, NAN}}, still[] = {{2, 5, 0, 0}};
    const fm_spc_subgroup huge[] = {{FM_SPC_SIZE_MAX + 1, 5, 1, 1}};
    ck_assert_int_eq(fm_spc_subgroups_eval(single, 1, FM_SPC_SIGMA_RANGE, &p), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_subgroups_eval(still, 1, FM_SPC_SIGMA_STD_DEV, &p), FM_ESINGULAR);
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
    assert_close("sigma", p.sigma, 0.5 * (0.115 + 0.8) * sqrt(M_PI) / 2, TOL2);
    ck_assert_int_eq(fm_spc_limits_eval(FM_SPC_MOVING_RANGE, 2, &p, &l), FM_OK);
    assert_close("limit", l.upper, l.centre * (1 + 3 * sqrt(M_PI / 2 - 1)), 1e-12);
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
            bool in = rule->region == FM_SPC_BEYOND ? fabs(v) > rule->k : fabs(v) < rule->k;
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
    const fm_spc_rule rules[] = {fm_spc_rules_we[0], fm_spc_rules_we[1], fm_spc_rules_we[2],
                                 fm_spc_rules_we[3],
                                 {"n2", 9, 9, FM_SPC_BEYOND, 0, FM_SPC_SAME_SIDE},
                                 {"n7", 15, 15, FM_SPC_WITHIN, 1, FM_SPC_EITHER_SIDE},
                                 {"n8", 8, 8, FM_SPC_BEYOND, 1, FM_SPC_EITHER_SIDE},
                                 {"odd", 5, 64, FM_SPC_WITHIN, 0.25, FM_SPC_SAME_SIDE},
                                 {"one", 1, 1, FM_SPC_WITHIN, 0.5, FM_SPC_EITHER_SIDE}};
    enum { N_RULES = sizeof rules / sizeof rules[0], N = 20000 };
    static double z[N];
    fm_spc_rule_state state[N_RULES] = {{0, 0}};
    int n_flags[N_RULES] = {0};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed());
    ck_assert_int_eq(fm_spc_rules_validate(rules, N_RULES), FM_OK);
    for (size_t i = 0; i < N; i++) {
        z[i] = gsl_ran_gaussian(rng, 1 + (double)(i / 4000) * 0.2);
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

/* In-control run length of the four rules together: 91.75 (exact, reference row r06).  The
 * mean of 4000 runs must agree within 4.5 standard errors (sd of a run length < its mean + 10:
 * 4.5 * 102/sqrt(4000) = 7.3; false alarm rate < 1e-5). */
START_TEST(rules_have_the_known_run_length)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed());
    double sum = 0;
    for (int run = 0; run < 4000; run++) {
        fm_spc_rule_state state[FM_SPC_WE_COUNT] = {{0, 0}};
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
    const fm_spc_rule bad[] = {{"m0", 0, 1, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE},
                               {"m>w", 3, 2, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE},
                               {"w", 1, 65, FM_SPC_BEYOND, 1, FM_SPC_SAME_SIDE},
                               {"k", 1, 1, FM_SPC_BEYOND, -1, FM_SPC_SAME_SIDE},
                               {"nan", 1, 1, FM_SPC_BEYOND, NAN, FM_SPC_SAME_SIDE},
                               {"inf", 1, 1, FM_SPC_BEYOND, INFINITY, FM_SPC_SAME_SIDE}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(fm_spc_rules_validate(&bad[i], 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_rules_validate(bad, FM_SPC_RULES_MAX + 1), FM_EDOM);
    ck_assert_int_eq(fm_spc_rules_validate(fm_spc_rules_we, FM_SPC_WE_COUNT), FM_OK);
}
END_TEST

/* ---- 6. main ------------------------------------------------------------------------- */

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
    tcase_add_test(exact, reml_recursion_equals_dense_algebra);
    tcase_add_test(exact, reml_equals_brute_force);
    tcase_add_test(exact, profile_limits_sit_on_the_quantile);
    tcase_add_test(exact, constants_properties);
    tcase_add_test(exact, unequal_sizes);
    tcase_add_test(exact, limits_refuse);
    tcase_add_test(exact, individuals_with_a_gap);
    tcase_add_test(exact, rules_refuse);
    tcase_add_test(random, reml_on_random_data);
    tcase_add_test(random, any_depth);
    tcase_add_test(random, intervals_cover);
    tcase_add_test(random, rules_equal_the_definition);
    tcase_add_test(random, rules_have_the_known_run_length);
    tcase_set_timeout(random, 60);
    suite_add_tcase(suite, exact);
    suite_add_tcase(suite, random);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
