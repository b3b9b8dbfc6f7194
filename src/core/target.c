/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run finds when it begins, and what is left to do.
 *
 * Contents
 *   1. start      3. parts       5. sources
 *   2. output     4. prepare
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/feed.h"
#include "core/identity.h"
#include "core/publish.h"
#include "core/target.h"

/* ---- 1. start -------------------------------------------------------------------- */

fm_range
fm_slice_points(uint64_t n_points, uint64_t slice, uint64_t n_slices)
{
    uint64_t size = n_slices > 1 ? n_points / n_slices : n_points;
    uint64_t rest = n_slices > 1 ? n_points % n_slices : 0;

    if (n_slices <= 1)
        return (fm_range){0, n_points};
    /* floor(slice * n_points / n_slices) without overflow; rest, slice < n_slices */
    uint64_t before =
        slice * size + (uint64_t)((unsigned __int128)slice * rest / n_slices);
    uint64_t after =
        (slice + 1) * size + (uint64_t)((unsigned __int128)(slice + 1) * rest / n_slices);
    return (fm_range){before, after};
}

fm_status
fm_target_start(const fm_scenario *scenario, const char *path,
                const fm_run_options *options, fm_target *target_out, fm_error *err)
{
    *target_out = (fm_target){.scenario = scenario, .options = options, .path = path};
    if (options->n_slices > 1 ? options->slice >= options->n_slices : options->slice > 0)
        return FM_FAIL(err, FM_EUSAGE, "there is no slice %llu of %llu",
                       (unsigned long long)options->slice,
                       (unsigned long long)options->n_slices);
    target_out->listed = options->n_slices > 1;
    target_out->replace = options->store.replace;
    target_out->points =
        fm_slice_points(scenario->n_points, options->slice, options->n_slices);
    return fm_parts_start(path, scenario, options->store.version, options->note,
                          options->note_arg, &target_out->parts, err);
}

void
fm_target_free(fm_target *target)
{
    fm_parts_free(&target->parts);
    fm_ranges_free(&target->good);
    fm_ranges_free(&target->failed);
    fm_ranges_free(&target->todo);
}

static uint64_t
size_of(fm_range r)
{
    return r.end - r.first;
}

static uint64_t
count_in(const fm_target *t, const fm_ranges *ranges)
{
    return fm_ranges_count(ranges, t->points.first, t->points.end);
}

/* ---- 2. output ------------------------------------------------------------------- */

/* Has the file the layout and the points of this slice? */
static bool
same_points(const fm_target *t, const fm_result *result, const fm_ranges *good,
            const fm_ranges *failed)
{
    const char *listed = fm_result_fact(result, "points_listed");
    uint64_t n =
        fm_ranges_count(good, 0, UINT64_MAX) + fm_ranges_count(failed, 0, UINT64_MAX);

    if ((*listed != '\0') != t->listed)
        return false;
    return !t->listed || (strtoull(listed, NULL, 10) == size_of(t->points) &&
                          n == count_in(t, good) + count_in(t, failed));
}

/* Takes over a result of the same identity.
 * returns FM_OK; FM_ECREATE (of another run), FM_EDATA (damaged), FM_ENOMEM */
static fm_status
read_output(fm_target *t, fm_error *err)
{
    fm_result *result = NULL;
    fm_status st = fm_result_open(t->path, &result, err);
    char *other = st == FM_OK ? fm_identity_of(result) : NULL;

    if (st == FM_OK && other == NULL)
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (st == FM_OK && other != NULL && strcmp(other, t->parts.identity) != 0) {
        char words[200];
        fm_identity_difference(t->parts.identity, other, t->path, words, sizeof words);
        st = FM_FAIL(err, FM_ECREATE, "result of another run (--force replaces it): %s",
                     words);
    }
    if (st == FM_OK)
        st = fm_feed_points(result, &t->good, &t->failed, err);
    if (st == FM_OK && !same_points(t, result, &t->good, &t->failed))
        st = FM_FAIL(err, FM_ECREATE,
                     "result of other points than this slice's (--force replaces it): "
                     "'%s'",
                     t->path);
    if (st == FM_OK && fm_machines_add(&t->parts.machines, result) != FM_OK)
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
    free(other);
    fm_result_close(result);
    fm_ranges_settle(&t->good);
    fm_ranges_settle(&t->failed);
    return st;
}

static fm_status
look_at_output(fm_target *t, fm_error *err)
{
    struct stat info;
    fm_error own = FM_ERROR_INIT;

    if (stat(t->path, &info) != 0)
        return FM_OK; /* also when the folder is missing: creating will tell */
    fm_status st = read_output(t, &own);
    t->has_base = st == FM_OK;
    if (st == FM_OK || st == FM_ENOMEM)
        return st == FM_OK ? st : FM_FAIL(err, st, "%s", own.text);
    fm_ranges_free(&t->good);
    fm_ranges_free(&t->failed);
    if (t->options->store.replace)
        return FM_OK;
    return FM_FAIL(err, FM_ECREATE, "%s", own.text);
}

