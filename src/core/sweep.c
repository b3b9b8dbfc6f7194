/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the points of a scenario on all cores, survives interruptions, writes one result.
 *
 * Contents
 *   1. shared state      4. saving parts     7. the run
 *   2. when to stop      5. threads
 *   3. one point         6. the result
 *
 * A thread touches only what is its own, except when it takes the next piece of points
 * and when it saves.  One more thread watches the clock: it tells the progress, and cuts
 * points short when their grace is over.
 */
#include "config.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hdf5.h>

#ifdef _OPENMP
#include <omp.h>
#else
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#endif

#include "core/provenance.h"
#include "core/target.h"

enum {
    PIECE_MAX = 1024,       /* points that a thread takes at once */
    PIECES_PER_THREAD = 64, /* for balance */
    BYTES_MAX = 64 << 20,   /* rows that a thread keeps in memory */
    RECENT = 31,            /* points that say how long the next one may take */
    CACHE_LINE = 64
};

static const double progress_period_s = 0.1;
static const double watch_period_s = 0.02;
static const double grace_s = 2;        /* for points in hand after a request to stop */
static const double period_min_s = 0.5; /* between two saves of one thread */
static const double period_max_s = 60;  /* so that long runs have not too many parts */
static const double period_share_1 = 0.01; /* of the run's age, between these two */
static const double saving_share_1 = 0.03; /* of all processor time may go into saving */
static const double waiting_share_1 =
    0.1; /* of a thread's time into waiting for the disk */
static const double part_cost_s = 0.002; /* of one part, whatever its size */
static const double byte_cost_s = 10e-9; /* of a byte more, before any was measured */

/* ---- 1. shared state ------------------------------------------------------------- */

/* What one thread owns. */
typedef struct worker {
    _Alignas(CACHE_LINE) atomic_uint_fast64_t done; /* points computed */
    atomic_uint_fast64_t failed;
    fm_cursor *cursor;
    fm_out *out;
    double first_s;        /* when its first point was done; 0: none yet */
    double saved_s;        /* when the last save was done */
    double save_took_s;    /* the last save */
    double recent[RECENT]; /* seconds of the last points */
    size_t n_recent;
} worker;

typedef struct run {
    const fm_scenario *scenario;
    const fm_run_options *options;
    fm_target target;
    fm_todo todo;
    pthread_mutex_t taking; /* guards todo, and what the team hands out */
    int team;               /* threads that take points */
    int threads_inside;     /* threads that each point may use */
    worker *workers;        /* [team] */
    struct timespec start;
    H5E_auto2_t on_h5_error; /* how the calling thread has HDF5 report its errors */
    void *on_h5_error_arg;
    volatile sig_atomic_t cut; /* points in hand should give up */
    atomic_bool ended;         /* a point was cut short, or the deadline is near */
    atomic_int halt;           /* a status that ends the run */
    atomic_uint_fast64_t saved;
    _Atomic double byte_cost_s;
    pthread_mutex_t watching; /* with `over`: wakes the watcher at the end */
    pthread_cond_t woken;
    bool over;
    fm_tally tally; /* of what was saved after an interruption */
    fm_error *err;
} run;

static double
seconds_since(const struct timespec *start)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

