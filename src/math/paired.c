/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Differences of pairs: their mean, its standard error, and whether chance explains it. */
#include "config.h"

#include "math/paired.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "math/univariate.h"

static const double rounding_eps = 8; /* spread below so many eps is rounding */

static fm_status
check(const double *base, const double *changed, size_t n, double *largest_out)
{
    double largest = 0;

    if (n == 0)
        return FM_ETOOFEW;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(base[i]) || !isfinite(changed[i]))
            return FM_EDOM;
        largest = fmax(largest, fmax(fabs(base[i]), fabs(changed[i])));
    }
    *largest_out = largest;
    return FM_OK;
}

/* Sums run over differences from the first difference: equal ones leave exactly 0. */
static double
mean_excess(const double *base, const double *changed, size_t n)
{
    double first = changed[0] - base[0];
    fm_math_sum sum = {0};

    for (size_t i = 0; i < n; i++)
        fm_math_sum_add(&sum, changed[i] - base[i] - first);
    return fm_math_sum_get(&sum) / (double)n;
}

static double
standard_error(const double *base, const double *changed, size_t n, double delta)
{
    fm_math_sum squares = {0};

    for (size_t i = 0; i < n; i++) {
        double r = changed[i] - base[i] - delta;
        fm_math_sum_add(&squares, r * r);
    }
    return sqrt(fm_math_sum_get(&squares) / ((double)n - 1) / (double)n);
}

void
fm_math_paired_test(fm_math_paired *paired)
{
    paired->t = NAN;
    paired->p_1 = NAN;
    if (paired->n < 2 || !(paired->se > 0))
        return;
    paired->t = paired->delta / paired->se;
    paired->p_1 = 2 * gsl_cdf_tdist_Q(fabs(paired->t), (double)paired->n - 1);
}

fm_status
fm_math_paired_eval(const double *base, const double *changed, size_t n,
                    fm_math_paired *out)
{
    fm_math_paired p = {.n = n, .se = NAN};
    double largest = 0;

    fm_status st = check(base, changed, n, &largest);
    if (st != FM_OK)
        return st;
    p.delta = changed[0] - base[0] + mean_excess(base, changed, n);
    if (n > 1) {
        p.se = standard_error(base, changed, n, p.delta);
        if (p.se * sqrt((double)n) <= rounding_eps * DBL_EPSILON * largest)
            p.se = 0;
    }
    if (!isfinite(p.delta) || (n > 1 && !isfinite(p.se)))
        return FM_ERANGE;
    fm_math_paired_test(&p);
    *out = p;
    return FM_OK;
}

fm_status
fm_math_paired_half(const fm_math_paired *paired, double confidence, double *half_out)
{
    if (!(confidence > 0) || !(confidence < 1))
        return FM_EDOM;
    if (paired->n < 2)
        return FM_ETOOFEW;
    *half_out =
        gsl_cdf_tdist_Qinv((1 - confidence) / 2, (double)paired->n - 1) * paired->se;
    return FM_OK;
}
