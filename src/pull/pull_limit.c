/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minimum pull force between the rows of a table over wire diameter. */
#include "config.h"

#include "pull/pull_limit.h"

#include <math.h>
#include <stdbool.h>

/* Two spellings of one diameter (1 mil, 25.4 um) may differ in the last bits. */
static const double same_rel = 1e-9;

static bool
same(double x, double y)
{
    return fabs(x - y) <= same_rel * y;
}

static fm_status
check_rows(size_t n, const double *diameter_m, const double *force_n)
{
    if (n == 0)
        return FM_ETOOFEW;
    for (size_t i = 0; i < n; i++) {
        if (!(diameter_m[i] > 0) || !(force_n[i] > 0))
            return FM_EDATA;
        if (!isfinite(diameter_m[i]) || !isfinite(force_n[i]))
            return FM_EDATA;
        if (i > 0 && !(diameter_m[i] > diameter_m[i - 1]))
            return FM_EDATA;
    }
    return FM_OK;
}

fm_status
fm_pull_limit_eval(size_t n, const double *diameter_m, const double *force_n, double at_m,
                   double *limit_n_out)
{
    fm_status st = check_rows(n, diameter_m, force_n);
    if (st != FM_OK)
        return st;
    if (!(at_m > 0) || !isfinite(at_m))
        return FM_EDOM;
    for (size_t i = 0; i < n; i++) {
        if (same(at_m, diameter_m[i])) {
            *limit_n_out = force_n[i];
            return FM_OK;
        }
    }
    if (at_m < diameter_m[0] || at_m > diameter_m[n - 1])
        return FM_EVALID;
    size_t i = 1;
    while (diameter_m[i] < at_m)
        i++;
    double part = log(at_m / diameter_m[i - 1]) / log(diameter_m[i] / diameter_m[i - 1]);
    *limit_n_out = force_n[i - 1] * pow(force_n[i] / force_n[i - 1], part);
    return FM_OK;
}
