/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grids of mean run lengths: EWMA over (lambda, limit, shift), CUSUM over (k, h, shift).
 * The yardstick is arl_spc.R, which computes the same grids; arl.sh compares.
 *
 * Usage: bench_arl
 * Prints: for each grid its name, charts, processor seconds, sum of ln(ARL). */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "spc/spc_run_length.h"

static double
processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
log_arl(const fm_spc_design *design, double shift)
{
    const fm_spc_state state = {shift, 1};
    fm_spc_run_length run;
    if (fm_spc_run_length_eval(design, &state, NULL, &run) != FM_OK)
        exit(EXIT_FAILURE);
    return log(run.arl);
}

static size_t
ewma(double *sum)
{
    size_t n = 0;
    for (int lambda = 1; lambda <= 20; lambda++)
        for (int limit = 20; limit <= 35; limit++)
            for (int shift = 0; shift <= 12; shift++, n++) {
                const fm_spc_design d = {
                    .scheme = FM_SPC_EWMA, .lambda = 0.05 * lambda, .limit = 0.1 * limit};
                *sum += log_arl(&d, 0.25 * shift);
            }
    return n;
}

static size_t
cusum(double *sum)
{
    size_t n = 0;
    for (int k = 1; k <= 4; k++)
        for (int h = 4; h <= 16; h++)
            for (int shift = 0; shift <= 12; shift++, n++) {
                const fm_spc_design d = {.scheme = FM_SPC_CUSUM,
                                         .k = 0.25 * k,
                                         .limit = 0.5 * h,
                                         .one_sided = true};
                *sum += log_arl(&d, 0.25 * shift);
            }
    return n;
}

int
main(void)
{
    static size_t (*const grid[])(double *) = {ewma, cusum};
    static const char *const name[] = {"ewma", "cusum"};
    for (int i = 0; i < 2; i++) {
        double sum = 0, start = processor_seconds();
        size_t n = grid[i](&sum);
        printf("%s %zu %.6f %.12f\n", name[i], n, processor_seconds() - start, sum);
    }
    return EXIT_SUCCESS;
}
