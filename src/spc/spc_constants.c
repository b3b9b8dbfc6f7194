/* SPDX-License-Identifier: GPL-3.0-or-later */
/* c4 by recurrence and series, d2 and d3 by the trapezoidal rule.
 *
 * The integrands are entire functions that fall like a Gaussian, or are made so by a
 * change of variable; for these the plain trapezoidal rule converges faster than any
 * power of its step and needs no table of nodes. Reference: Trefethen, Weideman (2014),
 * SIAM Review 56, 385-458. */
#include "config.h"

#include <math.h>

#include "spc/spc_constants.h"

/* Both tails beyond this are below 1e-20, also after multiplication by
 * FM_SPC_SIZE_MAX. */
static const double tail = 10;

/* Tail probability of the standard normal distribution. */
static double
upper_p(double x)
{
    return 0.5 * erfc(x * M_SQRT1_2);
}

fm_status
fm_spc_c4(size_t n, double *c4_out)
{
    enum {
        SERIES_FROM = 40
    };
    if (n < 2)
        return FM_EDOM;
    double x = 0.5 * (double)(n - 1);
    if (n < SERIES_FROM) {
        /* r(n) = Gamma(n/2)/Gamma((n-1)/2) obeys r(n) r(n+1) = (n-1)/2. */
        double r = 1 / sqrt(M_PI);
        for (size_t k = 2; k < n; k++)
            r = 0.5 * (double)(k - 1) / r;
        *c4_out = r / sqrt(x);
    } else {
        /* ln Gamma(x+1/2) - ln Gamma(x) - ln(x)/2, asymptotic; next term 691/(180224
         * x^11). */
        double y = 1 / (x * x);
        double sum =
            -1.0 / 8 +
            y * (1.0 / 192 + y * (-1.0 / 640 + y * (17.0 / 14336 - y * 31.0 / 18432)));
        *c4_out = exp(sum / x);
    }
    return FM_OK;
}

fm_status
fm_spc_d2(size_t n, double *d2_out)
{
    enum {
        STEPS = 400
    };
    if (n < 2 || n > FM_SPC_SIZE_MAX)
        return FM_EDOM;
    double h = tail / STEPS;
    double size = (double)n;
    double sum = 0;
    for (int i = STEPS; i >= 0; i--) {
        double q = upper_p(i * h);
        /* 1 - Phi^n without cancellation. */
        double f = -expm1(size * log1p(-q)) - pow(q, size);
        sum += i == 0 ? 0.5 * f : f;
    }
    *d2_out = 2 * h * sum;
    return FM_OK;
}

/* P(R > w) of n normal values: one minus a sum of positive terms is good to 1e-16
 * absolute, which is all that d3 needs. */
static double
range_survival(size_t n, double w)
{
    enum {
        STEPS = 160
    };
    double h = tail / STEPS;
    double sum = 0;
    for (int i = -STEPS; i <= STEPS; i++) {
        double lo = i * h; /* the smallest of the n values */
        double between = upper_p(lo) - upper_p(lo + w);
        sum += exp(-0.5 * lo * lo) * pow(between, (double)(n - 1));
    }
    return 1 - (double)n * h * sum / sqrt(2 * M_PI);
}

fm_status
fm_spc_d3(size_t n, double *d3_out)
{
    if (n < 2 || n > FM_SPC_SIZE_MAX)
        return FM_EDOM;
    double d2;
    fm_status st = fm_spc_d2(n, &d2);
    if (st != FM_OK)
        return st;
    /* w = exp(t - exp(-t)) maps the line to (0, inf) with fast decay on both sides. */
    const double step = 1.0 / 16;
    double sum = 0;
    for (int i = -44; i <= 50; i++) {
        double t = i * step;
        double w = exp(t - exp(-t));
        double survival = w < 2 * tail ? range_survival(n, w) : 0;
        sum += w * survival * w * (1 + exp(-t));
    }
    *d3_out = sqrt(2 * step * sum - d2 * d2);
    return FM_OK;
}
