/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs all points of a scenario on all cores and writes one result.
 *
 * Contents
 *   1. a run's shared state      3. the run
 *   2. one chunk                 4. blocks of draws inside one point
 *
 * Everything whose order could show (rows, failures, sums) goes through ordered regions, so
 * that no result depends on the number of threads.  Without OpenMP all of it runs in turn.
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef _OPENMP
#include <omp.h>
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/sweep.h"

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
    uint64_t chunk;    /* points per chunk */
    uint64_t n_chunks;
    int team;          /* threads that take chunks */
    int threads_inside; /* threads that each point may use */
    struct timespec start;
    int halt;          /* atomic: a status that ends the run */
    uint64_t done;     /* atomic: points computed */
    uint64_t failed;   /* atomic */
    double reported_s; /* of the last progress report; the first thread only */
    fm_run_summary summary; /* ordered regions only */
} run;

/* What one thread owns. */
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
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
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
stopped(run *r)
{
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

/* One point from its parameters to its rows.  *start_s is when it began, and becomes when it
 * ended: one look at the clock per point. */
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

/* Called in order of chunks, by one thread at a time. */
static void
hand_over(run *r, const fm_out *out)
{
    fm_error err = FM_ERROR_INIT;

    if (halted(r) != FM_OK)
        return;
    fm_status st = fm_store_append(r->store, out, &err);
    if (st != FM_OK)
        halt(r, st, err.code != FM_OK ? err.text : fm_status_name(st));
    else
        note_failures(r, out);
}

/* ---- 3. the run ------------------------------------------------------------------ */

static void
worker_start(run *r, worker *w)
{
    *w = (worker){0};
    fm_status st = fm_cursor_create(r->scenario, &w->cursor);
    if (st == FM_OK)
        st = fm_out_create(r->scenario->study, &w->out);
    if (st != FM_OK)
        halt(r, st, fm_status_name(st));
#ifdef _OPENMP
    w->reports = r->options->progress != NULL && omp_get_thread_num() == 0;
#else
    w->reports = r->options->progress != NULL;
#endif
}

static void
run_all(run *r)
{
#ifdef _OPENMP
    if (r->team > 1 && r->threads_inside > 1 && omp_get_max_active_levels() < 2)
        omp_set_max_active_levels(2);
#endif
#pragma omp parallel num_threads(r->team)
    {
        worker w;
        worker_start(r, &w);
#pragma omp for ordered schedule(dynamic, 1)
        for (uint64_t c = 0; c < r->n_chunks; c++) {
            if (stopped(r))
                continue;
            run_chunk(r, &w, c);
#pragma omp ordered
            hand_over(r, w.out);
        }
        fm_out_free(w.out);
        fm_cursor_free(w.cursor);
    }
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
    divide(&r);
    fm_status st = fm_store_create(path, scenario, &options->store, &r.store, err);
    if (st != FM_OK)
        goto done;
    run_all(&r);
    st = (fm_status)r.halt;
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
    uint64_t n;
    size_t block_size;
    uint64_t n_blocks;
    size_t size;
    fm_block_compute compute;
    fm_block_fold fold;
    void *arg;
    int threads;
    int halt; /* atomic: written in ordered regions only */
} blocks;

static bool
blocks_halted(blocks *b)
{
    int status;

#pragma omp atomic read
    status = b->halt;
    return status != FM_OK;
}

/* Draws of block k. */
static size_t
block_length(const blocks *b, uint64_t k)
{
    uint64_t left = b->n - k * b->block_size;

    return left < b->block_size ? (size_t)left : b->block_size;
}

static fm_status
compute_block(const blocks *b, uint64_t k, void *partial)
{
    if (partial == NULL)
        return FM_ENOMEM;
    if (fm_should_stop(b->point))
        return FM_EINTERRUPT;
    return b->compute(b->arg, k * b->block_size, block_length(b, k), partial);
}

/* A block's failure counts only when its turn comes: the lowest block that failed decides,
 * whatever the number of threads. */
static void
fold_block(blocks *b, uint64_t k, fm_status st, const void *partial)
{
    if (blocks_halted(b))
        return;
    if (st == FM_OK)
        st = b->fold(b->arg, k * b->block_size, block_length(b, k), partial);
    if (st == FM_OK)
        return;
#pragma omp atomic write
    b->halt = (int)st;
}

fm_status
fm_for_blocks(const fm_point *point, uint64_t n, size_t block_size, size_t size,
              fm_block_compute compute, fm_block_fold fold, void *arg, fm_error *err)
{
    blocks b = {point, n, block_size, 0, size, compute, fold, arg, point->threads, FM_OK};

    assert(block_size > 0);
    b.n_blocks = n / block_size + (n % block_size != 0);
    if (b.threads < 1)
        b.threads = 1;
    if ((uint64_t)b.threads > b.n_blocks)
        b.threads = b.n_blocks > 0 ? (int)b.n_blocks : 1;
#pragma omp parallel num_threads(b.threads)
    {
        void *partial = malloc(size > 0 ? size : 1);
#pragma omp for ordered schedule(dynamic, 1)
        for (uint64_t k = 0; k < b.n_blocks; k++) {
            if (blocks_halted(&b))
                continue;
            fm_status st = compute_block(&b, k, partial);
#pragma omp ordered
            fold_block(&b, k, st, partial);
        }
        free(partial);
    }
    if (b.halt == FM_OK)
        return FM_OK;
    return FM_FAIL(err, (fm_status)b.halt, "%s", fm_status_name((fm_status)b.halt));
}
