/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anderson-Darling and Shapiro-Wilk tests of normality. */
#include "config.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "math/normality.h"
#include "math/univariate.h"

static fm_status
check(const double *x, size_t n, fm_math_moments *m)
{
    fm_status st = fm_math_moments_eval(x, n, m);
    if (st != FM_OK)
        return st;
    for (size_t i = 1; i < n; i++)
        if (!(x[i] >= x[i - 1]))
            return FM_EDOM;
    return m->sd > 0 ? FM_OK : FM_ESINGULAR;
}

/* ln of the normal tail probability, also where the probability underflows. */
static double
log_upper(double z)
{
    if (z < 35)
        return log(gsl_cdf_ugaussian_Q(z));
    return -0.5 * z * z - log(z * sqrt(2 * M_PI));
}

/* p value of the modified statistic, by its four branches. */
static double
anderson_darling_p(double a)
{
    if (a >= 13)
        return 0; /* far below 1e-30, outside the formulas */
    if (a >= 0.6)
        return exp(1.2937 - 5.709 * a + 0.0186 * a * a);
    if (a >= 0.34)
        return exp(0.9177 - 4.279 * a - 1.38 * a * a);
    if (a >= 0.2)
        return 1 - exp(-8.318 + 42.796 * a - 59.938 * a * a);
    return 1 - exp(-13.436 + 101.14 * a - 223.73 * a * a);
}

fm_status
fm_math_anderson_darling_normal(const double *x, size_t n, fm_math_test *out)
{
    fm_math_moments m;
    if (n < 8)
        return FM_ETOOFEW;
    fm_status st = check(x, n, &m);
    if (st != FM_OK)
        return st;
    double size = (double)n;
    fm_math_sum sum = {0, 0};
    for (size_t i = 0; i < n; i++) {
        double low = (x[i] - m.mean) / m.sd, high = (x[n - 1 - i] - m.mean) / m.sd;
        fm_math_sum_add(&sum, (double)(2 * i + 1) * (log_upper(-low) + log_upper(high)));
    }
    double a2 = -size - fm_math_sum_get(&sum) / size;
    out->statistic = a2;
    out->p = anderson_darling_p(a2 * (1 + 0.75 / size + 2.25 / (size * size)));
    return FM_OK;
}

/* c[0] + c[1] x + ... */
static double
polynomial(const double *c, size_t n, double x)
{
    double sum = 0;
    for (size_t i = n; i-- > 0;)
        sum = sum * x + c[i];
    return sum;
}

/* Weights of the upper half, from the largest value inward. */
static void
shapiro_weights(size_t n, double *a)
{
    static const double c1[] = {0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056};
    static const double c2[] = {0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633};
    size_t half = n / 2;
    double size = (double)n, sum = 0;
    if (n == 3) {
        a[0] = M_SQRT1_2;
        return;
    }
    for (size_t i = 0; i < half; i++) {
        a[i] = -gsl_cdf_ugaussian_Pinv(((double)i + 1 - 0.375) / (size + 0.25));
        sum += 2 * a[i] * a[i];
    }
    double root = sqrt(sum), r = 1 / sqrt(size);
    double first = polynomial(c1, 6, r) + a[0] / root;
    size_t exact = n > 5 ? 2 : 1;
    double factor;
    if (n > 5) {
        double second = polynomial(c2, 6, r) + a[1] / root;
        factor = sqrt((sum - 2 * a[0] * a[0] - 2 * a[1] * a[1]) /
                      (1 - 2 * first * first - 2 * second * second));
        a[1] = second;
    } else {
        factor = sqrt((sum - 2 * a[0] * a[0]) / (1 - 2 * first * first));
    }
    a[0] = first;
    for (size_t i = exact; i < half; i++)
        a[i] /= factor;
}

/* p value of 1 - W by Royston's normalising transformations. */
static double
shapiro_p(double one_minus_w, size_t n)
{
    static const double g[] = {-2.273, 0.459};
    static const double c3[] = {0.544, -0.39978, 0.025054, -6.714e-4};
    static const double c4[] = {1.3822, -0.77857, 0.062767, -0.0020322};
    static const double c5[] = {-1.5861, -0.31082, -0.083751, 0.0038915};
    static const double c6[] = {-0.4803, -0.082676, 0.0030302};
    double size = (double)n, y = log(one_minus_w), mean, sd;
    if (n == 3) {
        double p = 6 / M_PI * (asin(sqrt(1 - one_minus_w)) - asin(sqrt(0.75)));
        return fmax(0, p);
    }
    if (n <= 11) {
        double gamma = polynomial(g, 2, size);
        if (y >= gamma)
            return 0;
        y = -log(gamma - y);
        mean = polynomial(c3, 4, size);
        sd = exp(polynomial(c4, 4, size));
    } else {
        mean = polynomial(c5, 4, log(size));
        sd = exp(polynomial(c6, 3, log(size)));
    }
    return gsl_cdf_ugaussian_Q((y - mean) / sd);
}

fm_status
fm_math_shapiro_wilk(const double *x, size_t n, double *work, fm_math_test *out)
{
    enum {
        N_MAX = 5000
    };
    fm_math_moments m;
    if (n < 3)
        return FM_ETOOFEW;
    if (n > N_MAX)
        return FM_EVALID;
    fm_status st = check(x, n, &m);
    if (st != FM_OK)
        return st;
    shapiro_weights(n, work);
    double size = (double)n, ss = m.sd * m.sd * (size - 1), dot = 0, norm = 0;
    for (size_t i = 0; i < n / 2; i++) {
        dot += work[i] * (x[n - 1 - i] - x[i]);
        norm += 2 * work[i] * work[i];
    }
    double w = fmin(1, dot * dot / (ss * norm));
    out->statistic = w;
    out->p = w < 1 ? shapiro_p(1 - w, n) : 1;
    return FM_OK;
}
