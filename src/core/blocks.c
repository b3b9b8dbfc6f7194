/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws of one point in fixed blocks, computed anywhere and folded in order. */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#ifndef _OPENMP
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/sweep.h"
#include "core/turns.h"

typedef struct blocks {
    const fm_point *point;
    const fm_blocks *work;
    size_t size; /* of a partial result, aligned */
    fm_turns turns;
    char *partial;     /* [turns.window][size] */
    fm_status *status; /* [turns.window] of compute */
    int halt;          /* atomic; written when a block's turn has come */
} blocks;

static bool
blocks_halted(void *arg)
{
    blocks *b = arg;
    int status;

#pragma omp atomic read
    status = b->halt;
    return status != FM_OK;
}

/* Draws of block k. */
static size_t
block_length(const blocks *b, uint64_t k)
{
    uint64_t left = b->work->n - k * b->work->block_size;

    return left < b->work->block_size ? (size_t)left : b->work->block_size;
}

/* A block's failure counts only when its turn comes: the lowest block that failed
 * decides, whatever the number of threads. */
static void
fold_block(void *arg, uint64_t k)
{
    blocks *b = arg;
    size_t slot = k % b->turns.window;
    fm_status st = b->status[slot];

    if (blocks_halted(b))
        return;
    if (st == FM_OK)
        st = b->work->fold(b->work->arg, k * b->work->block_size, block_length(b, k),
                           b->partial + slot * b->size);
    if (st == FM_OK)
        return;
#pragma omp atomic write
    b->halt = (int)st;
}

static void
compute_blocks(blocks *b)
{
    uint64_t k;

    while (fm_turns_take(&b->turns, blocks_halted, b, &k)) {
        size_t slot = k % b->turns.window;
        b->status[slot] = FM_EINTERRUPT;
        if (!fm_should_stop(b->point))
            b->status[slot] =
                b->work->compute(b->work->arg, k * b->work->block_size,
                                 block_length(b, k), b->partial + slot * b->size);
        fm_turns_put(&b->turns, k, fold_block, b);
    }
}

/* Partial results stay aligned for any type. */
static size_t
aligned(size_t size)
{
    const size_t unit = sizeof(max_align_t);

    return size > 0 ? (size + unit - 1) / unit * unit : unit;
}

fm_status
fm_for_blocks(const fm_point *point, const fm_blocks *work, fm_error *err)
{
    blocks b = {.point = point, .work = work, .size = aligned(work->size)};

    assert(work->block_size > 0);
    uint64_t n_blocks = work->n / work->block_size + (work->n % work->block_size != 0);
    int threads = point->threads > 1 ? point->threads : 1;
    if ((uint64_t)threads > n_blocks)
        threads = n_blocks > 0 ? (int)n_blocks : 1;
    fm_status st = fm_turns_start(&b.turns, n_blocks, threads);
    if (st == FM_OK) {
        b.partial = calloc(b.turns.window, b.size);
        b.status = calloc(b.turns.window, sizeof *b.status);
        st = b.partial != NULL && b.status != NULL ? FM_OK : FM_ENOMEM;
    }
    if (st != FM_OK)
        goto done;
#pragma omp parallel num_threads(threads)
    compute_blocks(&b);
    st = (fm_status)b.halt;
done:
    free(b.status);
    free(b.partial);
    fm_turns_free(&b.turns);
    return st == FM_OK ? FM_OK : FM_FAIL(err, st, "%s", fm_status_name(st));
}