/* ---- 3. parts -------------------------------------------------------------------- */

static fm_status
start_afresh(fm_target *t, fm_error *err)
{
    if (fm_parts_exist(&t->parts) && !t->options->store.replace)
        return FM_FAIL(err, FM_ECREATE,
                       "an unfinished run left its parts; --resume goes on with them, "
                       "--force starts afresh: '%s'",
                       t->parts.folder);
    return fm_parts_clear(&t->parts, err);
}

/* What is finished and stays so: all, or only what went well. */
static fm_status
collect_done(const fm_target *t, fm_ranges *done)
{
    fm_status st = fm_ranges_add_all(done, &t->good);

    if (st == FM_OK)
        st = fm_ranges_add_all(done, &t->parts.good);
    if (st == FM_OK && !t->options->retry_failed)
        st = fm_ranges_add_all(done, &t->failed);
    if (st == FM_OK && !t->options->retry_failed)
        st = fm_ranges_add_all(done, &t->parts.failed);
    fm_ranges_settle(done);
    return st;
}

/* Have the parts a point that went well and that the base has not? */
static bool
parts_add(const fm_target *t, const fm_ranges *good)
{
    return count_in(t, good) > count_in(t, &t->good);
}

static fm_status
divide_work(fm_target *t)
{
    fm_ranges done = {0}, good = {0};
    uint64_t n = size_of(t->points);
    fm_status st = collect_done(t, &done);

    if (st == FM_OK)
        st = fm_ranges_rest(&done, t->points.first, t->points.end, &t->todo);
    if (st == FM_OK)
        st = fm_ranges_add_all(&good, &t->good);
    if (st == FM_OK)
        st = fm_ranges_add_all(&good, &t->parts.good);
    fm_ranges_settle(&good);
    if (st == FM_OK) {
        t->resumed = n - count_in(t, &t->todo);
        t->resumed_failed = t->resumed - count_in(t, &good);
        t->complete = t->has_base && t->todo.n == 0 && !parts_add(t, &good) &&
                      count_in(t, &t->good) + count_in(t, &t->failed) == n;
    }
    fm_ranges_free(&done);
    fm_ranges_free(&good);
    return st;
}

/* ---- 4. prepare ------------------------------------------------------------------ */

/* Better to learn now than after a night that the output cannot be made. */
static fm_status
try_output(const fm_target *t, fm_error *err)
{
    fm_draft draft = {0};
    fm_status st = fm_draft_create(t->path, t->replace, &draft, err);

    fm_draft_clear(&draft);
    return st;
}

fm_status
fm_target_prepare(fm_target *t, fm_error *err)
{
    bool resume = t->options->resume || t->options->retry_failed;
    fm_status st = FM_OK;

    fm_draft_remove_dead(t->path);
    if (resume)
        st = look_at_output(t, err);
    t->replace = t->replace || t->has_base;
    if (st == FM_OK && !resume)
        st = try_output(t, err); /* before anything is removed */
    if (st == FM_OK)
        st = resume ? fm_parts_scan(&t->parts, true, t->options->store.replace, err)
                    : start_afresh(t, err);
    if (st == FM_OK && divide_work(t) != FM_OK)
        st = FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (st == FM_OK && resume && !t->complete)
        st = try_output(t, err);
    return st;
}

/* ---- 5. sources ------------------------------------------------------------------ */

fm_status
fm_target_sources(const fm_target *t, fm_out *const *outs, size_t n_outs,
                  fm_points_source **sources_out, size_t *n_out)
{
    size_t n = 0;
    fm_points_source *s = calloc(t->parts.n + n_outs + 2, sizeof *s);

    if (s == NULL)
        return FM_ENOMEM;
    if (t->has_base)
        s[n++] = (fm_points_source){.path = t->path, .first = t->points.first};
    for (size_t i = 0; i < t->parts.n; i++)
        if (t->parts.list[i].n > 0)
            s[n++] = (fm_points_source){.path = t->parts.list[i].path,
                                        .first = t->parts.list[i].first};
    for (size_t i = 0; i < n_outs; i++)
        if (outs[i] != NULL && outs[i]->n_points > 0)
            s[n++] =
                (fm_points_source){.out = outs[i], .first = outs[i]->points[0].point};
    *sources_out = s;
    *n_out = n;
    return FM_OK;
}

bool
fm_target_is_reached(const fm_target *target)
{
    fm_target own = {0};
    fm_run_options options = *target->options;
    bool reached = false;

    options.note = NULL;
    fm_status st = fm_target_start(target->scenario, target->path, &options, &own, NULL);
    if (st == FM_OK)
        st = read_output(&own, NULL);
    if (st == FM_OK)
        reached = count_in(&own, &own.good) + count_in(&own, &own.failed) ==
                  size_of(own.points);
    fm_target_free(&own);
    return reached;
}

void
fm_target_clean(fm_target *target)
{
    fm_parts_remove(&target->parts);
}
