/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of uniforms to blocks of pulls.
 *
 * Contents
 *   1. elementary functions on one lane   2. loops over a chunk, one per family
 *   3. the weakest mode                   4. the tester
 *
 * The loops use only + - * / sqrt and integer operations, so the compiler can work on as
 * many pulls at once as the processor allows and every processor gets the same bits.  All
 * modes are compared as logarithms of the hook force: a Weibull or lognormal strength
 * then needs no exponential, and the weakest one needs a single one.
 */
#include "config.h"

#include "pull/pull_kernel.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    CHUNK = 256
}; /* all arrays of a chunk stay in the first-level cache */

#define FM_LANE static inline __attribute__((always_inline))

/* ---- 1. elementary functions on one lane ----------------------------------------- */

FM_LANE uint64_t
bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

FM_LANE double
of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const double ln2_high = 0x1.62e42fefa38p-1; /* ln 2 with 11 zero bits at the end */
static const double ln2_low = 0x1.ef35793c7673p-45; /* ln 2 - ln2_high */
static const double inverse_ln2 = 0x1.71547652b82fep+0;
static const double round_magic = 0x1.8p+52; /* adding it rounds to an integer */

/* ln x of a positive normal number: x = 2^k m with m in [sqrt(1/2), sqrt(2)),
 * ln m = 2 artanh s, s = (m - 1)/(m + 1), |s| < 0.1716. */
FM_LANE double
lane_log(double x)
{
    const uint64_t sqrt_half_bits = 0x3fe6a09e667f3bcdULL,
                   exponent_bits = 0x4330000000000000ULL;
    uint64_t shifted = bits_of(x) - sqrt_half_bits + 0x3ff0000000000000ULL;
    /* The exponent as a number, by the bits of 2^52 + exponent. */
    double k = of_bits((shifted >> 52) | exponent_bits) - (0x1p52 + 1023);
    double m = of_bits((shifted & 0x000fffffffffffffULL) + sqrt_half_bits);
    double f = m - 1;
    double s = f / (m + 1);
    double t = s * s;
    /* (artanh s / s - 1) / t, interpolated at the Chebyshev nodes of [0, 0.02944]. */
    double p = 0.07308231629479005;
    p = p * t + 0.07665860251188279;
    p = p * t + 0.09091444579149952;
    p = p * t + 0.11111105567170812;
    p = p * t + 0.1428571431298913;
    p = p * t + 0.1999999999994975;
    p = p * t + 0.3333333333333335;
    /* 2 artanh s = f - s (f - 2 t p): f is exact, the rest is a small correction. */
    double rest = s * (f - 2 * t * p);
    return k * ln2_high + (f - (rest - k * ln2_low));
}

/* e^x for |x| < 700: x = k ln 2 + r, |r| <= 0.3466, Taylor series of e^r to r^13. */
FM_LANE double
lane_exp(double x)
{
    double shifted = x * inverse_ln2 + round_magic;
    double k = shifted - round_magic;
    double r = (x - k * ln2_high) - k * ln2_low;
    double p = 1.0 / 6227020800;
    p = p * r + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r * r + r;
    /* The low bits of `shifted` hold k. */
    return of_bits(bits_of(1 + p) + (bits_of(shifted) << 52));
}

/* The three rational functions of PPND16, numerator over denominator. */
FM_LANE double
quantile_centre(double q)
{
    double r = 0.180625 - q * q;
    double num = 2509.0809287301226727, den = 5226.495278852854561;
    num = num * r + 33430.575583588128105;
    num = num * r + 67265.770927008700853;
    num = num * r + 45921.953931549871457;
    num = num * r + 13731.693765509461125;
    num = num * r + 1971.5909503065514427;
    num = num * r + 133.14166789178437745;
    num = num * r + 3.387132872796366608;
    den = den * r + 28729.085735721942674;
    den = den * r + 39307.89580009271061;
    den = den * r + 21213.794301586595867;
    den = den * r + 5394.1960214247511077;
    den = den * r + 687.1870074920579083;
    den = den * r + 42.313330701600911252;
    den = den * r + 1;
    return q * num / den;
}

