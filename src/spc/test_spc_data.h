/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sets and helpers that the test programs' parts of the spc models share. */
#ifndef FM_TEST_SPC_DATA_H
#define FM_TEST_SPC_DATA_H

#include <check.h>
#include <float.h>

#include <gsl/gsl_matrix.h>

#include "spc/spc_nested.h"
#include "spc/spc_reml.h"

/* The ladder of tolerances; certified rows carry their own. */
#define TOL0 (2 * DBL_EPSILON)
#define TOL1 (16 * DBL_EPSILON)
#define TOL2 (256 * DBL_EPSILON)
#define TOL3 (4096 * DBL_EPSILON)

enum {
    DATA_MAX = 18009
};

/* A data set with its nesting: codes[depth][n]. */
typedef struct spc_data {
    size_t n, depth;
    double y[DATA_MAX];
    int32_t code[2 * DATA_MAX];
} spc_data;

/* The one data set in use. */
extern spc_data spc_sample;

/* Everything that ANOVA needs and gives, for one data set. */
typedef struct spc_analysis {
    fm_spc_tree tree;
    fm_spc_anova anova;
    size_t *words;
    double *y, *mean;
} spc_analysis;

/* Fills spc_sample by name: sirstv, atmwtag, mavro, nested, piston, numacc1-3,
 * smls01-06. */
void spc_load(const char *name);

/* Labels of a balanced design: outer units, inner units in each. */
void spc_balance(spc_data *s, size_t outer, size_t inner);

/* A small unbalanced design of depth 2. */
void spc_make_unbalanced(spc_data *s);

/* Tree and analysis of variance; pair: spc_analysis_free, also on failure. */
fm_status spc_analyse(const spc_data *s, spc_analysis *a);
void spc_analysis_free(spc_analysis *a);
fm_spc_reml_data spc_reml_data(const spc_analysis *a);

/* Covariance of all observations of a nested design: v[n][n]. */
void spc_dense_covariance(const spc_data *s, const double *variance, gsl_matrix *v);

void spc_assert_close(const char *what, double found, double expected, double rel_tol);

/* FM_TEST_SEED or the fixed seed; printed. */
unsigned long spc_seed(void);

/* Tests of restricted maximum likelihood. */
void spc_add_reml_tests(Suite *suite);

#endif
