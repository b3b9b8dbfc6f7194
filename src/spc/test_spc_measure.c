/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the models behind spc.gauge, spc.linearity, spc.agreement and spc.capability.
 *
 * Contents
 *   1. data     2. certified rows     3. crossed designs     4. likelihood
 *   5. intervals     6. capability     7. agreement, linearity     8. main
 */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>

#include "math/johnson.h"
#include "math/lifedist.h"
#include "math/normality.h"
#include "math/univariate.h"
#include "spc/spc_agreement_model.h"
#include "spc/spc_capability_model.h"
#include "spc/spc_crossed.h"
#include "spc/spc_gauge_model.h"
#include "spc/spc_linearity_model.h"
#include "spc/spc_mls.h"
#include "spc/spc_reml.h"
#include "spc/test_spc_data.h"

/* ---- 1. data --------------------------------------------------------------------- */

/* AIAG: 10 parts x (3 operators x 3 trials), in hundredths. */
static const int aiag[] = {
    29,   41,   64,  8,   25,  7,   4,    -11,  -15,  -56,  -68,  -58,  -47,  -122, -68,
    -138, -113, -96, 134, 117, 127, 119,  94,   134,  88,   109,  67,   47,   50,   64,
    1,    103,  20,  14,  20,  11,  -80,  -92,  -84,  -56,  -120, -128, -146, -107, -145,
    2,    -11,  -21, -20, 22,  6,   -29,  -67,  -49,  59,   75,   66,   47,   55,   83,
    2,    1,    21,  -31, -20, -17, -63,  8,    -34,  -46,  -56,  -49,  226,  199,  201,
    180,  212,  219, 177, 145, 187, -136, -125, -131, -168, -162, -150, -149, -177, -216};

/* SixSigma: 3 operators x 3 parts x 3 runs, in hundredths. */
static const int sixsigma[] = {127, 90,  109, 112, 109, 115, 173, 128, 177,
                               134, 132, 127, 124, 100, 114, 164, 165, 177,
                               109, 126, 109, 148, 115, 115, 164, 144, 168};

/* Nested: 3 operators x 5 batches x 2 readings, in tenths. */
static const int nested[] = {334, 332, 324, 317, 344, 345, 339, 345, 345, 347,
                             325, 321, 321, 323, 351, 347, 324, 331, 348, 349,
                             326, 327, 323, 321, 349, 347, 330, 332, 316, 309};

static const double diameter[] = {10.9, 10.3, 5.6, 5.1, 8.2, 10.1, 9,   3.1, 9.3,  7,
                                  3.6,  7.1,  9,   5.9, 4.3, 5.7,  9.9, 7.6, 10.3, 5.6,
                                  8.3,  4.8,  7.8, 6.2, 5.7, 9.1,  8.4, 9,   7.1,  7.1,
                                  8,    4.7,  6.1, 5.7, 4.2, 6.6,  8.2, 6.1, 5.6,  7};

enum {
    N_MAX = 128,
    WORDS_MAX = 4096
};

/* One analysed gauge study. */
typedef struct study {
    size_t n;
    double y[N_MAX], work[3 * N_MAX];
    int32_t code[3 * N_MAX], scratch[3 * N_MAX];
    size_t words[WORDS_MAX];
    fm_spc_design d;
    fm_spc_anova a;
    fm_spc_component c[FM_SPC_SOURCE_MAX];
    bool is_part[FM_SPC_SOURCE_MAX];
} study;

static study s;

static fm_status
analyse(size_t n_terms, const unsigned *mask)
{
    s.d = (fm_spc_design){
        .n = s.n, .n_factors = 2, .n_terms = n_terms, .n_codes = 16, .code = s.code};
    for (size_t t = 0; t < n_terms; t++)
        s.d.mask[t] = mask[t];
    ck_assert_uint_le(fm_spc_design_words(s.n, 2, n_terms, 16), WORDS_MAX);
    ck_assert_int_eq(fm_spc_design_build(&s.d, s.words, s.scratch), FM_OK);
    fm_status st = fm_spc_crossed_eval(&s.d, s.y, s.work, &s.a);
    if (st == FM_OK)
        ck_assert_int_eq(fm_spc_components_eval(&s.a, 0.95, s.c), FM_OK);
    return st;
}

/* Loads by name; factor 0 is the part, 1 the operator. */
static void
load(const char *name, bool full)
{
    memset(&s, 0, sizeof s);
    bool is_aiag = strcmp(name, "aiag") == 0, is_nested = strcmp(name, "nested") == 0;
    s.n = is_aiag ? 90 : is_nested ? 30 : 27;
    for (size_t i = 0; i < s.n; i++) {
        s.y[i] = is_aiag     ? aiag[i] / 100.
                 : is_nested ? nested[i] / 10.
                             : sixsigma[i] / 100.;
        size_t part = is_aiag ? i / 9 : is_nested ? i / 2 % 5 : i / 3 % 3;
        size_t person = is_aiag ? i / 3 % 3 : is_nested ? i / 10 : i / 9;
        s.code[i] = (int32_t)part;
        s.code[s.n + i] = (int32_t)person;
    }
    const unsigned crossed[] = {1, 2, 3}, in[] = {2, 3};
    ck_assert_int_eq(is_nested ? analyse(2, in) : analyse(full ? 3 : 2, crossed), FM_OK);
    s.is_part[is_nested ? 1 : 0] = true;
}