/* Processor time of the calling thread. */
static double
thread_seconds(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Ends the run; the first status wins. */
static void
halt(run *r, fm_status status, const char *text)
{
    int none = FM_OK;

    if (atomic_compare_exchange_strong(&r->halt, &none, (int)status))
        (void)FM_FAIL(r->err, status, "%s", text);
}

/* ---- 2. when to stop ------------------------------------------------------------- */

static bool
asked_to_stop(const run *r)
{
    return r->options->stop != NULL && *r->options->stop != 0;
}

static bool
stopped(const run *r)
{
    return atomic_load_explicit(&r->halt, memory_order_relaxed) != FM_OK ||
           atomic_load_explicit(&r->ended, memory_order_relaxed) || asked_to_stop(r);
}

static double
seconds_left(const run *r)
{
    struct timespec now;

    if (r->options->deadline <= 0)
        return HUGE_VAL;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return r->options->deadline - (double)now.tv_sec - 1e-9 * (double)now.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double
median_seconds(const worker *w)
{
    double sorted[RECENT];
    size_t n = w->n_recent;

    if (n == 0)
        return 0;
    if (n > RECENT)
        n = RECENT;
    memcpy(sorted, w->recent, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_size);
    return sorted[n / 2];
}

/* Would the next point end in time? */
static bool
fits_in(const run *r, const worker *w)
{
    return r->options->deadline <= 0 || seconds_left(r) > median_seconds(w);
}

static void
report(const run *r, double now_s)
{
    const fm_target *t = &r->target;
    fm_progress p = {.total = t->points.end - t->points.first,
                     .resumed = t->resumed,
                     .done = t->resumed,
                     .saved = t->resumed + atomic_load(&r->saved),
                     .seconds = now_s};

    for (int i = 0; i < r->team; i++) {
        p.done += atomic_load(&r->workers[i].done);
        p.failed += atomic_load(&r->workers[i].failed);
    }
    r->options->progress(&p, r->options->progress_arg);
}

/* Waits for the next look; true when the run is over. */
static bool
wait_a_little(run *r)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(watch_period_s * 1e9);
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_mutex_lock(&r->watching);
    if (!r->over)
        (void)pthread_cond_timedwait(&r->woken, &r->watching, &until);
    bool over = r->over;
    (void)pthread_mutex_unlock(&r->watching);
    return over;
}

static void *
watch(void *arg)
{
    run *r = arg;
    double asked_s = HUGE_VAL; /* when the request to stop was seen */
    double reported_s = 0;

    while (!wait_a_little(r)) {
        double now_s = seconds_since(&r->start);
        if (asked_s > now_s && asked_to_stop(r))
            asked_s = now_s;
        if (now_s - asked_s >= grace_s || seconds_left(r) <= 0 ||
            atomic_load(&r->halt) != FM_OK)
            r->cut = 1;
        if (r->options->progress != NULL && now_s - reported_s >= progress_period_s) {
            report(r, now_s);
            reported_s = now_s;
        }
    }
    return NULL;
}

/* Signals go to the threads that had them before. */
static bool
start_watch(run *r, pthread_t *watcher_out)
{
    sigset_t all, before;
    pthread_condattr_t attributes;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&r->woken, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    if (!ok)
        return false;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    ok = pthread_create(watcher_out, NULL, watch, r) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!ok)
        (void)pthread_cond_destroy(&r->woken);
    return ok;
}

static void
end_watch(run *r, pthread_t watcher)
{
    (void)pthread_mutex_lock(&r->watching);
    r->over = true;
    (void)pthread_cond_signal(&r->woken);
    (void)pthread_mutex_unlock(&r->watching);
    (void)pthread_join(watcher, NULL);
    (void)pthread_cond_destroy(&r->woken);
}

/* ---- 3. one point ---------------------------------------------------------------- */

static void
count_point(worker *w, bool ok, double took_s, double now_s)
{
    uint_fast64_t done = atomic_load_explicit(&w->done, memory_order_relaxed);

    if (done == 0)
        w->first_s = now_s;
    w->recent[w->n_recent++ % RECENT] = took_s;
    atomic_store_explicit(&w->done, done + 1, memory_order_relaxed);
    if (!ok)
        atomic_fetch_add_explicit(&w->failed, 1, memory_order_relaxed);
}

/* One point from its parameters to its rows.  *clock_s is when it began, and becomes when
 * it ended: one look at the clock per point. */
static fm_status
run_point(run *r, worker *w, uint64_t index, double *clock_s)
{
    fm_point point;
    fm_error err = FM_ERROR_INIT;

    fm_status st = fm_cursor_seek(w->cursor, index, &point);
    if (st != FM_OK)
        return st;
    point.threads = r->threads_inside;
    point.stop = &r->cut;
    st = fm_out_begin(w->out, index);
    if (st != FM_OK)
        return st;
    fm_status result = r->scenario->study->run(&point, w->out, &err);
    if (result == FM_EINTERRUPT) {
        fm_out_cancel(w->out);
        return result;
    }
    double now_s = seconds_since(&r->start);
    const char *message = NULL;
    if (result != FM_OK)
        message = err.code != FM_OK ? err.text : fm_status_name(result);
    st = fm_out_end(w->out, result, message, now_s - *clock_s);
    if (st != FM_OK) {
        fm_out_cancel(w->out);
        return st;
    }
    bool ok = w->out->points[w->out->n_points - 1].status == FM_OK;
    count_point(w, ok, now_s - *clock_s, now_s);
    *clock_s = now_s;
    return FM_OK;
}

