/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs all points of a scenario on all cores and writes one result.
 *
 * Contents
 *   1. a run's shared state      3. the run
 *   2. one chunk                 4. blocks of draws inside one point
 *
 * Everything whose order could show (rows, failures, sums) goes through ordered regions,
 * so that no result depends on the number of threads.  Without OpenMP all of it runs in
 * turn.
 */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hdf5.h>

#ifdef _OPENMP
#include <omp.h>
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/sweep.h"
#include "core/turns.h"

enum {
    CHUNK_MAX = 1024,       /* points */
    CHUNKS_PER_THREAD = 64, /* for balance */
    TIME_TEXT = 32
};

static const double progress_period_s = 0.1;

/* ---- 1. a run's shared state ----------------------------------------------------- */

typedef struct run {
    const fm_scenario *scenario;
    const fm_run_options *options;
    fm_store *store;
    fm_error *err;
    uint64_t chunk; /* points per chunk */
    uint64_t n_chunks;
    fm_turns turns;
    fm_out **out;       /* [turns.window] a chunk's rows, made at first use */
    int team;           /* threads that take chunks */
    int threads_inside; /* threads that each point may use */
    struct timespec start;
    H5E_auto2_t on_h5_error; /* how the calling thread has HDF5 report its errors */
    void *on_h5_error_arg;
    int halt;               /* atomic: a status that ends the run */
    uint64_t done;          /* atomic: points computed */
    uint64_t failed;        /* atomic */
    double reported_s;      /* of the last progress report; the first thread only */
    fm_run_summary summary; /* the thread that hands over */
} run;

/* What one thread owns, and the rows of the chunk in work. */
typedef struct worker {
    fm_cursor *cursor;
    fm_out *out;
    bool reports; /* this thread calls progress */
} worker;

static double
seconds_since(const struct timespec *start)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static fm_status
halted(run *r)
{
    int status;

#pragma omp atomic read
    status = r->halt;
    return (fm_status)status;
}

/* Ends the run; the first status wins. */
static void
halt(run *r, fm_status status, const char *text)
{
#pragma omp critical(fm_run_halt)
    {
        int before = (int)halted(r);
        if (before == FM_OK) {
            (void)FM_FAIL(r->err, status, "%s", text);
#pragma omp atomic write
            r->halt = (int)status;
        }
    }
}

static bool
stopped(void *arg)
{
    run *r = arg;

    if (halted(r) != FM_OK)
        return true;
    if (r->options->stop == NULL || *r->options->stop == 0)
        return false;
    halt(r, FM_EINTERRUPT, "interrupted");
    return true;
}

/* Counts a finished point; the first of the run leaves its time. */
static void
count_point(run *r, bool ok, double now_s)
{
    uint64_t before;

#pragma omp atomic capture
    before = r->done++;
    if (before == 0)
        r->summary.first_point_seconds = now_s;
    if (!ok) {
#pragma omp atomic
        r->failed++;
    }
}

static void
report(run *r, double now_s)
{
    fm_progress p = {.total = r->scenario->n_points, .seconds = now_s};

#pragma omp atomic read
    p.done = r->done;
#pragma omp atomic read
    p.failed = r->failed;
    r->reported_s = now_s;
    r->options->progress(&p, r->options->progress_arg);
}

/* ---- 2. one chunk ---------------------------------------------------------------- */

/* One point from its parameters to its rows.  *start_s is when it began, and becomes when
 * it ended: one look at the clock per point. */
static fm_status
run_point(run *r, worker *w, uint64_t index, double *start_s)
{
    fm_point point;
    fm_error err = FM_ERROR_INIT;

    fm_status st = fm_cursor_seek(w->cursor, index, &point);
    if (st != FM_OK)
        return st;
    point.threads = r->threads_inside;
    point.stop = r->options->stop;
    st = fm_out_begin(w->out, index);
    if (st != FM_OK)
        return st;
    fm_status result = r->scenario->study->run(&point, w->out, &err);
    if (result == FM_EINTERRUPT)
        return result;
    double now_s = seconds_since(&r->start);
    const char *message = NULL;
    if (result != FM_OK)
        message = err.code != FM_OK ? err.text : fm_status_name(result);
    st = fm_out_end(w->out, result, message, now_s - *start_s);
    if (st != FM_OK)
        return st;
    *start_s = now_s;
    count_point(r, w->out->points[w->out->n_points - 1].status == FM_OK, now_s);
    if (w->reports && now_s - r->reported_s >= progress_period_s)
        report(r, now_s);
    return FM_OK;
}

static void
run_chunk(run *r, worker *w, uint64_t chunk)
{
    uint64_t first = chunk * r->chunk;
    uint64_t left = r->scenario->n_points - first;
    uint64_t n = left < r->chunk ? left : r->chunk;
    double clock_s = seconds_since(&r->start);

    fm_out_reset(w->out, first);
    for (uint64_t i = 0; i < n && !stopped(r); i++) {
        fm_status st = run_point(r, w, first + i, &clock_s);
        if (st != FM_OK)
            halt(r, st, st == FM_EINTERRUPT ? "interrupted" : fm_status_name(st));
    }
}

