/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joins finished points from several places, in order of points.
 *
 * Contents
 *   1. counting     3. points that are there twice
 *   2. sources      4. joining
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed.h"
#include "core/merge.h"

/* ---- 1. counting ----------------------------------------------------------------- */

void
fm_tally_add(fm_tally *tally, const fm_out *out, size_t first, size_t n)
{
    tally->points += n;
    for (size_t i = first; i < first + n; i++) {
        const fm_point_row *p = &out->points[i];
        tally->done += p->status != FM_EPENDING;
        if (p->status == FM_OK || p->status == FM_EPENDING)
            continue;
        if ((size_t)p->status < FM_COUNT(tally->failed_by))
            tally->failed_by[p->status]++;
        if (tally->failed++ > 0)
            continue;
        tally->first_failed = p->point;
        (void)snprintf(tally->first_failure, sizeof tally->first_failure, "%s",
                       p->message != NULL ? p->message : "");
    }
}

/* ---- 2. sources ------------------------------------------------------------------ */

/* A source whose first point has been reached. */
typedef struct stream {
    const fm_points_source *from;
    size_t rank; /* place in the caller's list */
    fm_feed *feed;
    const fm_out *out; /* the block in hand; NULL: exhausted */
    size_t at;
} stream;

typedef struct place {
    uint64_t first;
    size_t index; /* of a source */
} place;

typedef struct join {
    const fm_joining *how;
    place *order; /* [n_sources] by first point */
    size_t next;  /* in order: the first that is not open */
    stream *open; /* [n_sources] */
    size_t n_open;
    uint64_t point; /* that comes next */
    fm_tally *tally;
    fm_error *err;
} join;

static uint64_t
head(const stream *s)
{
    return s->out->points[s->at].point;
}

static fm_status
next_block(join *j, stream *s)
{
    s->at = 0;
    if (s->feed == NULL) {
        s->out = NULL;
        return FM_OK;
    }
    return fm_feed_next(s->feed, &s->out, j->err);
}

/* Moves to the first point that is at least `point`. */
static fm_status
advance(join *j, stream *s, uint64_t point)
{
    fm_status st = FM_OK;

    while (st == FM_OK && s->out != NULL) {
        while (s->at < s->out->n_points && head(s) < point)
            s->at = fm_out_from(s->out, point);
        if (s->at < s->out->n_points)
            break;
        st = next_block(j, s);
    }
    return st;
}

static fm_status
open_source(join *j, size_t k)
{
    const fm_points_source *from = &j->how->sources[k];
    stream *s = &j->open[j->n_open++];

    *s = (stream){.from = from, .rank = k, .out = from->out};
    if (from->path == NULL)
        return advance(j, s, j->how->points.first);
    fm_status st = fm_feed_open(from->path, j->how->scenario, &s->feed, j->err);
    if (st == FM_OK)
        st = next_block(j, s);
    return st == FM_OK ? advance(j, s, j->how->points.first) : st;
}

/* Forgets the sources that have no more points. */
static void
close_exhausted(join *j)
{
    size_t kept = 0;

    for (size_t i = 0; i < j->n_open; i++) {
        if (j->open[i].out == NULL)
            fm_feed_close(j->open[i].feed);
        else
            j->open[kept++] = j->open[i];
    }
    j->n_open = kept;
}

static uint64_t
lowest_head(const join *j)
{
    uint64_t low = UINT64_MAX;

    for (size_t i = 0; i < j->n_open; i++)
        low = head(&j->open[i]) < low ? head(&j->open[i]) : low;
    return low;
}

/* Opens every source that may have the next point.  next_out: that point; UINT64_MAX when
 * there is none. */
static fm_status
open_reached(join *j, uint64_t *next_out)
{
    fm_status st = FM_OK;

    close_exhausted(j);
    *next_out = lowest_head(j);
    while (st == FM_OK && j->next < j->how->n_sources &&
           j->order[j->next].first <= *next_out) {
        st = open_source(j, j->order[j->next++].index);
        if (st != FM_OK)
            break;
        close_exhausted(j);
        *next_out = lowest_head(j);
    }
    return st;
}

/* ---- 3. points that are there twice ---------------------------------------------- */

static bool
same_real(double x, double y)
{
    uint64_t a;
    uint64_t b;

    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    return a == b || (isnan(x) && isnan(y));
}

static bool
same_value(fm_type type, const fm_buffer *a, size_t i, const fm_buffer *b, size_t k)
{
    if (type == FM_TYPE_REAL)
        return same_real(a->real[i], b->real[k]);
    if (type == FM_TYPE_INTEGER)
        return a->integer[i] == b->integer[k];
    if (type == FM_TYPE_CODE)
        return a->code[i] == b->code[k];
    return strcmp(a->text[i], b->text[k]) == 0;
}

static bool
same_rows(const fm_table *decl, const fm_rows *a, const fm_rows *b, uint64_t point)
{
    size_t i = fm_rows_from(a, point), n = fm_rows_from(a, point + 1) - i;
    size_t k = fm_rows_from(b, point);

    if (fm_rows_from(b, point + 1) - k != n)
        return false;
    for (size_t c = 0; c < decl->n_columns; c++)
        for (size_t row = 0; row < n; row++)
            if (!same_value(decl->columns[c].type, &a->columns[c], i + row,
                            &b->columns[c], k + row))
                return false;
    return true;
}

static const char *
message_of(const stream *s)
{
    const char *message = s->out->points[s->at].message;

    return message != NULL ? message : "";
}