/* ---- 4. saving parts ------------------------------------------------------------- */

/* All threads save under one lock, so together they may take the share that is allowed. */
static bool
is_due(const run *r, const worker *w, double now_s)
{
    double since_s = now_s - w->saved_s;
    double share = period_share_1 * now_s;
    double period_s = share < period_min_s   ? period_min_s
                      : share > period_max_s ? period_max_s
                                             : share;

    if (r->options->period_s > 0)
        return since_s >= r->options->period_s;
    if (since_s < period_s)
        return false;
    double cost_s = part_cost_s + (double)fm_out_bytes(w->out) * r->byte_cost_s;
    return cost_s * r->team <= saving_share_1 * since_s &&
           w->save_took_s <= waiting_share_1 * since_s;
}

static fm_status
save(run *r, worker *w, fm_error *err)
{
    double start_s = seconds_since(&r->start);
    double worked_s = thread_seconds();
    double bytes = (double)fm_out_bytes(w->out);
    size_t n = w->out->n_points;

    fm_status st =
        fm_parts_save(&r->target.parts, r->scenario, &r->options->store, w->out, err);
    if (st != FM_OK)
        return st;
    w->saved_s = seconds_since(&r->start);
    w->save_took_s = w->saved_s - start_s;
    if (bytes > 0)
        r->byte_cost_s =
            0.5 * (r->byte_cost_s + (thread_seconds() - worked_s) / (bytes + 1e5));
    atomic_fetch_add(&r->saved, n);
    if (n > 0)
        fm_out_reset(w->out, w->out->points[n - 1].point + 1);
    return FM_OK;
}

/* After each point. */
static void
save_in_time(run *r, worker *w, double now_s)
{
    fm_error err = FM_ERROR_INIT;

    if (!is_due(r, w, now_s) && fm_out_bytes(w->out) < BYTES_MAX)
        return;
    fm_status st = save(r, w, &err);
    if (st != FM_OK)
        halt(r, st, err.code != FM_OK ? err.text : fm_status_name(st));
}

/* Saves what the threads have in memory; one failure does not keep the others back. */
static fm_status
save_all(run *r)
{
    fm_status worst = FM_OK;

    for (int i = 0; i < r->team; i++) {
        worker *w = &r->workers[i];
        fm_error err = FM_ERROR_INIT;
        if (w->out == NULL || w->out->n_points == 0)
            continue;
        fm_tally_add(&r->tally, w->out, 0, w->out->n_points);
        fm_status st = save(r, w, &err);
        if (st != FM_OK)
            halt(r, st, err.code != FM_OK ? err.text : fm_status_name(st));
        worst = worst == FM_OK ? st : worst;
    }
    return worst;
}

/* ---- 5. threads ------------------------------------------------------------------ */

static bool
take_piece(run *r, fm_range *piece_out)
{
    const fm_team *team = r->options->team;

    (void)pthread_mutex_lock(&r->taking);
    bool taken = team != NULL ? team->take(team->arg, piece_out)
                              : fm_todo_take(&r->todo, piece_out);
    (void)pthread_mutex_unlock(&r->taking);
    return taken;
}

static fm_status
run_piece(run *r, worker *w, fm_range piece)
{
    double clock_s = seconds_since(&r->start);

    for (uint64_t i = piece.first; i < piece.end && !stopped(r); i++) {
        if (!fits_in(r, w)) {
            atomic_store(&r->ended, true);
            break;
        }
        fm_status st = run_point(r, w, i, &clock_s);
        if (st == FM_EINTERRUPT)
            atomic_store(&r->ended, true);
        else if (st != FM_OK)
            return st;
        else
            save_in_time(r, w, clock_s);
    }
    return FM_OK;
}

