/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spc.chart: judges plotted points and writes them down.
 *
 * Contents
 *   1. rows of points     3. limits      5. public
 *   2. buckets            4. judging */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spc/spc_chart.h"

/* ---- 1. rows of points ---------------------------------------------------------------- */

/* Names of the rules whose bits are set, separated by ", ". */
static void
flag_text(const fm_chart_trace *t, uint32_t flags, char *text_out, size_t size)
{
    size_t length = 0;
    text_out[0] = '\0';
    if (t->rules == NULL && flags != 0)
        (void)snprintf(text_out, size, "%s", t->flag_name);
    for (size_t r = 0; t->rules != NULL && r < t->rules->n; r++) {
        if (!(flags >> r & 1))
            continue;
        const char *name = t->rules->rule[r].name;
        int n = snprintf(text_out + length, size - length, "%s%s", length > 0 ? ", " : "",
                         name);
        length += n > 0 ? (size_t)n : 0;
        if (length >= size)
            return;
    }
}

static void
put_point(fm_chart_trace *t, const fm_chart_mark *m, uint32_t flags)
{
    char text[FM_SPC_RULES_MAX * (FM_SPC_RULE_NAME + 2)];
    const fm_chart_sample place = {.row = m->row};
    if (!t->keep_all && flags == 0)
        return;
    if (t->n_kept >= t->keep) {
        t->n_dropped++;
        return;
    }
    t->n_kept++;
    flag_text(t, flags, text, sizeof text);
    fm_cell row[] = {{.integer = (int64_t)m->index},
                     {.integer = (int64_t)t->statistic},
                     {.text = fm_chart_stage_label(t->point, m->stage)},
                     {.text = fm_chart_label(t->point, &place)},
                     {.integer = (int64_t)m->n},
                     {.real = m->value},
                     {.real = m->limits.centre},
                     {.real = m->limits.lower},
                     {.real = m->limits.upper},
                     {.text = text},
                     {.integer = flags != 0}};
    if (t->status == FM_OK)
        t->status = fm_out_row(t->out, T_POINTS, row);
}

/* ---- 2. buckets ------------------------------------------------------------------------- */

static void
put_bucket(fm_chart_trace *t)
{
    const fm_chart_bucket *b = &t->bucket;
    if (b->n == 0)
        return;
    fm_cell row[] = {{.integer = (int64_t)t->statistic},
                     {.integer = (int64_t)b->first},
                     {.text = fm_chart_stage_label(t->point, b->stage)},
                     {.integer = (int64_t)b->n},
                     {.real = b->sum / (double)b->n},
                     {.real = b->lowest},
                     {.real = b->highest},
                     {.real = b->centre},
                     {.real = b->lower},
                     {.real = b->upper},
                     {.integer = (int64_t)b->n_flagged},
                     {.real = b->flagged_lowest},
                     {.real = b->flagged_highest}};
    if (t->status == FM_OK)
        t->status = fm_out_row(t->out, t->table, row);
    t->bucket.n = 0;
}

static double
widest(double a, double b, bool lower)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a;
    return lower ? fmin(a, b) : fmax(a, b);
}

static void
add_to_bucket(fm_chart_trace *t, const fm_chart_mark *m, uint32_t flags)
{
    fm_chart_bucket *b = &t->bucket;
    if (b->n == t->per_bucket || (b->n > 0 && b->stage != m->stage))
        put_bucket(t);
    if (b->n == 0)
        *b = (fm_chart_bucket){.first = m->index,
                               .stage = m->stage,
                               .lowest = m->value,
                               .highest = m->value,
                               .centre = m->limits.centre,
                               .lower = m->limits.lower,
                               .upper = m->limits.upper,
                               .flagged_lowest = NAN,
                               .flagged_highest = NAN};
    b->n++;
    b->sum += m->value;
    b->lowest = m->value < b->lowest ? m->value : b->lowest;
    b->highest = m->value > b->highest ? m->value : b->highest;
    b->lower = widest(b->lower, m->limits.lower, true);
    b->upper = widest(b->upper, m->limits.upper, false);
    if (flags != 0) {
        b->n_flagged++;
        b->flagged_lowest = widest(b->flagged_lowest, m->value, true);
        b->flagged_highest = widest(b->flagged_highest, m->value, false);
    }
}

/* ---- 3. limits --------------------------------------------------------------------------- */

static bool
same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a <= b && a >= b);
}

static bool
same_limits(const fm_chart_trace *t, const fm_chart_limit_row *l, const fm_chart_mark *m)
{
    if (l->stage != m->stage || l->size != m->n || t->growing)
        return l->stage == m->stage && l->size == m->n;
    return same(l->limits.centre, m->limits.centre) &&
           same(l->limits.lower, m->limits.lower) &&
           same(l->limits.upper, m->limits.upper);
}