FM_LANE double
quantile_tail(double r)
{
    r -= 1.6;
    double num = 7.7454501427834140764e-4, den = 1.05075007164441684324e-9;
    num = num * r + 0.0227238449892691845833;
    num = num * r + 0.24178072517745061177;
    num = num * r + 1.27045825245236838258;
    num = num * r + 3.64784832476320460504;
    num = num * r + 5.7694972214606914055;
    num = num * r + 4.6303378461565452959;
    num = num * r + 1.42343711074968357734;
    den = den * r + 5.475938084995344946e-4;
    den = den * r + 0.0151986665636164571966;
    den = den * r + 0.14810397642748007459;
    den = den * r + 0.68976733498510000455;
    den = den * r + 1.6763848301838038494;
    den = den * r + 2.05319162663775882187;
    den = den * r + 1;
    return num / den;
}

FM_LANE double
quantile_far(double r)
{
    r -= 5;
    double num = 2.01033439929228813265e-7, den = 2.04426310338993978564e-15;
    num = num * r + 2.71155556874348757815e-5;
    num = num * r + 0.0012426609473880784386;
    num = num * r + 0.026532189526576123093;
    num = num * r + 0.29656057182850489123;
    num = num * r + 1.7848265399172913358;
    num = num * r + 5.4637849111641143699;
    num = num * r + 6.6579046435011037772;
    den = den * r + 1.4215117583164458887e-7;
    den = den * r + 1.8463183175100546818e-5;
    den = den * r + 7.868691311456132591e-4;
    den = den * r + 0.0148753612908506148525;
    den = den * r + 0.13692988092273580531;
    den = den * r + 0.59983220655588793769;
    den = den * r + 1;
    return num / den;
}

/* ---- 2. loops over a chunk, one per family --------------------------------------- */

/* Tails are a seventh of all values: they are packed together, computed, and put back. */
FM_ANY_WIDTH static void
chunk_normal(size_t n, const double *restrict p, double *restrict z)
{
    const double split = 0.425, far = 5;
    double tail[CHUNK], q_tail[CHUNK];
    uint16_t place[CHUNK] = {0};
    size_t n_tail = 0;
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        z[i] = quantile_centre(p[i] - 0.5);
    for (size_t i = 0; i < n; i++) {
        place[n_tail] = (uint16_t)i;
        n_tail += fabs(p[i] - 0.5) > split;
    }
    for (size_t i = 0; i < n_tail; i++) {
        double p_tail = p[place[i]];
        q_tail[i] = p_tail - 0.5;
        tail[i] = p_tail < 0.5 ? p_tail : 1 - p_tail;
    }
    double r_max = 0;
#pragma omp simd reduction(max : r_max)
    for (size_t i = 0; i < n_tail; i++) {
        double r = sqrt(-lane_log(tail[i]));
        tail[i] = copysign(quantile_tail(r), q_tail[i]);
        q_tail[i] = copysign(r, q_tail[i]);
        r_max = r > r_max ? r : r_max;
    }
    for (size_t i = 0; i < n_tail; i++)
        z[place[i]] = tail[i];
    if (r_max <= far)
        return;
    for (size_t i = 0; i < n_tail; i++) {
        double r = fabs(q_tail[i]);
        if (r > far)
            z[place[i]] = copysign(quantile_far(r), q_tail[i]);
    }
}

FM_ANY_WIDTH static void
chunk_weibull(size_t n, double location, double scale, const double *restrict u,
              double *restrict log_force)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        log_force[i] = location + scale * lane_log(-lane_log(1 - u[i]));
}

FM_ANY_WIDTH static void
chunk_linear(size_t n, double location, double scale, double *restrict x)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = location + scale * x[i];
}

FM_ANY_WIDTH static void
chunk_squeeze(size_t n, double cut, const double *restrict u, double *restrict p)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        p[i] = cut + (1 - cut) * u[i];
}

FM_ANY_WIDTH static void
chunk_log(size_t n, double shift, double *restrict x)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = shift + lane_log(x[i] > DBL_MIN ? x[i] : DBL_MIN);
}

FM_ANY_WIDTH static void
chunk_exp(size_t n, const double *restrict x, double *restrict y)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = lane_exp(x[i]);
}

/* Keeps the smaller of two forces and its mode; the earlier mode wins a tie. */
FM_ANY_WIDTH static void
chunk_weaker(size_t n, double mode, const double *restrict x, double *restrict weakest,
             double *restrict which)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        which[i] = x[i] < weakest[i] ? mode : which[i];
        weakest[i] = x[i] < weakest[i] ? x[i] : weakest[i];
    }
}

static size_t
chunk_size(size_t rest)
{
    return rest < CHUNK ? rest : CHUNK;
}

