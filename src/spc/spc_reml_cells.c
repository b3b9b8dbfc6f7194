/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With V the covariance matrix of the cell means, P = V^-1 - V^-1 1 1' V^-1/(1' V^-1 1) and
 * V_k its derivative by variance k: the deviance's gradient is tr(P V_k) - y'P V_k P y and
 * its Hessian 2 y'P V_i P V_j P y - tr(P V_i P V_j).  V_k = Z_k Z_k' with Z_k the units of
 * effect k; the residual's is diagonal, 1/size. */
#include "config.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>

#include "spc/spc_reml_cells.h"

size_t
fm_spc_cells_work(size_t n_cells, size_t n_terms)
{
    return 2 * n_cells * n_cells + (n_terms + 4) * n_cells;
}

/* V of the cell means. */
static void
fill_covariance(const fm_spc_cells *c, const double *variance, double *v)
{
    size_t m = c->n_cells;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j ? variance[c->n_terms] / c->size[i] : 0;
            for (size_t t = 0; t < c->n_terms; t++)
                if (c->unit[t * m + i] == c->unit[t * m + j])
                    sum += variance[t];
            v[i * m + j] = v[j * m + i] = sum;
        }
}

/* Unit of cell i for source t; for the residual each cell is its own. */
static size_t
unit_of(const fm_spc_cells *c, size_t t, size_t i)
{
    return t < c->n_terms ? c->unit[t * c->n_cells + i] : i;
}

static double
weight_of(const fm_spc_cells *c, size_t t, size_t i)
{
    return t < c->n_terms ? 1 : 1 / c->size[i];
}

/* tr(P V_s P V_t): sum of the squares of Z_s' P Z_t, weighted. */
static double
trace(const fm_spc_cells *c, const double *p, size_t s, size_t t, double *sums)
{
    size_t m = c->n_cells, rows = s < c->n_terms ? c->n_units[s] : m;
    size_t columns = t < c->n_terms ? c->n_units[t] : m;
    memset(sums, 0, rows * columns * sizeof *sums);
    for (size_t i = 0; i < m; i++) {
        double *row = sums + unit_of(c, s, i) * columns;
        for (size_t j = 0; j < m; j++)
            row[unit_of(c, t, j)] += p[i * m + j];
    }
    double total = 0;
    for (size_t u = 0; u < rows; u++)
        for (size_t v = 0; v < columns; v++)
            total += weight_of(c, s, u) * weight_of(c, t, v) * sums[u * columns + v] *
                     sums[u * columns + v];
    return total;
}

/* out = V_t x, and tr(P V_t). */
static double
apply(const fm_spc_cells *c, const double *p, size_t t, const double *x, double *out)
{
    size_t m = c->n_cells;
    double sum = 0;
    for (size_t i = 0; i < m; i++) {
        out[i] = t < c->n_terms ? 0 : x[i] / c->size[i];
        if (t == c->n_terms)
            sum += p[i * m + i] / c->size[i];
        for (size_t j = 0; t < c->n_terms && j < m; j++)
            if (c->unit[t * m + i] == c->unit[t * m + j]) {
                out[i] += x[j];
                sum += p[i * m + j];
            }
    }
    return sum;
}

static double
dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void
multiply(const double *p, const double *x, size_t m, double *out)
{
    for (size_t i = 0; i < m; i++)
        out[i] = dot(p + i * m, x, m);
}

/* Inverts V in place; sets value (ln|V| of all observations and of the mean), mean and its
 * weight; turns the inverse into P. */
static fm_status
project(const fm_spc_cells *c, double *v, double *row_sum, fm_spc_reml_slopes *s)
{
    size_t m = c->n_cells;
    gsl_matrix_view view = gsl_matrix_view_array(v, m, m);
    if (gsl_linalg_cholesky_decomp1(&view.matrix) != 0)
        return FM_ESINGULAR;
    for (size_t i = 0; i < m; i++)
        s->value += 2 * log(v[i * m + i]) + log(c->size[i]);
    if (gsl_linalg_cholesky_invert(&view.matrix) != 0)
        return FM_ESINGULAR;
    double total = 0;
    for (size_t i = 0; i < m; i++) {
        row_sum[i] = 0;
        for (size_t j = 0; j < m; j++)
            row_sum[i] += v[i * m + j];
        total += row_sum[i];
    }
    if (!(total > 0))
        return FM_ESINGULAR;
    s->value += log(total);
    s->mean_weight = total;
    s->mean = dot(row_sum, c->mean, m) / total;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            v[i * m + j] -= row_sum[i] * row_sum[j] / total;
    return FM_OK;
}

fm_status
fm_spc_cells_eval(const fm_spc_cells *c, const double *variance, fm_spc_reml_slopes *out)
{
    size_t m = c->n_cells, dim = c->n_terms + 1;
    double *p = c->work, *sums = p + m * m, *py = sums + m * m, *t = py + m;
    double *image = t + m; /* [dim][m] V_k P y */
    double residual = variance[dim - 1], left = (double)(c->n - m);
    fm_spc_reml_slopes s = {.value = 0};
    fill_covariance(c, variance, p);
    fm_status st = project(c, p, py, &s);
    if (st != FM_OK)
        return st;
    multiply(p, c->mean, m, py);
    s.value += dot(c->mean, py, m) + left * log(residual) + c->ss_within / residual;
    for (size_t i = 0; i < dim; i++) {
        s.gradient[i] = apply(c, p, i, py, image + i * m);
        s.gradient[i] -= dot(py, image + i * m, m);
        multiply(p, image + i * m, m, t);
        for (size_t j = 0; j <= i; j++)
            s.hessian[i][j] = 2 * dot(t, image + j * m, m) - trace(c, p, i, j, sums);
    }
    s.gradient[dim - 1] += (left - c->ss_within / residual) / residual;
    s.hessian[dim - 1][dim - 1] +=
        (2 * c->ss_within / residual - left) / (residual * residual);
    *out = s;
    return FM_OK;
}
