/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a run tells where it is: a line on a terminal, or JSON objects, one per line. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "app/progress.h"
#include "core/text.h"

static const double json_period_s = 1.0;

static bool
cursor_moves(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

fm_progress_view
fm_progress_view_make(fm_progress_when when, bool quiet,
                      const volatile sig_atomic_t *stop)
{
    return (fm_progress_view){
        .draw = when == FM_PROGRESS_AUTO && !quiet && cursor_moves(),
        .json = when == FM_PROGRESS_JSON,
        .stop = stop,
    };
}

/* Points per second of this run: those that an earlier one saved took no time. */
static double
rate_per_s(const fm_progress *p)
{
    uint64_t run = p->done > p->resumed ? p->done - p->resumed : 0;

    return p->seconds > 0 ? (double)run / p->seconds : 0;
}

/* Seconds left, or NaN while nothing is known. */
static double
left_s(const fm_progress *p)
{
    double rate = rate_per_s(p);

    return rate > 0 && p->total >= p->done ? (double)(p->total - p->done) / rate
                                           : (double)NAN;
}

/* ---- the line -------------------------------------------------------------------- */

static void
print_time(double seconds)
{
    if (seconds < 100.0)
        (void)fprintf(stderr, "%.0f s", seconds);
    else if (seconds < 6000.0)
        (void)fprintf(stderr, "%.0f min", seconds / 60.0);
    else
        (void)fprintf(stderr, "%.1f h", seconds / 3600.0);
}

static void
draw(const fm_progress *p, bool stopping)
{
    (void)fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " points", p->done, p->total);
    if (p->failed > 0)
        (void)fprintf(stderr, ", %" PRIu64 " failed", p->failed);
    if (stopping) {
        (void)fprintf(stderr, ", stopping (a second Ctrl-C ends at once)");
    } else if (rate_per_s(p) > 0) {
        (void)fprintf(stderr, ", %.3g points/s, ", rate_per_s(p));
        print_time(left_s(p));
        (void)fprintf(stderr, " left");
    }
    (void)fprintf(stderr, "\033[K");
    (void)fflush(stderr);
}

void
fm_progress_clear(const fm_progress_view *view)
{
    if (view->draw && view->any)
        (void)fprintf(stderr, "\r\033[K");
}

/* ---- JSON ------------------------------------------------------------------------ */

/* Text of a user: bytes that are no UTF-8 as \xNN. */
static json_t *
json_of_text(const char *text)
{
    json_t *value = json_string(text);
    fm_str s = {0};

    if (value == NULL) {
        fm_str_add_escaped(&s, text);
        value = json_string(s.data != NULL ? s.data : "");
        fm_str_free(&s);
    }
    return value;
}

static json_t *
json_of_number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static void
add_count(json_t *object, const char *key, uint64_t n)
{
    (void)json_object_set_new(object, key, json_integer((json_int_t)n));
}

static json_t *
event(const char *name)
{
    json_t *object = json_object();

    (void)json_object_set_new(object, "event", json_string(name));
    return object;
}

/* One write for the whole line, so that lines of several runs do not mix; takes the
 * object. */
static void
tell(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    fm_str line = {0};

    if (text != NULL) {
        fm_str_addf(&line, "%s\n", text);
        (void)fwrite(line.data, 1, line.length, stderr);
    }
    fm_str_free(&line);
    free(text);
    json_decref(object);
}

void
fm_progress_start(const fm_progress_view *view, const fm_scenario *scenario,
                  const char *output, uint64_t slice, uint64_t n_slices)
{
    if (!view->json)
        return;
    json_t *object = event("start");
    (void)json_object_set_new(object, "study", json_string(scenario->study->name));
    (void)json_object_set_new(object, "scenario", json_of_text(scenario->file));
    (void)json_object_set_new(object, "output", json_of_text(output));
    add_count(object, "points", scenario->n_points);
    add_count(object, "slice", n_slices > 0 ? slice : 0);
    add_count(object, "slices", n_slices > 0 ? n_slices : 1);
    tell(object);
}

static void
tell_progress(const fm_progress *p)
{
    json_t *object = event("progress");

    add_count(object, "done", p->done);
    add_count(object, "total", p->total);
    add_count(object, "failed", p->failed);
    add_count(object, "saved", p->saved);
    add_count(object, "resumed", p->resumed);
    (void)json_object_set_new(object, "rate", json_of_number(rate_per_s(p)));
    (void)json_object_set_new(object, "seconds", json_of_number(p->seconds));
    (void)json_object_set_new(object, "eta_s", json_of_number(left_s(p)));
    tell(object);
}

static json_t *
json_of_causes(const fm_run_summary *summary)
{
    json_t *object = json_object();

    for (size_t i = 0; i < FM_COUNT(summary->failed_by); i++)
        if (summary->failed_by[i] > 0)
            add_count(object, fm_status_name((fm_status)i), summary->failed_by[i]);
    return object;
}

void
fm_progress_finish(const fm_progress_view *view, const fm_progress_end *end)
{
    const fm_run_summary *s = end->summary;

    if (!view->json)
        return;
    json_t *object = event("end");
    (void)json_object_set_new(object, "status", json_string(end->status));
    add_count(object, "exit", (uint64_t)end->code);
    (void)json_object_set_new(object, "output", json_of_text(end->output));
    add_count(object, "points", s->points);
    add_count(object, "done", s->done);
    add_count(object, "resumed", s->resumed);
    add_count(object, "failed", s->failed);
    (void)json_object_set_new(object, "failed_by", json_of_causes(s));
    if (s->failed > 0 && s->first_failure[0] != '\0') {
        json_t *first = json_object();
        add_count(first, "point", s->first_failed);
        (void)json_object_set_new(first, "message", json_of_text(s->first_failure));
        (void)json_object_set_new(object, "first_failure", first);
    }
    (void)json_object_set_new(object, "seconds", json_of_number(s->seconds));
    if (s->digest[0] != '\0')
        (void)json_object_set_new(object, "digest", json_string(s->digest));
    if (end->again != NULL)
        (void)json_object_set_new(object, "continue", json_of_text(end->again));
    if (end->error != NULL)
        (void)json_object_set_new(object, "error", json_of_text(end->error));
    tell(object);
}

/* ---- callbacks ------------------------------------------------------------------- */

/* JSON goes out once a second, and whenever points have been saved. */
void
fm_progress_show(const fm_progress *progress, void *arg)
{
    fm_progress_view *view = arg;

    if (view->draw)
        draw(progress, *view->stop != 0);
    else if (view->json && (!view->any || progress->saved != view->last.saved ||
                            progress->done == progress->total ||
                            progress->seconds - view->told_s >= json_period_s)) {
        tell_progress(progress);
        view->told_s = progress->seconds;
    }
    view->any = true;
    view->last = *progress;
}

void
fm_progress_note(const char *text, void *arg)
{
    const fm_progress_view *view = arg;
    fm_str s = {0};

    if (view->json) {
        json_t *object = event("note");
        (void)json_object_set_new(object, "text", json_of_text(text));
        tell(object);
        return;
    }
    fm_progress_clear(view);
    fm_str_add_escaped(&s, text);
    (void)fprintf(stderr, "fabmet: run: note: %s\n", s.data != NULL ? s.data : "");
    fm_str_free(&s);
}
