/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batches of draws: each point of both runs once more, a share of its draws at a time.
 *
 * Contents
 *   1. one batch of one point      2. a piece of the sweep      3. all points
 *
 * A batch is the study's own run function with fewer draws, which begin where the batch
 * before ended (point->first_draw).  So batch b has the same random numbers on both sides,
 * the batches together are the draws of the run, and no study needs code for it.
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "math/univariate.h"
#include "whatif/whatif.h"

enum {
    PIECE = 16 /* points whose batches are in memory at a time */
};

typedef struct work {
    const fm_scenario *scenario[2];
    const fm_whatif_cells *cells;
    const fm_whatif_options *options;
    size_t n; /* batches */
    size_t first, n_points;
    double *value;         /* [2][PIECE][n][cells->n] */
    unsigned char *usable; /* [PIECE] both runs have the point */
    int halt;              /* atomic: a status that ends it */
} work;

/* What one thread owns. */
typedef struct worker {
    fm_cursor *cursor[2];
    fm_out *out;
} worker;

/* ---- 1. one batch of one point --------------------------------------------------- */

static void
halt(work *w, fm_status st)
{
#pragma omp atomic write
    w->halt = (int)st;
}

static bool
halted(work *w)
{
    int status;

    if (w->options->stop != NULL && *w->options->stop != 0)
        halt(w, FM_EINTERRUPT);
#pragma omp atomic read
    status = w->halt;
    return status != FM_OK;
}

static double *
place(const work *w, size_t side, size_t i, size_t batch)
{
    return w->value + ((side * PIECE + i) * w->n + batch) * w->cells->n;
}

/* Numbers of the cells over draws; NaN for others, and where the batch has no such row. */
static void
take_values(const work *w, const fm_out *out, double *x)
{
    for (size_t k = 0; k < w->cells->n; k++) {
        const fm_whatif_cell *cell = &w->cells->list[k];
        const fm_rows *rows = &out->tables[cell->table];
        const fm_column *column =
            &w->cells->study->tables[cell->table].columns[cell->column];
        x[k] = NAN;
        if (!cell->over_draws || rows->n_rows != cell->n_rows)
            continue;
        const fm_buffer *buffer = &rows->columns[cell->column];
        x[k] = column->type == FM_TYPE_REAL ? buffer->real[cell->row]
                                            : (double)buffer->integer[cell->row];
    }
}

/* A batch that fails has no values; its pairs are left out. */
static fm_status
run_batch(const work *w, worker *me, size_t side, size_t i, size_t batch)
{
    double *x = place(w, side, i, batch);
    fm_point point;
    fm_error err = FM_ERROR_INIT;

    for (size_t k = 0; k < w->cells->n; k++)
        x[k] = NAN;
    fm_status st = fm_cursor_seek(me->cursor[side], w->first + i, &point);
    if (st != FM_OK)
        return st;
    uint64_t draws = w->scenario[side]->draws;
    uint64_t share = draws / w->n;
    uint64_t rest = draws % w->n; /* the first batches have one draw more */
    point.first_draw = batch * share + (batch < rest ? batch : rest);
    point.draws = share + (batch < rest ? 1 : 0);
    point.stop = w->options->stop;
    fm_out_reset(me->out, w->first + i);
    st = fm_out_begin(me->out, w->first + i);
    if (st != FM_OK)
        return st;
    fm_status result = w->scenario[side]->study->run(&point, me->out, &err);
    if (result == FM_EINTERRUPT || result == FM_ENOMEM)
        return result;
    st = fm_out_end(me->out, result, err.text, 0);
    if (st == FM_OK && result == FM_OK)
        take_values(w, me->out, x);
    return st;
}

/* ---- 2. a piece of the sweep ----------------------------------------------------- */

static fm_status
worker_start(const work *w, worker *me)
{
    fm_status st = fm_out_create(w->scenario[0]->study, &me->out);

    for (size_t side = 0; side < 2 && st == FM_OK; side++)
        st = fm_cursor_create(w->scenario[side], &me->cursor[side]);
    return st;
}

static void
worker_stop(worker *me)
{
    fm_cursor_free(me->cursor[0]);
    fm_cursor_free(me->cursor[1]);
    if (me->out != NULL)
        fm_out_free(me->out);
}

/* Each job writes its own place: the order does not matter. */
static void
run_piece(work *w)
{
    size_t n_jobs = 2 * w->n_points * w->n;

#pragma omp parallel num_threads(w->options->threads)
    {
        worker me = {0};
        fm_status st = worker_start(w, &me);
        if (st != FM_OK)
            halt(w, st);
#pragma omp for schedule(dynamic)
        for (size_t job = 0; job < n_jobs; job++) {
            size_t i = job / w->n / 2;
            if (halted(w) || !w->usable[i])
                continue;
            st = run_batch(w, &me, job / w->n % 2, i, job % w->n);
            if (st != FM_OK)
                halt(w, st);
        }
        worker_stop(&me);
    }
}

/* ---- 3. all points --------------------------------------------------------------- */

