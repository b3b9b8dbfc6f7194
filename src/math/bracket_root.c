/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Root of a function of one variable between two ends where its sign differs. */
#include "config.h"

#include "math/bracket_root.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum {
    MAX_STEPS = 200,
    MAX_DOUBLINGS = 60
};

/* The newest end, the one across the root, and the one before. */
typedef struct ends {
    double x1, f1, x2, f2, x3, f3;
} ends;

/* Part of the way from x1 to x2 for the next trial: inverse quadratic where the three
 * points allow it, else the middle. */
static double
next_part(const ends *e)
{
    double xi = (e->x1 - e->x2) / (e->x3 - e->x2);
    double phi = (e->f1 - e->f2) / (e->f3 - e->f2);
    if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi))
        return 0.5;
    double a = e->f1 / (e->f2 - e->f1) * e->f3 / (e->f2 - e->f3);
    double b = e->f1 / (e->f3 - e->f1) * e->f2 / (e->f3 - e->f2);
    return a + (e->x3 - e->x1) / (e->x2 - e->x1) * b;
}

static void
take(ends *e, double x, double fx)
{
    if ((fx > 0) == (e->f1 > 0)) {
        e->x3 = e->x1;
        e->f3 = e->f1;
    } else {
        e->x3 = e->x2;
        e->f3 = e->f2;
        e->x2 = e->x1;
        e->f2 = e->f1;
    }
    e->x1 = x;
    e->f1 = fx;
}

static bool
is_zero(double y)
{
    return !(y > 0) && !(y < 0);
}

/* The ends have different signs, none is 0. */
static fm_status
close_in(fm_math_function f, const void *arg, ends e, double rel_tol, double *x_out)
{
    double part = 0.5;
    for (int i = 0; i < MAX_STEPS; i++) {
        double x = e.x1 + part * (e.x2 - e.x1), fx = f(x, arg);
        if (isnan(fx))
            return FM_ENOCONV;
        take(&e, x, fx);
        double best = fabs(e.f1) < fabs(e.f2) ? e.x1 : e.x2;
        double width = fabs(e.x2 - e.x1);
        double enough = (2 * DBL_EPSILON + rel_tol) * fabs(best) + 4 * DBL_MIN;
        if (is_zero(fx) || width <= enough) {
            *x_out = is_zero(fx) ? x : best;
            return FM_OK;
        }
        double least = 0.5 * enough / width;
        part = fmin(fmax(next_part(&e), least), 1 - least);
    }
    return FM_ENOCONV;
}

fm_status
fm_math_bracket_root(fm_math_function f, const void *arg, double low, double high,
                     double rel_tol, double *x_out)
{
    if (!isfinite(low) || !isfinite(high) || !(rel_tol >= 0))
        return FM_EDOM;
    double at_low = f(low, arg), at_high = f(high, arg);
    if (isnan(at_low) || isnan(at_high))
        return FM_ENOCONV;
    if (is_zero(at_low) || is_zero(at_high)) {
        *x_out = is_zero(at_low) ? low : high;
        return FM_OK;
    }
    if ((at_low > 0) == (at_high > 0))
        return FM_EDOM;
    const ends e = {high, at_high, low, at_low, low, at_low};
    return close_in(f, arg, e, rel_tol, x_out);
}

fm_status
fm_math_monotone_root(fm_math_function f, const void *arg, double guess, double step,
                      int rising, double *x_out)
{
    if (!isfinite(guess) || !(step > 0) || !isfinite(step))
        return FM_EDOM;
    double x = guess, fx = f(x, arg);
    for (int i = 0; i < MAX_DOUBLINGS; i++) {
        if (isnan(fx))
            return FM_ENOCONV;
        if (is_zero(fx)) {
            *x_out = x;
            return FM_OK;
        }
        bool up = (fx < 0) == (rising != 0);
        double next = up ? x + step : x - step, f_next = f(next, arg);
        if (isnan(f_next))
            return FM_ENOCONV;
        if ((f_next > 0) != (fx > 0)) {
            const ends e = {next, f_next, x, fx, x, fx};
            if (is_zero(f_next)) {
                *x_out = next;
                return FM_OK;
            }
            return close_in(f, arg, e, 0, x_out);
        }
        x = next;
        fx = f_next;
        step *= 2;
    }
    return FM_ENOCONV;
}