static bool
same_point(const stream *a, const stream *b)
{
    const fm_study *study = a->out->study;
    bool same = strcmp(message_of(a), message_of(b)) == 0;

    for (size_t t = 0; same && t < study->n_tables; t++)
        same =
            same_rows(&study->tables[t], &a->out->tables[t], &b->out->tables[t], head(a));
    return same;
}

static const char *
name_of(const stream *s)
{
    return s->from->path != NULL ? s->from->path : "this run";
}

static bool
is_good(const stream *s)
{
    return s->out->points[s->at].status == FM_OK;
}

/* Of two sources of one point the one that counts. */
static fm_status
choose(join *j, const stream **best_io, const stream *s)
{
    const stream *best = *best_io;

    if (best == NULL || is_good(best) != is_good(s)) {
        if (best == NULL || is_good(s))
            *best_io = s;
        return FM_OK;
    }
    if (is_good(s) && !same_point(best, s))
        return FM_FAIL(j->err, FM_EDATA,
                       "point %llu has different numbers in '%s' and '%s'",
                       (unsigned long long)head(s), name_of(best), name_of(s));
    if (s->rank > best->rank)
        *best_io = s;
    return FM_OK;
}

/* ---- 4. joining ------------------------------------------------------------------ */

static fm_status
emit(join *j, const fm_out *out, size_t first, size_t n)
{
    fm_tally_add(j->tally, out, first, n);
    j->point = out->points[first + n - 1].point + 1;
    if (j->how->store == NULL)
        return FM_OK;
    return fm_store_append(j->how->store, out, first, n, j->err);
}

/* Points [j->point, point) are in no source. */
static fm_status
skip_to(join *j, uint64_t point)
{
    uint64_t n = point - j->point;

    if (n == 0)
        return FM_OK;
    if (!j->how->pending)
        return FM_FAIL(j->err, FM_EINTERNAL, "merge: point %llu is missing",
                       (unsigned long long)j->point);
    j->tally->points += n;
    j->point = point;
    return j->how->store != NULL ? fm_store_append_pending(j->how->store, n, j->err)
                                 : FM_OK;
}

/* One point that several sources have. */
static fm_status
emit_one(join *j, uint64_t point)
{
    const stream *best = NULL;
    fm_status st = FM_OK;

    for (size_t i = 0; i < j->n_open && st == FM_OK; i++)
        if (head(&j->open[i]) == point)
            st = choose(j, &best, &j->open[i]);
    return st == FM_OK && best != NULL ? emit(j, best->out, best->at, 1) : st;
}

/* Points from the stream's on that are without a gap and below `end`. */
static size_t
run_length(const stream *s, uint64_t end)
{
    size_t n = fm_out_from(s->out, end) - s->at;
    const fm_point_row *p = &s->out->points[s->at];

    if (p[n - 1].point - p[0].point == n - 1)
        return n;
    for (n = 1; p[n].point == p[n - 1].point + 1; n++)
        ;
    return n;
}

/* Points of one source up to where another one comes in. */
static fm_status
emit_run(join *j, const stream *s)
{
    uint64_t end = j->how->points.end;

    if (j->next < j->how->n_sources) {
        uint64_t first = j->order[j->next].first;
        end = first < end ? first : end;
    }
    for (size_t i = 0; i < j->n_open; i++)
        if (&j->open[i] != s && head(&j->open[i]) < end)
            end = head(&j->open[i]);
    return emit(j, s->out, s->at, run_length(s, end));
}

static fm_status
step(join *j, uint64_t point)
{
    stream *only = NULL;
    size_t n = 0;
    fm_status st = skip_to(j, point);

    for (size_t i = 0; i < j->n_open; i++)
        if (head(&j->open[i]) == point) {
            only = &j->open[i];
            n++;
        }
    if (st == FM_OK)
        st = n == 1 ? emit_run(j, only) : emit_one(j, point);
    for (size_t i = 0; i < j->n_open && st == FM_OK; i++)
        if (head(&j->open[i]) < j->point)
            st = advance(j, &j->open[i], j->point);
    return st;
}

static fm_status
join_all(join *j)
{
    const fm_joining *how = j->how;
    fm_status st = FM_OK;

    j->point = how->points.first;
    while (st == FM_OK) {
        uint64_t point = UINT64_MAX;
        if (how->stop != NULL && *how->stop != 0)
            return FM_FAIL(j->err, FM_EINTERRUPT, "interrupted");
        st = open_reached(j, &point);
        if (st != FM_OK || point >= how->points.end)
            break;
        st = step(j, point);
    }
    return st == FM_OK ? skip_to(j, how->points.end) : st;
}

static int
by_first(const void *a, const void *b)
{
    const place *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

fm_status
fm_join(const fm_joining *joining, fm_tally *tally_out, fm_error *err)
{
    join j = {.how = joining, .tally = tally_out, .err = err};
    fm_status st = FM_ENOMEM;

    *tally_out = (fm_tally){0};
    j.order = calloc(joining->n_sources + 1, sizeof *j.order);
    j.open = calloc(joining->n_sources + 1, sizeof *j.open);
    if (j.order == NULL || j.open == NULL) {
        st = FM_FAIL(err, st, "out of memory");
        goto done;
    }
    for (size_t i = 0; i < joining->n_sources; i++)
        j.order[i] = (place){joining->sources[i].first, i};
    qsort(j.order, joining->n_sources, sizeof *j.order, by_first);
    st = join_all(&j);
done:
    for (size_t i = 0; i < j.n_open; i++)
        fm_feed_close(j.open[i].feed);
    free(j.open);
    free(j.order);
    return st;
}