/* A thread-safe HDF5 keeps for each thread whether errors are printed. */
static void
work(run *r, worker *w)
{
    fm_range piece;
    fm_status st = fm_cursor_create(r->scenario, &w->cursor);

    if (st == FM_OK)
        st = fm_out_create(r->scenario->study, &w->out);
    fm_h5_lock();
    (void)H5Eset_auto2(H5E_DEFAULT, r->on_h5_error, r->on_h5_error_arg);
    fm_h5_unlock();
    w->saved_s = seconds_since(&r->start);
    while (st == FM_OK && !stopped(r) && take_piece(r, &piece))
        st = run_piece(r, w, piece);
    if (st != FM_OK)
        halt(r, st, fm_status_name(st));
    fm_cursor_free(w->cursor);
    w->cursor = NULL;
}

static void
run_threads(run *r)
{
    pthread_t watcher;
    bool watched = start_watch(r, &watcher);

#ifdef _OPENMP
    if (r->team > 1 && r->threads_inside > 1 && omp_get_max_active_levels() < 2)
        omp_set_max_active_levels(2);
#endif
#pragma omp parallel num_threads(r->team)
    {
        int i = 0;
#ifdef _OPENMP
        i = omp_get_thread_num();
#endif
        work(r, &r->workers[i]);
    }
    if (watched)
        end_watch(r, watcher);
}

/* Threads go to points first; when there are fewer points, what is left goes inside. */
static fm_status
divide(run *r)
{
    const fm_team *team = r->options->team;
    uint64_t n = fm_ranges_count(&r->target.todo, 0, UINT64_MAX);
    uint64_t processes = team != NULL ? (uint64_t)team->n_processes : 1;
    uint64_t threads = r->options->threads > 0 ? (uint64_t)r->options->threads : 1;
    uint64_t each = team == NULL ? n : threads; /* the leader alone knows the points */
    uint64_t size = each < threads ? each : threads;

    size = size > 0 ? size : 1;
    r->team = (int)size;
    r->threads_inside = (int)(threads / size);
    r->todo.ranges = r->target.todo;
    r->target.todo = (fm_ranges){0};
    r->todo.most = n / (PIECES_PER_THREAD * threads * processes);
    if (r->todo.most < 1)
        r->todo.most = 1;
    if (r->todo.most > PIECE_MAX)
        r->todo.most = PIECE_MAX;
    r->workers = aligned_alloc(CACHE_LINE, size * sizeof *r->workers);
    if (r->workers == NULL)
        return FM_FAIL(r->err, FM_ENOMEM, "out of memory");
    memset(r->workers, 0, size * sizeof *r->workers);
    return FM_OK;
}

/* ---- 6. the result --------------------------------------------------------------- */

static uint64_t
points_done(const run *r)
{
    uint64_t n = 0;

    for (int i = 0; i < r->team; i++)
        n += atomic_load(&r->workers[i].done);
    return n;
}

static void
fill_summary(const run *r, const fm_tally *tally, fm_run_summary *s)
{
    s->points = r->target.points.end - r->target.points.first;
    s->resumed = r->target.resumed;
    s->failed = tally->failed;
    memcpy(s->failed_by, tally->failed_by, sizeof s->failed_by);
    memcpy(s->first_failure, tally->first_failure, sizeof s->first_failure);
    s->first_failed = tally->first_failed;
    for (int i = 0; i < r->team; i++) {
        double first_s = r->workers[i].first_s;
        if (first_s > 0 &&
            (s->first_point_seconds == 0 || first_s < s->first_point_seconds))
            s->first_point_seconds = first_s;
    }
    s->seconds = seconds_since(&r->start);
}

/* Base, parts and memory, in order of points, into the store. */
static fm_status
join_sources(run *r, fm_store *store, fm_tally *tally)
{
    fm_out **outs = calloc((size_t)r->team + 1, sizeof(fm_out *));
    fm_joining joining = {.scenario = r->scenario,
                          .points = r->target.points,
                          .stop = r->options->stop,
                          .store = store};
    fm_points_source *sources = NULL;
    fm_status st = FM_ENOMEM;

    for (int i = 0; outs != NULL && i < r->team; i++)
        outs[i] = r->workers[i].out;
    if (outs != NULL)
        st = fm_target_sources(&r->target, outs, (size_t)r->team, &sources,
                               &joining.n_sources);
    joining.sources = sources;
    st = st == FM_OK ? fm_join(&joining, tally, r->err)
                     : FM_FAIL(r->err, st, "out of memory");
    free(sources);
    free(outs);
    return st;
}