static fm_spc_gauge_part
sum_of(bool gauge)
{
    bool include[FM_SPC_SOURCE_MAX];
    fm_spc_gauge_part g;
    for (size_t i = 0; i <= s.a.depth; i++)
        include[i] = gauge != s.is_part[i];
    ck_assert_int_eq(fm_spc_gauge_eval(&s.a, s.c, NULL, include, 0.95, &g), FM_OK);
    return g;
}

/* ---- 2. certified rows ----------------------------------------------------------- */

static double
gauge_quantity(const char *data, const char *model, const char *name)
{
    load(data, strcmp(model, "full") == 0);
    fm_spc_gauge_part g = sum_of(true), p = sum_of(false);
    double exact, ndc;
    ck_assert_int_eq(fm_spc_gauge_ndc(g.share, &exact, &ndc), FM_OK);
    const struct {
        const char *name;
        double value;
    } whole[] = {{"total", s.a.total_ss},
                 {"grr", g.variance},
                 {"whole", g.variance + p.variance},
                 {"contribution", 100 * g.share},
                 {"study", 100 * sqrt(g.share)},
                 {"studypart", 100 * sqrt(p.share)},
                 {"studylower", 100 * sqrt(g.share_lower)},
                 {"studyupper", 100 * sqrt(g.share_upper)},
                 {"sdgrr", sqrt(g.variance)},
                 {"ndcexact", exact},
                 {"ndc", ndc}};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (strcmp(name, whole[i].name) == 0)
            return whole[i].value;
    size_t last = strlen(name) - 1, i = (size_t)(name[last] - '0');
    const struct {
        const char *name;
        double value;
    } one[] = {{"ss", s.a.ss[i]},   {"ms", s.a.ms[i]},
               {"df", s.a.df[i]},   {"f", s.a.f[i]},
               {"p", s.a.p[i]},     {"var", s.c[i].variance},
               {"raw", s.a.raw[i]}, {"sd", sqrt(s.c[i].variance)}};
    for (size_t k = 0; k < sizeof one / sizeof one[0]; k++)
        if (strlen(one[k].name) == last && strncmp(name, one[k].name, last) == 0)
            return one[k].value;
    return NAN;
}

static double
capability_quantity(const char *name)
{
    fm_spc_subgroup g[25];
    fm_spc_process p;
    spc_load("piston");
    for (size_t i = 0; i < 25; i++)
        ck_assert_int_eq(fm_spc_subgroup_eval(spc_sample.y + 5 * i, 5, &g[i]), FM_OK);
    ck_assert_int_eq(fm_spc_subgroups_eval(g, 25, FM_SPC_SIGMA_RANGE, &p), FM_OK);
    fm_spc_spread spread = {p.mean, p.sigma, 125, 124};
    fm_spc_specification spec = {73.95, 74.05,
                                 strncmp(name, "cpm02", 5) == 0 ? 74.02 : 74};
    fm_spc_indices k;
    ck_assert_int_eq(fm_spc_indices_eval(&spread, &spec, 0.95, &k), FM_OK);
    const fm_spc_index *index = strncmp(name, "cpm", 3) == 0   ? &k.cpm
                                : strncmp(name, "cpk", 3) == 0 ? &k.cpk
                                                               : &k.cp;
    return strstr(name, "lower") != NULL   ? index->lower
           : strstr(name, "upper") != NULL ? index->upper
                                           : index->value;
}

static double
percentile_quantity(const char *name)
{
    double y[40];
    fm_math_life_data data = {.n = 40, .x = diameter};
    fm_math_life_fit fit;
    fm_spc_quantiles q;
    fm_spc_indices k;
    ck_assert_int_eq(fm_math_life_fit_eval(FM_MATH_WEIBULL, &data, y, &fit), FM_OK);
    ck_assert_int_eq(fm_math_life_quantile(&fit.life, 0.00135, &q.low), FM_OK);
    ck_assert_int_eq(fm_math_life_quantile(&fit.life, 0.5, &q.middle), FM_OK);
    ck_assert_int_eq(fm_math_life_quantile(&fit.life, 0.99865, &q.high), FM_OK);
    const fm_spc_specification spec = {0, 12, NAN};
    ck_assert_int_eq(fm_spc_percentile_indices(&q, &spec, &k), FM_OK);
    const struct {
        const char *name;
        double value;
    } table[] = {
        {"pp", k.cp.value},   {"ppl", k.cpl.value},
        {"ppu", k.cpu.value}, {"ppk", k.cpk.value},
        {"low", q.low},       {"middle", q.middle},
        {"high", q.high},     {"ppm", 1e6 * fm_math_life_survival(&fit.life, 12)}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(name, table[i].name) == 0)
            return table[i].value;
    return NAN;
}

