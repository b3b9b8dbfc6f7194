/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elimination without pivots, four columns at a time: a row is read and written once for
 * four of its multiples. */
#include "config.h"

#include "math/dominant.h"

enum {
    PANEL = 4
};

/* Eliminates columns [k, k + m) below their pivots, in the rows of the panel as a whole and
 * in the rows below only within the panel: there the multipliers replace the zeros. */
static fm_status
panel(double *a, size_t n, size_t k, size_t m)
{
    for (size_t c = k; c < k + m; c++) {
        const double *top = a + c * n;
        if (!(top[c] > 0))
            return FM_ESINGULAR;
        double scale = 1 / top[c];
        for (size_t i = c + 1; i < n; i++) {
            double *row = a + i * n, f = row[c] * scale;
            size_t end = i < k + m ? n : k + m;
            row[c] = f;
            for (size_t j = c + 1; j < end; j++)
                row[j] -= f * top[j];
        }
    }
    return FM_OK;
}

/* Subtracts the panel's four rows, times their multipliers, from a row below. */
static void
update(double *restrict row, const double *restrict top, size_t n, size_t k)
{
    const double f0 = row[k], f1 = row[k + 1], f2 = row[k + 2], f3 = row[k + 3];
    const double *t1 = top + n, *t2 = top + 2 * n, *t3 = top + 3 * n;
#pragma omp simd
    for (size_t j = k + PANEL; j < n; j++)
        row[j] -= f0 * top[j] + f1 * t1[j] + f2 * t2[j] + f3 * t3[j];
}

fm_status
fm_math_dominant_solve(size_t n, double *a, size_t n_rhs, double *b)
{
    for (size_t k = 0; k < n; k += PANEL) {
        size_t m = n - k < PANEL ? n - k : PANEL;
        fm_status st = panel(a, n, k, m);
        if (st != FM_OK)
            return st;
        for (size_t i = k + m; i < n && m == PANEL; i++)
            update(a + i * n, a + k * n, n, k);
    }
    for (size_t r = 0; r < n_rhs; r++) {
        double *x = b + r * n;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++)
                x[i] -= a[i * n + j] * x[j];
        for (size_t i = n; i-- > 0;) {
            for (size_t j = i + 1; j < n; j++)
                x[i] -= a[i * n + j] * x[j];
            x[i] /= a[i * n + i];
        }
    }
    return FM_OK;
}