/* Counts the point with its limits; the last ones found are usually the right ones. */
static void
count_limits(fm_chart_trace *t, const fm_chart_mark *m)
{
    size_t k = t->last_limit;
    if (k >= t->n_limits || !same_limits(t, &t->limits[k], m)) {
        k = 0;
        while (k < t->n_limits && !same_limits(t, &t->limits[k], m))
            k++;
        if (k == FM_CHART_LIMITS) {
            t->n_unlisted++;
            return;
        }
        if (k == t->n_limits)
            t->limits[t->n_limits++] = (fm_chart_limit_row){m->stage, m->n, 0, m->limits};
        t->last_limit = k;
    }
    t->limits[k].n++;
    t->limits[k].limits = m->limits;
}

static void
put_limits(fm_chart_trace *t)
{
    for (size_t k = 0; k < t->n_limits && t->status == FM_OK; k++) {
        const fm_chart_limit_row *l = &t->limits[k];
        fm_cell row[] = {{.integer = (int64_t)t->statistic},
                         {.text = fm_chart_stage_label(t->point, l->stage)},
                         {.integer = (int64_t)l->size},
                         {.integer = (int64_t)l->n},
                         {.real = l->limits.centre},
                         {.real = l->limits.sigma},
                         {.real = l->limits.lower},
                         {.real = l->limits.upper}};
        t->status = fm_out_row(t->out, T_LIMITS, row);
    }
}

/* ---- 4. judging ---------------------------------------------------------------------------- */

/* Marks from `first` on that have one zone and one run. */
static size_t
stretch(const fm_chart_trace *t, size_t first)
{
    const fm_chart_mark *m = t->batch;
    size_t end = first + 1;
    while (end < t->n_batch && !m[end].first_of_stage &&
           same(m[end].zone.centre, m[first].zone.centre) &&
           same(m[end].zone.sigma, m[first].zone.sigma))
        end++;
    return end - first;
}

static void
judge_by_limits(const fm_chart_trace *t, uint32_t *flags_out)
{
    for (size_t i = 0; i < t->n_batch; i++) {
        const fm_chart_mark *m = &t->batch[i];
        flags_out[i] = m->value > m->limits.upper || m->value < m->limits.lower;
    }
}

static void
judge_by_rules(fm_chart_trace *t, uint32_t *flags_out)
{
    double score[FM_CHART_BATCH];
    for (size_t i = 0; i < t->n_batch; i++)
        score[i] = t->batch[i].score;
    for (size_t i = 0; i < t->n_batch;) {
        size_t n = stretch(t, i);
        if (t->batch[i].first_of_stage)
            memset(t->state, 0, sizeof t->state);
        fm_spc_rules_run(t->rules->rule, t->rules->n, t->state, score + i, n,
                         t->batch[i].zone, flags_out + i);
        i += n;
    }
}

static void
flush(fm_chart_trace *t)
{
    uint32_t flags[FM_CHART_BATCH];
    if (t->n_batch == 0)
        return;
    if (t->rules == NULL)
        judge_by_limits(t, flags);
    else
        judge_by_rules(t, flags);
    for (size_t i = 0; i < t->n_batch; i++) {
        const fm_chart_mark *m = &t->batch[i];
        if (isnan(m->value))
            continue;
        t->n_points++;
        t->n_flagged += flags[i] != 0;
        count_limits(t, m);
        add_to_bucket(t, m, flags[i]);
        put_point(t, m, flags[i]);
    }
    t->n_batch = 0;
}

/* ---- 5. public ------------------------------------------------------------------------------ */

fm_status
fm_chart_trace_create(const fm_point *point, fm_out *out,
                      const fm_chart_trace_options *options, fm_chart_trace **trace_out)
{
    fm_chart_trace *t = calloc(1, sizeof *t);
    uint64_t n = options->n_samples;
    if (t == NULL)
        return FM_ENOMEM;
    t->point = point;
    t->out = out;
    t->statistic = options->statistic;
    t->table = options->table;
    t->rules = options->rules;
    t->flag_name = options->flag_name;
    t->growing = options->growing;
    t->per_bucket = n <= FM_CHART_BUCKETS ? 1 : (n - 1) / FM_CHART_BUCKETS + 1;
    t->keep = (uint64_t)fm_integer(point, P_KEEP);
    t->keep_all = n <= t->keep;
    *trace_out = t;
    return FM_OK;
}

void
fm_chart_trace_free(fm_chart_trace *trace)
{
    free(trace);
}

void
fm_chart_trace_put(fm_chart_trace *trace, const fm_chart_mark *mark)
{
    trace->batch[trace->n_batch++] = *mark;
    if (trace->n_batch == FM_CHART_BATCH)
        flush(trace);
}

fm_status
fm_chart_trace_finish(fm_chart_trace *trace)
{
    flush(trace);
    put_bucket(trace);
    put_limits(trace);
    return trace->status;
}