static double
normality_quantity(const char *name)
{
    double x[40], work[40], lambda;
    size_t n = 40;
    fm_math_test t;
    if (strcmp(name, "boxcox") == 0) {
        ck_assert_int_eq(fm_spc_box_cox_fit(diameter, 40, work, &lambda), FM_OK);
        return lambda;
    }
    bool p = strncmp(name, "swp", 3) == 0;
    n = strtoul(name + (p ? 3 : 2), NULL, 10);
    memcpy(x, diameter, n * sizeof *x);
    gsl_sort(x, 1, n);
    if (strncmp(name, "ad", 2) == 0)
        ck_assert_int_eq(fm_math_anderson_darling_normal(x, n, &t), FM_OK);
    else
        ck_assert_int_eq(fm_math_shapiro_wilk(x, n, work, &t), FM_OK);
    return p ? t.p : t.statistic;
}

static double
kappa_quantity(bool fleiss)
{
    static const double raters[] = {0, 0, 0, 0, 14, 0, 2, 6, 4, 2, 0, 0, 3, 5, 6, 0, 3,
                                    9, 2, 0, 2, 2,  8, 1, 1, 7, 7, 0, 0, 0, 3, 2, 6, 3,
                                    0, 2, 5, 3, 2,  2, 6, 5, 2, 1, 0, 0, 2, 2, 3, 7};
    static const double table[] = {20, 5, 10, 15};
    fm_spc_kappa k;
    if (fleiss)
        ck_assert_int_eq(fm_spc_kappa_fleiss(raters, 10, 5, &k), FM_OK);
    else
        ck_assert_int_eq(fm_spc_kappa_cohen(table, 2, &k), FM_OK);
    return k.kappa;
}

static double
quantity(const char *name, const char *first, const char *second)
{
    double x = NAN;
    fm_spc_subgroup g[25];
    if (strcmp(name, "piston") == 0)
        return capability_quantity(first);
    if (strcmp(name, "diameter") == 0)
        return percentile_quantity(first);
    if (strcmp(name, "normality") == 0)
        return normality_quantity(first);
    if (strcmp(name, "fleiss") == 0 || strcmp(name, "cohen") == 0)
        return kappa_quantity(name[0] == 'f');
    if (strcmp(name, "bound") == 0) {
        fm_spc_spread p = {5.01, 1, strtod(second, NULL), strtod(second, NULL) - 1};
        fm_spc_specification spec = {0, NAN, NAN};
        fm_spc_indices k;
        ck_assert_int_eq(fm_spc_indices_eval(&p, &spec, 0.95, &k), FM_OK);
        spc_assert_close("index", k.cpk.value, strtod(first, NULL), 1e-14);
        return k.cpk.bound;
    }
    if (strcmp(name, "df") != 0)
        return gauge_quantity(name, first, second);
    if (first[0] == 'm') {
        ck_assert_int_eq(fm_spc_moving_range_df(124, 123, &x), FM_OK);
        return x;
    }
    for (size_t i = 0; i < 25; i++)
        g[i] = (fm_spc_subgroup){5, 0, 1, 1};
    ck_assert_int_eq(fm_spc_subgroups_df(g, 25, FM_SPC_SIGMA_RANGE, &x), FM_OK);
    return x;
}

START_TEST(certified_rows)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[1024];
    int n_rows = 0;
    (void)snprintf(path, sizeof path, "%s/src/spc/spc_measure_certified.csv",
                   top ? top : ".");
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    while (fgets(line, sizeof line, f) != NULL) {
        char id[40], inputs[80], expected[40], tol[40], word[3][40] = {"", "", ""};
        if (line[0] == '#' || strncmp(line, "id,", 3) == 0)
            continue;
        int n =
            sscanf(line, "%39[^,],%79[^,],%39[^,],%39[^,],", id, inputs, expected, tol);
        ck_assert_msg(n == 4, "bad row: %s", line);
        (void)sscanf(inputs, "%39s %39s %39s", word[0], word[1], word[2]);
        spc_assert_close(id, quantity(word[0], word[1], word[2]), strtod(expected, NULL),
                         strtod(tol, NULL));
        n_rows++;
    }
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_ge(n_rows, 90);
}
END_TEST

/* ---- 3. crossed designs ---------------------------------------------------------- */

/* The nested analysis by the sweep equals the one over the tree. */
START_TEST(sweep_equals_tree)
{
    load("nested", true);
    spc_load("nested");
    spc_analysis tree;
    ck_assert_int_eq(spc_analyse(&spc_sample, &tree), FM_OK);
    for (size_t i = 0; i < 3; i++) {
        spc_assert_close("ss", s.a.ss[i], tree.anova.ss[i], 1e-12);
        spc_assert_close("df", s.a.df[i], tree.anova.df[i], 0);
        for (size_t j = 0; j < 3; j++)
            ck_assert_double_eq(s.a.ems[i][j], tree.anova.ems[i][j]);
    }
    spc_analysis_free(&tree);
}
END_TEST

START_TEST(balance_is_seen)
{
    const unsigned mask[] = {1, 2, 3};
    load("aiag", true);
    ck_assert(s.d.balanced);
    ck_assert_uint_eq(s.d.n_cells, 30);
    s.n = 89; /* the last reading is lost: the second factor's codes move up */
    memmove(s.code + 89, s.code + 90, 89 * sizeof *s.code);
    ck_assert_int_eq(analyse(3, mask), FM_EVALID);
    ck_assert(!s.d.balanced);
    /* Equal counts of every label, but an incomplete square. */
    const int32_t square[] = {0, 0, 1, 1, 2, 2, 0, 1, 1, 2, 2, 0};
    s.n = 6;
    memcpy(s.code, square, sizeof square);
    ck_assert_int_eq(analyse(2, mask), FM_EVALID);
    ck_assert(!s.d.balanced);
}
END_TEST

