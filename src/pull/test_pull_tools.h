/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the pull models share: tolerances, random inputs, comparison. */
#ifndef FM_PULL_TEST_PULL_TOOLS_H
#define FM_PULL_TEST_PULL_TOOLS_H

#include <float.h>

static const double tol0 = 2 * DBL_EPSILON;
static const double tol1 = 16 * DBL_EPSILON;
static const double tol2 = 256 * DBL_EPSILON;
/* Statistical checks: 4.5 standard errors, false alarms below 1e-5 each. */
static const double z_stat = 4.5;

/* Takes the seed from FM_TEST_SEED, or the usual one, and prints it. */
void seed_tests(void);

/* Uniform in (0, 1), and between two numbers. */
double uniform(void);
double between(double low, double high);

/* Fails the test unless found is expected within rel_tol of it (of 1 for 0). */
void assert_close(double found, double expected, double rel_tol, const char *what);

#endif
