/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weibull fits with right censoring: one of a long column, many of a bootstrap.
 *
 * Usage: bench_fit ROWS LONG.bin SHORT.bin
 * Writes both data sets for the peer: n doubles of values, then n doubles 1 (failed) or 0.
 * Prints: processor seconds, shape and scale of the long fit; then seconds of 1000 refits
 * of 100 resampled rows with the random numbers, and the mean shape of them.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/rng.h"
#include "math/lifedist.h"

enum {
    SHORT = 100,
    REPLICATES = 1000
};

static double
processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Weibull strengths (shape 3.2, scale 8.5) against others (2.1, 10) that censor them. */
static void
draw(uint32_t selector, size_t n, double *x, unsigned char *failed)
{
    fm_stream stream = fm_stream_make(20261121, 0, selector);
    for (size_t i = 0; i < n; i++) {
        double u, v;
        fm_rng_uniform2(&stream, i, 1, &u, &v);
        double a = 8.5 * pow(-log(u), 1 / 3.2), b = 10 * pow(-log(v), 1 / 2.1);
        x[i] = fmin(a, b);
        failed[i] = a <= b;
    }
}

static int
save(const char *path, size_t n, const double *x, const unsigned char *failed)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return 0;
    size_t written = fwrite(x, sizeof *x, n, file);
    for (size_t i = 0; i < n; i++) {
        double flag = failed[i];
        written += fwrite(&flag, sizeof flag, 1, file);
    }
    return fclose(file) == 0 && written == 2 * n;
}

static int
time_long(size_t n, const char *path)
{
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    unsigned char *failed = malloc(n);
    fm_math_life_fit fit;
    int good = x != NULL && y != NULL && failed != NULL;
    if (good) {
        draw(1, n, x, failed);
        fm_math_life_data data = {n, x, NULL, failed};
        good = save(path, n, x, failed);
        double start = processor_seconds();
        good = good && fm_math_life_fit_eval(FM_MATH_WEIBULL, &data, y, &fit) == FM_OK;
        double seconds = processor_seconds() - start;
        if (good)
            printf("%.6g %.12g %.12g\n", seconds, 1 / fit.life.scale,
                   exp(fit.life.location));
    }
    free(x);
    free(y);
    free(failed);
    return good;
}

static int
time_refits(const char *path)
{
    double x[SHORT], y[SHORT], weight[SHORT], u[SHORT], sum = 0;
    unsigned char failed[SHORT];
    fm_math_life_fit fit;
    fm_math_life life;
    fm_stream stream = fm_stream_make(1, 0, 3);
    draw(2, SHORT, x, failed);
    if (!save(path, SHORT, x, failed))
        return 0;
    fm_math_life_data data = {SHORT, x, NULL, failed};
    double start = processor_seconds();
    if (fm_math_life_fit_eval(FM_MATH_WEIBULL, &data, y, &fit) != FM_OK)
        return 0;
    data.weight = weight;
    for (uint64_t r = 0; r < REPLICATES; r++) {
        fm_rng_uniform(&stream, r * SHORT, SHORT, u);
        for (size_t i = 0; i < SHORT; i++)
            weight[i] = 0;
        for (size_t i = 0; i < SHORT; i++)
            weight[(size_t)(u[i] * SHORT)] += 1;
        if (fm_math_life_refit(&fit, y, &data, &life) != FM_OK)
            return 0;
        sum += 1 / life.scale;
    }
    printf("%.6g %.6g\n", processor_seconds() - start, sum / REPLICATES);
    return 1;
}

int
main(int argc, char **argv)
{
    if (argc != 4)
        return EXIT_FAILURE;
    size_t n = (size_t)strtod(argv[1], NULL);
    return n > 1 && time_long(n, argv[2]) && time_refits(argv[3]) ? EXIT_SUCCESS
                                                                  : EXIT_FAILURE;
}