START_TEST(crossed_refuses)
{
    const unsigned mask[] = {1, 2, 3};
    load("aiag", true);
    for (size_t i = 0; i < s.n; i++)
        s.y[i] = 0.3;
    s.a.n = 77;
    ck_assert_int_eq(analyse(3, mask), FM_ESINGULAR);
    s.y[4] = NAN;
    ck_assert_int_eq(analyse(3, mask), FM_EDOM);
    load("sixsigma", true);
    s.n = 9; /* one reading in each of 3 x 3 cells */
    for (int32_t i = 0; i < 9; i++) {
        s.code[i] = i / 3;
        s.code[9 + i] = i % 3;
    }
    ck_assert_int_eq(analyse(3, mask), FM_ETOOFEW);
    for (size_t i = 0; i < 9; i++)
        s.code[i] = 0;
    ck_assert_int_eq(analyse(2, mask), FM_ESINGULAR);
    fm_spc_design d = {
        .n = 0, .n_factors = 1, .n_terms = 1, .n_codes = 1, .code = s.code};
    ck_assert_int_eq(fm_spc_design_build(&d, s.words, s.scratch), FM_ETOOFEW);
    d.n = 9;
    d.mask[0] = 2;
    ck_assert_int_eq(fm_spc_design_build(&d, s.words, s.scratch), FM_EDOM);
    d.n_factors = 7;
    ck_assert_int_eq(fm_spc_design_build(&d, s.words, s.scratch), FM_EDOM);
}
END_TEST

/* ---- 4. likelihood --------------------------------------------------------------- */

/* Cells of the design in s; memory is static. */
static fm_spc_cells
cells_of(void)
{
    static double size[N_MAX], mean[N_MAX], work[3 * N_MAX * N_MAX];
    static size_t unit[3 * N_MAX];
    size_t m = s.d.n_cells;
    double grand, within = 0;
    ck_assert_uint_le(fm_spc_cells_work(m, s.d.n_terms), 3 * N_MAX * N_MAX);
    ck_assert_int_eq(fm_math_mean_eval(s.y, s.n, &grand), FM_OK);
    memset(size, 0, sizeof size);
    memset(mean, 0, sizeof mean);
    for (size_t i = 0; i < s.n; i++) {
        size[s.d.cell[i]]++;
        for (size_t t = 0; t < s.d.n_terms; t++)
            unit[t * m + s.d.cell[i]] = s.d.unit[t * s.n + i];
    }
    for (size_t i = 0; i < s.n; i++)
        mean[s.d.cell[i]] += (s.y[i] - grand) / size[s.d.cell[i]];
    for (size_t i = 0; i < s.n; i++)
        within += pow(s.y[i] - grand - mean[s.d.cell[i]], 2);
    return (fm_spc_cells){s.n,  m,    s.d.n_terms, s.d.n_units, unit,
                          size, mean, within,      work};
}

/* Balanced data: mean squares and dense matrices give one deviance and one optimum, which
 * equals ANOVA. */
START_TEST(likelihoods_agree)
{
    load("aiag", false);
    fm_spc_cells cells = cells_of();
    fm_spc_reml_data dense = {.cells = &cells, .ss_within = cells.ss_within};
    fm_spc_reml_data closed = {.balanced = &s.a};
    const double at[] = {0.7, 0.11, 0.05};
    double a, b;
    ck_assert_int_eq(fm_spc_reml_eval(&dense, at, &a), FM_OK);
    ck_assert_int_eq(fm_spc_reml_eval(&closed, at, &b), FM_OK);
    spc_assert_close("deviance", a, b, 1e-12);
    const double start[] = {0.3, 0.3, 0.3};
    fm_spc_reml_fit fit[2];
    fm_spc_component c[2][FM_SPC_SOURCE_MAX];
    ck_assert_int_eq(fm_spc_reml_fit_eval(&dense, start, &fit[0]), FM_OK);
    ck_assert_int_eq(fm_spc_reml_fit_eval(&closed, start, &fit[1]), FM_OK);
    ck_assert_int_eq(fm_spc_reml_components(&dense, &fit[0], 0.95, c[0]), FM_OK);
    ck_assert_int_eq(fm_spc_reml_components(&closed, &fit[1], 0.95, c[1]), FM_OK);
    for (size_t i = 0; i < 3; i++) {
        spc_assert_close("reml", fit[0].variance[i], s.a.raw[i], 1e-8);
        spc_assert_close("reml", fit[1].variance[i], s.a.raw[i], 1e-8);
        spc_assert_close("lower", c[0][i].lower, c[1][i].lower, 1e-6);
        spc_assert_close("upper", c[0][i].upper, c[1][i].upper, 1e-6);
        spc_assert_close("covariance", fit[0].covariance[i][i], fit[1].covariance[i][i],
                         1e-5);
    }
    /* Residual of balanced data: variance of a mean square, 2 ms^2/df. */
    spc_assert_close("variance of ms", fit[1].covariance[2][2],
                     2 * s.a.ms[2] * s.a.ms[2] / s.a.df[2], 1e-6);
    spc_assert_close("se", fit[0].mean_se, fit[1].mean_se, 1e-7);
}
END_TEST

