/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fake study with a run function that does what tests tell it, and runs of it. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#ifndef _OPENMP
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/told_study.h"

const fm_run_options told_quiet = {
    .threads = 1, .store = {.argv = "fabmet run test.yaml", .version = "0.1.0"}};

/* ---- a study that does what it is told --------------------------------------------- */

volatile sig_atomic_t told_stop;
uint64_t told_stop_at;        /* point that asks for the end; UINT64_MAX: none */
unsigned told_pause_us;       /* of each point */
void (*told_meanwhile)(void); /* called once, in the first point */
bool told_nan;                /* every third point has no number, and is fine */
bool told_fails;              /* every fifth point fails */
double told_bias;             /* of the numbers: what must not happen */
unsigned told_computed[256];  /* how often each point was told_computed */

static fm_status
run_told(const fm_point *point, fm_out *out, fm_error *err)
{
    const struct timespec pause = {0, (long)told_pause_us * 1000};

#pragma omp critical(test_parts)
    {
        void (*meanwhile)(void) = told_meanwhile;
        told_computed[point->index % 256]++;
        told_meanwhile = NULL;
        if (meanwhile != NULL)
            meanwhile();
    }
    if (point->index == told_stop_at)
        told_stop = 1;
    if (told_pause_us > 0)
        (void)nanosleep(&pause, NULL);
    if (told_fails && point->index % 5 == 2)
        return FM_FAIL(err, FM_ENOCONV, "point %d", (int)point->index);
    fm_status st = fake_study.run(point, out, err);
    if (told_nan && point->index % 3 == 1 && out->tables[FAKE_VREF].n_rows > 0)
        out->tables[FAKE_VREF].columns[0].real[out->tables[FAKE_VREF].n_rows - 1] = NAN;
    if (told_bias != 0 && out->tables[FAKE_VREF].n_rows > 0)
        out->tables[FAKE_VREF].columns[0].real[out->tables[FAKE_VREF].n_rows - 1] +=
            told_bias;
    return st;
}

static fm_study told;
static const fm_study *told_studies[] = {&told};
fm_context told_context;

fm_scenario *
told_scenario(const char *yaml)
{
    fm_scenario *s = fake_scenario(yaml);

    told = fake_study;
    told.run = run_told;
    s->study = &told;
    memset(s->sources[0].hash, 'a', 64);
    told_context = *s->context;
    told_context.studies = told_studies;
    told_context.n_studies = 1;
    told_stop = 0;
    told_stop_at = UINT64_MAX;
    told_pause_us = 0;
    told_meanwhile = NULL;
    told_nan = false;
    told_fails = false;
    told_bias = 0;
    memset(told_computed, 0, sizeof told_computed);
    return s;
}

fm_run_summary
told_run(const fm_scenario *s, const char *path, const fm_run_options *options)
{
    fm_run_summary summary = {0};
    fm_error err = FM_ERROR_INIT;
    fm_status st = fm_run(s, path, options, &summary, &err);

    ck_assert_msg(st == FM_OK && err.code == FM_OK, "%s", err.text);
    return summary;
}

fm_error
told_refused(const fm_scenario *s, const char *path, const fm_run_options *options,
             fm_status expected)
{
    fm_run_summary summary;
    fm_error err = FM_ERROR_INIT;

    ck_assert_int_eq(fm_run(s, path, options, &summary, &err), expected);
    ck_assert_int_eq(err.code, expected);
    return err;
}

/* Runs until point `at` asks for the end. */
fm_run_summary
told_interrupt(const fm_scenario *s, const fm_run_options *options, uint64_t at)
{
    fm_run_options own = *options;
    fm_run_summary summary = {0};

    own.stop = &told_stop;
    told_stop_at = at;
    ck_assert_int_eq(fm_run(s, fake_path("r.h5"), &own, &summary, NULL), FM_EINTERRUPT);
    told_stop = 0;
    told_stop_at = UINT64_MAX;
    return summary;
}

void
told_same_files(const char *a, const char *b)
{
    size_t na, nb;
    char *x = fake_slurp(a, &na);
    char *y = fake_slurp(b, &nb);

    ck_assert_uint_eq(na, nb);
    ck_assert_mem_eq(x, y, na);
    free(x);
    free(y);
}

void
told_absent(const char *path)
{
    struct stat info;

    ck_assert_msg(lstat(path, &info) != 0, "'%s' is there", path);
}
