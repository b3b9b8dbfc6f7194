/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regula falsi in a bracket. */
#include "config.h"

#include "math/root.h"

#include <float.h>
#include <math.h>

fm_status
fm_math_root_solve(double (*f)(double x, void *context), void *context, fm_math_bracket b,
                   double *x_out)
{
    enum {
        MAX_STEPS = 200
    };
    int side = 0;
    if (!(b.f_low <= 0 && b.f_high >= 0) && !(b.f_low >= 0 && b.f_high <= 0))
        return FM_EDOM;
    for (int i = 0; i < MAX_STEPS; i++) {
        double x = b.high - b.f_high * (b.high - b.low) / (b.f_high - b.f_low);
        if (i % 4 == 3 || !(x > b.low && x < b.high))
            x = b.low + (b.high - b.low) / 2;
        double y = f(x, context);
        if (isnan(y))
            return FM_ENOCONV;
        double width = fabs(b.high - b.low);
        if (y == 0 || width <= 4 * DBL_EPSILON * (fabs(x) + DBL_MIN)) {
            *x_out = x;
            return FM_OK;
        }
        if ((y < 0) == (b.f_low < 0)) {
            b.low = x;
            b.f_low = y;
            b.f_high = side == 1 ? b.f_high / 2 : b.f_high;
            side = 1;
        } else {
            b.high = x;
            b.f_high = y;
            b.f_low = side == 2 ? b.f_low / 2 : b.f_low;
            side = 2;
        }
    }
    return FM_ENOCONV;
}