/* Unbalanced crossed data: slopes against differences, and against the tree for terms
 * that happen to be nested. */
START_TEST(dense_slopes)
{
    const unsigned mask[] = {1, 2, 3};
    load("aiag", true);
    memmove(s.code + 83, s.code + 90, 83 * sizeof *s.code);
    s.n = 83;
    ck_assert_int_eq(analyse(3, mask), FM_EVALID);
    fm_spc_cells cells = cells_of();
    const double at[] = {0.9, 0.07, 0.02, 0.05};
    fm_spc_reml_slopes here, up, down;
    ck_assert_int_eq(fm_spc_cells_eval(&cells, at, &here), FM_OK);
    for (size_t i = 0; i < 4; i++) {
        double v[4], h = 1e-5 * at[i];
        memcpy(v, at, sizeof v);
        v[i] = at[i] + h;
        ck_assert_int_eq(fm_spc_cells_eval(&cells, v, &up), FM_OK);
        v[i] = at[i] - h;
        ck_assert_int_eq(fm_spc_cells_eval(&cells, v, &down), FM_OK);
        double slope = (up.value - down.value) / (2 * h);
        ck_assert_double_eq_tol(slope, here.gradient[i], 1e-5 * (1 + fabs(slope)));
        for (size_t j = 0; j <= i; j++) {
            double bend = (up.gradient[j] - down.gradient[j]) / (2 * h);
            ck_assert_double_eq_tol(bend, here.hessian[i][j], 1e-5 * (1 + fabs(bend)));
        }
    }
}
END_TEST

START_TEST(dense_equals_tree)
{
    spc_make_unbalanced(&spc_sample);
    spc_analysis t;
    ck_assert_int_eq(spc_analyse(&spc_sample, &t), FM_OK);
    fm_spc_reml_data tree = spc_reml_data(&t), groups = tree;
    fm_spc_reml_group group[N_MAX];
    size_t first[N_MAX];
    fm_spc_reml_compress(&groups, group, first);
    memset(&s, 0, sizeof s);
    s.n = spc_sample.n;
    memcpy(s.y, spc_sample.y, s.n * sizeof *s.y);
    memcpy(s.code, spc_sample.code, 2 * s.n * sizeof *s.code);
    const unsigned mask[] = {1, 3};
    ck_assert_int_eq(analyse(2, mask), FM_EVALID);
    fm_spc_cells cells = cells_of();
    fm_spc_reml_data dense = {.cells = &cells, .ss_within = cells.ss_within};
    const double at[] = {1.7, 0.4, 0.06};
    double d[3];
    ck_assert_int_eq(fm_spc_reml_eval(&tree, at, &d[0]), FM_OK);
    ck_assert_int_eq(fm_spc_reml_eval(&groups, at, &d[1]), FM_OK);
    ck_assert_int_eq(fm_spc_reml_eval(&dense, at, &d[2]), FM_OK);
    spc_assert_close("groups", d[1], d[0], 1e-13);
    spc_assert_close("dense", d[2], d[0], 1e-12);
    spc_analysis_free(&t);
}
END_TEST

START_TEST(likelihood_stops)
{
    load("aiag", false);
    volatile sig_atomic_t stop = 1;
    fm_spc_reml_data data = {.balanced = &s.a, .stop = &stop};
    const double start[] = {0.3, 0.3, 0.3};
    fm_spc_reml_fit fit = {.iterations = 77};
    fm_spc_component c[FM_SPC_SOURCE_MAX] = {{.variance = 77}};
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, start, &fit), FM_EINTERRUPT);
    ck_assert_int_eq(fit.iterations, 77);
    stop = 0;
    ck_assert_int_eq(fm_spc_reml_fit_eval(&data, start, &fit), FM_OK);
    stop = 1;
    ck_assert_int_eq(fm_spc_reml_components(&data, &fit, 0.95, c), FM_EINTERRUPT);
    ck_assert_double_eq(c[0].variance, 77);
}
END_TEST

/* ---- 5. intervals ---------------------------------------------------------------- */

