/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the pull models share: random inputs, comparison. */
#include "config.h"

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pull/test_pull_tools.h"

static uint64_t state;

/* Uniform in (0, 1) by splitmix64; the generator of the program is tested elsewhere. */
double
uniform(void)
{
    state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return ((double)(z >> 12) + 0.5) * 0x1p-52;
}

double
between(double low, double high)
{
    return low + (high - low) * uniform();
}

void
seed_tests(void)
{
    const char *text = getenv("FM_TEST_SEED");
    state = text != NULL ? strtoull(text, NULL, 10) : 20261121;
    printf("FM_TEST_SEED=%" PRIu64 "\n", state);
}

void
assert_close(double found, double expected, double rel_tol, const char *what)
{
    double scale = fabs(expected) > 0 ? fabs(expected) : 1;
    ck_assert_msg(fabs(found - expected) <= rel_tol * scale,
                  "%s: %.17g, expected %.17g within %.2g", what, found, expected,
                  rel_tol);
}
