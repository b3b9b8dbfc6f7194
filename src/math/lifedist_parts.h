/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of lifedist share: the standard variates and their sums over rows. */
#ifndef FM_MATH_LIFEDIST_PARTS_H
#define FM_MATH_LIFEDIST_PARTS_H

#include "math/lifedist.h"

/* Standard distribution behind a family. */
static inline bool
fm_math_life_is_normal(fm_math_family family)
{
    return family == FM_MATH_NORMAL || family == FM_MATH_LOGNORMAL;
}

static inline bool
fm_math_life_is_log(fm_math_family family)
{
    return family != FM_MATH_NORMAL && family != FM_MATH_SEV;
}

/* Rows in y. */
typedef struct fm_math_life_rows {
    size_t n;
    const double *y;
    const double *weight;        /* NULL: all 1 */
    const unsigned char *failed; /* NULL: all failed */
    bool normal;                 /* standard distribution: normal, else sev */
} fm_math_life_rows;

/* Weighted sums over rows of l, its derivatives l1 and l2 with respect to z, and their
 * products with z, where l is ln f(z) of a failure and ln S(z) of a censored row. */
typedef struct fm_math_life_sums {
    double l, l1, l1z, l2, l2z, l2zz;
} fm_math_life_sums;

/* Sums at z = tau y - alpha.
 * source  definitions   terms: stat.maximum-likelihood */
fm_math_life_sums fm_math_life_sums_eval(const fm_math_life_rows *rows, double alpha,
                                         double tau);

/* One row's l, l1, l2 at z.
 * source  definitions   terms: stat.maximum-likelihood */
void fm_math_life_term(bool normal, bool failed, double z, double l_out[3]);

/* Totals that decide whether a fit exists. */
typedef struct fm_math_life_totals {
    double n_failed, n_rows;
    double y_max;        /* of rows with weight */
    double y_min_failed; /* of failures */
    double mean_failed;  /* of y - y_max over failures */
    bool bad;            /* a weight is negative, or it or y is not finite */
} fm_math_life_totals;

/* Totals of rows; y = -infinity (below a threshold) counts as a row that says nothing.
 * source  own   terms: stat.censoring */
fm_math_life_totals fm_math_life_totals_eval(const fm_math_life_rows *rows);

/* FM_OK where a maximum exists; FM_EDOM, FM_ETOOFEW, FM_ESINGULAR.
 * source  Lawless (2003), section 5.2   terms: stat.maximum-likelihood */
fm_status fm_math_life_exists(const fm_math_life_totals *totals);

/* Largest number of steps of the iterations. */
enum {
    FM_MATH_LIFE_STEPS = 200
};

#endif