/* Generalised pivots of the gauge's share are an independent way to its interval. */
START_TEST(share_against_pivots)
{
    enum {
        DRAWS = 200000
    };
    load("aiag", false);
    fm_spc_gauge_part g = sum_of(true);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed());
    double *share = malloc(DRAWS * sizeof *share);
    ck_assert(share != NULL);
    for (size_t i = 0; i < DRAWS; i++) {
        double ms[3];
        for (int k = 0; k < 3; k++)
            ms[k] = s.a.ss[k] / gsl_ran_chisq(rng, s.a.df[k]);
        double part = fmax(0, (ms[0] - ms[2]) / 9), rest = (ms[1] - ms[2]) / 30 + ms[2];
        share[i] = rest / (rest + part);
    }
    gsl_sort(share, 1, DRAWS);
    ck_assert_double_eq_tol(100 * sqrt(g.share_lower), 100 * sqrt(share[DRAWS / 40]), 1);
    ck_assert_double_eq_tol(100 * sqrt(g.share_upper),
                            100 * sqrt(share[DRAWS - DRAWS / 40]), 1);
    free(share);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(mls_refuses)
{
    const double one = 1, ms[] = {2.5, -1}, df[] = {4, 0};
    double limits[2] = {7, 7};
    ck_assert_int_eq(fm_spc_mls_eval(&one, ms, df, 1, 1, limits), FM_EDOM);
    ck_assert_int_eq(fm_spc_mls_eval(&one, ms, df, 0, 0.9, limits), FM_EDOM);
    ck_assert_int_eq(fm_spc_mls_eval(&one, ms + 1, df, 1, 0.9, limits), FM_EDOM);
    ck_assert_int_eq(fm_spc_mls_eval(&one, ms, df + 1, 1, 0.9, limits), FM_EDOM);
    ck_assert_int_eq(fm_spc_mls_share_eval(&one, &one, ms, df + 1, 1, 0.9, limits),
                     FM_EDOM);
    ck_assert_double_eq(limits[0], 7);
    ck_assert_int_eq(fm_spc_mls_eval(&one, ms, df, 1, 0.9, limits), FM_OK);
    spc_assert_close("chi-square", limits[0], 4 * 2.5 / gsl_cdf_chisq_Qinv(0.05, 4),
                     1e-13);
    bool none[FM_SPC_SOURCE_MAX] = {false};
    fm_spc_gauge_part g = {.variance = 7};
    load("aiag", false);
    ck_assert_int_eq(fm_spc_gauge_eval(&s.a, s.c, NULL, none, 0.9, &g), FM_EDOM);
    none[0] = true;
    ck_assert_int_eq(fm_spc_gauge_eval(&s.a, s.c, NULL, none, 1.1, &g), FM_EDOM);
    s.c[0].variance = s.c[1].variance = s.c[2].variance = 0;
    ck_assert_int_eq(fm_spc_gauge_eval(&s.a, s.c, NULL, none, 0.9, &g), FM_ESINGULAR);
    ck_assert_double_eq(g.variance, 7);
    double exact = 7, ndc = 7;
    ck_assert_int_eq(fm_spc_gauge_ndc(1.5, &exact, &ndc), FM_EDOM);
    ck_assert_int_eq(fm_spc_gauge_ndc(0.9, &exact, &ndc), FM_OK);
    ck_assert_double_eq(ndc, 1);
    ck_assert_int_eq(fm_spc_gauge_ndc(0, &exact, &ndc), FM_OK);
    ck_assert_double_eq(ndc, 0);
}
END_TEST

/* ---- 6. capability --------------------------------------------------------------- */

START_TEST(matched_df)
{
    /* The chi itself: 1/c4^2 - 1 of nu degrees of freedom gives nu back. */
    for (double nu = 1; nu < 3e4; nu *= 2.385) {
        double c4 = sqrt(2 / nu) * exp(lgamma(0.5 * (nu + 1)) - lgamma(0.5 * nu)), df = 0;
        ck_assert_int_eq(fm_spc_matched_df(1 / (c4 * c4) - 1, &df), FM_OK);
        spc_assert_close("df", df, nu, 1e-11 + 4e-16 * nu * nu * log(nu + 2));
    }
    double df = 7;
    ck_assert_int_eq(fm_spc_matched_df(0.6, &df), FM_EDOM);
    ck_assert_int_eq(fm_spc_matched_df(0, &df), FM_EDOM);
    ck_assert_int_eq(fm_spc_moving_range_df(0, 0, &df), FM_EDOM);
    fm_spc_subgroup g = {1, 0, NAN, NAN};
    ck_assert_int_eq(fm_spc_subgroups_df(&g, 1, FM_SPC_SIGMA_POOLED, &df), FM_ETOOFEW);
    g.n = 1001;
    ck_assert_int_eq(fm_spc_subgroups_df(&g, 1, FM_SPC_SIGMA_RANGE, &df), FM_EDOM);
    ck_assert_double_eq(df, 7);
    ck_assert_int_eq(fm_spc_moving_range_df(1, 0, &df), FM_OK);
    spc_assert_close("one range", df, 1, 1e-6);
}
END_TEST

/* Coverage of the exact bound: 4000 samples of 12, true Cpl 1.2; and of the interval of
 * Cpm far off target, which is approximate; false alarms < 1e-4. */
START_TEST(bounds_cover)
{
    enum {
        RUNS = 4000,
        N = 12
    };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, spc_seed() + 1);
    int held = 0, inside = 0;
    const double cpm = 6 / (6 * sqrt(1 + 1.6 * 1.6));
    for (int r = 0; r < RUNS; r++) {
        double x[N];
        for (int i = 0; i < N; i++)
            x[i] = 3.6 + gsl_ran_gaussian(rng, 1);
        fm_math_moments m;
        ck_assert_int_eq(fm_math_moments_eval(x, N, &m), FM_OK);
        fm_spc_spread p = {m.mean, m.sd, N, N - 1};
        fm_spc_specification spec = {0, NAN, NAN};
        fm_spc_indices k;
        ck_assert_int_eq(fm_spc_indices_eval(&p, &spec, 0.9, &k), FM_OK);
        held += k.cpk.bound <= 1.2;
        spec = (fm_spc_specification){0, 6, 2};
        ck_assert_int_eq(fm_spc_indices_eval(&p, &spec, 0.9, &k), FM_OK);
        inside += k.cpm.lower <= cpm && cpm <= k.cpm.upper;
    }
    gsl_rng_free(rng);
    ck_assert_double_eq_tol(held / (double)RUNS, 0.9, 4 * sqrt(0.09 / RUNS));
    ck_assert_double_eq_tol(inside / (double)RUNS, 0.9, 0.02 + 4 * sqrt(0.09 / RUNS));
}
END_TEST

