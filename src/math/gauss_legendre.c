/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Legendre nodes by Newton's method. */
#include "config.h"

#include <math.h>

#include "math/gauss_legendre.h"

/* The Legendre polynomial of degree n and its derivative, |x| < 1. */
static double
legendre(size_t n, double x, double *slope_out)
{
    double before = 0, now = 1;
    for (size_t k = 1; k <= n; k++) {
        /* P(k) = x P(k-1) + (1 - 1/k) (x P(k-1) - P(k-2)) */
        double t = x * now;
        double after = t + (1 - 1 / (double)k) * (t - before);
        before = now;
        now = after;
    }
    *slope_out = (double)n * (before - x * now) / (1 - x * x);
    return now;
}

fm_status
fm_math_gauss_legendre(size_t n, double a, double b, double *x, double *w)
{
    enum {
        ORDER_MAX = 10000,
        STEPS = 3 /* from an error of n^-4, squared twice and once more to be sure */
    };
    if (n < 1 || n > ORDER_MAX || !(a < b) || !isfinite(a) || !isfinite(b))
        return FM_EDOM;
    double half = 0.5 * (b - a), middle = 0.5 * (a + b), m = (double)n;
    for (size_t i = 0; i < (n + 1) / 2; i++) {
        double theta = M_PI * (4 * (double)i + 3) / (4 * m + 2), slope = 1;
        double y = (1 - (m - 1) / (8 * m * m * m)) * cos(theta);
        for (int step = 0; step < STEPS; step++)
            y -= legendre(n, y, &slope) / slope;
        if (2 * i + 1 == n)
            y = 0;
        (void)legendre(n, y, &slope);
        x[i] = middle - half * y;
        x[n - 1 - i] = middle + half * y;
        w[i] = w[n - 1 - i] = half * 2 / ((1 - y * y) * slope * slope);
    }
    return FM_OK;
}
