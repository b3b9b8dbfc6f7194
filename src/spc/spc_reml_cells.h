/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restricted likelihood of crossed random effects by dense matrices over the cells. */
#ifndef FM_SPC_REML_CELLS_H
#define FM_SPC_REML_CELLS_H

#include <stddef.h>

#include "spc/spc_anova.h"

enum {
    FM_SPC_CELLS_MAX = 1500 /* cells: beyond this a likelihood takes seconds */
};

/* Deviance with its derivatives by the variances (effects, then the residual). */
typedef struct fm_spc_reml_slopes {
    double value;
    double gradient[FM_SPC_SOURCE_MAX];
    double hessian[FM_SPC_SOURCE_MAX][FM_SPC_SOURCE_MAX]; /* lower triangle */
    double mean;        /* generalised least squares, about the grand mean */
    double mean_weight; /* 1 over its variance */
} fm_spc_reml_slopes;

/* Data as cells: combinations of all factors, with their means. */
typedef struct fm_spc_cells {
    size_t n, n_cells, n_terms;
    const size_t *n_units; /* [n_terms] */
    const size_t *unit;    /* [n_terms][n_cells] */
    const double *size;    /* [n_cells] observations */
    const double *mean;    /* [n_cells] about the grand mean */
    double ss_within;      /* within cells */
    double *work;          /* [fm_spc_cells_work()] */
} fm_spc_cells;

/* Number of doubles that fm_spc_cells_eval needs. */
size_t fm_spc_cells_work(size_t n_cells, size_t n_terms);

/* -2 ln restricted likelihood (without the constant of fm_spc_reml_fit), gradient and
 * Hessian.
 * cells     in   see fm_spc_cells; `work` is written
 * variance  in   [n_terms + 1] effects >= 0, residual > 0
 * out       out  untouched on error
 * returns FM_OK; FM_ESINGULAR if the covariance matrix is singular to rounding
 * source  Searle, Casella, McCulloch, Variance Components (1992), section 6.6
 * terms: spc.reml */
fm_status fm_spc_cells_eval(const fm_spc_cells *cells, const double *variance,
                            fm_spc_reml_slopes *out);

#endif