START_TEST(indices_refuse)
{
    const fm_spc_spread p = {1, 1, 5, 4}, flat = {1, 0, 5, 4};
    const fm_spc_specification good = {0, 3, NAN}, none = {NAN, NAN, NAN},
                               reversed = {3, 0, NAN};
    fm_spc_indices k = {.cp.value = 7};
    ck_assert_int_eq(fm_spc_indices_eval(&flat, &good, 0.95, &k), FM_EDOM);
    ck_assert_int_eq(fm_spc_indices_eval(&p, &none, 0.95, &k), FM_EDOM);
    ck_assert_int_eq(fm_spc_indices_eval(&p, &reversed, 0.95, &k), FM_EDOM);
    ck_assert_int_eq(fm_spc_indices_eval(&p, &good, 1, &k), FM_EDOM);
    const fm_spc_quantiles q = {1, 1, 2};
    ck_assert_int_eq(fm_spc_percentile_indices(&q, &good, &k), FM_EDOM);
    ck_assert_double_eq(k.cp.value, 7);
    double x = 7;
    ck_assert_int_eq(fm_spc_quantile6(diameter, 40, 0.00135, &x), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_quantile6(diameter, 40, 1 / 41., &x), FM_OK);
    ck_assert_double_eq(x, diameter[0]);
    /* Outside both ways: a negative index is an answer. */
    ck_assert_int_eq(fm_spc_indices_eval(&(fm_spc_spread){10, 1, 5, 4}, &good, 0.95, &k),
                     FM_OK);
    spc_assert_close("outside", k.cpk.value, -7 / 3., 1e-15);
    ck_assert(k.cpk.lower < k.cpk.value && k.cpk.value < k.cpk.upper);
}
END_TEST

START_TEST(box_cox_refuses)
{
    double work[6], lambda = 7;
    const double same[] = {2, 2, 2}, negative[] = {2, -1, 3}, odd[] = {1, 2, 2, 2, 2, 2};
    ck_assert_int_eq(fm_spc_box_cox_fit(same, 2, work, &lambda), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_box_cox_fit(same, 3, work, &lambda), FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_box_cox_fit(negative, 3, work, &lambda), FM_EDOM);
    ck_assert_int_eq(fm_spc_box_cox_fit(odd, 6, work, &lambda), FM_EVALID);
    ck_assert_double_eq(lambda, 7);
    ck_assert_double_eq(fm_spc_box_cox(2.385, 0), log(2.385));
    ck_assert(isinf(fm_spc_box_cox(-1, 2)));
}
END_TEST

START_TEST(normality_refuses)
{
    double x[] = {1, 2, 3, 4, 5, 6, 7, 8}, work[8];
    fm_math_test t = {7, 7};
    ck_assert_int_eq(fm_math_anderson_darling_normal(x, 7, &t), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_shapiro_wilk(x, 2, work, &t), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_shapiro_wilk(x, 5001, work, &t), FM_EVALID);
    x[3] = 9;
    ck_assert_int_eq(fm_math_anderson_darling_normal(x, 8, &t), FM_EDOM);
    for (int i = 0; i < 8; i++)
        x[i] = 3;
    ck_assert_int_eq(fm_math_anderson_darling_normal(x, 8, &t), FM_ESINGULAR);
    ck_assert_double_eq(t.p, 7);
}
END_TEST

