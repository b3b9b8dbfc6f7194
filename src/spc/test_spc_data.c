/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sets and helpers of the spc tests. */
#include "config.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spc/test_spc_data.h"

/* NIST StRD SiRstv: resistivity, 5 instruments x 5. */
static const double sirstv[] = {196.3052, 196.1240, 196.1890, 196.2569, 196.3403,
                                196.3042, 196.3825, 196.1669, 196.3257, 196.0422,
                                196.1303, 196.2005, 196.2889, 196.0343, 196.1811,
                                196.2795, 196.1748, 196.1494, 196.1485, 195.9885,
                                196.2119, 196.1051, 196.1850, 196.0052, 196.2090};

/* NIST StRD AtmWtAg: 107.868 and these four digits; 2 instruments x 24. */
static const int atmwtag[] = {1568, 1465, 1572, 1785, 1446, 1903, 1526, 1494, 1616, 1587,
                              1519, 1486, 1419, 1569, 1508, 1672, 1385, 1518, 1662, 1424,
                              1360, 1333, 1610, 1477, 1079, 1344, 1513, 1197, 1604, 1385,
                              1642, 1365, 1151, 1082, 1517, 1448, 1198, 1482, 1334, 1609,
                              1101, 1512, 1469, 1360, 1254, 1261, 1450, 1368};

/* NIST StRD Mavro: 2.00 and these three digits. */
static const int mavro[] = {
    180, 170, 180, 190, 180, 170, 150, 140, 150, 150, 170, 180, 180, 190, 190, 210, 200,
    160, 140, 130, 130, 150, 150, 160, 150, 140, 130, 140, 150, 140, 150, 160, 150, 160,
    190, 200, 200, 210, 220, 230, 240, 250, 270, 260, 260, 260, 270, 260, 250, 240};

/* Nested gauge example: 3 operators x 5 batches x 2 readings, in tenths. */
static const int nested[] = {334, 332, 324, 317, 344, 345, 339, 345, 345, 347,
                             325, 321, 321, 323, 351, 347, 324, 331, 348, 349,
                             326, 327, 323, 321, 349, 347, 330, 332, 316, 309};

/* Piston ring diameters (Montgomery), samples 1-25 of 5: 74 mm and these micrometres. */
static const int piston[] = {
    30,  2,  19, -8,  8,   -5,  -8,  1,  11, 4,  -12, 24,  21,  5,   2,  2,   -4, -7,
    15,  9,  -8, 7,   15,  -11, 14,  9,  -6, -3, -15, -7,  -5,  6,   -6, 0,   5,  -15,
    3,   -7, 15, -12, 8,   -5,  9,   5,  4,  -2, 0,   -10, 7,   -5,  -6, -2,  -6, -5,
    -10, 4,  0,  7,   0,   -4,  -17, 2,  -2, -3, 12,  6,   -33, -6,  0,  -16, 12, 14,
    -2,  -1, 7,  0,   -16, 5,   -2,  -4, -6, 12, -14, 5,   7,   6,   10, 18,  3,  0,
    -16, 2,  3,  5,   -3,  0,   10,  13, 20, 3,  -12, 1,   9,   5,   -4, 4,   -1, -10,
    6,   9,  10, -11, -10, 9,   14,  15, 8,  -7, 0,   10,  -18, -16, -5, 17,  13};

spc_data spc_sample;

/* Groups of equal size; with two levels, `inner` units in each of `outer`. */
void
spc_balance(spc_data *s, size_t outer, size_t inner)
{
    for (size_t i = 0; i < s->n; i++) {
        s->code[i] = (int32_t)(i / (s->n / outer));
        s->code[s->n + i] = (int32_t)(i / (s->n / outer / inner) % inner);
    }
    s->depth = inner > 1 ? 2 : 1;
}

/* SmLs01 ... SmLs06: the nearest double of each decimal text (k/10 is correctly
 * rounded). */
static void
make_smls(spc_data *s, int number)
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
    spc_balance(s, 9, 1);
}

static void
make_integers(spc_data *s, const int *value, size_t n, double offset, double scale)
{
    s->n = n;
    for (size_t i = 0; i < n; i++)
        s->y[i] = (offset + value[i]) / scale;
}

static void
make_numacc(spc_data *s, int number)
{
    double base = number == 2 ? 12 : 10000002;
    s->n = 0;
    s->y[s->n++] = base / 10;
    for (size_t i = 0; i < 1000; i++)
        s->y[s->n++] = (i % 2 == 0 ? base - 1 : base + 1) / 10;
    spc_balance(s, 1, 1);
}

/* Fills spc_sample by name. */
void
spc_load(const char *name)
{
    spc_data *s = &spc_sample;
    if (strcmp(name, "sirstv") == 0) {
        s->n = 25;
        memcpy(s->y, sirstv, sizeof sirstv);
        spc_balance(s, 5, 1);
    } else if (strcmp(name, "atmwtag") == 0) {
        make_integers(s, atmwtag, 48, 1078680000, 1e7);
        spc_balance(s, 2, 1);
    } else if (strcmp(name, "nested") == 0) {
        make_integers(s, nested, 30, 0, 10);
        spc_balance(s, 3, 5);
    } else if (strcmp(name, "piston") == 0) {
        make_integers(s, piston, 125, 74000, 1000);
        spc_balance(s, 25, 1);
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

fm_status
spc_analyse(const spc_data *s, spc_analysis *a)
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

void
spc_analysis_free(spc_analysis *a)
{
    free(a->words);
    free(a->y);
    free(a->mean);
}

fm_spc_reml_data
spc_reml_data(const spc_analysis *a)
{
    size_t depth = a->tree.depth;
    return (fm_spc_reml_data){.tree = &a->tree,
                              .cell_mean = a->mean + fm_spc_tree_offset(&a->tree, depth),
                              .ss_within = a->anova.ss[depth]};
}

void
spc_assert_close(const char *what, double found, double expected, double rel_tol)
{
    double bound = rel_tol * fabs(expected);
    ck_assert_msg(fabs(found - expected) <= bound, "%s: %.17g, not %.17g (off by %.2g)",
                  what, found, expected,
                  expected != 0 ? fabs(found / expected - 1) : found);
}

/* A small unbalanced design of depth 2: 4 lots with 2, 3, 1, 2 wafers of 1 to 4 sites. */
void
spc_make_unbalanced(spc_data *s)
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

/* Covariance of all observations: sum of variance[l] over the levels that two share. */
void
spc_dense_covariance(const spc_data *s, const double *variance, gsl_matrix *v)
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

unsigned long
spc_seed(void)
{
    const char *text = getenv("FM_TEST_SEED");
    unsigned long value = text != NULL ? strtoul(text, NULL, 10) : 20250131UL;
    (void)fprintf(stderr, "FM_TEST_SEED=%lu\n", value);
    return value;
}