static void
note_failures(run *r, const fm_out *out)
{
    fm_run_summary *s = &r->summary;

    for (size_t i = 0; i < out->n_points; i++) {
        const fm_point_row *p = &out->points[i];
        if (p->status == FM_OK)
            continue;
        if ((size_t)p->status < FM_COUNT(s->failed_by))
            s->failed_by[p->status]++;
        if (s->failed++ > 0)
            continue;
        s->first_failed = out->first + i;
        if (p->message != NULL)
            (void)snprintf(s->first_failure, sizeof s->first_failure, "%s", p->message);
    }
}

/* Called in order of chunks, by one thread at a time.  A thread-safe HDF5 keeps for each
 * thread whether errors are printed. */
static void
hand_over(void *arg, uint64_t chunk)
{
    run *r = arg;
    const fm_out *out = r->out[chunk % r->turns.window];
    fm_error err = FM_ERROR_INIT;

    if (halted(r) != FM_OK)
        return;
    (void)H5Eset_auto2(H5E_DEFAULT, r->on_h5_error, r->on_h5_error_arg);
    fm_status st = fm_store_append(r->store, out, 0, out->n_points, &err);
    if (st != FM_OK)
        halt(r, st, err.code != FM_OK ? err.text : fm_status_name(st));
    else
        note_failures(r, out);
}

/* ---- 3. the run ------------------------------------------------------------------ */

static fm_status
worker_start(run *r, worker *w)
{
    *w = (worker){.reports = r->options->progress != NULL};
#ifdef _OPENMP
    w->reports = w->reports && omp_get_thread_num() == 0;
#endif
    return fm_cursor_create(r->scenario, &w->cursor);
}

static void
work(run *r)
{
    worker w;
    uint64_t chunk;

    fm_status st = worker_start(r, &w);
    while (st == FM_OK && fm_turns_take(&r->turns, stopped, r, &chunk)) {
        fm_out **out = &r->out[chunk % r->turns.window];
        if (*out == NULL)
            st = fm_out_create(r->scenario->study, out);
        if (st != FM_OK)
            break;
        w.out = *out;
        run_chunk(r, &w, chunk);
        fm_turns_put(&r->turns, chunk, hand_over, r);
    }
    if (st != FM_OK)
        halt(r, st, fm_status_name(st));
    fm_cursor_free(w.cursor);
}

static fm_status
run_all(run *r)
{
    fm_status st = fm_turns_start(&r->turns, r->n_chunks, r->team);

    if (st == FM_OK)
        r->out = calloc(r->turns.window, sizeof(void *));
    if (r->out == NULL)
        goto done;
#ifdef _OPENMP
    if (r->team > 1 && r->threads_inside > 1 && omp_get_max_active_levels() < 2)
        omp_set_max_active_levels(2);
#endif
#pragma omp parallel num_threads(r->team)
    work(r);
done:
    for (size_t i = 0; r->out != NULL && i < r->turns.window; i++)
        fm_out_free(r->out[i]);
    st = r->out != NULL ? (fm_status)r->halt : FM_ENOMEM;
    free(r->out);
    fm_turns_free(&r->turns);
    return st;
}

/* Threads go to points first; when there are fewer points, what is left goes inside. */
static void
divide(run *r)
{
    uint64_t n = r->scenario->n_points;
    uint64_t threads = r->options->threads > 0 ? (uint64_t)r->options->threads : 1;
    uint64_t team = n < threads ? n : threads;

    if (team == 0)
        team = 1;
    r->team = (int)team;
    r->threads_inside = (int)(threads / team);
    r->chunk = n / (CHUNKS_PER_THREAD * threads);
    if (r->chunk < 1)
        r->chunk = 1;
    if (r->chunk > CHUNK_MAX)
        r->chunk = CHUNK_MAX;
    r->n_chunks = n / r->chunk + (n % r->chunk != 0);
}

static fm_status
finish(run *r)
{
    char now_text[TIME_TEXT] = "";
    time_t now = time(NULL);
    struct tm utc;

    if (r->options->store.record_times && gmtime_r(&now, &utc) != NULL)
        (void)strftime(now_text, sizeof now_text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return fm_store_finish(r->store, now_text, r->summary.digest, r->err);
}

fm_status
fm_run(const fm_scenario *scenario, const char *path, const fm_run_options *options,
       fm_run_summary *summary_out, fm_error *err)
{
    run r = {.scenario = scenario, .options = options, .err = err};

    (void)clock_gettime(CLOCK_MONOTONIC, &r.start);
    (void)H5Eget_auto2(H5E_DEFAULT, &r.on_h5_error, &r.on_h5_error_arg);
    divide(&r);
    fm_status st = fm_store_create(path, scenario, &options->store, &r.store, err);
    if (st != FM_OK)
        goto done;
    st = run_all(&r);
    if (st != FM_OK)
        goto done;
    st = finish(&r);
    if (st != FM_OK)
        goto done;
    r.summary.points = scenario->n_points;
    r.summary.seconds = seconds_since(&r.start);
    if (options->progress != NULL)
        report(&r, r.summary.seconds);
    *summary_out = r.summary;
done:
    fm_store_free(r.store);
    return st;
}

/* ---- 4. blocks of draws inside one point ----------------------------------------- */

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