static fm_status
store_options(run *r, fm_store_options *options)
{
    fm_machines *m = &r->target.parts.machines;
    fm_status st = FM_OK;

    *options = r->options->store;
    options->replace = r->target.replace;
    options->listed = r->target.listed;
    options->n_listed = r->target.points.end - r->target.points.first;
    if (points_done(r) > 0 || r->target.resumed == 0)
        st = fm_machines_add_here(m);
    if (st == FM_OK && fm_machines_differ(m) && r->options->note != NULL)
        r->options->note("points were computed on different processors or C libraries: "
                         "last digits may depend on it",
                         r->options->note_arg);
    if (st == FM_OK)
        st = fm_machines_use(m, options);
    return st == FM_OK ? st : FM_FAIL(r->err, st, "out of memory");
}

/* Writes the result. */
static fm_status
publish(run *r, fm_run_summary *summary)
{
    char finished[FM_TIME_TEXT];
    fm_store_options options;
    fm_store *store = NULL;
    fm_tally tally = {0};
    fm_status st = store_options(r, &options);

    if (st == FM_OK)
        st = fm_store_create(r->target.path, r->scenario, &options, &store, r->err);
    if (st == FM_OK)
        st = join_sources(r, store, &tally);
    fm_time_text(options.record_times, finished);
    if (st == FM_OK)
        st = fm_store_finish(store, finished, summary->digest, r->err);
    fm_store_free(store);
    if (st != FM_OK)
        return st;
    fill_summary(r, &tally, summary);
    summary->done = summary->points;
    return FM_OK;
}

/* The output is there already: only counts, and tidies up. */
static fm_status
describe_complete(run *r, fm_run_summary *summary)
{
    fm_result *result = NULL;
    fm_tally tally = {0};
    fm_status st = fm_result_open(r->target.path, &result, r->err);

    if (st == FM_OK)
        memcpy(summary->digest, fm_result_fact(result, "digest"),
               strnlen(fm_result_fact(result, "digest"), FM_DIGEST_TEXT - 1));
    fm_result_close(result);
    const fm_points_source output = {.path = r->target.path,
                                     .first = r->target.points.first};
    const fm_joining joining = {.scenario = r->scenario,
                                .sources = &output,
                                .n_sources = 1,
                                .points = r->target.points};
    if (st == FM_OK)
        st = fm_join(&joining, &tally, r->err);
    if (st != FM_OK)
        return st;
    fm_target_clean(&r->target);
    fill_summary(r, &tally, summary);
    summary->done = summary->points;
    summary->already_complete = true;
    return FM_OK;
}

/* ---- 7. the run ------------------------------------------------------------------ */

/* Ends before all points are done: everything finished goes to disk. */
static fm_status
interrupt(run *r, fm_run_summary *summary)
{
    uint64_t done = r->target.resumed + points_done(r);
    fm_status st = save_all(r);

    if (st != FM_OK)
        return st;
    fill_summary(r, &r->tally, summary);
    summary->failed = 0;
    for (int i = 0; i < r->team; i++)
        summary->failed += atomic_load(&r->workers[i].failed);
    summary->done = done;
    return FM_FAIL(r->err, FM_EINTERRUPT, "interrupted: %llu of %llu points are done",
                   (unsigned long long)done, (unsigned long long)summary->points);
}

/* A second process on the same output may have been faster and have tidied up what this
 * one was about to use; then all is well.  returns FM_OK, or st */
static fm_status
or_reached(run *r, fm_status st, fm_run_summary *summary)
{
    fm_error *err = r->err;

    if (st == FM_ENOMEM || r->target.replace || !fm_target_is_reached(&r->target))
        return st;
    r->err = NULL; /* what goes wrong now does not hide the reason */
    fm_status described = describe_complete(r, summary);
    r->err = err;
    if (described != FM_OK)
        return st;
    if (err != NULL)
        *err = (fm_error)FM_ERROR_INIT;
    return FM_OK;
}

/* After a failure: what is finished goes to disk, if it can. */
static fm_status
give_up(run *r, fm_status st, fm_run_summary *summary)
{
    if (or_reached(r, st, summary) == FM_OK)
        return FM_OK;
    (void)save_all(r);
    return st;
}