/* Sums over points, in order of points. */
typedef struct totals {
    fm_math_sum *sum[2]; /* [cells][n] */
    size_t *count;       /* [cells] points with a value on both sides */
} totals;

static bool
has_value(const fm_whatif_cell *cell, size_t point)
{
    return isfinite(cell->base[point]) && isfinite(cell->changed[point]);
}

static void
add_up(const work *w, size_t chosen, totals *t, fm_whatif_batches *to)
{
    for (size_t i = 0; i < w->n_points; i++) {
        size_t point = w->first + i;
        for (size_t b = 0; b < w->n; b++)
            for (size_t side = 0; side < 2; side++)
                to->at_point[side][point * w->n + b] =
                    w->usable[i] ? place(w, side, i, b)[chosen] : (double)NAN;
        for (size_t k = 0; k < w->cells->n; k++) {
            if (!has_value(&w->cells->list[k], point))
                continue;
            t->count[k]++;
            for (size_t b = 0; b < w->n; b++)
                for (size_t side = 0; side < 2; side++)
                    fm_math_sum_add(&t->sum[side][k * w->n + b], place(w, side, i, b)[k]);
        }
    }
}

static void
set_means(const work *w, const totals *t, fm_whatif_batches *to)
{
    for (size_t k = 0; k < w->cells->n; k++)
        for (size_t b = 0; b < w->n; b++)
            for (size_t side = 0; side < 2; side++) {
                double sum = fm_math_sum_get(&t->sum[side][k * w->n + b]);
                to->mean[side][k * w->n + b] =
                    t->count[k] > 0 ? sum / (double)t->count[k] : (double)NAN;
            }
}

/* A point is worth its batches when any cell over draws has a value on both sides. */
static void
choose_points(work *w)
{
    for (size_t i = 0; i < w->n_points; i++) {
        w->usable[i] = 0;
        for (size_t k = 0; k < w->cells->n && !w->usable[i]; k++)
            w->usable[i] = w->cells->list[k].over_draws &&
                           has_value(&w->cells->list[k], w->first + i);
    }
}

static bool
allocate(work *w, totals *t, fm_whatif_batches *to)
{
    size_t n_means = w->cells->n * w->n;
    bool ok = true;

    w->value = calloc(2 * (size_t)PIECE * n_means, sizeof *w->value);
    w->usable = calloc(PIECE, 1);
    t->count = calloc(w->cells->n, sizeof *t->count);
    for (size_t side = 0; side < 2; side++) {
        t->sum[side] = calloc(n_means, sizeof **t->sum);
        to->mean[side] = calloc(n_means, sizeof **to->mean);
        to->at_point[side] = calloc(w->cells->n_points * w->n, sizeof **to->at_point);
        ok = ok && t->sum[side] != NULL && to->mean[side] != NULL &&
             to->at_point[side] != NULL;
    }
    return ok && w->value != NULL && w->usable != NULL && t->count != NULL;
}

/* Batches of at least one draw on both sides; 0 when nothing is drawn. */
static size_t
count_batches(const work *w)
{
    uint64_t n = w->options->pairs;
    bool any = false;

    for (size_t side = 0; side < 2; side++)
        n = w->scenario[side]->draws < n ? w->scenario[side]->draws : n;
    for (size_t k = 0; k < w->cells->n; k++)
        any = any || w->cells->list[k].over_draws;
    return any && n >= 2 && w->scenario[0]->study->draws > 0 ? (size_t)n : 0;
}

fm_status
fm_whatif_batches_run(const fm_whatif_side *base, const fm_whatif_side *changed,
                      const fm_whatif_cells *cells, size_t chosen,
                      const fm_whatif_options *options, fm_whatif_batches *batches_out,
                      fm_error *err)
{
    work w = {.scenario = {base->scenario, changed->scenario},
              .cells = cells,
              .options = options};
    totals t = {0};
    fm_status st = FM_OK;

    *batches_out = (fm_whatif_batches){0};
    w.n = count_batches(&w);
    if (w.n == 0 || cells->n_points == 0)
        return FM_OK;
    if (!allocate(&w, &t, batches_out))
        st = FM_ENOMEM;
    while (st == FM_OK && w.first < cells->n_points) {
        size_t left = cells->n_points - w.first;
        w.n_points = left < PIECE ? left : PIECE;
        choose_points(&w);
        run_piece(&w);
        st = (fm_status)w.halt;
        if (st == FM_OK)
            add_up(&w, chosen, &t, batches_out);
        w.first += w.n_points;
    }
    if (st == FM_OK)
        set_means(&w, &t, batches_out);
    batches_out->n = w.n;
    free(w.value);
    free(w.usable);
    free(t.count);
    free(t.sum[0]);
    free(t.sum[1]);
    return st == FM_OK ? st : FM_FAIL(err, st, "%s", fm_status_name(st));
}

void
fm_whatif_batches_free(fm_whatif_batches *batches)
{
    for (size_t side = 0; side < 2; side++) {
        free(batches->mean[side]);
        free(batches->at_point[side]);
    }
    *batches = (fm_whatif_batches){0};
}
