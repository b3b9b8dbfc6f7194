/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Legendre nodes by Newton's method. */
#include "config.h"

#include <math.h>

#include "math/gauss_legendre.h"

enum {
    BLOCK = 8 /* nodes at a time: the recurrence waits for itself */
};

/* One step of Newton's method for the Legendre polynomial of degree n at BLOCK values.
 * slope  out  derivatives before the step */
static void
newton(size_t n, double *x, double *slope)
{
    double before[BLOCK] = {0}, now[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        now[i] = 1;
    for (size_t k = 1; k <= n; k++) {
        double c = 1 - 1 / (double)k;
        for (size_t i = 0; i < BLOCK; i++) {
            /* P(k) = x P(k-1) + (1 - 1/k) (x P(k-1) - P(k-2)) */
            double t = x[i] * now[i];
            double after = t + c * (t - before[i]);
            before[i] = now[i];
            now[i] = after;
        }
    }
    for (size_t i = 0; i < BLOCK; i++) {
        slope[i] = (double)n * (before[i] - x[i] * now[i]) / (1 - x[i] * x[i]);
        x[i] -= now[i] / slope[i];
    }
}

fm_status
fm_math_gauss_legendre(size_t n, double a, double b, double *x, double *w)
{
    enum {
        ORDER_MAX = 10000
    };
    if (n < 1 || n > ORDER_MAX || !(a < b) || !isfinite(a) || !isfinite(b))
        return FM_EDOM;
    double half = 0.5 * (b - a), middle = 0.5 * (a + b), m = (double)n;
    /* Steps from an error of n^-4, squared each time; the last tells the slope. */
    int steps = n < 12 ? 5 : 3;
    for (size_t first = 0; first < (n + 1) / 2; first += BLOCK) {
        double y[BLOCK], slope[BLOCK];
        for (size_t i = 0; i < BLOCK; i++) {
            double theta = M_PI * (4 * (double)(first + i) + 3) / (4 * m + 2);
            y[i] = (1 - (m - 1) / (8 * m * m * m)) * cos(theta);
        }
        for (int step = 0; step < steps; step++)
            newton(n, y, slope);
        for (size_t i = first; i < first + BLOCK && i < (n + 1) / 2; i++) {
            double node = 2 * i + 1 == n ? 0 : y[i - first], p = slope[i - first];
            x[i] = middle - half * node;
            x[n - 1 - i] = middle + half * node;
            w[i] = w[n - 1 - i] = half * 2 / ((1 - node * node) * p * p);
        }
    }
    return FM_OK;
}