/* After all points: the result, or what keeps it from being written. */
static fm_status
conclude(run *r, fm_run_summary *summary)
{
    fm_status st = publish(r, summary);

    if (st == FM_OK)
        fm_target_clean(&r->target);
    else if (st == FM_EINTERRUPT)
        st = interrupt(r, summary);
    else
        st = give_up(r, st, summary);
    return st;
}

/* One process of several: what it has goes to disk, and the leader merges. */
static fm_status
conclude_team(run *r, fm_status st, fm_run_summary *summary)
{
    const fm_team *team = r->options->team;

    if (save_all(r) != FM_OK && st == FM_OK)
        st = (fm_status)atomic_load(&r->halt);
    if (st == FM_OK && stopped(r))
        st = FM_EINTERRUPT;
    st = team->gather(team->arg, st);
    if (team->leader && (st == FM_OK || st == FM_EINTERRUPT)) {
        fm_status scanned = fm_parts_scan(&r->target.parts, false, false, r->err);
        st = scanned != FM_OK ? scanned : st;
    }
    if (team->leader && st == FM_OK)
        st = r->target.complete ? describe_complete(r, summary) : conclude(r, summary);
    st = team->end(team->arg, st);
    if (st != FM_OK)
        (void)FM_FAIL(r->err, st, "%s", fm_status_name(st));
    if (!team->leader || st == FM_EINTERRUPT) {
        fill_summary(r, &r->tally, summary);
        summary->done = r->target.resumed + points_done(r);
    }
    return st;
}

static fm_status
run_alone(run *r, fm_run_summary *summary)
{
    uint64_t n = fm_ranges_count(&r->target.todo, 0, UINT64_MAX);
    fm_status st = divide(r);

    if (st != FM_OK)
        return st;
    if (r->target.complete)
        return describe_complete(r, summary);
    if (n > 0)
        run_threads(r);
    st = (fm_status)atomic_load(&r->halt);
    if (st != FM_OK)
        return give_up(r, st, summary);
    return points_done(r) < n ? interrupt(r, summary) : conclude(r, summary);
}

static fm_status
run_in_team(run *r, fm_status st, fm_run_summary *summary)
{
    const fm_team *team = r->options->team;

    if (st == FM_OK)
        st = divide(r);
    st = team->begin(team->arg, st, team->leader ? &r->todo : NULL);
    if (st != FM_OK) /* told by the process that failed */
        return FM_FAIL(r->err, st, "%s", fm_status_name(st));
    run_threads(r);
    return conclude_team(r, (fm_status)atomic_load(&r->halt), summary);
}

static void
free_workers(run *r)
{
    for (int i = 0; r->workers != NULL && i < r->team; i++)
        fm_out_free(r->workers[i].out);
    free(r->workers);
    fm_ranges_free(&r->todo.ranges);
}

fm_status
fm_run(const fm_scenario *scenario, const char *path, const fm_run_options *options,
       fm_run_summary *summary_out, fm_error *err)
{
    run r = {.scenario = scenario,
             .options = options,
             .taking = PTHREAD_MUTEX_INITIALIZER,
             .watching = PTHREAD_MUTEX_INITIALIZER,
             .byte_cost_s = byte_cost_s,
             .err = err};
    fm_run_summary summary = {0};
    const fm_team *team = options->team;

    (void)clock_gettime(CLOCK_MONOTONIC, &r.start);
    (void)H5Eget_auto2(H5E_DEFAULT, &r.on_h5_error, &r.on_h5_error_arg);
    fm_status st = fm_target_start(scenario, path, options, &r.target, err);
    if (st == FM_OK && (team == NULL || team->leader))
        st = fm_target_prepare(&r.target, err);
    if (team != NULL)
        st = run_in_team(&r, st, &summary);
    else if (st == FM_OK)
        st = run_alone(&r, &summary);
    if (st == FM_OK || st == FM_EINTERRUPT) {
        if (options->progress != NULL)
            report(&r, seconds_since(&r.start));
        *summary_out = summary;
    }
    free_workers(&r);
    fm_target_free(&r.target);
    return st;
}
