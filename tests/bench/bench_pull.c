/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The default scenario of pull.simulate as a bare loop: random numbers, weakest mode,
 * reading, and a sum; no tables, no counts, one thread.  The yardstick of pull.sh.
 *
 * Usage: bench_pull DRAWS
 * Prints: pulls per second of processor time, mean force [gf], share of heel-1.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/rng.h"
#include "pull/pull_geometry.h"
#include "pull/pull_kernel.h"

enum {
    STEP = 1024
};

static double
processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
make_model(fm_pull_strength *strength, double *coefficient_1)
{
    const double fraction[] = {1, 0.8, 0.7, 1.1, 0.95};
    const double cv[] = {0.03, 0.06, 0.1, 0.15, 0.2};
    fm_pull_geometry g;
    fm_pull_tension t;
    double load_n;
    if (fm_pull_geometry_make(1e-3, 0.5, 250e-6, 0, 0, &g) != FM_OK ||
        fm_pull_tension_eval(&g, &t) != FM_OK ||
        fm_pull_breaking_load(25e-6, 200e6, &load_n) != FM_OK)
        return 0;
    fm_pull_coefficients(t.tension_1, coefficient_1);
    for (size_t k = 0; k < FM_PULL_N_MODES; k++) {
        fm_pull_family family = k < 3 ? FM_PULL_WEIBULL : FM_PULL_LOGNORMAL;
        if (fm_pull_strength_make(family, fraction[k] * load_n, cv[k], &strength[k]) !=
            FM_OK)
            return 0;
    }
    return 1;
}

int
main(int argc, char **argv)
{
    const double gf = 9.80665e-3;
    uint64_t draws = argc > 1 ? (uint64_t)strtod(argv[1], NULL) : 10000000, heel_1 = 0;
    double u[FM_PULL_N_MODES][STEP], noise[STEP], force[STEP], sum = 0,
                                                               c[FM_PULL_N_MODES];
    const double *const used[] = {u[0], u[1], u[2], u[3], u[4]};
    int8_t mode[STEP];
    fm_pull_strength s[FM_PULL_N_MODES];
    fm_pull_tester tester = {1, 0.05 * gf, 0.01 * gf};
    fm_stream wire = fm_stream_make(1, 0, fm_stream_selector("pull.simulate", "wire"));
    fm_stream heel = fm_stream_make(1, 0, fm_stream_selector("pull.simulate", "heel"));
    fm_stream lift = fm_stream_make(1, 0, fm_stream_selector("pull.simulate", "lift"));
    if (!make_model(s, c))
        return EXIT_FAILURE;
    double start = processor_seconds();
    for (uint64_t first = 0; first < draws; first += STEP) {
        size_t n = draws - first < STEP ? (size_t)(draws - first) : STEP;
        fm_rng_uniform2(&wire, first, n, u[0], noise);
        fm_rng_uniform2(&heel, first, n, u[1], u[2]);
        fm_rng_uniform2(&lift, first, n, u[3], u[4]);
        if (fm_pull_weakest(s, c, n, used, force, mode) != FM_OK ||
            fm_pull_read(&tester, n, noise, force) != FM_OK)
            return EXIT_FAILURE;
        for (size_t i = 0; i < n; i++) {
            sum += force[i];
            heel_1 += mode[i] == FM_PULL_HEEL_1;
        }
    }
    double n = (double)draws;
    printf("%.4g %.4f %.4f\n", n / (processor_seconds() - start), sum / n / gf,
           (double)heel_1 / n);
    return EXIT_SUCCESS;
}