/* Exact quantiles of a member give the member back; z and x invert each other. */
START_TEST(johnson_comes_back)
{
    static const fm_math_johnson members[] = {
        {FM_MATH_JOHNSON_SU, 0.7, 1.3, 2.1, 0.8}, {FM_MATH_JOHNSON_SU, -1.1, 2.2, -5, 3},
        {FM_MATH_JOHNSON_SB, 0.6, 1.1, 1.5, 4},   {FM_MATH_JOHNSON_SB, -0.9, 0.8, -2, 7},
        {FM_MATH_JOHNSON_SL, -0.4, 1.6, 3, 1},
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const fm_math_johnson *m = &members[i];
        const double z = 0.524;
        double x[4];
        fm_math_johnson j;
        for (int k = 0; k < 4; k++)
            x[k] = fm_math_johnson_x(m, (2 * k - 3) * z);
        ck_assert_int_eq(fm_math_johnson_from_quantiles(z, x, &j), FM_OK);
        ck_assert_int_eq(j.kind, m->kind);
        spc_assert_close("gamma", j.gamma, m->gamma, 1e-9);
        spc_assert_close("eta", j.eta, m->eta, 1e-9);
        spc_assert_close("epsilon", j.epsilon, m->epsilon, 1e-9);
        spc_assert_close("lambda", j.lambda, m->lambda, 1e-9);
        spc_assert_close("inverse", fm_math_johnson_z(m, fm_math_johnson_x(m, 1.37)),
                         1.37, 1e-12);
        double h = 1e-6, at = fm_math_johnson_x(m, 0.4);
        double slope = (gsl_cdf_ugaussian_P(fm_math_johnson_z(m, at + h)) -
                        gsl_cdf_ugaussian_P(fm_math_johnson_z(m, at - h))) /
                       (2 * h);
        spc_assert_close("density", fm_math_johnson_pdf(m, at), slope, 1e-7);
    }
    fm_math_johnson j = {.eta = 7};
    const double flat[] = {1, 2, 2, 3}, back[] = {1, 3, 2, 4},
                 left[] = {-4, -2, -1, -0.5};
    double p = 7, work[40], x[40];
    ck_assert_int_eq(fm_math_johnson_from_quantiles(0.5, flat, &j), FM_ESINGULAR);
    ck_assert_int_eq(fm_math_johnson_from_quantiles(0.5, left, &j), FM_ESINGULAR);
    ck_assert_int_eq(fm_math_johnson_from_quantiles(0.5, back, &j), FM_EDOM);
    ck_assert_int_eq(fm_math_johnson_from_quantiles(0, flat, &j), FM_EDOM);
    ck_assert_int_eq(fm_math_johnson_fit_eval(diameter, 5, work, &j, &p), FM_ETOOFEW);
    ck_assert_int_eq(fm_math_johnson_fit_eval(diameter, 40, work, &j, &p), FM_EDOM);
    ck_assert_double_eq(j.eta, 7);
    memcpy(x, diameter, sizeof x);
    gsl_sort(x, 1, 40);
    ck_assert_int_eq(fm_math_johnson_fit_eval(x, 40, work, &j, &p), FM_OK);
    ck_assert(p > 0.5);
}
END_TEST

/* ---- 7. agreement, linearity ----------------------------------------------------- */

START_TEST(kappa_refuses)
{
    const double one[] = {3, 0, 3, 0}, uneven[] = {2, 1, 1, 1}, single[] = {1, 0, 0, 1},
                 empty[] = {0, 0, 0, 0}, all[] = {9, 0, 0, 0};
    fm_spc_kappa k = {.kappa = 7};
    ck_assert_int_eq(fm_spc_kappa_fleiss(one, 2, 2, &k), FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_kappa_fleiss(uneven, 2, 2, &k), FM_EDOM);
    ck_assert_int_eq(fm_spc_kappa_fleiss(single, 2, 2, &k), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_kappa_fleiss(one, 1, 2, &k), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_kappa_cohen(empty, 2, &k), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_kappa_cohen(all, 2, &k), FM_ESINGULAR);
    ck_assert_double_eq(k.kappa, 7);
    /* Two categories: the null error is sqrt(2/(N m (m - 1))). */
    const double two[] = {3, 0, 2, 1, 0, 3, 1, 2};
    ck_assert_int_eq(fm_spc_kappa_fleiss(two, 4, 2, &k), FM_OK);
    spc_assert_close("se", k.se_zero, sqrt(2. / (4 * 3 * 2)), 1e-14);
}
END_TEST

START_TEST(linearity_refuses)
{
    const double x[] = {1, 1, 1}, y[] = {0.1, 0.2, 0.1}, up[] = {1, 2, 3},
                 exact[] = {0.5, 0.25, 0}, bad[] = {0.1, NAN, 0.2};
    fm_spc_linearity f = {.n = 7};
    double line, half;
    ck_assert_int_eq(fm_spc_linearity_eval(x, y, 2, &f), FM_ETOOFEW);
    ck_assert_int_eq(fm_spc_linearity_eval(x, y, 3, &f), FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_linearity_eval(up, exact, 3, &f), FM_ESINGULAR);
    ck_assert_int_eq(fm_spc_linearity_eval(up, bad, 3, &f), FM_EDOM);
    ck_assert_double_eq(f.n, 7);
    ck_assert_int_eq(fm_spc_linearity_eval(up, y, 3, &f), FM_OK);
    ck_assert_int_eq(fm_spc_linearity_band(&f, 2, 1, &line, &half), FM_EDOM);
    ck_assert_int_eq(fm_spc_linearity_band(&f, 2, 0.95, &line, &half), FM_OK);
    spc_assert_close("line at the mean", line, f.mean_bias, 1e-15);
}
END_TEST

/* ---- 8. main --------------------------------------------------------------------- */

int
main(void)
{
    gsl_set_error_handler_off();
    Suite *suite = suite_create("spc measure");
    TCase *tc = tcase_create("models");
    const TTest *tests[] = {certified_rows,     sweep_equals_tree, balance_is_seen,
                            crossed_refuses,    likelihoods_agree, dense_slopes,
                            dense_equals_tree,  likelihood_stops,  share_against_pivots,
                            mls_refuses,        matched_df,        bounds_cover,
                            indices_refuse,     box_cox_refuses,   normality_refuses,
                            johnson_comes_back, kappa_refuses,     linearity_refuses};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(tc, tests[i]);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