void
fm_pull_normal_quantiles(size_t n, const double *p_1, double *z_out)
{
    double z[CHUNK];
    for (size_t first = 0; first < n; first += CHUNK) {
        size_t m = chunk_size(n - first);
        chunk_normal(m, p_1 + first, z);
        memcpy(z_out + first, z, m * sizeof z[0]);
    }
}

/* ---- 3. the weakest mode --------------------------------------------------------- */

/* ln(S/c) of one mode for a chunk. */
static void
mode_log_force(const fm_pull_strength *s, double coefficient_1, size_t n, const double *u,
               double *log_force)
{
    double shift = -log(coefficient_1), p[CHUNK];
    switch (s->family) {
    case FM_PULL_WEIBULL:
        chunk_weibull(n, s->location + shift, s->scale, u, log_force);
        break;
    case FM_PULL_LOGNORMAL:
        chunk_normal(n, u, log_force);
        chunk_linear(n, s->location + shift, s->scale, log_force);
        break;
    default:
        /* The largest uniform, 1 - 2^-53, must not round up to 1 here. */
        chunk_squeeze(n, s->cut_1, u, p);
        for (size_t i = 0; i < n; i++)
            p[i] = p[i] < 1 ? p[i] : 1 - DBL_EPSILON / 2;
        chunk_normal(n, p, log_force);
        chunk_linear(n, s->location, s->scale, log_force);
        chunk_log(n, shift, log_force);
        break;
    }
}

static bool
can_break(const fm_pull_strength *s, double coefficient_1)
{
    return s->family != FM_PULL_NEVER && coefficient_1 > 0;
}

fm_status
fm_pull_weakest(const fm_pull_strength *strength, const double *coefficient_1, size_t n,
                const double *const *u_1, double *force_n_out, int8_t *mode_out)
{
    double weakest[CHUNK], which[CHUNK], x[CHUNK];
    size_t n_modes = 0;
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        if (!can_break(&strength[k], coefficient_1[k]))
            continue;
        if (u_1[k] == NULL || !isfinite(coefficient_1[k]))
            return FM_EDOM;
        n_modes++;
    }
    if (n_modes == 0)
        return FM_EDOM;
    for (size_t first = 0; first < n; first += CHUNK) {
        size_t m = chunk_size(n - first);
        for (size_t i = 0; i < m; i++)
            weakest[i] = DBL_MAX;
        for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
            if (!can_break(&strength[k], coefficient_1[k]))
                continue;
            mode_log_force(&strength[k], coefficient_1[k], m, u_1[k] + first, x);
            chunk_weaker(m, (double)k, x, weakest, which);
        }
        chunk_exp(m, weakest, force_n_out + first);
        for (size_t i = 0; i < m; i++)
            mode_out[first + i] = (int8_t)which[i];
    }
    return FM_OK;
}

/* ---- 4. the tester --------------------------------------------------------------- */

FM_ANY_WIDTH static void
chunk_add(size_t n, double gain, double noise, const double *restrict z,
          double *restrict x)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = gain * x[i] + noise * z[i];
}

/* Rounds halves to even; below 0 a tester shows 0. */
FM_ANY_WIDTH static void
chunk_round(size_t n, double step, double *restrict x)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        double count = x[i] / step;
        double whole = (count + round_magic) - round_magic;
        count = fabs(count) < 0x1p51 ? whole : count;
        x[i] = count > 0 ? count * step : 0;
    }
}

static bool
good_tester(const fm_pull_tester *t, const double *u_1)
{
    if (!(t->gain_1 > 0) || !(t->noise_n >= 0) || !(t->resolution_n >= 0))
        return false;
    if (!isfinite(t->gain_1) || !isfinite(t->noise_n) || !isfinite(t->resolution_n))
        return false;
    return u_1 != NULL || t->noise_n == 0;
}

fm_status
fm_pull_read(const fm_pull_tester *tester, size_t n, const double *u_1,
             double *force_n_io)
{
    double z[CHUNK] = {0};
    if (!good_tester(tester, u_1))
        return FM_EDOM;
    for (size_t first = 0; first < n; first += CHUNK) {
        size_t m = chunk_size(n - first);
        double *x = force_n_io + first;
        if (tester->noise_n > 0)
            chunk_normal(m, u_1 + first, z);
        chunk_add(m, tester->gain_1, tester->noise_n, z, x);
        if (tester->resolution_n > 0)
            chunk_round(m, tester->resolution_n, x);
        for (size_t i = 0; i < m; i++)
            x[i] = x[i] > 0 ? x[i] : 0;
    }
    return FM_OK;
}
